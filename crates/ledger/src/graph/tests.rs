use super::*;
use crate::event::Document;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type Ends = Vec<(u32, f64)>;

fn graph_of(flows: &[(Ends, Ends)]) -> Graph {
    let mut graph = Graph::new();
    for (index, (inputs, outputs)) in flows.iter().enumerate() {
        add(&mut graph, index as u64 + 1, inputs, outputs, None);
    }
    graph
}

fn add(graph: &mut Graph, key: u64, inputs: &Ends, outputs: &Ends, transformation: Option<&str>) {
    let mut entries = |ends: &Ends| -> Vec<(LotId, Amount)> {
        ends.iter()
            .map(|(lot, kg)| (graph.lot_or_new(&format!("lot:{lot}")).unwrap(), Amount::kilograms(*kg)))
            .collect()
    };
    let (inputs, outputs) = (entries(inputs), entries(outputs));
    let kind = ProcessKind::Transformation;
    graph.add_flow(&Flow { key, kind, transformation, inputs: &inputs, outputs: &outputs }).unwrap();
}

fn lot(graph: &Graph, number: u32) -> LotId {
    graph.lot(&format!("lot:{number}")).unwrap()
}

fn traced(graph: &Graph, start: u32, direction: Direction, depth: Option<u32>) -> Vec<(u32, u32)> {
    let trace = graph.trace(&[lot(graph, start)], direction, depth, &mut Scratch::new());
    let number = |l: LotId| graph.name(l).strip_prefix("lot:").unwrap().parse().unwrap();
    let mut out: Vec<(u32, u32)> = trace.lots.iter().map(|t| (number(t.lot), t.depth)).collect();
    out.sort_unstable();
    out
}

#[test]
fn traces_with_depth() {
    // 1, 2 -> 3; 3 -> 4, 5; 4 -> 6; 7 -> 6
    let graph = graph_of(&[
        (vec![(1, 3.0), (2, 1.0)], vec![(3, 4.0)]),
        (vec![(3, 4.0)], vec![(4, 1.0), (5, 3.0)]),
        (vec![(4, 1.0), (7, 1.0)], vec![(6, 2.0)]),
    ]);
    assert_eq!(traced(&graph, 6, Direction::Up, None), [(1, 3), (2, 3), (3, 2), (4, 1), (6, 0), (7, 1)]);
    assert_eq!(traced(&graph, 6, Direction::Up, Some(1)), [(4, 1), (6, 0), (7, 1)]);
    assert_eq!(traced(&graph, 1, Direction::Down, None), [(1, 0), (3, 1), (4, 2), (5, 2), (6, 3)]);
    let scratch = &mut Scratch::new();
    let cut = graph.trace(&[lot(&graph, 6)], Direction::Up, Some(1), scratch);
    assert!(cut.is_cut);
    assert_eq!(graph.processes_of(&cut, Direction::Up, scratch), [ProcessId(2)]);
    assert!(!graph.trace(&[lot(&graph, 1)], Direction::Up, Some(0), scratch).is_cut);
}

#[test]
fn carried_quantities_of_merge_and_split() {
    let graph = graph_of(&[
        (vec![(1, 3.0), (2, 1.0)], vec![(3, 4.0)]),
        (vec![(3, 4.0)], vec![(4, 1.0), (5, 3.0)]),
        (vec![(4, 1.0), (7, 1.0)], vec![(6, 2.0)]),
    ]);
    for (from, to, share, kg) in
        [(1, 3, 0.75, 3.0), (1, 5, 0.75, 2.25), (1, 6, 0.375, 0.75), (7, 6, 0.5, 1.0)]
    {
        let carried = graph.carried_in(lot(&graph, from), lot(&graph, to)).unwrap();
        assert_eq!(
            (carried.share, carried.amount, carried.is_assumed),
            (share, Amount::kilograms(kg), false)
        );
    }
    assert_eq!(graph.carried_in(lot(&graph, 7), lot(&graph, 5)), None);
}

#[test]
fn rework_is_a_loop_and_settles() {
    // 9 parts of 1 and 1 part of 3's scrap (4) make 2; 2 makes 3 and scrap 4.
    let graph =
        graph_of(&[(vec![(1, 9.0), (4, 1.0)], vec![(2, 10.0)]), (vec![(2, 10.0)], vec![(3, 9.0), (4, 1.0)])]);
    assert_eq!(
        graph.loops(),
        [vec![lot(&graph, 4), lot(&graph, 2)]
            .into_iter()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()]
    );
    let of_raw = graph.carried_in(lot(&graph, 1), lot(&graph, 3)).unwrap();
    assert!((of_raw.share - 1.0).abs() < 1e-12, "{of_raw:?}");
    let composition = graph.composition(lot(&graph, 3));
    let raw: f64 = composition.iter().filter(|c| graph.is_raw(c.lot)).map(|c| c.share).sum();
    assert!((raw - 1.0).abs() < 1e-12, "{composition:?}");
    assert_eq!(traced(&graph, 3, Direction::Up, None).len(), 4);
}

#[test]
fn unlike_units_are_counted_equally_and_said() {
    let mut graph = Graph::new();
    let (wire, spool, out) = (
        graph.lot_or_new("a:wire").unwrap(),
        graph.lot_or_new("a:spool").unwrap(),
        graph.lot_or_new("a:out").unwrap(),
    );
    let inputs = [(wire, Amount::kilograms(2.0)), (spool, Amount::ONE_PIECE)];
    let kind = ProcessKind::Transformation;
    let flow =
        Flow { key: 1, kind, transformation: None, inputs: &inputs, outputs: &[(out, Amount::ONE_PIECE)] };
    graph.add_flow(&flow).unwrap();
    let carried = graph.carried_in(wire, out).unwrap();
    assert_eq!((carried.share, carried.is_assumed), (0.5, true));
    assert_eq!(graph.add_flow(&flow).unwrap_err(), GraphError::KeyNotAscending { key: 1, last: 1 });
}

#[test]
fn one_long_process_in_several_events() {
    let mut graph = Graph::new();
    add(&mut graph, 1, &vec![(1, 6.0)], &vec![], Some("urn:melt:1"));
    add(&mut graph, 2, &vec![(2, 2.0)], &vec![(3, 4.0)], Some("urn:melt:1"));
    add(&mut graph, 3, &vec![], &vec![(4, 4.0)], Some("urn:melt:1"));
    assert_eq!(traced(&graph, 4, Direction::Up, None), [(1, 1), (2, 1), (4, 0)]);
    assert_eq!(traced(&graph, 1, Direction::Down, None), [(1, 0), (3, 1), (4, 1)]);
    assert_eq!(graph.carried_in(lot(&graph, 1), lot(&graph, 4)).unwrap().share, 0.75);
}

#[test]
fn recall_through_packages_and_returns() {
    let when = r#""eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+08:00""#;
    let to = |party: &str| {
        format!(r#""destinationList": [{{"type": "owning_party", "destination": "urn:party:{party}"}}]"#)
    };
    let lot = "urn:epc:class:lgtin:4012345.011111";
    let events = [
        format!(
            r#"{{"type": "TransformationEvent", {when}, "inputQuantityList": [{{"epcClass": "{lot}.RAW", "quantity": 8, "uom": "KGM"}},
            {{"epcClass": "{lot}.OTHER", "quantity": 2, "uom": "KGM"}}], "outputQuantityList": [{{"epcClass": "{lot}.WIRE", "quantity": 10000, "uom": "GRM"}}]}}"#
        ),
        format!(
            r#"{{"type": "AggregationEvent", {when}, "action": "ADD", "parentID": "urn:epc:id:sscc:4012345.0000000001",
            "childQuantityList": [{{"epcClass": "https://id.gs1.org/01/04012345111118/10/WIRE", "quantity": 4, "uom": "KGM"}}], "bizStep": "packing"}}"#
        ),
        format!(
            r#"{{"type": "ObjectEvent", {when}, "action": "OBSERVE", "bizStep": "shipping", "epcList": ["urn:epc:id:sscc:4012345.0000000001"], {}}}"#,
            to("a")
        ),
        format!(
            r#"{{"type": "ObjectEvent", {when}, "action": "OBSERVE", "bizStep": "shipping", "quantityList": [{{"epcClass": "{lot}.WIRE", "quantity": 3, "uom": "KGM"}}], {}}}"#,
            to("b")
        ),
        format!(
            r#"{{"type": "ObjectEvent", {when}, "action": "OBSERVE", "bizStep": "receiving", "disposition": "returned",
            "quantityList": [{{"epcClass": "{lot}.WIRE", "quantity": 1, "uom": "KGM"}}], "sourceList": [{{"type": "owning_party", "source": "urn:party:b"}}]}}"#
        ),
        format!(
            r#"{{"type": "ObjectEvent", {when}, "action": "OBSERVE", "bizStep": "shipping", "quantityList": [{{"epcClass": "{lot}.X", "quantity": 1, "uom": "KGM"}}], {}}}"#,
            to("c")
        ),
    ];
    let text = format!(
        r#"{{"@context": [], "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z", "epcisBody": {{"eventList": [{}]}}}}"#,
        events.join(",")
    );
    let document = Document::parse(&text).unwrap_or_else(|f| panic!("{}", f[0]));
    let mut graph = Graph::new();
    for (key, event) in (1..).zip(&document.events) {
        graph.add(key, event).unwrap();
    }
    let raw = graph.lot(&format!("{lot}.RAW")).unwrap();
    let reached = |graph: &Graph| -> Vec<(String, f64, Vec<u64>)> {
        let recall = graph.recall(raw);
        recall
            .customers
            .iter()
            .map(|c| (c.party.clone(), (c.carried[0].value * 1e9).round() / 1e9, c.shipments.clone()))
            .collect()
    };
    assert_eq!(
        reached(&graph),
        [("urn:party:a".to_owned(), 3.2, vec![3]), ("urn:party:b".to_owned(), 1.6, vec![4, 5])]
    );
    assert!(graph.withdraw(3));
    assert_eq!(reached(&graph).len(), 1);
    assert!(graph.withdraw(1));
    assert!(reached(&graph).is_empty());
    assert!(!graph.withdraw(99));
}

#[test]
fn a_tote_that_is_filled_again_holds_nothing_of_before() {
    let when = r#""eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+08:00""#;
    let tote = "urn:epc:id:grai:4012345.55555.1";
    let pack = |child: &str| {
        format!(
            r#"{{"type": "AggregationEvent", {when}, "action": "ADD", "parentID": "{tote}", "childQuantityList": [{{"epcClass": "urn:lot:{child}", "quantity": 1, "uom": "KGM"}}]}}"#
        )
    };
    let ship = |party: &str| {
        format!(
            r#"{{"type": "ObjectEvent", {when}, "action": "OBSERVE", "bizStep": "shipping", "epcList": ["{tote}"],
            "destinationList": [{{"type": "owning_party", "destination": "urn:party:{party}"}}]}}"#
        )
    };
    let empty =
        format!(r#"{{"type": "AggregationEvent", {when}, "action": "DELETE", "parentID": "{tote}"}}"#);
    let events = [pack("a"), ship("x"), empty, pack("b"), ship("y")].join(",");
    let text = format!(
        r#"{{"@context": [], "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z", "epcisBody": {{"eventList": [{events}]}}}}"#
    );
    let mut graph = Graph::new();
    for (key, event) in (1..).zip(&Document::parse(&text).unwrap_or_else(|f| panic!("{}", f[0])).events) {
        graph.add(key, event).unwrap();
    }
    for (child, party) in [("a", "urn:party:x"), ("b", "urn:party:y")] {
        let recall = graph.recall(graph.lot(&format!("urn:lot:{child}")).unwrap());
        assert_eq!(recall.customers.iter().map(|c| c.party.as_str()).collect::<Vec<_>>(), [party]);
    }
    assert_eq!(graph.fillings(graph.lot(tote).unwrap()).len(), 2);
}

/// Random processes that close their mass: each takes some of what is left of earlier lots and makes new ones.
fn closing_flows() -> impl Strategy<Value = Vec<(Ends, Ends)>> {
    let step =
        (prop::collection::vec((any::<u16>(), 1_u32..=4), 1..4), prop::collection::vec(1_u32..10, 1..4));
    prop::collection::vec(step, 1..25).prop_map(|steps| {
        let mut left: Vec<f64> = vec![64.0; 4];
        let mut flows = Vec::new();
        for (draws, parts) in steps {
            let mut inputs: BTreeMap<u32, f64> = BTreeMap::new();
            for (pick, quarter) in draws {
                let source = usize::from(pick) % left.len();
                let kg = left[source] * f64::from(quarter) / 4.0;
                if kg > 1e-6 {
                    left[source] -= kg;
                    *inputs.entry(u32::try_from(source).unwrap()).or_default() += kg;
                }
            }
            if inputs.is_empty() {
                continue;
            }
            let (mass, sum): (f64, u32) = (inputs.values().sum(), parts.iter().sum());
            let mut outputs = Vec::new();
            for part in parts {
                let kg = mass * f64::from(part) / f64::from(sum);
                outputs.push((u32::try_from(left.len()).unwrap(), kg));
                left.push(kg);
            }
            flows.push((inputs.into_iter().collect(), outputs));
        }
        flows
    })
}

/// Random processes without order: loops, merges, repeats.
fn any_flows() -> impl Strategy<Value = Vec<(Ends, Ends)>> {
    let ends = || prop::collection::vec((0_u32..20, 1_u32..9), 1..4);
    prop::collection::vec((ends(), ends()), 1..30).prop_map(|flows| {
        let kg =
            |ends: Vec<(u32, u32)>| -> Ends { ends.into_iter().map(|(l, a)| (l, f64::from(a))).collect() };
        flows.into_iter().map(|(i, o)| (kg(i), kg(o))).collect()
    })
}

/// Which lot leads to which over how many processes, as traces of one direction from every lot have it.
fn reached(graph: &Graph, direction: Direction) -> BTreeSet<(u32, u32, u32)> {
    let scratch = &mut Scratch::new();
    let mut out = BTreeSet::new();
    for start in 0..u32::try_from(graph.lot_count()).unwrap() {
        for t in graph.trace(&[LotId(start)], direction, None, scratch).lots {
            let (from, to) = if direction == Direction::Up { (t.lot.0, start) } else { (start, t.lot.0) };
            out.insert((from, to, t.depth));
        }
    }
    out
}

/// Events of nine lots and nine boxes from a kind and three numbers each.
fn events_of(drawn: &[(u8, u8, u8, u8)]) -> Vec<crate::event::Event> {
    let when = r#""eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+08:00""#;
    let kg = |lot: &u8| format!(r#"[{{"epcClass": "urn:lot:{lot}", "quantity": 1, "uom": "KGM"}}]"#);
    let packs = |kind: &str, action: &str, parent: &u8, children: String| {
        format!(
            r#"{{"type": "{kind}", {when}, "action": "{action}", "parentID": "urn:box:{parent}"{children}}}"#
        )
    };
    let one = |(kind, a, b, c): &(u8, u8, u8, u8)| match kind {
        0 => format!(
            r#"{{"type": "TransformationEvent", {when}, "inputQuantityList": {}, "outputQuantityList": {}}}"#,
            kg(a),
            kg(b)
        ),
        // One side of a process that several events tell.
        1 => format!(
            r#"{{"type": "TransformationEvent", {when}, "transformationID": "urn:run:{}", "{}QuantityList": {}}}"#,
            c % 3,
            if b % 2 == 0 { "input" } else { "output" },
            kg(a)
        ),
        2 => packs(
            "AggregationEvent",
            "ADD",
            a,
            format!(r#", "childEPCs": ["urn:box:{b}"], "childQuantityList": {}"#, kg(c)),
        ),
        3 => packs("AggregationEvent", "ADD", a, format!(r#", "childQuantityList": {}"#, kg(c))),
        4 => packs("AggregationEvent", "DELETE", a, String::new()),
        5 => packs("AggregationEvent", "DELETE", a, format!(r#", "childQuantityList": {}"#, kg(c))),
        6 => packs("AssociationEvent", "ADD", a, format!(r#", "childQuantityList": {}"#, kg(c))),
        7 => packs("AssociationEvent", "DELETE", a, format!(r#", "childQuantityList": {}"#, kg(c))),
        // An assembly is made before anything is attached to it.
        _ => format!(
            r#"{{"type": "TransformationEvent", {when}, "inputQuantityList": {}, "outputEPCList": ["urn:box:{b}"]}}"#,
            kg(a)
        ),
    };
    let list = drawn.iter().map(one).collect::<Vec<_>>().join(",");
    let text = format!(
        r#"{{"@context": [], "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z", "epcisBody": {{"eventList": [{list}]}}}}"#
    );
    Document::parse(&text).unwrap_or_else(|f| panic!("{}", f[0])).events
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn carried_quantity_is_conserved(flows in closing_flows()) {
        let graph = graph_of(&flows);
        let all = u32::try_from(graph.lot_count()).unwrap();
        for index in 0..all {
            let target = LotId(index);
            let raw: f64 = graph.composition(target).iter().filter(|c| graph.is_raw(c.lot)).map(|c| c.share).sum();
            prop_assert!((raw - 1.0).abs() < 1e-9, "raw shares of {} sum to {raw}", graph.name(target));
            // What is in stock of all descendants, in their share, and what left the lot itself, is the lot.
            let (mut carried_on, mut taken) = (0.0, graph.consumed(target).unwrap().value);
            for carried in graph.carried(target).iter().skip(1) {
                let stock = graph.made(carried.lot).value - graph.consumed(carried.lot).unwrap().value;
                carried_on += carried.share * stock;
            }
            taken -= carried_on;
            prop_assert!(taken.abs() < 1e-9, "{} kg of {} are lost", taken, graph.name(target));
        }
    }

    #[test]
    fn shares_down_and_up_agree(flows in closing_flows()) {
        let graph = graph_of(&flows);
        for index in 0..u32::try_from(graph.lot_count()).unwrap() {
            for carried in graph.carried(LotId(index)) {
                let up = graph.composition(carried.lot).into_iter().find(|c| c.lot == LotId(index)).unwrap();
                prop_assert!((up.share - carried.share).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn up_and_down_are_inverse(flows in any_flows()) {
        let graph = graph_of(&flows);
        prop_assert_eq!(reached(&graph, Direction::Up), reached(&graph, Direction::Down));
    }

    /// Loops and splits over several events of one process, packages within packages that are filled again, assemblies, events declared wrong.
    #[test]
    fn up_and_down_are_inverse_of_events(
        events in prop::collection::vec((0_u8..9, 0_u8..9, 0_u8..9, 0_u8..9), 1..30),
        withdrawn in prop::collection::btree_set(0_u64..30, 0..6),
    ) {
        let mut graph = Graph::new();
        for (key, event) in (0..).zip(&events_of(&events)) {
            graph.add(key, event).unwrap();
        }
        for key in &withdrawn {
            graph.withdraw(*key);
        }
        prop_assert_eq!(reached(&graph, Direction::Up), reached(&graph, Direction::Down));
    }

    #[test]
    fn caught_up_is_rebuilt(flows in any_flows(), withdrawn in prop::collection::btree_set(0_usize..30, 0..5)) {
        let half = flows.len().div_ceil(2);
        let mut caught_up = graph_of(&flows[..half]);
        let scratch = &mut Scratch::new();
        caught_up.trace(&[LotId(0)], Direction::Down, None, scratch);
        for (index, (inputs, outputs)) in flows.iter().enumerate().skip(half) {
            add(&mut caught_up, index as u64 + 1, inputs, outputs, None);
        }
        for index in withdrawn.iter().filter(|i| **i < flows.len()) {
            caught_up.withdraw(*index as u64 + 1);
        }
        let mut rebuilt = Graph::new();
        for index in 0..caught_up.lot_count() {
            rebuilt.lot_or_new(caught_up.name(LotId(u32::try_from(index).unwrap()))).unwrap();
        }
        for (index, (inputs, outputs)) in flows.iter().enumerate().filter(|(i, _)| !withdrawn.contains(i)) {
            add(&mut rebuilt, index as u64 + 1, inputs, outputs, None);
        }
        prop_assert_eq!(caught_up.loops(), rebuilt.loops());
        for index in 0..u32::try_from(rebuilt.lot_count()).unwrap() {
            for direction in [Direction::Up, Direction::Down] {
                let (a, b) = (caught_up.trace(&[LotId(index)], direction, None, scratch), rebuilt.trace(&[LotId(index)], direction, None, &mut Scratch::new()));
                prop_assert_eq!(a.lots.iter().map(|t| (t.lot, t.depth)).collect::<BTreeSet<_>>(), b.lots.iter().map(|t| (t.lot, t.depth)).collect::<BTreeSet<_>>());
            }
            prop_assert_eq!(caught_up.made(LotId(index)), rebuilt.made(LotId(index)));
            let (a, b) = (caught_up.carried(LotId(index)), rebuilt.carried(LotId(index)));
            for carried in &a {
                let other = b.iter().find(|c| c.lot == carried.lot).unwrap();
                prop_assert!((other.share - carried.share).abs() < 1e-9, "{:?} {:?}", carried, other);
            }
        }
    }
}
