//! Lots of which more went out than ever came in.

use super::sums::sign_of;
use super::{Book, Window, kind_of};
use crate::graph::LotId;
use std::collections::{BTreeMap, HashMap};

/// A lot whose stock at a site fell below nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shortage {
    /// The lot.
    pub lot: LotId,
    /// The store's key of the event after which its stock was below nothing for the first time.
    pub key: u64,
    /// That event's day, since 1970.
    pub day: i32,
    /// Stock after that day, kg: negative.
    pub kg: f64,
}

/// More may go out than came in by this part of it: errors of the scales.
const SCALES: f64 = 0.01;
/// Less than this is nothing, kg.
const NOTHING_KG: f64 = 1e-6;

/// What is known of a lot's stock on the way through the days.
#[derive(Debug, Clone, Copy, Default)]
struct Stock {
    came: f64,
    left: f64,
    /// Told already, or an amount is unknown: nothing can be said.
    is_settled: bool,
}

impl Book {
    /// Lots of a site whose stock fell below nothing within a period, by day and event. Stock is looked at when a day ends, because
    /// events of one day may be told in any order; lots of which an amount is unknown are left out.
    pub fn shortages(&self, site: u16, window: Window) -> Vec<Shortage> {
        let mut days: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
        for row in (0..self.len()).filter(|row| self.site[*row] == site && self.stands(*row)) {
            if sign_of(kind_of(self.kind[row])) != 0.0 && self.day[row] < window.until {
                days.entry(self.day[row]).or_default().push(row);
            }
        }
        let mut stocks: HashMap<u32, Stock> = HashMap::new();
        let mut out = Vec::new();
        for (day, rows) in days {
            // The last event of the day that took of a lot.
            let mut taken: BTreeMap<u32, u64> = BTreeMap::new();
            for row in rows {
                let stock = stocks.entry(self.lot[row]).or_default();
                let (sign, kg) = (sign_of(kind_of(self.kind[row])), self.raw_kg(row));
                if kg.is_nan() {
                    stock.is_settled = true;
                    continue;
                }
                stock.left += sign * kg;
                if sign > 0.0 {
                    stock.came += kg;
                } else {
                    taken.insert(self.lot[row], self.keys[row]);
                }
            }
            for (lot, key) in taken {
                let stock = stocks.entry(lot).or_default();
                if !stock.is_settled && stock.left < -(SCALES * stock.came).max(NOTHING_KG) {
                    stock.is_settled = true;
                    if window.holds(day) {
                        out.push(Shortage { lot: LotId(lot), key, day, kg: stock.left });
                    }
                }
            }
        }
        out.sort_by_key(|shortage| (shortage.day, shortage.key, shortage.lot));
        out
    }
}
