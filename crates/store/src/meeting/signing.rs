//! The ledger of what was signed.

use super::at_version;
use crate::Store;
use crate::audit::{self, By};
use crate::error::{During, Result};
use crate::record::next_id;
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

/// An entry of the ledger. To add one, row id and version are 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signing {
    /// Row id.
    pub id: i64,
    /// Version, from 1.
    pub version: i64,
    /// Row id of the event at which it was signed.
    pub event: Option<i64>,
    /// Kind, an id of `meetings/signings.csv`.
    pub kind: String,
    /// What was signed.
    pub title: String,
    /// With whom.
    pub party: String,
    /// Day (`2026-11-22`).
    pub day: String,
    /// Amount, fen.
    pub amount_fen: Option<i64>,
    /// True for one that was entered by mistake: it stays and does not count.
    pub void: bool,
}

fn from_row(row: &AnyRow) -> sqlx::Result<Signing> {
    Ok(Signing {
        id: row.try_get(0)?,
        version: row.try_get(1)?,
        event: row.try_get(2)?,
        kind: row.try_get(3)?,
        title: row.try_get(4)?,
        party: row.try_get(5)?,
        day: row.try_get(6)?,
        amount_fen: row.try_get(7)?,
        void: row.try_get::<i64, _>(8)? != 0,
    })
}

#[boxed::futures]
impl Store {
    /// All signings, by day and row id.
    ///
    /// # Errors
    /// The database's.
    pub async fn signings(&self) -> Result<Vec<Signing>> {
        let doing = "read the signings";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(
                "select id, version, event_id, kind, title, party, day, amount_fen, void from signing order by day, id",
            )
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(from_row).collect::<sqlx::Result<_>>().during(doing)
    }

    /// Adds or changes a signing; returns its row id and version.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Conflict`].
    pub async fn save_signing(&self, signing: &Signing, by: &By) -> Result<(i64, i64)> {
        let doing = "store the signing";
        let mut tx = self.database.write(doing).await?;
        let is_new = signing.id == 0;
        let id = if is_new { next_id(&mut tx, "signing", doing).await? } else { signing.id };
        let object = format!("signing/{id}");
        let text = if is_new {
            "insert into signing (event_id, kind, title, party, day, amount_fen, void, version, updated_by, \
             updated_ms, id) values (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)"
        } else {
            let query = tx.query("select version from signing where id = ?").bind(id);
            let row = query.fetch_optional(&mut *tx).await.during(doing)?;
            at_version(object.clone(), signing.version, row, doing)?;
            "update signing set event_id = ?, kind = ?, title = ?, party = ?, day = ?, amount_fen = ?, void = ?, \
             version = version + 1, updated_by = ?, updated_ms = ? where id = ?"
        };
        tx.query(text)
            .bind(signing.event)
            .bind(signing.kind.as_str())
            .bind(signing.title.as_str())
            .bind(signing.party.as_str())
            .bind(signing.day.as_str())
            .bind(signing.amount_fen)
            .bind(i64::from(signing.void))
            .bind(by.actor.as_str())
            .bind(by.at_ms)
            .bind(id)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        let version = if is_new { 1 } else { signing.version + 1 };
        let detail = json!({ "kind": signing.kind, "void": signing.void, "version": version });
        audit::append(&mut tx, by, "meeting.sign", object, &detail).await?;
        tx.commit(doing).await?;
        Ok((id, version))
    }
}
