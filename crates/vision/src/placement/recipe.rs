//! What the user says of a board's parts.

use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// A rectangular part and its nominal place on the board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Name, such as `D17`.
    pub name: String,
    /// Middle in micrometres, to the right.
    pub x_um: f64,
    /// Middle in micrometres, downward.
    pub y_um: f64,
    /// Direction of the longer side in degrees, clockwise on the screen from the right.
    #[serde(default)]
    pub theta_deg: f64,
    /// Longer side in micrometres.
    pub length_um: f64,
    /// Shorter side in micrometres.
    pub width_um: f64,
}

/// A round mark whose place on the board is right by definition.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fiducial {
    /// Middle in micrometres, to the right.
    pub x_um: f64,
    /// Middle in micrometres, downward.
    pub y_um: f64,
    /// Diameter in micrometres.
    pub diameter_um: f64,
}

/// A recipe for placement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlacementRecipe {
    /// Nominal micrometres a pixel.
    pub um_per_px: f64,
    /// Where the board's origin lies in the frame, in px.
    #[serde(default)]
    pub origin_px: (f64, f64),
    /// Largest offset of a part from its place along x and along y, in micrometres.
    pub tolerance_um: f64,
    /// Largest rotation of a part against its nominal, in degrees.
    pub tolerance_deg: f64,
    /// Farthest that parts and fiducials are looked for from their places, in micrometres; at most 1,000 px.
    pub search_um: f64,
    /// Largest deviation of a side from the nominal, relative; what is farther off is another part.
    #[serde(default = "size_off_max")]
    pub size_off_max: f64,
    /// Two or more marks that place the board. Without any the parts as a whole do, and a displacement that all of them
    /// share is not seen.
    #[serde(default)]
    pub fiducials: Vec<Fiducial>,
    /// Parts.
    pub parts: Vec<Part>,
}

fn size_off_max() -> f64 {
    0.15
}

/// What is wrong with a recipe.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlacementRecipeError {
    /// A value that is no positive number.
    #[error("`{field}` is {value}; it must be above 0")]
    NotPositive {
        /// Field.
        field: &'static str,
        /// Its value.
        value: f64,
    },
    /// A search so wide that a part's window would not fit into memory.
    #[error("`search_um` is {px:.0} px; it must be at most {max}", max = SEARCH_MAX_PX)]
    Search {
        /// The search in px.
        px: f64,
    },
    /// A part that cannot be.
    #[error("part `{name}`: {what}")]
    Part {
        /// Its number from 0.
        at: usize,
        /// The field that is wrong.
        field: &'static str,
        /// Its name.
        name: String,
        /// What is wrong.
        what: &'static str,
    },
    /// A fiducial that cannot be.
    #[error("fiducial {number}: its place must be numbers and its diameter above 4 px")]
    Fiducial {
        /// Its number from 1.
        number: usize,
    },
    /// One fiducial.
    #[error("one fiducial cannot place a board; give two or more, or none")]
    OneFiducial,
    /// No parts, or too many.
    #[error("the recipe has {0} parts; it must have 1 to {max}", max = PARTS_MAX)]
    Count(usize),
}

impl PlacementRecipeError {
    /// The field that is wrong, tables and numbers from 0 before it with a dot, as `parts.3.width_um`.
    pub fn path(&self) -> String {
        match self {
            Self::NotPositive { field, .. } => (*field).to_owned(),
            Self::Search { .. } => "search_um".to_owned(),
            Self::Part { at, field, .. } => format!("parts.{at}.{field}"),
            Self::Fiducial { number } => format!("fiducials.{}", number - 1),
            Self::OneFiducial => "fiducials".to_owned(),
            Self::Count(_) => "parts".to_owned(),
        }
    }
}

/// Most parts of a board.
const PARTS_MAX: usize = 1_000_000;
/// Shortest side, and smallest mark, in px.
const SIDE_MIN_PX: f64 = 4.0;
/// Widest search in px: memory for a part's window grows with its square.
const SEARCH_MAX_PX: f64 = 1000.0;

impl PlacementRecipe {
    /// Checks the recipe as a whole.
    ///
    /// # Errors
    /// The first field that cannot be.
    pub fn check(&self) -> Result<(), PlacementRecipeError> {
        let positive = |field, value: f64| {
            if value.is_finite() && value > 0.0 {
                Ok(())
            } else {
                Err(PlacementRecipeError::NotPositive { field, value })
            }
        };
        positive("um_per_px", self.um_per_px)?;
        positive("tolerance_um", self.tolerance_um)?;
        positive("tolerance_deg", self.tolerance_deg)?;
        positive("search_um", self.search_um)?;
        let px = self.search_um / self.um_per_px;
        if px > SEARCH_MAX_PX {
            return Err(PlacementRecipeError::Search { px });
        }
        positive("size_off_max", self.size_off_max)?;
        if self.parts.is_empty() || self.parts.len() > PARTS_MAX {
            return Err(PlacementRecipeError::Count(self.parts.len()));
        }
        let mut names = HashSet::new();
        for (at, part) in self.parts.iter().enumerate() {
            let twice = !names.insert(part.name.as_str());
            let twice = twice.then_some(("name", "the name is there twice; give each part its own"));
            if let Some((field, what)) = self.fault(part).or(twice) {
                return Err(PlacementRecipeError::Part { at, field, name: part.name.clone(), what });
            }
        }
        if self.fiducials.len() == 1 {
            return Err(PlacementRecipeError::OneFiducial);
        }
        let bad = |f: &Fiducial| {
            let px = f.diameter_um / self.um_per_px;
            !(f.x_um.is_finite() && f.y_um.is_finite() && (SIDE_MIN_PX..SIDE_MAX_PX).contains(&px))
        };
        match self.fiducials.iter().position(bad) {
            Some(at) => Err(PlacementRecipeError::Fiducial { number: at + 1 }),
            None => Ok(()),
        }
    }

    /// What is wrong with a part, and in which field.
    fn fault(&self, part: &Part) -> Option<(&'static str, &'static str)> {
        let place = [
            ("x_um", part.x_um),
            ("y_um", part.y_um),
            ("theta_deg", part.theta_deg),
            ("length_um", part.length_um),
        ];
        if let Some((field, _)) = place.iter().find(|(_, v)| !v.is_finite()) {
            return Some((field, "place and size must be numbers"));
        }
        if part.width_um.is_nan() || part.width_um / self.um_per_px < SIDE_MIN_PX {
            return Some(("width_um", "`width_um` is less than 4 px; use a larger magnification"));
        }
        if part.length_um < part.width_um {
            return Some(("length_um", "`length_um` is the longer side; turn the part by `theta_deg`"));
        }
        let long = part.length_um / self.um_per_px > SIDE_MAX_PX;
        long.then_some(("length_um", "`length_um` is more than 4,000 px"))
    }
}

/// Longest side in px.
const SIDE_MAX_PX: f64 = 4000.0;
