//! Figures of a whole panel, and of many.

use crate::capability::{Capability, Interval, Moments, ShareMethod, yield_interval};
use crate::classify::{Bead, Class};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Figures of one or more inspected panels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Sites that were measured.
    pub beads: u64,
    /// Beads of class ok.
    pub good: u64,
    /// Share of good ones; nothing without beads.
    #[serde(rename = "yield")]
    pub yield_share: Option<Interval>,
    /// Sites of each class that occurs.
    pub classes: BTreeMap<Class, u64>,
    /// Placement to the right in micrometres, of beads with one clear place.
    pub x: Option<Capability>,
    /// Placement downward in micrometres.
    pub y: Option<Capability>,
    /// Standard deviation of the measurement itself for one axis in micrometres: the root mean square over the panels.
    pub gauge_um: f64,
    /// The same of the panel where it is largest.
    pub gauge_worst_um: f64,
    /// 1 less the relative standard deviation of the light of lit, single beads (shading included).
    pub uniformity: Option<f64>,
}

/// What of a panel's beads goes into a [`Summary`]: tallies of panels add up to the tally of all.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Sites of each class that occurs.
    pub classes: BTreeMap<Class, u64>,
    /// Offsets to the right in micrometres, of beads with one clear place.
    pub x: Moments,
    /// Offsets downward in micrometres.
    pub y: Moments,
    /// Light of lit, single beads in DN.
    pub light: Moments,
    /// Good beads by the bin of brightness and colour; empty where the recipe names no table.
    #[serde(default)]
    pub bins: BTreeMap<String, u64>,
    /// Variance of the measurement itself for one axis in square micrometres, one value a panel.
    pub gauge: Moments,
    /// The largest standard deviation of the measurement of any panel in micrometres.
    #[serde(default)]
    pub gauge_worst_um: f64,
}

/// True for a bead with one clear place.
fn placed(bead: &&Bead) -> bool {
    matches!(bead.class, Class::Ok | Class::Dim | Class::Bright | Class::Shifted | Class::WrongColour)
}

/// True for a lit bead whose light is its own.
fn single(bead: &&Bead) -> bool {
    matches!(bead.class, Class::Ok | Class::Dim | Class::Bright | Class::Shifted)
}

impl Tally {
    /// Tally of a panel's beads. `gauge_um` is the standard deviation of the measurement itself.
    pub fn of(beads: &[Bead], um_per_px: f64, gauge_um: f64) -> Self {
        let mut classes = BTreeMap::new();
        for bead in beads {
            *classes.entry(bead.class).or_insert(0) += 1;
        }
        Self {
            classes,
            x: beads.iter().filter(placed).map(|b| b.dx_px * um_per_px).collect(),
            y: beads.iter().filter(placed).map(|b| b.dy_px * um_per_px).collect(),
            bins: BTreeMap::new(),
            light: beads.iter().filter(single).map(|b| f64::from(b.amplitude)).collect(),
            gauge: [gauge_um * gauge_um].into_iter().collect(),
            gauge_worst_um: gauge_um,
        }
    }

    /// Adds another tally to this one.
    pub fn add(&mut self, other: &Self) {
        for (class, count) in &other.classes {
            *self.classes.entry(*class).or_insert(0) += count;
        }
        for (bin, count) in &other.bins {
            *self.bins.entry(bin.clone()).or_insert(0) += count;
        }
        self.x = self.x.merged(other.x);
        self.y = self.y.merged(other.y);
        self.light = self.light.merged(other.light);
        self.gauge = self.gauge.merged(other.gauge);
        self.gauge_worst_um = self.gauge_worst_um.max(other.gauge_worst_um);
    }

    /// Sites of a class.
    pub fn of_class(&self, class: Class) -> u64 {
        self.classes.get(&class).copied().unwrap_or(0)
    }

    /// Sites that were measured.
    pub fn beads(&self) -> u64 {
        self.classes.iter().filter(|(class, _)| **class != Class::Unmeasured).map(|(_, n)| n).sum()
    }

    /// The figures, against a tolerance of placement.
    ///
    /// # Panics
    /// If the tolerance is not above 0, or the confidence is not between 0 and 1.
    pub fn summary(&self, tolerance_um: f64, confidence: f64, method: ShareMethod) -> Summary {
        let (beads, good) = (self.beads(), self.of_class(Class::Ok));
        let gauge_um = self.gauge.mean().sqrt();
        let (light, spread) = (self.light.mean(), self.light.sigma());
        Summary {
            beads,
            good,
            yield_share: yield_interval(good, beads, confidence, method),
            classes: self.classes.clone(),
            x: self.x.capability(tolerance_um, gauge_um, confidence),
            y: self.y.capability(tolerance_um, gauge_um, confidence),
            gauge_um,
            gauge_worst_um: self.gauge_worst_um,
            uniformity: spread.filter(|_| light > 0.0).map(|sigma| 1.0 - sigma / light),
        }
    }
}
