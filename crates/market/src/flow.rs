//! Maximum-value transport: demands, capacities and gains on arcs between them.
//!
//! Minimum-cost flow by successive shortest paths with node potentials (Edmonds and Karp 1972; Ahuja, Magnanti,
//! Orlin: Network Flows, 9.7). Needs are inserted one after the other; each sends its demand along cheapest paths of the
//! residual network, which may move earlier needs to their next best offer. What no path with a gain reaches stays
//! unmet. All numbers are integers, so that the optimum is exact and the same on every machine.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A possible supply: a unit of flow from `offer` to `need` gains `gain` (positive).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arc {
    pub need: usize,
    pub offer: usize,
    pub gain: i64,
}

/// The flow on each arc that makes the sum of `gain · flow` greatest, with no need above its demand and no offer above
/// its capacity. Among equal optima, the order of needs and arcs decides.
pub(crate) fn maximise(demand: &[u64], capacity: &[u64], arcs: &[Arc]) -> Vec<u64> {
    let mut network = Network::new(demand.len(), capacity, arcs);
    for (need, &demand) in demand.iter().enumerate() {
        let mut open = demand;
        while open > 0 {
            open -= network.augment(need, open);
        }
    }
    network.flow
}

const NONE: usize = usize::MAX;

struct Network<'a> {
    arcs: &'a [Arc],
    needs: usize,
    /// Arcs of each need and of each offer, by node: needs first, offers after them.
    incident: Vec<Vec<usize>>,
    flow: Vec<u64>,
    spare: Vec<u64>,
    /// Cost of leaving a unit unmet; an arc's cost is this less its gain, so that no cost is negative.
    unmet: i64,
    potential: Vec<i64>,
    distance: Vec<i64>,
    /// Arc by which a node was reached.
    via: Vec<usize>,
    settled: Vec<bool>,
}

/// Where a cheapest path ends.
#[derive(Clone, Copy)]
enum End {
    Offer(usize),
    /// The need at which the unit is left unmet.
    Unmet(usize),
}

impl<'a> Network<'a> {
    fn new(needs: usize, capacity: &[u64], arcs: &'a [Arc]) -> Self {
        let nodes = needs + capacity.len();
        let mut incident = vec![Vec::new(); nodes];
        for (index, arc) in arcs.iter().enumerate() {
            incident[arc.need].push(index);
            incident[needs + arc.offer].push(index);
        }
        Self {
            arcs,
            needs,
            incident,
            flow: vec![0; arcs.len()],
            spare: capacity.to_vec(),
            unmet: arcs.iter().map(|a| a.gain).max().unwrap_or(0),
            potential: vec![0; nodes],
            distance: vec![i64::MAX; nodes],
            via: vec![NONE; nodes],
            settled: vec![false; nodes],
        }
    }

    /// Sends up to `open` units of a need along one cheapest path; returns how many.
    fn augment(&mut self, need: usize, open: u64) -> u64 {
        let end = self.cheapest_path(need);
        let (last, mut amount) = match end {
            End::Offer(offer) => (self.needs + offer, open.min(self.spare[offer])),
            End::Unmet(need) => (need, open),
        };
        self.walk(last, |network, arc, forward| {
            if !forward {
                amount = amount.min(network.flow[arc]);
            }
        });
        self.walk(
            last,
            |network, arc, forward| {
                if forward { network.flow[arc] += amount } else { network.flow[arc] -= amount }
            },
        );
        if let End::Offer(offer) = end {
            self.spare[offer] -= amount;
        }
        amount
    }

    /// Visits the arcs of the path that ends at `node`, from its end to its start; an arc is forward when it leads from
    /// a need to an offer.
    fn walk(&mut self, mut node: usize, mut visit: impl FnMut(&mut Self, usize, bool)) {
        while self.via[node] != NONE {
            let arc = self.via[node];
            let forward = node >= self.needs;
            visit(self, arc, forward);
            node = if forward { self.arcs[arc].need } else { self.needs + self.arcs[arc].offer };
        }
    }

    /// Dijkstra over reduced costs from a need to the nearest end. The sink's potential stays 0.
    fn cheapest_path(&mut self, from: usize) -> End {
        let mut touched = vec![from];
        let mut heap = BinaryHeap::from([Reverse((0i64, from))]);
        self.distance[from] = 0;
        self.via[from] = NONE;
        let mut best: Option<(i64, End)> = None;
        let mut settled = Vec::new();
        while let Some(Reverse((distance, node))) = heap.pop() {
            if best.is_some_and(|(b, _)| b <= distance) {
                break;
            }
            if self.settled[node] {
                continue;
            }
            self.settled[node] = true;
            settled.push(node);
            let end = if node < self.needs {
                Some((self.unmet, End::Unmet(node)))
            } else {
                let offer = node - self.needs;
                (self.spare[offer] > 0).then_some((0, End::Offer(offer)))
            };
            if let Some((cost, end)) = end {
                let total = distance + cost + self.potential[node];
                if best.is_none_or(|(b, _)| total < b) {
                    best = Some((total, end));
                }
            }
            for &index in &self.incident[node] {
                let arc = self.arcs[index];
                let cost = self.unmet - arc.gain;
                let (to, cost) = if node < self.needs {
                    (self.needs + arc.offer, cost)
                } else if self.flow[index] > 0 {
                    (arc.need, -cost)
                } else {
                    continue;
                };
                let next = distance + cost + self.potential[node] - self.potential[to];
                if next < self.distance[to] {
                    if self.distance[to] == i64::MAX {
                        touched.push(to);
                    }
                    self.distance[to] = next;
                    self.via[to] = index;
                    heap.push(Reverse((next, to)));
                }
            }
        }
        let (total, end) = best.expect("a need can always stay unmet");
        for node in settled {
            self.potential[node] += self.distance[node] - total;
        }
        for node in touched {
            self.distance[node] = i64::MAX;
            self.settled[node] = false;
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(arcs: &[Arc], flow: &[u64]) -> i128 {
        arcs.iter().zip(flow).map(|(a, f)| i128::from(a.gain) * i128::from(*f)).sum()
    }

    /// Greatest value by trying every unit everywhere; for a handful of units.
    fn brute(demand: &mut [u64], capacity: &mut [u64], arcs: &[Arc]) -> i128 {
        let Some((first, rest)) = arcs.split_first() else { return 0 };
        let most = demand[first.need].min(capacity[first.offer]);
        let mut best = 0;
        for amount in 0..=most {
            demand[first.need] -= amount;
            capacity[first.offer] -= amount;
            best = best.max(i128::from(first.gain) * i128::from(amount) + brute(demand, capacity, rest));
            demand[first.need] += amount;
            capacity[first.offer] += amount;
        }
        best
    }

    #[test]
    fn an_earlier_need_gives_way() {
        // Both want offer 0; the first can also take offer 1 at little loss.
        let arcs = [
            Arc { need: 0, offer: 0, gain: 90 },
            Arc { need: 0, offer: 1, gain: 80 },
            Arc { need: 1, offer: 0, gain: 70 },
        ];
        assert_eq!(maximise(&[10, 10], &[10, 10], &arcs), [0, 10, 10]);
        assert_eq!(maximise(&[10, 10], &[10, 0], &arcs), [10, 0, 0]);
        assert_eq!(maximise(&[], &[], &[]), [0u64; 0]);
    }

    proptest! {
        #[test]
        fn optimal_and_within_limits(
            demand in prop::collection::vec(0u64..4, 3), capacity in prop::collection::vec(0u64..4, 3),
            gains in prop::collection::vec((0usize..3, 0usize..3, 1i64..20), 0..6),
        ) {
            let mut seen = std::collections::BTreeSet::new();
            let arcs: Vec<Arc> = gains
                .into_iter()
                .filter(|(n, o, _)| seen.insert((*n, *o)))
                .map(|(need, offer, gain)| Arc { need, offer, gain })
                .collect();
            let flow = maximise(&demand, &capacity, &arcs);
            for (need, &demand) in demand.iter().enumerate() {
                let sum: u64 = arcs.iter().zip(&flow).filter(|(a, _)| a.need == need).map(|(_, f)| f).sum();
                prop_assert!(sum <= demand);
            }
            for (offer, &capacity) in capacity.iter().enumerate() {
                let sum: u64 = arcs.iter().zip(&flow).filter(|(a, _)| a.offer == offer).map(|(_, f)| f).sum();
                prop_assert!(sum <= capacity);
            }
            prop_assert_eq!(value(&arcs, &flow), brute(&mut demand.clone(), &mut capacity.clone(), &arcs));
        }
    }
}
