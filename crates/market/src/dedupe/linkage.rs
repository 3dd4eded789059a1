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

/// A field that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Name,
    Code,
    /// Regions that the names name.
    NamedRegion,
    /// Where they are recorded to be.
    Place,
    Phone,
    Address,
    /// Head office or branch.
    Branch,
}

pub(super) const FIELDS: [Field; 7] =
    [Field::Name, Field::Code, Field::NamedRegion, Field::Place, Field::Phone, Field::Address, Field::Branch];

/// Level of each field, 0 for no agreement; absent where one side does not have the field.
pub(super) type Levels = [Option<u8>; FIELDS.len()];

const LEVELS_MAX: usize = 6;
/// Chances by field and level.
type Chances = [[f64; LEVELS_MAX]; FIELDS.len()];

/// Pairs that the shipped m count for.
const PRIOR_PAIRS: f64 = 50.0;
/// Pairs that the shipped u count for: more, because agreement by chance is rare, and a rare level would be learned from next to
/// nothing.
const PRIOR_OTHERS: f64 = 2000.0;
/// Share of the blocked pairs that are one, where nothing is learned yet.
const PRIOR_SHARE: f64 = 0.1;
const ROUNDS_MAX: usize = 100;
const CHANGE_MIN: f64 = 1e-9;

/// The shipped m and u of each field, by level; set by hand.
const SHIPPED: [(&[f64], &[f64]); FIELDS.len()] = [
    // Another name; same brand; one character apart; same without region and form; a known other name; the same.
    (&[0.02, 0.05, 0.10, 0.30, 0.15, 0.38], &[0.6, 0.36, 0.006, 0.0195, 0.004, 0.0005]),
    (&[0.02, 0.98], &[0.995, 0.005]),
    (&[0.03, 0.97], &[0.55, 0.45]),
    (&[0.08, 0.92], &[0.70, 0.30]),
    (&[0.35, 0.65], &[0.97, 0.03]),
    (&[0.30, 0.20, 0.50], &[0.93, 0.04, 0.03]),
    (&[0.02, 0.98], &[0.15, 0.85]),
];

impl Field {
    /// What a level says, in Chinese.
    pub fn words(self, level: u8) -> &'static str {
        match (self, level) {
            (Self::Name, 5) => "名称相同",
            (Self::Name, 4) => "一方的简称或曾用名即另一方名称",
            (Self::Name, 3) => "去掉地区和组织形式后名称相同",
            (Self::Name, 2) => "名称只差一字",
            (Self::Name, 1) => "字号相同",
            (Self::Name, _) => "名称不同",
            (Self::Code, 0) => "统一社会信用代码不同",
            (Self::Code, _) => "统一社会信用代码相同",
            (Self::NamedRegion, 0) => "名称中的地区不同",
            (Self::NamedRegion, _) => "名称中的地区相符",
            (Self::Place, 0) => "所在地不同",
            (Self::Place, _) => "所在地相符",
            (Self::Phone, 0) => "联系电话不同",
            (Self::Phone, _) => "联系电话相同",
            (Self::Address, 0) => "地址不同",
            (Self::Address, 1) => "地址相近",
            (Self::Address, _) => "地址相同",
            (Self::Branch, 0) => "一方为分支机构",
            (Self::Branch, _) => "同为总部或同为分支",
        }
    }
}

/// A blocked pair, with what people said of it.
pub(super) struct Labelled {
    pub levels: Levels,
    pub same: Option<bool>,
}

/// Learned weights.
#[derive(Debug, Clone)]
pub(super) struct Linkage {
    weights: Chances,
    /// log2 of the odds that a blocked pair is one, before anything is compared.
    prior: f64,
}

impl Linkage {
    /// Learns from the blocked pairs.
    pub fn learn(pairs: impl Iterator<Item = Labelled>) -> Self {
        let mut patterns: BTreeMap<(Levels, Option<bool>), f64> = BTreeMap::new();
        for pair in pairs {
            *patterns.entry((pair.levels, pair.same)).or_default() += 1.0;
        }
        let mut now = Self::of(&shipped_chances(0), &shipped_chances(1), PRIOR_SHARE);
        let all: f64 = patterns.values().sum();
        let mut share = PRIOR_SHARE;
        for _ in 0..ROUNDS_MAX {
            let one = |(levels, same): &(Levels, Option<bool>)| {
                same.map_or_else(|| now.chance(levels), |same| f64::from(u8::from(same)))
            };
            let expected: Vec<(&Levels, f64, f64)> =
                patterns.iter().map(|(pattern, count)| (&pattern.0, one(pattern) * count, *count)).collect();
            let m = chances(expected.iter().map(|(levels, one, _)| (*levels, *one)), 0);
            let u = chances(expected.iter().map(|(levels, one, all)| (*levels, all - one)), 1);
            let ones: f64 = expected.iter().map(|e| e.1).sum();
            let next = (ones + PRIOR_PAIRS * PRIOR_SHARE) / (all + PRIOR_PAIRS);
            let change = (next - share).abs();
            share = next;
            now = Self::of(&m, &u, share);
            if change < CHANGE_MIN {
                break;
            }
        }
        now
    }

    fn of(m: &Chances, u: &Chances, share: f64) -> Self {
        let mut weights = [[0.0; LEVELS_MAX]; FIELDS.len()];
        for (field, row) in weights.iter_mut().enumerate() {
            let count = SHIPPED[field].0.len();
            for level in 0..count {
                row[level] = (m[field][level] / u[field][level]).log2();
            }
            pool(&mut row[..count]);
        }
        Self { weights, prior: (share / (1.0 - share)).log2() }
    }

    /// Weight of a level, bits.
    pub fn weight(&self, field: Field, level: u8) -> f64 {
        self.weights[field as usize][usize::from(level)]
    }

    /// The chance that a pair is one.
    pub fn chance(&self, levels: &Levels) -> f64 {
        let bits: f64 = FIELDS
            .iter()
            .filter_map(|field| Some(self.weight(*field, levels[*field as usize]?)))
            .fold(self.prior, |sum, weight| sum + weight);
        1.0 / (1.0 + (-bits).exp2())
    }
}

/// The shipped m (`class` 0) or u (1) of a field.
fn shipped(field: usize, class: usize) -> &'static [f64] {
    if class == 0 { SHIPPED[field].0 } else { SHIPPED[field].1 }
}

fn shipped_chances(class: usize) -> Chances {
    chances(std::iter::empty(), class)
}

/// Chances of the levels among weighted pairs, on top of the shipped ones.
fn chances<'l>(pairs: impl Iterator<Item = (&'l Levels, f64)>, class: usize) -> Chances {
    let mut counts = [[0.0; LEVELS_MAX]; FIELDS.len()];
    let prior = if class == 0 { PRIOR_PAIRS } else { PRIOR_OTHERS };
    for (field, row) in counts.iter_mut().enumerate() {
        for (level, chance) in shipped(field, class).iter().enumerate() {
            row[level] = prior * chance;
        }
    }
    for (levels, weight) in pairs {
        for (row, level) in counts.iter_mut().zip(levels) {
            if let Some(level) = level {
                row[usize::from(*level)] += weight;
            }
        }
    }
    for row in &mut counts {
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
    use super::*;

    fn levels(name: u8, phone: Option<u8>) -> Levels {
        let mut out = Levels::default();
        (out[Field::Name as usize], out[Field::Phone as usize]) = (Some(name), phone);
        out
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
        let shipped = Linkage::learn(std::iter::empty());
        let telling =
            Linkage::learn(many(300, levels(5, Some(1)), None).chain(many(3000, levels(1, Some(0)), None)));
        let useless =
            Linkage::learn(many(300, levels(5, Some(0)), None).chain(many(3000, levels(0, Some(1)), None)));
        let weight = |linkage: &Linkage| linkage.weight(Field::Phone, 1);
        assert!(weight(&telling) > weight(&shipped) + 1.5, "{} {}", weight(&telling), weight(&shipped));
        assert!(weight(&useless) < weight(&shipped) - 1.5, "{} {}", weight(&useless), weight(&shipped));
    }

    /// What people reject again and again is proposed with less confidence.
    #[test]
    fn decisions_teach() {
        let doubtful = levels(3, None);
        let chance = |same| Linkage::learn(many(300, doubtful, same)).chance(&doubtful);
        assert!(chance(Some(false)) < 0.2, "{}", chance(Some(false)));
        assert!(chance(Some(true)) > 0.9, "{}", chance(Some(true)));
    }
}
