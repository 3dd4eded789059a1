//! Signing in and out, and one's own account.

use super::accounts::Account;
use super::caller::Caller;
use super::claims::Claim;
use super::problem::{Answer, Problem};
use super::read::{Json, Path, Query};
use super::write::{Made, created, created_secret, done, ok};
use crate::pages::sign_in::{Source, set_session};
use crate::site::Site;
use crate::viewer::csrf_shown;
use app::{Act, Code, NewToken};
use axum::Json as Sent;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(sign_in, sign_out))
        .routes(routes!(me))
        .routes(routes!(change_password))
        .routes(routes!(my_claim, claim))
        .routes(routes!(tokens, create_token))
        .routes(routes!(revoke_token))
        .routes(routes!(inbox))
        .routes(routes!(mark_read))
}

/// Name and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "member", "password": "..."}))]
struct SignInBody {
    /// Name of the account.
    name: String,
    /// Password.
    #[schema(format = Password)]
    password: String,
}

/// A session that has begun. Its secret is in the cookie only.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionBegun {
    /// To be sent as `x-csrf` with every change.
    csrf: String,
    /// When it ends at the latest, milliseconds since 1970 UTC.
    expires_ms: i64,
}

/// The answer of a new session: its cookie, and the word for `x-csrf`.
pub fn begun(site: &Site, session: &app::Session) -> Answer {
    let body = SessionBegun { csrf: csrf_shown(&session.token), expires_ms: session.expires_ms };
    let mut response = (StatusCode::CREATED, Sent(body)).into_response();
    set_session(site, &mut response, &session.token, None);
    Ok(response)
}

/// Sign in
///
/// For browsers; programs take a token. The session's cookie comes back. After too many failures the answer is 429 with
/// `Retry-After`. Needs no authentication and takes no idempotency key.
#[utoipa::path(post, path = "/session", tag = "me", security(()), request_body = SignInBody, responses((status = 201, body = SessionBegun)))]
async fn sign_in(State(site): State<Site>, Source(from): Source, Json(body): Json<SignInBody>) -> Answer {
    begun(&site, &site.app.sign_in(&body.name, &body.password, &from).await?)
}

/// Sign out
///
/// Ends the browser's session; a token is revoked instead.
#[utoipa::path(delete, path = "/session", tag = "me", responses((status = 204, description = "Ended")))]
async fn sign_out(caller: Caller) -> Answer {
    let Some(session) = &caller.session else {
        return Err(app::Error::new(Code::Conflict, "a token has no session to end")
            .hint("revoke it: DELETE /api/v1/me/tokens/{id}")
            .into());
    };
    caller.app().sign_out(session).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_session(&caller.site, &mut response, "", Some(0));
    Ok(response)
}

/// Who calls.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    /// The account.
    account: Account,
    /// Use cases that are allowed.
    may: Vec<&'static str>,
    /// Messages not read yet.
    unread: u32,
    /// True for a token that may only read.
    read_only: bool,
    /// To be sent as `x-csrf` with every change, where a session's cookie calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf: Option<String>,
}

/// Read one's own account
///
/// With what it may do.
#[utoipa::path(get, path = "/me", tag = "me", responses((status = 200, body = Me)))]
async fn me(caller: Caller) -> Answer {
    let account = caller.app().me(caller.actor()).await?;
    let actor = caller.actor();
    ok(&Me {
        account: account.into(),
        may: Act::ALL.iter().filter(|act| actor.may(**act)).map(|act| act.word()).collect(),
        unread: caller.signed_in.unread,
        read_only: actor.read_only,
        csrf: caller.session.as_deref().map(csrf_shown),
    })
}

/// Old and new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"old": "...", "new": "..."}))]
struct PasswordBody {
    /// The old one.
    #[schema(format = Password)]
    old: String,
    /// The new one: 8 to 200 characters, not the name, not among the most common ones.
    #[schema(format = Password, min_length = 8, max_length = 200)]
    new: String,
}

/// Change one's own password
///
/// All other sessions end.
#[utoipa::path(put, path = "/me/password", tag = "me", request_body = PasswordBody, responses((status = 204, description = "Changed")))]
async fn change_password(caller: Caller, Json(body): Json<PasswordBody>) -> Answer {
    let keep = caller.session.as_deref().unwrap_or("");
    caller.app().change_password(caller.actor(), keep, &body.old, &body.new).await?;
    done()
}

/// Read one's own newest claim
#[utoipa::path(get, path = "/me/claim", tag = "me", responses((status = 200, body = Claim)))]
async fn my_claim(caller: Caller) -> Answer {
    match caller.app().my_claim(caller.actor()).await? {
        Some(claim) => ok(&Claim::from(claim)),
        None => Err(Problem::new(Code::NotFound, "there is no claim")),
    }
}

/// An enterprise to claim.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"uscc": "91360800MA0000007J", "name": "虚构示例电子有限公司", "note": "采购部"}))]
struct ClaimBody {
    /// Unified social credit code, 18 characters.
    uscc: String,
    /// Name of the enterprise.
    name: String,
    /// Words to the secretariat.
    #[serde(default)]
    note: String,
}

/// Claim an enterprise
///
/// For a member without one; the secretariat decides.
#[utoipa::path(post, path = "/me/claim", tag = "me", request_body = ClaimBody, responses((status = 201, body = Made)))]
async fn claim(caller: Caller, Json(body): Json<ClaimBody>) -> Answer {
    let id = caller.app().claim(caller.actor(), &body.uscc, &body.name, &body.note).await?;
    created("/api/v1/me/claim", &Made { id })
}

/// A token as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
struct Token {
    /// Row id.
    id: i64,
    /// What it is for.
    name: String,
    /// True where it may change things.
    may_write: bool,
    /// When it was made, milliseconds since 1970 UTC.
    created_ms: i64,
    /// When it runs out.
    expires_ms: i64,
    /// When it was last used, to within some minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    used_ms: Option<i64>,
    /// True where it was revoked.
    revoked: bool,
}

impl From<app::TokenInfo> for Token {
    fn from(info: app::TokenInfo) -> Self {
        let app::TokenInfo { id, name, may_write, created_ms, expires_ms, used_ms, revoked } = info;
        Self { id, name, may_write, created_ms, expires_ms, used_ms, revoked }
    }
}

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "ERP", "may_write": true, "days": 90}))]
struct TokenBody {
    /// What it is for.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// True where it may change things.
    #[serde(default)]
    may_write: bool,
    /// Days that it lasts.
    #[schema(minimum = 1, maximum = 366)]
    days: u32,
}

/// A token that was made.
#[derive(Debug, Serialize, ToSchema)]
struct NewSecret {
    /// Row id.
    id: i64,
    /// The secret, shown only now; null where the request with its idempotency key comes again.
    secret: Option<String>,
}

/// List one's own tokens
#[utoipa::path(get, path = "/me/tokens", tag = "me", responses((status = 200, body = Vec<Token>)))]
async fn tokens(caller: Caller) -> Answer {
    let tokens = caller.app().tokens(caller.actor()).await?;
    ok(&tokens.into_iter().map(Token::from).collect::<Vec<_>>())
}

/// Make a token
///
/// It acts as oneself. The secret (`yulin_...`) is shown only now: it is not stored, so the same request with its
/// idempotency key answers 201 again without it.
#[utoipa::path(post, path = "/me/tokens", tag = "me", request_body = TokenBody, responses((status = 201, body = NewSecret)))]
async fn create_token(caller: Caller, Json(body): Json<TokenBody>) -> Answer {
    let TokenBody { name, may_write, days } = body;
    let (id, secret) = caller.app().create_token(caller.actor(), &NewToken { name, may_write, days }).await?;
    created_secret(
        &format!("/api/v1/me/tokens/{id}"),
        &NewSecret { id, secret: Some(secret) },
        &NewSecret { id, secret: None },
    )
}

/// Revoke a token
#[utoipa::path(delete, path = "/me/tokens/{id}", tag = "me", params(("id" = i64, Path)), responses((status = 204, description = "Revoked")))]
async fn revoke_token(caller: Caller, Path(id): Path<i64>) -> Answer {
    caller.app().revoke_token(caller.actor(), id).await?;
    done()
}

/// Which messages.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InboxQuery {
    /// Only older ones than the message with this row id.
    before: Option<i64>,
    /// At most so many.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A message.
#[derive(Debug, Serialize, ToSchema)]
struct Message {
    /// Row id.
    id: i64,
    /// What it is about, such as `claim.open`.
    kind: String,
    /// Title, in Chinese.
    title: String,
    /// Text, in Chinese.
    body: String,
    /// Path on this server where it leads.
    link: String,
    /// When it came, milliseconds since 1970 UTC.
    at_ms: i64,
    /// True once it was read.
    read: bool,
}

impl From<app::MessageInfo> for Message {
    fn from(info: app::MessageInfo) -> Self {
        let app::MessageInfo { id, kind, title, body, link, at_ms, read } = info;
        Self { id, kind, title, body, link, at_ms, read }
    }
}

/// List one's own messages
///
/// Newest first; `before` with the last id gives the next ones.
#[utoipa::path(get, path = "/me/messages", tag = "me", params(InboxQuery), responses((status = 200, body = Vec<Message>)))]
async fn inbox(caller: Caller, Query(query): Query<InboxQuery>) -> Answer {
    let limit = query.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(Problem::at("query", "limit", "1 to 200"));
    }
    let messages = caller.app().inbox(caller.actor(), query.before, limit).await?;
    ok(&messages.into_iter().map(Message::from).collect::<Vec<_>>())
}

/// Messages that were read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReadBody {
    /// Row ids; none means all.
    #[serde(default)]
    #[schema(max_items = 1000)]
    ids: Vec<i64>,
}

/// Mark messages as read
#[utoipa::path(post, path = "/me/messages/read", tag = "me", request_body = ReadBody, responses((status = 204, description = "Marked")))]
async fn mark_read(caller: Caller, Json(body): Json<ReadBody>) -> Answer {
    if body.ids.len() > 1000 {
        return Err(Problem::at("body", "/ids", "at most 1000 at a time"));
    }
    caller.app().mark_read(caller.actor(), &body.ids).await?;
    done()
}
