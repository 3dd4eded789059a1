//! Trace and recall.

use super::circular::Named;
use super::live::Genealogy;
use crate::{Act, Actor, App, Code, Error, Result};
use ledger::graph::{Amount, Direction, Graph, LotId, Scratch, Shipment, UNKNOWN_PARTY};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A reached lot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TraceRow {
    /// Its identifier (a canonical Digital Link where it has one).
    pub lot: String,
    /// Fewest processes between it and the lot asked for.
    pub depth: u32,
    /// Down: the part of it that comes from the lot asked for. Up: the part of the lot asked for that comes from it.
    pub share: f64,
    /// The share as an amount: of this lot going down, of the lot asked for going up. Absent where amounts are unknown.
    pub carried: Option<Amount>,
    /// What was made of it in all.
    pub made: Option<Amount>,
    /// True where a process on the way stated no comparable amounts and inputs were counted equally.
    pub is_assumed: bool,
}

/// The answer to a trace.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TraceReport {
    /// Reached lots, the one asked for first (of a container every filling), by depth.
    pub lots: Vec<TraceRow>,
    /// What goes into what: indices into `lots`.
    pub edges: Vec<(usize, usize)>,
    /// True where the depth limit cut something off.
    pub is_cut: bool,
    /// Lots that this actor does not see: they were never at its enterprise.
    pub hidden: usize,
}

/// A customer reached by a recall.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecallCustomer {
    /// The party's identifier; empty where the events name none.
    pub party: String,
    /// Its names.
    pub named: Named,
    /// True where all that it got came back.
    pub returned_all: bool,
    /// Affected lots shipped to it, with the amount shipped less what came back.
    pub lots: Vec<(String, Amount)>,
    /// Amount of the recalled lot in them, by unit.
    pub carried: Vec<Amount>,
    /// Numbers of the shipping events.
    pub events: Vec<u64>,
    /// True where amounts had to be assumed on the way.
    pub is_assumed: bool,
}

/// The answer to a recall.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecallReport {
    /// The recalled lot.
    pub lot: String,
    /// Lots that hold some of it, itself included.
    pub affected: usize,
    /// Customers reached, by identifier; of a container that was filled again, for each filling.
    pub customers: Vec<RecallCustomer>,
}

#[boxed::futures]
impl App {
    /// All lots that a lot was made from, or that were made from it, with the part of it that each carries.
    ///
    /// # Errors
    /// [`Code::NotFound`] for a lot that no event names; storage errors.
    pub async fn trace(
        &self,
        actor: &Actor,
        lot: &str,
        direction: Direction,
        depth: Option<u32>,
    ) -> Result<TraceReport> {
        actor.need(Act::Trace)?;
        let sight = self.sight(actor).await?;
        let held = self.genealogy().await?;
        let seen = sight.lots(&held);
        let start = held.start_seen(lot, seen.as_ref())?;
        Ok(report(&held.graph, &held.graph.fillings(start), direction, depth, seen.as_ref()))
    }

    /// Identifiers of all lots that a lot was made from, or that were made from it, nearest first: what [`Self::trace`]
    /// reaches, without amounts.
    ///
    /// # Errors
    /// As [`Self::trace`].
    pub async fn reach(
        &self,
        actor: &Actor,
        lot: &str,
        direction: Direction,
        scratch: &mut Scratch,
    ) -> Result<usize> {
        actor.need(Act::Reach)?;
        let held = self.genealogy().await?;
        let starts = held.starts(lot)?;
        Ok(held.graph.trace(&starts, direction, None, scratch).lots.len())
    }

    /// All customers that got something of a lot, with quantities.
    ///
    /// # Errors
    /// As [`Self::trace`].
    pub async fn recall(&self, actor: &Actor, lot: &str) -> Result<RecallReport> {
        actor.need(Act::Recall)?;
        let sight = self.sight(actor).await?;
        let held = self.genealogy().await?;
        let graph = &held.graph;
        let seen = sight.lots(&held);
        let first = held.start_seen(lot, seen.as_ref())?;
        let is_seen = |lot: &LotId| seen.as_ref().is_none_or(|seen| seen.contains(lot));
        // A customer of another enterprise's lots is that enterprise's to know. Of a container what it holds is posted, not itself.
        let own = sight.events(&held);
        let may_tell = |shipment: &Shipment| {
            is_seen(&shipment.lot) || own.as_ref().is_none_or(|own| own.contains(&shipment.key))
        };
        let mut out = RecallReport { lot: graph.name(first).to_owned(), affected: 0, customers: Vec::new() };
        for start in graph.fillings(first) {
            let recall = graph.recall_told(start, may_tell);
            out.affected += recall.lots.iter().filter(|carried| is_seen(&carried.lot)).count();
            out.customers.extend(recall.customers.into_iter().map(|customer| RecallCustomer {
                named: receiver(&held, &customer.party),
                returned_all: customer.returned_all,
                party: customer.party,
                lots: customer.lots.iter().map(|(lot, a)| (graph.name(*lot).to_owned(), *a)).collect(),
                carried: customer.carried,
                events: customer.shipments,
                is_assumed: customer.is_assumed,
            }));
        }
        Ok(out)
    }
}

/// What a party is called, also one that nobody names.
fn receiver(held: &Genealogy, party: &str) -> Named {
    if party != UNKNOWN_PARTY {
        return held.named(party);
    }
    Named { id: String::new(), zh: "未写明的收货方".to_owned(), en: "unknown receiver".to_owned() }
}

impl Genealogy {
    /// The lot of an identifier; of a container every filling.
    pub(super) fn starts(&self, lot: &str) -> Result<Vec<LotId>> {
        let found = self.graph.lot(lot.trim()).ok_or_else(|| {
            Error::new(Code::NotFound, format!("no event names the lot {lot}"))
                .hint("give the identifier as the events have it: URN, GS1 Digital Link or URI")
        })?;
        Ok(self.graph.fillings(found))
    }
}

fn report(
    graph: &Graph,
    starts: &[LotId],
    direction: Direction,
    depth: Option<u32>,
    seen: Option<&HashSet<LotId>>,
) -> TraceReport {
    let mut scratch = Scratch::new();
    let mut trace = graph.trace(starts, direction, depth, &mut scratch);
    let processes = graph.processes_of(&trace, direction, &mut scratch);
    let all = trace.lots.len();
    trace.lots.retain(|reached| seen.is_none_or(|seen| seen.contains(&reached.lot)));
    // Amounts as (share, amount, assumed); of several fillings the parts are added.
    let mut carried: HashMap<LotId, (f64, Amount, bool)> = HashMap::new();
    for start in starts {
        let parts = match direction {
            Direction::Down => graph.carried(*start),
            Direction::Up => graph.composition(*start),
        };
        for part in parts {
            carried
                .entry(part.lot)
                .and_modify(|sum| {
                    sum.0 += part.share;
                    sum.1.value += part.amount.value;
                    sum.2 |= part.is_assumed;
                })
                .or_insert((part.share, part.amount, part.is_assumed));
        }
    }
    let known = |amount: Amount| amount.is_known().then_some(amount);
    let lots = trace
        .lots
        .iter()
        .map(|reached| {
            let (share, amount, is_assumed) =
                carried.get(&reached.lot).copied().unwrap_or((0.0, Amount::UNKNOWN, true));
            TraceRow {
                lot: graph.name(reached.lot).to_owned(),
                depth: reached.depth,
                share,
                carried: known(amount),
                made: known(graph.made(reached.lot)),
                is_assumed,
            }
        })
        .collect();
    let at: BTreeMap<LotId, usize> = trace.lots.iter().enumerate().map(|(index, t)| (t.lot, index)).collect();
    let mut edges = Vec::new();
    for process in processes {
        for (input, _) in graph.inputs(process) {
            for (output, _) in graph.outputs(process) {
                if let (Some(from), Some(to)) = (at.get(&input), at.get(&output)) {
                    edges.push((*from, *to));
                }
            }
        }
    }
    edges.sort_unstable();
    edges.dedup();
    TraceReport { lots, edges, is_cut: trace.is_cut, hidden: all - trace.lots.len() }
}
