//! People: accounts, sessions, invitations, claims, tokens.

mod account;
mod claim;
mod demo;
mod invitation;
mod invite_workbook;
mod password;
mod repeat;
mod secret;
mod session;
#[cfg(test)]
mod tests;
mod throttle;
mod token;

pub use account::{AccountChange, AccountInfo, NewAccount};
pub use claim::{ClaimInfo, ClaimState};
pub use demo::{DEMO_PASSWORD, DemoAccount, DemoPeople};
pub use invitation::{InvitationInfo, InvitationState, Invited, NewInvitation};
pub use invite_workbook::InvitationRow;
pub use repeat::Repeated;
pub(crate) use secret::{hash as secret_hash, token as random_token};
pub use session::{Session, SignedIn};
pub(crate) use throttle::Throttle;
pub use token::{NewToken, TokenInfo};

use crate::{Actor, Code, Error, Office, Result, Role};
use store::Account;

/// Longest name, in characters.
const NAME_CHARS: usize = 50;
/// Names that the audit uses itself.
const RESERVED: [&str; 3] = ["local", "system", "?"];

/// A bad field of a form: an English message, and the words for the form.
pub(crate) fn bad(field: &str, message: &str, words: &str) -> Error {
    let mut error = Error::new(Code::BadInput, message);
    error.fields.push((field.to_owned(), words.to_owned()));
    error
}

/// The name of an account to come, trimmed.
fn name_of(text: &str) -> Result<String> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS {
        return Err(bad("name", "an account's name has 1 to 50 characters", "账号名须为1至50个字"));
    }
    if name.chars().any(char::is_control) || RESERVED.contains(&name.to_lowercase().as_str()) {
        return Err(bad("name", "this name cannot be an account's", "这个账号名不能用，请换一个"));
    }
    Ok(name.to_owned())
}

/// An e-mail address, trimmed; empty where there is none. Whether it reaches anybody, only a mail shows.
pub(crate) fn email_of(text: &str) -> Result<String> {
    let email = text.trim();
    let plain = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_graphic() && !"<>,;:\"()[]\\".contains(c))
    };
    let fits = match email.rsplit_once('@') {
        None => email.is_empty(),
        Some((user, host)) => {
            email.len() <= 254 && plain(user) && plain(host) && !user.contains('@') && host.contains('.')
        }
    };
    if fits {
        Ok(email.to_owned())
    } else {
        Err(bad("email", "this is no e-mail address", "邮箱格式不对，应形如 name@example.com"))
    }
}

/// The office of a stored account.
fn office_of(account: &Account) -> Result<Office> {
    Office::parse(&account.role).ok_or_else(|| {
        Error::new(
            Code::StorageCorrupt,
            format!("account {} has no known office: {}", account.name, account.role),
        )
    })
}

impl crate::App {
    /// The actor behind an account.
    pub(crate) async fn actor_of(&self, account: &Account, read_only: bool) -> Result<Actor> {
        let role = match office_of(account)? {
            Office::Administrator => Role::Administrator,
            Office::Secretariat => Role::Secretariat,
            Office::Bureau => Role::Bureau,
            Office::Auditor => Role::Auditor,
            Office::Member => Role::Member { enterprise: account.enterprise.as_ref().map(|e| e.key.clone()) },
            Office::Commissioner => {
                let assigned = self.store.assignments(Some(account.id)).await?;
                Role::Commissioner { enterprises: assigned.into_iter().map(|(_, e)| e.key).collect() }
            }
        };
        Ok(Actor { account: Some(account.id), read_only, ..Actor::new(&account.name, role) })
    }
}

/// The row id of the actor's account.
fn own(actor: &Actor) -> Result<i64> {
    actor.account.ok_or_else(|| {
        Error::new(Code::NotFound, "the console has no account").hint("name an account with --as, or sign in")
    })
}

/// What the store refuses because of what happened meanwhile is a conflict for whoever asked.
fn conflict(error: store::Error) -> Error {
    let invalid = matches!(error, store::Error::Invalid { .. });
    let mut error = Error::from(error);
    if invalid {
        error.code = Code::Conflict;
    }
    error
}
