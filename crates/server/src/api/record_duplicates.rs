//! Needs, and offers, of one enterprise that may be one.

use super::caller::Caller;
use super::duplicates::{AtVersion, DuplicateDecision, MergeField, Parted, Twin, TwinVersion};
use super::problem::Answer;
use super::read::{Json, Paging, Path, Query};
use super::write::{Made, Rows, created, done, ok, page_of};
use crate::site::Site;
use model::visibility::Noun;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(record_duplicates))
        .routes(routes!(record_conflicts))
        .routes(routes!(decide_records))
        .routes(routes!(record_merge_preview))
        .routes(routes!(record_merges, merge_records))
        .routes(routes!(split_records))
}

/// Needs or offers.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordNoun {
    /// Needs.
    Need,
    /// Offers.
    Offer,
}

impl From<RecordNoun> for Noun {
    fn from(noun: RecordNoun) -> Self {
        match noun {
            RecordNoun::Need => Self::Need,
            RecordNoun::Offer => Self::Offer,
        }
    }
}

impl From<Noun> for RecordNoun {
    fn from(noun: Noun) -> Self {
        if noun == Noun::Need { Self::Need } else { Self::Offer }
    }
}

/// Which.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RecordDuplicatesQuery {
    /// Those that were decided on, in place of the open ones.
    decided: bool,
    /// Page, from 1.
    #[param(minimum = 1)]
    page: Option<u32>,
    /// Rows a page, at most 200; 50 where nothing is said.
    #[param(minimum = 1, maximum = 200)]
    per_page: Option<u32>,
}

/// Two needs, or two offers, of one enterprise that may be one.
#[derive(Debug, Serialize, ToSchema)]
struct RecordDuplicate {
    /// Needs or offers.
    noun: RecordNoun,
    /// One.
    a: Twin,
    /// The other.
    b: Twin,
    /// Whose they are.
    enterprise: Twin,
    /// How alike, 0 to 1; 0 where they are not proposed any more.
    score: f64,
    /// Why, in Chinese.
    reasons: Vec<String>,
    /// What was decided: true for one, false for two; absent where it is open.
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

impl From<app::TwinPair> for RecordDuplicate {
    fn from(pair: app::TwinPair) -> Self {
        Self {
            noun: pair.noun.into(),
            a: pair.a.into(),
            b: pair.b.into(),
            enterprise: Twin { id: pair.enterprise.id, name: pair.enterprise.name },
            score: pair.score,
            reasons: pair.reasons,
            same: pair.same,
            merged: pair.merged,
            decided_by: pair.decided_by,
            decided_ms: pair.decided_ms,
        }
    }
}

/// List needs and offers that may be recorded twice
///
/// Of the enterprises whose records the caller keeps. Open ones, most alike first; or the decided ones, newest first.
#[utoipa::path(get, path = "/record-duplicates", tag = "intake", params(RecordDuplicatesQuery), responses((status = 200, body = Rows<RecordDuplicate>)))]
async fn record_duplicates(caller: Caller, Query(query): Query<RecordDuplicatesQuery>) -> Answer {
    let pairs = if query.decided {
        caller.app().decided_twins(caller.actor()).await?
    } else {
        caller.app().twins(caller.actor()).await?
    };
    let paging = Paging { page: query.page, per_page: query.per_page };
    page_of::<_, RecordDuplicate>(&caller, pairs, paging)
}

/// Decisions about records of one enterprise that do not go together.
#[derive(Debug, Serialize, ToSchema)]
struct RecordConflict {
    /// Needs or offers.
    noun: RecordNoun,
    /// Records that are one by what was decided, directly or through others.
    members: Vec<Twin>,
    /// Pairs of them that were decided to be two all the same: one of the decisions must be wrong.
    pairs: Vec<[Twin; 2]>,
}

impl From<app::TwinConflict> for RecordConflict {
    fn from(conflict: app::TwinConflict) -> Self {
        Self {
            noun: conflict.noun.into(),
            members: conflict.members.into_iter().map(Twin::from).collect(),
            pairs: conflict.pairs.into_iter().map(|(a, b)| [a.into(), b.into()]).collect(),
        }
    }
}

/// List contradicting decisions about needs and offers
#[utoipa::path(get, path = "/record-duplicates/conflicts", tag = "intake", params(Paging), responses((status = 200, body = Rows<RecordConflict>)))]
async fn record_conflicts(caller: Caller, Query(paging): Query<Paging>) -> Answer {
    page_of::<_, RecordConflict>(&caller, caller.app().twin_conflicts(caller.actor()).await?, paging)
}

/// Decide whether two needs, or two offers, are one
///
/// By their row ids, proposed or not; they must be of one enterprise and one market. The decision is kept; `POST /record-merges` then
/// makes the two one record.
#[utoipa::path(
    put, path = "/record-duplicates/{noun}/{a}/{b}/decision", tag = "intake",
    params(("noun" = RecordNoun, Path), ("a" = i64, Path), ("b" = i64, Path)),
    request_body = DuplicateDecision, responses((status = 204, description = "Stored"))
)]
async fn decide_records(
    caller: Caller,
    Path((noun, a, b)): Path<(RecordNoun, i64, i64)>,
    Json(body): Json<DuplicateDecision>,
) -> Answer {
    caller.app().decide_twins(caller.actor(), noun.into(), (a, b), body.same).await?;
    done()
}

/// Which two.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RecordMergeQuery {
    /// Needs or offers.
    #[param(inline)]
    noun: RecordNoun,
    /// Row id of the record that stays.
    survivor: i64,
    /// Row id of the one that is given up.
    loser: i64,
}

/// What a merge of two needs, or two offers, would do.
#[derive(Debug, Serialize, ToSchema)]
struct RecordMergePreview {
    /// The record that stays.
    survivor: TwinVersion,
    /// The one that is given up.
    loser: TwinVersion,
    /// Fields that one of them fills.
    fields: Vec<MergeField>,
    /// Introductions of the one that is given up; they stay with it.
    introductions: usize,
    /// Measured evidence of the one that is given up; it stays with it.
    evidence: usize,
}

/// Preview a merge of two needs, or two offers
///
/// Of two that were confirmed to be one: each field. Nothing is stored.
#[utoipa::path(get, path = "/record-merges/preview", tag = "intake", params(RecordMergeQuery), responses((status = 200, body = RecordMergePreview)))]
async fn record_merge_preview(caller: Caller, Query(query): Query<RecordMergeQuery>) -> Answer {
    let pair = (query.survivor, query.loser);
    let preview = caller.app().twin_merge_preview(caller.actor(), query.noun.into(), pair).await?;
    ok(&RecordMergePreview {
        survivor: preview.survivor.into(),
        loser: preview.loser.into(),
        fields: preview.fields.into_iter().map(MergeField::from).collect(),
        introductions: preview.introductions,
        evidence: preview.evidence,
    })
}

/// A merge of two needs, or two offers, that was made.
#[derive(Debug, Serialize, ToSchema)]
struct RecordMerge {
    /// Row id.
    id: i64,
    /// Needs or offers.
    noun: RecordNoun,
    /// The record that stayed.
    survivor: Twin,
    /// The one that was given up.
    loser: Twin,
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

impl From<app::TwinMerge> for RecordMerge {
    fn from(merge: app::TwinMerge) -> Self {
        let (split_by, split_ms) = merge.split.unzip();
        Self {
            id: merge.id,
            noun: merge.noun.into(),
            survivor: merge.survivor.into(),
            loser: merge.loser.into(),
            by: merge.by,
            at_ms: merge.at_ms,
            split_by,
            split_ms,
        }
    }
}

/// List merges of needs and offers
///
/// Of the enterprises whose records the caller keeps, newest first, also those that were parted again.
#[utoipa::path(get, path = "/record-merges", tag = "intake", params(Paging), responses((status = 200, body = Rows<RecordMerge>)))]
async fn record_merges(caller: Caller, Query(paging): Query<Paging>) -> Answer {
    page_of::<_, RecordMerge>(&caller, caller.app().merged_twins(caller.actor()).await?, paging)
}

/// A merge to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"noun": "offer", "survivor": {"id": 1, "version": 1}, "loser": {"id": 2, "version": 1}}))]
struct RecordMergeBody {
    /// Needs or offers.
    noun: RecordNoun,
    /// The record that stays.
    survivor: AtVersion,
    /// The one that is given up.
    loser: AtVersion,
}

/// Merge two needs, or two offers
///
/// The one that stays takes what it lacks; the other is closed and names it. Published lists stay as they are. It can be undone.
#[utoipa::path(post, path = "/record-merges", tag = "intake", request_body = RecordMergeBody, responses((status = 201, body = Made)))]
async fn merge_records(caller: Caller, Json(body): Json<RecordMergeBody>) -> Answer {
    let (survivor, loser) = (body.survivor.at(), body.loser.at());
    let id = caller.app().merge_twins(caller.actor(), body.noun.into(), survivor, loser).await?;
    created("/api/v1/record-merges", &Made { id })
}

/// Part two needs, or two offers, again
///
/// The one that was given up stands again.
#[utoipa::path(
    post, path = "/record-merges/{noun}/{id}/split", tag = "intake",
    params(("noun" = RecordNoun, Path), ("id" = i64, Path)), responses((status = 200, body = Parted))
)]
async fn split_records(caller: Caller, Path((noun, id)): Path<(RecordNoun, i64)>) -> Answer {
    ok(&Parted { restored: caller.app().split_twins(caller.actor(), noun.into(), id).await? })
}

/// Others of its enterprise that say the same as a record.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct RecordTwins {
    /// The record that stands in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<Twin>,
    /// Those in whose place it stands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    merged: Vec<Twin>,
    /// Those that may be the same; for whoever keeps the enterprise's records.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    likely: Vec<Twin>,
}

impl From<app::Twins> for RecordTwins {
    fn from(twins: app::Twins) -> Self {
        Self {
            merged_into: twins.merged_into.map(Twin::from),
            merged: twins.merged.into_iter().map(Twin::from).collect(),
            likely: twins.likely.into_iter().map(Twin::from).collect(),
        }
    }
}
