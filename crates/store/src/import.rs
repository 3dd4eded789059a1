//! Importing a file: all of it in one transaction, only what differs is written.

use crate::Store;
use crate::audit::{self, By};
use crate::database::{Read, Write};
use crate::duplicate::{self, DuplicateProposal};
use crate::error::{During, Error, Result};
use crate::mapping;
use crate::record::{Record, RowHead, archive, bind_row, enterprise_ids, next_change, next_id, upsert};
use crate::sql::places;
use model::enterprise::Enterprise;
use model::hex::sha256_hex;
use model::need::Need;
use model::offer::Offer;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::Row;
use std::collections::{HashMap, HashSet};

/// What every error of an import says was being done.
const DOING: &str = "import";

/// Records compared and written at a time; only their bodies are in memory twice.
const CHUNK: usize = 500;

/// Which heading of a source means which field.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnMap {
    /// Fingerprint of the source's headings.
    pub fingerprint: String,
    /// The map, as JSON.
    pub mapping: Value,
}

/// The valid content of one file. Keys are unique within each noun; needs and offers name enterprises that
/// come with them or are stored.
#[derive(Debug, Clone)]
pub struct ImportBatch {
    /// Name of the file.
    pub file: String,
    /// Where it came from, in words.
    pub source: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Who imports, and when.
    pub by: By,
    /// Enterprises.
    pub enterprises: Vec<Enterprise>,
    /// Needs.
    pub needs: Vec<Need>,
    /// Offers.
    pub offers: Vec<Offer>,
    /// Column maps to remember.
    pub column_maps: Vec<ColumnMap>,
    /// Enterprises that may be one.
    pub duplicates: Vec<DuplicateProposal>,
    /// The versions that the records were made from. With them a record that somebody else has changed or added
    /// since is a conflict; without them whatever is stored is replaced.
    pub base: Option<BaseVersions>,
}

/// The versions of stored records by key; a record that is not in it is new.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BaseVersions {
    /// Enterprises.
    pub enterprises: HashMap<String, i64>,
    /// Needs.
    pub needs: HashMap<String, i64>,
    /// Offers.
    pub offers: HashMap<String, i64>,
}

impl BaseVersions {
    fn of_table(&self, table: &str) -> &HashMap<String, i64> {
        match table {
            Enterprise::TABLE => &self.enterprises,
            Need::TABLE => &self.needs,
            _ => &self.offers,
        }
    }
}

/// What an import did with the records of one noun.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Not stored before.
    pub new: u64,
    /// Stored with another content; a new version now.
    pub changed: u64,
    /// Stored with the same content; not touched.
    pub unchanged: u64,
}

/// What an import did. Importing the same again changes nothing, writes nothing, and has no `import_id`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportCounts {
    /// Row id of the import; absent when nothing differed.
    pub import_id: Option<i64>,
    /// Enterprises.
    pub enterprises: Count,
    /// Needs.
    pub needs: Count,
    /// Offers.
    pub offers: Count,
    /// Column maps that are new or changed.
    pub column_maps: u64,
    /// Proposed duplicates that are new or renewed.
    pub duplicates: u64,
}

/// An import as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRecord {
    /// Row id.
    pub id: i64,
    /// Name of the file.
    pub file: String,
    /// Where it came from.
    pub source: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Who imported it.
    pub actor: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What it did.
    pub counts: ImportCounts,
}

#[boxed::futures]
impl Store {
    /// Stores a file's content in one transaction: all or nothing. Records that differ from what is stored become
    /// new versions, the old ones stay; records that are not in the file stay as they are; a closed record stays
    /// closed. `progress` hears how many of how many records are done.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a key that stands twice or an enterprise that is not there; [`Error::Conflict`] where a
    /// record that would change is no longer at its [`ImportBatch::base`]; the database's.
    pub async fn import(
        &self,
        batch: &ImportBatch,
        progress: impl FnMut(u64, u64) + Send,
    ) -> Result<ImportCounts> {
        unique(&batch.enterprises)?;
        unique(&batch.needs)?;
        unique(&batch.offers)?;
        let mut import = Importing {
            batch,
            tx: self.database.write(DOING).await?,
            import_id: None,
            change: None,
            ids: HashMap::new(),
            done: 0,
            progress,
        };
        let mut counts =
            ImportCounts { enterprises: import.records(&batch.enterprises).await?, ..Default::default() };
        if !(batch.needs.is_empty() && batch.offers.is_empty() && batch.duplicates.is_empty()) {
            import.ids = enterprise_ids(&mut import.tx, DOING).await?;
        }
        counts.needs = import.records(&batch.needs).await?;
        counts.offers = import.records(&batch.offers).await?;
        counts.column_maps = import.column_maps().await?;
        counts.duplicates = import.duplicates().await?;
        counts.import_id = import.import_id;
        let Some(id) = import.import_id else {
            // Nothing differed: the transaction ends without a trace.
            return Ok(counts);
        };
        let mut tx = import.tx;
        let detail = serde_json::to_value(counts).expect("counts always serialise");
        tx.query("update import_batch set counts = ? where id = ?")
            .bind(detail.to_string())
            .bind(id)
            .execute(&mut *tx)
            .await
            .during(DOING)?;
        let detail =
            json!({ "file": batch.file, "source": batch.source, "sha256": batch.sha256, "counts": detail });
        audit::append(&mut tx, &batch.by, "import", format!("import/{id}"), &detail).await?;
        tx.commit(DOING).await?;
        Ok(counts)
    }

    /// What [`Self::import`] would do with the records of a batch, without storing anything.
    ///
    /// # Errors
    /// The database's.
    pub async fn compare(&self, batch: &ImportBatch) -> Result<ImportCounts> {
        let mut tx = self.database.read(COMPARING).await?;
        Ok(ImportCounts {
            enterprises: compare(&mut tx, &batch.enterprises).await?,
            needs: compare(&mut tx, &batch.needs).await?,
            offers: compare(&mut tx, &batch.offers).await?,
            ..ImportCounts::default()
        })
    }

    /// The imports that changed something, newest first, at most `limit`.
    ///
    /// # Errors
    /// The database's.
    pub async fn imports(&self, limit: u32) -> Result<Vec<ImportRecord>> {
        let doing = "read the imports";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(
                "select id, file, source, sha256, actor, at_ms, counts from import_batch order by id desc limit ?",
            )
            .bind(i64::from(limit))
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter()
            .map(|row| {
                let get = || {
                    Ok(ImportRecord {
                        id: row.try_get(0)?,
                        file: row.try_get(1)?,
                        source: row.try_get(2)?,
                        sha256: row.try_get(3)?,
                        actor: row.try_get(4)?,
                        at_ms: row.try_get(5)?,
                        counts: ImportCounts::default(),
                    })
                };
                let mut record = get().during(doing)?;
                record.counts = serde_json::from_str(row.try_get(6).during(doing)?)
                    .map_err(|source| Error::Content { object: format!("import {}", record.id), source })?;
                Ok(record)
            })
            .collect()
    }
}

const COMPARING: &str = "compare the import with what is stored";

async fn compare<T: Record>(from: &mut Read, records: &[T]) -> Result<Count> {
    let mut count = Count::default();
    for chunk in records.chunks(CHUNK) {
        let text =
            format!("select key, body_sha256 from {} where key in ({})", T::TABLE, places(chunk.len()));
        let mut query = from.query(text).persistent(chunk.len() == CHUNK);
        for record in chunk {
            query = query.bind(record.key());
        }
        let rows = query.fetch_all(&mut **from).await.during(COMPARING)?;
        let known: HashMap<String, String> = rows
            .iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect::<sqlx::Result<_>>()
            .during(COMPARING)?;
        for record in chunk {
            let body = serde_json::to_string(record).map_err(|source| Error::Content {
                object: format!("{} {}", T::TABLE, record.key()),
                source,
            })?;
            match known.get(record.key()) {
                None => count.new += 1,
                Some(sha256) if *sha256 == sha256_hex(body.as_bytes()) => count.unchanged += 1,
                Some(_) => count.changed += 1,
            }
        }
    }
    Ok(count)
}

fn unique<T: Record>(records: &[T]) -> Result<()> {
    let mut seen = HashSet::with_capacity(records.len());
    match records.iter().find(|record| !seen.insert(record.key())) {
        None => Ok(()),
        Some(twice) => Err(Error::Invalid {
            action: DOING,
            reason: format!("{} {} stands twice in the batch; keys must be unique", T::TABLE, twice.key()),
        }),
    }
}

/// An import under way.
struct Importing<'b, P> {
    batch: &'b ImportBatch,
    tx: Write,
    /// Given when the first difference is met.
    import_id: Option<i64>,
    /// Given with the first record that is written.
    change: Option<i64>,
    /// Row ids of enterprises by key.
    ids: HashMap<String, i64>,
    done: u64,
    progress: P,
}

/// What is stored under a key.
struct Known {
    id: i64,
    version: i64,
    sha256: String,
}

/// A record that is to be written.
struct Pending<'r, T> {
    id: i64,
    version: i64,
    record: &'r T,
    body: String,
    sha256: String,
}

impl<P: FnMut(u64, u64) + Send> Importing<'_, P> {
    async fn records<T: Record>(&mut self, records: &[T]) -> Result<Count> {
        let mut count = Count::default();
        if records.is_empty() {
            return Ok(count);
        }
        let mut next = next_id(&mut self.tx, T::TABLE, DOING).await?;
        for chunk in records.chunks(CHUNK) {
            let known = self.known(chunk).await?;
            let mut rows = Vec::new();
            let mut superseded = Vec::new();
            for record in chunk {
                let body = serde_json::to_string(record).map_err(|source| Error::Content {
                    object: format!("{} {}", T::TABLE, record.key()),
                    source,
                })?;
                let sha256 = sha256_hex(body.as_bytes());
                let (id, version) = match known.get(record.key()) {
                    Some(known) if known.sha256 == sha256 => {
                        count.unchanged += 1;
                        continue;
                    }
                    Some(known) => {
                        self.at_base::<T>(record.key(), known.version)?;
                        count.changed += 1;
                        superseded.push(known.id);
                        (known.id, known.version + 1)
                    }
                    None => {
                        self.at_base::<T>(record.key(), 0)?;
                        count.new += 1;
                        next += 1;
                        (next - 1, 1)
                    }
                };
                rows.push(Pending { id, version, record, body, sha256 });
            }
            if !rows.is_empty() {
                self.archive::<T>(&superseded).await?;
                self.upsert(rows).await?;
            }
            self.done += chunk.len() as u64;
            let total = self.batch.enterprises.len() + self.batch.needs.len() + self.batch.offers.len();
            (self.progress)(self.done, total as u64);
        }
        Ok(count)
    }

    /// Refuses a record that is not as it was when the batch was made; version 0 is no record.
    fn at_base<T: Record>(&self, key: &str, found: i64) -> Result<()> {
        let Some(base) = &self.batch.base else { return Ok(()) };
        let expected = base.of_table(T::TABLE).get(key).copied().unwrap_or(0);
        if expected == found {
            return Ok(());
        }
        Err(Error::Conflict { object: format!("{} {key}", T::TABLE), expected, found })
    }

    async fn known<T: Record>(&mut self, chunk: &[T]) -> Result<HashMap<String, Known>> {
        let text = format!(
            "select key, id, version, body_sha256 from {} where key in ({})",
            T::TABLE,
            places(chunk.len())
        );
        let mut query = self.tx.query(text).persistent(chunk.len() == CHUNK);
        for record in chunk {
            query = query.bind(record.key());
        }
        let rows = query.fetch_all(&mut *self.tx).await.during(DOING)?;
        rows.iter()
            .map(|row| {
                let known = Known { id: row.try_get(1)?, version: row.try_get(2)?, sha256: row.try_get(3)? };
                Ok((row.try_get(0)?, known))
            })
            .collect::<sqlx::Result<_>>()
            .during(DOING)
    }

    async fn archive<T: Record>(&mut self, ids: &[i64]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let text = format!("{} where id in ({})", archive(T::TABLE), places(ids.len()));
        let mut query = self.tx.query(text).persistent(ids.len() == CHUNK);
        for id in ids {
            query = query.bind(*id);
        }
        query.execute(&mut *self.tx).await.during(DOING)?;
        Ok(())
    }

    async fn upsert<T: Record>(&mut self, rows: Vec<Pending<'_, T>>) -> Result<()> {
        let import_id = Some(self.import_id().await?);
        let change = self.change().await?;
        let mut many = upsert::<T>(self.tx.dialect);
        for Pending { id, version, record, body, sha256 } in rows {
            let owner = if T::OWNED { Some(self.enterprise_id(record)?) } else { None };
            let head = RowHead { id, version, owner, import_id, change, by: &self.batch.by };
            bind_row(&mut many, record, &head, body, sha256);
            many.row(&mut self.tx, DOING).await?;
        }
        many.flush(&mut self.tx, DOING).await
    }

    /// The number under which readers find what this import changed.
    async fn change(&mut self) -> Result<i64> {
        if let Some(change) = self.change {
            return Ok(change);
        }
        let change = next_change(&mut self.tx, DOING).await?;
        self.change = Some(change);
        Ok(change)
    }

    fn enterprise_id<T: Record>(&self, record: &T) -> Result<i64> {
        self.ids.get(record.enterprise()).copied().ok_or_else(|| Error::Invalid {
            action: DOING,
            reason: format!(
                "{} {} belongs to enterprise {}, which is neither stored nor in the batch",
                T::TABLE,
                record.key(),
                record.enterprise()
            ),
        })
    }

    async fn column_maps(&mut self) -> Result<u64> {
        let changed = mapping::changed(&mut self.tx, &self.batch.column_maps, DOING).await?;
        let count = changed.len() as u64;
        for (fingerprint, text) in changed {
            self.import_id().await?;
            mapping::save(&mut self.tx, fingerprint, text, &self.batch.by, DOING).await?;
        }
        Ok(count)
    }

    async fn duplicates(&mut self) -> Result<u64> {
        if self.batch.duplicates.is_empty() {
            return Ok(0);
        }
        let changed = duplicate::changed(&mut self.tx, &self.batch.duplicates, &self.ids, DOING).await?;
        for (proposing, proposal) in &changed {
            self.import_id().await?;
            duplicate::save(&mut self.tx, proposing, proposal, &self.batch.by, DOING).await?;
        }
        Ok(changed.len() as u64)
    }

    /// The import's row, written at the first difference; its counts are filled in at the end.
    async fn import_id(&mut self) -> Result<i64> {
        if let Some(id) = self.import_id {
            return Ok(id);
        }
        let id = next_id(&mut self.tx, "import_batch", DOING).await?;
        let batch = self.batch;
        self.tx
            .query(
                "insert into import_batch (id, file, source, sha256, actor, at_ms, counts) \
                 values (?, ?, ?, ?, ?, ?, '{}')",
            )
            .bind(id)
            .bind(batch.file.as_str())
            .bind(batch.source.as_str())
            .bind(batch.sha256.as_str())
            .bind(batch.by.actor.as_str())
            .bind(batch.by.at_ms)
            .execute(&mut *self.tx)
            .await
            .during(DOING)?;
        self.import_id = Some(id);
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_record_changed_by_somebody_else_is_a_conflict() {
        let folder = tempfile::tempdir().unwrap();
        let db = folder.path().join("x.db");
        let store = Store::open(db.to_str().unwrap()).await.unwrap();
        let batch = |note: &str, base: &[(&str, i64)]| {
            let mut enterprise = Enterprise::new(None, "某某光电有限公司");
            enterprise.note = note.to_owned();
            let enterprises = base.iter().map(|(key, version)| ((*key).to_owned(), *version)).collect();
            ImportBatch {
                file: String::new(),
                source: String::new(),
                sha256: String::new(),
                by: By::new("li", 0),
                enterprises: vec![enterprise],
                needs: Vec::new(),
                offers: Vec::new(),
                column_maps: Vec::new(),
                duplicates: Vec::new(),
                base: Some(BaseVersions { enterprises, ..BaseVersions::default() }),
            }
        };
        let key = "name:某某光电有限公司";
        let versions = |error: Error| match error {
            Error::Conflict { expected, found, .. } => (expected, found),
            other => panic!("{other}"),
        };
        let gone = store.import(&batch("a", &[(key, 1)]), |_, _| ()).await.unwrap_err();
        assert_eq!(versions(gone), (1, 0));
        store.import(&batch("a", &[]), |_, _| ()).await.unwrap();
        let there = store.import(&batch("b", &[]), |_, _| ()).await.unwrap_err();
        assert_eq!(versions(there), (0, 1));
        store.import(&batch("b", &[(key, 1)]), |_, _| ()).await.unwrap();
        let changed = store.import(&batch("c", &[(key, 1)]), |_, _| ()).await.unwrap_err();
        assert_eq!(versions(changed), (1, 2));
        let same = store.import(&batch("b", &[(key, 1)]), |_, _| ()).await.unwrap();
        assert_eq!(same.enterprises, Count { unchanged: 1, ..Count::default() });
    }
}
