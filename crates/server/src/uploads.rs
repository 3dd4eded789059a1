//! What waits an hour for its owner: uploaded files that were looked at and not imported yet, scenarios that were computed.

use app::{Actor, ImportOptions, ImportReport, InputFile};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// How long it waits.
const KEPT: Duration = Duration::from_secs(3600);
/// What waits of one account at a time; one more drops the oldest.
const OF_ACCOUNT_MAX: usize = 5;
/// Bytes of all that waits.
const BYTES_MAX: usize = 512 << 20;

/// What waits for its owner's word; clones share it.
#[derive(Debug)]
pub struct Kept<T>(Arc<Mutex<Inner<T>>>);

/// Uploads that wait to be imported.
pub type Uploads = Kept<Upload>;

/// What can wait.
pub trait Waits {
    /// Bytes that it holds.
    fn bytes(&self) -> usize;
}

#[derive(Debug)]
struct Inner<T> {
    next: u64,
    waiting: BTreeMap<u64, Waiting<T>>,
}

#[derive(Debug)]
struct Waiting<T> {
    owner: String,
    since: Instant,
    what: Arc<T>,
}

/// Files, how they are to be read, and what a dry run found.
#[derive(Debug)]
pub struct Upload {
    /// The files.
    pub files: Arc<Vec<InputFile>>,
    /// How they were read; what a person corrected stands in it.
    pub options: ImportOptions,
    /// What was found, or why they cannot be read at all.
    pub found: Result<ImportReport, app::Error>,
}

impl Waits for Upload {
    fn bytes(&self) -> usize {
        self.files.iter().map(|f| f.bytes.len()).sum()
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Inner { next: 0, waiting: BTreeMap::new() })))
    }
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Waits> Kept<T> {
    /// Keeps something under a new id, or in place of what has this id.
    pub fn put(&self, actor: &Actor, at: Option<u64>, what: T) -> u64 {
        let mut inner = self.lock();
        let id = at.unwrap_or_else(|| {
            inner.next += 1;
            inner.next
        });
        let waiting = Waiting { owner: actor.name.clone(), since: Instant::now(), what: Arc::new(what) };
        inner.waiting.insert(id, waiting);
        inner.waiting.retain(|_, w| w.since.elapsed() < KEPT);
        let own: Vec<u64> =
            inner.waiting.iter().filter(|(_, w)| w.owner == actor.name).map(|(id, _)| *id).collect();
        for old in own.iter().take(own.len().saturating_sub(OF_ACCOUNT_MAX)) {
            inner.waiting.remove(old);
        }
        while inner.waiting.len() > 1
            && inner.waiting.values().map(|w| w.what.bytes()).sum::<usize>() > BYTES_MAX
        {
            inner.waiting.pop_first();
        }
        id
    }

    /// The actor's own; none once it was dropped.
    pub fn get(&self, actor: &Actor, id: u64) -> Option<Arc<T>> {
        let inner = self.lock();
        let own = inner.waiting.get(&id).filter(|w| w.owner == actor.name && w.since.elapsed() < KEPT);
        own.map(|w| w.what.clone())
    }

    /// What of the actor's waits, newest first.
    pub fn of(&self, actor: &Actor) -> Vec<(u64, Arc<T>)> {
        let inner = self.lock();
        let own = inner.waiting.iter().filter(|(_, w)| w.owner == actor.name && w.since.elapsed() < KEPT);
        own.rev().map(|(id, w)| (*id, w.what.clone())).collect()
    }

    /// Drops the actor's own.
    pub fn drop(&self, actor: &Actor, id: u64) {
        let mut inner = self.lock();
        if inner.waiting.get(&id).is_some_and(|w| w.owner == actor.name) {
            inner.waiting.remove(&id);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::Role;

    #[test]
    fn an_upload_is_its_owners_and_the_oldest_goes() {
        let (li, wang) = (Actor::new("li", Role::Secretariat), Actor::new("wang", Role::Secretariat));
        let uploads = Uploads::default();
        let upload = || Upload {
            files: Arc::default(),
            options: ImportOptions::default(),
            found: Ok(ImportReport::default()),
        };
        let first = uploads.put(&li, None, upload());
        assert!(uploads.get(&li, first).is_some() && uploads.get(&wang, first).is_none());
        uploads.drop(&wang, first);
        assert!(uploads.get(&li, first).is_some());
        for _ in 0..OF_ACCOUNT_MAX {
            uploads.put(&li, None, upload());
        }
        assert!(uploads.get(&li, first).is_none());
        assert_eq!(uploads.of(&li).len(), OF_ACCOUNT_MAX);
    }
}
