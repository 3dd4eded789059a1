//! The words that headings use: `data/headings.csv` and the names of the properties.

use super::field::{Field, SheetKind, Target};
use crate::sheet::{Row, Sheet};
use model::fold::{fold_key, fold_name};
use model::markets::{Market, MarketKey, MarketSide, PARTS};
use model::property::Property;
use model::reference::Reference;
use model::table::{self, TableError};
use model::unit::UnitTable;
use model::visibility::Noun;
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

/// Rows with content among which headings of another market are sought.
const HEADING_ROWS: usize = 10;
/// Own fields of another market that must stand among the headings.
const OWN_HEADINGS_MIN: usize = 3;

/// The column that holds a field of the record itself.
pub(crate) fn record_field(id: &str) -> Option<Field> {
    match id {
        "current_source" => Some(Field::CurrentSupplier),
        id => Field::from_key(id),
    }
}

fn property_names<'p>(properties: impl Iterator<Item = &'p Property>) -> HashSet<String> {
    let names = properties.flat_map(|p| [&p.name_zh, &p.name_en].into_iter().chain(&p.aliases));
    names.map(|name| fold_name(name)).filter(|name| name.chars().count() >= PART_CHARS_MIN).collect()
}

#[derive(Deserialize)]
struct Line {
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
    /// The market whose words these are; none for parts and materials.
    market: Option<&'a Market>,
    /// Headings of the market's own fields, by kind of sheet, with the places of the fields.
    own: [HashMap<String, u16>; 3],
    /// The words of the other markets.
    others: Vec<Headings<'a>>,
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
        let mut parts = Self::parse(BUILTIN, reference).expect("the shipped headings are tested");
        let others = reference.markets.iter().filter(|market| market.key != PARTS);
        parts.others = others.map(|market| parts.of_market(market)).collect();
        parts
    }

    /// The same words with those of a market before them.
    fn of_market(&self, market: &'a Market) -> Self {
        let mut out = Self {
            fields: self.fields.clone(),
            common: self.common.clone(),
            properties: property_names(market.properties.rows().iter().filter(|p| !p.id.0.contains('.'))),
            units: self.units,
            market: Some(market),
            own: [HashMap::new(), HashMap::new(), HashMap::new()],
            others: Vec::new(),
        };
        for (kind, side) in [(SheetKind::Needs, Noun::Need), (SheetKind::Offers, Noun::Offer)] {
            let kind = kind as usize;
            for (place, field) in (0u16..).zip(&market.fields) {
                let Some(names) = field.name(side) else { continue };
                let of_record = record_field(&field.id);
                for word in [&names.zh, &names.en].into_iter().chain(&field.headings) {
                    let word = fold_name(word);
                    match of_record.filter(|_| !field.own) {
                        // The first field of a name has it.
                        None if field.own && !out.own[kind].contains_key(&word) => {
                            out.fields[kind].remove(&word);
                            out.own[kind].insert(word, place);
                        }
                        Some(record) if !out.own[kind].contains_key(&word) => {
                            out.fields[kind].insert(word, record);
                        }
                        _ => {}
                    }
                }
            }
        }
        out
    }

    /// The market that a sheet's rows belong to.
    pub(super) fn market_key(&self) -> MarketKey {
        self.market.map_or_else(MarketKey::default, |market| MarketKey(market.key.clone()))
    }

    /// The place of a field of the market's own, by its id.
    pub(super) fn own_place(&self, id: &str) -> Option<u16> {
        let place = self.market?.fields.iter().position(|field| field.own && field.id == id)?;
        u16::try_from(place).ok()
    }

    /// What a market calls a field.
    pub(super) fn name_of(&self, field: Field, kind: SheetKind) -> Option<&'a str> {
        let side = if kind == SheetKind::Needs { Noun::Need } else { Noun::Offer };
        let names = self.market?.fields_of(side).find(|(own, _)| record_field(&own.id) == Some(field))?.1;
        Some(&names.zh)
    }

    /// The words of the market that a sheet belongs to: the one that a person names, else the one that the sheet's name
    /// tells, else the one of which at least three own fields stand among the headings.
    pub(super) fn of_sheet(&self, sheet: &Sheet, wanted: Option<&str>) -> &Self {
        if let Some(key) = wanted {
            return self.others.iter().find(|o| o.market.is_some_and(|m| m.key == key)).unwrap_or(self);
        }
        let name = fold_key(&sheet.name);
        let longest = |other: &Self| {
            let words = other.market.into_iter().flat_map(|m| m.need.sheets.iter().chain(&m.offer.sheets));
            words.map(|w| fold_key(w)).filter(|w| name.contains(w.as_str())).map(|w| w.chars().count()).max()
        };
        let named = self.others.iter().filter_map(|other| Some((longest(other)?, other)));
        if let Some((_, named)) = named.max_by_key(|(letters, _)| *letters) {
            return named;
        }
        let mut best: Option<(usize, &Self)> = None;
        for other in &self.others {
            let known = sheet.rows.iter().take(HEADING_ROWS).map(|row| other.own_headings(row)).max();
            let known = known.unwrap_or_default();
            if known >= OWN_HEADINGS_MIN && best.is_none_or(|(most, _)| known > most) {
                best = Some((known, other));
            }
        }
        best.map_or(self, |(_, other)| other)
    }

    /// Cells of a row that head a field of the market's own, of the side that has more of them.
    fn own_headings(&self, row: &Row) -> usize {
        let texts: Vec<HeadingText> = row.cells.iter().map(|c| self.heading(&c.value.text())).collect();
        let known = |own: &HashMap<String, u16>| {
            texts.iter().filter(|t| own.contains_key(&t.full) || own.contains_key(&t.bare)).count()
        };
        self.own.iter().map(known).max().unwrap_or_default()
    }

    /// The side that a sheet's name tells, in a market that has names for its sides.
    pub(super) fn side_of(&self, sheet: &Sheet) -> Option<SheetKind> {
        let market = self.market?;
        let name = fold_key(&sheet.name);
        let says = |side: &MarketSide| side.sheets.iter().any(|w| name.contains(&fold_key(w)));
        match (says(&market.need), says(&market.offer)) {
            (true, false) => Some(SheetKind::Needs),
            (false, true) => Some(SheetKind::Offers),
            _ => None,
        }
    }

    /// Reads `noun,field,headings` rows; `noun` is `any`, `enterprise`, `need` or `offer`.
    ///
    /// # Errors
    /// An unknown noun or field, or a heading that means two fields of one kind of sheet, with its line.
    pub fn parse(text: &str, reference: &'a Reference) -> Result<Self, TableError> {
        let mut out = Self {
            fields: [HashMap::new(), HashMap::new(), HashMap::new()],
            common: HashSet::new(),
            properties: property_names(reference.properties.rows().iter()),
            units: &reference.units,
            market: None,
            own: [HashMap::new(), HashMap::new(), HashMap::new()],
            others: Vec::new(),
        };
        for (line, row) in table::rows::<Line>(TABLE, text)? {
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
        self.fields.iter().any(|f| f.contains_key(key)) || self.own.iter().any(|f| f.contains_key(key))
    }

    /// The likeliest meaning of a heading in a sheet of this kind, with confidence in 0..=1.
    pub(super) fn guess(&self, kind: SheetKind, heading: &HeadingText) -> Option<(Target, f64)> {
        let fields = &self.fields[kind as usize];
        for (key, confidence) in [(&heading.full, 1.0), (&heading.bare, 0.95)] {
            if let Some(place) = self.own[kind as usize].get(key) {
                return Some((Target::Own(*place), confidence));
            }
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
