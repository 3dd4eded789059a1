//! The interface as an OpenAPI document: its paths from one table, as `routes` has them.

use super::{BASE, LISTS};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// Method, path below the base, what it does, parameters beyond those of the path, and whether it takes a document.
type Row = (&'static str, &'static str, &'static str, &'static [&'static str], Body);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    None,
    Events,
    Query,
    Subscription,
}

const PAGE: &[&str] = &["perPage", "nextPageToken"];
const EVENTS: &[&str] = &[
    "perPage",
    "nextPageToken",
    "eventType",
    "GE_eventTime",
    "LT_eventTime",
    "GE_recordTime",
    "LT_recordTime",
    "EQ_action",
    "EQ_bizStep",
    "EQ_disposition",
    "EQ_persistentDisposition_set",
    "EQ_persistentDisposition_unset",
    "EQ_readPoint",
    "WD_readPoint",
    "EQ_bizLocation",
    "WD_bizLocation",
    "EQ_transformationID",
    "MATCH_epc",
    "MATCH_parentID",
    "MATCH_inputEPC",
    "MATCH_outputEPC",
    "MATCH_anyEPC",
    "MATCH_epcClass",
    "MATCH_inputEPCClass",
    "MATCH_outputEPCClass",
    "MATCH_anyEPCClass",
    "EQ_quantity",
    "GT_quantity",
    "GE_quantity",
    "LT_quantity",
    "LE_quantity",
    "EQ_eventID",
    "EXISTS_errorDeclaration",
    "GE_errorDeclarationTime",
    "LT_errorDeclarationTime",
    "EQ_errorReason",
    "EQ_correctiveEventID",
    "orderBy",
    "orderDirection",
    "eventCountLimit",
    "maxEventCount",
    "GE_startTime",
    "LT_startTime",
    "GE_endTime",
    "LT_endTime",
    "EQ_type",
    "EQ_deviceID",
    "EQ_dataProcessingMethod",
    "EQ_microorganism",
    "EQ_chemicalSubstance",
    "EQ_bizRules",
    "EQ_stringValue",
    "EQ_hexBinaryValue",
    "EQ_uriValue",
    "EQ_booleanValue",
];

const ROWS: &[Row] = &[
    ("get", "/", "List what there is", &[], Body::None),
    ("get", "/capture", "List capture jobs", PAGE, Body::None),
    ("post", "/capture", "Take a document for capture", &[], Body::Events),
    ("get", "/capture/{id}", "Read a capture job", &[], Body::None),
    ("get", "/events", "Search events", EVENTS, Body::None),
    ("post", "/events", "Capture one event", &[], Body::Events),
    ("get", "/events/{id}", "Read an event", &[], Body::None),
    ("get", "/queries", "List named queries", PAGE, Body::None),
    ("post", "/queries", "Make a named query", &[], Body::Query),
    ("get", "/queries/{name}", "Read a named query", &[], Body::None),
    ("delete", "/queries/{name}", "Remove a named query", &[], Body::None),
    ("get", "/queries/{name}/events", "Run a named query, or listen over a WebSocket", PAGE, Body::None),
    ("get", "/queries/{name}/subscriptions", "List subscriptions", PAGE, Body::None),
    ("post", "/queries/{name}/subscriptions", "Subscribe a webhook", &[], Body::Subscription),
    ("get", "/queries/{name}/subscriptions/{id}", "Read a subscription", &[], Body::None),
    ("delete", "/queries/{name}/subscriptions/{id}", "End a subscription", &[], Body::None),
    ("delete", "/nextPageToken/{token}", "Give a page's token back", &[], Body::None),
];

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

/// The document.
pub async fn serve() -> Response {
    axum::Json(&*DOCUMENT).into_response()
}

fn document() -> Value {
    let mut paths = Map::new();
    for (method, path, summary, parameters, body) in ROWS {
        put(&mut paths, method, path, summary, parameters, *body);
    }
    for (list, key) in LISTS {
        put(&mut paths, "get", &format!("/{list}"), &format!("List {list}"), PAGE, Body::None);
        put(&mut paths, "get", &format!("/{list}/{{value}}"), "List what is below", &[], Body::None);
        let summary = format!("Search events by {key}");
        put(&mut paths, "get", &format!("/{list}/{{value}}/events"), &summary, EVENTS, Body::None);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Yulin EPCIS 2.0", "version": env!("CARGO_PKG_VERSION"),
            "description": "Capture, queries and subscriptions after the REST binding of GS1 EPCIS 2.0. Besides the parameters listed, every parameter of the query language is taken: EQ_, GT_, GE_, LT_, LE_ and EXISTS_ on extension fields (prefixes by GS1-Extensions), ILMD_, INNER_, sensor fields and units.",
        },
        "servers": [{ "url": BASE }],
        "paths": paths,
        "components": {
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } },
            "schemas": { "Problem": {
                "type": "object", "required": ["type", "title", "status"],
                "properties": {
                    "type": { "type": "string", "pattern": "^epcisException:" }, "title": { "type": "string" },
                    "status": { "type": "integer" }, "detail": { "type": "string" },
                },
            } },
        },
        "security": [{ "bearer": [] }],
    })
}

fn put(paths: &mut Map<String, Value>, method: &str, path: &str, summary: &str, names: &[&str], body: Body) {
    let within = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = within
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    parameters.extend(names.iter().map(|name| {
        let schema = match *name {
            "perPage" => {
                json!({ "type": "integer", "minimum": 1, "maximum": app::EVENTS_PER_PAGE_MAX, "default": 30 })
            }
            "eventCountLimit" | "maxEventCount" => json!({ "type": "integer", "minimum": 1 }),
            "orderDirection" => json!({ "type": "string", "enum": ["ASC", "DESC"] }),
            "EQ_booleanValue" | "EXISTS_errorDeclaration" => json!({ "type": "boolean" }),
            name if name.ends_with("Time") => json!({ "type": "string", "format": "date-time" }),
            _ => json!({ "type": "string" }),
        };
        json!({ "name": name, "in": "query", "schema": schema })
    }));
    if body == Body::Events {
        let schema = json!({ "type": "string", "enum": ["rollback", "proceed"] });
        parameters.push(json!({ "name": "GS1-Capture-Error-Behaviour", "in": "header", "schema": schema }));
    }
    let success = match (method, path) {
        ("post", "/capture") => "202",
        ("post", _) => "201",
        ("delete", _) => "204",
        _ => "200",
    };
    let mut responses = Map::new();
    responses.insert(success.to_owned(), json!({ "description": "Done" }));
    for status in ["400", "401", "403", "404", "406", "409", "413", "415", "429", "500", "503"] {
        let content =
            json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
        responses.insert(status.to_owned(), json!({ "description": "Refused", "content": content }));
    }
    let mut operation =
        json!({ "summary": summary, "tags": ["epcis"], "parameters": parameters, "responses": responses });
    if let (Some(content), Value::Object(fields)) = (content(body), &mut operation) {
        fields.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
    }
    let entry = paths.entry(path).or_insert_with(|| json!({}));
    if let Value::Object(methods) = entry {
        methods.insert(method.to_owned(), operation);
    }
}

fn content(body: Body) -> Option<Value> {
    let json = |schema: Value| json!({ "application/json": { "schema": schema } });
    match body {
        Body::None => None,
        Body::Events => {
            let document = json!({ "type": "object", "required": ["@context", "type"] });
            Some(json!({
                "application/json": { "schema": document }, "application/ld+json": { "schema": document },
                "application/xml": { "schema": { "type": "string" } },
            }))
        }
        Body::Query => Some(json(json!({
            "type": "object", "required": ["name", "query"], "additionalProperties": false,
            "properties": { "name": { "type": "string", "minLength": 1, "maxLength": 100 }, "query": { "type": "object" } },
        }))),
        Body::Subscription => Some(json(json!({
            "type": "object", "required": ["dest"], "additionalProperties": false,
            "properties": {
                "dest": { "type": "string", "format": "uri" }, "signatureToken": { "type": "string" },
                "stream": { "type": "boolean" }, "reportIfEmpty": { "type": "boolean" },
                "initialRecordTime": { "type": "string", "format": "date-time" },
                "schedule": { "type": "object", "additionalProperties": { "type": "string" } },
            },
        }))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_of_the_standard_is_there() {
        let paths: Vec<&String> =
            DOCUMENT["paths"].as_object().map(|paths| paths.keys().collect()).unwrap_or_default();
        // 11 fixed paths and three for each of six lists; `/` and the token's path among them.
        assert_eq!(paths.len(), 11 + 3 * LISTS.len(), "{paths:?}");
        let names = DOCUMENT["paths"]["/events"]["get"]["parameters"].as_array().map_or(0, Vec::len);
        assert_eq!(names, EVENTS.len());
    }
}
