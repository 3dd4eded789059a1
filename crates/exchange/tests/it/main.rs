//! What crosses the crate: files in, drafts, errors and files out.

#![expect(clippy::unwrap_used, reason = "a test's failure message is its own")]

mod broken;
mod build;
mod demo;
mod formats;
mod hostile;
mod list;
mod pairing;
mod rejects;
mod speed;
