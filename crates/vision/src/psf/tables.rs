//! Tables for the fit: the point spread function, its derivatives and the weights at 8 x 8 positions within a pixel.

use super::epsf::Epsf;
use super::noise::Noise;
use crate::linear;

/// Positions within a pixel along an axis.
pub(crate) const PHASES: usize = 8;
/// Samples that the kernel takes at a time.
pub(crate) const LANES: usize = 8;

/// One group of samples of one row: what the kernel needs, side by side in memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    /// Point spread function.
    pub psf: [f32; LANES],
    /// Weight (1 / variance), 0 outside the radius.
    pub w: [f32; LANES],
    /// Derivative of the function by the centre's x.
    pub dx: [f32; LANES],
    /// Derivative by the centre's y.
    pub dy: [f32; LANES],
}

/// The table of one position.
#[derive(Debug, Clone)]
pub(crate) struct Phase {
    /// Blocks row by row.
    pub blocks: Vec<Block>,
    /// Inverse of the normal matrix of (amplitude, background, amplitude * dx, amplitude * dy).
    pub inverse: [[f32; 4]; 4],
}

/// All tables of one frame or line.
#[derive(Debug, Clone)]
pub(crate) struct Tables {
    /// Radius of the pixels that take part in px.
    pub radius: f64,
    /// Blocks in a row; a row has `LANES` times as many samples.
    pub across: usize,
    /// Rows of a window.
    pub rows: usize,
    /// Samples left of the pixel nearest to the centre.
    pub left: usize,
    /// Rows above that pixel.
    pub above: usize,
    phases: Vec<Phase>,
    /// Sum of the point spread function over the window.
    pub flux: f32,
    /// For the centre of gravity of a window of two groups: 1 in the columns within reach of the middle one.
    pub inside: [[f32; LANES]; 2],
    /// Distance of those columns from the middle one.
    pub along: [[f32; LANES]; 2],
    /// 1 in the outermost two of them.
    pub ends: [[f32; LANES]; 2],
    /// Amplitude from which on a first look at a bead is believed, in DN.
    pub lit: f32,
    /// Samples of a usual fit less the four unknowns.
    pub freedom: f32,
    /// See [`super::Optics::position_sigma_px`].
    pub position_sigma: f64,
    /// See [`super::Optics::amplitude_sigma`].
    pub amplitude_sigma: f64,
    /// Shift of the measured centre for a relative slope of the bead's light of 1 / px.
    pub light_slope_shift: f64,
    /// Shift of the measured centre for a slope of the background of one amplitude / px.
    pub background_slope_shift: f64,
}

/// Share of the usual amplitude from which on a bead's centre of gravity is believed.
const LIT: f64 = 0.4;

/// Offset of the middle of a phase from the pixel's centre.
pub(crate) fn phase_offset(phase: usize) -> f64 {
    (phase as f64 + 0.5) / PHASES as f64 - 0.5
}

/// Largest offset of a phase's middle from its pixel's centre, along an axis.
const PHASE_OFFSET_MAX: f64 = 0.5 - 0.5 / PHASES as f64;

/// Distance of the farthest pixel from the middle one, along an axis, that can be within the radius of a phase's centre.
fn reach(radius: f64) -> usize {
    (radius + PHASE_OFFSET_MAX).floor() as usize
}

impl Tables {
    /// Tables for beads of the usual amplitude and background.
    pub fn new(epsf: &Epsf, noise: &Noise, amplitude: f64, background: f64, radius: f64) -> Self {
        let reach = reach(radius);
        let across = (2 * reach + 1).div_ceil(LANES);
        let (rows, left) = (2 * reach + 1, across * LANES / 2);
        let shape = Shape { across, rows, left, above: reach, radius };
        let mut phases = Vec::with_capacity(PHASES * PHASES);
        let (mut variance, mut amplitude_variance, mut counted) = (0.0, 0.0, 0.0);
        for py in 0..PHASES {
            for px in 0..PHASES {
                let weight = |value: f64| 1.0 / noise.variance(background + amplitude * value);
                let (phase, inverse, n) = phase(epsf, weight, &shape, (phase_offset(px), phase_offset(py)));
                variance += (inverse[2][2] + inverse[3][3]) / 2.0;
                amplitude_variance += inverse[0][0];
                counted += n as f64;
                phases.push(phase);
            }
        }
        let count = phases.len() as f64;
        let (light_slope_shift, background_slope_shift) =
            slope_shifts(epsf, noise, amplitude, background, radius);
        Self {
            radius,
            across,
            rows,
            left,
            above: reach,
            flux: (phases.iter().flat_map(|p| &p.blocks).flat_map(|b| b.psf).map(f64::from).sum::<f64>()
                / count) as f32,
            inside: columns(&|d: f32| f32::from(u8::from(d.abs() <= reach as f32))),
            along: columns(&|d: f32| if d.abs() <= reach as f32 { d } else { 0.0 }),
            ends: columns(&|d: f32| f32::from(u8::from(d.abs() == reach as f32))),
            lit: (LIT * amplitude) as f32,
            phases,
            freedom: (counted / count - 4.0).max(1.0) as f32,
            position_sigma: (variance / count).sqrt() / amplitude,
            amplitude_sigma: (amplitude_variance / count).sqrt(),
            light_slope_shift,
            background_slope_shift,
        }
    }

    /// Largest radius whose rows take no more groups of samples than those of `radius`.
    pub fn widest(radius: f64) -> f64 {
        let groups = (2 * reach(radius) + 1).div_ceil(LANES);
        let side = (groups * LANES - 1) / 2;
        side as f64 + 1.0 - PHASE_OFFSET_MAX - 1e-9
    }

    /// The table for a centre at (`fx`, `fy`) from its nearest pixel's centre, and the table's own offset.
    #[inline(always)]
    pub fn phase(&self, fx: f32, fy: f32) -> (&Phase, f32, f32) {
        let index = |f: f32| (((f + 0.5) * PHASES as f32) as usize).min(PHASES - 1);
        let (px, py) = (index(fx), index(fy));
        let offset = |p: usize| (p as f32 + 0.5) / PHASES as f32 - 0.5;
        (&self.phases[py * PHASES + px], offset(px), offset(py))
    }
}

/// A value for each column of two groups, by its distance from the middle one.
fn columns(f: &dyn Fn(f32) -> f32) -> [[f32; LANES]; 2] {
    std::array::from_fn(|k| std::array::from_fn(|i| f((k * LANES + i) as f32 - LANES as f32)))
}

struct Shape {
    across: usize,
    rows: usize,
    left: usize,
    above: usize,
    radius: f64,
}

fn phase(
    epsf: &Epsf,
    weight: impl Fn(f64) -> f64,
    shape: &Shape,
    (cx, cy): (f64, f64),
) -> (Phase, [[f64; 4]; 4], usize) {
    let mut blocks = Vec::with_capacity(shape.rows * shape.across);
    let mut normal = [[0.0; 4]; 4];
    let mut counted = 0;
    for j in 0..shape.rows {
        for b in 0..shape.across {
            let zero = [0.0; LANES];
            let mut block = Block { psf: zero, w: zero, dx: zero, dy: zero };
            for lane in 0..LANES {
                let x = (b * LANES + lane) as f64 - shape.left as f64 - cx;
                let y = j as f64 - shape.above as f64 - cy;
                if x.hypot(y) > shape.radius {
                    continue;
                }
                let p = epsf.at(x, y);
                let w = weight(p.value);
                // The bead's centre moves against the offset.
                let columns = [p.value, 1.0, -p.dx, -p.dy];
                block.psf[lane] = p.value as f32;
                block.w[lane] = w as f32;
                block.dx[lane] = columns[2] as f32;
                block.dy[lane] = columns[3] as f32;
                counted += 1;
                for (r, a) in columns.iter().enumerate() {
                    for (c, b) in columns.iter().enumerate() {
                        normal[r][c] += w * a * b;
                    }
                }
            }
            blocks.push(block);
        }
    }
    // A function without any slope cannot be located; the inverse of 0 keeps such a fit where it started.
    let inverse = linear::invert(&normal).unwrap_or([[0.0; 4]; 4]);
    (Phase { blocks, inverse: inverse.map(|row| row.map(|v| v as f32)) }, inverse, counted)
}

/// How slopes that the fit does not have move its centre: light `A (1 + g x) p` by `-g sum w x p p_x / sum w p_x²`, a
/// background `s x` by `-(s / A) sum w x p_x / sum w p_x²`. Slopes are not fitted to single beads, for they would cost
/// precision; they are taken from the neighbourhood and the shift is undone.
fn slope_shifts(epsf: &Epsf, noise: &Noise, amplitude: f64, background: f64, radius: f64) -> (f64, f64) {
    let reach = radius.floor() as i32 + 1;
    let (mut light, mut flat, mut norm) = (0.0, 0.0, 0.0);
    for y in -reach..=reach {
        for x in -reach..=reach {
            let (x, y) = (f64::from(x), f64::from(y));
            if x.hypot(y) > radius {
                continue;
            }
            let p = epsf.at(x, y);
            let w = 1.0 / noise.variance(background + amplitude * p.value);
            light -= w * (x * p.value * p.dx + y * p.value * p.dy) / 2.0;
            flat -= w * (x * p.dx + y * p.dy) / 2.0;
            norm += w * (p.dx * p.dx + p.dy * p.dy) / 2.0;
        }
    }
    if norm > 0.0 { (light / norm, flat / norm) } else { (0.0, 0.0) }
}
