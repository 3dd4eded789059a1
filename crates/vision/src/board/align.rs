//! Displacement of an image against its template.

use super::bits::Bits;

/// Rows that are left out of the first search.
const COARSE: usize = 5;
/// Displacements that are compared in full.
const FINALISTS: usize = 5;

/// The displacement with the smallest share of differing pixels, and that share. All displacements are tried on every
/// fifth row, the best few on all; of equals the smaller counts.
pub(super) fn best(template: &Bits, image: &Bits, reach: usize) -> ((isize, isize), f64) {
    let reach = reach as isize;
    // Counting bits is one instruction on machines that are asked for it.
    let arch = pulp::Arch::new();
    let share = |shift: (isize, isize), step: usize| {
        let (differ, count) = arch.dispatch(
            #[inline(always)]
            || template.differing(image, shift, step),
        );
        differ as f64 / count.max(1) as f64
    };
    let order = |a: &((isize, isize), f64), b: &((isize, isize), f64)| {
        let length = |s: (isize, isize)| s.0 * s.0 + s.1 * s.1;
        a.1.total_cmp(&b.1).then(length(a.0).cmp(&length(b.0))).then(a.0.cmp(&b.0))
    };
    let mut all: Vec<_> = (-reach..=reach)
        .flat_map(|dy| (-reach..=reach).map(move |dx| (dx, dy)))
        .map(|shift| (shift, share(shift, COARSE)))
        .collect();
    all.sort_by(order);
    all.truncate(FINALISTS);
    for finalist in &mut all {
        finalist.1 = share(finalist.0, 1);
    }
    all.into_iter().min_by(order).expect("no displacement at all is among them")
}
