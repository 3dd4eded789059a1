//! What is usual: medians and spreads of good beads, near by and over the panel.

use crate::bead::{Fit, Measured};
use crate::grid::Grid;
use crate::robust;

/// Beads along a block's side: enough for a spread known to 6 %.
const BLOCK: usize = 16;

/// Beads that the usual quality of fit is taken from.
const ROOTS_FROM: usize = 8192;

/// Usual spreads.
pub(super) struct Spreads {
    blocks_across: usize,
    blocks_down: usize,
    rows: usize,
    columns: usize,
    relative: Vec<f32>,
    /// Cube root of chi-square: median and robust standard deviation over the panel.
    root: (f32, f32),
}

impl Spreads {
    pub fn of(grid: &Grid, measured: &Measured) -> Self {
        let (blocks_down, blocks_across) = ((grid.rows / BLOCK).max(1), (grid.columns / BLOCK).max(1));
        let mut blocks = vec![Vec::new(); blocks_down * blocks_across];
        let stride = (measured.fits.len() / ROOTS_FROM).max(1);
        let settled = measured.fits.iter().step_by(stride).filter(|f| f.settled);
        let mut roots: Vec<f32> = settled.map(|f| f.chi2.cbrt()).collect();
        for (row, line) in measured.fits.chunks_exact(grid.columns).enumerate() {
            let usual = measured.field.amplitude_along(grid, row);
            for (column, fit) in line.iter().enumerate().filter(|(_, f)| f.settled) {
                let at =
                    row * blocks_down / grid.rows * blocks_across + column * blocks_across / grid.columns;
                blocks[at].push(fit.amplitude / usual(column) as f32);
            }
        }
        let relative = blocks.iter_mut().map(|b| robust::median_sigma(b).1).collect();
        Self {
            blocks_across,
            blocks_down,
            rows: grid.rows,
            columns: grid.columns,
            relative,
            root: robust::median_sigma(&mut roots),
        }
    }

    /// Robust standard deviation of the relative amplitude near a site.
    pub fn relative_sigma(&self, row: usize, column: usize) -> f64 {
        let at = row * self.blocks_down / self.rows * self.blocks_across
            + column * self.blocks_across / self.columns;
        f64::from(self.relative[at])
    }

    /// Standard deviations by which the cube root of a bead's chi-square is above the usual; the root is nearly normal
    /// (Wilson and Hilferty 1931).
    pub fn shape(&self, fit: &Fit) -> f64 {
        f64::from((fit.chi2.cbrt() - self.root.0) / self.root.1.max(1e-6))
    }

    /// Median chi-square.
    pub fn usual_chi2(&self) -> f32 {
        self.root.0.powi(3)
    }
}
