//! Tolerance classes against tolerances in mm, where one side speaks of the one and the other of the other.

use super::{outcome, unit_of, word_list, words};
use model::matching::Outcome;
use model::property::Property;
use model::reference::Reference;
use model::spec::{SpecValue, Specification};
use model::tolerance::deviation_range_mm;

/// The property of tolerances in mm.
const TOLERANCE: &str = "tolerance";
/// Properties of tolerance classes.
const CLASSES: [&str; 2] = ["general_tolerance", "tolerance_grade"];
const MM: &str = "mm";

/// The outcome of a requirement by what the offer says of the other kind, and the words that decided; `None` where it says nothing
/// of that kind.
pub(super) fn across(
    requirement: &Specification,
    capabilities: &[Specification],
    property: &Property,
    reference: &Reference,
) -> Option<(Outcome, String)> {
    let asked = requirement.property.0.as_str();
    let of = |ids: &[&str]| capabilities.iter().find(|c| ids.contains(&c.property.0.as_str()));
    if asked == TOLERANCE {
        let stated = of(&CLASSES)?;
        let (least, greatest) = class_mm(stated)?;
        let unit = unit_of(requirement, property);
        let allowed = highest_mm(requirement, unit, reference)?;
        let short = reference.units.convert(least - allowed, MM, unit).ok()?;
        Some((judge(greatest <= allowed, short, unit), words(stated)))
    } else if CLASSES.contains(&asked) {
        let stated = of(&[TOLERANCE])?;
        let (least, greatest) = class_mm(requirement)?;
        let kept = highest_mm(stated, stated.unit.as_deref().unwrap_or(MM), reference)?;
        Some((judge(kept <= least, kept - greatest, MM), words(stated)))
    } else {
        None
    }
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
