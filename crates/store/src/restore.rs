//! Restoring a backup: the whole file is proved first, then read again into one transaction.

use crate::Store;
use crate::backup::{End, EndLine, FORMAT, FORMAT_VERSION, Header, TableLine, hex};
use crate::check::CheckReport;
use crate::database::Write;
use crate::error::{During, Error, Result};
use crate::migrate::{self, LAYOUT};
use crate::schema::{EPHEMERAL, Kind, TABLES};
use crate::sql::InsertMany;
use flate2::read::MultiGzDecoder;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::Row;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

const DOING: &str = "restore the backup";

/// Longest line; the longest real one is a part of a list, at most some MB.
const LINE_BYTES_MAX: u64 = 256 << 20;

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreReport {
    /// Rows restored, by table.
    pub rows: BTreeMap<String, u64>,
    /// What the check of the restored database found. A backup of an unsound database restores as unsound as it was.
    pub check: CheckReport,
}

#[boxed::futures]
impl Store {
    /// Puts a backup, of either database, into this one, in one transaction. The whole file is proved before the
    /// database is touched. A database that holds anything is refused unless `replace` is set; then all that it
    /// holds is dropped in the same transaction.
    ///
    /// # Errors
    /// [`Error::Backup`] with the line for a truncated or altered file, [`Error::Newer`] for one of a newer program,
    /// [`Error::Invalid`] when the database is not empty.
    pub async fn restore(
        &self,
        path: &Path,
        replace: bool,
        mut progress: impl FnMut(u64, u64) + Send,
    ) -> Result<RestoreReport> {
        let proved = prove(path)?;
        let total: u64 = proved.end.rows.values().sum();
        let mut tx = self.database.write(DOING).await?;
        if !replace {
            refuse_filled(&mut tx).await?;
        }
        // The layout of the backup's day first, then what was added since and what guards the rows.
        let tables = EPHEMERAL.into_iter().chain(TABLES.iter().rev().map(|table| table.name));
        migrate::drop_all(&mut tx, tables).await?;
        let dialect = tx.dialect;
        migrate::migrate_to_fill(&mut tx, dialect, proved.layout).await?;
        let again = fill(&mut tx, path, total, &mut progress).await?;
        if again != proved.end {
            return Err(Error::Backup {
                path: path.to_owned(),
                line: 1,
                reason: "the file changed while it was being read".to_owned(),
            });
        }
        migrate::migrate(&mut tx, dialect).await?;
        tx.commit(DOING).await?;
        Ok(RestoreReport { rows: again.rows, check: self.check().await? })
    }
}

async fn refuse_filled(tx: &mut Write) -> Result<()> {
    for table in TABLES {
        let query = tx.query(format!("select count(*) from {}", table.name));
        let rows: i64 = query.fetch_one(&mut **tx).await.and_then(|row| row.try_get(0)).during(DOING)?;
        if rows > 0 {
            return Err(Error::Invalid {
                action: DOING,
                reason: format!(
                    "the database is not empty ({rows} rows in {}); restore into a new one, \
                     or say that its content is to be replaced",
                    table.name
                ),
            });
        }
    }
    Ok(())
}

/// What the first reading proved.
struct Proved {
    layout: i64,
    end: End,
}

/// Reads the whole file and compares counts and hash with its last line.
fn prove(path: &Path) -> Result<Proved> {
    let mut lines = Lines::open(path)?;
    let mut shape = None;
    while let Some(item) = lines.next()? {
        match item {
            Item::Table(table) => shape = Some(table.columns),
            Item::Row(values) => {
                let columns = shape.as_deref().unwrap_or_default();
                fits(&values, columns).map_err(|reason| lines.fault(reason))?;
            }
        }
    }
    Ok(Proved { layout: lines.header.layout, end: lines.into_end() })
}

/// True when a row's values are of the columns' kinds.
fn fits(values: &[Value], columns: &[(String, Kind)]) -> std::result::Result<(), String> {
    if values.len() != columns.len() {
        return Err(format!("a row of {} values was expected, {} were found", columns.len(), values.len()));
    }
    for (value, (name, kind)) in values.iter().zip(columns) {
        let fit = match kind {
            Kind::Integer => value.is_i64(),
            Kind::Real => value.is_f64() || value.is_i64(),
            Kind::Text => value.is_string(),
        };
        if !fit && !value.is_null() {
            return Err(format!("the value of {name} is not of the kind {kind:?}"));
        }
    }
    Ok(())
}

/// The second reading, into the tables.
async fn fill(
    tx: &mut Write,
    path: &Path,
    total: u64,
    progress: &mut (impl FnMut(u64, u64) + Send),
) -> Result<End> {
    let mut lines = Lines::open(path)?;
    let mut target: Option<(InsertMany, Vec<(String, Kind)>)> = None;
    let mut done = 0;
    let mut waiting = 0;
    while let Some(item) = lines.next()? {
        match item {
            Item::Table(table) => {
                if let Some((many, _)) = &mut target {
                    many.flush(tx, DOING).await?;
                }
                waiting = 0;
                let names: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
                let many = InsertMany::new(tx.dialect, &table.table, &names, String::new());
                target = Some((many, table.columns));
            }
            Item::Row(values) => {
                let Some((many, columns)) = &mut target else {
                    return Err(lines.fault("a row stands before any table".to_owned()));
                };
                fits(&values, columns).map_err(|reason| lines.fault(reason))?;
                for (value, (_, kind)) in values.into_iter().zip(columns) {
                    waiting += bind(many, value, *kind);
                }
                // Parts of lists are a megabyte each: they go as they come.
                if waiting > 1 << 20 {
                    many.flush(tx, DOING).await?;
                    waiting = 0;
                }
                many.row(tx, DOING).await?;
                done += 1;
                if done % 1000 == 0 {
                    progress(done, total);
                }
            }
        }
    }
    if let Some((many, _)) = &mut target {
        many.flush(tx, DOING).await?;
    }
    progress(done, total);
    Ok(lines.into_end())
}

/// Binds a value that [`fits`]; returns its size in bytes.
fn bind(many: &mut InsertMany, value: Value, kind: Kind) -> usize {
    match kind {
        Kind::Integer => many.bind(value.as_i64()),
        Kind::Real => many.bind(value.as_f64()),
        Kind::Text => {
            let text = match value {
                Value::String(text) => Some(text),
                _ => None,
            };
            let size = text.as_ref().map_or(0, String::len);
            many.bind(text);
            return size;
        }
    };
    8
}

enum Item {
    Table(TableLine),
    Row(Vec<Value>),
}

/// A backup being read line by line, counting and hashing.
struct Lines {
    path: PathBuf,
    input: BufReader<MultiGzDecoder<BufReader<File>>>,
    number: u64,
    line: Vec<u8>,
    digest: Sha256,
    header: Header,
    table: Option<String>,
    rows: BTreeMap<String, u64>,
    end: Option<End>,
}

impl Lines {
    fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|source| Error::Io {
            action: "read the backup",
            path: path.to_owned(),
            source,
        })?;
        let mut lines = Self {
            path: path.to_owned(),
            input: BufReader::new(MultiGzDecoder::new(BufReader::new(file))),
            number: 0,
            line: Vec::new(),
            digest: Sha256::new(),
            header: Header { format: String::new(), version: 0, layout: 0 },
            table: None,
            rows: BTreeMap::new(),
            end: None,
        };
        lines.read_header()?;
        Ok(lines)
    }

    fn read_header(&mut self) -> Result<()> {
        self.read_line()?;
        let header: Option<Header> = serde_json::from_slice(&self.line).ok();
        let Some(header) = header.filter(|header| header.format == FORMAT) else {
            return Err(self.fault("this is no backup of Yulin".to_owned()));
        };
        if header.version > FORMAT_VERSION {
            return Err(Error::Newer { found: header.version, known: FORMAT_VERSION });
        }
        if header.layout > LAYOUT {
            return Err(Error::Newer { found: header.layout, known: LAYOUT });
        }
        self.digest.update(&self.line);
        self.header = header;
        Ok(())
    }

    /// The next table or row; `None` after a last line that agrees with what was read.
    fn next(&mut self) -> Result<Option<Item>> {
        self.read_line()?;
        if self.line.starts_with(b"{\"end\"") {
            return self.read_end().map(|()| None);
        }
        self.digest.update(&self.line);
        if self.line.starts_with(b"[") {
            let values = serde_json::from_slice(&self.line).map_err(|e| self.fault(e.to_string()))?;
            let Some(rows) = self.table.as_ref().and_then(|table| self.rows.get_mut(table)) else {
                return Err(self.fault("a row stands before any table".to_owned()));
            };
            *rows += 1;
            return Ok(Some(Item::Row(values)));
        }
        let table: TableLine = serde_json::from_slice(&self.line).map_err(|e| self.fault(e.to_string()))?;
        // Names go into statements: only tables that are the store's, only plain words.
        if !TABLES.iter().any(|known| known.name == table.table) {
            return Err(self.fault(format!("there is no table {}", table.table)));
        }
        let plain = |name: &str| {
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        if let Some((name, _)) = table.columns.iter().find(|(name, _)| !plain(name)) {
            return Err(self.fault(format!("{name:?} is no name of a column")));
        }
        if table.columns.is_empty() || self.rows.insert(table.table.clone(), 0).is_some() {
            return Err(self.fault(format!("table {} stands twice or has no columns", table.table)));
        }
        self.table = Some(table.table.clone());
        Ok(Some(Item::Table(table)))
    }

    fn read_end(&mut self) -> Result<()> {
        let EndLine { end } = serde_json::from_slice(&self.line).map_err(|e| self.fault(e.to_string()))?;
        let found = End { rows: std::mem::take(&mut self.rows), sha256: hex(self.digest.clone()) };
        if end.rows != found.rows {
            return Err(
                self.fault("the last line counts other rows than the file holds: it was altered".to_owned())
            );
        }
        if end.sha256 != found.sha256 {
            return Err(
                self.fault("the content does not have the hash of the last line: it was altered".to_owned())
            );
        }
        self.end = Some(end);
        self.line.clear();
        match self.input.read(&mut [0]) {
            Ok(0) => Ok(()),
            Ok(_) => Err(self.fault("something follows the last line".to_owned())),
            Err(error) => Err(self.damaged(&error)),
        }
    }

    /// Reads a line, with its line feed, into `self.line`.
    fn read_line(&mut self) -> Result<()> {
        self.number += 1;
        self.line.clear();
        let read = (&mut self.input).take(LINE_BYTES_MAX).read_until(b'\n', &mut self.line);
        match read {
            Err(error) => Err(self.damaged(&error)),
            Ok(_) if self.line.last() == Some(&b'\n') => Ok(()),
            Ok(_) => Err(self.fault("the file is cut off: its last line is missing".to_owned())),
        }
    }

    fn damaged(&self, error: &std::io::Error) -> Error {
        self.fault(format!("the file is damaged, cut off or no gzip: {error}"))
    }

    fn fault(&self, reason: String) -> Error {
        Error::Backup { path: self.path.clone(), line: self.number, reason }
    }

    /// What the last line says; it agrees with what was read.
    fn into_end(self) -> End {
        self.end.expect("reading ends only at a last line that agrees")
    }
}
