//! Closing and reopening records by hand.

use crate::{Act, Actor, App, Result};
use model::visibility::Noun;
use store::Status;

impl App {
    /// Closes a record (met, withdrawn, out of business), or opens it again. A closed record stays closed when it is
    /// imported again. Returns its version.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`] for an unknown key; [`crate::Code::Conflict`] where somebody else changed it at the
    /// same moment.
    pub async fn set_status(&self, actor: &Actor, noun: Noun, key: &str, open: bool) -> Result<i64> {
        actor.need(Act::SetStatus)?;
        let version = match noun {
            Noun::Enterprise => self.store.enterprise(key).await?.version,
            Noun::Need => self.store.need(key).await?.version,
            Noun::Offer => self.store.offer(key).await?.version,
        };
        let status = if open { Status::Open } else { Status::Closed };
        Ok(self.store.set_status(noun, key, version, status, &self.by(actor)).await?)
    }
}
