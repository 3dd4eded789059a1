//! `cargo xtask test`: every test, on both databases, at the socket and in the browser.

use crate::{e2e, machine, postgres, schemathesis};
use anyhow::{Result, bail};
use std::path::Path;

/// Runs all tests; says what was skipped and why. Under `CI=true` nothing is skipped.
pub fn run(root: &Path) -> Result<()> {
    let server = postgres::Server::start(root)?;
    let mut skipped = Vec::new();
    let mut env = Vec::new();
    match &server {
        Some(server) => env.push(("YULIN_TEST_POSTGRES", server.url.as_str())),
        None if machine::is_ci() => bail!("PostgreSQL is missing and could not be installed"),
        None => skipped
            .push("PostgreSQL tests: no server, and this user may not install one (Debian: postgresql)"),
    }
    if !root.join("../shared/data").is_dir() {
        skipped.push("judged sets: they are not beside the project; their tests print `skipped`");
    }
    machine::run(root, "cargo", &["test", "--workspace", "--locked"], &env)?;
    schemathesis::run(root)?;
    e2e::run(root, e2e::Task::Test, &[])?;
    for reason in &skipped {
        println!("skipped: {reason}");
    }
    Ok(())
}
