//! The pairs of one kind of measure, and the network in which their optimum is a flow.

use super::search::{Branch, Service};
use super::{Candidate, Limits};
use crate::Records;
use crate::flow::{self, Arc, Solution};
use crate::measure::Measures;
use model::need::Need;
use model::offer::Offer;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// Gains are scores in parts per million: scores have six decimals.
pub(super) const GAIN_SCALE: f64 = 1e6;
/// Amounts are integers below this: exact in a double, and far below what a stated capacity means.
const AMOUNT_MAX: f64 = (1u64 << 50) as f64;
/// What a unit gains beside its score where it is forced: more than any other way could.
const FORCE: i64 = 1_000_000_000;
/// Rounding of units that parts no two numbers of lots.
const LOT_TOLERANCE: f64 = 1e-9;

/// Why a pair cannot be used at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shut {
    /// The offer has nothing left.
    Empty,
    /// The need is below the offer's smallest order.
    BelowSmallest,
    /// Need or capacity is less than a lot.
    BelowLot,
}

pub(super) struct Pair {
    pub need: usize,
    pub offer: usize,
    pub gain: i64,
    /// Least and most that is delivered where anything is; whole lots where there are lots.
    pub least: i64,
    pub most: i64,
    /// What deliveries are multiples of, 0 where anything goes.
    pub lot: i64,
    /// The same as a part of what the need asks for, not rounded.
    pub lot_part: f64,
    pub shut: Option<Shut>,
}

impl Pair {
    /// An amount in whole lots, not above it.
    pub fn floor(&self, amount: i64) -> i64 {
        if self.lot > 0 { amount - amount % self.lot } else { amount }
    }

    /// An amount in whole lots, not below it.
    pub fn ceil(&self, amount: i64) -> i64 {
        if self.lot > 0 { self.floor(amount + self.lot - 1) } else { amount }
    }
}

/// Needs, offers and the pairs between them; amounts are whole numbers of `1 / scale` base units a month.
///
/// A need is covered up to its demand. What is delivered to it is that, rounded up to whole lots: less than one lot more.
pub(super) struct Market<'a> {
    pub needs: Vec<&'a str>,
    pub offers: Vec<&'a str>,
    pub demand: Vec<i64>,
    /// True where a need takes all or nothing.
    pub whole: Vec<bool>,
    /// What a need may be delivered beside its demand, over all offers: less than the largest lot that it could get.
    pub beside_most: Vec<i64>,
    pub capacity: Vec<i64>,
    /// Place of each offer's enterprise among `firms`, where its share is limited.
    pub firm_of: Vec<Option<usize>>,
    /// What each enterprise may deliver.
    pub firms: Vec<i64>,
    /// What each enterprise and another could both serve.
    pub shared: Vec<i64>,
    pub scale: f64,
    pub pairs: Vec<Pair>,
}

/// An optimum of the network, in which lots and thresholds are left out but for those of a branch.
pub(super) struct Relaxed {
    /// What each pair covers, and what it delivers.
    pub covered: Vec<i64>,
    pub delivered: Vec<i64>,
    /// No allocation within the branch has a greater gain; the least there is where there is none.
    pub bound: i128,
    pub prices: Vec<i64>,
}

impl<'a> Market<'a> {
    /// `members` are the places of the market's pairs among all.
    pub fn new(
        members: &[usize],
        pairs: &[Candidate<'a>],
        records: &Records<'_>,
        measures: &Measures,
        limits: &Limits,
    ) -> Self {
        let (mut needs, mut offers): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
        let (mut need_place, mut offer_place) = (HashMap::new(), HashMap::new());
        let mut places = Vec::with_capacity(members.len());
        for &index in members {
            let pair = pairs[index];
            let need = *need_place.entry(pair.need).or_insert_with(|| {
                needs.push(pair.need);
                needs.len() - 1
            });
            let offer = *offer_place.entry(pair.offer).or_insert_with(|| {
                offers.push(pair.offer);
                offers.len() - 1
            });
            // A feasible pair is worth something even at score 0.
            places.push((need, offer, ((pair.score * GAIN_SCALE).round() as i64).max(1)));
        }
        let need = |key: &str| records.need(key);
        let asked: Vec<f64> = needs
            .iter()
            .map(|key| need(key).and_then(|n| measures.demand(n)).map_or(0.0, |a| a.per_month))
            .collect();
        let total: f64 = asked.iter().sum();
        // A power of two, so that scaling is exact. Demands are rounded up and capacities down: none is exceeded.
        let scale = (AMOUNT_MAX / total.max(f64::MIN_POSITIVE)).log2().floor().exp2();
        let demand: Vec<i64> = asked.iter().map(|amount| (amount * scale).ceil() as i64).collect();
        let takes_whole = |n: &Need| limits.terms && n.partial == Some(false);
        let whole = needs.iter().map(|key| need(key).is_some_and(takes_whole)).collect();
        let terms: Vec<Terms> = offers
            .iter()
            .map(|key| {
                records.offer(key).map_or_else(Terms::default, |o| Terms::of(o, measures, limits, total))
            })
            .collect();
        let capacity: Vec<i64> = terms.iter().map(|t| t.scaled(total, scale)).collect();
        let pairs = places
            .into_iter()
            .map(|(need, offer, gain)| {
                terms[offer].pair(
                    Pair {
                        need,
                        offer,
                        gain,
                        least: 0,
                        most: capacity[offer],
                        lot: 0,
                        lot_part: 0.0,
                        shut: None,
                    },
                    asked[need],
                    demand[need],
                    scale,
                )
            })
            .collect::<Vec<Pair>>();
        let mut beside_most = vec![0; needs.len()];
        for pair in pairs.iter().filter(|pair| pair.shut.is_none()) {
            beside_most[pair.need] = beside_most[pair.need].max(pair.lot - 1);
        }
        let mut market = Self {
            beside_most,
            firm_of: vec![None; offers.len()],
            needs,
            offers,
            demand,
            whole,
            capacity,
            firms: Vec::new(),
            shared: Vec::new(),
            scale,
            pairs,
        };
        if let Some(share) = limits.share_max {
            market.limit_shares(share, records);
        }
        market
    }

    /// Limits each enterprise to a part of what it could serve and another could too, and all that only it can serve.
    fn limit_shares(&mut self, share: f64, records: &Records<'_>) {
        let mut place: HashMap<&str, usize> = HashMap::new();
        for (offer, key) in self.offers.iter().enumerate() {
            let Some(offer_record) = records.offer(key) else { continue };
            if offer_record.enterprise.is_empty() {
                continue;
            }
            let firm = *place.entry(&offer_record.enterprise).or_insert_with(|| {
                self.firms.push(0);
                self.firms.len() - 1
            });
            self.firm_of[offer] = Some(firm);
        }
        // Whom each need could be served by; an offer without an enterprise stands for itself.
        let mut servers: Vec<HashSet<(bool, usize)>> = vec![HashSet::new(); self.needs.len()];
        // What is delivered to a need in whole lots can be more than it asks for.
        let mut most = self.demand.clone();
        for pair in self.pairs.iter().filter(|p| p.shut.is_none()) {
            let firm = self.firm_of[pair.offer];
            servers[pair.need].insert((firm.is_some(), firm.unwrap_or(pair.offer)));
            most[pair.need] = most[pair.need].max(pair.ceil(self.demand[pair.need]));
        }
        self.shared = vec![0; self.firms.len()];
        for ((servers, &demand), most) in servers.iter().zip(&self.demand).zip(most) {
            let part = if servers.len() > 1 { (demand as f64 * share).floor() as i64 } else { most };
            for &(_, firm) in servers.iter().filter(|s| s.0) {
                self.firms[firm] += part;
                self.shared[firm] += if servers.len() > 1 { demand } else { 0 };
            }
        }
    }

    /// The pairs of each need, the best first.
    pub fn pairs_of(&self) -> Vec<Vec<usize>> {
        let mut out: Vec<Vec<usize>> = vec![Vec::new(); self.needs.len()];
        for (index, pair) in self.pairs.iter().enumerate() {
            out[pair.need].push(index);
        }
        for pairs in &mut out {
            pairs.sort_by_key(|&p| (Reverse(self.pairs[p].gain), p));
        }
        out
    }

    /// The optimum within a branch, lots and thresholds left out: an easier problem, so that it bounds the harder one.
    pub fn relax(&self, branch: &Branch) -> Relaxed {
        let network = Network::new(self, branch);
        let solution = flow::maximise(&network.supply, &network.arcs);
        network.relaxed(solution)
    }
}

/// What an offer is sold by; amounts a month in base units, none above twice all that is asked for.
#[derive(Default)]
struct Terms {
    capacity: f64,
    smallest: f64,
    lot: f64,
}

impl Terms {
    fn of(offer: &Offer, measures: &Measures, limits: &Limits, total: f64) -> Self {
        let amount =
            |amount: Option<crate::measure::Amount<'_>>| amount.map_or(0.0, |a| a.per_month.min(total * 2.0));
        let term = |of| if limits.terms { amount(of) } else { 0.0 };
        Self {
            capacity: amount(measures.supply(offer)),
            smallest: term(measures.smallest_order(offer)),
            lot: term(measures.lot(offer)),
        }
    }

    /// The capacity as a whole number: as many lots as it holds, else no more than all that is asked for.
    fn scaled(&self, total: f64, scale: f64) -> i64 {
        if self.lot > 0.0 {
            // All of them, where it is as good as a whole number of lots.
            let lots = (self.capacity / self.lot + LOT_TOLERANCE).floor();
            return lots as i64 * self.whole_lot(scale);
        }
        (self.capacity.min(total) * scale).floor() as i64
    }

    /// A lot as a whole number, rounded up so far that as many lots as a need asks for cover it.
    fn whole_lot(&self, scale: f64) -> i64 {
        if self.lot > 0.0 { (self.lot * scale).ceil() as i64 + 1 } else { 0 }
    }

    fn pair(&self, pair: Pair, asked: f64, demand: i64, scale: f64) -> Pair {
        let lot = self.whole_lot(scale);
        let capacity = pair.most;
        let mut pair = Pair { lot, lot_part: self.lot / asked, ..pair };
        pair.least = pair.ceil((self.smallest * scale).ceil() as i64);
        pair.most = if lot > 0 {
            ((asked / self.lot - LOT_TOLERANCE).ceil() as i64 * lot).min(capacity)
        } else {
            demand.min(capacity)
        };
        pair.shut = match () {
            () if self.capacity <= 0.0 => Some(Shut::Empty),
            () if lot > 0 && (self.lot > asked * (1.0 + LOT_TOLERANCE) || capacity < lot) => {
                Some(Shut::BelowLot)
            }
            () if capacity == 0 => Some(Shut::Empty),
            () if pair.least > pair.most => Some(Shut::BelowSmallest),
            () => None,
        };
        pair
    }
}

/// Sources are needs, sinks are offers, or the enterprises behind them where their shares are limited. A pair that is forced
/// to deliver has a node of its own, to which the need may send what rounds up a lot.
struct Network {
    supply: Vec<i64>,
    arcs: Vec<Arc>,
    /// Where each pair's covered amount, and what is delivered beside it, flows: ranges of arcs.
    covered: Vec<std::ops::Range<usize>>,
    beside: Vec<Option<usize>>,
    forced: i128,
}

impl Network {
    fn new(market: &Market<'_>, branch: &Branch) -> Self {
        let (needs, offers) = (market.needs.len(), market.offers.len());
        let mut supply = market.demand.clone();
        let sink = |(c, firm): (&i64, &Option<usize>)| if firm.is_some() { 0 } else { -c };
        supply.extend(market.capacity.iter().zip(&market.firm_of).map(sink));
        supply.extend(market.firms.iter().map(|most| -most));
        let mut network = Self {
            supply,
            arcs: Vec::with_capacity(market.pairs.len()),
            covered: Vec::with_capacity(market.pairs.len()),
            beside: vec![None; market.pairs.len()],
            forced: 0,
        };
        for (need, service) in branch.needs.iter().enumerate() {
            if *service == Service::Served {
                network.forced += i128::from(FORCE) * i128::from(market.demand[need]);
            }
        }
        let mut rests: HashMap<usize, u32> = HashMap::new();
        for (index, pair) in market.pairs.iter().enumerate() {
            let begin = network.arcs.len();
            let (least, most) = branch.range(index, pair);
            if pair.shut.is_none() && most > 0 && branch.needs[pair.need] != Service::Closed {
                let bonus = if branch.needs[pair.need] == Service::Served { FORCE } else { 0 };
                let (from, to, gain) = (pair.need as u32, (needs + pair.offer) as u32, pair.gain + bonus);
                // Of a pair that is not narrowed only demand and capacity have prices, not the way between them.
                let free = if most == pair.most { flow::AMOUNT_MAX } else { most - least };
                if pair.lot > 0 && least > 0 {
                    network.beside[index] =
                        Some(network.round_up(market, index, (from, to), gain, (least, free), &mut rests));
                    network.covered.push(begin..begin + 1);
                    continue;
                }
                if least > 0 {
                    network.force(from, to, gain, least);
                }
                network.arcs.push(Arc { from, to, capacity: free, gain });
            }
            network.covered.push(begin..network.arcs.len());
        }
        for (offer, firm) in market.firm_of.iter().enumerate() {
            if let Some(firm) = firm {
                let (from, to) = ((needs + offer) as u32, (needs + offers + firm) as u32);
                network.arcs.push(Arc { from, to, capacity: market.capacity[offer], gain: 0 });
            }
        }
        network
    }

    fn force(&mut self, from: u32, to: u32, gain: i64, least: i64) {
        self.arcs.push(Arc { from, to, capacity: least, gain: gain + FORCE });
        self.forced += i128::from(FORCE) * i128::from(least);
    }

    /// The way of a pair that delivers whole lots, at least some: what the need asks for and what rounds it up come together
    /// in a node, and go on to the offer. The place of the second arc.
    fn round_up(
        &mut self,
        market: &Market<'_>,
        index: usize,
        (from, to): (u32, u32),
        gain: i64,
        (least, free): (i64, i64),
        rests: &mut HashMap<usize, u32>,
    ) -> usize {
        let pair = &market.pairs[index];
        let meet = self.node(0);
        let rest = match rests.get(&pair.need) {
            Some(&rest) => rest,
            None => {
                let rest = self.node(market.beside_most[pair.need]);
                rests.insert(pair.need, rest);
                rest
            }
        };
        self.arcs.push(Arc { from, to: meet, capacity: flow::AMOUNT_MAX, gain });
        // Less than one lot of its own: a whole one too much would not be delivered.
        self.arcs.push(Arc { from: rest, to: meet, capacity: pair.lot - 1, gain: 0 });
        let beside = self.arcs.len() - 1;
        self.force(meet, to, 0, least);
        self.arcs.push(Arc { from: meet, to, capacity: free, gain: 0 });
        beside
    }

    fn node(&mut self, supply: i64) -> u32 {
        self.supply.push(supply);
        (self.supply.len() - 1) as u32
    }

    fn relaxed(&self, solution: Solution) -> Relaxed {
        let forces = self.arcs.iter().zip(&solution.flow);
        let met: i128 = forces.map(|(arc, flow)| i128::from(arc.gain / FORCE) * i128::from(*flow)).sum();
        // What cannot be forced all at once is a branch without an allocation.
        let bound = if met * i128::from(FORCE) < self.forced {
            i128::MIN
        } else {
            solution.bound(&self.supply, &self.arcs) - self.forced
        };
        let covered: Vec<i64> =
            self.covered.iter().map(|arcs| solution.flow[arcs.clone()].iter().sum()).collect();
        let beside = |place: &Option<usize>| place.map_or(0, |arc| solution.flow[arc]);
        let delivered =
            covered.iter().zip(&self.beside).map(|(covered, place)| covered + beside(place)).collect();
        Relaxed { covered, delivered, bound, prices: solution.price }
    }
}
