//! Whole lots, smallest orders and needs that take all or nothing: a search by branches over the network.
//!
//! The network leaves these out, so that its optimum bounds what can be reached. Each branch's optimum is made to keep them by
//! rounding, and where the bound is still above the best found, the branch is parted at one thing that it does not keep: a
//! delivery (up to so many lots, or more; none, or the smallest order) or a need (all, or nothing). What is not searched when
//! the work is used up stands in the bound.

use super::market::{GAIN_SCALE, Market, Pair, Relaxed};
use std::cmp::Reverse;

/// Arcs looked at by all branches of a search together, about: the number of branches of a market follows from its size, so
/// that the same market gives the same allocation on every machine.
const WORK: usize = 3_000_000;
/// Least and most branches.
const BRANCHES: (usize, usize) = (8, 600);

/// What a branch decides of a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Open,
    /// All of it.
    Served,
    /// Nothing.
    Closed,
}

/// What is decided on one way through the search.
#[derive(Debug, Clone)]
pub(super) struct Branch {
    pub needs: Vec<Service>,
    /// Least and most delivered, of pairs of which something is decided.
    ranges: Vec<(usize, i64, i64)>,
    bound: i128,
}

impl Branch {
    /// Nothing decided.
    pub fn root(needs: usize) -> Self {
        Self { needs: vec![Service::Open; needs], ranges: Vec::new(), bound: i128::MAX }
    }

    /// Least and most that a pair delivers.
    pub fn range(&self, index: usize, pair: &Pair) -> (i64, i64) {
        match self.ranges.binary_search_by_key(&index, |r| r.0) {
            Ok(place) => (self.ranges[place].1, self.ranges[place].2),
            Err(_) => (0, pair.most),
        }
    }

    fn with_range(&self, index: usize, (least, most): (i64, i64)) -> Self {
        let mut branch = self.clone();
        match branch.ranges.binary_search_by_key(&index, |r| r.0) {
            Ok(place) => branch.ranges[place] = (index, least, most),
            Err(place) => branch.ranges.insert(place, (index, least, most)),
        }
        branch
    }

    fn with_need(&self, need: usize, service: Service) -> Self {
        let mut branch = self.clone();
        branch.needs[need] = service;
        branch
    }
}

/// The best allocation that was found.
pub(super) struct Best {
    /// What each pair covers, and what it delivers.
    pub covered: Vec<i64>,
    pub delivered: Vec<i64>,
    /// Gain of it, and an upper bound on that of any other, in units of `GAIN_SCALE * scale`.
    pub gain: i128,
    pub bound: i128,
    /// Dual prices of the network in which nothing is decided.
    pub prices: Vec<i64>,
}

impl Best {
    /// Takes an allocation over where it gains more.
    fn take(&mut self, market: &Market<'_>, covered: Vec<i64>, delivered: Vec<i64>) {
        let gains = market.pairs.iter().zip(&covered);
        let gain = gains.map(|(pair, covered)| i128::from(pair.gain) * i128::from(*covered)).sum();
        if gain > self.gain {
            (self.covered, self.delivered, self.gain) = (covered, delivered, gain);
        }
    }
}

/// Searches a market. Without lots, thresholds and needs that take all or nothing the first branch is the optimum.
pub(super) fn search(market: &Market<'_>) -> Best {
    let mut order: Vec<usize> = (0..market.pairs.len()).collect();
    order.sort_by_key(|&p| (Reverse(market.pairs[p].gain), p));
    let pairs_of = market.pairs_of();
    let mut best =
        Best { covered: Vec::new(), delivered: Vec::new(), gain: -1, bound: 0, prices: Vec::new() };
    let mut open = vec![Branch::root(market.needs.len())];
    // Bound of what could not be parted though nothing as good was found.
    let mut unparted = i128::MIN;
    let mut left = (WORK / (market.pairs.len() + market.needs.len() + 1)).clamp(BRANCHES.0, BRANCHES.1);
    while left > 0
        && let Some(branch) = open.pop()
    {
        if branch.bound <= best.gain {
            continue;
        }
        left -= 1;
        let relaxed = market.relax(&branch);
        let bound = relaxed.bound.min(branch.bound);
        if best.prices.is_empty() {
            best.prices.clone_from(&relaxed.prices);
        }
        let deal = Deal::near(market, &relaxed, &order, &pairs_of);
        best.take(market, deal.covered, deal.delivered);
        if bound > best.gain {
            let halves = part(market, &branch, &relaxed);
            if halves.is_empty() {
                // The network's own optimum keeps everything.
                best.take(market, relaxed.covered, relaxed.delivered);
                unparted = unparted.max(bound);
            }
            open.extend(halves.into_iter().map(|half| Branch { bound, ..half }));
        }
    }
    best.bound = open.iter().map(|b| b.bound).fold(best.gain.max(unparted), i128::max);
    best
}

/// Parts a branch at what its optimum does not keep and weighs most; the likelier half last. Empty where all is kept.
fn part(market: &Market<'_>, branch: &Branch, relaxed: &Relaxed) -> Vec<Branch> {
    let mut heaviest: (i128, Option<Part>) = (0, None);
    let mut given = vec![0i64; market.needs.len()];
    for (index, pair) in market.pairs.iter().enumerate() {
        let delivered = relaxed.delivered[index];
        given[pair.need] += relaxed.covered[index];
        let lots = pair.floor(delivered);
        if delivered == 0 || (delivered >= pair.least && lots == delivered) {
            continue;
        }
        let (below, above) = if delivered < pair.least { (0, pair.least) } else { (lots, lots + pair.lot) };
        let weight = i128::from(pair.gain) * i128::from((delivered - below).min(above - delivered));
        if weight >= heaviest.0 {
            heaviest =
                (weight, Some(Part::Pair { index, below, above, up: delivered - below > above - delivered }));
        }
    }
    for (need, &given) in given.iter().enumerate() {
        let lacks = market.demand[need] - given;
        if market.whole[need] && branch.needs[need] == Service::Open && given > 0 && lacks > 0 {
            let weight = GAIN_SCALE as i128 * i128::from(given.min(lacks));
            if weight >= heaviest.0 {
                heaviest = (weight, Some(Part::Need { need, up: given > lacks }));
            }
        }
    }
    let (mut halves, up) = match heaviest.1 {
        None => return Vec::new(),
        Some(Part::Need { need, up }) => {
            (vec![branch.with_need(need, Service::Closed), branch.with_need(need, Service::Served)], up)
        }
        Some(Part::Pair { index, below, above, up }) => {
            let (least, most) = branch.range(index, &market.pairs[index]);
            let lower = branch.with_range(index, (least.min(below), below));
            let upper = (above <= most).then(|| branch.with_range(index, (above, most)));
            (std::iter::once(lower).chain(upper).collect(), up)
        }
    };
    if !up {
        halves.reverse();
    }
    halves
}

/// Where a branch is parted, and whether its optimum is nearer to the upper half.
enum Part {
    /// Deliveries of a pair up to `below`, or from `above` on.
    Pair { index: usize, below: i64, above: i64, up: bool },
    /// Nothing of a need, or all of it.
    Need { need: usize, up: bool },
}

/// An allocation that keeps everything, in the making.
struct Deal {
    covered: Vec<i64>,
    delivered: Vec<i64>,
    /// What needs are without, and what offers and enterprises can still deliver.
    rest: Vec<i64>,
    left: Vec<i64>,
    firms: Vec<i64>,
    /// What needs are delivered and do not ask for.
    beside: Vec<i64>,
}

impl Deal {
    /// The network's optimum rounded down to what can be kept, and filled up again with what is left.
    fn near(market: &Market<'_>, relaxed: &Relaxed, order: &[usize], pairs_of: &[Vec<usize>]) -> Self {
        let pairs = market.pairs.len();
        let mut deal = Self {
            covered: vec![0; pairs],
            delivered: vec![0; pairs],
            rest: market.demand.clone(),
            left: market.capacity.clone(),
            firms: market.firms.clone(),
            beside: vec![0; market.demand.len()],
        };
        for &p in order {
            deal.raise(market, p, relaxed.delivered[p], relaxed.covered[p]);
        }
        let mut whole: Vec<usize> = (0..market.needs.len()).filter(|&n| market.whole[n]).collect();
        whole.sort_by_key(|&n| (deal.rest[n], n));
        // Twice: what the first round gives back may serve another one.
        for _ in 0..2 {
            for &need in &whole {
                if deal.rest[need] > 0 {
                    pairs_of[need].iter().for_each(|&p| deal.raise(market, p, i64::MAX, i64::MAX));
                    if deal.rest[need] > 0 {
                        pairs_of[need].iter().for_each(|&p| deal.clear(market, p));
                    }
                }
            }
            for &p in order {
                if !market.whole[market.pairs[p].need] {
                    deal.raise(market, p, i64::MAX, i64::MAX);
                }
            }
        }
        deal
    }

    /// Lets a pair deliver more, up to `wish` altogether, and cover up to so much of the need.
    fn raise(&mut self, market: &Market<'_>, p: usize, wish: i64, cover: i64) {
        let pair = &market.pairs[p];
        if pair.shut.is_some() || self.rest[pair.need] == 0 {
            return;
        }
        let firm = market.firm_of[pair.offer];
        let room = firm.map_or(i64::MAX, |f| self.firms[f]).min(self.left[pair.offer]);
        let before = self.delivered[p];
        // A lot of which some was not asked for yet covers more of the need first.
        let unused = before - self.covered[p];
        let wanted = pair.ceil((self.rest[pair.need] - unused).max(0));
        let mut more =
            pair.floor(wanted.min(room).min(pair.most - before).min(wish.saturating_sub(before)).max(0));
        let covers = |more: i64| (more + unused).min(self.rest[pair.need]).min(cover);
        // Another's lot that is not used up comes before one more.
        if self.beside[pair.need] + more - covers(more) > market.beside_most[pair.need] {
            more = (more - pair.lot).max(0);
        }
        if before + more < pair.least || before + more == 0 {
            return;
        }
        let covers = covers(more);
        self.beside[pair.need] += more - covers;
        self.delivered[p] += more;
        self.covered[p] += covers;
        self.rest[pair.need] -= covers;
        self.left[pair.offer] -= more;
        if let Some(firm) = firm {
            self.firms[firm] -= more;
        }
    }

    /// Takes back what a pair delivers.
    fn clear(&mut self, market: &Market<'_>, p: usize) {
        let pair = &market.pairs[p];
        self.rest[pair.need] += self.covered[p];
        self.beside[pair.need] -= self.delivered[p] - self.covered[p];
        self.left[pair.offer] += self.delivered[p];
        if let Some(firm) = market.firm_of[pair.offer] {
            self.firms[firm] += self.delivered[p];
        }
        (self.covered[p], self.delivered[p]) = (0, 0);
    }
}

#[cfg(test)]
mod tests;
