//! A small learned classifier: boosted regression trees (J. H. Friedman, Annals of Statistics 29, 2001) whose sums become
//! probabilities of three kinds and of no defect by the softmax. Too much copper is to bare ground what missing copper is to
//! copper, so that a short teaches what an open is.

use super::{BoardClass, Features};
use serde::{Deserialize, Serialize};

/// The six classes, in the order of a forest's margins.
pub const CLASSES: [BoardClass; 6] = [
    BoardClass::Open,
    BoardClass::Short,
    BoardClass::Mousebite,
    BoardClass::Spur,
    BoardClass::Copper,
    BoardClass::PinHole,
];

/// The kinds, in the order of a forest's outputs, each as it is called of missing and of added copper: across from edge to
/// edge, at an edge, off the edges. After them comes no defect.
pub const KINDS: [[BoardClass; 2]; 3] = [
    [BoardClass::Open, BoardClass::Short],
    [BoardClass::Mousebite, BoardClass::Spur],
    [BoardClass::PinHole, BoardClass::Copper],
];

/// Outputs of a forest.
const OUTPUTS: usize = KINDS.len() + 1;

/// A forest as its file holds it. `cargo xtask train board` makes one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ForestFile", into = "ForestFile")]
pub struct Forest(ForestFile);

/// The parts of a forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForestFile {
    /// What it was trained on, for people.
    pub provenance: String,
    /// How many measures of a finding it was trained on: with others each tree would ask for something else.
    pub measures: usize,
    /// Px that a box grows on each side, by class.
    pub margins: [f32; 6],
    /// Trees; tree `i` adds to output `i % 4`.
    pub trees: Vec<Vec<Node>>,
}

/// A node of a tree; the first is the root, children come after their parent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Node(
    /// Number of the feature, or -1 in a leaf.
    pub i16,
    /// Threshold: below or at it to the first child; in a leaf the value.
    pub f32,
    /// First child; the second follows it.
    pub u16,
);

/// Why a file is no forest.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("tree {tree}, node {node}: {reason}")]
pub struct ForestError {
    /// Tree, from 0.
    pub tree: usize,
    /// Node, from 0.
    pub node: usize,
    /// What is wrong.
    pub reason: &'static str,
}

impl TryFrom<ForestFile> for Forest {
    type Error = ForestError;

    fn try_from(file: ForestFile) -> Result<Self, ForestError> {
        if file.measures != Features::COUNT {
            let reason = "it was trained on other measures than this program takes; train it again (cargo xtask train board)";
            return Err(ForestError { tree: 0, node: 0, reason });
        }
        for (tree, nodes) in file.trees.iter().enumerate() {
            let fault = |node, reason| Err(ForestError { tree, node, reason });
            if nodes.is_empty() {
                return fault(0, "a tree needs a root");
            }
            for (i, &Node(feature, value, child)) in nodes.iter().enumerate() {
                let child = usize::from(child);
                if !value.is_finite() {
                    return fault(i, "a number is expected");
                }
                if feature >= Features::COUNT as i16 {
                    return fault(i, "there is no such feature");
                }
                // Children after their parent: a walk ends.
                if feature >= 0 && (child <= i || child + 1 >= nodes.len()) {
                    return fault(i, "its children are not there");
                }
            }
        }
        Ok(Self(file))
    }
}

impl From<Forest> for ForestFile {
    fn from(forest: Forest) -> Self {
        forest.0
    }
}

impl Forest {
    /// The likeliest class with its probability, 0..1, and the px that its box grows.
    pub fn judge(&self, features: &Features) -> (BoardClass, f32, f32) {
        let mut sums = [0.0f32; OUTPUTS];
        let values = features.values();
        for (i, tree) in self.0.trees.iter().enumerate() {
            sums[i % OUTPUTS] += leaf(tree, &values);
        }
        let most = sums.iter().copied().fold(f32::MIN, f32::max);
        let total: f32 = sums.iter().map(|s| (s - most).exp()).sum();
        let best = (0..KINDS.len()).max_by(|&a, &b| sums[a].total_cmp(&sums[b])).unwrap_or(0);
        let class = KINDS[best][usize::from(features.extra > 0.5)];
        let margin = CLASSES.iter().position(|c| *c == class).map_or(0.0, |at| self.0.margins[at]);
        (class, (sums[best] - most).exp() / total, margin)
    }
}

/// Value of the leaf that features fall into.
pub fn leaf(tree: &[Node], values: &[f32; Features::COUNT]) -> f32 {
    let mut at = 0;
    loop {
        let Node(feature, value, child) = tree[at];
        let Ok(feature) = usize::try_from(feature) else { return value };
        at = usize::from(child) + usize::from(values[feature] > value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(trees: Vec<Vec<Node>>) -> ForestFile {
        ForestFile {
            provenance: String::new(),
            measures: Features::COUNT,
            margins: [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            trees,
        }
    }

    #[test]
    fn the_likeliest_class_wins() {
        let plain = || vec![Node(-1, 0.0, 0)];
        // A large area speaks for what goes from edge to edge.
        let split = vec![Node(0, 10.0, 1), Node(-1, -2.0, 0), Node(-1, 2.0, 0)];
        let mut trees = vec![plain(); 4];
        trees[0] = split;
        let forest = Forest::try_from(file(trees)).unwrap();
        let (class, score, margin) =
            forest.judge(&Features { area: 11.0, extra: 1.0, ..Features::default() });
        let expected = 2f32.exp() / (2f32.exp() + 3.0);
        assert_eq!((class, margin), (BoardClass::Short, 2.0));
        assert!((score - expected).abs() < 1e-6);
        assert_eq!(forest.judge(&Features { area: 11.0, ..Features::default() }).0, BoardClass::Open);
        assert_ne!(forest.judge(&Features { area: 10.0, ..Features::default() }).0, BoardClass::Open);
    }

    #[test]
    fn broken_forests_are_refused() {
        let check = |tree: Vec<Node>, says| {
            assert_eq!(Forest::try_from(file(vec![tree])).unwrap_err().reason, says);
        };
        let old = ForestFile { measures: Features::COUNT - 1, ..file(vec![vec![Node(-1, 0.0, 0)]]) };
        assert!(Forest::try_from(old).unwrap_err().reason.starts_with("it was trained on other measures"));
        check(vec![], "a tree needs a root");
        check(vec![Node(0, f32::NAN, 1)], "a number is expected");
        check(vec![Node(99, 0.0, 1)], "there is no such feature");
        check(vec![Node(0, 0.0, 0), Node(-1, 0.0, 0)], "its children are not there");
        check(vec![Node(0, 0.0, 1), Node(-1, 0.0, 0)], "its children are not there");
    }
}
