//! Trains the classifier of boards and measures it: the work behind `cargo xtask train board`.
//!
//! `cargo run --release -p vision --example train_board -- OUT.json TRAIN.pairs TRAIN.truth TEST.pairs TEST.truth PROVENANCE`.
//! Lists of pairs have a template and an image a line (binary PGM), the truth `IMAGE x1 y1 x2 y2 CLASS` with CLASS 1 to 6 as
//! DeepPCB numbers them. `-` for the truth of training takes the generator's boards instead, for the test's pairs leaves the test out. Everything is chosen on the
//! training half, each group of boards judged by what the others taught; the test half is looked at once, for the figures at the end.
#![expect(clippy::print_stdout, reason = "an example prints")]

mod boost;
mod load;
mod measure;
#[path = "../support/mod.rs"]
mod support;
mod variant;

use boost::{Settings, classes};
use load::{Board, Mark};
use measure::{IOU, Judged, corners, figures, iou, losses};
use rayon::prelude::*;
use std::collections::BTreeSet;
use support::processor_ns;
use vision::board::{CLASSES, Comparison, Features, Finding, Forest, ForestFile, KINDS, Node};

/// Chosen with what the groups lose that are judged by the others.
const HOW: Settings =
    Settings { rounds: 120, depth: 5, rate: 0.07, leaf_min: 10, ridge: 1.0, seen: 0.6, measures: 0.3 };
/// Of the best overlap that a mark has with any finding, what one needs to be an example of it: the others are its parts.
const BEST: f64 = 0.85;
/// Variants of each board that are learned from beside it.
const VARIANTS: u64 = 6;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [out, train_pairs, train_truth, test_pairs, test_truth, provenance] = args.as_slice() else {
        panic!("OUT TRAIN.pairs TRAIN.truth TEST.pairs TEST.truth PROVENANCE")
    };
    let train =
        if train_truth == "-" { load::generated() } else { load::load(train_pairs, train_truth, VARIANTS) };
    let each = |n: usize| n as f64 / train.len() as f64;
    println!(
        "{} boards of training: {:.2} ms of processor time a comparison on average, {:.1} findings",
        train.len(),
        mean_ms(&train),
        each(train.iter().map(|b| b.findings().len()).sum())
    );
    let crossed = crossed(&train);
    let found = figures(&crossed, None);
    println!("groups judged by the others: AP {:.4}, F {:.4} at score {:.3}", found.ap, found.f, found.score);
    losses(&crossed, found.score);
    for group in groups(&train) {
        let own: Vec<Judged<'_>> = crossed.iter().filter(|j| j.board.group == group).cloned().collect();
        println!("  group {group}: F {:.4}", figures(&own, Some(found.score)).f);
    }
    let all: Vec<&Board> = train.iter().collect();
    let file = learn(&all, provenance);
    println!("boxes grow by {:?} px", file.margins);
    std::fs::write(out, serde_json_line(&file)).expect("the model is written");
    let test = if test_pairs == "-" { Vec::new() } else { load::load(test_pairs, test_truth, 0) };
    report("topology alone", &train, &test, None, &|b, c| c.with_margins(b.size));
    let forest = Forest::try_from(file).expect("a forest");
    let start = processor_ns();
    judge(&all, &|b, c| c.judged_by(&forest, b.size));
    println!("judged in {:.3} ms a board", each(1) * (processor_ns() - start) / 1e6);
    report("forest", &train, &test, Some(found.score), &|b, c| c.judged_by(&forest, b.size));
}

/// JSON by hand: the crate has no JSON library, and the shape is small.
fn serde_json_line(file: &ForestFile) -> String {
    // Values of leaves are of use to four digits behind the point; thresholds stand as they are.
    let value = |n: &Node| if n.0 < 0 { (n.1 * 1e4).round() / 1e4 } else { n.1 };
    let node = |n: &Node| format!("[{},{},{}]", n.0, value(n), n.2);
    let tree = |t: &Vec<Node>| format!("[{}]", t.iter().map(node).collect::<Vec<_>>().join(","));
    format!(
        "{{\"provenance\":{:?},\"measures\":{},\"margins\":{:?},\"trees\":[\n{}\n]}}\n",
        file.provenance,
        file.measures,
        file.margins,
        file.trees.iter().map(tree).collect::<Vec<_>>().join(",\n")
    )
}

fn groups(boards: &[Board]) -> BTreeSet<String> {
    boards.iter().map(|b| b.group.clone()).collect()
}

/// Each group judged by a forest that learned from the others.
fn crossed(boards: &[Board]) -> Vec<Judged<'_>> {
    let one = |group: &String| {
        let (own, others): (Vec<&Board>, Vec<&Board>) = boards.iter().partition(|b| b.group == *group);
        let forest = Forest::try_from(learn(&others, "")).expect("a forest");
        judge(&own, &|b, c| c.judged_by(&forest, b.size))
    };
    groups(boards).par_iter().flat_map(one).collect()
}

type Judge<'a> = &'a (dyn Fn(&Board, Comparison) -> Comparison + 'a);

fn judge<'a>(boards: &[&'a Board], by: Judge<'_>) -> Vec<Judged<'a>> {
    let findings = |b: &Board| b.comparison.clone().map(|c| by(b, c).findings).unwrap_or_default();
    boards.iter().map(|board| Judged { board, findings: findings(board) }).collect()
}

/// Mean time of a comparison: the kernel counts a thread's time in ticks, of which a single one has one or two.
fn mean_ms(boards: &[Board]) -> f64 {
    boards.iter().map(|b| b.ms).sum::<f64>() / boards.len() as f64
}

/// F at a score, or at that which is best on the training half.
fn report(name: &str, train: &[Board], test: &[Board], score: Option<f64>, by: Judge<'_>) {
    let of = |boards: &[Board], at| figures(&judge(&boards.iter().collect::<Vec<_>>(), by), at);
    let found = of(train, score);
    let score = score.unwrap_or(found.score);
    println!("{name}: training half AP {:.4}, F {:.4} at score {score:.3}", found.ap, found.f);
    if !test.is_empty() {
        let held = of(test, Some(score));
        println!("{name}: test half AP {:.4}, F {:.4} at that score", held.ap, held.f);
    }
}

/// Px that boxes grow before their class is known.
const GROWN: f64 = 9.0;

/// The mark that a finding hits if it is named right: of its kind the one of the largest overlap.
fn owner<'a>(f: &Finding, truth: &'a [Mark]) -> Option<&'a Mark> {
    let own = corners(f, GROWN);
    let of_kind =
        |m: &&Mark| KINDS.iter().any(|k| k[usize::from(f.features.extra > 0.5)] == CLASSES[m.class]);
    let best = truth
        .iter()
        .filter(of_kind)
        .max_by(|a, b| iou(&own, &a.corners).total_cmp(&iou(&own, &b.corners)))?;
    (iou(&own, &best.corners) > IOU).then_some(best)
}

fn learn(boards: &[&Board], provenance: &str) -> ForestFile {
    let (mut rows, mut labels) = (Vec::new(), Vec::new());
    let mut off: [Vec<f32>; 6] = Default::default();
    for board in boards.iter().flat_map(|b| std::iter::once(*b).chain(&b.variants)) {
        let findings = board.findings();
        let near = |f: &Finding, m: &Mark| iou(&corners(f, GROWN), &m.corners);
        let owners: Vec<Option<&Mark>> = findings.iter().map(|f| owner(f, &board.truth)).collect();
        for (f, owner) in findings.iter().zip(&owners) {
            let owner = owner.filter(|m| {
                let own = owners.iter().map(|o| o.is_some_and(|o| std::ptr::eq(o, *m)));
                let rivals = findings.iter().zip(own).filter(|(_, own)| *own);
                near(f, m) >= BEST * rivals.map(|(g, _)| near(g, m)).fold(0.0, f64::max)
            });
            let kind =
                |m: &Mark| KINDS.iter().position(|k| k.contains(&CLASSES[m.class])).expect("one of them");
            labels.push(owner.map_or(KINDS.len(), kind));
            rows.push(f.features.values());
            if let Some(o) = owner {
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
    let trees = classes::<{ KINDS.len() + 1 }>(&rows, &labels, HOW);
    ForestFile { provenance: provenance.to_owned(), measures: Features::COUNT, margins, trees }
}
