//! `/claims`: members say which enterprise is theirs; the secretariat compares and decides.

use super::{people, show};
use crate::answer::Answer;
use crate::parts::{self, Field};
use crate::viewer::{Posted, Viewer};
use crate::words::Lang;
use app::{Act, ClaimInfo, ClaimState, Code, Error};
use axum::extract::Path;
use maud::{Markup, html};
use model::fold::fold_key;
use serde::Deserialize;

/// Decided claims shown below the open ones.
const DECIDED: usize = 50;

/// `GET /claims`
pub async fn index(viewer: Viewer) -> Answer {
    let claims = viewer.app().claims(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let (open, decided): (Vec<_>, Vec<_>) = claims.iter().partition(|c| c.state == ClaimState::Open);
    let body = html! {
        h1 { (lang.t("企业认领")) " " span.soft { (open.len()) } }
        (people::tabs(&viewer))
        @if open.is_empty() {
            (parts::empty(lang.t("没有待处理的认领"), lang.t("会员凭统一社会信用代码认领企业后，会出现在这里。")))
        }
        @for claim in &open { (card(&viewer, claim)) }
        @if !decided.is_empty() {
            h2 { (lang.t("已处理")) }
            (parts::scroll(lang.t("已处理"), &table(lang, &decided[..decided.len().min(DECIDED)])))
        }
    };
    Ok(viewer.page(lang.t("企业认领"), &body))
}

/// Where name given and name stored differ, in words.
fn compared(lang: Lang, given: &str, stored: &str) -> (&'static str, &'static str) {
    let (given, stored) = (fold_key(given), fold_key(stored));
    if given == stored {
        ("good", lang.t("名称一致"))
    } else if given.is_empty() {
        ("warn", lang.t("没有填名称"))
    } else if stored.contains(&given) || given.contains(&stored) {
        ("warn", lang.t("名称部分一致"))
    } else {
        ("bad", lang.t("名称不同"))
    }
}

fn card(viewer: &Viewer, claim: &ClaimInfo) -> Markup {
    let lang = viewer.lang();
    let given = html! {
        h3 { (lang.t("认领人填写")) }
        (show::facts(&[
            (lang.t("账号"), html! { (claim.account) }),
            (lang.t("企业名称"), html! { @if claim.name.is_empty() { span.soft { "—" } } @else { (claim.name) } }),
            (lang.t("统一社会信用代码"), html! { code { (claim.uscc) } }),
            (lang.t("说明"), html! { @if claim.note.is_empty() { span.soft { "—" } } @else { (claim.note) } }),
            (lang.t("提出"), show::moment(claim.asked_ms)),
        ]))
    };
    let stored = html! {
        h3 { (lang.t("系统中的企业")) }
        @if let Some((id, name)) = &claim.enterprise {
            @let (class, words) = compared(lang, &claim.name, name);
            (show::facts(&[
                (lang.t("企业名称"), html! { a href={ "/enterprises/" (id) } { (name) } " " (parts::tag(class, words)) }),
                (lang.t("统一社会信用代码"), html! { code { (claim.uscc) } " " (parts::tag("good", lang.t("代码一致"))) }),
                (lang.t("已有账号"), html! {
                    (claim.accounts)
                    @if claim.accounts > 0 { " " (parts::tag("warn", lang.t("批准后增加一个账号"))) }
                }),
            ]))
        } @else {
            p { (parts::tag("info", lang.t("新企业"))) " " (lang.t("没有这个代码的企业。批准后按填写的名称和代码新建。")) }
        }
    };
    html! {
        article.panel.claim {
            (parts::side_by_side(&given, &stored))
            @if viewer.actor().may(Act::DecideClaim) {
                form method="post" action={ "/claims/" (claim.id) } {
                    (viewer.csrf_field())
                    div.field {
                        label for={ "reason-" (claim.id) } { (lang.t("驳回理由（驳回时必填，认领人会看到）")) }
                        input id={ "reason-" (claim.id) } type="text" name="reason" maxlength="500" list="reasons";
                    }
                    div.actions {
                        button name="approve" value="true" { (lang.t("批准")) }
                        button.danger name="approve" value="false" { (lang.t("驳回")) }
                    }
                }
            }
        }
    }
}

fn table(lang: Lang, rows: &[&ClaimInfo]) -> Markup {
    html! {
        table.cards {
            thead { tr {
                th { (lang.t("账号")) }
                th { (lang.t("企业")) }
                th { (lang.t("统一社会信用代码")) }
                th { (lang.t("提出")) }
                th { (lang.t("结果")) }
                th { (lang.t("处理人")) }
            } }
            tbody {
                @for claim in rows {
                    tr {
                        td data-label=(lang.t("账号")) { (claim.account) }
                        td.t data-label=(lang.t("企业")) {
                            @match &claim.enterprise {
                                Some((id, name)) => a href={ "/enterprises/" (id) } { (name) },
                                None => (claim.name),
                            }
                        }
                        td data-label=(lang.t("统一社会信用代码")) { (claim.uscc) }
                        td data-label=(lang.t("提出")) { (show::moment(claim.asked_ms)) }
                        td data-label=(lang.t("结果")) {
                            (state(lang, claim.state))
                            @if let Some(reason) = &claim.reason { " " (reason) }
                        }
                        td data-label=(lang.t("处理人")) { (claim.decided_by.as_deref().unwrap_or("")) }
                    }
                }
            }
        }
    }
}

/// Where a claim stands, as a tag.
pub fn state(lang: Lang, state: ClaimState) -> Markup {
    match state {
        ClaimState::Open => parts::tag("info", lang.t("待处理")),
        ClaimState::Approved => parts::tag("good", lang.t("已批准")),
        ClaimState::Rejected => parts::tag("bad", lang.t("已驳回")),
    }
}

/// A decision.
#[derive(Debug, Deserialize)]
pub struct Decision {
    approve: bool,
    #[serde(default)]
    reason: String,
}

/// `POST /claims/{id}`
pub async fn decide(Path(id): Path<i64>, Posted { viewer, form, .. }: Posted<Decision>) -> Answer {
    let lang = viewer.lang();
    let reason = form.reason.trim();
    if !form.approve && reason.is_empty() {
        let error = Error::new(Code::BadInput, lang.t("驳回要写理由"));
        return Err(viewer.fail(error.hint(lang.t("返回上一页，写明哪里不对，认领人好改。"))));
    }
    viewer.app().decide_claim(viewer.actor(), id, form.approve, reason).await.map_err(|e| viewer.fail(e))?;
    let note = if form.approve {
        lang.t("已批准，认领人已收到消息")
    } else {
        lang.t("已驳回，认领人已收到消息")
    };
    Ok(viewer.go_with("/claims", note))
}

/// A claim, as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Form {
    uscc: String,
    name: String,
    note: String,
}

/// `GET /claim`: a member without an enterprise claims one, and sees what became of it.
pub async fn mine(viewer: Viewer) -> Answer {
    let claim = viewer.app().my_claim(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let body = my_page(&viewer, claim.as_ref(), &Form::default(), None);
    Ok(viewer.page(viewer.lang().t("认领企业"), &body))
}

fn my_page(viewer: &Viewer, claim: Option<&ClaimInfo>, typed: &Form, error: Option<&Error>) -> Markup {
    let lang = viewer.lang();
    let has = viewer.signed_in.enterprise_name.as_deref();
    let open = claim.is_some_and(|c| c.state == ClaimState::Open);
    html! {
        h1 { (lang.t("认领企业")) }
        @if let Some(name) = has {
            p.notice.done { (lang.t("您的账号属于")) " " strong { (name) } }
            p { (lang.t("可以开始了：")) }
            div.actions {
                a.button href="/needs/new" { (lang.t("发布需求")) }
                a.button.quiet href="/offers/new" { (lang.t("发布供给")) }
            }
        } @else if !viewer.actor().may(Act::Claim) {
            (parts::empty(lang.t("只有会员企业的账号需要认领"), lang.t("您的角色不属于某一家企业。")))
        }
        @if let Some(claim) = claim {
            section.panel {
                h2 { (lang.t("我的认领")) " " (state(lang, claim.state)) }
                (show::facts(&[
                    (lang.t("企业名称"), html! { (claim.name) }),
                    (lang.t("统一社会信用代码"), html! { code { (claim.uscc) } }),
                    (lang.t("提出"), show::moment(claim.asked_ms)),
                ]))
                @match claim.state {
                    ClaimState::Open => { p { (lang.t("秘书处核对后会给您发消息，一般在一个工作日内。")) } }
                    ClaimState::Rejected => {
                        p { strong { (lang.t("理由：")) } " " (claim.reason.as_deref().unwrap_or("—")) }
                        @if has.is_none() { p { (lang.t("可以改正后重新认领。")) } }
                    }
                    ClaimState::Approved => {}
                }
            }
        }
        @if has.is_none() && !open && viewer.actor().may(Act::Claim) {
            p.soft { (lang.t("用营业执照上的统一社会信用代码认领您的企业。秘书处核对后，您就能以企业的名义发布需求和供给。")) }
            (parts::form_error(lang, error))
            form.card method="post" action="/claim" {
                (viewer.csrf_field())
                div.field.wrong[parts::wrong(error, "uscc").is_some()] {
                    label for="f-uscc" { (lang.t("统一社会信用代码")) span.must aria-hidden="true" { " *" } }
                    input #f-uscc type="text" name="uscc" value=(typed.uscc) required maxlength="40" autocomplete="off" autocapitalize="characters"
                        spellcheck="false" aria-describedby="f-uscc-about"
                        hx-get="/claim/check" hx-trigger="input changed delay:300ms, change" hx-target="#f-uscc-about";
                    div #f-uscc-about aria-live="polite" {
                        @if let Some(wrong) = parts::wrong(error, "uscc") { p.error { (wrong) } }
                        @else { p.hint { (lang.t("18位，在营业执照左上角或右上角")) } }
                    }
                }
                (Field::text("name", lang.t("企业名称")).value(&typed.name).required().max(120).autocomplete("organization").error_of(error)
                    .hint(lang.t("与营业执照一致")))
                (Field::area("note", lang.t("说明"), 2).value(&typed.note).max(500).error_of(error)
                    .hint(lang.t("您的职务、怎样联系您核实；可不填")))
                div.actions { button type="submit" { (lang.t("提交认领")) } }
            }
        }
    }
}

/// `POST /claim`
pub async fn claim(Posted { viewer, form, .. }: Posted<Form>) -> Answer {
    let lang = viewer.lang();
    let done = viewer.app().claim(viewer.actor(), form.uscc.trim(), form.name.trim(), form.note.trim()).await;
    match done {
        Ok(_) => Ok(viewer.go_with("/claim", lang.t("已提交，请等秘书处核对"))),
        Err(error) => {
            let error = lang.said(error);
            let claim = viewer.app().my_claim(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
            let page = my_page(&viewer, claim.as_ref(), &form, Some(&error));
            Ok(viewer.refused(&error, lang.t("认领企业"), &page))
        }
    }
}

/// `GET /claim/check?uscc=`: what is wrong with a code, as one types.
pub async fn check(viewer: Viewer) -> Answer {
    let lang = viewer.lang();
    let typed: Form = viewer.query();
    if typed.uscc.trim().is_empty() {
        return Ok(viewer.piece(html! { p.hint { (lang.t("18位，在营业执照左上角或右上角")) } }));
    }
    let piece = match model::uscc::Uscc::parse(&typed.uscc) {
        Err(wrong) => html! { p.error { (wrong) } },
        Ok(code) => {
            let query = app::EnterpriseQuery { q: code.to_string(), per_page: 1, ..Default::default() };
            let page = viewer.app().enterprises(viewer.actor(), &query).await.map_err(|e| viewer.fail(e))?;
            let known = page.rows.iter().find(|row| row.enterprise.uscc.as_ref() == Some(&code));
            html! {
                p.right {
                    "✓ " (lang.t("代码正确。")) " "
                    @if let Some(row) = known { (lang.t("系统中已有：")) " " strong { (row.enterprise.name) } }
                    @else { (lang.t("系统中还没有这家企业，批准后新建。")) }
                }
            }
        }
    };
    Ok(viewer.piece(piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_people_read_them() {
        let check = |given, stored, expect| assert_eq!(compared(Lang::Zh, given, stored).1, expect);
        check("吉安甲电子（有限）公司", "吉安甲电子(有限)公司", "名称一致");
        check("甲电子", "吉安甲电子有限公司", "名称部分一致");
        check("乙机械", "吉安甲电子有限公司", "名称不同");
        check(" ", "吉安甲电子有限公司", "没有填名称");
    }
}
