//! Published lists, and the way there: drafts, decisions, approval, publication.

use super::allotment::{AllottedShape, OptimumShape};
use super::caller::Caller;
use super::problem::{Answer, Problem};
use super::read::{Json, Paging, Path, Query};
use super::shapes::{ChangeWord, ListStateWord, MatchShape, NeedStateWord, QuantityShape, text};
use super::write::{Rows, XLSX, done, ok, page_of, workbook};
use crate::site::Site;
use app::Code;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use model::list::{ListEnterprise, ListIndex, ListState, MatchingList};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(lists))
        .routes(routes!(newest_list))
        .routes(routes!(list))
        .routes(routes!(list_content))
        .routes(routes!(list_needs))
        .routes(routes!(list_need))
        .routes(routes!(list_workbook))
        .routes(routes!(verify_list))
        .routes(routes!(withdraw_list))
}

/// Which lists.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListsQuery {
    /// Only lists of this state; drafts are shown to those who may review.
    #[param(value_type = Option<ListStateWord>, inline)]
    state: Option<ListState>,
    /// Page, from 1.
    #[param(minimum = 1)]
    page: Option<u32>,
    /// Rows a page, at most 200; 50 where nothing is said.
    #[param(minimum = 1, maximum = 200)]
    per_page: Option<u32>,
}

/// A list in few words.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListHead {
    /// Row id; drafts are named by it.
    pub id: i64,
    /// Version.
    pub version: i64,
    /// Number, given at publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// State.
    #[schema(value_type = ListStateWord)]
    pub state: ListState,
    /// Key of the market that it is of.
    pub market: String,
    /// Period: a month, or first and last day.
    #[schema(example = "2026-11")]
    pub period: String,
    /// SHA-256 of the canonical content, given at publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Who drafted it.
    pub drafted_by: String,
    /// When, milliseconds since 1970 UTC.
    pub drafted_ms: i64,
    /// Who approved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// Who published it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_by: Option<String>,
    /// When, milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_ms: Option<i64>,
    /// Why it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_reason: Option<String>,
}

impl From<app::ListHead> for ListHead {
    fn from(head: app::ListHead) -> Self {
        Self {
            id: head.id,
            version: head.version,
            number: head.number,
            state: head.state,
            market: head.market.0,
            period: head.period.to_string(),
            sha256: head.sha256,
            drafted_by: head.drafted_by,
            drafted_ms: head.drafted_ms,
            approved_by: head.approved_by,
            published_by: head.published_by,
            published_ms: head.published_ms,
            withdrawn_reason: head.withdrawn_reason,
        }
    }
}

/// The figures of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Summary {
    /// Open needs of the period.
    needs: u32,
    /// Open offers of the period.
    offers: u32,
    /// Enterprises named.
    enterprises: u32,
    /// Needs covered.
    matched: u32,
    /// Needs covered in part.
    part: u32,
    /// Needs not covered.
    unmet: u32,
    /// Local supporting rate (本地配套率), 0 to 1.
    local_supporting_rate: f64,
    /// Its formula in words.
    local_supporting_formula: String,
    /// Needs of the list before that are gone, by their numbers there.
    gone: Vec<u32>,
}

/// A published list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListCard {
    /// Row id.
    id: i64,
    /// Number; absent for a draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u32>,
    /// State.
    #[schema(value_type = ListStateWord)]
    state: ListState,
    /// Key of the market that it is of.
    market: String,
    /// Period.
    #[schema(example = "2026-11")]
    period: String,
    /// Name of the cluster.
    cluster: String,
    /// SHA-256 of `/lists/{number}/content`.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// SHA-256 of the list with the number before.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_sha256: Option<String>,
    /// Who drafted it.
    drafted_by: String,
    /// Who approved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<String>,
    /// When it was published, milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    published_ms: Option<i64>,
    /// Why it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_reason: Option<String>,
    /// The figures.
    summary: Summary,
    /// Pairs on it.
    pairs: usize,
    /// Groups of gaps on it.
    gaps: usize,
    /// How capacity was allotted: the optimum of each kind of measure.
    optima: Vec<OptimumShape>,
    /// The greatest part that one enterprise could have of what others could serve too.
    #[serde(skip_serializing_if = "Option::is_none")]
    share_max: Option<f64>,
}

impl From<&MatchingList> for ListCard {
    fn from(list: &MatchingList) -> Self {
        let (content, s) = (&list.content, &list.content.summary);
        Self {
            id: list.id,
            number: list.number,
            state: list.state,
            market: content.market.0.clone(),
            period: list.period.to_string(),
            cluster: content.cluster.clone(),
            sha256: list.sha256.clone(),
            previous_sha256: text(content.previous_sha256.clone()),
            drafted_by: list.drafted_by.clone(),
            approved_by: list.approved_by.clone(),
            published_ms: list.published_ms,
            withdrawn_reason: list.withdrawn_reason.clone(),
            summary: Summary {
                needs: s.needs,
                offers: s.offers,
                enterprises: s.enterprises,
                matched: s.matched,
                part: s.part,
                unmet: s.unmet,
                local_supporting_rate: s.local_supporting_rate,
                local_supporting_formula: s.local_supporting_formula.clone(),
                gone: s.gone.clone(),
            },
            pairs: content.pairs.len(),
            gaps: content.gaps.len(),
            optima: content.allotment.iter().flat_map(|a| &a.optima).map(Into::into).collect(),
            share_max: content.allotment.as_ref().and_then(|a| a.share_max),
        }
    }
}

/// An enterprise as a list names it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedEnterprise {
    /// Name.
    name: String,
    /// County or city.
    region: String,
    /// True for an enterprise of the cluster, false for an outside member.
    inside: bool,
    /// True for an invented enterprise of the demo.
    fictional: bool,
}

impl From<&ListEnterprise> for ListedEnterprise {
    fn from(e: &ListEnterprise) -> Self {
        Self { name: e.name.clone(), region: e.region.clone(), inside: e.inside, fictional: e.fictional }
    }
}

/// A need of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ListedNeed {
    /// Place on the list, from 1.
    number: u32,
    /// Product or service.
    title: String,
    /// Specification text.
    detail: String,
    /// Chain node.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    /// How much.
    #[serde(skip_serializing_if = "Option::is_none")]
    quantity: Option<QuantityShape>,
    /// How far it is covered.
    #[schema(value_type = NeedStateWord)]
    state: model::list::NeedState,
    /// Against the list before.
    #[schema(value_type = ChangeWord)]
    change: model::list::Change,
}

impl From<&model::list::ListNeed> for ListedNeed {
    fn from(row: &model::list::ListNeed) -> Self {
        Self {
            number: row.number,
            title: row.need.title.clone(),
            detail: row.need.detail.clone(),
            node: row.need.node.as_ref().map(|n| n.0.clone()),
            quantity: row.need.quantity.clone().map(Into::into),
            state: row.state,
            change: row.change,
        }
    }
}

/// An offer of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ListedOffer {
    /// Place on the list, from 1.
    number: u32,
    /// Product or service.
    title: String,
    /// Specification text.
    detail: String,
    /// Against the list before.
    #[schema(value_type = ChangeWord)]
    change: model::list::Change,
}

impl From<&model::list::ListOffer> for ListedOffer {
    fn from(row: &model::list::ListOffer) -> Self {
        Self {
            number: row.number,
            title: row.offer.title.clone(),
            detail: row.offer.detail.clone(),
            change: row.change,
        }
    }
}

/// What the secretariat said of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewWord {
    Proposed,
    Confirmed,
    Rejected,
    Added,
}

/// A pair of a list.
#[derive(Debug, Serialize, ToSchema)]
struct ListedPair {
    /// The offer.
    offer: ListedOffer,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    supplier: Option<ListedEnterprise>,
    /// How the two fit.
    #[serde(rename = "match")]
    matched: MatchShape,
    /// What was said.
    review: ReviewWord,
    /// Quantity allotted, where it is stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    allotted: Option<QuantityShape>,
    /// Against the list before.
    #[schema(value_type = ChangeWord)]
    change: model::list::Change,
}

/// A need of a list with its pairs.
#[derive(Debug, Serialize, ToSchema)]
struct ListedNeedCard {
    /// The need.
    need: ListedNeed,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    enterprise: Option<ListedEnterprise>,
    /// Pairs, best first.
    pairs: Vec<ListedPair>,
    /// What it is given, and what keeps it from more.
    #[serde(skip_serializing_if = "Option::is_none")]
    allotted: Option<AllottedShape>,
}

/// A row of a list's needs.
#[derive(Debug, Serialize, ToSchema)]
struct ListedNeedRow {
    /// The need.
    need: ListedNeed,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    enterprise: Option<ListedEnterprise>,
    /// Pairs that stand for it.
    pairs: usize,
}

impl ReviewWord {
    /// The word of a review.
    pub fn of(review: &model::list::Review) -> Self {
        use model::list::Review as R;
        match review {
            R::Proposed => Self::Proposed,
            R::Confirmed => Self::Confirmed,
            R::Rejected { .. } => Self::Rejected,
            R::Added => Self::Added,
        }
    }
}

/// The frozen content: canonical JSON whose SHA-256 is the list's. Fields may be added with a higher `format`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the schema of what `model` writes")]
struct Content {
    /// Version of this layout.
    format: u32,
    /// Version of the engine that computed it.
    engine: u32,
    /// Name of the cluster.
    cluster: String,
    /// Period.
    period: String,
    /// SHA-256 of the list with the number before; empty for the first.
    previous_sha256: String,
    /// SHA-256 of the list that it was compared with; empty for none.
    compared_with_sha256: String,
    /// The figures.
    summary: serde_json::Value,
    /// Enterprises, by key.
    enterprises: Vec<serde_json::Value>,
    /// Needs, numbered.
    needs: Vec<serde_json::Value>,
    /// Offers, numbered.
    offers: Vec<serde_json::Value>,
    /// Pairs, by need number and rank.
    pairs: Vec<serde_json::Value>,
    /// Gaps, heaviest first.
    gaps: Vec<serde_json::Value>,
}

/// List the lists
///
/// Newest first. Members, commissioners and the bureau see published and withdrawn ones.
#[utoipa::path(get, path = "/lists", tag = "lists", params(ListsQuery), responses((status = 200, body = Rows<ListHead>)))]
async fn lists(caller: Caller, Query(query): Query<ListsQuery>) -> Answer {
    let mut heads = caller.app().lists(caller.actor()).await?;
    if let Some(state) = query.state {
        heads.retain(|head| head.state == state);
    }
    page_of::<_, ListHead>(&caller, heads, Paging { page: query.page, per_page: query.per_page })
}

/// Which market.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OfMarket {
    /// Key of a market; that of parts and materials where nothing is said.
    pub(super) market: String,
}

/// Read the newest published list
#[utoipa::path(get, path = "/lists/newest", tag = "lists", params(OfMarket), responses((status = 200, body = ListCard)))]
async fn newest_list(caller: Caller, Query(of): Query<OfMarket>) -> Answer {
    match caller.app().newest_list(caller.actor(), &of.market).await? {
        Some(list) => ok(&ListCard::from(&*list)),
        None => Err(Problem::new(Code::NotFound, "no list stands published")),
    }
}

pub(super) async fn read(caller: &Caller, number: u32) -> Result<Arc<MatchingList>, Problem> {
    Ok(caller.app().list_by_number(caller.actor(), number).await?)
}

/// Read a published list
#[utoipa::path(get, path = "/lists/{number}", tag = "lists", params(("number" = u32, Path)), responses((status = 200, body = ListCard)))]
async fn list(caller: Caller, Path(number): Path<u32>) -> Answer {
    ok(&ListCard::from(&*read(&caller, number).await?))
}

/// Read a list's frozen content
///
/// The bytes that were hashed: their SHA-256 is the list's `sha256`.
#[utoipa::path(get, path = "/lists/{number}/content", tag = "lists", params(("number" = u32, Path)), responses((status = 200, body = Content)))]
async fn list_content(caller: Caller, Path(number): Path<u32>) -> Answer {
    let canonical = read(&caller, number).await?.content.canonical();
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], canonical).into_response())
}

/// List a list's needs
#[utoipa::path(get, path = "/lists/{number}/needs", tag = "lists", params(("number" = u32, Path), Paging), responses((status = 200, body = Rows<ListedNeedRow>)))]
async fn list_needs(caller: Caller, Path(number): Path<u32>, Query(paging): Query<Paging>) -> Answer {
    let list = read(&caller, number).await?;
    let index = ListIndex::new(&list.content);
    let row = |need: &model::list::ListNeed| ListedNeedRow {
        need: need.into(),
        enterprise: index.enterprise(&need.need.enterprise).map(Into::into),
        pairs: index.pairs_of(&need.need.key).len(),
    };
    page_of::<_, ListedNeedRow>(&caller, list.content.needs.iter().map(row).collect(), paging)
}

/// Read a need of a list
///
/// With its pairs, every reason and verdict, as they were frozen.
#[utoipa::path(get, path = "/lists/{number}/needs/{need}", tag = "lists", params(("number" = u32, Path), ("need" = u32, Path, description = "Number of the need on the list")), responses((status = 200, body = ListedNeedCard)))]
async fn list_need(caller: Caller, Path((number, need)): Path<(u32, u32)>) -> Answer {
    let list = read(&caller, number).await?;
    let row = list.content.needs.iter().find(|n| n.number == need);
    let row = row.ok_or_else(|| Problem::new(Code::NotFound, format!("no need {need} on list {number}")))?;
    let index = ListIndex::about(&list.content, &row.need.key);
    let pair = |pair: &&model::list::ListPair| {
        Some(ListedPair {
            offer: index.offer(&pair.matched.offer)?.into(),
            supplier: index.supplier(&pair.matched.offer).map(Into::into),
            matched: pair.matched.clone().into(),
            review: ReviewWord::of(&pair.review),
            allotted: pair.allocation.as_ref().and_then(|a| a.quantity.clone()).map(Into::into),
            change: pair.change,
        })
    };
    ok(&ListedNeedCard {
        need: row.into(),
        enterprise: index.enterprise(&row.need.enterprise).map(Into::into),
        pairs: index.pairs_of(&row.need.key).iter().filter_map(pair).collect(),
        allotted: app::Allotted::of(&list, &index, &row.need.key).map(Into::into),
    })
}

/// Get a list as a workbook
#[utoipa::path(get, path = "/lists/{number}/workbook", tag = "lists", params(("number" = u32, Path)), responses((status = 200, description = "A workbook", content_type = XLSX, body = Vec<u8>)))]
async fn list_workbook(caller: Caller, Path(number): Path<u32>) -> Answer {
    let list = read(&caller, number).await?;
    Ok(workbook(&format!("list-{number}.xlsx"), caller.app().list_workbook(caller.actor(), &list)?))
}

/// What a list's hashes say.
#[derive(Debug, Serialize, ToSchema)]
struct Verified {
    /// True where the list is what was published and, where that can be computed, what follows from its records.
    sound: bool,
    /// The hash given at publication.
    published: String,
    /// The hash of the content as it is stored now.
    content: String,
    /// The hash of the content computed again; absent where another version of the engine or other vectors of titles made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    recomputed: Option<String>,
    /// Version of the engine that made it.
    engine: u32,
    /// True where it was matched with vectors of titles that are not the server's.
    other_vectors: bool,
}

/// Prove a list
///
/// Computes it again from its frozen records and reviews, and compares the hashes.
#[utoipa::path(get, path = "/lists/{number}/verification", tag = "lists", params(("number" = u32, Path)), responses((status = 200, body = Verified)))]
async fn verify_list(caller: Caller, Path(number): Path<u32>) -> Answer {
    let proof = caller.app().verify(caller.actor(), number).await?;
    ok(&Verified {
        sound: proof.is_sound(),
        published: proof.published,
        content: proof.content,
        recomputed: proof.recomputed,
        engine: proof.engine,
        other_vectors: proof.other_vectors,
    })
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "期间有误"}))]
struct WithdrawBody {
    /// The reason, which everybody sees.
    #[schema(min_length = 1)]
    reason: String,
}

/// Withdraw a list
///
/// Number and content stay.
#[utoipa::path(put, path = "/lists/{number}/withdrawal", tag = "lists", params(("number" = u32, Path)), request_body = WithdrawBody, responses((status = 204, description = "Withdrawn")))]
async fn withdraw_list(caller: Caller, Path(number): Path<u32>, Json(body): Json<WithdrawBody>) -> Answer {
    caller.app().withdraw(caller.actor(), number, &body.reason).await?;
    done()
}
