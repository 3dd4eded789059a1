//! Failures as `application/problem+json` (RFC 9457): every one has a row in `app::Code::TABLE`, and its type is a page.

use app::{Code, CodeRow};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::borrow::Cow;
use utoipa::ToSchema;

/// Media type of a failure.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What went wrong.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "/api/problems/bad_input", "title": "bad input", "status": 422, "code": "bad_input",
    "detail": "a field cannot be read", "hint": "correct the place named and try again",
    "errors": [{"in": "body", "pointer": "/quantity", "message": "“五千” 不是数量"}], "request_id": "3f2a9c"
}))]
pub struct ProblemBody {
    /// Path of the page that explains this kind of problem.
    #[serde(rename = "type")]
    kind: String,
    /// The kind in words.
    title: String,
    /// HTTP status.
    status: u16,
    /// Stable code; the table of all codes is at `/api/v1/problems`.
    code: &'static str,
    /// What is wrong here, and where.
    detail: String,
    /// What to do about it.
    hint: String,
    /// The single places, where there are any.
    errors: Vec<Place>,
    /// Number of the request, as the server's log has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

/// One place that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Place {
    /// `body`, `query`, `header` or `path`.
    #[serde(rename = "in")]
    pub within: &'static str,
    /// JSON pointer within a body, else the name of the parameter.
    pub pointer: String,
    /// What is wrong with it and what was expected.
    pub message: String,
}

/// A failure on its way out. [`super::finish`] writes it, because only there the request's number is known.
#[derive(Debug, Clone)]
pub struct Problem {
    error: Box<app::Error>,
    places: Vec<Place>,
}

/// What a handler gives.
pub type Answer = Result<Response, Problem>;

impl Problem {
    /// A failure of the API itself.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        app::Error::new(code, message).into()
    }

    /// Input that cannot be taken, at one place.
    pub fn at(within: &'static str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        let (pointer, message) = (pointer.into(), message.into());
        let place = if pointer.is_empty() { within.to_owned() } else { format!("{within} {pointer}") };
        let mut problem = Self::new(Code::BadInput, format!("{place}: {message}"));
        problem.places.push(Place { within, pointer, message });
        problem
    }

    /// “There is no such path.”
    pub fn nowhere() -> Self {
        Self::from(app::Error::new(Code::NotFound, "there is nothing at this path").hint("see /api/docs"))
    }

    /// The failure itself, for an interface that writes it in another form.
    pub fn into_error(self) -> app::Error {
        *self.error
    }

    fn row(&self) -> &'static CodeRow {
        self.error.code.row()
    }

    /// The whole answer.
    pub fn write(self) -> Response {
        let row = self.row();
        let body = ProblemBody {
            kind: format!("/api/problems/{}", row.word),
            title: title(row).into_owned(),
            status: row.status,
            code: row.word,
            hint: self.error.help().to_owned(),
            // What a broken server says may tell where things lie: that is for its log.
            detail: match row.code {
                Code::Internal | Code::Storage | Code::StorageCorrupt | Code::StorageNewer => {
                    "the server failed; its log has the request's number".to_owned()
                }
                _ => self.error.message,
            },
            errors: self.places,
            request_id: Some(crate::log::request_id()).filter(|id| !id.is_empty()),
        };
        let mut response = (status(row), axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        match row.code {
            Code::SignIn => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"yulin\""));
            }
            Code::TooMany => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
            }
            Code::StorageBusy => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
            }
            _ => {}
        }
        response
    }
}

/// The kind of a problem in words.
pub fn title(row: &CodeRow) -> Cow<'static, str> {
    row.word.replace('_', " ").into()
}

fn status(row: &CodeRow) -> StatusCode {
    StatusCode::from_u16(row.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl From<app::Error> for Problem {
    fn from(error: app::Error) -> Self {
        let row = error.code.row();
        if row.status >= 500 {
            tracing::error!(code = row.word, "{}", error.message);
        }
        let places = error
            .fields
            .iter()
            .map(|(field, what)| Place {
                within: "body",
                pointer: format!("/{field}"),
                message: what.clone(),
            })
            .collect();
        Self { error: Box::new(error), places }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = status(self.row()).into_response();
        response.extensions_mut().insert(self);
        response
    }
}
