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
    OpenApiRouter::new()
        .routes(routes!(duplicates))
        .routes(routes!(decide_duplicate))
        .routes(routes!(duplicate_clusters))
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

/// Records that are one enterprise by what was decided.
#[derive(Debug, Serialize, ToSchema)]
struct DuplicateCluster {
    /// Its records, two or more.
    members: Vec<Twin>,
    /// Pairs of them that were decided to be two all the same: one of the decisions must be wrong.
    conflicts: Vec<[Twin; 2]>,
}

impl From<app::DuplicateRecord> for Twin {
    fn from(record: app::DuplicateRecord) -> Self {
        Self { id: record.id, name: record.name }
    }
}

impl From<app::DuplicateCluster> for DuplicateCluster {
    fn from(cluster: app::DuplicateCluster) -> Self {
        Self {
            members: cluster.members.into_iter().map(Twin::from).collect(),
            conflicts: cluster.conflicts.into_iter().map(|(a, b)| [a.into(), b.into()]).collect(),
        }
    }
}

/// Where.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ClustersQuery {
    /// Page, from 1.
    #[param(minimum = 1)]
    page: Option<u32>,
    /// Rows a page, at most 200; 50 where nothing is said.
    #[param(minimum = 1, maximum = 200)]
    per_page: Option<u32>,
}

/// List clusters of duplicates
///
/// What confirmed pairs make together, directly or through others; those first whose decisions do not go together.
#[utoipa::path(get, path = "/duplicates/clusters", tag = "intake", params(ClustersQuery), responses((status = 200, body = Rows<DuplicateCluster>)))]
async fn duplicate_clusters(caller: Caller, Query(query): Query<ClustersQuery>) -> Answer {
    let clusters = caller.app().duplicate_clusters(caller.actor()).await?;
    page_of::<_, DuplicateCluster>(&caller, clusters, Paging { page: query.page, per_page: query.per_page })
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
