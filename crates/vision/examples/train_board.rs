//! Trains the classifier of boards and measures it: the work behind `cargo xtask train board`.
//!
//! `cargo run --release -p vision --example train_board -- OUT.json TRAIN.pairs TRAIN.truth TEST.pairs TEST.truth PROVENANCE`.
//! Lists of pairs have a template and an image a line (binary PGM), the truth `IMAGE x1 y1 x2 y2 CLASS` with CLASS 1 to 6 as
//! DeepPCB numbers them. `-` for the truth of training takes the generator's boards instead, for the test's pairs leaves the test out. Everything is chosen on the
//! training half; the test half is looked at once, for the figures at the end.
#![expect(clippy::print_stdout, reason = "an example prints")]

mod support;

use std::collections::HashMap;
use std::path::Path;
use support::processor_ns;
use vision::board::{
    BoardOptions, CLASSES, Comparison, Features, Finding, Forest, ForestFile, Node, compare, leaf,
};
use vision::frame::Plane;
use vision::synth::{BoardDefect, BoardRecipe};

/// Outputs: six classes and no defect.
const K: usize = 7;
const ROUNDS: usize = 180;
const DEPTH: usize = 5;
const RATE: f32 = 0.07;
const LEAF_MIN: usize = 10;
/// Share of the findings that a tree sees: trees that see different ones err apart.
const SEEN: f64 = 0.6;
const BINS: usize = 48;
/// Overlap that a detection needs, as DeepPCB's evaluation has it.
const IOU: f64 = 0.33;

struct Picture {
    width: usize,
    height: usize,
    samples: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Box6 {
    corners: [f64; 4],
    class: usize,
}

struct Board {
    size: (usize, usize),
    comparison: Option<Comparison>,
    truth: Vec<Box6>,
    ms: f64,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [out, train_pairs, train_truth, test_pairs, test_truth, provenance] = args.as_slice() else {
        panic!("OUT TRAIN.pairs TRAIN.truth TEST.pairs TEST.truth PROVENANCE")
    };
    let train = if train_truth == "-" { generated() } else { load(train_pairs, train_truth) };
    let test = if test_pairs == "-" { Vec::new() } else { load(test_pairs, test_truth) };
    let file = learn(&train, provenance);
    let margins = file.margins;
    println!("comparisons of training: {:.2} ms of processor time on average", mean_ms(&train));
    println!(
        "training on {} boards; boxes grow by {margins:?} px; candidates reach {:.4} of the training half's defects",
        train.len(),
        reach(&train, &margins)
    );
    // Four fifths of the training half against its last fifth, which the choice of anything may look at.
    if train_truth != "-" {
        let (four, fifth) = train.split_at(train.len() * 4 / 5);
        let part = Forest::try_from(learn(four, provenance)).expect("a forest");
        let (ap, f, score) = evaluate(fifth, &|b, c| c.judged_by(&part, b.size), None);
        println!("within the training half: AP {ap:.4}, F {f:.4} at score {score:.3}");
    }
    report("topology alone", &train, &test, &|b, c| c.with_margins(b.size));
    let forest = Forest::try_from(file.clone()).expect("a forest");
    report("forest", &train, &test, &|b, c| c.judged_by(&forest, b.size));
    std::fs::write(out, serde_json_line(&file)).expect("the model is written");
}

/// JSON by hand: the crate has no JSON library, and the shape is small.
fn serde_json_line(file: &ForestFile) -> String {
    // Values of leaves are of use to four digits behind the point; thresholds stand as they are.
    let value = |n: &Node| if n.0 < 0 { (n.1 * 1e4).round() / 1e4 } else { n.1 };
    let node = |n: &Node| format!("[{},{},{}]", n.0, value(n), n.2);
    let tree = |t: &Vec<Node>| format!("[{}]", t.iter().map(node).collect::<Vec<_>>().join(","));
    format!(
        "{{\"provenance\":{:?},\"margins\":{:?},\"trees\":[\n{}\n]}}\n",
        file.provenance,
        file.margins,
        file.trees.iter().map(tree).collect::<Vec<_>>().join(",\n")
    )
}

fn read(path: &Path) -> Picture {
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut fields = bytes.splitn(5, |b| b.is_ascii_whitespace());
    let mut word = || String::from_utf8_lossy(fields.next().expect("a header")).into_owned();
    let (kind, width, height, _) = (word(), word(), word(), word());
    assert_eq!(kind, "P5", "binary PGM");
    Picture {
        width: width.parse().expect("a width"),
        height: height.parse().expect("a height"),
        samples: fields.next().expect("samples").to_vec(),
    }
}

fn board(template: &Picture, image: &Picture, truth: Vec<Box6>) -> Board {
    let plane = |p: &'_ Picture| -> (usize, usize) { (p.width, p.height) };
    let (w, h) = plane(template);
    let template = Plane::new(&template.samples, w, h, w).expect("whole");
    let image = Plane::new(&image.samples, image.width, image.height, image.width).expect("whole");
    let start = processor_ns();
    let comparison = compare(&template, &image, &BoardOptions::default()).ok();
    Board { size: (w, h), comparison, truth, ms: (processor_ns() - start) / 1e6 }
}

impl Board {
    fn findings(&self) -> &[Finding] {
        self.comparison.as_ref().map_or(&[], |c| &c.findings)
    }
}

fn load(pairs: &str, truth: &str) -> Vec<Board> {
    let mut boxes: HashMap<String, Vec<Box6>> = HashMap::new();
    for line in std::fs::read_to_string(truth).expect("the truth").lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let at = |i: usize| fields[i].parse::<f64>().expect("a number");
        let item = Box6 { corners: [at(1), at(2), at(3), at(4)], class: at(5) as usize - 1 };
        boxes.entry(fields[0].to_owned()).or_default().push(item);
    }
    let folder = Path::new(pairs).parent().expect("a folder");
    let text = std::fs::read_to_string(pairs).expect("the pairs");
    let one = |line: &str| {
        let (template, image) = line.split_once('\t').expect("two columns");
        let truth = boxes.get(image).cloned().unwrap_or_default();
        board(&read(&folder.join(template)), &read(&folder.join(image)), truth)
    };
    text.lines().map(one).collect()
}

/// Boards of the generator, with displacement and noise.
fn generated() -> Vec<Board> {
    (0..600)
        .map(|seed| {
            let mut rng = vision::synth::Rng::new(seed);
            let shift_px = (rng.between(-6.0, 6.0), rng.between(-6.0, 6.0));
            let noise = rng.between(2.0, 30.0);
            let (scale, rough_px) = (rng.between(0.8, 2.2), rng.between(0.0, 2.2));
            let across = (16.0 / scale) as usize;
            let height = (480.0 / scale) as usize;
            let recipe = BoardRecipe {
                conductors: across,
                height,
                defects: 12,
                shift_px,
                noise,
                scale,
                rough_px,
                seed,
            };
            let pair = recipe.render();
            let picture = |samples: &Vec<u8>| Picture {
                width: pair.width,
                height: pair.height,
                samples: samples.clone(),
            };
            let boxes = pair.truth.iter().zip(&pair.halves).map(|((defect, x, y), (w, h))| {
                let class = BoardDefect::ALL.iter().position(|d| d == defect).expect("one of them");
                // As people draw them, with room around.
                let (w, h) = (w + GROWN, h + GROWN);
                Box6 { corners: [x - w, y - h, x + w, y + h], class }
            });
            let truth: Vec<Box6> = boxes.collect();
            board(&picture(&pair.template), &picture(&pair.image), truth)
        })
        .collect()
}

fn class_of(f: &Finding) -> usize {
    CLASSES.iter().position(|c| *c == f.class).expect("one of them")
}

fn corners(f: &Finding, grow: f64) -> [f64; 4] {
    [f.x1 as f64 - grow, f.y1 as f64 - grow, f.x2 as f64 + grow, f.y2 as f64 + grow]
}

fn iou(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    let side = |low: usize| (a[low + 2].min(b[low + 2]) - a[low].max(b[low])).max(0.0);
    let (both, area) = (side(0) * side(1), |c: &[f64; 4]| (c[2] - c[0]) * (c[3] - c[1]));
    both / (area(a) + area(b) - both)
}

/// Px that boxes grow before their class is known.
const GROWN: f64 = 9.0;

/// The true box that a finding belongs to: the one of the largest overlap, if they overlap at all.
fn owner<'a>(f: &Finding, truth: &'a [Box6]) -> Option<&'a Box6> {
    let own = corners(f, 2.0);
    let best = truth.iter().max_by(|a, b| iou(&own, &a.corners).total_cmp(&iou(&own, &b.corners)))?;
    (iou(&own, &best.corners) > 0.1).then_some(best)
}

/// Share of the defects that some candidate's box overlaps enough, grown as its true class asks.
fn reach(boards: &[Board], margins: &[f32; 6]) -> f64 {
    let hit = |b: &Board| {
        let found = |t: &&Box6| {
            b.findings().iter().any(|f| iou(&corners(f, f64::from(margins[t.class])), &t.corners) > IOU)
        };
        b.truth.iter().filter(found).count()
    };
    boards.iter().map(hit).sum::<usize>() as f64 / boards.iter().map(|b| b.truth.len()).sum::<usize>() as f64
}

/// Mean time of a comparison: the kernel counts a thread's time in ticks, of which a single one has one or two.
fn mean_ms(boards: &[Board]) -> f64 {
    boards.iter().map(|b| b.ms).sum::<f64>() / boards.len() as f64
}

type Judge<'a> = &'a dyn Fn(&Board, Comparison) -> Comparison;

/// Pooled average precision as DeepPCB's script has it, and F at a score.
fn evaluate(boards: &[Board], judge: Judge<'_>, at: Option<f64>) -> (f64, f64, f64) {
    let (mut calls, mut total) = (Vec::new(), 0);
    for board in boards {
        total += board.truth.len();
        let mut taken = vec![false; board.truth.len()];
        let judged = board.comparison.clone().map(|c| judge(board, c).findings).unwrap_or_default();
        for finding in &judged {
            let (class, score, corners) =
                (class_of(finding), f64::from(finding.score), corners(finding, 0.0));
            let hit = board
                .truth
                .iter()
                .enumerate()
                .position(|(i, t)| !taken[i] && t.class == class && iou(&corners, &t.corners) > IOU);
            if let Some(i) = hit {
                taken[i] = true;
            }
            calls.push((score, hit.is_some()));
        }
    }
    calls.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut right, mut precision, mut best) = (0.0, 0.0, (0.0, 0.5));
    for (n, (score, hit)) in calls.iter().enumerate() {
        right += f64::from(u8::from(*hit));
        if *hit {
            precision += right / (n + 1) as f64;
        }
        let f = 2.0 * right / ((n + 1) as f64 + total as f64);
        let wanted = at.is_none_or(|at| *score >= at);
        if wanted && (at.is_some() || f > best.0) {
            best = (f, *score);
        }
    }
    (precision / total as f64, best.0, best.1)
}

fn report(name: &str, train: &[Board], test: &[Board], judge: Judge<'_>) {
    let (ap, f, score) = evaluate(train, judge, None);
    println!("{name}: training half AP {ap:.4}, F {f:.4} at score {score:.3}");
    if test.is_empty() {
        return;
    }
    let (ap, f, _) = evaluate(test, judge, Some(score));
    println!(
        "{name}: test half AP {ap:.4}, F {f:.4} at that score; {:.2} ms of processor time an image on average (comparison with its features)",
        mean_ms(test)
    );
}

fn learn(boards: &[Board], provenance: &str) -> ForestFile {
    let (mut rows, mut labels) = (Vec::new(), Vec::new());
    let mut off: [Vec<f32>; 6] = Default::default();
    for board in boards {
        for f in board.findings() {
            let owner = owner(f, &board.truth);
            // A box that would not count as a hit is no example of its class.
            let hit = owner.filter(|o| iou(&corners(f, GROWN), &o.corners) > IOU);
            labels.push(hit.map_or(K - 1, |o| o.class));
            rows.push(f.features.values());
            if let Some(o) = hit {
                let c = corners(f, 0.0);
                let grow = (c[0] - o.corners[0] + c[1] - o.corners[1] + o.corners[2] - c[2] + o.corners[3]
                    - c[3])
                    / 4.0;
                off[o.class].push(grow as f32);
            }
        }
    }
    let margins = off.map(|mut v| {
        v.sort_by(f32::total_cmp);
        v.get(v.len() / 2).copied().unwrap_or(0.0)
    });
    ForestFile { provenance: provenance.to_owned(), margins, trees: boost(&rows, &labels) }
}

fn boost(rows: &[[f32; Features::COUNT]], labels: &[usize]) -> Vec<Vec<Node>> {
    let cuts: Vec<Vec<f32>> = (0..Features::COUNT).map(|f| quantiles(rows, f)).collect();
    let binned: Vec<[u8; Features::COUNT]> =
        rows.iter().map(|r| std::array::from_fn(|f| cuts[f].partition_point(|c| *c < r[f]) as u8)).collect();
    let mut sums = vec![[0.0f32; K]; rows.len()];
    let mut trees = Vec::new();
    let mut rng = vision::synth::Rng::new(7);
    for _ in 0..ROUNDS {
        let seen: Vec<usize> = (0..rows.len()).filter(|_| rng.uniform() < SEEN).collect();
        let shares: Vec<[f32; K]> = sums.iter().map(softmax).collect();
        for k in 0..K {
            let gradient: Vec<(f32, f32)> = shares
                .iter()
                .zip(labels)
                .map(|(p, &l)| (f32::from(u8::from(l == k)) - p[k], (p[k] * (1.0 - p[k])).max(1e-6)))
                .collect();
            let mut tree = vec![Node(-1, 0.0, 0)];
            grow(&mut tree, 0, seen.clone(), DEPTH, &binned, &cuts, &gradient);
            for (sum, row) in sums.iter_mut().zip(rows) {
                sum[k] += leaf(&tree, row);
            }
            trees.push(tree);
        }
    }
    trees
}

fn softmax(sums: &[f32; K]) -> [f32; K] {
    let most = sums.iter().copied().fold(f32::MIN, f32::max);
    let total: f32 = sums.iter().map(|s| (s - most).exp()).sum();
    sums.map(|s| (s - most).exp() / total)
}

fn quantiles(rows: &[[f32; Features::COUNT]], feature: usize) -> Vec<f32> {
    let mut values: Vec<f32> = rows.iter().map(|r| r[feature]).collect();
    values.sort_by(f32::total_cmp);
    let mut cuts: Vec<f32> = (1..BINS).map(|i| values[i * (values.len() - 1) / BINS]).collect();
    cuts.dedup();
    cuts
}

/// Splits a node by the cut of the largest gain of the second-order loss, with a ridge of 1.
fn grow(
    tree: &mut Vec<Node>,
    at: usize,
    members: Vec<usize>,
    depth: usize,
    binned: &[[u8; Features::COUNT]],
    cuts: &[Vec<f32>],
    gradient: &[(f32, f32)],
) {
    let sum = |members: &[usize]| {
        members
            .iter()
            .fold((0.0, 0.0), |(g, h), &i| (g + f64::from(gradient[i].0), h + f64::from(gradient[i].1)))
    };
    let (g, h) = sum(&members);
    let gain = |g: f64, h: f64| g * g / (h + 1.0);
    tree[at] = Node(-1, RATE * (g / (h + 1.0)) as f32, 0);
    if depth == 0 || members.len() < 2 * LEAF_MIN {
        return;
    }
    let mut best = (1e-3, 0, 0);
    for f in 0..Features::COUNT {
        let mut bins = [(0.0f64, 0.0f64, 0usize); BINS];
        for &i in &members {
            let bin = &mut bins[usize::from(binned[i][f])];
            *bin = (bin.0 + f64::from(gradient[i].0), bin.1 + f64::from(gradient[i].1), bin.2 + 1);
        }
        let mut left = (0.0, 0.0, 0);
        for (b, bin) in bins.iter().enumerate().take(cuts[f].len()) {
            left = (left.0 + bin.0, left.1 + bin.1, left.2 + bin.2);
            if left.2 >= LEAF_MIN && members.len() - left.2 >= LEAF_MIN {
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
        members.into_iter().partition(|&i| usize::from(binned[i][f]) <= b);
    let child = tree.len();
    tree[at] = Node(f as i16, cuts[f][b], child as u16);
    tree.extend([Node(-1, 0.0, 0); 2]);
    grow(tree, child, low, depth - 1, binned, cuts, gradient);
    grow(tree, child + 1, high, depth - 1, binned, cuts, gradient);
}
