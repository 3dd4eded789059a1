//! Times an invented event: `cargo run --release -p market --example meetings -- HOSTS GUESTS REQUESTS SLOTS TABLES FREE% [FILE]`.
//! Prints one line of JSON; with FILE, writes the instance there for other solvers: `slots tables`, the free slots of hosts and
//! of guests as numbers of bits, then `host guest value` for each request.
#![expect(clippy::print_stdout, reason = "a measurement is there to be printed")]

use market::meetings::{Absence, Effort, Event, Party, Request, arrange, replan};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::time::Instant;

/// SplitMix64: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, count: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % u64::from(count)) as u32
    }

    fn party(&mut self, slots: u32, percent: u32) -> Party {
        let free = (0..slots).filter(|_| self.below(100) < percent).fold(0u64, |free, slot| free | 1 << slot);
        Party { free, most: slots, languages: Vec::new(), weight: 1.0, no_show: 0.0 }
    }
}

fn event(hosts: u32, guests: u32, requests: u32, slots: u32, tables: u32, percent: u32) -> Event {
    let mut random = Random(20_261_122);
    let host_list = (0..hosts).map(|_| random.party(slots, percent)).collect();
    let guest_list = (0..guests).map(|_| random.party(slots, percent)).collect();
    let mut seen = HashSet::new();
    let mut list = Vec::new();
    while list.len() < requests.min(hosts * guests) as usize {
        let (host, guest) = (random.below(hosts), random.below(guests));
        if seen.insert((host, guest)) {
            let (score, mutual) = (f64::from(1 + random.below(1000)) / 1000.0, random.below(10) < 3);
            list.push(Request { host, guest, score, mutual });
        }
    }
    Event { slots, tables, interpreters: 0, hosts: host_list, guests: guest_list, requests: list }
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |place: usize, other: u32| arguments.get(place).and_then(|a| a.parse().ok()).unwrap_or(other);
    let event =
        event(number(0, 80), number(1, 100), number(2, 900), number(3, 14), number(4, 60), number(5, 85));
    if let Some(file) = arguments.get(6) {
        let free = |parties: &[Party]| parties.iter().map(|p| format!("{} ", p.free)).collect::<String>();
        let mut text =
            format!("{} {}\n{}\n{}", event.slots, event.tables, free(&event.hosts), free(&event.guests));
        for request in &event.requests {
            let _ = write!(text, "\n{} {} {}", request.host, request.guest, event.value(request));
        }
        std::fs::write(file, text)?;
    }
    let begin = Instant::now();
    let timetable = arrange(&event, Effort::default());
    let seconds = begin.elapsed().as_secs_f64();
    let begin = Instant::now();
    let absence = Absence { is_host: true, party: 0, from: event.slots / 2, until: event.slots };
    let new = replan(&event, &timetable, event.slots / 2, &[absence], 300_000);
    println!(
        r#"{{"requests": {}, "meetings": {}, "value": {}, "bound": {}, "gap": {:.6}, "jain": {:.4}, "least": {:.3}, "seconds": {seconds:.4}, "replan": {{"lost": {}, "won": {}, "moved": {}, "seconds": {:.4}}}}}"#,
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
        begin.elapsed().as_secs_f64()
    );
    Ok(())
}
