//! One requirement against what an offer states.
//!
//! | direction | met when | short by |
//! |---|---|---|
//! | smaller | the end that the offer promises is not above the need's | what it is above |
//! | larger | the end that the offer promises is not below the need's | what it is below |
//! | cover, need a range | the offer's range holds the need's | the longer piece it leaves open |
//! | cover, need a value (with tolerance or not) | the offer's range holds the value, or lies within the tolerance | the way between the two |
//! | cover, need with one open end | the offer reaches beyond the closed end | what it lacks |
//! | equal, need a value or range | the offer's value lies within it, or its range reaches into it | the way between the two |
//! | equal, need with one open end | the offer reaches the closed end; one with the same end open promises its own closed end | what it lacks |
//!
//! Cover is for what a supplier can choose or a product must bear (sizes, voltages, working temperatures); equal is for
//! what a product is (hardness, viscosity, wavelength): 58~62HRC asks for something in between, not for all of it.
//!
//! Which end a range promises is the property's ([`RangeMeaning`]):
//!
//! | range | the offer says | promised where smaller / larger is better |
//! |---|---|---|
//! | spread | the values that its products have (1.0~1.4N/mm) | the upper end / the lower end |
//! | choice | what the buyer can have (5~500mA, 0.2~6mm) | the lower end / the upper end |
//! | limit | a lone value is the most it bears (260℃), whichever relation it stands with | all up to the value |
//!
//! Against a need for a range, a lone limit that suffices at the upper end says nothing of the lower one: unknown.
//!
//! An offer with a tolerance (1.6±0.1) states what it keeps, not what it can choose: against a need with a tolerance it
//! must stay within. A tolerance class (ISO 2768-m, IT7) and a tolerance in mm are compared by the least and the greatest deviation
//! that the class allows: what holds for all sizes is met, what holds for none is short, the rest is unknown. The tolerance of a size
//! (Φ10h7) is compared with a class or tolerance that the offer keeps without naming the size: a wider band is short. A body with more sides
//! than asked for (500×600×1.6 against 500×600) is compared by those that fit best; a side that is asked for and not stated is
//! unknown, where the others are met. Where an offer says nothing of a property, what it says of one that is a kind of it, or that it
//! is a kind of (`data/property_kin.csv`), is compared, and the offer's words name that property. Ends that are themselves excluded (大于, 小于) count as included: the shortfall would be nothing.
//! Several words of a set in a need are alternatives or all asked for as its text and the property say
//! ([`PropertyTable::asks`](model::property::PropertyTable::asks)). Several statements of one property in an offer are alternatives; the best counts. What an offer does not state, or
//! states in a unit that does not compare, is unknown: a question, not a no.

mod accuracy;
mod kin;

use crate::words::Words;
use model::language::Language;
use model::matching::{Outcome, Verdict};
use model::property::{Direction, Property, PropertyKind, RangeMeaning, Several};
use model::quantity::{GRADES, Quantity};
use model::reference::Reference;
use model::spec::{Interval, SpecValue, Specification};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Compares one requirement with all that an offer states; where both sides' words are made, they are Chinese.
pub fn compare(
    requirement: &Specification,
    capabilities: &[Specification],
    reference: &Reference,
) -> Verdict {
    compare_in(requirement, capabilities, Words { reference, language: Language::Chinese })
}

/// The same in the words of a language. The outcome does not depend on it.
pub(crate) fn compare_in(
    requirement: &Specification,
    capabilities: &[Specification],
    words: Words<'_>,
) -> Verdict {
    let stated: Vec<&Specification> =
        capabilities.iter().filter(|c| c.property == requirement.property).collect();
    let property = words.reference.properties.get(&requirement.property);
    let (outcome, offer) = match property {
        Some(property) if !stated.is_empty() => judge(requirement, &stated, property, words),
        // Another property that answers, then a class against a number, or a number against a class.
        Some(property) => kin::judge(requirement, capabilities, property, words)
            .or_else(|| accuracy::across(requirement, capabilities, property, words))
            .unwrap_or((Outcome::Unknown, String::new())),
        None => (Outcome::Unknown, words.statements(&stated)),
    };
    Verdict {
        property: requirement.property.clone(),
        strictness: requirement.strictness,
        outcome,
        need: words.statement(requirement),
        offer,
        evidence: None,
    }
}

/// Outcome against the statements of one property, and the words that decided.
fn judge(
    requirement: &Specification,
    stated: &[&Specification],
    property: &Property,
    words: Words<'_>,
) -> (Outcome, String) {
    let reference = words.reference;
    if let SpecValue::Set(asked) = &requirement.value
        && property.kind == PropertyKind::Set
    {
        let several = reference.properties.asks(requirement, property);
        return (judge_set(asked, stated, property, several), words.statements(stated));
    }
    let best = stated
        .iter()
        .map(|s| (judge_one(requirement, s, property, reference), *s))
        .min_by(|a, b| order(&a.0, &b.0).then_with(|| by_words(a.1, b.1)))
        .map_or((Outcome::Unknown, String::new()), |(outcome, s)| (outcome, words.statement(s)));
    // A row of single values (0.8/1.0/1.6mm) covers the range between them, but no value between them.
    match joint_range(stated, requirement, property, reference) {
        Some(range) => {
            let joint = judge_one(requirement, &range, property, reference);
            if order(&joint, &best.0).is_lt() { (joint, words.statements(stated)) } else { best }
        }
        None => best,
    }
}

/// The order of two statements that decide alike: by their words as they are frozen, whatever language is spoken.
fn by_words(a: &Specification, b: &Specification) -> Ordering {
    let words = |spec: &Specification| {
        if spec.text.is_empty() { spec.value_words() } else { spec.text.clone() }
    };
    words(a).cmp(&words(b))
}

/// Better outcomes first; a smaller shortfall before a larger one. Both shortfalls are in the need's unit.
fn order(a: &Outcome, b: &Outcome) -> Ordering {
    let place = |o: &Outcome| match o {
        Outcome::Met => (0, 0.0),
        Outcome::Unknown => (1, 0.0),
        Outcome::Short { by } => (2, by.value),
        Outcome::Conflict => (3, 0.0),
    };
    let (a, b) = (place(a), place(b));
    a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
}

fn judge_one(
    requirement: &Specification,
    stated: &Specification,
    property: &Property,
    reference: &Reference,
) -> Outcome {
    let unit = unit_of(requirement, property);
    let same_unit = |interval: &Interval| -> Option<Interval> {
        let from = unit_of(stated, property);
        interval.try_map(|v| reference.units.convert(v, from, unit)).ok()
    };
    match (&requirement.value, &stated.value) {
        (SpecValue::Interval(need), SpecValue::Interval(offer)) => {
            same_unit(offer).map_or(Outcome::Unknown, |offer| judge_interval(need, &offer, property, unit))
        }
        (SpecValue::Dimensions(need), SpecValue::Dimensions(offer)) => {
            let offer: Option<Vec<Interval>> = offer.iter().map(same_unit).collect();
            offer.map_or(Outcome::Unknown, |offer| judge_sides(need, &offer, property, unit))
        }
        (need, offer) => match (word_list(need), word_list(offer)) {
            (Some(need), Some(offer)) if property.kind == PropertyKind::Grade => {
                judge_grade(need, offer, property)
            }
            (Some(need), Some(offer)) => judge_text(need, offer),
            _ => Outcome::Unknown,
        },
    }
}

fn unit_of<'a>(spec: &'a Specification, property: &'a Property) -> &'a str {
    spec.unit.as_deref().or(property.unit.as_deref()).unwrap_or_default()
}

/// The words of a value that has words.
fn word_list(value: &SpecValue) -> Option<&[String]> {
    match value {
        SpecValue::Set(words) if !words.is_empty() => Some(words),
        SpecValue::Text(word) => Some(std::slice::from_ref(word)),
        _ => None,
    }
}

/// An interval against an interval in the same unit.
fn judge_interval(need: &Interval, offer: &Interval, property: &Property, unit: &str) -> Outcome {
    if property.range != RangeMeaning::Limit {
        return outcome(shortfall(need, offer, property), unit);
    }
    let lone = |i: &Interval| if i.low == i.high { i.low } else { i.low.xor(i.high) };
    let need = lone(need).map_or(*need, Interval::at_least);
    let limit = lone(offer);
    let short = shortfall(&need, &limit.map_or(*offer, Interval::at_most), property);
    let lower_end_unsaid = limit.is_some() && lone(&need).is_none();
    if short == 0.0 && lower_end_unsaid { Outcome::Unknown } else { outcome(short, unit) }
}

fn outcome(short: f64, unit: &str) -> Outcome {
    if short > 0.0 { Outcome::Short { by: Quantity::new(tidy(short), unit) } } else { Outcome::Met }
}

/// Rounds binary noise away: 12 significant digits.
fn tidy(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}

fn ends(interval: &Interval) -> (f64, f64) {
    (interval.low.unwrap_or(f64::NEG_INFINITY), interval.high.unwrap_or(f64::INFINITY))
}

/// How much an offer lacks, in the unit of both; 0 where it meets the need.
fn shortfall(need: &Interval, offer: &Interval, property: &Property) -> f64 {
    let ((low, high), (offer_low, offer_high)) = (ends(need), ends(offer));
    let choice = property.range == RangeMeaning::Choice && !keeps_a_tolerance(offer);
    // An end that is not stated falls back on the other one: `线宽 0.1mm` and `线宽 ≥0.1mm` both promise 0.1.
    let (least, most) = (offer.low.or(offer.high), offer.high.or(offer.low));
    let short = match property.direction {
        Direction::Smaller => {
            let promised = if choice { least } else { most };
            promised.zip(need.high.or(need.low)).map_or(0.0, |(o, n)| o - n)
        }
        Direction::Larger => {
            let promised = if choice { most } else { least };
            promised.zip(need.low.or(need.high)).map_or(0.0, |(o, n)| n - o)
        }
        Direction::Equal if need.low.is_none() && offer.low.is_none() => offer_high - high,
        Direction::Equal if need.high.is_none() && offer.high.is_none() => low - offer_low,
        Direction::Cover | Direction::Equal if need.low.is_none() => offer_low - high,
        Direction::Cover | Direction::Equal if need.high.is_none() => low - offer_high,
        Direction::Cover if need.nominal.is_none() && low < high => (offer_low - low).max(high - offer_high),
        Direction::Cover | Direction::Equal => apart(need, offer),
    };
    // Conversions may leave the last digits different.
    let noise = 1e-9
        * [low, high, offer_low, offer_high]
            .into_iter()
            .filter(|v| v.is_finite())
            .fold(0.0, |a: f64, v| a.max(v.abs()));
    if short > noise { short } else { 0.0 }
}

/// True for a nominal value with a tolerance: what an offer keeps, not what it can choose.
fn keeps_a_tolerance(offer: &Interval) -> bool {
    offer.nominal.is_some() && offer.low != offer.high
}

/// How far an offer is from a closed interval of the need.
fn apart(need: &Interval, offer: &Interval) -> f64 {
    let ((low, high), (offer_low, offer_high)) = (ends(need), ends(offer));
    let outside = (low - offer_low).max(offer_high - high).max(0.0);
    let gap = (low - offer_high).max(offer_low - high).max(0.0);
    match need.nominal {
        // The need's own tolerance is the yardstick for one that the offer keeps.
        Some(_) if keeps_a_tolerance(offer) => outside,
        // A range to choose from must hold the nominal value; what lies within the tolerance does too.
        Some(nominal) if outside > 0.0 => (offer_low - nominal).max(nominal - offer_high).max(gap),
        Some(_) => 0.0,
        None if keeps_a_tolerance(offer) && low < high => outside,
        None => gap,
    }
}

/// The sides of two bodies, of which one may have more than the other: the sides of the longer that fit best count.
fn judge_sides(need: &[Interval], offer: &[Interval], property: &Property, unit: &str) -> Outcome {
    let (longer, count) = if need.len() > offer.len() { (need, offer.len()) } else { (offer, need.len()) };
    let best = choices(longer, count)
        .map(|chosen| {
            if need.len() > offer.len() {
                sides(&chosen, offer, property)
            } else {
                sides(need, &chosen, property)
            }
        })
        .min_by(f64::total_cmp);
    match best {
        Some(short) if short > 0.0 => outcome(short, unit),
        Some(_) if need.len() <= offer.len() => Outcome::Met,
        _ => Outcome::Unknown,
    }
}

/// All ways to choose `count` of a few sides.
fn choices(sides: &[Interval], count: usize) -> impl Iterator<Item = Vec<Interval>> {
    let all = 0..1u32.checked_shl(u32::try_from(sides.len()).unwrap_or(u32::MAX)).unwrap_or(0);
    all.filter(move |mask| mask.count_ones() as usize == count)
        .map(move |mask| (0..sides.len()).filter(|i| mask >> i & 1 == 1).map(|i| sides[i]).collect())
}

/// The sides of two bodies, each sorted by size: 600×500 is 500×600. The worst side counts.
fn sides(need: &[Interval], offer: &[Interval], property: &Property) -> f64 {
    let size = |i: &Interval| i.nominal.or(i.high).or(i.low).unwrap_or(0.0);
    let sorted = |sides: &[Interval]| {
        let mut sides = sides.to_vec();
        sides.sort_by(|a, b| size(a).total_cmp(&size(b)));
        sides
    };
    sorted(need).iter().zip(&sorted(offer)).map(|(n, o)| shortfall(n, o, property)).fold(0.0, f64::max)
}

/// The range from the least to the greatest of several statements, in the need's unit, where the need asks for a
/// range to be covered.
fn joint_range(
    stated: &[&Specification],
    requirement: &Specification,
    property: &Property,
    reference: &Reference,
) -> Option<Specification> {
    let SpecValue::Interval(need) = &requirement.value else { return None };
    let asks_a_range = need.nominal.is_none() && need.low? < need.high?;
    if property.direction != Direction::Cover || stated.len() < 2 || !asks_a_range {
        return None;
    }
    let unit = unit_of(requirement, property);
    let mut hull: Option<(f64, f64)> = None;
    for spec in stated {
        let SpecValue::Interval(interval) = &spec.value else { return None };
        let from = unit_of(spec, property);
        for end in [interval.low?, interval.high?] {
            let end = reference.units.convert(end, from, unit).ok()?;
            hull = Some(hull.map_or((end, end), |(low, high)| (low.min(end), high.max(end))));
        }
    }
    let (low, high) = hull?;
    Some(Specification::interval(&requirement.property.0, Interval::between(low, high), unit))
}

/// Every word asked for must be stated, or any one where they are alternatives. Where none is, the two exclude each other, unless
/// the set is an open one.
fn judge_set(asked: &[String], stated: &[&Specification], property: &Property, several: Several) -> Outcome {
    let held = set_words(stated);
    let found = found(asked, &held, &[property]);
    if suffices(found, asked, several) {
        Outcome::Met
    } else if found > 0 || held.is_empty() || property.open {
        Outcome::Unknown
    } else {
        Outcome::Conflict
    }
}

/// True where so many of the words asked for are enough.
fn suffices(found: usize, asked: &[String], several: Several) -> bool {
    found == asked.len() || (several == Several::Any && found > 0)
}

/// The words that statements of a set have.
fn set_words<'a>(stated: &[&'a Specification]) -> Vec<&'a String> {
    stated.iter().filter_map(|s| word_list(&s.value)).flatten().collect()
}

/// How many of the words asked for are held, by the spellings of any of these properties.
fn found(asked: &[String], held: &[&String], spellings: &[&Property]) -> usize {
    let keys = |word: &String| -> Vec<(usize, String)> {
        let of = |(place, p): (usize, &&Property)| (place, model::fold::fold_key(&p.canonical(word)));
        spellings.iter().enumerate().map(of).collect()
    };
    let held: BTreeSet<(usize, String)> = held.iter().flat_map(|word| keys(word)).collect();
    asked.iter().filter(|word| keys(word).iter().any(|key| held.contains(key))).count()
}

/// Places on an ordered scale: of several asked for the lowest suffices, of several stated the best counts.
fn judge_grade(asked: &[String], stated: &[String], property: &Property) -> Outcome {
    let ranks = |words: &[String]| words.iter().filter_map(|w| property.rank(w)).collect::<Vec<_>>();
    let (asked_ranks, stated_ranks) = (ranks(asked), ranks(stated));
    let (short, known) = match property.direction {
        Direction::Smaller => (stated_ranks.iter().min().zip(asked_ranks.iter().max()), true),
        Direction::Larger => (asked_ranks.iter().min().zip(stated_ranks.iter().max()), true),
        Direction::Cover | Direction::Equal => (None, false),
    };
    match short {
        Some((better, worse)) if better > worse => {
            Outcome::Short { by: Quantity::new((better - worse) as f64, GRADES) }
        }
        Some(_) => Outcome::Met,
        None if known => Outcome::Unknown,
        None => judge_text(asked, stated),
    }
}

/// Free words: the same, or the one within the other. Other words are a question, not a no.
fn judge_text(asked: &[String], stated: &[String]) -> Outcome {
    let stated: Vec<String> = stated.iter().map(|w| model::fold::fold_name(w)).collect();
    let met = asked.iter().map(|w| model::fold::fold_name(w)).any(|asked| {
        !asked.is_empty()
            && stated.iter().any(|s| !s.is_empty() && (s.contains(&asked) || asked.contains(s.as_str())))
    });
    if met { Outcome::Met } else { Outcome::Unknown }
}

#[cfg(test)]
mod tests;
