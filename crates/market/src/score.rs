//! The score: a sum of reasons, each with its points and one sentence ([`crate::words`]). Points follow from the pair's [`Grounds`] and the weights
//! alone, so that weights can be learned from grounds without the records ([`crate::learn`]).
//!
//! The shares of [`crate::weights::Shares`] go to those parts for which the need gives ground; what is left goes to
//! text and node in their proportion, so that the points that could be given always add up to 1 and a need that is
//! nothing but a title ranks its offers by text alone.
//!
//! | part | counts where the need | points of the share |
//! |---|---|---|
//! | text | always | cosine similarity |
//! | node | has a chain node | same 1, neighbour `neighbour_node`, other 0; offer's unknown: the text similarity |
//! | specification | has requirements | weighted mean: met 1, unknown `unknown`, conflict 0, short `short / (1 + by / asked)` |
//! | certificate | asks for certificates | those held over those asked for |
//! | distance | has a known place | `h / (h + km)` with h = `distance_half_km`; offer's unknown: `unstated` |
//! | capacity | states a quantity | capacity over quantity, at most 1; not stated or not comparable: `unstated` |

use crate::measure;
use crate::pair::{Context, Facts, Kinship};
use crate::weights::Weights;
use model::fold::fold;
use model::matching::{Outcome, Reason, ReasonKind, Verdict};
use model::need::Need;
use model::offer::Offer;
use model::property::Direction;
use model::spec::{Interval, SpecValue, Specification, Strictness};
use serde::{Deserialize, Serialize};

/// Points of one part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub kind: ReasonKind,
    pub points: f64,
    pub of: f64,
}

/// What a pair gives ground for: everything that its points depend on beside the weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grounds {
    /// Text similarity, 0..=1.
    pub text: f64,
    /// How the nodes stand to each other, where the need has one.
    pub node: Option<NodeGround>,
    /// The requirements, each with its weight; empty where there is none.
    pub specification: Vec<(f64, RequirementGround)>,
    /// Certificates held over those asked for, where any is.
    pub certificate: Option<f64>,
    /// Distance in km, where the need has a place; none within where the offer's is not known.
    pub distance_km: Option<Option<f64>>,
    /// Capacity over quantity, where the need states one; none within where the two do not compare.
    pub capacity: Option<Option<f64>>,
}

/// How an offer's chain node stands to the need's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words say it")]
pub enum NodeGround {
    Same,
    Neighbour,
    Other,
    Unknown,
}

/// What became of a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum RequirementGround {
    /// Met.
    Met,
    /// The offer does not say.
    Unknown,
    /// Short by so much of what is asked for, at least 0.
    Short(f64),
    /// The two exclude each other.
    Conflict,
}

/// Points have six decimals: enough to part any two offers, few enough to print.
fn tidy(points: f64) -> f64 {
    (points * 1e6).round() / 1e6
}

/// The sum of parts.
pub(crate) fn total(parts: &[Part]) -> f64 {
    tidy(parts.iter().map(|p| p.points).sum::<f64>()).clamp(0.0, 1.0)
}

impl Grounds {
    /// Credit of each part that the need gives ground for, 0..=1, with its share before the shares are settled.
    fn credits(&self, weights: &Weights) -> [(ReasonKind, f64, Option<f64>); 6] {
        let (shares, credits) = (&weights.shares, &weights.credits);
        let node = self.node.map(|node| match node {
            NodeGround::Same => 1.0,
            NodeGround::Neighbour => credits.neighbour_node,
            NodeGround::Other => 0.0,
            NodeGround::Unknown => self.text,
        });
        let specification = (!self.specification.is_empty()).then(|| {
            let (mut sum, mut all) = (0.0, 0.0);
            for (weight, requirement) in &self.specification {
                sum += weight
                    * match requirement {
                        RequirementGround::Met => 1.0,
                        RequirementGround::Unknown => credits.unknown,
                        RequirementGround::Short(by) => credits.short / (1.0 + by),
                        RequirementGround::Conflict => 0.0,
                    };
                all += weight;
            }
            if all > 0.0 { sum / all } else { 0.0 }
        });
        let half = credits.distance_half_km;
        let distance = self.distance_km.map(|km| km.map_or(credits.unstated, |km| half / (half + km)));
        let capacity = self.capacity.map(|ratio| ratio.map_or(credits.unstated, |r| r.min(1.0)));
        [
            (ReasonKind::Text, shares.text, Some(self.text)),
            (ReasonKind::Node, shares.node, node),
            (ReasonKind::Specification, shares.specification, specification),
            (ReasonKind::Certificate, shares.certificate, self.certificate),
            (ReasonKind::Distance, shares.distance, distance),
            (ReasonKind::Capacity, shares.capacity, capacity),
        ]
    }

    /// Share and credit of each part, not rounded; the shares add up to 1.
    fn exact(&self, weights: &Weights) -> impl Iterator<Item = (ReasonKind, f64, f64)> {
        let all = self.credits(weights);
        let [(_, text, _), (_, node, of_node), rest @ ..] = all;
        let sum = text + node + rest.iter().map(|r| r.1).sum::<f64>();
        let used: f64 = rest.iter().filter(|r| r.2.is_some()).map(|r| r.1).sum();
        // What text and node share: all that the other parts do not use.
        let core = (sum - used) / sum;
        let node_share = if of_node.is_some() { core * node / (text + node) } else { 0.0 };
        all.into_iter().filter_map(move |(kind, share, credit)| {
            let of = match kind {
                ReasonKind::Text => core - node_share,
                ReasonKind::Node => node_share,
                _ => share / sum,
            };
            Some((kind, of, credit?))
        })
    }

    /// The score before its points are rounded: what learning differentiates.
    pub(crate) fn exact_score(&self, weights: &Weights) -> f64 {
        self.exact(weights).map(|(_, of, credit)| of * credit).sum()
    }

    /// The score, 0..=1: the sum of the points that the reasons print.
    pub fn score(&self, weights: &Weights) -> f64 {
        total(&self.parts(weights))
    }

    /// The points, part by part; parts that the need gives no ground for are left out.
    pub(crate) fn parts(&self, weights: &Weights) -> Vec<Part> {
        let part = |(kind, of, credit)| Part { kind, points: tidy(of * credit), of: tidy(of) };
        self.exact(weights).map(part).collect()
    }
}

impl Context<'_> {
    /// What a pair gives ground for.
    pub fn grounds(&self, need: &Need, facts: &Facts) -> Grounds {
        let (held, missing) = &facts.certificates;
        let placed = self.site(&need.enterprise).is_some_and(|site| site.point.is_some());
        Grounds {
            text: facts.similarity,
            node: need.node.as_ref().map(|_| match facts.kinship {
                Kinship::Same => NodeGround::Same,
                Kinship::Neighbour(_) => NodeGround::Neighbour,
                Kinship::Other => NodeGround::Other,
                Kinship::Unknown => NodeGround::Unknown,
            }),
            specification: self.requirements(need, &facts.verdicts),
            certificate: (!need.certificates.is_empty())
                .then(|| held.len() as f64 / (held.len() + missing.len()) as f64),
            distance_km: placed.then_some(facts.distance_km),
            capacity: self.measures.demand(need).map(|_| facts.capacity_ratio),
        }
    }

    /// The points of a pair, part by part; parts without a share are left out.
    pub fn parts(&self, need: &Need, facts: &Facts) -> Vec<Part> {
        self.grounds(need, facts).parts(self.weights)
    }

    fn requirements(&self, need: &Need, verdicts: &[Verdict]) -> Vec<(f64, RequirementGround)> {
        let prefer = self.weights.credits.prefer;
        let of = |(spec, verdict): (&Specification, &Verdict)| {
            let weight = if verdict.strictness == Strictness::Prefer { prefer } else { 1.0 };
            let ground = match &verdict.outcome {
                Outcome::Met => RequirementGround::Met,
                Outcome::Unknown => RequirementGround::Unknown,
                Outcome::Short { by } => {
                    RequirementGround::Short(by.value / self.asked(spec).max(f64::MIN_POSITIVE))
                }
                Outcome::Conflict => RequirementGround::Conflict,
            };
            (weight, ground)
        };
        need.specs.iter().zip(verdicts).map(of).collect()
    }

    /// Size of what a requirement asks for, in its own unit: the yardstick of a shortfall.
    pub(crate) fn asked(&self, spec: &Specification) -> f64 {
        let smaller = self
            .input
            .reference
            .properties
            .get(&spec.property)
            .is_some_and(|p| p.direction == Direction::Smaller);
        let size = |i: &Interval| {
            let end = if smaller { i.high.or(i.low) } else { i.nominal.or(i.low).or(i.high) };
            end.map_or(1.0, f64::abs)
        };
        match &spec.value {
            SpecValue::Interval(interval) => size(interval),
            SpecValue::Dimensions(sides) => sides.iter().map(size).fold(0.0, f64::max),
            SpecValue::Set(_) | SpecValue::Text(_) => 1.0,
        }
    }

    /// The parts with their sentences.
    pub fn reasons(&self, need: &Need, offer: &Offer, facts: &Facts, parts: &[Part]) -> Vec<Reason> {
        let reason = |part: &Part| Reason {
            kind: part.kind,
            points: part.points,
            of: part.of,
            words: self.sentence(part.kind, need, offer, facts),
        };
        parts.iter().map(reason).collect()
    }

    /// What a part of the score says of a pair.
    pub fn sentence(&self, kind: ReasonKind, need: &Need, offer: &Offer, facts: &Facts) -> String {
        let words = self.words;
        match kind {
            ReasonKind::Text => {
                let common = common_words(&need.title, &offer.title);
                words.likeness(facts.similarity, &common, facts.vectors)
            }
            ReasonKind::Node => words.kinship(facts.kinship, need.node.as_ref(), offer.node.as_ref()),
            ReasonKind::Specification => words.verdicts(&facts.verdicts),
            ReasonKind::Certificate => words.certificates(&facts.certificates),
            ReasonKind::Distance => {
                let region = |enterprise: &str| self.site(enterprise).map(|site| &site.region);
                words.distance(facts.distance_km, region(&need.enterprise), region(&offer.enterprise))
            }
            ReasonKind::Capacity => {
                words.capacity(need.quantity.as_ref(), measure::stated(offer), facts.capacity_ratio)
            }
        }
    }
}

/// The longest piece of text, of two characters or more, that both titles have.
fn common_words(a: &str, b: &str) -> String {
    let (a, b): (Vec<char>, Vec<char>) = (fold(a).chars().collect(), fold(b).chars().collect());
    let (mut end, mut longest) = (0, 0);
    let mut row = vec![0usize; b.len() + 1];
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = 0;
        for (j, y) in b.iter().enumerate() {
            let length = if x == y { diagonal + 1 } else { 0 };
            diagonal = std::mem::replace(&mut row[j + 1], length);
            if length > longest {
                (end, longest) = (i + 1, length);
            }
        }
    }
    let words: String = a[end - longest..end].iter().collect();
    let words = words.trim_matches(|c: char| !c.is_alphanumeric());
    if words.chars().count() >= 2 { words.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longest_common_words() {
        for (a, b, expect) in [
            ("LED灯珠用键合丝", "高纯键合丝", "键合丝"),
            ("ＰＣＢ 钻孔", "pcb钻孔", "pcb"),
            ("甲乙", "丙丁", ""),
            ("金丝", "金线", ""),
            ("", "金", ""),
        ] {
            assert_eq!(common_words(a, b), expect);
        }
    }
}
