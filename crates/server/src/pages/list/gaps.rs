//! Gaps: which links of the chain nobody local can supply (依需补链).

use super::columns;
use crate::format;
use crate::layout::{Link, empty};
use crate::words::{Lang, encode};
use maud::{Markup, html};
use model::list::ListIndex;
use model::markets::{MarketKey, MarketTable};
use model::matching::{Change, Gap, GapCause, GapGroup};
use model::visibility::Noun;

/// The table of gap groups, at most `top` of them.
pub fn table(lang: Lang, link: Link, markets: &MarketTable, index: &ListIndex<'_>, top: usize) -> Markup {
    grouped_table(lang, link, markets, index, "", top)
}

/// The table of the gap groups of one chain group, or of all.
pub fn grouped_table(
    lang: Lang,
    link: Link,
    markets: &MarketTable,
    index: &ListIndex<'_>,
    of: &str,
    top: usize,
) -> Markup {
    let market = markets.other(&index.content.market);
    // Where titles are no places on the chain, a group is of one title.
    let on_chain = market.is_none_or(|market| market.chain);
    let place_name = match on_chain {
        true => lang.t("产业链节点"),
        false => columns::title(lang, market, Noun::Need, lang.t("需求产品")),
    };
    let gaps: Vec<(usize, &GapGroup)> =
        index.content.gaps.iter().enumerate().filter(|(_, g)| of.is_empty() || g.group == of).collect();
    if gaps.is_empty() {
        return empty(lang.t("没有缺口"), lang.t("本期需求都有本地供应。"));
    }
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("补链缺口")) {
            table.cards {
                thead { tr {
                    th.n { (lang.t("名次")) }
                    th { (place_name) }
                    @if on_chain { th { (lang.t("产业链小组")) } }
                    th.n { (lang.t("需求企业数")) }
                    th.n { (lang.t("缺口数量")) }
                    th.n { (lang.t("权重")) }
                    th { (lang.t("需求与缺因")) }
                } }
                tbody {
                    @for &(place, group) in gaps.iter().take(top) {
                        tr {
                            td.n data-label=(lang.t("名次")) { (place + 1) }
                            td.t data-label=(place_name) { (name(link, index, group)) }
                            @if on_chain { td data-label=(lang.t("产业链小组")) { (group.group) } }
                            td.n data-label=(lang.t("需求企业数")) { (group.demanders) }
                            td.n data-label=(lang.t("缺口数量")) {
                                @for quantity in &group.quantities { (quantity) br; }
                            }
                            td.n data-label=(lang.t("权重")) { (format!("{:.2}", group.weight)) }
                            td.w data-label=(lang.t("需求与缺因")) {
                                ul.plain { @for gap in &group.gaps { li { (line(lang, link, markets, index, gap)) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Address of the gaps of a market, open for more of a query.
pub fn of_market(market: &MarketKey) -> String {
    if market.is_parts() { "/gaps?".to_owned() } else { format!("/gaps?market={}&", encode(&market.0)) }
}

/// A served page leads from a link of the chain to what lies behind it.
fn name(link: Link, index: &ListIndex<'_>, group: &GapGroup) -> Markup {
    match (link, &group.node) {
        (Link::Served(_), Some(node)) => {
            let gaps = of_market(&index.content.market);
            html! { a.strong href={ (gaps) "node=" (encode(&node.0)) "#drill" } { (group.name) } }
        }
        _ => html! { strong { (group.name) } },
    }
}

/// What lies behind one group of gaps: how much, who, why, and who comes nearest.
pub fn behind(
    lang: Lang,
    link: Link,
    markets: &MarketTable,
    index: &ListIndex<'_>,
    group: &GapGroup,
) -> Markup {
    html! {
        p {
            (lang.t("需求企业数")) " " strong { (group.demanders) }
            @for quantity in &group.quantities { " · " (lang.t("缺口数量")) " " strong { (quantity) } }
            " · " (lang.t("权重")) " " (format!("{:.2}", group.weight))
        }
        ul.plain.behind { @for gap in &group.gaps { li { (line(lang, link, markets, index, gap)) } } }
    }
}

fn line(lang: Lang, link: Link, markets: &MarketTable, index: &ListIndex<'_>, gap: &Gap) -> Markup {
    let need = index.need(&gap.need);
    let number = need.map_or(0, |n| n.number);
    let title = need.map_or("", |n| n.need.title.as_str());
    let enterprise = need.and_then(|n| index.enterprise(&n.need.enterprise)).map_or("", |e| e.name.as_str());
    let offer = |key: &str| match (index.supplier(key), index.offer(key)) {
        (Some(enterprise), Some(offer)) => format!("{}「{}」", enterprise.name, offer.offer.title),
        _ => String::new(),
    };
    html! {
        (link.need(number, &number.to_string())) " " (title) " " span.soft { (enterprise) } " — "
        strong.bad { (lang.t(gap.cause.zh())) }
        @match &gap.cause {
            GapCause::NoSupplier => {
                @if let Some(near) = &gap.near {
                    @if near.is_empty() { span.soft { " " (lang.t("也没有相近的企业")) } }
                    @for (place, near) in near.iter().enumerate() {
                        span.soft {
                            " " (if place == 0 { lang.t("相近的企业：") } else { "；" }) " " (offer(&near.offer))
                            @if let Some(similarity) = near.similarity {
                                " · " (lang.t("名称相似")) " " (format!("{:.0}%", similarity * 100.0))
                            }
                            @if near.node.is_some() { " · " (lang.t("相邻节点")) }
                        }
                    }
                }
            }
            GapCause::SpecificationShort { offer: key, verdicts } => {
                span.soft { " " (lang.t("最接近")) " " (offer(key)) }
                (format::verdicts(lang, markets, verdicts))
            }
            GapCause::CapacityShort { short, offer: key } => {
                " " (lang.t("差")) " " (short) span.soft { " " (lang.t("最接近")) " " (offer(key)) }
            }
            GapCause::TermsShort { short, offer: key, limit } => {
                " " (lang.t("差")) " " (short) " " (lang.t("受限于")) " " (lang.t(limit.zh())) span.soft { " " (offer(key)) }
            }
            GapCause::TooFar { offer: key, distance_km, allowed_km } => {
                " " (format!("{distance_km:.1} km > {allowed_km:.0} km"))
                span.soft { " " (lang.t("最接近")) " " (offer(key)) }
            }
        }
        @if !gap.remedies.is_empty() {
            // A file cannot be asked for more: there all is open.
            details.remedies.soft open[matches!(link, Link::File)] {
                summary { (lang.t("最小改变")) " (" (lang.t("比较供给项数")) " " (gap.looked_at) ")" }
                ul.plain { @for remedy in &gap.remedies {
                    li { (offer(&remedy.offer)) ": " (changes(lang, markets, &remedy.changes)) }
                } }
            }
        }
    }
}

/// What would have to change at one offer.
fn changes(lang: Lang, markets: &MarketTable, changes: &[Change]) -> Markup {
    html! {
        @for (place, change) in changes.iter().enumerate() {
            @if place > 0 { " + " }
            @match change {
                Change::Property { by: Some(by), property, need, .. } => {
                    (format::told(lang, markets, property, need, "")) " " (lang.t("差")) " " (format::rounded(by))
                }
                Change::Property { by: None, property, need, offer } => {
                    (format::told(lang, markets, property, need, offer))
                }
                Change::Capacity { by } => { (lang.t("产能增加")) " " (format::rounded(by)) }
                Change::Order { by } => { (lang.t("多订")) " " (format::rounded(by)) }
                Change::Distance { by_km } => { (lang.t("供货距离放宽")) " " (format!("{by_km:.1} km")) }
                Change::Share { from, to } => {
                    (lang.t("单家份额上限提高")) " " (format!("{:.2}% → {:.2}%", from * 100.0, to * 100.0))
                }
                Change::Partial { open } => {
                    (lang.t("需方接受部分供应，尚缺")) " " (format::rounded(open))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_of_a_market_stay_in_it() {
        assert_eq!(of_market(&MarketKey::default()), "/gaps?");
        assert_eq!(of_market(&MarketKey("capacity".to_owned())), "/gaps?market=capacity&");
    }
}
