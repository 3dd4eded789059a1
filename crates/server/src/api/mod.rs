//! The API under `/api/v1`: everything the pages can do, as JSON.

use crate::site::Site;
use axum::Router;

/// Its routes, with `/api/openapi.json` and the docs page.
pub fn routes() -> Router<Site> {
    Router::new()
}
