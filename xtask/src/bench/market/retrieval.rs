//! Retrieval on the judged sets: the engine's index and its peers read the same two files and write the same third.
//!
//! Processor time is measured by each program around its own search, without reading files and without start-up.

use super::Bench;
use super::row::Row;
use super::sets::{self, JudgedSet};
use crate::machine;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// What a program says of its run, as JSON in its last line.
#[derive(Deserialize)]
struct Cost {
    /// Processor seconds for building the index.
    index_cpu_s: f64,
    /// Processor seconds for all queries.
    search_cpu_s: f64,
}

/// Peers by name, and on how many of the queries the slow ones are measured: every so-many-th.
const PEERS: [(&str, usize); 8] = [
    ("tantivy-char12", 1),
    ("bm25s-char12", 1),
    ("bm25s-words", 1),
    ("tfidf-char13", 1),
    ("tfidf-char35", 1),
    ("rapidfuzz-token-set", 8),
    ("rapidfuzz-wratio", 8),
    ("pg_trgm", 8),
];

/// The rows of all judged sets that lie beside the project.
pub fn rows(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for set in [
        sets::abt_buy(bench)?,
        sets::qbqtc(bench, "QBQTC dev, label 2", "qbqtc_dev.json")?,
        sets::listed_names(bench)?,
    ]
    .into_iter()
    .flatten()
    .filter(|set| bench.wants(&set.name))
    {
        rows.push(ours(bench, &set)?);
        rows.extend(peers(bench, &set)?);
    }
    Ok(rows)
}

fn ours(bench: &Bench<'_>, set: &JudgedSet) -> Result<Row> {
    let build = ["build", "--release", "--locked", "--package", "market", "--example", "retrieval"];
    machine::run(bench.root, "cargo", &build, &[])?;
    let program = machine::target(bench.root).join("release/examples/retrieval");
    let folder = bench.folder.join("set");
    set.write(&folder)?;
    measure(set, "Yulin", Command::new(program).arg(&folder), &folder)
}

fn peers(bench: &Bench<'_>, set: &JudgedSet) -> Result<Vec<Row>> {
    let Some(python) = bench.python()? else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    for (peer, step) in PEERS {
        if peer == "pg_trgm" {
            continue;
        }
        // Small sets are measured whole.
        let step = if set.queries.len() * set.documents.len() < 5_000_000 { 1 } else { step };
        let part = set.every(step);
        let folder = bench.folder.join("set");
        part.write(&folder)?;
        let script = bench.root.join("xtask/market_peers.py");
        let mut row = measure(&part, peer, Command::new(python).arg(script).arg(peer).arg(&folder), &folder)?;
        if step > 1 {
            row.note = format!("on every {step}th query");
        }
        rows.push(row);
    }
    Ok(rows)
}

/// Runs a program on a folder and judges what it found.
fn measure(set: &JudgedSet, system: &str, command: &mut Command, folder: &Path) -> Result<Row> {
    let output = command.output().with_context(|| format!("cannot start {system}"))?;
    anyhow::ensure!(output.status.success(), "{system}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let cost: Cost = serde_json::from_str(text.lines().last().unwrap_or_default())
        .with_context(|| format!("{system}: {text}"))?;
    let quality = set.judge(&folder.join("run.txt"))?;
    let figures = BTreeMap::from([
        ("ndcg_at_10".to_owned(), quality.ndcg_at_10),
        ("r_at_1".to_owned(), quality.recall_at_1),
        ("index_cpu_s".to_owned(), cost.index_cpu_s),
        ("queries_per_cpu_s".to_owned(), set.queries.len() as f64 / cost.search_cpu_s),
    ]);
    Ok(Row {
        work: set.name.clone(),
        system: system.to_owned(),
        figures,
        cpu_seconds: cost.search_cpu_s,
        note: String::new(),
    })
}
