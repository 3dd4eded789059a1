//! Numbers and the names that stand beside them.

use super::super::expr::{Expr, Shape};
use super::super::items::{Item, Kind, Named, is_worded};
use super::super::normal::is_han;
use super::super::resolve::Resolved;
use super::super::words::{Role, WORDS, is_list_gap};
use super::{Assigner, Found, GAP_MAX, Placed, Reading};
use crate::property::{Entry, PropertyId, fold};
use crate::spec::{Interval, SpecValue};
use crate::unit::UnitWords;

/// The property whose name before sides is that of the first of them.
const DIAMETER: &str = "diameter";

/// Values, and where the words of their name begin.
type Assigned = (Vec<Placed>, Option<usize>);

impl Assigner<'_> {
    /// A list of numbers (`0.8/1.0/1.6mm`) that starts at item `at`; gives the item behind it.
    pub(super) fn numbers(&self, at: usize, taken: &mut [bool], out: &mut Reading) -> usize {
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
        if self.second_bound(at, &list, out)
            || self.amount(at, next, &list, taken, out)
            || self.of_pack(at, &list, taken, out)
            || self.cured(at, next, &list, taken, out)
        {
            taken[at..next].fill(true);
            out.used.push((self.items[at].from, end));
            return next;
        }
        // 要10T are tons, and no thickness.
        let tons = self.text[..end].ends_with('T')
            && WORDS.is_filler(self.touching_after(end, next - 1))
            && WORDS.at_end(Role::Asked, self.folded[..self.items[at].from].trim_end_matches(' '));
        if tons && self.supply(at, &list, out) {
            taken[at..next].fill(true);
            out.used.push((self.items[at].from, end));
            return next;
        }
        let (found, from) = self.named(at, next, &list, fallback, taken);
        let (found, from) = if found.is_empty() && from.is_none() {
            let same_name = self.same_name(at, &list, fallback, out);
            let found = if !same_name.is_empty() {
                same_name
            } else if self.is_second_resistance(&list, out) {
                Vec::new()
            } else {
                self.unnamed(at, next, &list, fallback)
            };
            (found, None)
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

    /// True for thousands where the resistance was told before (4.7K ±1% 500K): so many are wanted.
    fn is_second_resistance(&self, list: &[&Expr], out: &Reading) -> bool {
        let thousands = matches!(list, [Expr { start, end, shape: Shape::Point(_) }] if self.folded[*start..*end].ends_with('k'));
        thousands && out.specs.iter().any(|s| self.property(s.property).id.0 == "resistance")
    }

    /// Numbers behind a list whose name names what they measure, too (输出：DC12V/5A, 固化条件150℃×30min).
    fn same_name(
        &self,
        at: usize,
        list: &[&Expr],
        fallback: Option<&UnitWords>,
        out: &Reading,
    ) -> Vec<Placed> {
        // 铜厚 外层35μm 内层18μm: the same of another part.
        let part =
            at.checked_sub(1).is_some_and(|before| WORDS.is(Role::Part, fold(self.gap(before, at)).trim()));
        let told = at.checked_sub(1).and_then(|before| {
            let gap = self.gap(before, at).trim();
            let joined = part || is_list_gap(gap) || matches!(gap, "*" | "@" | "");
            joined.then(|| out.specs.iter().rev().find(|s| s.end == self.items[before].end)).flatten()
        });
        let Some(told) = told else { return Vec::new() };
        // 板厚1.0 内层HOZ: ounces are of copper.
        let usual = self.property(told.property).unit.as_deref();
        let other = |f: &Placed| f.1.0 != told.property && f.1.1.1.as_deref() != usual;
        if part && self.own_unit(list, fallback).is_some_and(|found| found.iter().any(other)) {
            return Vec::new();
        }
        let name = self.items.iter().find(|i| i.from == told.start || i.start == told.start);
        let Some(Item { kind: Kind::Name(entry, Named::Word), start, end, .. }) = name else {
            return Vec::new();
        };
        let name = &self.folded[*start..*end];
        if let (true, Some(other)) = (part, self.twin(name, self.gap(at - 1, at).trim())) {
            let values: Option<Vec<Resolved>> =
                list.iter().map(|e| self.resolver().resolve(other, &e.shape, fallback)).collect();
            return values.into_iter().flatten().enumerate().map(|(i, v)| (i, (other, v))).collect();
        }
        let found = self.fit(entry, name, list, fallback);
        found.into_iter().filter(|f| part == (f.1.0 == told.property)).collect()
    }

    /// The property that is named like another one but for the part that it is of (色坐标x 0.34 y 0.35).
    fn twin(&self, name: &str, part: &str) -> Option<u16> {
        let (at, last) = name.char_indices().next_back()?;
        if !WORDS.is(Role::Part, last.encode_utf8(&mut [0; 4])) {
            return None;
        }
        let twin = format!("{}{}", &name[..at], fold(part));
        self.properties.by_name(&twin).first().and_then(|p| self.properties.index(&p.id))
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
        if self.is_of_noun(at) {
            return (Vec::new(), None);
        }
        let mut place = at;
        let mut refused: Option<&Item<'_>> = None;
        // Back over values in between (板厚(FR-4)1.6mm) and over a nearer name that does not fit.
        while let Some(before) = place.checked_sub(1) {
            let item = &self.items[before];
            if self.items[at].from.saturating_sub(item.end) > GAP_MAX {
                break;
            }
            match &item.kind {
                // `500MΩ（DC500V）`: what a value holds under.
                Kind::Name(_, Named::Mark) if self.is_condition(before) => {
                    return (Vec::new(), Some(item.from));
                }
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
                // 质保最好10年
                Kind::Word(Role::Prefer) => place = before,
                _ => break,
            }
        }
        // A name of words takes no number away from the name behind it (适用6寸晶圆).
        if refused.is_none_or(|name| self.is_worded_name(name))
            && let Some(behind) = self.items.get(next)
            && let Kind::Name(entry, _) = behind.kind
            && !taken[next]
            && list.iter().all(|e| !matches!(e.shape, Shape::Bare(_)))
            && (list.iter().all(|e| e.shape.unit().is_some())
                || self.begins_with_unit(next, entry)
                || self.is_side_word(next)
                || self.is_plainly_named(at, next))
        {
            let gap = self.gap(next - 1, next);
            // 麻花钻3.3mm 涂层TiN
            let leads_value = self
                .items
                .get(next + 1)
                .is_some_and(|v| matches!(&v.kind, Kind::Value(_)) && v.start == behind.end);
            let belongs_behind = !gap.is_empty()
                && (self.leads_number(next, entry) || self.touches_number(next) || leads_value);
            if matches!(gap, "" | "的" | " ") && !belongs_behind {
                let bound = self.bound_behind(behind.end).filter(|_| list.len() == 1);
                let bounded: Vec<Expr> = (list.iter().zip(bound))
                    .map(|(e, role)| Expr { shape: e.shape.clone().bounded_by(role), ..(*e).clone() })
                    .collect();
                let bounded: Vec<&Expr> = bounded.iter().collect();
                let list = if bounded.is_empty() { list } else { &bounded };
                let found = self.fit(entry, &self.folded[behind.start..behind.end], list, fallback);
                if !found.is_empty() {
                    taken[next] = true;
                    return (found, Some(self.items[at].from));
                }
            }
        }
        // Directly behind a name even a telling unit is not taken for another property.
        let adjacent = |name: &&Item<'_>| name.end == self.items[at].from;
        // A size is not of what is named before other words (moisture barrier bag 10×12 inch).
        let apart = |name: &&Item<'_>| {
            let sized = list.iter().all(|e| matches!(e.shape, Shape::Sides(..)));
            let worded = self.is_worded_name(name);
            let between = &self.folded[name.end.min(self.items[at].from)..self.items[at].from];
            sized && (worded || !WORDS.is_filler(between))
        };
        // dia 10 x 5mm: the name of the first side only.
        let round = |name: &&Item<'_>| {
            let sized = matches!(list, [Expr { shape: Shape::Sides(..), .. }]);
            let diameter = |t: &(u16, u16)| self.property(t.0).id.0 == DIAMETER;
            sized && matches!(name.kind, Kind::Name(entry, _) if entry.targets.iter().any(diameter))
        };
        // What is told in words takes no number away that stands apart from it.
        let wordless = |name: &&Item<'_>| !adjacent(name) && self.is_worded_name(name);
        // 移动电源20000mAh, 超级电容2.7V: the end of a product's name is no name of a number with a telling unit.
        let compound = |name: &&Item<'_>| {
            let led = name.start > 0 && self.text[..name.start].ends_with(is_han)
                || WORDS.at_end(Role::OfOther, &self.folded[name.start..name.end]);
            let spelled = self.text[..self.items[next - 1].end].ends_with(|c: char| c.is_ascii_alphabetic());
            let paced = matches!(list, [expr] if self.pace(expr).is_some() || self.charge(expr).is_some());
            led && (spelled || paced)
                && self.items.iter().all(|i| i.end != name.start || self.is_worded_name(i))
                && (paced || self.own_unit(list, fallback).is_some())
        };
        // 冷热冲击箱 -55~150℃: a name in the noun of a product is none.
        let in_noun = |name: &&Item<'_>| {
            let between = &self.folded[name.end.min(self.items[at].from)..self.items[at].from];
            // Salt spray chamber 270 L
            let latin = between.trim();
            if self.folded[..name.end].ends_with(|c: char| c.is_ascii_alphabetic())
                && latin.len() > 2
                && latin.bytes().all(|b| b.is_ascii_alphabetic())
                && !WORDS.is_filler(latin)
                && !WORDS.is(Role::Part, latin)
            {
                return true;
            }
            between.split_once(' ').is_some_and(|(noun, _)| {
                !noun.is_empty()
                    && noun.chars().all(is_han)
                    && !WORDS.is_filler(noun)
                    && !WORDS.is(Role::Part, noun)
            })
        };
        // 周转箱 防静电 60*40*30cm: what is only so described takes nothing away.
        let described = |name: &&Item<'_>| {
            !adjacent(name) && WORDS.is(Role::Adjective, &self.folded[name.start..name.end])
        };
        // PH 2.0mm 5pin
        let pitch = self.properties.index(&PropertyId("pin_pitch".to_owned()));
        let family = |name: &&Item<'_>| {
            pitch.is_some_and(|p| self.topic.named.contains(&p))
                && matches!(
                    &self.folded[name.start..name.end],
                    "ph" | "xh" | "zh" | "sh" | "gh" | "vh" | "mx"
                )
        };
        let barred = refused
            .filter(|name| !in_noun(name) && !family(name) && !described(name))
            .filter(|name| !compound(name) && !round(name) && !wordless(name))
            // AC1200W, Ag 30g/L: the mark of a voltage before watts, an element in a solution.
            .filter(|name| {
                let words = &self.folded[name.start..name.end];
                let mark = matches!(name.kind, Kind::Name(_, Named::Mark)) && words.ends_with('c');
                !(mark || WORDS.is(Role::Element, words)) || self.own_unit(list, fallback).is_none()
            })
            .filter(|name| adjacent(name) || (self.own_unit(list, fallback).is_none() && !apart(name)));
        (Vec::new(), barred.map(|name| name.from))
    }

    /// The bound that closes a clause behind the name of a number (500 mating cycles min).
    fn bound_behind(&self, at: usize) -> Option<Role> {
        let rest = self.folded[at..].strip_prefix(' ')?;
        let bounds = [(Role::OrMore, Role::AtLeast), (Role::OrLess, Role::AtMost)];
        let closes = |role: Role| WORDS.at_start(role, rest).is_some_and(|len| len == rest.len());
        bounds.into_iter().find(|(behind, _)| closes(*behind)).map(|(_, before)| before)
    }

    /// True where a noun that is set apart from the name before it stands directly before the number, which is then of that
    /// noun, whatever it is (硬度HV105 毛刺≤0.02).
    fn is_of_noun(&self, at: usize) -> bool {
        let noun = self.touching_before(self.items[at].from, at);
        let apart = at.checked_sub(1).is_some_and(|before| self.gap(before, at).starts_with(' '));
        let of_name = [Role::Part, Role::Statistic, Role::Between];
        apart
            && noun.chars().count() > 1
            && noun.chars().all(is_han)
            && !WORDS.is_filler(noun)
            && !of_name.iter().any(|role| WORDS.is(*role, noun))
    }

    /// True for a name of properties whose values are words.
    pub(super) fn is_worded_name(&self, item: &Item<'_>) -> bool {
        match item.kind {
            Kind::Name(entry, _) => entry.targets.iter().all(|t| is_worded(self.property(t.0).kind)),
            _ => false,
        }
    }

    /// True for a plain number whose name ends the words (2.0间距), or of which many are counted in English (10,000 mating
    /// cycles).
    fn is_plainly_named(&self, at: usize, place: usize) -> bool {
        let item = &self.items[place];
        let latin = self.text[item.start..item.end].starts_with(|c: char| c.is_ascii_alphabetic());
        let gap = self.gap(place - 1, place);
        let ends = item.end == self.text.len() || self.text[item.end..].starts_with([' ', '，', ',']);
        let whole = !self.text[self.items[at].start..self.items[at].end].contains('.');
        let counted = matches!(item.kind, Kind::Name(e, _) if e.targets.iter().any(|t| self.property(t.0).unit.as_deref() == Some("次")));
        ends && if latin && gap == " " { whole && counted } else { gap.is_empty() && !whole }
    }

    /// True for a side in one character directly behind its number (1.0厚).
    fn is_side_word(&self, place: usize) -> bool {
        let item = &self.items[place];
        self.text[item.start..item.end].chars().count() == 1 && self.gap(place - 1, place).is_empty()
    }

    /// True for a name directly behind a number whose first letters are the unit in which it is counted (10点触控).
    fn begins_with_unit(&self, place: usize, entry: &Entry) -> bool {
        let item = &self.items[place];
        let unit = |property: u16| self.property(property).unit.as_deref();
        self.gap(place - 1, place).is_empty()
            && entry.targets.iter().filter_map(|t| unit(t.0)).any(|u| self.text[item.start..].starts_with(u))
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

    /// True where a number directly follows the name at item `place`.
    fn touches_number(&self, place: usize) -> bool {
        let end = self.items[place].end;
        self.items.get(place + 1).is_some_and(|n| matches!(n.kind, Kind::Number(_)) && n.from == end)
    }

    /// True where the name at item `place` is followed by a number of its own.
    fn leads_number(&self, place: usize, entry: &Entry) -> bool {
        // 耐压AC800V: a mark between the two parts nothing.
        let marked = matches!(self.items.get(place + 1), Some(Item { kind: Kind::Name(_, Named::Mark), .. }));
        let number = self.items.get(place + 1 + usize::from(marked));
        let Some(Item { kind: Kind::Number(expr), .. }) = number else { return false };
        entry.targets.iter().any(|t| self.resolver().resolve(t.0, &expr.shape, None).is_some())
    }
}
