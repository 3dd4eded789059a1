//! `/invitations`: links by which people make their own accounts.

use super::picker::Picker;
use super::{people, show};
use crate::answer::Answer;
use crate::parts::{self, Field};
use crate::viewer::{Posted, Viewer};
use crate::words::Lang;
use app::{Act, Error, InvitationInfo, InvitationState, NewInvitation, Office};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;

/// Rows a page.
const ROWS: usize = 100;
/// Days that an invitation lasts unless said otherwise.
const DAYS: u32 = 14;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    state: String,
    page: String,
}

/// `GET /invitations`
pub async fn index(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let all = viewer.app().invitations(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let found: Vec<&InvitationInfo> =
        all.iter().filter(|i| ask.state.is_empty() || word(i.state).0 == ask.state).collect();
    let page = ask.page.parse().unwrap_or(1).clamp(1, found.len().div_ceil(ROWS).max(1));
    let rows: Vec<&InvitationInfo> = found.iter().skip((page - 1) * ROWS).take(ROWS).copied().collect();
    let states = std::iter::once(("", lang.t("全部"))).chain(STATES.map(|s| (word(s).0, lang.t(word(s).2))));
    let body = html! {
        div.head {
            h1 { (lang.t("邀请")) }
            div.actions {
                a.button.quiet href="/invitations/workbook" { (lang.t("用表格批量邀请")) }
                a.button href="/invitations/new" { (lang.t("写邀请")) }
            }
        }
        (people::tabs(&viewer))
        @if all.is_empty() {
            (parts::empty_to(lang.t("还没有邀请"), lang.t("邀请会员企业的联系人，对方打开链接就能建立自己的账号。"),
                "/invitations/new", lang.t("写邀请")))
        } @else {
            form.filter method="get" action="/invitations" {
                (Field::select("state", lang.t("状态"), states).value(&ask.state))
                button type="submit" { (lang.t("查找")) }
            }
            p.soft { (found.len()) " / " (all.len()) }
            @if rows.is_empty() {
                (parts::empty(lang.t("没有这种状态的邀请"), lang.t("换一个状态看看。")))
            } @else {
                (parts::scroll(lang.t("邀请"), &table(&viewer, &rows)))
                (parts::paging(&viewer, page, ROWS, found.len()))
            }
        }
    };
    Ok(viewer.page(lang.t("邀请"), &body))
}

const STATES: [InvitationState; 4] =
    [InvitationState::Open, InvitationState::Accepted, InvitationState::Expired, InvitationState::Revoked];

/// Word in an address, class and Chinese word of a state.
fn word(state: InvitationState) -> (&'static str, &'static str, &'static str) {
    match state {
        InvitationState::Open => ("open", "info", "待接受"),
        InvitationState::Accepted => ("accepted", "good", "已接受"),
        InvitationState::Expired => ("expired", "warn", "已过期"),
        InvitationState::Revoked => ("revoked", "quiet", "已撤回"),
    }
}

fn table(viewer: &Viewer, rows: &[&InvitationInfo]) -> Markup {
    let lang = viewer.lang();
    html! {
        table.cards {
            thead { tr {
                th { (lang.t("给谁")) }
                th { (lang.t("角色")) }
                th { (lang.t("企业")) }
                th { (lang.t("邮箱")) }
                th { (lang.t("状态")) }
                th { (lang.t("有效至")) }
                th { (lang.t("发出")) }
                th { span.visually-hidden { (lang.t("操作")) } }
            } }
            tbody {
                @for row in rows {
                    @let (_, class, state) = word(row.state);
                    tr {
                        td.t data-label=(lang.t("给谁")) {
                            (row.name) @if row.for_password { " " (parts::tag("quiet", lang.t("密码链接"))) }
                        }
                        td data-label=(lang.t("角色")) { (lang.t(row.office.zh())) }
                        td.t data-label=(lang.t("企业")) { (row.enterprise.as_deref().unwrap_or("")) }
                        td data-label=(lang.t("邮箱")) { (row.email) }
                        td data-label=(lang.t("状态")) { (parts::tag(class, lang.t(state))) }
                        td data-label=(lang.t("有效至")) { (show::day(row.expires_ms)) }
                        td data-label=(lang.t("发出")) { (show::moment(row.created_ms)) " " span.soft { (row.created_by) } }
                        td data-label=(lang.t("操作")) {
                            @if row.state == InvitationState::Open && viewer.actor().may(Act::RevokeInvitation) {
                                (parts::post_button(viewer, &format!("/invitations/{}/revoke", row.id), "quiet small", lang.t("撤回"),
                                    Some(lang.t("撤回后这个链接立即失效。确定吗？"))))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// An invitation, as typed.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub struct Form {
    office: String,
    name: String,
    email: String,
    days: String,
    find: String,
}

impl Default for Form {
    fn default() -> Self {
        let (name, email, find) = Default::default();
        Self { office: Office::Member.word().to_owned(), days: DAYS.to_string(), name, email, find }
    }
}

/// `GET /invitations/new`
pub async fn new(viewer: Viewer) -> Answer {
    viewer.actor().need(Act::Invite).map_err(|e| viewer.fail(e))?;
    Ok(viewer.page(viewer.lang().t("写邀请"), &form(&viewer, &Form::default(), &Picker::default(), None)))
}

fn form(viewer: &Viewer, form: &Form, picker: &Picker, error: Option<&Error>) -> Markup {
    let lang = viewer.lang();
    let offices = people::offices(viewer, Act::Invite).into_iter().map(|o| (o.word(), lang.t(o.zh())));
    html! {
        (parts::crumbs(lang, &[("/people", lang.t("用户")), ("/invitations", lang.t("邀请"))], lang.t("写邀请")))
        h1 { (lang.t("写邀请")) }
        p.soft { (lang.t("对方打开链接，自己取账号名、设密码。要邀请很多家，用")) " " a href="/invitations/workbook" { (lang.t("表格批量邀请")) } }
        (parts::form_error(lang, error))
        form.card method="post" action="/invitations/new" data-guard {
            (viewer.csrf_field())
            (Field::text("name", lang.t("给谁")).value(&form.name).required().max(64).autocomplete("off").error_of(error)
                .hint(lang.t("姓名或称呼，写给您自己看，也显示给对方。")))
            (Field::select("office", lang.t("角色"), offices).value(&form.office).required().error_of(error))
            (picker.markup(lang, lang.t("所属企业（不确定就不选，对方以后可以凭统一社会信用代码认领）")))
            (Field::typed("email", "email", lang.t("邮箱")).value(&form.email).max(200).autocomplete("off").error_of(error)
                .hint(lang.t("填了并且配置了邮件服务器，链接会同时发到这个邮箱。")))
            (Field::typed("number", "days", lang.t("有效天数")).value(&form.days).required().unit(lang.t("天")).error_of(error)
                .hint(lang.t("1到90天")))
            div.actions {
                button type="submit" { (lang.t("生成邀请链接")) }
                a.button.quiet href="/invitations" { (lang.t("取消")) }
            }
        }
    }
}

/// `POST /invitations/new`: writes it and shows the link, once.
pub async fn create(Posted { viewer, form: typed, fields }: Posted<Form>) -> Answer {
    let lang = viewer.lang();
    let title = lang.t("写邀请");
    let picker = Picker::read(false, &fields);
    if !typed.find.is_empty() {
        let picker = picker.find(&viewer).await.map_err(|e| viewer.fail(e))?;
        return Ok(viewer.page(title, &form(&viewer, &typed, &picker, None)));
    }
    let new = NewInvitation {
        office: Office::parse(&typed.office).unwrap_or(Office::Member),
        enterprise: picker.ids().first().copied(),
        name: typed.name.trim().to_owned(),
        email: typed.email.trim().to_owned(),
        // What is no number is outside of what is allowed, and is refused with the field's name.
        days: typed.days.trim().parse().unwrap_or(0),
    };
    match viewer.app().invite(viewer.actor(), &new, &viewer.base).await {
        Ok(invited) => Ok(written(&viewer, &new, &invited)),
        Err(error) => {
            let error = viewer.lang().said(error);
            Ok(viewer.refused(&error, title, &form(&viewer, &typed, &picker, Some(&error))))
        }
    }
}

fn written(viewer: &Viewer, new: &NewInvitation, invited: &app::Invited) -> axum::response::Response {
    let lang = viewer.lang();
    let link = show::address(viewer, &format!("/join/{}", invited.token));
    let body = html! {
        (parts::crumbs(lang, &[("/people", lang.t("用户")), ("/invitations", lang.t("邀请"))], lang.t("邀请链接")))
        h1 { (lang.t("邀请链接")) }
        p { strong { (invited.name) } " · " (lang.t(new.office.zh())) " · " (valid(lang, new.days)) }
        (show::way_in(lang, &link, &message(lang, &invited.name, new.days, &link)))
        div.actions {
            a.button href="/invitations/new" { (lang.t("再写一份")) }
            a.button.quiet href="/invitations" { (lang.t("完成")) }
        }
    };
    show::secret(viewer.page(lang.t("邀请链接"), &body))
}

fn valid(lang: Lang, days: u32) -> String {
    lang.t("{n}天内有效，只能用一次").replace("{n}", &days.to_string())
}

/// What goes into a chat.
pub fn message(lang: Lang, name: &str, days: u32, link: &str) -> String {
    let text = lang.t("{name}，您好：联盟秘书处邀请您加入雨林产业集群平台，发布需求和供给、查看对接清单。请打开下面的链接建立账号（{n}天内有效，只能用一次，请勿转发）：");
    format!("{}\n{link}", text.replace("{name}", name).replace("{n}", &days.to_string()))
}

/// `POST /invitations/{id}/revoke`
pub async fn revoke(Path(id): Path<i64>, Posted { viewer, .. }: Posted<super::person::Nothing>) -> Answer {
    viewer.app().revoke_invitation(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go_with("/invitations", viewer.lang().t("邀请已撤回")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chat_text_names_whom_how_long_and_where() {
        for lang in [Lang::Zh, Lang::En] {
            let text = message(lang, "王某", 14, "https://a.example/join/x");
            assert!(
                text.contains("王某") && text.contains("14") && text.ends_with("\nhttps://a.example/join/x"),
                "{text}"
            );
            assert!(!text.contains('{'), "{text}");
        }
    }
}
