//! The first page: where the cluster stands.

use crate::format;
use crate::layout::{Link, empty};
use crate::pages::gaps;
use crate::words::Lang;
use maud::{Markup, html};
use model::list::{ListIndex, ListSummary, MatchingList};

/// Figures of the newest published list and its heaviest gaps.
pub fn page(lang: Lang, list: Option<&MatchingList>) -> Markup {
    let Some(list) = list else {
        return html! {
            h1 { (lang.t("总览")) }
            (empty(lang.t("尚未发布清单"), lang.t("先用 yulin import 导入需求和供给工作簿，再用 yulin publish 发布清单。")))
        };
    };
    html! {
        h1 { (list.content.cluster) }
        p {
            a href="/list" { (title(lang, list)) }
            " · " (lang.t(list.state.zh()))
        }
        (fictional(lang, list))
        (figures(lang, &list.content.summary))
        h2 { (lang.t("最要紧的缺口")) }
        (gaps::table(lang, Link::to(list), &ListIndex::new(&list.content), 10))
        p { a href="/gaps" { (lang.t("全部缺口")) } }
    }
}

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
