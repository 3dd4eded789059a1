//! Amounts, prices and days, and the many ways in which workbooks write them.

use super::fixed;
use anyhow::{Result, ensure};
use std::fmt;

/// A unit of trade with its counting word: `万片` counts 10,000 `片`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Counting word, perhaps empty.
    pub prefix: &'static str,
    /// What the counting word multiplies by.
    pub factor: i64,
    /// The unit itself.
    pub base: String,
}

/// Counting words with their factors; `千` only before counted things (千克 and 千米 are units).
const PREFIXES: [(&str, i64); 7] = [
    ("亿", 100_000_000),
    ("百万", 1_000_000),
    ("十万", 100_000),
    ("KK", 1_000_000),
    ("万", 10_000),
    ("千", 1_000),
    ("百", 100),
];
const UNITS_WITH_PREFIX: [&str; 3] = ["千克", "千米", "千瓦"];

impl Unit {
    /// Reads `万片`, `片` or `KK`, which alone means a million beads or chips.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        if text == "KK" {
            return Self { prefix: "KK", factor: 1_000_000, base: "颗".to_owned() };
        }
        let split = PREFIXES
            .iter()
            .filter(|_| !UNITS_WITH_PREFIX.contains(&text))
            .find_map(|&(prefix, factor)| Some((prefix, factor, text.strip_prefix(prefix)?)))
            .filter(|(_, _, base)| !base.is_empty());
        match split {
            Some((prefix, factor, base)) => Self { prefix, factor, base: base.to_owned() },
            None => Self { prefix: "", factor: 1, base: text.to_owned() },
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.prefix {
            "KK" => f.write_str("KK"),
            prefix => write!(f, "{prefix}{}", self.base),
        }
    }
}

/// How often an amount is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// Every month.
    Month,
    /// One time.
    Once,
}

/// An amount in thousandths of its unit, so that it prints exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// Thousandths of `unit`.
    pub milli: i64,
    /// Unit of trade.
    pub unit: Unit,
}

impl Amount {
    /// Reads a number and a unit.
    ///
    /// # Errors
    /// No number, or a number with more than three digits after the point.
    pub fn parse(number: &str, unit: &str) -> Result<Self> {
        Ok(Self { milli: fixed::parse(number, 3)?, unit: Unit::parse(unit) })
    }

    /// Thousandths of the unit without counting word.
    pub fn base_milli(&self) -> i64 {
        self.milli * self.unit.factor
    }

    /// The amount with so many thousandths of the unit without counting word, in the unit that reads best.
    pub fn from_base(base_milli: i64, unit: &Unit) -> Self {
        // A counting word is kept while at least one of it is meant and nothing is lost.
        if unit.factor > 1 && base_milli % unit.factor == 0 && base_milli >= unit.factor * 1000 {
            return Self { milli: base_milli / unit.factor, unit: unit.clone() };
        }
        Self { milli: base_milli, unit: Unit { prefix: "", factor: 1, base: unit.base.clone() } }
    }

    /// The same amount without counting word: `300000片`.
    pub fn spelled_out(&self) -> Self {
        let unit = Unit { prefix: "", factor: 1, base: self.unit.base.clone() };
        Self { milli: self.base_milli(), unit }
    }

    /// So many times the amount.
    pub fn times(&self, n: i64) -> Self {
        Self { milli: self.milli * n, unit: self.unit.clone() }
    }

    /// The bare number.
    pub fn number(&self) -> String {
        fixed::show(self.milli, 3)
    }

    /// The bare number as a cell holds it.
    pub fn value(&self) -> f64 {
        self.milli as f64 / 1000.0
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number(), self.unit)
    }
}

/// A price interval in millionths of a yuan per unit (0.0035 元/颗 is a usual price).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// Lowest, in millionths of a yuan.
    pub low: i64,
    /// Highest, in millionths of a yuan.
    pub high: i64,
    /// Per what.
    pub per: String,
}

impl Price {
    /// Reads an interval in yuan.
    ///
    /// # Errors
    /// No number, or an interval that ends before it starts.
    pub fn parse(low: &str, high: &str, per: &str) -> Result<Self> {
        let price = Self { low: fixed::parse(low, 6)?, high: fixed::parse(high, 6)?, per: per.to_owned() };
        ensure!(0 < price.low && price.low <= price.high, "price {low}..{high} is empty");
        Ok(price)
    }

    /// `27~32`
    pub fn interval(&self) -> String {
        match self.low == self.high {
            true => fixed::show(self.low, 6),
            false => format!("{}~{}", fixed::show(self.low, 6), fixed::show(self.high, 6)),
        }
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}元/{}", self.interval(), self.per)
    }
}

/// A calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// Year.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month.
    pub day: u8,
}

impl Day {
    /// The day with these numbers.
    pub const fn new(year: u16, month: u8, day: u8) -> Self {
        Self { year, month, day }
    }

    /// One of the ways in which people write a day.
    pub fn written(self, style: usize) -> String {
        let Self { year, month, day } = self;
        match style % 4 {
            0 => self.to_string(),
            1 => format!("{year}/{month}/{day}"),
            2 => format!("{year}.{month:02}.{day:02}"),
            _ => format!("{year}年{month}月{day}日"),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Writes ASCII letters, digits and signs in their full-width forms, as Chinese input methods do.
pub fn full_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '!'..='~' => char::from_u32(c as u32 + 0xfee0).unwrap_or(c),
            _ => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_their_value() {
        let amount = Amount::parse("0.5", "万片").unwrap();
        assert_eq!(amount.to_string(), "0.5万片");
        assert_eq!(amount.spelled_out().to_string(), "5000片");
        assert_eq!(Amount::from_base(5_000_000, &amount.unit).to_string(), "5000片");
        assert_eq!(Amount::from_base(15_000_000, &amount.unit).to_string(), "1.5万片");
        assert_eq!(Amount::parse("3", "千克").unwrap().unit.factor, 1);
        assert_eq!(Amount::parse("20", "KK").unwrap().spelled_out().to_string(), "20000000颗");
        assert_eq!(full_width("30片/月"), "３０片／月");
        assert_eq!(Price::parse("0.035", "0.05", "颗").unwrap().to_string(), "0.035~0.05元/颗");
    }
}
