//! The pages, one file a subject: each has its routes, its handlers, and plain functions from values to markup.

pub mod desk;
#[cfg(test)]
mod english;
pub mod events;
pub mod inspection;
pub mod inspections;
pub mod ledger;
pub mod list;
pub mod market;
pub mod office;
pub mod sign_in;

use crate::site::Site;
use axum::Router;

/// Every page.
pub fn routes() -> Router<Site> {
    Router::new()
        .merge(sign_in::routes())
        .merge(market::routes())
        .merge(desk::routes())
        .merge(events::routes())
        .merge(ledger::routes())
        .merge(office::routes())
        .merge(inspections::routes())
}
