//! Prices: `12~15元/卷`, `￥0.035/颗`, `面议`.

use super::expr::{Amount, ExprReader, Shape};
use super::normal;
use super::words::{Role, WORDS};
use crate::price::PriceRange;
use crate::unit::{Unit, UnitTable, convert};

/// Characters of a price cell that are read.
const CHARS_MAX: usize = 200;
/// The unit in which prices are kept.
const YUAN: &str = "元";

/// Why a text is no price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// There are words, but no number.
    #[error("“{0}”中没有读到价格：请写如 12~15元/卷，或 面议")]
    NoNumber(String),
    /// An amount that is not money of the table's yuan.
    #[error("“{text}”的单位“{unit}”不是人民币：请换算成元")]
    NotYuan {
        /// What was read.
        text: String,
        /// The unit found.
        unit: String,
    },
}

/// Reads a price interval; `None` where none is stated (`面议`, empty). A bare number is yuan.
///
/// # Errors
/// Words without a number, or a foreign currency.
pub fn parse_price(text: &str, units: &UnitTable) -> Result<Option<PriceRange>, PriceError> {
    let words = text.trim();
    let short: String = words.chars().take(CHARS_MAX).collect();
    let norm = normal::normalise(&short).text;
    let norm = norm.trim();
    let folded = norm.to_ascii_lowercase();
    if norm.is_empty() || WORDS.is(Role::Unstated, &folded) {
        return Ok(None);
    }
    let reader = ExprReader { units, text: norm, folded: &folded, word_end: &|at| at, lead: "¥" };
    let place = norm
        .char_indices()
        .map(|(at, _)| at)
        .find(|at| norm[*at..].starts_with(|c: char| c.is_ascii_digit()));
    let Some(expr) = place.and_then(|at| reader.read(at)) else {
        let unstated = WORDS.find_unstated(&folded);
        return if unstated { Ok(None) } else { Err(PriceError::NoNumber(words.to_owned())) };
    };
    let before = &norm[..expr.start];
    let foreign = ["$", "usd", "us$", "€", "eur", "jpy"]
        .iter()
        .find(|s| folded[..expr.start].trim_end().ends_with(**s));
    if let Some(sign) = foreign {
        return Err(PriceError::NotYuan { text: words.to_owned(), unit: (*sign).to_owned() });
    }
    let shape = match WORDS
        .find(&before.to_ascii_lowercase())
        .filter(|(r, _, _)| *r != Role::Amount)
        .max_by_key(|(_, s, e)| (*e, e - s))
    {
        Some((role, _, _)) => expr.shape.bounded_by(role),
        None => expr.shape,
    };
    let (money, mut per) = match shape.unit() {
        Some(spelled) => currency(units, spelled).ok_or_else(|| {
            let unit = units.compose(spelled).first().map(|u| u.symbol.clone()).unwrap_or_default();
            PriceError::NotYuan { text: words.to_owned(), unit }
        })?,
        None => (None, String::new()),
    };
    if per.is_empty() {
        per = per_behind(units, &norm[expr.end..]);
    }
    let yuan = units.unit(YUAN).ok();
    let value = |a: &Amount| match (&money, &yuan) {
        (Some(money), Some(yuan)) => convert(a.value * a.scale, money, yuan).unwrap_or(a.value * a.scale),
        _ => a.value * a.scale,
    };
    let (low, high) = match &shape {
        Shape::Point(a) | Shape::Toleranced(a, _) => (Some(value(a)), Some(value(a))),
        Shape::Range(a, b) => {
            let (a, b) = (value(a), value(b));
            (Some(a.min(b)), Some(a.max(b)))
        }
        Shape::Low(a, _) => (Some(value(a)), None),
        Shape::High(a, _) | Shape::Better(a) => (None, Some(value(a))),
        Shape::Bare(_) | Shape::Sides(..) => return Err(PriceError::NoNumber(words.to_owned())),
    };
    Ok(Some(PriceRange { low_yuan: low, high_yuan: high, per }))
}

/// The money unit of a spelled unit and what the price is per. `None` where it is no money.
fn currency(units: &UnitTable, spelled: &crate::unit::UnitWords) -> Option<(Option<Unit>, String)> {
    let yuan = units.unit(YUAN).ok()?;
    let money = |words: &crate::unit::UnitWords| {
        units.compose(words).into_iter().find(|u| u.dimension == yuan.dimension)
    };
    if let Some(unit) = money(spelled) {
        return Some((Some(unit), String::new()));
    }
    let unit = money(&spelled.numerator())?;
    let whole = units.compose(spelled).into_iter().find(|u| u.symbol.starts_with(&unit.symbol))?;
    let per = whole.symbol.get(unit.symbol.len() + 1..).unwrap_or_default().to_owned();
    Some((Some(unit), per))
}

/// `/颗` or `每卷` behind a bare number.
fn per_behind(units: &UnitTable, after: &str) -> String {
    let after = after.trim_start();
    let Some(rest) = after.strip_prefix('/').or_else(|| after.strip_prefix('每')) else {
        return String::new();
    };
    let rest = rest.trim_start();
    units.scan(rest).and_then(|w| units.compose(&w).into_iter().next()).map(|u| u.symbol).unwrap_or_default()
}
