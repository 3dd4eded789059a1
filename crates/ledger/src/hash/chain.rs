//! The chain of events: each link names an event, the record that it was read from, and the whole past.
//!
//! `link(n) = SHA-256(link(n-1) ‖ event hash(n) ‖ content(n))`, `link(0)` is 32 zero bytes. The event hash of CBV 2.0 leaves
//! out who declared an event to be wrong, its id and when it was recorded; the content is the hash of the record itself, so
//! that nothing of it can change unseen. Whoever keeps one link can prove later that nothing before it was changed, removed,
//! added or moved.

use super::EventHash;
use model::hex::{hex, unhex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// A link of the chain; displayed in hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Link(pub [u8; 32]);

/// What stands before the first event.
pub const START: Link = Link([0; 32]);

/// SHA-256 of an event's record: `SHA-256(SHA-256(head) ‖ body)`, where the head is the document without its events and the
/// body the event as it stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Content([u8; 32]);

/// SHA-256 of a head, which the events of a document share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head([u8; 32]);

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

impl Head {
    /// The hash of a head's text.
    pub fn of(head: &str) -> Self {
        Self(Sha256::digest(head.as_bytes()).into())
    }
}

impl Content {
    /// The hash of an event's record.
    pub fn of(head: Head, body: &str) -> Self {
        let mut digest = Sha256::new();
        digest.update(head.0);
        digest.update(body.as_bytes());
        Self(digest.finalize().into())
    }
}

impl Link {
    /// The next link.
    #[must_use]
    pub fn next(self, event: EventHash, content: Content) -> Self {
        let mut digest = Sha256::new();
        digest.update(self.0);
        digest.update(event.0);
        digest.update(content.0);
        Self(digest.finalize().into())
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(digits: &str) -> Option<Self> {
        unhex(digits).map(Self)
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// Replays a chain from `start` over (event hash computed anew, content, link on record); gives the last link.
///
/// # Errors
/// The first link that is not what the events say.
pub fn verify(
    start: Link,
    records: impl IntoIterator<Item = (EventHash, Content, Link)>,
) -> Result<Link, Broken> {
    let mut link = start;
    for (index, (event, content, recorded)) in records.into_iter().enumerate() {
        link = link.next(event, content);
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
        let head = Head::of("{}");
        let events: Vec<EventHash> = (0..10).map(|i| EventHash([i; 32])).collect();
        let mut link = START;
        let mut records: Vec<_> = events
            .iter()
            .map(|event| {
                let content = Content::of(head, &event.to_string());
                link = link.next(*event, content);
                (*event, content, link)
            })
            .collect();
        assert_eq!(verify(START, records.iter().copied()), Ok(link));
        assert_eq!(Link::parse(&link.to_string()), Some(link));
        assert_eq!(Link::parse("00"), None);
        records[6].0 = EventHash([99; 32]);
        assert_eq!(verify(START, records.iter().copied()).unwrap_err().index, 6);
        records[6].0 = events[6];
        // The event's hash stays, but not its record.
        let content = records[5].1;
        records[5].1 = Content::of(head, "x");
        assert_eq!(verify(START, records.iter().copied()).unwrap_err().index, 5);
        records[5].1 = content;
        records.swap(3, 4);
        assert_eq!(verify(START, records.iter().copied()).unwrap_err().index, 3);
        records.swap(3, 4);
        records.remove(8);
        assert_eq!(verify(START, records).unwrap_err().index, 8);
    }
}
