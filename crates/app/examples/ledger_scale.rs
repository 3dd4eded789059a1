//! How fast the ledger captures and answers through the store.
//!
//! `cargo run --release -p app --example ledger_scale -- DATABASE [EVENTS [TRACES]]` captures so many transformation events
//! (1,000 a document, each document durable before the next) into a new database, the staged data of the engine's own
//! `trace_scale`, then asks for upstream traces. Prints one JSON object a line.
#![expect(clippy::print_stdout, reason = "an example speaks to its user")]

use app::{Actor, App, CaptureOptions, Clock, Direction, InputFile, Scratch};
use serde_json::json;
use std::fmt::Write;
use std::time::{Duration, Instant};

const INPUTS: usize = 3;
const OUTPUTS: usize = 3;
const STAGES: usize = 10;
const EVENTS_A_DOCUMENT: usize = 1000;
/// Name of what is measured.
const PEER: &str = "Yulin";

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).unwrap_or_default()
    }
}

/// An input lot of an event, as `trace_scale` picks it.
fn staged(event: usize, events: usize, random: &mut Random) -> Option<usize> {
    let size = events / STAGES;
    let (at, window, before) = (event % size, 200.min(size), event.checked_sub(size)?);
    let first = (before - at) + at.saturating_sub(window / 2).min(size - window);
    Some((first + random.below(window)) * OUTPUTS + random.below(OUTPUTS))
}

fn lot(number: usize) -> String {
    format!("urn:epc:class:lgtin:4012345.011111.{number:08}")
}

fn quantities(out: &mut String, name: &str, lots: impl Iterator<Item = usize>) {
    let items: Vec<String> = lots
        .map(|number| format!(r#"{{"epcClass": "{}", "quantity": 1, "uom": "KGM"}}"#, lot(number)))
        .collect();
    write!(out, r#""{name}": [{}], "#, items.join(",")).expect("writing to a string does not fail");
}

fn document(number: usize, events: usize, random: &mut Random) -> InputFile {
    let mut out = String::from(
        r#"{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"], "type": "EPCISDocument",
"schemaVersion": "2.0", "creationDate": "2026-11-22T08:00:00+08:00", "epcisBody": {"eventList": ["#,
    );
    let first = number * EVENTS_A_DOCUMENT;
    for event in first..(first + EVENTS_A_DOCUMENT).min(events) {
        let comma = if event == first { "" } else { ",\n" };
        out.push_str(comma);
        out.push_str(r#"{"type": "TransformationEvent", "#);
        let mut inputs: Vec<usize> = (0..INPUTS).filter_map(|_| staged(event, events, random)).collect();
        if inputs.is_empty() {
            // The first stage begins from raw lots of its own.
            inputs.push(events * OUTPUTS + event);
        }
        quantities(&mut out, "inputQuantityList", inputs.into_iter());
        quantities(&mut out, "outputQuantityList", (0..OUTPUTS).map(|o| event * OUTPUTS + o));
        let (day, minute, second) = (1 + event / 86_400 % 28, event / 60 % 60, event % 60);
        write!(
            out,
            r#""eventTime": "2026-11-{day:02}T08:{minute:02}:{second:02}+08:00", "eventTimeZoneOffset": "+08:00", "bizStep": "commissioning"}}"#
        )
        .expect("writing to a string does not fail");
    }
    out.push_str("]}}");
    InputFile { name: format!("{number}.json"), bytes: out.into_bytes() }
}

/// Processor time of this process in milliseconds, user and system.
fn cpu_ms() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<f64>().ok());
    10.0 * ticks.sum::<f64>()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: usize| args.get(at).and_then(|a| a.parse().ok()).unwrap_or(default);
    let (events, traces) = (number(1, 100_000), number(2, 1000));
    let database = args.first().ok_or("name a new database")?;
    let base = if database.contains("://") { "PostgreSQL" } else { "SQLite" };
    let (app, actor) = (App::open(database, Clock::china()).await?, Actor::local());
    let mut random = Random(42);
    let (mut taken, mut cpu) = (Duration::ZERO, 0.0);
    for at in 0..events.div_ceil(EVENTS_A_DOCUMENT) {
        let file = document(at, events, &mut random);
        let (start, cpu_start) = (Instant::now(), cpu_ms());
        app.capture_events(&actor, &file, CaptureOptions::default()).await?;
        taken += start.elapsed();
        cpu += cpu_ms() - cpu_start;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = events as f64 / taken.as_secs_f64();
    println!(
        "{}",
        json!({"work": "durable capture", "peer": format!("{PEER}, {base}, JSON in, checked, hashed, chained"),
            "events": events, "per_s": rate, "cpu_ms_per_1000": cpu * 1000.0 / f64::from(u32::try_from(events)?)})
    );
    let start = Instant::now();
    let proof = app.verify_events(&actor).await?;
    println!(
        "{}",
        json!({"work": "replay of the chain", "peer": format!("{PEER}, {base}"), "events": proof.events,
            "ms": 1e3 * start.elapsed().as_secs_f64()})
    );
    let mut scratch = Scratch::new();
    let start = Instant::now();
    app.reach(&actor, &lot(0), Direction::Up, &mut scratch).await?;
    println!(
        "{}",
        json!({"work": "genealogy built from the store", "peer": format!("{PEER}, {base}"), "events": events,
            "ms": 1e3 * start.elapsed().as_secs_f64()})
    );
    let mut random = Random(7);
    let mut found = Vec::new();
    for _ in 0..traces {
        let event = events - events / STAGES + random.below(events / STAGES);
        let name = lot(event * OUTPUTS + random.below(OUTPUTS));
        let start = Instant::now();
        let lots = app.reach(&actor, &name, Direction::Up, &mut scratch).await?;
        found.push((start.elapsed(), lots));
    }
    found.sort_unstable();
    let ms = |at: usize| 1e3 * found[at].0.as_secs_f64();
    println!(
        "{}",
        json!({"work": "staged trace", "peer": format!("{PEER}, through the store ({base})"), "events": events,
            "ms": ms(traces / 2), "p95_ms": ms(traces * 95 / 100), "lots": found[traces / 2].1})
    );
    app.close().await;
    Ok(())
}
