//! Reading `data/markets/*.toml`: what each key must be, and what is wrong with it where (file, line, key).

use super::{
    FieldKind, FieldRule, Market, MarketField, MarketSide, MarketTable, MarketWeights, Names, PARTS,
};
use crate::property::{Direction, Property, PropertyKind, PropertyTable, RangeMeaning, Several};
use crate::spec::Strictness;
use crate::table::TableError;
use crate::unit::UnitTable;
use crate::visibility::{Noun, Visibility, VisibilityTable};
use serde::Deserialize;
use std::collections::HashSet;
use toml::Spanned;

/// The record's own fields that a market may name on each side; only of these the record has a place for a value.
const OWN_OF_NEED: [&str; 18] = [
    "title",
    "number",
    "detail",
    "quantity",
    "price",
    "delivery",
    "standard",
    "material",
    "certificates",
    "payment",
    "current_source",
    "max_distance_km",
    "needed_by",
    "partial",
    "validity",
    "contact",
    "note",
    "node",
];
const OWN_OF_OFFER: [&str; 18] = [
    "title",
    "number",
    "detail",
    "capacity",
    "spare_capacity",
    "price",
    "minimum_order",
    "lot",
    "lead_days",
    "sample_days",
    "standard",
    "material",
    "certificates",
    "supply_radius_km",
    "customers",
    "validity",
    "contact",
    "note",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    key: Spanned<String>,
    order: i64,
    name_zh: String,
    name_en: String,
    about_zh: String,
    about_en: String,
    #[serde(default)]
    chain: bool,
    #[serde(default = "yes")]
    local_rate: bool,
    /// `["*"]` for all of `properties.csv`.
    #[serde(default)]
    properties: Vec<Spanned<String>>,
    need: Side,
    offer: Side,
    #[serde(default)]
    fields: Vec<Spanned<Row>>,
    weights: Option<Spanned<MarketWeights>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Side {
    name_zh: String,
    name_en: String,
    #[serde(default)]
    sheets: Vec<String>,
    one: Option<String>,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    need: Option<[String; 2]>,
    offer: Option<[String; 2]>,
    kind: Option<FieldKind>,
    unit: Option<String>,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    open: bool,
    several: Option<Several>,
    level: Option<Visibility>,
    #[serde(default)]
    required: Vec<Noun>,
    rule: Option<Direction>,
    range: Option<RangeMeaning>,
    #[serde(default)]
    hard: bool,
    #[serde(default)]
    column: bool,
    #[serde(default)]
    amount: Vec<Noun>,
    #[serde(default)]
    headings: Vec<String>,
    hint: Option<[String; 2]>,
}

/// The text of one file, with what places its errors.
struct Source<'a> {
    name: &'a str,
    text: &'a str,
}

impl Source<'_> {
    fn line(&self, at: usize) -> u64 {
        self.text.as_bytes()[..at.min(self.text.len())].iter().filter(|b| **b == b'\n').count() as u64 + 1
    }

    fn fault(&self, at: usize, message: impl Into<String>) -> TableError {
        TableError::new(self.name, self.line(at), message)
    }
}

impl MarketTable {
    /// Reads the files of markets, name and text; a file whose market is there already replaces it. `properties` receives
    /// the properties of the markets' own fields, `visibility` the levels.
    ///
    /// # Errors
    /// The first faulty file, with line and key.
    pub fn extend(
        &mut self,
        files: &[(&str, &str)],
        units: &UnitTable,
        properties: &mut PropertyTable,
        visibility: &mut VisibilityTable,
    ) -> Result<(), TableError> {
        let shared = properties.clone();
        let mut here: HashSet<String> = HashSet::new();
        for (name, text) in files {
            let source = Source { name, text: text.trim_start_matches('\u{feff}') };
            let (order, market, own) = read(&source, units, &shared)?;
            if !here.insert(market.key.clone()) {
                return Err(source.fault(0, format!("key: the market {} stands in two files", market.key)));
            }
            properties.add_unnamed(own);
            // The levels of parts and materials are those that the table has.
            for field in market.fields.iter().filter(|_| market.key != PARTS) {
                let id = market.property_of(&field.id);
                for noun in [Noun::Need, Noun::Offer].into_iter().filter(|noun| field.name(*noun).is_some()) {
                    visibility.set(noun, &id, field.level);
                }
            }
            match self.0.iter_mut().find(|(_, known)| known.key == market.key) {
                Some(known) => *known = (order, market),
                None => self.0.push((order, market)),
            }
        }
        self.0.sort_by(|a, b| (a.1.key != PARTS, a.0, &a.1.key).cmp(&(b.1.key != PARTS, b.0, &b.1.key)));
        Ok(())
    }
}

fn read(
    source: &Source<'_>,
    units: &UnitTable,
    shared: &PropertyTable,
) -> Result<(i64, Market, Vec<Property>), TableError> {
    let file: File = toml::from_str(source.text).map_err(|e| {
        let at = e.span().map_or(0, |span| span.start);
        source.fault(at, e.message().trim().replace('\n', " "))
    })?;
    let key = file.key.get_ref().clone();
    if !is_id(&key) {
        return Err(source
            .fault(file.key.span().start, format!("key: {key} is not lower-case letters, digits and _")));
    }
    for (name, words) in [
        ("name_zh", &file.name_zh),
        ("name_en", &file.name_en),
        ("need.name_zh", &file.need.name_zh),
        ("need.name_en", &file.need.name_en),
        ("offer.name_zh", &file.offer.name_zh),
        ("offer.name_en", &file.offer.name_en),
    ] {
        if words.trim().is_empty() {
            return Err(source.fault(0, format!("{name}: a name is missing")));
        }
    }
    for (name, one) in [("need.one", &file.need.one), ("offer.one", &file.offer.one)] {
        if let Some(unit) = one.as_ref().filter(|unit| units.unit(unit).is_err()) {
            return Err(source.fault(0, format!("{name}: {unit} does not stand in units.csv")));
        }
    }
    let mut fields: Vec<MarketField> = Vec::with_capacity(file.fields.len());
    let mut own = Vec::new();
    for row in file.fields {
        let at = row.span().start;
        let row = row.into_inner();
        let fault =
            |what: &str, message: String| source.fault(at, format!("fields.{}{what}: {message}", row.id));
        if fields.iter().any(|field| field.id == row.id) {
            return Err(fault(".id", "the field stands twice".to_owned()));
        }
        let field = field(&row, units, &fault)?;
        if field.own && !matches!(field.kind, FieldKind::Text | FieldKind::Area | FieldKind::Date) {
            own.push(property(&key, &row, &field));
        }
        for side in &field.amount {
            if fields.iter().any(|other| other.amount.contains(side)) {
                return Err(fault(".amount", "a side has one amount".to_owned()));
            }
        }
        fields.push(field);
    }
    if !fields.iter().any(|field| field.id == "title" && field.need.is_some() && field.offer.is_some()) {
        return Err(source.fault(0, "fields: the field title is missing, with its names on both sides"));
    }
    let mut chosen = Vec::new();
    for id in &file.properties {
        if id.get_ref() != "*" && shared.by_id(id.get_ref()).is_none() {
            return Err(source.fault(
                id.span().start,
                format!("properties: {} does not stand in properties.csv", id.get_ref()),
            ));
        }
        chosen.push(id.get_ref().as_str());
    }
    let weights = match file.weights {
        Some(spanned) => {
            let at = spanned.span().start;
            checked(spanned.into_inner())
                .map_err(|(name, why)| source.fault(at, format!("weights.{name}: {why}")))?
        }
        None => MarketWeights::default(),
    };
    let properties = shared.subset(&chosen, own.clone())?;
    let side = |side: Side| {
        let mut sheets = vec![side.name_zh.clone()];
        sheets.extend(side.sheets);
        MarketSide { name: Names { zh: side.name_zh, en: side.name_en }, sheets, one: side.one }
    };
    let market = Market {
        key,
        name: Names { zh: file.name_zh, en: file.name_en },
        about: Names { zh: file.about_zh, en: file.about_en },
        need: side(file.need),
        offer: side(file.offer),
        fields,
        chain: file.chain,
        properties,
        weights,
        local_rate: file.local_rate,
    };
    Ok((file.order, market, own))
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Shares and distances are not below 0, a similarity is at most 1.
fn checked(weights: MarketWeights) -> Result<MarketWeights, (&'static str, String)> {
    let MarketWeights {
        text,
        node,
        specification,
        certificate,
        distance,
        capacity,
        distance_half_km,
        similarity_min,
        vectors,
    } = weights;
    for (name, value, most) in [
        ("text", text, f64::MAX),
        ("node", node, f64::MAX),
        ("specification", specification, f64::MAX),
        ("certificate", certificate, f64::MAX),
        ("distance", distance, f64::MAX),
        ("capacity", capacity, f64::MAX),
        ("distance_half_km", distance_half_km, f64::MAX),
        ("similarity_min", similarity_min, 1.0),
        ("vectors", vectors, 1.0),
    ] {
        if value.is_some_and(|v| !v.is_finite() || v < 0.0 || v > most) {
            return Err((
                name,
                "a number from 0 on was expected, of a similarity or of vectors at most 1".to_owned(),
            ));
        }
    }
    if distance_half_km == Some(0.0) {
        return Err(("distance_half_km", "a distance above 0 was expected".to_owned()));
    }
    Ok(weights)
}

fn field(
    row: &Row,
    units: &UnitTable,
    fault: &dyn Fn(&str, String) -> TableError,
) -> Result<MarketField, TableError> {
    let (of_need, of_offer) =
        (OWN_OF_NEED.contains(&row.id.as_str()), OWN_OF_OFFER.contains(&row.id.as_str()));
    let known = of_need || of_offer;
    if !is_id(&row.id) {
        return Err(fault(".id", "an id is lower-case letters, digits and _".to_owned()));
    }
    if row.need.is_none() && row.offer.is_none() {
        return Err(fault(
            "",
            "a field has a name (Chinese, English) in need, in offer or in both".to_owned(),
        ));
    }
    if known && ((row.need.is_some() && !of_need) || (row.offer.is_some() && !of_offer)) {
        return Err(fault("", format!("a record of that side has no {}", row.id)));
    }
    for names in row.need.iter().chain(&row.offer) {
        if names.iter().any(|name| name.trim().is_empty()) {
            return Err(fault("", "a name is empty".to_owned()));
        }
    }
    if known && (row.kind.is_some() || row.rule.is_some() || row.unit.is_some() || !row.values.is_empty()) {
        return Err(fault(
            "",
            "kind, unit, values and rule of a record's own field are the record's".to_owned(),
        ));
    }
    let kind = match (known, row.kind) {
        (true, _) => FieldKind::Text,
        (false, Some(kind)) => kind,
        (false, None) => {
            return Err(fault(
                ".kind",
                "one of text, area, date, number, choice, grade was expected".to_owned(),
            ));
        }
    };
    let worded = matches!(kind, FieldKind::Choice | FieldKind::Grade);
    match (&row.unit, kind) {
        (Some(unit), FieldKind::Number) if units.unit(unit).is_err() => {
            return Err(fault(".unit", format!("{unit} does not stand in units.csv")));
        }
        (Some(_), kind) if kind != FieldKind::Number => {
            return Err(fault(".unit", "only a number has a unit".to_owned()));
        }
        _ => {}
    }
    if row.several.is_some() && kind != FieldKind::Choice {
        return Err(fault(".several", "only a choice has several words".to_owned()));
    }
    if (kind == FieldKind::Grade && row.values.len() < 2) || (!worded && !row.values.is_empty()) {
        return Err(fault(
            ".values",
            "a grade has its words, the worst first; a choice may have some".to_owned(),
        ));
    }
    if row.rule.is_some() && !worded && kind != FieldKind::Number {
        return Err(fault(".rule", "only a number, a choice or a grade is compared".to_owned()));
    }
    if row.rule.is_some() && (row.need.is_none() || row.offer.is_none()) {
        return Err(fault(".rule", "what is compared stands on both sides".to_owned()));
    }
    if row.hard && row.rule.is_none() {
        return Err(fault(".hard", "only a rule can be hard".to_owned()));
    }
    let there = |side: &Noun| match side {
        Noun::Need => row.need.is_some(),
        Noun::Offer => row.offer.is_some(),
        Noun::Enterprise => false,
    };
    if !row.required.iter().all(there) {
        return Err(fault(".required", "the side has no such field".to_owned()));
    }
    if !row.amount.iter().all(there) {
        return Err(fault(".amount", "the side has no such field".to_owned()));
    }
    if !row.amount.is_empty() && row.unit.is_none() {
        return Err(fault(".amount", "an amount is a number with a unit".to_owned()));
    }
    let names =
        |pair: &Option<[String; 2]>| pair.as_ref().map(|[zh, en]| Names { zh: zh.clone(), en: en.clone() });
    let level = row.level.unwrap_or(match row.id.as_str() {
        "title" => Visibility::Public,
        "contact" | "price" | "note" | "payment" => Visibility::Counterparties,
        // What nobody thought about is not shown to everybody.
        _ => Visibility::Members,
    });
    Ok(MarketField {
        id: row.id.clone(),
        own: !known,
        kind,
        need: names(&row.need),
        offer: names(&row.offer),
        headings: row.headings.clone(),
        hint: names(&row.hint).unwrap_or_default(),
        unit: row.unit.clone(),
        values: row.values.iter().map(|v| v.split('=').next().unwrap_or(v).trim().to_owned()).collect(),
        level,
        required: row.required.clone(),
        rule: row.rule.map(|direction| FieldRule {
            direction,
            strictness: if row.hard { Strictness::Must } else { Strictness::Prefer },
        }),
        column: row.column,
        amount: row.amount.clone(),
    })
}

fn property(market: &str, row: &Row, field: &MarketField) -> Property {
    let names = field.need.as_ref().or(field.offer.as_ref()).cloned().unwrap_or_default();
    let kind = match field.kind {
        FieldKind::Grade => PropertyKind::Grade,
        FieldKind::Choice => PropertyKind::Set,
        _ => PropertyKind::Number,
    };
    let mark = if kind == PropertyKind::Grade { "<" } else { "|" };
    let mut property = Property::new(&format!("{market}.{}", row.id), (&names.zh, &names.en), kind)
        .measured(row.unit.as_deref(), row.rule.unwrap_or(Direction::Cover), row.range.unwrap_or_default())
        .worded(&row.values.join(mark), row.open);
    property.several = row.several.unwrap_or(property.several);
    property
}
