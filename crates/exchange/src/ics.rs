//! Calendar entries as iCalendar (RFC 5545), for phones and Outlook.
//!
//! Moments are written in UTC, so no time zone has to be described. Lines are at most 75 octets long and end with CR LF.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::fmt::Write as _;

/// Longest line without its end, octets (RFC 5545, 3.1).
const LINE_OCTETS_MAX: usize = 75;

/// An entry of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Names the entry for ever: sent again, it replaces what was sent before.
    pub uid: String,
    /// How often it was changed.
    pub sequence: i64,
    /// When it was last changed.
    pub changed: Timestamp,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// Title.
    pub summary: String,
    /// Further words; may be empty.
    pub description: String,
    /// Where; may be empty.
    pub location: String,
    /// True where it does not take place.
    pub cancelled: bool,
}

/// A calendar file with this name and these entries.
pub fn write(name: &str, entries: &[Entry]) -> Vec<u8> {
    let mut out = String::new();
    let mut line = |text: &str| fold(text, &mut out);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Yulin//Yulin//ZH");
    line("CALSCALE:GREGORIAN");
    line("METHOD:PUBLISH");
    line(&format!("X-WR-CALNAME:{}", escaped(name)));
    for entry in entries {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}", escaped(&entry.uid)));
        line(&format!("SEQUENCE:{}", entry.sequence));
        line(&format!("DTSTAMP:{}", moment(entry.changed)));
        line(&format!("DTSTART:{}", moment(entry.from)));
        line(&format!("DTEND:{}", moment(entry.until)));
        line(&format!("SUMMARY:{}", escaped(&entry.summary)));
        for (word, text) in [("DESCRIPTION", &entry.description), ("LOCATION", &entry.location)] {
            if !text.is_empty() {
                line(&format!("{word}:{}", escaped(text)));
            }
        }
        line(if entry.cancelled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    out.into_bytes()
}

fn moment(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text with what has a meaning in the format marked (RFC 5545, 3.3.11); other control characters have none and are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => {
                let _ = write!(out, "\\{c}");
            }
            '\n' if before == '\r' => {}
            '\n' | '\r' => out.push_str("\\n"),
            c if c.is_control() && c != '\t' => {}
            c => out.push(c),
        }
        before = c;
    }
    out
}

/// Writes a line, cut into pieces between characters; each further piece begins with a space.
fn fold(text: &str, out: &mut String) {
    let mut length = 0;
    for c in text.chars() {
        if length + c.len_utf8() > LINE_OCTETS_MAX {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(summary: &str, description: &str) -> Entry {
        Entry {
            uid: "meeting-1@yulin".to_owned(),
            sequence: 2,
            changed: "2026-11-22T04:00:00Z".parse().unwrap(),
            from: "2026-12-05T01:00:00Z".parse().unwrap(),
            until: "2026-12-05T01:20:00Z".parse().unwrap(),
            summary: summary.to_owned(),
            description: description.to_owned(),
            location: String::new(),
            cancelled: false,
        }
    }

    #[test]
    fn a_calendar_as_the_standard_writes_it() {
        let written = write("对接活动", &[entry("第1桌; 甲厂, 乙厂", "一\r\n二\\三\u{7}")]);
        let expect = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Yulin//Yulin//ZH\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n\
            X-WR-CALNAME:对接活动\r\nBEGIN:VEVENT\r\nUID:meeting-1@yulin\r\nSEQUENCE:2\r\nDTSTAMP:20261122T040000Z\r\n\
            DTSTART:20261205T010000Z\r\nDTEND:20261205T012000Z\r\nSUMMARY:第1桌\\; 甲厂\\, 乙厂\r\n\
            DESCRIPTION:一\\n二\\\\三\r\nSTATUS:CONFIRMED\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(String::from_utf8(written).unwrap(), expect);
    }

    proptest! {
        /// Lines are short, unfolding gives the text back, and nothing that a user writes begins a line of its own.
        #[test]
        fn folding_loses_nothing(text in "\\PC{0,300}") {
            let written = String::from_utf8(write("", &[entry(&text, "END:VEVENT\nBEGIN:X")])).unwrap();
            prop_assert!(written.split("\r\n").all(|line| line.len() <= LINE_OCTETS_MAX && !line.contains(['\r', '\n'])));
            prop_assert_eq!(written.matches("\r\nBEGIN:").count(), 1);
            let unfolded = written.replace("\r\n ", "");
            let line = unfolded.lines().find(|line| line.starts_with("SUMMARY:")).unwrap();
            let plain = line["SUMMARY:".len()..].replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\");
            prop_assert_eq!(plain, text);
        }
    }
}
