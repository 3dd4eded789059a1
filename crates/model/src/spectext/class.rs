//! Sizes with a tolerance class of ISO 286 (`10h7`, `20 H8`).

use super::expr::{Amount, ExprReader, Shape, Tolerance};
use super::number;
use crate::tolerance::{Limits, iso286};

/// Grades that a class behind a size may have: finer and coarser ones are stated alone (IT12), and `m2`, `m3` are areas and
/// volumes.
const GRADES: std::ops::RangeInclusive<u8> = 4..=16;

/// What speaks of resistors where a letter stands between two digits.
const RESISTORS: [&str; 8] = ["阻", "ohm", "0402", "0603", "0805", "1206", "2512", "1/"];

impl ExprReader<'_> {
    /// A nominal size in mm with its class, and its end.
    pub(super) fn class(&self, at: usize) -> Option<(Shape, usize)> {
        let (nominal, len) = number::read(&self.text[at..])?;
        // 4N5 is a purity.
        if self.nines(nominal, at + len).is_some() {
            return None;
        }
        // 钢球 6.35 G10: how round a ball is.
        let ball = self.folded.contains('球') || self.folded.contains("ball");
        // 0805 4K7: a resistor, and no fit.
        let resistor = self.folded[at + len..].starts_with(['k', 'm'])
            && RESISTORS.iter().any(|word| self.folded.contains(word));
        let unit = self.units.scan("mm").filter(|_| !ball && !resistor)?;
        let rest = &self.text[at + len..];
        let spaced = rest.strip_prefix(' ').filter(|r| r.starts_with("mm") || r.starts_with("MM"));
        let rest = spaced.unwrap_or(rest);
        let rest = rest.strip_prefix("mm").or(rest.strip_prefix("MM")).unwrap_or(rest);
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let behind = &rest[letters..];
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        let grade: u8 = behind[..digits].parse().ok().filter(|g| GRADES.contains(g))?;
        // 25H7/g6 is a fit of two parts, and 4K60Hz no size.
        if behind[digits..]
            .starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '级'))
        {
            return None;
        }
        let Limits { lower_mm, upper_mm } = iso286(nominal, &rest[..letters], grade)?;
        let size =
            Amount { value: nominal, unit: Some(unit.clone()), scale: 1.0, unit_scale: None, nines: None };
        let tolerance = Tolerance { plus: upper_mm, minus: -lower_mm, unit: Some(unit) };
        let end = self.text.len() - behind.len() + digits;
        Some((Shape::Toleranced(size, tolerance), end))
    }
}
