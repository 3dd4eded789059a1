//! Figures of a whole panel.

use crate::capability::{Capability, Interval, ShareMethod, capability, yield_interval};
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
    /// Standard deviation of the measurement itself for one axis in micrometres.
    pub gauge_um: f64,
    /// 1 less the relative standard deviation of the light of lit, single beads (shading included).
    pub uniformity: Option<f64>,
}

impl Summary {
    /// Figures of beads. `gauge_um` is the standard deviation of the measurement itself.
    pub fn of(
        beads: &[Bead],
        um_per_px: f64,
        tolerance_um: f64,
        gauge_um: f64,
        confidence: f64,
        method: ShareMethod,
    ) -> Self {
        let mut classes = BTreeMap::new();
        for bead in beads {
            *classes.entry(bead.class).or_insert(0) += 1;
        }
        let of_class = |class: Class| classes.get(&class).copied().unwrap_or(0);
        let measured = beads.len() as u64 - of_class(Class::Unmeasured);
        let good = of_class(Class::Ok);
        let placed = |f: fn(&Bead) -> f64| -> Vec<f64> {
            let clear = |b: &&Bead| {
                matches!(
                    b.class,
                    Class::Ok | Class::Dim | Class::Bright | Class::Shifted | Class::WrongColour
                )
            };
            beads.iter().filter(clear).map(|b| f(b) * um_per_px).collect()
        };
        let axis = |offsets: Vec<f64>| capability(&offsets, tolerance_um, gauge_um, confidence);
        Self {
            beads: measured,
            good,
            yield_share: yield_interval(good, measured, confidence, method),
            x: axis(placed(|b| b.dx_px)),
            y: axis(placed(|b| b.dy_px)),
            gauge_um,
            uniformity: uniformity(beads),
            classes,
        }
    }
}

fn uniformity(beads: &[Bead]) -> Option<f64> {
    let lit = || {
        let single = beads
            .iter()
            .filter(|b| matches!(b.class, Class::Ok | Class::Dim | Class::Bright | Class::Shifted));
        single.map(|b| f64::from(b.amplitude))
    };
    let n = lit().count() as f64;
    if n < 2.0 {
        return None;
    }
    let mean = lit().sum::<f64>() / n;
    let sigma = (lit().map(|a| (a - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    (mean > 0.0).then(|| 1.0 - sigma / mean)
}
