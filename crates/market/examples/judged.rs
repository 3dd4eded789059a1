//! Measures retrieval quality on the judged sets beside the project: `cargo run --release -p market --example judged`.
#![expect(clippy::print_stdout, reason = "a measurement is there to be printed")]

#[path = "../tests/support/judged_sets.rs"]
mod judged_sets;

use judged_sets::{JudgedSet, abt_buy, measure, present, qbqtc};
use market::Options;
use market::node::Recogniser;
use model::reference::Reference;
use std::time::Instant;

fn main() {
    if !present() {
        println!("skipped: the judged sets are not beside the project");
        return;
    }
    for (name, set) in [("Abt-Buy, name field", abt_buy()), ("QBQTC dev, label 2", qbqtc())] {
        report(name, &set);
        report(&format!("{name}, chain nodes recognised"), &with_nodes(set));
    }
}

fn report(name: &str, set: &JudgedSet) {
    let start = Instant::now();
    let quality = measure(set, &set.needs, &Options::default());
    println!(
        "{name}: {} needs x {} offers, nDCG@10 {:.4}, R@1 {:.4}, {:.2} s",
        quality.needs,
        set.offers.len(),
        quality.ndcg_at_10,
        quality.recall_at_1,
        start.elapsed().as_secs_f64()
    );
}

/// The same set as an import would leave it: with the chain nodes that titles name.
fn with_nodes(mut set: JudgedSet) -> JudgedSet {
    let recogniser = Recogniser::new(&Reference::builtin().chain);
    let node = |title: &str| recogniser.recognise(title, "").map(|(node, _)| node);
    for need in &mut set.needs {
        need.node = node(&need.title);
    }
    for offer in &mut set.offers {
        offer.node = node(&offer.title);
    }
    set
}
