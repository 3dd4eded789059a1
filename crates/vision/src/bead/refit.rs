//! Beads that something touches: fitted again without the pixels that do not belong to them.

use super::{Field, Fit};
use crate::frame::{Plane, Sample};
use crate::grid::Grid;
use crate::linear;
use crate::psf::Optics;
use crate::robust;
use rayon::prelude::*;

/// A second, robust fit of one bead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Refit {
    /// Site: row times columns plus column.
    pub site: usize,
    /// Share of the pixels that were left out, 0..=1.
    pub masked: f32,
    /// Share of the pixels of the bead's own disc that were left out.
    pub core: f32,
    /// Mean residual of what was left out, over the usual amplitude: above 0 for light, below for dirt.
    pub excess: f32,
    /// True where the fit took its place in the list of fits.
    pub taken: bool,
}

/// Robust standard deviations of the fit's quality beyond which a bead is looked at again.
const SUSPICIOUS: f32 = 4.5;
/// Tukey's constant: 95 % efficiency for normal noise.
const TUKEY: f64 = 4.685;
/// The scale of residuals is let down to the noise in these steps, lest a bad start mask the bead itself.
const SCALES: [f64; 7] = [8.0, 3.0, 1.5, 1.0, 1.0, 1.0, 1.0];
/// Step in px below which the fit has come to rest.
const STEP_MIN: f64 = 1e-3;
/// Most pixels that may be left out of a fit that is still believed.
const MASKED_MAX: f64 = 0.35;
/// Deviation of amplitude from the surroundings' at which what is left is no good bead.
const AMPLITUDE_OFF_MAX: f64 = 0.15;

/// Fits suspicious beads again and puts those that are good underneath in place of the first fit.
pub(super) fn refit<T: Sample>(
    plane: &Plane<'_, T>,
    grid: &Grid,
    optics: &Optics,
    field: &Field,
    fits: &mut [Fit],
) -> Vec<Refit> {
    let found: Vec<(Refit, Option<Fit>)> = suspicious(fits)
        .into_par_iter()
        .map(|site| {
            let (row, column) = (site / grid.columns, site % grid.columns);
            let expected = (field.amplitude(grid, row, column), field.background(grid, row, column));
            robust_fit(plane, optics, expected, site, &fits[site])
        })
        .collect();
    for (refit, fit) in &found {
        if let Some(fit) = fit {
            fits[refit.site] = *fit;
        }
    }
    found.into_iter().map(|(refit, _)| refit).collect()
}

/// Beads whose statistics set what is usual; more make it no more certain than it need be.
const USUAL_FROM: usize = 1024;

/// Settled fits whose chi-square (its cube root, which is nearly normal: Wilson and Hilferty 1931) or largest residual is
/// far from the panel's usual.
fn suspicious(fits: &[Fit]) -> Vec<usize> {
    let stride = (fits.len() / USUAL_FROM).max(1);
    let usual = |f: fn(&Fit) -> f32| {
        let settled = fits.iter().step_by(stride).filter(|fit| fit.settled);
        robust::median_sigma(&mut settled.map(f).collect::<Vec<_>>())
    };
    let (root, root_sigma) = usual(|f| robust::cube_root(f.chi2));
    let (high, high_sigma) = usual(|f| f.high);
    let (low, low_sigma) = usual(|f| f.low);
    let chi2_max = (root + SUSPICIOUS * root_sigma).powi(3);
    // The largest of many residuals has a long tail of its own.
    let (high_max, low_min) = (high + 2.0 * SUSPICIOUS * high_sigma, low - 2.0 * SUSPICIOUS * low_sigma);
    let odd = |f: &Fit| f.settled && (f.chi2 > chi2_max || f.high > high_max || f.low < low_min);
    fits.iter().enumerate().filter(|(_, f)| odd(f)).map(|(site, _)| site).collect()
}

/// Share of a window that must lie in the frame for a bead to be measured.
const SEEN_MIN: f64 = 0.6;

/// Measures the sites whose windows leave the frame, with the pixels that are there. What has no bead keeps its place
/// and its (small) amplitude, and is not settled.
pub(super) fn at_edge<T: Sample>(
    plane: &Plane<'_, T>,
    grid: &Grid,
    optics: &Optics,
    field: &Field,
    fits: &mut [Fit],
) {
    for (site, fit) in fits.iter_mut().enumerate().filter(|(_, f)| **f == Fit::NONE) {
        let (row, column) = (site / grid.columns, site % grid.columns);
        let (x, y) = grid.position(row, column);
        let pixels = Pixels::around(plane, x, y, optics.radius_px() + 1.0);
        if pixels.seen < SEEN_MIN {
            continue;
        }
        let background = field.background(grid, row, column);
        let mut state = State { x, y, amplitude: field.amplitude(grid, row, column), background };
        let mut settled = false;
        for _ in 0..8 {
            // A scale this large weighs all pixels alike.
            let round = pixels.round(optics, &state, optics.radius_px(), 1e6);
            let Some(step) = linear::solve(&round.normal, &round.right) else { break };
            let (dx, dy) = state.advance(&step);
            settled = dx.hypot(dy) < 0.02;
        }
        let off = (state.x - x).hypot(state.y - y);
        settled &= off < optics.radius_px() / 2.0 && state.amplitude > LIT_MIN * optics.amplitude;
        if !settled {
            (state.x, state.y) = (x, y);
        }
        let last = pixels.round(optics, &state, optics.radius_px(), 1e6);
        *fit = Fit {
            x: state.x,
            y: state.y,
            amplitude: state.amplitude as f32,
            background: state.background as f32,
            chi2: (last.squares / (last.count - 4.0).max(1.0)) as f32,
            high: 0.0,
            low: 0.0,
            settled,
        };
    }
}

/// Share of the usual amplitude below which a bead's place means nothing.
const LIT_MIN: f64 = 0.1;

/// Iteratively reweighted least squares with Tukey's biweight; a fit only where a good bead is left.
fn robust_fit<T: Sample>(
    plane: &Plane<'_, T>,
    optics: &Optics,
    (amplitude, background): (f64, f64),
    site: usize,
    start: &Fit,
) -> (Refit, Option<Fit>) {
    let radius = optics.radius_px();
    let pixels = Pixels::around(plane, start.x, start.y, radius + 1.0);
    let mut state = State { x: start.x, y: start.y, amplitude, background };
    let mut last = Round::default();
    for scale in SCALES {
        last = pixels.round(optics, &state, radius, scale);
        let Some(step) = linear::solve(&last.normal, &last.right) else { break };
        let (dx, dy) = state.advance(&step);
        if scale == 1.0 && dx.abs().max(dy.abs()) < STEP_MIN {
            break;
        }
    }
    let masked = 1.0 - last.kept / last.count.max(1.0);
    let excess = if last.left_out > 0.0 { last.excess / last.left_out / amplitude } else { 0.0 };
    let good = masked < MASKED_MAX
        && (state.amplitude / amplitude - 1.0).abs() < AMPLITUDE_OFF_MAX
        && (state.x - start.x).hypot(state.y - start.y) < radius / 2.0;
    let fit = good.then_some(Fit {
        x: state.x,
        y: state.y,
        amplitude: state.amplitude as f32,
        background: state.background as f32,
        ..*start
    });
    (
        Refit {
            site,
            masked: masked as f32,
            core: (last.core_left_out / last.core.max(1.0)) as f32,
            excess: excess as f32,
            taken: good,
        },
        fit,
    )
}

struct State {
    x: f64,
    y: f64,
    amplitude: f64,
    background: f64,
}

/// Normal equations of one round, and what was left out.
#[derive(Default)]
struct Round {
    normal: [[f64; 4]; 4],
    right: [f64; 4],
    count: f64,
    squares: f64,
    kept: f64,
    left_out: f64,
    core: f64,
    core_left_out: f64,
    excess: f64,
}

impl State {
    /// Takes a step of the linear fit; gives how far the centre moved.
    fn advance(&mut self, step: &[f64; 4]) -> (f64, f64) {
        self.amplitude += step[0];
        self.background += step[1];
        let over = if self.amplitude > 0.0 { 1.0 / self.amplitude } else { 0.0 };
        let (dx, dy) = ((step[2] * over).clamp(-0.5, 0.5), (step[3] * over).clamp(-0.5, 0.5));
        self.x += dx;
        self.y += dy;
        (dx, dy)
    }
}

struct Pixels {
    /// x, y and value.
    list: Vec<(f64, f64, f64)>,
    /// Share of the square that lies in the frame.
    seen: f64,
}

impl Pixels {
    fn around<T: Sample>(plane: &Plane<'_, T>, cx: f64, cy: f64, radius: f64) -> Self {
        let (ix, iy, reach) = (cx.round() as isize, cy.round() as isize, radius.ceil() as isize);
        let mut list = Vec::with_capacity((2 * reach as usize + 1).pow(2));
        for y in iy - reach..=iy + reach {
            for x in ix - reach..=ix + reach {
                if let Some(value) = plane.get(x, y) {
                    list.push((x as f64, y as f64, f64::from(value)));
                }
            }
        }
        let seen = list.len() as f64 / (2 * reach as usize + 1).pow(2) as f64;
        Self { list, seen }
    }

    fn round(&self, optics: &Optics, state: &State, radius: f64, scale: f64) -> Round {
        let mut round = Round::default();
        let core2 = (optics.edge_px() + 1.0).powi(2);
        let first = self.list.first().map_or((0.0, 0.0), |p| (p.0, p.1));
        let raster = optics.epsf().raster(first.0 - state.x, first.1 - state.y);
        for &(x, y, value) in &self.list {
            let (u, v) = (x - state.x, y - state.y);
            let distance2 = u * u + v * v;
            if distance2 > radius * radius {
                continue;
            }
            let p = raster.at((x - first.0) as isize, (y - first.1) as isize);
            let expected = state.background + state.amplitude * p.value;
            let variance = optics.noise.variance(expected);
            let residual = value - expected;
            let square = residual * residual / variance;
            let tukey = (1.0 - square / (TUKEY * scale).powi(2)).max(0.0).powi(2);
            round.count += 1.0;
            round.squares += square;
            let core = distance2 < core2;
            round.core += f64::from(u8::from(core));
            if tukey == 0.0 {
                round.left_out += 1.0;
                round.core_left_out += f64::from(u8::from(core));
                round.excess += residual;
                continue;
            }
            round.kept += 1.0;
            let w = tukey / variance;
            let columns = [p.value, 1.0, -p.dx, -p.dy];
            for (i, a) in columns.iter().enumerate() {
                round.right[i] += w * a * residual;
                // The solver reads the lower triangle only.
                for (j, b) in columns[..=i].iter().enumerate() {
                    round.normal[i][j] += w * a * b;
                }
            }
        }
        round
    }
}
