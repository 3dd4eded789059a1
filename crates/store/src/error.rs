//! Why the store could not do what was asked: every message completes “failed to {error}”.

use crate::list::word;
use model::list::ListState;
use std::path::PathBuf;

/// A failure of the store. Nothing of the failed operation is stored: every change is one transaction.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such record.
    #[error("find {object}: the database holds no such record")]
    NotFound {
        /// What was looked for, such as `offer X-1`.
        object: String,
    },
    /// The record was changed since the caller read it.
    #[error(
        "save {object}: version {expected} was read, but version {found} is stored by now; load it again and repeat the change"
    )]
    Conflict {
        /// What was to be changed.
        object: String,
        /// The version the caller had read.
        expected: i64,
        /// The version that is stored.
        found: i64,
    },
    /// A record of this name is there already.
    #[error("add {object}: it exists already")]
    Exists {
        /// What was to be added.
        object: String,
    },
    /// The list's state does not allow the step.
    #[error("{action} list {id}: its state is {}, it must be {}", word(*found), word(*wanted))]
    State {
        /// The step, such as `publish`.
        action: &'static str,
        /// Row id of the list.
        id: i64,
        /// Its state.
        found: ListState,
        /// The state that allows the step.
        wanted: ListState,
    },
    /// A record that is frozen, or not there, cannot be changed.
    #[error("change {object}: it is {state}")]
    Frozen {
        /// Which record.
        object: String,
        /// How it stands.
        state: String,
    },
    /// The caller's values contradict themselves or the database.
    #[error("{action}: {reason}")]
    Invalid {
        /// What was attempted.
        action: &'static str,
        /// What is wrong and what is expected.
        reason: String,
    },
    /// Another program holds the database.
    #[error("{action}: another program holds the database; try again when it has finished")]
    Busy {
        /// What was attempted.
        action: &'static str,
        /// The database's words.
        source: sqlx::Error,
    },
    /// No space left.
    #[error("{action}: the disk is full; nothing was stored; free some space and try again")]
    Full {
        /// What was attempted.
        action: &'static str,
        /// The database's words.
        source: sqlx::Error,
    },
    /// The database file is damaged or no database.
    #[error(
        "{action}: the database is damaged or no Yulin database: {source}; run the check, then restore the last backup"
    )]
    Corrupt {
        /// What was attempted.
        action: &'static str,
        /// The database's words.
        source: sqlx::Error,
    },
    /// A stored body cannot be read as what it should be.
    #[error(
        "read {object}: its stored content does not fit ({source}); run the check, then restore the last backup"
    )]
    Content {
        /// Which record.
        object: String,
        /// What does not fit.
        source: serde_json::Error,
    },
    /// The database was written by a newer program.
    #[error(
        "open the database: it has layout {found}, this program knows layouts up to {known}; install a newer program"
    )]
    Newer {
        /// Layout of the database or backup.
        found: i64,
        /// Newest layout this program knows.
        known: i64,
    },
    /// The database has a layout of this number, but not this program's.
    #[error(
        "open the database: its layout {number} is not this program's; it was made by an unreleased or altered program"
    )]
    Altered {
        /// Number of the migration that differs.
        number: i64,
    },
    /// The place of the database cannot be used.
    #[error("open the database {location}: {reason}")]
    Open {
        /// Path or URL, never with a password.
        location: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// A file cannot be read or written.
    #[error("{action} {}: {source}", path.display())]
    Io {
        /// What was attempted.
        action: &'static str,
        /// Which file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// A backup that cannot be restored, with its place.
    #[error("read the backup {} line {line}: {reason}; nothing was restored", path.display())]
    Backup {
        /// Which file.
        path: PathBuf,
        /// Line of the unpacked text, counted from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// The database refused for another reason.
    #[error("{action}: {source}")]
    Database {
        /// What was attempted.
        action: &'static str,
        /// The database's words.
        source: sqlx::Error,
    },
}

/// Result of the store's operations.
pub type Result<T> = std::result::Result<T, Error>;

/// Says what was being done when the database failed.
pub(crate) trait During<T> {
    /// Wraps the error with the action, sorted by kind.
    fn during(self, action: &'static str) -> Result<T>;
}

impl<T> During<T> for std::result::Result<T, sqlx::Error> {
    fn during(self, action: &'static str) -> Result<T> {
        self.map_err(|source| sorted(action, source))
    }
}

/// The database's error under its kind.
pub(crate) fn sorted(action: &'static str, source: sqlx::Error) -> Error {
    match kind(&source) {
        Kind::Busy => Error::Busy { action, source },
        Kind::Full => Error::Full { action, source },
        Kind::Corrupt => Error::Corrupt { action, source },
        Kind::Other => Error::Database { action, source },
    }
}

enum Kind {
    Busy,
    Full,
    Corrupt,
    Other,
}

/// Sorts by the codes of SQLite (primary result code in the low byte) and PostgreSQL (five characters, SQLSTATE).
fn kind(error: &sqlx::Error) -> Kind {
    let database = match error {
        sqlx::Error::PoolTimedOut => return Kind::Busy,
        sqlx::Error::Io(e) if e.kind() == std::io::ErrorKind::StorageFull => return Kind::Full,
        sqlx::Error::Database(database) => database,
        _ => return Kind::Other,
    };
    let code = database.code().unwrap_or_default();
    if code.len() == 5 {
        return match &*code {
            "55P03" | "40001" | "40P01" | "53300" => Kind::Busy,
            "53100" => Kind::Full,
            "XX001" | "XX002" => Kind::Corrupt,
            _ => Kind::Other,
        };
    }
    match code.parse::<u32>().unwrap_or(0) & 0xff {
        5 | 6 => Kind::Busy,
        13 => Kind::Full,
        11 | 26 => Kind::Corrupt,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{AnyConnection, Connection};

    #[tokio::test]
    async fn a_full_disk_and_a_held_lock_are_told_apart() {
        sqlx::any::install_default_drivers();
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}?mode=rwc", folder.path().join("x.db").display());
        let mut one = AnyConnection::connect(&url).await.unwrap();
        sqlx::raw_sql("create table t (x text); pragma max_page_count = 4").execute(&mut one).await.unwrap();
        let full = sqlx::query("insert into t values (?)").bind("x".repeat(100_000)).execute(&mut one).await;
        let full = full.during("store it").unwrap_err();
        assert!(matches!(full, Error::Full { .. }), "{full}");
        assert_eq!(
            full.to_string(),
            "store it: the disk is full; nothing was stored; free some space and try again"
        );
        let mut two = AnyConnection::connect(&url).await.unwrap();
        sqlx::raw_sql("pragma busy_timeout = 1").execute(&mut two).await.unwrap();
        sqlx::raw_sql("begin immediate").execute(&mut one).await.unwrap();
        let busy = sqlx::raw_sql("begin immediate").execute(&mut two).await.during("store it").unwrap_err();
        assert!(matches!(busy, Error::Busy { .. }), "{busy}");
    }
}
