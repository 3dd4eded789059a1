//! Masses by site, step, product and kind.

use super::{Book, EntryKind, Window, kind_of};
use std::collections::BTreeMap;

/// What is summed together. Numbers are of the book's words; `u16::MAX` for a lot whose product nothing says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Site.
    pub site: u16,
    /// Step.
    pub step: u16,
    /// Product.
    pub product: u16,
    /// Kind.
    pub kind: EntryKind,
    /// Site that made the lot.
    pub made_at: u16,
}

/// A sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Of what.
    pub place: Place,
    /// Mass, or mass of the substance, kg.
    pub kg: f64,
    /// Its variance by the stated errors of weighing and assay, kg².
    pub variance: f64,
    /// Postings summed.
    pub postings: usize,
    /// Postings left out because their mass is unknown.
    pub without_mass: usize,
    /// Postings left out because nothing says how much of the substance is in their lot.
    pub without_content: usize,
    /// True where the lots are waste.
    pub is_waste: bool,
}

impl Book {
    /// Masses of a period by site, step, product and kind, in order; of a substance, or of the whole mass.
    pub fn cells(&self, window: Window, site: Option<u16>, substance: Option<u16>) -> Vec<Cell> {
        let mut out: BTreeMap<Place, Cell> = BTreeMap::new();
        for row in 0..self.len() {
            let here = self.site[row];
            if !self.stands(row) || !window.holds(self.day[row]) || site.is_some_and(|site| site != here) {
                continue;
            }
            let lot = self.lot[row];
            let held = self.lots.get(lot);
            let place = Place {
                site: here,
                step: self.step[row],
                product: held.product(),
                kind: kind_of(self.kind[row]),
                made_at: held.made_at(),
            };
            let cell = out.entry(place).or_insert(Cell {
                place,
                kg: 0.0,
                variance: 0.0,
                postings: 0,
                without_mass: 0,
                without_content: 0,
                is_waste: held.is_waste(),
            });
            let (mass, assay) = held.variances();
            let (kg, relative) = match (self.mass_kg(row), substance) {
                (None, _) => {
                    cell.without_mass += 1;
                    continue;
                }
                (Some(kg), None) => (kg, mass),
                (Some(kg), Some(substance)) => match self.lots.fraction(lot, substance) {
                    Some(part) => (kg * part, mass + assay),
                    None => {
                        cell.without_content += 1;
                        continue;
                    }
                },
            };
            cell.kg += kg;
            cell.variance += kg * kg * relative;
            cell.postings += 1;
        }
        out.into_values().collect()
    }
}
