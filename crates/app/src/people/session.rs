//! Signing in and out. These use cases come before there is an actor.

use super::{password, secret};
use crate::{Actor, App, Code, Error, Result};
use serde_json::json;
use std::fmt;
use std::sync::PoisonError;
use std::time::Duration;
use store::By;

/// A session that has just begun.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// The secret for the cookie; shown once, stored only as its hash.
    pub token: String,
    /// When it ends at the latest, milliseconds since 1970 UTC.
    pub expires_ms: i64,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("expires_ms", &self.expires_ms).finish_non_exhaustive()
    }
}

/// Who a session or token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The actor.
    pub actor: Actor,
    /// Name of the member's enterprise, for the head of pages.
    pub enterprise_name: Option<String>,
    /// Messages not read yet.
    pub unread: u32,
}

/// A session that is not used for so long ends.
const IDLE_MS: i64 = 12 * 60 * 60 * 1000;
/// So long it lasts at the most.
const LAST_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// How exactly its use is noted: a write at every request would queue behind imports.
pub(super) const NOTE_MS: i64 = 5 * 60 * 1000;

#[boxed::futures]
impl App {
    /// Signs in with name and password. `from` is the address it comes from: failures are counted for name and address.
    ///
    /// # Errors
    /// [`crate::Code::SignIn`] where name or password is wrong (which of the two is not said); [`crate::Code::TooMany`] after too
    /// many failures, with the time to wait in the message.
    pub async fn sign_in(&self, name: &str, password: &str, from: &str) -> Result<Session> {
        let name = name.trim();
        self.enter(name, from)?;
        let known = self.store.password(name).await?;
        let (id, hash) = known.map_or((None, None), |(id, hash)| (Some(id), Some(hash)));
        let right = password::matches(password, hash).await?;
        let Some(id) = id.filter(|_| right) else {
            self.refused(name, id.is_some(), from).await?;
            return Err(Error::new(Code::SignIn, "name or password is wrong"));
        };
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner).succeeded(name, from);
        self.begin(id, name, from).await
    }

    /// Ends a session. An unknown one is no error.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn sign_out(&self, token: &str) -> Result<()> {
        self.store.end_session(&secret::hash(token), self.clock.now_ms()).await?;
        Ok(())
    }

    /// Who a session's token belongs to; none where it has ended or its account was closed.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn signed_in(&self, token: &str) -> Result<Option<SignedIn>> {
        let sha256 = secret::hash(token);
        let now_ms = self.clock.now_ms();
        let Some(session) = self.store.session(&sha256).await? else { return Ok(None) };
        let ended = session.expires_ms <= now_ms || session.seen_ms + IDLE_MS <= now_ms;
        if ended || !session.account.active {
            return Ok(None);
        }
        if now_ms - session.seen_ms > NOTE_MS {
            // Beside the request: behind an import the note may wait, the page must not.
            let store = self.store.clone();
            tokio::spawn(async move {
                if let Err(error) = store.touch_session(&sha256, now_ms).await {
                    tracing::warn!("{error}");
                }
            });
        }
        let actor = self.actor_of(&session.account, false).await?;
        let enterprise_name = session.account.enterprise.map(|enterprise| enterprise.name);
        Ok(Some(SignedIn {
            actor,
            enterprise_name,
            unread: u32::try_from(session.unread).unwrap_or(u32::MAX),
        }))
    }

    /// Who an API token belongs to; none where it is unknown, has run out or was revoked.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn bearer(&self, token: &str) -> Result<Option<SignedIn>> {
        if !token.starts_with(super::token::PREFIX) {
            return Ok(None);
        }
        self.by_token_hash(&secret::hash(token)).await.map(|found| found.map(|(_, signed_in)| signed_in))
    }

    /// Who has the API token of a hash, and the token's row id.
    pub(crate) async fn by_token_hash(&self, hash: &str) -> Result<Option<(i64, SignedIn)>> {
        let now_ms = self.clock.now_ms();
        let Some((token, account, unread)) = self.store.api_token(hash).await? else {
            return Ok(None);
        };
        if !account.active || token.revoked_ms.is_some() || token.expires_ms <= now_ms {
            return Ok(None);
        }
        if token.used_ms.is_none_or(|used| now_ms - used > NOTE_MS) {
            let store = self.store.clone();
            tokio::spawn(async move {
                if let Err(error) = store.touch_api_token(token.id, now_ms).await {
                    tracing::warn!("{error}");
                }
            });
        }
        let actor = self.actor_of(&account, !token.may_write).await?;
        let enterprise_name = account.enterprise.map(|enterprise| enterprise.name);
        let unread = u32::try_from(unread).unwrap_or(u32::MAX);
        Ok(Some((token.id, SignedIn { actor, enterprise_name, unread })))
    }

    /// True where no account can sign in yet: then the sign-in page says how the first administrator is made at the console
    /// (`yulin init --admin`, `yulin users --reset`).
    ///
    /// # Errors
    /// Storage errors.
    pub async fn is_new(&self) -> Result<bool> {
        Ok(!self.store.users().await?.iter().any(|account| account.active && account.can_sign_in))
    }

    /// Begins a session; its token is a new one each time, so nobody can hand one to another beforehand.
    pub(super) async fn begin(&self, account: i64, name: &str, from: &str) -> Result<Session> {
        let token = secret::token()?;
        let now_ms = self.clock.now_ms();
        let expires_ms = now_ms + LAST_MS;
        let by = By::new(name, now_ms);
        self.store
            .begin_session(account, &secret::hash(&token), expires_ms, now_ms - IDLE_MS, from, &by)
            .await?;
        Ok(Session { token, expires_ms })
    }

    /// Counts a try for a name from an address.
    ///
    /// # Errors
    /// [`Code::TooMany`] with the seconds to wait.
    pub(super) fn enter(&self, name: &str, from: &str) -> Result<()> {
        let mut throttle = self.throttle.lock().unwrap_or_else(PoisonError::into_inner);
        throttle.enter(name, from, self.started.elapsed()).map_err(|wait: Duration| {
            let seconds = wait.as_secs() + 1;
            Error::new(Code::TooMany, format!("too many failures; wait {seconds} seconds"))
                .hint(format!("尝试次数过多，请 {seconds} 秒后再试"))
        })
    }

    /// Records a wrong password, and that the account is locked for a while. A name that is nobody's is not written down: it may
    /// be a password typed into the wrong field.
    pub(super) async fn refused(&self, name: &str, known: bool, from: &str) -> Result<()> {
        let locked = {
            let throttle = self.throttle.lock().unwrap_or_else(PoisonError::into_inner);
            throttle.locked(name, self.started.elapsed())
        };
        let (actor, object) = if known { (name, format!("user/{name}")) } else { ("?", "user/?".to_owned()) };
        let by = By::new(actor, self.clock.now_ms());
        let detail = json!({ "from": from, "locked": locked });
        Ok(self.store.audit_append(&by, "session.refuse", &object, &detail).await?)
    }
}
