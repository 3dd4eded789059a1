//! The genealogy in memory, as of the store's newest event.
//!
//! Every call asks the store for its last event, which costs one small question, and takes over what was appended since.
//! The store remains the truth: another history in its place (a restored backup) shows by the link of the last known event,
//! and everything is read anew.

use super::document::read_back;
use super::facts::Facts;
use super::master::Masters;
use crate::aside::aside;
use crate::{App, Code, Error, Result};
use ledger::balance::book::{Book, NewUse, day_of};
use ledger::balance::entries::site_of;
use ledger::event::Event;
use ledger::footprint::factor::FactorLibrary;
use ledger::graph::{Graph, LotId};
use ledger::hash::chain::START;
use ledger::hash::{EventHash, event_hash};
use model::unit::UnitTable;
use rayon::prelude::*;
use std::collections::HashSet;
use store::{EventHeads, Store, StoredEvent};
use tokio::sync::RwLock;

/// Events read from the store at a time.
const BATCH: u32 = 5_000;

/// All lots, as of an event.
#[derive(Debug, Clone)]
pub(super) struct Genealogy {
    /// Emission factors that its figures go by.
    pub factors: &'static FactorLibrary,
    /// Lots and processes; keys are numbers of events.
    pub graph: Graph,
    /// What events say beyond EPCIS.
    pub facts: Facts,
    /// Their postings.
    pub book: Book,
    /// What the documents' headers call sites, products and parties.
    pub masters: Masters,
    /// Numbers of the events that a later one declares to be wrong.
    pub withdrawn: HashSet<i64>,
    /// Hashes of events that were declared to be wrong and are not withdrawn yet.
    declared_wrong: Vec<EventHash>,
    /// Number of the last event.
    seq: i64,
    /// Its link.
    link: String,
}

impl Genealogy {
    /// Nothing yet.
    fn over(factors: &'static FactorLibrary) -> Self {
        Self {
            factors,
            graph: Graph::default(),
            facts: Facts::default(),
            book: Book::default(),
            masters: Masters::default(),
            withdrawn: HashSet::new(),
            declared_wrong: Vec::new(),
            seq: 0,
            link: String::new(),
        }
    }

    /// Number of the last event and its link.
    pub fn end(&self) -> (i64, String) {
        (self.seq, self.link.clone())
    }

    /// Takes over an event that is newer than all that are known.
    fn take(&mut self, key: u64, event: &Event, units: &UnitTable) -> Result<()> {
        self.graph.add(key, event).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
        let told = self.facts.take(key, event);
        let named = self.book.take(key, event, &self.graph);
        let told = told.iter().filter_map(|name| self.graph.lot(name));
        // What was said before of a lot that is only named again is noted.
        let new: Vec<LotId> = named.into_iter().filter(|lot| !self.book.is_noted(*lot)).collect();
        for lot in new.into_iter().chain(told) {
            let card = self.facts.card(self.graph.name(lot));
            self.book.note(lot, &card);
        }
        let (Some(site), Some(uses)) = (site_of(event), self.facts.activities.get(&key)) else {
            return Ok(());
        };
        for used in uses {
            // A factor or unit that nobody knows is an error where a figure is asked for; here it counts as it stands.
            let amount = self
                .factors
                .get(&used.factor)
                .ok()
                .and_then(|factor| used.quantity.value_in(&factor.activity_unit, units).ok())
                .unwrap_or(f64::NAN);
            self.book.note_use(&NewUse {
                key,
                site: &site,
                step: event.biz_step.as_deref().unwrap_or(""),
                day: day_of(event.time),
                factor: &used.factor,
                market: used.market_factor.as_deref(),
                amount,
                is_metered: used.is_metered,
            });
        }
        Ok(())
    }
}

/// The genealogy behind a lock: many read, one catches up.
#[derive(Debug)]
pub(crate) struct Live(RwLock<Genealogy>);

impl Live {
    /// Nothing yet, with its emission factors.
    pub(crate) fn over(factors: &'static FactorLibrary) -> Self {
        Self(RwLock::new(Genealogy::over(factors)))
    }
}

impl Default for Live {
    fn default() -> Self {
        Self::over(FactorLibrary::builtin())
    }
}

impl App {
    /// The genealogy as of the newest event.
    pub(super) async fn genealogy(&self) -> Result<tokio::sync::RwLockReadGuard<'_, Genealogy>> {
        let (seq, link) = self.store.newest_event().await?;
        let held = self.ledger.0.read().await;
        if held.seq == seq && held.link == end(seq, &link.to_string()) && held.declared_wrong.is_empty() {
            return Ok(held);
        }
        drop(held);
        self.catch_up().await?;
        Ok(self.ledger.0.read().await)
    }

    async fn catch_up(&self) -> Result<()> {
        let mut held = self.ledger.0.write().await;
        if !self.continues(&held).await? {
            *held = Genealogy::over(self.factors);
        }
        let from = held.seq;
        // Whoever asks may go away while the store is read: what is taken over is told event by event, so the next one goes on there.
        let (mut document, mut is_torn) = (0, false);
        let taken = self
            .each_event_with_head(from, |stored, event, head| {
                is_torn = true;
                if stored.capture != document {
                    document = stored.capture;
                    held.masters.take(head);
                }
                held.take(stored.seq.unsigned_abs(), event, &self.reference.units)?;
                if stored.declares_error {
                    held.declared_wrong.push(event_hash(event));
                }
                held.seq = stored.seq;
                held.link.clone_from(&stored.link);
                is_torn = false;
                Ok(())
            })
            .await;
        if is_torn {
            *held = Genealogy::over(self.factors);
        }
        taken?;
        while let Some(hash) = held.declared_wrong.last() {
            for seq in self.store.events_of_hash(*hash).await? {
                held.graph.withdraw(seq.unsigned_abs());
                held.book.withdraw(seq.unsigned_abs());
                held.facts.withdraw(seq.unsigned_abs());
                held.withdrawn.insert(seq);
            }
            held.declared_wrong.pop();
        }
        Ok(())
    }

    /// True where the last event that is known is still the one of that number.
    async fn continues(&self, held: &Genealogy) -> Result<bool> {
        if held.seq == 0 {
            return Ok(true);
        }
        let (events, _) = self.store.events(held.seq - 1, 1).await?;
        Ok(events.first().is_some_and(|event| event.seq == held.seq && event.link == held.link))
    }

    /// Visits all events after a number in order; gives number and link of the last one.
    pub(super) async fn each_event(
        &self,
        after: i64,
        mut visit: impl FnMut(&StoredEvent, &Event) -> Result<()>,
    ) -> Result<Option<(i64, String)>> {
        self.each_event_with_head(after, |stored, event, _| visit(stored, event)).await
    }

    /// The same, each with the head of its document.
    async fn each_event_with_head(
        &self,
        after: i64,
        mut visit: impl FnMut(&StoredEvent, &Event, &str) -> Result<()>,
    ) -> Result<Option<(i64, String)>> {
        let mut last: Option<(i64, String)> = None;
        let mut batch = read_batch(self.store.clone(), after, BATCH).await?;
        loop {
            // The next events are read while these are taken over.
            let next = batch.stored.last();
            let next = next.map(|event| tokio::spawn(read_batch(self.store.clone(), event.seq, BATCH)));
            for (stored, event) in batch.stored.iter().zip(&batch.events) {
                visit(stored, event, batch.heads.get(&stored.capture).map_or("", String::as_str))?;
            }
            last = batch.stored.last().map(|event| (event.seq, event.link.clone())).or(last);
            batch = match next {
                Some(next) => next.await.map_err(|e| Error::new(Code::Internal, e.to_string()))??,
                None => return Ok(last),
            };
        }
    }

    /// Forgets the genealogy, after another database has taken the place of this one.
    pub(crate) async fn forget_ledger(&self) {
        *self.ledger.0.write().await = Genealogy::over(self.factors);
    }
}

/// Events that follow each other, as they are stored and as they were read back, and the heads of their documents.
pub(super) struct Batch {
    pub stored: Vec<StoredEvent>,
    pub events: Vec<Event>,
    heads: EventHeads,
}

/// At most `size` events after a number.
pub(super) async fn read_batch(store: Store, after: i64, size: u32) -> Result<Batch> {
    let (stored, heads) = store.events(after, size).await?;
    aside(move || {
        let documents: Vec<&[StoredEvent]> = stored.chunk_by(|a, b| a.capture == b.capture).collect();
        let read = |document: &&[StoredEvent]| {
            let head = heads.get(&document[0].capture).map_or("", String::as_str);
            read_back(head, document.iter().map(|event| event.body.as_str()))
                .filter(|events| events.len() == document.len())
                .ok_or_else(|| unreadable(&document[0]))
        };
        let events: Vec<Vec<Event>> = documents.par_iter().map(read).collect::<Result<_>>()?;
        Ok(Batch { events: events.into_iter().flatten().collect(), stored, heads })
    })
    .await
}

/// The link as the genealogy keeps it: none before the first event.
fn end(seq: i64, link: &str) -> String {
    if seq == 0 && *link == START.to_string() { String::new() } else { link.to_owned() }
}

fn unreadable(event: &StoredEvent) -> Error {
    let message =
        format!("the ledger's events from number {} on cannot be read as they were captured", event.seq);
    Error::new(Code::StorageCorrupt, message).hint("run `yulin ledger verify`, restore a backup")
}
