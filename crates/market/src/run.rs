//! The main walk: candidates, scores, allocation, gaps.

use crate::allocate::{Candidate, Limits, Plan};
use crate::gaps::{bounds, find_gaps};
use crate::local_rate::{LocalRate, local_rate};
use crate::pair::{Context, same_enterprise};
use crate::retrieve::{Document, Field, Index, Searcher};
use crate::score::total;
use crate::weights::Weights;
use crate::{Input, Options, Progress, Stage, allocate};
use model::allotment::{NeedBound, Optimum};
use model::chain::NodeId;
use model::matching::{Allocation, GapGroup, Match};
use model::need::Need;
use model::offer::Offer;
use model::reference::Reference;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What [`run`] finds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// Matches, by need key and rank.
    pub matches: Vec<Match>,
    /// Allocation, by need key.
    pub allocations: Vec<Allocation>,
    /// Gaps, heaviest first.
    pub gaps: Vec<GapGroup>,
    /// Local supporting rate.
    pub local_rate: LocalRate,
}

/// What follows from a set of matches.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settlement {
    /// Allocation, by need key.
    pub allocations: Vec<Allocation>,
    /// Gaps, heaviest first.
    pub gaps: Vec<GapGroup>,
    /// Local supporting rate.
    pub local_rate: LocalRate,
    /// One for each kind of measure.
    pub optima: Vec<Optimum>,
    /// What binds each need that asks for a quantity or stays open, by need key.
    pub bounds: Vec<NeedBound>,
}

/// Matches all needs with all offers, allots capacity and finds the gaps.
pub fn run(input: &Input<'_>, options: &Options, progress: &(dyn Fn(Progress) + Sync)) -> Outcome {
    let matches = match_needs(input, options, progress);
    let total = input.needs.len();
    progress(Progress { stage: Stage::Settle, done: 0, total });
    let settlement = settle(input, &options.weights, &options.limits, &matches);
    let Settlement { allocations, gaps, local_rate, .. } = settlement;
    progress(Progress { stage: Stage::Settle, done: total, total });
    Outcome { matches, allocations, gaps, local_rate }
}

/// Allocation, gaps and rate of given matches: those that the engine found, less those rejected, and those added by
/// hand (with `feasible` set by whoever added them).
pub fn settle(input: &Input<'_>, weights: &Weights, limits: &Limits, matches: &[Match]) -> Settlement {
    let plan = allocate::plan(input, matches, limits);
    let gaps = find_gaps(input, weights, matches, &plan);
    let local_rate = local_rate(input, &plan.allocations);
    let bounds = bounds(&plan, &gaps);
    let Plan { allocations, optima, .. } = plan;
    Settlement { allocations, gaps, local_rate, optima, bounds }
}

/// The best offers of every need with their reasons, by need key and rank: feasible ones first, then by score. Offers of
/// the need's own enterprise are left out.
pub fn match_needs(input: &Input<'_>, options: &Options, progress: &(dyn Fn(Progress) + Sync)) -> Vec<Match> {
    let matcher = Matcher::new(input, options, progress);
    let mut needs: Vec<&Need> = input.needs.iter().collect();
    needs.sort_by(|a, b| a.key.cmp(&b.key));
    let total = needs.len();
    let done = AtomicUsize::new(0);
    progress(Progress { stage: Stage::Match, done: 0, total });
    let ranked: Vec<Vec<Ranked<'_>>> = needs
        .par_iter()
        .map_init(
            || matcher.index.searcher(),
            |searcher, need| {
                let ranked = matcher.rank(need, searcher);
                progress(Progress {
                    stage: Stage::Match,
                    done: done.fetch_add(1, Ordering::Relaxed) + 1,
                    total,
                });
                ranked
            },
        )
        .collect();
    let wanted = if options.spread { allotted(input, &needs, &ranked) } else { HashSet::new() };
    let found: Vec<Vec<Match>> = needs
        .par_iter()
        .zip(&ranked)
        .map(|(need, ranked)| {
            let kept = (1..).zip(ranked).filter(|(rank, r)| {
                *rank as usize <= options.top || wanted.contains(&(need.key.as_str(), r.offer.key.as_str()))
            });
            kept.map(|(rank, r)| matcher.context.describe(need, r.offer, r.similarity, rank)).collect()
        })
        .collect();
    found.into_iter().flatten().collect()
}

/// The pairs that an allocation over all ranked offers uses.
fn allotted<'a>(
    input: &Input<'a>,
    needs: &[&'a Need],
    ranked: &[Vec<Ranked<'a>>],
) -> HashSet<(&'a str, &'a str)> {
    let mut candidates = Vec::new();
    for (need, ranked) in needs.iter().zip(ranked) {
        candidates.extend((1..).zip(ranked).filter(|(_, r)| r.feasible).map(|(rank, r)| Candidate {
            need: &need.key,
            offer: &r.offer.key,
            rank,
            score: r.score,
        }));
    }
    let keys: HashMap<&str, &'a str> =
        candidates.iter().flat_map(|c| [(c.need, c.need), (c.offer, c.offer)]).collect();
    let allocations = allocate::plan_candidates(input, candidates, &Limits::default()).allocations;
    allocations.iter().map(|a| (keys[a.need.as_str()], keys[a.offer.as_str()])).collect()
}

/// One pair as [`match_needs`] would describe it, at rank 1: for a pair that is added by hand. There being no other
/// offers to tell common words from telling ones, its text similarity is a little less sharp.
pub fn match_pair(input: &Input<'_>, weights: &Weights, need: &Need, offer: &Offer) -> Match {
    let context = Context::new(input, weights);
    let nodes = NodeTexts::of_input(input);
    let products = context.products(&offer.enterprise);
    let index = Index::build(&weights.terms, &[offer_document(offer, products, weights, &nodes)]);
    let query = need_document(need, weights, &nodes);
    let similarity = index.searcher().search(&query, 1).first().map_or(0.0, |hit| hit.similarity);
    context.describe(need, offer, f64::from(similarity), 1)
}

/// Names and aliases of the chain nodes that occur, as text.
pub(crate) struct NodeTexts<'a>(HashMap<&'a NodeId, String>);

impl<'a> NodeTexts<'a> {
    pub(crate) fn new(used: impl Iterator<Item = &'a NodeId>, reference: &Reference) -> Self {
        let mut texts = HashMap::new();
        for id in used {
            if !texts.contains_key(id)
                && let Some(text) = text_of(reference, id)
            {
                texts.insert(id, text);
            }
        }
        Self(texts)
    }

    pub(crate) fn of_input(input: &Input<'a>) -> Self {
        let used = input.needs.iter().filter_map(|n| n.node.as_ref());
        Self::new(used.chain(input.offers.iter().filter_map(|o| o.node.as_ref())), input.reference)
    }

    fn get(&self, node: Option<&NodeId>) -> &str {
        node.and_then(|id| self.0.get(id)).map_or("", String::as_str)
    }
}

fn text_of(reference: &Reference, id: &NodeId) -> Option<String> {
    let node = reference.chain.get(id)?;
    let mut text = format!("{} {}", node.name_zh, node.name_en);
    for alias in &node.aliases {
        text.push(' ');
        text.push_str(alias);
    }
    Some(text)
}

pub(crate) fn need_document<'a>(need: &'a Need, weights: &Weights, nodes: &'a NodeTexts<'_>) -> Document<'a> {
    let fields = &weights.fields;
    vec![
        Field { weight: fields.title, text: &need.title },
        Field { weight: fields.node, text: nodes.get(need.node.as_ref()) },
        Field { weight: fields.detail, text: &need.detail },
    ]
}

pub(crate) fn offer_document<'a>(
    offer: &'a Offer,
    products: &'a str,
    weights: &Weights,
    nodes: &'a NodeTexts<'_>,
) -> Document<'a> {
    let fields = &weights.fields;
    vec![
        Field { weight: fields.title, text: &offer.title },
        Field { weight: fields.node, text: nodes.get(offer.node.as_ref()) },
        Field { weight: fields.detail, text: &offer.detail },
        Field { weight: fields.products, text: products },
    ]
}

struct Matcher<'a> {
    context: Context<'a>,
    options: &'a Options,
    nodes: NodeTexts<'a>,
    /// By key: the index breaks ties by place.
    offers: Vec<&'a Offer>,
    offers_of: HashMap<&'a str, usize>,
    index: Index,
}

impl<'a> Matcher<'a> {
    fn new(input: &'a Input<'a>, options: &'a Options, progress: &(dyn Fn(Progress) + Sync)) -> Self {
        let context = Context::new(input, &options.weights).speaking(options.language);
        let nodes = NodeTexts::of_input(input);
        let mut offers: Vec<&Offer> = input.offers.iter().collect();
        offers.sort_by(|a, b| a.key.cmp(&b.key));
        let total = offers.len();
        progress(Progress { stage: Stage::Index, done: 0, total });
        let documents: Vec<Document<'_>> = offers
            .iter()
            .map(|offer| offer_document(offer, context.products(&offer.enterprise), &options.weights, &nodes))
            .collect();
        let index = Index::build(&options.weights.terms, &documents);
        drop(documents);
        progress(Progress { stage: Stage::Index, done: total, total });
        let mut offers_of = HashMap::new();
        for offer in &offers {
            *offers_of.entry(offer.enterprise.as_str()).or_insert(0) += 1;
        }
        Self { context, options, nodes, offers, offers_of, index }
    }

    /// The candidates of a need, best first; all of the pool where spreading, else `top`.
    fn rank(&self, need: &Need, searcher: &mut Searcher<'_>) -> Vec<Ranked<'a>> {
        // Room for the need's own offers, which are dropped again.
        let own =
            if need.enterprise.is_empty() { None } else { self.offers_of.get(need.enterprise.as_str()) };
        let pool = self.options.pool.max(self.options.top) + own.copied().unwrap_or(0);
        let hits = searcher.search(&need_document(need, self.context.weights, &self.nodes), pool);
        let mut hits: Vec<(&Offer, f64)> = hits
            .into_iter()
            .map(|hit| (self.offers[hit.document as usize], f64::from(hit.similarity)))
            .collect();
        // Where no common wording is asked for, what shares none is a candidate like any other.
        if self.context.weights.relevance.similarity_min <= 0.0 {
            let met: HashSet<&str> = hits.iter().map(|(offer, _)| offer.key.as_str()).collect();
            let rest = self.offers.iter().filter(|offer| !met.contains(offer.key.as_str()));
            let rest: Vec<(&Offer, f64)> = rest.map(|offer| (*offer, 0.0)).collect();
            hits.extend(rest);
        }
        let mut ranked = self.context.ranked(need, hits.into_iter());
        if !self.options.spread {
            ranked.truncate(self.options.top);
        }
        ranked
    }
}

/// A candidate with what ranks it.
pub(crate) struct Ranked<'a> {
    pub(crate) offer: &'a Offer,
    pub(crate) similarity: f64,
    score: f64,
    feasible: bool,
}

impl Context<'_> {
    fn products(&self, enterprise: &str) -> &str {
        self.site(enterprise).map_or("", |site| &site.products)
    }

    /// Offers with their similarities to a need, best first, without those of its own enterprise.
    pub(crate) fn ranked<'o>(
        &self,
        need: &Need,
        candidates: impl Iterator<Item = (&'o Offer, f64)>,
    ) -> Vec<Ranked<'o>> {
        let mut ranked: Vec<Ranked<'o>> = candidates
            .filter(|(offer, _)| !same_enterprise(need, offer))
            .map(|(offer, similarity)| {
                let facts = self.facts(need, offer, similarity);
                let score = total(&self.parts(need, &facts));
                Ranked { offer, similarity, score, feasible: facts.feasible }
            })
            .collect();
        ranked.sort_by(|a, b| {
            (b.feasible.cmp(&a.feasible))
                .then(b.score.total_cmp(&a.score))
                .then(b.similarity.total_cmp(&a.similarity))
                .then_with(|| a.offer.key.cmp(&b.offer.key))
        });
        ranked
    }

    pub(crate) fn describe(&self, need: &Need, offer: &Offer, similarity: f64, rank: u32) -> Match {
        let facts = self.facts(need, offer, similarity);
        let parts = self.parts(need, &facts);
        Match {
            need: need.key.clone(),
            offer: offer.key.clone(),
            rank,
            score: total(&parts),
            reasons: self.reasons(need, offer, &facts, &parts),
            verdicts: facts.verdicts,
            distance_km: facts.distance_km,
            feasible: facts.feasible,
        }
    }
}

#[cfg(test)]
mod tests;
