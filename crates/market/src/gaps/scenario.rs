//! What if this firm came: the change in unmet demand.

use crate::allocate::{self, Limits};
use crate::pair::{Context, same_enterprise};
use crate::retrieve::Index;
use crate::run::{NodeTexts, need_document, offer_document};
use crate::weights::Weights;
use crate::{Input, LocalRate, Settlement, Site, settle};
use model::matching::Match;
use model::offer::Offer;
use std::collections::HashMap;

/// What newcomers would change.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Needs left open without them and with them.
    pub gaps: (u32, u32),
    /// Local supporting rate without them and with them.
    pub local_rate: (LocalRate, LocalRate),
    /// Needs of which another part is covered, by key.
    pub needs: Vec<NeedChange>,
}

/// One need in a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct NeedChange {
    /// Key of the need.
    pub need: String,
    /// Part of its quantity that is covered without the newcomers and with them, 0..=1.
    pub covered: (f64, f64),
    /// Keys of the newcomers' offers that serve it, best first.
    pub by: Vec<String>,
}

/// Settles a market twice, without and with the offers of newcomers, `matches` being those without. Keys of the newcomers'
/// offers are none of the input's; `sites` says where the newcomers would be.
pub fn what_if(
    input: &Input<'_>,
    weights: &Weights,
    limits: &Limits,
    matches: &[Match],
    newcomers: &[Offer],
    sites: &HashMap<String, Site>,
) -> Scenario {
    let mut all_sites = input.sites.clone();
    all_sites.extend(sites.iter().map(|(key, site)| (key.clone(), site.clone())));
    let offers: Vec<Offer> = input.offers.iter().chain(newcomers).cloned().collect();
    let with = Input { offers: &offers, sites: &all_sites, ..*input };
    let mut joined = matches.to_vec();
    joined.extend(newcomer_matches(&with, weights, matches, newcomers));
    joined.sort_by(|a, b| (&a.need, a.rank, &a.offer).cmp(&(&b.need, b.rank, &b.offer)));

    let (before, after) = (settle(input, weights, limits, matches), settle(&with, weights, limits, &joined));
    let gaps = |s: &Settlement| s.gaps.iter().map(|g| g.gaps.len() as u32).sum();
    let covered_before = allocate::covered(input, &before.allocations, |_| true);
    let covered_after = allocate::covered(&with, &after.allocations, |_| true);
    let mut needs: Vec<NeedChange> = Vec::new();
    for need in input.needs {
        let part = |covered: &HashMap<&str, allocate::Covered>| {
            covered.get(need.key.as_str()).map_or(0.0, |c| c.fraction())
        };
        let covered = (part(&covered_before), part(&covered_after));
        if (covered.0 - covered.1).abs() > 1e-9 {
            let of_need = after.allocations.iter().filter(|a| a.need == need.key);
            let new = of_need.filter(|a| newcomers.iter().any(|o| o.key == a.offer));
            needs.push(NeedChange {
                need: need.key.clone(),
                covered,
                by: new.map(|a| a.offer.clone()).collect(),
            });
        }
    }
    needs.sort_by(|a, b| a.need.cmp(&b.need));
    Scenario { gaps: (gaps(&before), gaps(&after)), local_rate: (before.local_rate, after.local_rate), needs }
}

/// The feasible pairs of all needs with the newcomers' offers, each ranked among the need's other candidates by its score.
fn newcomer_matches(
    input: &Input<'_>,
    weights: &Weights,
    matches: &[Match],
    newcomers: &[Offer],
) -> Vec<Match> {
    let context = Context::new(input, weights);
    let nodes = NodeTexts::of_input(input);
    let products = |offer: &Offer| context.site(&offer.enterprise).map_or("", |s| s.products.as_str());
    let documents: Vec<_> =
        newcomers.iter().map(|o| offer_document(o, products(o), weights, &nodes)).collect();
    let index = Index::build(&weights.terms, &documents);
    let mut searcher = index.searcher();
    let mut others: HashMap<&str, Vec<&Match>> = HashMap::new();
    for m in matches {
        others.entry(&m.need).or_default().push(m);
    }
    let mut out = Vec::new();
    for need in input.needs {
        let mut similarity = vec![0.0; newcomers.len()];
        for hit in searcher.search(&need_document(need, weights, &nodes), newcomers.len()) {
            similarity[hit.document as usize] = f64::from(hit.similarity);
        }
        for (offer, similarity) in newcomers.iter().zip(similarity) {
            if same_enterprise(need, offer) {
                continue;
            }
            let mut matched = context.describe(need, offer, similarity, 1);
            if matched.feasible {
                let others = others.get(need.key.as_str()).into_iter().flatten();
                let better = others.filter(|m| m.feasible && m.score >= matched.score).count();
                matched.rank = better as u32 + 1;
                out.push(matched);
            }
        }
    }
    out
}
