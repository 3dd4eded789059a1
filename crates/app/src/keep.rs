//! Backup, restore, check.

use crate::{Act, Actor, App, Progress, Result, Stage};
use serde_json::json;
use std::path::Path;

/// What a backup or restore handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupSummary {
    /// Rows of all tables.
    pub rows: u64,
    /// What the check of the restored database found, with its place: a backup of an unsound database restores as
    /// unsound as it was. Empty after a backup, which checks nothing.
    pub faults: Vec<String>,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// What was looked at and is sound, one line each.
    pub passed: Vec<String>,
    /// What is not sound, with its place.
    pub faults: Vec<String>,
}

#[boxed::futures]
impl App {
    /// Asks the database for nothing, and whether its layout is still the one that this program works with.
    ///
    /// # Errors
    /// [`crate::Code::StorageNewer`] where a newer program has changed the layout meanwhile; storage errors.
    pub async fn ready(&self) -> Result<()> {
        Ok(self.store.ready().await?)
    }

    /// Writes everything into one file that restores into SQLite and PostgreSQL. The file is there whole or not at all.
    ///
    /// # Errors
    /// File and storage errors.
    pub async fn backup(&self, actor: &Actor, file: &Path, progress: Progress<'_>) -> Result<BackupSummary> {
        actor.need(Act::Backup)?;
        let rows = self.store.backup(file, |done, total| progress(Stage::Write, done, total)).await?;
        // A backup takes everything out of the house. The entry comes after, so the file itself is the state before.
        self.store.audit_append(&self.by(actor), "backup", "backup", &json!({ "rows": rows })).await?;
        Ok(BackupSummary { rows, faults: Vec::new() })
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
        actor.need(Act::Restore)?;
        let restored =
            self.store.restore(file, force, |done, total| progress(Stage::Store, done, total)).await;
        self.forget_list();
        self.forget_market();
        self.forget_weights();
        self.forget_ledger().await;
        let report = restored?;
        Ok(BackupSummary { rows: report.rows.values().sum(), faults: faults(&report.check) })
    }

    /// Checks the database: integrity, audit chain, list hashes, row hashes.
    ///
    /// # Errors
    /// Where the check itself cannot be carried out.
    pub async fn check(&self, actor: &Actor) -> Result<Health> {
        actor.need(Act::Check)?;
        let report = self.store.check().await?;
        let mut passed: Vec<String> =
            report.rows.iter().map(|(table, rows)| format!("{table}: {rows} rows")).collect();
        if let Some((seq, hash)) = &report.audit_head {
            passed.push(format!("audit chain: {seq} entries, head {hash}"));
        }
        if let Some((number, hash)) = &report.list_head {
            passed.push(format!("list chain: No. {number}, head {hash}"));
        }
        if let Some((seq, link)) = &report.event_head {
            passed.push(format!("ledger chain: {seq} events, head {link}"));
        }
        Ok(Health { passed, faults: faults(&report) })
    }
}

/// The faults of a report, one line each, and how many more there are.
fn faults(report: &store::CheckReport) -> Vec<String> {
    let mut lines: Vec<String> =
        report.faults.iter().map(|f| format!("{}: {}", f.object, f.message)).collect();
    let more = report.faults_total - lines.len() as u64;
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::{CheckReport, Fault};

    #[test]
    fn faults_beyond_those_named_are_counted() {
        let fault = Fault { object: "list/3".to_owned(), message: "changed".to_owned() };
        let report = CheckReport { faults: vec![fault], faults_total: 3, ..CheckReport::default() };
        assert_eq!(faults(&report), ["list/3: changed", "and 2 more"]);
        assert!(faults(&CheckReport::default()).is_empty());
    }
}
