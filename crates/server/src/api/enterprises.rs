//! Enterprises: one file an enterprise (一企一档).

use super::caller::Caller;
use super::introductions::Introduction;
use super::needs::Need;
use super::offers::Offer;
use super::problem::Answer;
use super::read::{IfMatch, Json, Paging, Path, Query};
use super::shapes::{
    ContactShape, OpenOrClosed, PointShape, StatusWord, VersionShape, VisibilityWord, contact, mirror, text,
};
use super::write::{Rows, Saved, created, page, versioned};
use crate::site::Site;
use app::EnterpriseQuery;
use model::visibility::{Noun, Visibility};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(enterprises, create_enterprise))
        .routes(routes!(enterprise, update_enterprise))
        .routes(routes!(enterprise_form))
        .routes(routes!(set_enterprise_status))
}

/// What is looked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EnterprisesQuery {
    /// Words in name, short name, code or products.
    q: String,
    /// Region code; what lies within counts.
    #[param(example = "360800")]
    region: String,
    /// Chain group.
    group: String,
    /// Only a member's own or a commissioner's.
    mine: bool,
    /// Page, from 1.
    #[param(minimum = 1, example = 1)]
    page: Option<u32>,
    /// Rows a page, at most 200; 50 where nothing is said.
    #[param(minimum = 1, maximum = 200, example = 50)]
    per_page: Option<u32>,
}

/// An enterprise as its reader may see it.
#[derive(Debug, Serialize, ToSchema)]
struct Enterprise {
    /// Row id; stays for ever.
    id: i64,
    /// Version.
    version: i64,
    /// Whether it stands.
    #[schema(value_type = StatusWord)]
    status: app::RecordStatus,
    /// When it last changed, milliseconds since 1970 UTC.
    updated_ms: i64,
    /// True where the reader may change it.
    may_edit: bool,
    /// Registered name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Unified social credit code.
    #[serde(skip_serializing_if = "Option::is_none")]
    uscc: Option<String>,
    /// Short name.
    #[serde(skip_serializing_if = "Option::is_none")]
    short_name: Option<String>,
    /// Former and other names.
    other_names: Vec<String>,
    /// County or city.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    /// Its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    region_code: Option<String>,
    /// Park.
    #[serde(skip_serializing_if = "Option::is_none")]
    park: Option<String>,
    /// Its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    park_code: Option<String>,
    /// Address.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// Own coordinates.
    #[serde(skip_serializing_if = "Option::is_none")]
    point: Option<PointShape>,
    /// Industry in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    industry: Option<String>,
    /// GB/T 4754 class.
    #[serde(skip_serializing_if = "Option::is_none")]
    industry_code: Option<String>,
    /// Chain group (产业链小组).
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    /// Main products.
    #[serde(skip_serializing_if = "Option::is_none")]
    products: Option<String>,
    /// Employees.
    #[serde(skip_serializing_if = "Option::is_none")]
    employees: Option<u32>,
    /// Yearly revenue in fen (1/100 yuan).
    #[serde(skip_serializing_if = "Option::is_none")]
    revenue_fen: Option<i64>,
    /// Person to call; protected.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<ContactShape>,
    /// Free words.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// True for an invented enterprise of the demo.
    fictional: bool,
    /// The row's own level.
    #[schema(value_type = VisibilityWord)]
    visibility: Visibility,
    /// Open needs that the reader may know of.
    needs: usize,
    /// Open offers.
    offers: usize,
}

impl From<app::EnterpriseRow> for Enterprise {
    fn from(row: app::EnterpriseRow) -> Self {
        let value = row.enterprise;
        Self {
            id: row.id,
            version: row.version,
            status: row.status,
            updated_ms: row.updated_ms,
            may_edit: row.may_edit,
            name: text(value.name),
            uscc: value.uscc.map(|code| code.to_string()),
            short_name: text(value.short_name),
            other_names: value.other_names,
            region: text(row.region),
            region_code: value.region,
            park: text(row.park),
            park_code: value.park,
            address: text(value.address),
            point: value.point.map(Into::into),
            industry: text(row.industry),
            industry_code: value.industry,
            group: text(value.group),
            products: text(value.products),
            employees: value.employees,
            revenue_fen: value.revenue_fen,
            contact: contact(value.contact),
            note: text(value.note),
            fictional: value.fictional,
            visibility: value.visibility,
            needs: row.needs,
            offers: row.offers,
        }
    }
}

/// A published list that names an enterprise.
#[derive(Debug, Serialize, ToSchema)]
struct OnList {
    /// Number of the list.
    list: u32,
    /// Its needs on it.
    needs: u32,
    /// Its offers on it.
    offers: u32,
}

/// The file of an enterprise.
#[derive(Debug, Serialize, ToSchema)]
struct EnterpriseCard {
    /// The enterprise.
    enterprise: Enterprise,
    /// Its needs.
    needs: Vec<Need>,
    /// Its offers.
    offers: Vec<Offer>,
    /// Introductions that the reader takes part in.
    introductions: Vec<Introduction>,
    /// Published lists that name it.
    lists: Vec<OnList>,
    /// Accounts that sign in for it; for the secretariat and the enterprise itself.
    people: Vec<String>,
    /// Versions, newest first; for those who may change it.
    versions: Vec<VersionShape>,
    /// Fields that the reader sees by office, ownership or introduction; reading them was recorded.
    protected: Vec<String>,
}

/// An enterprise as a person types it; empty where nothing is said.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"name": "虚构示例电子有限公司", "region": "吉州区", "products": "显示屏面罩、注塑件"}))]
struct EnterpriseBody {
    /// 企业名称; must be there.
    name: String,
    /// 统一社会信用代码.
    uscc: String,
    /// 简称.
    short_name: String,
    /// County or city, name or code.
    region: String,
    /// Park, name or code.
    park: String,
    /// 地址.
    address: String,
    /// 行业代码.
    industry: String,
    /// 产业链小组.
    group: String,
    /// 主营产品.
    products: String,
    /// 从业人数.
    employees: String,
    /// 营业收入.
    revenue: String,
    /// 联系人.
    contact_name: String,
    /// 职务.
    contact_position: String,
    /// 电话.
    contact_phone: String,
    /// 备注.
    note: String,
}

mirror!(EnterpriseBody <=> app::EnterpriseForm {
    name, uscc, short_name, region, park, address, industry, group, products, employees, revenue,
    contact_name, contact_position, contact_phone, note,
});

/// Find enterprises
#[utoipa::path(get, path = "/enterprises", tag = "enterprises", params(EnterprisesQuery), responses((status = 200, body = Rows<Enterprise>)))]
async fn enterprises(caller: Caller, Query(query): Query<EnterprisesQuery>) -> Answer {
    let (at, per_page) = Paging::checked(query.page, query.per_page)?;
    let EnterprisesQuery { q, region, group, mine, .. } = query;
    let query = EnterpriseQuery { q, region, group, mine, page: at, per_page };
    page::<_, Enterprise>(&caller, caller.app().enterprises(caller.actor(), &query).await?)
}

/// Add an enterprise
///
/// The secretariat's; members claim theirs.
#[utoipa::path(post, path = "/enterprises", tag = "enterprises", request_body = EnterpriseBody, responses((status = 201, body = Saved)))]
async fn create_enterprise(caller: Caller, Json(body): Json<EnterpriseBody>) -> Answer {
    let saved = caller.app().save_enterprise(caller.actor(), None, &body.into()).await?;
    created(&format!("/api/v1/enterprises/{}", saved.id), &Saved::from(saved))
}

/// Read the file of an enterprise
#[utoipa::path(get, path = "/enterprises/{id}", tag = "enterprises", params(("id" = i64, Path)), responses((status = 200, body = EnterpriseCard)))]
async fn enterprise(caller: Caller, Path(id): Path<i64>) -> Answer {
    let card = caller.app().enterprise(caller.actor(), id).await?;
    let card = EnterpriseCard {
        enterprise: card.row.into(),
        needs: card.needs.into_iter().map(Into::into).collect(),
        offers: card.offers.into_iter().map(Into::into).collect(),
        introductions: card.introductions.into_iter().map(Into::into).collect(),
        lists: card.lists.into_iter().map(|(list, needs, offers)| OnList { list, needs, offers }).collect(),
        people: card.people,
        versions: card.versions.into_iter().map(Into::into).collect(),
        protected: card.protected,
    };
    versioned(card.enterprise.version, &card)
}

/// Read an enterprise as it was typed
///
/// What a change begins with; only for those who may change it.
#[utoipa::path(get, path = "/enterprises/{id}/form", tag = "enterprises", params(("id" = i64, Path)), responses((status = 200, body = EnterpriseBody)))]
async fn enterprise_form(caller: Caller, Path(id): Path<i64>) -> Answer {
    let (version, form) = caller.app().enterprise_form(caller.actor(), id).await?;
    versioned(version, &EnterpriseBody::from(form))
}

/// Change an enterprise
///
/// The whole enterprise as it shall be; what is left out becomes empty.
#[utoipa::path(put, path = "/enterprises/{id}", tag = "enterprises", params(("id" = i64, Path), IfMatch), request_body = EnterpriseBody, responses((status = 200, body = Saved)))]
async fn update_enterprise(
    caller: Caller,
    Path(id): Path<i64>,
    IfMatch { version }: IfMatch,
    Json(body): Json<EnterpriseBody>,
) -> Answer {
    let saved = caller.app().save_enterprise(caller.actor(), Some((id, version)), &body.into()).await?;
    versioned(saved.version, &Saved::from(saved))
}

/// Close or open an enterprise
///
/// Each is undone by the other.
#[utoipa::path(put, path = "/enterprises/{id}/status", tag = "enterprises", params(("id" = i64, Path), IfMatch), request_body = OpenOrClosed, responses((status = 200, body = Saved)))]
async fn set_enterprise_status(
    caller: Caller,
    Path(id): Path<i64>,
    IfMatch { version }: IfMatch,
    Json(body): Json<OpenOrClosed>,
) -> Answer {
    let saved = caller.app().set_open(caller.actor(), Noun::Enterprise, id, version, body.open).await?;
    versioned(saved.version, &Saved::from(saved))
}
