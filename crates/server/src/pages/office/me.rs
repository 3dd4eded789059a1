//! `/me`: one's own account, password and API tokens.

use super::show;
use crate::answer::Answer;
use crate::parts::{self, Field};
use crate::viewer::{Posted, Viewer};
use app::{AccountInfo, Act, Code, Error, NewToken, Office, TokenInfo};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;

/// Days that a token lasts unless said otherwise.
const DAYS: u32 = 90;

/// Which of the page's two forms comes back with an error.
enum Wrong<'e> {
    None,
    Password(&'e Error),
    Token(&'e Error, &'e TokenForm),
}

/// `GET /me`
pub async fn page(viewer: Viewer) -> Answer {
    let body = body(&viewer, &Wrong::None).await?;
    Ok(viewer.page(viewer.lang().t("我的账户"), &body))
}

async fn body(viewer: &Viewer, wrong: &Wrong<'_>) -> Result<Markup, crate::answer::Failure> {
    let fail = |e| viewer.fail(e);
    let me = viewer.app().me(viewer.actor()).await.map_err(fail)?;
    let tokens = viewer.app().tokens(viewer.actor()).await.map_err(fail)?;
    let lang = viewer.lang();
    Ok(html! {
        h1 { (lang.t("我的账户")) }
        (about(viewer, &me))
        section {
            h2 { (lang.t("显示")) }
            div.actions {
                a.button.quiet href="/me?lang=zh" lang="zh-CN" { "中文" }
                a.button.quiet href="/me?lang=en" lang="en" { "English" }
                @if viewer.large { a.button.quiet href="/me?text=normal" { (lang.t("普通字号")) } }
                @else { a.button.quiet href="/me?text=large" { (lang.t("大字号")) } }
            }
        }
        (password(viewer, wrong))
        section {
            h2 { (lang.t("API 令牌")) }
            p.soft {
                (lang.t("让您自己的程序以您的身份读写本平台。令牌和密码一样要保密，不用了就撤销。"))
                " " a href="/api/docs" { (lang.t("接口文档")) }
            }
            @if tokens.is_empty() {
                (parts::empty(lang.t("还没有令牌"), lang.t("在下面新建一个。")))
            } @else {
                (parts::scroll(lang.t("API 令牌"), &token_table(viewer, &tokens)))
            }
            (token_form(viewer, wrong))
        }
    })
}

fn about(viewer: &Viewer, me: &AccountInfo) -> Markup {
    let lang = viewer.lang();
    show::facts(&[
        (lang.t("账号"), html! { strong { (me.name) } }),
        (lang.t("角色"), html! { (lang.t(me.office.zh())) }),
        (
            lang.t("企业"),
            html! {
                @if let Some((id, name)) = &me.enterprise { a href={ "/enterprises/" (id) } { (name) } }
                @else if me.office == Office::Member { (lang.t("未认领企业")) " " a.button.small href="/claim" { (lang.t("认领企业")) } }
                @else if me.assigned.is_empty() { span.soft { "—" } }
                @else { ul.plain { @for (id, name) in &me.assigned { li { a href={ "/enterprises/" (id) } { (name) } } } } }
            },
        ),
        (
            lang.t("邮箱"),
            html! {
                @if me.email.is_empty() { span.soft { (lang.t("没有填；需要邮件通知请告诉管理员")) } } @else { (me.email) }
            },
        ),
        (lang.t("建立"), show::day(me.created_ms)),
        (lang.t("我能看到什么"), html! { a href="/visibility" { (lang.t("谁能看到哪些字段")) } }),
    ])
}

fn password(viewer: &Viewer, wrong: &Wrong<'_>) -> Markup {
    let lang = viewer.lang();
    let error = if let Wrong::Password(error) = wrong { Some(*error) } else { None };
    html! {
        section {
            h2 #password { (lang.t("修改密码")) }
            p.soft { (lang.t("改密码后，其他设备上的登录全部退出，本机保持登录。")) }
            (parts::form_error(lang, error))
            form.card method="post" action="/me/password" {
                (viewer.csrf_field())
                // Password managers look for the name that belongs to it.
                input.visually-hidden type="text" name="username" value=(viewer.actor().name) autocomplete="username" tabindex="-1" aria-hidden="true" readonly;
                (Field::typed("password", "old", lang.t("现在的密码")).required().max(200).autocomplete("current-password").error_of(error))
                (Field::typed("password", "new", lang.t("新密码")).required().max(200).autocomplete("new-password").error_of(error)
                    .hint(lang.t("8到200个字符；不要用账号名、生日或常见密码。")))
                (Field::typed("password", "again", lang.t("再输一遍新密码")).required().max(200).autocomplete("new-password").error_of(error))
                div.actions { button type="submit" { (lang.t("修改密码")) } }
            }
        }
    }
}

/// A change of password, as typed.
#[derive(Deserialize)]
pub struct PasswordForm {
    old: String,
    new: String,
    again: String,
}

/// `POST /me/password`
pub async fn change_password(Posted { viewer, form, .. }: Posted<PasswordForm>) -> Answer {
    let lang = viewer.lang();
    let done = if form.new == form.again {
        viewer.app().change_password(viewer.actor(), &viewer.session, &form.old, &form.new).await
    } else {
        let mut error = Error::new(Code::BadInput, lang.t("密码没有改"));
        error.fields.push(("again".to_owned(), lang.t("两次输入的新密码不一样").to_owned()));
        Err(error)
    };
    match done {
        Ok(()) => Ok(viewer.go_with("/me", lang.t("密码已修改，其他设备已退出登录"))),
        Err(error) => {
            let mut error = lang.said(error);
            // A wrong old password is no reason to be sent to the sign-in page.
            if error.code == Code::SignIn {
                error.code = Code::BadInput;
                error.message = lang.t("密码没有改").to_owned();
                error.fields = vec![("old".to_owned(), lang.t("现在的密码不对").to_owned())];
            }
            for (field, _) in &mut error.fields {
                if field == "password" {
                    *field = "new".to_owned();
                }
            }
            let body = body(&viewer, &Wrong::Password(&error)).await?;
            Ok(viewer.refused(&error, lang.t("我的账户"), &body))
        }
    }
}

fn token_table(viewer: &Viewer, tokens: &[TokenInfo]) -> Markup {
    let lang = viewer.lang();
    html! {
        table.cards {
            thead { tr {
                th { (lang.t("用途")) }
                th { (lang.t("权限")) }
                th { (lang.t("建立")) }
                th { (lang.t("有效至")) }
                th { (lang.t("上次使用")) }
                th { span.visually-hidden { (lang.t("操作")) } }
            } }
            tbody {
                @for token in tokens {
                    tr {
                        td.t data-label=(lang.t("用途")) { (token.name) @if token.revoked { " " (parts::tag("quiet", lang.t("已撤销"))) } }
                        td data-label=(lang.t("权限")) { @if token.may_write { (lang.t("读和写")) } @else { (lang.t("只读")) } }
                        td data-label=(lang.t("建立")) { (show::day(token.created_ms)) }
                        td data-label=(lang.t("有效至")) { (show::day(token.expires_ms)) }
                        td data-label=(lang.t("上次使用")) {
                            @if let Some(ms) = token.used_ms { (show::moment(ms)) } @else { span.soft { (lang.t("从未")) } }
                        }
                        td data-label=(lang.t("操作")) {
                            @if !token.revoked {
                                (parts::post_button(viewer, &format!("/me/tokens/{}/revoke", token.id), "quiet small", lang.t("撤销"),
                                    Some(lang.t("用这个令牌的程序会立即失去访问。确定撤销吗？"))))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A token, as typed.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub struct TokenForm {
    token_name: String,
    may_write: Option<String>,
    days: String,
}

impl Default for TokenForm {
    fn default() -> Self {
        Self { token_name: String::new(), may_write: None, days: DAYS.to_string() }
    }
}

fn token_form(viewer: &Viewer, wrong: &Wrong<'_>) -> Markup {
    let lang = viewer.lang();
    let fresh = TokenForm::default();
    let (error, typed) =
        if let Wrong::Token(error, typed) = wrong { (Some(*error), *typed) } else { (None, &fresh) };
    html! {
        h3 { (lang.t("新建令牌")) }
        (parts::form_error(lang, error))
        @if viewer.actor().may(Act::CreateToken) {
            form.card method="post" action="/me/tokens" {
                (viewer.csrf_field())
                (Field::text("token_name", lang.t("用途")).value(&typed.token_name).required().max(64).autocomplete("off")
                    .error(parts::wrong(error, "name")).hint(lang.t("例如：ERP 每晚取清单")))
                (Field::typed("number", "days", lang.t("有效天数")).value(&typed.days).required().unit(lang.t("天")).error_of(error)
                    .hint(lang.t("1到366天")))
                (Field::check("may_write", lang.t("可以修改数据（不勾选则只读）"), typed.may_write.is_some()))
                div.actions { button type="submit" { (lang.t("新建令牌")) } }
            }
        }
    }
}

/// `POST /me/tokens`: makes a token and shows its secret, once.
pub async fn create_token(Posted { viewer, form, .. }: Posted<TokenForm>) -> Answer {
    let lang = viewer.lang();
    let new = NewToken {
        name: form.token_name.trim().to_owned(),
        may_write: form.may_write.is_some(),
        days: form.days.trim().parse().unwrap_or(0),
    };
    match viewer.app().create_token(viewer.actor(), &new).await {
        Ok((_, secret)) => Ok(show::secret(viewer.page(lang.t("新令牌"), &made(&viewer, &new, &secret)))),
        Err(error) => {
            let error = lang.said(error);
            let body = body(&viewer, &Wrong::Token(&error, &form)).await?;
            Ok(viewer.refused(&error, lang.t("我的账户"), &body))
        }
    }
}

fn made(viewer: &Viewer, new: &NewToken, secret: &str) -> Markup {
    let lang = viewer.lang();
    let curl =
        format!("curl -H \"Authorization: Bearer {secret}\" {}", show::address(viewer, "/api/v1/needs"));
    html! {
        (parts::crumbs(lang, &[("/me", lang.t("我的账户"))], lang.t("新令牌")))
        h1 { (lang.t("新令牌")) }
        p { strong { (new.name) } " · " @if new.may_write { (lang.t("读和写")) } @else { (lang.t("只读")) } " · " (new.days) " " (lang.t("天")) }
        div.notice role="status" { (lang.t("令牌只显示这一次。请现在复制到您的程序里；离开本页后无法再查看。")) }
        div.field.one-line {
            label for="token" { (lang.t("令牌")) }
            input #token type="text" readonly value=(secret) autocomplete="off";
            button.small.quiet type="button" data-copy=(secret) { (lang.t("复制")) }
        }
        h2 { (lang.t("试一试")) }
        pre.code tabindex="0" { (curl) }
        p { button.small.quiet type="button" data-copy=(curl) { (lang.t("复制命令")) } " " a href="/api/docs" { (lang.t("接口文档")) } }
        p { a.button.quiet href="/me" { (lang.t("完成")) } }
    }
}

/// `POST /me/tokens/{id}/revoke`
pub async fn revoke_token(
    Path(id): Path<i64>,
    Posted { viewer, .. }: Posted<super::person::Nothing>,
) -> Answer {
    viewer.app().revoke_token(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go_with("/me", viewer.lang().t("令牌已撤销")))
}
