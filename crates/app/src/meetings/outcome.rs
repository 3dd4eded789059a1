//! What came of a meeting, and what became of that after 30, 60 and 90 days.

use super::{Looking, MeetingEventState, MeetingInfo, fen, noted};
use crate::notice::To;
use crate::records::{Market, field, unknown};
use crate::{Act, Actor, App, Code, Error, Office, Result};
use jiff::civil::Date;
use model::meeting::{MeetingResult, MeetingTables, Stands};
use model::outcome::{OutcomeResult, OutcomeSource};
use serde::Serialize;
use std::collections::BTreeMap;
use store::{FollowUp, FollowUpDone, Meeting, MeetingEventRow, MeetingOutcome, NewOutcome};

/// Days after an event on which its meetings are asked after again.
const FOLLOW_UP_DAYS: [u32; 3] = [30, 60, 90];

/// What came of a meeting.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MeetingOutcomeForm {
    /// Result, an id of `meetings/results.csv`.
    pub result: String,
    /// Amount of the contract or intent, yuan.
    pub amount_yuan: Option<f64>,
    /// What is to be said of it.
    pub note: String,
}

/// An answer to a follow-up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FollowUpForm {
    /// Row id of the meeting.
    pub meeting: i64,
    /// 30, 60 or 90.
    pub days: u32,
    /// Version.
    pub version: i64,
    /// Where it stands now.
    pub outcome: MeetingOutcomeForm,
}

/// A follow-up with its meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FollowUpInfo {
    /// The meeting, with what was recorded of it.
    pub meeting: MeetingInfo,
    /// Name and day of the event.
    pub event: (String, Date),
    /// 30, 60 or 90.
    pub days: u32,
    /// When it is asked.
    pub due: String,
    /// Days since then; negative for one that is not due yet.
    pub late_days: i64,
    /// Version, for the answer.
    pub version: i64,
    /// Where the business stood, an id of `meetings/results.csv`.
    pub result: Option<String>,
    /// Amount by then, fen.
    pub amount_fen: Option<i64>,
    /// What was said.
    pub note: String,
    /// When it was answered, milliseconds since 1970 UTC.
    pub done_ms: Option<i64>,
}

fn result_of(form: &MeetingOutcomeForm) -> Result<(&'static MeetingResult, Option<i64>)> {
    let result = MeetingTables::builtin().result(&form.result);
    let result = result.ok_or_else(|| field("result", "请选择结果"))?;
    let amount = fen(form.amount_yuan)?;
    if amount.is_some() && matches!(result.stands, Stands::None | Stands::Missed) {
        return Err(field("amount_yuan", "未成的洽谈没有金额"));
    }
    Ok((result, amount))
}

/// The days on which a meeting is asked after again; none where nothing is to follow.
fn follow_up(stands: Stands, day: Date) -> Vec<(u32, String)> {
    if !matches!(stands, Stands::Contract | Stands::Intent) {
        return Vec::new();
    }
    FOLLOW_UP_DAYS
        .into_iter()
        .filter_map(|days| {
            let due = day.checked_add(jiff::Span::new().days(i64::from(days))).ok()?;
            Some((days, due.to_string()))
        })
        .collect()
}

#[boxed::futures]
impl App {
    async fn meeting(&self, id: i64) -> Result<(Meeting, MeetingEventRow)> {
        let meeting = self.store.meetings(None).await?.into_iter().find(|m| m.id == id && m.seated);
        let meeting = meeting.ok_or_else(unknown)?;
        let row = self.store.meeting_event(meeting.event).await?;
        Ok((meeting, row))
    }

    /// Records what came of a meeting: by either of its firms, who keeps one of them, or the secretariat. What is to follow is
    /// asked again after 30, 60 and 90 days. Returns the meeting's new version.
    ///
    /// # Errors
    /// [`Code::NotFound`], also for others' meetings; [`Code::BadInput`]; [`Code::Conflict`] before the event's day, or where
    /// somebody else recorded it meanwhile.
    pub async fn record_meeting(
        &self,
        actor: &Actor,
        id: i64,
        version: i64,
        form: &MeetingOutcomeForm,
    ) -> Result<i64> {
        actor.need(Act::RecordMeeting)?;
        let market = self.market().await?;
        let looking = Looking::new(&market, actor);
        let (meeting, row) = self.meeting(id).await?;
        if !looking.takes_part(&meeting) {
            return Err(unknown());
        }
        if !is_over(&row, self.today()) {
            return Err(Error::new(Code::Conflict, "the meeting has not taken place yet")
                .hint("record its result on the day of the event or later"));
        }
        let (result, amount_fen) = result_of(form)?;
        let outcome = MeetingOutcome {
            result: &result.id,
            amount_fen,
            note: noted(&form.note)?,
            about: (meeting.need, meeting.offer),
            follow_up: &follow_up(result.stands, row.event.day),
        };
        let version = self.store.record_meeting_outcome(id, version, &outcome, &self.by(actor)).await?;
        self.learn_from(actor, &market, &meeting, result, amount_fen).await?;
        Ok(version)
    }

    /// Tells the ranking that learns what came of a meeting's pair; its newest word counts. Two who did not meet say nothing,
    /// and take back what was said before.
    async fn learn_from(
        &self,
        actor: &Actor,
        market: &Market,
        meeting: &Meeting,
        result: &MeetingResult,
        amount_fen: Option<i64>,
    ) -> Result<()> {
        let need = meeting.need.and_then(|id| market.needs.get(id));
        let offer = meeting.offer.and_then(|id| market.offers.get(id));
        let (Some(need), Some(offer)) = (need, offer) else { return Ok(()) };
        let result_word = match result.stands {
            Stands::Contract => OutcomeResult::Contract,
            Stands::Intent => OutcomeResult::Intent,
            Stands::None => OutcomeResult::None,
            Stands::Missed if meeting.result.is_some() => OutcomeResult::Retracted,
            Stands::Missed => return Ok(()),
        };
        let new = NewOutcome {
            need: need.value.key.clone(),
            offer: offer.value.key.clone(),
            source: OutcomeSource::Meeting,
            reference: format!("meeting/{}", meeting.id),
            result: result_word,
            amount_fen,
            reason: result.reason.clone(),
            note: String::new(),
            day: self.today(),
        };
        self.keep_outcome(&self.by(actor), &new).await.map(drop)
    }

    /// What is to be asked again, or was: of all meetings for the secretariat, of their own for others; open ones first, by day.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn follow_ups(&self, actor: &Actor) -> Result<Vec<FollowUpInfo>> {
        actor.need(Act::FollowUps)?;
        let market = self.market().await?;
        let looking = Looking::new(&market, actor);
        let meetings = self.store.meetings(None).await?;
        let meetings: BTreeMap<i64, &Meeting> = meetings.iter().map(|m| (m.id, m)).collect();
        let events = self.store.meeting_events().await?;
        let events: BTreeMap<i64, &MeetingEventRow> = events.iter().map(|e| (e.id, e)).collect();
        let today = self.today();
        let info = |asked: FollowUp| {
            let meeting = meetings.get(&asked.meeting)?;
            let row = events.get(&meeting.event)?;
            let own = looking.takes_part(meeting);
            let due: Date = asked.due.parse().ok()?;
            own.then(|| FollowUpInfo {
                meeting: looking.meeting(meeting, row.state),
                event: (row.event.name.clone(), row.event.day),
                days: asked.days,
                late_days: due.until(today).map_or(0, |span| i64::from(span.get_days())),
                due: asked.due,
                version: asked.version,
                result: asked.result,
                amount_fen: asked.amount_fen,
                note: asked.note,
                done_ms: asked.done.map(|done| done.1),
            })
        };
        let mut infos: Vec<FollowUpInfo> =
            self.store.meeting_follow_ups().await?.into_iter().filter_map(info).collect();
        infos.sort_by_key(|info| info.done_ms.is_some());
        Ok(infos)
    }

    /// Answers a follow-up: where the business stands now.
    ///
    /// # Errors
    /// [`Code::NotFound`], also for others' meetings; [`Code::BadInput`]; [`Code::Conflict`].
    pub async fn answer_follow_up(&self, actor: &Actor, form: &FollowUpForm) -> Result<()> {
        actor.need(Act::AnswerFollowUp)?;
        let market = self.market().await?;
        let looking = Looking::new(&market, actor);
        let (meeting, _) = self.meeting(form.meeting).await?;
        if !looking.takes_part(&meeting) {
            return Err(unknown());
        }
        let (result, amount_fen) = result_of(&form.outcome)?;
        let done = FollowUpDone {
            meeting: meeting.id,
            days: form.days,
            version: form.version,
            result: &result.id,
            amount_fen,
            note: noted(&form.outcome.note)?,
        };
        self.store.finish_follow_up(&done, &self.by(actor)).await?;
        self.learn_from(actor, &market, &meeting, result, amount_fen).await
    }

    /// Tells people what is due to be asked again, each once. The server calls it once a minute; nobody's leave is asked because
    /// nothing is shown. Returns how many follow-ups became due.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn remind_follow_ups(&self) -> Result<usize> {
        let today = self.today().to_string();
        let due = self.store.take_due_follow_ups(&today, &self.by(&Actor::local())).await?;
        if due.is_empty() {
            return Ok(0);
        }
        let meetings = self.store.meetings(None).await?;
        let market = self.market().await?;
        let title = "洽谈后续待回访";
        let mut firms: Vec<i64> = meetings
            .iter()
            .filter(|m| due.iter().any(|(id, _)| *id == m.id))
            .flat_map(|m| [m.host, m.guest])
            .collect();
        firms.sort_unstable();
        firms.dedup();
        let (kind, link) = ("meeting.follow_up", "/events/follow-up");
        let body = "活动上谈过的事进展如何？请打开填写，一分钟即可。";
        self.tell_firms(&market, &firms, kind, title, body, link).await;
        let body = format!("有{}项洽谈后续到期。", due.len());
        self.notify(kind, To::Office(Office::Secretariat), title, &body, link).await;
        Ok(due.len())
    }
}

/// True where a result of this event can stand already.
pub(super) fn is_over(row: &MeetingEventRow, today: Date) -> bool {
    matches!(row.state, MeetingEventState::Seated | MeetingEventState::Closed) && row.event.day <= today
}
