//! What matching says: verdicts, reasons, matches, allocations, gaps.
//!
//! The engine (`market`) computes these; lists freeze them, workbooks and pages show them.

use crate::allotment::Binding;
use crate::chain::NodeId;
use crate::evidence::Evidence;
use crate::property::PropertyId;
use crate::quantity::Quantity;
use crate::spec::Strictness;
use serde::{Deserialize, Serialize};

/// Outcome of comparing one requirement with what an offer states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// The offer states that it does what is required.
    Met,
    /// The offer falls short by this much, in the need's own unit.
    Short {
        /// The shortfall, positive.
        by: Quantity,
    },
    /// The offer does not say: a question for the offerer, not a no.
    Unknown,
    /// The two exclude each other (another material, another interface).
    Conflict,
}

/// One requirement of a need against one offer, with both sides' words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The property compared.
    pub property: PropertyId,
    /// Must or prefer.
    pub strictness: Strictness,
    /// What came out.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The need's words.
    pub need: String,
    /// The offer's words; empty where it says nothing.
    pub offer: String,
    /// What was measured of it; nothing where the offer only declares it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// What a part of the score stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonKind {
    /// Wording of title and text.
    Text,
    /// Same or neighbouring chain node.
    Node,
    /// Specification verdicts.
    Specification,
    /// Certificates asked for and held.
    Certificate,
    /// Distance between the two.
    Distance,
    /// Free capacity against the quantity needed.
    Capacity,
}

impl ReasonKind {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Text => "名称描述",
            Self::Node => "产业链节点",
            Self::Specification => "规格参数",
            Self::Certificate => "资质认证",
            Self::Distance => "距离",
            Self::Capacity => "产能",
        }
    }
}

/// One part of a score: `points` of at most `of`, and why, in one Chinese sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// What it is about.
    pub kind: ReasonKind,
    /// Points given.
    pub points: f64,
    /// Points that could be given.
    pub of: f64,
    /// The sentence.
    pub words: String,
}

/// One need with one offer that could meet it. The score is the sum of the reasons' points, in 0..=1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Match {
    /// Key of the need.
    pub need: String,
    /// Key of the offer.
    pub offer: String,
    /// Place among the need's candidates, from 1.
    pub rank: u32,
    /// 0..=1.
    pub score: f64,
    /// Why; their points sum to the score.
    pub reasons: Vec<Reason>,
    /// One verdict a requirement.
    pub verdicts: Vec<Verdict>,
    /// Great-circle distance in km, where both places are known.
    pub distance_km: Option<f64>,
    /// False where a must is short or in conflict, or the two are too far apart: shown, never allocated.
    pub feasible: bool,
}

/// How well the capacity allotted is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// The whole quantity needed.
    Full,
    /// A part of it.
    Part,
    /// Quantity or capacity is not stated or not comparable: to be asked.
    Unstated,
}

/// A quantity of an offer's capacity given to a need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Allocation {
    /// Key of the need.
    pub need: String,
    /// Key of the offer.
    pub offer: String,
    /// How much, in the need's unit; absent where unstated.
    pub quantity: Option<Quantity>,
    /// How much of the need this covers.
    pub coverage: Coverage,
    /// What is delivered in whole lots, in the need's unit, where that is more than `quantity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered: Option<Quantity>,
}

/// Why a need stays unmet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "cause")]
pub enum GapCause {
    /// Nobody in the cluster offers it.
    NoSupplier,
    /// Somebody nearly can: this requirement is short or in conflict.
    SpecificationShort {
        /// Key of the nearest offer.
        offer: String,
        /// The verdicts that stand in the way.
        verdicts: Vec<Verdict>,
    },
    /// Suppliers exist, their free capacity does not suffice.
    CapacityShort {
        /// Quantity that stays open, in the need's unit.
        short: Quantity,
        /// Key of the best feasible offer.
        offer: String,
    },
    /// Suppliers exist and have capacity, but the terms of one side or the list's rule keep it from them: smallest order,
    /// whole lots, all or nothing, the limit on shares.
    TermsShort {
        /// Quantity that stays open, in the need's unit.
        short: Quantity,
        /// Key of the best offer that the need is kept from.
        offer: String,
        /// Which of them.
        limit: Binding,
    },
    /// Suppliers exist beyond the distance that need or offer allow.
    TooFar {
        /// Key of the nearest offer.
        offer: String,
        /// Its distance in km.
        distance_km: f64,
        /// The distance allowed in km.
        allowed_km: f64,
    },
}

impl GapCause {
    /// Chinese name of the cause.
    pub fn zh(&self) -> &'static str {
        match self {
            Self::NoSupplier => "无供应",
            Self::SpecificationShort { .. } => "规格不足",
            Self::CapacityShort { .. } => "产能不足",
            Self::TermsShort { .. } => "供货条件不合",
            Self::TooFar { .. } => "距离过远",
        }
    }
}

/// One need that the cluster cannot meet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// Key of the need.
    pub need: String,
    /// Why.
    #[serde(flatten)]
    pub cause: GapCause,
    /// The smallest changes that would meet it, smallest first; empty where nobody offers anything like it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<Remedy>,
    /// Offers that were looked at for these: none of them needs less.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub looked_at: u32,
    /// Where nobody offers it: who makes something near to it, the nearest first; empty where nobody does, absent where it
    /// was not looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near: Option<Vec<Near>>,
}

/// An offer that is not what a need asks for, but something near to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Near {
    /// Key of the offer.
    pub offer: String,
    /// Similarity of the wording, 0..=1; absent where it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub similarity: Option<f64>,
    /// Its chain node, where that is a neighbour of the need's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeId>,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// What would have to change at one offer for an unmet need to be met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Remedy {
    /// Key of the offer.
    pub offer: String,
    /// How much all changes are together, relative to what is asked for; formula in `market::gaps`.
    pub size: f64,
    /// The changes; all of them are needed.
    pub changes: Vec<Change>,
}

/// A change that an offer, or the need, would have to make.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum Change {
    /// A requirement is met.
    Property {
        /// The property.
        property: PropertyId,
        /// By so much, in the need's unit; absent where another kind is needed (material, interface).
        by: Option<Quantity>,
        /// The need's words.
        need: String,
        /// The offer's words.
        offer: String,
    },
    /// So much more capacity is free, in the need's unit.
    Capacity {
        /// The capacity that is missing.
        by: Quantity,
    },
    /// The need orders so much more, in its own unit: up to the smallest order, or to a whole lot.
    Order {
        /// What is to be ordered beyond the quantity.
        by: Quantity,
    },
    /// Delivery reaches so much farther.
    Distance {
        /// Kilometres beyond what need and offer allow.
        by_km: f64,
    },
    /// The list's limit on the share of one enterprise, here of the offer's, is raised.
    Share {
        /// The limit that was set, above 0 and up to 1.
        from: f64,
        /// The limit at which the enterprise may serve the need beside all that it serves now.
        to: f64,
    },
    /// The need, which takes all or nothing, accepts a part.
    Partial {
        /// What stays open then, in the need's unit.
        open: Quantity,
    },
}

/// The gaps of one chain node (or of one title where no node was recognised), weighed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GapGroup {
    /// The node; absent for needs without one.
    pub node: Option<NodeId>,
    /// Name of the node, or the need's title.
    pub name: String,
    /// Chain group.
    pub group: String,
    /// Number of enterprises that ask.
    pub demanders: u32,
    /// Unmet quantities summed by unit.
    pub quantities: Vec<Quantity>,
    /// Weight by which groups are ranked; formula in `market::gaps`.
    pub weight: f64,
    /// The single gaps.
    pub gaps: Vec<Gap>,
}
