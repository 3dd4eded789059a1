//! Footprint of lots, and their recycled content, over the genealogy.
//!
//! `c_lot = Σ_makers share · (E_process + Σ_inputs amount_i · c_i) / amount made`: what a process emits and what its inputs
//! bring is divided among its outputs by the [allocation rule](Allocation). The equations of all lots upstream are one
//! product system, so loops (rework) are solved, not cut.

use super::allocation::{Allocation, AllocationError, Output};
use super::system::{System, SystemError};
use crate::graph::{Amount, Direction, Graph, LotId, ProcessId, Scratch};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// What the genealogy does not hold and the caller knows.
pub trait LotData {
    /// What the process of an event emits itself (fuel, electricity, auxiliaries), kg CO2e; by the store's key.
    fn process_kg(&self, event_key: u64) -> f64;
    /// Footprint of a raw lot for one unit of its amount, kg CO2e; `None` where it is unknown (taken for 0 and told).
    fn raw_kg(&self, lot: LotId) -> Option<f64>;
    /// Price of one unit of a lot, for economic allocation.
    fn price(&self, lot: LotId) -> Option<f64>;
    /// True for waste and scrap, for the cut-off rule.
    fn is_waste(&self, lot: LotId) -> bool;
}

/// The footprint of a lot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LotFootprint {
    /// kg CO2e for one unit of the lot's amount.
    pub unit_kg: f64,
    /// kg CO2e of all that was made of the lot; `None` where its amount is unknown.
    pub total_kg: Option<f64>,
    /// The rule by which burdens were divided.
    pub allocation: Allocation,
    /// Largest residual of the solve, relative.
    pub residual: f64,
    /// Raw lots without a footprint of their own.
    pub unknown_raw: Vec<String>,
    /// kg CO2e for one unit, by lot, for every lot upstream.
    pub upstream_kg: BTreeMap<String, f64>,
}

/// A footprint cannot be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LotFootprintError {
    /// Amounts of a process are missing or of unlike units.
    #[error("事件 {key} 的产出量缺失或单位不一，不能分配负荷")]
    Amounts {
        /// The store's key of the event.
        key: u64,
    },
    /// The rule does not apply.
    #[error("事件 {key}：{source}")]
    Allocation {
        /// The store's key of the event.
        key: u64,
        /// Why.
        source: AllocationError,
    },
    /// An output has no price, and the rule divides by value.
    #[error("事件 {key}：产出 {lot} 没有价格，不能按经济价值分配；可改为按质量分配或截断法")]
    NoPrice {
        /// The store's key of the event.
        key: u64,
        /// The output's identifier.
        lot: String,
    },
    /// The system of lots has no solution.
    #[error(transparent)]
    System(#[from] SystemError),
}

const TOLERANCE: f64 = 1e-12;

/// The footprint of a lot by a rule.
///
/// # Errors
/// Missing amounts or prices, or loops without a solution.
pub fn footprint(
    graph: &Graph,
    lot: LotId,
    data: &impl LotData,
    rule: Allocation,
) -> Result<LotFootprint, LotFootprintError> {
    let upstream = Upstream::of(graph, &[lot], data, rule)?;
    let direct: Vec<f64> = upstream.direct.iter().map(|parts| parts.iter().map(|p| p.1).sum()).collect();
    let lots = &upstream.lots;
    let solution = System::new(lots.len(), &upstream.entries)?.footprints(&direct, TOLERANCE)?;
    let made = graph.made(lot);
    let upstream_kg =
        lots.iter().zip(&solution.values).map(|(l, kg)| (graph.name(*l).to_owned(), *kg)).collect();
    Ok(LotFootprint {
        unit_kg: solution.values[0],
        total_kg: made.is_known().then_some(solution.values[0] * made.value),
        allocation: rule,
        residual: solution.residual,
        unknown_raw: upstream.unknown_raw,
        upstream_kg,
    })
}

/// What a part of a footprint comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// The lot that bears it.
    pub lot: LotId,
    /// The store's key of the event whose process emits it; absent for a raw lot's own footprint.
    pub key: Option<u64>,
    /// The part of the process's emissions that is borne, or the amount of the raw lot that is taken.
    pub amount: f64,
    /// kg CO2e.
    pub kg: f64,
}

/// Where a footprint comes from: for amounts of lots, every process and raw lot upstream with what it adds. The parts sum to the
/// footprint of the amounts. Gives the raw lots without a footprint too.
///
/// # Errors
/// As [`footprint`].
pub fn parts(
    graph: &Graph,
    wanted: &[(LotId, f64)],
    data: &impl LotData,
    rule: Allocation,
) -> Result<(Vec<Part>, Vec<String>), LotFootprintError> {
    let lots: Vec<LotId> = wanted.iter().map(|(lot, _)| *lot).collect();
    let upstream = Upstream::of(graph, &lots, data, rule)?;
    let mut demand = vec![0.0; upstream.lots.len()];
    for (lot, amount) in wanted {
        demand[upstream.local[lot]] += amount;
    }
    let outputs = System::new(demand.len(), &upstream.entries)?.outputs(&demand, TOLERANCE)?.values;
    let mut out = Vec::new();
    for ((lot, output), direct) in upstream.lots.iter().zip(outputs).zip(&upstream.direct) {
        out.extend(direct.iter().map(|(key, kg, amount)| Part {
            lot: *lot,
            key: *key,
            amount: output * amount,
            kg: output * kg,
        }));
    }
    Ok((out, upstream.unknown_raw))
}

/// All lots upstream of some, as a product system.
struct Upstream {
    lots: Vec<LotId>,
    local: HashMap<LotId, usize>,
    entries: Vec<(usize, usize, f64)>,
    /// By lot, for one unit of it: process, kg CO2e, and the part of the process or amount of the raw lot.
    direct: Vec<Vec<(Option<u64>, f64, f64)>>,
    unknown_raw: Vec<String>,
}

impl Upstream {
    fn of(
        graph: &Graph,
        starts: &[LotId],
        data: &impl LotData,
        rule: Allocation,
    ) -> Result<Self, LotFootprintError> {
        let trace = graph.trace(starts, Direction::Up, None, &mut Scratch::new());
        let lots: Vec<LotId> = trace.lots.iter().map(|t| t.lot).collect();
        let local: HashMap<LotId, usize> =
            lots.iter().enumerate().map(|(index, lot)| (*lot, index)).collect();
        let mut entries = Vec::new();
        let mut direct = vec![Vec::new(); lots.len()];
        let mut unknown_raw = Vec::new();
        for (index, lot) in lots.iter().enumerate() {
            if graph.is_raw(*lot) {
                match data.raw_kg(*lot) {
                    Some(kg) => direct[index].push((None, kg, 1.0)),
                    None => unknown_raw.push(graph.name(*lot).to_owned()),
                }
                continue;
            }
            let made = graph.made(*lot);
            for process in graph.makers(*lot) {
                let key = graph.key(process[0]);
                if !made.is_known() || made.value <= 0.0 {
                    return Err(LotFootprintError::Amounts { key });
                }
                let share = share_of(graph, *lot, &process, data, rule)? / made.value;
                for part in &process {
                    let key = graph.key(*part);
                    let kg = data.process_kg(key);
                    if kg != 0.0 {
                        direct[index].push((Some(key), share * kg, share));
                    }
                }
                for (input, amount) in process.iter().flat_map(|p| graph.inputs(*p)) {
                    if !amount.is_known() {
                        return Err(LotFootprintError::Amounts { key });
                    }
                    entries.push((index, local[&input], share * amount.value));
                }
            }
        }
        Ok(Self { lots, local, entries, direct, unknown_raw })
    }
}

/// The part of a process's burden that a lot bears.
fn share_of(
    graph: &Graph,
    lot: LotId,
    process: &[ProcessId],
    data: &impl LotData,
    rule: Allocation,
) -> Result<f64, LotFootprintError> {
    let key = graph.key(process[0]);
    let outputs: Vec<(LotId, Amount)> = process.iter().flat_map(|p| graph.outputs(*p)).collect();
    let unit = outputs.first().map(|o| o.1.unit);
    if outputs.iter().any(|(_, amount)| !amount.is_known() || Some(amount.unit) != unit) {
        return Err(LotFootprintError::Amounts { key });
    }
    let seen = |(lot, amount): &(LotId, Amount)| Output {
        amount: amount.value,
        price: data.price(*lot),
        is_waste: data.is_waste(*lot),
    };
    let shares = rule.shares(&outputs.iter().map(seen).collect::<Vec<_>>());
    let shares = shares.map_err(|source| match source {
        AllocationError::NoPrice(number) => {
            LotFootprintError::NoPrice { key, lot: graph.name(outputs[number - 1].0).to_owned() }
        }
        AllocationError::NothingBears => LotFootprintError::Allocation { key, source },
    })?;
    Ok(outputs.iter().zip(shares).filter(|(o, _)| o.0 == lot).map(|(_, share)| share).sum())
}

/// Recycled content of a lot, 0..1: the share of its raw lots that are recycled material (ISO 14021:2016, 7.8, by mass).
/// The second value is true where shares had to be assumed.
pub fn recycled_content(graph: &Graph, lot: LotId, is_recycled: impl Fn(LotId) -> bool) -> (f64, bool) {
    let composition = graph.composition(lot);
    let raw = composition.iter().filter(|c| graph.is_raw(c.lot));
    let recycled = raw.filter(|c| is_recycled(c.lot)).map(|c| c.share).sum();
    (recycled, composition.iter().any(|c| c.is_assumed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Flow, ProcessKind};

    struct Data {
        raw: HashMap<LotId, f64>,
        waste: Option<LotId>,
    }

    impl LotData for Data {
        fn process_kg(&self, event_key: u64) -> f64 {
            if event_key == 1 { 20.0 } else { 0.0 }
        }

        fn raw_kg(&self, lot: LotId) -> Option<f64> {
            self.raw.get(&lot).copied()
        }

        fn price(&self, lot: LotId) -> Option<f64> {
            Some(if Some(lot) == self.waste { 0.0 } else { 5.0 })
        }

        fn is_waste(&self, lot: LotId) -> bool {
            Some(lot) == self.waste
        }
    }

    /// 60 kg primary and 40 kg recycled aluminium (and 10 kg of the melt's own scrap) give 100 kg ingot and 10 kg scrap.
    fn melt() -> (Graph, [LotId; 4]) {
        let mut graph = Graph::new();
        let lots = ["x:primary", "x:recycled", "x:ingot", "x:scrap"].map(|n| graph.lot_or_new(n).unwrap());
        let kg = |lot, kg| (lot, Amount::kilograms(kg));
        let inputs = [kg(lots[0], 60.0), kg(lots[1], 40.0), kg(lots[3], 10.0)];
        let outputs = [kg(lots[2], 100.0), kg(lots[3], 10.0)];
        let kind = ProcessKind::Transformation;
        graph
            .add_flow(&Flow { key: 1, kind, transformation: None, inputs: &inputs, outputs: &outputs })
            .unwrap();
        (graph, lots)
    }

    #[test]
    fn rules_conserve_the_burden() {
        let (graph, [primary, recycled, ingot, scrap]) = melt();
        let data = Data { raw: HashMap::from([(primary, 16.0), (recycled, 1.0)]), waste: Some(scrap) };
        // All burden ends in 100 kg ingot, whatever the rule, for the scrap comes back: (20 + 960 + 40) / 100.
        for rule in [Allocation::Mass, Allocation::Economic, Allocation::CutOff] {
            let found = footprint(&graph, ingot, &data, rule).unwrap();
            assert!((found.unit_kg - 10.2).abs() < 1e-10, "{rule:?} {found:?}");
            assert!((found.total_kg.unwrap() - 1020.0).abs() < 1e-8);
            assert!(found.unknown_raw.is_empty());
        }
        // The parts are the whole: 20 kg of the process, 960 and 40 of the raw lots.
        let (found, _) = parts(&graph, &[(ingot, 100.0)], &data, Allocation::Mass).unwrap();
        let of = |key: Option<u64>, lot: LotId| -> f64 {
            found.iter().filter(|p| p.key == key && (key.is_some() || p.lot == lot)).map(|p| p.kg).sum()
        };
        assert!(
            (of(Some(1), ingot) - 20.0).abs() < 1e-9 && (of(None, primary) - 960.0).abs() < 1e-9,
            "{found:?}"
        );
        assert!((of(None, recycled) - 40.0).abs() < 1e-9);
        let cut_off = footprint(&graph, scrap, &data, Allocation::CutOff).unwrap();
        assert_eq!(cut_off.unit_kg, 0.0);
        let unknown = Data { raw: HashMap::from([(primary, 16.0)]), waste: None };
        let found = footprint(&graph, ingot, &unknown, Allocation::Mass).unwrap();
        assert_eq!(found.unknown_raw, ["x:recycled"]);
        let (content, is_assumed) = recycled_content(&graph, ingot, |l| l == recycled);
        assert!((content - 0.4).abs() < 1e-12 && !is_assumed, "{content}");
    }
}
