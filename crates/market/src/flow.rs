//! Flow of greatest gain through a network: a primal network simplex.
//!
//! Sources send at most their supply, sinks take at most theirs, other nodes pass on what they receive; an arc carries
//! at most its capacity and gains so much a unit. What a source does not send costs nothing, so that the answer always
//! exists. All numbers are integers: the optimum is integral, exact, and the same on every machine, and its dual prices
//! prove it ([`Solution::bound`]).
//!
//! The basis is a strongly feasible spanning tree (Cunningham 1976), which cannot cycle; entering arcs are found by block
//! search (Kelly and O'Neill 1991; Király and Kovács, Efficient implementations of minimum-cost flow algorithms, 2012).
//! Every node hangs from the root by a slack arc at first: what a source keeps, what a sink does without.

/// An arc. `from` and `to` are places in the list of supplies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arc {
    /// Where it begins; not a sink.
    pub from: u32,
    /// Where it ends; not a source.
    pub to: u32,
    /// Most that it carries, from 0 to [`AMOUNT_MAX`].
    pub capacity: i64,
    /// Gain of one unit.
    pub gain: i64,
}

/// No supply, demand or capacity may be larger; nor may the sum of supplies.
pub const AMOUNT_MAX: i64 = 1 << 60;

/// An optimum.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Solution {
    /// Flow on each arc.
    pub flow: Vec<i64>,
    /// Dual price of each node: what one more unit there would gain. Never below 0 at a source, never above 0 at a sink.
    pub price: Vec<i64>,
    /// Steps that it took.
    pub pivots: u64,
}

impl Solution {
    /// The gain of the flow.
    pub fn gain(&self, arcs: &[Arc]) -> i128 {
        arcs.iter().zip(&self.flow).map(|(arc, flow)| i128::from(arc.gain) * i128::from(*flow)).sum()
    }

    /// An upper bound on the gain of any flow, from the prices alone (weak duality): what supplies and demands are worth at
    /// these prices, and what arcs yield above them. Where it equals [`Self::gain`], the flow is proved optimal.
    pub fn bound(&self, supply: &[i64], arcs: &[Arc]) -> i128 {
        let nodes = supply.iter().zip(&self.price).map(|(&supply, &price)| match supply.signum() {
            0 => 0,
            sign => i128::from(supply.abs()) * i128::from((price * sign).max(0)),
        });
        let arcs = arcs.iter().map(|arc| {
            let over = arc.gain - self.price[arc.from as usize] + self.price[arc.to as usize];
            i128::from(arc.capacity) * i128::from(over.max(0))
        });
        nodes.sum::<i128>() + arcs.sum::<i128>()
    }
}

/// The flow of greatest gain. A node is a source where its supply is above 0, a sink where it is below, and passes on
/// where it is 0. Among equal optima the order of nodes and arcs decides.
pub fn maximise(supply: &[i64], arcs: &[Arc]) -> Solution {
    let mut tree = Tree::new(supply, arcs);
    let mut pivots = 0;
    while let Some(entering) = tree.entering() {
        tree.pivot(entering);
        pivots += 1;
    }
    tree.solution(arcs.len(), pivots)
}

const NONE: u32 = u32::MAX;
const UNLIMITED: i64 = i64::MAX / 2;

/// An arc outside the tree, in the direction in which it can be used: one at its capacity is kept turned round, so that
/// every arc outside is at 0 of what it still can carry.
#[derive(Clone, Copy)]
struct Residual {
    from: u32,
    to: u32,
    cost: i64,
}

/// A node of the tree with the arc to its parent.
#[derive(Clone, Copy)]
struct Node {
    parent: u32,
    depth: u32,
    first_child: u32,
    next: u32,
    previous: u32,
    arc: u32,
    /// True where the arc leads to the parent.
    up: bool,
    flow: i64,
    capacity: i64,
}

struct Tree {
    /// The arcs given, then a slack arc for each node.
    residual: Vec<Residual>,
    capacity: Vec<i64>,
    turned: Vec<bool>,
    /// The nodes given, then the root.
    nodes: Vec<Node>,
    price: Vec<i64>,
    block: usize,
    place: usize,
}

impl Tree {
    fn new(supply: &[i64], arcs: &[Arc]) -> Self {
        let root = u32::try_from(supply.len()).expect("fewer than 2^32 nodes");
        // Dearer than any path: a node that passes on never keeps anything.
        let dear = (arcs.iter().map(|a| a.gain.abs()).max().unwrap_or(0) + 1) * (i64::from(root) + 1);
        let mut residual: Vec<Residual> =
            arcs.iter().map(|a| Residual { from: a.from, to: a.to, cost: -a.gain }).collect();
        let mut capacity: Vec<i64> = arcs.iter().map(|a| a.capacity).collect();
        let mut nodes = Vec::with_capacity(supply.len() + 1);
        let mut price = vec![0; supply.len() + 1];
        for ((node, &supply), arc) in (0..).zip(supply).zip(arcs.len() as u32..) {
            let (up, cost) = (supply >= 0, if supply == 0 { dear } else { 0 });
            let (from, to) = if up { (node, root) } else { (root, node) };
            residual.push(Residual { from, to, cost });
            capacity.push(UNLIMITED);
            price[node as usize] = -cost;
            nodes.push(Node {
                parent: root,
                depth: 1,
                first_child: NONE,
                next: if node + 1 == root { NONE } else { node + 1 },
                previous: node.checked_sub(1).unwrap_or(NONE),
                arc,
                up,
                flow: supply.abs(),
                capacity: UNLIMITED,
            });
        }
        nodes.push(Node {
            parent: NONE,
            depth: 0,
            first_child: if root == 0 { NONE } else { 0 },
            next: NONE,
            previous: NONE,
            arc: NONE,
            up: false,
            flow: 0,
            capacity: 0,
        });
        let turned = vec![false; residual.len()];
        let block = residual.len().isqrt().max(BLOCK_MIN);
        Self { residual, capacity, turned, nodes, price, block, place: 0 }
    }

    /// The arc of the next block that promises most, or none where none promises anything.
    fn entering(&mut self) -> Option<u32> {
        let total = self.residual.len();
        let mut seen = 0;
        while seen < total {
            let end = (self.place + self.block).min(total);
            let (mut best, mut found) = (0, None);
            for (arc, residual) in (self.place as u32..).zip(&self.residual[self.place..end]) {
                let reduced =
                    residual.cost + self.price[residual.from as usize] - self.price[residual.to as usize];
                if reduced < best {
                    (best, found) = (reduced, Some(arc));
                }
            }
            seen += end - self.place;
            self.place = if end == total { 0 } else { end };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Takes an arc into the tree and the blocking one out.
    fn pivot(&mut self, entering: u32) {
        let Residual { from, to, cost } = self.residual[entering as usize];
        let mut amount = self.capacity[entering as usize];
        // Along the cycle from its top: down to `from`, over the entering arc, up from `to`. Of several blocking arcs
        // the last leaves, which keeps the tree strongly feasible.
        let mut leaving = None;
        let (mut down, mut up) = (from, to);
        while down != up {
            let (a, b) = (&self.nodes[down as usize], &self.nodes[up as usize]);
            if a.depth >= b.depth {
                let room = if a.up { a.flow } else { a.capacity - a.flow };
                if room < amount {
                    (amount, leaving) = (room, Some((down, from, to)));
                }
                down = a.parent;
            } else {
                let room = if b.up { b.capacity - b.flow } else { b.flow };
                if room <= amount {
                    (amount, leaving) = (room, Some((up, to, from)));
                }
                up = b.parent;
            }
        }
        if amount > 0 {
            self.push(from, down, -amount);
            self.push(to, down, amount);
        }
        let Some((cut, inner, outer)) = leaving else {
            self.turn(entering);
            return;
        };
        let out = self.nodes[cut as usize];
        if out.flow > 0 && out.flow == out.capacity {
            self.turn(out.arc);
        }
        let reduced = cost + self.price[from as usize] - self.price[to as usize];
        let up = inner == from;
        self.rehang(inner, outer, cut, (entering, up, amount, self.capacity[entering as usize]));
        self.shift(inner, if up { -reduced } else { reduced });
    }

    /// Adds to the flow on the way up from a node; arcs that lead down lose as much.
    fn push(&mut self, mut node: u32, top: u32, amount: i64) {
        while node != top {
            let here = &mut self.nodes[node as usize];
            here.flow += if here.up { amount } else { -amount };
            node = here.parent;
        }
    }

    fn turn(&mut self, arc: u32) {
        let residual = &mut self.residual[arc as usize];
        *residual = Residual { from: residual.to, to: residual.from, cost: -residual.cost };
        self.turned[arc as usize] ^= true;
    }

    /// Hangs the part of the tree below `cut` from `outer` by its node `inner`: the way from `inner` to `cut` is reversed.
    fn rehang(&mut self, inner: u32, outer: u32, cut: u32, arc: (u32, bool, i64, i64)) {
        let (mut node, mut parent, mut link) = (inner, outer, arc);
        loop {
            let old = self.nodes[node as usize];
            match old.previous {
                NONE => self.nodes[old.parent as usize].first_child = old.next,
                previous => self.nodes[previous as usize].next = old.next,
            }
            if old.next != NONE {
                self.nodes[old.next as usize].previous = old.previous;
            }
            let first = std::mem::replace(&mut self.nodes[parent as usize].first_child, node);
            if first != NONE {
                self.nodes[first as usize].previous = node;
            }
            let here = &mut self.nodes[node as usize];
            (here.parent, here.next, here.previous) = (parent, first, NONE);
            (here.arc, here.up, here.flow, here.capacity) = link;
            if node == cut {
                return;
            }
            (parent, node, link) = (node, old.parent, (old.arc, !old.up, old.flow, old.capacity));
        }
    }

    /// Corrects prices and depths of everything that hangs from a node.
    fn shift(&mut self, top: u32, by: i64) {
        let mut node = top;
        let mut depth = self.nodes[self.nodes[top as usize].parent as usize].depth + 1;
        loop {
            self.price[node as usize] += by;
            let here = &mut self.nodes[node as usize];
            here.depth = depth;
            if here.first_child != NONE {
                node = here.first_child;
                depth += 1;
                continue;
            }
            loop {
                if node == top {
                    return;
                }
                let here = &self.nodes[node as usize];
                if here.next != NONE {
                    node = here.next;
                    break;
                }
                node = here.parent;
                depth -= 1;
            }
        }
    }

    fn solution(mut self, arcs: usize, pivots: u64) -> Solution {
        let mut flow = vec![0; arcs];
        for node in &self.nodes {
            if let Some(flow) = flow.get_mut(node.arc as usize) {
                *flow = node.flow;
            }
        }
        for ((flow, turned), capacity) in flow.iter_mut().zip(&self.turned).zip(&self.capacity) {
            if *turned {
                *flow = capacity - *flow;
            }
        }
        self.price.pop();
        Solution { flow, price: self.price, pivots }
    }
}

/// Smaller blocks spend more time on pivots than they save on search.
const BLOCK_MIN: usize = 16;

#[cfg(test)]
mod tests;
