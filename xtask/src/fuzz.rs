//! `cargo xtask fuzz`: coverage-guided fuzzing of the parsers that eat what strangers send.
//!
//! libFuzzer through LLVM's coverage instrumentation, which the stable compiler can emit; the address sanitizer is
//! not there, and safe Rust needs it least.

use crate::machine;
use anyhow::{Context, Result};
use std::path::Path;

/// Flags of LLVM's sanitizer-coverage pass, as cargo-fuzz sets them.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Cdebug-assertions -Coverflow-checks --cfg fuzzing";

/// Runs every target in fuzz/src/bin for `seconds`; a crash fails and leaves its input in fuzz/artifacts.
pub fn run(root: &Path, seconds: u32) -> Result<()> {
    let fuzz = root.join("fuzz");
    // A target triple keeps the flags away from build scripts and procedural macros.
    let host = machine::output(root, "rustc", &["-vV"])?
        .lines()
        .find_map(|line| line.strip_prefix("host: ").map(str::to_owned))
        .context("rustc names its host")?;
    machine::run(
        &fuzz,
        "cargo",
        &["build", "--release", "--locked", "--quiet", "--target", &host],
        &[("RUSTFLAGS", FLAGS)],
    )?;
    let mut targets: Vec<String> = std::fs::read_dir(fuzz.join("src/bin"))?
        .flatten()
        .filter_map(|e| e.path().file_stem()?.to_str().map(str::to_owned))
        .collect();
    targets.sort();
    for target in targets {
        let corpus = fuzz.join("corpus").join(&target);
        let artifacts = fuzz.join("artifacts").join(&target);
        let seeds = fuzz.join("seeds").join(&target);
        for dir in [&corpus, &artifacts, &seeds] {
            std::fs::create_dir_all(dir)?;
        }
        let program = fuzz.join("target").join(&host).join("release").join(&target);
        let artifacts = format!("-artifact_prefix={}/", artifacts.display());
        let time = format!("-max_total_time={seconds}");
        machine::run(
            &fuzz,
            &program.to_string_lossy(),
            &[
                &corpus.to_string_lossy(),
                &seeds.to_string_lossy(),
                &artifacts,
                &time,
                "-timeout=10",
                "-rss_limit_mb=2048",
                "-print_final_stats=1",
                "-print_funcs=0",
                "-verbosity=0",
            ],
            &[],
        )?;
    }
    Ok(())
}
