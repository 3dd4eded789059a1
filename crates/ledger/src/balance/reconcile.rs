//! Data reconciliation: measured flows made to obey the balance equations with the least change in units of their
//! standard deviations.
//!
//! `min (y - y0)ᵀ S⁻¹ (y - y0)` subject to `g(y, u) = 0`: equations are linearised, unknown variables `u` eliminated, and
//! the reduced constraints `A (y - y_k) + c = 0` give `y = y0 - S Aᵀ (A S Aᵀ)⁻¹ (A (y0 - y_k) + c)`, until nothing changes.
//! Covariance: `S - S Aᵀ (A S Aᵀ)⁻¹ A S`. Source: O. Cencic, *Nonlinear data reconciliation in material flow analysis with
//! software STAN*, Sustainable Environment Research 26 (2016).
//!
//! Gross errors: a measurement's change divided by the standard deviation of that change is standard normal when the
//! measurement is sound; the largest one beyond the critical value (Šidák for the number of tests) is suspect, and with it all
//! that are equal to it: measurements of one equation cannot be told apart.

mod read;

use super::expression::{Equation, EquationError};
use super::linear::{Cholesky, Row, conjugate_gradients, gather, normal};
use super::statistics::{chi_square_tail, normal_critical};
use crate::sparse::Sparse;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What is known of a variable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Knowledge {
    /// Measured: value and standard deviation above 0.
    Measured {
        /// The reading.
        value: f64,
        /// Its standard deviation.
        sd: f64,
    },
    /// Fixed.
    Constant(f64),
    /// To be computed.
    Unknown,
}

/// A variable: a flow, a transfer coefficient, a stock change.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Name in the equations.
    pub name: String,
    /// What is known of it.
    pub knowledge: Knowledge,
}

/// Variables and equations.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Problem {
    /// Variables.
    pub variables: Vec<Variable>,
    /// Equations over them.
    pub equations: Vec<Equation>,
    /// The equations as they were written, for messages.
    pub texts: Vec<String>,
}

/// A problem cannot be read or solved.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ReconcileError {
    /// The file is no JSON, or a value is not what it should be.
    #[error("{place}：{what}")]
    Format {
        /// JSON pointer.
        place: String,
        /// What is wrong and what is expected.
        what: String,
    },
    /// An equation cannot be read.
    #[error(transparent)]
    Equation(#[from] EquationError),
    /// An equation contradicts the constants.
    #[error("方程“{equation}”与给定常数矛盾：差额 {residual}")]
    Contradiction {
        /// The equation.
        equation: String,
        /// By how much it fails.
        residual: f64,
    },
    /// The iteration does not settle.
    #[error("调和计算在 {0} 次迭代后仍未收敛：请检查方程与初值")]
    NotConverged(usize),
}

/// How far the equations determine a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Fixed.
    Constant,
    /// Measured, and checked by the equations.
    Redundant,
    /// Measured, but nothing checks it.
    NonRedundant,
    /// Not measured, but the equations give it.
    Observable,
    /// Not measured, and nothing gives it.
    Unobservable,
}

/// A variable's answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReconciledValue {
    /// Its name.
    pub name: String,
    /// Its value; `None` where nothing gives it.
    pub value: Option<f64>,
    /// Its standard deviation; `None` where nothing gives it, or where the problem is too large for it.
    pub sd: Option<f64>,
    /// How far it is determined.
    pub class: Class,
    /// Its change in standard deviations of the change; only where the equations check it.
    pub normalised_residual: Option<f64>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reconciled {
    /// Variables, in the problem's order.
    pub values: Vec<ReconciledValue>,
    /// Sum of squared changes in units of the standard deviations.
    pub chi_square: f64,
    /// Independent checks.
    pub freedom: usize,
    /// Probability of so large a sum with sound measurements: the global test.
    pub p_value: f64,
    /// Linearisations.
    pub iterations: usize,
}

/// A measurement that does not fit the others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GrossError {
    /// Name of the variable.
    pub name: String,
    /// The reading.
    pub measured: f64,
    /// Its normalised residual.
    pub normalised_residual: f64,
    /// The critical value that it exceeds.
    pub critical: f64,
    /// What the other measurements say.
    pub estimate: Option<f64>,
    /// Measurements that may be the wrong one just as well: all measurements that stand in one equation alone have the same residual, so
    /// one of these is wrong, and nothing here tells which.
    pub alternatives: Vec<Suspect>,
}

/// A measurement that may be wrong in place of another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suspect {
    /// Name of the variable.
    pub name: String,
    /// The reading.
    pub measured: f64,
    /// What it would be, were it the wrong one.
    pub estimate: Option<f64>,
}

/// Residuals that differ by less than this part of them are equal.
const EQUAL: f64 = 1e-6;

/// Problems with more measured variables get no standard deviations (a dense covariance would be needed).
const COVARIANCE_MAX: usize = 600;
const ITERATIONS_MAX: usize = 200;
/// Relative change below which an iteration has settled.
const SETTLED: f64 = 1e-13;
/// Relative residual of the conjugate gradients.
const GRADIENT_TOLERANCE: f64 = 1e-13;
/// A row without variables may differ from 0 by this part of the largest value.
const CONTRADICTION: f64 = 1e-9;

impl Problem {
    /// Reconciles.
    ///
    /// # Errors
    /// Contradicting constants, or no convergence.
    pub fn solve(&self) -> Result<Reconciled, ReconcileError> {
        Solver::new(self).run()
    }

    /// Finds gross errors one after another: the worst suspect is taken for unknown and the rest reconciled again.
    /// `level` is the probability of suspecting anything where all is sound, such as 0.05.
    ///
    /// # Errors
    /// As [`Self::solve`].
    pub fn gross_errors(&self, level: f64) -> Result<Vec<GrossError>, ReconcileError> {
        let mut rest = self.clone();
        let mut found: Vec<(Vec<usize>, GrossError)> = Vec::new();
        loop {
            let answer = rest.solve()?;
            let residuals: Vec<(usize, f64)> = answer
                .values
                .iter()
                .enumerate()
                .filter_map(|(i, v)| Some((i, v.normalised_residual?)))
                .collect();
            #[expect(clippy::cast_precision_loss, reason = "tests are far fewer than 2^52")]
            let critical = normal_critical(1.0 - (1.0 - level).powf(1.0 / residuals.len().max(1) as f64));
            let normalised_residual = residuals.iter().map(|(_, z)| *z).fold(0.0, f64::max);
            if normalised_residual <= critical {
                for (suspects, error) in &mut found {
                    error.estimate = answer.values[suspects[0]].value;
                    error.alternatives = self.alternatives(&rest, suspects)?;
                }
                return Ok(found.into_iter().map(|(_, error)| error).collect());
            }
            let equal = residuals.iter().filter(|(_, z)| *z >= (1.0 - EQUAL) * normalised_residual);
            let suspects: Vec<usize> = equal.map(|(index, _)| *index).collect();
            let variable = &mut rest.variables[suspects[0]];
            let name = variable.name.clone();
            let measured = variable.knowledge.reading();
            variable.knowledge = Knowledge::Unknown;
            let (estimate, alternatives) = (None, Vec::new());
            found.push((
                suspects,
                GrossError { name, measured, normalised_residual, critical, estimate, alternatives },
            ));
        }
    }

    /// What each of some equal suspects but the first would be, were it the wrong one. `rest` has the wrong ones for unknown.
    fn alternatives(&self, rest: &Self, suspects: &[usize]) -> Result<Vec<Suspect>, ReconcileError> {
        let mut out = Vec::new();
        for index in &suspects[1..] {
            let mut other = rest.clone();
            other.variables[suspects[0]].knowledge = self.variables[suspects[0]].knowledge;
            other.variables[*index].knowledge = Knowledge::Unknown;
            let Variable { name, knowledge } = &self.variables[*index];
            let estimate = other.solve()?.values[*index].value;
            out.push(Suspect { name: name.clone(), measured: knowledge.reading(), estimate });
        }
        Ok(out)
    }
}

impl Knowledge {
    /// The value that is given; 0 where none is.
    fn reading(&self) -> f64 {
        match self {
            Self::Measured { value, .. } | Self::Constant(value) => *value,
            Self::Unknown => 0.0,
        }
    }
}

/// One linearisation: reduced rows over measured variables, and a pivot row for each unknown that has one.
struct Reduced {
    rows: Sparse,
    /// By row.
    constants: Vec<f64>,
    pivots: Vec<(usize, Row)>,
}

struct Solver<'p> {
    problem: &'p Problem,
    measured: Vec<f64>,
    variance: Vec<f64>,
    /// Variables that are not to be changed, and those to be computed, by variable: equations ask often.
    is_constant: Vec<bool>,
    is_unknown: Vec<bool>,
    scale: f64,
}

impl<'p> Solver<'p> {
    fn new(problem: &'p Problem) -> Self {
        let known = |v: &Variable| match v.knowledge {
            Knowledge::Measured { value, .. } | Knowledge::Constant(value) => Some(value),
            Knowledge::Unknown => None,
        };
        let values: Vec<f64> = problem.variables.iter().filter_map(known).collect();
        let scale = values.iter().map(|v| v.abs()).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
        #[expect(clippy::cast_precision_loss, reason = "variables are far fewer than 2^52")]
        let mean = values.iter().map(|v| v.abs()).sum::<f64>() / values.len().max(1) as f64;
        let variance = problem.variables.iter().map(|v| match v.knowledge {
            Knowledge::Measured { sd, .. } => sd * sd,
            _ => 0.0,
        });
        Self {
            problem,
            // Products of unknowns need a start off zero.
            measured: problem.variables.iter().map(|v| known(v).unwrap_or(mean)).collect(),
            variance: variance.collect(),
            is_constant: problem
                .variables
                .iter()
                .map(|v| matches!(v.knowledge, Knowledge::Constant(_)))
                .collect(),
            is_unknown: problem.variables.iter().map(|v| v.knowledge == Knowledge::Unknown).collect(),
            scale,
        }
    }

    fn run(&self) -> Result<Reconciled, ReconcileError> {
        let is_linear = self.problem.equations.iter().all(Equation::is_linear);
        let mut x = self.measured.clone();
        for iteration in 1..=ITERATIONS_MAX {
            let reduced = self.reduce(&x)?;
            let next = self.step(&x, &reduced).ok_or(ReconcileError::NotConverged(iteration))?;
            let change =
                x.iter().zip(&next).map(|(a, b)| (a - b).abs() / a.abs().max(b.abs()).max(self.scale * 1e-6));
            let change = change.fold(0.0, f64::max);
            x = next;
            if !change.is_finite() {
                return Err(ReconcileError::NotConverged(iteration));
            }
            if is_linear || change <= SETTLED || (iteration > 20 && change <= 100.0 * SETTLED) {
                // The covariance belongs to the linearisation at the answer.
                let at_answer = if is_linear { reduced } else { self.reduce(&x)? };
                return Ok(self.answer(&x, &at_answer, iteration));
            }
        }
        Err(ReconcileError::NotConverged(ITERATIONS_MAX))
    }

    /// Linearises at `x` and eliminates the unknown variables.
    fn reduce(&self, x: &[f64]) -> Result<Reduced, ReconcileError> {
        let mut reduced = Reduced { rows: Sparse::empty(), constants: Vec::new(), pivots: Vec::new() };
        // Rows with unknown variables, by their equation; the others need no memory of their own.
        let mut open: BTreeMap<usize, Row> = BTreeMap::new();
        let mut entries = Vec::new();
        for (index, equation) in self.problem.equations.iter().enumerate() {
            entries.clear();
            let constant = equation.linearise(x, &mut entries);
            entries.retain(|(variable, _)| !self.is_constant[*variable]);
            gather(&mut entries);
            if entries.iter().any(|(variable, _)| self.is_unknown[*variable]) {
                open.insert(index, Row { entries: entries.clone(), constant });
            } else {
                self.keep(&mut reduced, index, &entries, constant)?;
            }
        }
        reduced.pivots = self.eliminate(&mut open);
        for (index, row) in &open {
            self.keep(&mut reduced, *index, &row.entries, row.constant)?;
        }
        Ok(reduced)
    }

    /// Takes a row over; one without variables says nothing, or is contradicted by the constants.
    fn keep(
        &self,
        reduced: &mut Reduced,
        equation: usize,
        entries: &[(usize, f64)],
        constant: f64,
    ) -> Result<(), ReconcileError> {
        if !entries.is_empty() {
            entries.iter().for_each(|(column, value)| reduced.rows.put(*column, *value));
            reduced.rows.end_row();
            reduced.constants.push(constant);
        } else if constant.abs() > CONTRADICTION * self.scale {
            let text = self.problem.texts.get(equation).cloned();
            let equation = text.unwrap_or_else(|| format!("#{}", equation + 1));
            return Err(ReconcileError::Contradiction { equation, residual: constant });
        }
        Ok(())
    }

    /// Eliminates the unknown variables from rows by equation, and takes out the row of each that has one.
    fn eliminate(&self, rows: &mut BTreeMap<usize, Row>) -> Vec<(usize, Row)> {
        let unknown: Vec<usize> =
            (0..self.is_unknown.len()).filter(|variable| self.is_unknown[*variable]).collect();
        let mut rows_of: HashMap<usize, BTreeSet<usize>> =
            unknown.iter().map(|u| (*u, BTreeSet::new())).collect();
        for (index, row) in &*rows {
            for (column, _) in &row.entries {
                rows_of.entry(*column).and_modify(|set| _ = set.insert(*index));
            }
        }
        let mut pivots = Vec::new();
        for unknown in &unknown {
            let candidates = rows_of[unknown].iter().filter_map(|i| Some((*i, rows.get(i)?)));
            // A large coefficient in a short row; the row's number decides between equals, so that runs agree.
            let rank = |row: &Row| {
                (
                    row.coefficient(*unknown).abs()
                        / row.entries.iter().map(|e| e.1.abs()).fold(0.0, f64::max),
                    row.entries.len(),
                )
            };
            let best = candidates.filter(|(_, row)| rank(row).0 > 1e-9).min_by(|(i, a), (j, b)| {
                let ((size_a, length_a), (size_b, length_b)) = (rank(a), rank(b));
                (size_a < 0.1).cmp(&(size_b < 0.1)).then(length_a.cmp(&length_b)).then(i.cmp(j))
            });
            let Some((index, _)) = best else { continue };
            let Some(pivot) = rows.remove(&index) else { continue };
            for other in std::mem::take(rows_of.entry(*unknown).or_default()) {
                if let Some(row) = rows.get_mut(&other).filter(|r| r.coefficient(*unknown) != 0.0) {
                    row.eliminate(*unknown, &pivot);
                    for (column, _) in &row.entries {
                        rows_of.entry(*column).and_modify(|set| _ = set.insert(other));
                    }
                }
            }
            pivots.push((*unknown, pivot));
        }
        pivots
    }

    fn is_small(&self) -> bool {
        self.variance.iter().filter(|v| **v > 0.0).count() <= COVARIANCE_MAX
    }

    /// The next values, from a linearisation at `x`.
    fn step(&self, x: &[f64], reduced: &Reduced) -> Option<Vec<f64>> {
        let rows = &reduced.rows;
        let change: Vec<f64> = self.measured.iter().zip(x).map(|(measured, x)| measured - x).collect();
        let b =
            reduced.constants.iter().enumerate().map(|(row, constant)| constant + rows.times(row, &change));
        let b: Vec<f64> = b.collect();
        let normal = normal(rows, &self.variance);
        let multipliers = if self.is_small() {
            Cholesky::new(dense(&normal, rows.len())).solve(&b)
        } else {
            conjugate_gradients(&normal, &b, GRADIENT_TOLERANCE)?
        };
        let mut next = x.to_vec();
        for (index, variance) in self.variance.iter().enumerate() {
            if *variance > 0.0 {
                next[index] = self.measured[index];
            }
        }
        for (row, multiplier) in multipliers.into_iter().enumerate() {
            for (column, value) in rows.row(row) {
                next[column] -= self.variance[column] * value * multiplier;
            }
        }
        for (unknown, pivot) in reduced.pivots.iter().rev() {
            let own = pivot.coefficient(*unknown);
            let others =
                pivot.entries.iter().filter(|(c, _)| c != unknown).map(|(c, v)| v * (next[*c] - x[*c]));
            next[*unknown] = x[*unknown] - (pivot.constant + others.sum::<f64>()) / own;
        }
        Some(next)
    }

    fn answer(&self, x: &[f64], reduced: &Reduced, iterations: usize) -> Reconciled {
        let count = x.len();
        let mut is_checked = vec![false; count];
        reduced.rows.columns().for_each(|column| is_checked[column] = true);
        let mut is_given: Vec<bool> = self.is_unknown.iter().map(|is_unknown| !is_unknown).collect();
        for (unknown, pivot) in reduced.pivots.iter().rev() {
            is_given[*unknown] = pivot.entries.iter().all(|(c, _)| c == unknown || is_given[*c]);
        }
        let (freedom, sds, residual_sds) = if self.is_small() {
            self.deviations(reduced)
        } else {
            (reduced.rows.len(), vec![None; count], vec![None; count])
        };
        let class = |index: usize| match self.problem.variables[index].knowledge {
            Knowledge::Constant(_) => Class::Constant,
            Knowledge::Measured { .. } if is_checked[index] => Class::Redundant,
            Knowledge::Measured { .. } => Class::NonRedundant,
            Knowledge::Unknown if is_given[index] => Class::Observable,
            Knowledge::Unknown => Class::Unobservable,
        };
        let mut chi_square = 0.0;
        let mut values = Vec::with_capacity(count);
        for (index, variable) in self.problem.variables.iter().enumerate() {
            let class = class(index);
            let change = (x[index] - self.measured[index]).abs();
            if self.variance[index] > 0.0 {
                chi_square += change * change / self.variance[index];
            }
            let normalised_residual =
                residual_sds[index].filter(|_| class == Class::Redundant).map(|sd| change / sd);
            let is_given = class != Class::Unobservable;
            values.push(ReconciledValue {
                name: variable.name.clone(),
                value: is_given.then_some(x[index]),
                sd: sds[index].filter(|_| is_given),
                class,
                normalised_residual,
            });
        }
        Reconciled { values, chi_square, freedom, p_value: chi_square_tail(chi_square, freedom), iterations }
    }

    /// Independent checks, standard deviations of all variables, and of the changes of the measured ones.
    fn deviations(&self, reduced: &Reduced) -> (usize, Vec<Option<f64>>, Vec<Option<f64>>) {
        let rows = &reduced.rows;
        let count = self.variance.len();
        let cholesky = Cholesky::new(dense(&normal(rows, &self.variance), rows.len()));
        let columns: Vec<usize> = (0..count).filter(|i| self.variance[*i] > 0.0).collect();
        // `gain[i] = (A S Aᵀ)⁻¹ A S e_i`; the covariance of i and j is `S_ij - (A S e_i)ᵀ gain[j]`.
        let by_variable = rows.transposed(count);
        let check = |column: &usize| {
            let mut check = vec![0.0; rows.len()];
            by_variable.row(*column).for_each(|(row, value)| check[row] = value * self.variance[*column]);
            check
        };
        let checks: Vec<Vec<f64>> = columns.iter().map(check).collect();
        let gain: Vec<Vec<f64>> = checks.iter().map(|check| cholesky.solve(check)).collect();
        let removed =
            |i: usize, j: usize| -> f64 { checks[i].iter().zip(&gain[j]).map(|(a, b)| a * b).sum() };
        let (mut sds, mut residual_sds) = (vec![Some(0.0); count], vec![None; count]);
        for (at, column) in columns.iter().enumerate() {
            let (variance, gone) = (self.variance[*column], removed(at, at));
            sds[*column] = Some((variance - gone).max(0.0).sqrt());
            residual_sds[*column] = (gone > 1e-12 * variance).then(|| gone.sqrt());
        }
        // Unknowns as linear forms of the measured variables.
        let mut forms: HashMap<usize, Vec<f64>> = HashMap::new();
        let place: HashMap<usize, usize> =
            columns.iter().enumerate().map(|(at, column)| (*column, at)).collect();
        for (unknown, pivot) in reduced.pivots.iter().rev() {
            let own = pivot.coefficient(*unknown);
            let mut form = vec![0.0; columns.len()];
            for (column, value) in pivot.entries.iter().filter(|(c, _)| c != unknown) {
                if let Some(at) = place.get(column) {
                    form[*at] -= value / own;
                } else if let Some(other) = forms.get(column) {
                    form.iter_mut().zip(other).for_each(|(f, o)| *f -= value / own * o);
                }
            }
            let used: Vec<usize> = (0..form.len()).filter(|i| form[*i] != 0.0).collect();
            let mut variance = 0.0;
            for i in &used {
                for j in &used {
                    let diagonal = if i == j { self.variance[columns[*i]] } else { 0.0 };
                    variance += form[*i] * form[*j] * (diagonal - removed(*i, *j));
                }
            }
            sds[*unknown] = Some(variance.max(0.0).sqrt());
            forms.insert(*unknown, form);
        }
        (cholesky.rank, sds, residual_sds)
    }
}

fn dense(matrix: &Sparse, size: usize) -> Vec<Vec<f64>> {
    let mut out = vec![vec![0.0; size]; size];
    for (index, row) in out.iter_mut().enumerate() {
        matrix.row(index).for_each(|(column, value)| row[column] = value);
    }
    out
}

#[cfg(test)]
mod tests;
