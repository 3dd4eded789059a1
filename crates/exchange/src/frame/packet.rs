//! Cutting files and pipes into frames.

use super::avi::Avi;
use super::dib::{self, Dib};
use super::raw::Header;
use super::source::Source;
use super::{BYTES_MAX, FrameBuf, FrameFault, png, tiff};
use std::io::{BufRead, Read};

/// One frame, not decoded yet.
#[derive(Debug, Clone)]
pub struct Packet {
    /// Where it comes from: the source's name, with the frame's number from 1 where the source may hold several.
    pub name: String,
    bytes: Vec<u8>,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    /// A whole file: its first bytes tell what it is.
    File,
    Raw(Header),
    Bitmap(Dib),
}

impl Packet {
    /// A whole file's bytes.
    pub fn file(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { name: name.into(), bytes, kind: Kind::File }
    }

    /// The bytes as they came, without a raw stream's header line.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Decodes the frame.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn decode(&self) -> Result<FrameBuf, FrameFault> {
        let bytes = self.bytes.as_slice();
        match &self.kind {
            Kind::Raw(header) => header.decode(bytes),
            Kind::Bitmap(dib) => dib.decode(bytes),
            Kind::File => match bytes {
                [] => Err(FrameFault::Empty),
                [0x89, b'P', b'N', b'G', ..] => png::decode(bytes),
                [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => tiff::decode(bytes),
                [b'B', b'M', ..] => dib::decode_bmp(bytes),
                [0xff, 0xd8, 0xff, ..] => Err(FrameFault::Lossy { format: "JPEG" }),
                [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
                    Err(FrameFault::Lossy { format: "WebP" })
                }
                [b'G', b'I', b'F', b'8', ..] => Err(FrameFault::Lossy { format: "GIF" }),
                other => Err(FrameFault::Format { begins: begins(other) }),
            },
        }
    }
}

/// The first bytes as a person would describe them.
fn begins(bytes: &[u8]) -> String {
    let first = &bytes[..bytes.len().min(16)];
    if first.iter().all(|b| (b' '..=b'~').contains(b) || b.is_ascii_whitespace()) {
        String::from_utf8_lossy(first).trim().replace(['\n', '\r'], " ")
    } else {
        first.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(" ")
    }
}

/// The frames of one file or pipe, one after the other: raw frames, bitmaps of Netpbm and PNG in any order, or one AVI, or one
/// picture of another kind, which is all that there is.
#[derive(Debug)]
pub struct Packets<R> {
    name: String,
    from: Source<R>,
    stream: Stream,
    number: u64,
    cut: bool,
}

#[derive(Debug)]
enum Stream {
    /// Nothing was read yet.
    New,
    /// Frames that each say where they end.
    Frames,
    Avi(Box<Avi>),
    Ended,
}

/// First bytes of a PNG file.
const PNG: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// What a frame that says where it ends begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begin {
    Raw,
    Png,
}

impl Begin {
    /// How many bytes tell it.
    const LENGTH: usize = 8;

    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [b'r', b'a', b'w', b' ', ..] => Some(Self::Raw),
            [b'P', b'1'..=b'6', b, ..] if b.is_ascii_whitespace() || *b == b'#' => Some(Self::Raw),
            bytes if bytes.starts_with(&PNG) => Some(Self::Png),
            _ => None,
        }
    }
}

fn unread(error: std::io::Error) -> FrameFault {
    FrameFault::Read(error.to_string())
}

impl<R: Read> Packets<R> {
    /// Frames of a source; the name is what errors call it.
    pub fn new(name: impl Into<String>, from: R) -> Self {
        Self { name: name.into(), from: Source::new(from), stream: Stream::New, number: 0, cut: false }
    }

    /// True where the source ended, or could not be read on, inside of the frame that came last: its sender fell.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    fn step(&mut self) -> Result<Option<Packet>, FrameFault> {
        if let Stream::New = self.stream {
            let first = self.from.peek(12).map_err(unread)?;
            self.stream = match first {
                [b'R', b'I', b'F', b'F', _, _, _, _, b'A', b'V', b'I', ..] => Stream::Avi(Box::default()),
                first if Begin::of(first).is_some() => Stream::Frames,
                _ => {
                    self.stream = Stream::Ended;
                    return self.whole().map(Some);
                }
            };
        }
        self.number += 1;
        match &mut self.stream {
            Stream::New | Stream::Ended => Ok(None),
            Stream::Avi(avi) => {
                let next = avi.next(&mut self.from)?;
                if next.is_none() && self.number == 1 {
                    let reason = "it has no frames".to_owned();
                    return Err(FrameFault::Broken { format: "AVI", reason });
                }
                let name = format!("{}, frame {}", self.name, self.number);
                Ok(next.map(|(dib, bytes)| Packet { name, bytes, kind: Kind::Bitmap(dib) }))
            }
            Stream::Frames => {
                let begins = self.from.peek(Begin::LENGTH).map_err(unread)?;
                if begins.is_empty() {
                    return Ok(None);
                }
                match Begin::of(begins) {
                    Some(Begin::Raw) => self.raw().map(Some),
                    Some(Begin::Png) => self.png().map(Some),
                    None => {
                        let reason = format!("no frame begins with `{}`", self::begins(begins));
                        let bytes = self.pass_over()?;
                        Err(FrameFault::Between { reason, bytes })
                    }
                }
            }
        }
    }

    fn raw(&mut self) -> Result<Packet, FrameFault> {
        self.from.mark();
        let header = match Header::read(&mut self.from) {
            Ok(header) => header,
            Err(fault) => {
                // What was no header may hold the next frame's.
                if !matches!(fault, FrameFault::Read(_) | FrameFault::Truncated { .. }) {
                    self.from.put_back();
                    self.from.consume(1);
                    self.pass_over()?;
                }
                return Err(fault);
            }
        };
        self.from.unmark();
        let mut bytes = Vec::new();
        (&mut self.from).take(header.bytes as u64).read_to_end(&mut bytes).map_err(unread)?;
        if bytes.len() < header.bytes {
            return Err(FrameFault::Truncated {
                part: "raw frame",
                needed: header.bytes as u64,
                found: bytes.len() as u64,
            });
        }
        let name = format!("{}, frame {}", self.name, self.number);
        Ok(Packet { name, bytes, kind: Kind::Raw(header) })
    }

    /// A PNG file up to its last chunk; whatever there is, where the source ends before. The first keeps the source's name:
    /// whether others follow is not known yet.
    fn png(&mut self) -> Result<Packet, FrameFault> {
        let mut bytes = Vec::new();
        let mut take = |length: u64, bytes: &mut Vec<u8>| -> Result<bool, FrameFault> {
            let read = (&mut self.from).take(length).read_to_end(bytes).map_err(unread)?;
            Ok(read as u64 == length)
        };
        let mut whole = take(PNG.len() as u64, &mut bytes)?;
        while whole {
            whole = take(8, &mut bytes)?;
            let Some(&[a, b, c, d, ref kind @ ..]) = bytes.last_chunk::<8>().filter(|_| whole) else { break };
            let last = kind == b"IEND";
            let length = u64::from(u32::from_be_bytes([a, b, c, d]));
            if bytes.len() as u64 + length > WHOLE_MAX {
                return Err(too_long());
            }
            // The checksum follows.
            whole = take(length + 4, &mut bytes)?;
            if last {
                break;
            }
        }
        self.cut = !whole;
        let name = match self.number {
            1 => self.name.clone(),
            number => format!("{}, frame {number}", self.name),
        };
        Ok(Packet::file(name, bytes))
    }

    /// Passes over what is no frame up to where one begins; how many bytes.
    fn pass_over(&mut self) -> Result<u64, FrameFault> {
        let from = self.from.at();
        loop {
            let there = self.from.fill_buf().map_err(unread)?;
            if there.is_empty() {
                return Ok(self.from.at() - from);
            }
            let next = there.iter().position(|b| matches!(b, b'r' | b'P' | 0x89)).unwrap_or(there.len());
            self.from.consume(next);
            if Begin::of(self.from.peek(Begin::LENGTH).map_err(unread)?) == Some(Begin::Png)
                || self.header_follows()?
            {
                return Ok(self.from.at() - from);
            }
            if !self.from.fill_buf().map_err(unread)?.is_empty() && next == 0 {
                self.from.consume(1);
            }
        }
    }

    /// True where a whole and valid header of a raw frame is next.
    fn header_follows(&mut self) -> Result<bool, FrameFault> {
        if Begin::of(self.from.peek(Begin::LENGTH).map_err(unread)?) != Some(Begin::Raw) {
            return Ok(false);
        }
        self.from.mark();
        let header = Header::read(&mut self.from);
        self.from.put_back();
        Ok(header.is_ok())
    }

    /// A file of one frame.
    fn whole(&mut self) -> Result<Packet, FrameFault> {
        let mut bytes = Vec::new();
        let read = (&mut self.from).take(WHOLE_MAX + 1).read_to_end(&mut bytes);
        read.map_err(unread)?;
        if bytes.len() as u64 > WHOLE_MAX {
            return Err(too_long());
        }
        Ok(Packet::file(self.name.clone(), bytes))
    }
}

/// Most bytes of a picture's file: a plain bitmap of the largest frame, with some room for its headers.
const WHOLE_MAX: u64 = BYTES_MAX as u64 + (1 << 20);

fn too_long() -> FrameFault {
    FrameFault::Broken { format: "picture", reason: format!("more than {} MiB", WHOLE_MAX >> 20) }
}

impl<R: Read> Iterator for Packets<R> {
    type Item = Result<Packet, (String, FrameFault)>;

    /// The next frame. A fault comes with its place; what follows a faulty header or bytes that are none is looked for, and
    /// where the source is cut or an AVI broken nothing more comes.
    fn next(&mut self) -> Option<Self::Item> {
        let at = self.from.at();
        let step = self.step();
        match (&step, &self.stream) {
            (Ok(Some(_)), _) => {}
            (Err(FrameFault::Truncated { .. } | FrameFault::Read(_)), _) => {
                (self.cut, self.stream) = (true, Stream::Ended);
            }
            (Err(_), Stream::Frames) => {}
            _ => self.stream = Stream::Ended,
        }
        let place = || match (self.number, &self.stream) {
            (0, _) => self.name.clone(),
            (number, Stream::Frames) => format!("{}, frame {number} (byte {at})", self.name),
            (number, _) => format!("{}, frame {number}", self.name),
        };
        step.map_err(|fault| (place(), fault)).transpose()
    }
}
