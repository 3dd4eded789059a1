//! The optimum of a small event: every timetable is tried that could still be better (branch and bound).

use super::seats::{NONE, Seats};

/// Events with more requests are not tried: they have too many timetables.
const REQUESTS_MAX: usize = 40;
/// Seats that are tried before it is given up.
const TRIES_MAX: u32 = 200_000;

struct Search {
    /// Requests by falling value.
    order: Vec<u32>,
    /// Value of all from a place in the order on.
    rest: Vec<i64>,
    best: i64,
    found: Option<Vec<u32>>,
    tries: u32,
}

impl Seats<'_> {
    /// Seats a small event as well as can be. True where the search came to its end: then no timetable is better than this one.
    pub fn search(&mut self) -> bool {
        let (before, value) = (self.slot_of.clone(), self.value());
        let mut order: Vec<u32> = (0..before.len() as u32).filter(|&r| self.values[r as usize] > 0).collect();
        if order.len() > REQUESTS_MAX {
            return false;
        }
        order.sort_by_key(|&r| (std::cmp::Reverse(self.values[r as usize]), r));
        let mut rest = vec![0; order.len() + 1];
        for (at, &request) in order.iter().enumerate().rev() {
            rest[at] = rest[at + 1] + self.values[request as usize];
        }
        let mut search = Search { order, rest, best: value, found: None, tries: TRIES_MAX };
        self.restore(&vec![NONE; before.len()]);
        let ended = self.branch(&mut search, 0, 0);
        self.restore(search.found.as_ref().unwrap_or(&before));
        ended
    }

    /// Every way to go on from a place in the order; false where the tries are used up.
    fn branch(&mut self, search: &mut Search, at: usize, value: i64) -> bool {
        if value > search.best {
            (search.best, search.found) = (value, Some(self.slot_of.clone()));
        }
        if value + search.rest[at] <= search.best {
            return true;
        }
        // More than the best is still to come, so there is a request.
        let request = search.order[at];
        if self.is_wanted(request) {
            for slot in 0..self.event.slots {
                if self.takes(request, slot) {
                    if search.tries == 0 {
                        return false;
                    }
                    search.tries -= 1;
                    self.put(request, slot);
                    let ended = self.branch(search, at + 1, value + self.values[request as usize]);
                    self.lift(request);
                    if !ended {
                        return false;
                    }
                }
            }
        }
        self.branch(search, at + 1, value)
    }

    /// True where both sides are free in a slot and it has a table, and an interpreter where one is needed.
    fn takes(&self, request: u32, slot: u32) -> bool {
        let sides = [true, false].map(|host| self.party(request, host));
        sides.into_iter().all(|party| self.is_free(party, slot) && self.seated(party, slot) == NONE)
            && self.load[slot as usize] < self.tables[slot as usize]
            && (!self.interprets[request as usize]
                || self.interpreted[slot as usize] < self.event.interpreters)
    }
}
