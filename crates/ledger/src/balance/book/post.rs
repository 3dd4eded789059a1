//! Events to postings.

use super::{Book, NewPosting, day_of};
use crate::balance::EntryKind;
use crate::balance::entries::{posted, site_of};
use crate::event::Event;
use crate::graph::{Amount, Graph, LotId, ProcessKind, Unit};
use std::collections::HashSet;

impl Book {
    /// Posts an event that the genealogy has taken; gives the lots that it names. Nothing for one without a site, or whose
    /// declaration says that another is wrong.
    pub fn take(&mut self, key: u64, event: &Event, graph: &Graph) -> Vec<LotId> {
        let mut named = Vec::new();
        let Some(site) = site_of(event) else { return named };
        let day = day_of(event.time);
        let step = event.biz_step.as_deref().unwrap_or("");
        for (kind, instances, quantities) in posted(event) {
            let pieces = instances.iter().map(|i| (i.as_str(), Amount::ONE_PIECE));
            let amounts =
                quantities.iter().map(|q| (q.class.as_str(), Amount::read(q.quantity, q.uom.as_deref())));
            for (identifier, amount) in pieces.chain(amounts) {
                let Some(lot) = graph.lot(identifier) else { continue };
                let came = self.lots.came(lot);
                let mut post = |lot: LotId, amount: Amount| {
                    let is_pieces = amount.unit == Unit::PIECE;
                    let is_mass = is_pieces || amount.unit == Unit::KGM;
                    let amount = is_mass.then_some(amount.value);
                    self.post(&NewPosting { key, site: &site, step, day, kind, lot, amount, is_pieces });
                    named.push(lot);
                };
                // What came from elsewhere is only named anew, and a container that is commissioned makes nothing of what it holds.
                if kind == EntryKind::Commissioned {
                    if !came {
                        post(lot, amount);
                    }
                // Only what is one piece can be a container.
                } else if amount == Amount::ONE_PIECE {
                    unpacked(graph, lot, amount).into_iter().for_each(|(lot, amount)| post(lot, amount));
                } else {
                    post(lot, amount);
                }
            }
        }
        named
    }
}

/// Packages deeper than this are posted as they are.
const PACKAGES_MAX: usize = 8;

/// What a container holds now, package by package; anything else is itself. A package is in one place, so each is opened once:
/// packages that are said to hold each other would never end.
fn unpacked(graph: &Graph, lot: LotId, amount: Amount) -> Vec<(LotId, Amount)> {
    let mut opened = HashSet::new();
    let mut open = vec![(lot, amount, 0)];
    let mut out = Vec::new();
    while let Some((lot, amount, depth)) = open.pop() {
        let filling = graph.fillings(lot).last().copied().unwrap_or(lot);
        let packed: Vec<_> = if amount == Amount::ONE_PIECE && depth < PACKAGES_MAX {
            let packings = graph.makers(filling).into_iter().flatten();
            let packings = packings.filter(|p| graph.kind(*p) == ProcessKind::Aggregation);
            packings.flat_map(|p| graph.inputs(p)).collect()
        } else {
            Vec::new()
        };
        if packed.is_empty() {
            out.push((lot, amount));
        } else if opened.insert(filling) {
            open.extend(packed.into_iter().map(|(lot, amount)| (lot, amount, depth + 1)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::balance::EntryKind;
    use crate::balance::book::{Book, Measure, Posting, Window};
    use crate::event::Document;
    use crate::graph::{Amount, Graph, UNKNOWN_PARTY};

    /// The book of a document's events, with the names of the lots that its last event posts.
    fn book(text: &str) -> (Book, Graph, Vec<String>) {
        let document = Document::parse(text).unwrap_or_else(|f| panic!("{}", f[0]));
        let (mut book, mut graph, mut named) = (Book::default(), Graph::new(), Vec::new());
        for (key, event) in (1..).zip(&document.events) {
            graph.add(key, event).unwrap();
            named = book.take(key, event, &graph).iter().map(|lot| graph.name(*lot).to_owned()).collect();
        }
        (book, graph, named)
    }

    #[test]
    fn a_transformation_consumes_and_produces() {
        let (book, graph, _) = book(
            r#"{"@context": [], "type": "TransformationEvent", "eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+08:00",
            "bizStep": "commissioning", "readPoint": {"id": "urn:epc:id:sgln:4012345.00001.0"},
            "inputQuantityList": [{"epcClass": "urn:lot:a", "quantity": 1500, "uom": "GRM"}, {"epcClass": "urn:lot:b", "quantity": 1}],
            "outputQuantityList": [{"epcClass": "urn:lot:c", "quantity": 1.4, "uom": "KGM"}]}"#,
        );
        let postings = book.postings(Window::ALL, None, |_| true);
        let found: Vec<_> = postings.iter().map(|p| (p.kind, graph.name(p.lot), p.kg)).collect();
        // The mass of a piece of b is not known.
        let expect = [
            (EntryKind::Consumed, "urn:lot:a", Some(1.5)),
            (EntryKind::Consumed, "urn:lot:b", None),
            (EntryKind::Produced, "urn:lot:c", Some(1.4)),
        ];
        assert_eq!(found, expect);
        assert_eq!(book.sites.word(postings[0].site), "https://id.gs1.org/414/4012345000016");
    }

    #[test]
    fn a_container_posts_what_it_holds_when_it_is_shipped() {
        let head = r#""eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+08:00", "readPoint": {"id": "urn:site:1"}"#;
        let pack = |action: &str, children: &[(&str, f64)]| {
            let one = |(lot, kg): &(&str, f64)| {
                format!(r#"{{"epcClass": "urn:lot:{lot}", "quantity": {kg}, "uom": "KGM"}}"#)
            };
            let children: Vec<String> = children.iter().map(one).collect();
            format!(
                r#"{{"type": "AggregationEvent", "action": "{action}", {head}, "parentID": "urn:tote:1", "childQuantityList": [{}]}}"#,
                children.join(",")
            )
        };
        let ship = format!(
            r#"{{"type": "ObjectEvent", "action": "OBSERVE", {head}, "bizStep": "shipping", "epcList": ["urn:tote:1"]}}"#
        );
        let events = [
            pack("ADD", &[("a", 10.0), ("b", 20.0)]),
            pack("DELETE", &[("b", 20.0)]),
            ship.clone(),
            pack("DELETE", &[("a", 10.0)]),
            pack("ADD", &[("b", 20.0)]),
            ship,
        ];
        let (book, graph, _) = book(&format!(
            r#"{{"@context": [], "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z", "epcisBody": {{"eventList": [{}]}}}}"#,
            events.join(",")
        ));
        let postings = book.postings(Window::ALL, None, |_| true);
        let found: Vec<_> = postings.iter().map(|p| (p.key, graph.name(p.lot), p.kg)).collect();
        assert_eq!(found, [(3, "urn:lot:a", Some(10.0)), (6, "urn:lot:b", Some(20.0))]);
    }

    #[test]
    fn recall_and_balance_count_the_same_shipments_and_returns() {
        let event = |kind: &str, action: &str, step: &str, kg: f64, party: &str| {
            let party = match (party, step) {
                ("", _) => String::new(),
                (party, "shipping") => {
                    format!(r#", "destinationList": [{{"type": "owning_party", "destination": "{party}"}}]"#)
                }
                (party, _) => format!(
                    r#", "disposition": "returned", "sourceList": [{{"type": "owning_party", "source": "{party}"}}]"#
                ),
            };
            let transaction = if kind == "TransactionEvent" {
                r#", "bizTransactionList": [{"bizTransaction": "urn:inv:1"}]"#
            } else {
                ""
            };
            format!(
                r#"{{"type": "{kind}", "action": "{action}", "eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+08:00", "bizStep": "{step}",
                "readPoint": {{"id": "urn:site:1"}}, "quantityList": [{{"epcClass": "urn:lot:m", "quantity": {kg}, "uom": "KGM"}}]{party}{transaction}}}"#
            )
        };
        let events = [
            event("ObjectEvent", "OBSERVE", "shipping", 30.0, "urn:party:a"),
            event("ObjectEvent", "OBSERVE", "receiving", 10.0, "urn:party:a"),
            event("ObjectEvent", "OBSERVE", "accepting", 5.0, "urn:party:a"),
            event("TransactionEvent", "ADD", "shipping", 20.0, "urn:party:b"),
            event("TransactionEvent", "DELETE", "shipping", 20.0, "urn:party:b"),
            event("ObjectEvent", "OBSERVE", "shipping", 7.0, ""),
            event("ObjectEvent", "OBSERVE", "shipping", 2.0, "urn:party:c"),
            event("ObjectEvent", "OBSERVE", "receiving", 2.0, "urn:party:c"),
        ];
        let (book, graph, _) = book(&format!(
            r#"{{"@context": [], "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z", "epcisBody": {{"eventList": [{}]}}}}"#,
            events.join(",")
        ));
        let recall = graph.recall(graph.lot("urn:lot:m").unwrap());
        let told: Vec<_> =
            recall.customers.iter().map(|c| (c.party.as_str(), c.carried[0].value, c.returned_all)).collect();
        let expect = [
            (UNKNOWN_PARTY, 7.0, false),
            ("urn:party:a", 15.0, false),
            ("urn:party:b", 20.0, false),
            ("urn:party:c", 0.0, true),
        ];
        assert_eq!(told, expect);
        let signed = |p: &Posting| if p.kind == EntryKind::Shipped { p.kg.unwrap() } else { -p.kg.unwrap() };
        let shipped: f64 = book.postings(Window::ALL, None, |_| true).iter().map(signed).sum();
        assert_eq!(shipped, 42.0);
    }

    #[test]
    fn commissioning_brings_a_lot_into_being_once_and_stock_below_nothing_is_told() {
        let event = |day: u32, step: &str, lot: &str, kg: &str| {
            format!(
                r#"{{"type": "ObjectEvent", "action": "ADD", "eventTime": "2026-01-{day:02}T00:00:00Z", "eventTimeZoneOffset": "+08:00", "bizStep": "{step}",
                "readPoint": {{"id": "urn:site:1"}}, "quantityList": [{{"epcClass": "urn:lot:{lot}"{kg}}}]}}"#
            )
        };
        let kg = |kg: f64| format!(r#", "quantity": {kg}, "uom": "KGM""#);
        let made = r#"{"type": "TransformationEvent", "eventTime": "2026-01-04T00:00:00Z", "eventTimeZoneOffset": "+08:00", "readPoint": {"id": "urn:site:1"},
            "inputQuantityList": [{"epcClass": "urn:lot:raw", "quantity": 70, "uom": "KGM"}], "outputQuantityList": [{"epcClass": "urn:lot:made", "quantity": 70, "uom": "KGM"}]}"#;
        let events = [
            event(1, "commissioning", "raw", &kg(100.0)),
            event(1, "commissioning", "made", &kg(70.0)),
            event(1, "commissioning", "unweighed", ""),
            event(2, "receiving", "bought", &kg(5.0)),
            event(3, "commissioning", "bought", &kg(5.0)),
            made.to_owned(),
            event(5, "shipping", "bought", &kg(5.04)),
            event(5, "shipping", "raw", &kg(20.0)),
            event(6, "shipping", "raw", &kg(12.0)),
            event(7, "shipping", "raw", &kg(1.0)),
        ];
        let (mut book, mut graph, _) = book(&format!(
            r#"{{"@context": [], "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z", "epcisBody": {{"eventList": [{}]}}}}"#,
            events.join(",")
        ));
        let raw = graph.lot("urn:lot:raw").unwrap();
        assert_eq!(graph.made(raw), Amount::kilograms(100.0));
        assert_eq!(graph.made(graph.lot("urn:lot:made").unwrap()), Amount::kilograms(70.0));
        assert!(graph.is_raw(raw));
        let commissioned = |book: &Book| -> f64 {
            let postings = book.postings(Window::ALL, None, |p| p.kind == EntryKind::Commissioned);
            let sum = postings.iter().map(|p| p.kg.unwrap()).sum();
            let sums = book.sums(&[Window::ALL]);
            assert_eq!(sums.get(0, 0, Measure::Commissioned, None), sum);
            assert!(sums.closure.error() < 1e-12 && sums.closure.unknown == 0);
            sum
        };
        assert_eq!(commissioned(&book), 100.0);
        let state = book.state(raw).unwrap();
        assert_eq!((state.made_kg, state.left_kg), (100.0, -3.0));
        let short = book.shortages(0, Window::ALL);
        assert_eq!(short.iter().map(|s| (s.lot, s.key, s.kg)).collect::<Vec<_>>(), [(raw, 9, -2.0)]);
        assert!(book.shortages(0, Window { from: short[0].day + 1, ..Window::ALL }).is_empty());
        // Without its process the other lot was brought into being too.
        assert!(graph.withdraw(6) && graph.withdraw(1));
        book.withdraw(6);
        book.withdraw(1);
        assert_eq!(commissioned(&book), 70.0);
        assert!(!graph.made(raw).is_known());
    }

    #[test]
    fn packages_that_hold_each_other_are_opened_once() {
        const BOXES: usize = 200;
        let head = r#""eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+08:00""#;
        let pack = |parent: &str, children: &[String]| {
            format!(
                r#"{{"type": "AggregationEvent", "action": "ADD", {head}, "parentID": "{parent}", "childEPCs": {}}}"#,
                serde_json::json!(children)
            )
        };
        let boxes: Vec<String> = (0..BOXES).map(|number| format!("urn:box:{number}")).collect();
        let mut events = vec![pack("urn:crate:1", &boxes)];
        events.extend(boxes.iter().map(|one| pack(one, &["urn:crate:1".to_owned(), format!("{one}:spool")])));
        events.push(format!(
            r#"{{"type": "ObjectEvent", "action": "OBSERVE", {head}, "bizStep": "shipping", "epcList": ["urn:crate:1"], "readPoint": {{"id": "urn:site:1"}}}}"#
        ));
        let (_, _, mut named) = book(&format!(
            r#"{{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"], "type": "EPCISDocument", "schemaVersion": "2.0",
            "creationDate": "2026-01-01T00:00:00Z", "epcisBody": {{"eventList": [{}]}}}}"#,
            events.join(",")
        ));
        let mut expect: Vec<String> = boxes.iter().map(|one| format!("{one}:spool")).collect();
        expect.sort();
        named.sort();
        assert_eq!(named, expect);
    }
}
