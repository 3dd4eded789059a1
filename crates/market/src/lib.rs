//! Yulin's market engine: needs and offers in, matches with their reasons, allocation and gaps out.
//!
//! ```text
//! run:    retrieve candidates by text (analyse, retrieve) -> facts of each pair (pair, verdict) -> score with reasons
//!         (score) -> settle
//! settle: allocate capacity (allocate, flow) -> gaps with their causes (gaps) -> local supporting rate (local_rate)
//! ```
//!
//! [`settle`] runs again after pairs were rejected or added by hand. Beside the main walk: [`node`] reads the chain node
//! out of a title at import, [`dedupe`] proposes enterprises that are recorded twice, [`Catalogue`] is a text index that is
//! built once and asked often, for matching one need or offer at a time; [`learn`] fits the weights of the score to what came of pairs.
//!
//! No I/O, no clock, no randomness. The outcome depends neither on the order of the input nor on the number of threads:
//! ties are broken by keys.

pub mod allocate;
pub mod analyse;
pub mod dedupe;
#[cfg(test)]
mod fixture;
pub mod flow;
pub mod gaps;
pub mod learn;
mod live;
pub mod local_rate;
mod measure;
pub mod meetings;
pub mod node;
mod pair;
mod random;
pub mod retrieve;
mod run;
mod score;
pub mod verdict;
pub mod weights;
mod words;

pub use allocate::Limits;
pub use live::{Catalogue, rank_needs, rank_offers};
pub use local_rate::LocalRate;
pub use run::{Outcome, Settlement, match_needs, match_pair, run, settle};
pub use score::{Grounds, NodeGround, RequirementGround};
pub use weights::Weights;
pub use words::{retold, retold_gap};

use model::language::Language;
use model::markets::Names;
use model::need::Need;
use model::offer::Offer;
use model::period::Period;
use model::reference::Reference;
use model::region::Point;
use std::collections::HashMap;

/// What matching works on. Keys are unique among needs and among offers; of records with one key the last counts.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Open needs.
    pub needs: &'a [Need],
    /// Open offers.
    pub offers: &'a [Offer],
    /// Where enterprises are, by enterprise key; may be empty.
    pub sites: &'a HashMap<String, Site>,
    /// The period of the list; where absent, validity is not looked at.
    pub period: Option<Period>,
    /// Reference tables.
    pub reference: &'a Reference,
}

/// What matching knows of an enterprise.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Site {
    /// Coordinates.
    pub point: Option<Point>,
    /// County or city in words, for the reasons; empty where unknown.
    pub region: Names,
    /// Main products in words.
    pub products: String,
    /// True where it belongs to the cluster.
    pub inside: bool,
}

/// How to match.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Matches kept for each need.
    pub top: usize,
    /// Candidates taken from the text index and scored in full, at least `top`.
    pub pool: usize,
    /// Also keep offers beyond `top` that the allocation of the whole pool would use: where many needs want the same few
    /// best offers, capacity further down the ranking counts before anything is called a gap.
    pub spread: bool,
    /// What the allocation keeps to beside capacities and quantities.
    pub limits: Limits,
    /// Settings.
    pub weights: Weights,
    /// Language of the sentences.
    pub language: Language,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            top: 10,
            pool: 100,
            spread: false,
            limits: Limits::default(),
            weights: Weights::default(),
            language: Language::default(),
        }
    }
}

/// A stage of [`run`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Building the text index; counted in offers.
    Index,
    /// Finding and scoring candidates; counted in needs.
    Match,
    /// Allotting capacity, then gaps and rates; counted in needs.
    Settle,
}

/// How far [`run`] is. Reports come from several threads and may overtake each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The stage.
    pub stage: Stage,
    /// Done so far.
    pub done: usize,
    /// To be done in this stage.
    pub total: usize,
}

/// Needs and offers by their keys.
pub(crate) struct Records<'a> {
    needs: HashMap<&'a str, &'a Need>,
    offers: HashMap<&'a str, &'a Offer>,
}

impl<'a> Records<'a> {
    fn new(input: &Input<'a>) -> Self {
        Self {
            needs: input.needs.iter().map(|n| (n.key.as_str(), n)).collect(),
            offers: input.offers.iter().map(|o| (o.key.as_str(), o)).collect(),
        }
    }

    fn need(&self, key: &str) -> Option<&'a Need> {
        self.needs.get(key).copied()
    }

    fn offer(&self, key: &str) -> Option<&'a Offer> {
        self.offers.get(key).copied()
    }
}
