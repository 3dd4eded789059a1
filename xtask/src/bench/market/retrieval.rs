//! Retrieval on the judged sets: the engine's index and its peers read the same two files and write the same third.
//!
//! Processor time is measured by each program around its own search, without reading files and without start-up.

use super::Bench;
use super::row::Row;
use super::sets::{self, JudgedSet};
use super::trigram;
use crate::machine;
use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// What a program says of its run, as JSON in its last line.
#[derive(Deserialize)]
pub struct Cost {
    /// Processor seconds for building the index; absent where that is part of the search.
    pub index_cpu_s: Option<f64>,
    /// Processor seconds for all queries.
    pub search_cpu_s: f64,
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
    (trigram::NAME, 8),
];
/// Numbers of offers and of needs that the index is measured with at scale; the last only where it is asked for.
const SCALES: [(&str, &str); 3] = [("200000", "2000"), ("1000000", "2000"), ("10000000", "10000")];

/// Shares of the vectors that matching is measured with; 0 is without them.
const SHARES: [&str; 5] = ["0", "0.2", "0.3", "0.4", "0.5"];

/// The rows of all judged sets that lie beside the project, and of the index at scale.
pub fn rows(bench: &Bench<'_>, large: bool) -> Result<Vec<Row>> {
    let products = [sets::abt_buy(bench)?, sets::qbqtc(bench, "QBQTC dev, label 2", "qbqtc_dev.json")?];
    let mut judged: Vec<(JudgedSet, &str)> = products.into_iter().flatten().map(|set| (set, "{}")).collect();
    judged.extend(sets::listed_names(bench, sets::Half::HeldBack)?.map(|set| (set, "short")));
    let mut rows = Vec::new();
    for (set, weights) in judged.iter().filter(|(set, _)| bench.wants(&set.name)) {
        rows.push(ours(bench, &machine::example(bench.root, "retrieval")?, set, weights)?);
        rows.extend(peers(bench, set)?);
    }
    for (set, name) in [
        (sets::amazon_google(bench)?, "amazon_google"),
        (sets::walmart_amazon(bench)?, "walmart_amazon"),
        (sets::abt_buy(bench)?, "abt_buy"),
    ] {
        if let Some(set) = set.filter(|_| bench.asks_for("vectors")) {
            rows.extend(reranked(bench, &set, name)?);
        }
    }
    for (offers, needs) in SCALES.iter().take(if large { 3 } else { 2 }) {
        rows.extend(scale(bench, offers, needs)?);
    }
    Ok(rows)
}

/// The engine's row, with weights of terms as JSON or by name.
pub fn ours(bench: &Bench<'_>, program: &Path, set: &JudgedSet, weights: &str) -> Result<Row> {
    let folder = bench.folder.join("set");
    set.write(&folder)?;
    measure(set, "Yulin", Command::new(program).arg(&folder).arg(weights), &folder)
}

fn peers(bench: &Bench<'_>, set: &JudgedSet) -> Result<Vec<Row>> {
    let python = bench.python()?;
    let mut rows = Vec::new();
    for (peer, step) in PEERS {
        // Small sets are measured whole.
        let step = if set.queries.len() * set.documents.len() < 5_000_000 { 1 } else { step };
        let part = set.every(step);
        let folder = bench.folder.join("set");
        part.write(&folder)?;
        let row = if peer == trigram::NAME {
            trigram::search(bench.root, &part, &folder)?.map(|cost| judged(&part, peer, &cost, &folder))
        } else {
            let script = bench.root.join("xtask/market_peers.py");
            python.map(|python| {
                measure(&part, peer, Command::new(python).arg(script).arg(peer).arg(&folder), &folder)
            })
        };
        let Some(mut row) = row.transpose()? else { continue };
        if step > 1 {
            row.note = format!("on every {step}th query");
        }
        rows.push(row);
    }
    Ok(rows)
}

/// Matching without and with vectors of titles, where `NAME_vectors.npy` and its texts lie among the sets: with the shipped share
/// and its neighbours.
fn reranked(bench: &Bench<'_>, set: &JudgedSet, name: &str) -> Result<Vec<Row>> {
    let files = ["npy", "txt"].map(|end| sets::find(bench, &format!("{name}_vectors.{end}")));
    let folder = bench.folder.join("set");
    set.write(&folder)?;
    let [Some(array), Some(texts)] = files else {
        std::fs::write(folder.join("all.txt"), set.texts())?;
        println!(
            "skipped: vectors of {}; make them of {} (xtask/market_vectors.py)",
            set.name,
            folder.join("all.txt").display()
        );
        return Ok(Vec::new());
    };
    std::fs::copy(array, folder.join("vectors.npy"))?;
    std::fs::copy(texts, folder.join("texts.txt"))?;
    let program = machine::example(bench.root, "rerank")?;
    SHARES
        .iter()
        .map(|share| {
            let system = format!("Yulin, vectors {share}");
            measure(set, &system, Command::new(&program).arg(&folder).arg(share), &folder)
        })
        .collect()
}

/// Runs a program on a folder and judges what it found.
fn measure(set: &JudgedSet, system: &str, command: &mut Command, folder: &Path) -> Result<Row> {
    let output = command.output().with_context(|| format!("cannot start {system}"))?;
    anyhow::ensure!(output.status.success(), "{system}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let cost: Cost = serde_json::from_str(text.lines().last().unwrap_or_default())
        .with_context(|| format!("{system}: {text}"))?;
    judged(set, system, &cost, folder)
}

/// The row of what stands in the folder's `run.txt`.
fn judged(set: &JudgedSet, system: &str, cost: &Cost, folder: &Path) -> Result<Row> {
    let quality = set.judge(&folder.join("run.txt"))?;
    let mut figures = BTreeMap::from([
        ("ndcg_at_10".to_owned(), quality.ndcg_at_10),
        ("r_at_1".to_owned(), quality.recall_at_1),
        ("queries_per_cpu_s".to_owned(), set.queries.len() as f64 / cost.search_cpu_s),
    ]);
    figures.extend(cost.index_cpu_s.map(|s| ("index_cpu_s".to_owned(), s)));
    Ok(Row {
        work: set.name.clone(),
        system: system.to_owned(),
        figures,
        cpu_seconds: cost.search_cpu_s,
        note: String::new(),
    })
}

/// The index on so many invented offers; no peer.
fn scale(bench: &Bench<'_>, offers: &str, needs: &str) -> Result<Option<Row>> {
    let work = format!("retrieval at scale: {offers} offers, {needs} needs, all cores");
    if !bench.wants(&work) {
        return Ok(None);
    }
    let program = machine::example(bench.root, "retrieval_scale")?;
    let text = machine::output(bench.root, &program.to_string_lossy(), &[offers, needs])?;
    let said: BTreeMap<String, Value> = serde_json::from_str(text.lines().last().unwrap_or_default())?;
    let figures: BTreeMap<String, f64> =
        said.into_iter().filter_map(|(name, value)| Some((name, value.as_f64()?))).collect();
    let cpu_seconds = figures.get("top10_cpu_s").copied().unwrap_or_default();
    Ok(Some(Row { work, system: "Yulin".to_owned(), figures, cpu_seconds, note: String::new() }))
}
