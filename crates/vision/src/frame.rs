//! Frames as they come from a camera or a decoder: 8 to 16 bits, mono, RGB or Bayer, rows with a stride.
//!
//! A [`Frame`] borrows its samples. The measuring modules work on a [`Plane`] of one channel; [`Frame::luminance`] gives
//! it, without a copy for mono frames. Pixel centres are integers: the first pixel's centre is (0, 0), x runs to the
//! right, y downward.

mod bayer;
mod packed;
mod plane;

pub use bayer::BayerPattern;
pub use packed::{unpack_10p, unpack_12p};
pub use plane::{Plane, PlaneBuf, Sample};

use serde::{Deserialize, Serialize};

/// Longest side of a frame in pixels; what is longer is a broken header.
pub const SIDE_MAX: usize = 65_535;

/// Why samples do not make a frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A side of 0 pixels.
    #[error("frame of {width} x {height} pixels is empty")]
    Empty {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
    },
    /// A side longer than [`SIDE_MAX`].
    #[error("frame of {width} x {height} pixels is too large; a side may have {SIDE_MAX} pixels")]
    TooLarge {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
    },
    /// Rows overlap.
    #[error("a row has {needed} samples, but the stride is only {stride}")]
    Stride {
        /// Samples from one row to the next.
        stride: usize,
        /// Samples in a row.
        needed: usize,
    },
    /// Fewer samples than the size asks for.
    #[error("frame is truncated: it needs {needed} samples and has {found}")]
    Truncated {
        /// Samples that the size asks for.
        needed: usize,
        /// Samples that are there.
        found: usize,
    },
    /// A depth outside 8 (bytes) or 8..=16 (words).
    #[error("a depth of {bits} a sample is not supported here; 8 in bytes, 8 to 16 in words")]
    Depth {
        /// Bits a sample.
        bits: u8,
    },
}

/// Samples of a frame in memory.
#[derive(Debug, Clone, Copy)]
pub enum Samples<'a> {
    /// One byte a sample.
    Bytes(&'a [u8]),
    /// Two bytes a sample, the value in the low bits.
    Words(&'a [u16]),
}

/// What a sample stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Brightness, one sample a pixel.
    Mono,
    /// Red, green, blue, three samples a pixel.
    Rgb,
    /// One of the three, one sample a pixel, by a 2 x 2 mosaic.
    Bayer(BayerPattern),
}

/// A frame: samples with their meaning, checked for size.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    samples: Samples<'a>,
    layout: Layout,
    bits: u8,
    width: usize,
    height: usize,
    stride: usize,
}

/// One channel of a frame, borrowed where the frame has it in that form.
#[derive(Debug, Clone)]
pub enum Luminance<'a> {
    /// Bytes of a mono frame.
    Bytes(Plane<'a, u8>),
    /// Words of a mono frame.
    Words(Plane<'a, u16>),
    /// Computed from colour.
    Computed(PlaneBuf<u16>),
}

impl<'a> Frame<'a> {
    /// A frame over `samples` with `stride` samples from one row to the next.
    ///
    /// # Errors
    /// Empty, oversized, truncated or of an unsupported depth.
    pub fn new(
        samples: Samples<'a>,
        layout: Layout,
        bits: u8,
        (width, height): (usize, usize),
        stride: usize,
    ) -> Result<Self, FrameError> {
        let (found, depth_ok) = match samples {
            Samples::Bytes(s) => (s.len(), bits == 8),
            Samples::Words(s) => (s.len(), (8..=16).contains(&bits)),
        };
        if width == 0 || height == 0 {
            return Err(FrameError::Empty { width, height });
        }
        if width > SIDE_MAX || height > SIDE_MAX {
            return Err(FrameError::TooLarge { width, height });
        }
        if !depth_ok {
            return Err(FrameError::Depth { bits });
        }
        let row = if layout == Layout::Rgb { width * 3 } else { width };
        if stride < row {
            return Err(FrameError::Stride { stride, needed: row });
        }
        let needed = (height - 1).saturating_mul(stride).saturating_add(row);
        if found < needed {
            return Err(FrameError::Truncated { needed, found });
        }
        Ok(Self { samples, layout, bits, width, height, stride })
    }

    /// An 8-bit mono frame without padding.
    ///
    /// # Errors
    /// As [`Frame::new`].
    pub fn mono8(samples: &'a [u8], width: usize, height: usize) -> Result<Self, FrameError> {
        Self::new(Samples::Bytes(samples), Layout::Mono, 8, (width, height), width)
    }

    /// A mono frame of 8 to 16 bits in words, without padding.
    ///
    /// # Errors
    /// As [`Frame::new`].
    pub fn mono16(samples: &'a [u16], bits: u8, width: usize, height: usize) -> Result<Self, FrameError> {
        Self::new(Samples::Words(samples), Layout::Mono, bits, (width, height), width)
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// What a sample stands for.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Largest value that a sample can have; a sample of this value is saturated.
    pub fn full_scale(&self) -> u16 {
        u16::MAX >> (16 - u32::from(self.bits))
    }

    /// The brightness plane. RGB: (R + 2 G + B) / 4. Bayer: the 3 x 3 binomial filter, which weighs the colours the same
    /// way at every position of the mosaic, so that no pattern of the mosaic is left in the plane.
    pub fn luminance(&self) -> Luminance<'a> {
        match (self.layout, self.samples) {
            (Layout::Mono, Samples::Bytes(s)) => Luminance::Bytes(self.plane(s)),
            (Layout::Mono, Samples::Words(s)) => Luminance::Words(self.plane(s)),
            (Layout::Rgb, Samples::Bytes(s)) => Luminance::Computed(self.mixed(s)),
            (Layout::Rgb, Samples::Words(s)) => Luminance::Computed(self.mixed(s)),
            (Layout::Bayer(_), Samples::Bytes(s)) => Luminance::Computed(bayer::binomial(&self.plane(s))),
            (Layout::Bayer(_), Samples::Words(s)) => Luminance::Computed(bayer::binomial(&self.plane(s))),
        }
    }

    /// Red, green and blue planes, or nothing for a mono frame. Bayer: bilinear.
    pub fn channels(&self) -> Option<[PlaneBuf<u16>; 3]> {
        match (self.layout, self.samples) {
            (Layout::Mono, _) => None,
            (Layout::Rgb, Samples::Bytes(s)) => Some(std::array::from_fn(|c| self.channel(s, c))),
            (Layout::Rgb, Samples::Words(s)) => Some(std::array::from_fn(|c| self.channel(s, c))),
            (Layout::Bayer(p), Samples::Bytes(s)) => Some(bayer::demosaic(&self.plane(s), p)),
            (Layout::Bayer(p), Samples::Words(s)) => Some(bayer::demosaic(&self.plane(s), p)),
        }
    }

    fn plane<T: Sample>(&self, samples: &'a [T]) -> Plane<'a, T> {
        Plane::new(samples, self.width, self.height, self.stride)
            .expect("the frame was checked when it was made")
    }

    fn mixed<T: Sample>(&self, samples: &[T]) -> PlaneBuf<u16> {
        PlaneBuf::from_fn(self.width, self.height, |x, y| {
            let at = y * self.stride + 3 * x;
            let sum = samples[at].to_u32() + 2 * samples[at + 1].to_u32() + samples[at + 2].to_u32();
            u16::try_from((sum + 2) / 4).expect("a mean of 16-bit samples has 16 bits")
        })
    }

    fn channel<T: Sample>(&self, samples: &[T], channel: usize) -> PlaneBuf<u16> {
        PlaneBuf::from_fn(self.width, self.height, |x, y| samples[y * self.stride + 3 * x + channel].to_u16())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_checked() {
        let bytes = [0u8; 12];
        let make =
            |w, h, stride| Frame::new(Samples::Bytes(&bytes), Layout::Mono, 8, (w, h), stride).map(|_| ());
        assert_eq!(make(4, 3, 4), Ok(()));
        assert_eq!(make(2, 3, 5), Ok(()), "the last row needs no padding");
        assert_eq!(make(0, 3, 4), Err(FrameError::Empty { width: 0, height: 3 }));
        assert_eq!(make(5, 3, 4), Err(FrameError::Stride { stride: 4, needed: 5 }));
        assert_eq!(make(4, 4, 4), Err(FrameError::Truncated { needed: 16, found: 12 }));
        assert!(matches!(make(70_000, 70_000, 70_000), Err(FrameError::TooLarge { .. })));
        let deep = Frame::new(Samples::Bytes(&bytes), Layout::Mono, 10, (4, 3), 4);
        assert_eq!(deep.map(|_| ()), Err(FrameError::Depth { bits: 10 }));
    }

    #[test]
    fn colour_becomes_one_plane() {
        let rgb = [10u8, 20, 30, 40, 50, 60];
        let frame = Frame::new(Samples::Bytes(&rgb), Layout::Rgb, 8, (2, 1), 6).unwrap();
        let Luminance::Computed(plane) = frame.luminance() else { panic!("colour is computed") };
        assert_eq!(plane.as_plane().row(0), [20, 50]);
        let [r, _, b] = frame.channels().unwrap();
        assert_eq!((r.as_plane().row(0), b.as_plane().row(0)), ([10, 40].as_slice(), [30, 60].as_slice()));
    }

    #[test]
    fn full_scale_follows_the_depth() {
        let words = [0u16; 4];
        for (bits, full) in [(8, 255), (10, 1023), (12, 4095), (16, 65_535)] {
            assert_eq!(Frame::mono16(&words, bits, 2, 2).unwrap().full_scale(), full);
        }
    }
}
