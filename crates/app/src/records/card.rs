//! One need or offer with everything around it.

use super::introduction::IntroductionInfo;
use super::market::Listed as _;
use super::matcher::Asked;
use super::row::Look;
use super::search::{NeedRow, OfferRow};
use super::twins::Twins;
use crate::lists::Allotted;
use crate::{Act, Actor, App, Code, Error, Result};
use model::matching::Match;
use model::visibility::Noun;
use serde::Serialize;

/// A ranked offer for a need.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MatchRow {
    /// The match with every reason and verdict; its keys are blank.
    pub matched: Match,
    /// The offer as the viewer may see it.
    pub offer: OfferRow,
    /// The introduction of the two, where the viewer takes part in it.
    pub introduction: Option<IntroductionInfo>,
}

/// An earlier version of a record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Version {
    /// Version, from 1.
    pub version: i64,
    /// Who made it.
    pub by: String,
    /// When.
    pub at_ms: i64,
    /// What differs from the version before: field in Chinese, old and new words, as the viewer may see them.
    pub changes: Vec<(String, String, String)>,
}

/// A need with its ranked offers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NeedCard {
    /// The need.
    pub row: NeedRow,
    /// Ranked offers, best first, at most 20.
    pub matches: Vec<MatchRow>,
    /// Introductions around it that the viewer takes part in.
    pub introductions: Vec<IntroductionInfo>,
    /// Its versions, newest first; for those who may change it.
    pub versions: Vec<Version>,
    /// Names of fields that the viewer sees only because of office, ownership or an introduction; reading them was recorded.
    pub protected: Vec<String>,
    /// What the newest published list gives it, and what keeps it from more.
    pub allotted: Option<Allotted>,
    /// Others of its enterprise that say the same.
    pub twins: Twins,
}

/// An offer with the needs that it would fit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfferCard {
    /// The offer.
    pub row: OfferRow,
    /// Needs that it ranks for, best first, at most 20, each with the match.
    pub wanted: Vec<(NeedRow, Match)>,
    /// Introductions around it that the viewer takes part in.
    pub introductions: Vec<IntroductionInfo>,
    /// Its versions, newest first; for those who may change it.
    pub versions: Vec<Version>,
    /// As of [`NeedCard::protected`].
    pub protected: Vec<String>,
    /// Others of its enterprise that say the same.
    pub twins: Twins,
}

#[boxed::futures]
impl App {
    /// A need by its row id, with its ranked offers as of now.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`], also where the viewer may not know of it.
    pub async fn need(&self, actor: &Actor, id: i64) -> Result<NeedCard> {
        actor.need(Act::Need)?;
        let (market, today) = (self.market().await?, self.today());
        let viewer = market.viewer(actor);
        let held = market.needs.get(id).filter(|held| market.knows(&viewer, held)).ok_or_else(unknown)?;
        let sight = market.sight(&viewer, held);
        let protected = market.protected(sight, held);
        self.read_protected(actor, Noun::Need, id, &protected).await?;
        let versions = if viewer.keeps(held.owner) {
            market.versions(sight, self.store.need_versions(&held.value.key).await?)
        } else {
            Vec::new()
        };
        let seen = held.value.clone().redacted(market.reference, sight);
        let asked = Asked { need: &seen, owner: Some(held.owner), from: None };
        let matches = self.match_rows(&market, &viewer, asked, Some(id)).await?;
        let introductions = market.introductions_of(&viewer, |need, _| need.id == id);
        self.read_contacts(actor, &introductions).await?;
        let row = market.need_row(&viewer, held, Look::Card, today);
        let allotted = match row.listed {
            Some((list, ..)) => self.allotted(actor, list, &held.value.key).await?,
            None => None,
        };
        let twins = self.twins_of(&market, &viewer, held).await?;
        Ok(NeedCard { row, matches, introductions, versions, protected, allotted, twins })
    }

    /// An offer by its row id.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`], also where the viewer may not know of it.
    pub async fn offer(&self, actor: &Actor, id: i64) -> Result<OfferCard> {
        actor.need(Act::Offer)?;
        let (market, today) = (self.market().await?, self.today());
        let viewer = market.viewer(actor);
        let held = market.offers.get(id).filter(|held| market.knows(&viewer, held)).ok_or_else(unknown)?;
        let sight = market.sight(&viewer, held);
        let protected = market.protected(sight, held);
        self.read_protected(actor, Noun::Offer, id, &protected).await?;
        let versions = if viewer.keeps(held.owner) {
            market.versions(sight, self.store.offer_versions(&held.value.key).await?)
        } else {
            Vec::new()
        };
        let wanted = self.needs_for(&market, &viewer, held).await?;
        let introductions = market.introductions_of(&viewer, |_, offer| offer.id == id);
        self.read_contacts(actor, &introductions).await?;
        let twins = self.twins_of(&market, &viewer, held).await?;
        Ok(OfferCard {
            row: market.offer_row(&viewer, held, Look::Card, today),
            wanted,
            introductions,
            versions,
            protected,
            twins,
        })
    }
}

/// The same words whether there is no such record or the viewer may not know of it.
pub(crate) fn unknown() -> Error {
    Error::new(Code::NotFound, "there is no such record").hint("look at the list of what exists")
}
