//! Documents that were taken for capture. A job is on the disk with its document before it is acknowledged, and the document stays
//! until the job is finished: whatever stops the program, the next one works it off. Capturing twice stores nothing twice.

use crate::Store;
use crate::audit::By;
use crate::error::{During, Result};
use crate::sql::among;
use sqlx::Row;
use sqlx::any::AnyRow;

/// A capture job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureJob {
    /// Row id.
    pub id: i64,
    /// Its public name.
    pub token: String,
    /// Key of the enterprise whose account captures; empty for an office.
    pub enterprise: String,
    /// Name of the account.
    pub actor: String,
    /// Name of the document.
    pub file: String,
    /// True where the valid events of a faulty document are stored.
    pub proceed: bool,
    /// False where something went wrong.
    pub success: bool,
    /// Events stored.
    pub captured: i64,
    /// Events that were there already.
    pub known: i64,
    /// What went wrong, as JSON text.
    pub errors: String,
    /// When it was taken.
    pub created_ms: i64,
    /// When it was finished.
    pub finished_ms: Option<i64>,
}

/// A capture job to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCaptureJob {
    /// Its public name.
    pub token: String,
    /// Key of the enterprise whose account captures; empty for an office.
    pub enterprise: String,
    /// Name of the document.
    pub file: String,
    /// The document.
    pub document: String,
    /// True where the valid events of a faulty document are stored.
    pub proceed: bool,
}

/// What came of a capture job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureOutcome {
    /// False where something went wrong.
    pub success: bool,
    /// Events stored.
    pub captured: u64,
    /// Events that were there already.
    pub known: u64,
    /// What went wrong, as JSON text.
    pub errors: String,
}

const COLUMNS: &str =
    "id, token, enterprise, actor, file, proceed, success, captured, known, errors, created_ms, finished_ms";

fn job(row: &AnyRow) -> sqlx::Result<CaptureJob> {
    Ok(CaptureJob {
        id: row.try_get(0)?,
        token: row.try_get(1)?,
        enterprise: row.try_get(2)?,
        actor: row.try_get(3)?,
        file: row.try_get(4)?,
        proceed: row.try_get::<i64, _>(5)? == 1,
        success: row.try_get::<i64, _>(6)? == 1,
        captured: row.try_get(7)?,
        known: row.try_get(8)?,
        errors: row.try_get(9)?,
        created_ms: row.try_get(10)?,
        finished_ms: row.try_get(11)?,
    })
}

#[boxed::futures]
impl Store {
    /// Takes a document for capture. When this returns it is on the disk.
    ///
    /// # Errors
    /// The database's.
    pub async fn add_capture_job(&self, new: &NewCaptureJob, by: &By) -> Result<()> {
        let doing = "take the document";
        let mut tx = self.database.write(doing).await?;
        tx.query(
            "insert into capture_job (id, token, enterprise, actor, file, document, proceed, success, captured, known, \
             errors, created_ms) values ((select coalesce(max(id), 0) + 1 from capture_job), ?, ?, ?, ?, ?, ?, 1, 0, 0, '[]', ?)",
        )
        .bind(new.token.clone())
        .bind(new.enterprise.clone())
        .bind(by.actor.clone())
        .bind(new.file.clone())
        .bind(new.document.clone())
        .bind(i64::from(new.proceed))
        .bind(by.at_ms)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        tx.commit(doing).await
    }

    /// How many jobs of an enterprise are not finished.
    ///
    /// # Errors
    /// The database's.
    pub async fn waiting_capture_jobs(&self, enterprise: &str) -> Result<i64> {
        let doing = "read the capture jobs";
        let mut tx = self.database.read(doing).await?;
        tx.query("select count(*) from capture_job where finished_ms is null and enterprise = ?")
            .bind(enterprise.to_owned())
            .fetch_one(&mut *tx)
            .await
            .and_then(|row| row.try_get(0))
            .during(doing)
    }

    /// The oldest job that is not finished, with its document.
    ///
    /// # Errors
    /// The database's.
    pub async fn next_capture_job(&self) -> Result<Option<(CaptureJob, String)>> {
        let doing = "read the capture jobs";
        let mut tx = self.database.read(doing).await?;
        let row = tx
            .query(format!(
                "select {COLUMNS}, document from capture_job where finished_ms is null order by id limit 1"
            ))
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        row.map(|row| Ok((job(&row)?, row.try_get::<Option<String>, _>(12)?.unwrap_or_default())))
            .transpose()
            .during(doing)
    }

    /// Notes what came of a job, and lets its document go.
    ///
    /// # Errors
    /// The database's.
    pub async fn finish_capture_job(&self, id: i64, outcome: &CaptureOutcome, at_ms: i64) -> Result<()> {
        let doing = "finish the capture job";
        let mut tx = self.database.write(doing).await?;
        tx.query(
            "update capture_job set document = null, success = ?, captured = ?, known = ?, errors = ?, finished_ms = ? \
             where id = ?",
        )
        .bind(i64::from(outcome.success))
        .bind(outcome.captured.cast_signed())
        .bind(outcome.known.cast_signed())
        .bind(outcome.errors.clone())
        .bind(at_ms)
        .bind(id)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        tx.commit(doing).await
    }

    /// A job by its public name, where it is of one of these enterprises (of any where nothing is said).
    ///
    /// # Errors
    /// The database's.
    pub async fn capture_job(
        &self,
        token: &str,
        enterprises: Option<&[String]>,
    ) -> Result<Option<CaptureJob>> {
        let doing = "read the capture jobs";
        let mut tx = self.database.read(doing).await?;
        let whose = among("enterprise", enterprises.map(<[_]>::len));
        let mut query = tx
            .query(format!("select {COLUMNS} from capture_job where token = ?{whose}"))
            .bind(token.to_owned());
        for enterprise in enterprises.unwrap_or_default() {
            query = query.bind(enterprise.clone());
        }
        let row = query.fetch_optional(&mut *tx).await.during(doing)?;
        row.map(|row| job(&row)).transpose().during(doing)
    }

    /// Jobs of these enterprises (of all where nothing is said) before a row id, newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn capture_jobs(
        &self,
        enterprises: Option<&[String]>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<CaptureJob>> {
        let doing = "read the capture jobs";
        let mut tx = self.database.read(doing).await?;
        let whose = among("enterprise", enterprises.map(<[_]>::len));
        let mut query = tx
            .query(format!("select {COLUMNS} from capture_job where id < ?{whose} order by id desc limit ?"))
            .bind(before.unwrap_or(i64::MAX));
        for enterprise in enterprises.unwrap_or_default() {
            query = query.bind(enterprise.clone());
        }
        let rows = query.bind(i64::from(limit)).fetch_all(&mut *tx).await.during(doing)?;
        rows.iter().map(job).collect::<sqlx::Result<_>>().during(doing)
    }
}
