//! How fast the ledger captures and answers through the store.
//!
//! `cargo run --release -p app --example ledger_scale -- DATABASE [EVENTS [simple|staged|plant]]` captures so many events into a new
//! database: 1,000 a document, half of the documents one after the other, the rest by four clients at once; every document is durable
//! before its client sends the next. `simple`: each event says that one thing was shipped. `staged`: transformations of three lots into
//! three, the data of the engine's own `trace_scale`. `plant`: the same with what a plant would say (site, assays, recycled input, metered
//! energy). Then the chain is replayed and the genealogy built; of the transformations upstream traces are asked for, of the plants' all
//! circular indicators. Prints one JSON object a line.
#![expect(clippy::print_stdout, reason = "an example speaks to its user")]

use app::{Actor, App, CaptureOptions, Clock, Direction, IndicatorQuery, InputFile, Scratch};
use serde_json::json;
use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const INPUTS: usize = 3;
const OUTPUTS: usize = 3;
const STAGES: usize = 10;
const EVENTS_A_DOCUMENT: usize = 1000;
/// Sites of the plants: four a stage.
const SITES: usize = 4 * STAGES;
const TRACES: usize = 1000;
const CLIENTS: usize = 4;
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

/// What the events say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Simple,
    Staged,
    Plant,
}

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Self::Simple => "simple events",
            Self::Staged => "transformations of six lots",
            Self::Plant => "transformations with assays and energy",
        }
    }
}

fn document(number: usize, events: usize, kind: Kind, random: &mut Random) -> InputFile {
    let mut out = String::from(
        r#"{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"yl": "urn:yulin:ledger:"}], "type": "EPCISDocument",
"schemaVersion": "2.0", "creationDate": "2026-11-22T08:00:00+08:00", "epcisBody": {"eventList": ["#,
    );
    let first = number * EVENTS_A_DOCUMENT;
    for event in first..(first + EVENTS_A_DOCUMENT).min(events) {
        let comma = if event == first { "" } else { ",\n" };
        out.push_str(comma);
        let (month, day) = (1 + event * 12 / events, 1 + event / 60 % 28);
        let (minute, second) = (event / 60 % 60, event % 60);
        let time = format!(
            r#""eventTime": "2026-{month:02}-{day:02}T08:{minute:02}:{second:02}+08:00", "eventTimeZoneOffset": "+08:00""#
        );
        if kind == Kind::Simple {
            let site = event % SITES;
            write!(
                out,
                r#"{{"type": "ObjectEvent", "action": "OBSERVE", "epcList": ["urn:epc:id:sgtin:4012345.011111.{event}"], {time},
"bizStep": "shipping", "disposition": "in_transit", "readPoint": {{"id": "urn:epc:id:sgln:4012345.{site:05}.0"}}}}"#
            )
            .expect("writing to a string does not fail");
            continue;
        }
        out.push_str(r#"{"type": "TransformationEvent", "#);
        let mut inputs: Vec<usize> = (0..INPUTS).filter_map(|_| staged(event, events, random)).collect();
        // The first stage begins from raw lots of its own.
        let raw = inputs.is_empty().then_some(events * OUTPUTS + event);
        inputs.extend(raw);
        quantities(&mut out, "inputQuantityList", inputs.into_iter());
        quantities(&mut out, "outputQuantityList", (0..OUTPUTS).map(|o| event * OUTPUTS + o));
        write!(out, r#"{time}, "bizStep": "commissioning""#).expect("writing to a string does not fail");
        if kind == Kind::Plant {
            let site = event * STAGES / events * (SITES / STAGES) + event % (SITES / STAGES);
            let raw = raw.map_or(String::new(), |raw| {
                format!(r#", "yl:lots": [{{"yl:lot": "{}", "yl:recycled": true, "yl:content": {{"yl:Cu": 0.3}}}}]"#, lot(raw))
            });
            write!(
                out,
                r#", "readPoint": {{"id": "urn:epc:id:sgln:4012345.{site:05}.0"}}, "ilmd": {{"yl:content": {{"yl:Cu": 0.25, "yl:Au": 0.0001}}{raw}}},
"yl:activity": {{"yl:factor": "grid-cn-2023", "yl:amount": 2, "yl:unit": "kWh", "yl:metered": true}}"#
            )
            .expect("writing to a string does not fail");
        }
        out.push('}');
    }
    out.push_str("]}}");
    InputFile { name: format!("{number}.json"), bytes: out.into_bytes() }
}

/// Documents are sent one after the other by each client, all of them durable before the next; wall clock and processor time.
async fn capture(app: &Arc<App>, documents: Vec<InputFile>, clients: usize) -> (Duration, f64) {
    let waiting = Arc::new(Mutex::new(documents.into_iter()));
    let (start, cpu) = (Instant::now(), cpu_ms());
    let sent: Vec<_> = (0..clients)
        .map(|_| {
            let (app, waiting) = (Arc::clone(app), Arc::clone(&waiting));
            let next = move || waiting.lock().ok()?.next();
            tokio::spawn(async move {
                while let Some(file) = next() {
                    app.capture_events(&Actor::local(), file, CaptureOptions::default()).await?;
                }
                Ok::<(), app::Error>(())
            })
        })
        .collect();
    for client in sent {
        client.await.expect("no client panics").expect("the documents are valid");
    }
    (start.elapsed(), cpu_ms() - cpu)
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
    let events: usize = args.get(1).and_then(|a| a.parse().ok()).unwrap_or(100_000);
    let kind = match args.get(2).map(String::as_str) {
        None | Some("simple") => Kind::Simple,
        Some("staged") => Kind::Staged,
        Some("plant") => Kind::Plant,
        Some(other) => return Err(format!("{other}: simple, staged or plant").into()),
    };
    let database = args.first().ok_or("name a new database")?;
    let base = if database.contains("://") { "PostgreSQL" } else { "SQLite" };
    let (app, actor) = (Arc::new(App::open(database, Clock::china()).await?), Actor::local());
    let mut random = Random(42);
    let count = events.div_ceil(EVENTS_A_DOCUMENT);
    for (half, clients) in [(0..count / 2, 1), (count / 2..count, CLIENTS)] {
        // A few documents at a time, so that they do not fill the memory.
        let (mut taken, mut cpu, mut captured) = (Duration::ZERO, 0.0, 0.0);
        for some in half.collect::<Vec<_>>().chunks(50) {
            let made = some.iter().map(|at| document(*at, events, kind, &mut random)).collect();
            let (wall, work) = capture(&app, made, clients).await;
            taken += wall;
            cpu += work;
            captured += f64::from(u32::try_from(some.len() * EVENTS_A_DOCUMENT)?);
        }
        let what = kind.words();
        say(
            json!({"work": "durable capture", "peer": format!("{PEER}, {base}, {what}, {clients} clients: JSON in, checked, hashed, chained"),
            "events": captured, "per_s": captured / taken.as_secs_f64(), "cpu_ms_per_1000": 1e3 * cpu / captured}),
        );
    }
    let start = Instant::now();
    let proof = app.verify_events(&actor).await?;
    say(
        json!({"work": "replay of the chain", "peer": format!("{PEER}, {base}"), "events": proof.events, "ms": ms(start.elapsed())}),
    );
    let mut scratch = Scratch::new();
    let (start, cpu) = (Instant::now(), cpu_ms());
    let any = if kind == Kind::Simple { "urn:epc:id:sgtin:4012345.011111.0".to_owned() } else { lot(0) };
    app.reach(&actor, &any, Direction::Up, &mut scratch).await?;
    say(
        json!({"work": "genealogy built from the store", "peer": format!("{PEER}, {base}"), "events": events,
        "ms": ms(start.elapsed()), "cpu_ms": cpu_ms() - cpu}),
    );
    if kind == Kind::Simple {
        app.close().await;
        return Ok(());
    }
    let mut random = Random(7);
    let mut found = Vec::new();
    for _ in 0..TRACES {
        let event = events - events / STAGES + random.below(events / STAGES);
        let name = lot(event * OUTPUTS + random.below(OUTPUTS));
        let start = Instant::now();
        let lots = app.reach(&actor, &name, Direction::Up, &mut scratch).await?;
        found.push((start.elapsed(), lots));
    }
    found.sort_unstable();
    say(
        json!({"work": "staged trace", "peer": format!("{PEER}, through the store ({base})"), "events": events,
        "ms": ms(found[TRACES / 2].0), "p95_ms": ms(found[TRACES * 95 / 100].0), "lots": found[TRACES / 2].1}),
    );
    for _ in 0..if kind == Kind::Plant { 3 } else { 0 } {
        let start = Instant::now();
        let report = app.indicators(&actor, &IndicatorQuery::default()).await?;
        say(json!({"work": "all indicators", "peer": format!("{PEER}, {base}"), "lots": events * OUTPUTS,
            "ms": ms(start.elapsed()), "indicators": report.indicators.len(), "closure": report.closure}));
    }
    app.close().await;
    Ok(())
}

fn ms(time: Duration) -> f64 {
    1e3 * time.as_secs_f64()
}

fn say(result: serde_json::Value) {
    println!("{result}");
}
