//! Registration: where the grid of beads lies in a frame. It is found, not given.
//!
//! ```text
//! seed:  a lattice of beads in a small patch (bright spots, steps between neighbours, affine fit)
//! grow:  the lattice followed outward by sparse anchors, the model's degree rising with its reach
//! index: which lattice lines are the panel's rows and columns; anything doubtful is refused with the reason
//! ```
//!
//! The model is a cubic polynomial of row and column for x and y: it holds rotation, scale, perspective of small tilt
//! and lens distortion; [`Grid::refit`] fits it anew to measured beads and adds the jumps at the seams of a stitched
//! frame.

mod error;
mod grow;
mod index;
mod probe;
mod seam;
mod seed;

pub use error::GridError;
pub(crate) use probe::look;
pub use seam::Step;

use crate::frame::{Luminance, Plane, Sample};
use crate::surface::{RowFit, Surface, cubic};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// What the grid should be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GridSpec {
    /// Rows of beads, at least 3.
    pub rows: usize,
    /// Columns of beads, at least 3.
    pub columns: usize,
    /// Nominal distance of beads in px, at least 6.
    pub pitch_px: f64,
    /// Nominal diameter of a bead in px, at least 2 and at most 0.75 pitches.
    pub bead_px: f64,
}

/// Largest rotation that is accepted, in degrees.
pub const ROTATION_MAX_DEG: f64 = 3.0;
/// Largest deviation of the pitch from the nominal that is accepted, relative.
pub const SCALE_MAX: f64 = 0.02;

/// A grid in a frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    x: Surface,
    y: Surface,
    column_steps: Vec<Step>,
    row_steps: Vec<Step>,
}

impl Grid {
    fn new(rows: usize, columns: usize, x: Surface, y: Surface) -> Self {
        Self { rows, columns, x, y, column_steps: Vec::new(), row_steps: Vec::new() }
    }

    /// Finds the grid.
    ///
    /// # Errors
    /// The frame does not hold the grid; the error says why.
    pub fn register<T: Sample>(plane: &Plane<'_, T>, spec: &GridSpec) -> Result<Self, GridError> {
        Self::register_beside(plane, spec, None)
    }

    /// Finds the grid. Where outermost lines are dark, an unlit frame of the same panel, not moved in between, tells on which
    /// side: there it shows beads.
    ///
    /// # Errors
    /// The frame does not hold the grid; the error says why.
    pub fn register_beside<T: Sample>(
        plane: &Plane<'_, T>,
        spec: &GridSpec,
        unlit: Option<&Luminance<'_>>,
    ) -> Result<Self, GridError> {
        spec.check()?;
        let seed = seed::find(plane, spec)?;
        let lattice = grow::grow(plane, spec, &seed)?;
        index::settle(plane, spec, &lattice, unlit)
    }

    /// The grid of the next frame of the same line, from the grid of the last one: the same as [`Grid::register`], but a
    /// few anchors instead of a search, and it does not need the outermost rows to know which they are.
    ///
    /// # Errors
    /// The grid moved by more than a third of a pitch, or is not there: register anew.
    pub fn track<T: Sample>(&self, plane: &Plane<'_, T>, spec: &GridSpec) -> Result<Self, GridError> {
        spec.check()?;
        grow::track(plane, spec, self)
    }

    /// Centre of a site in px.
    pub fn position(&self, row: usize, column: usize) -> (f64, f64) {
        let (u, v) = self.normal(row as f64, column as f64);
        let (sx, sy) = self.step_at(row, column);
        (self.x.at(u, v) + sx, self.y.at(u, v) + sy)
    }

    /// Centres of a row's sites in px, from left to right.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (f64, f64)> + '_ {
        let v = self.normal(row as f64, 0.0).1;
        let (x, y) = (self.x.along(v), self.y.along(v));
        let scale = 2.0 / (self.columns - 1).max(1) as f64;
        let plain = self.column_steps.is_empty() && self.row_steps.is_empty();
        (0..self.columns).map(move |column| {
            let u = column as f64 * scale - 1.0;
            let (sx, sy) = if plain { (0.0, 0.0) } else { self.step_at(row, column) };
            (cubic(&x, u) + sx, cubic(&y, u) + sy)
        })
    }

    /// Distances in the middle of the grid from one column, and from one row, to the next: `[[dx, dy], [dx, dy]]` in px.
    pub fn steps(&self) -> [[f64; 2]; 2] {
        let (xu, xv) = self.x.slope(0.0, 0.0);
        let (yu, yv) = self.y.slope(0.0, 0.0);
        let (cu, cv) = (2.0 / (self.columns - 1) as f64, 2.0 / (self.rows - 1) as f64);
        [[xu * cu, yu * cu], [xv * cv, yv * cv]]
    }

    /// Mean pitch in the middle of the grid in px.
    pub fn pitch_px(&self) -> f64 {
        let [a, b] = self.steps();
        (a[0].hypot(a[1]) + b[0].hypot(b[1])) / 2.0
    }

    /// Rotation in degrees, clockwise on the screen: the mean of the directions of rows and columns.
    pub fn rotation_deg(&self) -> f64 {
        let [a, b] = self.steps();
        ((a[1].atan2(a[0]) + (-b[0]).atan2(b[1])) / 2.0).to_degrees()
    }

    /// Jumps between columns, of a frame stitched side by side.
    pub fn column_seams(&self) -> &[Step] {
        &self.column_steps
    }

    /// Jumps between rows, of a frame stitched one below the other.
    pub fn row_seams(&self) -> &[Step] {
        &self.row_steps
    }

    /// Row and column mapped to -1..=1: (u of the column, v of the row).
    pub(crate) fn normal(&self, row: f64, column: f64) -> (f64, f64) {
        normal(self.rows, self.columns, row, column)
    }

    fn step_at(&self, row: usize, column: usize) -> (f64, f64) {
        let across = self.column_steps.iter().filter(|s| s.line <= column);
        let down = self.row_steps.iter().filter(|s| s.line <= row);
        across.chain(down).fold((0.0, 0.0), |(x, y), s| (x + s.dx_px, y + s.dy_px))
    }

    /// The grid fitted anew to measured centres, one for each site row by row, where it is good. Two rounds of robust
    /// weights; seams are looked for first.
    ///
    /// # Panics
    /// If there is not one entry for each site.
    pub fn refit(&self, centres: &[Option<(f64, f64)>]) -> Self {
        assert_eq!(centres.len(), self.rows * self.columns, "one entry for each site");
        let mut grid = self.clone();
        grid.column_steps = seam::column_steps(centres, self.rows, self.columns);
        grid.row_steps = seam::row_steps(centres, self.rows, self.columns);
        // Steps and polynomial share slopes; alternating between the two settles in a few rounds.
        let plain = grid.column_steps.is_empty() && grid.row_steps.is_empty();
        let rounds = if plain { 2 } else { 12 };
        for _ in 0..rounds {
            let limit = grid.outlier_limit(centres);
            let scale = 2.0 / (self.columns - 1).max(1) as f64;
            let rows_of = |(band, lines): (usize, &[Option<(f64, f64)>])| {
                let mut rows = RowFit::new();
                for (k, line) in lines.chunks_exact(self.columns).enumerate() {
                    let row = band * BAND + k;
                    let v = grid.normal(row as f64, 0.0).1;
                    let points =
                        grid.row(row).zip(line).enumerate().filter_map(|(column, ((px, py), centre))| {
                            let (x, y) = (*centre)?;
                            let (dx, dy) = (x - px, y - py);
                            (dx * dx + dy * dy <= limit * limit).then(|| {
                                let (sx, sy) = if plain { (0.0, 0.0) } else { grid.step_at(row, column) };
                                (column as f64 * scale - 1.0, x - sx, y - sy)
                            })
                        });
                    rows.add_row(v, points);
                }
                rows
            };
            // Added up in the order of the bands: the outcome does not depend on the number of threads.
            let bands: Vec<RowFit> =
                centres.par_chunks(BAND * self.columns).enumerate().map(rows_of).collect();
            let mut rows = RowFit::new();
            bands.iter().for_each(|band| rows.add(band));
            let before = (grid.x, grid.y);
            if let Some((x, y)) = rows.solve(model_degree(self.rows, self.columns)) {
                (grid.x, grid.y) = (x, y);
            }
            seam::update(&mut grid, centres);
            // What hardly moved calls the same centres outliers.
            let still = |(u, v): (f64, f64)| {
                (grid.x.at(u, v) - before.0.at(u, v)).hypot(grid.y.at(u, v) - before.1.at(u, v)) < 0.1 * limit
            };
            if plain
                && [(-1.0, -1.0), (1.0, -1.0), (0.0, 0.0), (-1.0, 1.0), (1.0, 1.0)].into_iter().all(still)
            {
                break;
            }
        }
        grid
    }

    /// Distance from the grid beyond which a centre does not count: six robust standard deviations.
    fn outlier_limit(&self, centres: &[Option<(f64, f64)>]) -> f64 {
        // A thousand beads tell the spread to 2 %.
        let stride = (centres.len() / 1024).max(1);
        let mut off = Vec::with_capacity(centres.len() / stride + self.columns);
        for (row, line) in centres.chunks_exact(self.columns).enumerate().step_by(stride) {
            for ((px, py), centre) in self.row(row).zip(line) {
                if let Some((x, y)) = *centre {
                    off.push(((x - px).powi(2) + (y - py).powi(2)) as f32);
                }
            }
        }
        // The median of a Rayleigh distribution is 1.1774 sigma.
        (6.0 / 1.1774 * f64::from(crate::robust::median(&mut off)).sqrt()).max(0.05)
    }
}

/// Rows that one thread sums at a time.
const BAND: usize = 16;

/// Row and column mapped to -1..=1.
fn normal(rows: usize, columns: usize, row: f64, column: f64) -> (f64, f64) {
    (2.0 * column / (columns - 1).max(1) as f64 - 1.0, 2.0 * row / (rows - 1).max(1) as f64 - 1.0)
}

/// Degree that so many lines can carry: a cubic wants lines to spare, or it follows the noise.
fn model_degree(rows: usize, columns: usize) -> usize {
    match rows.min(columns) {
        0..6 => 1,
        6..10 => 2,
        _ => 3,
    }
}

impl GridSpec {
    fn check(&self) -> Result<(), GridError> {
        let ok = self.rows >= 3
            && self.columns >= 3
            && self.pitch_px >= 6.0
            && self.pitch_px.is_finite()
            && self.bead_px >= 2.0
            && self.bead_px <= 0.75 * self.pitch_px;
        if ok { Ok(()) } else { Err(GridError::Spec) }
    }
}

#[cfg(test)]
mod tests;
