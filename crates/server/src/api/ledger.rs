//! The ledger of lots: lots, trace, recall, balance, flows, footprints, circular indicators, the etchant loop, passports.
//!
//! Answers are the use cases' own values; docs/ledger.md explains their fields and formulas.

use super::caller::Caller;
use super::problem::{Answer, Problem};
use super::read::{Json, Paging, Query};
use super::write::ok;
use crate::site::Site;
use app::{Allocation, Direction, InputFile};
use model::period::Period;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(lots))
        .routes(routes!(lot))
        .routes(routes!(trace))
        .routes(routes!(recall))
        .routes(routes!(balance))
        .routes(routes!(flows))
        .routes(routes!(footprints))
        .routes(routes!(footprint))
        .routes(routes!(zero_carbon))
        .routes(routes!(indicators))
        .routes(routes!(postings))
        .routes(routes!(etchant))
        .routes(routes!(passport))
}

/// A year (2026), a month (2026-11) or days (2026-11-01..2026-12-15); `None` where nothing is said.
fn period(name: &str, text: &str) -> Result<Option<Period>, Problem> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let wanted = "a year (2026), a month (2026-11) or days (2026-11-01..2026-12-15)";
    Period::of_days(text).map(Some).map_err(|_| Problem::at("query", name, wanted))
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.trim().is_empty())
}

/// What is looked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LotsQuery {
    /// A scanned code (GS1 element string, Digital Link, URN) or words of identifier or product.
    #[param(example = "(01)09526001001057(10)W261103-01")]
    q: String,
    /// Identifier of a site.
    site: String,
    /// Identifier of a product.
    product: String,
    /// Only waste and scrap that lies in stock: what has no taker yet.
    idle_waste: bool,
    /// Page, from 1.
    #[param(minimum = 1)]
    page: Option<u32>,
    /// Rows a page, at most 200.
    #[param(minimum = 1, maximum = 200)]
    per_page: Option<u32>,
}

/// Find lots
///
/// A member finds lots that were at its own sites.
#[utoipa::path(get, path = "/ledger/lots", tag = "ledger", params(LotsQuery), responses((status = 200, body = Value)))]
async fn lots(caller: Caller, Query(query): Query<LotsQuery>) -> Answer {
    let (page, per_page) = Paging::checked(query.page, query.per_page)?;
    let query = app::LotQuery {
        q: query.q,
        site: query.site,
        product: query.product,
        idle_waste: query.idle_waste,
        page,
        per_page,
    };
    ok(&caller.app().ledger_lots(caller.actor(), &query).await?)
}

/// One lot.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LotOf {
    /// Its identifier, in any form that a scanner gives.
    #[param(example = "urn:epc:class:lgtin:9526001.000105.W261103-01")]
    lot: String,
}

/// Read a lot with its events, neighbours and footprint
#[utoipa::path(get, path = "/ledger/lot", tag = "ledger", params(LotOf), responses((status = 200, body = Value)))]
async fn lot(caller: Caller, Query(query): Query<LotOf>) -> Answer {
    ok(&caller.app().ledger_lot(caller.actor(), &query.lot).await?)
}

/// Which way, and how far.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TraceOf {
    /// Identifier of the lot.
    lot: String,
    /// `up` to what it was made from, `down` to what was made of it.
    #[param(example = "up", pattern = "^(up|down)$")]
    direction: String,
    /// Processes to go at most.
    #[serde(default)]
    #[param(minimum = 1, maximum = 100_000)]
    depth: Option<u32>,
}

/// Trace a lot, with the part that each lot carries
#[utoipa::path(get, path = "/ledger/trace", tag = "ledger", params(TraceOf), responses((status = 200, body = Value)))]
async fn trace(caller: Caller, Query(query): Query<TraceOf>) -> Answer {
    let direction = match query.direction.as_str() {
        "up" => Direction::Up,
        "down" => Direction::Down,
        _ => return Err(Problem::at("query", "direction", "up or down")),
    };
    if query.depth.is_some_and(|depth| !(1..=100_000).contains(&depth)) {
        return Err(Problem::at("query", "depth", "1 to 100000"));
    }
    ok(&caller.app().trace(caller.actor(), &query.lot, direction, query.depth).await?)
}

/// Find all customers that a lot reached
#[utoipa::path(get, path = "/ledger/recall", tag = "ledger", params(LotOf), responses((status = 200, body = Value)))]
async fn recall(caller: Caller, Query(query): Query<LotOf>) -> Answer {
    ok(&caller.app().recall(caller.actor(), &query.lot).await?)
}

/// Which balance.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BalanceOf {
    /// Identifier of the site.
    #[param(example = "urn:epc:id:sgln:9526001.00001.0")]
    site: String,
    /// Substance, such as Cu; without it whole masses.
    #[serde(default)]
    substance: String,
    /// A year, a month or days; the newest month where nothing is said.
    #[serde(default)]
    period: String,
}

/// Read the balance sheet of a site, reconciled, with gross errors
#[utoipa::path(get, path = "/ledger/balance", tag = "ledger", params(BalanceOf), responses((status = 200, body = Value)))]
async fn balance(caller: Caller, Query(query): Query<BalanceOf>) -> Answer {
    let period = period("period", &query.period)?;
    let query = app::SheetQuery { site: query.site, substance: some(query.substance), period };
    ok(&caller.app().balance_sheet(caller.actor(), &query).await?)
}

/// Whose flows.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FlowsOf {
    /// Identifier of a site; without it flows between the sites of the cluster.
    site: String,
    /// Substance.
    substance: String,
    /// A year, a month or days; all time where nothing is said.
    period: String,
}

/// Read material flows as nodes and links without loops
#[utoipa::path(get, path = "/ledger/flows", tag = "ledger", params(FlowsOf), responses((status = 200, body = Value)))]
async fn flows(caller: Caller, Query(query): Query<FlowsOf>) -> Answer {
    let period = period("period", &query.period)?;
    let query = app::FlowQuery { site: some(query.site), substance: some(query.substance), period };
    ok(&caller.app().flows(caller.actor(), &query).await?)
}

/// Which time.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PeriodOf {
    /// A year, a month or days; all time where nothing is said.
    period: String,
}

/// Read what every site emits, by scope, and which products have a footprint
#[utoipa::path(get, path = "/ledger/footprints", tag = "ledger", params(PeriodOf), responses((status = 200, body = Value)))]
async fn footprints(caller: Caller, Query(query): Query<PeriodOf>) -> Answer {
    ok(&caller.app().footprint_overview(caller.actor(), period("period", &query.period)?).await?)
}

/// Whose footprint.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FootprintOf {
    /// Identifier of a product or lot.
    of: String,
    /// Rule of allocation.
    #[serde(default)]
    #[param(pattern = "^(mass|economic|cut-off)$", example = "mass")]
    allocation: String,
}

/// Read a footprint by process, scope and factor, with its uncertainty
#[utoipa::path(get, path = "/ledger/footprint", tag = "ledger", params(FootprintOf), responses((status = 200, body = Value)))]
async fn footprint(caller: Caller, Query(query): Query<FootprintOf>) -> Answer {
    let rule = match query.allocation.as_str() {
        "" | "mass" => Allocation::Mass,
        "economic" => Allocation::Economic,
        "cut-off" => Allocation::CutOff,
        _ => return Err(Problem::at("query", "allocation", "mass, economic or cut-off")),
    };
    ok(&caller.app().footprint_breakdown(caller.actor(), &query.of, rule).await?)
}

/// What is to be stated.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ZeroCarbonOf {
    /// Identifier of a site; all sites where none is named.
    site: String,
    /// A year, a month or days; all time where nothing is said.
    period: String,
    /// kg CO2e that were bought to offset emissions.
    #[param(minimum = 0)]
    offset_kg: f64,
}

/// Read whether a site emitted nothing on balance
///
/// Scopes 1, 2 and 3 apart, location and market based. Where meters or factors are missing, they are named and nothing is called net.
#[utoipa::path(get, path = "/ledger/zero-carbon", tag = "ledger", params(ZeroCarbonOf), responses((status = 200, body = Value)))]
async fn zero_carbon(caller: Caller, Query(query): Query<ZeroCarbonOf>) -> Answer {
    let offsets = vec![("offset".to_owned(), query.offset_kg)];
    let query =
        app::ZeroCarbonQuery { site: some(query.site), period: period("period", &query.period)?, offsets };
    ok(&caller.app().zero_carbon(caller.actor(), &query).await?)
}

/// Which indicators.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct IndicatorsOf {
    /// Identifier of a site; without it all sites and the cluster.
    site: String,
    /// A year, a month or days; the newest year where nothing is said.
    period: String,
    /// Base year, month or days; the year before where nothing is said.
    base: String,
}

/// Read the circular indicators with definitions and inputs
#[utoipa::path(get, path = "/ledger/indicators", tag = "ledger", params(IndicatorsOf), responses((status = 200, body = Value)))]
async fn indicators(caller: Caller, Query(query): Query<IndicatorsOf>) -> Answer {
    let query = app::IndicatorQuery {
        site: some(query.site),
        period: period("period", &query.period)?,
        base: period("base", &query.base)?,
    };
    ok(&caller.app().indicators(caller.actor(), &query).await?)
}

/// Which postings.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PostingsOf {
    /// Identifier of the site.
    site: String,
    /// Word of an indicator's input (`postings`), or a kind: `received`, `shipped`, `discarded`, `consumed`, `produced`.
    #[param(example = "product")]
    of: String,
    /// Substance.
    #[serde(default)]
    substance: String,
    /// A year, a month or days; all time where nothing is said.
    #[serde(default)]
    period: String,
}

/// Read the postings behind a figure
#[utoipa::path(get, path = "/ledger/postings", tag = "ledger", params(PostingsOf), responses((status = 200, body = Value)))]
async fn postings(caller: Caller, Query(query): Query<PostingsOf>) -> Answer {
    let query = app::IndicatorPostings {
        site: query.site,
        of: query.of,
        substance: some(query.substance),
        period: period("period", &query.period)?,
    };
    ok(&caller.app().indicator_postings(caller.actor(), &query).await?)
}

/// Simulate the etchant loop of a recipe
///
/// The recipe as `yulin ledger simulate etchant` reads it; an empty object is a day of the default plant.
#[utoipa::path(post, path = "/ledger/etchant", tag = "ledger", request_body = Value, responses((status = 200, body = Value)))]
async fn etchant(caller: Caller, Json(recipe): Json<Value>) -> Answer {
    let file = InputFile { name: "recipe".to_owned(), bytes: recipe.to_string().into_bytes() };
    ok(&app::simulate_etchant(caller.actor(), &file)?)
}

/// Read a lot's passport
///
/// The page of the same content is public: `/01/{gtin}/10/{lot}`.
#[utoipa::path(get, path = "/ledger/passport", tag = "ledger", params(LotOf), responses((status = 200, body = Value)))]
async fn passport(caller: Caller, Query(query): Query<LotOf>) -> Answer {
    ok(&caller.app().passport(Some(caller.actor()), &query.lot).await?)
}
