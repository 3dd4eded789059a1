//! Who comes near to a need that nobody supplies: by wording, or by a neighbouring node of the chain.

use super::OffersByNode;
use crate::pair::{self, Context, Kinship};
use crate::{Input, Records};
use model::chain::NodeId;
use model::matching::{Match, Near};
use model::need::Need;
use model::offer::Offer;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Least similarity of the wording: below it titles share a common word or two.
const SIMILARITY_MIN: f64 = 0.25;
/// Named for a gap.
const KEPT: usize = 3;

/// Offers by the nodes beside theirs.
pub(super) struct Neighbours<'a> {
    by_node: &'a OffersByNode<'a>,
    beside: HashMap<&'a NodeId, Vec<&'a NodeId>>,
}

impl<'a> Neighbours<'a> {
    pub fn new(input: &Input<'a>, by_node: &'a OffersByNode<'a>) -> Self {
        let chain = &input.reference.chain;
        let mut beside: HashMap<&NodeId, Vec<&NodeId>> = HashMap::new();
        for edge in chain.edges() {
            let (from, to) = (&chain.nodes()[edge.from].id, &chain.nodes()[edge.to].id);
            beside.entry(from).or_default().push(to);
            beside.entry(to).or_default().push(from);
        }
        Self { by_node, beside }
    }

    /// The nearest offers, one of an enterprise: those that are near in wording first, the most alike first, then others of a
    /// neighbouring node. `candidates` are the need's matches, none of which is the product.
    pub fn of(
        &self,
        need: &Need,
        candidates: &[&Match],
        records: &Records<'a>,
        context: &Context<'_>,
    ) -> Vec<Near> {
        let mut found: BTreeMap<&str, (&Offer, f64)> = BTreeMap::new();
        for matched in candidates {
            let similarity = pair::similarity(matched);
            if let Some(offer) = records.offer(&matched.offer).filter(|_| similarity >= SIMILARITY_MIN) {
                found.insert(&offer.key, (offer, similarity));
            }
        }
        let beside = need.node.as_ref().and_then(|node| self.beside.get(node)).into_iter().flatten();
        for offer in beside.filter_map(|node| self.by_node.get(node)).flatten() {
            found.entry(&offer.key).or_insert((offer, 0.0));
        }
        let mut found: Vec<(&Offer, f64)> = found
            .into_values()
            .filter(|(offer, _)| context.open(need, offer) && !pair::same_enterprise(need, offer))
            .collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.key.cmp(&b.0.key)));
        let mut firms = HashSet::new();
        found.retain(|(offer, _)| offer.enterprise.is_empty() || firms.insert(&offer.enterprise));
        found.truncate(KEPT);
        let near = |(offer, similarity): (&Offer, f64)| Near {
            offer: offer.key.clone(),
            similarity: (similarity > 0.0).then_some(similarity),
            node: match context.kinship(need.node.as_ref(), offer.node.as_ref()) {
                Kinship::Neighbour(_) => offer.node.clone(),
                _ => None,
            },
        };
        found.into_iter().map(near).collect()
    }
}
