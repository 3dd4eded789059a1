//! Introductions (牵线): two sides of a pair want to talk. Contacts, prices and the like are released when both have agreed.

use super::EnterpriseBrief;
use super::market::{Eyes, Held, Listed, Market, Viewer};
use crate::{Act, Actor, App, Result};
use model::enterprise::Contact;
use model::need::Need;
use model::offer::Offer;
use serde::Serialize;
use std::cmp::Reverse;
use std::sync::Arc;
use store::Introduction;

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

impl Market {
    /// Introductions that the viewer takes part in and that are about certain pairs, open ones first, then the newest.
    pub(crate) fn introductions_of(
        &self,
        viewer: &Viewer,
        about: impl Fn(&Held<Need>, &Held<Offer>) -> bool,
    ) -> Vec<IntroductionInfo> {
        let infos = self.introductions.iter().filter_map(|introduction| {
            let (need, offer) = self.sides(introduction)?;
            about(need, offer).then(|| self.info(viewer, introduction)).flatten()
        });
        let mut infos: Vec<IntroductionInfo> = infos.collect();
        let open =
            |i: &IntroductionInfo| matches!(i.state, IntroductionState::Asked | IntroductionState::Agreed);
        infos.sort_by_key(|i| (!open(i), Reverse(i.updated_ms), Reverse(i.id)));
        infos
    }

    /// The introduction of a pair, where the viewer takes part in it.
    pub(crate) fn introduction_of(&self, viewer: &Viewer, need: i64, offer: i64) -> Option<IntroductionInfo> {
        let found = self.introductions.iter().find(|i| (i.need_id, i.offer_id) == (need, offer))?;
        self.info(viewer, found)
    }

    fn sides(&self, introduction: &Introduction) -> Option<(&Arc<Held<Need>>, &Arc<Held<Offer>>)> {
        Some((self.needs.get(introduction.need_id)?, self.offers.get(introduction.offer_id)?))
    }

    /// An introduction as a participant sees it; none for anybody else.
    pub(crate) fn info(&self, viewer: &Viewer, introduction: &Introduction) -> Option<IntroductionInfo> {
        let (need, offer) = self.sides(introduction)?;
        let mine = if viewer.is_mine(need.owner) {
            Some(Side::Need)
        } else if viewer.is_mine(offer.owner) {
            Some(Side::Offer)
        } else if viewer.eyes == Eyes::Office {
            None
        } else {
            return None;
        };
        let (need_agreed, offer_agreed) =
            (introduction.need_agreed.is_some(), introduction.offer_agreed.is_some());
        let state = introduction.state.into();
        let of_mine = match mine {
            Some(Side::Need) => !need_agreed,
            Some(Side::Offer) => !offer_agreed,
            _ => false,
        };
        Some(IntroductionInfo {
            id: introduction.id,
            version: introduction.version,
            need: (need.id, self.titled(viewer, need)),
            offer: (offer.id, self.titled(viewer, offer)),
            demander: self.brief(viewer, need.owner),
            supplier: self.brief(viewer, offer.owner),
            asked_side: introduction.asked_side.into(),
            note: introduction.note.clone(),
            asked_ms: introduction.asked_ms,
            need_agreed,
            offer_agreed,
            state,
            outcome: introduction.outcome.clone(),
            updated_ms: introduction.updated_ms,
            mine,
            waits_for_me: state == IntroductionState::Asked && of_mine && viewer.own().is_some(),
            contacts: (state == IntroductionState::Agreed).then(|| {
                (self.contact(viewer, need, |n| n.contact), self.contact(viewer, offer, |o| o.contact))
            }),
        })
    }

    /// The title of a record, blank where the viewer may not know of it.
    fn titled<T: Listed + Clone>(&self, viewer: &Viewer, held: &Held<T>) -> String {
        self.seen(self.sight(viewer, held), held).title().to_owned()
    }
}

impl From<store::Side> for Side {
    fn from(side: store::Side) -> Self {
        match side {
            store::Side::Need => Self::Need,
            store::Side::Offer => Self::Offer,
            store::Side::Secretariat => Self::Secretariat,
        }
    }
}

impl From<store::IntroductionState> for IntroductionState {
    fn from(state: store::IntroductionState) -> Self {
        match state {
            store::IntroductionState::Asked => Self::Asked,
            store::IntroductionState::Agreed => Self::Agreed,
            store::IntroductionState::Declined => Self::Declined,
            store::IntroductionState::Ended => Self::Ended,
        }
    }
}

impl App {
    /// Introductions that the actor takes part in (a member: those of the enterprise; the secretariat: all), open ones first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn introductions(&self, actor: &Actor) -> Result<Vec<IntroductionInfo>> {
        actor.need(Act::Introductions)?;
        let market = self.market().await?;
        Ok(market.introductions_of(&market.viewer(actor), |_, _| true))
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
