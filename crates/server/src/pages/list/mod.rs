//! The matching list as one document: on the screen, on A4, and as a file.

use crate::format;
use crate::layout::{self, Link};
use crate::words::Lang;
use app::Telling;
use columns::{Record, numeric, value};
use maud::{Markup, html};
use model::list::{ListIndex, ListNeed, ListOffer, ListPair, ListState, MatchingList};
use model::markets::Market;
use model::reference::Reference;
use model::visibility::Noun;
use std::collections::HashSet;

pub mod allotment;
pub mod columns;
pub mod figures;
pub mod gaps;
pub mod needs;

/// Rows of a section that a browser still scrolls well; a longer section is in the workbook.
const SECTION_ROWS: usize = 5_000;

/// The list as a file that needs nothing else.
pub fn file(lang: Lang, reference: &Reference, list: &MatchingList) -> String {
    let title = figures::title(lang, &reference.markets, list);
    layout::document(lang, &title, &content(lang, Link::File, reference, list)).into_string()
}

/// The list as a served page.
pub fn page(lang: Lang, reference: &Reference, list: &MatchingList) -> Markup {
    content(lang, Link::to(list), reference, list)
}

/// The whole list: cover, needs, pairs, offers that are paired, gaps.
fn content(lang: Lang, link: Link, reference: &Reference, list: &MatchingList) -> Markup {
    let content = &list.content;
    let market = reference.markets.other(&content.market);
    // The sections of another market bear the names of its sides.
    let side = |noun: Noun| market.map(|market| lang.of(&market.side(noun).name));
    let index = &ListIndex::new(content);
    let wanted: Vec<&ListNeed> = content.needs.iter().take(SECTION_ROWS).collect();
    let pairs: Vec<&ListPair> =
        content.pairs.iter().filter(|p| p.allocation.is_some()).take(SECTION_ROWS).collect();
    let paired: HashSet<&str> = pairs.iter().map(|p| p.matched.offer.as_str()).collect();
    let offers: Vec<&ListOffer> =
        content.offers.iter().filter(|o| paired.contains(o.offer.key.as_str())).collect();
    html! {
        h1 { (figures::title(lang, &reference.markets, list)) }
        p {
            (content.cluster) " · " (lang.t("市场")) (format::colon(lang)) (figures::market_name(lang, &reference.markets, &content.market))
            " · " (lang.t(list.state.zh()))
        }
        @if let (ListState::Withdrawn, Some(reason)) = (list.state, &list.withdrawn_reason) {
            p.notice { (lang.t("本清单已撤回")) "：" (reason) }
        }
        (figures::fictional(lang, list))
        (figures::figures(lang, market, &content.summary))
        (allotment::whole(lang, &reference.units, market, content.allotment.as_ref()))
        p { (lang.t("内容指纹 SHA-256")) " " span.hash { (list.sha256.as_deref().unwrap_or("")) } }
        div.stamp { (lang.t("（盖章）")) }
        section.sheet {
            h2 { (lang.t("一、需求")) @if let Some(name) = side(Noun::Need) { " · " (name) } }
            (needs::table(lang, link, reference, index, &wanted))
            (cut(lang, content.needs.len(), wanted.len()))
        }
        section.sheet {
            h2 { (lang.t("二、供需对接")) }
            @if pairs.is_empty() { (layout::empty(lang.t("没有对接"), lang.t("缺因见补链缺口页。"))) }
            @else { (pairs_table(lang, link, reference, index, &pairs)) }
        }
        section.sheet {
            h2 { (lang.t("三、对接供给")) @if let Some(name) = side(Noun::Offer) { " · " (name) } }
            @if !offers.is_empty() { (offers_table(lang, market, index, &offers)) }
            (cut(lang, content.offers.len(), offers.len()))
        }
        section.sheet {
            h2 { (lang.t("四、补链缺口")) }
            (gaps::table(lang, link, reference, index, SECTION_ROWS))
            (gaps::unpriced(lang, link, market, content))
        }
    }
}

fn cut(lang: Lang, all: usize, shown: usize) -> Markup {
    html! { @if shown < all { p.soft { (lang.t("此处列出")) " " (shown) " / " (all) "，" (lang.t("全部见工作簿。")) } } }
}

fn pairs_table(
    lang: Lang,
    link: Link,
    reference: &Reference,
    index: &ListIndex<'_>,
    pairs: &[&ListPair],
) -> Markup {
    let market = reference.markets.other(&index.content.market);
    let wanted = columns::title(lang, market, Noun::Need, lang.t("需求产品"));
    let offered = columns::title(lang, market, Noun::Offer, lang.t("供给产品"));
    let telling = Telling::of(reference, index, lang.language());
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("供需对接")) {
            table.cards {
                thead { tr {
                    th.n { (lang.t("序号")) }
                    th { (wanted) }
                    th { (lang.t("需方")) }
                    th { (offered) }
                    th { (lang.t("供方")) }
                    th.n { (lang.t("距离")) }
                    th.n { (lang.t("得分")) }
                    th { (lang.t("规格判定")) }
                    th.n { (lang.t("分配")) }
                    th { (lang.t("较上期")) }
                } }
                tbody {
                    @for pair in pairs {
                        @let matched = &telling.matched(&pair.matched);
                        @let need = index.need(&matched.need);
                        @let offer = index.offer(&matched.offer);
                        @let buyer = need.and_then(|n| index.enterprise(&n.need.enterprise));
                        @let seller = offer.and_then(|o| index.enterprise(&o.offer.enterprise));
                        tr {
                            td.n data-label=(lang.t("序号")) { @if let Some(need) = need { (link.need(need.number, &need.number.to_string())) } }
                            td.t data-label=(wanted) { (need.map_or("", |n| n.need.title.as_str())) }
                            td.t data-label=(lang.t("需方")) { (buyer.map_or("", |e| e.name.as_str())) " " span.soft { (buyer.map_or("", |e| e.region.as_str())) } }
                            td.t data-label=(offered) { (offer.map_or("", |o| o.offer.title.as_str())) }
                            td.t data-label=(lang.t("供方")) { (seller.map_or("", |e| e.name.as_str())) " " span.soft { (seller.map_or("", |e| e.region.as_str())) } }
                            td.n data-label=(lang.t("距离")) { (format::km(matched.distance_km)) }
                            td.n data-label=(lang.t("得分")) { (format!("{:.3}", matched.score)) }
                            td.w data-label=(lang.t("规格判定")) { (format::verdicts(lang, reference, &matched.verdicts)) }
                            td.n data-label=(lang.t("分配")) { @if let Some(given) = pair.allocation.as_ref().and_then(|a| a.quantity.as_ref()) { (format::told_quantity(lang, &reference.units, given)) } }
                            td data-label=(lang.t("较上期")) { (lang.t(pair.change.zh())) }
                        }
                    }
                }
            }
        }
    }
}

fn offers_table(lang: Lang, market: Option<&Market>, index: &ListIndex<'_>, offers: &[&ListOffer]) -> Markup {
    let title = columns::title(lang, market, Noun::Offer, lang.t("供给产品"));
    let own = columns::of(market, Noun::Offer);
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("供给")) {
            table.cards {
                thead { tr {
                    th.n { (lang.t("序号")) }
                    th { (title) }
                    @if market.is_none() {
                        th { (lang.t("规格参数")) }
                        th.n { (lang.t("产能")) }
                        th { (lang.t("认证")) }
                    }
                    @for (field, names) in &own { th.n[numeric(field)] { (lang.of(names)) } }
                    th { (lang.t("企业")) }
                    th { (lang.t("县区")) }
                } }
                tbody {
                    @for row in offers {
                        @let owner = index.enterprise(&row.offer.enterprise);
                        tr {
                            td.n data-label=(lang.t("序号")) { (row.number) }
                            td.t data-label=(title) { (row.offer.title) }
                            @if market.is_none() {
                                td.w data-label=(lang.t("规格参数")) { (row.offer.detail) }
                                td.n data-label=(lang.t("产能")) { (format::quantity(row.offer.capacity.as_ref())) }
                                td data-label=(lang.t("认证")) { (row.offer.certificates.join("、")) }
                            }
                            @for (field, names) in &own {
                                td.n[numeric(field)] data-label=(lang.of(names)) { (value(lang, &Record::Offer(&row.offer), field)) }
                            }
                            td.t data-label=(lang.t("企业")) { (owner.map_or("", |e| e.name.as_str())) }
                            td data-label=(lang.t("县区")) { (owner.map_or("", |e| e.region.as_str())) }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::list::{Change, ListOffer, NeedState, Review};
    use model::markets::MarketKey;
    use model::matching::{Allocation, Coverage, Match, Outcome, Verdict};
    use model::need::Need;
    use model::offer::Offer;
    use model::property::PropertyId;
    use model::quantity::Quantity;
    use model::spec::Strictness;

    /// A published list of one project and one plant.
    fn list(market: &str) -> MatchingList {
        let json = r#"{"id":1,"number":3,"state":"published","period":"2026-11","sha256":null,"drafted_by":"","approved_by":null,
            "published_ms":null,"withdrawn_reason":null,"content":{"format":1,"engine":1,"cluster":"虚构集群","period":"2026-11",
            "previous_sha256":"","compared_with_sha256":"","summary":{"needs":1,"offers":1,"enterprises":0,"matched":0,"part":1,
            "unmet":0,"local_supporting_rate":0.5,"local_supporting_formula":"算法","gone":[]},"enterprises":[],"needs":[],"offers":[],
            "pairs":[],"gaps":[]}}"#;
        let mut list: MatchingList = serde_json::from_str(json).unwrap();
        let own = |area: &str| [("area".to_owned(), area.to_owned())].into();
        let need =
            Need { own: own("5000"), detail: "细节".to_owned(), ..Need::new("n", "e1", "扩产项目") };
        let offer = Offer { own: own("30亩"), ..Offer::new("o", "e2", "1号厂房") };
        let verdict = Verdict {
            property: PropertyId("land.area".to_owned()),
            strictness: Strictness::Must,
            outcome: Outcome::Met,
            need: "5000".to_owned(),
            offer: "30亩".to_owned(),
            evidence: None,
        };
        let quantity = Some(Quantity::new(2500.0, "m²"));
        let (need_key, offer_key) = ("n".to_owned(), "o".to_owned());
        list.content.pairs.push(ListPair {
            matched: Match {
                need: need_key.clone(),
                offer: offer_key.clone(),
                rank: 1,
                score: 0.5,
                reasons: Vec::new(),
                verdicts: vec![verdict],
                distance_km: None,
                feasible: true,
            },
            allocation: Some(Allocation {
                need: need_key,
                offer: offer_key,
                quantity,
                coverage: Coverage::Part,
                delivered: None,
            }),
            review: Review::Proposed,
            change: Change::New,
        });
        list.content.needs.push(ListNeed { number: 1, need, change: Change::New, state: NeedState::Part });
        list.content.offers.push(ListOffer { number: 1, offer, change: Change::New });
        list.content.market = MarketKey(market.to_owned());
        list
    }

    #[test]
    fn a_list_of_another_market_has_its_name_its_columns_and_its_units() {
        let reference = Reference::builtin();
        let page = file(Lang::Zh, reference, &list("land"));
        for words in [
            "<h1>土地厂房 · 供需对接清单 第3号（2026年11月）</h1>",
            "市场：土地厂房",
            "<th>项目名称</th>",
            "<th class=\"n\">需要面积</th>",
            "data-label=\"需要面积\">5000m²</td>",
            "<th>地块/厂房</th>",
            "<th class=\"n\">可供面积</th>",
            "需要面积 5000m²<span class=\"soft\"> ← 30亩</span>",
            "data-label=\"分配\">2500m²</td>",
        ] {
            assert!(page.contains(words), "{words}\n{page}");
        }
        for words in ["本地配套率", "规格参数", "<th>认证</th>", "产业链小组"] {
            assert!(!page.split("</style>").last().unwrap().contains(words), "{words}");
        }
        let page = file(Lang::En, reference, &list("land"));
        assert!(page.contains("Market: Land and plants") && page.contains("Area wanted 5000m²"), "{page}");
    }

    #[test]
    fn a_list_of_parts_keeps_its_columns_and_its_rate() {
        let page = file(Lang::Zh, Reference::builtin(), &list("parts"));
        for words in
            ["<h1>供需对接清单 第3号（2026年11月）</h1>", "市场：配套采购", "规格参数", "本地配套率", "50.0%"]
        {
            assert!(page.contains(words), "{words}\n{page}");
        }
    }
}
