//! Learning the effective point spread function and the noise from a frame's own beads.
//!
//! A radial mean profile starts it. Then, in turns: fit the beads with the present function; gather what is left over
//! on the fine grid, from beads at all positions within a pixel; add its mean, smooth, centre, normalise.

use super::Optics;
use super::epsf::{Epsf, STEPS};
use super::noise::{Noise, Transfer};
use super::tables::Tables;
use crate::bead::{Fit, fit_all};
use crate::frame::{Plane, Sample};
use crate::grid::{Grid, GridSpec, look};
use crate::robust;

/// Why nothing could be learnt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LearnError {
    /// Too few beads look alike.
    #[error(
        "only {found} of {tried} beads look alike; at least {needed} are needed to learn how a bead looks; check focus and light"
    )]
    TooFew {
        /// Beads that look alike.
        found: usize,
        /// Beads looked at.
        tried: usize,
        /// Beads needed.
        needed: usize,
    },
}

/// Most beads that are learnt from; more make the function no better than the fit needs.
const BEADS_MAX: usize = 1200;
/// Fewest beads.
const BEADS_MIN: usize = 12;
/// Turns of fitting and correcting.
const ROUNDS: usize = 5;
/// Share of the slopes' energy that may lie outside the radius of the final tables.
const OUTSIDE: f64 = 0.002;

pub(super) fn learn<T: Sample>(
    plane: &Plane<'_, T>,
    spec: &GridSpec,
    grid: &Grid,
) -> Result<Optics, LearnError> {
    let scale = grid.pitch_px() / spec.pitch_px;
    let bead = spec.bead_px * scale;
    let radius = (bead / 2.0 + 5.0).min(spec.pitch_px * scale / 2.0);
    let area = std::f64::consts::PI * bead * bead / 4.0;
    let pin = Pin { radius, area };
    let half = radius.ceil() as usize + 2;
    let places = places(plane, grid, half);
    let thinned: Vec<(f64, f64)> = places.iter().copied().step_by(3).collect();
    let starts: Vec<Start> =
        places.iter().filter_map(|&(x, y)| Start::new(plane, spec, x, y, area)).collect();
    let mut epsf = radial(plane, &starts, half);
    pin.apply(&mut epsf);
    let typical = |f: &dyn Fn(&Start) -> f64| {
        f64::from(robust::median(&mut starts.iter().map(|s| f(s) as f32).collect::<Vec<_>>()))
    };
    let mut usual = Usual {
        area,
        amplitude: typical(&|s| s.amplitude).max(1e-3),
        background: typical(&|s| s.background),
        noise: Noise { read: 1.0, gain: 0.0 },
    };
    let mut beads = 0;
    for round in 0..ROUNDS {
        let optics = usual.optics(&epsf, radius, beads);
        // The first turns are coarse: a third of the beads will do.
        let part = if round + 2 < ROUNDS && places.len() > 600 { &thinned } else { &places };
        let fits = good_fits(plane, optics, part);
        beads = fits.len();
        if beads < BEADS_MIN {
            return Err(LearnError::TooFew { found: beads, tried: part.len(), needed: BEADS_MIN });
        }
        usual = Usual::of(&fits, area);
        let mut transfer =
            Transfer::new(usual.background, usual.background + usual.amplitude.max(f64::MIN_POSITIVE));
        let correction = leftovers(plane, &epsf, &fits, radius, &mut transfer);
        usual.noise = transfer.line();
        if round + 1 < ROUNDS {
            for (value, add) in epsf.values.iter_mut().zip(correction) {
                *value += add;
            }
            epsf.smooth();
            epsf.centre();
            pin.apply(&mut epsf);
        }
    }
    Ok(usual.optics(&epsf, enough(&epsf, radius), beads))
}

/// Sites spread over the frame whose surroundings lie in it.
fn places<T: Sample>(plane: &Plane<'_, T>, grid: &Grid, half: usize) -> Vec<(f64, f64)> {
    let sites = grid.rows * grid.columns;
    let stride = sites.div_ceil(BEADS_MAX);
    let margin = half as f64 + 9.0;
    // A stride that shares a factor with the row's length would pick whole columns.
    let mut places = Vec::with_capacity(BEADS_MAX);
    for row in 0..grid.rows {
        for column in ((row * 7) % stride..grid.columns).step_by(stride) {
            let (x, y) = grid.position(row, column);
            let inside = x >= margin
                && y >= margin
                && x < plane.width() as f64 - margin
                && y < plane.height() as f64 - margin;
            if inside {
                places.push((x, y));
            }
        }
    }
    places
}

/// A bead by its centre of gravity.
struct Start {
    x: f64,
    y: f64,
    amplitude: f64,
    background: f64,
}

impl Start {
    fn new<T: Sample>(plane: &Plane<'_, T>, spec: &GridSpec, x: f64, y: f64, area: f64) -> Option<Self> {
        let spot = look(plane, spec, x, y)?;
        Some(Self { x: spot.x, y: spot.y, amplitude: spot.flux / area, background: spot.background })
    }
}

/// The mean profile of the beads about their centres of gravity, as a function of the distance alone.
fn radial<T: Sample>(plane: &Plane<'_, T>, starts: &[Start], half: usize) -> Epsf {
    let mut fluxes: Vec<f32> = starts.iter().map(|s| s.amplitude as f32).collect();
    let usual = f64::from(robust::median(&mut fluxes));
    const BINS_PER_PX: f64 = 3.0;
    let mut bins = vec![(0.0f64, 0.0f64); (half as f64 * 1.5 * BINS_PER_PX) as usize + 2];
    for s in starts.iter().filter(|s| (s.amplitude / usual - 1.0).abs() < 0.2).take(BEADS_MAX / 4) {
        each_pixel(plane, s.x, s.y, half, |x, y, value| {
            let at = x.hypot(y) * BINS_PER_PX;
            let (i, f) = (at as usize, at.fract());
            let value = (value - s.background) / s.amplitude;
            for (k, w) in [(i, 1.0 - f), (i + 1, f)] {
                if let Some(bin) = bins.get_mut(k) {
                    bin.0 += w;
                    bin.1 += w * value;
                }
            }
        });
    }
    let mean = |i: usize| bins.get(i).map_or(0.0, |b| if b.0 > 0.0 { b.1 / b.0 } else { 0.0 });
    Epsf::from_fn(half, |x, y| {
        let at = x.hypot(y) * BINS_PER_PX;
        let i = at as usize;
        mean(i) + at.fract() * (mean(i + 1) - mean(i))
    })
}

fn each_pixel<T: Sample>(
    plane: &Plane<'_, T>,
    cx: f64,
    cy: f64,
    half: usize,
    mut f: impl FnMut(f64, f64, f64),
) {
    let (ix, iy, half) = (cx.round() as isize, cy.round() as isize, half as isize);
    for y in iy - half..=iy + half {
        for x in ix - half..=ix + half {
            if let Some(value) = plane.get(x, y) {
                f(x as f64 - cx, y as f64 - cy, f64::from(value));
            }
        }
    }
}

/// What fixes the function where the beads leave it free: 0 at the rim (else it could trade with the background), the
/// light of an even disc of the nominal bead's size (else with the amplitude).
struct Pin {
    radius: f64,
    area: f64,
}

impl Pin {
    fn apply(&self, epsf: &mut Epsf) {
        let (mut rim, mut n) = (0.0, 0.0);
        let radius = self.radius;
        let ring = Epsf::from_fn(epsf.half, |x, y| {
            let r = x.hypot(y);
            f64::from(u8::from(r > radius - 1.0 && r <= radius))
        });
        for (value, ring) in epsf.values.iter().zip(&ring.values) {
            rim += value * ring;
            n += ring;
        }
        let rim = if n > 0.0 { rim / n } else { 0.0 };
        let disc = Epsf::from_fn(epsf.half, |x, y| f64::from(u8::from(x.hypot(y) <= radius)));
        for value in &mut epsf.values {
            *value -= rim;
        }
        let mut inner = epsf.clone();
        for (value, inside) in inner.values.iter_mut().zip(&disc.values) {
            *value *= inside;
        }
        let flux = inner.flux();
        if flux > 0.0 {
            for value in &mut epsf.values {
                *value *= self.area / flux;
            }
        }
    }
}

/// What is usual among the beads.
struct Usual {
    /// Light of a bead of amplitude 1, which the function is pinned to.
    area: f64,
    amplitude: f64,
    background: f64,
    noise: Noise,
}

impl Usual {
    fn of(fits: &[Fit], area: f64) -> Self {
        let middle =
            |f: fn(&Fit) -> f32| f64::from(robust::median(&mut fits.iter().map(f).collect::<Vec<_>>()));
        Self {
            area,
            amplitude: middle(|f| f.amplitude).max(1e-3),
            background: middle(|f| f.background),
            noise: Noise { read: 1.0, gain: 0.0 },
        }
    }

    fn optics(&self, epsf: &Epsf, radius: f64, beads: usize) -> Optics {
        let tables = Tables::new(epsf, &self.noise, self.amplitude, self.background, radius);
        Optics {
            epsf: epsf.clone(),
            tables,
            noise: self.noise,
            amplitude: self.amplitude,
            background: self.background,
            beads,
            flux: self.area,
            edge: epsf.edge(),
        }
    }
}

/// Fits of the beads that look like most.
fn good_fits<T: Sample>(plane: &Plane<'_, T>, optics: Optics, places: &[(f64, f64)]) -> Vec<Fit> {
    let mut fits = vec![Fit::NONE; places.len()];
    fit_all(plane, &optics, places.iter().copied(), &mut fits);
    fits.retain(|f| f.settled && f.amplitude > 0.0);
    let spread = |f: fn(&Fit) -> f32| robust::median_sigma(&mut fits.iter().map(f).collect::<Vec<_>>());
    let (amplitude, amplitude_sigma) = spread(|f| f.amplitude);
    let (chi2, chi2_sigma) = spread(|f| f.chi2);
    let near = (4.0 * amplitude_sigma).max(0.03 * amplitude);
    fits.retain(|f| (f.amplitude - amplitude).abs() <= near && f.chi2 <= chi2 + 4.0 * chi2_sigma + 1e-6);
    fits
}

/// Mean of `(sample - fit) / amplitude` at each point of the fine grid; residuals within the radius also go to `transfer`.
fn leftovers<T: Sample>(
    plane: &Plane<'_, T>,
    epsf: &Epsf,
    fits: &[Fit],
    radius: f64,
    transfer: &mut Transfer,
) -> Vec<f64> {
    let mut cells = vec![(0.0f64, 0.0f64); epsf.values.len()];
    let freedom = 1.0 - 4.0 / (std::f64::consts::PI * radius * radius);
    for fit in fits {
        let (a, b) = (f64::from(fit.amplitude), f64::from(fit.background));
        each_pixel(plane, fit.x, fit.y, epsf.half, |x, y, value| {
            let distance2 = x * x + y * y;
            if distance2 > (radius + 1.5).powi(2) {
                return;
            }
            let Some(cell) = epsf.nearest(x, y) else { return };
            let expected = b + a * epsf.at(x, y).value;
            let residual = value - expected;
            if distance2 <= radius * radius {
                transfer.add(expected, residual, freedom);
            }
            cells[cell].0 += 1.0;
            cells[cell].1 += residual / a;
        });
    }
    // Beads that all lie alike within their pixels leave cells empty; there the mean of the ring stands in.
    let rings = Rings::of(epsf, &cells);
    let side = epsf.side();
    let offset = |i: usize| i as f64 / STEPS as f64 - epsf.half as f64;
    cells
        .iter()
        .enumerate()
        .map(|(k, &(n, sum))| {
            (sum + RING_WEIGHT * rings.at(offset(k % side), offset(k / side))) / (n + RING_WEIGHT)
        })
        .collect()
}

/// Samples that the mean of a cell's ring counts for.
const RING_WEIGHT: f64 = 3.0;

/// Means of the cells at equal distance from the centre.
struct Rings(Vec<(f64, f64)>);

impl Rings {
    const PER_PX: f64 = 4.0;

    fn of(epsf: &Epsf, cells: &[(f64, f64)]) -> Self {
        let side = epsf.side();
        let offset = |i: usize| i as f64 / STEPS as f64 - epsf.half as f64;
        let mut rings = vec![(0.0, 0.0); (epsf.half as f64 * 1.5 * Self::PER_PX) as usize + 2];
        for (k, &(n, sum)) in cells.iter().enumerate() {
            let at = offset(k % side).hypot(offset(k / side)) * Self::PER_PX;
            for (ring, w) in [(at as usize, 1.0 - at.fract()), (at as usize + 1, at.fract())] {
                if let Some(ring) = rings.get_mut(ring) {
                    ring.0 += w * n;
                    ring.1 += w * sum;
                }
            }
        }
        Self(rings)
    }

    /// The mean at an offset, between the two nearest rings.
    fn at(&self, x: f64, y: f64) -> f64 {
        let at = x.hypot(y) * Self::PER_PX;
        let mean = |i: usize| self.0.get(i).map_or(0.0, |r| if r.0 > 0.0 { r.1 / r.0 } else { 0.0 });
        mean(at as usize) * (1.0 - at.fract()) + mean(at as usize + 1) * at.fract()
    }
}

/// Smallest radius that holds all but a small share of the squared slopes, which are what locates the bead; and a pixel
/// more, for the background.
fn enough(epsf: &Epsf, most: f64) -> f64 {
    // Rings average the noise away, which would otherwise pass for slopes.
    let step = 0.25;
    let ring: Vec<f64> = (0..=(most / step) as usize + 1).map(|k| epsf.ring(k as f64 * step)).collect();
    let energy: Vec<f64> =
        ring.windows(2).enumerate().map(|(k, w)| (k as f64 + 0.5) * (w[1] - w[0]).powi(2)).collect();
    let total: f64 = energy.iter().sum();
    let mut outside = 0.0;
    for (i, e) in energy.iter().enumerate().rev() {
        outside += e;
        if outside > OUTSIDE * total {
            let held = (i + 1) as f64 * step;
            // Samples come in groups: a little more background is not worth another group in each row.
            return held.max((held + 0.75).min(Tables::widest(held))).min(most);
        }
    }
    most
}
