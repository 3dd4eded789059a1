//! What came of a pair of a need and an offer, and what that says of the match.

use crate::table::{self, TableError};
use serde::{Deserialize, Serialize};

/// Words of an enum as they stand in the store, in the API and in `data/outcomes.csv`.
macro_rules! words {
    ($type:ident { $($name:ident = $word:literal),* $(,)? }) => {
        impl $type {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            /// Reads [`Self::as_str`].
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }
    };
}

/// Where an outcome came up; a later one counts more than an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeSource {
    /// At the review desk.
    Desk,
    /// Of an introduction (牵线).
    Introduction,
    /// Of a meeting (对接会).
    Meeting,
}

words!(OutcomeSource { Desk = "desk", Introduction = "introduction", Meeting = "meeting" });

/// What came of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeResult {
    /// Confirmed at the desk, or added by hand.
    Confirmed,
    /// Rejected at the desk.
    Rejected,
    /// Both sides agreed to talk.
    Agreed,
    /// One side declined to talk.
    Declined,
    /// A letter of intent.
    Intent,
    /// A contract.
    Contract,
    /// They talked, and nothing came of it.
    None,
    /// What was recorded before is taken back.
    Retracted,
}

words!(OutcomeResult {
    Confirmed = "confirmed",
    Rejected = "rejected",
    Agreed = "agreed",
    Declined = "declined",
    Intent = "intent",
    Contract = "contract",
    None = "none",
    Retracted = "retracted",
});

/// What a result, or a reason for a no, says of a match.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct OutcomeRow {
    /// `result` or `reason`.
    pub kind: String,
    /// The word.
    pub word: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Whether it speaks for the match; of a reason always false.
    pub good: bool,
    /// How much it says, 0..=1; a no weighs what its result says times what its reason says.
    pub weight: f64,
}

/// `outcomes.csv`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OutcomeTable(Vec<OutcomeRow>);

impl OutcomeTable {
    /// Reads `kind,word,name_zh,name_en,good,weight` rows.
    ///
    /// # Errors
    /// The first faulty line; line 0 for a result that has no row.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        const TABLE: &str = "outcomes.csv";
        let mut out: Vec<OutcomeRow> = Vec::new();
        for (line, row) in table::rows::<OutcomeRow>(TABLE, text)? {
            let known = match row.kind.as_str() {
                "result" => OutcomeResult::parse(&row.word).is_some(),
                kind => kind == "reason" && !row.word.is_empty(),
            };
            if !known {
                let message = format!("{} {} is neither a result nor a reason", row.kind, row.word);
                return Err(TableError::new(TABLE, line, message));
            }
            if !(0.0..=1.0).contains(&row.weight) {
                return Err(TableError::new(TABLE, line, format!("weight {} is not in 0..=1", row.weight)));
            }
            out.push(row);
        }
        let table = Self(out);
        match OutcomeResult::ALL.iter().find(|r| table.find("result", r.as_str()).is_none()) {
            Some(result) => Err(TableError::new(TABLE, 0, format!("no row for {}", result.as_str()))),
            None => Ok(table),
        }
    }

    fn find(&self, kind: &str, word: &str) -> Option<&OutcomeRow> {
        self.0.iter().find(|row| row.kind == kind && row.word == word)
    }

    /// The row of a result.
    pub fn result(&self, result: OutcomeResult) -> Option<&OutcomeRow> {
        self.find("result", result.as_str())
    }

    /// The row of a reason for a no.
    pub fn reason(&self, word: &str) -> Option<&OutcomeRow> {
        self.find("reason", word)
    }

    /// The reasons for a no, as the table orders them.
    pub fn reasons(&self) -> impl Iterator<Item = &OutcomeRow> {
        self.0.iter().filter(|row| row.kind == "reason")
    }

    /// Whether a result with its reason speaks for the match, and how much, 0..=1; a reason that the table does not know
    /// counts in full.
    pub fn says(&self, result: OutcomeResult, reason: &str) -> (bool, f64) {
        let Some(row) = self.result(result) else { return (false, 0.0) };
        let reason = if row.good { None } else { self.reason(reason) };
        (row.good, row.weight * reason.map_or(1.0, |r| r.weight))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::Reference;

    #[test]
    fn a_no_weighs_what_its_reason_says() {
        let table = &Reference::builtin().outcomes;
        let check = |result, reason, good, weight: f64| {
            let said = table.says(result, reason);
            assert!(said.0 == good && (said.1 - weight).abs() < 1e-12, "{result:?} {reason}: {said:?}");
        };
        check(OutcomeResult::Contract, "", true, 1.0);
        check(OutcomeResult::Contract, "price", true, 1.0);
        check(OutcomeResult::None, "specification", false, 1.0);
        check(OutcomeResult::None, "price", false, 0.3);
        check(OutcomeResult::Retracted, "", false, 0.0);
        assert!(table.reasons().count() >= 8);
    }

    #[test]
    fn a_faulty_table_is_refused_with_its_line() {
        let head = "kind,word,name_zh,name_en,good,weight\n";
        let check = |rows: &str, line: u64| {
            assert_eq!(OutcomeTable::parse(&format!("{head}{rows}")).unwrap_err().line, line, "{rows}");
        };
        check("result,contract,签约,contract,true,2\n", 2);
        check("result,married,结婚,married,true,1\n", 2);
        check("result,contract,签约,contract,true,1\n", 0);
    }
}
