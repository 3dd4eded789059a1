//! An EPCIS document of either form, with every fault at its place in the file as it is.

use super::facts::{FieldFault, field_faults};
use crate::{Code, Error, InputFile, Result};
use exchange::epcis_xml::{self, Converted};
use ledger::event::{Document, DocumentKind, Event};
use ledger::footprint::factor::FactorLibrary;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Display;

/// A document as it was read.
pub(super) struct EventFile {
    /// Name of the file or of the request.
    pub name: String,
    /// The document in JSON: the file's own text, or what its XML became.
    pub text: String,
    /// Its valid events; none where nothing of it can be used.
    pub document: Option<Document>,
    /// What is wrong, one line each, with file and place.
    pub faults: Vec<String>,
}

/// Reads a document; only text that is no text is an error, all else is a fault with its place. An event whose fields of our own
/// are faulty is not valid; whether an activity can be computed is known only with a library of factors.
pub(super) fn read_events(file: InputFile, library: Option<&FactorLibrary>) -> Result<EventFile> {
    let InputFile { name, bytes } = file;
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        Error::new(Code::BadInput, format!("{name}:{line}: the text is not UTF-8"))
    })?;
    let mark = text.len() - text.trim_start_matches('\u{feff}').len();
    text.drain(..mark);
    if !epcis_xml::is_xml(&text) {
        let (mut document, faults) = Document::parse_lenient(&text);
        let mut faults: Vec<String> = faults.iter().map(|fault| format!("{name}: {fault}")).collect();
        faults.extend(own_faults(&mut document, library).iter().map(|fault| format!("{name}: {fault}")));
        return Ok(EventFile { name, text, document, faults });
    }
    match epcis_xml::convert(&text) {
        Ok(converted) => {
            let (mut document, faults) = Document::parse_lenient(&converted.json);
            let mut faults: Vec<String> =
                faults.iter().map(|fault| in_xml(&name, &converted, &fault.place, fault)).collect();
            let own = own_faults(&mut document, library);
            faults.extend(own.iter().map(|fault| in_xml(&name, &converted, &fault.place, fault)));
            Ok(EventFile { name, text: converted.json, document, faults })
        }
        Err(fault) => {
            let fault = format!("{name}:{}: {fault}", fault.line);
            Ok(EventFile { name, text, document: None, faults: vec![fault] })
        }
    }
}

/// Takes the events out whose own fields are faulty, and says what is wrong.
fn own_faults(document: &mut Option<Document>, library: Option<&FactorLibrary>) -> Vec<FieldFault> {
    let Some(document) = document else { return Vec::new() };
    let mut all = Vec::new();
    document.events.retain(|event| {
        let found = field_faults(event, library);
        let is_sound = found.is_empty();
        all.extend(found);
        is_sound
    });
    all
}

fn in_xml(name: &str, converted: &Converted, place: &str, fault: &impl Display) -> String {
    match converted.line(place) {
        Some(line) => format!("{name}:{line}: {fault}"),
        None => format!("{name}: {fault}"),
    }
}

/// A document in two: what its events share, and the text of each event as it stands.
pub(super) struct Parts<'t> {
    /// The document without its body, as JSON.
    pub head: String,
    /// The events' own texts, in order.
    pub bodies: Vec<&'t str>,
}

/// Takes a capture document apart, so that each event is kept as it was written.
///
/// # Errors
/// `None` where it is no document for capture; the parser's error where it is no JSON.
pub(super) fn parts<'t>(text: &'t str, kind: &DocumentKind) -> serde_json::Result<Option<Parts<'t>>> {
    type Fields<'t> = BTreeMap<Cow<'t, str>, &'t RawValue>;
    let fields: Fields<'t> = serde_json::from_str(text)?;
    match kind {
        // An answer to a query becomes the document that its events could have come in.
        DocumentKind::Query { .. } => {
            let inside =
                |raw: Option<&&'t RawValue>, name: &str| -> serde_json::Result<Option<&'t RawValue>> {
                    let Some(raw) = raw else { return Ok(None) };
                    let fields: Fields<'t> = serde_json::from_str(raw.get())?;
                    Ok(fields.get(name).copied())
                };
            let results = inside(fields.get("epcisBody"), "queryResults")?;
            let body = inside(results.as_ref(), "resultsBody")?;
            let Some(list) = inside(body.as_ref(), "eventList")? else { return Ok(None) };
            let bodies: Vec<&'t RawValue> = serde_json::from_str(list.get())?;
            let mut heading: BTreeMap<&str, Value> = BTreeMap::new();
            for (name, raw) in fields.iter().filter(|(name, _)| *name != "epcisBody") {
                heading.insert(name.as_ref(), serde_json::from_str(raw.get())?);
            }
            heading.insert("type", json!("EPCISDocument"));
            heading.entry("schemaVersion").or_insert_with(|| json!("2.0"));
            if !heading.contains_key("creationDate") {
                let first: Value =
                    bodies.first().map_or(Ok(Value::Null), |b| serde_json::from_str(b.get()))?;
                heading.insert("creationDate", first["eventTime"].clone());
            }
            let bodies = bodies.into_iter().map(RawValue::get).collect();
            Ok(Some(Parts { head: serde_json::to_string(&heading)?, bodies }))
        }
        DocumentKind::Event => {
            let context = fields.get("@context").map_or("[]", |raw| raw.get());
            let time = fields.get("eventTime").map_or("null", |raw| raw.get());
            let head = format!(
                r#"{{"@context":{context},"creationDate":{time},"schemaVersion":"2.0","type":"EPCISDocument"}}"#
            );
            Ok(Some(Parts { head, bodies: vec![text.trim()] }))
        }
        DocumentKind::Capture => {
            let Some(body) = fields.get("epcisBody") else { return Ok(None) };
            let body: Fields<'t> = serde_json::from_str(body.get())?;
            let bodies: Vec<&'t RawValue> = match (body.get("eventList"), body.get("event")) {
                (Some(list), _) => serde_json::from_str(list.get())?,
                (None, Some(event)) => vec![event],
                (None, None) => return Ok(None),
            };
            let heading: BTreeMap<&str, &RawValue> = fields
                .iter()
                .filter(|(name, _)| *name != "epcisBody")
                .map(|(n, v)| (n.as_ref(), *v))
                .collect();
            let bodies = bodies.into_iter().map(RawValue::get).collect();
            Ok(Some(Parts { head: serde_json::to_string(&heading)?, bodies }))
        }
    }
}

/// Reads events back from a head and their bodies.
pub(super) fn read_back<'b>(head: &str, bodies: impl IntoIterator<Item = &'b str>) -> Option<Vec<Event>> {
    let mut text = head.strip_suffix('}')?.to_owned();
    text.push_str(r#","epcisBody":{"eventList":["#);
    for (at, body) in bodies.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(body);
    }
    text.push_str("]}}");
    Document::parse(&text).ok().map(|document| document.events)
}

/// An event that stands alone: with the context of the document that it came in, where that declares anything.
pub(super) fn with_context(head: &str, body: &str) -> serde_json::Result<Value> {
    let head: Value = serde_json::from_str(head)?;
    let mut event: Map<String, Value> = serde_json::from_str(body)?;
    let listed = |value: &Value| match value {
        Value::Array(items) => items.clone(),
        Value::Null => Vec::new(),
        other => vec![other.clone()],
    };
    let own = event.get("@context").map(listed).unwrap_or_default();
    let shared = listed(&head["@context"]);
    let declared: Vec<Value> = shared.into_iter().chain(own).filter(Value::is_object).collect();
    event.remove("@context");
    if !declared.is_empty() {
        event.insert("@context".to_owned(), json!(declared));
    }
    Ok(Value::Object(event))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_that_is_no_part_is_a_fault_with_its_place() {
        let event = |said: &str| {
            format!(
                r#"{{"type": "ObjectEvent", "action": "ADD", "eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+08:00",
                "quantityList": [{{"epcClass": "urn:lot:a", "quantity": 1, "uom": "KGM"}}], "ilmd": {{{said}}}}}"#
            )
        };
        let events = [
            event(r#""yl:content": {"Cu": 0.5, "Au": 0}"#),
            event(r#""yl:content": {"Cu": 1.0035}"#),
            event(r#""yl:lots": [{"yl:lot": "urn:lot:a", "yl:content": {"Cu": "viel"}}]"#),
        ];
        let text = format!(
            r#"{{"@context": [{{"yl": "urn:yulin:ledger:"}}], "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z",
            "epcisBody": {{"eventList": [{}]}}}}"#,
            events.join(",")
        );
        let read =
            read_events(InputFile { name: "x.json".to_owned(), bytes: text.into_bytes() }, None).unwrap();
        assert_eq!(
            read.faults,
            [
                "x.json: /epcisBody/eventList/1/ilmd/yl:content/Cu：读到 1.0035，yl:content 应为 0 至 1 之间的质量分数",
                "x.json: /epcisBody/eventList/2/ilmd/yl:lots/0/yl:content/Cu：读到 \"viel\"，yl:content 应为 0 至 1 之间的质量分数",
            ]
        );
        assert_eq!(read.document.unwrap().events.len(), 1);
    }

    fn document(own: &str, ilmd: &str) -> String {
        format!(
            r#"{{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {{"yl": "urn:yulin:ledger:"}}],
            "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z", "epcisBody": {{"eventList": [
            {{"type": "ObjectEvent", "action": "ADD", "eventTime": "2026-01-01T08:00:00+08:00", "eventTimeZoneOffset": "+08:00",
            "quantityList": [{{"epcClass": "urn:epc:class:lgtin:4012345.011111.A", "quantity": 1, "uom": "KGM"}}],
            "ilmd": {ilmd}, "yl:activity": {own}}}]}}}}"#
        )
    }

    fn faults(own: &str, ilmd: &str) -> Vec<String> {
        let file = InputFile { name: "e.json".to_owned(), bytes: document(own, ilmd).into_bytes() };
        let read = read_events(file, Some(FactorLibrary::builtin())).unwrap();
        assert_eq!(read.document.unwrap().events.is_empty(), !read.faults.is_empty());
        read.faults
    }

    #[test]
    fn an_answer_to_a_query_can_be_captured() {
        let event = r#"{"type":"ObjectEvent","action":"OBSERVE","eventTime":"2026-01-01T08:00:00+08:00","eventTimeZoneOffset":"+08:00","epcList":["urn:epc:id:sscc:4012345.1234567890"]}"#;
        let text = format!(
            r#"{{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"], "type": "EPCISQueryDocument",
            "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z",
            "epcisBody": {{"queryResults": {{"queryName": "q", "resultsBody": {{"eventList": [{event}]}}}}}}}}"#
        );
        let document = Document::parse(&text).unwrap();
        let parts = parts(&text, &document.kind).unwrap().unwrap();
        assert_eq!(parts.bodies, [event]);
        assert_eq!(read_back(&parts.head, parts.bodies).unwrap().len(), 1);
    }

    #[test]
    fn what_cannot_be_computed_is_a_fault_with_its_place() {
        let good = r#"{"yl:factor": "grid-cn-2023", "yl:amount": 5, "yl:unit": "kWh"}"#;
        assert_eq!(faults(good, r#"{"yl:factor": "copper-recycled"}"#), Vec::<String>::new());
        let at = "e.json: /epcisBody/eventList/0/";
        for (own, ilmd, place, words) in [
            (
                r#"{"yl:factor": "grid-cn-2023", "yl:amount": "viel", "yl:unit": "kWh"}"#,
                "{}",
                "yl:activity/yl:amount",
                "读到 \"viel\"",
            ),
            (
                r#"[{"yl:factor": "grid-cn-2023", "yl:amount": 5, "yl:unit": "kg"}]"#,
                "{}",
                "yl:activity/0/yl:unit",
                "读到 \"kg\"",
            ),
            (
                r#"{"yl:factor": "nix", "yl:amount": 5, "yl:unit": "kWh"}"#,
                "{}",
                "yl:activity/yl:factor",
                "读到 \"nix\"",
            ),
            (r#"{"yl:factor": "grid-cn-2023", "yl:unit": "kWh"}"#, "{}", "yl:activity/yl:amount", "缺少此项"),
            (
                r#"{"yl:factor": "grid-cn-2023", "yl:amount": 5, "yl:unit": "kWh", "yl:marketFactor": "nix"}"#,
                "{}",
                "yl:activity/yl:marketFactor",
                "nix",
            ),
            (
                r#"{"yl:factor": "grid-cn-2023", "yl:amount": 5, "yl:unit": "kWh", "yl:category": 16}"#,
                "{}",
                "yl:activity/yl:category",
                "16",
            ),
            (good, r#"{"yl:factor": "nix-da"}"#, "ilmd/yl:factor", "nix-da"),
            (
                good,
                r#"{"yl:lots": [{"yl:lot": "a:b", "yl:factor": "nix-da"}]}"#,
                "ilmd/yl:lots/0/yl:factor",
                "nix-da",
            ),
        ] {
            let found = faults(own, ilmd);
            assert!(found.len() == 1 && found[0].starts_with(&format!("{at}{place}：")), "{found:?}");
            assert!(found[0].contains(words), "{found:?}");
        }
    }
}
