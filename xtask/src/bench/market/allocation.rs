//! Allocation and meetings: the engine and OR-tools on the same invented instances, which the engine's examples make from a
//! fixed seed and write down.
//!
//! Processor time is measured by each program around its own search. Ours is single-threaded; CP-SAT works on two threads.

use super::Bench;
use super::row::Row;
use crate::machine;
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// 20,000 needs with 20 ways each to 5,000 offers: capacity in percent of the demand.
const CAPACITIES: [&str; 3] = ["50", "100", "200"];
/// Events with the part of the slots, in percent, in which each party is free.
const EVENTS: [([&str; 5], &str); 3] = [
    (["80", "100", "900", "14", "60"], "100"),
    (["80", "100", "900", "14", "60"], "85"),
    (["80", "100", "900", "14", "60"], "70"),
];
/// What CP-SAT may take for an event, in seconds of wall clock.
const CP_SAT_SECONDS: &str = "60";

/// The rows of all instances.
pub fn rows(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for percent in CAPACITIES {
        let work = format!("allocation: 445,000 arcs, capacity {percent} % of demand");
        if bench.wants(&work) {
            rows.extend(pair(bench, &work, "flow", &["20000", "5000", "20", percent], &[])?);
        }
    }
    for (size, free) in EVENTS {
        let [hosts, guests, requests, slots, tables] = size;
        let work = format!(
            "meetings: {hosts} x {guests}, {requests} requests, {slots} slots, {tables} tables, free {free} %"
        );
        if bench.wants(&work) {
            let arguments = [&size[..], &[free]].concat();
            rows.extend(pair(bench, &work, "meetings", &arguments, &[CP_SAT_SECONDS])?);
        }
    }
    Ok(rows)
}

/// Ours and the peer on one instance.
fn pair(bench: &Bench<'_>, work: &str, example: &str, size: &[&str], limits: &[&str]) -> Result<Vec<Row>> {
    let program = machine::example(bench.root, example)?;
    let file = bench.folder.join("instance.txt");
    let mut rows = vec![measure(work, "Yulin", Command::new(program).args(size).arg(&file))?];
    if let Some(python) = bench.python()? {
        let system = if example == "flow" { "OR-tools SimpleMinCostFlow" } else { "OR-tools CP-SAT" };
        rows.push(measure(work, system, solver(bench, python, example, &file).args(limits))?);
    }
    Ok(rows)
}

fn solver(bench: &Bench<'_>, python: &Path, work: &str, file: &Path) -> Command {
    let mut command = Command::new(python);
    command.arg(bench.root.join("xtask/market_solvers.py")).arg(work).arg(file);
    command
}

/// Runs a program that prints its figures as JSON in its last line.
fn measure(work: &str, system: &str, command: &mut Command) -> Result<Row> {
    let output = command.output().with_context(|| format!("cannot start {system}"))?;
    anyhow::ensure!(output.status.success(), "{system}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let said: BTreeMap<String, Value> = serde_json::from_str(text.lines().last().unwrap_or_default())
        .with_context(|| format!("{system}: {text}"))?;
    let mut figures: BTreeMap<String, f64> =
        said.iter().filter_map(|(name, value)| Some((name.clone(), value.as_f64()?))).collect();
    let cpu_seconds = figures.remove("cpu_s").with_context(|| format!("{system}: no cpu_s"))?;
    let note = said.get("status").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Row { work: work.to_owned(), system: system.to_owned(), figures, cpu_seconds, note })
}
