//! The commands, one file a subject.

mod demo;
mod import;
mod keep;
mod lists;
mod matching;
mod serve;
mod users;

use crate::cli::{Cli, Command};
use app::{Actor, App, Clock, Code, Error, Result};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// Sends the program's log to standard error.
pub fn log(verbose: u8) {
    let level = match verbose {
        0 => tracing::Level::WARN,
        1 => tracing::Level::INFO,
        _ => tracing::Level::DEBUG,
    };
    tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).init();
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
    match cli.command {
        Command::Demo(args) => return demo::run(&args).await,
        Command::Match(args) => return matching::run(&args),
        _ => {}
    }
    let app = Arc::new(App::open(&cli.db, Clock::china()).await?);
    let result = in_database(&app, cli.actor.as_deref(), cli.command).await;
    app.close().await;
    result
}

async fn in_database(app: &Arc<App>, actor: Option<&str>, command: Command) -> Result<ExitCode> {
    let actor = &app.actor(actor).await?;
    match command {
        Command::Demo(_) | Command::Match(_) => unreachable!("handled before a database is opened"),
        Command::Import(args) => import::run(app, actor, &args).await,
        Command::Draft(args) => lists::draft(app, actor, &args).await,
        Command::Review(args) => lists::review(app, actor, &args).await,
        Command::Approve { draft } => lists::approve(app, actor, draft).await,
        Command::Publish(args) => lists::publish(app, actor, &args).await,
        Command::Withdraw { number, reason } => lists::withdraw(app, actor, number, &reason).await,
        Command::Lists(args) => lists::lists(app, actor, &args).await,
        Command::Gaps(args) => lists::gaps(app, actor, &args).await,
        Command::Duplicates(args) => users::duplicates(app, actor, &args).await,
        Command::Serve(args) => serve::serve(app.clone(), args.host, args.port).await,
        Command::Users(args) => users::run(app, actor, &args).await,
        Command::Backup { file } => keep::backup(app, actor, &file).await,
        Command::Restore { file, force } => keep::restore(app, actor, &file, force).await,
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

/// Writes a file whole or not at all: beside it first, then renamed.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let fault = |e: std::io::Error| Error::new(Code::File, format!("cannot write {}: {e}", path.display()));
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).map_err(fault)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    std::fs::write(&beside, bytes).map_err(fault)?;
    std::fs::rename(&beside, path).map_err(fault)
}
