//! The check of everything that is stored, and a backup to take away.

use super::caller::Caller;
use super::problem::Answer;
use super::write::{WithoutSecret, ok};
use crate::backup::Backup;
use crate::site::Site;
use axum::body::Bytes;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(check)).routes(routes!(backup))
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

/// Take a backup
///
/// One file with everything, to be restored by `yulin restore` into SQLite or PostgreSQL. It holds all that is confidential and
/// stands in the audit log; with an `Idempotency-Key` sent again it comes without its body.
#[utoipa::path(post, path = "/backup", tag = "audit", responses((status = 200, description = "The backup", content_type = "application/octet-stream", body = Vec<u8>)))]
async fn backup(caller: Caller) -> Answer {
    let backup = Backup::make(caller.app(), caller.actor(), &|_, _, _| {}).await?;
    let mut response = backup.send(caller.app().now_ms())?;
    response.extensions_mut().insert(WithoutSecret(Bytes::new()));
    Ok(response)
}
