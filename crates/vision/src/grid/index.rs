//! Which lattice lines are the panel's first row and column.

use super::error::GridError;
use super::grow::{Lattice, NUMBERED, anchored, spread};
use super::{Grid, GridSpec, ROTATION_MAX_DEG, SCALE_MAX, probe};
use crate::frame::{Plane, Sample};

/// Beads looked at on a line to tell whether it is there.
const SAMPLES: usize = 16;
/// Dark lines at the edges that are looked past.
const DARK_LINES_MAX: i32 = 2;

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
) -> Result<Grid, GridError> {
    let view = View { plane, spec, lattice };
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
        best.sort_by_key(|&(beads, start)| (std::cmp::Reverse(beads), start));
        let ambiguous = GridError::Ambiguous {
            missing: missing as usize,
            lines: if axis == Axis::Columns { "columns" } else { "rows" },
        };
        match best.as_slice() {
            [only] => Ok(only.1),
            [first, second, ..] if first.0 >= second.0 + 3 + full / 50 => Ok(first.1),
            _ => Err(ambiguous),
        }
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
