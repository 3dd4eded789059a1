//! Decimal numbers as scaled integers: floating point would print differently from rounding to rounding.

use anyhow::{Context, Result, ensure};

/// Reads `12.5` as 12500 with three digits after the point.
///
/// # Errors
/// No number, or more digits after the point than `digits`.
pub fn parse(text: &str, digits: u32) -> Result<i64> {
    let text = text.trim();
    let (sign, body) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = body.split_once('.').unwrap_or((body, ""));
    ensure!(part.len() <= digits as usize, "{text} has more than {digits} digits after the point");
    let joined = format!("{whole}{part:0<width$}", width = digits as usize);
    let value: i64 = joined.parse().with_context(|| format!("{text} is no decimal number"))?;
    Ok(sign * value)
}

/// Writes 12500 as `12.5` with three digits, without trailing zeros.
pub fn show(value: i64, digits: u32) -> String {
    let scale = 10_i64.pow(digits);
    let sign = if value < 0 { "-" } else { "" };
    let (whole, part) = (value.abs() / scale, value.abs() % scale);
    let text = format!("{sign}{whole}.{part:0width$}", width = digits as usize);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Rounds down to `figures` leading figures: 34567 with 2 becomes 34000.
pub fn leading(value: i64, figures: u32) -> i64 {
    let mut scale = 1;
    while value / scale >= 10_i64.pow(figures) {
        scale *= 10;
    }
    value / scale * scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_round_trip() {
        for (text, value) in [("12.5", 12500), ("-0.03", -30), ("7", 7000), ("0", 0)] {
            assert_eq!(parse(text, 3).unwrap(), value);
            assert_eq!(show(value, 3), text);
        }
        assert!(parse("1.2345", 3).is_err());
        assert!(parse("十", 3).is_err());
        assert_eq!(leading(34567, 2), 34000);
        assert_eq!(leading(7, 2), 7);
    }
}
