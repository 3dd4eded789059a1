//! Claims: a member says that an enterprise is its own, the secretariat decides.

use super::caller::Caller;
use super::problem::Answer;
use super::read::{Json, Paging, Path, Query};
use super::shapes::{ClaimWord, EnterpriseName};
use super::write::{Rows, done, page_of};
use crate::site::Site;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(claims)).routes(routes!(decide_claim))
}

/// A claim.
#[derive(Debug, Serialize, ToSchema)]
pub struct Claim {
    /// Row id.
    id: i64,
    /// Account that claims.
    account: String,
    /// Unified social credit code as given.
    uscc: String,
    /// Name of the enterprise as given.
    name: String,
    /// What the claimer says.
    note: String,
    /// The enterprise with that code, where there is one; else the approval makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    enterprise: Option<EnterpriseName>,
    /// How many accounts that enterprise has already.
    accounts: u32,
    /// State.
    #[schema(value_type = ClaimWord)]
    state: app::ClaimState,
    /// When it was made, milliseconds since 1970 UTC.
    asked_ms: i64,
    /// Who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl From<app::ClaimInfo> for Claim {
    fn from(info: app::ClaimInfo) -> Self {
        Self {
            id: info.id,
            account: info.account,
            uscc: info.uscc,
            name: info.name,
            note: info.note,
            enterprise: info.enterprise.map(Into::into),
            accounts: info.accounts,
            state: info.state,
            asked_ms: info.asked_ms,
            decided_by: info.decided_by,
            reason: info.reason,
        }
    }
}

/// A decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"approve": true}))]
struct DecisionBody {
    /// True to approve.
    approve: bool,
    /// Why it is rejected.
    #[serde(default)]
    reason: String,
}

/// List claims
///
/// Open ones first.
#[utoipa::path(get, path = "/claims", tag = "people", params(Paging), responses((status = 200, body = Rows<Claim>)))]
async fn claims(caller: Caller, Query(paging): Query<Paging>) -> Answer {
    page_of::<_, Claim>(&caller, caller.app().claims(caller.actor()).await?, paging)
}

/// Decide on a claim
///
/// An approval gives the account its enterprise, which is made where it was not there. A claim is decided once.
#[utoipa::path(put, path = "/claims/{id}/decision", tag = "people", params(("id" = i64, Path)), request_body = DecisionBody, responses((status = 204, description = "Stored")))]
async fn decide_claim(caller: Caller, Path(id): Path<i64>, Json(body): Json<DecisionBody>) -> Answer {
    caller.app().decide_claim(caller.actor(), id, body.approve, &body.reason).await?;
    done()
}
