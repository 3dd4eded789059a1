//! Deciding which property each item of a clause speaks of. What stays undecided is kept as words, never guessed.

use super::expr::{Expr, Shape};
use super::items::{Item, Kind, Named, is_relation, is_worded};
use super::resolve::{Resolved, Resolver};
use super::words::{Role, WORDS, is_list_gap};
use crate::property::{Direction, Entry, Property, PropertyKind, PropertyTable, fold};
use crate::quantity::QuantityRange;
use crate::spec::{Interval, SpecValue};
use crate::unit::{UnitTable, UnitWords};
use std::ops::Range;

/// The property whose numbers are amounts of supply, not specifications.
const CAPACITY: &str = "monthly_capacity";
/// Bytes between a name and its number; what stands farther apart does not belong together.
const GAP_MAX: usize = 36;
/// Characters of words without a colon that may still be one value behind a name.
const BARE_WORDS_MAX: usize = 24;
/// Words for the long times by which supply is counted.
const SUPPLY_TIMES: [&str; 5] = ["月", "年", "天", "周", "季度"];

/// Values with their place in a list of numbers, and where the words of their name begin.
type Assigned = (Vec<(usize, (u16, Resolved))>, Option<usize>);

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

    // --- words -------------------------------------------------------------------------------------------------

    /// A set, grade or text property that is named: the words behind the name.
    fn named_words(&self, at: usize, entry: &Entry, taken: &mut [bool], out: &mut Reading) {
        let worded: Vec<u16> =
            entry.targets.iter().map(|t| t.0).filter(|t| is_worded(self.property(*t).kind)).collect();
        let item = &self.items[at];
        let lead = self.folded[item.end..].trim_start_matches(' ');
        let explicit =
            lead.starts_with([':', '=']) || ["为", "采用", "选用"].iter().any(|w| lead.starts_with(w));
        let region = self.words_region(at, explicit);
        if region.is_empty() {
            return;
        }
        // Of several properties with this name the one whose value follows is meant.
        let valued = worded.iter().find(|w| self.inner_value(region.clone(), **w).is_some());
        let Some(index) = valued.or(worded.first()).copied() else { return };
        if self.property(index).kind == PropertyKind::Text {
            let latin = self.text[region.clone()].starts_with(|c: char| c.is_ascii_alphanumeric());
            if explicit || latin {
                let words = self.text[region.clone()].trim_matches([' ', '、', '/']).to_owned();
                self.take(region.clone(), taken);
                taken[at] = true;
                out.push_words(index, SpecValue::Text(words), item.from, region.end);
            }
            return;
        }
        self.named_set(at, index, region, explicit, taken, out);
    }

    /// The words of a set behind its name: known ones by their canonical names; others as they are where a colon or a hint
    /// says that they are values, or where they stand in a list with known ones.
    fn named_set(
        &self,
        at: usize,
        index: u16,
        region: Range<usize>,
        explicit: bool,
        taken: &mut [bool],
        out: &mut Reading,
    ) {
        let property = self.property(index);
        let mut set: Vec<String> = Vec::new();
        let mut unknown = 0;
        let mut place = region.start;
        let mut end = region.start;
        for part in self.text[region.clone()].split(['/', '、', '&', '或', '+']) {
            let span = place..place + part.len();
            place = span.end + self.text[span.end..].chars().next().map_or(0, char::len_utf8);
            let word = part.trim();
            if !word.chars().any(char::is_alphanumeric) {
                continue;
            }
            let known = property.rank(word).or_else(|| self.value_within(span.clone(), index, explicit));
            match known.and_then(|v| property.values.get(v)) {
                Some(value) => set.push(value.name.clone()),
                None => {
                    unknown += 1;
                    set.push(word.to_owned());
                }
            }
            end = span.end;
        }
        let listed = unknown < set.len();
        let plausible = unknown == 0 || explicit || listed || self.hints.contains(&index);
        let short = explicit || self.text[region.clone()].chars().count() <= BARE_WORDS_MAX;
        if set.is_empty() || !plausible || !short {
            return;
        }
        taken[at] = true;
        self.take(region, taken);
        out.push_words(index, SpecValue::Set(set), self.items[at].from, end);
    }

    /// Where the words behind a name end: at the next name that has a number or a colon, and without a colon also at a
    /// space or a measured number.
    fn words_region(&self, at: usize, explicit: bool) -> Range<usize> {
        let item = &self.items[at];
        let next_name = self.items.iter().enumerate().skip(at + 1).find(|(place, next)| {
            let behind = self.items.get(place + 1).is_some_and(|n| matches!(n.kind, Kind::Number(_)));
            let colon = self.text[next.end..].trim_start_matches(' ').starts_with(':');
            matches!(next.kind, Kind::Name(..)) && (behind || colon)
        });
        let mut end = next_name.map_or(self.text.len(), |(_, next)| next.from);
        let raw = &self.text[item.end..end];
        let lead = raw.trim_start_matches(|c: char| matches!(c, ' ' | ':' | '=' | '(') || "≥≤<>".contains(c));
        let words = ["为", "采用", "选用"].iter().find_map(|w| lead.strip_prefix(w)).unwrap_or(lead);
        let mut start = end - words.len();
        // A relation in words (铅笔硬度不低于3H) is no part of the value.
        if let Some(next) = self.items.get(at + 1)
            && matches!(next.kind, Kind::Word(role) if is_relation(role))
        {
            start = start.max(next.end);
        }
        if !explicit {
            let measured = self
                .items
                .iter()
                .find(|i| i.start >= start && matches!(&i.kind, Kind::Number(e) if e.shape.unit().is_some()));
            end = measured.map_or(end, |m| end.min(m.from)).max(start);
            let gap = self.text[start..end].len() - self.text[start..end].trim_start_matches(' ').len();
            let values_end = self
                .items
                .iter()
                .filter(|i| matches!(i.kind, Kind::Value(_)) && i.start <= start + gap)
                .map(|i| i.end)
                .max();
            let from = values_end.unwrap_or(start + gap).clamp(start + gap, end);
            end = self.text[from..end].find(' ').map_or(end, |i| from + i);
        }
        start..end
    }

    /// The first known value of a property within a range.
    fn inner_value(&self, span: Range<usize>, index: u16) -> Option<(&Item<'a>, usize)> {
        self.items.iter().filter(|i| i.start >= span.start && i.end <= span.end).find_map(|item| match &item
            .kind
        {
            Kind::Value(value) => {
                value.targets.iter().find(|t| t.0 == index).map(|t| (item, usize::from(t.1)))
            }
            _ => None,
        })
    }

    /// The known value that a word contains. The head of a Chinese word is its end: 进口304不锈钢 is steel, 电镀镍金 is no nickel.
    fn value_within(&self, span: Range<usize>, index: u16, explicit: bool) -> Option<usize> {
        let (item, value) = self.inner_value(span.clone(), index)?;
        let before = &self.folded[span.start..item.start];
        let after = &self.folded[item.end..span.end];
        let bracketed = after.trim_start().starts_with('(');
        ((explicit || WORDS.is_filler(before)) && (bracketed || WORDS.is_filler(after))).then_some(value)
    }

    fn take(&self, span: Range<usize>, taken: &mut [bool]) {
        for (i, item) in self.items.iter().enumerate() {
            if item.start >= span.start && item.end <= span.end {
                taken[i] = true;
            }
        }
    }

    /// Values without a name: `FR-4/铝基/CEM-3`.
    fn bare_values(&self, at: usize, taken: &mut [bool], out: &mut Reading) -> usize {
        let next = at + 1;
        let item = &self.items[at];
        let Some((index, value)) = self.bare_value(at) else {
            // One character (红, 铜) is part of another word rather than a value.
            if self.text[item.start..item.end].chars().count() > 1 {
                out.undecided.push((item.start, item.end));
            }
            return next;
        };
        let mut words = vec![self.property(index).values[usize::from(value)].name.clone()];
        let (mut last, mut place) = (at, next);
        while let Some(following) = self.items.get(place) {
            let gap = self.gap(last, place);
            let same = match &following.kind {
                Kind::Value(entry) => entry.targets.iter().find(|t| t.0 == index),
                _ => None,
            };
            let Some(same) = same.filter(|_| is_list_gap(gap) || gap.trim().is_empty()) else { break };
            words.push(self.property(index).values[usize::from(same.1)].name.clone());
            (last, place) = (place, place + 1);
        }
        let end = self.items[last].end;
        if !self.stands_alone(item.start, end, at, last) && !self.hints.contains(&index) {
            out.undecided.extend(self.items[at..=last].iter().map(|i| (i.start, i.end)));
            return place;
        }
        words.dedup();
        taken[at..=last].fill(true);
        out.push_words(index, SpecValue::Set(words), item.from, end);
        place
    }

    fn bare_value(&self, at: usize) -> Option<(u16, u16)> {
        let item = &self.items[at];
        let Kind::Value(entry) = &item.kind else { return None };
        let before = at.checked_sub(1).map(|i| &self.items[i]);
        let negated =
            before.is_some_and(|b| matches!(b.kind, Kind::Word(Role::Negation)) && item.start - b.end <= 3);
        if negated {
            return None;
        }
        let mut hinted = entry.targets.iter().filter(|t| self.hints.contains(&t.0));
        let hint = hinted.next().filter(|_| hinted.next().is_none());
        let single = self.text[item.start..item.end].chars().count() < 2;
        match (hint, entry.targets.as_slice()) {
            (Some(hint), _) => Some(*hint),
            (None, [only]) if !single => Some(*only),
            _ => None,
        }
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
            && matches!(self.items[first - 1].kind, Kind::Name(_, Named::Word));
        WORDS.is_filler(before) && WORDS.is_filler(after) && !touches_left
    }

    // --- numbers -----------------------------------------------------------------------------------------------

    /// A list of numbers (`0.8/1.0/1.6mm`) that starts at item `at`; gives the item behind it.
    fn numbers(&self, at: usize, taken: &mut [bool], out: &mut Reading) -> usize {
        let mut list: Vec<&Expr> = Vec::new();
        let mut next = at;
        while let Some(Item { kind: Kind::Number(expr), .. }) = self.items.get(next) {
            if next > at && !(is_list_gap(self.gap(next - 1, next)) && self.alike(&list, expr)) {
                break;
            }
            list.push(expr);
            next += 1;
        }
        let fallback = list.iter().rev().find_map(|e| e.shape.unit());
        let end = self.items[next - 1].end;
        if self.second_bound(at, &list, out) || self.amount(at, next, &list, taken, out) {
            taken[at..next].fill(true);
            out.used.push((self.items[at].from, end));
            return next;
        }
        let (found, from) = self.named(at, next, &list, fallback, taken);
        let (found, from) = if found.is_empty() && from.is_none() {
            (self.unnamed(at, next, &list, fallback), None)
        } else {
            (found, from)
        };
        if found.is_empty() {
            if self.supply(at, &list, out) {
                out.used.push((self.items[at].from, end));
            } else {
                out.undecided.extend(self.items[at..next].iter().map(|i| (i.from, i.end)));
            }
            return next;
        }
        taken[at..next].fill(true);
        let start = from.unwrap_or(self.items[at].from);
        let single = found.len() == 1;
        for (place, (property, (value, unit))) in found {
            // In a list each value has its own words, the first with the name before it.
            let (start, end) = match self.items.get(at + place) {
                Some(item) if !single && place > 0 => (item.from, item.end),
                Some(item) if !single => (start, item.end.max(start)),
                _ => (start, end),
            };
            out.used.push((start, end));
            out.specs.push(Found { property, value, unit, start, end });
        }
        next
    }

    /// True where an expression can be measured as those before it are (not `150℃/30min`).
    fn alike(&self, list: &[&Expr], expr: &Expr) -> bool {
        let (Some(a), Some(b)) = (list.iter().find_map(|e| e.shape.unit()), expr.shape.unit()) else {
            return true;
        };
        let theirs = self.units.compose(b);
        self.units.compose(a).iter().any(|u| theirs.iter().any(|t| t.dimension == u.dimension))
    }

    /// `大于5小于10mm`: the second bound of a range whose first is the last specification.
    fn second_bound(&self, at: usize, list: &[&Expr], out: &mut Reading) -> bool {
        let [Expr { shape: shape @ Shape::High(..), .. }] = list else { return false };
        let Some(before) = at.checked_sub(1).filter(|b| matches!(self.items[*b].kind, Kind::Number(_)))
        else {
            return false;
        };
        let gap = fold(self.gap(before, at));
        let Some(last) = out.specs.last_mut().filter(|s| s.end == self.items[before].end) else {
            return false;
        };
        let joined = WORDS.is_filler(&gap) || is_list_gap(&gap);
        let SpecValue::Interval(low @ Interval { low: Some(_), high: None, .. }) = last.value else {
            return false;
        };
        let Some((SpecValue::Interval(high), unit)) = self.resolver().resolve(last.property, shape, None)
        else {
            return false;
        };
        if !joined || unit != last.unit {
            return false;
        }
        last.value = SpecValue::Interval(Interval { high: high.high, high_open: high.high_open, ..low });
        last.end = self.items[at].end;
        true
    }

    /// Numbers behind a word such as 月产, or behind the name of the capacity.
    fn amount(&self, at: usize, next: usize, list: &[&Expr], taken: &mut [bool], out: &mut Reading) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        if self.items[at].from.saturating_sub(self.items[before].end) > GAP_MAX {
            return false;
        }
        let announced = match &self.items[before].kind {
            Kind::Word(role) => *role == Role::Amount,
            Kind::Name(entry, _) => entry.targets.iter().any(|t| self.property(t.0).id.0 == CAPACITY),
            _ => false,
        };
        if !announced {
            return false;
        }
        let words = &self.text[self.items[before].start..self.items[before].end];
        let mut any = false;
        for expr in list {
            if let Some(range) =
                super::amount::quantity(self.units, &expr.shape, super::amount::period(words))
            {
                out.amounts.push(range);
                any = true;
            }
        }
        if any {
            taken[before..next].fill(true);
            out.used.push((self.items[before].from, self.items[before].end));
        }
        any
    }

    /// `5000片/月` without a name: an amount of supply.
    fn supply(&self, at: usize, list: &[&Expr], out: &mut Reading) -> bool {
        let [expr] = list else { return false };
        let Some(words) = expr.shape.unit().filter(|w| w.is_quotient()) else { return false };
        let named = at.checked_sub(1).is_some_and(|b| matches!(self.items[b].kind, Kind::Name(..)));
        let timed = self.units.compose(words).first().is_some_and(|u| {
            u.symbol.rsplit_once('/').is_some_and(|(_, below)| SUPPLY_TIMES.contains(&below))
        });
        if named || !timed {
            return false;
        }
        let Some(range) = super::amount::quantity(self.units, &expr.shape, None) else { return false };
        out.amounts.push(range);
        true
    }

    /// Numbers whose property is named before or behind them: values with their place in the list, and where the name's
    /// words begin. A name that does not fit gives no values but still forbids guessing.
    fn named(
        &self,
        at: usize,
        next: usize,
        list: &[&Expr],
        fallback: Option<&UnitWords>,
        taken: &mut [bool],
    ) -> Assigned {
        let mut place = at;
        let mut refused: Option<&Item<'_>> = None;
        // Back over values in between (板厚(FR-4)1.6mm) and over a nearer name that does not fit.
        while let Some(before) = place.checked_sub(1) {
            let item = &self.items[before];
            if self.items[at].from.saturating_sub(item.end) > GAP_MAX {
                break;
            }
            match &item.kind {
                Kind::Name(entry, named) if !taken[before] => {
                    let found = self.fit(entry, &self.folded[item.start..item.end], list, fallback);
                    if !found.is_empty() {
                        taken[before] = true;
                        let spelled =
                            before.checked_sub(1).filter(|_| *named == Named::Mark && !taken[before - 1]);
                        return self
                            .overruled(spelled, item, list, fallback, taken)
                            .unwrap_or((found, Some(item.from)));
                    }
                    // A mark before sides (Φ10×20mm) is one of the sides.
                    if *named == Named::Word || !matches!(list, [Expr { shape: Shape::Sides(..), .. }]) {
                        refused = refused.or(Some(item));
                    }
                    place = before;
                }
                Kind::Value(_) if before + 1 == at => place = before,
                Kind::Number(_) if !taken[before] => place = before,
                _ => break,
            }
        }
        if refused.is_none()
            && let Some(behind) = self.items.get(next)
            && let Kind::Name(entry, _) = behind.kind
            && !taken[next]
            && list.iter().all(|e| e.shape.unit().is_some() && !matches!(e.shape, Shape::Bare(_)))
        {
            let gap = self.gap(next - 1, next);
            let belongs_behind = !gap.is_empty() && self.leads_number(next, entry);
            if matches!(gap, "" | "的" | " ") && !belongs_behind {
                let found = self.fit(entry, &self.folded[behind.start..behind.end], list, fallback);
                if !found.is_empty() {
                    taken[next] = true;
                    return (found, Some(self.items[at].from));
                }
            }
        }
        // Directly behind a name even a telling unit is not taken for another property.
        let adjacent = |name: &&Item<'_>| name.end == self.items[at].from;
        let barred = refused.filter(|name| adjacent(name) || self.own_unit(list, fallback).is_none());
        (Vec::new(), barred.map(|name| name.from))
    }

    /// The reading by the name in words at item `spelled` directly before a mark (耐压AC500V), where it fits.
    fn overruled(
        &self,
        spelled: Option<usize>,
        mark: &Item<'_>,
        list: &[&Expr],
        fallback: Option<&UnitWords>,
        taken: &mut [bool],
    ) -> Option<Assigned> {
        let place = spelled?;
        let item = &self.items[place];
        let Kind::Name(entry, Named::Word) = item.kind else { return None };
        if mark.from.saturating_sub(item.end) > GAP_MAX {
            return None;
        }
        let found = self.fit(entry, &self.folded[item.start..item.end], list, fallback);
        if found.is_empty() {
            return None;
        }
        taken[place] = true;
        Some((found, Some(item.from)))
    }

    /// True where the name at item `place` is followed by a number of its own.
    fn leads_number(&self, place: usize, entry: &Entry) -> bool {
        let Some(Item { kind: Kind::Number(expr), .. }) = self.items.get(place + 1) else { return false };
        entry.targets.iter().any(|t| self.resolver().resolve(t.0, &expr.shape, None).is_some())
    }

    /// The property among a name's that the numbers fit, with their values.
    fn fit(
        &self,
        entry: &Entry,
        name: &str,
        list: &[&Expr],
        fallback: Option<&UnitWords>,
    ) -> Vec<(usize, (u16, Resolved))> {
        let largest = name.starts_with("最大") || name.starts_with("max");
        let all = |index: u16| -> Option<Vec<Resolved>> {
            let upper = |shape: &Shape| match shape {
                // 最大加工尺寸600×1100mm takes all that is smaller.
                Shape::Sides(..) if largest => shape.clone().bounded_by(Role::AtMost),
                _ => shape.clone(),
            };
            list.iter().map(|e| self.resolver().resolve(index, &upper(&e.shape), fallback)).collect()
        };
        let fits: Vec<(u16, Vec<Resolved>)> =
            entry.targets.iter().filter_map(|t| Some((t.0, all(t.0)?))).collect();
        if entry.shared && fits.len() > 1 {
            return share(fits, list.len());
        }
        if let Some(chosen) = self.choose(fits, name, list) {
            let (index, values) = chosen;
            return values.into_iter().enumerate().map(|(i, v)| (i, (index, v))).collect();
        }
        // 厚度±0.1mm states a tolerance of what is named.
        if let [Expr { shape: shape @ Shape::Bare(_), .. }] = list
            && let Some((index, value)) = self.accuracy(shape)
        {
            return vec![(0, (index, value))];
        }
        Vec::new()
    }

    /// One of the fitting properties: the only one, the hinted one, the one whose first name it is, or the one that is
    /// measured in just this unit.
    fn choose(
        &self,
        fits: Vec<(u16, Vec<Resolved>)>,
        name: &str,
        list: &[&Expr],
    ) -> Option<(u16, Vec<Resolved>)> {
        let only = |test: &dyn Fn(u16) -> bool| {
            let mut found = fits.iter().filter(|f| test(f.0));
            found.next().filter(|_| found.next().is_none()).cloned()
        };
        let hinted = |i: u16| self.hints.contains(&i);
        let first_name = |i: u16| {
            let p = self.property(i);
            fold(&p.name_zh) == name || fold(&p.name_en) == name
        };
        let any_hinted = fits.iter().any(|f| hinted(f.0));
        let symbol = list
            .iter()
            .find_map(|e| e.shape.unit())
            .and_then(|w| self.units.compose(w).first().map(|u| u.symbol.clone()));
        let own_symbol = |i: u16| symbol.is_some() && self.property(i).unit == symbol;
        only(&|_| true)
            .or_else(|| only(&hinted))
            .or_else(|| only(&|i| (hinted(i) || !any_hinted) && first_name(i)))
            .or_else(|| only(&first_name))
            .or_else(|| only(&|i| (hinted(i) || !any_hinted) && own_symbol(i)))
    }

    /// Numbers that no name stands beside.
    fn unnamed(
        &self,
        at: usize,
        next: usize,
        list: &[&Expr],
        fallback: Option<&UnitWords>,
    ) -> Vec<(usize, (u16, Resolved))> {
        if let Some(found) = self.own_unit(list, fallback) {
            return found;
        }
        if !self.stands_alone(self.items[at].from, self.items[next - 1].end, at, next - 1) {
            return Vec::new();
        }
        if let [Expr { shape, .. }] = list {
            match shape {
                Shape::Bare(_) => return self.accuracy(shape).map(|f| (0, f)).into_iter().collect(),
                Shape::Sides(..) => return self.size(shape),
                _ => {}
            }
        }
        let all = |index: u16| -> Option<Vec<Resolved>> {
            list.iter()
                .map(|e| {
                    let measured = e.shape.unit().or(fallback).is_some() || has_nines(&e.shape);
                    let fits = measured && may_be_bare(self.property(index), &e.shape);
                    fits.then(|| self.resolver().resolve(index, &e.shape, fallback)).flatten()
                })
                .collect()
        };
        let mut fits = self.hints.iter().filter_map(|h| Some((*h, all(*h)?)));
        match (fits.next(), fits.next()) {
            (Some((index, values)), None) => {
                values.into_iter().enumerate().map(|(i, v)| (i, (index, v))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The property that alone is measured in this unit.
    fn own_unit(
        &self,
        list: &[&Expr],
        fallback: Option<&UnitWords>,
    ) -> Option<Vec<(usize, (u16, Resolved))>> {
        let words = list.iter().find_map(|e| e.shape.unit()).or(fallback)?;
        if let [Expr { shape: Shape::Sides(sides, None), .. }] = list {
            return self.cores(words, sides);
        }
        // Only the likeliest reading counts: 25L is a volume, not 25 layers.
        let owner = self.properties.owner_of_unit(&self.units.compose(words).first()?.symbol)?;
        let values: Option<Vec<Resolved>> =
            list.iter().map(|e| self.resolver().resolve(owner, &e.shape, fallback)).collect();
        Some(values?.into_iter().enumerate().map(|(i, v)| (i, (owner, v))).collect())
    }

    /// `2×1.5mm²`: cores and the area of each.
    fn cores(&self, words: &UnitWords, sides: &[super::expr::Side]) -> Option<Vec<(usize, (u16, Resolved))>> {
        let [count, area] = sides else { return None };
        let owner =
            self.units.compose(words).iter().find_map(|u| self.properties.owner_of_unit(&u.symbol))?;
        if self.property(owner).id.0 != "conductor_area"
            || count.low.unit.is_some()
            || count.low.value.fract() != 0.0
        {
            return None;
        }
        let cores = self.properties.index(&crate::property::PropertyId("core_count".to_owned()))?;
        let area = self.resolver().resolve(owner, &Shape::Point(area.low.clone()), None)?;
        let count = self.resolver().resolve(cores, &Shape::Point(count.low.clone()), None)?;
        Some(vec![(0, (cores, count)), (0, (owner, area))])
    }

    /// The property of a bare `±x`: the hinted accuracy, or the first of the table that is measured so.
    fn accuracy(&self, shape: &Shape) -> Option<(u16, Resolved)> {
        let fit = |i: u16| Some((i, self.resolver().resolve(i, shape, None)?));
        shape.unit()?;
        let mut general = self.properties.accuracies().filter_map(fit);
        let first = general.next();
        let mut hinted =
            self.hints.iter().filter(|h| self.property(**h).is_accuracy()).filter_map(|h| fit(*h));
        match (hinted.next(), hinted.next()) {
            (Some(one), None) => Some(one),
            (None, _) => first,
            (Some(_), Some(_)) => first.filter(|f| self.hints.contains(&f.0)),
        }
    }

    /// The property of bare sides: the hinted one, or the first size of the table where a unit is given.
    fn size(&self, shape: &Shape) -> Vec<(usize, (u16, Resolved))> {
        let fit = |i: u16| Some((i, self.resolver().resolve(i, shape, None)?));
        let measured = |f: &(u16, Resolved)| {
            let Shape::Sides(sides, _) = shape else { return false };
            let default = self.property(f.0).unit.as_deref().unwrap_or_default();
            let (Ok(default), words) =
                (self.units.unit(default), sides.iter().filter_map(|s| s.low.unit.as_ref()))
            else {
                return false;
            };
            words.flat_map(|w| self.units.compose(w)).any(|u| u.dimension == default.dimension)
        };
        let sized = |i: &u16| self.property(*i).kind == PropertyKind::Dimensions;
        let hinted: Vec<(u16, Resolved)> = self.hints.iter().copied().filter(sized).filter_map(fit).collect();
        let with_unit: Vec<&(u16, Resolved)> = hinted.iter().filter(|f| measured(f)).collect();
        let chosen = match (hinted.as_slice(), with_unit.as_slice()) {
            (_, [one]) => Some((*one).clone()),
            ([one], []) if shape.unit().is_none() => Some(one.clone()),
            _ => {
                let places = 0..u16::try_from(self.properties.rows().len()).unwrap_or(u16::MAX);
                places.filter(sized).filter_map(fit).find(|f| measured(f))
            }
        };
        chosen.map(|f| (0, f)).into_iter().collect()
    }
}

impl Reading {
    fn push_words(&mut self, property: u16, value: SpecValue, start: usize, end: usize) {
        self.used.push((start, end));
        self.specs.push(Found { property, value, unit: None, start, end });
    }
}

/// `线宽/线距 3/4mil`: one value each, or the same for all.
fn share(fits: Vec<(u16, Vec<Resolved>)>, values: usize) -> Vec<(usize, (u16, Resolved))> {
    let properties = fits.len();
    fits.into_iter()
        .enumerate()
        .flat_map(|(place, (index, list))| {
            let each = values == properties;
            list.into_iter()
                .enumerate()
                .filter(move |(i, _)| !each || *i == place)
                .map(move |(i, v)| (i, (index, v)))
        })
        .collect()
}

fn has_nines(shape: &Shape) -> bool {
    match shape {
        Shape::Point(a) | Shape::Low(a, _) | Shape::High(a, _) | Shape::Better(a) => a.nines.is_some(),
        _ => false,
    }
}

/// Whether a number without a name may be of this property: a plain value states no accuracy, a lower bound nothing of
/// which less is better, an upper bound nothing of which more is better.
fn may_be_bare(property: &Property, shape: &Shape) -> bool {
    if property.kind != PropertyKind::Number || property.is_accuracy() {
        return matches!(shape, Shape::High(..)) && property.kind == PropertyKind::Number;
    }
    match shape {
        Shape::Low(..) => property.direction != Direction::Smaller,
        Shape::High(..) => property.direction != Direction::Larger,
        Shape::Bare(_) | Shape::Sides(..) => false,
        _ => true,
    }
}
