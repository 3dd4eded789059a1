use super::*;
use proptest::prelude::*;
use std::path::{Path, PathBuf};

/// The files of a folder of the shared test data, by name; `None` where the shared data are absent.
pub(crate) fn shared_files(folder: &str, ending: &str) -> Option<Vec<(String, String)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/ledger").join(folder);
    let Ok(entries) = std::fs::read_dir(&root) else {
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), "skipped: {} is absent", root.display());
        return None;
    };
    let mut paths: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == ending));
    paths.sort();
    let name = |p: &Path| p.file_stem().unwrap().to_string_lossy().into_owned();
    Some(paths.iter().map(|p| (name(p), std::fs::read_to_string(p).unwrap())).collect())
}

#[test]
fn accepts_every_valid_document() {
    for (name, text) in shared_files("epcis_valid", "json").unwrap_or_default() {
        let faults = Document::parse(&text).err().unwrap_or_default();
        assert!(faults.is_empty(), "{name}: {}", faults[0]);
    }
}

#[test]
fn refuses_every_invalid_document_at_its_fault() {
    const BIZ_STEP: Expected = Expected::Word { vocabulary: "bizStep", nearest: Some("transporting") };
    const DISPOSITION: Expected = Expected::Word { vocabulary: "disposition", nearest: Some("in_transit") };
    let expect: &[(&str, &[(&str, Expected)])] = &[
        (
            "Combination_of_events_with_missing_mandatory_fields",
            &[
                ("0/action", Expected::Present),
                ("1/eventTimeZoneOffset", Expected::Present),
                ("1/action", Expected::Present),
            ],
        ),
        (
            "Combination_of_non_standard_bizStep_and_disposition",
            &[("0/bizStep", BIZ_STEP), ("1/disposition", DISPOSITION)],
        ),
        ("ObjectEvent_with_ilmd_field_without_namespace", &[("0/ilmd/materialType", Expected::Namespaced)]),
        (
            "ObjectEvent_with_invalid_certificationInfo",
            &[
                ("0/certificationInfo/0", Expected::Uri),
                ("0/certificationInfo/1", Expected::Uri),
                ("0/certificationInfo/1/gs1:CertificationDetails/gs1:certificationAuditDate", Expected::Date),
            ],
        ),
        ("ObjectEvent_with_non_standard_bizStep", &[("0/bizStep", BIZ_STEP)]),
        ("ObjectEvent_with_non_standard_disposition", &[("0/disposition", DISPOSITION)]),
        (
            "ObjectEvent_with_unknown_field_in_quantityList",
            &[("0/quantityList/0/weight", Expected::OneOf(&["epcClass", "quantity", "uom"]))],
        ),
        (
            "ObjectEvent_without_identifier_list",
            &[("0", Expected::AnyOf(&["epcList", "quantityList", "sensorElementList + readPoint"]))],
        ),
    ];
    for (name, text) in shared_files("epcis_invalid", "json").unwrap_or_default() {
        let faults = Document::parse(&text).unwrap_err();
        let found: Vec<(&str, Expected)> = faults
            .iter()
            .map(|f| (f.place.strip_prefix("/epcisBody/eventList/").unwrap(), f.expected.clone()))
            .collect();
        let (_, wanted) =
            expect.iter().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("no expectation for {name}"));
        assert_eq!(found, *wanted, "{name}");
    }
}

fn document(event: &str) -> String {
    format!(
        r#"{{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {{"e": "https://ns.example.com/"}}],
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z",
        "epcisBody": {{"eventList": [{event}]}}}}"#
    )
}

const WHEN: &str = r#""eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+08:00""#;

#[test]
fn names_the_place_of_every_kind_of_fault() {
    let at = "/epcisBody/eventList/0";
    for (event, place, found) in [
        (format!(r#"{{"type": "ObjectEvent", {WHEN}, "action": "MAKE", "epcList": ["urn:a:b"]}}"#), "/action", Some("\"MAKE\"")),
        (format!(r#"{{"type": "ObjectEvent", {WHEN}, "action": "ADD", "epcList": ["a b"]}}"#), "/epcList/0", Some("\"a b\"")),
        (format!(r#"{{"type": "ObjectEvent", {WHEN}, "action": "ADD", "epcList": ["a:b", "a:b"]}}"#), "/epcList/1", Some("\"a:b\"")),
        (format!(r#"{{"type": "ObjectEvent", {WHEN}, "action": "OBSERVE", "epcList": [], "ilmd": {{}}}}"#), "/ilmd", Some("{}")),
        (format!(r#"{{"type": "ObjectEvent", {WHEN}, "action": "OBSERVE", "epcList": [], "action": "ADD"}}"#), "/action", Some("\"ADD\"")),
        (format!(r#"{{"type": "ObjectEvent", {WHEN}, "action": "OBSERVE", "epcList": [], "foo": 1}}"#), "/foo", Some("1")),
        (format!(r#"{{"type": "ObjectEvent", {WHEN}, "action": "OBSERVE", "epcList": [], "parentID": "a:b"}}"#), "/parentID", Some("\"a:b\"")),
        (format!(r#"{{"type": "TransformationEvent", {WHEN}, "inputEPCList": ["a:b"]}}"#), "", None),
        (format!(r#"{{"type": "TransactionEvent", {WHEN}, "action": "ADD", "epcList": ["a:b"], "bizTransactionList": []}}"#), "/bizTransactionList", Some("[]")),
        (format!(r#"{{"type": "AssociationEvent", {WHEN}, "action": "ADD", "childEPCs": ["a:b"]}}"#), "/parentID", None),
        (format!(r#"{{"type": "AggregationEvent", {WHEN}, "action": "ADD", "parentID": "a:b"}}"#), "", None),
        (format!(r#"{{"type": "MakeEvent", {WHEN}}}"#), "/type", Some("\"MakeEvent\"")),
        (r#"{"type": "ObjectEvent", "eventTime": "2026-01-01", "eventTimeZoneOffset": "+08:00", "action": "ADD", "epcList": []}"#.to_owned(), "/eventTime", Some("\"2026-01-01\"")),
        (format!(r#"{{"type": "ObjectEvent", {WHEN}, "action": "ADD", "epcList": [], "readPoint": {{}}}}"#), "/readPoint/id", None),
        (
            format!(r#"{{"type": "ObjectEvent", {WHEN}, "action": "ADD", "epcList": [], "sensorElementList": [{{"sensorReport": [{{"type": "Temperature", "value": "26"}}]}}]}}"#),
            "/sensorElementList/0/sensorReport/0/value",
            Some("\"26\""),
        ),
    ] {
        let faults = Document::parse(&document(&event)).unwrap_err();
        assert_eq!(faults.len(), 1, "{event}: {faults:?}");
        assert_eq!(faults[0].place, format!("{at}{place}"), "{event}");
        assert_eq!(faults[0].found.as_deref(), found, "{event}");
    }
}

#[test]
fn faults_of_the_document_itself() {
    for (text, place) in [
        ("{", ""),
        ("[]", ""),
        (r#"{"@context": [], "type": "EPCISDoc"}"#, "/type"),
        (
            r#"{"type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z", "epcisBody": {"eventList": []}}"#,
            "/@context",
        ),
        (
            r#"{"@context": [], "type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": {"eventList": []}}"#,
            "/creationDate",
        ),
        (
            r#"{"@context": [], "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z", "epcisBody": {}}"#,
            "/epcisBody/eventList",
        ),
        (
            r#"{"@context": [], "type": "EPCISQueryDocument", "epcisBody": {"queryResults": {"resultsBody": {"eventList": []}}}}"#,
            "/epcisBody/queryResults/queryName",
        ),
    ] {
        let faults = Document::parse(text).unwrap_err();
        assert_eq!(faults.iter().map(|f| f.place.as_str()).collect::<Vec<_>>(), [place], "{text}");
    }
}

#[test]
fn proceeds_past_faulty_events() {
    let good = format!(
        r#"{{"type": "ObjectEvent", {WHEN}, "action": "ADD", "epcList": ["a:b"], "e:x": {{"y": [1, "e:z"]}}}}"#
    );
    let bad = format!(r#"{{"type": "ObjectEvent", {WHEN}, "epcList": ["a:b"]}}"#);
    let (document, faults) = Document::parse_lenient(&document(&format!("{bad},{good}")));
    let events = document.unwrap().events;
    assert_eq!(faults.len(), 1);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].place, "/epcisBody/eventList/1");
    let list = ExtensionValue::List(vec![
        ExtensionValue::Number(1.0),
        ExtensionValue::Text("https://ns.example.com/z".to_owned()),
    ]);
    let inner = Extension { name: "y".to_owned(), value: list };
    assert_eq!(
        events[0].extensions,
        [Extension {
            name: "{https://ns.example.com/}x".to_owned(),
            value: ExtensionValue::Object(vec![inner])
        }]
    );
}

/// A document with every kind of field, to be damaged.
fn rich() -> String {
    document(&format!(
        r#"{{"type": "ObjectEvent", {WHEN}, "action": "ADD", "epcList": ["urn:epc:id:sgtin:4012345.011111.9876"], "bizStep": "shipping",
        "quantityList": [{{"epcClass": "https://a.b/01/09521141012345/10/L", "quantity": 1e3, "uom": "KGM"}}],
        "readPoint": {{"id": "urn:epc:id:sgln:4012345.00005.0", "e:x": -0.50}}, "persistentDisposition": {{"set": ["recalled"]}},
        "sourceList": [{{"type": "location", "source": "urn:a:b"}}], "errorDeclaration": {{"declarationTime": "2026-01-01T00:00:00Z"}},
        "sensorElementList": [{{"sensorReport": [{{"type": "Temperature", "value": 1.5, "hexBinaryValue": "0f"}}]}}],
        "ilmd": {{"cbvmda:lotNumber": "批次1"}}, "e:list": [1, "2.0", {{"e:y": null}}, [true]]}}"#
    ))
}

proptest! {
    #[test]
    fn damaged_documents_are_refused_or_hashed_but_never_panic(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..6, "[\"{}\\[\\]:,a-zA-Z0-9.+é-]{0,4}"), 1..5),
    ) {
        let mut text: Vec<char> = rich().chars().collect();
        for (at, removed, inserted) in cuts {
            let at = at.index(text.len());
            let end = (at + removed).min(text.len());
            text.splice(at..end, inserted.chars());
        }
        let (document, faults) = Document::parse_lenient(&text.into_iter().collect::<String>());
        prop_assert!(document.is_some() || !faults.is_empty());
        let events = document.map(|d| d.events).unwrap_or_default();
        let hashes: Vec<String> = crate::hash::event_hashes(&events).iter().map(ToString::to_string).collect();
        prop_assert_eq!(hashes.len(), events.len());
        let mut graph = crate::graph::Graph::new();
        for (key, event) in (1..).zip(&events) {
            prop_assert!(graph.add(key, event).is_ok());
        }
    }

    #[test]
    fn any_identifier_has_at_most_one_canonical_form(text in "(urn:epc:(id|class|idpat):[a-z]{3,5}:)?(https://[a-z]{2}/)?[0-9a-z./*:%é-]{0,40}") {
        if let Some(once) = crate::hash::link::canonical(&text) {
            let twice = crate::hash::link::canonical(&once);
            prop_assert!(twice.is_none() || twice.as_ref() == Some(&once), "{} {:?}", once, twice);
        }
    }
}

#[test]
fn the_rich_document_is_valid() {
    let faults = Document::parse(&rich()).err().unwrap_or_default();
    assert!(faults.is_empty(), "{}", faults[0]);
}

#[test]
fn the_header_is_looked_at() {
    let document = |header: &str| {
        format!(
            r#"{{"@context": [], "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z",
            "epcisHeader": {header}, "epcisBody": {{"eventList": []}}}}"#
        )
    };
    let places = |header: &str| -> Vec<String> {
        let faults = Document::parse(&document(header)).err().unwrap_or_default();
        faults.into_iter().map(|fault| fault.place).filter(|p| p.starts_with("/epcisHeader")).collect()
    };
    assert_eq!(
        places(r#"{"epcisMasterData": "abc", "nonsense": 3}"#),
        ["/epcisHeader/epcisMasterData", "/epcisHeader/nonsense"]
    );
    assert_eq!(
        places(
            r#"{"epcisMasterData": {"vocabularyList": [{"vocabularyElementList": [{"attributes": 1}]}]}}"#
        ),
        [
            "/epcisHeader/epcisMasterData/vocabularyList/0/type",
            "/epcisHeader/epcisMasterData/vocabularyList/0/vocabularyElementList/0/id",
            "/epcisHeader/epcisMasterData/vocabularyList/0/vocabularyElementList/0/attributes"
        ]
    );
    let good = r#"{"epcisMasterData": {"vocabularyList": [{"type": "t", "vocabularyElementList": [{"id": "a:b", "attributes": [{"id": "n", "attribute": "x"}]}]}]}, "ex:own": 1}"#;
    assert_eq!(places(good), Vec::<String>::new());
}
