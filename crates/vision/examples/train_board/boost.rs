//! Boosting: regression trees on the gradient of a loss, by histograms (J. H. Friedman, Annals of Statistics 29, 2001).

use vision::board::{Features, Node, leaf};
use vision::synth::Rng;

pub type Row = [f32; Features::COUNT];

/// How a forest is grown.
#[derive(Clone, Copy)]
pub struct Settings {
    pub rounds: usize,
    pub depth: usize,
    pub rate: f32,
    pub leaf_min: usize,
    pub ridge: f64,
    /// Share of the findings that a tree sees: trees that see different ones err apart.
    pub seen: f64,
    /// Share of the measures that a tree sees.
    pub measures: f64,
}

const BINS: usize = 48;

/// Measures by the bins of their quantiles.
struct Table {
    cuts: Vec<Vec<f32>>,
    binned: Vec<[u8; Features::COUNT]>,
}

impl Table {
    fn new(rows: &[Row]) -> Self {
        let cuts: Vec<Vec<f32>> = (0..Features::COUNT).map(|f| quantiles(rows, f)).collect();
        let bin = |r: &Row| std::array::from_fn(|f| cuts[f].partition_point(|c| *c < r[f]) as u8);
        Self { binned: rows.iter().map(bin).collect(), cuts }
    }
}

/// Trees whose sums are the logarithms of the probabilities of `K` labels, up to a constant; tree `i` is of label `i % K`.
pub fn classes<const K: usize>(rows: &[Row], labels: &[usize], how: Settings) -> Vec<Vec<Node>> {
    let table = Table::new(rows);
    let mut sums = vec![[0.0f32; K]; rows.len()];
    let mut trees = Vec::new();
    let mut rng = Rng::new(7);
    for _ in 0..how.rounds {
        let seen: Vec<usize> = (0..rows.len()).filter(|_| rng.uniform() < how.seen).collect();
        let shares: Vec<[f32; K]> = sums.iter().map(softmax).collect();
        for k in 0..K {
            let measures: Vec<usize> =
                (0..Features::COUNT).filter(|_| rng.uniform() < how.measures).collect();
            let gradient: Vec<(f32, f32)> = shares
                .iter()
                .zip(labels)
                .map(|(p, &l)| (f32::from(u8::from(l == k)) - p[k], (p[k] * (1.0 - p[k])).max(1e-6)))
                .collect();
            let mut tree = vec![Node(-1, 0.0, 0)];
            let grower = Grower { table: &table, gradient: &gradient, measures: &measures, how };
            grower.grow(&mut tree, 0, seen.clone(), how.depth);
            for (sum, row) in sums.iter_mut().zip(rows) {
                sum[k] += leaf(&tree, row);
            }
            trees.push(tree);
        }
    }
    trees
}

fn softmax<const K: usize>(sums: &[f32; K]) -> [f32; K] {
    let most = sums.iter().copied().fold(f32::MIN, f32::max);
    let total: f32 = sums.iter().map(|s| (s - most).exp()).sum();
    sums.map(|s| (s - most).exp() / total)
}

fn quantiles(rows: &[Row], feature: usize) -> Vec<f32> {
    let mut values: Vec<f32> = rows.iter().map(|r| r[feature]).collect();
    values.sort_by(f32::total_cmp);
    let mut cuts: Vec<f32> = (1..BINS).map(|i| values[i * (values.len() - 1) / BINS]).collect();
    cuts.dedup();
    cuts
}

struct Grower<'a> {
    table: &'a Table,
    /// First and second derivative of each row.
    gradient: &'a [(f32, f32)],
    measures: &'a [usize],
    how: Settings,
}

impl Grower<'_> {
    /// Splits a node by the cut of the largest gain of the second-order loss.
    fn grow(&self, tree: &mut Vec<Node>, at: usize, members: Vec<usize>, depth: usize) {
        let Self { table, gradient, measures, how } = self;
        let (g, h) = members
            .iter()
            .fold((0.0, 0.0), |(g, h), &i| (g + f64::from(gradient[i].0), h + f64::from(gradient[i].1)));
        let gain = |g: f64, h: f64| g * g / (h + how.ridge);
        tree[at] = Node(-1, how.rate * (g / (h + how.ridge)) as f32, 0);
        if depth == 0 || members.len() < 2 * how.leaf_min {
            return;
        }
        let mut best = (1e-3, 0, 0);
        for &f in *measures {
            let mut bins = [(0.0f32, 0.0f32, 0u32); BINS];
            for &i in &members {
                let bin = &mut bins[usize::from(table.binned[i][f])];
                *bin = (bin.0 + gradient[i].0, bin.1 + gradient[i].1, bin.2 + 1);
            }
            let mut left = (0.0, 0.0, 0);
            for (b, bin) in bins.iter().enumerate().take(table.cuts[f].len()) {
                left = (left.0 + f64::from(bin.0), left.1 + f64::from(bin.1), left.2 + bin.2 as usize);
                if left.2 >= how.leaf_min && members.len() - left.2 >= how.leaf_min {
                    let better = gain(left.0, left.1) + gain(g - left.0, h - left.1) - gain(g, h);
                    if better > best.0 {
                        best = (better, f, b);
                    }
                }
            }
        }
        let (better, f, b) = best;
        if better <= 1e-3 {
            return;
        }
        let (low, high): (Vec<usize>, Vec<usize>) =
            members.into_iter().partition(|&i| usize::from(table.binned[i][f]) <= b);
        let child = tree.len();
        tree[at] = Node(f as i16, table.cuts[f][b], child as u16);
        tree.extend([Node(-1, 0.0, 0); 2]);
        self.grow(tree, child, low, depth - 1);
        self.grow(tree, child + 1, high, depth - 1);
    }
}
