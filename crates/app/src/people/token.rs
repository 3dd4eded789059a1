//! API tokens of one's own account.

use crate::{Actor, App, Result};
use serde::Serialize;

/// A token as its owner sees it; the secret itself is shown once, at creation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenInfo {
    /// Row id.
    pub id: i64,
    /// What it is for.
    pub name: String,
    /// True where it may change things.
    pub may_write: bool,
    /// When it was made.
    pub created_ms: i64,
    /// When it runs out.
    pub expires_ms: i64,
    /// When it was last used, to within some minutes.
    pub used_ms: Option<i64>,
    /// True where it was revoked.
    pub revoked: bool,
}

/// A token to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// True where it may change things.
    pub may_write: bool,
    /// Days that it lasts, 1 to 366.
    pub days: u32,
}

impl App {
    /// One's own tokens, newest first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn tokens(&self, actor: &Actor) -> Result<Vec<TokenInfo>> {
        let _ = actor;
        Err(crate::pending())
    }

    /// Makes a token and returns its secret (`yulin_...`), which is shown only now.
    ///
    /// # Errors
    /// [`crate::Code::BadInput`].
    pub async fn create_token(&self, actor: &Actor, new: &NewToken) -> Result<(i64, String)> {
        let _ = (actor, new);
        Err(crate::pending())
    }

    /// Revokes one of one's own tokens.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`], also for somebody else's.
    pub async fn revoke_token(&self, actor: &Actor, id: i64) -> Result<()> {
        let _ = (actor, id);
        Err(crate::pending())
    }
}
