//! Backup, restore, check.

use crate::{Act, Actor, App, Progress, Result, Stage};
use std::path::Path;

/// What a backup or restore handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupSummary {
    /// Rows of all tables.
    pub rows: u64,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// What was looked at and is sound, one line each.
    pub passed: Vec<String>,
    /// What is not sound, with its place.
    pub faults: Vec<String>,
}

impl App {
    /// Writes everything into one file that restores into SQLite and PostgreSQL. The file is there whole or not at all.
    ///
    /// # Errors
    /// File and storage errors.
    pub async fn backup(&self, actor: &Actor, file: &Path, progress: Progress<'_>) -> Result<BackupSummary> {
        actor.need(Act::Administer)?;
        let rows = self.store.backup(file, |done, total| progress(Stage::Write, done, total)).await?;
        Ok(BackupSummary { rows })
    }

    /// Restores a backup. Everything is verified before the database is touched; a database that is not empty is
    /// replaced only with `force`.
    ///
    /// # Errors
    /// File and storage errors; a damaged backup with its line.
    pub async fn restore(
        &self,
        actor: &Actor,
        file: &Path,
        force: bool,
        progress: Progress<'_>,
    ) -> Result<BackupSummary> {
        actor.need(Act::Administer)?;
        self.forget_list();
        let report =
            self.store.restore(file, force, |done, total| progress(Stage::Store, done, total)).await?;
        Ok(BackupSummary { rows: report.rows.values().sum() })
    }

    /// Checks the database: integrity, audit chain, list hashes, row hashes.
    ///
    /// # Errors
    /// Where the check itself cannot be carried out.
    pub async fn check(&self, actor: &Actor) -> Result<Health> {
        actor.need(Act::Administer)?;
        let report = self.store.check().await?;
        let mut passed: Vec<String> =
            report.rows.iter().map(|(table, rows)| format!("{table}: {rows} rows")).collect();
        if let Some((seq, hash)) = &report.audit_head {
            passed.push(format!("audit chain: {seq} entries, head {hash}"));
        }
        if let Some((number, hash)) = &report.list_head {
            passed.push(format!("list chain: No. {number}, head {hash}"));
        }
        let faults = report.faults.iter().map(|f| format!("{}: {}", f.object, f.message)).collect();
        Ok(Health { passed, faults })
    }
}
