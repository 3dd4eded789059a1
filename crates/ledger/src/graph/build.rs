//! Events to processes and shipments.

use super::amount::{Amount, total};
use super::recall::UNKNOWN_PARTY;
use super::{Flow, Graph, GraphError, LotId, ProcessKind, Shipment};
use crate::balance::EntryKind;
use crate::balance::entries::moved;
use crate::event::{Action, Body, Event, QuantityElement, Typed};
use crate::hash::link;
use std::borrow::Cow;

/// One name for a lot, whichever way its identifier is written.
pub(super) fn lot_name(identifier: &str) -> Cow<'_, str> {
    link::canonical(identifier).map_or(Cow::Borrowed(identifier), Cow::Owned)
}

impl Graph {
    /// Catches up with an event of the store.
    ///
    /// Transformations make a process; aggregations and associations that add children make one from the children to
    /// the parent, those that delete some make the parent another lot that holds what is left; what is shipped or comes back
    /// ([`moved`]) is noted for recalls. An event that declares another to be
    /// wrong adds nothing: call [`Graph::withdraw`] with the key of the one it declares.
    ///
    /// # Errors
    /// A key that does not ascend, or a full graph.
    pub fn add(&mut self, key: u64, event: &Event) -> Result<(), GraphError> {
        if event.error_declaration.is_some() {
            return Ok(());
        }
        match &event.body {
            Body::Transformation {
                transformation_id,
                inputs,
                input_quantities,
                outputs,
                output_quantities,
            } => {
                let inputs = self.entries(inputs, input_quantities)?;
                let outputs = self.entries(outputs, output_quantities)?;
                let transformation = transformation_id.as_deref();
                let kind = ProcessKind::Transformation;
                self.add_flow(&Flow { key, kind, transformation, inputs: &inputs, outputs: &outputs })?;
            }
            Body::Aggregation { action, parent: Some(parent), children, child_quantities } => {
                let kind = ProcessKind::Aggregation;
                match action {
                    Action::Add => self.add_parent(key, kind, parent, children, child_quantities)?,
                    Action::Delete => self.take_out(key, kind, parent, children, child_quantities)?,
                    Action::Observe => {}
                }
            }
            Body::Association { action, parent, children, child_quantities } => {
                let kind = ProcessKind::Association;
                match action {
                    Action::Add => self.add_parent(key, kind, parent, children, child_quantities)?,
                    Action::Delete => self.take_out(key, kind, parent, children, child_quantities)?,
                    Action::Observe => {}
                }
            }
            Body::Object { action, epcs, quantities } => {
                // A lot that is only made and shipped is a lot of the genealogy too.
                for identifier in epcs.iter().chain(quantities.iter().map(|q| &q.class)) {
                    self.lot_or_new(identifier)?;
                }
                if *action == Action::Add && event.biz_step.as_deref() == Some("commissioning") {
                    self.commission(key, quantities)?;
                }
            }
            Body::Aggregation { parent: None, .. } | Body::Transaction { .. } => {}
        }
        self.note_shipment(key, event)
    }

    /// Notes how much of lots an event brings into being without a process.
    fn commission(&mut self, key: u64, quantities: &[QuantityElement]) -> Result<(), GraphError> {
        for (lot, amount) in self.entries(&[], quantities)? {
            if amount.is_known() {
                let index = u32::try_from(self.commissionings.len()).map_err(|_| GraphError::Full)?;
                self.commissionings.push((key, Some(amount)));
                self.commissionings_of.entry(lot).or_default().push(index);
            }
        }
        Ok(())
    }

    fn add_parent(
        &mut self,
        key: u64,
        kind: ProcessKind,
        parent: &str,
        children: &[String],
        quantities: &[QuantityElement],
    ) -> Result<(), GraphError> {
        let parent = self.filling(parent)?;
        let inputs = self.entries(children, quantities)?;
        let amount = total(inputs.iter().map(|i| i.1)).unwrap_or(Amount::UNKNOWN);
        let outputs = [(parent, amount)];
        self.add_flow(&Flow { key, kind, transformation: None, inputs: &inputs, outputs: &outputs })?;
        Ok(())
    }

    /// The lot that an instance is now: for a container its last filling.
    pub(super) fn current(&mut self, identifier: &str) -> Result<LotId, GraphError> {
        let base = self.lot_or_new(identifier)?;
        Ok(self.refillings.get(&base).and_then(|fillings| fillings.last().copied()).unwrap_or(base))
    }

    pub(super) fn entries(
        &mut self,
        instances: &[String],
        quantities: &[QuantityElement],
    ) -> Result<Vec<(LotId, Amount)>, GraphError> {
        let mut out = Vec::with_capacity(instances.len() + quantities.len());
        for instance in instances {
            out.push((self.current(instance)?, Amount::ONE_PIECE));
        }
        for element in quantities {
            out.push((
                self.lot_or_new(&element.class)?,
                Amount::read(element.quantity, element.uom.as_deref()),
            ));
        }
        Ok(out)
    }

    /// Notes what an event ships to a party or takes back from one.
    fn note_shipment(&mut self, key: u64, event: &Event) -> Result<(), GraphError> {
        let Some(moved) = moved(event) else { return Ok(()) };
        if moved.kind == EntryKind::Received && !moved.is_return {
            return Ok(());
        }
        let party = party(if moved.is_return { &event.sources } else { &event.destinations });
        let party = party.map_or(Cow::Borrowed(UNKNOWN_PARTY), lot_name);
        let party = self.parties.intern(&party).ok_or(GraphError::Full)?;
        for (lot, stated) in self.entries(moved.instances, moved.quantities)? {
            let index = u32::try_from(self.shipments.len()).map_err(|_| GraphError::Full)?;
            let is_return = moved.is_return;
            self.shipments.push(Shipment { key, lot, party, stated, is_return, withdrawn: false });
            self.shipments_of.entry(lot).or_default().push(index);
        }
        Ok(())
    }
}

/// The party of a source or destination list: who owns, else who holds, else where it goes.
fn party(list: &[Typed]) -> Option<&str> {
    let rank = |typed: &Typed| match typed.kind.as_deref() {
        Some("owning_party") => 0,
        Some("possessing_party") => 1,
        Some("location") => 2,
        _ => 3,
    };
    list.iter().min_by_key(|typed| rank(typed)).map(|typed| typed.id.as_str())
}
