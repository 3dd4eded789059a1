//! The commands, one file a subject.

mod audit;
mod chain;
mod data;
mod demo;
mod import;
mod inspect;
mod keep;
mod learn;
pub mod ledger;
mod lists;
mod matching;
mod password;
mod serve;
mod users;
mod words;

use crate::cli::{Cli, Command, LogFormat};
use app::{Actor, App, Clock, Code, Error, Result};
use data::OwnData;
use model::reference::Reference;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Sends the program's log to standard error. A server also says what it was asked.
pub fn log(cli: &Cli) {
    let serve = match &cli.command {
        Command::Serve(args) => Some(args),
        _ => None,
    };
    let level = match cli.verbose + u8::from(serve.is_some()) {
        0 => tracing::Level::WARN,
        1 => tracing::Level::INFO,
        _ => tracing::Level::DEBUG,
    };
    let to = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr);
    match serve.map(|args| args.log_format) {
        Some(LogFormat::Json) => {
            to.json().flatten_event(true).with_current_span(true).with_span_list(false).init()
        }
        _ => to.with_ansi(std::io::stderr().is_terminal()).init(),
    }
}

/// Runs a command to its exit code.
pub fn run(cli: Cli) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::new(Code::Internal, format!("cannot start the runtime: {e}")))?;
    runtime.block_on(dispatch(cli))
}

async fn dispatch(cli: Cli) -> Result<ExitCode> {
    let own = cli.data.as_deref().map(OwnData::read).transpose()?.unwrap_or_default();
    match cli.command {
        Command::Demo(args) => return demo::run(&args).await,
        Command::Match(args) => {
            return matching::run(&args, own.reference.unwrap_or_else(|| Reference::builtin()));
        }
        Command::Inspect(args) if !args.needs_database() => return inspect::run(&args).await,
        Command::Ledger(args) if !args.needs_database() => {
            return ledger::with_files(&args, own.factors);
        }
        _ => {}
    }
    // A trial run in an empty folder leaves the folder empty.
    let trial = tempfile_for(&cli)?;
    let db = trial
        .as_ref()
        .map_or_else(|| cli.db.clone(), |dir| dir.path().join("trial.db").to_string_lossy().into_owned());
    let opened = match makes_a_database(&cli.command) || trial.is_some() {
        true => App::open(&db, Clock::china()).await,
        false => App::open_existing(&db, Clock::china()).await,
    };
    let mut app = opened?;
    if let Some(factors) = own.factors {
        app = app.with_factors(factors);
    }
    if let Some(reference) = own.reference {
        app = app.with_reference(reference);
    }
    let app = Arc::new(app);
    let result = in_database(&app, cli.actor.as_deref(), cli.command).await;
    app.close().await;
    result
}

/// Commands that begin a database; to any other a name that is not there is a mistyped one.
fn makes_a_database(command: &Command) -> bool {
    match command {
        Command::Init(_) | Command::Import(_) | Command::Restore { .. } => true,
        Command::Users(args) => args.add.is_some(),
        Command::Ledger(args) => args.makes_a_database(),
        _ => false,
    }
}

/// A folder for the database of a trial import, where there is none to look into.
fn tempfile_for(cli: &Cli) -> Result<Option<tempfile::TempDir>> {
    let trial = matches!(&cli.command, Command::Import(args) if args.dry_run);
    let missing = !cli.db.contains("://") && !Path::new(cli.db.trim_start_matches("sqlite:")).exists();
    if !(trial && missing) {
        return Ok(None);
    }
    tempfile::tempdir()
        .map(Some)
        .map_err(|e| Error::new(Code::Output, format!("cannot make a temporary folder: {e}")))
}

async fn in_database(app: &Arc<App>, actor: Option<&str>, command: Command) -> Result<ExitCode> {
    let actor = &app.actor(actor).await?;
    match command {
        Command::Demo(_) | Command::Match(_) => {
            unreachable!("handled before a database is opened")
        }
        Command::Init(args) => users::init(app, actor, &args).await,
        Command::Import(args) => import::run(app, actor, &args).await,
        Command::Markets => lists::markets(app, actor).await,
        Command::Draft(args) => lists::draft(app, actor, &args).await,
        Command::Review(args) => lists::review(app, actor, &args).await,
        Command::Approve { draft } => lists::approve(app, actor, draft).await,
        Command::Publish(args) => lists::publish(app, actor, &args).await,
        Command::Reopen { list } => lists::reopen(app, actor, list).await,
        Command::Discard { draft } => lists::discard(app, actor, draft).await,
        Command::Withdraw { number, reason } => lists::withdraw(app, actor, number, &reason).await,
        Command::Lists(args) => lists::lists(app, actor, &args).await,
        Command::Gaps(args) => lists::gaps(app, actor, &args).await,
        Command::Close(args) => users::set_status(app, actor, &args, false).await,
        Command::Open(args) => users::set_status(app, actor, &args, true).await,
        Command::Duplicates(args) => users::duplicates(app, actor, &args).await,
        Command::Learn(args) => learn::run(app, actor, &args).await,
        Command::Words => words::unread(app, actor).await,
        Command::Titles => words::titles(app, actor).await,
        Command::Serve(args) => serve::run(app.clone(), actor, &args).await,
        Command::Users(args) => users::run(app, actor, &args).await,
        Command::Audit(args) => audit::run(app, actor, &args).await,
        Command::Backup { file, force } => keep::backup(app, actor, &file, force).await,
        Command::Restore { file, force } => keep::restore(app, actor, &file, force).await,
        Command::Ledger(args) => ledger::run(app, actor, &args).await,
        Command::Inspect(args) => inspect::on_record(app, actor, &args).await,
        Command::Check => keep::check(app, actor).await,
    }
}

/// The actor of commands that need no account.
fn console() -> Actor {
    Actor::local()
}

/// Reads a file, with the path in the error.
fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| Error::new(Code::File, format!("cannot read {}: {e}", path.display())))
}

/// Writes bytes to standard output. A pipe that is closed early is its reader's choice, not a failure.
fn print(bytes: &[u8]) -> Result<()> {
    match std::io::stdout().lock().write_all(bytes) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::new(Code::Output, format!("cannot write to standard output: {e}")))
        }
        _ => Ok(()),
    }
}

/// Writes a file whole or not at all: beside it first, then renamed.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let fault = |e: std::io::Error| Error::new(Code::Output, format!("cannot write {}: {e}", path.display()));
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(fault)?;
    let mut beside = tempfile::Builder::new().prefix(".yulin-").tempfile_in(folder).map_err(fault)?;
    beside.write_all(bytes).map_err(fault)?;
    beside.as_file().sync_all().map_err(fault)?;
    let kept = beside.persist(path).map_err(|e| fault(e.error))?;
    // A temporary file is its owner's alone; what is written for people is readable as their other files are.
    readable(&kept).map_err(fault)
}

#[cfg(unix)]
fn readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}

/// Makes sure that a folder is there and can be written, before something irreversible is done whose files go there.
fn writable(folder: &Path) -> Result<()> {
    let fault = |e: std::io::Error| {
        Error::new(Code::Output, format!("cannot write into {}: {e}", folder.display()))
            .hint("choose another --out; nothing was done yet")
    };
    std::fs::create_dir_all(folder).map_err(fault)?;
    tempfile::tempfile_in(folder).map(drop).map_err(fault)
}

/// Refuses to write over a file that must stay: an input, the database.
fn keep_off<'a>(target: &Path, kept: impl IntoIterator<Item = &'a Path>) -> Result<()> {
    let Ok(real) = target.canonicalize() else { return Ok(()) };
    for path in kept {
        if path.canonicalize().is_ok_and(|p| p == real) {
            return Err(Error::new(Code::BadInput, format!("{} would be overwritten", path.display()))
                .hint("choose another file"));
        }
    }
    Ok(())
}

/// The database's own files, where it is one.
fn database_files(app: &App) -> Vec<PathBuf> {
    let location = app.location();
    ["", "-wal", "-shm"].iter().map(|suffix| PathBuf::from(format!("{location}{suffix}"))).collect()
}
