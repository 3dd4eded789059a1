//! The best choice of meetings if every timetable could be kept: a b-matching, as a flow.

use super::Event;
use crate::flow::{self, Arc};

/// Meetings chosen, and the value that no timetable exceeds.
pub(super) struct Choice {
    pub requests: Vec<u32>,
    pub bound: i64,
}

pub(super) fn choose(event: &Event, values: &[i64]) -> Choice {
    // Source, then hosts, guests; the source sends no more meetings than there are seats.
    let seats = i64::from(event.slots) * i64::from(event.tables);
    let guests = 1 + event.hosts.len() as u32;
    let mut supply = vec![seats];
    supply.extend(event.hosts.iter().map(|_| 0));
    supply.extend(event.guests.iter().map(|guest| -i64::from(event.room(guest))));
    let mut arcs = Vec::new();
    let mut request_of = Vec::new();
    for ((place, request), &value) in (0u32..).zip(&event.requests).zip(values) {
        if value > 0 {
            arcs.push(Arc { from: 1 + request.host, to: guests + request.guest, capacity: 1, gain: value });
            request_of.push(place);
        }
    }
    for (host, party) in (1u32..).zip(&event.hosts) {
        arcs.push(Arc { from: 0, to: host, capacity: i64::from(event.room(party)), gain: 0 });
    }
    let solution = flow::maximise(&supply, &arcs);
    let requests = request_of.into_iter().zip(&solution.flow).filter(|(_, flow)| **flow > 0).map(|(r, _)| r);
    let bound = i64::try_from(solution.bound(&supply, &arcs)).expect("values of one event fit");
    Choice { requests: requests.collect(), bound }
}
