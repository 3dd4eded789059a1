//! Ranking that learns: from outcomes of pairs to weights of the score.
//!
//! What is learned are the score's own [`Knobs`]: the six shares and four credits of [`Weights`], nothing else. So a learned score
//! is still the sum of its printed reasons, and everything that was learned stands in a table of ten rows.
//!
//! The model is logistic: an outcome is good with probability `1 / (1 + exp(-(a s + b)))`, where `s` is the score of the pair under
//! the weights. Shares are fitted as factors `exp(u)` of the shipped ones, credits as shifts `v` of their logits, so that shares stay
//! positive and credits between 0 and 1: whatever was learned, a requirement more that is met, or one less that is short, never
//! lowers a score. Half of `u^2` and `v^2` over `PRIOR` is added to the log loss: a few outcomes change little. Minimised by
//! Gauss-Newton steps with damping (Levenberg 1944, Marquardt 1963) from the shipped weights.
//!
//! What it gains is measured on held-back outcomes only (module `measure`): needs are dealt into five folds by the hash of their key, and
//! each fold is judged by weights that were learned from the other four.

mod fit;
mod measure;

pub use measure::{Gain, Measured, NEEDS_MIN};

use crate::Input;
use crate::pair::Context;
use crate::score::Grounds;
use crate::weights::Weights;
use model::need::Need;
use model::offer::Offer;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An outcome with what the pair gave ground for.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// Key of the need: outcomes of one need are compared with each other, and held back together.
    pub need: String,
    /// Key of the offer.
    pub offer: String,
    /// True where it speaks for the match.
    pub good: bool,
    /// How much it counts, 0..=1.
    pub weight: f64,
    /// What the pair's score depends on.
    pub grounds: Grounds,
}

/// Standard deviation that a log factor of a share, or a shift of a credit's logit, is expected to have. By judgement: the shipped
/// weights are right within a factor of about 1.6, one time in three not.
const PRIOR: f64 = 0.5;

/// One weight by its name, such as `shares.text`.
pub type Knobs = BTreeMap<String, f64>;

/// Names of what is learned, shares first, with their words in Chinese and English.
pub const KNOBS: [(&str, &str, &str); 10] = [
    ("shares.text", "名称描述的份额", "share of the wording"),
    ("shares.node", "产业链节点的份额", "share of the chain node"),
    ("shares.specification", "规格参数的份额", "share of the specification"),
    ("shares.certificate", "资质认证的份额", "share of certificates"),
    ("shares.distance", "距离的份额", "share of the distance"),
    ("shares.capacity", "产能的份额", "share of the capacity"),
    ("credits.unknown", "一项要求未说明时得分", "credit of a requirement that the offer does not speak of"),
    ("credits.short", "一项要求略有不足时得分", "credit of a requirement that is just missed"),
    ("credits.neighbour_node", "相邻产业链节点得分", "credit of a neighbouring chain node"),
    ("credits.unstated", "位置或产能未说明时得分", "credit of a place or capacity that is not stated"),
];

/// Number of shares among [`KNOBS`].
const SHARES: usize = 6;

fn of(weights: &mut Weights) -> [&mut f64; 10] {
    let Weights { shares, credits, .. } = weights;
    [
        &mut shares.text,
        &mut shares.node,
        &mut shares.specification,
        &mut shares.certificate,
        &mut shares.distance,
        &mut shares.capacity,
        &mut credits.unknown,
        &mut credits.short,
        &mut credits.neighbour_node,
        &mut credits.unstated,
    ]
}

/// The values of [`KNOBS`] in their order.
fn values(weights: &Weights) -> [f64; 10] {
    of(&mut weights.clone()).map(|value| *value)
}

/// What can be learned of the weights, by name; shares add up to 1.
pub fn knobs(weights: &Weights) -> Knobs {
    let mut values = values(weights);
    let sum: f64 = values[..SHARES].iter().sum();
    values[..SHARES].iter_mut().for_each(|share| *share /= sum);
    KNOBS.iter().zip(values).map(|((name, ..), value)| ((*name).to_owned(), rounded(value))).collect()
}

/// Weights with these knobs, the rest as in `base`. Names that are none, and values outside 0..=1, are left out.
pub fn with_knobs(base: &Weights, knobs: &Knobs) -> Weights {
    let mut weights = base.clone();
    for ((name, ..), value) in KNOBS.iter().zip(of(&mut weights)) {
        if let Some(given) = knobs.get(*name).filter(|v| (0.0..=1.0).contains(*v)) {
            *value = *given;
        }
    }
    weights
}

/// Four decimals: what is printed is what scores, and two machines whose exponentials differ in the last bit learn the same.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// A weight before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Its name, of [`KNOBS`].
    pub name: String,
    /// As shipped.
    pub before: f64,
    /// As learned.
    pub after: f64,
}

/// What was learned, and what it is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Outcomes learned from.
    pub outcomes: u32,
    /// Of them, those that speak for their match.
    pub good: u32,
    /// Needs that they are of.
    pub needs: u32,
    /// Every weight that can be learned.
    pub changes: Vec<Change>,
    /// What it gained on outcomes that were held back; none where too few needs have any.
    pub gain: Option<Gain>,
}

impl Report {
    /// True where the weights gained on held-back outcomes: the log loss for certain (its interval lies above 0), and the order of a
    /// need's offers did not get worse.
    pub fn gains(&self) -> bool {
        let Some(gain) = &self.gain else { return false };
        gain.log_loss.low > 0.0 && gain.ndcg.as_ref().is_none_or(|ndcg| ndcg.after >= ndcg.before)
    }
}

/// Learned weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    /// The weights.
    pub weights: Weights,
    /// What changed, and what it is worth.
    pub report: Report,
}

/// What pairs give ground for, each with its text similarity; the records of both sides stand in `input`.
pub fn grounds(input: &Input<'_>, weights: &Weights, pairs: &[(&Need, &Offer, f64)]) -> Vec<Grounds> {
    let context = Context::new(input, weights);
    let of = |&(need, offer, similarity): &(&Need, &Offer, f64)| {
        context.grounds(need, &context.facts(need, offer, similarity))
    };
    pairs.iter().map(of).collect()
}

/// Learns weights from outcomes. The order of the examples does not matter: they are sorted by need and offer.
pub fn learn(examples: &[Example], shipped: &Weights) -> Learned {
    let mut examples: Vec<&Example> = examples.iter().filter(|e| e.weight > 0.0).collect();
    examples.sort_by(|a, b| (&a.need, &a.offer, a.good).cmp(&(&b.need, &b.offer, b.good)));
    let weights = fit::fit(&examples, shipped, true).weights;
    let (before, after) = (knobs(shipped), knobs(&weights));
    let changes = KNOBS.iter().map(|(name, ..)| Change {
        name: (*name).to_owned(),
        before: before[*name],
        after: after[*name],
    });
    let mut needs: Vec<&str> = examples.iter().map(|e| e.need.as_str()).collect();
    needs.dedup();
    let report = Report {
        outcomes: examples.len() as u32,
        good: examples.iter().filter(|e| e.good).count() as u32,
        needs: needs.len() as u32,
        changes: changes.collect(),
        gain: measure::held_back(&examples, shipped),
    };
    Learned { weights, report }
}

#[cfg(test)]
mod tests;
