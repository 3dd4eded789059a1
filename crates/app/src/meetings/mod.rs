//! Events where firms meet one to one (对接活动): planning, invitations from the matches, sign-up, seats, the door, results,
//! and what became of them.

mod demo;
mod door;
mod event;
mod figures;
mod files;
mod hall;
mod invite;
mod outcome;
mod replan;
mod seat;
mod sign_up;
#[cfg(test)]
mod tests;

pub use door::{CheckedIn, DoorKey};
pub use event::{MeetingEventForm, slot_words};
pub use figures::{KindFigures, MeetingFigures, MonthFigures, SigningForm, SigningInfo};
pub use invite::{Invitee, MeetingProposal};
pub use outcome::{FollowUpForm, FollowUpInfo, MeetingOutcomeForm};
pub use replan::{MovedMeeting, ReplanForm, Replanned};
pub use seat::{Seating, Wanted};
pub use sign_up::{MeetingPage, PartnerRow, SignUpForm};
pub use store::{EventState as MeetingEventState, PartyState as MeetingPartyState};

use crate::records::{EnterpriseBrief, Eyes, Held, Listed, Market, Viewer};
use crate::{Act, Actor, App, Code, Error, Result};
use model::meeting::{MeetingEvent, MeetingSide, SignUp};
use serde::Serialize;
use std::collections::HashMap;
use store::{Meeting, MeetingEventRow, Party};

/// Counts of an event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct MeetingCounts {
    /// Firms invited, whatever they said.
    pub invited: u32,
    /// Firms that said they come.
    pub attending: u32,
    /// Firms that said they do not.
    pub declined: u32,
    /// People that the firms bring.
    pub people: u32,
    /// Firms that have come.
    pub checked_in: u32,
    /// Meetings that have a seat.
    pub meetings: u32,
    /// Meetings with a result.
    pub recorded: u32,
}

/// An event as everybody of the alliance may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeetingEventInfo {
    /// Row id.
    pub id: i64,
    /// Version, for changes.
    pub version: i64,
    /// State.
    pub state: MeetingEventState,
    /// The event.
    pub event: MeetingEvent,
    /// Counts.
    pub counts: MeetingCounts,
    /// True where a firm of the viewer's is invited to it or has signed up.
    pub mine: bool,
    /// When it last changed, milliseconds since 1970 UTC.
    pub updated_ms: i64,
}

/// A firm at an event. Of others' firms nobody but the secretariat sees sign-up, reason and code.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PartyInfo {
    /// The firm.
    pub enterprise: EnterpriseBrief,
    /// Version, for changes.
    pub version: i64,
    /// Its side.
    pub side: MeetingSide,
    /// What it said.
    pub state: MeetingPartyState,
    /// True for an important guest; only the secretariat sees the mark.
    pub vip: bool,
    /// Why it was invited, in Chinese.
    pub why: String,
    /// When it came, milliseconds since 1970 UTC.
    pub checked_in_ms: Option<i64>,
    /// The first slot, from 0, from which on it is not there.
    pub absent_from: Option<u32>,
    /// Meetings that it has.
    pub meetings: u32,
    /// What it said at its sign-up.
    pub sign_up: Option<SignUp>,
    /// The code for the door, `XXXXX-XXXXX`: for its own people and the secretariat.
    pub code: Option<String>,
}

impl std::fmt::Debug for PartyInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The code is no word for a log.
        f.debug_struct("PartyInfo")
            .field("enterprise", &self.enterprise)
            .field("state", &self.state)
            .field("why", &self.why)
            .field("sign_up", &self.sign_up)
            .finish_non_exhaustive()
    }
}

/// A meeting as its viewer may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeetingInfo {
    /// Row id.
    pub id: i64,
    /// Row id of the event.
    pub event: i64,
    /// Version, for its result.
    pub version: i64,
    /// Slot, from 0.
    pub slot: u32,
    /// Table, from 0.
    pub table: u32,
    /// Who sits at the table.
    pub host: EnterpriseBrief,
    /// Who comes to it.
    pub guest: EnterpriseBrief,
    /// Row id and title of the need that it is about; the title is blank where the viewer may not see it.
    pub need: Option<(i64, String)>,
    /// Row id and title of the offer.
    pub offer: Option<(i64, String)>,
    /// Result, an id of `meetings/results.csv`.
    pub result: Option<String>,
    /// Amount, fen.
    pub amount_fen: Option<i64>,
    /// What is said of it.
    pub note: String,
    /// When the result was recorded, milliseconds since 1970 UTC.
    pub recorded_ms: Option<i64>,
    /// True where the viewer may say what came of it.
    pub may_record: bool,
}

/// One event with what the viewer may see of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeetingEventCard {
    /// The event.
    pub info: MeetingEventInfo,
    /// Firms: all for the secretariat and the bureau, for others their own.
    pub parties: Vec<PartyInfo>,
    /// Meetings that have a seat, by slot and table: all for the secretariat and the bureau, for others their own.
    pub meetings: Vec<MeetingInfo>,
}

/// Who looks, and what of it is decided once a call.
struct Looking<'m> {
    market: &'m Market,
    viewer: Viewer,
    /// True for administrator and secretariat.
    office: bool,
    /// True for the bureau, which sees all firms and seats and no firm's words.
    whole: bool,
}

impl<'m> Looking<'m> {
    fn new(market: &'m Market, actor: &Actor) -> Self {
        let viewer = market.viewer(actor);
        let office = viewer.eyes == Eyes::Office;
        let whole = office || viewer.eyes == Eyes::Members;
        Self { market, viewer, office, whole }
    }

    fn keeps(&self, enterprise: i64) -> bool {
        self.viewer.keeps(enterprise)
    }

    /// True where the viewer keeps one of the two.
    fn takes_part(&self, meeting: &Meeting) -> bool {
        self.keeps(meeting.host) || self.keeps(meeting.guest)
    }

    /// The title of a record, blank where the viewer may not see it in passing.
    fn title<T: Listed + Clone>(&self, held: &Held<T>) -> String {
        self.market.seen(self.market.sight(&self.viewer, held).in_passing(), held).title().to_owned()
    }

    /// A firm; one that comes has agreed to be known to those whom it meets, as far as its level allows a counterpart. The
    /// bureau meets nobody.
    fn firm(&self, enterprise: i64) -> EnterpriseBrief {
        self.market.brief_of(&self.viewer, enterprise, self.office || !self.whole)
    }

    fn party(&self, party: &Party, meetings: u32) -> PartyInfo {
        let own = self.keeps(party.enterprise);
        PartyInfo {
            enterprise: self.firm(party.enterprise),
            version: party.version,
            side: party.side,
            state: party.state,
            vip: self.office && party.vip,
            why: if own { party.why.clone() } else { String::new() },
            checked_in_ms: party.checked_in_ms,
            absent_from: party.absent_from,
            meetings,
            sign_up: own.then(|| party.sign_up.clone()),
            code: own.then(|| door::shown(&party.code)),
        }
    }

    fn meeting(&self, meeting: &Meeting, state: MeetingEventState) -> MeetingInfo {
        let own = self.takes_part(meeting);
        let need = meeting.need.and_then(|id| self.market.needs.get(id));
        let offer = meeting.offer.and_then(|id| self.market.offers.get(id));
        let may_record = own && matches!(state, MeetingEventState::Seated | MeetingEventState::Closed);
        MeetingInfo {
            id: meeting.id,
            event: meeting.event,
            version: meeting.version,
            slot: meeting.slot,
            table: meeting.table,
            host: self.firm(meeting.host),
            guest: self.firm(meeting.guest),
            need: need.map(|n| (n.id, self.title(n))),
            offer: offer.map(|o| (o.id, self.title(o))),
            result: meeting.result.clone().filter(|_| own),
            amount_fen: meeting.amount_fen.filter(|_| own),
            note: if own { meeting.note.clone() } else { String::new() },
            recorded_ms: meeting.recorded.as_ref().filter(|_| own).map(|r| r.1),
            may_record,
        }
    }

    fn event(&self, row: &MeetingEventRow, parties: &[&Party], meetings: &[&Meeting]) -> MeetingEventInfo {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let said = |state| count(parties.iter().filter(|p| p.state == state).count());
        let attending = || parties.iter().filter(|p| invite::comes(p));
        let seated = if row.state == MeetingEventState::Planned {
            Vec::new()
        } else {
            meetings.iter().filter(|m| m.seated).collect()
        };
        MeetingEventInfo {
            id: row.id,
            version: row.version,
            state: row.state,
            event: row.event.clone(),
            counts: MeetingCounts {
                invited: count(parties.len()),
                attending: count(attending().count()),
                declined: said(MeetingPartyState::Declined),
                people: attending().map(|p| p.sign_up.people.max(1)).sum(),
                checked_in: count(parties.iter().filter(|p| p.checked_in_ms.is_some()).count()),
                meetings: count(seated.len()),
                recorded: count(seated.iter().filter(|m| m.result.is_some()).count()),
            },
            mine: parties.iter().any(|p| self.viewer.is_mine(p.enterprise)),
            updated_ms: row.updated_ms,
        }
    }

    /// The whole event as the viewer may see it.
    fn card(&self, row: &MeetingEventRow, parties: &[Party], meetings: &[Meeting]) -> MeetingEventCard {
        let info = self.event(row, &parties.iter().collect::<Vec<_>>(), &meetings.iter().collect::<Vec<_>>());
        let mut count: HashMap<i64, u32> = HashMap::new();
        let shown = |m: &&Meeting| m.seated && row.state != MeetingEventState::Planned;
        for meeting in meetings.iter().filter(shown) {
            for firm in [meeting.host, meeting.guest] {
                *count.entry(firm).or_default() += 1;
            }
        }
        let seen = |firm: i64| self.whole || self.keeps(firm);
        let parties = parties.iter().filter(|p| seen(p.enterprise));
        let mut seats: Vec<&Meeting> =
            meetings.iter().filter(shown).filter(|m| seen(m.host) || seen(m.guest)).collect();
        seats.sort_by_key(|m| (m.slot, m.table, m.id));
        MeetingEventCard {
            info,
            parties: parties
                .map(|p| self.party(p, count.get(&p.enterprise).copied().unwrap_or_default()))
                .collect(),
            meetings: seats.into_iter().map(|m| self.meeting(m, row.state)).collect(),
        }
    }
}

#[boxed::futures]
impl App {
    /// All events with what everybody of the alliance may know, by day.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn meeting_events(&self, actor: &Actor) -> Result<Vec<MeetingEventInfo>> {
        actor.need(Act::MeetingEvents)?;
        let market = self.market().await?;
        let looking = Looking::new(&market, actor);
        let (parties, meetings) = (self.store.meeting_parties(None).await?, self.store.meetings(None).await?);
        let rows = self.store.meeting_events().await?;
        let infos = rows.iter().map(|row| {
            let parties: Vec<&Party> = parties.iter().filter(|p| p.event == row.id).collect();
            let meetings: Vec<&Meeting> = meetings.iter().filter(|m| m.event == row.id).collect();
            looking.event(row, &parties, &meetings)
        });
        Ok(infos.collect())
    }

    /// One event: for the secretariat and the bureau with all its firms and seats, for others with their own.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn meeting_event(&self, actor: &Actor, id: i64) -> Result<MeetingEventCard> {
        actor.need(Act::MeetingEvent)?;
        let market = self.market().await?;
        let row = self.store.meeting_event(id).await?;
        let parties = self.store.meeting_parties(Some(id)).await?;
        let meetings = self.store.meetings(Some(id)).await?;
        Ok(Looking::new(&market, actor).card(&row, &parties, &meetings))
    }
}

/// An event in a state in which this cannot be done.
fn wrong_state(state: MeetingEventState) -> Error {
    let word = match state {
        MeetingEventState::Planned => "the timetable of the event does not stand yet",
        MeetingEventState::Seated => "the timetable of the event stands already",
        MeetingEventState::Closed => "the event is over",
        MeetingEventState::Cancelled => "the event was cancelled",
    };
    Error::new(Code::Conflict, word).hint("look at where the event stands now")
}

/// Yuan of a form as fen; 0.01 to 1,000,000,000,000 yuan.
fn fen(yuan: Option<f64>) -> Result<Option<i64>> {
    match yuan {
        None => Ok(None),
        Some(yuan) if (0.01..=1e12).contains(&yuan) => Ok(Some((yuan * 100.0).round() as i64)),
        Some(_) => Err(crate::records::field("amount_yuan", "应为大于零的金额（元）")),
    }
}

/// Longest note, characters.
const NOTE_MAX: usize = 500;

fn noted(text: &str) -> Result<&str> {
    let text = text.trim();
    if text.chars().count() > NOTE_MAX {
        return Err(crate::records::field("note", &format!("不超过{NOTE_MAX}字")));
    }
    Ok(text)
}
