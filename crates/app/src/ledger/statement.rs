//! A statement of zero carbon says so only where every activity has a meter behind it; else it says what is missing.

use super::breakdown::{ScopeThree, categories};
use crate::{Act, Actor, App, Code, Error, Result};
use ledger::balance::entries::site_of;
use ledger::event::Body;
use ledger::footprint::inventory::Inventory;
use model::period::Period;
use serde::Serialize;

/// Missing meters and factors that are named.
const NAMED_MAX: usize = 100;

/// What is asked to be stated.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ZeroCarbonQuery {
    /// Identifier of the site; all sites where none is named.
    pub site: Option<String>,
    /// Months of the events.
    pub period: Option<Period>,
    /// What was bought to offset emissions: what it is, kg CO2e.
    pub offsets: Vec<(String, f64)>,
}

/// A statement of zero carbon, by the scopes of the GHG Protocol, kg CO2e.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ZeroCarbonStatement {
    /// Scope 1.
    pub scope1_kg: f64,
    /// Scope 2 by the grid's average.
    pub scope2_location_kg: f64,
    /// Scope 2 by contract, electricity without one by the residual mix.
    pub scope2_market_kg: f64,
    /// Scope 3: activities that the events state.
    pub scope3_kg: f64,
    /// The same by category.
    pub scope3: Vec<ScopeThree>,
    /// All that is known, location based.
    pub emitted_location_kg: f64,
    /// All that is known, market based.
    pub emitted_market_kg: f64,
    /// What offsets are stated for.
    pub offset_kg: f64,
    /// Emitted less offset, location based; absent where something is missing, because it would be too low.
    pub net_location_kg: Option<f64>,
    /// The same, market based.
    pub net_market_kg: Option<f64>,
    /// True only where nothing is missing and, by both figures, nothing is left.
    pub is_net_zero: bool,
    /// True only where nothing is missing and market based nothing is left: by contracts, not by the grid that was used.
    pub is_net_zero_market: bool,
    /// Activities, and those with a meter.
    pub activities: (usize, usize),
    /// Processes of the period.
    pub processes: usize,
    /// Meters and factors that are missing, each with its event; the first hundred.
    pub missing: Vec<String>,
    /// How many are missing: with any, nothing is stated.
    pub missing_count: usize,
}

#[boxed::futures]
impl App {
    /// Whether a site emitted nothing on balance: activities by meters and factors, less stated offsets.
    ///
    /// # Errors
    /// [`Code::BadInput`] for an offset that is no amount; storage errors. Missing meters are no error: they stand in the answer, which then
    /// is not zero.
    pub async fn zero_carbon(&self, actor: &Actor, query: &ZeroCarbonQuery) -> Result<ZeroCarbonStatement> {
        actor.need(Act::ZeroCarbon)?;
        if let Some((name, kg)) = query.offsets.iter().find(|(_, kg)| !kg.is_finite() || *kg < 0.0) {
            return Err(Error::new(
                Code::BadInput,
                format!("the offset {name} is {kg} kg; an amount is expected"),
            ));
        }
        let site = query.site.as_deref().map(super::balance::site_id);
        let held = self.genealogy().await?;
        let (mut found, mut activities, mut processes) = (Inventory::default(), (0, 0), 0);
        let mut missing = Vec::new();
        let units = &self.reference.units;
        self.each_event(0, |stored, event| {
            if held.withdrawn.contains(&stored.seq) || event.error_declaration.is_some() {
                return Ok(());
            }
            if site.is_some() && site_of(event) != site {
                return Ok(());
            }
            let day = event.time.to_zoned(crate::clock::china()).date();
            if query.period.is_some_and(|period| day < period.first() || day > period.last()) {
                return Ok(());
            }
            let is_process = matches!(event.body, Body::Transformation { .. });
            processes += usize::from(is_process);
            let used = held.facts.activities.get(&stored.seq.unsigned_abs());
            if is_process && used.is_none() {
                missing.push(format!("event {}: no energy or material use is stated", stored.seq));
            }
            for activity in used.into_iter().flatten() {
                activities.0 += 1;
                activities.1 += usize::from(activity.is_metered);
                if !activity.is_metered {
                    missing.push(format!("event {}: {} has no meter", stored.seq, activity.factor));
                }
                if let Err(error) = found.add(activity, held.factors, units) {
                    missing.push(format!("event {}: {error}", stored.seq));
                }
            }
            Ok(())
        })
        .await?;
        if processes == 0 && activities.0 == 0 {
            missing.push("there are no processes and no activities to state anything of".to_owned());
        }
        let offset_kg = query.offsets.iter().map(|(_, kg)| kg).sum::<f64>();
        let (location, market) = (found.total_location_kg(), found.total_market_kg());
        let net = |emitted: f64| missing.is_empty().then_some(emitted - offset_kg);
        let (net_location_kg, net_market_kg) = (net(location), net(market));
        let is_zero = |net: Option<f64>| net.is_some_and(|net| net <= 0.0);
        let missing_count = missing.len();
        missing.truncate(NAMED_MAX);
        Ok(ZeroCarbonStatement {
            scope1_kg: found.scope1_kg,
            scope2_location_kg: found.scope2_location_kg,
            scope2_market_kg: found.scope2_market_kg,
            scope3_kg: found.scope3_total_kg(),
            scope3: categories(&found),
            emitted_location_kg: location,
            emitted_market_kg: market,
            offset_kg,
            net_location_kg,
            net_market_kg,
            is_net_zero: is_zero(net_location_kg) && is_zero(net_market_kg),
            is_net_zero_market: is_zero(net_market_kg),
            activities,
            processes,
            missing,
            missing_count,
        })
    }
}
