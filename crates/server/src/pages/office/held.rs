//! Files that wait a short while for one account: an upload between preview and leave, a workbook with secrets that is taken once.
//! They stand in memory only.

use model::list::sha256_hex;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a file waits.
const WAIT: Duration = Duration::from_secs(15 * 60);
/// How many wait at most; the oldest goes first.
const MOST: usize = 32;

#[derive(Debug)]
struct File {
    session: String,
    name: String,
    bytes: Vec<u8>,
    since: Instant,
}

/// The files that wait.
#[derive(Debug, Clone, Default)]
pub struct Held {
    inner: Arc<Mutex<(u64, HashMap<String, File>)>>,
}

impl Held {
    fn open(&self) -> MutexGuard<'_, (u64, HashMap<String, File>)> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.1.retain(|_, file| file.since.elapsed() < WAIT);
        inner
    }

    /// Keeps a file for a session and says under which word.
    pub fn put(&self, session: &str, name: &str, bytes: Vec<u8>) -> String {
        let mut inner = self.open();
        inner.0 += 1;
        // The session's token is a secret, so nobody else can make up the word.
        let mut word = sha256_hex(format!("held:{}:{session}", inner.0).as_bytes());
        word.truncate(24);
        while inner.1.len() >= MOST {
            let oldest = inner.1.iter().min_by_key(|(_, file)| file.since).map(|(word, _)| word.clone());
            inner.1.remove(&oldest.unwrap_or_default());
        }
        let file = File { session: session.to_owned(), name: name.to_owned(), bytes, since: Instant::now() };
        inner.1.insert(word.clone(), file);
        word
    }

    /// Name and content of a file that this session put there; it waits no longer.
    pub fn take(&self, session: &str, word: &str) -> Option<(String, Vec<u8>)> {
        let mut inner = self.open();
        if inner.1.get(word)?.session != session {
            return None;
        }
        inner.1.remove(word).map(|file| (file.name, file.bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_its_sessions_and_taken_once() {
        let held = Held::default();
        let word = held.put("a", "x.xlsx", vec![1]);
        assert_eq!(held.take("b", &word), None);
        assert_eq!(held.take("a", &word), Some(("x.xlsx".to_owned(), vec![1])));
        assert_eq!(held.take("a", &word), None);
    }

    #[test]
    fn the_oldest_makes_room() {
        let held = Held::default();
        let words: Vec<String> = (0..=MOST).map(|i| held.put("a", &i.to_string(), Vec::new())).collect();
        assert_eq!(held.take("a", &words[0]), None);
        assert!(held.take("a", &words[MOST]).is_some());
    }
}
