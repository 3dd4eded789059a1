//! Beads: where each is, how bright, and how well it fits.
//!
//! Each bead is fitted by weighted least squares to `background + amplitude * psf(pixel - centre)` with the function that
//! [`Optics`] learnt: one Gauss-Newton step from the tabulated position nearest to a first estimate, which is exact to
//! second order. With the weights of the true noise its variance is the Cramér-Rao bound. Sums are taken in one order, so
//! the outcome depends neither on threads nor on neighbours.

mod field;
mod kernel;
mod lanes;
mod refit;

pub use field::Field;
pub use kernel::Fit;
pub use refit::Refit;

pub(crate) use kernel::fit_all;

use crate::frame::{Plane, Sample};
use crate::grid::Grid;
use crate::psf::Optics;
use rayon::prelude::*;

/// Fits of all sites, row by row, and the light's course over the panel.
#[derive(Debug, Clone)]
pub struct Measured {
    /// One for each site, row by row.
    pub fits: Vec<Fit>,
    /// Course of amplitude and background.
    pub field: Field,
    /// Beads that something touches, in the order of their sites.
    pub refits: Vec<Refit>,
}

/// Measures all sites of a grid. Rows run in parallel on the current rayon pool.
pub fn measure<T: Sample>(plane: &Plane<'_, T>, grid: &Grid, optics: &Optics) -> Measured {
    let mut fits = vec![Fit::NONE; grid.rows * grid.columns];
    fits.par_chunks_mut(grid.columns)
        .enumerate()
        .for_each(|(row, fits)| fit_all(plane, optics, grid.row(row), fits));
    let field = Field::of(&fits, grid, optics);
    refit::at_edge(plane, grid, optics, &field, &mut fits);
    let refits = refit::refit(plane, grid, optics, &field, &mut fits);
    field.undo_slopes(&mut fits, grid, optics);
    Measured { fits, field, refits }
}

#[cfg(test)]
mod tests;
