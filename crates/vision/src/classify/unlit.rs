//! The unlit frame: beads without current under outside light. It tells a dead bead from a missing one.

use crate::bead::{Fit, fit_all};
use crate::frame::{Plane, Sample};
use crate::grid::Grid;
use crate::psf::Optics;
use crate::robust;

/// Share of the usual contrast above which a bead is there.
const PRESENT: f32 = 0.4;
/// Usual contrast over its noise below which the frame tells nothing.
const TELLING: f64 = 8.0;

/// Where the unlit frame shows a bead, site by site; nothing where its contrast is too low to tell. The frame must have
/// been taken with panel and camera where they were for the lit one.
pub fn presence<T: Sample>(unlit: &Plane<'_, T>, grid: &Grid, optics: &Optics) -> Option<Vec<bool>> {
    let mut fits = vec![Fit::NONE; grid.rows * grid.columns];
    let mut contrasts = Vec::with_capacity(fits.len());
    for (row, line) in fits.chunks_exact_mut(grid.columns).enumerate() {
        fit_all(unlit, optics, grid.row(row), line);
        contrasts.extend(line.iter().map(|f| f.amplitude));
    }
    let usual = robust::median(&mut contrasts);
    (f64::from(usual) > TELLING * optics.amplitude_sigma())
        .then(|| fits.iter().map(|f| f.amplitude > PRESENT * usual).collect())
}
