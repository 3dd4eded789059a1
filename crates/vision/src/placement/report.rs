//! Offsets of all parts, their classes, and the capability of the placement.

use super::fit::Fit;
use super::pose::Pose;
use super::recipe::{Part, PlacementRecipe};
use crate::capability::{Capability, Interval, Moments, ShareMethod, yield_interval};
use crate::panel::CONFIDENCE;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a placed part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlacementClass {
    /// Within all tolerances.
    Ok,
    /// Nothing there within the search.
    Missing,
    /// Something of another size.
    WrongSize,
    /// Farther off than the tolerance, along x or y.
    Shifted,
    /// Turned by more than the tolerance.
    Rotated,
}

/// One part as measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    /// Name.
    pub name: String,
    /// What it is.
    pub class: PlacementClass,
    /// Middle in the frame in px; the nominal, where the part is missing.
    pub x_px: f64,
    /// Middle in the frame in px.
    pub y_px: f64,
    /// Offset to the right, along the board, in micrometres; 0 where the part is missing, as all that follow.
    pub dx_um: f64,
    /// Offset downward in micrometres.
    pub dy_um: f64,
    /// Rotation against the nominal in degrees, clockwise on the screen.
    pub dtheta_deg: f64,
    /// Longer side in micrometres.
    pub length_um: f64,
    /// Shorter side in micrometres.
    pub width_um: f64,
    /// Light above the background in DN; below 0 for a dark part.
    pub contrast: f64,
    /// Root mean square residual over the contrast.
    pub residual: f64,
    /// Standard deviation of the measured offset for one axis in micrometres, as the fit states it.
    pub sigma_um: f64,
    /// Standard deviation of the measured rotation in degrees, as the fit states it.
    pub sigma_deg: f64,
}

/// Sums of a board's parts: those of several boards add up to those of all.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PlacementTally {
    /// Parts of each class that occurs.
    pub classes: BTreeMap<PlacementClass, u64>,
    /// Offsets to the right in micrometres, of parts that are there and of the right size.
    pub x: Moments,
    /// Offsets downward in micrometres.
    pub y: Moments,
    /// Rotations in degrees.
    pub theta: Moments,
    /// Variances of the measurement: of an offset in square micrometres, of a rotation in square degrees.
    pub gauge: (Moments, Moments),
}

/// Figures of one or more boards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlacementSummary {
    /// Parts of the recipe.
    pub parts: u64,
    /// Parts of class ok.
    pub good: u64,
    /// Share of good ones with its interval (95 %, Clopper and Pearson).
    #[serde(rename = "yield")]
    pub yield_share: Option<Interval>,
    /// Parts of each class that occurs.
    pub classes: BTreeMap<PlacementClass, u64>,
    /// Capability of the offset to the right against the tolerance, in micrometres.
    pub x: Option<Capability>,
    /// Capability of the offset downward.
    pub y: Option<Capability>,
    /// Capability of the rotation, in degrees.
    pub theta: Option<Capability>,
    /// Standard deviation of a measured offset for one axis in micrometres.
    pub gauge_um: f64,
    /// Standard deviation of a measured rotation in degrees.
    pub gauge_deg: f64,
}

/// A board's parts as measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlacementReport {
    /// Where the board lies.
    pub pose: Pose,
    /// Parts in the order of the recipe.
    pub parts: Vec<Placed>,
    /// What adds up over boards.
    pub tally: PlacementTally,
    /// Figures of this board.
    pub summary: PlacementSummary,
}

pub(super) fn report(recipe: &PlacementRecipe, pose: Pose, fits: &[Option<Fit>]) -> PlacementReport {
    let parts: Vec<Placed> =
        recipe.parts.iter().zip(fits).map(|(part, fit)| placed(recipe, &pose, part, fit.as_ref())).collect();
    let tally = PlacementTally::of(&parts);
    let summary = tally.summary(recipe);
    PlacementReport { pose, parts, tally, summary }
}

fn placed(recipe: &PlacementRecipe, pose: &Pose, part: &Part, fit: Option<&Fit>) -> Placed {
    let Some(fit) = fit else {
        let (x_px, y_px) = pose.to_px(part.x_um, part.y_um);
        return Placed {
            name: part.name.clone(),
            class: PlacementClass::Missing,
            x_px,
            y_px,
            dx_um: 0.0,
            dy_um: 0.0,
            dtheta_deg: 0.0,
            length_um: 0.0,
            width_um: 0.0,
            contrast: 0.0,
            residual: 0.0,
            sigma_um: 0.0,
            sigma_deg: 0.0,
        };
    };
    let (x, y) = pose.to_um(fit.x, fit.y);
    let (dx_um, dy_um) = (x - part.x_um, y - part.y_um);
    let dtheta_deg = fit.theta.to_degrees() - pose.rotation_deg - part.theta_deg;
    let (length_um, width_um) = (fit.length * pose.um_per_px, fit.width * pose.um_per_px);
    let off = (length_um / part.length_um - 1.0).abs().max((width_um / part.width_um - 1.0).abs());
    let class = if off > recipe.size_off_max {
        PlacementClass::WrongSize
    } else if dx_um.abs().max(dy_um.abs()) > recipe.tolerance_um {
        PlacementClass::Shifted
    } else if dtheta_deg.abs() > recipe.tolerance_deg {
        PlacementClass::Rotated
    } else {
        PlacementClass::Ok
    };
    Placed {
        name: part.name.clone(),
        class,
        x_px: fit.x,
        y_px: fit.y,
        dx_um,
        dy_um,
        dtheta_deg,
        length_um,
        width_um,
        contrast: fit.contrast,
        residual: fit.residual / fit.contrast.abs(),
        sigma_um: fit.sigma * pose.um_per_px,
        sigma_deg: fit.theta_sigma.to_degrees(),
    }
}

impl PlacementTally {
    /// Tally of a board's parts.
    pub fn of(parts: &[Placed]) -> Self {
        let mut classes = BTreeMap::new();
        for part in parts {
            *classes.entry(part.class).or_insert(0) += 1;
        }
        let whole = |p: &&Placed| !matches!(p.class, PlacementClass::Missing | PlacementClass::WrongSize);
        let moments = |f: fn(&Placed) -> f64| parts.iter().filter(whole).map(f).collect();
        Self {
            classes,
            x: moments(|p| p.dx_um),
            y: moments(|p| p.dy_um),
            theta: moments(|p| p.dtheta_deg),
            gauge: (moments(|p| p.sigma_um.powi(2)), moments(|p| p.sigma_deg.powi(2))),
        }
    }

    /// Both as one.
    #[must_use]
    pub fn merged(mut self, other: Self) -> Self {
        for (class, count) in other.classes {
            *self.classes.entry(class).or_insert(0) += count;
        }
        self.x = self.x.merged(other.x);
        self.y = self.y.merged(other.y);
        self.theta = self.theta.merged(other.theta);
        self.gauge = (self.gauge.0.merged(other.gauge.0), self.gauge.1.merged(other.gauge.1));
        self
    }

    /// Figures against the recipe's tolerances.
    pub fn summary(&self, recipe: &PlacementRecipe) -> PlacementSummary {
        let parts = self.classes.values().sum();
        let good = self.classes.get(&PlacementClass::Ok).copied().unwrap_or(0);
        let (gauge_um, gauge_deg) = (self.gauge.0.mean().sqrt(), self.gauge.1.mean().sqrt());
        PlacementSummary {
            parts,
            good,
            yield_share: yield_interval(good, parts, CONFIDENCE, ShareMethod::ClopperPearson),
            classes: self.classes.clone(),
            x: self.x.capability(recipe.tolerance_um, gauge_um, CONFIDENCE),
            y: self.y.capability(recipe.tolerance_um, gauge_um, CONFIDENCE),
            theta: self.theta.capability(recipe.tolerance_deg, gauge_deg, CONFIDENCE),
            gauge_um,
            gauge_deg,
        }
    }
}
