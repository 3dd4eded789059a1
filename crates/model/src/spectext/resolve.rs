//! From an expression and a property to the specification's value, or to nothing where they do not fit.

use super::expr::{Amount, Shape, Side, Tolerance};
use super::words::Role;
use crate::property::{Direction, Property, PropertyKind, PropertyTable, RangeMeaning};
use crate::spec::{Interval, SpecValue};
use crate::unit::{self, Unit, UnitTable, UnitWords};

/// The lines of a board are narrower than this in mm: wider ones without a unit are told in mils.
const LINE_MM_MAX: f64 = 2.0;

/// The densest of metals in g/cm³: more of it without a unit is told in kg/m³.
const HEAVIEST: f64 = 23.0;

/// A value with its canonical unit.
pub(super) type Resolved = (SpecValue, Option<String>);

/// Fits expressions to properties.
pub(super) struct Resolver<'a> {
    pub units: &'a UnitTable,
    pub properties: &'a PropertyTable,
}

impl Resolver<'_> {
    /// The value of `shape` as one of the property with place `index`; `fallback` is the unit of the list that the
    /// expression stands in.
    pub fn resolve(&self, index: u16, shape: &Shape, fallback: Option<&UnitWords>) -> Option<Resolved> {
        let property = self.properties.at(index);
        let default = match &property.unit {
            Some(text) => Some(self.units.unit(text).ok()?),
            None => None,
        };
        let scale = Scale { units: self.units, property, default, words: shape.unit().or(fallback) };
        match (property.kind, shape) {
            (PropertyKind::Number, Shape::Sides(..)) => None,
            (PropertyKind::Number, _) => scale.interval(shape),
            (PropertyKind::Dimensions, Shape::Sides(sides, role)) => scale.sides(sides, *role),
            (PropertyKind::Dimensions, _) => match scale.interval(shape)? {
                (SpecValue::Interval(interval), unit) => Some((SpecValue::Dimensions(vec![interval]), unit)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The scale on which the amounts of one expression are read.
struct Scale<'a> {
    units: &'a UnitTable,
    property: &'a Property,
    default: Option<Unit>,
    words: Option<&'a UnitWords>,
}

impl Scale<'_> {
    fn interval(&self, shape: &Shape) -> Option<Resolved> {
        let accuracy = self.property.is_accuracy();
        if let Some(loss) = self.loss(shape) {
            return self.interval(&loss);
        }
        let (interval, unit) = match shape {
            Shape::Point(a) => {
                let (value, unit) = self.read(a, self.words)?;
                (if accuracy { Interval::at_most(value) } else { Interval::point(value) }, unit)
            }
            Shape::Low(a, open) => {
                let (value, unit) = self.read(a, self.words)?;
                (Interval { low_open: *open, ..Interval::at_least(value) }, unit)
            }
            Shape::High(a, open) => {
                let (value, unit) = self.read(a, self.words)?;
                (Interval { high_open: *open, ..Interval::at_most(value) }, unit)
            }
            Shape::Better(a) => {
                let (value, unit) = self.read(a, self.words)?;
                let smaller = self.property.direction == Direction::Smaller;
                (if smaller { Interval::at_most(value) } else { Interval::at_least(value) }, unit)
            }
            Shape::Range(a, b) => {
                let (high, unit) = self.read(b, self.words)?;
                let (low, low_unit) = self.read(a, self.words)?;
                (Interval::between(align(low, low_unit.as_ref(), unit.as_ref())?, high), unit)
            }
            Shape::Toleranced(a, tolerance) => {
                // 磁导率2300±25%: of a plain number a share is a share.
                let share = self.default.is_none() && a.unit.is_none();
                let spelled = self.read(a, a.unit.as_ref().or(self.words.filter(|_| !share)));
                // B值3435±1%: the unit is the tolerance's alone.
                let (value, unit) = match (spelled, &a.unit) {
                    (None, None) => self.read(a, None)?,
                    (spelled, _) => spelled?,
                };
                (self.toleranced(value, tolerance, unit.as_ref())?, unit)
            }
            Shape::Bare(tolerance) => {
                // 孔径±0.05mm is a tolerance, not what the smallest hole is.
                let choice = self.property.range == RangeMeaning::Choice;
                if !accuracy && (self.property.direction != Direction::Smaller || choice) {
                    return None;
                }
                let unit = self.unit(self.words)?;
                (Interval::at_most(tolerance.plus.max(tolerance.minus)), unit)
            }
            Shape::Sides(..) => return None,
        };
        Some((SpecValue::Interval(interval), unit.map(|u| u.symbol).filter(|s| !s.is_empty())))
    }

    /// A loss that is told as a negative level (return loss -18 dB min): the same without the sign, where a bound can only
    /// say how good it is at least.
    fn loss(&self, shape: &Shape) -> Option<Shape> {
        let lossy = self.property.id.0.ends_with("_loss") && self.default.as_ref()?.symbol == "dB";
        let plain = |a: &Amount| Amount { value: -a.value, ..a.clone() };
        match shape {
            Shape::Point(a) if lossy && a.value < 0.0 => Some(Shape::Point(plain(a))),
            Shape::Low(a, _) | Shape::High(a, _) if lossy && a.value < 0.0 => Some(Shape::Better(plain(a))),
            _ => None,
        }
    }

    fn sides(&self, sides: &[Side], role: Option<Role>) -> Option<Resolved> {
        // Letters behind a side (500L×600W) are no units: only what fits counts.
        let fitting = |words: &&UnitWords| self.pick(words).is_some();
        let spelled = sides.iter().rev().filter_map(Side::unit).find(fitting);
        let unit = match spelled {
            Some(words) => self.pick(words),
            None => self.default.clone(),
        };
        let own = |a: &Amount| -> Option<f64> {
            let side_unit = a.unit.as_ref().and_then(|w| self.pick(w)).or_else(|| unit.clone());
            align(a.value * a.scale, side_unit.as_ref(), unit.as_ref())
        };
        let side = |s: &Side| -> Option<Interval> {
            let low = own(&s.low)?;
            let interval = match (&s.high, &s.tolerance, role) {
                (Some(high), _, _) => Interval::between(low, own(high)?),
                (None, Some(tolerance), _) => self.toleranced(low, tolerance, unit.as_ref())?,
                (None, None, Some(Role::AtLeast)) => Interval::at_least(low),
                (None, None, Some(Role::MoreThan)) => Interval { low_open: true, ..Interval::at_least(low) },
                (None, None, Some(Role::AtMost)) => Interval::at_most(low),
                (None, None, Some(Role::LessThan)) => Interval { high_open: true, ..Interval::at_most(low) },
                (None, None, _) => Interval::point(low),
            };
            Some(interval)
        };
        let intervals: Option<Vec<Interval>> = sides.iter().map(side).collect();
        Some((SpecValue::Dimensions(intervals?), unit.map(|u| u.symbol)))
    }

    /// A tolerance in the nominal value's unit, or in per cent of it.
    fn toleranced(&self, nominal: f64, tolerance: &Tolerance, unit: Option<&Unit>) -> Option<Interval> {
        let Some(words) = &tolerance.unit else {
            return Some(Interval::toleranced(nominal, tolerance.plus, tolerance.minus));
        };
        let readings = self.units.compose(words);
        let same = readings.iter().find(|r| unit.is_some_and(|u| u.dimension == r.dimension));
        if let (Some(reading), Some(unit)) = (same, unit) {
            // A difference of temperatures has no zero point.
            let step = |value: f64| {
                let (from, to) = (
                    Unit { offset: unit::Rational::ZERO, ..reading.clone() },
                    Unit { offset: unit::Rational::ZERO, ..unit.clone() },
                );
                unit::convert(value, &from, &to).ok()
            };
            return Some(Interval::toleranced(nominal, step(tolerance.plus)?, step(tolerance.minus)?));
        }
        let share = readings.iter().find(|r| r.dimension.is_number())?.factor;
        let part = |value: f64| {
            let exact = unit::Rational::from_f64(value)?.checked_mul(share)?;
            Some(exact.checked_mul(unit::Rational::from_f64(nominal.abs())?)?.to_f64())
        };
        Some(Interval::toleranced(nominal, part(tolerance.plus)?, part(tolerance.minus)?))
    }

    /// The capacitance that a code of three digits stands for.
    fn of_code(&self, code: f64) -> Option<(f64, Option<Unit>)> {
        let (digits, noughts) = ((code / 10.0).floor(), (code % 10.0) as i32);
        let steps = [("μF", 6, 5), ("nF", 3, 3), ("pF", 0, 0)];
        let (symbol, power, _) = steps.into_iter().find(|s| noughts + 1 >= s.2)?;
        // From the digits, so that 104 is 0.1 and not 0.1000001.
        let value = format!("{digits}e{}", noughts - power).parse().ok()?;
        Some((value, self.units.unit(symbol).ok()))
    }

    /// The value and unit of one amount; `None` where its unit measures something else.
    fn read(&self, amount: &Amount, list_unit: Option<&UnitWords>) -> Option<(f64, Option<Unit>)> {
        if let (Some(nines), Some(default)) = (amount.nines, &self.default)
            && default.symbol == "%"
        {
            return Some((nines, self.default.clone()));
        }
        let words = amount.unit.as_ref().or(list_unit);
        let (value, unit) = match words {
            // 线宽线距4/4: lines are no millimetres wide.
            None if self.property.id.0.starts_with("min_line") && amount.value >= LINE_MM_MAX => {
                (amount.value, self.units.unit("mil").ok())
            }
            // 电容 105: two digits, and how many noughts of pF.
            None if self.property.id.0 == "capacitance" && is_code(amount) => self.of_code(amount.value)?,
            // 海绵 密度30: nothing is so heavy in grams.
            None if self.property.id.0 == "density" && amount.value >= HEAVIEST => {
                (amount.value, self.units.unit("kg/m³").ok())
            }
            None => (amount.value * amount.scale, self.default.clone()),
            Some(words) => match self.unit(Some(words)) {
                Some(unit) => (amount.value * amount.scale, unit),
                // 4000K is no four millions.
                None if amount.value >= 1000.0 => return None,
                // 222M is a code of a capacitor, and 批量5K no time.
                None if self.default.as_ref().is_some_and(|d| {
                    matches!(d.symbol.as_str(), "μF" | "pF" | "μH" | "天" | "月" | "年" | "mm")
                }) =>
                {
                    return None;
                }
                None => (amount.value * amount.unit_scale?, self.default.clone()),
            },
        };
        // 18K/H: thousands are not kept where the property counts single ones.
        let (value, unit) = match (unit, &self.default) {
            (Some(own), Some(default))
                if own.symbol.starts_with("Kpcs/") && own.dimension == default.dimension =>
            {
                (unit::convert(value, &own, default).ok()?, Some(default.clone()))
            }
            (unit, _) => (value, unit),
        };
        // A dash before a thickness is a dash; a temperature, a level or a voltage may be negative.
        let signed = unit.as_ref().is_none_or(|u| {
            u.offset != unit::Rational::ZERO
                || u.symbol.starts_with("dB")
                || matches!(u.symbol.as_str(), "V" | "mV" | "°")
        });
        Some((if signed { value } else { value.abs() }, unit))
    }

    /// The unit that words mean for this property. Outer `None`: they do not fit; inner `None`: a plain number.
    fn unit(&self, words: Option<&UnitWords>) -> Option<Option<Unit>> {
        match words {
            None => Some(self.default.clone()),
            Some(words) => self
                .pick(words)
                .or_else(|| words.is_quotient().then(|| self.pick(&words.numerator())).flatten())
                .map(Some),
        }
    }

    fn pick(&self, words: &UnitWords) -> Option<Unit> {
        let readings = self.units.compose(words);
        // 8公斤压力
        if self.property.id.0 == "pressure" && readings.first().is_some_and(|u| u.symbol == "kg") {
            return self.units.unit("kgf/cm²").ok();
        }
        // 电阻率≥18MΩ
        let of_length = |default: &Unit| {
            let whole = |r: &&Unit| {
                r.symbol.ends_with('Ω')
                    && default.symbol.strip_prefix(r.symbol.as_str()).is_some_and(|s| s.starts_with('·'))
            };
            readings.iter().any(|r| whole(&r))
        };
        if let Some(default) = self.default.as_ref().filter(|d| of_length(d)) {
            return Some(default.clone());
        }
        // 方阻7欧, 温漂50ppm: what it is by goes without saying.
        let by = |unit: Unit| match &self.default {
            Some(default)
                if default.symbol.strip_prefix(unit.symbol.as_str()).is_some_and(|r| r.starts_with('/'))
                    && (unit.dimension == default.dimension
                        || unit.dimension.is_number()
                        || unit.symbol.ends_with('J')
                            && self.property.other_units.contains(&unit.symbol)) =>
            {
                default.clone()
            }
            _ => unit,
        };
        match &self.default {
            Some(default) => readings
                .iter()
                .find(|r| r.symbol == default.symbol)
                .or_else(|| readings.iter().find(|r| r.dimension == default.dimension))
                .or_else(|| {
                    let others = self.property.other_units.iter().filter_map(|u| self.units.unit(u).ok());
                    others.into_iter().find_map(|o| readings.iter().find(|r| r.dimension == o.dimension))
                })
                .cloned()
                .map(by),
            None => readings.into_iter().find(|r| r.dimension.is_number()),
        }
    }
}

/// True for a number that can be the code of a capacitor.
fn is_code(amount: &Amount) -> bool {
    amount.scale == 1.0
        && amount.value.fract() == 0.0
        && (100.0..1000.0).contains(&amount.value)
        && (1..=7).contains(&((amount.value % 10.0) as i32))
}

/// `value` in another unit of the same dimension.
fn align(value: f64, from: Option<&Unit>, to: Option<&Unit>) -> Option<f64> {
    match (from, to) {
        (Some(from), Some(to)) => unit::convert(value, from, to).ok(),
        _ => Some(value),
    }
}
