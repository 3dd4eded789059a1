//! Classes: what is wrong with each bead, and how sure that is.
//!
//! Everything is judged against the surroundings: light against the smooth course of the panel's light, shape against the
//! usual quality of fit, place against the fitted grid. A bead is called bad only if it is beyond the limit of the recipe
//! *and* beyond what the measured spread (median absolute deviation of its neighbourhood) makes of good beads at the
//! stated rate of false calls.
//!
//! ```text
//! no light                     -> missing_or_dead, with an unlit frame missing or dead
//! light to a neighbour         -> bridge
//! shape off: much light        -> double, else -> dirty
//! shape good: colour off       -> wrong_colour; light off -> dim, bright; place off -> shifted
//! ```

mod shape;
mod spread;
mod unlit;

pub use unlit::presence;

use crate::bead::{Fit, Measured};
use crate::frame::{Plane, Sample};
use crate::grid::Grid;
use crate::psf::Optics;
use crate::special::{normal_cdf_f32, normal_quantile};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use spread::Spreads;

/// What a bead is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Good.
    Ok,
    /// No bead on the site; told from dead by an unlit frame.
    Missing,
    /// A bead without light.
    Dead,
    /// No light; without an unlit frame it cannot be told whether a bead is there.
    MissingOrDead,
    /// Too little light.
    Dim,
    /// Too much light.
    Bright,
    /// Farther from its site than the tolerance.
    Shifted,
    /// Two beads on one site.
    Double,
    /// Light between the bead and a neighbour. Both are called.
    Bridge,
    /// Part of the bead is covered, or something lies on it.
    Dirty,
    /// Another colour than its surroundings.
    WrongColour,
    /// The site is too near to the frame's edge to be measured.
    Unmeasured,
}

impl Class {
    /// All classes, in the order of reports.
    pub const ALL: [Self; 12] = [
        Self::Ok,
        Self::Missing,
        Self::Dead,
        Self::MissingOrDead,
        Self::Dim,
        Self::Bright,
        Self::Shifted,
        Self::Double,
        Self::Bridge,
        Self::Dirty,
        Self::WrongColour,
        Self::Unmeasured,
    ];

    /// The word in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Missing => "missing",
            Self::Dead => "dead",
            Self::MissingOrDead => "missing_or_dead",
            Self::Dim => "dim",
            Self::Bright => "bright",
            Self::Shifted => "shifted",
            Self::Double => "double",
            Self::Bridge => "bridge",
            Self::Dirty => "dirty",
            Self::WrongColour => "wrong_colour",
            Self::Unmeasured => "unmeasured",
        }
    }
}

/// Limits of the classes. Amplitudes are relative to the surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Below this there is no light.
    pub dead_below: f64,
    /// Below this a bead is dim.
    pub dim_below: f64,
    /// Above this a bead is bright.
    pub bright_above: f64,
    /// Root mean square residual of the shape, over the amplitude, above which the shape is off.
    pub shape_above: f64,
    /// Light missing in a stain, over the amplitude, above which a bead is dirty.
    pub stain_above: f64,
    /// Light between two beads over their amplitude above which they are bridged.
    pub bridge_above: f64,
    /// Light of the whole cell over a bead's above which there are two.
    pub double_above: f64,
    /// Root mean square of the stretch of one, over its amplitude, from which on two are seen.
    pub double_stretch: f64,
    /// Largest distance of chromaticity from the surroundings.
    pub chromaticity_above: f64,
    /// Most good beads in a million that noise may turn into defects, all tests together.
    pub false_calls_per_million: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            dead_below: 0.12,
            dim_below: 0.7,
            bright_above: 1.3,
            shape_above: 0.02,
            stain_above: 0.03,
            bridge_above: 0.05,
            double_above: 1.3,
            double_stretch: 0.012,
            chromaticity_above: 0.03,
            false_calls_per_million: 5.0,
        }
    }
}

/// Tests that a good bead passes: amplitude low and high, shape, place, colour.
const TESTS: f64 = 5.0;

impl Limits {
    /// Standard deviations of a normal spread that give each test its share of the false calls.
    pub fn sigmas(&self) -> f64 {
        let share = (self.false_calls_per_million / 1e6 / TESTS).clamp(1e-15, 0.1);
        normal_quantile(1.0 - share)
    }
}

/// One bead as judged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bead {
    /// Row, 0 at the top.
    pub row: u32,
    /// Column, 0 at the left.
    pub column: u32,
    /// Centre in px; of the site, where there is no light.
    pub x_px: f64,
    /// Centre in px.
    pub y_px: f64,
    /// Offset from the fitted grid to the right in px; 0 where there is no light.
    pub dx_px: f64,
    /// Offset downward in px.
    pub dy_px: f64,
    /// Light above the background in DN.
    pub amplitude: f32,
    /// Light over that of the surroundings.
    pub relative: f32,
    /// Background in DN.
    pub background: f32,
    /// Reduced chi-square of the first fit.
    pub residual: f32,
    /// What it is.
    pub class: Class,
    /// Probability that the same measurement repeated gives the same class, by normal noise against the nearest limit.
    pub confidence: f32,
}

/// A judged panel: the grid fitted to its good beads and a bead for each site, row by row.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The grid, fitted to the good beads.
    pub grid: Grid,
    /// Beads, row by row.
    pub beads: Vec<Bead>,
}

/// What the judgement needs besides the measurement.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// Limits of the classes.
    pub limits: &'a Limits,
    /// Largest offset from the grid in px.
    pub tolerance_px: f64,
    /// Where an unlit frame showed beads, site by site; see [`presence`].
    pub present: Option<&'a [bool]>,
    /// Distance of each bead's chromaticity from its surroundings, site by site; see [`crate::colour`].
    pub chromaticity: Option<&'a [f64]>,
}

/// Judges all sites.
pub fn judge<T: Sample>(
    plane: &Plane<'_, T>,
    grid: &Grid,
    optics: &Optics,
    measured: &Measured,
    rules: &Rules<'_>,
) -> Judged {
    let spreads = Spreads::of(grid, measured);
    let gaps = shape::gaps(plane, measured, grid);
    let view = View {
        plane,
        grid,
        optics,
        measured,
        rules,
        spreads: &spreads,
        gaps: &gaps,
        far_colour: rules.chromaticity.map_or(0.0, |d| spread::far_colour(d, rules.limits.sigmas())),
        sigmas: rules.limits.sigmas(),
        position_sigma: optics.position_sigma_px(),
    };
    let nothing = Verdict { class: Class::Unmeasured, margin: 0.0, x: 0.0, y: 0.0, relative: 0.0 };
    let mut first = vec![nothing; measured.fits.len()];
    first.par_chunks_exact_mut(grid.columns).enumerate().for_each(|(row, line)| {
        for (verdict, judged) in line.iter_mut().zip(view.light_and_shape(row)) {
            *verdict = judged;
        }
    });
    let centres: Vec<Option<(f64, f64)>> = first
        .iter()
        .map(|v| matches!(v.class, Class::Ok | Class::Dim | Class::Bright).then_some((v.x, v.y)))
        .collect();
    let fitted = grid.refit(&centres);
    let row_beads = |row: usize| {
        let (view, first) = (&view, &first);
        fitted.row(row).enumerate().map(move |(column, place)| {
            let site = row * grid.columns + column;
            view.settle((row, column), &first[site], place)
        })
    };
    let beads = (0..grid.rows).into_par_iter().flat_map_iter(row_beads).collect();
    Judged { grid: fitted, beads }
}

/// A class with the margin, in standard deviations, by which it is one.
#[derive(Debug, Clone, Copy)]
struct Verdict {
    class: Class,
    margin: f64,
    x: f64,
    y: f64,
    /// Amplitude over that of the surroundings.
    relative: f64,
}

struct View<'a, 'p, T> {
    plane: &'a Plane<'p, T>,
    grid: &'a Grid,
    optics: &'a Optics,
    measured: &'a Measured,
    rules: &'a Rules<'a>,
    spreads: &'a Spreads,
    /// Light in the middle of each site's gaps to the right and below.
    gaps: &'a [[u32; 2]],
    /// Distance of chromaticity that noise reaches at the stated rate, of beads of the usual light.
    far_colour: f64,
    sigmas: f64,
    position_sigma: f64,
}

impl<T: Sample> View<'_, '_, T> {
    /// Judges everything but the place, which needs the grid fitted to good beads, along a row.
    fn light_and_shape(&self, row: usize) -> impl Iterator<Item = Verdict> {
        let usual = self.measured.field.amplitude_along(self.grid, row);
        let sigma = self.spreads.relative_sigma_along(row);
        (0..self.grid.columns).map(move |column| self.judge_light(row, column, usual(column), sigma(column)))
    }

    /// Judges light and shape of a bead; `usual` is the amplitude of its surroundings, `spread` that of the relative light.
    fn judge_light(&self, row: usize, column: usize, usual: f64, spread: f64) -> Verdict {
        let site = row * self.grid.columns + column;
        let fit = &self.measured.fits[site];
        let limits = self.rules.limits;
        let relative = f64::from(fit.amplitude) / usual;
        let verdict = |class, margin| Verdict { class, margin, x: fit.x, y: fit.y, relative };
        if *fit == Fit::NONE {
            return verdict(Class::Unmeasured, f64::INFINITY);
        }
        // Noise of a relative amplitude: never less than the fit's own.
        let sigma = spread.max(self.optics.amplitude_sigma() / usual);
        if relative < limits.dead_below || !fit.settled {
            let flux = shape::cell_flux(self.plane, self.optics, self.measured, self.grid, site);
            if flux < limits.dead_below.max(0.12) {
                let class = match self.rules.present.map(|p| p[site]) {
                    None => Class::MissingOrDead,
                    Some(true) => Class::Dead,
                    Some(false) => Class::Missing,
                };
                return verdict(class, (limits.dead_below - relative) / sigma);
            }
        }
        let shape = self.spreads.shape(fit);
        let beyond = shape - self.sigmas;
        let stained = || {
            // Good beads seldom come here: the look is dear.
            let odd = relative < 1.0 - 3.0 * sigma || (relative < 1.0 - 1.5 * sigma && shape > 3.0);
            odd && {
                let (score, depth) = shape::stain(self.plane, self.optics, fit);
                // The largest of some ten independent scores.
                let (score, loss) = (score - 0.7, (1.0 - relative) / sigma);
                // Where a stain is hardly wider than the blur, it shows in the light too, and both together tell.
                let both = relative >= limits.dim_below && score > 3.0 && score + loss > 1.5 * self.sigmas;
                (score > self.sigmas || both) && depth > limits.stain_above
            }
        };
        let floor = limits.bridge_above * usual;
        let lit =
            shape::lit_gaps(self.gaps, self.grid, (row, column), f64::from(fit.background) + floor / 2.0);
        if lit.into_iter().flatten().any(|other| {
            shape::bridged(self.plane, self.optics, self.measured, self.grid, (site, other), floor)
        }) {
            return verdict(Class::Bridge, beyond.max(0.0));
        }
        let wrong =
            !fit.settled || (beyond > 0.0 && self.off_shape(fit, usual) > limits.shape_above) || stained();
        if let Some(class) = wrong.then(|| self.defect_of_shape(site)).flatten() {
            return verdict(class, beyond.max(0.0));
        }
        // Before the light: a bead of another colour has another light, too. The noise of a colour goes against the light.
        let far = limits.chromaticity_above.max(self.far_colour / relative.clamp(0.05, 1.0));
        if let Some(distance) = self.rules.chromaticity.map(|c| c[site]).filter(|&distance| distance > far) {
            return verdict(Class::WrongColour, (distance / far - 1.0) * self.sigmas);
        }
        let low = (relative - limits.dim_below) / sigma;
        let high = (limits.bright_above - relative) / sigma;
        // Beyond the limit, and beyond the spread of good beads.
        if low < 0.0 && relative < 1.0 - self.sigmas * sigma {
            return verdict(Class::Dim, -low);
        }
        if high < 0.0 && relative > 1.0 + self.sigmas * sigma {
            return verdict(Class::Bright, -high);
        }
        verdict(Class::Ok, low.min(high).min(-beyond + self.sigmas))
    }

    /// Root mean square residual beyond noise, over the amplitude that the surroundings have.
    fn off_shape(&self, fit: &Fit, usual: f64) -> f64 {
        let beyond = f64::from(fit.chi2) - f64::from(self.spreads.usual_chi2());
        let level = f64::from(fit.background) + 0.5 * f64::from(fit.amplitude);
        (beyond.max(0.0) * self.optics.noise.variance(level)).sqrt() / usual
    }

    /// What makes the shape of a bead without bridges wrong; nothing where it is a neighbour's fault.
    fn defect_of_shape(&self, site: usize) -> Option<Class> {
        let limits = self.rules.limits;
        let flux = shape::cell_flux(self.plane, self.optics, self.measured, self.grid, site);
        if flux > limits.double_above {
            // A bright bead that the sensor clips has a wrong shape too, but it is still one round bead.
            let fit = &self.measured.fits[site];
            let stretched = || shape::stretch(self.plane, self.optics, fit) > limits.double_stretch;
            return (!fit.settled || stretched()).then_some(Class::Double);
        }
        let refit = self.measured.refits.binary_search_by_key(&site, |r| r.site);
        match refit {
            Ok(at) if self.measured.refits[at].taken && self.measured.refits[at].core == 0.0 => None,
            _ => Some(Class::Dirty),
        }
    }

    /// The final word, with the place.
    fn settle(&self, (row, column): (usize, usize), first: &Verdict, place: (f64, f64)) -> Bead {
        let fit = &self.measured.fits[row * self.grid.columns + column];
        let dark =
            matches!(first.class, Class::Missing | Class::Dead | Class::MissingOrDead | Class::Unmeasured);
        let (x, y) = if dark { place } else { (first.x, first.y) };
        let (dx, dy) = (x - place.0, y - place.1);
        let (mut class, mut margin) = (first.class, first.margin);
        let sigma = self.position_sigma / first.relative.max(0.1);
        let beyond = ((dx * dx + dy * dy).sqrt() - self.rules.tolerance_px) / sigma;
        if class == Class::Ok {
            if beyond > 0.0 {
                (class, margin) = (Class::Shifted, beyond);
            } else {
                margin = margin.min(-beyond);
            }
        }
        Bead {
            row: row as u32,
            column: column as u32,
            x_px: x,
            y_px: y,
            dx_px: dx,
            dy_px: dy,
            amplitude: fit.amplitude,
            relative: first.relative as f32,
            background: fit.background,
            residual: fit.chi2,
            class,
            confidence: normal_cdf_f32(margin.max(0.0) as f32),
        }
    }
}

#[cfg(test)]
mod tests;
