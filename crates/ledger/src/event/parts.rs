//! Parts of an event: lists of objects, quantities, places, parties, dispositions, declarations.

use super::context::Context;
use super::extension::Extension;
use super::fault::Expected;
use super::reader::Reader;
use super::sensor::extension;
use super::vocabulary::{DISPOSITION, ERROR_REASON, Vocabulary};
use super::{Action, ErrorDeclaration, Location, PersistentDisposition, QuantityElement, Typed};
use crate::json::{Json, Place};
use crate::time;
use std::collections::HashSet;

const ACTIONS: [&str; 3] = ["ADD", "OBSERVE", "DELETE"];

pub(super) fn read_action(reader: &mut Reader, json: &Json<'_>, place: Place<'_>) -> Option<Action> {
    match json.as_text() {
        Some("ADD") => Some(Action::Add),
        Some("OBSERVE") => Some(Action::Observe),
        Some("DELETE") => Some(Action::Delete),
        _ => {
            reader.fault(place, json, Expected::OneOf(&ACTIONS));
            None
        }
    }
}

pub(super) fn read_epcs(
    reader: &mut Reader,
    context: &Context,
    json: &Json<'_>,
    place: Place<'_>,
) -> Vec<String> {
    if let Json::List(items) = json {
        let mut seen = HashSet::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            if item.as_text().is_some_and(|text| !seen.insert(text)) {
                reader.fault(place.item(index), item, Expected::Distinct);
            }
        }
    }
    reader.list(json, place, |r, item, p| r.uri(context, item, p))
}

pub(super) fn read_quantities(
    reader: &mut Reader,
    context: &Context,
    json: &Json<'_>,
    place: Place<'_>,
) -> Vec<QuantityElement> {
    const FIELDS: [&str; 3] = ["epcClass", "quantity", "uom"];
    reader.list(json, place, |reader, item, place| {
        let (mut class, mut quantity, mut uom) = (None, None, None);
        for (name, value) in reader.object(item, place)? {
            let at = place.field(name);
            match name.as_ref() {
                "epcClass" => class = Some(reader.uri(context, value, at)),
                "quantity" => quantity = reader.number(value, at),
                "uom" => {
                    let is_code = |t: &str| {
                        matches!(t.len(), 2 | 3)
                            && t.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
                    };
                    uom = reader.text_that(value, at, is_code, Expected::UnitCode);
                }
                // The standard leaves no room for extensions here.
                _ => reader.fault(at, value, Expected::OneOf(&FIELDS)),
            }
        }
        match class {
            None => {
                reader.missing(place.field("epcClass"), Expected::Present);
                None
            }
            Some(class) => Some(QuantityElement { class: class?, quantity, uom }),
        }
    })
}

pub(super) fn read_typed(
    reader: &mut Reader,
    context: &Context,
    (id_field, vocabulary, needs_kind): (&'static str, &'static Vocabulary, bool),
    json: &Json<'_>,
    place: Place<'_>,
) -> Option<Typed> {
    let (mut kind, mut id) = (None, None);
    for (name, value) in reader.object(json, place)? {
        let at = place.field(name);
        if name == "type" {
            kind = Some(reader.word(context, vocabulary, value, at));
        } else if name == id_field {
            id = Some(reader.uri(context, value, at));
        } else {
            let nearest = super::vocabulary::nearest(name, &["type", id_field]);
            reader.fault(at, value, Expected::Field { nearest });
        }
    }
    if kind.is_none() && needs_kind {
        reader.missing(place.field("type"), Expected::Present);
    }
    if id.is_none() {
        reader.missing(place.field(id_field), Expected::Present);
    }
    Some(Typed { kind: kind.flatten(), id: id?? })
}

pub(super) fn read_location(
    reader: &mut Reader,
    context: &Context,
    json: &Json<'_>,
    place: Place<'_>,
) -> Option<Location> {
    let (mut id, mut extensions) = (None, Vec::new());
    for (name, value) in reader.object(json, place)? {
        let at = place.field(name);
        match name.as_ref() {
            "id" => id = Some(reader.uri(context, value, at)),
            _ => extensions.extend(extension(reader, context, (name, value), at, &["id"])),
        }
    }
    if id.is_none() {
        reader.missing(place.field("id"), Expected::Present);
    }
    Some(Location { id: id??, extensions })
}

pub(super) fn read_persistent(
    reader: &mut Reader,
    context: &Context,
    json: &Json<'_>,
    place: Place<'_>,
) -> Option<PersistentDisposition> {
    let mut out = PersistentDisposition::default();
    let fields = reader.object(json, place)?;
    for (name, value) in fields {
        let at = place.field(name);
        let list = match name.as_ref() {
            "set" => &mut out.set,
            "unset" => &mut out.unset,
            _ => {
                reader.fault(at, value, Expected::OneOf(&["set", "unset"]));
                continue;
            }
        };
        if matches!(value, Json::List(items) if items.is_empty()) {
            reader.fault(at, value, Expected::NonEmptyList);
        }
        *list = reader.list(value, at, |r, item, p| r.word(context, &DISPOSITION, item, p));
    }
    if fields.is_empty() {
        reader.missing(place, Expected::AnyOf(&["set", "unset"]));
    }
    Some(out)
}

pub(super) fn read_error_declaration(
    reader: &mut Reader,
    context: &Context,
    json: &Json<'_>,
    place: Place<'_>,
) -> Option<ErrorDeclaration> {
    const FIELDS: [&str; 3] = ["declarationTime", "reason", "correctiveEventIDs"];
    let (mut time, mut reason, mut ids, mut extensions) = (None, None, Vec::new(), Vec::new());
    for (name, value) in reader.object(json, place)? {
        let at = place.field(name);
        match name.as_ref() {
            "declarationTime" => time = Some(reader.time(value, at)),
            "reason" => reason = reader.word(context, &ERROR_REASON, value, at),
            "correctiveEventIDs" => ids = reader.list(value, at, |r, item, p| r.uri(context, item, p)),
            _ => extensions.extend(extension(reader, context, (name, value), at, &FIELDS)),
        }
    }
    if time.is_none() {
        reader.missing(place.field("declarationTime"), Expected::Present);
    }
    Some(ErrorDeclaration { time: time??, reason, corrective_event_ids: ids, extensions })
}

pub(super) fn read_ilmd(
    reader: &mut Reader,
    context: &Context,
    json: &Json<'_>,
    place: Place<'_>,
) -> Vec<Extension> {
    let mut out = Vec::new();
    for (name, value) in reader.object(json, place).unwrap_or_default() {
        let at = place.field(name);
        if name.contains(':') || context.lookup(name).is_some() {
            out.push(Extension::read(reader, context, name, value, at));
        } else {
            reader.fault(at, value, Expected::Namespaced);
        }
    }
    out
}

/// `certificationInfo`: one URI or several. Where a document writes the certificate itself instead of its URI, the
/// dates in it are checked too, so that every fault of the place is named at once.
pub(super) fn read_certificates(
    reader: &mut Reader,
    context: &Context,
    json: &Json<'_>,
    place: Place<'_>,
) -> Vec<String> {
    let one = |reader: &mut Reader, item: &Json<'_>, at: Place<'_>| {
        if matches!(item, Json::Object(_)) {
            reader.fault(at, item, Expected::Uri);
            check_dates(reader, item, at);
            return None;
        }
        reader.uri(context, item, at)
    };
    match json {
        Json::List(_) => reader.list(json, place, one),
        single => one(reader, single, place).into_iter().collect(),
    }
}

/// Dates of GS1 `CertificationDetails` (the property's name ends in `Date`).
fn check_dates(reader: &mut Reader, json: &Json<'_>, place: Place<'_>) {
    let Json::Object(fields) = json else { return };
    for (name, value) in fields {
        let at = place.field(name);
        if name.ends_with("Date") && !value.as_text().is_some_and(time::is_date) {
            reader.fault(at, value, Expected::Date);
        }
        check_dates(reader, value, at);
    }
}
