//! Invitations: a link that makes an account, or sets a new password.

use super::Session;
use crate::{Actor, App, Office, Result};
use serde::Serialize;

/// An invitation to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// Office of the account to come. The secretariat invites members and commissioners, the administrator everybody.
    pub office: Office,
    /// Row id of a member's enterprise, where it is known; else the member claims it later.
    pub enterprise: Option<i64>,
    /// Who it is for, in words.
    pub name: String,
    /// E-mail to send the link to; may be empty.
    pub email: String,
    /// Days that it lasts, 1 to 90.
    pub days: u32,
}

/// An invitation that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// Row id.
    pub id: i64,
    /// Who it is for.
    pub name: String,
    /// The secret of the link `/join/{token}`; shown only now.
    pub token: String,
}

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum InvitationState {
    Open,
    Accepted,
    Expired,
    Revoked,
}

/// An invitation as the secretariat and the invited see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvitationInfo {
    /// Row id.
    pub id: i64,
    /// True where it sets a new password for an account that is there.
    pub for_password: bool,
    /// Office of the account.
    pub office: Office,
    /// Name of the enterprise.
    pub enterprise: Option<String>,
    /// Who it is for; for a password link the account's name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// State.
    pub state: InvitationState,
    /// Who wrote it.
    pub created_by: String,
    /// When.
    pub created_ms: i64,
    /// Until when it stands.
    pub expires_ms: i64,
}

impl App {
    /// Invites somebody. Where an e-mail is given and a mail hook is active, the link is also sent (it is a secret for that one
    /// receiver only, so it goes by mail and never to a group robot); `base` is the address of this server, as the receiver reaches it.
    ///
    /// # Errors
    /// [`crate::Code::NotAllowed`] for an office above one's own; [`crate::Code::BadInput`].
    pub async fn invite(&self, actor: &Actor, new: &NewInvitation, base: &str) -> Result<Invited> {
        let _ = (actor, new, base);
        Err(crate::pending())
    }

    /// Invites a member for each row of a workbook (columns 企业名称, 统一社会信用代码, 联系人, 邮箱; guessed as at import) and returns the
    /// workbook with a column of links added. All rows or none.
    ///
    /// # Errors
    /// [`crate::Code::BadInput`] with sheet and cell.
    pub async fn invite_workbook(
        &self,
        actor: &Actor,
        file: &crate::InputFile,
        base: &str,
    ) -> Result<(Vec<Invited>, Vec<u8>)> {
        let _ = (actor, file, base);
        Err(crate::pending())
    }

    /// All invitations, newest first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn invitations(&self, actor: &Actor) -> Result<Vec<InvitationInfo>> {
        let _ = actor;
        Err(crate::pending())
    }

    /// Takes an open invitation back.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`]; [`crate::Code::Conflict`] where it is not open.
    pub async fn revoke_invitation(&self, actor: &Actor, id: i64) -> Result<()> {
        let _ = (actor, id);
        Err(crate::pending())
    }

    /// What a link is for. Comes before there is an actor.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`] for an unknown token.
    pub async fn invitation(&self, token: &str) -> Result<InvitationInfo> {
        let _ = token;
        Err(crate::pending())
    }

    /// Uses a link: makes the account with this name (ignored for a password link) and password, and signs in.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`], [`crate::Code::Conflict`] where it was used, has run out, or the name is taken;
    /// [`crate::Code::BadInput`] for a weak password.
    pub async fn accept_invitation(&self, token: &str, name: &str, password: &str) -> Result<Session> {
        let _ = (token, name, password);
        Err(crate::pending())
    }
}
