//! The door: each firm has a code of its own, which tells who has come.
//!
//! A code has 50 random bits and is of use only to the secretariat at the door. It stands in no log and no audit entry.

use super::{Looking, MeetingEventState, wrong_state};
use crate::records::{EnterpriseBrief, unknown};
use crate::{Act, Actor, App, Code, Error, Result};
use serde::Serialize;
use std::fmt;
use store::MeetingEventRow;

/// Crockford's base 32: no letter that is read as another.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Digits of a code.
const LENGTH: usize = 10;

/// What the door knows of who comes.
#[derive(Clone, PartialEq, Eq)]
pub enum DoorKey {
    /// The firm's code, as read or typed.
    Code(String),
    /// Row id of the enterprise, chosen from the list.
    Enterprise(i64),
}

impl fmt::Debug for DoorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(_) => f.write_str("Code(..)"),
            Self::Enterprise(id) => f.debug_tuple("Enterprise").field(id).finish(),
        }
    }
}

/// A firm at the door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckedIn {
    /// The firm.
    pub enterprise: EnterpriseBrief,
    /// People that it said it brings.
    pub people: u32,
    /// True for an important guest.
    pub vip: bool,
    /// When it came first, milliseconds since 1970 UTC; none where it has not come yet.
    pub at_ms: Option<i64>,
    /// Its meetings: slot, table, whom it meets.
    pub meetings: Vec<(u32, u32, EnterpriseBrief)>,
}

/// A new code.
pub(super) fn code() -> Result<String> {
    let mut bytes = [0_u8; LENGTH];
    getrandom::fill(&mut bytes)
        .map_err(|e| Error::new(Code::Internal, format!("the machine gives no randomness: {e}")))?;
    Ok(bytes.iter().map(|byte| char::from(DIGITS[usize::from(byte % 32)])).collect())
}

/// A code as it is shown: `XXXXX-XXXXX`.
pub(super) fn shown(code: &str) -> String {
    match code.split_at_checked(LENGTH / 2) {
        Some((left, right)) => format!("{left}-{right}"),
        None => code.to_owned(),
    }
}

/// A code as it was typed: letters that look like digits are taken for them.
fn read(typed: &str) -> String {
    let typed = model::fold::fold_key(typed);
    let plain = typed.chars().filter(char::is_ascii_alphanumeric).map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    });
    plain.collect()
}

/// True where two codes are the same; every digit is compared.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |d, (a, b)| d | (a ^ b)) == 0
}

#[boxed::futures]
impl App {
    /// Who is meant at the door, without saying that they have come.
    ///
    /// # Errors
    /// [`Code::NotFound`] for a code of nobody at this event.
    pub async fn at_the_door(&self, actor: &Actor, id: i64, key: &DoorKey) -> Result<CheckedIn> {
        actor.need(Act::AtTheDoor)?;
        let row = self.store.meeting_event(id).await?;
        self.found_at_door(actor, &row, key).await
    }

    /// Says that a firm has come. A second time changes nothing and gives the same answer.
    ///
    /// # Errors
    /// [`Code::NotFound`] for a code of nobody at this event; [`Code::Conflict`] where the event does not take place.
    pub async fn check_in(&self, actor: &Actor, id: i64, key: &DoorKey) -> Result<CheckedIn> {
        actor.need(Act::CheckIn)?;
        let row = self.store.meeting_event(id).await?;
        let found = self.found_at_door(actor, &row, key).await?;
        if row.state == MeetingEventState::Cancelled {
            return Err(wrong_state(row.state));
        }
        let at_ms = self.store.check_in(id, found.enterprise.id, &self.by(actor)).await?;
        Ok(CheckedIn { at_ms: Some(at_ms), ..found })
    }

    async fn found_at_door(&self, actor: &Actor, row: &MeetingEventRow, key: &DoorKey) -> Result<CheckedIn> {
        let market = self.market().await?;
        let looking = Looking::new(&market, actor);
        let parties = self.store.meeting_parties(Some(row.id)).await?;
        let party = match key {
            DoorKey::Enterprise(firm) => {
                parties.iter().find(|p| p.enterprise == *firm).ok_or_else(unknown)?
            }
            DoorKey::Code(typed) => {
                let typed = read(typed);
                // All are compared, whichever fits.
                let fits: Vec<_> = parties.iter().filter(|p| same(&p.code, &typed)).collect();
                *fits.first().ok_or_else(|| {
                    Error::new(Code::NotFound, "no firm at this event has this code")
                        .hint("type it again, or choose the firm from the list")
                })?
            }
        };
        let own = party.enterprise;
        let card = looking.card(row, &parties, &self.store.meetings(Some(row.id)).await?);
        let mine = card.meetings.iter().filter(|m| m.host.id == own || m.guest.id == own);
        let other = |m: &super::MeetingInfo| if m.host.id == own { m.guest.clone() } else { m.host.clone() };
        Ok(CheckedIn {
            enterprise: looking.firm(own),
            people: party.sign_up.people,
            vip: party.vip,
            at_ms: party.checked_in_ms,
            meetings: mine.map(|m| (m.slot, m.table, other(m))).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_typed() {
        let code = code().unwrap();
        assert_eq!(code.len(), LENGTH);
        assert_ne!(code, super::code().unwrap());
        let check = |typed: &str, expect: &str| assert_eq!(read(typed), expect);
        check(&shown(&code), &code);
        check(" abcde 12345 ", "ABCDE12345");
        check("ＡＢＣＤＥ－ｏｉｌ００", "ABCDE01100");
        assert!(same("AB", "AB") && !same("AB", "AC") && !same("AB", "ABC") && !same("", "A"));
    }
}
