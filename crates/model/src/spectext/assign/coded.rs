//! Codes that stand for themselves: standards (`GB/T 5782`, `DIN912`), colours of the RAL chart and model numbers (`SMBJ24CA`,
//! `6205-2RS`).

use super::super::items::{Kind, Named};
use super::super::words::{Role, WORDS};
use super::{Assigner, Reading};
use crate::property::PropertyId;
use crate::spec::SpecValue;
use std::ops::Range;

/// Characters of a model number.
const MODEL_LEN: std::ops::RangeInclusive<usize> = 5..=24;
/// The same where its package is told, too (SS34 SMA封装).
const PART_LEN: usize = 4;

/// Clearances of bearings behind their number.
const CLEARANCES: [&str; 4] = [" C2", " C3", " C4", " C5"];

impl Assigner<'_> {
    /// Standards and model numbers among the words that nothing was read from.
    pub(super) fn codes(&self, out: &mut Reading) {
        let of = |id: &str| self.properties.index(&PropertyId(id.to_owned()));
        let (Some(standard), Some(model)) = (of("standard"), of("model_number")) else { return };
        let mut from = 0;
        while let Some(place) = self.next_code(from) {
            from = place.end;
            let free =
                |range: &Range<usize>| !out.used.iter().any(|(s, e)| *s < range.end && range.start < *e);
            if let (Some(colour), Some(ral)) = (of("colour"), self.ral(&place).filter(&free)) {
                from = ral.end;
                let words = self.text[ral.clone()].replace(' ', "").to_uppercase();
                let value = self.property(colour).canonical(&words);
                out.push_words(colour, SpecValue::Set(vec![value]), ral.start, ral.end);
            } else if let Some(whole) = self.standard(&place).filter(&free) {
                from = whole.end;
                let words = self.text[whole.clone()].to_owned();
                out.push_words(standard, SpecValue::Text(words), whole.start, whole.end);
            } else if free(&place)
                && self.is_model(&place, out)
                && !out.specs.iter().any(|s| s.property == model)
            {
                let end = place.end
                    + CLEARANCES
                        .iter()
                        .find(|c| self.text[place.end..].starts_with(**c))
                        .map_or(0, |c| c.len());
                let words = self.text[place.start..end].to_owned();
                out.push_words(model, SpecValue::Text(words), place.start, end);
            }
        }
    }

    /// The next run of Latin letters, digits and the signs that join them.
    fn next_code(&self, from: usize) -> Option<Range<usize>> {
        let start = from + self.text[from..].find(|c: char| c.is_ascii_alphanumeric())?;
        let joins = |c: char| c.is_ascii_alphanumeric() || "-./".contains(c);
        let len = self.text[start..].find(|c| !joins(c)).unwrap_or(self.text.len() - start);
        let words = self.text[start..start + len].trim_end_matches(['-', '.', '/']);
        Some(start..start + words.len().max(1))
    }

    /// A colour by its number in the RAL chart.
    fn ral(&self, place: &Range<usize>) -> Option<Range<usize>> {
        let number = self.folded[place.start..].strip_prefix("ral")?.trim_start_matches(['-', ' ']);
        let start = self.folded.len() - number.len();
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        (digits == 4).then(|| place.start..start + digits)
    }

    /// A standard by the letters of its body, with its number, which may be set apart.
    pub(super) fn standard(&self, place: &Range<usize>) -> Option<Range<usize>> {
        let words = &self.folded[place.start..];
        let body = WORDS.words(Role::StandardBody).find(|b| words.starts_with(b))?;
        let rest = words[body.len()..].trim_start_matches([' ', '-']);
        let start = place.start + words.len() - rest.len();
        let digits =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-./:".contains(c))).unwrap_or(rest.len());
        let number = rest[..digits].trim_end_matches(['-', '.', '/', ':']);
        // IP67 (IEC 60529): by which standard something else was told.
        let told = self.text[..place.start].ends_with('(');
        // ASTM D638: one letter may lead.
        let digits = number.strip_prefix(|c: char| c.is_ascii_lowercase()).unwrap_or(number);
        let numbered = digits.starts_with(|c: char| c.is_ascii_digit());
        (numbered && !told).then(|| place.start..start + number.len())
    }

    /// True for letters with digits that are no value, no size and no number with its unit.
    fn is_model(&self, place: &Range<usize>, out: &Reading) -> bool {
        let words = &self.text[place.clone()];
        let part = words.len() == PART_LEN
            && out.specs.iter().any(|s| self.property(s.property).id.0 == "package_type");
        // 10A-250V: what ends with a measure is one.
        let capitals = words.bytes().filter(u8::is_ascii_uppercase).count();
        let small = words.bytes().any(|b| b.is_ascii_lowercase());
        let digits = words.bytes().filter(u8::is_ascii_digit).count();
        let lead = words.bytes().take_while(u8::is_ascii_uppercase).count();
        let shaped = (part || MODEL_LEN.contains(&words.len()))
            && capitals >= 2
            && digits >= 2
            && !small
            && (lead >= 2 || words.contains('-') || lead == 1 && digits >= 3 && !words.contains(['.', '/']));
        // 6205ZZ轴承, 608: where a text speaks of what is known by its number.
        let model = self.properties.index(&PropertyId("model_number".to_owned()));
        let numbered = model.is_some_and(|p| self.topic.named.contains(&p))
            && digits >= 3
            && !words.contains(['.', '/'])
            && words.starts_with(|c: char| c.is_ascii_digit());
        // 10D471K, 1N4148
        let middle = self.folded[place.clone()].trim_start_matches(|c: char| c.is_ascii_digit());
        let letters = middle.bytes().take_while(u8::is_ascii_alphabetic).count();
        let part_code = words.starts_with(|c: char| c.is_ascii_digit())
            && digits >= 2
            && WORDS.is(Role::CodeMid, &middle[..letters])
            && middle[letters..].trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit())
            && !small;
        let shaped = shaped || numbered || part_code;
        let known = self.items.iter().any(|i| {
            let telling = match &i.kind {
                Kind::Value(_) | Kind::Name(_, Named::Word) => true,
                Kind::Number(e) => e.shape.unit().is_some() && i.end >= place.end,
                _ => false,
            };
            telling && i.start < place.end && place.start < i.end
        });
        let behind = self.text[place.end..].chars().next();
        let sized = behind.is_some_and(|c| "*+Φ±~%".contains(c));
        // 招标编号：JXZB-2025-0318 numbers a paper, UL1007 a kind of cable.
        let told = self.text[..place.start].trim_end_matches(' ').ends_with(':');
        let cable = self.properties.index(&PropertyId("core_count".to_owned()));
        let cable = cable.is_some_and(|p| self.topic.named.contains(&p));
        // BGA0.35 is no model, and a package known by its letters.
        let letters = words.find(|c: char| !c.is_ascii_alphabetic()).map_or(words, |end| &words[..end]);
        let package = self.properties.by_id("package_type").is_some_and(|p| p.rank(letters).is_some());
        // 10E6-10E9 are numbers.
        let powers = capitals > 0 && words.bytes().filter(u8::is_ascii_alphabetic).all(|b| b == b'E');
        let known = known || package || powers;
        shaped && !known && !sized && !told && !cable
    }
}
