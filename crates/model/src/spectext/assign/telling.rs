//! Numbers without a name that tell by what stands beside them, or by their shape, what they are of.

use super::super::expr::{Amount, Expr, Shape, Side};
use super::super::items::{Item, Kind};
use super::super::normal::is_han;
use super::super::resolve::Resolved;
use super::super::words::{Role, WORDS, is_list_gap};
use super::unnamed::has_nines;
use super::{Assigner, Placed};
use crate::property::{PropertyId, fold};
use crate::spec::SpecValue;
use crate::unit::UnitWords;

/// Strands that one conductor may have, where they are told before the diameter of each.
const STRANDS: std::ops::RangeInclusive<f64> = 3.0..=5000.0;
/// The largest diameter of one strand in mm.
const STRAND_MM_MAX: f64 = 3.0;

/// Cores that a cable may have, and the areas in mm² that they are made with.
const CORES: std::ops::RangeInclusive<f64> = 1.0..=61.0;
pub(super) const AREAS: [f64; 29] = [
    0.08, 0.12, 0.14, 0.15, 0.2, 0.22, 0.25, 0.3, 0.34, 0.5, 0.75, 1.0, 1.5, 2.5, 4.0, 6.0, 10.0, 16.0, 25.0,
    35.0, 50.0, 70.0, 95.0, 120.0, 150.0, 185.0, 240.0, 300.0, 400.0,
];
/// Distances in mm that the pins of connectors usually have.
pub(super) const PITCHES: [f64; 34] = [
    0.175, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.635, 0.65, 0.8, 1.0, 1.2, 1.25, 1.27, 1.5, 2.0, 2.2, 2.5,
    2.54, 3.0, 3.3, 3.5, 3.81, 3.96, 4.2, 5.0, 5.08, 6.2, 6.35, 7.5, 7.62, 9.5, 10.16,
];
/// Thermal classes of enamelled wires, in ℃.
const THERMAL_CLASSES: [f64; 8] = [105.0, 120.0, 130.0, 155.0, 180.0, 200.0, 220.0, 240.0];
/// The least side in mm of a size without a unit behind a noun.
const SIDE_MM_MIN: f64 = 8.0;
/// A roll is so many times longer than wide at least, where both are told in metres.
const ROLL_RATIO_MIN: f64 = 8.0;
/// What is thinner than this in mm is no width.
const THIN_MM_MAX: f64 = 0.5;
/// No web is as many metres wide.
const WEB_METRES_MAX: f64 = 3.5;
/// A layer thinner than this in mm is a finish's.
const LAYER_MM_MAX: f64 = 0.2;
/// What lights are told in kelvins.
const KELVINS: std::ops::RangeInclusive<f64> = 1800.0..=12000.0;

impl Assigner<'_> {
    /// The sides of what is rolled up (48mm×100m, 500mm×300m×20μm): the one in metres is the length, the smaller of the
    /// others the thickness.
    pub(super) fn rolled(&self, list: &[&Expr]) -> Option<Vec<Placed>> {
        let [Expr { shape: Shape::Sides(sides, None), .. }] = list else { return None };
        let unit = |side: &Side| self.units.compose(side.unit()?).into_iter().next();
        // A side without a unit is measured as the one behind it (0.1×48mm×50m).
        let spelled = |place: usize| sides[spelled_place(sides, place)?].unit();
        let size = |place: usize| {
            let unit = self.units.compose(spelled(place)?).into_iter().next()?;
            Some(sides[place].low.value * unit.factor.to_f64())
        };
        let metres =
            |place: usize| unit(&sides[place]).is_some_and(|u| matches!(u.symbol.as_str(), "m" | "yd"));
        // 1.52m×30m: the longer by far.
        let longest = |a: &usize, b: &usize| sides[*a].low.value.total_cmp(&sides[*b].low.value);
        let length = (0..sides.len()).filter(|p| metres(*p)).max_by(longest);
        // POF 19 um x 400 mm
        let thin = |side: &Side| unit(side).is_some_and(|u| u.symbol == "μm");
        let wide = |side: &Side| unit(side).is_some_and(|u| matches!(u.symbol.as_str(), "mm" | "cm"));
        if let ([a, b], None) = (sides.as_slice(), length)
            && thin(a)
            && wide(b)
        {
            return Some(vec![self.side_of("thickness", a, a.unit())?, self.side_of("width", b, b.unit())?]);
        }
        let length = length?;
        // 0.06*33m: nothing is so narrow.
        if let [side, _] = sides.as_slice()
            && side.low.unit.is_none()
            && side.low.value < THIN_MM_MAX
            && length == 1
        {
            let long = self.side_of("length", &sides[1], sides[1].unit())?;
            return Some(vec![self.side_of("thickness", side, None)?, long]);
        }
        let mut others: Vec<usize> = (0..sides.len()).filter(|p| *p != length).collect();
        let measured = |p: &usize| {
            let narrow = sides[*p].low.value * ROLL_RATIO_MIN <= sides[length].low.value;
            spelled_place(sides, *p).is_some_and(|told| {
                !metres(told) || (narrow && (told == *p || sides[*p].low.value < WEB_METRES_MAX))
            })
        };
        if others.is_empty() || others.len() > 2 || !others.iter().all(measured) {
            return None;
        }
        others.sort_by(|a, b| size(*a).partial_cmp(&size(*b)).unwrap_or(std::cmp::Ordering::Equal));
        let names = if others.len() == 2 { ["thickness", "width"].as_slice() } else { &["width"] };
        let mut named: Vec<(usize, &str)> = others.into_iter().zip(names.iter().copied()).collect();
        named.push((length, "length"));
        named.sort_by_key(|(place, _)| *place);
        let side = |(place, name): (usize, &str)| {
            let property = self.properties.index(&PropertyId(name.to_owned()))?;
            let side = &sides[place];
            let shape = match (&side.high, &side.tolerance) {
                (Some(high), _) => Shape::Range(side.low.clone(), high.clone()),
                (None, Some(tolerance)) => Shape::Toleranced(side.low.clone(), tolerance.clone()),
                (None, None) => Shape::Point(side.low.clone()),
            };
            Some((0, (property, self.resolver().resolve(property, &shape, spelled(place))?)))
        };
        named.into_iter().map(side).collect()
    }

    /// A number as a value of the property with this id.
    pub(super) fn of(&self, id: &str, shape: &Shape) -> Option<(u16, Resolved)> {
        let property = self.properties.index(&PropertyId(id.to_owned()))?;
        Some((property, self.resolver().resolve(property, shape, None)?))
    }

    /// The purity of a metal that is named beside it (4N金线, 高纯铟5N).
    pub(super) fn metal(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let behind = self.folded[self.items[next - 1].end..].trim_start_matches(' ');
        let before = self.folded[..self.items[at].from].trim_end_matches(' ');
        let told = has_nines(&expr.shape)
            && (WORDS.at_start(Role::Metal, behind).is_some()
                || WORDS.at_end(Role::Metal, before)
                || WORDS.words(Role::Metal).any(|word| before.contains(word)));
        if told { self.of("purity", &expr.shape) } else { None }
    }

    /// The thickness of a finish that stands directly before it (镀镍5μm, conformal coating 50±25um).
    pub(super) fn layer(&self, at: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        // 镍钯金 Pd 0.05-0.15um
        let element = at > 1
            && matches!(self.items[at - 1].kind, Kind::Value(_) | Kind::Name(..))
            && WORDS.is(Role::Element, &self.folded[self.items[at - 1].start..self.items[at - 1].end]);
        let at = if element { at - 1 } else { at };
        let finish = &self.items[at.checked_sub(1)?];
        let Kind::Value(entry) = finish.kind else { return None };
        let symbol = self.units.compose(expr.shape.unit()?).first()?.symbol.clone();
        let thin = symbol == "mm"
            && matches!(&expr.shape, Shape::Point(a) | Shape::Low(a, _) if a.value < LAYER_MM_MAX);
        if !(thin || matches!(symbol.as_str(), "μm" | "μin")) || !is_of_layer(self.gap(at - 1, at)) {
            return None;
        }
        let finishes = ["surface_finish", "process"];
        let (property, value) =
            *entry.targets.iter().find(|t| finishes.contains(&self.property(t.0).id.0.as_str()))?;
        let is = |role: Role| {
            let name = fold(&self.property(property).values[usize::from(value)].name);
            WORDS.at_start(role, &name).is_some()
                || WORDS.at_start(role, &self.folded[finish.start..finish.end]).is_some()
        };
        let id = if is(Role::Plated) {
            "plating_thickness"
        } else if is(Role::Coated) {
            "coating_thickness"
        } else {
            return None;
        };
        self.of(id, &expr.shape)
    }

    /// The current of a rating beside its voltage (10A 250V, 额定300V/15A).
    pub(super) fn beside_voltage(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let symbol = |e: &Expr| self.units.compose(e.shape.unit()?).first().map(|u| u.symbol.clone());
        let volts = |item: Option<&Item<'_>>| match item.map(|i| &i.kind) {
            Some(Kind::Number(other)) => matches!(symbol(other)?.as_str(), "V" | "kV").then_some(()),
            _ => None,
        };
        let joined = |left: usize, right: usize| {
            let gap = self.gap(left, right).trim();
            gap.is_empty() || is_list_gap(gap) || gap == "*"
        };
        let beside =
            at.checked_sub(1).filter(|b| volts(self.items.get(*b)).is_some() && joined(*b, at)).is_some()
                || (volts(self.items.get(next)).is_some() && joined(next - 1, next));
        let told = beside
            && matches!(expr.shape, Shape::Point(_))
            && matches!(symbol(expr)?.as_str(), "A" | "mA" | "kA");
        let current = if told { self.of("rated_current", &expr.shape)? } else { return None };
        let meant_otherwise =
            |hint: &u16| *hint != current.0 && self.resolver().resolve(*hint, &expr.shape, None).is_some();
        (!self.hints.iter().any(meant_otherwise)).then_some(current)
    }

    /// True for a measured size directly behind the noun that it is of (瓦楞纸箱600×400×350mm).
    pub(super) fn is_size_of_noun(&self, list: &[&Expr], at: usize, next: usize) -> bool {
        let (start, end) = (self.items[at].from, self.items[next - 1].end);
        let noun = self.touching_before(start, at);
        let large = |sides: &[Side]| sides.iter().all(|s| s.low.value >= SIDE_MM_MIN);
        matches!(list, [Expr { shape: shape @ Shape::Sides(sides, _), .. }]
            if shape.unit().is_some() || sides.len() == 3 || large(sides))
            && noun.chars().all(is_han)
            && !WORDS.at_end(Role::Opening, noun)
            && WORDS.is_filler(self.touching_after(end, next - 1))
            && !self.is_named_by(start, end, at)
    }

    /// The frequency of the mains (50Hz) where nothing says what a frequency is of.
    pub(super) fn mains(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let words = self.folded[self.items[at].start..self.items[next - 1].end].trim();
        let told = WORDS.is(Role::Mains, words) && (self.hints.is_empty() || self.by_topic);
        if told { self.of("frequency", &expr.shape) } else { None }
    }

    /// `2×1.5mm²`: cores and the area of each.
    pub(super) fn cores(&self, words: &UnitWords, sides: &[Side]) -> Option<Vec<Placed>> {
        let [count, area] = sides else { return None };
        let owner =
            self.units.compose(words).iter().find_map(|u| self.properties.owner_of_unit(&u.symbol))?;
        let cores = self.properties.index(&PropertyId("core_count".to_owned()))?;
        let counted = count.low.unit.as_ref().is_none_or(|words| {
            self.units.compose(words).iter().any(|u| self.properties.owner_of_unit(&u.symbol) == Some(cores))
        });
        if self.property(owner).id.0 != "conductor_area" || !counted || count.low.value.fract() != 0.0 {
            return None;
        }
        let area = self.resolver().resolve(owner, &Shape::Point(area.low.clone()), None)?;
        let count = self.resolver().resolve(cores, &Shape::Point(count.low.clone()), None)?;
        Some(vec![(0, (cores, count)), (0, (owner, area))])
    }

    /// `3*1.5`, `4*25+1*16` of a cable: cores and the area of each.
    pub(super) fn bare_cores(&self, list: &[&Expr]) -> Option<Vec<Placed>> {
        let property = |id: &str| self.properties.index(&PropertyId(id.to_owned()));
        let (cores, size) = (property("core_count")?, property("conductor_area")?);
        if !self.topic.named.contains(&cores) {
            return None;
        }
        let plain = |s: &Side| s.low.unit.is_none() && s.high.is_none() && s.tolerance.is_none();
        let of_cable = |expr: &&Expr| match &expr.shape {
            Shape::Sides(sides, None) => match sides.as_slice() {
                [count, area] if plain(count) && plain(area) => {
                    let whole = count.low.value.fract() == 0.0 && CORES.contains(&count.low.value);
                    (whole && AREAS.contains(&area.low.value)).then(|| (count.low.clone(), area.low.clone()))
                }
                _ => None,
            },
            _ => None,
        };
        let parts: Vec<(Amount, Amount)> = list.iter().map(of_cable).collect::<Option<_>>()?;
        let (first, _) = parts.first()?;
        let count = Amount { value: parts.iter().map(|p| p.0.value).sum(), ..first.clone() };
        let mut out = vec![(0, (cores, self.resolver().resolve(cores, &Shape::Point(count), None)?))];
        for (place, (_, area)) in parts.into_iter().enumerate() {
            out.push((place, (size, self.resolver().resolve(size, &Shape::Point(area), None)?)));
        }
        Some(out)
    }

    /// `7/0.20`, `11/0.16TS`: the strands of a conductor and the diameter of each.
    pub(super) fn strands(&self, list: &[&Expr]) -> Option<Vec<Placed>> {
        let [Expr { end, shape: Shape::Point(count), .. }, Expr { start, shape: Shape::Point(size), .. }] =
            list
        else {
            return None;
        };
        let strands = self.properties.index(&PropertyId("strand_count".to_owned()))?;
        let told = self.topic.named.contains(&strands)
            && self.text.get(*end..*start) == Some("/")
            && count
                .unit
                .as_ref()
                .is_none_or(|w| self.units.compose(w).first().is_some_and(|u| u.symbol == "根"))
            && count.value.fract() == 0.0
            && STRANDS.contains(&count.value)
            && size.value <= STRAND_MM_MAX;
        if !told {
            return None;
        }
        let count = self.resolver().resolve(strands, &Shape::Point(count.clone()), None)?;
        Some(vec![(0, (strands, count)), (1, self.of("wire_diameter", &Shape::Point(size.clone()))?)])
    }

    /// The colour of a light in kelvins (5000K), where nothing says of what they are.
    pub(super) fn kelvins(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let (Shape::Point(amount) | Shape::Range(_, amount)) = &expr.shape else { return None };
        let words = &self.text[self.items[at].start..self.items[next - 1].end];
        let told = words.ends_with(['K', 'k']) && amount.scale == 1.0 && KELVINS.contains(&amount.value);
        if told { self.of("colour_temperature", &expr.shape) } else { None }
    }

    /// The usual distance of a connector's pins behind its noun or on its own (牛角座2.54).
    pub(super) fn pitch(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let pitch = self.properties.index(&PropertyId("pin_pitch".to_owned()))?;
        let (start, end) = (self.items[at].from, self.items[next - 1].end);
        let Shape::Point(Amount { value, unit: None, .. }) = &expr.shape else { return None };
        let decimal = self.text[start..end].contains('.') && PITCHES.contains(value);
        let behind = WORDS.is_filler(self.touching_after(end, next - 1));
        let alone =
            self.topic.is_head(self.offset + start) || WORDS.is_filler(self.touching_before(start, at));
        let told = decimal && behind && alone && self.topic.named.contains(&pitch);
        if told { self.of("pin_pitch", &expr.shape) } else { None }
    }

    /// How hard a surface is by its pencil (9H), where the text speaks of surfaces: no hours.
    pub(super) fn pencil(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let property = self.properties.index(&PropertyId("hardness_pencil".to_owned()))?;
        let words = &self.text[self.items[at].start..self.items[next - 1].end];
        let told = matches!(expr.shape, Shape::Point(_))
            && (words.ends_with('H') || words.ends_with('h') && self.folded.contains(['膜', '璃']))
            && self.topic.named.contains(&property);
        let value = self.property(property).rank(words).filter(|_| told)?;
        Some((property, (SpecValue::Set(vec![self.property(property).values[value].name.clone()]), None)))
    }

    /// The cores of a cable in Latin (4C), and the class of an enamelled wire (155级).
    pub(super) fn of_wire(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let Shape::Point(amount) = &expr.shape else { return None };
        let end = self.items[next - 1].end;
        let words = &self.text[self.items[at].start..end];
        let speaks = |id: &str| {
            self.properties.index(&PropertyId(id.to_owned())).is_some_and(|p| self.topic.named.contains(&p))
        };
        let digits = words.trim_end_matches('C');
        let plain = Shape::Point(Amount { unit: None, ..amount.clone() });
        if digits.len() + 1 == words.len() && CORES.contains(&amount.value) && speaks("core_count") {
            return self.of("core_count", &plain);
        }
        let before = self.folded[..self.items[at].from].trim_end_matches(' ');
        let class = THERMAL_CLASSES.contains(&amount.value)
            && (self.text[end..].starts_with('级') || before.ends_with("class"));
        if class && (speaks("wire_diameter") || speaks("core_count")) {
            self.of("temperature_resistance", &plain)
        } else {
            None
        }
    }

    /// `2×20P`, `1×8穴`: rows and the pins of each, or parts and the cavities of each.
    pub(super) fn rows_of_pins(&self, words: &UnitWords, sides: &[Side]) -> Option<Vec<Placed>> {
        let [rows, pins] = sides else { return None };
        let owner = self.properties.owner_of_unit(&self.units.compose(words).first()?.symbol)?;
        let whole = |side: &Side| side.high.is_none() && side.low.value.fract() == 0.0;
        if !matches!(self.property(owner).id.0.as_str(), "pin_count" | "cavity_count")
            || rows.low.unit.is_some()
            || !whole(rows)
            || !whole(pins)
        {
            return None;
        }
        let all = Amount { value: rows.low.value * pins.low.value, ..pins.low.clone() };
        Some(vec![(0, (owner, self.resolver().resolve(owner, &Shape::Point(all), None)?))])
    }
}

/// True for what may stand between a finish and how thick it is: a bracket, or the element meant (镍钯金 Pd 0.05um).
fn is_of_layer(gap: &str) -> bool {
    let words = gap.trim_matches([' ', '(', ':', '厚']);
    words.is_empty() || WORDS.is(Role::Element, &fold(words))
}

/// The place of the side that tells the unit of the side at `place`.
fn spelled_place(sides: &[Side], place: usize) -> Option<usize> {
    (place..sides.len()).find(|p| sides[*p].unit().is_some())
}
