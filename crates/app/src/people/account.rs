//! Accounts.

use crate::{Actor, App, Office, Result};
use serde::Serialize;

/// An account as the administrator sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AccountInfo {
    /// Row id.
    pub id: i64,
    /// Version, for changes.
    pub version: i64,
    /// Unique name.
    pub name: String,
    /// Office.
    pub office: Office,
    /// Row id and name of a member's enterprise.
    pub enterprise: Option<(i64, String)>,
    /// Row ids and names of a commissioner's enterprises.
    pub assigned: Vec<(i64, String)>,
    /// E-mail, for notices; may be empty.
    pub email: String,
    /// False once it is closed.
    pub active: bool,
    /// True where it has a password.
    pub can_sign_in: bool,
    /// When it was made.
    pub created_ms: i64,
    /// When it was last seen, where a session shows that.
    pub seen_ms: Option<i64>,
}

/// An account to make.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewAccount {
    /// Unique name.
    pub name: String,
    /// Office; `None` is refused.
    pub office: Option<Office>,
    /// Row id of a member's enterprise.
    pub enterprise: Option<i64>,
    /// E-mail; may be empty.
    pub email: String,
    /// Password; without one the account signs in only after a link of `reset_password` was used.
    pub password: Option<String>,
}

/// What changes in an account; `None` leaves it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// Office.
    pub office: Option<Office>,
    /// Row id of a member's enterprise; `Some(None)` takes it away.
    pub enterprise: Option<Option<i64>>,
    /// E-mail.
    pub email: Option<String>,
    /// Open or closed. Closing ends all sessions and tokens.
    pub active: Option<bool>,
}

impl App {
    /// The actor behind an account at this machine's console; without a name, the console's own administrator.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`] for an unknown or closed account.
    pub async fn actor(&self, name: Option<&str>) -> Result<Actor> {
        let _ = name;
        Err(crate::pending())
    }

    /// Adds an account and returns its row id. Passwords: 8 to 200 characters, not the name, not among the most common ones.
    ///
    /// # Errors
    /// [`crate::Code::Conflict`] where the name is taken; [`crate::Code::BadInput`].
    pub async fn add_account(&self, actor: &Actor, new: &NewAccount) -> Result<i64> {
        let _ = (actor, new);
        Err(crate::pending())
    }

    /// All accounts, closed ones too. The secretariat sees members and commissioners only.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn accounts(&self, actor: &Actor) -> Result<Vec<AccountInfo>> {
        let _ = actor;
        Err(crate::pending())
    }

    /// Changes an account. Nobody closes or demotes the last administrator who can sign in.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`]; [`crate::Code::Conflict`] where `version` is not the newest.
    pub async fn set_account(
        &self,
        actor: &Actor,
        id: i64,
        version: i64,
        change: &AccountChange,
    ) -> Result<()> {
        let _ = (actor, id, version, change);
        Err(crate::pending())
    }

    /// A link token with which the account's owner sets a new password (valid for 3 days). Ends all sessions of the account.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`].
    pub async fn reset_password(&self, actor: &Actor, id: i64) -> Result<String> {
        let _ = (actor, id);
        Err(crate::pending())
    }

    /// Changes one's own password; all other sessions end.
    ///
    /// # Errors
    /// [`crate::Code::SignIn`] where the old one is wrong; [`crate::Code::BadInput`] for a weak one.
    pub async fn change_password(&self, actor: &Actor, keep: &str, old: &str, new: &str) -> Result<()> {
        let _ = (actor, keep, old, new);
        Err(crate::pending())
    }

    /// Gives a commissioner the enterprises to look after (row ids), in place of those before.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`]; [`crate::Code::BadInput`] where the account is no commissioner.
    pub async fn assign(&self, actor: &Actor, account: i64, enterprises: &[i64]) -> Result<()> {
        let _ = (actor, account, enterprises);
        Err(crate::pending())
    }

    /// The actor's own account.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`] for the console.
    pub async fn me(&self, actor: &Actor) -> Result<AccountInfo> {
        let _ = actor;
        Err(crate::pending())
    }
}
