use super::*;
use crate::event::Document;
use crate::event::tests::shared_files;
use proptest::prelude::*;

fn hash_texts(text: &str) -> (Vec<String>, Vec<String>) {
    let events = Document::parse(text).unwrap_or_else(|faults| panic!("{}", faults[0])).events;
    (events.iter().map(prehash).collect(), event_hashes(&events).iter().map(ToString::to_string).collect())
}

/// Canonical texts whose published file is damaged: they do not hash to the published hash, the hash decides.
const DAMAGED: [(&str, usize); 3] = [
    ("epcisDocWithAllGS1Keys", 0),
    ("epcisDocWithCustomSchemaInContext", 1),
    ("epcisDocWithDefaultSchemaInContext", 1),
];

#[test]
fn equal_to_every_vector() {
    let documents: Vec<(String, String)> = shared_files("event_hash", "jsonld").unwrap_or_default();
    let hashes = shared_files("event_hash", "hashes").unwrap_or_default();
    let prehashes = shared_files("event_hash", "prehashes").unwrap_or_default();
    for (name, text) in documents {
        let (texts, found) = hash_texts(&text);
        if let Some((_, lines)) = prehashes.iter().find(|(n, _)| *n == name) {
            for (index, line) in lines.split('\n').filter(|l| !l.is_empty()).enumerate() {
                let expect: [u8; 32] = Sha256::digest(line.as_bytes()).into();
                if DAMAGED.contains(&(name.as_str(), index)) {
                    assert_ne!(EventHash(expect).to_string(), found[index], "{name}: no longer damaged");
                } else {
                    assert_eq!(texts[index], line, "{name}");
                }
            }
        }
        let (_, wanted) = hashes.iter().find(|(n, _)| *n == name).unwrap();
        assert_eq!(
            found,
            wanted.split('\n').filter(|l| !l.is_empty()).collect::<Vec<_>>(),
            "{name}: {texts:#?}"
        );
    }
}

/// One event in several spellings: fields in another order, other white space, another time zone, other digits.
fn spelled(order: &[usize], space: &str, time: &str, number: &str) -> String {
    let fields = [
        r#""type": "ObjectEvent""#.to_owned(),
        format!(r#""eventTime": "{time}""#),
        r#""eventTimeZoneOffset": "+08:00""#.to_owned(),
        r#""action": "ADD""#.to_owned(),
        format!(
            r#""quantityList": [{{"uom": "KGM", "quantity": {number}, "epcClass": "urn:epc:class:lgtin:4012345.012345.L1"}},
            {{"epcClass": "https://id.gs1.org/01/04012345123456/10/L2"}}]"#
        ),
        format!(r#""e:weight": {{"e:b": "{number}", "e:a": [{number}, "x"]}}"#),
        r#""ilmd": {"cbvmda:lotNumber": "L1"}"#.to_owned(),
        r#""bizTransactionList": [{"bizTransaction": "urn:x:1", "type": "po"}, {"bizTransaction": "urn:x:0"}]"#.to_owned(),
    ];
    let body: Vec<&str> = order.iter().map(|i| fields[*i].as_str()).collect();
    let body = body.join(",").replace(' ', space);
    format!(
        r#"{{"type":"EPCISDocument","creationDate":"2026-01-01T00:00:00Z","schemaVersion":"2.0","epcisBody":{{"eventList":[{{{body}}}]}},
        "@context":[{{"e":"https://ns.example.com/"}}]}}"#
    )
}

proptest! {
    #[test]
    fn a_hash_does_not_depend_on_the_spelling(
        order in Just((0..8).collect::<Vec<usize>>()).prop_shuffle(),
        space in "[ \n\t]{1,3}",
        hours in -12_i32..=12,
        whole in 1_u32..100_000,
        zeros in 0_usize..4,
    ) {
        let plain = spelled(&[0, 1, 2, 3, 4, 5, 6, 7], " ", "2026-11-22T12:00:00Z", &whole.to_string());
        let (day, hour) = if hours < -11 { (22, 0) } else { (22 + (12 + hours) / 24, (12 + hours) % 24) };
        let time = format!("2026-11-{day}T{hour:02}:00:00.{}{}{:02}:00", "0".repeat(zeros + 1), if hours < 0 { '-' } else { '+' }, hours.abs());
        let number = if zeros == 0 { format!("{whole}") } else { format!("{whole}.{}", "0".repeat(zeros)) };
        let other = spelled(&order, &space, &time, &number);
        prop_assert_eq!(hash_texts(&plain), hash_texts(&other));
    }
}

#[test]
fn written_and_read_back() {
    let hash = EventHash([0xab; 32]);
    assert_eq!(hash.to_string().parse::<EventHash>(), Ok(hash));
    for text in ["", "ni:///sha-256;ab?ver=CBV2.0", "ni:///sha-256;zz?ver=CBV2.0"] {
        assert!(text.parse::<EventHash>().is_err(), "{text}");
    }
}
