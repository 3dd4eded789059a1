//! Numbers and verdicts as pages show them.

use crate::words::Lang;
use jiff::tz::{TimeZone, offset};
use maud::{Markup, html};
use model::evidence::Evidence;
use model::markets::MarketField;
use model::matching::{Allocation, Coverage, Match, Outcome, Verdict};
use model::price::PriceRange;
use model::property::PropertyId;
use model::quantity::{Quantity, number};
use model::reference::Reference;
use model::unit::UnitTable;
use std::borrow::Cow;
use std::fmt::Display;

/// A share as a percentage with one decimal.
pub fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// What stands between the words of an enumeration.
pub fn comma(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "、",
        Lang::En => ", ",
    }
}

/// What stands between a word and what it names.
pub fn colon(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "：",
        Lang::En => ": ",
    }
}

/// A distance in km with one decimal; empty where unknown.
pub fn km(distance: Option<f64>) -> String {
    distance.map_or_else(String::new, |d| format!("{d:.1} km"))
}

/// A quantity with its unit; empty where absent.
pub fn quantity(value: Option<&Quantity>) -> String {
    value.map_or_else(String::new, ToString::to_string)
}

/// What a list allots to a pair: how much of the need, and the quantity where it is stated.
pub fn allocation(lang: Lang, units: &UnitTable, allocation: Option<&Allocation>) -> Markup {
    html! {
        @if let Some(allocation) = allocation {
            (match allocation.coverage {
                Coverage::Full => lang.t("全部满足"),
                Coverage::Part => lang.t("部分满足"),
                Coverage::Unstated => lang.t("数量待定"),
            })
            @if let Some(given) = &allocation.quantity { " " (told_quantity(lang, units, given)) }
            @if let Some(delivered) = &allocation.delivered { " " span.soft { (lang.t("整批供")) " " (shortfall(lang, units, delivered)) } }
        } @else { "–" }
    }
}

/// A moment as a Chinese calendar day, `2026-11-22`: the product's days are China's whatever the machine's zone.
pub fn day(ms: i64) -> String {
    stamp(ms, "%Y-%m-%d")
}

/// A moment with its time, `2026-11-22 14:05`.
pub fn moment(ms: i64) -> String {
    stamp(ms, "%Y-%m-%d %H:%M")
}

fn stamp(ms: i64, form: &str) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .map(|at| at.to_zoned(TimeZone::fixed(offset(8))).strftime(form).to_string())
        .unwrap_or_default()
}

/// A price interval as workbooks write it: `12~15元/卷`; a total budget has no unit.
pub fn price(value: Option<&PriceRange>) -> String {
    let Some(PriceRange { low_yuan, high_yuan, per }) = value else { return String::new() };
    let per = if per.is_empty() { String::new() } else { format!("/{per}") };
    match (low_yuan, high_yuan) {
        (Some(low), Some(high)) if low == high => format!("{}元{per}", number(*low)),
        (Some(low), Some(high)) => format!("{}~{}元{per}", number(*low), number(*high)),
        (Some(low), None) => format!("≥{}元{per}", number(*low)),
        (None, Some(high)) => format!("≤{}元{per}", number(*high)),
        (None, None) => String::new(),
    }
}

/// A span of days, `2026-11-01 ~ 2026-12-31`; an open end is left out.
pub fn span(from: Option<impl Display>, until: Option<impl Display>) -> String {
    match (from, until) {
        (Some(from), Some(until)) => format!("{from} ~ {until}"),
        (Some(from), None) => format!("{from} ~"),
        (None, Some(until)) => format!("~ {until}"),
        (None, None) => String::new(),
    }
}

/// A shortfall with four significant digits: it is a difference of stated figures, often across units.
pub fn rounded(by: &Quantity) -> Quantity {
    let value = format!("{:.3e}", by.value).parse().unwrap_or(by.value);
    Quantity { value, unit: by.unit.clone() }
}

/// A quantity that was worked out, told in the page's language; what a record states stays as it is written ([`quantity`]).
pub fn told_quantity(lang: Lang, units: &UnitTable, quantity: &Quantity) -> String {
    units.told(quantity, lang.language())
}

/// A shortfall in the page's language.
pub fn shortfall(lang: Lang, units: &UnitTable, by: &Quantity) -> String {
    told_quantity(lang, units, &rounded(by))
}

/// A product of an enterprise.
pub fn product(lang: Lang, enterprise: &str, title: &str) -> String {
    match lang {
        Lang::Zh => format!("{enterprise}「{title}」"),
        Lang::En => format!("{enterprise} “{title}”"),
    }
}

/// What a requirement says, and what the offer says of it. A value of a market's own field stands with the field's name and unit:
/// alone it would be a bare figure. On an English page the property is named before the record's own words.
pub fn told(lang: Lang, reference: &Reference, property: &PropertyId, need: &str, offer: &str) -> Markup {
    let field = reference.markets.field(property).map(|(_, field)| field);
    let name = field.and_then(|field| field.need.as_ref().or(field.offer.as_ref()));
    let told =
        |text: &str| field.map_or_else(|| text.to_owned(), |field| value(lang, reference, field, text));
    html! {
        @if let Some(name) = name { (lang.of(name)) " " }
        @else if lang == Lang::En { (crate::pages::market::property(lang, &reference.properties, property)) ": " }
        (told(need))
        @if !offer.is_empty() { span.soft { " ← " (told(offer)) } }
    }
}

/// A value of a market's own field; a bare number is told with the field's unit.
pub fn value(lang: Lang, reference: &Reference, field: &MarketField, text: &str) -> String {
    let told = field.told(text);
    match (&told, &field.unit, text.parse()) {
        (Cow::Owned(_), Some(unit), Ok(value)) => {
            told_quantity(lang, &reference.units, &Quantity { value, unit: unit.clone() })
        }
        _ => told.into_owned(),
    }
}

/// The verdicts of a match, one a line; readable without colour.
pub fn verdicts(lang: Lang, reference: &Reference, verdicts: &[Verdict]) -> Markup {
    html! {
        ul.plain {
            @for verdict in verdicts {
                @let (class, mark, word) = mark(lang, &verdict.outcome);
                li {
                    span class=(class) { (mark) " " (word) }
                    @if let Outcome::Short { by } = &verdict.outcome { span class=(class) { " " (shortfall(lang, &reference.units, by)) } }
                    " " (told(lang, reference, &verdict.property, &verdict.need, &verdict.offer))
                    @if let Some(evidence) = &verdict.evidence { " " (measured(lang, evidence)) }
                    @else if !verdict.offer.is_empty() { " " (declared(lang)) }
                }
            }
        }
    }
}

/// What was measured behind a stated value: interval, capability, day.
pub fn measured(lang: Lang, evidence: &Evidence) -> Markup {
    html! {
        span.measured {
            (crate::parts::tag("good", lang.t("实测"))) " " (evidence.value_words())
            @if let Some(cpk) = evidence.cpk { " · Cpk " (format!("{cpk:.2}")) }
            " · " (evidence.measured_on)
        }
    }
}

/// That a value is what the offer states, with nothing that proves it.
pub fn declared(lang: Lang) -> Markup {
    crate::parts::tag("quiet", lang.t("自述"))
}

fn mark(lang: Lang, outcome: &Outcome) -> (&'static str, &'static str, &'static str) {
    match outcome {
        Outcome::Met => ("met", "✓", lang.t("满足")),
        Outcome::Short { .. } => ("short", "✗", lang.t("差")),
        Outcome::Unknown => ("unknown", "?", lang.t("待询")),
        Outcome::Conflict => ("conflict", "✗", lang.t("不符")),
    }
}

/// The reasons of a match with the points that sum to its score.
pub fn reasons(lang: Lang, matched: &Match) -> Markup {
    html! {
        ul.plain {
            @for reason in &matched.reasons {
                li {
                    (lang.t(reason.kind.zh())) " "
                    span.soft { (format!("{:.3}/{:.3}", reason.points, reason.of)) }
                    " " (reason.words)
                }
            }
        }
    }
}

/// A score with a bar.
pub fn score(value: f64) -> Markup {
    html! {
        (format!("{value:.3}")) " "
        meter min="0" max="1" value=(format!("{value:.3}")) aria-hidden="true" {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_chinese_days() {
        // 2026-11-21 16:30 UTC is half past midnight of the 22nd in China.
        assert_eq!(day(1_795_278_600_000), "2026-11-22");
        assert_eq!(moment(1_795_278_600_000), "2026-11-22 00:30");
    }

    #[test]
    fn prices_read_as_in_workbooks() {
        let price_of = |low_yuan, high_yuan, per: &str| {
            price(Some(&PriceRange { low_yuan, high_yuan, per: per.to_owned() }))
        };
        assert_eq!(price_of(Some(12.0), Some(15.0), "卷"), "12~15元/卷");
        assert_eq!(price_of(Some(0.035), Some(0.035), "颗"), "0.035元/颗");
        assert_eq!(price_of(None, Some(5000.0), ""), "≤5000元");
        assert_eq!(price(None), "");
    }

    #[test]
    fn a_shortfall_is_told_shortly() {
        for (value, expect) in
            [(2.901_418_935_11, "2.901gf"), (5.0, "5gf"), (420_000.0, "420000gf"), (0.025, "0.025gf")]
        {
            assert_eq!(rounded(&Quantity::new(value, "gf")).to_string(), expect);
        }
    }
}
