//! The events themselves.

use super::{at_version, body, read, words};
use crate::Store;
use crate::audit::{self, By};
use crate::database::Write;
use crate::error::{During, Error, Result};
use crate::record::next_id;
use model::meeting::MeetingEvent;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

/// Where an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventState {
    /// Firms are invited and sign up.
    Planned,
    /// The timetable stands.
    Seated,
    /// It is over.
    Closed,
    /// It does not take place.
    Cancelled,
}

words!(EventState { Planned = "planned", Seated = "seated", Closed = "closed", Cancelled = "cancelled" });

/// An event with its place in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Row id.
    pub id: i64,
    /// Version, from 1.
    pub version: i64,
    /// State.
    pub state: EventState,
    /// When it last changed, milliseconds since 1970 UTC.
    pub updated_ms: i64,
    /// The event.
    pub event: MeetingEvent,
}

const COLUMNS: &str = "id, version, state, updated_ms, body";

fn from_row(row: &AnyRow) -> sqlx::Result<StoredEvent> {
    Ok(StoredEvent {
        id: row.try_get(0)?,
        version: row.try_get(1)?,
        state: EventState::parse(row.try_get(2)?)?,
        updated_ms: row.try_get(3)?,
        event: read(row.try_get(4)?)?,
    })
}

pub(super) fn name_of(id: i64) -> String {
    format!("meeting_event/{id}")
}

/// Checks that an event is at a version.
pub(super) async fn expect(tx: &mut Write, id: i64, version: i64, doing: &'static str) -> Result<()> {
    let query = tx.query("select version from meeting_event where id = ?").bind(id);
    let row = query.fetch_optional(&mut **tx).await.during(doing)?;
    at_version(name_of(id), version, row, doing)
}

/// Writes an event's state and content as a new version.
pub(super) async fn put(
    tx: &mut Write,
    id: i64,
    state: EventState,
    event: &MeetingEvent,
    by: &By,
    doing: &'static str,
) -> Result<()> {
    tx.query(
        "update meeting_event set state = ?, day = ?, body = ?, version = version + 1, updated_by = ?, \
         updated_ms = ? where id = ?",
    )
    .bind(state.word())
    .bind(event.day.to_string())
    .bind(body(event))
    .bind(by.actor.as_str())
    .bind(by.at_ms)
    .bind(id)
    .execute(&mut **tx)
    .await
    .during(doing)?;
    Ok(())
}

#[boxed::futures]
impl Store {
    /// All events, by day and row id.
    ///
    /// # Errors
    /// The database's.
    pub async fn meeting_events(&self) -> Result<Vec<StoredEvent>> {
        let doing = "read the events";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(format!("select {COLUMNS} from meeting_event order by day, id"))
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(from_row).collect::<sqlx::Result<_>>().during(doing)
    }

    /// An event.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn meeting_event(&self, id: i64) -> Result<StoredEvent> {
        let doing = "read the event";
        let mut tx = self.database.read(doing).await?;
        let row = tx
            .query(format!("select {COLUMNS} from meeting_event where id = ?"))
            .bind(id)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?
            .ok_or_else(|| Error::NotFound { object: name_of(id) })?;
        from_row(&row).during(doing)
    }

    /// Stores a new event and returns its row id.
    ///
    /// # Errors
    /// The database's.
    pub async fn add_meeting_event(&self, event: &MeetingEvent, by: &By) -> Result<i64> {
        let doing = "store the event";
        let mut tx = self.database.write(doing).await?;
        let id = next_id(&mut tx, "meeting_event", doing).await?;
        tx.query(
            "insert into meeting_event (id, state, day, body, version, updated_by, updated_ms) \
             values (?, 'planned', ?, ?, 1, ?, ?)",
        )
        .bind(id)
        .bind(event.day.to_string())
        .bind(body(event))
        .bind(by.actor.as_str())
        .bind(by.at_ms)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        let detail = json!({ "name": event.name, "day": event.day, "kind": event.kind });
        audit::append(&mut tx, by, "meeting.event", name_of(id), &detail).await?;
        tx.commit(doing).await?;
        Ok(id)
    }

    /// Changes an event's state and content; returns its new version.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Conflict`].
    pub async fn set_meeting_event(
        &self,
        id: i64,
        version: i64,
        state: EventState,
        event: &MeetingEvent,
        by: &By,
    ) -> Result<i64> {
        let doing = "store the event";
        let mut tx = self.database.write(doing).await?;
        expect(&mut tx, id, version, doing).await?;
        put(&mut tx, id, state, event, by, doing).await?;
        // A plan has no timetable: nobody is told of seats that do not stand.
        if state == EventState::Planned {
            tx.query("update meeting set state = 'dropped' where event_id = ? and result is null")
                .bind(id)
                .execute(&mut *tx)
                .await
                .during(doing)?;
        }
        let detail = json!({ "state": state, "day": event.day, "version": version + 1 });
        audit::append(&mut tx, by, "meeting.event", name_of(id), &detail).await?;
        tx.commit(doing).await?;
        Ok(version + 1)
    }
}
