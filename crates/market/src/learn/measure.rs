//! What weights gained, on outcomes that they were not learned from.

use super::{Example, fit::fit};
use crate::random;
use crate::weights::Weights;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Parts that needs are dealt into; each is held back once.
const FOLDS: u64 = 5;
/// Needs with outcomes below which nothing is measured: an interval over fewer says nothing.
pub const NEEDS_MIN: usize = 10;
/// Times that needs are drawn again for an interval.
const DRAWS: usize = 1000;

/// A figure before and after, with what it gained; a positive gain is better.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// With the shipped weights.
    pub before: f64,
    /// With the learned ones.
    pub after: f64,
    /// What was gained.
    pub gain: f64,
    /// Lower end of its 95 % interval (bootstrap over needs, seeded).
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// What it was measured on: outcomes, pairs of a good and a bad outcome of one need, or needs with both.
    pub of: u32,
}

/// What learned weights gained on held-back outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gain {
    /// Mean log loss of an outcome in nats; lower is better. Before: slope and intercept are fitted to the shipped score, so that
    /// nothing is gained by calibration.
    pub log_loss: Measured,
    /// Of two outcomes of one need, one good and one bad: how often the good one has the higher score; a tie counts half.
    pub pairs: Option<Measured>,
    /// nDCG of the outcomes of needs that have both good and bad ones (Järvelin, Kekäläinen 2002; gain 1 for a good one).
    pub ndcg: Option<Measured>,
}

/// What one need adds to the three figures: value before, value after, and what they are counted in.
#[derive(Debug, Clone, Copy, Default)]
struct Share {
    loss: [f64; 3],
    pairs: [f64; 3],
    ndcg: [f64; 3],
}

/// Measures by five folds; none where fewer than ten needs have outcomes, or all say the same.
pub fn held_back(examples: &[&Example], shipped: &Weights) -> Option<Gain> {
    let mut needs: BTreeMap<&str, Vec<&Example>> = BTreeMap::new();
    for example in examples {
        needs.entry(&example.need).or_default().push(example);
    }
    let one_sided = examples.iter().all(|e| e.good) || examples.iter().all(|e| !e.good);
    if needs.len() < NEEDS_MIN || one_sided {
        return None;
    }
    let judged: Vec<Vec<Share>> = (0..FOLDS)
        .into_par_iter()
        .map(|held| {
            let rest: Vec<&Example> = examples.iter().copied().filter(|e| fold(&e.need) != held).collect();
            let (before, after) = (fit(&rest, shipped, false), fit(&rest, shipped, true));
            let of_fold = needs.iter().filter(|(need, _)| fold(need) == held);
            of_fold
                .map(|(_, of_need)| {
                    let mut share = Share::default();
                    for example in of_need {
                        let weight = example.weight;
                        share.loss[0] += weight * before.loss(example);
                        share.loss[1] += weight * after.loss(example);
                        share.loss[2] += weight;
                    }
                    let scored = |weights| -> Vec<(f64, bool)> {
                        of_need.iter().map(|e| (e.grounds.score(weights), e.good)).collect()
                    };
                    let (before, after) = (scored(&before.weights), scored(&after.weights));
                    (share.pairs[0], share.pairs[2]) = in_order(&before);
                    share.pairs[1] = in_order(&after).0;
                    if share.pairs[2] > 0.0 {
                        share.ndcg = [ndcg(before), ndcg(after), 1.0];
                    }
                    share
                })
                .collect()
        })
        .collect();
    let shares: Vec<Share> = judged.into_iter().flatten().collect();
    Some(Gain {
        log_loss: Measured { of: examples.len() as u32, ..measured(&shares, |s| s.loss, -1.0)? },
        pairs: measured(&shares, |s| s.pairs, 1.0),
        ndcg: measured(&shares, |s| s.ndcg, 1.0),
    })
}

/// Pairs of a good and a bad outcome that the scores order right, a tie counting half; and how many there are.
fn in_order(scored: &[(f64, bool)]) -> (f64, f64) {
    let (mut right, mut all) = (0.0, 0.0);
    for (good, _) in scored.iter().filter(|(_, good)| *good) {
        for (bad, _) in scored.iter().filter(|(_, good)| !*good) {
            all += 1.0;
            right += match good.total_cmp(bad) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    (right, all)
}

fn ndcg(mut scored: Vec<(f64, bool)>) -> f64 {
    let gain = |order: &[(f64, bool)]| -> f64 {
        let good = (0..).zip(order).filter(|(_, (_, good))| *good);
        good.map(|(place, _)| 1.0 / (f64::from(place) + 2.0).log2()).sum()
    };
    // Of equal scores the bad one stands first: a tie gains nothing.
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let found = gain(&scored);
    scored.sort_by_key(|(_, good)| !*good);
    found / gain(&scored)
}

/// A ratio of sums over needs, before and after, with the interval of its gain; `sign` is -1 where less is better.
fn measured(shares: &[Share], of: impl Fn(&Share) -> [f64; 3], sign: f64) -> Option<Measured> {
    let shares: Vec<[f64; 3]> = shares.iter().map(of).filter(|s| s[2] > 0.0).collect();
    let sum = |drawn: &mut dyn Iterator<Item = [f64; 3]>| {
        drawn.fold([0.0; 3], |sum, s| [sum[0] + s[0], sum[1] + s[1], sum[2] + s[2]])
    };
    let [before, after, all] = sum(&mut shares.iter().copied());
    if all <= 0.0 {
        return None;
    }
    let gain = |[before, after, all]: [f64; 3]| sign * (after - before) / all;
    let mut state = 0;
    let mut gains: Vec<f64> = (0..DRAWS)
        .map(|_| gain(sum(&mut (0..shares.len()).map(|_| shares[draw(&mut state, shares.len())]))))
        .collect();
    gains.sort_by(f64::total_cmp);
    Some(Measured {
        before: before / all,
        after: after / all,
        gain: gain([before, after, all]),
        low: gains[DRAWS * 25 / 1000],
        high: gains[DRAWS * 975 / 1000 - 1],
        of: all as u32,
    })
}

/// The next place below `bound`.
fn draw(state: &mut u64, bound: usize) -> usize {
    (random::next(state) % bound as u64) as usize
}

/// The part that a need is dealt into: by the hash of its key (FNV-1a, mixed), so that it stays there whatever is added.
fn fold(need: &str) -> u64 {
    let hash = need.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    random::mixed(hash) % FOLDS
}
