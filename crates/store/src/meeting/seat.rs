//! Meetings: who sits with whom when and where, and what came of it.

use super::{at_version, event, unsigned};
use crate::Store;
use crate::audit::{self, By};
use crate::error::{During, Result};
use crate::meeting::EventState;
use crate::record::next_id;
use model::meeting::MeetingEvent;
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

/// A meeting as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// Row id.
    pub id: i64,
    /// Row id of the event.
    pub event: i64,
    /// Row id of the enterprise at the table.
    pub host: i64,
    /// Row id of the one that comes to it.
    pub guest: i64,
    /// Row id of the need that it is about.
    pub need: Option<i64>,
    /// Row id of the offer that it is about.
    pub offer: Option<i64>,
    /// Slot, from 0.
    pub slot: u32,
    /// Table, from 0.
    pub table: u32,
    /// False once it fell away.
    pub seated: bool,
    /// Result, an id of `meetings/results.csv`.
    pub result: Option<String>,
    /// Amount of the contract or intent, fen.
    pub amount_fen: Option<i64>,
    /// What is to be said of it.
    pub note: String,
    /// Who said so, and when.
    pub recorded: Option<(String, i64)>,
    /// Version, from 1.
    pub version: i64,
}

/// A meeting of a timetable.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "`Meeting` explains each")]
pub struct NewMeeting {
    pub host: i64,
    pub guest: i64,
    pub need: Option<i64>,
    pub offer: Option<i64>,
    pub slot: u32,
    pub table: u32,
}

/// A timetable to put in place of what stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTimetable<'a> {
    /// The event as it is from now on.
    pub event: &'a MeetingEvent,
    /// All its meetings.
    pub meetings: &'a [NewMeeting],
    /// Firms that are not there from a slot on.
    pub absent: &'a [(i64, u32)],
    /// What it is called in the audit: `meeting.seat` or `meeting.replan`.
    pub action: &'static str,
}

/// What came of a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingOutcome<'a> {
    /// Result, an id of `meetings/results.csv`.
    pub result: &'a str,
    /// Amount, fen.
    pub amount_fen: Option<i64>,
    /// What is to be said of it.
    pub note: &'a str,
    /// What it was about, where that is another pair than planned.
    pub about: (Option<i64>, Option<i64>),
    /// When it is asked again: after how many days, on which day (`2026-12-22`); none where nothing is to follow.
    pub follow_up: &'a [(u32, String)],
}

const COLUMNS: &str = "id, event_id, host_id, guest_id, need_id, offer_id, slot, table_no, state, result, amount_fen, \
                       note, recorded_by, recorded_ms, version";

fn from_row(row: &AnyRow) -> sqlx::Result<Meeting> {
    let by: Option<String> = row.try_get(12)?;
    Ok(Meeting {
        id: row.try_get(0)?,
        event: row.try_get(1)?,
        host: row.try_get(2)?,
        guest: row.try_get(3)?,
        need: row.try_get(4)?,
        offer: row.try_get(5)?,
        slot: unsigned(row, 6)?,
        table: unsigned(row, 7)?,
        seated: row.try_get::<&str, _>(8)? == "seated",
        result: row.try_get(9)?,
        amount_fen: row.try_get(10)?,
        note: row.try_get(11)?,
        recorded: by.zip(row.try_get(13)?),
        version: row.try_get(14)?,
    })
}

#[boxed::futures]
impl Store {
    /// The meetings of an event, or of all, by row id; also those that fell away.
    ///
    /// # Errors
    /// The database's.
    pub async fn meetings(&self, event: Option<i64>) -> Result<Vec<Meeting>> {
        let doing = "read the meetings";
        let mut tx = self.database.read(doing).await?;
        let of = if event.is_some() { "where event_id = ?" } else { "" };
        let mut query = tx.query(format!("select {COLUMNS} from meeting {of} order by id"));
        if let Some(event) = event {
            query = query.bind(event);
        }
        let rows = query.fetch_all(&mut *tx).await.during(doing)?;
        rows.iter().map(from_row).collect::<sqlx::Result<_>>().during(doing)
    }

    /// Puts a timetable in place: meetings that are not in it fall away, the others get their seats. The event is seated from
    /// then on; returns its new version.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Conflict`].
    pub async fn put_timetable(
        &self,
        id: i64,
        version: i64,
        timetable: &NewTimetable<'_>,
        by: &By,
    ) -> Result<i64> {
        let doing = "store the timetable";
        let mut tx = self.database.write(doing).await?;
        event::expect(&mut tx, id, version, doing).await?;
        tx.query("update meeting set state = 'dropped' where event_id = ? and result is null")
            .bind(id)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        let mut next = next_id(&mut tx, "meeting", doing).await?;
        for meeting in timetable.meetings {
            tx.query(
                "insert into meeting (id, event_id, host_id, guest_id, need_id, offer_id, slot, table_no, state, \
                 note, version) values (?, ?, ?, ?, ?, ?, ?, ?, 'seated', '', 1) \
                 on conflict (event_id, host_id, guest_id) do update set state = 'seated', slot = excluded.slot, \
                 table_no = excluded.table_no, need_id = excluded.need_id, offer_id = excluded.offer_id, \
                 version = meeting.version + 1 where meeting.result is null",
            )
            .bind(next)
            .bind(id)
            .bind(meeting.host)
            .bind(meeting.guest)
            .bind(meeting.need)
            .bind(meeting.offer)
            .bind(i64::from(meeting.slot))
            .bind(i64::from(meeting.table))
            .execute(&mut *tx)
            .await
            .during(doing)?;
            next += 1;
        }
        for (enterprise, from) in timetable.absent {
            tx.query("update meeting_party set absent_from = ? where event_id = ? and enterprise_id = ?")
                .bind(i64::from(*from))
                .bind(id)
                .bind(*enterprise)
                .execute(&mut *tx)
                .await
                .during(doing)?;
        }
        event::put(&mut tx, id, EventState::Seated, timetable.event, by, doing).await?;
        let detail = json!({
            "meetings": timetable.meetings.len(), "absent": timetable.absent.len(),
            "gone": timetable.event.gone.len(), "version": version + 1,
        });
        audit::append(&mut tx, by, timetable.action, event::name_of(id), &detail).await?;
        tx.commit(doing).await?;
        Ok(version + 1)
    }

    /// Stores what came of a meeting and when it is asked again; returns its new version. What was answered to a follow-up
    /// stays.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Conflict`].
    pub async fn record_meeting_outcome(
        &self,
        id: i64,
        version: i64,
        outcome: &MeetingOutcome<'_>,
        by: &By,
    ) -> Result<i64> {
        let doing = "store the meeting's result";
        let object = format!("meeting/{id}");
        let mut tx = self.database.write(doing).await?;
        let query = tx.query("select version from meeting where id = ?").bind(id);
        let row = query.fetch_optional(&mut *tx).await.during(doing)?;
        at_version(object.clone(), version, row, doing)?;
        tx.query(
            "update meeting set result = ?, amount_fen = ?, note = ?, need_id = ?, offer_id = ?, recorded_by = ?, \
             recorded_ms = ?, version = version + 1 where id = ?",
        )
        .bind(outcome.result)
        .bind(outcome.amount_fen)
        .bind(outcome.note)
        .bind(outcome.about.0)
        .bind(outcome.about.1)
        .bind(by.actor.as_str())
        .bind(by.at_ms)
        .bind(id)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        tx.query("delete from meeting_followup where meeting_id = ? and done_ms is null")
            .bind(id)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        for (days, due) in outcome.follow_up {
            tx.query(
                "insert into meeting_followup (meeting_id, days, due, note, version) values (?, ?, ?, '', 1) \
                 on conflict (meeting_id, days) do nothing",
            )
            .bind(id)
            .bind(i64::from(*days))
            .bind(due.as_str())
            .execute(&mut *tx)
            .await
            .during(doing)?;
        }
        let detail = json!({ "result": outcome.result, "version": version + 1 });
        audit::append(&mut tx, by, "meeting.outcome", object, &detail).await?;
        tx.commit(doing).await?;
        Ok(version + 1)
    }
}
