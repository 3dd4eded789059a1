//! The audit: who did what, append-only, each entry chained to the one before by SHA-256.

use crate::Store;
use crate::database::Write;
use crate::error::{During, Result};
use futures_util::TryStreamExt as _;
use model::hex::sha256_hex;
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

/// Which entries to read; newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only entries with a smaller number.
    pub before: Option<i64>,
    /// Only this account's; empty means everybody's.
    pub actor: String,
    /// Only actions that begin so.
    pub action: String,
    /// Only objects that begin so.
    pub object: String,
    /// From this moment on, milliseconds since 1970 UTC.
    pub from_ms: Option<i64>,
    /// Before this moment.
    pub until_ms: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// What walking the whole chain found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditChain {
    /// How many entries there are.
    pub entries: i64,
    /// Hash of the last; empty where there is none.
    pub head: String,
    /// Number of the first entry that does not fit, and why.
    pub broken: Option<(i64, String)>,
}

impl AuditChain {
    /// Takes the next entry, in the order of their numbers.
    pub(crate) fn take(&mut self, entry: &AuditEntry, last: i64) {
        if self.broken.is_none()
            && let Some(why) = broken_link(entry, last, &self.head)
        {
            self.broken = Some((entry.seq, why));
        }
        self.entries += 1;
        self.head.clone_from(&entry.hash);
    }
}

/// What is wrong with an entry, given the number and hash of the one before.
fn broken_link(entry: &AuditEntry, last: i64, hash: &str) -> Option<String> {
    if entry.seq != last + 1 {
        return Some(format!("first broken link: it should be number {}; entries are missing", last + 1));
    }
    if entry.prev_hash != hash {
        return Some("first broken link: it does not carry the hash of the entry before".to_owned());
    }
    if entry.computed_hash() != entry.hash {
        return Some("first broken link: it was changed after it was written".to_owned());
    }
    None
}

/// Text for `like ... escape '\'` that finds what begins so.
fn beginning(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out + "%"
}

/// Columns in the order of [`AuditEntry`].
pub(crate) const COLUMNS: &str = "seq, at_ms, actor, action, object, detail, prev_hash, hash";

/// Asks for number and hash of the last entry.
pub(crate) const NEWEST: &str = "select seq, hash from audit order by seq desc limit 1";

/// Appends an entry in the transaction of the change that it records.
pub(crate) async fn append(
    to: &mut Write,
    by: &By,
    action: &str,
    object: String,
    detail: &Value,
) -> Result<()> {
    let doing = "write the audit";
    let last = to.query(NEWEST).fetch_optional(&mut **to).await.during(doing)?;
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

#[boxed::futures]
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

    /// The entries that a filter lets through, newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn audit_entries(&self, filter: &AuditFilter) -> Result<Vec<AuditEntry>> {
        let doing = "read the audit";
        let mut tx = self.database.read(doing).await?;
        let mut text = format!("select {COLUMNS} from audit where seq < ? and at_ms >= ? and at_ms < ?");
        if !filter.actor.is_empty() {
            text.push_str(" and actor = ?");
        }
        for (column, begins) in [("action", &filter.action), ("object", &filter.object)] {
            if !begins.is_empty() {
                text.push_str(&format!(" and {column} like ? escape '\\'"));
            }
        }
        text.push_str(" order by seq desc limit ?");
        let mut query = tx
            .query(text)
            .bind(filter.before.unwrap_or(i64::MAX))
            .bind(filter.from_ms.unwrap_or(i64::MIN))
            .bind(filter.until_ms.unwrap_or(i64::MAX));
        if !filter.actor.is_empty() {
            query = query.bind(filter.actor.clone());
        }
        for begins in [&filter.action, &filter.object] {
            if !begins.is_empty() {
                query = query.bind(beginning(begins));
            }
        }
        let rows = query.bind(i64::from(filter.limit)).fetch_all(&mut *tx).await.during(doing)?;
        rows.iter().map(AuditEntry::from_row).collect::<sqlx::Result<_>>().during(doing)
    }

    /// Computes the whole chain again.
    ///
    /// # Errors
    /// The database's.
    pub async fn verify_audit(&self) -> Result<AuditChain> {
        let doing = "prove the audit";
        let mut tx = self.database.read(doing).await?;
        let mut chain = AuditChain::default();
        let mut last = 0;
        let query = tx.query(format!("select {COLUMNS} from audit order by seq"));
        let mut rows = query.fetch(&mut *tx);
        while let Some(row) = rows.try_next().await.during(doing)? {
            let entry = AuditEntry::from_row(&row).during(doing)?;
            chain.take(&entry, last);
            last = entry.seq;
        }
        Ok(chain)
    }
}
