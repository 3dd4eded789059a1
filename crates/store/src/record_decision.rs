//! What people said of two needs, or two offers: that they are one, or two. Pairs are proposed anew whenever they are looked for; only
//! decisions are stored, for ever.

use crate::Store;
use crate::audit::{self, By};
use crate::error::{During, Result};
use crate::record::{next_id, table};
use model::visibility::Noun;
use serde_json::json;
use sqlx::Row;

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordDecision {
    /// Row id of the record that was stored first.
    pub a: i64,
    /// Row id of the other.
    pub b: i64,
    /// True where they are one.
    pub same: bool,
    /// Who decided, and when, milliseconds since 1970 UTC.
    pub by: (String, i64),
}

#[boxed::futures]
impl Store {
    /// All decisions about needs, or about offers, in the order of the pairs.
    ///
    /// # Errors
    /// The database's.
    pub async fn record_decisions(&self, noun: Noun) -> Result<Vec<RecordDecision>> {
        let doing = "read the decisions about records";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(
                "select a, b, same, decided_by, decided_ms from record_decision where noun = ? order by a, b",
            )
            .bind(table(noun))
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        let decision = |row: &sqlx::any::AnyRow| {
            Ok(RecordDecision {
                a: row.try_get(0)?,
                b: row.try_get(1)?,
                same: row.try_get::<i64, _>(2)? == 1,
                by: (row.try_get(3)?, row.try_get(4)?),
            })
        };
        rows.iter().map(decision).collect::<sqlx::Result<_>>().during(doing)
    }

    /// Says of two needs, or two offers, by row id, that they are one or two, or takes back what was said. What was said last counts;
    /// the audit log holds what was said before.
    ///
    /// # Errors
    /// The database's, also for a record beside itself.
    pub async fn decide_records(
        &self,
        noun: Noun,
        (a, b): (i64, i64),
        same: Option<bool>,
        by: &By,
    ) -> Result<()> {
        let doing = "decide whether two records are one";
        let (a, b) = (a.min(b), a.max(b));
        let mut tx = self.database.write(doing).await?;
        let was = tx
            .query("select same from record_decision where noun = ? and a = ? and b = ?")
            .bind(table(noun))
            .bind(a)
            .bind(b)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        let was: Option<i64> = was.map(|row| row.try_get(0)).transpose().during(doing)?;
        let was = was.map(|same| same == 1);
        if was == same {
            return Ok(());
        }
        tx.query("delete from record_decision where noun = ? and a = ? and b = ?")
            .bind(table(noun))
            .bind(a)
            .bind(b)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        if let Some(same) = same {
            let id = next_id(&mut tx, "record_decision", doing).await?;
            tx.query(
                "insert into record_decision (id, noun, a, b, same, decided_by, decided_ms) \
                 values (?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(id)
            .bind(table(noun))
            .bind(a)
            .bind(b)
            .bind(i64::from(same))
            .bind(by.actor.as_str())
            .bind(by.at_ms)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        }
        let detail = json!({ "other": b, "same": same, "was": was });
        audit::append(&mut tx, by, "duplicate.decide", format!("{}/{a}", table(noun)), &detail).await?;
        tx.commit(doing).await
    }
}
