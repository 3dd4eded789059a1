//! Seats: what is asked for, a timetable to look at, and the one that stands.

use super::event::own_page;
use super::hall::{Asked, Hall};
use super::invite::comes;
use super::{Looking, MeetingEventState, MeetingInfo, wrong_state};
use crate::records::{EnterpriseBrief, Saved};
use crate::{Act, Actor, App, Code, Error, Result};
use market::meetings::{Effort, Event, Timetable, arrange};
use model::hex::sha256_hex;
use model::meeting::MeetingSide;
use serde::Serialize;
use std::collections::HashSet;
use store::{Meeting, MeetingEventRow, NewMeeting, NewTimetable};

/// A meeting that is asked for, by match or wish.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Wanted {
    /// Who would sit at the table.
    pub host: EnterpriseBrief,
    /// Who would come to it.
    pub guest: EnterpriseBrief,
    /// Score of the best pair between the two, 0..=1.
    pub match_score: Option<f64>,
    /// The host wishes it.
    pub host_wishes: bool,
    /// The guest wishes it.
    pub guest_wishes: bool,
    /// What the timetable goes by: half the match, half the wish; a wish of both counts double.
    pub weight: f64,
    /// True where it has a seat in this timetable.
    pub seated: bool,
}

/// A timetable that nobody has seen yet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Seating {
    /// Version of the event that it is for.
    pub version: i64,
    /// Names what it was made from: the same names the same timetable.
    pub digest: String,
    /// Its meetings, by slot and table; none is stored, so each has the row id 0.
    pub meetings: Vec<MeetingInfo>,
    /// All that is asked for, the weightiest first.
    pub wanted: Vec<Wanted>,
    /// Sum of the expected weights of its meetings.
    pub value: f64,
    /// No timetable has more.
    pub bound: f64,
    /// How far below the best it can be at most, 0..=1.
    pub gap: f64,
    /// Jain's index of how evenly wishes are met, 0..=1.
    pub jain: f64,
    /// Firms that come and have no meeting.
    pub without: Vec<(EnterpriseBrief, MeetingSide)>,
}

/// What a timetable was made from, in one word.
pub(super) fn digest(event: &Event, more: &str) -> String {
    sha256_hex(format!("{event:?}{more}").as_bytes())
}

/// The meetings of a timetable as the store takes them.
pub(super) fn stored(timetable: &Timetable, asked: &[Asked]) -> Vec<NewMeeting> {
    timetable
        .meetings
        .iter()
        .map(|meeting| {
            let asked = &asked[meeting.request as usize];
            NewMeeting {
                host: asked.host,
                guest: asked.guest,
                need: asked.pair.map(|p| p.need),
                offer: asked.pair.map(|p| p.offer),
                slot: meeting.slot,
                table: meeting.table,
            }
        })
        .collect()
}

/// The meetings of a timetable as its viewer sees them; none is stored.
pub(super) fn shown(looking: &Looking<'_>, event: i64, meetings: &[NewMeeting]) -> Vec<MeetingInfo> {
    let info = |meeting: &NewMeeting| {
        let NewMeeting { host, guest, need, offer, slot, table } = *meeting;
        let unstored = Meeting {
            id: 0,
            event,
            host,
            guest,
            need,
            offer,
            slot,
            table,
            seated: true,
            result: None,
            amount_fen: None,
            note: String::new(),
            recorded: None,
            version: 0,
        };
        looking.meeting(&unstored, MeetingEventState::Planned)
    };
    let mut infos: Vec<MeetingInfo> = meetings.iter().map(info).collect();
    infos.sort_by_key(|m| (m.slot, m.table));
    infos
}

#[boxed::futures]
impl App {
    /// A timetable for an event that is planned, to look at; nothing is stored.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::Conflict`] once the timetable stands.
    pub async fn preview_seating(&self, actor: &Actor, id: i64) -> Result<Seating> {
        actor.need(Act::PreviewSeating)?;
        let market = self.market().await?;
        let looking = Looking::new(&market, actor);
        let row = self.store.meeting_event(id).await?;
        if row.state != MeetingEventState::Planned {
            return Err(wrong_state(row.state));
        }
        let (hall, parties, _) = self.hall(&market, &row, false).await?;
        let timetable = arranged(&hall).await?;
        let chosen: HashSet<u32> = timetable.meetings.iter().map(|m| m.request).collect();
        let mut busy = HashSet::new();
        let mut wanted: Vec<Wanted> = Vec::new();
        for (place, asked) in (0u32..).zip(&hall.asked) {
            let seated = chosen.contains(&place);
            if seated {
                busy.extend([asked.host, asked.guest]);
            }
            wanted.push(Wanted {
                host: looking.firm(asked.host),
                guest: looking.firm(asked.guest),
                match_score: asked.pair.map(|p| p.score),
                host_wishes: asked.host_wishes,
                guest_wishes: asked.guest_wishes,
                weight: asked.score * if asked.host_wishes && asked.guest_wishes { 2.0 } else { 1.0 },
                seated,
            });
        }
        wanted.sort_by(|a, b| {
            b.weight.total_cmp(&a.weight).then((a.host.id, a.guest.id).cmp(&(b.host.id, b.guest.id)))
        });
        let without = parties.iter().filter(|p| comes(p) && !busy.contains(&p.enterprise));
        Ok(Seating {
            version: row.version,
            digest: digest(&hall.event, ""),
            meetings: shown(&looking, id, &stored(&timetable, &hall.asked)),
            wanted,
            value: timetable.value as f64 / 1e6,
            bound: timetable.bound as f64 / 1e6,
            gap: timetable.gap(),
            jain: timetable.fairness.jain,
            without: without.map(|p| (looking.firm(p.enterprise), p.side)).collect(),
        })
    }

    /// Makes the timetable that was looked at the one that stands, and tells the firms.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::Conflict`] where somebody signed up or changed something since it was looked at;
    /// [`Code::NothingToDo`] where nobody would meet.
    pub async fn freeze_seating(&self, actor: &Actor, id: i64, version: i64, seen: &str) -> Result<Saved> {
        actor.need(Act::FreezeSeating)?;
        let market = self.market().await?;
        let row = self.store.meeting_event(id).await?;
        if row.state != MeetingEventState::Planned {
            return Err(wrong_state(row.state));
        }
        let (hall, parties, _) = self.hall(&market, &row, false).await?;
        if digest(&hall.event, "") != seen {
            return Err(changed_since());
        }
        let timetable = arranged(&hall).await?;
        if timetable.meetings.is_empty() {
            return Err(Error::new(Code::NothingToDo, "nobody would meet anybody")
                .hint("invite firms that match each other, and wait for their sign-up"));
        }
        let meetings = stored(&timetable, &hall.asked);
        let version = self.put_seats(actor, &row, version, &meetings, &[], "meeting.seat").await?;
        let firms: Vec<i64> = parties.iter().filter(|p| comes(p)).map(|p| p.enterprise).collect();
        let title = format!("洽谈时间表已排定：{}", row.event.name);
        let body = "请打开查看本企业的场次和桌号，现场出示签到码。";
        self.tell_firms(&market, &firms, "meeting.seated", &title, body, &own_page(id)).await;
        Ok(Saved { id, version })
    }

    pub(super) async fn put_seats(
        &self,
        actor: &Actor,
        row: &MeetingEventRow,
        version: i64,
        meetings: &[NewMeeting],
        absent: &[(i64, u32)],
        action: &'static str,
    ) -> Result<i64> {
        let timetable = NewTimetable { event: &row.event, meetings, absent, action };
        Ok(self.store.put_timetable(row.id, version, &timetable, &self.by(actor)).await?)
    }
}

/// Another state of the sign-ups than was looked at.
pub(super) fn changed_since() -> Error {
    Error::new(Code::Conflict, "somebody changed something since this timetable was made")
        .hint("look at the new timetable and decide again")
}

/// The engine works up to about a second: not on a thread that answers others.
pub(super) async fn arranged(hall: &Hall) -> Result<Timetable> {
    let event = hall.event.clone();
    tokio::task::spawn_blocking(move || arrange(&event, Effort::default()))
        .await
        .map_err(|e| Error::new(Code::Internal, format!("the timetable broke off: {e}")))
}
