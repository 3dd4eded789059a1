//! What a number says by the usage of a trade that the text speaks of.

use super::super::expr::{Amount, Expr, Shape};
use super::super::items::{Item, Kind};
use super::super::resolve::Resolved;
use super::super::words::{Role, WORDS};
use super::telling::AREAS;
use super::{Assigner, Placed};
use crate::property::PropertyId;

/// How hard rubbers are, in degrees Shore A.
const RUBBER_HARDNESS: std::ops::RangeInclusive<f64> = 20.0..=95.0;
/// The largest diameter of one strand in mm.
const STRAND_MM_MAX: f64 = 3.0;
/// The wavelengths in nm for which filters are made.
const LIGHT_NM: std::ops::RangeInclusive<f64> = 190.0..=2500.0;
/// The angles in degrees under which plugs are bent.
const BENDS: [f64; 3] = [45.0, 90.0, 180.0];

impl Assigner<'_> {
    /// What a number without a name is by the usage of the trade.
    pub(super) fn by_trade(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        (self.square(expr).or_else(|| self.rubber(at, next, expr)))
            .or_else(|| self.strand(at, expr))
            .or_else(|| self.band(at, next, expr))
            .or_else(|| self.capacitor(at, next, expr))
    }

    /// True where the topic knows what a name means this property.
    pub(super) fn speaks(&self, id: &str) -> bool {
        self.properties.index(&PropertyId(id.to_owned())).is_some_and(|p| self.topic.named.contains(&p))
    }

    /// The 平方 of a wire are mm² (光伏线 6平).
    fn square(&self, expr: &Expr) -> Option<(u16, Resolved)> {
        let Shape::Point(amount) = &expr.shape else { return None };
        let words = self.folded[..expr.end].trim_end_matches('方');
        let told = words.ends_with('平') && AREAS.contains(&amount.value) && self.speaks("conductor_area");
        let unit = self.units.scan("mm²").filter(|_| told)?;
        self.of("conductor_area", &Shape::Point(Amount { unit: Some(unit), ..amount.clone() }))
    }

    /// How hard a rubber is, directly behind its name (NBR70, 硅胶50度).
    fn rubber(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let hardness = self.properties.index(&PropertyId("hardness_shore_a".to_owned()))?;
        let Shape::Point(amount) = &expr.shape else { return None };
        let Item { end, kind: Kind::Value(entry), .. } = self.items.get(at.checked_sub(1)?)? else {
            return None;
        };
        let material = |t: &(u16, u16)| self.property(t.0).id.0 == "material";
        let told = *end == expr.start
            && entry.targets.iter().any(material)
            && amount.unit.is_none()
            && amount.value % 5.0 == 0.0
            && RUBBER_HARDNESS.contains(&amount.value)
            && self.topic.bare.contains(&hardness)
            && WORDS.is_filler(self.touching_after(self.items[next - 1].end, next - 1));
        if told { self.of("hardness_shore_a", &expr.shape) } else { None }
    }

    /// The diameter of each of the strands that were counted before it (680股0.08).
    fn strand(&self, at: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let before = self.items.get(at.checked_sub(1)?)?;
        let Kind::Number(Expr { shape: count, .. }) = &before.kind else { return None };
        let Shape::Point(amount) = &expr.shape else { return None };
        let counted = self.units.compose(count.unit()?).first().is_some_and(|u| u.symbol == "根");
        let told = counted && before.end == expr.start && amount.value < STRAND_MM_MAX;
        if told { self.of("wire_diameter", &expr.shape) } else { None }
    }

    /// The centre of a filter's band with its tolerance (带通滤光片 850±10).
    fn band(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let Shape::Toleranced(amount, tolerance) = &expr.shape else { return None };
        let before = self.touching_before(self.items[at].from, at);
        let told = amount.unit.is_none()
            && tolerance.unit.is_none()
            && LIGHT_NM.contains(&amount.value)
            && tolerance.plus < amount.value / 10.0
            && self.speaks("half_width_spectrum")
            && (WORDS.is_filler(before) || before.ends_with(['片', '镜', '光']))
            && WORDS.is_filler(self.touching_after(self.items[next - 1].end, next - 1));
        if told { self.of("wavelength", &expr.shape) } else { None }
    }

    /// The code of a capacitor with the letter of its tolerance (104K).
    fn capacitor(&self, at: usize, next: usize, expr: &Expr) -> Option<(u16, Resolved)> {
        let Shape::Point(amount) = &expr.shape else { return None };
        let words = &self.text[self.items[at].start..self.items[next - 1].end];
        let digits = words.strip_suffix(['J', 'K', 'M', 'Z']).unwrap_or(words);
        let code = digits.len() == 3
            && digits.bytes().all(|b| b.is_ascii_digit())
            && (1..=7).contains(&(digits.as_bytes()[2] - b'0'));
        let plain = Amount { unit: None, scale: 1.0, unit_scale: None, ..amount.clone() };
        let told = code && self.speaks("capacitance") && digits.len() < words.len();
        if told { self.of("capacitance", &Shape::Point(plain)) } else { None }
    }

    /// Decibels as they are weighted or spelled where nothing says of what they are: how loud something is (70分贝).
    pub(super) fn loudness(&self, expr: &Expr) -> Option<(u16, Resolved)> {
        let words = self.folded[expr.start..expr.end].trim_end_matches(|c| "以下内之↓".contains(c));
        let told = self.symbol(&expr.shape).is_some_and(|s| s == "dB")
            && ["分贝", "db(a)", "dba", "分贝(a)"].iter().any(|w| words.ends_with(w));
        if told { self.of("noise", &expr.shape) } else { None }
    }

    /// Plain ten thousands of a camera are its dots (手机镜头 5000万).
    pub(super) fn dots(&self, expr: &Expr) -> Option<(u16, Resolved)> {
        let Shape::Point(amount) = &expr.shape else { return None };
        let resolution = self.properties.index(&PropertyId("resolution".to_owned()))?;
        let told = amount.unit.is_none()
            && amount.scale == 1e4
            && self.speaks_of(Role::Lens)
            && self.topic.bare.contains(&resolution);
        let dots = self.units.scan("像素").filter(|_| told)?;
        self.of("resolution", &Shape::Point(Amount { unit: Some(dots), ..amount.clone() }))
    }

    /// The lines of a board and the space between them (4/4 mil).
    pub(super) fn lines(&self, list: &[&Expr]) -> Option<Vec<Placed>> {
        let [Expr { end, shape: Shape::Point(line), .. }, Expr { start, shape: shape @ Shape::Point(_), .. }] =
            list
        else {
            return None;
        };
        let mil = self.symbol(shape).is_some_and(|s| s == "mil");
        let told = mil && self.text.get(*end..*start) == Some("/") && self.speaks("copper_thickness");
        let unit = shape.unit().filter(|_| told)?;
        let line = Amount { unit: Some(unit.clone()), ..line.clone() };
        Some(vec![
            (0, self.of("min_line_width", &Shape::Point(line))?),
            (1, self.of("min_line_spacing", shape)?),
        ])
    }

    /// True for degrees by which a plug is bent (USB A母 90度).
    pub(super) fn is_bend(&self, expr: &Expr) -> bool {
        let Shape::Point(amount) = &expr.shape else { return false };
        self.text[..expr.end].ends_with('度') && BENDS.contains(&amount.value) && self.speaks("mating_cycles")
    }

    /// The temperatures that a rubber bears rather than works in.
    pub(super) fn is_of_rubber(&self) -> bool {
        let bare = |id: &str| {
            self.properties.index(&PropertyId(id.to_owned())).is_some_and(|p| self.topic.bare.contains(&p))
        };
        bare("hardness_shore_a") && bare("temperature_resistance")
    }
}
