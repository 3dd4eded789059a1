//! Numbers by which a store finds candidates: 64-bit hashes of a field and a value.

use super::facts::{Fact, for_each, identifier};
use super::pattern::{Pattern, coarse};
use super::{Query, Recorded, Test};
use crate::event::Event;

/// A condition as a store asks it: one of these terms.
pub type Terms = Vec<i64>;

/// Terms of an event, ascending and distinct.
pub fn terms(event: &Event, recorded: Recorded<'_>) -> Vec<i64> {
    let mut out = Vec::with_capacity(24);
    for_each(event, Some(recorded), &mut |key, fact| match kind(key) {
        Kind::Object => {
            if let Fact::Text(id) = &fact {
                out.push(term("id", id));
                if let Some((key, company)) = coarse(id) {
                    out.extend([term("key", key), term("company", &company)]);
                }
            }
        }
        Kind::Place => {
            if let Fact::Text(id) = &fact {
                out.push(term(key, id));
                let within = format!("WD_{key}");
                out.extend(above(id).map(|place| term(&within, place)));
            }
        }
        Kind::Value => {
            if let Fact::Text(text) = &fact {
                out.push(term(key, text));
            }
        }
        Kind::Rare => {
            if let Fact::Text(text) = &fact {
                out.push(term(key, text));
            }
            out.push(term("EXISTS", key));
        }
        Kind::Not => {}
    });
    out.sort_unstable();
    out.dedup();
    out
}

/// The term of all events of an enterprise.
pub fn owner_term(enterprise: &str) -> i64 {
    term("owner", enterprise)
}

/// The term of all events at a site that no enterprise captured itself.
pub fn site_term(site: &str) -> i64 {
    term("site", &identifier(site))
}

impl Query {
    /// What every match has: of each of these one. Conditions that no term narrows have none.
    pub fn terms(&self) -> Vec<Terms> {
        self.conditions.iter().filter_map(|condition| condition.test.terms(&condition.key)).collect()
    }

    /// True where nothing can match.
    pub fn is_empty(&self) -> bool {
        self.conditions.iter().any(|condition| condition.test == Test::Nothing)
    }
}

impl Test {
    fn terms(&self, key: &str) -> Option<Terms> {
        match (kind(key), self) {
            (Kind::Object, Self::Match(patterns)) => patterns
                .iter()
                .map(Pattern::entry)
                .map(|entry| entry.map(|(kind, value)| term(kind, &value)))
                .collect(),
            (Kind::Place, Self::Within(places)) => {
                let within = format!("WD_{key}");
                Some(places.iter().map(|place| term(&within, place)).collect())
            }
            (Kind::Value | Kind::Rare | Kind::Place, Self::OneOf(values)) => {
                Some(values.iter().map(|value| term(key, value)).collect())
            }
            (Kind::Rare, _) => Some(vec![term("EXISTS", key)]),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Objects of the event, in whatever role.
    Object,
    /// Where it was.
    Place,
    /// Found by value.
    Value,
    /// Found by value and by being there.
    Rare,
    /// Nearly every event has one, and values are asked by range.
    Not,
}

fn kind(key: &str) -> Kind {
    match key {
        "epc" | "parentID" | "inputEPC" | "outputEPC" | "anyEPC" | "epcClass" | "inputEPCClass"
        | "outputEPCClass" | "anyEPCClass" => Kind::Object,
        "readPoint" | "bizLocation" => Kind::Place,
        "eventType" | "action" | "bizStep" | "disposition" | "eventID" | "transformationID" => Kind::Value,
        "eventTime" | "recordTime" => Kind::Not,
        _ if key == "quantity" || key.starts_with("quantity_") => Kind::Not,
        _ => Kind::Rare,
    }
}

/// A place and what it lies within.
fn above(id: &str) -> impl Iterator<Item = &str> {
    let path = id.find("://").map_or(0, |at| at + 3);
    let cuts = id[path..].match_indices('/').map(move |(at, _)| path + at);
    cuts.map(|at| &id[..at]).chain([id]).filter(|place| !place.is_empty())
}

/// FNV-1a, mixed at the end. Its values stand in databases: it never changes.
fn term(key: &str, value: &str) -> i64 {
    let bytes = key.bytes().chain([0x1f]).chain(value.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (hash ^ (hash >> 32)).cast_signed()
}
