//! Inspections that come in whole: frames to be measured now, or the folder of an inspection that was finished elsewhere.

use super::gather::{CLUSTER_MIN, Course, FrameFigures, Histogram, Spots};
use super::panel::{GO_ON, PanelSummary, read_recipe};
use super::record::{EndedFiles, NewInspection, RUN_FILE_MAX, RunDetail, RunFigures, Source};
use super::{BeadForms, PanelOptions, PanelRun, inspect_panel};
use crate::{Act, Actor, App, Code, Error, InputFile, Progress, Result, Stage};
use exchange::frame::Packets;
use exchange::inspection::read::{self, BeadRow};
use model::hex::sha256_hex;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use vision::capability::{Moments, ShareMethod, yield_interval};
use vision::classify::{Bead, Class};
use vision::map::{Patterns, patterns};
use vision::panel::{CONFIDENCE, Recipe};

/// Frames of one upload.
const FRAMES_MAX: usize = 200;

/// How far a figure may be from the one that the beads give: they are written with three digits behind the point.
const ROUNDING: f64 = 2e-3;

#[boxed::futures]
impl App {
    /// Measures frames and puts the run on record, finished. All is measured before anything is stored.
    ///
    /// # Errors
    /// [`Code::BadInput`] with the recipe's line, or the frame and what is wrong with it; [`Code::Conflict`] where a run has
    /// this name.
    pub async fn inspect_frames(
        &self,
        actor: &Actor,
        new: &NewInspection,
        files: Vec<InputFile>,
        page: fn(&PanelRun) -> String,
        progress: Progress<'_>,
    ) -> Result<i64> {
        actor.need(Act::RecordInspection)?;
        self.free_inspection_name(actor, new.enterprise, &new.name).await?;
        if files.is_empty() || files.len() > FRAMES_MAX {
            let what = format!("{} frames; 1 to {FRAMES_MAX} are taken at a time", files.len());
            return Err(Error::new(Code::BadInput, what).hint("take `yulin inspect watch` for more"));
        }
        let out = tempfile::tempdir()
            .map_err(|e| Error::new(Code::Output, format!("cannot make a folder: {e}")))?;
        let options = PanelOptions {
            threads: 0,
            lot: new.name.trim().to_owned(),
            recipe_name: new.recipe_name.clone(),
            forms: BeadForms { csv: false, binary: true, ndjson: false },
            accept_valid: false,
        };
        let total = files.len() as u64;
        let mut packets = files.into_iter().flat_map(|file| Packets::new(file.name, Cursor::new(file.bytes)));
        let told = |done: u64, _: u64| progress(Stage::Inspect, done, total.max(done));
        let (run, written) = inspect_panel(
            actor,
            &new.recipe,
            &mut packets,
            None,
            out.path(),
            &options,
            &self.clock,
            &page,
            &told,
        )
        .map_err(|e| {
            // Whoever sends frames has no command line.
            let hint = e.hint.map(|hint| hint.replace(GO_ON, "leave it out and send the others"));
            Error { hint, ..e }
        })?;
        let mut files = EndedFiles::new();
        for path in written {
            let fault =
                |e: std::io::Error| Error::new(Code::File, format!("cannot read {}: {e}", path.display()));
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let bytes = std::fs::metadata(&path).map_err(fault)?.len();
            let content = (bytes <= RUN_FILE_MAX).then(|| std::fs::read(&path)).transpose().map_err(fault)?;
            files.push((name, bytes, content));
        }
        let detail = RunDetail {
            recipe: new.recipe.clone(),
            course: run.course,
            dx: run.dx,
            dy: run.dy,
            spots: run.spots,
            worst: run.worst.map(|w| (w.frame, w.name, w.defects)),
            refusals: run.refusals,
            ..RunDetail::default()
        };
        let figures = RunFigures { panel: Some(run.summary), ..RunFigures::of(Source::Frames) };
        let id = self.begin_inspection(actor, new).await?;
        self.finish_inspection(actor, id, figures, detail, files).await?;
        Ok(id)
    }

    /// Puts a finished inspection on record from its folder: `summary.json`, `frames.csv`, `beads.bin` or `beads.csv`, and
    /// whatever else lies there. The figures are computed again from the beads and must be those of the summary; the recipe is
    /// in the folder as `.toml`, or `new` has it, with the hash that the summary names.
    ///
    /// # Errors
    /// [`Code::BadInput`] with file and line, and where the files contradict each other.
    pub async fn record_folder(
        &self,
        actor: &Actor,
        mut new: NewInspection,
        files: Vec<InputFile>,
    ) -> Result<i64> {
        actor.need(Act::RecordInspection)?;
        self.free_inspection_name(actor, new.enterprise, &new.name).await?;
        let toml = files.iter().find(|f| f.name.ends_with(".toml"));
        if toml.is_none() && new.recipe.trim().is_empty() {
            return Err(Error::new(Code::BadInput, "the recipe is missing")
                .hint("choose the recipe that it went by, or send its .toml with the folder"));
        }
        if let Some(file) = toml {
            new.recipe = String::from_utf8_lossy(&file.bytes).into_owned();
            new.recipe_name = file.name.trim_end_matches(".toml").to_owned();
        }
        let mut names = BTreeSet::new();
        if let Some(twice) = files.iter().find(|file| !names.insert(file.name.as_str())) {
            return Err(Error::new(Code::BadInput, format!("{} is there twice", twice.name)));
        }
        let (summary, detail) = read_folder(&files, &new)?;
        let files = files.into_iter().map(|f| (f.name, f.bytes.len() as u64, Some(f.bytes))).collect();
        let figures = RunFigures { panel: Some(summary), ..RunFigures::of(Source::Folder) };
        let id = self.begin_inspection(actor, &new).await?;
        self.finish_inspection(actor, id, figures, detail, files).await?;
        Ok(id)
    }
}

/// What is summed again of a folder's beads.
struct Again {
    classes: BTreeMap<Class, u64>,
    x: Moments,
    y: Moments,
    dx: Histogram,
    dy: Histogram,
    light: Moments,
    bad: Vec<u64>,
    frames: BTreeMap<u64, OfFrame>,
}

/// What is summed again of a frame's beads.
#[derive(Default)]
struct OfFrame {
    beads: u64,
    good: u64,
    x: Moments,
    y: Moments,
}

fn read_folder(files: &[InputFile], new: &NewInspection) -> Result<(PanelSummary, RunDetail)> {
    let bad = |what: String| Error::new(Code::BadInput, what);
    let file = |names: &[&str]| {
        let found = names.iter().find_map(|name| files.iter().find(|f| f.name == *name));
        found.ok_or_else(|| {
            bad(format!("{} is missing", names.join(" or ")))
                .hint("send the folder that `yulin inspect panel` or `watch` has written")
        })
    };
    let mut summary: PanelSummary = serde_json::from_slice(&file(&["summary.json"])?.bytes)
        .map_err(|e| bad(format!("summary.json, line {}: {e}", e.line())))?;
    // The list of beads has no colours to sum again.
    summary.bins.clear();
    let recipe = read_recipe(&new.recipe, &new.recipe_name)?;
    if sha256_hex(new.recipe.as_bytes()) != summary.recipe_sha256 {
        return Err(bad(format!("the inspection went by another recipe than {}", new.recipe_name))
            .hint("choose the recipe that it went by, or send its .toml with the folder"));
    }
    let frames = read::frames(&file(&["frames.csv"])?.bytes).map_err(|e| bad(format!("frames.csv, {e}")))?;
    let beads = file(&["beads.bin", "beads.csv"])?;
    let again = sum_again(&beads.bytes, &recipe).map_err(|e| bad(format!("{}, {e}", beads.name)))?;
    compare(&summary, &again, &recipe)?;
    if !frames.iter().map(|row| row.frame).eq(again.frames.keys().copied()) {
        return Err(bad(format!("frames.csv: its frames are not those of {}, in their order", beads.name)));
    }
    let mut course = Course::default();
    for (i, row) in frames.iter().enumerate() {
        let of = again.frames.get(&row.frame);
        if of.is_none_or(|of| (of.beads, of.good) != (row.beads, row.good)) {
            return Err(bad(format!(
                "frames.csv, line {}: its beads are not those of {}",
                i + 2,
                beads.name
            )));
        }
        for (what, said, found) in of.into_iter().flat_map(|of| {
            [
                ("mean_dx_um", row.mean_dx_um, of.x.mean()),
                ("mean_dy_um", row.mean_dy_um, of.y.mean()),
                ("sigma_dx_um", row.sigma_dx_um, of.x.sigma().unwrap_or(0.0)),
                ("sigma_dy_um", row.sigma_dy_um, of.y.sigma().unwrap_or(0.0)),
            ]
        }) {
            if !near(said, found) {
                let line = i + 2;
                return Err(bad(format!(
                    "frames.csv, line {line}: `{what}` is {said}, the beads give {found:.4}"
                )));
            }
        }
        if !(0.9..=1.1).contains(&(row.um_per_px / recipe.um_per_px)) {
            let (line, said, nominal) = (i + 2, row.um_per_px, recipe.um_per_px);
            return Err(bad(format!(
                "frames.csv, line {line}: `um_per_px` is {said}, the recipe says {nominal}"
            )));
        }
        course.add(FrameFigures {
            frame: row.frame,
            name: row.name.clone(),
            frames: 1,
            at_ms: 0,
            beads: row.beads,
            good: row.good,
            mean_dx_um: row.mean_dx_um,
            mean_dy_um: row.mean_dy_um,
            sigma_dx_um: row.sigma_dx_um,
            sigma_dy_um: row.sigma_dy_um,
            rotation_deg: row.rotation_deg,
            um_per_px: row.um_per_px,
        });
    }
    let worst = frames.iter().min_by_key(|f| f.good as i64 - f.beads as i64);
    if let Some(worst) = worst {
        let again = patterns_again(&beads.bytes, worst.frame, &recipe)
            .map_err(|e| bad(format!("{}, {e}", beads.name)))?;
        worst_is(&summary, &worst.name, &again)?;
    }
    let gaps = frames.last().map_or(0, |f| f.frame + 1 - frames.len() as u64);
    if summary.refused < gaps {
        return Err(differ("refused", summary.refused.to_string(), format!("{gaps} or more")));
    }
    let detail = RunDetail {
        recipe: new.recipe.clone(),
        worst: worst.map(|f| (f.frame, f.name.clone(), f.beads - f.good)),
        course,
        spots: Spots::of(&recipe, &again.bad),
        dx: again.dx,
        dy: again.dy,
        refusals: Vec::new(),
        ..RunDetail::default()
    };
    Ok((summary, detail))
}

fn sum_again(bytes: &[u8], recipe: &Recipe) -> Result<Again, read::RowFault> {
    let mut again = Again {
        classes: BTreeMap::new(),
        x: Moments::default(),
        y: Moments::default(),
        dx: Histogram::new(recipe.tolerance_um),
        dy: Histogram::new(recipe.tolerance_um),
        light: Moments::default(),
        bad: vec![0; recipe.rows * recipe.columns],
        frames: BTreeMap::new(),
    };
    let mut beyond = None;
    read::beads(bytes, |bead: BeadRow| {
        if bead.row >= recipe.rows || bead.column >= recipe.columns {
            beyond.get_or_insert((bead.row, bead.column));
            return;
        }
        *again.classes.entry(bead.class).or_insert(0) += 1;
        let one = |value: f64| [value].into_iter().collect::<Moments>();
        let of = again.frames.entry(bead.frame).or_default();
        of.beads += u64::from(bead.class != Class::Unmeasured);
        of.good += u64::from(bead.class == Class::Ok);
        if matches!(bead.class, Class::Ok | Class::Dim | Class::Bright | Class::Shifted | Class::WrongColour)
        {
            of.x = of.x.merged(one(bead.dx_um));
            of.y = of.y.merged(one(bead.dy_um));
            again.x = again.x.merged(one(bead.dx_um));
            again.y = again.y.merged(one(bead.dy_um));
            again.dx.add(bead.dx_um);
            again.dy.add(bead.dy_um);
            if bead.class != Class::WrongColour {
                again.light = again.light.merged(one(bead.amplitude));
            }
        }
        again.bad[bead.row * recipe.columns + bead.column] +=
            u64::from(!matches!(bead.class, Class::Ok | Class::Unmeasured));
    })?;
    match beyond {
        Some((row, column)) => Err(read::RowFault {
            line: 0,
            reason: format!(
                "row {row}, column {column} is not on a panel of {} x {}",
                recipe.rows, recipe.columns
            ),
        }),
        None => Ok(again),
    }
}

/// Clusters and lines of one frame's defects, from the list of beads.
fn patterns_again(bytes: &[u8], frame: u64, recipe: &Recipe) -> Result<Patterns, read::RowFault> {
    let site = |site: usize| Bead {
        row: (site / recipe.columns) as u32,
        column: (site % recipe.columns) as u32,
        x_px: 0.0,
        y_px: 0.0,
        dx_px: 0.0,
        dy_px: 0.0,
        amplitude: 0.0,
        relative: 0.0,
        background: 0.0,
        residual: 0.0,
        class: Class::Unmeasured,
        confidence: 0.0,
    };
    let mut beads: Vec<Bead> = (0..recipe.rows * recipe.columns).map(site).collect();
    read::beads(bytes, |bead| {
        if bead.frame == frame {
            beads[bead.row * recipe.columns + bead.column].class = bead.class;
        }
    })?;
    Ok(patterns(&beads, recipe.rows, recipe.columns, CLUSTER_MIN))
}

/// The worst frame and its patterns as the summary has them, against what the beads give.
fn worst_is(summary: &PanelSummary, name: &str, again: &Patterns) -> Result<()> {
    if summary.worst_frame.as_deref() != Some(name) {
        let said = summary.worst_frame.clone().unwrap_or_default();
        return Err(differ("worst_frame", said, name.to_owned()));
    }
    let said = &summary.patterns;
    let lines = said.lines.len() == again.lines.len()
        && said.lines.iter().zip(&again.lines).all(|(a, b)| {
            (a.kind, a.index, a.defects, a.sites) == (b.kind, b.index, b.defects, b.sites)
                && near(a.chance, b.chance)
        });
    if said.clusters == again.clusters && lines {
        return Ok(());
    }
    let count = |p: &Patterns| format!("{} clusters and {} lines", p.clusters.len(), p.lines.len());
    Err(differ("patterns", count(said), format!("{}, or others", count(again))))
}

/// A figure of the summary that is not what the other files give.
fn differ(what: &str, said: String, found: String) -> Error {
    let what = format!("summary.json: `{what}` is {said}, the beads give {found}");
    Error::new(Code::BadInput, what).hint("send the folder as it was written")
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= ROUNDING * (1.0 + b.abs())
}

/// The summary's figures against those of the beads.
fn compare(summary: &PanelSummary, again: &Again, recipe: &Recipe) -> Result<()> {
    let beads = again.frames.values().map(|f| f.beads).sum::<u64>();
    let good = again.classes.get(&Class::Ok).copied().unwrap_or(0);
    for (what, said, found) in [
        ("frames", summary.frames, again.frames.len() as u64),
        ("beads", summary.beads, beads),
        ("good", summary.good, good),
    ] {
        if said != found {
            return Err(differ(what, said.to_string(), found.to_string()));
        }
    }
    for class in Class::ALL {
        let of = |classes: &BTreeMap<Class, u64>| classes.get(&class).copied().unwrap_or(0);
        if of(&summary.classes) != of(&again.classes) {
            return Err(differ(
                class.word(),
                of(&summary.classes).to_string(),
                of(&again.classes).to_string(),
            ));
        }
    }
    let uniformity = again.light.sigma().filter(|_| again.light.mean() > 0.0);
    let uniformity = uniformity.map(|sigma| 1.0 - sigma / again.light.mean());
    // No list of beads says how sure a place is; yet the gauge's two figures are one.
    let gauge_share = 6.0 * summary.gauge_um / (2.0 * recipe.tolerance_um);
    let gauge_holds = summary.gauge_um > 0.0 && (summary.gauge_share / gauge_share - 1.0).abs() < ROUNDING;
    if !gauge_holds {
        let from = format!("{gauge_share:.6} by `gauge_um` {}", summary.gauge_um);
        return Err(differ("gauge_share", summary.gauge_share.to_string(), from));
    }
    let speed = summary.beads as f64 / summary.seconds.max(1e-9);
    let calls = recipe.limits.false_calls_per_million;
    let x = again.x.capability(recipe.tolerance_um, 0.0, CONFIDENCE);
    let y = again.y.capability(recipe.tolerance_um, 0.0, CONFIDENCE);
    for (what, said, found) in [
        ("confidence", Some(summary.confidence), Some(CONFIDENCE)),
        ("tolerance_um", Some(summary.tolerance_um), Some(recipe.tolerance_um)),
        ("mean_dx_um", Some(summary.mean_dx_um), Some(again.x.mean())),
        ("mean_dy_um", Some(summary.mean_dy_um), Some(again.y.mean())),
        ("cp_x", summary.cp_x, x.map(|c| c.cp.value)),
        ("cp_x_low", summary.cp_x_low, x.map(|c| c.cp.low)),
        ("cp_x_high", summary.cp_x_high, x.map(|c| c.cp.high)),
        ("sigma_dx_um", summary.sigma_dx_um, again.x.sigma()),
        ("sigma_dy_um", summary.sigma_dy_um, again.y.sigma()),
        ("uniformity", summary.uniformity, uniformity),
        ("false_calls_per_million", Some(summary.false_calls_per_million), Some(calls)),
        ("beads_per_second", Some(summary.beads_per_second), Some(speed)),
        ("cpk_x", summary.cpk_x, x.map(|c| c.cpk.value)),
        ("cpk_x_low", summary.cpk_x_low, x.map(|c| c.cpk.low)),
        ("cpk_x_high", summary.cpk_x_high, x.map(|c| c.cpk.high)),
        ("cp_y", summary.cp_y, y.map(|c| c.cp.value)),
        ("cp_y_low", summary.cp_y_low, y.map(|c| c.cp.low)),
        ("cp_y_high", summary.cp_y_high, y.map(|c| c.cp.high)),
        ("cpk_y", summary.cpk_y, y.map(|c| c.cpk.value)),
        ("cpk_y_low", summary.cpk_y_low, y.map(|c| c.cpk.low)),
        ("cpk_y_high", summary.cpk_y_high, y.map(|c| c.cpk.high)),
    ] {
        let same = match (said, found) {
            (Some(said), Some(found)) => near(said, found),
            (said, found) => said.is_none() == found.is_none(),
        };
        if !same {
            return Err(differ(what, format!("{said:?}"), format!("{found:?}")));
        }
    }
    let interval = yield_interval(good, beads, CONFIDENCE, ShareMethod::ClopperPearson);
    let told = (summary.yield_share, summary.yield_low, summary.yield_high);
    let found = interval.map_or((None, None, None), |i| (Some(i.value), Some(i.low), Some(i.high)));
    let same = [(told.0, found.0), (told.1, found.1), (told.2, found.2)]
        .into_iter()
        .all(|(a, b)| a.zip(b).map_or(a.is_none() && b.is_none(), |(a, b)| (a - b).abs() < 1e-9));
    if same { Ok(()) } else { Err(differ("yield", format!("{told:?}"), format!("{found:?}"))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Clock;
    use vision::synth::{DefectRates, PanelRecipe};

    const RECIPE: &str = "pitch_um = 800\nbead_diameter_um = 300\num_per_px = 66.667\nrows = 24\ncolumns = 30\ntolerance_um = 60\n";

    /// The folder of an inspection, made by the inspection itself.
    fn folder() -> Vec<InputFile> {
        let panel = PanelRecipe {
            rows: 24,
            columns: 30,
            pitch_px: 12.0,
            bead_px: 4.5,
            jitter_px: 0.1,
            defects: DefectRates { missing: 0.03, dim: 0.02, ..DefectRates::default() },
            seed: 7,
            ..PanelRecipe::default()
        }
        .render();
        let mut raw = format!("raw {} {} mono 8\n", panel.width, panel.height).into_bytes();
        raw.extend(panel.bytes());
        let out = tempfile::tempdir().unwrap();
        let options = PanelOptions {
            threads: 1,
            lot: "L".to_owned(),
            recipe_name: "panel".to_owned(),
            forms: BeadForms::default(),
            accept_valid: false,
        };
        let (_, written) = inspect_panel(
            &Actor::local(),
            RECIPE,
            &mut Packets::new("p", Cursor::new([raw.clone(), raw].concat())),
            None,
            out.path(),
            &options,
            &Clock::china(),
            &|_| String::new(),
            &|_, _| {},
        )
        .unwrap();
        let file = |path: std::path::PathBuf| InputFile {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            bytes: std::fs::read(&path).unwrap(),
        };
        written.into_iter().map(file).collect()
    }

    /// Every figure that follows from the beads is held against them, from either list of beads.
    #[test]
    fn a_changed_figure_is_found() {
        let new = NewInspection {
            enterprise: None,
            name: "L".to_owned(),
            recipe_name: "panel".to_owned(),
            recipe: RECIPE.to_owned(),
        };
        for list in ["beads.bin", "beads.csv"] {
            let mut files = folder();
            files.retain(|f| !f.name.starts_with("beads.") || f.name == list);
            read_folder(&files, &new).unwrap();
            let at = files.iter().position(|f| f.name == "summary.json").unwrap();
            let whole: serde_json::Value = serde_json::from_slice(&files[at].bytes).unwrap();
            for (field, value) in [
                ("cpk_x_low", serde_json::json!(99)),
                ("cpk_y_high", serde_json::json!(999)),
                ("gauge_share", serde_json::json!(0.0001)),
                ("uniformity", serde_json::json!(1)),
                ("sigma_dx_um", serde_json::json!(0.0001)),
                ("false_calls_per_million", serde_json::json!(1)),
                ("beads_per_second", serde_json::json!(1e9)),
                ("worst_frame", serde_json::json!("another")),
                (
                    "patterns",
                    serde_json::json!({"clusters": [], "lines": [{"kind": "row", "index": 3, "defects": 9, "sites": 30, "chance": 0.001}]}),
                ),
            ] {
                let mut changed = whole.clone();
                changed[field] = value;
                files[at].bytes = serde_json::to_vec(&changed).unwrap();
                let error = read_folder(&files, &new).unwrap_err().message;
                assert!(
                    error.contains(field) || error.contains("summary.json, line"),
                    "{list} {field}: {error}"
                );
            }
            files[at].bytes = serde_json::to_vec(&whole).unwrap();
            let frames = files.iter().position(|f| f.name == "frames.csv").unwrap();
            let text = String::from_utf8(files[frames].bytes.clone()).unwrap();
            let mut cells: Vec<String> = text.lines().nth(2).unwrap().split(',').map(str::to_owned).collect();
            let sigma = cells.len() - 4;
            cells[sigma] = "0.0001".to_owned();
            files[frames].bytes = text.replace(text.lines().nth(2).unwrap(), &cells.join(",")).into_bytes();
            let error = read_folder(&files, &new).unwrap_err().message;
            assert!(error.contains("frames.csv, line 3: `sigma_dx_um`"), "{error}");
        }
    }
}
