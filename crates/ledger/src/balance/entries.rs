//! What EPCIS events post, and where.

use super::EntryKind;
use crate::event::{Action, Body, Event, QuantityElement};
use crate::hash::link;

/// Goods that an event brings to a site or takes away from it: the one rule for recalls and balances.
#[derive(Debug, Clone, Copy)]
pub struct Moved<'e> {
    /// [`EntryKind::Received`] or [`EntryKind::Shipped`].
    pub kind: EntryKind,
    /// True for goods that came back.
    pub is_return: bool,
    /// Instances: containers stand for what they hold.
    pub instances: &'e [String],
    /// Quantities of lots.
    pub quantities: &'e [QuantityElement],
}

/// What an event moves; `None` where it moves nothing.
///
/// The step says it (`receiving`, `accepting`; `shipping`, `departing`, `retail_selling`), in events of objects, of
/// transactions and of aggregations (those that are deleted move nothing). A parent stands for its children. What is received
/// with the disposition `returned` came back.
pub fn moved(event: &Event) -> Option<Moved<'_>> {
    let kind = match event.biz_step.as_deref()? {
        "receiving" | "accepting" => EntryKind::Received,
        "shipping" | "departing" | "retail_selling" => EntryKind::Shipped,
        _ => return None,
    };
    let (instances, quantities): (&[String], &[QuantityElement]) = match &event.body {
        Body::Object { epcs, quantities, .. } => (epcs, quantities),
        Body::Aggregation { action: Action::Delete, .. }
        | Body::Transaction { action: Action::Delete, .. } => {
            return None;
        }
        Body::Aggregation { parent: Some(parent), .. } | Body::Transaction { parent: Some(parent), .. } => {
            (std::slice::from_ref(parent), &[])
        }
        Body::Aggregation { children, child_quantities, .. } => (children, child_quantities),
        Body::Transaction { epcs, quantities, .. } => (epcs, quantities),
        Body::Transformation { .. } | Body::Association { .. } => return None,
    };
    let is_return = kind == EntryKind::Received && event.disposition.as_deref() == Some("returned");
    Some(Moved { kind, is_return, instances, quantities })
}

/// What an event posts: kind, instances and quantities.
///
/// Transformations consume and produce; goods that are [`moved`] cross the site's border; objects that are destroyed or disposed of
/// are waste; what is counted in stock is a closing stock; what is commissioned comes into being there. Other events, and erroneous ones, post nothing.
pub fn posted(event: &Event) -> Vec<(EntryKind, &[String], &[QuantityElement])> {
    if event.error_declaration.is_some() {
        return Vec::new();
    }
    if let Some(moved) = moved(event) {
        return vec![(moved.kind, moved.instances, moved.quantities)];
    }
    match &event.body {
        Body::Transformation { inputs, input_quantities, outputs, output_quantities, .. } => vec![
            (EntryKind::Consumed, inputs, input_quantities),
            (EntryKind::Produced, outputs, output_quantities),
        ],
        Body::Object { action, epcs, quantities } => {
            let kind = match (event.biz_step.as_deref(), event.disposition.as_deref()) {
                (Some("cycle_counting" | "stock_taking"), _) => EntryKind::ClosingStock,
                (Some("commissioning"), _) if *action == Action::Add => EntryKind::Commissioned,
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
