//! The pairs of one kind of measure as a network, and its optimum.

use super::{Candidate, Limits};
use crate::Records;
use crate::flow::{self, Arc, Solution};
use crate::measure::Measures;
use std::collections::{HashMap, HashSet};

/// Gains are scores in parts per million: scores have six decimals.
pub(super) const GAIN_SCALE: f64 = 1e6;
/// Amounts are integers below this: exact in a double, and far below what a stated capacity means.
const AMOUNT_MAX: f64 = (1u64 << 50) as f64;

/// What keeps a pair from being used, or leaves it free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Open: an arc of the network.
    Open(usize),
    /// The offer has nothing left.
    Empty,
    /// The need, or what the optimum would give it, is below the offer's smallest order.
    BelowSmallest,
}

struct Pair {
    need: usize,
    offer: usize,
    gain: i64,
    smallest: i64,
    way: Way,
}

/// Needs, offers and the pairs between them; amounts are whole numbers of `1 / scale` base units a month.
pub(super) struct Market<'a> {
    pub needs: Vec<&'a str>,
    pub offers: Vec<&'a str>,
    pub demand: Vec<i64>,
    capacity: Vec<i64>,
    /// Place of each offer's enterprise among `limits`, where its share is limited.
    firm_of: Vec<Option<usize>>,
    firms: Vec<(&'a str, i64)>,
    pub scale: f64,
    pairs: Vec<Pair>,
}

/// The optimum of a market.
pub(super) struct Optimum {
    /// Flow of each pair.
    pub flow: Vec<i64>,
    /// Gain of the flow, and an upper bound on that of any other, in units of `GAIN_SCALE * scale`.
    pub gain: i128,
    pub bound: i128,
    prices: Vec<i64>,
}

/// Which limit keeps a need from a better supply.
pub(super) enum Binds {
    Quantity,
    Capacity { pair: usize, behind: i64 },
    Share { pair: usize, behind: i64 },
    SmallestOrder { pair: usize },
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
        let asked: Vec<f64> = needs
            .iter()
            .map(|key| records.need(key).and_then(|n| measures.demand(n)).map_or(0.0, |a| a.per_month))
            .collect();
        let total: f64 = asked.iter().sum();
        // A power of two, so that scaling is exact. Demands are rounded up and capacities down: none is exceeded.
        let scale = (AMOUNT_MAX / total.max(f64::MIN_POSITIVE)).log2().floor().exp2();
        let demand: Vec<i64> = asked.iter().map(|amount| (amount * scale).ceil() as i64).collect();
        let amount = |key: &str, of: fn(&Measures, &model::offer::Offer) -> Option<f64>| {
            records.offer(key).and_then(|o| of(measures, o)).map_or(0.0, |a| a.min(total * 2.0) * scale)
        };
        let capacity: Vec<i64> = offers
            .iter()
            .map(|key| amount(key, |m, o| m.supply(o).map(|a| a.per_month)).min(total * scale).floor() as i64)
            .collect();
        let smallest: Vec<i64> = offers
            .iter()
            .map(|key| match limits.smallest_orders {
                true => amount(key, |m, o| m.smallest_order(o).map(|a| a.per_month)).ceil() as i64,
                false => 0,
            })
            .collect();
        let pairs = places
            .into_iter()
            .map(|(need, offer, gain)| {
                let way = match (capacity[offer], smallest[offer]) {
                    (0, _) => Way::Empty,
                    (most, least) if least > most.min(demand[need]) => Way::BelowSmallest,
                    _ => Way::Open(0),
                };
                Pair { need, offer, gain, smallest: smallest[offer], way }
            })
            .collect();
        let mut market = Self {
            firm_of: vec![None; offers.len()],
            needs,
            offers,
            demand,
            capacity,
            firms: Vec::new(),
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
                self.firms.push((key, 0));
                self.firms.len() - 1
            });
            self.firm_of[offer] = Some(firm);
        }
        // Whom each need could be served by; an offer without an enterprise stands for itself.
        let mut servers: Vec<HashSet<(bool, usize)>> = vec![HashSet::new(); self.needs.len()];
        for pair in self.pairs.iter().filter(|p| matches!(p.way, Way::Open(_))) {
            let firm = self.firm_of[pair.offer];
            servers[pair.need].insert((firm.is_some(), firm.unwrap_or(pair.offer)));
        }
        for (servers, &demand) in servers.iter().zip(&self.demand) {
            let part = if servers.len() > 1 { (demand as f64 * share).floor() as i64 } else { demand };
            for &(_, firm) in servers.iter().filter(|s| s.0) {
                self.firms[firm].1 += part;
            }
        }
    }

    /// The optimum; where smallest orders must be kept, the best that was found with the bound that it is proved against.
    pub fn optimise(&mut self) -> Optimum {
        let mut bound = None;
        loop {
            let (supply, arcs) = self.network();
            let solution = flow::maximise(&supply, &arcs);
            let gain = solution.gain(&arcs);
            // Without smallest orders the problem is easier, so that its optimum bounds this one's.
            let bound = *bound.get_or_insert_with(|| solution.bound(&supply, &arcs));
            let flow = self.flow(&solution);
            if !self.forbid_too_small(&flow) {
                return Optimum { flow, gain, bound, prices: solution.price };
            }
        }
    }

    /// Sources are needs, sinks are offers, or the enterprises behind them where their shares are limited.
    fn network(&mut self) -> (Vec<i64>, Vec<Arc>) {
        let (needs, offers) = (self.needs.len(), self.offers.len());
        let mut supply = self.demand.clone();
        supply.extend(
            self.capacity.iter().zip(&self.firm_of).map(|(c, firm)| if firm.is_some() { 0 } else { -c }),
        );
        supply.extend(self.firms.iter().map(|firm| -firm.1));
        let mut arcs = Vec::with_capacity(self.pairs.len());
        for pair in &mut self.pairs {
            if let Way::Open(arc) = &mut pair.way {
                *arc = arcs.len();
                // More than can flow: only demands and capacities have prices, not the arcs between them.
                let capacity = flow::AMOUNT_MAX;
                arcs.push(Arc {
                    from: pair.need as u32,
                    to: (needs + pair.offer) as u32,
                    capacity,
                    gain: pair.gain,
                });
            }
        }
        for (offer, firm) in self.firm_of.iter().enumerate() {
            if let Some(firm) = firm {
                arcs.push(Arc {
                    from: (needs + offer) as u32,
                    to: (needs + offers + firm) as u32,
                    capacity: self.capacity[offer],
                    gain: 0,
                });
            }
        }
        (supply, arcs)
    }

    fn flow(&self, solution: &Solution) -> Vec<i64> {
        let flow = |pair: &Pair| match pair.way {
            Way::Open(arc) => solution.flow[arc],
            Way::Empty | Way::BelowSmallest => 0,
        };
        self.pairs.iter().map(flow).collect()
    }

    /// Closes pairs that are given less than the smallest order: those given less than half of it, or where there are none,
    /// the one that lacks most. True where any was closed.
    fn forbid_too_small(&mut self, flow: &[i64]) -> bool {
        let mut least: Option<(f64, usize)> = None;
        let mut closed = false;
        for (index, &flow) in flow.iter().enumerate() {
            let pair = &mut self.pairs[index];
            if flow == 0 || flow >= pair.smallest {
                continue;
            }
            let part = flow as f64 / pair.smallest as f64;
            if part < 0.5 {
                pair.way = Way::BelowSmallest;
                closed = true;
            } else if least.is_none_or(|(smallest, _)| part < smallest) {
                least = Some((part, index));
            }
        }
        if let Some((_, index)) = least.filter(|_| !closed) {
            self.pairs[index].way = Way::BelowSmallest;
            closed = true;
        }
        closed
    }

    /// For each need: the worth of one unit more of it, and what binds. From the dual prices.
    pub fn duals(&self, optimum: &Optimum) -> Vec<(i64, Binds)> {
        let mut pairs_of: Vec<Vec<usize>> = vec![Vec::new(); self.needs.len()];
        for (index, pair) in self.pairs.iter().enumerate() {
            pairs_of[pair.need].push(index);
        }
        pairs_of
            .iter()
            .enumerate()
            .map(|(need, pairs)| (optimum.prices[need], self.binds(pairs, optimum)))
            .collect()
    }

    /// What keeps a need from the best offer that does not serve it already.
    fn binds(&self, pairs: &[usize], optimum: &Optimum) -> Binds {
        let (needs, offers) = (self.needs.len(), self.offers.len());
        let given: i64 = pairs.iter().map(|&p| optimum.flow[p]).sum();
        let met = pairs.first().is_some_and(|&p| given == self.demand[self.pairs[p].need]);
        // The worst gain that it is served at: only what is better than that is kept from it.
        let served = match met {
            true => {
                pairs.iter().filter(|&&p| optimum.flow[p] > 0).map(|&p| self.pairs[p].gain).min().unwrap_or(0)
            }
            false => 0,
        };
        let kept = pairs.iter().copied().filter(|&p| self.pairs[p].gain > served);
        let Some(pair) = kept.max_by_key(|&p| (self.pairs[p].gain, std::cmp::Reverse(p))) else {
            return Binds::Quantity;
        };
        let Pair { need, offer, gain, way, .. } = self.pairs[pair];
        if way == Way::BelowSmallest {
            return Binds::SmallestOrder { pair };
        }
        // What a unit of this offer is worth elsewhere, over what it would gain here.
        let worth = (-optimum.prices[needs + offer]).min(GAIN_SCALE as i64);
        let behind = if way == Way::Empty { 0 } else { (worth + optimum.prices[need] - gain).max(0) };
        match self.firm_of[offer].map(|firm| -optimum.prices[needs + offers + firm]) {
            Some(firm_worth) if way != Way::Empty && firm_worth > 0 => Binds::Share { pair, behind },
            _ => Binds::Capacity { pair, behind },
        }
    }

    /// The places of a pair's need and offer.
    pub fn ends(&self, pair: usize) -> (usize, usize) {
        (self.pairs[pair].need, self.pairs[pair].offer)
    }
}
