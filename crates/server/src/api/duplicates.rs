//! Enterprises that may be one.

use super::caller::Caller;
use super::problem::{Answer, Problem};
use super::read::Paging;
use super::read::{Json, Path, Query};
use super::write::{Rows, done, page_of};
use crate::site::Site;
use app::Code;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(duplicates)).routes(routes!(decide_duplicate))
}

/// Which.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DuplicatesQuery {
    /// Those that were decided on, in place of the open ones.
    decided: bool,
    /// Page, from 1.
    #[param(minimum = 1)]
    page: Option<u32>,
    /// Rows a page, at most 200; 50 where nothing is said.
    #[param(minimum = 1, maximum = 200)]
    per_page: Option<u32>,
}

/// One of two enterprises.
#[derive(Debug, Serialize, ToSchema)]
struct Twin {
    /// Row id.
    id: i64,
    /// Name.
    name: String,
}

/// Two enterprises that may be one.
#[derive(Debug, Serialize, ToSchema)]
struct Duplicate {
    /// Row id of the proposal.
    id: i64,
    /// One.
    a: Twin,
    /// The other.
    b: Twin,
    /// How alike, 0 to 1.
    score: f64,
    /// Why, in Chinese.
    reasons: Vec<String>,
    /// What was decided: true for one enterprise, false for two; absent where it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    same: Option<bool>,
    /// Who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// When, milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_ms: Option<i64>,
}

impl From<app::DuplicatePair> for Duplicate {
    fn from(pair: app::DuplicatePair) -> Self {
        Self {
            id: pair.id,
            a: Twin { id: pair.a_id, name: pair.a_name },
            b: Twin { id: pair.b_id, name: pair.b_name },
            score: pair.score,
            reasons: pair.reasons,
            same: pair.same,
            decided_by: pair.decided_by,
            decided_ms: pair.decided_ms,
        }
    }
}

/// List likely duplicates
///
/// Open ones, most alike first; or the decided ones, newest first.
#[utoipa::path(get, path = "/duplicates", tag = "intake", params(DuplicatesQuery), responses((status = 200, body = Rows<Duplicate>)))]
async fn duplicates(caller: Caller, Query(query): Query<DuplicatesQuery>) -> Answer {
    let paging = Paging { page: query.page, per_page: query.per_page };
    let pairs = if query.decided {
        caller.app().decided_duplicates(caller.actor()).await?
    } else {
        caller.app().duplicates(caller.actor()).await?
    };
    page_of::<_, Duplicate>(&caller, pairs, paging)
}

/// A decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"same": false}))]
struct DuplicateDecision {
    /// True for one enterprise, false for two; null opens it again.
    same: Option<bool>,
}

/// Decide on a likely duplicate
///
/// The decision is kept; records are not merged by it.
#[utoipa::path(put, path = "/duplicates/{id}/decision", tag = "intake", params(("id" = i64, Path)), request_body = DuplicateDecision, responses((status = 204, description = "Stored")))]
async fn decide_duplicate(
    caller: Caller,
    Path(id): Path<i64>,
    Json(body): Json<DuplicateDecision>,
) -> Answer {
    let (app, actor) = (caller.app(), caller.actor());
    let mut pairs = app.duplicates(actor).await?;
    pairs.extend(app.decided_duplicates(actor).await?);
    let found = pairs.into_iter().find(|pair| pair.id == id);
    let pair = found.ok_or_else(|| Problem::new(Code::NotFound, format!("no likely duplicate {id}")))?;
    match body.same {
        Some(same) => app.decide_duplicate(actor, &pair.a, &pair.b, same).await?,
        None => app.reopen_duplicate(actor, &pair.a, &pair.b).await?,
    }
    done()
}
