//! Accounts.

use super::{bad, conflict, email_of, name_of, office_of, own, password, secret};
use crate::{Act, Actor, App, Code, Error, Office, Result};
use market::dedupe::RegisteredNames;
use model::enterprise::Enterprise;
use model::fold::fold_name;
use serde::Serialize;
use std::collections::HashMap;
use store::{Account, EnterpriseLabel, NewUser, UserChange};

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
#[derive(Clone, Default, PartialEq, Eq)]
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

/// How long a link for a new password stands.
const RESET_MS: i64 = 3 * 24 * 60 * 60 * 1000;

#[boxed::futures]
impl App {
    /// The actor behind an account at this machine's console; without a name, the console's own administrator.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`] for an unknown or closed account.
    pub async fn actor(&self, name: Option<&str>) -> Result<Actor> {
        let Some(name) = name else { return Ok(Actor::local()) };
        let account = self.store.user(name).await?;
        if !account.active {
            return Err(Error::new(Code::NotFound, format!("account {name} is closed")));
        }
        self.actor_of(&account, false).await
    }

    /// Adds an account and returns its row id. Passwords: 8 to 200 characters, not the name, not among the most common ones.
    ///
    /// # Errors
    /// [`crate::Code::Conflict`] where the name is taken; [`crate::Code::BadInput`].
    pub async fn add_account(&self, actor: &Actor, new: &NewAccount) -> Result<i64> {
        actor.need(Act::AddAccount)?;
        let name = name_of(&new.name)?;
        let email = email_of(&new.email)?;
        let office = new.office.ok_or_else(|| bad("office", "an account needs an office", "请选择角色"))?;
        if new.enterprise.is_some() && office != Office::Member {
            return Err(not_a_member());
        }
        let password = match &new.password {
            Some(password) => {
                password::check(&name, password)?;
                Some(password::hash(password).await?)
            }
            None => None,
        };
        let new =
            NewUser { name, role: office.word().to_owned(), enterprise: new.enterprise, email, password };
        Ok(self.store.add_user(&new, &self.by(actor)).await?.id)
    }

    /// All accounts, closed ones too. The secretariat sees members and commissioners only.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn accounts(&self, actor: &Actor) -> Result<Vec<AccountInfo>> {
        actor.need(Act::Accounts)?;
        let seen = self.store.last_seen().await?;
        let mut assigned: HashMap<i64, Vec<EnterpriseLabel>> = HashMap::new();
        for (account, enterprise) in self.store.assignments(None).await? {
            assigned.entry(account).or_default().push(enterprise);
        }
        let everybody = actor.role.office() == Office::Administrator;
        let mut out = Vec::new();
        for account in self.store.users().await? {
            let office = office_of(&account)?;
            if everybody || matches!(office, Office::Member | Office::Commissioner) {
                let assigned = assigned.remove(&account.id).unwrap_or_default();
                let seen_ms = seen.get(&account.id).copied();
                out.push(info(account, office, assigned, seen_ms));
            }
        }
        Ok(out)
    }

    /// Changes an account. Nobody closes or demotes the last administrator who can sign in.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`]; [`crate::Code::Conflict`] where `version` is not the newest, or the last administrator would go.
    pub async fn set_account(
        &self,
        actor: &Actor,
        id: i64,
        version: i64,
        change: &AccountChange,
    ) -> Result<()> {
        actor.need(Act::SetAccount)?;
        let was = office_of(&self.store.user_by_id(id).await?)?;
        let member = change.office.unwrap_or(was) == Office::Member;
        let enterprise = match change.enterprise {
            Some(Some(_)) if !member => return Err(not_a_member()),
            None if !member => Some(None),
            given => given,
        };
        let change = UserChange {
            role: change.office.map(|office| office.word().to_owned()),
            enterprise,
            email: change.email.as_deref().map(email_of).transpose()?,
            active: change.active,
        };
        let kept = Office::Administrator.word();
        self.store.set_user(id, version, &change, kept, &self.by(actor)).await.map_err(conflict)
    }

    /// A link token (for `/join/{token}`) with which the account's owner sets a new password (valid for 3 days). The old password
    /// and all sessions of the account end at once.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`]; [`crate::Code::Conflict`] for a closed account.
    pub async fn reset_password(&self, actor: &Actor, id: i64) -> Result<String> {
        actor.need(Act::ResetPassword)?;
        let account = self.store.user_by_id(id).await?;
        if !account.active {
            return Err(Error::new(Code::Conflict, format!("account {} is closed", account.name))
                .hint("open it first"));
        }
        let token = secret::token()?;
        let by = self.by(actor);
        self.store.reset_password(id, &secret::hash(&token), by.at_ms + RESET_MS, &by).await?;
        Ok(token)
    }

    /// Changes one's own password; all sessions end but the one with the token `keep`.
    ///
    /// # Errors
    /// [`crate::Code::SignIn`] where the old one is wrong; [`crate::Code::BadInput`] for a weak one; [`crate::Code::TooMany`].
    pub async fn change_password(&self, actor: &Actor, keep: &str, old: &str, new: &str) -> Result<()> {
        actor.need(Act::ChangePassword)?;
        let id = own(actor)?;
        // Whoever found an open session must not guess here either.
        self.enter(&actor.name, "")?;
        let hash = self.store.password(&actor.name).await?.map(|(_, hash)| hash);
        if !password::matches(old, hash).await? {
            self.refused(&actor.name, true, "").await?;
            let mut error = Error::new(Code::SignIn, "the old password is wrong");
            error.fields.push(("old".to_owned(), "原密码不对".to_owned()));
            return Err(error);
        }
        self.throttle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).succeeded(&actor.name, "");
        password::check(&actor.name, new)?;
        let hash = password::hash(new).await?;
        Ok(self.store.set_password(id, &hash, Some(&secret::hash(keep)), &self.by(actor)).await?)
    }

    /// Gives a commissioner the enterprises to look after (row ids), in place of those before.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`]; [`crate::Code::BadInput`] where the account is no commissioner.
    pub async fn assign(&self, actor: &Actor, account: i64, enterprises: &[i64]) -> Result<()> {
        actor.need(Act::Assign)?;
        let known = self.store.user_by_id(account).await?;
        if office_of(&known)? != Office::Commissioner {
            return Err(Error::new(Code::BadInput, format!("account {} is no commissioner", known.name)));
        }
        Ok(self.store.assign(account, enterprises, &self.by(actor)).await?)
    }

    /// Row id of the enterprise with this key, code or exact name, for the command line.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`]; [`crate::Code::BadInput`] where two have the name.
    pub async fn find_enterprise(&self, actor: &Actor, text: &str) -> Result<i64> {
        actor.need(Act::Accounts)?;
        self.enterprise_meant(text).await.map(|found| found.id)
    }

    /// The enterprise of a key, code or name.
    pub(crate) async fn enterprise_meant(&self, text: &str) -> Result<store::Stored<Enterprise>> {
        let text = text.trim();
        let mut all = self.store.enterprises().await?;
        let by_code = |code: &model::uscc::Uscc| code.as_str() == text;
        let exact =
            all.iter().position(|e| e.value.key == text || e.value.uscc.as_ref().is_some_and(by_code));
        if let Some(exact) = exact {
            return Ok(all.swap_remove(exact));
        }
        let folded = fold_name(text);
        let named = |e: &store::Stored<Enterprise>| {
            let other = std::iter::once(&e.value.short_name).chain(&e.value.other_names);
            (fold_name(&e.value.name) == folded, other.into_iter().any(|name| fold_name(name) == folded))
        };
        // A registered name stands before a short or former one.
        let places = |of: fn((bool, bool)) -> bool| -> Vec<usize> {
            all.iter()
                .enumerate()
                .filter(|(_, e)| !folded.is_empty() && of(named(e)))
                .map(|(at, _)| at)
                .collect()
        };
        let registered = places(|(name, _)| name);
        let found = if registered.is_empty() { places(|(_, other)| other) } else { registered };
        match found[..] {
            [one] => Ok(all.swap_remove(one)),
            [] => {
                let names =
                    RegisteredNames::new(all.iter().map(|e| e.value.name.as_str()), &self.reference.regions);
                let meant = names.asker().meant(text);
                let meant: Vec<&str> =
                    meant.into_iter().map(|place| all[place].value.name.as_str()).collect();
                let error =
                    Error::new(Code::NotFound, format!("no enterprise with the key, code or name {text}"));
                Err(if meant.is_empty() {
                    error
                } else {
                    error.hint(format!("did you mean: {}", meant.join("、")))
                })
            }
            _ => Err(Error::new(
                Code::BadInput,
                format!("two enterprises have the name {text}; give the code"),
            )),
        }
    }

    /// The actor's own account.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`] for the console.
    pub async fn me(&self, actor: &Actor) -> Result<AccountInfo> {
        actor.need(Act::Me)?;
        let account = self.store.user_by_id(own(actor)?).await?;
        let assigned = self.store.assignments(Some(account.id)).await?.into_iter().map(|(_, e)| e).collect();
        let office = office_of(&account)?;
        Ok(info(account, office, assigned, None))
    }
}

pub(super) fn not_a_member() -> Error {
    bad("enterprise", "only a member belongs to an enterprise", "只有会员企业账号才能选企业")
}

fn info(
    account: Account,
    office: Office,
    assigned: Vec<EnterpriseLabel>,
    seen_ms: Option<i64>,
) -> AccountInfo {
    AccountInfo {
        id: account.id,
        version: account.version,
        name: account.name,
        office,
        enterprise: account.enterprise.map(|e| (e.id, e.name)),
        assigned: assigned.into_iter().map(|e| (e.id, e.name)).collect(),
        email: account.email,
        active: account.active,
        can_sign_in: account.can_sign_in,
        created_ms: account.created_ms,
        seen_ms,
    }
}
