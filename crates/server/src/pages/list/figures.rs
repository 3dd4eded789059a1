//! The head of a list: its name, its figures, the label of invented enterprises.

use crate::format;
use crate::words::Lang;
use maud::{Markup, html};
use model::list::{ListSummary, MatchingList};
use model::markets::{Market, MarketKey, MarketTable};

/// Number and period of a list, such as `供需对接清单 第1号（2026年11月）`; one of another market than parts and materials begins
/// with its name, `产融对接 · 供需对接清单 第2号（2026年11月）`.
pub fn title(lang: Lang, markets: &MarketTable, list: &MatchingList) -> String {
    let market = markets.other(&list.content.market);
    let market = market.map_or_else(String::new, |market| format!("{} · ", lang.of(&market.name)));
    let number = list.number.map_or_else(String::new, |n| match lang {
        Lang::Zh => format!(" 第{n}号"),
        Lang::En => format!(" No. {n}"),
    });
    let period = match lang {
        Lang::Zh => format!("（{}）", list.period.zh()),
        Lang::En => format!(" ({})", list.period),
    };
    format!("{market}{}{number}{period}", lang.t("供需对接清单"))
}

/// The name of a market; its key where the tables no longer know it.
pub fn market_name<'m>(lang: Lang, markets: &'m MarketTable, key: &'m MarketKey) -> &'m str {
    markets.get(&key.0).map_or(key.0.as_str(), |market| lang.of(&market.name))
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

/// The figures of a list, with the rate and its formula where that says something of its market.
pub fn figures(lang: Lang, market: Option<&Market>, summary: &ListSummary) -> Markup {
    let rated = market.is_none_or(|market| market.local_rate);
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
            @if rated { div { dt { (lang.t("本地配套率")) } dd { (format::percent(summary.local_supporting_rate)) } } }
        }
        @if rated { p.soft { (formula(lang, summary)) } }
    }
}
