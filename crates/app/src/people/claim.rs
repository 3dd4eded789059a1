//! A member claims its enterprise by code; the secretariat approves.

use crate::{Actor, App, Result};
use serde::Serialize;

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

impl App {
    /// A member without an enterprise claims one. The secretariat hears of it.
    ///
    /// # Errors
    /// [`crate::Code::BadInput`] for a wrong code (with what is wrong); [`crate::Code::Conflict`] where a claim is open or the
    /// account has an enterprise.
    pub async fn claim(&self, actor: &Actor, uscc: &str, name: &str, note: &str) -> Result<i64> {
        let _ = (actor, uscc, name, note);
        Err(crate::pending())
    }

    /// All claims, open ones first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn claims(&self, actor: &Actor) -> Result<Vec<ClaimInfo>> {
        let _ = actor;
        Err(crate::pending())
    }

    /// Approves a claim (the account then belongs to the enterprise, which is made where it was not there), or rejects it with a
    /// reason. The claimer hears of it.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`]; [`crate::Code::Conflict`] where it was decided.
    pub async fn decide_claim(&self, actor: &Actor, id: i64, approve: bool, reason: &str) -> Result<()> {
        let _ = (actor, id, approve, reason);
        Err(crate::pending())
    }

    /// The actor's own newest claim; part of `me`'s leave.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn my_claim(&self, actor: &Actor) -> Result<Option<ClaimInfo>> {
        let _ = actor;
        Err(crate::pending())
    }
}
