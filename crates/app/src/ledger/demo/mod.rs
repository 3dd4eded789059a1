//! The ledger of the fictional demo cluster: four small plants over two years, day by day, from one seed.
//!
//! Every process closes in true masses; what the events say has the errors of scales and assays that they state. The plants supply
//! each other: the recovery plant sells copper to the wire plant and aluminium to the mould plant, the board plant's copper and
//! scrap go to the recovery plant. The first year is the base year: half the production, no regeneration of etchant, less recycled
//! material. Wrong and missing data are put in on purpose; an event that holds some says so in its field `yl:demoFault`.

mod board;
mod mould;
mod names;
mod recovery;
mod wire;
mod writer;

use super::balance::day;
use crate::{Act, Actor, App, CaptureOptions, InputFile, Result};
use jiff::civil::{Date, Weekday, date};
use serde_json::{Value, json};
use writer::Plant;

/// First day of the base year.
const START: Date = date(2025, 1, 1);
/// First day of the second year.
const SECOND: Date = date(2026, 1, 1);
const SEED: u64 = 20_261_122;

/// A day of the plants' calendar.
#[derive(Debug, Clone, Copy)]
struct Today {
    /// Day since 1970.
    day: i32,
    /// Its date.
    date: Date,
    /// True in the second year: regeneration runs, more is recycled, twice as much is made.
    is_second_year: bool,
}

impl Today {
    fn is(self, weekday: Weekday) -> bool {
        self.date.weekday() == weekday
    }

    /// True on one of so many days by turns.
    fn every(self, days: i32, offset: i32) -> bool {
        (self.day + offset).rem_euclid(days) == 0
    }
}

/// The plants' EPCIS documents up to a day, one a plant.
fn documents(until: Date) -> Vec<InputFile> {
    let mut wire = Plant::new(names::WIRE, SEED);
    let mut recovery = Plant::new(names::RECOVERY, SEED + 1);
    let mut board = Plant::new(names::BOARD, SEED + 2);
    let mut mould = Plant::new(names::MOULD, SEED + 3);
    for number in day(START)..=day(until) {
        let date = super::balance::date(number);
        let today = Today { day: number, date, is_second_year: date >= SECOND };
        for plant in [&mut wire, &mut recovery, &mut board, &mut mould] {
            plant.morning();
        }
        let is_workday = !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        if is_workday {
            recovery::work(&mut recovery, today, &mut board, &mut wire, &mut mould);
            wire::work(&mut wire, today, &mut recovery);
            board::work(&mut board, today);
            mould::work(&mut mould, today);
        }
        if date == date.last_of_month() {
            for (plant, kwh) in
                [(&mut wire, 5_200.0), (&mut recovery, 9_400.0), (&mut board, 7_100.0), (&mut mould, 4_800.0)]
            {
                plant.count_stock(number);
                plant.read_meter(number, if today.is_second_year { kwh } else { kwh / 2.0 });
            }
        }
    }
    [wire, recovery, board, mould].into_iter().map(document).collect()
}

fn document(plant: Plant) -> InputFile {
    let name = names::site_name(plant.prefix);
    let last = plant.events.last().map_or(Value::Null, |event| event["eventTime"].clone());
    let text = json!({
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"yl": "urn:yulin:ledger:"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": last,
        "epcisHeader": {"epcisMasterData": names::master_data(plant.prefix)},
        "epcisBody": {"eventList": plant.events},
    });
    InputFile { name: format!("{name}.json"), bytes: text.to_string().into_bytes() }
}

#[boxed::futures]
impl App {
    /// Captures the events of the demo's four plants up to today; gives their number. Once captured, nothing is new.
    ///
    /// # Errors
    /// Those of [`Self::capture_events`].
    pub async fn capture_demo_plants(&self, actor: &Actor) -> Result<u64> {
        actor.need(Act::CaptureEvents)?;
        let mut events = 0;
        for file in documents(self.clock.today()) {
            events += self.capture_events(actor, file, CaptureOptions::default()).await?.new;
        }
        Ok(events)
    }
}

#[cfg(test)]
mod tests;
