//! Enterprises that may be one.

use super::caller::Caller;
use super::problem::{Answer, Problem};
use super::read::Paging;
use super::read::{Json, Path, Query};
use super::write::{Made, Rows, created, done, ok, page_of};
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
        .routes(routes!(merge_preview))
        .routes(routes!(merges, merge))
        .routes(routes!(split))
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

/// One of two records.
#[derive(Debug, Serialize, ToSchema)]
pub struct Twin {
    /// Row id.
    pub id: i64,
    /// Name or title.
    pub name: String,
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
    /// True where one of the two was merged into another record.
    merged: bool,
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
            merged: pair.merged,
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
pub struct DuplicateDecision {
    /// True for one, false for two; null opens it again.
    pub same: Option<bool>,
}

/// Decide on a likely duplicate
///
/// The decision is kept; `POST /merges` then makes the two one record.
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

/// Which two.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MergeQuery {
    /// Row id of the enterprise that stays.
    survivor: i64,
    /// Row id of the one that is given up.
    loser: i64,
}

/// A record at its version.
#[derive(Debug, Serialize, ToSchema)]
pub struct TwinVersion {
    /// Row id.
    id: i64,
    /// Name.
    name: String,
    /// Version, for the merge.
    version: i64,
}

impl From<(app::DuplicateRecord, i64)> for TwinVersion {
    fn from((record, version): (app::DuplicateRecord, i64)) -> Self {
        Self { id: record.id, name: record.name, version }
    }
}

/// One field of a merge.
#[derive(Debug, Serialize, ToSchema)]
pub struct MergeField {
    /// Its Chinese name.
    name: String,
    /// What the survivor says.
    survivor: String,
    /// What the other says.
    loser: String,
    /// What will stand.
    result: String,
}

impl From<app::MergeField> for MergeField {
    fn from(field: app::MergeField) -> Self {
        let app::MergeField { name, survivor, loser, result } = field;
        Self { name, survivor, loser, result }
    }
}

/// What a merge would do.
#[derive(Debug, Serialize, ToSchema)]
struct MergePreview {
    /// The record that stays.
    survivor: TwinVersion,
    /// The one that is given up.
    loser: TwinVersion,
    /// Fields that one of them fills.
    fields: Vec<MergeField>,
    /// Needs that move.
    needs: u32,
    /// Offers that move.
    offers: u32,
    /// Accounts that move.
    accounts: Vec<String>,
}

/// Preview a merge
///
/// Of two records that were confirmed to be one enterprise: each field, and what moves. Nothing is stored.
#[utoipa::path(get, path = "/merges/preview", tag = "intake", params(MergeQuery), responses((status = 200, body = MergePreview)))]
async fn merge_preview(caller: Caller, Query(query): Query<MergeQuery>) -> Answer {
    let preview = caller.app().merge_preview(caller.actor(), query.survivor, query.loser).await?;
    ok(&MergePreview {
        survivor: preview.survivor.into(),
        loser: preview.loser.into(),
        fields: preview.fields.into_iter().map(MergeField::from).collect(),
        needs: preview.needs,
        offers: preview.offers,
        accounts: preview.accounts,
    })
}

/// A merge that was made.
#[derive(Debug, Serialize, ToSchema)]
struct Merge {
    /// Row id.
    id: i64,
    /// The record that stayed.
    survivor: Twin,
    /// The one that was given up.
    loser: Twin,
    /// Needs that moved.
    needs: u32,
    /// Offers that moved.
    offers: u32,
    /// Accounts that moved.
    accounts: u32,
    /// Who merged.
    by: String,
    /// When, milliseconds since 1970 UTC.
    at_ms: i64,
    /// Who parted them again; absent while they are one.
    #[serde(skip_serializing_if = "Option::is_none")]
    split_by: Option<String>,
    /// When, milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    split_ms: Option<i64>,
}

impl From<app::MergeInfo> for Merge {
    fn from(info: app::MergeInfo) -> Self {
        let (split_by, split_ms) = info.split.unzip();
        Self {
            id: info.id,
            survivor: info.survivor.into(),
            loser: info.loser.into(),
            needs: info.needs,
            offers: info.offers,
            accounts: info.accounts,
            by: info.by,
            at_ms: info.at_ms,
            split_by,
            split_ms,
        }
    }
}

/// List merges
///
/// Newest first, also those that were parted again.
#[utoipa::path(get, path = "/merges", tag = "intake", params(Paging), responses((status = 200, body = Rows<Merge>)))]
async fn merges(caller: Caller, Query(paging): Query<Paging>) -> Answer {
    page_of::<_, Merge>(&caller, caller.app().merged_duplicates(caller.actor()).await?, paging)
}

/// One of the two, at the version that was read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AtVersion {
    /// Row id.
    id: i64,
    /// Version.
    version: i64,
}

impl AtVersion {
    pub fn at(&self) -> (i64, i64) {
        (self.id, self.version)
    }
}

/// A merge to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"survivor": {"id": 1, "version": 1}, "loser": {"id": 2, "version": 1}}))]
struct MergeBody {
    /// The record that stays.
    survivor: AtVersion,
    /// The one that is given up.
    loser: AtVersion,
}

/// Merge two records
///
/// Needs, offers and people of the one that is given up move; published lists stay as they are. It can be undone.
#[utoipa::path(post, path = "/merges", tag = "intake", request_body = MergeBody, responses((status = 201, body = Made)))]
async fn merge(caller: Caller, Json(body): Json<MergeBody>) -> Answer {
    let (survivor, loser) = (body.survivor.at(), body.loser.at());
    let id = caller.app().merge_duplicate(caller.actor(), survivor, loser).await?;
    created("/api/v1/merges", &Made { id })
}

/// What parting did.
#[derive(Debug, Serialize, ToSchema)]
pub struct Parted {
    /// True where the survivor got its fields of before; false where it was changed since and keeps them.
    pub restored: bool,
}

/// Part two records again
///
/// What the merge moved and still belongs to the survivor moves back.
#[utoipa::path(post, path = "/merges/{id}/split", tag = "intake", params(("id" = i64, Path)), responses((status = 200, body = Parted)))]
async fn split(caller: Caller, Path(id): Path<i64>) -> Answer {
    ok(&Parted { restored: caller.app().split_duplicate(caller.actor(), id).await? })
}
