//! Bonding wire: smelt, draw, anneal, rewind, pack. Drawing scrap goes back into the furnace.

use super::Today;
use super::names::{self, WIRE};
use super::writer::{Batch, Card, Content, Plant, mass, of};
use jiff::civil::{Weekday, date};
use serde_json::json;

const CATHODE: &str = "000101";
const RECYCLED: &str = "000207";
const ROD: &str = "000102";
const DRAWN: &str = "000103";
const ANNEALED: &str = "000104";
const SPOOL: &str = "000105";
const SCRAP: &str = "000106";
const SLAG: &str = "000107";
const SPOOLS: u32 = 10;
const CUSTOMERS: [&str; 4] = ["9526010", "9526011", "9526012", "9526013"];

fn copper(part: f64) -> Content {
    Content::from([("Cu", part)])
}

pub fn work(plant: &mut Plant, today: Today, recovery: &mut Plant) {
    let (day, second) = (today.day, today.is_second_year);
    if plant.has(CATHODE) < 250.0 {
        buy(plant, today);
    }
    if today.is(Weekday::Tuesday) || (second && today.is(Weekday::Friday)) {
        batch(plant, today);
    }
    // Slag goes to the recovery plant once a month.
    if today.date.day() == 20 && plant.has(SLAG) > 0.0 {
        let slag = plant.take(SLAG, f64::INFINITY);
        plant.ship(day, &slag, &names::party(names::RECOVERY));
        for lot in &slag {
            recovery.accept(day, SLAG, lot, &plant.party());
        }
    }
}

fn buy(plant: &mut Plant, today: Today) {
    let lot = format!("urn:epc:class:lgtin:9526016.{CATHODE}.K{}", today.date.strftime("%y%m%d"));
    let kg = plant.about(if today.is_second_year { 600.0 } else { 900.0 }, 0.05);
    let batch = Batch { lot, kg, content: copper(0.9999) };
    let card = Card { factor: Some("copper-primary-global"), price: Some(72.0), ..Card::default() };
    plant.receive(today.day, CATHODE, &batch, &names::party("9526016"), card);
    if today.date >= date(2026, 6, 1) && !plant.events.iter().any(|e| e["yl:demoFault"] == WRONG_WEIGHT) {
        // Two digits of a weight changed places; nobody noticed. The balance of that month will not close.
        if let Some(event) = plant.last() {
            event["quantityList"][0]["quantity"] = json!((kg * 1.35 * 1e3).round() / 1e3);
            event["yl:demoFault"] = json!(WRONG_WEIGHT);
        }
    }
}

const WRONG_WEIGHT: &str = "收货重量录错，未更正";
const NO_SLAG: &str = "漏记熔渣";
const TYPED_TWICE: &str = "废铜重量多录一位，后来声明错误并更正";

fn batch(plant: &mut Plant, today: Today) {
    let (day, second) = (today.day, today.is_second_year);
    let wanted = plant.about(60.0, 0.08);
    let part = if second { 0.42 } else { 0.12 };
    let mut charge = plant.take(RECYCLED, (wanted * part).min(plant.has(RECYCLED)));
    charge.extend(plant.take(SCRAP, plant.has(SCRAP).min(6.0)));
    let rest = wanted - mass(&charge);
    charge.extend(plant.take(CATHODE, rest));
    let (kg, cu) = (mass(&charge), of(&charge, "Cu"));

    // Smelting: a little is skimmed off as slag, copper with half of what is no copper: nothing is added, so no more can be in it.
    let slag_kg = kg * plant.about(0.006, 0.3);
    let slag_copper = 1.0 - 0.5 * (kg - cu) / slag_kg;
    let slag = Batch { lot: plant.lot(SLAG, "Z", day), kg: slag_kg, content: copper(slag_copper) };
    let rod_kg = kg - slag_kg;
    let rod =
        Batch { lot: plant.lot(ROD, "R", day), kg: rod_kg, content: copper((cu - slag.of("Cu")) / rod_kg) };
    let waste = |price| Card { waste: true, price: Some(price), ..Card::default() };
    let priced = |price| Card { price: Some(price), ..Card::default() };
    let forgets_slag = today.date == date(2026, 4, 10);
    let mut outputs = vec![(rod.clone(), priced(76.0))];
    if !forgets_slag {
        outputs.push((slag.clone(), waste(40.0)));
        plant.put(SLAG, slag);
    }
    let saved = if second { 0.88 } else { 1.0 };
    let metered = !today.every(61, 3);
    plant.turn(
        day,
        "smelting",
        &charge,
        &outputs,
        &[
            ("grid-central-2023", 0.42 * kg * saved, "kWh", metered),
            ("natural-gas-cn", 0.06 * kg * saved, "m³", metered),
        ],
    );
    if let Some(event) = plant.last() {
        if forgets_slag {
            event["yl:demoFault"] = json!(NO_SLAG);
        } else if !metered {
            event["yl:demoFault"] = json!("电表未抄，能耗为估算");
        }
    }

    // Drawing.
    let scrap_kg = rod.kg * plant.about(0.025, 0.3);
    let scrap = Batch { lot: plant.lot(SCRAP, "S", day), kg: scrap_kg, content: rod.content.clone() };
    let drawn =
        Batch { lot: plant.lot(DRAWN, "D", day), kg: rod.kg - scrap_kg, content: rod.content.clone() };
    plant.turn(
        day,
        "drawing",
        std::slice::from_ref(&rod),
        &[(drawn.clone(), priced(120.0)), (scrap.clone(), waste(60.0))],
        &[("grid-central-2023", 2.6 * kg * saved, "kWh", true)],
    );
    if today.date >= date(2026, 3, 3) && !plant.events.iter().any(|e| e["yl:demoFault"] == TYPED_TWICE) {
        corrected(plant);
    }
    plant.put(SCRAP, scrap);

    // Annealing and rewinding to spools, each a lot of its own.
    let annealed = Batch { lot: plant.lot(ANNEALED, "A", day), ..drawn.clone() };
    let used = [("grid-central-2023", 1.4 * kg * saved, "kWh", true)];
    plant.turn(day, "annealing", &[drawn], &[(annealed.clone(), priced(180.0))], &used);
    let spools: Vec<Batch> = (0..SPOOLS)
        .map(|_| Batch {
            lot: plant.lot(SPOOL, "W", day),
            kg: annealed.kg / f64::from(SPOOLS),
            ..annealed.clone()
        })
        .collect();
    let made: Vec<_> = spools.iter().map(|s| (s.clone(), priced(310.0))).collect();
    let used = [("grid-central-2023", 0.8 * kg * saved, "kWh", true)];
    plant.turn(day, "rewinding", &[annealed], &made, &used);
    passports(plant, day);

    // Packed into a carton, and sent.
    let number = plant.events.len();
    let carton = format!("urn:epc:id:sscc:{WIRE}.1{number:09}");
    let children: Vec<_> = spools
        .iter()
        .map(|s| json!({"epcClass": s.lot, "quantity": (s.kg * 1e3).round() / 1e3, "uom": "KGM"}))
        .collect();
    plant.tell(
        "AggregationEvent",
        day,
        "packing",
        json!({"action": "ADD", "parentID": carton, "childQuantityList": children}),
    );
    let customer = CUSTOMERS[plant.random().below(CUSTOMERS.len())];
    let destination = json!([{"type": "owning_party", "destination": names::party(customer)}]);
    plant.tell(
        "ObjectEvent",
        day,
        "shipping",
        json!({"action": "OBSERVE", "disposition": "in_transit", "epcList": [carton],
        "destinationList": destination}),
    );
    if today.every(83, 0) {
        returned(plant, day, &spools[0], customer);
    }
}

/// The event written last was wrong, is declared so, and written again.
fn corrected(plant: &mut Plant) {
    let Some(right) = plant.last().cloned() else { return };
    let mut wrong = right.clone();
    let kg = wrong["outputQuantityList"][1]["quantity"].as_f64().unwrap_or(0.0);
    wrong["outputQuantityList"][1]["quantity"] = json!(kg * 10.0);
    wrong["yl:demoFault"] = json!(TYPED_TWICE);
    let mut declared = wrong.clone();
    declared["errorDeclaration"] = json!({"declarationTime": right["eventTime"], "reason": "incorrect_data"});
    plant.events.pop();
    plant.events.extend([wrong, declared, right]);
}

/// What a spool's maker says of it to whoever scans its code.
fn passports(plant: &mut Plant, day: i32) {
    let furnace = format!("F{}", 1 + plant.random().below(3));
    let values: Vec<(f64, f64, f64)> = (0..SPOOLS)
        .map(|_| (plant.about(20.0, 0.01), plant.about(9.5, 0.06), plant.about(12.0, 0.15)))
        .collect();
    let made = super::super::balance::date(day).to_string();
    let Some(event) = plant.last() else { return };
    for (index, (diameter, load, elongation)) in values.into_iter().enumerate() {
        let one = |value: f64| (value * 10.0).round() / 10.0;
        event["ilmd"]["yl:lots"][index]["yl:passport"] = json!({
            "made": made, "diameter": one(diameter), "breaking_load": one(load), "elongation": one(elongation),
            "purity": 99.99, "length": 1000, "furnace": furnace, "die_set": format!("D{:02}", 1 + index % 4),
        });
    }
}

fn returned(plant: &mut Plant, day: i32, spool: &Batch, customer: &str) {
    let quantities =
        json!([{"epcClass": spool.lot, "quantity": (spool.kg * 1e3).round() / 1e3, "uom": "KGM"}]);
    plant.tell(
        "ObjectEvent",
        day,
        "receiving",
        json!({"action": "OBSERVE", "disposition": "returned", "quantityList": quantities,
        "sourceList": [{"type": "owning_party", "source": names::party(customer)}]}),
    );
    plant.put(SPOOL, spool.clone());
}
