//! `/people/{id}`: one account.

use super::picker::Picker;
use super::{people, show};
use crate::answer::{Answer, Failure};
use crate::parts::{self, Field};
use crate::viewer::{Posted, Viewer};
use app::{AccountChange, AccountInfo, Act, Code, Error, Office};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;

async fn account(viewer: &Viewer, id: i64) -> Result<AccountInfo, Failure> {
    let accounts = viewer.app().accounts(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    accounts.into_iter().find(|a| a.id == id).ok_or_else(|| viewer.nowhere())
}

/// `GET /people/{id}`
pub async fn page(Path(id): Path<i64>, viewer: Viewer) -> Answer {
    let account = account(&viewer, id).await?;
    let typed = Form::of(&account);
    let one = Picker::one(account.enterprise.clone());
    let several = Picker::several(account.assigned.clone());
    Ok(viewer.page(&account.name, &body(&viewer, &account, &typed, &one, &several, None)))
}

/// A changed account, as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Form {
    version: i64,
    office: String,
    email: String,
    find: String,
}

impl Form {
    fn of(account: &AccountInfo) -> Self {
        Self {
            version: account.version,
            office: account.office.word().to_owned(),
            email: account.email.clone(),
            find: String::new(),
        }
    }
}

fn body(
    viewer: &Viewer,
    account: &AccountInfo,
    typed: &Form,
    one: &Picker,
    several: &Picker,
    error: Option<&Error>,
) -> Markup {
    let lang = viewer.lang();
    let actor = viewer.actor();
    let offices = Office::ALL.into_iter().map(|o| (o.word(), lang.t(o.zh())));
    html! {
        (parts::crumbs(lang, &[("/people", lang.t("用户"))], &account.name))
        h1 { (account.name) " " (people::state(lang, account)) }
        (parts::form_error(lang, error))
        (show::facts(&[
            (lang.t("角色"), html! { (lang.t(account.office.zh())) }),
            (lang.t("企业"), html! {
                @if let Some((id, name)) = &account.enterprise { a href={ "/enterprises/" (id) } { (name) } }
                @else if account.assigned.is_empty() { span.soft { "—" } }
                @else { (lang.t("负责的企业")) " " (account.assigned.len()) }
            }),
            (lang.t("邮箱"), html! { @if account.email.is_empty() { span.soft { "—" } } @else { (account.email) } }),
            (lang.t("上次使用"), html! {
                @if let Some(ms) = account.seen_ms { (show::moment(ms)) } @else { span.soft { (lang.t("从未")) } }
            }),
            (lang.t("建立"), show::moment(account.created_ms)),
            (lang.t("做过什么"), html! {
                @if actor.may(Act::Audit) { a href={ "/audit?actor=" (crate::words::encode(&account.name)) } { (lang.t("看审计记录")) } }
                @else { span.soft { (lang.t("由管理员和审计员查看")) } }
            }),
        ]))
        @if account.office == Office::Commissioner && actor.may(Act::Assign) {
            section {
                h2 { (lang.t("负责的企业")) " " span.soft { (account.assigned.len()) } }
                form.card method="post" action={ "/people/" (account.id) "/assign" } data-guard {
                    (viewer.csrf_field())
                    (several.markup(lang, lang.t("勾选负责的企业，取消勾选即收回")))
                    div.actions { button type="submit" { (lang.t("保存分配")) } }
                }
            }
        }
        @if actor.may(Act::SetAccount) && account.active {
            section {
                h2 { (lang.t("修改")) }
                form.card method="post" action={ "/people/" (account.id) } data-guard {
                    (viewer.csrf_field())
                    input type="hidden" name="version" value=(typed.version);
                    (Field::select("office", lang.t("角色"), offices).value(&typed.office).required().error_of(error))
                    @if account.office != Office::Commissioner {
                        (one.markup(lang, lang.t("所属企业（会员企业的账号）")))
                    }
                    (Field::typed("email", "email", lang.t("邮箱")).value(&typed.email).max(200).autocomplete("off").error_of(error))
                    div.actions { button type="submit" { (lang.t("保存")) } }
                }
            }
        }
        @if actor.may(Act::ResetPassword) && account.active {
            section {
                h2 { (lang.t("密码")) }
                p { (lang.t("生成一个设置新密码的链接，3天内有效。生成时该账号的所有登录立即结束。")) }
                (parts::post_button(viewer, &format!("/people/{}/password", account.id), "quiet", lang.t("生成密码链接"),
                    Some(lang.t("该账号的所有登录会立即结束。确定生成密码链接吗？"))))
            }
        }
        @if actor.may(Act::SetAccount) {
            section {
                h2 { (lang.t("开放与关闭")) }
                @if account.active {
                    p { (lang.t("关闭后不能登录，登录和令牌立即失效；记录和审计都保留，可以再开放。")) }
                    (open_or_close(viewer, account, false))
                } @else {
                    p { (lang.t("这个账号已关闭，不能登录。")) }
                    (open_or_close(viewer, account, true))
                }
            }
        }
    }
}

fn open_or_close(viewer: &Viewer, account: &AccountInfo, open: bool) -> Markup {
    let lang = viewer.lang();
    let confirm = (!open).then_some(lang.t("确定关闭这个账号吗？它的登录和令牌立即失效。"));
    html! {
        form.inline method="post" action={ "/people/" (account.id) "/active" } data-confirm=[confirm] {
            (viewer.csrf_field())
            input type="hidden" name="version" value=(account.version);
            @if open { button name="active" value="true" { (lang.t("重新开放")) } }
            @else { button.danger name="active" value="false" { (lang.t("关闭账号")) } }
        }
    }
}

/// `POST /people/{id}`: changes office, enterprise, e-mail.
pub async fn change(Path(id): Path<i64>, Posted { viewer, form, fields }: Posted<Form>) -> Answer {
    let lang = viewer.lang();
    let old = account(&viewer, id).await?;
    let mut picker = Picker::read(false, &fields);
    let several = Picker::several(old.assigned.clone());
    if !form.find.is_empty() {
        picker = picker.find(&viewer).await.map_err(|e| viewer.fail(e))?;
        return Ok(viewer.page(&old.name, &body(&viewer, &old, &form, &picker, &several, None)));
    }
    let Some(office) = Office::parse(&form.office) else {
        return Err(viewer.fail(Error::new(Code::BadInput, lang.t("没有这个角色"))));
    };
    let chosen = picker.ids().first().copied();
    let change = AccountChange {
        office: Some(office),
        // A member alone belongs to an enterprise; the form of a commissioner does not ask.
        enterprise: (old.office != Office::Commissioner)
            .then_some(chosen.filter(|_| office == Office::Member)),
        email: Some(form.email.trim().to_owned()),
        active: None,
    };
    match viewer.app().set_account(viewer.actor(), id, form.version, &change).await {
        Ok(()) => Ok(viewer.go_with(&format!("/people/{id}"), lang.t("已保存"))),
        Err(error) => {
            let error = viewer.lang().said(error);
            let page = body(&viewer, &old, &form, &picker, &several, Some(&error));
            Ok(viewer.refused(&error, &old.name, &page))
        }
    }
}

/// Closing or opening.
#[derive(Debug, Deserialize)]
pub struct Active {
    version: i64,
    active: bool,
}

/// `POST /people/{id}/active`
pub async fn active(Path(id): Path<i64>, Posted { viewer, form, .. }: Posted<Active>) -> Answer {
    let lang = viewer.lang();
    let change = AccountChange { active: Some(form.active), ..AccountChange::default() };
    viewer.app().set_account(viewer.actor(), id, form.version, &change).await.map_err(|e| viewer.fail(e))?;
    let note = if form.active { lang.t("账号已重新开放") } else { lang.t("账号已关闭") };
    Ok(viewer.go_with(&format!("/people/{id}"), note))
}

/// A search in the picker.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Assign {
    find: String,
}

/// `POST /people/{id}/assign`
pub async fn assign(Path(id): Path<i64>, Posted { viewer, form, fields }: Posted<Assign>) -> Answer {
    let lang = viewer.lang();
    let picker = Picker::read(true, &fields);
    if !form.find.is_empty() {
        let account = account(&viewer, id).await?;
        let picker = picker.find(&viewer).await.map_err(|e| viewer.fail(e))?;
        let one = Picker::one(account.enterprise.clone());
        let page = body(&viewer, &account, &Form::of(&account), &one, &picker, None);
        return Ok(viewer.page(&account.name, &page));
    }
    viewer.app().assign(viewer.actor(), id, &picker.ids()).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go_with(&format!("/people/{id}"), lang.t("分配已保存")))
}

/// Nothing but the token.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Nothing {}

/// `POST /people/{id}/password`
pub async fn password(Path(id): Path<i64>, Posted { viewer, .. }: Posted<Nothing>) -> Answer {
    let title = viewer.lang().t("密码链接");
    link(&viewer, id, title).await
}

/// Makes a password link and shows it, once.
pub async fn link(viewer: &Viewer, id: i64, title: &str) -> Answer {
    let lang = viewer.lang();
    let token = viewer.app().reset_password(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    let account = account(viewer, id).await?;
    let link = show::address(viewer, &format!("/join/{token}"));
    let message = lang
        .t("{name}，您好：请打开下面的链接设置雨林平台的登录密码（3天内有效，只能用一次，请勿转发）：")
        .replace("{name}", &account.name);
    let body = html! {
        (parts::crumbs(lang, &[("/people", lang.t("用户")), (&format!("/people/{id}"), &account.name)], title))
        h1 { (title) }
        p { strong { (account.name) } " · " (lang.t(account.office.zh())) " · " (lang.t("3天内有效，只能用一次")) }
        (show::way_in(lang, &link, &format!("{message}\n{link}")))
        p { a.button.quiet href={ "/people/" (id) } { (lang.t("完成")) } }
    };
    Ok(show::secret(viewer.page(title, &body)))
}
