//! The chain graph: products and processes of a cluster and how one feeds another.

use crate::fold::fold_key;
use crate::property::PropertyId;
use crate::table::{self, TableError};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;

/// Identity of a chain node, such as `gold-bonding-wire`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(pub String);

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum NodeKind {
    Material,
    Part,
    Product,
    Process,
    Equipment,
    Service,
}

/// How one node feeds another: `from` is a ... of `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EdgeKind {
    /// 材料: used up in making it.
    MaterialOf,
    /// 部件: found again in it.
    PartOf,
    /// 工艺: a step of making it.
    ProcessOf,
    /// 设备: makes or tests it.
    EquipmentFor,
    /// 再生: becomes it after recycling.
    RecycledInto,
}

/// One product or process position in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainNode {
    /// Identity.
    pub id: NodeId,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Chain group (产业链小组) of the alliance.
    pub group: String,
    /// What it is.
    pub kind: NodeKind,
    /// Further names in both languages.
    pub aliases: Vec<String>,
    /// Properties that matter when one buys it.
    pub properties: Vec<PropertyId>,
    /// Unit of trade.
    pub unit: String,
    /// GB/T 4754 class.
    pub industry: String,
}

/// One typed edge between two nodes, as indices into [`ChainGraph::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Edge {
    /// The feeding node.
    pub from: usize,
    /// How.
    pub kind: EdgeKind,
    /// The fed node.
    pub to: usize,
}

#[derive(Deserialize)]
struct NodeRow {
    id: String,
    name_zh: String,
    name_en: String,
    group: String,
    kind: NodeKind,
    aliases: String,
    properties: String,
    unit: String,
    industry: String,
}

#[derive(Deserialize)]
struct EdgeRow {
    from: String,
    kind: EdgeKind,
    to: String,
}

/// The whole graph with its look-ups.
#[derive(Debug, Clone, Default)]
pub struct ChainGraph {
    nodes: Vec<ChainNode>,
    edges: Vec<Edge>,
    by_id: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
    by_ends: HashMap<(usize, usize), EdgeKind>,
}

impl ChainGraph {
    /// Reads `nodes.csv` (`id,name_zh,name_en,group,kind,aliases,properties,unit,industry`) and
    /// `edges.csv` (`from,kind,to`).
    ///
    /// # Errors
    /// The first faulty line: an id or name that stands twice, an edge to nowhere, a loop.
    pub fn parse(nodes: &str, edges: &str) -> Result<Self, TableError> {
        let mut graph = Self::default();
        for (line, row) in table::rows::<NodeRow>("nodes.csv", nodes)? {
            graph.add_node(line, row)?;
        }
        let mut seen = std::collections::HashSet::new();
        for (line, row) in table::rows::<EdgeRow>("edges.csv", edges)? {
            let fault = |message: String| TableError::new("edges.csv", line, message);
            let index = |id: &str| graph.by_id.get(id).copied().ok_or_else(|| fault(format!("no node {id}")));
            let edge = Edge { from: index(&row.from)?, kind: row.kind, to: index(&row.to)? };
            if edge.from == edge.to {
                return Err(fault(format!("{} feeds itself", row.from)));
            }
            if !seen.insert(edge) {
                return Err(fault(format!("{} to {} stands twice", row.from, row.to)));
            }
            graph.by_ends.entry((edge.from, edge.to)).or_insert(edge.kind);
            graph.edges.push(edge);
        }
        Ok(graph)
    }

    fn add_node(&mut self, line: u64, row: NodeRow) -> Result<(), TableError> {
        let index = self.nodes.len();
        let fault = |message: String| TableError::new("nodes.csv", line, message);
        if self.by_id.insert(row.id.clone(), index).is_some() {
            return Err(fault(format!("node {} stands twice", row.id)));
        }
        let aliases = table::words(&row.aliases);
        for name in [&row.name_zh, &row.name_en].into_iter().chain(&aliases) {
            match self.by_name.insert(fold_key(name), index) {
                Some(other) if other != index => {
                    return Err(fault(format!("name {name} already means {}", self.nodes[other].id)));
                }
                _ => {}
            }
        }
        self.nodes.push(ChainNode {
            id: NodeId(row.id),
            name_zh: row.name_zh,
            name_en: row.name_en,
            group: row.group,
            kind: row.kind,
            aliases,
            properties: table::words(&row.properties).into_iter().map(PropertyId).collect(),
            unit: row.unit,
            industry: row.industry,
        });
        Ok(())
    }

    /// All nodes.
    pub fn nodes(&self) -> &[ChainNode] {
        &self.nodes
    }

    /// All edges.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// How one node, by its index, feeds another; the first edge of the table where several join the two.
    pub fn edge(&self, from: usize, to: usize) -> Option<EdgeKind> {
        self.by_ends.get(&(from, to)).copied()
    }

    /// Index of a node in [`Self::nodes`].
    pub fn index(&self, id: &NodeId) -> Option<usize> {
        self.by_id.get(&id.0).copied()
    }

    /// The node with this id.
    pub fn get(&self, id: &NodeId) -> Option<&ChainNode> {
        self.index(id).map(|i| &self.nodes[i])
    }

    /// The node whose name or alias is exactly this text (folded).
    pub fn by_name(&self, name: &str) -> Option<&ChainNode> {
        self.by_name.get(&fold_key(name)).map(|&i| &self.nodes[i])
    }

    /// All folded names with their nodes' indices, for building matchers.
    pub fn names(&self) -> impl Iterator<Item = (&str, usize)> {
        self.by_name.iter().map(|(name, &i)| (name.as_str(), i))
    }
}

#[cfg(test)]
mod tests {
    use crate::reference::Reference;

    #[test]
    fn the_shipped_graph_is_whole() {
        let reference = Reference::builtin();
        let chain = &reference.chain;
        assert!(chain.nodes().len() >= 300, "{}", chain.nodes().len());
        assert!(chain.edges().len() >= 600, "{}", chain.edges().len());
        let mut touched = vec![false; chain.nodes().len()];
        for edge in chain.edges() {
            touched[edge.from] = true;
            touched[edge.to] = true;
        }
        for (node, touched) in chain.nodes().iter().zip(touched) {
            assert!(touched, "{} has no edge", node.id);
            assert!(
                reference.industries.get(&node.industry).is_some(),
                "{}: industry {}",
                node.id,
                node.industry
            );
            assert!(reference.units.unit(&node.unit).is_ok(), "{}: unit {}", node.id, node.unit);
            for property in &node.properties {
                assert!(reference.properties.get(property).is_some(), "{}: property {property}", node.id);
            }
        }
    }
}
