//! The way to a list: drafting, decisions at the desk, approval, publication.

use super::caller::Caller;
use super::lists::{ListCard, ListHead, ListedEnterprise, ListedNeed, ListedOffer, ReviewWord};
use super::problem::{Answer, Problem};
use super::read::{Json, Path};
use super::shapes::{MatchShape, QuantityShape};
use super::write::{created, done, ok, versioned};
use crate::site::Site;
use app::{Decision, PublishOptions};
use model::list::Review;
use model::period::Period;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(create_draft))
        .routes(routes!(publish_period))
        .routes(routes!(desk, discard_draft))
        .routes(routes!(desk_need))
        .routes(routes!(decide))
        .routes(routes!(work_on))
        .routes(routes!(approve, reopen))
        .routes(routes!(publish))
}

/// Which period.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"period": "2026-11"}))]
struct DraftBody {
    /// A month (`2026-11`), or first and last day (`2026-11-01..2026-12-15`).
    period: String,
    /// Key of the market; that of parts and materials where nothing is said.
    #[serde(default)]
    market: String,
}

/// Which period, and how.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"period": "2026-11"}))]
struct PublishBody {
    /// A month (`2026-11`), or first and last day (`2026-11-01..2026-12-15`).
    period: String,
    /// Key of the market; that of parts and materials where nothing is said.
    #[serde(default)]
    market: String,
    /// Publish another list for a period that has one already.
    #[serde(default)]
    again: bool,
    /// Publish the open draft although records were imported after it.
    #[serde(default)]
    keep_draft: bool,
}

fn period(text: &str) -> Result<Period, Problem> {
    text.parse().map_err(|e: model::period::PeriodError| Problem::at("body", "/period", e.to_string()))
}

/// Draft a list
///
/// From all open needs and offers. What was said on the period's open draft is kept for pairs that have not changed, and that draft
/// is discarded.
#[utoipa::path(post, path = "/drafts", tag = "desk", request_body = DraftBody, responses((status = 201, body = ListCard)))]
async fn create_draft(caller: Caller, Json(body): Json<DraftBody>) -> Answer {
    let list =
        caller.app().draft(caller.actor(), &body.market, period(&body.period)?, &caller.tell()).await?;
    created(&format!("/api/v1/drafts/{}", list.id), &ListCard::from(&list))
}

/// Publish a period's list
///
/// All steps at once: an approved list is published, an open draft is approved first, and where there is neither, one is drafted.
#[utoipa::path(post, path = "/lists", tag = "desk", request_body = PublishBody, responses((status = 201, body = ListCard)))]
async fn publish_period(caller: Caller, Json(body): Json<PublishBody>) -> Answer {
    let options = PublishOptions { market: body.market, again: body.again, keep_draft: body.keep_draft };
    let list =
        caller.app().publish_period(caller.actor(), period(&body.period)?, options, &caller.tell()).await?;
    let number = list.number.unwrap_or_default();
    created(&format!("/api/v1/lists/{number}"), &ListCard::from(&*list))
}

/// A need in the desk's queue.
#[derive(Debug, Serialize, ToSchema)]
struct QueuedNeed {
    /// The need.
    need: ListedNeed,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    enterprise: Option<ListedEnterprise>,
    /// Candidates on the draft.
    pairs: u32,
    /// Confirmed or added.
    confirmed: u32,
    /// Rejected.
    rejected: u32,
    /// Others who look at it now.
    others: Vec<String>,
}

/// The desk: the queue of a draft's needs.
#[derive(Debug, Serialize, ToSchema)]
struct Desk {
    /// The draft.
    draft: ListHead,
    /// True where records were imported or changed after it was drafted.
    outdated: bool,
    /// Needs of which each candidate on the draft was spoken of.
    done: u32,
    /// All needs by number.
    rows: Vec<QueuedNeed>,
}

/// Read the desk of a draft
#[utoipa::path(get, path = "/drafts/{id}", tag = "desk", params(("id" = i64, Path)), responses((status = 200, body = Desk)))]
async fn desk(caller: Caller, Path(id): Path<i64>) -> Answer {
    let desk = caller.app().desk(caller.actor(), id).await?;
    let row = |row: app::DeskRow| QueuedNeed {
        need: (&row.need).into(),
        enterprise: row.enterprise.as_ref().map(Into::into),
        pairs: row.pairs,
        confirmed: row.confirmed,
        rejected: row.rejected,
        others: row.others,
    };
    versioned(
        desk.head.version,
        &Desk {
            draft: desk.head.into(),
            outdated: desk.outdated,
            done: desk.done,
            rows: desk.rows.into_iter().map(row).collect(),
        },
    )
}

/// A candidate of a need on the desk.
#[derive(Debug, Serialize, ToSchema)]
struct Candidate {
    /// The offer.
    offer: ListedOffer,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    supplier: Option<ListedEnterprise>,
    /// How the two fit.
    #[serde(rename = "match")]
    matched: MatchShape,
    /// Quantity that the draft allots, where it is stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    allotted: Option<QuantityShape>,
    /// What was said last.
    review: ReviewWord,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Names what was said last; a decision gives it back as `base`.
    base: i64,
    /// Who said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// When, milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    at_ms: Option<i64>,
    /// True where the pair stands on the draft, false for a further candidate.
    on_draft: bool,
}

/// A need on the desk with all its candidates.
#[derive(Debug, Serialize, ToSchema)]
struct DeskNeed {
    /// The need.
    need: ListedNeed,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    enterprise: Option<ListedEnterprise>,
    /// Candidates, best first, also rejected ones and those that the draft left out.
    pairs: Vec<Candidate>,
    /// Others who look at it now.
    others: Vec<String>,
}

/// Read a need on the desk
#[utoipa::path(get, path = "/drafts/{id}/needs/{need}", tag = "desk", params(("id" = i64, Path), ("need" = u32, Path, description = "Number of the need on the draft")), responses((status = 200, body = DeskNeed)))]
async fn desk_need(caller: Caller, Path((id, need)): Path<(i64, u32)>) -> Answer {
    let desk = caller.app().desk_need(caller.actor(), id, need).await?;
    let candidate = |pair: app::DeskPair| Candidate {
        offer: (&pair.offer).into(),
        supplier: pair.supplier.as_ref().map(Into::into),
        matched: pair.matched.into(),
        allotted: pair.allocation.and_then(|a| a.quantity).map(Into::into),
        review: ReviewWord::of(&pair.review),
        reason: match pair.review {
            Review::Rejected { reason } => Some(reason),
            _ => None,
        },
        base: pair.base,
        by: pair.by,
        at_ms: pair.at_ms,
        on_draft: pair.on_draft,
    };
    ok(&DeskNeed {
        need: (&desk.need).into(),
        enterprise: desk.enterprise.as_ref().map(Into::into),
        pairs: desk.pairs.into_iter().map(candidate).collect(),
        others: desk.others,
    })
}

/// What is said of a pair.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DecisionShape {
    /// Number of the need on the draft.
    need: u32,
    /// Number of the offer on the draft.
    offer: u32,
    /// The word; `proposed` takes back what was said, `added` adds a pair by hand.
    review: ReviewWord,
    /// Why it is rejected.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    reason: String,
    /// `base` of the candidate as it was read; 0 where nothing was said.
    #[serde(default)]
    base: i64,
}

impl From<DecisionShape> for Decision {
    fn from(shape: DecisionShape) -> Self {
        let review = match shape.review {
            ReviewWord::Proposed => Review::Proposed,
            ReviewWord::Confirmed => Review::Confirmed,
            ReviewWord::Rejected => Review::Rejected { reason: shape.reason },
            ReviewWord::Added => Review::Added,
        };
        Self { need: shape.need, offer: shape.offer, review, base: shape.base }
    }
}

impl From<Decision> for DecisionShape {
    fn from(decision: Decision) -> Self {
        let Decision { need, offer, review, base } = decision;
        let word = ReviewWord::of(&review);
        let reason = match review {
            Review::Rejected { reason } => reason,
            _ => String::new(),
        };
        Self { need, offer, review: word, reason, base }
    }
}

/// Decisions.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decisions": [{"need": 1, "offer": 4, "review": "rejected", "reason": "交期太长", "base": 0}]}))]
struct DecisionsBody {
    /// All are stored, or none.
    #[schema(min_items = 1, max_items = 1000)]
    decisions: Vec<DecisionShape>,
}

/// What decisions did.
#[derive(Debug, Serialize, ToSchema)]
struct Decided {
    /// Taken.
    taken: u32,
    /// The decisions that undo it.
    undo: Vec<DecisionShape>,
}

/// Decide on pairs
///
/// All or none: where somebody else has spoken of one of the pairs meanwhile (`base` is not the newest), the answer is 409.
#[utoipa::path(post, path = "/drafts/{id}/decisions", tag = "desk", params(("id" = i64, Path)), request_body = DecisionsBody, responses((status = 200, body = Decided)))]
async fn decide(caller: Caller, Path(id): Path<i64>, Json(body): Json<DecisionsBody>) -> Answer {
    if !(1..=1000).contains(&body.decisions.len()) {
        return Err(Problem::at("body", "/decisions", "1 to 1000 at a time"));
    }
    let decisions: Vec<Decision> = body.decisions.into_iter().map(Into::into).collect();
    let decided = caller.app().decide(caller.actor(), id, &decisions).await?;
    ok(&Decided { taken: decided.taken, undo: decided.undo.into_iter().map(Into::into).collect() })
}

/// Who looks at a need.
#[derive(Debug, Serialize, ToSchema)]
struct Others {
    /// Names of accounts.
    others: Vec<String>,
}

/// Say that one looks at a need now
///
/// Forgotten after two minutes. Answers who else does.
#[utoipa::path(put, path = "/drafts/{id}/needs/{need}/presence", tag = "desk", params(("id" = i64, Path), ("need" = u32, Path, description = "Number of the need on the draft")), responses((status = 200, body = Others)))]
async fn work_on(caller: Caller, Path((id, need)): Path<(i64, u32)>) -> Answer {
    ok(&Others { others: caller.app().work_on(caller.actor(), id, need).await? })
}

/// Approve a draft
///
/// Decisions are applied, allocation and gaps settled again. Where two people could approve, the drafter may not.
#[utoipa::path(post, path = "/drafts/{id}/approval", tag = "desk", params(("id" = i64, Path)), responses((status = 200, body = ListCard)))]
async fn approve(caller: Caller, Path(id): Path<i64>) -> Answer {
    ok(&ListCard::from(&caller.app().approve(caller.actor(), id, &caller.tell()).await?))
}

/// Take an approval back
///
/// The list is a draft again.
#[utoipa::path(delete, path = "/drafts/{id}/approval", tag = "desk", params(("id" = i64, Path)), responses((status = 204, description = "A draft again")))]
async fn reopen(caller: Caller, Path(id): Path<i64>) -> Answer {
    caller.app().reopen(caller.actor(), id).await?;
    done()
}

/// Publish an approved list
///
/// It gets its number and is frozen.
#[utoipa::path(post, path = "/drafts/{id}/publication", tag = "desk", params(("id" = i64, Path)), responses((status = 200, body = ListCard)))]
async fn publish(caller: Caller, Path(id): Path<i64>) -> Answer {
    ok(&ListCard::from(&caller.app().publish(caller.actor(), id, &caller.tell()).await?))
}

/// Give a draft up
///
/// It stays on record.
#[utoipa::path(delete, path = "/drafts/{id}", tag = "desk", params(("id" = i64, Path)), responses((status = 204, description = "Given up")))]
async fn discard_draft(caller: Caller, Path(id): Path<i64>) -> Answer {
    caller.app().discard(caller.actor(), id).await?;
    done()
}
