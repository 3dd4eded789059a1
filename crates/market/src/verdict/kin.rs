//! A requirement against what an offer states of a property that is kin to it: `材质FR-4` against a board's `基材CEM-1`.

use super::{found, order, set_words, suffices};
use model::matching::Outcome;
use model::property::{Kin, Property, PropertyKind, Several};
use model::reference::Reference;
use model::spec::{SpecValue, Specification};

/// The outcome by what the offer states of kin, and its words with the name of the property that was compared; `None` where
/// it says nothing of any. Of several kin that are stated the best counts, but what none of them meets is a question: the
/// need may mean a third.
pub(super) fn judge(
    requirement: &Specification,
    capabilities: &[Specification],
    property: &Property,
    reference: &Reference,
) -> Option<(Outcome, String)> {
    let mut judged: Vec<(Outcome, String)> = property
        .kin
        .iter()
        .filter_map(|Kin { property: id, special }| {
            let kin = reference.properties.get(id)?;
            let stated: Vec<&Specification> = capabilities.iter().filter(|c| c.property == *id).collect();
            if stated.is_empty() {
                return None;
            }
            let narrow = if *special { kin } else { property };
            let (outcome, words) = match &requirement.value {
                SpecValue::Set(asked) if property.kind == PropertyKind::Set => {
                    let several = reference.properties.asks(requirement, property);
                    judge_set(asked, &stated, ([property, kin], narrow), several)
                }
                _ => judge_numbers(requirement, &stated, property, kin, reference),
            };
            Some((outcome, format!("{words}（按“{}”比较）", kin.name_zh)))
        })
        .collect();
    judged.sort_by(|a, b| order(&a.0, &b.0));
    let several = judged.len() > 1;
    let (outcome, words) = judged.first()?.clone();
    if several && outcome != Outcome::Met {
        let words: Vec<String> = judged.into_iter().map(|(_, words)| words).collect();
        return Some((Outcome::Unknown, words.join("；")));
    }
    Some((outcome, words))
}

fn judge_numbers(
    requirement: &Specification,
    stated: &[&Specification],
    property: &Property,
    kin: &Property,
    reference: &Reference,
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
    super::judge(requirement, &own.iter().collect::<Vec<_>>(), property, reference)
}

/// As for one property, by the spellings of both, but that two words exclude each other only where the special one's table knows
/// both: a housing of aluminium is no other base material.
fn judge_set(
    asked: &[String],
    stated: &[&Specification],
    (both, narrow): ([&Property; 2], &Property),
    several: Several,
) -> (Outcome, String) {
    let (outcome, words) = super::judge_set(asked, stated, both[0], several);
    let held = set_words(stated);
    let found = found(asked, &held, &both);
    let knows = |word: &String| narrow.rank(word).is_some();
    let comparable = asked.iter().all(knows) && held.iter().any(|word| knows(word));
    let outcome = match outcome {
        _ if suffices(found, asked, several) => Outcome::Met,
        Outcome::Conflict if found == 0 && comparable => Outcome::Conflict,
        _ => Outcome::Unknown,
    };
    (outcome, words)
}
