//! The effective point spread function: how a bead looks to the sampled sensor, learnt from the frame itself.
//!
//! A bead's image is `I(pixel) = background + amplitude * psf(pixel - centre)`. The function holds optics, bead shape and
//! pixel area together and needs no model of them (J. Anderson, I. R. King, PASP 112, 2000, 1360). [`Optics::learn`]
//! finds it with the noise, and prepares the tables for the one-step fit of [`crate::bead`].

mod epsf;
mod learn;
mod noise;
mod tables;

pub use learn::LearnError;
pub use noise::Noise;

pub(crate) use tables::{LANES, Phase, Tables};

use crate::frame::{Plane, Sample};
use crate::grid::{Grid, GridSpec};
use epsf::Epsf;

/// What is known of the camera and the light of a line: point spread function, noise, usual bead. Learnt once, used for
/// all frames taken the same way.
#[derive(Debug, Clone)]
pub struct Optics {
    epsf: Epsf,
    tables: Tables,
    /// Noise of a sample.
    pub noise: Noise,
    /// Usual amplitude of a good bead in DN.
    pub amplitude: f64,
    /// Usual background in DN.
    pub background: f64,
    /// Beads that it was learnt from.
    pub beads: usize,
    flux: f64,
    edge: f64,
}

impl Optics {
    /// Learns from the beads of a frame.
    ///
    /// # Errors
    /// Too few beads that look alike.
    pub fn learn<T: Sample>(plane: &Plane<'_, T>, spec: &GridSpec, grid: &Grid) -> Result<Self, LearnError> {
        learn::learn(plane, spec, grid)
    }

    /// Value of the point spread function at an offset in px from the bead's centre; about 1 in the middle of a bead that
    /// is wider than the blur.
    pub fn psf(&self, x: f64, y: f64) -> f64 {
        self.epsf.at(x, y).value
    }

    /// Radius of the pixels that take part in a fit, in px.
    pub fn radius_px(&self) -> f64 {
        self.tables.radius
    }

    /// Standard deviation of a usual bead's measured position from noise alone, in px for one axis: the root of the mean
    /// of the x and y elements of the inverse Fisher matrix of the fit.
    pub fn position_sigma_px(&self) -> f64 {
        self.tables.position_sigma
    }

    /// Standard deviation of a usual bead's amplitude from noise alone in DN.
    pub fn amplitude_sigma(&self) -> f64 {
        self.tables.amplitude_sigma
    }

    /// Sum of the point spread function over the pixels: the light of a bead of amplitude 1.
    pub(crate) fn flux(&self) -> f64 {
        self.flux
    }

    /// Radius at which the function has fallen to a half: a bead's edge, in px.
    pub(crate) fn edge_px(&self) -> f64 {
        self.edge
    }

    pub(crate) fn epsf(&self) -> &Epsf {
        &self.epsf
    }

    pub(crate) fn tables(&self) -> &Tables {
        &self.tables
    }
}
