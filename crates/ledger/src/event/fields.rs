//! One event of a document: its fields, which type takes which, and what each type demands.

use super::context::Context;
use super::extension::Extension;
use super::fault::Expected;
use super::parts::{
    read_action, read_certificates, read_epcs, read_error_declaration, read_ilmd, read_location,
    read_persistent, read_quantities, read_typed,
};
use super::reader::Reader;
use super::sensor::{SensorElement, extension};
use super::vocabulary::{BIZ_STEP, BIZ_TRANSACTION, DISPOSITION, SOURCE_DESTINATION};
use super::{Action, Body, ErrorDeclaration, Event, Location, PersistentDisposition, QuantityElement, Typed};
use crate::json::{Json, Place};
use crate::time;
use jiff::Timestamp;

/// The five types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Object,
    Aggregation,
    Transaction,
    Transformation,
    Association,
}

const KINDS: [&str; 5] =
    ["ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent"];

/// Fields that every type takes.
const COMMON_FIELDS: [&str; 17] = [
    "type",
    "eventTime",
    "eventTimeZoneOffset",
    "recordTime",
    "eventID",
    "certificationInfo",
    "errorDeclaration",
    "bizStep",
    "disposition",
    "persistentDisposition",
    "readPoint",
    "bizLocation",
    "bizTransactionList",
    "sourceList",
    "destinationList",
    "sensorElementList",
    "action",
];

impl Kind {
    fn read(word: &str) -> Option<Self> {
        let local = word
            .strip_prefix("epcis:")
            .or_else(|| word.strip_prefix("https://ref.gs1.org/epcis/"))
            .unwrap_or(word);
        Some(match local {
            "ObjectEvent" => Self::Object,
            "AggregationEvent" => Self::Aggregation,
            "TransactionEvent" => Self::Transaction,
            "TransformationEvent" => Self::Transformation,
            "AssociationEvent" => Self::Association,
            _ => return None,
        })
    }

    /// Fields of this type alone.
    fn own_fields(self) -> &'static [&'static str] {
        match self {
            Self::Object => &["epcList", "quantityList", "ilmd"],
            Self::Aggregation | Self::Association => &["parentID", "childEPCs", "childQuantityList"],
            Self::Transaction => &["parentID", "epcList", "quantityList"],
            Self::Transformation => &[
                "inputEPCList",
                "inputQuantityList",
                "outputEPCList",
                "outputQuantityList",
                "transformationID",
                "ilmd",
            ],
        }
    }

    fn takes(self, field: &str) -> bool {
        match field {
            "action" => self != Self::Transformation,
            _ => COMMON_FIELDS.contains(&field) || self.own_fields().contains(&field),
        }
    }
}

/// Fields as they are read, before the type's demands are checked.
#[derive(Default)]
struct Draft {
    time: Option<Timestamp>,
    zone_offset: Option<String>,
    action: Option<Action>,
    parent: Option<String>,
    epcs: Option<Vec<String>>,
    quantities: Option<Vec<QuantityElement>>,
    inputs: Option<Vec<String>>,
    input_quantities: Option<Vec<QuantityElement>>,
    outputs: Option<Vec<String>>,
    output_quantities: Option<Vec<QuantityElement>>,
    transformation_id: Option<String>,
    ilmd: Option<Vec<Extension>>,
    id: Option<String>,
    record_time: Option<Timestamp>,
    certification_info: Vec<String>,
    error_declaration: Option<ErrorDeclaration>,
    biz_step: Option<String>,
    disposition: Option<String>,
    persistent_disposition: Option<PersistentDisposition>,
    read_point: Option<Location>,
    biz_location: Option<Location>,
    biz_transactions: Option<Vec<Typed>>,
    sources: Vec<Typed>,
    destinations: Vec<Typed>,
    sensors: Vec<SensorElement>,
    extensions: Vec<Extension>,
    ignored_extensions: Vec<Extension>,
}

/// Reads one event. `None` where it lacks something without which it is no event; the reader holds the faults.
pub(super) fn read_event(
    reader: &mut Reader,
    outer: &Context,
    ignored: &[String],
    json: &Json<'_>,
    place: Place<'_>,
) -> Option<Event> {
    let fields = reader.object(json, place)?;
    let Some(kind_json) = json.get("type") else {
        reader.missing(place.field("type"), Expected::OneOf(&KINDS));
        return None;
    };
    let Some(kind) = kind_json.as_text().and_then(Kind::read) else {
        reader.fault(place.field("type"), kind_json, Expected::OneOf(&KINDS));
        return None;
    };
    let mut own_context;
    let context = match json.get("@context") {
        None => outer,
        Some(declared) => {
            own_context = outer.clone();
            own_context.read(reader, declared, place.field("@context"));
            &own_context
        }
    };
    let mut draft = Draft::default();
    for (name, value) in fields {
        let at = place.field(name);
        if matches!(name.as_ref(), "type" | "@context") {
            continue;
        }
        if kind.takes(name) {
            draft.standard_field(reader, context, (name, value), at);
        } else if let Some(field) = user_field(reader, context, kind, (name, value), at) {
            let list = if ignored.contains(&field.name) {
                &mut draft.ignored_extensions
            } else {
                &mut draft.extensions
            };
            list.push(field);
        }
    }
    // What is present but faulty has been noted; only what is absent is noted below.
    draft.check(reader, kind, json, place);
    draft.finish(kind, place)
}

fn user_field(
    reader: &mut Reader,
    context: &Context,
    kind: Kind,
    (name, value): (&str, &Json<'_>),
    place: Place<'_>,
) -> Option<Extension> {
    // An event with ilmd of a type that has none is a mistake of its own, not an unknown field.
    if name == "ilmd" {
        reader.fault(place, value, Expected::NoIlmd);
        return None;
    }
    let known: Vec<&'static str> = COMMON_FIELDS.iter().chain(kind.own_fields()).copied().collect();
    extension(reader, context, (name, value), place, &known)
}

impl Draft {
    fn standard_field(
        &mut self,
        reader: &mut Reader,
        context: &Context,
        (name, value): (&str, &Json<'_>),
        at: Place<'_>,
    ) {
        match name {
            "eventTime" => self.time = reader.time(value, at),
            "eventTimeZoneOffset" => {
                self.zone_offset = reader.text_that(value, at, time::is_zone_offset, Expected::ZoneOffset);
            }
            "recordTime" => self.record_time = reader.time(value, at),
            "eventID" => self.id = reader.uri(context, value, at),
            "certificationInfo" => self.certification_info = read_certificates(reader, context, value, at),
            "errorDeclaration" => self.error_declaration = read_error_declaration(reader, context, value, at),
            "action" => self.action = read_action(reader, value, at),
            "bizStep" => self.biz_step = reader.word(context, &BIZ_STEP, value, at),
            "disposition" => self.disposition = reader.word(context, &DISPOSITION, value, at),
            "persistentDisposition" => {
                self.persistent_disposition = read_persistent(reader, context, value, at)
            }
            "readPoint" => self.read_point = read_location(reader, context, value, at),
            "bizLocation" => self.biz_location = read_location(reader, context, value, at),
            "bizTransactionList" => {
                let names = ("bizTransaction", &BIZ_TRANSACTION, false);
                self.biz_transactions =
                    Some(reader.list(value, at, |r, item, p| read_typed(r, context, names, item, p)));
            }
            "sourceList" => {
                let names = ("source", &SOURCE_DESTINATION, true);
                self.sources = reader.list(value, at, |r, item, p| read_typed(r, context, names, item, p));
            }
            "destinationList" => {
                let names = ("destination", &SOURCE_DESTINATION, true);
                self.destinations =
                    reader.list(value, at, |r, item, p| read_typed(r, context, names, item, p));
            }
            "sensorElementList" => {
                self.sensors = reader.list(value, at, |r, item, p| SensorElement::read(r, context, item, p));
            }
            "parentID" => self.parent = reader.uri(context, value, at),
            "epcList" | "childEPCs" => self.epcs = Some(read_epcs(reader, context, value, at)),
            "quantityList" | "childQuantityList" => {
                self.quantities = Some(read_quantities(reader, context, value, at))
            }
            "inputEPCList" => self.inputs = Some(read_epcs(reader, context, value, at)),
            "outputEPCList" => self.outputs = Some(read_epcs(reader, context, value, at)),
            "inputQuantityList" => self.input_quantities = Some(read_quantities(reader, context, value, at)),
            "outputQuantityList" => {
                self.output_quantities = Some(read_quantities(reader, context, value, at))
            }
            "transformationID" => self.transformation_id = reader.uri(context, value, at),
            "ilmd" => self.ilmd = Some(read_ilmd(reader, context, value, at)),
            _ => unreachable!("Kind::takes names only the fields above"),
        }
    }

    /// Notes what the type demands and the event has not.
    fn check(&self, reader: &mut Reader, kind: Kind, json: &Json<'_>, place: Place<'_>) {
        let has = |name: &str| json.get(name).is_some();
        let has_items = |name: &str| match json.get(name) {
            Some(Json::List(items)) => !items.is_empty(),
            // Something that is no list has been noted already.
            other => other.is_some(),
        };
        let mut demand = |name: &'static str| {
            if !has(name) {
                reader.missing(place.field(name), Expected::Present);
            }
        };
        demand("eventTime");
        demand("eventTimeZoneOffset");
        if kind != Kind::Transformation {
            demand("action");
        }
        let deletes = self.action == Some(Action::Delete);
        match kind {
            Kind::Object => {
                let sensed = has_items("sensorElementList") && has("readPoint");
                if !has("epcList") && !has_items("quantityList") && !sensed {
                    let fields = &["epcList", "quantityList", "sensorElementList + readPoint"];
                    reader.missing(place, Expected::AnyOf(fields));
                }
                if let (Some(ilmd), Some(Action::Observe | Action::Delete)) = (json.get("ilmd"), self.action)
                {
                    reader.fault(place.field("ilmd"), ilmd, Expected::NoIlmd);
                }
            }
            Kind::Aggregation | Kind::Association => {
                if kind == Kind::Association {
                    demand("parentID");
                } else if self.action != Some(Action::Observe) && self.action.is_some() {
                    // EPCIS 2.0, 7.4.3: the parent may be omitted only when the children are merely observed.
                    demand("parentID");
                }
                if !has_items("childEPCs") && !has_items("childQuantityList") && !deletes {
                    reader.missing(place, Expected::AnyOf(&["childEPCs", "childQuantityList"]));
                }
            }
            Kind::Transaction => {
                demand("bizTransactionList");
                if let Some(list @ Json::List(items)) = json.get("bizTransactionList")
                    && items.is_empty()
                {
                    reader.fault(place.field("bizTransactionList"), list, Expected::NonEmptyList);
                }
                if !has("epcList") && !has_items("quantityList") && !deletes {
                    reader.missing(place, Expected::AnyOf(&["epcList", "quantityList"]));
                }
            }
            Kind::Transformation => {
                let (has_input, has_output) = (
                    has_items("inputEPCList") || has_items("inputQuantityList"),
                    has_items("outputEPCList") || has_items("outputQuantityList"),
                );
                // With a transformationID the other side may stand in another event.
                let one_side = has("transformationID") && (has_input || has_output);
                if !has_input && !one_side {
                    reader.missing(place, Expected::AnyOf(&["inputEPCList", "inputQuantityList"]));
                }
                if !has_output && !one_side {
                    reader.missing(place, Expected::AnyOf(&["outputEPCList", "outputQuantityList"]));
                }
            }
        }
    }

    fn finish(self, kind: Kind, place: Place<'_>) -> Option<Event> {
        let action = || self.action;
        let (epcs, quantities) = (self.epcs.unwrap_or_default(), self.quantities.unwrap_or_default());
        let body = match kind {
            Kind::Object => Body::Object { action: action()?, epcs, quantities },
            Kind::Aggregation => Body::Aggregation {
                action: action()?,
                parent: self.parent,
                children: epcs,
                child_quantities: quantities,
            },
            Kind::Transaction => {
                Body::Transaction { action: action()?, parent: self.parent, epcs, quantities }
            }
            Kind::Association => Body::Association {
                action: action()?,
                parent: self.parent?,
                children: epcs,
                child_quantities: quantities,
            },
            Kind::Transformation => Body::Transformation {
                transformation_id: self.transformation_id,
                inputs: self.inputs.unwrap_or_default(),
                input_quantities: self.input_quantities.unwrap_or_default(),
                outputs: self.outputs.unwrap_or_default(),
                output_quantities: self.output_quantities.unwrap_or_default(),
            },
        };
        Some(Event {
            place: place.to_string(),
            id: self.id,
            time: self.time?,
            zone_offset: self.zone_offset?,
            record_time: self.record_time,
            certification_info: self.certification_info,
            error_declaration: self.error_declaration,
            body,
            biz_step: self.biz_step,
            disposition: self.disposition,
            persistent_disposition: self.persistent_disposition,
            read_point: self.read_point,
            biz_location: self.biz_location,
            biz_transactions: self.biz_transactions.unwrap_or_default(),
            sources: self.sources,
            destinations: self.destinations,
            sensors: self.sensors,
            ilmd: self.ilmd.unwrap_or_default(),
            extensions: self.extensions,
            ignored_extensions: self.ignored_extensions,
        })
    }
}
