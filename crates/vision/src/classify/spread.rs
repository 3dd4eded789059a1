//! What is usual: medians and spreads of good beads, near by and over the panel.

use crate::bead::{Fit, Measured};
use crate::grid::Grid;
use crate::robust;
use rayon::prelude::*;

/// Beads along a block's side: enough for a spread known to 6 %.
const BLOCK: usize = 16;

/// Beads that the usual quality of fit is taken from.
const ROOTS_FROM: usize = 4096;

/// Usual spreads.
pub(super) struct Spreads {
    blocks_down: usize,
    rows: usize,
    /// Block of each column.
    across: Vec<u32>,
    /// Robust standard deviations of the relative amplitude, block by block.
    relative: Vec<f32>,
    /// Cube root of chi-square: median and robust standard deviation over the panel.
    root: (f32, f32),
}

impl Spreads {
    pub fn of(grid: &Grid, measured: &Measured) -> Self {
        let (blocks_down, blocks_across) = ((grid.rows / BLOCK).max(1), (grid.columns / BLOCK).max(1));
        let stride = (measured.fits.len() / ROOTS_FROM).max(1);
        let settled = measured.fits.iter().step_by(stride).filter(|f| f.settled);
        let mut roots: Vec<f32> = settled.map(|f| robust::cube_root(f.chi2)).collect();
        let across: Vec<u32> = (0..grid.columns).map(|c| (c * blocks_across / grid.columns) as u32).collect();
        let band = |band: usize| {
            let first = |band: usize| (band * grid.rows).div_ceil(blocks_down);
            let mut blocks = vec![Vec::with_capacity(2 * BLOCK * BLOCK); blocks_across];
            for row in first(band)..first(band + 1) {
                let usual = measured.field.amplitude_along(grid, row);
                let line = &measured.fits[row * grid.columns..][..grid.columns];
                for (column, fit) in line.iter().enumerate().filter(|(_, f)| f.settled) {
                    blocks[across[column] as usize].push(fit.amplitude / usual(column) as f32);
                }
            }
            blocks.into_iter().map(|mut block| robust::median_sigma(&mut block).1)
        };
        let relative = (0..blocks_down).into_par_iter().flat_map_iter(band).collect();
        Self { blocks_down, rows: grid.rows, across, relative, root: robust::median_sigma(&mut roots) }
    }

    /// Robust standard deviations of the relative amplitude near the sites of a row, by the column.
    pub fn relative_sigma_along(&self, row: usize) -> impl Fn(usize) -> f64 {
        let across = self.relative.len() / self.blocks_down;
        let band = &self.relative[row * self.blocks_down / self.rows * across..][..across];
        move |column| f64::from(band[self.across[column] as usize])
    }

    /// Standard deviations by which the cube root of a bead's chi-square is above the usual; the root is nearly normal
    /// (Wilson and Hilferty 1931).
    pub fn shape(&self, fit: &Fit) -> f64 {
        f64::from((robust::cube_root(fit.chi2) - self.root.0) / self.root.1.max(1e-6))
    }

    /// Median chi-square.
    pub fn usual_chi2(&self) -> f32 {
        self.root.0.powi(3)
    }
}

/// Distance of chromaticity that so many standard deviations of noise reach: by the median and the median absolute deviation of
/// the cube root of the squared distance, which is nearly normal whether the noise lies along one direction or along two
/// (Wilson and Hilferty 1931). 0 where nothing has a colour.
pub(super) fn far_colour(distances: &[f64], sigmas: f64) -> f64 {
    let stride = (distances.len() / ROOTS_FROM).max(1);
    // A distance of exactly 0 is a site without light, or its own surroundings.
    let known = distances.iter().step_by(stride).filter(|d| **d > 0.0);
    let mut roots: Vec<f32> = known.map(|d| robust::cube_root((d * d) as f32)).collect();
    let (centre, sigma) = robust::median_sigma(&mut roots);
    (f64::from(centre) + sigmas * f64::from(sigma)).powf(1.5)
}
