//! Rectangular parts against their nominal places: `yulin inspect placement`.

use super::gather::{Course, FrameFigures, Histogram};
use super::record::{EndedRun, RunDetail, RunFigures, Source, ended};
use super::{at_frame, not_a_frame};
use crate::{Act, Actor, Code, Error, Result};
use exchange::frame::Packet;
use exchange::inspection::picture;
use model::hex::sha256_hex;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vision::panel::CONFIDENCE;
use vision::placement::{
    Placed, PlacementClass, PlacementRecipe, PlacementReport, PlacementSummary, PlacementTally,
};

/// Parts that a page shows; the file has all.
const PARTS_MAX: usize = 500;

/// Reads a recipe of places; the name is what errors call it.
///
/// # Errors
/// [`Code::BadInput`] with the line.
pub fn read_placement(actor: &Actor, text: &str, name: &str) -> Result<PlacementRecipe> {
    actor.need(Act::InspectPlacement)?;
    exchange::inspection::placement(text).map_err(|e| {
        Error::new(Code::BadInput, format!("{name}, {e}")).hint("docs/inspection.md shows a recipe of places")
    })
}

/// Measures the parts of a frame. Whoever holds the frame may see what is in it.
///
/// # Errors
/// [`Code::BadInput`] with the frame and what is wrong with it.
pub fn inspect_placement(
    actor: &Actor,
    packet: &Packet,
    recipe: &PlacementRecipe,
) -> Result<PlacementReport> {
    actor.need(Act::InspectPlacement)?;
    let frame = packet.decode().map_err(|e| not_a_frame(&packet.name, &e))?;
    vision::placement::inspect_placement(&frame.as_frame(), recipe).map_err(|e| at_frame(&packet.name, &e))
}

/// Figures of a run of placement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlacedSummary {
    /// Boards that were measured.
    pub boards: u64,
    /// What was measured of their parts.
    #[serde(flatten)]
    pub measured: PlacementSummary,
    /// Tolerance along x and along y in µm.
    pub tolerance_um: f64,
    /// Tolerance of the rotation in degrees.
    pub tolerance_deg: f64,
    /// Fiducials of a board; without any a displacement that all parts share is not seen.
    pub fiducials: usize,
    /// Confidence of the intervals.
    pub confidence: f64,
    /// SHA-256 of the recipe.
    pub recipe_sha256: String,
    /// SHA-256 of a line for each frame in order: its SHA-256, two spaces, its name, LF.
    pub frames_sha256: String,
}

/// A part of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasuredPart {
    /// Name of the frame.
    pub image: String,
    /// The part as measured.
    #[serde(flatten)]
    pub part: Placed,
}

/// Boards with parts of one run, one after the other.
#[derive(Debug)]
pub struct PlacementRun {
    text: String,
    recipe: PlacementRecipe,
    on_record: bool,
    boards: u64,
    tally: PlacementTally,
    course: Course,
    dx: Histogram,
    dy: Histogram,
    bad: Vec<MeasuredPart>,
    good: Vec<MeasuredPart>,
    /// `parts.ndjson`.
    lines: Vec<u8>,
    hashes: String,
    /// The board with the most parts that are not good: its number, its frame, what was measured.
    worst: Option<(u64, Packet, PlacementReport)>,
}

impl PlacementRun {
    /// A run by a recipe of places; the name is what errors call it. Only what goes on record is hashed and kept.
    ///
    /// # Errors
    /// As [`read_placement`].
    pub fn new(actor: &Actor, text: &str, name: &str, on_record: bool) -> Result<Self> {
        let recipe = read_placement(actor, text, name)?;
        let empty = Histogram::new(recipe.tolerance_um);
        Ok(Self {
            text: text.to_owned(),
            recipe,
            on_record,
            boards: 0,
            tally: PlacementTally::default(),
            course: Course::default(),
            dx: empty.clone(),
            dy: empty,
            bad: Vec::new(),
            good: Vec::new(),
            lines: Vec::new(),
            hashes: String::new(),
            worst: None,
        })
    }

    /// Measures the next board; its parts in the order of the recipe.
    ///
    /// # Errors
    /// As [`inspect_placement`].
    pub fn take(&mut self, actor: &Actor, packet: &Packet) -> Result<Vec<MeasuredPart>> {
        let report = inspect_placement(actor, packet, &self.recipe)?;
        let measured = |part: &Placed| MeasuredPart { image: packet.name.clone(), part: part.clone() };
        let parts: Vec<MeasuredPart> = report.parts.iter().map(measured).collect();
        self.tally = std::mem::take(&mut self.tally).merged(report.tally.clone());
        if !self.on_record {
            return Ok(parts);
        }
        self.hashes += &format!("{}  {}\n", sha256_hex(packet.bytes()), packet.name);
        for measured in &parts {
            self.lines.extend(format!("{}\n", json!(measured)).bytes());
            let shown =
                if measured.part.class == PlacementClass::Ok { &mut self.good } else { &mut self.bad };
            if shown.len() < PARTS_MAX {
                shown.push(measured.clone());
            }
            if !matches!(measured.part.class, PlacementClass::Missing | PlacementClass::WrongSize) {
                self.dx.add(measured.part.dx_um);
                self.dy.add(measured.part.dy_um);
            }
        }
        let (summary, tally) = (&report.summary, &report.tally);
        self.course.add(FrameFigures {
            frame: self.boards,
            name: packet.name.clone(),
            frames: 1,
            at_ms: 0,
            beads: summary.parts,
            good: summary.good,
            mean_dx_um: tally.x.mean(),
            mean_dy_um: tally.y.mean(),
            sigma_dx_um: tally.x.sigma().unwrap_or(0.0),
            sigma_dy_um: tally.y.sigma().unwrap_or(0.0),
            rotation_deg: report.pose.rotation_deg,
            um_per_px: report.pose.um_per_px,
        });
        if self.worst.as_ref().is_none_or(|(.., worst)| bad_of(&report) > bad_of(worst)) {
            self.worst = Some((self.boards, packet.clone(), report));
        }
        self.boards += 1;
        Ok(parts)
    }

    /// Figures of all boards so far.
    pub fn summary(&self) -> PlacementSummary {
        self.tally.summary(&self.recipe)
    }

    /// The run as it goes on record.
    ///
    /// # Errors
    /// [`Code::BadInput`] without a board; [`Code::Output`] where the picture cannot be written.
    pub fn end(self) -> Result<EndedRun> {
        let summary = PlacedSummary {
            boards: self.boards,
            measured: self.summary(),
            tolerance_um: self.recipe.tolerance_um,
            tolerance_deg: self.recipe.tolerance_deg,
            fiducials: self.recipe.fiducials.len(),
            confidence: CONFIDENCE,
            recipe_sha256: sha256_hex(self.text.as_bytes()),
            frames_sha256: sha256_hex(self.hashes.as_bytes()),
        };
        let Some((number, packet, worst)) = self.worst else {
            return Err(Error::new(Code::BadInput, "no board was inspected"));
        };
        let outlines: Vec<_> = self
            .recipe
            .parts
            .iter()
            .zip(&worst.parts)
            .map(|(part, placed)| {
                let turned = part.theta_deg + placed.dtheta_deg + worst.pose.rotation_deg;
                let (sin, cos) = turned.to_radians().sin_cos();
                let half = |um: f64| 0.5 * um / worst.pose.um_per_px + 2.0;
                let (u, v) = (half(part.length_um), half(part.width_um));
                let at = |u: f64, v: f64| (placed.x_px + u * cos - v * sin, placed.y_px + u * sin + v * cos);
                ([at(-u, -v), at(u, -v), at(u, v), at(-u, v)], picture::part_colour(placed.class))
            })
            .collect();
        let frame = packet.decode().map_err(|e| not_a_frame(&packet.name, &e))?;
        let mut parts = self.bad;
        parts.extend(self.good);
        parts.truncate(PARTS_MAX);
        Ok(EndedRun {
            files: ended(&summary, ("parts.ndjson", self.lines), &picture::outlined(&frame, &outlines))?,
            figures: RunFigures { placement: Some(summary), ..RunFigures::of(Source::Command) },
            detail: RunDetail {
                recipe: self.text,
                course: self.course,
                dx: self.dx,
                dy: self.dy,
                worst: Some((number, packet.name, bad_of(&worst))),
                parts,
                ..RunDetail::default()
            },
        })
    }
}

/// Parts of a board that are not good.
fn bad_of(report: &PlacementReport) -> u64 {
    report.summary.parts - report.summary.good
}
