//! `cargo xtask bench vision`: the inspection engine beside OpenCV, scikit-image and trackpy on the same frames, one thread.
//!
//! The engine's example makes the frames and measures; the peers, installed from PyPI as xtask/vision/peers.txt pins them, read
//! the same files; then the engine measures once more, and the better of its two runs counts, as the machine may have been
//! busier in one of them.

use crate::machine;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::path::Path;

/// Runs everything; without Python or its packages the engine's own figures alone, with a line that says so.
pub fn run(root: &Path, as_json: bool, panels: u64) -> Result<()> {
    let folder = machine::target(root).join("bench-vision");
    let program = machine::example(root, "bench")?.to_string_lossy().into_owned();
    let frames = folder.join("frames").to_string_lossy().into_owned();
    let mut rows = lines(&machine::output(root, &program, &[&frames, &panels.to_string()])?)?;
    match machine::python(root, &folder, "xtask/vision/peers.txt")? {
        Some(python) => {
            let python = python.to_string_lossy().into_owned();
            let script = root.join("xtask/vision/peers.py").to_string_lossy().into_owned();
            rows.extend(lines(&machine::output(root, &python, &[&script, &frames])?)?);
            let again = lines(&machine::output(root, &program, &[&frames, "0"])?)?;
            rows.iter_mut().for_each(|row| better(row, &again));
        }
        None => eprintln!(
            "skipped: peers: python 3 with venv is missing, or their packages could not be installed"
        ),
    }
    let ratios = ratios(&rows);
    rows.extend(ratios);
    super::show(as_json, &rows)
}

fn lines(text: &str) -> Result<Vec<Value>> {
    text.lines().map(|line| serde_json::from_str(line).with_context(|| line.to_owned())).collect()
}

fn same(a: &Value, b: &Value) -> bool {
    ["row", "frame", "method"].iter().all(|field| a[field] == b[field])
}

/// Takes the faster of two runs of the same measurement.
fn better(row: &mut Value, again: &[Value]) {
    for field in ["beads_per_s", "two_threads_over_one", "two_threads_in_one_frame", "two_lines_over_one"] {
        let other = again.iter().find(|other| same(row, other)).and_then(|other| other[field].as_f64());
        if let (Some(own), Some(other)) = (row[field].as_f64(), other)
            && other > own
        {
            row[field] = json!(other);
        }
    }
}

/// Our speed over each peer's, and each method's error over the bound.
fn ratios(rows: &[Value]) -> Vec<Value> {
    let mut ratios = Vec::new();
    let own = |r: &Value| r["method"].as_str().is_some_and(|m| m.starts_with("yulin"));
    for ours in rows.iter().filter(|r| own(r)) {
        for peer in rows.iter().filter(|r| r["row"] == ours["row"] && r["frame"] == ours["frame"]) {
            let (Some(a), Some(b)) = (ours["beads_per_s"].as_f64(), peer["beads_per_s"].as_f64()) else {
                continue;
            };
            if !own(peer) {
                let times = (10.0 * a / b).round() / 10.0;
                ratios.push(json!({ "row": "ratio", "of": ours["row"], "method": ours["method"], "frame": ours["frame"], "peer": peer["method"], "times": times }));
            }
        }
    }
    ratios
}
