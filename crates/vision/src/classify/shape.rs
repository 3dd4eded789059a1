//! Looks at a bead whose shape is off: light of its cell, light towards its neighbours, roundness.

use crate::bead::{Fit, Measured};
use crate::frame::{Plane, Sample};
use crate::grid::Grid;
use crate::linear;
use crate::psf::Optics;
use rayon::prelude::*;

/// Light of the disc of almost half a pitch around a site above the background, over that of a good bead there.
pub(super) fn cell_flux<T: Sample>(
    plane: &Plane<'_, T>,
    optics: &Optics,
    measured: &Measured,
    grid: &Grid,
    site: usize,
) -> f64 {
    let (row, column) = (site / grid.columns, site % grid.columns);
    let (cx, cy) = grid.position(row, column);
    let background = measured.field.background(grid, row, column);
    let radius = 0.48 * grid.pitch_px();
    let mut sum = 0.0;
    each(plane, cx, cy, radius, |_, _, value| sum += value - background);
    sum / (measured.field.amplitude(grid, row, column) * optics.flux())
}

/// Least over greatest light along a gap that is a bridge's.
const EVEN: f64 = 0.35;

/// Standard deviations of its noise by which each of three places along a gap must be lit.
const LIT_SIGMAS: f64 = 3.0;

/// Sums of the nine pixels in the middle of each site's gaps to the right and below; 0 where there is none.
pub(super) fn gaps<T: Sample>(plane: &Plane<'_, T>, measured: &Measured, grid: &Grid) -> Vec<[u32; 2]> {
    let mut sums = vec![[0; 2]; measured.fits.len()];
    sums.par_chunks_exact_mut(grid.columns).enumerate().for_each(|(row, line)| {
        for (column, sums) in line.iter_mut().enumerate() {
            let site = row * grid.columns + column;
            let own = place(measured, grid, site);
            let middle = |other: usize| {
                let other = place(measured, grid, other);
                let three = |r: &[T; 3]| r[0].to_u32() + r[1].to_u32() + r[2].to_u32();
                block(plane, (own.0 + other.0) / 2.0, (own.1 + other.1) / 2.0)
                    .map_or(0, |r| three(r[0]) + three(r[1]) + three(r[2]))
            };
            if column + 1 < grid.columns {
                sums[0] = middle(site + 1);
            }
            if row + 1 < grid.rows {
                sums[1] = middle(site + grid.columns);
            }
        }
    });
    sums
}

/// Place of a site's bead, or of the site.
fn place(measured: &Measured, grid: &Grid, site: usize) -> (f64, f64) {
    let fit = &measured.fits[site];
    if fit.settled { (fit.x, fit.y) } else { grid.position(site / grid.columns, site % grid.columns) }
}

/// Neighbours to which a site's gaps are brighter than `dark` DN in the middle. Most gaps are not. A bridge raises the
/// background of the bead's own fit, but by far less than by half of its light.
pub(super) fn lit_gaps(
    gaps: &[[u32; 2]],
    grid: &Grid,
    (row, column): (usize, usize),
    dark: f64,
) -> [Option<usize>; 4] {
    let site = row * grid.columns + column;
    let below = (9.0 * dark).max(0.0) as u32;
    let lit = |sum: u32, other: usize| (sum > below).then_some(other);
    let [right, down] = gaps[site];
    [
        if column > 0 { lit(gaps[site - 1][0], site - 1) } else { None },
        lit(right, site + 1),
        if row > 0 { lit(gaps[site - grid.columns][1], site - grid.columns) } else { None },
        lit(down, site + grid.columns),
    ]
}

/// True where light of more than `floor` DN goes all the way from a site to its neighbour.
pub(super) fn bridged<T: Sample>(
    plane: &Plane<'_, T>,
    optics: &Optics,
    measured: &Measured,
    grid: &Grid,
    (site, other): (usize, usize),
    floor: f64,
) -> bool {
    let bead = |site: usize| (place(measured, grid, site), f64::from(measured.fits[site].amplitude).max(0.0));
    let (own, other) = (bead(site), bead(other));
    let at = |t: f64| (own.0.0 + t * (other.0.0 - own.0.0), own.0.1 + t * (other.0.1 - own.0.1));
    let fitted = f64::from(measured.fits[site].background);
    let (row, column) = (site / grid.columns, site % grid.columns);
    let background = fitted.min(measured.field.background(grid, row, column));
    let floor = floor.max(LIT_SIGMAS * optics.noise.variance(background).sqrt() / 3.0);
    let beads = |x: f64, y: f64| {
        own.1 * optics.psf(x - own.0.0, y - own.0.1) + other.1 * optics.psf(x - other.0.0, y - other.0.1)
    };
    // The gap runs from one bead's edge to the other's; a quarter of it stays clear of both.
    let edge = optics.edge_px() / grid.pitch_px();
    let lights = [0.25, 0.5, 0.75].map(|t| {
        let (x, y) = at(edge + t * (1.0 - 2.0 * edge));
        nine(plane, x, y, beads) - background
    });
    let (least, greatest) = lights.iter().fold((f64::MAX, f64::MIN), |(l, g), &v| (l.min(v), g.max(v)));
    // A second bead in the gap is bright on its own side and fades out; a bridge is as bright all along.
    least > floor && least > EVEN * greatest
}

/// Mean of the nine pixels about a point, less `known` at each; 0 outside the frame.
fn nine<T: Sample>(plane: &Plane<'_, T>, x: f64, y: f64, known: impl Fn(f64, f64) -> f64) -> f64 {
    let Some(rows) = block(plane, x, y) else { return 0.0 };
    let (left, top) = ((x + 0.5).floor() - 1.0, (y + 0.5).floor() - 1.0);
    let mut sum = 0.0;
    for (j, row) in rows.iter().enumerate() {
        for (i, value) in row.iter().enumerate() {
            sum += f64::from(value.to_f32()) - known(left + i as f64, top + j as f64);
        }
    }
    sum / 9.0
}

/// The three by three pixels about a point, row by row, or nothing where they leave the frame.
#[inline(always)]
fn block<'a, T: Sample>(plane: &Plane<'a, T>, x: f64, y: f64) -> Option<[&'a [T; 3]; 3]> {
    if x < 1.0 || y < 1.0 {
        return None;
    }
    let (left, top) = ((x + 0.5) as usize - 1, (y + 0.5) as usize - 1);
    if left + 3 > plane.width() || top + 3 > plane.height() {
        return None;
    }
    let row = |j: usize| plane.row(top + j)[left..].first_chunk::<3>();
    Some([row(0)?, row(1)?, row(2)?])
}

/// Root mean square of what a stretch along any direction explains of a bead's residuals, over its amplitude. A round
/// bead has none, even where the sensor clips it. One linear step fits amplitude, background, place and the two second
/// derivatives `p_xx - p_yy` and `p_xy`.
pub(super) fn stretch<T: Sample>(plane: &Plane<'_, T>, optics: &Optics, fit: &Fit) -> f64 {
    const H: f64 = 0.25;
    let a = f64::from(fit.amplitude);
    let (mut normal, mut right, mut weights) = ([[0.0; 6]; 6], [0.0; 6], 0.0);
    each_residual(plane, optics, fit, |u, v, residual, w| {
        let p = optics.epsf().at(u, v);
        let (east, west) = (optics.epsf().at(u + H, v), optics.epsf().at(u - H, v));
        let (south, north) = (optics.epsf().at(u, v + H), optics.epsf().at(u, v - H));
        let (xx, yy) = ((east.dx - west.dx) / (2.0 * H), (south.dy - north.dy) / (2.0 * H));
        let xy = (south.dx - north.dx) / (2.0 * H);
        let columns = [p.value, 1.0, -p.dx, -p.dy, xx - yy, xy];
        weights += w;
        for (i, s) in columns.iter().enumerate() {
            right[i] += w * s * residual;
            for (j, t) in columns.iter().enumerate() {
                normal[i][j] += w * s * t;
            }
        }
    });
    let Some(step) = linear::solve(&normal, &right) else { return 0.0 };
    let energy = step[4] * step[4] * normal[4][4] + step[5] * step[5] * normal[5][5];
    (energy / weights).sqrt() / a.max(1e-9)
}

/// The darkest stain on a bead: the largest matched-filter score, in standard deviations, of missing light about any
/// pixel of the bead's disc, and the light missing there over the amplitude. A filter of a blurred spot's size gathers
/// what chi-square spreads over all pixels.
pub(super) fn stain<T: Sample>(plane: &Plane<'_, T>, optics: &Optics, fit: &Fit) -> (f64, f64) {
    // Weighted residuals and weights on a raster with room for the filter at its rim.
    let half = optics.radius_px().ceil() as usize + 1 + STAIN_REACH;
    let side = 2 * half + 1;
    let mut raster = vec![(0.0, 0.0); side * side];
    let (fx, fy) = (fit.x - fit.x.round(), fit.y - fit.y.round());
    let index = |offset: f64, fraction: f64| ((offset + fraction).round() as isize + half as isize) as usize;
    each_residual(plane, optics, fit, |u, v, residual, w| {
        raster[index(v, fy) * side + index(u, fx)] = (w * residual, w);
    });
    let size = 2 * STAIN_REACH + 1;
    let filter: Vec<f64> = (0..size * size)
        .map(|k| {
            let d = |i: usize| (i as f64 - STAIN_REACH as f64).powi(2);
            (-(d(k % size) + d(k / size)) / (2.0 * STAIN_PX * STAIN_PX)).exp()
        })
        .collect();
    let edge2 = optics.edge_px().powi(2);
    let (mut most, mut depth) = (0.0f64, 0.0);
    for y in STAIN_REACH..side - STAIN_REACH {
        for x in STAIN_REACH..side - STAIN_REACH {
            let (u, v) = (x as f64 - half as f64 - fx, y as f64 - half as f64 - fy);
            if u * u + v * v > edge2 {
                continue;
            }
            let (mut dot, mut norm) = (0.0, 0.0);
            for (j, row) in filter.chunks_exact(size).enumerate() {
                let cells = &raster[(y + j - STAIN_REACH) * side + x - STAIN_REACH..][..size];
                for (k, (wr, w)) in row.iter().zip(cells) {
                    dot -= k * wr;
                    norm += k * k * w;
                }
            }
            let score = dot / f64::sqrt(norm);
            if score > most {
                (most, depth) = (score, dot / norm);
            }
        }
    }
    (most, depth / f64::from(fit.amplitude).max(1e-9))
}

/// Standard deviation of the stain filter in px: a small spot after the usual blur.
const STAIN_PX: f64 = 1.5;
/// Reach of the filter in px.
const STAIN_REACH: usize = 4;

/// Calls `f` with offset, residual and weight of each pixel of the fit.
fn each_residual<T: Sample>(
    plane: &Plane<'_, T>,
    optics: &Optics,
    fit: &Fit,
    mut f: impl FnMut(f64, f64, f64, f64),
) {
    let (a, b) = (f64::from(fit.amplitude), f64::from(fit.background));
    each(plane, fit.x, fit.y, optics.radius_px(), |u, v, value| {
        let expected = b + a * optics.epsf().at(u, v).value;
        f(u, v, value - expected, 1.0 / optics.noise.variance(expected));
    });
}

fn each<T: Sample>(plane: &Plane<'_, T>, cx: f64, cy: f64, radius: f64, mut f: impl FnMut(f64, f64, f64)) {
    let (ix, iy, reach) = (cx.round() as isize, cy.round() as isize, radius.ceil() as isize);
    for y in iy - reach..=iy + reach {
        for x in ix - reach..=ix + reach {
            let (u, v) = (x as f64 - cx, y as f64 - cy);
            if u * u + v * v > radius * radius {
                continue;
            }
            if let Some(value) = plane.get(x, y) {
                f(u, v, f64::from(value));
            }
        }
    }
}
