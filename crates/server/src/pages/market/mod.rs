//! The market: overview, needs, offers, enterprises, who is nearby, introductions, lists, gaps.

mod chain;
mod edit;
mod enterprises;
mod form;
mod gaps;
mod introductions;
mod lights;
mod lists;
mod map;
mod markets;
mod nearby;
pub(super) mod needs;
mod newcomers;
mod offers;
pub(super) mod opening;
mod outcome;
mod overview;
pub(super) mod record;
mod search;
mod standings;

pub use newcomers::Assumed;
pub use record::property;
pub use search::{groups, node_name};

use crate::site::Site;
use axum::Router;

/// Its routes.
pub fn routes() -> Router<Site> {
    Router::new()
        .merge(overview::routes())
        .merge(needs::routes())
        .merge(offers::routes())
        .merge(markets::routes())
        .merge(edit::routes())
        .merge(opening::routes())
        .merge(nearby::routes())
        .merge(enterprises::routes())
        .merge(introductions::routes())
        .merge(lists::routes())
        .merge(gaps::routes())
        .merge(standings::routes())
        .merge(newcomers::routes())
}
