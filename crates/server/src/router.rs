//! Every route, and the server around them.

use crate::layout::{CSS, CSS_PATH, page};
use crate::pages;
use crate::words::{self, Lang};
use app::{Actor, App, Code};
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path, RawQuery, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::{Router, routing::get};
use maud::{Markup, html};
use model::list::MatchingList;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::net::TcpListener;

#[derive(Clone)]
struct Site {
    app: Arc<App>,
    /// Until accounts exist (the web issue), a page is read with a member's eyes: no protected field.
    actor: Actor,
}

/// The language that an address asks for.
struct LangQuery(Option<Lang>);

impl<S: Sync> FromRequestParts<S> for LangQuery {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let asked = parts.uri.query().into_iter().flat_map(words::pairs).rfind(|(name, _)| name == "lang");
        Ok(Self(asked.and_then(|(_, value)| Lang::parse(&value))))
    }
}

/// All pages.
pub fn router(app: Arc<App>, actor: Actor) -> Router {
    Router::new()
        .route("/", get(overview))
        .route("/list", get(list))
        .route("/needs", get(needs))
        .route("/gaps", get(gaps))
        .route("/lists", get(lists))
        .route("/lists/{number}", get(numbered_list))
        .route("/lists/{number}/needs/{need}", get(need))
        .route(CSS_PATH, get(css))
        .route("/health", get(|| async { "ok" }))
        .fallback(missing)
        .layer(middleware::from_fn(security_headers))
        .with_state(Site { app, actor })
}

/// Serves until the future `stop` ends; requests under way are finished.
///
/// # Errors
/// When the address cannot be taken.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}

/// A page's failure: status, words, hint.
struct Failure(Lang, app::Error);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self(lang, error) = self;
        let row = error.code.row();
        if row.status >= 500 {
            tracing::error!(code = row.word, error = %error, "page failed");
        }
        let status = StatusCode::from_u16(row.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = html! {
            h1 { (lang.t("出错了")) }
            p { (error.message) }
            p.soft { (error.help()) }
        };
        (status, html_page(page(lang, "", lang.t("出错了"), &body))).into_response()
    }
}

fn html_page(markup: Markup) -> Html<String> {
    Html(markup.into_string())
}

/// The language: asked for in the address, remembered in a cookie, else the browser's, else Chinese.
fn lang(query: &LangQuery, headers: &HeaderMap) -> Lang {
    let cookie = headers
        .get(header::COOKIE)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split(';').find_map(|c| c.trim().strip_prefix("lang=")));
    query.0.or_else(|| cookie.and_then(Lang::parse)).unwrap_or(Lang::Zh)
}

/// A page with its language remembered.
fn answer(query: &LangQuery, lang: Lang, markup: Markup) -> Response {
    let mut response = html_page(markup).into_response();
    if query.0.is_some() {
        let cookie = match lang {
            Lang::Zh => "lang=zh; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
            Lang::En => "lang=en; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
        };
        response.headers_mut().insert(header::SET_COOKIE, HeaderValue::from_static(cookie));
    }
    response
}

impl Site {
    async fn newest(&self, lang: Lang) -> Result<Option<Arc<MatchingList>>, Failure> {
        self.app.newest_list(&self.actor).await.map_err(|e| Failure(lang, e))
    }
}

async fn overview(
    State(site): State<Site>,
    query: LangQuery,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let lang = lang(&query, &headers);
    let list = site.newest(lang).await?;
    Ok(answer(&query, lang, page(lang, "/", lang.t("总览"), &pages::overview::page(lang, list.as_deref()))))
}

async fn list(State(site): State<Site>, query: LangQuery, headers: HeaderMap) -> Result<Response, Failure> {
    let lang = lang(&query, &headers);
    let list = site.newest(lang).await?;
    Ok(answer(
        &query,
        lang,
        page(lang, "/list", lang.t("对接清单"), &pages::list::page(lang, list.as_deref())),
    ))
}

async fn needs(
    State(site): State<Site>,
    query: LangQuery,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let lang = lang(&query, &headers);
    let list = site.newest(lang).await?;
    let wanted = pages::needs::Query::read(raw.as_deref().unwrap_or(""));
    let body = pages::needs::index(lang, list.as_deref(), &wanted);
    Ok(answer(&query, lang, page(lang, "/needs", lang.t("需求与匹配"), &body)))
}

async fn need(
    State(site): State<Site>,
    path: Result<Path<(u32, u32)>, PathRejection>,
    query: LangQuery,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let lang = lang(&query, &headers);
    let Ok(Path((number, need))) = path else { return Err(nowhere(lang)) };
    let list = site.app.list_by_number(&site.actor, number).await.map_err(|e| Failure(lang, e))?;
    let Some(row) = list.content.needs.iter().find(|n| n.number == need) else { return Err(nowhere(lang)) };
    let body = pages::needs::detail(lang, &list, row);
    Ok(answer(&query, lang, page(lang, &format!("/lists/{number}/needs/{need}"), &row.need.title, &body)))
}

async fn gaps(State(site): State<Site>, query: LangQuery, headers: HeaderMap) -> Result<Response, Failure> {
    let lang = lang(&query, &headers);
    let list = site.newest(lang).await?;
    Ok(answer(
        &query,
        lang,
        page(lang, "/gaps", lang.t("补链缺口"), &pages::gaps::page(lang, list.as_deref())),
    ))
}

async fn lists(State(site): State<Site>, query: LangQuery, headers: HeaderMap) -> Result<Response, Failure> {
    let lang = lang(&query, &headers);
    let lists = site.app.lists(&site.actor).await.map_err(|e| Failure(lang, e))?;
    Ok(answer(&query, lang, page(lang, "/lists", lang.t("历期清单"), &pages::lists::page(lang, &lists))))
}

async fn numbered_list(
    State(site): State<Site>,
    path: Result<Path<u32>, PathRejection>,
    query: LangQuery,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let lang = lang(&query, &headers);
    let Ok(Path(number)) = path else { return Err(nowhere(lang)) };
    let list = site.app.list_by_number(&site.actor, number).await.map_err(|e| Failure(lang, e))?;
    let body = pages::list::page(lang, Some(&list));
    Ok(answer(
        &query,
        lang,
        page(lang, &format!("/lists/{number}"), &pages::overview::title(lang, &list), &body),
    ))
}

async fn css() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=600")], CSS)
}

async fn missing(query: LangQuery, headers: HeaderMap) -> Failure {
    nowhere(lang(&query, &headers))
}

fn nowhere(lang: Lang) -> Failure {
    Failure(lang, app::Error::new(Code::NotFound, lang.t("没有这一页")))
}

/// A strict policy: own style sheet only, no script, no frame, nothing from elsewhere.
async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}
