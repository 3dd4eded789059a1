//! The weights of the score: what outcomes taught, what it gained, which version is in use.

use super::caller::Caller;
use super::lists::OfMarket;
use super::problem::Answer;
use super::read::{Json, Query};
use super::write::{created, done, ok};
use crate::site::Site;
use app::Take;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(weights, learn)).routes(routes!(preview)).routes(routes!(use_weights))
}

/// A figure before and after, measured on outcomes that were held back; a positive gain is better.
#[derive(Debug, Serialize, ToSchema)]
struct MeasuredFigure {
    /// With the shipped weights.
    before: f64,
    /// With the learned ones.
    after: f64,
    /// What was gained.
    gain: f64,
    /// Lower end of its 95 % interval.
    low: f64,
    /// Upper end.
    high: f64,
    /// How many outcomes, pairs or needs it was measured on.
    of: u32,
}

impl From<app::Measured> for MeasuredFigure {
    fn from(m: app::Measured) -> Self {
        Self { before: m.before, after: m.after, gain: m.gain, low: m.low, high: m.high, of: m.of }
    }
}

/// One weight before and after.
#[derive(Debug, Serialize, ToSchema)]
struct WeightChange {
    /// Its name, such as `shares.distance`.
    name: String,
    /// As shipped.
    before: f64,
    /// As learned.
    after: f64,
}

/// What was learned, and what it is worth.
#[derive(Debug, Serialize, ToSchema)]
struct LearningReport {
    /// Outcomes learned from.
    outcomes: u32,
    /// Of them, those that speak for their match.
    good: u32,
    /// Needs that they are of.
    needs: u32,
    /// Every weight that can be learned.
    changes: Vec<WeightChange>,
    /// Mean log loss on held-back outcomes, lower is better; absent where too few needs have outcomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    log_loss: Option<MeasuredFigure>,
    /// Of a good and a bad outcome of one need: how often the good one scores higher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pairs: Option<MeasuredFigure>,
    /// nDCG of needs with good and bad outcomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    ndcg: Option<MeasuredFigure>,
    /// True where it gained on held-back outcomes for certain.
    gains: bool,
}

impl From<app::LearningReport> for LearningReport {
    fn from(report: app::LearningReport) -> Self {
        let gains = report.gains();
        let change = |c: app::WeightChange| WeightChange { name: c.name, before: c.before, after: c.after };
        let (log_loss, pairs, ndcg) = report.gain.map_or((None, None, None), |g| {
            (Some(g.log_loss.into()), g.pairs.map(Into::into), g.ndcg.map(Into::into))
        });
        Self {
            outcomes: report.outcomes,
            good: report.good,
            needs: report.needs,
            changes: report.changes.into_iter().map(change).collect(),
            log_loss,
            pairs,
            ndcg,
            gains,
        }
    }
}

/// A learned version of the weights.
#[derive(Debug, Serialize, ToSchema)]
struct LearnedVersion {
    /// Its number, from 1; no other market has one of the same number.
    version: u32,
    /// What changed, and what it is worth.
    report: LearningReport,
    /// Who had it learned.
    by: String,
    /// When, milliseconds since 1970 UTC.
    at_ms: i64,
}

/// What is known of a market's pairs now, before anything is learned from it.
#[derive(Debug, Serialize, ToSchema)]
struct KnownOutcomes {
    /// Pairs with an outcome.
    outcomes: u32,
    /// Of them, those that speak for their match.
    good: u32,
    /// Needs that they are of.
    needs: u32,
    /// Needs from which on a gain is measured; below, learned weights are not put into use unasked.
    needs_min: usize,
}

/// The weights of a market as they stand.
#[derive(Debug, Serialize, ToSchema)]
struct WeightsShape {
    /// Key of the market.
    market: String,
    /// What could be learned from now.
    known: KnownOutcomes,
    /// The version in use; 0 for the shipped weights.
    in_use: u32,
    /// What scores now, by name.
    weights: BTreeMap<String, f64>,
    /// What was shipped, by name.
    shipped: BTreeMap<String, f64>,
    /// All learned versions, newest first.
    versions: Vec<LearnedVersion>,
}

/// What learning did.
#[derive(Debug, Serialize, ToSchema)]
struct LearningShape {
    /// The version that was stored.
    version: u32,
    /// True where it is in use now.
    taken: bool,
    /// What changed, and what it is worth.
    report: LearningReport,
}

/// Read the weights of the score
///
/// Of a market: the version in use and all that were learned from its outcomes, each with what it changed and gained.
#[utoipa::path(get, path = "/weights", tag = "weights", params(OfMarket), responses((status = 200, body = WeightsShape)))]
async fn weights(caller: Caller, Query(of): Query<OfMarket>) -> Answer {
    let info = caller.app().weights(caller.actor(), &of.market).await?;
    let version = |v: app::WeightsVersion| LearnedVersion {
        version: v.version,
        report: v.report.into(),
        by: v.by,
        at_ms: v.at_ms,
    };
    ok(&WeightsShape {
        market: info.market,
        known: KnownOutcomes {
            outcomes: info.known.outcomes,
            good: info.known.good,
            needs: info.known.needs,
            needs_min: app::NEEDS_MIN,
        },
        in_use: info.in_use,
        weights: info.weights,
        shipped: info.shipped,
        versions: info.versions.into_iter().map(version).collect(),
    })
}

/// Preview what learning would change
///
/// Nothing is stored.
#[utoipa::path(get, path = "/weights/preview", tag = "weights", params(OfMarket), responses((status = 200, body = LearningReport)))]
async fn preview(caller: Caller, Query(of): Query<OfMarket>) -> Answer {
    let report = caller.app().preview_learning(caller.actor(), &of.market, &|_, _, _| {}).await?;
    ok(&LearningReport::from(report))
}

/// When learned weights are put into use.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum TakeWord {
    /// Where they gained on held-back outcomes.
    #[default]
    IfItGains,
    /// In any case.
    Always,
    /// Not yet.
    No,
}

/// How to learn.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"take": "no"}))]
struct LearnBody {
    /// Key of a market; that of parts and materials where nothing is said.
    market: String,
    /// When the learned weights are put into use; where they gain, if nothing is said.
    take: TakeWord,
}

/// Learn the weights from outcomes
///
/// Stores a version; published lists stay as they are.
#[utoipa::path(post, path = "/weights", tag = "weights", request_body = LearnBody, responses((status = 201, body = LearningShape)))]
async fn learn(caller: Caller, Json(body): Json<LearnBody>) -> Answer {
    let take = match body.take {
        TakeWord::IfItGains => Take::IfItGains,
        TakeWord::Always => Take::Always,
        TakeWord::No => Take::No,
    };
    let learning = caller.app().learn(caller.actor(), &body.market, take, &caller.tell()).await?;
    created(
        "/api/v1/weights",
        &LearningShape { version: learning.version, taken: learning.taken, report: learning.report.into() },
    )
}

/// Which version.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"version": 0}))]
struct UseBody {
    /// Key of a market; that of parts and materials where nothing is said.
    #[serde(default)]
    market: String,
    /// A version learned there, or 0 for the shipped weights.
    version: u32,
}

/// Switch the weights
///
/// To an earlier version, or back to the shipped ones.
#[utoipa::path(put, path = "/weights/in-use", tag = "weights", request_body = UseBody, responses((status = 204, description = "Stored")))]
async fn use_weights(caller: Caller, Json(body): Json<UseBody>) -> Answer {
    caller.app().use_weights(caller.actor(), &body.market, body.version).await?;
    done()
}
