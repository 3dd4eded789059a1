//! “Who nearby can make it” (附近谁能做), and what has grown old.

use super::caller::Caller;
use super::offers::Offer;
use super::problem::{Answer, Problem};
use super::read::{Json, Query};
use super::shapes::{EnterpriseBrief, MatchShape, PointShape};
use super::write::ok;
use crate::site::Site;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(nearby)).routes(routes!(stale)).routes(routes!(remind))
}

/// What is looked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NearbyQuery {
    /// Product and specification in words. Without words every open offer counts for the counties, and no row is given.
    #[param(example = "显示屏面罩 精度±0.05mm")]
    q: String,
    /// Region from which distances count; a member's own where nothing is said, else the cluster's seat.
    #[param(example = "泰和县")]
    from: String,
    /// Farthest distance in km; 0 for any.
    #[param(minimum = 0, maximum = 20000)]
    within_km: f64,
    /// Certificates that must be held, separated by commas.
    certificates: String,
    /// Rows at most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// An offer near by.
#[derive(Debug, Serialize, ToSchema)]
struct NearbyOffer {
    /// How it fits the words, with the distance.
    #[serde(rename = "match")]
    matched: MatchShape,
    /// The offer.
    offer: Offer,
}

/// A county with what it has.
#[derive(Debug, Serialize, ToSchema)]
struct County {
    /// Region code.
    code: String,
    /// Name.
    name: String,
    /// English name.
    name_en: String,
    /// Its seat.
    #[serde(skip_serializing_if = "Option::is_none")]
    point: Option<PointShape>,
    /// Distance from where is asked, km.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance_km: Option<f64>,
    /// Offers found there.
    offers: usize,
    /// Enterprises that offer them.
    enterprises: usize,
}

/// Where distances count from.
#[derive(Debug, Serialize, ToSchema)]
struct Origin {
    /// Name.
    name: String,
    /// Seat.
    point: PointShape,
}

/// Who can make it.
#[derive(Debug, Serialize, ToSchema)]
struct Nearby {
    /// Where distances count from.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Origin>,
    /// Best first.
    rows: Vec<NearbyOffer>,
    /// All counties of the cluster, those without an offer too.
    counties: Vec<County>,
}

/// Find who nearby can make it
#[utoipa::path(get, path = "/nearby", tag = "offers", params(NearbyQuery), responses((status = 200, body = Nearby)))]
async fn nearby(caller: Caller, Query(query): Query<NearbyQuery>) -> Answer {
    if !(0.0..=20_000.0).contains(&query.within_km) {
        return Err(Problem::at("query", "within_km", "0 to 20000"));
    }
    let limit = query.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(Problem::at("query", "limit", "1 to 200"));
    }
    let query = app::NearbyQuery {
        q: query.q,
        from: query.from,
        within_km: query.within_km,
        certificates: query.certificates,
        limit: limit as usize,
    };
    let found = caller.app().nearby(caller.actor(), &query).await?;
    let county = |c: app::CountyCount| County {
        code: c.code,
        name: c.name,
        name_en: c.name_en,
        point: c.point.map(Into::into),
        distance_km: c.distance_km,
        offers: c.offers,
        enterprises: c.enterprises,
    };
    let row = |r: app::NearbyRow| NearbyOffer { matched: r.matched.into(), offer: r.offer.into() };
    ok(&Nearby {
        from: found.from.map(|(names, point)| Origin { name: names.zh, point: point.into() }),
        rows: found.rows.into_iter().map(row).collect(),
        counties: found.counties.into_iter().map(county).collect(),
    })
}

/// How old.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StaleQuery {
    /// Days without a change; 90 where nothing is said.
    #[param(minimum = 1, maximum = 3650)]
    days: Option<u32>,
}

/// An enterprise whose records are old.
#[derive(Debug, Serialize, ToSchema)]
struct Stale {
    /// The enterprise.
    enterprise: EnterpriseBrief,
    /// Open needs that have not changed for so long.
    needs: usize,
    /// Open offers.
    offers: usize,
    /// Days since its newest record changed.
    days: i64,
    /// When its people were last reminded, milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    reminded_ms: Option<i64>,
    /// Accounts that would hear of a reminder.
    people: usize,
}

/// List what has grown old
///
/// Enterprises with open records that have not changed for so many days, longest first.
#[utoipa::path(get, path = "/stale", tag = "enterprises", params(StaleQuery), responses((status = 200, body = Vec<Stale>)))]
async fn stale(caller: Caller, Query(query): Query<StaleQuery>) -> Answer {
    let days = query.days.unwrap_or(90);
    if !(1..=3650).contains(&days) {
        return Err(Problem::at("query", "days", "1 to 3650"));
    }
    let rows = caller.app().stale(caller.actor(), days).await?;
    let row = |row: app::StaleRow| Stale {
        enterprise: row.enterprise.into(),
        needs: row.needs,
        offers: row.offers,
        days: row.days,
        reminded_ms: row.reminded_ms,
        people: row.people,
    };
    ok(&rows.into_iter().map(row).collect::<Vec<_>>())
}

/// Whom to remind.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RemindBody {
    /// Row ids of enterprises.
    #[schema(max_items = 1000)]
    enterprises: Vec<i64>,
}

/// How many were told.
#[derive(Debug, Serialize, ToSchema)]
struct Reminded {
    /// Accounts that were told.
    people: u32,
}

/// Remind enterprises of their old records
#[utoipa::path(post, path = "/stale/reminders", tag = "enterprises", request_body = RemindBody, responses((status = 200, body = Reminded)))]
async fn remind(caller: Caller, Json(body): Json<RemindBody>) -> Answer {
    if body.enterprises.len() > 1000 {
        return Err(Problem::at("body", "/enterprises", "at most 1000 at a time"));
    }
    ok(&Reminded { people: caller.app().remind(caller.actor(), &body.enterprises).await? })
}
