//! `cargo xtask bench market`: the market engine beside its peers, every figure of one table from one run.
//!
//! Each file of this folder measures one kind of work and returns its rows; a peer that cannot be had here leaves a printed
//! line, not a made-up figure.

mod allocation;
mod retrieval;
mod row;
mod sets;
mod trigram;
mod tune;

use crate::machine;
use anyhow::Result;
use row::Row;
use std::cell::OnceCell;
use std::path::{Path, PathBuf};

/// What to run and how to print it.
#[derive(Debug, Default)]
pub struct Task {
    /// Print JSON.
    pub as_json: bool,
    /// Only work whose name has this word.
    pub only: Option<String>,
    /// Where the judged sets lie; `../shared/data/matching` where absent.
    pub sets: Option<PathBuf>,
    /// Also what takes long: ten million offers.
    pub large: bool,
    /// Only try weights on the training sets.
    pub tune: bool,
}

/// Where a bench works and what it may use.
pub struct Bench<'a> {
    /// The project.
    pub root: &'a Path,
    /// A folder for what the bench writes, below the target folder.
    pub folder: PathBuf,
    /// Folders of judged sets; the first that holds a file counts.
    pub sets: Vec<PathBuf>,
    only: Option<&'a str>,
    python: OnceCell<Option<PathBuf>>,
}

impl Bench<'_> {
    /// True where this work was asked for.
    pub fn wants(&self, work: &str) -> bool {
        self.only.is_none_or(|word| work.contains(word))
    }

    /// True where this work was asked for by name: what is measured only then.
    pub fn asks_for(&self, work: &str) -> bool {
        self.only == Some(work)
    }

    /// Python with the peers of xtask/market_peers.txt, installed at the first call; none where they cannot be had.
    pub fn python(&self) -> Result<Option<&Path>> {
        if self.python.get().is_none() {
            let python = machine::python(self.root, &self.folder.join("peers"), "xtask/market_peers.txt")?;
            if python.is_none() {
                eprintln!("skipped: the peers of xtask/market_peers.txt cannot be installed here");
            }
            let _ = self.python.set(python);
        }
        Ok(self.python.get().and_then(Option::as_deref))
    }
}

/// Runs all work that the task asks for and prints the rows.
pub fn run(root: &Path, task: &Task) -> Result<()> {
    let mut sets: Vec<PathBuf> = task.sets.iter().cloned().collect();
    sets.push(root.join("../shared/data/matching"));
    let folder = machine::target(root).join("bench-market");
    std::fs::create_dir_all(&folder)?;
    let bench = Bench { root, folder, sets, only: task.only.as_deref(), python: OnceCell::new() };
    if task.tune {
        return tune::run(&bench);
    }
    let mut rows: Vec<Row> = Vec::new();
    rows.extend(retrieval::rows(&bench, task.large)?);
    rows.extend(allocation::rows(&bench)?);
    row::show(&rows, task.as_json)
}
