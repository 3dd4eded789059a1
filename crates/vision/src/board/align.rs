//! Displacement of an image against its template.

use super::bits::Bits;
use std::collections::BTreeSet;

/// Of so many rows one is compared in the first search.
const COARSE: usize = 5;
/// Displacements that are looked at more closely.
const FINALISTS: usize = 5;

type Shift = (isize, isize);

/// The displacement with the smallest share of differing pixels, and that share; of equals the smaller counts. Every second
/// displacement is tried on every fifth row, then those beside the best few, then the best few on all rows: a conductor is
/// wider than two pixels, so that the share falls towards its least from afar.
pub(super) fn best(template: &Bits, image: &Bits, reach: usize) -> (Shift, f64) {
    let reach = reach as isize;
    // Counting bits is one instruction on machines that are asked for it.
    let arch = pulp::Arch::new();
    let share = |shift: Shift, step: usize| {
        let (differ, count) = arch.dispatch(
            #[inline(always)]
            || template.differing(image, shift, step),
        );
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
