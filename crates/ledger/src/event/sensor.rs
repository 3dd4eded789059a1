//! Sensor data of an event (EPCIS 2.0, 7.3.7).

use super::context::Context;
use super::extension::Extension;
use super::fault::Expected;
use super::reader::Reader;
use super::vocabulary::{COMPONENT, MEASUREMENT, SENSOR_ALERT, nearest};
use crate::json::{Json, Place};
use jiff::Timestamp;
use serde::Serialize;

/// One or more reports under one metadata.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SensorElement {
    /// What holds for all its reports.
    pub metadata: Option<SensorMetadata>,
    /// The measured values.
    pub reports: Vec<SensorReport>,
    /// User extensions.
    pub extensions: Vec<Extension>,
}

/// What holds for all reports of a sensor element. All but the times are URIs.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields are the standard's own, named as there")]
pub struct SensorMetadata {
    pub time: Option<Timestamp>,
    pub start_time: Option<Timestamp>,
    pub end_time: Option<Timestamp>,
    pub device_id: Option<String>,
    pub device_metadata: Option<String>,
    pub raw_data: Option<String>,
    pub data_processing_method: Option<String>,
    pub biz_rules: Option<String>,
    pub extensions: Vec<Extension>,
}

/// One measured value or statistic. Values are in the unit `uom`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields are the standard's own, named as there")]
pub struct SensorReport {
    /// Measurement type: a word of the GS1 Web Vocabulary (`Temperature`) or a URI.
    pub kind: String,
    pub exception: Option<String>,
    pub device_id: Option<String>,
    pub device_metadata: Option<String>,
    pub raw_data: Option<String>,
    pub data_processing_method: Option<String>,
    pub biz_rules: Option<String>,
    pub time: Option<Timestamp>,
    pub microorganism: Option<String>,
    pub chemical_substance: Option<String>,
    pub value: Option<f64>,
    pub component: Option<String>,
    pub string_value: Option<String>,
    pub boolean_value: Option<bool>,
    pub hex_binary_value: Option<String>,
    pub uri_value: Option<String>,
    pub min_value: Option<f64>,
    pub max_value: Option<f64>,
    pub mean_value: Option<f64>,
    pub s_dev: Option<f64>,
    pub perc_rank: Option<f64>,
    pub perc_value: Option<f64>,
    pub uom: Option<String>,
    pub coordinate_reference_system: Option<String>,
    pub extensions: Vec<Extension>,
}

const ELEMENT_FIELDS: [&str; 2] = ["sensorMetadata", "sensorReport"];
const METADATA_FIELDS: [&str; 8] = [
    "time",
    "startTime",
    "endTime",
    "deviceID",
    "deviceMetadata",
    "rawData",
    "dataProcessingMethod",
    "bizRules",
];
const REPORT_FIELDS: [&str; 24] = [
    "type",
    "exception",
    "deviceID",
    "deviceMetadata",
    "rawData",
    "dataProcessingMethod",
    "bizRules",
    "time",
    "microorganism",
    "chemicalSubstance",
    "value",
    "component",
    "stringValue",
    "booleanValue",
    "hexBinaryValue",
    "uriValue",
    "minValue",
    "maxValue",
    "meanValue",
    "sDev",
    "percRank",
    "percValue",
    "uom",
    "coordinateReferenceSystem",
];

/// A field outside the standard: kept where it has a namespace, a fault where it has none.
pub(super) fn extension(
    reader: &mut Reader,
    context: &Context,
    (name, json): (&str, &Json<'_>),
    place: Place<'_>,
    standard: &[&'static str],
) -> Option<Extension> {
    if name.contains(':') || context.lookup(name).is_some() {
        return Some(Extension::read(reader, context, name, json, place));
    }
    reader.fault(place, json, Expected::Field { nearest: nearest(name, standard) });
    None
}

impl SensorElement {
    pub(super) fn read(
        reader: &mut Reader,
        context: &Context,
        json: &Json<'_>,
        place: Place<'_>,
    ) -> Option<Self> {
        let mut out = Self::default();
        let mut has_reports = false;
        for (name, value) in reader.object(json, place)? {
            let at = place.field(name);
            match name.as_ref() {
                "sensorMetadata" => out.metadata = SensorMetadata::read(reader, context, value, at),
                "sensorReport" => {
                    has_reports = true;
                    if matches!(value, Json::List(items) if items.is_empty()) {
                        reader.fault(at, value, Expected::NonEmptyList);
                    }
                    out.reports =
                        reader.list(value, at, |r, item, p| SensorReport::read(r, context, item, p));
                }
                _ => out.extensions.extend(extension(reader, context, (name, value), at, &ELEMENT_FIELDS)),
            }
        }
        if !has_reports {
            reader.missing(place.field("sensorReport"), Expected::Present);
        }
        Some(out)
    }
}

impl SensorMetadata {
    fn read(reader: &mut Reader, context: &Context, json: &Json<'_>, place: Place<'_>) -> Option<Self> {
        let mut out = Self::default();
        for (name, value) in reader.object(json, place)? {
            let at = place.field(name);
            match name.as_ref() {
                "time" => out.time = reader.time(value, at),
                "startTime" => out.start_time = reader.time(value, at),
                "endTime" => out.end_time = reader.time(value, at),
                "deviceID" => out.device_id = reader.uri(context, value, at),
                "deviceMetadata" => out.device_metadata = reader.uri(context, value, at),
                "rawData" => out.raw_data = reader.uri(context, value, at),
                "dataProcessingMethod" => out.data_processing_method = reader.uri(context, value, at),
                "bizRules" => out.biz_rules = reader.uri(context, value, at),
                _ => out.extensions.extend(extension(reader, context, (name, value), at, &METADATA_FIELDS)),
            }
        }
        Some(out)
    }
}

impl SensorReport {
    fn read(reader: &mut Reader, context: &Context, json: &Json<'_>, place: Place<'_>) -> Option<Self> {
        let mut out = Self::default();
        let mut kind = None;
        for (name, value) in reader.object(json, place)? {
            let at = place.field(name);
            match name.as_ref() {
                "type" => kind = Some(reader.word(context, &MEASUREMENT, value, at)),
                "exception" => out.exception = reader.word(context, &SENSOR_ALERT, value, at),
                "component" => out.component = reader.word(context, &COMPONENT, value, at),
                "time" => out.time = reader.time(value, at),
                "deviceID" => out.device_id = reader.uri(context, value, at),
                "deviceMetadata" => out.device_metadata = reader.uri(context, value, at),
                "rawData" => out.raw_data = reader.uri(context, value, at),
                "dataProcessingMethod" => out.data_processing_method = reader.uri(context, value, at),
                "bizRules" => out.biz_rules = reader.uri(context, value, at),
                "microorganism" => out.microorganism = reader.uri(context, value, at),
                "chemicalSubstance" => out.chemical_substance = reader.uri(context, value, at),
                "uriValue" => out.uri_value = reader.uri(context, value, at),
                "coordinateReferenceSystem" => {
                    out.coordinate_reference_system = reader.uri(context, value, at)
                }
                "value" => out.value = reader.number(value, at),
                "minValue" => out.min_value = reader.number(value, at),
                "maxValue" => out.max_value = reader.number(value, at),
                "meanValue" => out.mean_value = reader.number(value, at),
                "sDev" => out.s_dev = reader.number(value, at),
                "percRank" => out.perc_rank = reader.number(value, at),
                "percValue" => out.perc_value = reader.number(value, at),
                "stringValue" => out.string_value = reader.text(value, at),
                "uom" => out.uom = reader.text(value, at),
                "booleanValue" => match value {
                    Json::Bool(flag) => out.boolean_value = Some(*flag),
                    other => reader.fault(at, other, Expected::Boolean),
                },
                "hexBinaryValue" => {
                    let is_hex = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_hexdigit());
                    out.hex_binary_value = reader.text_that(value, at, is_hex, Expected::Hex);
                }
                _ => out.extensions.extend(extension(reader, context, (name, value), at, &REPORT_FIELDS)),
            }
        }
        match kind {
            None => reader.missing(place.field("type"), Expected::Present),
            Some(word) => out.kind = word?,
        }
        Some(out)
    }
}
