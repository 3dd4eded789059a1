//! An event as a list of facts: field of the query language, value.

use super::Recorded;
use crate::event::{Body, Event, Extension, ExtensionValue, Location, QuantityElement, SensorElement, Typed};
use crate::hash::link;
use crate::time;
use jiff::Timestamp;
use std::borrow::Cow;

/// A value of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact<'e> {
    /// A text, word or identifier; identifiers are canonical Digital Links where they carry a GS1 key.
    Text(Cow<'e, str>),
    /// A number.
    Number(f64),
    /// An instant.
    Time(Timestamp),
    /// The field is there; it holds fields itself.
    Present,
}

impl Fact<'_> {
    /// Text that sorts as values of one type do.
    pub fn sortable(&self) -> String {
        match self {
            Self::Text(text) => text.to_string(),
            Self::Number(number) => {
                // Bits of IEEE 754 sort as the numbers where negative ones are turned round.
                let bits = number.to_bits();
                let key = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
                format!("{key:016x}")
            }
            Self::Time(time) => format!("{:020}", time.as_millisecond().wrapping_add(1 << 50)),
            Self::Present => String::new(),
        }
    }
}

type Visit<'v, 'e> = &'v mut dyn FnMut(&str, Fact<'e>);

/// Visits every fact of an event. What the repository adds (`recordTime`, an `eventID` by hash) only where it is given.
pub fn for_each<'e>(event: &'e Event, recorded: Option<Recorded<'_>>, visit: Visit<'_, 'e>) {
    visit("eventType", Fact::Text(event.type_name().into()));
    visit("eventTime", Fact::Time(event.time));
    if let Some(recorded) = recorded {
        visit("recordTime", Fact::Time(recorded.time));
        visit("eventID", Fact::Text(recorded.id.to_owned().into()));
    }
    if let Some(action) = event.action() {
        visit("action", Fact::Text(action.word().into()));
    }
    ids("eventID", &event.id, visit);
    texts("bizStep", &event.biz_step, visit);
    texts("disposition", &event.disposition, visit);
    if let Some(persistent) = &event.persistent_disposition {
        texts("persistentDisposition_set", &persistent.set, visit);
        texts("persistentDisposition_unset", &persistent.unset, visit);
    }
    location("readPoint", event.read_point.as_ref(), visit);
    location("bizLocation", event.biz_location.as_ref(), visit);
    typed("bizTransaction", &event.biz_transactions, visit);
    typed("source", &event.sources, visit);
    typed("destination", &event.destinations, visit);
    body(&event.body, visit);
    if let Some(error) = &event.error_declaration {
        visit("errorDeclaration", Fact::Present);
        visit("errorDeclarationTime", Fact::Time(error.time));
        texts("errorReason", &error.reason, visit);
        ids("correctiveEventID", &error.corrective_event_ids, visit);
        fields("ERROR_DECLARATION_", &error.extensions, visit);
    }
    for element in &event.sensors {
        sensor(element, visit);
    }
    fields("ILMD_", &event.ilmd, visit);
    fields("", &event.extensions, visit);
    fields("", &event.ignored_extensions, visit);
}

/// An identifier as it is compared.
pub(super) fn identifier(id: &str) -> Cow<'_, str> {
    link::canonical(id).map_or(Cow::Borrowed(id), Cow::Owned)
}

/// A value of an extension field as it is compared: numbers and instants in one spelling.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if let Some(number) = number(text) {
        return Cow::Owned(format!("#{number}"));
    }
    match time::parse(text) {
        Some(time) => Cow::Owned(format!("@{}", time.as_nanosecond())),
        None => Cow::Borrowed(text),
    }
}

fn number(text: &str) -> Option<f64> {
    let starts = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    // -0 and 0 are one number.
    text.parse().ok().filter(|n: &f64| starts && n.is_finite()).map(|n: f64| n + 0.0)
}

fn texts<'e>(key: &str, values: impl IntoIterator<Item = &'e String>, visit: Visit<'_, 'e>) {
    for value in values {
        visit(key, Fact::Text(value.into()));
    }
}

fn ids<'e>(key: &str, values: impl IntoIterator<Item = &'e String>, visit: Visit<'_, 'e>) {
    for value in values {
        visit(key, Fact::Text(identifier(value)));
    }
}

fn location<'e>(key: &str, place: Option<&'e Location>, visit: Visit<'_, 'e>) {
    let Some(place) = place else { return };
    visit(key, Fact::Text(identifier(&place.id)));
    fields(&format!("{key}_"), &place.extensions, visit);
}

fn typed<'e>(key: &str, items: &'e [Typed], visit: Visit<'_, 'e>) {
    for item in items {
        let key = format!("{key}_{}", item.kind.as_deref().unwrap_or(""));
        visit(&key, Fact::Text(identifier(&item.id)));
    }
}

fn body<'e>(body: &'e Body, visit: Visit<'_, 'e>) {
    match body {
        Body::Object { epcs, quantities, .. } => objects(["epc", "epcClass"], epcs, quantities, visit),
        Body::Transaction { parent, epcs, quantities, .. } => {
            parents(parent.as_slice(), visit);
            objects(["epc", "epcClass"], epcs, quantities, visit);
        }
        Body::Aggregation { parent, children, child_quantities, .. } => {
            parents(parent.as_slice(), visit);
            objects(["epc", "epcClass"], children, child_quantities, visit);
        }
        Body::Association { parent, children, child_quantities, .. } => {
            parents(std::slice::from_ref(parent), visit);
            objects(["epc", "epcClass"], children, child_quantities, visit);
        }
        Body::Transformation { transformation_id, inputs, input_quantities, outputs, output_quantities } => {
            ids("transformationID", transformation_id, visit);
            objects(["inputEPC", "inputEPCClass"], inputs, input_quantities, visit);
            objects(["outputEPC", "outputEPCClass"], outputs, output_quantities, visit);
        }
    }
}

fn parents<'e>(parents: &'e [String], visit: Visit<'_, 'e>) {
    ids("parentID", parents, visit);
    ids("anyEPC", parents, visit);
}

fn objects<'e>(
    [instance, class]: [&str; 2],
    epcs: &'e [String],
    quantities: &'e [QuantityElement],
    visit: Visit<'_, 'e>,
) {
    for epc in epcs {
        let id = identifier(epc);
        visit(instance, Fact::Text(id.clone()));
        visit("anyEPC", Fact::Text(id));
    }
    for element in quantities {
        let id = identifier(&element.class);
        visit(class, Fact::Text(id.clone()));
        visit("anyEPCClass", Fact::Text(id));
        measured("quantity", element.quantity, element.uom.as_deref(), visit);
    }
}

/// A number under its field, and under its field and unit.
fn measured<'e>(key: &str, value: Option<f64>, uom: Option<&str>, visit: Visit<'_, 'e>) {
    let Some(value) = value else { return };
    visit(key, Fact::Number(value));
    if let Some(uom) = uom {
        visit(&format!("{key}_{uom}"), Fact::Number(value));
    }
}

fn sensor<'e>(element: &'e SensorElement, visit: Visit<'_, 'e>) {
    visit("sensorElementList", Fact::Present);
    fields("SENSORELEMENT_", &element.extensions, visit);
    if let Some(metadata) = &element.metadata {
        for (key, time) in
            [("time", metadata.time), ("startTime", metadata.start_time), ("endTime", metadata.end_time)]
        {
            time.into_iter().for_each(|time| visit(key, Fact::Time(time)));
        }
        ids("deviceID", &metadata.device_id, visit);
        ids("dataProcessingMethod", &metadata.data_processing_method, visit);
        ids("bizRules", &metadata.biz_rules, visit);
        fields("SENSORMETADATA_", &metadata.extensions, visit);
    }
    for report in &element.reports {
        visit("type", Fact::Text((&report.kind).into()));
        report.time.into_iter().for_each(|time| visit("time", Fact::Time(time)));
        for (key, id) in [
            ("deviceID", &report.device_id),
            ("dataProcessingMethod", &report.data_processing_method),
            ("bizRules", &report.biz_rules),
            ("microorganism", &report.microorganism),
            ("chemicalSubstance", &report.chemical_substance),
            ("uriValue", &report.uri_value),
        ] {
            ids(key, id, visit);
        }
        texts("stringValue", &report.string_value, visit);
        if let Some(hex) = &report.hex_binary_value {
            visit("hexBinaryValue", Fact::Text(hex.to_ascii_uppercase().into()));
        }
        if let Some(value) = report.boolean_value {
            visit("booleanValue", Fact::Text(if value { "true" } else { "false" }.into()));
        }
        let uom = report.uom.as_deref();
        for (key, value) in [
            ("value", report.value),
            ("minValue", report.min_value),
            ("maxValue", report.max_value),
            ("meanValue", report.mean_value),
            ("sDev", report.s_dev),
            ("percRank", report.perc_rank),
            ("percValue", report.perc_value),
        ] {
            measured(key, value, uom, visit);
        }
        fields("SENSORREPORT_", &report.extensions, visit);
    }
}

/// Fields outside the standard: those of the element under the kind's prefix, those within them under `INNER_` and it.
fn fields<'e>(kind: &str, extensions: &'e [Extension], visit: Visit<'_, 'e>) {
    for field in extensions {
        value(&format!("{kind}{}", field.name), kind, &field.value, visit);
    }
}

fn value<'e>(key: &str, kind: &str, of: &'e ExtensionValue, visit: Visit<'_, 'e>) {
    match of {
        ExtensionValue::Null => visit(key, Fact::Present),
        ExtensionValue::Bool(b) => visit(key, Fact::Text(if *b { "true" } else { "false" }.into())),
        ExtensionValue::Number(number) => {
            visit(key, Fact::Text(format!("#{}", number + 0.0).into()));
            visit(key, Fact::Number(*number));
        }
        ExtensionValue::Text(text) | ExtensionValue::Integer(text) => {
            visit(key, Fact::Text(plain(text)));
            number(text.trim()).into_iter().for_each(|number| visit(key, Fact::Number(number)));
            time::parse(text.trim()).into_iter().for_each(|time| visit(key, Fact::Time(time)));
        }
        ExtensionValue::List(items) => items.iter().for_each(|item| value(key, kind, item, visit)),
        ExtensionValue::Object(inner) => {
            visit(key, Fact::Present);
            for field in inner {
                value(&format!("INNER_{kind}{}", field.name), kind, &field.value, visit);
            }
        }
    }
}
