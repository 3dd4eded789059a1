//! What each person can undo on the desk.

use app::{Actor, Decision};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// Rounds of one person on one draft that can be undone.
const ROUNDS: usize = 50;

/// A round of decisions that can be undone.
#[derive(Debug, Clone)]
pub struct Round {
    /// What was done, in the words of who did it.
    pub words: String,
    /// The need to go back to.
    pub need: u32,
    /// What undoes it.
    pub undo: Vec<Decision>,
}

/// The rounds of all people, newest last; clones share them. They are gone when the server stops; words can still be taken back
/// one by one then.
#[derive(Debug, Clone, Default)]
pub struct Undos(Arc<Mutex<Rounds>>);

/// By account and draft.
type Rounds = HashMap<(String, i64), Vec<Round>>;

impl Undos {
    /// Remembers a round.
    pub fn push(&self, actor: &Actor, draft: i64, round: Round) {
        let mut all = self.lock();
        let rounds = all.entry((actor.name.clone(), draft)).or_default();
        rounds.push(round);
        if rounds.len() > ROUNDS {
            rounds.remove(0);
        }
    }

    /// The newest round.
    pub fn last(&self, actor: &Actor, draft: i64) -> Option<Round> {
        self.lock().get(&(actor.name.clone(), draft))?.last().cloned()
    }

    /// Takes the newest round away.
    pub fn pop(&self, actor: &Actor, draft: i64) -> Option<Round> {
        self.lock().get_mut(&(actor.name.clone(), draft))?.pop()
    }

    fn lock(&self) -> MutexGuard<'_, Rounds> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
