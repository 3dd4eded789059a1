//! Record linkage: weights of agreement, learned.
//!
//! I. P. Fellegi and A. B. Sunter, A Theory for Record Linkage, JASA 64 (1969): a level of agreement has the weight log2(m/u),
//! where m is its chance in a pair that is one, u in a pair that is two. A pair's weights add up to the logarithm of its odds;
//! fields that are not known on both sides add nothing.
//!
//! The m and u, and how many of the blocked pairs are one, are found by expectation and maximisation (A. P. Dempster, N. M. Laird,
//! D. B. Rubin 1977; for linkage W. E. Winkler 1988) over the blocked pairs, where what people decided stands fast. All counts start
//! from those that the shipped figures would give in [`PRIOR_PAIRS`] and [`PRIOR_OTHERS`] pairs, so that a small cluster has sensible
//! weights and a large one its own. Better agreement never weighs less: levels out of order are pooled.

use std::collections::BTreeMap;

/// A field that is compared: for each level of agreement, from none upwards, what it says in Chinese, and the shipped m and u.
pub(super) struct Field {
    pub words: &'static [&'static str],
    pub m: &'static [f64],
    pub u: &'static [f64],
}

/// The fields by which records of one noun are compared.
pub(super) type Scheme = &'static [Field];

/// As many fields as a scheme has at most.
const FIELDS_MAX: usize = 9;
/// As many levels as a field has at most.
const LEVELS_MAX: usize = 6;

/// Level of each field of the scheme, 0 for no agreement; absent where one side does not have the field.
pub(super) type Levels = [Option<u8>; FIELDS_MAX];
/// Chances by field and level.
type Chances = [[f64; LEVELS_MAX]; FIELDS_MAX];

/// Pairs that the shipped m count for.
const PRIOR_PAIRS: f64 = 50.0;
/// Pairs that the shipped u count for: more, because agreement by chance is rare, and a rare level would be learned from next to
/// nothing.
const PRIOR_OTHERS: f64 = 2000.0;
/// Share of the blocked pairs that are one, where nothing is learned yet.
const PRIOR_SHARE: f64 = 0.1;
const ROUNDS_MAX: usize = 100;
const CHANGE_MIN: f64 = 1e-9;

/// A blocked pair, with what people said of it.
pub(super) struct Labelled {
    pub levels: Levels,
    pub same: Option<bool>,
}

/// Learned weights.
pub(super) struct Linkage {
    scheme: Scheme,
    weights: Chances,
    /// log2 of the odds that a blocked pair is one, before anything is compared.
    prior: f64,
}

impl Linkage {
    /// Learns from the blocked pairs.
    pub fn learn(scheme: Scheme, pairs: impl Iterator<Item = Labelled>) -> Self {
        let mut patterns: BTreeMap<(Levels, Option<bool>), f64> = BTreeMap::new();
        for pair in pairs {
            *patterns.entry((pair.levels, pair.same)).or_default() += 1.0;
        }
        let shipped = |class| chances(scheme, std::iter::empty(), class);
        let mut now = Self::of(scheme, &shipped(0), &shipped(1), PRIOR_SHARE);
        let all: f64 = patterns.values().sum();
        let mut share = PRIOR_SHARE;
        for _ in 0..ROUNDS_MAX {
            let one = |(levels, same): &(Levels, Option<bool>)| {
                same.map_or_else(|| now.chance(levels), |same| f64::from(u8::from(same)))
            };
            let expected: Vec<(&Levels, f64, f64)> =
                patterns.iter().map(|(pattern, count)| (&pattern.0, one(pattern) * count, *count)).collect();
            let m = chances(scheme, expected.iter().map(|(levels, one, _)| (*levels, *one)), 0);
            let u = chances(scheme, expected.iter().map(|(levels, one, all)| (*levels, all - one)), 1);
            let ones: f64 = expected.iter().map(|e| e.1).sum();
            let next = (ones + PRIOR_PAIRS * PRIOR_SHARE) / (all + PRIOR_PAIRS);
            let change = (next - share).abs();
            share = next;
            now = Self::of(scheme, &m, &u, share);
            if change < CHANGE_MIN {
                break;
            }
        }
        now
    }

    fn of(scheme: Scheme, m: &Chances, u: &Chances, share: f64) -> Self {
        let mut weights = Chances::default();
        for (at, (field, row)) in scheme.iter().zip(&mut weights).enumerate() {
            for level in 0..field.m.len() {
                row[level] = (m[at][level] / u[at][level]).log2();
            }
            pool(&mut row[..field.m.len()]);
        }
        Self { scheme, weights, prior: (share / (1.0 - share)).log2() }
    }

    /// Weight of a level of the scheme's field at `at`, bits.
    pub fn weight(&self, at: usize, level: u8) -> f64 {
        self.weights[at][usize::from(level)]
    }

    /// What a level says, in Chinese.
    pub fn words(&self, at: usize, level: u8) -> &'static str {
        self.scheme[at].words[usize::from(level)]
    }

    /// The chance that a pair is one.
    pub fn chance(&self, levels: &Levels) -> f64 {
        let known = levels.iter().enumerate().filter_map(|(at, level)| Some(self.weight(at, (*level)?)));
        let bits = known.fold(self.prior, |sum, weight| sum + weight);
        1.0 / (1.0 + (-bits).exp2())
    }
}

/// Chances of the levels among weighted pairs, on top of the shipped ones.
fn chances<'l>(scheme: Scheme, pairs: impl Iterator<Item = (&'l Levels, f64)>, class: usize) -> Chances {
    let mut counts = Chances::default();
    let prior = if class == 0 { PRIOR_PAIRS } else { PRIOR_OTHERS };
    for (field, row) in scheme.iter().zip(&mut counts) {
        let shipped = if class == 0 { field.m } else { field.u };
        for (count, chance) in row.iter_mut().zip(shipped) {
            *count = prior * chance;
        }
    }
    for (levels, weight) in pairs {
        for (row, level) in counts.iter_mut().zip(levels) {
            if let Some(level) = level {
                row[usize::from(*level)] += weight;
            }
        }
    }
    for row in &mut counts[..scheme.len()] {
        let sum: f64 = row.iter().sum();
        row.iter_mut().for_each(|count| *count /= sum);
    }
    counts
}

/// Pools neighbours that are out of order into their mean, until none is.
fn pool(weights: &mut [f64]) {
    let mut blocks: Vec<(f64, usize)> = Vec::with_capacity(weights.len());
    for weight in weights.iter() {
        blocks.push((*weight, 1));
        while let [.., (low, low_count), (high, high_count)] = blocks[..]
            && low > high
        {
            let count = low_count + high_count;
            blocks.truncate(blocks.len() - 2);
            blocks.push(((low * low_count as f64 + high * high_count as f64) / count as f64, count));
        }
    }
    let pooled = blocks.iter().flat_map(|(weight, count)| std::iter::repeat_n(*weight, *count));
    weights.iter_mut().zip(pooled).for_each(|(to, from)| *to = from);
}

#[cfg(test)]
mod tests {
    use super::super::evidence::{Field, SCHEME};
    use super::*;

    fn levels(name: u8, phone: Option<u8>) -> Levels {
        let mut out = Levels::default();
        (out[Field::Name as usize], out[Field::Phone as usize]) = (Some(name), phone);
        out
    }

    fn learn(pairs: impl Iterator<Item = Labelled>) -> Linkage {
        Linkage::learn(SCHEME, pairs)
    }

    #[test]
    fn every_level_has_its_words_and_chances() {
        for scheme in [SCHEME, super::super::product::SCHEME] {
            assert!(scheme.len() <= FIELDS_MAX);
            for super::Field { words, m, u } in scheme {
                assert!(words.len() <= LEVELS_MAX && (m.len(), u.len()) == (words.len(), words.len()));
                for chances in [m, u] {
                    // What is left of 1 is for agreement that no level names.
                    assert!((0.99 - 1e-9..=1.0 + 1e-9).contains(&chances.iter().sum::<f64>()), "{words:?}");
                }
            }
        }
    }

    fn many(count: usize, levels: Levels, same: Option<bool>) -> impl Iterator<Item = Labelled> {
        (0..count).map(move |_| Labelled { levels, same })
    }

    #[test]
    fn order_is_restored() {
        let mut weights = [1.0, 0.0, 2.0, 5.0, 4.0];
        pool(&mut weights);
        assert_eq!(weights, [0.5, 0.5, 2.0, 4.5, 4.5]);
    }

    /// A telephone that only those share who are one for other reasons gains weight; one that the others share loses it.
    #[test]
    fn weights_are_learned() {
        let shipped = learn(std::iter::empty());
        let telling = learn(many(300, levels(5, Some(1)), None).chain(many(3000, levels(1, Some(0)), None)));
        let useless = learn(many(300, levels(5, Some(0)), None).chain(many(3000, levels(0, Some(1)), None)));
        let weight = |linkage: &Linkage| linkage.weight(Field::Phone as usize, 1);
        assert!(weight(&telling) > weight(&shipped) + 1.5, "{} {}", weight(&telling), weight(&shipped));
        assert!(weight(&useless) < weight(&shipped) - 1.5, "{} {}", weight(&useless), weight(&shipped));
    }

    /// What people reject again and again is proposed with less confidence.
    #[test]
    fn decisions_teach() {
        let doubtful = levels(3, None);
        let chance = |same| learn(many(300, doubtful, same)).chance(&doubtful);
        assert!(chance(Some(false)) < 0.2, "{}", chance(Some(false)));
        assert!(chance(Some(true)) > 0.9, "{}", chance(Some(true)));
    }
}
