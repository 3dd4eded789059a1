//! A quick look at one place: is there a bead, and where about.

use super::GridSpec;
use crate::frame::{Plane, Sample};

/// A bead as the quick look sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub x: f64,
    pub y: f64,
    /// Light above the window's border, in DN times px.
    pub flux: f64,
    /// Background in DN.
    pub background: f64,
}

/// Centre of gravity in a square window around (x, y), followed twice; nothing where the window leaves the frame or
/// holds no light. The background is the mean of the window's darkest side: a bead off the middle may lie on the others.
pub(crate) fn look<T: Sample>(plane: &Plane<'_, T>, spec: &GridSpec, x: f64, y: f64) -> Option<Spot> {
    let half = (spec.bead_px / 2.0 + 2.0).min(spec.pitch_px * 0.45).round().max(2.0) as isize;
    let (mut x, mut y) = (x, y);
    let (mut flux, mut background) = (0.0, 0.0);
    for _ in 0..2 {
        let (cx, cy) = (x.round() as isize, y.round() as isize);
        let (left, top) = (usize::try_from(cx - half).ok()?, usize::try_from(cy - half).ok()?);
        let side = 2 * half as usize + 1;
        if left + side > plane.width() || top + side > plane.height() {
            return None;
        }
        let (mut sum, mut sum_x, mut sum_y) = (0u64, 0u64, 0u64);
        let mut sides = [0u64; 4];
        for j in 0..side {
            let row = &plane.row(top + j)[left..left + side];
            let (mut s, mut sx) = (0u64, 0u64);
            for (i, &value) in row.iter().enumerate() {
                let value = u64::from(value.to_u32());
                s += value;
                sx += value * i as u64;
            }
            sum += s;
            sum_x += sx;
            sum_y += s * j as u64;
            sides[0] += u64::from(row[0].to_u32());
            sides[1] += u64::from(row[side - 1].to_u32());
            if j == 0 || j + 1 == side {
                sides[2 + usize::from(j > 0)] += s;
            }
        }
        let n = side as f64;
        background = sides.into_iter().fold(u64::MAX, u64::min) as f64 / n;
        flux = sum as f64 - background * n * n;
        if flux <= 0.0 {
            return None;
        }
        let moment = background * n * n * (n - 1.0) / 2.0;
        let (dx, dy) = ((sum_x as f64 - moment) / flux, (sum_y as f64 - moment) / flux);
        if !(0.0..n).contains(&dx) || !(0.0..n).contains(&dy) {
            return None;
        }
        x = left as f64 + dx;
        y = top as f64 + dy;
    }
    Some(Spot { x, y, flux, background })
}
