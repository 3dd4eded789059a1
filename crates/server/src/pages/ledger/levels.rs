//! Places of a trace's lots on a drawing: one column a level, crossings made few by moving each lot to the middle of its neighbours
//! (K. Sugiyama, S. Tagawa, M. Toda, 1981).

/// Sweeps over the levels.
const SWEEPS: usize = 4;

/// Column and row of every node, from its level and the edges between nodes.
pub fn places(levels: &[u32], edges: &[(usize, usize)]) -> Vec<(u32, u32)> {
    let mut columns: Vec<Vec<usize>> = vec![Vec::new(); levels.iter().max().map_or(0, |l| *l as usize + 1)];
    for (node, level) in levels.iter().enumerate() {
        columns[*level as usize].push(node);
    }
    let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); levels.len()];
    for (from, to) in edges.iter().filter(|(from, to)| levels[*from] != levels[*to]) {
        neighbours[*from].push(*to);
        neighbours[*to].push(*from);
    }
    let mut row = vec![0.0; levels.len()];
    let settle = |column: &[usize], row: &mut Vec<f64>| {
        // Columns are centred, so that a short one stands beside the middle of a long one.
        let top = -0.5 * count(column.len());
        column.iter().enumerate().for_each(|(at, node)| row[*node] = top + count(at));
    };
    columns.iter().for_each(|column| settle(column, &mut row));
    for sweep in 0..SWEEPS {
        let order: Vec<usize> =
            if sweep % 2 == 0 { (0..columns.len()).collect() } else { (0..columns.len()).rev().collect() };
        for at in order {
            let column = &mut columns[at];
            let middle = |node: &usize| {
                let near = &neighbours[*node];
                if near.is_empty() {
                    row[*node]
                } else {
                    near.iter().map(|n| row[*n]).sum::<f64>() / count(near.len())
                }
            };
            let mut wanted: Vec<(f64, usize)> = column.iter().map(|node| (middle(node), *node)).collect();
            wanted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            *column = wanted.into_iter().map(|(_, node)| node).collect();
            settle(column, &mut row);
        }
    }
    let tallest = columns.iter().map(Vec::len).max().unwrap_or(0);
    let mut out = vec![(0, 0); levels.len()];
    for (at, column) in (0..).zip(&columns) {
        // The space of the tallest column is shared, so that rows of a short one do not crowd.
        let gap = if column.is_empty() { 1 } else { (tallest / column.len()).clamp(1, 4) };
        let top = tallest.saturating_sub(gap * column.len()) / 2;
        for (index, node) in column.iter().enumerate() {
            out[*node] = (at, u32::try_from(top + gap * index).unwrap_or(u32::MAX));
        }
    }
    out
}

#[expect(clippy::cast_precision_loss, reason = "rows are far fewer than 2^52")]
fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_come_to_stand_side_by_side() {
        // Two chains whose ends are listed crosswise.
        let found = places(&[0, 0, 1, 1], &[(0, 3), (1, 2)]);
        assert_eq!((found[0].1, found[1].1), (found[3].1, found[2].1));
        assert_eq!(found.iter().map(|p| p.0).collect::<Vec<_>>(), [0, 0, 1, 1]);
        assert_eq!(places(&[], &[]), []);
    }
}
