//! Answers that stand until somebody commits.
//!
//! Readers that keep everything in memory ask before each answer whether anything is new. A question to SQLite costs a trip to the
//! thread of a connection and back, more than many an answer. The header of its WAL index tells as much: every commit, by
//! whatever program, changes it before it is acknowledged, and SQLite itself compares the same bytes to know whether its cache still
//! holds (<https://www.sqlite.org/walformat.html>, "WAL-Index Header"). PostgreSQL has no such place, and is asked.

use crate::database::Database;
use crate::location::Location;
use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// Bytes of one of the two copies of the header.
const COPY: usize = 48;

/// A state of the database: equal headers, equal contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State([u8; COPY]);

impl State {
    /// The present state; none where it cannot be told, or somebody is just writing it.
    fn of(index: &PathBuf) -> Option<Self> {
        let (mut first, mut second) = ([0; COPY], [0; COPY]);
        // Opened anew each time: SQLite removes the file with its last connection and makes another with its next.
        let mut file = File::open(index).ok()?;
        file.read_exact(&mut first).and_then(|()| file.read_exact(&mut second)).ok()?;
        (first == second && first != [0; COPY]).then_some(Self(first))
    }
}

/// Where the WAL index of a database lies.
fn index_of(location: &Location) -> Option<PathBuf> {
    let Location::File(path) = location else { return None };
    // SQLite puts it beside the file that a symbolic link leads to.
    let mut name = path.canonicalize().ok()?.into_os_string();
    name.push("-shm");
    Some(name.into())
}

/// The answer to one question about a database.
#[derive(Debug)]
pub(crate) struct Standing<T> {
    index: Option<PathBuf>,
    answer: Mutex<Option<(State, T)>>,
}

impl<T: Clone> Standing<T> {
    /// Nothing is known yet.
    pub(crate) fn new(database: &Database) -> Self {
        Self { index: index_of(&database.location), answer: Mutex::new(None) }
    }

    /// The answer, which is asked for unless nothing was committed since it was.
    pub(crate) async fn or_ask<E>(&self, ask: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        // Looked at before the question: a commit between the two makes the next caller ask again.
        let state = self.index.as_ref().and_then(State::of);
        if let Some(state) = state {
            let known = self.answer.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, answer)) = known.as_ref().filter(|(then, _)| *then == state) {
                return Ok(answer.clone());
            }
        }
        let answer = ask.await?;
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) =
            state.map(|state| (state, answer.clone()));
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[tokio::test]
    async fn an_answer_stands_until_any_program_commits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("y.db").display().to_string();
        let database = Database::open(Location::parse(&path).unwrap()).await.unwrap();
        let other = Database::open(Location::parse(&path).unwrap()).await.unwrap();
        let standing = Standing::new(&database);
        let asked = Cell::new(0);
        let ask = || {
            standing.or_ask(async {
                asked.set(asked.get() + 1);
                let row = database.row("select count(*) from audit", "count").await?;
                Ok::<_, crate::Error>(row.map(|row| sqlx::Row::get::<i64, _>(&row, 0)))
            })
        };
        // The first connection makes the index, so the state before it is not known.
        ask().await.unwrap();
        for entries in 0..3 {
            for _ in 0..3 {
                assert_eq!(ask().await.unwrap(), Some(entries));
            }
            assert_eq!(asked.get(), entries + 2);
            let mut tx = other.write("add").await.unwrap();
            let by = crate::By::new("li", 1);
            crate::audit::append(&mut tx, &by, "setting.set", "x".to_owned(), &serde_json::Value::Null)
                .await
                .unwrap();
            tx.commit("add").await.unwrap();
        }
        // The last connection takes the index with it; the next one makes another.
        other.close().await;
        database.close().await;
        assert!(ask().await.is_err());
    }
}
