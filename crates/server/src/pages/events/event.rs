//! `/events/{id}`: one event, with what its viewer may do.

use super::show;
use crate::answer::Answer;
use crate::format::comma;
use crate::parts::{self, empty_to, figures, post_button, scroll, tag};
use crate::viewer::{Posted, Viewer};
use app::{Act, MeetingEventCard, MeetingEventState, MeetingPartyState};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;

/// `GET /events/{id}`
pub async fn page(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let card = viewer.app().meeting_event(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.page(&card.info.event.name, &body(&viewer, &card)))
}

#[derive(Debug, Deserialize)]
pub struct NewState {
    version: i64,
    state: MeetingEventState,
}

/// `POST /events/{id}/state`
pub async fn state(Path(id): Path<i64>, posted: Posted<NewState>) -> Answer {
    let Posted { viewer, form, .. } = posted;
    let done = viewer.app().set_meeting_state(viewer.actor(), id, form.version, form.state).await;
    done.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go_with(&format!("/events/{id}"), viewer.lang().t("已保存。")))
}

fn body(viewer: &Viewer, card: &MeetingEventCard) -> Markup {
    let lang = viewer.lang();
    let info = &card.info;
    let counts = info.counts;
    let office = viewer.actor().may(Act::SaveMeetingEvent);
    html! {
        (parts::crumbs(lang, &[("/events", lang.t("对接活动"))], &info.event.name))
        div.headline {
            h1 { (info.event.name) " " (show::state(lang, info.state)) }
            (toolbar(viewer, card))
        }
        (show::facts(lang, &info.event))
        (figures(&[
            (lang.t("邀请"), counts.invited.to_string(), lang.t("家")),
            (lang.t("报名"), counts.attending.to_string(), lang.t("家")),
            (lang.t("人数"), counts.people.to_string(), lang.t("人")),
            (lang.t("到场"), counts.checked_in.to_string(), lang.t("家")),
            (lang.t("洽谈"), counts.meetings.to_string(), lang.t("场")),
            (lang.t("已登记结果"), counts.recorded.to_string(), lang.t("场")),
        ]))
        @if !card.meetings.is_empty() {
            h2 { (lang.t("时间表")) }
            (show::grid(lang, &info.event, &card.meetings))
        }
        @if office && card.parties.is_empty() {
            (empty_to(lang.t("还没有邀请企业"), lang.t("最新清单上哪些企业有得谈，系统已经排好。"), &format!("/events/{}/invite", info.id), lang.t("邀请企业")))
        } @else if !card.parties.is_empty() {
            h2 { (lang.t("企业")) " " span.soft { (card.parties.len()) } }
            (scroll(lang.t("企业"), &parties(viewer, card)))
        }
        @if !card.meetings.is_empty() {
            h2.screen { (lang.t("洽谈与结果")) }
            div.screen { (scroll(lang.t("洽谈与结果"), &meetings(viewer, card))) }
        }
        @if office { (states(viewer, card)) }
    }
}

fn toolbar(viewer: &Viewer, card: &MeetingEventCard) -> Markup {
    let lang = viewer.lang();
    let (actor, state) = (viewer.actor(), card.info.state);
    let to = |page: &str| format!("/events/{}/{page}", card.info.id);
    let office = actor.may(Act::SaveMeetingEvent);
    let planned = state == MeetingEventState::Planned;
    html! {
        nav.toolbar.screen aria-label=(lang.t("操作")) {
            @if viewer.signed_in.enterprise_name.is_some() {
                a.button href=(to("mine")) { @if planned { (lang.t("报名或修改")) } @else { (lang.t("我的时间表")) } }
            }
            @if office && planned {
                a.button href=(to("invite")) { (lang.t("邀请企业")) }
                a.button href=(to("seats")) { (lang.t("排时间表")) }
                a.button.quiet href=(to("edit")) { (lang.t("修改")) }
            }
            @if office && matches!(state, MeetingEventState::Planned | MeetingEventState::Seated) {
                a.button.quiet href=(to("door")) { (lang.t("门口签到")) }
            }
            @if office && state == MeetingEventState::Seated { a.button href=(to("replan")) { (lang.t("现场调整")) } }
            @if !card.meetings.is_empty() {
                a.button.quiet href=(to("print/firm")) { (lang.t("打印：每家一页")) }
                a.button.quiet href=(to("print/table")) { (lang.t("打印：每桌一页")) }
                a.button.quiet href=(to("timetable.xlsx")) { (lang.t("导出 Excel")) }
                a.button.quiet href=(to("timetable.ics")) { (lang.t("加入日历")) }
            }
        }
    }
}

/// Steps that end or reopen an event.
fn states(viewer: &Viewer, card: &MeetingEventCard) -> Markup {
    let lang = viewer.lang();
    let info = &card.info;
    let step = |state: &str, class: &str, word: &str, question: &str| {
        html! {
            form.inline method="post" action={ "/events/" (info.id) "/state" } data-confirm=(question) {
                (viewer.csrf_field())
                input type="hidden" name="version" value=(info.version);
                input type="hidden" name="state" value=(state);
                button class=(class) type="submit" { (word) }
            }
        }
    };
    html! {
        div.toolbar.screen {
            @match info.state {
                MeetingEventState::Planned | MeetingEventState::Seated => {
                    (step("closed", "quiet", lang.t("活动结束"), lang.t("活动已经结束？结果仍可登记。")))
                    @if info.state == MeetingEventState::Seated && info.counts.recorded == 0 {
                        (step("planned", "quiet", lang.t("退回报名"), lang.t("退回报名后，企业看不到时间表，直到重新排定。")))
                    }
                    (step("cancelled", "danger quiet", lang.t("取消活动"), lang.t("取消后会通知所有受邀企业。")))
                }
                MeetingEventState::Cancelled => { (step("planned", "quiet", lang.t("恢复活动"), lang.t("恢复到报名中？"))) }
                MeetingEventState::Closed => {
                    @if card.meetings.is_empty() {
                        (step("planned", "quiet", lang.t("重新打开"), lang.t("重新打开这场活动？")))
                    } @else {
                        (step("seated", "quiet", lang.t("重新打开"), lang.t("重新打开这场活动？")))
                    }
                }
            }
        }
    }
}

fn parties(viewer: &Viewer, card: &MeetingEventCard) -> Markup {
    let lang = viewer.lang();
    let info = &card.info;
    let mut rows: Vec<_> = card.parties.iter().collect();
    rows.sort_by_key(|p| (p.side, p.state != MeetingPartyState::Attending, p.enterprise.id));
    let office = viewer.actor().may(Act::MarkMeetingParty);
    let slot_list = |slots: &[u32]| -> String {
        slots.iter().map(|s| show::slot(&info.event, *s)).collect::<Vec<_>>().join(comma(lang))
    };
    html! {
        table.cards {
            thead { tr {
                th { (lang.t("企业")) } th { (lang.t("身份")) } th { (lang.t("答复")) } th.n { (lang.t("人数")) } th.n { (lang.t("洽谈")) }
                th { (lang.t("到场")) } th { (lang.t("说明")) } @if office { th { span.visually-hidden { (lang.t("操作")) } } }
            } }
            tbody {
                @for party in rows {
                    tr {
                        td.t data-label=(lang.t("企业")) {
                            @if party.sign_up.is_some() { a href={ "/events/" (info.id) "/mine?firm=" (party.enterprise.id) } { (show::firm(lang, &party.enterprise)) } }
                            @else { (show::firm(lang, &party.enterprise)) }
                            @if party.vip { " " (tag("warn", lang.t("重要嘉宾"))) }
                        }
                        td data-label=(lang.t("身份")) { (show::side(lang, &info.event, party.side)) }
                        td data-label=(lang.t("答复")) { (show::said(lang, party.state)) }
                        td.n data-label=(lang.t("人数")) { @if let Some(said) = &party.sign_up { @if said.people > 0 { (said.people) } } }
                        td.n data-label=(lang.t("洽谈")) { (party.meetings) }
                        td data-label=(lang.t("到场")) {
                            (show::came(lang, party.checked_in_ms))
                            @if let Some(slot) = party.absent_from { " " (tag("bad", lang.t("缺席"))) " " span.soft { (show::slot(&info.event, slot)) } }
                        }
                        td.w data-label=(lang.t("说明")) {
                            @if let Some(said) = &party.sign_up {
                                @if !said.away.is_empty() { span.short { (lang.t("没空：")) (slot_list(&said.away)) } " " }
                                @if !said.wishes.is_empty() { (lang.t("想见")) " " (said.wishes.len()) " " }
                                @if !said.refusals.is_empty() { (lang.t("不想见")) " " (said.refusals.len()) " " }
                                (said.note)
                            }
                            @if !party.why.is_empty() { " " span.soft { (party.why) } }
                        }
                        @if office {
                            td {
                                @if info.state == MeetingEventState::Planned {
                                    form.inline method="post" action={ "/events/" (info.id) "/parties/" (party.enterprise.id) } {
                                        (viewer.csrf_field())
                                        input type="hidden" name="version" value=(party.version);
                                        input type="hidden" name="side" value=(party.side.word());
                                        input type="hidden" name="vip" value=(!party.vip);
                                        button.small.quiet type="submit" { @if party.vip { (lang.t("取消嘉宾")) } @else { (lang.t("设为嘉宾")) } }
                                    }
                                } @else if party.checked_in_ms.is_none() && info.state == MeetingEventState::Seated {
                                    (post_button(viewer, &format!("/events/{}/door?firm={}", info.id, party.enterprise.id), "small quiet", lang.t("签到"), None))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn meetings(viewer: &Viewer, card: &MeetingEventCard) -> Markup {
    let lang = viewer.lang();
    let info = &card.info;
    html! {
        table.cards {
            thead { tr {
                th { (lang.t("时间")) } th.n { (lang.t("桌号")) } th { (show::side(lang, &info.event, model::meeting::MeetingSide::Host)) }
                th { (show::side(lang, &info.event, model::meeting::MeetingSide::Guest)) } th { (lang.t("洽谈内容")) } th { (lang.t("结果")) }
            } }
            tbody {
                @for meeting in &card.meetings {
                    tr {
                        td.d data-label=(lang.t("时间")) { (show::slot(&info.event, meeting.slot)) }
                        td.n data-label=(lang.t("桌号")) { (meeting.table + 1) }
                        td.t data-label=(show::side(lang, &info.event, model::meeting::MeetingSide::Host)) { (show::firm(lang, &meeting.host)) }
                        td.t data-label=(show::side(lang, &info.event, model::meeting::MeetingSide::Guest)) { (show::firm(lang, &meeting.guest)) }
                        td data-label=(lang.t("洽谈内容")) { (show::about(lang, meeting)) }
                        td data-label=(lang.t("结果")) {
                            (show::outcome(lang, meeting))
                            @if meeting.may_record {
                                " " a href={ "/events/" (info.id) "/meetings/" (meeting.id) } {
                                    @if meeting.result.is_some() { (lang.t("修改")) } @else { (lang.t("登记结果")) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
