//! A plant's events as they come off its scales: true masses and contents in, measured ones out.

use super::super::balance::date;
use ledger::random::Random;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, VecDeque};

/// Mass fractions of substances.
pub type Content = BTreeMap<&'static str, f64>;

/// A lot, or the rest of one, as it truly is.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Identifier (URN).
    pub lot: String,
    /// True mass, kg.
    pub kg: f64,
    /// True content.
    pub content: Content,
}

impl Batch {
    /// Mass of a substance, kg.
    pub fn of(&self, substance: &str) -> f64 {
        self.kg * self.content.get(substance).copied().unwrap_or(0.0)
    }
}

/// Mass of a substance in several lots, kg.
pub fn of(batches: &[Batch], substance: &str) -> f64 {
    batches.iter().map(|b| b.of(substance)).sum()
}

/// Mass of several lots, kg.
pub fn mass(batches: &[Batch]) -> f64 {
    batches.iter().map(|b| b.kg).sum()
}

/// What the events say of a lot beside its mass.
#[derive(Debug, Clone, Copy, Default)]
pub struct Card {
    /// Key of the factor of a raw material.
    pub factor: Option<&'static str>,
    /// Recycled material.
    pub recycled: bool,
    /// Waste.
    pub waste: bool,
    /// Code of hazardous waste.
    pub waste_code: Option<&'static str>,
    /// Nobody assayed it: its content is not stated.
    pub unassayed: bool,
    /// Price, yuan per kg.
    pub price: Option<f64>,
}

/// Use of energy or material by a process: factor, amount, unit, and whether a meter stands behind it.
pub type Used = (&'static str, f64, &'static str, bool);

/// Relative standard deviation of the plants' scales and of their assays, as the events state them.
pub const MASS_ERROR: f64 = 0.002;
/// See [`MASS_ERROR`].
pub const CONTENT_ERROR: f64 = 0.01;

/// One plant: its site, its stock and its events.
pub struct Plant {
    /// GS1 company prefix, of those that GS1 keeps for demonstrations.
    pub prefix: &'static str,
    /// Its events, in order.
    pub events: Vec<Value>,
    /// Lots in stock by product.
    pub stock: BTreeMap<&'static str, VecDeque<Batch>>,
    random: Random,
    minute: i64,
    numbers: BTreeMap<String, u32>,
}

impl Plant {
    pub fn new(prefix: &'static str, seed: u64) -> Self {
        Self {
            prefix,
            events: Vec::new(),
            stock: BTreeMap::new(),
            random: Random::new(seed),
            minute: 0,
            numbers: BTreeMap::new(),
        }
    }

    /// Random numbers of this plant.
    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// A number near `mean`, within a part of it.
    pub fn about(&mut self, mean: f64, part: f64) -> f64 {
        mean * self.random.between(1.0 - part, 1.0 + part)
    }

    pub fn site(&self) -> String {
        format!("urn:epc:id:sgln:{}.00001.0", self.prefix)
    }

    pub fn party(&self) -> String {
        format!("urn:epc:id:pgln:{}.00000", self.prefix)
    }

    /// The day begins.
    pub fn morning(&mut self) {
        self.minute = 7 * 60 + 30;
    }

    /// A new lot of a product: its letter, the day, and a number within the day.
    pub fn lot(&mut self, product: &'static str, letter: &str, day: i32) -> String {
        let day = date(day);
        let stem = format!("{letter}{:02}{:02}{:02}", day.year() % 100, day.month(), day.day());
        let number = self.numbers.entry(stem.clone()).or_insert(0);
        *number += 1;
        format!("urn:epc:class:lgtin:{}.{product}.{stem}-{number:02}", self.prefix)
    }

    /// Kilograms of a product in stock.
    pub fn has(&self, product: &str) -> f64 {
        self.stock.get(product).map_or(0.0, |lots| lots.iter().map(|b| b.kg).sum())
    }

    /// Puts into stock.
    pub fn put(&mut self, product: &'static str, batch: Batch) {
        self.stock.entry(product).or_default().push_back(batch);
    }

    /// Takes from stock, the oldest first; less where there is not so much.
    pub fn take(&mut self, product: &'static str, kg: f64) -> Vec<Batch> {
        let mut wanted = kg;
        let mut out = Vec::new();
        let Some(lots) = self.stock.get_mut(product) else { return out };
        while wanted > 1e-9
            && let Some(first) = lots.front_mut()
        {
            // What would be left of a lot below a gram goes along.
            let taken = if first.kg - wanted < 1e-3 { first.kg } else { wanted };
            out.push(Batch { kg: taken, ..first.clone() });
            wanted -= taken;
            first.kg -= taken;
            if first.kg <= 0.0 {
                lots.pop_front();
            }
        }
        out
    }

    /// What the scales say.
    fn weighed(&mut self, kg: f64) -> f64 {
        let measured = kg * (1.0 + MASS_ERROR * self.random.normal());
        let division = if kg < 1.0 { 1e6 } else { 1e3 };
        (measured * division).round() / division
    }

    fn quantities(&mut self, batches: &[Batch]) -> Vec<Value> {
        batches
            .iter()
            .map(|b| json!({"epcClass": b.lot, "quantity": self.weighed(b.kg), "uom": "KGM"}))
            .collect()
    }

    /// What is said of a lot.
    pub fn card(&mut self, batch: &Batch, card: Card) -> Map<String, Value> {
        let mut out = Map::from_iter([
            ("yl:lot".to_owned(), json!(batch.lot)),
            ("yl:massError".to_owned(), json!(MASS_ERROR)),
        ]);
        if !card.unassayed {
            let content: Map<String, Value> = batch
                .content
                .iter()
                .map(|(substance, part)| {
                    debug_assert!((0.0..=1.0).contains(part), "{}: {substance} {part}", batch.lot);
                    let assayed = (part * (1.0 + CONTENT_ERROR * self.random.normal())).min(1.0);
                    // Nearly pure metal is assayed by its impurities.
                    let assayed = if *part > 0.9 { *part } else { assayed };
                    let digits = 10_f64.powi(if assayed < 0.01 { 9 } else { 6 });
                    ((*substance).to_owned(), json!((assayed * digits).round() / digits))
                })
                .collect();
            out.insert("yl:content".to_owned(), content.into());
            let is_pure = batch.content.values().any(|part| *part > 0.9);
            out.insert("yl:contentError".to_owned(), json!(if is_pure { 1e-4 } else { CONTENT_ERROR }));
        }
        for (name, is) in [("yl:recycled", card.recycled), ("yl:waste", card.waste)] {
            if is {
                out.insert(name.to_owned(), json!(true));
            }
        }
        for (name, text) in [("yl:factor", card.factor), ("yl:wasteCode", card.waste_code)] {
            if let Some(text) = text {
                out.insert(name.to_owned(), json!(text));
            }
        }
        if let Some(price) = card.price {
            out.insert("yl:price".to_owned(), json!(price));
        }
        out
    }

    /// An event now; the clock moves on.
    fn event(&mut self, kind: &str, day: i32, step: &str) -> Map<String, Value> {
        let minute = self.minute;
        self.minute =
            (self.minute + 20 + i64::try_from(self.random.below(25)).unwrap_or(0)).min(23 * 60 + 59);
        let time = format!(
            "{}T{:02}:{:02}:{:02}+08:00",
            date(day),
            minute / 60,
            minute % 60,
            self.events.len() % 60
        );
        let place = json!({"id": self.site()});
        Map::from_iter([
            ("type".to_owned(), json!(kind)),
            ("eventTime".to_owned(), json!(time)),
            ("eventTimeZoneOffset".to_owned(), json!("+08:00")),
            ("bizStep".to_owned(), json!(step)),
            ("readPoint".to_owned(), place.clone()),
            ("bizLocation".to_owned(), place),
        ])
    }

    /// Lots come in; into stock.
    pub fn receive(&mut self, day: i32, product: &'static str, batch: &Batch, from: &str, card: Card) {
        let mut event = self.event("ObjectEvent", day, "receiving");
        event.insert("action".to_owned(), json!("ADD"));
        event.insert("disposition".to_owned(), json!("in_progress"));
        event.insert("quantityList".to_owned(), json!(self.quantities(std::slice::from_ref(batch))));
        event.insert("sourceList".to_owned(), json!([{"type": "owning_party", "source": from}]));
        let said = self.card(batch, card);
        event.insert("ilmd".to_owned(), json!({"yl:lots": [said]}));
        self.events.push(event.into());
        self.put(product, batch.clone());
    }

    /// Something that another plant of the cluster made comes in: its card came with its maker's events.
    pub fn accept(&mut self, day: i32, product: &'static str, batch: &Batch, from: &str) {
        let mut event = self.event("ObjectEvent", day, "receiving");
        event.insert("action".to_owned(), json!("OBSERVE"));
        event.insert("disposition".to_owned(), json!("in_progress"));
        event.insert("quantityList".to_owned(), json!(self.quantities(std::slice::from_ref(batch))));
        event.insert("sourceList".to_owned(), json!([{"type": "owning_party", "source": from}]));
        self.events.push(event.into());
        self.put(product, batch.clone());
    }

    /// A process; its outputs are not in stock yet.
    pub fn turn(&mut self, day: i32, step: &str, inputs: &[Batch], outputs: &[(Batch, Card)], used: &[Used]) {
        let mut event = self.event("TransformationEvent", day, &format!("urn:yulin:step:{step}"));
        let inputs = self.quantities(inputs);
        event.insert("inputQuantityList".to_owned(), json!(inputs));
        let made: Vec<Batch> = outputs.iter().map(|(batch, _)| batch.clone()).collect();
        event.insert("outputQuantityList".to_owned(), json!(self.quantities(&made)));
        let said: Vec<_> = outputs.iter().map(|(batch, card)| self.card(batch, *card)).collect();
        event.insert("ilmd".to_owned(), json!({"yl:lots": said}));
        let used: Vec<Value> = used
            .iter()
            .map(|(factor, amount, unit, metered)| {
                let amount = (self.about(*amount, 0.06) * 10.0).round() / 10.0;
                json!({"yl:factor": factor, "yl:amount": amount, "yl:unit": unit, "yl:metered": metered})
            })
            .collect();
        if !used.is_empty() {
            event.insert("yl:activity".to_owned(), json!(used));
        }
        self.events.push(event.into());
    }

    /// Lots leave for a party.
    pub fn ship(&mut self, day: i32, batches: &[Batch], to: &str) {
        let quantities = self.quantities(batches);
        let mut event = self.event("ObjectEvent", day, "shipping");
        event.insert("action".to_owned(), json!("OBSERVE"));
        event.insert("disposition".to_owned(), json!("in_transit"));
        event.insert("quantityList".to_owned(), json!(quantities));
        event.insert("destinationList".to_owned(), json!([{"type": "owning_party", "destination": to}]));
        self.events.push(event.into());
    }

    /// Lots leave as waste under a transfer manifest.
    pub fn discard(&mut self, day: i32, batches: &[Batch], manifest: Option<String>) {
        let quantities = self.quantities(batches);
        let mut event = self.event("ObjectEvent", day, "destroying");
        event.insert("action".to_owned(), json!("DELETE"));
        event.insert("disposition".to_owned(), json!("disposed"));
        event.insert("quantityList".to_owned(), json!(quantities));
        if let Some(manifest) = manifest {
            event.insert("yl:manifest".to_owned(), json!(manifest));
        }
        self.events.push(event.into());
    }

    /// Any other event of instances.
    pub fn tell(&mut self, kind: &str, day: i32, step: &str, fields: Value) {
        let mut event = self.event(kind, day, step);
        if let Value::Object(fields) = fields {
            event.extend(fields);
        }
        self.events.push(event.into());
    }

    /// Everything in stock is weighed.
    pub fn count_stock(&mut self, day: i32) {
        let lots: Vec<Batch> = self.stock.values().flatten().filter(|b| b.kg > 1e-6).cloned().collect();
        if lots.is_empty() {
            return;
        }
        let quantities = self.quantities(&lots);
        self.tell(
            "ObjectEvent",
            day,
            "stock_taking",
            json!({"action": "OBSERVE", "quantityList": quantities}),
        );
    }

    /// The site's own meter: the month's electricity, beside what the processes say.
    pub fn read_meter(&mut self, day: i32, kwh: f64) {
        let time = format!("{}T23:59:00+08:00", date(day));
        let value = (kwh * (1.0 + 0.005 * self.random.normal()) * 10.0).round() / 10.0;
        let report = json!({"type": "Energy", "value": value, "uom": "KWH", "time": time});
        let meter = format!("urn:epc:id:giai:{}.M1", self.prefix);
        self.tell(
            "ObjectEvent",
            day,
            "sensor_reporting",
            json!({"action": "OBSERVE", "epcList": [meter],
                "sensorElementList": [{"sensorMetadata": {"time": time}, "sensorReport": [report]}]}),
        );
    }

    /// The event written last.
    pub fn last(&mut self) -> Option<&mut Value> {
        self.events.last_mut()
    }
}
