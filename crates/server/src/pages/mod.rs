//! The pages, one file a subject: each has its routes, its handlers, and plain functions from values to markup.

pub mod gaps;
pub mod list;
pub mod lists;
pub mod needs;
pub mod overview;

use crate::site::Site;
use axum::Router;

/// Every page.
pub fn routes() -> Router<Site> {
    Router::new()
}
