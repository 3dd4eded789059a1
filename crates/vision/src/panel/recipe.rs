//! What the user says of a panel.

use crate::classify::Limits;
use crate::colour::{CameraMatrix, MatrixError};
use crate::grid::GridSpec;
use serde::{Deserialize, Serialize};

/// Whether colour is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    /// Brightness alone.
    #[default]
    Mono,
    /// Colour too; needs RGB or Bayer frames.
    Rgb,
}

/// A recipe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Distance of beads in micrometres.
    pub pitch_um: f64,
    /// Diameter of a bead in micrometres.
    pub bead_diameter_um: f64,
    /// Nominal micrometres a pixel; the true scale may be 2 % off.
    pub um_per_px: f64,
    /// Rows of beads.
    pub rows: usize,
    /// Columns of beads.
    pub columns: usize,
    /// Largest offset of a bead from the grid in micrometres.
    pub tolerance_um: f64,
    /// Whether colour is looked at.
    #[serde(default)]
    pub colour: Colour,
    /// Table of brightness and colour that good beads are sorted by; colour frames only.
    #[serde(default)]
    pub bins: Option<String>,
    /// Linear camera RGB to CIE XYZ, as the camera was calibrated; colour frames only. That of sRGB where absent.
    #[serde(default)]
    pub camera_matrix: Option<CameraMatrix>,
    /// Limits of the classes.
    #[serde(default)]
    pub limits: Limits,
}

/// What is wrong with a recipe.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RecipeError {
    /// A length that is no positive number.
    #[error("`{field}` is {value}; it must be above 0")]
    NotPositive {
        /// Field.
        field: &'static str,
        /// Its value.
        value: f64,
    },
    /// Rows or columns out of range.
    #[error("`{field}` is {value}; it must be 3 to {max}", max = LINES_MAX)]
    Lines {
        /// Field.
        field: &'static str,
        /// Its value.
        value: usize,
    },
    /// Beads that would touch.
    #[error("`bead_diameter_um` is {bead_um}, more than three quarters of `pitch_um`, which is {pitch_um}")]
    TooWide {
        /// Diameter in micrometres.
        bead_um: f64,
        /// Pitch in micrometres.
        pitch_um: f64,
    },
    /// Too few pixels.
    #[error(
        "a bead has {bead_px:.1} px and the pitch {pitch_px:.1}; 2 and 6 are needed: use a larger magnification"
    )]
    TooSmall {
        /// Diameter in px.
        bead_px: f64,
        /// Pitch in px.
        pitch_px: f64,
    },
    /// Bins of colour without colour.
    #[error("`bins` sorts by colour; it needs colour = \"rgb\"")]
    Bins,
    /// A matrix without colour.
    #[error("`camera_matrix` is of colour; it needs colour = \"rgb\"")]
    MatrixOfMono,
    /// A matrix that maps no camera to colours.
    #[error("`camera_matrix` {0}")]
    Matrix(MatrixError),
    /// Too few beads to learn from.
    #[error("a panel of {rows} x {columns} has too few beads; at least {BEADS_MIN} are needed to learn from")]
    TooFew {
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
    /// A tolerance that reaches into the neighbours' cells.
    #[error(
        "`tolerance_um` is {tolerance_um}, more than half of `pitch_um`, which is {pitch_um}: a bead so far off is its neighbour's"
    )]
    TooTolerant {
        /// Tolerance in micrometres.
        tolerance_um: f64,
        /// Pitch in micrometres.
        pitch_um: f64,
    },
    /// A limit that no bead, or every bead, would be beyond.
    #[error("`{}` is {value}; it must be {must}", path.trim_start_matches("limits."))]
    Limit {
        /// Where the limit is in the recipe, as `limits.dim_below`.
        path: &'static str,
        /// Its value.
        value: f64,
        /// What it must be.
        must: &'static str,
    },
}

impl RecipeError {
    /// The field that is wrong, tables before it with a dot, as `limits.dim_below`.
    pub fn path(&self) -> &'static str {
        match self {
            Self::NotPositive { field, .. } | Self::Lines { field, .. } => field,
            Self::TooWide { .. } => "bead_diameter_um",
            Self::TooSmall { .. } => "um_per_px",
            Self::TooFew { .. } => "rows",
            Self::TooTolerant { .. } => "tolerance_um",
            Self::Bins => "bins",
            Self::MatrixOfMono | Self::Matrix(_) => "camera_matrix",
            Self::Limit { path, .. } => path,
        }
    }
}

/// Fewest beads that a point spread function is learnt from.
const BEADS_MIN: usize = 12;

/// Most false calls in a million: beyond a tenth of the beads for each test the rate would no longer be what it says.
const FALSE_CALLS_MAX: f64 = 500_000.0;

/// Most rows or columns.
const LINES_MAX: usize = 20_000;

impl Recipe {
    /// Checks the recipe as a whole.
    ///
    /// # Errors
    /// The first field that cannot be.
    pub fn check(&self) -> Result<(), RecipeError> {
        for (field, value) in [
            ("pitch_um", self.pitch_um),
            ("bead_diameter_um", self.bead_diameter_um),
            ("um_per_px", self.um_per_px),
            ("tolerance_um", self.tolerance_um),
        ] {
            if !value.is_finite() || value <= 0.0 {
                return Err(RecipeError::NotPositive { field, value });
            }
        }
        for (field, value) in [("rows", self.rows), ("columns", self.columns)] {
            if !(3..=LINES_MAX).contains(&value) {
                return Err(RecipeError::Lines { field, value });
            }
        }
        if self.rows * self.columns < BEADS_MIN {
            return Err(RecipeError::TooFew { rows: self.rows, columns: self.columns });
        }
        if self.tolerance_um > 0.5 * self.pitch_um {
            return Err(RecipeError::TooTolerant {
                tolerance_um: self.tolerance_um,
                pitch_um: self.pitch_um,
            });
        }
        let spec = self.grid_spec();
        if spec.bead_px > 0.75 * spec.pitch_px {
            return Err(RecipeError::TooWide { bead_um: self.bead_diameter_um, pitch_um: self.pitch_um });
        }
        if spec.bead_px < 2.0 || spec.pitch_px < 6.0 {
            return Err(RecipeError::TooSmall { bead_px: spec.bead_px, pitch_px: spec.pitch_px });
        }
        if self.bins.is_some() && self.colour == Colour::Mono {
            return Err(RecipeError::Bins);
        }
        if let Some(matrix) = &self.camera_matrix {
            if self.colour == Colour::Mono {
                return Err(RecipeError::MatrixOfMono);
            }
            matrix.check().map_err(RecipeError::Matrix)?;
        }
        self.check_limits()
    }

    fn check_limits(&self) -> Result<(), RecipeError> {
        let l = &self.limits;
        let calls = l.false_calls_per_million;
        // Written so that what is not a number fails too.
        for (path, value, holds, must) in [
            (
                "limits.dead_below",
                l.dead_below,
                0.0 <= l.dead_below && l.dead_below < 1.0,
                "0 or more, below 1",
            ),
            (
                "limits.dim_below",
                l.dim_below,
                l.dead_below <= l.dim_below && l.dim_below < 1.0,
                "`dead_below` or more, below 1",
            ),
            ("limits.bright_above", l.bright_above, l.bright_above > 1.0, "above 1"),
            ("limits.shape_above", l.shape_above, l.shape_above >= 0.0, "0 or more"),
            ("limits.stain_above", l.stain_above, l.stain_above >= 0.0, "0 or more"),
            ("limits.bridge_above", l.bridge_above, l.bridge_above >= 0.0, "0 or more"),
            ("limits.double_above", l.double_above, l.double_above > 1.0, "above 1"),
            ("limits.double_stretch", l.double_stretch, l.double_stretch >= 0.0, "0 or more"),
            ("limits.chromaticity_above", l.chromaticity_above, l.chromaticity_above >= 0.0, "0 or more"),
            (
                "limits.false_calls_per_million",
                calls,
                calls > 0.0 && calls <= FALSE_CALLS_MAX,
                "above 0, at most 500000",
            ),
        ] {
            if !(holds && value.is_finite()) {
                return Err(RecipeError::Limit { path, value, must });
            }
        }
        Ok(())
    }

    /// The grid in pixels.
    pub fn grid_spec(&self) -> GridSpec {
        GridSpec {
            rows: self.rows,
            columns: self.columns,
            pitch_px: self.pitch_um / self.um_per_px,
            bead_px: self.bead_diameter_um / self.um_per_px,
        }
    }
}
