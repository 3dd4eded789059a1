//! Reading and proving the audit log.

use crate::{Act, Actor, App, Result};
use serde::Serialize;
pub use store::AuditEntry;
use store::AuditFilter;

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
        actor.need(Act::Audit)?;
        let filter = AuditFilter {
            before: query.before,
            actor: query.actor.trim().to_owned(),
            action: query.action.trim().to_owned(),
            object: query.object.trim().to_owned(),
            from_ms: query.from_ms,
            until_ms: query.until_ms,
            limit: query.limit.clamp(1, 1000),
        };
        Ok(self.store.audit_entries(&filter).await?)
    }

    /// Computes the whole chain again.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn verify_audit(&self, actor: &Actor) -> Result<AuditVerification> {
        actor.need(Act::VerifyAudit)?;
        let chain = self.store.verify_audit().await?;
        Ok(AuditVerification { entries: chain.entries, head: chain.head, broken: chain.broken })
    }
}
