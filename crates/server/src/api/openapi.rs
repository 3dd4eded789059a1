//! The OpenAPI document: what the handlers say, and to each operation what is the same for all.

use super::problem::{PROBLEM_JSON, ProblemBody};
use super::{BASE, later, operations};
use app::Code;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;
use utoipa::{PartialSchema, ToSchema};

/// Subjects with their Chinese names, in the order of the docs page.
pub const SUBJECTS: &[(&str, &str, &str)] = &[
    ("me", "登录与本人", "Signing in, one's own account, tokens, messages"),
    ("needs", "需求", "What enterprises want to buy, have done or solve"),
    ("offers", "供给", "What enterprises can supply, and who nearby can make it"),
    ("enterprises", "企业", "One file an enterprise, and what has grown old"),
    ("weights", "学习权重", "Weights of the score, learned from what came of pairs"),
    ("introductions", "牵线", "Two sides want to talk; contacts are released when both have agreed"),
    (
        "events",
        "对接活动",
        "Where firms meet: invitations, sign-up, seats, the door, results, follow-up, signings",
    ),
    ("inspections", "检测", "Recipes, runs of inspections, and what of them proves an offer"),
    ("lists", "对接清单", "Numbered, frozen lists with their gaps"),
    ("desk", "审核台", "Drafting, deciding, approving, publishing"),
    ("intake", "导入", "Workbooks in, and likely duplicates"),
    ("jobs", "任务", "Long work under way, and what came of it"),
    ("people", "用户", "Accounts, invitations, claims"),
    (
        "audit",
        "审计",
        "Who saw what is protected, changed, published, exported; whether all that is stored is sound",
    ),
    (
        "ledger",
        "批次台账",
        "Lots and their passports, trace, recall, balance, flows, footprints, circular indicators",
    ),
    ("reference", "字典", "The overview and the tables that every client needs"),
];

const ABOUT: &str = "Everything that the pages can do. \
Programs send `Authorization: Bearer yulin_...` (a token of one's own account, made under /api/v1/me/tokens); browsers send the \
session's cookie, and with every change the header `x-csrf`.\n\n\
**Fields.** A field that nobody stated, or that the caller may not see, is absent; `/visibility` says who may see which. \
Times are milliseconds since 1970 UTC, money is yuan, or fen where the name says so.\n\n\
**Problems.** Every failure is `application/problem+json` (RFC 9457) with a stable `code` of one table (`/problems`).\n\n\
**Reading.** Every read has an `ETag`; with `If-None-Match` an unchanged answer is 304. Pages of rows take `page` and `per_page` \
(at most 200) and carry a `Link` header (`first`, `prev`, `next`, `last`).\n\n\
**Changing.** Changes of a record with a version need `If-Match` with the ETag that was read, else 428. Its part before the dot is \
the version, and only that is compared. A version that is not the newest is 409 `conflict`, never an overwrite.\n\n\
**Sending again.** Every POST takes an `Idempotency-Key`. The same request with the same key within 24 hours does nothing and gets \
the same answer, with `Idempotency-Replayed: true`; the key with another request is 422. Secrets are never stored: an answer that \
held one comes again without it.\n\n\
**Long work.** Imports, drafts, approval, publication and checks take `Prefer: respond-async`: the answer is 202 at once, its \
`Location` is a job, and the job says how far it is and at the end what the request would have been answered. Without it they are \
done within the request.";

/// The document, made once.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(document);
static TEXT: LazyLock<String> = LazyLock::new(|| DOCUMENT.to_string());

/// `GET /api/openapi.json`.
pub async fn serve() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], TEXT.as_str())
}

fn document() -> Value {
    let mut document =
        serde_json::to_value(operations().into_openapi()).expect("plain values always serialise");
    document["openapi"] = json!("3.1.0");
    document["info"] = json!({
        "title": "Yulin 雨林", "version": "v1", "description": ABOUT, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    });
    document["servers"] = json!([{"url": BASE}]);
    document["tags"] = SUBJECTS
        .iter()
        .map(|(name, zh, about)| json!({"name": name, "description": format!("{zh}. {about}.")}))
        .chain([json!({"name": "installation", "description": "安装. Hooks and the cluster's name."})])
        .collect();
    document["security"] = json!([{"token": []}, {"session": []}]);
    let components = &mut document["components"];
    components["securitySchemes"] = json!({
        "token": {"type": "http", "scheme": "bearer", "bearerFormat": "yulin_...", "description": "An API token."},
        "session": {"type": "apiKey", "in": "cookie", "name": "yulin", "description": "A browser's session (`__Host-yulin` behind TLS)."},
        "csrf": {"type": "apiKey", "in": "header", "name": "x-csrf", "description": "With a session, for every change."},
    });
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    for (name, schema) in schemas {
        let name = if name == "ProblemBody" { "Problem".to_owned() } else { name };
        components["schemas"][name] = serde_json::to_value(schema).expect("plain values always serialise");
    }
    let paths = document["paths"].as_object_mut().expect("there are operations");
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().expect("a path holds operations") {
            finished(path, method, operation.as_object_mut().expect("an operation is an object"));
        }
    }
    document
}

/// Parameters of a query that name something which may not be there.
const NAMES: [&str; 5] = ["market", "survivor", "lot", "site", "of"];

/// Adds what is the same for all operations: security, headers and problems.
fn finished(path: &str, method: &str, operation: &mut Map<String, Value>) {
    let public = operation.get("security").is_some();
    let changes = method != "get";
    if !public && changes {
        operation.insert("security".to_owned(), json!([{"token": []}, {"session": [], "csrf": []}]));
    }
    let has_body = operation.contains_key("requestBody");
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    let parameters = parameters.as_array_mut().expect("parameters are a list");
    let within = |parameters: &[Value], place: &str| parameters.iter().any(|p| p["in"] == place);
    let has_version = within(parameters, "header");
    let has_query = within(parameters, "query");
    let names_one = parameters.iter().any(|p| NAMES.iter().any(|name| p["name"] == *name));
    let has_path = path.contains('{');
    let keyed = method == "post" && !public;
    if method == "get" {
        parameters
            .push(header_parameter("If-None-Match", "ETag of an earlier answer: 304 where nothing changed."));
    } else if keyed {
        parameters.push(header_parameter(
            "Idempotency-Key",
            "1 to 200 visible ASCII characters: the same request again is answered as before.",
        ));
    }
    let long = later::is_long(method, path);
    if long {
        parameters.push(header_parameter("Prefer", "`respond-async`: 202 with a job at once."));
    }
    let responses = operation["responses"].as_object_mut().expect("responses are an object");
    if long {
        responses.insert(
            "202".to_owned(),
            json!({
                "description": "A job does it.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/JobShape"}}}
            }),
        );
    }
    for (status, response) in responses.iter_mut() {
        if response["description"] == "" {
            response["description"] = json!(words_of(status));
        }
        let paged = response["content"]["application/json"]["schema"]["$ref"]
            .as_str()
            .is_some_and(|name| name.contains("/Rows_"));
        let mut headers = Map::new();
        let mut header = |name: &str, about: &str| {
            headers.insert(name.to_owned(), json!({"description": about, "schema": {"type": "string"}}));
        };
        if method == "get" && status != "202" {
            header("ETag", "Names this answer; of a record it begins with the version.");
        }
        if paged {
            header("Link", "`first`, `prev`, `next` and `last` page.");
        }
        if keyed {
            header("Idempotency-Replayed", "`true` where the answer was given before.");
        }
        if status == "201" && !public {
            header("Location", "Where the new thing is.");
        }
        if status == "202" {
            header("Location", "The job.");
            header("Preference-Applied", "`respond-async`.");
        }
        if !headers.is_empty() {
            response["headers"] = Value::Object(headers);
        }
        // utoipa leaves an empty object behind where a response has no body.
        if response["content"].is_null() {
            response.as_object_mut().expect("a response is an object").remove("content");
        }
    }
    let mut codes = vec![Code::Internal, Code::StorageBusy, Code::TooMany];
    if !public {
        codes.extend([Code::SignIn, Code::NotAllowed]);
    } else if path == "/session" {
        codes.push(Code::SignIn);
    }
    if has_path || names_one || path == "/lists/newest" || path == "/me/claim" || changes {
        codes.push(Code::NotFound);
    }
    if changes
        || path.starts_with("/drafts/")
        || path.ends_with("/seating")
        || path.ends_with("merges/preview")
    {
        codes.push(Code::Conflict);
    }
    if path == "/weights/preview" {
        codes.push(Code::NothingToDo);
    }
    if changes {
        codes.push(Code::StorageFull);
    }
    if has_version {
        codes.push(Code::VersionNeeded);
    }
    if has_body {
        codes.extend([Code::TooLarge, Code::MediaType]);
    }
    if has_body || has_query || has_path || keyed {
        codes.push(Code::BadInput);
    }
    if method == "get" {
        responses.insert(
            "304".to_owned(),
            json!({"description": "Nothing changed since the answer with this ETag."}),
        );
    }
    for code in codes {
        let row = code.row();
        let words: Vec<&str> =
            Code::TABLE.iter().filter(|r| r.status == row.status).map(|r| r.word).collect();
        let mut response = json!({
            "description": format!("`{}`: {}.", words.join("`, `"), row.help),
            "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        });
        if let Some((name, about)) = match code {
            Code::SignIn => Some(("WWW-Authenticate", "How to sign in.")),
            Code::TooMany | Code::StorageBusy => Some(("Retry-After", "Seconds to wait.")),
            _ => None,
        } {
            response["headers"] = json!({name: {"description": about, "schema": {"type": "string"}}});
        }
        responses.insert(row.status.to_string(), response);
    }
}

fn header_parameter(name: &str, about: &str) -> Value {
    json!({"name": name, "in": "header", "required": false, "description": about, "schema": {"type": "string"}})
}

fn words_of(status: &str) -> &'static str {
    match status {
        "201" => "Made.",
        "204" => "Done.",
        _ => "What was asked for.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The document knows a shape by its name alone: of two with one name it would hold one.
    #[test]
    fn no_two_shapes_have_one_name() {
        let mut names = std::collections::HashSet::new();
        for text in crate::words::sources("src/api") {
            let mut lines = text.lines();
            while let Some(line) = lines.next() {
                if !(line.starts_with("#[derive(") && line.contains("ToSchema")) {
                    continue;
                }
                let item = lines.by_ref().map(|line| line.trim_start_matches("pub ")).find_map(|line| {
                    line.strip_prefix("struct ").or_else(|| line.strip_prefix("enum ")).map(str::to_owned)
                });
                let name = item.unwrap().split(|c: char| !c.is_alphanumeric()).next().unwrap().to_owned();
                assert!(names.insert(name.clone()), "two shapes are called {name}");
            }
        }
        assert!(!names.is_empty());
    }

    #[test]
    fn every_operation_is_explained() {
        let mut ids = std::collections::HashSet::new();
        for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let place = format!("{method} {path}");
                assert!(operation["summary"].is_string(), "{place}: no summary");
                assert!(
                    ids.insert(operation["operationId"].as_str().unwrap()),
                    "{place}: its id stands twice"
                );
                let tag = operation["tags"][0].as_str().unwrap();
                let known = DOCUMENT["tags"].as_array().unwrap().iter().any(|t| t["name"] == tag);
                assert!(known, "{place}: no subject {tag}");
                if path.contains('{') {
                    let named =
                        operation["parameters"].as_array().unwrap().iter().filter(|p| p["in"] == "path");
                    assert_eq!(named.count(), path.matches('{').count(), "{place}: its path's parameters");
                }
            }
        }
    }

    /// A reference that leads nowhere would break every client that is made from the document.
    #[test]
    fn every_reference_leads_somewhere() {
        let text = DOCUMENT.to_string();
        for piece in text.split("\"$ref\":\"#").skip(1) {
            let pointer = piece.split('"').next().unwrap();
            assert!(DOCUMENT.pointer(pointer).is_some(), "{pointer}");
        }
    }
}
