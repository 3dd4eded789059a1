//! The matching list as one document: on the screen, on A4, and as a file.

use crate::format;
use crate::layout::{self, Link};
use crate::words::Lang;
use maud::{Markup, html};
use model::list::{ListIndex, ListNeed, ListOffer, ListPair, ListState, MatchingList};
use std::collections::HashSet;

pub mod allotment;
pub mod figures;
pub mod gaps;
pub mod needs;

/// Rows of a section that a browser still scrolls well; a longer section is in the workbook.
const SECTION_ROWS: usize = 5_000;

/// The list as a file that needs nothing else.
pub fn file(lang: Lang, list: &MatchingList) -> String {
    layout::document(lang, &figures::title(lang, list), &content(lang, Link::File, list)).into_string()
}

/// The list as a served page.
pub fn page(lang: Lang, list: &MatchingList) -> Markup {
    content(lang, Link::to(list), list)
}

/// The whole list: cover, needs, pairs, offers that are paired, gaps.
fn content(lang: Lang, link: Link, list: &MatchingList) -> Markup {
    let content = &list.content;
    let index = &ListIndex::new(content);
    let wanted: Vec<&ListNeed> = content.needs.iter().take(SECTION_ROWS).collect();
    let pairs: Vec<&ListPair> =
        content.pairs.iter().filter(|p| p.allocation.is_some()).take(SECTION_ROWS).collect();
    let paired: HashSet<&str> = pairs.iter().map(|p| p.matched.offer.as_str()).collect();
    let offers: Vec<&ListOffer> =
        content.offers.iter().filter(|o| paired.contains(o.offer.key.as_str())).collect();
    html! {
        h1 { (figures::title(lang, list)) }
        p { (content.cluster) " · " (lang.t(list.state.zh())) }
        @if let (ListState::Withdrawn, Some(reason)) = (list.state, &list.withdrawn_reason) {
            p.notice { (lang.t("本清单已撤回")) "：" (reason) }
        }
        (figures::fictional(lang, list))
        (figures::figures(lang, &content.summary))
        (allotment::whole(lang, content.allotment.as_ref()))
        p { (lang.t("内容指纹 SHA-256")) " " span.hash { (list.sha256.as_deref().unwrap_or("")) } }
        div.stamp { (lang.t("（盖章）")) }
        section.sheet {
            h2 { (lang.t("一、需求")) }
            (needs::table(lang, link, index, &wanted))
            (cut(lang, content.needs.len(), wanted.len()))
        }
        section.sheet {
            h2 { (lang.t("二、供需对接")) }
            @if pairs.is_empty() { (layout::empty(lang.t("没有对接"), lang.t("缺因见补链缺口页。"))) }
            @else { (pairs_table(lang, link, index, &pairs)) }
        }
        section.sheet {
            h2 { (lang.t("三、对接供给")) }
            @if !offers.is_empty() { (offers_table(lang, index, &offers)) }
            (cut(lang, content.offers.len(), offers.len()))
        }
        section.sheet {
            h2 { (lang.t("四、补链缺口")) }
            (gaps::table(lang, link, index, SECTION_ROWS))
        }
    }
}

fn cut(lang: Lang, all: usize, shown: usize) -> Markup {
    html! { @if shown < all { p.soft { (lang.t("此处列出")) " " (shown) " / " (all) "，" (lang.t("全部见工作簿。")) } } }
}

fn pairs_table(lang: Lang, link: Link, index: &ListIndex<'_>, pairs: &[&ListPair]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("供需对接")) {
            table.cards {
                thead { tr {
                    th.n { (lang.t("序号")) }
                    th { (lang.t("需求产品")) }
                    th { (lang.t("需方")) }
                    th { (lang.t("供给产品")) }
                    th { (lang.t("供方")) }
                    th.n { (lang.t("距离")) }
                    th.n { (lang.t("得分")) }
                    th { (lang.t("规格判定")) }
                    th.n { (lang.t("分配")) }
                    th { (lang.t("较上期")) }
                } }
                tbody {
                    @for pair in pairs {
                        @let matched = &pair.matched;
                        @let need = index.need(&matched.need);
                        @let offer = index.offer(&matched.offer);
                        @let buyer = need.and_then(|n| index.enterprise(&n.need.enterprise));
                        @let seller = offer.and_then(|o| index.enterprise(&o.offer.enterprise));
                        tr {
                            td.n data-label=(lang.t("序号")) { @if let Some(need) = need { (link.need(need.number, &need.number.to_string())) } }
                            td.t data-label=(lang.t("需求产品")) { (need.map_or("", |n| n.need.title.as_str())) }
                            td.t data-label=(lang.t("需方")) { (buyer.map_or("", |e| e.name.as_str())) " " span.soft { (buyer.map_or("", |e| e.region.as_str())) } }
                            td.t data-label=(lang.t("供给产品")) { (offer.map_or("", |o| o.offer.title.as_str())) }
                            td.t data-label=(lang.t("供方")) { (seller.map_or("", |e| e.name.as_str())) " " span.soft { (seller.map_or("", |e| e.region.as_str())) } }
                            td.n data-label=(lang.t("距离")) { (format::km(matched.distance_km)) }
                            td.n data-label=(lang.t("得分")) { (format!("{:.3}", matched.score)) }
                            td.w data-label=(lang.t("规格判定")) { (format::verdicts(lang, &matched.verdicts)) }
                            td.n data-label=(lang.t("分配")) { (format::quantity(pair.allocation.as_ref().and_then(|a| a.quantity.as_ref()))) }
                            td data-label=(lang.t("较上期")) { (lang.t(pair.change.zh())) }
                        }
                    }
                }
            }
        }
    }
}

fn offers_table(lang: Lang, index: &ListIndex<'_>, offers: &[&ListOffer]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("供给")) {
            table.cards {
                thead { tr {
                    th.n { (lang.t("序号")) }
                    th { (lang.t("供给产品")) }
                    th { (lang.t("规格参数")) }
                    th.n { (lang.t("产能")) }
                    th { (lang.t("认证")) }
                    th { (lang.t("企业")) }
                    th { (lang.t("县区")) }
                } }
                tbody {
                    @for row in offers {
                        @let owner = index.enterprise(&row.offer.enterprise);
                        tr {
                            td.n data-label=(lang.t("序号")) { (row.number) }
                            td.t data-label=(lang.t("供给产品")) { (row.offer.title) }
                            td.w data-label=(lang.t("规格参数")) { (row.offer.detail) }
                            td.n data-label=(lang.t("产能")) { (format::quantity(row.offer.capacity.as_ref())) }
                            td data-label=(lang.t("认证")) { (row.offer.certificates.join("、")) }
                            td.t data-label=(lang.t("企业")) { (owner.map_or("", |e| e.name.as_str())) }
                            td data-label=(lang.t("县区")) { (owner.map_or("", |e| e.region.as_str())) }
                        }
                    }
                }
            }
        }
    }
}
