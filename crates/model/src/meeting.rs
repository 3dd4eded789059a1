//! Events where firms meet one to one (对接活动): the event, what a firm says when it signs up, and the tables of kinds.

use crate::table::{self, TableError};
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// Times at which meetings begin and end, of an event's day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slot {
    /// When meetings begin.
    pub from: Time,
    /// When they end.
    pub until: Time,
}

/// A table that is not there any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TableGone {
    /// Table, from 0.
    pub table: u32,
    /// The first slot, from 0, in which it is not there.
    pub from: u32,
}

/// An event of the alliance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingEvent {
    /// Name.
    pub name: String,
    /// Kind, an id of `meetings/kinds.csv`.
    pub kind: String,
    /// Day, by the calendar of China.
    pub day: Date,
    /// Where.
    pub place: String,
    /// Slots, ascending, none overlapping the one before.
    pub slots: Vec<Slot>,
    /// Tables, numbered from 1 on paper and from 0 here.
    pub tables: u32,
    /// Interpreters.
    pub interpreters: u32,
    /// Most meetings of a firm that says nothing else.
    pub most: u32,
    /// Chain group that it serves; empty for all.
    pub group: String,
    /// What those who come should know.
    pub note: String,
    /// Tables that fell away on the day.
    pub gone: Vec<TableGone>,
}

/// On which side of the tables a firm sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeetingSide {
    /// Stays at its table.
    Host,
    /// Walks from table to table.
    Guest,
}

impl MeetingSide {
    /// The word in the store and the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Guest => "guest",
        }
    }

    /// Reads [`Self::word`].
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Host, Self::Guest].into_iter().find(|side| side.word() == word)
    }
}

/// What a firm says when it signs up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignUp {
    /// Number of people that come.
    pub people: u32,
    /// Languages that they speak, such as `zh` or `en`; with none given, language is not looked at.
    pub languages: Vec<String>,
    /// Slots, from 0, in which it has no time, ascending.
    pub away: Vec<u32>,
    /// Most meetings that it wants; absent for the event's own number.
    pub most: Option<u32>,
    /// Row ids of the enterprises that it wishes to meet.
    pub wishes: Vec<i64>,
    /// Row ids of those that it does not. Nobody but its own people and the secretariat sees them.
    pub refusals: Vec<i64>,
    /// What the secretariat should know.
    pub note: String,
}

/// A kind of event with the names of its two sides.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the columns of meetings/kinds.csv, which data/README.md explains")]
pub struct MeetingKind {
    pub id: String,
    pub name_zh: String,
    pub name_en: String,
    pub host_zh: String,
    pub host_en: String,
    pub guest_zh: String,
    pub guest_en: String,
    pub market: String,
    pub demander: MeetingSide,
}

/// How far a result of a meeting stands for business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    /// A contract.
    Contract,
    /// Something is to follow.
    Intent,
    /// Nothing came of it.
    None,
    /// The two did not meet: it says nothing of the pair.
    Missed,
}

/// A result that a meeting can have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the columns of meetings/results.csv, which data/README.md explains")]
pub struct MeetingResult {
    pub id: String,
    pub name_zh: String,
    pub name_en: String,
    pub stands: Stands,
    pub reason: String,
}

/// A kind of signing with what is aimed at in a year.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the columns of meetings/signings.csv, which data/README.md explains")]
pub struct SigningKind {
    pub id: String,
    pub name_zh: String,
    pub name_en: String,
    pub year_target: Option<u32>,
}

/// The tables of `data/meetings`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingTables {
    /// Kinds of events.
    pub kinds: Vec<MeetingKind>,
    /// Results of meetings.
    pub results: Vec<MeetingResult>,
    /// Kinds of signings.
    pub signings: Vec<SigningKind>,
}

impl MeetingTables {
    /// The shipped tables, parsed on first use.
    pub fn builtin() -> &'static Self {
        static TABLES: LazyLock<MeetingTables> =
            LazyLock::new(|| MeetingTables::parse().expect("the shipped tables are tested"));
        &TABLES
    }

    fn parse() -> Result<Self, TableError> {
        fn read<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> Result<Vec<T>, TableError> {
            Ok(table::rows(name, text)?.into_iter().map(|(_, row)| row).collect())
        }
        Ok(Self {
            kinds: read("meetings/kinds.csv", include_str!("../../../data/meetings/kinds.csv"))?,
            results: read("meetings/results.csv", include_str!("../../../data/meetings/results.csv"))?,
            signings: read("meetings/signings.csv", include_str!("../../../data/meetings/signings.csv"))?,
        })
    }

    /// The kind of event with this id.
    pub fn kind(&self, id: &str) -> Option<&MeetingKind> {
        self.kinds.iter().find(|kind| kind.id == id)
    }

    /// The result with this id.
    pub fn result(&self, id: &str) -> Option<&MeetingResult> {
        self.results.iter().find(|result| result.id == id)
    }

    /// The kind of signing with this id.
    pub fn signing(&self, id: &str) -> Option<&SigningKind> {
        self.signings.iter().find(|kind| kind.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_shipped_tables_are_sound() {
        let tables = MeetingTables::parse().unwrap();
        let ids = tables.kinds.iter().map(|k| &k.id).chain(tables.results.iter().map(|r| &r.id));
        let ids: Vec<_> = ids.chain(tables.signings.iter().map(|s| &s.id)).collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
        // A result that comes to nothing says why; the others have no reason to.
        for result in &tables.results {
            assert_eq!(result.stands == Stands::None, !result.reason.is_empty(), "{}", result.id);
            let known = crate::reference::Reference::builtin().outcomes.reason(&result.reason).is_some();
            assert_eq!(known, !result.reason.is_empty(), "{}: data/outcomes.csv lacks its reason", result.id);
        }
        assert_eq!(tables.signing("talent_project").and_then(|s| s.year_target), Some(24));
        assert!(tables.kind("nothing").is_none() && tables.result("signed").is_some());
    }
}
