//! What crosses the crate: files in, drafts, errors and files out.

#![expect(clippy::unwrap_used, reason = "a test's failure message is its own")]

mod broken;
mod build;
mod formats;
mod hostile;
mod pairing;
mod rejects;
mod speed;
