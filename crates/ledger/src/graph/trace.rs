//! Tracing: all lots reachable from some lots, nearest first.

use super::{GROUPED, Graph, Incidence, LotId, MANY, NONE, ProcessId, Side};
use serde::Serialize;

/// Which way to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Direction {
    /// To what a lot was made from.
    Up,
    /// To what was made from a lot.
    Down,
}

/// A reached lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TracedLot {
    /// The lot.
    pub lot: LotId,
    /// Fewest processes between it and a start.
    pub depth: u32,
}

/// The answer to a trace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// Reached lots, starts first (depth 0), by depth.
    pub lots: Vec<TracedLot>,
    /// True where the depth limit cut something off.
    pub is_cut: bool,
}

/// Marks of what was visited, kept between traces so that a trace touches only what it reaches.
///
/// One for each thread; it grows with the graph. A bit for a lot keeps the marks of millions in the processor's cache.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    lots: Bits,
    processes: Bits,
    /// Marked processes, to be unmarked at the end.
    touched: Vec<u32>,
    /// True while a trace runs; one that panicked leaves it set, and the marks are wiped.
    is_dirty: bool,
    /// Room for reached lots.
    queue: Vec<TracedLot>,
}

/// Reached lots in order; the list is longer than what is reached.
struct Queue {
    lots: Vec<TracedLot>,
    length: usize,
}

impl Queue {
    /// Appends those lots that are met for the first time.
    #[inline]
    fn reach(&mut self, lots: &[u32], depth: u32, met: &mut Bits) {
        if self.lots.len() < self.length + lots.len() {
            let room = (2 * self.lots.len()).max(self.length + lots.len());
            self.lots.resize(room, TracedLot { lot: LotId(0), depth: 0 });
        }
        // Written always, counted when new: many lots are met again, and a wrong guess costs more than a write.
        for lot in lots {
            self.lots[self.length] = TracedLot { lot: LotId(*lot), depth };
            self.length += usize::from(met.set(*lot));
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Bits(Vec<u64>);

impl Bits {
    /// Sets a bit; true where it was not set.
    #[inline]
    fn set(&mut self, index: u32) -> bool {
        let (word, bit) = (&mut self.0[(index >> 6) as usize], 1_u64 << (index & 63));
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    #[inline]
    fn has(&self, index: u32) -> bool {
        self.0[(index >> 6) as usize] & (1_u64 << (index & 63)) != 0
    }

    /// Clears a bit and its neighbours, all of which are to be cleared.
    #[inline]
    fn clear_around(&mut self, index: u32) {
        self.0[(index >> 6) as usize] = 0;
    }
}

impl Scratch {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    fn begin(&mut self, graph: &Graph) {
        if self.is_dirty {
            self.lots.0.fill(0);
            self.processes.0.fill(0);
            self.touched.clear();
        }
        let words = |bits: usize| bits.div_ceil(64);
        // A scratch that served a larger graph keeps its size.
        let (lots, processes) = (words(graph.lot_count()), words(graph.process_count()));
        self.lots.0.resize(lots.max(self.lots.0.len()), 0);
        self.processes.0.resize(processes.max(self.processes.0.len()), 0);
        self.is_dirty = true;
    }

    fn end(&mut self, trace: &Trace) {
        trace.lots.iter().for_each(|t| self.lots.clear_around(t.lot.0));
        for process in self.touched.drain(..) {
            self.processes.clear_around(process);
        }
        self.is_dirty = false;
    }

    /// True the first time a process is met.
    #[inline]
    fn enter_process(&mut self, process: u32) -> bool {
        let is_new = self.processes.set(process);
        if is_new {
            self.touched.push(process);
        }
        is_new
    }
}

/// What is known of a lot's next process before it is the lot's turn.
#[derive(Debug, Clone, Copy)]
enum Ahead {
    /// There is none.
    Nothing,
    /// Its record and number.
    At { place: u32, process: u32 },
    /// There are several.
    Seek,
}

/// Lots that are looked up ahead: enough for memory to be busy, few enough to stay in the processor's nearest cache.
const WAVE: usize = 32;

impl Incidence {
    #[inline]
    fn ahead(&self, lot: LotId) -> Ahead {
        match self.first[lot.0 as usize] {
            NONE => Ahead::Nothing,
            place if place & (MANY | GROUPED) == 0 => Ahead::At { place, process: 0 },
            _ => Ahead::Seek,
        }
    }
}

impl Graph {
    /// What leads away from a lot, and the records it leads to.
    fn sides(&self, direction: Direction) -> (&Incidence, &Side) {
        match direction {
            Direction::Up => (&self.producers, &self.inputs),
            Direction::Down => (&self.consumers, &self.outputs),
        }
    }

    /// The processes next to a lot, each with its lots on the far side.
    #[inline]
    fn for_each_record(&self, direction: Direction, lot: LotId, mut visit: impl FnMut(u32, &[u32])) {
        let (incidence, side) = self.sides(direction);
        incidence.for_each(lot, |place| {
            if place & GROUPED == 0 {
                let (process, lots) = side.record(place);
                visit(process, lots);
                return;
            }
            let (process, _) = side.record(place & !GROUPED);
            if self.is_withdrawn(process) {
                return;
            }
            self.for_each_member(process | GROUPED, |member| {
                visit(member, side.record(side.starts[member as usize]).1);
            });
        });
    }

    /// All lots reachable from `starts`, by depth (breadth first); at most `depth_max` processes away.
    pub fn trace(
        &self,
        starts: &[LotId],
        direction: Direction,
        depth_max: Option<u32>,
        scratch: &mut Scratch,
    ) -> Trace {
        scratch.begin(self);
        let mut queue = Queue { lots: std::mem::take(&mut scratch.queue), length: 0 };
        let starts: Vec<u32> =
            starts.iter().map(|l| l.0).filter(|l| (*l as usize) < self.lot_count()).collect();
        queue.reach(&starts, 0, &mut scratch.lots);
        let mut is_cut = false;
        let mut at = 0;
        let (incidence, side) = self.sides(direction);
        while at < queue.length {
            // A lot's record and its process are fetched for many lots before the first is looked at: memory then serves several
            // of them at a time instead of one after the other.
            let wave = at..queue.length.min(at + WAVE);
            let mut ahead = [Ahead::Seek; WAVE];
            for (ahead, traced) in ahead.iter_mut().zip(&queue.lots[wave.clone()]) {
                *ahead = incidence.ahead(traced.lot);
            }
            for ahead in &mut ahead {
                if let Ahead::At { place, process } = ahead {
                    *process = side.records[*place as usize];
                }
            }
            for ahead in &ahead[..wave.len()] {
                let TracedLot { lot, depth } = queue.lots[at];
                at += 1;
                let is_last = depth_max.is_some_and(|max| depth >= max);
                let mut visit = |process, lots: &[u32]| {
                    if is_last {
                        is_cut |= lots.iter().any(|l| !scratch.lots.has(*l));
                    } else if scratch.enter_process(process) {
                        queue.reach(lots, depth + 1, &mut scratch.lots);
                    }
                };
                match *ahead {
                    Ahead::Nothing => {}
                    Ahead::At { place, process } => visit(process, side.record(place).1),
                    Ahead::Seek => self.for_each_record(direction, lot, visit),
                }
            }
        }
        let out = Trace { lots: queue.lots[..queue.length].to_vec(), is_cut };
        scratch.queue = queue.lots;
        scratch.end(&out);
        out
    }

    /// The processes between the lots of a trace, in the order in which they are met: the edges of its picture.
    /// Their inputs and outputs that the trace has not reached are not part of it.
    pub fn processes_of(&self, trace: &Trace, direction: Direction, scratch: &mut Scratch) -> Vec<ProcessId> {
        scratch.begin(self);
        for traced in &trace.lots {
            scratch.lots.set(traced.lot.0);
        }
        let mut out = Vec::new();
        for traced in &trace.lots {
            self.for_each_record(direction, traced.lot, |process, lots| {
                if lots.iter().any(|l| scratch.lots.has(*l)) && scratch.enter_process(process) {
                    out.push(ProcessId(process));
                }
            });
        }
        scratch.end(trace);
        out
    }
}
