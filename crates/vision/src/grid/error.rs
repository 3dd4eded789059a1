//! Why a frame was refused.

use super::{ROTATION_MAX_DEG, SCALE_MAX};

/// Why a frame does not hold the grid, with what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GridError {
    /// The specification cannot be measured.
    #[error(
        "the grid must have 3 rows and columns, a pitch of 6 px and a bead of 2 px to 0.75 pitches or more; check the recipe"
    )]
    Spec,
    /// The frame is smaller than the grid.
    #[error(
        "the frame of {width} x {height} px cannot hold {columns} x {rows} beads of pitch {pitch_px:.1} px; check the recipe's size and um_per_px"
    )]
    TooSmall {
        /// Width of the frame in px.
        width: usize,
        /// Height of the frame in px.
        height: usize,
        /// Rows asked for.
        rows: usize,
        /// Columns asked for.
        columns: usize,
        /// Pitch asked for in px.
        pitch_px: f64,
    },
    /// No bright spots anywhere.
    #[error("no beads stand out: contrast {contrast:.1} against noise {noise:.1}; check light and exposure")]
    NoContrast {
        /// Height of the brightest spots over the background, smoothed, in DN.
        contrast: f64,
        /// Noise of the smoothed frame in DN.
        noise: f64,
    },
    /// Bright spots, but in no order.
    #[error(
        "bright spots were found ({spots}), but they form no grid of pitch {pitch_px:.1} px; is this the right panel?"
    )]
    NoLattice {
        /// Spots found in the best patch.
        spots: usize,
        /// Pitch asked for in px.
        pitch_px: f64,
    },
    /// A lattice of another pitch.
    #[error(
        "beads stand {found_px:.2} px apart, the recipe says {expected_px:.2} px (at most {max:.0} % off); check pitch_um and um_per_px",
        max = SCALE_MAX * 100.0
    )]
    Pitch {
        /// Pitch found in px.
        found_px: f64,
        /// Pitch asked for in px.
        expected_px: f64,
    },
    /// Rotated too far.
    #[error(
        "the grid is rotated by {degrees:.2} degrees, at most {ROTATION_MAX_DEG} are allowed; turn panel or camera"
    )]
    Rotation {
        /// Rotation found, clockwise on the screen.
        degrees: f64,
    },
    /// The lattice has another number of lines.
    #[error(
        "the grid has {found_rows} rows and {found_columns} columns, the recipe says {rows} and {columns}"
    )]
    Count {
        /// Rows found.
        found_rows: usize,
        /// Columns found.
        found_columns: usize,
        /// Rows asked for.
        rows: usize,
        /// Columns asked for.
        columns: usize,
    },
    /// Lines at an edge are dark, and nothing tells on which side.
    #[error("{} dark at an edge and it cannot be told on which side; {}", are(*missing, lines), lit(lines, *unlit))]
    Ambiguous {
        /// Lines that are dark.
        missing: usize,
        /// `rows` or `columns`.
        lines: &'static str,
        /// True where an unlit frame was looked at, too.
        unlit: bool,
    },
    /// Lines at an edge are not seen: they lie outside the frame, or perhaps are dark at the other edge.
    #[error("{} not seen: the grid leaves the frame at its {edge} edge{}", are(*missing, lines), cut(lines, *certain))]
    CutOff {
        /// Lines that are not seen.
        missing: usize,
        /// `rows` or `columns`.
        lines: &'static str,
        /// The edge beyond which they would lie.
        edge: &'static str,
        /// False where they may be dark at the opposite edge instead.
        certain: bool,
    },
    /// Part of the grid is outside the frame.
    #[error("the grid leaves the frame at row {row}, column {column}; move panel or camera")]
    OutOfFrame {
        /// Row, from 0 at the top.
        row: usize,
        /// Column, from 0 at the left.
        column: usize,
    },
    /// The grid of the earlier frame does not fit.
    #[error("only {found} of {tried} beads are where the earlier frame had them; register anew")]
    Lost {
        /// Anchors found.
        found: usize,
        /// Anchors looked for.
        tried: usize,
    },
}

/// `1 row is`, `2 rows are`.
fn are(count: usize, lines: &str) -> String {
    match lines.strip_suffix('s') {
        Some(line) if count == 1 => format!("1 {line} is"),
        _ => format!("{count} {lines} are"),
    }
}

/// What helps against dark lines.
fn lit(lines: &str, unlit: bool) -> String {
    let begin = format!("a frame of the same run whose outermost {lines} are lit");
    if unlit {
        format!("the unlit frame shows no beads there either: give {begin}")
    } else {
        format!("give {begin}, or the unlit frame")
    }
}

/// What helps against a grid that leaves the frame, for certain or perhaps.
fn cut(lines: &str, certain: bool) -> String {
    if certain {
        "; move panel or camera".to_owned()
    } else {
        format!(
            ", or they are dark at the opposite one; move panel or camera, or give a frame of the same run whose outermost {lines} are lit, or the unlit frame"
        )
    }
}
