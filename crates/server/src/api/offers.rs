//! Offers: what enterprises can supply.

use super::caller::Caller;
use super::introductions::Introduction;
use super::market::RecordsQuery;
use super::needs::Need;
use super::problem::Answer;
use super::read::{IfMatch, Json, Path, Query};
use super::record_duplicates::RecordTwins;
use super::shapes::{
    ContactShape, EnterpriseBrief, EvidenceShape, MatchShape, OpenOrClosed, PriceShape, QuantityShape,
    SpecificationShape, StatusWord, VersionShape, VisibilityWord, contact, mirror, text,
};
use super::write::{Rows, Saved, XLSX, created, page, versioned, workbook};
use crate::site::Site;
use model::visibility::{Noun, Visibility};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(offers, create_offer))
        .routes(routes!(export_offers))
        .routes(routes!(offer, update_offer))
        .routes(routes!(offer_form))
        .routes(routes!(set_offer_status))
}

/// An offer as its reader may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Offer {
    /// Row id; stays for ever.
    pub id: i64,
    /// Version.
    pub version: i64,
    /// Whether it stands.
    #[schema(value_type = StatusWord)]
    pub status: app::RecordStatus,
    /// When it last changed, milliseconds since 1970 UTC.
    pub updated_ms: i64,
    /// True where the reader may change it.
    pub may_edit: bool,
    /// Whose it is.
    pub enterprise: EnterpriseBrief,
    /// Number in the source (编号).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Product or service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Specification text as given (规格参数).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Chain node, where recognised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Capabilities read out of the text.
    pub specs: Vec<SpecificationShape>,
    /// Clauses that hold no recognised capability.
    pub unread: Vec<String>,
    /// Total capacity per time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<QuantityShape>,
    /// Capacity that is free now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spare_capacity: Option<QuantityShape>,
    /// Price; protected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<PriceShape>,
    /// Smallest order (最小起订).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_order: Option<QuantityShape>,
    /// Days until a sample is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_days: Option<u32>,
    /// Standard met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard: Option<String>,
    /// Material.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub material: Option<String>,
    /// Certificates held.
    pub certificates: Vec<String>,
    /// Farthest delivery in km.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supply_radius_km: Option<f64>,
    /// Chief customers; protected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customers: Option<String>,
    /// First day on which it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_from: Option<jiff::civil::Date>,
    /// Last day on which it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_until: Option<jiff::civil::Date>,
    /// Person to call; protected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactShape>,
    /// What was measured of its capabilities.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceShape>,
    /// Free words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The row's own level; fields are closed further by it.
    #[schema(value_type = VisibilityWord)]
    pub visibility: Visibility,
    /// Days from an order to its delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_days: Option<u32>,
    /// What it is sold in whole multiples of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<QuantityShape>,
    /// Key of its market.
    pub market: String,
    /// Values of the market's own fields, by their ids.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub own: BTreeMap<String, String>,
}

impl From<app::OfferRow> for Offer {
    fn from(row: app::OfferRow) -> Self {
        let app::OfferRow { id, version, status, updated_ms, enterprise, offer, may_edit } = row;
        Self {
            id,
            version,
            status,
            updated_ms,
            may_edit,
            enterprise: enterprise.into(),
            number: text(offer.number),
            title: text(offer.title),
            detail: text(offer.detail),
            node: offer.node.map(|n| n.0),
            specs: offer.specs.into_iter().map(Into::into).collect(),
            unread: offer.unread,
            capacity: offer.capacity.map(Into::into),
            spare_capacity: offer.spare_capacity.map(Into::into),
            price: offer.price.map(Into::into),
            minimum_order: offer.minimum_order.map(Into::into),
            sample_days: offer.sample_days,
            standard: text(offer.standard),
            material: text(offer.material),
            certificates: offer.certificates,
            supply_radius_km: offer.supply_radius_km,
            customers: text(offer.customers),
            valid_from: offer.valid_from,
            valid_until: offer.valid_until,
            contact: contact(offer.contact),
            evidence: offer.evidence.into_iter().map(Into::into).collect(),
            note: text(offer.note),
            visibility: offer.visibility,
            lead_days: offer.lead_days,
            lot: offer.lot.map(Into::into),
            market: offer.market.0,
            own: offer.own,
        }
    }
}

/// A need that an offer ranks for.
#[derive(Debug, Serialize, ToSchema)]
pub struct WantedBy {
    /// How the two fit.
    #[serde(rename = "match")]
    pub matched: MatchShape,
    /// The need.
    pub need: Need,
}

/// An offer with everything around it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferCard {
    /// The offer.
    pub offer: Offer,
    /// Needs that it ranks for, best first, at most 20.
    pub wanted: Vec<WantedBy>,
    /// Introductions that the reader takes part in.
    pub introductions: Vec<Introduction>,
    /// Versions, newest first; for those who may change it.
    pub versions: Vec<VersionShape>,
    /// Fields that the reader sees by office, ownership or introduction; reading them was recorded.
    pub protected: Vec<String>,
    /// Others of its enterprise that say the same.
    pub twins: RecordTwins,
}

/// An offer as a person types it: every field as in a workbook's cell, empty where nothing is said.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({
    "title": "显示屏面罩", "detail": "精度±0.03mm", "capacity": "30万片/月", "certificates": "ISO 9001", "sample_days": "7"
}))]
pub struct OfferBody {
    /// Row id of the enterprise; a member's own where absent.
    pub enterprise: Option<i64>,
    /// 产品名称; must be there.
    #[schema(max_length = 500)]
    pub title: String,
    /// 规格参数.
    pub detail: String,
    /// 产能, such as `200万片/月`.
    pub capacity: String,
    /// 剩余产能.
    pub spare_capacity: String,
    /// 单价区间.
    pub price: String,
    /// 最小起订.
    pub minimum_order: String,
    /// 样品周期 (days).
    pub sample_days: String,
    /// 执行标准.
    pub standard: String,
    /// 材质.
    pub material: String,
    /// 认证, separated by commas.
    pub certificates: String,
    /// 供货半径 (km).
    pub supply_radius: String,
    /// 主要客户.
    pub customers: String,
    /// 有效期.
    pub validity: String,
    /// 联系人.
    pub contact_name: String,
    /// 职务.
    pub contact_position: String,
    /// 电话.
    pub contact_phone: String,
    /// 备注.
    pub note: String,
    /// 公开级别; closes the whole row further.
    #[schema(value_type = Option<VisibilityWord>)]
    pub visibility: Option<Visibility>,
    /// 交货周期 (days).
    pub lead_days: String,
    /// 批量: what it is sold in whole multiples of.
    pub lot: String,
    /// Key of the market; that of parts and materials where empty. A record stays in its market.
    pub market: String,
    /// The market's own fields, by their ids (`/markets/{key}`).
    pub own: BTreeMap<String, String>,
}

mirror!(OfferBody <=> app::OfferForm {
    enterprise, title, detail, capacity, spare_capacity, price, minimum_order, sample_days, standard,
    material, certificates, supply_radius, customers, validity, contact_name, contact_position,
    contact_phone, note, visibility, lead_days, lot, market, own,
});

/// Find offers
///
/// What members may see of others' offers, and all of one's own.
#[utoipa::path(get, path = "/offers", tag = "offers", params(RecordsQuery), responses((status = 200, body = Rows<Offer>)))]
async fn offers(caller: Caller, Query(query): Query<RecordsQuery>) -> Answer {
    page::<_, Offer>(&caller, caller.app().offers(caller.actor(), &query.checked()?).await?)
}

/// Post an offer
///
/// Members post for their own enterprise, commissioners for theirs.
#[utoipa::path(post, path = "/offers", tag = "offers", request_body = OfferBody, responses((status = 201, body = Saved)))]
async fn create_offer(caller: Caller, Json(body): Json<OfferBody>) -> Answer {
    let saved = caller.app().save_offer(caller.actor(), None, &body.into()).await?;
    created(&format!("/api/v1/offers/{}", saved.id), &Saved::from(saved))
}

/// Export offers
///
/// All rows of a query (`page` and `per_page` are passed over) as a workbook. Recorded in the audit.
#[utoipa::path(get, path = "/offers/export", tag = "offers", params(RecordsQuery), responses((status = 200, description = "A workbook", content_type = XLSX, body = Vec<u8>)))]
async fn export_offers(caller: Caller, Query(query): Query<RecordsQuery>) -> Answer {
    let bytes = caller.app().export(caller.actor(), true, &query.checked()?).await?;
    Ok(workbook("offers.xlsx", bytes))
}

/// Read an offer
///
/// With the needs that it ranks for as of now.
#[utoipa::path(get, path = "/offers/{id}", tag = "offers", params(("id" = i64, Path)), responses((status = 200, body = OfferCard)))]
async fn offer(caller: Caller, Path(id): Path<i64>) -> Answer {
    let app::OfferCard { row, wanted, introductions, versions, protected, twins } =
        caller.app().offer(caller.actor(), id).await?;
    let wanted =
        wanted.into_iter().map(|(need, matched)| WantedBy { matched: matched.into(), need: need.into() });
    let card = OfferCard {
        offer: row.into(),
        wanted: wanted.collect(),
        introductions: introductions.into_iter().map(Into::into).collect(),
        versions: versions.into_iter().map(Into::into).collect(),
        protected,
        twins: twins.into(),
    };
    versioned(card.offer.version, &card)
}

/// Read an offer as it was typed
///
/// What a change begins with; only for those who may change it.
#[utoipa::path(get, path = "/offers/{id}/form", tag = "offers", params(("id" = i64, Path)), responses((status = 200, body = OfferBody)))]
async fn offer_form(caller: Caller, Path(id): Path<i64>) -> Answer {
    let (version, form) = caller.app().offer_form(caller.actor(), id).await?;
    versioned(version, &OfferBody::from(form))
}

/// Change an offer
///
/// The whole offer as it shall be; what is left out becomes empty.
#[utoipa::path(put, path = "/offers/{id}", tag = "offers", params(("id" = i64, Path), IfMatch), request_body = OfferBody, responses((status = 200, body = Saved)))]
async fn update_offer(
    caller: Caller,
    Path(id): Path<i64>,
    IfMatch { version }: IfMatch,
    Json(body): Json<OfferBody>,
) -> Answer {
    let saved = caller.app().save_offer(caller.actor(), Some((id, version)), &body.into()).await?;
    versioned(saved.version, &Saved::from(saved))
}

/// Close or open an offer
///
/// Each is undone by the other.
#[utoipa::path(put, path = "/offers/{id}/status", tag = "offers", params(("id" = i64, Path), IfMatch), request_body = OpenOrClosed, responses((status = 200, body = Saved)))]
async fn set_offer_status(
    caller: Caller,
    Path(id): Path<i64>,
    IfMatch { version }: IfMatch,
    Json(body): Json<OpenOrClosed>,
) -> Answer {
    let saved = caller.app().set_open(caller.actor(), Noun::Offer, id, version, body.open).await?;
    versioned(saved.version, &Saved::from(saved))
}
