//! Times the allocation's flow on an invented market: `cargo run --release -p market --example flow -- NEEDS OFFERS WAYS
//! CAPACITY% [FILE]`. Prints one line of JSON; with FILE, writes the instance there for other solvers: the supplies in one line,
//! then `from to capacity gain` for each arc.
#![expect(clippy::print_stdout, reason = "a measurement is there to be printed")]

#[path = "support/clock.rs"]
mod clock;
#[path = "support/random.rs"]
mod random;

use clock::cpu_seconds;
use market::flow::{Arc, maximise};
use random::Random;
use std::fmt::Write as _;

/// Needs with `ways` offers each, gains from 0 to 1 in parts per million; capacities sum to `percent` of the demand.
fn instance(needs: i64, offers: i64, ways: i64, percent: i64) -> (Vec<i64>, Vec<Arc>) {
    let mut source = Random(20_261_122);
    let mut below = |count: i64| source.below(count as usize) as i64;
    let mut supply: Vec<i64> = (0..needs).map(|_| 1 + below(1000)).collect();
    let total: i64 = supply.iter().sum();
    let mean = (total * percent / 100 / offers).max(1);
    supply.extend((0..offers).map(|_| -(1 + below(2 * mean))));
    let mut arcs = Vec::new();
    for need in 0..needs {
        let mut seen = Vec::new();
        while (seen.len() as i64) < ways {
            let offer = below(offers);
            if !seen.contains(&offer) {
                seen.push(offer);
                let (from, to) = (need as u32, (needs + offer) as u32);
                let capacity = supply[from as usize].min(-supply[to as usize]);
                arcs.push(Arc { from, to, capacity, gain: 1 + below(1_000_000) });
            }
        }
    }
    (supply, arcs)
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |place: usize, other: i64| arguments.get(place).and_then(|a| a.parse().ok()).unwrap_or(other);
    let (needs, offers) = (number(0, 20_000), number(1, 5_000));
    let (supply, arcs) = instance(needs, offers, number(2, 20), number(3, 100));
    if let Some(file) = arguments.get(4) {
        let mut text: String = supply.iter().map(|s| format!("{s} ")).collect();
        for arc in &arcs {
            let _ = write!(text, "\n{} {} {} {}", arc.from, arc.to, arc.capacity, arc.gain);
        }
        std::fs::write(file, text)?;
    }
    let begin = cpu_seconds()?;
    let solution = maximise(&supply, &arcs);
    let cpu = cpu_seconds()? - begin;
    let (gain, bound) = (solution.gain(&arcs), solution.bound(&supply, &arcs));
    // As a network with one source and one sink there is an arc for each supply, and one for what each source keeps.
    let all = arcs.len() as i64 + 2 * needs + offers;
    println!(
        r#"{{"arcs": {all}, "gain": {gain}, "bound": {bound}, "pivots": {}, "cpu_s": {cpu:.4}}}"#,
        solution.pivots
    );
    Ok(())
}
