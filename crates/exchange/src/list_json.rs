//! The matching list as JSON: its canonical content, on which its hash is taken, or the same for reading.

use crate::write::WriteError;
use model::list::MatchingList;
use std::io::Write;

/// Writes the canonical content: exactly the bytes whose SHA-256 the list carries.
///
/// # Errors
/// The destination cannot be written.
pub fn write_canonical(list: &MatchingList, mut out: impl Write) -> Result<(), WriteError> {
    Ok(out.write_all(list.content.canonical().as_bytes())?)
}

/// Writes the list with its number, state and hash, indented for people.
///
/// # Errors
/// The destination cannot be written.
pub fn write_pretty(list: &MatchingList, mut out: impl Write) -> Result<(), WriteError> {
    serde_json::to_writer_pretty(&mut out, list)?;
    Ok(out.write_all(b"\n")?)
}
