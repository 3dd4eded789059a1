//! A requirement against what an offer states of a property that is kin to it: `材质FR-4` against a board's `基材CEM-1`.

use super::{found, order, set_words, suffices};
use crate::words::Words;
use model::matching::Outcome;
use model::property::{Kin, Property, PropertyKind, Several};
use model::spec::{SpecValue, Specification};

/// The outcome by what the offer states of kin, and its words with the name of the property that was compared; `None` where
/// it says nothing of any. Of several kin that are stated the best counts, but what none of them meets is a question: the
/// need may mean a third.
pub(super) fn judge(
    requirement: &Specification,
    capabilities: &[Specification],
    property: &Property,
    words: Words<'_>,
) -> Option<(Outcome, String)> {
    let properties = &words.reference.properties;
    let mut judged: Vec<(Outcome, String)> = property
        .kin
        .iter()
        .filter_map(|Kin { property: id, special }| {
            let kin = properties.get(id)?;
            let stated: Vec<&Specification> = capabilities.iter().filter(|c| c.property == *id).collect();
            if stated.is_empty() {
                return None;
            }
            let narrow = if *special { kin } else { property };
            let (outcome, told) = match &requirement.value {
                SpecValue::Set(asked) if property.kind == PropertyKind::Set => {
                    let several = properties.asks(requirement, property);
                    let outcome = judge_set(asked, &stated, ([property, kin], narrow), several);
                    (outcome, words.statements(&stated))
                }
                _ => judge_numbers(requirement, &stated, property, kin, words),
            };
            Some((outcome, words.by_kin(&told, kin)))
        })
        .collect();
    judged.sort_by(|a, b| order(&a.0, &b.0));
    let several = judged.len() > 1;
    let (outcome, told) = judged.first()?.clone();
    if several && outcome != Outcome::Met {
        let told: Vec<String> = judged.into_iter().map(|(_, told)| told).collect();
        return Some((Outcome::Unknown, words.joined(&told)));
    }
    Some((outcome, told))
}

fn judge_numbers(
    requirement: &Specification,
    stated: &[&Specification],
    property: &Property,
    kin: &Property,
    words: Words<'_>,
) -> (Outcome, String) {
    // The same statements, of the property that is asked for; the unit is the one that they were made in.
    let own: Vec<Specification> = stated
        .iter()
        .map(|s| Specification {
            property: property.id.clone(),
            unit: s.unit.clone().or_else(|| kin.unit.clone()),
            ..(*s).clone()
        })
        .collect();
    super::judge(requirement, &own.iter().collect::<Vec<_>>(), property, words)
}

/// As for one property, by the spellings of both, but that two words exclude each other only where the special one's table knows
/// both: a housing of aluminium is no other base material.
fn judge_set(
    asked: &[String],
    stated: &[&Specification],
    (both, narrow): ([&Property; 2], &Property),
    several: Several,
) -> Outcome {
    let outcome = super::judge_set(asked, stated, both[0], several);
    let held = set_words(stated);
    let found = found(asked, &held, &both);
    let knows = |word: &String| narrow.rank(word).is_some();
    let comparable = asked.iter().all(knows) && held.iter().any(|word| knows(word));
    match outcome {
        _ if suffices(found, asked, several) => Outcome::Met,
        Outcome::Conflict if found == 0 && comparable => Outcome::Conflict,
        _ => Outcome::Unknown,
    }
}
