//! Inspections: runs with their reports, live view, recipes, comparison, evidence.

mod compare;
mod data;
pub mod evidence;
mod intake;
mod kinds;
mod recipes;
mod report;
mod runs;

use crate::site::Site;
use axum::Router;
use axum::routing::{get, post};

/// Its routes.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/inspections", get(runs::index))
        .route("/inspections/new", get(intake::new))
        .route("/inspections/frames", post(intake::frames))
        .route("/inspections/folder", post(intake::folder))
        .route("/inspections/compare", get(compare::page))
        .route("/inspections/recipes", get(recipes::index))
        .route("/inspections/recipes/new", get(recipes::new).post(recipes::create))
        .route("/inspections/recipes/check", post(recipes::check))
        .route("/inspections/recipes/{id}", get(recipes::page).post(recipes::change))
        .route("/inspections/evidence", get(evidence::index))
        .route("/inspections/evidence/{id}/withdraw", post(evidence::withdraw))
        .route("/inspections/{id}", get(report::page))
        .route("/inspections/{id}/live", get(report::live))
        .route("/inspections/{id}/data.json", get(data::serve))
        .route("/inspections/{id}/evidence", post(evidence::attach))
        .route("/inspections/{id}/files/{name}", get(report::file))
}
