//! Dates as people write them: `2026-11-30`, `2026年11月30日`, `11月底`, `20261130`.

use super::normal;
use super::words::{Role, WORDS};
use jiff::civil::Date;

/// The day or the days that a text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateSpan {
    /// First day.
    pub first: Date,
    /// Last day (included); the same as the first for a single day.
    pub last: Date,
}

/// A text that is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是日期：请写如 2026-11-30")]
pub struct DateError(pub String);

/// Reads a day, a month, a third of a month (上旬), or a year; `None` where none is stated (empty, 长期). Where the year is
/// missing it is `default_year`. A time of day behind the date is passed over.
///
/// # Errors
/// Words that name no day of the calendar.
pub fn parse_date(text: &str, default_year: i16) -> Result<Option<DateSpan>, DateError> {
    let error = || DateError(text.trim().to_owned());
    let key = normal::key(text).to_ascii_lowercase();
    if key.is_empty() || WORDS.is(Role::Unstated, &key) {
        return Ok(None);
    }
    if key.len() > 64 {
        return Err(error());
    }
    let words = key.strip_suffix(['前', '止']).unwrap_or(&key);
    let words =
        ["截至", "截止", "至", "于"].iter().find_map(|w| words.strip_prefix(w)).unwrap_or(words).trim();
    let span = compact(words)
        .or_else(|| chinese(words, default_year))
        .or_else(|| separated(words, default_year))
        .or_else(|| english(words, default_year));
    span.map(Some).ok_or_else(error)
}

fn day(year: i16, month: i8, day: i8) -> Option<DateSpan> {
    let first = Date::new(year, month, day).ok()?;
    Some(DateSpan { first, last: first })
}

fn month(year: i16, month: i8) -> Option<DateSpan> {
    let first = Date::new(year, month, 1).ok()?;
    Some(DateSpan { first, last: first.last_of_month() })
}

/// Two-digit years are of this century.
fn full_year(text: &str) -> Option<i16> {
    let year: i16 = text.parse().ok()?;
    match text.len() {
        4 => Some(year),
        2 => Some(2000 + year),
        _ => None,
    }
}

/// `20261130`, `202611`.
fn compact(text: &str) -> Option<DateSpan> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let year = full_year(text.get(..4)?)?;
    if !(1900..2200).contains(&year) {
        return None;
    }
    match text.len() {
        4 => Some(DateSpan { first: Date::new(year, 1, 1).ok()?, last: Date::new(year, 12, 31).ok()? }),
        6 => month(year, text.get(4..)?.parse().ok()?),
        8 => day(year, text.get(4..6)?.parse().ok()?, text.get(6..)?.parse().ok()?),
        _ => None,
    }
}

/// `2026年11月30日`, `11月底`, `11月上旬`, `2026年底`.
fn chinese(text: &str, default_year: i16) -> Option<DateSpan> {
    let (year, rest) = match text.split_once('年') {
        Some((year, rest)) => (full_year(year.trim())?, rest.trim()),
        None => (default_year, text),
    };
    let Some((month_text, rest)) = rest.split_once('月') else {
        if !text.contains('年') {
            return None;
        }
        let whole = DateSpan { first: Date::new(year, 1, 1).ok()?, last: Date::new(year, 12, 31).ok()? };
        return match rest {
            "" | "内" | "度" | "全年" => Some(whole),
            "底" | "末" | "年底" => day(year, 12, 31),
            "初" => day(year, 1, 1),
            _ => None,
        };
    };
    let number: i8 = month_text.trim().parse().ok()?;
    let whole = month(year, number)?;
    let third = |from: i8, to: i8| {
        Some(DateSpan { first: day(year, number, from)?.first, last: day(year, number, to)?.first })
    };
    match rest.trim().trim_end_matches("份") {
        "" | "内" | "份内" => Some(whole),
        "底" | "末" | "份底" => Some(DateSpan { first: whole.last, last: whole.last }),
        "初" => day(year, number, 1),
        "上旬" => third(1, 10),
        "中旬" | "中" => third(11, 20),
        "下旬" => Some(DateSpan { first: day(year, number, 21)?.first, last: whole.last }),
        rest => {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            let tail = &rest[digits.len()..];
            let tail = tail.strip_prefix(['日', '号']).unwrap_or(tail);
            is_time(tail).then(|| day(year, number, digits.parse().ok()?)).flatten()
        }
    }
}

/// Nothing, or a time of day behind a date.
fn is_time(tail: &str) -> bool {
    let tail = tail.trim_start_matches(['t', ' ']);
    tail.is_empty()
        || (tail.contains(':') && tail.chars().all(|c| c.is_ascii_digit() || ":.+-z ".contains(c)))
}

/// `2026-11-30`, `2026/11`, `11/30`, `2026.11.30 00:00:00`.
fn separated(text: &str, default_year: i16) -> Option<DateSpan> {
    let end = text.find([' ', 't']).unwrap_or(text.len());
    if !is_time(&text[end..]) {
        return None;
    }
    let parts: Vec<&str> = text[..end].split(['-', '/', '.']).collect();
    let number = |t: &str| t.parse::<i8>().ok();
    match parts.as_slice() {
        [y, m, d] if y.len() == 4 => day(full_year(y)?, number(m)?, number(d)?),
        [y, m] if y.len() == 4 => month(full_year(y)?, number(m)?),
        [m, d] if end == text.len() => day(default_year, number(m)?, number(d)?),
        _ => None,
    }
}

/// `30 Nov 2026`, `Nov 30, 2026`, `November 2026`.
fn english(text: &str, default_year: i16) -> Option<DateSpan> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let (mut year, mut month_number, mut day_number) = (None, None, None);
    for word in text.split([' ', ',', '-', '.']).filter(|w| !w.is_empty()) {
        let place = MONTHS.iter().position(|m| word.len() >= 3 && word.starts_with(m));
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        match (place, digits.len()) {
            (Some(place), _) => month_number = Some(i8::try_from(place + 1).ok()?),
            (None, 4) => year = Some(full_year(digits)?),
            (None, 1 | 2) => day_number = Some(digits.parse().ok()?),
            _ => return None,
        }
    }
    let year = year.unwrap_or(default_year);
    match day_number {
        Some(number) => day(year, month_number?, number),
        None => month(year, month_number?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_days() {
        for (text, first, last) in [
            ("2026-11-30", "2026-11-30", "2026-11-30"),
            ("2026/11/3", "2026-11-03", "2026-11-03"),
            ("２０２６年１１月３０日", "2026-11-30", "2026-11-30"),
            ("11月底", "2026-11-30", "2026-11-30"),
            ("2026年2月末", "2026-02-28", "2026-02-28"),
            ("11月中旬", "2026-11-11", "2026-11-20"),
            ("20261130", "2026-11-30", "2026-11-30"),
            ("2026年11月", "2026-11-01", "2026-11-30"),
            ("2026-11", "2026-11-01", "2026-11-30"),
            ("11月30号前", "2026-11-30", "2026-11-30"),
            ("11/30", "2026-11-30", "2026-11-30"),
            ("2026-11-30 00:00:00", "2026-11-30", "2026-11-30"),
            ("2026年底", "2026-12-31", "2026-12-31"),
            ("26年3月5日", "2026-03-05", "2026-03-05"),
            ("30 Nov 2026", "2026-11-30", "2026-11-30"),
            ("Nov 30, 2026", "2026-11-30", "2026-11-30"),
            ("截至2026.12.31", "2026-12-31", "2026-12-31"),
        ] {
            let span = parse_date(text, 2026).unwrap().unwrap();
            assert_eq!(
                (span.first.to_string(), span.last.to_string()),
                (first.to_owned(), last.to_owned()),
                "{text}"
            );
        }
        assert_eq!(parse_date("长期", 2026), Ok(None));
        assert_eq!(parse_date(" ", 2026), Ok(None));
        for text in ["2026-13-01", "2026-02-30", "尽快", "13月底", "99999999", "1/2/3/4", "11月x日"] {
            assert!(parse_date(text, 2026).is_err(), "{text}");
        }
    }
}
