//! The ledger's sites and the addresses to which its events may go.

use super::caller::Caller;
use super::problem::Answer;
use super::read::Json;
use super::write::{created, done, ok};
use crate::site::Site;
use app::PcfForm;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(sites, set_site))
        .routes(routes!(targets, set_targets))
        .routes(routes!(publish_footprint))
}

/// A site of the ledger.
#[derive(Debug, Serialize, ToSchema)]
struct EventSite {
    /// Identifier of the place, a canonical GS1 Digital Link where it carries a GLN.
    uri: String,
    /// Key of the enterprise whose site it is.
    enterprise: String,
}

/// Whose a site is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"uri": "urn:epc:id:sgln:4012345.00005.0", "enterprise": "91360000MA00000000"}))]
struct EventSiteBody {
    /// Identifier of the place: URN, Digital Link or URI.
    uri: String,
    /// Key of the enterprise; nobody's where it is absent.
    #[serde(default)]
    enterprise: Option<String>,
}

/// Addresses.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"targets": ["https://erp.example/epcis"]}))]
struct Targets {
    /// Origins, or paths below them.
    targets: Vec<String>,
}

/// A footprint to give out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"of": "urn:epc:class:lgtin:4012345.023456.B", "enterprise": "91360000MA00000000", "product": "铝锭", "shared_with": ["*"]}))]
struct FootprintBody {
    /// The lot or product, as events name it.
    of: String,
    /// `mass`, `economic` or `cut-off`; mass where nothing is said.
    allocation: String,
    /// Key of the enterprise whose product it is.
    enterprise: String,
    /// Name of the product.
    product: String,
    /// What it is.
    description: String,
    /// URNs of the product; its GTIN where there are none.
    product_ids: Vec<String>,
    /// URNs of its classes.
    classifications: Vec<String>,
    /// kg of one unit, where the unit is no mass.
    mass_kg: Option<f64>,
    /// kg of fossil carbon in one unit.
    fossil_carbon_kg: f64,
    /// First moment of the data; a year before the last where nothing is said.
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<jiff::Timestamp>,
    /// Last moment of the data; now where nothing is said.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<jiff::Timestamp>,
    /// Keys of enterprises that may read it; `*` is all.
    shared_with: Vec<String>,
}

/// A footprint that was given out.
#[derive(Debug, Serialize, ToSchema)]
struct FootprintMade {
    /// Its identifier, a UUID: it stands at `/pact/3/footprints/{id}`.
    id: String,
}

/// Give a footprint out
///
/// It is computed from the ledger once and then stands; the one before of the same product is deprecated. Customers read it by the
/// interface of PACT 3.0.
#[utoipa::path(post, path = "/ledger/footprints", tag = "ledger", request_body = FootprintBody, responses((status = 201, body = FootprintMade)))]
async fn publish_footprint(caller: Caller, Json(body): Json<FootprintBody>) -> Answer {
    let form = PcfForm {
        of: body.of,
        allocation: body.allocation,
        enterprise: body.enterprise,
        product: body.product,
        description: body.description,
        product_ids: body.product_ids,
        classifications: body.classifications,
        mass_kg: body.mass_kg,
        fossil_carbon_kg: body.fossil_carbon_kg,
        from: body.from,
        until: body.until,
        shared_with: body.shared_with,
    };
    let id = caller.app().publish_pcf(caller.actor(), &form).await?;
    let location = format!("/pact/3/footprints/{id}");
    created(&location, &FootprintMade { id })
}

/// List sites
///
/// Events that the offices captured at a site are seen by its enterprise.
#[utoipa::path(get, path = "/ledger/sites", tag = "ledger", responses((status = 200, body = [EventSite])))]
async fn sites(caller: Caller) -> Answer {
    let sites = caller.app().event_sites(caller.actor()).await?;
    ok(&sites.into_iter().map(|s| EventSite { uri: s.uri, enterprise: s.enterprise }).collect::<Vec<_>>())
}

/// Say whose a site is
#[utoipa::path(put, path = "/ledger/sites", tag = "ledger", request_body = EventSiteBody, responses((status = 204, description = "Changed")))]
async fn set_site(caller: Caller, Json(body): Json<EventSiteBody>) -> Answer {
    caller.app().set_event_site(caller.actor(), &body.uri, body.enterprise.as_deref()).await?;
    done()
}

/// List where events may go
///
/// A subscription of EPCIS and an answer of PACT go to these addresses only.
#[utoipa::path(get, path = "/ledger/targets", tag = "ledger", responses((status = 200, body = Targets)))]
async fn targets(caller: Caller) -> Answer {
    ok(&Targets { targets: caller.app().event_targets(caller.actor()).await? })
}

/// Say where events may go
#[utoipa::path(put, path = "/ledger/targets", tag = "ledger", request_body = Targets, responses((status = 204, description = "Changed")))]
async fn set_targets(caller: Caller, Json(body): Json<Targets>) -> Answer {
    caller.app().set_event_targets(caller.actor(), &body.targets).await?;
    done()
}
