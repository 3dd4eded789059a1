//! How lists allot capacity: the limit on shares, optima, and what keeps a need from more.

use super::caller::Caller;
use super::problem::Answer;
use super::read::Json;
use super::shapes::{BindingWord, QuantityShape};
use super::write::{done, ok};
use crate::site::Site;
use model::allotment::{Binding, Optimum};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(share_limit, set_share_limit))
}

/// The optimum of one kind of measure; quantities are by month, in the unit of the first need.
#[derive(Debug, Serialize, ToSchema)]
pub struct OptimumShape {
    /// All that is asked for.
    asked: QuantityShape,
    /// What of it stays unmet.
    unmet: QuantityShape,
    /// Sum of score times quantity.
    gain: f64,
    /// No allocation has a greater sum.
    bound: f64,
    /// True where the two are the same: the optimum is proved.
    is_proved: bool,
    /// How far the best allocation can be beyond this one, relative to the bound.
    gap: f64,
}

impl From<&Optimum> for OptimumShape {
    fn from(o: &Optimum) -> Self {
        Self {
            asked: o.asked.clone().into(),
            unmet: o.unmet.clone().into(),
            gain: o.gain,
            bound: o.bound,
            is_proved: o.is_proved,
            gap: o.gap(),
        }
    }
}

/// An offer as a list names it.
#[derive(Debug, Serialize, ToSchema)]
struct AllottedOffer {
    /// Number on the list.
    offer: u32,
    /// Product or service.
    title: String,
    /// Who makes it.
    enterprise: String,
    /// What it gives; absent where it is to be agreed, and where it gives nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    quantity: Option<QuantityShape>,
    /// What it delivers in whole lots, where that is more.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered: Option<QuantityShape>,
}

/// What a list gives a need.
#[derive(Debug, Serialize, ToSchema)]
pub struct AllottedShape {
    /// Number of the list.
    list: u32,
    /// Number of the need on it.
    number: u32,
    /// Who supplies it, the best first.
    supplies: Vec<AllottedOffer>,
    /// What keeps it from a better supply.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BindingWord>)]
    binding: Option<Binding>,
    /// Part of its quantity that is covered, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<f64>,
    /// Gain in score that one unit more of it would bring, from the dual prices.
    #[serde(skip_serializing_if = "Option::is_none")]
    worth: Option<f64>,
    /// The offers whose limit it is, the best first.
    bound_by: Vec<AllottedOffer>,
}

impl From<app::Allotted> for AllottedShape {
    fn from(allotted: app::Allotted) -> Self {
        let binding = allotted.binding();
        let offer = |o: app::AllottedOffer| AllottedOffer {
            offer: o.number,
            title: o.title,
            enterprise: o.enterprise,
            quantity: None,
            delivered: None,
        };
        let supply = |(o, allocation): (app::AllottedOffer, model::matching::Allocation)| AllottedOffer {
            quantity: allocation.quantity.map(Into::into),
            delivered: allocation.delivered.map(Into::into),
            ..offer(o)
        };
        Self {
            list: allotted.list,
            number: allotted.number,
            binding,
            share: allotted.bound.as_ref().map(|b| b.share),
            worth: allotted.bound.as_ref().map(|b| b.worth),
            supplies: allotted.supplies.into_iter().map(supply).collect(),
            bound_by: allotted.bound_offers.into_iter().map(offer).collect(),
        }
    }
}

/// The greatest part that one enterprise may have of what others could serve too.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"share_max": 0.5}))]
struct ShareLimit {
    /// Above 0 and up to 1; absent for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    share_max: Option<f64>,
}

/// Read the limit on one enterprise's share of a list
#[utoipa::path(get, path = "/lists/share-limit", tag = "lists", responses((status = 200, body = ShareLimit)))]
async fn share_limit(caller: Caller) -> Answer {
    ok(&ShareLimit { share_max: caller.app().share_limit(caller.actor()).await? })
}

/// Set the limit on one enterprise's share of a list
///
/// For lists that are drafted from now on.
#[utoipa::path(put, path = "/lists/share-limit", tag = "lists", request_body = ShareLimit, responses((status = 204, description = "Stored")))]
async fn set_share_limit(caller: Caller, Json(body): Json<ShareLimit>) -> Answer {
    caller.app().set_share_limit(caller.actor(), body.share_max).await?;
    done()
}
