//! The clock as a value: engines get time as an argument, and this is where it comes from.

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

/// Where time comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock in this time zone.
    System(TimeZone),
    /// A fixed moment, for tests and reproducible runs.
    Fixed(Timestamp),
}

impl Clock {
    /// The machine's clock, days cut by China Standard Time (UTC+8, no daylight saving) whatever the
    /// machine's own zone: lists and deadlines are Chinese calendar days.
    pub fn china() -> Self {
        Self::System(china())
    }

    /// Noon of a day in China, for ever.
    pub fn at_noon(day: Date) -> Self {
        Self::Fixed(day.at(12, 0, 0, 0).to_zoned(china()).map_or(Timestamp::UNIX_EPOCH, |z| z.timestamp()))
    }

    /// The days' zone.
    fn zone(&self) -> TimeZone {
        match self {
            Self::System(zone) => zone.clone(),
            Self::Fixed(_) => china(),
        }
    }

    /// Milliseconds since 1970 UTC.
    pub fn now_ms(&self) -> i64 {
        match self {
            Self::System(_) => Timestamp::now().as_millisecond(),
            Self::Fixed(at) => at.as_millisecond(),
        }
    }

    /// The moment in words to the minute, such as `2026-11-22 18:05`, by the days' zone.
    pub fn words(&self) -> String {
        let at = Timestamp::from_millisecond(self.now_ms()).unwrap_or(Timestamp::UNIX_EPOCH);
        let at = at.to_zoned(self.zone());
        format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
    }

    /// The moment to the second with its distance from UTC, such as `2026-11-22T18:05:00+08:00` (RFC 3339), by the days' zone.
    pub fn stamp(&self) -> String {
        let at = Timestamp::from_millisecond(self.now_ms()).unwrap_or(Timestamp::UNIX_EPOCH);
        at.to_zoned(self.zone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// Today's date.
    pub fn today(&self) -> Date {
        match self {
            Self::System(zone) => Timestamp::now().to_zoned(zone.clone()).date(),
            Self::Fixed(at) => at.to_zoned(china()).date(),
        }
    }
}

/// China Standard Time.
pub(crate) fn china() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(8))
}

/// The day of a moment in China.
pub(crate) fn day_of(ms: i64) -> Date {
    let at = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(china()).date()
}
