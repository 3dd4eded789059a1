//! The ledger beside its peers, in one run on the same data.

use super::show;
use crate::machine;
use crate::postgres::Server;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::path::Path;

/// Transformation events of the traces.
const EVENTS: &str = "1000000";
/// Kinds of events captured into each database, and how many.
const STORED: [(&str, &str); 3] = [("simple", "100000"), ("staged", "100000"), ("plant", EVENTS)];

/// Measures hashing, traces, solves and capture, then the peers; those that cannot run here are named.
pub fn run(root: &Path, as_json: bool) -> Result<()> {
    let mut results = Vec::new();
    for (example, args) in
        [("event_hash", &[][..]), ("trace_scale", &[EVENTS]), ("solve_scale", &[]), ("book_scale", &[])]
    {
        results.extend(example_of(root, example, args)?);
    }
    let folder = tempfile::tempdir()?;
    let file = |name: &str| folder.path().join(name).display().to_string();
    for (kind, events) in STORED {
        let database = file(&format!("{kind}.db"));
        results.extend(example_of(root, "ledger_scale", &[&database, events, kind])?);
    }
    let server = Server::start_with(root, true)?;
    let bases = match &server {
        Some(server) => {
            let base = |name: &str| -> Result<String> {
                machine::run(
                    root,
                    "psql",
                    &["-q", &server.url, "-c", &format!("create database {name}")],
                    &[],
                )?;
                let host =
                    server.url.strip_suffix("/postgres").context("the server's own database is named")?;
                Ok(format!("{host}/{name}"))
            };
            for (kind, events) in STORED {
                results.extend(example_of(root, "ledger_scale", &[&base(kind)?, events, kind])?);
            }
            vec![base("raw")?]
        }
        None => {
            results.push(json!({"work": "durable capture", "peer": "PostgreSQL", "failed": "not installed"}));
            Vec::new()
        }
    };
    let venv = machine::target(root).join("ledger-peers");
    match machine::python(root, &venv, "xtask/ledger_peers.txt")? {
        Some(python) => {
            let script = root.join("xtask/ledger_peers.py");
            let script = script.display().to_string();
            let args: Vec<&str> =
                [script.as_str(), EVENTS].into_iter().chain(bases.iter().map(String::as_str)).collect();
            let said = machine::output(root, &python.display().to_string(), &args)?;
            results.extend(lines(&said)?);
        }
        None => results.push(json!({"work": "peers", "failed": "Python 3 or the packages of xtask/ledger_peers.txt are missing"})),
    }
    results.sort_by_key(|result| result["work"].as_str().unwrap_or_default().to_owned());
    show(as_json, &results)
}

/// Builds an example and runs it; what it prints are JSON lines, shown at once: a later failure loses no figure.
fn example_of(root: &Path, example: &str, args: &[&str]) -> Result<Vec<Value>> {
    let program = machine::example(root, example)?;
    let said = machine::output(root, &program.display().to_string(), args)?;
    eprint!("{said}");
    lines(&said)
}

fn lines(text: &str) -> Result<Vec<Value>> {
    text.lines().map(|line| serde_json::from_str(line).with_context(|| format!("no JSON: {line}"))).collect()
}
