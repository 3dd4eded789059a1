//! The office: people, invitations, claims, duplicates, stale records, notices, audit, settings, one's own account.

use crate::site::Site;
use axum::Router;

/// Its routes.
pub fn routes() -> Router<Site> {
    Router::new()
}
