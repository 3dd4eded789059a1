//! Yield and capability of a process, with the intervals that the number of beads allows.
//!
//! Figures of capability follow ISO 22514-2: with limits `-t` and `+t` about the grid, `Cp = 2 t / (6 s)` and
//! `Cpk = (t - |mean|) / (3 s)`.

use crate::special::{beta_quantile, chi_square_quantile, normal_quantile};
use serde::{Deserialize, Serialize};

/// A figure with its two-sided confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// How the interval of a share is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareMethod {
    /// Wilson's score interval (JASA 22, 1927): right on average.
    Wilson,
    /// Clopper and Pearson's exact interval (Biometrika 26, 1934): never too short.
    ClopperPearson,
}

/// Share of good ones, 0..=1, at a confidence such as 0.95; nothing without trials.
///
/// # Panics
/// If there are more good ones than trials, or the confidence is not between 0 and 1.
pub fn yield_interval(good: u64, trials: u64, confidence: f64, method: ShareMethod) -> Option<Interval> {
    assert!(good <= trials, "more good ones than trials");
    let alpha = tail(confidence);
    if trials == 0 {
        return None;
    }
    let (k, n) = (good as f64, trials as f64);
    let value = k / n;
    let (low, high) = match method {
        ShareMethod::Wilson => {
            let z = normal_quantile(1.0 - alpha);
            let centre = (value + z * z / (2.0 * n)) / (1.0 + z * z / n);
            let half = z / (1.0 + z * z / n) * (value * (1.0 - value) / n + z * z / (4.0 * n * n)).sqrt();
            ((centre - half).max(0.0), (centre + half).min(1.0))
        }
        ShareMethod::ClopperPearson => {
            let low = if good == 0 { 0.0 } else { beta_quantile(alpha, k, n - k + 1.0) };
            let high = if good == trials { 1.0 } else { beta_quantile(1.0 - alpha, k + 1.0, n - k) };
            (low, high)
        }
    };
    Some(Interval { value, low: low.min(value), high: high.max(value) })
}

/// Capability of one coordinate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Capability {
    /// Values that went into it.
    pub count: u64,
    /// Mean offset, in the unit of the values.
    pub mean: f64,
    /// Standard deviation (n - 1), gauge included.
    pub sigma: f64,
    /// Potential capability.
    pub cp: Interval,
    /// Capability.
    pub cpk: Interval,
    /// Share of the tolerance that the gauge takes: six of its standard deviations over the tolerance's width (IPC-9850).
    pub gauge_share: f64,
    /// Standard deviation of the process alone, the gauge's variance taken off; 0 where the gauge explains all.
    pub process_sigma: f64,
}

/// Capability of offsets against `-tolerance..=tolerance`; nothing for fewer than two values or none that differ.
/// `gauge_sigma` is the standard deviation of the measurement itself, in the same unit.
///
/// # Panics
/// As [`Moments::capability`].
pub fn capability(offsets: &[f64], tolerance: f64, gauge_sigma: f64, confidence: f64) -> Option<Capability> {
    offsets.iter().copied().collect::<Moments>().capability(tolerance, gauge_sigma, confidence)
}

/// Number, mean and sum of squared deviations of values, which may come in any number of parts.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Moments {
    count: u64,
    mean: f64,
    squares: f64,
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut moments = Self::default();
        for value in values {
            // B. P. Welford, Technometrics 4 (1962).
            moments.count += 1;
            let off = value - moments.mean;
            moments.mean += off / moments.count as f64;
            moments.squares += off * (value - moments.mean);
        }
        moments
    }
}

impl Moments {
    /// Values.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Mean; 0 without values.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Standard deviation (n - 1); nothing for fewer than two values.
    pub fn sigma(&self) -> Option<f64> {
        (self.count > 1).then(|| (self.squares / (self.count - 1) as f64).sqrt())
    }

    /// Both parts as one (T. F. Chan, G. H. Golub, R. J. LeVeque 1983).
    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        let (a, b) = (self.count as f64, other.count as f64);
        if other.count == 0 {
            return self;
        }
        let off = other.mean - self.mean;
        Self {
            count: self.count + other.count,
            mean: self.mean + off * b / (a + b),
            squares: self.squares + other.squares + off * off * a * b / (a + b),
        }
    }

    /// Capability of the values as offsets against `-tolerance..=tolerance`; nothing for fewer than two values or none that
    /// differ. `gauge_sigma` is the standard deviation of the measurement itself, in the same unit.
    ///
    /// The interval of Cp is exact for normal values, by chi-square of `(n - 1) s² / sigma²`; that of Cpk is Bissell's
    /// normal approximation (Applied Statistics 39, 1990): variance `1 / (9 n) + Cpk² / (2 (n - 1))`.
    ///
    /// # Panics
    /// If the tolerance is not above 0, or the confidence is not between 0 and 1.
    pub fn capability(&self, tolerance: f64, gauge_sigma: f64, confidence: f64) -> Option<Capability> {
        assert!(tolerance > 0.0, "a tolerance is above 0");
        let alpha = tail(confidence);
        let n = self.count as f64;
        let (mean, sigma) = (self.mean, self.sigma()?);
        if sigma <= 0.0 {
            return None;
        }
        let cp = tolerance / (3.0 * sigma);
        let cpk = (tolerance - mean.abs()) / (3.0 * sigma);
        let freedom = n - 1.0;
        let factor = |p: f64| (chi_square_quantile(p, freedom) / freedom).sqrt();
        let half = normal_quantile(1.0 - alpha) * (1.0 / (9.0 * n) + cpk * cpk / (2.0 * freedom)).sqrt();
        Some(Capability {
            count: self.count,
            mean,
            sigma,
            cp: Interval { value: cp, low: cp * factor(alpha), high: cp * factor(1.0 - alpha) },
            cpk: Interval { value: cpk, low: cpk - half, high: cpk + half },
            gauge_share: 6.0 * gauge_sigma / (2.0 * tolerance),
            process_sigma: (sigma * sigma - gauge_sigma * gauge_sigma).max(0.0).sqrt(),
        })
    }
}

/// Probability of one of the two tails.
fn tail(confidence: f64) -> f64 {
    assert!(confidence > 0.0 && confidence < 1.0, "a confidence is between 0 and 1");
    (1.0 - confidence) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::Rng;
    use proptest::prelude::*;

    #[test]
    fn published_intervals() {
        // Brown, Cai, DasGupta 2001: 15 of 50 at 95 %.
        let wilson = yield_interval(15, 50, 0.95, ShareMethod::Wilson).unwrap();
        assert!((wilson.low - 0.191_0).abs() < 5e-4 && (wilson.high - 0.437_5).abs() < 5e-4, "{wilson:?}");
        let exact = yield_interval(15, 50, 0.95, ShareMethod::ClopperPearson).unwrap();
        assert!((exact.low - 0.178_6).abs() < 5e-4 && (exact.high - 0.446_1).abs() < 5e-4, "{exact:?}");
        // No failure in n: the rule of three.
        let none = yield_interval(1000, 1000, 0.9, ShareMethod::ClopperPearson).unwrap();
        assert!((none.low - 0.05f64.powf(1e-3)).abs() < 1e-9 && none.high == 1.0);
        assert_eq!(yield_interval(0, 0, 0.95, ShareMethod::Wilson), None);
    }

    #[test]
    fn capability_of_a_known_process() {
        let mut rng = Rng::new(5);
        let offsets: Vec<f64> = (0..4000).map(|_| 3.0 + 8.0 * rng.normal()).collect();
        let c = capability(&offsets, 30.0, 0.4, 0.95).unwrap();
        assert!(c.cp.low < 1.25 && 1.25 < c.cp.high && c.cp.high - c.cp.low < 0.06, "{c:?}");
        assert!(c.cpk.low < 1.125 && 1.125 < c.cpk.high, "{c:?}");
        assert!((c.gauge_share - 0.04).abs() < 1e-12);
        assert!(c.process_sigma < c.sigma);
        assert_eq!(capability(&[1.0], 30.0, 0.4, 0.95), None);
        assert_eq!(capability(&[1.0, 1.0], 30.0, 0.4, 0.95), None);
    }

    #[test]
    fn intervals_hold_what_they_say() {
        // 90 % intervals of Cp and Cpk from 25 normal values hold the truth in about 90 % of 400 cases.
        let mut rng = Rng::new(6);
        let (mut cp, mut cpk) = (0, 0);
        for _ in 0..400 {
            let offsets: Vec<f64> = (0..25).map(|_| 0.5 + rng.normal()).collect();
            let c = capability(&offsets, 4.0, 0.0, 0.9).unwrap();
            cp += u32::from(c.cp.low < 4.0 / 3.0 && 4.0 / 3.0 < c.cp.high);
            cpk += u32::from(c.cpk.low < 3.5 / 3.0 && 3.5 / 3.0 < c.cpk.high);
        }
        assert!((340..=380).contains(&cp) && (340..=380).contains(&cpk), "{cp} {cpk}");
    }

    proptest! {
        #[test]
        fn parts_make_the_whole(a in proptest::collection::vec(-9.0f64..9.0, 0..40), b in proptest::collection::vec(90.0f64..99.0, 0..40)) {
            let parts = a.iter().copied().collect::<Moments>().merged(b.iter().copied().collect());
            let whole: Moments = a.iter().chain(&b).copied().collect();
            prop_assert_eq!(parts.count(), whole.count());
            prop_assert!((parts.mean() - whole.mean()).abs() < 1e-9);
            prop_assert_eq!(parts.sigma().is_some(), whole.sigma().is_some());
            prop_assert!((parts.sigma().unwrap_or(0.0) - whole.sigma().unwrap_or(0.0)).abs() < 1e-9);
        }

        #[test]
        fn the_exact_interval_holds_the_estimate(good in 0u64..200, bad in 0u64..200) {
            prop_assume!(good + bad > 0);
            for method in [ShareMethod::Wilson, ShareMethod::ClopperPearson] {
                let i = yield_interval(good, good + bad, 0.95, method).unwrap();
                prop_assert!(0.0 <= i.low && i.low <= i.value && i.value <= i.high && i.high <= 1.0);
            }
        }
    }
}
