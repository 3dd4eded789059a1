//! The chain of event hashes: each link names the event and the whole past.
//!
//! `link(n) = SHA-256(link(n-1) ‖ event hash(n))`, `link(0)` is 32 zero bytes. Whoever keeps one link can prove later that
//! nothing before it was changed, removed, added or moved.

use super::EventHash;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A link of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Link(pub [u8; 32]);

/// What stands before the first event.
pub const START: Link = Link([0; 32]);

/// The first place where a chain does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("哈希链在第 {} 个事件处断开：事件内容或顺序与记录不符", index + 1)]
pub struct Broken {
    /// Index of the first event whose recorded link differs, from 0.
    pub index: usize,
    /// The link that its content and the past give.
    pub computed: Link,
    /// The link on record.
    pub recorded: Link,
}

impl Link {
    /// The next link.
    #[must_use]
    pub fn next(self, event: EventHash) -> Self {
        let mut digest = Sha256::new();
        digest.update(self.0);
        digest.update(event.0);
        Self(digest.finalize().into())
    }

    /// Lower-case hexadecimal digits.
    pub fn hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Replays a chain from `start` over (event hash computed anew, link on record); gives the last link.
///
/// # Errors
/// The first link that is not what the events say.
pub fn verify(start: Link, records: impl IntoIterator<Item = (EventHash, Link)>) -> Result<Link, Broken> {
    let mut link = start;
    for (index, (event, recorded)) in records.into_iter().enumerate() {
        link = link.next(event);
        if link != recorded {
            return Err(Broken { index, computed: link, recorded });
        }
    }
    Ok(link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_first_broken_link() {
        let events: Vec<EventHash> = (0..10).map(|i| EventHash([i; 32])).collect();
        let mut link = START;
        let mut records: Vec<_> = events
            .iter()
            .map(|event| {
                link = link.next(*event);
                (*event, link)
            })
            .collect();
        assert_eq!(verify(START, records.iter().copied()), Ok(link));
        records[6].0 = EventHash([99; 32]);
        assert_eq!(verify(START, records.iter().copied()).unwrap_err().index, 6);
        records[6].0 = events[6];
        records.swap(3, 4);
        assert_eq!(verify(START, records.iter().copied()).unwrap_err().index, 3);
        records.swap(3, 4);
        records.remove(8);
        assert_eq!(verify(START, records).unwrap_err().index, 8);
    }
}
