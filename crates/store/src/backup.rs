//! Backup: one logical text for both databases.
//!
//! Gzip over lines of JSON, each ended by a line feed:
//!
//! ```text
//! {"format":"yulin-backup","version":1,"layout":2}
//! {"table":"enterprise","columns":[["id","integer"],["key","text"], ...]}
//! [1,"91360826...", ...]                                  one array a row
//! {"table":"need", ...}                                   and so on for every table
//! {"end":{"rows":{"enterprise":1, ...},"sha256":"..."}}   SHA-256 of all lines above
//! ```
//!
//! No clock enters it: the same content gives the same bytes, from either database.

use crate::Store;
use crate::database::Read;
use crate::error::{During, Error, Result};
use crate::migrate::LAYOUT;
use crate::record::count;
use crate::schema::{Kind, TABLES, Table};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

const DOING: &str = "write the backup";

/// First line.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) format: String,
    pub(crate) version: i64,
    pub(crate) layout: i64,
}

/// The line before a table's rows.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TableLine {
    pub(crate) table: String,
    pub(crate) columns: Vec<(String, Kind)>,
}

/// Last line.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EndLine {
    pub(crate) end: End,
}

/// What the last line says.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct End {
    pub(crate) rows: BTreeMap<String, u64>,
    pub(crate) sha256: String,
}

/// What the first line says of the format.
pub(crate) const FORMAT: &str = "yulin-backup";
/// Version of the format; the tables' own layout is counted separately.
pub(crate) const FORMAT_VERSION: i64 = 1;

#[boxed::futures]
impl Store {
    /// Writes everything but sessions and answers to repeatable requests, as of one moment, to a file, which appears only when it is complete and on the disk; an
    /// earlier file of that name is replaced. `progress` hears how many of how many rows are written.
    /// Returns the number of rows.
    ///
    /// # Errors
    /// [`Error::Io`] for the file, the database's.
    pub async fn backup(&self, path: &Path, mut progress: impl FnMut(u64, u64) + Send) -> Result<u64> {
        let mut tx = self.database.read(DOING).await?;
        let mut total = 0;
        for table in TABLES {
            total += count(&mut tx, table.name, DOING).await?.unsigned_abs();
        }
        let mut out = Lines::create(path)?;
        out.json(&Header { format: FORMAT.to_owned(), version: FORMAT_VERSION, layout: LAYOUT })?;
        let mut rows = BTreeMap::new();
        let mut done = 0;
        for table in TABLES {
            let columns = table.columns.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
            out.json(&TableLine { table: table.name.to_owned(), columns })?;
            let written = dump(&mut tx, table, &mut out, |n| progress(done + n, total)).await?;
            done += written;
            rows.insert(table.name.to_owned(), written);
        }
        let sha256 = out.sha256();
        out.json(&EndLine { end: End { rows, sha256 } })?;
        out.finish()?;
        progress(done, total);
        Ok(done)
    }
}

async fn dump(tx: &mut Read, table: &Table, out: &mut Lines, mut progress: impl FnMut(u64)) -> Result<u64> {
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let query = tx.query(format!("select {} from {} order by {}", names.join(", "), table.name, table.order));
    let mut rows = query.fetch(&mut **tx);
    let mut written = 0;
    while let Some(row) = rows.try_next().await.during(DOING)? {
        let values: Vec<Value> = table
            .columns
            .iter()
            .enumerate()
            .map(|(place, (_, kind))| value(&row, place, *kind))
            .collect::<sqlx::Result<_>>()
            .during(DOING)?;
        out.json(&values)?;
        written += 1;
        if written % 1000 == 0 {
            progress(written);
        }
    }
    Ok(written)
}

fn value(row: &AnyRow, place: usize, kind: Kind) -> sqlx::Result<Value> {
    Ok(match kind {
        Kind::Integer => row.try_get::<Option<i64>, _>(place)?.into(),
        Kind::Real => row.try_get::<Option<f64>, _>(place)?.into(),
        Kind::Text => row.try_get::<Option<String>, _>(place)?.into(),
    })
}

/// The file under way, beside its final place.
struct Lines {
    path: PathBuf,
    out: GzEncoder<BufWriter<NamedTempFile>>,
    digest: Sha256,
    line: Vec<u8>,
}

impl Lines {
    fn create(path: &Path) -> Result<Self> {
        let path = std::path::absolute(path).map_err(io(path))?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        // In the same folder, so that the rename cannot cross to another disk. Readable by its owner only.
        let file = NamedTempFile::with_prefix_in(".yulin-backup-", folder).map_err(io(&path))?;
        let out = GzEncoder::new(BufWriter::new(file), Compression::default());
        Ok(Self { path, out, digest: Sha256::new(), line: Vec::new() })
    }

    fn json(&mut self, value: &impl Serialize) -> Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, value).map_err(|e| io(&self.path)(e.into()))?;
        self.line.push(b'\n');
        self.digest.update(&self.line);
        self.out.write_all(&self.line).map_err(io(&self.path))
    }

    fn sha256(&self) -> String {
        hex(self.digest.clone())
    }

    fn finish(self) -> Result<()> {
        let failed = io(&self.path);
        let finish = || {
            let file = self.out.finish()?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            file.as_file().sync_all()?;
            file.persist(&self.path)?;
            // The new name must also be on the disk.
            #[cfg(unix)]
            std::fs::File::open(self.path.parent().unwrap_or(Path::new("/")))?.sync_all()?;
            Ok(())
        };
        finish().map_err(failed)
    }
}

/// A digest as lower-case hexadecimal.
pub(crate) fn hex(digest: Sha256) -> String {
    model::hex::hex(&digest.finalize())
}

fn io(path: &Path) -> impl Fn(std::io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |source| Error::Io { action: DOING, path: path.clone(), source }
}
