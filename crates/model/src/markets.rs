//! Markets beside that of parts and materials: each is a table of `data/markets/*.toml`, read by one engine.
//!
//! A market names its two sides and the fields that its records have. A field is either one of the record's own
//! (`title`, `quantity`, `price` ...), which the market only names, or the market's, whose value is kept as text under its
//! id ([`crate::need::Need::own`]) and becomes a [`Specification`] of the property `market.field`, so that the two sides are compared
//! by the same verdicts as any other specification.

mod own;
mod parse;
#[cfg(test)]
mod tests;

pub use own::OwnError;

use crate::need::Need;
use crate::offer::Offer;
use crate::property::{Direction, PropertyId, PropertyTable};
use crate::quantity::Quantity;
use crate::spec::{Specification, Strictness};
use crate::unit::UnitTable;
use crate::visibility::{Noun, Visibility};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Key of the market of parts and materials, to which a record belongs where it names none.
pub const PARTS: &str = "parts";

/// Key of the market that a record belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MarketKey(pub String);

impl Default for MarketKey {
    fn default() -> Self {
        Self(PARTS.to_owned())
    }
}

impl MarketKey {
    /// True for the market of parts and materials. Its name is not written into a record: lists of the days before
    /// there were other markets keep their hashes.
    pub fn is_parts(&self) -> bool {
        self.0 == PARTS
    }
}

impl std::fmt::Display for MarketKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// One side of a market.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketSide {
    /// What its records are called.
    pub name: Names,
    /// Words by which a sheet's name tells that its rows are these, the name first.
    pub sheets: Vec<String>,
    /// Unit of which each of its records is one where it states no amount: a talent is one person.
    pub one: Option<String>,
}

/// What a field of the market's own holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line of words; not compared.
    Text,
    /// Several lines of words; not compared.
    Area,
    /// A day; not compared.
    Date,
    /// A number or a range with a unit.
    Number,
    /// One or several of known words.
    Choice,
    /// One of known words on an ordered scale, worst first.
    Grade,
}

/// How the two sides of a field are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldRule {
    /// When the offer's value meets the need's.
    pub direction: Direction,
    /// Whether what is not met rules a pair out, or only costs points.
    pub strictness: Strictness,
}

/// A field of a market's records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketField {
    /// Identity; for a field of the record's own that of `data/visibility.csv`.
    pub id: String,
    /// True for a field of the market, false for one of the record.
    pub own: bool,
    /// What it holds.
    pub kind: FieldKind,
    /// Its name on the need's side; none where needs have no such field.
    pub need: Option<Names>,
    /// Its name on the offer's side; none where offers have no such field.
    pub offer: Option<Names>,
    /// Further words that headings use for it.
    pub headings: Vec<String>,
    /// An example for who fills it in.
    pub hint: Names,
    /// Unit where a number states none.
    pub unit: Option<String>,
    /// Known words of a choice or grade.
    pub values: Vec<String>,
    /// Level that it is seen from, in this market.
    pub level: Visibility,
    /// Sides on which it must be filled in.
    pub required: Vec<Noun>,
    /// How it is compared; none for what is only shown.
    pub rule: Option<FieldRule>,
    /// True where it is a column of the market's lists.
    pub column: bool,
    /// Sides on which it is the amount: what a need asks for, and what an offer has to share out.
    pub amount: Vec<Noun>,
}

impl MarketField {
    /// Its name on a side; none where the side has no such field.
    pub fn name(&self, side: Noun) -> Option<&Names> {
        match side {
            Noun::Need => self.need.as_ref(),
            Noun::Offer => self.offer.as_ref(),
            Noun::Enterprise => None,
        }
    }

    /// A value as it is told: a bare number is in the field's unit.
    pub fn told<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let bare = self.kind == FieldKind::Number && text.chars().last().is_some_and(|c| c.is_ascii_digit());
        match self.unit.as_deref().filter(|_| bare) {
            Some(unit) => Cow::Owned(format!("{text}{unit}")),
            None => Cow::Borrowed(text),
        }
    }
}

/// What counts differently in a market; absent settings are the engine's.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MarketWeights {
    /// Share of the wording.
    pub text: Option<f64>,
    /// Share of the chain node.
    pub node: Option<f64>,
    /// Share of the verdicts.
    pub specification: Option<f64>,
    /// Share of the certificates.
    pub certificate: Option<f64>,
    /// Share of the distance.
    pub distance: Option<f64>,
    /// Share of the capacity.
    pub capacity: Option<f64>,
    /// Distance at which half of its points are left, in km.
    pub distance_half_km: Option<f64>,
    /// Least similarity of wording at which two records count as of the same thing, 0..=1.
    pub similarity_min: Option<f64>,
    /// Share of the likeness of the titles' vectors in the similarity, where there are any, 0..=1.
    pub vectors: Option<f64>,
}

/// One market.
#[derive(Debug, Clone)]
pub struct Market {
    /// Identity, such as `finance`.
    pub key: String,
    /// Name.
    pub name: Names,
    /// What it is for, in a sentence.
    pub about: Names,
    /// Who looks for something.
    pub need: MarketSide,
    /// Who has it.
    pub offer: MarketSide,
    /// Fields in the order of forms and cards.
    pub fields: Vec<MarketField>,
    /// True where titles are places on the chain graph.
    pub chain: bool,
    /// Properties that its texts speak of, the market's own among them.
    pub properties: PropertyTable,
    /// What counts differently.
    pub weights: MarketWeights,
    /// True where the local supporting rate of its lists says something.
    pub local_rate: bool,
}

impl Market {
    /// A side's names; an enterprise is of neither side and gets the offer's.
    pub fn side(&self, noun: Noun) -> &MarketSide {
        if noun == Noun::Need { &self.need } else { &self.offer }
    }

    /// The fields that a side has, each with its name there.
    pub fn fields_of(&self, side: Noun) -> impl Iterator<Item = (&MarketField, &Names)> {
        self.fields.iter().filter_map(move |field| Some((field, field.name(side)?)))
    }

    /// The name of a side's title.
    pub fn title_of(&self, side: Noun) -> Option<&Names> {
        self.fields_of(side).find_map(|(field, names)| (field.id == "title").then_some(names))
    }

    /// The columns of a side's lists beside the title, each with its name there.
    pub fn columns_of(&self, side: Noun) -> impl Iterator<Item = (&MarketField, &Names)> {
        self.fields_of(side).filter(|(field, _)| field.column && field.id != "title")
    }

    /// The market's own field with this id.
    pub fn own(&self, id: &str) -> Option<&MarketField> {
        self.fields.iter().find(|field| field.own && field.id == id)
    }

    /// Identity of the property, and of the level, of one of the market's fields.
    pub fn property_of(&self, id: &str) -> String {
        format!("{}.{id}", self.key)
    }

    /// What a text in one of the market's own fields says, to be compared; nothing for a field that is only shown.
    ///
    /// # Errors
    /// What was expected instead.
    pub fn read_own(
        &self,
        id: &str,
        text: &str,
        side: Noun,
        units: &UnitTable,
    ) -> Result<Option<Specification>, OwnError> {
        own::read(self, id, text, side, units)
    }

    /// Gives a need the quantity that its market's amount stands for (the area of a project, the sum of a loan), where it
    /// states none itself: of a range the least.
    pub fn fill_need(&self, need: &mut Need, units: &UnitTable) {
        if need.quantity.is_none() {
            need.quantity = own::amount(self, &need.own, Noun::Need, units);
        }
    }

    /// Gives an offer the capacity that its market's amount stands for, as [`Self::fill_need`]: of a range the most.
    pub fn fill_offer(&self, offer: &mut Offer, units: &UnitTable) {
        if offer.capacity.is_none() && offer.spare_capacity.is_none() {
            offer.capacity = own::amount(self, &offer.own, Noun::Offer, units);
        }
    }

    fn one(&self, side: Noun) -> Option<Quantity> {
        self.side(side).one.as_ref().map(|unit| Quantity::new(1.0, unit))
    }
}

/// All markets in their order, that of parts and materials first.
#[derive(Debug, Clone, Default)]
pub struct MarketTable(Vec<(i64, Market)>);

impl MarketTable {
    /// All markets.
    pub fn iter(&self) -> impl Iterator<Item = &Market> {
        self.0.iter().map(|(_, market)| market)
    }

    /// The market with this key.
    pub fn get(&self, key: &str) -> Option<&Market> {
        self.iter().find(|market| market.key == key)
    }

    /// The market and its own field behind a property, such as `land.area`; none for a property of `properties.csv`.
    pub fn field(&self, property: &PropertyId) -> Option<(&Market, &MarketField)> {
        let (key, id) = property.0.split_once('.')?;
        let market = self.get(key)?;
        Some((market, market.own(id)?))
    }

    /// The market of a record; none for that of parts and materials, which the record's own fields describe, and for one
    /// that the tables no longer know.
    pub fn other(&self, key: &MarketKey) -> Option<&Market> {
        if key.is_parts() { None } else { self.get(&key.0) }
    }

    /// True where the local supporting rate says something of a record's market.
    pub fn has_local_rate(&self, key: &MarketKey) -> bool {
        self.other(key).is_none_or(|market| market.local_rate)
    }
}
