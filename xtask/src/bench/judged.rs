//! Quality of retrieval through the command line, on sets judged by others. No weight was tuned on them.

use super::process;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

/// Abt-Buy: R@1, the share of needs whose true partner is ranked first, over all needs that have one.
pub fn abt_buy(program: &Path, sets: &Path) -> Result<Value> {
    let dir = tempfile::tempdir()?;
    let path = |name: &str| sets.join(name).to_string_lossy().into_owned();
    let out = dir.path().join("out.ndjson");
    let (needs, offers) = (path("abt_buy_abt.csv"), path("abt_buy_buy.csv"));
    let args = [
        "match",
        "--needs",
        &needs,
        "--offers",
        &offers,
        "--delimiter",
        "|",
        "--map",
        "needs.title=name",
        "--map",
        "offers.title=name",
        "--top",
        "10",
        "--format",
        "ndjson",
    ];
    let cost = process::measure(program, dir.path(), &args, Some(&out))?;
    let ranked = ranking(&std::fs::read_to_string(&out)?)?;
    let mut truth: HashMap<String, HashSet<String>> = HashMap::new();
    for line in std::fs::read_to_string(sets.join("abt_buy_gt.csv"))?.lines().skip(1) {
        let (need, offer) = line.split_once('|').context("abt_buy_gt.csv: two columns")?;
        truth.entry(need.trim().to_owned()).or_default().insert(offer.trim().to_owned());
    }
    let (mut first, mut gain) = (0, 0.0);
    for (need, partners) in &truth {
        let offers = ranked.get(need).map_or(&[][..], Vec::as_slice);
        first += usize::from(offers.first().is_some_and(|o| partners.contains(o)));
        gain += ndcg(offers, partners);
    }
    let n = truth.len() as f64;
    Ok(json!({
        "bench": "abt_buy", "needs": truth.len(), "r_at_1": round(first as f64 / n), "ndcg_at_10": round(gain / n),
        "seconds": round(cost.seconds), "peak_mib": round(cost.peak_mib),
    }))
}

/// QBQTC: nDCG@10 with label 2 relevant and unjudged counted wrong; queries that have a label-2 title as needs,
/// all distinct titles as offers.
pub fn qbqtc(program: &Path, sets: &Path) -> Result<Value> {
    let dir = tempfile::tempdir()?;
    let text = std::fs::read_to_string(sets.join("qbqtc_dev.json"))?;
    let mut relevant: BTreeMap<String, HashSet<String>> = BTreeMap::new();
    let mut titles: BTreeMap<String, String> = BTreeMap::new();
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        let row: Value = serde_json::from_str(line)?;
        let field = |name: &str| {
            row[name].as_str().map(str::to_owned).or_else(|| row[name].as_i64().map(|n| n.to_string()))
        };
        let (query, title, label) = (
            field("query").context("query")?,
            field("title").context("title")?,
            field("label").context("label")?,
        );
        let next = titles.len() + 1;
        let id = titles.entry(title).or_insert_with(|| format!("T{next}")).clone();
        if label == "2" {
            relevant.entry(query).or_default().insert(id);
        }
    }
    let write = |name: &str, rows: &mut dyn Iterator<Item = (String, &String)>| -> Result<String> {
        let path = dir.path().join(name);
        let mut writer = csv::Writer::from_path(&path)?;
        writer.write_record(["id", "title"])?;
        for (id, title) in rows {
            writer.write_record([id.as_str(), title.as_str()])?;
        }
        writer.flush()?;
        Ok(path.to_string_lossy().into_owned())
    };
    let needs = write("needs.csv", &mut relevant.keys().enumerate().map(|(i, q)| (format!("Q{i}"), q)))?;
    let offers = write("offers.csv", &mut titles.iter().map(|(title, id)| (id.clone(), title)))?;
    let out = dir.path().join("out.ndjson");
    let args = [
        "match",
        "--needs",
        &needs,
        "--offers",
        &offers,
        "--map",
        "needs.title=title",
        "--map",
        "offers.title=title",
        "--top",
        "10",
        "--format",
        "ndjson",
    ];
    let cost = process::measure(program, dir.path(), &args, Some(&out))?;
    let ranked = ranking(&std::fs::read_to_string(&out)?)?;
    let gain: f64 = relevant
        .values()
        .enumerate()
        .map(|(i, wanted)| ndcg(ranked.get(&format!("Q{i}")).map_or(&[][..], Vec::as_slice), wanted))
        .sum();
    Ok(json!({
        "bench": "qbqtc_dev", "needs": relevant.len(), "offers": titles.len(), "ndcg_at_10": round(gain / relevant.len() as f64),
        "seconds": round(cost.seconds), "peak_mib": round(cost.peak_mib),
    }))
}

/// Offers of each need in the order of the answer.
fn ranking(ndjson: &str) -> Result<HashMap<String, Vec<String>>> {
    let mut out: HashMap<String, Vec<String>> = HashMap::new();
    for line in ndjson.lines() {
        let row: Value = serde_json::from_str(line)?;
        let id = |name: &str| {
            row[name].as_str().map(str::to_owned).with_context(|| format!("ndjson without {name}"))
        };
        out.entry(id("need")?).or_default().push(id("offer")?);
    }
    Ok(out)
}

/// Binary nDCG@10: DCG with gain 1/log2(rank+1), divided by that of the best possible order.
fn ndcg(offers: &[String], wanted: &HashSet<String>) -> f64 {
    let discount = |rank: usize| 1.0 / ((rank + 2) as f64).log2();
    let got: f64 = offers
        .iter()
        .take(10)
        .enumerate()
        .filter(|(_, o)| wanted.contains(*o))
        .map(|(rank, _)| discount(rank))
        .sum();
    let best: f64 = (0..wanted.len().min(10)).map(discount).sum();
    if best > 0.0 { got / best } else { 0.0 }
}

pub(super) fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
