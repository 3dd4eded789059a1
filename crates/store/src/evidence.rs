//! Evidence: finished inspections that prove what an offer states.

use crate::Store;
use crate::audit::{self, By};
use crate::check::CheckReport;
use crate::database::Read;
use crate::error::{During, Error, Result};
use model::evidence::Evidence;
use model::hex::sha256_hex;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

/// Evidence that is attached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewEvidence {
    /// Row id of the offer.
    pub offer: i64,
    /// Row id of the finished run.
    pub run: i64,
    /// What the offer stated of the property then: where it states something else now, the evidence no longer counts.
    pub stated: String,
    /// What was measured.
    pub evidence: Evidence,
}

/// Evidence as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvidence {
    /// Row id.
    pub id: i64,
    /// What it is.
    pub value: NewEvidence,
    /// Who attached it.
    pub actor: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Who withdrew it and when, where somebody did.
    pub withdrawn: Option<(String, i64)>,
}

#[boxed::futures]
impl Store {
    /// All evidence by row id, withdrawn too.
    ///
    /// # Errors
    /// The database's, and [`Error::Content`].
    pub async fn evidence(&self) -> Result<Vec<StoredEvidence>> {
        let doing = "read the evidence";
        all(&mut self.database.read(doing).await?, doing).await
    }

    /// Attaches evidence to an offer; returns its row id.
    ///
    /// # Errors
    /// The database's.
    pub async fn add_evidence(&self, new: &NewEvidence, by: &By) -> Result<i64> {
        let doing = "attach the evidence";
        let content = serde_json::to_string(new)
            .map_err(|source| Error::Content { object: "evidence".to_owned(), source })?;
        let content_sha256 = sha256_hex(content.as_bytes());
        let mut tx = self.database.write(doing).await?;
        let row = tx
            .query(
                "insert into evidence (id, offer_id, run_id, content, actor, at_ms) \
                 values ((select coalesce(max(id), 0) + 1 from evidence), ?, ?, ?, ?, ?) returning id",
            )
            .bind(new.offer)
            .bind(new.run)
            .bind(content)
            .bind(by.actor.clone())
            .bind(by.at_ms)
            .fetch_one(&mut *tx)
            .await
            .during(doing)?;
        let id: i64 = row.try_get(0).during(doing)?;
        let detail = json!({
            "offer": new.offer, "inspection": new.run, "property": new.evidence.property, "sha256": new.evidence.sha256,
            "content_sha256": content_sha256
        });
        audit::append(&mut tx, by, "evidence.attach", format!("evidence/{id}"), &detail).await?;
        tx.commit(doing).await?;
        Ok(id)
    }

    /// Withdraws evidence.
    ///
    /// # Errors
    /// [`Error::Frozen`] where it is not there, or was withdrawn.
    pub async fn withdraw_evidence(&self, id: i64, by: &By) -> Result<()> {
        let doing = "withdraw the evidence";
        let mut tx = self.database.write(doing).await?;
        let done = tx
            .query("update evidence set withdrawn_by = ?, withdrawn_ms = ? where id = ? and withdrawn_by is null")
            .bind(by.actor.clone())
            .bind(by.at_ms)
            .bind(id)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        if done.rows_affected() == 0 {
            return Err(Error::Frozen {
                object: format!("evidence {id}"),
                state: "withdrawn or not there".to_owned(),
            });
        }
        audit::append(&mut tx, by, "evidence.withdraw", format!("evidence/{id}"), &json!({})).await?;
        tx.commit(doing).await
    }
}

/// Compares the content of all evidence with what the audit says of it (SHA-256 by row id).
pub(crate) async fn check(
    tx: &mut Read,
    report: &mut CheckReport,
    mut attached: BTreeMap<i64, String>,
    doing: &'static str,
) -> Result<()> {
    let rows =
        tx.query("select id, content from evidence order by id").fetch_all(&mut **tx).await.during(doing)?;
    for row in &rows {
        let get = || Ok((row.try_get::<i64, _>(0)?, row.try_get::<&str, _>(1)?));
        let (id, content) = get().during(doing)?;
        if attached.remove(&id).as_deref() != Some(sha256_hex(content.as_bytes()).as_str()) {
            let why = "the audit records no evidence with this content: it was changed from outside";
            report.fault(format!("evidence/{id}"), why);
        }
    }
    for id in attached.keys() {
        report.fault(format!("evidence/{id}"), "the audit records it, but it is not there");
    }
    Ok(())
}

/// All evidence by row id.
pub(crate) async fn all(tx: &mut Read, doing: &'static str) -> Result<Vec<StoredEvidence>> {
    let rows = tx
        .query("select id, content, actor, at_ms, withdrawn_by, withdrawn_ms from evidence order by id")
        .fetch_all(&mut **tx)
        .await
        .during(doing)?;
    rows.iter().map(|row| stored(row, doing)).collect()
}

fn stored(row: &AnyRow, doing: &'static str) -> Result<StoredEvidence> {
    let get = || {
        Ok((
            row.try_get::<i64, _>(0)?,
            row.try_get::<&str, _>(1)?,
            row.try_get::<String, _>(2)?,
            row.try_get::<i64, _>(3)?,
            row.try_get::<Option<String>, _>(4)?,
            row.try_get::<Option<i64>, _>(5)?,
        ))
    };
    let (id, content, actor, at_ms, by, withdrawn_ms) = get().during(doing)?;
    let value = serde_json::from_str(content)
        .map_err(|source| Error::Content { object: format!("evidence {id}"), source })?;
    Ok(StoredEvidence { id, value, actor, at_ms, withdrawn: by.zip(withdrawn_ms) })
}
