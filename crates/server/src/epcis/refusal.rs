//! Failures with the types of the standard (`epcisException:…`), as `application/problem+json`.

use app::{Code, Error};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// What was asked, which decides the type of some failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// Events are captured.
    Capture,
    /// Events are asked for.
    Query,
    /// A named query is asked for.
    Name,
    /// A subscription.
    Subscription,
}

/// A failure on its way out.
#[derive(Debug, Clone)]
pub struct Refusal {
    status: u16,
    kind: &'static str,
    detail: String,
}

impl Refusal {
    /// A failure with a status and a type without its prefix.
    pub fn new(status: u16, kind: &'static str, detail: impl Into<String>) -> Self {
        Self { status, kind, detail: detail.into() }
    }

    /// Nothing is at this path.
    pub fn nowhere() -> Self {
        Self::new(404, "NoSuchResourceException", "there is nothing at this path")
    }

    /// The path knows no such method.
    pub fn no_method() -> Self {
        Self::new(405, "ImplementationException", "the method is not for this path; see OPTIONS")
    }

    /// What the other side cannot be answered as it wants it.
    pub fn not_acceptable(detail: impl Into<String>) -> Self {
        Self::new(406, "NotAcceptableException", detail)
    }

    /// A failure of a use case.
    pub fn of(error: Error, on: On) -> Self {
        let (status, kind) = match (error.code, on) {
            (Code::BadInput | Code::File, On::Capture) => (400, "ValidationException"),
            (Code::BadInput, On::Subscription) => (400, "SubscriptionControlsException"),
            (Code::BadInput, On::Query | On::Name) => (400, "QueryParameterException"),
            (Code::SignIn, _) => (401, "SecurityException"),
            (Code::NotAllowed, _) => (403, "SecurityException"),
            (Code::NotFound, On::Name | On::Subscription) => (404, "NoSuchNameException"),
            (Code::NotFound, _) => (404, "NoSuchResourceException"),
            (Code::Conflict, _) => (409, "ResourceAlreadyExistsException"),
            (Code::TooLarge, On::Capture) => (413, "CaptureLimitExceededException"),
            (Code::TooLarge, _) => (413, "QueryTooLargeException"),
            (Code::MediaType, On::Query | On::Name) => (406, "NotAcceptableException"),
            (Code::MediaType, _) => (415, "UnsupportedMediaTypeException"),
            (Code::TooMany, _) => (429, "ImplementationException"),
            (Code::StorageBusy | Code::StorageFull, _) => (503, "ImplementationException"),
            _ => (500, "ImplementationException"),
        };
        if status >= 500 {
            tracing::error!(code = error.code.row().word, "{}", error.message);
        }
        // What a broken server says may tell where things lie: that is for its log.
        let detail = match (status, error.hint) {
            (500, _) => "the server failed; its log has the request's number".to_owned(),
            (_, Some(hint)) => format!("{}; {hint}", error.message),
            (_, None) => error.message,
        };
        Self { status, kind, detail }
    }
}

/// Turns failures of use cases into refusals.
pub trait Refuse<T> {
    /// The value, or the failure as this interface says it.
    fn on(self, on: On) -> Result<T, Refusal>;
}

impl<T> Refuse<T> for app::Result<T> {
    fn on(self, on: On) -> Result<T, Refusal> {
        self.map_err(|error| Refusal::of(error, on))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let title = status.canonical_reason().unwrap_or("failed");
        let body = json!({
            "type": format!("epcisException:{}", self.kind), "title": title, "status": self.status, "detail": self.detail,
        });
        let mut response = (status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match self.status {
            401 => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"yulin\""));
            }
            429 | 503 => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
            }
            _ => {}
        }
        response
    }
}
