//! Backup, restore, check.

use crate::progress::Bar;
use app::{Actor, App, Code, Error, Result};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub async fn backup(app: &App, actor: &Actor, file: &Path, force: bool) -> Result<ExitCode> {
    super::keep_off(file, super::database_files(app).iter().map(PathBuf::as_path))?;
    if file.exists() && !force {
        return Err(Error::new(Code::BadInput, format!("{} is there already", file.display()))
            .hint("another name, or --force"));
    }
    let bar = Bar::new();
    let report = app.backup(actor, file, &|s, d, t| bar.report(s, d, t)).await?;
    drop(bar);
    say!("backup 备份: {} ({} rows)", file.display(), report.rows);
    Ok(ExitCode::SUCCESS)
}

pub async fn restore(app: &App, actor: &Actor, file: &Path, force: bool) -> Result<ExitCode> {
    let bar = Bar::new();
    let report = app.restore(actor, file, force, &|s, d, t| bar.report(s, d, t)).await?;
    drop(bar);
    say!("restored 恢复: {} rows from {}", report.rows, file.display());
    for fault in &report.faults {
        say!("FAULT   {fault}");
    }
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(6) })
}

pub async fn check(app: &App, actor: &Actor) -> Result<ExitCode> {
    let report = app.check(actor).await?;
    for line in &report.passed {
        say!("ok      {line}");
    }
    for line in &report.faults {
        say!("FAULT   {line}");
    }
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(6) })
}
