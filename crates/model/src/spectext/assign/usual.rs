//! What a number tells by its unit and the words beside it where no name and no topic does: climates, delivery, pace.

use super::super::expr::{Amount, Expr, Shape, Side};
use super::super::items::{Item, Kind};
use super::super::normal::is_han;
use super::super::resolve::Resolved;
use super::super::words::{Role, WORDS};
use super::telling::AREAS;
use super::{Assigner, Found, Placed, Reading};
use crate::property::PropertyId;

/// The hottest lower and the coldest upper end of a climate without a unit, in ℃.
const CLIMATE: (f64, f64) = (0.0, 40.0);
/// Tons of presses.
const TONS: std::ops::RangeInclusive<f64> = 10.0..=8000.0;
/// From so many volts on they are put in rather than given.
const MAINS_VOLTS_MIN: f64 = 100.0;
/// The most that is led by metre and kelvin without saying so.
const HEAT_WATTS_MAX: f64 = 20.0;
/// From so many kilograms on they are asked for.
const KILOGRAMS_MAX: f64 = 100.0;
/// The same of wires.
const WIRE_KILOGRAMS_MAX: f64 = 10.0;
/// From so many metres on they are asked for.
const METRES_MAX: f64 = 100.0;
/// So many strands at least are told before the diameter of each.
const STRANDS_MIN: f64 = 7.0;
/// Shares that stand alone are of what a thing is made of.
const PURE: std::ops::Range<f64> = 98.0..100.0;
/// From so many mm on they are how long a wire is.
const WIRE_MM_MIN: f64 = 30.0;
/// The wavelengths of LEDs in nm, and how far those of one colour may lie apart.
const NANOMETRES: std::ops::RangeInclusive<f64> = 250.0..=1000.0;
const BAND_NM_MAX: f64 = 30.0;
/// What papers weigh in g/m².
const PAPER_GRAMS: std::ops::RangeInclusive<f64> = 28.0..=1500.0;
/// Compressors and the like press with so many kilograms at most.
const PRESSED_MAX: f64 = 40.0;
/// From so many mA on they are what a battery holds.
const MILLIAMPERES_MIN: f64 = 300.0;
/// From which to which number in mm one without a unit is how thick something is.
const BARE_SIDE: (f64, f64) = (0.005, 6.0);
/// The longest time of delivery that needs no name, in days.
const DELIVERY_DAYS_MAX: f64 = 120.0;

impl Assigner<'_> {
    pub(super) fn symbol(&self, shape: &Shape) -> Option<String> {
        Some(self.units.compose(shape.unit()?).into_iter().next()?.symbol)
    }

    /// The unit of an expression, where 度 are those of a temperature.
    fn warmth(&self, expr: &Expr) -> Option<String> {
        if self.text[..expr.end].ends_with('度') { Some("℃".to_owned()) } else { self.symbol(&expr.shape) }
    }

    /// The temperatures (`-40~85℃`) or the humidity (`20~95%RH`) that something works in.
    pub(super) fn climate(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let (start, end) = (self.items[at].from, self.items[next - 1].end);
        let behind = WORDS.is_filler(self.touching_after(end, next - 1));
        // 85℃/85%RH are the conditions of a test.
        let paired = self.text[..start].ends_with('/') || self.text[end..].starts_with('/');
        if !behind || paired || self.is_named_by(start, end, at) || self.is_condition(at) {
            return None;
        }
        if self.folded[start..end].ends_with("%rh") {
            return self.of("humidity", &expr.shape);
        }
        let Shape::Range(low, high) = &expr.shape else { return None };
        let warm = self.symbol(&expr.shape).is_some_and(|symbol| symbol == "℃")
            || self.text[start..end].ends_with('度');
        let cold = low.value < CLIMATE.0 && high.value >= CLIMATE.1;
        let told = cold && (warm || (low.unit.is_none() && high.unit.is_none()));
        let hinted = self.hints.iter().any(|h| self.resolver().resolve(*h, &expr.shape, None).is_some());
        let id = if self.is_of_rubber() { "temperature_resistance" } else { "operating_temperature" };
        if told && (!hinted || self.by_topic) { self.of(id, &expr.shape) } else { None }
    }

    /// The side that a bound in words speaks of (最厚25mm, 最长3m).
    pub(super) fn at_utmost(&self, at: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let words = self.folded[self.items[at].from..self.items[at].start].trim_matches([' ', ':']);
        let sides = [
            ('厚', "thickness"),
            ('薄', "thickness"),
            ('宽', "width"),
            ('窄', "width"),
            ('长', "length"),
            ('短', "length"),
            ('重', "weight"),
            ('轻', "weight"),
        ];
        let (_, id) = sides.iter().find(|(c, _)| words.starts_with('最') && words.ends_with(*c))?;
        expr.shape.unit()?;
        self.of(id, &expr.shape)
    }

    /// A time of delivery: so many days that stand alone, or a time within which something is done.
    pub(super) fn delivery(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let (start, end) = (self.items[at].from, self.items[next - 1].end);
        // 3D is no time.
        let symbol = self.symbol(&expr.shape).filter(|_| !self.text[start..end].ends_with('D'))?;
        let (days, hours) = (matches!(symbol.as_str(), "天" | "工作日" | "周"), symbol == "h");
        let behind = self.touching_after(end, next - 1);
        let done = WORDS.at_start(Role::Delivered, behind).is_some();
        let before = self.touching_before(start, at);
        let told = match &expr.shape {
            Shape::Point(a) | Shape::Range(_, a) => {
                days && a.value <= DELIVERY_DAYS_MAX && (done || WORDS.is_filler(behind))
            }
            Shape::High(..) => (days || hours) && (done || (days && WORDS.is_filler(behind))),
            _ => false,
        };
        let hinted = self.hints.iter().any(|h| self.resolver().resolve(*h, &expr.shape, None).is_some());
        if told && WORDS.is_filler(before) && (!hinted || self.by_topic) && !self.is_condition(at) {
            self.of("lead_time", &expr.shape)
        } else {
            None
        }
    }

    /// `固化150℃×30min`, `25℃/24h固化`: the temperature and the time of what hardens, the time of which is read with it.
    pub(super) fn cured(
        &self,
        at: usize,
        next: usize,
        list: &[&Expr],
        taken: &mut [bool],
        out: &mut Reading,
    ) -> bool {
        let [warm] = list else { return false };
        let Some(Item { kind: Kind::Number(time), .. }) = self.items.get(next) else { return false };
        let is =
            |expr: &Expr, symbols: &[&str]| self.warmth(expr).is_some_and(|s| symbols.contains(&s.as_str()));
        let joined = matches!(self.gap(next - 1, next).trim(), "*" | "/" | "x" | "@" | "," | "");
        if !joined || !is(warm, &["℃", "℉"]) || !is(time, &["min", "h", "s"]) {
            return false;
        }
        let (start, end) = (self.items[at].from, self.items[next].end);
        let before = self.folded[..start].trim_end_matches([' ', ':']);
        let behind = self.folded[end..].trim_start_matches(' ');
        let told = WORDS.at_end(Role::Cure, before)
            || WORDS.at_end(Role::Cure, before.strip_suffix("条件").unwrap_or(before))
            || WORDS.at_start(Role::Cure, behind).is_some();
        let (Some(first), Some(second)) =
            (self.of("curing_temperature", &warm.shape), self.of("curing_time", &time.shape))
        else {
            return false;
        };
        // 低温导电胶 80℃*30min
        let glue =
            matches!(self.gap(next - 1, next).trim(), "*" | "/" | "x" | "") && self.speaks_of(Role::Glue);
        if !told && !glue {
            return false;
        }
        for ((property, (value, unit)), item) in [(first, at), (second, next)] {
            let (start, end) = (self.items[item].from, self.items[item].end);
            out.specs.push(Found { property, value, unit, start, end });
            out.used.push((start, end));
        }
        taken[next] = true;
        true
    }

    /// So many pieces or packs by the minute or hour are what a machine puts out.
    pub(super) fn pace(&self, expr: &Expr) -> Option<(u16, Resolved)> {
        let words = expr.shape.unit().filter(|w| self.is_pace(w))?;
        let one = self.units.compose(&words.numerator()).into_iter().next()?;
        let counted = |symbol: &str| self.units.unit(symbol).is_ok_and(|u| u.dimension == one.dimension);
        if WORDS.words(Role::Counted).any(|symbol| symbol != "吨" && counted(symbol)) {
            self.of("throughput", &expr.shape)
        } else {
            None
        }
    }

    /// Grams, a few kilograms and litres that stand alone and are of nothing else: what a thing weighs, or holds.
    pub(super) fn content(&self, expr: &Expr) -> Option<(u16, Resolved)> {
        // 5G is no weight.
        if self.text[..expr.end].ends_with('G') {
            return None;
        }
        let (Shape::Point(a)
        | Shape::Range(_, a)
        | Shape::Toleranced(a, _)
        | Shape::Low(a, _)
        | Shape::High(a, _)) = &expr.shape
        else {
            return None;
        };
        // 空压机 8公斤
        let pressed = self
            .properties
            .index(&PropertyId("pressure".to_owned()))
            .filter(|p| self.topic.named.contains(p));
        if pressed.is_some() && a.value <= PRESSED_MAX && self.text[..expr.end].ends_with("公斤") {
            return self.of("pressure", &expr.shape);
        }
        let said = self.offset > 0 || self.text[..expr.start].contains(char::is_alphanumeric);
        match self.symbol(&expr.shape)?.as_str() {
            "kg" if a.value * a.scale < self.kilograms_max() => self.of("weight", &expr.shape),
            "g" => self.of("weight", &expr.shape),
            // 碳酸锂 99.5%
            "%" if PURE.contains(&a.value) && said => self.of("purity", &expr.shape),
            "L" => self.of("volume", &expr.shape),
            _ => None,
        }
    }

    /// What the noun directly before litres holds (恒温箱225L).
    pub(super) fn held(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let (start, end) = (self.items[at].from, self.items[next - 1].end);
        let noun = self.touching_before(start, at);
        let told = matches!(expr.shape, Shape::Point(_))
            && self.symbol(&expr.shape).is_some_and(|s| s == "L")
            && noun.chars().count() > 1
            && noun.chars().all(is_han)
            && WORDS.is_filler(self.touching_after(end, next - 1))
            && !self.is_named_by(start, end, at);
        if told { self.of("volume", &expr.shape) } else { None }
    }

    /// From so many kilograms on they are asked for: fewer of what is sold by weight.
    pub(super) fn kilograms_max(&self) -> f64 {
        let sold = self.properties.index(&PropertyId("wire_diameter".to_owned()));
        if sold.is_some_and(|p| self.topic.named.contains(&p)) { WIRE_KILOGRAMS_MAX } else { KILOGRAMS_MAX }
    }

    /// Few watts of what leads heat (铝基板 1.0W) are those by metre and kelvin.
    pub(super) fn heat(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let (start, end) = (self.items[at].from, self.items[next - 1].end);
        let (Shape::Point(amount) | Shape::Low(amount, _)) = &expr.shape else { return None };
        let few = amount.value <= HEAT_WATTS_MAX && self.symbol(&expr.shape).is_some_and(|s| s == "W");
        let told = few && self.speaks_of(Role::HeatSpreader) && self.stands_alone(start, end, at, next - 1);
        if told { self.of("thermal_conductivity", &expr.shape) } else { None }
    }

    /// The tons of the machine that a process asks for (注塑 280T); goods are counted in 吨 there.
    pub(super) fn tonnage(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let (Shape::Point(amount) | Shape::Range(_, amount) | Shape::High(amount, _)) = &expr.shape else {
            return None;
        };
        let letter = self.text[self.items[at].start..self.items[next - 1].end].ends_with('T');
        let told = letter && TONS.contains(&amount.value) && self.speaks_of(Role::Press);
        if told { self.of("clamping_force", &expr.shape) } else { None }
    }

    /// What a power supply gives: its volts and amperes without a name.
    pub(super) fn output(&self, found: Vec<Placed>, list: &[&Expr]) -> Vec<Placed> {
        let given = |id: &str| {
            let output = match id {
                "rated_voltage" => "output_voltage",
                "rated_current" => "output_current",
                _ => return None,
            };
            self.properties.index(&PropertyId(output.to_owned())).filter(|p| self.topic.named.contains(p))
        };
        let plain = |e: &&&Expr| match &e.shape {
            Shape::Point(a) => a.value < MAINS_VOLTS_MIN || self.symbol(&e.shape).is_some_and(|s| s == "mA"),
            // 0-100V: from nothing on only what is given can be set.
            Shape::Range(low, _) => low.value == 0.0,
            _ => false,
        };
        let swap = |(place, (property, value)): Placed| {
            let id = self.property(property).id.0.as_str();
            let told = list
                .get(place)
                .filter(plain)
                .filter(|e| !self.text[e.end..].starts_with('转'))
                .and_then(|_| given(id));
            (place, (told.unwrap_or(property), value))
        };
        found.into_iter().map(swap).collect()
    }

    /// A few metres that stand alone are how long a thing is.
    pub(super) fn some_metres(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let (start, end) = (self.items[at].from, self.items[next - 1].end);
        let Shape::Point(amount) = &expr.shape else { return None };
        let few =
            self.symbol(&expr.shape).is_some_and(|s| s == "m") && amount.value * amount.scale < METRES_MAX;
        // 10 m chamber is no length of what is asked for.
        let noun = self.folded[end..]
            .strip_prefix(' ')
            .is_some_and(|t| t.starts_with(|c: char| c.is_ascii_alphabetic()));
        // 灯管1.2米, 枪线5米, 带线20cm
        let before = self.touching_before(start, at);
        let of_long = self.text[..start].ends_with(is_han)
            && WORDS.at_end(Role::Long, before)
            && WORDS.is_filler(self.touching_after(end, next - 1))
            && !self.is_named_by(start, end, at);
        let short = |symbol: String| symbol == "cm" || symbol == "mm" && amount.value >= WIRE_MM_MIN;
        let few = few || of_long && before.ends_with('线') && self.symbol(&expr.shape).is_some_and(short);
        let told = few
            && !noun
            && (of_long || self.stands_alone(start, end, at, next - 1))
            && !self.is_condition(at);
        // 无纺布 1.6m: of a cloth it is the width.
        let width = self.properties.index(&PropertyId("width".to_owned()));
        let hinted =
            !self.by_topic && !self.hints.is_empty() || width.is_some_and(|w| self.hints.contains(&w));
        if told && !hinted && start + self.offset > 0 { self.of("length", &expr.shape) } else { None }
    }

    /// The inches of a screen before whatever it is called (43寸横款广告机).
    pub(super) fn diagonal(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let (start, end) = (self.items[at].from, self.items[next - 1].end);
        let Shape::Point(amount) = &expr.shape else { return None };
        let screen = self.properties.index(&PropertyId("screen_size".to_owned()))?;
        let (least, most) = self.topic.bounds(screen)?;
        let noun = self.touching_after(end, next - 1);
        let told = self.symbol(&expr.shape).is_some_and(|s| s == "inch")
            && (least..=most).contains(&amount.value)
            && WORDS.is_filler(self.touching_before(start, at))
            && noun.chars().all(is_han);
        if told { self.of("screen_size", &expr.shape) } else { None }
    }

    /// A plain number directly before a paper (157铜版纸): what it weighs by area.
    pub(super) fn weight_of_paper(&self, next: usize, list: &[&Expr]) -> Option<(u16, Resolved)> {
        let [Expr { end, shape: shape @ Shape::Point(amount), .. }] = list else { return None };
        let weight = self.properties.index(&PropertyId("areal_weight".to_owned()))?;
        let paper = self.items.get(next).filter(|i| i.start == *end)?;
        let made = matches!(&paper.kind, Kind::Value(e) if e.targets.iter().any(|t| self.property(t.0).id.0 == "material"));
        let told = made
            && amount.unit.is_none()
            && PAPER_GRAMS.contains(&amount.value)
            && self.topic.bare.contains(&weight);
        if told { self.of("areal_weight", shape) } else { None }
    }

    /// The size of what stands directly behind two sides (320*160模组, 500*500箱体).
    pub(super) fn body(&self, next: usize, list: &[&Expr]) -> Option<(u16, Resolved)> {
        let [Expr { shape: shape @ Shape::Sides(..), .. }] = list else { return None };
        let behind = &self.folded[self.items[next - 1].end..];
        WORDS.at_start(Role::Body, behind)?;
        self.of("size", shape)
    }

    /// `1*40`, `2x20` of a header: its rows and the pins of each.
    pub(super) fn header(&self, list: &[&Expr]) -> Option<Vec<Placed>> {
        let [Expr { shape: Shape::Sides(sides, None), .. }] = list else { return None };
        let [rows, pins] = sides.as_slice() else { return None };
        let property = self.properties.index(&PropertyId("pin_count".to_owned()))?;
        let whole = |side: &Side, least: f64, most: f64| {
            side.high.is_none()
                && side.low.unit.is_none()
                && side.low.value.fract() == 0.0
                && (least..=most).contains(&side.low.value)
        };
        let told = self.topic.named.contains(&property)
            && self.speaks_of(Role::Header)
            && whole(rows, 1.0, 4.0)
            && whole(pins, 2.0, 80.0);
        let all = Amount { value: rows.low.value * pins.low.value, ..pins.low.clone() };
        let value = self.resolver().resolve(property, &Shape::Point(all), None).filter(|_| told)?;
        Some(vec![(0, (property, value))])
    }

    /// `1.25-8P`: the pitch of the pins, and how many there are.
    pub(super) fn pitch_and_pins(&self, list: &[&Expr]) -> Option<Vec<Placed>> {
        let [Expr { shape: Shape::Range(pitch, pins), .. }] = list else { return None };
        let symbol = self.units.compose(pins.unit.as_ref()?).into_iter().next()?.symbol;
        let split = symbol == "针" && pitch.unit.is_none() && pitch.value.fract() != 0.0;
        let found = [
            (0, self.of("pin_pitch", &Shape::Point(pitch.clone()))?),
            (0, self.of("pin_count", &Shape::Point(pins.clone()))?),
        ];
        split.then(|| found.into())
    }

    /// The wavelengths of a light without a unit (红光 620-630).
    pub(super) fn nanometres(&self, expr: &Expr) -> Option<(u16, Resolved)> {
        let Shape::Range(low, high) = &expr.shape else { return None };
        let light = self.properties.index(&PropertyId("luminous_flux".to_owned()))?;
        let told = low.unit.is_none()
            && high.unit.is_none()
            && NANOMETRES.contains(&low.value)
            && NANOMETRES.contains(&high.value)
            && high.value > low.value
            && high.value - low.value <= BAND_NM_MAX
            && self.topic.named.contains(&light);
        if told { self.of("wavelength", &expr.shape) } else { None }
    }

    /// What a battery holds where it is told in plain mA (移动电源10000毫安).
    pub(super) fn charge(&self, expr: &Expr) -> Option<(u16, Resolved)> {
        let Shape::Point(amount) = &expr.shape else { return None };
        let capacity = self.properties.index(&PropertyId("battery_capacity".to_owned()))?;
        let told = self.topic.named.contains(&capacity)
            && amount.value >= MILLIAMPERES_MIN
            && self.symbol(&expr.shape).is_some_and(|s| s == "mA");
        let hours = self.units.scan("mAh").filter(|_| told)?;
        self.of("battery_capacity", &Shape::Point(Amount { unit: Some(hours), ..amount.clone() }))
    }

    /// The time or the temperature beside a word for hardening (常温24小时固化, cure 150°C for 1 h).
    pub(super) fn cured_by(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let symbol = self.warmth(expr)?;
        let id = match symbol.as_str() {
            "min" | "h" | "s" | "天" => "curing_time",
            "℃" => "curing_temperature",
            _ => return None,
        };
        let behind =
            self.folded[self.items[next - 1].end..].trim_start_matches([' ', '即', '可', '后', '就']);
        let before = self.folded[..self.items[at].from].trim_end_matches([' ', ':']);
        let before = before.strip_suffix("for").or(before.strip_suffix("in")).unwrap_or(before);
        let last = at.checked_sub(1).map(|b| &self.items[b]);
        // cure 150°C for 1 h, 80℃*30min: the time behind the warmth.
        let after_warmth = id == "curing_time"
            && last.is_some_and(|l| match &l.kind {
                Kind::Number(warm) => {
                    self.warmth(warm).is_some_and(|s| s == "℃")
                        && ["", "for", "*", "/", "x", "@"].contains(&self.gap(at - 1, at).trim())
                }
                _ => false,
            });
        let paired = after_warmth && self.speaks_of(Role::Cure);
        let told = paired
            || WORDS.at_start(Role::Cure, behind).is_some()
            || WORDS.at_end(Role::Cure, before.trim_end_matches(' '));
        if told { self.of(id, &expr.shape) } else { None }
    }

    /// A number without a unit that can only be how thick a sheet or a wire is (PVB胶片0.76, 水凝膜TPU 0.18, 漆包线 0.08).
    pub(super) fn bare_side(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let (Shape::Point(amount) | Shape::Toleranced(amount, _)) = &expr.shape else { return None };
        let (start, end) = (self.items[at].from, self.items[next - 1].end);
        if amount.unit.is_some() || amount.scale != 1.0 || !self.text[start..end].contains('.') {
            return None;
        }
        let before = self.touching_before(start, at);
        let alone = WORDS.is_filler(before) || self.topic.is_head(self.offset + start);
        let priced = self.text[end..].starts_with('/');
        if !alone || priced || !WORDS.is_filler(self.touching_after(end, next - 1)) || self.is_condition(at) {
            return None;
        }
        // 硼酸 99.6
        let purity = self.properties.index(&PropertyId("purity".to_owned()))?;
        if PURE.contains(&amount.value) && self.topic.bare.contains(&purity) {
            return self.of("purity", &expr.shape);
        }
        // Only where nothing else is told by such a number.
        let fits = |id: &str| {
            let property = self.properties.index(&PropertyId(id.to_owned()))?;
            let (least, most) = self.topic.bounds(property)?;
            (least.max(BARE_SIDE.0)..=most.min(BARE_SIDE.1)).contains(&amount.value).then_some(property)
        };
        let id = ["wire_diameter", "board_thickness", "thickness"].into_iter().find(|id| fits(id).is_some());
        // 电源线 国标 0.75
        let cores = self.properties.index(&PropertyId("core_count".to_owned()))?;
        let area = id.is_none() && AREAS.contains(&amount.value) && self.topic.named.contains(&cores);
        self.of(id.or(area.then_some("conductor_area"))?, &expr.shape)
    }

    /// `0.05mm x 660 strands`: strands and the diameter of each.
    pub(super) fn counted_strands(&self, list: &[&Expr]) -> Option<Vec<Placed>> {
        let [Expr { shape: Shape::Sides(sides, None), .. }] = list else { return None };
        let [a, b] = sides.as_slice() else { return None };
        let counts = |side: &Side| {
            let words = side.low.unit.as_ref();
            words.is_some_and(|w| self.units.compose(w).first().is_some_and(|u| u.symbol == "根"))
        };
        // 0.08*7 of a wire.
        let strands = self.properties.index(&PropertyId("strand_count".to_owned()))?;
        let plain = self.topic.named.contains(&strands)
            && a.low.unit.is_none()
            && a.low.value < 1.0
            && b.low.value.fract() == 0.0
            && b.low.value >= 3.0
            && b.low.value < 200.0
            && b.low.unit.is_none();
        // Litz wire 100 x 0.1 mm
        let thin = self.topic.named.contains(&strands)
            && a.low.unit.is_none()
            && a.low.value.fract() == 0.0
            && a.low.value >= STRANDS_MIN
            && b.low.value < 1.0;
        let (count, size) = match (counts(a), counts(b)) {
            (true, false) => (a, b),
            (false, true) => (b, a),
            _ if plain => (b, a),
            _ if thin => (a, b),
            _ => return None,
        };
        if !plain && !thin {
            size.low.unit.as_ref()?;
        }
        let of = |id: &str, amount: &Amount| {
            let property = self.properties.index(&PropertyId(id.to_owned()))?;
            Some((0, (property, self.resolver().resolve(property, &Shape::Point(amount.clone()), None)?)))
        };
        Some(vec![of("strand_count", &count.low)?, of("wire_diameter", &size.low)?])
    }
}
