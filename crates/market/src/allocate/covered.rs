//! How much of each need an allocation covers.

use crate::{Input, Records};
use model::matching::{Allocation, Coverage};
use std::collections::HashMap;

/// Rounding that separates no two quantities of practice.
pub(super) const TOLERANCE: f64 = 1e-9;

/// How much of one need an allocation covers, over all offers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Covered {
    /// Part of the stated quantity, 0..=1.
    pub share: f64,
    /// True where an offer of unstated capacity, or for an unstated quantity, is allotted.
    pub unstated: bool,
}

impl Covered {
    /// True where nothing stays open: all of the quantity, or a quantity to be asked.
    pub fn is_met(self) -> bool {
        self.unstated || self.share >= 1.0 - TOLERANCE
    }

    /// True where a part, and only a part, is covered.
    pub fn is_part(self) -> bool {
        !self.is_met() && self.share > 0.0
    }

    /// The part that counts as covered in rates: all of it where unstated.
    pub fn fraction(self) -> f64 {
        if self.is_met() { 1.0 } else { self.share }
    }
}

/// What each need is given, by its key; needs without an allocation are absent. `count` says which allocations count.
pub fn covered<'a>(
    input: &Input<'a>,
    allocations: &[Allocation],
    count: impl Fn(&Allocation) -> bool,
) -> HashMap<&'a str, Covered> {
    let records = Records::new(input);
    let mut out: HashMap<&str, Covered> = HashMap::new();
    for allocation in allocations.iter().filter(|a| count(a)) {
        let Some(need) = records.need(&allocation.need) else { continue };
        let entry = out.entry(need.key.as_str()).or_default();
        match (allocation.coverage, &allocation.quantity, &need.quantity) {
            (Coverage::Full, ..) => entry.share = 1.0,
            (Coverage::Part, Some(given), Some(wanted)) if wanted.value > 0.0 => {
                entry.share = (entry.share + given.value / wanted.value).min(1.0);
            }
            (Coverage::Part, ..) => {}
            (Coverage::Unstated, ..) => entry.unstated = true,
        }
    }
    out
}
