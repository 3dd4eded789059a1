//! The factor library: `data/factors.csv`.

use model::quantity::Quantity;
use model::table::{self, TableError};
use model::unit::{UnitError, UnitTable};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

const TABLE: &str = "factors.csv";

/// Where a factor belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// Direct emissions (GHG Protocol scope 1).
    #[serde(rename = "1")]
    Direct,
    /// Purchased energy, location based (scope 2).
    #[serde(rename = "2")]
    EnergyLocation,
    /// Purchased energy, market based (scope 2).
    #[serde(rename = "2m")]
    EnergyMarket,
    /// The value chain (scope 3).
    #[serde(rename = "3")]
    ValueChain,
    /// No emission but coal equivalents.
    #[serde(rename = "energy")]
    CoalEquivalent,
}

/// How sure a factor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confidence {
    /// Two sources, or an official announcement.
    H,
    /// One source.
    M,
    /// To be checked.
    L,
}

/// One factor: so much of the result for one unit of the activity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    /// Key, such as `grid-central-2023`.
    pub id: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Region it holds for, such as `CN-Central`.
    pub region: String,
    /// Year it holds for.
    pub year: u16,
    /// Where it belongs.
    pub scope: Scope,
    /// Unit of the activity, of the unit table.
    pub activity_unit: String,
    /// Result for one unit of the activity.
    pub value: f64,
    /// Unit of the result: `kgCO2`, `kgCO2e` or `kgce`.
    pub result_unit: String,
    /// Geometric standard deviation of its uncertainty, at least 1.
    pub gsd: f64,
    /// How sure it is.
    pub confidence: Confidence,
    /// Key of the coal equivalent of the same activity; absent where it is no energy.
    pub energy: Option<String>,
    /// Category of scope 3 (1 to 15) that its activities are of, where they state none; absent: purchased goods, and 1 is meant.
    #[serde(default)]
    pub category: Option<u8>,
    /// Where it is from.
    pub source: String,
}

/// All factors by key.
#[derive(Debug, Clone, Default)]
pub struct FactorLibrary {
    factors: BTreeMap<String, Factor>,
}

/// A factor cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactorError {
    /// No factor has that key.
    #[error("因子库中没有“{0}”")]
    Unknown(String),
    /// The activity's unit measures something else.
    #[error("因子“{factor}”的活动数据：{source}")]
    Unit {
        /// Key of the factor.
        factor: String,
        /// What is wrong with the unit.
        source: UnitError,
    },
    /// An activity is no number, or negative.
    #[error("因子“{factor}”的活动数据应为不小于 0 的数，读到 {value}")]
    Amount {
        /// Key of the factor.
        factor: String,
        /// The activity's value.
        value: String,
    },
}

impl FactorLibrary {
    /// Reads a table with the columns of [`Factor`].
    ///
    /// # Errors
    /// The first faulty row, with its line.
    pub fn parse(text: &str, units: &UnitTable) -> Result<Self, TableError> {
        Self::default().with(text, units)
    }

    /// This library with the factors of another table: new ones, and others in the place of those of the same key.
    ///
    /// # Errors
    /// The first faulty row, with its line.
    pub fn with(&self, text: &str, units: &UnitTable) -> Result<Self, TableError> {
        let mut factors = BTreeMap::new();
        for (line, factor) in table::rows::<Factor>(TABLE, text)? {
            let fault = |what: String| Err(TableError::new(TABLE, line, format!("{}: {what}", factor.id)));
            if let Err(error) = units.unit(&factor.activity_unit) {
                return fault(error.to_string());
            }
            if !factor.value.is_finite() || factor.value < 0.0 || factor.gsd < 1.0 {
                return fault("value must be a number from 0, gsd from 1".to_owned());
            }
            if !matches!(factor.result_unit.as_str(), "kgCO2" | "kgCO2e" | "kgce") {
                return fault(format!("result unit {} must be kgCO2, kgCO2e or kgce", factor.result_unit));
            }
            if (factor.result_unit == "kgce") != (factor.scope == Scope::CoalEquivalent) {
                return fault("kgce belongs to the scope energy".to_owned());
            }
            if factor
                .category
                .is_some_and(|category| !(1..=15).contains(&category) || factor.scope != Scope::ValueChain)
            {
                return fault("category must be 1 to 15, of scope 3".to_owned());
            }
            if let Some(energy) = &factor.energy
                && !self.factors.contains_key(energy)
                && !text
                    .lines()
                    .any(|row| row.strip_prefix(energy.as_str()).is_some_and(|r| r.starts_with(',')))
            {
                return fault(format!("no row has the key {energy} of its coal equivalent"));
            }
            if factors.contains_key(&factor.id) {
                return fault("the key is already in the table".to_owned());
            }
            factors.insert(factor.id.clone(), factor);
        }
        let mut all = self.factors.clone();
        all.extend(factors);
        Ok(Self { factors: all })
    }

    /// The shipped library, parsed on first use.
    pub fn builtin() -> &'static Self {
        static LIBRARY: LazyLock<FactorLibrary> = LazyLock::new(|| {
            let text = include_str!("../../../../data/factors.csv");
            FactorLibrary::parse(text, &model::reference::Reference::builtin().units)
                .expect("the shipped table is tested")
        });
        &LIBRARY
    }

    /// The factor with that key.
    ///
    /// # Errors
    /// [`FactorError::Unknown`].
    pub fn get(&self, id: &str) -> Result<&Factor, FactorError> {
        self.factors.get(id).ok_or_else(|| FactorError::Unknown(id.to_owned()))
    }

    /// Coal equivalent of an activity's amount in its factor's unit, kgce; `None` where the factor is of no energy.
    pub fn coal_equivalent(&self, factor: &Factor, amount: f64) -> Option<f64> {
        if factor.scope == Scope::CoalEquivalent {
            return Some(amount * factor.value);
        }
        Some(amount * self.factors.get(factor.energy.as_ref()?)?.value)
    }

    /// All factors, by key.
    pub fn iter(&self) -> impl Iterator<Item = &Factor> {
        self.factors.values()
    }
}

impl Factor {
    /// Activity times factor, in the factor's result unit.
    ///
    /// # Errors
    /// An activity in a unit of another kind, or one that is negative.
    pub fn apply(&self, activity: &Quantity, units: &UnitTable) -> Result<f64, FactorError> {
        let convert = activity.value_in(&self.activity_unit, units);
        let value = convert.map_err(|source| FactorError::Unit { factor: self.id.clone(), source })?;
        if !value.is_finite() || value < 0.0 {
            return Err(FactorError::Amount { factor: self.id.clone(), value: activity.to_string() });
        }
        Ok(value * self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::reference::Reference;

    #[test]
    fn applies_with_units() {
        let (library, units) = (FactorLibrary::builtin(), &Reference::builtin().units);
        for (id, value, unit, expect) in [
            ("grid-central-2023", 1000.0, "kWh", 527.1),
            ("grid-central-2023", 1.0, "MWh", 527.1),
            ("grid-cn-2022", 1.0, "万kWh", 5366.0),
            ("diesel-cn", 1.0, "吨", 3095.9),
            ("coal-equivalent-electricity", 1000.0, "kWh", 122.9),
        ] {
            let found = library.get(id).unwrap().apply(&Quantity::new(value, unit), units).unwrap();
            assert!((found - expect).abs() < 1e-9, "{id}: {found}");
        }
        let diesel = library.get("diesel-cn").unwrap();
        assert!(matches!(diesel.apply(&Quantity::new(1.0, "kWh"), units), Err(FactorError::Unit { .. })));
        assert!(matches!(diesel.apply(&Quantity::new(-1.0, "kg"), units), Err(FactorError::Amount { .. })));
        assert_eq!(library.get("no").unwrap_err(), FactorError::Unknown("no".to_owned()));
    }

    #[test]
    fn a_plants_own_factors() {
        let units = &Reference::builtin().units;
        let text = "id,name_zh,name_en,region,year,scope,activity_unit,value,result_unit,gsd,confidence,energy,source\n\
            grid-central-2023,a,a,CN,2026,2,kWh,0.4,kgCO2,1,H,coal-equivalent-electricity,x\n\
            steam-own,b,b,CN,2026,2,GJ,80,kgCO2,1,H,,x\n";
        let library = FactorLibrary::builtin().with(text, units).unwrap();
        assert_eq!(library.get("grid-central-2023").unwrap().value, 0.4);
        assert_eq!(library.get("steam-own").unwrap().value, 80.0);
        assert_eq!(library.iter().count(), FactorLibrary::builtin().iter().count() + 1);
    }

    #[test]
    fn faulty_rows_are_named() {
        let units = &Reference::builtin().units;
        let heading = "id,name_zh,name_en,region,year,scope,activity_unit,value,result_unit,gsd,confidence,energy,source\n";
        for (row, expect) in [
            ("a,a,a,CN,2020,1,kg,-1,kgCO2,1,H,,x", "line 2: a: value must be"),
            ("a,a,a,CN,2020,1,kg,1,t,1,H,,x", "line 2: a: result unit t"),
            ("a,a,a,CN,2020,1,kg,1,kgce,1,H,,x", "line 2: a: kgce belongs"),
            ("a,a,a,CN,2020,1,qqq,1,kgCO2,1,H,,x", "line 2: a: "),
            ("a,a,a,CN,2020,1,kg,1,kgCO2,1,H,coal,x", "line 2: a: no row has the key coal"),
            ("a,a,a,CN,2020,4,kg,1,kgCO2,1,H,,x", "line 2"),
            ("a,a,a,CN,2020,1,kg,1,kgCO2,1,H,,x\na,a,a,CN,2020,1,kg,1,kgCO2,1,H,,x", "line 3: a: the key"),
        ] {
            let error = FactorLibrary::parse(&format!("{heading}{row}\n"), units).unwrap_err().to_string();
            assert!(error.contains(expect), "{error}");
        }
    }
}
