//! The secretariat at work: import, drafts, the review desk, publication.

mod bulk;
mod candidates;
mod conflict;
mod decide;
mod drafts;
mod import;
pub mod job;
mod preview;
mod publish;
mod review;
#[cfg(test)]
mod tests;
mod undo;

pub use undo::Undos;

use crate::site::Site;
use axum::Router;
use axum::routing::{get, post};

/// Its routes.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/import", get(import::index).post(import::upload))
        .route("/import/{id}", get(preview::page))
        .route("/import/{id}/columns", post(import::columns))
        .route("/import/{id}/store", post(import::store))
        .route("/import/{id}/drop", post(import::drop))
        .route("/import/{id}/refused.xlsx", get(import::refused))
        .route("/jobs/{id}", get(job::page))
        .route("/desk", get(drafts::index))
        .route("/desk/draft", post(drafts::draft))
        .route("/desk/share", post(drafts::share))
        .route("/desk/{id}/discard", post(drafts::discard))
        .route("/desk/{id}/approve", post(drafts::approve))
        .route("/desk/{id}/reopen", post(drafts::reopen))
        .route("/desk/{id}/publish", get(publish::confirm).post(publish::publish))
        .route("/desk/withdraw/{number}", get(publish::ask_withdraw).post(publish::withdraw))
        .route("/desk/{id}", get(review::page))
        .route("/desk/{id}/present", get(review::present))
        .route("/desk/{id}/decide", post(decide::decide))
        .route("/desk/{id}/decide-all", post(decide::decide_all))
        .route("/desk/{id}/undo", post(decide::undo))
        .route("/desk/{id}/bulk", post(bulk::preview))
}

/// A form with nothing but its token.
#[derive(serde::Deserialize)]
pub struct Nothing {}
