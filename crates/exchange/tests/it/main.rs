//! What crosses the crate: files in, drafts, errors and files out.

mod broken;
mod build;
mod formats;
mod hostile;
mod pairing;
mod rejects;
mod speed;
