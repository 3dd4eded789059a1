//! How fast whole systems are solved: footprints of all products, and reconciliation of many flows.
//!
//! `cargo run --release -p ledger --example solve_scale`. Data come from fixed seeds: a technosphere of 20,000 products with
//! about 226,000 inputs, and 10,000 processes with 40,000 measured flows. `ms` is wall clock, `cpu_ms` processor time, which others on the
//! machine lengthen less.
#![expect(clippy::print_stdout, reason = "an example speaks to its user")]

use ledger::balance::expression::Equation;
use ledger::balance::reconcile::{Knowledge, Problem, Variable};
use ledger::footprint::system::System;
use ledger::random::Random;
use serde_json::{Value, json};
use std::time::Instant;

const PRODUCTS: usize = 20_000;
const INPUTS: usize = 226_000;
const PROCESSES: usize = 10_000;
const FLOWS: usize = 40_000;
/// Each solve is repeated, the least disturbed run counts.
const ROUNDS: usize = 5;

fn main() {
    footprints();
    reconciliation();
}

fn footprints() {
    let mut random = Random::new(42);
    let mut entries: Vec<(usize, usize, f64)> =
        (0..INPUTS).map(|_| (random.below(PRODUCTS), random.below(PRODUCTS), random.uniform())).collect();
    // Every product takes 0.6 in all, so the Neumann series converges.
    let mut sums = vec![0.0; PRODUCTS];
    entries.iter().for_each(|e| sums[e.0] += e.2);
    entries.iter_mut().for_each(|e| e.2 *= 0.6 / sums[e.0]);
    let direct: Vec<f64> = (0..PRODUCTS).map(|_| random.uniform()).collect();
    let start = Clock::start();
    let system = System::new(PRODUCTS, &entries).expect("no product takes all of itself");
    say(
        json!({"work": "product system built", "products": PRODUCTS, "ms": start.ms(), "cpu_ms": start.cpu_ms()}),
    );
    for _ in 0..ROUNDS {
        let start = Clock::start();
        let all = system.footprints(&direct, 1e-12).expect("the series converges");
        say(
            json!({"work": "all footprints", "ms": start.ms(), "cpu_ms": start.cpu_ms(), "residual": all.residual, "value": all.values[7]}),
        );
        let mut demand = vec![0.0; PRODUCTS];
        demand[7] = 1.0;
        let start = Clock::start();
        let one = system.outputs(&demand, 1e-12).expect("the series converges");
        let footprint: f64 = one.values.iter().zip(&direct).map(|(x, e)| x * e).sum();
        say(
            json!({"work": "one footprint", "ms": start.ms(), "cpu_ms": start.cpu_ms(), "residual": one.residual, "value": footprint}),
        );
    }
}

fn reconciliation() {
    let mut random = Random::new(7);
    let mut problem = Problem { equations: vec![Equation::default(); PROCESSES], ..Problem::default() };
    for flow in 0..FLOWS {
        let value = 10.0 + 90.0 * random.uniform();
        let knowledge = Knowledge::Measured { value, sd: 0.05 * value };
        problem.variables.push(Variable { name: format!("f{flow}"), knowledge });
        // Every process has a flow in and one out; the others lie anywhere.
        let (from, to) = (random.below(PROCESSES), flow % PROCESSES);
        if from != to {
            problem.equations[from].add(-1.0, &[flow]);
            problem.equations[to].add(1.0, &[flow]);
        }
    }
    for _ in 0..ROUNDS {
        let start = Clock::start();
        let answer = problem.solve().expect("balances of measured flows have a solution");
        let (ms, cpu_ms) = (start.ms(), start.cpu_ms());
        let values: Vec<f64> = answer.values.iter().map(|v| v.value.unwrap_or(f64::NAN)).collect();
        let worst = problem.equations.iter().map(|e| e.value(&values).abs()).fold(0.0, f64::max);
        say(json!({"work": "reconciliation of 40,000 flows", "ms": ms, "cpu_ms": cpu_ms, "residual": worst}));
    }
}

/// Prints a result as a JSON line.
fn say(mut result: Value) {
    result["peer"] = "Yulin".into();
    println!("{result}");
}

/// Both clocks since a moment, milliseconds.
struct Clock(Instant, f64);

impl Clock {
    fn start() -> Self {
        Self(Instant::now(), thread_ms())
    }

    fn ms(&self) -> f64 {
        1e3 * self.0.elapsed().as_secs_f64()
    }

    fn cpu_ms(&self) -> f64 {
        thread_ms() - self.1
    }
}

/// Processor time of this thread; not a number where the system does not tell.
fn thread_ms() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).map_or(f64::NAN, |ns| ns / 1e6)
}
