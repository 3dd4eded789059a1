//! `/events/{id}/replan`: on the day a firm does not come or a table falls away; before and after, then it stands.

use super::show::{self, numbers, value};
use crate::answer::Answer;
use crate::parts::{self, figures, scroll};
use crate::viewer::{Posted, Viewer};
use app::{Code, MeetingEventCard, MeetingInfo, MeetingPartyState, MovedMeeting, ReplanForm, Replanned};
use axum::extract::Path;
use maud::{Markup, html};
use model::meeting::MeetingEvent;
use serde::de::IgnoredAny;

fn read(fields: &[(String, String)]) -> ReplanForm {
    ReplanForm {
        now: value(fields, "now").parse().unwrap_or_default(),
        absent: numbers(fields, "absent"),
        tables: numbers(fields, "table"),
    }
}

/// `GET /events/{id}/replan`, with what is other than planned in the query.
pub async fn page(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let lang = viewer.lang();
    let fields: Vec<(String, String)> = crate::words::pairs(&viewer.query).collect();
    let form = read(&fields);
    viewer.actor().need(app::Act::PreviewReplan).map_err(|e| viewer.fail(e))?;
    let card = viewer.app().meeting_event(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    let asked = fields.iter().any(|(name, _)| name == "now");
    let plan = if asked { Some(viewer.app().preview_replan(viewer.actor(), id, &form).await) } else { None };
    let (plan, error) = match plan {
        Some(Ok(plan)) => (Some(plan), None),
        Some(Err(error)) if error.code == Code::BadInput => (None, Some(lang.said(error))),
        Some(Err(error)) => return Err(viewer.fail(error)),
        None => (None, None),
    };
    let back = format!("/events/{id}");
    let body = html! {
        (parts::crumbs_of(lang, ("/events", lang.t("对接活动")), (&back, &card.info.event.name), lang.t("现场调整")))
        h1 { (lang.t("现场调整")) }
        (parts::form_error(lang, error.as_ref()))
        @if let Some(plan) = &plan { (preview(&viewer, &card, &form, plan)) }
        (choices(&viewer, &card, &form))
    };
    Ok(viewer.page(lang.t("现场调整"), &body))
}

/// What is other than planned.
fn choices(viewer: &Viewer, card: &MeetingEventCard, form: &ReplanForm) -> Markup {
    let lang = viewer.lang();
    let event = &card.info.event;
    let coming =
        card.parties.iter().filter(|p| p.state == MeetingPartyState::Attending && p.absent_from.is_none());
    html! {
        form method="get" action={ "/events/" (card.info.id) "/replan" } {
            fieldset {
                legend { (lang.t("从哪一场起可以变动")) }
                label for="f-now" { span.visually-hidden { (lang.t("从哪一场起可以变动")) } }
                select #f-now name="now" {
                    @for (at, _) in event.slots.iter().enumerate() {
                        @let at = at as u32;
                        option value=(at) selected[at == form.now] { (show::slot(event, at)) }
                    }
                }
            }
            fieldset {
                legend { (lang.t("没来或要走的企业")) }
                @for party in coming {
                    label.tick { input type="checkbox" name="absent" value=(party.enterprise.id) checked[form.absent.contains(&party.enterprise.id)]; (show::firm(lang, &party.enterprise)) }
                }
            }
            fieldset {
                legend { (lang.t("用不了的桌")) }
                @for table in (0..event.tables).filter(|t| !event.gone.iter().any(|g| g.table == *t)) {
                    label.tick { input type="checkbox" name="table" value=(table) checked[form.tables.contains(&table)]; (table + 1) }
                }
            }
            div.actions {
                button type="submit" { (lang.t("看看怎么调")) }
                span.soft { (lang.t("先看前后对比，确认后才生效。")) }
            }
        }
    }
}

fn preview(viewer: &Viewer, card: &MeetingEventCard, form: &ReplanForm, plan: &Replanned) -> Markup {
    let lang = viewer.lang();
    let event = &card.info.event;
    let count = |n: usize| n.to_string();
    let unit = lang.t("场");
    html! {
        (figures(&[
            (lang.t("不变"), plan.kept.to_string(), unit),
            (lang.t("改时间或换桌"), count(plan.moved.len()), unit),
            (lang.t("取消"), count(plan.lost.len()), unit),
            (lang.t("新增"), count(plan.won.len()), unit),
        ]))
        @let changes: Vec<&MovedMeeting> = plan.lost.iter().chain(&plan.moved).chain(&plan.won).collect();
        @if !changes.is_empty() {
            (scroll(lang.t("前后对比"), &html! {
                table.cards {
                    thead { tr { th { (lang.t("洽谈")) } th { (lang.t("原来")) } th { (lang.t("调整后")) } } }
                    tbody {
                        @for change in changes {
                            @let either = change.after.as_ref().or(change.before.as_ref());
                            tr {
                                td.t data-label=(lang.t("洽谈")) { @if let Some(m) = either { (show::firm(lang, &m.host)) " × " (show::firm(lang, &m.guest)) } }
                                td data-label=(lang.t("原来")) { (seat(viewer, event, change.before.as_ref())) }
                                td data-label=(lang.t("调整后")) { (seat(viewer, event, change.after.as_ref())) }
                            }
                        }
                    }
                }
            }))
        }
        (show::grid(lang, event, &plan.meetings))
        form method="post" action={ "/events/" (card.info.id) "/replan" } data-confirm=(lang.t("按这个调整并通知有变动的企业？")) {
            (viewer.csrf_field())
            input type="hidden" name="version" value=(plan.version);
            input type="hidden" name="digest" value=(plan.digest);
            input type="hidden" name="now" value=(form.now);
            @for firm in &form.absent { input type="hidden" name="absent" value=(firm); }
            @for table in &form.tables { input type="hidden" name="table" value=(table); }
            div.actions { button type="submit" { (lang.t("按这个调整")) } }
        }
    }
}

fn seat(viewer: &Viewer, event: &MeetingEvent, meeting: Option<&MeetingInfo>) -> Markup {
    let lang = viewer.lang();
    html! {
        @if let Some(m) = meeting { (show::slot(event, m.slot)) " · " (lang.t("桌号")) " " (m.table + 1) } @else { "–" }
    }
}

/// `POST /events/{id}/replan`
pub async fn apply(Path(id): Path<i64>, posted: Posted<IgnoredAny>) -> Answer {
    let Posted { viewer, fields, .. } = posted;
    let version = value(&fields, "version").parse().unwrap_or_default();
    let digest = value(&fields, "digest");
    let done = viewer.app().apply_replan(viewer.actor(), id, version, &read(&fields), digest).await;
    done.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go_with(&format!("/events/{id}"), viewer.lang().t("已调整，有变动的企业已收到通知。")))
}
