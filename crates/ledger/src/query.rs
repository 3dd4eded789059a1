//! The query language of EPCIS 2.0 (section 8.2.7.1, `SimpleEventQuery`): parameters to conditions, conditions on events.
//!
//! An event is seen as a list of facts, each a field of the language with one value (module `facts`). A condition names a field and a test.
//! What a store needs to find events without reading all of them are the [`terms`]: numbers that an event has and that a condition
//! asks for. Events with the right terms are candidates; [`Query::matches`] has the last word, so two things that share a term cost
//! time, never truth.
//!
//! URN and Digital Link of a key are one identifier, and a word of CBV is one in all its spellings. A query itself knows no master
//! data: `WD_` means the places named and those whose identifiers continue theirs behind a `/` (an SGLN with extension lies within its
//! GLN), and `HASATTR_` and `EQATTR_` find nothing. Whoever keeps master data names the elements that are meant before a query is read.

mod facts;
mod parameter;
mod pattern;
mod terms;

pub use facts::{Fact, for_each};
pub use parameter::{Parameter, QueryError};
pub use terms::{Terms, owner_term, site_term, terms};

use crate::event::Event;
use jiff::Timestamp;
use pattern::Pattern;

/// A query, read and checked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    conditions: Vec<Condition>,
    /// Field by which the answer is ordered.
    pub order: Order,
    /// From the greatest to the least.
    pub descending: bool,
    /// How many events are asked for.
    pub limit: Limit,
}

/// By what an answer is ordered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Order {
    /// By nothing in particular: as the events were recorded.
    #[default]
    None,
    /// By the time of the event.
    EventTime,
    /// By the time at which it was recorded.
    RecordTime,
    /// By an extension field, a key of [`Fact`]s.
    Field(String),
}

/// How many events are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Limit {
    /// All.
    #[default]
    None,
    /// The first so many (`eventCountLimit`).
    First(u64),
    /// At most so many; more are an error (`maxEventCount`).
    AtMost(u64),
}

/// A field and what is asked of it: some fact of the field must pass.
#[derive(Debug, Clone, PartialEq)]
struct Condition {
    key: String,
    test: Test,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Exists,
    OneOf(Vec<String>),
    Numbers(Vec<f64>),
    Within(Vec<String>),
    Match(Vec<Pattern>),
    Bound(Comparison, Bound),
    /// Attributes of master data, of which there are none.
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Bound {
    Number(f64),
    Time(Timestamp),
}

/// What the repository adds to an event.
#[derive(Debug, Clone, Copy)]
pub struct Recorded<'r> {
    /// When it was recorded.
    pub time: Timestamp,
    /// Its event hash as a `ni` URI, by which an event without `eventID` is known.
    pub id: &'r str,
}

impl Query {
    /// True where an event meets every condition.
    pub fn matches(&self, event: &Event, recorded: Recorded<'_>) -> bool {
        if self.conditions.is_empty() {
            return true;
        }
        let mut met = vec![false; self.conditions.len()];
        for_each(event, Some(recorded), &mut |key, fact| {
            for (condition, met) in self.conditions.iter().zip(&mut met) {
                if !*met && condition.key == key {
                    *met = condition.test.passes(&fact);
                }
            }
        });
        met.iter().all(|met| *met)
    }

    /// The value of the field by which the answer is ordered, as text that sorts as the values do; empty where it is absent.
    pub fn order_value(&self, event: &Event) -> String {
        let Order::Field(field) = &self.order else { return String::new() };
        let mut out = String::new();
        for_each(event, None, &mut |key, fact| {
            if key == field && out.is_empty() {
                out = fact.sortable();
            }
        });
        out
    }

    /// The span of event times and of record times that can meet the conditions, `[from, until)` in milliseconds since 1970 UTC.
    pub fn spans(&self) -> (Span, Span) {
        let (mut event, mut record) = (Span::default(), Span::default());
        for condition in &self.conditions {
            let span = match condition.key.as_str() {
                "eventTime" => &mut event,
                "recordTime" => &mut record,
                _ => continue,
            };
            if let Test::Bound(comparison, Bound::Time(time)) = condition.test {
                span.narrow(comparison, time);
            }
        }
        (event, record)
    }
}

/// A span of time in milliseconds since 1970 UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// From this on.
    pub from: Option<i64>,
    /// Until this, itself included.
    pub until: Option<i64>,
}

impl Span {
    fn narrow(&mut self, comparison: Comparison, time: Timestamp) {
        // Whole milliseconds around the instant: a candidate too many is no harm.
        let ms = time.as_millisecond();
        match comparison {
            Comparison::Greater | Comparison::GreaterOrEqual => {
                self.from = Some(self.from.map_or(ms - 1, |from| from.max(ms - 1)));
            }
            Comparison::Less | Comparison::LessOrEqual => {
                self.until = Some(self.until.map_or(ms + 1, |until| until.min(ms + 1)));
            }
        }
    }
}

impl Test {
    fn passes(&self, fact: &Fact<'_>) -> bool {
        match (self, fact) {
            (Self::Exists, _) => true,
            (Self::OneOf(values), Fact::Text(text)) => values.iter().any(|value| *value == **text),
            (Self::Numbers(values), Fact::Number(number)) => values.contains(number),
            (Self::Within(places), Fact::Text(text)) => places.iter().any(|place| is_within(text, place)),
            (Self::Match(patterns), Fact::Text(text)) => patterns.iter().any(|p| p.matches(text)),
            (Self::Bound(comparison, Bound::Number(bound)), Fact::Number(number)) => {
                comparison.holds(number.partial_cmp(bound))
            }
            (Self::Bound(comparison, Bound::Time(bound)), Fact::Time(time)) => {
                comparison.holds(Some(time.cmp(bound)))
            }
            _ => false,
        }
    }
}

impl Comparison {
    fn holds(self, order: Option<std::cmp::Ordering>) -> bool {
        order.is_some_and(|order| match self {
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
        })
    }
}

/// True for the place itself and for what continues its identifier behind a `/`.
fn is_within(place: &str, of: &str) -> bool {
    place.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests;
