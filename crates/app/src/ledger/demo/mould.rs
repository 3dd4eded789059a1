//! Moulds of aluminium: melt, machine, ship. Chips go back into the furnace; in the second year most of the metal is recycled.

use super::Today;
use super::names;
use super::writer::{Batch, Card, Content, Plant, mass, of};
use jiff::civil::{Weekday, date};
use serde_json::json;

const PRIMARY: &str = "000401";
const BLANK: &str = "000402";
const MOULD: &str = "000403";
const CHIPS: &str = "000404";
const DROSS: &str = "000405";
/// Aluminium of the recovery plant.
pub const RECOVERED: &str = "000203";
const CUSTOMERS: [&str; 2] = ["9526014", "9526012"];

pub fn work(plant: &mut Plant, today: Today) {
    if today.is(Weekday::Tuesday) || (today.is_second_year && today.is(Weekday::Thursday)) {
        batch(plant, today);
    }
    if today.date.day() == 25 || (today.date.day() == 26 && today.is(Weekday::Monday)) {
        let dross = plant.take(DROSS, f64::INFINITY);
        if !dross.is_empty() {
            plant.discard(today.day, &dross, Some(format!("LD{}03", today.date.strftime("%y%m%d"))));
        }
    }
}

fn batch(plant: &mut Plant, today: Today) {
    let day = today.day;
    let wanted = plant.about(75.0, 0.08);
    let mut charge = plant.take(CHIPS, plant.has(CHIPS).min(0.35 * wanted));
    let new = wanted - mass(&charge);
    let part = if today.is_second_year { 0.8 } else { 0.4 };
    charge.extend(plant.take(RECOVERED, (part * new).min(plant.has(RECOVERED))));
    let rest = wanted - mass(&charge);
    if plant.has(PRIMARY) < rest {
        let lot = format!("urn:epc:class:lgtin:9526018.{PRIMARY}.J{}", today.date.strftime("%y%m%d"));
        let ingot = Batch { lot, kg: plant.about(500.0, 0.05), content: Content::from([("Al", 0.997)]) };
        let card = Card { factor: Some("aluminium-primary-global"), price: Some(20.0), ..Card::default() };
        plant.receive(day, PRIMARY, &ingot, &names::party("9526018"), card);
    }
    charge.extend(plant.take(PRIMARY, rest));
    let (kg, al) = (mass(&charge), of(&charge, "Al"));
    // Dross of clean metal is nearly metal itself: it takes no more than half of what is no aluminium.
    let dross_kg = 0.018 * kg;
    let dross_aluminium = (1.0 - 0.5 * (kg - al) / dross_kg).max(0.6);
    let dross = Batch {
        lot: plant.lot(DROSS, "Z", day),
        kg: dross_kg,
        content: Content::from([("Al", dross_aluminium)]),
    };
    let blank_kg = kg - dross.kg;
    let blank = Batch {
        lot: plant.lot(BLANK, "B", day),
        kg: blank_kg,
        content: Content::from([("Al", (al - dross.of("Al")) / blank_kg)]),
    };
    let saved = if today.is_second_year { 0.9 } else { 1.0 };
    let used = [
        ("natural-gas-cn", 0.11 * kg * saved, "m³", true),
        ("grid-central-2023", 0.25 * kg * saved, "kWh", true),
    ];
    let hazardous = Card { waste: true, waste_code: Some("321-026-48"), price: Some(0.0), ..Card::default() };
    let outputs =
        [(blank.clone(), Card { price: Some(32.0), ..Card::default() }), (dross.clone(), hazardous)];
    plant.turn(day, "melting", &charge, &outputs, &used);
    plant.put(DROSS, dross);

    let chips = Batch {
        lot: plant.lot(CHIPS, "S", day),
        kg: blank.kg * plant.about(0.3, 0.1),
        content: blank.content.clone(),
    };
    let mould =
        Batch { lot: plant.lot(MOULD, "M", day), kg: blank.kg - chips.kg, content: blank.content.clone() };
    let outputs = [
        (mould.clone(), Card { price: Some(120.0), ..Card::default() }),
        (chips.clone(), Card { waste: true, price: Some(14.0), ..Card::default() }),
    ];
    plant.turn(day, "machining", &[blank], &outputs, &[("grid-central-2023", 1.9 * kg * saved, "kWh", true)]);
    plant.put(CHIPS, chips);
    let customer = CUSTOMERS[plant.random().below(CUSTOMERS.len())];
    let is_unweighed = today.date == date(2026, 7, 14);
    plant.ship(day, &[mould], &names::party(customer));
    if is_unweighed && let Some(event) = plant.last() {
        if let Some(quantity) = event["quantityList"][0].as_object_mut() {
            quantity.remove("quantity");
            quantity.remove("uom");
        }
        event["yl:demoFault"] = json!("发货未过磅，重量缺失");
    }
}
