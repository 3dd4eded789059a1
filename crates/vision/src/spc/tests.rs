use super::*;
use crate::special::normal_cdf;

/// ASTM MNL 7 and D. C. Montgomery, Introduction to Statistical Quality Control, appendix VI.
#[test]
fn factors_are_the_published_ones() {
    for (n, a2, d3, d4) in [
        (2, 1.880, 0.0, 3.267),
        (3, 1.023, 0.0, 2.574),
        (4, 0.729, 0.0, 2.282),
        (5, 0.577, 0.0, 2.114),
        (6, 0.483, 0.0, 2.004),
        (7, 0.419, 0.076, 1.924),
        (8, 0.373, 0.136, 1.864),
        (9, 0.337, 0.184, 1.816),
        (10, 0.308, 0.223, 1.777),
        (15, 0.223, 0.347, 1.653),
        (20, 0.180, 0.415, 1.585),
        (25, 0.153, 0.459, 1.541),
    ] {
        let f = Factors::of(n).unwrap();
        let got = (f.a2(n), f.lower(), f.upper());
        assert!(
            (got.0 - a2).abs() < 6e-4 && (got.1 - d3).abs() < 1.1e-3 && (got.2 - d4).abs() < 1.1e-3,
            "{n}: {got:?}"
        );
    }
    assert_eq!((Factors::of(0), Factors::of(1), Factors::of(26)), (None, None, None));
}

/// The table against the integrals that define it: `E W = ∫ 1 - F^n - (1-F)^n`, `E W² = 2 ∬ 1 - F(y)^n - (1-F(x))^n + (F(y)-F(x))^n`
/// over x < y.
#[test]
fn factors_follow_from_the_normal_distribution() {
    const STEP: f64 = 0.02;
    let f: Vec<f64> = (-400..=400).map(|i| normal_cdf(f64::from(i) * STEP)).collect();
    for n in 2..=25 {
        let p = |x: f64| x.powi(n);
        let d2: f64 = f.iter().map(|&a| (1.0 - p(a) - p(1.0 - a)) * STEP).sum();
        let mut square = 0.0;
        for (i, &a) in f.iter().enumerate() {
            // The diagonal counts half.
            for (j, &b) in f.iter().enumerate().skip(i) {
                let weight = if i == j { 0.5 } else { 1.0 };
                square += weight * (1.0 - p(b) - p(1.0 - a) + p(b - a)) * STEP * STEP;
            }
        }
        let d3 = (2.0 * square - d2 * d2).sqrt();
        let known = Factors::of(n as usize).unwrap();
        assert!((known.d2 - d2).abs() < 2e-5 && (known.d3 - d3).abs() < 2e-4, "{n}: {d2} {d3}");
    }
}

/// NIST/SEMATECH e-Handbook 6.3.2.4: EWMA of twenty values, centre 50, s = 2.0539, weight 0.3.
#[test]
fn ewma_of_the_handbook() {
    let values = [
        52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6,
        52.4, 53.6, 52.1,
    ];
    let published = [
        50.60, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33, 50.11, 49.36, 49.52, 50.05,
        49.38, 49.92, 50.73, 51.23, 51.94, 51.99,
    ];
    let chart = Ewma::of(&values, 50.0, 2.0539, 0.3, 3.0);
    for (got, expect) in chart.values.iter().zip(published) {
        assert!((got - expect).abs() < 0.006, "{got} {expect}");
    }
    // Its limits for a long run are 52.5884 and 47.4115.
    assert!((chart.centre + chart.half[19] - 52.588_4).abs() < 5e-3, "{}", chart.half[19]);
    assert_eq!(chart.beyond(), Vec::<usize>::new());
}

/// NIST/SEMATECH e-Handbook 6.3.2.2: ten flow rates, mean 50.81, mean moving range 1.8778, limits 55.8041 and 45.8159.
#[test]
fn individuals_of_the_handbook() {
    let values = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1];
    let chart = individuals(&values).unwrap();
    assert!((chart.centre - 50.81).abs() < 1e-9);
    // The handbook takes d2 as 1.128.
    assert!((chart.high - 55.804_1).abs() < 2e-3 && (chart.low - 45.815_9).abs() < 2e-3, "{chart:?}");
    assert_eq!(individuals(&[1.0]), None);
}

#[test]
fn means_and_ranges_of_whole_subgroups() {
    let chart = XbarR::of(&[1.0, 3.0, 2.0, 4.0, 9.0], 2).unwrap();
    assert_eq!((chart.means.values, chart.ranges.values), (vec![2.0, 3.0], vec![2.0, 2.0]));
    assert!(
        (chart.means.high - (2.5 + 1.880 * 2.0)).abs() < 2e-3
            && (chart.ranges.high - 3.267 * 2.0).abs() < 3e-3
    );
    assert_eq!((XbarR::of(&[1.0], 2), XbarR::of(&[1.0; 40], 40)), (None, None));
}

#[test]
fn rules_find_what_they_are_for() {
    let rule = |shape, count, of, sigma| Rule { shape, count, of, sigma };
    let check = |values: &[f64], rule: Rule, expect: &[usize]| {
        let at: Vec<usize> =
            alarms(values, 0.0, 1.0, std::slice::from_ref(&rule)).iter().map(|a| a.at).collect();
        assert_eq!(at, expect, "{rule:?} {values:?}");
    };
    check(&[0.0, 3.1, -3.1, 2.9], rule(Shape::Beyond, 1, 1, 3.0), &[1, 2]);
    check(&[2.1, 0.0, 2.1, 0.0, -2.1, 2.1], rule(Shape::Beyond, 2, 3, 2.0), &[2]);
    check(&[1.1, 1.1, -1.1, 1.1, 1.1, 0.5], rule(Shape::Beyond, 4, 5, 1.0), &[4]);
    check(&[0.1; 9], rule(Shape::Beyond, 8, 8, 0.0), &[7, 8]);
    check(&[0.0; 9], rule(Shape::Beyond, 8, 8, 0.0), &[]);
    check(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 4.0], rule(Shape::Trend, 6, 6, 0.0), &[5]);
    check(&[0.0, 1.0, 0.0, 1.0, 0.0], rule(Shape::Alternating, 5, 5, 0.0), &[4]);
    check(&[0.1, -0.9, 0.5], rule(Shape::Within, 3, 3, 1.0), &[2]);
    check(&[1.1, -1.2, 1.5, 0.2], rule(Shape::Outside, 3, 3, 1.0), &[2]);
    assert_eq!(alarms(&[9.0], 0.0, 0.0, &[rule(Shape::Beyond, 1, 1, 3.0)]), []);
}

/// Two examples of unequal spreads that R's `t.test` documents by their p.
#[test]
fn welch_against_published_values() {
    let a = [17.2, 20.9, 22.6, 18.1, 21.7, 21.4, 23.5, 24.2, 14.7, 21.8];
    let b = [
        21.5, 22.8, 21.0, 23.0, 21.6, 23.6, 22.5, 20.7, 23.4, 21.8, 20.7, 21.7, 21.5, 22.5, 23.6, 21.5, 22.5,
        23.5, 21.5, 21.8,
    ];
    let c = [19.8, 20.4, 19.6, 17.8, 18.5, 18.9, 18.3, 18.9, 19.5, 22.0];
    let d = [
        28.2, 26.6, 20.1, 23.3, 25.2, 22.1, 17.7, 27.6, 20.6, 13.7, 23.2, 17.5, 20.6, 18.0, 23.9, 21.6, 24.3,
        20.4, 24.0, 13.2,
    ];
    let ab = welch(&a, &b, 0.95).unwrap();
    assert!((ab.p - 0.148_841_696_6).abs() < 1e-8, "{ab:?}");
    let cd = welch(&c, &d, 0.95).unwrap();
    assert!((cd.p - 0.035_972_271_0).abs() < 1e-8, "{cd:?}");
    // The interval leaves out 0 exactly where the test speaks.
    assert!(ab.by.low < 0.0 && cd.by.low > 0.0);
    assert_eq!((welch(&a, &[1.0], 0.95), welch(&[1.0; 3], &[1.0; 3], 0.95)), (None, None));
}

/// 25 of 100 against 40 of 100: z = 2.2646, p = 0.0235.
#[test]
fn shares_that_differ() {
    let d = shares((25, 100), (40, 100), 0.95).unwrap();
    assert!((d.p - 0.0235).abs() < 5e-4 && (d.by.value - 0.15).abs() < 1e-12 && d.by.low > 0.0, "{d:?}");
    assert!((shares((5, 5), (9, 9), 0.95).unwrap().p - 1.0).abs() < 1e-12);
    assert_eq!(shares((0, 0), (1, 2), 0.95), None);
}
