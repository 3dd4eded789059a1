//! Answers that were given to requests with an idempotency key: the same request again is answered as before, and does nothing.

use crate::{Act, Actor, App, Code, Error, Result};
use serde::{Deserialize, Serialize};

/// An answer as it was given, without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// HTTP status.
    pub status: u16,
    /// Media type; empty for an empty body.
    pub content_type: String,
    /// Where the new thing is; may be empty.
    pub location: String,
    /// Body.
    pub body: String,
}

/// How long a key is remembered.
const KEPT_MS: i64 = 24 * 60 * 60 * 1000;
/// After so long a request that never answered is given up.
const STUCK_MS: i64 = 10 * 60 * 1000;

/// What the store keeps as the body.
#[derive(Serialize, Deserialize)]
struct Envelope {
    location: String,
    body: String,
}

impl App {
    /// Takes a key of the actor's for a request, or gives what was answered to it in the last 24 hours.
    ///
    /// # Errors
    /// [`Code::BadInput`] where the key came with another request; [`Code::Conflict`] while that request is at work.
    pub async fn take_key(
        &self,
        actor: &Actor,
        key: &str,
        request_sha256: &str,
    ) -> Result<Option<KeptAnswer>> {
        actor.need(Act::Me)?;
        let Some(account) = actor.account else { return Ok(None) };
        let now_ms = self.clock.now_ms();
        let times = (now_ms - KEPT_MS, now_ms - STUCK_MS, now_ms);
        let Some(known) = self.store.take_key(account, key, request_sha256, times).await? else {
            return Ok(None);
        };
        if known.request_sha256 != request_sha256 {
            let error = Error::new(Code::BadInput, "this idempotency key came with another request");
            return Err(error.hint("take a new key for each new request"));
        }
        if known.status == 0 {
            let error = Error::new(Code::Conflict, "the request with this idempotency key is still at work");
            return Err(error.hint("wait for its answer, then send it again"));
        }
        let damaged = |_| Error::new(Code::StorageCorrupt, "a kept answer cannot be read");
        let Envelope { location, body } = serde_json::from_str(&known.body).map_err(damaged)?;
        let status = u16::try_from(known.status).unwrap_or(200);
        Ok(Some(KeptAnswer { status, content_type: known.content_type, location, body }))
    }

    /// Keeps the answer to a request that took a key.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn keep_answer(&self, actor: &Actor, key: &str, answer: &KeptAnswer) -> Result<()> {
        actor.need(Act::Me)?;
        let Some(account) = actor.account else { return Ok(()) };
        let KeptAnswer { status, content_type, location, body } = answer;
        let envelope = Envelope { location: location.clone(), body: body.clone() };
        let text = serde_json::to_string(&envelope).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
        Ok(self.store.keep_answer(account, key, *status, content_type, &text).await?)
    }

    /// Gives a key back, because its request did nothing.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn free_key(&self, actor: &Actor, key: &str) -> Result<()> {
        actor.need(Act::Me)?;
        let Some(account) = actor.account else { return Ok(()) };
        Ok(self.store.free_key(account, key).await?)
    }
}
