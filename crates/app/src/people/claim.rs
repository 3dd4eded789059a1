//! A member claims its enterprise by code; the secretariat approves.

use super::{bad, conflict, own};
use crate::notice::To;
use crate::{Act, Actor, App, Code, Error, Office, Result};
use model::enterprise::Enterprise;
use model::uscc::Uscc;
use serde::Serialize;
use std::collections::HashMap;
use store::{ClaimDecision, Status, Stored, StoredClaim};

/// Where a claim stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum ClaimState {
    Open,
    Approved,
    Rejected,
}

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClaimInfo {
    /// Row id.
    pub id: i64,
    /// Account that claims.
    pub account: String,
    /// Unified social credit code as given, checked.
    pub uscc: String,
    /// Name of the enterprise as given.
    pub name: String,
    /// What the claimer says.
    pub note: String,
    /// Row id and name of the enterprise with that code, where there is one; else the approval makes it.
    pub enterprise: Option<(i64, String)>,
    /// How many accounts that enterprise has already.
    pub accounts: u32,
    /// State.
    pub state: ClaimState,
    /// When it was made.
    pub asked_ms: i64,
    /// Who decided.
    pub decided_by: Option<String>,
    /// Why it was rejected.
    pub reason: Option<String>,
}

/// Longest name and longest words, in characters.
const NAME_CHARS: usize = 100;
const NOTE_CHARS: usize = 1000;

#[boxed::futures]
impl App {
    /// A member without an enterprise claims one. The secretariat hears of it.
    ///
    /// # Errors
    /// [`crate::Code::BadInput`] for a wrong code (with what is wrong); [`crate::Code::Conflict`] where a claim is open or the
    /// account has an enterprise.
    pub async fn claim(&self, actor: &Actor, uscc: &str, name: &str, note: &str) -> Result<i64> {
        actor.need(Act::Claim)?;
        let account = own(actor)?;
        let code = Uscc::parse(uscc).map_err(|e| bad("uscc", &e.to_string(), &e.to_string()))?;
        let (name, note) = (name.trim(), note.trim());
        if name.is_empty() || name.chars().count() > NAME_CHARS {
            return Err(bad(
                "name",
                "an enterprise's name has 1 to 100 characters",
                "企业名称须为1至100个字",
            ));
        }
        if note.chars().count() > NOTE_CHARS {
            return Err(bad("note", "the note has at most 1000 characters", "说明最多1000个字"));
        }
        let by = self.by(actor);
        let id = self.store.add_claim(account, code.as_str(), name, note, &by).await.map_err(conflict)?;
        let body = format!("账号“{}”申请认领企业“{name}”，请核对后批准或退回。", actor.name);
        self.notify("claim.open", To::Office(Office::Secretariat), "有企业认领待审核", &body, "/claims")
            .await;
        Ok(id)
    }

    /// All claims, open ones first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn claims(&self, actor: &Actor) -> Result<Vec<ClaimInfo>> {
        actor.need(Act::Claims)?;
        self.claim_infos(self.store.claims(None).await?).await
    }

    /// Approves a claim (the account then belongs to the enterprise, which is made where it was not there), or rejects it with a
    /// reason. The claimer hears of it.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`]; [`crate::Code::Conflict`] where it was decided; [`crate::Code::BadInput`] for a rejection
    /// without a reason.
    pub async fn decide_claim(&self, actor: &Actor, id: i64, approve: bool, reason: &str) -> Result<()> {
        actor.need(Act::DecideClaim)?;
        let reason = reason.trim();
        if !approve && reason.is_empty() {
            return Err(bad("reason", "a claim is rejected only with a reason", "退回须写明原因"));
        }
        let claims = self.store.claims(None).await?;
        let claim = claims.into_iter().find(|claim| claim.id == id);
        let claim = claim.ok_or_else(|| Error::new(Code::NotFound, format!("no claim {id}")))?;
        let decision = match approve {
            false => ClaimDecision::Reject(reason.to_owned()),
            true => match claimed(&self.store.enterprises().await?, &claim) {
                Some(enterprise) => ClaimDecision::Approve(enterprise.id),
                None => ClaimDecision::ApproveNew(Box::new(Enterprise::new(
                    Uscc::parse(&claim.uscc).ok(),
                    &claim.name,
                ))),
            },
        };
        let account = self.store.decide_claim(id, &decision, &self.by(actor)).await.map_err(conflict)?;
        let (title, body, link) = if approve {
            let body = format!("您已可以代表“{}”发布需求、维护产品。", claim.name);
            ("企业认领已通过", body, "/")
        } else {
            let body = format!("认领“{}”未通过：{reason}。可以改正后再次提交。", claim.name);
            ("企业认领被退回", body, "/claim")
        };
        self.notify("claim.decided", To::Accounts(&[account]), title, &body, link).await;
        Ok(())
    }

    /// The actor's own newest claim; part of `me`'s leave.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn my_claim(&self, actor: &Actor) -> Result<Option<ClaimInfo>> {
        actor.need(Act::Me)?;
        let Some(account) = actor.account else { return Ok(None) };
        let newest = self.store.claims(Some(account)).await?.into_iter().max_by_key(|claim| claim.id);
        Ok(self.claim_infos(newest.into_iter().collect()).await?.pop())
    }

    async fn claim_infos(&self, claims: Vec<StoredClaim>) -> Result<Vec<ClaimInfo>> {
        if claims.is_empty() {
            return Ok(Vec::new());
        }
        let enterprises = self.store.enterprises().await?;
        let mut accounts: HashMap<i64, u32> = HashMap::new();
        for account in self.store.users().await?.into_iter().filter(|account| account.active) {
            if let Some(enterprise) = account.enterprise {
                *accounts.entry(enterprise.id).or_default() += 1;
            }
        }
        let info = |claim: StoredClaim| {
            let enterprise = claimed(&enterprises, &claim).map(|e| (e.id, e.value.name.clone()));
            ClaimInfo {
                accounts: enterprise.as_ref().and_then(|(id, _)| accounts.get(id).copied()).unwrap_or(0),
                enterprise,
                id: claim.id,
                account: claim.account_name,
                uscc: claim.uscc,
                name: claim.name,
                note: claim.note,
                state: match claim.state.as_str() {
                    "approved" => ClaimState::Approved,
                    "rejected" => ClaimState::Rejected,
                    _ => ClaimState::Open,
                },
                asked_ms: claim.asked_ms,
                decided_by: claim.decided_by,
                reason: claim.reason,
            }
        };
        Ok(claims.into_iter().map(info).collect())
    }
}

/// The stored enterprise with a claim's code: by the code, or by a key made of it. A name alone proves nothing.
fn claimed<'e>(enterprises: &'e [Stored<Enterprise>], claim: &StoredClaim) -> Option<&'e Stored<Enterprise>> {
    let has_code = |e: &&Stored<Enterprise>| {
        e.value.uscc.as_ref().is_some_and(|code| code.as_str() == claim.uscc) || e.value.key == claim.uscc
    };
    let mut with_code = enterprises.iter().filter(has_code);
    let first = with_code.next()?;
    Some(with_code.find(|e| e.status == Status::Open && first.status != Status::Open).unwrap_or(first))
}
