//! Where a footprint comes from: by process, scope and factor, location and market based, with its uncertainty; and what a site emits.

use super::balance::window_of;
use super::circular::Named;
use super::footprint::{Data, bad, lots_of};
use super::live::Genealogy;
use crate::{Act, Actor, App, Result};
use ledger::balance::EntryKind;
use ledger::balance::book::Window;
use ledger::footprint::allocation::Allocation;
use ledger::footprint::factor::{Factor, Scope};
use ledger::footprint::inventory::{CATEGORIES, Inventory, PURCHASED_GOODS};
use ledger::footprint::lot::{Part, parts, recycled_content};
use ledger::footprint::uncertainty::{Spread, Uncertain, monte_carlo};
use ledger::graph::LotId;
use model::period::Period;
use model::unit::UnitTable;
use serde::Serialize;
use std::collections::BTreeMap;

/// A part of a footprint: one factor at one step of one site.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FootprintPart {
    /// Site where it is emitted; absent for raw material from outside.
    pub site: Option<Named>,
    /// Step, or the raw material.
    pub of: Named,
    /// Factor with year, region, source and how sure it is.
    pub factor: &'static Factor,
    /// Amount of the activity for one unit of the product, in the factor's unit.
    pub amount: f64,
    /// kg CO2e for one unit, location based.
    pub kg: f64,
    /// kg CO2e for one unit, market based.
    pub market_kg: f64,
    /// Part of the amount that no meter stands behind, 0..1.
    pub unmetered: f64,
}

/// A product's footprint, taken apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FootprintBreakdown {
    /// Product or lot.
    pub of: Named,
    /// Unit of the amount: a code of UN/ECE Recommendation 20.
    pub unit: String,
    /// Lots that it is the average of, by amount.
    pub lots: usize,
    /// The rule of allocation and its Chinese name.
    pub allocation: (Allocation, &'static str),
    /// kg CO2e for one unit, location based.
    pub unit_kg: f64,
    /// kg CO2e for one unit, market based.
    pub market_kg: f64,
    /// Draws of the location-based figure from the factors' geometric standard deviations, seeded.
    pub spread: Spread,
    /// Draws made, and their seed.
    pub draws: (usize, u64),
    /// Recycled content by mass, 0..1; absent for more than one lot.
    pub recycled_content: Option<f64>,
    /// True where amounts had to be assumed for the recycled content.
    pub is_assumed: bool,
    /// Amount of all those lots.
    pub amount: f64,
    /// Activities upstream, and how many of them no meter stands behind.
    pub activities: (usize, usize),
    /// Parts, the largest first.
    pub parts: Vec<FootprintPart>,
    /// Raw materials without a footprint, by product: the figure is too low by theirs.
    pub unknown_raw: Vec<Named>,
}

/// A category of scope 3 (GHG Protocol, 1 to 15).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ScopeThree {
    /// Number.
    pub category: u8,
    /// Chinese name.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
    /// kg CO2e.
    pub kg: f64,
}

/// What a site emits in a period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SiteEmissions {
    /// Site.
    pub site: Named,
    /// Scope 1, kg CO2e.
    pub scope1_kg: f64,
    /// Scope 2, location based.
    pub scope2_kg: f64,
    /// Scope 2, market based.
    pub scope2_market_kg: f64,
    /// Scope 3: activities, and purchased materials that were received.
    pub scope3_kg: f64,
    /// The same by category.
    pub scope3: Vec<ScopeThree>,
    /// Products received, and factors of activities, that nothing is known of.
    pub unknown: Vec<Named>,
    /// Activities, and how many of them no meter stands behind.
    pub activities: (usize, usize),
}

/// What can be looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FootprintOverview {
    /// Days.
    pub period: Option<Period>,
    /// Sites.
    pub sites: Vec<SiteEmissions>,
    /// Products that a site makes, waste left out.
    pub products: Vec<Named>,
}

const DRAWS: usize = 10_000;
const SEED: u64 = 1;
/// Lots that a product's figure is the average of: the newest.
const LOTS_MAX: usize = 60;

#[boxed::futures]
impl App {
    /// A product's or lot's footprint, taken apart. Of a product the average of its newest lots.
    ///
    /// # Errors
    /// As [`Self::footprint`].
    pub async fn footprint_breakdown(
        &self,
        actor: &Actor,
        of: &str,
        rule: Allocation,
    ) -> Result<FootprintBreakdown> {
        actor.need(Act::Footprint)?;
        let sight = self.sight(actor).await?;
        let held = self.genealogy().await?;
        let of = super::code::read_code(of).unwrap_or_else(|| of.trim().to_owned());
        let is_lot = held.graph.lot(&of).is_some();
        let mut lots = lots_of(&held, &of)?;
        let own = |lot: &LotId| {
            held.book.lot_place(*lot).0.is_some_and(|site| sight.sees_site(held.book.sites.word(site)))
        };
        lots.retain(|lot| own(lot) && !(is_lot && sight.is_sums()));
        lots.sort_by_key(|lot| std::cmp::Reverse(lot.0));
        lots.truncate(LOTS_MAX);
        let unit = lots.first().map(|lot| held.graph.made(*lot).unit);
        let Some(unit) = unit.filter(|unit| lots.iter().all(|lot| held.graph.made(*lot).unit == *unit))
        else {
            return Err(crate::Error::new(
                crate::Code::NotFound,
                format!("no lots of {of} with amounts of one unit"),
            ));
        };
        let data = Data::upstream(&held, &lots, &self.reference.units)?;
        let total: f64 = lots.iter().map(|lot| held.graph.made(*lot).value).sum();
        let wanted: Vec<(LotId, f64)> =
            lots.iter().map(|lot| (*lot, held.graph.made(*lot).value / total)).collect();
        let (found, unknown) = parts(&held.graph, &wanted, &data, rule).map_err(|e| bad(e.to_string()))?;
        let parts = grouped(&held, &found, &self.reference.units);
        let spread = monte_carlo(&by_factor(&parts), DRAWS, SEED);
        let mut unknown_raw: Vec<Named> =
            unknown.iter().filter_map(|name| held.graph.lot(name)).map(|lot| held.product(lot)).collect();
        unknown_raw.sort();
        unknown_raw.dedup();
        let is_recycled =
            |lot: LotId| held.facts.lots.get(held.graph.name(lot)).is_some_and(|f| f.is_recycled);
        let recycled = (lots.len() == 1).then(|| recycled_content(&held.graph, lots[0], is_recycled));
        Ok(FootprintBreakdown {
            of: if is_lot { Named { id: of.clone(), ..held.product(lots[0]) } } else { held.named(&of) },
            unit: unit.code().to_owned(),
            lots: lots.len(),
            allocation: (rule, rule.name_zh()),
            unit_kg: parts.iter().map(|p| p.kg).sum(),
            market_kg: parts.iter().map(|p| p.market_kg).sum(),
            spread,
            draws: (DRAWS, SEED),
            recycled_content: recycled.map(|(share, _)| share),
            is_assumed: recycled.is_some_and(|(_, is_assumed)| is_assumed),
            amount: total,
            activities: data.activities,
            parts,
            unknown_raw,
        })
    }

    /// What every site emits in a period, and which products have a footprint.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn footprint_overview(
        &self,
        actor: &Actor,
        period: Option<Period>,
    ) -> Result<FootprintOverview> {
        actor.need(Act::FootprintOverview)?;
        let sight = self.sight(actor).await?;
        let held = self.genealogy().await?;
        let book = &held.book;
        let sites = (0..u16::MAX).zip(book.sites.all()).filter(|(_, site)| sight.sees_site(site));
        let sites: Vec<SiteEmissions> =
            sites.map(|(site, _)| emissions(&held, site, window_of(period), &self.reference.units)).collect();
        let made = book.cells(Window::ALL, None, None);
        let made = made.iter().filter(|c| {
            c.place.kind == EntryKind::Produced
                && !c.is_waste
                && sight.sees_site(book.sites.word(c.place.site))
        });
        let mut products: Vec<Named> =
            made.map(|c| held.named(book.products.word(c.place.product))).collect();
        products.sort();
        products.dedup();
        Ok(FootprintOverview { period, sites, products })
    }
}

/// Parts by site, step and factor, the largest first.
fn grouped(held: &Genealogy, found: &[Part], units: &UnitTable) -> Vec<FootprintPart> {
    let library = held.factors;
    let mut sums: BTreeMap<(Option<String>, String, String), FootprintPart> = BTreeMap::new();
    let uses: BTreeMap<u64, (u16, u16)> =
        held.book.uses(Window::ALL).map(|u| (u.key, (u.site, u.step))).collect();
    let mut put =
        |site: Option<Named>, of: Named, factor: &'static Factor, amount: f64, market: f64, metered: bool| {
            let key = (site.as_ref().map(|s| s.id.clone()), of.id.clone(), factor.id.clone());
            let part = sums.entry(key).or_insert(FootprintPart {
                site,
                of,
                factor,
                amount: 0.0,
                kg: 0.0,
                market_kg: 0.0,
                unmetered: 0.0,
            });
            part.amount += amount;
            part.kg += amount * factor.value;
            part.market_kg += amount * market;
            part.unmetered += if metered { 0.0 } else { amount };
        };
    for part in found {
        let Some(key) = part.key else {
            let facts = held.facts.lots.get(held.graph.name(part.lot));
            if let Some(factor) = facts.and_then(|f| f.factor.as_deref()).and_then(|id| library.get(id).ok())
            {
                put(None, held.product(part.lot), factor, part.amount, factor.value, true);
            }
            continue;
        };
        let (site, step) = uses.get(&key).copied().unwrap_or((u16::MAX, u16::MAX));
        for used in held.facts.activities.get(&key).into_iter().flatten() {
            let Ok(factor) = library.get(&used.factor) else { continue };
            let Ok(amount) = used.quantity.value_in(&factor.activity_unit, units) else { continue };
            if factor.scope == Scope::CoalEquivalent {
                continue;
            }
            let market = library.market_value(factor, used.market_factor.as_deref());
            let step = held.named(held.book.steps.word(step));
            put(
                Some(held.named(held.book.sites.word(site))),
                step,
                factor,
                part.amount * amount,
                market,
                used.is_metered,
            );
        }
    }
    let mut out: Vec<FootprintPart> = sums.into_values().collect();
    for part in &mut out {
        part.unmetered = if part.amount > 0.0 { part.unmetered / part.amount } else { 0.0 };
    }
    out.sort_by(|a, b| b.kg.total_cmp(&a.kg));
    out
}

/// Summands that vary together: one a factor.
fn by_factor(parts: &[FootprintPart]) -> Vec<Uncertain> {
    let mut sums: BTreeMap<&str, Uncertain> = BTreeMap::new();
    for part in parts {
        sums.entry(&part.factor.id).or_insert(Uncertain { value: 0.0, gsd: part.factor.gsd }).value +=
            part.kg;
    }
    sums.into_values().collect()
}

fn emissions(held: &Genealogy, site: u16, window: Window, units: &UnitTable) -> SiteEmissions {
    let library = held.factors;
    let book = &held.book;
    let mut found = Inventory::default();
    let mut unknown = Vec::new();
    let mut keys: Vec<u64> =
        book.uses(window).filter(|used| used.site == site).map(|used| used.key).collect();
    keys.dedup();
    for activity in keys.iter().filter_map(|key| held.facts.activities.get(key)).flatten() {
        if found.add(activity, library, units).is_err() {
            found.activities += 1;
            found.estimated_activities += usize::from(!activity.is_metered);
            unknown.push(held.named(&activity.factor));
        }
    }
    let bought = book.postings(window, None, |p| {
        let is_input = matches!(p.kind, EntryKind::Received | EntryKind::Commissioned);
        p.site == site && is_input && book.lot_place(p.lot).0.is_none()
    });
    for posting in bought {
        let facts = held.facts.lots.get(held.graph.name(posting.lot));
        match facts.and_then(|f| f.factor.as_deref()).and_then(|id| library.get(id).ok()) {
            Some(factor) if factor.activity_unit == "kg" => {
                let category = factor.category.unwrap_or(PURCHASED_GOODS);
                *found.scope3_kg.entry(category).or_default() += posting.kg.unwrap_or(0.0) * factor.value;
            }
            _ => unknown.push(held.product(posting.lot)),
        }
    }
    unknown.sort();
    unknown.dedup();
    SiteEmissions {
        site: held.named(book.sites.word(site)),
        scope1_kg: found.scope1_kg,
        scope2_kg: found.scope2_location_kg,
        scope2_market_kg: found.scope2_market_kg,
        scope3_kg: found.scope3_total_kg(),
        scope3: categories(&found),
        unknown,
        activities: (found.activities, found.estimated_activities),
    }
}

/// The categories of scope 3 that there is something of.
pub(super) fn categories(found: &Inventory) -> Vec<ScopeThree> {
    let named = |(category, kg): (&u8, &f64)| {
        let (zh, en) = CATEGORIES.get(usize::from(*category).wrapping_sub(1))?;
        Some(ScopeThree { category: *category, zh, en, kg: *kg })
    };
    found.scope3_kg.iter().filter_map(named).collect()
}
