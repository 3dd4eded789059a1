//! What containers and assemblies hold, from filling to filling.
//!
//! Whatever is taken out of a container (or off an assembly) makes it another lot from then on, its next filling, which
//! holds what was left. So what was shipped before holds all of it, and what is shipped after holds what was left. The
//! processes that carry the rest over are derived: they are made anew when an event that filled or opened the container
//! turns out to be wrong.

use super::amount::NOTHING_LEFT;
use super::amount::{Amount, total};
use super::{Flow, GROUPED, Graph, GraphError, LotId, NONE, ProcessKind};
use crate::event::QuantityElement;

/// An event that took something out.
#[derive(Debug, Clone)]
pub(super) struct Opening {
    /// The store's key of the event.
    key: u64,
    /// Packed or attached things were taken.
    kind: ProcessKind,
    /// The filling that was opened, and the one that holds what was left.
    before: LotId,
    after: LotId,
    /// What was taken; all where it is `None`.
    taken: Option<Vec<(LotId, Amount)>>,
    /// Derived processes that carry the rest over.
    carried: Vec<u32>,
    /// True where the event was declared to be wrong.
    is_withdrawn: bool,
}

/// The kinds that put things into others.
const PACKINGS: [ProcessKind; 2] = [ProcessKind::Aggregation, ProcessKind::Association];

impl Graph {
    /// The container of a filling; any other lot is itself.
    fn base(&self, lot: LotId) -> LotId {
        self.bases.get(&lot).copied().unwrap_or(lot)
    }

    /// What a container or assembly holds now: for each kind what was put in and not taken out since.
    fn packed(&self, filling: LotId, kind: ProcessKind) -> Vec<(LotId, Amount)> {
        let mut processes = Vec::new();
        self.for_each_producer(filling, |reference| processes.push(reference & !GROUPED));
        processes.sort_unstable();
        let mut out: Vec<(LotId, Amount)> = Vec::new();
        for process in processes.into_iter().filter(|p| self.kinds[*p as usize] == kind) {
            for (lot, amount) in self.inputs.entries(process) {
                match out.iter_mut().find(|held| held.0 == lot && held.1.unit == amount.unit) {
                    Some(held) => held.1.value += amount.value,
                    None => out.push((lot, amount)),
                }
            }
        }
        out
    }

    /// What is left of a content. Something taken without an amount is taken whole; an amount in a unit that the content
    /// does not have leaves it as it is: a recall then names a customer too many rather than one too few.
    fn left(&self, opening: &Opening, mut content: Vec<(LotId, Amount)>) -> Vec<(LotId, Amount)> {
        let container = self.base(opening.before);
        let Some(taken) = &opening.taken else {
            content.retain(|held| self.base(held.0) == container);
            return content;
        };
        for (child, amount) in taken.iter().filter(|(child, _)| self.base(*child) != container) {
            let mut wanted = amount.value;
            content.retain_mut(|(lot, held)| {
                if self.base(*lot) != self.base(*child) {
                    return true;
                }
                if !amount.is_known() || held.unit != amount.unit {
                    return amount.is_known();
                }
                let (before, out) = (held.value, wanted.min(held.value));
                wanted -= out;
                held.value -= out;
                held.value > NOTHING_LEFT * before
            });
        }
        content
    }

    /// Takes things out of a container, or off an assembly: all where none is named. Nothing happens where it is not known to
    /// hold any of them.
    pub(super) fn take_out(
        &mut self,
        key: u64,
        kind: ProcessKind,
        parent: &str,
        children: &[String],
        quantities: &[QuantityElement],
    ) -> Result<(), GraphError> {
        let container = self.lot_or_new(parent)?;
        let taken = match (children, quantities) {
            ([], []) => None,
            _ => Some(self.entries(children, quantities)?),
        };
        let before = self.current(parent)?;
        let mut opening =
            Opening { key, kind, before, after: before, taken, carried: Vec::new(), is_withdrawn: false };
        let content = self.packed(before, kind);
        if self.left(&opening, content.clone()) == content {
            return Ok(());
        }
        self.set_apart(key, before)?;
        opening.after = self.next_filling(container)?;
        self.carry_over(&mut opening)?;
        self.openings.entry(container).or_default().push(opening);
        self.opened_by.insert(key, container);
        Ok(())
    }

    /// A new filling of a container.
    fn next_filling(&mut self, container: LotId) -> Result<LotId, GraphError> {
        let number = self.refillings.get(&container).map_or(0, Vec::len) + 2;
        let filling = self.lot_named(&format!("{}#{number}", self.name(container)))?;
        self.refillings.entry(container).or_default().push(filling);
        self.bases.insert(filling, container);
        Ok(filling)
    }

    /// The filling into which something is put: a new one where the container was emptied and shipped empty.
    pub(super) fn filling(&mut self, parent: &str) -> Result<LotId, GraphError> {
        let filling = self.current(parent)?;
        let is_empty = |kind| self.packed(filling, kind).is_empty();
        let was_emptied = self.bases.contains_key(&filling)
            && self.shipments_of.contains_key(&filling)
            && PACKINGS.into_iter().all(is_empty);
        if was_emptied { self.next_filling(self.base(filling)) } else { Ok(filling) }
    }

    /// Carries over what an event left.
    fn carry_over(&mut self, opening: &mut Opening) -> Result<(), GraphError> {
        for kind in PACKINGS {
            let mut content = self.packed(opening.before, kind);
            if kind == opening.kind && !opening.is_withdrawn {
                content = self.left(opening, content);
            }
            if !content.is_empty() {
                let process = self.add_derived(opening.key, kind, &content, opening.after)?;
                opening.carried.push(process);
            }
        }
        Ok(())
    }

    /// A process that no event tells: it has the key of the one that it follows from, and stands behind all that are there.
    fn add_derived(
        &mut self,
        key: u64,
        kind: ProcessKind,
        inputs: &[(LotId, Amount)],
        output: LotId,
    ) -> Result<u32, GraphError> {
        let amount = total(inputs.iter().map(|i| i.1)).unwrap_or(Amount::UNKNOWN);
        let (last, outputs) = (self.last_key().map_or(key, |last| last.max(key)), [(output, amount)]);
        let flow = Flow { key: last, kind, transformation: None, inputs, outputs: &outputs };
        let process = self.append(&flow)?.0;
        self.derived.insert(process, key);
        Ok(process)
    }

    /// An assembly that a process made is set apart from what is attached to it (as `identifier#0`), so that it goes on into its
    /// next state without the parts that were taken off.
    fn set_apart(&mut self, key: u64, lot: LotId) -> Result<(), GraphError> {
        let (mut places, mut is_made) = (Vec::new(), false);
        self.producers.for_each(lot, |place| {
            let process = self.inputs.record(place & !GROUPED).0;
            let makes = self.kinds[process as usize] == ProcessKind::Transformation;
            is_made |= makes;
            places.push((place, process, makes));
        });
        if !is_made {
            return Ok(());
        }
        places.sort_unstable_by_key(|(_, process, _)| *process);
        let bare = self.lot_named(&format!("{}#0", self.name(lot)))?;
        self.bases.insert(bare, self.base(lot));
        self.producers.first[lot.0 as usize] = NONE;
        let mut made = Vec::new();
        for (place, process, makes) in places {
            self.producers.push(if makes { bare } else { lot }, place)?;
            if makes {
                made.extend(self.outputs.entries(process).filter(|e| e.0 == lot).map(|e| e.1));
                self.outputs.rename(process, lot, bare);
            }
        }
        let amount = total(made).unwrap_or(Amount::UNKNOWN);
        self.add_derived(key, ProcessKind::Association, &[(bare, amount)], lot)?;
        Ok(())
    }

    /// Notes that the event of a key was declared to be wrong, where it opened something. `packed_into` is what the event
    /// put something into: what was left of that is carried over anew.
    pub(super) fn close_again(&mut self, key: u64, packed_into: Option<LotId>) -> Result<(), GraphError> {
        let opened = self.opened_by.get(&key).copied();
        let Some(container) = opened.or(packed_into.map(|lot| self.base(lot))) else { return Ok(()) };
        let Some(mut openings) = self.openings.remove(&container) else { return Ok(()) };
        let mut result = Ok(());
        for opening in &mut openings {
            opening.is_withdrawn |= opening.key == key;
            for process in opening.carried.drain(..) {
                self.inputs.withdraw(process as usize);
                self.outputs.withdraw(process as usize);
            }
            result = result.and_then(|()| self.carry_over(opening));
        }
        self.openings.insert(container, openings);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Document;

    const WHEN: &str = r#""eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+08:00""#;

    fn kg(content: &[(&str, f64)]) -> String {
        let one = |(lot, kg): &(&str, f64)| {
            format!(r#"{{"epcClass": "urn:lot:{lot}", "quantity": {kg}, "uom": "KGM"}}"#)
        };
        content.iter().map(one).collect::<Vec<_>>().join(",")
    }

    fn pack(action: &str, parent: &str, content: &[(&str, f64)]) -> String {
        format!(
            r#"{{"type": "AggregationEvent", {WHEN}, "action": "{action}", "parentID": "urn:box:{parent}", "childQuantityList": [{}]}}"#,
            kg(content)
        )
    }

    fn join(action: &str, parent: &str, child: &str) -> String {
        format!(
            r#"{{"type": "AssociationEvent", {WHEN}, "action": "{action}", "parentID": "urn:box:{parent}", "childEPCs": ["urn:box:{child}"]}}"#
        )
    }

    fn ship(parent: &str, party: &str) -> String {
        format!(
            r#"{{"type": "ObjectEvent", {WHEN}, "action": "OBSERVE", "bizStep": "shipping", "epcList": ["urn:box:{parent}"],
            "destinationList": [{{"type": "owning_party", "destination": "urn:party:{party}"}}]}}"#
        )
    }

    fn graph(events: &[String]) -> Graph {
        let text = format!(
            r#"{{"@context": [], "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z", "epcisBody": {{"eventList": [{}]}}}}"#,
            events.join(",")
        );
        let mut graph = Graph::new();
        for (key, event) in (1..).zip(&Document::parse(&text).unwrap_or_else(|f| panic!("{}", f[0])).events) {
            graph.add(key, event).unwrap();
        }
        graph
    }

    /// Whom a recall reaches, with how much.
    fn reached(graph: &Graph, lot: &str) -> Vec<(String, f64)> {
        let recall = graph.recall(graph.lot(lot).unwrap());
        let short = |party: &str| party.trim_start_matches("urn:party:").to_owned();
        recall.customers.iter().map(|c| (short(&c.party), c.carried[0].value)).collect()
    }

    fn expect(list: &[(&str, f64)]) -> Vec<(String, f64)> {
        list.iter().map(|(party, kg)| ((*party).to_owned(), *kg)).collect()
    }

    #[test]
    fn what_is_taken_out_before_shipping_is_not_shipped() {
        let graph = graph(&[
            pack("ADD", "p", &[("a", 10.0), ("b", 20.0), ("c", 4.0)]),
            ship("p", "first"),
            pack("DELETE", "p", &[("b", 20.0), ("c", 1.5), ("other", 1.0)]),
            ship("p", "second"),
        ]);
        assert_eq!(reached(&graph, "urn:lot:a"), expect(&[("first", 10.0), ("second", 10.0)]));
        assert_eq!(reached(&graph, "urn:lot:b"), expect(&[("first", 20.0)]));
        assert_eq!(reached(&graph, "urn:lot:c"), expect(&[("first", 4.0), ("second", 2.5)]));
    }

    #[test]
    fn a_container_that_is_emptied_by_naming_its_content_holds_the_next_alone() {
        let graph = graph(&[
            pack("ADD", "p", &[("a", 10.0)]),
            ship("p", "x"),
            pack("DELETE", "p", &[("a", 4.0)]),
            pack("DELETE", "p", &[("a", 6.0)]),
            ship("p", "empty"),
            pack("ADD", "p", &[("b", 20.0)]),
            ship("p", "y"),
        ]);
        assert_eq!(reached(&graph, "urn:lot:a"), expect(&[("x", 10.0)]));
        assert_eq!(reached(&graph, "urn:lot:b"), expect(&[("y", 20.0)]));
    }

    #[test]
    fn a_part_that_is_removed_from_a_machine_is_not_shipped_with_it() {
        let made = format!(
            r#"{{"type": "TransformationEvent", {WHEN}, "inputQuantityList": [{}], "outputEPCList": ["urn:box:m", "urn:box:n"]}}"#,
            kg(&[("steel", 50.0)])
        );
        let graph = graph(&[
            made,
            join("ADD", "m", "part"),
            join("ADD", "m", "other"),
            join("DELETE", "m", "part"),
            ship("m", "x"),
        ]);
        assert!(reached(&graph, "urn:box:part").is_empty());
        assert_eq!(reached(&graph, "urn:box:other").len(), 1);
        // What the machine itself was made of goes on with it.
        assert_eq!(reached(&graph, "urn:lot:steel").len(), 1);
        let machine = graph.lot("urn:box:m").unwrap();
        let names: Vec<&str> = graph.fillings(machine).iter().map(|lot| graph.name(*lot)).collect();
        assert_eq!(names, ["urn:box:m", "urn:box:m#2"]);
    }

    #[test]
    fn an_unpacking_or_a_packing_that_was_wrong_does_not_count() {
        let mut events = vec![pack("ADD", "p", &[("a", 10.0)]), pack("ADD", "p", &[("b", 20.0), ("c", 1.0)])];
        events.push(pack("DELETE", "p", &[("b", 20.0)]));
        events.push(pack("DELETE", "p", &[]));
        events.push(pack("ADD", "p", &[("d", 5.0)]));
        events.push(ship("p", "x"));
        let mut graph = graph(&events);
        assert!(reached(&graph, "urn:lot:a").is_empty() && reached(&graph, "urn:lot:b").is_empty());
        assert!(graph.withdraw(4));
        assert_eq!(reached(&graph, "urn:lot:a"), expect(&[("x", 10.0)]));
        assert!(reached(&graph, "urn:lot:b").is_empty());
        assert!(graph.withdraw(3));
        assert_eq!(reached(&graph, "urn:lot:b"), expect(&[("x", 20.0)]));
        assert!(graph.withdraw(2));
        assert!(reached(&graph, "urn:lot:b").is_empty() && reached(&graph, "urn:lot:c").is_empty());
        assert_eq!(reached(&graph, "urn:lot:a"), expect(&[("x", 10.0)]));
        assert_eq!(reached(&graph, "urn:lot:d"), expect(&[("x", 5.0)]));
    }
}
