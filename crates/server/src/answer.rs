//! Answers: pages, and failures as pages.

use crate::layout;
use crate::viewer::Viewer;
use crate::words::Lang;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};

/// What a page's handler gives.
pub type Answer = Result<Response, Failure>;

/// A page's failure: status, words, hint.
pub struct Failure {
    /// Who looks, where they have signed in.
    pub viewer: Option<Box<Viewer>>,
    /// Language.
    pub lang: Lang,
    /// What went wrong.
    pub error: app::Error,
}

/// A page as an answer.
pub fn html_page(markup: Markup) -> Html<String> {
    Html(markup.into_string())
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self { viewer, lang, error } = self;
        let row = error.code.row();
        if row.status >= 500 {
            tracing::error!(code = row.word, "page failed");
        }
        let status = StatusCode::from_u16(row.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = html! {
            div.failure role="alert" {
                h1 { (lang.t("出错了")) }
                p { (error.message) }
                @if !error.fields.is_empty() {
                    ul { @for (field, what) in &error.fields { li { strong { (field) } " " (what) } } }
                }
                p.soft { (error.help()) }
            }
        };
        let page = match &viewer {
            Some(viewer) if viewer.htmx => body,
            Some(viewer) => layout::page(viewer, lang.t("出错了"), &body, &[]),
            None => layout::plain(lang, lang.t("出错了"), &body),
        };
        (status, html_page(page)).into_response()
    }
}
