//! Requests that carry an idempotency key: sent twice, done once. Part of the leave of what the request does.

use super::own;
use crate::{Actor, App, Code, Error, Result};

/// An answer to be kept, or as it was given before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeated {
    /// HTTP status.
    pub status: u16,
    /// Media type of the body.
    pub content_type: String,
    /// Body.
    pub body: String,
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const STUCK_MS: i64 = 10 * 60 * 1000;

#[boxed::futures]
impl App {
    /// Looks for the answer that a request with this key was given before; none where it is new: then the key is taken, and
    /// [`Self::keep_answer`] or [`Self::free_key`] must follow. Keys are an account's own and kept for a day.
    ///
    /// # Errors
    /// [`Code::BadInput`] where the key was used for another request (`request_sha256` differs); [`Code::Conflict`] where the
    /// first one is still at work.
    pub async fn earlier_answer(
        &self,
        actor: &Actor,
        key: &str,
        request_sha256: &str,
    ) -> Result<Option<Repeated>> {
        let now = self.clock.now_ms();
        let times = (now - DAY_MS, now - STUCK_MS, now);
        let Some(known) = self.store.take_key(own(actor)?, key, request_sha256, times).await? else {
            return Ok(None);
        };
        if known.request_sha256 != request_sha256 {
            return Err(Error::new(Code::BadInput, "the idempotency key was used for another request")
                .hint("use a new key for a new request"));
        }
        if known.status == 0 {
            return Err(Error::new(Code::Conflict, "a request with this idempotency key is still at work")
                .hint("wait a moment and send it again"));
        }
        let status = u16::try_from(known.status).unwrap_or(500);
        Ok(Some(Repeated { status, content_type: known.content_type, body: known.body }))
    }

    /// Keeps the answer to a request whose key was taken.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn keep_answer(&self, actor: &Actor, key: &str, answer: &Repeated) -> Result<()> {
        let account = own(actor)?;
        Ok(self.store.keep_answer(account, key, answer.status, &answer.content_type, &answer.body).await?)
    }

    /// Gives a key back whose request did nothing.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn free_key(&self, actor: &Actor, key: &str) -> Result<()> {
        Ok(self.store.free_key(own(actor)?, key).await?)
    }
}
