//! How a list allots capacity: the optimum with its proof, and what keeps each need from more.

use crate::format;
use crate::words::Lang;
use app::{Allotted, AllottedOffer};
use maud::{Markup, html};
use model::allotment::{Allotment, Binding, Optimum};
use model::markets::Market;
use model::unit::UnitTable;

/// The optimum of each kind of measure, and the rule on shares.
pub fn whole(
    lang: Lang,
    units: &UnitTable,
    market: Option<&Market>,
    allotment: Option<&Allotment>,
) -> Markup {
    let Some(allotment) = allotment.filter(|a| !a.optima.is_empty()) else { return html! {} };
    // What another market shares out may be no flow: an area or a loan is not so much a month.
    let standing = market.is_some() && allotment.optima.iter().all(|o| !o.asked.unit.contains('/'));
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("配给")) {
            table.cards {
                thead { tr {
                    th.n { (lang.t("需求合计")) }
                    th.n { (lang.t("未满足数量")) }
                    th.n { (lang.t("得分×数量之和")) }
                    th.n { (lang.t("上界")) }
                    th { (lang.t("证明")) }
                } }
                tbody { @for optimum in &allotment.optima { tr {
                    td.n data-label=(lang.t("需求合计")) { (format::shortfall(lang, units, &optimum.asked)) }
                    td.n data-label=(lang.t("未满足数量")) { (format::shortfall(lang, units, &optimum.unmet)) }
                    td.n data-label=(lang.t("得分×数量之和")) { (format!("{:.2}", optimum.gain)) }
                    td.n data-label=(lang.t("上界")) { (format!("{:.2}", optimum.bound)) }
                    td data-label=(lang.t("证明")) { (proof(lang, optimum)) }
                } } }
            }
        }
        p.soft {
            @if standing {
                (lang.t("配给在可供数量、部分供应和单家份额之内，使全部需求的“得分×数量”之和最大；不同计量的不相加。"))
            } @else {
                (lang.t("配给在产能、起订量、整批、部分供应和单家份额之内，使全部需求的“得分×数量”之和最大；数量按每月计，不同计量的不相加。"))
            }
            @if let Some(share) = allotment.share_max { " " (lang.t("单家份额上限")) " " (format::percent(share)) }
        }
    }
}

fn proof(lang: Lang, optimum: &Optimum) -> String {
    if optimum.is_proved {
        return lang.t("已证明为最优").to_owned();
    }
    format!("{} {:.2} %", lang.t("与最优相差不超过"), 100.0 * optimum.gap())
}

/// What a list gives a need, and what keeps it from more.
pub fn need(lang: Lang, units: &UnitTable, allotted: &Allotted) -> Markup {
    html! {
        ul.plain {
            @for (offer, allocation) in &allotted.supplies {
                li { (named(lang, offer)) " — " (format::allocation(lang, units, Some(allocation))) }
            }
            @if allotted.supplies.is_empty() { li { (lang.t("没有配给")) } }
        }
        @if let Some(bound) = &allotted.bound {
            p {
                strong { (lang.t("受限于")) (format::colon(lang)) (lang.t(bound.binding.zh())) } " "
                span.soft { (lang.t(reason(bound.binding))) }
            }
            @if !allotted.bound_offers.is_empty() && bound.binding != Binding::Unstated {
                ul.plain { @for offer in &allotted.bound_offers { li.soft { (named(lang, offer)) } } }
            }
        }
    }
}

fn named(lang: Lang, offer: &AllottedOffer) -> String {
    format::product(lang, &offer.enterprise, &offer.title)
}

/// A limit in a sentence.
fn reason(binding: Binding) -> &'static str {
    match binding {
        Binding::Enough => "得分最高的供方足以供应全部数量。",
        Binding::Capacity => "更合适的供方，产能已配给得分更高的需求，或已用完。",
        Binding::Share => "更合适的企业已达到单家份额上限。",
        Binding::SmallestOrder => "需求（或余量）低于这些供方的最小起订量。",
        Binding::Lot => "需求或剩余产能不足这些供方的一个整批。",
        Binding::Whole => "本需求不接受部分供应，这些供方供不了全部。",
        Binding::Distance => "有供方，但超出供需双方允许的距离。",
        Binding::LeadTime => "有供方，但交货赶不上最迟到货日期。",
        Binding::Specification => "最接近的供方有硬性要求不符。",
        Binding::NoSupplier => "集群内没有企业供应。",
        Binding::Unstated => "数量或产能没有写明，由双方商定。",
    }
}
