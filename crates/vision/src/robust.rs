//! Medians and their spread, which a few per cent of defects do not move.

/// Factor from the median absolute deviation to the standard deviation of a normal distribution, 1 / Phi^-1(3/4).
pub(crate) const MAD_TO_SIGMA: f32 = 1.482_602_2;

/// The middle value (of an even number of values, the upper of the two middle ones); 0 for none. Reorders the values.
pub(crate) fn median(values: &mut [f32]) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// Median and robust standard deviation (1.4826 times the median absolute deviation). Reorders and changes the values.
pub(crate) fn median_sigma(values: &mut [f32]) -> (f32, f32) {
    let centre = median(values);
    for v in values.iter_mut() {
        *v = (*v - centre).abs();
    }
    (centre, MAD_TO_SIGMA * median(values))
}

/// The value below which a share of the values lies; 0 for none. Reorders the values.
pub(crate) fn quantile(values: &mut [f32], share: f64) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let at = ((values.len() - 1) as f64 * share).round() as usize;
    *values.select_nth_unstable_by(at, f32::total_cmp).1
}

/// Cube root of a number that is not below 0, to a few units of the last place: a guess from the exponent and two of Halley's
/// steps, each of which triples the right digits.
#[inline(always)]
pub(crate) fn cube_root(x: f32) -> f32 {
    let mut y = f32::from_bits(x.to_bits() / 3 + 0x2a51_37a0);
    for _ in 0..2 {
        let y3 = y * y * y;
        y *= (y3 + 2.0 * x) / (2.0 * y3 + x);
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cube_roots() {
        for x in [1e-6f32, 0.3, 1.0, 1.7, 8.0, 4321.0, 1e9] {
            assert!((cube_root(x) / x.cbrt() - 1.0).abs() < 1e-6, "{x}");
        }
        assert!(cube_root(0.0) < 1e-4);
    }

    #[test]
    fn outliers_do_not_move_it() {
        let mut values: Vec<f32> = (0..101).map(|i| i as f32 / 100.0).collect();
        values.extend([1e6; 5]);
        let (centre, sigma) = median_sigma(&mut values);
        assert!((centre - 0.53).abs() < 0.02 && (sigma - 0.39).abs() < 0.03, "{centre} {sigma}");
        assert_eq!(median(&mut []), 0.0);
        assert_eq!(quantile(&mut [3.0, 1.0, 2.0], 1.0), 3.0);
    }
}
