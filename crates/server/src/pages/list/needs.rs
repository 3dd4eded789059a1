//! Needs of a list with their ranked pairs and every reason.

use super::columns::{self, Record, numeric, value};
use super::{allotment, figures};
use crate::format;
use crate::layout::{Link, empty};
use crate::words::Lang;
use app::{Allotted, Telling};
use maud::{Markup, html};
use model::allotment::Binding;
use model::list::{ListEnterprise, ListIndex, ListNeed, ListPair, MatchingList};
use model::reference::Reference;
use model::visibility::Noun;

/// A table of needs; the best pair of each beside it.
pub fn table(
    lang: Lang,
    link: Link,
    reference: &Reference,
    index: &ListIndex<'_>,
    needs: &[&ListNeed],
) -> Markup {
    let market = reference.markets.other(&index.content.market);
    let title = columns::title(lang, market, Noun::Need, lang.t("需求产品"));
    let own = columns::of(market, Noun::Need);
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("需求")) {
            table.cards {
                thead { tr {
                    th.n { (lang.t("序号")) }
                    th { (title) }
                    @if market.is_none() {
                        th { (lang.t("规格参数")) }
                        th.n { (lang.t("数量")) }
                    }
                    @for (field, names) in &own { th.n[numeric(field)] { (lang.of(names)) } }
                    th { (lang.t("企业")) }
                    th { (lang.t("县区")) }
                    th { (lang.t("首选供方")) }
                    th.n { (lang.t("距离")) }
                    th.n { (lang.t("得分")) }
                    th { (lang.t("状态")) }
                } }
                tbody {
                    @for row in needs {
                        @let need = &row.need;
                        @let owner = index.enterprise(&need.enterprise);
                        @let best = index.pairs_of(&need.key).first();
                        tr {
                            td.n data-label=(lang.t("序号")) { (row.number) }
                            td.t data-label=(title) { (link.need(row.number, &need.title)) }
                            @if market.is_none() {
                                td.w data-label=(lang.t("规格参数")) { (need.detail) }
                                td.n data-label=(lang.t("数量")) { (format::quantity(need.quantity.as_ref())) }
                            }
                            @for (field, names) in &own {
                                td.n[numeric(field)] data-label=(lang.of(names)) { (value(lang, &Record::Need(need), field)) }
                            }
                            td.t data-label=(lang.t("企业")) { (name(lang, owner)) }
                            td.k data-label=(lang.t("县区")) { (owner.map_or("", |e| e.region.as_str())) }
                            td.t data-label=(lang.t("首选供方")) { @if let Some(pair) = best { (name(lang, index.supplier(&pair.matched.offer))) } }
                            td.n data-label=(lang.t("距离")) { (format::km(best.and_then(|p| p.matched.distance_km))) }
                            td.n data-label=(lang.t("得分")) { @if let Some(pair) = best { (format!("{:.3}", pair.matched.score)) } }
                            td.k data-label=(lang.t("状态")) {
                                (lang.t(row.state.zh()))
                                @if let Some(bound) = bound(index, &need.key) { br; span.soft { (lang.t(bound.zh())) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What keeps a need that is not covered in full from more.
fn bound(index: &ListIndex<'_>, need: &str) -> Option<Binding> {
    let bound = index.content.allotment.as_ref()?.need(need)?;
    (bound.share < 1.0).then_some(bound.binding)
}

fn name(lang: Lang, enterprise: Option<&ListEnterprise>) -> Markup {
    html! {
        @if let Some(enterprise) = enterprise {
            (enterprise.name)
            @if enterprise.fictional { " " span.tag.fiction { (lang.t("虚构")) } }
        }
    }
}

/// One need with all its pairs.
pub fn detail(lang: Lang, reference: &Reference, list: &MatchingList, row: &ListNeed) -> Markup {
    let need = &row.need;
    let index = ListIndex::about(&list.content, &need.key);
    let owner = index.enterprise(&need.enterprise);
    let pairs = index.pairs_of(&need.key);
    let market = reference.markets.other(&list.content.market);
    let facts = market.iter().flat_map(|market| market.fields_of(Noun::Need));
    let facts: Vec<_> = facts
        .filter(|(field, _)| field.id != "title")
        .map(|(field, names)| (lang.of(names), value(lang, &Record::Need(need), field)))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    html! {
        p.soft { a href={ "/lists/" (list.number.unwrap_or_default()) } { (figures::title(lang, &reference.markets, list)) } }
        h1 { (row.number) ". " (need.title) }
        (figures::fictional(lang, list))
        p { (name(lang, owner)) " · " (owner.map_or("", |e| e.region.as_str())) }
        @if market.is_none() {
            p { strong { (lang.t("规格参数")) (format::colon(lang)) } (need.detail) }
            p { strong { (lang.t("数量")) (format::colon(lang)) } (format::quantity(need.quantity.as_ref())) }
        }
        @for (name, text) in &facts { p { strong { (name) (format::colon(lang)) } (text) } }
        @if let Some(allotted) = Allotted::of(list, &index, &need.key) {
            h2 { (lang.t("配给")) }
            (allotment::need(lang, &reference.units, &allotted))
        }
        h2 { (lang.t("匹配结果与理由")) }
        @if pairs.is_empty() {
            (empty(lang.t("没有可行的本地供方"), lang.t("缺因见补链缺口页。")))
        } @else {
            (pairs_table(lang, reference, &index, pairs))
        }
    }
}

/// Pairs with their reasons and verdicts.
pub fn pairs_table(lang: Lang, reference: &Reference, index: &ListIndex<'_>, pairs: &[&ListPair]) -> Markup {
    let market = reference.markets.other(&index.content.market);
    let title = columns::title(lang, market, Noun::Offer, lang.t("供给产品"));
    let telling = Telling::of(reference, index, lang.language());
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("匹配结果与理由")) {
            table.cards {
                thead { tr {
                    th.n { (lang.t("名次")) }
                    th { (title) }
                    th { (lang.t("供方")) }
                    th.n { (lang.t("距离")) }
                    th.n { (lang.t("得分")) }
                    th { (lang.t("规格判定")) }
                    th { (lang.t("理由（各项得分之和即总分）")) }
                    th { (lang.t("分配")) }
                    th { (lang.t("审核")) }
                } }
                tbody {
                    @for pair in pairs {
                        @let matched = &telling.matched(&pair.matched);
                        @let from = index.supplier(&matched.offer);
                        tr {
                            td.n data-label=(lang.t("名次")) { (matched.rank) }
                            td.t data-label=(title) { (index.offer(&matched.offer).map_or("", |o| o.offer.title.as_str())) }
                            td.t data-label=(lang.t("供方")) { (name(lang, from)) " " span.soft { (from.map_or("", |e| e.region.as_str())) } }
                            td.n data-label=(lang.t("距离")) { (format::km(matched.distance_km)) }
                            td.n data-label=(lang.t("得分")) { (format::score(matched.score)) }
                            td.w data-label=(lang.t("规格判定")) { (format::verdicts(lang, reference, &matched.verdicts)) }
                            td.w data-label=(lang.t("理由（各项得分之和即总分）")) { (format::reasons(lang, matched)) }
                            td data-label=(lang.t("分配")) {
                                (format::allocation(lang, &reference.units, pair.allocation.as_ref()))
                            }
                            td data-label=(lang.t("审核")) { (lang.t(pair.review.zh())) }
                        }
                    }
                }
            }
        }
    }
}
