//! The head of a list: its name, its figures, the label of invented enterprises.

use crate::format;
use crate::words::Lang;
use maud::{Markup, html};
use model::list::{ListSummary, MatchingList};

/// Number and period of a list, such as `供需对接清单 第1号（2026年11月）`.
pub fn title(lang: Lang, list: &MatchingList) -> String {
    let number = list.number.map_or_else(String::new, |n| match lang {
        Lang::Zh => format!(" 第{n}号"),
        Lang::En => format!(" No. {n}"),
    });
    let period = match lang {
        Lang::Zh => format!("（{}）", list.period.zh()),
        Lang::En => format!(" ({})", list.period),
    };
    format!("{}{number}{period}", lang.t("供需对接清单"))
}

/// The label that invented enterprises must carry.
pub fn fictional(lang: Lang, list: &MatchingList) -> Markup {
    let any = list.content.enterprises.iter().any(|e| e.fictional);
    html! { @if any { p.notice { (lang.t("示例数据：本清单中的企业均为虚构，仅供演示。")) } } }
}

/// The formula of the rate; a list freezes the Chinese one.
fn formula(lang: Lang, summary: &ListSummary) -> &str {
    match lang {
        Lang::Zh => &summary.local_supporting_formula,
        Lang::En => app::LOCAL_RATE_FORMULA_EN,
    }
}

/// The figures of a list, with the formula of the rate.
pub fn figures(lang: Lang, summary: &ListSummary) -> Markup {
    let counts = [
        (lang.t("需求"), summary.needs),
        (lang.t("供给"), summary.offers),
        (lang.t("企业"), summary.enterprises),
        (lang.t("已匹配"), summary.matched),
        (lang.t("部分匹配"), summary.part),
        (lang.t("未满足"), summary.unmet),
    ];
    html! {
        dl.figures {
            @for (word, count) in counts { div { dt { (word) } dd { (count) } } }
            div { dt { (lang.t("本地配套率")) } dd { (format::percent(summary.local_supporting_rate)) } }
        }
        p.soft { (formula(lang, summary)) }
    }
}
