//! What the user says of a panel.

use crate::classify::Limits;
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
    /// Limits that contradict each other.
    #[error(
        "`limits`: 0 <= dead_below <= dim_below < 1 < bright_above and 0 < false_calls_per_million must hold"
    )]
    Limits,
}

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
        let l = &self.limits;
        let ordered = 0.0 <= l.dead_below && l.dead_below <= l.dim_below && l.dim_below < 1.0;
        if !(ordered && l.bright_above > 1.0 && l.false_calls_per_million > 0.0) {
            return Err(RecipeError::Limits);
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
