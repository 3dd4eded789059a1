//! The property of numbers that no name stands beside: by their unit, by what stands beside them, by the product or the topic.

use super::super::expr::{Amount, Expr, Shape};
use super::super::items::{Kind, Named};
use super::super::resolve::Resolved;
use super::super::words::{Role, WORDS};
use super::telling::PITCHES;
use super::{Assigner, Placed};
use crate::property::{Direction, Property, PropertyId, PropertyKind};
use crate::spec::SpecValue;
use crate::unit::UnitWords;

/// From so many T on they are threads or tons.
const THREADS_MIN: f64 = 50.0;
/// How far the unit of a number without a name may be from the property's usual one (MΩ from Ω).
const UNNAMED_UNIT_RATIO_MAX: f64 = 1e6;

impl Assigner<'_> {
    /// Numbers that no name stands beside.
    pub(super) fn unnamed(
        &self,
        at: usize,
        next: usize,
        list: &[&Expr],
        fallback: Option<&UnitWords>,
    ) -> Vec<Placed> {
        self.output(self.told(at, next, list, fallback), list)
    }

    /// What numbers without a name tell by their units, by what stands beside them, by the product or the topic.
    pub(super) fn told(
        &self,
        at: usize,
        next: usize,
        list: &[&Expr],
        fallback: Option<&UnitWords>,
    ) -> Vec<Placed> {
        if let [expr] = list
            && let Some(found) = self.climate(at, next, expr)
        {
            return vec![(0, found)];
        }
        // A number of something that has a name, and is no property.
        let other = at.checked_sub(1).map(|before| &self.items[before]);
        let sized = matches!(list, [Expr { shape: Shape::Sides(..), .. }]);
        if !sized
            && other
                .is_some_and(|o| matches!(o.kind, Kind::Word(Role::Other)) && o.end == self.items[at].from)
            && !WORDS.at_end(Role::Device, self.folded[..self.items[at].from].trim_end_matches(' '))
        {
            return Vec::new();
        }
        if let [expr] = list
            && let Some(found) = (self.mains(at, next, expr))
                .or_else(|| self.metal(at, next, expr))
                .or_else(|| self.layer(at, expr))
                .or_else(|| self.beside_voltage(at, next, expr))
                .or_else(|| self.kelvins(at, next, expr))
                .or_else(|| self.at_utmost(at, expr))
                .or_else(|| self.delivery(at, next, expr))
                .or_else(|| self.pace(expr))
                .or_else(|| self.heat(at, next, expr))
                .or_else(|| self.tonnage(at, next, expr))
                .or_else(|| self.some_metres(at, next, expr))
                .or_else(|| self.pitch(at, next, expr))
                .or_else(|| self.of_wire(at, next, expr))
                .or_else(|| self.held(at, next, expr))
                .or_else(|| self.pencil(at, next, expr))
                .or_else(|| self.diagonal(at, next, expr))
                .or_else(|| self.charge(expr))
                .or_else(|| self.nanometres(expr))
                .or_else(|| self.dots(expr))
                .or_else(|| self.loudness(expr))
                .or_else(|| self.cured_by(at, next, expr))
                .or_else(|| self.by_trade(at, next, expr))
                .or_else(|| self.bare_side(at, next, expr))
        {
            return vec![(0, found)];
        }
        // 全棉 20*16 128*60: yarns and threads of a cloth.
        if let [Expr { shape: shape @ Shape::Sides(sides, _), .. }] = list
            && sides.len() == 2
            && shape.unit().is_none()
            && self.speaks_of(Role::Cloth)
        {
            return Vec::new();
        }
        if let Some(found) = self.pitch_and_pins(list) {
            return found;
        }
        if let Some(found) = self.weight_of_paper(next, list) {
            return vec![(0, found)];
        }
        if let Some(found) = self.body(next, list) {
            return vec![(0, found)];
        }
        let found = (self.rolled(list).or_else(|| self.strands(list)))
            .or_else(|| self.header(list))
            .or_else(|| self.lines(list))
            .or_else(|| self.bored(list))
            .or_else(|| self.bare_cores(list))
            .or_else(|| self.counted_strands(list));
        if let Some(found) = found {
            return found;
        }
        if !self.is_condition(at)
            && let Some(found) = self.own_unit(list, fallback)
            && !self.hinted_instead(&found, list, fallback)
        {
            return found;
        }
        let (start, end) = (self.items[at].from, self.items[next - 1].end);
        let of_part = WORDS.is(Role::Part, self.touching_before(start, at));
        let of_head = self.topic.is_head(self.offset + start)
            && WORDS.is_filler(self.touching_after(end, next - 1))
            && !self.is_named_by(start, end, at);
        if !self.stands_alone(start, end, at, next - 1)
            && !self.is_size_of_noun(list, at, next)
            && !of_part
            && !of_head
        {
            return Vec::new();
        }
        if let [Expr { shape, .. }] = list {
            match shape {
                Shape::Bare(_) => return self.accuracy(shape).map(|f| (0, f)).into_iter().collect(),
                // 拼板4×5=20pcs is a product.
                Shape::Sides(..) if self.text[end..].starts_with('=') => return Vec::new(),
                Shape::Sides(..) => return self.size(shape, self.is_marked(at)),
                _ => {}
            }
        }
        let divided =
            list.iter().find_map(|e| e.shape.unit()).or(fallback).is_some_and(UnitWords::is_quotient);
        // 5+12A+5, ISTA 1A: a part of a code.
        let digit = |c: char| c.is_ascii_digit();
        let joined = self.text[end..].strip_prefix('+').is_some_and(|t| t.starts_with(digit))
            || self.text[..start]
                .strip_suffix('+')
                .is_some_and(|t| t.ends_with(|c: char| c.is_ascii_alphanumeric()));
        let before = self.folded[..start].trim_end_matches(' ');
        let word = before.rsplit(|c: char| !c.is_ascii_alphabetic() && c != '/').next().unwrap_or(before);
        let coded = WORDS.is(Role::StandardBody, word);
        let summed = (at + 1..next).any(|i| self.gap(i - 1, i) == "+");
        let said = !(self.by_topic && (self.is_condition(at) || joined || summed || coded));
        let all = |index: u16| -> Option<Vec<Resolved>> {
            list.iter()
                .map(|e| {
                    let measured = e.shape.unit().or(fallback).is_some() || has_nines(&e.shape);
                    let fits = said
                        && measured
                        && (may_be_bare(self.property(index), &e.shape) || self.is_share(index, &e.shape))
                        && (!is_thousands(&e.shape) || self.is_in_ohms(index))
                        && !self.is_ampere(index, e)
                        && !self.is_bend(e)
                        && !self.is_thread_count(e)
                        && self.is_pitch(index, e);
                    let resolved =
                        fits.then(|| self.resolver().resolve(index, &e.shape, fallback)).flatten()?;
                    let likely = self.measures(&e.shape, fallback, resolved.1.as_deref())
                        && self.is_near(index, resolved.1.as_deref())
                        && self.is_likely(index, &resolved, divided);
                    likely.then_some(resolved)
                })
                .collect()
        };
        let mut fits: Vec<(u16, Vec<Resolved>)> =
            self.hints.iter().filter_map(|h| Some((*h, all(*h)?))).collect();
        // A plain value seldom states what should be small: 12V is the voltage, not the ripple.
        let plain = list.iter().all(|e| matches!(e.shape, Shape::Point(_)));
        if plain && fits.len() > 1 {
            fits.retain(|f| self.property(f.0).direction != Direction::Smaller);
        }
        // 24度 may be a temperature, too.
        let usual = |fit: &(u16, Vec<Resolved>)| fit.1.iter().all(|r| r.1 == self.property(fit.0).unit);
        if !self.by_topic && fits.len() > 1 && fits.iter().any(usual) {
            fits.retain(usual);
        }
        if self.by_topic {
            fits.truncate(1);
        } else if fits.len() > 1
            && let Some(told) = self.topic.bare.iter().find(|told| fits.iter().any(|fit| fit.0 == **told))
        {
            // Of several that the product lets be meant, the one that the words around it tell (金线 20um is no length).
            fits.retain(|fit| fit.0 == *told);
        }
        if fits.len() > 1 {
            return Vec::new();
        }
        if let (true, [expr]) = (fits.is_empty() && said, list) {
            return self.content(expr).map(|f| (0, f)).into_iter().collect();
        }
        let values = fits.pop().map(|(index, values)| values.into_iter().map(move |v| (index, v)));
        values.into_iter().flatten().enumerate().collect()
    }

    /// True where a unit's words are read as that unit, and not as a multiplier (0.5M is no half a million of strands).
    pub(super) fn measures(&self, shape: &Shape, fallback: Option<&UnitWords>, stated: Option<&str>) -> bool {
        let Some(words) = shape.unit().or(fallback).filter(|_| !has_nines(shape)) else { return true };
        let Some(stated) = stated.and_then(|s| self.units.unit(s).ok()) else { return true };
        let whole = self.units.compose(words);
        let part = self.units.compose(&words.numerator());
        whole.iter().chain(&part).any(|u| u.dimension == stated.dimension)
    }

    /// True for a share that the topic lets be a tolerance without its sign (晶振 20ppm, 电阻 1%).
    fn is_share(&self, index: u16, shape: &Shape) -> bool {
        let symbol = shape.unit().and_then(|w| self.units.compose(w).into_iter().next()).map(|u| u.symbol);
        let share = symbol.is_some_and(|s| s == "%" || s == "ppm");
        let of_part =
            matches!(self.property(index).id.0.as_str(), "relative_tolerance" | "frequency_stability");
        self.by_topic && share && of_part && matches!(shape, Shape::Point(_))
    }

    /// False for a distance that no plug's pins have (6.3 mm of a tab).
    fn is_pitch(&self, index: u16, expr: &Expr) -> bool {
        let usual = match &expr.shape {
            Shape::Point(Amount { value, unit: Some(words), .. }) => {
                let mm = self.units.compose(words).first().is_some_and(|u| u.symbol == "mm");
                !mm || PITCHES.contains(value)
            }
            _ => true,
        };
        self.property(index).id.0 != "pin_pitch" || usual
    }

    /// True for the threads of a cloth (380T), which are no millimetres.
    fn is_thread_count(&self, expr: &Expr) -> bool {
        let many = matches!(&expr.shape, Shape::Point(a) if a.value >= THREADS_MIN);
        let letter = self.text[..expr.end].ends_with('T');
        many && letter && expr.shape.unit().is_some_and(|w| w.len == 1)
    }

    /// True for an A behind the number of a cable's or a plug's, which is no hardness of its rubber.
    fn is_ampere(&self, index: u16, expr: &Expr) -> bool {
        let cable = self.properties.index(&PropertyId("conductor_area".to_owned()));
        self.property(index).id.0 == "hardness_shore_a"
            && self.text[..expr.end].ends_with('A')
            && cable.is_some_and(|p| self.topic.named.contains(&p))
    }

    /// True for a property in ohms, or a frequency, of which K are thousands, too.
    pub(super) fn is_in_ohms(&self, property: u16) -> bool {
        let told = || self.topic.bounds(property).is_some_and(|(least, _)| least > 0.0);
        self.property(property).unit.as_deref() == Some("Ω")
            || self.property(property).id.0 == "frequency" && told()
    }

    /// True for what stands in brackets or at an `at` or `@` behind another number: under which conditions that one holds (`≥92%（550nm）`,
    /// `500 MΩ at 500 VDC`).
    pub(super) fn is_condition(&self, at: usize) -> bool {
        let before = &self.text[..self.items[at].from];
        let inside = before.rfind('(').is_some_and(|open| !before[open..].contains(')'));
        let before = before.trim_end_matches(' ');
        let said = before.ends_with('@') || before.ends_with(" at");
        before.ends_with('@')
            || (inside || said) && self.items[..at].iter().any(|i| matches!(i.kind, Kind::Number(_)))
    }

    /// True where the product has another property that the numbers fit (the output of a power supply), but not the one
    /// that their unit usually names.
    pub(super) fn hinted_instead(
        &self,
        found: &[Placed],
        list: &[&Expr],
        fallback: Option<&UnitWords>,
    ) -> bool {
        let owned = found.iter().any(|f| self.hints.contains(&f.1.0));
        let fits = |hint: &u16| {
            list.iter().all(|e| {
                let stated = self.resolver().resolve(*hint, &e.shape, fallback).and_then(|r| r.1);
                stated.is_some()
                    && stated == self.property(*hint).unit
                    && self.measures(&e.shape, fallback, stated.as_deref())
            })
        };
        !owned && self.hints.iter().any(fits)
    }

    /// True for a unit in which a property may be stated without its name: ten seconds are no shelf life.
    pub(super) fn is_near(&self, index: u16, stated: Option<&str>) -> bool {
        let usual = self.property(index).unit.as_deref();
        let size = |symbol: Option<&str>| self.units.unit(symbol?).ok().map(|u| u.factor.to_f64());
        match (size(stated), size(usual)) {
            (Some(a), Some(b)) => a.max(b) <= a.min(b) * UNNAMED_UNIT_RATIO_MAX,
            _ => true,
        }
    }

    /// True for a value that the topic lets be told without a name: neither too small nor too large.
    pub(super) fn is_likely(&self, index: u16, (value, stated): &Resolved, quotient: bool) -> bool {
        let Some((least, most)) = self.topic.bounds(index).filter(|_| self.by_topic) else { return true };
        let SpecValue::Interval(interval) = value else { return true };
        let unit = |symbol: Option<&str>| self.units.unit(symbol?).ok();
        // 5K/月 is no temperature.
        if quotient && !stated.as_deref().is_some_and(|s| s.contains('/')) {
            return false;
        }
        let largest = interval.high.or(interval.low).unwrap_or_default();
        match (unit(stated.as_deref()), unit(self.property(index).unit.as_deref())) {
            (Some(own), Some(usual)) => {
                crate::unit::convert(largest, &own, &usual).map_or(true, |v| (least..=most).contains(&v))
            }
            _ => (least..=most).contains(&largest),
        }
    }

    /// The property that alone is measured in this unit.
    pub(super) fn own_unit(&self, list: &[&Expr], fallback: Option<&UnitWords>) -> Option<Vec<Placed>> {
        let words = list.iter().find_map(|e| e.shape.unit()).or(fallback)?;
        if let [Expr { shape: Shape::Sides(sides, None), .. }] = list {
            return self.cores(words, sides).or_else(|| self.rows_of_pins(words, sides));
        }
        // Only the likeliest reading counts: 25L is a volume, not 25 layers.
        let symbol = self.units.compose(words).first()?.symbol.trim_start_matches('万').to_owned();
        let owner = self.properties.owner_of_unit(&symbol)?;
        // 20# of steel, 46# of oil.
        if self.text[..list.last()?.end].ends_with('#') && self.speaks_of(Role::Numbered) {
            return None;
        }
        // 1080P, 6位半: pins only where a text speaks of plugs.
        let spelled =
            list.iter().rev().find(|e| e.shape.unit().is_some()).map(|e| &self.folded[e.start..e.end]);
        let letters = spelled.and_then(|s| s.rsplit(|c: char| !c.is_alphabetic()).find(|l| !l.is_empty()));
        let ranged = matches!(list, [Expr { shape: Shape::Range(..), .. }]) && letters == Some("p");
        if letters.is_some_and(|l| WORDS.is(Role::Topical, l))
            && !ranged
            && self.topic.is_foreign(owner, self.properties)
        {
            return None;
        }
        // 12oz帆布: ounces are copper's only where the text does not speak of cloth.
        let elsewhere = |hint: &u16| {
            let stated = |e: &&Expr| self.resolver().resolve(*hint, &e.shape, fallback).and_then(|r| r.1);
            let named = self.topic.named.contains(hint);
            list.iter().all(|e| stated(e).is_some_and(|unit| named || unit != symbol))
        };
        if self.topic.is_foreign(owner, self.properties) && self.hints.iter().any(elsewhere) {
            return None;
        }
        let values: Option<Vec<Resolved>> =
            list.iter().map(|e| self.resolver().resolve(owner, &e.shape, fallback)).collect();
        Some(values?.into_iter().enumerate().map(|(i, v)| (i, (owner, v))).collect())
    }

    /// The property of a bare `±x`: the hinted accuracy, or the first of the table that is measured so.
    pub(super) fn accuracy(&self, shape: &Shape) -> Option<(u16, Resolved)> {
        let fit = |i: u16| Some((i, self.resolver().resolve(i, shape, None)?));
        let mut of_topic = self
            .hints
            .iter()
            .filter(|h| self.by_topic && self.property(**h).is_accuracy())
            .filter_map(|h| fit(*h));
        // CNC ±0.01: only where the topic tells what is so accurate.
        let Some(words) = shape.unit() else {
            return of_topic.next().filter(|f| f.1.1.as_deref() == Some("mm"));
        };
        let symbol = self.units.compose(words).into_iter().next().map(|u| u.symbol);
        let general: Vec<(u16, Resolved)> = self.properties.accuracies().filter_map(fit).collect();
        // ±20ppm is a stability before it is a share.
        let own = general.iter().find(|f| self.property(f.0).unit == symbol);
        let first = own.or(general.first()).cloned();
        let mut hinted =
            self.hints.iter().filter(|h| self.property(**h).is_accuracy()).filter_map(|h| fit(*h));
        match (hinted.next(), hinted.next()) {
            (Some(one), None) => Some(one),
            (None, _) => first,
            (Some(_), Some(_)) => first.filter(|f| self.hints.contains(&f.0)),
        }
    }

    /// True for a unit of what is counted (1.0*1219 卷).
    fn is_counted(&self, words: &UnitWords) -> bool {
        let one = self.units.compose(words).into_iter().next();
        let like = |symbol: &str| self.units.unit(symbol).ok().map(|u| u.dimension);
        one.is_some_and(|one| WORDS.words(Role::Counted).any(|w| like(w) == Some(one.dimension.clone())))
    }

    /// True where a mark of a length stands directly before a number (`φ6*100L`).
    pub(super) fn is_marked(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).map(|i| &self.items[i]) else { return false };
        let Kind::Name(entry, Named::Mark) = before.kind else { return false };
        let length = |t: &(u16, u16)| self.property(t.0).unit.as_deref() == Some("mm");
        before.end == self.items[at].from && entry.targets.iter().any(length)
    }

    /// The property of bare sides: the hinted one, or the first size of the table where a unit is given, or a mark of a length.
    pub(super) fn size(&self, shape: &Shape, marked: bool) -> Vec<Placed> {
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
                // Sides are a body's or a sheet's even without a unit.
                let body = matches!(shape, Shape::Sides(sides, _) if sides.len() <= 3 && shape.unit().is_none_or(|w| self.is_counted(w)));
                places.filter(sized).filter_map(fit).find(|f| marked || body || measured(f))
            }
        };
        chosen.map(|f| (0, f)).into_iter().collect()
    }
}

/// True for `18K`, which counts thousands rather than kelvins.
fn is_thousands(shape: &Shape) -> bool {
    let few = |a: &Amount| a.unit_scale == Some(1e3) && a.value < 1000.0;
    match shape {
        Shape::Point(a) | Shape::Low(a, _) | Shape::High(a, _) | Shape::Better(a) | Shape::Range(_, a) => {
            few(a)
        }
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

pub(super) fn has_nines(shape: &Shape) -> bool {
    match shape {
        Shape::Point(a) | Shape::Low(a, _) | Shape::High(a, _) | Shape::Better(a) => a.nines.is_some(),
        _ => false,
    }
}
