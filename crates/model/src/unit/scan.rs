//! Reading a unit at the start of a text: the longest word, multipliers, compounds.

use super::{Dimension, Rational, Unit, UnitTable};

/// Readings of a compound that are tried: ambiguous words multiply.
const READINGS_MAX: usize = 32;
/// Factors in one compound; longer ones are no unit.
const TERMS_MAX: usize = 6;

/// A unit found at the start of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnitWords {
    /// Bytes of the text that it covers.
    pub len: usize,
    /// Bytes up to the first `/`, where the numerator alone is a unit.
    pub numerator_len: usize,
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    multiplier: Option<u16>,
    atoms: Vec<u16>,
    exponent: i8,
}

impl UnitWords {
    /// The unit without its denominators (`米` of `米/卷`).
    pub(crate) fn numerator(&self) -> Self {
        Self {
            len: self.numerator_len,
            numerator_len: self.numerator_len,
            terms: self.terms.iter().filter(|t| t.exponent > 0).cloned().collect(),
        }
    }

    /// True where a denominator was read.
    pub(crate) fn is_quotient(&self) -> bool {
        self.terms.iter().any(|t| t.exponent < 0)
    }
}

impl UnitTable {
    /// The longest unit at the start of normalised text.
    pub(crate) fn scan(&self, text: &str) -> Option<UnitWords> {
        let (first, mut at) = self.term(text, 1)?;
        let mut terms = vec![first];
        let mut numerator_len = at;
        let mut divided = false;
        while terms.len() < TERMS_MAX {
            let rest = &text[at..];
            let Some((divide, skip)) = operator(rest) else { break };
            let exponent = if divide || divided { -1 } else { 1 };
            let operand = &rest[skip..];
            if divide && operand.starts_with('(') {
                let Some((mut group, len)) = self.group(operand) else { break };
                terms.append(&mut group);
                at += skip + len;
                divided = true;
                continue;
            }
            let Some((term, len)) = self.term(operand, exponent) else { break };
            // 公差±0.015mm 每月200万条: set apart and before a number it announces an amount.
            let announces = rest.starts_with(" 每")
                && operand[len..].trim_start_matches(' ').starts_with(|c: char| c.is_ascii_digit());
            if announces {
                break;
            }
            terms.push(term);
            at += skip + len;
            divided |= divide;
            if !divided {
                numerator_len = at;
            }
        }
        Some(UnitWords { len: at, numerator_len, terms })
    }

    /// `(m·K)` after a division.
    fn group(&self, text: &str) -> Option<(Vec<Term>, usize)> {
        let mut at = 1;
        let mut terms = Vec::new();
        loop {
            let (term, len) = self.term(&text[at..], -1)?;
            terms.push(term);
            at += len;
            let rest = &text[at..];
            if rest.starts_with(')') {
                return Some((terms, at + 1));
            }
            let (divide, skip) = operator(rest)?;
            if divide || terms.len() >= TERMS_MAX {
                return None;
            }
            at += skip;
        }
    }

    /// One atom with an optional multiplier before and an optional exponent behind it.
    fn term(&self, text: &str, sign: i8) -> Option<(Term, usize)> {
        let atom = self.atom(text);
        let scaled = self.multiplier(text).and_then(|(index, len)| {
            let (atoms, atom_len) = self.atom(&text[len..])?;
            Some((index, atoms, len + atom_len))
        });
        let (multiplier, atoms, len) = match (atom, scaled) {
            (Some((atoms, len)), Some((_, _, scaled_len))) if len >= scaled_len => (None, atoms, len),
            (_, Some((index, atoms, len))) => (Some(index), atoms, len),
            (Some((atoms, len)), None) => (None, atoms, len),
            (None, None) => return None,
        };
        let (exponent, exponent_len) =
            exponent(&text[len..], text[..len].ends_with(|c: char| c.is_ascii_alphabetic()));
        Some((Term { multiplier, atoms, exponent: exponent.checked_mul(sign)? }, len + exponent_len))
    }

    /// The longest multiplier word at the start of normalised text, with its bytes.
    pub(crate) fn multiplier_value(&self, text: &str) -> Option<(f64, usize)> {
        let (index, len) = self.multiplier(text)?;
        Some((self.multipliers[usize::from(index)].1.to_f64(), len))
    }

    fn multiplier(&self, text: &str) -> Option<(u16, usize)> {
        self.prefixes(text).find_map(|word| Some((*self.multiplier_words.get(word)?, word.len())))
    }

    fn atom(&self, text: &str) -> Option<(Vec<u16>, usize)> {
        let exact = self
            .prefixes(text)
            .filter(|w| bounded(text, w.len()))
            .find_map(|w| Some((self.words.get(w)?, w.len())));
        let lower_text: String;
        let folded = {
            let end = text.char_indices().nth(self.word_chars_max + 1).map_or(text.len(), |(i, _)| i);
            lower_text = text[..end].to_ascii_lowercase();
            self.prefixes(&lower_text)
                .filter(|w| bounded(&lower_text, w.len()))
                .find_map(|w| Some((self.lower_words.get(w)?, w.len())))
        };
        let (list, len) = match (exact, folded) {
            (Some(e), Some(f)) if e.1 >= f.1 => e,
            (_, Some(f)) => f,
            (Some(e), None) => e,
            (None, None) => return None,
        };
        Some((list.clone(), len))
    }

    /// Prefixes of the text that can be words, longest first.
    fn prefixes<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> + use<'t> {
        let mut ends = [0usize; 32];
        let mut count = 0;
        for (at, c) in text.char_indices().take(self.word_chars_max.min(ends.len())) {
            ends[count] = at + c.len_utf8();
            count += 1;
        }
        (0..count).rev().map(move |i| &text[..ends[i]])
    }

    /// All units that the words can mean, in order of likelihood.
    pub(crate) fn compose(&self, words: &UnitWords) -> Vec<Unit> {
        let total: usize = words.terms.iter().map(|t| t.atoms.len()).product::<usize>().min(READINGS_MAX);
        (0..total).filter_map(|choice| self.reading(&words.terms, choice)).collect()
    }

    /// The reading with number `choice`: a mixed-radix number over the terms' ambiguous words.
    fn reading(&self, terms: &[Term], mut choice: usize) -> Option<Unit> {
        if let [Term { multiplier: None, atoms, exponent: 1 }] = terms {
            return Some(self.atoms[usize::from(*atoms.get(choice)?)].unit.clone());
        }
        let (mut dimension, mut factor) = (Dimension::default(), Rational::ONE);
        let (mut above, mut below) = (Vec::new(), Vec::new());
        for term in terms {
            let unit = &self.atoms[usize::from(term.atoms[choice % term.atoms.len()])].unit;
            choice /= term.atoms.len();
            dimension = dimension.times(&unit.dimension, term.exponent);
            factor = factor.checked_mul(unit.factor.checked_pow(term.exponent)?)?;
            let mut symbol = String::new();
            if let Some(multiplier) = term.multiplier {
                let (word, value) = &self.multipliers[usize::from(multiplier)];
                factor = factor.checked_mul(value.checked_pow(term.exponent)?)?;
                symbol.push_str(word);
            }
            symbol.push_str(&unit.symbol);
            match term.exponent.unsigned_abs() {
                1 => {}
                2 => symbol.push('²'),
                3 => symbol.push('³'),
                n => symbol.push_str(&format!("^{n}")),
            }
            if term.exponent > 0 { above.push(symbol) } else { below.push(symbol) }
        }
        let symbol = match below.len() {
            0 => above.join("·"),
            1 => format!("{}/{}", above.join("·"), below[0]),
            _ => format!("{}/({})", above.join("·"), below.join("·")),
        };
        Some(Unit { symbol, dimension, factor, offset: Rational::ZERO })
    }
}

/// A multiplication or division sign at the start: is it a division, and its bytes.
fn operator(text: &str) -> Option<(bool, usize)> {
    let trimmed = text.trim_start_matches(' ');
    let spaces = text.len() - trimmed.len();
    // ohm.cm, MΩ.cm
    let dotted =
        text.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
    if dotted {
        return Some((false, 1));
    }
    for (sign, divide) in [("/", true), ("每", true), ("per ", true), ("·", false), ("*", false)] {
        if let Some(rest) = trimmed.strip_prefix(sign) {
            if sign == "*" && spaces > 0 {
                return None;
            }
            let after = rest.len() - rest.trim_start_matches(' ').len();
            return Some((divide, spaces + sign.len() + after));
        }
    }
    None
}

/// `²`, `³`, `^-2`, and the digits 2 and 3 where they end a Latin word.
fn exponent(text: &str, latin: bool) -> (i8, usize) {
    let mut chars = text.chars();
    match chars.next() {
        Some('²') => (2, '²'.len_utf8()),
        Some('³') => (3, '³'.len_utf8()),
        Some('^') => {
            let digits: String =
                text[1..].chars().take_while(|c| c.is_ascii_digit() || *c == '-').take(3).collect();
            match digits.parse::<i8>() {
                Ok(n) if n != 0 && n.unsigned_abs() < 10 => (n, 1 + digits.len()),
                _ => (1, 0),
            }
        }
        Some(c @ ('2' | '3')) if latin => match chars.next() {
            Some(next) if next.is_alphanumeric() || next == '.' => (1, 0),
            _ => (if c == '2' { 2 } else { 3 }, 1),
        },
        _ => (1, 0),
    }
}

/// True where a word that ends in a Latin letter does not run on into another one. An `x` before a digit is a
/// multiplication sign (`500mmx600mm`).
fn bounded(text: &str, end: usize) -> bool {
    let latin = |c: char| c.is_ascii_alphabetic();
    if !text[..end].ends_with(latin) {
        return true;
    }
    let mut after = text[end..].chars();
    match after.next() {
        Some('x' | 'X') => after.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => !latin(c),
        None => true,
    }
}
