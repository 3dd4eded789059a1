//! Enterprises, needs and offers as stored: typed columns for looking up, the whole value as JSON.

use crate::Store;
use crate::audit::{self, By};
use crate::database::{Read, Write};
use crate::error::{During, Error, Result};
use crate::evidence::{self, StoredEvidence};
use crate::sql::{Dialect, InsertMany};
use futures_util::TryStreamExt as _;
use model::enterprise::Enterprise;
use model::hex::sha256_hex;
use model::need::Need;
use model::offer::Offer;
use model::visibility::Noun;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashMap;

/// Whether a record still stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It stands.
    Open,
    /// It was closed: met, withdrawn, out of business.
    Closed,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    fn parse(text: &str) -> sqlx::Result<Self> {
        match text {
            "open" => Ok(Self::Open),
            "closed" => Ok(Self::Closed),
            other => Err(sqlx::Error::Decode(format!("{other} is no status").into())),
        }
    }
}

/// A record with its place in the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored<T> {
    /// Row id; stays for ever.
    pub id: i64,
    /// Version, from 1; every change counts.
    pub version: i64,
    /// Whether it still stands.
    pub status: Status,
    /// When it last changed, milliseconds since 1970 UTC.
    pub updated_ms: i64,
    /// The record.
    pub value: T,
}

/// All records as of one moment, by row id, closed ones too.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// Enterprises.
    pub enterprises: Vec<Stored<Enterprise>>,
    /// Needs.
    pub needs: Vec<Stored<Need>>,
    /// Offers.
    pub offers: Vec<Stored<Offer>>,
    /// What was measured of the offers.
    pub evidence: Vec<StoredEvidence>,
    /// Row id of the newest import among them.
    pub import_id: Option<i64>,
}

/// A version of a record, past or current.
#[derive(Debug, Clone, PartialEq)]
pub struct PastVersion<T> {
    /// Version, from 1.
    pub version: i64,
    /// Its status.
    pub status: Status,
    /// The import that brought it, if one did.
    pub import_id: Option<i64>,
    /// Who made it.
    pub updated_by: String,
    /// When it was made, milliseconds since 1970 UTC.
    pub updated_ms: i64,
    /// The record as it stood.
    pub value: T,
}

/// What enterprises, needs and offers have in common for the store.
pub(crate) trait Record: Serialize + DeserializeOwned + Send + Sync {
    /// Name of the table, and of the noun in `past_version`.
    const TABLE: &'static str;
    /// Text columns that repeat parts of the value for looking up.
    const COLUMNS: &'static [&'static str];
    /// True when it belongs to an enterprise: then the table also has `enterprise_id`.
    const OWNED: bool;
    /// Natural key.
    fn key(&self) -> &str;
    /// Key of the enterprise it belongs to; its own for an enterprise.
    fn enterprise(&self) -> &str;
    /// The texts of [`Self::COLUMNS`].
    fn texts(&self) -> Vec<Option<String>>;
    /// Key of the record that it was merged into.
    fn merged_into(&self) -> Option<&str>;
}

impl Record for Enterprise {
    const TABLE: &'static str = "enterprise";
    const COLUMNS: &'static [&'static str] = &["name", "region"];
    const OWNED: bool = false;
    fn key(&self) -> &str {
        &self.key
    }
    fn enterprise(&self) -> &str {
        &self.key
    }
    fn texts(&self) -> Vec<Option<String>> {
        vec![Some(self.name.clone()), self.region.clone()]
    }
    fn merged_into(&self) -> Option<&str> {
        self.merged_into.as_deref()
    }
}

/// Needs and offers have the same columns.
macro_rules! trade_record {
    ($type:ident, $table:literal) => {
        impl Record for $type {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &["title", "node", "valid_from", "valid_until"];
            const OWNED: bool = true;
            fn key(&self) -> &str {
                &self.key
            }
            fn enterprise(&self) -> &str {
                &self.enterprise
            }
            fn texts(&self) -> Vec<Option<String>> {
                vec![
                    Some(self.title.clone()),
                    self.node.as_ref().map(|node| node.0.clone()),
                    self.valid_from.map(|day| day.to_string()),
                    self.valid_until.map(|day| day.to_string()),
                ]
            }
            fn merged_into(&self) -> Option<&str> {
                self.merged_into.as_deref()
            }
        }
    };
}

trade_record!(Need, "need");
trade_record!(Offer, "offer");

/// The table of a noun.
pub(crate) fn table(noun: Noun) -> &'static str {
    match noun {
        Noun::Enterprise => Enterprise::TABLE,
        Noun::Need => Need::TABLE,
        Noun::Offer => Offer::TABLE,
    }
}

pub(crate) const STORED: &str = "id, key, version, status, updated_ms, body";

pub(crate) fn stored<T: Record>(row: &AnyRow, doing: &'static str) -> Result<Stored<T>> {
    let get = || {
        Ok((
            row.try_get(0)?,
            row.try_get(2)?,
            Status::parse(row.try_get(3)?)?,
            row.try_get(4)?,
            row.try_get::<&str, _>(5)?,
        ))
    };
    let (id, version, status, updated_ms, body) = get().during(doing)?;
    let value = serde_json::from_str(body).map_err(|source| Error::Content {
        object: format!("{} {}", T::TABLE, row.try_get::<&str, _>(1).unwrap_or("?")),
        source,
    })?;
    Ok(Stored { id, version, status, updated_ms, value })
}

#[boxed::futures]
impl Store {
    /// All records in one reading: an import is in it as a whole or not at all.
    ///
    /// # Errors
    /// The database's, and [`Error::Content`].
    pub async fn snapshot(&self) -> Result<Snapshot> {
        let doing = "read the records";
        let mut tx = self.database.read(doing).await?;
        let newest = sqlx::query("select max(id) from import_batch").fetch_one(&mut *tx).await;
        Ok(Snapshot {
            import_id: newest.and_then(|row| row.try_get(0)).during(doing)?,
            enterprises: all(&mut tx, doing).await?,
            needs: all(&mut tx, doing).await?,
            offers: all(&mut tx, doing).await?,
            evidence: evidence::all(&mut tx, doing).await?,
        })
    }

    /// All enterprises by row id, closed ones too, but none that was merged into another.
    ///
    /// # Errors
    /// The database's, and [`Error::Content`].
    pub async fn enterprises(&self) -> Result<Vec<Stored<Enterprise>>> {
        let mut all = self.all_enterprises().await?;
        all.retain(|stored| stored.value.merged_into.is_none());
        Ok(all)
    }

    /// All enterprises by row id, also those that were merged into others.
    ///
    /// # Errors
    /// The database's, and [`Error::Content`].
    pub async fn all_enterprises(&self) -> Result<Vec<Stored<Enterprise>>> {
        self.records("read the enterprises").await
    }

    /// All needs by row id, closed ones too.
    ///
    /// # Errors
    /// The database's, and [`Error::Content`].
    pub async fn needs(&self) -> Result<Vec<Stored<Need>>> {
        self.records("read the needs").await
    }

    /// All offers by row id, closed ones too.
    ///
    /// # Errors
    /// The database's, and [`Error::Content`].
    pub async fn offers(&self) -> Result<Vec<Stored<Offer>>> {
        self.records("read the offers").await
    }

    /// The enterprise with this key.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn enterprise(&self, key: &str) -> Result<Stored<Enterprise>> {
        self.record(key, "read the enterprise").await
    }

    /// The need with this key.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn need(&self, key: &str) -> Result<Stored<Need>> {
        self.record(key, "read the need").await
    }

    /// The offer with this key.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn offer(&self, key: &str) -> Result<Stored<Offer>> {
        self.record(key, "read the offer").await
    }

    /// All versions of an enterprise, the current one last.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn enterprise_versions(&self, key: &str) -> Result<Vec<PastVersion<Enterprise>>> {
        self.versions(key, "read the enterprise's versions").await
    }

    /// All versions of a need, the current one last.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn need_versions(&self, key: &str) -> Result<Vec<PastVersion<Need>>> {
        self.versions(key, "read the need's versions").await
    }

    /// All versions of an offer, the current one last.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn offer_versions(&self, key: &str) -> Result<Vec<PastVersion<Offer>>> {
        self.versions(key, "read the offer's versions").await
    }

    /// Closes a record or opens it again, as a new version. Opening one that stands says that it still holds: it is new
    /// again. Returns that version.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Conflict`] when it is no longer at `expected_version`.
    pub async fn set_status(
        &self,
        noun: Noun,
        key: &str,
        expected_version: i64,
        status: Status,
        by: &By,
    ) -> Result<i64> {
        let doing = "set the record's status";
        let table = table(noun);
        let mut tx = self.database.write(doing).await?;
        let row = tx
            .query(format!("select id, version, status from {table} where key = ?"))
            .bind(key)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?
            .ok_or_else(|| Error::NotFound { object: format!("{table} {key}") })?;
        let get =
            || Ok((row.try_get::<i64, _>(0)?, row.try_get::<i64, _>(1)?, Status::parse(row.try_get(2)?)?));
        let (id, found, was) = get().during(doing)?;
        if found != expected_version {
            return Err(Error::Conflict {
                object: format!("{table} {key}"),
                expected: expected_version,
                found,
            });
        }
        if (was, status) == (Status::Closed, Status::Closed) {
            return Ok(found);
        }
        let change = next_change(&mut tx, doing).await?;
        tx.query(format!("{} where id = ?", archive(table)))
            .bind(id)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        tx.query(format!(
            "update {table} set status = ?, version = version + 1, import_id = null, change = ?, updated_by = ?, \
             updated_ms = ? where id = ?"
        ))
        .bind(status.as_str())
        .bind(change)
        .bind(by.actor.as_str())
        .bind(by.at_ms)
        .bind(id)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        let detail = json!({ "status": status, "version": found + 1 });
        audit::append(&mut tx, by, "record.status", format!("{table}/{id}"), &detail).await?;
        tx.commit(doing).await?;
        Ok(found + 1)
    }

    /// The enterprise with this row id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn enterprise_by_id(&self, id: i64) -> Result<Stored<Enterprise>> {
        self.record_by_id(id, "read the enterprise").await
    }

    /// The need with this row id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn need_by_id(&self, id: i64) -> Result<Stored<Need>> {
        self.record_by_id(id, "read the need").await
    }

    /// The offer with this row id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn offer_by_id(&self, id: i64) -> Result<Stored<Offer>> {
        self.record_by_id(id, "read the offer").await
    }

    /// Stores one enterprise: a new one, or a new version of the one with this row id and version. Returns row id and
    /// version; a value that says what is stored already stays at its version and leaves no trace.
    ///
    /// # Errors
    /// [`Error::Exists`] for a new one whose key is taken; [`Error::NotFound`]; [`Error::Conflict`] when it is no longer
    /// at that version.
    pub async fn save_enterprise(
        &self,
        value: &Enterprise,
        at: Option<(i64, i64)>,
        by: &By,
    ) -> Result<(i64, i64)> {
        self.save(value, at, by, "save the enterprise").await
    }

    /// Stores one need, as [`Self::save_enterprise`]. Its enterprise must be stored.
    ///
    /// # Errors
    /// As of [`Self::save_enterprise`]; [`Error::NotFound`] for an unknown enterprise.
    pub async fn save_need(&self, value: &Need, at: Option<(i64, i64)>, by: &By) -> Result<(i64, i64)> {
        self.save(value, at, by, "save the need").await
    }

    /// Stores one offer, as [`Self::save_need`].
    ///
    /// # Errors
    /// As of [`Self::save_need`].
    pub async fn save_offer(&self, value: &Offer, at: Option<(i64, i64)>, by: &By) -> Result<(i64, i64)> {
        self.save(value, at, by, "save the offer").await
    }

    async fn save<T: Record>(
        &self,
        value: &T,
        at: Option<(i64, i64)>,
        by: &By,
        doing: &'static str,
    ) -> Result<(i64, i64)> {
        let mut tx = self.database.write(doing).await?;
        let saved = put(&mut tx, value, at, by, doing).await?;
        tx.commit(doing).await?;
        Ok(saved)
    }

    async fn record_by_id<T: Record>(&self, id: i64, doing: &'static str) -> Result<Stored<T>> {
        let mut tx = self.database.read(doing).await?;
        let row = tx
            .query(format!("select {STORED} from {} where id = ?", T::TABLE))
            .bind(id)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        match row {
            Some(row) => stored(&row, doing),
            None => Err(Error::NotFound { object: format!("{}/{id}", T::TABLE) }),
        }
    }

    async fn records<T: Record>(&self, doing: &'static str) -> Result<Vec<Stored<T>>> {
        let mut tx = self.database.read(doing).await?;
        all(&mut tx, doing).await
    }

    async fn record<T: Record>(&self, key: &str, doing: &'static str) -> Result<Stored<T>> {
        let mut tx = self.database.read(doing).await?;
        let row = tx
            .query(format!("select {STORED} from {} where key = ?", T::TABLE))
            .bind(key)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        match row {
            Some(row) => stored(&row, doing),
            None => Err(Error::NotFound { object: format!("{} {key}", T::TABLE) }),
        }
    }

    async fn versions<T: Record>(&self, key: &str, doing: &'static str) -> Result<Vec<PastVersion<T>>> {
        let columns = "version, status, import_id, updated_by, updated_ms, body";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(format!(
                "select {columns} from past_version where noun = ? and row_id = (select id from {0} where key = ?) \
                 union all select {columns} from {0} where key = ? order by version",
                T::TABLE
            ))
            .bind(T::TABLE)
            .bind(key)
            .bind(key)
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        if rows.is_empty() {
            return Err(Error::NotFound { object: format!("{} {key}", T::TABLE) });
        }
        rows.iter().map(|row| past(row, key, doing)).collect()
    }
}

/// All records of a table by row id.
pub(crate) async fn all<T: Record>(tx: &mut Read, doing: &'static str) -> Result<Vec<Stored<T>>> {
    let count: i64 = count(tx, T::TABLE, doing).await?;
    let mut out = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
    let query = tx.query(format!("select {STORED} from {} order by id", T::TABLE));
    let mut rows = query.fetch(&mut **tx);
    while let Some(row) = rows.try_next().await.during(doing)? {
        out.push(stored(&row, doing)?);
    }
    Ok(out)
}

fn past<T: Record>(row: &AnyRow, key: &str, doing: &'static str) -> Result<PastVersion<T>> {
    let get = || {
        Ok((
            row.try_get(0)?,
            Status::parse(row.try_get(1)?)?,
            row.try_get(2)?,
            row.try_get(3)?,
            row.try_get(4)?,
            row.try_get::<&str, _>(5)?,
        ))
    };
    let (version, status, import_id, updated_by, updated_ms, body) = get().during(doing)?;
    let value = serde_json::from_str(body).map_err(|source| Error::Content {
        object: format!("{} {key} version {version}", T::TABLE),
        source,
    })?;
    Ok(PastVersion { version, status, import_id, updated_by, updated_ms, value })
}

/// Copies rows of `table` to `past_version`; a `where` clause must follow.
pub(crate) fn archive(table: &str) -> String {
    format!(
        "insert into past_version \
         (noun, row_id, version, status, body, body_sha256, import_id, updated_by, updated_ms) \
         select '{table}', id, version, status, body, body_sha256, import_id, updated_by, updated_ms from {table}"
    )
}

/// What is stored beside a record's own content.
pub(crate) struct RowHead<'a> {
    pub(crate) id: i64,
    pub(crate) version: i64,
    /// Row id of the enterprise that it belongs to.
    pub(crate) owner: Option<i64>,
    pub(crate) import_id: Option<i64>,
    pub(crate) change: i64,
    pub(crate) by: &'a By,
}

/// Writes records: new rows, or new versions of stored ones, whose key and status stay.
pub(crate) fn upsert<T: Record>(dialect: Dialect) -> InsertMany {
    let mut columns = vec!["id", "key", "status"];
    if T::OWNED {
        columns.push("enterprise_id");
    }
    columns.extend(T::COLUMNS);
    columns.extend(["body", "body_sha256", "version", "import_id", "change", "updated_by", "updated_ms"]);
    let sets: Vec<String> = columns[3..].iter().map(|c| format!("{c} = excluded.{c}")).collect();
    InsertMany::new(
        dialect,
        T::TABLE,
        &columns,
        format!("on conflict (id) do update set {}", sets.join(", ")),
    )
}

/// Binds the values of one row of [`upsert`].
pub(crate) fn bind_row<T: Record>(
    many: &mut InsertMany,
    record: &T,
    head: &RowHead<'_>,
    body: String,
    sha256: String,
) {
    many.bind(head.id).bind(record.key()).bind("open");
    if T::OWNED {
        many.bind(head.owner);
    }
    for text in record.texts() {
        many.bind(text);
    }
    many.bind(body)
        .bind(sha256)
        .bind(head.version)
        .bind(head.import_id)
        .bind(head.change)
        .bind(head.by.actor.as_str())
        .bind(head.by.at_ms);
}

/// Stores one record in a transaction, as [`Store::save_enterprise`] says.
pub(crate) async fn put<T: Record>(
    tx: &mut Write,
    value: &T,
    at: Option<(i64, i64)>,
    by: &By,
    doing: &'static str,
) -> Result<(i64, i64)> {
    let (table, key) = (T::TABLE, value.key());
    let body = serde_json::to_string(value)
        .map_err(|source| Error::Content { object: format!("{table} {key}"), source })?;
    let sha256 = sha256_hex(body.as_bytes());
    let known = tx
        .query(format!("select id, version, body_sha256 from {table} where key = ?"))
        .bind(key)
        .fetch_optional(&mut **tx)
        .await
        .during(doing)?;
    let known: Option<(i64, i64, String)> =
        known.map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).transpose().during(doing)?;
    let (id, version) = match (known, at) {
        (None, Some((id, _))) => return Err(Error::NotFound { object: format!("{table}/{id}") }),
        (Some((found, ..)), Some((id, _))) if found != id => {
            return Err(Error::NotFound { object: format!("{table}/{id}") });
        }
        (Some(_), None) => return Err(Error::Exists { object: format!("{table} {key}") }),
        (Some((id, found, _)), Some((_, expected))) if found != expected => {
            return Err(Error::Conflict { object: format!("{table}/{id}"), expected, found });
        }
        (Some((id, version, stored)), Some(_)) if stored == sha256 => return Ok((id, version)),
        (Some((id, version, _)), Some(_)) => {
            tx.query(format!("{} where id = ?", archive(table)))
                .bind(id)
                .execute(&mut **tx)
                .await
                .during(doing)?;
            (id, version + 1)
        }
        (None, None) => (next_id(tx, table, doing).await?, 1),
    };
    let owner = if T::OWNED { Some(enterprise_id(tx, value.enterprise(), doing).await?) } else { None };
    let change = next_change(tx, doing).await?;
    let mut many = upsert::<T>(tx.dialect);
    bind_row(&mut many, value, &RowHead { id, version, owner, import_id: None, change, by }, body, sha256);
    many.flush(tx, doing).await?;
    audit::append(tx, by, "record.save", format!("{table}/{id}"), &json!({ "version": version })).await?;
    Ok((id, version))
}

/// The next free row id of a table.
pub(crate) async fn next_id(tx: &mut Write, table: &str, doing: &'static str) -> Result<i64> {
    let query = tx.query(format!("select coalesce(max(id), 0) + 1 from {table}"));
    query.fetch_one(&mut **tx).await.and_then(|row| row.try_get(0)).during(doing)
}

/// The number of the change that the transaction makes: one more than any record bears.
pub(crate) async fn next_change(tx: &mut Write, doing: &'static str) -> Result<i64> {
    let mut newest = 0;
    for table in [Enterprise::TABLE, Need::TABLE, Offer::TABLE] {
        let query = tx.query(format!("select coalesce(max(change), 0) from {table}"));
        let found: i64 = query.fetch_one(&mut **tx).await.and_then(|row| row.try_get(0)).during(doing)?;
        newest = newest.max(found);
    }
    Ok(newest + 1)
}

/// Row id of an enterprise.
async fn enterprise_id(tx: &mut Write, key: &str, doing: &'static str) -> Result<i64> {
    let query = tx.query("select id from enterprise where key = ?").bind(key);
    match query.fetch_optional(&mut **tx).await.during(doing)? {
        Some(row) => row.try_get(0).during(doing),
        None => Err(Error::NotFound { object: format!("enterprise {key}") }),
    }
}

/// Number of rows of a table.
pub(crate) async fn count(from: &mut Read, table: &str, doing: &'static str) -> Result<i64> {
    let row =
        from.query(format!("select count(*) from {table}")).fetch_one(&mut **from).await.during(doing)?;
    row.try_get(0).during(doing)
}

/// Row ids of all enterprises by key.
pub(crate) async fn enterprise_ids(from: &mut Write, doing: &'static str) -> Result<HashMap<String, i64>> {
    let mut ids = HashMap::new();
    let mut rows = sqlx::query("select key, id from enterprise").fetch(&mut **from);
    while let Some(row) = rows.try_next().await.during(doing)? {
        ids.insert(row.try_get(0).during(doing)?, row.try_get(1).during(doing)?);
    }
    Ok(ids)
}
