//! The secretariat at work: import, drafts, the review desk, publication.

use crate::site::Site;
use axum::Router;

/// Its routes.
pub fn routes() -> Router<Site> {
    Router::new()
}
