//! Bitmaps without compression, as BMP files and AVI streams hold them (Microsoft's BITMAPINFOHEADER and its heirs).

use super::{FrameBuf, FrameFault, SamplesBuf, checked_bytes};
use vision::frame::Layout;

/// How the pixels of a bitmap lie.
#[derive(Debug, Clone)]
pub(super) struct Dib {
    width: usize,
    height: usize,
    bottom_up: bool,
    pixels: Pixels,
}

#[derive(Debug, Clone)]
enum Pixels {
    /// One byte a pixel that stands for a grey or a colour.
    Palette(Vec<[u8; 3]>),
    /// Blue, green, red, and perhaps a byte that means nothing.
    Bgr(usize),
    /// Brightness, rows with or without padding to four bytes.
    Mono8,
    /// Brightness in little-endian words.
    Mono16,
    /// Brightness in every other byte, from this one on; colours of half the width between them, which are left out.
    Luma422(usize),
    /// A plane of brightness, and after it colours of half the width and height, which are left out.
    Luma420,
}

const FILE_HEADER: usize = 14;

/// A whole BMP file.
pub(super) fn decode_bmp(bytes: &[u8]) -> Result<FrameBuf, FrameFault> {
    let offset = read_u32(bytes, 10)? as usize;
    let (dib, _) = Dib::parse(bytes.get(FILE_HEADER..).unwrap_or_default(), "BMP")?;
    let pixels = bytes.get(offset..).unwrap_or_default();
    dib.decode(pixels)
}

fn broken(format: &'static str, reason: impl Into<String>) -> FrameFault {
    FrameFault::Broken { format, reason: reason.into() }
}

fn read_u32(bytes: &[u8], at: usize) -> Result<u32, FrameFault> {
    let part = bytes.get(at..at + 4).and_then(|b| b.first_chunk::<4>());
    part.map(|b| u32::from_le_bytes(*b)).ok_or(FrameFault::Truncated {
        part: "bitmap's header",
        needed: at as u64 + 4,
        found: bytes.len() as u64,
    })
}

impl Dib {
    /// Reads a header with its palette; gives the bytes that it takes, too.
    pub fn parse(bytes: &[u8], format: &'static str) -> Result<(Self, usize), FrameFault> {
        let header = read_u32(bytes, 0)? as usize;
        if !(40..=256).contains(&header) {
            return Err(broken(format, format!("a header of {header} bytes; 40 or more are expected")));
        }
        let signed = |at: usize| read_u32(bytes, at).map(|v| i64::from(v as i32));
        let (width, height) = (signed(4)?, signed(8)?);
        let bits = read_u32(bytes, 12)? >> 16;
        let compression = read_u32(bytes, 16)?;
        let colours = read_u32(bytes, 32)?;
        if width < 0 {
            return Err(broken(format, format!("a width of {width}")));
        }
        checked_bytes(width as u64, height.unsigned_abs(), u64::from(bits.max(8)) / 8)?;
        let code = compression.to_le_bytes();
        let pixels = match (&code, bits) {
            ([0, 0, 0, 0], 8) => Pixels::Palette(palette(bytes, header, colours)?),
            ([0, 0, 0, 0], 24) => Pixels::Bgr(3),
            ([0, 0, 0, 0], 32) => Pixels::Bgr(4),
            ([0, 0, 0, 0], bits @ (1 | 2 | 4)) => return Err(FrameFault::Depth { bits }),
            // Masks are given: only the usual order of bytes.
            ([3, 0, 0, 0], 32) => match (read_u32(bytes, 40)?, read_u32(bytes, 44)?, read_u32(bytes, 48)?) {
                (0x00ff_0000, 0x0000_ff00, 0x0000_00ff) => Pixels::Bgr(4),
                masks => return Err(broken(format, format!("colour masks {masks:08x?} are not known"))),
            },
            (b"Y800" | b"GREY" | b"Y8  ", _) => Pixels::Mono8,
            (b"Y16 ", _) => Pixels::Mono16,
            (b"YUY2" | b"YUYV" | b"YVYU", _) => Pixels::Luma422(0),
            (b"UYVY" | b"HDYC", _) => Pixels::Luma422(1),
            (b"I420" | b"IYUV" | b"YV12" | b"NV12" | b"NV21", _) => Pixels::Luma420,
            _ => return Err(broken(format, format!("{bits} bits compressed as {}", word(code)))),
        };
        // Only bitmaps of Windows' own kind begin at the bottom.
        let bottom_up = height > 0 && matches!(pixels, Pixels::Palette(_) | Pixels::Bgr(_));
        let dib = Self { width: width as usize, height: height.unsigned_abs() as usize, bottom_up, pixels };
        Ok((dib, header))
    }

    /// Makes a frame of the pixels.
    pub fn decode(&self, bytes: &[u8]) -> Result<FrameBuf, FrameFault> {
        let (row, padded) = self.row_bytes(bytes.len());
        let needed = padded * (self.height - 1) + row + self.colour_bytes();
        if bytes.len() < needed {
            return Err(FrameFault::Truncated {
                part: "bitmap",
                needed: needed as u64,
                found: bytes.len() as u64,
            });
        }
        let rows = (0..self.height).map(|y| {
            let from = if self.bottom_up { self.height - 1 - y } else { y };
            &bytes[from * padded..][..row]
        });
        let size = (self.width, self.height);
        match &self.pixels {
            Pixels::Mono8 | Pixels::Luma420 => {
                let samples = rows.flatten().copied().collect();
                FrameBuf::new(SamplesBuf::Bytes(samples), Layout::Mono, 8, size)
            }
            Pixels::Luma422(first) => {
                let samples = rows.flat_map(|row| row[*first..].iter().step_by(2).take(self.width)).copied();
                FrameBuf::new(SamplesBuf::Bytes(samples.collect()), Layout::Mono, 8, size)
            }
            Pixels::Mono16 => {
                let samples = rows.flat_map(|row| super::words(row, u16::from_le_bytes)).collect();
                FrameBuf::new(SamplesBuf::Words(samples), Layout::Mono, 16, size)
            }
            Pixels::Palette(colours) if colours.iter().all(|c| c[0] == c[1] && c[1] == c[2]) => {
                let samples = rows.flatten().map(|&i| colours[usize::from(i)][0]).collect();
                FrameBuf::new(SamplesBuf::Bytes(samples), Layout::Mono, 8, size)
            }
            Pixels::Palette(colours) => {
                let samples = rows.flatten().flat_map(|&i| colours[usize::from(i)]).collect();
                FrameBuf::new(SamplesBuf::Bytes(samples), Layout::Rgb, 8, size)
            }
            Pixels::Bgr(group) => {
                let pixels = rows.flat_map(|row| row.chunks_exact(*group));
                let samples = pixels.flat_map(|p| [p[2], p[1], p[0]]).collect();
                FrameBuf::new(SamplesBuf::Bytes(samples), Layout::Rgb, 8, size)
            }
        }
    }

    /// Bytes of the planes of colour that follow the brightness.
    fn colour_bytes(&self) -> usize {
        match self.pixels {
            Pixels::Luma420 => 2 * self.width.div_ceil(2) * self.height.div_ceil(2),
            _ => 0,
        }
    }

    /// Bytes of a row's pixels, and from one row to the next. Programs differ in whether rows of plain brightness are
    /// padded; the length of the whole tells.
    fn row_bytes(&self, length: usize) -> (usize, usize) {
        let (row, may_be_tight) = match self.pixels {
            Pixels::Palette(_) => (self.width, false),
            Pixels::Bgr(group) => (self.width * group, false),
            Pixels::Mono8 => (self.width, true),
            Pixels::Mono16 => (self.width * 2, true),
            // Two pixels share their colours.
            Pixels::Luma422(_) => (self.width.next_multiple_of(2) * 2, false),
            Pixels::Luma420 => return (self.width, self.width),
        };
        let padded = row.next_multiple_of(4);
        let tight = may_be_tight && length < padded * (self.height - 1) + row;
        (row, if tight { row } else { padded })
    }
}

/// 256 colours; those that the file does not give are black.
fn palette(bytes: &[u8], header: usize, colours: u32) -> Result<Vec<[u8; 3]>, FrameFault> {
    let count = if colours == 0 { 256 } else { colours.min(256) } as usize;
    let mut palette = vec![[0; 3]; 256];
    let given = bytes.get(header..).unwrap_or_default();
    if given.len() < 4 * count {
        let needed = (header + 4 * count) as u64;
        return Err(FrameFault::Truncated { part: "palette", needed, found: bytes.len() as u64 });
    }
    for (colour, bgr) in palette.iter_mut().zip(given.as_chunks::<4>().0).take(count) {
        *colour = [bgr[2], bgr[1], bgr[0]];
    }
    Ok(palette)
}

fn word(code: [u8; 4]) -> String {
    if code.iter().all(u8::is_ascii_graphic) {
        String::from_utf8_lossy(&code).into_owned()
    } else {
        format!("kind {}", u32::from_le_bytes(code))
    }
}
