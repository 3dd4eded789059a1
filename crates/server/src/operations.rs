//! What those who run the server ask it: is it alive, is it ready, what does it do; and what it does by itself.

use crate::connection::Peer;
use crate::site::Site;
use crate::viewer::cookie;
use app::{Act, Actor};
use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::time::Duration;

/// Its routes.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/health", get(|| async { "ok\n" }))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
}

/// Ready once the database answers and its layout is the program's.
async fn ready(State(site): State<Site>) -> Response {
    match site.app.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::error!("not ready: {error}");
            // The code alone: whoever may ask this is not told where the database is.
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {}\n", error.code.row().word))
                .into_response()
        }
    }
}

/// Who may read the figures: this machine itself, or an administrator by session or token.
struct Watcher;

impl FromRequestParts<Site> for Watcher {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, StatusCode> {
        // A request that a proxy passed on is not this machine's own, whether the proxy is trusted or not.
        let passed_on =
            ["x-forwarded-for", "forwarded", "via"].iter().any(|h| parts.headers.contains_key(*h));
        if !passed_on && Peer::of(parts, &site.options).is_some_and(|peer| peer.0.is_loopback()) {
            return Ok(Self);
        }
        let bearer = parts.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
        let who = match bearer.and_then(|v| v.strip_prefix("Bearer ")) {
            Some(token) => site.app.bearer(token).await,
            None => match cookie(&parts.headers, site.cookie_name()) {
                Some(session) => site.app.signed_in(session).await,
                None => Ok(None),
            },
        };
        match who {
            Ok(Some(who)) if who.actor.may(Act::Check) => Ok(Self),
            Ok(Some(_)) => Err(StatusCode::FORBIDDEN),
            Ok(None) => Err(StatusCode::UNAUTHORIZED),
            Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}

async fn metrics(_: Watcher, State(site): State<Site>) -> Response {
    if let Ok(hooks) = site.app.hooks(&Actor::local()).await {
        site.metrics.outbox.set(hooks.iter().map(|hook| i64::from(hook.waiting)).sum());
    }
    site.metrics.jobs.set(i64::try_from(site.jobs.under_way()).unwrap_or(i64::MAX));
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], site.metrics.text()).into_response()
}

/// Captures what waits, left by another program perhaps, and tells subscribers, every few seconds, for as long as it is polled.
pub async fn often(site: Site) {
    let mut pause = tokio::time::interval(Duration::from_secs(5));
    pause.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        pause.tick().await;
        crate::epcis::work_once(&site.app).await;
    }
}

/// Reminds of what is due, sends what waits in the outbox and reads what was set, once a minute, for as long as it is polled.
pub async fn minutely(site: Site) {
    let mut minute = tokio::time::interval(Duration::from_mins(1));
    minute.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        minute.tick().await;
        site.refresh().await;
        if let Err(error) = site.app.remind_follow_ups().await {
            tracing::warn!("nobody was reminded of what is to be asked again: {error}");
        }
        deliver(&site.app).await;
    }
}

/// Sends what waits in the outbox.
pub async fn deliver(app: &app::App) {
    match app.deliver().await {
        Ok(0) => {}
        Ok(sent) => tracing::info!(sent, "notices went out"),
        Err(error) => tracing::warn!("notices could not be sent: {error}"),
    }
}
