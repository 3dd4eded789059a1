//! Quality on the judged sets, where they lie beside the project. A debug build measures a fixed part of the QBQTC
//! queries against all titles; `cargo run --release -p market --example judged` measures all.

#[path = "support/judged_sets.rs"]
mod judged_sets;

use judged_sets::{abt_buy, measure, present, qbqtc};
use market::Options;

#[test]
fn abt_buy_names() {
    if !present() {
        eprintln!("skipped: the judged sets are not beside the project");
        return;
    }
    let set = abt_buy();
    let quality = measure(&set, &set.needs, &Options::default());
    eprintln!("Abt-Buy: {quality:?}");
    assert_eq!(quality.needs, 1076);
    assert!(quality.recall_at_1 >= 0.82, "{quality:?}");
}

#[test]
fn qbqtc_dev() {
    if !present() {
        eprintln!("skipped: the judged sets are not beside the project");
        return;
    }
    let set = qbqtc();
    // Every eighth query by text order in debug builds.
    let step = if cfg!(debug_assertions) { 8 } else { 1 };
    let needs: Vec<_> = set.needs.iter().step_by(step).cloned().collect();
    let quality = measure(&set, &needs, &Options::default());
    eprintln!("QBQTC dev: {quality:?}");
    assert!(quality.ndcg_at_10 >= 0.80, "{quality:?}");
}
