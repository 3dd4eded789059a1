//! Defects that a synthetic panel may have.

use super::Rng;
use crate::classify::Class;

/// What is wrong with a bead, in truth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Defect {
    /// Nothing.
    None,
    /// No bead on the site.
    Missing,
    /// A bead that gives no light.
    Dead,
    /// A bead of `factor` times the light it should give, below 1.
    Dim {
        /// Light against the nominal.
        factor: f64,
    },
    /// A bead of `factor` times the light it should give, above 1.
    Bright {
        /// Light against the nominal.
        factor: f64,
    },
    /// A bead placed off its site.
    Shifted {
        /// Offset to the right in px.
        dx: f64,
        /// Offset downward in px.
        dy: f64,
    },
    /// A second bead beside the first.
    Double {
        /// Offset of the second to the right in px.
        dx: f64,
        /// Offset of the second downward in px.
        dy: f64,
    },
    /// Light between this bead and its neighbour to the right, or below.
    Bridge {
        /// True for the neighbour below.
        down: bool,
        /// Light of the bridge against the bead.
        level: f64,
    },
    /// A dark stain over a part of the bead.
    Dirty {
        /// Offset of the stain's centre to the right in px.
        dx: f64,
        /// Offset of the stain's centre downward in px.
        dy: f64,
        /// Radius in px.
        radius: f64,
        /// Share of the light that the stain takes.
        opacity: f64,
    },
    /// A bead of another colour of the same brightness; seen in colour frames only.
    WrongColour {
        /// Offset in the CIE 1931 diagram along x.
        dx: f64,
        /// Offset along y.
        dy: f64,
    },
}

impl Defect {
    /// The class that a bead with it should get in a frame of one colour.
    pub fn class(self) -> Class {
        match self {
            Self::None | Self::WrongColour { .. } => Class::Ok,
            Self::Missing => Class::Missing,
            Self::Dead => Class::Dead,
            Self::Dim { .. } => Class::Dim,
            Self::Bright { .. } => Class::Bright,
            Self::Shifted { .. } => Class::Shifted,
            Self::Double { .. } => Class::Double,
            Self::Bridge { .. } => Class::Bridge,
            Self::Dirty { .. } => Class::Dirty,
        }
    }

    /// The class that a bead with it should get in a frame of three colours.
    pub fn class_in_colour(self) -> Class {
        if matches!(self, Self::WrongColour { .. }) { Class::WrongColour } else { self.class() }
    }

    /// Another defect for a bead that has one: too little light, a wrong place or a stain, whatever it has not yet.
    pub(super) fn besides(first: Self, rng: &mut Rng, bead_px: f64, severity: &Severities) -> Self {
        let alone = |rates: DefectRates, rng: &mut Rng| rates.draw(rng, bead_px, severity);
        let kinds = [
            DefectRates { dim: 1.0, ..DefectRates::default() },
            DefectRates { shifted: 1.0, ..DefectRates::default() },
            DefectRates { dirty: 1.0, ..DefectRates::default() },
        ];
        let taken = match first {
            Self::Dim { .. } | Self::Bright { .. } => 0,
            Self::Shifted { .. } => 1,
            Self::Dirty { .. } => 2,
            _ => usize::MAX,
        };
        let free: Vec<DefectRates> =
            kinds.into_iter().enumerate().filter(|(k, _)| *k != taken).map(|(_, r)| r).collect();
        let pick = (rng.uniform() * free.len() as f64) as usize;
        alone(free[pick.min(free.len() - 1)], rng)
    }
}

/// Shares of the beads with each defect.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[expect(missing_docs, reason = "the words say it")]
pub struct DefectRates {
    pub missing: f64,
    pub dead: f64,
    pub dim: f64,
    pub bright: f64,
    pub shifted: f64,
    pub double: f64,
    pub bridge: f64,
    pub dirty: f64,
    pub wrong_colour: f64,
}

impl DefectRates {
    /// The same rate of every defect that a mono frame can show.
    pub fn each(rate: f64) -> Self {
        Self {
            missing: rate,
            dead: rate,
            dim: rate,
            bright: rate,
            shifted: rate,
            double: rate,
            bridge: rate,
            dirty: rate,
            wrong_colour: 0.0,
        }
    }

    /// One bead's lot. `bead_px` is the bead's diameter.
    pub(super) fn draw(&self, rng: &mut Rng, bead_px: f64, severity: &Severities) -> Defect {
        let mut lot = rng.uniform();
        let mut hit = |rate: f64| {
            lot -= rate;
            lot < 0.0
        };
        let within = |rng: &mut Rng, (low, high): (f64, f64)| rng.between(low, high);
        let beads = |rng: &mut Rng, (low, high): (f64, f64)| turned(rng, low * bead_px, high * bead_px);
        if hit(self.missing) {
            Defect::Missing
        } else if hit(self.dead) {
            Defect::Dead
        } else if hit(self.dim) {
            Defect::Dim { factor: within(rng, severity.dim_factor) }
        } else if hit(self.bright) {
            Defect::Bright { factor: within(rng, severity.bright_factor) }
        } else if hit(self.shifted) {
            let (dx, dy) = beads(rng, severity.shift_beads);
            Defect::Shifted { dx, dy }
        } else if hit(self.double) {
            let (dx, dy) = beads(rng, severity.double_beads);
            Defect::Double { dx, dy }
        } else if hit(self.bridge) {
            Defect::Bridge { down: rng.uniform() < 0.5, level: within(rng, severity.bridge_level) }
        } else if hit(self.dirty) {
            let (dx, dy) = beads(rng, severity.stain_offset_beads);
            let radius = within(rng, severity.stain_radius_beads) * bead_px;
            Defect::Dirty { dx, dy, radius, opacity: within(rng, severity.stain_opacity) }
        } else if hit(self.wrong_colour) {
            let (low, high) = severity.colour_distance;
            let (dx, dy) = turned(rng, low, high);
            Defect::WrongColour { dx, dy }
        } else {
            Defect::None
        }
    }
}

/// How bad defects are: the ends of ranges that each is drawn from evenly. Lengths are in diameters of a bead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Severities {
    /// Light of a dim bead against the nominal.
    pub dim_factor: (f64, f64),
    /// Light of a bright bead against the nominal.
    pub bright_factor: (f64, f64),
    /// How far a shifted bead is off its site.
    pub shift_beads: (f64, f64),
    /// How far apart two beads on a site are.
    pub double_beads: (f64, f64),
    /// Light of a bridge against the bead.
    pub bridge_level: (f64, f64),
    /// How far a stain's centre is from the bead's.
    pub stain_offset_beads: (f64, f64),
    /// Radius of a stain.
    pub stain_radius_beads: (f64, f64),
    /// Share of the light that a stain takes.
    pub stain_opacity: (f64, f64),
    /// How far in the CIE 1931 diagram a wrong colour is from the right one.
    pub colour_distance: (f64, f64),
}

impl Default for Severities {
    fn default() -> Self {
        Self {
            dim_factor: (0.3, 0.6),
            bright_factor: (1.4, 1.6),
            shift_beads: (0.22, 0.45),
            double_beads: (0.5, 0.95),
            bridge_level: (0.3, 0.8),
            stain_offset_beads: (0.1, 0.4),
            stain_radius_beads: (0.2, 0.35),
            stain_opacity: (0.4, 0.8),
            colour_distance: (0.05, 0.12),
        }
    }
}

/// A vector of a length between two values in any direction.
fn turned(rng: &mut Rng, low: f64, high: f64) -> (f64, f64) {
    let (length, angle) = (rng.between(low, high), rng.between(0.0, std::f64::consts::TAU));
    (length * angle.cos(), length * angle.sin())
}
