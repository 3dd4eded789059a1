//! Properties whose values are words: sets, grades, texts.

use super::super::items::{Item, Kind, is_relation, is_worded};
use super::super::normal::is_han;
use super::super::words::{Role, WORDS};
use super::{Assigner, Reading};
use crate::property::{Entry, Property, PropertyKind};
use crate::spec::SpecValue;
use std::ops::Range;

/// Characters of words without a colon that may still be one value behind a name.
const BARE_WORDS_MAX: usize = 24;
/// The property whose words stand before its name, too.
const BRAND: &str = "brand";
/// Characters of a noun beside a value.
const NOUN_MAX: usize = 8;

impl<'a> Assigner<'a> {
    /// A set, grade or text property that is named: the words behind the name.
    pub(super) fn named_words(&self, at: usize, entry: &Entry, taken: &mut [bool], out: &mut Reading) {
        let worded: Vec<u16> =
            entry.targets.iter().map(|t| t.0).filter(|t| is_worded(self.property(*t).kind)).collect();
        let item = &self.items[at];
        let lead = self.folded[item.end..].trim_start_matches(' ');
        let explicit =
            lead.starts_with([':', '=']) || ["为", "采用", "选用"].iter().any(|w| lead.starts_with(w));
        let region = self.words_region(at, explicit);
        if let Some(brand) = worded.iter().copied().find(|w| self.property(*w).id.0 == BRAND)
            && let Some(before) = self.brand_before(at).filter(|_| !explicit)
        {
            taken[at] = true;
            let words = self.text[before.clone()].to_owned();
            out.push_words(brand, SpecValue::Text(words), before.start, item.end);
            return;
        }
        if region.is_empty() {
            return;
        }
        // Of several properties with this name the one whose value follows is meant.
        let valued = worded.iter().find(|w| self.inner_value(region.clone(), **w).is_some());
        let Some(index) = valued.or(worded.first()).copied() else { return };
        if self.property(index).kind == PropertyKind::Text {
            // 排放标准：总铜≤0.5mg/L tells what is measured.
            let signs = self.text[region.clone()].contains(['≥', '≤', '<', '>']);
            let measured = |i: &Item<'_>| {
                region.start <= i.start && matches!(&i.kind, Kind::Number(e) if e.shape.unit().is_some())
            };
            if signs && self.items.iter().any(measured) {
                return;
            }
            // 执行IPC二级标准 tells a grade.
            let value_first =
                |i: &Item<'_>| i.start == region.start && matches!(i.kind, Kind::Value(_) | Kind::Name(..));
            if !explicit && self.items.iter().any(value_first) {
                return;
            }
            let latin = self.text[region.clone()].starts_with(|c: char| c.is_ascii_alphanumeric());
            let id = self.property(index).id.0.as_str();
            // 执行标准 YD/T 1234: with the number behind the space.
            let region = match self.standard(&region).filter(|_| id == "standard") {
                Some(whole) if whole.end > region.end => whole,
                _ => region,
            };
            // 产地 日本
            let apart = matches!(id, "origin" | BRAND) && self.text[item.end..].starts_with(' ');
            if explicit || latin || apart {
                let words = self.text[region.clone()].trim_matches([' ', '、', '/']).to_owned();
                self.take(region.clone(), taken);
                taken[at] = true;
                out.push_words(index, SpecValue::Text(words), item.from, region.end);
            }
            return;
        }
        self.named_set(at, index, region, explicit, taken, out);
    }

    /// The name that stands directly before the word for a brand (奇美品牌), where nothing goes on behind it.
    fn brand_before(&self, at: usize) -> Option<Range<usize>> {
        let item = &self.items[at];
        let chinese = self.text[item.start..item.end].starts_with(is_han);
        let words = self.touching_before(item.start, at);
        let named = (2..=NOUN_MAX).contains(&words.chars().count())
            && words.chars().all(char::is_alphanumeric)
            && !WORDS.is_filler(words)
            && WORDS.at_start(Role::Unbranded, words).is_none()
            && !WORDS.at_end(Role::Unbranded, words);
        (chinese && named && self.touching_after(item.end, at).is_empty())
            .then(|| item.start - words.len()..item.start)
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
        // 包装：500pcs/卷 tells how many.
        if self.is_measured(&region) {
            return;
        }
        let mut set: Vec<String> = Vec::new();
        let mut unknown = 0;
        let mut end = region.start;
        let mut last = "";
        for span in self.list_parts(region.clone(), index) {
            let word = self.text[span.clone()].trim();
            if !word.chars().any(char::is_alphanumeric) {
                continue;
            }
            if let Some(between) = values_between(property, word) {
                set.extend(between);
                end = span.end;
                continue;
            }
            let known = property
                .rank(word)
                .or_else(|| self.value_within(span.clone(), index, explicit))
                .or_else(|| fellow(property, last, word));
            last = word;
            match known.and_then(|v| property.values.get(v)) {
                Some(value) => set.push(value.name.clone()),
                None => {
                    let several = self.inner_values(span.clone(), index);
                    if several.len() > 1 {
                        set.extend(several);
                    } else {
                        unknown += 1;
                        set.push(word.to_owned());
                    }
                }
            }
            end = span.end;
        }
        let listed = unknown < set.len();
        // 机柜面板：喷塑: words that the topic does not speak of name nothing there.
        let told = explicit && !self.topic.is_foreign(index, self.properties);
        let plausible = unknown == 0 || told || listed || self.hints.contains(&index);
        let short = explicit || self.text[region.clone()].chars().count() <= BARE_WORDS_MAX;
        if set.is_empty() || !plausible || !short {
            return;
        }
        taken[at] = true;
        self.take(region.clone(), taken);
        out.push_words(index, SpecValue::Set(set), self.items[at].from, end);
        self.temper(index, region.start, end, out);
    }

    /// True for words that begin with a number and its unit.
    fn is_measured(&self, span: &Range<usize>) -> bool {
        let measured = |i: &Item<'_>| {
            span.start <= i.start
                && i.end <= span.end
                && self.text[span.start..i.start].trim().is_empty()
                && matches!(&i.kind, Kind::Number(e) if e.shape.unit().is_some())
        };
        self.items.iter().any(measured)
    }

    /// The parts of a list of words; signs inside a known value (`PC/ABS`) part nothing.
    fn list_parts(&self, region: Range<usize>, index: u16) -> Vec<Range<usize>> {
        let mut parts: Vec<Range<usize>> = Vec::new();
        let mut start = region.start;
        for (at, c) in self.text[region.clone()].char_indices() {
            let at = region.start + at;
            let inside = |item: &&Item<'_>| match &item.kind {
                Kind::Value(value) => {
                    item.start < at && at < item.end && value.targets.iter().any(|t| t.0 == index)
                }
                _ => false,
            };
            if matches!(c, '/' | '、' | '&' | '或' | '+') && !self.items.iter().any(|i| inside(&i)) {
                parts.push(start..at);
                start = at + c.len_utf8();
            }
        }
        parts.push(start..region.end);
        parts
    }

    /// Where the words behind a name end: at the next name that has a number or a colon, and without a colon also at a
    /// space or a measured number.
    fn words_region(&self, at: usize, explicit: bool) -> Range<usize> {
        let item = &self.items[at];
        let next_name = self.items.iter().enumerate().skip(at + 1).find(|(place, next)| {
            let behind = self.items.get(place + 1).is_some_and(|n| matches!(n.kind, Kind::Number(_)));
            let colon = self.text[next.end..].trim_start_matches(' ').starts_with(':');
            // 附着力≥4B、铅笔硬度2H: its own value stands behind another name.
            let valued = || match (&item.kind, &next.kind, self.items.get(place + 1).map(|n| &n.kind)) {
                (Kind::Name(own, _), Kind::Name(name, _), Some(Kind::Value(value))) => {
                    let named = |t: &(u16, u16)| name.targets.iter().any(|n| n.0 == t.0);
                    let ours = |t: &(u16, u16)| own.targets.iter().any(|o| o.0 == t.0);
                    value.targets.iter().any(|t| named(t) && !ours(t))
                        && self.gap(*place, place + 1).trim().is_empty()
                }
                _ => false,
            };
            matches!(next.kind, Kind::Name(..)) && (behind || colon || valued())
        });
        let mut end = next_name.map_or(self.text.len(), |(_, next)| next.from);
        // 颜色：黑 数量：5000pcs
        let amount = self.items.iter().skip(at + 1).find(|i| {
            matches!(i.kind, Kind::Word(Role::Amount))
                && self.text[i.end..].starts_with(':')
                && self.text[..i.start].ends_with(' ')
        });
        end = amount.map_or(end, |a| end.min(a.start));
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
        if explicit {
            end = self.next_thing(at, start, end);
        } else {
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

    /// Where behind a colon something else begins after a space: a value of another property (材质：6061-T6 阳极氧化), or a
    /// measured number.
    fn next_thing(&self, at: usize, start: usize, end: usize) -> usize {
        let Kind::Name(name, _) = self.items[at].kind else { return end };
        if name.targets.iter().any(|t| self.property(t.0).kind == PropertyKind::Text) {
            return end;
        }
        let own = |targets: &[(u16, u16)]| targets.iter().any(|t| name.targets.iter().any(|n| n.0 == t.0));
        let other = self.items.iter().filter(|i| i.start > start && i.start < end).find_map(|item| {
            let is_other = match &item.kind {
                Kind::Value(value) => !own(&value.targets),
                Kind::Number(expr) => expr.shape.unit().is_some(),
                _ => false,
            };
            // A relation before the number may lie before the start.
            let space = self.text.get(start..item.from)?.rfind(' ').map(|i| start + i)?;
            let said = self.text[start..space].chars().any(char::is_alphanumeric);
            (is_other && said && WORDS.is_filler(&self.folded[space..item.from])).then_some(space)
        });
        other.unwrap_or(end)
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

    /// All known values of a property within a range (前IP65后IP54).
    fn inner_values(&self, span: Range<usize>, index: u16) -> Vec<String> {
        let inside = self.items.iter().filter(|i| i.start >= span.start && i.end <= span.end);
        let value = |item: &Item<'_>| match &item.kind {
            Kind::Value(entry) => entry.targets.iter().find(|t| t.0 == index).map(|t| usize::from(t.1)),
            _ => None,
        };
        let values = inside.filter_map(value);
        values.filter_map(|v| Some(self.property(index).values.get(v)?.name.clone())).collect()
    }

    /// The known value that a word contains. The head of a Chinese word is its end: 进口304不锈钢 is steel, 电镀镍金 is no nickel.
    fn value_within(&self, span: Range<usize>, index: u16, explicit: bool) -> Option<usize> {
        let (item, value) = self.inner_value(span.clone(), index)?;
        let before = &self.folded[span.start..item.start];
        let after = &self.folded[item.end..span.end];
        let bracketed = after.trim_start().starts_with('(');
        let ends = bracketed || is_temper(after) || WORDS.is_filler(after);
        ((explicit || WORDS.is_filler(before)) && ends).then_some(value)
    }

    /// The values from the one at item `first` to the one at item `last` where they are the ends of a range (0402~1206).
    pub(super) fn range_of_values(&self, index: u16, first: usize, last: usize) -> Option<Vec<String>> {
        let words = &self.text[self.items[first].start..self.items[last].end];
        values_between(self.property(index), words)
    }

    fn take(&self, span: Range<usize>, taken: &mut [bool]) {
        for (i, item) in self.items.iter().enumerate() {
            if item.start >= span.start && item.end <= span.end {
                taken[i] = true;
            }
        }
    }
}

/// The value that a word stands for behind one that begins alike (不锈钢304或316).
pub(super) fn fellow(property: &Property, before: &str, word: &str) -> Option<usize> {
    let stem = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let told = !stem.is_empty() && stem != before && word.starts_with(|c: char| c.is_ascii_digit());
    told.then(|| property.rank(&format!("{stem}{word}"))).flatten()
}

/// What stands behind an alloy's number and says how it was treated (6061-T6, 5052-H32, SUS304-2B).
pub(super) fn is_temper(after: &str) -> bool {
    let code = after.trim_end().strip_prefix('-').unwrap_or_default();
    (1..=4).contains(&code.len()) && code.chars().all(|c| c.is_ascii_alphanumeric())
}

/// The values that a range of two values on one ordered scale stands for (`0201~1206`, `0402-0805`).
fn values_between(property: &Property, words: &str) -> Option<Vec<String>> {
    words
        .match_indices(['~', '-'])
        .find_map(|(at, sign)| property.values_between(words[..at].trim(), words[at + sign.len()..].trim()))
}
