//! Numbers and verdicts as pages show them.

use crate::words::Lang;
use maud::{Markup, html};
use model::matching::{Match, Outcome, Verdict};
use model::quantity::Quantity;

/// A share as a percentage with one decimal.
pub fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// A distance in km with one decimal; empty where unknown.
pub fn km(distance: Option<f64>) -> String {
    distance.map_or_else(String::new, |d| format!("{d:.1} km"))
}

/// A quantity with its unit; empty where absent.
pub fn quantity(value: Option<&Quantity>) -> String {
    value.map_or_else(String::new, ToString::to_string)
}

/// The verdicts of a match, one a line; readable without colour.
pub fn verdicts(lang: Lang, verdicts: &[Verdict]) -> Markup {
    html! {
        ul.plain {
            @for verdict in verdicts {
                @let (class, mark, word) = mark(lang, &verdict.outcome);
                li {
                    span class=(class) { (mark) " " (word) }
                    @if let Outcome::Short { by } = &verdict.outcome { span class=(class) { " " (by) } }
                    " " (verdict.need)
                    @if !verdict.offer.is_empty() { span.soft { " ← " (verdict.offer) } }
                }
            }
        }
    }
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
