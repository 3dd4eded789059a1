//! When a subscription is due (EPCIS 2.0, 8.2.5.3): which seconds, minutes, hours, days and months fit.

use crate::clock::china;
use crate::{Code, Error, Result};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A schedule. Each field is a list of numbers and ranges, such as `0,30` or `[8-17]`; `0/15` and `*/15` are every fifteenth. What is
/// not said fits always; what is finer than all that is said is 0. Days and hours are China's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct EventSchedule {
    /// 0 to 59.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second: Option<String>,
    /// 0 to 59.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minute: Option<String>,
    /// 0 to 23.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hour: Option<String>,
    /// 1 to 31.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_of_month: Option<String>,
    /// 1 to 12.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
    /// 1 (Monday) to 7.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_of_week: Option<String>,
}

/// Days looked at: the 29th of February comes within.
const DAYS_MAX: i64 = 366 * 5;

impl EventSchedule {
    /// True where nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The first moment after one that fits, milliseconds since 1970 UTC.
    ///
    /// # Errors
    /// [`Code::BadInput`] for a field that cannot be read, and where no moment ever fits.
    pub fn next(&self, after_ms: i64) -> Result<i64> {
        // What is finer than all that is said is 0; what is coarser fits always.
        let part = |field: &Option<String>, finer_is_said: bool, high, name| match field {
            None if !finer_is_said => Ok(vec![0]),
            field => numbers(field.as_deref(), 0, high, name),
        };
        let (second, minute) = (self.second.is_some(), self.minute.is_some());
        let hours = part(&self.hour, minute || second, 23, "hour")?;
        let minutes = part(&self.minute, second, 59, "minute")?;
        let seconds = part(&self.second, false, 59, "second")?;
        let days = numbers(self.day_of_month.as_deref(), 1, 31, "dayOfMonth")?;
        let months = numbers(self.month.as_deref(), 1, 12, "month")?;
        let weekdays = numbers(self.day_of_week.as_deref(), 1, 7, "dayOfWeek")?;
        let moment = Timestamp::from_millisecond(after_ms).map_err(|e| bad(e.to_string()))?;
        let from = moment.to_zoned(china()).datetime();
        let mut date = from.date();
        for day in 0..DAYS_MAX {
            let weekday = i64::from(date.weekday().to_monday_one_offset());
            let fits = days.contains(&i64::from(date.day()))
                && months.contains(&i64::from(date.month()))
                && weekdays.contains(&weekday);
            if fits {
                let at = |hour: &i64, minute: &i64, second: &i64| hour * 3600 + minute * 60 + second;
                let now = if day == 0 {
                    at(&from.hour().into(), &from.minute().into(), &from.second().into())
                } else {
                    -1
                };
                let hours_and_minutes = hours.iter().flat_map(|h| minutes.iter().map(move |m| (h, m)));
                let mut moments =
                    hours_and_minutes.flat_map(|(h, m)| seconds.iter().map(move |s| at(h, m, s)));
                let found = moments.find(|second| *second > now);
                if let Some(second) = found {
                    let midnight = date.to_zoned(china()).map_err(|e| bad(e.to_string()))?;
                    return Ok(midnight.timestamp().as_millisecond() + second * 1000);
                }
            }
            date = date.checked_add(1.day()).map_err(|e| bad(e.to_string()))?;
        }
        Err(bad("schedule: no day ever fits".to_owned()))
    }
}

fn bad(what: String) -> Error {
    Error::new(Code::BadInput, what)
}

/// The numbers that a field means, ascending; all of the range where nothing is said.
fn numbers(field: Option<&str>, low: i64, high: i64, name: &str) -> Result<Vec<i64>> {
    let wrong = || {
        bad(format!(
            "schedule/{name}: numbers from {low} to {high} are expected, such as {low}, {low},{high} or [{low}-{high}]"
        ))
    };
    let Some(field) = field else { return Ok((low..=high).collect()) };
    let number = |text: &str| text.trim().parse().ok().filter(|n| (low..=high).contains(n)).ok_or_else(wrong);
    let mut out = BTreeSet::new();
    for part in field.split(',') {
        let part = part.trim();
        if let Some((start, step)) = part.split_once('/') {
            let start = if start == "*" { low } else { number(start)? };
            let step: usize = step.trim().parse().ok().filter(|s| *s > 0).ok_or_else(wrong)?;
            out.extend((start..=high).step_by(step));
        } else if let Some((first, last)) =
            part.strip_prefix('[').and_then(|p| p.strip_suffix(']')).and_then(|p| p.split_once('-'))
        {
            let (first, last) = (number(first)?, number(last)?);
            if first > last {
                return Err(wrong());
            }
            out.extend(first..=last);
        } else if part == "*" {
            out.extend(low..=high);
        } else {
            out.insert(number(part)?);
        }
    }
    Ok(out.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_moment() {
        let schedule = |text: &str| serde_json::from_str::<EventSchedule>(text).unwrap();
        let check = |text: &str, after: &str, expect: &str| {
            let ms = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
            let next = schedule(text).next(ms(after)).unwrap();
            assert_eq!(
                Timestamp::from_millisecond(next).unwrap().to_string(),
                expect,
                "{text} after {after}"
            );
        };
        // 2026-11-29 is a Sunday.
        check(r#"{"hour": "1", "minute": "5"}"#, "2026-11-29T00:00:00Z", "2026-11-29T17:05:00Z");
        check(r#"{"hour": "1", "minute": "5"}"#, "2026-11-28T17:05:00Z", "2026-11-29T17:05:00Z");
        check(r#"{"second": "0/30"}"#, "2026-11-29T00:00:29Z", "2026-11-29T00:00:30Z");
        check(r#"{"minute": "0,30"}"#, "2026-11-29T00:00:00Z", "2026-11-29T00:30:00Z");
        check(r#"{"dayOfWeek": "1"}"#, "2026-11-29T00:00:00Z", "2026-11-29T16:00:00Z");
        check(r#"{"hour": "[8-9]"}"#, "2026-11-29T00:00:00Z", "2026-11-29T01:00:00Z");
        check(r#"{"dayOfMonth": "29", "month": "2"}"#, "2026-11-29T00:00:00Z", "2028-02-28T16:00:00Z");
        for bad in [
            r#"{"hour": "24"}"#,
            r#"{"second": "x"}"#,
            r#"{"minute": "[9-3]"}"#,
            r#"{"dayOfMonth": "31", "month": "2"}"#,
        ] {
            assert_eq!(schedule(bad).next(0).unwrap_err().code, Code::BadInput, "{bad}");
        }
    }
}
