//! Control charts: is a process steady, and if not, since when.
//!
//! ```text
//! subgroups of n values -> XbarR::of   (means and ranges with limits from the mean range; Shewhart, ISO 7870-2)
//! single values         -> individuals (limits from the mean moving range)
//! single values         -> Ewma::of    (small lasting shifts; Roberts 1959, ISO 7870-6)
//! values, centre, sigma -> alarms      (run rules, which are data: [`Rule`])
//! two runs              -> welch, shares (is the difference more than chance makes)
//! ```
//!
//! The factors follow from the range of `n` standard normal values: its mean `d2` and its standard deviation `d3`
//! (L. H. C. Tippett, Biometrika 17, 1925): `A2 = 3 / (d2 sqrt(n))`, `D3 = max(0, 1 - 3 d3 / d2)`, `D4 = 1 + 3 d3 / d2`.

use crate::capability::Interval;
use crate::special::{beta, beta_quantile, normal_cdf, normal_quantile};
use serde::{Deserialize, Serialize};

/// `d2` and `d3` for 2 to 25 values, to five and four digits.
#[expect(
    clippy::approx_constant,
    reason = "tabulated values; that d2 of two is 2 / sqrt(pi) is no reason to write one of them otherwise"
)]
const RANGES: [(f64, f64); 24] = [
    (1.128_38, 0.852_5),
    (1.692_57, 0.888_4),
    (2.058_75, 0.879_8),
    (2.325_93, 0.864_1),
    (2.534_41, 0.848_0),
    (2.704_36, 0.833_2),
    (2.847_20, 0.819_8),
    (2.970_03, 0.807_8),
    (3.077_51, 0.797_1),
    (3.172_87, 0.787_3),
    (3.258_46, 0.778_5),
    (3.335_98, 0.770_4),
    (3.406_76, 0.763_0),
    (3.471_83, 0.756_2),
    (3.531_98, 0.749_9),
    (3.587_88, 0.744_1),
    (3.640_06, 0.738_6),
    (3.688_96, 0.733_5),
    (3.734_95, 0.728_7),
    (3.778_34, 0.724_2),
    (3.819_38, 0.719_9),
    (3.858_32, 0.715_9),
    (3.895_35, 0.712_1),
    (3.930_63, 0.708_4),
];

/// Factors of a chart of means and ranges.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Factors {
    /// Mean range of a subgroup over the standard deviation.
    pub d2: f64,
    /// Standard deviation of that range over the standard deviation.
    pub d3: f64,
}

impl Factors {
    /// Factors of subgroups of `n` values; nothing outside 2 to 25.
    pub fn of(n: usize) -> Option<Self> {
        let &(d2, d3) = RANGES.get(n.checked_sub(2)?)?;
        Some(Self { d2, d3 })
    }

    /// Half the width of the limits of means, over the mean range, for subgroups of `n` values.
    pub fn a2(self, n: usize) -> f64 {
        3.0 / (self.d2 * (n as f64).sqrt())
    }

    /// Lower limit of ranges over the mean range.
    pub fn lower(self) -> f64 {
        (1.0 - 3.0 * self.d3 / self.d2).max(0.0)
    }

    /// Upper limit of ranges over the mean range.
    pub fn upper(self) -> f64 {
        1.0 + 3.0 * self.d3 / self.d2
    }
}

/// One chart: its points with the limits that hold for all of them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Chart {
    /// Points in order.
    pub values: Vec<f64>,
    /// Centre line.
    pub centre: f64,
    /// Lower limit.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
}

impl Chart {
    /// A third of the way from the centre to the upper limit: the standard deviation of the points where the process is steady.
    pub fn sigma(&self) -> f64 {
        (self.high - self.centre) / 3.0
    }
}

/// Means and ranges of subgroups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct XbarR {
    /// Values a subgroup.
    pub n: usize,
    /// Means.
    pub means: Chart,
    /// Ranges.
    pub ranges: Chart,
}

impl XbarR {
    /// Charts of consecutive subgroups of `n` values; values that fill none at the end wait for more. Nothing without a
    /// whole subgroup, or for `n` outside 2 to 25.
    pub fn of(values: &[f64], n: usize) -> Option<Self> {
        let factors = Factors::of(n)?;
        let groups = values.chunks_exact(n);
        let means: Vec<f64> = groups.clone().map(mean).collect();
        let ranges: Vec<f64> = groups.map(range).collect();
        if means.is_empty() {
            return None;
        }
        let (centre, spread) = (mean(&means), mean(&ranges));
        let half = factors.a2(n) * spread;
        Some(Self {
            n,
            means: Chart { values: means, centre, low: centre - half, high: centre + half },
            ranges: Chart {
                values: ranges,
                centre: spread,
                low: factors.lower() * spread,
                high: factors.upper() * spread,
            },
        })
    }
}

/// Single values with limits from their mean moving range: centre ± 3 of it over `d2` of two values. Nothing for fewer than
/// two values.
pub fn individuals(values: &[f64]) -> Option<Chart> {
    let sigma = moving_sigma(values)?;
    let centre = mean(values);
    Some(Chart { values: values.to_vec(), centre, low: centre - 3.0 * sigma, high: centre + 3.0 * sigma })
}

/// Standard deviation of single values from their mean moving range; nothing for fewer than two values.
pub fn moving_sigma(values: &[f64]) -> Option<f64> {
    let steps: Vec<f64> = values.windows(2).map(|w| (w[1] - w[0]).abs()).collect();
    (!steps.is_empty()).then(|| mean(&steps) / RANGES[0].0)
}

/// Exponentially weighted means.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ewma {
    /// Weight of the newest value, above 0, at most 1.
    pub weight: f64,
    /// Weighted means in order.
    pub values: Vec<f64>,
    /// Centre line.
    pub centre: f64,
    /// Half the width of the limits at each point: `3 sigma sqrt(w / (2 - w) (1 - (1 - w)^(2 i)))`.
    pub half: Vec<f64>,
}

impl Ewma {
    /// The chart of values about a centre with a known standard deviation, `limit` standard deviations wide to each side.
    ///
    /// # Panics
    /// If the weight is not above 0 and at most 1.
    pub fn of(values: &[f64], centre: f64, sigma: f64, weight: f64, limit: f64) -> Self {
        assert!(weight > 0.0 && weight <= 1.0, "a weight is above 0 and at most 1");
        let (mut z, mut left) = (centre, 1.0);
        let mut chart = Self { weight, values: Vec::new(), centre, half: Vec::new() };
        for value in values {
            z += weight * (value - z);
            left *= (1.0 - weight) * (1.0 - weight);
            chart.values.push(z);
            chart.half.push(limit * sigma * (weight / (2.0 - weight) * (1.0 - left)).sqrt());
        }
        chart
    }

    /// Points beyond their limit, by place.
    pub fn beyond(&self) -> Vec<usize> {
        let out = |i: &usize| (self.values[*i] - self.centre).abs() > self.half[*i];
        (0..self.values.len()).filter(out).collect()
    }
}

/// What a run rule looks for in the newest `of` points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// `count` of them beyond `sigma` standard deviations, all on one side.
    Beyond,
    /// All of them rise, or all fall.
    Trend,
    /// Each turns back on the one before.
    Alternating,
    /// All of them within `sigma` standard deviations.
    Within,
    /// All of them beyond `sigma` standard deviations, on whichever side.
    Outside,
}

/// A run rule (Western Electric 1956, L. S. Nelson 1984): `count` of `of` points in a row with a shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// What is looked for.
    pub shape: Shape,
    /// Points that must have it.
    pub count: usize,
    /// Points in a row that are looked at.
    pub of: usize,
    /// Standard deviations from the centre, where the shape has any.
    pub sigma: f64,
}

impl Rule {
    /// True where the rule is broken by the last point of a window of `of` points, in standard deviations from the centre.
    fn broken(&self, window: &[f64]) -> bool {
        let last = window[window.len() - 1];
        let steps = || window.windows(2).map(|w| w[1] - w[0]);
        match self.shape {
            Shape::Beyond => {
                // The last point takes part, or the alarm would be an old one.
                let side = last.signum();
                last * side > self.sigma
                    && window.iter().filter(|z| **z * side > self.sigma).count() >= self.count
            }
            Shape::Trend => steps().all(|s| s > 0.0) || steps().all(|s| s < 0.0),
            Shape::Alternating => {
                let steps: Vec<f64> = steps().collect();
                steps.windows(2).all(|w| w[0] * w[1] < 0.0)
            }
            Shape::Within => window.iter().all(|z| z.abs() < self.sigma),
            Shape::Outside => window.iter().all(|z| z.abs() > self.sigma),
        }
    }
}

/// A broken rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Place of the rule among those asked.
    pub rule: usize,
    /// Place of the point that completes the run.
    pub at: usize,
}

/// All points at which rules are broken, by point and then by rule. Without spread nothing can be said.
pub fn alarms(values: &[f64], centre: f64, sigma: f64, rules: &[Rule]) -> Vec<Alarm> {
    if sigma.is_nan() || sigma <= 0.0 {
        return Vec::new();
    }
    let z: Vec<f64> = values.iter().map(|v| (v - centre) / sigma).collect();
    let mut out = Vec::new();
    for at in 0..z.len() {
        for (rule, asked) in rules.iter().enumerate() {
            if asked.of > 0 && at + 1 >= asked.of && asked.broken(&z[at + 1 - asked.of..=at]) {
                out.push(Alarm { rule, at });
            }
        }
    }
    out
}

/// A tested difference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Second less first, with its interval.
    pub by: Interval,
    /// Probability that chance alone makes a difference of this size or more, to either side.
    pub p: f64,
}

/// Difference of the means of two samples whose spreads may differ (B. L. Welch, Biometrika 34, 1947); nothing where one has
/// fewer than two values or neither has any spread.
///
/// # Panics
/// If the confidence is not between 0 and 1.
pub fn welch(first: &[f64], second: &[f64], confidence: f64) -> Option<Difference> {
    assert!(confidence > 0.0 && confidence < 1.0, "a confidence is between 0 and 1");
    let part = |values: &[f64]| {
        let (n, m) = (values.len() as f64, mean(values));
        let squares: f64 = values.iter().map(|v| (v - m) * (v - m)).sum();
        (values.len() > 1).then(|| (m, squares / (n - 1.0) / n, n - 1.0))
    };
    let ((m1, v1, f1), (m2, v2, f2)) = (part(first)?, part(second)?);
    let variance = v1 + v2;
    if variance <= 0.0 {
        return None;
    }
    let freedom = variance * variance / (v1 * v1 / f1 + v2 * v2 / f2);
    let (by, error) = (m2 - m1, variance.sqrt());
    // Student's distribution by the incomplete beta function.
    let tail = |t: f64| beta(freedom / (freedom + t * t), freedom / 2.0, 0.5);
    let x = beta_quantile(1.0 - confidence, freedom / 2.0, 0.5).max(f64::MIN_POSITIVE);
    let half = (freedom * (1.0 - x) / x).sqrt() * error;
    Some(Difference { by: Interval { value: by, low: by - half, high: by + half }, p: tail(by / error) })
}

/// Difference of two shares, each as good ones of all, by the normal approximation: the test pooled, the interval not.
/// Nothing without trials on both sides.
///
/// # Panics
/// If the confidence is not between 0 and 1.
pub fn shares((good1, all1): (u64, u64), (good2, all2): (u64, u64), confidence: f64) -> Option<Difference> {
    assert!(confidence > 0.0 && confidence < 1.0, "a confidence is between 0 and 1");
    if all1 == 0 || all2 == 0 {
        return None;
    }
    let (n1, n2) = (all1 as f64, all2 as f64);
    let (p1, p2) = (good1 as f64 / n1, good2 as f64 / n2);
    let pooled = (good1 + good2) as f64 / (n1 + n2);
    let error = (pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2)).sqrt();
    let by = p2 - p1;
    let p = if error > 0.0 { 2.0 * normal_cdf(-(by / error).abs()) } else { 1.0 };
    let half = normal_quantile(0.5 + confidence / 2.0) * (p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2).sqrt();
    Some(Difference { by: Interval { value: by, low: by - half, high: by + half }, p })
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn range(values: &[f64]) -> f64 {
    let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(a, b), &v| (a.min(v), b.max(v)));
    high - low
}

#[cfg(test)]
mod tests;
