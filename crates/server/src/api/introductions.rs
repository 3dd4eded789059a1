//! Introductions (牵线): contacts and prices are released when both sides have agreed.

use super::caller::Caller;
use super::problem::{Answer, Problem};
use super::read::{IfMatch, Json, Paging, Path, Query};
use super::shapes::{ContactShape, EnterpriseBrief, IntroductionWord, SideWord, contact};
use super::write::{Made, Rows, created, done, page_of, versioned};
use crate::site::Site;
use app::Code;
use model::outcome::OutcomeResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(introductions, ask_introduction))
        .routes(routes!(introduction))
        .routes(routes!(answer_introduction))
        .routes(routes!(end_introduction))
        .routes(routes!(record_outcome))
        .routes(routes!(outcomes))
}

/// One side's record.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntroducedRecord {
    /// Row id of the need or offer.
    pub id: i64,
    /// Its title.
    pub title: String,
}

/// An introduction as a participant sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Introduction {
    /// Row id.
    pub id: i64,
    /// Version.
    pub version: i64,
    /// State.
    #[schema(value_type = IntroductionWord)]
    pub state: app::IntroductionState,
    /// The need.
    pub need: IntroducedRecord,
    /// The offer.
    pub offer: IntroducedRecord,
    /// Whose need it is.
    pub demander: EnterpriseBrief,
    /// Whose offer it is.
    pub supplier: EnterpriseBrief,
    /// Who asked.
    #[schema(value_type = SideWord)]
    pub asked_side: app::Side,
    /// When, milliseconds since 1970 UTC.
    pub asked_ms: i64,
    /// What was said with it.
    pub note: String,
    /// True once the need's side has agreed.
    pub need_agreed: bool,
    /// True once the offer's side has agreed.
    pub offer_agreed: bool,
    /// What came of it, or why it was declined or ended.
    pub outcome: String,
    /// When it last changed, milliseconds since 1970 UTC.
    pub updated_ms: i64,
    /// The reader's side; absent for the secretariat.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SideWord>)]
    pub mine: Option<app::Side>,
    /// True where the reader's answer is waited for.
    pub waits_for_me: bool,
    /// The demander's contact, once both have agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demander_contact: Option<ContactShape>,
    /// The supplier's contact, once both have agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supplier_contact: Option<ContactShape>,
}

impl From<app::IntroductionInfo> for Introduction {
    fn from(info: app::IntroductionInfo) -> Self {
        let (demander_contact, supplier_contact) = info.contacts.unzip();
        Self {
            id: info.id,
            version: info.version,
            state: info.state,
            need: IntroducedRecord { id: info.need.0, title: info.need.1 },
            offer: IntroducedRecord { id: info.offer.0, title: info.offer.1 },
            demander: info.demander.into(),
            supplier: info.supplier.into(),
            asked_side: info.asked_side,
            asked_ms: info.asked_ms,
            note: info.note,
            need_agreed: info.need_agreed,
            offer_agreed: info.offer_agreed,
            outcome: info.outcome,
            updated_ms: info.updated_ms,
            mine: info.mine,
            waits_for_me: info.waits_for_me,
            demander_contact: demander_contact.and_then(contact),
            supplier_contact: supplier_contact.and_then(contact),
        }
    }
}

/// Which pair.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"need": 12, "offer": 7, "note": "想先看样品"}))]
struct AskBody {
    /// Row id of the need.
    need: i64,
    /// Row id of the offer.
    offer: i64,
    /// Words to the other side.
    #[serde(default)]
    note: String,
}

/// An answer to an introduction.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"agree": true}))]
struct AnswerBody {
    /// True to agree, false to decline.
    agree: bool,
    /// Why it is declined.
    #[serde(default)]
    reason: String,
}

/// The end of an introduction.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"outcome": "签约"}))]
struct EndBody {
    /// What came of it: 签约, 未成, ...
    outcome: String,
}

/// What came of an introduction.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ResultWord {
    /// A letter of intent.
    Intent,
    /// A contract.
    Contract,
    /// Nothing came of it.
    None,
    /// What was recorded before is taken back.
    Retracted,
}

impl From<ResultWord> for OutcomeResult {
    fn from(word: ResultWord) -> Self {
        match word {
            ResultWord::Intent => Self::Intent,
            ResultWord::Contract => Self::Contract,
            ResultWord::None => Self::None,
            ResultWord::Retracted => Self::Retracted,
        }
    }
}

/// An outcome to be recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"result": "contract", "amount_fen": 12000000, "day": "2026-11-20"}))]
struct OutcomeBody {
    /// What came of it.
    result: ResultWord,
    /// Amount in fen; only of an intent or a contract.
    #[schema(minimum = 0)]
    amount_fen: Option<i64>,
    /// Why nothing came of it: product, specification, certificate, capacity, distance, lead_time, price, supplier, no_answer, other.
    #[serde(default)]
    reason: String,
    /// Free words.
    #[serde(default)]
    note: String,
    /// The day of it, not after today; today where absent.
    #[schema(value_type = Option<String>, format = Date)]
    day: Option<jiff::civil::Date>,
}

/// What came of a pair.
#[derive(Debug, Serialize, ToSchema)]
struct Outcome {
    /// Row id; a greater one is newer.
    id: i64,
    /// The need; absent where it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    need: Option<IntroducedRecord>,
    /// The offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<IntroducedRecord>,
    /// Whose need it is.
    demander: EnterpriseBrief,
    /// Whose offer it is.
    supplier: EnterpriseBrief,
    /// Where it came up: introduction or meeting.
    source: &'static str,
    /// What it came of, such as `introduction/3`.
    reference: String,
    /// intent, contract, none or retracted.
    result: &'static str,
    /// Amount in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_fen: Option<i64>,
    /// Word of the reason for a no; empty for none.
    reason: String,
    /// Free words.
    note: String,
    /// The day of it.
    #[schema(format = Date)]
    day: String,
    /// Who recorded it.
    by: String,
    /// When, milliseconds since 1970 UTC.
    at_ms: i64,
}

impl From<app::OutcomeInfo> for Outcome {
    fn from(info: app::OutcomeInfo) -> Self {
        let record = |of: Option<(i64, String)>| of.map(|(id, title)| IntroducedRecord { id, title });
        Self {
            id: info.id,
            need: record(info.need),
            offer: record(info.offer),
            demander: info.demander.into(),
            supplier: info.supplier.into(),
            source: info.source.as_str(),
            reference: info.reference,
            result: info.result.as_str(),
            amount_fen: info.amount_fen,
            reason: info.reason,
            note: info.note,
            day: info.day.to_string(),
            by: info.by,
            at_ms: info.at_ms,
        }
    }
}

/// Record what came of an introduction
///
/// Once both sides have agreed, also after its end; the newest counts.
#[utoipa::path(post, path = "/introductions/{id}/outcomes", tag = "introductions", params(("id" = i64, Path)), request_body = OutcomeBody, responses((status = 201, body = Made)))]
async fn record_outcome(caller: Caller, Path(id): Path<i64>, Json(body): Json<OutcomeBody>) -> Answer {
    let form = app::OutcomeForm {
        result: body.result.into(),
        amount_fen: body.amount_fen,
        reason: body.reason,
        note: body.note,
        day: body.day,
    };
    let id = caller.app().record_outcome(caller.actor(), id, &form).await?;
    created("/api/v1/outcomes", &Made { id })
}

/// List outcomes
///
/// Of pairs that one is a side of, newest first; the secretariat sees all.
#[utoipa::path(get, path = "/outcomes", tag = "introductions", params(Paging), responses((status = 200, body = Rows<Outcome>)))]
async fn outcomes(caller: Caller, Query(paging): Query<Paging>) -> Answer {
    page_of::<_, Outcome>(&caller, caller.app().outcomes(caller.actor()).await?, paging)
}

/// List introductions
///
/// Those that one takes part in, open ones first; the secretariat sees all.
#[utoipa::path(get, path = "/introductions", tag = "introductions", params(Paging), responses((status = 200, body = Rows<Introduction>)))]
async fn introductions(caller: Caller, Query(paging): Query<Paging>) -> Answer {
    page_of::<_, Introduction>(&caller, caller.app().introductions(caller.actor()).await?, paging)
}

/// Read an introduction
#[utoipa::path(get, path = "/introductions/{id}", tag = "introductions", params(("id" = i64, Path)), responses((status = 200, body = Introduction)))]
async fn introduction(caller: Caller, Path(id): Path<i64>) -> Answer {
    let found = caller.app().introductions(caller.actor()).await?.into_iter().find(|i| i.id == id);
    let info = found.ok_or_else(|| Problem::new(Code::NotFound, format!("no introduction {id}")))?;
    versioned(info.version, &Introduction::from(info))
}

/// Ask for an introduction
///
/// A member asks for a pair of which one side is its own, and thereby agrees for that side; the secretariat proposes to both.
#[utoipa::path(post, path = "/introductions", tag = "introductions", request_body = AskBody, responses((status = 201, body = Made)))]
async fn ask_introduction(caller: Caller, Json(body): Json<AskBody>) -> Answer {
    let id = caller.app().ask_introduction(caller.actor(), body.need, body.offer, &body.note).await?;
    created(&format!("/api/v1/introductions/{id}"), &Made { id })
}

/// Agree or decline
///
/// For one's own side only: consent is never given by others.
#[utoipa::path(put, path = "/introductions/{id}/answer", tag = "introductions", params(("id" = i64, Path), IfMatch), request_body = AnswerBody, responses((status = 204, description = "Stored")))]
async fn answer_introduction(
    caller: Caller,
    Path(id): Path<i64>,
    IfMatch { version }: IfMatch,
    Json(body): Json<AnswerBody>,
) -> Answer {
    caller.app().answer_introduction(caller.actor(), id, version, body.agree, &body.reason).await?;
    done()
}

/// End an introduction
///
/// With what came of it; what was released is closed again, the record stays.
#[utoipa::path(put, path = "/introductions/{id}/outcome", tag = "introductions", params(("id" = i64, Path), IfMatch), request_body = EndBody, responses((status = 204, description = "Stored")))]
async fn end_introduction(
    caller: Caller,
    Path(id): Path<i64>,
    IfMatch { version }: IfMatch,
    Json(body): Json<EndBody>,
) -> Answer {
    caller.app().end_introduction(caller.actor(), id, version, &body.outcome).await?;
    done()
}
