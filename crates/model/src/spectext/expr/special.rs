//! Numbers that are written in a way of their own: in words, as fractions, in nines, as powers of ten.

use super::{Amount, ExprReader, Shape, Tolerance};
use crate::spectext::number;
use crate::spectext::words::{Role, WORDS};
use crate::unit::UnitWords;

impl ExprReader<'_> {
    /// `10的6-9次方`, `10^6-9Ω`: a range of powers of ten.
    pub(super) fn powers(&self, at: usize) -> Option<(Shape, usize)> {
        let (low, high, len) = number::powers(&self.text[at..])?;
        let unit = self.unit_place(at + len).and_then(|place| Some((place, self.unit(place)?)));
        let end = unit.as_ref().map_or(at + len, |(place, words)| place + words.len);
        let amount = |value: f64| Amount {
            value,
            unit: unit.as_ref().map(|u| u.1.clone()),
            scale: 1.0,
            unit_scale: None,
            nines: None,
        };
        Some((Shape::Range(amount(low), amount(high)), end))
    }

    /// `百分之99.8`, `千分之三`, `万分之一`.
    pub(super) fn percent_words(&self, at: usize) -> Option<(Amount, usize)> {
        let rest = &self.text[at..];
        let (sign, of, number_text) = [("%", 1.0, "百分之"), ("‰", 1.0, "千分之"), ("%", 100.0, "万分之")]
            .iter()
            .find_map(|(sign, of, words)| Some((*sign, *of, rest.strip_prefix(words)?)))?;
        let (value, len) = number::read(number_text).or_else(|| number::chinese(number_text))?;
        let unit = self.units.scan(sign)?;
        let end = self.text.len() - number_text.len() + len;
        Some((Amount { value: value / of, unit: Some(unit), scale: 1.0, unit_scale: None, nines: None }, end))
    }

    /// `1/100000`: one in so many, in per cent.
    pub(super) fn one_in_many(&self, at: usize) -> Option<(Amount, usize)> {
        let (many, len) = number::read(self.text[at..].strip_prefix("1/")?)?;
        if many < 1000.0 || many.fract() != 0.0 {
            return None;
        }
        let unit = self.units.scan("%")?;
        let value = 100.0 / many;
        Some((Amount { value, unit: Some(unit), scale: 1.0, unit_scale: None, nines: None }, at + 2 + len))
    }

    /// `H/H oz`, `Hoz`: half an ounce of copper.
    pub(super) fn half(&self, at: usize) -> Option<(f64, usize)> {
        let rest = self.folded[at..].strip_prefix('h')?;
        let rest = rest.strip_prefix("/h").unwrap_or(rest);
        (rest.trim_start_matches(' ').starts_with("oz")).then_some((0.5, at + 1))
    }

    /// `1/2oz`: a fraction only before a unit that is sold in fractions.
    pub(super) fn fraction(&self, at: usize) -> Option<(f64, usize)> {
        let (value, len) = number::fraction(&self.text[at..])?;
        let rest = self.folded[at + len..].trim_start_matches(' ');
        let sold = WORDS.at_start(Role::FractionUnit, rest).is_some();
        sold.then_some((value, at + len))
    }

    /// A Chinese numeral counts only before a unit (`三层`).
    pub(super) fn chinese(&self, at: usize) -> Option<(Amount, usize)> {
        let text = &self.text[at..];
        // 两头XH2.54, 两端镀锡: where, and not how many.
        if text.starts_with('两') && WORDS.at_start(Role::Part, text).is_some() {
            return None;
        }
        let (value, len) = match text.chars().next()? {
            '单' if self.is_paired(at + "单".len()) => (1.0, "单".len()),
            '双' if self.is_paired(at + "双".len()) => (2.0, "双".len()),
            _ => number::chinese(text)?,
        };
        let plain = Amount { value, unit: None, scale: 1.0, unit_scale: None, nines: None };
        let Some(unit) = self.unit(at + len) else {
            // 一出八
            return self.lead.ends_with('出').then_some((plain, at + len));
        };
        let end = at + len + unit.len;
        Some((Amount { unit: Some(unit), ..plain }, end))
    }

    /// A number whose point is told by an R or by the letter of its unit (4R7, 4K7, 2u2), that unit, and the bytes from there
    /// on.
    pub(super) fn letter_point(&self, from: usize, end: usize) -> Option<(f64, Option<UnitWords>, usize)> {
        let whole = self.text.get(from..end).filter(|w| w.bytes().all(|b| b.is_ascii_digit()))?;
        let letter = self.text[end..].chars().next()?;
        let coil = self.folded.contains('感') || self.folded.contains("inductor");
        let (symbol, most) = match letter {
            'R' | 'r' => (None, 2),
            // 4K60 are a screen's dots and pictures.
            'K' | 'k' => (Some("kΩ"), 1),
            'M' => (Some("MΩ"), 1),
            'n' => (Some("nF"), 1),
            'p' => (Some("pF"), 1),
            'u' | 'μ' => (Some(if coil { "μH" } else { "μF" }), 1),
            _ => return None,
        };
        let decimals = &self.text[end + letter.len_utf8()..];
        let len = decimals.bytes().take_while(u8::is_ascii_digit).count();
        let ends = !decimals[len..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '.');
        let value = format!("{whole}.{}", &decimals[..len]).parse().ok()?;
        let unit = match symbol {
            Some(symbol) => Some(self.units.scan(symbol)?),
            None => None,
        };
        ((1..=most).contains(&len) && ends && whole.len() < 4).then_some((
            value,
            unit,
            letter.len_utf8() + len,
        ))
    }

    /// True for a tolerance that is set apart and measures something else (200L ±2℃).
    pub(super) fn is_of_other(&self, first: &Amount, end: usize, tolerance: &Tolerance) -> bool {
        let read =
            |words: &Option<UnitWords>| words.as_ref().map(|w| self.units.compose(w)).unwrap_or_default();
        let (own, its) = (read(&first.unit), read(&tolerance.unit));
        let share = its.iter().any(|u| u.dimension.is_number());
        let alike = its.iter().any(|u| own.iter().any(|o| o.dimension == u.dimension));
        self.text[end..].starts_with(' ') && !own.is_empty() && !its.is_empty() && !share && !alike
    }

    /// True at what is counted by 单 and 双 (双层, 双工位).
    pub(super) fn is_paired(&self, at: usize) -> bool {
        WORDS.at_start(Role::Paired, &self.folded[at..]).is_some()
    }

    /// `/K`, `/℃` behind a coefficient (`3.3×10^-6/K`): millionths by degree, and the bytes.
    pub(super) fn per_degree(&self, at: usize) -> Option<(UnitWords, usize)> {
        let rest = &self.text[at..];
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        let sign = ["/K", "/k", "/℃", "/°C"].iter().find(|s| rest[spaces..].starts_with(**s))?;
        let len = spaces + sign.len();
        if rest[len..].starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return None;
        }
        Some((self.units.scan("ppm/℃")?, len))
    }

    /// True at the letter between the cores of a cable and the area of each (`3G1.5mm²`).
    pub(super) fn is_cores(&self, at: usize) -> bool {
        let Some(rest) = self.text[at..].strip_prefix(['G', 'C']) else { return false };
        let Some((_, len)) = number::read(rest) else { return false };
        let area = |words: &UnitWords| self.units.compose(words).iter().any(|u| u.symbol == "mm²");
        // H07RN-F 3G2.5
        let usual = ["0.75", "1.0", "1.5", "2.5", "0.5"].contains(&&rest[..len])
            && !rest[len..].starts_with(|c: char| c.is_ascii_alphanumeric());
        usual || self.units.scan(rest[len..].trim_start_matches(' ')).as_ref().is_some_and(area)
    }

    /// True at the cells of a battery in series and side by side (`10S4P`), which are neither seconds nor pins.
    pub(super) fn is_cells(&self, at: usize) -> bool {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let rest = &self.folded[at..];
        let series = digits(rest);
        let Some(side) = rest[series..].strip_prefix('s').filter(|_| series > 0) else { return false };
        let count = digits(side);
        let behind = side[count..].strip_prefix('p').filter(|_| count > 0);
        behind.is_some_and(|b| !b.starts_with(|c: char| c.is_ascii_alphanumeric()))
    }

    /// Purity in nines behind its first digit: per cent and bytes of the rest.
    pub(in crate::spectext) fn nines(&self, value: f64, at: usize) -> Option<(f64, usize)> {
        if value.fract() != 0.0 || !(2.0..=8.0).contains(&value) {
            return None;
        }
        let rest = &self.text[at..];
        let after = rest.strip_prefix('N')?;
        let (last, len) = match after.bytes().next() {
            Some(d @ b'1'..=b'9') => (char::from(d).to_string(), 2),
            _ => (String::new(), 1),
        };
        if rest[len..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/' || c == '·') {
            return None;
        }
        // The first two nines stand before the point.
        let count = value as usize - 2;
        format!("99.{}{last}", "9".repeat(count)).parse().ok().map(|v| (v, len))
    }
}
