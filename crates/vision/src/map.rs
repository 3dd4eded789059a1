//! Patterns of defects that chance does not make: clusters and lines of a panel; of a run, sites that fail in many frames, and
//! rows, columns and periods of them that fail more than others.

use crate::classify::{Bead, Class};
use crate::special::binomial_tail;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Defects that touch each other along sides or corners.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cluster {
    /// Sites, row by row.
    pub sites: Vec<(u32, u32)>,
    /// First and last row.
    pub rows: (u32, u32),
    /// First and last column.
    pub columns: (u32, u32),
}

/// Which way a line runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Along a row.
    Row,
    /// Along a column.
    Column,
}

/// A row or column with more defects than chance gives.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Row or column.
    pub kind: LineKind,
    /// Its number from 0.
    pub index: u32,
    /// Defects on it.
    pub defects: u64,
    /// Sites on it.
    pub sites: u64,
    /// Probability that chance puts so many or more on any of the panel's lines, 0..=1.
    pub chance: f64,
}

/// What a map shows.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Patterns {
    /// Clusters of at least the asked size, the largest first.
    pub clusters: Vec<Cluster>,
    /// Lines, the least likely first.
    pub lines: Vec<Line>,
    /// What fails again and again over the frames of a run.
    #[serde(default)]
    pub systematic: Vec<Systematic>,
}

/// What a systematic pattern is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SystematicKind {
    /// One site, frame after frame.
    Site,
    /// A row.
    Row,
    /// A column.
    Column,
    /// Every so many-th row.
    RowPeriod,
    /// Every so many-th column.
    ColumnPeriod,
}

/// Sites that fail more often over the frames of a run than chance gives.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Systematic {
    /// What it is.
    pub kind: SystematicKind,
    /// The row, or the first of a period, from 0; of a site and of rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// The column, or the first of a period, from 0; of a site and of columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// Lines from one to the next of a period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<u32>,
    /// Defects: of a site the frames in which it failed, else beads of all frames.
    pub defects: u64,
    /// Frames, or beads of all frames.
    pub of: u64,
    /// Probability that chance puts so many or more on any of the sites, rows, columns or periods, 0..=1.
    pub p: f64,
}

/// Most sites that are reported.
const SITES_MAX: usize = 100;
/// Longest period that is looked for, in lines.
const PERIOD_MAX: usize = 64;
/// Fewest lines of a period.
const PERIOD_LINES: usize = 3;

/// Chance below which a line is reported.
pub const LINE_CHANCE_MAX: f64 = 0.01;

/// Patterns of the defects of a panel of `rows` x `columns` beads, given row by row. A cluster has `cluster_min` sites or
/// more.
///
/// A line is tested by the binomial tail: with the share `p` of defects on all *other* lines, the probability of `k` or
/// more on a line of `n` sites, times the number of lines of its kind (Bonferroni).
///
/// # Panics
/// If there is not one bead for each site.
pub fn patterns(beads: &[Bead], rows: usize, columns: usize, cluster_min: usize) -> Patterns {
    assert_eq!(beads.len(), rows * columns, "one bead for each site");
    let bad: Vec<bool> = beads.iter().map(|b| !matches!(b.class, Class::Ok | Class::Unmeasured)).collect();
    let mut clusters = clusters(&bad, rows, columns);
    clusters.retain(|c| c.sites.len() >= cluster_min.max(1));
    clusters.sort_by_key(|c| (std::cmp::Reverse(c.sites.len()), c.sites[0]));
    let mut lines = lines(&bad, LineKind::Row, rows, columns, |line, k| line * columns + k);
    lines.extend(self::lines(&bad, LineKind::Column, columns, rows, |line, k| k * columns + line));
    lines.sort_by(|a, b| a.chance.total_cmp(&b.chance));
    Patterns { clusters, lines, systematic: Vec::new() }
}

/// What fails systematically over a run's frames, from the frames in which each site failed, row by row.
///
/// Each is tested by the binomial tail at the share of defects among all others, times the number of sites, rows, columns or
/// periods that are tested (Bonferroni). A site must stand out of its row and its column, too, and a period without the worse half
/// of its lines, else it is those lines' doing. What a site explains counts for no line, what a period explains for no single line.
///
/// # Panics
/// If there is not one entry for each site.
pub fn systematic(bad: &[u64], frames: u64, rows: usize, columns: usize) -> Vec<Systematic> {
    assert_eq!(bad.len(), rows * columns, "one entry for each site");
    let (mut found, single) = sites(bad, frames, columns);
    // Defects and trials of each line without the sites that fail by themselves.
    let mut of = [vec![(0, 0); rows], vec![(0, 0); columns]];
    for (site, &defects) in bad.iter().enumerate().filter(|(site, _)| single.binary_search(site).is_err()) {
        for (axis, line) in [site / columns, site % columns].into_iter().enumerate() {
            let count = &mut of[axis][line];
            *count = (count.0 + defects, count.1 + frames);
        }
    }
    for (axis, counts) in of.iter().enumerate() {
        found.extend(axis_patterns(counts, axis == 0));
    }
    found.sort_by(|a, b| {
        a.p.total_cmp(&b.p).then_with(|| (a.kind, a.row, a.column).cmp(&(b.kind, b.row, b.column)))
    });
    found
}

/// Sites that fail by themselves, the likeliest first; and their places in ascending order.
fn sites(bad: &[u64], frames: u64, columns: usize) -> (Vec<Systematic>, Vec<usize>) {
    let total: u64 = bad.iter().sum();
    let (mut by_row, mut by_column) = (vec![0; bad.len() / columns], vec![0; columns]);
    for (site, defects) in bad.iter().enumerate() {
        by_row[site / columns] += defects;
        by_column[site % columns] += defects;
    }
    // Many sites have the same few counts.
    let mut known: BTreeMap<u64, f64> = BTreeMap::new();
    let mut found = Vec::new();
    for (site, &defects) in bad.iter().enumerate().filter(|(_, defects)| **defects >= 2) {
        let p = *known.entry(defects).or_insert_with(|| {
            let others = (total - defects, (bad.len() as u64 - 1) * frames);
            chance((defects, frames), others, bad.len())
        });
        if p < LINE_CHANCE_MAX {
            let (row, column) = (site / columns, site % columns);
            let line = |sum: u64, sites: usize| {
                chance((defects, frames), (sum - defects, (sites as u64 - 1) * frames), bad.len())
            };
            let p = p.max(line(by_row[row], columns)).max(line(by_column[column], by_row.len()));
            if p >= LINE_CHANCE_MAX {
                continue;
            }
            let (row, column) = (row as u32, column as u32);
            let at = Systematic {
                kind: SystematicKind::Site,
                row: Some(row),
                column: Some(column),
                every: None,
                defects,
                of: frames,
                p,
            };
            found.push((site, at));
        }
    }
    let places = found.iter().map(|(site, _)| *site).collect();
    found.sort_by(|a, b| a.1.p.total_cmp(&b.1.p).then(a.0.cmp(&b.0)));
    found.truncate(SITES_MAX);
    (found.into_iter().map(|(_, at)| at).collect(), places)
}

/// Periods and single lines of one axis, of which each line has (defects, trials).
fn axis_patterns(counts: &[(u64, u64)], of_rows: bool) -> Vec<Systematic> {
    let sum = |lines: &[usize]| lines.iter().fold((0, 0), |(k, n), &l| (k + counts[l].0, n + counts[l].1));
    let report = |first: usize, every: Option<usize>, (defects, of): (u64, u64), p: f64| {
        let kind = match (of_rows, every) {
            (true, None) => SystematicKind::Row,
            (false, None) => SystematicKind::Column,
            (true, Some(_)) => SystematicKind::RowPeriod,
            (false, Some(_)) => SystematicKind::ColumnPeriod,
        };
        let first = Some(first as u32);
        let (row, column) = if of_rows { (first, None) } else { (None, first) };
        Systematic { kind, row, column, every: every.map(|q| q as u32), defects, of, p }
    };
    let longest = (counts.len() / PERIOD_LINES).min(PERIOD_MAX);
    let periods: usize = (2..=longest).sum();
    let mut left: Vec<usize> = (0..counts.len()).collect();
    let mut found = Vec::new();
    loop {
        let all = sum(&left);
        let mut best: Option<(f64, Systematic, Vec<usize>)> = None;
        for every in 2..=longest {
            for first in 0..every {
                let mut lines: Vec<usize> = left.iter().copied().filter(|l| l % every == first).collect();
                let own = sum(&lines);
                let others = (all.0 - own.0, all.1 - own.1);
                let gain = gain(own, others);
                if lines.len() < PERIOD_LINES || gain <= 0.0 || best.as_ref().is_some_and(|b| b.0 >= gain) {
                    continue;
                }
                let p = chance(own, others, periods);
                let start = lines[0];
                lines.sort_by_key(|&l| counts[l].0);
                let better = sum(&lines[..lines.len() / 2]);
                if p < LINE_CHANCE_MAX && chance(better, others, periods) < LINE_CHANCE_MAX {
                    best = Some((gain, report(start, Some(every), own, p), lines));
                }
            }
        }
        let Some((_, period, lines)) = best else { break };
        found.push(period);
        left.retain(|l| !lines.contains(l));
    }
    let all = sum(&left);
    for &line in left.iter().filter(|&&line| counts[line].0 >= 2) {
        let own = counts[line];
        let p = chance(own, (all.0 - own.0, all.1 - own.1), counts.len());
        if p < LINE_CHANCE_MAX {
            found.push(report(line, None, own, p));
        }
    }
    found
}

/// Probability of as many defects as `own` (defects, trials) or more at the rate of the others, times the number of tests.
fn chance(own: (u64, u64), others: (u64, u64), tests: usize) -> f64 {
    // A half is added so that a run without other defects does not make the rate 0.
    let rate = ((others.0 as f64 + 0.5) / others.1.max(1) as f64).min(1.0);
    (binomial_tail(own.0, own.1, rate) * tests as f64).min(1.0)
}

/// Logarithm of how much likelier two rates make the counts than one; 0 where the own rate is not the higher one. It tells the
/// better of two explanations where both chances are too small for a number.
fn gain(own: (u64, u64), others: (u64, u64)) -> f64 {
    let rate = |(k, n): (u64, u64)| (k as f64 + 0.5) / (n as f64 + 1.0);
    let all = rate((own.0 + others.0, own.1 + others.1));
    if rate(own) <= rate(others) {
        return 0.0;
    }
    let part = |(k, n): (u64, u64)| {
        let r = rate((k, n));
        k as f64 * (r / all).ln() + (n - k) as f64 * ((1.0 - r) / (1.0 - all)).ln()
    };
    part(own) + part(others)
}

fn clusters(bad: &[bool], rows: usize, columns: usize) -> Vec<Cluster> {
    let mut seen = vec![false; bad.len()];
    let mut clusters = Vec::new();
    for start in 0..bad.len() {
        if !bad[start] || seen[start] {
            continue;
        }
        seen[start] = true;
        let (mut open, mut sites) = (vec![start], Vec::new());
        while let Some(site) = open.pop() {
            let (row, column) = (site / columns, site % columns);
            sites.push((row as u32, column as u32));
            for r in row.saturating_sub(1)..(row + 2).min(rows) {
                for c in column.saturating_sub(1)..(column + 2).min(columns) {
                    let next = r * columns + c;
                    if bad[next] && !seen[next] {
                        seen[next] = true;
                        open.push(next);
                    }
                }
            }
        }
        sites.sort_unstable();
        let span = |f: fn(&(u32, u32)) -> u32| {
            sites.iter().map(f).fold((u32::MAX, 0), |(low, high), v| (low.min(v), high.max(v)))
        };
        let (rows, columns) = (span(|s| s.0), span(|s| s.1));
        clusters.push(Cluster { sites, rows, columns });
    }
    clusters
}

fn lines(
    bad: &[bool],
    kind: LineKind,
    count: usize,
    across: usize,
    site: impl Fn(usize, usize) -> usize,
) -> Vec<Line> {
    let total = bad.iter().filter(|&&b| b).count();
    let mut found = Vec::new();
    for line in 0..count {
        let defects = (0..across).filter(|&k| bad[site(line, k)]).count();
        if defects < 2 {
            continue;
        }
        // A half is added so that a panel without other defects does not make the rate 0.
        let rate = ((total - defects) as f64 + 0.5) / ((count - 1).max(1) * across) as f64;
        let tail = binomial_tail(defects as u64, across as u64, rate.min(1.0));
        let chance = (tail * count as f64).min(1.0);
        if chance < LINE_CHANCE_MAX {
            found.push(Line {
                kind,
                index: line as u32,
                defects: defects as u64,
                sites: across as u64,
                chance,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::Rng;

    fn beads(rows: usize, columns: usize, bad: impl Fn(usize, usize) -> bool) -> Vec<Bead> {
        let bead = |i: usize| Bead {
            row: (i / columns) as u32,
            column: (i % columns) as u32,
            x_px: 0.0,
            y_px: 0.0,
            dx_px: 0.0,
            dy_px: 0.0,
            amplitude: 1.0,
            relative: 1.0,
            background: 0.0,
            residual: 1.0,
            class: if bad(i / columns, i % columns) { Class::Dim } else { Class::Ok },
            confidence: 1.0,
        };
        (0..rows * columns).map(bead).collect()
    }

    #[test]
    fn corners_join_and_gaps_part() {
        let spots = [(1, 1), (2, 2), (2, 3), (7, 7)];
        let found = patterns(&beads(10, 10, |r, c| spots.contains(&(r, c))), 10, 10, 2);
        assert_eq!(found.clusters.len(), 1);
        assert_eq!(found.clusters[0].sites, [(1, 1), (2, 2), (2, 3)]);
        assert_eq!((found.clusters[0].rows, found.clusters[0].columns), ((1, 2), (1, 3)));
    }

    #[test]
    fn a_bad_line_stands_out_and_chance_does_not() {
        let mut rng = Rng::new(2);
        let noise: Vec<bool> = (0..10_000).map(|_| rng.uniform() < 0.01).collect();
        let even = patterns(&beads(100, 100, |r, c| noise[r * 100 + c]), 100, 100, 3);
        assert!(even.lines.is_empty(), "{:?}", even.lines);
        let lined =
            patterns(&beads(100, 100, |r, c| noise[r * 100 + c] || (c == 40 && r % 8 == 0)), 100, 100, 3);
        assert_eq!((lined.lines.len(), lined.lines[0].kind, lined.lines[0].index), (1, LineKind::Column, 40));
        assert!(lined.lines[0].chance < 1e-6);
    }

    /// Frames in which each site failed, of so many, at a rate by the site.
    fn counts(frames: u64, rate: impl Fn(usize, usize) -> f64) -> Vec<u64> {
        let mut rng = Rng::new(5);
        let mut site = |i: usize| (0..frames).filter(|_| rng.uniform() < rate(i / 60, i % 60)).count() as u64;
        (0..40 * 60).map(&mut site).collect()
    }

    #[test]
    fn chance_alone_is_no_system() {
        for frames in [1, 20, 200] {
            let found = systematic(&counts(frames, |_, _| 0.01), frames, 40, 60);
            assert!(found.is_empty(), "{found:?}");
        }
    }

    #[test]
    fn what_fails_again_and_again_is_named_with_its_place() {
        let rate = |r: usize, c: usize| match (r, c) {
            (7, 9) => 0.6,
            (20, _) => 0.06,
            (_, c) if c % 8 == 3 => 0.04,
            _ => 0.005,
        };
        let found = systematic(&counts(50, rate), 50, 40, 60);
        assert_eq!(found.len(), 3, "{found:?}");
        let of = |kind| *found.iter().find(|s| s.kind == kind).unwrap();
        let site = of(SystematicKind::Site);
        assert_eq!((site.row, site.column, site.of), (Some(7), Some(9), 50));
        assert!((20..=40).contains(&site.defects) && site.p < 1e-20);
        assert_eq!((of(SystematicKind::Row).row, of(SystematicKind::Row).column), (Some(20), None));
        let period = of(SystematicKind::ColumnPeriod);
        assert_eq!((period.column, period.every, period.row), (Some(3), Some(8), None));
        assert!(period.of < 8 * 40 * 50 + 1 && period.p < 1e-9);
    }

    #[test]
    fn a_bad_column_or_two_are_no_period() {
        let rate = |_: usize, c: usize| if c == 10 || c == 30 { 0.2 } else { 0.005 };
        let found = systematic(&counts(20, rate), 20, 40, 60);
        let columns: Vec<_> = found.iter().map(|s| (s.kind, s.column)).collect();
        assert_eq!(columns.len(), 2, "{found:?}");
        assert!(columns.contains(&(SystematicKind::Column, Some(10))));
        assert!(columns.contains(&(SystematicKind::Column, Some(30))));
    }
}
