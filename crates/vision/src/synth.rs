//! Synthetic panels and boards with exact truth: the test bed of the measuring modules.
//!
//! This module and the measuring modules share nothing: neither profile, nor random numbers, nor linear algebra, so that
//! a common mistake cannot hide. A [`PanelRecipe`] with a seed always gives the same panel, a
//! [`BoardRecipe`] the same pair of images, a [`PartsRecipe`] the same placed parts.

mod board;
mod bound;
mod colour;
mod defect;
mod panel;
mod parts;
mod profile;
mod rng;

pub use board::{BoardDefect, BoardPair, BoardRecipe};
pub use bound::position_bound;
pub use defect::{Defect, DefectRates, Severities};
pub use panel::{Panel, PanelRecipe, Seam, Site};
pub use parts::{FIDUCIAL_PX, PartsBoard, PartsRecipe, PlacedPart};
pub use rng::Rng;
