//! `cargo xtask e2e`: the pages in Debian's chromium, over the real program on the demo cluster.

use crate::machine;
use anyhow::{Result, bail};
use std::path::Path;

/// What to do in the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Every test of e2e/test.
    Test,
    /// The screenshots of docs/guide, made again.
    Guide,
}

/// Installs what is missing, builds the program, runs node. Says what it cannot do and why; under `CI=true` that is a failure.
pub fn run(root: &Path, task: Task, only: &[&str]) -> Result<()> {
    if let Some(missing) = missing(root, task)? {
        if machine::is_ci() {
            bail!("{missing}");
        }
        println!("skipped: everything in the browser: {missing}");
        return Ok(());
    }
    // The release build, as users have it: hundreds of pages are opened.
    machine::run(root, "cargo", &["build", "--release", "--locked", "--package", "yulin"], &[])?;
    let e2e = root.join("e2e");
    let program = machine::target(root).join("release/yulin");
    let env = [("YULIN", program.to_string_lossy().into_owned())];
    let env: Vec<_> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    match task {
        Task::Guide => machine::run(&e2e, "node", &["guide.js"], &env),
        Task::Test => {
            // Two files at a time: each has a server, a browser and a demo cluster of its own.
            let mut args = vec!["--test", "--test-concurrency=2"];
            let tests = tests(&e2e, only)?;
            args.extend(tests.iter().map(String::as_str));
            machine::run(&e2e, "node", &args, &env)
        }
    }
}

/// What is missing on this machine and could not be installed.
fn missing(root: &Path, task: Task) -> Result<Option<&'static str>> {
    if !machine::is_there("chromium") && !machine::apt_install(root, &["chromium"])? {
        return Ok(Some("chromium is missing and could not be installed (Debian: chromium)"));
    }
    // Pages are Chinese: without such a font a picture shows boxes, and widths are those of boxes.
    if !has_chinese_font(root) && !machine::apt_install(root, &["fonts-noto-cjk"])? {
        return Ok(Some("a Chinese font is missing and could not be installed (Debian: fonts-noto-cjk)"));
    }
    if !machine::has("node") && !machine::apt_install(root, &["nodejs", "npm"])? {
        return Ok(Some("node is missing and could not be installed (Debian: nodejs, npm)"));
    }
    if task == Task::Guide && !machine::is_there("pngquant") && !machine::apt_install(root, &["pngquant"])? {
        return Ok(Some("pngquant is missing and could not be installed (Debian: pngquant)"));
    }
    let e2e = root.join("e2e");
    // npm writes this file last, so it is as old as the packages.
    let written = |path: &str| std::fs::metadata(e2e.join(path)).and_then(|m| m.modified()).ok();
    let is_fresh = written("node_modules/.package-lock.json") >= written("package-lock.json");
    if !is_fresh && machine::run(&e2e, "npm", &["ci", "--no-audit", "--no-fund"], &[]).is_err() {
        return Ok(Some("the npm packages of e2e/package-lock.json could not be installed"));
    }
    Ok(None)
}

/// True where the fonts of the machine have Chinese characters.
fn has_chinese_font(root: &Path) -> bool {
    machine::output(root, "fc-list", &[":lang=zh", "file"]).is_ok_and(|fonts| !fonts.trim().is_empty())
}

/// The test files, or those whose name contains one of the words.
fn tests(e2e: &Path, only: &[&str]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(e2e.join("test"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.js") && (only.is_empty() || only.iter().any(|word| name.contains(word))) {
            names.push(format!("test/{name}"));
        }
    }
    names.sort();
    if names.is_empty() {
        bail!("no test file is called {}", only.join(" or "));
    }
    Ok(names)
}
