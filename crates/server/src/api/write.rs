//! Answers: JSON with its version, pages of rows, files.

use super::caller::Caller;
use super::problem::{Answer, Problem};
use super::read::Paging;
use axum::Json;
use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Version of the record that an answer shows; it begins the ETag.
#[derive(Debug, Clone, Copy)]
pub struct Version(pub i64);

/// What is kept of an answer for an idempotency key, in place of its body: an answer with a secret is never stored.
#[derive(Debug, Clone)]
pub struct WithoutSecret(pub Bytes);

/// A value.
pub fn ok<T: Serialize>(body: &T) -> Answer {
    Ok(Json(body).into_response())
}

/// A record with its version.
pub fn versioned<T: Serialize>(version: i64, body: &T) -> Answer {
    let mut response = Json(body).into_response();
    response.extensions_mut().insert(Version(version));
    Ok(response)
}

/// Nothing more to say.
pub fn done() -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Something new, and where it is.
pub fn created<T: Serialize>(location: &str, body: &T) -> Answer {
    let mut response = (StatusCode::CREATED, Json(body)).into_response();
    if let Ok(value) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    Ok(response)
}

/// Something new whose answer holds a secret; `kept` is the same without it.
pub fn created_secret<T: Serialize>(location: &str, body: &T, kept: &T) -> Answer {
    let mut response = created(location, body)?;
    let kept = serde_json::to_vec(kept).map_err(|e| Problem::new(app::Code::Internal, e.to_string()))?;
    response.extensions_mut().insert(WithoutSecret(kept.into()));
    Ok(response)
}

/// A workbook.
pub fn workbook(name: &str, bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(XLSX));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// Media type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A record that was stored.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Saved {
    /// Row id.
    pub id: i64,
    /// Version now; the next change names it in `If-Match`.
    pub version: i64,
}

impl From<app::Saved> for Saved {
    fn from(saved: app::Saved) -> Self {
        Self { id: saved.id, version: saved.version }
    }
}

/// What was made.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Made {
    /// Row id.
    pub id: i64,
}

/// One page of rows.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Rows<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// Rows of all pages.
    pub total: usize,
    /// This page, from 1.
    pub page: usize,
    /// Rows a page.
    pub per_page: usize,
}

/// A page of a query that counts for itself.
pub fn page<A, T: Serialize + From<A>>(caller: &Caller, page: app::Page<A>) -> Answer {
    let app::Page { rows, total, page, per_page, change: _ } = page;
    rows_answer(
        caller,
        &Rows { rows: rows.into_iter().map(T::from).collect::<Vec<T>>(), total, page, per_page },
    )
}

/// A page of rows that are all there.
pub fn page_of<A, T: Serialize + From<A>>(caller: &Caller, all: Vec<A>, paging: Paging) -> Answer {
    let (page, per_page) = Paging::checked(paging.page, paging.per_page)?;
    let total = all.len();
    let rows = all.into_iter().skip((page - 1).saturating_mul(per_page)).take(per_page);
    rows_answer(caller, &Rows { rows: rows.map(T::from).collect::<Vec<T>>(), total, page, per_page })
}

fn rows_answer<T: Serialize>(caller: &Caller, rows: &Rows<T>) -> Answer {
    let last = rows.total.div_ceil(rows.per_page.max(1)).max(1);
    let mut links = Vec::new();
    for (page, word) in
        [(1, "first"), (rows.page.saturating_sub(1), "prev"), (rows.page + 1, "next"), (last, "last")]
    {
        if (1..=last).contains(&page) {
            links.push(format!("<{}>; rel=\"{word}\"", at_page(caller, page, rows.per_page)));
        }
    }
    let mut response = Json(rows).into_response();
    if let Ok(value) = HeaderValue::from_str(&links.join(", ")) {
        response.headers_mut().insert(header::LINK, value);
    }
    Ok(response)
}

/// The same request for another page.
fn at_page(caller: &Caller, page: usize, per_page: usize) -> String {
    let query = caller.uri.query().unwrap_or("");
    let kept = crate::words::pairs(query).filter(|(name, _)| name != "page" && name != "per_page");
    let mut query: Vec<String> = kept
        .map(|(name, value)| format!("{}={}", crate::words::encode(&name), crate::words::encode(&value)))
        .collect();
    query.push(format!("page={page}&per_page={per_page}"));
    format!("{}?{}", caller.uri.path(), query.join("&"))
}
