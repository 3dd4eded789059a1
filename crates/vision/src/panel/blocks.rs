//! Whether the grid holds the panel: means of the offsets by blocks.
//!
//! Beads that are placed one by one leave blocks of them with means near 0: the variance of a block's mean is that of an offset
//! over the block's beads. Tiles of a stitched frame that are displaced or turned against each other leave more.

use crate::classify::{Bead, Class};
use crate::special::chi_square_tail;
use serde::{Deserialize, Serialize};

/// Most blocks along an axis, and fewest lines of one.
const BLOCKS_MAX: usize = 8;
const LINES_MIN: usize = 3;
/// Terms of the grid along an axis: what a panel of few blocks cannot show.
const TERMS: usize = 10;
/// Chance below which blocks differ.
const CHANCE_MAX: f64 = 1e-6;
/// Variance of the blocks over that within them from which on Cp is 5 % too low by it.
const SHARE_MIN: f64 = 0.1;

/// A panel that the grid does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Uneven {
    /// Standard deviation of the blocks' means, noise taken off, in px; of the axis where it is larger.
    pub sigma_px: f64,
    /// Standard deviation of the offsets within the blocks in px.
    pub within_px: f64,
    /// Probability that beads placed one by one differ so much by blocks.
    pub chance: f64,
}

/// What the blocks of a panel show; nothing where they are as beads that are placed one by one leave them, or too few.
pub(super) fn uneven(beads: &[Bead], rows: usize, columns: usize) -> Option<Uneven> {
    let along = |lines: usize| (lines / LINES_MIN).min(BLOCKS_MAX);
    let (down, across) = (along(rows), along(columns));
    if down * across < 2 * TERMS - 4 {
        return None;
    }
    // Beads, sums and sums of squares of both axes.
    let mut blocks = vec![(0.0f64, [0.0f64; 2], [0.0f64; 2]); down * across];
    for (row, line) in beads.chunks_exact(columns).enumerate() {
        let band = &mut blocks[row * down / rows * across..][..across];
        for (column, bead) in line.iter().enumerate() {
            if matches!(bead.class, Class::Ok | Class::Dim | Class::Bright | Class::WrongColour) {
                let block = &mut band[column * across / columns];
                block.0 += 1.0;
                for (axis, d) in [bead.dx_px, bead.dy_px].into_iter().enumerate() {
                    block.1[axis] += d;
                    block.2[axis] += d * d;
                }
            }
        }
    }
    blocks.retain(|b| b.0 >= 4.0);
    let freedom = blocks.len().checked_sub(TERMS).filter(|&f| f >= 4)? as f64;
    let n: f64 = blocks.iter().map(|b| b.0).sum();
    let axis = |axis: usize| {
        let between: f64 = blocks.iter().map(|b| b.1[axis] * b.1[axis] / b.0).sum();
        let whole: f64 = blocks.iter().map(|b| b.2[axis]).sum();
        let within = (whole - between) / (n - blocks.len() as f64);
        let variance = (between - freedom * within) / n;
        let chance = chi_square_tail(between / within.max(1e-12), freedom);
        (chance < CHANCE_MAX && variance > SHARE_MIN * within).then(|| Uneven {
            sigma_px: variance.sqrt(),
            within_px: within.sqrt(),
            chance,
        })
    };
    [axis(0), axis(1)].into_iter().flatten().max_by(|a, b| a.sigma_px.total_cmp(&b.sigma_px))
}
