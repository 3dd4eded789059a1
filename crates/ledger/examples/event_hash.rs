//! Event hashes of EPCIS documents, and how fast they come.
//!
//! `cargo run --release -p ledger --example event_hash -- FILE...` prints one hash a line, in document order;
//! without a file it makes 20,000 events from a fixed seed and prints events a second as JSON lines.
#![expect(clippy::print_stdout, reason = "an example speaks to its user")]

use ledger::event::Document;
use ledger::hash::{EventHash, event_hashes};
use rayon::prelude::*;
use serde_json::json;
use std::fmt::Write;
use std::time::Instant;

const EVENTS: usize = 20_000;
const EVENTS_A_DOCUMENT: usize = 1_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        measure();
        return Ok(());
    }
    for file in files {
        match Document::parse(&std::fs::read_to_string(&file)?) {
            Ok(document) => event_hashes(&document.events).iter().for_each(|hash| println!("{hash}")),
            Err(faults) => faults.iter().for_each(|fault| println!("{file}: {fault}")),
        }
    }
    Ok(())
}

fn measure() {
    let texts: Vec<String> = (0..EVENTS / EVENTS_A_DOCUMENT).map(document).collect();
    for _ in 0..3 {
        let start = Instant::now();
        // Documents come side by side, as from several clients.
        let documents: Vec<Document> = texts
            .par_iter()
            .map(|text| Document::parse(text).expect("the generator writes valid documents"))
            .collect();
        let parsed = start.elapsed();
        let hashes: Vec<EventHash> = documents.iter().flat_map(|d| event_hashes(&d.events)).collect();
        let total = start.elapsed();
        println!(
            "{}",
            json!({"work": "event hashes", "peer": "Yulin", "read_and_checked_per_s": rate(parsed),
                "hashed_per_s": rate(total - parsed), "per_s": rate(total), "events": hashes.len()})
        );
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
fn rate(time: std::time::Duration) -> f64 {
    EVENTS as f64 / time.as_secs_f64()
}

/// A document of transformation and shipping events as a wire plant would send them.
fn document(number: usize) -> String {
    let mut out = String::from(
        r#"{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"wire": "https://ns.example.com/wire/"}],
"type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-11-22T08:00:00+08:00", "epcisBody": {"eventList": ["#,
    );
    for index in 0..EVENTS_A_DOCUMENT {
        let lot = number * EVENTS_A_DOCUMENT + index;
        let (minute, second) = (index / 60 % 60, index % 60);
        let comma = if index == 0 { "" } else { "," };
        let time = format!("2026-11-22T08:{minute:02}:{second:02}.{:03}+08:00", lot % 1000);
        if index % 2 == 0 {
            write!(
                out,
                r#"{comma}{{"type": "TransformationEvent", "eventTime": "{time}", "eventTimeZoneOffset": "+08:00",
"inputQuantityList": [{{"epcClass": "urn:epc:class:lgtin:4012345.011111.R{lot}", "quantity": 10.50, "uom": "KGM"}},
{{"epcClass": "urn:epc:class:lgtin:4012345.022222.S{lot}", "quantity": 1.25, "uom": "KGM"}}],
"outputQuantityList": [{{"epcClass": "urn:epc:class:lgtin:4012345.033333.W{lot}", "quantity": 11.6, "uom": "KGM"}}],
"bizStep": "commissioning", "disposition": "in_progress", "readPoint": {{"id": "urn:epc:id:sgln:4012345.00001.0"}},
"ilmd": {{"cbvmda:lotNumber": "W{lot}", "wire:diameter": "0.020"}}, "wire:furnace": {{"wire:temperature": 420.5}}}}"#
            )
        } else {
            write!(
                out,
                r#"{comma}{{"type": "ObjectEvent", "eventTime": "{time}", "eventTimeZoneOffset": "+08:00",
"epcList": ["urn:epc:id:sscc:4012345.{lot:010}"], "action": "OBSERVE", "bizStep": "shipping", "disposition": "in_transit",
"readPoint": {{"id": "urn:epc:id:sgln:4012345.00001.0"}},
"bizTransactionList": [{{"type": "po", "bizTransaction": "http://transaction.example.com/po/{lot}"}}],
"destinationList": [{{"type": "owning_party", "destination": "urn:epc:id:pgln:4023333.00000"}}]}}"#
            )
        }
        .expect("writing to a string does not fail");
    }
    out.push_str("]}}");
    out
}
