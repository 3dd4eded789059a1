//! Reading specifications, quantities, prices and dates out of free text, Chinese or English.
//!
//! `贴装精度±0.03mm；FR-4/铝基；月产5000片` gives two specifications and a quantity. A clause that says nothing known, or
//! that could be said of several properties, is kept as words. Needs and offers are read alike.

mod amount;
mod assign;
mod class;
mod date;
mod expr;
mod items;
pub(crate) mod normal;
mod number;
mod price;
mod resolve;
mod topic;
mod wish;
mod words;

#[cfg(test)]
mod tests;

pub use amount::{QuantityError, parse_quantity, parse_quantity_or};
pub use date::{DateError, DateSpan, parse_date};
pub use price::{PriceError, parse_price};

use crate::property::{PropertyId, PropertyTable};
use crate::quantity::QuantityRange;
use crate::spec::{SpecValue, Specification, Strictness};
use crate::unit::UnitTable;
use assign::{Assigner, Found, Reading};
use expr::Shape;
use items::{Cutter, Item, Kind, Named};
use normal::Normal;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use topic::Topic;
use wish::Wishes;
use words::{Role, WORDS};

/// Characters of a clause that are read; the rest of a longer one is kept as words.
const CLAUSE_CHARS_MAX: usize = 2000;

/// What a text says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ParsedText {
    /// Specifications, in the order of the text.
    pub specs: Vec<Specification>,
    /// Clauses and words that hold no recognised specification, as written.
    pub rest: Vec<String>,
    /// Amounts of supply or demand (`月产5000片`).
    pub quantities: Vec<QuantityRange>,
}

/// Reads the specifications of a text.
///
/// `hints` are the properties that matter for the product (the chain node's): they decide where a clause names no
/// property, or one with several meanings. Without a hint such a clause goes to [`ParsedText::rest`]: nothing is guessed.
pub fn parse_specs(
    text: &str,
    units: &UnitTable,
    properties: &PropertyTable,
    hints: &[PropertyId],
) -> ParsedText {
    let hints: Vec<u16> = hints.iter().filter_map(|h| properties.index(h)).collect();
    let normal = normal::normalise(text);
    let folded = normal.text.to_ascii_lowercase();
    let topic = Topic::of(&folded, properties);
    let reader = ClauseReader {
        original: text,
        normal: &normal,
        folded: &folded,
        units,
        properties,
        hints: &hints,
        topic: &topic,
    };
    let mut out = ParsedText::default();
    for clause in clauses(&normal.text) {
        let (head, tail) = cut(&normal.text, clause);
        reader.read(head, &mut out);
        if let Some(tail) = tail {
            out.rest.extend(reader.words(tail));
        }
    }
    out
}

/// The clauses of a text in normal form.
fn clauses(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    let bytes = text.as_bytes();
    let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    for (at, c) in text.char_indices() {
        let thousands = || at > 0 && digit(at - 1) && (1..=3).all(|i| digit(at + i)) && !digit(at + 4);
        let sentence =
            || bytes.get(at + 1) == Some(&b' ') && bytes.get(at + 2).is_some_and(u8::is_ascii_uppercase);
        let parts = match c {
            ';' | '\n' | '。' | '，' | '|' | '!' => true,
            ',' => !thousands(),
            '.' => sentence(),
            _ => false,
        };
        if parts {
            out.push(start..at);
            start = at + c.len_utf8();
        }
    }
    out.push(start..text.len());
    out.retain(|r| !text[r.clone()].trim().is_empty());
    out
}

/// Parts a clause that is too long to be read.
fn cut(text: &str, clause: Range<usize>) -> (Range<usize>, Option<Range<usize>>) {
    match text[clause.clone()].char_indices().nth(CLAUSE_CHARS_MAX) {
        Some((at, _)) => (clause.start..clause.start + at, Some(clause.start + at..clause.end)),
        None => (clause, None),
    }
}

struct ClauseReader<'a> {
    original: &'a str,
    normal: &'a Normal,
    /// Its text in small letters, place by place.
    folded: &'a str,
    units: &'a UnitTable,
    properties: &'a PropertyTable,
    hints: &'a [u16],
    /// What the whole text speaks of.
    topic: &'a Topic,
}

impl ClauseReader<'_> {
    fn read(&self, clause: Range<usize>, out: &mut ParsedText) {
        let text = &self.normal.text[clause.clone()];
        let folded = &self.folded[clause.clone()];
        let cutter = Cutter { units: self.units, properties: self.properties, hints: self.hints };
        let (mut items, wished) = cutter.cut(text, folded);
        let wishes = Wishes::of(text, folded, &wished);
        self.drop_what_is_measured(&mut items);
        let read = |hints: &[u16], by_topic: bool| {
            let (units, properties, topic, offset) = (self.units, self.properties, self.topic, clause.start);
            let opens = clause.start == 0 && (items.len() > 1 || clause.end < self.normal.text.len());
            let items = &items;
            Assigner { units, properties, hints, topic, by_topic, offset, text, folded, items, opens }.read()
        };
        // What bare numbers are (`10.1寸 1280*800 IPS屏`) the text tells where the product gives no hint.
        let given = || {
            if self.hints.is_empty() { read(&self.topic.bare, true) } else { read(self.hints, false) }
        };
        // `孔铜≥20μm，不大于40μm`, `孔铜20μm，平均25μm`: a bound without a name, or another of many values, goes on with what the
        // clause before it spoke of, which says more than the topic does, and less than the product.
        let on = || -> Option<Reading> {
            let last = out.specs.last().filter(|_| goes_on(&items, folded))?;
            let reading = read(&[self.properties.index(&last.property)?], false);
            (!reading.is_empty()).then_some(reading)
        };
        let mut reading = if self.hints.is_empty() {
            on().unwrap_or_else(given)
        } else {
            let reading = given();
            if reading.is_empty() { on().unwrap_or(reading) } else { reading }
        };
        if reading.is_empty() {
            out.rest.extend(self.words(clause));
            return;
        }
        self.leftovers(text, &clause, &reading, out);
        out.quantities.append(&mut reading.amounts);
        // A clause of one value is that value's, but for numbers that were not read.
        let unread = |found: &Found| {
            let around = [text.get(..found.start), text.get(found.end..)];
            around.into_iter().flatten().any(|words| words.contains(|c: char| c.is_ascii_digit()))
        };
        let whole =
            out.quantities.is_empty() && matches!(reading.specs.as_slice(), [found] if !unread(found));
        reading.specs.sort_by_key(|s| s.start);
        self.drop_what_is_told_closer(text, &mut reading.specs);
        for found in reading.specs {
            let place =
                if whole { clause.clone() } else { clause.start + found.start..clause.start + found.end };
            let spec = Specification {
                property: self.properties.at(found.property).id.clone(),
                value: tidy(found.value),
                unit: found.unit,
                strictness: if wishes.holds(found.start..found.end) {
                    Strictness::Prefer
                } else {
                    Strictness::Must
                },
                text: self.words(place).unwrap_or_default(),
            };
            // 1/1oz says the same of both faces.
            let same = |s: &Specification| {
                s.property == spec.property && s.value == spec.value && s.unit == spec.unit
            };
            if !out.specs.iter().any(same) {
                out.specs.push(spec);
            }
        }
    }

    /// Takes out words that only say of what a length is measured: in `铝箔厚度12μm` and `绿光波长520nm` they belong to the name
    /// behind them.
    fn drop_what_is_measured(&self, items: &mut Vec<Item<'_>>) {
        let dimension = |unit: &str| self.units.unit(unit).ok().map(|unit| unit.dimension);
        let length = |property: u16| {
            self.properties.at(property).unit.as_deref().and_then(dimension) == dimension("m")
        };
        // 阳极氧化膜厚10μm says how it is finished, too.
        let finish = self.properties.index(&PropertyId("surface_finish".to_owned()));
        // SiC晶圆 6英寸: a wafer is the thing itself.
        let wafer = self.properties.index(&PropertyId("wafer_size".to_owned()));
        for at in (0..items.len().saturating_sub(2)).rev() {
            let [value, name, number] = &items[at..at + 3] else { continue };
            let named = at > 0 && matches!(items[at - 1].kind, Kind::Name(..));
            if let (Kind::Value(said), Kind::Name(entry, Named::Word), Kind::Number(_)) =
                (&value.kind, &name.kind, &number.kind)
                && !said.targets.iter().any(|t| Some(t.0) == finish)
                && value.end == name.start
                && !named
                && entry.targets.iter().all(|t| length(t.0))
                && !entry.targets.iter().any(|t| Some(t.0) == wafer)
            {
                items.remove(at);
            }
        }
    }

    /// Drops a value that the one behind or before it tells closer: `Aluminum sheet 5052` is of `aluminum 5052`.
    fn drop_what_is_told_closer(&self, text: &str, specs: &mut Vec<Found>) {
        let closer = |kind: &Found, closer: &Found| {
            let (SpecValue::Set(a), SpecValue::Set(b)) = (&kind.value, &closer.value) else { return false };
            let ([a], [b]) = (a.as_slice(), b.as_slice()) else { return false };
            let property = self.properties.at(kind.property);
            let words = |f: &Found| text.get(f.start..f.end).unwrap_or_default().trim().to_owned();
            let told = property.rank(b);
            // 6061-T6 CNC铝件: an alloy's number says more than its metal.
            let alloy = b.starts_with(|c: char| c.is_ascii_digit())
                || b.contains(a.as_str())
                || !b.starts_with("PA") && b.is_ascii() && b.bytes().filter(u8::is_ascii_digit).count() > 1;
            let metal = WORDS.is(Role::Metal, a) && alloy;
            let joined = |a: &String| {
                let own = words(closer);
                let both = [
                    format!("{a}{b}"),
                    format!("{a} {b}"),
                    format!("{b}{a}"),
                    format!("{a}{own}"),
                    format!("{own}{a}"),
                ];
                both.iter().any(|w| property.rank(w).is_some_and(|r| Some(r) == told))
            };
            kind.property == closer.property
                && (metal || a != b && [a.clone(), words(kind)].iter().any(joined))
        };
        for at in (0..specs.len()).rev() {
            let near = [at.checked_sub(3), at.checked_sub(2), at.checked_sub(1), Some(at + 1), Some(at + 2)];
            let told = |other: Option<usize>| {
                other.and_then(|o| specs.get(o)).is_some_and(|other| closer(&specs[at], other))
            };
            if near.into_iter().any(told) {
                specs.remove(at);
            }
        }
    }

    /// The original words of a range of the normal text, if they say anything.
    fn words(&self, range: Range<usize>) -> Option<String> {
        let words = words::trimmed(self.original.get(self.normal.origin(range))?);
        words::says_something(words).then(|| words.to_owned())
    }

    /// What a clause says beside its specifications: parts between 、 or spaces that nothing was read from, and undecided
    /// numbers and values in the others. Conditions in brackets (`（25℃）`) and list numbers are no words of their own.
    fn leftovers(&self, text: &str, clause: &Range<usize>, reading: &Reading, out: &mut ParsedText) {
        let within =
            |list: &[(usize, usize)], from: usize, to: usize| list.iter().any(|(s, e)| *s < to && from < *e);
        let mut start = 0;
        for (at, c) in text.char_indices().chain([(text.len(), '、')]) {
            // A space inside a number's words (5 mm) parts nothing.
            let inside = reading.undecided.iter().any(|(s, e)| *s < at && at < *e);
            if !matches!(c, '、' | ' ') || inside {
                continue;
            }
            let (from, to) = (start, at);
            start = at + c.len_utf8();
            if within(&reading.used, from, to) {
                let open = reading.undecided.iter().filter(|(s, e)| from <= *s && *e <= to);
                for (s, e) in open.filter(|(s, e)| !within(&reading.used, *s, *e)) {
                    self.keep(text, clause, *s..*e, out);
                }
            } else if text[from..to].chars().any(normal::is_han) || within(&reading.undecided, from, to) {
                self.keep(text, clause, from..to, out);
            }
        }
    }

    fn keep(&self, text: &str, clause: &Range<usize>, range: Range<usize>, out: &mut ParsedText) {
        let piece = &text[range.clone()];
        let before = &text[..range.start];
        let inside = before.matches('(').count() > before.matches(')').count();
        let bracketed = inside || piece.starts_with('(') || piece.ends_with(')');
        let number_only = piece.chars().all(|c| c.is_ascii_digit() || c == '.');
        if !bracketed && !number_only && !WORDS.is_filler(&piece.to_ascii_lowercase()) {
            out.rest.extend(self.words(clause.start + range.start..clause.start + range.end));
        }
    }
}

/// True for a clause that is a bound and nothing else, or one number of which only is told which of many it is, or of which
/// part.
fn goes_on(items: &[Item<'_>], folded: &str) -> bool {
    let [Item { from, start, kind: Kind::Number(expr), .. }] = items else { return false };
    // 25 µm avg, 20 µm min
    let bound = matches!(expr.shape, Shape::Low(..) | Shape::High(..)) && folded[..*start].trim().is_empty();
    let before = folded[..*from].trim_matches([' ', ':']);
    from < start
        || bound
        || WORDS.is(Role::Statistic, folded[..*start].trim_matches([' ', ':']))
        || WORDS.is(Role::Part, before)
}

/// Sets name each word once.
fn tidy(value: SpecValue) -> SpecValue {
    match value {
        SpecValue::Set(words) => {
            let mut seen = Vec::with_capacity(words.len());
            for word in words {
                if !seen.contains(&word) {
                    seen.push(word);
                }
            }
            SpecValue::Set(seen)
        }
        other => other,
    }
}
