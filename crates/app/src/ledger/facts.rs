//! What events say of lots beyond EPCIS, in Yulin's own extension fields (docs/ledger.md, "Extension fields").

use ledger::balance::book::LotCard;
use ledger::event::{Action, Body, Event, Extension, ExtensionValue};
use ledger::footprint::factor::FactorLibrary;
use ledger::footprint::inventory::Activity;
use ledger::hash::link;
use model::quantity::Quantity;
use model::reference::Reference;
use std::collections::{BTreeMap, HashMap};

/// Namespace of the extension fields.
const NAMESPACE: &str = "{urn:yulin:ledger:}";

/// What is known of a lot.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct LotFacts {
    /// Mass fractions of substances, by name: few, and of millions of lots.
    pub content: Vec<(String, f64)>,
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
    /// Code of the national list of hazardous waste.
    pub waste_code: Option<String>,
    /// Relative standard deviation of weighings.
    pub mass_rsd: f64,
    /// Relative standard deviation of assays.
    pub content_rsd: f64,
    /// What its maker says of it to whoever scans its code: field and value, in order (docs/ledger.md, "Passport").
    pub passport: BTreeMap<String, String>,
}

/// Facts of all lots, and activities of all events, that any event states.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// By the lot's canonical identifier.
    pub lots: HashMap<String, LotFacts>,
    /// By the event's number.
    pub activities: HashMap<u64, Vec<Activity>>,
    /// Numbers of transfer manifests of waste, by the event's number.
    pub manifests: HashMap<u64, String>,
}

impl Facts {
    /// Takes over what an event says; gives the lots of which it says something. What a later event says of a lot replaces what
    /// was said before, field by field.
    pub fn take(&mut self, seq: u64, event: &Event) -> Vec<String> {
        let mut told = Vec::new();
        if event.error_declaration.is_some() {
            return told;
        }
        let activities: Vec<Activity> =
            own(&event.extensions, "activity").flat_map(listed).filter_map(activity).collect();
        if !activities.is_empty() {
            self.activities.insert(seq, activities);
        }
        if let Some(number) = own(&event.extensions, "manifest").find_map(ExtensionValue::as_text) {
            self.manifests.insert(seq, number.to_owned());
        }
        if event.ilmd.is_empty() {
            return told;
        }
        for entry in own(&event.ilmd, "lots").flat_map(listed) {
            if let ExtensionValue::Object(fields) = entry
                && let Some(lot) = own(fields, "lot").next().and_then(ExtensionValue::as_text)
            {
                self.of(lot, &mut told).take(fields);
            }
        }
        let (instances, quantities) = match &event.body {
            Body::Transformation { outputs, output_quantities, .. } => (outputs, output_quantities),
            Body::Object { action: Action::Add, epcs, quantities } => (epcs, quantities),
            _ => return told,
        };
        for lot in instances.iter().chain(quantities.iter().map(|q| &q.class)) {
            self.of(lot, &mut told).take(&event.ilmd);
        }
        told
    }

    /// Forgets what the process of a withdrawn event used, and its manifest.
    pub fn withdraw(&mut self, seq: u64) {
        self.activities.remove(&seq);
        self.manifests.remove(&seq);
    }

    fn of(&mut self, lot: &str, told: &mut Vec<String>) -> &mut LotFacts {
        let name = link::canonical(lot).unwrap_or_else(|| lot.to_owned());
        told.push(name.clone());
        self.lots.entry(name).or_default()
    }

    /// What the book notes of a lot.
    pub fn card(&self, name: &str) -> LotCard {
        let product = product_of(name).to_owned();
        let Some(facts) = self.lots.get(name) else { return LotCard { product, ..LotCard::default() } };
        LotCard {
            product,
            piece_kg: facts.piece_kg,
            content: facts.content.clone(),
            mass_rsd: facts.mass_rsd,
            content_rsd: facts.content_rsd,
            is_waste: facts.is_waste,
            is_hazardous: facts.waste_code.is_some(),
            is_recycled: facts.is_recycled,
        }
    }
}

impl LotFacts {
    fn take(&mut self, fields: &[Extension]) {
        for value in own(fields, "content") {
            if let ExtensionValue::Object(substances) = value {
                for substance in substances {
                    let name = last(&substance.name);
                    if let Some(part) = part(&substance.value) {
                        match self.content.binary_search_by(|(known, _)| known.as_str().cmp(name)) {
                            Ok(at) => self.content[at].1 = part,
                            Err(at) => {
                                self.content.reserve_exact(1);
                                self.content.insert(at, (name.to_owned(), part));
                            }
                        }
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
        let code = own(fields, "wasteCode").find_map(ExtensionValue::as_text);
        self.waste_code = code.map(str::to_owned).or(self.waste_code.take());
        let error = |name| number(name).filter(|rsd| (0.0..1.0).contains(rsd));
        self.mass_rsd = error("massError").unwrap_or(self.mass_rsd);
        self.content_rsd = error("contentError").unwrap_or(self.content_rsd);
        for value in own(fields, "passport") {
            if let ExtensionValue::Object(said) = value {
                for field in said {
                    let name = last(&field.name);
                    let text = field.value.as_text().map(str::to_owned);
                    if let Some(text) = text.or_else(|| field.value.as_number().map(|n| n.to_string())) {
                        self.passport.insert(name.to_owned(), text);
                    }
                }
            }
        }
    }
}

/// The product that a lot is of: a GTIN's Digital Link without what follows; of other identifiers nothing is known.
pub(super) fn product_of(lot: &str) -> &str {
    let end = ["/10/", "/21/", "/235/"].iter().filter_map(|key| lot.find(key)).min();
    if lot.contains("/01/") { &lot[..end.unwrap_or(lot.len())] } else { "" }
}

/// Values of a field of the namespace.
pub(super) fn own<'e>(
    fields: &'e [Extension],
    local: &'static str,
) -> impl Iterator<Item = &'e ExtensionValue> {
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

/// A field of our own that nothing can be computed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldFault {
    /// JSON pointer, our namespace under its usual prefix.
    pub place: String,
    /// What was read and what is expected.
    what: String,
}

impl std::fmt::Display for FieldFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}：{}", self.place, self.what)
    }
}

/// What is wrong in an event's own fields: a content that is no part of its lot, and, with a library of factors, an activity that
/// cannot be computed and a factor that nobody knows. What counts for nothing later must not be taken in silence.
pub(super) fn field_faults(event: &Event, library: Option<&FactorLibrary>) -> Vec<FieldFault> {
    let mut out = Vec::new();
    if let Some(library) = library {
        for (value, place) in placed(&event.extensions, "activity", &event.place) {
            activity_faults(value, &place, library, &mut out);
        }
    }
    let ilmd = format!("{}/ilmd", event.place);
    lot_faults(&event.ilmd, &ilmd, library, &mut out);
    for (entry, place) in placed(&event.ilmd, "lots", &ilmd) {
        match entry {
            ExtensionValue::Object(fields) => lot_faults(fields, &place, library, &mut out),
            other if library.is_some() => out.push(fault(place, other, "带 yl:lot 的对象")),
            _ => {}
        }
    }
    out
}

/// Values of a field with their places.
fn placed<'e>(
    fields: &'e [Extension],
    local: &'static str,
    under: &str,
) -> Vec<(&'e ExtensionValue, String)> {
    let mut out = Vec::new();
    for value in own(fields, local) {
        let place = format!("{under}/yl:{local}");
        match value {
            ExtensionValue::List(items) => {
                out.extend(items.iter().enumerate().map(|(at, item)| (item, format!("{place}/{at}"))));
            }
            one => out.push((one, place)),
        }
    }
    out
}

fn fault(place: String, found: &ExtensionValue, expected: &str) -> FieldFault {
    FieldFault { place, what: format!("读到 {}，应为{expected}", shown(found)) }
}

/// A value as a fault shows it.
fn shown(value: &ExtensionValue) -> String {
    match value {
        ExtensionValue::Null => "null".to_owned(),
        ExtensionValue::Text(text) => format!("\"{text}\""),
        ExtensionValue::Number(number) => number.to_string(),
        ExtensionValue::Integer(digits) => digits.clone(),
        ExtensionValue::Bool(value) => value.to_string(),
        ExtensionValue::List(_) => "[…]".to_owned(),
        ExtensionValue::Object(_) => "{…}".to_owned(),
    }
}

fn activity_faults(value: &ExtensionValue, place: &str, library: &FactorLibrary, out: &mut Vec<FieldFault>) {
    let ExtensionValue::Object(fields) = value else {
        out.push(fault(place.to_owned(), value, "对象 {…}"));
        return;
    };
    let mut wanted = |name: &'static str, expected: &str, is_good: &dyn Fn(&ExtensionValue) -> bool| {
        let at = format!("{place}/yl:{name}");
        match own(fields, name).next() {
            None => out.push(FieldFault { place: at, what: format!("缺少此项，应为{expected}") }),
            Some(found) if !is_good(found) => out.push(fault(at, found, expected)),
            Some(_) => {}
        }
    };
    let known = |v: &ExtensionValue| v.as_text().is_some_and(|id| library.get(id).is_ok());
    wanted("factor", "因子库中的因子（data/factors.csv）", &known);
    wanted("amount", "不小于 0 的数", &|v| v.as_number().is_some_and(|n| n >= 0.0));
    let factor = own(fields, "factor").find_map(ExtensionValue::as_text).and_then(|id| library.get(id).ok());
    let units = &Reference::builtin().units;
    let fits = |v: &ExtensionValue| {
        let Some(unit) = v.as_text() else { return false };
        factor.is_none_or(|f| Quantity::new(1.0, unit).value_in(&f.activity_unit, units).is_ok())
    };
    let expected = factor.map_or_else(
        || "单位".to_owned(),
        |f| format!("因子“{}”能用的单位（{} 或可换算的）", f.id, f.activity_unit),
    );
    wanted("unit", &expected, &fits);
    if own(fields, "category").next().is_some() {
        wanted("category", "范围三的类别 1 到 15", &|v| category(v).is_some());
    }
    if own(fields, "marketFactor").next().is_some() {
        wanted("marketFactor", "因子库中的因子（data/factors.csv）", &known);
    }
}

fn lot_faults(fields: &[Extension], place: &str, library: Option<&FactorLibrary>, out: &mut Vec<FieldFault>) {
    for value in own(fields, "content") {
        let place = format!("{place}/yl:content");
        match value {
            ExtensionValue::Object(substances) => {
                for substance in substances.iter().filter(|s| part(&s.value).is_none()) {
                    out.push(no_part(format!("{place}/{}", last(&substance.name)), &substance.value));
                }
            }
            other => out.push(no_part(place, other)),
        }
    }
    let Some(library) = library else { return };
    for found in own(fields, "factor") {
        if found.as_text().is_none_or(|id| library.get(id).is_err()) {
            out.push(fault(format!("{place}/yl:factor"), found, "因子库中的因子（data/factors.csv）"));
        }
    }
}

/// A part of a lot's mass, 0 to 1.
fn part(value: &ExtensionValue) -> Option<f64> {
    value.as_number().filter(|part| (0.0..=1.0).contains(part))
}

fn no_part(place: String, found: &ExtensionValue) -> FieldFault {
    FieldFault {
        place, what: format!("读到 {}，yl:content 应为 0 至 1 之间的质量分数", shown(found))
    }
}

/// A name without its namespace.
fn last(name: &str) -> &str {
    name.rsplit(['}', ':']).next().unwrap_or(name)
}

/// A category of scope 3.
fn category(value: &ExtensionValue) -> Option<u8> {
    (1..=15).find(|category| value.as_number() == Some(f64::from(*category)))
}

fn activity(value: &ExtensionValue) -> Option<Activity> {
    let ExtensionValue::Object(fields) = value else { return None };
    let text = |name| own(fields, name).find_map(ExtensionValue::as_text);
    Some(Activity {
        quantity: Quantity::new(own(fields, "amount").find_map(ExtensionValue::as_number)?, text("unit")?),
        factor: text("factor")?.to_owned(),
        market_factor: text("marketFactor").map(str::to_owned),
        category: own(fields, "category").find_map(category),
        is_metered: own(fields, "metered").any(is_true),
    })
}
