//! Prices and budgets as lists state them.

use crate::quantity::number;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A price interval in yuan per unit, such as `12~15元/卷`. Unit prices go below a fen (0.035 元/颗),
/// so they are yuan in floating point; amounts that are added up are integer fen elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriceRange {
    /// Lowest price in yuan, if stated.
    pub low_yuan: Option<f64>,
    /// Highest price in yuan, if stated.
    pub high_yuan: Option<f64>,
    /// Per what (`卷`, `片`); empty for a total budget.
    pub per: String,
}

impl fmt::Display for PriceRange {
    /// As workbooks write it: `12~15元/卷`, `≤5000元`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.low_yuan, self.high_yuan) {
            (Some(low), Some(high)) if low == high => write!(f, "{}元", number(low))?,
            (Some(low), Some(high)) => write!(f, "{}~{}元", number(low), number(high))?,
            (Some(low), None) => write!(f, "≥{}元", number(low))?,
            (None, Some(high)) => write!(f, "≤{}元", number(high))?,
            (None, None) => return f.write_str("面议"),
        }
        if self.per.is_empty() { Ok(()) } else { write!(f, "/{}", self.per) }
    }
}
