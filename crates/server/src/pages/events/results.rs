//! What came of a meeting, and what became of it after 30, 60 and 90 days.

use super::show::{self, value, yuan_field, yuan_of};
use crate::answer::Answer;
use crate::parts::{self, Field, empty, scroll, tag};
use crate::viewer::{Posted, Viewer};
use app::{Act, Code, Error, FollowUpForm, FollowUpInfo, MeetingEventCard, MeetingInfo, MeetingOutcomeForm};
use axum::extract::Path;
use maud::{Markup, html};
use serde::de::IgnoredAny;

fn read(fields: &[(String, String)]) -> MeetingOutcomeForm {
    MeetingOutcomeForm {
        result: value(fields, "result").to_owned(),
        amount_yuan: yuan_of(value(fields, "amount_yuan")),
        note: value(fields, "note").to_owned(),
    }
}

/// `GET /events/{id}/meetings/{meeting}`
pub async fn page(viewer: Viewer, Path((id, meeting)): Path<(i64, i64)>) -> Answer {
    let (card, meeting) = found(&viewer, id, meeting).await?;
    Ok(viewer.page(viewer.lang().t("登记结果"), &body(&viewer, &card, &meeting, None, None)))
}

/// `POST /events/{id}/meetings/{meeting}`
pub async fn record(Path((id, meeting)): Path<(i64, i64)>, posted: Posted<IgnoredAny>) -> Answer {
    let Posted { viewer, fields, .. } = posted;
    let lang = viewer.lang();
    let form = read(&fields);
    let version = value(&fields, "version").parse().unwrap_or_default();
    match viewer.app().record_meeting(viewer.actor(), meeting, version, &form).await {
        Ok(_) => {
            let own = viewer.signed_in.enterprise_name.is_some();
            let to = if own { format!("/events/{id}/mine") } else { format!("/events/{id}") };
            Ok(viewer.go_with(&to, lang.t("结果已登记。")))
        }
        Err(error) if matches!(error.code, Code::BadInput | Code::Conflict) => {
            let (card, meeting) = found(&viewer, id, meeting).await?;
            let error = lang.said(error);
            Ok(viewer.refused(
                &error,
                lang.t("登记结果"),
                &body(&viewer, &card, &meeting, Some(&form), Some(&error)),
            ))
        }
        Err(error) => Err(viewer.fail(error)),
    }
}

async fn found(
    viewer: &Viewer,
    id: i64,
    meeting: i64,
) -> Result<(MeetingEventCard, MeetingInfo), crate::answer::Failure> {
    viewer.actor().need(Act::RecordMeeting).map_err(|e| viewer.fail(e))?;
    let card = viewer.app().meeting_event(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    let found = card.meetings.iter().find(|m| m.id == meeting && m.may_record).cloned();
    found.map(|meeting| (card, meeting)).ok_or_else(|| viewer.nowhere())
}

fn body(
    viewer: &Viewer,
    card: &MeetingEventCard,
    meeting: &MeetingInfo,
    sent: Option<&MeetingOutcomeForm>,
    error: Option<&Error>,
) -> Markup {
    let lang = viewer.lang();
    let event = &card.info.event;
    let back = format!("/events/{}", card.info.id);
    let amount = meeting.amount_fen.map(|fen| fen as f64 / 100.0);
    let stored = MeetingOutcomeForm {
        result: meeting.result.clone().unwrap_or_default(),
        amount_yuan: amount,
        note: meeting.note.clone(),
    };
    let form = sent.unwrap_or(&stored);
    html! {
        (parts::crumbs_of(lang, ("/events", lang.t("对接活动")), (&back, &event.name), lang.t("登记结果")))
        h1 { (lang.t("登记结果")) }
        p { strong { (show::firm(lang, &meeting.host)) " × " (show::firm(lang, &meeting.guest)) } }
        p.soft { (event.day) " " (show::slot(event, meeting.slot)) " · " (lang.t("桌号")) " " (meeting.table + 1) }
        p { (show::about(lang, meeting)) }
        (parts::form_error(lang, error))
        // Another may have recorded meanwhile: nothing is overwritten unseen.
        @if sent.is_some() && meeting.result.is_some() { p { (lang.t("已登记结果")) " " (show::outcome(lang, meeting)) } }
        form.card method="post" action={ (back) "/meetings/" (meeting.id) } data-guard {
            (viewer.csrf_field())
            input type="hidden" name="version" value=(meeting.version);
            (outcome_fields(viewer, form, error))
            p.soft { (lang.t("有意向或签约的，30、60、90天后会再问进展。")) }
            div.actions { button type="submit" { (lang.t("保存")) } a.button.quiet href=(back) { (lang.t("返回")) } }
        }
    }
}

fn outcome_fields(viewer: &Viewer, form: &MeetingOutcomeForm, error: Option<&Error>) -> Markup {
    let lang = viewer.lang();
    html! {
        fieldset {
            legend { (lang.t("谈得怎么样")) }
            @for (id, word) in show::results(lang) {
                label.tick { input type="radio" name="result" value=(id) required checked[form.result == id]; (word) }
            }
            @if let Some(what) = parts::wrong(error, "result") { p.error { (what) } }
        }
        (Field::text("amount_yuan", lang.t("金额（签约或意向）")).value(yuan_field(form.amount_yuan)).unit(lang.t("元")).error_of(error))
        (Field::area("note", lang.t("说明"), 3).value(&form.note).max(500).error_of(error))
    }
}

/// `GET /events/follow-up`
pub async fn follow_ups(viewer: Viewer) -> Answer {
    let all = viewer.app().follow_ups(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let (done, open): (Vec<_>, Vec<_>) = all.into_iter().partition(|f| f.done_ms.is_some());
    let (due, ahead): (Vec<_>, Vec<_>) = open.into_iter().partition(|f| f.late_days >= 0);
    let body = html! {
        (parts::crumbs(lang, &[("/events", lang.t("对接活动"))], lang.t("后续回访")))
        h1 { (lang.t("后续回访")) " " span.soft { (due.len()) } }
        p.soft { (lang.t("有意向或签约的洽谈，在活动后30、60、90天各问一次进展；到期会发消息提醒。")) }
        @if due.is_empty() {
            (empty(lang.t("没有到期的回访"), lang.t("到期的会列在这里，并发到收件箱。")))
        } @else {
            div.coming { @for asked in &due { (card(&viewer, asked)) } }
        }
        @if !ahead.is_empty() { h2 { (lang.t("还没到期")) " " span.soft { (ahead.len()) } } (scroll(lang.t("还没到期"), &table(&viewer, &ahead))) }
        @if !done.is_empty() { h2 { (lang.t("已回访")) " " span.soft { (done.len()) } } (scroll(lang.t("已回访"), &table(&viewer, &done))) }
    };
    Ok(viewer.page(lang.t("后续回访"), &body))
}

fn card(viewer: &Viewer, asked: &FollowUpInfo) -> Markup {
    let lang = viewer.lang();
    let meeting = &asked.meeting;
    html! {
        article.panel id={ "f" (meeting.id) "-" (asked.days) } {
            h3 { (show::firm(lang, &meeting.host)) " × " (show::firm(lang, &meeting.guest)) }
            p {
                (tag("warn", &lang.t("{n}天回访").replace("{n}", &asked.days.to_string())))
                " " (lang.t("应于")) " " (asked.due)
                @if asked.late_days > 0 { " " span.short { (lang.t("已过 {n} 天").replace("{n}", &asked.late_days.to_string())) } }
            }
            p.soft { (asked.event.0) " · " (asked.event.1) }
            p { (show::outcome(lang, meeting)) " " (show::about(lang, meeting)) }
            details.ask {
                summary.button.small { (lang.t("填写进展")) }
                form method="post" action={ "/events/follow-up/" (meeting.id) "/" (asked.days) } {
                    (viewer.csrf_field())
                    input type="hidden" name="version" value=(asked.version);
                    label for={ "r" (meeting.id) "-" (asked.days) } { (lang.t("现在的情况")) }
                    select id={ "r" (meeting.id) "-" (asked.days) } name="result" required {
                        @for (id, word) in show::results(lang) { option value=(id) selected[meeting.result.as_deref() == Some(id)] { (word) } }
                    }
                    label for={ "a" (meeting.id) "-" (asked.days) } { (lang.t("金额（签约或意向）")) " " (lang.t("元")) }
                    input id={ "a" (meeting.id) "-" (asked.days) } name="amount_yuan" inputmode="decimal" maxlength="20";
                    label for={ "n" (meeting.id) "-" (asked.days) } { (lang.t("说明")) }
                    textarea id={ "n" (meeting.id) "-" (asked.days) } name="note" rows="2" maxlength="500" {}
                    button type="submit" { (lang.t("保存")) }
                }
            }
        }
    }
}

fn table(viewer: &Viewer, rows: &[FollowUpInfo]) -> Markup {
    let lang = viewer.lang();
    html! {
        table.cards {
            thead { tr { th { (lang.t("应于")) } th { (lang.t("洽谈")) } th { (lang.t("当时结果")) } th { (lang.t("进展")) } } }
            tbody {
                @for asked in rows {
                    tr {
                        td.d data-label=(lang.t("应于")) { (asked.due) " " span.soft { (lang.t("{n}天回访").replace("{n}", &asked.days.to_string())) } }
                        td.t data-label=(lang.t("洽谈")) { (show::firm(lang, &asked.meeting.host)) " × " (show::firm(lang, &asked.meeting.guest)) }
                        td data-label=(lang.t("当时结果")) { (show::outcome(lang, &asked.meeting)) }
                        td data-label=(lang.t("进展")) {
                            @if let Some(id) = &asked.result { (show::result(lang, id)) }
                            @if let Some(fen) = asked.amount_fen { " " (show::yuan(lang, fen)) }
                            @if !asked.note.is_empty() { " " span.soft { (asked.note) } }
                        }
                    }
                }
            }
        }
    }
}

/// `POST /events/follow-up/{meeting}/{days}`
pub async fn answer(Path((meeting, days)): Path<(i64, u32)>, posted: Posted<IgnoredAny>) -> Answer {
    let Posted { viewer, fields, .. } = posted;
    let version = value(&fields, "version").parse().unwrap_or_default();
    let form = FollowUpForm { meeting, days, version, outcome: read(&fields) };
    viewer.app().answer_follow_up(viewer.actor(), &form).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go_with("/events/follow-up", viewer.lang().t("已保存。")))
}
