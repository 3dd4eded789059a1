//! Named queries and who is subscribed to them.

use super::BASE;
use super::client::Client;
use super::events::{Answer, request};
use super::page::Asked;
use super::refusal::{On, Refusal, Refuse};
use super::socket;
use crate::api::read;
use crate::site::Site;
use app::{EventSchedule, NamedQuery, SubscriptionInfo, SubscriptionSettings};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, RawQuery, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A body of JSON with who sent it.
pub struct Sent<T> {
    client: Client,
    body: T,
}

impl<T: DeserializeOwned> FromRequest<Site> for Sent<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let client = Client::from_request_parts(&mut parts, site).await?;
        let read = read::Json::<T>::from_request(Request::from_parts(parts, body), site).await;
        let read::Json(body) = read.map_err(|problem| Refusal::of(problem.into_error(), On::Capture))?;
        Ok(Self { client, body })
    }
}

/// A named query as it comes in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewQuery {
    name: String,
    query: Value,
}

fn shown(query: &NamedQuery) -> Value {
    json!({ "name": query.name, "query": query.query })
}

/// The named queries.
pub async fn list(client: Client, RawQuery(query): RawQuery) -> Answer {
    let asked = Asked::read(&client, query.as_deref())?;
    let after = asked.at.as_ref().and_then(Value::as_str).unwrap_or("");
    let caller = &client.caller;
    let limit = u32::try_from(asked.per_page + 1).unwrap_or(u32::MAX);
    let mut queries = caller.app().event_queries(caller.actor(), after, limit).await.on(On::Name)?;
    let next = (queries.len() > asked.per_page).then(|| {
        queries.truncate(asked.per_page);
        queries.last().map(|query| query.name.clone())
    });
    let body: Vec<Value> = queries.iter().map(shown).collect();
    Ok(asked.answer(&client, &json!(body), next.flatten().as_ref()))
}

/// Makes a named query.
pub async fn add(Sent { client, body }: Sent<NewQuery>) -> Answer {
    let caller = &client.caller;
    // Every client's own prefix is no news to the stored query.
    let prefixes: Vec<_> = client.prefixes.iter().filter(|(prefix, _)| prefix != "yl").cloned().collect();
    let added = caller.app().add_event_query(caller.actor(), &body.name, &body.query, &prefixes).await;
    added.on(On::Name)?;
    let mut response = StatusCode::CREATED.into_response();
    let location = format!("{}{BASE}/queries/{}", caller.base, body.name);
    response.headers_mut().extend(HeaderValue::from_str(&location).map(|value| (header::LOCATION, value)));
    Ok(response)
}

/// One named query.
pub async fn get(client: Client, Path(name): Path<String>) -> Answer {
    let query = client.caller.app().event_query(client.caller.actor(), &name).await.on(On::Name)?;
    Ok(axum::Json(shown(&query)).into_response())
}

/// Removes a named query.
pub async fn remove(client: Client, Path(name): Path<String>) -> Answer {
    client.caller.app().delete_event_query(client.caller.actor(), &name).await.on(On::Name)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Events of a named query: a page, or, over a WebSocket, all that come.
pub async fn events(
    client: Client,
    State(site): State<Site>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Answer {
    let mut asked = Asked::read(&client, query.as_deref())?;
    if let Ok(upgrade) = upgrade {
        let settings = settings(&client, std::mem::take(&mut asked.others))?;
        return socket::listen(client, site, name, settings, upgrade).await;
    }
    let request = request(&client, &asked, None)?;
    if let Some(parameter) = request.parameters.first() {
        let what = format!("{}: a named query takes no further parameters", parameter.name);
        return Err(Refusal::new(400, "QueryParameterException", what));
    }
    let caller = &client.caller;
    let page = caller.app().run_event_query(caller.actor(), &name, &request).await.on(On::Name)?;
    let document = caller.app().query_document(&name, None, &page.events);
    Ok(asked.answer(&client, &document, page.next.as_ref()))
}

/// What the address of a WebSocket says of when and how.
fn settings(client: &Client, pairs: Vec<(String, String)>) -> Result<SubscriptionSettings, Refusal> {
    let mut settings = SubscriptionSettings { format: client.format, ..SubscriptionSettings::default() };
    let bad = |detail: String| Refusal::new(400, "SubscriptionControlsException", detail);
    for (name, value) in pairs {
        let schedule = &mut settings.schedule;
        match name.as_str() {
            "second" => schedule.second = Some(value),
            "minute" => schedule.minute = Some(value),
            "hour" => schedule.hour = Some(value),
            "dayOfMonth" => schedule.day_of_month = Some(value),
            "month" => schedule.month = Some(value),
            "dayOfWeek" => schedule.day_of_week = Some(value),
            "reportIfEmpty" => settings.report_if_empty = value == "true",
            "stream" => {}
            "initialRecordTime" => {
                let time =
                    value.parse().map_err(|_| bad(format!("initialRecordTime: “{value}” is no time")))?;
                settings.initial_record_time = Some(time);
            }
            other => return Err(bad(format!("{other}: there is no such parameter"))),
        }
    }
    Ok(settings)
}

/// A subscription as it comes in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewSubscription {
    dest: String,
    #[serde(default)]
    signature_token: String,
    #[serde(default)]
    schedule: Option<EventSchedule>,
    #[serde(default)]
    stream: Option<bool>,
    #[serde(default)]
    report_if_empty: bool,
    #[serde(default)]
    initial_record_time: Option<jiff::Timestamp>,
}

fn told(subscription: &SubscriptionInfo) -> Value {
    let time = |ms: i64| jiff::Timestamp::from_millisecond(ms).map(|t| t.to_string()).unwrap_or_default();
    let settings = &subscription.settings;
    let mut shown = json!({
        "subscriptionID": subscription.id,
        "queryName": subscription.query,
        "dest": subscription.target,
        "createdAt": time(subscription.created_ms),
        "reportIfEmpty": settings.report_if_empty,
    });
    if let Value::Object(fields) = &mut shown {
        match settings.schedule.is_empty() {
            true => fields.insert("stream".to_owned(), json!(true)),
            false => fields.insert("schedule".to_owned(), json!(settings.schedule)),
        };
        if let Some(ms) = subscription.notified_ms {
            fields.insert("lastNotifiedAt".to_owned(), json!(time(ms)));
        }
        if let Some(first) = settings.initial_record_time {
            fields.insert("initialRecordTime".to_owned(), json!(first.to_string()));
        }
        if let Some(error) = &subscription.error {
            fields.insert("lastError".to_owned(), json!(error));
        }
    }
    shown
}

/// Subscriptions to a query.
pub async fn subscriptions(client: Client, Path(name): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let asked = Asked::read(&client, query.as_deref())?;
    let found =
        client.caller.app().event_subscriptions(client.caller.actor(), &name).await.on(On::Subscription)?;
    let skip = asked.at.as_ref().and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let body: Vec<Value> = found.iter().skip(skip).take(asked.per_page).map(told).collect();
    let end = skip + body.len();
    let next = (end < found.len()).then_some(end);
    Ok(asked.answer(&client, &json!(body), next.as_ref()))
}

/// Subscribes an address to a query.
pub async fn subscribe(
    State(site): State<Site>,
    Path(name): Path<String>,
    Sent { client, body }: Sent<NewSubscription>,
) -> Answer {
    let schedule = body.schedule.unwrap_or_default();
    if schedule.is_empty() != body.stream.unwrap_or(false) {
        let what = "a subscription has a schedule or stream: true, not both and not neither";
        return Err(Refusal::new(400, "SubscriptionControlsException", what));
    }
    let settings = SubscriptionSettings {
        schedule,
        report_if_empty: body.report_if_empty,
        initial_record_time: body.initial_record_time,
        format: client.format,
    };
    let caller = &client.caller;
    let made =
        caller.app().subscribe(caller.actor(), &name, &body.dest, &body.signature_token, &settings).await;
    let made = made.on(On::Subscription)?;
    super::capture::work(&site);
    let location = format!("{}{BASE}/queries/{name}/subscriptions/{}", caller.base, made.id);
    let mut response: Response = (StatusCode::CREATED, axum::Json(told(&made))).into_response();
    response.headers_mut().extend(HeaderValue::from_str(&location).map(|value| (header::LOCATION, value)));
    Ok(response)
}

/// One subscription.
pub async fn subscription(client: Client, Path((name, id)): Path<(String, String)>) -> Answer {
    let found =
        client.caller.app().event_subscriptions(client.caller.actor(), &name).await.on(On::Subscription)?;
    match found.iter().find(|subscription| subscription.id == id) {
        Some(found) => Ok(axum::Json(told(found)).into_response()),
        None => Err(Refusal::new(404, "NoSuchNameException", "there is no such subscription")),
    }
}

/// Ends a subscription.
pub async fn unsubscribe(client: Client, Path((name, id)): Path<(String, String)>) -> Answer {
    client.caller.app().unsubscribe(client.caller.actor(), &name, &id).await.on(On::Subscription)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
