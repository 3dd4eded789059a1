//! Cutting files and pipes into frames.

use super::avi::Avi;
use super::dib::{self, Dib};
use super::raw::Header;
use super::{BYTES_MAX, FrameBuf, FrameFault, png, tiff};
use std::io::{BufRead, BufReader, Read};

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

/// The frames of one file or pipe, one after the other.
#[derive(Debug)]
pub struct Packets<R> {
    name: String,
    from: BufReader<R>,
    stream: Stream,
    number: u64,
}

#[derive(Debug)]
enum Stream {
    /// Nothing was read yet.
    New,
    Raw,
    Avi(Box<Avi>),
    Ended,
}

impl<R: Read> Packets<R> {
    /// Frames of a source; the name is what errors call it.
    pub fn new(name: impl Into<String>, from: R) -> Self {
        Self {
            name: name.into(),
            from: BufReader::with_capacity(1 << 16, from),
            stream: Stream::New,
            number: 0,
        }
    }

    fn step(&mut self) -> Result<Option<Packet>, FrameFault> {
        if let Stream::New = self.stream {
            let first = self.from.fill_buf().map_err(|e| FrameFault::Read(e.to_string()))?;
            self.stream = match first {
                [b'R', b'I', b'F', b'F', _, _, _, _, b'A', b'V', b'I', ..] => Stream::Avi(Box::default()),
                [b'r', b'a', b'w', b' ', ..] | [b'P', b'1'..=b'6', ..] => Stream::Raw,
                _ => {
                    self.stream = Stream::Ended;
                    return self.whole().map(Some);
                }
            };
        }
        self.number += 1;
        let name = format!("{}, frame {}", self.name, self.number);
        match &mut self.stream {
            Stream::New | Stream::Ended => Ok(None),
            Stream::Avi(avi) => {
                let next = avi.next(&mut self.from)?;
                if next.is_none() && self.number == 1 {
                    let reason = "it has no frames".to_owned();
                    return Err(FrameFault::Broken { format: "AVI", reason });
                }
                Ok(next.map(|(dib, bytes)| Packet { name, bytes, kind: Kind::Bitmap(dib) }))
            }
            Stream::Raw => {
                let Some(header) = Header::read(&mut self.from)? else { return Ok(None) };
                let mut bytes = Vec::new();
                let read = (&mut self.from).take(header.bytes as u64).read_to_end(&mut bytes);
                read.map_err(|e| FrameFault::Read(e.to_string()))?;
                if bytes.len() < header.bytes {
                    return Err(FrameFault::Truncated {
                        part: "raw frame",
                        needed: header.bytes as u64,
                        found: bytes.len() as u64,
                    });
                }
                Ok(Some(Packet { name, bytes, kind: Kind::Raw(header) }))
            }
        }
    }

    /// A file of one frame.
    fn whole(&mut self) -> Result<Packet, FrameFault> {
        // A plain bitmap of the largest frame, with some room for its headers.
        let most = BYTES_MAX as u64 + (1 << 20);
        let mut bytes = Vec::new();
        let read = (&mut self.from).take(most + 1).read_to_end(&mut bytes);
        read.map_err(|e| FrameFault::Read(e.to_string()))?;
        if bytes.len() as u64 > most {
            let reason = format!("more than {} MiB", most >> 20);
            return Err(FrameFault::Broken { format: "picture", reason });
        }
        Ok(Packet::file(self.name.clone(), bytes))
    }
}

impl<R: Read> Iterator for Packets<R> {
    type Item = Result<Packet, (String, FrameFault)>;

    /// The next frame; after a fault, with the place where it is, nothing more.
    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step();
        if !matches!(step, Ok(Some(_))) {
            self.stream = Stream::Ended;
        }
        let place = || match self.number {
            0 => self.name.clone(),
            number => format!("{}, frame {number}", self.name),
        };
        step.map_err(|fault| (place(), fault)).transpose()
    }
}
