//! Times an invented event: `cargo run --release -p market --example meetings -- HOSTS GUESTS REQUESTS SLOTS TABLES FREE% [FILE]`.
//! Prints one line of JSON; with FILE, writes the instance there for other solvers: `slots tables`, the free slots of hosts and
//! of guests as numbers of bits, then `host guest value` for each request.
#![expect(clippy::print_stdout, reason = "a measurement is there to be printed")]

#[path = "support/clock.rs"]
mod clock;
#[path = "support/random.rs"]
mod random;

use clock::cpu_seconds;
use market::meetings::{Absence, Effort, Event, Party, Request, Trouble, arrange, replan};
use random::Random;
use std::collections::HashSet;
use std::fmt::Write as _;

fn party(random: &mut Random, slots: u32, percent: u64) -> Party {
    let free =
        (0..slots).filter(|_| random.below(100) < percent as usize).fold(0u64, |free, slot| free | 1 << slot);
    Party { free, most: slots, languages: Vec::new(), weight: 1.0, no_show: 0.0 }
}

fn event(hosts: u32, guests: u32, requests: u32, slots: u32, tables: u32, percent: u64) -> Event {
    let mut random = Random(20_261_122);
    let host_list = (0..hosts).map(|_| party(&mut random, slots, percent)).collect();
    let guest_list = (0..guests).map(|_| party(&mut random, slots, percent)).collect();
    let mut seen = HashSet::new();
    let mut list = Vec::new();
    while list.len() < requests.min(hosts * guests) as usize {
        let (host, guest) = (random.below(hosts as usize) as u32, random.below(guests as usize) as u32);
        if seen.insert((host, guest)) {
            let (score, mutual) = ((1 + random.below(1000)) as f64 / 1000.0, random.below(10) < 3);
            list.push(Request { host, guest, score, mutual });
        }
    }
    Event { slots, tables, interpreters: 0, hosts: host_list, guests: guest_list, requests: list }
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |place: usize, other: u32| arguments.get(place).and_then(|a| a.parse().ok()).unwrap_or(other);
    let event = event(
        number(0, 80),
        number(1, 100),
        number(2, 900),
        number(3, 14),
        number(4, 60),
        number(5, 85).into(),
    );
    if let Some(file) = arguments.get(6) {
        let free = |parties: &[Party]| parties.iter().map(|p| format!("{} ", p.free)).collect::<String>();
        let mut text =
            format!("{} {}\n{}\n{}", event.slots, event.tables, free(&event.hosts), free(&event.guests));
        for request in &event.requests {
            let _ = write!(text, "\n{} {} {}", request.host, request.guest, event.value(request));
        }
        std::fs::write(file, text)?;
    }
    let begin = cpu_seconds()?;
    let timetable = arrange(&event, Effort::default());
    let cpu = cpu_seconds()? - begin;
    let begin = cpu_seconds()?;
    let absence = Absence { is_host: true, party: 0, from: event.slots / 2, until: event.slots };
    let trouble = Trouble { absences: vec![absence], ..Trouble::default() };
    let new = replan(&event, &timetable, event.slots / 2, &trouble, 300_000);
    println!(
        r#"{{"requests": {}, "meetings": {}, "value": {}, "bound": {}, "gap": {:.6}, "jain": {:.4}, "least": {:.3}, "cpu_s": {cpu:.4}, "replan": {{"lost": {}, "won": {}, "moved": {}, "cpu_s": {:.4}}}}}"#,
        event.requests.len(),
        timetable.meetings.len(),
        timetable.value,
        timetable.bound,
        timetable.gap(),
        timetable.fairness.jain,
        timetable.fairness.least,
        new.lost.len(),
        new.won.len(),
        new.moved.len(),
        cpu_seconds()? - begin
    );
    Ok(())
}
