//! Matching one record at a time against an index that is built once and asked often.
//!
//! ```text
//! Catalogue::of_offers -> near_need (candidates by text) -> rank_offers: what match_needs finds for that need
//! Catalogue::of_needs  -> near_offer                     -> rank_needs:  the needs that an offer would rank for
//! ```
//!
//! Records that changed since the index was built are compared with its knowledge of common words ([`Catalogue::compare`]).

use crate::pair::Context;
use crate::retrieve::{Document, Index};
use crate::run::{NodeTexts, need_document, offer_document};
use crate::weights::Weights;
use crate::{Input, Options};
use model::matching::Match;
use model::need::Need;
use model::offer::Offer;
use model::reference::Reference;
use std::collections::HashMap;

/// A text index over offers or over needs. It keeps no record, only keys.
#[derive(Debug, Clone)]
pub struct Catalogue {
    index: Index,
    weights: Weights,
    /// By place in the index: ascending, because the index breaks ties by place; then those put in later.
    keys: Vec<String>,
    places: HashMap<String, u32>,
    /// Number of records of an enterprise, at least.
    of_enterprise: HashMap<String, usize>,
}

impl Catalogue {
    /// Indexes offers, each with its enterprise's products in words. Keys are unique.
    pub fn of_offers<'a>(
        offers: impl Iterator<Item = (&'a Offer, &'a str)>,
        weights: &Weights,
        reference: &Reference,
    ) -> Self {
        let mut offers: Vec<(&Offer, &str)> = offers.collect();
        offers.sort_by(|a, b| a.0.key.cmp(&b.0.key));
        let nodes = NodeTexts::new(offers.iter().filter_map(|(o, _)| o.node.as_ref()), reference);
        let documents: Vec<Document<'_>> =
            offers.iter().map(|(offer, products)| offer_document(offer, products, weights, &nodes)).collect();
        Self::new(&documents, weights, offers.iter().map(|(o, _)| (o.key.as_str(), o.enterprise.as_str())))
    }

    /// Indexes needs. Keys are unique.
    pub fn of_needs<'a>(
        needs: impl Iterator<Item = &'a Need>,
        weights: &Weights,
        reference: &Reference,
    ) -> Self {
        let mut needs: Vec<&Need> = needs.collect();
        needs.sort_by(|a, b| a.key.cmp(&b.key));
        let nodes = NodeTexts::new(needs.iter().filter_map(|n| n.node.as_ref()), reference);
        let documents: Vec<Document<'_>> =
            needs.iter().map(|need| need_document(need, weights, &nodes)).collect();
        Self::new(&documents, weights, needs.iter().map(|n| (n.key.as_str(), n.enterprise.as_str())))
    }

    fn new<'a>(
        documents: &[Document<'_>],
        weights: &Weights,
        records: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let index = Index::build(&weights.terms, documents);
        let mut of_enterprise = HashMap::new();
        let mut keys = Vec::with_capacity(documents.len());
        for (key, enterprise) in records {
            keys.push(key.to_owned());
            *of_enterprise.entry(enterprise.to_owned()).or_insert(0) += 1;
        }
        let places = (0..).zip(&keys).map(|(at, key)| (key.clone(), at)).collect();
        Self { index, weights: weights.clone(), keys, places, of_enterprise }
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// Puts an offer in place of what stood under its key, with its enterprise's products in words.
    pub fn put_offer(&mut self, offer: &Offer, products: &str, reference: &Reference) {
        let nodes = NodeTexts::new(offer.node.iter(), reference);
        let weights = self.weights.clone();
        self.put(&offer.key, &offer.enterprise, &offer_document(offer, products, &weights, &nodes));
    }

    /// Puts a need in place of what stood under its key.
    pub fn put_need(&mut self, need: &Need, reference: &Reference) {
        let nodes = NodeTexts::new(need.node.iter(), reference);
        let weights = self.weights.clone();
        self.put(&need.key, &need.enterprise, &need_document(need, &weights, &nodes));
    }

    fn put(&mut self, key: &str, enterprise: &str, document: &Document<'_>) {
        self.remove(key);
        let place = self.index.add(document);
        self.keys.push(key.to_owned());
        self.places.insert(key.to_owned(), place);
        *self.of_enterprise.entry(enterprise.to_owned()).or_insert(0) += 1;
    }

    /// Takes out what stands under a key; false where nothing does.
    pub fn remove(&mut self, key: &str) -> bool {
        self.places.remove(key).is_some_and(|place| self.index.remove(place))
    }

    /// True where so much was put in and taken out that building anew pays: what is common is known from the last build.
    pub fn is_worn(&self) -> bool {
        self.index.changes() * 4 > self.index.len().max(64)
    }

    /// Keys of the records that are nearest to a need by text, with their similarities, best first: at least `pool` of other
    /// enterprises, where there are so many.
    pub fn near_need(&self, need: &Need, pool: usize, reference: &Reference) -> Vec<(&str, f64)> {
        let nodes = NodeTexts::new(need.node.iter(), reference);
        self.near(&need_document(need, &self.weights, &nodes), &need.enterprise, pool)
    }

    /// As [`Self::near_need`], for an offer with its enterprise's products.
    pub fn near_offer(
        &self,
        offer: &Offer,
        products: &str,
        pool: usize,
        reference: &Reference,
    ) -> Vec<(&str, f64)> {
        let nodes = NodeTexts::new(offer.node.iter(), reference);
        self.near(&offer_document(offer, products, &self.weights, &nodes), &offer.enterprise, pool)
    }

    fn near(&self, query: &Document<'_>, enterprise: &str, pool: usize) -> Vec<(&str, f64)> {
        // Room for the asker's own, which are dropped again.
        let own = if enterprise.is_empty() { None } else { self.of_enterprise.get(enterprise) };
        let hits = self.index.searcher().search(query, pool + own.copied().unwrap_or(0));
        hits.into_iter()
            .map(|hit| (self.keys[hit.document as usize].as_str(), f64::from(hit.similarity)))
            .collect()
    }

    /// The similarity of a need to an offer of this index, as [`Self::near_need`] finds it.
    pub fn similarity(&self, need: &Need, offer: &str, reference: &Reference) -> Option<f64> {
        let nodes = NodeTexts::new(need.node.iter(), reference);
        let place = *self.places.get(offer)?;
        Some(f64::from(self.index.similarity(&need_document(need, &self.weights, &nodes), place)))
    }

    /// The similarity of a need to an offer that the index does not hold as it is now.
    pub fn compare(&self, need: &Need, offer: &Offer, products: &str, reference: &Reference) -> f64 {
        let nodes = NodeTexts::new(need.node.iter().chain(offer.node.iter()), reference);
        let need = need_document(need, &self.weights, &nodes);
        f64::from(self.index.compare(&need, &offer_document(offer, products, &self.weights, &nodes)))
    }
}

/// The best `top` of candidate offers for a need, with every reason: what [`crate::match_needs`] says of that need, where the
/// candidates are those of [`Catalogue::near_need`]. `input` holds the records of both sides.
pub fn rank_offers(
    input: &Input<'_>,
    options: &Options,
    need: &Need,
    candidates: &[(&Offer, f64)],
) -> Vec<Match> {
    let context = Context::new(input, &options.weights).speaking(options.language);
    let ranked = context.ranked(need, candidates.iter().copied());
    (1..)
        .zip(ranked.iter().take(options.top))
        .map(|(rank, r)| context.describe(need, r.offer, r.similarity, rank))
        .collect()
}

/// The best `top` of candidate needs for an offer: feasible ones first, then by score. The rank is the place in this answer.
pub fn rank_needs(
    input: &Input<'_>,
    options: &Options,
    offer: &Offer,
    candidates: &[(&Need, f64)],
) -> Vec<Match> {
    let context = Context::new(input, &options.weights).speaking(options.language);
    let mut matches: Vec<Match> = candidates
        .iter()
        .filter(|(need, _)| !crate::pair::same_enterprise(need, offer))
        .map(|(need, similarity)| context.describe(need, offer, *similarity, 1))
        .collect();
    matches.sort_by(|a, b| {
        (b.feasible.cmp(&a.feasible)).then(b.score.total_cmp(&a.score)).then_with(|| a.need.cmp(&b.need))
    });
    matches.truncate(options.top);
    for (rank, matched) in (1..).zip(&mut matches) {
        matched.rank = rank;
    }
    matches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Cluster;
    use crate::match_needs;
    use proptest::prelude::*;

    /// A cluster of invented records whose texts share words, certificates, units and places.
    fn cluster(needs: &[(String, u8)], offers: &[(String, u8)]) -> Cluster {
        let mut cluster = Cluster { needs: Vec::new(), offers: Vec::new(), sites: HashMap::new() };
        for (at, (title, of)) in (0..).zip(needs) {
            let mut need = Need::new(&format!("n{at}"), &format!("e{of}"), title);
            need.quantity = Some(model::quantity::Quantity::new(f64::from(*of) + 1.0, "片/月"));
            cluster.needs.push(need);
        }
        for (at, (title, of)) in (0..).zip(offers) {
            let mut offer = Offer::new(&format!("o{at}"), &format!("e{of}"), title);
            offer.capacity = Some(model::quantity::Quantity::new(100.0 * f64::from(*of), "片/月"));
            cluster.offers.push(offer);
        }
        cluster
    }

    proptest! {
        /// One need at a time gives what the walk over all needs gives, and an offer finds its need with the same score.
        #[test]
        fn one_at_a_time_is_all_at_once(
            needs in prop::collection::vec(("[金丝线板胶灯珠abc12 -]{1,10}", 0u8..4), 1..12),
            offers in prop::collection::vec(("[金丝线板胶灯珠abc12 -]{1,10}", 0u8..4), 0..40),
        ) {
            let cluster = cluster(&needs, &offers);
            let input = cluster.input();
            let options = Options { top: 5, pool: 8, ..Options::default() };
            let expect = match_needs(&input, &options, &|_| {});
            let catalogue = Catalogue::of_offers(input.offers.iter().map(|o| (o, "")), &options.weights, input.reference);
            let wanted = Catalogue::of_needs(input.needs.iter(), &options.weights, input.reference);
            let mut sorted: Vec<&Need> = input.needs.iter().collect();
            sorted.sort_by(|a, b| a.key.cmp(&b.key));
            let mut found = Vec::new();
            for need in sorted {
                let near = catalogue.near_need(need, options.pool, input.reference);
                let near: Vec<(&Offer, f64)> = near
                    .into_iter()
                    .map(|(key, s)| (input.offers.iter().find(|o| o.key == key).unwrap(), s))
                    .collect();
                for (offer, similarity) in &near {
                    prop_assert_eq!(catalogue.similarity(need, &offer.key, input.reference), Some(*similarity));
                }
                found.extend(rank_offers(&input, &options, need, &near));
            }
            prop_assert_eq!(&found, &expect);
            // What is put in later is found as if it were compared with the index's knowledge, what is taken out is not found.
            if let Some(last) = input.offers.iter().max_by(|a, b| a.key.cmp(&b.key)) {
                let mut changed = catalogue.clone();
                let renamed = Offer { title: "金丝abc".to_owned(), ..last.clone() };
                changed.put_offer(&renamed, "", input.reference);
                prop_assert_eq!(changed.len(), catalogue.len());
                for need in input.needs {
                    let told = changed.similarity(need, &last.key, input.reference).unwrap();
                    let compared = catalogue.compare(need, &renamed, "", input.reference);
                    prop_assert!((told - compared).abs() < 1e-4, "{} {}", told, compared);
                }
                prop_assert!(changed.remove(&last.key) && !changed.remove(&last.key));
                for need in input.needs {
                    let near = changed.near_need(need, 100, input.reference);
                    prop_assert!(near.iter().all(|(key, _)| *key != last.key));
                }
            }
            for offer in input.offers {
                let near = wanted.near_offer(offer, "", 100, input.reference);
                let near: Vec<(&Need, f64)> = near
                    .into_iter()
                    .map(|(key, _)| input.needs.iter().find(|n| n.key == key).unwrap())
                    .map(|need| (need, catalogue.similarity(need, &offer.key, input.reference).unwrap()))
                    .collect();
                let all = Options { top: 100, ..options.clone() };
                for matched in rank_needs(&input, &all, offer, &near) {
                    if let Some(same) = expect.iter().find(|m| (&m.need, &m.offer) == (&matched.need, &matched.offer)) {
                        prop_assert_eq!(&same.reasons, &matched.reasons);
                    }
                }
            }
        }
    }
}
