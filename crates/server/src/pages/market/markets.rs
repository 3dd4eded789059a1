//! Markets beside that of parts and materials: what there are, and one with its needs and offers, all from the market's table.

use super::needs::{contact, title};
use super::record::{self, Fact, fact};
use super::search::{self, Ask, node_name};
use crate::answer::Answer;
use crate::format;
use crate::pages::list::columns::{self, Record, numeric, value};
use crate::parts::{self, empty, empty_to, paging, scroll, tabs};
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::Lang;
use app::{Act, MarketInfo, NeedRow, OfferRow, Page};
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use maud::{Markup, html};
use model::markets::{Market, MarketField, MarketKey, Names, PARTS};
use model::visibility::Noun;
use serde::Deserialize;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new().route("/markets", get(index)).route("/markets/{key}", get(one))
}

/// Which market a page of lists is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct OfMarket {
    /// Key; empty for parts and materials.
    pub market: String,
}

async fn index(viewer: Viewer) -> Answer {
    let infos = viewer.app().markets(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.page(viewer.lang().t("其他市场"), &index_page(&viewer, &infos)))
}

async fn one(viewer: Viewer, Path(key): Path<String>) -> Answer {
    let ask = Ask { market: key.clone(), ..viewer.query() };
    let app = viewer.app();
    let infos = app.markets(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let query = ask.query();
    let found = if ask.side == "offers" {
        Rows::Offers(app.offers(viewer.actor(), &query).await.map_err(|e| viewer.fail(e))?)
    } else {
        Rows::Needs(app.needs(viewer.actor(), &query).await.map_err(|e| viewer.fail(e))?)
    };
    let list = app.newest_list(viewer.actor(), &key).await.map_err(|e| viewer.fail(e))?;
    let known = app.reference().markets.get(&key).zip(infos.iter().find(|info| info.key == key));
    let Some((market, info)) = known else {
        return Err(viewer.nowhere());
    };
    let number = list.and_then(|list| list.number);
    let name = viewer.lang().of(&market.name);
    Ok(viewer.page(name, &market_page(&viewer, market, info, &ask, &found, number)))
}

/// Rows of one side.
enum Rows {
    Needs(Page<NeedRow>),
    Offers(Page<OfferRow>),
}

impl Rows {
    fn side(&self) -> Noun {
        match self {
            Self::Needs(_) => Noun::Need,
            Self::Offers(_) => Noun::Offer,
        }
    }

    /// Rows of all pages, this page, rows a page.
    fn counts(&self) -> (usize, usize, usize) {
        match self {
            Self::Needs(page) => (page.total, page.page, page.per_page),
            Self::Offers(page) => (page.total, page.page, page.per_page),
        }
    }
}

fn index_page(viewer: &Viewer, infos: &[MarketInfo]) -> Markup {
    let lang = viewer.lang();
    let markets = &viewer.app().reference().markets;
    let rows = infos.iter().filter_map(|info| Some((markets.get(&info.key)?, info)));
    let table = html! {
        table.cards.market {
            thead { tr {
                th scope="col" { (lang.t("市场")) }
                th scope="col" { (lang.t("说明")) }
                th.n scope="col" { (lang.t("需求")) }
                th.n scope="col" { (lang.t("供给")) }
            } }
            tbody {
                @for (market, info) in rows {
                    @let (needs, offers) = if market.key == PARTS {
                        ("/needs".to_owned(), "/offers".to_owned())
                    } else {
                        (format!("/markets/{}", market.key), format!("/markets/{}?side=offers", market.key))
                    };
                    tr {
                        td.t data-label=(lang.t("市场")) { a.strong href=(needs) { (lang.of(&market.name)) } }
                        td.w data-label=(lang.t("说明")) { (lang.of(&market.about)) }
                        td.n data-label=(lang.of(&market.need.name)) { a href=(needs) { (info.needs) } " " span.soft { (lang.of(&market.need.name)) } }
                        td.n data-label=(lang.of(&market.offer.name)) { a href=(offers) { (info.offers) } " " span.soft { (lang.of(&market.offer.name)) } }
                    }
                }
            }
        }
    };
    html! {
        h1 { (lang.t("其他市场")) }
        p.soft { (lang.t("同一套引擎、同一套规则：每个市场按自己的字段匹配，逐条给出理由。")) }
        (scroll(lang.t("其他市场"), &table))
    }
}

fn market_page(
    viewer: &Viewer,
    market: &'static Market,
    info: &MarketInfo,
    ask: &Ask,
    found: &Rows,
    list: Option<u32>,
) -> Markup {
    let lang = viewer.lang();
    let side = found.side();
    let path = format!("/markets/{}", market.key);
    let offers = format!("{path}?side=offers");
    let (new, export, act) = match side {
        Noun::Need => ("/needs/new", "/needs/export.xlsx", Act::SaveNeed),
        _ => ("/offers/new", "/offers/export.xlsx", Act::SaveOffer),
    };
    let new = format!("{new}?market={}", market.key);
    let post = format!(
        "{}{}{}",
        lang.t("发布"),
        if lang == Lang::Zh { "" } else { ": " },
        lang.of(&market.side(side).name)
    );
    let (total, page, per_page) = found.counts();
    let may_post = viewer.actor().may(act);
    html! {
        (parts::crumbs(lang, &[("/markets", lang.t("其他市场"))], lang.of(&market.name)))
        div.headline {
            h1 { (lang.of(&market.name)) }
            nav.toolbar.screen aria-label=(lang.t("操作")) {
                @if may_post { a.button href=(new) { (post) } }
                @if total > 0 && viewer.actor().may(Act::Export) {
                    a.button.quiet href={ (export) "?market=" (market.key) "&" (viewer.query) } download { (lang.t("导出工作簿")) }
                }
                @if let Some(number) = list {
                    a.button.quiet href={ "/lists/" (number) } { (lang.t("最新清单")) }
                    a.button.quiet href={ "/gaps?market=" (market.key) } { (lang.t("补链缺口清单")) }
                }
            }
        }
        p.soft { (lang.of(&market.about)) }
        (tabs(viewer, lang.of(&market.name), &[
            (if side == Noun::Need { viewer.path_and_query() } else { path.clone() }.as_str(), lang.of(&market.need.name), Some(info.needs)),
            (if side == Noun::Offer { viewer.path_and_query() } else { offers }.as_str(), lang.of(&market.offer.name), Some(info.offers)),
        ]))
        (search::form(viewer, ask, &path, lang.t("名称、字段内容、企业、县区"), market.chain))
        @if total == 0 {
            @if !ask.is_plain() {
                (empty(lang.t("没有符合条件的记录"), lang.t("换一个词，或清空条件。")))
            } @else if may_post {
                (empty_to(lang.t("还没有记录"), lang.t("发布第一条，或由秘书处导入整张表。"), &new, &post))
            } @else {
                (empty(lang.t("还没有记录"), lang.t("发布第一条，或由秘书处导入整张表。")))
            }
        } @else {
            (table(viewer, market, found))
            (paging(viewer, page, per_page, total))
        }
    }
}

/// The rows of one side, a column for each field that the market calls one.
fn table(viewer: &Viewer, market: &'static Market, found: &Rows) -> Markup {
    let lang = viewer.lang();
    let side = found.side();
    let columns: Vec<_> = market.columns_of(side).collect();
    let head = columns::title(lang, Some(market), side, "");
    let cells = |record: &Record<'_>| -> Vec<(bool, &'static str, String)> {
        let cell = |(field, names): &(&'static MarketField, &'static Names)| {
            (numeric(field), lang.of(names), value(lang, record, field))
        };
        columns.iter().map(cell).collect()
    };
    let row = |to: String,
               name: &str,
               cells: Vec<(bool, &'static str, String)>,
               whose: &app::EnterpriseBrief,
               state: Markup,
               at: i64| {
        html! {
            tr {
                td.t data-label=(head) { a.strong href=(to) { (title(lang, name)) } }
                @for (number, word, text) in cells { td.n[number] data-label=(word) { (text) } }
                td.t data-label=(lang.t("企业")) { (record::owner(lang, whose)) }
                td.d data-label=(lang.t("县区")) { (whose.region) }
                td data-label=(lang.t("状态")) { (state) }
                td.d data-label=(lang.t("更新")) { (format::day(at)) }
            }
        }
    };
    let table = html! {
        table.cards.market {
            thead { tr {
                th scope="col" { (head) }
                @for (field, names) in &columns {
                    th.n[numeric(field)] scope="col" { (lang.of(names)) }
                }
                th scope="col" { (lang.t("企业")) }
                th scope="col" { (lang.t("县区")) }
                th scope="col" { (lang.t("状态")) }
                th scope="col" { (lang.t("更新")) }
            } }
            tbody {
                @match found {
                    Rows::Needs(page) => @for found in &page.rows {
                        (row(format!("/needs/{}", found.id), &found.need.title, cells(&Record::Need(&found.need)),
                            &found.enterprise, super::needs::state(lang, found), found.updated_ms))
                    },
                    Rows::Offers(page) => @for found in &page.rows {
                        (row(format!("/offers/{}", found.id), &found.offer.title, cells(&Record::Offer(&found.offer)),
                            &found.enterprise, record::status(lang, found.status), found.updated_ms))
                    },
                }
            }
        }
    };
    scroll(lang.of(&market.side(side).name), &table)
}

/// The facts of a record, in the market's order and by its names; what every record has stands behind them.
pub fn facts(viewer: &Viewer, market: &'static Market, record: &Record<'_>) -> Vec<Fact> {
    let lang = viewer.lang();
    let reference = viewer.app().reference();
    let (side, node, specs, unread) = match record {
        Record::Need(need) => (Noun::Need, &need.node, &need.specs, &need.unread),
        Record::Offer(offer) => (Noun::Offer, &offer.node, &offer.specs, &offer.unread),
    };
    let named = market.fields_of(side).filter(|(field, _)| field.id != "title");
    let mut out: Vec<Fact> =
        named.map(|(field, names)| fact(&field.id, lang.of(names), value(lang, record, field))).collect();
    // What was read out of the text; the market's own fields stand there by themselves.
    let read: Vec<_> = specs.iter().filter(|spec| !spec.property.0.contains('.')).cloned().collect();
    let specs = record::specs(lang, reference, &read, unread);
    out.push(Fact { field: "specs", word: lang.t("识别的参数"), value: specs });
    if market.chain {
        let node = node.as_ref().and_then(|id| reference.chain.get(id));
        out.push(fact("node", lang.t("产业链节点"), node.map_or("", |n| node_name(lang, n))));
    }
    let known = |id: &str| market.fields.iter().any(|field| field.id == id && field.name(side).is_some());
    let (span, number, person, note) = match record {
        Record::Need(n) => (format::span(n.valid_from, n.valid_until), &n.number, &n.contact, &n.note),
        Record::Offer(o) => (format::span(o.valid_from, o.valid_until), &o.number, &o.contact, &o.note),
    };
    let always = [
        fact("validity", lang.t("有效期"), span),
        fact("number", lang.t("编号"), number.as_str()),
        fact("contact", lang.t("联系人"), contact(person)),
        fact("note", lang.t("备注"), note.as_str()),
    ];
    out.extend(always.into_iter().filter(|fact| !known(fact.field)));
    out
}

/// Where the list of a record's kind is.
pub fn up(noun: Noun, market: &MarketKey) -> String {
    match (market.is_parts(), noun) {
        (true, Noun::Need) => "/needs".to_owned(),
        (true, _) => "/offers".to_owned(),
        (false, Noun::Need) => format!("/markets/{market}"),
        (false, _) => format!("/markets/{market}?side=offers"),
    }
}

/// The way back from a record to the list of its kind.
pub fn crumbs(viewer: &Viewer, noun: Noun, market: &MarketKey, here: &str) -> Markup {
    let lang = viewer.lang();
    let to = up(noun, market);
    match viewer.app().reference().markets.other(market) {
        Some(known) => {
            let side = format!("{} · {}", lang.of(&known.name), lang.of(&known.side(noun).name));
            parts::crumbs(lang, &[("/markets", lang.t("其他市场")), (to.as_str(), side.as_str())], here)
        }
        None => {
            let word = if noun == Noun::Need { lang.t("需求") } else { lang.t("供给") };
            parts::crumbs(lang, &[(to.as_str(), word)], here)
        }
    }
}
