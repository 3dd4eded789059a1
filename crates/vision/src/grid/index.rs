//! Which lattice lines are the panel's first row and column.

use super::error::GridError;
use super::grow::{Lattice, NUMBERED, anchored, spread};
use super::probe::Spot;
use super::{Grid, GridSpec, ROTATION_MAX_DEG, SCALE_MAX, probe};
use crate::frame::{Luminance, Plane, Sample};
use crate::robust;

/// Beads looked at on a line to tell whether it is there.
const SAMPLES: usize = 16;
/// Dark lines at the edges that are looked past.
const DARK_LINES_MAX: i32 = 2;
/// Share of an unlit bead's usual light that makes one present.
const UNLIT_PRESENT: f64 = 0.4;
/// Light of an unlit frame's beads over that of its gaps from which on it tells anything.
const UNLIT_TELLING: f32 = 4.0;

#[derive(Clone, Copy, PartialEq)]
enum Axis {
    Columns,
    Rows,
}

/// Numbers the lattice, fits the grid and checks it.
pub(super) fn settle<T: Sample>(
    plane: &Plane<'_, T>,
    spec: &GridSpec,
    lattice: &Lattice,
    unlit: Option<&Luminance<'_>>,
) -> Result<Grid, GridError> {
    let view = View { plane, spec, lattice, unlit };
    let columns = view.extent(Axis::Columns, lattice.columns, lattice.rows);
    let rows = view.extent(Axis::Rows, lattice.rows, columns);
    let count = |(first, last): (i32, i32)| last - first + 1;
    let missing = (spec.columns as i32 - count(columns), spec.rows as i32 - count(rows));
    if !(0..=DARK_LINES_MAX).contains(&missing.0) || !(0..=DARK_LINES_MAX).contains(&missing.1) {
        return Err(GridError::Count {
            found_rows: count(rows).max(0) as usize,
            found_columns: count(columns).max(0) as usize,
            rows: spec.rows,
            columns: spec.columns,
        });
    }
    let left = view.start(Axis::Columns, columns, rows, missing.0)?;
    let top = view.start(Axis::Rows, rows, (left, left + spec.columns as i32 - 1), missing.1)?;
    let place = |row: usize, column: usize| lattice.at(left + column as i32, top + row as i32);
    let (grid, found, _) = anchored(plane, spec, lattice.flux, NUMBERED, place);
    let grid = grid.ok_or(GridError::NoLattice { spots: found, pitch_px: spec.pitch_px })?;
    check_shape(plane, spec, &grid)?;
    Ok(grid)
}

struct View<'a, 'p, T> {
    plane: &'a Plane<'p, T>,
    spec: &'a GridSpec,
    lattice: &'a Lattice,
    unlit: Option<&'a Luminance<'a>>,
}

/// Which edge the axis's first and last line are at.
fn edges(axis: Axis) -> [&'static str; 2] {
    if axis == Axis::Columns { ["left", "right"] } else { ["upper", "lower"] }
}

/// A quick look at the unlit frame.
fn look(unlit: &Luminance<'_>, spec: &GridSpec, (x, y): (f64, f64)) -> Option<Spot> {
    let spot = match unlit {
        Luminance::Bytes(plane) => probe::look(plane, spec, x, y),
        Luminance::Words(plane) => probe::look(plane, spec, x, y),
        Luminance::Computed(plane) => probe::look(&plane.as_plane(), spec, x, y),
    };
    spot.filter(|s| (s.x - x).hypot(s.y - y) < 0.35 * spec.pitch_px)
}

impl<T: Sample> View<'_, '_, T> {
    /// Beads present and looked at on a line, of which about `most` places between `across` are tried.
    fn presence(&self, axis: Axis, line: i32, across: (i32, i32), most: usize) -> (usize, usize) {
        let (mut present, mut tried) = (0, 0);
        for k in spread((across.1 - across.0 + 1) as usize, most) {
            let k = across.0 + k as i32;
            let (i, j) = if axis == Axis::Columns { (line, k) } else { (k, line) };
            if let Some(found) = self.lattice.bead(self.plane, self.spec, i, j) {
                tried += 1;
                present += usize::from(found.is_some());
            }
        }
        (present, tried)
    }

    fn is_there(&self, axis: Axis, line: i32, across: (i32, i32)) -> bool {
        let (present, tried) = self.presence(axis, line, across, SAMPLES);
        tried >= 3 && present * 2 >= tried
    }

    /// First and last line that is there: the outermost anchor lines, moved line by line.
    fn extent(&self, axis: Axis, known: (i32, i32), across: (i32, i32)) -> (i32, i32) {
        let edge = |known: i32, outward: i32| {
            let reach = self.lattice.spacing + 1;
            let outer = (0..=reach).rev().map(|k| known + outward * k);
            let inner = (1..=reach).map(|k| known - outward * k);
            outer.chain(inner).find(|&line| self.is_there(axis, line, across)).unwrap_or(known)
        };
        (edge(known.0, -1), edge(known.1, 1))
    }

    /// First line of the panel, where `missing` lines at the edges are dark: the place with the most beads.
    fn start(
        &self,
        axis: Axis,
        lines: (i32, i32),
        across: (i32, i32),
        missing: i32,
    ) -> Result<i32, GridError> {
        let full = (across.1 - across.0 + 1) as usize;
        // A place that leaves the frame stays a rival: the panel may have been moved, not darkened.
        let mut best: Vec<(usize, i32)> = (0..=missing)
            .map(|before| {
                let start = lines.0 - before;
                let extra = (start..lines.0).chain(lines.1 + 1..=lines.1 + missing - before);
                (extra.map(|line| self.presence(axis, line, across, full).0).sum(), start)
            })
            .collect();
        let clear = |best: &mut Vec<(usize, i32)>| {
            best.sort_by_key(|&(beads, start)| (std::cmp::Reverse(beads), start));
            match best.as_slice() {
                [only] => Some(only.1),
                [first, second, ..] if first.0 >= second.0 + 3 + full / 50 => Some(first.1),
                _ => None,
            }
        };
        if let Some(start) = clear(&mut best) {
            return Ok(start);
        }
        let telling =
            self.unlit.and_then(|unlit| Some((unlit, self.unlit_light(unlit, axis, lines, across)?)));
        if let Some((unlit, usual)) = telling {
            let shown = |line: i32| {
                let places = (across.0..=across.1).map(|k| self.at(axis, line, k));
                places
                    .filter(|&p| look(unlit, self.spec, p).is_some_and(|s| s.flux > UNLIT_PRESENT * usual))
                    .count()
            };
            for (beads, start) in &mut best {
                let extra = (*start..lines.0).chain(lines.1 + 1..*start + lines.1 - lines.0 + 1 + missing);
                *beads = extra.map(shown).sum();
            }
            if let Some(start) = clear(&mut best) {
                return Ok(start);
            }
        }
        let unseen = |line: i32| self.presence(axis, line, across, SAMPLES).1 * 2 < SAMPLES.min(full);
        let missing = missing as usize;
        let words = if axis == Axis::Columns { "columns" } else { "rows" };
        let out = [unseen(lines.0 - 1), unseen(lines.1 + 1)];
        let [low, high] = edges(axis);
        let (edge, certain) = match out {
            [false, false] => {
                return Err(GridError::Ambiguous { missing, lines: words, unlit: telling.is_some() });
            }
            [true, false] => (low, telling.is_some()),
            [false, true] => (high, telling.is_some()),
            [true, true] => (if axis == Axis::Columns { "left or right" } else { "upper or lower" }, true),
        };
        Err(GridError::CutOff { missing, lines: words, edge, certain })
    }

    /// Place of a line's `k`th bead.
    fn at(&self, axis: Axis, line: i32, k: i32) -> (f64, f64) {
        let (i, j) = if axis == Axis::Columns { (line, k) } else { (k, line) };
        self.lattice.at(i, j)
    }

    /// Usual light of a bead of the unlit frame, by some of those between the lines; nothing where beads hardly stand out.
    fn unlit_light(
        &self,
        unlit: &Luminance<'_>,
        axis: Axis,
        lines: (i32, i32),
        across: (i32, i32),
    ) -> Option<f64> {
        let (mut beads, mut gaps) = (Vec::new(), Vec::new());
        let light = |place| look(unlit, self.spec, place).map_or(0.0, |s| s.flux as f32);
        for line in spread((lines.1 - lines.0) as usize, SAMPLES) {
            for k in spread((across.1 - across.0) as usize, SAMPLES) {
                let (line, k) = (lines.0 + line as i32, across.0 + k as i32);
                let (own, next) = (self.at(axis, line, k), self.at(axis, line + 1, k + 1));
                beads.push(light(own));
                gaps.push(light(((own.0 + next.0) / 2.0, (own.1 + next.1) / 2.0)));
            }
        }
        let (usual, noise) = (robust::median(&mut beads), robust::median(&mut gaps));
        (usual > 0.0 && usual > UNLIT_TELLING * noise).then(|| f64::from(usual))
    }
}

fn in_frame<T: Sample>(plane: &Plane<'_, T>, x: f64, y: f64) -> bool {
    x >= 0.0 && y >= 0.0 && x <= plane.width() as f64 - 1.0 && y <= plane.height() as f64 - 1.0
}

/// Pitch, rotation and corners of a finished grid.
pub(super) fn check_shape<T: Sample>(
    plane: &Plane<'_, T>,
    spec: &GridSpec,
    grid: &Grid,
) -> Result<(), GridError> {
    // What the fit itself may be off by.
    const SLACK: f64 = 0.0015;
    let found_px = grid.pitch_px();
    if (found_px / spec.pitch_px - 1.0).abs() > SCALE_MAX + SLACK {
        return Err(GridError::Pitch { found_px, expected_px: spec.pitch_px });
    }
    let degrees = grid.rotation_deg();
    if degrees.abs() > ROTATION_MAX_DEG + SLACK.to_degrees() {
        return Err(GridError::Rotation { degrees });
    }
    for row in [0, spec.rows - 1] {
        for column in [0, spec.columns - 1] {
            let (x, y) = grid.position(row, column);
            if !in_frame(plane, x, y) {
                return Err(GridError::OutOfFrame { row, column });
            }
        }
    }
    Ok(())
}

/// True where a line of beads stands beside the grid: it is a pitch off.
pub(super) fn has_neighbour_line<T: Sample>(
    plane: &Plane<'_, T>,
    spec: &GridSpec,
    grid: &Grid,
    flux: f64,
) -> bool {
    let (last_row, last_column) = (spec.rows - 1, spec.columns - 1);
    let beside = |edge: (usize, usize), inner: (usize, usize)| {
        let (a, b) = (grid.position(edge.0, edge.1), grid.position(inner.0, inner.1));
        (2.0 * a.0 - b.0, 2.0 * a.1 - b.1)
    };
    let crowded = |places: Vec<(f64, f64)>| {
        let tried = places.len();
        let near = |&(x, y): &(f64, f64)| {
            probe::look(plane, spec, x, y)
                .is_some_and(|s| s.flux > 0.3 * flux && (s.x - x).hypot(s.y - y) < 0.35 * spec.pitch_px)
        };
        places.iter().filter(|p| near(p)).count() * 3 > tried
    };
    let rows = spread(spec.rows, SAMPLES);
    let columns = spread(spec.columns, SAMPLES);
    crowded(rows.iter().map(|&r| beside((r, 0), (r, 1))).collect())
        || crowded(rows.iter().map(|&r| beside((r, last_column), (r, last_column - 1))).collect())
        || crowded(columns.iter().map(|&c| beside((0, c), (1, c))).collect())
        || crowded(columns.iter().map(|&c| beside((last_row, c), (last_row - 1, c))).collect())
}
