//! Values of a market's own fields.

use super::{FieldKind, Market, MarketField};
use crate::property::{PropertyId, PropertyKind};
use crate::quantity::Quantity;
use crate::spec::{SpecValue, Specification, Strictness};
use crate::spectext::{parse_date, parse_specs};
use crate::unit::UnitTable;
use crate::visibility::Noun;
use std::collections::BTreeMap;

/// Year of a day that names none; the day is only shown as it was written.
const YEAR: i16 = 2000;

/// A value that a field cannot hold: what was expected, in Chinese.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OwnError(pub String);

/// As [`Market::read_own`] says.
pub(super) fn read(
    market: &Market,
    id: &str,
    text: &str,
    side: Noun,
    units: &UnitTable,
) -> Result<Option<Specification>, OwnError> {
    let Some(field) = market.own(id) else { return Err(OwnError(format!("{id} 不是该市场的字段"))) };
    let value = match field.kind {
        FieldKind::Text | FieldKind::Area => return Ok(None),
        FieldKind::Date => {
            return match parse_date(text, YEAR) {
                Ok(_) => Ok(None),
                Err(_) => Err(OwnError("日期，如 2026-12-31".to_owned())),
            };
        }
        FieldKind::Number => {
            let read = number(market, field, text, side, units)?;
            return Ok(field.rule.is_some().then_some(read));
        }
        FieldKind::Choice | FieldKind::Grade => words(market, field, text)?,
    };
    Ok(field.rule.is_some().then(|| spec(market, field, value, None, text, side)))
}

fn spec(
    market: &Market,
    field: &MarketField,
    value: SpecValue,
    unit: Option<String>,
    text: &str,
    side: Noun,
) -> Specification {
    // What an offer states is stated; only a need wishes.
    let wished = field.rule.filter(|_| side == Noun::Need).map_or(Strictness::Must, |rule| rule.strictness);
    Specification {
        property: PropertyId(market.property_of(&field.id)),
        value,
        unit,
        strictness: wished,
        text: text.to_owned(),
    }
}

/// A number is read as any specification text is, with the field's property as the only one meant.
fn number(
    market: &Market,
    field: &MarketField,
    text: &str,
    side: Noun,
    units: &UnitTable,
) -> Result<Specification, OwnError> {
    let property = PropertyId(market.property_of(&field.id));
    let name = field.need.as_ref().or(field.offer.as_ref()).map_or("", |names| names.zh.as_str());
    // A bare number has the field's unit.
    let bare = text.chars().last().is_some_and(|c| c.is_ascii_digit());
    let unit = field.unit.as_deref().filter(|_| bare).unwrap_or_default();
    let read = parse_specs(
        &format!("{name}：{text}{unit}"),
        units,
        &market.properties,
        std::slice::from_ref(&property),
    );
    let found = read.specs.into_iter().find(|s| s.property == property);
    match found {
        Some(Specification { value: value @ SpecValue::Interval(_), unit, .. }) => {
            Ok(spec(market, field, value, unit, text, side))
        }
        _ => {
            let unit = field.unit.as_ref().map_or_else(String::new, |u| format!("（{u}）"));
            Err(OwnError(format!("数值或范围{unit}，如 {}", example(field))))
        }
    }
}

fn example(field: &MarketField) -> &str {
    let hint = field.hint.zh.as_str();
    if hint.is_empty() { "10、10~20、≥10" } else { hint.trim_start_matches("如：") }
}

/// What a record's amount is: of a need's range the least, of an offer's the most. What a record that states none is one of
/// counts where the market names that; a value that cannot be read is no amount.
pub(super) fn amount(
    market: &Market,
    own: &BTreeMap<String, String>,
    side: Noun,
    units: &UnitTable,
) -> Option<Quantity> {
    let stated = market.fields.iter().filter(|field| field.amount.contains(&side));
    let stated = stated.filter_map(|field| Some((field, own.get(&field.id)?))).next();
    let Some((field, text)) = stated else { return market.one(side) };
    let read = number(market, field, text, side, units).ok()?;
    let SpecValue::Interval(range) = read.value else { return None };
    let value = if side == Noun::Need { range.low.or(range.high) } else { range.high.or(range.low) };
    Some(Quantity::new(value?, read.unit.as_deref().or(field.unit.as_deref())?))
}

/// Known words, each in its canonical spelling; of a grade only one.
fn words(market: &Market, field: &MarketField, text: &str) -> Result<SpecValue, OwnError> {
    let property = market.properties.by_id(&market.property_of(&field.id));
    let mut out: Vec<String> = Vec::new();
    for word in text.split(['、', '，', ',', '/', '|', '；', ';', '\n']).map(str::trim) {
        if word.is_empty() {
            continue;
        }
        let known = property.is_none_or(|p| p.values.is_empty() || p.rank(word).is_some());
        if !known {
            return Err(OwnError(format!("{}之一", field.values.join("、"))));
        }
        let word = property.map_or_else(|| word.to_owned(), |p| p.canonical(word));
        if !out.contains(&word) {
            out.push(word);
        }
    }
    let grade = property.is_some_and(|p| p.kind == PropertyKind::Grade);
    if out.is_empty() || (grade && out.len() > 1) {
        return Err(OwnError(format!("{}之一", field.values.join("、"))));
    }
    Ok(SpecValue::Set(out))
}
