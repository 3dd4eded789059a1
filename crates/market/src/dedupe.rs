//! Enterprises that may be recorded twice: proposals for a person to confirm or reject, never a merge.
//!
//! Only pairs that share a block are compared (code, name form, name with one character left out, telephone, address),
//! so that the work grows with the number of enterprises, not with its square. What speaks for and against a pair is weighed
//! by record linkage after Fellegi and Sunter (see `linkage`): each field that both have gives a weight, the sum of the weights
//! gives the chance that the two are one. The weights are learned from the records at hand, by expectation and maximisation, and
//! from what people have confirmed and rejected; weights that ship with the program stand in where there is little to learn from.
//!
//! The unified social credit code is the truth: the same code is the same enterprise whatever else is said. Pairs below
//! [`SCORE_MIN`] are not proposed; records that were merged into others take no part.

mod cluster;
mod evidence;
mod linkage;
mod name;

pub use cluster::{Cluster, clusters};

use evidence::Record;
use linkage::{Labelled, Linkage};
use model::enterprise::Enterprise;
use model::region::RegionTable;
use name::RegionNames;
use rayon::prelude::*;
use std::collections::HashMap;

/// Least score of a proposal.
pub const SCORE_MIN: f64 = 0.6;

/// A block with more members says little (the telephone of an agent, a park's address); in it each member is compared
/// with as many neighbours as this.
const NEIGHBOURS_MAX: usize = 40;

/// Two records that may be one enterprise.
#[derive(Debug, Clone, PartialEq)]
pub struct DuplicateProposal {
    /// Key of the one, the lesser of the two.
    pub a: String,
    /// Key of the other.
    pub b: String,
    /// The chance that they are one, [`SCORE_MIN`]..=1.
    pub score: f64,
    /// What speaks for it and against it, each with its weight in bits, in Chinese.
    pub reasons: Vec<String>,
}

/// What people said of two records: the weights learn from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Key of the one.
    pub a: String,
    /// Key of the other.
    pub b: String,
    /// True where they are one enterprise, false where they are two.
    pub same: bool,
}

/// Proposes pairs, surest first, then by keys; those that people have decided on are among them. The result does not depend
/// on the order of the input.
pub fn propose(
    enterprises: &[Enterprise],
    decisions: &[Decision],
    regions: &RegionTable,
) -> Vec<DuplicateProposal> {
    let names = RegionNames::new(regions);
    let standing = enterprises.par_iter().filter(|e| e.merged_into.is_none());
    let mut records: Vec<Record<'_>> = standing.map(|e| Record::new(e, &names)).collect();
    records.sort_by(|a, b| a.key().cmp(b.key()));
    let pairs = pairs(&records);
    let compared: Vec<_> =
        pairs.par_iter().map(|&(a, b)| evidence::compare(&records[a], &records[b], &names)).collect();
    let known: HashMap<(&str, &str), bool> =
        decisions.iter().map(|d| (ordered(&d.a, &d.b), d.same)).collect();
    let label = |&(a, b): &(usize, usize)| known.get(&(records[a].key(), records[b].key())).copied();
    let labelled =
        pairs.iter().zip(&compared).map(|(pair, found)| Labelled { levels: found.levels, same: label(pair) });
    let linkage = Linkage::learn(labelled);
    let mut out: Vec<DuplicateProposal> = pairs
        .iter()
        .zip(compared)
        .filter_map(|(&(a, b), found)| {
            // Four decimals hide the last bits of sums.
            let score =
                if found.same_code { 1.0 } else { (linkage.chance(&found.levels) * 1e4).round() / 1e4 };
            (score >= SCORE_MIN).then(|| DuplicateProposal {
                a: records[a].key().to_owned(),
                b: records[b].key().to_owned(),
                score,
                reasons: found.reasons(&linkage),
            })
        })
        .collect();
    out.sort_by(|x, y| y.score.total_cmp(&x.score).then_with(|| (&x.a, &x.b).cmp(&(&y.a, &y.b))));
    out
}

/// The lesser key first.
fn ordered<'k>(a: &'k str, b: &'k str) -> (&'k str, &'k str) {
    if a <= b { (a, b) } else { (b, a) }
}

/// The pairs that share a block, by their places, each once.
fn pairs(records: &[Record<'_>]) -> Vec<(usize, usize)> {
    let mut blocks: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, record) in records.iter().enumerate() {
        for key in record.blocks() {
            blocks.entry(key).or_default().push(index);
        }
    }
    let mut pairs: Vec<(usize, usize)> = blocks
        .par_iter()
        .flat_map_iter(|(_, members)| {
            members
                .iter()
                .enumerate()
                .flat_map(|(at, &a)| members[at + 1..].iter().take(NEIGHBOURS_MAX).map(move |&b| (a, b)))
        })
        .collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

#[cfg(test)]
mod tests;
