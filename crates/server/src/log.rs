//! One line a request: what was asked for by its route, how it ended, how long it took. No address, no name, no query is in it.

use crate::metrics::{self, Metrics};
use crate::site::Site;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;
use tracing::Instrument;

tokio::task_local! {
    static REQUEST: String;
}

/// The id of the request under way, which its log lines carry; empty outside of one.
pub fn request_id() -> String {
    REQUEST.try_with(Clone::clone).unwrap_or_default()
}

/// Sixteen digits that nobody can guess.
pub fn random() -> String {
    format!("{:016x}", getrandom::u64().expect("the system gives random numbers"))
}

/// A request's id: from a proxy where it is sound, else a new one.
fn id_of(request: &Request) -> String {
    let given = request.headers().get("x-request-id").and_then(|v| v.to_str().ok());
    let sound = |id: &&str| {
        (8..=64).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    given.filter(sound).map_or_else(random, str::to_owned)
}

/// The method as a figure's label: the known ones, so that nobody fills the figures with words.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

/// Counts a request that ends, also one whose client went away.
struct UnderWay<'m>(&'m Metrics);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.in_flight.dec();
    }
}

/// Writes and counts what is asked and how it ends.
pub async fn observe(State(site): State<Site>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = id_of(&request);
    let route = request.extensions().get::<MatchedPath>().map_or("none", |m| m.as_str()).to_owned();
    let method = method(request.method());
    let metrics = &site.metrics;
    metrics.in_flight.inc();
    let under_way = UnderWay(metrics);
    let span = tracing::info_span!("request", id);
    let mut response = REQUEST.scope(id.clone(), next.run(request).instrument(span)).await;
    drop(under_way);
    let (status, seconds) = (response.status(), began.elapsed().as_secs_f64());
    let ms = began.elapsed().as_millis() as u64;
    if status == StatusCode::NOT_FOUND && route == "none" {
        tracing::debug!(target: "access", id, method, route, status = status.as_u16(), ms);
    } else {
        tracing::info!(target: "access", id, method, route, status = status.as_u16(), ms);
    }
    let method = method.to_owned();
    metrics
        .seconds
        .get_or_create(&metrics::Route { route: route.clone(), method: method.clone() })
        .observe(seconds);
    metrics.requests.get_or_create(&metrics::Request { route, method, status: status.as_u16() }).inc();
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}
