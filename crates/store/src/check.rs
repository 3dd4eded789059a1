//! Proving that the database is sound: its pages and references, the hashes of all contents, the chains.

use crate::Store;
use crate::audit::{self, AuditChain, AuditEntry};
use crate::database::Read;
use crate::error::{During, Error, Result};
use crate::event;
use crate::evidence;
use crate::inspection;
use crate::list::{self, HEAD, ListHead, head};
use crate::record::{Record, Status, count};
use crate::schema::TABLES;
use crate::sql::Dialect;
use futures_util::TryStreamExt as _;
use model::enterprise::Enterprise;
use model::hex::sha256_hex;
use model::list::ListContent;
use model::need::Need;
use model::offer::Offer;
use serde::Serialize;
use serde_json::Value;
use sqlx::Row;
use std::collections::{BTreeMap, HashSet};

const DOING: &str = "check the database";

const CHANGED: &str = "its content does not have the hash stored with it: it was changed from outside";

/// More faults than these are counted, not named.
const FAULTS_MAX: usize = 100;

/// One thing that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Where, such as `audit/17` or `list/3`.
    pub object: String,
    /// What is wrong.
    pub message: String,
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// Number of rows of each table.
    pub rows: Vec<(&'static str, u64)>,
    /// Number and hash of the last audit entry. Kept elsewhere, it shows later whether the end was cut off,
    /// which the chain alone cannot show.
    pub audit_head: Option<(i64, String)>,
    /// Number and hash of the last numbered list.
    pub list_head: Option<(u32, String)>,
    /// Number and link of the ledger's last event.
    pub event_head: Option<(i64, String)>,
    /// The faults, at most 100; of a chain only the first broken link.
    pub faults: Vec<Fault>,
    /// Number of all faults.
    pub faults_total: u64,
}

impl CheckReport {
    /// True when nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.faults_total == 0
    }

    pub(crate) fn fault(&mut self, object: impl Into<String>, message: impl Into<String>) {
        self.faults_total += 1;
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(Fault { object: object.into(), message: message.into() });
        }
    }
}

#[boxed::futures]
impl Store {
    /// Checks everything that can be proved of the stored data, as of one moment.
    ///
    /// # Errors
    /// When the database cannot be read at all; what is read and wrong stands in the report.
    pub async fn check(&self) -> Result<CheckReport> {
        let mut report = CheckReport::default();
        let mut tx = self.database.read(DOING).await?;
        match run(&mut tx, &mut report).await {
            // Damage that ends the reading is itself the finding.
            Err(error @ (Error::Corrupt { .. } | Error::Content { .. })) => {
                report.fault("database", format!("failed to {error}"));
                Ok(report)
            }
            Err(error) => Err(error),
            Ok(()) => Ok(report),
        }
    }
}

async fn run(tx: &mut Read, report: &mut CheckReport) -> Result<()> {
    if tx.dialect == Dialect::Sqlite {
        sqlite(tx, report).await?;
    }
    for table in TABLES {
        let rows = count(tx, table.name, DOING).await?;
        report.rows.push((table.name, rows.unsigned_abs()));
    }
    records::<Enterprise>(tx, report).await?;
    records::<Need>(tx, report).await?;
    records::<Offer>(tx, report).await?;
    past_versions(tx, report).await?;
    event::check(tx, report, DOING).await?;
    let told = audit_chain(tx, report).await?;
    inspection::check(tx, report, told.finished, DOING).await?;
    evidence::check(tx, report, told.attached, DOING).await?;
    lists(tx, report, told.published).await
}

/// SQLite's own checks; PostgreSQL keeps references itself and its pages by its own means.
async fn sqlite(tx: &mut Read, report: &mut CheckReport) -> Result<()> {
    let rows = sqlx::query("pragma integrity_check").fetch_all(&mut **tx).await.during(DOING)?;
    for row in rows {
        let message: String = row.try_get(0).during(DOING)?;
        if message != "ok" {
            report.fault("database", message);
        }
    }
    let rows = sqlx::query("pragma foreign_key_check").fetch_all(&mut **tx).await.during(DOING)?;
    for row in rows {
        let get = || {
            Ok((row.try_get::<&str, _>(0)?, row.try_get::<Option<i64>, _>(1)?, row.try_get::<&str, _>(2)?))
        };
        let (table, rowid, parent) = get().during(DOING)?;
        let row = rowid.map_or("?".to_owned(), |id| id.to_string());
        report
            .fault(format!("{table} row {row}"), format!("it refers to a row of {parent} that is not there"));
    }
    Ok(())
}

/// Recomputes the hash of each record's body, and compares the columns that repeat parts of it.
async fn records<T: Record>(tx: &mut Read, report: &mut CheckReport) -> Result<()> {
    let own: Vec<String> = T::COLUMNS.iter().map(|column| format!(", t.{column}")).collect();
    let owner = if T::OWNED { "join enterprise e on e.id = t.enterprise_id" } else { "" };
    let owner_key = if T::OWNED { "e.key" } else { "t.key" };
    let query = tx.query(format!(
        "select t.key, t.body, t.body_sha256, {owner_key}, t.status{} from {} t {owner} order by t.id",
        own.concat(),
        T::TABLE
    ));
    let (mut keys, mut merged) = (HashSet::new(), Vec::new());
    let mut rows = query.fetch(&mut **tx);
    while let Some(row) = rows.try_next().await.during(DOING)? {
        let get = || Ok((row.try_get::<&str, _>(0)?, row.try_get::<&str, _>(1)?, row.try_get::<&str, _>(2)?));
        let (key, body, sha256) = get().during(DOING)?;
        keys.insert(key.to_owned());
        let object = format!("{}/{key}", T::TABLE);
        if sha256_hex(body.as_bytes()) != sha256 {
            report.fault(object, CHANGED);
            continue;
        }
        let Ok(value) = serde_json::from_str::<T>(body) else {
            report.fault(object, "its content has its hash, but cannot be read");
            continue;
        };
        let texts = (5..5 + T::COLUMNS.len()).map(|place| row.try_get::<Option<&str>, _>(place));
        let texts: Vec<Option<&str>> = texts.collect::<sqlx::Result<_>>().during(DOING)?;
        let owner: &str = row.try_get(3).during(DOING)?;
        let same = value.texts().iter().map(Option::as_deref).eq(texts);
        if !same || value.key() != key || value.enterprise() != owner {
            report.fault(object, "a column by which it is looked up differs from its content");
            continue;
        }
        if let Some(survivor) = value.merged_into() {
            let stands = T::OWNED && row.try_get::<&str, _>(4).during(DOING)? == Status::Open.as_str();
            merged.push((object, survivor.to_owned(), stands));
        }
    }
    drop(rows);
    for (object, survivor, stands) in merged {
        if !keys.contains(&survivor) {
            report.fault(object, format!("it was merged into {survivor}, which is not there"));
        } else if stands {
            report.fault(object, "it was merged into another, but stands beside it");
        }
    }
    versions(tx, report, T::TABLE).await
}

/// Recomputes the hash of each past version's body.
async fn past_versions(tx: &mut Read, report: &mut CheckReport) -> Result<()> {
    let query = tx.query(
        "select noun, row_id, version, body, body_sha256 from past_version order by noun, row_id, version",
    );
    let mut rows = query.fetch(&mut **tx);
    while let Some(row) = rows.try_next().await.during(DOING)? {
        let get = || Ok((row.try_get::<&str, _>(3)?, row.try_get::<&str, _>(4)?));
        let (body, sha256) = get().during(DOING)?;
        if sha256_hex(body.as_bytes()) != sha256 {
            let get =
                || Ok((row.try_get::<&str, _>(0)?, row.try_get::<i64, _>(1)?, row.try_get::<i64, _>(2)?));
            let (noun, id, version) = get().during(DOING)?;
            report.fault(format!("{noun} row {id} version {version}"), CHANGED);
        }
    }
    Ok(())
}

/// A record at version n has n - 1 past versions.
async fn versions(tx: &mut Read, report: &mut CheckReport, table: &str) -> Result<()> {
    let rows = tx
        .query(format!(
            "select t.key, t.version, count(p.version) from {table} t \
             left join past_version p on p.noun = '{table}' and p.row_id = t.id and p.version < t.version \
             group by t.key, t.version having count(p.version) <> t.version - 1"
        ))
        .fetch_all(&mut **tx)
        .await
        .during(DOING)?;
    for row in rows {
        let get = || Ok((row.try_get::<&str, _>(0)?, row.try_get::<i64, _>(1)?, row.try_get::<i64, _>(2)?));
        let (key, version, past) = get().during(DOING)?;
        report.fault(
            format!("{table}/{key}"),
            format!("it is at version {version}, but has {past} past versions"),
        );
    }
    Ok(())
}

/// What the audit says of each publication, by the list's row id: number and hash.
type Published = BTreeMap<i64, (i64, String)>;

/// What the audit says of what is frozen, by row id.
#[derive(Default)]
struct Told {
    published: Published,
    /// Hashes of finished inspections.
    finished: BTreeMap<i64, String>,
    /// Hashes of the contents of evidence.
    attached: BTreeMap<i64, String>,
}

/// Walks the chain from its start; what it says of what is frozen. Stops at the first broken link.
async fn audit_chain(tx: &mut Read, report: &mut CheckReport) -> Result<Told> {
    let mut told = Told::default();
    let mut chain = AuditChain::default();
    let mut last = 0;
    let query = tx.query(format!("select {} from audit order by seq", audit::COLUMNS));
    let mut rows = query.fetch(&mut **tx);
    while let Some(row) = rows.try_next().await.during(DOING)? {
        let entry = AuditEntry::from_row(&row).during(DOING)?;
        chain.take(&entry, last);
        last = entry.seq;
        let id = entry.object.split_once('/').and_then(|(_, id)| id.parse().ok());
        let (Some(id), "list.publish" | "inspection.finish" | "evidence.attach") =
            (id, entry.action.as_str())
        else {
            continue;
        };
        let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
        let text = |name: &str| detail[name].as_str().unwrap_or("").to_owned();
        match entry.action.as_str() {
            "list.publish" => {
                told.published.insert(id, (detail["number"].as_i64().unwrap_or(0), text("sha256")));
            }
            "inspection.finish" => _ = told.finished.insert(id, text("sha256")),
            _ => _ = told.attached.insert(id, text("content_sha256")),
        }
    }
    if let Some((seq, message)) = chain.broken {
        report.fault(format!("audit/{seq}"), message);
    }
    report.audit_head = (last > 0).then_some((last, chain.head));
    Ok(told)
}

/// Numbers without gaps, contents with their hashes, each chained to the one before and as the audit recorded it.
async fn lists(tx: &mut Read, report: &mut CheckReport, mut published: Published) -> Result<()> {
    let rows = tx
        .query(format!("select {HEAD} from list where number is not null order by number"))
        .fetch_all(&mut **tx)
        .await
        .during(DOING)?;
    let mut last = (0, String::new());
    for row in &rows {
        let head = head(row).during(DOING)?;
        let (id, number) = (head.id, head.number.unwrap_or(0));
        let object = format!("list/{id} (No. {number})");
        if number != last.0 + 1 {
            report.fault(object.as_str(), format!("it should be No. {}; numbers are missing", last.0 + 1));
        }
        let dialect = tx.dialect;
        let text = list::text(tx, dialect, id, DOING).await?;
        let sha256 = head.sha256.clone().unwrap_or_default();
        let recorded = published.remove(&id);
        for message in list_faults(&head, &text, &last.1) {
            report.fault(object.as_str(), message);
        }
        if recorded != Some((i64::from(number), sha256.clone())) {
            report.fault(object, "the audit records no publication with this number and hash");
        }
        last = (number, sha256);
    }
    for (id, (number, _)) in published {
        report.fault(
            format!("list/{id}"),
            format!("the audit records it as No. {number}, but it is not there as such"),
        );
    }
    report.list_head = (last.0 > 0).then_some(last);
    Ok(())
}

/// What is wrong with one published list, given the hash of the one before.
fn list_faults(head: &ListHead, text: &str, previous: &str) -> Vec<&'static str> {
    let mut faults = Vec::new();
    let sha256 = head.sha256.as_deref().unwrap_or_default();
    if sha256_hex(text.as_bytes()) != sha256 {
        faults.push("its content does not have the hash it was published with: it was changed afterwards");
        return faults;
    }
    match serde_json::from_str::<ListContent>(text) {
        Err(_) => faults.push("its content has its hash, but cannot be read as a list"),
        Ok(content) => {
            if content.sha256() != sha256 {
                faults.push(
                    "its content has its hash, but is not canonical: it would be exported with another one",
                );
            }
            if content.previous_sha256 != previous || head.previous_sha256.as_deref() != Some(previous) {
                faults.push("it is not chained to the list with the number before");
            }
        }
    }
    faults
}
