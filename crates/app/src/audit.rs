//! Reading and proving the audit log.

use crate::{Actor, App, Result};
use serde::Serialize;
pub use store::AuditEntry;

/// What to show of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Only entries with a smaller number (for turning pages back in time); newest first.
    pub before: Option<i64>,
    /// Only this account's.
    pub actor: String,
    /// Only actions that begin so, such as `list.` or `read.`.
    pub action: String,
    /// Only objects that begin so, such as `need/12`.
    pub object: String,
    /// From this day on, milliseconds since 1970 UTC.
    pub from_ms: Option<i64>,
    /// To this day, milliseconds since 1970 UTC, not included.
    pub until_ms: Option<i64>,
    /// At most so many, 1 to 1000.
    pub limit: u32,
}

/// What the chain of the log proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditVerification {
    /// Entries looked at.
    pub entries: i64,
    /// Hash of the last; kept elsewhere, it shows later whether the end was cut off.
    pub head: String,
    /// Number of the first entry that does not fit, and why.
    pub broken: Option<(i64, String)>,
}

impl App {
    /// Entries of the log, newest first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn audit(&self, actor: &Actor, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        let _ = (actor, query);
        Err(crate::pending())
    }

    /// Computes the whole chain again.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn verify_audit(&self, actor: &Actor) -> Result<AuditVerification> {
        let _ = actor;
        Err(crate::pending())
    }
}
