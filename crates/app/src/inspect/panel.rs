//! Panels of beads: `yulin inspect panel`.

use super::gather::{Course, Gathered, Histogram, Spots, Worst};
use super::write::{BeadForms, Files, Parts};
use super::{at_frame, not_a_frame};
use crate::{Act, Actor, Clock, Code, Error, Result};
use exchange::frame::{FrameBuf, FrameFault, Packet};
use exchange::inspection::{Colours, RecipeFault, Run, Sheet, picture};
use model::hex::{hex, sha256_hex};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::time::Instant;
use vision::capability::{Capability, ShareMethod};
use vision::classify::Class;
use vision::map::Patterns;
use vision::panel::{CONFIDENCE, Colour, InspectError, Inspection, Line, Recipe};

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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    pub classes: BTreeMap<Class, u64>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bins: BTreeMap<String, u64>,
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
    #[serde(default)]
    pub gauge_worst_um: f64,
    #[serde(default)]
    pub gauge_worst_share: f64,
    #[serde(default)]
    pub gauge_worst_frame: Option<String>,
    #[serde(default)]
    pub learnt_anew: u64,
    #[serde(default)]
    pub uneven_frames: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    pub uniformity: Option<f64>,
    pub false_calls_per_million: f64,
    /// Frames of which more than 1 % of the beads are at the end of the camera's range.
    #[serde(default)]
    pub overexposed_frames: u64,
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
    /// Its course.
    pub course: Course,
    /// Where on the panel defects were.
    pub spots: Spots,
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

/// Inspects frames of panels and writes all files into `out`; `page` makes the report's page. The line is learnt from the first
/// frame that it can be learnt from; up to eight frames before that one wait for it. So the outcome does not depend on
/// the number of threads. Whoever holds the frames may see what is in them.
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
    let mut walk = Walk::begin(recipe_text, unlit, options, clock)?;
    let mut files = Files::create(out, &walk.run, walk.seed, options.forms)?;
    loop {
        let read = Iterator::take(&mut *packets, walk.threads());
        let batch: Vec<_> =
            read.map(|packet| packet.map_err(|(place, fault)| not_a_frame(&place, &fault))).collect();
        if batch.is_empty() {
            break;
        }
        walk.go_on(batch, &mut files, clock)?;
        progress(walk.gathered.frames, walk.gathered.tally.beads());
    }
    walk.refuse_waiting()?;
    let overlay = walk.draw()?.unwrap_or_default();
    let run = walk.end(overlay)?;
    let names = files.end(&whole_files(&run, page)?)?;
    let written = files.place(&names, out)?;
    Ok((run, written))
}

/// The files that are made at the end.
pub(super) fn whole_files(
    run: &PanelRun,
    page: &dyn Fn(&PanelRun) -> String,
) -> Result<[(&'static str, Vec<u8>); 4]> {
    let json = serde_json::to_vec_pretty(&run.summary)
        .map_err(|e| Error::new(Code::Internal, format!("cannot write the summary: {e}")))?;
    Ok([
        ("summary.json", json),
        ("overlay.png", run.overlay_png.clone()),
        ("map.png", run.map_png.clone()),
        ("report.html", page(run).into_bytes()),
    ])
}

/// Most frames that wait for one that the line can be learnt from. They are kept as they came; of more the first is refused.
pub(super) const WAITING_MAX: usize = 8;

/// A run under way.
pub(super) struct Walk {
    pub run: Run,
    pub recipe: Recipe,
    pub seed: [u8; 16],
    pub gathered: Gathered,
    pub refusals: Refusals,
    /// SHA-256 of the frames so far: of the one before it and of the newest frame's own.
    pub chain: [u8; 32],
    /// Frames that came, refused ones too where they could be cut from their source: numbers stay true to it.
    pub number: u64,
    /// Seconds of runs before this one, where it was taken up again.
    pub seconds_before: f64,
    /// The frame that the line is learnt from.
    pub reference: Option<FrameBuf>,
    recipe_sha256: String,
    line: Option<Line>,
    /// Frames, as far as they could be cut from their source, with the reason why the line cannot be learnt from each.
    waiting: VecDeque<(Option<Packet>, Error)>,
    unlit: Option<FrameBuf>,
    forms: BeadForms,
    pool: rayon::ThreadPool,
    started: Instant,
}

/// A frame that was inspected, with its parts of the files.
struct Done {
    inspection: Inspection,
    picture: FrameBuf,
    parts: Parts,
}

impl Walk {
    /// Reads the recipe and begins.
    pub fn begin(
        recipe_text: &str,
        unlit: Option<&Packet>,
        options: &PanelOptions,
        clock: &Clock,
    ) -> Result<Self> {
        let recipe = read_recipe(recipe_text, &options.recipe_name)?;
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(options.threads)
            .build()
            .map_err(|e| Error::new(Code::Internal, format!("cannot start threads: {e}")))?;
        let run = Run {
            lot: options.lot.clone(),
            recipe: options.recipe_name.clone(),
            at: clock.stamp(),
            rows: recipe.rows,
            columns: recipe.columns,
            pitch_um: recipe.pitch_um,
            bead_um: recipe.bead_diameter_um,
            colour: recipe.colour == Colour::Rgb,
        };
        let decode = |packet: &Packet| packet.decode().map_err(|e| not_a_frame(&packet.name, &e));
        Ok(Self {
            seed: seed(&run, recipe_text),
            gathered: Gathered::new(&recipe),
            refusals: Refusals { accepted: options.accept_valid, count: 0, first: Vec::new() },
            chain: [0; 32],
            number: 0,
            seconds_before: 0.0,
            reference: None,
            recipe_sha256: sha256_hex(recipe_text.as_bytes()),
            line: None,
            waiting: VecDeque::new(),
            unlit: unlit.map(decode).transpose()?,
            forms: options.forms,
            pool,
            started: Instant::now(),
            recipe,
            run,
        })
    }

    /// Goes on with a run that began under this name at that moment.
    pub fn take_up(&mut self, lot: String, at: String, forms: BeadForms, recipe_text: &str) {
        (self.run.lot, self.run.at, self.forms) = (lot, at, forms);
        self.seed = seed(&self.run, recipe_text);
    }

    /// Threads at work.
    pub fn threads(&self) -> usize {
        self.pool.current_num_threads()
    }

    /// Inspects some frames at once and appends them in their order; the error of each that is refused. Each frame is
    /// answered now, so one that comes before the line is known, and that it cannot be learnt from, is refused.
    pub fn take(
        &mut self,
        batch: &[Packet],
        files: &mut Files,
        clock: &Clock,
    ) -> Result<Vec<Option<String>>> {
        let (mut rest, mut refused) = (batch, Vec::with_capacity(batch.len()));
        while self.line.is_none()
            && let Some((packet, others)) = rest.split_first()
        {
            if let Err(why) = self.learn_from(packet) {
                refused.push(Some(why.message.clone()));
                self.count(packet);
                self.refusals.take(why)?;
                rest = others;
            }
        }
        refused.extend(self.measure(rest, files, clock)?);
        Ok(refused)
    }

    /// Goes on with frames, or with what is wrong with them. While there is no line, frames that it cannot be learnt from wait:
    /// they are measured in their order as soon as one taught it, in whatever batch that comes.
    pub fn go_on(&mut self, batch: Vec<Result<Packet>>, files: &mut Files, clock: &Clock) -> Result<()> {
        let mut ready = Vec::with_capacity(batch.len());
        for frame in batch {
            if self.line.is_none() {
                let (packet, learnt) = match frame {
                    Ok(packet) => {
                        let learnt = self.learn_from(&packet);
                        (Some(packet), learnt)
                    }
                    Err(why) => (None, Err(why)),
                };
                if let Err(why) = learnt {
                    self.waiting.push_back((packet, why));
                    if self.waiting.len() > WAITING_MAX {
                        self.refuse_first()?;
                    }
                    continue;
                }
                ready.extend(self.waiting.drain(..).map(|(packet, why)| packet.ok_or(why)));
                ready.extend(packet.map(Ok));
            } else {
                ready.push(frame);
            }
        }
        let mut packets = Vec::with_capacity(self.threads());
        for frame in ready {
            match frame {
                Ok(packet) => packets.push(packet),
                Err(why) => {
                    self.measure(&packets, files, clock)?;
                    packets.clear();
                    self.refusals.take(why)?;
                }
            }
            if packets.len() == self.threads() {
                self.measure(&packets, files, clock)?;
                packets.clear();
            }
        }
        self.measure(&packets, files, clock)?;
        Ok(())
    }

    /// Refuses the frames that still wait: none taught the line.
    pub fn refuse_waiting(&mut self) -> Result<()> {
        while !self.waiting.is_empty() {
            self.refuse_first()?;
        }
        Ok(())
    }

    fn refuse_first(&mut self) -> Result<()> {
        let Some((packet, why)) = self.waiting.pop_front() else { return Ok(()) };
        if let Some(packet) = packet {
            self.count(&packet);
        }
        self.refusals.take(why)
    }

    /// A frame has its turn: its number, and its bytes in the chain.
    fn count(&mut self, packet: &Packet) -> u64 {
        let own = Sha256::digest(packet.bytes());
        self.chain = Sha256::new().chain_update(self.chain).chain_update(own).finalize().into();
        self.number += 1;
        self.number - 1
    }

    /// Measures frames at once by the line, and appends them in their order; the error of each that is refused.
    fn measure(
        &mut self,
        packets: &[Packet],
        files: &mut Files,
        clock: &Clock,
    ) -> Result<Vec<Option<String>>> {
        let numbered: Vec<(u64, &Packet)> = packets.iter().map(|p| (self.count(p), p)).collect();
        let Some(line) = &self.line else { return Ok(Vec::new()) };
        let done: Vec<Result<Done>> = self.pool.install(|| {
            numbered.par_iter().map(|&(number, packet)| self.inspect(line, packet, number)).collect()
        });
        let mut refused = Vec::with_capacity(packets.len());
        for ((number, packet), done) in numbered.into_iter().zip(done) {
            refused.push(match done {
                Ok(done) => {
                    let place = (number, packet.name.as_str());
                    let figures =
                        self.gathered.add(place, clock.now_ms(), done.inspection, done.picture, &self.recipe);
                    files.add(&done.parts, &figures)?;
                    None
                }
                Err(error) => {
                    let why = error.message.clone();
                    self.refusals.take(error)?;
                    Some(why)
                }
            });
        }
        Ok(refused)
    }

    /// Learns the line from the first frame that can be learnt from.
    pub fn learn(&mut self, frames: impl Iterator<Item = FrameBuf>) {
        for frame in frames {
            if self.learn_frame(frame).is_ok() {
                return;
            }
        }
    }

    fn learn_from(&mut self, packet: &Packet) -> Result<()> {
        let frame = packet.decode().map_err(|e| not_a_frame(&packet.name, &e))?;
        self.learn_frame(frame).map_err(|e| at_frame(&packet.name, &e))
    }

    fn learn_frame(&mut self, frame: FrameBuf) -> Result<(), InspectError> {
        let unlit = self.unlit.as_ref().map(FrameBuf::as_frame);
        let learn = || Line::learn_beside(self.recipe.clone(), &frame.as_frame(), unlit.as_ref());
        let line = self.pool.install(learn)?;
        let bins = self.recipe.bins.as_ref().and_then(|name| super::bins::tables().get(name));
        self.line = Some(line.with_bins(bins.cloned()));
        self.reference = Some(frame);
        Ok(())
    }

    fn inspect(&self, line: &Line, packet: &Packet, number: u64) -> Result<Done> {
        let picture = packet.decode().map_err(|e| not_a_frame(&packet.name, &e))?;
        let unlit = self.unlit.as_ref().map(FrameBuf::as_frame);
        let inspection = line
            .inspect(&picture.as_frame(), unlit.as_ref())
            .map_err(|e: InspectError| at_frame(&packet.name, &e))?;
        let table = self.recipe.bins.as_ref().and_then(|name| super::bins::tables().get(name));
        let colours = inspection.colours.as_deref().unwrap_or_default();
        let bins = table.map(|table| super::bins::of_beads(table, &inspection.beads, colours));
        let bins = bins.unwrap_or_default();
        let sheet = Sheet {
            frame: number,
            name: &packet.name,
            columns: self.run.columns,
            um_per_px: inspection.um_per_px,
            beads: &inspection.beads,
            colours: self.run.colour.then_some(Colours { of: colours, bins: &bins }),
        };
        let parts = Parts::of(&self.run, self.seed, self.forms, &sheet, &inspection.tally);
        Ok(Done { inspection, picture, parts })
    }

    /// Seconds that the run took, those before a fall too.
    pub fn seconds(&self) -> f64 {
        self.seconds_before + self.started.elapsed().as_secs_f64()
    }

    /// The picture of the worst frame, where it is another one than before.
    pub fn draw(&mut self) -> Result<Option<Vec<u8>>> {
        let drawn = self.gathered.worst.as_mut().and_then(super::Worst::draw);
        drawn.transpose().map_err(|e| Error::new(Code::Output, e.to_string()))
    }

    /// The finished run with the picture of its worst frame.
    pub fn end(&self, overlay_png: Vec<u8>) -> Result<PanelRun> {
        if self.gathered.frames == 0 {
            let why = self.refusals.first.first();
            let why = why.map_or_else(|| "there are no frames".to_owned(), Clone::clone);
            return Err(Error::new(Code::BadInput, why)
                .hint("give frames, folders with frames, or `-` for standard input"));
        }
        let map_png = picture::heat_maps(&self.gathered.maps(&self.recipe))
            .png()
            .map_err(|e| Error::new(Code::Output, e.to_string()))?;
        Ok(PanelRun {
            summary: summary(self),
            spots: self.gathered.spots(&self.recipe),
            recipe: self.recipe.clone(),
            course: self.gathered.course.clone(),
            dx: self.gathered.dx.clone(),
            dy: self.gathered.dy.clone(),
            worst: self.gathered.worst.clone(),
            map_png,
            overlay_png,
            refusals: self.refusals.first.clone(),
        })
    }
}

/// Reads a recipe; the name is what errors call it.
pub(super) fn read_recipe(text: &str, name: &str) -> Result<Recipe> {
    let bad = |e: RecipeFault| {
        Error::new(Code::BadInput, format!("{name}, {e}")).hint("docs/inspection.md shows a recipe")
    };
    let recipe = exchange::inspection::recipe(text).map_err(bad)?;
    let tables = super::bins::tables();
    if let Some(bins) = recipe.bins.as_ref().filter(|bins| !tables.contains_key(*bins)) {
        let known: Vec<&str> = tables.keys().map(String::as_str).collect();
        let reason = format!("`bins` is {bins}; there are: {}", known.join(", "));
        return Err(bad(RecipeFault::at(text, "bins", reason)));
    }
    Ok(recipe)
}

/// What the command can do about a refused frame.
pub(super) const GO_ON: &str = "--accept-valid goes on with the other frames";

/// Frames that were refused.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Refusals {
    pub accepted: bool,
    pub count: u64,
    pub first: Vec<String>,
}

impl Refusals {
    pub fn take(&mut self, error: Error) -> Result<()> {
        if !self.accepted {
            let hint = format!("{}; {GO_ON}", error.help());
            return Err(error.hint(hint));
        }
        self.count += 1;
        if self.first.len() < 100 {
            self.first.push(error.message);
        }
        Ok(())
    }

    /// A file that was refused for this reason has become another one.
    pub fn take_back(&mut self, reason: &str) {
        self.count = self.count.saturating_sub(1);
        if let Some(at) = self.first.iter().position(|first| first == reason) {
            self.first.remove(at);
        }
    }
}

/// The figures as of now.
pub(super) fn summary(walk: &Walk) -> PanelSummary {
    let (gathered, recipe, run, seconds) = (&walk.gathered, &walk.recipe, &walk.run, walk.seconds());
    let whole = gathered.tally.summary(recipe.tolerance_um, CONFIDENCE, ShareMethod::ClopperPearson);
    let (x, y) = (whole.x, whole.y);
    let of = |c: Option<Capability>, f: fn(Capability) -> f64| c.map(f);
    PanelSummary {
        lot: run.lot.clone(),
        recipe: run.recipe.clone(),
        recipe_sha256: walk.recipe_sha256.clone(),
        at: run.at.clone(),
        frames: gathered.frames,
        refused: walk.refusals.count,
        beads: whole.beads,
        good: whole.good,
        yield_share: whole.yield_share.map(|i| i.value),
        yield_low: whole.yield_share.map(|i| i.low),
        yield_high: whole.yield_share.map(|i| i.high),
        confidence: CONFIDENCE,
        classes: Class::ALL.into_iter().map(|c| (c, gathered.tally.of_class(c))).collect(),
        bins: gathered.tally.bins.clone(),
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
        gauge_worst_um: whole.gauge_worst_um,
        gauge_worst_share: 6.0 * whole.gauge_worst_um / (2.0 * recipe.tolerance_um),
        gauge_worst_frame: gathered.odd.gauge.as_ref().map(|(_, name)| name.clone()),
        learnt_anew: gathered.odd.learnt_anew,
        uneven_frames: gathered.odd.uneven,
        warnings: gathered.odd.warnings(gathered.frames),
        uniformity: whole.uniformity,
        false_calls_per_million: recipe.limits.false_calls_per_million,
        overexposed_frames: gathered.clipped,
        worst_frame: gathered.worst.as_ref().map(|w| w.name.clone()),
        patterns: Patterns {
            systematic: gathered.systematic(recipe),
            ..gathered.worst.as_ref().map(|w| w.patterns.clone()).unwrap_or_default()
        },
        frames_sha256: hex(&walk.chain),
        seconds,
        beads_per_second: whole.beads as f64 / seconds.max(1e-9),
        threads: walk.threads(),
    }
}

/// 128 bits that follow from what a run is.
fn seed(run: &Run, recipe: &str) -> [u8; 16] {
    let digest = Sha256::digest(format!("{}\n{}\n{}\n{recipe}", run.lot, run.recipe, run.at));
    std::array::from_fn(|i| digest[i])
}

#[cfg(test)]
mod tests;
