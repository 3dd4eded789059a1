//! Properties whose values are words: sets, grades, texts.

use super::super::items::{Item, Kind, is_relation, is_worded};
use super::super::normal::is_han;
use super::super::words::{Role, WORDS, is_list_gap};
use super::{Assigner, Reading};
use crate::property::{Entry, Property, PropertyId, PropertyKind, fold};
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
        let plausible = unknown == 0 || explicit || listed || self.hints.contains(&index);
        let short = explicit || self.text[region.clone()].chars().count() <= BARE_WORDS_MAX;
        if set.is_empty() || !plausible || !short {
            return;
        }
        taken[at] = true;
        self.take(region.clone(), taken);
        out.push_words(index, SpecValue::Set(set), self.items[at].from, end);
        self.temper(index, region.start, end, out);
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
    fn range_of_values(&self, index: u16, first: usize, last: usize) -> Option<Vec<String>> {
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

    /// Values without a name: `FR-4/铝基/CEM-3`.
    pub(super) fn bare_values(&self, at: usize, taken: &mut [bool], out: &mut Reading) -> usize {
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
            let fellow = self.fellow_number(index, last, place);
            let same = match &following.kind {
                Kind::Value(entry) => entry.targets.iter().find(|t| t.0 == index).map(|t| usize::from(t.1)),
                _ => fellow,
            };
            let Some(same) = same else { break };
            if let Some(between) = self.range_of_values(index, last, place) {
                words.extend(between);
            } else if self.is_letter(place) && !self.is_whole_word(place, index) {
                break;
            } else if is_list_gap(gap) || gap.trim().is_empty() || WORDS.is(Role::Part, gap.trim()) {
                words.push(self.property(index).values[same].name.clone());
            } else {
                break;
            }
            (last, place) = (place, place + 1);
        }
        let end = self.items[last].end;
        let said = self.stands_alone(item.start, end, at, last) || self.modifies(index, at, last);
        if !said && !self.hints.contains(&index) {
            out.undecided.extend(self.items[at..=last].iter().map(|i| (i.start, i.end)));
            return place;
        }
        words.dedup();
        // 铜带C7025: an alloy's number says which copper it is.
        let closer = |metal: &String| {
            WORDS.is(Role::Metal, metal)
                && words
                    .iter()
                    .any(|w| w != metal && (w.contains(metal) || w.bytes().any(|b| b.is_ascii_digit())))
        };
        let words: Vec<String> = words.iter().filter(|w| !closer(w)).cloned().collect();
        taken[at..=last].fill(true);
        let value = if self.property(index).kind == PropertyKind::Text {
            SpecValue::Text(self.text[item.start..end].to_owned())
        } else {
            SpecValue::Set(words)
        };
        out.push_words(index, value, item.from, end);
        self.temper(index, item.start, end, out);
        place
    }

    /// How an alloy was treated, where its number from `start` to `end` or what stands directly behind it says so (6061-T6,
    /// 5052H32).
    fn temper(&self, index: u16, start: usize, end: usize, out: &mut Reading) {
        if self.property(index).id.0 != "material" {
            return;
        }
        let behind = self.touching_after(end, self.items.iter().rposition(|i| i.end <= end).unwrap_or(0));
        let end = if is_temper(behind) { end + behind.trim_end().len() } else { end };
        let Some(temper) = self.properties.index(&PropertyId("temper".to_owned())) else { return };
        let words = self.text[start..end].trim_end_matches(is_han);
        let digits = words.bytes().rev().take_while(u8::is_ascii_digit).count();
        let Some(at) = (words.len() - digits).checked_sub(1) else { return };
        let lettered =
            words.is_char_boundary(at) && words[at..].starts_with(['T', 'H', 't', 'h']) && digits > 0;
        let alloy = lettered && words[..at].ends_with(|c: char| c.is_ascii_digit() || "- ".contains(c));
        let known = alloy.then(|| self.property(temper).rank(&words[at..])).flatten();
        if let Some(value) = known.and_then(|v| self.property(temper).values.get(v)) {
            let name = value.name.clone();
            out.push_words(temper, SpecValue::Set(vec![name]), start + at, start + words.len());
        }
    }

    /// The value that a number behind a known one stands for (SUS304/316).
    fn fellow_number(&self, index: u16, before: usize, place: usize) -> Option<usize> {
        let (first, number) = (&self.items[before], &self.items[place]);
        let Kind::Number(expr) = &number.kind else { return None };
        if expr.shape.unit().is_some() || !is_list_gap(self.gap(before, place)) || number.from < number.start
        {
            return None;
        }
        let behind = self.text[number.end..].chars().next();
        if behind.is_some_and(|c| c.is_ascii_alphanumeric()) {
            return None;
        }
        let words = |item: &Item<'_>| &self.text[item.start..item.end];
        fellow(self.property(index), words(first), words(number))
    }

    /// True for a value that stands before the noun of what is made of it, looks so or is made so (硅胶按键, 亚克力板, 注塑外壳),
    /// or for a code or a process behind the noun that it is told of (模仁SKD61, 引线框架蚀刻加工).
    fn modifies(&self, index: u16, first: usize, last: usize) -> bool {
        let (start, end) = (self.items[first].start, self.items[last].end);
        let noun = |words: &str| words.chars().count() <= NOUN_MAX && words.chars().all(is_han);
        let (before, after) = (self.touching_before(start, first), self.touching_after(end, last));
        let id = &self.property(index).id.0;
        let quality = WORDS.is(Role::Quality, id);
        if !(quality || WORDS.is(Role::Modifier, id))
            || self.is_named_by(start, end, first)
            || !noun(before)
            || !noun(after)
        {
            return false;
        }
        let negated = WORDS.at_end(Role::Negation, before) || WORDS.at_start(Role::Besides, after).is_some();
        let served = id == "process"
            && (WORDS.at_start(Role::Service, after).is_some()
                || WORDS.at_end(Role::Service, &self.folded[start..end]));
        let coded = self.folded[start..end].starts_with(|c: char| c.is_ascii_graphic());
        let after_fits = WORDS.is_filler(after) || served || quality || !WORDS.at_end(Role::OfOther, after);
        let before_fits = WORDS.is_filler(before) || WORDS.is(Role::Part, before) || served || coded;
        !negated && after_fits && before_fits
    }

    /// True for what a text begins with and then specifies: a bag is the product there, and not how something is packed.
    fn is_the_product(&self, at: usize, index: u16) -> bool {
        let item = &self.items[at];
        let packed = || {
            WORDS.at_end(Role::Packed, &self.folded[item.start..item.end])
                || WORDS.at_start(Role::Packed, &self.folded[item.end..]).is_some()
        };
        let first = self.opens && item.start == 0;
        first && self.property(index).id.0 == "packaging" && !packed()
    }

    /// The property of a value that its name stands behind (green solder mask).
    fn told_behind(&self, at: usize, targets: &[(u16, u16)]) -> Option<(u16, u16)> {
        let Item { kind: Kind::Name(entry, _), .. } = self.items.get(at + 1)? else { return None };
        let named = |t: &&(u16, u16)| entry.targets.iter().any(|n| n.0 == t.0);
        self.gap(at, at + 1).trim().is_empty().then(|| targets.iter().find(named).copied()).flatten()
    }

    /// True for a word of a topic that the text does not speak of: the T4 of a solder paste is no temper, and 双面8丝 no board.
    fn is_elsewhere(&self, at: usize, property: u16) -> bool {
        let item = &self.items[at];
        let words = &self.folded[item.start..item.end];
        let listed = WORDS.at_start(Role::ListGap, self.touching_after(item.end, at)).is_some();
        WORDS.is(Role::Topical, words) && !listed && self.topic.is_foreign(property, self.properties)
    }

    fn bare_value(&self, at: usize) -> Option<(u16, u16)> {
        let item = &self.items[at];
        let Kind::Value(entry) = &item.kind else { return None };
        let before = at.checked_sub(1).map(|i| &self.items[i]);
        let negated =
            before.is_some_and(|b| matches!(b.kind, Kind::Word(Role::Negation)) && item.start - b.end <= 3);
        // 30%GF says what a plastic is filled with.
        let of_other = before.is_some_and(|b| {
            // Set apart only digits may be (scratch-dig 60/40); 工业级 槽车 tells two things.
            let gap = &self.text[b.end..item.start];
            let joined = gap != " " || self.text[item.start..].starts_with(|c: char| c.is_ascii_digit());
            matches!(b.kind, Kind::Word(Role::Other)) && matches!(gap.trim(), "" | ":") && joined
        });
        // 0.85/pc: a price by the piece.
        let by_piece = self.text[..item.start]
            .strip_suffix('/')
            .is_some_and(|t| t.ends_with(|c: char| c.is_ascii_digit()))
            && self.units.scan(&self.text[item.start..]).is_some();
        if negated || of_other || by_piece || self.text[..item.start].ends_with('%') {
            return None;
        }
        let targets: Vec<(u16, u16)> =
            entry.targets.iter().copied().filter(|t| !self.is_the_product(at, t.0)).collect();
        let mut hinted = targets.iter().filter(|t| self.hints.contains(&t.0));
        let hint = hinted.next().filter(|_| hinted.next().is_none());
        let single = self.text[item.start..item.end].chars().count() < 2;
        match (hint, targets.as_slice()) {
            (Some(hint), _) => Some(*hint),
            (None, [only]) if !single => (!self.is_elsewhere(at, only.0)).then_some(*only),
            // 黑色 is a colour, and of a solder mask only another word for 黑油; green solder mask is said by the name behind.
            (None, several) if !single => self.told_behind(at, several).or_else(|| {
                let words = &self.folded[item.start..item.end];
                let own = |t: &&(u16, u16)| fold(&self.property(t.0).values[usize::from(t.1)].name) == words;
                // Behind a colon it is of whatever stands before that (丝印：白色).
                let told = self.text[..item.start].trim_end().ends_with(':');
                let only = |fits: &dyn Fn(&&(u16, u16)) -> bool| {
                    let mut found = several.iter().filter(|t| !told && fits(t));
                    found.next().filter(|_| found.next().is_none()).copied()
                };
                only(&own)
                    .or_else(|| only(&|t| self.topic.named.contains(&t.0)))
                    .or_else(|| only(&|t| !self.topic.is_foreign(t.0, self.properties)))
            }),
            (None, several) => several.iter().find(|t| self.is_whole_word(at, t.0)).copied(),
        }
    }

    /// True for a value of one character.
    fn is_letter(&self, at: usize) -> bool {
        self.text[self.items[at].start..self.items[at].end].chars().count() == 1
    }

    /// True for a value of one character directly behind another of the same property (the black of 红黑).
    fn is_paired_colour(&self, at: usize, property: u16) -> bool {
        let own = |item: &Item<'_>| matches!(&item.kind, Kind::Value(e) if e.targets.iter().any(|t| t.0 == property));
        at > 0
            && self.property(property).id.0 == "colour"
            && self
                .items
                .get(at)
                .is_some_and(|i| own(i) && own(&self.items[at - 1]) && self.items[at - 1].end == i.start)
    }

    /// True for one character that is a word of its own, behind a space or another value (`24AWG 黑`, `编织黑`), and can be nothing
    /// but a colour or a material.
    fn is_whole_word(&self, at: usize, property: u16) -> bool {
        let item = &self.items[at];
        let Kind::Value(entry) = &item.kind else { return false };
        // 黑 is a colour, and of a solder mask another word for 黑油; 金 may be a colour or a metal.
        let other = |t: &(u16, u16)| t.0 != property && self.property(t.0).id.0 != "solder_mask_colour";
        if entry.targets.iter().any(other) {
            return false;
        }
        let parted = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        let long = |b: &Item<'_>| self.text[b.start..b.end].chars().count() > 1;
        let behind_value = at
            .checked_sub(1)
            .map(|b| &self.items[b])
            .is_some_and(|b| matches!(b.kind, Kind::Value(_)) && b.end == item.start && long(b));
        let after = &self.folded[item.end..];
        // 硫酸镍 镍≥22%: a share of it.
        let measured = after.trim_start_matches(' ').starts_with(['≥', '≤', '<', '>', '=', ':']);
        let free = parted(after.chars().next()) && !measured
            || self.is_paired_colour(at + 1, property)
            || WORDS.at_start(Role::TwoColoured, after).is_some();
        let apart = parted(self.text[..item.start].chars().next_back())
            || behind_value
            || self.is_paired_colour(at, property);
        matches!(self.property(property).id.0.as_str(), "colour" | "material") && free && apart
    }
}

/// The value that a word stands for behind one that begins alike (不锈钢304或316).
fn fellow(property: &Property, before: &str, word: &str) -> Option<usize> {
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
