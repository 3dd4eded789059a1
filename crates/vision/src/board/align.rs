//! Displacement of an image against its template.

use super::bits::Bits;
use std::collections::BTreeSet;

/// Of so many rows one is compared in the first search.
const COARSE: usize = 5;
/// Displacements that are looked at more closely.
const FINALISTS: usize = 5;

/// Of so many rows one is compared for cells.
const FINE: usize = 2;
/// How far a cell may be displaced against the whole, in px.
const LOCAL: isize = 4;

/// By so many pixels of a cell and its eight neighbours fewer must differ for each px that it is displaced against the whole: what
/// a defect is worth must not move its surroundings.
const WORTH: u32 = 24;

pub(super) type Shift = (isize, isize);

/// The displacement with the smallest share of differing pixels, and that share; of equals the smaller counts. Every second
/// displacement is tried on every fifth row, then those beside the best few, then the best few on all rows: a conductor is
/// wider than two pixels, so that the share falls towards its least from afar.
pub(super) fn best(template: &Bits, image: &Bits, reach: usize) -> (Shift, f64) {
    let reach = reach as isize;
    let share = |shift: Shift, step: usize| {
        let (differ, count) = template.differing(image, shift, step);
        differ as f64 / count.max(1) as f64
    };
    let order = |a: &(Shift, f64), b: &(Shift, f64)| {
        let length = |s: Shift| s.0 * s.0 + s.1 * s.1;
        a.1.total_cmp(&b.1).then(length(a.0).cmp(&length(b.0))).then(a.0.cmp(&b.0))
    };
    let within = |&(dx, dy): &Shift| dx.abs() <= reach && dy.abs() <= reach;
    let around =
        |(dx, dy): Shift, by: isize| (-by..=by).flat_map(move |j| (-by..=by).map(move |i| (dx + i, dy + j)));
    let even = |&(dx, dy): &Shift| dx % 2 == 0 && dy % 2 == 0;
    let mut all: Vec<_> =
        around((0, 0), reach).filter(even).map(|shift| (shift, share(shift, COARSE))).collect();
    all.sort_by(order);
    all.truncate(FINALISTS);
    let beside: BTreeSet<Shift> =
        all.iter().flat_map(|best| around(best.0, 1)).filter(within).filter(|shift| !even(shift)).collect();
    all.extend(beside.into_iter().map(|shift| (shift, share(shift, COARSE))));
    all.sort_by(order);
    all.truncate(FINALISTS);
    for finalist in &mut all {
        finalist.1 = share(finalist.0, 1);
    }
    all.into_iter().min_by(order).expect("no displacement at all is among them")
}

/// The displacement of each cell: that by which the fewest pixels of it and its neighbours differ, near that of the whole. As
/// of the whole, every second displacement is tried first, then those beside what some cell liked best.
pub(super) fn local(template: &Bits, image: &Bits, whole: Shift) -> Vec<Shift> {
    let (across, down) = template.cells();
    // Of each cell the price that it pays and what for.
    let mut best = vec![(u32::MAX, (0, 0)); across * down];
    let tried = |(i, j): Shift, best: &mut Vec<(u32, Shift)>| {
        let own = template.differing_by_cell(image, (whole.0 + i, whole.1 + j), FINE);
        let rows = own.chunks(across).map(|row| {
            (0..across)
                .map(|x| row[x.saturating_sub(1)..(x + 2).min(across)].iter().sum())
                .collect::<Vec<u32>>()
        });
        let rows: Vec<Vec<u32>> = rows.collect();
        let price = WORTH * (i.unsigned_abs() + j.unsigned_abs()) as u32;
        for (at, cell) in best.iter_mut().enumerate() {
            let (x, y) = (at % across, at / across);
            let sum: u32 = rows[y.saturating_sub(1)..(y + 2).min(down)].iter().map(|row| row[x]).sum();
            *cell = (*cell).min((sum * FINE as u32 + price, (i, j)));
        }
    };
    let even = |by: isize| (-by..=by).step_by(2);
    for shift in even(LOCAL).flat_map(|j| even(LOCAL).map(move |i| (i, j))) {
        tried(shift, &mut best);
    }
    let beside =
        |&(_, (i, j)): &(u32, Shift)| (-1..=1).flat_map(move |b| (-1..=1).map(move |a| (i + a, j + b)));
    let odd = |&(i, j): &Shift| i % 2 != 0 || j % 2 != 0;
    let rest: BTreeSet<Shift> = best.iter().flat_map(beside).filter(odd).collect();
    rest.into_iter().for_each(|shift| tried(shift, &mut best));
    best.into_iter().map(|(_, (i, j))| (whole.0 + i, whole.1 + j)).collect()
}
