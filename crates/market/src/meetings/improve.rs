//! A better timetable where paths alone do not reach the bound.

use super::seats::{NONE, Seats};
use crate::flow::{self, Arc};
use crate::random;

/// Requests that are seated by force for each slot that is seated anew.
const CHAINS: u32 = 8;
/// Meetings that look for a seat after one another before it is given up.
const DISPLACED: u32 = 6;
/// Parts of one that chance can give.
const CHANCE: i64 = 256;

impl Seats<'_> {
    /// Seats slots anew and lets meetings displace each other, until the bound is reached or the rounds are used up.
    pub fn improve(&mut self, bound: i64, rounds: u32) {
        let mut value = self.value();
        for round in 0..rounds {
            for _ in 0..CHAINS {
                if value == bound || self.event.slots == 0 {
                    return;
                }
                value += self.displace();
            }
            let slot = round % self.event.slots;
            if (self.open >> slot) & 1 == 1 {
                value += self.seat_slot_anew(slot);
                value += self.insert(0);
            }
        }
    }

    /// Seats what can be seated without lifting anything, where it is worth more than `move_cost` for each meeting that moves
    /// for it; returns the value won.
    pub fn insert(&mut self, move_cost: i64) -> i64 {
        let mut won = 0;
        let mut waiting: Vec<u32> =
            (0..self.slot_of.len() as u32).filter(|&r| !self.is_seated(r) && self.is_wanted(r)).collect();
        waiting.sort_by_key(|&r| (std::cmp::Reverse(self.values[r as usize]), r));
        for request in waiting {
            if self.is_wanted(request)
                && let Some(way) = self.way(request, true)
                && self.values[request as usize] > move_cost.saturating_mul(way.moves.len() as i64)
            {
                self.take(request, &way);
                won += self.values[request as usize];
            }
        }
        won
    }

    /// Seats a waiting request by force, in a slot by chance; those that it displaces look for another seat, by force too where
    /// there is no free one. Taken back where the value falls; returns the value won.
    fn displace(&mut self) -> i64 {
        let waiting: Vec<u32> = (0..self.slot_of.len() as u32)
            .filter(|&r| !self.is_seated(r) && self.values[r as usize] > 0)
            .collect();
        if waiting.is_empty() {
            return 0;
        }
        let (before, value) = (self.slot_of.clone(), self.value());
        let mut homeless = vec![waiting[self.below(waiting.len())]];
        for _ in 0..DISPLACED {
            let Some(request) = homeless.pop() else { break };
            if self.is_wanted(request)
                && let Some(way) = self.way(request, true)
            {
                self.take(request, &way);
                continue;
            }
            let common = self.event.common(&self.event.requests[request as usize]) & self.open;
            let slots: Vec<u32> = (0..self.event.slots).filter(|s| (common >> s) & 1 == 1).collect();
            if slots.is_empty() {
                continue;
            }
            let slot = slots[self.below(slots.len())];
            self.make_room(request, slot, &mut homeless);
            // The most valuable one looks first.
            homeless.sort_by_key(|&r| (self.values[r as usize], r));
        }
        let won = self.value() - value;
        if won < 0 {
            self.restore(&before);
            return 0;
        }
        won
    }

    /// Lifts what keeps a request from a slot and seats it there.
    fn make_room(&mut self, request: u32, slot: u32, lifted: &mut Vec<u32>) {
        let mut lift = |seats: &mut Self, other: u32| {
            seats.lift(other);
            lifted.push(other);
        };
        let parties = [true, false].map(|host| self.party(request, host));
        for party in parties {
            let there = self.seated(party, slot);
            if there != NONE {
                lift(self, there);
            }
            if self.count[party] >= self.room(party)
                && let Some(other) = self.least((0..self.event.slots).map(|s| self.seated(party, s)), false)
            {
                lift(self, other);
            }
        }
        let spoken = self.interprets[request as usize];
        let interpreters_used = |seats: &Self| seats.interpreted[slot as usize] >= seats.event.interpreters;
        if spoken
            && interpreters_used(self)
            && let Some(other) = self.least(self.seated_in(slot), true)
        {
            lift(self, other);
        }
        if self.load[slot as usize] >= self.tables[slot as usize]
            && let Some(other) = self.least(self.seated_in(slot), false)
        {
            lift(self, other);
        }
        let fits = self.load[slot as usize] < self.tables[slot as usize]
            && !(spoken && interpreters_used(self))
            && self.is_wanted(request);
        if fits {
            self.put(request, slot);
        }
    }

    pub fn seated_in(&self, slot: u32) -> impl Iterator<Item = u32> {
        (0..self.slot_of.len() as u32).filter(move |&r| self.slot_of[r as usize] == slot)
    }

    /// The meeting of least value among those that may still change.
    pub fn least(&self, requests: impl Iterator<Item = u32>, interpreted: bool) -> Option<u32> {
        requests
            .filter(|&r| r != NONE && (self.open >> self.slot_of[r as usize]) & 1 == 1)
            .filter(|&r| !interpreted || self.interprets[r as usize])
            .min_by_key(|&r| (self.values[r as usize], r))
    }

    /// Seats as before.
    pub fn restore(&mut self, before: &[u32]) {
        for request in 0..before.len() as u32 {
            if self.is_seated(request) {
                self.lift(request);
            }
        }
        for (request, &slot) in (0..).zip(before) {
            if slot != NONE {
                self.put(request, slot);
            }
        }
    }

    /// The best matching of a slot, given all others, equal ones by chance; returns the value won.
    fn seat_slot_anew(&mut self, slot: u32) -> i64 {
        let before: Vec<u32> = self.seated_in(slot).collect();
        for &request in &before {
            self.lift(request);
        }
        let mut candidates: Vec<u32> = (0..self.slot_of.len() as u32)
            .filter(|&r| !self.is_seated(r) && self.is_wanted(r))
            .filter(|&r| [true, false].into_iter().all(|host| self.is_free(self.party(r, host), slot)))
            .collect();
        loop {
            let chosen = self.matching(&candidates, self.tables[slot as usize]);
            let spoken: Vec<u32> = chosen.iter().copied().filter(|&r| self.interprets[r as usize]).collect();
            if spoken.len() <= self.event.interpreters as usize {
                for &request in &chosen {
                    self.put(request, slot);
                }
                break;
            }
            // Without the least of those that lack an interpreter.
            let least = spoken.into_iter().min_by_key(|&r| (self.values[r as usize], r));
            candidates.retain(|&r| Some(r) != least);
        }
        let sum = |requests: &[u32]| requests.iter().map(|&r| self.values[r as usize]).sum::<i64>();
        let after: Vec<u32> = self.seated_in(slot).collect();
        let won = sum(&after) - sum(&before);
        if won < 0 {
            // Interpreters were handed out worse than before.
            after.into_iter().for_each(|r| self.lift(r));
            before.into_iter().for_each(|r| self.put(r, slot));
            return 0;
        }
        won
    }

    /// The matching of greatest value among candidates, with no more meetings than tables.
    fn matching(&mut self, candidates: &[u32], tables: u32) -> Vec<u32> {
        let (hosts, guests) = (self.event.hosts.len() as u32, self.event.guests.len() as u32);
        let mut supply = vec![i64::from(tables)];
        supply.extend((0..hosts).map(|_| 0));
        supply.extend((0..guests).map(|_| -1));
        let mut arcs = Vec::with_capacity(candidates.len() + hosts as usize);
        for &request in candidates {
            let ends = &self.event.requests[request as usize];
            // Chance decides between equal ones only: all its parts together are less than one.
            let gain = self.values[request as usize] * CHANCE * i64::from(guests)
                + self.below(CHANCE as usize) as i64;
            arcs.push(Arc { from: 1 + ends.host, to: 1 + hosts + ends.guest, capacity: 1, gain });
        }
        arcs.extend((1..=hosts).map(|host| Arc { from: 0, to: host, capacity: 1, gain: 0 }));
        let solution = flow::maximise(&supply, &arcs);
        candidates.iter().zip(&solution.flow).filter(|(_, flow)| **flow > 0).map(|(r, _)| *r).collect()
    }

    /// A number below `count` by chance.
    fn below(&mut self, count: usize) -> usize {
        (random::next(&mut self.random) % count as u64) as usize
    }
}
