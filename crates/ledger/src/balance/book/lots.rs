//! What is known of lots, by their number.

use super::{EntryKind, Words};
use crate::graph::LotId;

/// What is known of a lot.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LotCard {
    /// What it is a lot of; empty where nothing says so.
    pub product: String,
    /// Mass of a piece, kg.
    pub piece_kg: Option<f64>,
    /// Mass fractions of substances.
    pub content: Vec<(String, f64)>,
    /// Relative standard deviation of its weighings.
    pub mass_rsd: f64,
    /// Relative standard deviation of its assays.
    pub content_rsd: f64,
    /// Waste or scrap.
    pub is_waste: bool,
    /// Hazardous waste: it has a code of the national list.
    pub is_hazardous: bool,
    /// Recycled material.
    pub is_recycled: bool,
}

const WASTE: u8 = 1;
const HAZARDOUS: u8 = 2;
const RECYCLED: u8 = 4;
/// A card was noted.
const NOTED: u8 = 8;

/// Lots that are looked up together: enough to fill the wait for memory, few enough to stay in the nearest cache.
pub(super) const BLOCK: usize = 64;

/// One lot, in as few bytes as a pass over millions can afford to touch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    /// Where its content begins in `content`.
    start: u32,
    /// Number of its substances.
    count: u16,
    flags: u8,
    /// Postings that made it and still stand.
    made: u32,
    /// Site that made it; `u16::MAX` for none.
    made_at: u16,
    product: u16,
    mass_rsd: f32,
    content_rsd: f32,
    piece_kg: f64,
}

/// A lot of which nothing is known.
pub(super) const NOTHING: Held = Held {
    start: 0,
    count: 0,
    flags: 0,
    made: 0,
    made_at: u16::MAX,
    product: u16::MAX,
    mass_rsd: 0.0,
    content_rsd: 0.0,
    piece_kg: f64::NAN,
};

impl Held {
    /// Mass of a piece, kg; not a number where it is unknown.
    #[inline]
    pub fn piece_kg(&self) -> f64 {
        self.piece_kg
    }

    /// Site that made it; `u16::MAX` for none.
    #[inline]
    pub fn made_at(&self) -> u16 {
        self.made_at
    }

    /// Its product; `u16::MAX` where nothing says it.
    #[inline]
    pub fn product(&self) -> u16 {
        self.product
    }

    #[inline]
    pub fn is_waste(&self) -> bool {
        self.flags & WASTE != 0
    }

    #[inline]
    pub fn is_hazardous(&self) -> bool {
        self.flags & HAZARDOUS != 0
    }

    #[inline]
    pub fn is_recycled(&self) -> bool {
        self.flags & RECYCLED != 0
    }

    /// Relative variances of a weighing and of an assay.
    #[inline]
    pub fn variances(&self) -> (f64, f64) {
        let square = |rsd: f32| f64::from(rsd) * f64::from(rsd);
        (square(self.mass_rsd), square(self.content_rsd))
    }
}

/// All lots.
#[derive(Debug, Clone, Default)]
pub(super) struct Lots {
    held: Vec<Held>,
    content: Vec<(u16, f64)>,
    /// Where contents begin that were noted lately, and how many substances they have, by a hash of what they say.
    recent: Vec<(u32, u16)>,
}

/// Contents that are remembered: lots of a product mostly hold the same, and what is the same stands once.
const RECENT: usize = 4096;

impl Lots {
    fn of(&mut self, lot: u32) -> &mut Held {
        let index = lot as usize;
        if index >= self.held.len() {
            self.held.resize(index + 1, NOTHING);
        }
        &mut self.held[index]
    }

    /// Notes where a lot is made.
    pub fn seen(&mut self, lot: LotId, kind: EntryKind, site: u16) {
        let held = self.of(lot.0);
        if kind == EntryKind::Produced {
            held.made_at = site;
            held.made += 1;
        }
    }

    /// A posting that made a lot was declared to be wrong: where none is left, no site made it.
    pub fn unmade(&mut self, lot: u32) {
        let held = self.of(lot);
        held.made = held.made.saturating_sub(1);
        if held.made == 0 {
            held.made_at = u16::MAX;
        }
    }

    pub fn note(&mut self, lot: LotId, card: &LotCard, products: &mut Words, substances: &mut Words) {
        let numbered = card.content.iter().map(|(substance, part)| (substances.intern(substance), *part));
        let content: Vec<(u16, f64)> = numbered.filter(|(number, _)| *number != u16::MAX).collect();
        // A card without content leaves what was known of the lot; content that is said again stands once.
        if !content.is_empty()
            && self.content(self.get(lot.0)) != content.as_slice()
            && let Some((start, count)) = self.place(&content)
        {
            let held = self.of(lot.0);
            (held.start, held.count) = (start, count);
        }
        let product = if card.product.is_empty() { u16::MAX } else { products.intern(&card.product) };
        let flag = |is: bool, flag: u8| if is { flag } else { 0 };
        let held = self.of(lot.0);
        if product != u16::MAX {
            held.product = product;
        }
        held.flags = flag(card.is_waste, WASTE)
            | flag(card.is_hazardous, HAZARDOUS)
            | flag(card.is_recycled, RECYCLED)
            | NOTED;
        #[expect(clippy::cast_possible_truncation, reason = "an error of measurement has few digits")]
        {
            held.mass_rsd = card.mass_rsd as f32;
            held.content_rsd = card.content_rsd as f32;
        }
        held.piece_kg = card.piece_kg.unwrap_or(held.piece_kg);
    }

    /// Where a content stands, new or old; none where there is no room left.
    fn place(&mut self, content: &[(u16, f64)]) -> Option<(u32, u16)> {
        self.recent.resize(RECENT, (0, 0));
        // FNV-1a over words.
        let mix = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0100_0000_01b3);
        let words = content.iter().flat_map(|(substance, part)| [u64::from(*substance), part.to_bits()]);
        let hash = words.fold(0xcbf2_9ce4_8422_2325, mix);
        let slot = usize::try_from(hash >> 32).unwrap_or_default() % RECENT;
        let (start, count) = self.recent[slot];
        if self.content[start as usize..start as usize + usize::from(count)] == *content {
            return Some((start, count));
        }
        let place = (u32::try_from(self.content.len()).ok()?, u16::try_from(content.len()).ok()?);
        self.content.extend(content);
        self.recent[slot] = place;
        Some(place)
    }

    /// What is known of a lot: looked up once a posting, because a lookup is what a pass over millions waits for.
    #[inline]
    pub fn get(&self, lot: u32) -> &Held {
        self.held.get(lot as usize).unwrap_or(&NOTHING)
    }

    /// The same for the next lots at once, and their contents are touched: waited for side by side, not one behind the other.
    pub fn fetch(&self, lots: &[u32], into: &mut [Held; BLOCK]) {
        for (held, lot) in into.iter_mut().zip(lots) {
            *held = *self.get(*lot);
        }
        let first =
            |held: &Held| self.content.get(held.start as usize).map_or(0, |(substance, _)| *substance);
        let touched = into[..lots.len().min(BLOCK)].iter().map(first).fold(0, u16::wrapping_add);
        std::hint::black_box(touched);
    }

    pub fn is_noted(&self, lot: u32) -> bool {
        self.get(lot).flags & NOTED != 0
    }

    #[inline]
    pub fn made_at(&self, lot: u32) -> u16 {
        self.get(lot).made_at
    }

    /// Substances of a lot, with their mass fractions.
    #[inline]
    pub fn content(&self, held: &Held) -> &[(u16, f64)] {
        &self.content[held.start as usize..held.start as usize + usize::from(held.count)]
    }

    /// Mass fraction of a substance; `None` where nothing says it.
    pub fn fraction(&self, lot: u32, substance: u16) -> Option<f64> {
        self.content(self.get(lot)).iter().find(|(s, _)| *s == substance).map(|(_, part)| *part)
    }

    pub fn count(&self) -> usize {
        self.held.len()
    }
}
