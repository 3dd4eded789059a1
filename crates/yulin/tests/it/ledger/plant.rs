//! A small wire plant: two cathodes are drawn to wire, wire is spooled and shipped, some comes back.

use std::fmt::Write as _;

pub const SITE: &str = "urn:epc:id:sgln:4012345.00001.0";
const HEAD: &str = r#"{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"yl": "urn:yulin:ledger:"}],
 "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-11-02T03:04:05Z", "epcisBody": {"eventList": ["#;

/// Identifier of a lot.
pub fn lot(name: &str) -> String {
    format!("urn:epc:class:lgtin:4012345.011111.{name}")
}

/// A document of events.
pub fn document(events: &[String]) -> String {
    format!("{HEAD}\n{}\n]}}}}", events.join(",\n"))
}

/// An event at a minute of 2026-11-01, China's time, with further fields.
pub fn event(kind: &str, minute: usize, fields: &str) -> String {
    format!(
        r#"{{"type": "{kind}", "eventTime": "2026-11-01T{:02}:{:02}:00+08:00", "eventTimeZoneOffset": "+08:00",
 "readPoint": {{"id": "{SITE}"}}, {fields}}}"#,
        minute / 60,
        minute % 60
    )
}

/// `quantityList` items: lot and kilograms.
pub fn kilograms(lots: &[(&str, f64)]) -> String {
    let mut out = String::from("[");
    for (at, (name, kg)) in lots.iter().enumerate() {
        let comma = if at > 0 { ", " } else { "" };
        write!(out, r#"{comma}{{"epcClass": "{}", "quantity": {kg}, "uom": "KGM"}}"#, lot(name)).unwrap();
    }
    out + "]"
}

/// The plant's events: 60 kg of cathode A and 40 kg of B give 98 kg wire W with 2 kg scrap S; 50 kg and 48 kg of it are
/// rewound to spools P and Q; P goes to one customer, Q to another, and 8 kg of Q come back.
pub fn plant() -> Vec<String> {
    let made = |name: &str, factor: &str, extra: &str, minute| {
        event(
            "ObjectEvent",
            minute,
            &format!(
                r#""action": "ADD", "bizStep": "receiving", "quantityList": {},
 "ilmd": {{"yl:content": {{"Cu": 0.999}}, "yl:factor": "{factor}"{extra}}}"#,
                kilograms(&[(name, if name == "A" { 60.0 } else { 40.0 })])
            ),
        )
    };
    let turned = |minute, inputs: &[(&str, f64)], outputs: &[(&str, f64)], more: &str| {
        event(
            "TransformationEvent",
            minute,
            &format!(
                r#""inputQuantityList": {}, "outputQuantityList": {}, "bizStep": "commissioning"{more}"#,
                kilograms(inputs),
                kilograms(outputs)
            ),
        )
    };
    let moved = |minute, name: &str, kg: f64, step: &str, more: &str| {
        event(
            "ObjectEvent",
            minute,
            &format!(
                r#""action": "OBSERVE", "bizStep": "{step}", "quantityList": {}{more}"#,
                kilograms(&[(name, kg)])
            ),
        )
    };
    let to = |party: &str| {
        format!(
            r#", "destinationList": [{{"type": "owning_party", "destination": "urn:epc:id:pgln:{party}"}}]"#
        )
    };
    vec![
        made("A", "copper-primary-global", "", 0),
        made("B", "copper-recycled", r#", "yl:recycled": true"#, 1),
        turned(
            10,
            &[("A", 60.0), ("B", 40.0)],
            &[("W", 98.0), ("S", 2.0)],
            r#", "ilmd": {"yl:content": {"Cu": 0.999}},
 "yl:activity": [{"yl:factor": "grid-central-2023", "yl:amount": 100, "yl:unit": "kWh", "yl:metered": true}]"#,
        ),
        turned(20, &[("W", 50.0)], &[("P", 50.0)], ""),
        turned(21, &[("W", 48.0)], &[("Q", 48.0)], ""),
        moved(30, "P", 50.0, "shipping", &to("4012345.00002")),
        moved(31, "Q", 48.0, "shipping", &to("4012345.00003")),
        moved(
            40,
            "Q",
            8.0,
            "receiving",
            r#", "disposition": "returned", "sourceList": [{"type": "owning_party", "source": "urn:epc:id:pgln:4012345.00003"}]"#,
        ),
    ]
}
