//! On the day: somebody does not come, a table falls away. As little as possible changes, and what does is shown first.

use super::event::own_page;
use super::hall::Hall;
use super::seat::{changed_since, digest, shown, stored};
use super::{Looking, MeetingEventState, MeetingInfo, wrong_state};
use crate::records::{Saved, field};
use crate::{Act, Actor, App, Code, Error, Result};
use market::meetings::{Absence, Fairness, Meeting as Seat, Replan, Timetable, Trouble, replan};
use model::meeting::TableGone;
use serde::Serialize;
use store::{Meeting, MeetingEventRow, NewMeeting};

/// A meeting won is worth a move of others only where it weighs more than this, in millionths a move.
const MOVE_COST: i64 = 300_000;

/// What is other than planned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplanForm {
    /// The first slot, from 0, that may still change.
    pub now: u32,
    /// Row ids of firms that are not there from that slot on.
    pub absent: Vec<i64>,
    /// Tables, from 0, that are not there any more.
    pub tables: Vec<u32>,
}

/// A meeting before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedMeeting {
    /// As it is now; none for one that is new.
    pub before: Option<MeetingInfo>,
    /// As it would be; none for one that falls away.
    pub after: Option<MeetingInfo>,
}

/// A timetable made again, to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replanned {
    /// Version of the event that it is for.
    pub version: i64,
    /// Names what it was made from.
    pub digest: String,
    /// Meetings that stay as they are.
    pub kept: u32,
    /// Meetings that fall away.
    pub lost: Vec<MovedMeeting>,
    /// Meetings in another slot or at another table.
    pub moved: Vec<MovedMeeting>,
    /// Meetings that take a seat that became free.
    pub won: Vec<MovedMeeting>,
    /// The whole timetable as it would be, by slot and table.
    pub meetings: Vec<MeetingInfo>,
}

/// An event with the timetable that stands and the one that would follow.
struct Plan {
    row: MeetingEventRow,
    before: Vec<Meeting>,
    after: Vec<NewMeeting>,
    digest: String,
}

#[boxed::futures]
impl App {
    async fn plan(&self, market: &crate::records::Market, id: i64, form: &ReplanForm) -> Result<Plan> {
        let mut row = self.store.meeting_event(id).await?;
        if row.state != MeetingEventState::Seated {
            return Err(wrong_state(row.state));
        }
        if form.absent.is_empty() && form.tables.is_empty() {
            return Err(Error::new(Code::BadInput, "nothing is other than planned")
                .hint("name a firm that does not come, or a table that fell away"));
        }
        let slots = u32::try_from(row.event.slots.len()).unwrap_or_default();
        if form.now >= slots {
            return Err(field("now", "没有这一场"));
        }
        if form.tables.iter().any(|table| *table >= row.event.tables) {
            return Err(field("tables", "没有这张桌"));
        }
        let (hall, _, meetings) = self.hall(market, &row, true).await?;
        let before: Vec<Meeting> = meetings.into_iter().filter(|m| m.seated).collect();
        // What came of a meeting stands: its seat is of the past.
        if before.iter().any(|m| m.result.is_some() && m.slot >= form.now) {
            return Err(field("now", "这一场或之后已有登记了结果的洽谈：请从其后的场次起调整"));
        }
        let trouble = trouble(&hall, &row, form)?;
        let old = standing(&hall, &before);
        let digest = digest(&hall.event, &format!("{old:?}{trouble:?}{}", form.now));
        let Replan { timetable, .. } = replan(&hall.event, &old, form.now, &trouble, MOVE_COST);
        let gone = form.tables.iter().map(|&table| TableGone { table, from: form.now });
        row.event.gone.extend(gone);
        row.event.gone.sort_unstable();
        row.event.gone.dedup_by_key(|gone| gone.table);
        Ok(Plan { row, before, after: stored(&timetable, &hall.asked), digest })
    }

    /// What would change where firms are absent and tables fall away; nothing is stored.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::Conflict`] where no timetable stands; [`Code::BadInput`].
    pub async fn preview_replan(&self, actor: &Actor, id: i64, form: &ReplanForm) -> Result<Replanned> {
        actor.need(Act::PreviewReplan)?;
        let market = self.market().await?;
        let looking = Looking::new(&market, actor);
        let plan = self.plan(&market, id, form).await?;
        let after = shown(&looking, id, &plan.after);
        let same = |a: &Meeting, b: &MeetingInfo| (a.host, a.guest) == (b.host.id, b.guest.id);
        let was = |m: &Meeting| looking.meeting(m, plan.row.state);
        let (mut kept, mut lost, mut moved) = (0, Vec::new(), Vec::new());
        for meeting in &plan.before {
            match after.iter().find(|m| same(meeting, m)) {
                None => lost.push(MovedMeeting { before: Some(was(meeting)), after: None }),
                Some(m) if (m.slot, m.table) == (meeting.slot, meeting.table) => kept += 1,
                Some(m) => {
                    moved.push(MovedMeeting { before: Some(was(meeting)), after: Some(m.clone()) });
                }
            }
        }
        let is_new = |m: &&MeetingInfo| !plan.before.iter().any(|meeting| same(meeting, m));
        let won = after.iter().filter(is_new);
        let won = won.map(|m| MovedMeeting { before: None, after: Some(m.clone()) }).collect();
        Ok(Replanned {
            version: plan.row.version,
            digest: plan.digest,
            kept,
            lost,
            moved,
            won,
            meetings: after,
        })
    }

    /// Puts the timetable that was looked at in place and tells the firms whose meetings changed.
    ///
    /// # Errors
    /// As of [`Self::preview_replan`], and [`Code::Conflict`] where something changed since it was looked at.
    pub async fn apply_replan(
        &self,
        actor: &Actor,
        id: i64,
        version: i64,
        form: &ReplanForm,
        seen: &str,
    ) -> Result<Saved> {
        actor.need(Act::ApplyReplan)?;
        let market = self.market().await?;
        let plan = self.plan(&market, id, form).await?;
        if plan.digest != seen {
            return Err(changed_since());
        }
        let absent: Vec<(i64, u32)> = form.absent.iter().map(|firm| (*firm, form.now)).collect();
        let version =
            self.put_seats(actor, &plan.row, version, &plan.after, &absent, "meeting.replan").await?;
        let old: Vec<_> = plan.before.iter().map(|m| (m.host, m.guest, m.slot, m.table)).collect();
        let new: Vec<_> = plan.after.iter().map(|m| (m.host, m.guest, m.slot, m.table)).collect();
        let changed = old.iter().filter(|m| !new.contains(m)).chain(new.iter().filter(|m| !old.contains(m)));
        let mut firms: Vec<i64> = changed.flat_map(|m| [m.0, m.1]).collect();
        firms.sort_unstable();
        firms.dedup();
        let title = format!("洽谈时间有调整：{}", plan.row.event.name);
        let body = "请打开查看新的场次和桌号。";
        self.tell_firms(&market, &firms, "meeting.replanned", &title, body, &own_page(id)).await;
        Ok(Saved { id, version })
    }
}

/// What is other than planned, as the engine takes it.
fn trouble(hall: &Hall, row: &MeetingEventRow, form: &ReplanForm) -> Result<Trouble> {
    let mut absences = Vec::new();
    for firm in &form.absent {
        let place = |all: &[i64]| all.iter().position(|id| id == firm).and_then(|at| u32::try_from(at).ok());
        let (is_host, party) = match (place(&hall.hosts), place(&hall.guests)) {
            (Some(at), _) => (true, at),
            (None, Some(at)) => (false, at),
            (None, None) => return Err(field("absent", "这家企业没有报名参加")),
        };
        absences.push(Absence { is_host, party, from: form.now, until: hall.event.slots });
    }
    let gone = row.event.gone.iter().map(|gone| gone.table);
    Ok(Trouble { absences, tables: form.tables.iter().copied().chain(gone).collect() })
}

/// The timetable that stands as the engine takes it.
fn standing(hall: &Hall, meetings: &[Meeting]) -> Timetable {
    let seat = |meeting: &Meeting| {
        let place = hall.asked.iter().position(|a| (a.host, a.guest) == (meeting.host, meeting.guest))?;
        Some(Seat { slot: meeting.slot, table: meeting.table, request: u32::try_from(place).ok()? })
    };
    let mut seats: Vec<Seat> = meetings.iter().filter_map(seat).collect();
    seats.sort();
    Timetable { meetings: seats, value: 0, bound: 0, fairness: Fairness::default() }
}
