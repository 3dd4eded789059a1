//! What keeps each need from a better supply: from the dual prices of the network, and from what is left.

use super::market::{GAIN_SCALE, Market, Shut};
use super::search::Best;
use model::allotment::Binding;

/// What binds one need.
pub(super) struct Bound {
    pub binding: Binding,
    /// The pairs whose limit it is, the best first.
    pub pairs: Vec<usize>,
    /// Gain that the first of them lacks.
    pub behind: i64,
}

/// An allocation with what it leaves over.
pub(super) struct Binds<'a> {
    market: &'a Market<'a>,
    best: &'a Best,
    pairs_of: Vec<Vec<usize>>,
    left: Vec<i64>,
    firms: Vec<i64>,
}

impl<'a> Binds<'a> {
    pub fn new(market: &'a Market<'a>, best: &'a Best) -> Self {
        let (mut left, mut firms) = (market.capacity.clone(), market.firms.clone());
        for (index, pair) in market.pairs.iter().enumerate() {
            left[pair.offer] -= best.delivered[index];
            if let Some(firm) = market.firm_of[pair.offer] {
                firms[firm] -= best.delivered[index];
            }
        }
        Self { market, best, pairs_of: market.pairs_of(), left, firms }
    }

    /// What keeps a need from the best offers that do not serve all of it already.
    pub fn of(&self, need: usize) -> Bound {
        let (pairs, market) = (&self.pairs_of[need], self.market);
        let given: i64 = pairs.iter().map(|&p| self.best.covered[p]).sum();
        // The worst gain that it is served at: only what is better than that is kept from it.
        let served = pairs.iter().filter(|&&p| self.best.covered[p] > 0).map(|&p| market.pairs[p].gain).min();
        let served = if given == market.demand[need] { served.unwrap_or(0) } else { 0 };
        let kept: Vec<usize> = pairs.iter().copied().filter(|&p| market.pairs[p].gain > served).collect();
        let Some(&first) = kept.first() else {
            return Bound { binding: Binding::Enough, pairs: Vec::new(), behind: 0 };
        };
        let rest = market.demand[need] - given;
        let binding = self.limit(first, rest);
        let pairs = kept.into_iter().filter(|&p| self.limit(p, rest) == binding).collect();
        let behind =
            if binding == Binding::Capacity || binding == Binding::Share { self.behind(first) } else { 0 };
        Bound { binding, pairs, behind }
    }

    fn limit(&self, index: usize, rest: i64) -> Binding {
        let (pair, market) = (&self.market.pairs[index], self.market);
        let (needs, offers) = (market.needs.len(), market.offers.len());
        match pair.shut {
            Some(Shut::Empty) => return Binding::Capacity,
            Some(Shut::BelowSmallest) => return Binding::SmallestOrder,
            Some(Shut::BelowLot) => return Binding::Lot,
            None => {}
        }
        let firm = market.firm_of[pair.offer];
        if firm.is_some_and(|firm| self.best.prices[needs + offers + firm] < 0) {
            return Binding::Share;
        }
        if market.whole[pair.need] && rest == market.demand[pair.need] {
            return Binding::Whole;
        }
        let room = firm.map_or(i64::MAX, |firm| self.firms[firm]).min(self.left[pair.offer]);
        let least = if self.best.delivered[index] == 0 { pair.least } else { 0 };
        match () {
            () if 0 < room && room < pair.lot => Binding::Lot,
            () if 0 < room && rest < least => Binding::SmallestOrder,
            () => Binding::Capacity,
        }
    }

    /// What a unit of this offer is worth elsewhere, over what it would gain here.
    fn behind(&self, index: usize) -> i64 {
        let (pair, prices) = (&self.market.pairs[index], &self.best.prices);
        if pair.shut.is_some() {
            return 0;
        }
        let worth = (-prices[self.market.needs.len() + pair.offer]).min(GAIN_SCALE as i64);
        (worth + prices[pair.need] - pair.gain).max(0)
    }

    /// What one unit more of a need would gain.
    pub fn worth(&self, need: usize) -> i64 {
        self.best.prices[need]
    }
}
