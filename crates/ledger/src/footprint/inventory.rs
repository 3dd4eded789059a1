//! Greenhouse-gas inventory: activities to scopes (GHG Protocol Corporate Standard; Scope 2 Guidance, 2015).

use super::factor::{FactorError, FactorLibrary, Scope};
use model::quantity::Quantity;
use model::unit::UnitTable;
use serde::Serialize;
use std::collections::BTreeMap;

/// One use of energy or material.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// How much.
    pub quantity: Quantity,
    /// Key of its factor; for purchased energy the location-based one.
    pub factor: String,
    /// Key of the market-based factor, where a contract or certificate covers the energy.
    pub market_factor: Option<String>,
    /// Category of scope 3, such as `purchased_goods`.
    pub category: Option<String>,
    /// True where a meter or weighing stands behind the quantity; false for an estimate.
    pub is_metered: bool,
}

/// Emissions in kg CO2 (CO2e), by scope.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Inventory {
    /// Direct.
    pub scope1_kg: f64,
    /// Purchased energy by the grid's average.
    pub scope2_location_kg: f64,
    /// Purchased energy by contract; without one, the location-based value.
    pub scope2_market_kg: f64,
    /// Value chain, by category (`other` where none is stated).
    pub scope3_kg: BTreeMap<String, f64>,
    /// Energy in kg coal equivalents.
    pub energy_kgce: f64,
    /// Activities without a meter.
    pub estimated_activities: usize,
    /// Activities in all.
    pub activities: usize,
}

/// Why a zero-carbon statement is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StatementRefused {
    /// Nothing was recorded.
    #[error("没有活动数据，不能声明净零")]
    NoData,
    /// Some activities have no meter behind them.
    #[error("{estimated} 项活动数据没有计量依据（共 {total} 项），不能声明净零")]
    NotMetered {
        /// Activities that are estimates.
        estimated: usize,
        /// Activities in all.
        total: usize,
    },
}

/// Sums activities.
///
/// # Errors
/// The first activity whose factor is unknown or whose unit does not fit.
pub fn inventory(
    activities: &[Activity],
    library: &FactorLibrary,
    units: &UnitTable,
) -> Result<Inventory, FactorError> {
    let mut out = Inventory::default();
    for activity in activities {
        let factor = library.get(&activity.factor)?;
        let result = factor.apply(&activity.quantity, units)?;
        match factor.scope {
            Scope::Direct => out.scope1_kg += result,
            Scope::EnergyLocation | Scope::EnergyMarket => {
                out.scope2_location_kg += result;
                out.scope2_market_kg += match &activity.market_factor {
                    Some(id) => library.get(id)?.apply(&activity.quantity, units)?,
                    None => result,
                };
            }
            Scope::ValueChain => {
                let category = activity.category.clone().unwrap_or_else(|| "other".to_owned());
                *out.scope3_kg.entry(category).or_default() += result;
            }
            Scope::CoalEquivalent => out.energy_kgce += result,
        }
        out.activities += 1;
        out.estimated_activities += usize::from(!activity.is_metered);
    }
    Ok(out)
}

impl Inventory {
    /// Scopes 1, 2 (market based) and 3 together.
    pub fn total_market_kg(&self) -> f64 {
        self.scope1_kg + self.scope2_market_kg + self.scope3_kg.values().sum::<f64>()
    }

    /// Scopes 1, 2 (location based) and 3 together.
    pub fn total_location_kg(&self) -> f64 {
        self.scope1_kg + self.scope2_location_kg + self.scope3_kg.values().sum::<f64>()
    }

    /// What is left after offsets, kg, for a zero-carbon statement.
    ///
    /// # Errors
    /// Refused where there are no data or not all of them are metered.
    pub fn net_kg(&self, offsets_kg: f64) -> Result<f64, StatementRefused> {
        if self.activities == 0 {
            return Err(StatementRefused::NoData);
        }
        if self.estimated_activities > 0 {
            return Err(StatementRefused::NotMetered {
                estimated: self.estimated_activities,
                total: self.activities,
            });
        }
        Ok(self.total_market_kg() - offsets_kg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::reference::Reference;

    #[test]
    fn scopes() {
        let activity = |value, unit: &str, factor: &str, market: Option<&str>, is_metered| Activity {
            quantity: Quantity::new(value, unit),
            factor: factor.to_owned(),
            market_factor: market.map(str::to_owned),
            category: None,
            is_metered,
        };
        let activities = [
            activity(1000.0, "kWh", "grid-central-2023", None, true),
            activity(1000.0, "kWh", "grid-central-2023", Some("green-contract"), true),
            activity(100.0, "m³", "natural-gas-cn", None, true),
            activity(10.0, "kg", "aluminium-primary-global", None, true),
        ];
        let (library, units) = (FactorLibrary::builtin(), &Reference::builtin().units);
        let found = inventory(&activities, library, units).unwrap();
        assert!((found.scope1_kg - 216.22).abs() < 1e-9);
        assert!((found.scope2_location_kg - 1054.2).abs() < 1e-9);
        assert!((found.scope2_market_kg - 527.1).abs() < 1e-9);
        assert!((found.total_market_kg() - (216.22 + 527.1 + 161.0)).abs() < 1e-9);
        assert!((found.net_kg(found.total_market_kg()).unwrap()).abs() < 1e-9);
        assert_eq!(Inventory::default().net_kg(0.0), Err(StatementRefused::NoData));
        let estimated =
            inventory(&[activity(1.0, "kWh", "grid-cn-2023", None, false)], library, units).unwrap();
        assert_eq!(estimated.net_kg(1e9), Err(StatementRefused::NotMetered { estimated: 1, total: 1 }));
    }
}
