//! Where every lot is now.

use super::{Book, EntryKind, kind_of};
use crate::graph::LotId;

/// What the postings say of a lot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LotState {
    /// Day of its first posting.
    pub first_day: i32,
    /// Day of its last posting.
    pub last_day: i32,
    /// Site of its last posting, of [`Book::sites`].
    pub site: u16,
    /// What its last posting was; counts of stock do not count.
    pub last: EntryKind,
    /// Mass that was made of it, or that came in first where no site made it, kg.
    pub made_kg: f64,
    /// True where it was brought into being by an event of its own.
    pub is_commissioned: bool,
    /// What is left of it on all sites, kg.
    pub left_kg: f64,
}

impl Book {
    /// The state of every lot that was posted, by its number.
    pub fn states(&self) -> Vec<Option<LotState>> {
        let mut out: Vec<Option<LotState>> = vec![None; self.lots.count()];
        for row in 0..self.len() {
            self.advance(row, &mut out[self.lot[row] as usize]);
        }
        out
    }

    /// The state of one lot; `None` where it was never posted.
    pub fn state(&self, lot: LotId) -> Option<LotState> {
        let mut out = None;
        for row in (0..self.len()).filter(|row| self.lot[*row] == lot.0) {
            self.advance(row, &mut out);
        }
        out
    }

    /// Takes a posting over into the state of its lot.
    fn advance(&self, row: usize, state: &mut Option<LotState>) {
        let kind = kind_of(self.kind[row]);
        if !self.stands(row) || matches!(kind, EntryKind::OpeningStock | EntryKind::ClosingStock) {
            return;
        }
        let (day, site) = (self.day[row], self.site[row]);
        let kg = self.mass_kg(row).unwrap_or(0.0);
        let state = state.get_or_insert(LotState {
            first_day: day,
            last_day: day,
            site,
            last: kind,
            made_kg: 0.0,
            is_commissioned: false,
            left_kg: 0.0,
        });
        state.is_commissioned |= kind == EntryKind::Commissioned;
        state.first_day = state.first_day.min(day);
        // Of one day the event that was stored later is the later one.
        if day >= state.last_day {
            (state.last_day, state.last, state.site) = (day, kind, site);
        }
        let is_made = self.lots.made_at(self.lot[row]) != u16::MAX;
        match kind {
            EntryKind::Produced | EntryKind::Commissioned => state.made_kg += kg,
            EntryKind::Received if !is_made && !state.is_commissioned => state.made_kg += kg,
            _ => {}
        }
        state.left_kg += match kind {
            EntryKind::Received | EntryKind::Produced | EntryKind::Commissioned => kg,
            _ => -kg,
        };
    }
}
