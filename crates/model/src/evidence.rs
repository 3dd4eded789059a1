//! Evidence: what a finished inspection measured of a property that an offer states.

use crate::property::PropertyId;
use crate::quantity::number;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A measured value behind a stated one. Which inspection it comes from, its hash says; its details are its owner's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The property.
    pub property: PropertyId,
    /// What was measured, in `unit`.
    pub value: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Unit of the three.
    pub unit: String,
    /// Capability of the process behind it, the lesser of the two axes; nothing for a share.
    pub cpk: Option<f64>,
    /// Pieces that were measured.
    pub count: u64,
    /// Day on which the inspection ended.
    pub measured_on: Date,
    /// Last day on which it counts.
    pub valid_until: Date,
    /// SHA-256 of the frozen inspection.
    pub sha256: String,
}

impl Evidence {
    /// The measured value with its interval, such as `99.93%（99.9~99.95%）`, with four significant digits.
    pub fn value_words(&self) -> String {
        let [value, low, high] = [self.value, self.low, self.high].map(|v| number(rounded(v)));
        format!("{value}{unit}（{low}~{high}{unit}）", unit = self.unit)
    }

    /// The whole in Chinese words: value, capability, day.
    pub fn zh(&self) -> String {
        let cpk = self.cpk.map_or_else(String::new, |cpk| format!("，Cpk {cpk:.2}"));
        format!("实测 {}{cpk}，{}", self.value_words(), self.measured_on)
    }
}

/// Four significant digits; of what lies near a hundred per cent, two more than its distance needs.
fn rounded(value: f64) -> f64 {
    let digits = if (90.0..100.0).contains(&value) { 4 } else { 3 };
    format!("{value:.digits$e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_as_people_write_it() {
        let mut evidence = Evidence {
            property: PropertyId("yield_rate".to_owned()),
            value: 99.931_24,
            low: 99.901,
            high: 99.952_61,
            unit: "%".to_owned(),
            cpk: None,
            count: 40_000,
            measured_on: jiff::civil::date(2026, 11, 22),
            valid_until: jiff::civil::date(2027, 5, 22),
            sha256: String::new(),
        };
        assert_eq!(evidence.zh(), "实测 99.931%（99.901~99.953%），2026-11-22");
        evidence.cpk = Some(1.666);
        evidence =
            Evidence { value: 0.024_126, low: 0.023_9, high: 0.024_4, unit: "mm".to_owned(), ..evidence };
        assert_eq!(evidence.zh(), "实测 0.02413mm（0.0239~0.0244mm），Cpk 1.67，2026-11-22");
    }
}
