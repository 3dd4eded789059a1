//! Gaps: which links of the chain nobody local can supply (依需补链).

use super::columns;
use crate::format;
use crate::layout::{Link, empty};
use crate::pages::market::node_name;
use crate::words::{Lang, encode};
use app::Telling;
use maud::{Markup, html};
use model::list::{ListContent, ListIndex};
use model::markets::{Market, MarketKey};
use model::matching::{Change, Gap, GapCause, GapGroup};
use model::reference::Reference;
use model::visibility::Noun;

/// The table of gap groups, at most `top` of them.
pub fn table(lang: Lang, link: Link, reference: &Reference, index: &ListIndex<'_>, top: usize) -> Markup {
    grouped_table(lang, link, reference, index, "", top)
}

/// The table of the gap groups of one chain group, or of all.
pub fn grouped_table(
    lang: Lang,
    link: Link,
    reference: &Reference,
    index: &ListIndex<'_>,
    of: &str,
    top: usize,
) -> Markup {
    let market = reference.markets.other(&index.content.market);
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
                            td.t data-label=(place_name) { (name(lang, link, reference, index, group)) }
                            @if on_chain { td data-label=(lang.t("产业链小组")) { (group.group) } }
                            td.n data-label=(lang.t("需求企业数")) { (group.demanders) }
                            td.n data-label=(lang.t("缺口数量")) {
                                @for quantity in &group.quantities { (format::told_quantity(lang, &reference.units, quantity)) br; }
                            }
                            td.n data-label=(lang.t("权重")) { (format!("{:.2}", group.weight)) }
                            td.w data-label=(lang.t("需求与缺因")) {
                                ul.plain { @for gap in &group.gaps { li { (line(lang, link, reference, index, gap)) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Why gaps are not ranked by value, where the list shows no price; a served page leads to where they are.
pub fn unpriced(lang: Lang, link: Link, market: Option<&Market>, content: &ListContent) -> Markup {
    let on_chain = market.is_none_or(|market| market.chain);
    if !on_chain || content.gaps.is_empty() || content.needs.iter().any(|need| need.need.price.is_some()) {
        return html! {};
    }
    html! {
        p.soft {
            (lang.t("清单只含其读者都能看到的字段，不含价格，所以缺口不按金额排名。"))
            @if matches!(link, Link::Served(_)) {
                " " a.screen href={ "/gaps/nodes?market=" (encode(&content.market.0)) } { (lang.t("按您能看到的价格排名")) }
            }
        }
    }
}

/// What a group of gaps is called: its node, or the title of its needs.
pub fn group_name<'g>(lang: Lang, reference: &'g Reference, group: &'g GapGroup) -> &'g str {
    let node = group.node.as_ref().and_then(|id| reference.chain.get(id));
    match (lang, node) {
        (Lang::En, Some(node)) => node_name(lang, node),
        _ => &group.name,
    }
}

/// Address of the gaps of a market, open for more of a query.
pub fn of_market(market: &MarketKey) -> String {
    if market.is_parts() { "/gaps?".to_owned() } else { format!("/gaps?market={}&", encode(&market.0)) }
}

/// A served page leads from a link of the chain to what lies behind it.
fn name(lang: Lang, link: Link, reference: &Reference, index: &ListIndex<'_>, group: &GapGroup) -> Markup {
    let name = group_name(lang, reference, group);
    match (link, &group.node) {
        (Link::Served(_), Some(node)) => {
            let gaps = of_market(&index.content.market);
            html! { a.strong href={ (gaps) "node=" (encode(&node.0)) "#drill" } { (name) } }
        }
        _ => html! { strong { (name) } },
    }
}

/// What lies behind one group of gaps: how much, who, why, and who comes nearest.
pub fn behind(
    lang: Lang,
    link: Link,
    reference: &Reference,
    index: &ListIndex<'_>,
    group: &GapGroup,
) -> Markup {
    html! {
        p {
            (lang.t("需求企业数")) " " strong { (group.demanders) }
            @for quantity in &group.quantities { " · " (lang.t("缺口数量")) " " strong { (format::told_quantity(lang, &reference.units, quantity)) } }
            " · " (lang.t("权重")) " " (format!("{:.2}", group.weight))
        }
        ul.plain.behind { @for gap in &group.gaps { li { (line(lang, link, reference, index, gap)) } } }
    }
}

fn line(lang: Lang, link: Link, reference: &Reference, index: &ListIndex<'_>, gap: &Gap) -> Markup {
    let need = index.need(&gap.need);
    let told = Telling::of(reference, index, lang.language()).gap(gap);
    let (gap, units) = (told.as_ref(), &reference.units);
    let number = need.map_or(0, |n| n.number);
    let title = need.map_or("", |n| n.need.title.as_str());
    let enterprise = need.and_then(|n| index.enterprise(&n.need.enterprise)).map_or("", |e| e.name.as_str());
    let offer = |key: &str| match (index.supplier(key), index.offer(key)) {
        (Some(enterprise), Some(offer)) => format::product(lang, &enterprise.name, &offer.offer.title),
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
                            " " (if place == 0 { lang.t("相近的企业：") } else { lang.pick("；", ";") }) " " (offer(&near.offer))
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
                (format::verdicts(lang, reference, verdicts))
            }
            GapCause::CapacityShort { short, offer: key } => {
                " " (lang.t("差")) " " (format::told_quantity(lang, units, short)) span.soft { " " (lang.t("最接近")) " " (offer(key)) }
            }
            GapCause::TermsShort { short, offer: key, limit } => {
                " " (lang.t("差")) " " (format::told_quantity(lang, units, short)) " " (lang.t("受限于")) " " (lang.t(limit.zh())) span.soft { " " (offer(key)) }
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
                    li { (offer(&remedy.offer)) ": " (changes(lang, reference, &remedy.changes)) }
                } }
            }
        }
    }
}

/// What would have to change at one offer.
fn changes(lang: Lang, reference: &Reference, changes: &[Change]) -> Markup {
    html! {
        @for (place, change) in changes.iter().enumerate() {
            @if place > 0 { " + " }
            @match change {
                Change::Property { by: Some(by), property, need, .. } => {
                    (format::told(lang, reference, property, need, "")) " " (lang.t("差")) " " (format::shortfall(lang, &reference.units, by))
                }
                Change::Property { by: None, property, need, offer } => {
                    (format::told(lang, reference, property, need, offer))
                }
                Change::Capacity { by } => { (lang.t("产能增加")) " " (format::shortfall(lang, &reference.units, by)) }
                Change::Order { by } => { (lang.t("多订")) " " (format::shortfall(lang, &reference.units, by)) }
                Change::Distance { by_km } => { (lang.t("供货距离放宽")) " " (format!("{by_km:.1} km")) }
                Change::Share { from, to } => {
                    (lang.t("单家份额上限提高")) " " (format!("{:.2}% → {:.2}%", from * 100.0, to * 100.0))
                }
                Change::Partial { open } => {
                    (lang.t("需方接受部分供应，尚缺")) " " (format::shortfall(lang, &reference.units, open))
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
