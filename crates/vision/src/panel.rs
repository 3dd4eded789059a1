//! The whole walk for panels of beads: a recipe, what was learnt of a line, and frame after frame inspected.
//!
//! ```text
//! Line::learn(recipe, reference frame)          -> registration, optics
//! line.inspect(frame, unlit)                    -> grid, beads with classes, summary
//! ```
//!
//! A [`Line`] does not change, so frames may be inspected in any order, in parallel, and again after a restart with the
//! same outcome.

mod blocks;
mod looks;
mod recipe;
mod summary;

pub use blocks::Uneven;
pub use recipe::{Colour, Recipe, RecipeError};
pub use summary::{Summary, Tally};

use crate::bead::measure;
use crate::capability::ShareMethod;
use crate::classify::{Bead, Class, Rules, judge, presence};
use crate::colour::{Bins, CameraMatrix, Chromaticity, chromaticities, distances};
use crate::frame::{Frame, Luminance, Plane, Sample};
use crate::grid::{Grid, GridError};
use crate::psf::{LearnError, Optics};
use looks::Looks;

/// Why a frame could not be inspected.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum InspectError {
    /// The recipe is not valid.
    #[error(transparent)]
    Recipe(#[from] RecipeError),
    /// The frame does not hold the grid.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// Nothing could be learnt.
    #[error(transparent)]
    Learn(#[from] LearnError),
    /// The unlit frame has another size than the lit one.
    #[error(
        "the unlit frame has {unlit:?} px, the lit one {lit:?}; take both with the same camera and region"
    )]
    UnlitSize {
        /// Width and height of the lit frame in px.
        lit: (usize, usize),
        /// Width and height of the unlit frame in px.
        unlit: (usize, usize),
    },
    /// A colour recipe and a mono frame.
    #[error(
        "the recipe says colour = \"rgb\", the frame has no colour; give an RGB or Bayer frame or set colour = \"mono\""
    )]
    NoColour,
}

/// What is known of a line: recipe, grid and optics of a reference frame.
#[derive(Debug, Clone)]
pub struct Line {
    recipe: Recipe,
    grid: Grid,
    optics: Optics,
    looks: Looks,
    matrix: CameraMatrix,
    bins: Option<Bins>,
}

/// An inspected frame.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// Grid fitted to the good beads.
    pub grid: Grid,
    /// Micrometres a pixel, from the recipe's pitch and the fitted grid.
    pub um_per_px: f64,
    /// Standard deviation of the measurement for one axis in micrometres, with the noise of this frame.
    pub gauge_um: f64,
    /// True where the frame did not look as the line's reference frame did, and its own blur and noise were learnt.
    pub learnt_anew: bool,
    /// Where the grid does not hold the panel: tiles are displaced or turned against each other, or the placement drifts.
    pub uneven: Option<Uneven>,
    /// Beads, row by row.
    pub beads: Vec<Bead>,
    /// Colours, row by row, of a colour recipe.
    pub colours: Option<Vec<Option<Chromaticity>>>,
    /// What adds up over frames.
    pub tally: Tally,
    /// Figures of the whole.
    pub summary: Summary,
}

/// Confidence of all intervals.
pub const CONFIDENCE: f64 = 0.95;

/// Rows and columns on each side that a bead's colour is compared with.
const COLOUR_REACH: usize = 4;

impl Line {
    /// Learns grid, point spread function and noise from a reference frame.
    ///
    /// # Errors
    /// The recipe is not valid, or the frame does not hold its grid.
    pub fn learn(recipe: Recipe, reference: &Frame<'_>) -> Result<Self, InspectError> {
        Self::learn_beside(recipe, reference, None)
    }

    /// The same, with an unlit frame of the same panel, not moved in between: where the outermost rows or columns of the
    /// reference frame are dark, it tells on which side.
    ///
    /// # Errors
    /// As [`Line::learn`]; the unlit frame has another size.
    pub fn learn_beside(
        recipe: Recipe,
        reference: &Frame<'_>,
        unlit: Option<&Frame<'_>>,
    ) -> Result<Self, InspectError> {
        recipe.check()?;
        let unlit = unlit.map(|unlit| beside(reference, unlit)).transpose()?;
        let unlit = unlit.as_ref();
        match reference.luminance() {
            Luminance::Bytes(plane) => Self::learn_plane(recipe, &plane, unlit),
            Luminance::Words(plane) => Self::learn_plane(recipe, &plane, unlit),
            Luminance::Computed(plane) => Self::learn_plane(recipe, &plane.as_plane(), unlit),
        }
    }

    fn learn_plane<T: Sample>(
        recipe: Recipe,
        plane: &Plane<'_, T>,
        unlit: Option<&Luminance<'_>>,
    ) -> Result<Self, InspectError> {
        let spec = recipe.grid_spec();
        let grid = Grid::register_beside(plane, &spec, unlit)?;
        let optics = Optics::learn(plane, &spec, &grid)?;
        let looks = Looks::of(&measure(plane, &grid, &optics));
        let matrix = recipe.camera_matrix.unwrap_or_default();
        Ok(Self { recipe, grid, optics, looks, matrix, bins: None })
    }

    /// The same line with the table that its recipe names.
    #[must_use]
    pub fn with_bins(self, bins: Option<Bins>) -> Self {
        Self { bins, ..self }
    }

    /// The recipe.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// What was learnt of the optics.
    pub fn optics(&self) -> &Optics {
        &self.optics
    }

    /// Inspects a frame. The grid is followed from the reference frame, and searched for where it moved too far; blur and
    /// noise are those of the reference frame as long as they leave the same residuals, else the frame's own. An unlit
    /// frame of the same panel, not moved in between, tells dead from missing.
    ///
    /// # Errors
    /// The frame does not hold the grid; the unlit frame has another size; a colour recipe has a mono frame.
    pub fn inspect(&self, frame: &Frame<'_>, unlit: Option<&Frame<'_>>) -> Result<Inspection, InspectError> {
        let unlit = unlit.map(|unlit| beside(frame, unlit)).transpose()?;
        let unlit = unlit.as_ref();
        match frame.luminance() {
            Luminance::Bytes(plane) => self.inspect_plane(frame, &plane, unlit),
            Luminance::Words(plane) => self.inspect_plane(frame, &plane, unlit),
            Luminance::Computed(plane) => self.inspect_plane(frame, &plane.as_plane(), unlit),
        }
    }

    fn inspect_plane<T: Sample>(
        &self,
        frame: &Frame<'_>,
        plane: &Plane<'_, T>,
        unlit: Option<&Luminance<'_>>,
    ) -> Result<Inspection, InspectError> {
        let spec = self.recipe.grid_spec();
        let grid = match self.grid.track(plane, &spec) {
            Ok(grid) => grid,
            Err(_) => Grid::register_beside(plane, &spec, unlit)?,
        };
        let um_per_px = self.recipe.pitch_um / grid.pitch_px();
        let first = measure(plane, &grid, &self.optics);
        let looks = Looks::of(&first);
        // A frame whose residuals are not those of the reference frame has other noise or another blur: its own are learnt.
        let own = if looks.is_like(&self.looks) { None } else { Optics::learn(plane, &spec, &grid).ok() };
        let (optics, measured, gauge_px) = match &own {
            Some(own) => (own, measure(plane, &grid, own), own.position_sigma_px()),
            None => (&self.optics, first, self.optics.position_sigma_px() * looks.sigma_over(&self.looks)),
        };
        let present = unlit.and_then(|unlit| match unlit {
            Luminance::Bytes(plane) => presence(plane, &grid, optics),
            Luminance::Words(plane) => presence(plane, &grid, optics),
            Luminance::Computed(plane) => presence(&plane.as_plane(), &grid, optics),
        });
        let colours = match self.recipe.colour {
            Colour::Mono => None,
            Colour::Rgb => {
                let channels = frame.channels().ok_or(InspectError::NoColour)?;
                Some(chromaticities(&channels, &grid, optics, &self.matrix))
            }
        };
        let chromaticity = colours.as_ref().map(|c| distances(c, &grid, COLOUR_REACH));
        let rules = Rules {
            limits: &self.recipe.limits,
            tolerance_px: self.recipe.tolerance_um / um_per_px,
            present: present.as_deref(),
            chromaticity: chromaticity.as_deref(),
        };
        let judged = judge(plane, &grid, optics, &measured, &rules);
        let gauge_um = gauge_px * um_per_px;
        let mut tally = Tally::of(&judged.beads, um_per_px, gauge_um);
        if let Some((bins, colours)) = self.bins.as_ref().zip(colours.as_ref()) {
            let good = judged.beads.iter().zip(colours).filter(|(bead, _)| bead.class == Class::Ok);
            tally.bins = bins.sort(good.filter_map(|(_, colour)| *colour));
        }
        let summary = tally.summary(self.recipe.tolerance_um, CONFIDENCE, ShareMethod::ClopperPearson);
        Ok(Inspection {
            grid: judged.grid,
            um_per_px,
            gauge_um,
            learnt_anew: own.is_some(),
            uneven: blocks::uneven(&judged.beads, spec.rows, spec.columns),
            beads: judged.beads,
            colours,
            tally,
            summary,
        })
    }
}

/// The brightness of an unlit frame, which must have the lit one's size.
fn beside<'a>(lit: &Frame<'_>, unlit: &Frame<'a>) -> Result<Luminance<'a>, InspectError> {
    let size = |frame: &Frame<'_>| (frame.width(), frame.height());
    let (lit, found) = (size(lit), size(unlit));
    if lit == found { Ok(unlit.luminance()) } else { Err(InspectError::UnlitSize { lit, unlit: found }) }
}

#[cfg(test)]
mod tests;
