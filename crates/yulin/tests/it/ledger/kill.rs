//! A process killed at any moment of a capture: nothing that it acknowledged is lost, and the chain is whole.

use super::plant::{document, event, kilograms};
use crate::common::{ok, yulin};
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

const KILLS: u32 = 50;
const FILES: usize = 12;
const EVENTS: usize = 60;

#[test]
fn what_was_acknowledged_stays_and_the_chain_holds() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let names: Vec<String> = (0..FILES).map(|file| format!("{file}.json")).collect();
    for (file, name) in names.iter().enumerate() {
        let made = |i| {
            let (from, to) = (format!("L{file}-{i}"), format!("L{file}-{}", i + 1));
            let fields = format!(
                r#""inputQuantityList": {}, "outputQuantityList": {}"#,
                kilograms(&[(&from, 2.0)]),
                kilograms(&[(&to, 1.0)])
            );
            event("TransformationEvent", i, &fields)
        };
        std::fs::write(dir.join(name), document(&(0..EVENTS).map(made).collect::<Vec<_>>())).unwrap();
    }
    let args: Vec<&str> =
        ["ledger", "capture", "--json"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let start = Instant::now();
    ok(dir, &args);
    let whole = start.elapsed();
    let mut partial = 0;
    for kill in 0..KILLS {
        for name in ["yulin.db", "yulin.db-wal", "yulin.db-shm"] {
            let _ = std::fs::remove_file(dir.join(name));
        }
        let mut child = yulin(dir).args(&args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        // The moment wanders over the start, every file and what lies between two of them, however fast the machine is.
        let mut told: Vec<String> = lines.by_ref().take(kill as usize % FILES).collect();
        std::thread::sleep(whole * (kill * 7 % 11) / (11 * FILES as u32));
        let _ = child.kill();
        let _ = child.wait();
        told.extend(lines);
        // A line that was cut off was not acknowledged.
        let acknowledged =
            told.iter().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok()).next_back();
        let Some(last) = acknowledged else { continue };
        std::thread::sleep(Duration::from_millis(2));
        let proof = ok(dir, &["ledger", "verify"]);
        let events: usize = proof.split_whitespace().nth(1).unwrap().parse().unwrap();
        let told = usize::try_from(last["last"].as_i64().unwrap()).unwrap();
        assert!(events >= told && events.is_multiple_of(EVENTS), "kill {kill}: {told} told, {proof}");
        if events == told {
            assert!(proof.contains(last["link"].as_str().unwrap()), "kill {kill}: {proof}");
        }
        partial += usize::from(told < FILES * EVENTS);
        // The rest is captured by the same command, and what was there is known.
        if kill % 10 == 0 {
            ok(dir, &args);
            assert!(ok(dir, &["ledger", "verify"]).contains(&format!("{} events", FILES * EVENTS)));
        }
    }
    assert!(partial > 0, "some kills must fall between two files");
}
