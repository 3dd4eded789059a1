//! The chain graph as a list sees it: which links are missing, weak, dependent on outside or strong, and where each stands on the drawing.

use model::chain::{ChainGraph, Edge, EdgeKind, NodeId};
use model::list::{ListContent, ListIndex, NeedState};
use model::matching::{GapCause, GapGroup};
use std::collections::{BTreeMap, BTreeSet};

/// How a link of the chain stands on a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkState {
    /// Asked for, and nobody local supplies it.
    Missing,
    /// Local supply falls short in specification, capacity or distance, or for some of those who ask.
    Weak,
    /// Asked for and covered, but by nobody of the cluster.
    Outside,
    /// Asked for and covered, by the cluster's own too.
    Strong,
    /// Nobody asks on this list.
    Idle,
}

impl LinkState {
    /// All, the most urgent first.
    pub const ALL: [Self; 5] = [Self::Missing, Self::Weak, Self::Outside, Self::Strong, Self::Idle];

    /// Word for the data.
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Weak => "weak",
            Self::Outside => "outside",
            Self::Strong => "strong",
            Self::Idle => "idle",
        }
    }

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Missing => "缺链",
            Self::Weak => "弱链",
            Self::Outside => "外部依赖",
            Self::Strong => "强链",
            Self::Idle => "本期无需求",
        }
    }
}

/// A link of the chain on a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkFacts<'a> {
    /// How it stands.
    pub state: LinkState,
    /// Needs of it on the list.
    pub needs: usize,
    /// Of these covered.
    pub matched: usize,
    /// Offers of it by enterprises of the cluster.
    pub offers: usize,
    /// Its gaps.
    pub gap: Option<&'a GapGroup>,
}

impl LinkFacts<'_> {
    fn none() -> Self {
        Self { state: LinkState::Idle, needs: 0, matched: 0, offers: 0, gap: None }
    }
}

/// Every link that the list speaks of, by node.
pub fn links(content: &ListContent) -> BTreeMap<&NodeId, LinkFacts<'_>> {
    let index = ListIndex::new(content);
    let mut links: BTreeMap<&NodeId, LinkFacts<'_>> = BTreeMap::new();
    for row in &content.needs {
        if let Some(node) = &row.need.node {
            let link = links.entry(node).or_insert_with(LinkFacts::none);
            link.needs += 1;
            link.matched += usize::from(row.state == NeedState::Matched);
        }
    }
    for row in &content.offers {
        if let Some(node) = &row.offer.node
            && index.enterprise(&row.offer.enterprise).is_some_and(|e| e.inside)
        {
            links.entry(node).or_insert_with(LinkFacts::none).offers += 1;
        }
    }
    for group in &content.gaps {
        if let Some(node) = &group.node {
            links.entry(node).or_insert_with(LinkFacts::none).gap = Some(group);
        }
    }
    for link in links.values_mut() {
        link.state = state(link);
    }
    links
}

fn state(link: &LinkFacts<'_>) -> LinkState {
    match link.gap {
        Some(group) => {
            let nobody = group.gaps.iter().all(|g| matches!(g.cause, GapCause::NoSupplier));
            if nobody && link.matched == 0 { LinkState::Missing } else { LinkState::Weak }
        }
        None if link.needs > 0 && link.offers == 0 => LinkState::Outside,
        None if link.needs > 0 => LinkState::Strong,
        None => LinkState::Idle,
    }
}

/// The nodes to draw, as indices into the graph. Of a group: its links on the list, and what its gaps feed, for that says whom they
/// hurt; of all groups: the gaps and the strong links beside them. `whole` draws every node.
pub fn chosen(
    chain: &ChainGraph,
    links: &BTreeMap<&NodeId, LinkFacts<'_>>,
    group: &str,
    whole: bool,
) -> Vec<usize> {
    let nodes = chain.nodes();
    let state = |i: usize| links.get(&nodes[i].id).map_or(LinkState::Idle, |l| l.state);
    let is_covered = |i: usize| matches!(state(i), LinkState::Strong | LinkState::Outside);
    let is_gap = |i: usize| matches!(state(i), LinkState::Missing | LinkState::Weak);
    let within = |i: usize| group.is_empty() || nodes[i].group == group;
    let mut chosen: BTreeSet<usize> = (0..nodes.len())
        .filter(|&i| within(i) && (whole || is_gap(i) || (!group.is_empty() && is_covered(i))))
        .collect();
    if !whole {
        for edge in chain.edges().iter().filter(|e| is_gap(e.from) && within(e.from)) {
            if !group.is_empty() || is_covered(edge.to) {
                chosen.insert(edge.to);
            }
        }
    }
    chosen.into_iter().collect()
}

/// Places by layer: what feeds others stands left of them, as near as it can. Indices into `nodes` of the drawing; unit steps.
pub fn layout(count: usize, edges: &[Edge]) -> Vec<(f64, f64)> {
    let forward: Vec<&Edge> =
        edges.iter().filter(|e| e.kind != EdgeKind::RecycledInto && e.from != e.to).collect();
    let depth = depths(count, &forward);
    let deepest = depth.iter().copied().max().unwrap_or(0);
    let mut layers: Vec<Vec<usize>> = vec![Vec::new(); deepest + 1];
    for node in 0..count {
        layers[deepest - depth[node]].push(node);
    }
    let mut beside: Vec<Vec<usize>> = vec![Vec::new(); count];
    for edge in &forward {
        beside[edge.from].push(edge.to);
        beside[edge.to].push(edge.from);
    }
    #[expect(clippy::cast_precision_loss, reason = "places in a column are small numbers")]
    let centred = |place: usize, of: usize| place as f64 - (of as f64 - 1.0) / 2.0;
    let mut y = vec![0.0; count];
    let settle = |layer: &[usize], y: &mut [f64]| {
        for (place, &node) in layer.iter().enumerate() {
            y[node] = centred(place, layer.len());
        }
    };
    for layer in &layers {
        settle(layer, &mut y);
    }
    // Barycentres: each layer is ordered by the mean place of its neighbours, to and fro a few times.
    for sweep in 0..6 {
        let mut order: Vec<usize> = (0..layers.len()).collect();
        if sweep % 2 == 1 {
            order.reverse();
        }
        for at in order {
            let mean = |node: usize| {
                let near = &beside[node];
                #[expect(clippy::cast_precision_loss, reason = "a node has few neighbours")]
                let mean = near.iter().map(|&n| y[n]).sum::<f64>() / near.len().max(1) as f64;
                if near.is_empty() { y[node] } else { mean }
            };
            let mut keyed: Vec<(f64, usize)> = layers[at].iter().map(|&n| (mean(n), n)).collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            layers[at] = keyed.into_iter().map(|(_, n)| n).collect();
            settle(&layers[at], &mut y);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "layers are few")]
    let x = |node: usize| (deepest - depth[node]) as f64;
    (0..count).map(|node| (x(node), y[node])).collect()
}

/// Longest way from each node to where nothing follows. A circle in the data is cut where the walk comes back.
fn depths(count: usize, edges: &[&Edge]) -> Vec<usize> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); count];
    for edge in edges {
        next[edge.from].push(edge.to);
    }
    let mut depth: Vec<Option<usize>> = vec![None; count];
    let mut open = vec![false; count];
    for root in 0..count {
        // An explicit stack: a long chain must not end the program.
        let mut stack = vec![(root, 0)];
        while let Some((node, at)) = stack.pop() {
            if depth[node].is_some() {
                continue;
            }
            open[node] = true;
            let follow =
                next[node].iter().enumerate().skip(at).find(|&(_, &to)| depth[to].is_none() && !open[to]);
            if let Some((place, &to)) = follow {
                stack.push((node, place));
                stack.push((to, 0));
            } else {
                let longest = next[node].iter().filter_map(|&to| depth[to]).max();
                depth[node] = Some(longest.map_or(0, |d| d + 1));
                open[node] = false;
            }
        }
    }
    depth.into_iter().map(Option::unwrap_or_default).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(pairs: &[(usize, usize)]) -> Vec<Edge> {
        pairs.iter().map(|&(from, to)| Edge { from, kind: EdgeKind::MaterialOf, to }).collect()
    }

    #[test]
    fn what_feeds_stands_left_of_what_is_fed() {
        // 0 -> 1 -> 2, 3 -> 2, 4 alone, 5 <-> 6 in a circle.
        let edges = edges(&[(0, 1), (1, 2), (3, 2), (5, 6), (6, 5)]);
        let places = layout(7, &edges);
        for edge in &edges[..3] {
            assert!(places[edge.from].0 < places[edge.to].0, "{edge:?} in {places:?}");
        }
        // As near as it can: the short branch stands beside the last step, not at the far left.
        assert_eq!(places[3].0, places[1].0);
        let spots: BTreeSet<String> = places.iter().map(|p| format!("{p:?}")).collect();
        assert_eq!(spots.len(), 7, "no two nodes on one spot: {places:?}");
    }

    #[test]
    fn the_shipped_chain_can_be_drawn() {
        let chain = &model::reference::Reference::builtin().chain;
        let places = layout(chain.nodes().len(), chain.edges());
        assert_eq!(places, layout(chain.nodes().len(), chain.edges()));
        let backward = chain
            .edges()
            .iter()
            .filter(|e| e.kind != EdgeKind::RecycledInto && places[e.from].0 >= places[e.to].0)
            .count();
        assert!(backward * 100 < chain.edges().len(), "{backward} edges go back");
    }
}
