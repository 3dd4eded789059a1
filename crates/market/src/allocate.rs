//! Capacity to needs.
//!
//! Where a need's quantity and an offer's free capacity compare, the allocation makes the sum over all pairs of
//! `score · quantity` greatest, with no capacity exceeded and no need covered beyond its quantity (one optimum for each
//! kind of measure: pieces, kilograms, rolls ... do not compete). A need may be covered in part, and by several offers.
//! Specifications, lead time, certificates and distance decide which pairs are feasible and what they score; the optimum is
//! a flow of greatest gain ([`crate::flow`]), and its dual prices prove it and say what binds each need.
//!
//! [`Limits`] can be set beside that: the terms of both sides (smallest orders, whole lots, needs that take all or nothing), and
//! the part that one enterprise may have. With terms the problem is a hard one: it is searched by branches, and [`Optimum`]
//! carries the bound that the result is measured against; most lists are proved all the same. A need is covered up to its
//! quantity; of an offer that is sold in lots it may be delivered less than one lot more ([`Allocation::delivered`]).
//!
//! A need that states no comparable quantity, and one that the optimum leaves open while a feasible offer states no
//! comparable capacity, is given to the best such offer as [`Coverage::Unstated`]: to be asked.

mod binds;
mod covered;
mod market;
mod search;

pub use covered::{Covered, covered};

use crate::measure::Measures;
use crate::{Input, Records};
use binds::{Binds, Bound};
use covered::TOLERANCE;
use market::{GAIN_SCALE, Market, Pair};
use model::allotment::{NeedBound, Optimum};
use model::matching::{Allocation, Coverage, Match};
use model::quantity::Quantity;
use model::unit::Dimension;
use std::collections::{BTreeMap, HashMap};

/// A feasible pair, as far as allocation looks at it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'a> {
    pub need: &'a str,
    pub offer: &'a str,
    pub rank: u32,
    pub score: f64,
}

/// What an allocation keeps to beside capacities and quantities.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Limits {
    /// The greatest part, above 0 and up to 1, that one enterprise may have of what it could serve and another enterprise
    /// could too; what only it can serve does not count. Absent: no limit.
    pub share_max: Option<f64>,
    /// Nothing is allotted below an offer's smallest order, but in whole lots, and to a need that accepts no part
    /// ([`model::need::Need::partial`]) all or nothing; a single quantity (`1000 片`) counts for the period.
    pub terms: bool,
}

/// An allocation with what proves and explains it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// By need key, then by rank of the match.
    pub allocations: Vec<Allocation>,
    /// One for each kind of measure.
    pub optima: Vec<Optimum>,
    /// What binds each need that has a feasible offer of comparable capacity, by need key.
    pub needs: BTreeMap<String, NeedBound>,
    /// What it kept to.
    pub limits: Limits,
    /// What the limit on shares lets enterprises have, by their key, one for each kind of measure.
    pub(crate) shares: HashMap<String, Vec<(Dimension, Share)>>,
}

/// What one enterprise has and may have of one kind of measure; amounts a month in base units.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Share {
    /// What it is given.
    pub used: f64,
    /// The most that it may be given.
    pub most: f64,
    /// What it could serve and another could too: so much is to be had for the limit raised by 1.
    pub shared: f64,
}

/// Allots capacity to the feasible pairs, without further limits. The result is sorted by need, then by rank of the match.
pub fn allocate(input: &Input<'_>, matches: &[Match]) -> Vec<Allocation> {
    plan(input, matches, &Limits::default()).allocations
}

/// Allots capacity to the feasible pairs, with the proof and what binds each need.
pub fn plan(input: &Input<'_>, matches: &[Match], limits: &Limits) -> Plan {
    let candidates = matches.iter().filter(|m| m.feasible).map(|m| Candidate {
        need: &m.need,
        offer: &m.offer,
        rank: m.rank,
        score: m.score,
    });
    plan_candidates(input, candidates.collect(), limits)
}

/// [`plan`] for pairs of which no more is known than their score.
pub(crate) fn plan_candidates(input: &Input<'_>, mut pairs: Vec<Candidate<'_>>, limits: &Limits) -> Plan {
    let records = Records::new(input);
    let measures = Measures::new(input);
    pairs.retain(|pair| records.need(pair.need).is_some() && records.offer(pair.offer).is_some());
    pairs.sort_by(|a, b| (a.need, a.rank, a.offer).cmp(&(b.need, b.rank, b.offer)));
    pairs.dedup_by(|next, kept| next.need == kept.need && next.offer == kept.offer);

    let mut plan = Plan { limits: *limits, ..Plan::default() };
    let mut flows = vec![Flow::Unstated; pairs.len()];
    for members in by_measure(&pairs, &records, &measures) {
        let market = Market::new(&members, &pairs, &records, &measures, limits);
        settle(&market, &members, &records, &measures, &mut flows, &mut plan);
    }
    for pairs in pairs.into_iter().zip(flows).collect::<Vec<_>>().chunk_by(|a, b| a.0.need == b.0.need) {
        allot(pairs, &records, &mut plan.allocations);
    }
    plan
}

/// What the optimum gives a pair.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Flow {
    /// This part of the need's quantity, 0..=1, and what is delivered for it, in the same measure.
    Share(f64, f64),
    /// Quantity and capacity do not compare.
    Unstated,
}

/// The places of the pairs of each kind of measure, in the order of pairs.
fn by_measure(pairs: &[Candidate<'_>], records: &Records<'_>, measures: &Measures) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut group_of: HashMap<&Dimension, usize> = HashMap::new();
    for (index, pair) in pairs.iter().enumerate() {
        let demand = records.need(pair.need).and_then(|n| measures.demand(n));
        let supply = records.offer(pair.offer).and_then(|o| measures.supply(o));
        if let Some((demand, supply)) = demand.zip(supply)
            && demand.dimension == supply.dimension
        {
            let group = *group_of.entry(demand.dimension).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            groups[group].push(index);
        }
    }
    groups
}

/// Finds the optimum of one market and writes it down.
fn settle(
    market: &Market<'_>,
    members: &[usize],
    records: &Records<'_>,
    measures: &Measures,
    flows: &mut [Flow],
    plan: &mut Plan,
) {
    let best = search::search(market);
    let mut given = vec![0i64; market.needs.len()];
    for (place, &index) in members.iter().enumerate() {
        let need = market.pairs[place].need;
        given[need] += best.covered[place];
        flows[index] =
            parts(&market.pairs[place], best.covered[place], best.delivered[place], market.demand[need]);
    }
    let binds = Binds::new(market, &best);
    for (need, &given) in given.iter().enumerate() {
        let Bound { binding, pairs, behind } = binds.of(need);
        let key = market.needs[need].to_owned();
        let bound = NeedBound {
            need: key.clone(),
            share: given as f64 / market.demand[need] as f64,
            worth: binds.worth(need) as f64 / GAIN_SCALE,
            binding,
            offers: pairs.iter().map(|&p| market.offers[market.pairs[p].offer].to_owned()).collect(),
            behind: behind as f64 / GAIN_SCALE,
        };
        plan.needs.insert(key, bound);
    }
    note_shares(market, &best.delivered, records, measures, plan);
    let first = records.need(market.needs[0]);
    let Some((quantity, amount)) =
        first.and_then(|need| Some((need.quantity.as_ref()?, measures.demand(need)?)))
    else {
        return;
    };
    // Units of the first need's quantity that a whole number of the market stands for.
    let one = quantity.value / amount.per_month / market.scale;
    let asked: i64 = market.demand.iter().sum();
    let met: i64 = given.iter().sum();
    plan.optima.push(Optimum {
        asked: Quantity::new(asked as f64 * one, &quantity.unit),
        unmet: Quantity::new((asked - met) as f64 * one, &quantity.unit),
        gain: best.gain as f64 * one / GAIN_SCALE,
        bound: best.bound as f64 * one / GAIN_SCALE,
        is_proved: best.gain == best.bound,
    });
}

/// Writes down what the limit on shares lets each enterprise have, and what it has.
fn note_shares(
    market: &Market<'_>,
    delivered: &[i64],
    records: &Records<'_>,
    measures: &Measures,
    plan: &mut Plan,
) {
    let mut used = vec![0i64; market.firms.len()];
    for (pair, delivered) in market.pairs.iter().zip(delivered) {
        if let Some(firm) = market.firm_of[pair.offer] {
            used[firm] += delivered;
        }
    }
    let amount = |whole: i64| whole as f64 / market.scale;
    let mut noted = vec![false; market.firms.len()];
    for (offer, firm) in market.firm_of.iter().enumerate() {
        let (Some(firm), Some(record)) = (*firm, records.offer(market.offers[offer])) else { continue };
        let Some(supply) = measures.supply(record).filter(|_| !noted[firm]) else { continue };
        noted[firm] = true;
        let share = Share {
            used: amount(used[firm]),
            most: amount(market.firms[firm]),
            shared: amount(market.shared[firm]),
        };
        plan.shares.entry(record.enterprise.clone()).or_default().push((supply.dimension.clone(), share));
    }
}

/// Writes down what one need is given.
fn allot(pairs: &[(Candidate<'_>, Flow)], records: &Records<'_>, out: &mut Vec<Allocation>) {
    let mut covered = 0.0;
    let mut best_unstated: Option<Candidate<'_>> = None;
    for &(pair, flow) in pairs {
        match flow {
            Flow::Unstated => best_unstated = best_unstated.or(Some(pair)),
            Flow::Share(share, delivered) if share > 0.0 => {
                covered += share;
                let part = |part: f64| {
                    let quantity = records.need(pair.need)?.quantity.as_ref()?;
                    Some(Quantity::new(tidy(quantity.value * part), &quantity.unit))
                };
                out.push(Allocation {
                    need: pair.need.to_owned(),
                    offer: pair.offer.to_owned(),
                    quantity: part(share),
                    coverage: if share == 1.0 { Coverage::Full } else { Coverage::Part },
                    delivered: if delivered > share * (1.0 + TOLERANCE) { part(delivered) } else { None },
                });
            }
            Flow::Share(..) => {}
        }
    }
    if let Some(pair) = best_unstated.filter(|_| covered < 1.0 - TOLERANCE) {
        out.push(Allocation {
            need: pair.need.to_owned(),
            offer: pair.offer.to_owned(),
            quantity: None,
            coverage: Coverage::Unstated,
            delivered: None,
        });
    }
}

/// An amount with twelve digits: what dividing and multiplying adds is no amount.
fn tidy(amount: f64) -> f64 {
    format!("{amount:.11e}").parse().unwrap_or(amount)
}

/// What is covered and delivered, as parts of the need's quantity. Of lots the number counts, not what they were rounded to.
fn parts(pair: &Pair, covered: i64, delivered: i64, demand: i64) -> Flow {
    let part = |amount: i64| if amount == demand { 1.0 } else { amount as f64 / demand as f64 };
    if pair.lot == 0 {
        return Flow::Share(part(covered), part(delivered));
    }
    let lots = (delivered / pair.lot) as f64 * pair.lot_part;
    Flow::Share(if covered == delivered { lots.min(1.0) } else { part(covered) }, lots)
}

#[cfg(test)]
mod tests;
