//! Units of measurement as the unit table (`data/units.csv`) defines them.
//!
//! Atomic units are rows of the table; compounds (`万片/月`, `W/(m·K)`, `元/卷`) are read from atoms with `/`, `每`,
//! `per`, `·`, `*` and exponents. One word may stand for several units (`度`: kWh, ℃ or °; `g`: mass or force):
//! [`UnitTable::unit`] gives the first, [`UnitTable::readings`] all of them, and who knows the property decides.

mod dimension;
mod english;
mod rational;
mod scan;

pub use dimension::Dimension;
pub use rational::Rational;
pub(crate) use scan::UnitWords;

use crate::spectext::normal;
use crate::table::{self, TableError};
use serde::Deserialize;
use std::collections::HashMap;

const TABLE: &str = "units.csv";

/// A unit: `base value = value · factor + offset`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Canonical spelling, such as `mm`, `万片/月`.
    pub symbol: String,
    /// What it measures.
    pub dimension: Dimension,
    /// Size in base units, exact.
    pub factor: Rational,
    /// Zero point in base units, exact: 273.15 for ℃, 0 for nearly all others.
    pub offset: Rational,
}

/// A text that is no known unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("不认识的单位“{text}”{}", nearest.as_ref().map(|n| format!("，是否为“{n}”？")).unwrap_or_default())]
pub struct UnknownUnit {
    /// What was read.
    pub text: String,
    /// The known spelling nearest to it, if any is near.
    pub nearest: Option<String>,
}

/// Two units that measure different things.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("单位“{from}”与“{to}”量纲不同，不能换算")]
pub struct IncommensurableUnits {
    /// Unit of the value.
    pub from: String,
    /// Unit asked for.
    pub to: String,
}

/// Why a value cannot be given in a unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// One of the units is not in the table.
    #[error(transparent)]
    Unknown(#[from] UnknownUnit),
    /// The units measure different things.
    #[error(transparent)]
    Incommensurable(#[from] IncommensurableUnits),
}

/// One row of `units.csv`.
#[derive(Debug, Deserialize)]
struct Row {
    symbol: String,
    #[serde(default)]
    name_zh: String,
    #[serde(default)]
    name_en: String,
    kind: RowKind,
    dimension: String,
    factor: String,
    #[serde(default)]
    offset: String,
    #[serde(default)]
    aliases: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RowKind {
    Unit,
    Multiplier,
}

/// An atomic unit with its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtomicUnit {
    /// The unit.
    pub unit: Unit,
    /// Chinese name, with its convention where there is one.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Other spellings.
    pub aliases: Vec<String>,
}

/// All known units and multiplier words.
#[derive(Debug, Clone, Default)]
pub struct UnitTable {
    bases: Vec<String>,
    atoms: Vec<AtomicUnit>,
    /// Canonical word and factor of 万, 亿, K ...
    multipliers: Vec<(String, Rational)>,
    /// Spelling to atoms, symbols before aliases, then in the table's order.
    words: HashMap<String, Vec<u16>>,
    /// The same by ASCII lower case, only where the exact spelling is unknown.
    lower_words: HashMap<String, Vec<u16>>,
    multiplier_words: HashMap<String, u16>,
    word_chars_max: usize,
}

impl UnitTable {
    /// Reads `symbol,name_zh,name_en,kind,dimension,factor,offset,aliases`.
    ///
    /// `kind` is `unit` or `multiplier`; `dimension` is `1` or base symbols with exponents (`kg m^-1 s^-2`), bases are
    /// made by being named; `factor` and `offset` are decimals or fractions `a/b`.
    ///
    /// # Errors
    /// The first faulty row, with its line.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let mut out = Self::default();
        let mut symbols: HashMap<String, u64> = HashMap::new();
        for (line, row) in table::rows::<Row>(TABLE, text)? {
            let fault = |what: &str| TableError::new(TABLE, line, format!("{}: {what}", row.symbol));
            let factor = Rational::parse(&row.factor)
                .filter(|f| f.to_f64() > 0.0)
                .ok_or_else(|| fault("factor must be a positive decimal or a fraction a/b"))?;
            let symbol = normal::key(&row.symbol);
            let aliases: Vec<String> = table::words(&row.aliases).iter().map(|w| normal::key(w)).collect();
            if row.kind == RowKind::Multiplier {
                let index = u16::try_from(out.multipliers.len()).map_err(|_| fault("too many rows"))?;
                for word in aliases.iter().chain([&symbol]) {
                    out.multiplier_words.insert(word.clone(), index);
                }
                out.multipliers.push((symbol, factor));
                continue;
            }
            if let Some(first) = symbols.insert(symbol.clone(), line) {
                return Err(fault(&format!("the symbol is already on line {first}")));
            }
            let offset = if row.offset.is_empty() {
                Rational::ZERO
            } else {
                Rational::parse(&row.offset)
                    .ok_or_else(|| fault("offset must be a decimal or a fraction a/b"))?
            };
            let dimension = out.read_dimension(&row.dimension).ok_or_else(|| {
                fault("dimension must be 1 or base symbols with exponents, such as kg m^-1 s^-2")
            })?;
            let unit = Unit { symbol, dimension, factor, offset };
            out.atoms.push(AtomicUnit { unit, name_zh: row.name_zh, name_en: row.name_en, aliases });
        }
        if u16::try_from(out.atoms.len()).is_err() {
            return Err(TableError::new(TABLE, 0, "too many rows"));
        }
        out.index();
        Ok(out)
    }

    fn read_dimension(&mut self, text: &str) -> Option<Dimension> {
        let mut out = Dimension::default();
        for part in text.split_whitespace().filter(|p| *p != "1") {
            let (base, exponent) = match part.split_once('^') {
                Some((base, exponent)) => (base, exponent.parse::<i8>().ok()?),
                None => (part, 1),
            };
            let index = match self.bases.iter().position(|b| b == base) {
                Some(index) => index,
                None => {
                    self.bases.push(base.to_owned());
                    self.bases.len() - 1
                }
            };
            out = out.times(&Dimension::base(u16::try_from(index).ok()?, 1), exponent);
        }
        Some(out)
    }

    fn index(&mut self) {
        let mut add = |map_lower: bool, word: &str, index: u16| {
            let (map, word) = if map_lower {
                (&mut self.lower_words, word.to_ascii_lowercase())
            } else {
                (&mut self.words, word.to_owned())
            };
            self.word_chars_max = self.word_chars_max.max(word.chars().count());
            let list = map.entry(word).or_default();
            if !list.contains(&index) {
                list.push(index);
            }
        };
        for lower in [false, true] {
            for (index, atom) in (0u16..).zip(&self.atoms) {
                add(lower, &atom.unit.symbol, index);
            }
            for (index, atom) in (0u16..).zip(&self.atoms) {
                for alias in &atom.aliases {
                    add(lower, alias, index);
                }
            }
        }
        for word in self.multiplier_words.keys() {
            self.word_chars_max = self.word_chars_max.max(word.chars().count());
        }
    }

    /// All atomic units, in the table's order.
    pub fn atoms(&self) -> &[AtomicUnit] {
        &self.atoms
    }

    /// The unit that a text names: its first reading.
    ///
    /// # Errors
    /// [`UnknownUnit`] with the nearest known spelling.
    pub fn unit(&self, text: &str) -> Result<Unit, UnknownUnit> {
        let known = |word: &str| {
            let first = self.words.get(word)?.first()?;
            Some(self.atoms[usize::from(*first)].unit.clone())
        };
        // Canonical spellings need no normal form.
        if let Some(unit) = known(text) {
            return Ok(unit);
        }
        let key = normal::key(text);
        if let Some(unit) = known(&key) {
            return Ok(unit);
        }
        self.readings(text)
            .into_iter()
            .next()
            .ok_or_else(|| UnknownUnit { text: text.trim().to_owned(), nearest: self.nearest(&key) })
    }

    /// All units that a text can name, likeliest first; empty where it names none.
    pub fn readings(&self, text: &str) -> Vec<Unit> {
        let key = normal::normalise(text).text;
        let key = key.trim();
        match self.scan(key) {
            Some(words) if words.len == key.len() => self.compose(&words),
            _ => Vec::new(),
        }
    }

    /// The symbols of a dimension's bases, such as `kg m^-1 s^-2`; `1` for a plain number.
    pub fn dimension_text(&self, dimension: &Dimension) -> String {
        let parts: Vec<String> = dimension
            .parts()
            .iter()
            .map(|&(base, power)| {
                let symbol = self.bases.get(usize::from(base)).map_or("?", String::as_str);
                if power == 1 { symbol.to_owned() } else { format!("{symbol}^{power}") }
            })
            .collect();
        if parts.is_empty() { "1".to_owned() } else { parts.join(" ") }
    }

    /// Converts a value between two spellings of units.
    ///
    /// # Errors
    /// An unknown unit, or units that measure different things. Where a spelling has several readings, any pair of
    /// readings that fits is taken.
    pub fn convert(&self, value: f64, from: &str, to: &str) -> Result<f64, UnitError> {
        if from == to {
            return Ok(value);
        }
        let (first_from, first_to) = (self.unit(from)?, self.unit(to)?);
        if first_from.dimension == first_to.dimension {
            return Ok(convert(value, &first_from, &first_to)?);
        }
        let targets = self.readings(to);
        for source in self.readings(from) {
            if let Some(target) = targets.iter().find(|t| t.dimension == source.dimension) {
                return Ok(convert(value, &source, target)?);
            }
        }
        Err(IncommensurableUnits { from: first_from.symbol, to: first_to.symbol }.into())
    }

    /// The known spelling nearest to a key, if one is within a third of its length.
    fn nearest(&self, key: &str) -> Option<String> {
        let wanted: Vec<char> = key.to_lowercase().chars().take(24).collect();
        let limit = (wanted.len() / 3).max(1);
        let spellings = self.atoms.iter().flat_map(|a| [&a.unit.symbol].into_iter().chain(&a.aliases));
        spellings
            .filter_map(|s| {
                let chars: Vec<char> = s.to_lowercase().chars().collect();
                // A spelling all of whose letters are replaced is no hint.
                let distance = edit_distance(&wanted, &chars);
                (distance <= limit && distance < chars.len()).then_some((distance, s))
            })
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, s)| s.clone())
    }
}

/// Levenshtein distance.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

/// Converts a value between commensurable units: exact in the decimals that a person reads, rounded once.
///
/// # Errors
/// [`IncommensurableUnits`] where the dimensions differ.
pub fn convert(value: f64, from: &Unit, to: &Unit) -> Result<f64, IncommensurableUnits> {
    if from.dimension != to.dimension {
        return Err(IncommensurableUnits { from: from.symbol.clone(), to: to.symbol.clone() });
    }
    if from.factor == to.factor && from.offset == to.offset {
        return Ok(value);
    }
    let exact = || {
        let base = Rational::from_f64(value)?.checked_mul(from.factor)?.checked_add(from.offset)?;
        Some(base.checked_sub(to.offset)?.checked_div(to.factor)?.to_f64())
    };
    // Values beyond 10^38 or so leave exact arithmetic.
    Ok(exact().unwrap_or_else(|| {
        (value * from.factor.to_f64() + from.offset.to_f64() - to.offset.to_f64()) / to.factor.to_f64()
    }))
}

#[cfg(test)]
mod tests;
