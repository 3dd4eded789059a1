//! The passport of a lot: what whoever scans its code may read, without signing in.

use super::balance;
use super::circular::Named;
use super::footprint::lot_footprint;
use crate::{Actor, App, Code, Error, Result, Role};
use ledger::footprint::allocation::Allocation;
use model::visibility::Visibility;
use serde::Serialize;
use std::sync::LazyLock;

/// A field that a maker states of a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PassportField {
    /// Key, as the event has it.
    pub key: String,
    /// Chinese and English name.
    pub name: Named,
    /// Unit; empty where there is none.
    pub unit: String,
    /// Value; empty where this reader may not see it.
    pub value: String,
    /// Who may see it.
    pub level: Visibility,
}

/// A lot's passport.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Passport {
    /// Identifier: a GS1 Digital Link.
    pub lot: String,
    /// Lot or serial number.
    pub number: String,
    /// What it is.
    pub product: Named,
    /// Who made it.
    pub maker: Named,
    /// Day on which it was made.
    pub day: String,
    /// Stated fields, in the order of `data/passport.csv`.
    pub fields: Vec<PassportField>,
    /// Recycled content by mass (ISO 14021), 0..1.
    pub recycled_content: Option<f64>,
    /// kg CO2e for one unit of its amount, by mass, cradle to gate.
    pub footprint_kg: Option<f64>,
    /// Unit of the amount.
    pub unit: String,
    /// True where raw material upstream has no footprint, so the figure is too low.
    pub is_incomplete: bool,
    /// Link of the ledger's chain behind it: number of events and link.
    pub proof: (i64, String),
}

/// A row of `data/passport.csv`.
#[derive(Debug, Clone, serde::Deserialize)]
struct FieldRow {
    field: String,
    name_zh: String,
    name_en: String,
    unit: String,
    level: Visibility,
}

/// The table, read once.
fn fields() -> Result<&'static [FieldRow]> {
    static FIELDS: LazyLock<std::result::Result<Vec<FieldRow>, String>> = LazyLock::new(|| {
        let text = include_str!("../../../../data/passport.csv");
        let rows = model::table::rows::<FieldRow>("passport.csv", text).map_err(|e| e.to_string())?;
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    });
    FIELDS.as_deref().map_err(|fault| Error::new(Code::Internal, fault.clone()))
}

#[boxed::futures]
impl App {
    /// The passport of a lot that its maker gave one. Whoever holds the code may ask; what is not public needs an actor who may see
    /// it. There is none for a lot whose maker stated no passport, so nobody learns of other lots by guessing.
    ///
    /// # Errors
    /// [`Code::NotFound`]; storage errors.
    pub async fn passport(&self, actor: Option<&Actor>, lot: &str) -> Result<Passport> {
        // Before the genealogy is held: asking for it twice at once would wait for itself where an event comes between.
        let sight = match actor {
            Some(actor) => self.sight(actor).await.ok(),
            None => None,
        };
        let held = self.genealogy().await?;
        let missing = || Error::new(Code::NotFound, "no passport has that code");
        let code = super::code::read_code(lot).ok_or_else(missing)?;
        let id = held.graph.lot(&code).ok_or_else(missing)?;
        let name = held.graph.name(id);
        let facts =
            held.facts.lots.get(name).filter(|facts| !facts.passport.is_empty()).ok_or_else(missing)?;
        let site = held.book.lot_place(id).0.map_or("", |site| held.book.sites.word(site));
        let is_own = sight.is_some_and(|sight| !sight.is_sums() && sight.sees_site(site));
        let sees = |level: Visibility| match level {
            Visibility::Public => true,
            Visibility::Members => actor.is_some_and(|a| a.role != Role::Auditor),
            _ => is_own,
        };
        let fields = fields()?
            .iter()
            .filter_map(|row| {
                let value = facts.passport.get(&row.field)?;
                let value = if sees(row.level) { value.clone() } else { String::new() };
                let name = Named { id: row.field.clone(), zh: row.name_zh.clone(), en: row.name_en.clone() };
                Some(PassportField {
                    key: row.field.clone(),
                    name,
                    unit: row.unit.clone(),
                    value,
                    level: row.level,
                })
            })
            .collect();
        let footprint = lot_footprint(&held, id, Allocation::Mass, &self.reference.units).ok();
        let state = held.book.state(id);
        Ok(Passport {
            lot: name.to_owned(),
            number: name.rsplit('/').next().unwrap_or(name).to_owned(),
            product: held.product(id),
            maker: held.named(site),
            day: state.map(|s| balance::date(s.first_day).to_string()).unwrap_or_default(),
            fields,
            recycled_content: footprint.as_ref().map(|f| f.recycled_content),
            footprint_kg: footprint.as_ref().map(|f| f.unit_kg),
            unit: held.graph.made(id).unit.code().to_owned(),
            is_incomplete: footprint.as_ref().is_some_and(|f| !f.unknown_raw.is_empty()),
            proof: held.end(),
        })
    }
}
