//! The course of light over a panel: illumination, vignetting, stray light.

use super::Fit;
use crate::grid::Grid;
use crate::psf::Optics;
use crate::robust;
use crate::surface::{Knot, Surface, cubic};
use rayon::prelude::*;

/// Smooth amplitude and background of good beads, as functions of the place on the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    amplitude: Surface,
    background: Surface,
}

/// Beads along a block's side whose median makes one knot: defects do not move it.
const BLOCK: usize = 8;

/// Share of the usual amplitude below which a site has no bead, or one that says nothing of the illumination.
const LIT: f64 = 0.25;

impl Field {
    /// Cubic surfaces through the medians of blocks of 8 x 8 beads.
    pub(super) fn of(fits: &[Fit], grid: &Grid, optics: &Optics) -> Self {
        let dark = (LIT * optics.amplitude) as f32;
        let bands: Vec<std::ops::Range<usize>> = blocks(grid.rows).collect();
        let knots: Vec<(Knot, Knot)> =
            bands.into_par_iter().flat_map_iter(|top| band(fits, grid, dark, top)).collect();
        let (amplitudes, backgrounds): (Vec<Knot>, Vec<Knot>) = knots.into_iter().unzip();
        let fit =
            |knots: &[Knot], usual: f64| Surface::fit(knots, 3).unwrap_or_else(|| Surface::constant(usual));
        Self {
            amplitude: fit(&amplitudes, optics.amplitude),
            background: fit(&backgrounds, optics.background),
        }
    }

    /// Amplitude of a good bead at a site in DN.
    pub fn amplitude(&self, grid: &Grid, row: usize, column: usize) -> f64 {
        let (u, v) = grid.normal(row as f64, column as f64);
        self.amplitude.at(u, v)
    }

    /// Amplitudes of good beads along a row in DN, by the column.
    pub(crate) fn amplitude_along(&self, grid: &Grid, row: usize) -> impl Fn(usize) -> f64 + use<> {
        let along = self.amplitude.along(grid.normal(row as f64, 0.0).1);
        let scale = 2.0 / (grid.columns - 1).max(1) as f64;
        move |column| cubic(&along, column as f64 * scale - 1.0)
    }

    /// Background at a site in DN.
    pub fn background(&self, grid: &Grid, row: usize, column: usize) -> f64 {
        let (u, v) = grid.normal(row as f64, column as f64);
        self.background.at(u, v)
    }

    /// Undoes the shift that the slopes of light and background give to fits without slope terms.
    pub(super) fn undo_slopes(&self, fits: &mut [Fit], grid: &Grid, optics: &Optics) {
        let tables = optics.tables();
        // From slopes by u and v to slopes by px.
        let [c, r] = grid.steps();
        let det = c[0] * r[1] - c[1] * r[0];
        let (cu, cv) = (2.0 / (grid.columns - 1) as f64, 2.0 / (grid.rows - 1) as f64);
        let shift = tables.light_slope_shift;
        let stray = tables.background_slope_shift;
        fits.par_chunks_exact_mut(grid.columns).enumerate().for_each(|(row, line)| {
            let v = grid.normal(row as f64, 0.0).1;
            let along = self.amplitude.along(v);
            // Slopes by px along the row, as polynomials in u.
            let px = |surface: &Surface, factor: f64| {
                let (du, dv) = surface.slopes_along(v);
                let by = |a: f64, b: f64| {
                    std::array::from_fn(|k| factor * (a * du[k] * cu + b * dv[k] * cv) / det)
                };
                let (x, y): ([f64; 3], [f64; 3]) = (by(r[1], -c[1]), by(-r[0], c[0]));
                (x, y)
            };
            let ((lx, ly), (bx, by)) = (px(&self.amplitude, shift), px(&self.background, stray));
            let quadratic = |c: &[f64; 3], u: f64| c[0] + u * (c[1] + u * c[2]);
            for (column, fit) in line.iter_mut().enumerate().filter(|(_, f)| f.settled) {
                let u = column as f64 * cu - 1.0;
                let amplitude = cubic(&along, u).max(f64::MIN_POSITIVE);
                let own = f64::from(fit.amplitude).max(0.1 * amplitude);
                let (light, flat) = (1.0 / amplitude, 1.0 / own);
                fit.x -= quadratic(&lx, u) * light + quadratic(&bx, u) * flat;
                fit.y -= quadratic(&ly, u) * light + quadratic(&by, u) * flat;
            }
        });
    }
}

/// Medians of amplitude and background of a band's blocks, of beads brighter than `dark`.
fn band<'a>(
    fits: &'a [Fit],
    grid: &'a Grid,
    dark: f32,
    rows: std::ops::Range<usize>,
) -> impl Iterator<Item = (Knot, Knot)> + 'a {
    let (mut a, mut b) = (Vec::with_capacity(BLOCK * BLOCK), Vec::with_capacity(BLOCK * BLOCK));
    blocks(grid.columns).map(move |columns| {
        a.clear();
        b.clear();
        for row in rows.clone() {
            let line = &fits[row * grid.columns..][..grid.columns];
            for fit in line[columns.clone()].iter().filter(|f| f.settled && f.amplitude > dark) {
                a.push(fit.amplitude);
                b.push(fit.background);
            }
        }
        let centre = |r: &std::ops::Range<usize>| (r.start + r.end - 1) as f64 / 2.0;
        let (u, v) = grid.normal(centre(&rows), centre(&columns));
        let weight = a.len() as f64;
        let knot = |values: &mut [f32]| Knot { u, v, value: f64::from(robust::median(values)), weight };
        (knot(&mut a), knot(&mut b))
    })
}

/// Blocks of 8 lines; the last takes what is left over.
fn blocks(lines: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let count = (lines / BLOCK).max(1);
    (0..count).map(move |k| k * lines / count..(k + 1) * lines / count)
}
