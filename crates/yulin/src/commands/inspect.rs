//! Inspect frames.

mod camera;
mod placement;
mod sources;
mod watch;

use crate::cli::{BeadForm, Inspect, InspectBoard, InspectPanel};
use crate::progress::Bar;
use app::{
    Actor, App, BeadForms, BoardModel, BoardPair, BoardRules, BoardsRun, Clock, Code, EndedRun, Error,
    PanelOptions, PanelSummary, Result, Stage,
};
use sources::{Sources, whole_file};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use vision::board::BoardOptions;
use vision::classify::Class;

/// What is done within this time needs no bar.
const QUIET: Duration = Duration::from_secs(2);

/// Inspects without a database.
pub async fn run(args: &Inspect) -> Result<ExitCode> {
    inspect(None, args).await
}

/// Inspects with a database that keeps the record.
pub async fn on_record(app: &App, actor: &Actor, args: &Inspect) -> Result<ExitCode> {
    inspect(Some((app, actor)), args).await
}

async fn inspect(store: Option<(&App, &Actor)>, args: &Inspect) -> Result<ExitCode> {
    match args {
        Inspect::Panel(args) => panel(args),
        Inspect::Board(args) => {
            let record = Record::open(store, args.run.as_deref(), args.enterprise.as_deref()).await?;
            match (board(args, record.is_some())?, record) {
                (Some(run), Some(record)) => record.put(run.end()?).await,
                _ => Ok(ExitCode::SUCCESS),
            }
        }
        Inspect::Placement(args) => {
            let record = Record::open(store, args.run.as_deref(), args.enterprise.as_deref()).await?;
            let run = placement::run(args, record.is_some())?;
            match record {
                Some(record) => record.put(run.end()?).await,
                None => Ok(ExitCode::SUCCESS),
            }
        }
        Inspect::Camera(args) => camera::run(args),
        Inspect::Watch(args) => watch::run(store, args).await,
    }
}

/// Where a finished inspection goes on record.
struct Record<'a> {
    app: &'a App,
    actor: &'a Actor,
    enterprise: Option<i64>,
    name: &'a str,
}

impl<'a> Record<'a> {
    /// Refuses a name that is not free before anything is measured.
    async fn open(
        store: Option<(&'a App, &'a Actor)>,
        name: Option<&'a str>,
        enterprise: Option<&str>,
    ) -> Result<Option<Self>> {
        let Some(((app, actor), name)) = store.zip(name) else { return Ok(None) };
        let enterprise = watch::enterprise(app, actor, enterprise).await?;
        app.free_inspection_name(actor, enterprise, name).await?;
        Ok(Some(Self { app, actor, enterprise, name }))
    }

    async fn put(self, measured: EndedRun) -> Result<ExitCode> {
        let Self { app, actor, enterprise, name } = self;
        let (_, sha256) = app.record_inspection(actor, enterprise, name, measured).await?;
        eprintln!("on record 已存档: {sha256}");
        Ok(ExitCode::SUCCESS)
    }
}

fn options(threads: u16, lot: String, recipe: &Path, beads: &[BeadForm], accept_valid: bool) -> PanelOptions {
    let wanted = |form| beads.contains(&form);
    PanelOptions {
        threads: threads.into(),
        lot,
        recipe_name: recipe.display().to_string(),
        forms: BeadForms {
            csv: wanted(BeadForm::Csv),
            binary: wanted(BeadForm::Bin),
            ndjson: wanted(BeadForm::Ndjson),
        },
        accept_valid,
    }
}

fn text(path: &Path) -> Result<String> {
    String::from_utf8(super::read(path)?)
        .map_err(|_| Error::new(Code::BadInput, format!("{} is no UTF-8 text", path.display())))
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}

fn panel(args: &InspectPanel) -> Result<ExitCode> {
    let recipe = text(&args.recipe)?;
    super::writable(&args.out)?;
    let mut frames = Sources::open(&args.frames)?;
    let known = frames.known();
    let unlit = args.unlit.as_deref().map(whole_file).transpose()?;
    // How many frames a stream holds is known only when it is read: a second one is looked for.
    let first: Vec<_> = frames.by_ref().take(if unlit.is_some() { 2 } else { 0 }).collect();
    if first.len() > 1 {
        return Err(Error::new(Code::BadInput, "an unlit frame belongs to one panel")
            .hint("give --unlit with one FRAME, the same panel lit"));
    }
    let mut frames = first.into_iter().chain(frames);
    let lot = args.lot.clone().unwrap_or_else(|| name(&args.frames[0]));
    let options = options(args.threads, lot, &args.recipe, &args.beads, args.accept_valid);
    let (started, bar, total) = (Instant::now(), OnceLock::new(), known.unwrap_or(0));
    let progress = |done: u64, _beads: u64| {
        if started.elapsed() > QUIET {
            bar.get_or_init(Bar::new).report(Stage::Inspect, done, total.max(done));
        }
    };
    let (run, files) = app::inspect_panel(
        &super::console(),
        &recipe,
        &mut frames,
        unlit.as_ref(),
        &args.out,
        &options,
        &Clock::china(),
        &server::pages::inspection::file,
        &progress,
    )?;
    drop(bar);
    for refusal in &run.refusals {
        eprintln!("refused 拒绝: {refusal}");
    }
    if args.json {
        let json = serde_json::to_string_pretty(&run.summary);
        say!("{}", json.map_err(|e| Error::new(Code::Internal, e.to_string()))?);
    } else {
        show(&run.summary);
        super::lists::show_files(&files);
    }
    Ok(ExitCode::SUCCESS)
}

fn show(s: &PanelSummary) {
    let percent = |v: Option<f64>| v.map_or_else(|| "-".to_owned(), |v| format!("{:.4}%", 100.0 * v));
    let number = |v: Option<f64>| v.map_or_else(|| "-".to_owned(), |v| format!("{v:.3}"));
    say!("{} frames 帧, {} beads 灯珠, {} good 良品", s.frames, s.beads, s.good);
    say!(
        "  yield 良率 {} (95%: {} .. {})",
        percent(s.yield_share),
        percent(s.yield_low),
        percent(s.yield_high)
    );
    say!(
        "  Cpk x {}  y {}   gauge 量具 {:.2}% of ±{} μm",
        number(s.cpk_x),
        number(s.cpk_y),
        100.0 * s.gauge_share,
        s.tolerance_um
    );
    for (class, count) in s.classes.iter().filter(|(class, count)| **class != Class::Ok && **count > 0) {
        say!("  {} {count}", class.word());
    }
    for (bin, count) in &s.bins {
        say!("  bin 分档 {bin} {count}");
    }
    if s.overexposed_frames > 0 {
        say!("  warning 警告 overexposed 曝光过度: {} frames 帧", s.overexposed_frames);
    }
    for warning in &s.warnings {
        say!("  warning 警告 {warning}");
    }
    say!("  {:.0} beads/s on {} threads, files included", s.beads_per_second, s.threads);
}

/// The boards as compared; nothing where nobody reads on.
fn board(args: &InspectBoard, on_record: bool) -> Result<Option<BoardsRun>> {
    let pairs = match (&args.pairs, &args.template, &args.image) {
        (Some(list), ..) => sources::pairs(list, &text(list)?)?,
        (None, Some(template), Some(image)) => vec![(template.clone(), image.clone())],
        _ => return Err(Error::new(Code::BadInput, "give --template and --image, or --pairs")),
    };
    let options = BoardOptions {
        copper_dark: !args.copper_bright,
        tolerance_px: args.tolerance_px.into(),
        shift_max_px: args.shift_max_px.into(),
        ..BoardOptions::default()
    };
    let file = match &args.model {
        Some(path) if path.as_os_str() != "generated" => Some((path.display().to_string(), text(path)?)),
        _ => None,
    };
    let model = match (&args.model, &file) {
        (None, _) => BoardModel::Contacts,
        (_, None) => BoardModel::Shipped,
        (_, Some((name, text))) => BoardModel::File(name, text),
    };
    let mut run = BoardsRun::new(BoardRules::new(options, model)?, args.score_min, on_record);
    let (started, bar) = (Instant::now(), OnceLock::new());
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (done, (template, image)) in pairs.iter().enumerate() {
        let pair = BoardPair { template: whole_file(template)?, image: whole_file(image)? };
        for mut finding in run.take(&super::console(), &pair)? {
            finding.image = image.display().to_string();
            let line = serde_json::json!(finding);
            match writeln!(out, "{line}") {
                Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => return Ok(None),
                other => other.map_err(|e| Error::new(Code::Output, format!("cannot write: {e}")))?,
            }
        }
        if started.elapsed() > QUIET {
            bar.get_or_init(Bar::new).report(Stage::Inspect, done as u64 + 1, pairs.len() as u64);
        }
    }
    Ok(Some(run))
}
