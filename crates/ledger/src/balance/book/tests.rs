use super::*;
use crate::balance::{Entry, Scope, Sheet, sheet};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const SITES: [&str; 3] = ["a", "b", "c"];

fn post(book: &mut Book, key: u64, site: &str, day: i32, kind: EntryKind, lot: u32, amount: Option<f64>) {
    book.post(&NewPosting { key, site, step: "step", day, kind, lot: LotId(lot), amount, is_pieces: false });
}

/// Half copper, a part in a thousand gold.
fn ore(is_waste: bool) -> LotCard {
    let content = vec![("Cu".to_owned(), 0.5), ("Au".to_owned(), 0.001)];
    LotCard {
        product: "ore".to_owned(),
        content,
        mass_rsd: 0.01,
        content_rsd: 0.02,
        is_waste,
        ..LotCard::default()
    }
}

/// A site takes 100 kg of lot 0, makes 90 kg of lot 1 and 10 kg of waste lot 2, turns 40 kg of lot 1 into lot 3, ships it.
fn plant() -> Book {
    use EntryKind::{Consumed, Discarded, Produced, Received, Shipped};
    let mut book = Book::default();
    for (lot, is_waste) in [(0, false), (1, false), (2, true), (3, false)] {
        book.note(LotId(lot), &LotCard { is_hazardous: is_waste, ..ore(is_waste) });
    }
    for (key, day, kind, lot, kg) in [
        (1, 10, Received, 0, 100.0),
        (2, 11, Consumed, 0, 100.0),
        (2, 11, Produced, 1, 90.0),
        (2, 11, Produced, 2, 10.0),
        (3, 12, Consumed, 1, 40.0),
        (3, 12, Produced, 3, 40.0),
        (4, 13, Shipped, 3, 40.0),
        (5, 13, Discarded, 2, 10.0),
    ] {
        post(&mut book, key, "a", day, kind, lot, Some(kg));
    }
    book
}

#[test]
fn sums_tell_raw_from_own_and_waste_from_product() {
    let book = plant();
    let sums = book.sums(&[Window::ALL, Window { from: 12, until: 13 }]);
    let copper = book.substances.find("Cu");
    for (window, measure, substance, expect) in [
        (0, Measure::RawInput, None, 100.0),
        (0, Measure::RawInput, copper, 50.0),
        // 90 made, 40 of it made into 40 again.
        (0, Measure::Product, None, 90.0),
        (0, Measure::HazardousWaste, None, 10.0),
        (0, Measure::RawVariance, None, 1.0),
        (0, Measure::RawVariance, copper, 50.0 * 50.0 * (0.01 * 0.01 + 0.02 * 0.02)),
        (0, Measure::Consumed, None, 140.0),
        (1, Measure::Consumed, None, 40.0),
        (1, Measure::Product, None, 0.0),
    ] {
        let found = sums.get(window, 0, measure, substance);
        assert!((found - expect).abs() < 1e-6, "{measure:?} {substance:?}: {found}");
    }
    assert_eq!(sums.get(0, 9, Measure::Consumed, None), 0.0);
    assert!((sums.closure.book_kg - 50.0).abs() < 1e-12 && sums.closure.error() < 1e-15);
}

#[test]
fn what_was_declared_wrong_does_not_count_and_what_is_unknown_is_told() {
    let mut book = plant();
    book.withdraw(3);
    post(&mut book, 6, "a", 14, EntryKind::Received, 4, None);
    for (key, amount) in [(7, 5.0), (8, 6.0)] {
        let new = NewUse {
            key,
            site: "a",
            step: "step",
            day: 14,
            factor: "grid",
            market: None,
            amount,
            is_metered: true,
        };
        book.note_use(&new);
    }
    book.withdraw(8);
    let sums = book.sums(&[Window::ALL]);
    assert_eq!((sums.get(0, 0, Measure::Consumed, None), sums.closure.unknown), (100.0, 1));
    assert_eq!(book.uses(Window::ALL).map(|u| u.amount).collect::<Vec<_>>(), [5.0]);
    let cells = book.cells(Window::ALL, book.sites.find("a"), book.substances.find("Cu"));
    let received: Vec<_> = cells.iter().filter(|c| c.place.kind == EntryKind::Received).collect();
    assert_eq!(received.iter().map(|c| c.without_mass).sum::<usize>(), 1);
    assert_eq!(received.iter().map(|c| c.kg).sum::<f64>(), 50.0);
    let keys = |measure: Measure| -> Vec<u64> {
        let wanted = |p: &Posting| book.counts_for(measure, p.kind, p.lot.0, p.site);
        book.postings(Window::ALL, None, wanted).iter().map(|p| p.key).collect()
    };
    assert_eq!((keys(Measure::RawInput), keys(Measure::Product)), (vec![2], vec![2]));
}

#[test]
fn a_figure_has_its_postings_where_two_sites_made_a_lot() {
    let mut book = plant();
    post(&mut book, 6, "b", 14, EntryKind::Produced, 1, Some(7.0));
    let sums = book.sums(&[Window::ALL]);
    for measure in [Measure::RawInput, Measure::Product, Measure::HazardousWaste] {
        let wanted = |p: &Posting| p.site == 0 && book.counts_for(measure, p.kind, p.lot.0, p.site);
        let sign = |p: &Posting| match (measure, p.kind) {
            (Measure::RawInput, _) | (_, EntryKind::Produced) => 1.0,
            _ => -1.0,
        };
        let found = book.postings(Window::ALL, None, wanted);
        let sum: f64 = found.iter().filter_map(|p| Some(sign(p) * p.kg?)).sum();
        assert!((sum - sums.get(0, 0, measure, None)).abs() < 1e-9, "{measure:?}: {sum}");
    }
}

#[test]
fn what_only_a_wrong_event_says_is_not_so() {
    let mut book = plant();
    // Lot 4 came from outside; a wrong event of the far future says that a site made it.
    post(&mut book, 6, "c", 9_000, EntryKind::Produced, 4, Some(5.0));
    post(&mut book, 7, "a", 14, EntryKind::Received, 4, Some(5.0));
    assert_eq!((book.lot_place(LotId(4)).0, book.days()), (Some(1), Some((10, 9_000))));
    for _ in 0..2 {
        book.withdraw(6);
        assert_eq!((book.lot_place(LotId(4)).0, book.days()), (None, Some((10, 14))));
        assert_eq!((book.sites_of(Window::ALL), book.exchanges(Window::ALL)), (vec![0], BTreeSet::new()));
    }
    assert_eq!(book.state(LotId(4)).map(|s| (s.made_kg, s.site)), Some((5.0, 0)));
    assert_eq!(book.states()[4], book.state(LotId(4)));
}

#[test]
fn a_card_that_is_too_rich_is_noted_as_far_as_it_goes() {
    let mut book = Book::default();
    let content: Vec<(String, f64)> = (0..70_000).map(|n| (format!("s{n}"), 1e-6)).collect();
    book.note(LotId(0), &LotCard { content, ..LotCard::default() });
    let part = |name: &str| book.substances.find(name).and_then(|s| book.fraction(LotId(0), s));
    assert_eq!((part("s0"), part("s300"), part("s69999")), (Some(1e-6), Some(1e-6), None));
}

#[test]
fn lots_without_an_assay_are_as_the_others_of_their_product() {
    let mut book = plant();
    let unlike = LotCard { content: vec![("Cu".to_owned(), 0.7)], ..ore(false) };
    book.note(LotId(5), &unlike);
    for (lot, product, kg) in [(5, "ore", 300.0), (6, "ore", 50.0), (7, "slag", 9.0)] {
        if lot > 5 {
            book.note(LotId(lot), &LotCard { product: product.to_owned(), ..LotCard::default() });
        }
        post(&mut book, 9, "a", 15, EntryKind::Consumed, lot, Some(kg));
    }
    let sums = book.sums(&[Window::ALL, Window { from: 0, until: 15 }]);
    let copper = book.substances.find("Cu").unwrap();
    // 100 kg at 0.5 and 300 kg at 0.7; of slag nothing is known.
    let (kg, variance) = sums.imputed(0, 0, copper);
    assert!((kg - 50.0 * 0.65).abs() < 1e-9 && (variance - 2500.0 * 0.0075).abs() < 1e-9, "{kg} {variance}");
    assert_eq!((sums.imputed(1, 0, copper), sums.imputed(0, 0, 9)), ((0.0, 0.0), (0.0, 0.0)));
}

#[test]
fn exchanges_go_from_maker_to_taker() {
    let mut book = plant();
    post(&mut book, 9, "b", 14, EntryKind::Received, 3, Some(40.0));
    post(&mut book, 10, "a", 15, EntryKind::Received, 3, Some(1.0));
    assert_eq!(book.exchanges(Window::ALL), BTreeSet::from([(0, 1)]));
    assert_eq!(book.exchanges(Window { from: 0, until: 14 }), BTreeSet::new());
    assert_eq!((book.sites_of(Window::ALL), book.days()), (vec![0, 1], Some((10, 15))));
}

#[test]
fn days_are_chinas() {
    let day = |text: &str| day_of(text.parse().unwrap());
    assert_eq!(day("1970-01-01T15:59:59Z"), 0);
    assert_eq!(day("1970-01-01T16:00:00Z"), 1);
}

proptest! {
    /// Sheets of entries and sums of columns are the same figures, and both are additive over sites and periods.
    #[test]
    fn sums_are_the_sheets_and_additive(
        posts in prop::collection::vec((0_usize..3, 0_i32..100, 0_usize..7, 0_u32..5, 0_u32..1000), 0..60),
        cut in 0_i32..100,
    ) {
        let mut book = Book::default();
        let mut entries = Vec::new();
        for lot in 0..5 {
            book.note(LotId(lot), &ore(false));
        }
        for (key, (site, day, kind, lot, kg)) in (1..).zip(&posts) {
            post(&mut book, key, SITES[*site], *day, KINDS[*kind], *lot, Some(f64::from(*kg)));
            entries.push(Entry {
                site: SITES[*site].to_owned(),
                process: None,
                lot: lot.to_string(),
                time: Timestamp::from_second(i64::from(*day) * 86_400).unwrap(),
                kind: KINDS[*kind],
                mass_kg: f64::from(*kg),
                content: BTreeMap::from([("Cu".to_owned(), 0.5)]),
            });
        }
        let windows = [Window::ALL, Window { until: cut, ..Window::ALL }, Window { from: cut, ..Window::ALL }];
        let sums = book.sums(&windows);
        prop_assert!(sums.closure.error() < 1e-9);
        let copper = book.substances.find("Cu");
        let read = |sheet: &Sheet| [
            (Measure::Received, sheet.received_kg), (Measure::Shipped, sheet.shipped_kg),
            (Measure::Discarded, sheet.discarded_kg), (Measure::Consumed, sheet.consumed_kg),
            (Measure::Produced, sheet.produced_kg), (Measure::Opening, sheet.opening_kg),
            (Measure::Closing, sheet.closing_kg),
        ];
        for (site, number) in SITES.iter().filter_map(|s| Some((s, book.sites.find(s)?))) {
            for substance in [None, copper] {
                let scope = Scope {
                    site: Some((*site).to_owned()), substance: substance.map(|_| "Cu".to_owned()), ..Scope::default()
                };
                for (measure, expect) in read(&sheet(&entries, &scope)) {
                    let of = |window| sums.get(window, number, measure, substance);
                    prop_assert!((of(0) - expect).abs() < 1e-9);
                    prop_assert!((of(1) + of(2) - of(0)).abs() < 1e-9);
                }
            }
        }
    }
}
