//! Greenhouse-gas inventory: activities to scopes and categories (GHG Protocol Corporate Standard; Scope 2 Guidance, 2015;
//! Corporate Value Chain (Scope 3) Standard, 2011).

use super::factor::{Factor, FactorError, FactorLibrary, Scope};
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
    /// Category of scope 3, 1 to 15; by the kind of the factor where none is stated.
    pub category: Option<u8>,
    /// True where a meter or weighing stands behind the quantity; false for an estimate.
    pub is_metered: bool,
}

/// The categories of scope 3, from 1, in Chinese and in English.
pub const CATEGORIES: [(&str, &str); 15] = [
    ("外购商品和服务", "purchased goods and services"),
    ("资本货物", "capital goods"),
    ("燃料和能源相关活动", "fuel- and energy-related activities"),
    ("上游运输和配送", "upstream transportation and distribution"),
    ("运营中产生的废物", "waste generated in operations"),
    ("商务旅行", "business travel"),
    ("员工通勤", "employee commuting"),
    ("上游租赁资产", "upstream leased assets"),
    ("下游运输和配送", "downstream transportation and distribution"),
    ("售出产品的加工", "processing of sold products"),
    ("售出产品的使用", "use of sold products"),
    ("售出产品的寿命终期处理", "end-of-life treatment of sold products"),
    ("下游租赁资产", "downstream leased assets"),
    ("特许经营", "franchises"),
    ("投资", "investments"),
];

/// The purchased goods and services.
pub const PURCHASED_GOODS: u8 = 1;

/// Emissions in kg CO2 (CO2e), by scope.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Inventory {
    /// Direct.
    pub scope1_kg: f64,
    /// Purchased energy by the grid's average.
    pub scope2_location_kg: f64,
    /// Purchased energy by contract; electricity without one by the residual mix, other energy by the location-based value.
    pub scope2_market_kg: f64,
    /// Value chain, by category (1 to 15).
    pub scope3_kg: BTreeMap<u8, f64>,
    /// Energy in kg coal equivalents.
    pub energy_kgce: f64,
    /// Activities without a meter.
    pub estimated_activities: usize,
    /// Activities in all.
    pub activities: usize,
}

/// Electricity without a stated contract is market-based the mix that nobody bought the renewable part of.
const RESIDUAL: &str = "grid-cn-residual-2023";

impl FactorLibrary {
    /// Result for one unit of an activity, market based: by its contract; grid electricity without one by the residual mix, all
    /// else by the factor itself. A contract in another unit does not count.
    pub fn market_value(&self, factor: &Factor, contract: Option<&str>) -> f64 {
        let chosen = contract.or_else(|| {
            (factor.scope == Scope::EnergyLocation && factor.id.starts_with("grid-")).then_some(RESIDUAL)
        });
        let found = chosen.and_then(|id| self.get(id).ok());
        found.filter(|f| f.activity_unit == factor.activity_unit).map_or(factor.value, |f| f.value)
    }
}

impl Inventory {
    /// Adds an activity.
    ///
    /// # Errors
    /// An activity whose factor is unknown or whose unit does not fit; then nothing is added.
    pub fn add(
        &mut self,
        activity: &Activity,
        library: &FactorLibrary,
        units: &UnitTable,
    ) -> Result<(), FactorError> {
        let factor = library.get(&activity.factor)?;
        let result = factor.apply(&activity.quantity, units)?;
        match factor.scope {
            Scope::Direct => self.scope1_kg += result,
            Scope::EnergyLocation | Scope::EnergyMarket => {
                let contract = activity.market_factor.as_deref();
                if let Some(id) = contract {
                    library.get(id)?;
                }
                self.scope2_location_kg += result;
                let amount = if factor.value > 0.0 {
                    result / factor.value
                } else {
                    activity.quantity.value_in(&factor.activity_unit, units).unwrap_or(0.0)
                };
                self.scope2_market_kg += amount * library.market_value(factor, contract);
            }
            Scope::ValueChain => {
                let category = activity.category.or(factor.category).unwrap_or(PURCHASED_GOODS);
                *self.scope3_kg.entry(category).or_default() += result;
            }
            Scope::CoalEquivalent => self.energy_kgce += result,
        }
        self.activities += 1;
        self.estimated_activities += usize::from(!activity.is_metered);
        Ok(())
    }

    /// Scope 3 in all.
    pub fn scope3_total_kg(&self) -> f64 {
        self.scope3_kg.values().sum()
    }

    /// Scopes 1, 2 (market based) and 3 together.
    pub fn total_market_kg(&self) -> f64 {
        self.scope1_kg + self.scope2_market_kg + self.scope3_total_kg()
    }

    /// Scopes 1, 2 (location based) and 3 together.
    pub fn total_location_kg(&self) -> f64 {
        self.scope1_kg + self.scope2_location_kg + self.scope3_total_kg()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::reference::Reference;

    #[test]
    fn scopes_and_categories() {
        let activity = |value, unit: &str, factor: &str, market: Option<&str>, category| Activity {
            quantity: Quantity::new(value, unit),
            factor: factor.to_owned(),
            market_factor: market.map(str::to_owned),
            category,
            is_metered: market.is_none(),
        };
        let (library, units) = (FactorLibrary::builtin(), &Reference::builtin().units);
        let mut found = Inventory::default();
        for activity in [
            activity(1000.0, "kWh", "grid-central-2023", None, None),
            activity(1000.0, "kWh", "grid-central-2023", Some("green-contract"), None),
            activity(100.0, "m³", "natural-gas-cn", None, None),
            activity(10.0, "kg", "aluminium-primary-global", None, None),
            activity(1.0, "kg", "aluminium-primary-global", None, Some(4)),
        ] {
            found.add(&activity, library, units).unwrap();
        }
        let residual = library.get("grid-cn-residual-2023").unwrap().value;
        assert!((found.scope1_kg - 216.22).abs() < 1e-9);
        assert!((found.scope2_location_kg - 1054.2).abs() < 1e-9);
        assert!((found.scope2_market_kg - 1000.0 * residual).abs() < 1e-9);
        assert_eq!(found.scope3_kg.keys().copied().collect::<Vec<_>>(), [1, 4]);
        assert!((found.scope3_kg[&1] - 161.0).abs() < 1e-9 && (found.scope3_kg[&4] - 16.1).abs() < 1e-9);
        let sum = 216.22 + 1000.0 * residual + 177.1;
        assert!((found.total_market_kg() - sum).abs() < 1e-9);
        assert_eq!((found.activities, found.estimated_activities), (5, 1));
        let before = found.clone();
        assert!(
            found.add(&activity(1.0, "kWh", "grid-cn-2023", Some("none"), None), library, units).is_err()
        );
        assert!(found.add(&activity(1.0, "kg", "grid-cn-2023", None, None), library, units).is_err());
        assert_eq!(found, before);
    }
}
