//! `cargo xtask train board`: a classifier of boards from a copy of DeepPCB, measured on its test half.
//!
//! DeepPCB (github.com/tangsanli5201/DeepPCB) has to be fetched by whoever trains; its readme allows research only, so what comes out
//! is for measuring, not for shipping.

use crate::machine;
use anyhow::{Result, bail};
use std::path::Path;

/// What the model's file says of itself.
const PROVENANCE: &str =
    "DeepPCB (S. Tang and others, arXiv:1902.06197), the 1,000 trainval pairs; research only";
const GENERATED: &str = "600 boards of vision::synth, seeds 0 to 599; no real board";

/// Trains on a checkout's training half, and beside it on generated boards, and measures both on its test half.
pub fn board(root: &Path, checkout: &Path) -> Result<()> {
    if !checkout.join("PCBData/trainval.txt").is_file() {
        bail!("{} is no checkout of DeepPCB: PCBData/trainval.txt is missing", checkout.display());
    }
    let folder = machine::target(root).join("train-board");
    let Some(python) = machine::python(root, &folder, "xtask/vision/peers.txt")? else {
        bail!(
            "python 3 with venv is missing, or the packages of xtask/vision/peers.txt could not be installed"
        );
    };
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let script = text(&root.join("xtask/vision/deeppcb.py"));
    machine::run(root, &text(&python), &[&script, &text(checkout), &text(&folder)], &[])?;
    let program = text(&machine::example(root, "train_board")?);
    let file = |name: &str| text(&folder.join(name));
    let (pairs, truth) = (file("trainval.pairs"), file("trainval.truth"));
    let (test, marks) = (file("test.pairs"), file("test.truth"));
    for (out, truth, provenance) in
        [("deeppcb.json", truth.as_str(), PROVENANCE), ("generated.json", "-", GENERATED)]
    {
        machine::run(root, &program, &[&file(out), &pairs, truth, &test, &marks, provenance], &[])?;
    }
    println!("models: {} and generated.json beside it", file("deeppcb.json"));
    Ok(())
}
