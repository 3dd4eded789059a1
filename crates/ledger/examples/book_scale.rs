//! How fast the sums behind all circular indicators come: a million transformations, three million lots.
//!
//! `cargo run --release -p ledger --example book_scale`. 40 sites in ten stages, each event consumes three lots and makes three; every lot
//! has two substances, the raw ones are recycled. Sums of two years by site, measure and substance, the sites, and the exchanges.
#![expect(clippy::print_stdout, reason = "an example speaks to its user")]
#![expect(clippy::cast_possible_truncation, reason = "numbers of lots have 32 bits")]

use ledger::balance::EntryKind;
use ledger::balance::book::{Book, LotCard, NewPosting, Window};
use ledger::graph::LotId;
use ledger::random::Random;
use serde_json::json;
use std::time::Instant;

const EVENTS: usize = 1_000_000;
const LOTS: usize = 3;
const STAGES: usize = 10;
const SITES: usize = 4 * STAGES;
const ROUNDS: usize = 5;

fn main() {
    let mut random = Random::new(42);
    let sites: Vec<String> = (0..SITES).map(|site| format!("site {site}")).collect();
    let card = |is_recycled: bool| LotCard {
        product: "wire".to_owned(),
        content: vec![("Cu".to_owned(), 0.25), ("Au".to_owned(), 0.0001)],
        mass_rsd: 0.002,
        content_rsd: 0.01,
        is_recycled,
        ..LotCard::default()
    };
    let (made, raw) = (card(false), card(true));
    let mut book = Book::default();
    let size = EVENTS / STAGES;
    for event in 0..EVENTS {
        let site = &sites[event / size * (SITES / STAGES) + event % (SITES / STAGES)];
        let mut post = |lot: usize, kind: EntryKind| {
            let (lot, day) = (LotId(lot as u32), (event * 730 / EVENTS) as i32);
            let (key, amount) = (event as u64, Some(1.0));
            book.post(&NewPosting {
                key,
                site,
                step: "commissioning",
                day,
                kind,
                lot,
                amount,
                is_pieces: false,
            });
        };
        for _ in 0..LOTS {
            let lot = match event.checked_sub(size) {
                // A neighbour in time of the stage before.
                Some(before) => (before.saturating_sub(100) + random.below(100)) * LOTS + random.below(LOTS),
                None => EVENTS * LOTS + event,
            };
            post(lot, EntryKind::Consumed);
        }
        (0..LOTS).for_each(|o| post(event * LOTS + o, EntryKind::Produced));
    }
    for lot in 0..EVENTS * LOTS + size {
        book.note(LotId(lot as u32), if lot < EVENTS * LOTS { &made } else { &raw });
    }
    let years = [Window { from: 365, until: 730 }, Window { from: 0, until: 365 }];
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let sums = book.sums(&years);
        let (seen, exchanges, used) = (book.sites_of(years[0]), book.exchanges(years[0]), book.used(&years));
        let ms = 1e3 * start.elapsed().as_secs_f64();
        println!(
            "{}",
            json!({"work": "sums behind all indicators", "peer": "Yulin, in memory", "lots": EVENTS * LOTS,
                "postings": book.len(), "ms": ms, "closure": sums.closure.error(), "sites": seen.len(),
                "exchanges": exchanges.len(), "uses": used.len()})
        );
    }
}
