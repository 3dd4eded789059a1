//! Sums of the whole book in one pass.

use super::{Book, EntryKind, WITHDRAWN, Window, kind_of};

/// What is summed. The first seven are the kinds of posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Received.
    Received,
    /// Shipped.
    Shipped,
    /// Left as waste.
    Discarded,
    /// Consumed by processes.
    Consumed,
    /// Produced by processes.
    Produced,
    /// Counted at the beginning.
    Opening,
    /// Counted at the end.
    Closing,
    /// Consumed of what the site did not make itself.
    RawInput,
    /// Made and not consumed again at the site, waste left out.
    Product,
    /// The part of `RawInput` that is recycled material.
    RecycledInput,
    /// Hazardous waste made and not consumed again at the site.
    HazardousWaste,
    /// Variance of `RawInput`, kg²: stated errors of weighing and assay, independent of each other.
    RawVariance,
    /// Variance of `Product`, kg².
    ProductVariance,
}

const MEASURES: usize = 13;

impl Measure {
    const fn at(self) -> usize {
        self as usize
    }
}

/// Sums by period, site, measure and substance, kg.
#[derive(Debug, Clone, PartialEq)]
pub struct Sums {
    values: Vec<f64>,
    sites: usize,
    /// Substances and, first, the whole mass.
    columns: usize,
    /// How well the book closes over all time.
    pub closure: Closure,
}

/// The book closed in two ways: by its kinds of posting, and lot by lot.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Closure {
    /// Received + produced - consumed - shipped - discarded, kg.
    pub book_kg: f64,
    /// What is left of every lot, summed over lots, kg.
    pub lots_kg: f64,
    /// Mass that passed through, kg.
    pub passed_kg: f64,
    /// Postings without a mass.
    pub unknown: usize,
}

impl Closure {
    /// Difference of the two, relative to what passed through.
    pub fn error(&self) -> f64 {
        if self.passed_kg > 0.0 { (self.book_kg - self.lots_kg).abs() / self.passed_kg } else { 0.0 }
    }
}

impl Sums {
    /// A sum, kg (variances: kg²): of a substance by its number, or of the whole mass; 0 for numbers that are none.
    pub fn get(&self, window: usize, site: u16, measure: Measure, substance: Option<u16>) -> f64 {
        let column = substance.map_or(0, |s| usize::from(s) + 1);
        if usize::from(site) >= self.sites || column >= self.columns {
            return 0.0;
        }
        let row = (window * self.sites + usize::from(site)) * MEASURES + measure.at();
        self.values.get(row * self.columns + column).copied().unwrap_or(0.0)
    }

    /// Number of sites.
    pub fn sites(&self) -> usize {
        self.sites
    }
}

impl Book {
    /// Sums by site, measure and substance, for each of the periods.
    pub fn sums(&self, windows: &[Window]) -> Sums {
        let (sites, columns) = (self.sites.all().len(), self.substances.all().len() + 1);
        let mut values = vec![0.0; windows.len() * sites * MEASURES * columns];
        let mut left = vec![0.0_f64; self.lots.count()];
        let mut closure = Closure::default();
        for row in 0..self.len() {
            let column = self.kind[row];
            if column & WITHDRAWN != 0 {
                continue;
            }
            let kg = self.raw_kg(row);
            if kg.is_nan() {
                closure.unknown += 1;
                continue;
            }
            let (kind, lot, site) = (kind_of(column), self.lot[row], self.site[row]);
            let sign = match kind {
                EntryKind::Received | EntryKind::Produced => 1.0,
                EntryKind::Consumed | EntryKind::Shipped | EntryKind::Discarded => -1.0,
                EntryKind::OpeningStock | EntryKind::ClosingStock => 0.0,
            };
            left[lot as usize] += sign * kg;
            closure.book_kg += sign * kg;
            closure.passed_kg += sign.abs() * kg;
            // A site beyond what 16 bits number has no sums.
            if usize::from(site) >= sites {
                continue;
            }
            for (index, window) in windows.iter().enumerate() {
                if !window.holds(self.day[row]) {
                    continue;
                }
                let base = (index * sites + usize::from(site)) * MEASURES * columns;
                let mut put = |measure: Measure, kg: f64, is_variance: bool| {
                    let cells = &mut values[base + measure.at() * columns..][..columns];
                    if is_variance {
                        let (mass, assay) = self.lots.variances(lot);
                        cells[0] += kg * kg * mass;
                        for (substance, part) in self.lots.content(lot) {
                            let kg = kg * part;
                            cells[usize::from(*substance) + 1] += kg * kg * (mass + assay);
                        }
                    } else {
                        cells[0] += kg;
                        for (substance, part) in self.lots.content(lot) {
                            cells[usize::from(*substance) + 1] += kg * part;
                        }
                    }
                };
                put(measure_of(kind), kg, false);
                let is_own = self.lots.made_at(lot) == site;
                match kind {
                    EntryKind::Consumed if !is_own => {
                        put(Measure::RawInput, kg, false);
                        put(Measure::RawVariance, kg, true);
                        if self.lots.is_recycled(lot) {
                            put(Measure::RecycledInput, kg, false);
                        }
                    }
                    EntryKind::Consumed | EntryKind::Produced => {
                        let kg = if kind == EntryKind::Produced { kg } else { -kg };
                        if !self.lots.is_waste(lot) {
                            put(Measure::Product, kg, false);
                            put(Measure::ProductVariance, kg, true);
                        } else if self.lots.is_hazardous(lot) {
                            put(Measure::HazardousWaste, kg, false);
                        }
                    }
                    _ => {}
                }
            }
        }
        closure.lots_kg = left.iter().sum();
        Sums { values, sites, columns, closure }
    }

    /// True where a posting of that kind, lot and site counts for a measure.
    pub fn counts_for(&self, measure: Measure, kind: EntryKind, lot: u32, site: u16) -> bool {
        let is_own = self.lots.made_at(lot) == site;
        // As in [`Self::sums`]: what is made counts where it is made, whoever made more of the lot later.
        let turns = kind == EntryKind::Produced || kind == EntryKind::Consumed && is_own;
        match measure {
            Measure::RawInput | Measure::RawVariance => kind == EntryKind::Consumed && !is_own,
            Measure::RecycledInput => kind == EntryKind::Consumed && !is_own && self.lots.is_recycled(lot),
            Measure::Product | Measure::ProductVariance => turns && !self.lots.is_waste(lot),
            Measure::HazardousWaste => turns && self.lots.is_waste(lot) && self.lots.is_hazardous(lot),
            plain => plain == measure_of(kind),
        }
    }

    /// Exchanges of a period: (site that made the lot, site that received it), each as often as it happened.
    pub fn exchanges(&self, window: Window) -> Vec<(u16, u16)> {
        let mut out = Vec::new();
        for row in 0..self.len() {
            let received = self.kind[row] & !super::PIECES == EntryKind::Received as u8;
            if received && window.holds(self.day[row]) {
                let from = self.lots.made_at(self.lot[row]);
                if from != u16::MAX && from != self.site[row] {
                    out.push((from, self.site[row]));
                }
            }
        }
        out
    }

    /// Sites with a posting that stands in a period, ascending.
    pub fn sites_of(&self, window: Window) -> Vec<u16> {
        let mut seen = vec![false; self.sites.all().len()];
        for (row, site) in self.site.iter().enumerate() {
            let stands = self.kind[row] & WITHDRAWN == 0;
            if stands && window.holds(self.day[row]) && usize::from(*site) < seen.len() {
                seen[usize::from(*site)] = true;
            }
        }
        (0..u16::MAX).zip(seen).filter(|(_, seen)| *seen).map(|(site, _)| site).collect()
    }
}

fn measure_of(kind: EntryKind) -> Measure {
    match kind {
        EntryKind::Received => Measure::Received,
        EntryKind::Shipped => Measure::Shipped,
        EntryKind::Discarded => Measure::Discarded,
        EntryKind::Consumed => Measure::Consumed,
        EntryKind::Produced => Measure::Produced,
        EntryKind::OpeningStock => Measure::Opening,
        EntryKind::ClosingStock => Measure::Closing,
    }
}
