//! Events and the words that they use.

use super::client::Client;
use super::page::Asked;
use super::refusal::{On, Refusal, Refuse};
use super::{LISTS, SIMPLE};
use app::{EventParameter, EventRequest};
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// What a handler gives.
pub type Answer = Result<Response, Refusal>;

const CONTEXT: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";
/// The types of the standard.
const TYPES: [&str; 5] =
    ["ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent"];

fn collection(members: &[String]) -> Value {
    json!({ "@context": CONTEXT, "type": "Collection", "member": members })
}

/// What there is.
pub async fn top(_: Client) -> Response {
    let fixed = ["capture", "events", "queries"].into_iter().map(str::to_owned);
    let lists = LISTS.iter().map(|(list, _)| (*list).to_owned());
    axum::Json(collection(&fixed.chain(lists).collect::<Vec<_>>())).into_response()
}

/// All events, or those that the query asks for.
pub async fn all(client: Client, RawQuery(query): RawQuery) -> Answer {
    page(&client, query.as_deref(), None).await
}

/// Events within a list's word.
pub async fn within(
    client: Client,
    key: &'static str,
    Path(value): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    if key == "eventType" && !TYPES.contains(&value.as_str()) {
        return Err(Refusal::nowhere());
    }
    page(&client, query.as_deref(), Some((key, value))).await
}

async fn page(client: &Client, query: Option<&str>, within: Option<(&'static str, String)>) -> Answer {
    let asked = Asked::read(client, query)?;
    let request = request(client, &asked, within)?;
    let caller = &client.caller;
    let page = caller.app().search_events(caller.actor(), &request).await.on(On::Query)?;
    let document = caller.app().query_document(SIMPLE, None, &page.events);
    Ok(asked.answer(client, &document, page.next.as_ref()))
}

/// Parameters of the address as the use case takes them: lists are parted by `|`.
pub fn request(
    client: &Client,
    asked: &Asked,
    within: Option<(&'static str, String)>,
) -> Result<EventRequest, Refusal> {
    let mut parameters: Vec<EventParameter> = Vec::new();
    for (name, value) in &asked.others {
        // A plus that was not encoded is a space by now, and no time has one.
        let value = if name.ends_with("Time") { value.replace(' ', "+") } else { value.clone() };
        let values = value.split('|').map(str::to_owned);
        match parameters.iter_mut().find(|parameter| parameter.name == *name) {
            Some(known) => known.values.extend(values),
            None => parameters.push(EventParameter { name: name.clone(), values: values.collect() }),
        }
    }
    let after = asked.at.clone().map(serde_json::from_value).transpose();
    let after = after
        .map_err(|_| Refusal::new(400, "QueryParameterException", "nextPageToken: it cannot be read"))?;
    Ok(EventRequest {
        parameters,
        prefixes: client.prefixes.clone(),
        within,
        per_page: asked.per_page,
        after,
        format: client.format,
    })
}

/// One event by its identifier or its hash.
pub async fn one(client: Client, Path(id): Path<String>) -> Answer {
    let request = EventRequest {
        parameters: vec![EventParameter { name: "EQ_eventID".to_owned(), values: vec![id] }],
        per_page: 2,
        format: client.format,
        ..EventRequest::default()
    };
    let caller = &client.caller;
    // What is no URI names no event.
    let page = match caller.app().search_events(caller.actor(), &request).await {
        Err(error) if error.code == app::Code::BadInput => return Err(Refusal::nowhere()),
        other => other.on(On::Query)?,
    };
    if page.events.is_empty() {
        return Err(Refusal::new(404, "NoSuchResourceException", "there is no such event"));
    }
    Ok(axum::Json(caller.app().query_document(SIMPLE, None, &page.events)).into_response())
}

/// The words of a list.
pub async fn words(client: Client, list: &'static str, RawQuery(query): RawQuery) -> Answer {
    let asked = Asked::read(&client, query.as_deref())?;
    if let Some((name, _)) = asked.others.first() {
        return Err(Refusal::new(
            400,
            "QueryParameterException",
            format!("{name}: there is no such parameter"),
        ));
    }
    let after = asked.at.as_ref().and_then(Value::as_str).unwrap_or("");
    let caller = &client.caller;
    let limit = u32::try_from(asked.per_page + 1).unwrap_or(u32::MAX);
    let mut words = caller.app().event_words(caller.actor(), list, after, limit).await.on(On::Query)?;
    let next = (words.len() > asked.per_page).then(|| {
        words.truncate(asked.per_page);
        words.last().cloned()
    });
    Ok(asked.answer(&client, &collection(&words), next.flatten().as_ref()))
}

/// What there is below a word: its events.
pub async fn word(client: Client, key: &'static str, Path(value): Path<String>) -> Answer {
    if key == "eventType" && TYPES.contains(&value.as_str()) {
        return Ok(axum::Json(collection(&["events".to_owned()])).into_response());
    }
    let request = EventRequest {
        within: Some((key, value)),
        prefixes: client.prefixes.clone(),
        per_page: 1,
        ..EventRequest::default()
    };
    let caller = &client.caller;
    let found = match caller.app().search_events(caller.actor(), &request).await {
        Err(error) if error.code == app::Code::BadInput => false,
        other => !other.on(On::Query)?.events.is_empty(),
    };
    if !found {
        return Err(Refusal::new(404, "NoSuchResourceException", "no event uses it"));
    }
    Ok(axum::Json(collection(&["events".to_owned()])).into_response())
}
