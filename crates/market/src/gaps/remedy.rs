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
//!
//! The least sum is the certificate: with every change smaller than that, none of the offers looked at meets the need.

use crate::measure::Measures;
use crate::pair::{self, Context};
use crate::{Input, Records};
use model::matching::{Allocation, Change, Match, Outcome, Remedy, Verdict};
use model::need::Need;
use model::offer::Offer;
use model::quantity::Quantity;
use std::collections::{HashMap, HashSet};

/// Remedies kept for a gap.
const KEPT: usize = 3;

/// What is left of capacities, and the offers of each node.
pub(super) struct Remedies<'a> {
    by_node: HashMap<&'a str, Vec<&'a Offer>>,
    /// Amount a month that an allocation uses, by offer key.
    used: HashMap<&'a str, f64>,
}

impl<'a> Remedies<'a> {
    pub fn new(
        input: &Input<'a>,
        allocations: &[Allocation],
        records: &Records<'a>,
        measures: &Measures,
    ) -> Self {
        let mut by_node: HashMap<&str, Vec<&Offer>> = HashMap::new();
        for offer in input.offers {
            if let Some(node) = &offer.node {
                by_node.entry(node.0.as_str()).or_default().push(offer);
            }
        }
        let mut used = HashMap::new();
        for allocation in allocations {
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
        Self { by_node, used }
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
        let mut seen: HashSet<&str> = HashSet::new();
        let mut remedies = Vec::new();
        for matched in candidates {
            if let Some(offer) = records.offer(&matched.offer)
                && seen.insert(&offer.key)
            {
                remedies.push(self.remedy(
                    need,
                    open,
                    offer,
                    &matched.verdicts,
                    matched.distance_km,
                    context,
                ));
            }
        }
        let mates = need.node.as_ref().and_then(|node| self.by_node.get(node.0.as_str()));
        for offer in mates.into_iter().flatten() {
            if context.open(need, offer) && !pair::same_enterprise(need, offer) && seen.insert(&offer.key) {
                let facts = context.facts(need, offer, 0.0);
                remedies.push(self.remedy(need, open, offer, &facts.verdicts, facts.distance_km, context));
            }
        }
        let looked_at = u32::try_from(remedies.len()).unwrap_or(u32::MAX);
        remedies.retain(|remedy| !remedy.changes.is_empty());
        remedies.sort_by(|a, b| a.size.total_cmp(&b.size).then_with(|| a.offer.cmp(&b.offer)));
        remedies.truncate(KEPT);
        (remedies, looked_at)
    }

    fn remedy(
        &self,
        need: &Need,
        open: Option<&Quantity>,
        offer: &Offer,
        verdicts: &[Verdict],
        distance_km: Option<f64>,
        context: &Context<'_>,
    ) -> Remedy {
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
        if let Some(by) = self.capacity_missing(need, open, offer, context) {
            size += by.value / need.quantity.as_ref().map_or(by.value, |q| q.value);
            changes.push(Change::Capacity { by });
        }
        if let Some(by) = order_missing(need, offer, context) {
            size += by.value / need.quantity.as_ref().map_or(by.value, |q| q.value);
            changes.push(Change::Order { by });
        }
        // Six decimals part any two changes that differ, and are the same on every machine.
        Remedy { offer: offer.key.clone(), size: (size * 1e6).round() / 1e6, changes }
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
        let (whole, open) = (need.quantity.as_ref()?, open?);
        let (demand, supply) = (context.measures.demand(need)?, context.measures.supply(offer)?);
        if demand.dimension != supply.dimension {
            return None;
        }
        let used = self.used.get(offer.key.as_str()).copied().unwrap_or(0.0);
        let free = (supply.per_month - used).max(0.0) * whole.value / demand.per_month;
        let missing = open.value - free;
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
