//! The judged sets beside the project, and the measures taken on them.

use market::{Input, Options};
use model::need::Need;
use model::offer::Offer;
use model::reference::Reference;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// Needs and offers of nothing but titles, and which offers are right for which need, by key.
pub struct JudgedSet {
    pub needs: Vec<Need>,
    pub offers: Vec<Offer>,
    pub truth: BTreeMap<String, BTreeSet<String>>,
}

/// Means over all needs.
#[derive(Debug, Clone, Copy)]
pub struct Quality {
    pub needs: usize,
    pub ndcg_at_10: f64,
    pub recall_at_1: f64,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/matching")
}

/// True where the judged sets lie beside the project.
pub fn present() -> bool {
    folder().join("qbqtc_dev.json").exists()
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn columns(name: &str) -> Vec<(String, String)> {
    let text = read(name);
    let mut reader = csv::ReaderBuilder::new().delimiter(b'|').flexible(true).from_reader(text.as_bytes());
    reader
        .records()
        .map(|row| row.expect("the shared file is a table"))
        .map(|row| (row[0].to_owned(), row[1].to_owned()))
        .collect()
}

/// Abt-Buy by name: every Abt product that has a match, against all Buy products.
pub fn abt_buy() -> JudgedSet {
    let mut truth: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (abt, buy) in columns("abt_buy_gt.csv") {
        truth.entry(abt).or_default().insert(buy);
    }
    let needs = columns("abt_buy_abt.csv");
    let needs = needs
        .iter()
        .filter(|(id, _)| truth.contains_key(id))
        .map(|(id, name)| Need::new(id, "", name))
        .collect();
    let offers = columns("abt_buy_buy.csv").iter().map(|(id, name)| Offer::new(id, "", name)).collect();
    JudgedSet { needs, offers, truth }
}

#[derive(Deserialize)]
struct Line {
    query: String,
    title: String,
    label: String,
}

/// QBQTC dev: every query with a title of label 2, against all distinct titles; what is not judged counts as wrong.
pub fn qbqtc() -> JudgedSet {
    let mut offers = Vec::new();
    let mut key_of: HashMap<String, String> = HashMap::new();
    let mut truth: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in read("qbqtc_dev.json").lines() {
        let line: Line = serde_json::from_str(line).expect("the shared file has one object a line");
        let key = key_of
            .entry(line.title)
            .or_insert_with_key(|title| {
                let key = format!("{:06}", offers.len());
                offers.push(Offer::new(&key, "", title));
                key
            })
            .clone();
        if line.label == "2" {
            truth.entry(line.query).or_default().insert(key);
        }
    }
    let needs = truth.keys().map(|query| Need::new(query, "", query)).collect();
    JudgedSet { needs, offers, truth }
}

/// Matches the needs and compares with the truth.
pub fn measure(set: &JudgedSet, needs: &[Need], options: &Options) -> Quality {
    let sites = HashMap::new();
    let input =
        Input { needs, offers: &set.offers, sites: &sites, period: None, reference: Reference::builtin() };
    let matches = market::match_needs(&input, options, &|_| {});
    let mut ranked: HashMap<&str, Vec<&str>> = HashMap::new();
    for m in &matches {
        ranked.entry(&m.need).or_default().push(&m.offer);
    }
    let gain = |place: usize| 1.0 / (place as f64 + 2.0).log2();
    let (mut ndcg, mut first) = (0.0, 0.0);
    for need in needs {
        let right = &set.truth[&need.key];
        let found = ranked.get(need.key.as_str()).map_or(&[][..], Vec::as_slice);
        let hits: f64 = found
            .iter()
            .take(10)
            .enumerate()
            .filter(|(_, o)| right.contains(**o))
            .map(|(i, _)| gain(i))
            .sum();
        let ideal: f64 = (0..right.len().min(10)).map(gain).sum();
        ndcg += hits / ideal;
        first += f64::from(u8::from(found.first().is_some_and(|o| right.contains(*o))));
    }
    let count = needs.len() as f64;
    Quality { needs: needs.len(), ndcg_at_10: ndcg / count, recall_at_1: first / count }
}
