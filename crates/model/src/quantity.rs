//! Quantities: a value with its unit.

use crate::unit::{UnitError, UnitTable};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Unit in which places on an ordered scale (IP65, V-0) are counted; none of the unit table's, so that no text is read as it.
pub const GRADES: &str = "级";

/// A value with a unit of the unit table, such as 5000 `片/月`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    /// Number of units.
    pub value: f64,
    /// Canonical spelling of the unit; empty for a plain number.
    pub unit: String,
}

/// A quantity stated as an interval, such as `300-500套` or `500片以上`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuantityRange {
    /// Lowest value, if stated.
    pub low: Option<f64>,
    /// Highest value, if stated.
    pub high: Option<f64>,
    /// Canonical spelling of the unit.
    pub unit: String,
}

impl Quantity {
    /// A quantity.
    pub fn new(value: f64, unit: &str) -> Self {
        Self { value, unit: unit.to_owned() }
    }

    /// The same quantity in another unit.
    ///
    /// # Errors
    /// An unknown unit, or one that measures something else.
    pub fn to_unit(&self, unit: &str, units: &UnitTable) -> Result<Self, UnitError> {
        Ok(Self { value: self.value_in(unit, units)?, unit: unit.to_owned() })
    }

    /// The value in another unit.
    ///
    /// # Errors
    /// An unknown unit, or one that measures something else.
    pub fn value_in(&self, unit: &str, units: &UnitTable) -> Result<f64, UnitError> {
        units.convert(self.value, &self.unit, unit)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", number(self.value), self.unit)
    }
}

impl QuantityRange {
    /// The single value, where both ends are one.
    pub fn single(&self) -> Option<Quantity> {
        match (self.low, self.high) {
            (Some(low), Some(high)) if low == high => Some(Quantity::new(low, &self.unit)),
            _ => None,
        }
    }

    /// The low end, or the high one where no low end is stated.
    pub fn low_end(&self) -> Option<Quantity> {
        self.low.or(self.high).map(|v| Quantity::new(v, &self.unit))
    }

    /// The high end, or the low one where no high end is stated.
    pub fn high_end(&self) -> Option<Quantity> {
        self.high.or(self.low).map(|v| Quantity::new(v, &self.unit))
    }
}

impl fmt::Display for QuantityRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.low, self.high) {
            (Some(low), Some(high)) if low == high => write!(f, "{}{}", number(low), self.unit),
            (Some(low), Some(high)) => write!(f, "{}~{}{}", number(low), number(high), self.unit),
            (Some(low), None) => write!(f, "≥{}{}", number(low), self.unit),
            (None, Some(high)) => write!(f, "≤{}{}", number(high), self.unit),
            (None, None) => f.write_str("未说明"),
        }
    }
}

/// Significant digits that are shown: enough for every stated value, few enough to hide binary noise.
const DIGITS_SHOWN: usize = 12;

/// A value with the digits that are shown, such as 30 for 30.000000000000004.
pub fn rounded(value: f64) -> f64 {
    format!("{value:.*e}", DIGITS_SHOWN - 1).parse().unwrap_or(value)
}

/// A number as people write it: no trailing zeros, no binary noise, no exponent between 1e-9 and 1e15.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "—".to_owned();
    }
    let rounded = rounded(value);
    if rounded == 0.0 {
        return "0".to_owned();
    }
    if rounded.abs() >= 1e15 || rounded.abs() < 1e-9 { format!("{rounded:e}") } else { format!("{rounded}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        for (value, expect) in [
            (0.3, "0.3"),
            (0.1 + 0.2, "0.3"),
            (5000.0, "5000"),
            (-40.0, "-40"),
            (-0.0, "0"),
            (0.000_000_5, "0.0000005"),
            (1e20, "1e20"),
            (f64::NAN, "—"),
        ] {
            assert_eq!(number(value), expect);
        }
    }

    #[test]
    fn binary_noise_is_rounded_away() {
        for (value, expect) in
            [(30.000_000_000_000_004, 30.0), (0.1 + 0.2, 0.3), (12_345.678_9, 12_345.678_9)]
        {
            assert_eq!(rounded(value), expect);
        }
        assert!(rounded(f64::INFINITY).is_infinite());
    }

    #[test]
    fn shown_without_gap() {
        assert_eq!(Quantity::new(5000.0, "片/月").to_string(), "5000片/月");
        let range = QuantityRange { low: Some(300.0), high: Some(500.0), unit: "套".to_owned() };
        assert_eq!(range.to_string(), "300~500套");
        assert_eq!(range.single(), None);
        assert_eq!(range.high_end(), Some(Quantity::new(500.0, "套")));
    }
}
