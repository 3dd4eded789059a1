//! Carbon footprint of lots and products.

use super::live::Genealogy;
use crate::{Act, Actor, App, Code, Error, Result};
use ledger::footprint::allocation::Allocation;
use ledger::footprint::lot::{LotData, footprint, recycled_content};
use ledger::graph::{Amount, Direction, Graph, LotId, Scratch, Unit};
use model::quantity::Quantity;
use model::unit::UnitTable;
use serde::Serialize;
use std::collections::HashMap;

/// The footprint of one lot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LotFootprintRow {
    /// The lot.
    pub lot: String,
    /// What was made of it.
    pub made: Option<Amount>,
    /// kg CO2e for one unit of its amount (one kg where it is a mass).
    pub unit_kg: f64,
    /// kg CO2e of all that was made of it.
    pub total_kg: Option<f64>,
    /// Part of its raw material that is recycled, 0..1, by mass.
    pub recycled_content: f64,
    /// Raw lots upstream whose footprint is unknown: they count as 0, so the figure is too low by theirs.
    pub unknown_raw: Vec<String>,
    /// Activities upstream, and how many of them no meter stands behind.
    pub activities: (usize, usize),
    /// True where amounts had to be assumed for the recycled content.
    pub is_assumed: bool,
}

/// The footprint of a lot, or of every lot of a product.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FootprintReport {
    /// The lot or product asked for.
    pub of: String,
    /// The rule by which burdens were divided among outputs.
    pub allocation: Allocation,
    /// The rule's Chinese name.
    pub allocation_zh: &'static str,
    /// kg CO2e for one unit, averaged over the lots by amount; absent where their units differ.
    pub unit_kg: Option<f64>,
    /// Unit of the amount: a code of UN/ECE Recommendation 20.
    pub unit: Option<String>,
    /// Activities upstream of all those lots, each counted once, and how many of them no meter stands behind.
    pub activities: (usize, usize),
    /// Lots, by identifier.
    pub lots: Vec<LotFootprintRow>,
}

/// What the events say, as the engine asks for it. Emissions are worked out beforehand, so that a factor that is unknown is an
/// error of its event, not a zero.
pub(super) struct Data<'g> {
    held: &'g Genealogy,
    emitted: HashMap<u64, f64>,
    raw: HashMap<LotId, f64>,
    /// Activities upstream, and how many of them no meter stands behind.
    pub activities: (usize, usize),
}

impl LotData for Data<'_> {
    fn process_kg(&self, event_key: u64) -> f64 {
        self.emitted.get(&event_key).copied().unwrap_or(0.0)
    }

    fn raw_kg(&self, lot: LotId) -> Option<f64> {
        self.raw.get(&lot).copied()
    }

    fn price(&self, lot: LotId) -> Option<f64> {
        self.held.facts.lots.get(self.held.graph.name(lot))?.price
    }

    fn is_waste(&self, lot: LotId) -> bool {
        self.held.facts.lots.get(self.held.graph.name(lot)).is_some_and(|facts| facts.is_waste)
    }
}

#[boxed::futures]
impl App {
    /// The footprint of a lot, or of all lots of a product (a GTIN as URN, Digital Link or the beginning of its lots'
    /// identifiers), from the activities and factors that the events state.
    ///
    /// # Errors
    /// [`Code::NotFound`] where no event names it; [`Code::BadInput`] for an unknown factor or unit, with its event, and where
    /// amounts or prices that the rule needs are missing; storage errors.
    pub async fn footprint(&self, actor: &Actor, of: &str, rule: Allocation) -> Result<FootprintReport> {
        actor.need(Act::Footprint)?;
        let sight = self.sight(actor).await?;
        let held = self.genealogy().await?;
        let units = &self.reference.units;
        let (mut lots, mut wanted) = (Vec::new(), Vec::new());
        let seen = sight.lots(&held);
        // Sums without lots: what a product's lots have on average stands in the breakdown.
        for lot in
            lots_of(&held, of)?.into_iter().filter(|lot| seen.as_ref().is_none_or(|seen| seen.contains(lot)))
        {
            lots.push(lot_footprint(&held, lot, rule, units)?);
            wanted.push(lot);
        }
        let activities = match &lots[..] {
            [one] => one.activities,
            _ => Data::upstream(&held, &wanted, units)?.activities,
        };
        let unit = lots.first().and_then(|row| row.made).map(|amount| amount.unit);
        let is_alike = unit.is_some() && lots.iter().all(|row| row.made.map(|a| a.unit) == unit);
        let amount: f64 = lots.iter().filter_map(|row| row.made).map(|a| a.value).sum();
        let total: f64 = lots.iter().filter_map(|row| row.total_kg).sum();
        Ok(FootprintReport {
            of: of.to_owned(),
            allocation: rule,
            allocation_zh: rule.name_zh(),
            unit_kg: (is_alike && amount > 0.0).then(|| total / amount),
            unit: unit.filter(|_| is_alike).map(|unit| unit.code().to_owned()),
            activities,
            lots,
        })
    }
}

/// The lots that a word means: one, or all of a product.
pub(super) fn lots_of(held: &Genealogy, of: &str) -> Result<Vec<LotId>> {
    let missing = match held.starts(of) {
        Ok(lots) => return Ok(lots),
        Err(error) => error,
    };
    // A product's lots are its Digital Link with the lot behind it.
    let product = ledger::hash::link::canonical(of.trim()).unwrap_or_else(|| of.trim().to_owned());
    let is_of = |name: &str| name.strip_prefix(&product).is_some_and(|rest| rest.starts_with("/10/"));
    let mut lots: Vec<LotId> = held
        .graph
        .lots()
        .filter(|lot| is_of(held.graph.name(*lot)) && !held.graph.makers(*lot).is_empty())
        .filter(|lot| held.graph.made(*lot).is_known())
        .collect();
    lots.sort_by_key(|lot| held.graph.name(*lot));
    if lots.is_empty() { Err(missing) } else { Ok(lots) }
}

/// The footprint of one lot.
pub(super) fn lot_footprint(
    held: &Genealogy,
    lot: LotId,
    rule: Allocation,
    units: &UnitTable,
) -> Result<LotFootprintRow> {
    let graph = &held.graph;
    let data = Data::upstream(held, &[lot], units)?;
    let found = footprint(graph, lot, &data, rule).map_err(|e| bad(e.to_string()))?;
    let is_recycled =
        |lot: LotId| held.facts.lots.get(graph.name(lot)).is_some_and(|facts| facts.is_recycled);
    let (recycled_content, is_assumed) = recycled_content(graph, lot, is_recycled);
    Ok(LotFootprintRow {
        lot: graph.name(lot).to_owned(),
        made: Some(graph.made(lot)).filter(Amount::is_known),
        unit_kg: found.unit_kg,
        total_kg: found.total_kg,
        recycled_content,
        unknown_raw: found.unknown_raw,
        activities: data.activities,
        is_assumed,
    })
}

pub(super) fn bad(what: String) -> Error {
    Error::new(Code::BadInput, what)
}

impl<'g> Data<'g> {
    /// Emissions of all processes and raw lots upstream of some lots.
    pub(super) fn upstream(held: &'g Genealogy, lots: &[LotId], units: &UnitTable) -> Result<Self> {
        let graph = &held.graph;
        let trace = graph.trace(lots, Direction::Up, None, &mut Scratch::new());
        let mut out = Self { held, emitted: HashMap::new(), raw: HashMap::new(), activities: (0, 0) };
        for reached in &trace.lots {
            let facts = held.facts.lots.get(graph.name(reached.lot));
            if graph.is_raw(reached.lot)
                && let Some(id) = facts.and_then(|f| f.factor.as_deref())
            {
                let name = graph.name(reached.lot);
                let factor = held.factors.get(id).map_err(|e| bad(format!("{name}: {e}")))?;
                let kg = factor
                    .apply(&Quantity::new(1.0, unit_word(graph, reached.lot)), units)
                    .map_err(|e| bad(format!("{name}: {e}")))?;
                out.raw.insert(reached.lot, kg);
            }
            for process in graph.makers(reached.lot).into_iter().flatten() {
                out.emit(graph.key(process), units)?;
            }
        }
        Ok(out)
    }

    /// What the process of an event emits by its activities.
    fn emit(&mut self, key: u64, units: &UnitTable) -> Result<()> {
        let Some(used) = self.held.facts.activities.get(&key) else { return Ok(()) };
        if self.emitted.contains_key(&key) {
            return Ok(());
        }
        let mut kg = 0.0;
        for activity in used {
            let factor = self.held.factors.get(&activity.factor);
            let factor = factor.map_err(|e| bad(format!("event {key}: {e}")))?;
            let result = factor.apply(&activity.quantity, units);
            let result = result.map_err(|e| bad(format!("event {key}: {e}")))?;
            // Coal equivalents are energy, not carbon.
            if factor.result_unit != "kgce" {
                kg += result;
            }
            self.activities.0 += 1;
            self.activities.1 += usize::from(!activity.is_metered);
        }
        self.emitted.insert(key, kg);
        Ok(())
    }
}

/// The unit in which a raw lot is consumed, as the table of units knows it.
fn unit_word(graph: &Graph, lot: LotId) -> &'static str {
    let unit = graph.made(lot).unit;
    let unit = if unit == Unit::UNKNOWN { graph.consumed(lot).map_or(unit, |a| a.unit) } else { unit };
    match unit.code() {
        "KGM" | "" => "kg",
        "LTR" => "L",
        "MTQ" => "m³",
        "MTR" => "m",
        "KWH" => "kWh",
        _ => "个",
    }
}
