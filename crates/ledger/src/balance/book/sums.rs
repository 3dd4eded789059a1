//! Sums of the whole book in one pass.

use super::imputed::Groups;
use super::lots::{BLOCK, Held, NOTHING};
use super::{Book, EntryKind, PIECES, WITHDRAWN, Window, kind_of};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::ops::Range;

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
    /// Brought into being without a process.
    Commissioned,
}

const MEASURES: usize = 14;

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
    /// By period, site and substance: what raw lots without an assay hold where they are as the others, and its variance.
    imputed: Vec<(f64, f64)>,
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

    /// What the site's raw lots without any assay hold of a substance, where they are as the other lots of their product: kg, and its
    /// variance in kg².
    pub fn imputed(&self, window: usize, site: u16, substance: u16) -> (f64, f64) {
        let (site, substance) = (usize::from(site), usize::from(substance));
        if site >= self.sites || substance + 1 >= self.columns {
            return (0.0, 0.0);
        }
        let at = (window * self.sites + site) * (self.columns - 1) + substance;
        self.imputed.get(at).copied().unwrap_or((0.0, 0.0))
    }

    /// Number of sites.
    pub fn sites(&self) -> usize {
        self.sites
    }
}

/// Postings are summed apart by these, of which every measure is a sum or a difference: so each posting is added once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bucket {
    /// Of a kind that says all.
    Received,
    Shipped,
    Discarded,
    Opening,
    Closing,
    /// Consumed of what the site did not make itself: new material, recycled material.
    New,
    Recycled,
    /// Consumed of what the site made itself, or made: products, waste, hazardous waste.
    UsedProduct,
    UsedWaste,
    UsedHazard,
    MadeProduct,
    MadeWaste,
    MadeHazard,
    Commissioned,
}

const BUCKETS: usize = 14;

/// The measures as sums of buckets with their signs.
const SUMS_OF_MASS: [(Measure, &[(Bucket, f64)]); 12] = {
    use Bucket::*;
    [
        (Measure::Received, &[(Received, 1.0)]),
        (Measure::Commissioned, &[(Commissioned, 1.0)]),
        (Measure::Shipped, &[(Shipped, 1.0)]),
        (Measure::Discarded, &[(Discarded, 1.0)]),
        (
            Measure::Consumed,
            &[(New, 1.0), (Recycled, 1.0), (UsedProduct, 1.0), (UsedWaste, 1.0), (UsedHazard, 1.0)],
        ),
        (Measure::Produced, &[(MadeProduct, 1.0), (MadeWaste, 1.0), (MadeHazard, 1.0)]),
        (Measure::Opening, &[(Opening, 1.0)]),
        (Measure::Closing, &[(Closing, 1.0)]),
        (Measure::RawInput, &[(New, 1.0), (Recycled, 1.0)]),
        (Measure::Product, &[(MadeProduct, 1.0), (UsedProduct, -1.0)]),
        (Measure::RecycledInput, &[(Recycled, 1.0)]),
        (Measure::HazardousWaste, &[(MadeHazard, 1.0), (UsedHazard, -1.0)]),
    ]
};
const SUMS_OF_VARIANCE: [(Measure, &[Bucket]); 2] = [
    (Measure::RawVariance, &[Bucket::New, Bucket::Recycled]),
    (Measure::ProductVariance, &[Bucket::MadeProduct, Bucket::UsedProduct]),
];

/// Postings are summed in so many pieces side by side and the pieces added in order: the same figures on any number of cores.
const PARTS: usize = 8;

/// Sums of some postings.
struct Piece {
    /// Mass and variance by period, site, bucket and column.
    values: Vec<(f64, f64)>,
    unassayed: Groups,
    closure: Closure,
}

impl Piece {
    fn add(&mut self, other: Self) {
        self.values.iter_mut().zip(other.values).for_each(|(sum, one)| {
            sum.0 += one.0;
            sum.1 += one.1;
        });
        for (of, kg) in other.unassayed {
            *self.unassayed.entry(of).or_default() += kg;
        }
        self.closure.book_kg += other.closure.book_kg;
        self.closure.passed_kg += other.closure.passed_kg;
        self.closure.unknown += other.closure.unknown;
    }
}

impl Book {
    /// Sums by site, measure and substance, for each of the periods.
    pub fn sums(&self, windows: &[Window]) -> Sums {
        let (sites, columns) = (self.sites.all().len(), self.substances.all().len() + 1);
        let pieces = || -> Piece {
            let size = self.len().div_ceil(PARTS).max(1);
            let starts: Vec<usize> = (0..self.len().max(1)).step_by(size).collect();
            let summed: Vec<Piece> = starts
                .into_par_iter()
                .map(|start| self.piece(start..(start + size).min(self.len()), windows, sites, columns))
                .collect();
            let mut summed = summed.into_iter();
            let mut all = summed.next().unwrap_or_else(|| self.piece(0..0, windows, sites, columns));
            summed.for_each(|piece| all.add(piece));
            all
        };
        let (Piece { values: by_bucket, unassayed, mut closure }, lots_kg) =
            rayon::join(pieces, || self.left_kg());
        closure.lots_kg = lots_kg;
        let mut values = vec![0.0; windows.len() * sites * MEASURES * columns];
        for place in 0..windows.len() * sites {
            for column in 0..columns {
                let bucket = |b: Bucket| by_bucket[(place * BUCKETS + b as usize) * columns + column];
                let mut put = |measure: Measure, value: f64| {
                    values[(place * MEASURES + measure.at()) * columns + column] = value;
                };
                for (measure, buckets) in SUMS_OF_MASS {
                    put(measure, buckets.iter().map(|(b, sign)| sign * bucket(*b).0).sum());
                }
                for (measure, buckets) in SUMS_OF_VARIANCE {
                    put(measure, buckets.iter().map(|b| bucket(*b).1).sum());
                }
            }
        }
        let imputed = self.imputed(windows, sites, &unassayed);
        Sums { values, sites, columns, imputed, closure }
    }

    /// Sums of some postings.
    fn piece(&self, rows: Range<usize>, windows: &[Window], sites: usize, columns: usize) -> Piece {
        let mut values = vec![(0.0, 0.0); windows.len() * sites * BUCKETS * columns];
        let mut closure = Closure::default();
        let mut unassayed = Groups::new();
        let mut cards = [NOTHING; BLOCK];
        for start in rows.clone().step_by(BLOCK) {
            let block = start..(start + BLOCK).min(rows.end);
            self.lots.fetch(&self.lot[block.clone()], &mut cards);
            for (row, held) in block.zip(&cards) {
                let column = self.kind[row];
                if column & WITHDRAWN != 0 {
                    continue;
                }
                let amount = self.amount[row];
                let kg = if column & PIECES == 0 { amount } else { amount * held.piece_kg() };
                // As `Book::stands` has it.
                if kind_of(column) == EntryKind::Commissioned && (held.made_at() != u16::MAX || kg.is_nan()) {
                    continue;
                }
                if kg.is_nan() {
                    closure.unknown += 1;
                    continue;
                }
                let (kind, site) = (kind_of(column), self.site[row]);
                let sign = sign_of(kind);
                closure.book_kg += sign * kg;
                closure.passed_kg += sign.abs() * kg;
                // A site beyond what 16 bits number has no sums.
                if usize::from(site) >= sites {
                    continue;
                }
                let bucket = bucket(kind, held, site);
                let content = self.lots.content(held);
                let (mass, assay) = held.variances();
                let is_unassayed = content.is_empty() && matches!(bucket, Bucket::New | Bucket::Recycled);
                for (index, window) in windows.iter().enumerate() {
                    if !window.holds(self.day[row]) {
                        continue;
                    }
                    let at = ((index * sites + usize::from(site)) * BUCKETS + bucket as usize) * columns;
                    let cells = &mut values[at..at + columns];
                    cells[0].0 += kg;
                    cells[0].1 += kg * kg * mass;
                    for (substance, part) in content {
                        let (cell, kg) = (&mut cells[usize::from(*substance) + 1], kg * part);
                        cell.0 += kg;
                        cell.1 += kg * kg * (mass + assay);
                    }
                    if is_unassayed {
                        *unassayed.entry((index, site, held.product())).or_default() += kg;
                    }
                }
            }
        }
        Piece { values, unassayed, closure }
    }

    /// What is left of every lot, summed over lots, kg.
    fn left_kg(&self) -> f64 {
        let mut left = vec![0.0_f64; self.lots.count()];
        for row in (0..self.len()).filter(|row| self.stands(*row)) {
            let kg = self.raw_kg(row);
            if !kg.is_nan() {
                left[self.lot[row] as usize] += sign_of(kind_of(self.kind[row])) * kg;
            }
        }
        left.iter().sum()
    }

    /// True where a posting of that kind, lot and site counts for a measure.
    pub fn counts_for(&self, measure: Measure, kind: EntryKind, lot: u32, site: u16) -> bool {
        let own = bucket(kind, &self.lots.get(lot), site);
        let of_mass = SUMS_OF_MASS.iter().filter(|(of, _)| *of == measure);
        let of_variance = SUMS_OF_VARIANCE.iter().filter(|(of, _)| *of == measure);
        of_mass.flat_map(|(_, buckets)| buckets.iter().map(|(bucket, _)| bucket)).any(|bucket| *bucket == own)
            || of_variance.flat_map(|(_, buckets)| buckets.iter()).any(|bucket| *bucket == own)
    }

    /// Exchanges of a period: (site that made the lot, site that received it), each pair once.
    pub fn exchanges(&self, window: Window) -> BTreeSet<(u16, u16)> {
        let mut out = BTreeSet::new();
        for row in 0..self.len() {
            let received = self.kind[row] & !PIECES == EntryKind::Received as u8;
            if received && window.holds(self.day[row]) {
                let from = self.lots.made_at(self.lot[row]);
                if from != u16::MAX && from != self.site[row] {
                    out.insert((from, self.site[row]));
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

/// Whether a posting adds to the stock or takes from it.
pub(super) fn sign_of(kind: EntryKind) -> f64 {
    match kind {
        EntryKind::Received | EntryKind::Produced | EntryKind::Commissioned => 1.0,
        EntryKind::Consumed | EntryKind::Shipped | EntryKind::Discarded => -1.0,
        EntryKind::OpeningStock | EntryKind::ClosingStock => 0.0,
    }
}

/// What a posting at a site adds to.
#[inline]
fn bucket(kind: EntryKind, lot: &Held, site: u16) -> Bucket {
    match kind {
        EntryKind::Received => Bucket::Received,
        EntryKind::Commissioned => Bucket::Commissioned,
        EntryKind::Shipped => Bucket::Shipped,
        EntryKind::Discarded => Bucket::Discarded,
        EntryKind::OpeningStock => Bucket::Opening,
        EntryKind::ClosingStock => Bucket::Closing,
        EntryKind::Consumed if lot.made_at() != site && lot.is_recycled() => Bucket::Recycled,
        EntryKind::Consumed if lot.made_at() != site => Bucket::New,
        EntryKind::Consumed if !lot.is_waste() => Bucket::UsedProduct,
        EntryKind::Consumed if lot.is_hazardous() => Bucket::UsedHazard,
        EntryKind::Consumed => Bucket::UsedWaste,
        EntryKind::Produced if !lot.is_waste() => Bucket::MadeProduct,
        EntryKind::Produced if lot.is_hazardous() => Bucket::MadeHazard,
        EntryKind::Produced => Bucket::MadeWaste,
    }
}
