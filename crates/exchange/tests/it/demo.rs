//! The demo cluster's workbooks: every planted fault is found where it is, and nothing else is refused.

use exchange::columns::{Headings, PlanOptions, plan_workbook};
use exchange::import::{Context, parse};
use exchange::sheet::{ReadOptions, read};
use model::reference::Reference;
use std::collections::BTreeSet;
use std::path::Path;

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo");

/// File, sheet, cell, code of each refusal, and what was accepted of each sheet.
fn imported(file: &str) -> (BTreeSet<[String; 4]>, Vec<String>) {
    let reference = Reference::builtin();
    let bytes = std::fs::read(Path::new(DEMO).join(file)).unwrap();
    let sheets = read(&bytes, file, &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"));
    let words = Headings::builtin(reference);
    let plans = plan_workbook(&sheets, &words, &PlanOptions::default()).unwrap_or_else(|e| panic!("{e}"));
    let recognise = |title: &str, _: &str| reference.chain.by_name(title).map(|n| n.id.clone());
    let context =
        Context { reference, today: jiff::civil::date(2026, 11, 22), recognise: &recognise, lenient: false };
    let mut refused = BTreeSet::new();
    let mut accepted = Vec::new();
    for (index, plan) in plans {
        let drafts = parse(&sheets[index], &plan, &context);
        let ignored: Vec<&str> = plan.ignored().map(|c| c.heading.as_str()).collect();
        accepted.push(format!(
            "{} {} {:.2}: {} accepted, {} rejected, {} warnings, {:?}, ignored {ignored:?}",
            sheets[index].name,
            plan.kind.key(),
            plan.kind_confidence,
            drafts.accepted(),
            drafts.rejected,
            drafts.warnings.len(),
            drafts.skipped,
        ));
        let code = |e: &exchange::import::CellError| {
            serde_json::to_value(e.code).unwrap().as_str().unwrap().to_owned()
        };
        refused.extend(
            drafts.errors.iter().map(|e| [file.to_owned(), e.sheet.clone(), e.cell.clone(), code(e)]),
        );
    }
    (refused, accepted)
}

#[test]
fn planted_faults_are_found_and_nothing_else() {
    let Ok(expected) = std::fs::read_to_string(Path::new(DEMO).join("workbooks/bad/expected.csv")) else {
        eprintln!("skipped: no demo workbooks; make them with `cargo xtask demo`");
        return;
    };
    let mut wanted = BTreeSet::new();
    let mut reader = csv::Reader::from_reader(expected.as_bytes());
    for row in reader.records().map(Result::unwrap) {
        wanted.insert([row[0].to_owned(), row[1].to_owned(), row[2].to_owned(), row[5].to_owned()]);
    }
    let mut files: BTreeSet<String> = wanted.iter().map(|w| w[0].clone()).collect();
    for entry in std::fs::read_dir(Path::new(DEMO).join("workbooks")).unwrap().map(Result::unwrap) {
        if entry.path().is_file() {
            files.insert(format!("workbooks/{}", entry.file_name().to_string_lossy()));
        }
    }
    let mut refused = BTreeSet::new();
    for file in &files {
        let (errors, accepted) = imported(file);
        refused.extend(errors);
        accepted.iter().for_each(|line| eprintln!("{file}: {line}"));
    }
    let missed: Vec<_> = wanted.difference(&refused).collect();
    let surplus: Vec<_> = refused.difference(&wanted).collect();
    assert!(missed.is_empty() && surplus.is_empty(), "missed {missed:#?}\nsurplus {surplus:#?}");
}
