//! Events where firms meet (对接活动): planning, invitations, sign-up, seats, the door, results, follow-up, figures, signings.

mod answers;
mod bodies;

use super::caller::Caller;
use super::problem::Answer;
use super::read::{IfMatch, Json, Paging, Path, Query};
use super::write::{Made, Rows, Saved, XLSX, created, done, ok, page_of, versioned, workbook};
use crate::site::Site;
use answers::{
    AtTheDoor, Figures, FollowUp, MeetingCard, MeetingEvent, MeetingProposal, MyMeeting, Plan, SeatingPlan,
    Signing,
};
use app::DoorKey;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use bodies::{
    DoorBody, EventBody, FreezeBody, InviteBody, InvitedFirms, MarkBody, MeetingOutcomeBody, ReplanBody,
    SignUpBody, SigningBody, StateBody,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(meeting_events, add_meeting_event))
        .routes(routes!(meeting_figures))
        .routes(routes!(follow_ups))
        .routes(routes!(answer_follow_up))
        .routes(routes!(meeting_event, change_meeting_event))
        .routes(routes!(set_meeting_state))
        .routes(routes!(meeting_proposals, invite_to_meeting))
        .routes(routes!(mark_meeting_party))
        .routes(routes!(my_meeting, sign_up_to_meeting))
        .routes(routes!(preview_seating, freeze_seating))
        .routes(routes!(preview_replan))
        .routes(routes!(apply_replan))
        .routes(routes!(at_the_door, check_in))
        .routes(routes!(meeting_workbook))
        .routes(routes!(meeting_calendar))
        .routes(routes!(record_meeting))
        .routes(routes!(signings, add_signing))
        .routes(routes!(change_signing))
}

/// Of which firm.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OfFirm {
    /// Row id of the enterprise; a member's own where nothing is said.
    enterprise: Option<i64>,
}

/// Of which year.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OfYear {
    /// Year; this one where nothing is said.
    year: Option<i16>,
}

/// List events
///
/// By day; counts only, no firm is named.
#[utoipa::path(get, path = "/events", tag = "events", params(Paging), responses((status = 200, body = Rows<MeetingEvent>)))]
async fn meeting_events(caller: Caller, Query(paging): Query<Paging>) -> Answer {
    page_of::<_, MeetingEvent>(&caller, caller.app().meeting_events(caller.actor()).await?, paging)
}

/// Plan an event
#[utoipa::path(post, path = "/events", tag = "events", request_body = EventBody, responses((status = 201, body = Made)))]
async fn add_meeting_event(caller: Caller, Json(body): Json<EventBody>) -> Answer {
    let saved = caller.app().save_meeting_event(caller.actor(), None, &body.into()).await?;
    created(&format!("/api/v1/events/{}", saved.id), &Made { id: saved.id })
}

/// Read an event
///
/// The secretariat and the bureau see all its firms and seats, others their own; of another firm nobody but the secretariat sees
/// sign-up, reason, code and results.
#[utoipa::path(get, path = "/events/{id}", tag = "events", params(("id" = i64, Path)), responses((status = 200, body = MeetingCard)))]
async fn meeting_event(caller: Caller, Path(id): Path<i64>) -> Answer {
    let card = caller.app().meeting_event(caller.actor(), id).await?;
    versioned(card.info.version, &MeetingCard::from(card))
}

/// Change an event
///
/// Until its timetable stands.
#[utoipa::path(put, path = "/events/{id}", tag = "events", params(("id" = i64, Path), IfMatch), request_body = EventBody, responses((status = 200, body = Saved)))]
async fn change_meeting_event(
    caller: Caller,
    Path(id): Path<i64>,
    IfMatch { version }: IfMatch,
    Json(body): Json<EventBody>,
) -> Answer {
    let saved = caller.app().save_meeting_event(caller.actor(), Some((id, version)), &body.into()).await?;
    versioned(saved.version, &Saved::from(saved))
}

/// Bring an event into another state
///
/// Over, cancelled, or back to planning while no meeting has a result.
#[utoipa::path(put, path = "/events/{id}/state", tag = "events", params(("id" = i64, Path), IfMatch), request_body = StateBody, responses((status = 200, body = Saved)))]
async fn set_meeting_state(
    caller: Caller,
    Path(id): Path<i64>,
    IfMatch { version }: IfMatch,
    Json(body): Json<StateBody>,
) -> Answer {
    let saved = caller.app().set_meeting_state(caller.actor(), id, version, body.state).await?;
    versioned(saved.version, &Saved::from(saved))
}

/// List who should come
///
/// By the matches of the newest published list, those with the most to talk about first.
#[utoipa::path(get, path = "/events/{id}/invitations", tag = "events", params(("id" = i64, Path), Paging), responses((status = 200, body = Rows<MeetingProposal>)))]
async fn meeting_proposals(caller: Caller, Path(id): Path<i64>, Query(paging): Query<Paging>) -> Answer {
    page_of::<_, MeetingProposal>(&caller, caller.app().meeting_proposals(caller.actor(), id).await?, paging)
}

/// Invite firms
///
/// Their people hear of it. Firms that are at the event already stay as they are.
#[utoipa::path(post, path = "/events/{id}/invitations", tag = "events", params(("id" = i64, Path)), request_body = InviteBody, responses((status = 200, body = InvitedFirms)))]
async fn invite_to_meeting(caller: Caller, Path(id): Path<i64>, Json(body): Json<InviteBody>) -> Answer {
    let invitees = body.invitees();
    let invited = caller.app().invite_to_meeting(caller.actor(), id, &invitees).await?;
    ok(&InvitedFirms { invited })
}

/// Mark a firm at an event
///
/// The secretariat's own marks: an important guest, and its side.
#[utoipa::path(put, path = "/events/{id}/firms/{enterprise}", tag = "events", params(("id" = i64, Path), ("enterprise" = i64, Path), IfMatch), request_body = MarkBody, responses((status = 200, body = Saved)))]
async fn mark_meeting_party(
    caller: Caller,
    Path((id, enterprise)): Path<(i64, i64)>,
    IfMatch { version }: IfMatch,
    Json(body): Json<MarkBody>,
) -> Answer {
    let marked =
        caller.app().mark_meeting_party(caller.actor(), id, enterprise, version, body.vip, body.side);
    let saved = marked.await?;
    versioned(saved.version, &Saved::from(saved))
}

/// Read a firm's own page of an event
///
/// A member's own, or one that the caller looks after: its sign-up, its code for the door, whom it could meet, its timetable.
#[utoipa::path(get, path = "/events/{id}/sign-up", tag = "events", params(("id" = i64, Path), OfFirm), responses((status = 200, body = MyMeeting)))]
async fn my_meeting(caller: Caller, Path(id): Path<i64>, Query(of): Query<OfFirm>) -> Answer {
    let page = caller.app().meeting_page(caller.actor(), id, of.enterprise).await?;
    let version = page.party.as_ref().map_or(0, |party| party.version);
    versioned(version, &MyMeeting::from(page))
}

/// Sign a firm up
///
/// Or change its sign-up, or decline. `version` is that of what was read; without it a firm that was not invited comes, too.
#[utoipa::path(put, path = "/events/{id}/sign-up", tag = "events", params(("id" = i64, Path)), request_body = SignUpBody, responses((status = 200, body = Saved)))]
async fn sign_up_to_meeting(caller: Caller, Path(id): Path<i64>, Json(body): Json<SignUpBody>) -> Answer {
    let saved = caller.app().sign_up_to_meeting(caller.actor(), id, &body.into()).await?;
    versioned(saved.version, &Saved::from(saved))
}

/// Look at a timetable
///
/// Nothing is stored. `digest` names what it was made from.
#[utoipa::path(get, path = "/events/{id}/seating", tag = "events", params(("id" = i64, Path)), responses((status = 200, body = SeatingPlan)))]
async fn preview_seating(caller: Caller, Path(id): Path<i64>) -> Answer {
    let seating = caller.app().preview_seating(caller.actor(), id).await?;
    versioned(seating.version, &SeatingPlan::from(seating))
}

/// Make the timetable stand
///
/// The one that was looked at: 409 where somebody signed up since.
#[utoipa::path(put, path = "/events/{id}/seating", tag = "events", params(("id" = i64, Path), IfMatch), request_body = FreezeBody, responses((status = 200, body = Saved)))]
async fn freeze_seating(
    caller: Caller,
    Path(id): Path<i64>,
    IfMatch { version }: IfMatch,
    Json(body): Json<FreezeBody>,
) -> Answer {
    let saved = caller.app().freeze_seating(caller.actor(), id, version, &body.digest).await?;
    versioned(saved.version, &Saved::from(saved))
}

/// Look at a timetable made again
///
/// On the day, where firms are absent or tables fall away. Nothing is stored.
#[utoipa::path(post, path = "/events/{id}/replan/preview", tag = "events", params(("id" = i64, Path)), request_body = ReplanBody, responses((status = 200, body = Plan)))]
async fn preview_replan(caller: Caller, Path(id): Path<i64>, Json(body): Json<ReplanBody>) -> Answer {
    let (form, _) = body.read();
    ok(&Plan::from(caller.app().preview_replan(caller.actor(), id, &form).await?))
}

/// Put a timetable made again in place
///
/// The one that was looked at; firms whose meetings changed hear of it.
#[utoipa::path(put, path = "/events/{id}/replan", tag = "events", params(("id" = i64, Path), IfMatch), request_body = ReplanBody, responses((status = 200, body = Saved)))]
async fn apply_replan(
    caller: Caller,
    Path(id): Path<i64>,
    IfMatch { version }: IfMatch,
    Json(body): Json<ReplanBody>,
) -> Answer {
    let (form, digest) = body.read();
    let saved = caller.app().apply_replan(caller.actor(), id, version, &form, &digest).await?;
    versioned(saved.version, &Saved::from(saved))
}

/// Look who is at the door
///
/// By row id; a code is a secret and goes into the body of the other operation.
#[utoipa::path(get, path = "/events/{id}/door", tag = "events", params(("id" = i64, Path), OfFirm), responses((status = 200, body = AtTheDoor)))]
async fn at_the_door(caller: Caller, Path(id): Path<i64>, Query(of): Query<OfFirm>) -> Answer {
    let key = DoorKey::Enterprise(of.enterprise.unwrap_or_default());
    ok(&AtTheDoor::from(caller.app().at_the_door(caller.actor(), id, &key).await?))
}

/// Check a firm in
///
/// By its code or row id. A second time changes nothing and gives the same answer.
#[utoipa::path(put, path = "/events/{id}/door", tag = "events", params(("id" = i64, Path)), request_body = DoorBody, responses((status = 200, body = AtTheDoor)))]
async fn check_in(caller: Caller, Path(id): Path<i64>, Json(body): Json<DoorBody>) -> Answer {
    ok(&AtTheDoor::from(caller.app().check_in(caller.actor(), id, &body.into()).await?))
}

/// Get a timetable as a workbook
///
/// As far as the caller may see its meetings.
#[utoipa::path(get, path = "/events/{id}/workbook", tag = "events", params(("id" = i64, Path)), responses((status = 200, description = "A workbook", content_type = XLSX, body = Vec<u8>)))]
async fn meeting_workbook(caller: Caller, Path(id): Path<i64>) -> Answer {
    Ok(workbook(&format!("event-{id}.xlsx"), caller.app().timetable_workbook(caller.actor(), id).await?))
}

/// Get meetings as a calendar
///
/// iCalendar (RFC 5545): the meetings that the caller may see, of one firm where it is named.
#[utoipa::path(get, path = "/events/{id}/calendar", tag = "events", params(("id" = i64, Path), OfFirm), responses((status = 200, description = "A calendar", content_type = "text/calendar", body = Vec<u8>)))]
async fn meeting_calendar(caller: Caller, Path(id): Path<i64>, Query(of): Query<OfFirm>) -> Answer {
    let bytes = caller.app().meeting_calendar(caller.actor(), id, of.enterprise).await?;
    let mut response = bytes.into_response();
    let kind = HeaderValue::from_static("text/calendar; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

/// Record what came of a meeting
///
/// By either of its firms, who looks after one, or the secretariat; what is to follow is asked again after 30, 60 and 90 days.
#[utoipa::path(put, path = "/events/meetings/{id}/outcome", tag = "events", params(("id" = i64, Path), IfMatch), request_body = MeetingOutcomeBody, responses((status = 200, body = Saved)))]
async fn record_meeting(
    caller: Caller,
    Path(id): Path<i64>,
    IfMatch { version }: IfMatch,
    Json(body): Json<MeetingOutcomeBody>,
) -> Answer {
    let version = caller.app().record_meeting(caller.actor(), id, version, &body.into()).await?;
    versioned(version, &Saved { id, version })
}

/// List what is to be asked again
///
/// Of all meetings for the secretariat, of their own for others; open ones first, by day.
#[utoipa::path(get, path = "/events/follow-ups", tag = "events", params(Paging), responses((status = 200, body = Rows<FollowUp>)))]
async fn follow_ups(caller: Caller, Query(paging): Query<Paging>) -> Answer {
    page_of::<_, FollowUp>(&caller, caller.app().follow_ups(caller.actor()).await?, paging)
}

/// Answer a follow-up
#[utoipa::path(put, path = "/events/meetings/{id}/follow-ups/{days}", tag = "events", params(("id" = i64, Path), ("days" = u32, Path), IfMatch), request_body = MeetingOutcomeBody, responses((status = 204, description = "Stored")))]
async fn answer_follow_up(
    caller: Caller,
    Path((meeting, days)): Path<(i64, u32)>,
    IfMatch { version }: IfMatch,
    Json(body): Json<MeetingOutcomeBody>,
) -> Answer {
    let form = app::FollowUpForm { meeting, days, version, outcome: body.into() };
    caller.app().answer_follow_up(caller.actor(), &form).await?;
    done()
}

/// Read the figures of a year
///
/// By month: events, firms, meetings, results, amounts; what was signed against the year's targets.
#[utoipa::path(get, path = "/events/figures", tag = "events", params(OfYear), responses((status = 200, body = Figures)))]
async fn meeting_figures(caller: Caller, Query(of): Query<OfYear>) -> Answer {
    ok(&Figures::from(caller.app().meeting_figures(caller.actor(), of.year).await?))
}

/// List what was signed
#[utoipa::path(get, path = "/signings", tag = "events", params(Paging), responses((status = 200, body = Rows<Signing>)))]
async fn signings(caller: Caller, Query(paging): Query<Paging>) -> Answer {
    page_of::<_, Signing>(&caller, caller.app().signings(caller.actor()).await?, paging)
}

/// Add a signing
#[utoipa::path(post, path = "/signings", tag = "events", request_body = SigningBody, responses((status = 201, body = Made)))]
async fn add_signing(caller: Caller, Json(body): Json<SigningBody>) -> Answer {
    let saved = caller.app().save_signing(caller.actor(), None, &body.into()).await?;
    created("/api/v1/signings", &Made { id: saved.id })
}

/// Change a signing
///
/// `void` takes it out of the count; it stays.
#[utoipa::path(put, path = "/signings/{id}", tag = "events", params(("id" = i64, Path), IfMatch), request_body = SigningBody, responses((status = 200, body = Saved)))]
async fn change_signing(
    caller: Caller,
    Path(id): Path<i64>,
    IfMatch { version }: IfMatch,
    Json(body): Json<SigningBody>,
) -> Answer {
    let saved = caller.app().save_signing(caller.actor(), Some((id, version)), &body.into()).await?;
    versioned(saved.version, &Saved::from(saved))
}
