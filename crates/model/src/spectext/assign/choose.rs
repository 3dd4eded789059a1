//! Choosing one property among those that a number may speak of: by its name, its unit, the hints.

use super::super::amount;
use super::super::expr::{Amount, Expr, Shape, Side};
use super::super::resolve::Resolved;
use super::super::words::{Role, WORDS};
use super::{Assigner, Placed};
use crate::property::{Direction, Entry, Property, PropertyId, PropertyKind, fold};
use crate::quantity::QuantityRange;
use crate::spec::{Interval, SpecValue};
use crate::unit::UnitWords;

/// The property whose numbers are amounts of supply, not specifications.
pub(super) const CAPACITY: &str = "monthly_capacity";
/// The end of what gives a voltage, which names the voltage of other things.
const SUPPLY: [&str; 4] = ["电源", "power supply", "psu", "adapter"];
/// No surface is so rough in μm that `Ra` says more of it.
const ROUGHNESS_MAX: f64 = 50.0;

/// The largest number of an expression.
fn largest_of(shape: &Shape) -> Option<f64> {
    match shape {
        Shape::Point(a) | Shape::Low(a, _) | Shape::High(a, _) | Shape::Better(a) | Shape::Range(_, a) => {
            Some(a.value)
        }
        _ => None,
    }
}

impl Assigner<'_> {
    /// The property among a name's that the numbers fit, with their values.
    pub(super) fn fit(
        &self,
        entry: &Entry,
        name: &str,
        list: &[&Expr],
        fallback: Option<&UnitWords>,
    ) -> Vec<Placed> {
        let largest = name.starts_with("最大") || name.starts_with("max");
        // DPPM<300: the name is the unit.
        let millionths = if name.ends_with("ppm") { self.units.scan("ppm") } else { None };
        let fallback = fallback.or(millionths.as_ref());
        let all = |index: u16| -> Option<Vec<Resolved>> {
            let upper = |shape: &Shape| match shape {
                // 最大加工尺寸600×1100mm takes all that is smaller.
                Shape::Sides(..) if largest => shape.clone().bounded_by(Role::AtMost),
                _ => shape.clone(),
            };
            list.iter().map(|e| self.resolver().resolve(index, &upper(&e.shape), fallback)).collect()
        };
        if let Some(found) = self.roll(entry, list) {
            return found;
        }
        let mut fits: Vec<(u16, Vec<Resolved>)> =
            entry.targets.iter().filter_map(|t| Some((t.0, all(t.0)?))).collect();
        // 重量≤6kg/㎡ is no weight: what is measured in the whole unit comes first.
        if let Some(words) = list.iter().find_map(|e| e.shape.unit()).filter(|w| w.is_quotient()) {
            self.prefer_whole(words, &mut fits);
        }
        // 产能1200件/h is what a machine does, and Ra80 no roughness.
        if fits.len() > 1 && list.iter().any(|e| e.shape.unit().is_some_and(|w| self.is_pace(w))) {
            fits.retain(|f| self.property(f.0).id.0 != CAPACITY);
        }
        if fits.len() > 1 && name == "ra" {
            let smooth = |e: &&Expr| {
                e.shape.unit().is_some() || largest_of(&e.shape).is_none_or(|v| v < ROUGHNESS_MAX)
            };
            let id = if list.iter().all(smooth) { "roughness" } else { "cri" };
            fits.retain(|f| self.property(f.0).id.0 == id);
        }
        if entry.shared && fits.len() > 1 {
            return share(fits, list.len());
        }
        if let Some(chosen) = self.choose(fits, name, list) {
            let (index, values) = chosen;
            let found = values.into_iter().enumerate().map(|(i, v)| (i, (index, v))).collect();
            // 开关电源 24V15A gives so many volts.
            return if SUPPLY.contains(&name) { self.output(found, list) } else { found };
        }
        if let Some(found) = self.round(entry, name, list).or_else(|| self.travels(entry, list)) {
            return found;
        }
        // 线径0.1mm×7根: the size of one, and how many.
        if let [Expr { shape: Shape::Sides(sides, None), .. }] = list
            && let Some(found) = self.counted(entry, sides)
        {
            return found;
        }
        // 日处理量500m³: so much by the name's own time.
        if let ([expr], Some(time)) = (list, amount::period(name))
            && let Some(found) = self.by_time(entry, &expr.shape, time)
        {
            return vec![(0, found)];
        }
        // HV 370 min: no minutes.
        if let [expr] = list
            && let Some(low) = self.minimum(expr)
        {
            return self.fit(entry, name, &[&low], None);
        }
        // 厚度±0.1mm states a tolerance of what is named.
        if let [Expr { shape: shape @ Shape::Bare(_), .. }] = list
            && let Some((index, value)) = self.accuracy(shape)
        {
            return vec![(0, (index, value))];
        }
        Vec::new()
    }

    /// Drops what fits only a unit's numerator where something fits the whole unit.
    fn prefer_whole(&self, words: &UnitWords, fits: &mut Vec<(u16, Vec<Resolved>)>) {
        let readings = self.units.compose(words);
        let whole = |fit: &(u16, Vec<Resolved>)| {
            let unit = fit.1.first().and_then(|r| r.1.as_deref()).and_then(|u| self.units.unit(u).ok());
            unit.is_some_and(|u| readings.iter().any(|r| r.dimension == u.dimension))
        };
        if fits.iter().any(whole) {
            fits.retain(whole);
        }
    }

    /// `370 min` as a lower bound.
    fn minimum(&self, expr: &Expr) -> Option<Expr> {
        let Shape::Point(amount) = &expr.shape else { return None };
        let minutes = self.units.compose(amount.unit.as_ref()?).first()?.symbol == "min";
        if !minutes || !self.folded[expr.start..expr.end].ends_with(" min") {
            return None;
        }
        let amount = Amount { unit: None, ..amount.clone() };
        Some(Expr { shape: Shape::Low(amount, false), ..expr.clone() })
    }

    /// `48mm×100m` of a tape, `0.05mm×48mm×100m`: width and length, with the thickness before them, as the name of a size or
    /// without a name.
    fn roll(&self, entry: &Entry, list: &[&Expr]) -> Option<Vec<Placed>> {
        let sized = entry.targets.iter().any(|t| self.property(t.0).kind == PropertyKind::Dimensions);
        if sized { self.rolled(list) } else { None }
    }

    /// A length for each axis (行程850*500*500).
    fn travels(&self, entry: &Entry, list: &[&Expr]) -> Option<Vec<Placed>> {
        let [Expr { shape: Shape::Sides(sides, None), .. }] = list else { return None };
        let stroke = self.properties.index(&PropertyId("stroke".to_owned()))?;
        let unit = sides.iter().rev().find_map(Side::unit);
        entry.targets.iter().find(|t| t.0 == stroke)?;
        sides.iter().map(|side| self.side_of("stroke", side, unit)).collect()
    }

    /// What a name's property is of one, and how many there are in a unit of their own.
    fn counted(&self, entry: &Entry, sides: &[Side]) -> Option<Vec<Placed>> {
        let [one, count] = sides else { return None };
        let symbol = self.units.compose(count.low.unit.as_ref()?).first()?.symbol.clone();
        let owner = self.properties.owner_of_unit(&symbol)?;
        one.low.unit.as_ref()?;
        let count = self.resolver().resolve(owner, &Shape::Point(count.low.clone()), None)?;
        let of_one =
            |t: &(u16, u16)| Some((t.0, self.resolver().resolve(t.0, &Shape::Point(one.low.clone()), None)?));
        let size = entry.targets.iter().filter(|t| t.0 != owner).find_map(of_one)?;
        Some(vec![(0, size), (0, (owner, count))])
    }

    /// The property among a name's that is measured by time, and the amount by the time that the name tells.
    fn by_time(&self, entry: &Entry, shape: &Shape, time: &str) -> Option<(u16, Resolved)> {
        let QuantityRange { low, high, unit } = amount::quantity(self.units, shape, Some(time))?;
        let own = self.units.unit(&unit).ok()?;
        let fits = |property: u16| {
            let property = self.property(property);
            let units = property.unit.iter().chain(&property.other_units);
            units.filter_map(|u| self.units.unit(u).ok()).any(|u| u.dimension == own.dimension)
        };
        let (property, _) = *entry.targets.iter().find(|t| fits(t.0))?;
        let value = SpecValue::Interval(Interval { low, high, ..Interval::default() });
        Some((property, (value, Some(unit))))
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
        // What a topic tells of bare numbers decides no name that it does not know (Cu of copper sulphate is no purity).
        let hinted =
            |i: u16| self.hints.contains(&i) && !(self.by_topic && self.topic.is_foreign(i, self.properties));
        let topical = |i: u16| self.topic.named.contains(&i);
        let sensible = |i: u16| list.iter().all(|e| !contradicts(self.property(i), &e.shape));
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
            .or_else(|| only(&|i| self.by_topic && topical(i)))
            .or_else(|| only(&hinted))
            .or_else(|| only(&|i| !any_hinted && sensible(i)))
            .or_else(|| only(&|i| (hinted(i) || !any_hinted) && first_name(i)))
            .or_else(|| only(&first_name))
            .or_else(|| {
                let spelled = list.iter().any(|e| e.shape.unit().is_some());
                let bare = self.by_topic && !WORDS.is(Role::Element, name) && spelled;
                let first = self.hints.iter().find(|h| bare && fits.iter().any(|f| f.0 == **h))?;
                only(&|i| i == *first)
            })
            .or_else(|| only(&|i| !any_hinted && topical(i)))
            .or_else(|| only(&|i| !any_hinted && !self.topic.is_foreign(i, self.properties)))
            .or_else(|| only(&|i| (hinted(i) || !any_hinted) && own_symbol(i)))
            .or_else(|| only(&|i| self.topic.fallback.contains(&i)))
    }
}

/// `线宽/线距 3/4mil`: one value each, or the same for all.
fn share(fits: Vec<(u16, Vec<Resolved>)>, values: usize) -> Vec<Placed> {
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

/// True for a bound that says how bad the property may be at best: Ra≥90 is no roughness.
fn contradicts(property: &Property, shape: &Shape) -> bool {
    match shape {
        Shape::Low(..) => property.direction == Direction::Smaller,
        Shape::High(..) => property.direction == Direction::Larger,
        _ => false,
    }
}
