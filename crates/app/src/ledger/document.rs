//! An EPCIS document of either form, with every fault at its place in the file as it is.

use crate::{Code, Error, InputFile, Result};
use exchange::epcis_xml::{self, Converted};
use ledger::event::{Document, DocumentKind, Event, Fault};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

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

/// Reads a document; only text that is no text is an error, all else is a fault with its place.
pub(super) fn read_events(file: InputFile) -> Result<EventFile> {
    let InputFile { name, bytes } = file;
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        Error::new(Code::BadInput, format!("{name}:{line}: the text is not UTF-8"))
    })?;
    let mark = text.len() - text.trim_start_matches('\u{feff}').len();
    text.drain(..mark);
    if !epcis_xml::is_xml(&text) {
        let (document, faults) = Document::parse_lenient(&text);
        let faults = faults.iter().map(|fault| format!("{name}: {fault}")).collect();
        return Ok(EventFile { name, text, document, faults });
    }
    match epcis_xml::convert(&text) {
        Ok(converted) => {
            let (document, faults) = Document::parse_lenient(&converted.json);
            let faults = faults.iter().map(|fault| in_xml(&name, &converted, fault)).collect();
            Ok(EventFile { name, text: converted.json, document, faults })
        }
        Err(fault) => {
            let fault = format!("{name}:{}: {fault}", fault.line);
            Ok(EventFile { name, text, document: None, faults: vec![fault] })
        }
    }
}

fn in_xml(name: &str, converted: &Converted, fault: &Fault) -> String {
    match converted.line(&fault.place) {
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
        DocumentKind::Query { .. } => Ok(None),
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
