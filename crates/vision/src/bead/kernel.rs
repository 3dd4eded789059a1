//! The kernel: weighted sums of one window, eight samples at a time.
//!
//! It is written once and compiled twice: for any machine, and for x86-64-v3 (AVX2 and FMA), chosen when it runs. Wider
//! vectors were measured to be slower.

use super::lanes::{Lanes, Plain};
use crate::frame::{Plane, Sample};
use crate::psf::{LANES, Optics, Phase, Tables};

/// One bead as fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// Centre in px, to the right.
    pub x: f64,
    /// Centre in px, downward.
    pub y: f64,
    /// Light above the background in DN: that of an even disc of the nominal diameter with the same flux.
    pub amplitude: f32,
    /// Background in DN.
    pub background: f32,
    /// Weighted sum of squared residuals over its degrees of freedom; about 1 for a good bead.
    pub chi2: f32,
    /// Largest weighted residual, `residual / variance`, in 1 / DN.
    pub high: f32,
    /// Smallest weighted residual.
    pub low: f32,
    /// False where the window left the frame, or no bead was there to be followed: then the centre is the site's own.
    pub settled: bool,
}

impl Fit {
    /// A site that could not be measured.
    pub const NONE: Self = Self {
        x: 0.0,
        y: 0.0,
        amplitude: 0.0,
        background: 0.0,
        chi2: 0.0,
        high: 0.0,
        low: 0.0,
        settled: false,
    };
}

/// Farthest that the fit may move from the place it was started at, in px, as a share of the radius.
const TRAVEL: f64 = 0.75;
/// Offset from a table's own position up to which one step is exact enough, in px.
const EXACT: f32 = 0.2;

/// Fits the beads near `places`, one for each, into `fits`.
pub(crate) fn fit_all<T: Sample>(
    plane: &Plane<'_, T>,
    optics: &Optics,
    places: impl Iterator<Item = (f64, f64)>,
    fits: &mut [Fit],
) {
    let tables = optics.tables();
    #[cfg(target_arch = "x86_64")]
    if let Some(v3) = pulp::x86::V3::try_new() {
        return v3.vectorize(
            #[inline(always)]
            || run(v3, plane, tables, places, fits),
        );
    }
    run(Plain, plane, tables, places, fits);
}

#[inline(always)]
fn run<T: Sample, L: Lanes>(
    lanes: L,
    plane: &Plane<'_, T>,
    tables: &Tables,
    places: impl Iterator<Item = (f64, f64)>,
    fits: &mut [Fit],
) {
    let places: Vec<(f64, f64)> = places.collect();
    places[..places.len().min(AHEAD)].iter().for_each(|&place| touch(plane, tables, place));
    for (i, (&(x, y), fit)) in places.iter().zip(fits).enumerate() {
        if let Some(&place) = places.get(i + AHEAD) {
            touch(plane, tables, place);
        }
        *fit = one(lanes, plane, tables, x, y);
    }
}

/// Beads by which samples are asked for before they are needed.
const AHEAD: usize = 4;

/// Reads one sample of each row of a window: its rows lie far apart in memory, and no machine guesses that they are next.
#[inline(always)]
fn touch<T: Sample>(plane: &Plane<'_, T>, tables: &Tables, (x, y): (f64, f64)) {
    let (left, top) = ((x as usize).saturating_sub(tables.left), (y as usize).saturating_sub(tables.above));
    if left >= plane.width() || top + tables.rows > plane.height() {
        return;
    }
    let (samples, stride) = plane.from(left, top);
    let (mut at, mut sum) = (0, 0u32);
    for _ in 0..tables.rows {
        let Some(sample) = samples.get(at) else { break };
        sum = sum.wrapping_add(sample.to_u32());
        at += stride;
    }
    // The sum is nobody's, but the compiler must not know.
    std::hint::black_box(sum);
}

/// One bead: from its centre of gravity where that says enough, else by steps.
#[inline(always)]
fn one<T: Sample, L: Lanes>(lanes: L, plane: &Plane<'_, T>, tables: &Tables, x: f64, y: f64) -> Fit {
    match gravity(lanes, plane, tables, x, y) {
        Some(start) => last(lanes, plane, tables, (start.x, start.y), start.amplitude, start.background),
        None => by_steps(lanes, plane, tables, x, y),
    }
}

/// A first estimate.
struct Start {
    x: f64,
    y: f64,
    amplitude: f32,
    background: f32,
}

/// Samples of a window's row of the usual size.
const ACROSS: usize = 2 * LANES;
/// Farthest that a centre of gravity is believed, in px: the window must hold the whole bead.
const GRAVITY_TRAVEL: f32 = 1.0;

/// Centre of gravity of the window about the place, in whole numbers. The window is even about its middle, so that the
/// background, which the outermost columns tell, does not move it. Nothing for windows of another size, weak beads and
/// beads far from the place.
#[inline(always)]
fn gravity<T: Sample, L: Lanes>(
    lanes: L,
    plane: &Plane<'_, T>,
    tables: &Tables,
    x: f64,
    y: f64,
) -> Option<Start> {
    let reach = tables.above;
    if tables.across * LANES != ACROSS || tables.left != LANES || reach >= LANES {
        return None;
    }
    let (cx, cy) = ((x + 0.5) as usize, (y + 0.5) as usize);
    let (left, top) = (cx.checked_sub(LANES)?, cy.checked_sub(reach)?);
    if left + ACROSS > plane.width() || top + tables.rows > plane.height() {
        return None;
    }
    let (samples, stride) = plane.from(left, top);
    let none = lanes.whole(&[T::default(); LANES]);
    // After the last row `above` holds each row times the number of rows from it to the end.
    let (mut column, mut above) = ([none; 2], [none; 2]);
    for j in 0..tables.rows {
        let row = samples[j * stride..].first_chunk::<ACROSS>()?;
        for (k, samples) in row.as_chunks::<LANES>().0.iter().enumerate() {
            column[k] = lanes.plus(column[k], lanes.whole(samples));
            above[k] = lanes.plus(above[k], column[k]);
        }
    }
    let zero = lanes.splat(0.0);
    let mut sums = [zero; 4];
    for k in 0..2 {
        let (column, above) = (lanes.float(column[k]), lanes.float(above[k]));
        let inside = lanes.load(&tables.inside[k]);
        sums[0] = lanes.madd(inside, column, sums[0]);
        sums[1] = lanes.madd(lanes.load(&tables.along[k]), column, sums[1]);
        sums[2] = lanes.madd(inside, above, sums[2]);
        sums[3] = lanes.madd(lanes.load(&tables.ends[k]), column, sums[3]);
    }
    let [sum, along, above, ends] = lanes.totals(sums);
    let rows = tables.rows as f32;
    let down = (rows - reach as f32) * sum - above;
    let background = ends / (2.0 * rows);
    let flux = sum - background * rows * rows;
    let amplitude = flux / tables.flux;
    let (dx, dy) = (along / flux, down / flux);
    let sure = amplitude > tables.lit && dx.abs() < GRAVITY_TRAVEL && dy.abs() < GRAVITY_TRAVEL;
    sure.then(|| Start { x: cx as f64 + f64::from(dx), y: cy as f64 + f64::from(dy), amplitude, background })
}

/// Steps from the nearest tabulated position until the last step is small.
#[inline(always)]
fn by_steps<T: Sample, L: Lanes>(lanes: L, plane: &Plane<'_, T>, tables: &Tables, x0: f64, y0: f64) -> Fit {
    let travel = (TRAVEL * tables.radius) as f32;
    let (mut x, mut y) = (x0, y0);
    // The first step needs position, amplitude and background only.
    for _ in 0..4 {
        let Some(at) = Window::new(plane, tables, x, y) else { return Fit::NONE };
        let sums = at.sums::<false, L>(lanes, 0.0, 0.0);
        let step = product(&at.phase.inverse, &sums.v);
        let (dx, dy) = clamp_step(&step, step[0]);
        x = at.x + f64::from(dx);
        y = at.y + f64::from(dy);
        let (off_x, off_y) = ((x - x0) as f32, (y - y0) as f32);
        if off_x.abs() > travel || off_y.abs() > travel || step[0] <= 0.0 {
            // No bead here that a fit could follow: amplitude and background at the site itself.
            return at_site(lanes, plane, tables, x0, y0);
        }
        if dx.abs() < 0.6 && dy.abs() < 0.6 {
            return last(lanes, plane, tables, (x, y), step[0], step[1]);
        }
    }
    at_site(lanes, plane, tables, x0, y0)
}

/// The exact step and the residuals.
#[inline(always)]
fn last<T: Sample, L: Lanes>(
    lanes: L,
    plane: &Plane<'_, T>,
    tables: &Tables,
    (mut x, mut y): (f64, f64),
    mut amplitude: f32,
    mut background: f32,
) -> Fit {
    let mut round = 0;
    loop {
        let Some(at) = Window::new(plane, tables, x, y) else { return Fit::NONE };
        let sums = at.sums::<true, L>(lanes, amplitude, background);
        let step = product(&at.phase.inverse, &sums.v);
        amplitude += step[0];
        background += step[1];
        let (dx, dy) = clamp_step(&step, amplitude);
        x = at.x + f64::from(dx);
        y = at.y + f64::from(dy);
        round += 1;
        let exact = dx.abs() < EXACT && dy.abs() < EXACT;
        if exact || round == 3 {
            let explained: f32 = (0..4).map(|i| step[i] * sums.v[i]).sum();
            let chi2 = (sums.squares - explained).max(0.0) / tables.freedom;
            return Fit { x, y, amplitude, background, chi2, high: sums.high, low: sums.low, settled: exact };
        }
    }
}

/// Amplitude, background and residuals with the centre held at the site.
#[inline(always)]
fn at_site<T: Sample, L: Lanes>(lanes: L, plane: &Plane<'_, T>, tables: &Tables, x: f64, y: f64) -> Fit {
    let Some(at) = Window::new(plane, tables, x, y) else { return Fit::NONE };
    let step = product(&at.phase.inverse, &at.sums::<false, L>(lanes, 0.0, 0.0).v);
    let sums = at.sums::<true, L>(lanes, step[0], step[1]);
    let chi2 = sums.squares / tables.freedom;
    Fit {
        x,
        y,
        amplitude: step[0],
        background: step[1],
        chi2,
        high: sums.high,
        low: sums.low,
        settled: false,
    }
}

#[inline(always)]
fn clamp_step(step: &[f32; 4], amplitude: f32) -> (f32, f32) {
    // A step of the linearised fit is to be believed within the blur of the edge only.
    let over = if amplitude > 0.0 { 1.0 / amplitude } else { 0.0 };
    ((step[2] * over).clamp(-1.5, 1.5), (step[3] * over).clamp(-1.5, 1.5))
}

/// A window of samples and the table of its phase.
struct Window<'a, T> {
    samples: &'a [T],
    stride: usize,
    phase: &'a Phase,
    across: usize,
    rows: usize,
    /// The table's own centre in the frame.
    x: f64,
    y: f64,
}

/// Weighted sums of a window.
struct Sums {
    /// Against (psf, 1, dx, dy).
    v: [f32; 4],
    squares: f32,
    high: f32,
    low: f32,
}

impl<'a, T: Sample> Window<'a, T> {
    #[inline(always)]
    fn new(plane: &Plane<'a, T>, tables: &'a Tables, x: f64, y: f64) -> Option<Self> {
        // Truncation of a positive number rounds here; what is negative fails the checks below.
        let (cx, cy) = ((x + 0.5) as usize, (y + 0.5) as usize);
        let left = cx.checked_sub(tables.left)?;
        let top = cy.checked_sub(tables.above)?;
        if left + tables.across * LANES > plane.width() || top + tables.rows > plane.height() {
            return None;
        }
        let (phase, px, py) = tables.phase((x - cx as f64) as f32, (y - cy as f64) as f32);
        let (samples, stride) = plane.from(left, top);
        Some(Self {
            samples,
            stride,
            phase,
            across: tables.across,
            rows: tables.rows,
            x: cx as f64 + f64::from(px),
            y: cy as f64 + f64::from(py),
        })
    }

    /// Sums of `sample - background - amplitude * psf`; squares and extremes only if `FULL`.
    #[inline(always)]
    fn sums<const FULL: bool, L: Lanes>(&self, lanes: L, amplitude: f32, background: f32) -> Sums {
        let zero = lanes.splat(0.0);
        let (mut psf, mut one, mut dx, mut dy, mut squares) = (zero, zero, zero, zero, zero);
        let (mut high, mut low) = (lanes.splat(f32::MIN), lanes.splat(f32::MAX));
        let (amplitude, background) = (lanes.splat(-amplitude), lanes.splat(background));
        let width = self.across * LANES;
        let mut blocks = self.phase.blocks.iter();
        for j in 0..self.rows {
            let row = &self.samples[j * self.stride..][..width];
            for (samples, block) in row.as_chunks::<LANES>().0.iter().zip(blocks.by_ref()) {
                let mut r = lanes.widen(samples);
                let shape = lanes.load(&block.psf);
                if FULL {
                    r = lanes.madd(amplitude, shape, lanes.sub(r, background));
                }
                let wr = lanes.mul(lanes.load(&block.w), r);
                if FULL {
                    squares = lanes.madd(wr, r, squares);
                    high = lanes.max(high, wr);
                    low = lanes.min(low, wr);
                }
                one = lanes.add(one, wr);
                psf = lanes.madd(shape, wr, psf);
                dx = lanes.madd(lanes.load(&block.dx), wr, dx);
                dy = lanes.madd(lanes.load(&block.dy), wr, dy);
            }
        }
        Sums {
            v: lanes.totals([psf, one, dx, dy]),
            squares: if FULL { lanes.total(squares) } else { 0.0 },
            high: if FULL { lanes.extreme(high, |a, b| a > b) } else { 0.0 },
            low: if FULL { lanes.extreme(low, |a, b| a < b) } else { 0.0 },
        }
    }
}

#[inline(always)]
fn product(m: &[[f32; 4]; 4], v: &[f32; 4]) -> [f32; 4] {
    std::array::from_fn(|i| m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2] + m[i][3] * v[3])
}
