//! Whether a frame still looks as the one that the line was learnt from.

use crate::bead::{Fit, Measured};
use crate::robust;

/// Beads that the figures are taken from: enough for 2 %.
const BEADS: usize = 1024;
/// Medians of chi-square over the reference's at which blur and noise are still the same.
const SAME_CHI2: std::ops::Range<f64> = 0.8..1.25;
/// The same of the amplitude: with it the shot noise changes.
const SAME_AMPLITUDE: std::ops::Range<f64> = 0.75..1.33;

/// What the fits of a frame say of its blur, noise and light.
#[derive(Debug, Clone, Copy)]
pub(super) struct Looks {
    /// Median of the reduced chi-square.
    chi2: f64,
    /// Median amplitude in DN.
    amplitude: f64,
}

impl Looks {
    pub fn of(measured: &Measured) -> Self {
        let stride = (measured.fits.len() / BEADS).max(1);
        let median = |f: fn(&Fit) -> f32| {
            let settled = measured.fits.iter().step_by(stride).filter(|fit| fit.settled);
            f64::from(robust::median(&mut settled.map(f).collect::<Vec<_>>()))
        };
        // Quantisation leaves something of the sharpest frame, too.
        Self { chi2: median(|f| f.chi2).max(1e-6), amplitude: median(|f| f.amplitude).max(1e-3) }
    }

    /// True where the reference's blur and noise fit.
    pub fn is_like(&self, reference: &Self) -> bool {
        SAME_CHI2.contains(&(self.chi2 / reference.chi2))
            && SAME_AMPLITUDE.contains(&(self.amplitude / reference.amplitude))
    }

    /// Standard deviation of a place here over that in the reference: it goes with the noise, against the light.
    pub fn sigma_over(&self, reference: &Self) -> f64 {
        (self.chi2 / reference.chi2).sqrt() * reference.amplitude / self.amplitude
    }
}
