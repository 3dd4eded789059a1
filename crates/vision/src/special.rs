//! Special functions of statistics, to about 1e-12.

/// Natural logarithm of the gamma function for x > 0 (Lanczos, g = 7, nine terms).
pub(crate) fn ln_gamma(x: f64) -> f64 {
    const C: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        return (std::f64::consts::PI / (std::f64::consts::PI * x).sin()).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let sum = C.iter().enumerate().skip(1).fold(C[0], |sum, (i, c)| sum + c / (x + i as f64));
    let t = x + 7.5;
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// Regularised incomplete beta function I_x(a, b), by the continued fraction (Lentz; Numerical Recipes 6.4).
pub(crate) fn beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(x, a, b) / a
    } else {
        1.0 - front * beta_fraction(1.0 - x, b, a) / b
    }
}

fn beta_fraction(x: f64, a: f64, b: f64) -> f64 {
    let tiny = 1e-300;
    let keep = |v: f64| if v.abs() < tiny { tiny } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / keep(1.0 - (a + b) * x / (a + 1.0));
    let mut h = d;
    for m in 1..2000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / keep(1.0 + even * d);
        c = keep(1.0 + even / c);
        h *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / keep(1.0 + odd * d);
        c = keep(1.0 + odd / c);
        let step = d * c;
        h *= step;
        if (step - 1.0).abs() < 1e-15 {
            break;
        }
    }
    h
}

/// Regularised lower incomplete gamma function P(a, x), by series or continued fraction.
pub(crate) fn gamma_lower(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let front = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term > sum * 1e-16 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return front * sum;
    }
    1.0 - front * gamma_fraction(a, x)
}

fn gamma_fraction(a: f64, x: f64) -> f64 {
    let tiny = 1e-300;
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / tiny;
    let mut d = 1.0 / b;
    let mut h = d;
    for i in 1..100_000 {
        let i = f64::from(i);
        let an = -i * (i - a);
        b += 2.0;
        d = 1.0 / (an * d + b);
        c = b + an / c;
        let step = d * c;
        h *= step;
        if (step - 1.0).abs() < 1e-15 {
            break;
        }
    }
    h
}

/// Probability that chi-square with so many degrees of freedom is above x.
pub(crate) fn chi_square_tail(x: f64, freedom: f64) -> f64 {
    let (a, x) = (freedom / 2.0, x / 2.0);
    if x < a + 1.0 {
        return 1.0 - gamma_lower(a, x);
    }
    // The upper tail keeps its relative accuracy by the fraction.
    (a * x.ln() - x - ln_gamma(a)).exp() * gamma_fraction(a, x)
}

/// Probability that a standard normal is below z.
pub(crate) fn normal_cdf(z: f64) -> f64 {
    let tail = |z: f64| {
        // The upper tail keeps its relative accuracy by the fraction.
        let x = z * z / 2.0;
        if x < 1.5 {
            0.5 * (1.0 - gamma_lower(0.5, x))
        } else {
            0.5 * (0.5 * x.ln() - x - ln_gamma(0.5)).exp() * gamma_fraction(0.5, x)
        }
    };
    if z >= 0.0 { 1.0 - tail(z) } else { tail(-z) }
}

/// The same for z >= 0 to 1e-7, in a few operations (Abramowitz and Stegun 7.1.26).
pub(crate) fn normal_cdf_f32(z: f32) -> f32 {
    // What is left is less than half a unit of the last place.
    if z > 5.5 {
        return 1.0;
    }
    let x = z * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let poly =
        t * (0.254_829_6 + t * (-0.284_496_74 + t * (1.421_413_7 + t * (-1.453_152 + t * 1.061_405_4))));
    1.0 - 0.5 * poly * (-x * x).exp()
}

/// The z below which a standard normal is with probability p, 0 < p < 1.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    bisect(-40.0, 40.0, |z| normal_cdf(z) < p)
}

/// The x at which I_x(a, b) is p.
pub(crate) fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    bisect(0.0, 1.0, |x| beta(x, a, b) < p)
}

/// The value below which chi-square with so many degrees of freedom is with probability p.
pub(crate) fn chi_square_quantile(p: f64, freedom: f64) -> f64 {
    let high = freedom + 40.0 * (2.0 * freedom).sqrt() + 100.0;
    bisect(0.0, high, |x| gamma_lower(freedom / 2.0, x / 2.0) < p)
}

/// Probability of `k` or more successes in `n` trials of probability `p`.
pub(crate) fn binomial_tail(k: u64, n: u64, p: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if k > n {
        return 0.0;
    }
    beta(p, k as f64, (n - k + 1) as f64)
}

/// Point at which `below` turns from true to false.
fn bisect(mut low: f64, mut high: f64, below: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if below(middle) { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64, relative: f64) {
        assert!((a / b - 1.0).abs() < relative, "{a} {b}");
    }

    #[test]
    fn tabulated_values() {
        near(ln_gamma(10.0), 362_880f64.ln(), 1e-13);
        near(ln_gamma(0.5), std::f64::consts::PI.sqrt().ln(), 1e-12);
        near(normal_cdf(1.959_963_984_540_054), 0.975, 1e-12);
        near(normal_cdf(-6.0), 9.865_876_450_376_98e-10, 1e-9);
        for z in [0.0, 0.4, 1.0, 2.5, 6.0] {
            assert!((f64::from(normal_cdf_f32(z)) - normal_cdf(f64::from(z))).abs() < 3e-7);
        }
        assert_eq!(normal_cdf_f32(f32::INFINITY), 1.0);
        near(normal_quantile(0.999), 3.090_232_306_167_813, 1e-10);
        near(chi_square_quantile(0.95, 10.0), 18.307_038_053_275_15, 1e-10);
        near(chi_square_tail(18.307_038_053_275_15, 10.0), 0.05, 1e-10);
        // Of ten degrees of freedom: e^-1.5 times the first five terms of e^1.5.
        near(chi_square_tail(3.0, 10.0), (-1.5f64).exp() * 4.398_437_5, 1e-12);
        near(chi_square_quantile(0.025, 99.0), 73.361_080_191_269_2, 1e-9);
        near(beta(0.3, 2.0, 5.0), 0.579_825, 1e-10);
        near(binomial_tail(3, 10, 0.2), 0.322_200_473_6, 1e-9);
        assert_eq!((binomial_tail(0, 5, 0.1), binomial_tail(6, 5, 0.1)), (1.0, 0.0));
    }
}
