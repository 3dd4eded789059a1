//! Linear algebra of reconciliation: sparse rows, elimination of unknown columns, and two ways to solve the normal
//! equations `A S Aᵀ λ = b`: pivoted Cholesky for small systems, conjugate gradients for large ones.

use crate::sparse::Sparse;

/// A sparse row: columns ascending, and the constant.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Row {
    pub(super) entries: Vec<(usize, f64)>,
    pub(super) constant: f64,
}

/// Entries smaller than this part of a row's largest are rounding.
const ROUNDING: f64 = 1e-12;

impl Row {
    /// From entries in any order; repeated columns are added.
    fn new(mut entries: Vec<(usize, f64)>, constant: f64) -> Self {
        gather(&mut entries);
        Self { entries, constant }
    }

    pub(super) fn coefficient(&self, column: usize) -> f64 {
        self.entries.binary_search_by_key(&column, |e| e.0).map_or(0.0, |at| self.entries[at].1)
    }

    /// This row minus a multiple of a pivot row, so that `column` vanishes.
    pub(super) fn eliminate(&mut self, column: usize, pivot: &Self) {
        let factor = self.coefficient(column) / pivot.coefficient(column);
        let size = self.entries.iter().map(|e| e.1.abs()).fold(0.0, f64::max);
        let scaled = pivot.entries.iter().map(|(c, v)| (*c, -factor * v));
        let entries = self.entries.iter().copied().chain(scaled).collect();
        *self = Self::new(entries, self.constant - factor * pivot.constant);
        self.entries.retain(|(c, v)| *c != column && v.abs() > ROUNDING * size);
    }
}

/// Puts a row's entries in the order of their columns; repeated columns are added, zeros left out.
pub(super) fn gather(entries: &mut Vec<(usize, f64)>) {
    entries.sort_unstable_by_key(|e| e.0);
    entries.dedup_by(|later, first| {
        let is_same = later.0 == first.0;
        if is_same {
            first.1 += later.1;
        }
        is_same
    });
    entries.retain(|e| e.1 != 0.0);
}

/// Solves `N λ = b` for a symmetric positive semidefinite dense matrix by Cholesky with diagonal pivoting; dependent rows
/// get λ = 0. Keeps the factor for more right sides.
pub(super) struct Cholesky {
    order: Vec<usize>,
    /// Lower factor of the pivoted matrix, row by row, `rank` columns.
    factor: Vec<Vec<f64>>,
    pub(super) rank: usize,
}

impl Cholesky {
    pub(super) fn new(mut matrix: Vec<Vec<f64>>) -> Self {
        let n = matrix.len();
        let mut order: Vec<usize> = (0..n).collect();
        let scale: Vec<f64> = (0..n).map(|i| matrix[i][i].max(f64::MIN_POSITIVE)).collect();
        let mut rank = 0;
        while rank < n {
            // Pivots are judged against their own row's size, for rows may be in unlike units.
            let relative = |i: usize| matrix[order[i]][order[i]] / scale[order[i]];
            let best = (rank..n).max_by(|a, b| relative(*a).total_cmp(&relative(*b))).unwrap_or(rank);
            if relative(best) <= ROUNDING {
                break;
            }
            order.swap(rank, best);
            let p = order[rank];
            let root = matrix[p][p].sqrt();
            matrix[p][p] = root;
            for i in &order[rank + 1..] {
                matrix[*i][p] /= root;
            }
            for (at, i) in order.iter().enumerate().skip(rank + 1) {
                let left = matrix[*i][p];
                if left != 0.0 {
                    for j in &order[rank + 1..=at] {
                        let change = left * matrix[*j][p];
                        matrix[*i][*j] -= change;
                        if i != j {
                            matrix[*j][*i] -= change;
                        }
                    }
                }
            }
            rank += 1;
        }
        let factor = order.iter().map(|i| order[..rank].iter().map(|p| matrix[*i][*p]).collect()).collect();
        Self { order, factor, rank }
    }

    pub(super) fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = vec![0.0; self.rank];
        for i in 0..self.rank {
            let known: f64 = (0..i).map(|j| self.factor[i][j] * x[j]).sum();
            x[i] = (b[self.order[i]] - known) / self.factor[i][i];
        }
        for i in (0..self.rank).rev() {
            let known: f64 = (i + 1..self.rank).map(|j| self.factor[j][i] * x[j]).sum();
            x[i] = (x[i] - known) / self.factor[i][i];
        }
        let mut out = vec![0.0; b.len()];
        for (value, row) in x.into_iter().zip(&self.order) {
            out[*row] = value;
        }
        out
    }
}

/// `A S Aᵀ` of a matrix and the diagonal of `S`.
pub(super) fn normal(rows: &Sparse, variance: &[f64]) -> Sparse {
    let users = rows.transposed(variance.len());
    let mut out = Sparse::empty();
    let mut sums = vec![0.0; rows.len()];
    let mut touched: Vec<usize> = Vec::new();
    for row in 0..rows.len() {
        for (column, value) in rows.row(row) {
            let scaled = value * variance[column];
            for (other, other_value) in users.row(column) {
                if sums[other] == 0.0 {
                    touched.push(other);
                }
                sums[other] += scaled * other_value;
            }
        }
        touched.sort_unstable();
        touched.dedup();
        for other in touched.drain(..) {
            out.put(other, std::mem::take(&mut sums[other]));
        }
        out.end_row();
    }
    out
}

/// A symmetric matrix with ones on the diagonal in two triangles, `I + L + Lᵀ`, and what each row was divided by.
struct Triangles {
    /// `1 / √diagonal`; 0 for a row without one.
    scale: Vec<f64>,
    lower: Sparse,
    upper: Sparse,
}

impl Triangles {
    fn of(matrix: &Sparse, size: usize) -> Self {
        let root = |i: usize| {
            let diagonal = matrix.row(i).find(|(c, _)| *c == i).map_or(0.0, |(_, v)| v);
            if diagonal > 0.0 { 1.0 / diagonal.sqrt() } else { 0.0 }
        };
        let scale: Vec<f64> = (0..size).map(root).collect();
        let (mut lower, mut upper) = (Sparse::empty(), Sparse::empty());
        for row in 0..size {
            for (column, value) in matrix.row(row).filter(|(column, _)| *column != row) {
                let side = if column < row { &mut lower } else { &mut upper };
                side.put(column, value * scale[row] * scale[column]);
            }
            lower.end_row();
            upper.end_row();
        }
        Self { scale, lower, upper }
    }

    /// Solves `(I + L) x = b` in place.
    fn forward(&self, b: &mut [f64]) {
        for i in 0..b.len() {
            b[i] -= self.lower.times(i, b);
        }
    }

    /// Solves `(I + Lᵀ) x = b` in place.
    fn backward(&self, b: &mut [f64]) {
        for i in (0..b.len()).rev() {
            b[i] -= self.upper.times(i, b);
        }
    }
}

/// How often a transformed residual below its goal may turn out not to be small enough.
const LOOKS_MAX: u32 = 4;

/// Conjugate gradients with symmetric Gauss-Seidel as preconditioner, at the cost of one product a step (S. Eisenstat, 1981);
/// `None` where the residual does not fall below `tolerance` times the right side. A singular but consistent system is solved too.
pub(super) fn conjugate_gradients(matrix: &Sparse, b: &[f64], tolerance: f64) -> Option<Vec<f64>> {
    let n = b.len();
    let dot = |x: &[f64], y: &[f64]| -> f64 { x.iter().zip(y).map(|(x, y)| x * y).sum() };
    let triangles = Triangles::of(matrix, n);
    // (I + L)⁻¹ A (I + Lᵀ)⁻¹ y = (I + L)⁻¹ b, x = (I + Lᵀ)⁻¹ y.
    let mut r: Vec<f64> = b.iter().zip(&triangles.scale).map(|(b, s)| b * s).collect();
    triangles.forward(&mut r);
    let mut y = vec![0.0; n];
    let mut p = r.clone();
    let (mut t, mut q) = (vec![0.0; n], vec![0.0; n]);
    let mut rr = dot(&r, &r);
    // The transformed residual is not the residual: it must fall a little further before that is looked at.
    let mut goal = dot(&r, &r).sqrt() * tolerance;
    let mut looks = 0;
    for _ in 0..(10 * n).max(100) {
        if rr.sqrt() <= goal {
            let x = unscaled(&triangles, &y);
            // What rounding leaves is not got smaller by more steps.
            if looks == LOOKS_MAX || residual(matrix, &x, b) <= tolerance * dot(b, b).sqrt() {
                return Some(x);
            }
            looks += 1;
            goal *= 0.25;
        }
        // A p with A = (I + L) + (I + Lᵀ) - I: t = (I + Lᵀ)⁻¹ p, then t + (I + L)⁻¹ (p - t).
        t.copy_from_slice(&p);
        triangles.backward(&mut t);
        q.iter_mut().zip(&p).zip(&t).for_each(|((q, p), t)| *q = p - t);
        triangles.forward(&mut q);
        q.iter_mut().zip(&t).for_each(|(q, t)| *q += t);
        let pq = dot(&p, &q);
        if pq <= 0.0 {
            break;
        }
        let step = rr / pq;
        let mut next = 0.0;
        for i in 0..n {
            y[i] += step * p[i];
            r[i] -= step * q[i];
            next += r[i] * r[i];
        }
        let turn = next / rr;
        rr = next;
        p.iter_mut().zip(&r).for_each(|(p, r)| *p = r + turn * *p);
    }
    let x = unscaled(&triangles, &y);
    (residual(matrix, &x, b) <= tolerance * dot(b, b).sqrt()).then_some(x)
}

/// The solution of the system as it was.
fn unscaled(triangles: &Triangles, y: &[f64]) -> Vec<f64> {
    let mut x = y.to_vec();
    triangles.backward(&mut x);
    x.iter_mut().zip(&triangles.scale).for_each(|(x, s)| *x *= s);
    x
}

fn residual(matrix: &Sparse, x: &[f64], b: &[f64]) -> f64 {
    b.iter().enumerate().map(|(i, b)| (b - matrix.times(i, x)).powi(2)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_solvers_agree_and_bear_dependent_rows() {
        // The third row is the sum of the first two.
        let entries = [(0, 0, 1.0), (0, 1, -1.0), (1, 1, 1.0), (1, 2, -2.0), (2, 0, 1.0), (2, 2, -2.0)];
        let rows = Sparse::new(3, entries.into_iter());
        let variance = [1.0, 4.0, 0.25];
        let matrix = normal(&rows, &variance);
        let dense: Vec<Vec<f64>> = (0..3)
            .map(|i| {
                let mut out = vec![0.0; 3];
                matrix.row(i).for_each(|(c, v)| out[c] = v);
                out
            })
            .collect();
        assert_eq!(dense, [[5.0, -4.0, 1.0], [-4.0, 5.0, 1.0], [1.0, 1.0, 2.0]]);
        let b = [1.0, 2.0, 3.0];
        let cholesky = Cholesky::new(dense);
        assert_eq!(cholesky.rank, 2);
        let (direct, iterated) = (cholesky.solve(&b), conjugate_gradients(&matrix, &b, 1e-13).unwrap());
        for x in [direct, iterated] {
            let back: Vec<f64> = (0..3).map(|i| matrix.times(i, &x)).collect();
            assert!(back.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-10), "{back:?}");
        }
    }

    #[test]
    fn elimination() {
        let mut row = Row::new(vec![(0, 2.0), (1, 1.0)], 3.0);
        row.eliminate(0, &Row::new(vec![(0, 4.0), (2, 1.0), (0, 0.0)], 2.0));
        assert_eq!(row, Row { entries: vec![(1, 1.0), (2, -0.5)], constant: 2.0 });
    }
}
