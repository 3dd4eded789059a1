//! Needs: finding them, and one with its ranked matches.

use super::introductions::ask_form;
use super::record::{self, Fact, fact};
use super::search::{self, Ask, node_name};
use super::{lists, markets, opening};
use crate::answer::Answer;
use crate::format;
use crate::pages::list::allotment;
use crate::pages::list::columns::Record;
use crate::parts::{empty, empty_to, paging, scroll};
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::Lang;
use app::{Act, MatchRow, NeedCard, NeedRow, Page};
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use maud::{Markup, html};
use model::list::NeedState;
use model::need::Need;
use model::visibility::Noun;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/needs", get(index))
        .route("/needs/export.xlsx", get(export))
        .route("/needs/{id}", get(detail))
}

async fn index(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let found = viewer.app().needs(viewer.actor(), &ask.query()).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    Ok(viewer.page(lang.t("需求"), &index_page(&viewer, &ask, &found)))
}

async fn export(viewer: Viewer) -> Answer {
    let query = viewer.query::<Ask>().query();
    let bytes = viewer.app().export(viewer.actor(), false, &query).await.map_err(|e| viewer.fail(e))?;
    Ok(lists::download("需求.xlsx", lists::XLSX, bytes))
}

async fn detail(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let card = viewer.app().need(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.page(&card.row.need.title, &detail_page(&viewer, &card)))
}

fn index_page(viewer: &Viewer, ask: &Ask, found: &Page<NeedRow>) -> Markup {
    let lang = viewer.lang();
    html! {
        div.headline {
            h1 { (lang.t("需求")) }
            nav.toolbar.screen aria-label=(lang.t("操作")) {
                @if viewer.actor().may(Act::SaveNeed) { a.button href="/needs/new" { (lang.t("发布需求")) } }
                @if found.total > 0 && viewer.actor().may(Act::Export) {
                    a.button.quiet href={ "/needs/export.xlsx?" (viewer.query) } download { (lang.t("导出工作簿")) }
                }
            }
        }
        (search::form(viewer, ask, "/needs", lang.t("产品、规格、企业、县区"), true))
        @if found.rows.is_empty() {
            @if ask.is_plain() {
                @if viewer.actor().may(Act::SaveNeed) {
                    (empty_to(lang.t("还没有需求"), lang.t("发布第一条需求，两分钟就够；秘书处也可以导入整张表。"), "/needs/new", lang.t("发布需求")))
                } @else { (empty(lang.t("还没有需求"), lang.t("企业发布或秘书处导入后，需求列在这里。"))) }
            } @else { (empty(lang.t("没有符合条件的需求"), lang.t("换一个词，或清空条件。"))) }
        } @else {
            p.soft { (lang.t("共")) " " strong { (found.total) } " " (lang.t("条需求")) }
            (table(viewer, &found.rows, true))
            (paging(viewer, found.page, found.per_page, found.total))
        }
    }
}

/// A table of needs; `whose` also says whose they are.
pub fn table(viewer: &Viewer, rows: &[NeedRow], whose: bool) -> Markup {
    let lang = viewer.lang();
    let chain = &viewer.app().reference().chain;
    let words = Words::of(lang);
    let table = html! {
        table.cards.market {
            thead { tr {
                th scope="col" { (words.title) }
                th scope="col" { (words.detail) }
                th.n scope="col" { (words.quantity) }
                @if whose { th scope="col" { (words.enterprise) } th scope="col" { (words.county) } }
                th scope="col" { (words.node) }
                th scope="col" { (words.until) }
                th scope="col" { (words.state) }
                th scope="col" { (words.updated) }
            } }
            tbody {
                @for row in rows {
                    @let need = &row.need;
                    tr {
                        td.t data-label=(words.title) { a.strong href={ "/needs/" (row.id) } { (title(lang, &need.title)) } }
                        td.w data-label=(words.detail) { span.clamp { (need.detail) } }
                        td.n data-label=(words.quantity) { (format::quantity(need.quantity.as_ref())) }
                        @if whose {
                            td.t data-label=(words.enterprise) { (record::owner(lang, &row.enterprise)) }
                            td.d data-label=(words.county) { (row.enterprise.region) }
                        }
                        td data-label=(words.node) { (need.node.as_ref().and_then(|id| chain.get(id)).map_or("", |n| node_name(lang, n))) }
                        td.d data-label=(words.until) { @if let Some(day) = need.valid_until { (day) } }
                        td data-label=(words.state) { (state(lang, row)) }
                        td.d data-label=(words.updated) { (format::day(row.updated_ms)) }
                    }
                }
            }
        }
    };
    scroll(lang.t("需求"), &table)
}

/// Words of the table's columns.
struct Words {
    title: &'static str,
    detail: &'static str,
    quantity: &'static str,
    enterprise: &'static str,
    county: &'static str,
    node: &'static str,
    until: &'static str,
    state: &'static str,
    updated: &'static str,
}

impl Words {
    fn of(lang: Lang) -> Self {
        Self {
            title: lang.t("需求产品"),
            detail: lang.t("规格参数"),
            quantity: lang.t("数量"),
            enterprise: lang.t("企业"),
            county: lang.t("县区"),
            node: lang.t("产业链节点"),
            until: lang.t("有效期至"),
            state: lang.t("状态"),
            updated: lang.t("更新"),
        }
    }
}

/// A title, or a word where it may not be seen: a link needs a name.
pub fn title(lang: Lang, title: &str) -> &str {
    if title.is_empty() { lang.t("名称不公开") } else { title }
}

/// How the newest list covers it, else its own status.
pub fn state(lang: Lang, row: &NeedRow) -> Markup {
    match row.listed {
        Some((list, number, state)) if row.status == app::RecordStatus::Open => {
            let class = match state {
                NeedState::Matched => "good",
                NeedState::Part => "warn",
                NeedState::Unmet => "bad",
            };
            html! { a class={ "tag " (class) } href={ "/lists/" (list) "/needs/" (number) } { (lang.t(state.zh())) } }
        }
        _ => record::status(lang, row.status),
    }
}

/// The facts of a need, in the order of the form.
pub fn facts(viewer: &Viewer, need: &Need, may_edit: bool) -> Markup {
    let lang = viewer.lang();
    let reference = viewer.app().reference();
    if let Some(market) = reference.markets.other(&need.market) {
        let list = markets::facts(viewer, market, &Record::Need(need));
        let all = record::sees_all(viewer, may_edit);
        return record::facts(viewer, Noun::Need, &need.market, need.visibility, all, &list);
    }
    let node = need.node.as_ref().and_then(|id| reference.chain.get(id));
    let list = [
        fact("detail", lang.t("规格参数"), need.detail.as_str()),
        Fact {
            field: "specs",
            word: lang.t("识别的参数"),
            value: record::specs(lang, reference, &need.specs, &need.unread),
        },
        fact("quantity", lang.t("数量"), format::quantity(need.quantity.as_ref())),
        fact("node", lang.t("产业链节点"), node.map_or("", |n| node_name(lang, n))),
        fact("price", lang.t("预算/参考价"), format::price(need.price.as_ref())),
        fact("delivery", lang.t("交期"), need.delivery.as_str()),
        fact("standard", lang.t("执行标准"), need.standard.as_str()),
        fact("material", lang.t("材质"), need.material.as_str()),
        fact("certificates", lang.t("认证要求"), need.certificates.join(format::comma(lang))),
        fact("payment", lang.t("付款方式"), need.payment.as_str()),
        fact("current_source", lang.t("目前供应地/供应商"), need.current_source.as_str()),
        fact(
            "max_distance_km",
            lang.t("最远距离"),
            need.max_distance_km.map_or_else(String::new, |d| format!("{d} km")),
        ),
        fact("needed_by", lang.t("最迟到货日期"), need.needed_by.map_or_else(String::new, |d| d.to_string())),
        fact("partial", lang.t("可否分批"), yes_or_no(lang, need.partial)),
        fact("validity", lang.t("有效期"), format::span(need.valid_from, need.valid_until)),
        fact("number", lang.t("编号"), need.number.as_str()),
        fact("contact", lang.t("联系人"), contact(&need.contact)),
        fact("note", lang.t("备注"), need.note.as_str()),
    ];
    let all = record::sees_all(viewer, may_edit);
    record::facts(viewer, Noun::Need, &need.market, need.visibility, all, &list)
}

/// Yes or no; empty where nothing is said.
pub fn yes_or_no(lang: Lang, value: Option<bool>) -> &'static str {
    match value {
        Some(true) => lang.t("是"),
        Some(false) => lang.t("否"),
        None => "",
    }
}

/// A person to call in one line.
pub fn contact(contact: &model::enterprise::Contact) -> String {
    [&contact.name, &contact.position, &contact.phone]
        .into_iter()
        .filter(|w| !w.is_empty())
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" ")
}

fn detail_page(viewer: &Viewer, card: &NeedCard) -> Markup {
    let lang = viewer.lang();
    let row = &card.row;
    html! {
        (markets::crumbs(viewer, Noun::Need, &row.need.market, title(lang, &row.need.title)))
        (opening::outcome(viewer, Noun::Need, row.id, row.version))
        div.headline {
            h1 { (title(lang, &row.need.title)) }
            nav.toolbar.screen aria-label=(lang.t("操作")) {
                @if row.may_edit && card.twins.merged_into.is_none() {
                    a.button href={ "/needs/" (row.id) "/edit" } { (lang.t("修改")) }
                    (opening::button(viewer, Noun::Need, row.id, row.version, row.status))
                }
            }
        }
        p {
            (record::owner(lang, &row.enterprise)) " · " (row.enterprise.region) " · " (state(lang, row))
            " " span.soft { (lang.t("更新")) " " (format::day(row.updated_ms)) " · " (lang.t("公开级别")) (format::colon(lang)) (lang.t(row.need.visibility.zh())) }
        }
        (crate::pages::office::twins::of_record(viewer, Noun::Need, row.id, &card.twins))
        (record::protected(viewer, Noun::Need, &card.protected))
        (facts(viewer, &row.need, row.may_edit))
        @if let Some(allotted) = &card.allotted {
            h2 { (lang.t("清单配给")) " " a.soft href={ "/lists/" (allotted.list) "/needs/" (allotted.number) } { (lang.t("清单")) " " (allotted.list) } }
            (allotment::need(lang, &viewer.app().reference().units, allotted))
        }
        (super::introductions::around(viewer, &card.introductions))
        h2 #matches { (lang.t("匹配结果与理由")) @if !card.matches.is_empty() { " " span.soft { (card.matches.len()) } } }
        @if card.matches.is_empty() {
            (empty(lang.t("没有找到可匹配的供给"), lang.t("换个常用名称、补充规格，或把最远距离放宽；发布清单时仍会计入缺口。")))
        } @else {
            ol.matches { @for found in &card.matches { li { (match_card(viewer, Some(row), found)) } } }
        }
        (record::versions(lang, &card.versions))
    }
}

/// One ranked offer with every reason and verdict; `need` is the stored need that it is for, none in a preview.
pub fn match_card(viewer: &Viewer, need: Option<&NeedRow>, found: &MatchRow) -> Markup {
    let lang = viewer.lang();
    let offer = &found.offer;
    html! {
        article.match.infeasible[!found.matched.feasible] {
            header {
                (record::rank(lang, &found.matched))
                h3 { a href={ "/offers/" (offer.id) } { (title(lang, &offer.offer.title)) } }
                p { (record::owner(lang, &offer.enterprise)) " " span.soft { (offer.enterprise.region) } }
            }
            (record::verdicts(lang, viewer.app().reference(), &found.matched.verdicts))
            @if need.is_some() {
                details { summary { (lang.t("得分理由")) } (record::reasons(lang, &found.matched)) }
            }
            @if let Some(need) = need {
                @match &found.introduction {
                    Some(introduction) => p { a href={ "/introductions#i" (introduction.id) } { (super::introductions::state_tag(lang, introduction.state)) " " (lang.t("查看牵线")) } },
                    None => (ask_form(viewer, need.id, offer.id, need.may_edit || offer.may_edit, &found.matched.verdicts)),
                }
            }
        }
    }
}
