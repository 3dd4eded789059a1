//! Invitations: links that make an account, or set a new password.

use super::caller::Caller;
use super::problem::{Answer, Problem};
use super::read::{Json, Paging, Path, Query};
use super::session::{SessionBegun, begun};
use super::shapes::{InvitationWord, OfficeWord, text};
use super::upload::{Files, FilesBody};
use super::write::{Rows, created_secret, done, ok, page_of};
use crate::site::Site;
use app::{NewInvitation, Office};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(invitations, invite))
        .routes(routes!(invite_workbook))
        .routes(routes!(revoke_invitation))
        .routes(routes!(invitation, accept_invitation))
}

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
struct Invitation {
    /// Row id.
    id: i64,
    /// True where it sets a new password for an account that is there.
    for_password: bool,
    /// Office of the account.
    #[schema(value_type = OfficeWord)]
    office: Office,
    /// Name of the enterprise.
    #[serde(skip_serializing_if = "Option::is_none")]
    enterprise: Option<String>,
    /// Who it is for.
    name: String,
    /// E-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// State.
    #[schema(value_type = InvitationWord)]
    state: app::InvitationState,
    /// Who wrote it.
    created_by: String,
    /// When, milliseconds since 1970 UTC.
    created_ms: i64,
    /// Until when it stands.
    expires_ms: i64,
}

impl From<app::InvitationInfo> for Invitation {
    fn from(info: app::InvitationInfo) -> Self {
        Self {
            id: info.id,
            for_password: info.for_password,
            office: info.office,
            enterprise: info.enterprise,
            name: info.name,
            email: text(info.email),
            state: info.state,
            created_by: info.created_by,
            created_ms: info.created_ms,
            expires_ms: info.expires_ms,
        }
    }
}

/// An invitation to write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"office": "member", "enterprise": 3, "name": "王采购", "email": "buyer@example.com", "days": 14}))]
struct InvitationBody {
    /// Office of the account to come.
    #[schema(value_type = OfficeWord)]
    office: Office,
    /// Row id of a member's enterprise, where it is known; else the member claims it later.
    #[serde(default)]
    enterprise: Option<i64>,
    /// Who it is for, in words.
    name: String,
    /// E-mail to send the link to.
    #[serde(default)]
    email: String,
    /// Days that it lasts.
    #[serde(default = "two_weeks")]
    #[schema(minimum = 1, maximum = 90)]
    days: u32,
}

fn two_weeks() -> u32 {
    14
}

/// An invitation that was written.
#[derive(Debug, Serialize, ToSchema)]
struct Invited {
    /// Row id.
    id: i64,
    /// Who it is for.
    name: String,
    /// The link, a secret, shown only now; null where the request with its idempotency key comes again.
    link: Option<String>,
}

impl Invited {
    fn new(invited: &app::Invited, base: Option<&str>) -> Self {
        let link = base.map(|base| format!("{base}/join/{}", invited.token));
        Self { id: invited.id, name: invited.name.clone(), link }
    }
}

/// List invitations
///
/// Newest first.
#[utoipa::path(get, path = "/invitations", tag = "people", params(Paging), responses((status = 200, body = Rows<Invitation>)))]
async fn invitations(caller: Caller, Query(paging): Query<Paging>) -> Answer {
    page_of::<_, Invitation>(&caller, caller.app().invitations(caller.actor()).await?, paging)
}

/// Invite somebody
///
/// The secretariat invites members and commissioners, the administrator everybody. Where an e-mail is given and a mail hook is
/// active, the link is also sent.
#[utoipa::path(post, path = "/invitations", tag = "people", request_body = InvitationBody, responses((status = 201, body = Invited)))]
async fn invite(caller: Caller, Json(body): Json<InvitationBody>) -> Answer {
    let InvitationBody { office, enterprise, name, email, days } = body;
    let new = NewInvitation { office, enterprise, name, email, days };
    let invited = caller.app().invite(caller.actor(), &new, &caller.base).await?;
    created_secret(
        "/api/v1/invitations",
        &Invited::new(&invited, Some(&caller.base)),
        &Invited::new(&invited, None),
    )
}

/// Invite a member for each row of a workbook
///
/// Columns 企业名称, 统一社会信用代码, 联系人, 邮箱. All rows or none.
#[utoipa::path(post, path = "/invitations/workbook", tag = "people", request_body(content = FilesBody, content_type = "multipart/form-data"), responses((status = 201, body = Vec<Invited>)))]
async fn invite_workbook(caller: Caller, Files(files): Files) -> Answer {
    let [file] =
        <[_; 1]>::try_from(files).map_err(|_| Problem::at("body", "/file", "one workbook, no more"))?;
    let (invited, _) = caller.app().invite_workbook(caller.actor(), &file, &caller.base).await?;
    let with = |base: Option<&str>| invited.iter().map(|i| Invited::new(i, base)).collect::<Vec<_>>();
    created_secret("/api/v1/invitations", &with(Some(&caller.base)), &with(None))
}

/// Take an invitation back
#[utoipa::path(delete, path = "/invitations/{id}", tag = "people", params(("id" = i64, Path)), responses((status = 204, description = "Taken back")))]
async fn revoke_invitation(caller: Caller, Path(id): Path<i64>) -> Answer {
    caller.app().revoke_invitation(caller.actor(), id).await?;
    done()
}

/// Read what a link is for
///
/// Needs no authentication: the token is the right.
#[utoipa::path(get, path = "/join/{token}", tag = "people", security(()), params(("token" = String, Path)), responses((status = 200, body = Invitation)))]
async fn invitation(State(site): State<Site>, Path(token): Path<String>) -> Answer {
    ok(&Invitation::from(site.app.invitation(&token).await?))
}

/// Name and password of the account to come.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "王采购", "password": "..."}))]
struct JoinBody {
    /// Name of the account; passed over for a password link.
    #[serde(default)]
    name: String,
    /// Password: 8 to 200 characters.
    #[schema(format = Password)]
    password: String,
}

/// Use a link
///
/// Makes the account, or sets its new password, and signs in. Needs no authentication.
#[utoipa::path(post, path = "/join/{token}", tag = "people", security(()), params(("token" = String, Path)), request_body = JoinBody, responses((status = 201, body = SessionBegun)))]
async fn accept_invitation(
    State(site): State<Site>,
    Path(token): Path<String>,
    Json(body): Json<JoinBody>,
) -> Answer {
    begun(&site, &site.app.accept_invitation(&token, &body.name, &body.password).await?)
}
