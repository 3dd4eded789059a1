//! Bayer mosaics (B. E. Bayer, US patent 3,971,065).

use super::{Plane, PlaneBuf, Sample};
use serde::{Deserialize, Serialize};

/// Colours of the top left 2 x 2 pixels, row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum BayerPattern {
    Rggb,
    Grbg,
    Gbrg,
    Bggr,
}

impl BayerPattern {
    /// Channel (0 red, 1 green, 2 blue) of a pixel.
    pub fn channel(self, x: usize, y: usize) -> usize {
        let cell = match self {
            Self::Rggb => [0, 1, 1, 2],
            Self::Grbg => [1, 0, 2, 1],
            Self::Gbrg => [1, 2, 0, 1],
            Self::Bggr => [2, 1, 1, 0],
        };
        cell[(y % 2) * 2 + x % 2]
    }
}

/// Brightness by the 3 x 3 binomial filter (1 2 1) x (1 2 1) / 16: each of the four mosaic positions weighs 4/16 wherever
/// the filter stands. Borders are mirrored, which keeps the mosaic in step.
pub(super) fn binomial<T: Sample>(plane: &Plane<'_, T>) -> PlaneBuf<u16> {
    let mirror = |i: usize, d: usize, n: usize| match (i + d).checked_sub(1) {
        None => 1.min(n - 1),
        Some(at) if at >= n => n.saturating_sub(2),
        Some(at) => at,
    };
    PlaneBuf::from_fn(plane.width(), plane.height(), |x, y| {
        let mut sum = 0;
        for (dy, wy) in [1, 2, 1].into_iter().enumerate() {
            let row = plane.row(mirror(y, dy, plane.height()));
            for (dx, wx) in [1, 2, 1].into_iter().enumerate() {
                sum += wx * wy * row[mirror(x, dx, plane.width())].to_u32();
            }
        }
        u16::try_from((sum + 8) / 16).expect("a mean of 16-bit samples has 16 bits")
    })
}

/// Red, green and blue planes: the mean of a colour's own pixels in the 3 x 3 neighbourhood (bilinear).
pub(super) fn demosaic<T: Sample>(plane: &Plane<'_, T>, pattern: BayerPattern) -> [PlaneBuf<u16>; 3] {
    std::array::from_fn(|channel| {
        PlaneBuf::from_fn(plane.width(), plane.height(), |x, y| {
            if pattern.channel(x, y) == channel {
                return plane.row(y)[x].to_u16();
            }
            let (mut sum, mut count) = (0, 0);
            for ny in y.saturating_sub(1)..(y + 2).min(plane.height()) {
                for nx in x.saturating_sub(1)..(x + 2).min(plane.width()) {
                    if pattern.channel(nx, ny) == channel {
                        sum += plane.row(ny)[nx].to_u32();
                        count += 1;
                    }
                }
            }
            // A frame of one row or column may have no pixel of this colour near.
            u16::try_from((sum + count / 2) / count.max(1)).expect("a mean of 16-bit samples has 16 bits")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_coloured_mosaic_has_an_even_brightness() {
        for pattern in [BayerPattern::Rggb, BayerPattern::Grbg, BayerPattern::Gbrg, BayerPattern::Bggr] {
            let colour = [40u8, 80, 120];
            let mosaic = PlaneBuf::from_fn(7, 5, |x, y| colour[pattern.channel(x, y)]);
            let plane = binomial(&mosaic.as_plane());
            for y in 1..4 {
                assert_eq!(&plane.as_plane().row(y)[1..6], [80; 5], "{pattern:?}");
            }
            for (channel, plane) in demosaic(&mosaic.as_plane(), pattern).iter().enumerate() {
                for y in 0..5 {
                    assert_eq!(
                        plane.as_plane().row(y),
                        [u16::from(colour[channel]); 7],
                        "{pattern:?} {channel}"
                    );
                }
            }
        }
    }
}
