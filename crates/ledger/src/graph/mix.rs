//! Carried quantities: how much of one lot is in another, by proportional mixing.
//!
//! A process is a stirred vessel: every output has the composition of the sum of its inputs,
//!
//! `share(A in process) = Σ_inputs w_i · share(A in i)`, `w_i = amount_i / Σ amounts`,
//!
//! and a lot is the sum of what its processes made of it, weighted by the amounts made. So the shares of all raw lots in a
//! lot sum to 1, and where every process closes its mass the carried amounts of a lot sum to the lot. Where amounts are
//! missing or of unlike units, inputs (or makers) of that process count equally; [`Carried::is_assumed`] says so.
//!
//! A loop (rework) is a system of linear equations, solved by Gauss-Seidel sweeps: what goes round loses weight each time.

use super::amount::total;
use super::{Amount, Graph, LotId};
use std::collections::HashMap;

/// Shares change by less than this when a loop is settled.
const SETTLED: f64 = 1e-15;
/// Most sweeps over a loop.
const SWEEPS_MAX: usize = 10_000;

/// How much of a lot is in another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Carried {
    /// The other lot.
    pub lot: LotId,
    /// Part of it that comes from (or goes back to) the lot asked for, 0..1.
    pub share: f64,
    /// The amount carried: share times what was made of the receiving lot; unknown where that is unknown.
    pub amount: Amount,
    /// True where a process on the way had no comparable amounts and inputs were counted equally.
    pub is_assumed: bool,
}

/// A process within a mixing problem.
struct Vessel {
    /// Local lot and weight of each input; weights sum to 1 over all inputs, those outside the problem included.
    inputs: Vec<(u32, f64)>,
    /// Local lot and weight in that lot.
    outputs: Vec<(u32, f64)>,
    is_assumed: bool,
}

/// The part of the graph that a question is about, with local numbers.
struct Problem {
    lots: Vec<LotId>,
    local: HashMap<LotId, u32>,
    vessels: Vec<Vessel>,
}

impl Graph {
    /// What was made of a lot over all processes, else what was commissioned of it; unknown where any of them does not say, or where
    /// there are none.
    pub fn made(&self, lot: LotId) -> Amount {
        let mut amounts = Vec::new();
        self.for_each_producer(lot, |reference| amounts.extend(self.produced(lot, reference)));
        if amounts.is_empty() {
            let events = self.commissionings_of.get(&lot).into_iter().flatten();
            amounts.extend(events.filter_map(|index| self.commissionings[*index as usize].1));
        }
        total(amounts).unwrap_or(Amount::UNKNOWN)
    }

    /// What was consumed of a lot; `None` where a process does not say or units differ.
    pub fn consumed(&self, lot: LotId) -> Option<Amount> {
        let mut amounts = Vec::new();
        self.for_each_consumer(lot, |reference| {
            self.for_each_own(reference, |p| {
                amounts.extend(self.inputs.entries(p).filter(|e| e.0 == lot).map(|e| e.1))
            });
        });
        if amounts.is_empty() {
            return Some(Amount { value: 0.0, unit: self.made(lot).unit });
        }
        total(amounts)
    }

    /// Amounts of a lot that one process made.
    fn produced(&self, lot: LotId, reference: u32) -> Vec<Amount> {
        let mut out = Vec::new();
        self.for_each_own(reference, |p| {
            out.extend(self.outputs.entries(p).filter(|e| e.0 == lot).map(|e| e.1))
        });
        out
    }

    /// The one event of a reference, without the other events of its group (each has its own reference).
    fn for_each_own(&self, reference: u32, mut visit: impl FnMut(u32)) {
        visit(reference & !super::GROUPED);
    }

    /// Every lot that holds some of `source`, with share and amount; `source` itself first with share 1.
    pub fn carried(&self, source: LotId) -> Vec<Carried> {
        let problem = self.problem(source, true);
        let order = problem.order(true);
        let (shares, assumed) = problem.solve_down(&order);
        let mut out: Vec<Carried> = problem
            .lots
            .iter()
            .enumerate()
            .map(|(index, lot)| {
                let made = self.made(*lot);
                let amount = Amount { value: made.value * shares[index], unit: made.unit };
                Carried { lot: *lot, share: shares[index], amount, is_assumed: assumed[index] }
            })
            .collect();
        out[0].amount = self.made(source);
        out
    }

    /// How much of `source` is in `target`; `None` where nothing leads from one to the other.
    pub fn carried_in(&self, source: LotId, target: LotId) -> Option<Carried> {
        self.carried(source).into_iter().find(|c| c.lot == target)
    }

    /// What a lot consists of: every ancestor with its share; shares of [raw lots](Self::is_raw) sum to 1.
    /// The amount is the ancestor's part of what was made of the lot asked for.
    pub fn composition(&self, target: LotId) -> Vec<Carried> {
        let problem = self.problem(target, false);
        let order = problem.order(false);
        let (shares, assumed) = problem.solve_up(&order);
        let made = self.made(target);
        let carried = |(index, lot): (usize, &LotId)| Carried {
            lot: *lot,
            share: shares[index],
            amount: Amount { value: made.value * shares[index], unit: made.unit },
            is_assumed: assumed[index],
        };
        problem.lots.iter().enumerate().map(carried).collect()
    }

    /// True where no process with inputs makes the lot.
    pub fn is_raw(&self, lot: LotId) -> bool {
        let mut is_raw = true;
        self.for_each_producer(lot, |reference| {
            self.for_each_member(reference, |p| is_raw &= self.inputs.lots(p).next().is_none());
        });
        is_raw
    }

    fn problem(&self, start: LotId, is_down: bool) -> Problem {
        let mut problem =
            Problem { lots: vec![start], local: HashMap::from([(start, 0)]), vessels: Vec::new() };
        let mut vessel_of: HashMap<u32, ()> = HashMap::new();
        let mut leaders = Vec::new();
        let mut at = 0;
        while at < problem.lots.len() {
            let lot = problem.lots[at];
            at += 1;
            let mut found = Vec::new();
            if is_down {
                self.for_each_consumer(lot, |reference| found.push(self.leader(reference)));
            } else {
                self.for_each_producer(lot, |reference| found.push(self.leader(reference)));
            }
            for leader in found {
                if vessel_of.insert(leader, ()).is_some() {
                    continue;
                }
                leaders.push(leader);
                let side = if is_down { &self.outputs } else { &self.inputs };
                self.for_each_member(leader, |p| {
                    for next in side.lots(p) {
                        let fresh = u32::try_from(problem.lots.len()).expect("lots have 32-bit numbers");
                        problem.local.entry(next).or_insert_with(|| {
                            problem.lots.push(next);
                            fresh
                        });
                    }
                });
            }
        }
        for leader in leaders {
            let vessel = self.vessel(leader, &problem);
            problem.vessels.push(vessel);
        }
        problem
    }

    fn vessel(&self, leader: u32, problem: &Problem) -> Vessel {
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        self.for_each_member(leader, |p| {
            inputs.extend(self.inputs.entries(p));
            outputs.extend(self.outputs.entries(p).map(|e| e.0));
        });
        let sum = total(inputs.iter().map(|i| i.1)).filter(|sum| sum.value > 0.0);
        let mut is_assumed = sum.is_none() && inputs.len() > 1;
        #[expect(clippy::cast_precision_loss, reason = "a process has far fewer than 2^52 inputs")]
        let equal = 1.0 / inputs.len() as f64;
        let weigh = |amount: &Amount| sum.map_or(equal, |sum| amount.value / sum.value);
        let inside = |lot: &LotId| problem.local.get(lot).copied();
        let weighted =
            inputs.iter().filter_map(|(lot, amount)| Some((inside(lot)?, weigh(amount)))).collect();
        outputs.sort_unstable();
        outputs.dedup();
        let mut made = Vec::with_capacity(outputs.len());
        for lot in outputs {
            if let Some(index) = inside(&lot) {
                let (weight, assumed) = self.maker_weight(lot, leader);
                is_assumed |= assumed;
                made.push((index, weight));
            }
        }
        Vessel { inputs: weighted, outputs: made, is_assumed }
    }

    /// The part of a lot that one process made.
    fn maker_weight(&self, lot: LotId, leader: u32) -> (f64, bool) {
        let mut makers: Vec<(u32, Vec<Amount>)> = Vec::new();
        self.for_each_producer(lot, |reference| {
            let (maker, amounts) = (self.leader(reference), self.produced(lot, reference));
            // A withdrawn event makes nothing.
            if amounts.is_empty() {
                return;
            }
            match makers.iter_mut().find(|(m, _)| *m == maker) {
                Some((_, list)) => list.extend(amounts),
                None => makers.push((maker, amounts)),
            }
        });
        if makers.len() <= 1 {
            return (1.0, false);
        }
        let own = makers.iter().find(|(m, _)| *m == leader).and_then(|(_, list)| total(list.iter().copied()));
        let sum = total(makers.iter().flat_map(|(_, list)| list.iter().copied())).filter(|s| s.value > 0.0);
        match (own, sum) {
            (Some(own), Some(sum)) => (own.value / sum.value, false),
            #[expect(clippy::cast_precision_loss, reason = "a lot has far fewer than 2^52 makers")]
            _ => (1.0 / makers.len() as f64, true),
        }
    }
}

impl Problem {
    /// Vessels in an order in which each comes after all that feed it (or that it feeds, going up). Vessels of a loop
    /// come last, in the order in which they were met; the second part says how many are in order.
    fn order(&self, is_down: bool) -> (Vec<usize>, usize) {
        let ends = |v: &Vessel| -> (Vec<u32>, Vec<u32>) {
            let inputs = v.inputs.iter().map(|i| i.0).collect();
            let outputs = v.outputs.iter().map(|o| o.0).collect();
            if is_down { (inputs, outputs) } else { (outputs, inputs) }
        };
        let mut waiting_lot = vec![0_u32; self.lots.len()];
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); self.lots.len()];
        let mut waiting_vessel = vec![0_u32; self.vessels.len()];
        for (index, vessel) in self.vessels.iter().enumerate() {
            let (from, to) = ends(vessel);
            for lot in from {
                // The start is known from the beginning, even where a loop makes it again.
                if lot != 0 {
                    waiting_vessel[index] += 1;
                    users[lot as usize].push(index);
                }
            }
            for lot in to {
                waiting_lot[lot as usize] += 1;
            }
        }
        let mut order: Vec<usize> = (0..self.vessels.len()).filter(|v| waiting_vessel[*v] == 0).collect();
        let mut at = 0;
        while at < order.len() {
            let (_, to) = ends(&self.vessels[order[at]]);
            at += 1;
            for lot in to {
                waiting_lot[lot as usize] -= 1;
                if waiting_lot[lot as usize] == 0 && lot != 0 {
                    for user in &users[lot as usize] {
                        waiting_vessel[*user] -= 1;
                        if waiting_vessel[*user] == 0 {
                            order.push(*user);
                        }
                    }
                }
            }
        }
        let in_order = order.len();
        order.extend((0..self.vessels.len()).filter(|v| waiting_vessel[*v] > 0));
        (order, in_order)
    }

    /// Shares of the start (lot 0) in every lot.
    fn solve_down(&self, order: &(Vec<usize>, usize)) -> (Vec<f64>, Vec<bool>) {
        // What flows back into the start does not raise its share in itself.
        self.solve(order, |vessel| (&vessel.inputs, &vessel.outputs), |lot| lot != 0)
    }

    /// Shares of every lot in the start (lot 0): what flows into the start, followed upstream.
    fn solve_up(&self, order: &(Vec<usize>, usize)) -> (Vec<f64>, Vec<bool>) {
        self.solve(order, |vessel| (&vessel.outputs, &vessel.inputs), |_| true)
    }

    /// Shares of all lots with that of lot 0 being 1, carried through every vessel from one of its sides to the other:
    /// once in order, then again and again over those that stand in loops until nothing changes.
    fn solve(
        &self,
        (order, in_order): &(Vec<usize>, usize),
        sides: impl for<'v> Fn(&'v Vessel) -> (&'v [(u32, f64)], &'v [(u32, f64)]),
        takes: impl Fn(u32) -> bool,
    ) -> (Vec<f64>, Vec<bool>) {
        let mut shares = vec![0.0; self.lots.len()];
        let mut assumed = vec![false; self.lots.len()];
        shares[0] = 1.0;
        let mut carried = vec![0.0; self.vessels.len()];
        let mut settle = |index: usize, shares: &mut [f64], assumed: &mut [bool]| -> f64 {
            let vessel = &self.vessels[index];
            let (from, into) = sides(vessel);
            let share: f64 = from.iter().map(|(lot, w)| w * shares[*lot as usize]).sum();
            let change = share - carried[index];
            carried[index] = share;
            let is_assumed = vessel.is_assumed || from.iter().any(|(lot, _)| assumed[*lot as usize]);
            for (lot, weight) in into.iter().filter(|(lot, _)| takes(*lot)) {
                shares[*lot as usize] += weight * change;
                assumed[*lot as usize] |= is_assumed;
            }
            change.abs()
        };
        for index in &order[..*in_order] {
            settle(*index, &mut shares, &mut assumed);
        }
        for _ in 0..SWEEPS_MAX {
            let changes = order[*in_order..].iter().map(|index| settle(*index, &mut shares, &mut assumed));
            if changes.fold(0.0, f64::max) <= SETTLED {
                break;
            }
        }
        (shares, assumed)
    }
}
