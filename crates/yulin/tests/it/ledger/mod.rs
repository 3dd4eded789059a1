//! `yulin ledger` on real and on wrong files.

mod files;
mod kill;
mod plant;
mod rest;
mod store;

use std::path::{Path, PathBuf};

/// The judged data beside the project, where they are.
pub fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/ledger");
    if !folder.is_dir() {
        eprintln!("skipped: no {}", folder.display());
        return None;
    }
    Some(folder)
}

/// The files of a folder with that ending, sorted.
pub fn files_of(folder: &Path, ending: &str) -> Vec<String> {
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .map(|path| path.canonicalize().unwrap().display().to_string())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} holds no .{ending}", folder.display());
    files
}
