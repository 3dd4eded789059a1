//! Placement of rectangular parts: where each sits against its nominal place, how it is turned, and what that says of the
//! process.
//!
//! ```text
//! nominal places -> a first look in each window (threshold, nearest patch, moments) -> fit of a blurred rectangle
//!                -> pose of the board (fiducials, else the parts themselves)        -> offsets, classes, capability
//! ```
//!
//! A part is fitted by least squares to `background + contrast * box(u, length) * box(v, width)`, `u` and `v` being the
//! pixel's place along the part's sides and `box` a step up and a step down blurred by a Gaussian, with the part's place,
//! rotation, sides, blur, contrast and background all free. Sides and blur are even about the middle, place and rotation
//! are odd: so what is free besides costs no precision. Rotation is that of the longer side, clockwise on the screen.

mod fit;
mod pose;
mod recipe;
mod report;
mod shape;

pub use pose::Pose;
pub use recipe::{Fiducial, Part, PlacementRecipe, PlacementRecipeError};
pub use report::{Placed, PlacementClass, PlacementReport, PlacementSummary, PlacementTally};

use crate::frame::{Frame, Luminance, Plane, Sample};
use fit::{Fit, Target};
use rayon::prelude::*;
use shape::Outline;

/// Why the parts of a frame could not be measured.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlacementError {
    /// The recipe is not valid.
    #[error(transparent)]
    Recipe(#[from] PlacementRecipeError),
    /// Fiducials that are not there.
    #[error(
        "{found} of {given} fiducials found near their places; two are needed: check `um_per_px`, `origin_px` and `search_um`"
    )]
    Fiducials {
        /// Fiducials found.
        found: usize,
        /// Fiducials of the recipe.
        given: usize,
    },
    /// No part at all.
    #[error("none of {parts} parts found near its place: check `um_per_px`, `origin_px` and `search_um`")]
    Nothing {
        /// Parts of the recipe.
        parts: usize,
    },
}

/// Measures all parts of a frame against the recipe's nominal places.
///
/// # Errors
/// The recipe is not valid, or its fiducials or parts are not in the frame.
pub fn inspect_placement(
    frame: &Frame<'_>,
    recipe: &PlacementRecipe,
) -> Result<PlacementReport, PlacementError> {
    match frame.luminance() {
        Luminance::Bytes(plane) => place(&plane, recipe),
        Luminance::Words(plane) => place(&plane, recipe),
        Luminance::Computed(plane) => place(&plane.as_plane(), recipe),
    }
}

/// The same for a plane of one channel.
///
/// # Errors
/// As [`inspect_placement`].
pub fn place<T: Sample>(
    plane: &Plane<'_, T>,
    recipe: &PlacementRecipe,
) -> Result<PlacementReport, PlacementError> {
    recipe.check()?;
    let start = Pose::nominal(recipe.origin_px, recipe.um_per_px);
    let pose = match recipe.fiducials.as_slice() {
        [] => start,
        fiducials => by_fiducials(plane, recipe, &start, fiducials)?,
    };
    let fits = parts(plane, recipe, &pose);
    if fits.iter().all(Option::is_none) {
        return Err(PlacementError::Nothing { parts: recipe.parts.len() });
    }
    let pose = if recipe.fiducials.is_empty() { by_parts(recipe, &pose, &fits) } else { pose };
    Ok(report::report(recipe, pose, &fits))
}

/// Fewest parts that place the board where there are no fiducials.
const POSE_PARTS_MIN: usize = 3;

fn by_fiducials<T: Sample>(
    plane: &Plane<'_, T>,
    recipe: &PlacementRecipe,
    start: &Pose,
    fiducials: &[Fiducial],
) -> Result<Pose, PlacementError> {
    let seen = |mark: &Fiducial| {
        let target = Target {
            place: start.to_px(mark.x_um, mark.y_um),
            theta: 0.0,
            outline: Outline::Disc { radius: start.px(mark.diameter_um) / 2.0 },
            search: start.px(recipe.search_um),
        };
        fit::find(plane, &target).map(|fit| ((mark.x_um, mark.y_um), (fit.x, fit.y)))
    };
    let pairs: Vec<_> = fiducials.iter().filter_map(seen).collect();
    Pose::through(&pairs).ok_or(PlacementError::Fiducials { found: pairs.len(), given: fiducials.len() })
}

/// The pose in which the parts as a whole sit right; the given one where too few were found.
fn by_parts(recipe: &PlacementRecipe, start: &Pose, fits: &[Option<Fit>]) -> Pose {
    let pair = |(part, fit): (&Part, &Option<Fit>)| fit.map(|f| ((part.x_um, part.y_um), (f.x, f.y)));
    let pairs: Vec<_> = recipe.parts.iter().zip(fits).filter_map(pair).collect();
    if pairs.len() < POSE_PARTS_MIN { *start } else { Pose::through(&pairs).unwrap_or(*start) }
}

fn parts<T: Sample>(plane: &Plane<'_, T>, recipe: &PlacementRecipe, pose: &Pose) -> Vec<Option<Fit>> {
    let one = |part: &Part| {
        let half = |um: f64| pose.px(um) / 2.0;
        let target = Target {
            place: pose.to_px(part.x_um, part.y_um),
            theta: part.theta_deg.to_radians() + pose.angle(),
            outline: Outline::Box { half_length: half(part.length_um), half_width: half(part.width_um) },
            search: pose.px(recipe.search_um),
        };
        fit::find(plane, &target)
    };
    recipe.parts.par_iter().map(one).collect()
}

#[cfg(test)]
mod tests;
