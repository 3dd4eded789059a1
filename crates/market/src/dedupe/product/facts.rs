//! What a record states, out of its specifications and its title, and whether two records state the same.

use model::fold::{fold, fold_char};
use model::property::{Direction, Property, PropertyId, PropertyKind};
use model::reference::Reference;
use model::spec::{Interval, SpecValue, Specification};
use std::collections::{BTreeMap, BTreeSet};

/// Conversions may leave the last digits different.
const NOISE: f64 = 1e-9;
/// Latin words as short as this are marks (A款, B款), longer ones are words.
const MARK_LETTERS_MAX: usize = 2;
const NUMERALS: &str = "一二三四五六七八九十";

/// What a record states.
#[derive(Debug)]
pub struct Facts {
    named: BTreeMap<PropertyId, Named>,
    /// Measures of the title that no property was found for, in base units by what they measure.
    bare: BTreeMap<String, Vec<Value>>,
    /// Model numbers, single letters and numerals of the title.
    pub marks: BTreeSet<String>,
    /// The title's words without marks and measures.
    pub words: String,
}

/// What is stated of one property.
#[derive(Debug, Default)]
struct Named {
    values: Vec<Value>,
    /// What its numbers measure; empty for words.
    dimension: String,
    text: String,
}

/// A value in base units.
#[derive(Debug, Clone)]
enum Value {
    Sides(Vec<(f64, f64)>),
    Words(BTreeSet<String>),
}

impl Value {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Sides(a), Self::Sides(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| near(a.0, b.0) && near(a.1, b.1))
            }
            (Self::Words(a), Self::Words(b)) => a == b,
            _ => false,
        }
    }

    /// True where something could be meant by both.
    fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Sides(a), Self::Sides(b)) => {
                let meet = |(a, b): (&(f64, f64), &(f64, f64))| {
                    (a.0 <= b.1 || near(a.0, b.1)) && (b.0 <= a.1 || near(b.0, a.1))
                };
                a.iter().zip(b).all(meet)
            }
            (Self::Words(a), Self::Words(b)) => !a.is_disjoint(b),
            _ => true,
        }
    }
}

/// True for one number, but for binary noise.
pub fn near(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= NOISE * a.abs().max(b.abs())
}

/// How two statements of one property go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Same,
    Fits,
    Differs,
}

fn relation(a: &[Value], b: &[Value]) -> Relation {
    let in_other = |of: &[Value], other: &[Value]| of.iter().all(|x| other.iter().any(|y| x.same(y)));
    if in_other(a, b) && in_other(b, a) {
        Relation::Same
    } else if a.iter().any(|x| b.iter().any(|y| x.meets(y))) {
        Relation::Fits
    } else {
        Relation::Differs
    }
}

/// How the statements of two records go together.
#[derive(Debug, Default)]
pub struct Agreement {
    same: Vec<String>,
    fits: usize,
    differs: usize,
    /// True where what the one states excludes the other.
    pub contradicts: bool,
}

impl Agreement {
    /// From 0 for statements that differ to 3 for several that are the same; nothing where nothing could be compared.
    pub fn level(&self) -> Option<u8> {
        let (same, all) = (self.same.len(), self.same.len() + self.fits + self.differs);
        (all > 0).then(|| match same.checked_sub(self.differs) {
            None => 0,
            Some(0) => 1,
            Some(1) => 2,
            Some(_) => 3,
        })
    }

    /// What is the same, in words.
    pub fn words(&self) -> String {
        if self.same.is_empty() { String::new() } else { format!("：{}", self.same.join("、")) }
    }

    fn put(&mut self, relation: Relation, words: impl FnOnce() -> String) {
        match relation {
            Relation::Same => self.same.push(words()),
            Relation::Fits => self.fits += 1,
            Relation::Differs => self.differs += 1,
        }
    }
}

impl Facts {
    /// Reads a title; what it says of a property that the specifications do not speak of counts, too.
    pub fn read(title: &str, specs: &[Specification], hints: &[PropertyId], reference: &Reference) -> Self {
        let of_title =
            model::spectext::parse_specs(title, &reference.units, &reference.properties, hints).specs;
        let stated = |spec: &Specification| specs.iter().any(|s| s.property == spec.property);
        let mut named: BTreeMap<PropertyId, Named> = BTreeMap::new();
        for spec in specs.iter().chain(of_title.iter().filter(|s| !stated(s))) {
            let property = reference.properties.get(&spec.property);
            let unit = spec.unit.as_deref().or(property.and_then(|p| p.unit.as_deref()));
            let unit = unit.and_then(|unit| reference.units.unit(unit).ok());
            let base = |v: f64| unit.as_ref().map_or(v, |u| v * u.factor.to_f64() + u.offset.to_f64());
            let ends =
                |i: &Interval| (i.low.map_or(f64::NEG_INFINITY, base), i.high.map_or(f64::INFINITY, base));
            let value = match &spec.value {
                SpecValue::Interval(interval) => Value::Sides(vec![ends(interval)]),
                SpecValue::Dimensions(sides) => Value::Sides(sides.iter().map(ends).collect()),
                SpecValue::Set(words) => Value::Words(words.iter().map(|w| fold(w)).collect()),
                SpecValue::Text(words) => Value::Words(BTreeSet::from([fold(words)])),
            };
            let fact = named.entry(spec.property.clone()).or_default();
            if let Some(unit) = unit {
                fact.dimension = reference.units.dimension_text(&unit.dimension);
            }
            fact.values.push(value);
            let sign = if fact.text.is_empty() { " " } else { "/" };
            fact.text.push_str(&format!("{sign}{}", spec.value_words()));
        }
        let read: Vec<String> = of_title.iter().map(|spec| fold(&spec.text)).collect();
        let (mut bare, mut marks, mut words) = (BTreeMap::new(), BTreeSet::new(), String::new());
        for token in tokens(title) {
            let folded = fold(&token);
            let is_mark = folded.chars().any(|c| c.is_ascii_digit() || NUMERALS.contains(c))
                || folded.is_ascii() && folded.len() <= MARK_LETTERS_MAX;
            if !is_mark {
                words.push_str(&folded);
            } else if let Some((dimension, value)) = measure(&token, reference) {
                if !read.iter().any(|text| text.contains(&folded)) {
                    bare.entry(dimension).or_insert_with(Vec::new).push(Value::Sides(vec![(value, value)]));
                }
            } else if !read.iter().any(|text| text.contains(&folded)) {
                marks.insert(folded);
            }
        }
        Self { named, bare, marks, words }
    }

    /// Compares what two records of one enterprise state.
    pub fn agree(&self, other: &Self, reference: &Reference) -> Agreement {
        let mut out = Agreement::default();
        let property = |id: &PropertyId| reference.properties.get(id);
        for (id, fact) in &self.named {
            let own = other.named.get(id).map(|fact| (id, fact));
            // A diameter may be stated as a wire's or as any body's.
            let kindred = || {
                other
                    .named
                    .iter()
                    .find(|(o, _)| kindred(property(id), property(o)) && !self.named.contains_key(*o))
            };
            let Some((other_id, stated)) = own.or_else(kindred) else { continue };
            let relation = relation(&fact.values, &stated.values);
            out.contradicts |= relation == Relation::Differs
                && [id, other_id].into_iter().all(|id| property(id).is_some_and(excludes));
            out.put(relation, || format!("{}{}", reference.properties.name_zh(id), fact.text));
        }
        for (dimension, values) in &self.bare {
            match other.bare.get(dimension) {
                Some(stated) => {
                    let relation = relation(values, stated);
                    out.contradicts |= relation == Relation::Differs;
                    out.put(relation, || "名称中的数值".to_owned());
                }
                None => out.bare(values, dimension, other),
            }
        }
        for (dimension, values) in other.bare.iter().filter(|(d, _)| !self.bare.contains_key(*d)) {
            out.bare(values, dimension, self);
        }
        out
    }
}

impl Agreement {
    /// Measures without a property beside all that another record states in their dimension: one that goes with them is meant.
    fn bare(&mut self, values: &[Value], dimension: &str, other: &Facts) {
        let stated = other.named.values().filter(|fact| fact.dimension == dimension);
        let relations: Vec<Relation> = stated.map(|fact| relation(values, &fact.values)).collect();
        let best =
            [Relation::Same, Relation::Fits, Relation::Differs].into_iter().find(|r| relations.contains(r));
        if let Some(best) = best {
            self.put(best, || "名称中的数值".to_owned());
        }
    }
}

/// True where another value is another product: a size, a material, a class; not where it is only better or worse, nor a set of
/// which more may be had than is stated.
fn excludes(property: &Property) -> bool {
    match property.kind {
        PropertyKind::Number | PropertyKind::Dimensions => {
            matches!(property.direction, Direction::Cover | Direction::Equal)
        }
        PropertyKind::Set | PropertyKind::Grade => !property.open,
        PropertyKind::Text => false,
    }
}

/// True for two properties of which the one's name is another name of the other.
fn kindred(a: Option<&Property>, b: Option<&Property>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return false };
    a.aliases.contains(&b.name_zh) || b.aliases.contains(&a.name_zh)
}

/// The runs of a text: ideographs with other letters, numerals, and Latin letters with digits and their signs.
fn tokens(text: &str) -> Vec<String> {
    #[derive(PartialEq, Clone, Copy)]
    enum Kind {
        Gap,
        Code,
        Numeral,
        Letters,
    }
    let kind = |c: char| match fold_char(c) {
        c if c.is_ascii_alphanumeric() || ".-*/~±φμωΩ%°℃".contains(c) => Kind::Code,
        c if NUMERALS.contains(c) => Kind::Numeral,
        c if c.is_alphabetic() => Kind::Letters,
        _ => Kind::Gap,
    };
    let mut out: Vec<String> = Vec::new();
    let mut last = Kind::Gap;
    for c in text.chars() {
        let now = kind(c);
        if now != last && now != Kind::Gap {
            out.push(String::new());
        }
        if let Some(token) = out.last_mut().filter(|_| now != Kind::Gap) {
            token.push(c);
        }
        last = now;
    }
    let trimmed = out.iter().map(|t| t.trim_matches(|c: char| ".-*/~".contains(fold_char(c))).to_owned());
    trimmed.filter(|token| !token.is_empty()).collect()
}

/// What a token such as `φ0.02mm` measures, and how much of it, in base units.
fn measure(token: &str, reference: &Reference) -> Option<(String, f64)> {
    let token: String = token.chars().skip_while(|c| "φΦøØ±".contains(*c)).collect();
    let end = token.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let value: f64 = token[..end].parse().ok()?;
    let unit =
        reference.units.readings(&token[end..]).into_iter().next().filter(|u| !u.dimension.is_number())?;
    let base = value * unit.factor.to_f64() + unit.offset.to_f64();
    Some((reference.units.dimension_text(&unit.dimension), base))
}

/// The pairs of neighbouring characters.
pub fn pairs(text: &str) -> impl Iterator<Item = (char, char)> {
    text.chars().zip(text.chars().skip(1))
}

/// Share of common pairs of neighbouring characters, Jaccard's.
pub fn alike_share(a: &str, b: &str) -> f64 {
    let (a, b): (BTreeSet<_>, BTreeSet<_>) = (pairs(a).collect(), pairs(b).collect());
    let common = a.intersection(&b).count();
    if common == 0 { 0.0 } else { common as f64 / a.union(&b).count() as f64 }
}
