//! Lots: searched in words or by a scanned code.

use super::{kg, lot_link, name, site_select};
use crate::answer::Answer;
use crate::parts::{empty, paging, tag};
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::{Lang, encode};
use app::{LotPage, LotPlace, LotQuery, LotRow};
use axum::Router;
use axum::http::{HeaderValue, header::HeaderName};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new().route("/ledger", get(index))
}

const PER_PAGE: usize = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    q: String,
    site: String,
    product: String,
    /// Only waste and scrap in stock.
    idle: String,
    page: usize,
}

async fn index(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let lang = viewer.lang();
    let query = LotQuery {
        q: ask.q.clone(),
        site: ask.site.clone(),
        product: ask.product.clone(),
        idle_waste: !ask.idle.is_empty(),
        page: ask.page,
        per_page: PER_PAGE,
    };
    let found = viewer.app().ledger_lots(viewer.actor(), &query).await.map_err(|e| viewer.fail(e))?;
    if let Some(lot) = found.exact.as_ref().filter(|_| found.total <= 1) {
        return Ok(viewer.go(&format!("/ledger/lot?lot={}", encode(lot))));
    }
    let title = lang.t("批次台账");
    let body = html! {
        h1 { (title) }
        form.filter method="get" action="/ledger" role="search" {
            label.grow { (lang.t("扫码或搜索"))
                input #code type="search" name="q" value=(ask.q) autofocus
                    placeholder=(lang.t("GS1 码、Digital Link、批号或产品名"));
            }
            label { (lang.t("场所")) (site_select(lang, &found.sites, &ask.site, Some(lang.t("全部")))) }
            label { (lang.t("产品"))
                select name="product" {
                    option value="" { (lang.t("全部")) }
                    @for product in &found.products {
                        option value=(product.id) selected[product.id == ask.product] { (name(lang, product)) }
                    }
                }
            }
            label.tick { input type="checkbox" name="idle" value="1" checked[!ask.idle.is_empty()]; (lang.t("只看在库的废料")) }
            button type="submit" { (lang.t("查看")) }
            button.quiet #scan type="button" hidden data-failed=(lang.t("打不开摄像头")) { (lang.t("用摄像头扫码")) }
        }
        video #camera hidden muted playsinline aria-label=(lang.t("摄像头画面")) {}
        @if found.rows.is_empty() {
            @if found.sites.is_empty() {
                (empty(lang.t("还没有事件"), lang.t("采集 EPCIS 文件后，批次会列在这里：yulin ledger capture FILE。")))
            } @else {
                (empty(lang.t("没有符合的批次"), lang.t("换一个词，或清空筛选。")))
            }
        } @else {
            (table(lang, &found))
            (paging(&viewer, found.page, found.per_page, found.total))
        }
    };
    let mut response = viewer.page_with(title, &body, &["scan.js"]);
    // Only this page may ask for the camera.
    let policy = HeaderValue::from_static("camera=(self), geolocation=(), microphone=(), payment=(), usb=()");
    response.headers_mut().insert(HeaderName::from_static("permissions-policy"), policy);
    Ok(response)
}

/// Where a lot is, in a word.
pub fn place(lang: Lang, row: &LotRow) -> Markup {
    let (class, word) = match row.place {
        LotPlace::InStock => ("good", "在库"),
        LotPlace::Consumed => ("quiet", "已投入"),
        LotPlace::Shipped => ("info", "已发出"),
        LotPlace::Discarded => ("warn", "已处置"),
    };
    html! {
        (tag(class, lang.t(word)))
        @if row.is_waste { " " (tag("warn", lang.t("废料"))) }
        @if row.is_recycled { " " (tag("good", lang.t("再生"))) }
    }
}

fn table(lang: Lang, found: &LotPage) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("批次")) {
            table.cards {
                thead { tr {
                    th { (lang.t("批号")) } th { (lang.t("产品")) } th { (lang.t("场所")) } th { (lang.t("日期")) }
                    th.n { (lang.t("质量（kg）")) } th.n { (lang.t("剩余（kg）")) } th { (lang.t("状态")) }
                } }
                tbody {
                    @for row in &found.rows {
                        tr {
                            td.t data-label=(lang.t("批号")) { (lot_link(&row.lot)) }
                            td data-label=(lang.t("产品")) { (name(lang, &row.product)) }
                            td data-label=(lang.t("场所")) { (name(lang, &row.site)) }
                            td.d data-label=(lang.t("日期")) { (row.day) }
                            td.n data-label=(lang.t("质量（kg）")) { (kg(row.made_kg)) }
                            td.n data-label=(lang.t("剩余（kg）")) { (kg(row.left_kg)) }
                            td data-label=(lang.t("状态")) { (place(lang, row)) }
                        }
                    }
                }
            }
        }
    }
}
