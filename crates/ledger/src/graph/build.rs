//! Events to processes and shipments.

use super::amount::{Amount, total};
use super::{Flow, Graph, GraphError, LotId, ProcessKind, Shipment};
use crate::event::{Action, Body, Event, QuantityElement, Typed};
use crate::hash::link;
use std::borrow::Cow;

/// One name for a lot, whichever way its identifier is written.
pub(super) fn lot_name(identifier: &str) -> Cow<'_, str> {
    link::canonical(identifier).map_or(Cow::Borrowed(identifier), Cow::Owned)
}

/// Business steps by which goods leave for another party.
const SHIPPING_STEPS: [&str; 3] = ["shipping", "departing", "retail_selling"];

impl Graph {
    /// Catches up with an event of the store.
    ///
    /// Transformations make a process; aggregations and associations that add children make one from the children to
    /// the parent, those that delete some make the parent another lot that holds what is left; shipping to a party is noted for recalls, a return likewise. An event that declares another to be
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
                self.note_shipment(key, event, std::slice::from_ref(parent), &[])?;
            }
            Body::Aggregation { parent: None, children, child_quantities, .. } => {
                self.note_shipment(key, event, children, child_quantities)?;
            }
            Body::Association { action, parent, children, child_quantities } => {
                let kind = ProcessKind::Association;
                match action {
                    Action::Add => self.add_parent(key, kind, parent, children, child_quantities)?,
                    Action::Delete => self.take_out(key, kind, parent, children, child_quantities)?,
                    Action::Observe => {}
                }
            }
            Body::Object { epcs, quantities, .. } => {
                // A lot that is only made and shipped is a lot of the genealogy too.
                for identifier in epcs.iter().chain(quantities.iter().map(|q| &q.class)) {
                    self.lot_or_new(identifier)?;
                }
                self.note_shipment(key, event, epcs, quantities)?;
            }
            Body::Transaction { parent, epcs, quantities, .. } => match parent {
                Some(parent) => self.note_shipment(key, event, std::slice::from_ref(parent), &[])?,
                None => self.note_shipment(key, event, epcs, quantities)?,
            },
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
    fn note_shipment(
        &mut self,
        key: u64,
        event: &Event,
        instances: &[String],
        quantities: &[QuantityElement],
    ) -> Result<(), GraphError> {
        let is_return = event.disposition.as_deref() == Some("returned")
            && event.biz_step.as_deref() == Some("receiving");
        let is_shipping = event.biz_step.as_deref().is_some_and(|step| SHIPPING_STEPS.contains(&step));
        if !is_return && !is_shipping {
            return Ok(());
        }
        let Some(party) = party(if is_return { &event.sources } else { &event.destinations }) else {
            return Ok(());
        };
        let party = self.parties.intern(&lot_name(party)).ok_or(GraphError::Full)?;
        for (lot, stated) in self.entries(instances, quantities)? {
            let index = u32::try_from(self.shipments.len()).map_err(|_| GraphError::Full)?;
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
