//! The firms at an event: invited, signed up, come.

use super::{at_version, body, event, read, words};
use crate::Store;
use crate::audit::{self, By};
use crate::error::{During, Error, Result};
use model::meeting::{MeetingSide, SignUp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::fmt;

/// What a firm has said to its invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyState {
    /// Nothing yet.
    Invited,
    /// It comes.
    Attending,
    /// It does not.
    Declined,
}

words!(PartyState { Invited = "invited", Attending = "attending", Declined = "declined" });

/// A firm at an event. Its code stays out of every debug text.
#[derive(Clone, PartialEq, Eq)]
pub struct Party {
    /// Row id of the event.
    pub event: i64,
    /// Row id of the enterprise.
    pub enterprise: i64,
    /// Its side.
    pub side: MeetingSide,
    /// What it said.
    pub state: PartyState,
    /// True for important guests, by the secretariat's mark.
    pub vip: bool,
    /// Why it was invited, in Chinese.
    pub why: String,
    /// What it said at its sign-up.
    pub sign_up: SignUp,
    /// The code that the door reads.
    pub code: String,
    /// When it was invited, milliseconds since 1970 UTC.
    pub invited_ms: i64,
    /// When it last answered.
    pub answered_ms: Option<i64>,
    /// When it came.
    pub checked_in_ms: Option<i64>,
    /// The first slot, from 0, from which on it is not there.
    pub absent_from: Option<u32>,
    /// Version, from 1.
    pub version: i64,
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Party")
            .field("event", &self.event)
            .field("enterprise", &self.enterprise)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// A firm to invite.
#[derive(Clone, PartialEq, Eq)]
pub struct NewParty {
    /// Row id of the enterprise.
    pub enterprise: i64,
    /// Its side.
    pub side: MeetingSide,
    /// Why, in Chinese.
    pub why: String,
    /// The code that the door reads, of no other firm at the event.
    pub code: String,
}

/// What changes of a firm at an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyChange {
    /// Its side.
    pub side: MeetingSide,
    /// What it says.
    pub state: PartyState,
    /// The secretariat's mark.
    pub vip: bool,
    /// What it said at its sign-up.
    pub sign_up: SignUp,
}

const COLUMNS: &str = "event_id, enterprise_id, side, state, vip, why, body, code, invited_ms, answered_ms, \
                       checked_in_ms, absent_from, version";

fn from_row(row: &AnyRow) -> sqlx::Result<Party> {
    let side = MeetingSide::parse(row.try_get(2)?);
    let absent: Option<i64> = row.try_get(11)?;
    Ok(Party {
        event: row.try_get(0)?,
        enterprise: row.try_get(1)?,
        side: side.ok_or_else(|| sqlx::Error::Decode("no side of an event".into()))?,
        state: PartyState::parse(row.try_get(3)?)?,
        vip: row.try_get::<i64, _>(4)? != 0,
        why: row.try_get(5)?,
        sign_up: read(row.try_get(6)?)?,
        code: row.try_get(7)?,
        invited_ms: row.try_get(8)?,
        answered_ms: row.try_get(9)?,
        checked_in_ms: row.try_get(10)?,
        absent_from: absent.and_then(|slot| u32::try_from(slot).ok()),
        version: row.try_get(12)?,
    })
}

fn name_of(event: i64, enterprise: i64) -> String {
    format!("meeting_event/{event}/enterprise/{enterprise}")
}

#[boxed::futures]
impl Store {
    /// The firms at an event, or at all events, by event and enterprise.
    ///
    /// # Errors
    /// The database's.
    pub async fn meeting_parties(&self, event: Option<i64>) -> Result<Vec<Party>> {
        let doing = "read the firms at the event";
        let mut tx = self.database.read(doing).await?;
        let of = if event.is_some() { "where event_id = ?" } else { "" };
        let mut query =
            tx.query(format!("select {COLUMNS} from meeting_party {of} order by event_id, enterprise_id"));
        if let Some(event) = event {
            query = query.bind(event);
        }
        let rows = query.fetch_all(&mut *tx).await.during(doing)?;
        rows.iter().map(from_row).collect::<sqlx::Result<_>>().during(doing)
    }

    /// Invites firms; those that are at the event already stay as they are. Returns the row ids of the new ones.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the event; the database's.
    pub async fn invite_to_meeting(&self, id: i64, parties: &[NewParty], by: &By) -> Result<Vec<i64>> {
        let doing = "invite to the event";
        let mut tx = self.database.write(doing).await?;
        let query = tx.query("select version from meeting_event where id = ?").bind(id);
        if query.fetch_optional(&mut *tx).await.during(doing)?.is_none() {
            return Err(Error::NotFound { object: event::name_of(id) });
        }
        let mut invited = Vec::new();
        for party in parties {
            let done = tx
                .query(
                    "insert into meeting_party (event_id, enterprise_id, side, state, vip, why, body, code, \
                     invited_ms, version) values (?, ?, ?, 'invited', 0, ?, ?, ?, ?, 1) \
                     on conflict (event_id, enterprise_id) do nothing",
                )
                .bind(id)
                .bind(party.enterprise)
                .bind(party.side.word())
                .bind(party.why.as_str())
                .bind(body(&SignUp::default()))
                .bind(party.code.as_str())
                .bind(by.at_ms)
                .execute(&mut *tx)
                .await
                .during(doing)?;
            if done.rows_affected() > 0 {
                invited.push(party.enterprise);
            }
        }
        let detail = json!({ "enterprises": invited });
        audit::append(&mut tx, by, "meeting.invite", event::name_of(id), &detail).await?;
        tx.commit(doing).await?;
        Ok(invited)
    }

    /// Changes a firm's place at an event; returns its new version. Wishes and refusals are not in the audit.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Conflict`].
    pub async fn set_meeting_party(
        &self,
        id: i64,
        enterprise: i64,
        version: i64,
        change: &PartyChange,
        by: &By,
    ) -> Result<i64> {
        let doing = "store the sign-up";
        let mut tx = self.database.write(doing).await?;
        let query = tx
            .query("select version from meeting_party where event_id = ? and enterprise_id = ?")
            .bind(id)
            .bind(enterprise);
        let row = query.fetch_optional(&mut *tx).await.during(doing)?;
        at_version(name_of(id, enterprise), version, row, doing)?;
        tx.query(
            "update meeting_party set side = ?, state = ?, vip = ?, body = ?, answered_ms = ?, \
             version = version + 1 where event_id = ? and enterprise_id = ?",
        )
        .bind(change.side.word())
        .bind(change.state.word())
        .bind(i64::from(change.vip))
        .bind(body(&change.sign_up))
        .bind((change.state != PartyState::Invited).then_some(by.at_ms))
        .bind(id)
        .bind(enterprise)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        let detail = json!({ "state": change.state, "side": change.side, "people": change.sign_up.people });
        audit::append(&mut tx, by, "meeting.sign_up", name_of(id, enterprise), &detail).await?;
        tx.commit(doing).await?;
        Ok(version + 1)
    }

    /// Says that a firm has come; a second time changes nothing. Returns when it came first.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn check_in(&self, id: i64, enterprise: i64, by: &By) -> Result<i64> {
        let doing = "store that the firm has come";
        let mut tx = self.database.write(doing).await?;
        let row = tx
            .query("select checked_in_ms from meeting_party where event_id = ? and enterprise_id = ?")
            .bind(id)
            .bind(enterprise)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?
            .ok_or_else(|| Error::NotFound { object: name_of(id, enterprise) })?;
        if let Some(before) = row.try_get::<Option<i64>, _>(0).during(doing)? {
            return Ok(before);
        }
        tx.query("update meeting_party set checked_in_ms = ? where event_id = ? and enterprise_id = ?")
            .bind(by.at_ms)
            .bind(id)
            .bind(enterprise)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        audit::append(&mut tx, by, "meeting.check_in", name_of(id, enterprise), &json!({})).await?;
        tx.commit(doing).await?;
        Ok(by.at_ms)
    }
}
