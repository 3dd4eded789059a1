//! Jumps at the seams of a stitched frame.

use super::Grid;
use crate::robust;
use serde::{Deserialize, Serialize};

/// A jump of the grid between two lines.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// First column (or row) behind the seam.
    pub line: usize,
    /// Jump to the right in px.
    pub dx_px: f64,
    /// Jump downward in px.
    pub dy_px: f64,
}

/// Lines that must be there before seams are looked for: fewer give no measure of what is usual.
const LINES_MIN: usize = 12;
/// Smallest jump that counts, in px.
const STEP_MIN: f64 = 0.1;
/// Jump over its robust standard deviation that counts.
const SIGMAS: f64 = 7.0;
/// About as many pairs of beads as a line's distance is taken from.
const PAIRS_MAX: usize = 24;
/// Lines on each side that a jump is compared with, and measured over.
const SIDE: usize = 6;

type Centres<'a> = &'a [Option<(f64, f64)>];

/// Jumps between columns.
pub(super) fn column_steps(centres: Centres<'_>, rows: usize, columns: usize) -> Vec<Step> {
    steps(columns, rows, |line, k| centres[k * columns + line])
}

/// Jumps between rows.
pub(super) fn row_steps(centres: Centres<'_>, rows: usize, columns: usize) -> Vec<Step> {
    steps(rows, columns, |line, k| centres[line * columns + k])
}

/// The median distance of each line from the one before it, compared with the median of those distances near by.
fn steps(lines: usize, across: usize, centre: impl Fn(usize, usize) -> Option<(f64, f64)>) -> Vec<Step> {
    if lines < LINES_MIN || across < LINES_MIN {
        return Vec::new();
    }
    let stride = (across / PAIRS_MAX).max(1);
    let (mut xs, mut ys) = (Vec::with_capacity(lines), Vec::with_capacity(lines));
    for line in 1..lines {
        let pairs =
            (0..across).step_by(stride).filter_map(|k| Some((centre(line - 1, k)?, centre(line, k)?)));
        let (mut dx, mut dy): (Vec<f32>, Vec<f32>) =
            pairs.map(|(a, b)| ((b.0 - a.0) as f32, (b.1 - a.1) as f32)).unzip();
        if dx.len() * 4 < across / stride {
            return Vec::new();
        }
        xs.push(robust::median(&mut dx));
        ys.push(robust::median(&mut dy));
    }
    let (x_off, x_sigma) = unusual(&xs);
    let (y_off, y_sigma) = unusual(&ys);
    let beyond = |off: f64, sigma: f64| off.abs() > (SIGMAS * sigma).max(STEP_MIN);
    (0..lines - 1)
        .filter(|&k| beyond(x_off[k], x_sigma) || beyond(y_off[k], y_sigma))
        .map(|k| Step { line: k + 1, dx_px: x_off[k], dy_px: y_off[k] })
        .collect()
}

/// Each value less the median of its neighbours, and the robust standard deviation of that.
fn unusual(values: &[f32]) -> (Vec<f64>, f64) {
    let off: Vec<f64> = (0..values.len())
        .map(|k| {
            let mut near = values[k.saturating_sub(SIDE)..(k + SIDE + 1).min(values.len())].to_vec();
            f64::from(values[k] - robust::median(&mut near))
        })
        .collect();
    let (_, sigma) = robust::median_sigma(&mut off.iter().map(|&v| v as f32).collect::<Vec<_>>());
    (off, f64::from(sigma))
}

/// Measures the jumps again beside the grid's present polynomial: the difference of the median residuals on both sides.
pub(super) fn update(grid: &mut Grid, centres: Centres<'_>) {
    let (rows, columns) = (grid.rows, grid.columns);
    let residual = |grid: &Grid, row: usize, column: usize| {
        let (x, y) = centres[row * columns + column]?;
        let (px, py) = grid.position(row, column);
        Some(((x - px) as f32, (y - py) as f32))
    };
    for k in 0..grid.column_steps.len() {
        let (line, bounds) = bounds(&grid.column_steps, k, columns);
        let side = |range: std::ops::Range<usize>| {
            middle(
                (0..rows)
                    .flat_map(|r| range.clone().map(move |c| (r, c)))
                    .filter_map(|(r, c)| residual(grid, r, c)),
            )
        };
        let (before, behind) = (side(bounds.0..line), side(line..bounds.1));
        grid.column_steps[k].dx_px += behind.0 - before.0;
        grid.column_steps[k].dy_px += behind.1 - before.1;
    }
    for k in 0..grid.row_steps.len() {
        let (line, bounds) = bounds(&grid.row_steps, k, rows);
        let side = |range: std::ops::Range<usize>| {
            middle(
                (0..columns)
                    .flat_map(|c| range.clone().map(move |r| (r, c)))
                    .filter_map(|(r, c)| residual(grid, r, c)),
            )
        };
        let (before, behind) = (side(bounds.0..line), side(line..bounds.1));
        grid.row_steps[k].dx_px += behind.0 - before.0;
        grid.row_steps[k].dy_px += behind.1 - before.1;
    }
}

/// A seam's line, and the lines around it up to the next seams.
fn bounds(steps: &[Step], k: usize, lines: usize) -> (usize, (usize, usize)) {
    let line = steps[k].line;
    let low = if k == 0 { 0 } else { steps[k - 1].line };
    let high = steps.get(k + 1).map_or(lines, |s| s.line);
    (line, (low.max(line.saturating_sub(SIDE)), high.min(line + SIDE)))
}

fn middle(residuals: impl Iterator<Item = (f32, f32)>) -> (f64, f64) {
    let (mut x, mut y): (Vec<f32>, Vec<f32>) = residuals.unzip();
    (f64::from(robust::median(&mut x)), f64::from(robust::median(&mut y)))
}
