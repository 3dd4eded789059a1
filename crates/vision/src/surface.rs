//! Smooth functions of two variables: polynomials of total degree up to 3.

use crate::linear;

/// Terms of a polynomial of total degree 3 in two variables.
const TERMS: usize = 10;

/// A polynomial in u and v, the columns and rows of a grid mapped to -1..=1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surface {
    /// Coefficients of 1, u, v, u², uv, v², u³, u²v, uv², v³.
    coefficients: [f64; TERMS],
}

fn terms(u: f64, v: f64) -> [f64; TERMS] {
    [1.0, u, v, u * u, u * v, v * v, u * u * u, u * u * v, u * v * v, v * v * v]
}

/// Terms of a total degree.
const fn term_count(degree: usize) -> usize {
    (degree + 1) * (degree + 2) / 2
}

/// One value to be fitted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Knot {
    pub u: f64,
    pub v: f64,
    pub value: f64,
    pub weight: f64,
}

impl Surface {
    /// The same value everywhere.
    pub fn constant(value: f64) -> Self {
        let mut coefficients = [0.0; TERMS];
        coefficients[0] = value;
        Self { coefficients }
    }

    /// `a + b u + c v`.
    pub(crate) fn plane(a: f64, b: f64, c: f64) -> Self {
        let mut coefficients = [0.0; TERMS];
        coefficients[..3].copy_from_slice(&[a, b, c]);
        Self { coefficients }
    }

    /// Weighted least squares of the highest degree up to `degree` that the knots determine; nothing without knots.
    pub(crate) fn fit(knots: &[Knot], degree: usize) -> Option<Self> {
        let mut normal = [[0.0; TERMS]; TERMS];
        let mut right = [0.0; TERMS];
        for knot in knots.iter().filter(|k| k.weight > 0.0) {
            let t = terms(knot.u, knot.v);
            for i in 0..TERMS {
                right[i] += knot.weight * t[i] * knot.value;
                for j in 0..=i {
                    normal[i][j] += knot.weight * t[i] * t[j];
                }
            }
        }
        Self::solve(&normal, &right, degree)
    }

    /// Solution of normal equations of which the lower triangle is filled.
    fn solve(normal: &[[f64; TERMS]; TERMS], right: &[f64; TERMS], degree: usize) -> Option<Self> {
        if normal[0][0] <= 0.0 {
            return None;
        }
        (0..=degree.min(3)).rev().find_map(|degree| {
            // Terms of a higher degree are pinned to 0.
            let (mut a, mut b) = (*normal, *right);
            for i in term_count(degree)..TERMS {
                a[i] = [0.0; TERMS];
                a[i][i] = 1.0;
                b[i] = 0.0;
            }
            linear::solve(&a, &b).map(|coefficients| Self { coefficients })
        })
    }

    /// Value at (u, v).
    pub fn at(&self, u: f64, v: f64) -> f64 {
        terms(u, v).iter().zip(&self.coefficients).map(|(t, c)| t * c).sum()
    }

    /// The same surface, higher by a constant.
    pub(crate) fn raised(&self, by: f64) -> Self {
        let mut coefficients = self.coefficients;
        coefficients[0] += by;
        Self { coefficients }
    }

    /// Derivatives by u and v.
    pub fn slope(&self, u: f64, v: f64) -> (f64, f64) {
        let c = &self.coefficients;
        let du = c[1] + 2.0 * c[3] * u + c[4] * v + 3.0 * c[6] * u * u + 2.0 * c[7] * u * v + c[8] * v * v;
        let dv = c[2] + c[4] * u + 2.0 * c[5] * v + c[7] * u * u + 2.0 * c[8] * u * v + 3.0 * c[9] * v * v;
        (du, dv)
    }

    /// The derivatives by u and v along one row, as polynomials in u.
    pub(crate) fn slopes_along(&self, v: f64) -> ([f64; 3], [f64; 3]) {
        let c = &self.coefficients;
        let by_u = [c[1] + v * (c[4] + v * c[8]), 2.0 * (c[3] + v * c[7]), 3.0 * c[6]];
        let by_v = [c[2] + v * (2.0 * c[5] + v * 3.0 * c[9]), c[4] + v * 2.0 * c[8], c[7]];
        (by_u, by_v)
    }

    /// The polynomial in u alone along one row.
    pub(crate) fn along(&self, v: f64) -> [f64; 4] {
        let c = &self.coefficients;
        [c[0] + v * (c[2] + v * (c[5] + v * c[9])), c[1] + v * (c[4] + v * c[8]), c[3] + v * c[7], c[6]]
    }
}

/// Powers of u and v of the terms.
const POWERS: [(usize, usize); TERMS] =
    [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (3, 0), (2, 1), (1, 2), (0, 3)];

/// Least squares of two surfaces at once from values on rows of constant v: sums of powers of u are taken along a row and
/// meet the powers of v once a row.
#[derive(Debug, Clone)]
pub(crate) struct RowFit {
    normal: [[f64; TERMS]; TERMS],
    right: [[f64; TERMS]; 2],
}

impl RowFit {
    pub fn new() -> Self {
        Self { normal: [[0.0; TERMS]; TERMS], right: [[0.0; TERMS]; 2] }
    }

    /// Adds a row of (u, first value, second value).
    pub fn add_row(&mut self, v: f64, points: impl Iterator<Item = (f64, f64, f64)>) {
        let (mut powers, mut first, mut second) = ([0.0; 7], [0.0; 4], [0.0; 4]);
        for (u, a, b) in points {
            let u2 = u * u;
            let u3 = u2 * u;
            let p = [1.0, u, u2, u3, u2 * u2, u2 * u3, u3 * u3];
            for (sum, p) in powers.iter_mut().zip(p) {
                *sum += p;
            }
            for k in 0..4 {
                first[k] += p[k] * a;
                second[k] += p[k] * b;
            }
        }
        let v2 = v * v;
        let vs = [1.0, v, v2, v2 * v, v2 * v2, v2 * v2 * v, v2 * v2 * v2];
        for (i, (ui, vi)) in POWERS.into_iter().enumerate() {
            self.right[0][i] += first[ui] * vs[vi];
            self.right[1][i] += second[ui] * vs[vi];
            for (j, (uj, vj)) in POWERS.into_iter().enumerate().take(i + 1) {
                self.normal[i][j] += powers[ui + uj] * vs[vi + vj];
            }
        }
    }

    /// Adds what other rows gave.
    pub fn add(&mut self, other: &Self) {
        let sums = self.normal.iter_mut().chain(&mut self.right);
        for (sum, part) in sums.flatten().zip(other.normal.iter().chain(&other.right).flatten()) {
            *sum += part;
        }
    }

    /// The two surfaces of the highest degree up to `degree` that the points determine; nothing without points.
    pub fn solve(&self, degree: usize) -> Option<(Surface, Surface)> {
        let [first, second] = &self.right;
        Some((Surface::solve(&self.normal, first, degree)?, Surface::solve(&self.normal, second, degree)?))
    }
}

/// Value of a cubic with rising coefficients.
#[inline(always)]
pub(crate) fn cubic(c: &[f64; 4], u: f64) -> f64 {
    c[0] + u * (c[1] + u * (c[2] + u * c[3]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cubic_is_found_again() {
        let truth = Surface { coefficients: [3.0, 1.0, -2.0, 0.5, 0.1, -0.3, 0.2, 0.05, -0.07, 0.9] };
        let knots: Vec<Knot> = (0..49)
            .map(|i| (f64::from(i % 7) / 3.0 - 1.0, f64::from(i / 7) / 3.0 - 1.0))
            .map(|(u, v)| Knot { u, v, value: truth.at(u, v), weight: 1.0 })
            .collect();
        let fitted = Surface::fit(&knots, 3).unwrap();
        for (a, b) in fitted.coefficients.iter().zip(&truth.coefficients) {
            assert!((a - b).abs() < 1e-10);
        }
        let mut rows = RowFit::new();
        for row in knots.chunks(7) {
            rows.add_row(row[0].v, row.iter().map(|k| (k.u, k.value, 2.0 * k.value)));
        }
        let (once, twice) = rows.solve(3).unwrap();
        assert!((once.at(0.3, 0.2) - truth.at(0.3, 0.2)).abs() < 1e-10);
        assert!((twice.at(0.3, 0.2) - 2.0 * truth.at(0.3, 0.2)).abs() < 1e-10);
        assert!((cubic(&fitted.along(0.4), -0.7) - truth.at(-0.7, 0.4)).abs() < 1e-10);
        let h = 1e-6;
        let (du, dv) = truth.slope(0.3, -0.6);
        let (by_u, by_v) = truth.slopes_along(-0.6);
        let at = |c: [f64; 3]| c[0] + 0.3 * (c[1] + 0.3 * c[2]);
        assert!((at(by_u) - du).abs() < 1e-12 && (at(by_v) - dv).abs() < 1e-12);
        assert!((du - (truth.at(0.3 + h, -0.6) - truth.at(0.3 - h, -0.6)) / (2.0 * h)).abs() < 1e-8);
        assert!((dv - (truth.at(0.3, -0.6 + h) - truth.at(0.3, -0.6 - h)) / (2.0 * h)).abs() < 1e-8);
    }

    #[test]
    fn few_knots_lower_the_degree() {
        let knots = [(0.0, 0.0, 1.0), (1.0, 0.0, 2.0), (0.0, 1.0, 4.0)];
        let knots = knots.map(|(u, v, value)| Knot { u, v, value, weight: 1.0 });
        assert!((Surface::fit(&knots, 3).unwrap().at(2.0, 1.0) - 6.0).abs() < 1e-9);
        assert_eq!(Surface::fit(&[], 3), None);
    }
}
