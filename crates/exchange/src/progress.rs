//! How far a long piece of work is, for progress bars.

/// A piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Reading cells.
    Read,
    /// Turning rows into drafts.
    Parse,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// Which work.
    pub phase: Phase,
    /// Sheet it is at.
    pub sheet: &'a str,
    /// Rows done.
    pub done: u64,
    /// Rows in all, as far as known; never less than `done`.
    pub total: u64,
}

/// Rows between two reports.
pub(crate) const EVERY_ROWS: u64 = 2_000;
