//! Uncompressed AVI (Microsoft RIFF; OpenDML's further RIFF chunks too), read as a stream.
//!
//! Lists are entered whatever their kind, so neither an index nor the sizes of lists are needed: a recorder that was
//! stopped leaves them wrong.

use super::dib::Dib;
use super::{BYTES_MAX, FrameFault};
use std::io::{BufRead, Read};

/// What was read of the streams' headers.
#[derive(Debug, Default)]
pub(super) struct Avi {
    /// Streams begun so far.
    streams: u8,
    /// True while the header of a video stream is the last one read.
    in_video: bool,
    /// Number and form of the first video stream.
    video: Option<(u8, Dib)>,
}

/// Largest header that is read.
const HEADER_MAX: usize = 1 << 16;

impl Avi {
    /// The next frame's bitmap; nothing at the end. A chunk of no bytes stands for a frame that the recorder dropped and is
    /// left out.
    pub fn next(&mut self, from: &mut impl BufRead) -> Result<Option<(Dib, Vec<u8>)>, FrameFault> {
        loop {
            let Some(head) = take(from, 8, "chunk's header", true)? else { return Ok(None) };
            let (id, length) = ([head[0], head[1], head[2], head[3]], size(&head[4..8]));
            match &id {
                b"RIFF" | b"LIST" => drop(take(from, 4, "list's header", false)?),
                b"strh" => {
                    let body = self.body(from, length, HEADER_MAX)?;
                    self.in_video = body.starts_with(b"vids");
                    self.streams = self.streams.saturating_add(1);
                }
                b"strf" => {
                    let body = self.body(from, length, HEADER_MAX)?;
                    if self.in_video && self.video.is_none() {
                        self.video = Some((self.streams.saturating_sub(1), Dib::parse(&body, "AVI")?.0));
                    }
                }
                [a, b, b'd', b'b' | b'c'] if length > 0 => {
                    let body = self.body(from, length, BYTES_MAX)?;
                    let Some((stream, dib)) = &self.video else {
                        let reason = "frames come before the header of a video".to_owned();
                        return Err(FrameFault::Broken { format: "AVI", reason });
                    };
                    if [*a, *b] == [b'0' + stream / 10, b'0' + stream % 10] {
                        return Ok(Some((dib.clone(), body)));
                    }
                }
                _ => skip(from, length + length % 2)?,
            }
        }
    }

    /// A chunk's content with its padding taken away.
    fn body(&self, from: &mut impl BufRead, length: usize, most: usize) -> Result<Vec<u8>, FrameFault> {
        if length > most {
            let reason = format!("a chunk of {length} bytes");
            return Err(FrameFault::Broken { format: "AVI", reason });
        }
        let body = take(from, length, "frame", false)?.unwrap_or_default();
        // The last chunk's padding may be missing.
        if length % 2 == 1 {
            take(from, 1, "padding", true)?;
        }
        Ok(body)
    }
}

fn size(bytes: &[u8]) -> usize {
    bytes.first_chunk::<4>().map_or(0, |b| u32::from_le_bytes(*b) as usize)
}

fn skip(from: &mut impl BufRead, length: usize) -> Result<(), FrameFault> {
    std::io::copy(&mut from.take(length as u64), &mut std::io::sink())
        .map(drop)
        .map_err(|e| FrameFault::Read(e.to_string()))
}

/// So many bytes; nothing where the stream has ended before the first and that is allowed.
fn take(
    from: &mut impl BufRead,
    length: usize,
    part: &'static str,
    may_end: bool,
) -> Result<Option<Vec<u8>>, FrameFault> {
    let mut bytes = Vec::new();
    from.take(length as u64).read_to_end(&mut bytes).map_err(|e| FrameFault::Read(e.to_string()))?;
    match bytes.len() {
        found if found == length => Ok(Some(bytes)),
        0 if may_end => Ok(None),
        found => Err(FrameFault::Truncated { part, needed: length as u64, found: found as u64 }),
    }
}
