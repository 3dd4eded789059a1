//! `yulin ledger`: events of lots, and what follows from them.

mod show;

use app::{
    Actor, Allocation, App, BalanceQuery, CaptureOptions, Code, Direction, Error, EventForm, FactorLibrary,
    IndicatorQuery, InputFile, Result, ZeroCarbonQuery,
};
use clap::{Args, Subcommand, ValueEnum};
use model::period::Period;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// `yulin ledger`
#[derive(Debug, Subcommand)]
pub enum Ledger {
    /// Check EPCIS documents (JSON-LD 2.0, XML 1.2 and 2.0); exit code 2 where anything is wrong
    Check(Files),
    /// Print the event hashes (CBV 2.0) of EPCIS documents, one a line, in document order
    Hash(Files),
    /// Make measured flows obey their balance equations; prints JSON
    Reconcile {
        /// Flows and equations, as JSON (see docs/ledger.md)
        file: PathBuf,
    },
    /// Simulate a process
    #[command(subcommand)]
    Simulate(Simulate),
    /// Capture EPCIS documents: each whole or not at all, on the disk when its line is printed
    Capture {
        /// EPCIS documents
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Store the valid events of a document although others are faulty
        #[arg(long)]
        proceed: bool,
        /// Print a JSON object a file
        #[arg(long)]
        json: bool,
    },
    /// Compute hashes and links of all events again; names the first broken link, exit code 6
    Verify,
    /// Show what a lot was made from, or what was made from it, with the part that each carries
    Trace(Trace),
    /// Show all customers that got something of a lot, with quantities
    Recall {
        /// Identifier of the lot
        lot: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the mass balance of a site
    Balance {
        /// Identifier of the site
        #[arg(long)]
        site: String,
        /// Substance, such as Cu; without one the masses themselves
        #[arg(long)]
        substance: Option<String>,
        /// Year (2026), month (2026-11) or days (2026-11-01..2026-12-15), by China's time; default: all time
        #[arg(long, value_parser = Period::of_days)]
        period: Option<Period>,
        /// List every lot of which mass or content is unknown
        #[arg(long)]
        all: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the circular indicators of the sites and of the cluster, each with its definition and inputs
    Indicators {
        /// Identifier of one site
        #[arg(long)]
        site: Option<String>,
        /// Year (2026), month or days, by China's time; default: the year of the newest event
        #[arg(long, value_parser = Period::of_days)]
        period: Option<Period>,
        /// Base year (2025), month or days; default: the year before
        #[arg(long, value_parser = Period::of_days)]
        base_year: Option<Period>,
        /// Form of the answer
        #[arg(long, value_enum, default_value_t = IndicatorForm::Table)]
        format: IndicatorForm,
    },
    /// Show the carbon footprint of a lot, or of all lots of a product
    Footprint {
        /// Identifier of the lot or product
        of: String,
        /// Rule by which a process's burden is divided among its outputs
        #[arg(long, value_enum, default_value_t = Rule::Mass)]
        allocation: Rule,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Write the report of a product's carbon footprint after GB/T 24067-2024, a workbook
    Report {
        /// Identifier of the lot or product
        of: String,
        /// Rule by which a process's burden is divided among its outputs
        #[arg(long, value_enum, default_value_t = Rule::Mass)]
        allocation: Rule,
        /// Workbook to write
        #[arg(long)]
        out: PathBuf,
    },
    /// State whether a site emitted nothing on balance; not without meters
    ZeroCarbon {
        /// Identifier of the site; all sites without it
        #[arg(long)]
        site: Option<String>,
        /// Year (2026), month (2026-11) or days (2026-11-01..2026-12-15), by China's time; default: all time
        #[arg(long, value_parser = Period::of_days)]
        period: Option<Period>,
        /// What was bought to offset emissions, such as `CCER-2026=1200` (kg CO2e); may be given several times
        #[arg(long = "offset", value_name = "NAME=KG")]
        offsets: Vec<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Write all events
    Export {
        /// As one EPCIS 2.0 document, or as a table
        #[arg(value_enum)]
        form: Form,
        /// File to write instead of standard output
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

/// `yulin ledger trace`
#[derive(Debug, Args)]
pub struct Trace {
    /// Identifier of the lot: URN, GS1 Digital Link or URI
    lot: String,
    /// Up to what it was made from, or down to what was made from it
    #[arg(long, value_enum)]
    direction: Way,
    /// Processes to go at most
    #[arg(long, value_name = "N")]
    depth: Option<u32>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = TraceForm::Table)]
    format: TraceForm,
}

/// Which way to trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Way {
    Up,
    Down,
}

/// Form of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TraceForm {
    Table,
    Ndjson,
    Dot,
}

/// Form of indicators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum IndicatorForm {
    Table,
    Json,
    Csv,
}

/// Rule of allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Rule {
    Mass,
    Economic,
    CutOff,
}

/// Form of exported events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    Epcis,
    Csv,
    /// Footprints that are given out, in the data model of PACT 3.0.
    Pact,
}

/// Files to read.
#[derive(Debug, Args)]
pub struct Files {
    /// EPCIS documents
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// `yulin ledger simulate`
#[derive(Debug, Subcommand)]
pub enum Simulate {
    /// The etchant loop: bath, cell and controller, with mass and energy accounts
    Etchant {
        /// Recipe, as JSON (see docs/ledger.md)
        #[arg(long)]
        recipe: PathBuf,
        /// Print everything as JSON, samples over time included
        #[arg(long)]
        json: bool,
    },
}

impl Ledger {
    /// False for what works on files alone.
    pub fn needs_database(&self) -> bool {
        !matches!(self, Self::Check(_) | Self::Hash(_) | Self::Reconcile { .. } | Self::Simulate(_))
    }

    /// True for what begins a database where there is none.
    pub fn makes_a_database(&self) -> bool {
        matches!(self, Self::Capture { .. })
    }
}

/// Runs what needs the database.
pub async fn run(app: &App, actor: &Actor, command: &Ledger) -> Result<ExitCode> {
    match command {
        Ledger::Check(_) | Ledger::Hash(_) | Ledger::Reconcile { .. } | Ledger::Simulate(_) => {
            with_files(command, None)
        }
        Ledger::Capture { files, proceed, json } => {
            capture(app, actor, files, CaptureOptions { proceed: *proceed }, *json).await
        }
        Ledger::Verify => verify(app, actor).await,
        Ledger::Trace(args) => {
            let direction = match args.direction {
                Way::Up => Direction::Up,
                Way::Down => Direction::Down,
            };
            let report = app.trace(actor, &args.lot, direction, args.depth).await?;
            match args.format {
                TraceForm::Table => show::trace_table(&report),
                TraceForm::Ndjson => report.lots.iter().try_for_each(say_line)?,
                TraceForm::Dot => show::trace_dot(&report, direction),
            }
            Ok(ExitCode::SUCCESS)
        }
        Ledger::Recall { lot, json } => {
            let report = app.recall(actor, lot).await?;
            answer(&report, *json, show::recall)
        }
        Ledger::Balance { site, substance, period, all, json } => {
            let query = BalanceQuery { site: site.clone(), substance: substance.clone(), period: *period };
            let report = app.balance(actor, &query).await?;
            answer(&report, *json, |report| show::balance(report, *all))
        }
        Ledger::Indicators { site, period, base_year, format } => {
            let query = IndicatorQuery { site: site.clone(), period: *period, base: *base_year };
            let report = app.indicators(actor, &query).await?;
            match format {
                IndicatorForm::Table => {
                    show::indicators(&report);
                    show::manifests(&app.waste_manifests(actor, &query).await?);
                }
                IndicatorForm::Json => return say_json(&report),
                IndicatorForm::Csv => show::indicators_csv(&report),
            }
            Ok(ExitCode::SUCCESS)
        }
        Ledger::Footprint { of, allocation, json } => {
            let report = app.footprint(actor, of, allocation.rule()).await?;
            answer(&report, *json, show::footprint)
        }
        Ledger::Report { of, allocation, out } => {
            let bytes = app.footprint_workbook(actor, of, allocation.rule()).await?;
            super::keep_off(out, super::database_files(app).iter().map(PathBuf::as_path))?;
            super::write(out, &bytes)?;
            say!("wrote 已写出: {}", out.display());
            Ok(ExitCode::SUCCESS)
        }
        Ledger::ZeroCarbon { site, period, offsets, json } => {
            let offsets = offsets.iter().map(|text| offset(text)).collect::<Result<_>>()?;
            let query = ZeroCarbonQuery { site: site.clone(), period: *period, offsets };
            let found = app.zero_carbon(actor, &query).await?;
            answer(&found, *json, show::zero_carbon)?;
            // What is missing is no fault of the program, but nothing is stated.
            Ok(if found.missing_count == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
        }
        Ledger::Export { form, out } => export(app, actor, *form, out.as_deref()).await,
    }
}

async fn capture(
    app: &App,
    actor: &Actor,
    files: &[PathBuf],
    options: CaptureOptions,
    json: bool,
) -> Result<ExitCode> {
    for path in files {
        let report = app.capture_events(actor, input(path)?, options).await?;
        if json {
            say_line(&report)?;
        } else {
            say!(
                "captured 已采集 {}: new 新增 {}, known 已有 {}, last 末号 {}, link {}",
                report.file,
                report.new,
                report.known,
                report.last,
                report.link
            );
        }
        for fault in &report.faults {
            eprintln!("left out 未采集: {fault}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn verify(app: &App, actor: &Actor) -> Result<ExitCode> {
    let proof = app.verify_events(actor).await?;
    if let Some((seq, why)) = &proof.broken {
        say!("FAULT   event {seq}: {why}");
        return Ok(ExitCode::from(6));
    }
    say!("ok      {} events 事件, head {}", proof.events, proof.head);
    Ok(ExitCode::SUCCESS)
}

async fn export(app: &App, actor: &Actor, form: Form, out: Option<&Path>) -> Result<ExitCode> {
    let form = match form {
        Form::Epcis => EventForm::Epcis,
        Form::Csv => EventForm::Csv,
        Form::Pact => EventForm::Pact,
    };
    let mut bytes = Vec::new();
    let count = app.export_events(actor, form, &mut bytes).await?;
    match out {
        Some(path) => {
            super::keep_off(path, super::database_files(app).iter().map(PathBuf::as_path))?;
            super::write(path, &bytes)?;
            say!("wrote 已写出 {count} records 条记录: {}", path.display());
        }
        None => super::print(&bytes)?,
    }
    Ok(ExitCode::SUCCESS)
}

impl Rule {
    fn rule(self) -> Allocation {
        match self {
            Self::Mass => Allocation::Mass,
            Self::Economic => Allocation::Economic,
            Self::CutOff => Allocation::CutOff,
        }
    }
}

/// `NAME=KG`
fn offset(text: &str) -> Result<(String, f64)> {
    let read = text.rsplit_once('=').and_then(|(name, kg)| Some((name.to_owned(), kg.trim().parse().ok()?)));
    read.ok_or_else(|| Error::new(Code::BadInput, format!("--offset {text}: NAME=KG is expected")))
}

/// The answer as JSON, or as it is shown.
fn answer<T: Serialize>(report: &T, json: bool, show: impl Fn(&T)) -> Result<ExitCode> {
    if json {
        return say_json(report);
    }
    show(report);
    Ok(ExitCode::SUCCESS)
}

fn say_line(value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string(value).map_err(unwritten)?;
    say!("{text}");
    Ok(())
}

fn unwritten(error: serde_json::Error) -> Error {
    Error::new(Code::Internal, format!("cannot write the answer: {error}"))
}

/// Runs what needs no database.
pub fn with_files(command: &Ledger, factors: Option<&FactorLibrary>) -> Result<ExitCode> {
    let actor = &super::console();
    match command {
        Ledger::Check(args) => check(args, factors.unwrap_or_else(|| FactorLibrary::builtin())),
        Ledger::Hash(args) => {
            for path in &args.files {
                for hash in app::hash_events(actor, input(path)?)? {
                    say!("{hash}");
                }
            }
            Ok(ExitCode::SUCCESS)
        }
        Ledger::Reconcile { file } => say_json(&app::reconcile(actor, &input(file)?)?),
        Ledger::Simulate(Simulate::Etchant { recipe, json }) => {
            let report = app::simulate_etchant(actor, &input(recipe)?)?;
            if *json {
                return say_json(&report);
            }
            show::etchant(&report);
            Ok(ExitCode::SUCCESS)
        }
        _ => Err(Error::new(Code::Internal, "this command needs a database")),
    }
}

fn input(path: &Path) -> Result<InputFile> {
    Ok(InputFile { name: path.display().to_string(), bytes: super::read(path)? })
}

fn say_json(value: &impl Serialize) -> Result<ExitCode> {
    let text = serde_json::to_string_pretty(value).map_err(unwritten)?;
    say!("{text}");
    Ok(ExitCode::SUCCESS)
}

/// Every file is looked at, also after one that cannot be read.
fn check(args: &Files, factors: &FactorLibrary) -> Result<ExitCode> {
    let mut is_sound = true;
    for path in &args.files {
        let checked = match input(path).and_then(|file| app::check_events(&super::console(), file, factors)) {
            Ok(checked) => checked,
            Err(error) => {
                eprintln!("error[{}]: {error}", error.code.row().word);
                is_sound = false;
                continue;
            }
        };
        if checked.faults.is_empty() {
            say!("ok      {}: {} events 事件", checked.file, checked.events);
            continue;
        }
        is_sound = false;
        for fault in &checked.faults {
            say!("FAULT   {fault}");
        }
    }
    Ok(if is_sound { ExitCode::SUCCESS } else { ExitCode::from(2) })
}
