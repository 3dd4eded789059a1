//! `/events/{id}/door`: checking in on a phone, by QR code, typed code or the list. Tapping twice does no harm.

use super::show::{self, value};
use crate::answer::Answer;
use crate::pages::office::show as pieces;
use crate::parts::{self, empty, post_button, tag};
use crate::viewer::{Posted, Viewer};
use app::{CheckedIn, Code, DoorKey, Error, MeetingEventCard, MeetingPartyState};
use axum::extract::Path;
use maud::{Markup, html};
use serde::de::IgnoredAny;

fn key(fields: &[(String, String)]) -> Option<DoorKey> {
    let (code, firm) = (value(fields, "code"), value(fields, "firm"));
    if let Ok(firm) = firm.parse() {
        return Some(DoorKey::Enterprise(firm));
    }
    (!code.is_empty()).then(|| DoorKey::Code(code.to_owned()))
}

/// `GET /events/{id}/door`; a code in the address is looked at, not taken: links may be opened by nobody.
pub async fn page(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let fields: Vec<(String, String)> = crate::words::pairs(&viewer.query).collect();
    viewer.actor().need(app::Act::AtTheDoor).map_err(|e| viewer.fail(e))?;
    let found = match key(&fields) {
        Some(key) => Some(viewer.app().at_the_door(viewer.actor(), id, &key).await),
        None => None,
    };
    let (found, error) = match found {
        Some(Ok(found)) => (Some(found), None),
        Some(Err(error)) if error.code == Code::NotFound => (None, Some(error)),
        Some(Err(error)) => return Err(viewer.fail(error)),
        None => (None, None),
    };
    shown(&viewer, id, found.as_ref(), error).await
}

/// `POST /events/{id}/door`
pub async fn check_in(Path(id): Path<i64>, posted: Posted<IgnoredAny>) -> Answer {
    let Posted { viewer, fields, .. } = posted;
    let asked: Vec<(String, String)> = crate::words::pairs(&viewer.query).collect();
    let Some(key) = key(&fields).or_else(|| key(&asked)) else {
        return Ok(viewer.go(&format!("/events/{id}/door")));
    };
    match viewer.app().check_in(viewer.actor(), id, &key).await {
        Ok(found) => shown(&viewer, id, Some(&found), None).await,
        Err(error) if error.code == Code::NotFound => shown(&viewer, id, None, Some(error)).await,
        Err(error) => Err(viewer.fail(error)),
    }
}

async fn shown(viewer: &Viewer, id: i64, found: Option<&CheckedIn>, error: Option<Error>) -> Answer {
    let lang = viewer.lang();
    let card = viewer.app().meeting_event(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    let error = error.map(|e| lang.said(e));
    let body = body(viewer, &card, found, error.as_ref());
    let title = lang.t("门口签到");
    Ok(pieces::secret(match &error {
        Some(error) => viewer.refused(error, title, &body),
        None => viewer.page(title, &body),
    }))
}

fn body(
    viewer: &Viewer,
    card: &MeetingEventCard,
    found: Option<&CheckedIn>,
    error: Option<&Error>,
) -> Markup {
    let lang = viewer.lang();
    let info = &card.info;
    let to = format!("/events/{}/door", info.id);
    let back = format!("/events/{}", info.id);
    let missing: Vec<_> = card
        .parties
        .iter()
        .filter(|p| p.state == MeetingPartyState::Attending && p.checked_in_ms.is_none())
        .collect();
    html! {
        (parts::crumbs_of(lang, ("/events", lang.t("对接活动")), (&back, &info.event.name), lang.t("门口签到")))
        h1 { (lang.t("门口签到")) " " span.soft { (info.counts.checked_in) " / " (info.counts.attending) } }
        (parts::form_error(lang, error))
        @if let Some(found) = found { (firm(viewer, card, found)) }
        form.door method="post" action=(to) {
            (viewer.csrf_field())
            label for="code" { (lang.t("签到码")) }
            input #code name="code" autocomplete="off" autocapitalize="characters" maxlength="20" required placeholder="XXXXX-XXXXX" autofocus[found.is_none()];
            button type="submit" { (lang.t("签到")) }
        }
        p.soft { (lang.t("用手机相机扫企业的二维码，会打开本页；也可以输入签到码，或从下面选。")) }
        h2 { (lang.t("还没到的企业")) " " span.soft { (missing.len()) } }
        @if missing.is_empty() { (empty(lang.t("都到了"), lang.t("没有报名而未到的企业。"))) }
        ul.plain.partners {
            @for party in missing {
                li {
                    p { (show::firm(lang, &party.enterprise)) " " @if party.vip { (tag("warn", lang.t("重要嘉宾"))) } }
                    (post_button(viewer, &format!("{to}?firm={}", party.enterprise.id), "small", lang.t("签到"), None))
                }
            }
        }
    }
}

/// The firm that stands at the door.
fn firm(viewer: &Viewer, card: &MeetingEventCard, found: &CheckedIn) -> Markup {
    let lang = viewer.lang();
    let event = &card.info.event;
    html! {
        div.panel role="status" {
            h2 { (show::firm(lang, &found.enterprise)) " " @if found.vip { (tag("warn", lang.t("重要嘉宾"))) } }
            p { (show::came(lang, found.at_ms)) " · " (found.people) " " (lang.t("人")) }
            @if found.at_ms.is_none() {
                (post_button(viewer, &format!("/events/{}/door?firm={}", card.info.id, found.enterprise.id), "", lang.t("确认到场"), None))
            }
            @if !found.meetings.is_empty() {
                ul {
                    @for (slot, table, other) in &found.meetings {
                        li { (show::slot(event, *slot)) " · " (lang.t("桌号")) " " strong { (table + 1) } " · " (show::firm(lang, other)) }
                    }
                }
            }
        }
    }
}
