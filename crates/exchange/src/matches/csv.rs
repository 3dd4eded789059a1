//! Comma-separated text with a byte order mark, so that Excel and WPS read its Chinese.

use super::{MatchWriter, Pairs};
use crate::words;
use crate::write::{WriteError, starts_like_formula};
use std::io::Write;

pub(super) struct CsvWriter;

const HEADINGS: [&str; 10] = [
    "need",
    "need_title",
    "rank",
    "offer",
    "offer_title",
    "score",
    "distance_km",
    "feasible",
    "verdicts",
    "reasons",
];

impl MatchWriter for CsvWriter {
    fn write(&self, pairs: &Pairs<'_>, out: &mut dyn Write) -> Result<(), WriteError> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(HEADINGS)?;
        for m in pairs.matches {
            writer.write_record([
                m.need.as_str(),
                &guarded(pairs.titles.need(&m.need)),
                &m.rank.to_string(),
                &m.offer,
                &guarded(pairs.titles.offer(&m.offer)),
                &m.score.to_string(),
                &m.distance_km.map_or(String::new(), |km| format!("{km:.1}")),
                if m.feasible { "1" } else { "0" },
                &guarded(&words::verdicts(m, pairs.reference)),
                &guarded(&words::reasons(m)),
            ])?;
        }
        writer.flush()?;
        Ok(())
    }
}

/// Free text that a spreadsheet would run as a formula gets a quote before it. Keys stay as they are: they are compared.
fn guarded(text: &str) -> String {
    if starts_like_formula(text) { format!("'{text}") } else { text.to_owned() }
}
