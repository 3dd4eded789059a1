//! What changed since: a reader that keeps all records in memory asks again and again and gets only what is new.

use crate::Store;
use crate::audit;
use crate::database::Read;
use crate::error::{During, Result};
use crate::evidence::{self, StoredEvidence};
use crate::introduction::{self, Introduction};
use crate::record::{Record, STORED, Stored, all, stored};
use futures_util::TryStreamExt as _;
use model::enterprise::Enterprise;
use model::need::Need;
use model::offer::Offer;
use sqlx::Row;

/// A moment in the history of a database: the last entry of its audit, and the newest change of its records. Every change
/// is stored with an entry, and entries are chained by hash, so the same entry means the same history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moment {
    /// Number of the last audit entry; 0 for none.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
    /// Newest number of change among the records.
    pub change: i64,
}

/// Records of a moment: all of them, or those that changed since an earlier one.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// The moment.
    pub moment: Moment,
    /// True where these are all records, because nothing was known before or because another history has taken the place
    /// of the one that was known (a restored backup).
    pub whole: bool,
    /// Enterprises, by row id.
    pub enterprises: Vec<Stored<Enterprise>>,
    /// Needs, by row id.
    pub needs: Vec<Stored<Need>>,
    /// Offers, by row id.
    pub offers: Vec<Stored<Offer>>,
    /// All introductions, by row id.
    pub introductions: Vec<Introduction>,
    /// All evidence, by row id.
    pub evidence: Vec<StoredEvidence>,
}

#[boxed::futures]
impl Store {
    /// True where nothing was stored since a moment.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_at(&self, moment: &Moment) -> Result<bool> {
        let doing = "look for changes";
        let ask = async {
            let row = self.database.row(audit::NEWEST, doing).await?;
            row.map_or(Ok((0, String::new())), |row| end(&row)).during(doing)
        };
        let (seq, hash) = self.newest_entry.or_ask(ask).await?;
        Ok((seq, hash.as_str()) == (moment.seq, moment.hash.as_str()))
    }

    /// What changed since a moment; `None` where nothing was stored since.
    ///
    /// # Errors
    /// The database's, and [`crate::Error::Content`].
    pub async fn changes(&self, since: Option<&Moment>) -> Result<Option<Changes>> {
        let doing = "read what changed";
        let mut tx = self.database.read(doing).await?;
        let (seq, hash) = newest(&mut tx, doing).await?;
        let mut moment = Moment { seq, hash, change: 0 };
        let mut known = None;
        if let Some(since) = since {
            if (since.seq, &since.hash) == (moment.seq, &moment.hash) {
                return Ok(None);
            }
            if continues(&mut tx, since, doing).await? {
                known = Some(since.change);
            }
        }
        let changes = Changes {
            whole: known.is_none(),
            enterprises: changed(&mut tx, known, doing).await?,
            needs: changed(&mut tx, known, doing).await?,
            offers: changed(&mut tx, known, doing).await?,
            introductions: introduction::all(&mut tx, doing).await?,
            evidence: evidence::all(&mut tx, doing).await?,
            moment: Moment::default(),
        };
        for table in [Enterprise::TABLE, Need::TABLE, Offer::TABLE] {
            let query = tx.query(format!("select coalesce(max(change), 0) from {table}"));
            let newest: i64 = query.fetch_one(&mut *tx).await.and_then(|row| row.try_get(0)).during(doing)?;
            moment.change = moment.change.max(newest);
        }
        Ok(Some(Changes { moment, ..changes }))
    }
}

/// Number and hash of the last audit entry; 0 and nothing where there is none.
async fn newest(tx: &mut Read, doing: &'static str) -> Result<(i64, String)> {
    let row = tx.query(audit::NEWEST).fetch_optional(&mut **tx).await.during(doing)?;
    row.map_or(Ok((0, String::new())), |row| end(&row)).during(doing)
}

fn end(row: &sqlx::any::AnyRow) -> sqlx::Result<(i64, String)> {
    Ok((row.try_get(0)?, row.try_get(1)?))
}

/// True where the moment is one of this database's own past.
async fn continues(tx: &mut Read, since: &Moment, doing: &'static str) -> Result<bool> {
    let row = tx
        .query("select hash from audit where seq = ?")
        .bind(since.seq)
        .fetch_optional(&mut **tx)
        .await
        .during(doing)?;
    match row {
        Some(row) => Ok(row.try_get::<&str, _>(0).during(doing)? == since.hash),
        None => Ok(false),
    }
}

/// The records of a table that changed after `known`; all of them where nothing is known.
async fn changed<T: Record>(
    tx: &mut Read,
    known: Option<i64>,
    doing: &'static str,
) -> Result<Vec<Stored<T>>> {
    let Some(known) = known else { return all(tx, doing).await };
    // By the index on changes, whose order this is.
    let query =
        tx.query(format!("select {STORED} from {} where change > ? order by change", T::TABLE)).bind(known);
    let mut rows = query.fetch(&mut **tx);
    let mut out = Vec::new();
    while let Some(row) = rows.try_next().await.during(doing)? {
        out.push(stored(&row, doing)?);
    }
    out.sort_by_key(|stored: &Stored<T>| stored.id);
    Ok(out)
}
