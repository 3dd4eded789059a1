//! Compound files (MS-CFB): the container of xls and of password-protected xlsx, read as far as is needed to know what
//! is in it and to bound a workbook before it is parsed.

/// First bytes of every compound file.
pub(super) const MAGIC: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

const HEADER_BYTES: usize = 512;
const ENTRY_BYTES: usize = 128;
const MINI_SECTOR_BYTES: usize = 64;
/// Sector numbers from here on are marks (end of chain, free).
const MARKS_FROM: u32 = 0xffff_fffa;

/// A stream of the file.
struct Entry {
    name: String,
    start: u32,
    bytes: usize,
}

/// A compound file.
pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    sector_bytes: usize,
    fat: Vec<u32>,
    mini_fat: Vec<u32>,
    mini_stream: Vec<u8>,
    mini_cutoff: usize,
    entries: Vec<Entry>,
}

impl<'a> Compound<'a> {
    /// Reads header, allocation tables and directory; `None` where they are cut off or make no sense.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        if bytes.len() < HEADER_BYTES || !bytes.starts_with(&MAGIC) {
            return None;
        }
        let shift = u16_at(bytes, 30)?;
        if shift != 9 && shift != 12 {
            return None;
        }
        let mini_cutoff = u32_at(bytes, 56)? as usize;
        let mut out = Self {
            bytes,
            sector_bytes: 1 << shift,
            fat: Vec::new(),
            mini_fat: Vec::new(),
            mini_stream: Vec::new(),
            mini_cutoff,
            entries: Vec::new(),
        };
        for sector in out.fat_sectors()? {
            let words =
                out.sector(sector)?.chunks_exact(4).map(|w| u32::from_le_bytes([w[0], w[1], w[2], w[3]]));
            out.fat.extend(words.collect::<Vec<_>>());
        }
        let directory = out.chain(u32_at(bytes, 48)?, usize::MAX)?;
        let mut root = None;
        for entry in directory.chunks_exact(ENTRY_BYTES) {
            let name_bytes = usize::from(u16_at(entry, 64)?).min(64).saturating_sub(2);
            let units: Vec<u16> =
                entry[..name_bytes].chunks_exact(2).map(|u| u16::from_le_bytes([u[0], u[1]])).collect();
            let found = Entry {
                name: String::from_utf16_lossy(&units),
                start: u32_at(entry, 116)?,
                bytes: u32_at(entry, 120)? as usize,
            };
            match entry[66] {
                5 => root = Some((found.start, found.bytes)),
                2 => out.entries.push(found),
                _ => {}
            }
        }
        if let Some((start, bytes)) = root
            && start < MARKS_FROM
        {
            out.mini_stream = out.chain(start, bytes)?;
            let table = out.chain(u32_at(out.bytes, 60)?, usize::MAX)?;
            out.mini_fat =
                table.chunks_exact(4).map(|w| u32::from_le_bytes([w[0], w[1], w[2], w[3]])).collect();
        }
        Some(out)
    }

    /// True where a stream has this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|e| e.name.eq_ignore_ascii_case(name))
    }

    /// Content of a stream; `None` where there is none or its chain is cut off.
    pub(super) fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.entries.iter().find(|e| e.name.eq_ignore_ascii_case(name))?;
        if entry.bytes >= self.mini_cutoff {
            return self.chain(entry.start, entry.bytes).filter(|s| s.len() == entry.bytes);
        }
        let mut out = Vec::new();
        let mut sector = entry.start;
        while out.len() < entry.bytes && sector < MARKS_FROM {
            let from = sector as usize * MINI_SECTOR_BYTES;
            out.extend_from_slice(self.mini_stream.get(from..from + MINI_SECTOR_BYTES)?);
            sector = *self.mini_fat.get(sector as usize)?;
        }
        out.truncate(entry.bytes);
        (out.len() == entry.bytes).then_some(out)
    }

    /// Sectors of the allocation table: the first 109 in the header, the rest in a chain of their own.
    fn fat_sectors(&self) -> Option<Vec<u32>> {
        let mut sectors: Vec<u32> = (0..109).filter_map(|i| u32_at(self.bytes, 76 + 4 * i)).collect();
        let mut next = u32_at(self.bytes, 68)?;
        let mut left = self.bytes.len() / self.sector_bytes;
        while next < MARKS_FROM {
            left = left.checked_sub(1)?;
            let words: Vec<u32> =
                (0..self.sector_bytes / 4).filter_map(|i| u32_at(self.sector(next)?, 4 * i)).collect();
            let (last, more) = words.split_last()?;
            sectors.extend(more);
            next = *last;
        }
        sectors.retain(|s| *s < MARKS_FROM);
        Some(sectors)
    }

    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let from = (number as usize).checked_add(1)?.checked_mul(self.sector_bytes)?;
        self.bytes.get(from..from.checked_add(self.sector_bytes)?)
    }

    fn chain(&self, start: u32, bytes: usize) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut sector = start;
        while sector < MARKS_FROM && out.len() < bytes {
            // A chain that is longer than the file goes in a circle.
            if out.len() > self.bytes.len() {
                return None;
            }
            match self.sector(sector) {
                Some(content) => out.extend_from_slice(content),
                // The last sector may be written short.
                None => out.extend_from_slice(
                    self.bytes.get((sector as usize + 1).checked_mul(self.sector_bytes)?..)?,
                ),
            }
            sector = *self.fat.get(sector as usize)?;
        }
        out.truncate(bytes);
        Some(out)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
