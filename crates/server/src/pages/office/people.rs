//! `/people`: who has an account, and making one.

use super::picker::Picker;
use super::show;
use crate::answer::Answer;
use crate::parts::{self, Field};
use crate::viewer::{Posted, Viewer};
use crate::words::Lang;
use app::{AccountInfo, Act, Error, NewAccount, Office};
use maud::{Markup, html};
use model::fold::fold_key;
use serde::Deserialize;

/// Rows a page.
const ROWS: usize = 100;

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ask {
    q: String,
    office: String,
    state: String,
    page: String,
}

impl Ask {
    /// True for an account that fits.
    fn fits(&self, account: &AccountInfo) -> bool {
        let wanted = fold_key(&self.q);
        let hay = || {
            let enterprises =
                account.enterprise.iter().chain(&account.assigned).map(|(_, name)| name.as_str());
            let texts: Vec<&str> =
                [account.name.as_str(), account.email.as_str()].into_iter().chain(enterprises).collect();
            fold_key(&texts.join("\n"))
        };
        (self.office.is_empty() || account.office.word() == self.office)
            && match self.state.as_str() {
                "closed" => !account.active,
                "waiting" => account.active && !account.can_sign_in,
                "all" => true,
                _ => account.active,
            }
            && (wanted.is_empty() || hay().contains(&wanted))
    }
}

/// The tabs of people, invitations and claims.
pub fn tabs(viewer: &Viewer) -> Markup {
    let lang = viewer.lang();
    parts::tabs(
        viewer,
        lang.t("用户"),
        &[
            ("/people", lang.t("账号"), None),
            ("/invitations", lang.t("邀请"), None),
            ("/claims", lang.t("企业认领"), None),
        ],
    )
}

/// `GET /people`
pub async fn index(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let accounts = viewer.app().accounts(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let all = accounts.len();
    let found: Vec<&AccountInfo> = accounts.iter().filter(|a| ask.fits(a)).collect();
    let page = ask.page.parse().unwrap_or(1).clamp(1, found.len().div_ceil(ROWS).max(1));
    let rows: Vec<&AccountInfo> = found.iter().skip((page - 1) * ROWS).take(ROWS).copied().collect();
    let offices = std::iter::once(("", lang.t("全部")))
        .chain(offices(&viewer, Act::Accounts).into_iter().map(|o| (o.word(), lang.t(o.zh()))));
    let states = [
        ("", lang.t("开放")),
        ("waiting", lang.t("还没有密码")),
        ("closed", lang.t("已关闭")),
        ("all", lang.t("全部")),
    ];
    let body = html! {
        div.head {
            h1 { (lang.t("用户")) }
            div.actions {
                @if viewer.actor().may(Act::Invite) { a.button.quiet href="/invitations/new" { (lang.t("邀请")) } }
                @if viewer.actor().may(Act::AddAccount) { a.button href="/people/new" { (lang.t("新建账号")) } }
            }
        }
        (tabs(&viewer))
        form.filter method="get" action="/people" {
            (Field::typed("search", "q", lang.t("查找")).value(&ask.q))
            (Field::select("office", lang.t("角色"), offices).value(&ask.office))
            (Field::select("state", lang.t("状态"), states).value(&ask.state))
            button type="submit" { (lang.t("查找")) }
        }
        p.soft { (found.len()) " / " (all) }
        @if rows.is_empty() {
            (parts::empty(lang.t("没有符合条件的账号"), lang.t("换一个词，或清空条件。")))
        } @else {
            (parts::scroll(lang.t("账号"), &table(lang, &rows)))
            (parts::paging(&viewer, page, ROWS, found.len()))
        }
    };
    Ok(viewer.page(lang.t("用户"), &body))
}

/// Offices that an actor may give or see: the secretariat deals with members and commissioners only.
pub fn offices(viewer: &Viewer, act: Act) -> Vec<Office> {
    let below = [Office::Member, Office::Commissioner];
    if viewer.actor().role.office() == Office::Administrator || !viewer.actor().may(act) {
        Office::ALL.to_vec()
    } else {
        below.to_vec()
    }
}

/// Accounts in a table.
fn table(lang: Lang, rows: &[&AccountInfo]) -> Markup {
    html! {
        table.cards {
            thead { tr {
                th { (lang.t("账号")) }
                th { (lang.t("角色")) }
                th { (lang.t("企业")) }
                th { (lang.t("邮箱")) }
                th { (lang.t("状态")) }
                th { (lang.t("上次使用")) }
                th { (lang.t("建立")) }
            } }
            tbody {
                @for account in rows {
                    tr {
                        td.t data-label=(lang.t("账号")) { a href={ "/people/" (account.id) } { (account.name) } }
                        td data-label=(lang.t("角色")) { (lang.t(account.office.zh())) }
                        td.t data-label=(lang.t("企业")) { (enterprises(lang, account)) }
                        td data-label=(lang.t("邮箱")) { (account.email) }
                        td data-label=(lang.t("状态")) { (state(lang, account)) }
                        td data-label=(lang.t("上次使用")) {
                            @if let Some(ms) = account.seen_ms { (show::moment(ms)) } @else { span.soft { (lang.t("从未")) } }
                        }
                        td data-label=(lang.t("建立")) { (show::day(account.created_ms)) }
                    }
                }
            }
        }
    }
}

/// What an account stands for, in few words.
fn enterprises(lang: Lang, account: &AccountInfo) -> Markup {
    html! {
        @match (&account.enterprise, account.office, account.assigned.as_slice()) {
            (Some((id, name)), _, _) => a href={ "/enterprises/" (id) } { (name) },
            (None, Office::Member, _) => (parts::tag("warn", lang.t("未认领企业"))),
            (None, Office::Commissioner, []) => (parts::tag("warn", lang.t("未分配企业"))),
            (None, Office::Commissioner, [(id, name), rest @ ..]) => {
                a href={ "/enterprises/" (id) } { (name) }
                @if !rest.is_empty() { " " span.soft { "+" (rest.len()) } }
            },
            _ => {},
        }
    }
}

/// Whether an account can be used.
pub fn state(lang: Lang, account: &AccountInfo) -> Markup {
    match (account.active, account.can_sign_in) {
        (false, _) => parts::tag("quiet", lang.t("已关闭")),
        (true, false) => parts::tag("warn", lang.t("还没有密码")),
        (true, true) => parts::tag("good", lang.t("开放")),
    }
}

/// A new account, as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Form {
    name: String,
    office: String,
    email: String,
    find: String,
}

/// `GET /people/new`
pub async fn new(viewer: Viewer) -> Answer {
    viewer.actor().need(Act::AddAccount).map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    Ok(viewer.page(lang.t("新建账号"), &form(&viewer, &Form::default(), &Picker::default(), None)))
}

fn form(viewer: &Viewer, form: &Form, picker: &Picker, error: Option<&Error>) -> Markup {
    let lang = viewer.lang();
    let offices = std::iter::once(("", lang.t("请选择")))
        .chain(Office::ALL.into_iter().map(|o| (o.word(), lang.t(o.zh()))));
    html! {
        (parts::crumbs(lang, &[("/people", lang.t("用户"))], lang.t("新建账号")))
        h1 { (lang.t("新建账号")) }
        p.soft { (lang.t("建立后得到一个设置密码的链接，交给本人；密码只有本人知道。")) }
        (parts::form_error(lang, error))
        form.card method="post" action="/people/new" data-guard {
            (viewer.csrf_field())
            (Field::text("name", lang.t("账号名")).value(&form.name).required().max(64).autocomplete("off").error_of(error)
                .hint(lang.t("登录用，不能与别人重复；审计记录以它署名。")))
            (Field::select("office", lang.t("角色"), offices).value(&form.office).required().error_of(error))
            (picker.markup(lang, lang.t("所属企业（会员企业的账号）")))
            (Field::typed("email", "email", lang.t("邮箱")).value(&form.email).max(200).autocomplete("off").error_of(error)
                .hint(lang.t("可不填；填了就能收到通知邮件。")))
            div.actions {
                button type="submit" { (lang.t("建立账号")) }
                a.button.quiet href="/people" { (lang.t("取消")) }
            }
        }
    }
}

/// `POST /people/new`: makes the account and shows the link for its first password, once.
pub async fn create(Posted { viewer, form: typed, fields }: Posted<Form>) -> Answer {
    let lang = viewer.lang();
    let picker = Picker::read(false, &fields);
    if !typed.find.is_empty() {
        let picker = picker.find(&viewer).await.map_err(|e| viewer.fail(e))?;
        return Ok(viewer.page(lang.t("新建账号"), &form(&viewer, &typed, &picker, None)));
    }
    let new = NewAccount {
        name: typed.name.trim().to_owned(),
        office: Office::parse(&typed.office),
        enterprise: picker.ids().first().copied(),
        email: typed.email.trim().to_owned(),
        password: None,
    };
    match viewer.app().add_account(viewer.actor(), &new).await {
        Ok(id) => super::person::link(&viewer, id, lang.t("账号已建立")).await,
        Err(error) => {
            let error = lang.said(error);
            Ok(viewer.refused(&error, lang.t("新建账号"), &form(&viewer, &typed, &picker, Some(&error))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_found_by_any_of_their_words() {
        let account = AccountInfo {
            id: 1,
            version: 1,
            name: "Wang Ｌi".to_owned(),
            office: Office::Commissioner,
            enterprise: None,
            assigned: vec![(3, "吉安甲电子".to_owned())],
            email: "wang@example.com".to_owned(),
            active: true,
            can_sign_in: false,
            created_ms: 0,
            seen_ms: None,
        };
        let check = |q: &str, office: &str, state: &str, expect: bool| {
            let ask = Ask {
                q: q.to_owned(),
                office: office.to_owned(),
                state: state.to_owned(),
                page: String::new(),
            };
            assert_eq!(ask.fits(&account), expect, "{ask:?}");
        };
        check("", "", "", true);
        check("wang li", "", "", true);
        check("甲电子", "commissioner", "waiting", true);
        check("乙", "", "", false);
        check("", "member", "", false);
        check("", "", "closed", false);
        check("", "", "all", true);
    }
}
