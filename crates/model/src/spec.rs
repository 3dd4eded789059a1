//! Specifications: what a need asks of a property, or what an offer states of it.

use crate::language::Language;
use crate::property::{PropertyId, PropertyTable};
use crate::quantity::number;
use crate::unit::{Rational, UnitTable};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How binding a requirement is. Offers' capabilities are always [`Strictness::Must`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strictness {
    /// Required.
    #[default]
    Must,
    /// Wished for (优选, 最好).
    Prefer,
}

/// A range of numbers, with one end or both.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Interval {
    /// Lower end, if bounded.
    pub low: Option<f64>,
    /// Upper end, if bounded.
    pub high: Option<f64>,
    /// True where the lower end itself is excluded (大于).
    pub low_open: bool,
    /// True where the upper end itself is excluded (小于).
    pub high_open: bool,
    /// The 1.6 of 1.6±0.1.
    pub nominal: Option<f64>,
}

impl Interval {
    /// Exactly `value`.
    pub fn point(value: f64) -> Self {
        Self { low: Some(value), high: Some(value), ..Self::default() }
    }

    /// From `a` to `b`, in either order, both included.
    pub fn between(a: f64, b: f64) -> Self {
        Self { low: Some(a.min(b)), high: Some(a.max(b)), ..Self::default() }
    }

    /// `low` or more.
    pub fn at_least(low: f64) -> Self {
        Self { low: Some(low), ..Self::default() }
    }

    /// `high` or less.
    pub fn at_most(high: f64) -> Self {
        Self { high: Some(high), ..Self::default() }
    }

    /// `nominal` with its tolerances: `plus` above and `minus` below; one of them is negative where both limits lie on the
    /// same side of the nominal value.
    pub fn toleranced(nominal: f64, plus: f64, minus: f64) -> Self {
        let (low, high) = (decimal_sum(nominal, -minus), decimal_sum(nominal, plus));
        Self { low: Some(low), high: Some(high), nominal: Some(nominal), ..Self::default() }
    }

    /// The value of a point.
    pub fn single(&self) -> Option<f64> {
        if self.low == self.high { self.low } else { None }
    }

    /// True where `value` lies within.
    pub fn contains(&self, value: f64) -> bool {
        self.low.is_none_or(|l| if self.low_open { value > l } else { value >= l })
            && self.high.is_none_or(|h| if self.high_open { value < h } else { value <= h })
    }

    /// The interval with every stated value passed through `change`, which must keep order (a unit conversion does).
    ///
    /// # Errors
    /// The first error of `change`.
    pub fn try_map<E>(&self, change: impl Fn(f64) -> Result<f64, E>) -> Result<Self, E> {
        Ok(Self {
            low: self.low.map(&change).transpose()?,
            high: self.high.map(&change).transpose()?,
            nominal: self.nominal.map(&change).transpose()?,
            ..*self
        })
    }
}

/// Sum in decimals: 0.3 + 0.1 must be 0.4, or a bound would be missed by binary noise.
fn decimal_sum(a: f64, b: f64) -> f64 {
    let exact = || Some(Rational::from_f64(a)?.checked_add(Rational::from_f64(b)?)?.to_f64());
    exact().unwrap_or(a + b)
}

/// Between two ends of which one is excluded.
const AND: &str = "且";
/// No end at all.
const ANY: &str = "不限";

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(nominal), Some(low), Some(high)) = (self.nominal, self.low, self.high) {
            let (plus, minus) = steps(nominal, low, high);
            return if plus == minus {
                write!(f, "{}±{}", number(nominal), number(plus))
            } else {
                write!(f, "{}{}/{}", number(nominal), signed(plus, '+'), signed(-minus, '-'))
            };
        }
        let low_sign = if self.low_open { ">" } else { "≥" };
        let high_sign = if self.high_open { "<" } else { "≤" };
        match (self.low, self.high) {
            (Some(low), Some(high)) if low == high => f.write_str(&number(low)),
            (Some(low), Some(high)) if self.low_open || self.high_open => {
                write!(f, "{low_sign}{}{AND}{high_sign}{}", number(low), number(high))
            }
            (Some(low), Some(high)) => write!(f, "{}~{}", number(low), number(high)),
            (Some(low), None) => write!(f, "{low_sign}{}", number(low)),
            (None, Some(high)) => write!(f, "{high_sign}{}", number(high)),
            (None, None) => f.write_str(ANY),
        }
    }
}

/// The value side of a specification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpecValue {
    /// A number or a range of numbers.
    Interval(Interval),
    /// One or several words, known ones in canonical spelling.
    Set(Vec<String>),
    /// Free words.
    Text(String),
    /// One interval a side, in the order written.
    Dimensions(Vec<Interval>),
}

/// One requirement or capability. Several specifications of one property in an offer are alternatives (板厚 0.8/1.0/1.6mm);
/// in a need each of them counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Specification {
    /// The property.
    pub property: PropertyId,
    /// What is asked or stated of it.
    pub value: SpecValue,
    /// Canonical unit of the numbers; absent for words and plain numbers.
    pub unit: Option<String>,
    /// How binding it is.
    #[serde(default)]
    pub strictness: Strictness,
    /// The words as read.
    pub text: String,
}

impl Specification {
    /// A numeric specification.
    pub fn interval(property: &str, interval: Interval, unit: &str) -> Self {
        Self::new(property, SpecValue::Interval(interval), Some(unit).filter(|u| !u.is_empty()))
    }

    /// A specification in words.
    pub fn set<S: Into<String>>(property: &str, words: impl IntoIterator<Item = S>) -> Self {
        Self::new(property, SpecValue::Set(words.into_iter().map(Into::into).collect()), None)
    }

    /// A specification in free words.
    pub fn text(property: &str, words: &str) -> Self {
        Self::new(property, SpecValue::Text(words.to_owned()), None)
    }

    fn new(property: &str, value: SpecValue, unit: Option<&str>) -> Self {
        let property = PropertyId(property.to_owned());
        let mut out = Self {
            property,
            value,
            unit: unit.map(str::to_owned),
            strictness: Strictness::Must,
            text: String::new(),
        };
        out.text = out.value_words();
        out
    }

    /// The value in words, such as `1.6±0.1mm`, `≥99.8%`, `FR-4/铝基`.
    pub fn value_words(&self) -> String {
        self.value_in(self.unit.as_deref().unwrap_or_default())
    }

    /// The value in words of a language: `≤30天` is `≤30 days`. Words of a set are the record's own.
    pub fn value_told(&self, units: &UnitTable, language: Language) -> String {
        let words = self.value_in(&units.behind(self.unit.as_deref().unwrap_or_default(), language));
        match (&self.value, language) {
            (SpecValue::Interval(_) | SpecValue::Dimensions(_), Language::English) => {
                words.replace(AND, " and ").replace(ANY, "any")
            }
            _ => words,
        }
    }

    /// The words of the record, or the value's in a language where the record says no more than the value.
    pub fn told(&self, units: &UnitTable, language: Language) -> String {
        if self.text.is_empty() || self.text == self.value_words() {
            self.value_told(units, language)
        } else {
            self.text.clone()
        }
    }

    fn value_in(&self, unit: &str) -> String {
        match &self.value {
            SpecValue::Interval(interval) => interval_words(interval, unit),
            SpecValue::Set(words) => words.join("/"),
            SpecValue::Text(words) => words.clone(),
            SpecValue::Dimensions(sides) => {
                let sides: Vec<String> = sides.iter().map(ToString::to_string).collect();
                format!("{}{unit}", sides.join("×"))
            }
        }
    }

    /// The whole in Chinese words, such as `板厚 1.6±0.1mm（优选）`.
    pub fn zh(&self, properties: &PropertyTable) -> String {
        let wish = if self.strictness == Strictness::Prefer { "（优选）" } else { "" };
        format!("{} {}{wish}", properties.name_zh(&self.property), self.value_words())
    }
}

/// Tolerances above and below a nominal value; negative where a limit lies on the other side of it (25g6).
fn steps(nominal: f64, low: f64, high: f64) -> (f64, f64) {
    (decimal_sum(high, -nominal), decimal_sum(nominal, -low))
}

/// A deviation with its sign; `nothing` is the sign of none.
fn signed(step: f64, nothing: char) -> String {
    let sign = if step > 0.0 {
        '+'
    } else if step < 0.0 {
        '-'
    } else {
        nothing
    };
    format!("{sign}{}", number(step.abs()))
}

fn interval_words(interval: &Interval, unit: &str) -> String {
    match (interval.nominal, interval.low, interval.high) {
        (Some(nominal), Some(low), Some(high)) => {
            let (plus, minus) = steps(nominal, low, high);
            if plus == minus {
                format!("{interval}{unit}")
            } else {
                format!("{}{unit}（{}/{}）", number(nominal), signed(plus, '+'), signed(-minus, '-'))
            }
        }
        _ => format!("{interval}{unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_in_words() {
        for (spec, expect) in [
            (Specification::interval("thickness", Interval::toleranced(1.6, 0.1, 0.1), "mm"), "1.6±0.1mm"),
            (
                Specification::interval("thickness", Interval::toleranced(1.6, 0.1, 0.05), "mm"),
                "1.6mm（+0.1/-0.05）",
            ),
            (
                Specification::interval("diameter", Interval::toleranced(25.0, -0.007, 0.02), "mm"),
                "25mm（-0.007/-0.02）",
            ),
            (
                Specification::interval("diameter", Interval::toleranced(20.0, 0.021, 0.0), "mm"),
                "20mm（+0.021/-0）",
            ),
            (Specification::interval("purity", Interval::at_least(99.8), "%"), "≥99.8%"),
            (Specification::interval("tolerance", Interval::at_most(0.03), "mm"), "≤0.03mm"),
            (Specification::interval("pixel_pitch", Interval::between(1.5, 0.8), "mm"), "0.8~1.5mm"),
            (
                Specification::interval("cri", Interval { low_open: true, ..Interval::at_least(80.0) }, ""),
                ">80",
            ),
            (Specification::set("base_material", ["FR-4", "铝基"]), "FR-4/铝基"),
        ] {
            assert_eq!(spec.text, expect);
        }
    }

    #[test]
    fn survives_json() {
        let spec = Specification::interval("thickness", Interval::toleranced(1.6, 0.1, 0.1), "mm");
        let json = serde_json::to_string(&spec).unwrap();
        assert_eq!(serde_json::from_str::<Specification>(&json).unwrap(), spec);
    }

    #[test]
    fn ends_count_as_stated() {
        let open = Interval { high_open: true, ..Interval::at_most(5.0) };
        assert!(open.contains(4.9) && !open.contains(5.0) && open.contains(-1.0));
        assert!(Interval::between(2.0, 1.0).contains(1.0));
    }
}
