//! Uploaded files that wait for their owner's word: looked at, not imported yet.

use app::{Actor, ImportOptions, ImportReport, InputFile};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// How long files wait.
const KEPT: Duration = Duration::from_secs(3600);
/// Uploads of one account that wait at a time; a further one drops the oldest.
const OF_ACCOUNT_MAX: usize = 5;
/// Bytes of all files that wait.
const BYTES_MAX: usize = 512 << 20;

/// All uploads; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Uploads(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    next: u64,
    uploads: BTreeMap<u64, Waiting>,
}

#[derive(Debug)]
struct Waiting {
    owner: String,
    since: Instant,
    upload: Arc<Upload>,
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

impl Upload {
    fn bytes(&self) -> usize {
        self.files.iter().map(|f| f.bytes.len()).sum()
    }
}

impl Uploads {
    /// Keeps an upload under a new id, or in place of the one with this id.
    pub fn put(&self, actor: &Actor, at: Option<u64>, upload: Upload) -> u64 {
        let mut inner = self.lock();
        let id = at.unwrap_or_else(|| {
            inner.next += 1;
            inner.next
        });
        let waiting = Waiting { owner: actor.name.clone(), since: Instant::now(), upload: Arc::new(upload) };
        inner.uploads.insert(id, waiting);
        inner.uploads.retain(|_, w| w.since.elapsed() < KEPT);
        let own: Vec<u64> =
            inner.uploads.iter().filter(|(_, w)| w.owner == actor.name).map(|(id, _)| *id).collect();
        for old in own.iter().take(own.len().saturating_sub(OF_ACCOUNT_MAX)) {
            inner.uploads.remove(old);
        }
        while inner.uploads.len() > 1
            && inner.uploads.values().map(|w| w.upload.bytes()).sum::<usize>() > BYTES_MAX
        {
            inner.uploads.pop_first();
        }
        id
    }

    /// The actor's own upload; none once it was dropped.
    pub fn get(&self, actor: &Actor, id: u64) -> Option<Arc<Upload>> {
        let inner = self.lock();
        let own = inner.uploads.get(&id).filter(|w| w.owner == actor.name && w.since.elapsed() < KEPT);
        own.map(|w| w.upload.clone())
    }

    /// The actor's uploads that wait, newest first.
    pub fn of(&self, actor: &Actor) -> Vec<(u64, Arc<Upload>)> {
        let inner = self.lock();
        let own = inner.uploads.iter().filter(|(_, w)| w.owner == actor.name && w.since.elapsed() < KEPT);
        own.rev().map(|(id, w)| (*id, w.upload.clone())).collect()
    }

    /// Drops the actor's own upload.
    pub fn drop(&self, actor: &Actor, id: u64) {
        let mut inner = self.lock();
        if inner.uploads.get(&id).is_some_and(|w| w.owner == actor.name) {
            inner.uploads.remove(&id);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
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
