//! Matching with vectors of titles, for `cargo xtask bench market --only vectors`: `rerank FOLDER SHARE` reads `documents.txt`,
//! `queries.txt`, `texts.txt` and `vectors.npy` (float32, a row for each line of `texts.txt`), matches queries as needs with documents
//! as offers, the vectors' likeness weighing SHARE, and writes `run.txt` (a line a query: places of the ten best documents). Its
//! processor time stands in the last line, as JSON.
#![expect(clippy::print_stdout, reason = "a measurement is there to be printed")]

#[path = "support/clock.rs"]
mod clock;

use clock::cpu_seconds;
use market::{Input, Options, match_needs};
use model::need::Need;
use model::offer::Offer;
use model::reference::Reference;
use model::vectors::TextVectors;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

const TOP: usize = 10;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let usage = "usage: rerank FOLDER SHARE";
    let folder = std::env::args().nth(1).ok_or(usage)?;
    let share: f64 = std::env::args().nth(2).ok_or(usage)?.parse()?;
    let folder = Path::new(&folder);
    let read = |name: &str| std::fs::read_to_string(folder.join(name));
    let (documents, queries, texts) = (read("documents.txt")?, read("queries.txt")?, read("texts.txt")?);
    let mut reference = Reference::builtin().clone();
    reference.vectors = vectors(&texts, &std::fs::read(folder.join("vectors.npy"))?)?;
    // Keys sort as places do.
    let offers: Vec<Offer> =
        documents.lines().enumerate().map(|(at, text)| Offer::new(&format!("{at:08}"), "", text)).collect();
    let needs: Vec<Need> =
        queries.lines().enumerate().map(|(at, text)| Need::new(&format!("{at:08}"), "", text)).collect();
    let sites = HashMap::new();
    let input = Input { needs: &needs, offers: &offers, sites: &sites, period: None, reference: &reference };
    let mut options = Options { top: TOP, ..Options::default() };
    options.weights.relevance.vectors = share;
    let start = cpu_seconds()?;
    let matches = match_needs(&input, &options, &|_| {});
    let searched = cpu_seconds()?;
    let mut found = vec![Vec::new(); needs.len()];
    for matched in &matches {
        found[matched.need.parse::<usize>()?].push(matched.offer.parse::<usize>()?.to_string());
    }
    let mut run = String::new();
    for places in found {
        writeln!(run, "{}", places.join(" "))?;
    }
    std::fs::write(folder.join("run.txt"), run)?;
    println!(r#"{{"search_cpu_s":{}}}"#, searched - start);
    Ok(())
}

/// What `numpy.save` wrote: 10 bytes with the length of the heading at 8, the heading, the values.
fn vectors(texts: &str, array: &[u8]) -> Result<TextVectors, Box<dyn std::error::Error>> {
    let texts: Vec<&str> = texts.lines().collect();
    let start = 10 + usize::from(u16::from_le_bytes([array[8], array[9]]));
    let values: Vec<f32> =
        array[start..].chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    Ok(TextVectors::new(&texts, &values)?)
}
