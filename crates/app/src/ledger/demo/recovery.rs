//! Electronic waste to copper, gold and aluminium: shred, smelt, refine, leach. Four stages of 99.5 % make 98 %.

use super::names::{self, BOARD, MOULD, WIRE};
use super::writer::{Batch, Card, Content, Plant, mass, of};
use super::{Today, mould::RECOVERED as ALUMINIUM};
use jiff::civil::{Weekday, date};
use serde_json::json;

const SCRAP: &str = "000201";
const CONCENTRATE: &str = "000202";
const POWDER: &str = "000204";
const BLACK: &str = "000205";
const SLAG: &str = "000206";
const CATHODE: &str = "000207";
const SLIME: &str = "000208";
const GOLD: &str = "000209";
const RESIDUE: &str = "000210";
/// What the other plants bring: wire slag, copper sheet, scrapped boards.
const BROUGHT: [&str; 3] = ["000107", "000306", "000307"];
/// Part of copper and gold that a stage keeps.
const STAGE: f64 = 0.995;

pub fn work(plant: &mut Plant, today: Today, board: &mut Plant, wire: &mut Plant, mould: &mut Plant) {
    match today.date.weekday() {
        Weekday::Monday => buy(plant, today),
        Weekday::Tuesday => shred(plant, today),
        Weekday::Wednesday => smelt(plant, today),
        Weekday::Thursday => refine(plant, today),
        _ => {}
    }
    if today.date.day() == 12 || (today.date.day() == 13 && today.is(Weekday::Monday)) {
        leach(plant, today);
    }
    if today.is(Weekday::Friday) {
        sell(plant, today, wire, mould);
    }
    // The board plant sends copper sheet and scrapped boards; its own events are written here, where they arrive.
    if today.date.day() == 18 {
        for product in [BROUGHT[1], BROUGHT[2]] {
            let lots = board.take(product, f64::INFINITY);
            if !lots.is_empty() {
                board.ship(today.day, &lots, &plant.party());
                for lot in &lots {
                    plant.accept(today.day, product, lot, &names::party(BOARD));
                }
            }
        }
    }
}

fn buy(plant: &mut Plant, today: Today) {
    let lot = format!("urn:epc:class:lgtin:9526017.{SCRAP}.E{}", today.date.strftime("%y%m%d"));
    let kg = plant.about(if today.is_second_year { 620.0 } else { 310.0 }, 0.1);
    let content = Content::from([
        ("Cu", plant.about(0.20, 0.08)),
        ("Au", plant.about(0.000_22, 0.1)),
        ("Al", plant.about(0.06, 0.1)),
    ]);
    let unassayed = today.date == date(2026, 5, 11);
    let batch = Batch { lot, kg, content };
    let card = Card {
        factor: Some("scrap-cut-off"),
        recycled: true,
        unassayed,
        price: Some(18.0),
        ..Card::default()
    };
    plant.receive(today.day, SCRAP, &batch, &names::party("9526017"), card);
    if unassayed && let Some(event) = plant.last() {
        event["yl:demoFault"] = json!("未化验，含量未知");
    }
}

fn waste() -> Card {
    Card { waste: true, price: Some(0.0), ..Card::default() }
}

fn shred(plant: &mut Plant, today: Today) {
    let input = plant.take(SCRAP, plant.has(SCRAP));
    if input.is_empty() {
        return;
    }
    let (kg, cu, au, al) = (mass(&input), of(&input, "Cu"), of(&input, "Au"), of(&input, "Al"));
    let aluminium_kg = 0.92 * al / 0.93;
    let aluminium = Batch {
        lot: plant.lot(ALUMINIUM, "L", today.day),
        kg: aluminium_kg,
        content: Content::from([("Al", 0.93)]),
    };
    let concentrate_kg = 1.75 * cu;
    let concentrate = Batch {
        lot: plant.lot(CONCENTRATE, "C", today.day),
        kg: concentrate_kg,
        content: Content::from([("Cu", STAGE * cu / concentrate_kg), ("Au", STAGE * au / concentrate_kg)]),
    };
    let powder_kg = kg - aluminium_kg - concentrate_kg;
    let powder = Batch {
        lot: plant.lot(POWDER, "P", today.day),
        kg: powder_kg,
        content: Content::from([
            ("Cu", (1.0 - STAGE) * cu / powder_kg),
            ("Au", (1.0 - STAGE) * au / powder_kg),
            ("Al", (al - aluminium_kg * 0.93) / powder_kg),
        ]),
    };
    let recycled = Card { recycled: true, price: Some(12.0), ..Card::default() };
    let outputs = [
        (concentrate.clone(), Card { price: Some(30.0), ..recycled }),
        (aluminium.clone(), recycled),
        (powder.clone(), waste()),
    ];
    plant.turn(today.day, "shredding", &input, &outputs, &[("grid-central-2023", 0.22 * kg, "kWh", true)]);
    plant.put(CONCENTRATE, concentrate);
    plant.put(ALUMINIUM, aluminium);
    plant.put(POWDER, powder);
}

fn smelt(plant: &mut Plant, today: Today) {
    let mut input = plant.take(CONCENTRATE, plant.has(CONCENTRATE));
    for product in BROUGHT {
        input.extend(plant.take(product, f64::INFINITY));
    }
    if input.is_empty() {
        return;
    }
    let (kg, cu, au) = (mass(&input), of(&input, "Cu"), of(&input, "Au"));
    let black_kg = STAGE * cu / 0.975;
    let black = Batch {
        lot: plant.lot(BLACK, "B", today.day),
        kg: black_kg,
        content: Content::from([("Cu", 0.975), ("Au", STAGE * au / black_kg)]),
    };
    let slag_kg = kg - black_kg;
    let slag = Batch {
        lot: plant.lot(SLAG, "Z", today.day),
        kg: slag_kg,
        content: Content::from([("Cu", (1.0 - STAGE) * cu / slag_kg), ("Au", (1.0 - STAGE) * au / slag_kg)]),
    };
    let used = [
        ("grid-central-2023", 0.35 * kg, "kWh", true),
        ("natural-gas-cn", 0.11 * kg, "m³", true),
        ("diesel-cn", 0.004 * kg, "kg", false),
    ];
    let outputs = [
        (black.clone(), Card { recycled: true, price: Some(55.0), ..Card::default() }),
        (slag.clone(), waste()),
    ];
    plant.turn(today.day, "smelting", &input, &outputs, &used);
    plant.put(BLACK, black);
    plant.put(SLAG, slag);
}

fn refine(plant: &mut Plant, today: Today) {
    let input = plant.take(BLACK, plant.has(BLACK));
    if input.is_empty() {
        return;
    }
    let (kg, cu, au) = (mass(&input), of(&input, "Cu"), of(&input, "Au"));
    let cathode_kg = STAGE * cu / 0.9999;
    let cathode = Batch {
        lot: plant.lot(CATHODE, "K", today.day),
        kg: cathode_kg,
        content: Content::from([("Cu", 0.9999)]),
    };
    let slime_kg = kg - cathode_kg;
    let slime = Batch {
        lot: plant.lot(SLIME, "N", today.day),
        kg: slime_kg,
        content: Content::from([("Cu", (1.0 - STAGE) * cu / slime_kg), ("Au", au / slime_kg)]),
    };
    let recycled = Card { recycled: true, ..Card::default() };
    let outputs = [
        (cathode.clone(), Card { price: Some(70.0), ..recycled }),
        (slime.clone(), Card { price: Some(9_000.0), ..recycled }),
    ];
    plant.turn(today.day, "refining", &input, &outputs, &[("grid-central-2023", 0.34 * kg, "kWh", true)]);
    plant.put(CATHODE, cathode);
    plant.put(SLIME, slime);
}

fn leach(plant: &mut Plant, today: Today) {
    let input = plant.take(SLIME, plant.has(SLIME));
    if input.is_empty() {
        return;
    }
    let (kg, cu, au) = (mass(&input), of(&input, "Cu"), of(&input, "Au"));
    let gold_kg = STAGE * au / 0.9999;
    let gold =
        Batch { lot: plant.lot(GOLD, "G", today.day), kg: gold_kg, content: Content::from([("Au", 0.9999)]) };
    let residue_kg = kg - gold_kg;
    let residue = Batch {
        lot: plant.lot(RESIDUE, "X", today.day),
        kg: residue_kg,
        content: Content::from([("Cu", cu / residue_kg), ("Au", (1.0 - STAGE) * au / residue_kg)]),
    };
    let hazardous = Card { waste: true, waste_code: Some("321-013-48"), price: Some(0.0), ..Card::default() };
    let outputs = [
        (gold.clone(), Card { recycled: true, price: Some(900_000.0), ..Card::default() }),
        (residue.clone(), hazardous),
    ];
    plant.turn(today.day, "leaching", &input, &outputs, &[("grid-central-2023", 6.0 * kg, "kWh", true)]);
    plant.ship(today.day, &[gold], &names::party("9526015"));
    let manifest = format!("LD{}02", today.date.strftime("%y%m%d"));
    plant.discard(today.day, &[residue], Some(manifest));
}

fn sell(plant: &mut Plant, today: Today, wire: &mut Plant, mould: &mut Plant) {
    let day = today.day;
    // The wire plant gets what it needs first, the trade gets the rest; half of every week's cathode stays till the next.
    let wanted = if today.is_second_year { 60.0_f64 } else { 10.0 };
    let room = (2.0 * wanted - wire.has(CATHODE)).max(0.0);
    let to_wire = plant.take(CATHODE, wanted.min(room).min(plant.has(CATHODE)));
    if !to_wire.is_empty() {
        plant.ship(day, &to_wire, &names::party(WIRE));
        for lot in &to_wire {
            wire.accept(day, CATHODE, lot, &plant.party());
        }
    }
    let rest = plant.take(CATHODE, plant.has(CATHODE) / 2.0);
    if mass(&rest) > 1.0 {
        plant.ship(day, &rest, &names::party("9526016"));
    }
    let aluminium = plant.take(ALUMINIUM, plant.has(ALUMINIUM));
    if !aluminium.is_empty() {
        plant.ship(day, &aluminium, &names::party(MOULD));
        for lot in &aluminium {
            mould.accept(day, ALUMINIUM, lot, &plant.party());
        }
    }
    // Slag is sold for building; the powder finds no taker and stays.
    if today.date.day() > 21 && today.date.day() < 29 && plant.has(SLAG) > 0.0 {
        let slag = plant.take(SLAG, f64::INFINITY);
        plant.discard(day, &slag, None);
    }
}
