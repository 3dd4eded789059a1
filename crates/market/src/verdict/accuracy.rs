//! Tolerance classes against tolerances in mm, where one side speaks of the one and the other of the other; and the tolerance of a
//! size (`Φ10h7`) against a tolerance or a class that the offer keeps without naming the size.

use super::{by_words, outcome, unit_of, word_list};
use crate::words::Words;
use model::matching::Outcome;
use model::property::Property;
use model::reference::Reference;
use model::spec::{SpecValue, Specification};
use model::tolerance::{deviation_range_mm, width_mm};

/// The property of tolerances in mm.
const TOLERANCE: &str = "tolerance";
/// Properties of tolerance classes.
const CLASSES: [&str; 2] = ["general_tolerance", "tolerance_grade"];
/// Sizes of parts that are made to a tolerance; that of a thickness or of a wire is none of the machine's.
const SIZES: [&str; 7] =
    ["diameter", "outer_diameter", "inner_diameter", "min_hole_diameter", "length", "width", "height"];
const MM: &str = "mm";

/// The outcome of a requirement by what the offer says of the other kind, and the words that decided; `None` where it says nothing
/// of that kind.
pub(super) fn across(
    requirement: &Specification,
    capabilities: &[Specification],
    property: &Property,
    words: Words<'_>,
) -> Option<(Outcome, String)> {
    let reference = words.reference;
    let asked = requirement.property.0.as_str();
    let of = |ids: &[&str]| capabilities.iter().find(|c| ids.contains(&c.property.0.as_str()));
    if asked == TOLERANCE {
        let stated = of(&CLASSES)?;
        let (least, greatest) = class_mm(stated)?;
        let unit = unit_of(requirement, property);
        let allowed = highest_mm(requirement, unit, reference)?;
        let short = reference.units.convert(least - allowed, MM, unit).ok()?;
        Some((judge(greatest <= allowed, short, unit), words.statement(stated)))
    } else if CLASSES.contains(&asked) {
        let stated = of(&[TOLERANCE])?;
        let (least, greatest) = class_mm(requirement)?;
        let kept = highest_mm(stated, stated.unit.as_deref().unwrap_or(MM), reference)?;
        Some((judge(kept <= least, kept - greatest, MM), words.statement(stated)))
    } else if SIZES.contains(&asked) {
        of_size(requirement, capabilities, property, words)
    } else {
        None
    }
}

/// The width of a size's tolerance against what the offer keeps. Too wide is a no; where it suffices the size itself is still a
/// question, and the words say so.
fn of_size(
    requirement: &Specification,
    capabilities: &[Specification],
    property: &Property,
    words: Words<'_>,
) -> Option<(Outcome, String)> {
    let reference = words.reference;
    let SpecValue::Interval(asked) = &requirement.value else { return None };
    let unit = unit_of(requirement, property);
    let mm = |value: f64| reference.units.convert(value, unit, MM).ok();
    let nominal = mm(asked.nominal?)?;
    let allowed = mm(asked.high?)? - mm(asked.low?)?;
    let kept = |stated: &Specification| match stated.property.0.as_str() {
        TOLERANCE => Some(2.0 * highest_mm(stated, stated.unit.as_deref().unwrap_or(MM), reference)?),
        id if CLASSES.contains(&id) => {
            let widths = word_list(&stated.value)?.iter().filter_map(|class| width_mm(class, nominal));
            widths.min_by(f64::total_cmp)
        }
        _ => None,
    };
    let best = capabilities.iter().filter_map(|stated| Some((kept(stated)?, stated)));
    let (width, stated) = best.min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| by_words(a.1, b.1)))?;
    let short = reference.units.convert(width - allowed, MM, unit).ok()?;
    // Sums of decimals leave noise far below any tolerance.
    let suffices = width <= allowed * (1.0 + 1e-9);
    let told = words.band(stated, (super::tidy(width), super::tidy(allowed)), suffices);
    Some((if suffices { Outcome::Unknown } else { outcome(short, unit) }, told))
}

fn judge(met: bool, short: f64, unit: &str) -> Outcome {
    if met {
        Outcome::Met
    } else if short > 0.0 {
        outcome(short, unit)
    } else {
        Outcome::Unknown
    }
}

/// What the classes of a statement allow: the widest range where there are several.
fn class_mm(spec: &Specification) -> Option<(f64, f64)> {
    let ranges = word_list(&spec.value)?.iter().filter_map(|class| deviation_range_mm(class));
    ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

fn highest_mm(spec: &Specification, unit: &str, reference: &Reference) -> Option<f64> {
    let SpecValue::Interval(interval) = &spec.value else { return None };
    reference.units.convert(interval.high.or(interval.low)?, unit, MM).ok()
}
