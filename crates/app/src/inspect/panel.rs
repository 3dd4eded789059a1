//! Panels of beads: `yulin inspect panel`.

use super::gather::{Gathered, Histogram, Worst};
use super::write::{BeadForms, Files, Parts};
use super::{FrameFigures, at_frame, not_a_frame};
use crate::{Act, Actor, Clock, Code, Error, Result};
use exchange::frame::{FrameBuf, FrameFault, Packet};
use exchange::inspection::{Run, Sheet, picture};
use model::list::{hex, sha256_hex};
use rayon::prelude::*;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;
use vision::capability::{Capability, ShareMethod};
use vision::classify::Class;
use vision::map::{Patterns, patterns};
use vision::panel::{CONFIDENCE, Inspection, Line, Recipe};

/// Smallest cluster of defects that is reported.
const CLUSTER_MIN: usize = 3;

/// How to inspect panels.
#[derive(Debug, Clone)]
pub struct PanelOptions {
    /// Threads, 0 for as many as the machine has cores.
    pub threads: usize,
    /// Name of the run.
    pub lot: String,
    /// Name of the recipe, for errors and files.
    pub recipe_name: String,
    /// Lists of beads to write.
    pub forms: BeadForms,
    /// Go on where a frame is refused; refused frames are counted and named.
    pub accept_valid: bool,
}

/// `summary.json`.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "docs/inspection.md explains each")]
pub struct PanelSummary {
    pub lot: String,
    pub recipe: String,
    pub recipe_sha256: String,
    pub at: String,
    pub frames: u64,
    pub refused: u64,
    pub beads: u64,
    pub good: u64,
    #[serde(rename = "yield")]
    pub yield_share: Option<f64>,
    pub yield_low: Option<f64>,
    pub yield_high: Option<f64>,
    pub confidence: f64,
    pub classes: BTreeMap<&'static str, u64>,
    pub tolerance_um: f64,
    pub cp_x: Option<f64>,
    pub cp_x_low: Option<f64>,
    pub cp_x_high: Option<f64>,
    pub cpk_x: Option<f64>,
    pub cpk_x_low: Option<f64>,
    pub cpk_x_high: Option<f64>,
    pub cp_y: Option<f64>,
    pub cp_y_low: Option<f64>,
    pub cp_y_high: Option<f64>,
    pub cpk_y: Option<f64>,
    pub cpk_y_low: Option<f64>,
    pub cpk_y_high: Option<f64>,
    pub mean_dx_um: f64,
    pub mean_dy_um: f64,
    pub sigma_dx_um: Option<f64>,
    pub sigma_dy_um: Option<f64>,
    pub gauge_um: f64,
    pub gauge_share: f64,
    pub uniformity: Option<f64>,
    pub false_calls_per_million: f64,
    pub worst_frame: Option<String>,
    pub patterns: Patterns,
    pub frames_sha256: String,
    pub seconds: f64,
    pub beads_per_second: f64,
    pub threads: usize,
}

/// A finished run.
#[derive(Debug)]
pub struct PanelRun {
    /// Figures.
    pub summary: PanelSummary,
    /// The recipe.
    pub recipe: Recipe,
    /// Figures of the newest frames, at most 500.
    pub trend: Vec<FrameFigures>,
    /// Offsets to the right.
    pub dx: Histogram,
    /// Offsets downward.
    pub dy: Histogram,
    /// The frame with the most defects.
    pub worst: Option<Worst>,
    /// `map.png`.
    pub map_png: Vec<u8>,
    /// `overlay.png`.
    pub overlay_png: Vec<u8>,
    /// Refused frames with the reasons, the first hundred.
    pub refusals: Vec<String>,
}

/// A frame that was inspected, with its parts of the files.
struct Done {
    inspection: Inspection,
    picture: FrameBuf,
    parts: Parts,
}

/// What a run has to know of every frame.
struct Frames<'a> {
    run: Run,
    seed: [u8; 16],
    forms: BeadForms,
    line: Line,
    unlit: Option<&'a FrameBuf>,
}

/// Inspects frames of panels and writes all files into `out`; `page` makes the report's page. The line is learnt from the first
/// frame that holds the grid. Whoever holds the frames may see what is in them.
///
/// # Errors
/// [`Code::BadInput`] with the recipe's line, or the frame and what is wrong with it; [`Code::Output`].
#[expect(clippy::too_many_arguments, reason = "each is one thing that a run needs")]
pub fn inspect_panel(
    actor: &Actor,
    recipe_text: &str,
    packets: &mut dyn Iterator<Item = Result<Packet, (String, FrameFault)>>,
    unlit: Option<&Packet>,
    out: &Path,
    options: &PanelOptions,
    clock: &Clock,
    page: &dyn Fn(&PanelRun) -> String,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<(PanelRun, Vec<PathBuf>)> {
    actor.need(Act::InspectPanel)?;
    let recipe = exchange::inspection::recipe(recipe_text).map_err(|e| {
        Error::new(Code::BadInput, format!("{}, {e}", options.recipe_name))
            .hint("docs/inspection.md shows a recipe")
    })?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .build()
        .map_err(|e| Error::new(Code::Internal, format!("cannot start threads: {e}")))?;
    let threads = pool.current_num_threads();
    let unlit = unlit.map(|packet| packet.decode().map_err(|e| not_a_frame(&packet.name, &e))).transpose()?;
    let run = Run {
        lot: options.lot.clone(),
        recipe: options.recipe_name.clone(),
        at: clock.stamp(),
        rows: recipe.rows,
        columns: recipe.columns,
        pitch_um: recipe.pitch_um,
        bead_um: recipe.bead_diameter_um,
    };
    let seed = seed(&run, recipe_text);
    let mut files = Files::create(out, &run, seed, options.forms)?;
    let mut gathered = Gathered::new(&recipe);
    let mut refusals = Refusals { accepted: options.accept_valid, count: 0, first: Vec::new() };
    let mut content = Sha256::new();
    let mut frames: Option<Frames<'_>> = None;
    let started = Instant::now();
    // Frames are counted as they come, refused ones too, so that numbers stay true to the source.
    let mut number = 0;
    loop {
        let mut batch = Vec::with_capacity(threads);
        for packet in Iterator::take(&mut *packets, threads) {
            match packet {
                Ok(packet) => batch.push(packet),
                Err((place, fault)) => refusals.take(not_a_frame(&place, &fault))?,
            }
        }
        if batch.is_empty() {
            break;
        }
        for packet in &batch {
            content.update(Sha256::digest(packet.bytes()));
        }
        if frames.is_none() {
            frames = learn(&pool, &recipe, &batch).map(|line| Frames {
                run: run.clone(),
                seed,
                forms: options.forms,
                line,
                unlit: unlit.as_ref(),
            });
        }
        let first = number;
        number += batch.len() as u64;
        let done: Vec<Result<Done>> = pool.install(|| {
            batch
                .par_iter()
                .enumerate()
                .map(|(i, p)| inspect(frames.as_ref(), &recipe, p, first + i as u64))
                .collect()
        });
        for (i, (packet, done)) in batch.iter().zip(done).enumerate() {
            match done {
                Ok(done) => {
                    let place = (first + i as u64, packet.name.as_str());
                    let figures = gathered.add(place, done.inspection, done.picture, &recipe);
                    files.add(&done.parts, &figures)?;
                }
                Err(error) => refusals.take(error)?,
            }
        }
        progress(gathered.frames, gathered.tally.beads());
    }
    if gathered.frames == 0 {
        let why = refusals.first.first().map_or_else(|| "there are no frames".to_owned(), Clone::clone);
        return Err(Error::new(Code::BadInput, why)
            .hint("give frames, folders with frames, or `-` for standard input"));
    }
    let seconds = started.elapsed().as_secs_f64();
    let output = |e: exchange::WriteError| Error::new(Code::Output, e.to_string());
    let worst_beads = gathered.worst.as_ref();
    let overlay = worst_beads.map(|w| picture::overlay(&w.picture, &w.beads, w.bead_px).png()).transpose();
    let map_png = picture::heat_maps(&gathered.maps(&recipe)).png().map_err(output)?;
    let overlay_png = overlay.map_err(output)?.unwrap_or_default();
    let stamp = Stamp {
        run,
        recipe_sha256: sha256_hex(recipe_text.as_bytes()),
        frames_sha256: hex(&content.finalize()),
    };
    let run = PanelRun {
        summary: summary(&gathered, &recipe, stamp, refusals.count, seconds, threads),
        recipe,
        trend: gathered.trend.into(),
        dx: gathered.dx,
        dy: gathered.dy,
        worst: gathered.worst,
        map_png,
        overlay_png,
        refusals: refusals.first,
    };
    let json = serde_json::to_vec_pretty(&run.summary)
        .map_err(|e| Error::new(Code::Internal, format!("cannot write the summary: {e}")))?;
    let written = files.finish(&[
        ("summary.json", json),
        ("overlay.png", run.overlay_png.clone()),
        ("map.png", run.map_png.clone()),
        ("report.html", page(&run).into_bytes()),
    ])?;
    Ok((run, written))
}

/// Frames that were refused.
struct Refusals {
    accepted: bool,
    count: u64,
    first: Vec<String>,
}

impl Refusals {
    fn take(&mut self, error: Error) -> Result<()> {
        if !self.accepted {
            let hint = format!("{}; --accept-valid goes on with the other frames", error.help());
            return Err(error.hint(hint));
        }
        self.count += 1;
        if self.first.len() < 100 {
            self.first.push(error.message);
        }
        Ok(())
    }
}

/// Learns from the first frame of a batch that can be learnt from.
fn learn(pool: &rayon::ThreadPool, recipe: &Recipe, batch: &[Packet]) -> Option<Line> {
    batch.iter().find_map(|packet| {
        let frame = packet.decode().ok()?;
        pool.install(|| Line::learn(recipe.clone(), &frame.as_frame())).ok()
    })
}

fn inspect(frames: Option<&Frames<'_>>, recipe: &Recipe, packet: &Packet, number: u64) -> Result<Done> {
    let picture = packet.decode().map_err(|e| not_a_frame(&packet.name, &e))?;
    let refused = |e: vision::panel::InspectError| at_frame(&packet.name, &e);
    let Some(frames) = frames else {
        // Nothing could be learnt from this frame: say why.
        return match Line::learn(recipe.clone(), &picture.as_frame()) {
            Err(e) => Err(refused(e)),
            Ok(_) => Err(at_frame(&packet.name, &"it could not be learnt from")),
        };
    };
    let unlit = frames.unlit.map(FrameBuf::as_frame);
    let inspection = frames.line.inspect(&picture.as_frame(), unlit.as_ref()).map_err(refused)?;
    let parts = frames.parts(&inspection, &packet.name, number);
    Ok(Done { inspection, picture, parts })
}

impl Frames<'_> {
    fn parts(&self, inspection: &Inspection, name: &str, frame: u64) -> Parts {
        let sheet = Sheet {
            frame,
            name,
            columns: self.run.columns,
            um_per_px: inspection.um_per_px,
            beads: &inspection.beads,
        };
        Parts::of(&self.run, self.seed, self.forms, &sheet, &inspection.tally)
    }
}

/// What identifies a run.
struct Stamp {
    run: Run,
    recipe_sha256: String,
    frames_sha256: String,
}

fn summary(
    gathered: &Gathered,
    recipe: &Recipe,
    stamp: Stamp,
    refused: u64,
    seconds: f64,
    threads: usize,
) -> PanelSummary {
    let whole = gathered.tally.summary(recipe.tolerance_um, CONFIDENCE, ShareMethod::ClopperPearson);
    let pattern = |w: &Worst| patterns(&w.beads, recipe.rows, recipe.columns, CLUSTER_MIN);
    let (x, y) = (whole.x, whole.y);
    let of = |c: Option<Capability>, f: fn(Capability) -> f64| c.map(f);
    PanelSummary {
        lot: stamp.run.lot,
        recipe: stamp.run.recipe,
        recipe_sha256: stamp.recipe_sha256,
        at: stamp.run.at,
        frames: gathered.frames,
        refused,
        beads: whole.beads,
        good: whole.good,
        yield_share: whole.yield_share.map(|i| i.value),
        yield_low: whole.yield_share.map(|i| i.low),
        yield_high: whole.yield_share.map(|i| i.high),
        confidence: CONFIDENCE,
        classes: Class::ALL.into_iter().map(|c| (c.word(), gathered.tally.of_class(c))).collect(),
        tolerance_um: recipe.tolerance_um,
        cp_x: of(x, |c| c.cp.value),
        cp_x_low: of(x, |c| c.cp.low),
        cp_x_high: of(x, |c| c.cp.high),
        cpk_x: of(x, |c| c.cpk.value),
        cpk_x_low: of(x, |c| c.cpk.low),
        cpk_x_high: of(x, |c| c.cpk.high),
        cp_y: of(y, |c| c.cp.value),
        cp_y_low: of(y, |c| c.cp.low),
        cp_y_high: of(y, |c| c.cp.high),
        cpk_y: of(y, |c| c.cpk.value),
        cpk_y_low: of(y, |c| c.cpk.low),
        cpk_y_high: of(y, |c| c.cpk.high),
        mean_dx_um: gathered.tally.x.mean(),
        mean_dy_um: gathered.tally.y.mean(),
        sigma_dx_um: gathered.tally.x.sigma(),
        sigma_dy_um: gathered.tally.y.sigma(),
        gauge_um: whole.gauge_um,
        gauge_share: 6.0 * whole.gauge_um / (2.0 * recipe.tolerance_um),
        uniformity: whole.uniformity,
        false_calls_per_million: recipe.limits.false_calls_per_million,
        worst_frame: gathered.worst.as_ref().map(|w| w.name.clone()),
        patterns: gathered.worst.as_ref().map(pattern).unwrap_or_default(),
        frames_sha256: stamp.frames_sha256,
        seconds,
        beads_per_second: whole.beads as f64 / seconds.max(1e-9),
        threads,
    }
}

/// 128 bits that follow from what a run is.
fn seed(run: &Run, recipe: &str) -> [u8; 16] {
    let digest = Sha256::digest(format!("{}\n{}\n{}\n{recipe}", run.lot, run.recipe, run.at));
    std::array::from_fn(|i| digest[i])
}
