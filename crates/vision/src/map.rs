//! Patterns of defects on a panel: clusters and lines that chance does not make.

use crate::classify::{Bead, Class};
use crate::special::binomial_tail;
use serde::{Deserialize, Serialize};

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
}

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
    Patterns { clusters, lines }
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
}
