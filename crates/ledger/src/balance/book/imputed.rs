//! What raw lots without an assay hold, where they are as the others of their product.

use super::{Book, EntryKind, WITHDRAWN, Window, kind_of};
use std::collections::HashMap;

/// Mass of raw lots without any assay, kg, by number of the period, site and product.
pub(super) type Groups = HashMap<(usize, u16, u16), f64>;

/// What is known of a substance in the other lots of a group.
#[derive(Debug, Clone, Copy, Default)]
struct Assayed {
    /// Mass of the lots, kg.
    lots_kg: f64,
    /// Mass of the substance in them, kg.
    kg: f64,
    /// Sum of mass times squared fraction: how much the fractions differ.
    spread: f64,
}

impl Book {
    /// By period, site and substance: estimate and its variance, kg and kg². A group without any assayed lot adds nothing.
    pub(super) fn imputed(&self, windows: &[Window], sites: usize, unassayed: &Groups) -> Vec<(f64, f64)> {
        let substances = self.substances.all().len();
        let mut out = vec![(0.0, 0.0); windows.len() * sites * substances];
        if unassayed.is_empty() {
            return out;
        }
        let mut groups: Vec<(&(usize, u16, u16), f64)> = unassayed.iter().map(|(of, kg)| (of, *kg)).collect();
        groups.sort_unstable_by_key(|(of, _)| **of);
        let place: HashMap<_, usize> = groups.iter().enumerate().map(|(at, (of, _))| (**of, at)).collect();
        let mut known = vec![Assayed::default(); groups.len() * substances];
        for row in 0..self.len() {
            let (column, held, site) = (self.kind[row], self.lots.get(self.lot[row]), self.site[row]);
            let is_raw =
                column & WITHDRAWN == 0 && kind_of(column) == EntryKind::Consumed && held.made_at() != site;
            let kg = self.raw_kg(row);
            if !is_raw || kg.is_nan() || self.lots.content(&held).is_empty() {
                continue;
            }
            for (index, _) in windows.iter().enumerate().filter(|(_, window)| window.holds(self.day[row])) {
                let Some(group) = place.get(&(index, site, held.product())) else { continue };
                for (substance, part) in self.lots.content(&held) {
                    let assayed = &mut known[group * substances + usize::from(*substance)];
                    assayed.lots_kg += kg;
                    assayed.kg += kg * part;
                    assayed.spread += kg * part * part;
                }
            }
        }
        for (group, ((index, site, _), unassayed_kg)) in groups.into_iter().enumerate() {
            for substance in 0..substances {
                let assayed = known[group * substances + substance];
                if assayed.lots_kg > 0.0 {
                    let mean = assayed.kg / assayed.lots_kg;
                    let variance = (assayed.spread / assayed.lots_kg - mean * mean).max(0.0);
                    let sum = &mut out[(index * sites + usize::from(*site)) * substances + substance];
                    sum.0 += unassayed_kg * mean;
                    sum.1 += unassayed_kg * unassayed_kg * variance;
                }
            }
        }
        out
    }
}
