//! The timetable on paper (one firm or one table a page) and as files.

use super::show;
use crate::answer::Answer;
use crate::pages::office::show as pieces;
use crate::parts;
use crate::viewer::Viewer;
use crate::words::Lang;
use app::{MeetingEventCard, MeetingInfo};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;

/// `GET /events/{id}/print/{by}`: `firm` or `table`.
pub async fn page(viewer: Viewer, Path((id, by)): Path<(i64, String)>) -> Answer {
    let card = viewer.app().meeting_event(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let (title, sheets) = match by.as_str() {
        "firm" => (lang.t("打印：每家一页"), firms(lang, &card)),
        "table" => (lang.t("打印：每桌一页"), tables(lang, &card)),
        _ => return Err(viewer.nowhere()),
    };
    let back = format!("/events/{id}");
    let body = html! {
        (parts::crumbs_of(lang, ("/events", lang.t("对接活动")), (&back, &card.info.event.name), title))
        h1.screen { (title) }
        div.toolbar.screen {
            button type="button" data-print { (lang.t("打印")) }
            a.button.quiet href=(back) { (lang.t("返回")) }
        }
        @if card.meetings.is_empty() { (parts::empty(lang.t("还没有时间表"), lang.t("排定时间表后可以打印。"))) }
        @for (heading, under, meetings) in &sheets { (sheet(lang, &card, heading, under, meetings)) }
    };
    Ok(viewer.page(title, &body))
}

/// A page: heading, line below, meetings.
type Sheet<'c> = (String, String, Vec<&'c MeetingInfo>);

fn firms(lang: Lang, card: &MeetingEventCard) -> Vec<Sheet<'_>> {
    let mut sheets: Vec<Sheet<'_>> = Vec::new();
    for party in &card.parties {
        let id = party.enterprise.id;
        let meetings: Vec<_> = card.meetings.iter().filter(|m| m.host.id == id || m.guest.id == id).collect();
        if !meetings.is_empty() {
            let side = show::side(lang, &card.info.event, party.side).to_owned();
            sheets.push((party.enterprise.name.clone(), side, meetings));
        }
    }
    sheets
}

fn tables(lang: Lang, card: &MeetingEventCard) -> Vec<Sheet<'_>> {
    let sheet = |table: u32| {
        let meetings: Vec<_> = card.meetings.iter().filter(|m| m.table == table).collect();
        (format!("{} {}", lang.t("桌号"), table + 1), String::new(), meetings)
    };
    (0..card.info.event.tables).map(sheet).filter(|(_, _, meetings)| !meetings.is_empty()).collect()
}

fn sheet(
    lang: Lang,
    card: &MeetingEventCard,
    heading: &str,
    under: &str,
    meetings: &[&MeetingInfo],
) -> Markup {
    let event = &card.info.event;
    html! {
        section.sheet.slip {
            h2 { (heading) @if !under.is_empty() { " " span.soft { (under) } } }
            p { strong { (event.name) } " · " (event.day) " · " (event.place) }
            (parts::scroll(heading, &html! {
                table {
                    thead { tr {
                        th { (lang.t("时间")) } th { (lang.t("桌号")) } th { (lang.t("桌主")) } th { (lang.t("来访")) } th { (lang.t("洽谈内容")) } th { (lang.t("结果（现场填）")) }
                    } }
                    tbody {
                        @for m in meetings {
                            tr {
                                td.d { (show::slot(event, m.slot)) } td.n { (m.table + 1) } td.t { (show::firm(lang, &m.host)) } td.t { (show::firm(lang, &m.guest)) }
                                td.w { (show::about(lang, m)) } td.w {}
                            }
                        }
                    }
                }
            }))
            @if !event.note.is_empty() { p.soft { (event.note) } }
        }
    }
}

/// `GET /events/{id}/timetable.xlsx`
pub async fn workbook(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let bytes = viewer.app().timetable_workbook(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    Ok(pieces::file(&format!("yulin-event-{id}.xlsx"), pieces::XLSX, bytes))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    firm: String,
}

/// `GET /events/{id}/timetable.ics`: the meetings that the viewer sees, of one firm where it is named.
pub async fn calendar(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let firm = viewer.query::<Ask>().firm.parse().ok();
    let bytes = viewer.app().meeting_calendar(viewer.actor(), id, firm).await.map_err(|e| viewer.fail(e))?;
    Ok(pieces::file(&format!("yulin-event-{id}.ics"), "text/calendar; charset=utf-8", bytes))
}
