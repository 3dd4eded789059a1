//! Samples with a header line, one frame after the other: for pipes from cameras and other programs.
//!
//! ```text
//! raw WIDTH HEIGHT LAYOUT BITS\n      LAYOUT: mono, rgb, bayer_rggb, bayer_grbg, bayer_gbrg, bayer_bggr
//! ```
//!
//! then WIDTH x HEIGHT samples (three times as many of rgb), row by row without padding: a byte each where BITS is 8, else
//! two bytes, the lower first. Binary PGM and PPM (`P5`, `P6`; Netpbm) are read too, as video converters write them.

use super::{FrameBuf, FrameFault, SamplesBuf, channels, checked_bytes, words};
use std::io::BufRead;
use vision::frame::{BayerPattern, Layout};

/// What a header line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    width: usize,
    height: usize,
    layout: Layout,
    bits: u8,
    big_endian: bool,
    /// Bytes of samples that follow.
    pub bytes: usize,
}

/// Longest header, comments of PGM included.
const HEADER_MAX: usize = 1024;

/// The words for layouts.
const LAYOUTS: [(&str, Layout); 6] = [
    ("mono", Layout::Mono),
    ("rgb", Layout::Rgb),
    ("bayer_rggb", Layout::Bayer(BayerPattern::Rggb)),
    ("bayer_grbg", Layout::Bayer(BayerPattern::Grbg)),
    ("bayer_gbrg", Layout::Bayer(BayerPattern::Gbrg)),
    ("bayer_bggr", Layout::Bayer(BayerPattern::Bggr)),
];

/// The header line of a frame.
pub(super) fn header_line(layout: Layout, bits: u8, (width, height): (usize, usize)) -> String {
    let word = LAYOUTS.iter().find(|(_, l)| *l == layout).map_or("mono", |(word, _)| *word);
    format!("raw {width} {height} {word} {bits}\n")
}

fn broken(reason: impl Into<String>) -> FrameFault {
    FrameFault::Broken { format: "raw frame", reason: reason.into() }
}

impl Header {
    /// Reads a header up to its samples.
    pub fn read(from: &mut impl BufRead) -> Result<Self, FrameFault> {
        let begins = from.fill_buf().map_err(|e| FrameFault::Read(e.to_string()))?;
        if begins.first() == Some(&b'P') {
            return Self::read_netpbm(from);
        }
        let mut line = Vec::new();
        take_until(from, &mut line, |b| b == b'\n')?;
        Self::parse(&String::from_utf8_lossy(&line))
    }

    fn parse(line: &str) -> Result<Self, FrameFault> {
        let form = || broken(format!("`{}` is not `raw WIDTH HEIGHT LAYOUT BITS`", line.trim_end()));
        let words: Vec<&str> = line.split_whitespace().collect();
        let &["raw", width, height, layout, bits] = words.as_slice() else { return Err(form()) };
        let known = LAYOUTS.iter().find(|(word, _)| *word == layout);
        let layout = known.map(|(_, layout)| *layout).ok_or_else(form)?;
        let number = |word: &str| word.parse::<u32>().map_err(|_| form());
        Self::new(number(width)?, number(height)?, layout, number(bits)?, false)
    }

    /// `P5` or `P6`, width, height and largest value, parted by white space, with comments from `#` to the line's end.
    fn read_netpbm(from: &mut impl BufRead) -> Result<Self, FrameFault> {
        let mut fields: Vec<String> = Vec::new();
        while fields.len() < 4 {
            let mut word = Vec::new();
            let end = take_until(from, &mut word, |b| b.is_ascii_whitespace() || b == b'#')?;
            if end == b'#' {
                take_until(from, &mut Vec::new(), |b| b == b'\n')?;
            }
            if !word.is_empty() {
                fields.push(String::from_utf8_lossy(&word).into_owned());
            }
        }
        let form = || broken(format!("`{}` is no header of PGM or PPM", fields.join(" ")));
        let layout = match fields[0].as_str() {
            "P5" => Layout::Mono,
            "P6" => Layout::Rgb,
            "P4" | "P1" => return Err(FrameFault::Depth { bits: 1 }),
            _ => return Err(form()),
        };
        let number = |i: usize| fields[i].parse::<u32>().map_err(|_| form());
        let bits = match number(3)? {
            0 | 65_536.. => return Err(form()),
            largest => (largest + 1).next_power_of_two().ilog2(),
        };
        Self::new(number(1)?, number(2)?, layout, bits, true)
    }

    fn new(width: u32, height: u32, layout: Layout, bits: u32, big_endian: bool) -> Result<Self, FrameFault> {
        if !(8..=16).contains(&bits) {
            return Err(FrameFault::Depth { bits });
        }
        let sample = if bits == 8 { 1 } else { 2 };
        let bytes = checked_bytes(width.into(), height.into(), channels(layout) as u64 * sample)?;
        let (width, height) = (width as usize, height as usize);
        Ok(Self { width, height, layout, bits: bits as u8, big_endian, bytes })
    }

    /// Makes a frame of the samples.
    pub fn decode(&self, bytes: &[u8]) -> Result<FrameBuf, FrameFault> {
        let samples = if self.bits == 8 {
            SamplesBuf::Bytes(bytes.to_vec())
        } else {
            let words = words(bytes, if self.big_endian { u16::from_be_bytes } else { u16::from_le_bytes });
            let full = u16::MAX >> (16 - u32::from(self.bits));
            if let Some(at) = words.iter().position(|&w| w > full) {
                let (x, y) = (at % self.width, at / self.width);
                return Err(broken(format!(
                    "the sample {} at column {x}, row {y} has more than {} bits; are the bytes in the other order?",
                    words[at], self.bits
                )));
            }
            SamplesBuf::Words(words)
        };
        FrameBuf::new(samples, self.layout, self.bits, (self.width, self.height))
    }
}

/// Takes bytes up to one that ends them, which is taken too and returned.
fn take_until(from: &mut impl BufRead, into: &mut Vec<u8>, ends: fn(u8) -> bool) -> Result<u8, FrameFault> {
    loop {
        let buffer = from.fill_buf().map_err(|e| FrameFault::Read(e.to_string()))?;
        let Some(&byte) = buffer.first() else {
            let found = into.len() as u64;
            return Err(FrameFault::Truncated { part: "header", needed: found + 1, found });
        };
        from.consume(1);
        if ends(byte) {
            return Ok(byte);
        }
        into.push(byte);
        if into.len() > HEADER_MAX {
            return Err(broken("no header line: its end is not there within 1024 bytes"));
        }
    }
}
