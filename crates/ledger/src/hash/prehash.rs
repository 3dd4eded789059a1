//! The canonical text of an event, field by field (CBV 2.0, 8.9.2).

use super::value::{write_number, write_text, write_uri};
use crate::event::{
    Body, Event, Extension, ExtensionValue, Location, QuantityElement, SensorElement, SensorMetadata,
    SensorReport, Typed, Vocabulary, vocabularies as v,
};
use crate::time::write_utc_milliseconds;
use jiff::Timestamp;

/// A comment is no content.
const COMMENT: &str = "{http://www.w3.org/2000/01/rdf-schema#}comment";

/// The canonical text of an event.
pub fn prehash(event: &Event) -> String {
    let mut out = String::with_capacity(1024);
    write_prehash(&mut out, event);
    out
}

/// Appends the canonical text of an event.
pub fn write_prehash(out: &mut String, event: &Event) {
    field(out, "eventType", event.type_name());
    time(out, "eventTime", Some(event.time));
    field(out, "eventTimeZoneOffset", &event.zone_offset);
    sorted(out, &event.certification_info, |out, uri| uri_field(out, "certificationInfo", uri));
    write_body(out, &event.body);
    word(out, "bizStep", &v::BIZ_STEP, event.biz_step.as_deref());
    word(out, "disposition", &v::DISPOSITION, event.disposition.as_deref());
    if let Some(persistent) = &event.persistent_disposition {
        if !persistent.set.is_empty() || !persistent.unset.is_empty() {
            out.push_str("persistentDisposition");
        }
        sorted(out, &persistent.set, |out, w| word(out, "set", &v::DISPOSITION, Some(w)));
        sorted(out, &persistent.unset, |out, w| word(out, "unset", &v::DISPOSITION, Some(w)));
    }
    location(out, "readPoint", event.read_point.as_ref());
    location(out, "bizLocation", event.biz_location.as_ref());
    list(out, "sensorElementList", &event.sensors, sensor_element);
    write_unordered(out, event);
}

/// What stands last, sorted together by its bytes.
fn write_unordered(out: &mut String, event: &Event) {
    enum Part<'e> {
        Transactions,
        Destinations,
        Ilmd,
        Sources,
        Extension(&'e Extension),
    }
    let standard = [Part::Transactions, Part::Destinations, Part::Ilmd, Part::Sources];
    let user = event.extensions.iter().map(Part::Extension);
    sorted(out, standard.into_iter().chain(user), |out, part| match part {
        Part::Transactions => {
            let one = |out: &mut String, t: &Typed| typed(out, "bizTransaction", &v::BIZ_TRANSACTION, t);
            list(out, "bizTransactionList", &event.biz_transactions, one);
        }
        Part::Destinations => {
            let one = |out: &mut String, t: &Typed| typed(out, "destination", &v::SOURCE_DESTINATION, t);
            list(out, "destinationList", &event.destinations, one);
        }
        Part::Sources => {
            let one = |out: &mut String, t: &Typed| typed(out, "source", &v::SOURCE_DESTINATION, t);
            list(out, "sourceList", &event.sources, one);
        }
        Part::Ilmd => list(out, "ilmd", &event.ilmd, extension),
        Part::Extension(field) => extension(out, field),
    });
}

fn write_body(out: &mut String, body: &Body) {
    match body {
        Body::Object { action, epcs, quantities } => {
            epc_list(out, "epcList", epcs);
            quantity_list(out, "quantityList", quantities);
            field(out, "action", action.word());
        }
        Body::Aggregation { action, parent, children, child_quantities } => {
            optional_uri(out, "parentID", parent.as_deref());
            epc_list(out, "childEPCs", children);
            quantity_list(out, "childQuantityList", child_quantities);
            field(out, "action", action.word());
        }
        Body::Association { action, parent, children, child_quantities } => {
            uri_field(out, "parentID", parent);
            epc_list(out, "childEPCs", children);
            quantity_list(out, "childQuantityList", child_quantities);
            field(out, "action", action.word());
        }
        Body::Transaction { action, parent, epcs, quantities } => {
            optional_uri(out, "parentID", parent.as_deref());
            epc_list(out, "epcList", epcs);
            quantity_list(out, "quantityList", quantities);
            field(out, "action", action.word());
        }
        Body::Transformation { transformation_id, inputs, input_quantities, outputs, output_quantities } => {
            epc_list(out, "inputEPCList", inputs);
            quantity_list(out, "inputQuantityList", input_quantities);
            epc_list(out, "outputEPCList", outputs);
            quantity_list(out, "outputQuantityList", output_quantities);
            optional_uri(out, "transformationID", transformation_id.as_deref());
        }
    }
}

fn sensor_element(out: &mut String, element: &SensorElement) {
    out.push_str("sensorElement");
    if let Some(metadata) = &element.metadata {
        sensor_metadata(out, metadata);
    }
    sorted(out, &element.reports, sensor_report);
    sorted(out, &element.extensions, extension);
}

fn sensor_metadata(out: &mut String, m: &SensorMetadata) {
    let start = out.len();
    out.push_str("sensorMetadata");
    let name_end = out.len();
    time(out, "time", m.time);
    time(out, "startTime", m.start_time);
    time(out, "endTime", m.end_time);
    optional_uri(out, "deviceID", m.device_id.as_deref());
    optional_uri(out, "deviceMetadata", m.device_metadata.as_deref());
    optional_uri(out, "rawData", m.raw_data.as_deref());
    optional_uri(out, "dataProcessingMethod", m.data_processing_method.as_deref());
    optional_uri(out, "bizRules", m.biz_rules.as_deref());
    sorted(out, &m.extensions, extension);
    // Nothing inside: the element is not there (rule 4).
    if out.len() == name_end {
        out.truncate(start);
    }
}

fn sensor_report(out: &mut String, r: &SensorReport) {
    out.push_str("sensorReport");
    word(out, "type", &v::MEASUREMENT, Some(&r.kind));
    word(out, "exception", &v::SENSOR_ALERT, r.exception.as_deref());
    optional_uri(out, "deviceID", r.device_id.as_deref());
    optional_uri(out, "deviceMetadata", r.device_metadata.as_deref());
    optional_uri(out, "rawData", r.raw_data.as_deref());
    optional_uri(out, "dataProcessingMethod", r.data_processing_method.as_deref());
    // The standard's table forgets this field; it stands where it stands in the metadata.
    optional_uri(out, "bizRules", r.biz_rules.as_deref());
    time(out, "time", r.time);
    optional_uri(out, "microorganism", r.microorganism.as_deref());
    optional_uri(out, "chemicalSubstance", r.chemical_substance.as_deref());
    number(out, "value", r.value);
    word(out, "component", &v::COMPONENT, r.component.as_deref());
    optional(out, "stringValue", r.string_value.as_deref());
    optional(out, "booleanValue", r.boolean_value.map(|b| if b { "true" } else { "false" }));
    optional(out, "hexBinaryValue", r.hex_binary_value.as_deref());
    optional_uri(out, "uriValue", r.uri_value.as_deref());
    number(out, "minValue", r.min_value);
    number(out, "maxValue", r.max_value);
    number(out, "meanValue", r.mean_value);
    number(out, "sDev", r.s_dev);
    number(out, "percRank", r.perc_rank);
    number(out, "percValue", r.perc_value);
    optional(out, "uom", r.uom.as_deref());
    optional_uri(out, "coordinateReferenceSystem", r.coordinate_reference_system.as_deref());
    sorted(out, &r.extensions, extension);
}

fn extension(out: &mut String, extension: &Extension) {
    if extension.name != COMMENT {
        extension_value(out, &extension.name, &extension.value);
    }
}

fn extension_value(out: &mut String, name: &str, value: &ExtensionValue) {
    // The name is repeated for every item of a list, as XML would repeat the element.
    if let ExtensionValue::List(items) = value {
        sorted(out, items, |out, item| extension_value(out, name, item));
        return;
    }
    out.push_str(name);
    match value {
        ExtensionValue::Text(text) if !text.trim().is_empty() => {
            out.push('=');
            write_text(out, text);
        }
        ExtensionValue::Number(number) => {
            out.push('=');
            write_number(out, *number);
        }
        ExtensionValue::Integer(digits) => {
            out.push('=');
            out.push_str(digits);
        }
        ExtensionValue::Bool(flag) => out.push_str(if *flag { "=true" } else { "=false" }),
        ExtensionValue::Object(fields) => sorted(out, fields, self::extension),
        ExtensionValue::Null | ExtensionValue::Text(_) | ExtensionValue::List(_) => {}
    }
}

fn epc_list(out: &mut String, name: &str, epcs: &[String]) {
    list(out, name, epcs, |out, epc| uri_field(out, "epc", epc));
}

fn quantity_list(out: &mut String, name: &str, quantities: &[QuantityElement]) {
    list(out, name, quantities, |out, element| {
        out.push_str("quantityElement");
        uri_field(out, "epcClass", &element.class);
        number(out, "quantity", element.quantity);
        optional(out, "uom", element.uom.as_deref());
    });
}

fn location(out: &mut String, name: &str, location: Option<&Location>) {
    if let Some(location) = location {
        out.push_str(name);
        uri_field(out, "id", &location.id);
        sorted(out, &location.extensions, extension);
    }
}

fn typed(out: &mut String, id_field: &str, vocabulary: &Vocabulary, typed: &Typed) {
    word(out, "type", vocabulary, typed.kind.as_deref());
    uri_field(out, id_field, &typed.id);
}

/// A list's name once and its items sorted; nothing where the list is empty.
fn list<T>(out: &mut String, name: &str, items: &[T], write: impl FnMut(&mut String, &T)) {
    if !items.is_empty() {
        out.push_str(name);
        sorted(out, items, write);
    }
}

/// Writes every item and puts what they wrote into the order of its bytes.
fn sorted<T>(out: &mut String, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut String, T)) {
    let start = out.len();
    let mut ends: Vec<usize> = Vec::new();
    let mut in_order = true;
    let (mut last_start, mut last_end) = (start, start);
    for item in items {
        write(out, item);
        if out.len() == last_end {
            continue;
        }
        in_order &= out.as_bytes()[last_start..last_end] <= out.as_bytes()[last_end..];
        (last_start, last_end) = (last_end, out.len());
        ends.push(last_end);
    }
    if in_order {
        return;
    }
    let written = out.split_off(start);
    let mut texts: Vec<&str> = Vec::with_capacity(ends.len());
    let mut from = 0;
    for end in ends {
        texts.push(&written[from..end - start]);
        from = end - start;
    }
    texts.sort_unstable();
    out.extend(texts);
}

fn field(out: &mut String, name: &str, value: &str) {
    out.push_str(name);
    out.push('=');
    out.push_str(value);
}

fn optional(out: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value.map(str::trim).filter(|v| !v.is_empty()) {
        field(out, name, value);
    }
}

fn uri_field(out: &mut String, name: &str, uri: &str) {
    out.push_str(name);
    out.push('=');
    write_uri(out, uri);
}

fn optional_uri(out: &mut String, name: &str, uri: Option<&str>) {
    if let Some(uri) = uri {
        uri_field(out, name, uri);
    }
}

fn number(out: &mut String, name: &str, value: Option<f64>) {
    if let Some(value) = value {
        out.push_str(name);
        out.push('=');
        write_number(out, value);
    }
}

fn time(out: &mut String, name: &str, time: Option<Timestamp>) {
    if let Some(time) = time {
        out.push_str(name);
        out.push('=');
        write_utc_milliseconds(out, time);
    }
}

/// A vocabulary's value: a standard word as its URI, a URI as itself.
fn word(out: &mut String, name: &str, vocabulary: &Vocabulary, value: Option<&str>) {
    if let Some(value) = value {
        out.push_str(name);
        out.push('=');
        if value.contains(':') {
            write_uri(out, value);
        } else {
            out.push_str(vocabulary.prefix);
            out.push_str(value);
        }
    }
}
