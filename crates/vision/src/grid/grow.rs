//! From the seed outward: sparse anchors, each step a little farther than the model is known to be right.

use super::error::GridError;
use super::probe::{self, Spot};
use super::seed::Seed;
use super::{Grid, GridSpec, index, model_degree};
use crate::frame::{Plane, Sample};
use crate::robust;
use crate::surface::{Knot, Surface};

/// Share of a pitch by which an anchor may be off its predicted place; with half a pitch its neighbour would be meant.
const REACH: f64 = 0.35;
/// Share of the usual light that makes a bead present.
const PRESENT: f64 = 0.3;
/// Anchors along each axis.
const ANCHORS: usize = 17;
/// The same of a grid that was found from nothing, once it is numbered, and of one that is followed.
pub(super) const NUMBERED: usize = 20;
const FOLLOWED: usize = 12;

/// The lattice over the whole frame, numbered from the seed, with the anchors it was last fitted to.
pub(super) struct Lattice {
    x: Surface,
    y: Surface,
    /// Lattice steps that are mapped to 1.
    scale: f64,
    /// Usual light of a bead in DN times px.
    pub flux: f64,
    /// Lowest and highest column and row at which an anchor was found.
    pub columns: (i32, i32),
    pub rows: (i32, i32),
    /// Steps between anchors.
    pub spacing: i32,
}

/// An anchor: where on the lattice, and where in the frame.
struct Anchor {
    u: f64,
    v: f64,
    spot: Spot,
}

impl Lattice {
    /// Place of a lattice point in px.
    pub fn at(&self, i: i32, j: i32) -> (f64, f64) {
        let (u, v) = (f64::from(i) / self.scale, f64::from(j) / self.scale);
        (self.x.at(u, v), self.y.at(u, v))
    }

    /// The bead at a lattice point; `Some(None)` where there is none, nothing where the window leaves the frame.
    pub fn bead<T: Sample>(
        &self,
        plane: &Plane<'_, T>,
        spec: &GridSpec,
        i: i32,
        j: i32,
    ) -> Option<Option<Spot>> {
        let (x, y) = self.at(i, j);
        let margin = spec.bead_px / 2.0 + 2.0;
        let inside = x >= margin
            && y >= margin
            && x <= plane.width() as f64 - 1.0 - margin
            && y <= plane.height() as f64 - 1.0 - margin;
        inside.then(|| {
            probe::look(plane, spec, x, y)
                .filter(|s| s.flux > PRESENT * self.flux && (s.x - x).hypot(s.y - y) < REACH * spec.pitch_px)
        })
    }
}

/// Follows the lattice to the frame's edges.
pub(super) fn grow<T: Sample>(
    plane: &Plane<'_, T>,
    spec: &GridSpec,
    seed: &Seed,
) -> Result<Lattice, GridError> {
    let scale = spec.rows.max(spec.columns) as f64;
    let surface = |origin: f64, column: f64, row: f64| Surface::plane(origin, column * scale, row * scale);
    let mut lattice = Lattice {
        x: surface(seed.origin.0, seed.column_step.0, seed.row_step.0),
        y: surface(seed.origin.1, seed.column_step.1, seed.row_step.1),
        scale,
        flux: seed.flux,
        columns: (0, 0),
        rows: (0, 0),
        spacing: 1,
    };
    let far = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]
        .map(|(fx, fy)| {
            let (dx, dy) =
                (fx * plane.width() as f64 - seed.origin.0, fy * plane.height() as f64 - seed.origin.1);
            dx.abs().max(dy.abs()) / spec.pitch_px
        })
        .into_iter()
        .fold(0.0, f64::max);
    let mut reach = 5.0f64;
    loop {
        reach = (reach * 1.6).min(far * 1.05 + 1.0);
        let spacing = ((2.0 * reach / (ANCHORS - 1) as f64).round() as i32).max(1);
        let (anchors, tried) = sweep(plane, spec, &mut lattice, reach, spacing);
        if anchors.len() < 9 || anchors.len() * 4 < tried.min(spec.rows * spec.columns) {
            return Err(GridError::NoLattice { spots: anchors.len(), pitch_px: spec.pitch_px });
        }
        let degree = if reach < 12.0 { 1 } else { 2 + usize::from(reach >= 24.0) };
        let lines = model_degree(spec.rows, spec.columns);
        (lattice.x, lattice.y) = fit(anchors, degree.min(lines), spec.pitch_px, (lattice.x, lattice.y));
        if reach >= far {
            return Ok(lattice);
        }
    }
}

/// Probes the anchors within reach; gives those found and how many were looked for inside the frame.
fn sweep<T: Sample>(
    plane: &Plane<'_, T>,
    spec: &GridSpec,
    lattice: &mut Lattice,
    reach: f64,
    spacing: i32,
) -> (Vec<Anchor>, usize) {
    let count = (reach as i32) / spacing;
    let (mut anchors, mut tried) = (Vec::new(), 0);
    let (mut columns, mut rows) = ((i32::MAX, i32::MIN), (i32::MAX, i32::MIN));
    for b in -count..=count {
        for a in -count..=count {
            let (i, j) = (a * spacing, b * spacing);
            let Some(found) = lattice.bead(plane, spec, i, j) else { continue };
            tried += 1;
            let Some(spot) = found else { continue };
            columns = (columns.0.min(i), columns.1.max(i));
            rows = (rows.0.min(j), rows.1.max(j));
            anchors.push(Anchor { u: f64::from(i) / lattice.scale, v: f64::from(j) / lattice.scale, spot });
        }
    }
    (lattice.columns, lattice.rows, lattice.spacing) = (columns, rows, spacing);
    (anchors, tried)
}

/// Least squares in two rounds, the second without outliers.
fn fit(
    mut anchors: Vec<Anchor>,
    degree: usize,
    pitch: f64,
    before: (Surface, Surface),
) -> (Surface, Surface) {
    let (mut x, mut y) = before;
    for _ in 0..2 {
        let knots = |value: fn(&Spot) -> f64| -> Vec<Knot> {
            anchors.iter().map(|a| Knot { u: a.u, v: a.v, value: value(&a.spot), weight: 1.0 }).collect()
        };
        x = Surface::fit(&knots(|s| s.x), degree).unwrap_or(x);
        y = Surface::fit(&knots(|s| s.y), degree).unwrap_or(y);
        let off = |a: &Anchor| (a.spot.x - x.at(a.u, a.v)).hypot(a.spot.y - y.at(a.u, a.v));
        let mut all: Vec<f32> = anchors.iter().map(|a| off(a) as f32).collect();
        let limit = (5.0 / 1.1774 * f64::from(robust::median(&mut all))).max(0.03 * pitch);
        anchors.retain(|a| off(a) < limit);
    }
    (x, y)
}

/// Lines spread evenly over `0..n`, both ends among them.
pub(super) fn spread(n: usize, most: usize) -> Vec<usize> {
    let count = n.min(most);
    (0..count).map(|k| if count == 1 { 0 } else { k * (n - 1) / (count - 1) }).collect()
}

/// A grid fitted to `most` by `most` anchors near where `place` says; with how many were found and tried.
pub(super) fn anchored<T: Sample>(
    plane: &Plane<'_, T>,
    spec: &GridSpec,
    flux: f64,
    most: usize,
    place: impl Fn(usize, usize) -> (f64, f64),
) -> (Option<Grid>, usize, usize) {
    let (mut anchors, mut tried) = (Vec::new(), 0);
    for row in spread(spec.rows, most) {
        for column in spread(spec.columns, most) {
            let (x, y) = place(row, column);
            tried += 1;
            let spot = probe::look(plane, spec, x, y);
            let near = |s: &Spot| s.flux > PRESENT * flux && (s.x - x).hypot(s.y - y) < REACH * spec.pitch_px;
            if let Some(spot) = spot.filter(near) {
                let (u, v) = super::normal(spec.rows, spec.columns, row as f64, column as f64);
                anchors.push(Anchor { u, v, spot });
            }
        }
    }
    let found = anchors.len();
    if found < 9 {
        return (None, found, tried);
    }
    let degree = model_degree(spec.rows, spec.columns);
    let nothing = Surface::constant(0.0);
    let (x, y) = fit(anchors, degree, spec.pitch_px, (nothing, nothing));
    (Some(Grid::new(spec.rows, spec.columns, x, y)), found, tried)
}

/// See [`Grid::track`].
pub(super) fn track<T: Sample>(
    plane: &Plane<'_, T>,
    spec: &GridSpec,
    before: &Grid,
) -> Result<Grid, GridError> {
    let mut light = Vec::new();
    for row in spread(spec.rows, 7) {
        for column in spread(spec.columns, 7) {
            let (x, y) = before.position(row, column);
            light.extend(probe::look(plane, spec, x, y).map(|s| s.flux as f32));
        }
    }
    // Dark beads give next to nothing: the upper quartile is a good bead's light unless three quarters are dark.
    let flux = f64::from(robust::quantile(&mut light, 0.75));
    let (grid, found, tried) =
        anchored(plane, spec, flux, FOLLOWED, |row, column| before.position(row, column));
    let lost = GridError::Lost { found, tried };
    let grid = grid.filter(|_| found * 10 >= tried * 6).ok_or_else(|| lost.clone())?;
    let grid = Grid {
        column_steps: before.column_steps.clone(),
        row_steps: before.row_steps.clone(),
        // Anchors were fitted without the seams: the polynomial of the earlier frame, moved, holds them.
        ..if before.column_steps.is_empty() && before.row_steps.is_empty() {
            grid
        } else {
            moved(before, &grid)
        }
    };
    if index::has_neighbour_line(plane, spec, &grid, flux) {
        return Err(lost);
    }
    index::check_shape(plane, spec, &grid)?;
    Ok(grid)
}

/// The earlier grid, displaced by the mean difference to the new one.
fn moved(before: &Grid, now: &Grid) -> Grid {
    let (rows, columns) = (spread(before.rows, 5), spread(before.columns, 5));
    let n = (rows.len() * columns.len()) as f64;
    let (mut dx, mut dy) = (0.0, 0.0);
    for &row in &rows {
        for &column in &columns {
            let (a, b) = (before.position(row, column), now.position(row, column));
            dx += (b.0 - a.0) / n;
            dy += (b.1 - a.1) / n;
        }
    }
    Grid { x: before.x.raised(dx), y: before.y.raised(dy), ..before.clone() }
}
