//! A lot's passport: a public page that the code on a label leads to, and the label to print.

use super::{kg, name};
use crate::answer::html_page;
use crate::format::percent;
use crate::layout;
use crate::pages::office::qr;
use crate::parts::{empty, tag};
use crate::site::Site;
use crate::viewer::{Tongue, Viewer};
use crate::words::{Lang, encode};
use app::Passport;
use axum::Router;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

/// Routes of this subject. A code on a label is a GS1 Digital Link below this server's own address.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/passport", get(by_query))
        .route("/passport/label", get(label))
        .route("/01/{gtin}/10/{lot}", get(by_lot))
        .route("/01/{gtin}/21/{serial}", get(by_serial))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    lot: String,
}

/// Whoever looks: somebody who has signed in, or anybody.
struct Anybody {
    viewer: Option<Viewer>,
    tongue: Tongue,
    base: String,
}

impl FromRequestParts<Site> for Anybody {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        let tongue = Tongue::of(&parts.uri, &parts.headers, site);
        let viewer = Viewer::from_request_parts(parts, site).await.ok();
        let host =
            parts.headers.get(axum::http::header::HOST).and_then(|h| h.to_str().ok()).unwrap_or("localhost");
        let scheme = if site.options.secure { "https" } else { "http" };
        let base = site.options.base.clone().unwrap_or_else(|| format!("{scheme}://{host}"));
        Ok(Self { viewer, tongue, base })
    }
}

async fn by_query(State(site): State<Site>, who: Anybody, Query(ask): Query<Ask>) -> Response {
    page(&site, &who, &ask.lot).await
}

async fn by_lot(
    State(site): State<Site>,
    who: Anybody,
    Path((gtin, lot)): Path<(String, String)>,
) -> Response {
    page(&site, &who, &format!("https://id.gs1.org/01/{gtin}/10/{lot}")).await
}

async fn by_serial(
    State(site): State<Site>,
    who: Anybody,
    Path((gtin, serial)): Path<(String, String)>,
) -> Response {
    page(&site, &who, &format!("https://id.gs1.org/01/{gtin}/21/{serial}")).await
}

async fn found(site: &Site, who: &Anybody, lot: &str) -> Result<Passport, Response> {
    let lang = who.tongue.lang;
    let actor = who.viewer.as_ref().map(Viewer::actor);
    site.app.passport(actor, lot).await.map_err(|error| {
        let missing = error.code == app::Code::NotFound;
        let status = if missing { StatusCode::NOT_FOUND } else { StatusCode::SERVICE_UNAVAILABLE };
        let body = html! { h1 { (lang.t("护照")) } (empty(lang.t("没有这个批次的护照"), lang.t("请核对标签上的码，或向生产企业询问。"))) };
        (status, html_page(framed(who, lang.t("护照"), &body))).into_response()
    })
}

/// The page's frame: that of whoever has signed in, or the plain one.
fn framed(who: &Anybody, title: &str, body: &Markup) -> Markup {
    match &who.viewer {
        Some(viewer) => layout::page(viewer, title, body, &[]),
        None => layout::plain(who.tongue.lang, title, body),
    }
}

/// Address of a lot's passport on this server: the Digital Link with this server's name in it.
fn address(base: &str, lot: &str) -> String {
    format!("{base}{}", lot.strip_prefix("https://id.gs1.org").unwrap_or(lot))
}

async fn page(site: &Site, who: &Anybody, lot: &str) -> Response {
    let passport = match found(site, who, lot).await {
        Ok(passport) => passport,
        Err(response) => return response,
    };
    let lang = who.tongue.lang;
    let title = format!("{} {}", name(lang, &passport.product), passport.number);
    let link = address(&who.base, &passport.lot);
    let body = html! {
        div.headline {
            h1 { (title) }
            nav.toolbar.screen aria-label=(lang.t("操作")) {
                a.button.quiet href={ "/passport/label?lot=" (encode(&passport.lot)) } { (lang.t("打印标签")) }
                @if who.viewer.is_some() { a.button.quiet href={ "/ledger/lot?lot=" (encode(&passport.lot)) } { (lang.t("批次")) } }
            }
        }
        div.passport {
            dl.facts {
                div { dt { (lang.t("生产企业")) } dd { (name(lang, &passport.maker)) } }
                div { dt { (lang.t("标识")) } dd { span.hash { (passport.lot) } } }
                @for field in &passport.fields {
                    div {
                        dt { (name(lang, &field.name)) }
                        dd {
                            @if field.value.is_empty() { span.soft { (lang.t("不公开")) } } @else { (field.value) " " (field.unit) }
                            @if field.level != model::visibility::Visibility::Public { " " (tag("level", lang.t(field.level.zh()))) }
                        }
                    }
                }
                @if let Some(recycled) = passport.recycled_content {
                    div { dt { (lang.t("再生含量")) } dd { (percent(recycled)) " " span.soft { "ISO 14021" } } }
                }
                @if let Some(footprint) = passport.footprint_kg {
                    div { dt { (lang.t("碳足迹")) } dd {
                        (kg(footprint)) " kg CO2e / " (app::unit_shown(&passport.unit))
                        @if passport.is_incomplete { " " (tag("warn", lang.t("有原料无足迹，偏低"))) }
                    } }
                }
            }
            (qr(&link, lang.t("批次护照的二维码")))
        }
        p.soft { (lang.t("来自事件台账，末号与链：")) (passport.proof.0) " · " span.hash { (passport.proof.1) } }
    };
    let mut response = html_page(framed(who, &title, &body)).into_response();
    who.tongue.remember(&mut response);
    response
}

/// A label of 60 by 40 mm.
async fn label(State(site): State<Site>, who: Anybody, Query(ask): Query<Ask>) -> Response {
    let passport = match found(&site, &who, &ask.lot).await {
        Ok(passport) => passport,
        Err(response) => return response,
    };
    let lang: Lang = who.tongue.lang;
    let value = |key: &str| {
        let field = passport.fields.iter().find(|f| f.key == key && !f.value.is_empty());
        field.map(|f| format!("{} {} {}", name(lang, &f.name), f.value, f.unit))
    };
    let title = lang.t("打印标签");
    let body = html! {
        h1.screen { (title) }
        p.screen { button type="button" data-print { (lang.t("打印")) } }
        div.label {
            (qr(&address(&who.base, &passport.lot), lang.t("批次护照的二维码")))
            div {
                strong { (name(lang, &passport.product)) }
                p { (passport.number) br; (passport.day) }
                @for line in ["diameter", "length", "purity"].iter().filter_map(|key| value(key)) { p { (line) } }
                p.soft { (name(lang, &passport.maker)) }
            }
        }
    };
    html_page(framed(&who, title, &body)).into_response()
}
