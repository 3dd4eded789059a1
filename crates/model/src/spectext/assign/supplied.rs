//! Amounts of supply and demand among the numbers of a clause, and what one pack holds.

use super::super::amount;
use super::super::expr::{Expr, Shape};
use super::super::items::{Item, Kind};
use super::super::normal::is_han;
use super::super::words::{Role, WORDS};
use super::choose::CAPACITY;
use super::{Assigner, Found, GAP_MAX, Reading};
use crate::property::PropertyId;
use crate::spec::SpecValue;
use crate::unit::{Unit, UnitWords};
use std::ops::Range;

impl Assigner<'_> {
    /// Numbers behind a word such as 月产, or behind the name of the capacity.
    pub(super) fn amount(
        &self,
        at: usize,
        next: usize,
        list: &[&Expr],
        taken: &mut [bool],
        out: &mut Reading,
    ) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        if self.items[at].from.saturating_sub(self.items[before].end) > GAP_MAX {
            return false;
        }
        let announced = match &self.items[before].kind {
            Kind::Word(role) => *role == Role::Amount,
            // Capacity 2600mAh is a battery's.
            Kind::Name(entry, _) => {
                let supplied = |t: &(u16, u16)| self.property(t.0).id.0 == CAPACITY;
                let other = |t: &&(u16, u16)| !supplied(t);
                // 产能3万片/月 is supplied, and 产能60片/min what a machine does.
                let measures = |t: &(u16, u16)| {
                    list.iter().all(|e| {
                        let by_time = e.shape.unit().is_some_and(|w| w.is_quotient() && !self.is_pace(w));
                        !by_time && self.resolver().resolve(t.0, &e.shape, None).is_some()
                    })
                };
                let spelled = list.iter().all(|e| e.shape.unit().is_some());
                entry.targets.iter().any(supplied)
                    && !(spelled && entry.targets.iter().filter(other).any(measures))
            }
            _ => false,
        };
        if !announced {
            return false;
        }
        let words = &self.text[self.items[before].start..self.items[before].end];
        let mut any = false;
        for expr in list {
            // 批量10-15天: a time is no amount of anything.
            let time = expr.shape.unit().and_then(|w| self.units.compose(w).into_iter().next());
            if time.is_some_and(|u| self.units.unit("s").is_ok_and(|s| s.dimension == u.dimension)) {
                continue;
            }
            // 产量2t/h is what a machine does, not what is supplied, and 现货价+80元/吨 a price.
            if expr.shape.unit().is_some_and(|words| self.is_pace(words) || self.is_money(words)) {
                continue;
            }
            if let Some(mut range) = amount::quantity(self.units, &expr.shape, amount::period(words)) {
                // 月需2万: pieces, where nothing else is said.
                if range.unit.is_empty() {
                    let time = amount::period(words).map_or(String::new(), |time| format!("/{time}"));
                    range.unit = format!("pcs{time}");
                }
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

    /// True for a unit by the hour or faster.
    pub(super) fn is_pace(&self, words: &UnitWords) -> bool {
        let likeliest = self.units.compose(words).into_iter().next();
        likeliest.is_some_and(|unit| matches!(below(words, &unit), Some("h" | "min" | "s")))
    }

    /// `5000片/月` without a name, `要2台`, `50支`: an amount of supply.
    pub(super) fn supply(&self, at: usize, list: &[&Expr], out: &mut Reading) -> bool {
        let [expr] = list else { return false };
        let Some(words) = expr.shape.unit() else { return false };
        // 样品20pcs are so many samples.
        let asks = |b: &Item<'_>| WORDS.at_end(Role::Asked, &self.folded[b.start..b.end]);
        let named = at.checked_sub(1).map(|b| &self.items[b]).is_some_and(|b| {
            let apart = self.is_worded_name(b) && self.text[b.end..].starts_with(' ');
            matches!(b.kind, Kind::Name(..)) && !asks(b) && !apart
        });
        let likeliest = self.units.compose(words).into_iter().next();
        // <3%/月 is a rate.
        let share = |u: &Unit| u.symbol.starts_with(['%', '‰']) || u.symbol.starts_with("pp");
        let timed = likeliest.as_ref().is_some_and(|u| {
            !share(u) && below(words, u).is_some_and(|time| WORDS.is(Role::SupplyTime, time))
        });
        let counted = amount::supply_unit(self.units, words);
        let ordered = !words.is_quotient() && counted.is_some_and(|u| self.is_ordered(at, expr, &u));
        if !named && self.least(at, expr, out) {
            return true;
        }
        // 500片一盒: what one pack holds.
        let held = || ["一", "每"].iter().any(|each| self.folded[expr.end..].starts_with(each));
        if named
            || self.is_money(words)
            || !(timed || ordered)
            || held() && self.pack_behind(expr.end, at).is_some()
        {
            return false;
        }
        let Some(range) = amount::quantity(self.units, &expr.shape, None) else { return false };
        out.amounts.push(range);
        true
    }

    /// `500公斤起`: the least that is sold.
    fn least(&self, at: usize, expr: &Expr, out: &mut Reading) -> bool {
        let (start, end) = (self.items[at].from, self.items[at].end);
        let Shape::Low(amount, false) = &expr.shape else { return false };
        let told = self.folded[..end].ends_with('起') || self.folded[end..].starts_with("起订");
        let found = if told { self.of("moq", &Shape::Point(amount.clone())) } else { None };
        let Some((property, (value, unit))) = found else { return false };
        out.specs.push(Found { property, value, unit, start, end });
        true
    }

    /// True for a plain number of things that stands alone (`50支`), for so much of what is sold by measure that it can be
    /// nothing else (`1200米`), or of what can be bought behind a word that asks for it (`需50米`).
    fn is_ordered(&self, at: usize, expr: &Expr, unit: &Unit) -> bool {
        let (Shape::Point(amount) | Shape::Range(_, amount)) = &expr.shape else { return false };
        let (start, end) = (self.items[at].from, self.items[at].end);
        let digits = self.text[self.items[at].start..].starts_with(|c: char| c.is_ascii_digit());
        let count = amount.value * amount.scale;
        // 1.5万片
        let whole = (count * unit.factor.to_f64()).fract() == 0.0 && count >= if digits { 1.0 } else { 2.0 };
        let before = self.folded[..start].trim_end_matches(' ');
        // 采购铜排5吨: what is asked for stands between.
        let phrase = before.rsplit(' ').next().unwrap_or(before);
        let sought = phrase.chars().all(is_han)
            && WORDS.at_start(Role::Asked, phrase).is_some_and(|len| len > "需".len() && len < phrase.len());
        let asked = WORDS.at_end(Role::Asked, before) || sought;
        let behind = WORDS.is_filler(self.touching_after(end, at));
        let alone = self.stands_alone(start, end, at, at)
            && !before.ends_with(['=', '/', ':', '*'])
            && pack_before(&self.folded[..start]).is_none()
            && !self.is_condition(at);
        let like = |symbol: &str| self.units.unit(symbol).ok().filter(|u| u.dimension == unit.dimension);
        let things = WORDS.words(Role::Counted).find_map(like);
        let of_things = things.is_some_and(|one| match unit.symbol.as_str() {
            // 4K is no amount of anything, and 5000K a light's colour.
            "Kpcs" => alone && THOUSANDS.contains(&count) || asked && behind,
            // CNC 五轴, and a cloth's yarn of 40支.
            _ if unit.symbol == "轴" && count < SPOOLS_MIN => asked && behind,
            _ if unit.symbol == "支" && self.is_of_cloth() => asked && behind,
            // 贴片机 8头
            _ if self.text[..end].ends_with('头') => asked && behind,
            // 210T of a cloth are threads.
            _ if one.symbol == "吨" => {
                unit.symbol.ends_with('吨') && !(self.text[..end].ends_with('T') && self.is_of_cloth())
            }
            _ => true,
        });
        let least = |symbol: &str, least: f64| if symbol == "kg" { self.kilograms_max() } else { least };
        let bulk = BULK.iter().find_map(|(symbol, most)| Some((like(symbol)?, least(symbol, *most))));
        let sold = bulk.is_some_and(|(one, least)| {
            let measure = count * unit.factor.to_f64() / one.factor.to_f64();
            (asked && behind && measure >= 1.0) || (alone && measure >= least)
        });
        (of_things && whole && (alone || (asked && behind))) || sold
    }

    /// True where the topic is told by the weight of an area.
    fn is_of_cloth(&self) -> bool {
        let weight = self.properties.index(&PropertyId("areal_weight".to_owned()));
        weight.is_some_and(|p| self.topic.bare.contains(&p))
    }

    /// What one pack holds, by its weight, volume or length: `25kg/袋`, `每轴2.5kg`, `20kg一箱`, `200L drum`.
    pub(super) fn of_pack(&self, at: usize, list: &[&Expr], taken: &[bool], out: &mut Reading) -> bool {
        let [expr] = list else { return false };
        let Some(words) = expr.shape.unit() else { return false };
        if self
            .items
            .get(at.wrapping_sub(1))
            .is_some_and(|b| matches!(b.kind, Kind::Name(..)) && !self.is_worded_name(b))
            && !taken[at - 1]
        {
            return false;
        }
        let (start, end) = (self.items[at].from, self.items[at].end);
        let Some(whole) = self.units.compose(words).into_iter().next() else { return false };
        // 110克/条 is what one weighs.
        let piece = |pack: &str| {
            let dimension = |symbol: &str| self.units.unit(symbol).map(|u| u.dimension);
            self.is_weight(words) && matches!((dimension(pack), dimension("pcs")), (Ok(a), Ok(b)) if a == b)
        };
        let below = below(words, &whole).filter(|pack| WORDS.is(Role::Pack, pack) || piece(pack));
        let before = pack_before(&self.folded[..start]);
        let behind = self.pack_behind(end, at).or_else(|| self.packaging_behind(end, at));
        if (words.is_quotient() && below.is_none())
            || (below.is_none() && before.is_none() && behind.is_none())
        {
            return false;
        }
        let Some(one) = self.units.compose(&words.numerator()).into_iter().next() else { return false };
        let held = [("kg", "weight"), ("L", "volume"), ("m", "length")];
        let measures = |symbol: &str| self.units.unit(symbol).is_ok_and(|u| u.dimension == one.dimension);
        let Some((_, id)) = held.iter().find(|(symbol, _)| measures(symbol)) else { return false };
        // 48mm卷: the size of what is rolled up.
        if *id == "length"
            && (one.factor.to_f64() < 0.5 || below.is_none() && before.is_none() && behind.is_none())
        {
            return false;
        }
        let Some((property, (value, unit))) = self.of(id, &expr.shape) else { return false };
        out.specs.push(Found { property, value, unit, start, end });
        if let Some((words, name)) = behind
            && *id != "length"
            && let Some(packaging) = self.properties.index(&PropertyId(PACKAGING.to_owned()))
            && let Some(name) = name
        {
            out.push_words(packaging, SpecValue::Set(vec![name]), words.start, words.end);
        }
        true
    }

    /// True for a price, by whatever it is.
    fn is_money(&self, words: &UnitWords) -> bool {
        let one = self.units.compose(&words.numerator()).into_iter().next();
        let of = |symbol: &&str| self.units.unit(symbol).ok().map(|u| u.dimension);
        one.is_some_and(|one| MONEY.iter().any(|symbol| of(symbol).as_ref() == Some(&one.dimension)))
    }

    /// True for a unit of mass, or so much of one by something else.
    fn is_weight(&self, words: &UnitWords) -> bool {
        let one = self.units.compose(&words.numerator()).into_iter().next();
        one.is_some_and(|one| self.units.unit("kg").is_ok_and(|kg| kg.dimension == one.dimension))
    }

    /// A known way of packing directly behind a number (180公斤铁桶), which the text says itself.
    fn packaging_behind(&self, end: usize, last: usize) -> Option<(Range<usize>, Option<String>)> {
        let item = self.items.get(last + 1)?;
        let Kind::Value(entry) = item.kind else { return None };
        let packaging = self.properties.index(&PropertyId(PACKAGING.to_owned()))?;
        let joined = self.text.get(end..item.start)?.trim().is_empty();
        (joined && entry.targets.iter().any(|t| t.0 == packaging)).then_some((item.start..item.end, None))
    }

    /// The pack that stands directly behind a number (`25kg袋`, `200L drum`, `20kg一箱`): its words, and how that is packed
    /// where the text does not say it itself.
    fn pack_behind(&self, end: usize, last: usize) -> Option<(Range<usize>, Option<String>)> {
        let packaging = self.properties.by_id(PACKAGING)?;
        let rest = self.folded[end..].trim_start_matches(' ');
        let from = self.folded.len() - rest.len();
        let each = ["一", "每", "/"].iter().find_map(|w| rest.strip_prefix(w));
        let word = each.unwrap_or(rest);
        let len = WORDS.at_start(Role::Pack, word)?;
        let stop = self.folded.len() - word.len() + len;
        let after = &self.folded[stop..];
        let told = after.starts_with('装')
            || self.items.get(last + 1).is_some_and(|i| i.end > stop && i.start < stop);
        if !(after.is_empty() || after.starts_with([' ', ')', '装']))
            || after.starts_with(char::is_alphanumeric) && !told
        {
            return None;
        }
        let name = ["装", " packing"]
            .iter()
            .find_map(|w| packaging.rank(&format!("{}{w}", word[..len].trim_end_matches('s'))));
        let name = name
            .filter(|_| each.is_none() && !told)
            .and_then(|v| packaging.values.get(v))
            .map(|v| v.name.clone());
        Some((from..stop, name))
    }
}

/// The property of how a thing is packed.
const PACKAGING: &str = "packaging";

/// So many thousands without a unit are an amount.
const THOUSANDS: std::ops::Range<f64> = 10.0..1000.0;

/// What is sold by measure, and from how much on a number without a name is what is asked for.
const BULK: [(&str, f64); 5] = [("m", 100.0), ("kg", 100.0), ("m²", 10.0), ("m³", 10.0), ("L", 1000.0)];

/// What is paid in.
const MONEY: [&str; 3] = ["元", "美元", "欧元"];

/// Fewer spools than this are the axes of a machine.
const SPOOLS_MIN: f64 = 10.0;

/// The pack whose contents the number behind it tells (每包, 一盘, per drum).
fn pack_before(before: &str) -> Option<&str> {
    let before = before.trim_end_matches('装');
    let apart = before.ends_with(' ');
    let before = before.trim_end_matches(' ');
    let last = before.rsplit([' ', '，', ',']).next().unwrap_or(before);
    if last.is_ascii() && WORDS.is(Role::Pack, last) {
        return Some(last);
    }
    // 20kg一箱 10箱: what stands apart is told of something else.
    if apart {
        return None;
    }
    ["每", "一", "单", "per ", "each "].iter().find_map(|each| {
        let (_, word) = before.rsplit_once(each)?;
        WORDS.is(Role::Pack, word).then_some(word)
    })
}

/// What a unit that was written as a quotient is divided by.
fn below<'u>(words: &UnitWords, unit: &'u Unit) -> Option<&'u str> {
    let parts = unit.symbol.rsplit_once('/').filter(|_| words.is_quotient())?;
    Some(parts.1)
}
