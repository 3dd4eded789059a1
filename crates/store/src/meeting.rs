//! Events where firms meet one to one: the events, the firms at them, the meetings with their results, what is asked again
//! later, and the ledger of what was signed.

mod event;
mod followup;
mod party;
mod seat;
mod signing;

pub use event::{EventState, StoredEvent as MeetingEventRow};
pub use followup::{FollowUp, FollowUpDone};
pub use party::{NewParty, Party, PartyChange, PartyState};
pub use seat::{Meeting, MeetingOutcome, NewMeeting, NewTimetable};
pub use signing::Signing;

use crate::error::{During, Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::any::AnyRow;

/// A word of a column as one of a few values.
macro_rules! words {
    ($type:ident { $($name:ident = $word:literal),* }) => {
        impl $type {
            /// The word in the store and the API.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            pub(super) fn parse(text: &str) -> sqlx::Result<Self> {
                match text {
                    $($word => Ok(Self::$name),)*
                    other => Err(sqlx::Error::Decode(format!("{other} is no state").into())),
                }
            }
        }
    };
}
use words;

fn body<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("plain values always serialise")
}

fn read<T: DeserializeOwned>(text: &str) -> sqlx::Result<T> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(error.into()))
}

fn unsigned(row: &AnyRow, place: usize) -> sqlx::Result<u32> {
    u32::try_from(row.try_get::<i64, _>(place)?).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Checks that a row is at the version that the caller read; `found` is its version, where it is there.
fn at_version(object: String, expected: i64, found: Option<AnyRow>, doing: &'static str) -> Result<()> {
    let Some(row) = found else { return Err(Error::NotFound { object }) };
    let found: i64 = row.try_get(0).during(doing)?;
    if found == expected { Ok(()) } else { Err(Error::Conflict { object, expected, found }) }
}
