//! How events are found: by terms (numbers that stand for a field and a value), by time, in the order of their recording.
//!
//! The index follows from the events. It is caught up after a capture and before an answer, a batch a transaction, and says itself how
//! far it is: its last row. Rows of a batch are sorted before they go in, because an index that is filled in order is filled quicker.

use crate::Store;
use crate::database::Read;
use crate::error::{During, Result};
use crate::event::EventHeads;
use crate::sql::{InsertMany, among, places};
use sqlx::Row;
use std::collections::BTreeSet;

/// An event on its way into the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedEvent {
    /// Its number.
    pub seq: i64,
    /// When it happened, milliseconds since 1970 UTC.
    pub time_ms: i64,
    /// When it was recorded; never before the one before it.
    pub record_ms: i64,
    /// What it is found by, distinct.
    pub terms: Vec<i64>,
    /// Words that it uses: kind, whose it is, value.
    pub words: Vec<(&'static str, String, String)>,
}

/// Which events are wanted. More may come than match: a term stands for many values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of each of these one term.
    pub terms: Vec<Vec<i64>>,
    /// Span of the events' times in milliseconds, both ends included.
    pub time: (Option<i64>, Option<i64>),
    /// Span of the times of recording.
    pub record: (Option<i64>, Option<i64>),
    /// By the events' times; else in the order of recording.
    pub by_time: bool,
    /// From the last to the first.
    pub descending: bool,
    /// Only what comes after this: time of the event and number.
    pub after: Option<(i64, i64)>,
    /// How many.
    pub limit: u32,
}

/// An event that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundEvent {
    /// Its number.
    pub seq: i64,
    /// When it happened, milliseconds.
    pub time_ms: i64,
    /// When it was recorded, milliseconds.
    pub record_ms: i64,
    /// Row id of its capture.
    pub capture: i64,
    /// Key of the enterprise that captured it; empty where an office did.
    pub enterprise: String,
    /// Its event hash in hexadecimal digits.
    pub hash: String,
    /// The event as it stood in its document.
    pub body: String,
}

/// A condition with at most so many events leads the search; others are asked event by event.
const FEW: i64 = 2_000;

#[boxed::futures]
impl Store {
    /// Number and time of recording of the last event that can be found; zeros where there is none.
    ///
    /// # Errors
    /// The database's.
    pub async fn index_end(&self) -> Result<(i64, i64)> {
        let doing = "read the index of events";
        let mut tx = self.database.read(doing).await?;
        let query = tx.query("select seq, record_ms from event_search order by seq desc limit 1");
        let row = query.fetch_optional(&mut *tx).await.during(doing)?;
        row.map_or(Ok((0, 0)), |row| Ok((row.try_get(0)?, row.try_get(1)?))).during(doing)
    }

    /// Makes events findable. They continue the index, or nothing is done: somebody else was quicker.
    ///
    /// # Errors
    /// The database's.
    pub async fn index_events(&self, events: &[IndexedEvent]) -> Result<()> {
        let doing = "write the index of events";
        let Some(first) = events.first() else { return Ok(()) };
        let mut tx = self.database.write(doing).await?;
        // In a ledger that lost events the next one is not the next number.
        let query = tx
            .query("select min(seq) from event where seq > (select coalesce(max(seq), 0) from event_search)");
        let next: Option<i64> =
            query.fetch_one(&mut *tx).await.and_then(|row| row.try_get(0)).during(doing)?;
        if next != Some(first.seq) {
            return Ok(());
        }
        let columns = ["seq", "time_ms", "record_ms"];
        let mut many = InsertMany::new(tx.dialect, "event_search", &columns, String::new());
        for event in events {
            many.bind(event.seq).bind(event.time_ms).bind(event.record_ms);
            many.row(&mut tx, doing).await?;
        }
        many.flush(&mut tx, doing).await?;
        let mut terms: Vec<(i64, i64)> =
            events.iter().flat_map(|event| event.terms.iter().map(|term| (*term, event.seq))).collect();
        terms.sort_unstable();
        let mut many = InsertMany::new(tx.dialect, "event_term", &["term", "seq"], String::new());
        for (term, seq) in terms {
            many.bind(term).bind(seq);
            many.row(&mut tx, doing).await?;
        }
        many.flush(&mut tx, doing).await?;
        let words: BTreeSet<&(&str, String, String)> = events.iter().flat_map(|e| &e.words).collect();
        let tail = "on conflict do nothing".to_owned();
        let mut many = InsertMany::new(tx.dialect, "event_word", &["kind", "owner", "value"], tail);
        for (kind, owner, value) in words {
            many.bind((*kind).to_owned()).bind(owner.clone()).bind(value.clone());
            many.row(&mut tx, doing).await?;
        }
        many.flush(&mut tx, doing).await?;
        tx.commit(doing).await
    }

    /// Numbers and times of events that may match, in the order asked for.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_events(&self, wanted: &EventFilter) -> Result<Vec<(i64, i64)>> {
        let doing = "search the events";
        let mut tx = self.database.read(doing).await?;
        let (bounds, bound_values) = bounds(wanted);
        let mut groups: Vec<(i64, &Vec<i64>)> = Vec::new();
        for terms in &wanted.terms {
            let from = format!("event_term where term in ({})", places(terms.len()));
            groups.push((few(&mut tx, &from, terms, doing).await?, terms));
        }
        groups.sort_unstable();
        let in_span = match bounds.is_empty() {
            true => FEW,
            false => {
                few(&mut tx, &format!("event_search s where {}", bounds.join(" and ")), &bound_values, doing)
                    .await?
            }
        };
        // A rare term leads, unless the span of time is rarer. So does a frequent one where the order is that of its own index.
        let leads = groups.first().is_some_and(|(count, terms)| {
            *count < FEW && *count <= in_span || in_span == FEW && !wanted.by_time && terms.len() == 1
        });
        let (leader, others) = if leads { groups.split_at(1) } else { groups.split_at(0) };
        let mut clauses = Vec::new();
        let mut values = Vec::new();
        let from = if let [(_, terms)] = leader {
            // `cross join` keeps the order of the tables in SQLite.
            clauses.push(format!("t.term in ({})", places(terms.len())));
            values.extend(terms.iter().copied());
            "event_term t cross join event_search s"
        } else {
            "event_search s"
        };
        let seq = if leads { "t.seq" } else { "s.seq" };
        if leads {
            clauses.push("s.seq = t.seq".to_owned());
        }
        for (_, terms) in others {
            clauses.push(format!(
                "exists (select 1 from event_term e where e.term in ({}) and e.seq = {seq})",
                places(terms.len())
            ));
            values.extend(terms.iter().copied());
        }
        clauses.extend(bounds);
        values.extend(bound_values);
        let (sign, direction) = if wanted.descending { ("<", "desc") } else { (">", "asc") };
        if let Some((time_ms, after)) = wanted.after {
            if wanted.by_time {
                clauses.push(format!("(s.time_ms {sign} ? or s.time_ms = ? and {seq} {sign} ?)"));
                values.extend([time_ms, time_ms, after]);
            } else {
                clauses.push(format!("{seq} {sign} ?"));
                values.push(after);
            }
        }
        let order = if wanted.by_time {
            format!("s.time_ms {direction}, {seq} {direction}")
        } else {
            format!("{seq} {direction}")
        };
        let distinct = if leader.first().is_some_and(|(_, terms)| terms.len() > 1) { "distinct" } else { "" };
        let condition =
            if clauses.is_empty() { String::new() } else { format!("where {}", clauses.join(" and ")) };
        let mut query = tx.query(format!(
            "select {distinct} {seq}, s.time_ms from {from} {condition} order by {order} limit ?"
        ));
        for value in values {
            query = query.bind(value);
        }
        let rows = query.bind(i64::from(wanted.limit)).fetch_all(&mut *tx).await.during(doing)?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect::<sqlx::Result<_>>()
            .during(doing)
    }

    /// Events by their numbers (in no order; unknown numbers are left out), and the heads of their captures by row id.
    ///
    /// # Errors
    /// The database's.
    pub async fn events_by_number(&self, numbers: &[i64]) -> Result<(Vec<FoundEvent>, EventHeads)> {
        let doing = "read the ledger";
        let mut tx = self.database.read(doing).await?;
        let mut found = Vec::with_capacity(numbers.len());
        let mut heads = EventHeads::new();
        for numbers in numbers.chunks(500) {
            let mut query = tx.query(format!(
                "select e.seq, s.time_ms, s.record_ms, e.capture_id, c.enterprise, e.hash, e.body from event e \
                 join event_search s on s.seq = e.seq join capture c on c.id = e.capture_id where e.seq in ({})",
                places(numbers.len())
            ));
            for number in numbers {
                query = query.bind(*number);
            }
            let rows = query.fetch_all(&mut *tx).await.during(doing)?;
            let event = |row: &sqlx::any::AnyRow| {
                Ok(FoundEvent {
                    seq: row.try_get(0)?,
                    time_ms: row.try_get(1)?,
                    record_ms: row.try_get(2)?,
                    capture: row.try_get(3)?,
                    enterprise: row.try_get(4)?,
                    hash: row.try_get(5)?,
                    body: row.try_get(6)?,
                })
            };
            let events: Vec<FoundEvent> =
                rows.iter().map(event).collect::<sqlx::Result<_>>().during(doing)?;
            let captures: BTreeSet<i64> = events.iter().map(|event| event.capture).collect();
            if !captures.is_empty() {
                let text = format!("select id, head from capture where id in ({})", places(captures.len()));
                let mut query = tx.query(text);
                for capture in captures {
                    query = query.bind(capture);
                }
                for row in query.fetch_all(&mut *tx).await.during(doing)? {
                    heads.insert(row.try_get(0).during(doing)?, row.try_get(1).during(doing)?);
                }
            }
            found.extend(events);
        }
        Ok((found, heads))
    }

    /// Words of a kind that events of these owners use (of all where none are named), after a word, in order.
    ///
    /// # Errors
    /// The database's.
    pub async fn event_words(
        &self,
        kind: &str,
        owners: Option<&[String]>,
        after: &str,
        limit: u32,
    ) -> Result<Vec<String>> {
        let doing = "read the index of events";
        let mut tx = self.database.read(doing).await?;
        let whose = among("owner", owners.map(<[_]>::len));
        let mut query = tx.query(format!(
            "select distinct value from event_word where kind = ? and value > ?{whose} order by value limit ?"
        ));
        query = query.bind(kind.to_owned()).bind(after.to_owned());
        for owner in owners.unwrap_or_default() {
            query = query.bind(owner.clone());
        }
        let rows = query.bind(i64::from(limit)).fetch_all(&mut *tx).await.during(doing)?;
        rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>().during(doing)
    }
}

/// What the spans of a filter say, with their values.
fn bounds(wanted: &EventFilter) -> (Vec<String>, Vec<i64>) {
    let mut out = (Vec::new(), Vec::new());
    for (column, (low, high)) in [("s.time_ms", wanted.time), ("s.record_ms", wanted.record)] {
        for (sign, value) in [(">=", low), ("<=", high)] {
            if let Some(value) = value {
                out.0.push(format!("{column} {sign} ?"));
                out.1.push(value);
            }
        }
    }
    out
}

/// How many rows there are, at most [`FEW`].
async fn few(tx: &mut Read, from: &str, values: &[i64], doing: &'static str) -> Result<i64> {
    let mut query = tx.query(format!("select count(*) from (select 1 from {from} limit {FEW}) t"));
    for value in values {
        query = query.bind(*value);
    }
    query.fetch_one(&mut **tx).await.and_then(|row| row.try_get(0)).during(doing)
}
