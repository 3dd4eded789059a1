//! Capture: documents as jobs, a single event at once.

use super::BASE;
use super::client::{Client, with};
use super::events::Answer;
use super::page::Asked;
use super::refusal::{On, Refusal, Refuse};
use crate::api::read;
use crate::site::Site;
use app::{CAPTURE_EVENTS_MAX, CaptureJobInfo, InputFile};
use axum::extract::{FromRequestParts, Path, RawQuery, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// What capture can do.
pub async fn options(_: Client, State(site): State<Site>) -> Response {
    with(
        "OPTIONS, GET, POST",
        &[
            ("gs1-epcis-capture-limit", CAPTURE_EVENTS_MAX.to_string()),
            ("gs1-epcis-capture-file-size-limit", site.options.body_max.to_string()),
            ("gs1-capture-error-behaviour", "all".to_owned()),
        ],
    )
}

/// Client and body of a request with a document.
async fn document(request: Request, site: &Site) -> Result<(Client, Option<bool>, Vec<u8>), Refusal> {
    let (mut parts, body) = request.into_parts();
    let client = Client::from_request_parts(&mut parts, site).await?;
    let kind = read::media_type(&parts.headers);
    let is_known = matches!(kind.as_str(), "application/json" | "application/xml" | "text/xml")
        || kind.ends_with("+json");
    if !is_known {
        let what = format!("the body is `{kind}`; application/json and application/xml are taken");
        return Err(Refusal::new(415, "UnsupportedMediaTypeException", what));
    }
    let proceed = match parts.headers.get("gs1-capture-error-behaviour").map(|v| v.to_str().unwrap_or("?")) {
        None => None,
        Some("rollback") => Some(false),
        Some("proceed") => Some(true),
        Some(other) => {
            let what = format!("GS1-Capture-Error-Behaviour: rollback or proceed, not “{other}”");
            return Err(Refusal::new(400, "ValidationException", what));
        }
    };
    let bytes = read::bytes(Request::from_parts(parts, body), site).await;
    let bytes = bytes.map_err(|problem| Refusal::of(problem.into_error(), On::Capture))?;
    Ok((client, proceed, bytes.to_vec()))
}

/// Takes a document; its job says what came of it.
pub async fn take(State(site): State<Site>, request: Request) -> Answer {
    let (client, proceed, bytes) = document(request, &site).await?;
    let file = InputFile { name: "document".to_owned(), bytes };
    let caller = &client.caller;
    let token =
        caller.app().take_capture(caller.actor(), file, proceed.unwrap_or(false)).await.on(On::Capture)?;
    work(&site);
    Ok(located(StatusCode::ACCEPTED, &format!("{}{BASE}/capture/{token}", caller.base)))
}

/// Works off what waits, beside the threads that answer, and tells the subscribers.
pub fn work(site: &Site) {
    let app = site.app.clone();
    tokio::spawn(async move { work_once(&app).await });
}

/// The same, waited for.
pub async fn work_once(app: &app::App) {
    if let Err(error) = app.work_captures().await {
        tracing::error!("documents wait for capture: {error}");
    }
    if let Err(error) = app.deliver_events().await {
        tracing::error!("subscribers wait: {error}");
    }
}

fn located(status: StatusCode, location: &str) -> Response {
    let mut response = status.into_response();
    response.headers_mut().extend(HeaderValue::from_str(location).map(|value| (header::LOCATION, value)));
    response
}

/// Captures a single event.
pub async fn event(State(site): State<Site>, request: Request) -> Answer {
    let (client, _, bytes) = document(request, &site).await?;
    let file = InputFile { name: "event".to_owned(), bytes };
    let caller = &client.caller;
    let id = caller.app().capture_event(caller.actor(), file).await.on(On::Capture)?;
    work(&site);
    let id = crate::words::encode(&id);
    Ok(located(StatusCode::CREATED, &format!("{}{BASE}/events/{id}", caller.base)))
}

fn shown(job: &CaptureJobInfo) -> Value {
    let time = |ms: i64| jiff::Timestamp::from_millisecond(ms).map(|t| t.to_string()).unwrap_or_default();
    let errors: Vec<Value> = job
        .errors
        .iter()
        .map(|fault| {
            let (kind, title, status) = match fault.is_forbidden {
                true => ("epcisException:SecurityException", "Not allowed", 403),
                false => ("epcisException:ValidationException", "Invalid document", 400),
            };
            json!({ "type": kind, "title": title, "status": status, "detail": fault.message })
        })
        .collect();
    let mut shown = json!({
        "captureID": job.token,
        "createdAt": time(job.created_ms),
        "running": job.running,
        "success": job.success,
        "captureErrorBehaviour": if job.proceed { "proceed" } else { "rollback" },
        "errors": errors,
        "capturedEvents": job.captured,
        "knownEvents": job.known,
    });
    if let (Some(ms), Value::Object(fields)) = (job.finished_ms, &mut shown) {
        fields.insert("finishedAt".to_owned(), json!(time(ms)));
    }
    shown
}

/// Capture jobs, newest first.
pub async fn jobs(client: Client, RawQuery(query): RawQuery) -> Answer {
    let asked = Asked::read(&client, query.as_deref())?;
    let before = asked.at.as_ref().and_then(Value::as_i64);
    let caller = &client.caller;
    let limit = u32::try_from(asked.per_page + 1).unwrap_or(u32::MAX);
    let mut jobs = caller.app().capture_jobs(caller.actor(), before, limit).await.on(On::Query)?;
    let next = (jobs.len() > asked.per_page).then(|| {
        jobs.truncate(asked.per_page);
        jobs.last().map(|job| job.id)
    });
    let shown: Vec<Value> = jobs.iter().map(shown).collect();
    Ok(asked.answer(&client, &json!(shown), next.flatten().as_ref()))
}

/// One capture job.
pub async fn job(client: Client, Path(id): Path<String>) -> Answer {
    let caller = &client.caller;
    let job = caller.app().capture_job(caller.actor(), &id).await.on(On::Query)?;
    Ok(axum::Json(shown(&job)).into_response())
}
