//! `xsd:dateTimeStamp` (RFC 3339 with seconds and a zone) to instants, and instants to UTC milliseconds.

use jiff::Timestamp;

const DAY_S: i64 = 86_400;

/// Reads `YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)`; digits beyond nanoseconds are cut. `None` where it is none.
pub fn parse(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    if bytes.len() < 20 || bytes[4] != b'-' || bytes[7] != b'-' || bytes[13] != b':' || bytes[16] != b':' {
        return None;
    }
    if !matches!(bytes[10], b'T' | b't') {
        return None;
    }
    let (year, month, day) = (digits(&bytes[..4])?, digits(&bytes[5..7])?, digits(&bytes[8..10])?);
    let (hour, minute, second) = (digits(&bytes[11..13])?, digits(&bytes[14..16])?, digits(&bytes[17..19])?);
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut rest = &bytes[19..];
    let mut nanosecond = 0;
    if let [b'.', tail @ ..] = rest {
        let count = tail.iter().take_while(|b| b.is_ascii_digit()).count();
        if count == 0 {
            return None;
        }
        for digit in tail[..count].iter().map(|b| i32::from(b - b'0')).chain(std::iter::repeat(0)).take(9) {
            nanosecond = nanosecond * 10 + digit;
        }
        rest = &tail[count..];
    }
    let offset_s = match rest {
        b"Z" | b"z" => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let size = hours * 3600 + minutes * 60;
            if *sign == b'+' { size } else { -size }
        }
        _ => return None,
    };
    let seconds = days_from_civil(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second - offset_s;
    Timestamp::new(seconds, nanosecond).ok()
}

/// Appends `YYYY-MM-DDTHH:MM:SS.mmmZ`, the third decimal rounded half up (CBV 2.0, rules 8 and 9).
pub fn write_utc_milliseconds(out: &mut String, time: Timestamp) {
    let total_ms = (time.as_nanosecond() + 500_000).div_euclid(1_000_000);
    let total_ms = i64::try_from(total_ms).expect("a timestamp's milliseconds fit in 64 bits");
    let (seconds, millisecond) = (total_ms.div_euclid(1000), total_ms.rem_euclid(1000));
    let (days, second_of_day) = (seconds.div_euclid(DAY_S), seconds.rem_euclid(DAY_S));
    let (year, month, day) = civil_from_days(days);
    push_digits(out, year, 4);
    for (before, value) in [
        ('-', month),
        ('-', day),
        ('T', second_of_day / 3600),
        (':', second_of_day / 60 % 60),
        (':', second_of_day % 60),
    ] {
        out.push(before);
        push_digits(out, value, 2);
    }
    out.push('.');
    push_digits(out, millisecond, 3);
    out.push('Z');
}

/// True for `±HH:MM` up to 14:00 (EPCIS `eventTimeZoneOffset`).
pub fn is_zone_offset(text: &str) -> bool {
    let [b'+' | b'-', h1, h2, b':', m1, m2] = text.as_bytes() else { return false };
    match (digits(&[*h1, *h2]), digits(&[*m1, *m2])) {
        (Some(hours), Some(minutes)) => (hours <= 13 && minutes <= 59) || (hours == 14 && minutes == 0),
        _ => false,
    }
}

/// True for a day of the calendar, `YYYY-MM-DD`.
pub fn is_date(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i64::from(b - b'0')))
}

fn push_digits(out: &mut String, value: i64, width: usize) {
    let mut buffer = [b'0'; 20];
    let mut rest = value.unsigned_abs();
    let mut at = buffer.len();
    while rest > 0 || at > buffer.len() - width {
        at -= 1;
        buffer[at] = b'0' + u8::try_from(rest % 10).expect("a digit is below 10");
        rest /= 10;
    }
    out.extend(buffer[at..].iter().map(|b| char::from(*b)));
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 (H. Hinnant, "chrono-compatible low-level date algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn to_utc_milliseconds() {
        for (text, expect) in [
            ("2020-03-04T11:00:30.000+01:00", "2020-03-04T10:00:30.000Z"),
            ("2020-03-04T11:00:30+01:00", "2020-03-04T10:00:30.000Z"),
            ("2005-04-03T20:33:31.116000-06:00", "2005-04-04T02:33:31.116Z"),
            ("2023-02-02T11:04:03.1415Z", "2023-02-02T11:04:03.142Z"),
            ("2023-02-02T11:04:03.14149999999999Z", "2023-02-02T11:04:03.141Z"),
            ("2023-12-31T23:59:59.9995Z", "2024-01-01T00:00:00.000Z"),
            ("1969-12-31T23:59:59.9Z", "1969-12-31T23:59:59.900Z"),
            ("2024-02-29T00:00:00z", "2024-02-29T00:00:00.000Z"),
        ] {
            let mut out = String::new();
            write_utc_milliseconds(&mut out, parse(text).unwrap());
            assert_eq!(out, expect, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "2020-03-04",
            "2020-03-04T11:00:30",
            "2020-03-04 11:00:30Z",
            "2020-13-04T11:00:30Z",
            "2023-02-29T11:00:30Z",
            "2020-03-04T24:00:30Z",
            "2020-03-04T11:00:30.Z",
            "2020-03-04T11:00:30+1:00",
            "2020-03-04T11:00:30+01:00x",
            "2020-0x-04T11:00:30+01:00",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        for (text, expect) in
            [("+01:00", true), ("-14:00", true), ("+14:01", false), ("01:00", false), ("+9:00", false)]
        {
            assert_eq!(is_zone_offset(text), expect, "{text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_calendar_library(ms in -62_000_000_000_000_i64..253_000_000_000_000) {
            let time = Timestamp::from_millisecond(ms).unwrap();
            let mut out = String::new();
            write_utc_milliseconds(&mut out, time);
            prop_assert_eq!(out.parse::<Timestamp>().unwrap(), time);
            prop_assert_eq!(parse(&out), Some(time));
        }
    }
}
