//! Reading and proving the audit log.

use crate::{Act, Actor, App, Result};
pub use store::{AuditChain, AuditEntry, AuditFilter};

#[boxed::futures]
impl App {
    /// Entries of the log, newest first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn audit(&self, actor: &Actor, filter: &AuditFilter) -> Result<Vec<AuditEntry>> {
        actor.need(Act::Audit)?;
        let trimmed = |text: &String| text.trim().to_owned();
        let filter = AuditFilter {
            actor: trimmed(&filter.actor),
            action: trimmed(&filter.action),
            object: trimmed(&filter.object),
            limit: filter.limit.clamp(1, 1000),
            ..*filter
        };
        Ok(self.store.audit_entries(&filter).await?)
    }

    /// Computes the whole chain again.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn verify_audit(&self, actor: &Actor) -> Result<AuditChain> {
        actor.need(Act::VerifyAudit)?;
        Ok(self.store.verify_audit().await?)
    }
}
