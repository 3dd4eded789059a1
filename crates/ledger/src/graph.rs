//! Genealogy of lots: which lot went into which, in what share, and to whom.
//!
//! The graph is bipartite: lots and processes (events that turn, pack or join lots). Processes are appended and never
//! moved, so the adjacency is caught up event by event ([`Graph::add`]) at the cost of a rebuild's own step, and a graph
//! that was caught up answers as one that was built at once. The store remains the truth: a process holds the store's
//! key of its event, and [`Graph::withdraw`] takes an event out that was declared to be wrong.
//!
//! - [`trace`]: reachable lots with their depth.
//! - [`mix`]: carried quantities by proportional mixing: how much of lot A is in lot B.
//! - [`recall`]: customers reached.
//! - [`cycle`]: lots that are their own ancestors (rework).

mod amount;
mod build;
pub mod cycle;
pub mod mix;
mod names;
mod pack;
pub mod recall;
pub mod trace;

pub use amount::{Amount, Unit};
pub use recall::{CustomerReached, Recall, Shipment, UNKNOWN_PARTY};
pub use trace::{Direction, Scratch, Trace, TracedLot};

use names::Names;
use pack::Opening;
use std::collections::HashMap;

/// A lot or instance of the graph: an index that stays valid while the graph lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LotId(pub u32);

/// A process of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId(pub u32);

/// What a process does with its lots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessKind {
    /// Inputs are consumed, outputs produced.
    Transformation,
    /// Children are packed into a parent.
    Aggregation,
    /// Children are attached to a parent.
    Association,
}

/// A process with what goes in and what comes out; the plain form of an event for the graph.
#[derive(Debug, Clone, Copy)]
pub struct Flow<'f> {
    /// The store's key of the event; keys must ascend.
    pub key: u64,
    /// What the process does.
    pub kind: ProcessKind,
    /// Joins several events of one long process.
    pub transformation: Option<&'f str>,
    /// Lots consumed, packed or attached.
    pub inputs: &'f [(LotId, Amount)],
    /// Lots produced, or the container.
    pub outputs: &'f [(LotId, Amount)],
}

/// An event cannot be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// The key does not ascend.
    #[error("事件键 {key} 不大于已有的 {last}：谱系须按存储顺序追加")]
    KeyNotAscending {
        /// Key of the event.
        key: u64,
        /// Greatest key in the graph.
        last: u64,
    },
    /// More than 2^30 processes, or 2^32 entries.
    #[error("谱系已满：事件或批次数超过 32 位索引的上限")]
    Full,
}

/// Marks a lot's entry that points into the overflow list.
const MANY: u32 = 1 << 31;
/// Marks a process that is one of several events of a long process.
const GROUPED: u32 = 1 << 30;
/// No process.
const NONE: u32 = u32::MAX;
/// Processes must stay below the marks.
const PROCESSES_MAX: usize = (1 << 30) - 1;

/// Processes of each lot on one side: nearly always one, so the first is kept in place; more are chained.
#[derive(Debug, Clone, Default)]
struct Incidence {
    /// By lot: `NONE`, the place of a process's record, or `MANY` and an index into `more`.
    first: Vec<u32>,
    /// Place of a process's record and the index of the next entry (`NONE` at the end).
    more: Vec<(u32, u32)>,
}

impl Incidence {
    fn push(&mut self, lot: LotId, process: u32) -> Result<(), GraphError> {
        let entry = &mut self.first[lot.0 as usize];
        let next_index = |more: &Vec<(u32, u32)>| {
            u32::try_from(more.len()).ok().filter(|i| i & MANY == 0).ok_or(GraphError::Full)
        };
        match *entry {
            NONE => *entry = process,
            head if head & MANY == 0 => {
                // A process that names a lot twice is one neighbour.
                if head != process {
                    let index = next_index(&self.more)?;
                    self.more.push((head, NONE));
                    self.more.push((process, index));
                    *entry = MANY | (index + 1);
                }
            }
            head => {
                if self.more[(head & !MANY) as usize].0 != process {
                    let index = next_index(&self.more)?;
                    self.more.push((process, head & !MANY));
                    *entry = MANY | index;
                }
            }
        }
        Ok(())
    }

    #[inline]
    fn for_each(&self, lot: LotId, mut visit: impl FnMut(u32)) {
        let entry = self.first[lot.0 as usize];
        if entry == NONE {
            return;
        }
        if entry & MANY == 0 {
            visit(entry);
            return;
        }
        let mut index = entry & !MANY;
        while index != NONE {
            let (process, next) = self.more[index as usize];
            visit(process);
            index = next;
        }
    }
}

/// Entries of one side of all processes, process after process. A process's record is its number, the number of its
/// lots and the lots, so that a trace gets from a lot to its neighbours in one step.
#[derive(Debug, Clone, Default)]
struct Side {
    records: Vec<u32>,
    /// Amounts of the entries, in the records' order.
    amounts: Vec<Amount>,
    /// By process: where its record begins.
    starts: Vec<u32>,
}

/// Numbers before the lots of a record: process and count.
const RECORD_HEAD: usize = 2;

impl Side {
    /// Appends a process's record; gives its place, by which an [`Incidence`] on the other side refers to it.
    fn push(&mut self, process: u32, entries: &[(LotId, Amount)]) -> Result<u32, GraphError> {
        let start =
            u32::try_from(self.records.len()).ok().filter(|s| *s < GROUPED).ok_or(GraphError::Full)?;
        let count = u32::try_from(entries.len()).map_err(|_| GraphError::Full)?;
        self.records.extend([process, count]);
        self.records.extend(entries.iter().map(|e| e.0.0));
        self.amounts.extend(entries.iter().map(|e| e.1));
        self.starts.push(start);
        Ok(start)
    }

    /// Process and lots of the record at a place.
    #[inline]
    fn record(&self, start: u32) -> (u32, &[u32]) {
        let record = &self.records[start as usize..];
        (record[0], &record[RECORD_HEAD..RECORD_HEAD + record[1] as usize])
    }

    #[inline]
    fn lots(&self, process: u32) -> impl Iterator<Item = LotId> + '_ {
        self.record(self.starts[process as usize]).1.iter().map(|lot| LotId(*lot))
    }

    fn entries(&self, process: u32) -> impl Iterator<Item = (LotId, Amount)> + '_ {
        let first = self.starts[process as usize] as usize - RECORD_HEAD * process as usize;
        self.lots(process).zip(self.amounts[first..].iter().copied())
    }

    /// Puts one lot into a process's record in place of another.
    fn rename(&mut self, process: u32, lot: LotId, other: LotId) {
        let start = self.starts[process as usize] as usize;
        let count = self.records[start + 1] as usize;
        let lots = &mut self.records[start + RECORD_HEAD..start + RECORD_HEAD + count];
        lots.iter_mut().filter(|l| **l == lot.0).for_each(|l| *l = other.0);
    }

    /// Empties a process's record.
    fn withdraw(&mut self, process: usize) {
        self.records[self.starts[process] as usize + 1] = 0;
    }
}

/// The genealogy.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    names: Names,
    keys: Vec<u64>,
    kinds: Vec<ProcessKind>,
    inputs: Side,
    outputs: Side,
    /// Processes that consume a lot, by their records of outputs.
    consumers: Incidence,
    /// Processes that produce it, by their records of inputs.
    producers: Incidence,
    group_by_name: HashMap<String, u32>,
    group_of: HashMap<u32, u32>,
    group_members: Vec<Vec<u32>>,
    shipments: Vec<Shipment>,
    shipments_of: HashMap<LotId, Vec<u32>>,
    parties: Names,
    /// Amounts of lots that events brought into being without a process, by ascending key; `None` where the event was wrong.
    commissionings: Vec<(u64, Option<Amount>)>,
    /// By lot: indices into them.
    commissionings_of: HashMap<LotId, Vec<u32>>,
    /// Fillings of containers that something was taken out of: by container, its later fillings in order.
    refillings: HashMap<LotId, Vec<LotId>>,
    /// The containers of those fillings.
    bases: HashMap<LotId, LotId>,
    /// By container: what was taken out of it, in order.
    openings: HashMap<LotId, Vec<Opening>>,
    /// By event that took something out: the container.
    opened_by: HashMap<u64, LotId>,
    /// Processes that follow from an event without being told by it, with the event's key.
    derived: HashMap<u32, u64>,
}

impl Graph {
    /// An empty graph.
    pub fn new() -> Self {
        Self::default()
    }

    /// The lot of that identifier; URN and Digital Link of one key are one lot. `None` where no event named it.
    pub fn lot(&self, identifier: &str) -> Option<LotId> {
        self.names.find(&build::lot_name(identifier)).map(LotId)
    }

    /// The lot of that identifier, made if it is new.
    ///
    /// # Errors
    /// [`GraphError::Full`].
    pub fn lot_or_new(&mut self, identifier: &str) -> Result<LotId, GraphError> {
        self.lot_named(&build::lot_name(identifier))
    }

    /// The lot of a name that is canonical already.
    fn lot_named(&mut self, name: &str) -> Result<LotId, GraphError> {
        let id = self.names.intern(name).ok_or(GraphError::Full)?;
        if id as usize == self.consumers.first.len() {
            self.consumers.first.push(NONE);
            self.producers.first.push(NONE);
        }
        Ok(LotId(id))
    }

    /// The identifier of a lot (a canonical Digital Link where it has one).
    pub fn name(&self, lot: LotId) -> &str {
        self.names.name(lot.0)
    }

    /// The fillings of a container in order: itself first, then one lot for each time that something was taken out of it (named
    /// `identifier#2` and so on). What was taken out is not in what it holds from then on.
    pub fn fillings(&self, container: LotId) -> Vec<LotId> {
        let later = self.refillings.get(&container).into_iter().flatten();
        std::iter::once(container).chain(later.copied()).collect()
    }

    /// All lots, in the order in which events named them first.
    pub fn lots(&self) -> impl Iterator<Item = LotId> + '_ {
        (0..u32::try_from(self.lot_count()).unwrap_or(u32::MAX)).map(LotId)
    }

    /// Number of lots.
    pub fn lot_count(&self) -> usize {
        self.consumers.first.len()
    }

    /// Number of processes, withdrawn ones included.
    pub fn process_count(&self) -> usize {
        self.kinds.len()
    }

    /// The greatest key added: where to go on after a restart.
    pub fn last_key(&self) -> Option<u64> {
        self.keys.last().copied()
    }

    /// The store's key of a process's event.
    pub fn key(&self, process: ProcessId) -> u64 {
        self.derived.get(&process.0).copied().unwrap_or(self.keys[process.0 as usize])
    }

    /// What a process does.
    pub fn kind(&self, process: ProcessId) -> ProcessKind {
        self.kinds[process.0 as usize]
    }

    /// Lots and amounts that go into a process.
    pub fn inputs(&self, process: ProcessId) -> impl Iterator<Item = (LotId, Amount)> + '_ {
        self.inputs.entries(process.0)
    }

    /// Lots and amounts that come out of a process.
    pub fn outputs(&self, process: ProcessId) -> impl Iterator<Item = (LotId, Amount)> + '_ {
        self.outputs.entries(process.0)
    }

    /// The processes that make a lot; the events of one long process stand together.
    pub fn makers(&self, lot: LotId) -> Vec<Vec<ProcessId>> {
        let mut leaders = Vec::new();
        self.for_each_producer(lot, |reference| leaders.push(self.leader(reference)));
        self.processes(leaders, &self.outputs, lot)
    }

    /// The processes that take a lot in, likewise.
    pub fn users(&self, lot: LotId) -> Vec<Vec<ProcessId>> {
        let mut leaders = Vec::new();
        self.for_each_consumer(lot, |reference| leaders.push(self.leader(reference)));
        self.processes(leaders, &self.inputs, lot)
    }

    /// The processes of some leaders, each once, that have a lot on a side.
    fn processes(&self, leaders: Vec<u32>, side: &Side, lot: LotId) -> Vec<Vec<ProcessId>> {
        let mut out: Vec<Vec<ProcessId>> = Vec::new();
        let mut seen = Vec::new();
        for leader in leaders {
            if seen.contains(&leader) {
                continue;
            }
            seen.push(leader);
            let mut members = Vec::new();
            self.for_each_member(leader, |p| members.push(ProcessId(p)));
            if members.iter().any(|p| side.lots(p.0).any(|l| l == lot)) {
                out.push(members);
            }
        }
        out
    }

    /// The store's keys of the events that shipped a lot or took it back.
    pub fn shipments(&self, lot: LotId) -> Vec<u64> {
        let of = self.shipments_of.get(&lot).into_iter().flatten();
        of.map(|index| self.shipments[*index as usize].key).collect()
    }

    /// Adds a process.
    ///
    /// # Errors
    /// A key that does not ascend, or too many processes.
    pub fn add_flow(&mut self, flow: &Flow<'_>) -> Result<ProcessId, GraphError> {
        if let Some(last) = self.last_key().filter(|last| *last >= flow.key) {
            return Err(GraphError::KeyNotAscending { key: flow.key, last });
        }
        self.append(flow)
    }

    /// Appends a process whose key is not below the last one.
    fn append(&mut self, flow: &Flow<'_>) -> Result<ProcessId, GraphError> {
        if self.kinds.len() >= PROCESSES_MAX {
            return Err(GraphError::Full);
        }
        let process = u32::try_from(self.kinds.len()).map_err(|_| GraphError::Full)?;
        let to_inputs = self.inputs.push(process, flow.inputs)?;
        let to_outputs = self.outputs.push(process, flow.outputs)?;
        self.keys.push(flow.key);
        self.kinds.push(flow.kind);
        let mark = match flow.transformation {
            Some(name) => self.join_group(name, process),
            None => 0,
        };
        for (lot, _) in flow.inputs {
            self.consumers.push(*lot, to_outputs | mark)?;
        }
        for (lot, _) in flow.outputs {
            self.producers.push(*lot, to_inputs | mark)?;
        }
        Ok(ProcessId(process))
    }

    fn join_group(&mut self, name: &str, process: u32) -> u32 {
        let next = u32::try_from(self.group_members.len()).expect("there are fewer groups than processes");
        let group = *self.group_by_name.entry(name.to_owned()).or_insert(next);
        if group == next {
            self.group_members.push(Vec::new());
        }
        self.group_members[group as usize].push(process);
        self.group_of.insert(process, group);
        GROUPED
    }

    /// Takes the event with that key out of the genealogy, because it was declared to be wrong. False where it holds
    /// no such event (not every event makes a process).
    pub fn withdraw(&mut self, key: u64) -> bool {
        self.shipments.iter_mut().filter(|s| s.key == key).for_each(|s| s.withdrawn = true);
        let first = self.commissionings.partition_point(|(k, _)| *k < key);
        let of_event = self.commissionings[first..].iter_mut().take_while(|(k, _)| *k == key);
        let commissioned = of_event.map(|(_, amount)| *amount = None).count();
        // Derived processes stand behind the one whose key they share.
        let first = self.keys.partition_point(|k| *k < key);
        let told = |at: &u32| self.keys.get(first) == Some(&key) && !self.derived.contains_key(at);
        let process = u32::try_from(first).ok().filter(told);
        let mut packed_into = None;
        if let Some(process) = process {
            if self.kinds[first] != ProcessKind::Transformation {
                packed_into = self.outputs.lots(process).next();
            }
            self.inputs.withdraw(first);
            self.outputs.withdraw(first);
        }
        // A graph that is full keeps what it has.
        let _full = self.close_again(key, packed_into);
        process.is_some()
            || commissioned > 0
            || self.opened_by.contains_key(&key)
            || self.shipments.iter().any(|s| s.key == key)
    }

    /// The processes that consume a lot, each marked where it belongs to a group.
    fn for_each_consumer(&self, lot: LotId, mut visit: impl FnMut(u32)) {
        self.consumers.for_each(lot, |place| {
            self.standing(self.outputs.record(place & !GROUPED).0, place).map(&mut visit);
        });
    }

    /// The processes that produce a lot, each marked where it belongs to a group.
    fn for_each_producer(&self, lot: LotId, mut visit: impl FnMut(u32)) {
        self.producers.for_each(lot, |place| {
            self.standing(self.inputs.record(place & !GROUPED).0, place).map(&mut visit);
        });
    }

    /// A process with the mark of its place, unless it leads to a group that it was taken out of.
    fn standing(&self, process: u32, place: u32) -> Option<u32> {
        let group = place & GROUPED;
        (group == 0 || !self.is_withdrawn(process)).then_some(process | group)
    }

    /// True for a process without lots on either side: its event was declared to be wrong, so it leads to none of its group.
    fn is_withdrawn(&self, process: u32) -> bool {
        self.inputs.lots(process).next().is_none() && self.outputs.lots(process).next().is_none()
    }

    /// The processes that a reference stands for: itself, or all events of its group.
    #[inline]
    fn for_each_member(&self, reference: u32, mut visit: impl FnMut(u32)) {
        if reference & GROUPED == 0 {
            visit(reference);
            return;
        }
        let process = reference & !GROUPED;
        for member in &self.group_members[self.group_of[&process] as usize] {
            visit(*member);
        }
    }

    /// One reference for all events of a group, so that a long process counts once.
    #[inline]
    fn leader(&self, reference: u32) -> u32 {
        if reference & GROUPED == 0 {
            return reference;
        }
        GROUPED | self.group_members[self.group_of[&(reference & !GROUPED)] as usize][0]
    }
}

#[cfg(test)]
mod tests;
