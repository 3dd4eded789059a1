//! Prices and budgets as lists state them.

use serde::{Deserialize, Serialize};

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
