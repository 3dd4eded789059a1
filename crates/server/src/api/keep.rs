//! The check of everything that is stored. A backup is a file, not JSON: the page and `yulin backup` make it.

use super::caller::Caller;
use super::problem::Answer;
use super::write::ok;
use crate::site::Site;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(check))
}

/// What a check found.
#[derive(Debug, Serialize, ToSchema)]
struct Checked {
    /// True where nothing is wrong.
    sound: bool,
    /// What was looked at and is sound, one line each.
    passed: Vec<String>,
    /// What is not sound, with its place.
    faults: Vec<String>,
}

/// Check everything that is stored
///
/// Integrity of the database, the audit's chain, the hash of each record and list. Takes a while where much is stored.
#[utoipa::path(get, path = "/check", tag = "audit", responses((status = 200, body = Checked)))]
async fn check(caller: Caller) -> Answer {
    let health = caller.app().check(caller.actor()).await?;
    ok(&Checked { sound: health.faults.is_empty(), passed: health.passed, faults: health.faults })
}
