//! What would have to change for an unmet need to be met.
//!
//! All offers of the product are looked at: the need's candidates, and every offer of its chain node. For each, the
//! changes that would make it feasible and large enough are written down in the need's own units, and their sizes, each
//! relative to what is asked for, are added up:
//!
//! | change | size |
//! |---|---|
//! | a requirement is short | shortfall / value asked for |
//! | a requirement is in conflict (another material) | 1 |
//! | too far | km beyond the distance allowed / distance allowed |
//! | capacity short | quantity missing / quantity needed |
//! | quantity below the smallest order or a lot | quantity to be ordered beyond it / quantity needed |
//! | the enterprise has all that the limit on shares lets it have | what the limit is raised by / the limit |
//! | the need takes all or nothing, and not all is there | quantity that would stay open / quantity needed |
//!
//! An enterprise at its share has to be let have more beside every other change at it: a purer metal or more capacity alone would
//! not help. A need that takes all or nothing may have it of several: what its other feasible offers have free is not missing. The least sum is the certificate: with every change smaller than that, none of the offers looked at meets the need.

use super::OffersByNode;
use crate::Records;
use crate::allocate::{Plan, Share};
use crate::measure::Measures;
use crate::pair::{self, Context};
use model::matching::{Change, Match, Outcome, Remedy, Verdict};
use model::need::Need;
use model::offer::Offer;
use model::quantity::Quantity;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Remedies kept for a gap.
const KEPT: usize = 3;

/// What is left of capacities, and the offers of each node.
pub(super) struct Remedies<'a> {
    by_node: &'a OffersByNode<'a>,
    /// Amount a month that an allocation uses, by offer key.
    used: HashMap<&'a str, f64>,
    plan: &'a Plan,
}

/// A gap whose remedies are looked for.
struct Case<'c> {
    need: &'c Need,
    /// Quantity that stays open, absent where none is stated.
    open: Option<&'c Quantity>,
    /// Feasible offers.
    feasible: Vec<&'c Offer>,
}

impl<'a> Remedies<'a> {
    pub fn new(
        by_node: &'a OffersByNode<'a>,
        plan: &'a Plan,
        records: &Records<'a>,
        measures: &Measures,
    ) -> Self {
        let mut used = HashMap::new();
        for allocation in &plan.allocations {
            let (Some(need), Some(offer)) =
                (records.need(&allocation.need), records.offer(&allocation.offer))
            else {
                continue;
            };
            if let (Some(given), Some(wanted), Some(demand)) = (
                allocation.delivered.as_ref().or(allocation.quantity.as_ref()),
                &need.quantity,
                measures.demand(need),
            ) {
                *used.entry(offer.key.as_str()).or_insert(0.0) +=
                    demand.per_month * given.value / wanted.value;
            }
        }
        Self { by_node, used, plan }
    }

    /// The least changes that would meet what is open of a need, and the number of offers looked at. `candidates` are its
    /// matches of the same product.
    pub fn of(
        &self,
        need: &Need,
        open: Option<&Quantity>,
        candidates: &[&Match],
        records: &Records<'a>,
        context: &Context<'_>,
    ) -> (Vec<Remedy>, u32) {
        let feasible = candidates.iter().filter(|m| m.feasible).filter_map(|m| records.offer(&m.offer));
        let case = Case { need, open, feasible: feasible.collect() };
        let mut seen: HashSet<&str> = HashSet::new();
        let mut remedies = Vec::new();
        let mut looked_at = 0;
        for matched in candidates {
            if let Some(offer) = records.offer(&matched.offer)
                && seen.insert(&offer.key)
            {
                looked_at += 1;
                remedies.extend(self.remedy(&case, offer, &matched.verdicts, matched.distance_km, context));
            }
        }
        let mates = need.node.as_ref().and_then(|node| self.by_node.get(node));
        for offer in mates.into_iter().flatten() {
            if context.open(need, offer) && !pair::same_enterprise(need, offer) && seen.insert(&offer.key) {
                let facts = context.facts_alike(need, offer, 0.0);
                looked_at += 1;
                remedies.extend(self.remedy(&case, offer, &facts.verdicts, facts.distance_km, context));
            }
        }
        remedies.extend(self.in_part(&case, context));
        remedies.retain(|remedy| !remedy.changes.is_empty());
        remedies.sort_by(|a, b| a.size.total_cmp(&b.size).then_with(|| a.offer.cmp(&b.offer)));
        remedies.truncate(KEPT);
        (remedies, looked_at)
    }

    /// The changes at one offer; absent where no change there helps.
    fn remedy(
        &self,
        case: &Case<'_>,
        offer: &Offer,
        verdicts: &[Verdict],
        distance_km: Option<f64>,
        context: &Context<'_>,
    ) -> Option<Remedy> {
        let need = case.need;
        let of_need = |by: &Quantity| by.value / need.quantity.as_ref().map_or(by.value, |q| q.value);
        let (mut changes, mut size) = (Vec::new(), 0.0);
        let lead_time = context.lead_time(need);
        for verdict in verdicts.iter().filter(|v| pair::stands_in_the_way(v)) {
            let by = match &verdict.outcome {
                Outcome::Short { by } => Some(by.clone()),
                _ => None,
            };
            let asked = need.specs.iter().chain(&lead_time).find(|s| s.property == verdict.property);
            size += by
                .as_ref()
                .zip(asked)
                .map_or(1.0, |(by, spec)| by.value.abs() / context.asked(spec).max(f64::MIN_POSITIVE));
            let (property, words) = (verdict.property.clone(), verdict.need.clone());
            changes.push(Change::Property { property, by, need: words, offer: verdict.offer.clone() });
        }
        if let (Some(km), Some(allowed)) = (distance_km, pair::allowed_km(need, offer))
            && km > allowed
        {
            size += if allowed > 0.0 { (km - allowed) / allowed } else { 1.0 };
            changes.push(Change::Distance { by_km: km - allowed });
        }
        let asked = self.asked_of(case, offer, context);
        if let Some(by) = self.capacity_missing(need, asked.as_ref(), offer, context) {
            size += of_need(&by);
            changes.push(Change::Capacity { by });
        }
        if let Some(by) = order_missing(need, offer, context) {
            size += of_need(&by);
            changes.push(Change::Order { by });
        }
        if let Some((from, to)) = self.share_missing(case, asked.as_ref(), offer, context) {
            if to > 1.0 {
                return None;
            }
            size += (to - from) / from;
            changes.push(Change::Share { from, to });
        }
        // Six decimals part any two changes that differ, and are the same on every machine.
        Some(Remedy { offer: offer.key.clone(), size: (size * 1e6).round() / 1e6, changes })
    }

    /// What a need would have of an offer: what is open, but of a need that takes all or nothing less what its other feasible
    /// offers have free.
    fn asked_of(&self, case: &Case<'_>, offer: &Offer, context: &Context<'_>) -> Option<Quantity> {
        let open = case.open?;
        if !self.takes_whole(case.need) {
            return Some(open.clone());
        }
        let others = case.feasible.iter().filter(|o| o.key != offer.key).copied();
        let there = self.together(case, others, context);
        Some(Quantity::new((open.value - there).max(0.0), &open.unit))
    }

    fn takes_whole(&self, need: &Need) -> bool {
        self.plan.limits.terms && need.partial == Some(false)
    }

    /// What a need that takes all or nothing could have, where it took a part: the change is the need's, and stands at the offer
    /// that has most free.
    fn in_part(&self, case: &Case<'_>, context: &Context<'_>) -> Option<Remedy> {
        let (open, whole) = (case.open?, case.need.quantity.as_ref()?);
        if !self.takes_whole(case.need) {
            return None;
        }
        let there = self.together(case, case.feasible.iter().copied(), context);
        let rest = open.value - there;
        if there <= whole.value * 1e-9 || rest <= whole.value * 1e-9 {
            return None;
        }
        let free = |offer: &&&Offer| self.free(case.need, offer, context).unwrap_or(0.0);
        let first = case
            .feasible
            .iter()
            .max_by(|a, b| free(a).total_cmp(&free(b)).then_with(|| b.key.cmp(&a.key)))?;
        let size = ((rest / whole.value) * 1e6).round() / 1e6;
        let changes = vec![Change::Partial { open: Quantity::new(rest, &open.unit) }];
        Some(Remedy { offer: first.key.clone(), size, changes })
    }

    /// What offers have free together under the limit on shares, in the need's unit.
    fn together<'o>(
        &self,
        case: &Case<'_>,
        offers: impl Iterator<Item = &'o Offer>,
        context: &Context<'_>,
    ) -> f64 {
        // An offer without an enterprise stands for itself.
        let mut firms: BTreeMap<(&str, &str), (f64, f64)> = BTreeMap::new();
        for offer in offers {
            let Some(free) = self.free(case.need, offer, context) else { continue };
            let own = if offer.enterprise.is_empty() { offer.key.as_str() } else { "" };
            let firm = firms.entry((&offer.enterprise, own)).or_insert((0.0, f64::INFINITY));
            firm.0 += free;
            firm.1 = self
                .share(case, offer, context)
                .map_or(f64::INFINITY, |(share, per_unit)| (share.most - share.used).max(0.0) / per_unit);
        }
        firms.values().map(|(free, room)| free.min(*room)).sum()
    }

    /// What is left of an offer's capacity, in the need's unit; absent where the two do not compare.
    fn free(&self, need: &Need, offer: &Offer, context: &Context<'_>) -> Option<f64> {
        let whole = need.quantity.as_ref()?;
        let (demand, supply) = (context.measures.demand(need)?, context.measures.supply(offer)?);
        if demand.dimension != supply.dimension {
            return None;
        }
        let used = self.used.get(offer.key.as_str()).copied().unwrap_or(0.0);
        Some((supply.per_month - used).max(0.0) * whole.value / demand.per_month)
    }

    /// The share of an offer's enterprise, with the need among those that it could serve, and the base units a month that one of
    /// the need's unit is; absent where there is no limit.
    fn share(&self, case: &Case<'_>, offer: &Offer, context: &Context<'_>) -> Option<(Share, f64)> {
        let limit = self.plan.limits.share_max.filter(|_| !offer.enterprise.is_empty())?;
        let (demand, whole) = (context.measures.demand(case.need)?, case.need.quantity.as_ref()?);
        let of_firm = self.plan.shares.get(&offer.enterprise).into_iter().flatten();
        let mut share = of_firm
            .filter(|(d, _)| d == demand.dimension)
            .map(|(_, share)| *share)
            .next()
            .unwrap_or_default();
        let compares = |o: &&&Offer| {
            context.measures.supply(o).is_some_and(|supply| supply.dimension == demand.dimension)
        };
        let servers: BTreeSet<(&str, &str)> = case
            .feasible
            .iter()
            .filter(compares)
            .map(|o| (o.enterprise.as_str(), if o.enterprise.is_empty() { o.key.as_str() } else { "" }))
            .collect();
        // What it does not serve yet counts once it can: wholly where nobody else can.
        if !servers.contains(&(offer.enterprise.as_str(), "")) {
            let shared = !servers.is_empty();
            share.most += demand.per_month * if shared { limit } else { 1.0 };
            share.shared += if shared { demand.per_month } else { 0.0 };
        }
        Some((share, demand.per_month / whole.value))
    }

    /// The limit on shares, and that at which an offer's enterprise may deliver what is asked of it; absent where it may already.
    fn share_missing(
        &self,
        case: &Case<'_>,
        asked: Option<&Quantity>,
        offer: &Offer,
        context: &Context<'_>,
    ) -> Option<(f64, f64)> {
        let from = self.plan.limits.share_max?;
        let (share, per_unit) = self.share(case, offer, context)?;
        let asked = asked?.value * per_unit;
        let missing = asked - (share.most - share.used);
        // What is shared out is rounded down to whole numbers: that is no difference.
        if missing <= asked * 1e-9 {
            return None;
        }
        // Up to a hundredth of a per cent, so that it suffices as it is printed.
        let to = ((from + missing / share.shared) * 1e4 - 1e-6).ceil() / 1e4;
        Some((from, to))
    }

    /// What the free capacity of an offer lacks of the open quantity, in the need's unit; absent where it suffices or is
    /// not stated.
    fn capacity_missing(
        &self,
        need: &Need,
        open: Option<&Quantity>,
        offer: &Offer,
        context: &Context<'_>,
    ) -> Option<Quantity> {
        let open = open?;
        let missing = open.value - self.free(need, offer, context)?;
        // What rounding leaves of a capacity that is used up is no difference.
        (missing > open.value * 1e-9).then(|| Quantity::new(missing.min(open.value), &open.unit))
    }
}

/// What a need would have to order beyond its quantity to reach the smallest order and a whole lot of an offer, in its unit.
fn order_missing(need: &Need, offer: &Offer, context: &Context<'_>) -> Option<Quantity> {
    let (quantity, demand) = (need.quantity.as_ref()?, context.measures.demand(need)?);
    let terms = [context.measures.smallest_order(offer), context.measures.lot(offer)];
    let least = terms.into_iter().flatten().filter(|a| a.dimension == demand.dimension).map(|a| a.per_month);
    let part = least.fold(0.0, f64::max) / demand.per_month - 1.0;
    (part > 1e-9).then(|| Quantity::new(quantity.value * part, &quantity.unit))
}
