//! The review desk: a draft's needs with all their candidates, decisions with undo, and who works on what.

use crate::{Actor, App, Result};
use model::list::{ListEnterprise, ListNeed, ListOffer, Review};
use model::matching::{Allocation, Match};
use serde::Serialize;
use store::ListHead;

/// A candidate of a need on the desk.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeskPair {
    /// The match with every reason and verdict.
    pub matched: Match,
    /// The offer.
    pub offer: ListOffer,
    /// Whose it is.
    pub supplier: Option<ListEnterprise>,
    /// What the draft allots.
    pub allocation: Option<Allocation>,
    /// What was said last.
    pub review: Review,
    /// Row id of that word, 0 where nothing was said: the base of a decision.
    pub base: i64,
    /// Who said it.
    pub by: Option<String>,
    /// When.
    pub at_ms: Option<i64>,
    /// True where the pair stands on the draft, false for a further candidate.
    pub on_draft: bool,
}

/// A need on the desk.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeskNeed {
    /// The need with its number.
    pub need: ListNeed,
    /// Whose it is.
    pub enterprise: Option<ListEnterprise>,
    /// Candidates, best first.
    pub pairs: Vec<DeskPair>,
    /// Others who look at this need now.
    pub others: Vec<String>,
}

/// A need in the desk's queue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeskRow {
    /// The need with its number.
    pub need: ListNeed,
    /// Whose it is.
    pub enterprise: Option<ListEnterprise>,
    /// Candidates on the draft.
    pub pairs: u32,
    /// Confirmed or added.
    pub confirmed: u32,
    /// Rejected.
    pub rejected: u32,
    /// Others who look at this need now.
    pub others: Vec<String>,
}

/// The desk: the queue of a draft's needs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Desk {
    /// The draft.
    pub head: ListHead,
    /// True where records were imported or changed after it was drafted.
    pub outdated: bool,
    /// All needs by number.
    pub rows: Vec<DeskRow>,
    /// Needs that are done: each candidate on the draft was spoken of.
    pub done: u32,
}

/// What is said of a pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Number of the need on the draft.
    pub need: u32,
    /// Number of the offer on the draft.
    pub offer: u32,
    /// The word; `Proposed` takes back what was said.
    pub review: Review,
    /// [`DeskPair::base`] as the decider saw it.
    pub base: i64,
}

/// What a round of decisions did.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// Taken.
    pub taken: u32,
    /// The decisions that undo it.
    pub undo: Vec<Decision>,
}

impl App {
    /// The queue of a draft.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`]; [`crate::Code::Conflict`] where the list is no draft (the message says what it is).
    pub async fn desk(&self, actor: &Actor, draft: i64) -> Result<Desk> {
        let _ = (actor, draft);
        Err(crate::pending())
    }

    /// One need of a draft with all its candidates, also those that were rejected and those that the draft left out. Leave of `desk`.
    ///
    /// # Errors
    /// As [`Self::desk`].
    pub async fn desk_need(&self, actor: &Actor, draft: i64, need: u32) -> Result<DeskNeed> {
        let _ = (actor, draft, need);
        Err(crate::pending())
    }

    /// Stores decisions, all or none: where somebody else has spoken of one of the pairs meanwhile, nothing is stored.
    ///
    /// # Errors
    /// [`crate::Code::Conflict`], the message naming who said what of which pair; [`crate::Code::BadInput`] as of `review`.
    pub async fn decide(&self, actor: &Actor, draft: i64, decisions: &[Decision]) -> Result<Decided> {
        let _ = (actor, draft, decisions);
        Err(crate::pending())
    }

    /// Says that the actor looks at a need now (forgotten after two minutes), and who else does.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn work_on(&self, actor: &Actor, draft: i64, need: u32) -> Result<Vec<String>> {
        let _ = (actor, draft, need);
        Err(crate::pending())
    }
}
