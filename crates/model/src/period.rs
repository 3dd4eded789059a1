//! Periods by which lists and indicators are cut.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A calendar month (`2026-11`) or an explicit interval of days (`2026-11-01..2026-12-15`, both included).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    first: Date,
    last: Date,
}

/// A text that is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是期间：请写月份如 2026-11，或起止日期如 2026-11-01..2026-12-15")]
pub struct PeriodError(pub String);

impl Period {
    /// Reads a year (`2026`), a month or an interval of days: what indicators are asked for. A list is of no year, so
    /// [`FromStr`] takes none.
    ///
    /// # Errors
    /// [`PeriodError`] for what is none of them.
    pub fn of_days(text: &str) -> Result<Self, PeriodError> {
        let text = text.trim();
        let is_year = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
        if is_year { format!("{text}-01-01..{text}-12-31").parse() } else { text.parse() }
    }

    /// The calendar month that holds `day`.
    pub fn month_of(day: Date) -> Self {
        Self { first: day.first_of_month(), last: day.last_of_month() }
    }

    /// First day.
    pub fn first(&self) -> Date {
        self.first
    }

    /// Last day (included).
    pub fn last(&self) -> Date {
        self.last
    }

    /// True when a record valid within the given bounds (both included, absent = open) is valid on some day of the period.
    pub fn overlaps(&self, from: Option<Date>, until: Option<Date>) -> bool {
        from.is_none_or(|d| d <= self.last) && until.is_none_or(|d| d >= self.first)
    }

    fn is_month(&self) -> bool {
        self.first == self.first.first_of_month() && self.last == self.first.last_of_month()
    }

    /// The period in Chinese words, such as `2026年11月`.
    pub fn zh(&self) -> String {
        if self.is_month() {
            format!("{}年{}月", self.first.year(), self.first.month())
        } else {
            format!("{}至{}", self.first, self.last)
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_month() {
            write!(f, "{:04}-{:02}", self.first.year(), self.first.month())
        } else {
            write!(f, "{}..{}", self.first, self.last)
        }
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let error = || PeriodError(text.to_owned());
        if let Some((first, last)) = text.split_once("..") {
            let first: Date = first.trim().parse().map_err(|_| error())?;
            let last: Date = last.trim().parse().map_err(|_| error())?;
            return if first <= last { Ok(Self { first, last }) } else { Err(error()) };
        }
        let (year, month) = text.trim().split_once('-').ok_or_else(error)?;
        if year.len() != 4 || month.is_empty() || month.len() > 2 {
            return Err(error());
        }
        let year: i16 = year.parse().map_err(|_| error())?;
        let month: i8 = month.parse().map_err(|_| error())?;
        Date::new(year, month, 1).map(Self::month_of).map_err(|_| error())
    }
}

impl TryFrom<String> for Period {
    type Error = PeriodError;
    fn try_from(text: String) -> Result<Self, PeriodError> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes() {
        for text in ["2026-11", "2026-11-01..2026-12-15"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        for (text, expect) in [("2026", "2026-01-01..2026-12-31"), (" 2026-11 ", "2026-11")] {
            assert_eq!(Period::of_days(text).unwrap().to_string(), expect);
        }
        assert!(Period::of_days("0000x").is_err() && Period::of_days("").is_err());
        for text in ["2026", "2026-13", "26-11", "2026-11-05..2026-11-01", "", "x-y"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
