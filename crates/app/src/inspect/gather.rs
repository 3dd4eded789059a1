//! What a run keeps of its frames: sums, a few figures of the newest, the worst frame. None of it grows with the number of
//! frames.

use exchange::frame::FrameBuf;
use exchange::inspection::picture::Maps;
use serde::Serialize;
use std::collections::VecDeque;
use vision::classify::{Bead, Class};
use vision::panel::{Inspection, Recipe, Tally};

/// Frames whose figures are kept for trends.
const TREND_MAX: usize = 500;

/// Bins of a histogram, over one and a half tolerances to either side.
const BINS: usize = 60;

/// Figures of one frame.
#[derive(Debug, Clone, Serialize)]
pub struct FrameFigures {
    /// Number, from 0.
    pub frame: u64,
    /// Where it came from.
    pub name: String,
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

/// Counts of offsets in equal steps.
#[derive(Debug, Clone)]
pub struct Histogram {
    /// Lower end of the first bin in µm; the last ends at as much above 0.
    pub from_um: f64,
    /// Counts; what lies beyond an end is in the last bin there.
    pub counts: Vec<u64>,
}

impl Histogram {
    fn new(tolerance_um: f64) -> Self {
        Self { from_um: -1.5 * tolerance_um, counts: vec![0; BINS] }
    }

    fn add(&mut self, value: f64) {
        let at = (value - self.from_um) / (-2.0 * self.from_um) * BINS as f64;
        // A cast from a float holds at 0.
        self.counts[(at as usize).min(BINS - 1)] += 1;
    }
}

/// The frame with the most defects, the first of equals.
#[derive(Debug, Clone)]
pub struct Worst {
    /// Number, from 0.
    pub frame: u64,
    /// Where it came from.
    pub name: String,
    /// Defects.
    pub defects: u64,
    /// Diameter of a bead in px.
    pub bead_px: f64,
    /// Beads, row by row.
    pub beads: Vec<Bead>,
    /// The frame itself.
    pub picture: FrameBuf,
}

/// Sums of one value of each site.
#[derive(Debug, Clone)]
struct SiteSums {
    dx: Vec<f64>,
    dy: Vec<f64>,
    light: Vec<f64>,
    placed: Vec<u32>,
    class: Vec<Class>,
}

/// Everything that is gathered.
#[derive(Debug)]
pub(super) struct Gathered {
    pub frames: u64,
    pub tally: Tally,
    pub dx: Histogram,
    pub dy: Histogram,
    pub trend: VecDeque<FrameFigures>,
    pub worst: Option<Worst>,
    sites: SiteSums,
}

impl Gathered {
    pub fn new(recipe: &Recipe) -> Self {
        let n = recipe.rows * recipe.columns;
        Self {
            frames: 0,
            tally: Tally::default(),
            dx: Histogram::new(recipe.tolerance_um),
            dy: Histogram::new(recipe.tolerance_um),
            trend: VecDeque::new(),
            worst: None,
            sites: SiteSums {
                dx: vec![0.0; n],
                dy: vec![0.0; n],
                light: vec![0.0; n],
                placed: vec![0; n],
                class: vec![Class::Ok; n],
            },
        }
    }

    /// Adds a frame by its number and name.
    pub fn add(
        &mut self,
        (number, name): (u64, &str),
        inspection: Inspection,
        picture: FrameBuf,
        recipe: &Recipe,
    ) -> FrameFigures {
        let figures = figures(number, name, &inspection);
        let um = inspection.um_per_px;
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
            }
        }
        let defects = figures.beads - figures.good;
        if self.worst.as_ref().is_none_or(|w| defects > w.defects) {
            self.worst = Some(Worst {
                frame: number,
                name: name.to_owned(),
                defects,
                bead_px: recipe.bead_diameter_um / um,
                beads: inspection.beads,
                picture,
            });
        }
        self.tally.add(&inspection.tally);
        self.frames += 1;
        if self.trend.len() == TREND_MAX {
            self.trend.pop_front();
        }
        self.trend.push_back(figures.clone());
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
}

fn figures(frame: u64, name: &str, inspection: &Inspection) -> FrameFigures {
    let tally = &inspection.tally;
    FrameFigures {
        frame,
        name: name.to_owned(),
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
