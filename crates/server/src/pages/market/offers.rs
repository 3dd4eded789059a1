//! Offers: finding them, and one with the needs that it would fit.

use super::introductions::ask_form;
use super::needs::{contact, title};
use super::record::{self, Fact, fact};
use super::search::{self, Ask, node_name};
use super::{lists, markets, opening};
use crate::answer::Answer;
use crate::format;
use crate::pages::list::columns::Record;
use crate::parts::{empty, empty_to, paging, scroll};
use crate::site::Site;
use crate::viewer::Viewer;
use app::{Act, NeedRow, OfferCard, OfferRow, Page};
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use maud::{Markup, html};
use model::matching::Match;
use model::offer::Offer;
use model::visibility::Noun;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/offers", get(index))
        .route("/offers/export.xlsx", get(export))
        .route("/offers/{id}", get(detail))
}

async fn index(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let found = viewer.app().offers(viewer.actor(), &ask.query()).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.page(viewer.lang().t("供给"), &index_page(&viewer, &ask, &found)))
}

async fn export(viewer: Viewer) -> Answer {
    let query = viewer.query::<Ask>().query();
    let bytes = viewer.app().export(viewer.actor(), true, &query).await.map_err(|e| viewer.fail(e))?;
    Ok(lists::download("供给.xlsx", lists::XLSX, bytes))
}

async fn detail(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let card = viewer.app().offer(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.page(&card.row.offer.title, &detail_page(&viewer, &card)))
}

fn index_page(viewer: &Viewer, ask: &Ask, found: &Page<OfferRow>) -> Markup {
    let lang = viewer.lang();
    html! {
        div.headline {
            h1 { (lang.t("供给")) }
            nav.toolbar.screen aria-label=(lang.t("操作")) {
                @if viewer.actor().may(Act::SaveOffer) { a.button href="/offers/new" { (lang.t("发布供给")) } }
                @if found.total > 0 && viewer.actor().may(Act::Export) {
                    a.button.quiet href={ "/offers/export.xlsx?" (viewer.query) } download { (lang.t("导出工作簿")) }
                }
            }
        }
        (search::form(viewer, ask, "/offers", lang.t("产品、规格、企业、县区"), true))
        @if found.rows.is_empty() {
            @if ask.is_plain() {
                @if viewer.actor().may(Act::SaveOffer) {
                    (empty_to(lang.t("还没有供给"), lang.t("登记能做什么，需方找人时就能找到；秘书处也可以导入整张表。"), "/offers/new", lang.t("发布供给")))
                } @else { (empty(lang.t("还没有供给"), lang.t("企业发布或秘书处导入后，供给列在这里。"))) }
            } @else { (empty(lang.t("没有符合条件的供给"), lang.t("换一个词，或清空条件。"))) }
        } @else {
            p.soft { (lang.t("共")) " " strong { (found.total) } " " (lang.t("条供给")) }
            (table(viewer, &found.rows, true))
            (paging(viewer, found.page, found.per_page, found.total))
        }
    }
}

/// A table of offers; `whose` also says whose they are.
pub fn table(viewer: &Viewer, rows: &[OfferRow], whose: bool) -> Markup {
    let lang = viewer.lang();
    let chain = &viewer.app().reference().chain;
    let table = html! {
        table.cards.market {
            thead { tr {
                th scope="col" { (lang.t("供给产品")) }
                th scope="col" { (lang.t("规格参数")) }
                th.n scope="col" { (lang.t("产能")) }
                th scope="col" { (lang.t("认证")) }
                @if whose { th scope="col" { (lang.t("企业")) } th scope="col" { (lang.t("县区")) } }
                th scope="col" { (lang.t("产业链节点")) }
                th scope="col" { (lang.t("状态")) }
                th scope="col" { (lang.t("更新")) }
            } }
            tbody {
                @for row in rows {
                    @let offer = &row.offer;
                    tr {
                        td.t data-label=(lang.t("供给产品")) { a.strong href={ "/offers/" (row.id) } { (title(lang, &offer.title)) } }
                        td.w data-label=(lang.t("规格参数")) { span.clamp { (offer.detail) } }
                        td.n data-label=(lang.t("产能")) { (format::quantity(offer.capacity.as_ref())) }
                        td data-label=(lang.t("认证")) { (offer.certificates.join(format::comma(lang))) }
                        @if whose {
                            td.t data-label=(lang.t("企业")) { (record::owner(lang, &row.enterprise)) }
                            td.d data-label=(lang.t("县区")) { (row.enterprise.region) }
                        }
                        td data-label=(lang.t("产业链节点")) { (offer.node.as_ref().and_then(|id| chain.get(id)).map_or("", |n| node_name(lang, n))) }
                        td data-label=(lang.t("状态")) { (record::status(lang, row.status)) }
                        td.d data-label=(lang.t("更新")) { (format::day(row.updated_ms)) }
                    }
                }
            }
        }
    };
    scroll(lang.t("供给"), &table)
}

/// The facts of an offer, in the order of the form.
fn facts(viewer: &Viewer, offer: &Offer, may_edit: bool) -> Markup {
    let lang = viewer.lang();
    let reference = viewer.app().reference();
    if let Some(market) = reference.markets.other(&offer.market) {
        let list = markets::facts(viewer, market, &Record::Offer(offer));
        let all = record::sees_all(viewer, may_edit);
        return record::facts(viewer, Noun::Offer, &offer.market, offer.visibility, all, &list);
    }
    let node = offer.node.as_ref().and_then(|id| reference.chain.get(id));
    let list = [
        fact("detail", lang.t("规格参数"), offer.detail.as_str()),
        Fact {
            field: "specs",
            word: lang.t("识别的参数"),
            value: record::specs(lang, reference, &offer.specs, &offer.unread),
        },
        fact("capacity", lang.t("产能"), format::quantity(offer.capacity.as_ref())),
        fact("spare_capacity", lang.t("剩余产能"), format::quantity(offer.spare_capacity.as_ref())),
        fact("node", lang.t("产业链节点"), node.map_or("", |n| node_name(lang, n))),
        fact("price", lang.t("单价区间"), format::price(offer.price.as_ref())),
        fact("minimum_order", lang.t("最小起订"), format::quantity(offer.minimum_order.as_ref())),
        fact(
            "sample_days",
            lang.t("样品周期"),
            offer.sample_days.map_or_else(String::new, |d| format!("{d} {}", lang.t("天"))),
        ),
        fact("standard", lang.t("执行标准"), offer.standard.as_str()),
        fact("material", lang.t("材质"), offer.material.as_str()),
        fact("certificates", lang.t("认证"), offer.certificates.join(format::comma(lang))),
        fact(
            "supply_radius_km",
            lang.t("供货半径"),
            offer.supply_radius_km.map_or_else(String::new, |d| format!("{d} km")),
        ),
        fact("customers", lang.t("主要客户"), offer.customers.as_str()),
        fact(
            "lead_days",
            lang.t("交货周期"),
            offer.lead_days.map_or_else(String::new, |d| format!("{d} {}", lang.t("天"))),
        ),
        fact("lot", lang.t("批量"), format::quantity(offer.lot.as_ref())),
        fact("validity", lang.t("有效期"), format::span(offer.valid_from, offer.valid_until)),
        fact("number", lang.t("编号"), offer.number.as_str()),
        fact("contact", lang.t("联系人"), contact(&offer.contact)),
        fact("note", lang.t("备注"), offer.note.as_str()),
    ];
    let all = record::sees_all(viewer, may_edit);
    record::facts(viewer, Noun::Offer, &offer.market, offer.visibility, all, &list)
}

fn detail_page(viewer: &Viewer, card: &OfferCard) -> Markup {
    let lang = viewer.lang();
    let row = &card.row;
    html! {
        (markets::crumbs(viewer, Noun::Offer, &row.offer.market, title(lang, &row.offer.title)))
        (opening::outcome(viewer, Noun::Offer, row.id, row.version))
        div.headline {
            h1 { (title(lang, &row.offer.title)) }
            nav.toolbar.screen aria-label=(lang.t("操作")) {
                @if row.may_edit && card.twins.merged_into.is_none() {
                    a.button href={ "/offers/" (row.id) "/edit" } { (lang.t("修改")) }
                    (opening::button(viewer, Noun::Offer, row.id, row.version, row.status))
                }
            }
        }
        p {
            (record::owner(lang, &row.enterprise)) " · " (row.enterprise.region) " · " (record::status(lang, row.status))
            " " span.soft { (lang.t("更新")) " " (format::day(row.updated_ms)) " · " (lang.t("公开级别")) (format::colon(lang)) (lang.t(row.offer.visibility.zh())) }
        }
        (crate::pages::office::twins::of_record(viewer, Noun::Offer, row.id, &card.twins))
        (record::protected(viewer, Noun::Offer, &card.protected))
        (facts(viewer, &row.offer, row.may_edit))
        (crate::pages::inspections::evidence::of_offer(viewer, &row.offer.evidence))
        (super::introductions::around(viewer, &card.introductions))
        h2 { (lang.t("适合的需求")) @if !card.wanted.is_empty() { " " span.soft { (card.wanted.len()) } } }
        @if card.wanted.is_empty() {
            (empty(lang.t("目前没有适合的需求"), lang.t("有新需求匹配上时会收到消息；规格写得越全，匹配越准。")))
        } @else {
            ol.matches { @for (need, matched) in &card.wanted { li { (wanted(viewer, card, need, matched)) } } }
        }
        (record::versions(lang, &card.versions))
    }
}

fn wanted(viewer: &Viewer, card: &OfferCard, need: &NeedRow, matched: &Match) -> Markup {
    let lang = viewer.lang();
    let introduction = card.introductions.iter().find(|i| i.need.0 == need.id);
    html! {
        article.match.infeasible[!matched.feasible] {
            header {
                (record::rank(lang, matched))
                h3 { a href={ "/needs/" (need.id) } { (title(lang, &need.need.title)) } }
                p { (record::owner(lang, &need.enterprise)) " " span.soft { (need.enterprise.region) " " (format::quantity(need.need.quantity.as_ref())) } }
            }
            (record::verdicts(lang, viewer.app().reference(), &matched.verdicts))
            details { summary { (lang.t("得分理由")) } (record::reasons(lang, matched)) }
            @match introduction {
                Some(introduction) => p { a href={ "/introductions#i" (introduction.id) } { (super::introductions::state_tag(lang, introduction.state)) " " (lang.t("查看牵线")) } },
                None => (ask_form(viewer, need.id, card.row.id, card.row.may_edit || need.may_edit, &matched.verdicts)),
            }
        }
    }
}
