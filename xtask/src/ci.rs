//! `cargo xtask ci`: the gate of every landing.

use crate::{fuzz, machine, test};
use anyhow::Result;
use std::path::Path;

/// Seconds for each fuzz target in the gate.
const FUZZ_SECONDS: u32 = 20;

/// Format, lints, docs, dependencies, tests, a short fuzz run and the demo as a new user runs it.
pub fn run(root: &Path) -> Result<()> {
    let cargo = |args: &[&str], env: &[(&str, &str)]| machine::run(root, "cargo", args, env);
    cargo(&["fmt", "--all", "--check"], &[])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"], &[])?;
    cargo(&["doc", "--workspace", "--no-deps", "--locked", "--quiet"], &[("RUSTDOCFLAGS", "-D warnings")])?;
    machine::cargo_tool(root, "machete", "0.9.2")?;
    cargo(&["machete"], &[])?;
    machine::cargo_tool(root, "deny", "0.20.2")?;
    // Licences are read from the crates of every platform, also of those that this machine never builds.
    cargo(&["fetch", "--locked"], &[])?;
    cargo(&["deny", "--offline", "--locked", "check", "bans", "licenses", "sources"], &[])?;
    test::run(root)?;
    fuzz::run(root, FUZZ_SECONDS)?;
    demo(root)
}

/// The README's first command, up to serving.
fn demo(root: &Path) -> Result<()> {
    let out = tempfile::tempdir()?;
    let out = out.path().to_string_lossy().into_owned();
    machine::run(
        root,
        "cargo",
        &["run", "--release", "--locked", "--quiet", "--", "demo", "--no-serve", "--out", &out],
        &[],
    )
}
