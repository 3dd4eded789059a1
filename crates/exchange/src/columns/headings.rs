//! The words that headings use: `data/headings.csv` and the names of the properties.

use super::field::{Field, SheetKind, Target};
use model::fold::fold_name;
use model::reference::Reference;
use model::table::{self, TableError};
use model::unit::UnitTable;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// The table that ships with the product.
pub const BUILTIN: &str = include_str!("../../../../data/headings.csv");

/// Confidence from which a guess is taken.
pub const ACCEPT: f64 = 0.6;

const TABLE: &str = "headings.csv";
/// Heading letters below which a part of a heading proves nothing.
const PART_CHARS_MIN: usize = 2;
const PART_ASCII_MIN: usize = 4;

#[derive(Deserialize)]
struct Row {
    noun: String,
    field: String,
    headings: String,
}

/// Heading words by kind of sheet, with the units that headings may carry.
#[derive(Debug)]
pub struct Headings<'a> {
    fields: [HashMap<String, Field>; 3],
    /// Fields that any kind of sheet has say little about the kind.
    common: HashSet<Field>,
    properties: HashSet<String>,
    units: &'a UnitTable,
}

/// A heading taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HeadingText {
    /// The whole heading as a look-up key.
    pub(super) full: String,
    /// The same without brackets and unit.
    pub(super) bare: String,
    /// The unit that it gives to its cells: `万片`, `元/kg`.
    pub(super) unit: Option<String>,
}

impl<'a> Headings<'a> {
    /// The shipped words, with the names of the reference's properties and its units.
    pub fn builtin(reference: &'a Reference) -> Self {
        Self::parse(BUILTIN, reference).expect("the shipped headings are tested")
    }

    /// Reads `noun,field,headings` rows; `noun` is `any`, `enterprise`, `need` or `offer`.
    ///
    /// # Errors
    /// An unknown noun or field, or a heading that means two fields of one kind of sheet, with its line.
    pub fn parse(text: &str, reference: &'a Reference) -> Result<Self, TableError> {
        let mut out = Self {
            fields: [HashMap::new(), HashMap::new(), HashMap::new()],
            common: HashSet::new(),
            properties: HashSet::new(),
            units: &reference.units,
        };
        for (line, row) in table::rows::<Row>(TABLE, text)? {
            let fault = |message: String| TableError::new(TABLE, line, message);
            let field =
                Field::from_key(&row.field).ok_or_else(|| fault(format!("no field {}", row.field)))?;
            let kinds: Vec<SheetKind> = if row.noun == "any" {
                out.common.insert(field);
                SheetKind::ALL.to_vec()
            } else {
                vec![SheetKind::parse(&row.noun).ok_or_else(|| fault(format!("no noun {}", row.noun)))?]
            };
            for heading in table::words(&row.headings) {
                for kind in &kinds {
                    match out.fields[*kind as usize].insert(fold_name(&heading), field) {
                        Some(other) if other != field => {
                            return Err(fault(format!("{heading} already means {}", other.key())));
                        }
                        _ => {}
                    }
                }
            }
        }
        for property in reference.properties.rows() {
            let names = [&property.name_zh, &property.name_en];
            out.properties.extend(names.into_iter().chain(&property.aliases).map(|n| fold_name(n)));
        }
        out.properties.retain(|name| name.chars().count() >= PART_CHARS_MIN);
        Ok(out)
    }

    /// True for a field that every kind of sheet may have.
    pub(super) fn is_common(&self, field: Field) -> bool {
        self.common.contains(&field)
    }

    /// Takes a heading apart.
    pub(super) fn heading(&self, text: &str) -> HeadingText {
        let folded = model::fold::fold(text);
        let mut bare = String::new();
        let mut unit = None;
        let mut depth = 0usize;
        let mut inside = String::new();
        for (c, original) in folded.chars().zip(text.chars()) {
            match c {
                '(' | '[' | '【' => depth += 1,
                ')' | ']' | '】' if depth > 0 => {
                    depth -= 1;
                    if depth == 0 {
                        unit = unit.or_else(|| self.unit(&inside));
                        inside.clear();
                    }
                }
                _ if depth > 0 => inside.push(original),
                _ => bare.push(original),
            }
        }
        // `单价/元`, `年产能:万只`: a unit behind a sign, where what stands before it is left.
        if unit.is_none()
            && let Some((head, tail)) = bare.rsplit_once(['/', ':', '：', '／'])
            && !head.trim().is_empty()
            && let Some(found) = self.unit(tail)
            && !self.knows(&fold_name(tail))
        {
            unit = Some(found);
            bare = head.to_owned();
        }
        let strip = |key: String| {
            let stripped = key.trim_start_matches(|c: char| c.is_numeric()).to_owned();
            if stripped.is_empty() { key } else { stripped }
        };
        HeadingText { full: strip(fold_name(text)), bare: strip(fold_name(&bare)), unit }
    }

    fn unit(&self, text: &str) -> Option<String> {
        let text = text.trim();
        let text = text.strip_prefix("单位").map_or(text, |t| t.trim_start_matches(['：', ':', ' ', '为']));
        (!text.is_empty() && !self.units.readings(text).is_empty()).then(|| text.to_owned())
    }

    fn knows(&self, key: &str) -> bool {
        self.fields.iter().any(|f| f.contains_key(key))
    }

    /// The likeliest meaning of a heading in a sheet of this kind, with confidence in 0..=1.
    pub(super) fn guess(&self, kind: SheetKind, heading: &HeadingText) -> Option<(Target, f64)> {
        let fields = &self.fields[kind as usize];
        for (key, confidence) in [(&heading.full, 1.0), (&heading.bare, 0.95)] {
            if let Some(field) = fields.get(key) {
                return Some((Target::Field(*field), confidence));
            }
        }
        if kind != SheetKind::Enterprises && self.properties.contains(&heading.bare) {
            return Some((Target::Clause, 0.9));
        }
        let letters = heading.bare.chars().count();
        let longest = fields
            .iter()
            .filter(|(name, _)| {
                let least = if name.is_ascii() { PART_ASCII_MIN } else { PART_CHARS_MIN };
                name.chars().count() >= least && heading.bare.contains(name.as_str())
            })
            // What stands at the end names the thing: 产品名称 in 需要采购的产品名称.
            .max_by_key(|(name, field)| {
                (name.chars().count(), heading.bare.ends_with(name.as_str()), **field)
            })?;
        let share = longest.0.chars().count() as f64 / letters as f64;
        (share >= 0.3).then_some((Target::Field(*longest.1), 0.45 + 0.45 * share))
    }

    /// The best confidence over all kinds: how much a cell looks like a heading.
    pub(super) fn likeness(&self, text: &str) -> f64 {
        let heading = self.heading(text);
        SheetKind::ALL
            .into_iter()
            .filter_map(|kind| self.guess(kind, &heading))
            .map(|(_, confidence)| confidence)
            .fold(0.0, f64::max)
    }
}
