//! Values of sets, grades and known words that no name stands before: `FR-4/铝基`, `硅胶按键`, `24AWG 黑`.

use super::super::items::{Item, Kind};
use super::super::normal::is_han;
use super::super::words::{Role, WORDS, is_list_gap};
use super::worded::{fellow, is_temper};
use super::{Assigner, Reading};
use crate::property::{PropertyId, PropertyKind, fold};
use crate::spec::SpecValue;

/// Characters of a noun beside a value.
const NOUN_MAX: usize = 8;
/// Characters of what tells more of a material in front of it.
const ADJECTIVE_MAX: usize = 5;

impl<'a> Assigner<'a> {
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
            let Some(same) = same.filter(|_| !self.is_filler_of(place)) else { break };
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
        let said = !self.is_worked_on(index, at, last)
            && (self.stands_alone(item.start, end, at, last) || self.modifies(index, at, last));
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
            SpecValue::Text(self.text[item.start..end].replace(['或', '、'], "/"))
        } else {
            SpecValue::Set(words)
        };
        out.push_words(index, value, item.from, end);
        self.temper(index, item.start, end, out);
        place
    }

    /// How an alloy was treated, where its number from `start` to `end` or what stands directly behind it says so (6061-T6,
    /// 5052H32).
    pub(super) fn temper(&self, index: u16, start: usize, end: usize, out: &mut Reading) {
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
    pub(super) fn fellow_number(&self, index: u16, before: usize, place: usize) -> Option<usize> {
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
    pub(super) fn modifies(&self, index: u16, first: usize, last: usize) -> bool {
        let (start, end) = (self.items[first].start, self.items[last].end);
        let noun = |words: &str| words.chars().count() <= NOUN_MAX && words.chars().all(is_han);
        let (before, after) = (self.touching_before(start, first), self.touching_after(end, last));
        let id = &self.property(index).id.0;
        // 咬花MT11010
        let chinese = self.text[..end].ends_with(is_han);
        let after = if chinese && after.is_ascii() { "" } else { after };
        // 需要IPX7防水的LED模组, MCU要带CAN口: only the words beside it.
        let after = after.split(['的', ',', '到']).next().unwrap_or(after);
        let before = before.rsplit(['要', '带', '的']).next().unwrap_or(before);
        let quality = WORDS.is(Role::Quality, id);
        if !(quality || id == "certification" || WORDS.is(Role::Modifier, id))
            || self.is_named_by(start, end, first)
            || !noun(before)
            || !noun(after)
        {
            return false;
        }
        // 304无缝管
        let besides =
            WORDS.at_start(Role::Besides, after).is_some() && WORDS.at_start(Role::Form, after).is_none();
        let negated = WORDS.at_end(Role::Negation, before) || besides;
        let socket = id == "interface" && WORDS.is(Role::Socket, after);
        let served = id == "process"
            && (WORDS.at_start(Role::Service, after).is_some()
                || WORDS.at_end(Role::Service, &self.folded[start..end]));
        let coded = self.folded[start..end].starts_with(|c: char| c.is_ascii_graphic());
        let after_fits = WORDS.is_filler(after)
            || served
            || quality
            || !WORDS.at_end(Role::OfOther, after)
            || self.is_of_resin(index, first, last, after)
            || (id == "material" && self.is_alloy(start, end));
        let before_fits = WORDS.is_filler(before)
            || WORDS.is(Role::Part, before)
            || served
            || coded
            || (id == "material" && self.is_described(before, start, end))
            || (id == "colour" && WORDS.at_end(Role::Coat, before))
            || (matches!(id.as_str(), "process" | "surface_finish")
                && before.chars().count() > 1
                && self.is_described(before, start, end))
            || (id == "certification"
                || id == "brand" && (after.starts_with('胶') || WORDS.is_filler(after)))
                && !WORDS.at_end(Role::Negation, before);
        (!negated || socket) && after_fits && before_fits
    }

    /// True for words before a material that only tell more of it (航模硅胶线, 导电炭黑), and not what is done to it.
    fn is_described(&self, before: &str, start: usize, end: usize) -> bool {
        self.text[start..end].chars().count() > 1
            && before.chars().count() <= ADJECTIVE_MAX
            && !WORDS.at_end(Role::Treats, before)
    }

    /// True for a material in front of known words with which the name of a machine or a remedy for it ends (亚克力抛光机,
    /// 不锈钢酸洗膏).
    fn is_worked_on(&self, index: u16, first: usize, last: usize) -> bool {
        let end = self.items[last].end;
        let run = &self.folded[end..];
        let run = &run[..run.find(|c| !is_han(c)).unwrap_or(run.len())];
        let touching = self.items.get(last + 1).is_some_and(|i| i.start == end);
        self.property(index).id.0 == "material"
            && touching
            && WORDS.at_end(Role::Remedy, run)
            && !self.is_of_resin(index, first, last, run)
    }

    /// True for a resin before what is coated or glued with it (环氧地坪漆).
    fn is_of_resin(&self, index: u16, first: usize, last: usize, after: &str) -> bool {
        let resin = |item: &Item<'_>| match &item.kind {
            Kind::Value(entry) => entry.targets.iter().any(|t| {
                t.0 == index
                    && WORDS.is(Role::Resin, &fold(&self.property(index).values[usize::from(t.1)].name))
            }),
            _ => false,
        };
        WORDS.at_end(Role::Coat, after.trim_end_matches(' ')) && self.items[first..=last].iter().any(resin)
    }

    /// True for the letters and digits of an alloy (718H模具): a plastic's (PA66) tell for what a tool is.
    fn is_alloy(&self, start: usize, end: usize) -> bool {
        let words = &self.folded[start..end];
        words.starts_with(|c: char| c.is_ascii_alphanumeric())
            && words.bytes().filter(u8::is_ascii_digit).count() > 1
            && !words.starts_with("pa")
    }

    /// The property of a value that its name stands behind (green solder mask).
    pub(super) fn told_behind(&self, at: usize, targets: &[(u16, u16)]) -> Option<(u16, u16)> {
        let Item { kind: Kind::Name(entry, _), .. } = self.items.get(at + 1)? else { return None };
        let named = |t: &&(u16, u16)| entry.targets.iter().any(|n| n.0 == t.0);
        self.gap(at, at + 1).trim().is_empty().then(|| targets.iter().find(named).copied()).flatten()
    }

    /// True for a word of a topic that the text does not speak of: the T4 of a solder paste is no temper, and 双面8丝 no board.
    pub(super) fn is_elsewhere(&self, at: usize, property: u16) -> bool {
        let item = &self.items[at];
        let words = &self.folded[item.start..item.end];
        let listed = WORDS.at_start(Role::ListGap, self.touching_after(item.end, at)).is_some();
        WORDS.is(Role::Topical, words) && !listed && self.topic.is_foreign(property, self.properties)
    }

    /// True for what something else is filled with to so much of it (滑石粉20%).
    fn is_filler_of(&self, at: usize) -> bool {
        let (start, end) = (self.items[at].start, self.items[at].end);
        // PP+20% talc
        let behind = self.folded[..start].trim_end_matches(' ').ends_with('%');
        at > 0
            && WORDS.is(Role::Additive, &self.folded[start..end])
            && (behind
                || matches!(&self.items.get(at + 1), Some(Item { start, end: stop, kind: Kind::Number(_), .. })
                if *start == end && self.text[*start..*stop].ends_with('%')))
    }

    pub(super) fn bare_value(&self, at: usize) -> Option<(u16, u16)> {
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
            // 贴片LED 0805
            let package = |t: &(u16, u16)| self.property(t.0).id.0 == "package_type";
            let coded = gap == " " && entry.targets.iter().all(package);
            matches!(b.kind, Kind::Word(Role::Other)) && matches!(gap.trim(), "" | ":") && joined && !coded
        });
        // 0.85/pc: a price by the piece.
        let by_piece = self.text[..item.start]
            .strip_suffix('/')
            .is_some_and(|t| t.ends_with(|c: char| c.is_ascii_digit()))
            && self.units.scan(&self.text[item.start..]).is_some();
        if negated || of_other || by_piece || self.is_filler_of(at) || self.text[..item.start].ends_with('%')
        {
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
            // SS34 SMA: a diode's package, and no plug.
            (None, several)
                if self.speaks_of(Role::Chip)
                    && several.iter().any(|t| self.property(t.0).id.0 == "package_type") =>
            {
                several.iter().find(|t| self.property(t.0).id.0 == "package_type").copied()
            }
            // 黑色 is a colour, and of a solder mask only another word for 黑油; green solder mask is said by the name behind.
            (None, several) if !single => self.told_behind(at, several).or_else(|| {
                let words = &self.folded[item.start..item.end];
                let own = |t: &&(u16, u16)| fold(&self.property(t.0).values[usize::from(t.1)].name) == words;
                // Behind a colon it is of whatever stands before that (丝印：白色).
                let before = self.text[..item.start].trim_end().strip_suffix(':');
                let told = before.is_some_and(|b| !self.topic.is_head(self.offset + b.len()));
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
    pub(super) fn is_letter(&self, at: usize) -> bool {
        self.text[self.items[at].start..self.items[at].end].chars().count() == 1
    }

    /// True for a value of one character directly behind another of the same property (the black of 红黑).
    pub(super) fn is_paired_colour(&self, at: usize, property: u16) -> bool {
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
    pub(super) fn is_whole_word(&self, at: usize, property: u16) -> bool {
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
        // 铜套, 铂丝: what is made of it, and in which shape.
        let shaped = self.property(property).id.0 == "material"
            && !WORDS.is(Role::Vague, &self.folded[item.start..item.end])
            && WORDS.at_start(Role::Form, after).is_some_and(|len| {
                parted(after[len..].chars().next())
                    || after[len..].starts_with(|c: char| c.is_ascii_digit())
                    || WORDS.is_filler(self.touching_after(item.end + len, at))
            });
        // 铜 黑: two words of one character, which were set apart.
        let single = |i: usize| {
            self.is_letter(i)
                && matches!(&self.items[i].kind, Kind::Value(e) if e.targets.iter().any(|t| self.property(t.0).id.0 == "colour"))
        };
        let made = |i: usize| {
            self.is_letter(i)
                && matches!(&self.items[i].kind, Kind::Value(e) if e.targets.iter().all(|t| self.property(t.0).id.0 == "material"))
        };
        let coloured = made(at)
            && self
                .items
                .get(at + 1)
                .is_some_and(|n| n.start == item.end && parted(self.text[n.end..].chars().next()))
            && single(at + 1);
        let of_made = at > 0
            && single(at)
            && made(at - 1)
            && self.items[at - 1].end == item.start
            && parted(self.text[..self.items[at - 1].start].chars().next_back());
        // 黑PC, 白牛皮纸: what is so coloured is made of.
        let of_material = self.property(property).id.0 == "colour"
            && self.items.get(at + 1).is_some_and(|n| {
                let made = |t: &(u16, u16)| self.property(t.0).id.0 == "material";
                n.start == item.end
                    && self.text[n.start..n.end].chars().count() > 1
                    && matches!(&n.kind, Kind::Value(e) if e.targets.iter().any(made))
            });
        let free = parted(after.chars().next()) && !measured
            || of_material
            || shaped
            || coloured
            || self.is_paired_colour(at + 1, property)
            || WORDS.at_start(Role::TwoColoured, after).is_some();
        // 护套黑: the part that is so coloured.
        let named = |t: &(u16, u16)| matches!(self.property(t.0).id.0.as_str(), "material" | "colour");
        let of_part = at.checked_sub(1).map(|b| &self.items[b]).is_some_and(|b| {
            b.end == item.start && matches!(b.kind, Kind::Name(e, _) if e.targets.iter().any(named))
        });
        let apart = parted(self.text[..item.start].chars().next_back())
            || behind_value
            || of_part
            || of_made
            || self.is_paired_colour(at, property);
        matches!(self.property(property).id.0.as_str(), "colour" | "material") && free && apart
    }

    /// True for what a text begins with and then specifies: a bag is the product there, and not how something is packed.
    fn is_the_product(&self, at: usize, index: u16) -> bool {
        let item = &self.items[at];
        let packed = || {
            WORDS.at_end(Role::Packed, &self.folded[item.start..item.end])
                || WORDS.at_start(Role::Packed, &self.folded[item.end..]).is_some()
        };
        // HIPS吸塑托盘
        let of_material = at == 1
            && self.items[0].start == 0
            && self.items[0].end == item.start
            && matches!(&self.items[0].kind, Kind::Value(e) if e.targets.iter().any(|t| self.property(t.0).id.0 == "material"));
        let first = self.opens && (item.start == 0 || of_material);
        first
            && !packed()
            && (self.property(index).id.0 == "packaging"
                || WORDS.is(Role::Product, &self.folded[item.start..item.end]))
    }
}
