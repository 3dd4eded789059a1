use super::*;

fn document(events: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" xmlns:ex="http://ns.example.com/epcis/"
  xmlns:cbvmda="urn:epcglobal:cbv:mda" schemaVersion="1.2" creationDate="2026-01-02T03:04:05Z">
<EPCISBody><EventList>
{events}
</EventList></EPCISBody></epcis:EPCISDocument>"#
    )
}

fn first(events: &str) -> (Value, Converted) {
    let converted = convert(&document(events)).unwrap_or_else(|f| panic!("{f}"));
    let json: Value = serde_json::from_str(&converted.json).expect("what is written is JSON");
    (json["epcisBody"]["eventList"][0].clone(), converted)
}

#[test]
fn an_object_event_of_1_2() {
    let (event, converted) = first(
        r#"<ObjectEvent>
<eventTime>2026-01-01T08:00:00.000+08:00</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
<baseExtension><eventID>ni:///sha-256;aa?ver=CBV2.0</eventID></baseExtension>
<epcList><epc>urn:epc:id:sgtin:4012345.011111.9876</epc></epcList>
<action>ADD</action><bizStep>urn:epcglobal:cbv:bizstep:commissioning</bizStep>
<disposition>urn:epcglobal:cbv:disp:active</disposition>
<readPoint><id>urn:epc:id:sgln:4012345.00001.0</id></readPoint>
<bizTransactionList><bizTransaction type="urn:epcglobal:cbv:btt:po">urn:epc:id:gdti:4012345.00001.1</bizTransaction></bizTransactionList>
<extension><quantityList><quantityElement><epcClass>urn:epc:class:lgtin:4012345.011111.L1</epcClass>
<quantity>1.50</quantity><uom>KGM</uom></quantityElement></quantityList>
<ilmd><cbvmda:lotNumber>L1</cbvmda:lotNumber></ilmd></extension>
<ex:melt><ex:heat>7</ex:heat><ex:heat>8</ex:heat></ex:melt>
</ObjectEvent>"#,
    );
    assert_eq!(
        event,
        json!({
            "type": "ObjectEvent", "eventTime": "2026-01-01T08:00:00.000+08:00", "eventTimeZoneOffset": "+08:00",
            "eventID": "ni:///sha-256;aa?ver=CBV2.0", "epcList": ["urn:epc:id:sgtin:4012345.011111.9876"],
            "action": "ADD", "bizStep": "commissioning", "disposition": "active",
            "readPoint": {"id": "urn:epc:id:sgln:4012345.00001.0"},
            "bizTransactionList": [{"type": "po", "bizTransaction": "urn:epc:id:gdti:4012345.00001.1"}],
            "quantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.011111.L1", "quantity": 1.5, "uom": "KGM"}],
            "ilmd": {"cbvmda:lotNumber": "L1"}, "ex:melt": {"ex:heat": ["7", "8"]}
        })
    );
    // The XML's own lines: the event begins on the fifth.
    assert_eq!(converted.line("/epcisBody/eventList/0"), Some(5));
    assert_eq!(converted.line("/epcisBody/eventList/0/action"), Some(9));
    assert_eq!(converted.line("/epcisBody/eventList/0/bizLocation/id"), Some(5), "what is missing is near");
    let json: Value = serde_json::from_str(&converted.json).expect("JSON");
    assert_eq!(json["@context"][1], json!({"ex": "http://ns.example.com/epcis/"}));
    assert_eq!(
        (&json["schemaVersion"], &json["creationDate"]),
        (&json!("1.2"), &json!("2026-01-02T03:04:05Z"))
    );
}

#[test]
fn newer_events_and_sensors() {
    let (event, _) = first(
        r#"<extension><TransformationEvent><inputQuantityList/><outputEPCList><epc>urn:a:b</epc></outputEPCList>
<persistentDisposition><set>urn:epcglobal:cbv:disp:completeness_verified</set></persistentDisposition>
<sensorElementList><sensorElement><sensorMetadata time="2026-01-01T00:00:00Z"/>
<sensorReport type="gs1:Temperature" value="26.0" uom="CEL" booleanValue="true" ex:batch="3"/></sensorElement></sensorElementList>
<errorDeclaration><declarationTime>2026-01-03T00:00:00Z</declarationTime><reason>urn:epcglobal:cbv:er:incorrect_data</reason>
<correctiveEventIDs><correctiveEventID>urn:uuid:1</correctiveEventID></correctiveEventIDs></errorDeclaration>
</TransformationEvent></extension>"#,
    );
    assert_eq!(
        event,
        json!({
            "type": "TransformationEvent", "inputQuantityList": [], "outputEPCList": ["urn:a:b"],
            "persistentDisposition": {"set": ["completeness_verified"]},
            "sensorElementList": [{"sensorMetadata": {"time": "2026-01-01T00:00:00Z"}, "sensorReport": [
                {"type": "gs1:Temperature", "value": 26.0, "uom": "CEL", "booleanValue": true, "ex:batch": "3"}]}],
            "errorDeclaration": {"declarationTime": "2026-01-03T00:00:00Z", "reason": "incorrect_data",
                "correctiveEventIDs": ["urn:uuid:1"]}
        })
    );
}

#[test]
fn what_cannot_be_read_says_where() {
    let attribute = document(r#"<ObjectEvent><ex:a b="1">x</ex:a></ObjectEvent>"#);
    let twice = document("<ObjectEvent><action>ADD</action>\n<action>ADD</action></ObjectEvent>");
    let item = document("<ObjectEvent><epcList><ecp>x</ecp></epcList></ObjectEvent>");
    for (text, line, words) in [
        ("<a>", 1, "不是合法的 XML"),
        ("<html/>", 1, "根元素为 <html>"),
        ("<EPCISDocument>\n<EPCISBody/></EPCISDocument>", 2, "缺少 <EventList>"),
        ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", 1, "不是合法的 XML"),
        (attribute.as_str(), 5, "带有属性 b"),
        (twice.as_str(), 6, "出现两次"),
        (item.as_str(), 5, "应为 <epc>"),
    ] {
        let fault = convert(text).expect_err(text);
        assert!(fault.line == line && fault.what.contains(words), "{text}: {fault}");
    }
}

#[test]
fn numbers_and_prefixes() {
    for (text, expect) in
        [("1.50", json!(1.5)), ("+2", json!(2)), (".5", json!(0.5)), ("3.", json!(3)), ("1,5", json!("1,5"))]
    {
        let quantity = format!(
            "<ObjectEvent><quantityList><quantityElement><quantity>{text}</quantity></quantityElement></quantityList></ObjectEvent>"
        );
        assert_eq!(first(&quantity).0["quantityList"][0]["quantity"], expect, "{text}");
    }
    // One prefix for two namespaces: the second gets a number.
    let (event, converted) = first(
        r#"<ObjectEvent><a:x xmlns:a="http://one/">1</a:x><a:x xmlns:a="http://two/">2</a:x></ObjectEvent>"#,
    );
    assert_eq!(event, json!({"type": "ObjectEvent", "a:x": "1", "a2:x": "2"}));
    assert!(converted.json.contains(r#""a2":"http://two/""#), "{}", converted.json);
}

#[test]
fn master_data_and_quantity_events_of_1_2() {
    let text = r#"<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2" creationDate="2026-01-10T00:00:00Z">
<EPCISHeader><extension><EPCISMasterData><VocabularyList><Vocabulary type="urn:epcglobal:epcis:vtype:BusinessLocation">
<VocabularyElementList><VocabularyElement id="urn:epc:id:sgln:4012345.00001.0">
<attribute id="urn:epcglobal:cbv:mda#name">一号厂</attribute><children><id>urn:epc:id:sgln:4012345.00001.1</id></children>
</VocabularyElement></VocabularyElementList></Vocabulary></VocabularyList></EPCISMasterData></extension></EPCISHeader>
<EPCISBody><EventList><QuantityEvent><eventTime>2026-01-10T08:00:00+08:00</eventTime>
<eventTimeZoneOffset>+08:00</eventTimeZoneOffset><epcClass>urn:epc:idpat:sgtin:4012345.011111.*</epcClass>
<quantity>67</quantity></QuantityEvent></EventList></EPCISBody></epcis:EPCISDocument>"#;
    let json: Value = serde_json::from_str(&convert(text).unwrap().json).unwrap();
    let element = &json["epcisHeader"]["epcisMasterData"]["vocabularyList"][0]["vocabularyElementList"][0];
    assert_eq!(
        *element,
        json!({"id": "urn:epc:id:sgln:4012345.00001.0",
            "attributes": [{"id": "urn:epcglobal:cbv:mda#name", "attribute": "一号厂"}],
            "children": ["urn:epc:id:sgln:4012345.00001.1"]})
    );
    let event = &json["epcisBody"]["eventList"][0];
    assert_eq!((event["type"].as_str(), event["action"].as_str()), (Some("ObjectEvent"), Some("OBSERVE")));
    assert_eq!(
        event["quantityList"],
        json!([{"epcClass": "urn:epc:idpat:sgtin:4012345.011111.*", "quantity": 67}])
    );
}

#[test]
fn a_text_that_ends_too_early_ends_there() {
    let fault = convert("<a>\n  <b>\n    <c>text").unwrap_err();
    assert_eq!((fault.line, fault.column), (3, 12), "{fault}");
}
