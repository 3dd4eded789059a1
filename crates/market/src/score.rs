//! The score: a sum of reasons, each with its points and one sentence.
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
use model::chain::{EdgeKind, NodeId};
use model::fold::fold;
use model::matching::{Outcome, Reason, ReasonKind, Verdict};
use model::need::Need;
use model::offer::Offer;
use model::property::Direction;
use model::quantity::number;
use model::spec::{Interval, SpecValue, Specification, Strictness};

/// Points of one part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub kind: ReasonKind,
    pub points: f64,
    pub of: f64,
}

/// Points have six decimals: enough to part any two offers, few enough to print.
fn tidy(points: f64) -> f64 {
    (points * 1e6).round() / 1e6
}

/// The sum of parts.
pub(crate) fn total(parts: &[Part]) -> f64 {
    tidy(parts.iter().map(|p| p.points).sum::<f64>()).clamp(0.0, 1.0)
}

impl Context<'_> {
    /// The points of a pair, part by part; parts without a share are left out.
    pub fn parts(&self, need: &Need, facts: &Facts) -> Vec<Part> {
        let (shares, credits) = (&self.weights.shares, &self.weights.credits);
        let text = facts.similarity;
        let node = need.node.as_ref().map(|_| match facts.kinship {
            Kinship::Same => 1.0,
            Kinship::Neighbour(_) => credits.neighbour_node,
            Kinship::Other => 0.0,
            Kinship::Unknown => text,
        });
        let specification = (!facts.verdicts.is_empty()).then(|| self.specification(need, &facts.verdicts));
        let (held, missing) = &facts.certificates;
        let certificate =
            (!need.certificates.is_empty()).then(|| held.len() as f64 / (held.len() + missing.len()) as f64);
        let placed = self.site(&need.enterprise).is_some_and(|site| site.point.is_some());
        let distance = placed.then(|| {
            let half = credits.distance_half_km;
            facts.distance_km.map_or(credits.unstated, |km| half / (half + km))
        });
        let capacity =
            self.measures.demand(need).map(|_| facts.capacity_ratio.map_or(credits.unstated, |r| r.min(1.0)));

        let rest = [
            (ReasonKind::Specification, shares.specification, specification),
            (ReasonKind::Certificate, shares.certificate, certificate),
            (ReasonKind::Distance, shares.distance, distance),
            (ReasonKind::Capacity, shares.capacity, capacity),
        ];
        let sum = shares.text + shares.node + rest.iter().map(|r| r.1).sum::<f64>();
        let used: f64 = rest.iter().filter(|r| r.2.is_some()).map(|r| r.1).sum();
        // What text and node share: all that the other parts do not use.
        let core = (sum - used) / sum;
        let node_share = if node.is_some() { core * shares.node / (shares.text + shares.node) } else { 0.0 };
        let mut parts =
            vec![(ReasonKind::Text, core - node_share, Some(text)), (ReasonKind::Node, node_share, node)];
        parts.extend(rest.map(|(kind, share, credit)| (kind, share / sum, credit)));
        parts
            .into_iter()
            .filter_map(|(kind, of, credit)| Some(Part { kind, points: tidy(of * credit?), of: tidy(of) }))
            .collect()
    }

    fn specification(&self, need: &Need, verdicts: &[Verdict]) -> f64 {
        let credits = &self.weights.credits;
        let (mut sum, mut weights) = (0.0, 0.0);
        for (spec, verdict) in need.specs.iter().zip(verdicts) {
            let weight = if verdict.strictness == Strictness::Prefer { credits.prefer } else { 1.0 };
            let credit = match &verdict.outcome {
                Outcome::Met => 1.0,
                Outcome::Unknown => credits.unknown,
                Outcome::Short { by } => {
                    credits.short / (1.0 + by.value / self.asked(spec).max(f64::MIN_POSITIVE))
                }
                Outcome::Conflict => 0.0,
            };
            sum += weight * credit;
            weights += weight;
        }
        if weights > 0.0 { sum / weights } else { 0.0 }
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
        parts
            .iter()
            .map(|part| {
                let words = match part.kind {
                    ReasonKind::Text => text_words(need, offer, facts),
                    ReasonKind::Node => self.node_words(need, offer, facts.kinship),
                    ReasonKind::Specification => specification_words(&facts.verdicts),
                    ReasonKind::Certificate => certificate_words(&facts.certificates),
                    ReasonKind::Distance => self.distance_words(need, offer, facts),
                    ReasonKind::Capacity => capacity_words(need, offer, facts),
                };
                Reason { kind: part.kind, points: part.points, of: part.of, words }
            })
            .collect()
    }

    fn node_words(&self, need: &Need, offer: &Offer, kinship: Kinship) -> String {
        let name = |node: Option<&NodeId>| {
            node.map_or_else(String::new, |id| {
                self.input.reference.chain.get(id).map_or_else(|| id.to_string(), |n| n.name_zh.clone())
            })
        };
        let (need, offer) = (name(need.node.as_ref()), name(offer.node.as_ref()));
        match kinship {
            Kinship::Same => format!("同属产业链节点“{need}”"),
            Kinship::Neighbour(kind) => {
                format!("供方节点“{offer}”与需方节点“{need}”相邻（{}）", edge_zh(kind))
            }
            Kinship::Other => format!("供方节点“{offer}”与需方节点“{need}”不同"),
            Kinship::Unknown => format!("需方节点“{need}”，供方节点未识别，按文字相似度计"),
        }
    }

    fn distance_words(&self, need: &Need, offer: &Offer, facts: &Facts) -> String {
        let region =
            |enterprise: &str| self.site(enterprise).map(|s| s.region.as_str()).filter(|r| !r.is_empty());
        match (facts.distance_km, region(&need.enterprise), region(&offer.enterprise)) {
            (Some(km), Some(from), Some(to)) => format!("相距 {km:.1} km（{from}—{to}）"),
            (Some(km), ..) => format!("相距 {km:.1} km"),
            (None, ..) => "供方位置未说明".to_owned(),
        }
    }
}

fn edge_zh(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::MaterialOf => "材料",
        EdgeKind::PartOf => "部件",
        EdgeKind::ProcessOf => "工艺",
        EdgeKind::EquipmentFor => "设备",
        EdgeKind::RecycledInto => "再生",
    }
}

fn text_words(need: &Need, offer: &Offer, facts: &Facts) -> String {
    let common = common_words(&need.title, &offer.title);
    let shared = if common.is_empty() { String::new() } else { format!("，共同用语“{common}”") };
    format!("名称描述相似度 {:.0}%{shared}", facts.similarity * 100.0)
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

fn specification_words(verdicts: &[Verdict]) -> String {
    let count = |wanted: fn(&Outcome) -> bool| verdicts.iter().filter(|v| wanted(&v.outcome)).count();
    let mut parts = Vec::new();
    for (count, word) in [
        (count(|o| *o == Outcome::Met), "项满足"),
        (count(|o| *o == Outcome::Unknown), "项未说明"),
        (count(|o| *o == Outcome::Conflict), "项不符"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    let short: Vec<String> = verdicts
        .iter()
        .filter_map(|v| match &v.outcome {
            Outcome::Short { by } => Some(format!("{}，差 {by}", v.need)),
            _ => None,
        })
        .collect();
    if !short.is_empty() {
        parts.push(format!("{} 项不足（{}）", short.len(), short.join("；")));
    }
    format!("规格 {} 项：{}", verdicts.len(), parts.join("，"))
}

fn certificate_words((held, missing): &(Vec<String>, Vec<String>)) -> String {
    let mut parts = Vec::new();
    for (words, what) in [(held, "持有"), (missing, "未见")] {
        if !words.is_empty() {
            parts.push(format!("{what} {}", words.join("、")));
        }
    }
    format!("要求认证 {} 项：{}", held.len() + missing.len(), parts.join("，"))
}

fn capacity_words(need: &Need, offer: &Offer, facts: &Facts) -> String {
    let needed = need.quantity.as_ref().map(ToString::to_string).unwrap_or_default();
    let Some(capacity) = measure::stated(offer) else {
        return format!("需求 {needed}，供方产能未说明");
    };
    match facts.capacity_ratio {
        None => format!("需求 {needed}，产能 {capacity}，单位不可比，须询问"),
        Some(ratio) if ratio >= 1.0 => format!("产能 {capacity}，可满足需求 {needed}"),
        Some(ratio) => {
            format!("产能 {capacity}，为需求 {needed} 的 {}%", number((ratio * 1000.0).floor() / 10.0))
        }
    }
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
