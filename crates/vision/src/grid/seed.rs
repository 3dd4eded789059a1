//! The first lattice: bright spots of a small patch and the steps between them.

use super::error::GridError;
use super::probe;
use super::{GridSpec, ROTATION_MAX_DEG, SCALE_MAX};
use crate::frame::{Plane, Sample};
use crate::linear;
use crate::robust;

/// An affine lattice: `origin + i * column_step + j * row_step`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seed {
    pub origin: (f64, f64),
    pub column_step: (f64, f64),
    pub row_step: (f64, f64),
    /// Median light of the spots, in DN times px.
    pub flux: f64,
}

/// Side of a patch in pitches.
const PATCH: f64 = 10.0;

/// Looks in nine patches, the middle one first; the last reason is given where all fail.
pub(super) fn find<T: Sample>(plane: &Plane<'_, T>, spec: &GridSpec) -> Result<Seed, GridError> {
    let (width, height) = (plane.width(), plane.height());
    // The grid's outer beads must lie in the frame, however it is rotated.
    let (w, h) = ((spec.columns - 1) as f64 * spec.pitch_px, (spec.rows - 1) as f64 * spec.pitch_px);
    let shrink = (1.0 - SCALE_MAX) * ROTATION_MAX_DEG.to_radians().cos();
    if w * shrink > width as f64 || h * shrink > height as f64 {
        return Err(GridError::TooSmall {
            width,
            height,
            rows: spec.rows,
            columns: spec.columns,
            pitch_px: spec.pitch_px,
        });
    }
    let side = (PATCH * spec.pitch_px) as usize;
    let (pw, ph) = (side.min(width), side.min(height));
    let mut reason = None;
    for (fx, fy) in [
        (0.5, 0.5),
        (0.3, 0.5),
        (0.7, 0.5),
        (0.5, 0.3),
        (0.5, 0.7),
        (0.2, 0.2),
        (0.8, 0.2),
        (0.2, 0.8),
        (0.8, 0.8),
    ] {
        let left = ((width - pw) as f64 * fx) as usize;
        let top = ((height - ph) as f64 * fy) as usize;
        match patch(plane, spec, (left, top), (pw, ph)) {
            Ok(seed) => return Ok(seed),
            // The middle of the frame has the most telling reason, unless it is merely dark.
            Err(error) => {
                if matches!(reason, None | Some(GridError::NoContrast { .. })) {
                    reason = Some(error);
                }
            }
        }
    }
    Err(reason.expect("nine patches were tried"))
}

fn patch<T: Sample>(
    plane: &Plane<'_, T>,
    spec: &GridSpec,
    (left, top): (usize, usize),
    (width, height): (usize, usize),
) -> Result<Seed, GridError> {
    let smooth = Smoothed::new(plane, spec, (left, top), (width, height));
    let peaks = smooth.peaks(spec, noise(plane, (left, top), (width, height)))?;
    let mut spots: Vec<probe::Spot> = peaks
        .iter()
        .filter_map(|&(x, y)| probe::look(plane, spec, (left + x) as f64, (top + y) as f64))
        .collect();
    let mut fluxes: Vec<f32> = spots.iter().map(|s| s.flux as f32).collect();
    let flux = f64::from(robust::median(&mut fluxes));
    spots.retain(|s| s.flux > 0.4 * flux && s.flux < 2.5 * flux);
    let (column_step, row_step) = steps(&spots, spec)?;
    let centre = (left as f64 + width as f64 / 2.0, top as f64 + height as f64 / 2.0);
    affine(&spots, spec, centre, column_step, row_step).map(|seed| Seed { flux, ..seed })
}

/// Noise of one sample: from differences of next but one neighbours along rows, which beads disturb little.
fn noise<T: Sample>(
    plane: &Plane<'_, T>,
    (left, top): (usize, usize),
    (width, height): (usize, usize),
) -> f64 {
    let mut differences = Vec::new();
    for y in (top..top + height).step_by(3) {
        let row = &plane.row(y)[left..left + width];
        differences.extend(row.windows(2).step_by(3).map(|w| (w[1].to_f32() - w[0].to_f32()).abs()));
    }
    // The lower third of |differences|: pixels between the beads. Half-normal: quantile(1/3) = 0.4307 sigma sqrt 2.
    f64::from(robust::quantile(&mut differences, 1.0 / 3.0)) / (0.4307 * std::f64::consts::SQRT_2)
}

/// Box means of the patch, about a bead wide.
struct Smoothed {
    values: Vec<f32>,
    width: usize,
    height: usize,
    side: usize,
}

impl Smoothed {
    fn new<T: Sample>(
        plane: &Plane<'_, T>,
        spec: &GridSpec,
        (left, top): (usize, usize),
        (width, height): (usize, usize),
    ) -> Self {
        let half = (0.35 * spec.bead_px).round().max(1.0) as usize;
        let stride = width + 1;
        let mut integral = vec![0u64; stride * (height + 1)];
        for y in 0..height {
            let mut sum = 0u64;
            for (x, &value) in plane.row(top + y)[left..left + width].iter().enumerate() {
                sum += u64::from(value.to_u32());
                integral[(y + 1) * stride + x + 1] = integral[y * stride + x + 1] + sum;
            }
        }
        let mut values = Vec::with_capacity(width * height);
        for y in 0..height {
            let (y0, y1) = (y.saturating_sub(half), (y + half + 1).min(height));
            for x in 0..width {
                let (x0, x1) = (x.saturating_sub(half), (x + half + 1).min(width));
                let sum = integral[y1 * stride + x1] + integral[y0 * stride + x0]
                    - integral[y0 * stride + x1]
                    - integral[y1 * stride + x0];
                values.push(sum as f32 / ((x1 - x0) * (y1 - y0)) as f32);
            }
        }
        Self { values, width, height, side: 2 * half + 1 }
    }

    /// Spots that are the brightest of their surroundings and well above the background.
    fn peaks(&self, spec: &GridSpec, sample_noise: f64) -> Result<Vec<(usize, usize)>, GridError> {
        let cell = (0.4 * spec.pitch_px).max(2.0);
        let (nx, ny) = ((self.width as f64 / cell) as usize, (self.height as f64 / cell) as usize);
        let mut best = vec![(f32::MIN, 0usize, 0usize); nx * ny];
        for y in 0..self.height {
            let cy = ((y as f64 / cell) as usize).min(ny - 1);
            for x in 0..self.width {
                let at = cy * nx + ((x as f64 / cell) as usize).min(nx - 1);
                let value = self.values[y * self.width + x];
                if value > best[at].0 {
                    best[at] = (value, x, y);
                }
            }
        }
        let peak = |i: usize, j: usize| {
            let own = best[j * nx + i].0;
            let around = (j.saturating_sub(1)..(j + 2).min(ny))
                .flat_map(|b| (i.saturating_sub(1)..(i + 2).min(nx)).map(move |a| (a, b)));
            around.filter(|&at| at != (i, j)).all(|(a, b)| {
                let other = best[b * nx + a].0;
                // Of two equal neighbours the earlier counts.
                own > other || (own == other && (b, a) > (j, i))
            })
        };
        let mut heights: Vec<(f32, usize, usize)> = (0..ny)
            .flat_map(|j| (0..nx).map(move |i| (i, j)))
            .filter(|&(i, j)| peak(i, j))
            .map(|(i, j)| best[j * nx + i])
            .collect();
        let low = robust::quantile(&mut self.values.clone(), 0.2);
        let high = robust::quantile(&mut heights.iter().map(|h| h.0).collect::<Vec<_>>(), 0.8);
        let (contrast, noise) = (f64::from(high - low), sample_noise / self.side as f64);
        if contrast < 8.0 * noise || contrast < 0.5 {
            return Err(GridError::NoContrast { contrast, noise });
        }
        heights.retain(|h| f64::from(h.0 - low) > 0.4 * contrast);
        Ok(heights.into_iter().map(|(_, x, y)| (x, y)).collect())
    }
}

/// A step to a neighbour in px.
type Step = (f64, f64);

/// Median steps from a spot to its right and its lower neighbour.
fn steps(spots: &[probe::Spot], spec: &GridSpec) -> Result<(Step, Step), GridError> {
    let none = GridError::NoLattice { spots: spots.len(), pitch_px: spec.pitch_px };
    if spots.len() < 6 {
        return Err(none);
    }
    let (mut across, mut down) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    let mut nearest = Vec::new();
    for (i, a) in spots.iter().enumerate() {
        let mut least = f64::MAX;
        for (j, b) in spots.iter().enumerate() {
            let (dx, dy) = (b.x - a.x, b.y - a.y);
            let distance = dx.hypot(dy);
            if i == j {
                continue;
            }
            least = least.min(distance);
            if (distance / spec.pitch_px - 1.0).abs() > 0.15 {
                continue;
            }
            if dx > dy.abs() * 1.5 {
                across.0.push(dx as f32);
                across.1.push(dy as f32);
            } else if dy > dx.abs() * 1.5 {
                down.0.push(dx as f32);
                down.1.push(dy as f32);
            }
        }
        nearest.push(least as f32);
    }
    let typical = f64::from(robust::median(&mut nearest));
    if (typical / spec.pitch_px - 1.0).abs() > 0.12 {
        return Err(GridError::Pitch { found_px: typical, expected_px: spec.pitch_px });
    }
    if across.0.len() < spots.len() / 3 || down.0.len() < spots.len() / 3 {
        return Err(none);
    }
    let middle = |(mut x, mut y): (Vec<f32>, Vec<f32>)| {
        (f64::from(robust::median(&mut x)), f64::from(robust::median(&mut y)))
    };
    Ok((middle(across), middle(down)))
}

/// Affine fit to the spots that take a place on the lattice, and the checks of pitch and rotation.
fn affine(
    spots: &[probe::Spot],
    spec: &GridSpec,
    centre: (f64, f64),
    mut column_step: (f64, f64),
    mut row_step: (f64, f64),
) -> Result<Seed, GridError> {
    let distance = |s: &probe::Spot| (s.x - centre.0).hypot(s.y - centre.1);
    let first = spots.iter().min_by(|a, b| distance(a).total_cmp(&distance(b))).expect("there are spots");
    let mut origin = (first.x, first.y);
    let mut placed = 0;
    // The reach doubles: far spots take their place only when the steps are known well enough.
    for reach in [2.5, 5.0, 10.0, 10.0] {
        let det = column_step.0 * row_step.1 - column_step.1 * row_step.0;
        let (mut normal, mut right_x, mut right_y) = ([[0.0; 3]; 3], [0.0; 3], [0.0; 3]);
        placed = 0;
        for s in spots.iter().filter(|s| (s.x - first.x).hypot(s.y - first.y) < reach * spec.pitch_px) {
            let (dx, dy) = (s.x - origin.0, s.y - origin.1);
            let i = (dx * row_step.1 - dy * row_step.0) / det;
            let j = (dy * column_step.0 - dx * column_step.1) / det;
            if (i - i.round()).abs() > 0.25 || (j - j.round()).abs() > 0.25 {
                continue;
            }
            placed += 1;
            let t = [1.0, i.round(), j.round()];
            for a in 0..3 {
                right_x[a] += t[a] * s.x;
                right_y[a] += t[a] * s.y;
                for b in 0..3 {
                    normal[a][b] += t[a] * t[b];
                }
            }
        }
        if let (Some(x), Some(y)) = (linear::solve(&normal, &right_x), linear::solve(&normal, &right_y)) {
            origin = (x[0], y[0]);
            column_step = (x[1], y[1]);
            row_step = (x[2], y[2]);
        }
    }
    let pitch = (column_step.0.hypot(column_step.1) + row_step.0.hypot(row_step.1)) / 2.0;
    let skew = (column_step.0 * row_step.0 + column_step.1 * row_step.1).abs() / (pitch * pitch);
    if placed * 10 < spots.len() * 6 || skew > 0.1 {
        return Err(GridError::NoLattice { spots: spots.len(), pitch_px: spec.pitch_px });
    }
    // A patch is a tenth of a grid: its own steps are known to a few 0.1 %, so the limits are taken a little wider here
    // and exactly on the whole grid.
    if (pitch / spec.pitch_px - 1.0).abs() > SCALE_MAX + 0.015 {
        return Err(GridError::Pitch { found_px: pitch, expected_px: spec.pitch_px });
    }
    let degrees = column_step.1.atan2(column_step.0).to_degrees();
    if degrees.abs() > ROTATION_MAX_DEG + 1.0 {
        return Err(GridError::Rotation { degrees });
    }
    Ok(Seed { origin, column_step, row_step, flux: 0.0 })
}
