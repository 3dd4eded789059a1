//! `/events/{id}/invite`: who should come by the matches of the newest list.

use super::show::{self, numbers, value};
use crate::answer::Answer;
use crate::parts::{self, Field, empty_to, scroll, tag};
use crate::viewer::{Posted, Viewer};
use app::{Invitee, MeetingProposal};
use axum::extract::Path;
use maud::{Markup, html};
use model::meeting::{MeetingEvent, MeetingSide};
use serde::de::IgnoredAny;

/// `GET /events/{id}/invite`
pub async fn page(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let proposals = viewer.app().meeting_proposals(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    let card = viewer.app().meeting_event(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let event = &card.info.event;
    let (invited, open): (Vec<_>, Vec<_>) = proposals.into_iter().partition(|p| p.invited);
    let back = format!("/events/{id}");
    let sides =
        [MeetingSide::Host, MeetingSide::Guest].map(|side| (side.word(), show::side(lang, event, side)));
    let body = html! {
        (parts::crumbs_of(lang, ("/events", lang.t("对接活动")), (&back, &event.name), lang.t("邀请企业")))
        h1 { (lang.t("邀请企业")) " " span.soft { (open.len()) } }
        p.soft {
            (lang.t("按最新清单：与另一方能配上的越多、匹配分越高，排得越前。勾选后发出邀请，对方在收件箱收到。"))
            " " (lang.t("已邀请")) " " (invited.len())
        }
        @if open.is_empty() {
            (empty_to(lang.t("没有更多建议"), lang.t("清单上能配对的企业都已邀请，或还没有发布清单。"), "/lists", lang.t("对接清单")))
        } @else {
            form method="post" action={ (back) "/invite" } {
                (viewer.csrf_field())
                (scroll(lang.t("邀请企业"), &table(&viewer, event, &open)))
                div.actions { button type="submit" { (lang.t("发出邀请")) } a.button.quiet href=(back) { (lang.t("返回")) } }
            }
        }
        h2 { (lang.t("另加一家")) }
        form.filter method="post" action={ (back) "/invite" } {
            (viewer.csrf_field())
            (Field::text("name", lang.t("企业全称或信用代码")).max(100))
            (Field::select("side", lang.t("身份"), sides))
            button type="submit" { (lang.t("邀请")) }
        }
    };
    Ok(viewer.page(lang.t("邀请企业"), &body))
}

/// Proposals that are ticked from the start: as many as sit at the tables in a morning.
const TICKED: usize = 40;

fn table(viewer: &Viewer, event: &MeetingEvent, rows: &[MeetingProposal]) -> Markup {
    let lang = viewer.lang();
    html! {
        table.cards {
            thead { tr {
                th { span.visually-hidden { (lang.t("选择")) } } th { (lang.t("企业")) } th { (lang.t("县区")) } th { (lang.t("身份")) }
                th.n { (lang.t("可谈家数")) } th.n { (lang.t("最高匹配分")) } th { (lang.t("为什么")) } th.n { (lang.t("联系账号")) }
            } }
            tbody {
                @for (at, row) in rows.iter().enumerate() {
                    tr {
                        td data-label=(lang.t("选择")) {
                            input type="checkbox" name="firm" value={ (row.enterprise.id) ":" (row.side.word()) } checked[at < TICKED]
                                aria-label=(row.enterprise.name);
                        }
                        td.t data-label=(lang.t("企业")) { a href={ "/enterprises/" (row.enterprise.id) } { (row.enterprise.name) } }
                        td data-label=(lang.t("县区")) { (row.enterprise.region) }
                        td data-label=(lang.t("身份")) { (show::side(lang, event, row.side)) }
                        td.n data-label=(lang.t("可谈家数")) { (row.partners) }
                        td.n data-label=(lang.t("最高匹配分")) { (format!("{:.3}", row.best)) }
                        td.w data-label=(lang.t("为什么")) { (row.why) }
                        td.n data-label=(lang.t("联系账号")) {
                            @if row.people == 0 { (tag("warn", lang.t("无账号，请电话联系"))) } @else { (row.people) }
                        }
                    }
                }
            }
        }
    }
}

/// `POST /events/{id}/invite`
pub async fn invite(Path(id): Path<i64>, posted: Posted<IgnoredAny>) -> Answer {
    let Posted { viewer, fields, .. } = posted;
    let mut invitees: Vec<Invitee> = fields
        .iter()
        .filter(|(name, _)| name == "firm")
        .filter_map(|(_, value)| {
            let (firm, side) = value.split_once(':')?;
            Some(Invitee { enterprise: firm.parse().ok()?, side: MeetingSide::parse(side) })
        })
        .collect();
    let name = value(&fields, "name");
    if !name.is_empty() {
        let found = viewer.app().find_enterprise(viewer.actor(), name).await;
        let enterprise = found.map_err(|e| viewer.fail(e))?;
        invitees.push(Invitee { enterprise, side: MeetingSide::parse(value(&fields, "side")) });
    }
    let done = viewer.app().invite_to_meeting(viewer.actor(), id, &invitees).await;
    let count = done.map_err(|e| viewer.fail(e))?;
    let note = viewer.lang().t("已邀请 {n} 家企业").replace("{n}", &count.to_string());
    Ok(viewer.go_with(&format!("/events/{id}"), &note))
}

/// `POST /events/{id}/parties/{firm}`
pub async fn mark(Path((id, firm)): Path<(i64, i64)>, posted: Posted<IgnoredAny>) -> Answer {
    let Posted { viewer, fields, .. } = posted;
    let version = numbers(&fields, "version").first().copied().unwrap_or_default();
    let side = MeetingSide::parse(value(&fields, "side")).unwrap_or(MeetingSide::Host);
    let vip = value(&fields, "vip") == "true";
    let done = viewer.app().mark_meeting_party(viewer.actor(), id, firm, version, vip, side).await;
    done.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go(&format!("/events/{id}")))
}
