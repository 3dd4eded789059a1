//! Every route, and what stands around all of them: the log, the headers, the limits.

use crate::answer::Failure;
use crate::site::Site;
use crate::viewer::{Tongue, Viewer};
use crate::{api, assets, epcis, log, operations, pact, pages};
use app::{Code, Error};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use std::time::Duration;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// All pages and the API. What is added last is outermost.
pub fn router(site: Site) -> Router {
    // Compressed now, not at the first reader's expense.
    assets::prepare();
    let metrics = site.metrics.clone();
    let panicked = move |_: Box<dyn std::any::Any + Send>| {
        metrics.panics.inc();
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    };
    Router::new()
        .merge(pages::routes())
        .merge(api::routes(&site))
        .merge(epcis::routes(&site))
        .merge(pact::routes())
        .merge(operations::routes())
        .route("/assets/{*name}", get(assets::serve))
        .fallback(missing)
        .method_not_allowed_fallback(|| async { StatusCode::METHOD_NOT_ALLOWED })
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(site.clone(), guard))
        .layer(DefaultBodyLimit::max(site.options.form_max))
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(3)))
        .layer(middleware::from_fn_with_state(site.clone(), headers))
        .layer(middleware::from_fn_with_state(site.clone(), log::observe))
        .with_state(site)
}

async fn missing(viewer: Viewer) -> Failure {
    viewer.nowhere()
}

/// Turns away what is too big or what another site's page sent, and gives up on what takes too long.
async fn guard(State(site): State<Site>, request: Request, next: Next) -> Response {
    let tongue = Tongue::of(request.uri(), request.headers(), &site);
    let of_api = ["/api/", "/epcis/", "/pact/"].iter().any(|base| request.uri().path().starts_with(base));
    let refuse = |status: StatusCode, code: Code, what: &'static str, hint: &'static str| {
        let error = Error::new(code, tongue.lang.t(what)).hint(tongue.lang.t(hint));
        if of_api {
            return api::refused(error);
        }
        let mut response = Failure { viewer: None, lang: tongue.lang, error }.into_response();
        *response.status_mut() = status;
        response
    };
    if !request.method().is_safe() && foreign(request.headers(), site.options.base.as_deref()) {
        site.metrics.foreign.inc();
        return refuse(
            StatusCode::FORBIDDEN,
            Code::NotAllowed,
            "这次提交来自别的网站",
            "请在本平台的页面里操作。",
        );
    }
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > site.options.body_max as u64) {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, Code::TooLarge, "提交的内容太大", "请分成几份再提交。");
    }
    let patience = Duration::from_secs(site.options.timeout_s);
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => refuse(
            StatusCode::SERVICE_UNAVAILABLE,
            Code::StorageBusy,
            "处理时间太长，已经停止",
            "请稍后再试，或缩小范围。",
        ),
    }
}

/// True where a browser says that another site's page sent the request. Programs that are no browsers say nothing.
fn foreign(headers: &HeaderMap, base: Option<&str>) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    match text(HeaderName::from_static("sec-fetch-site")) {
        Some(site) => site != "same-origin" && site != "none",
        None => text(header::ORIGIN).is_some_and(|origin| {
            let host = origin.split_once("://").map_or("", |(_, host)| host);
            let own =
                text(header::HOST) == Some(host) || base.is_some_and(|b| b.trim_end_matches('/') == origin);
            host.is_empty() || !own
        }),
    }
}

/// Own style sheets and scripts only, no inline script, no frame, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; \
     object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// On every answer; a handler's own value stays.
const HEADERS: [(&str, &str); 8] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    // What people see after they signed in stays in no cache; assets and the API say otherwise themselves.
    ("cache-control", "no-store"),
];

async fn headers(State(site): State<Site>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    if site.options.secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_pages_may_change_things() {
        let check = |pairs: &[(&'static str, &'static str)], expect: bool| {
            let mut headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("yulin:8080"))]);
            for (name, value) in pairs {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            assert_eq!(foreign(&headers, Some("https://yulin.example/")), expect, "{pairs:?}");
        };
        check(&[], false);
        check(&[("sec-fetch-site", "same-origin")], false);
        check(&[("sec-fetch-site", "none")], false);
        check(&[("sec-fetch-site", "same-site")], true);
        check(&[("sec-fetch-site", "cross-site"), ("origin", "http://yulin:8080")], true);
        check(&[("origin", "http://yulin:8080")], false);
        check(&[("origin", "https://yulin.example")], false);
        check(&[("origin", "http://yulin:8081")], true);
        check(&[("origin", "http://yulin:8080.evil.example")], true);
        check(&[("origin", "null")], true);
    }
}
