//! The engine's settings. What their defaults were chosen on stands in docs/benchmarks.md.

use serde::{Deserialize, Serialize};

/// All settings of matching; absent ones have their defaults.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// Weights of the kinds of terms against each other.
    pub terms: TermWeights,
    /// Weights of the text fields against each other.
    pub fields: FieldWeights,
    /// Shares of the score's parts.
    pub shares: Shares,
    /// What counts how much within a part.
    pub credits: Credits,
    /// When an offer counts as the same product.
    pub relevance: Relevance,
}

/// Weights of the kinds of terms that a text is taken apart into (see [`crate::analyse`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TermWeights {
    /// One ideograph.
    pub ideograph: f32,
    /// Two ideographs side by side.
    pub pair: f32,
    /// Two ideographs in their order, at most four places apart.
    pub apart: f32,
    /// Three characters of a Latin word.
    pub gram3: f32,
    /// Four.
    pub gram4: f32,
    /// Five.
    pub gram5: f32,
    /// A Latin word, stemmed.
    pub word: f32,
    /// A model number, whole.
    pub model: f32,
    /// How far a document's length counts against it, 0..=1: 1 makes similarity the cosine, less is for queries that are
    /// a part of what they look for (pivoted normalisation; Singhal, Buckley, Mitra 1996).
    pub length: f32,
}

impl Default for TermWeights {
    fn default() -> Self {
        Self {
            ideograph: 1.0,
            pair: 1.0,
            apart: 0.0,
            gram3: 1.0,
            gram4: 0.0,
            gram5: 0.0,
            word: 1.0,
            model: 1.0,
            length: 1.0,
        }
    }
}

impl TermWeights {
    /// For names of enterprises, where a short name stands for a registered one of several times its length. Fitted to one
    /// half of the listed companies of Shanghai and Shenzhen (`cargo xtask bench market --tune`).
    pub fn names() -> Self {
        Self { ideograph: 2.0, apart: 0.5, length: 0.2, ..Self::default() }
    }
}

/// Weights of the text fields (see [`crate::retrieve`]); a document with a title alone is its title.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FieldWeights {
    /// Title.
    pub title: f32,
    /// Names and aliases of the chain node.
    pub node: f32,
    /// Specification text.
    pub detail: f32,
    /// Main products of the offering enterprise.
    pub products: f32,
}

impl Default for FieldWeights {
    fn default() -> Self {
        Self { title: 1.0, node: 0.5, detail: 0.3, products: 0.15 }
    }
}

/// Shares of the score's parts; only their proportions matter. The share of a part that a need gives no ground for (no
/// requirements, no place, no quantity ...) goes to text and node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the words say it")]
pub struct Shares {
    pub text: f64,
    pub node: f64,
    pub specification: f64,
    pub certificate: f64,
    pub distance: f64,
    pub capacity: f64,
}

impl Default for Shares {
    fn default() -> Self {
        Self {
            text: 0.25,
            node: 0.20,
            specification: 0.25,
            certificate: 0.05,
            distance: 0.15,
            capacity: 0.10,
        }
    }
}

/// Credits within a part, 0..=1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Credits {
    /// A requirement on which the offer is silent.
    pub unknown: f64,
    /// A requirement missed by next to nothing; falls with the shortfall.
    pub short: f64,
    /// Weight of a wish against a must.
    pub prefer: f64,
    /// An offer of a node that feeds the need's node, or is fed by it.
    pub neighbour_node: f64,
    /// An offer whose place, or whose capacity, is not known.
    pub unstated: f64,
    /// Distance at which half of the points are left, in km.
    pub distance_half_km: f64,
}

impl Default for Credits {
    fn default() -> Self {
        Self {
            unknown: 0.4,
            short: 0.3,
            prefer: 0.5,
            neighbour_node: 0.3,
            unstated: 0.5,
            distance_half_km: 200.0,
        }
    }
}

/// When an offer counts as the same product as a need: on the same chain node always, else by text similarity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Relevance {
    /// Least similarity where a node is not known on both sides.
    pub similarity_min: f64,
    /// Least similarity where both are known and differ.
    pub other_node_similarity_min: f64,
    /// Share of the likeness of the titles' vectors in the similarity, where both titles have one
    /// ([`model::vectors::TextVectors`]); the rest is the wording's.
    pub vectors: f64,
}

impl Default for Relevance {
    fn default() -> Self {
        Self { similarity_min: 0.35, other_node_similarity_min: 0.6, vectors: 0.3 }
    }
}
