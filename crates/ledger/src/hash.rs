//! The event hash of CBV 2.0 (section 8.9): one name for an event, whatever its spelling.
//!
//! [`prehash`] writes the canonical text, [`event_hash`] its SHA-256 as a `ni` URI. The hash is a name, no signature:
//! [`chain`] links hashes and records, so that a changed, added or removed event breaks every later link.
//!
//! The order follows the reference implementation, whose vectors are the standard's own: `bizTransactionList`,
//! `destinationList`, `ilmd`, `sourceList` and the user extensions stand last, sorted together by their bytes.

pub mod chain;
pub mod link;
mod prehash;
mod value;

pub use prehash::{prehash, write_prehash};

use crate::event::Event;
use model::hex::{hex, unhex};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// SHA-256 of an event's canonical text; displayed as `ni:///sha-256;…?ver=CBV2.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventHash(pub [u8; 32]);

/// A text that is no event hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是事件哈希：应为 ni:///sha-256;（64位十六进制）?ver=CBV2.0")]
pub struct EventHashError(pub String);

const NI_PREFIX: &str = "ni:///sha-256;";
const NI_VERSION: &str = "?ver=CBV2.0";

/// The hash of an event.
pub fn event_hash(event: &Event) -> EventHash {
    EventHash(Sha256::digest(prehash(event).as_bytes()).into())
}

/// The hashes of many events, in their order, on all cores.
pub fn event_hashes(events: &[Event]) -> Vec<EventHash> {
    let hash_with = |buffer: &mut String, event: &Event| {
        buffer.clear();
        write_prehash(buffer, event);
        EventHash(Sha256::digest(buffer.as_bytes()).into())
    };
    events.par_iter().with_min_len(64).map_init(String::new, hash_with).collect()
}

impl fmt::Display for EventHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{NI_PREFIX}{}{NI_VERSION}", hex(&self.0))
    }
}

impl FromStr for EventHash {
    type Err = EventHashError;

    fn from_str(text: &str) -> Result<Self, EventHashError> {
        let digits = text.strip_prefix(NI_PREFIX).and_then(|t| t.strip_suffix(NI_VERSION));
        let bytes = digits.and_then(unhex).ok_or_else(|| EventHashError(text.to_owned()))?;
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for EventHash {
    type Error = EventHashError;
    fn try_from(text: String) -> Result<Self, EventHashError> {
        text.parse()
    }
}

impl From<EventHash> for String {
    fn from(hash: EventHash) -> Self {
        hash.to_string()
    }
}

#[cfg(test)]
mod tests;
