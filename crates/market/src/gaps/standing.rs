//! How each chain node stands: missing, dependent on outside, weak or strong.

use super::value::{self, UnmetValue};
use crate::allocate;
use crate::measure::Measures;
use crate::{Input, Records};
use model::chain::{ChainGraph, NodeId};
use model::matching::Allocation;
use model::need::Need;
use model::offer::Offer;
use std::collections::{BTreeSet, HashMap};

/// The rule, in Chinese.
pub const STANDING_ZH: &str = "缺失：没有任何企业供应；外部依赖：有供应，但集群内没有供应企业，或该节点已分配的数量一半以上来自集群外；\
薄弱：集群内仅一家供应，或集群内空余产能合计低于需求合计（单位可比时）；强：其余";
/// The rule, in English.
pub const STANDING_EN: &str = "missing: nobody offers it; outside: offered, but by nobody inside the cluster, or more than half \
of the parts allotted come from outside; weak: one enterprise inside, or free capacity inside below demand (where units \
compare); strong: the rest";
/// How nodes are ranked, in Chinese.
pub const RANKING_ZH: &str =
    "排序：所选的一项（未满足金额含估算、需求企业数或关联度）降序，相同的依次看另两项，最后看节点编号";
/// How nodes are ranked, in English.
pub const RANKING_EN: &str = "ranked by what was chosen (unmet value with estimates, demanding enterprises or relatedness), the \
greatest first; equal ones by the other two, then by id";
/// Relatedness, in Chinese.
pub const RELATEDNESS_ZH: &str = "关联度 = Σ 与集群内已有节点的邻近度 ÷ Σ 与全部节点的邻近度，0~1；\
两节点的邻近度 = 共同的产业链关系数（同一材料、部件、工艺、设备、去向，及同一国民经济行业小类）÷ 两者关系数的较大者。\
密度公式出自 Hidalgo、Klinger、Barabási、Hausmann，The Product Space Conditions the Development of Nations，Science 317 (2007) 482；\
原文以各国共同出口估计邻近度，此处以产业链图代之";
/// Relatedness, in English.
pub const RELATEDNESS_EN: &str = "relatedness = sum of proximities to nodes made in the cluster / sum of proximities to all \
nodes, 0 to 1; the proximity of two nodes = chain relations that they share (the same material, part, process, equipment or use, \
and the same class of industry) / the greater number of relations of the two. Density as in Hidalgo, Klinger, Barabási and \
Hausmann, The Product Space Conditions the Development of Nations, Science 317 (2007) 482, with the chain graph in place of \
countries' exports";

/// How a node stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Nobody offers it.
    Missing,
    /// It comes from outside the cluster.
    Outside,
    /// One supplier, or too little capacity.
    Weak,
    /// Several suppliers with enough capacity.
    Strong,
}

impl Standing {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Missing => "缺失",
            Self::Outside => "外部依赖",
            Self::Weak => "薄弱",
            Self::Strong => "强",
        }
    }
}

/// One chain node of the cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeStanding {
    /// The node.
    pub node: NodeId,
    /// How it stands, by [`STANDING_EN`].
    pub standing: Standing,
    /// Enterprises that ask for it.
    pub demanders: u32,
    /// Enterprises inside the cluster that offer it.
    pub suppliers_inside: u32,
    /// Enterprises outside that offer it.
    pub suppliers_outside: u32,
    /// Free capacity inside over demand, where both are stated in units that compare.
    pub capacity_ratio: Option<f64>,
    /// Value of what stays unmet, as far as prices are known.
    pub value: UnmetValue,
    /// 0..=1, by [`RELATEDNESS_EN`].
    pub relatedness: f64,
}

/// What nodes are ranked by first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ranking {
    /// Value of what stays unmet, estimates with it.
    #[default]
    Value,
    /// Enterprises that ask.
    Demanders,
    /// Relatedness.
    Relatedness,
}

/// Ranks nodes by [`RANKING_EN`].
pub fn rank(nodes: &mut [NodeStanding], by: Ranking) {
    nodes.sort_by(|a, b| {
        let value = || b.value.total_yuan().total_cmp(&a.value.total_yuan());
        let demanders = || b.demanders.cmp(&a.demanders);
        let relatedness = || b.relatedness.total_cmp(&a.relatedness);
        let order = match by {
            Ranking::Value => value().then_with(demanders).then_with(relatedness),
            Ranking::Demanders => demanders().then_with(value).then_with(relatedness),
            Ranking::Relatedness => relatedness().then_with(value).then_with(demanders),
        };
        order.then_with(|| a.node.cmp(&b.node))
    });
}

#[derive(Default)]
struct Tally<'a> {
    demanders: BTreeSet<&'a str>,
    inside: BTreeSet<&'a str>,
    outside: BTreeSet<&'a str>,
    demand: f64,
    capacity: f64,
    compares: bool,
    allotted: f64,
    allotted_outside: f64,
    /// Needs of which a part stays unmet, with that part.
    open: Vec<(&'a Need, f64)>,
    /// Offers that are valid in the period.
    offers: Vec<&'a Offer>,
}

/// How every node of the chain stands under an allocation, the greatest unmet value first ([`rank`]). Offers that are not
/// valid in the period do not count; an enterprise without a site counts as inside.
pub fn standings(input: &Input<'_>, allocations: &[Allocation]) -> Vec<NodeStanding> {
    let chain = &input.reference.chain;
    let tallies = tallies(input, allocations);
    let made: Vec<bool> = tallies.iter().map(|t| !t.inside.is_empty()).collect();
    let mut out: Vec<NodeStanding> = chain
        .nodes()
        .iter()
        .zip(&tallies)
        .zip(relatedness(chain, &made))
        .map(|((node, tally), relatedness)| NodeStanding {
            node: node.id.clone(),
            standing: tally.standing(),
            demanders: tally.demanders.len() as u32,
            suppliers_inside: tally.inside.len() as u32,
            suppliers_outside: tally.outside.len() as u32,
            capacity_ratio: tally.capacity_ratio(),
            value: value::unmet(&tally.open, &tally.offers, input),
            relatedness,
        })
        .collect();
    rank(&mut out, Ranking::Value);
    out
}

impl Tally<'_> {
    fn capacity_ratio(&self) -> Option<f64> {
        (self.compares && self.demand > 0.0).then(|| self.capacity / self.demand)
    }

    fn standing(&self) -> Standing {
        if self.inside.is_empty() && self.outside.is_empty() {
            Standing::Missing
        } else if self.inside.is_empty() || self.allotted_outside * 2.0 > self.allotted {
            Standing::Outside
        } else if self.inside.len() == 1 || self.capacity_ratio().is_some_and(|r| r < 1.0) {
            Standing::Weak
        } else {
            Standing::Strong
        }
    }
}

/// What is asked, offered and allotted of each node of the chain.
fn tallies<'a>(input: &Input<'a>, allocations: &[Allocation]) -> Vec<Tally<'a>> {
    let chain = &input.reference.chain;
    let records = Records::new(input);
    let measures = Measures::new(input);
    let is_inside = |enterprise: &str| input.sites.get(enterprise).is_none_or(|site| site.inside);
    let covered = allocate::covered(input, allocations, |_| true);
    let mut tallies: Vec<Tally<'a>> = chain.nodes().iter().map(|_| Tally::default()).collect();
    let place = |node: Option<&NodeId>| node.and_then(|id| chain.index(id));
    // Sums run by key, so that the order of the input does not change the last bit.
    let mut needs: Vec<&'a Need> = input.needs.iter().collect();
    needs.sort_by(|a, b| a.key.cmp(&b.key));
    let mut dimension = HashMap::new();
    for need in needs {
        let Some(node) = place(need.node.as_ref()) else { continue };
        let tally = &mut tallies[node];
        tally.demanders.insert(if need.enterprise.is_empty() { &need.key } else { &need.enterprise });
        if let Some(amount) = measures.demand(need)
            && *dimension.entry(node).or_insert(amount.dimension) == amount.dimension
        {
            tally.demand += amount.per_month;
        }
        let part = covered.get(need.key.as_str()).map_or(0.0, |c| c.fraction());
        // Shares of an allocation add up to 1 but for the last bits.
        if part < 1.0 - 1e-9 {
            tally.open.push((need, 1.0 - part));
        }
    }
    let mut offers: Vec<&'a Offer> = input.offers.iter().collect();
    offers.sort_by(|a, b| a.key.cmp(&b.key));
    for offer in offers {
        let Some(node) = place(offer.node.as_ref()) else { continue };
        let valid = input.period.is_none_or(|p| p.overlaps(offer.valid_from, offer.valid_until));
        if !valid {
            continue;
        }
        let tally = &mut tallies[node];
        tally.offers.push(offer);
        let firm = if offer.enterprise.is_empty() { &offer.key } else { &offer.enterprise };
        if !is_inside(&offer.enterprise) {
            tally.outside.insert(firm);
            continue;
        }
        tally.inside.insert(firm);
        if let Some(amount) = measures.supply(offer)
            && dimension.get(&node) == Some(&amount.dimension)
        {
            tally.capacity += amount.per_month;
            tally.compares = true;
        }
    }
    for allocation in allocations {
        let (Some(need), Some(offer)) = (records.need(&allocation.need), records.offer(&allocation.offer))
        else {
            continue;
        };
        let Some(node) = place(need.node.as_ref()) else { continue };
        let part = match (&allocation.quantity, &need.quantity) {
            (Some(given), Some(wanted)) if wanted.value > 0.0 => given.value / wanted.value,
            _ => 1.0,
        };
        tallies[node].allotted += part;
        if !is_inside(&offer.enterprise) {
            tallies[node].allotted_outside += part;
        }
    }
    tallies
}

/// Density of each node around those that are made, see [`RELATEDNESS_EN`].
fn relatedness(chain: &ChainGraph, made: &[bool]) -> Vec<f64> {
    // The relations of a node: its neighbours by direction and kind, and its class of industry.
    let nodes = chain.nodes();
    let mut relations: Vec<BTreeSet<(u8, usize)>> = vec![BTreeSet::new(); nodes.len()];
    let mut industries: HashMap<&str, usize> = HashMap::new();
    for (node, relations) in nodes.iter().zip(&mut relations) {
        let next = industries.len();
        relations.insert((u8::MAX, *industries.entry(&node.industry).or_insert(next)));
    }
    for edge in chain.edges() {
        let kind = edge.kind as u8;
        relations[edge.from].insert((2 * kind, edge.to));
        relations[edge.to].insert((2 * kind + 1, edge.from));
    }
    let mut holders: HashMap<(u8, usize), Vec<usize>> = HashMap::new();
    for (node, relations) in relations.iter().enumerate() {
        for &relation in relations {
            holders.entry(relation).or_default().push(node);
        }
    }
    let density = |node: usize| {
        let mut shared = vec![0u32; nodes.len()];
        for relation in &relations[node] {
            for &other in &holders[relation] {
                shared[other] += 1;
            }
        }
        let (mut all, mut near) = (0.0, 0.0);
        for (other, &shared) in shared.iter().enumerate().filter(|&(other, _)| other != node) {
            let proximity = f64::from(shared) / relations[node].len().max(relations[other].len()) as f64;
            all += proximity;
            near += if made[other] { proximity } else { 0.0 };
        }
        if all > 0.0 { near / all } else { 0.0 }
    };
    (0..nodes.len()).map(density).collect()
}
