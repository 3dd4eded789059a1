//! One-to-one meetings: which of the meetings asked for take place, when, and at which table.
//!
//! 1. *Choose.* Without the timetable, the best choice is a b-matching: each party as often as it has slots and wants to
//!    meet, all together as often as there are tables. Its value bounds every timetable's from above.
//! 2. *Seat.* A timetable colours the chosen meetings' edges with slots. Where everybody is free in every slot that always
//!    succeeds (Kőnig 1916: alternating paths), and paths between a full and an empty slot even out the tables: the optimum.
//! 3. *Improve.* Where somebody is not free, a path may be blocked and a chosen meeting stays without a seat. Then slots are
//!    seated anew, one at a time, each as the best matching of what is at hand, and blocked meetings are tried again. The
//!    value never falls, and the bound says how far from the optimum it can be at most.
//! 4. *Prove.* Of a small event that does not reach the bound every timetable is tried that could be better: what comes out is
//!    the optimum, and its own bound.
//!
//! On the day, [`replan`] keeps what can be kept.

mod choose;
mod exact;
mod fairness;
mod improve;
mod replan;
mod seats;

pub use fairness::Fairness;
pub use replan::{Absence, Replan, Trouble, replan};

use seats::Seats;

/// Slots that an event can have: a set of slots is a word of so many bits.
pub const SLOTS_MAX: u32 = 64;

/// Values are whole numbers of this part of one: a mutual request of score 1 between two who surely come is worth
/// 2,000,000.
const VALUE_SCALE: f64 = 1e6;

/// An event with those who take part and the meetings that they ask for.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Number of slots, up to [`SLOTS_MAX`].
    pub slots: u32,
    /// Meetings that can take place at a time.
    pub tables: u32,
    /// Meetings at a time that an interpreter can sit in: for those who have no language in common.
    pub interpreters: u32,
    /// One side: those who stay at their tables.
    pub hosts: Vec<Party>,
    /// The other side: those who walk.
    pub guests: Vec<Party>,
    /// The meetings asked for; of two between the same parties at most one takes place if the caller lists one.
    pub requests: Vec<Request>,
}

/// One who takes part.
#[derive(Debug, Clone, PartialEq)]
pub struct Party {
    /// Bit `s` is set where it is free in slot `s`.
    pub free: u64,
    /// Most meetings that it wants.
    pub most: u32,
    /// Languages that it speaks; with none given, language is not looked at.
    pub languages: Vec<String>,
    /// What a meeting with it counts, 1 for everybody and more for important guests.
    pub weight: f64,
    /// Probability that it does not come, 0..1: its meetings count by so much less.
    pub no_show: f64,
}

/// A meeting that is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Request {
    /// Place among the hosts.
    pub host: u32,
    /// Place among the guests.
    pub guest: u32,
    /// What it promises, 0..=1: the score of the match.
    pub score: f64,
    /// Both sides asked for it: counts double.
    pub mutual: bool,
}

/// A meeting with its seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Meeting {
    /// Slot, from 0.
    pub slot: u32,
    /// Table, from 0.
    pub table: u32,
    /// Place among the requests.
    pub request: u32,
}

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Timetable {
    /// By slot and table.
    pub meetings: Vec<Meeting>,
    /// Sum of the expected values of the meetings, in millionths.
    pub value: i64,
    /// No timetable of the event has a greater value.
    pub bound: i64,
    /// How evenly meetings are spread.
    pub fairness: Fairness,
}

impl Timetable {
    /// How far below the optimum the value can be at most, 0..=1.
    pub fn gap(&self) -> f64 {
        if self.bound == 0 { 0.0 } else { (self.bound - self.value) as f64 / self.bound as f64 }
    }
}

/// How hard to look where the bound is not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Slots that are seated anew at most.
    pub rounds: u32,
    /// Where the order of trials begins: the same seed gives the same timetable.
    pub seed: u64,
}

impl Default for Effort {
    fn default() -> Self {
        Self { rounds: 1000, seed: 1 }
    }
}

impl Event {
    /// Expected value of a meeting in millionths; 0 where it cannot take place at all.
    pub fn value(&self, request: &Request) -> i64 {
        let (host, guest) = self.parties(request);
        if self.common(request) == 0 || (self.interpreters == 0 && needs_interpreter(host, guest)) {
            return 0;
        }
        let mutual = if request.mutual { 2.0 } else { 1.0 };
        let comes = (1.0 - host.no_show) * (1.0 - guest.no_show);
        (request.score * mutual * comes * host.weight * guest.weight * VALUE_SCALE).round() as i64
    }

    fn parties(&self, request: &Request) -> (&Party, &Party) {
        (&self.hosts[request.host as usize], &self.guests[request.guest as usize])
    }

    /// The slots in which both are free.
    fn common(&self, request: &Request) -> u64 {
        let (host, guest) = self.parties(request);
        host.free & guest.free & self.all_slots()
    }

    fn all_slots(&self) -> u64 {
        if self.slots >= SLOTS_MAX { u64::MAX } else { (1 << self.slots) - 1 }
    }

    /// Meetings that a party can have.
    fn room(&self, party: &Party) -> u32 {
        (party.free & self.all_slots()).count_ones().min(party.most)
    }
}

fn needs_interpreter(host: &Party, guest: &Party) -> bool {
    !host.languages.is_empty()
        && !guest.languages.is_empty()
        && !host.languages.iter().any(|l| guest.languages.contains(l))
}

/// Chooses and seats the meetings of an event.
pub fn arrange(event: &Event, effort: Effort) -> Timetable {
    let values: Vec<i64> = event.requests.iter().map(|r| event.value(r)).collect();
    let choice = choose::choose(event, &values);
    let mut seats = Seats::new(event, &values, effort.seed);
    seats.seat_all(choice.requests);
    seats.improve(choice.bound, effort.rounds);
    let proved = seats.value() < choice.bound && seats.search();
    let bound = if proved { seats.value() } else { choice.bound };
    seats.timetable(bound, &[])
}

#[cfg(test)]
mod tests;
