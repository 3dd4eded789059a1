//! Pages: `perPage`, `nextPageToken`, the header `Link`. A token says where the next page begins; the server keeps nothing for it but
//! those that were given back.

use super::client::Client;
use super::refusal::Refusal;
use crate::site::Site;
use crate::words::encode;
use app::EVENTS_PER_PAGE_MAX;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use model::hex::sha256_hex;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Events a page where nothing is said.
const PER_PAGE: usize = 30;
/// How long a token holds.
const LAST_MS: i64 = 60 * 60 * 1000;
/// Tokens that were given back and are remembered.
const DROPPED_MAX: usize = 10_000;

/// Tokens that were given back, with the moment at which they run out anyway.
#[derive(Debug, Clone, Default)]
pub struct Dropped(Arc<Mutex<HashMap<String, i64>>>);

#[derive(Serialize, Deserialize)]
struct Token {
    /// Where the page begins.
    #[serde(rename = "a")]
    at: Value,
    /// Until when it holds, milliseconds since 1970 UTC.
    #[serde(rename = "u")]
    until_ms: i64,
    /// Of what: hash of path and query.
    #[serde(rename = "q")]
    of: String,
}

/// Parameters of an address, those of pages apart.
pub struct Asked {
    /// The others: name, value.
    pub others: Vec<(String, String)>,
    /// How many a page.
    pub per_page: usize,
    /// Where the page begins.
    pub at: Option<Value>,
    path: String,
}

impl Asked {
    /// Reads the query of an address.
    pub fn read(client: &Client, query: Option<&str>) -> Result<Self, Refusal> {
        let path = client.caller.uri.path().to_owned();
        let mut asked = Self { others: Vec::new(), per_page: PER_PAGE, at: None, path };
        let mut token = None;
        let bad = |detail: String| Refusal::new(400, "QueryParameterException", detail);
        for (name, value) in crate::words::pairs(query.unwrap_or("")) {
            if name.contains('\0') || value.contains('\0') {
                return Err(bad("a parameter holds U+0000".to_owned()));
            }
            match name.as_str() {
                "perPage" => {
                    asked.per_page =
                        value.parse().ok().filter(|n| (1..=EVENTS_PER_PAGE_MAX).contains(n)).ok_or_else(
                            || bad(format!("perPage: 1 to {EVENTS_PER_PAGE_MAX}, not “{value}”")),
                        )?;
                }
                "nextPageToken" => token = Some(value),
                _ => asked.others.push((name, value)),
            }
        }
        if let Some(token) = token {
            let wrong = || bad("nextPageToken: it is none of this query, or it has run out".to_owned());
            let read = BASE64_URL_SAFE_NO_PAD.decode(&token).ok();
            let read: Token = read.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or_else(wrong)?;
            let dropped = client.caller.site.dropped.0.lock().unwrap_or_else(PoisonError::into_inner);
            let now_ms = client.caller.app().now_ms();
            if read.of != asked.hash()
                || read.until_ms < now_ms
                || dropped.contains_key(&sha256_hex(token.as_bytes()))
            {
                return Err(wrong());
            }
            asked.at = Some(read.at);
        }
        Ok(asked)
    }

    fn hash(&self) -> String {
        sha256_hex(format!("{}\n{:?}", self.path, self.others).as_bytes())[..16].to_owned()
    }

    /// The answer with the address of the next page, where there is one.
    pub fn answer<T: Serialize>(&self, client: &Client, body: &Value, next: Option<&T>) -> Response {
        let mut response = axum::Json(body).into_response();
        let Some(at) = next.and_then(|next| serde_json::to_value(next).ok()) else { return response };
        let until_ms = client.caller.app().now_ms() + LAST_MS;
        let token = Token { at, until_ms, of: self.hash() };
        let token = BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&token).unwrap_or_default());
        let others: String =
            self.others.iter().map(|(n, v)| format!("{}={}&", encode(n), encode(v))).collect();
        let link = format!(
            "<{}{}?{others}perPage={}&nextPageToken={token}>; rel=\"next\"",
            client.caller.base, self.path, self.per_page
        );
        let expires = jiff::Timestamp::from_millisecond(until_ms).map(|t| t.to_string()).unwrap_or_default();
        let headers = response.headers_mut();
        headers.extend(HeaderValue::from_str(&link).map(|value| (header::LINK, value)));
        let name = HeaderName::from_static("gs1-next-page-token-expires");
        headers.extend(HeaderValue::from_str(&expires).map(|value| (name, value)));
        response
    }
}

/// Gives a token back: it holds no longer.
pub async fn drop_token(client: Client, State(site): State<Site>, Path(token): Path<String>) -> Response {
    let now_ms = client.caller.app().now_ms();
    let mut dropped = site.dropped.0.lock().unwrap_or_else(PoisonError::into_inner);
    dropped.retain(|_, until_ms| *until_ms > now_ms);
    if dropped.len() < DROPPED_MAX {
        dropped.insert(sha256_hex(token.as_bytes()), now_ms + LAST_MS);
    }
    StatusCode::NO_CONTENT.into_response()
}
