//! Capacity to needs.
//!
//! Where a need's quantity and an offer's free capacity compare, the allocation makes the sum over all pairs of
//! `score · quantity` greatest, with no capacity exceeded and no need covered beyond its quantity (one optimum for each
//! kind of measure: pieces, kilograms, rolls ... do not compete). A need may be covered in part, and by several offers.
//!
//! A need that states no comparable quantity, and one that the optimum leaves open while a feasible offer states no
//! comparable capacity, is given to the best such offer as [`Coverage::Unstated`]: to be asked. Lot sizes and smallest
//! orders are not yet looked at.

use crate::flow::{self, Arc};
use crate::measure::Measures;
use crate::{Input, Records};
use model::matching::{Allocation, Coverage, Match};
use model::quantity::Quantity;
use model::unit::Dimension;
use std::collections::HashMap;

/// Gains are scores in parts per million: scores have six decimals.
const GAIN_SCALE: f64 = 1e6;
/// Amounts are integers below this: exact in a double, and far below what a stated capacity means.
const AMOUNT_MAX: f64 = (1u64 << 50) as f64;

/// A feasible pair, as far as allocation looks at it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'a> {
    pub need: &'a str,
    pub offer: &'a str,
    pub rank: u32,
    pub score: f64,
}

/// Allots capacity to the feasible pairs. The result is sorted by need, then by rank of the match.
pub fn allocate(input: &Input<'_>, matches: &[Match]) -> Vec<Allocation> {
    let candidates = matches.iter().filter(|m| m.feasible).map(|m| Candidate {
        need: &m.need,
        offer: &m.offer,
        rank: m.rank,
        score: m.score,
    });
    allocate_candidates(input, candidates.collect())
}

/// [`allocate`] for pairs of which no more is known than their score.
pub(crate) fn allocate_candidates(input: &Input<'_>, mut pairs: Vec<Candidate<'_>>) -> Vec<Allocation> {
    let records = Records::new(input);
    let measures = Measures::new(input);
    pairs.retain(|pair| records.need(pair.need).is_some() && records.offer(pair.offer).is_some());
    pairs.sort_by(|a, b| (a.need, a.rank, a.offer).cmp(&(b.need, b.rank, b.offer)));
    pairs.dedup_by(|next, kept| next.need == kept.need && next.offer == kept.offer);
    let flows = flows(&pairs, &records, &measures);

    let mut out = Vec::new();
    for pairs in pairs.into_iter().zip(flows).collect::<Vec<_>>().chunk_by(|a, b| a.0.need == b.0.need) {
        allot(pairs, &records, &mut out);
    }
    out
}

/// What the optimum gives a pair.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Flow {
    /// This part of the need's quantity, 0..=1.
    Share(f64),
    /// Quantity and capacity do not compare.
    Unstated,
}

fn flows(pairs: &[Candidate<'_>], records: &Records<'_>, measures: &Measures) -> Vec<Flow> {
    let mut flows = vec![Flow::Unstated; pairs.len()];
    // The pairs of each kind of measure, in the order of pairs.
    let mut groups: Vec<(&Dimension, Vec<usize>)> = Vec::new();
    let mut group_of: HashMap<&Dimension, usize> = HashMap::new();
    for (index, pair) in pairs.iter().enumerate() {
        let demand = records.need(pair.need).and_then(|n| measures.demand(n));
        let supply = records.offer(pair.offer).and_then(|o| measures.supply(o));
        if let Some((demand, supply)) = demand.zip(supply)
            && demand.dimension == supply.dimension
        {
            let group = *group_of.entry(demand.dimension).or_insert_with(|| {
                groups.push((demand.dimension, Vec::new()));
                groups.len() - 1
            });
            groups[group].1.push(index);
        }
    }
    for (_, members) in groups {
        optimise(&members, pairs, records, measures, &mut flows);
    }
    flows
}

/// One optimum over the pairs of one kind of measure.
fn optimise(
    members: &[usize],
    pairs: &[Candidate<'_>],
    records: &Records<'_>,
    measures: &Measures,
    flows: &mut [Flow],
) {
    let mut needs: Vec<f64> = Vec::new();
    let mut offers: Vec<f64> = Vec::new();
    let (mut need_place, mut offer_place) = (HashMap::new(), HashMap::new());
    let mut arcs = Vec::with_capacity(members.len());
    for &index in members {
        let pair = pairs[index];
        let need = *need_place.entry(pair.need).or_insert_with(|| {
            let amount = records.need(pair.need).and_then(|n| measures.demand(n));
            needs.push(amount.map_or(0.0, |a| a.per_month));
            needs.len() - 1
        });
        let offer = *offer_place.entry(pair.offer).or_insert_with(|| {
            let amount = records.offer(pair.offer).and_then(|o| measures.supply(o));
            offers.push(amount.map_or(0.0, |a| a.per_month));
            offers.len() - 1
        });
        // A feasible pair is worth something even at score 0.
        let gain = ((pair.score * GAIN_SCALE).round() as i64).max(1);
        arcs.push(Arc { need, offer, gain });
    }
    let total: f64 = needs.iter().sum();
    // A power of two, so that scaling is exact. Demands are rounded up and capacities down: none is exceeded.
    let scale = (AMOUNT_MAX / total.max(f64::MIN_POSITIVE)).log2().floor().exp2();
    let demand: Vec<u64> = needs.iter().map(|amount| (amount * scale).ceil() as u64).collect();
    let capacity: Vec<u64> = offers.iter().map(|amount| (amount.min(total) * scale).floor() as u64).collect();
    let flow = flow::maximise(&demand, &capacity, &arcs);
    for ((&index, arc), flow) in members.iter().zip(&arcs).zip(flow) {
        let wanted = demand[arc.need];
        flows[index] = Flow::Share(if flow == wanted { 1.0 } else { flow as f64 / wanted as f64 });
    }
}

/// Writes down what one need is given.
fn allot(pairs: &[(Candidate<'_>, Flow)], records: &Records<'_>, out: &mut Vec<Allocation>) {
    let mut covered = 0.0;
    let mut best_unstated: Option<Candidate<'_>> = None;
    for &(pair, flow) in pairs {
        match flow {
            Flow::Unstated => best_unstated = best_unstated.or(Some(pair)),
            Flow::Share(share) if share > 0.0 => {
                covered += share;
                let quantity = records.need(pair.need).and_then(|n| n.quantity.as_ref());
                out.push(Allocation {
                    need: pair.need.to_owned(),
                    offer: pair.offer.to_owned(),
                    quantity: quantity.map(|q| Quantity::new(q.value * share, &q.unit)),
                    coverage: if share == 1.0 { Coverage::Full } else { Coverage::Part },
                });
            }
            Flow::Share(_) => {}
        }
    }
    if let Some(pair) = best_unstated.filter(|_| covered < 1.0 - TOLERANCE) {
        out.push(Allocation {
            need: pair.need.to_owned(),
            offer: pair.offer.to_owned(),
            quantity: None,
            coverage: Coverage::Unstated,
        });
    }
}

/// Rounding that separates no two quantities of practice.
const TOLERANCE: f64 = 1e-9;

/// How much of one need an allocation covers, over all offers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Covered {
    /// Part of the stated quantity, 0..=1.
    pub share: f64,
    /// True where an offer of unstated capacity, or for an unstated quantity, is allotted.
    pub unstated: bool,
}

impl Covered {
    /// True where nothing stays open: all of the quantity, or a quantity to be asked.
    pub fn is_met(self) -> bool {
        self.unstated || self.share >= 1.0 - TOLERANCE
    }

    /// True where a part, and only a part, is covered.
    pub fn is_part(self) -> bool {
        !self.is_met() && self.share > 0.0
    }

    /// The part that counts as covered in rates: all of it where unstated.
    pub fn fraction(self) -> f64 {
        if self.is_met() { 1.0 } else { self.share }
    }
}

/// What each need is given, by its key; needs without an allocation are absent. `count` says which allocations count.
pub fn covered<'a>(
    input: &Input<'a>,
    allocations: &[Allocation],
    count: impl Fn(&Allocation) -> bool,
) -> HashMap<&'a str, Covered> {
    let records = Records::new(input);
    let mut out: HashMap<&str, Covered> = HashMap::new();
    for allocation in allocations.iter().filter(|a| count(a)) {
        let Some(need) = records.need(&allocation.need) else { continue };
        let entry = out.entry(need.key.as_str()).or_default();
        match (allocation.coverage, &allocation.quantity, &need.quantity) {
            (Coverage::Full, ..) => entry.share = 1.0,
            (Coverage::Part, Some(given), Some(wanted)) if wanted.value > 0.0 => {
                entry.share = (entry.share + given.value / wanted.value).min(1.0);
            }
            (Coverage::Part, ..) => {}
            (Coverage::Unstated, ..) => entry.unstated = true,
        }
    }
    out
}

#[cfg(test)]
mod tests;
