//! What proves and explains an allocation: the optimum of each kind of measure, and what binds each need.
//!
//! The engine (`market::allocate`) computes these; a list freezes them beside its pairs.

use crate::quantity::Quantity;
use serde::{Deserialize, Serialize};

/// The proof of a list's allocation, with the rule that it kept beside capacities, lots and orders.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Allotment {
    /// The greatest part that one enterprise could have of what others could serve too, above 0 and up to 1; absent where
    /// there was no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_max: Option<f64>,
    /// One for each kind of measure: pieces, tonnes and rolls do not compete.
    pub optima: Vec<Optimum>,
    /// What binds each need, by its key.
    pub needs: Vec<NeedBound>,
}

impl Allotment {
    /// What binds the need with this key.
    pub fn need(&self, key: &str) -> Option<&NeedBound> {
        self.needs.binary_search_by(|n| n.need.as_str().cmp(key)).ok().map(|place| &self.needs[place])
    }
}

/// The optimum of one kind of measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Optimum {
    /// All that is asked for a month, in the unit of the first need.
    pub asked: Quantity,
    /// What of it stays unmet.
    pub unmet: Quantity,
    /// Sum of `score · quantity` in that unit.
    pub gain: f64,
    /// No allocation has a greater sum than this.
    pub bound: f64,
    /// True where gain and bound are the same integer: the optimum is proved.
    pub is_proved: bool,
}

impl Optimum {
    /// How far the best allocation can be beyond this one, relative to the bound; 0 where it is proved.
    pub fn gap(&self) -> f64 {
        if self.is_proved || self.bound <= 0.0 { 0.0 } else { (self.bound - self.gain) / self.bound }
    }
}

/// What keeps a need from a better supply than it has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NeedBound {
    /// Key of the need.
    pub need: String,
    /// Part of its quantity that is covered, 0..=1; all of it where it is to be agreed.
    pub share: f64,
    /// Gain in score that one unit more of it would bring, from the dual prices; 0 where it is not covered in full.
    pub worth: f64,
    /// The limit.
    pub binding: Binding,
    /// Keys of the offers whose limit it is, the best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<String>,
    /// Score that the pair with the first of them lacks to be used.
    pub behind: f64,
}

/// A limit that keeps a need from a better supply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    /// None: the best offers serve all of its quantity.
    Enough,
    /// These offers' capacities go to needs that gain more by them, or are used up.
    Capacity,
    /// These enterprises have all that the limit on shares lets them have.
    Share,
    /// The need, or what is left for it, is below the smallest order of these offers.
    SmallestOrder,
    /// The need, or the capacity that is left, is less than a whole lot of these offers.
    Lot,
    /// The need takes all or nothing, and these offers cannot serve all of it.
    Whole,
    /// These offers are farther away than need or offer allow.
    Distance,
    /// These offers would come too late.
    LeadTime,
    /// These offers fall short of a requirement.
    Specification,
    /// Nobody offers it.
    NoSupplier,
    /// Quantity or capacity is not stated: to be agreed.
    Unstated,
}

impl Binding {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Enough => "无（首选供方足够）",
            Self::Capacity => "供方产能",
            Self::Share => "单家份额上限",
            Self::SmallestOrder => "最小起订量",
            Self::Lot => "整批数量",
            Self::Whole => "不接受部分供应",
            Self::Distance => "供货距离",
            Self::LeadTime => "交货周期",
            Self::Specification => "规格要求",
            Self::NoSupplier => "集群内无供应",
            Self::Unstated => "数量待商定",
        }
    }
}
