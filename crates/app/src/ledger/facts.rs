//! What events say of lots beyond EPCIS, in Yulin's own extension fields (docs/ledger.md, "Extension fields").

use ledger::event::{Action, Body, Event, Extension, ExtensionValue};
use ledger::hash::link;
use model::quantity::Quantity;
use std::collections::{BTreeMap, HashMap};

/// Namespace of the extension fields.
const NAMESPACE: &str = "{urn:yulin:ledger:}";

/// What is known of a lot.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct LotFacts {
    /// Mass fractions of substances.
    pub content: BTreeMap<String, f64>,
    /// Mass of one piece, kg.
    pub piece_kg: Option<f64>,
    /// Key of the factor of a raw material.
    pub factor: Option<String>,
    /// Price of one unit.
    pub price: Option<f64>,
    /// Recycled material.
    pub is_recycled: bool,
    /// Waste or scrap.
    pub is_waste: bool,
}

/// A use of energy or material by the process of an event.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Activity {
    /// How much.
    pub quantity: Quantity,
    /// Key of its factor.
    pub factor: String,
    /// True where a meter stands behind it.
    pub is_metered: bool,
}

/// Facts of all lots, and activities of all events, that any event states.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// By the lot's canonical identifier.
    pub lots: HashMap<String, LotFacts>,
    /// By the event's number.
    pub activities: HashMap<u64, Vec<Activity>>,
}

impl Facts {
    /// Takes over what an event says. What a later event says of a lot replaces what was said before, field by field.
    pub fn take(&mut self, seq: u64, event: &Event) {
        if event.error_declaration.is_some() {
            return;
        }
        let activities: Vec<Activity> =
            own(&event.extensions, "activity").flat_map(listed).filter_map(activity).collect();
        if !activities.is_empty() {
            self.activities.insert(seq, activities);
        }
        if event.ilmd.is_empty() {
            return;
        }
        for entry in own(&event.ilmd, "lots").flat_map(listed) {
            if let ExtensionValue::Object(fields) = entry
                && let Some(lot) = own(fields, "lot").next().and_then(ExtensionValue::as_text)
            {
                self.of(lot).take(fields);
            }
        }
        let (instances, quantities) = match &event.body {
            Body::Transformation { outputs, output_quantities, .. } => (outputs, output_quantities),
            Body::Object { action: Action::Add, epcs, quantities } => (epcs, quantities),
            _ => return,
        };
        for lot in instances.iter().chain(quantities.iter().map(|q| &q.class)) {
            self.of(lot).take(&event.ilmd);
        }
    }

    /// Forgets what the process of a withdrawn event used.
    pub fn withdraw(&mut self, seq: u64) {
        self.activities.remove(&seq);
    }

    fn of(&mut self, lot: &str) -> &mut LotFacts {
        let name = link::canonical(lot).unwrap_or_else(|| lot.to_owned());
        self.lots.entry(name).or_default()
    }
}

impl LotFacts {
    fn take(&mut self, fields: &[Extension]) {
        for value in own(fields, "content") {
            if let ExtensionValue::Object(substances) = value {
                for substance in substances {
                    let name = substance.name.rsplit(['}', ':']).next().unwrap_or(&substance.name);
                    if let Some(part) = substance.value.as_number().filter(|p| (0.0..=1.0).contains(p)) {
                        self.content.insert(name.to_owned(), part);
                    }
                }
            }
        }
        let number = |name| own(fields, name).find_map(ExtensionValue::as_number);
        self.piece_kg = number("pieceMass").or(self.piece_kg);
        self.price = number("price").or(self.price);
        let factor = own(fields, "factor").find_map(ExtensionValue::as_text);
        self.factor = factor.map(str::to_owned).or(self.factor.take());
        self.is_recycled = own(fields, "recycled").map(is_true).last().unwrap_or(self.is_recycled);
        self.is_waste = own(fields, "waste").map(is_true).last().unwrap_or(self.is_waste);
    }
}

/// Values of a field of the namespace.
fn own<'e>(fields: &'e [Extension], local: &'static str) -> impl Iterator<Item = &'e ExtensionValue> {
    fields.iter().filter(move |f| f.name.strip_prefix(NAMESPACE) == Some(local)).map(|f| &f.value)
}

/// The items of a list, or the one value.
fn listed(value: &ExtensionValue) -> &[ExtensionValue] {
    match value {
        ExtensionValue::List(items) => items,
        one => std::slice::from_ref(one),
    }
}

/// XML knows only the word.
fn is_true(value: &ExtensionValue) -> bool {
    matches!(value, ExtensionValue::Bool(true)) || value.as_text() == Some("true")
}

fn activity(value: &ExtensionValue) -> Option<Activity> {
    let ExtensionValue::Object(fields) = value else { return None };
    let text = |name| own(fields, name).find_map(ExtensionValue::as_text);
    Some(Activity {
        quantity: Quantity::new(own(fields, "amount").find_map(ExtensionValue::as_number)?, text("unit")?),
        factor: text("factor")?.to_owned(),
        is_metered: own(fields, "metered").any(is_true),
    })
}
