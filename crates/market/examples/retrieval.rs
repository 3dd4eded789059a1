//! The index on a folder of texts, for `cargo xtask bench market`: `retrieval FOLDER [WEIGHTS]` reads `documents.txt` and
//! `queries.txt` (a text a line), writes `run.txt` (a line a query: places of the ten best documents), and prints its processor
//! time as JSON in the last line. WEIGHTS are `names`, or the weights of terms as JSON. One thread.
#![expect(clippy::print_stdout, reason = "a measurement is there to be printed")]

#[path = "support/clock.rs"]
mod clock;

use clock::cpu_seconds;
use market::retrieve::{Document, Field, Index};
use market::weights::TermWeights;
use std::fmt::Write as _;
use std::path::Path;

const TOP: usize = 10;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: retrieval FOLDER [WEIGHTS]")?;
    let weights = match std::env::args().nth(2).as_deref() {
        None => TermWeights::default(),
        Some("names") => TermWeights::names(),
        Some(json) => serde_json::from_str(json)?,
    };
    let folder = Path::new(&folder);
    let read = |name: &str| std::fs::read_to_string(folder.join(name));
    let (documents, queries) = (read("documents.txt")?, read("queries.txt")?);
    let plain = |text| -> Document<'_> { vec![Field { weight: 1.0, text }] };
    let start = cpu_seconds()?;
    let documents: Vec<Document<'_>> = documents.lines().map(plain).collect();
    let index = Index::build(&weights, &documents);
    let indexed = cpu_seconds()?;
    let mut searcher = index.searcher();
    let found: Vec<_> =
        queries.lines().map(|text| searcher.search(&[Field { weight: 1.0, text }], TOP)).collect();
    let searched = cpu_seconds()?;
    let mut run = String::new();
    for hits in &found {
        let places: Vec<String> = hits.iter().map(|hit| hit.document.to_string()).collect();
        writeln!(run, "{}", places.join(" "))?;
    }
    std::fs::write(folder.join("run.txt"), run)?;
    println!(r#"{{"index_cpu_s":{},"search_cpu_s":{}}}"#, indexed - start, searched - indexed);
    Ok(())
}
