//! The whole walk for panels of beads: a recipe, what was learnt of a line, and frame after frame inspected.
//!
//! ```text
//! Line::learn(recipe, reference frame)          -> registration, optics
//! line.inspect(frame, unlit)                    -> grid, beads with classes, summary
//! ```
//!
//! A [`Line`] does not change, so frames may be inspected in any order, in parallel, and again after a restart with the
//! same outcome.

mod recipe;
mod summary;

pub use recipe::{Colour, Recipe, RecipeError};
pub use summary::{Summary, Tally};

use crate::bead::measure;
use crate::capability::ShareMethod;
use crate::classify::{Bead, Class, Rules, judge, presence};
use crate::colour::{Bins, CameraMatrix, Chromaticity, chromaticities, distances};
use crate::frame::{Frame, Luminance, Plane, Sample};
use crate::grid::{Grid, GridError};
use crate::psf::{LearnError, Optics};

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
        recipe.check()?;
        match reference.luminance() {
            Luminance::Bytes(plane) => Self::learn_plane(recipe, &plane),
            Luminance::Words(plane) => Self::learn_plane(recipe, &plane),
            Luminance::Computed(plane) => Self::learn_plane(recipe, &plane.as_plane()),
        }
    }

    fn learn_plane<T: Sample>(recipe: Recipe, plane: &Plane<'_, T>) -> Result<Self, InspectError> {
        let spec = recipe.grid_spec();
        let grid = Grid::register(plane, &spec)?;
        let optics = Optics::learn(plane, &spec, &grid)?;
        Ok(Self { recipe, grid, optics, matrix: CameraMatrix::default(), bins: None })
    }

    /// The same line with a calibrated colour matrix.
    #[must_use]
    pub fn with_matrix(self, matrix: CameraMatrix) -> Self {
        Self { matrix, ..self }
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

    /// Inspects a frame. The grid is followed from the reference frame, and searched for where it moved too far. An unlit
    /// frame of the same panel, not moved in between, tells dead from missing.
    ///
    /// # Errors
    /// The frame does not hold the grid; the unlit frame has another size; a colour recipe has a mono frame.
    pub fn inspect(&self, frame: &Frame<'_>, unlit: Option<&Frame<'_>>) -> Result<Inspection, InspectError> {
        if let Some(unlit) = unlit {
            let (lit, unlit) = ((frame.width(), frame.height()), (unlit.width(), unlit.height()));
            if lit != unlit {
                return Err(InspectError::UnlitSize { lit, unlit });
            }
        }
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
        unlit: Option<&Frame<'_>>,
    ) -> Result<Inspection, InspectError> {
        let spec = self.recipe.grid_spec();
        let grid = match self.grid.track(plane, &spec) {
            Ok(grid) => grid,
            Err(_) => Grid::register(plane, &spec)?,
        };
        let um_per_px = self.recipe.pitch_um / grid.pitch_px();
        let measured = measure(plane, &grid, &self.optics);
        let present = unlit.and_then(|frame| match frame.luminance() {
            Luminance::Bytes(plane) => presence(&plane, &grid, &self.optics),
            Luminance::Words(plane) => presence(&plane, &grid, &self.optics),
            Luminance::Computed(plane) => presence(&plane.as_plane(), &grid, &self.optics),
        });
        let colours = match self.recipe.colour {
            Colour::Mono => None,
            Colour::Rgb => {
                let channels = frame.channels().ok_or(InspectError::NoColour)?;
                Some(chromaticities(&channels, &grid, &self.optics, &self.matrix))
            }
        };
        let chromaticity = colours.as_ref().map(|c| distances(c, &grid, COLOUR_REACH));
        let rules = Rules {
            limits: &self.recipe.limits,
            tolerance_px: self.recipe.tolerance_um / um_per_px,
            present: present.as_deref(),
            chromaticity: chromaticity.as_deref(),
        };
        let judged = judge(plane, &grid, &self.optics, &measured, &rules);
        let gauge_um = self.optics.position_sigma_px() * um_per_px;
        let mut tally = Tally::of(&judged.beads, um_per_px, gauge_um);
        if let Some((bins, colours)) = self.bins.as_ref().zip(colours.as_ref()) {
            let good = judged.beads.iter().zip(colours).filter(|(bead, _)| bead.class == Class::Ok);
            tally.bins = bins.sort(good.filter_map(|(_, colour)| *colour));
        }
        let summary = tally.summary(self.recipe.tolerance_um, CONFIDENCE, ShareMethod::ClopperPearson);
        Ok(Inspection { grid: judged.grid, um_per_px, beads: judged.beads, colours, tally, summary })
    }
}

#[cfg(test)]
mod tests;
