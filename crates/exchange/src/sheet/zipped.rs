//! Checks a zip container before it is parsed: every part decompresses, and all together stay in bounds.
//!
//! The sizes that a container declares can lie, so the parts are decompressed once into nothing. That costs
//! about a tenth of a second for a 50,000-row workbook, and it names the damaged part where there is one.

use super::error::ReadFault;
use super::mib;
use crate::limits::Limits;
use std::io::{Cursor, Read};

pub(super) fn check(bytes: &[u8], limits: &Limits) -> Result<(), ReadFault> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| ReadFault::Truncated)?;
    if archive.len() > limits.zip_entries {
        return Err(ReadFault::TooManyEntries { found: archive.len(), limit: limits.zip_entries });
    }
    let mut left = limits.inflated_bytes;
    let mut buffer = vec![0; 1 << 16];
    for index in 0..archive.len() {
        let name = match archive.name_for_index(index) {
            Some(Ok(name)) => name.into_owned(),
            _ => format!("第{}个部件", index + 1),
        };
        let damaged = |detail: String| ReadFault::DamagedEntry { entry: name.clone(), detail };
        let mut entry = match archive.by_index(index) {
            Ok(entry) => entry,
            Err(zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED)) => {
                return Err(ReadFault::Encrypted);
            }
            Err(e) => return Err(damaged(e.to_string())),
        };
        let mut counts = Counts::default();
        loop {
            let read = entry.read(&mut buffer).map_err(|e| damaged(e.to_string()))?;
            if read == 0 {
                break;
            }
            left = left
                .checked_sub(read as u64)
                .ok_or(ReadFault::InflatesTooLarge { limit_mib: mib(limits.inflated_bytes) })?;
            counts.scan(&buffer[..read]);
        }
        if counts.greatest.saturating_mul(STRING_BYTES_MIN) > counts.bytes {
            return Err(damaged("声明的条数与内容不符".to_owned()));
        }
    }
    Ok(())
}

/// The attribute by which a part declares how many strings it has; the parser makes room for them at once, so a lie
/// there would end the process.
const COUNT: &[u8] = b"uniqueCount=";
/// Bytes of the shortest string, `<si/>`.
const STRING_BYTES_MIN: u64 = 5;
/// Digits of a count that is looked at, with the quote before them.
const COUNT_CHARS: usize = 24;

/// Finds the greatest declared count in a part that comes piece by piece.
#[derive(Default)]
struct Counts {
    bytes: u64,
    greatest: u64,
    tail: Vec<u8>,
}

impl Counts {
    fn scan(&mut self, piece: &[u8]) {
        self.bytes += piece.len() as u64;
        // The seam between two pieces is looked at with what came before it.
        let head = piece.len().min(COUNT.len() + COUNT_CHARS);
        let mut seam = std::mem::take(&mut self.tail);
        seam.extend_from_slice(&piece[..head]);
        self.look(&seam);
        self.look(piece);
        let keep = seam.len().max(piece.len()).min(COUNT.len() + COUNT_CHARS);
        self.tail = if piece.len() >= keep {
            piece[piece.len() - keep..].to_vec()
        } else {
            seam.split_off(seam.len() - keep)
        };
    }

    fn look(&mut self, piece: &[u8]) {
        let mut at = 0;
        // `q` is rare in the XML of numbers and Chinese text, so it finds the attribute quickly.
        while let Some(found) = piece[at..].iter().position(|b| *b == b'q') {
            at += found + 1;
            let start = at.saturating_sub(4);
            if piece[start..].starts_with(COUNT) {
                let digits = piece[start + COUNT.len()..]
                    .iter()
                    .take(COUNT_CHARS)
                    .skip(1)
                    .take_while(|b| b.is_ascii_digit());
                let count =
                    digits.fold(0u64, |n, d| n.saturating_mul(10).saturating_add(u64::from(d - b'0')));
                self.greatest = self.greatest.max(count);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_found_across_pieces() {
        let text = b"<sst xmlns=\"x\" count=\"5\" uniqueCount=\"987654321\"><si/>";
        for size in 1..text.len() {
            let mut counts = Counts::default();
            text.chunks(size).for_each(|piece| counts.scan(piece));
            assert_eq!((counts.greatest, counts.bytes), (987_654_321, text.len() as u64), "{size}");
        }
    }
}
