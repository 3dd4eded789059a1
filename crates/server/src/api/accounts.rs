//! Accounts, as the administrator and the secretariat see them.

use super::caller::Caller;
use super::problem::{Answer, Problem};
use super::read::{IfMatch, Json, Paging, Path, Query};
use super::shapes::{EnterpriseName, OfficeWord, text};
use super::write::{Made, Rows, created, created_secret, done, page_of, versioned};
use crate::site::Site;
use app::{AccountChange, Code, NewAccount, Office};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(accounts, add_account))
        .routes(routes!(account, change_account))
        .routes(routes!(reset_password))
        .routes(routes!(assign))
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Account {
    /// Row id.
    id: i64,
    /// Version.
    version: i64,
    /// Unique name.
    name: String,
    /// Office.
    #[schema(value_type = OfficeWord)]
    office: Office,
    /// A member's enterprise.
    #[serde(skip_serializing_if = "Option::is_none")]
    enterprise: Option<EnterpriseName>,
    /// A commissioner's enterprises.
    assigned: Vec<EnterpriseName>,
    /// E-mail, for notices.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// False once it is closed.
    active: bool,
    /// True where it has a password.
    can_sign_in: bool,
    /// When it was made, milliseconds since 1970 UTC.
    created_ms: i64,
    /// When it was last seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_ms: Option<i64>,
}

impl From<app::AccountInfo> for Account {
    fn from(info: app::AccountInfo) -> Self {
        Self {
            id: info.id,
            version: info.version,
            name: info.name,
            office: info.office,
            enterprise: info.enterprise.map(Into::into),
            assigned: info.assigned.into_iter().map(Into::into).collect(),
            email: text(info.email),
            active: info.active,
            can_sign_in: info.can_sign_in,
            created_ms: info.created_ms,
            seen_ms: info.seen_ms,
        }
    }
}

/// An account to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "王采购", "office": "member", "enterprise": 3, "email": "buyer@example.com"}))]
struct AccountBody {
    /// Unique name.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Office.
    #[schema(value_type = OfficeWord)]
    office: Office,
    /// Row id of a member's enterprise.
    #[serde(default)]
    enterprise: Option<i64>,
    /// E-mail.
    #[serde(default)]
    email: String,
    /// Password; without one the account signs in only after a link of `password-link` was used.
    #[serde(default)]
    #[schema(format = Password)]
    password: Option<String>,
}

/// What changes in an account; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"active": false}))]
struct AccountPatch {
    /// Office.
    #[serde(default)]
    #[schema(value_type = Option<OfficeWord>)]
    office: Option<Office>,
    /// Row id of a member's enterprise; null takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    enterprise: Option<Option<i64>>,
    /// E-mail.
    #[serde(default)]
    email: Option<String>,
    /// Open or closed. Closing ends all sessions and tokens.
    #[serde(default)]
    active: Option<bool>,
}

/// Null is a value, absence is none.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::<i64>::deserialize(from).map(Some)
}

/// List accounts
///
/// Closed ones too. The secretariat sees members and commissioners only.
#[utoipa::path(get, path = "/accounts", tag = "people", params(Paging), responses((status = 200, body = Rows<Account>)))]
async fn accounts(caller: Caller, Query(paging): Query<Paging>) -> Answer {
    page_of::<_, Account>(&caller, caller.app().accounts(caller.actor()).await?, paging)
}

/// Read an account
#[utoipa::path(get, path = "/accounts/{id}", tag = "people", params(("id" = i64, Path)), responses((status = 200, body = Account)))]
async fn account(caller: Caller, Path(id): Path<i64>) -> Answer {
    let found = caller.app().accounts(caller.actor()).await?.into_iter().find(|a| a.id == id);
    let info = found.ok_or_else(|| Problem::new(Code::NotFound, format!("no account {id}")))?;
    versioned(info.version, &Account::from(info))
}

/// Add an account
#[utoipa::path(post, path = "/accounts", tag = "people", request_body = AccountBody, responses((status = 201, body = Made)))]
async fn add_account(caller: Caller, Json(body): Json<AccountBody>) -> Answer {
    let AccountBody { name, office, enterprise, email, password } = body;
    let new = NewAccount { name, office: Some(office), enterprise, email, password };
    let id = caller.app().add_account(caller.actor(), &new).await?;
    created(&format!("/api/v1/accounts/{id}"), &Made { id })
}

/// Change an account
///
/// Nobody closes or demotes the last administrator who can sign in.
#[utoipa::path(patch, path = "/accounts/{id}", tag = "people", params(("id" = i64, Path), IfMatch), request_body = AccountPatch, responses((status = 204, description = "Changed")))]
async fn change_account(
    caller: Caller,
    Path(id): Path<i64>,
    IfMatch { version }: IfMatch,
    Json(body): Json<AccountPatch>,
) -> Answer {
    let AccountPatch { office, enterprise, email, active } = body;
    let change = AccountChange { office, enterprise, email, active };
    caller.app().set_account(caller.actor(), id, version, &change).await?;
    done()
}

/// A link for a new password.
#[derive(Debug, Serialize, ToSchema)]
struct PasswordLink {
    /// The link, a secret of the account's owner, shown only now; null where the request with its idempotency key comes again.
    link: Option<String>,
}

/// Make a link for a new password
///
/// Valid for 3 days. Ends all sessions of the account.
#[utoipa::path(post, path = "/accounts/{id}/password-link", tag = "people", params(("id" = i64, Path)), responses((status = 201, body = PasswordLink)))]
async fn reset_password(caller: Caller, Path(id): Path<i64>) -> Answer {
    let token = caller.app().reset_password(caller.actor(), id).await?;
    let link = PasswordLink { link: Some(format!("{}/join/{token}", caller.base)) };
    created_secret(&format!("/api/v1/accounts/{id}"), &link, &PasswordLink { link: None })
}

/// A commissioner's enterprises.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AssignBody {
    /// Row ids of enterprises.
    #[schema(max_items = 1000)]
    enterprises: Vec<i64>,
}

/// Give a commissioner enterprises to look after
///
/// In place of those before.
#[utoipa::path(put, path = "/accounts/{id}/enterprises", tag = "people", params(("id" = i64, Path)), request_body = AssignBody, responses((status = 204, description = "Stored")))]
async fn assign(caller: Caller, Path(id): Path<i64>, Json(body): Json<AssignBody>) -> Answer {
    if body.enterprises.len() > 1000 {
        return Err(Problem::at("body", "/enterprises", "at most 1000"));
    }
    caller.app().assign(caller.actor(), id, &body.enterprises).await?;
    done()
}
