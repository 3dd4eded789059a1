//! Ordinary needs: what an enterprise buys upstream, where somebody local makes it and has capacity left.

use super::amount::{Amount, Day, Per, Price};
use super::cluster::{Cluster, Design, Need, Offer, Valid};
use super::fixed;
use super::rng::Rng;
use super::scenario;
use super::supply::{price, share};
use super::world::{Cause, World};
use anyhow::Result;
use model::chain::{NodeId, NodeKind};
use std::collections::BTreeMap;

/// Needs may take up to this share of a node's free capacity, in percent, so that none is short by accident.
const TAKEN_PERCENT: i64 = 45;
/// From here on an offer counts as open: the end of the first period that is published.
const OPEN_UNTIL: Day = Day::new(2026, 12, 31);

/// Levels of rows; most stay open.
const LEVELS: [&str; 5] = ["公开", "公开", "公开", "联盟成员", "对接双方"];

/// Invents the needs of all enterprises that buy something made by others here.
///
/// # Errors
/// A list of words that is missing.
pub fn needs(world: &World, seed: u64, cluster: &Cluster) -> Result<Vec<Need>> {
    let mut rng = Rng::new(seed, "needs");
    let market = Market::of(cluster);
    let mut taken: BTreeMap<&str, i64> = BTreeMap::new();
    let mut needs = Vec::new();
    for (index, firm) in cluster.firms.iter().enumerate() {
        let mut buys = upstream(world, &firm.makes, &market);
        rng.shuffle(&mut buys);
        let count = rng.weighted(&[2, 5, 5, 3]).unwrap_or(0);
        for node in buys.into_iter().take(count) {
            let offers = market.of_others(node, index);
            if offers.is_empty() {
                continue;
            }
            let target = *rng.pick(&offers);
            let need = need(world, &mut rng, index, target)?;
            let total = taken.entry(node).or_default();
            if *total + need.quantity.base_milli() <= market.free[node] * TAKEN_PERCENT / 100 {
                *total += need.quantity.base_milli();
                needs.push(need);
            }
        }
    }
    Ok(needs)
}

/// Open offers by node, and what is free of each.
pub struct Market<'a> {
    offers: BTreeMap<&'a str, Vec<&'a Offer>>,
    /// Free a month by node, in thousandths of the bare unit.
    pub free: BTreeMap<&'a str, i64>,
}

impl<'a> Market<'a> {
    /// The open offers of a cluster.
    pub fn of(cluster: &'a Cluster) -> Self {
        let mut offers: BTreeMap<&str, Vec<&Offer>> = BTreeMap::new();
        let mut free = BTreeMap::new();
        for offer in cluster.offers.iter().filter(|o| o.valid.until >= OPEN_UNTIL) {
            offers.entry(&offer.node).or_default().push(offer);
            *free.entry(offer.node.as_str()).or_default() += offer.spare.base_milli();
        }
        Self { offers, free }
    }

    fn of_others(&self, node: &str, firm: usize) -> Vec<&'a Offer> {
        let offers = self.offers.get(node).map(Vec::as_slice).unwrap_or_default();
        offers.iter().copied().filter(|o| o.firm != firm).collect()
    }
}

/// Locally offered nodes that feed what the enterprise makes, but for those that planned needs are to exhaust.
fn upstream<'a>(world: &World, makes: &[String], market: &Market<'a>) -> Vec<&'a str> {
    let nodes = world.chain.nodes();
    let made: Vec<usize> = makes.iter().filter_map(|id| world.chain.index(&NodeId(id.clone()))).collect();
    let mut feeds: Vec<&str> = world
        .chain
        .edges()
        .iter()
        .filter(|edge| made.contains(&edge.to) && !made.contains(&edge.from))
        .map(|edge| nodes[edge.from].id.0.as_str())
        .filter(|id| *id != scenario::NODE)
        .filter(|id| !world.gaps.iter().any(|gap| gap.node == *id && gap.cause != Cause::Specification))
        .filter_map(|id| market.offers.get_key_value(id).map(|(key, _)| *key))
        .collect();
    feeds.sort_unstable();
    feeds.dedup();
    feeds
}

fn need(world: &World, rng: &mut Rng, firm: usize, target: &Offer) -> Result<Need> {
    let templates = &world.templates[&target.node];
    let template = rng.pick(templates);
    let quantity = share(&target.spare, rng.within(5, 35));
    let per = match world.node(&target.node)?.kind {
        NodeKind::Equipment => Per::Once,
        _ if ["套", "台", "项", "款"].contains(&quantity.unit.base.as_str()) => Per::Once,
        _ => Per::Month,
    };
    let title = rng.pick(&template.titles).expand(rng);
    let spec = template.need_spec.expand(rng);
    let certificates = match target.certificates.as_slice() {
        held if !held.is_empty() && rng.chance(25) => vec![rng.pick(held).clone()],
        _ => Vec::new(),
    };
    Ok(Need {
        firm,
        number: String::new(),
        node: target.node.clone(),
        title,
        spec,
        quantity,
        per,
        price: rng.chance(70).then(|| budget(rng, &template.price, &target.price)),
        delivery: rng.pick(world.words("delivery")?).clone(),
        certificates,
        payment: rng.pick(world.words("payment")?).clone(),
        current_place: rng.pick(world.words("current_place")?).clone(),
        current_supplier: rng.pick(world.words("current_supplier")?).clone(),
        max_km: *rng.pick(&[None, None, None, None, Some(300), Some(500)]),
        valid: need_validity(rng),
        visibility: LEVELS[rng.below(LEVELS.len())],
        design: Design::MadeHere,
    })
}

/// A budget that leaves the target's lowest price inside.
fn budget(rng: &mut Rng, template: &Price, target: &Price) -> Price {
    let drawn = price(rng, template);
    let high = fixed::leading(drawn.high.max(target.low + target.low / 20), 3).max(target.low);
    Price { low: drawn.low.min(high), high, per: drawn.per }
}

/// Needs stand for the months to come.
pub fn need_validity(rng: &mut Rng) -> Valid {
    let from = Day::new(2026, 11, rng.within(1, 20) as u8);
    let until = *rng.pick(&[Day::new(2026, 12, 31), Day::new(2027, 1, 31), Day::new(2027, 5, 31)]);
    Valid { from, until }
}

/// Twice what is free of a node: more than all local makers have.
pub fn beyond(market: &Market<'_>, node: &str, like: &Amount) -> Option<Amount> {
    let free = *market.free.get(node)?;
    Some(Amount::from_base(fixed::leading(free * 2, 2) / 1000 * 1000, &like.unit))
}
