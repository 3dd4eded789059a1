//! Uncertainty of a sum of activities: seeded Monte Carlo over log-normal factors (pedigree geometric standard deviations).

use crate::random::Random;
use serde::Serialize;

/// One summand: its mean and the geometric standard deviation of its factor (1: certain).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uncertain {
    /// Median value.
    pub value: f64,
    /// Geometric standard deviation, at least 1.
    pub gsd: f64,
}

/// What the draws say.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// Mean of the draws.
    pub mean: f64,
    /// Standard deviation of the draws.
    pub sd: f64,
    /// 2.5 % of the draws lie below.
    pub low: f64,
    /// Half of the draws lie below.
    pub median: f64,
    /// 97.5 % of the draws lie below.
    pub high: f64,
}

/// Draws the sum `draws` times (at least once); the same seed gives the same answer.
pub fn monte_carlo(summands: &[Uncertain], draws: usize, seed: u64) -> Spread {
    let mut random = Random::new(seed);
    let logs: Vec<(f64, f64)> = summands.iter().map(|s| (s.value, s.gsd.max(1.0).ln())).collect();
    let mut sums: Vec<f64> = (0..draws.max(1))
        .map(|_| {
            logs.iter()
                .map(|(value, log)| if *log == 0.0 { *value } else { value * (log * random.normal()).exp() })
                .sum()
        })
        .collect();
    sums.sort_unstable_by(f64::total_cmp);
    let quantile = |numerator: usize| sums[(sums.len() * numerator / 1000).min(sums.len() - 1)];
    #[expect(clippy::cast_precision_loss, reason = "draws are far fewer than 2^52")]
    let count = sums.len() as f64;
    let mean = sums.iter().sum::<f64>() / count;
    let sd = (sums.iter().map(|s| (s - mean) * (s - mean)).sum::<f64>() / count).sqrt();
    Spread { mean, sd, low: quantile(25), median: quantile(500), high: quantile(975) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_lognormal_law() {
        let one = [Uncertain { value: 100.0, gsd: 1.2 }];
        let found = monte_carlo(&one, 100_000, 1);
        let log = 1.2_f64.ln();
        for (found, expect) in [
            (found.median, 100.0),
            (found.mean, 100.0 * (log * log / 2.0).exp()),
            (found.low, 100.0 * (-1.959_964 * log).exp()),
            (found.high, 100.0 * (1.959_964 * log).exp()),
        ] {
            assert!((found / expect - 1.0).abs() < 0.01, "{found} {expect}");
        }
        assert_eq!(monte_carlo(&one, 1000, 7), monte_carlo(&one, 1000, 7));
        let certain = monte_carlo(&[Uncertain { value: 5.0, gsd: 1.0 }], 10, 0);
        assert_eq!((certain.mean, certain.sd, certain.high), (5.0, 0.0, 5.0));
    }
}
