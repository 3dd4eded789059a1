//! Signing in and out, and the links that make an account.

use crate::answer::{Answer, Failure, html_page};
use crate::connection::Peer;
use crate::layout;
use crate::parts::{Field, form_error};
use crate::site::Site;
use crate::viewer::{Posted, Tongue, cookie};
use crate::words::{self, Lang};
use app::{Code, Error, InvitationInfo, InvitationState, Session};
use axum::Router;
use axum::extract::{Form, FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Its routes.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/sign-in", get(show).post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/join/{token}", get(invited).post(join))
}

/// Where to after signing in.
#[derive(Debug, Default, Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Debug, Deserialize)]
struct SignIn {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

#[derive(Debug, Deserialize)]
struct Join {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

/// Where a request comes from, as failures are counted.
pub struct Source(pub String);

impl FromRequestParts<Site> for Source {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        Ok(Self(Peer::of(parts, &site.options).map_or_else(String::new, Peer::counted)))
    }
}

/// A page of this server, or the first one: an address that leads elsewhere is not followed.
fn own_path(next: &str) -> &str {
    // Browsers read `\` as `/` and drop tabs and line ends, so `/\evil` and `/<tab>/evil` would lead elsewhere.
    let plain = next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let own = plain && next.starts_with('/') && !next.starts_with("//");
    let loops = ["/sign-in", "/sign-out", "/join/"].iter().any(|p| next.starts_with(p));
    if own && !loops { next } else { "/" }
}

/// Begins a session in the browser: a new token at each sign-in, out of reach for scripts and for other sites' forms.
fn begin(site: &Site, session: &Session, to: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    set_session(site, &mut response, &session.token, None);
    response
}

/// Puts the session's cookie on an answer; with an age of 0 it is taken away.
pub fn set_session(site: &Site, response: &mut Response, token: &str, age_s: Option<u32>) {
    let secure = if site.options.secure { "; Secure" } else { "" };
    let age = age_s.map_or_else(String::new, |s| format!("; Max-Age={s}"));
    let cookie = format!("{}={token}; Path=/; HttpOnly; SameSite=Lax{secure}{age}", site.cookie_name());
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

async fn show(
    State(site): State<Site>,
    tongue: Tongue,
    headers: HeaderMap,
    Query(Next { next }): Query<Next>,
) -> Answer {
    if let Some(session) = cookie(&headers, site.cookie_name())
        && site.app.signed_in(session).await.is_ok_and(|who| who.is_some())
    {
        return Ok(Redirect::to(own_path(&next)).into_response());
    }
    page(&site, tongue, "", &next, None).await
}

async fn sign_in(
    State(site): State<Site>,
    tongue: Tongue,
    Source(from): Source,
    headers: HeaderMap,
    Form(form): Form<SignIn>,
) -> Answer {
    match site.app.sign_in(&form.name, &form.password, &from).await {
        Ok(session) => {
            // Whoever was signed in here before no longer is.
            if let Some(before) = cookie(&headers, site.cookie_name()) {
                let _ = site.app.sign_out(before).await;
            }
            Ok(begin(&site, &session, own_path(&form.next)))
        }
        Err(error) if matches!(error.code, Code::SignIn | Code::TooMany | Code::BadInput) => {
            site.metrics.sign_in_failures.inc();
            page(&site, tongue, &form.name, &form.next, Some(&error)).await
        }
        Err(error) => Err(Failure { viewer: None, lang: tongue.lang, error }),
    }
}

async fn sign_out(State(site): State<Site>, posted: Posted<IgnoredAny>) -> Answer {
    let viewer = posted.viewer;
    site.app.sign_out(&viewer.session).await.map_err(|e| viewer.fail(e))?;
    let mut response = viewer.go("/sign-in");
    set_session(&site, &mut response, "", Some(0));
    // What the browser kept of the pages goes too; not on shared office computers alone.
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response)
}

async fn page(site: &Site, tongue: Tongue, name: &str, next: &str, error: Option<&Error>) -> Answer {
    let lang = tongue.lang;
    let fail = |error| Failure { viewer: None, lang, error };
    let body = if site.app.is_new().await.map_err(fail)? {
        first(lang)
    } else {
        let demo = site.app.demo_accounts().await.map_err(fail)?;
        html! {
            div.sign-in {
                section.panel {
                    h1 { (lang.t("登录")) }
                    (refusal(lang, error))
                    (sign_in_form(lang, name, next))
                    (other_language(lang, next))
                }
                @if !demo.is_empty() { section { (demo_buttons(lang, next, &demo)) } }
            }
        }
    };
    let mut response = html_page(layout::plain(lang, lang.t("登录"), &body)).into_response();
    if let Some(error) = error {
        *response.status_mut() =
            StatusCode::from_u16(error.code.row().status).unwrap_or(StatusCode::UNAUTHORIZED);
    }
    tongue.remember(&mut response);
    Ok(response)
}

/// Why it was not taken. Which of name and password was wrong is not said.
fn refusal(lang: Lang, error: Option<&Error>) -> Markup {
    html! {
        @if let Some(error) = error {
            div.failure role="alert" {
                @match error.code {
                    Code::SignIn => p { (lang.t("名称或密码不对，或账户已停用。")) }
                    Code::TooMany => {
                        p { (lang.t("失败次数太多，请稍后再试。")) }
                        p.soft { (lang.say(&error.message)) }
                    }
                    _ => p { (lang.say(&error.message)) }
                }
            }
        }
    }
}

fn sign_in_form(lang: Lang, name: &str, next: &str) -> Markup {
    html! {
        form.card.narrow method="post" action="/sign-in" {
            input type="hidden" name="next" value=(next);
            (Field::text("name", lang.t("名称")).value(name).required().max(200).autocomplete("username").autofocus())
            (Field::typed("password", "password", lang.t("密码")).required().max(400).autocomplete("current-password"))
            div.actions { button type="submit" { (lang.t("登录")) } }
        }
        p.soft { (lang.t("忘了密码：请管理员给一个重设密码的链接。")) }
    }
}

/// One button an account of the demo cluster.
fn demo_buttons(lang: Lang, next: &str, accounts: &[app::DemoAccount]) -> Markup {
    html! {
        h2 { (lang.t("演示账户")) }
        p.notice { (lang.t("这是虚构的示例集群，点一下就能以其中一个账户登录。")) }
        ul.plain.demo {
            @for account in accounts {
                li {
                    form.inline method="post" action="/sign-in" {
                        input type="hidden" name="next" value=(next);
                        input type="hidden" name="name" value=(account.name);
                        input type="hidden" name="password" value=(app::DEMO_PASSWORD);
                        button.quiet type="submit" { (account.name) }
                    }
                    " " span.soft {
                        (lang.t(account.office.zh()))
                        @if let Some(enterprise) = &account.enterprise { " · " (enterprise) }
                    }
                }
            }
        }
    }
}

/// What stands here before there is an administrator.
fn first(lang: Lang) -> Markup {
    html! {
        h1 { (lang.t("还没有账户")) }
        p { (lang.t("在运行本平台的机器上运行下面的命令，建立集群和第一位管理员，然后刷新这一页：")) }
        p { code { "yulin init --name " (lang.t("集群名称")) " --region " (lang.t("地区")) " --admin " (lang.t("您的名称")) } }
        p { (lang.t("集群已经有了、只缺账户时：")) }
        p { code { "yulin users --add " (lang.t("您的名称")) " --role administrator" } }
        p.soft { (lang.t("看演示：")) code { "yulin demo" } }
    }
}

fn other_language(lang: Lang, next: &str) -> Markup {
    let (other, name) = match lang {
        Lang::Zh => ("en", "English"),
        Lang::En => ("zh", "中文"),
    };
    let mut to = format!("?lang={other}");
    if !next.is_empty() {
        to += &format!("&next={}", words::encode(next));
    }
    html! { p { a href=(to) lang=(other) { (name) } } }
}

async fn invited(State(site): State<Site>, tongue: Tongue, Path(token): Path<String>) -> Answer {
    let lang = tongue.lang;
    let invitation = open_invitation(&site, lang, &token).await?;
    let mut response = join_page(lang, &invitation, None, &invitation.name).into_response();
    tongue.remember(&mut response);
    Ok(response)
}

async fn join(
    State(site): State<Site>,
    tongue: Tongue,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(form): Form<Join>,
) -> Answer {
    let lang = tongue.lang;
    let invitation = open_invitation(&site, lang, &token).await?;
    let error = if form.password == form.again {
        match site.app.accept_invitation(&token, &form.name, &form.password).await {
            Ok(session) => {
                if let Some(before) = cookie(&headers, site.cookie_name()) {
                    let _ = site.app.sign_out(before).await;
                }
                return Ok(begin(&site, &session, "/"));
            }
            Err(error) if matches!(error.code, Code::BadInput | Code::Conflict) => lang.said(error),
            Err(error) => return Err(Failure { viewer: None, lang, error }),
        }
    } else {
        let mut error = Error::new(Code::BadInput, lang.t("密码没有设好"));
        error.fields.push(("again".to_owned(), lang.t("两次输入的密码不一样").to_owned()));
        error
    };
    let status = StatusCode::from_u16(error.code.row().status).unwrap_or(StatusCode::BAD_REQUEST);
    Ok((status, join_page(lang, &invitation, Some(&error), &form.name)).into_response())
}

/// The invitation of a link that can still be used.
async fn open_invitation(site: &Site, lang: Lang, token: &str) -> Result<InvitationInfo, Failure> {
    let fail = |error| Failure { viewer: None, lang, error };
    let gone =
        |what: &'static str| Error::new(Code::NotFound, lang.t(what)).hint(lang.t("请发链接的人再发一个。"));
    match site.app.invitation(token).await {
        Ok(invitation) => match invitation.state {
            InvitationState::Open => Ok(invitation),
            InvitationState::Accepted => Err(fail(gone("这个链接已经用过"))),
            InvitationState::Expired => Err(fail(gone("这个链接已经过期"))),
            InvitationState::Revoked => Err(fail(gone("这个链接已被收回"))),
        },
        Err(error) if error.code == Code::NotFound => Err(fail(gone("没有这个链接"))),
        Err(error) => Err(fail(error)),
    }
}

fn join_page(lang: Lang, invitation: &InvitationInfo, error: Option<&Error>, name: &str) -> Response {
    let title =
        if invitation.for_password { lang.t("设置新密码") } else { lang.t("加入集群平台") };
    let body = html! {
        h1 { (title) }
        @if !invitation.for_password {
            dl.facts {
                dt { (lang.t("邀请人")) } dd { (invitation.created_by) }
                dt { (lang.t("角色")) } dd { (lang.t(invitation.office.zh())) }
                @if let Some(enterprise) = &invitation.enterprise { dt { (lang.t("企业")) } dd { (enterprise) } }
            }
        }
        (form_error(lang, error))
        form.card.narrow method="post" {
            @if invitation.for_password {
                // Password managers want to know whose it is.
                (Field::text("name", lang.t("名称")).value(&invitation.name).autocomplete("username").readonly())
            } @else {
                (Field::text("name", lang.t("名称")).value(name).hint(lang.t("登录时用的名称，也会写在您的操作记录里。"))
                    .required().max(60).autocomplete("username").error_of(error))
            }
            (Field::typed("password", "password", lang.t("密码")).hint(lang.t("至少 8 个字符，不要用名称或常见的密码。"))
                .required().max(200).autocomplete("new-password").error_of(error))
            (Field::typed("password", "again", lang.t("再输一次密码")).required().max(200)
                .autocomplete("new-password").error_of(error))
            div.actions { button type="submit" { (lang.t("确定并登录")) } }
        }
    };
    html_page(layout::plain(lang, title, &body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for (next, expect) in [
            ("/needs?q=%E9%9D%A2&page=2", "/needs?q=%E9%9D%A2&page=2"),
            ("", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("https://evil.example", "/"),
            ("javascript:alert(1)", "/"),
            ("needs", "/"),
            ("/sign-in?next=/sign-in", "/"),
            ("/需求", "/"),
        ] {
            assert_eq!(own_path(next), expect, "{next}");
        }
    }
}
