//! Frames of cameras: PNG, TIFF, BMP, raw samples with a header line, uncompressed AVI.
//!
//! [`Packets`] cuts a file or a pipe into packets of one frame each, without looking into them; [`Packet::decode`] makes
//! samples of one. What stands between two frames of a pipe is passed over to where the next begins, and named with its place. So a reader may run ahead of those who decode, and memory holds only what is under way.
//!
//! What cannot be measured is refused with the reason: 1 to 4 bits a sample, CMYK, lossy formats, empty and oversized frames.
//! Memory is asked for only after the size was compared with the limits and with what the packet's own length can hold.

mod avi;
mod dib;
mod packet;
mod png;
mod raw;
mod source;
mod tiff;

pub use packet::{Packet, Packets};

use vision::frame::{Frame, FrameError, Layout, SIDE_MAX, Samples};

/// Most bytes of one frame's samples: 1 GiB.
pub const BYTES_MAX: usize = 1 << 30;

/// Samples of a frame, owned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SamplesBuf {
    /// One byte a sample.
    Bytes(Vec<u8>),
    /// Two bytes a sample, the value in the low bits.
    Words(Vec<u16>),
}

/// A decoded frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameBuf {
    samples: SamplesBuf,
    layout: Layout,
    bits: u8,
    width: usize,
    height: usize,
}

/// Why bytes are no frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameFault {
    /// Nothing there.
    #[error("the file is empty")]
    Empty,
    /// None of the formats.
    #[error("no PNG, TIFF, BMP, AVI or raw frame: it begins with `{begins}`")]
    Format {
        /// First bytes, in words or hexadecimal.
        begins: String,
    },
    /// A format that changes samples.
    #[error(
        "{format} is lossy: it changes the samples that are to be measured; let the camera write PNG, TIFF, BMP or raw"
    )]
    Lossy {
        /// Name of the format.
        format: &'static str,
    },
    /// Ends too early.
    #[error("truncated: the {part} needs {needed} bytes and {found} are there")]
    Truncated {
        /// What is cut short.
        part: &'static str,
        /// Bytes that it needs.
        needed: u64,
        /// Bytes that are there.
        found: u64,
    },
    /// Larger than the limits.
    #[error("{width} x {height} px are too large: a side may have {SIDE_MAX} px and a frame {} MiB of samples", BYTES_MAX >> 20)]
    TooLarge {
        /// Width in px.
        width: u64,
        /// Height in px.
        height: u64,
    },
    /// Too few bits, or an odd number of them.
    #[error(
        "{bits} {unit} a sample; 8 to 16 are needed to measure: let the camera write 8-bit or 16-bit frames",
        unit = if *bits == 1 { "bit" } else { "bits" }
    )]
    Depth {
        /// Bits a sample.
        bits: u32,
    },
    /// A colour model of print, or another that is not of light.
    #[error("the colours are {model}; mono or RGB is needed")]
    Colours {
        /// Name of the colour model.
        model: String,
    },
    /// Bytes between frames that are none.
    #[error("{reason}; {bytes} bytes are passed over")]
    Between {
        /// What they are not.
        reason: String,
        /// How many they are.
        bytes: u64,
    },
    /// Several images in one file.
    #[error("the TIFF file holds several images; give one file for each frame, or a raw stream")]
    Several,
    /// Not as the format demands.
    #[error("broken {format}: {reason}")]
    Broken {
        /// Name of the format.
        format: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// Size and samples do not fit.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The source could not be read.
    #[error("cannot be read: {0}")]
    Read(String),
}

impl FrameBuf {
    /// A frame without padding between rows.
    ///
    /// # Errors
    /// Size, depth and number of samples do not fit.
    pub fn new(
        samples: SamplesBuf,
        layout: Layout,
        bits: u8,
        (width, height): (usize, usize),
    ) -> Result<Self, FrameFault> {
        let frame = Self { samples, layout, bits, width, height };
        frame.try_frame()?;
        Ok(frame)
    }

    fn try_frame(&self) -> Result<Frame<'_>, FrameError> {
        let samples = match &self.samples {
            SamplesBuf::Bytes(s) => Samples::Bytes(s),
            SamplesBuf::Words(s) => Samples::Words(s),
        };
        let stride = self.width * channels(self.layout);
        Frame::new(samples, self.layout, self.bits, (self.width, self.height), stride)
    }

    /// The frame for the engine.
    pub fn as_frame(&self) -> Frame<'_> {
        self.try_frame().expect("checked when it was made")
    }

    /// Samples, row by row.
    pub fn samples(&self) -> &SamplesBuf {
        &self.samples
    }

    /// The frame as raw samples with their header line, as [`Packets`] reads it again.
    pub fn raw(&self) -> Vec<u8> {
        let header = raw::header_line(self.layout, self.bits, self.size());
        let mut bytes = header.into_bytes();
        match &self.samples {
            // Fewer than eight bits were refused; a byte each is what eight bits are written as.
            SamplesBuf::Bytes(samples) => bytes.extend(samples),
            SamplesBuf::Words(samples) => bytes.extend(samples.iter().flat_map(|s| s.to_le_bytes())),
        }
        bytes
    }

    /// What a sample stands for.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Width and height in px.
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// True where a sample of the pixel nearest to a place, in px, is at the end of the camera's range: what is brighter reads
    /// the same. False outside of the frame.
    pub fn is_clipped(&self, x_px: f64, y_px: f64) -> bool {
        let (x, y) = (x_px.round(), y_px.round());
        if !(x >= 0.0 && y >= 0.0 && x < self.width as f64 && y < self.height as f64) {
            return false;
        }
        let n = channels(self.layout);
        let at = (y as usize * self.width + x as usize) * n;
        let full = self.as_frame().full_scale();
        (at..at + n).any(|i| match &self.samples {
            SamplesBuf::Bytes(s) => u16::from(s[i]) >= full,
            SamplesBuf::Words(s) => s[i] >= full,
        })
    }

    /// A pixel's brightness, 0..=255: the upper bits of the sample, of colours their mean.
    pub fn tone(&self, x: usize, y: usize) -> u8 {
        let n = channels(self.layout);
        let at = (y * self.width + x) * n;
        let sample = |i: usize| match &self.samples {
            SamplesBuf::Bytes(s) => u32::from(s[i]),
            SamplesBuf::Words(s) => u32::from(s[i]) >> (self.bits - 8),
        };
        ((at..at + n).map(sample).sum::<u32>() / n as u32).min(255) as u8
    }
}

/// Samples a pixel.
fn channels(layout: Layout) -> usize {
    if layout == Layout::Rgb { 3 } else { 1 }
}

/// Bytes that a frame's samples take, after the limits were looked at.
fn checked_bytes(width: u64, height: u64, bytes_a_pixel: u64) -> Result<usize, FrameFault> {
    if width == 0 || height == 0 {
        return Err(FrameError::Empty { width: width as usize, height: height as usize }.into());
    }
    let side = SIDE_MAX as u64;
    let bytes = width.checked_mul(height).and_then(|n| n.checked_mul(bytes_a_pixel));
    match bytes {
        Some(bytes) if width <= side && height <= side && bytes <= BYTES_MAX as u64 => Ok(bytes as usize),
        _ => Err(FrameFault::TooLarge { width, height }),
    }
}

/// Refuses a size that so few bytes of compressed data cannot hold; `ratio` is the most that the compression can do.
fn check_ratio(part: &'static str, bytes: usize, packed: usize, ratio: usize) -> Result<(), FrameFault> {
    let needed = bytes / ratio;
    if packed < needed {
        return Err(FrameFault::Truncated { part, needed: needed as u64, found: packed as u64 });
    }
    Ok(())
}

/// Words of big-endian or little-endian bytes.
fn words(bytes: &[u8], from: fn([u8; 2]) -> u16) -> Vec<u16> {
    bytes.as_chunks::<2>().0.iter().map(|pair| from(*pair)).collect()
}

/// Takes the last of every group of samples away: an alpha channel.
fn without_last<T: Copy>(samples: &[T], group: usize) -> Vec<T> {
    samples.chunks_exact(group).flat_map(|pixel| &pixel[..group - 1]).copied().collect()
}

#[cfg(test)]
mod tests;
