//! The market: overview, needs, offers, enterprises, who is nearby, introductions, lists, gaps.

mod lists;

use crate::site::Site;
use axum::Router;

/// Its routes.
pub fn routes() -> Router<Site> {
    Router::new().merge(lists::routes())
}
