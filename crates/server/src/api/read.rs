//! What a request says: body, query, path and versions, each refused with its place.

use super::problem::Problem;
use crate::site::Site;
use app::Code;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::IntoParams;

/// Largest JSON body, bytes.
const JSON_MAX: usize = 1 << 20;

/// A JSON body.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Site> for Json<T> {
    type Rejection = Problem;

    async fn from_request(mut request: Request, site: &Site) -> Result<Self, Problem> {
        let kind = media_type(request.headers());
        if kind != "application/json" && !kind.ends_with("+json") {
            return Err(Problem::new(Code::MediaType, format!("the body is `{kind}`, not application/json")));
        }
        DefaultBodyLimit::max(JSON_MAX).apply(&mut request);
        let bytes = bytes(request, site).await?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|e| unread(&e))?;
        if let Some(pointer) = nul(&value, &mut String::new()) {
            return Err(Problem::at("body", pointer, "a text holds the character U+0000"));
        }
        serde_json::from_slice(&bytes).map(Self).map_err(|e| unread(&e))
    }
}

/// The body, at most as large as the route allows.
pub async fn bytes(request: Request, site: &Site) -> Result<Bytes, Problem> {
    Bytes::from_request(request, site).await.map_err(|rejection| {
        let response = rejection.into_response();
        if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Problem::new(Code::TooLarge, "the body is larger than this path takes")
        } else {
            Problem::at("body", "", "it broke off")
        }
    })
}

/// The media type of a body without its parameters, in lower case.
pub fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    value.split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

/// JSON that cannot be read, with line and column.
fn unread(error: &serde_json::Error) -> Problem {
    // What serde says ends with the place; it is said once.
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    let place = if error.line() == 0 {
        String::new()
    } else {
        format!(" (line {}, column {})", error.line(), error.column())
    };
    Problem::at("body", "", format!("{words}{place}"))
}

/// Pointer to the first text with a NUL, which no database keeps.
fn nul(value: &Value, pointer: &mut String) -> Option<String> {
    let at = pointer.len();
    match value {
        Value::String(text) => text.contains('\0').then(|| pointer.clone()),
        Value::Array(items) => items.iter().enumerate().find_map(|(index, item)| {
            pointer.truncate(at);
            pointer.push_str(&format!("/{index}"));
            nul(item, pointer)
        }),
        Value::Object(fields) => fields.iter().find_map(|(name, item)| {
            pointer.truncate(at);
            pointer.push('/');
            pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
            nul(item, pointer)
        }),
        _ => None,
    }
}

/// The query. Parameters that nobody knows are refused: a mistyped filter would show too much.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Site> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Problem> {
        if let Some((name, _)) = crate::words::pairs(parts.uri.query().unwrap_or(""))
            .find(|(n, v)| n.contains('\0') || v.contains('\0'))
        {
            return Err(Problem::at("query", name.replace('\0', "?"), "it holds the character U+0000"));
        }
        match axum::extract::Query::<T>::from_request_parts(parts, site).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => {
                let text = rejection.body_text();
                let words = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
                let (name, words) = words.split_once(": ").unwrap_or(("", words));
                Err(Problem::at("query", name, words))
            }
        }
    }
}

/// The parameters of the path; what does not fit them names nothing.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Site> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, site).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(Problem::nowhere()),
        }
    }
}

/// The version that the caller read and now changes.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IfMatch {
    /// ETag of what was read (`"3.5f2c"`), or its version alone (`"3"`). Only the version, before the dot, is compared.
    #[param(rename = "If-Match", value_type = String, required = true, example = "\"1\"")]
    pub version: i64,
}

impl FromRequestParts<Site> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else {
            return Err(Problem::new(
                Code::VersionNeeded,
                "the header If-Match is missing: it says which version is changed",
            ));
        };
        let text = value.to_str().unwrap_or("").trim();
        let text = text.strip_prefix("W/").unwrap_or(text).trim_matches('"');
        let version = text.split('.').next().and_then(|version| version.parse().ok());
        version
            .map(|version| Self { version })
            .ok_or_else(|| Problem::at("header", "If-Match", "it holds no version, such as \"3\""))
    }
}

/// One page of many.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Page, from 1.
    #[param(minimum = 1, example = 1)]
    pub page: Option<u32>,
    /// Rows a page, at most 200; 50 where nothing is said.
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub per_page: Option<u32>,
}

impl Paging {
    /// Page and rows a page.
    pub fn checked(page: Option<u32>, per_page: Option<u32>) -> Result<(usize, usize), Problem> {
        let page = page.unwrap_or(1);
        let per_page = per_page.unwrap_or(50);
        if page == 0 {
            return Err(Problem::at("query", "page", "pages count from 1"));
        }
        if !(1..=200).contains(&per_page) {
            return Err(Problem::at("query", "per_page", "1 to 200"));
        }
        Ok((page as usize, per_page as usize))
    }
}
