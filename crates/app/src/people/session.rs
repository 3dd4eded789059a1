//! Signing in and out. These use cases come before there is an actor.

use crate::{Actor, App, Result};

/// A session that has just begun.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// The secret for the cookie; shown once, stored only as its hash.
    pub token: String,
    /// When it ends at the latest, milliseconds since 1970 UTC.
    pub expires_ms: i64,
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

impl App {
    /// Signs in with name and password. `from` is the address it comes from: failures are counted for name and address.
    ///
    /// # Errors
    /// [`crate::Code::SignIn`] where name or password is wrong (which of the two is not said); [`crate::Code::TooMany`] after too
    /// many failures, with the time to wait in the message.
    pub async fn sign_in(&self, name: &str, password: &str, from: &str) -> Result<Session> {
        let _ = (name, password, from);
        Err(crate::pending())
    }

    /// Ends a session. An unknown one is no error.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn sign_out(&self, token: &str) -> Result<()> {
        let _ = token;
        Err(crate::pending())
    }

    /// Who a session's token belongs to; none where it has ended or its account was closed.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn signed_in(&self, token: &str) -> Result<Option<SignedIn>> {
        let _ = token;
        Err(crate::pending())
    }

    /// Who an API token belongs to; none where it is unknown, has run out or was revoked.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn bearer(&self, token: &str) -> Result<Option<SignedIn>> {
        let _ = token;
        Err(crate::pending())
    }

    /// True where no account has a password yet: then `set_up` makes the first administrator.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn is_new(&self) -> Result<bool> {
        Err(crate::pending())
    }
}
