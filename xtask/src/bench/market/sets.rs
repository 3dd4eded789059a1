//! Judged sets in one form: queries, documents and which documents are right for which query.

use super::Bench;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Texts and the truth about them, by place.
pub struct JudgedSet {
    /// Name with size.
    pub name: String,
    /// Queries, each with at least one right document.
    pub queries: Vec<String>,
    /// Documents.
    pub documents: Vec<String>,
    /// Per query the places of its right documents.
    pub right: Vec<BTreeSet<usize>>,
}

/// Means over queries.
pub struct Quality {
    /// nDCG@10 with binary gain; what is not judged counts as wrong.
    pub ndcg_at_10: f64,
    /// Share of queries whose first document is right.
    pub recall_at_1: f64,
}

impl JudgedSet {
    /// Every `step`-th query, against all documents.
    pub fn every(&self, step: usize) -> Self {
        Self {
            name: self.name.clone(),
            queries: self.queries.iter().step_by(step).cloned().collect(),
            documents: self.documents.clone(),
            right: self.right.iter().step_by(step).cloned().collect(),
        }
    }

    /// Writes `documents.txt` and `queries.txt` into a folder, a text a line.
    pub fn write(&self, folder: &Path) -> Result<()> {
        std::fs::create_dir_all(folder)?;
        for (name, texts) in [("documents.txt", &self.documents), ("queries.txt", &self.queries)] {
            let mut lines = String::new();
            for text in texts {
                writeln!(lines, "{}", text.replace(['\n', '\r'], " "))?;
            }
            std::fs::write(folder.join(name), lines)?;
        }
        Ok(())
    }

    /// All texts, a text a line.
    pub fn texts(&self) -> String {
        self.queries
            .iter()
            .chain(&self.documents)
            .map(|text| text.replace(['\n', '\r'], " ") + "\n")
            .collect()
    }

    /// Judges `run.txt`: a line a query, the places of the documents found, best first.
    pub fn judge(&self, run: &Path) -> Result<Quality> {
        let text = std::fs::read_to_string(run).with_context(|| run.display().to_string())?;
        let gain = |rank: usize| 1.0 / (rank as f64 + 2.0).log2();
        let (mut ndcg, mut first, mut lines) = (0.0, 0.0, 0);
        for (line, right) in text.lines().zip(&self.right) {
            lines += 1;
            let found: Vec<usize> = line.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
            let got: f64 = found
                .iter()
                .take(10)
                .enumerate()
                .filter(|(_, d)| right.contains(d))
                .map(|(rank, _)| gain(rank))
                .sum();
            ndcg += got / (0..right.len().min(10)).map(gain).sum::<f64>();
            first += f64::from(u8::from(found.first().is_some_and(|d| right.contains(d))));
        }
        anyhow::ensure!(
            lines == self.queries.len(),
            "{}: {lines} lines for {} queries",
            run.display(),
            self.queries.len()
        );
        let count = lines as f64;
        Ok(Quality { ndcg_at_10: ndcg / count, recall_at_1: first / count })
    }
}

/// A file of the judged sets; none, with a printed line, where it is not beside the project.
/// A file among the judged sets; a line says where it is missing.
pub fn find(bench: &Bench<'_>, name: &str) -> Option<PathBuf> {
    let found = bench.sets.iter().map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        println!("skipped: {name} is not among the judged sets");
    }
    found
}

/// Abt-Buy by name.
pub fn abt_buy(bench: &Bench<'_>) -> Result<Option<JudgedSet>> {
    pairs(bench, "Abt-Buy, name", ["abt_buy_abt.csv", "abt_buy_buy.csv", "abt_buy_gt.csv"], b'|')
}

/// Amazon-Google by title.
pub fn amazon_google(bench: &Bench<'_>) -> Result<Option<JudgedSet>> {
    let files = ["amazon_google_amazon.csv", "amazon_google_gp.csv", "amazon_google_gt.csv"];
    pairs(bench, "Amazon-Google, title", files, b'#')
}

/// Walmart-Amazon by title.
pub fn walmart_amazon(bench: &Bench<'_>) -> Result<Option<JudgedSet>> {
    let files = ["walmart_amazon_walmart.csv", "walmart_amazon_amazon.csv", "walmart_amazon_gt.csv"];
    pairs(bench, "Walmart-Amazon, title", files, b'|')
}

/// Two tables of products with their titles in the second column, and the pairs that are the same product.
fn pairs(bench: &Bench<'_>, name: &str, files: [&str; 3], delimiter: u8) -> Result<Option<JudgedSet>> {
    let [Some(left), Some(right), Some(truth)] = files.map(|file| find(bench, file)) else { return Ok(None) };
    let table = |path: &Path| -> Result<Vec<(String, String)>> {
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).quoting(false).from_path(path)?;
        reader
            .records()
            .map(|row| {
                let row = row?;
                let cell =
                    |at: usize| row.get(at).map(str::to_owned).with_context(|| path.display().to_string());
                Ok((cell(0)?, cell(1)?))
            })
            .collect()
    };
    let (left, documents) = (table(&left)?, table(&right)?);
    let place: HashMap<&str, usize> =
        documents.iter().enumerate().map(|(at, (id, _))| (id.as_str(), at)).collect();
    let mut truth_of: HashMap<String, BTreeSet<usize>> = HashMap::new();
    for (query, document) in table(&truth)? {
        let at =
            *place.get(document.as_str()).with_context(|| format!("{}: no document {document}", files[2]))?;
        truth_of.entry(query).or_default().insert(at);
    }
    let (mut queries, mut right) = (Vec::new(), Vec::new());
    for (id, text) in left {
        if let Some(of) = truth_of.remove(&id) {
            queries.push(text);
            right.push(of);
        }
    }
    Ok(Some(named(name, queries, documents.into_iter().map(|(_, text)| text).collect(), right)))
}

#[derive(Deserialize)]
struct Line {
    query: String,
    title: String,
    label: String,
}

/// QBQTC dev: every query with a title of label 2, against all distinct titles.
pub fn qbqtc(bench: &Bench<'_>, name: &str, file: &str) -> Result<Option<JudgedSet>> {
    let Some(path) = find(bench, file) else { return Ok(None) };
    let (mut documents, mut place) = (Vec::new(), HashMap::new());
    let mut truth: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for line in std::fs::read_to_string(&path)?.lines() {
        let line: Line = serde_json::from_str(line).with_context(|| path.display().to_string())?;
        let at = *place.entry(line.title.clone()).or_insert_with(|| {
            documents.push(line.title);
            documents.len() - 1
        });
        if line.label == "2" {
            truth.entry(line.query).or_default().insert(at);
        }
    }
    let (queries, right) = truth.into_iter().unzip();
    Ok(Some(named(name, queries, documents, right)))
}

/// Which short names are asked: one half was used for fitting, the other is reported.
#[derive(Debug, Clone, Copy)]
pub enum Half {
    /// The first, third ... of the table.
    Training,
    /// The second, fourth ...
    HeldBack,
}

/// Half of the short names of listed companies, against all registered names.
pub fn listed_names(bench: &Bench<'_>, half: Half) -> Result<Option<JudgedSet>> {
    let Some(path) = find(bench, "listed_names.csv") else { return Ok(None) };
    let mut reader = csv::Reader::from_path(&path)?;
    let (mut queries, mut documents, mut right) = (Vec::new(), Vec::new(), Vec::new());
    for (at, row) in reader.records().enumerate() {
        let row = row?;
        if at % 2 == half as usize {
            queries.push(row.get(1).context("listed_names.csv: short")?.to_owned());
            right.push(BTreeSet::from([at]));
        }
        documents.push(row.get(2).context("listed_names.csv: full")?.to_owned());
    }
    Ok(Some(named("short name to registered name", queries, documents, right)))
}

fn named(name: &str, queries: Vec<String>, documents: Vec<String>, right: Vec<BTreeSet<usize>>) -> JudgedSet {
    let name = format!("{name}: {} queries, {} documents", queries.len(), documents.len());
    JudgedSet { name, queries, documents, right }
}
