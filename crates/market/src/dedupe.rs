//! Enterprises, and offers and needs of one enterprise, that may be recorded twice: proposals for a person to confirm or reject, never
//! a merge.
//!
//! Only pairs that share a block are compared (of enterprises code, name form, name with one character left out, telephone, address; of
//! offers and needs see `product`), so that the work grows with the number of records, not with its square. What speaks for and against a pair is weighed
//! by record linkage after Fellegi and Sunter (see `linkage`): each field that both have gives a weight, the sum of the weights
//! gives the chance that the two are one. The weights are learned from the records at hand, by expectation and maximisation, and
//! from what people have confirmed and rejected; weights that ship with the program stand in where there is little to learn from.
//!
//! The unified social credit code is the truth: the same code is the same enterprise whatever else is said, and two codes are two
//! enterprises (a mistyped one fails by its check characters and is no code); specifications that contradict each other are two products. Pairs below
//! [`SCORE_MIN`] are not proposed; records that were merged into others take no part.

mod cluster;
mod evidence;
mod linkage;
mod name;
mod product;
mod short;

pub use cluster::{Cluster, clusters};
pub use product::{Product, propose_products};
pub use short::{Asker, Expansion, RegisteredNames, lacks_legal_form};

use evidence::Record;
use linkage::{Labelled, Levels, Linkage, Scheme};
use model::enterprise::Enterprise;
use model::region::RegionTable;
use name::RegionNames;
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};

/// Least score of a proposal.
pub const SCORE_MIN: f64 = 0.6;

/// A block with more members says little (the telephone of an agent, a park's address); in it each member is compared
/// with as many neighbours as this.
const NEIGHBOURS_MAX: usize = 40;

/// Weights below this are not told as reasons, bits.
const TOLD_MIN: f64 = 0.5;

/// Two records that may be one enterprise, one offer or one need.
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
    /// True where they are one, false where they are two.
    pub same: bool,
}

/// A record that is compared with others.
trait Compared: Sync {
    fn key(&self) -> &str;
    /// Keys under which it meets others.
    fn blocks(&self) -> BTreeSet<String>;
}

/// What settles a pair whatever its levels say.
enum Sure {
    /// They are one, for this reason.
    One(&'static str),
    Two,
}

/// What was found of one pair.
struct Found {
    levels: Levels,
    sure: Option<Sure>,
    /// What the level of one field rests on.
    detail: (usize, String),
}

impl Found {
    /// What speaks for and against, each with its weight.
    fn reasons(self, linkage: &Linkage) -> Vec<String> {
        if let Some(Sure::One(why)) = self.sure {
            return vec![why.to_owned()];
        }
        let told = |(at, level): (usize, &Option<u8>)| {
            let level = (*level)?;
            let (weight, words) = (linkage.weight(at, level), linkage.words(at, level));
            let detail = if at == self.detail.0 { self.detail.1.as_str() } else { "" };
            (weight.abs() >= TOLD_MIN).then(|| format!("{words}{detail}（{weight:+.1}）"))
        };
        self.levels.iter().enumerate().filter_map(told).collect()
    }
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
    let records = standing.map(|e| Record::new(e, &names)).collect();
    link(evidence::SCHEME, records, decisions, |a, b| evidence::compare(a, b, &names))
}

/// Blocks, compares, learns and weighs.
fn link<R: Compared>(
    scheme: Scheme,
    mut records: Vec<R>,
    decisions: &[Decision],
    compare: impl Fn(&R, &R) -> Found + Sync,
) -> Vec<DuplicateProposal> {
    records.sort_by(|a, b| a.key().cmp(b.key()));
    let pairs = pairs(&records);
    let compared: Vec<Found> = pairs.par_iter().map(|&(a, b)| compare(&records[a], &records[b])).collect();
    let known: HashMap<(&str, &str), bool> =
        decisions.iter().map(|d| (ordered(&d.a, &d.b), d.same)).collect();
    let label = |&(a, b): &(usize, usize)| known.get(&(records[a].key(), records[b].key())).copied();
    let labelled = pairs.iter().zip(&compared).map(|(pair, found)| {
        // Pairs that are two for certain teach what two of one family have in common.
        let two = matches!(found.sure, Some(Sure::Two)).then_some(false);
        Labelled { levels: found.levels, same: label(pair).or(two) }
    });
    let linkage = Linkage::learn(scheme, labelled);
    let mut out: Vec<DuplicateProposal> = pairs
        .iter()
        .zip(compared)
        .filter_map(|(&(a, b), found)| {
            // Four decimals hide the last bits of sums.
            let score = match found.sure {
                Some(Sure::One(_)) => 1.0,
                Some(Sure::Two) => 0.0,
                None => (linkage.chance(&found.levels) * 1e4).round() / 1e4,
            };
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
fn pairs<R: Compared>(records: &[R]) -> Vec<(usize, usize)> {
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
