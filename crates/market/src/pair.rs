//! The facts of one need with one offer: what is compared before anything is scored.

use crate::measure::Measures;
use crate::verdict;
use crate::weights::Weights;
use crate::words::Words;
use crate::{Input, Site};
use model::chain::{EdgeKind, NodeId};
use model::fold::fold_key;
use model::language::Language;
use model::matching::{Match, Outcome, ReasonKind, Verdict};
use model::need::Need;
use model::offer::Offer;
use model::property::PropertyId;
use model::spec::{Interval, Specification, Strictness};
use std::borrow::Cow;

/// How an offer's chain node stands to the need's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kinship {
    /// The same node.
    Same,
    /// The offer's node feeds the need's, or is fed by it.
    Neighbour(EdgeKind),
    /// Both are known and have nothing to do with each other.
    Other,
    /// One of them is not known.
    Unknown,
}

/// What is known of one pair.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    /// Text similarity, 0..=1: of the wording, and of the titles' vectors where there are any.
    pub similarity: f64,
    /// The share that vectors have in it; none where it is of the wording alone.
    pub vectors: Option<f64>,
    pub kinship: Kinship,
    pub verdicts: Vec<Verdict>,
    /// Certificates asked for that the offer holds, and that it does not show.
    pub certificates: (Vec<String>, Vec<String>),
    /// Great-circle distance, rounded to a metre.
    pub distance_km: Option<f64>,
    /// Free capacity over the quantity needed; absent where one is not stated or they do not compare.
    pub capacity_ratio: Option<f64>,
    pub feasible: bool,
}

/// Everything that is looked up for a pair, made once for an input.
pub(crate) struct Context<'a> {
    pub input: &'a Input<'a>,
    pub weights: &'a Weights,
    pub measures: Measures,
    pub words: Words<'a>,
}

impl<'a> Context<'a> {
    pub fn new(input: &'a Input<'a>, weights: &'a Weights) -> Self {
        let words = Words { reference: input.reference, language: Language::Chinese };
        Self { input, weights, measures: Measures::new(input), words }
    }

    /// The same with the sentences of another language.
    pub fn speaking(mut self, language: Language) -> Self {
        self.words.language = language;
        self
    }

    pub fn site(&self, enterprise: &str) -> Option<&'a Site> {
        self.input.sites.get(enterprise)
    }

    /// How an offer's node stands to a need's.
    pub fn kinship(&self, need: Option<&NodeId>, offer: Option<&NodeId>) -> Kinship {
        let chain = &self.input.reference.chain;
        let (Some(need), Some(offer)) = (need, offer) else { return Kinship::Unknown };
        if need == offer {
            return Kinship::Same;
        }
        let (Some(need), Some(offer)) = (chain.index(need), chain.index(offer)) else {
            return Kinship::Other;
        };
        let kind = chain.edge(offer, need).or_else(|| chain.edge(need, offer));
        kind.map_or(Kinship::Other, Kinship::Neighbour)
    }

    /// Compares a need with an offer of which the cosine of the texts is known.
    pub fn facts(&self, need: &Need, offer: &Offer, wording: f64) -> Facts {
        let share = self.weights.relevance.vectors;
        match self.input.reference.vectors.likeness(&need.title, &offer.title) {
            None => self.facts_alike(need, offer, wording),
            Some(likeness) => {
                let facts = self.facts_alike(need, offer, wording + share * (likeness - wording));
                Facts { vectors: Some(share), ..facts }
            }
        }
    }

    /// Compares a need with an offer of which the similarity is known, as a match that was made before tells it.
    pub fn facts_alike(&self, need: &Need, offer: &Offer, similarity: f64) -> Facts {
        let capabilities = capabilities(offer);
        let verdicts: Vec<Verdict> = need
            .specs
            .iter()
            .chain(&self.lead_time(need))
            .map(|spec| {
                let verdict = verdict::compare_in(spec, &capabilities, self.words);
                let evidence = offer.evidence.iter().find(|e| e.property == spec.property).cloned();
                Verdict { evidence, ..verdict }
            })
            .collect();
        let distance_km = self.distance_km(need, offer);
        let kinship = self.kinship(need.node.as_ref(), offer.node.as_ref());
        let feasible = self.same_product(kinship, similarity)
            && !verdicts.iter().any(stands_in_the_way)
            && !too_far(need, offer, distance_km)
            && self.open(need, offer);
        Facts {
            similarity,
            vectors: None,
            kinship,
            verdicts,
            certificates: self.certificates(need, offer),
            distance_km,
            capacity_ratio: self.capacity_ratio(need, offer),
            feasible,
        }
    }

    /// True where an offer is of the product asked for: garbage among the candidates is no supply.
    pub fn same_product(&self, kinship: Kinship, similarity: f64) -> bool {
        let relevance = &self.weights.relevance;
        match kinship {
            Kinship::Same => true,
            Kinship::Unknown => similarity >= relevance.similarity_min,
            Kinship::Neighbour(_) | Kinship::Other => similarity >= relevance.other_node_similarity_min,
        }
    }

    /// [`Self::same_product`] for a match that was made before: its reasons carry the similarity.
    pub fn match_same_product(&self, matched: &Match, need: &Need, offer: &Offer) -> bool {
        matched.feasible
            || self.same_product(self.kinship(need.node.as_ref(), offer.node.as_ref()), similarity(matched))
    }

    /// True where both are valid on some day of the period.
    pub fn open(&self, need: &Need, offer: &Offer) -> bool {
        self.input.period.is_none_or(|period| {
            period.overlaps(need.valid_from, need.valid_until)
                && period.overlaps(offer.valid_from, offer.valid_until)
        })
    }

    /// The day by which a need must be there, as the days that an order on the period's first day may take. It counts after
    /// the need's own requirements, and not in the score.
    pub fn lead_time(&self, need: &Need) -> Option<Specification> {
        let (by, period) = (need.needed_by?, self.input.period?);
        let days = period.first().until(by).map_or(0, |span| span.get_days()).max(0);
        let mut spec = Specification::interval(LEAD_TIME, Interval::at_most(f64::from(days)), "天");
        spec.text = self.words.arrival(by, days);
        Some(spec)
    }

    fn distance_km(&self, need: &Need, offer: &Offer) -> Option<f64> {
        let from = self.site(&need.enterprise)?.point?;
        let to = self.site(&offer.enterprise)?.point?;
        // Rounding to a metre keeps results the same where two machines' sines differ in the last bit.
        Some((from.distance_km(to) * 1000.0).round() / 1000.0)
    }

    fn certificates(&self, need: &Need, offer: &Offer) -> (Vec<String>, Vec<String>) {
        let known = self.input.reference.properties.get(&PropertyId("certification".to_owned()));
        let key = |word: &String| fold_key(&known.map_or_else(|| word.clone(), |p| p.canonical(word)));
        let held: Vec<String> = offer.certificates.iter().map(key).collect();
        need.certificates.iter().cloned().partition(|word| held.contains(&key(word)))
    }

    fn capacity_ratio(&self, need: &Need, offer: &Offer) -> Option<f64> {
        let (demand, supply) = (self.measures.demand(need)?, self.measures.supply(offer)?);
        (demand.dimension == supply.dimension).then(|| supply.per_month / demand.per_month)
    }
}

/// The text similarity of a match that was made before: its reasons carry it.
pub(crate) fn similarity(matched: &Match) -> f64 {
    let text = matched.reasons.iter().find(|r| r.kind == ReasonKind::Text && r.of > 0.0);
    text.map_or(0.0, |r| r.points / r.of)
}

/// The property of [`Context::lead_time`].
pub(crate) const LEAD_TIME: &str = "lead_time";

/// What an offer states: its specifications, and its certificates and lead time as more of them.
fn capabilities(offer: &Offer) -> Cow<'_, [Specification]> {
    if offer.certificates.is_empty() && offer.lead_days.is_none() {
        return Cow::Borrowed(&offer.specs);
    }
    let mut out = offer.specs.clone();
    if !offer.certificates.is_empty() {
        out.push(Specification::set("certification", offer.certificates.iter().cloned()));
    }
    if let Some(days) = offer.lead_days {
        // Its own field says it; what was read out of the text as well is no alternative to it.
        out.retain(|spec| spec.property.0 != LEAD_TIME);
        out.push(Specification::interval(LEAD_TIME, Interval::point(f64::from(days)), "天"));
    }
    Cow::Owned(out)
}

/// True for a must that is short or in conflict.
pub(crate) fn stands_in_the_way(verdict: &Verdict) -> bool {
    verdict.strictness == Strictness::Must
        && matches!(verdict.outcome, Outcome::Short { .. } | Outcome::Conflict)
}

/// The distance that need and offer allow, in km: the lesser of the two that are stated.
pub(crate) fn allowed_km(need: &Need, offer: &Offer) -> Option<f64> {
    [need.max_distance_km, offer.supply_radius_km].into_iter().flatten().min_by(f64::total_cmp)
}

pub(crate) fn too_far(need: &Need, offer: &Offer, distance_km: Option<f64>) -> bool {
    distance_km.zip(allowed_km(need, offer)).is_some_and(|(distance, allowed)| distance > allowed)
}

/// True where both belong to one known enterprise.
pub(crate) fn same_enterprise(need: &Need, offer: &Offer) -> bool {
    !need.enterprise.is_empty() && need.enterprise == offer.enterprise
}
