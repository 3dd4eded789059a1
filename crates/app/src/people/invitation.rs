//! Invitations: a link that makes an account, or sets a new password.

use super::{Session, bad, conflict, email_of, name_of, password, secret};
use crate::{Act, Actor, App, Code, Error, Office, Result};
use notify::Letter;
use serde::Serialize;
use std::fmt;
use store::{Invitation, NewInvite};

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
#[derive(Clone, PartialEq, Eq)]
pub struct Invited {
    /// Row id.
    pub id: i64,
    /// Who it is for.
    pub name: String,
    /// The secret of the link `/join/{token}`; shown only now.
    pub token: String,
}

impl fmt::Debug for Invited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invited").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
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

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Longest words of who it is for, in characters.
const NAME_CHARS: usize = 100;

#[boxed::futures]
impl App {
    /// Invites somebody. Where an e-mail is given and a mail hook is active, the link is also sent (it is a secret for that one
    /// receiver only, so it goes by mail and never to a group robot); `base` is the address of this server, as the receiver reaches it.
    ///
    /// # Errors
    /// [`crate::Code::NotAllowed`] for an office above one's own; [`crate::Code::BadInput`].
    pub async fn invite(&self, actor: &Actor, new: &NewInvitation, base: &str) -> Result<Invited> {
        actor.need(Act::Invite)?;
        let mut invited = self.invite_all(actor, std::slice::from_ref(new), base).await?;
        Ok(invited.remove(0))
    }

    /// All invitations, newest first. The secretariat sees those for members and commissioners only.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn invitations(&self, actor: &Actor) -> Result<Vec<InvitationInfo>> {
        actor.need(Act::Invitations)?;
        let now_ms = self.clock.now_ms();
        let infos = self.store.invitations().await?.into_iter().map(|known| info(known, now_ms));
        Ok(infos.filter(|info| may_invite(actor, info.office)).collect())
    }

    /// Takes an open invitation back.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`]; [`crate::Code::Conflict`] where it is not open.
    pub async fn revoke_invitation(&self, actor: &Actor, id: i64) -> Result<()> {
        actor.need(Act::RevokeInvitation)?;
        if !self.invitations_of(actor).await?.contains(&id) {
            return Err(Error::new(Code::NotFound, format!("no invitation {id}")));
        }
        self.store.revoke_invitation(id, &self.by(actor)).await.map_err(conflict)
    }

    /// What a link is for. Comes before there is an actor.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`] for an unknown token.
    pub async fn invitation(&self, token: &str) -> Result<InvitationInfo> {
        let known = self.store.invitation(&secret::hash(token)).await?;
        Ok(info(known, self.clock.now_ms()))
    }

    /// Uses a link: makes the account with this name (ignored for a password link) and password, and signs in.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`], [`crate::Code::Conflict`] where it was used, has run out, or the name is taken;
    /// [`crate::Code::BadInput`] for a weak password.
    pub async fn accept_invitation(&self, token: &str, name: &str, password: &str) -> Result<Session> {
        let sha256 = secret::hash(token);
        // Before the costly hash: an unknown link is refused at once.
        let known = self.store.invitation(&sha256).await?;
        let name = match known.account {
            Some(_) => known.name,
            None => name_of(name)?,
        };
        password::check(&name, password)?;
        let hash = password::hash(password).await?;
        let now_ms = self.clock.now_ms();
        let taken = |error: store::Error| {
            let exists = matches!(error, store::Error::Exists { .. });
            let mut error = conflict(error);
            if exists {
                error.fields.push(("name".to_owned(), "这个账号名已有人用，请换一个".to_owned()));
            }
            error
        };
        let account = self.store.accept_invitation(&sha256, &name, &hash, now_ms).await.map_err(taken)?;
        self.begin(account.id, &account.name, "invitation").await
    }

    /// Stores invitations, all or none, and queues the mails.
    pub(super) async fn invite_all(
        &self,
        actor: &Actor,
        new: &[NewInvitation],
        base: &str,
    ) -> Result<Vec<Invited>> {
        let by = self.by(actor);
        let (mut invites, mut tokens) = (Vec::new(), Vec::new());
        for new in new {
            if !may_invite(actor, new.office) {
                return Err(Error::new(
                    Code::NotAllowed,
                    format!("{} may not invite for the office {}", actor.name, new.office.word()),
                ));
            }
            let name = new.name.trim();
            if name.is_empty() || name.chars().count() > NAME_CHARS {
                return Err(bad(
                    "name",
                    "say who it is for, in 1 to 100 characters",
                    "请填写邀请对象，1至100个字",
                ));
            }
            if !(1..=90).contains(&new.days) {
                return Err(bad("days", "an invitation lasts 1 to 90 days", "有效期须为1至90天"));
            }
            if new.enterprise.is_some() && new.office != Office::Member {
                return Err(super::account::not_a_member());
            }
            let token = secret::token()?;
            invites.push(NewInvite {
                token_sha256: secret::hash(&token),
                role: new.office.word().to_owned(),
                enterprise: new.enterprise,
                name: name.to_owned(),
                email: email_of(&new.email)?,
                expires_ms: by.at_ms + i64::from(new.days) * DAY_MS,
            });
            tokens.push(token);
        }
        let ids = self.store.invite(&invites, &by).await?;
        let mut letters = Vec::new();
        let mut invited = Vec::new();
        for ((id, new), token) in ids.into_iter().zip(invites).zip(tokens) {
            if !new.email.is_empty() {
                letters.push(self.letter(&new, &token, base).await?);
            }
            invited.push(Invited { id, name: new.name, token });
        }
        if !letters.is_empty() {
            self.mail(&letters).await?;
        }
        Ok(invited)
    }

    async fn letter(&self, new: &NewInvite, token: &str, base: &str) -> Result<Letter> {
        let cluster = self.cluster_name().await?;
        Ok(Letter {
            to: new.email.clone(),
            kind: "invitation".to_owned(),
            title: format!("邀请您加入{cluster}平台"),
            body: format!("{}：请打开下面的链接设置账号和密码。链接只供您本人使用，请勿转发。", new.name),
            link: format!("{}/join/{token}", base.trim_end_matches('/')),
        })
    }

    async fn invitations_of(&self, actor: &Actor) -> Result<Vec<i64>> {
        let known = self.store.invitations().await?;
        let own = known.into_iter().filter(|i| Office::parse(&i.role).is_some_and(|o| may_invite(actor, o)));
        Ok(own.map(|invitation| invitation.id).collect())
    }
}

/// The secretariat invites members and commissioners, the administrator everybody.
fn may_invite(actor: &Actor, office: Office) -> bool {
    match actor.role.office() {
        Office::Administrator => true,
        Office::Secretariat => matches!(office, Office::Member | Office::Commissioner),
        _ => false,
    }
}

fn info(known: Invitation, now_ms: i64) -> InvitationInfo {
    let state = match &known {
        i if i.accepted_by.is_some() => InvitationState::Accepted,
        i if i.revoked_ms.is_some() => InvitationState::Revoked,
        i if i.expires_ms <= now_ms => InvitationState::Expired,
        _ => InvitationState::Open,
    };
    InvitationInfo {
        id: known.id,
        for_password: known.account.is_some(),
        // An office that no program of this version knows may do nothing.
        office: Office::parse(&known.role).unwrap_or(Office::Auditor),
        enterprise: known.enterprise.map(|enterprise| enterprise.name),
        name: known.name,
        email: known.email,
        state,
        created_by: known.created_by,
        created_ms: known.created_ms,
        expires_ms: known.expires_ms,
    }
}
