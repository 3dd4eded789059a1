//! What an enterprise makes: one node of the chain graph and up to two that lie beside it.

use super::rng::Rng;
use super::scenario;
use super::world::{Cause, World};
use anyhow::{Context, Result, ensure};
use model::chain::NodeKind;
use std::collections::{BTreeMap, BTreeSet};

/// Share of the nodes with templates that somebody local makes, in percent: the rest of the chain is bought outside.
const LOCAL_PERCENT: usize = 45;

/// Chooses what enterprises make.
pub struct Profiles<'a> {
    world: &'a World,
    rng: Rng,
    /// Nodes that lie beside a node in the graph, by index; a node may stand there several times.
    beside: Vec<Vec<usize>>,
    /// Locally made nodes by group.
    local: BTreeMap<&'a str, Vec<usize>>,
    /// Nodes by group that must be made and are not yet.
    required: BTreeMap<&'a str, Vec<usize>>,
    /// How many enterprises make the node already.
    makers: Vec<u64>,
}

impl<'a> Profiles<'a> {
    /// Draws the locally made nodes.
    ///
    /// # Errors
    /// A planned gap on a node that needs makers but has no template.
    pub fn new(world: &'a World, seed: u64) -> Result<Self> {
        let mut rng = Rng::new(seed, "profiles");
        let nodes = world.chain.nodes();
        let mut beside = vec![Vec::new(); nodes.len()];
        for edge in world.chain.edges() {
            beside[edge.from].push(edge.to);
            beside[edge.to].push(edge.from);
        }
        let mut absent: BTreeSet<&str> = BTreeSet::from([scenario::NODE]);
        let mut wanted: BTreeSet<&str> = BTreeSet::new();
        for gap in &world.gaps {
            match gap.cause {
                Cause::NoSupplier | Cause::Distance => absent.insert(&gap.node),
                Cause::Specification | Cause::Capacity => {
                    ensure!(world.templates.contains_key(&gap.node), "gap node {} has no template", gap.node);
                    wanted.insert(&gap.node)
                }
            };
        }
        let mut local: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut required: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut candidates: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (i, node) in nodes.iter().enumerate() {
            if absent.contains(node.id.0.as_str()) || !world.templates.contains_key(&node.id.0) {
                continue;
            }
            candidates.entry(&node.group).or_default().push(i);
            if wanted.contains(node.id.0.as_str()) {
                local.entry(&node.group).or_default().push(i);
                required.entry(&node.group).or_default().push(i);
            }
        }
        for (group, mut from) in candidates {
            let chosen = local.entry(group).or_default();
            let goal = (from.len() * LOCAL_PERCENT).div_ceil(100);
            from.retain(|i| !chosen.contains(i));
            while chosen.len() < goal && !from.is_empty() {
                let weights: Vec<u64> =
                    from.iter().map(|&i| weight(nodes[i].kind, beside[i].len())).collect();
                let at = rng.weighted(&weights).context("every kind has a weight")?;
                chosen.push(from.swap_remove(at));
            }
            chosen.sort_unstable();
        }
        Ok(Self { world, rng, beside, local, required, makers: vec![0; nodes.len()] })
    }

    /// What the next enterprise of `group` makes: one to three nodes, the chief one first.
    ///
    /// # Errors
    /// When no node of the group has a template.
    pub fn choose(&mut self, group: &str) -> Result<Vec<String>> {
        let chief = match self.required.get_mut(group).and_then(Vec::pop) {
            Some(node) => node,
            None => self.draw_chief(group)?,
        };
        let mut made = vec![chief];
        let count = 1 + self.rng.weighted(&[25, 45, 30]).unwrap_or(0);
        while made.len() < count {
            let from = self.candidates_beside(chief, &made);
            let weights: Vec<u64> = from.iter().map(|&(_, w)| w).collect();
            let Some(at) = self.rng.weighted(&weights) else { break };
            made.push(from[at].0);
        }
        for &node in &made {
            self.makers[node] += 1;
        }
        Ok(made.into_iter().map(|i| self.world.chain.nodes()[i].id.0.clone()).collect())
    }

    fn draw_chief(&mut self, group: &str) -> Result<usize> {
        let nodes = self.world.chain.nodes();
        let local = self.local.get(group).with_context(|| format!("no template in group {group}"))?;
        // Each maker makes the next one less likely, so that the makers spread over the chain.
        let weights: Vec<u64> = local
            .iter()
            .map(|&i| weight(nodes[i].kind, self.beside[i].len()) * 60 / (2 + self.makers[i]))
            .collect();
        Ok(local[self.rng.weighted(&weights).with_context(|| format!("group {group} is empty"))?])
    }

    /// Local nodes one step away, or two steps away within the same group and kind, with weights.
    fn candidates_beside(&self, chief: usize, made: &[usize]) -> Vec<(usize, u64)> {
        let nodes = self.world.chain.nodes();
        let mut weights: BTreeMap<usize, u64> = BTreeMap::new();
        for &near in &self.beside[chief] {
            // Nobody makes both a product and the machine for it.
            if (nodes[near].kind == NodeKind::Equipment) == (nodes[chief].kind == NodeKind::Equipment) {
                weights.insert(near, if nodes[near].group == nodes[chief].group { 4 } else { 1 });
            }
            for &far in &self.beside[near] {
                if nodes[far].group == nodes[chief].group && nodes[far].kind == nodes[chief].kind {
                    weights.entry(far).or_insert(2);
                }
            }
        }
        weights
            .into_iter()
            .filter(|(i, _)| !made.contains(i))
            .filter(|(i, _)| self.local.get(nodes[*i].group.as_str()).is_some_and(|l| l.contains(i)))
            .collect()
    }
}

/// Hubs of the chain and finished goods are made more often than machines and services.
fn weight(kind: NodeKind, degree: usize) -> u64 {
    let kind = match kind {
        NodeKind::Part | NodeKind::Product => 4,
        NodeKind::Process => 3,
        NodeKind::Material => 2,
        NodeKind::Equipment | NodeKind::Service => 1,
    };
    kind * (1 + degree.min(12) as u64)
}
