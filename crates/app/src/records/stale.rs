//! Records that nobody has touched for long, and the overview's figures.

use super::EnterpriseBrief;
use crate::{Actor, App, Result};
use serde::Serialize;

/// An enterprise whose records are old.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StaleRow {
    /// The enterprise.
    pub enterprise: EnterpriseBrief,
    /// Open needs that have not changed for so long.
    pub needs: usize,
    /// Open offers.
    pub offers: usize,
    /// Days since its newest record changed.
    pub days: i64,
    /// When its people were last reminded.
    pub reminded_ms: Option<i64>,
    /// Accounts that would hear of a reminder.
    pub people: usize,
}

impl App {
    /// Enterprises with open records that have not changed for `days` days (90 by custom), longest first. Members see their own,
    /// commissioners theirs.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn stale(&self, actor: &Actor, days: u32) -> Result<Vec<StaleRow>> {
        let _ = (actor, days);
        Err(crate::pending())
    }
}
