//! EPCIS documents: capture documents, query documents and single events.

use super::Event;
use super::context::Context;
use super::fault::{Expected, Fault};
use super::fields::read_event;
use super::reader::{Reader, is_uri};
use super::vocabulary::nearest;
use crate::json::{Json, Place};
use jiff::Timestamp;
use rayon::prelude::*;
use std::borrow::Cow;

/// An EPCIS document that is wholly valid.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// What kind of document it is.
    pub kind: DocumentKind,
    /// When it was made, if it says so.
    pub creation_date: Option<Timestamp>,
    /// Its version of the schema, such as `2.0`.
    pub schema_version: Option<String>,
    /// Its events, in order.
    pub events: Vec<Event>,
    /// Prefixes and terms in force for the whole document.
    pub context: Context,
}

/// Kind of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentKind {
    /// `EPCISDocument`, for capture.
    Capture,
    /// `EPCISQueryDocument`, the answer to a query.
    Query {
        /// Name of the query.
        query_name: String,
        /// Subscription it answers.
        subscription_id: Option<String>,
    },
    /// One event that stands alone.
    Event,
}

const DOCUMENT_FIELDS: [&str; 10] = [
    "@context",
    "id",
    "type",
    "schemaVersion",
    "creationDate",
    "instanceIdentifier",
    "sender",
    "receiver",
    "epcisHeader",
    "epcisBody",
];
const TYPES: [&str; 7] = [
    "EPCISDocument",
    "EPCISQueryDocument",
    "ObjectEvent",
    "AggregationEvent",
    "TransactionEvent",
    "TransformationEvent",
    "AssociationEvent",
];

/// Field by which a repository names extension fields that it adds itself and that take no part in the hash.
const IGNORE_FIELDS: &str = "{https://repository-x.example.com/}ignoreFields";

/// Documents with fewer events are read on one thread.
const PARALLEL_EVENTS_MIN: usize = 256;

impl Document {
    /// Reads and validates a document: JSON schema of EPCIS 2.0 and the vocabularies of CBV 2.0.
    ///
    /// # Errors
    /// All faults, in the order of the document, at most 1000.
    pub fn parse(text: &str) -> Result<Self, Vec<Fault>> {
        match Self::parse_lenient(text) {
            (Some(document), faults) if faults.is_empty() => Ok(document),
            (_, faults) => Err(faults),
        }
    }

    /// Reads a document, keeping the events that are valid, for a capture that proceeds past faulty ones
    /// (`GS1-Capture-Error-Behaviour: proceed`). The document is `None` where nothing of it can be used.
    pub fn parse_lenient(text: &str) -> (Option<Self>, Vec<Fault>) {
        match Json::parse(text) {
            Ok(json) => Self::read(&json),
            Err(error) => {
                let place = String::new();
                (None, vec![Fault { place, found: None, expected: Expected::Json(error.to_string()) }])
            }
        }
    }

    /// Reads a document from its JSON tree.
    pub fn read(json: &Json<'_>) -> (Option<Self>, Vec<Fault>) {
        let mut reader = Reader::default();
        let document = read_document(&mut reader, json);
        (document, reader.faults)
    }
}

fn read_document(reader: &mut Reader, json: &Json<'_>) -> Option<Document> {
    let root = Place::Root;
    let fields = reader.object(json, root)?;
    let mut context = Context::default();
    match json.get("@context") {
        Some(declared) => context.read(reader, declared, root.field("@context")),
        None => reader.missing(root.field("@context"), Expected::Present),
    }
    let Some(kind_json) = json.get("type") else {
        reader.missing(root.field("type"), Expected::OneOf(&TYPES));
        return None;
    };
    match kind_json.as_text() {
        Some("EPCISDocument") => {
            let (schema_version, creation_date) = read_heading(reader, fields, true);
            let body = member(reader, json, root, "epcisBody")?;
            let ignored = ignored_fields(&context, json);
            let events = read_body(reader, &context, &ignored, body, root.field("epcisBody"))?;
            Some(Document { kind: DocumentKind::Capture, creation_date, schema_version, events, context })
        }
        Some("EPCISQueryDocument") => {
            let (schema_version, creation_date) = read_heading(reader, fields, false);
            let body = member(reader, json, root, "epcisBody")?;
            let body_place = root.field("epcisBody");
            let results = member(reader, body, body_place, "queryResults")?;
            let place = body_place.field("queryResults");
            reader.object(results, place)?;
            let name = member(reader, results, place, "queryName");
            let query_name = name.and_then(|n| reader.text(n, place.field("queryName")));
            let subscription_id =
                results.get("subscriptionID").and_then(|s| reader.text(s, place.field("subscriptionID")));
            let mut ignored = ignored_fields(&context, json);
            ignored.extend(ignored_fields(&context, results));
            let results_body = member(reader, results, place, "resultsBody")?;
            let events =
                read_event_list(reader, &context, &ignored, results_body, place.field("resultsBody"))?;
            let kind = DocumentKind::Query { query_name: query_name?, subscription_id };
            Some(Document { kind, creation_date, schema_version, events, context })
        }
        Some(word) if TYPES.contains(&word) => {
            let event = read_event(reader, &context, &[], json, root)?;
            let (creation_date, schema_version) = (None, None);
            Some(Document {
                kind: DocumentKind::Event,
                creation_date,
                schema_version,
                events: vec![event],
                context,
            })
        }
        _ => {
            reader.fault(root.field("type"), kind_json, Expected::OneOf(&TYPES));
            None
        }
    }
}

/// A member that must be there.
fn member<'j, 'a>(
    reader: &mut Reader,
    json: &'j Json<'a>,
    place: Place<'_>,
    name: &str,
) -> Option<&'j Json<'a>> {
    if !matches!(json, Json::Object(_)) {
        reader.fault(place, json, Expected::Object);
        return None;
    }
    let found = json.get(name);
    if found.is_none() {
        reader.missing(place.field(name), Expected::Present);
    }
    found
}

/// The document's own fields but the body. `schemaVersion` and `creationDate` are demanded of a capture document.
fn read_heading(
    reader: &mut Reader,
    fields: &[(Cow<'_, str>, Json<'_>)],
    is_capture: bool,
) -> (Option<String>, Option<Timestamp>) {
    let root = Place::Root;
    let (mut version, mut created) = (None, None);
    for (name, value) in fields {
        let at = root.field(name);
        match name.as_ref() {
            "schemaVersion" => {
                let is_version = |t: &str| {
                    t.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
                };
                version = reader.text_that(value, at, is_version, Expected::Version);
            }
            "creationDate" => created = reader.time(value, at),
            "id" if !value.as_text().is_some_and(is_uri) => reader.fault(at, value, Expected::Uri),
            "instanceIdentifier" | "sender" | "receiver" => _ = reader.text(value, at),
            "epcisHeader" => read_header(reader, value, at),
            known if DOCUMENT_FIELDS.contains(&known) => {}
            other if other.contains(':') => {}
            other => {
                reader.fault(at, value, Expected::Field { nearest: nearest(other, &DOCUMENT_FIELDS) });
            }
        }
    }
    for name in ["schemaVersion", "creationDate"] {
        if is_capture && !fields.iter().any(|(n, _)| n == name) {
            reader.missing(root.field(name), Expected::Present);
        }
    }
    (version, created)
}

/// The header: master data as the schema has them, and fields of other namespaces.
fn read_header(reader: &mut Reader, header: &Json<'_>, place: Place<'_>) {
    let Some(fields) = reader.object(header, place) else { return };
    for (name, value) in fields {
        let at = place.field(name);
        match name.as_ref() {
            "epcisMasterData" => {
                if reader.object(value, at).is_some()
                    && let Some(list) = member(reader, value, at, "vocabularyList")
                {
                    read_vocabularies(reader, list, at.field("vocabularyList"));
                }
            }
            other if other.contains(':') => {}
            other => {
                reader.fault(at, value, Expected::Field { nearest: nearest(other, &["epcisMasterData"]) });
            }
        }
    }
}

fn read_vocabularies(reader: &mut Reader, list: &Json<'_>, place: Place<'_>) {
    let Json::List(vocabularies) = list else { return reader.fault(place, list, Expected::List) };
    for (index, vocabulary) in vocabularies.iter().enumerate() {
        let at = place.item(index);
        if reader.object(vocabulary, at).is_none() {
            continue;
        }
        if let Some(kind) = member(reader, vocabulary, at, "type") {
            reader.text(kind, at.field("type"));
        }
        let Some(elements) = vocabulary.get("vocabularyElementList") else { continue };
        let elements_at = at.field("vocabularyElementList");
        let Json::List(elements) = elements else {
            reader.fault(elements_at, elements, Expected::List);
            continue;
        };
        for (index, element) in elements.iter().enumerate() {
            let at = elements_at.item(index);
            if let Some(id) = member(reader, element, at, "id") {
                reader.text(id, at.field("id"));
            }
            if let Some(attributes) = element.get("attributes")
                && !matches!(attributes, Json::List(_))
            {
                reader.fault(at.field("attributes"), attributes, Expected::List);
            }
        }
    }
}

fn ignored_fields(context: &Context, json: &Json<'_>) -> Vec<String> {
    let Json::Object(fields) = json else { return Vec::new() };
    let list = fields.iter().find(|(name, _)| name.contains(':') && context.clark(name) == IGNORE_FIELDS);
    match list {
        Some((_, Json::List(names))) => {
            names.iter().filter_map(Json::as_text).map(|n| context.clark(n)).collect()
        }
        _ => Vec::new(),
    }
}

/// The body of a capture document: a list of events, or one event.
fn read_body(
    reader: &mut Reader,
    context: &Context,
    ignored: &[String],
    body: &Json<'_>,
    place: Place<'_>,
) -> Option<Vec<Event>> {
    if let (Some(event), None) = (body.get("event"), body.get("eventList")) {
        return read_event(reader, context, ignored, event, place.field("event")).map(|e| vec![e]);
    }
    read_event_list(reader, context, ignored, body, place)
}

fn read_event_list(
    reader: &mut Reader,
    context: &Context,
    ignored: &[String],
    body: &Json<'_>,
    place: Place<'_>,
) -> Option<Vec<Event>> {
    let list = member(reader, body, place, "eventList")?;
    let list_place = place.field("eventList");
    let Json::List(items) = list else {
        reader.fault(list_place, list, Expected::List);
        return None;
    };
    let read_one = |reader: &mut Reader, index: usize, item: &Json<'_>| {
        let faults_before = reader.count;
        let event = read_event(reader, context, ignored, item, list_place.item(index));
        event.filter(|_| reader.count == faults_before)
    };
    if items.len() < PARALLEL_EVENTS_MIN {
        return Some(items.iter().enumerate().filter_map(|(i, item)| read_one(reader, i, item)).collect());
    }
    let read: Vec<(Option<Event>, Reader)> = items
        .par_iter()
        .enumerate()
        .with_min_len(PARALLEL_EVENTS_MIN / 4)
        .map(|(index, item)| {
            let mut own = Reader::default();
            (read_one(&mut own, index, item), own)
        })
        .collect();
    let mut events = Vec::with_capacity(read.len());
    for (event, own) in read {
        events.extend(event);
        reader.extend(own);
    }
    Some(events)
}
