//! Deciding which property each item of a clause speaks of. What stays undecided is kept as words, never guessed.

mod bare;
mod choose;
mod coded;
mod numbers;
mod round;
mod supplied;
mod telling;
mod trade;
mod unnamed;
mod usual;
mod worded;

use super::items::{Item, Kind, Named};
use super::resolve::{Resolved, Resolver};
use super::topic::Topic;
use super::words::{Role, WORDS};
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
    /// What the text speaks of.
    pub topic: &'a Topic,
    /// True where the hints are no product's but what the topic tells.
    pub by_topic: bool,
    /// Where the clause begins in the text.
    pub offset: usize,
    pub text: &'a str,
    pub folded: &'a str,
    pub items: &'a [Item<'a>],
    /// True for the first clause of a text that says more than its first word.
    pub opens: bool,
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
        self.codes(&mut out);
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
        let after = self.touching_after(end, last);
        WORDS.is_filler(self.touching_before(start, first))
            && (WORDS.is_filler(after) || worded::is_temper(after))
            && !self.is_named_by(start, end, first)
    }

    /// The folded words that run on into those from `start` on (item `first`).
    fn touching_before(&self, start: usize, first: usize) -> &'a str {
        let left = first.checked_sub(1).map_or(0, |i| self.items[i].end.min(start));
        let before = &self.folded[left..start];
        before.rsplit(parts).next().unwrap_or(before)
    }

    /// The folded words that those up to `end` (item `last`) run on into.
    fn touching_after(&self, end: usize, last: usize) -> &'a str {
        let right = self.items.get(last + 1).map_or(self.text.len(), |i| i.from.max(end));
        let after = &self.folded[end..right];
        after.split(parts).next().unwrap_or(after)
    }

    /// True where a name runs on into the words from `start` to `end` (from item `first` on) and makes them part of
    /// something else; but no code of a package (电容0603).
    fn is_named_by(&self, start: usize, end: usize, first: usize) -> bool {
        let Some(before) = first.checked_sub(1).map(|i| &self.items[i]) else { return false };
        let words = &self.text[start..end];
        let code = words.len() >= 4 && words.bytes().all(|b| b.is_ascii_digit());
        let Kind::Name(name, Named::Word) = before.kind else { return false };
        // 执行IPC二级: a name of free words takes none of a known value.
        let free = name.targets.iter().all(|t| self.property(t.0).kind == PropertyKind::Text);
        // 1.2厚SECC: its number stands before it.
        let side = self.text[before.start..before.end].chars().count() == 1
            && first.checked_sub(2).is_some_and(|i| {
                matches!(self.items[i].kind, Kind::Number(_)) && self.items[i].end == before.start
            });
        // 护套黑
        let letter = !words.is_ascii() && words.chars().count() == 1;
        // 防静电PET片
        let adjective = WORDS.is(Role::Adjective, &self.folded[before.start..before.end]);
        // 外壳咬花: how the part is finished that the name speaks of.
        let other = match self.items.get(first).map(|i| &i.kind) {
            Some(Kind::Value(value)) => {
                self.is_worded_name(before)
                    && !value.targets.iter().any(|v| name.targets.iter().any(|n| n.0 == v.0))
            }
            _ => false,
        };
        before.end == start && !free && !code && !side && !letter && !adjective && !other
    }
}

/// True for the signs that part words.
fn parts(c: char) -> bool {
    " /、()&+:@".contains(c)
}

impl Reading {
    /// True where nothing was read.
    pub fn is_empty(&self) -> bool {
        self.specs.is_empty() && self.amounts.is_empty()
    }

    fn push_words(&mut self, property: u16, value: SpecValue, start: usize, end: usize) {
        self.used.push((start, end));
        self.specs.push(Found { property, value, unit: None, start, end });
    }
}
