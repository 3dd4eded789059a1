//! The interface of EPCIS 2.0 under `/epcis/2.0`, after the REST binding of GS1 (EPCIS 2.0, section 12): capture, queries, subscriptions.
//!
//! Identifiers in answers are canonical GS1 Digital Links unless `GS1-EPC-Format` asks otherwise. Answers are JSON-LD; XML goes in, not out.
//! Unlike `/api/v1`, failures carry the standard's own types (`epcisException:…`).

mod capture;
mod client;
mod events;
mod openapi;
mod page;
mod queries;
mod refusal;
mod socket;

pub use capture::work_once;
pub use page::Dropped;

use crate::site::Site;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get};
use client::{Client, options};
use refusal::Refusal;

/// Where the interface begins.
pub const BASE: &str = "/epcis/2.0";
/// Name of the query behind `/events`.
pub const SIMPLE: &str = "SimpleEventQuery";

/// What this server speaks, on every answer.
const VERSIONS: [(HeaderName, &str); 2] = [
    (HeaderName::from_static("gs1-epcis-version"), "2.0.0"),
    (HeaderName::from_static("gs1-cbv-version"), "2.0.0"),
];

/// Lists of words: name in the path, field of the query.
pub const LISTS: [(&str, &str); 6] = [
    ("eventTypes", "eventType"),
    ("epcs", "anyEPC"),
    ("bizSteps", "bizStep"),
    ("bizLocations", "bizLocation"),
    ("readPoints", "readPoint"),
    ("dispositions", "disposition"),
];

/// All its routes.
pub fn routes(site: &Site) -> Router<Site> {
    const READ: &str = "OPTIONS, GET";
    const BOTH: &str = "OPTIONS, GET, POST";
    const REMOVE: &str = "OPTIONS, GET, DELETE";
    let mut router = Router::new()
        .route("/", get(events::top).options(|_: Client| options(READ)))
        .route("/openapi.json", get(openapi::serve))
        .route("/capture", get(capture::jobs).post(capture::take).options(capture::options))
        .route("/capture/{id}", get(capture::job).options(|_: Client| options(READ)))
        .route("/events", get(events::all).post(capture::event).options(|_: Client| options(BOTH)))
        .route("/events/{id}", get(events::one).options(|_: Client| options(READ)))
        .route("/queries", get(queries::list).post(queries::add).options(|_: Client| options(BOTH)))
        .route(
            "/queries/{name}",
            get(queries::get).delete(queries::remove).options(|_: Client| options(REMOVE)),
        )
        .route("/queries/{name}/events", get(queries::events).options(|_: Client| options(READ)))
        .route(
            "/queries/{name}/subscriptions",
            get(queries::subscriptions).post(queries::subscribe).options(|_: Client| options(BOTH)),
        )
        .route(
            "/queries/{name}/subscriptions/{id}",
            get(queries::subscription).delete(queries::unsubscribe).options(|_: Client| options(REMOVE)),
        )
        .route("/nextPageToken/{token}", delete(page::drop_token));
    for (list, key) in LISTS {
        router = router
            .route(
                &format!("/{list}"),
                get(move |client, query| events::words(client, list, query))
                    .options(|_: Client| options(READ)),
            )
            .route(
                &format!("/{list}/{{value}}"),
                get(move |client, path| events::word(client, key, path)).options(|_: Client| options(READ)),
            )
            .route(
                &format!("/{list}/{{value}}/events"),
                get(move |client, path, query| events::within(client, key, path, query))
                    .options(|_: Client| options(READ)),
            );
    }
    let router = router
        .fallback(elsewhere)
        .method_not_allowed_fallback(|| async { Refusal::no_method() })
        .layer(DefaultBodyLimit::max(site.options.body_max))
        .layer(middleware::from_fn(versions));
    // Nesting leaves out the base with a slash.
    let slash = get(events::top).options(|_: Client| options(READ));
    let slash = Router::new().route(&format!("{BASE}/"), slash).layer(middleware::from_fn(versions));
    Router::new().nest(BASE, router).merge(slash)
}

async fn elsewhere(client: Result<Client, Refusal>) -> Response {
    match client {
        Err(refusal) => refusal.into_response(),
        Ok(_) => Refusal::nowhere().into_response(),
    }
}

async fn versions(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in VERSIONS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
