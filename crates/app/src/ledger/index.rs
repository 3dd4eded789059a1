//! The index by which events are found, caught up with the ledger.

use super::live::{Batch, read_batch};
use crate::{App, Code, Error, Result};
use jiff::Timestamp;
use ledger::balance::entries::site_of;
use ledger::query::{Fact, Recorded, for_each, owner_term, site_term, terms};
use rayon::prelude::*;
use store::{IndexedEvent, StoredEvent};

/// Events made findable in one transaction.
const BATCH: u32 = 4_000;

/// Fields whose words are listed by the interface, with the name of the list.
const LISTED: [(&str, &str); 6] = [
    ("eventType", "eventTypes"),
    ("anyEPC", "epcs"),
    ("bizStep", "bizSteps"),
    ("bizLocation", "bizLocations"),
    ("readPoint", "readPoints"),
    ("disposition", "dispositions"),
];

impl App {
    /// Makes events findable that are not yet.
    pub(super) async fn catch_up_index(&self) -> Result<()> {
        if self.store.index_end().await?.0 == self.store.newest_event().await?.0 {
            return Ok(());
        }
        // One catches up, others wait for it.
        let _turn = self.indexing.lock().await;
        loop {
            let (end, mut record_ms) = self.store.index_end().await?;
            let Batch { stored, events, .. } = read_batch(self.store.clone(), end, BATCH).await?;
            let (Some(first), Some(last)) = (stored.first(), stored.last()) else { return Ok(()) };
            let stamps = self.store.capture_stamps(first.capture, last.capture).await?;
            let mut entries = Vec::with_capacity(stored.len());
            for (stored, event) in stored.iter().zip(&events) {
                let (at_ms, enterprise) = stamps.get(&stored.capture).cloned().unwrap_or_default();
                // A clock that went back does not turn the order round.
                record_ms = record_ms.max(at_ms);
                entries.push((stored, event, record_ms, enterprise));
            }
            let indexed: Result<Vec<IndexedEvent>> = entries
                .par_iter()
                .map(|(stored, event, record_ms, enterprise)| entry(stored, event, *record_ms, enterprise))
                .collect();
            self.store.index_events(&indexed?).await?;
        }
    }
}

fn entry(
    stored: &StoredEvent,
    event: &ledger::event::Event,
    record_ms: i64,
    enterprise: &str,
) -> Result<IndexedEvent> {
    let time =
        Timestamp::from_millisecond(record_ms).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
    let id = ni(&stored.hash);
    let mut found = terms(event, Recorded { time, id: &id });
    let site = site_of(event);
    let owner = if enterprise.is_empty() {
        found.extend(site.as_deref().map(site_term));
        format!("@{}", site.unwrap_or_default())
    } else {
        found.push(owner_term(enterprise));
        enterprise.to_owned()
    };
    found.sort_unstable();
    found.dedup();
    let mut words = Vec::new();
    for_each(event, None, &mut |key, fact| {
        if let (Some((_, list)), Fact::Text(text)) = (LISTED.iter().find(|(field, _)| *field == key), fact) {
            words.push((*list, owner.clone(), text.into_owned()));
        }
    });
    Ok(IndexedEvent { seq: stored.seq, time_ms: event.time.as_millisecond(), record_ms, terms: found, words })
}

/// The hash as the identifier of an event that has none of its own.
pub(super) fn ni(hash: &str) -> String {
    format!("ni:///sha-256;{hash}?ver=CBV2.0")
}
