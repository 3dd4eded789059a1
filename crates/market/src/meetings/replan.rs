//! On the day: somebody does not come, comes late, or leaves, or a table falls away; as little as possible changes.

use super::seats::Seats;
use super::{Event, Timetable, choose};

/// A party that is not there for some slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Absence {
    /// True for a host, false for a guest.
    pub is_host: bool,
    /// Place among the hosts, or the guests.
    pub party: u32,
    /// The first slot that it misses.
    pub from: u32,
    /// The first slot at which it is there again.
    pub until: u32,
}

/// A timetable made again.
#[derive(Debug, Clone, PartialEq)]
pub struct Replan {
    /// The new timetable; its bound is that of the whole event without those who are absent.
    pub timetable: Timetable,
    /// Requests whose meetings fall away.
    pub lost: Vec<u32>,
    /// Requests that were not seated before.
    pub won: Vec<u32>,
    /// Requests that meet in another slot than before.
    pub moved: Vec<u32>,
}

/// What is other than planned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trouble {
    /// Parties that are not there.
    pub absences: Vec<Absence>,
    /// Tables, from 0, that are not there any more.
    pub tables: Vec<u32>,
}

/// Makes the rest of a timetable again from slot `now` on. Meetings stay where they are unless a side is absent; where tables
/// are too few, those of least value look for another slot. Seats that become free go to requests that wait; others move for
/// that only where the meeting won is worth more than `move_cost` (millionths) for each that moves.
pub fn replan(event: &Event, old: &Timetable, now: u32, trouble: &Trouble, move_cost: i64) -> Replan {
    let mut event = event.clone();
    for absence in &trouble.absences {
        let side = if absence.is_host { &mut event.hosts } else { &mut event.guests };
        let missed = (absence.from..absence.until.min(event.slots)).fold(0u64, |m, slot| m | 1 << slot);
        side[absence.party as usize].free &= !missed;
    }
    let values: Vec<i64> = event.requests.iter().map(|r| event.value(r)).collect();
    let bound = choose::choose(&event, &values).bound;
    let mut seats = Seats::new(&event, &values, 0);
    let (mut lost, mut before) = (Vec::new(), vec![None; event.requests.len()]);
    for meeting in &old.meetings {
        let request = &event.requests[meeting.request as usize];
        before[meeting.request as usize] = Some(meeting.slot);
        if event.common(request) >> meeting.slot & 1 == 1 {
            seats.put(meeting.request, meeting.slot);
        } else {
            lost.push(meeting.request);
        }
    }
    let past = (0..now.min(event.slots)).fold(0u64, |m, slot| m | 1 << slot);
    seats.open = event.all_slots() & !past;
    let gone = trouble.tables.iter().filter(|&&table| table < event.tables);
    seats.gone = gone.copied().collect::<std::collections::BTreeSet<_>>().into_iter().collect();
    for slot in now.min(event.slots)..event.slots {
        seats.tables[slot as usize] -= seats.gone.len() as u32;
        while seats.load[slot as usize] > seats.tables[slot as usize]
            && let Some(least) = seats.least(seats.seated_in(slot), false)
        {
            seats.lift(least);
            lost.push(least);
        }
    }
    seats.insert(move_cost);

    let timetable = seats.timetable(bound, &old.meetings);
    let (mut won, mut moved) = (Vec::new(), Vec::new());
    for meeting in &timetable.meetings {
        match before[meeting.request as usize] {
            None => won.push(meeting.request),
            Some(slot) if slot != meeting.slot => moved.push(meeting.request),
            Some(_) => {}
        }
    }
    lost.retain(|&request| !seats.is_seated(request));
    Replan { timetable, lost, won, moved }
}
