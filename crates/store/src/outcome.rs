//! What came of pairs of a need and an offer: append-only, the newest row of a pair and a source counts.

use crate::Store;
use crate::audit::{self, By};
use crate::error::{During, Result};
use crate::record::next_id;
use model::outcome::{OutcomeResult, OutcomeSource};
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

/// An outcome to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOutcome {
    /// Key of the need.
    pub need: String,
    /// Key of the offer.
    pub offer: String,
    /// Where it came up.
    pub source: OutcomeSource,
    /// What it came of, such as `introduction/3` or `meeting/2`; empty where nothing is to be named.
    pub reference: String,
    /// What came of it.
    pub result: OutcomeResult,
    /// Amount of the contract or intent in fen, at least 0.
    pub amount_fen: Option<i64>,
    /// Word of the reason for a no, of `data/outcomes.csv`; empty where none was given.
    pub reason: String,
    /// Free words.
    pub note: String,
    /// The day of it.
    pub day: jiff::civil::Date,
}

/// An outcome as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOutcome {
    /// Row id; a greater one is newer.
    pub id: i64,
    /// What was recorded.
    pub outcome: NewOutcome,
    /// Who recorded it.
    pub actor: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

fn from_row(row: &AnyRow) -> sqlx::Result<StoredOutcome> {
    let no = |what: &str, text: &str| sqlx::Error::Decode(format!("{text} is no {what}").into());
    let (source, result, day): (&str, &str, &str) = (row.try_get(3)?, row.try_get(5)?, row.try_get(9)?);
    Ok(StoredOutcome {
        id: row.try_get(0)?,
        outcome: NewOutcome {
            need: row.try_get(1)?,
            offer: row.try_get(2)?,
            source: OutcomeSource::parse(source).ok_or_else(|| no("source of an outcome", source))?,
            reference: row.try_get(4)?,
            result: OutcomeResult::parse(result).ok_or_else(|| no("outcome", result))?,
            amount_fen: row.try_get(6)?,
            reason: row.try_get(7)?,
            note: row.try_get(8)?,
            day: day.parse().map_err(|_| no("day", day))?,
        },
        actor: row.try_get(10)?,
        at_ms: row.try_get(11)?,
    })
}

#[boxed::futures]
impl Store {
    /// Records an outcome. Returns its row id.
    ///
    /// # Errors
    /// The database's.
    pub async fn record_outcome(&self, new: &NewOutcome, by: &By) -> Result<i64> {
        let doing = "record the outcome";
        let mut tx = self.database.write(doing).await?;
        let id = next_id(&mut tx, "outcome", doing).await?;
        tx.query(
            "insert into outcome (id, need, offer, source, reference, result, amount_fen, reason, note, day, actor, at_ms) \
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(new.need.as_str())
        .bind(new.offer.as_str())
        .bind(new.source.as_str())
        .bind(new.reference.as_str())
        .bind(new.result.as_str())
        .bind(new.amount_fen)
        .bind(new.reason.as_str())
        .bind(new.note.as_str())
        .bind(new.day.to_string())
        .bind(by.actor.as_str())
        .bind(by.at_ms)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        // Neither amount nor words: the audit is read by more people than the two sides.
        let detail = json!({ "result": new.result.as_str(), "source": new.source.as_str(), "reference": new.reference });
        audit::append(&mut tx, by, "outcome.record", format!("outcome/{id}"), &detail).await?;
        tx.commit(doing).await?;
        Ok(id)
    }

    /// All outcomes, by row id.
    ///
    /// # Errors
    /// The database's.
    pub async fn outcomes(&self) -> Result<Vec<StoredOutcome>> {
        let doing = "read the outcomes";
        let mut tx = self.database.read(doing).await?;
        let query = tx.query(
            "select id, need, offer, source, reference, result, amount_fen, reason, note, day, actor, at_ms \
             from outcome order by id",
        );
        let rows = query.fetch_all(&mut *tx).await.during(doing)?;
        rows.iter().map(from_row).collect::<sqlx::Result<_>>().during(doing)
    }
}
