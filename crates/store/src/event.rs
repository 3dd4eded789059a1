//! Events of the ledger: appended, never changed, each with its link of the chain.

use crate::Store;
use crate::audit::{self, By};
use crate::check::CheckReport;
use crate::database::{Read, Write};
use crate::error::{During, Result};
use crate::record::next_id;
use crate::sql::{InsertMany, places};
use futures_util::TryStreamExt as _;
use ledger::hash::EventHash;
use ledger::hash::chain::{Content, Head, Link, START};
use model::hex::hex;
use serde_json::json;
use sqlx::Row;
use std::collections::{BTreeMap, HashSet};

/// Events looked for at a time.
const CHUNK: usize = 500;

/// The events of one document.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCapture {
    /// Name of the file or of the request.
    pub file: String,
    /// The document without its events, as JSON text: what they need to be read again.
    pub head: String,
    /// Key of the enterprise whose account captures; empty for the offices that run the cluster.
    pub enterprise: String,
    /// The events, in order.
    pub events: Vec<NewEvent>,
}

/// An event to be captured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Its event hash.
    pub hash: EventHash,
    /// True for a declaration that an earlier event, of the same hash, is wrong.
    pub declares_error: bool,
    /// The event as it stands in its document, as JSON text.
    pub body: String,
}

/// What a capture did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Captured {
    /// Row id of the capture; absent where every event was known.
    pub capture: Option<i64>,
    /// Events stored.
    pub new: u64,
    /// Events that were there already, or stood twice in the document.
    pub known: u64,
    /// Number of the ledger's last event.
    pub last: i64,
    /// Its link.
    pub link: Link,
}

/// An event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its number, from 1.
    pub seq: i64,
    /// Row id of its capture.
    pub capture: i64,
    /// Its event hash in hexadecimal digits.
    pub hash: String,
    /// True for a declaration that an earlier event is wrong.
    pub declares_error: bool,
    /// The event as it stood in its document.
    pub body: String,
    /// Its link in hexadecimal digits.
    pub link: String,
}

/// Heads of captures by row id.
pub type EventHeads = BTreeMap<i64, String>;

const COLUMNS: [&str; 7] = ["seq", "capture_id", "hash", "hash_key", "declares_error", "body", "link"];

#[boxed::futures]
impl Store {
    /// Appends the events of a document in one transaction: all that are new, or nothing. An event is known by its hash
    /// and by whether it declares an error. When this returns, the events are on the disk.
    ///
    /// # Errors
    /// The database's.
    pub async fn capture(&self, new: &NewCapture, by: &By) -> Result<Captured> {
        let doing = "capture events";
        let mut tx = self.database.write(doing).await?;
        tx.look_up_by_index(doing).await?;
        let known = known(&mut tx, &new.events, doing).await?;
        let mut seen = HashSet::new();
        let is_new = |event: &&NewEvent| {
            let key = (event.hash, event.declares_error);
            !known.contains(&key) && seen.insert(key)
        };
        let fresh: Vec<&NewEvent> = new.events.iter().filter(is_new).collect();
        let (last, link) = newest(&mut tx, doing).await?;
        let repeated = (new.events.len() - fresh.len()) as u64;
        if fresh.is_empty() {
            return Ok(Captured { capture: None, new: 0, known: repeated, last, link });
        }
        let capture = next_id(&mut tx, "capture", doing).await?;
        let count = fresh.len() as u64;
        tx.query("insert into capture (id, file, head, events, actor, at_ms, enterprise) values (?, ?, ?, ?, ?, ?, ?)")
            .bind(capture)
            .bind(new.file.clone())
            .bind(new.head.clone())
            .bind(count.cast_signed())
            .bind(by.actor.clone())
            .bind(by.at_ms)
            .bind(new.enterprise.clone())
            .execute(&mut *tx)
            .await
            .during(doing)?;
        let (last, link) = append(&mut tx, capture, &new.head, &fresh, (last, link), doing).await?;
        let detail = json!({
            "file": new.file, "events": count, "known": repeated, "last": last, "link": link.to_string()
        });
        audit::append(&mut tx, by, "ledger.capture", format!("capture/{capture}"), &detail).await?;
        tx.commit(doing).await?;
        Ok(Captured { capture: Some(capture), new: count, known: repeated, last, link })
    }

    /// Number and link of the last event; 0 and the chain's start where there is none.
    ///
    /// # Errors
    /// The database's.
    pub async fn newest_event(&self) -> Result<(i64, Link)> {
        let doing = "read the ledger";
        let ask = async {
            let row = self.database.row(NEWEST, doing).await?;
            row.map_or(Ok((0, START)), |row| end(&row)).during(doing)
        };
        self.newest_event.or_ask(ask).await
    }

    /// At most `limit` events after number `after`, in order, and the heads of their captures by row id.
    ///
    /// # Errors
    /// The database's.
    pub async fn events(&self, after: i64, limit: u32) -> Result<(Vec<StoredEvent>, EventHeads)> {
        let doing = "read the ledger";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(format!("select {} from event where seq > ? order by seq limit ?", COLUMNS.join(", ")))
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        let events: Vec<StoredEvent> = rows.iter().map(stored).collect::<sqlx::Result<_>>().during(doing)?;
        let captures: Vec<i64> = events.iter().map(|e| e.capture).collect();
        let (first, last) = (captures.iter().min(), captures.iter().max());
        let heads = match (first, last) {
            (Some(first), Some(last)) => heads(&mut tx, *first, *last, doing).await?,
            _ => BTreeMap::new(),
        };
        Ok((events, heads))
    }

    /// Of captures with row ids in a range: when each was, in milliseconds, and the key of the enterprise that captured.
    ///
    /// # Errors
    /// The database's.
    pub async fn capture_stamps(&self, first: i64, last: i64) -> Result<BTreeMap<i64, (i64, String)>> {
        let doing = "read the ledger";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query("select id, at_ms, enterprise from capture where id between ? and ?")
            .bind(first)
            .bind(last)
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, (row.try_get(1)?, row.try_get(2)?))))
            .collect::<sqlx::Result<_>>()
            .during(doing)
    }

    /// Numbers of the events with a hash that declare no error.
    ///
    /// # Errors
    /// The database's.
    pub async fn events_of_hash(&self, hash: EventHash) -> Result<Vec<i64>> {
        let doing = "read the ledger";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(
                "select seq from event where hash_key = ? and hash = ? and declares_error = 0 order by seq",
            )
            .bind(hash_key(hash))
            .bind(hex(&hash.0))
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>().during(doing)
    }
}

const NEWEST: &str = "select seq, link from event order by seq desc limit 1";

fn end(row: &sqlx::any::AnyRow) -> sqlx::Result<(i64, Link)> {
    let link: &str = row.try_get(1)?;
    // A link that cannot be read breaks the chain at its own event, which a check names.
    Ok((row.try_get(0)?, Link::parse(link).unwrap_or(START)))
}

async fn newest(tx: &mut Write, doing: &'static str) -> Result<(i64, Link)> {
    let row = tx.query(NEWEST).fetch_optional(&mut **tx).await.during(doing)?;
    row.map_or(Ok((0, START)), |row| end(&row)).during(doing)
}

/// Which of the events are stored.
async fn known(
    tx: &mut Write,
    events: &[NewEvent],
    doing: &'static str,
) -> Result<HashSet<(EventHash, bool)>> {
    let mut found = HashSet::new();
    let is_empty = newest(tx, doing).await?.0 == 0;
    for chunk in events.chunks(CHUNK).filter(|_| !is_empty) {
        let text =
            format!("select hash, declares_error from event where hash_key in ({})", places(chunk.len()));
        let mut query = tx.query(text);
        for event in chunk {
            query = query.bind(hash_key(event.hash));
        }
        for row in query.fetch_all(&mut **tx).await.during(doing)? {
            let hash: &str = row.try_get(0).during(doing)?;
            if let Some(Link(bytes)) = Link::parse(hash) {
                found.insert((EventHash(bytes), row.try_get::<i64, _>(1).during(doing)? == 1));
            }
        }
    }
    Ok(found)
}

/// Appends events after the last one; gives the new end of the chain.
async fn append(
    tx: &mut Write,
    capture: i64,
    head: &str,
    events: &[&NewEvent],
    (mut last, mut link): (i64, Link),
    doing: &'static str,
) -> Result<(i64, Link)> {
    let head = Head::of(head);
    let mut many = InsertMany::new(tx.dialect, "event", &COLUMNS, String::new());
    for event in events {
        last += 1;
        link = link.next(event.hash, Content::of(head, &event.body));
        many.bind(last)
            .bind(capture)
            .bind(hex(&event.hash.0))
            .bind(hash_key(event.hash))
            .bind(i64::from(event.declares_error))
            .bind(event.body.clone())
            .bind(link.to_string());
        many.row(tx, doing).await?;
    }
    many.flush(tx, doing).await?;
    Ok((last, link))
}

fn stored(row: &sqlx::any::AnyRow) -> sqlx::Result<StoredEvent> {
    Ok(StoredEvent {
        seq: row.try_get("seq")?,
        capture: row.try_get("capture_id")?,
        hash: row.try_get("hash")?,
        declares_error: row.try_get::<i64, _>("declares_error")? == 1,
        body: row.try_get("body")?,
        link: row.try_get("link")?,
    })
}

async fn heads(tx: &mut Read, first: i64, last: i64, doing: &'static str) -> Result<BTreeMap<i64, String>> {
    let rows = tx
        .query("select id, head from capture where id between ? and ?")
        .bind(first)
        .bind(last)
        .fetch_all(&mut **tx)
        .await
        .during(doing)?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<sqlx::Result<_>>().during(doing)
}

/// The first eight bytes.
fn hash_key(hash: EventHash) -> i64 {
    let mut first = [0; 8];
    first.copy_from_slice(&hash.0[..8]);
    i64::from_be_bytes(first)
}

/// Walks the chain over the records; stops at the first broken link. Whether a hash is that of its event, the engine says.
pub(crate) async fn check(tx: &mut Read, report: &mut CheckReport, doing: &'static str) -> Result<()> {
    let query = tx.query("select id, head from capture order by id");
    let mut captures = BTreeMap::new();
    let mut rows = query.fetch(&mut **tx);
    while let Some(row) = rows.try_next().await.during(doing)? {
        let (id, head): (i64, &str) = (row.try_get(0).during(doing)?, row.try_get(1).during(doing)?);
        captures.insert(id, Head::of(head));
    }
    drop(rows);
    let (mut last, mut link) = (0, START);
    let query = tx.query(format!("select {} from event order by seq", COLUMNS.join(", ")));
    let mut rows = query.fetch(&mut **tx);
    while let Some(row) = rows.try_next().await.during(doing)? {
        let event = stored(&row).during(doing)?;
        let why = if event.seq != last + 1 {
            Some(format!("first broken link: it should be number {}; events are missing", last + 1))
        } else {
            match (Link::parse(&event.hash), captures.get(&event.capture)) {
                (Some(hash), Some(head)) => {
                    link = link.next(EventHash(hash.0), Content::of(*head, &event.body));
                    (link.to_string() != event.link).then(|| {
                        "first broken link: it or its place was changed after it was written".to_owned()
                    })
                }
                _ => Some("first broken link: its hash or its capture is gone".to_owned()),
            }
        };
        if let Some(why) = why {
            report.fault(format!("event/{}", event.seq), why);
            return Ok(());
        }
        last = event.seq;
    }
    report.event_head = (last > 0).then(|| (last, link.to_string()));
    Ok(())
}
