//! Check, hash, reconcile, simulate: no database.

use super::{files_of, shared};
use crate::common::{ok, run, text};
use serde_json::Value;
use std::path::Path;

const JSON: &str = r#"{
  "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ex": "http://ns.example.com/epcis/"}],
  "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-02T03:04:05Z",
  "epcisBody": {"eventList": [{
    "type": "TransformationEvent", "eventTime": "2026-01-01T08:00:00+08:00", "eventTimeZoneOffset": "+08:00",
    "inputQuantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.011111.A", "quantity": 10, "uom": "KGM"}],
    "outputQuantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.011111.B", "quantity": 9.5, "uom": "KGM"}],
    "bizStep": "commissioning", "readPoint": {"id": "urn:epc:id:sgln:4012345.00001.0"},
    "ilmd": {"cbvmda:lotNumber": "B"}, "ex:heat": "7"
  }]}
}"#;

/// The same event, as EPCIS 1.2 writes it: another order, URNs of words, wrappers, another zone.
const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" xmlns:ex="http://ns.example.com/epcis/"
    xmlns:cbvmda="urn:epcglobal:cbv:mda" schemaVersion="1.2" creationDate="2026-01-02T03:04:05Z">
  <EPCISBody><EventList><extension><TransformationEvent>
    <eventTime>2026-01-01T00:00:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
    <inputQuantityList><quantityElement><epcClass>urn:epc:class:lgtin:4012345.011111.A</epcClass>
      <quantity>10.0</quantity><uom>KGM</uom></quantityElement></inputQuantityList>
    <outputQuantityList><quantityElement><epcClass>urn:epc:class:lgtin:4012345.011111.B</epcClass>
      <quantity>9.50</quantity><uom>KGM</uom></quantityElement></outputQuantityList>
    <bizStep>urn:epcglobal:cbv:bizstep:commissioning</bizStep>
    <readPoint><id>urn:epc:id:sgln:4012345.00001.0</id></readPoint>
    <ilmd><cbvmda:lotNumber>B</cbvmda:lotNumber></ilmd>
    <ex:heat>7</ex:heat>
  </TransformationEvent></extension></EventList></EPCISBody>
</epcis:EPCISDocument>"#;

#[test]
fn valid_documents_pass_and_invalid_ones_name_their_places() {
    let Some(shared) = shared() else { return };
    let dir = tempfile::tempdir().unwrap();
    let valid = files_of(&shared.join("epcis_valid"), "json");
    let args: Vec<&str> = ["ledger", "check"].into_iter().chain(valid.iter().map(String::as_str)).collect();
    let said = ok(dir.path(), &args);
    assert_eq!(said.lines().filter(|l| l.starts_with("ok ")).count(), valid.len(), "{said}");
    // Each invalid document with the place where its name says that the fault is.
    for (name, places) in [
        ("Combination_of_events_with_missing_mandatory_fields", &["/epcisBody/eventList/0"][..]),
        (
            "Combination_of_non_standard_bizStep_and_disposition",
            &["/epcisBody/eventList/0/bizStep：", "disposition："],
        ),
        ("ObjectEvent_with_ilmd_field_without_namespace", &["/ilmd/"]),
        ("ObjectEvent_with_invalid_certificationInfo", &["/certificationInfo"]),
        ("ObjectEvent_with_non_standard_bizStep", &["/bizStep："]),
        ("ObjectEvent_with_non_standard_disposition", &["/disposition："]),
        ("ObjectEvent_with_unknown_field_in_quantityList", &["/quantityList/0/"]),
        ("ObjectEvent_without_identifier_list", &["epcList"]),
    ] {
        let path = shared.join("epcis_invalid").join(name).with_extension("json");
        let output = run(dir.path(), &["ledger", "check", &path.display().to_string()]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        let said = text(&output);
        for place in places {
            assert!(said.contains(place), "{name}: no {place} in {said}");
        }
    }
}

#[test]
fn hashes_are_the_published_ones() {
    let Some(shared) = shared() else { return };
    let dir = tempfile::tempdir().unwrap();
    for file in files_of(&shared.join("event_hash"), "jsonld") {
        let published = std::fs::read_to_string(Path::new(&file).with_extension("hashes")).unwrap();
        assert_eq!(ok(dir.path(), &["ledger", "hash", &file]).trim(), published.trim(), "{file}");
    }
}

#[test]
fn an_event_has_one_hash_in_json_and_in_xml() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("e.json"), JSON).unwrap();
    std::fs::write(dir.path().join("e.xml"), format!("\u{feff}{XML}")).unwrap();
    assert!(ok(dir.path(), &["ledger", "check", "e.xml"]).contains("1 events"));
    let said = ok(dir.path(), &["ledger", "hash", "e.json", "e.xml"]);
    let hashes: Vec<&str> = said.lines().collect();
    assert!(hashes.len() == 2 && hashes[0] == hashes[1] && hashes[0].starts_with("ni:///sha-256;"), "{said}");
}

#[test]
fn what_is_wrong_has_its_file_and_place() {
    let dir = tempfile::tempdir().unwrap();
    let wrong_step = XML.replace("bizstep:commissioning", "bizstep:melting");
    let wrong_xml = XML.replace("</TransformationEvent>", "");
    let no_time = JSON.replace("eventTime\"", "eventTimes\"");
    for (name, content, exit, words) in [
        (
            "step.xml",
            wrong_step.as_bytes(),
            2,
            "step.xml:10: /epcisBody/eventList/0/bizStep：读到 \"melting\"",
        ),
        ("open.xml", wrong_xml.as_bytes(), 2, "open.xml:14: "),
        ("time.json", no_time.as_bytes(), 2, "time.json: /epcisBody/eventList/0/eventTimes：读到"),
        ("cut.json", &JSON.as_bytes()[..300], 2, "合法的 JSON"),
        ("gbk.json", &[b'{', b'\n', 0xd6, 0xd0][..], 2, "gbk.json:2: the text is not UTF-8"),
        ("empty.json", b"", 2, "合法的 JSON"),
    ] {
        std::fs::write(dir.path().join(name), content).unwrap();
        for command in ["check", "hash"] {
            let output = run(dir.path(), &["ledger", command, name]);
            assert_eq!(output.status.code(), Some(exit), "{command} {name}");
            let said = text(&output);
            // A document with several faults: `hash` names the first, `check` all.
            assert!(
                said.contains(words) || (command == "hash" && said.contains("(+")),
                "{command} {name}: {said}"
            );
        }
    }
    assert_eq!(run(dir.path(), &["ledger", "check", "none.json"]).status.code(), Some(2));
    // A bad file does not keep the others from being looked at.
    std::fs::write(dir.path().join("good.json"), JSON).unwrap();
    let output = run(dir.path(), &["ledger", "check", "gbk.json", "good.json"]);
    assert!(output.status.code() == Some(2) && text(&output).contains("ok      good.json: 1 events"));
}

#[test]
fn the_published_example_reconciles_to_six_decimals() {
    let Some(shared) = shared() else { return };
    let dir = tempfile::tempdir().unwrap();
    let path = shared.join("reconcile_cencic2016.json");
    let said = ok(dir.path(), &["ledger", "reconcile", &path.display().to_string()]);
    let answer: Value = serde_json::from_str(&said).unwrap();
    let asked: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    for (name, expect) in asked["expected"].as_object().unwrap() {
        let found = answer["flows"].get(name).or_else(|| answer["transfer_coefficients"].get(name)).unwrap();
        for (key, expect) in [("value", &expect[0]), ("sd", &expect[1])] {
            let (found, expect) = (found[key].as_f64().unwrap(), expect.as_f64().unwrap());
            assert!((found - expect).abs() <= 0.5e-6 + 1e-12, "{name} {key}: {found} {expect}");
        }
    }
    assert_eq!(answer["gross_errors"], serde_json::json!([]));
}

#[test]
fn wrong_problems_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    for (problem, words) in [
        ("{", "合法的 JSON"),
        (r#"{"flows": {"a": {"value": 1}}, "equations": []}"#, "/flows/a"),
        (r#"{"flows": {"a": {"value": 1, "sd": 1}}, "equations": ["a - = 0"]}"#, "a - = 0"),
        (r#"{"flows": {"a": {"value": 1, "sd": 1}}, "equations": ["a - b = 0"]}"#, "b"),
        (
            r#"{"flows": {"a": {"value": 1, "constant": true}, "b": {"value": 2, "constant": true}}, "equations": ["a - b = 0"]}"#,
            "a - b = 0",
        ),
    ] {
        std::fs::write(dir.path().join("p.json"), problem).unwrap();
        let output = run(dir.path(), &["ledger", "reconcile", "p.json"]);
        assert_eq!(output.status.code(), Some(2), "{problem}");
        assert!(text(&output).contains("p.json: ") && text(&output).contains(words), "{}", text(&output));
    }
}

#[test]
fn the_etchant_loop_closes_and_meets_its_case() {
    let dir = tempfile::tempdir().unwrap();
    let recipe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/etchant.json").display().to_string();
    let said = ok(dir.path(), &["ledger", "simulate", "etchant", "--recipe", &recipe, "--json"]);
    let report: Value = serde_json::from_str(&said).unwrap();
    for account in ["mass", "elements", "energy"] {
        assert!(
            report["run"]["closure"][account].as_f64().unwrap() < 1e-9,
            "{account}: {}",
            report["run"]["closure"]
        );
    }
    assert!((report["case"]["avoided_waste_t"].as_f64().unwrap() - 15_000.0).abs() < 5.0);
    assert!((report["case"]["reduction"].as_f64().unwrap() - 0.6).abs() < 2e-4);
    let said = ok(dir.path(), &["ledger", "simulate", "etchant", "--recipe", &recipe]);
    assert!(said.contains("without regeneration 不再生 25000.0 t, avoided 减少危废 15000"), "{said}");
    for (recipe, words) in [
        (r#"{"run": {"hour": 3}}"#, "unknown field `hour`"),
        (r#"{"run": {"cuprous": 2}}"#, "cuprous = 2"),
        (r#"{"run": {"set": {"orp_mv": -5}}}"#, "set.orp_mv = -5"),
        (r#"{"run": "#, "line 1"),
    ] {
        std::fs::write(dir.path().join("r.json"), recipe).unwrap();
        let output = run(dir.path(), &["ledger", "simulate", "etchant", "--recipe", "r.json"]);
        assert!(output.status.code() == Some(2) && text(&output).contains(words), "{}", text(&output));
    }
}
