//! How good findings are, and what they lose.

use super::load::{Board, Mark};
use std::collections::BTreeMap;
use vision::board::{CLASSES, Finding};

/// Overlap that a detection needs, as DeepPCB's evaluation has it.
pub const IOU: f64 = 0.33;

pub fn class_of(f: &Finding) -> usize {
    CLASSES.iter().position(|c| *c == f.class).expect("one of them")
}

/// Corners of a box grown by `grow` px on each side.
pub fn corners(f: &Finding, grow: f64) -> [f64; 4] {
    [f.x1 as f64 - grow, f.y1 as f64 - grow, f.x2 as f64 + grow, f.y2 as f64 + grow]
}

pub fn iou(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    let side = |low: usize| (a[low + 2].min(b[low + 2]) - a[low].max(b[low])).max(0.0);
    let (both, area) = (side(0) * side(1), |c: &[f64; 4]| (c[2] - c[0]) * (c[3] - c[1]));
    both / (area(a) + area(b) - both)
}

/// Findings of a board as they were judged, and its marks.
#[derive(Clone)]
pub struct Judged<'a> {
    pub board: &'a Board,
    pub findings: Vec<Finding>,
}

/// Pooled average precision as DeepPCB's script has it, F, and the score that F is of.
#[derive(Clone, Copy)]
pub struct Figures {
    pub ap: f64,
    pub f: f64,
    pub score: f64,
}

/// Which mark each finding hits, the surest finding first; a mark is hit once.
fn hits(judged: &Judged<'_>) -> Vec<Option<usize>> {
    let truth = &judged.board.truth;
    let mut taken = vec![false; truth.len()];
    let one = |f: &Finding| {
        let class = class_of(f);
        let fits =
            |(i, t): (usize, &Mark)| !taken[i] && t.class == class && iou(&corners(f, 0.0), &t.corners) > IOU;
        let hit = truth.iter().enumerate().position(fits);
        if let Some(i) = hit {
            taken[i] = true;
        }
        hit
    };
    judged.findings.iter().map(one).collect()
}

/// F is the best there is, or that at a score.
pub fn figures(all: &[Judged<'_>], at: Option<f64>) -> Figures {
    let total: usize = all.iter().map(|j| j.board.truth.len()).sum();
    let mut calls: Vec<(f64, bool)> = Vec::new();
    for judged in all {
        let scores = judged.findings.iter().map(|f| f64::from(f.score));
        calls.extend(scores.zip(hits(judged).into_iter().map(|h| h.is_some())));
    }
    calls.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut right, mut precision, mut best) = (0.0, 0.0, (0.0, 0.5));
    for (n, (score, hit)) in calls.iter().enumerate() {
        right += f64::from(u8::from(*hit));
        if *hit {
            precision += right / (n + 1) as f64;
        }
        let f = 2.0 * right / ((n + 1) as f64 + total as f64);
        if at.map_or(f > best.0, |at| *score >= at) {
            best = (f, *score);
        }
    }
    Figures { ap: precision / total as f64, f: best.0, score: best.1 }
}

/// Prints what is lost at a score: marks without a hit and calls without a mark, by the reason.
pub fn losses(all: &[Judged<'_>], at: f64) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for judged in all {
        let (truth, calls) = (&judged.board.truth, hits(judged));
        let overlap = |f: &Finding, m: &Mark| iou(&corners(f, 0.0), &m.corners);
        let sure: Vec<(&Finding, &Option<usize>)> =
            judged.findings.iter().zip(&calls).filter(|(f, _)| f64::from(f.score) >= at).collect();
        let hit = |n: usize| sure.iter().any(|(_, hit)| **hit == Some(n));
        for (_, mark) in truth.iter().enumerate().filter(|(n, _)| !hit(*n)) {
            let over = |f: &Finding, least: f64| overlap(f, mark) > least;
            let reason = if sure.iter().any(|(f, _)| over(f, IOU) && class_of(f) != mark.class) {
                "missed: by another name"
            } else if sure.iter().any(|(f, _)| over(f, 0.05) && class_of(f) == mark.class) {
                "missed: by its box"
            } else if judged.findings.iter().any(|f| over(f, IOU) && class_of(f) == mark.class) {
                "missed: by its score"
            } else {
                "missed: no such finding"
            };
            *counts.entry(reason).or_default() += 1;
        }
        for (f, _) in sure.iter().filter(|(_, hit)| hit.is_none()) {
            let own = |m: &&Mark| m.class == class_of(f);
            let reason = match truth.iter().filter(|m| overlap(f, m) > IOU).max_by_key(|m| own(m)) {
                Some(m) if own(&m) => "false: a second time",
                Some(_) => "false: by another name",
                None if truth.iter().any(|m| overlap(f, m) > 0.02) => "false: by its box",
                None => "false: nothing there",
            };
            *counts.entry(reason).or_default() += 1;
        }
    }
    println!("  {counts:?}");
}
