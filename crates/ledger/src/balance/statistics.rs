//! The few functions of probability that tests of residuals need.

/// Error function's complement, `erfc(x) = 1 - erf(x)`, to about 1e-15: Taylor series near 0, continued fraction beyond.
pub fn erfc(x: f64) -> f64 {
    if x < 0.0 {
        return 2.0 - erfc(-x);
    }
    let two_over_root_pi = 2.0 / std::f64::consts::PI.sqrt();
    if x < 2.0 {
        let (mut term, mut sum, mut n) = (x, x, 0.0);
        while term.abs() > 1e-17 * sum.abs() {
            n += 1.0;
            term *= -x * x / n;
            sum += term / (2.0 * n + 1.0);
        }
        return 1.0 - two_over_root_pi * sum;
    }
    // Lentz would do as well; sixty backward steps suffice from 2 on.
    let fraction = (1..=60).rev().fold(x, |below, k| x + f64::from(k) / 2.0 / below);
    (-x * x).exp() / fraction / std::f64::consts::PI.sqrt()
}

/// Two-sided tail probability of a standard normal value beyond `|z|`.
pub fn normal_two_sided(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// The `|z|` beyond which a standard normal value lies with two-sided probability `p` (0 < p < 1).
pub fn normal_critical(p: f64) -> f64 {
    let (mut low, mut high) = (0.0, 40.0);
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if normal_two_sided(middle) > p { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// Probability that a chi-square value with `freedom` degrees exceeds `x`: the regularised gamma function Q(freedom/2, x/2).
pub fn chi_square_tail(x: f64, freedom: usize) -> f64 {
    if x <= 0.0 || freedom == 0 {
        return 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "degrees of freedom are far below 2^52")]
    let a = freedom as f64 / 2.0;
    let x = x / 2.0;
    let scale = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term > sum * 1e-16 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return 1.0 - scale * sum;
    }
    // Lentz's continued fraction.
    let tiny = 1e-300;
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / tiny, 1.0 / b);
    let mut h = d;
    for i in 1..10_000 {
        let i = f64::from(i);
        let an = -i * (i - a);
        b += 2.0;
        d = an * d + b;
        d = 1.0 / if d.abs() < tiny { tiny } else { d };
        c = b + an / c;
        c = if c.abs() < tiny { tiny } else { c };
        h *= d * c;
        if (d * c - 1.0).abs() < 1e-15 {
            break;
        }
    }
    scale * h
}

/// Natural logarithm of the gamma function for positive values: Stirling's series after shifting the argument above 10.
fn ln_gamma(x: f64) -> f64 {
    let (mut shifted, mut correction) = (x, 0.0);
    while shifted < 10.0 {
        correction += shifted.ln();
        shifted += 1.0;
    }
    let r = 1.0 / (shifted * shifted);
    let series =
        (1.0 / 12.0 - r * (1.0 / 360.0 - r * (1.0 / 1260.0 - r * (1.0 / 1680.0 - r / 1188.0)))) / shifted;
    (shifted - 0.5) * shifted.ln() - shifted + 0.5 * (2.0 * std::f64::consts::PI).ln() + series - correction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        for (found, expect) in [
            (erfc(0.0), 1.0),
            (erfc(0.5), 0.479_500_122_186_953_5),
            (erfc(2.5), 4.069_520_174_449_589e-4),
            (erfc(-1.0), 1.842_700_792_949_715),
            (normal_critical(0.05), 1.959_963_984_540_054),
            (normal_critical(0.01), 2.575_829_303_548_901),
            (chi_square_tail(3.841_458_820_694_124, 1), 0.05),
            (chi_square_tail(18.307_038_053_275_146, 10), 0.05),
            (chi_square_tail(2.0, 2), (-1.0_f64).exp()),
        ] {
            assert!((found - expect).abs() < 1e-12, "{found} {expect}");
        }
    }
}
