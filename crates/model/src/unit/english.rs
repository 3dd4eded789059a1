//! Quantities in English: `1.2万片/月` is 12000 pieces/month. Symbols that are not Chinese (mm, kWh) are the same in both languages.

use super::{AtomicUnit, UnitTable};
use crate::language::Language;
use crate::quantity::{GRADES, Quantity, number};
use crate::spectext::normal;

/// Names whose plural is the same.
const UNCHANGED: [&str; 7] = ["yuan", "jiao", "fen", "yen", "jin", "mu", "mesh"];

impl UnitTable {
    /// A quantity as a sentence of this language tells it; one in a unit that has no English name stays as it is written.
    pub fn told(&self, quantity: &Quantity, language: Language) -> String {
        let english = match language {
            Language::Chinese => None,
            Language::English => self.english(&quantity.unit),
        };
        let Some((factor, one, many)) = english else { return quantity.to_string() };
        let value = number(quantity.value * factor);
        let name = if value == "1" { one } else { many };
        format!("{value} {name}")
    }

    /// A unit behind a number or a range of numbers, with the space before it.
    pub(crate) fn behind(&self, unit: &str, language: Language) -> String {
        match self.english(unit).filter(|_| language == Language::English) {
            None => unit.to_owned(),
            Some((1.0, _, many)) => format!(" {many}"),
            Some((factor, _, many)) => format!(" × {} {many}", number(factor)),
        }
    }

    /// What a multiplier word makes of the number, and the names of one and of several units; `None` where the symbol has no
    /// Chinese characters or no English name is known.
    fn english(&self, unit: &str) -> Option<(f64, String, String)> {
        if unit == GRADES {
            return Some((1.0, "grade".to_owned(), "grades".to_owned()));
        }
        if !unit.chars().any(is_chinese) {
            return None;
        }
        let mut parts = unit.split('/');
        let (factor, mut one, mut many) = self.english_atom(parts.next()?)?;
        for part in parts {
            let per = match self.english_atom(part)? {
                (1.0, one, _) => format!("/{one}"),
                (factor, _, many) => format!("/{} {many}", number(factor)),
            };
            one += &per;
            many += &per;
        }
        Some((factor, one, many))
    }

    /// The same of an atomic unit with a multiplier word before it.
    fn english_atom(&self, word: &str) -> Option<(f64, String, String)> {
        let atom = |word: &str| {
            let place = *self.words.get(&normal::key(word))?.first()?;
            Some(&self.atoms[usize::from(place)])
        };
        let named = |factor: f64, atom: &AtomicUnit| {
            let (one, many) = names(atom);
            (factor, one, many)
        };
        let whole = atom(word);
        // 千克 is kg, no thousand grams; but the number of 万元 is told in yuan.
        if let Some(whole) = whole.filter(|atom| !atom.unit.symbol.chars().any(is_chinese)) {
            return Some(named(1.0, whole));
        }
        // The longest multiplier counts: 十万 before 十.
        let multiplied = word.char_indices().rev().find_map(|(end, _)| {
            let (multiplier, rest) = word.split_at(end);
            let place = *self.multiplier_words.get(&normal::key(multiplier))?;
            Some(named(self.multipliers[usize::from(place)].1.to_f64(), atom(rest)?))
        });
        multiplied.or_else(|| whole.map(|atom| named(1.0, atom)))
    }
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}')
}

/// What one and several of a unit are called: by the symbol where that is not Chinese, else by the name without its remark,
/// `piece` of `piece (sheet)`.
fn names(atom: &AtomicUnit) -> (String, String) {
    let symbol = &atom.unit.symbol;
    if !symbol.chars().any(is_chinese) {
        return (symbol.clone(), symbol.clone());
    }
    let name = atom.name_en.split(" (").next().unwrap_or_default();
    (name.to_owned(), plural(name))
}

fn plural(name: &str) -> String {
    if let Some((first, rest)) = name.split_once(" of ") {
        return format!("{} of {rest}", plural(first));
    }
    if UNCHANGED.contains(&name) || name.ends_with('s') {
        name.to_owned()
    } else if name.ends_with("ch") || name.ends_with("sh") || name.ends_with('x') {
        format!("{name}es")
    } else {
        format!("{name}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::Reference;

    #[test]
    fn quantities_are_told_in_english() {
        let units = &Reference::builtin().units;
        for (value, unit, expect) in [
            (1.2, "万片/月", "12000 pieces/month"),
            (30.0, "天", "30 days"),
            (1.0, "天", "1 day"),
            (5.0, "gf", "5gf"),
            (0.1, "mm", "0.1mm"),
            (200.0, "卷/月", "200 rolls/month"),
            (3.0, "箱", "3 boxes"),
            (2.0, "吨/年", "2 tonnes/year"),
            (5.0, "万元", "50000 yuan"),
            (2.0, "级", "2 grades"),
            (8.0, "kg/月", "8 kg/month"),
            (3.0, "万kWh/年", "30000 kWh/year"),
            (7.0, "丝", "7 hundredths of a millimetre"),
            (5.0, "工作日", "5 working days"),
            (5.0, "", "5"),
            (5.0, "不明", "5不明"),
        ] {
            assert_eq!(units.told(&Quantity::new(value, unit), Language::English), expect);
        }
        assert_eq!(units.told(&Quantity::new(1.2, "万片/月"), Language::Chinese), "1.2万片/月");
    }

    /// Every counted unit of the table has an English name without Chinese characters.
    #[test]
    fn no_unit_is_left_in_chinese() {
        let units = &Reference::builtin().units;
        for atom in units.atoms() {
            let told = units.told(&Quantity::new(2.0, &atom.unit.symbol), Language::English);
            assert!(!told.chars().any(is_chinese), "{told}");
        }
    }
}
