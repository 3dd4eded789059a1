//! What learning gains on a made-up cluster with known preferences, by the number of needs that outcomes are known of.
//!
//! `cargo run --release -p market --example learn`
#![expect(clippy::print_stdout, reason = "a measurement is there to be printed")]

#[path = "support/clock.rs"]
mod clock;
#[path = "../tests/support/preferences.rs"]
mod preferences;

use market::Weights;
use market::learn::{Measured, learn};

fn main() -> std::io::Result<()> {
    let figure = |m: &Measured| {
        format!("{:.4} -> {:.4} ({:+.4}, 95 % {:+.4} to {:+.4})", m.before, m.after, m.gain, m.low, m.high)
    };
    for needs in [10, 30, 100, 300, 1000] {
        let outcomes = preferences::outcomes(1, needs, 6, &preferences::taste());
        let before = clock::cpu_seconds()?;
        let report = learn(&outcomes, &Weights::default()).report;
        let seconds = clock::cpu_seconds()? - before;
        println!(
            "{needs} needs, {} outcomes, {seconds:.2} CPU s, taken: {}",
            report.outcomes,
            report.gains()
        );
        if let Some(gain) = &report.gain {
            println!("  log loss   {}", figure(&gain.log_loss));
            gain.pairs.iter().for_each(|m| println!("  pairs      {}", figure(m)));
            gain.ndcg.iter().for_each(|m| println!("  nDCG       {}", figure(m)));
        }
        for change in &report.changes {
            println!("  {:<24} {:.4} -> {:.4}", change.name, change.before, change.after);
        }
    }
    Ok(())
}
