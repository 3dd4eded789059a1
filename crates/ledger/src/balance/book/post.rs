//! Events to postings.

use super::{Book, NewPosting, day_of};
use crate::balance::entries::{posted, site_of};
use crate::event::Event;
use crate::graph::{Amount, Graph, LotId, ProcessKind, Unit};

impl Book {
    /// Posts an event that the genealogy has taken; gives the lots that it names. Nothing for one without a site, or whose
    /// declaration says that another is wrong.
    pub fn take(&mut self, key: u64, event: &Event, graph: &Graph) -> Vec<LotId> {
        let mut named = Vec::new();
        let Some(site) = site_of(event) else { return named };
        let day = day_of(event.time);
        let step = event.biz_step.as_deref().unwrap_or("");
        for (kind, instances, quantities) in posted(event) {
            let pieces = instances.iter().map(|i| (i.as_str(), Amount::ONE_PIECE));
            let amounts =
                quantities.iter().map(|q| (q.class.as_str(), Amount::read(q.quantity, q.uom.as_deref())));
            for (identifier, amount) in pieces.chain(amounts) {
                let Some(lot) = graph.lot(identifier) else { continue };
                for (lot, amount) in unpacked(graph, lot, amount) {
                    let is_pieces = amount.unit == Unit::PIECE;
                    let is_mass = is_pieces || amount.unit == Unit::KGM;
                    let amount = is_mass.then_some(amount.value);
                    self.post(&NewPosting { key, site: &site, step, day, kind, lot, amount, is_pieces });
                    named.push(lot);
                }
            }
        }
        named
    }
}

/// Packages deeper than this are posted as they are.
const PACKAGES_MAX: usize = 8;

/// What a container holds now, package by package; anything else is itself.
fn unpacked(graph: &Graph, lot: LotId, amount: Amount) -> Vec<(LotId, Amount)> {
    let mut open = vec![(lot, amount, 0)];
    let mut out = Vec::new();
    while let Some((lot, amount, depth)) = open.pop() {
        let filling = graph.fillings(lot).last().copied().unwrap_or(lot);
        let packed: Vec<_> = if amount == Amount::ONE_PIECE && depth < PACKAGES_MAX {
            let packings = graph.makers(filling).into_iter().flatten();
            let packings = packings.filter(|p| graph.kind(*p) == ProcessKind::Aggregation);
            packings.flat_map(|p| graph.inputs(p)).collect()
        } else {
            Vec::new()
        };
        if packed.is_empty() {
            out.push((lot, amount));
        }
        open.extend(packed.into_iter().map(|(lot, amount)| (lot, amount, depth + 1)));
    }
    out
}
