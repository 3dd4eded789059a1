//! The store from outside: the same stories on SQLite and on PostgreSQL.
//!
//! PostgreSQL needs `YULIN_TEST_POSTGRES`, the URL of a server whose user may create databases; each test makes and
//! drops its own. Without it these halves are skipped, but fail under `CI=true`.

#![expect(clippy::unwrap_used, reason = "a test may unwrap: the failure message is the test's own")]

mod backups;
mod concurrent;
mod databases;
mod events;
mod layout;
mod learning;
mod market;
mod measure;
mod meetings;
mod merges;
mod people;
mod sample;
mod story;
mod tampering;
