//! Needs: what enterprises want to buy, have done or solve.

use super::allotment::AllottedShape;
use super::caller::Caller;
use super::introductions::Introduction;
use super::market::RecordsQuery;
use super::offers::Offer;
use super::problem::Answer;
use super::read::{IfMatch, Json, Path, Query};
use super::record_duplicates::RecordTwins;
use super::shapes::{
    ContactShape, EnterpriseBrief, MatchShape, NeedStateWord, OpenOrClosed, PriceShape, QuantityShape,
    SpecificationShape, StatusWord, VersionShape, VisibilityWord, contact, mirror, text,
};
use super::write::{Rows, Saved, XLSX, created, ok, page, versioned, workbook};
use crate::site::Site;
use model::visibility::{Noun, Visibility};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(needs, create_need))
        .routes(routes!(preview_need))
        .routes(routes!(export_needs))
        .routes(routes!(need, update_need))
        .routes(routes!(need_form))
        .routes(routes!(set_need_status))
}

/// A need as its reader may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Need {
    /// Row id; stays for ever. 0 in a preview.
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
    /// Product or service needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Specification text as given (规格参数).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Chain node, where recognised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Requirements read out of the text.
    pub specs: Vec<SpecificationShape>,
    /// Clauses that hold no recognised requirement.
    pub unread: Vec<String>,
    /// How much, per time or once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<QuantityShape>,
    /// Budget or reference price; protected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<PriceShape>,
    /// Delivery wish (交期).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<String>,
    /// Standard to be met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard: Option<String>,
    /// Material.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub material: Option<String>,
    /// Certificates asked for.
    pub certificates: Vec<String>,
    /// Terms of payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<String>,
    /// Where it is bought now; protected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_source: Option<String>,
    /// Farthest acceptable supplier in km.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_distance_km: Option<f64>,
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
    /// Free words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The row's own level; fields are closed further by it.
    #[schema(value_type = VisibilityWord)]
    pub visibility: Visibility,
    /// The day by which it must be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub needed_by: Option<jiff::civil::Date>,
    /// Whether a part of the quantity helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partial: Option<bool>,
    /// Key of its market.
    pub market: String,
    /// Values of the market's own fields, by their ids.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub own: BTreeMap<String, String>,
    /// Its place on the newest published list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listed: Option<Listed>,
}

/// A place on a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listed {
    /// Number of the list.
    pub list: u32,
    /// Number of the need on it.
    pub number: u32,
    /// How far it is covered.
    #[schema(value_type = NeedStateWord)]
    pub state: model::list::NeedState,
}

impl From<app::NeedRow> for Need {
    fn from(row: app::NeedRow) -> Self {
        let app::NeedRow { id, version, status, updated_ms, enterprise, need, may_edit, listed } = row;
        Self {
            id,
            version,
            status,
            updated_ms,
            may_edit,
            enterprise: enterprise.into(),
            number: text(need.number),
            title: text(need.title),
            detail: text(need.detail),
            node: need.node.map(|n| n.0),
            specs: need.specs.into_iter().map(Into::into).collect(),
            unread: need.unread,
            quantity: need.quantity.map(Into::into),
            price: need.price.map(Into::into),
            delivery: text(need.delivery),
            standard: text(need.standard),
            material: text(need.material),
            certificates: need.certificates,
            payment: text(need.payment),
            current_source: text(need.current_source),
            max_distance_km: need.max_distance_km,
            valid_from: need.valid_from,
            valid_until: need.valid_until,
            contact: contact(need.contact),
            note: text(need.note),
            visibility: need.visibility,
            needed_by: need.needed_by,
            partial: need.partial,
            market: need.market.0,
            own: need.own,
            listed: listed.map(|(list, number, state)| Listed { list, number, state }),
        }
    }
}

/// A ranked offer for a need.
#[derive(Debug, Serialize, ToSchema)]
pub struct RankedOffer {
    /// How the two fit.
    #[serde(rename = "match")]
    pub matched: MatchShape,
    /// The offer.
    pub offer: Offer,
    /// Their introduction, where the reader takes part in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introduction: Option<Introduction>,
}

impl From<app::MatchRow> for RankedOffer {
    fn from(row: app::MatchRow) -> Self {
        Self {
            matched: row.matched.into(),
            offer: row.offer.into(),
            introduction: row.introduction.map(Into::into),
        }
    }
}

/// A need with everything around it.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedCard {
    /// The need.
    pub need: Need,
    /// Ranked offers, best first, at most 20.
    pub matches: Vec<RankedOffer>,
    /// Introductions that the reader takes part in.
    pub introductions: Vec<Introduction>,
    /// Versions, newest first; for those who may change it.
    pub versions: Vec<VersionShape>,
    /// Fields that the reader sees by office, ownership or introduction; reading them was recorded.
    pub protected: Vec<String>,
    /// Others of its enterprise that say the same.
    pub twins: RecordTwins,
    /// What the newest published list gives it, and what keeps it from more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allotted: Option<AllottedShape>,
}

/// A need as a person types it: every field as in a workbook's cell, empty where nothing is said.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({
    "title": "显示屏面罩", "detail": "精度±0.05mm", "quantity": "5万片/月", "delivery": "30天", "validity": "3个月"
}))]
pub struct NeedBody {
    /// Row id of the enterprise; a member's own where absent.
    pub enterprise: Option<i64>,
    /// 需求产品名称; must be there.
    #[schema(max_length = 500)]
    pub title: String,
    /// 规格参数, such as `板厚1.6±0.1mm，铜厚≥35μm`.
    pub detail: String,
    /// 数量, such as `5000片/月`.
    pub quantity: String,
    /// 预算/参考价, such as `12~15元/卷`.
    pub price: String,
    /// 交期.
    pub delivery: String,
    /// 执行标准.
    pub standard: String,
    /// 材质.
    pub material: String,
    /// 认证要求, separated by commas.
    pub certificates: String,
    /// 付款方式.
    pub payment: String,
    /// 目前供应地/供应商.
    pub current_source: String,
    /// 最远距离 (km).
    pub max_distance: String,
    /// 有效期: a last day, or a span such as `3个月`.
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
    /// 最迟到货日期.
    pub needed_by: String,
    /// 可否分批: 是 or 否.
    pub partial: String,
    /// Key of the market; that of parts and materials where empty. A record stays in its market.
    pub market: String,
    /// The market's own fields, by their ids (`/markets/{key}`).
    pub own: BTreeMap<String, String>,
}

mirror!(NeedBody <=> app::NeedForm {
    enterprise, title, detail, quantity, price, delivery, standard, material, certificates, payment,
    current_source, max_distance, validity, contact_name, contact_position, contact_phone, note,
    visibility, needed_by, partial, market, own,
});

/// What a need would look like and meet.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedPreview {
    /// The need as it was understood.
    pub need: Need,
    /// Ranked offers.
    pub matches: Vec<RankedOffer>,
    /// What looks odd, in Chinese.
    pub warnings: Vec<String>,
}

/// Find needs
///
/// What members may see of others' needs, and all of one's own.
#[utoipa::path(get, path = "/needs", tag = "needs", params(RecordsQuery), responses((status = 200, body = Rows<Need>)))]
async fn needs(caller: Caller, Query(query): Query<RecordsQuery>) -> Answer {
    page::<_, Need>(&caller, caller.app().needs(caller.actor(), &query.checked()?).await?)
}

/// Post a need
///
/// Members post for their own enterprise, commissioners for theirs. Words are read as at import; what cannot be read is named by field.
#[utoipa::path(post, path = "/needs", tag = "needs", request_body = NeedBody, responses((status = 201, body = Saved)))]
async fn create_need(caller: Caller, Json(body): Json<NeedBody>) -> Answer {
    let saved = caller.app().save_need(caller.actor(), None, &body.into()).await?;
    created(&format!("/api/v1/needs/{}", saved.id), &Saved::from(saved))
}

/// Preview a need
///
/// Understands and matches a need without storing it.
#[utoipa::path(post, path = "/needs/preview", tag = "needs", request_body = NeedBody, responses((status = 200, body = NeedPreview)))]
async fn preview_need(caller: Caller, Json(body): Json<NeedBody>) -> Answer {
    let app::NeedPreview { row, matches, warnings } =
        caller.app().preview_need(caller.actor(), &body.into()).await?;
    ok(&NeedPreview { need: row.into(), matches: matches.into_iter().map(Into::into).collect(), warnings })
}

/// Export needs
///
/// All rows of a query (`page` and `per_page` are passed over) as a workbook. Recorded in the audit.
#[utoipa::path(get, path = "/needs/export", tag = "needs", params(RecordsQuery), responses((status = 200, description = "A workbook", content_type = XLSX, body = Vec<u8>)))]
async fn export_needs(caller: Caller, Query(query): Query<RecordsQuery>) -> Answer {
    let bytes = caller.app().export(caller.actor(), false, &query.checked()?).await?;
    Ok(workbook("needs.xlsx", bytes))
}

/// Read a need
///
/// With its ranked offers as of now, every reason and verdict.
#[utoipa::path(get, path = "/needs/{id}", tag = "needs", params(("id" = i64, Path)), responses((status = 200, body = NeedCard)))]
async fn need(caller: Caller, Path(id): Path<i64>) -> Answer {
    let app::NeedCard { row, matches, introductions, versions, protected, allotted, twins } =
        caller.app().need(caller.actor(), id).await?;
    let card = NeedCard {
        need: row.into(),
        matches: matches.into_iter().map(Into::into).collect(),
        introductions: introductions.into_iter().map(Into::into).collect(),
        versions: versions.into_iter().map(Into::into).collect(),
        protected,
        twins: twins.into(),
        allotted: allotted.map(Into::into),
    };
    versioned(card.need.version, &card)
}

/// Read a need as it was typed
///
/// What a change begins with; only for those who may change it.
#[utoipa::path(get, path = "/needs/{id}/form", tag = "needs", params(("id" = i64, Path)), responses((status = 200, body = NeedBody)))]
async fn need_form(caller: Caller, Path(id): Path<i64>) -> Answer {
    let (version, form) = caller.app().need_form(caller.actor(), id).await?;
    versioned(version, &NeedBody::from(form))
}

/// Change a need
///
/// The whole need as it shall be; what is left out becomes empty.
#[utoipa::path(put, path = "/needs/{id}", tag = "needs", params(("id" = i64, Path), IfMatch), request_body = NeedBody, responses((status = 200, body = Saved)))]
async fn update_need(
    caller: Caller,
    Path(id): Path<i64>,
    IfMatch { version }: IfMatch,
    Json(body): Json<NeedBody>,
) -> Answer {
    let saved = caller.app().save_need(caller.actor(), Some((id, version)), &body.into()).await?;
    versioned(saved.version, &Saved::from(saved))
}

/// Close or open a need
///
/// Each is undone by the other.
#[utoipa::path(put, path = "/needs/{id}/status", tag = "needs", params(("id" = i64, Path), IfMatch), request_body = OpenOrClosed, responses((status = 200, body = Saved)))]
async fn set_need_status(
    caller: Caller,
    Path(id): Path<i64>,
    IfMatch { version }: IfMatch,
    Json(body): Json<OpenOrClosed>,
) -> Answer {
    let saved = caller.app().set_open(caller.actor(), Noun::Need, id, version, body.open).await?;
    versioned(saved.version, &Saved::from(saved))
}
