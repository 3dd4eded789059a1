//! Deciding which property each item of a clause speaks of. What stays undecided is kept as words, never guessed.

mod choose;
mod numbers;
mod worded;

use super::items::{Item, Kind, Named};
use super::resolve::{Resolved, Resolver};
use super::words::WORDS;
use crate::property::{Property, PropertyKind, PropertyTable};
use crate::quantity::QuantityRange;
use crate::spec::SpecValue;
use crate::unit::UnitTable;

/// Bytes between a name and its number; what stands farther apart does not belong together.
const GAP_MAX: usize = 36;

/// One value among a list of numbers: its place in the list, its property, its value.
type Placed = (usize, (u16, Resolved));

/// A specification found in a clause.
pub(super) struct Found {
    pub property: u16,
    pub value: SpecValue,
    pub unit: Option<String>,
    /// Where its words begin and end in the clause.
    pub start: usize,
    pub end: usize,
}

/// What a clause says.
#[derive(Default)]
pub(super) struct Reading {
    pub specs: Vec<Found>,
    pub amounts: Vec<QuantityRange>,
    /// Numbers and values that were recognised but not decided.
    pub undecided: Vec<(usize, usize)>,
    /// What was used.
    pub used: Vec<(usize, usize)>,
}

/// Reads the items of one clause.
pub(super) struct Assigner<'a> {
    pub units: &'a UnitTable,
    pub properties: &'a PropertyTable,
    pub hints: &'a [u16],
    pub text: &'a str,
    pub folded: &'a str,
    pub items: &'a [Item<'a>],
}

impl<'a> Assigner<'a> {
    /// The reading of the clause.
    pub fn read(&self) -> Reading {
        let mut out = Reading::default();
        let mut taken = vec![false; self.items.len()];
        for at in 0..self.items.len() {
            if let Kind::Name(entry, _) = self.items[at].kind {
                self.named_words(at, entry, &mut taken, &mut out);
            }
        }
        let mut at = 0;
        while at < self.items.len() {
            match &self.items[at].kind {
                Kind::Number(_) if !taken[at] => at = self.numbers(at, &mut taken, &mut out),
                Kind::Value(_) if !taken[at] => at = self.bare_values(at, &mut taken, &mut out),
                _ => at += 1,
            }
        }
        out
    }

    fn resolver(&self) -> Resolver<'a> {
        Resolver { units: self.units, properties: self.properties }
    }

    fn property(&self, index: u16) -> &'a Property {
        self.properties.at(index)
    }

    fn gap(&self, left: usize, right: usize) -> &'a str {
        &self.text[self.items[left].end.min(self.items[right].from)..self.items[right].from]
    }

    /// True where only fillers touch the words from `start` to `end` (items `first` to `last`).
    fn stands_alone(&self, start: usize, end: usize, first: usize, last: usize) -> bool {
        let parts = |c: char| " /、()&+:".contains(c);
        let left = first.checked_sub(1).map_or(0, |i| self.items[i].end.min(start));
        let right = self.items.get(last + 1).map_or(self.text.len(), |i| i.from.max(end));
        let before = &self.folded[left..start];
        let before = before.rsplit(parts).next().unwrap_or(before);
        let after = &self.folded[end..right];
        let after = after.split(parts).next().unwrap_or(after);
        // A name or value that runs on into these words makes them part of something else.
        let touches_left = before.is_empty()
            && left == start
            && first > 0
            && match self.items[first - 1].kind {
                // 执行IPC二级: a name of free words takes none of a known value.
                Kind::Name(name, Named::Word) => {
                    name.targets.iter().any(|t| self.property(t.0).kind != PropertyKind::Text)
                }
                _ => false,
            };
        WORDS.is_filler(before) && (WORDS.is_filler(after) || worded::is_temper(after)) && !touches_left
    }
}

impl Reading {
    fn push_words(&mut self, property: u16, value: SpecValue, start: usize, end: usize) {
        self.used.push((start, end));
        self.specs.push(Found { property, value, unit: None, start, end });
    }
}
