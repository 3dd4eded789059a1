//! Signing in and out, and the links that make an account.

use crate::site::Site;
use axum::Router;

/// Its routes.
pub fn routes() -> Router<Site> {
    Router::new()
}
