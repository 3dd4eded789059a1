//! What EPCIS events post, and where.

use super::EntryKind;
use crate::event::{Body, Event, QuantityElement};
use crate::hash::link;

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
