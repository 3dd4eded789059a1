//! What waits a short while for one session: an upload between preview and leave, a workbook with secrets or a backup that is taken
//! once, the result of a check. It stands in memory only.

use model::hex::sha256_hex;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long it waits.
const WAIT: Duration = Duration::from_secs(15 * 60);
/// How much waits at most; the oldest goes first.
const MOST: usize = 32;

#[derive(Debug)]
struct Waiting<T> {
    session: String,
    what: T,
    since: Instant,
}

/// A file by its name.
pub type File = (String, Vec<u8>);

/// How many were put here so far, and what waits, by its word.
type Shelf<T> = (u64, HashMap<String, Waiting<T>>);

/// Things that wait; clones share them.
#[derive(Debug)]
pub struct Held<T> {
    inner: Arc<Mutex<Shelf<T>>>,
}

impl<T> Default for Held<T> {
    fn default() -> Self {
        Self { inner: Arc::new(Mutex::new((0, HashMap::new()))) }
    }
}

impl<T> Clone for Held<T> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<T> Held<T> {
    fn open(&self) -> MutexGuard<'_, Shelf<T>> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.1.retain(|_, waiting| waiting.since.elapsed() < WAIT);
        inner
    }

    /// Keeps something for a session and says under which word.
    pub fn put(&self, session: &str, what: T) -> String {
        let mut inner = self.open();
        inner.0 += 1;
        // The session's token is a secret, so nobody else can make up the word.
        let mut word = sha256_hex(format!("held:{}:{session}", inner.0).as_bytes());
        word.truncate(24);
        while inner.1.len() >= MOST {
            let oldest =
                inner.1.iter().min_by_key(|(_, waiting)| waiting.since).map(|(word, _)| word.clone());
            inner.1.remove(&oldest.unwrap_or_default());
        }
        let waiting = Waiting { session: session.to_owned(), what, since: Instant::now() };
        inner.1.insert(word.clone(), waiting);
        word
    }

    /// What this session put there; it waits no longer.
    pub fn take(&self, session: &str, word: &str) -> Option<T> {
        let mut inner = self.open();
        if inner.1.get(word)?.session != session {
            return None;
        }
        inner.1.remove(word).map(|waiting| waiting.what)
    }

    /// True where something waits for this session under the word.
    pub fn has(&self, session: &str, word: &str) -> bool {
        self.open().1.get(word).is_some_and(|waiting| waiting.session == session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_its_sessions_and_taken_once() {
        let held = Held::default();
        let word = held.put("a", 1);
        assert!(held.has("a", &word) && !held.has("b", &word));
        assert_eq!(held.take("b", &word), None);
        assert_eq!(held.take("a", &word), Some(1));
        assert_eq!(held.take("a", &word), None);
    }

    #[test]
    fn the_oldest_makes_room() {
        let held = Held::default();
        let words: Vec<String> = (0..=MOST).map(|i| held.put("a", i)).collect();
        assert_eq!(held.take("a", &words[0]), None);
        assert!(held.take("a", &words[MOST]).is_some());
    }
}
