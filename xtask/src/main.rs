//! The project's own chores. `cargo xtask help` lists them.
#![expect(clippy::print_stdout, reason = "a chore talks to the terminal")]

mod bench;
mod ci;
mod demo;
mod e2e;
mod floors;
mod fuzz;
mod machine;
mod postgres;
mod schemathesis;
mod test;
mod train;

use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask test            all tests; installs PostgreSQL from Debian when it is missing and may
cargo xtask ci              what .ci/run runs: format, lints, docs, licences, tests, short fuzzing, demo
cargo xtask fuzz [SECONDS]  every fuzz target for so long (default 60)
cargo xtask bench [--json]  quality, speed and memory on judged sets and at scale; see docs/benchmarks.md
cargo xtask bench web [--json] [--seconds N]
                        the pages under wrk, on the demo cluster and on 50,000 offers, beside a bare handler
cargo xtask bench vision [--json] [PANELS]
                        the inspection engine beside OpenCV, scikit-image and trackpy on the same frames
cargo xtask bench ledger [--json]
                        the ledger beside SQLite, PostgreSQL, igraph, scipy and bw2calc, in one run
cargo xtask bench market [--json] [--only WORD] [--sets DIR] [--large]
                        the market engine beside its peers in one run; only work with this word; judged sets from DIR;
                        ten million offers too
cargo xtask bench market --tune [--sets DIR]
                        weights of terms tried on the training sets
cargo xtask e2e [NAME..]    the pages in Debian's chromium; only the files of e2e/test with these names
cargo xtask e2e --guide     make the screenshots of docs/guide again
cargo xtask schemathesis    requests made from the OpenAPI document, against the running program
cargo xtask train board FOLDER
                        a classifier of boards from a checkout of DeepPCB, measured on its test half
cargo xtask demo [SEED]     make the demo workbooks again from demo/templates";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let root = root();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test"] => test::run(&root),
        ["ci"] => ci::run(&root),
        ["fuzz"] => fuzz::run(&root, 60),
        ["fuzz", seconds] => fuzz::run(&root, seconds.parse()?),
        ["bench"] => bench::run(&root, false),
        ["bench", "--json"] => bench::run(&root, true),
        ["bench", "ledger"] => bench::ledger::run(&root, false),
        ["bench", "ledger", "--json"] => bench::ledger::run(&root, true),
        ["bench", "web", rest @ ..] => bench_web(&root, rest),
        ["bench", "vision"] => bench::vision::run(&root, false, 10),
        ["bench", "vision", "--json"] => bench::vision::run(&root, true, 10),
        ["bench", "vision", "--json", panels] => bench::vision::run(&root, true, panels.parse()?),
        ["bench", "vision", panels] => bench::vision::run(&root, false, panels.parse()?),
        ["bench", "market", rest @ ..] => bench_market(&root, rest),
        ["e2e", "--guide"] => e2e::run(&root, e2e::Task::Guide, &[]),
        ["e2e", only @ ..] => e2e::run(&root, e2e::Task::Test, only),
        ["schemathesis"] => schemathesis::run(&root),
        ["train", "board", checkout] => train::board(&root, Path::new(checkout)),
        ["demo"] => demo::run(&root, demo::SEED),
        ["demo", seed] => demo::run(&root, seed.parse()?),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        other => bail!("no chore `{}`\n{HELP}", other.join(" ")),
    }
}

fn bench_web(root: &Path, mut rest: &[&str]) -> Result<()> {
    let (mut as_json, mut seconds) = (false, 10);
    loop {
        rest = match rest {
            [] => return bench::web::run(root, as_json, seconds),
            ["--json", rest @ ..] => {
                as_json = true;
                rest
            }
            ["--seconds", number, rest @ ..] => {
                seconds = number.parse()?;
                rest
            }
            [other, ..] => bail!("bench web does not know `{other}`\n{HELP}"),
        }
    }
}

fn bench_market(root: &Path, mut rest: &[&str]) -> Result<()> {
    let mut task = bench::market::Task::default();
    loop {
        rest = match rest {
            [] => return bench::market::run(root, &task),
            ["--json", rest @ ..] => {
                task.as_json = true;
                rest
            }
            ["--only", word, rest @ ..] => {
                task.only = Some((*word).to_owned());
                rest
            }
            ["--large", rest @ ..] => {
                task.large = true;
                rest
            }
            ["--tune", rest @ ..] => {
                task.tune = true;
                rest
            }
            ["--sets", folder, rest @ ..] => {
                task.sets = Some(PathBuf::from(folder));
                rest
            }
            [other, ..] => bail!("bench market does not know `{other}`\n{HELP}"),
        }
    }
}

/// The project's root: one above this crate.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the project").to_owned()
}
