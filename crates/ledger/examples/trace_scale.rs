//! How fast the genealogy answers: a million transformation events from a fixed seed, upstream traces of many lots.
//!
//! `cargo run --release -p ledger --example trace_scale -- [EVENTS]`. Two shapes of data: *staged* (10 stages of work, every
//! event takes its inputs from the stage before, neighbours in time from neighbours in time), whose traces hold a few
//! thousand lots, and *deep* (every event takes lots made shortly before), whose traces hold most of the data.
#![expect(clippy::print_stdout, reason = "an example speaks to its user")]
#![expect(clippy::cast_possible_truncation, reason = "numbers of lots have 32 bits, of events fewer")]

use ledger::graph::{Amount, Direction, Flow, Graph, LotId, ProcessKind, Scratch};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const INPUTS: usize = 3;
const OUTPUTS: usize = 3;
const STAGES: usize = 10;
const TRACES: usize = 1000;

/// SplitMix64: small, seeded, the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// Lots of the events before `event`: outputs of event `e` are `e * OUTPUTS ..`.
fn output(event: usize, random: &mut Random) -> usize {
    event * OUTPUTS + random.below(OUTPUTS)
}

/// Picks an input lot of an event; `None` for an event that starts from raw lots.
fn staged(event: usize, events: usize, random: &mut Random) -> Option<usize> {
    let stage_size = events / STAGES;
    let at = event % stage_size;
    // Inputs lie within a window around the same time of the stage before.
    let (window, before) = (200.min(stage_size), event.checked_sub(stage_size)?);
    let first = (before - at) + at.saturating_sub(window / 2).min(stage_size - window);
    Some(output(first + random.below(window), random))
}

fn deep(event: usize, _: usize, random: &mut Random) -> Option<usize> {
    if event < 1000 {
        return None;
    }
    Some(output(event - 1 - random.below(1000), random))
}

type Pick = fn(usize, usize, &mut Random) -> Option<usize>;

fn build(events: usize, pick: Pick) -> Graph {
    let mut random = Random(42);
    let mut graph = Graph::new();
    let lots: Vec<LotId> = (0..events * OUTPUTS)
        .map(|lot| {
            graph
                .lot_or_new(&format!("urn:epc:class:lgtin:4012345.011111.{lot:08}"))
                .expect("32 bits suffice")
        })
        .collect();
    for event in 0..events {
        let mut inputs = Vec::with_capacity(INPUTS);
        for _ in 0..INPUTS {
            inputs.extend(pick(event, events, &mut random).map(|lot| (lots[lot], Amount::kilograms(1.0))));
        }
        let outputs: Vec<(LotId, Amount)> =
            (0..OUTPUTS).map(|o| (lots[event * OUTPUTS + o], Amount::kilograms(1.0))).collect();
        let kind = ProcessKind::Transformation;
        let flow = Flow { key: event as u64, kind, transformation: None, inputs: &inputs, outputs: &outputs };
        graph.add_flow(&flow).expect("keys ascend");
    }
    graph
}

fn main() {
    let events: usize = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(1_000_000);
    for (name, pick, traces) in [("staged", staged as Pick, TRACES), ("deep", deep as Pick, 10)] {
        let start = Instant::now();
        let graph = build(events, pick);
        say(
            json!({"work": format!("{name} genealogy built"), "events": graph.process_count(), "lots": graph.lot_count(),
            "ms": milliseconds(start.elapsed())}),
        );
        let mut random = Random(7);
        let mut scratch = Scratch::new();
        let last_stage = events - events / STAGES;
        let mut times: Vec<(Duration, usize)> = (0..traces)
            .map(|_| {
                let lot = LotId(output(last_stage + random.below(events / STAGES), &mut random) as u32);
                let start = Instant::now();
                let trace = graph.trace(&[lot], Direction::Up, None, &mut scratch);
                (start.elapsed(), trace.lots.len())
            })
            .collect();
        times.sort_unstable();
        let mut sizes: Vec<usize> = times.iter().map(|t| t.1).collect();
        sizes.sort_unstable();
        let ms = |at: usize| milliseconds(times[at].0);
        let (median, p95) = (ms(traces / 2), ms(traces * 95 / 100));
        say(json!({"work": format!("{name} trace"), "ms": median, "p95_ms": p95, "lots": sizes[traces / 2]}));
        let lot = LotId(output(last_stage, &mut random) as u32);
        let start = Instant::now();
        let composition = graph.composition(lot);
        let raw: f64 = composition.iter().filter(|c| graph.is_raw(c.lot)).map(|c| c.share).sum();
        say(json!({"work": format!("{name} composition"), "lots": composition.len(),
            "ms": milliseconds(start.elapsed()), "raw_shares_sum": raw}));
    }
}

/// Prints a result as a JSON line.
fn say(mut result: Value) {
    result["peer"] = "Yulin, in memory".into();
    println!("{result}");
}

fn milliseconds(time: Duration) -> f64 {
    1e3 * time.as_secs_f64()
}
