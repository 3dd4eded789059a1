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

/// What a card says, by numbers. Lots of a product mostly have the same, so it stands once and a lot has its number: a pass over
/// millions touches few bytes of each.
#[derive(Debug, Clone, Copy)]
struct Card {
    /// Where its content begins in `content`.
    start: u32,
    /// Number of its substances.
    count: u16,
    product: u16,
    mass_rsd: f32,
    content_rsd: f32,
    piece_kg: f64,
    flags: u8,
}

impl Card {
    /// All that it says; equal where that is the same.
    fn words(&self) -> [u64; 4] {
        let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        [
            pair(self.start, u32::from(self.count) << 16 | u32::from(self.product)),
            pair(self.mass_rsd.to_bits(), self.content_rsd.to_bits()),
            self.piece_kg.to_bits(),
            u64::from(self.flags),
        ]
    }
}

/// A lot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    card: Card,
    /// Site that made it; `u16::MAX` for none.
    made_at: u16,
}

/// The card of a lot of which nothing is known.
const BLANK: Card = Card {
    start: 0,
    count: 0,
    product: u16::MAX,
    mass_rsd: 0.0,
    content_rsd: 0.0,
    piece_kg: f64::NAN,
    flags: 0,
};

/// A lot of which nothing is known.
pub(super) const NOTHING: Held = Held { card: BLANK, made_at: u16::MAX };

impl Held {
    /// Mass of a piece, kg; not a number where it is unknown.
    #[inline]
    pub fn piece_kg(&self) -> f64 {
        self.card.piece_kg
    }

    /// Site that made it; `u16::MAX` for none.
    #[inline]
    pub fn made_at(&self) -> u16 {
        self.made_at
    }

    /// Its product; `u16::MAX` where nothing says it.
    #[inline]
    pub fn product(&self) -> u16 {
        self.card.product
    }

    #[inline]
    pub fn is_waste(&self) -> bool {
        self.card.flags & WASTE != 0
    }

    #[inline]
    pub fn is_hazardous(&self) -> bool {
        self.card.flags & HAZARDOUS != 0
    }

    #[inline]
    pub fn is_recycled(&self) -> bool {
        self.card.flags & RECYCLED != 0
    }

    /// Relative variances of a weighing and of an assay.
    #[inline]
    pub fn variances(&self) -> (f64, f64) {
        let square = |rsd: f32| f64::from(rsd) * f64::from(rsd);
        (square(self.card.mass_rsd), square(self.card.content_rsd))
    }
}

/// All lots.
#[derive(Debug, Clone)]
pub(super) struct Lots {
    /// By lot: its card, the site that made it (`u16::MAX` for none), and how many postings that made it still stand.
    card: Vec<u32>,
    made_at: Vec<u16>,
    made: Vec<u32>,
    /// By lot: true where it was received somewhere.
    came: Vec<bool>,
    /// The first is blank.
    cards: Vec<Card>,
    content: Vec<(u16, f64)>,
    /// Cards that were noted lately, by a hash of what they say.
    recent_cards: Vec<u32>,
    /// Where contents begin that were noted lately, and how many substances they have, by a hash of what they say.
    recent_contents: Vec<(u32, u16)>,
}

/// Cards and contents that are remembered, so that what is the same stands once.
const RECENT: usize = 4096;

impl Default for Lots {
    fn default() -> Self {
        Self {
            card: Vec::new(),
            made_at: Vec::new(),
            made: Vec::new(),
            came: Vec::new(),
            cards: vec![BLANK],
            content: Vec::new(),
            recent_cards: Vec::new(),
            recent_contents: Vec::new(),
        }
    }
}

/// The place of what is said among what was noted lately: FNV-1a over words.
fn slot(words: impl IntoIterator<Item = u64>) -> usize {
    let mix = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0100_0000_01b3);
    let hash = words.into_iter().fold(0xcbf2_9ce4_8422_2325, mix);
    usize::try_from(hash >> 32).unwrap_or_default() % RECENT
}

impl Lots {
    /// The index of a lot that may be new.
    fn of(&mut self, lot: u32) -> usize {
        let index = lot as usize;
        if index >= self.card.len() {
            self.card.resize(index + 1, 0);
            self.made_at.resize(index + 1, u16::MAX);
            self.made.resize(index + 1, 0);
            self.came.resize(index + 1, false);
        }
        index
    }

    /// Notes where a lot is made.
    pub fn seen(&mut self, lot: LotId, kind: EntryKind, site: u16) {
        let index = self.of(lot.0);
        if kind == EntryKind::Produced {
            self.made_at[index] = site;
            self.made[index] += 1;
        }
        self.came[index] |= kind == EntryKind::Received;
    }

    /// True for a lot that was received before: it is not new to the world.
    pub fn came(&self, lot: LotId) -> bool {
        self.came.get(lot.0 as usize).copied().unwrap_or_default()
    }

    /// A posting that made a lot was declared to be wrong: where none is left, no site made it.
    pub fn unmade(&mut self, lot: u32) {
        let index = self.of(lot);
        self.made[index] = self.made[index].saturating_sub(1);
        if self.made[index] == 0 {
            self.made_at[index] = u16::MAX;
        }
    }

    pub fn note(&mut self, lot: LotId, new: &LotCard, products: &mut Words, substances: &mut Words) {
        let numbered = new.content.iter().map(|(substance, part)| (substances.intern(substance), *part));
        let content: Vec<(u16, f64)> = numbered.filter(|(number, _)| *number != u16::MAX).collect();
        let index = self.of(lot.0);
        let known = self.get(lot.0);
        let mut card = known.card;
        // A card without content leaves what was known of the lot; content that is said again stands once.
        if !content.is_empty()
            && self.content(&known) != content.as_slice()
            && let Some((start, count)) = self.place(&content)
        {
            (card.start, card.count) = (start, count);
        }
        let product = if new.product.is_empty() { u16::MAX } else { products.intern(&new.product) };
        if product != u16::MAX {
            card.product = product;
        }
        let flag = |is: bool, flag: u8| if is { flag } else { 0 };
        card.flags = flag(new.is_waste, WASTE)
            | flag(new.is_hazardous, HAZARDOUS)
            | flag(new.is_recycled, RECYCLED)
            | NOTED;
        #[expect(clippy::cast_possible_truncation, reason = "an error of measurement has few digits")]
        {
            card.mass_rsd = new.mass_rsd as f32;
            card.content_rsd = new.content_rsd as f32;
        }
        card.piece_kg = new.piece_kg.unwrap_or(card.piece_kg);
        if card.words() != known.card.words() {
            self.card[index] = self.number(card);
        }
    }

    /// The number of a card, new or old. There are no more cards than notes of lots, and those have 32-bit numbers.
    fn number(&mut self, card: Card) -> u32 {
        self.recent_cards.resize(RECENT, 0);
        let words = card.words();
        let slot = slot(words);
        let recent = self.recent_cards[slot];
        if self.cards[recent as usize].words() == words {
            return recent;
        }
        let Ok(number) = u32::try_from(self.cards.len()) else { return 0 };
        self.cards.push(card);
        self.recent_cards[slot] = number;
        number
    }

    /// Where a content stands, new or old; none where there is no room left.
    fn place(&mut self, content: &[(u16, f64)]) -> Option<(u32, u16)> {
        self.recent_contents.resize(RECENT, (0, 0));
        let slot = slot(content.iter().flat_map(|(substance, part)| [u64::from(*substance), part.to_bits()]));
        let (start, count) = self.recent_contents[slot];
        if self.content[start as usize..start as usize + usize::from(count)] == *content {
            return Some((start, count));
        }
        let place = (u32::try_from(self.content.len()).ok()?, u16::try_from(content.len()).ok()?);
        self.content.extend(content);
        self.recent_contents[slot] = place;
        Some(place)
    }

    /// What is known of a lot: looked up once a posting, because a lookup is what a pass over millions waits for.
    #[inline]
    pub fn get(&self, lot: u32) -> Held {
        let Some(card) = self.card.get(lot as usize) else { return NOTHING };
        Held { card: self.cards[*card as usize], made_at: self.made_at[lot as usize] }
    }

    /// The same for the next lots at once, and their contents are touched: waited for side by side, not one behind the other.
    pub fn fetch(&self, lots: &[u32], into: &mut [Held; BLOCK]) {
        let mut numbers = [0; BLOCK];
        for (number, lot) in numbers.iter_mut().zip(lots) {
            *number = self.card.get(*lot as usize).copied().unwrap_or_default();
        }
        for ((held, number), lot) in into.iter_mut().zip(numbers).zip(lots) {
            *held = Held { card: self.cards[number as usize], made_at: self.made_at(*lot) };
        }
        let first =
            |held: &Held| self.content.get(held.card.start as usize).map_or(0, |(substance, _)| *substance);
        let touched = into[..lots.len().min(BLOCK)].iter().map(first).fold(0, u16::wrapping_add);
        std::hint::black_box(touched);
    }

    pub fn is_noted(&self, lot: u32) -> bool {
        self.get(lot).card.flags & NOTED != 0
    }

    #[inline]
    pub fn made_at(&self, lot: u32) -> u16 {
        self.made_at.get(lot as usize).copied().unwrap_or(u16::MAX)
    }

    /// Substances of a lot, with their mass fractions.
    #[inline]
    pub fn content(&self, held: &Held) -> &[(u16, f64)] {
        let start = held.card.start as usize;
        &self.content[start..start + usize::from(held.card.count)]
    }

    /// Mass fraction of a substance; `None` where nothing says it.
    pub fn fraction(&self, lot: u32, substance: u16) -> Option<f64> {
        self.content(&self.get(lot)).iter().find(|(s, _)| *s == substance).map(|(_, part)| *part)
    }

    pub fn count(&self) -> usize {
        self.card.len()
    }
}
