//! Quantities of supply and demand: `月产5000片`, `1.2KK/月`, `约300-500套`.

use super::expr::{Amount, ExprReader, Shape};
use super::normal;
use super::words::{Role, WORDS};
use crate::quantity::{Quantity, QuantityRange};
use crate::unit::{Unit, UnitTable, UnitWords, convert};

/// Characters of a quantity cell that are read.
const CHARS_MAX: usize = 200;

/// Why a text is no quantity.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum QuantityError {
    /// Nothing is stated (`面议`, `若干`, empty).
    #[error("未写数量")]
    Unstated,
    /// There are words, but no number that can be read.
    #[error("“{0}”中没有读到数量：请写数字和单位，如 5000片/月")]
    NoNumber(String),
    /// A number without a unit.
    #[error("“{text}”没有单位：请写明单位，如 {value}片/月")]
    NoUnit {
        /// What was read.
        text: String,
        /// The number.
        value: f64,
    },
    /// A word in the unit's place that is none.
    #[error("“{text}”的单位“{unit}”不认识：请写如 片/月、吨/年、卷")]
    UnknownUnit {
        /// What was read.
        text: String,
        /// What stands in the unit's place.
        unit: String,
    },
    /// Two different ends: the caller decides which counts.
    #[error("“{0}”是一个区间，不是单一数量")]
    Range(QuantityRange),
}

/// Reads a single quantity with its unit, such as `月产5000片`, `5,000 pcs/月`, `年产200吨`, `５０００片`.
///
/// # Errors
/// What is missing or not known; an interval comes back as [`QuantityError::Range`].
pub fn parse_quantity(text: &str, units: &UnitTable) -> Result<Quantity, QuantityError> {
    parse_quantity_or(text, units, None)
}

/// Reads a single quantity; a bare number is one of `default_unit` where that is given.
///
/// # Errors
/// What is missing or not known; an interval comes back as [`QuantityError::Range`].
pub fn parse_quantity_or(
    text: &str,
    units: &UnitTable,
    default_unit: Option<&str>,
) -> Result<Quantity, QuantityError> {
    let range = parse_range(text, units, default_unit)?;
    range.single().ok_or(QuantityError::Range(range))
}

fn parse_range(
    text: &str,
    units: &UnitTable,
    default_unit: Option<&str>,
) -> Result<QuantityRange, QuantityError> {
    let words = text.trim().to_owned();
    let short: String = text.chars().take(CHARS_MAX).collect();
    let norm = normal::normalise(&short).text;
    let norm = norm.trim();
    let folded = norm.to_ascii_lowercase();
    if norm.is_empty() || WORDS.is(Role::Unstated, &folded) {
        return Err(QuantityError::Unstated);
    }
    let reader = ExprReader { units, text: norm, folded: &folded, word_end: &|at| at, lead: "" };
    let places = || norm.char_indices().map(|(at, _)| at);
    // Digits first: the numerals of 一号车间 are no amount.
    let digit = places().find(|at| norm[*at..].starts_with(|c: char| c.is_ascii_digit()));
    let expr = digit
        .and_then(|at| reader.read(at))
        .or_else(|| places().find_map(|at| reader.read(at)))
        .ok_or_else(|| QuantityError::NoNumber(words.clone()))?;
    let before = &norm[..expr.start];
    let after = &norm[expr.end..];
    let shape = leading_relation(&folded[..expr.start], expr.shape);
    let period = period(before).or_else(|| period_behind(after));
    match quantity(units, &shape, period) {
        Some(range) if !range.unit.is_empty() => Ok(range),
        Some(range) => {
            let spelled: String = after.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
            match (default_unit.map(|u| units.unit(u)), spelled.is_empty()) {
                (Some(Ok(unit)), true) => Ok(QuantityRange { unit: unit.symbol, ..range }),
                (_, true) => {
                    Err(QuantityError::NoUnit { text: words, value: range.low.or(range.high).unwrap_or(0.0) })
                }
                (_, false) => Err(QuantityError::UnknownUnit { text: words, unit: spelled }),
            }
        }
        None => Err(QuantityError::NoNumber(words)),
    }
}

/// The relation word that ends directly before the number.
fn leading_relation(before: &str, shape: Shape) -> Shape {
    let before = before.trim_end_matches([' ', ':']);
    let found = WORDS
        .find(before)
        .filter(|(_, _, end)| *end == before.len())
        .max_by_key(|(_, start, end)| end - start);
    match found {
        Some((role, _, _)) => shape.bounded_by(role),
        None => shape,
    }
}

/// The time that words such as 月产, 每年, 日均, monthly speak of.
pub(super) fn period(words: &str) -> Option<&'static str> {
    let lower = words.to_ascii_lowercase();
    let latin = [("month", "月"), ("annual", "年"), ("year", "年"), ("daily", "天"), ("week", "周")];
    if let Some((_, time)) = latin.iter().find(|(w, _)| lower.contains(w)) {
        return Some(time);
    }
    // The last of them counts: 年内每月.
    words.char_indices().rev().find_map(|(at, c)| {
        let after_digit = words[..at].ends_with(|c: char| c.is_ascii_digit());
        match c {
            _ if after_digit => None,
            '月' => Some("月"),
            '年' => Some("年"),
            '日' | '天' => Some("天"),
            '周' => Some("周"),
            '季' => Some("季度"),
            _ => None,
        }
    })
}

/// `（每月）`, ` per month`, `/每月` behind the unit.
fn period_behind(words: &str) -> Option<&'static str> {
    let head: String = words.trim_start_matches([' ', '(', '/', '每']).chars().take(8).collect();
    let starts = head.chars().next()?;
    if "月年日天周季".contains(starts) || head.starts_with("一个月") {
        period(&head)
    } else {
        head.to_ascii_lowercase().strip_prefix("per ").and_then(period)
    }
}

/// The quantity that an expression states, by time where a `period` is given and its unit has none. A unit that is a
/// plain multiplier (`1.2KK`) counts pieces. The unit is empty where none is stated.
pub(super) fn quantity(units: &UnitTable, shape: &Shape, period: Option<&str>) -> Option<QuantityRange> {
    let spelled = shape.unit().map(|w| supply_unit(units, w));
    let unit = match spelled {
        Some(unit) => Some(unit?),
        None => None,
    };
    let symbol = match (&unit, period) {
        (Some(unit), Some(time)) if !unit.symbol.contains('/') => format!("{}/{time}", unit.symbol),
        (Some(unit), _) => unit.symbol.clone(),
        (None, _) => String::new(),
    };
    let value = |a: &Amount| {
        let own = a.unit.as_ref().and_then(|w| supply_unit(units, w));
        match (own, &unit) {
            (Some(own), Some(unit)) if own != *unit => convert(a.value * a.scale, &own, unit).ok(),
            _ => Some(a.value * a.scale),
        }
    };
    let (low, high) = match shape {
        Shape::Point(a) => (Some(value(a)?), Some(value(a)?)),
        Shape::Range(a, b) => {
            // 3-5万片: the multiplier counts for both ends.
            let (high, mut low) = (value(b)?, value(a)?);
            if a.unit.is_none() && a.scale == 1.0 && b.scale != 1.0 {
                low *= b.scale;
            }
            (Some(low.min(high)), Some(low.max(high)))
        }
        Shape::Low(a, _) | Shape::Better(a) => (Some(value(a)?), None),
        Shape::High(a, _) => (None, Some(value(a)?)),
        Shape::Toleranced(a, _) => (Some(value(a)?), Some(value(a)?)),
        Shape::Bare(_) | Shape::Sides(..) => return None,
    };
    let positive = |v: Option<f64>| v.is_none_or(|v| v >= 0.0);
    (positive(low) && positive(high)).then_some(QuantityRange { low, high, unit: symbol })
}

/// The reading of a unit that can be supplied: pieces before temperatures (`5K/月`).
pub(super) fn supply_unit(units: &UnitTable, words: &UnitWords) -> Option<Unit> {
    let readings = units.compose(words);
    let piece = units.unit("pcs").ok()?;
    let counted = readings.iter().find(|r| {
        let first = readings.first();
        first.is_some_and(|f| f.symbol.starts_with('K') && f.symbol != r.symbol)
            && (r.dimension == piece.dimension || r.symbol.starts_with("Kpcs"))
    });
    counted.or(readings.first()).cloned()
}
