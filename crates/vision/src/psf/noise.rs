//! Noise of a sample as the frame shows it.

use serde::{Deserialize, Serialize};

/// Variance of a sample: `read² + gain * level`, the photon transfer line (J. R. Janesick, Photon Transfer, 2007). Read
/// noise includes quantisation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Noise {
    /// Standard deviation without light in DN.
    pub read: f64,
    /// Variance for each DN of light, in DN.
    pub gain: f64,
}

/// Variance that rounding to whole numbers adds, and the least that can be.
const QUANTISATION: f64 = 1.0 / 12.0;

impl Noise {
    /// Variance of a sample of a level in DN².
    pub fn variance(&self, level: f64) -> f64 {
        (self.read * self.read + self.gain * level.max(0.0)).max(QUANTISATION)
    }
}

/// Residuals gathered by the level that was expected.
#[derive(Debug, Clone)]
pub(super) struct Transfer {
    low: f64,
    width: f64,
    bins: Vec<(f64, f64, f64)>,
}

const BINS: usize = 12;

impl Transfer {
    /// For levels from `low` to `high` DN.
    pub fn new(low: f64, high: f64) -> Self {
        Self { low, width: (high - low).max(1e-9) / BINS as f64, bins: vec![(0.0, 0.0, 0.0); BINS] }
    }

    /// One residual in DN at a level. `freedom` is the share of the variance that the fit leaves in the residuals.
    pub fn add(&mut self, level: f64, residual: f64, freedom: f64) {
        let at = ((level - self.low) / self.width).max(0.0) as usize;
        let bin = &mut self.bins[at.min(BINS - 1)];
        bin.0 += 1.0;
        bin.1 += level;
        bin.2 += residual * residual / freedom;
    }

    /// The straight line through the bins' variances, weighted by their counts over their squared variances; neither read
    /// variance nor gain below what is possible.
    pub fn line(&self) -> Noise {
        let filled: Vec<(f64, f64, f64)> = self
            .bins
            .iter()
            .filter(|b| b.0 >= 20.0)
            .map(|b| (b.1 / b.0, b.2 / b.0, b.0))
            .map(|(level, variance, n)| (level, variance, n / (variance * variance).max(1e-12)))
            .collect();
        let sum = |f: &dyn Fn(&(f64, f64, f64)) -> f64| filled.iter().map(f).sum::<f64>();
        let w = sum(&|b| b.2);
        if w <= 0.0 {
            return Noise { read: QUANTISATION.sqrt(), gain: 0.0 };
        }
        let (mx, my) = (sum(&|b| b.2 * b.0) / w, sum(&|b| b.2 * b.1) / w);
        let sxx = sum(&|b| b.2 * (b.0 - mx).powi(2));
        let sxy = sum(&|b| b.2 * (b.0 - mx) * (b.1 - my));
        let gain = if sxx > 0.0 { (sxy / sxx).max(0.0) } else { 0.0 };
        let offset = my - gain * mx;
        if offset < QUANTISATION && mx > 0.0 {
            // Light alone makes more noise than there is: the line goes through the least read variance.
            let gain = sum(&|b| b.2 * b.0 * (b.1 - QUANTISATION)) / sum(&|b| b.2 * b.0 * b.0).max(1e-12);
            return Noise { read: QUANTISATION.sqrt(), gain: gain.max(0.0) };
        }
        Noise { read: offset.max(QUANTISATION).sqrt(), gain }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::Rng;

    #[test]
    fn the_line_is_found() {
        let mut rng = Rng::new(1);
        for (read, gain) in [(3.0f64, 0.0), (2.0, 0.5), (0.5, 1.0)] {
            let mut transfer = Transfer::new(10.0, 200.0);
            for _ in 0..60_000 {
                let level = rng.between(10.0, 200.0);
                transfer.add(level, (read * read + gain * level).sqrt() * rng.normal(), 1.0);
            }
            let noise = transfer.line();
            for level in [20.0, 100.0, 190.0] {
                let truth = read * read + gain * level;
                assert!((noise.variance(level) / truth - 1.0).abs() < 0.04, "{noise:?}");
            }
        }
    }
}
