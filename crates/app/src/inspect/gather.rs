//! What a run keeps of its frames: sums, a bounded course, the worst frame. None of it grows with the number of frames, and
//! all of it can be put down and taken up again.

use exchange::frame::FrameBuf;
use exchange::inspection::picture::{self, Maps};
use serde::{Deserialize, Serialize};
use vision::classify::{Bead, Class};
use vision::map::{Patterns, Systematic, patterns, systematic};
use vision::panel::{Inspection, Recipe, Tally};

/// Points of a course. Where they are full, two and two become one.
const COURSE_MAX: usize = 500;

/// Bins of a histogram, over one and a half tolerances to either side.
const BINS: usize = 60;

/// Smallest cluster of defects that is reported.
pub(super) const CLUSTER_MIN: usize = 3;

/// Figures of one frame, or of several in a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrameFigures {
    /// Number of the first, from 0.
    pub frame: u64,
    /// Where that came from.
    pub name: String,
    /// Frames.
    pub frames: u64,
    /// When the last was inspected, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Sites that were measured.
    pub beads: u64,
    /// Good ones.
    pub good: u64,
    /// Mean offset to the right in µm.
    pub mean_dx_um: f64,
    /// Mean offset downward in µm.
    pub mean_dy_um: f64,
    /// Standard deviation of dx in µm.
    pub sigma_dx_um: f64,
    /// Standard deviation of dy in µm.
    pub sigma_dy_um: f64,
    /// Rotation of the grid in degrees, clockwise.
    pub rotation_deg: f64,
    /// Micrometres a pixel.
    pub um_per_px: f64,
}

impl FrameFigures {
    /// Good ones in a hundred.
    pub fn yield_percent(&self) -> f64 {
        100.0 * self.good as f64 / self.beads.max(1) as f64
    }

    /// Both as one; means are weighed by frames, which have the same number of sites.
    fn joined(&self, next: &Self) -> Self {
        let (a, b) = (self.frames as f64, next.frames as f64);
        let mean = |x: f64, y: f64| (a * x + b * y) / (a + b);
        let spread = |x: f64, y: f64| mean(x * x, y * y).sqrt();
        Self {
            frame: self.frame,
            name: self.name.clone(),
            frames: self.frames + next.frames,
            at_ms: next.at_ms,
            beads: self.beads + next.beads,
            good: self.good + next.good,
            mean_dx_um: mean(self.mean_dx_um, next.mean_dx_um),
            mean_dy_um: mean(self.mean_dy_um, next.mean_dy_um),
            sigma_dx_um: spread(self.sigma_dx_um, next.sigma_dx_um),
            sigma_dy_um: spread(self.sigma_dy_um, next.sigma_dy_um),
            rotation_deg: mean(self.rotation_deg, next.rotation_deg),
            um_per_px: mean(self.um_per_px, next.um_per_px),
        }
    }
}

/// The course of a run in at most 500 points, whatever its length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// Frames a point; the last point may have fewer.
    pub per: u64,
    /// Points in order.
    pub points: Vec<FrameFigures>,
}

impl Default for Course {
    fn default() -> Self {
        Self { per: 1, points: Vec::new() }
    }
}

impl Course {
    pub(super) fn add(&mut self, figures: FrameFigures) {
        match self.points.last_mut() {
            Some(last) if last.frames < self.per => *last = last.joined(&figures),
            _ => self.points.push(figures),
        }
        if self.points.len() > COURSE_MAX {
            let pair = |pair: &[FrameFigures]| match pair {
                [a, b] => a.joined(b),
                others => others[0].clone(),
            };
            self.points = self.points.chunks(2).map(pair).collect();
            self.per *= 2;
        }
    }

    /// The whole points: a last one that still fills says less than it seems to.
    pub fn whole(&self) -> &[FrameFigures] {
        match self.points.split_last() {
            Some((last, before)) if last.frames < self.per => before,
            _ => &self.points,
        }
    }
}

/// Counts of offsets in equal steps.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// Lower end of the first bin in µm; the last ends at as much above 0.
    pub from_um: f64,
    /// Counts; what lies beyond an end is in the last bin there.
    pub counts: Vec<u64>,
}

impl Histogram {
    pub(super) fn new(tolerance_um: f64) -> Self {
        Self { from_um: -1.5 * tolerance_um, counts: vec![0; BINS] }
    }

    pub(super) fn add(&mut self, value: f64) {
        let at = (value - self.from_um) / (-2.0 * self.from_um) * BINS as f64;
        // A cast from a float holds at 0.
        self.counts[(at as usize).min(BINS - 1)] += 1;
    }
}

/// The frame with the most defects, the first of equals.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Worst {
    /// Number, from 0.
    pub frame: u64,
    /// Where it came from.
    pub name: String,
    /// Defects.
    pub defects: u64,
    /// Clusters and lines of them.
    pub patterns: Patterns,
    /// The frame itself, till its picture is drawn.
    #[serde(skip)]
    drawn_from: Option<(FrameBuf, Vec<Bead>, f64)>,
}

impl Worst {
    /// `overlay.png`, where it was not drawn yet.
    pub(super) fn draw(&mut self) -> Option<Result<Vec<u8>, exchange::WriteError>> {
        let (picture, beads, bead_px) = self.drawn_from.take()?;
        Some(picture::overlay(&picture, &beads, bead_px).png())
    }
}

/// What single frames had that a run's mean does not show.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Odd {
    /// The largest standard deviation of the measurement in µm, and the frame that has it.
    pub gauge: Option<(f64, String)>,
    /// Frames that did not look as the first, so that their own blur and noise were learnt.
    pub learnt_anew: u64,
    /// Frames that the grid does not hold.
    pub uneven: u64,
    /// Of the worst of them the standard deviation of blocks and within them in µm, and its name.
    uneven_worst: Option<(f64, f64, String)>,
}

impl Odd {
    fn add(&mut self, name: &str, inspection: &Inspection) {
        if self.gauge.as_ref().is_none_or(|(worst, _)| inspection.gauge_um > *worst) {
            self.gauge = Some((inspection.gauge_um, name.to_owned()));
        }
        self.learnt_anew += u64::from(inspection.learnt_anew);
        let Some(uneven) = inspection.uneven else { return };
        self.uneven += 1;
        let (sigma, within) =
            (uneven.sigma_px * inspection.um_per_px, uneven.within_px * inspection.um_per_px);
        if self.uneven_worst.as_ref().is_none_or(|worst| sigma > worst.0) {
            self.uneven_worst = Some((sigma, within, name.to_owned()));
        }
    }

    /// What a reader of the figures should know.
    pub fn warnings(&self, frames: u64) -> Vec<String> {
        let uneven = self.uneven_worst.as_ref().map(|(sigma, within, name)| {
            format!(
                "the grid does not hold {} of {frames} frames: in {name} the means of blocks of beads differ by a standard deviation of {sigma:.2} um, the beads within a block by {within:.2} um; tiles were stitched with a displacement or a turn, or the placement drifts over the panel, and Cp and Cpk count it as spread of the placement",
                self.uneven
            )
        });
        uneven.into_iter().collect()
    }
}

/// Sums of one value of each site.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct SiteSums {
    dx: Vec<f64>,
    dy: Vec<f64>,
    light: Vec<f64>,
    placed: Vec<u32>,
    bad: Vec<u64>,
    class: Vec<Class>,
}

/// Everything that is gathered.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Gathered {
    pub frames: u64,
    pub tally: Tally,
    pub dx: Histogram,
    pub dy: Histogram,
    pub course: Course,
    pub worst: Option<Worst>,
    #[serde(default)]
    pub odd: Odd,
    /// Frames of which too many beads are at the end of the camera's range.
    #[serde(default)]
    pub clipped: u64,
    sites: SiteSums,
}

/// Largest share of beads at the end of the camera's range: with more, light and shape are not what they were.
const CLIPPED_MAX: f64 = 0.01;

impl Gathered {
    pub fn new(recipe: &Recipe) -> Self {
        let n = recipe.rows * recipe.columns;
        Self {
            frames: 0,
            tally: Tally::default(),
            dx: Histogram::new(recipe.tolerance_um),
            dy: Histogram::new(recipe.tolerance_um),
            course: Course::default(),
            worst: None,
            odd: Odd::default(),
            clipped: 0,
            sites: SiteSums {
                dx: vec![0.0; n],
                dy: vec![0.0; n],
                light: vec![0.0; n],
                placed: vec![0; n],
                bad: vec![0; n],
                class: vec![Class::Ok; n],
            },
        }
    }

    /// Adds a frame by its number and name, inspected at a moment.
    pub fn add(
        &mut self,
        (number, name): (u64, &str),
        at_ms: i64,
        inspection: Inspection,
        picture: FrameBuf,
        recipe: &Recipe,
    ) -> FrameFigures {
        let figures = figures(number, name, at_ms, &inspection);
        let um = inspection.um_per_px;
        self.odd.add(name, &inspection);
        for (site, bead) in inspection.beads.iter().enumerate() {
            if matches!(
                bead.class,
                Class::Ok | Class::Dim | Class::Bright | Class::Shifted | Class::WrongColour
            ) {
                let (dx, dy) = (bead.dx_px * um, bead.dy_px * um);
                self.dx.add(dx);
                self.dy.add(dy);
                self.sites.dx[site] += dx;
                self.sites.dy[site] += dy;
                self.sites.light[site] += f64::from(bead.amplitude);
                self.sites.placed[site] += 1;
            }
            if bead.class != Class::Ok {
                self.sites.class[site] = bead.class;
                self.sites.bad[site] += u64::from(bead.class != Class::Unmeasured);
            }
        }
        let clipped = inspection
            .beads
            .iter()
            .filter(|b| b.class != Class::Unmeasured && picture.is_clipped(b.x_px, b.y_px));
        self.clipped += u64::from(clipped.count() as f64 > CLIPPED_MAX * figures.beads as f64);
        let defects = figures.beads - figures.good;
        if self.worst.as_ref().is_none_or(|w| defects > w.defects) {
            self.worst = Some(Worst {
                frame: number,
                name: name.to_owned(),
                defects,
                patterns: patterns(&inspection.beads, recipe.rows, recipe.columns, CLUSTER_MIN),
                drawn_from: Some((picture, inspection.beads, recipe.bead_diameter_um / um)),
            });
        }
        self.tally.add(&inspection.tally);
        self.frames += 1;
        self.course.add(figures.clone());
        figures
    }

    /// Means over the frames, for maps.
    pub fn maps(&self, recipe: &Recipe) -> Maps {
        let mean = |sums: &[f64]| {
            sums.iter()
                .zip(&self.sites.placed)
                .map(|(s, &n)| if n == 0 { f32::NAN } else { (s / f64::from(n)) as f32 })
                .collect()
        };
        Maps {
            rows: recipe.rows,
            columns: recipe.columns,
            dx_um: mean(&self.sites.dx),
            dy_um: mean(&self.sites.dy),
            amplitude: mean(&self.sites.light),
            class: self.sites.class.clone(),
            tolerance_um: recipe.tolerance_um,
        }
    }

    /// What fails again and again over the frames.
    pub fn systematic(&self, recipe: &Recipe) -> Vec<Systematic> {
        systematic(&self.sites.bad, self.frames, recipe.rows, recipe.columns)
    }

    /// Where on the panel defects were, in so few cells that a page can draw them.
    pub fn spots(&self, recipe: &Recipe) -> Spots {
        Spots::of(recipe, &self.sites.bad)
    }
}

/// Longest side of [`Spots`] in cells.
const SPOTS_MAX: usize = 80;

/// Defects over all frames, by cells of the panel.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Spots {
    /// Rows of cells.
    pub rows: usize,
    /// Columns of cells.
    pub columns: usize,
    /// Rows, and columns, of beads a cell.
    pub step: usize,
    /// Defects, row by row.
    pub counts: Vec<u64>,
}

impl Spots {
    /// Cells of the defects of each site, row by row.
    pub(super) fn of(recipe: &Recipe, bad: &[u64]) -> Self {
        let step = recipe.rows.max(recipe.columns).div_ceil(SPOTS_MAX);
        let (rows, columns) = (recipe.rows.div_ceil(step), recipe.columns.div_ceil(step));
        let mut counts = vec![0; rows * columns];
        for (site, bad) in bad.iter().enumerate() {
            let (row, column) = (site / recipe.columns, site % recipe.columns);
            counts[row / step * columns + column / step] += bad;
        }
        Self { rows, columns, step, counts }
    }
}

fn figures(frame: u64, name: &str, at_ms: i64, inspection: &Inspection) -> FrameFigures {
    let tally = &inspection.tally;
    FrameFigures {
        frame,
        name: name.to_owned(),
        frames: 1,
        at_ms,
        beads: tally.beads(),
        good: tally.of_class(Class::Ok),
        mean_dx_um: tally.x.mean(),
        mean_dy_um: tally.y.mean(),
        sigma_dx_um: tally.x.sigma().unwrap_or(0.0),
        sigma_dy_um: tally.y.sigma().unwrap_or(0.0),
        rotation_deg: inspection.grid.rotation_deg(),
        um_per_px: inspection.um_per_px,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(frame: u64, good: u64) -> FrameFigures {
        FrameFigures {
            frame,
            name: format!("{frame}"),
            frames: 1,
            at_ms: frame as i64,
            beads: 100,
            good,
            mean_dx_um: frame as f64,
            mean_dy_um: 0.0,
            sigma_dx_um: 1.0,
            sigma_dy_um: 1.0,
            rotation_deg: 0.0,
            um_per_px: 1.0,
        }
    }

    #[test]
    fn a_course_stays_short_and_loses_nothing() {
        let mut course = Course::default();
        for frame in 0..12_345 {
            course.add(point(frame, frame % 101));
            assert!(course.points.len() <= COURSE_MAX);
        }
        assert_eq!(course.per, 32);
        assert_eq!(course.points.iter().map(|p| p.frames).sum::<u64>(), 12_345);
        assert_eq!(
            course.points.iter().map(|p| p.good).sum::<u64>(),
            (0..12_345).map(|f| f % 101).sum::<u64>()
        );
        assert!(course.points.windows(2).all(|w| w[0].frame + w[0].frames == w[1].frame));
        let first = &course.points[0];
        assert!((first.mean_dx_um - 15.5).abs() < 1e-9 && first.name == "0");
        assert_eq!(course.whole().len(), 12_345 / 32);
    }
}
