//! What is asked again 30, 60 and 90 days after a meeting.

use super::{at_version, unsigned};
use crate::Store;
use crate::audit::{self, By};
use crate::error::{During, Result};
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

/// A question after a meeting, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// Row id of the meeting.
    pub meeting: i64,
    /// Days after the event: 30, 60 or 90.
    pub days: u32,
    /// The day on which it is asked (`2026-12-22`).
    pub due: String,
    /// When people were reminded, milliseconds since 1970 UTC.
    pub reminded_ms: Option<i64>,
    /// Where the business stands then, an id of `meetings/results.csv`.
    pub result: Option<String>,
    /// Amount by then, fen.
    pub amount_fen: Option<i64>,
    /// What was said.
    pub note: String,
    /// Who answered, and when.
    pub done: Option<(String, i64)>,
    /// Version, from 1.
    pub version: i64,
}

/// An answer to a follow-up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "`FollowUp` explains each")]
pub struct FollowUpDone<'a> {
    pub meeting: i64,
    pub days: u32,
    pub version: i64,
    pub result: &'a str,
    pub amount_fen: Option<i64>,
    pub note: &'a str,
}

fn from_row(row: &AnyRow) -> sqlx::Result<FollowUp> {
    let by: Option<String> = row.try_get(7)?;
    Ok(FollowUp {
        meeting: row.try_get(0)?,
        days: unsigned(row, 1)?,
        due: row.try_get(2)?,
        reminded_ms: row.try_get(3)?,
        result: row.try_get(4)?,
        amount_fen: row.try_get(5)?,
        note: row.try_get(6)?,
        done: by.zip(row.try_get(8)?),
        version: row.try_get(9)?,
    })
}

#[boxed::futures]
impl Store {
    /// All follow-ups, by day, meeting and days.
    ///
    /// # Errors
    /// The database's.
    pub async fn meeting_follow_ups(&self) -> Result<Vec<FollowUp>> {
        let doing = "read the follow-ups";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(
                "select meeting_id, days, due, reminded_ms, result, amount_fen, note, done_by, done_ms, version \
                 from meeting_followup order by due, meeting_id, days",
            )
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(from_row).collect::<sqlx::Result<_>>().during(doing)
    }

    /// Stores an answer.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Conflict`].
    pub async fn finish_follow_up(&self, done: &FollowUpDone<'_>, by: &By) -> Result<()> {
        let doing = "store the follow-up";
        let object = format!("meeting/{}/after/{}", done.meeting, done.days);
        let mut tx = self.database.write(doing).await?;
        let query = tx
            .query("select version from meeting_followup where meeting_id = ? and days = ?")
            .bind(done.meeting)
            .bind(i64::from(done.days));
        let row = query.fetch_optional(&mut *tx).await.during(doing)?;
        at_version(object.clone(), done.version, row, doing)?;
        tx.query(
            "update meeting_followup set result = ?, amount_fen = ?, note = ?, done_by = ?, done_ms = ?, \
             version = version + 1 where meeting_id = ? and days = ?",
        )
        .bind(done.result)
        .bind(done.amount_fen)
        .bind(done.note)
        .bind(by.actor.as_str())
        .bind(by.at_ms)
        .bind(done.meeting)
        .bind(i64::from(done.days))
        .execute(&mut *tx)
        .await
        .during(doing)?;
        audit::append(&mut tx, by, "meeting.follow_up", object, &json!({ "result": done.result })).await?;
        tx.commit(doing).await
    }

    /// Marks open follow-ups that were due by a day (`2026-12-22`) as reminded and returns them; each is returned once.
    ///
    /// # Errors
    /// The database's.
    pub async fn take_due_follow_ups(&self, day: &str, by: &By) -> Result<Vec<(i64, u32)>> {
        let doing = "find what is to be asked again";
        let due = "where due <= ? and reminded_ms is null and done_ms is null";
        let select = format!("select meeting_id, days from meeting_followup {due} order by meeting_id, days");
        {
            // Most times there is nothing, and nobody waits for the write lock.
            let mut tx = self.database.read(doing).await?;
            let query = tx.query(select.clone()).bind(day.to_owned());
            if query.fetch_optional(&mut *tx).await.during(doing)?.is_none() {
                return Ok(Vec::new());
            }
        }
        let mut tx = self.database.write(doing).await?;
        let rows = tx.query(select).bind(day.to_owned()).fetch_all(&mut *tx).await.during(doing)?;
        let found = rows.iter().map(|row| Ok((row.try_get(0)?, unsigned(row, 1)?)));
        let found: Vec<(i64, u32)> = found.collect::<sqlx::Result<_>>().during(doing)?;
        tx.query(format!("update meeting_followup set reminded_ms = ? {due}"))
            .bind(by.at_ms)
            .bind(day.to_owned())
            .execute(&mut *tx)
            .await
            .during(doing)?;
        let detail = json!({ "rows": found.len() });
        audit::append(&mut tx, by, "meeting.remind", "meeting_event".to_owned(), &detail).await?;
        tx.commit(doing).await?;
        Ok(found)
    }
}
