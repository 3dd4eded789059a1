//! The audit: who did what, append-only, each entry chained to the one before by SHA-256.

use crate::Store;
use crate::database::Write;
use crate::error::{During, Result};
use model::list::sha256_hex;
use serde::Serialize;
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;

/// Who acts, and when. The store has no clock of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Name of the account.
    pub actor: String,
    /// Milliseconds since 1970 UTC.
    pub at_ms: i64,
}

impl By {
    /// An act of `actor` at `at_ms`.
    pub fn new(actor: impl Into<String>, at_ms: i64) -> Self {
        Self { actor: actor.into(), at_ms }
    }
}

/// One entry of the audit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditEntry {
    /// Place in the chain, from 1.
    pub seq: i64,
    /// Milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Name of the account.
    pub actor: String,
    /// What was done, such as `list.publish`.
    pub action: String,
    /// To what, such as `list/3`.
    pub object: String,
    /// Further facts, as JSON text.
    pub detail: String,
    /// Hash of the entry before; empty for the first.
    pub prev_hash: String,
    /// SHA-256 of the canonical fields, see [`Self::canonical`].
    pub hash: String,
}

impl AuditEntry {
    /// What is hashed: the JSON array `[seq, at_ms, actor, action, object, detail, prev_hash]` without white space.
    pub fn canonical(&self) -> String {
        serde_json::to_string(&(
            self.seq,
            self.at_ms,
            &self.actor,
            &self.action,
            &self.object,
            &self.detail,
            &self.prev_hash,
        ))
        .expect("numbers and texts always serialise")
    }

    pub(crate) fn computed_hash(&self) -> String {
        sha256_hex(self.canonical().as_bytes())
    }

    pub(crate) fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            seq: row.try_get("seq")?,
            at_ms: row.try_get("at_ms")?,
            actor: row.try_get("actor")?,
            action: row.try_get("action")?,
            object: row.try_get("object")?,
            detail: row.try_get("detail")?,
            prev_hash: row.try_get("prev_hash")?,
            hash: row.try_get("hash")?,
        })
    }
}

/// Columns in the order of [`AuditEntry`].
pub(crate) const COLUMNS: &str = "seq, at_ms, actor, action, object, detail, prev_hash, hash";

/// Appends an entry in the transaction of the change that it records.
pub(crate) async fn append(
    to: &mut Write,
    by: &By,
    action: &str,
    object: String,
    detail: &Value,
) -> Result<()> {
    let doing = "write the audit";
    let last = to
        .query("select seq, hash from audit order by seq desc limit 1")
        .fetch_optional(&mut **to)
        .await
        .during(doing)?;
    let (seq, prev_hash) = match last {
        Some(row) => (row.try_get::<i64, _>(0).during(doing)? + 1, row.try_get(1).during(doing)?),
        None => (1, String::new()),
    };
    let mut entry = AuditEntry {
        seq,
        at_ms: by.at_ms,
        actor: by.actor.clone(),
        action: action.to_owned(),
        object,
        detail: detail.to_string(),
        prev_hash,
        hash: String::new(),
    };
    entry.hash = entry.computed_hash();
    to.query(format!("insert into audit ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?)"))
        .bind(entry.seq)
        .bind(entry.at_ms)
        .bind(entry.actor)
        .bind(entry.action)
        .bind(entry.object)
        .bind(entry.detail)
        .bind(entry.prev_hash)
        .bind(entry.hash)
        .execute(&mut **to)
        .await
        .during(doing)?;
    Ok(())
}

impl Store {
    /// Records an act that changes no table of the store, such as the reading of a protected field or an export.
    /// Changes made through the store record themselves.
    ///
    /// # Errors
    /// The database's.
    pub async fn audit_append(&self, by: &By, action: &str, object: &str, detail: &Value) -> Result<()> {
        let mut tx = self.database.write("write the audit").await?;
        append(&mut tx, by, action, object.to_owned(), detail).await?;
        tx.commit("write the audit").await
    }

    /// At most `limit` entries from number `from` on, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn audit(&self, from: i64, limit: u32) -> Result<Vec<AuditEntry>> {
        let doing = "read the audit";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(format!("select {COLUMNS} from audit where seq >= ? order by seq limit ?"))
            .bind(from)
            .bind(i64::from(limit))
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(AuditEntry::from_row).collect::<sqlx::Result<_>>().during(doing)
    }
}
