//! Introductions (牵线): two sides of a pair want to talk. Contacts, prices and the like are released when both have agreed.

use super::EnterpriseBrief;
use crate::{Actor, App, Result};
use model::enterprise::Contact;
use serde::Serialize;

/// A side of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The one that needs.
    Need,
    /// The one that offers.
    Offer,
    /// The secretariat, which takes no side.
    Secretariat,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum IntroductionState {
    Asked,
    Agreed,
    Declined,
    Ended,
}

/// An introduction as a participant sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IntroductionInfo {
    /// Row id.
    pub id: i64,
    /// Version, for answers.
    pub version: i64,
    /// Row id and title of the need.
    pub need: (i64, String),
    /// Row id and title of the offer.
    pub offer: (i64, String),
    /// Whose need it is.
    pub demander: EnterpriseBrief,
    /// Whose offer it is.
    pub supplier: EnterpriseBrief,
    /// Who asked.
    pub asked_side: Side,
    /// What was said with it.
    pub note: String,
    /// When.
    pub asked_ms: i64,
    /// True once that side has agreed.
    pub need_agreed: bool,
    /// True once that side has agreed.
    pub offer_agreed: bool,
    /// State.
    pub state: IntroductionState,
    /// What came of it, or why it was declined or ended.
    pub outcome: String,
    /// When it last changed.
    pub updated_ms: i64,
    /// The viewer's side; none for the secretariat.
    pub mine: Option<Side>,
    /// True where the viewer's answer is waited for.
    pub waits_for_me: bool,
    /// The two contacts (demander's, supplier's), once both have agreed.
    pub contacts: Option<(Contact, Contact)>,
}

impl App {
    /// Introductions that the actor takes part in (a member: those of the enterprise; the secretariat: all), open ones first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn introductions(&self, actor: &Actor) -> Result<Vec<IntroductionInfo>> {
        let _ = actor;
        Err(crate::pending())
    }

    /// Asks for an introduction of a need and an offer (row ids). A member asks for a pair of which one side is its own and thereby
    /// agrees for that side; the secretariat proposes to both. The other side hears of it.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`]; [`crate::Code::BadInput`] where both are of one enterprise or neither is the member's;
    /// [`crate::Code::Conflict`] where one stands.
    pub async fn ask_introduction(&self, actor: &Actor, need: i64, offer: i64, note: &str) -> Result<i64> {
        let _ = (actor, need, offer, note);
        Err(crate::pending())
    }

    /// Agrees or declines for the actor's own side. Only a member of that side's enterprise may: consent is never given by others.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`], also for others' introductions; [`crate::Code::Conflict`].
    pub async fn answer_introduction(
        &self,
        actor: &Actor,
        id: i64,
        version: i64,
        agree: bool,
        reason: &str,
    ) -> Result<()> {
        let _ = (actor, id, version, agree, reason);
        Err(crate::pending())
    }

    /// Ends an introduction with what came of it (签约, 未成, ...); what was released is closed again, the record stays.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`]; [`crate::Code::Conflict`].
    pub async fn end_introduction(&self, actor: &Actor, id: i64, version: i64, outcome: &str) -> Result<()> {
        let _ = (actor, id, version, outcome);
        Err(crate::pending())
    }
}
