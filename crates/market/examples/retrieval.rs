//! The index on a folder of texts, for `cargo xtask bench market`: `retrieval FOLDER [WEIGHTS]` reads `documents.txt` and
//! `queries.txt` (a text a line), writes `run.txt` (a line a query: places of the ten best documents), and prints its processor
//! time as JSON in the last line. WEIGHTS are the weights of terms as JSON, `names` for those of names, or `short` for what short names
//! stand for. One thread.
#![expect(clippy::print_stdout, reason = "a measurement is there to be printed")]

#[path = "support/clock.rs"]
mod clock;

use clock::cpu_seconds;
use market::dedupe::RegisteredNames;
use market::retrieve::{Document, Field, Index};
use market::weights::TermWeights;
use model::reference::Reference;
use std::fmt::Write as _;
use std::path::Path;

const TOP: usize = 10;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: retrieval FOLDER [WEIGHTS]")?;
    let how = std::env::args().nth(2).unwrap_or_else(|| "{}".to_owned());
    let folder = Path::new(&folder);
    let read = |name: &str| std::fs::read_to_string(folder.join(name));
    let (documents, queries) = (read("documents.txt")?, read("queries.txt")?);
    let reference = Reference::builtin();
    let start = cpu_seconds()?;
    let (found, indexed): (Vec<Vec<usize>>, f64) = if how == "short" {
        let names = RegisteredNames::new(documents.lines(), &reference.regions);
        let indexed = cpu_seconds()?;
        let mut asker = names.asker();
        let places =
            |text| asker.expansions(text).iter().take(TOP).map(|expansion| expansion.place).collect();
        (queries.lines().map(places).collect(), indexed)
    } else {
        let weights = if how == "names" { TermWeights::names() } else { serde_json::from_str(&how)? };
        let plain = |text| -> Document<'_> { vec![Field { weight: 1.0, text }] };
        let documents: Vec<Document<'_>> = documents.lines().map(plain).collect();
        let index = Index::build(&weights, &documents);
        let indexed = cpu_seconds()?;
        let mut searcher = index.searcher();
        let hits: Vec<_> = queries.lines().map(|text| searcher.search(&plain(text), TOP)).collect();
        let places = hits.iter().map(|hits| hits.iter().map(|hit| hit.document as usize).collect());
        (places.collect(), indexed)
    };
    let searched = cpu_seconds()?;
    let mut run = String::new();
    for places in &found {
        let places: Vec<String> = places.iter().map(usize::to_string).collect();
        writeln!(run, "{}", places.join(" "))?;
    }
    std::fs::write(folder.join("run.txt"), run)?;
    println!(r#"{{"index_cpu_s":{},"search_cpu_s":{}}}"#, indexed - start, searched - indexed);
    Ok(())
}
