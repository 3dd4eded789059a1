//! Backup, restore, check.

use crate::progress::Bar;
use app::{Actor, App, Result};
use std::path::Path;
use std::process::ExitCode;

pub async fn backup(app: &App, actor: &Actor, file: &Path) -> Result<ExitCode> {
    let bar = Bar::new();
    let report = app.backup(actor, file, &|s, d, t| bar.report(s, d, t)).await?;
    drop(bar);
    println!("backup 备份: {} ({} rows)", file.display(), report.rows);
    Ok(ExitCode::SUCCESS)
}

pub async fn restore(app: &App, actor: &Actor, file: &Path, force: bool) -> Result<ExitCode> {
    let bar = Bar::new();
    let report = app.restore(actor, file, force, &|s, d, t| bar.report(s, d, t)).await?;
    drop(bar);
    println!("restored 恢复: {} rows from {}", report.rows, file.display());
    Ok(ExitCode::SUCCESS)
}

pub async fn check(app: &App, actor: &Actor) -> Result<ExitCode> {
    let report = app.check(actor).await?;
    for line in &report.passed {
        println!("ok      {line}");
    }
    for line in &report.faults {
        println!("FAULT   {line}");
    }
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(6) })
}
