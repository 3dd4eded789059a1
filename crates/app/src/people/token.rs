//! API tokens of one's own account.

use super::{bad, own, secret};
use crate::{Act, Actor, App, Result};
use serde::Serialize;
use store::NewApiToken;

/// What every token begins with, so that a leaked one is recognised.
pub(super) const PREFIX: &str = "yulin_";
/// Tokens of an account that stand at once.
const MOST: i64 = 20;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

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

#[boxed::futures]
impl App {
    /// One's own tokens, newest first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn tokens(&self, actor: &Actor) -> Result<Vec<TokenInfo>> {
        actor.need(Act::Tokens)?;
        let tokens = self.store.api_tokens(own(actor)?).await?;
        Ok(tokens
            .into_iter()
            .map(|token| TokenInfo {
                id: token.id,
                name: token.name,
                may_write: token.may_write,
                created_ms: token.created_ms,
                expires_ms: token.expires_ms,
                used_ms: token.used_ms,
                revoked: token.revoked_ms.is_some(),
            })
            .collect())
    }

    /// Makes a token and returns its secret (`yulin_...`), which is shown only now.
    ///
    /// # Errors
    /// [`crate::Code::BadInput`]; [`crate::Code::Conflict`] where 20 tokens stand already.
    pub async fn create_token(&self, actor: &Actor, new: &NewToken) -> Result<(i64, String)> {
        actor.need(Act::CreateToken)?;
        let name = new.name.trim();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(bad(
                "name",
                "say what the token is for, in 1 to 100 characters",
                "请填写用途，1至100个字",
            ));
        }
        if !(1..=366).contains(&new.days) {
            return Err(bad("days", "a token lasts 1 to 366 days", "有效期须为1至366天"));
        }
        let token = format!("{PREFIX}{}", secret::token()?);
        let by = self.by(actor);
        let new = NewApiToken {
            account: own(actor)?,
            name: name.to_owned(),
            token_sha256: secret::hash(&token),
            may_write: new.may_write,
            expires_ms: by.at_ms + i64::from(new.days) * DAY_MS,
        };
        let id = self.store.add_api_token(&new, MOST, &by).await.map_err(super::conflict)?;
        Ok((id, token))
    }

    /// Revokes one of one's own tokens.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`], also for somebody else's.
    pub async fn revoke_token(&self, actor: &Actor, id: i64) -> Result<()> {
        actor.need(Act::RevokeToken)?;
        Ok(self.store.revoke_api_token(own(actor)?, id, &self.by(actor)).await?)
    }
}
