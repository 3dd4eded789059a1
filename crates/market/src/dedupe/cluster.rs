//! Records that are one enterprise by what people said, and where what they said does not go together.

use super::Decision;
use std::collections::{BTreeMap, BTreeSet};

/// Records that were confirmed to be one, directly or through others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// Keys of its records, sorted; two or more.
    pub members: Vec<String>,
    /// Pairs of members that were said to be two: with A = B and B = C confirmed, A is C, whatever was said of A and C. One of
    /// the decisions must be wrong.
    pub conflicts: Vec<(String, String)>,
}

/// The clusters that decisions make, those with conflicts first, then by their first key.
pub fn clusters(decisions: &[Decision]) -> Vec<Cluster> {
    let mut neighbours: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for decision in decisions.iter().filter(|d| d.same && d.a != d.b) {
        neighbours.entry(&decision.a).or_default().insert(&decision.b);
        neighbours.entry(&decision.b).or_default().insert(&decision.a);
    }
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut out: Vec<Cluster> = Vec::new();
    for start in neighbours.keys() {
        if !seen.insert(start) {
            continue;
        }
        let (mut members, mut open) = (BTreeSet::from([*start]), vec![*start]);
        while let Some(at) = open.pop() {
            open.extend(neighbours[at].iter().copied().filter(|next| members.insert(next)));
        }
        seen.extend(&members);
        let inside =
            |d: &&Decision| !d.same && members.contains(d.a.as_str()) && members.contains(d.b.as_str());
        let conflicts: BTreeSet<(String, String)> = decisions
            .iter()
            .filter(inside)
            .map(|d| super::ordered(&d.a, &d.b))
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .collect();
        out.push(Cluster {
            members: members.into_iter().map(str::to_owned).collect(),
            conflicts: conflicts.into_iter().collect(),
        });
    }
    out.sort_by_key(|c| c.conflicts.is_empty());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transitivity() {
        let said = |text: &str| {
            let decision = |word: &str| {
                let (a, b) = word.split_once(['=', '!']).unwrap();
                Decision { a: a.to_owned(), b: b.to_owned(), same: word.contains('=') }
            };
            let decisions: Vec<Decision> = text.split_whitespace().map(decision).collect();
            let shown = |c: &Cluster| {
                let conflicts: Vec<String> = c.conflicts.iter().map(|(a, b)| format!("{a}!{b}")).collect();
                format!("{} {}", c.members.join(""), conflicts.join(" ")).trim().to_owned()
            };
            clusters(&decisions).iter().map(shown).collect::<Vec<_>>().join("; ")
        };
        for (text, expect) in [
            ("", ""),
            ("a!b", ""),
            ("b=a", "ab"),
            ("a=b c=d b=e", "abe; cd"),
            ("a=b b=c c!a", "abc a!c"),
            ("x=y a=b b=c a!c a!x", "abc a!c; xy"),
            ("a=a", ""),
        ] {
            assert_eq!(said(text), expect, "{text}");
        }
    }
}
