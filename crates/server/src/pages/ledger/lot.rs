//! One lot: what is known of it, its events, where it came from and where it went.

use super::{kg, kg_or, kind, lot_link, lots, name, step};
use crate::answer::Answer;
use crate::format::percent;
use crate::parts::{copyable, crumbs, side_by_side, tag};
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::{Lang, encode};
use app::{Act, LotCard, LotEvent, LotLink, LotPlace};
use axum::Router;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new().route("/ledger/lot", get(card))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    lot: String,
}

/// Neighbours shown of a lot.
const LINKS_MAX: usize = 60;

async fn card(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let lang = viewer.lang();
    let card = viewer.app().ledger_lot(viewer.actor(), &ask.lot).await.map_err(|e| viewer.fail(e))?;
    let number = card.row.as_ref().map_or(card.lot.as_str(), |row| row.number.as_str());
    let title = format!("{} {number}", name(lang, &card.product));
    let lot = encode(&card.lot);
    let body = html! {
        (crumbs(lang, &[("/ledger", lang.t("批次台账"))], number))
        div.headline {
            h1 { (title) }
            nav.toolbar.screen aria-label=(lang.t("操作")) {
                a.button href={ "/ledger/trace?direction=up&lot=" (lot) } { (lang.t("溯源")) }
                a.button href={ "/ledger/trace?direction=down&lot=" (lot) } { (lang.t("追踪去向")) }
                a.button.quiet href={ "/ledger/recall?lot=" (lot) } { (lang.t("召回")) }
                a.button.quiet href={ "/passport?lot=" (lot) } { (lang.t("护照")) }
                @if let Some(to) = offered(&viewer, &card) { a.button.quiet href=(to) { (lang.t("发布到再生资源市场")) } }
                button.quiet type="button" data-print { (lang.t("打印")) }
            }
        }
        (facts(lang, &card))
        (side_by_side(
            &html! { h2 { (lang.t("由什么做成")) } (links(lang, &card.made_from)) },
            &html! { h2 { (lang.t("做成了什么")) } (links(lang, &card.made_into)) },
        ))
        h2 { (lang.t("事件")) }
        (events(lang, &card.events))
    };
    Ok(viewer.page(&title, &body))
}

/// Where waste and scrap in stock begin as an offer of the market of recycled materials, with what the ledger knows of them.
fn offered(viewer: &Viewer, card: &LotCard) -> Option<String> {
    let row = card.row.as_ref().filter(|row| row.is_waste && row.place == LotPlace::InStock)?;
    let content = card.content.iter().map(|(substance, part)| format!("{substance} {:.2}%", 100.0 * part));
    let detail: Vec<String> = content.chain(card.waste_code.clone()).collect();
    viewer.actor().may(Act::SaveOffer).then(|| {
        format!(
            "/offers/new?market=recycled&title={}&detail={}",
            encode(&row.product.zh),
            encode(&detail.join("，"))
        )
    })
}

fn facts(lang: Lang, card: &LotCard) -> Markup {
    let sd = |error: f64| if error > 0.0 { format!("±{}", percent(error)) } else { String::new() };
    html! {
        dl.facts {
            div { dt { (lang.t("标识")) } dd { (copyable(lang, &card.lot)) } }
            @if let Some(row) = &card.row {
                div { dt { (lang.t("状态")) } dd { (lots::place(lang, row)) } }
                div { dt { (lang.t("场所")) } dd { (name(lang, &row.site)) } }
                div { dt { (lang.t("质量（kg）")) } dd { (kg(row.made_kg)) " " span.soft { (sd(card.errors.0)) } } }
                div { dt { (lang.t("剩余（kg）")) } dd { (kg(row.left_kg)) } }
            }
            @if !card.content.is_empty() {
                div { dt { (lang.t("成分")) } dd {
                    ul.inline { @for (substance, part) in &card.content {
                        li { (substance) " " (format!("{:.4}%", 100.0 * part)) }
                    } }
                    span.soft { (sd(card.errors.1)) }
                } }
            }
            @if let Some(code) = &card.waste_code { div { dt { (lang.t("危废代码")) } dd { (code) } } }
            @if let Some(footprint) = &card.footprint {
                div { dt { (lang.t("碳足迹")) } dd {
                    a href={ "/footprints?of=" (encode(&card.lot)) } { (format!("{:.3} kg CO2e", footprint.unit_kg)) }
                    " / " (footprint.made.map_or("", |m| if m.unit.code() == "KGM" { "kg" } else { "—" }))
                    @if !footprint.unknown_raw.is_empty() { " " (tag("warn", lang.t("有原料无足迹，偏低"))) }
                } }
                div { dt { (lang.t("再生含量")) } dd {
                    @if footprint.is_assumed { "~" } (percent(footprint.recycled_content))
                } }
            }
            @if let Some(why) = &card.no_footprint { div { dt { (lang.t("碳足迹")) } dd.soft { (lang.say(why)) } } }
        }
    }
}

fn links(lang: Lang, links: &[LotLink]) -> Markup {
    html! {
        @if links.is_empty() { p.soft { (lang.t("没有")) } } @else {
            div.scroll tabindex="0" role="region" aria-label=(lang.t("批次")) { table {
                thead { tr { th { (lang.t("批号")) } th { (lang.t("产品")) } th.n { (lang.t("数量")) } th.n { (lang.t("事件号")) } } }
                tbody {
                    @for link in links.iter().take(LINKS_MAX) {
                        tr {
                            td { (lot_link(&link.lot)) }
                            td { (name(lang, &link.product)) }
                            td.n { (link.amount.map_or_else(|| "—".to_owned(), |a| format!("{} {}", kg(a.value), a.unit.code()))) }
                            td.n { (link.event) }
                        }
                    }
                }
            } }
            @if links.len() > LINKS_MAX { p.soft { "+" (links.len() - LINKS_MAX) } }
        }
    }
}

fn events(lang: Lang, events: &[LotEvent]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("事件")) {
            table.cards {
                thead { tr {
                    th.n { (lang.t("事件号")) } th { (lang.t("时间")) } th { (lang.t("步骤")) } th { (lang.t("场所")) }
                    th { (lang.t("对方")) } th { (lang.t("记账")) } th.n { "kg" } th { (lang.t("说明")) }
                } }
                tbody {
                    @for event in events {
                        tr {
                            td.n data-label=(lang.t("事件号")) { (event.event) }
                            td.d data-label=(lang.t("时间")) { (event.time) }
                            td data-label=(lang.t("步骤")) { (step(lang, &event.step)) }
                            td data-label=(lang.t("场所")) { (name(lang, &event.site)) }
                            td data-label=(lang.t("对方")) { @if let Some(party) = &event.party { (name(lang, party)) } }
                            td data-label=(lang.t("记账")) { @if let Some(posted) = event.posted { (kind(lang, posted)) } }
                            td.n data-label="kg" { (kg_or(event.kg)) }
                            td data-label=(lang.t("说明")) {
                                @if event.is_withdrawn { (tag("bad", lang.t("已声明错误"))) " " }
                                @if let Some(fault) = &event.demo_fault { (tag("fiction", lang.t("示例错误"))) " " (fault) " " }
                                @if let Some(manifest) = &event.manifest { (lang.t("联单")) " " (manifest) }
                            }
                        }
                    }
                }
            }
        }
    }
}
