//! `/events`: what comes next, and month by month what was.

use super::show;
use crate::answer::Answer;
use crate::parts::{empty, empty_to, tag};
use crate::viewer::Viewer;
use app::{Act, MeetingEventInfo, MeetingEventState};
use maud::{Markup, html};

/// `GET /events`
pub async fn index(viewer: Viewer) -> Answer {
    let events = viewer.app().meeting_events(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.page(viewer.lang().t("对接活动"), &page(&viewer, &events)))
}

fn page(viewer: &Viewer, events: &[MeetingEventInfo]) -> Markup {
    let lang = viewer.lang();
    let actor = viewer.actor();
    let today = crate::format::day(viewer.app().now_ms());
    let ahead = |e: &&MeetingEventInfo| {
        e.event.day.to_string() >= today
            && matches!(e.state, MeetingEventState::Planned | MeetingEventState::Seated)
    };
    let coming: Vec<&MeetingEventInfo> = events.iter().filter(ahead).collect();
    let mut past: Vec<&MeetingEventInfo> = events.iter().filter(|e| !ahead(e)).collect();
    past.reverse();
    html! {
        div.headline {
            h1 { (lang.t("对接活动")) }
            nav.toolbar.screen aria-label=(lang.t("操作")) {
                @if actor.may(Act::SaveMeetingEvent) { a.button href="/events/new" { (lang.t("新建活动")) } }
                @if actor.may(Act::FollowUps) { a.button.quiet href="/events/follow-up" { (lang.t("后续回访")) } }
                @if actor.may(Act::MeetingFigures) { a.button.quiet href="/events/figures" { (lang.t("月度数据")) } }
                @if actor.may(Act::Signings) { a.button.quiet href="/events/signings" { (lang.t("签约台账")) } }
            }
        }
        @if coming.is_empty() {
            @if actor.may(Act::SaveMeetingEvent) {
                (empty_to(lang.t("没有即将举行的活动"), lang.t("新建一场活动，再按最新清单的匹配结果邀请企业。"), "/events/new", lang.t("新建活动")))
            } @else {
                (empty(lang.t("没有即将举行的活动"), lang.t("秘书处安排后列在这里，邀请会发到收件箱。")))
            }
        } @else {
            h2 { (lang.t("即将举行")) }
            div.coming { @for event in &coming { (card(viewer, event)) } }
        }
        @for month in months(&past) {
            h2 { (month) }
            (crate::parts::scroll(&month, &table(viewer, past.iter().filter(|e| e.event.day.to_string().starts_with(&month)))))
        }
    }
}

/// The months of events, in their order.
fn months(events: &[&MeetingEventInfo]) -> Vec<String> {
    let mut months: Vec<String> = events.iter().map(|e| e.event.day.strftime("%Y-%m").to_string()).collect();
    months.dedup();
    months
}

/// An event that comes, with the next step of its viewer.
fn card(viewer: &Viewer, info: &MeetingEventInfo) -> Markup {
    let lang = viewer.lang();
    let counts = info.counts;
    let own = viewer.signed_in.enterprise_name.is_some();
    html! {
        article.panel {
            h3 { a href={ "/events/" (info.id) } { (info.event.name) } " " (show::state(lang, info.state)) }
            (show::facts(lang, &info.event))
            p {
                (lang.t("报名")) " " strong { (counts.attending) } " / " (lang.t("邀请")) " " (counts.invited)
                @if counts.meetings > 0 { " · " (lang.t("洽谈")) " " strong { (counts.meetings) } }
                @if info.mine { " · " (tag("info", lang.t("与本企业有关"))) }
            }
            div.actions {
                @if own { a.button href={ "/events/" (info.id) "/mine" } {
                    @if info.state == MeetingEventState::Planned { (lang.t("报名或修改")) } @else { (lang.t("我的时间表")) }
                } }
                a.button.quiet href={ "/events/" (info.id) } { (lang.t("查看")) }
            }
        }
    }
}

fn table<'e>(viewer: &Viewer, events: impl Iterator<Item = &'e &'e MeetingEventInfo>) -> Markup {
    let lang = viewer.lang();
    html! {
        table.cards {
            thead { tr {
                th { (lang.t("日期")) } th { (lang.t("活动")) } th { (lang.t("类型")) } th { (lang.t("状态")) }
                th.n { (lang.t("报名")) } th.n { (lang.t("到场")) } th.n { (lang.t("洽谈")) } th.n { (lang.t("已登记结果")) }
            } }
            tbody {
                @for info in events {
                    @let counts = info.counts;
                    tr {
                        td.d data-label=(lang.t("日期")) { (info.event.day) }
                        td.t data-label=(lang.t("活动")) { a href={ "/events/" (info.id) } { (info.event.name) } }
                        td data-label=(lang.t("类型")) { (show::kind(lang, &info.event.kind)) }
                        td data-label=(lang.t("状态")) { (show::state(lang, info.state)) }
                        td.n data-label=(lang.t("报名")) { (counts.attending) }
                        td.n data-label=(lang.t("到场")) { (counts.checked_in) }
                        td.n data-label=(lang.t("洽谈")) { (counts.meetings) }
                        td.n data-label=(lang.t("已登记结果")) { (counts.recorded) }
                    }
                }
            }
        }
    }
}
