//! Postings of EPCIS events.

use super::{Entry, EntryKind};
use crate::event::{Body, Event, QuantityElement};
use crate::graph::{Amount, Unit};
use crate::hash::link;
use std::collections::BTreeMap;

/// What the events do not say and the caller knows.
pub trait LotFacts {
    /// Mass in kg of one piece of a lot or instance; `None` where it is unknown.
    fn piece_kg(&self, lot: &str) -> Option<f64>;
    /// Mass fractions of substances in a lot.
    fn content(&self, lot: &str) -> BTreeMap<String, f64>;
}

/// Nothing is known beside the events.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFacts;

impl LotFacts for NoFacts {
    fn piece_kg(&self, _: &str) -> Option<f64> {
        None
    }

    fn content(&self, _: &str) -> BTreeMap<String, f64> {
        BTreeMap::new()
    }
}

/// The postings of an event, and the lots whose mass is unknown (posted to nothing, to be shown as missing data).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Postings {
    /// Entries, in the event's order.
    pub entries: Vec<Entry>,
    /// Lots without a mass.
    pub without_mass: Vec<String>,
}

/// Posts an event to the site where it happened (`bizLocation`, else `readPoint`); nothing where it names none.
///
/// The process is the `bizStep`. Erroneous events post nothing.
pub fn postings(event: &Event, facts: &impl LotFacts) -> Postings {
    let mut out = Postings::default();
    let Some(site) = site_of(event) else { return out };
    let mut post = |kind, instances: &[String], quantities: &[QuantityElement]| {
        let pieces = instances.iter().map(|i| (i.as_str(), Amount::ONE_PIECE));
        let amounts =
            quantities.iter().map(|q| (q.class.as_str(), Amount::read(q.quantity, q.uom.as_deref())));
        for (lot, amount) in pieces.chain(amounts) {
            let lot = link::canonical(lot).unwrap_or_else(|| lot.to_owned());
            let mass_kg = match amount.unit {
                Unit::KGM => Some(amount.value),
                Unit::PIECE => facts.piece_kg(&lot).map(|kg| kg * amount.value),
                _ => None,
            };
            let Some(mass_kg) = mass_kg else {
                out.without_mass.push(lot);
                continue;
            };
            let content = facts.content(&lot);
            let process = event.biz_step.clone();
            out.entries.push(Entry {
                site: site.clone(),
                process,
                lot,
                time: event.time,
                kind,
                mass_kg,
                content,
            });
        }
    };
    for (kind, instances, quantities) in posted(event) {
        post(kind, instances, quantities);
    }
    out
}

/// What an event posts: kind, instances and quantities.
///
/// Transformations consume and produce; receiving and shipping cross the site's border; objects that are destroyed or disposed of
/// are waste; what is counted in stock is a closing stock. Other events, and erroneous ones, post nothing.
pub fn posted(event: &Event) -> Vec<(EntryKind, &[String], &[QuantityElement])> {
    if event.error_declaration.is_some() {
        return Vec::new();
    }
    match &event.body {
        Body::Transformation { inputs, input_quantities, outputs, output_quantities, .. } => vec![
            (EntryKind::Consumed, inputs, input_quantities),
            (EntryKind::Produced, outputs, output_quantities),
        ],
        Body::Object { epcs, quantities, .. } => {
            let kind = match (event.biz_step.as_deref(), event.disposition.as_deref()) {
                (Some("receiving" | "accepting"), _) => EntryKind::Received,
                (Some("shipping" | "departing" | "retail_selling"), _) => EntryKind::Shipped,
                (Some("cycle_counting" | "stock_taking"), _) => EntryKind::ClosingStock,
                (Some("destroying"), _) | (_, Some("destroyed" | "disposed")) => EntryKind::Discarded,
                _ => return Vec::new(),
            };
            vec![(kind, epcs, quantities)]
        }
        Body::Aggregation { .. } | Body::Transaction { .. } | Body::Association { .. } => Vec::new(),
    }
}

/// The site of an event, canonical: `bizLocation`, else `readPoint`.
pub fn site_of(event: &Event) -> Option<String> {
    let place = event.biz_location.as_ref().or(event.read_point.as_ref())?;
    Some(link::canonical(&place.id).unwrap_or_else(|| place.id.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Document;

    #[test]
    fn a_transformation_consumes_and_produces() {
        let text = r#"{"@context": [], "type": "TransformationEvent", "eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+08:00",
            "bizStep": "commissioning", "readPoint": {"id": "urn:epc:id:sgln:4012345.00001.0"},
            "inputQuantityList": [{"epcClass": "urn:lot:a", "quantity": 1500, "uom": "GRM"}, {"epcClass": "urn:lot:b", "quantity": 1}],
            "outputQuantityList": [{"epcClass": "urn:lot:c", "quantity": 1.4, "uom": "KGM"}]}"#;
        let document = Document::parse(text).unwrap_or_else(|f| panic!("{}", f[0]));
        let found = postings(&document.events[0], &NoFacts);
        let kinds: Vec<_> = found.entries.iter().map(|e| (e.kind, e.lot.as_str(), e.mass_kg)).collect();
        assert_eq!(kinds, [(EntryKind::Consumed, "urn:lot:a", 1.5), (EntryKind::Produced, "urn:lot:c", 1.4)]);
        assert_eq!(found.entries[0].site, "https://id.gs1.org/414/4012345000016");
        assert_eq!(found.without_mass, ["urn:lot:b"]);
    }
}
