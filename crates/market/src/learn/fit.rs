//! The fit: damped Gauss-Newton on the regularised log loss.

use super::{Example, PRIOR, SHARES, knobs, of, values, with_knobs};
use crate::weights::Weights;

/// Unknowns: ten knobs, then the logarithm of the slope, then the intercept.
const N: usize = 12;
const SLOPE: usize = 10;
const INTERCEPT: usize = 11;
/// Where slope and intercept start and what they are drawn to: a score of 0.5 is an even chance.
const START: (f64, f64) = (8.0, -4.0);
/// Standard deviations of the slope's logarithm and of the intercept: next to free.
const FREE: (f64, f64) = (1.0, 10.0);
/// Step of the central differences: the score is smooth of order 1, so both errors stay below 1e-9.
const STEP: f64 = 1e-5;
const STEPS_MAX: usize = 200;
/// Steps smaller than this end the fit: weights are kept to four decimals.
const SMALL: f64 = 1e-7;

/// A model: weights, and how a score under them becomes a probability.
pub struct Model {
    pub weights: Weights,
    slope: f64,
    intercept: f64,
}

impl Model {
    /// Log loss of an example, not weighted.
    pub fn loss(&self, example: &Example) -> f64 {
        let z = self.slope * example.grounds.exact_score(&self.weights) + self.intercept;
        softplus(if example.good { -z } else { z })
    }
}

/// `ln(1 + e^z)` without overflow.
fn softplus(z: f64) -> f64 {
    z.max(0.0) + (-z.abs()).exp().ln_1p()
}

fn logistic(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// The shipped weights moved by the first ten unknowns.
fn moved(shipped: &Weights, x: &[f64; N]) -> Weights {
    let mut weights = shipped.clone();
    for (place, (value, was)) in of(&mut weights).into_iter().zip(values(shipped)).enumerate() {
        *value =
            if place < SHARES { was * x[place].exp() } else { logistic((was / (1.0 - was)).ln() + x[place]) };
    }
    weights
}

/// Standard deviation of an unknown, and what it is drawn to.
fn prior(place: usize) -> (f64, f64) {
    match place {
        SLOPE => (FREE.0, START.0.ln()),
        INTERCEPT => (FREE.1, START.1),
        _ => (PRIOR, 0.0),
    }
}

fn objective(examples: &[&Example], shipped: &Weights, x: &[f64; N]) -> f64 {
    let model = Model { weights: moved(shipped, x), slope: x[SLOPE].exp(), intercept: x[INTERCEPT] };
    let loss: f64 = examples.iter().map(|e| e.weight * model.loss(e)).sum();
    let drawn = x.iter().enumerate().map(|(place, x)| {
        let (deviation, mean) = prior(place);
        ((x - mean) / deviation).powi(2) / 2.0
    });
    loss + drawn.sum::<f64>()
}

/// Fits a model; with `learning` false the weights stay as shipped, and only slope and intercept are fitted.
pub fn fit(examples: &[&Example], shipped: &Weights, learning: bool) -> Model {
    let free = if learning { 0 } else { SLOPE };
    let mut x = [0.0; N];
    (x[SLOPE], x[INTERCEPT]) = (START.0.ln(), START.1);
    let (mut best, mut damping) = (objective(examples, shipped, &x), 1e-3);
    let mut here = slopes(examples, shipped, &x, free);
    for _ in 0..STEPS_MAX {
        let (gradient, mut hessian) = here;
        for (place, row) in hessian.iter_mut().enumerate() {
            row[place] *= 1.0 + damping;
        }
        let step = solve(hessian, gradient, free);
        let mut next = x;
        for place in free..N {
            next[place] -= step[place];
        }
        let found = objective(examples, shipped, &next);
        if found <= best {
            (x, best, damping) = (next, found, damping / 10.0);
            if step[free..].iter().all(|s| s.abs() < SMALL) {
                break;
            }
            here = slopes(examples, shipped, &x, free);
        } else {
            damping *= 10.0;
            if damping > 1e12 {
                break;
            }
        }
    }
    let weights = moved(shipped, &x);
    // Judged as it will be used: with the decimals that are kept.
    let weights = if learning { with_knobs(&weights, &knobs(&weights)) } else { weights };
    Model { weights, slope: x[SLOPE].exp(), intercept: x[INTERCEPT] }
}

/// Gradient of the objective, and the Gauss-Newton part of its second derivatives with the prior's.
fn slopes(examples: &[&Example], shipped: &Weights, x: &[f64; N], free: usize) -> ([f64; N], [[f64; N]; N]) {
    let (weights, slope) = (moved(shipped, x), x[SLOPE].exp());
    let beside: Vec<(Weights, Weights)> = (free..SLOPE)
        .map(|place| {
            let at = |by: f64| {
                let mut x = *x;
                x[place] += by;
                moved(shipped, &x)
            };
            (at(STEP), at(-STEP))
        })
        .collect();
    let (mut gradient, mut hessian) = ([0.0; N], [[0.0; N]; N]);
    for example in examples {
        let score = example.grounds.exact_score(&weights);
        let p = logistic(slope * score + x[INTERCEPT]);
        let off = example.weight * (p - f64::from(u8::from(example.good)));
        let curve = example.weight * p * (1.0 - p);
        let mut row = [0.0; N];
        for (place, (up, down)) in (free..SLOPE).zip(&beside) {
            let by = example.grounds.exact_score(up) - example.grounds.exact_score(down);
            row[place] = slope * by / (2.0 * STEP);
        }
        (row[SLOPE], row[INTERCEPT]) = (slope * score, 1.0);
        for i in free..N {
            gradient[i] += off * row[i];
            for j in free..N {
                hessian[i][j] += curve * row[i] * row[j];
            }
        }
    }
    for place in free..N {
        let (deviation, mean) = prior(place);
        gradient[place] += (x[place] - mean) / (deviation * deviation);
        hessian[place][place] += 1.0 / (deviation * deviation);
    }
    (gradient, hessian)
}

/// Solves `matrix x = right` from row `first` on, by Cholesky's decomposition: the matrix is positive definite.
fn solve(mut matrix: [[f64; N]; N], right: [f64; N], first: usize) -> [f64; N] {
    for j in first..N {
        let below: f64 = (first..j).map(|k| matrix[j][k] * matrix[j][k]).sum();
        matrix[j][j] = (matrix[j][j] - below).max(f64::MIN_POSITIVE).sqrt();
        for i in j + 1..N {
            let known: f64 = (first..j).map(|k| matrix[i][k] * matrix[j][k]).sum();
            matrix[i][j] = (matrix[i][j] - known) / matrix[j][j];
        }
    }
    let mut x = right;
    for i in first..N {
        let known: f64 = (first..i).map(|k| matrix[i][k] * x[k]).sum();
        x[i] = (x[i] - known) / matrix[i][i];
    }
    for i in (first..N).rev() {
        let known: f64 = (i + 1..N).map(|k| matrix[k][i] * x[k]).sum();
        x[i] = (x[i] - known) / matrix[i][i];
    }
    x
}
