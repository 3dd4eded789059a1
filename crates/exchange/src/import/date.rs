//! Dates and periods of validity as people write them.

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use model::fold::fold_key;
use model::spectext::parse_date;

/// Days that Excel counts before 1 January 1970.
const EXCEL_EPOCH_DAYS: i64 = 25_569;
/// Serial numbers from 1954 to 2119 are dates; others are something else.
const SERIALS: std::ops::Range<f64> = 20_000.0..80_000.0;

/// What a cell of validity says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Validity {
    pub(super) from: Option<Date>,
    pub(super) until: Option<Date>,
}

/// The day of an Excel serial number.
pub(super) fn from_serial(number: f64) -> Option<Date> {
    if !SERIALS.contains(&number) {
        return None;
    }
    Date::new(1970, 1, 1).ok()?.checked_add((number.floor() as i64 - EXCEL_EPOCH_DAYS).days()).ok()
}

/// Reads a day; a month or year alone is its last day where `end`, else its first. `None` where no end is stated (长期).
///
/// # Errors
/// Words that name no day.
pub(super) fn day(text: &str, end: bool, today: Date) -> Result<Option<Date>, ()> {
    if let Some(day) = text.trim().parse().ok().and_then(from_serial) {
        return Ok(Some(day));
    }
    let span = parse_date(text, today.year()).map_err(|_| ())?;
    Ok(span.map(|s| if end { s.last } else { s.first }))
}

/// Reads a validity: a last day, `2026-11-01至2026-12-31`, `3个月`, `长期`.
pub(super) fn validity(text: &str, today: Date) -> Option<Validity> {
    let key = fold_key(text);
    if key.starts_with("长期") || ["常年", "永久", "不限", "longterm", "unlimited"].contains(&key.as_str())
    {
        return Some(Validity::default());
    }
    if let Ok(until) = day(&key, true, today) {
        return Some(Validity { from: None, until });
    }
    for mark in ["至", "到", "~", "--", "-"] {
        for (at, _) in key.match_indices(mark) {
            let (left, right) = (&key[..at], &key[at + mark.len()..]);
            if let (Ok(Some(from)), Ok(Some(until))) =
                (day(left, false, today), day(&with_year(left, right), true, today))
            {
                return Some(Validity { from: Some(from), until: Some(until) });
            }
        }
    }
    let until = today.checked_add(span(&key)?).ok()?;
    Some(Validity { from: None, until: Some(until) })
}

/// `2026年11月1日至12月31日`: the second date takes the year of the first.
fn with_year(first: &str, second: &str) -> String {
    let parts = second.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).count();
    let year: String = first.chars().take(4).collect();
    if parts == 2 && second.chars().take_while(char::is_ascii_digit).count() <= 2 {
        format!("{year}年{second}")
    } else {
        second.to_owned()
    }
}

fn span(key: &str) -> Option<Span> {
    let key = key.strip_suffix("内").unwrap_or(key);
    let key = key.strip_suffix("有效").unwrap_or(key);
    let digits = key.chars().take_while(char::is_ascii_digit).collect::<String>();
    let (count, unit) = if digits.is_empty() {
        const WORDS: [(&str, i32); 11] = [
            ("一", 1),
            ("二", 2),
            ("两", 2),
            ("三", 3),
            ("四", 4),
            ("五", 5),
            ("六", 6),
            ("七", 7),
            ("八", 8),
            ("九", 9),
            ("十", 10),
        ];
        if let Some(unit) = key.strip_prefix("半") {
            return (unit == "年")
                .then(|| 6.months())
                .or((unit == "月" || unit == "个月").then(|| 15.days()));
        }
        WORDS.iter().find_map(|(word, n)| key.strip_prefix(word).map(|unit| (*n, unit)))?
    } else {
        (digits.parse().ok().filter(|n| *n <= 3650)?, &key[digits.len()..])
    };
    Some(match unit {
        "天" | "日" | "days" | "day" | "d" => count.days(),
        "周" | "星期" | "weeks" | "week" => count.weeks(),
        "个月" | "月" | "months" | "month" => count.months(),
        "季度" | "个季度" => (count * 3).months(),
        "年" | "years" | "year" => count.years(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_all_spellings() {
        let today = jiff::civil::date(2026, 11, 22);
        for (text, end, expect) in [
            ("2026-11-22", true, "2026-11-22"),
            ("２０２６年１１月２２日", true, "2026-11-22"),
            ("2026-11-22 00:00:00", true, "2026-11-22"),
            ("46348", true, "2026-11-22"),
            ("2026年11月22日前", true, "2026-11-22"),
            ("2026年11月", true, "2026-11-30"),
            ("2026-11", false, "2026-11-01"),
            ("2026年底", true, "2026-12-31"),
        ] {
            assert_eq!(
                day(text, end, today).map(|d| d.map(|d| d.to_string())),
                Ok(Some(expect.to_owned())),
                "{text}"
            );
        }
        for text in ["2026-13-01", "2026-02-30", "尽快", "5", "11-22-33-44"] {
            assert_eq!(day(text, true, today), Err(()), "{text}");
        }
    }

    #[test]
    fn validities() {
        let today = jiff::civil::date(2026, 11, 22);
        for (text, from, until) in [
            ("2026-12-31", "", "2026-12-31"),
            ("2026-11-01至2026-12-31", "2026-11-01", "2026-12-31"),
            ("2026.11.1-2026.12.31", "2026-11-01", "2026-12-31"),
            ("2026年11月1日—12月31日", "2026-11-01", "2026-12-31"),
            ("3个月", "", "2027-02-22"),
            ("半年", "", "2027-05-22"),
            ("30天内", "", "2026-12-22"),
            ("一年", "", "2027-11-22"),
            ("长期有效", "", ""),
        ] {
            let read = validity(text, today).unwrap_or_else(|| panic!("{text}"));
            let words = |d: Option<Date>| d.map_or(String::new(), |d| d.to_string());
            assert_eq!((words(read.from).as_str(), words(read.until).as_str()), (from, until), "{text}");
        }
        assert_eq!(validity("看情况", today), None);
    }
}
