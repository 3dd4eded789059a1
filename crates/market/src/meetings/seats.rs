//! A timetable in the making.

use super::fairness::fairness;
use super::{Event, Meeting, Timetable, needs_interpreter};
use std::collections::HashMap;

pub(super) const NONE: u32 = u32::MAX;

/// Who meets whom when. Parties are hosts, then guests.
pub(super) struct Seats<'a> {
    pub event: &'a Event,
    pub values: &'a [i64],
    /// Slots that may still change.
    pub open: u64,
    /// Tables, by slot.
    pub tables: Vec<u32>,
    /// Tables that are not there in the slots that may still change.
    pub gone: Vec<u32>,
    pub slot_of: Vec<u32>,
    /// The request seated, by party and slot.
    at: Vec<u32>,
    pub count: Vec<u32>,
    pub load: Vec<u32>,
    pub interpreted: Vec<u32>,
    pub interprets: Vec<bool>,
    pub random: u64,
}

/// A seat for a request and what moves to make it free.
#[derive(Default)]
pub(super) struct Way {
    pub slot: u32,
    /// Requests that move, with the slots they move to.
    pub moves: Vec<(u32, u32)>,
}

impl<'a> Seats<'a> {
    pub fn new(event: &'a Event, values: &'a [i64], seed: u64) -> Self {
        let parties = event.hosts.len() + event.guests.len();
        let interprets = event.requests.iter().map(|r| {
            let (host, guest) = event.parties(r);
            needs_interpreter(host, guest)
        });
        Self {
            event,
            values,
            open: event.all_slots(),
            tables: vec![event.tables; event.slots as usize],
            gone: Vec::new(),
            slot_of: vec![NONE; event.requests.len()],
            at: vec![NONE; parties * event.slots as usize],
            count: vec![0; parties],
            load: vec![0; event.slots as usize],
            interpreted: vec![0; event.slots as usize],
            interprets: interprets.collect(),
            random: seed,
        }
    }

    pub fn party(&self, request: u32, host: bool) -> usize {
        let request = &self.event.requests[request as usize];
        if host { request.host as usize } else { self.event.hosts.len() + request.guest as usize }
    }

    pub fn is_free(&self, party: usize, slot: u32) -> bool {
        let hosts = self.event.hosts.len();
        let free =
            if party < hosts { self.event.hosts[party].free } else { self.event.guests[party - hosts].free };
        ((free & self.open) >> slot) & 1 == 1
    }

    pub fn room(&self, party: usize) -> u32 {
        let hosts = self.event.hosts.len();
        self.event.room(if party < hosts {
            &self.event.hosts[party]
        } else {
            &self.event.guests[party - hosts]
        })
    }

    pub fn seated(&self, party: usize, slot: u32) -> u32 {
        self.at[party * self.event.slots as usize + slot as usize]
    }

    fn is_of(&self, request: u32, parties: &[usize]) -> bool {
        [true, false].into_iter().any(|host| parties.contains(&self.party(request, host)))
    }

    pub fn is_seated(&self, request: u32) -> bool {
        self.slot_of[request as usize] != NONE
    }

    pub fn put(&mut self, request: u32, slot: u32) {
        self.slot_of[request as usize] = slot;
        self.load[slot as usize] += 1;
        self.interpreted[slot as usize] += u32::from(self.interprets[request as usize]);
        for host in [true, false] {
            let party = self.party(request, host);
            self.at[party * self.event.slots as usize + slot as usize] = request;
            self.count[party] += 1;
        }
    }

    pub fn lift(&mut self, request: u32) {
        let slot = std::mem::replace(&mut self.slot_of[request as usize], NONE);
        self.load[slot as usize] -= 1;
        self.interpreted[slot as usize] -= u32::from(self.interprets[request as usize]);
        for host in [true, false] {
            let party = self.party(request, host);
            self.at[party * self.event.slots as usize + slot as usize] = NONE;
            self.count[party] -= 1;
        }
    }

    /// True where both sides still want a meeting more.
    pub fn is_wanted(&self, request: u32) -> bool {
        self.values[request as usize] > 0
            && [true, false].into_iter().all(|host| {
                let party = self.party(request, host);
                self.count[party] < self.room(party)
            })
    }

    /// Seats as many of these as paths can be found for, then evens out the tables.
    pub fn seat_all(&mut self, mut requests: Vec<u32>) {
        // Those with the fewest slots first: the others can give way.
        requests.sort_by_key(|&r| {
            let request = &self.event.requests[r as usize];
            (self.event.common(request).count_ones(), std::cmp::Reverse(self.values[r as usize]), r)
        });
        for request in requests {
            if let Some(way) = self.way(request, false) {
                self.take(request, &way);
            }
        }
        self.even_out();
    }

    /// The way to seat a request that moves the fewest others.
    pub fn way(&self, request: u32, keep_tables: bool) -> Option<Way> {
        let (host, guest) = (self.party(request, true), self.party(request, false));
        let slots = |party: usize| {
            (0..self.event.slots).filter(move |&s| self.is_free(party, s) && self.seated(party, s) == NONE)
        };
        let mut best: Option<Way> = None;
        for (party, other, is_host) in [(host, guest, false), (guest, host, true)] {
            for slot in slots(party).filter(|&s| self.is_free(other, s)) {
                for spare in slots(other) {
                    let limit = best.as_ref().map_or(usize::MAX, |b| b.moves.len());
                    if let Some(way) = self.path(other, is_host, slot, spare, limit)
                        && (!keep_tables || self.fits(request, &way))
                        && way.moves.len() < limit
                    {
                        best = Some(way);
                    }
                }
            }
        }
        if best.is_none() && keep_tables { self.relief(request) } else { best }
    }

    /// A seat in a slot in which both sides are free and the tables are full: others exchange slots to make a table free.
    fn relief(&self, request: u32) -> Option<Way> {
        let parties = [true, false].map(|host| self.party(request, host));
        let both = |slot: u32| parties.iter().all(|&p| self.is_free(p, slot) && self.seated(p, slot) == NONE);
        (0..self.event.slots).filter(|&s| both(s)).find_map(|slot| {
            let moves = self.exchange_out_of(slot, &parties)?;
            Some(Way { slot, moves }).filter(|way| self.fits(request, way))
        })
    }

    /// Seats a request in `slot`, where `party` is busy, by exchanging `slot` and `spare` along the path that begins there.
    /// The other side of the request is free in `slot`, so that the path cannot come back to it.
    fn path(&self, party: usize, is_host: bool, slot: u32, spare: u32, limit: usize) -> Option<Way> {
        let mut way = Way { slot, moves: Vec::new() };
        let (mut party, mut is_host, mut from, mut to) = (party, is_host, slot, spare);
        loop {
            let busy = self.seated(party, from);
            if busy == NONE {
                return Some(way);
            }
            is_host = !is_host;
            party = self.party(busy, is_host);
            if !self.is_free(party, to) || way.moves.len() + 1 >= limit {
                return None;
            }
            way.moves.push((busy, to));
            std::mem::swap(&mut from, &mut to);
        }
    }

    /// True where no slot gets more meetings than it has tables and interpreters for.
    fn fits(&self, request: u32, way: &Way) -> bool {
        let spoken = |request: u32| i64::from(self.interprets[request as usize]);
        // Only two slots are concerned.
        let other = way.moves.iter().map(|m| m.1).find(|&s| s != way.slot);
        [Some(way.slot), other].into_iter().flatten().all(|slot| {
            let (mut load, mut interpreted) =
                (i64::from(self.load[slot as usize]), i64::from(self.interpreted[slot as usize]));
            if slot == way.slot {
                load += 1;
                interpreted += spoken(request);
            }
            for &(moved, to) in &way.moves {
                let sign = if to == slot { 1 } else { -1 };
                load += sign;
                interpreted += sign * spoken(moved);
            }
            load <= i64::from(self.tables[slot as usize]) && interpreted <= i64::from(self.event.interpreters)
        })
    }

    pub fn take(&mut self, request: u32, way: &Way) {
        self.exchange(&way.moves);
        self.put(request, way.slot);
    }

    fn exchange(&mut self, moves: &[(u32, u32)]) {
        for &(moved, _) in moves {
            self.lift(moved);
        }
        for &(moved, to) in moves {
            self.put(moved, to);
        }
    }

    /// Moves meetings out of slots with too many; what nowhere fits is lifted.
    fn even_out(&mut self) {
        for slot in 0..self.event.slots {
            while self.load[slot as usize] > self.tables[slot as usize] {
                match self.exchange_out_of(slot, &[]) {
                    Some(moves) => self.exchange(&moves),
                    None => self.lift_least(slot, false),
                }
            }
        }
        for slot in 0..self.event.slots {
            while self.interpreted[slot as usize] > self.event.interpreters {
                self.lift_least(slot, true);
            }
        }
    }

    fn lift_least(&mut self, slot: u32, interpreted: bool) {
        if let Some(request) = self.least(self.seated_in(slot), interpreted) {
            self.lift(request);
        }
    }

    /// A path of meetings, one more of them in `slot` than in the slot that it is exchanged with, that leaves some parties
    /// alone.
    fn exchange_out_of(&self, slot: u32, spared: &[usize]) -> Option<Vec<(u32, u32)>> {
        let others = (0..self.event.slots).filter(|&s| self.load[s as usize] < self.tables[s as usize]);
        for other in others {
            for request in (0..self.slot_of.len() as u32).filter(|&r| self.slot_of[r as usize] == slot) {
                for is_host in [true, false] {
                    let end = self.party(request, is_host);
                    if !self.is_free(end, other) || self.seated(end, other) != NONE {
                        continue;
                    }
                    // The path begins at a party that is busy in `slot` only.
                    if let Some(way) = self.path(end, is_host, slot, other, usize::MAX)
                        && way.moves.len() % 2 == 1
                        && !way.moves.iter().any(|m| self.is_of(m.0, spared))
                    {
                        return Some(way.moves);
                    }
                }
            }
        }
        None
    }

    pub fn value(&self) -> i64 {
        self.slot_of.iter().zip(self.values).filter(|(slot, _)| **slot != NONE).map(|(_, v)| v).sum()
    }

    /// Gives tables: a meeting of `old` that keeps its slot keeps its table, and a host stays where it is as far as it can.
    pub fn timetable(&self, bound: i64, old: &[Meeting]) -> Timetable {
        let tables = self.event.tables;
        let old_table: HashMap<(u32, u32), u32> =
            old.iter().map(|m| ((m.request, m.slot), m.table)).collect();
        let mut home: Vec<Option<u32>> = vec![None; self.event.hosts.len()];
        let mut meetings = Vec::new();
        for slot in 0..self.event.slots {
            let mut taken = vec![false; tables as usize];
            let is_open = (self.open >> slot) & 1 == 1;
            let mut waiting: Vec<(usize, u32)> =
                (0..home.len()).map(|h| (h, self.seated(h, slot))).filter(|(_, r)| *r != NONE).collect();
            // First the tables that are given, then those where a host is at home, then tables that are nobody's home.
            for step in 0..4 {
                waiting.retain(|&(host, request)| {
                    let spare =
                        |table: &u32| !(taken[*table as usize] || is_open && self.gone.contains(table));
                    let table = match step {
                        0 => old_table.get(&(request, slot)).copied().filter(spare),
                        1 => home[host].filter(spare),
                        2 => (0..tables).find(|table| spare(table) && !home.contains(&Some(*table))),
                        _ => (0..tables).find(spare),
                    };
                    if let Some(table) = table {
                        taken[table as usize] = true;
                        // A home that fell away is given up.
                        if home[host].is_none_or(|home| is_open && self.gone.contains(&home)) {
                            home[host] = Some(table);
                        }
                        meetings.push(Meeting { slot, table, request });
                    }
                    table.is_none()
                });
            }
        }
        meetings.sort();
        let fairness = fairness(self.event, self.values, &meetings);
        Timetable { meetings, value: self.value(), bound, fairness }
    }
}
