//! Gaps: which needs stay unmet, why, and which weigh most.
//!
//! The cause of one need's gap, from its candidates of the same product (see [`crate::weights::Relevance`]) that are
//! valid in the period:
//!
//! 1. none: no supplier;
//! 2. a feasible one, but not enough capacity: capacity short, by what stays open; or what binds it is a term of one side or the
//!    limit on shares ([`crate::allocate`]): terms short;
//! 3. otherwise the nearest candidate says it: fewest requirements in the way, then best rank. With requirements in the
//!    way the specification is short; with none it is too far.
//!
//! Beside the cause stands the smallest change that would meet the need ([`Gap::remedies`]), or who makes something near to it where
//! nobody offers it ([`Gap::near`]), how every node stands and which
//! weigh most ([`standings`]), and what a newcomer would change ([`what_if`]).
//!
//! Gaps are grouped by chain node (by title where there is none) and ranked by weight, see [`WEIGHT_ZH`].

mod near;
mod remedy;
mod scenario;
mod standing;
mod value;

pub use scenario::{NeedChange, Scenario, what_if};
pub use standing::{
    NodeStanding, RANKING_EN, RANKING_ZH, RELATEDNESS_EN, RELATEDNESS_ZH, Ranking, STANDING_EN, STANDING_ZH,
    Standing, rank, standings,
};
pub use value::{UnmetValue, VALUE_EN, VALUE_ZH};

use crate::allocate::{self, Plan};
use crate::measure::Measures;
use crate::pair::{self, Context};
use crate::weights::Weights;
use crate::{Input, Records};
use model::allotment::{Binding, NeedBound};
use model::chain::NodeId;
use model::fold::fold_key;
use model::matching::{Coverage, Gap, GapCause, GapGroup, Match, Near, Remedy};
use model::need::Need;
use model::offer::Offer;
use model::quantity::Quantity;
use model::unit::Dimension;
use near::Neighbours;
use remedy::Remedies;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How a group is weighed, in Chinese.
pub const WEIGHT_ZH: &str = "缺口权重 = 需求企业数 + Σ lg(1 + 该节点未满足数量 ÷ 全部缺口中同类单位的单项未满足数量中位数)；\
未说明数量的缺口只计企业数";
/// How a group is weighed, in English.
pub const WEIGHT_EN: &str = "weight = demanding enterprises + sum over kinds of unit of log10(1 + unmet quantity of the \
group / median unmet quantity of a single gap in that kind of unit); gaps without a quantity count by enterprises only";

/// Finds the gaps that an allocation leaves, grouped and ranked.
pub fn find_gaps(input: &Input<'_>, weights: &Weights, matches: &[Match], plan: &Plan) -> Vec<GapGroup> {
    let records = Records::new(input);
    let context = Context::new(input, weights);
    let allocations = &plan.allocations;
    let covered = allocate::covered(input, allocations, |_| true);
    let by_node = offers_by_node(input);
    let remedies = Remedies::new(&by_node, plan, &records, &context.measures);
    let neighbours = Neighbours::new(input, &by_node);
    let mut candidates: HashMap<&str, Vec<&Match>> = HashMap::new();
    for m in matches {
        candidates.entry(m.need.as_str()).or_default().push(m);
    }
    let mut needs: Vec<&Need> = input.needs.iter().collect();
    needs.sort_by(|a, b| a.key.cmp(&b.key));
    let mut groups: BTreeMap<(bool, String), Group<'_>> = BTreeMap::new();
    for need in needs {
        let covered = covered.get(need.key.as_str()).copied().unwrap_or_default();
        if covered.is_met() {
            continue;
        }
        let candidates = candidates.get(need.key.as_str()).map_or(&[][..], Vec::as_slice);
        let open = need.quantity.as_ref().map(|q| Quantity::new(q.value * (1.0 - covered.share), &q.unit));
        let same = same_product(need, candidates, &records, &context);
        let cause = cause(need, &same, open.as_ref(), plan.needs.get(&need.key), &records);
        let (remedies, looked_at) = remedies.of(need, open.as_ref(), &same, &records, &context);
        let near =
            (cause == GapCause::NoSupplier).then(|| neighbours.of(need, candidates, &records, &context));
        // Nodes before titles, so that a node and a title of the same words stay apart.
        let key = match &need.node {
            Some(node) => (false, node.0.clone()),
            None => (true, fold_key(&need.title)),
        };
        groups.entry(key).or_default().gaps.push(Entry { need, open, cause, remedies, looked_at, near });
    }
    heaviest_first(groups, &context)
}

/// The offers of each node.
type OffersByNode<'a> = HashMap<&'a NodeId, Vec<&'a Offer>>;

fn offers_by_node<'a>(input: &Input<'a>) -> OffersByNode<'a> {
    let mut by_node = OffersByNode::new();
    for offer in input.offers {
        if let Some(node) = &offer.node {
            by_node.entry(node).or_default().push(offer);
        }
    }
    by_node
}

#[derive(Default)]
struct Group<'a> {
    gaps: Vec<Entry<'a>>,
}

struct Entry<'a> {
    need: &'a Need,
    open: Option<Quantity>,
    cause: GapCause,
    remedies: Vec<Remedy>,
    looked_at: u32,
    near: Option<Vec<Near>>,
}

impl Entry<'_> {
    fn gap(self) -> Gap {
        let Self { need, cause, remedies, looked_at, near, .. } = self;
        Gap { need: need.key.clone(), cause, remedies, looked_at, near }
    }
}

/// The candidates of the product itself that are valid in the period, nearest first.
fn same_product<'m>(
    need: &Need,
    candidates: &[&'m Match],
    records: &Records<'_>,
    context: &Context<'_>,
) -> Vec<&'m Match> {
    let mut same: Vec<&Match> = candidates
        .iter()
        .filter(|m| {
            records
                .offer(&m.offer)
                .is_some_and(|offer| context.match_same_product(m, need, offer) && context.open(need, offer))
        })
        .copied()
        .collect();
    same.sort_by_key(|m| (!m.feasible, if m.feasible { 0 } else { in_the_way(m) }, m.rank));
    same
}

fn in_the_way(matched: &Match) -> usize {
    matched.verdicts.iter().filter(|v| pair::stands_in_the_way(v)).count()
}

fn cause(
    need: &Need,
    same: &[&Match],
    open: Option<&Quantity>,
    bound: Option<&NeedBound>,
    records: &Records<'_>,
) -> GapCause {
    let Some(nearest) = same.first() else { return GapCause::NoSupplier };
    let offer = nearest.offer.clone();
    if nearest.feasible {
        // Without a quantity every feasible offer is allotted, so that one stands here.
        let short = open.cloned().unwrap_or_else(|| Quantity::new(0.0, ""));
        let terms = [Binding::Share, Binding::SmallestOrder, Binding::Lot, Binding::Whole];
        return match bound {
            Some(bound) if terms.contains(&bound.binding) => GapCause::TermsShort {
                short,
                offer: bound.offers.first().cloned().unwrap_or(offer),
                limit: bound.binding,
            },
            _ => GapCause::CapacityShort { short, offer },
        };
    }
    if in_the_way(nearest) == 0
        && let Some(record) = records.offer(&nearest.offer)
        && let (Some(distance_km), Some(allowed_km)) = (nearest.distance_km, pair::allowed_km(need, record))
    {
        return GapCause::TooFar { offer, distance_km, allowed_km };
    }
    let verdicts: Vec<_> = nearest.verdicts.iter().filter(|v| pair::stands_in_the_way(v)).cloned().collect();
    GapCause::SpecificationShort { offer, verdicts }
}

/// What binds every need: from the plan where a feasible offer of comparable capacity is there, else from what it is short of.
pub(crate) fn bounds(plan: &Plan, gaps: &[GapGroup]) -> Vec<NeedBound> {
    let mut bounds = plan.needs.clone();
    for gap in gaps.iter().flat_map(|g| &g.gaps) {
        let (binding, offer) = match &gap.cause {
            GapCause::NoSupplier => (Binding::NoSupplier, None),
            GapCause::TooFar { offer, .. } => (Binding::Distance, Some(offer)),
            GapCause::SpecificationShort { offer, verdicts } => {
                let late = verdicts.iter().all(|v| v.property.0 == pair::LEAD_TIME);
                (if late { Binding::LeadTime } else { Binding::Specification }, Some(offer))
            }
            GapCause::CapacityShort { offer, .. } => (Binding::Capacity, Some(offer)),
            GapCause::TermsShort { offer, limit, .. } => (*limit, Some(offer)),
        };
        bounds.entry(gap.need.clone()).or_insert_with(|| NeedBound {
            need: gap.need.clone(),
            share: 0.0,
            worth: 0.0,
            binding,
            offers: offer.cloned().into_iter().collect(),
            behind: 0.0,
        });
    }
    for allocation in plan.allocations.iter().filter(|a| a.coverage == Coverage::Unstated) {
        let bound = bounds.entry(allocation.need.clone()).or_insert_with(|| NeedBound {
            need: allocation.need.clone(),
            share: 1.0,
            worth: 0.0,
            binding: Binding::Unstated,
            offers: Vec::new(),
            behind: 0.0,
        });
        (bound.binding, bound.offers) = (Binding::Unstated, vec![allocation.offer.clone()]);
    }
    bounds.into_values().collect()
}

fn heaviest_first(groups: BTreeMap<(bool, String), Group<'_>>, context: &Context<'_>) -> Vec<GapGroup> {
    let medians = medians(groups.values().flat_map(|g| &g.gaps), &context.measures);
    let mut out: Vec<(String, GapGroup)> =
        groups.into_iter().map(|((_, key), group)| (key, describe(group, context, &medians))).collect();
    out.sort_by(|(a_key, a), (b_key, b)| {
        b.weight.total_cmp(&a.weight).then_with(|| (a.node.is_none(), a_key).cmp(&(b.node.is_none(), b_key)))
    });
    out.into_iter().map(|(_, group)| group).collect()
}

/// The amount a month that stays open of one gap.
fn open_amount<'m>(entry: &Entry<'_>, measures: &'m Measures) -> Option<(&'m Dimension, f64)> {
    let (open, whole) = (entry.open.as_ref()?, entry.need.quantity.as_ref()?);
    let amount = measures.demand(entry.need)?;
    Some((amount.dimension, amount.per_month * open.value / whole.value))
}

fn medians<'m, 'e>(
    entries: impl Iterator<Item = &'e Entry<'e>>,
    measures: &'m Measures,
) -> HashMap<&'m Dimension, f64> {
    let mut amounts: HashMap<&Dimension, Vec<f64>> = HashMap::new();
    for (dimension, amount) in entries.filter_map(|e| open_amount(e, measures)) {
        amounts.entry(dimension).or_default().push(amount);
    }
    amounts
        .into_iter()
        .map(|(dimension, mut amounts)| {
            amounts.sort_by(f64::total_cmp);
            // The lower of two middle ones: a value that occurs.
            (dimension, amounts[(amounts.len() - 1) / 2])
        })
        .collect()
}

fn describe(group: Group<'_>, context: &Context<'_>, medians: &HashMap<&Dimension, f64>) -> GapGroup {
    let first = group.gaps[0].need;
    let node = first.node.as_ref().and_then(|id| context.input.reference.chain.get(id));
    let named: BTreeSet<&str> =
        group.gaps.iter().map(|e| e.need.enterprise.as_str()).filter(|e| !e.is_empty()).collect();
    let nameless = group.gaps.iter().filter(|e| e.need.enterprise.is_empty()).count();
    let demanders = named.len() + nameless;
    let units = &context.input.reference.units;
    let mut quantities: Vec<Quantity> = Vec::new();
    let mut by_dimension: Vec<(&Dimension, f64)> = Vec::new();
    for entry in &group.gaps {
        if let Some(open) = &entry.open {
            // 万件/月 and 件/月 are one sum, in the unit that stands first.
            let same =
                quantities.iter_mut().find_map(|sum| Some((open.value_in(&sum.unit, units).ok()?, sum)));
            match same {
                Some((value, sum)) => sum.value += value,
                None => quantities.push(open.clone()),
            }
        }
        if let Some((dimension, amount)) = open_amount(entry, &context.measures) {
            match by_dimension.iter_mut().find(|(d, _)| *d == dimension) {
                Some((_, sum)) => *sum += amount,
                None => by_dimension.push((dimension, amount)),
            }
        }
    }
    let size: f64 = by_dimension.iter().map(|(d, sum)| (1.0 + sum / medians[d]).log10()).sum();
    GapGroup {
        node: first.node.clone(),
        name: node.map_or_else(|| first.title.clone(), |n| n.name_zh.clone()),
        group: node.map(|n| n.group.clone()).unwrap_or_default(),
        demanders: u32::try_from(demanders).unwrap_or(u32::MAX),
        quantities,
        // Four decimals part any two groups that differ and hide the last bits of a logarithm.
        weight: ((demanders as f64 + size) * 1e4).round() / 1e4,
        gaps: group.gaps.into_iter().map(Entry::gap).collect(),
    }
}

#[cfg(test)]
mod tests;
