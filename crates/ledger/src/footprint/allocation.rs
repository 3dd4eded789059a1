//! Allocation: how a process's burden is divided among its outputs (ISO 14044:2006, 4.3.4; GB/T 24067-2024).

use serde::{Deserialize, Serialize};

/// The rule; every footprint names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allocation {
    /// By mass (or by amount, where all outputs have one unit).
    Mass,
    /// By amount times price.
    Economic,
    /// Recycled content method: waste and scrap leave without burden, the rest is divided by mass.
    CutOff,
}

/// One output as the rule sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Output {
    /// Amount; all outputs in one unit.
    pub amount: f64,
    /// Price of one unit.
    pub price: Option<f64>,
    /// True for waste and scrap.
    pub is_waste: bool,
}

/// The rule cannot be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AllocationError {
    /// No output bears a burden.
    #[error("没有可承担负荷的产出：产出量全为零，或全部是废物")]
    NothingBears,
    /// An output has no price.
    #[error("第 {0} 个产出没有价格，不能按经济价值分配")]
    NoPrice(usize),
}

impl Allocation {
    /// The rule in Chinese words, as reports print it.
    pub fn name_zh(self) -> &'static str {
        match self {
            Self::Mass => "按质量分配",
            Self::Economic => "按经济价值分配",
            Self::CutOff => "截断法（再生含量法）",
        }
    }

    /// The part of the burden that each output bears; the parts sum to 1.
    ///
    /// # Errors
    /// Nothing to bear the burden, or a missing price.
    pub fn shares(self, outputs: &[Output]) -> Result<Vec<f64>, AllocationError> {
        let mut weights = Vec::with_capacity(outputs.len());
        for (index, output) in outputs.iter().enumerate() {
            weights.push(match self {
                Self::Mass => output.amount,
                Self::Economic => output.amount * output.price.ok_or(AllocationError::NoPrice(index + 1))?,
                Self::CutOff if output.is_waste => 0.0,
                Self::CutOff => output.amount,
            });
        }
        let sum: f64 = weights.iter().sum();
        if sum > 0.0 {
            Ok(weights.iter().map(|w| w / sum).collect())
        } else {
            Err(AllocationError::NothingBears)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules() {
        let output = |amount, price, is_waste| Output { amount, price, is_waste };
        let outputs = [
            output(90.0, Some(10.0), false),
            output(10.0, Some(90.0), false),
            output(100.0, Some(0.0), true),
        ];
        for (rule, expect) in [
            (Allocation::Mass, vec![0.45, 0.05, 0.5]),
            (Allocation::Economic, vec![0.5, 0.5, 0.0]),
            (Allocation::CutOff, vec![0.9, 0.1, 0.0]),
        ] {
            assert_eq!(rule.shares(&outputs), Ok(expect), "{}", rule.name_zh());
        }
        assert_eq!(
            Allocation::Economic.shares(&[output(1.0, None, false)]),
            Err(AllocationError::NoPrice(1))
        );
        assert_eq!(Allocation::CutOff.shares(&[output(1.0, None, true)]), Err(AllocationError::NothingBears));
    }
}
