//! The book: postings of all events in columns, so that every sum over them is one pass through memory.
//!
//! Events are posted in the store's order and never moved; an event that was declared to be wrong is marked. What is known of a
//! lot (mass of a piece, content, waste, recycled) stands by lot and may come after its postings, so it counts when a sum is asked
//! for, not when a posting is made.
//!
//! - [`Book::sums`]: masses and substances by site and [`Measure`], for several periods at once.
//! - [`Book::cells`]: masses by site, step, product and kind: what a balance sheet and a Sankey are drawn from.
//! - [`Book::postings`]: the single postings behind a figure.

mod cells;
mod imputed;
mod lots;
mod post;
mod shortages;
mod states;
mod sums;

pub use cells::{Cell, Place};
pub use lots::LotCard;
pub use shortages::Shortage;
pub use states::LotState;
pub use sums::{Closure, Measure, Sums};

use super::EntryKind;
use crate::graph::LotId;
use jiff::Timestamp;
use lots::Lots;
use std::collections::{BTreeMap, HashMap};

/// China is eight hours ahead of UTC all year.
const CHINA_MS: i64 = 8 * 3_600_000;
const DAY_MS: i64 = 86_400_000;

/// The day of an instant by China's time, days since 1970.
pub fn day_of(time: Timestamp) -> i32 {
    i32::try_from((time.as_millisecond() + CHINA_MS).div_euclid(DAY_MS)).unwrap_or(i32::MAX)
}

/// Days from `from` to before `until`, days since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// First day.
    pub from: i32,
    /// Day after the last.
    pub until: i32,
}

impl Window {
    /// All time.
    pub const ALL: Self = Self { from: i32::MIN, until: i32::MAX };

    /// True for a day in it.
    pub fn holds(self, day: i32) -> bool {
        day >= self.from && day < self.until
    }
}

/// Texts by number.
#[derive(Debug, Clone, Default)]
pub struct Words {
    words: Vec<String>,
    numbers: HashMap<String, u16>,
}

impl Words {
    /// The number of a text, new or old; the last number stands for all that are too many.
    fn intern(&mut self, word: &str) -> u16 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = u16::try_from(self.words.len()).unwrap_or(u16::MAX);
        if number < u16::MAX {
            self.words.push(word.to_owned());
            self.numbers.insert(word.to_owned(), number);
        }
        number
    }

    /// The number of a text, where it is known.
    pub fn find(&self, word: &str) -> Option<u16> {
        self.numbers.get(word).copied()
    }

    /// The text of a number; empty for one that is none.
    pub fn word(&self, number: u16) -> &str {
        self.words.get(usize::from(number)).map_or("", String::as_str)
    }

    /// All, by number.
    pub fn all(&self) -> &[String] {
        &self.words
    }
}

/// A posting to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewPosting<'p> {
    /// The store's key of the event.
    pub key: u64,
    /// Site.
    pub site: &'p str,
    /// Step of the process; empty where the event names none.
    pub step: &'p str,
    /// Day, since 1970.
    pub day: i32,
    /// What it means.
    pub kind: EntryKind,
    /// Lot.
    pub lot: LotId,
    /// Amount; `None` where it is unknown.
    pub amount: Option<f64>,
    /// True where the amount counts pieces, whose mass stands by lot; else it is in kg.
    pub is_pieces: bool,
}

/// A use of energy or material to be noted.
#[derive(Debug, Clone, Copy)]
pub struct NewUse<'p> {
    /// The store's key of the event.
    pub key: u64,
    /// Site.
    pub site: &'p str,
    /// Step of the process; empty where the event names none.
    pub step: &'p str,
    /// Day, since 1970.
    pub day: i32,
    /// Key of the factor.
    pub factor: &'p str,
    /// Key of the market-based factor, where one is stated.
    pub market: Option<&'p str>,
    /// Amount in the factor's own unit; not a number where it has another.
    pub amount: f64,
    /// True where a meter stands behind it.
    pub is_metered: bool,
}

/// A use of energy or material by the process of an event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Use {
    /// The store's key of the event.
    pub key: u64,
    /// Site, of [`Book::sites`].
    pub site: u16,
    /// Step, of [`Book::steps`].
    pub step: u16,
    /// Day, since 1970.
    pub day: i32,
    /// Factor, of [`Book::factors`].
    pub factor: u16,
    /// Market-based factor, of [`Book::factors`]; `u16::MAX` where none is stated.
    pub market: u16,
    /// Amount in the factor's own unit; not a number where it has another.
    pub amount: f64,
    /// True where a meter stands behind it.
    pub is_metered: bool,
    withdrawn: bool,
}

/// A posting as a figure's drill-down shows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posting {
    /// The store's key of the event.
    pub key: u64,
    /// Site, of [`Book::sites`].
    pub site: u16,
    /// Step, of [`Book::steps`].
    pub step: u16,
    /// Day, since 1970.
    pub day: i32,
    /// What it means.
    pub kind: EntryKind,
    /// Lot.
    pub lot: LotId,
    /// Mass, or mass of the substance asked for, kg; `None` where it is unknown.
    pub kg: Option<f64>,
}

/// Marks a posting whose event was declared to be wrong.
const WITHDRAWN: u8 = 0x80;
/// Marks a posting that counts pieces.
const PIECES: u8 = 0x40;

/// Postings of all events, and what is known of lots.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// Sites by number.
    pub sites: Words,
    /// Steps by number.
    pub steps: Words,
    /// Substances by number.
    pub substances: Words,
    /// Products by number: what a lot is a lot of.
    pub products: Words,
    /// Keys of factors by number.
    pub factors: Words,
    lots: Lots,
    keys: Vec<u64>,
    site: Vec<u16>,
    step: Vec<u16>,
    day: Vec<i32>,
    kind: Vec<u8>,
    lot: Vec<u32>,
    /// kg or pieces; not a number where it is unknown.
    amount: Vec<f64>,
    uses: Vec<Use>,
}

impl Book {
    /// Posts.
    pub fn post(&mut self, new: &NewPosting<'_>) {
        let site = self.sites.intern(new.site);
        let step = self.steps.intern(new.step);
        let mark = if new.is_pieces { PIECES } else { 0 };
        self.lots.seen(new.lot, new.kind, site);
        self.keys.push(new.key);
        self.site.push(site);
        self.step.push(step);
        self.day.push(new.day);
        self.kind.push(new.kind as u8 | mark);
        self.lot.push(new.lot.0);
        self.amount.push(new.amount.unwrap_or(f64::NAN));
    }

    /// Notes what is known of a lot; a later card replaces an earlier one. Products and substances beyond what 16 bits number are
    /// not known: events never leave the ledger, so one that is too rich must not keep it from being read.
    pub fn note(&mut self, lot: LotId, card: &LotCard) {
        self.lots.note(lot, card, &mut self.products, &mut self.substances);
    }

    /// True where anything was noted of a lot.
    pub fn is_noted(&self, lot: LotId) -> bool {
        self.lots.is_noted(lot.0)
    }

    /// Notes a use of energy or material.
    pub fn note_use(&mut self, new: &NewUse<'_>) {
        self.uses.push(Use {
            key: new.key,
            site: self.sites.intern(new.site),
            step: self.steps.intern(new.step),
            day: new.day,
            factor: self.factors.intern(new.factor),
            market: new.market.map_or(u16::MAX, |m| self.factors.intern(m)),
            amount: new.amount,
            is_metered: new.is_metered,
            withdrawn: false,
        });
    }

    /// Takes out all that an event posted, because it was declared to be wrong.
    pub fn withdraw(&mut self, key: u64) {
        let first = self.keys.partition_point(|k| *k < key);
        for row in (first..self.len()).take_while(|row| self.keys[*row] == key) {
            let kind = self.kind[row];
            self.kind[row] |= WITHDRAWN;
            if kind & WITHDRAWN == 0 && kind_of(kind) == EntryKind::Produced {
                self.lots.unmade(self.lot[row]);
            }
        }
        let first = self.uses.partition_point(|u| u.key < key);
        self.uses[first..].iter_mut().take_while(|u| u.key == key).for_each(|u| u.withdrawn = true);
    }

    /// Number of postings, withdrawn ones included.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// True where nothing is posted.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// First and last day of all postings that stand.
    pub fn days(&self) -> Option<(i32, i32)> {
        let days = self.day.iter().zip(&self.kind).filter(|(_, kind)| **kind & WITHDRAWN == 0);
        days.map(|(day, _)| (*day, *day)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// Days on which a site's stock was counted, ascending.
    pub fn count_days(&self, site: u16) -> Vec<i32> {
        let counts = |row: &usize| {
            self.site[*row] == site
                && self.kind[*row] & WITHDRAWN == 0
                && kind_of(self.kind[*row]) == EntryKind::ClosingStock
        };
        let mut days: Vec<i32> = (0..self.len()).filter(counts).map(|row| self.day[row]).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// Uses of energy and material in a period.
    pub fn uses(&self, window: Window) -> impl Iterator<Item = &Use> {
        self.uses.iter().filter(move |u| !u.withdrawn && window.holds(u.day))
    }

    /// Amounts used in each of the periods by site and factor, in the factors' own units; without those in other units.
    pub fn used(&self, windows: &[Window]) -> Vec<BTreeMap<(u16, u16), f64>> {
        // A site uses few factors: looked for in a row, they are found quicker than in a tree. Sites beyond what 16 bits number come last.
        let sites = self.sites.all().len();
        let mut sums: Vec<Vec<Vec<(u16, f64)>>> = vec![vec![Vec::new(); sites + 1]; windows.len()];
        for used in self.uses.iter().filter(|u| !u.withdrawn && u.amount.is_finite()) {
            for (_, sums) in windows.iter().zip(&mut sums).filter(|(window, _)| window.holds(used.day)) {
                let of_site = &mut sums[usize::from(used.site).min(sites)];
                match of_site.iter_mut().find(|(factor, _)| *factor == used.factor) {
                    Some((_, sum)) => *sum += used.amount,
                    None => of_site.push((used.factor, used.amount)),
                }
            }
        }
        let keyed = |(site, of_site): (usize, Vec<(u16, f64)>)| {
            let site = if site == sites { u16::MAX } else { u16::try_from(site).unwrap_or(u16::MAX) };
            of_site.into_iter().map(move |(factor, sum)| ((site, factor), sum))
        };
        sums.into_iter().map(|sites| sites.into_iter().enumerate().flat_map(keyed).collect()).collect()
    }

    /// Where a lot was made and what product it is of: numbers of [`Self::sites`] and [`Self::products`].
    pub fn lot_place(&self, lot: LotId) -> (Option<u16>, Option<u16>) {
        let some = |n: u16| (n != u16::MAX).then_some(n);
        let held = self.lots.get(lot.0);
        (some(held.made_at()), some(held.product()))
    }

    /// Mass fraction of a substance in a lot; `None` where nothing says it.
    pub fn fraction(&self, lot: LotId, substance: u16) -> Option<f64> {
        self.lots.fraction(lot.0, substance)
    }

    /// Postings of a period for which `wanted` holds, in the store's order; of a substance, or of the whole mass.
    pub fn postings(
        &self,
        window: Window,
        substance: Option<u16>,
        wanted: impl Fn(&Posting) -> bool,
    ) -> Vec<Posting> {
        let mut out = Vec::new();
        for row in 0..self.len() {
            if !self.stands(row) || !window.holds(self.day[row]) {
                continue;
            }
            let mass = self.mass_kg(row);
            let kg = match substance {
                None => mass,
                Some(substance) => {
                    mass.zip(self.lots.fraction(self.lot[row], substance)).map(|(kg, part)| kg * part)
                }
            };
            let posting = Posting {
                key: self.keys[row],
                site: self.site[row],
                step: self.step[row],
                day: self.day[row],
                kind: kind_of(self.kind[row]),
                lot: LotId(self.lot[row]),
                kg,
            };
            if wanted(&posting) {
                out.push(posting);
            }
        }
        out
    }

    /// The store's keys of the events that posted a lot and were declared to be wrong.
    pub fn withdrawn_of(&self, lot: LotId) -> Vec<u64> {
        let rows = (0..self.len()).filter(|row| self.lot[*row] == lot.0 && self.kind[*row] & WITHDRAWN != 0);
        rows.map(|row| self.keys[row]).collect()
    }

    /// True for a posting that counts: it was not declared to be wrong, and where it brings a lot into being, it says how much, and no
    /// process made the lot.
    fn stands(&self, row: usize) -> bool {
        let column = self.kind[row];
        if column & WITHDRAWN != 0 || kind_of(column) != EntryKind::Commissioned {
            return column & WITHDRAWN == 0;
        }
        self.lots.made_at(self.lot[row]) == u16::MAX && !self.raw_kg(row).is_nan()
    }

    /// Mass of a posting, kg; `None` where it is unknown.
    fn mass_kg(&self, row: usize) -> Option<f64> {
        let kg = self.raw_kg(row);
        (!kg.is_nan()).then_some(kg)
    }

    /// The same, not a number where it is unknown.
    #[inline]
    fn raw_kg(&self, row: usize) -> f64 {
        let amount = self.amount[row];
        if self.kind[row] & PIECES == 0 { amount } else { amount * self.lots.get(self.lot[row]).piece_kg() }
    }
}

/// Kinds by their number in a column.
const KINDS: [EntryKind; 8] = [
    EntryKind::Received,
    EntryKind::Shipped,
    EntryKind::Discarded,
    EntryKind::Consumed,
    EntryKind::Produced,
    EntryKind::OpeningStock,
    EntryKind::ClosingStock,
    EntryKind::Commissioned,
];

#[inline]
fn kind_of(column: u8) -> EntryKind {
    KINDS[usize::from(column & 0x07) % KINDS.len()]
}

#[cfg(test)]
mod tests;
