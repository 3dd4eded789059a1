//! `cargo xtask bench`: quality on judged sets, speed and memory at scale. Results go into docs/benchmarks.md.

mod judged;
pub mod ledger;
pub mod market;
mod process;
mod scale;
pub mod vision;
pub mod web;

use crate::machine;
use anyhow::Result;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Runs everything on the release build; judged sets are skipped with a line when they are not beside the project.
pub fn run(root: &Path, as_json: bool) -> Result<()> {
    let program = program(root)?;
    let judged = root.join("../shared/data/matching");
    let mut results: Vec<Value> = Vec::new();
    if judged.is_dir() {
        results.push(judged::abt_buy(&program, &judged)?);
        results.push(judged::qbqtc(&program, &judged)?);
    } else {
        eprintln!("skipped: the judged sets are not beside the project");
    }
    results.extend(scale::run(root, &program)?);
    show(as_json, &results)
}

/// The release build of the product.
fn program(root: &Path) -> Result<PathBuf> {
    machine::run(root, "cargo", &["build", "--release", "--locked", "--package", "yulin"], &[])?;
    Ok(machine::target(root).join("release/yulin"))
}

/// Prints results for people or for machines.
fn show(as_json: bool, results: &[Value]) -> Result<()> {
    if as_json {
        println!("{}", serde_json::to_string_pretty(&json!({ "cores": cores(), "results": results }))?);
    } else {
        for result in results {
            let fields = result.as_object().into_iter().flatten().map(|(k, v)| format!("{k} {v}"));
            println!("{}", fields.collect::<Vec<_>>().join("  "));
        }
    }
    Ok(())
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
