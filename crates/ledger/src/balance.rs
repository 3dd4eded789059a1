//! Mass balance: what came in, what went out, what is in stock, and what is missing.
//!
//! An [`Entry`] is one posting: a mass of a lot that crosses a border of a site or a process, or a stock that was counted.
//! A [`Sheet`] sums the entries of a [`Scope`] (site, process, lot, substance, period). Sheets are additive: the sheet of a
//! year is the sum of its months', that of a cluster the sum of its sites'.
//!
//! - [`entries`]: what EPCIS events post, and where.
//! - [`book`]: postings of all events in columns, with their sums.
//! - [`expression`], [`reconcile`]: measured flows made consistent (weighted least squares) and gross errors found.

pub mod book;
pub mod entries;
pub mod expression;
mod linear;
pub mod reconcile;
pub mod statistics;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a posting means for the place it is posted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// Came from outside: bought, received.
    Received,
    /// Left as goods: sold, shipped.
    Shipped,
    /// Left as waste, discharge or emission.
    Discarded,
    /// Taken from stock into a process.
    Consumed,
    /// Made by a process, product or by-product, into stock.
    Produced,
    /// Counted in stock at the beginning of the period.
    OpeningStock,
    /// Counted in stock at its end.
    ClosingStock,
    /// Brought into being at the site without a process that made it: an input from outside.
    Commissioned,
}

/// One posting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Site it is posted to.
    pub site: String,
    /// Process within the site, where there is one.
    pub process: Option<String>,
    /// Lot it is about.
    pub lot: String,
    /// When.
    pub time: Timestamp,
    /// What it means.
    pub kind: EntryKind,
    /// Mass in kg.
    pub mass_kg: f64,
    /// Mass fractions of substances in it (`Cu` 0.998); what is not named is not known to be in it.
    pub content: BTreeMap<String, f64>,
}

/// Which entries a sheet sums; what is absent is not restricted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// One site.
    pub site: Option<String>,
    /// One process.
    pub process: Option<String>,
    /// One lot.
    pub lot: Option<String>,
    /// One substance: masses are multiplied by its fraction.
    pub substance: Option<String>,
    /// From this instant.
    pub from: Option<Timestamp>,
    /// To before this instant.
    pub until: Option<Timestamp>,
}

/// Sums of a scope, in kg.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields are the kinds of entry")]
pub struct Sheet {
    pub received_kg: f64,
    pub shipped_kg: f64,
    pub discarded_kg: f64,
    pub consumed_kg: f64,
    pub produced_kg: f64,
    pub opening_kg: f64,
    pub closing_kg: f64,
    pub commissioned_kg: f64,
    /// Number of entries summed.
    pub entries: usize,
}

impl Scope {
    fn holds(&self, entry: &Entry) -> bool {
        let same =
            |wanted: &Option<String>, found: Option<&str>| wanted.as_deref().is_none_or(|w| Some(w) == found);
        same(&self.site, Some(&entry.site))
            && same(&self.process, entry.process.as_deref())
            && same(&self.lot, Some(&entry.lot))
            && self.from.is_none_or(|t| entry.time >= t)
            && self.until.is_none_or(|t| entry.time < t)
    }

    /// Mass of an entry that counts: all of it, or the substance in it.
    fn mass_kg(&self, entry: &Entry) -> f64 {
        match &self.substance {
            None => entry.mass_kg,
            Some(substance) => entry.mass_kg * entry.content.get(substance).copied().unwrap_or(0.0),
        }
    }
}

/// Sums the entries of a scope.
pub fn sheet(entries: &[Entry], scope: &Scope) -> Sheet {
    let mut out = Sheet::default();
    for entry in entries.iter().filter(|e| scope.holds(e)) {
        out.post(entry.kind, scope.mass_kg(entry));
    }
    out
}

/// One sheet for each site, within a scope; sites in order.
pub fn sheets_by_site(entries: &[Entry], scope: &Scope) -> BTreeMap<String, Sheet> {
    let mut out: BTreeMap<String, Sheet> = BTreeMap::new();
    for entry in entries.iter().filter(|e| scope.holds(e)) {
        out.entry(entry.site.clone()).or_default().post(entry.kind, scope.mass_kg(entry));
    }
    out
}

impl Sheet {
    fn post(&mut self, kind: EntryKind, kg: f64) {
        *match kind {
            EntryKind::Received => &mut self.received_kg,
            EntryKind::Shipped => &mut self.shipped_kg,
            EntryKind::Discarded => &mut self.discarded_kg,
            EntryKind::Consumed => &mut self.consumed_kg,
            EntryKind::Produced => &mut self.produced_kg,
            EntryKind::OpeningStock => &mut self.opening_kg,
            EntryKind::ClosingStock => &mut self.closing_kg,
            EntryKind::Commissioned => &mut self.commissioned_kg,
        } += kg;
        self.entries += 1;
    }

    /// The sum of two sheets.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            received_kg: self.received_kg + other.received_kg,
            shipped_kg: self.shipped_kg + other.shipped_kg,
            discarded_kg: self.discarded_kg + other.discarded_kg,
            consumed_kg: self.consumed_kg + other.consumed_kg,
            produced_kg: self.produced_kg + other.produced_kg,
            opening_kg: self.opening_kg + other.opening_kg,
            closing_kg: self.closing_kg + other.closing_kg,
            commissioned_kg: self.commissioned_kg + other.commissioned_kg,
            entries: self.entries + other.entries,
        }
    }

    /// Stock that the books say is left: `opening + received + commissioned + produced - consumed - shipped -
    /// discarded`.
    pub fn book_stock_kg(&self) -> f64 {
        self.opening_kg + self.received_kg + self.commissioned_kg + self.produced_kg
            - self.consumed_kg
            - self.shipped_kg
            - self.discarded_kg
    }

    /// What the books say and the count does not show: `book stock - closing`. Positive: mass is missing.
    pub fn residual_kg(&self) -> f64 {
        self.book_stock_kg() - self.closing_kg
    }

    /// Yield of the processes: `produced / consumed`; `None` where nothing was consumed.
    pub fn process_yield(&self) -> Option<f64> {
        (self.consumed_kg > 0.0).then(|| self.produced_kg / self.consumed_kg)
    }

    /// Loss in the processes: `consumed - produced`.
    pub fn process_loss_kg(&self) -> f64 {
        self.consumed_kg - self.produced_kg
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(site: &str, hour: i64, kind: EntryKind, mass_kg: f64) -> Entry {
        let content = BTreeMap::from([("Cu".to_owned(), 0.5)]);
        let time = Timestamp::from_second(hour * 3600).unwrap();
        Entry { site: site.to_owned(), process: None, lot: "L".to_owned(), time, kind, mass_kg, content }
    }

    #[test]
    fn a_sheet_closes_or_says_what_is_missing() {
        use EntryKind::{ClosingStock, Consumed, Discarded, OpeningStock, Produced, Received, Shipped};
        let entries = [
            entry("a", 0, OpeningStock, 10.0),
            entry("a", 1, Received, 100.0),
            entry("a", 2, Consumed, 80.0),
            entry("a", 3, Produced, 76.0),
            entry("a", 4, Shipped, 70.0),
            entry("a", 5, Discarded, 4.0),
            entry("a", 6, ClosingStock, 30.0),
            entry("b", 6, Received, 1000.0),
        ];
        let scope = Scope { site: Some("a".to_owned()), ..Scope::default() };
        let all = sheet(&entries, &scope);
        assert_eq!((all.book_stock_kg(), all.residual_kg()), (32.0, 2.0));
        assert_eq!((all.process_yield(), all.process_loss_kg()), (Some(0.95), 4.0));
        let copper = sheet(&entries, &Scope { substance: Some("Cu".to_owned()), ..scope.clone() });
        assert_eq!(copper.residual_kg(), 1.0);
        assert_eq!(sheet(&entries, &Scope { substance: Some("Au".to_owned()), ..scope }).received_kg, 0.0);
        assert_eq!(Sheet::default().process_yield(), None);
    }

    proptest! {
        #[test]
        fn additive_over_sites_and_periods(
            posts in prop::collection::vec((0_usize..3, 0_i64..100, 0_usize..7, 0_u32..1000), 0..60),
            cut in 0_i64..100,
        ) {
            use EntryKind::{ClosingStock, Consumed, Discarded, OpeningStock, Produced, Received, Shipped};
            const KINDS: [EntryKind; 7] = [OpeningStock, Received, Consumed, Produced, Shipped, Discarded, ClosingStock];
            let entries: Vec<Entry> =
                posts.iter().map(|(s, h, k, kg)| entry(["a", "b", "c"][*s], *h, KINDS[*k], f64::from(*kg))).collect();
            let whole = sheet(&entries, &Scope::default());
            let cut = Some(Timestamp::from_second(cut * 3600).unwrap());
            let before = sheet(&entries, &Scope { until: cut, ..Scope::default() });
            let after = sheet(&entries, &Scope { from: cut, ..Scope::default() });
            prop_assert_eq!(before.plus(&after), whole);
            let by_site = sheets_by_site(&entries, &Scope::default());
            let sum = by_site.values().fold(Sheet::default(), |sum, s| sum.plus(s));
            prop_assert_eq!(sum, whole);
        }
    }
}
