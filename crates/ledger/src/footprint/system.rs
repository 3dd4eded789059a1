//! Product systems: footprints of all products at once.
//!
//! Product `j` takes `a_ij` of product `i` for one unit and emits `e_j` itself. For a demand `d` the outputs `x` obey
//! `x = d + A x` and the footprint is `e·x`; the footprints `f` of one unit of every product obey the adjoint
//! `f = e + Aᵀ f`. Both are solved by accelerated Gauss-Seidel sweeps, which sum the Neumann series as they go. Where credits or
//! large loops keep the sweeps from converging, restarted GMRES takes over, and for small systems elimination. Every
//! answer is checked: its residual is computed anew and told.

use super::krylov::{eliminate, gmres};
use crate::sparse::{Blocks, LANES, Sparse};
use serde::Serialize;

/// A product system.
#[derive(Debug, Clone, Default)]
pub struct System {
    size: usize,
    /// By product: what it takes, without itself.
    inputs: Side,
    /// By product: who takes it, without itself.
    users: Side,
}

/// One of the two ways to look at a system, its products in the order of their numbers of entries: rows of equal length follow
/// each other and are summed four at a time.
#[derive(Debug, Clone, Default)]
struct Side {
    /// Product of each place.
    order: Vec<usize>,
    /// Rows and columns by place.
    rows: Blocks,
    /// `1 - a_jj` by place.
    diagonal: Vec<f64>,
}

/// How an answer was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Method {
    /// Gauss-Seidel, with the number of sweeps.
    GaussSeidel(usize),
    /// Restarted GMRES, with the number of steps.
    Gmres(usize),
    /// Gaussian elimination.
    Elimination,
}

/// A solved system.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Solution {
    /// By product.
    pub values: Vec<f64>,
    /// How it was found.
    pub method: Method,
    /// Largest residual, relative to the largest right side.
    pub residual: f64,
}

/// A system cannot be built or solved.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SystemError {
    /// An entry lies outside, or is no number.
    #[error("投入系数 ({product}, {taken}) = {value} 无效：序号应小于 {size}，值应为有限数")]
    Entry {
        /// The product that takes.
        product: usize,
        /// What it takes.
        taken: usize,
        /// How much.
        value: f64,
        /// Number of products.
        size: usize,
    },
    /// A product takes all of itself.
    #[error("产品 {0} 每生产一单位消耗自身达一单位，系统无解")]
    SelfConsuming(usize),
    /// The right side has another length.
    #[error("向量长度 {found} 与产品数 {size} 不符")]
    Length {
        /// Its length.
        found: usize,
        /// Number of products.
        size: usize,
    },
    /// No method reaches the tolerance.
    #[error("产品系统求解未达到精度：残差 {residual:e}；请检查循环与负投入")]
    NotSolved {
        /// What was reached.
        residual: f64,
    },
}

const SWEEPS_MAX: usize = 500;
/// Sweeps after which a series that does not shrink is given up.
const PATIENCE: usize = 20;
/// Systems up to this size may be eliminated densely.
const ELIMINATION_MAX: usize = 2000;

impl System {
    /// Builds a system of `size` products from entries (product, what it takes, how much for one unit).
    ///
    /// # Errors
    /// An entry outside the system, or a product that takes all of itself.
    pub fn new(size: usize, entries: &[(usize, usize, f64)]) -> Result<Self, SystemError> {
        let mut diagonal = vec![1.0; size];
        for &(product, taken, value) in entries {
            if product >= size || taken >= size || !value.is_finite() {
                return Err(SystemError::Entry { product, taken, value, size });
            }
            if product == taken {
                diagonal[product] -= value;
            }
        }
        if let Some(product) = diagonal.iter().position(|d| d.abs() < 1e-12) {
            return Err(SystemError::SelfConsuming(product));
        }
        let others = entries.iter().copied().filter(|(p, t, _)| p != t);
        let users = Side::new(&diagonal, others.clone().map(|(p, t, v)| (t, p, v)));
        Ok(Self { size, inputs: Side::new(&diagonal, others), users })
    }

    /// Number of products.
    pub fn len(&self) -> usize {
        self.size
    }

    /// True for a system without products.
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// Footprints of one unit of every product, from what each emits itself.
    ///
    /// # Errors
    /// A wrong length, or a tolerance that no method reaches.
    pub fn footprints(&self, direct: &[f64], tolerance: f64) -> Result<Solution, SystemError> {
        self.solve(&self.inputs, direct, tolerance)
    }

    /// Outputs of all products for a demand; the footprint is the product with what each emits itself.
    ///
    /// # Errors
    /// A wrong length, or a tolerance that no method reaches.
    pub fn outputs(&self, demand: &[f64], tolerance: f64) -> Result<Solution, SystemError> {
        self.solve(&self.users, demand, tolerance)
    }

    fn solve(&self, side: &Side, b: &[f64], tolerance: f64) -> Result<Solution, SystemError> {
        if b.len() != self.size {
            return Err(SystemError::Length { found: b.len(), size: self.size });
        }
        let by_place: Vec<f64> = side.order.iter().map(|product| b[*product]).collect();
        let mut solution = side.solve(&by_place, tolerance)?;
        let mut values = vec![0.0; self.size];
        side.order.iter().zip(&solution.values).for_each(|(product, value)| values[*product] = *value);
        solution.values = values;
        Ok(solution)
    }
}

impl Side {
    /// From entries (product, other product, value).
    fn new(diagonal: &[f64], entries: impl Iterator<Item = (usize, usize, f64)> + Clone) -> Self {
        let mut length = vec![0_usize; diagonal.len()];
        entries.clone().for_each(|(product, _, _)| length[product] += 1);
        let mut order: Vec<usize> = (0..diagonal.len()).collect();
        order.sort_by_key(|product| length[*product]);
        let mut place = vec![0; diagonal.len()];
        order.iter().enumerate().for_each(|(at, product)| place[*product] = at);
        let rows = Sparse::new(diagonal.len(), entries.map(|(p, o, v)| (place[p], place[o], v)));
        Self {
            diagonal: order.iter().map(|product| diagonal[*product]).collect(),
            rows: Blocks::new(&rows),
            order,
        }
    }

    /// Solves `diagonal · x - rows · x = b`, all by place.
    fn solve(&self, b: &[f64], tolerance: f64) -> Result<Solution, SystemError> {
        let size = b.len();
        let scale = b.iter().map(|v| v.abs()).fold(0.0, f64::max);
        if scale == 0.0 {
            return Ok(Solution { values: vec![0.0; size], method: Method::GaussSeidel(0), residual: 0.0 });
        }
        let residual_of = |x: &[f64]| self.largest_residual(b, x) / scale;
        if let Some((values, sweeps, residual)) = self.sweeps(b, tolerance * scale) {
            let residual = residual / scale;
            return Ok(Solution { values, method: Method::GaussSeidel(sweeps), residual });
        }
        let zero = vec![0.0; size];
        let apply = |x: &[f64]| -> Vec<f64> { self.residual(&zero, x).into_iter().map(|r| -r).collect() };
        let (values, steps) = gmres(apply, &self.diagonal, b, tolerance * scale);
        let mut best = residual_of(&values);
        if best <= tolerance {
            return Ok(Solution { values, method: Method::Gmres(steps), residual: best });
        }
        if size <= ELIMINATION_MAX {
            let mut matrix = vec![vec![0.0; size]; size];
            for (index, row) in matrix.iter_mut().enumerate() {
                row[index] = self.diagonal[index];
                self.rows.row(index).for_each(|(column, value)| row[column] -= value);
            }
            if let Some(values) = eliminate(matrix, b.to_vec()) {
                let residual = residual_of(&values);
                if residual <= tolerance {
                    return Ok(Solution { values, method: Method::Elimination, residual });
                }
                best = best.min(residual);
            }
        }
        Err(SystemError::NotSolved { residual: best })
    }

    /// `b - (diagonal · x - rows · x)`.
    fn residual(&self, b: &[f64], x: &[f64]) -> Vec<f64> {
        let taken = (0..b.len().div_ceil(LANES)).flat_map(|block| self.rows.times(block, x));
        taken.enumerate().take(b.len()).map(|(i, taken)| b[i] - self.diagonal[i] * x[i] + taken).collect()
    }

    fn largest_residual(&self, b: &[f64], x: &[f64]) -> f64 {
        self.residual(b, x).iter().map(|r| r.abs()).fold(0.0, f64::max)
    }

    /// Gauss-Seidel sweeps until the residual is at most `goal`: values, sweeps, and that residual. The four rows of a block do not see
    /// each other's change. Each answer is joined with the one before so that
    /// their changes cancel as far as they can, which takes out the slowest mode (Anderson's acceleration of depth 1: D. Anderson,
    /// *Iterative procedures for nonlinear integral equations*, 1965).
    fn sweeps(&self, b: &[f64], goal: f64) -> Option<(Vec<f64>, usize, f64)> {
        let size = b.len();
        let inverse: Vec<f64> = self.diagonal.iter().map(|d| 1.0 / d).collect();
        let mut x: Vec<f64> = b.iter().zip(&inverse).map(|(b, d)| b * d).collect();
        // What the last sweep gave before it was joined, and how it changed what it was given.
        let (mut swept, mut changed) = (vec![0.0; size], vec![0.0; size]);
        let (mut smallest, mut since_best, mut before) = (f64::INFINITY, 0, 0.0);
        for sweep in 1..=SWEEPS_MAX {
            let (mut largest, mut along, mut turned): (f64, f64, f64) = (0.0, 0.0, 0.0);
            for first in (0..size).step_by(LANES) {
                let taken = self.rows.times(first / LANES, &x);
                for (i, taken) in (first..size.min(first + LANES)).zip(taken) {
                    let next = (b[i] + taken) * inverse[i];
                    let change = next - x[i];
                    let turn = change - changed[i];
                    along += turn * change;
                    turned += turn * turn;
                    changed[i] = change;
                    largest = largest.max((change * self.diagonal[i]).abs());
                    x[i] = next;
                }
            }
            if !largest.is_finite() {
                return None;
            }
            // What a sweep leaves is about as much smaller than its changes as these are than the changes before.
            if largest * (largest / before).min(1.0) <= goal * 0.5 {
                let residual = self.largest_residual(b, &x);
                if residual <= goal {
                    return Some((x, sweep, residual));
                }
                // What rounding leaves does not get smaller.
                if largest <= goal * 0.5 {
                    return None;
                }
            }
            before = largest;
            if largest < smallest {
                (smallest, since_best) = (largest, 0);
            } else {
                since_best += 1;
                if since_best > PATIENCE {
                    return None;
                }
            }
            let part = if sweep > 1 && turned > 0.0 { along / turned } else { 0.0 };
            for (x, swept) in x.iter_mut().zip(&mut swept) {
                let now = *x;
                *x -= part * (now - *swept);
                *swept = now;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn steel_and_power() {
        // A unit of power takes 0.1 steel and emits 1; a unit of steel takes 0.5 power and emits 2.
        let system = System::new(2, &[(0, 1, 0.1), (1, 0, 0.5)]).unwrap();
        let footprints = system.footprints(&[1.0, 2.0], 1e-14).unwrap();
        // f0 = 1 + .1 f1, f1 = 2 + .5 f0 -> f0 = 1.2 / .95
        assert!((footprints.values[0] - 1.2 / 0.95).abs() < 1e-13);
        assert!(matches!(footprints.method, Method::GaussSeidel(_)));
        let outputs = system.outputs(&[1.0, 0.0], 1e-14).unwrap();
        assert!((outputs.values[0] + 2.0 * outputs.values[1] - footprints.values[0]).abs() < 1e-13);
    }

    #[test]
    fn credits_and_wild_loops_fall_back() {
        // Column sums far above 1 with signs, and many modes: no series converges.
        let of = |i: usize, j: usize| [-2.0, 1.5, 0.5, 3.0, -1.0][(7 * i + 3 * j + i * j) % 5];
        let pairs = (0..9).flat_map(|i| (0..9).map(move |j| (i, j))).filter(|(i, j)| i != j);
        let entries: Vec<(usize, usize, f64)> = pairs.map(|(i, j)| (i, j, of(i, j))).collect();
        let system = System::new(9, &entries).unwrap();
        let solution = system.footprints(&[1.0; 9], 1e-10).unwrap();
        assert!(!matches!(solution.method, Method::GaussSeidel(_)), "{solution:?}");
        assert!(solution.residual <= 1e-10);
        assert_eq!(System::new(1, &[(0, 0, 1.0)]).unwrap_err(), SystemError::SelfConsuming(0));
        assert!(matches!(System::new(1, &[(0, 1, 1.0)]), Err(SystemError::Entry { .. })));
        let singular = System::new(2, &[(0, 1, 1.0), (1, 0, 1.0)]).unwrap();
        assert!(matches!(singular.footprints(&[1.0, 0.0], 1e-12), Err(SystemError::NotSolved { .. })));
        assert!(matches!(singular.footprints(&[1.0], 1e-12), Err(SystemError::Length { found: 1, size: 2 })));
    }

    proptest! {
        #[test]
        fn both_ways_agree(entries in prop::collection::vec((0_usize..12, 0_usize..12, -0.06_f64..0.12), 0..60), product in 0_usize..12) {
            let system = System::new(12, &entries).unwrap();
            let direct: Vec<f64> = (0..12).map(f64::from).collect();
            let footprints = system.footprints(&direct, 1e-11).unwrap();
            let mut demand = vec![0.0; 12];
            demand[product] = 1.0;
            let outputs = system.outputs(&demand, 1e-12).unwrap();
            let footprint: f64 = outputs.values.iter().zip(&direct).map(|(x, e)| x * e).sum();
            prop_assert!((footprint - footprints.values[product]).abs() < 1e-7 * footprint.abs().max(1.0));
        }
    }
}
