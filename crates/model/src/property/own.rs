//! Words of a cluster's own: other names of properties, and spellings of their values, that its people use (`words.csv` in the folder
//! of `--data`). What a word means is said once, and every text is read by it.

use super::{Property, PropertyId, PropertyKind, PropertyTable, PropertyValue, fold, places};
use crate::table::{self, TableError};
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    word: String,
    #[serde(default)]
    property: String,
    #[serde(default)]
    value: String,
}

/// Fewest characters of a word: one character stands in too many others.
const WORD_MIN: usize = 2;

impl PropertyTable {
    /// Adds what `word,property,value` says: a word that names the property (by its id or one of its names), or with a value one that
    /// means this value of a set, grade or text; a value that the table does not have is a new one of a set or text. Rows without a
    /// property are not answered yet and left out; other columns do not count. Returns how many words were added.
    ///
    /// # Errors
    /// The first faulty row, with its line.
    pub fn learn(&mut self, name: &str, text: &str) -> Result<usize, TableError> {
        let mut added = 0;
        for (line, row) in table::rows::<Row>(name, text)? {
            if row.property.is_empty() {
                continue;
            }
            let fault = |what: String| TableError::new(name, line, format!("{}: {what}", row.word));
            if fold(&row.word).chars().filter(|c| c.is_alphanumeric()).count() < WORD_MIN {
                return Err(fault(format!("a word has {WORD_MIN} letters or more")));
            }
            // A table written for spreadsheets has an apostrophe before what they would compute.
            let word = row.word.trim_start_matches('\'').to_owned();
            let place = self.place_of(&row.property).map_err(&fault)?;
            let property = &mut self.rows[place];
            if row.value.is_empty() {
                let known = self.by_name.get(&super::squeeze(&fold(&row.word)));
                if let Some(other) = known.and_then(|known| known.first()) {
                    let other = &self.rows[usize::from(*other)].name_zh;
                    return Err(fault(format!("it is a name of {other} already")));
                }
                property.aliases.push(word);
            } else {
                property.spell(&word, &row.value).map_err(fault)?;
            }
            added += 1;
        }
        let (joins, named) = (self.joins.clone(), self.named);
        let built = Self::build(
            std::mem::take(&mut self.rows),
            std::mem::take(&mut self.by_id),
            std::mem::take(&mut self.by_own_unit),
        )?;
        *self = Self { joins, named, ..built };
        Ok(added)
    }

    /// The place of the property with an id or a name.
    fn place_of(&self, property: &str) -> Result<usize, String> {
        if let Some(place) = self.index(&PropertyId(property.to_owned())) {
            return Ok(usize::from(place));
        }
        let named = self.by_name(property);
        // A first name says which; an alias may be of several.
        let first = |p: &&&Property| p.name_zh == property || p.name_en.eq_ignore_ascii_case(property);
        let mut first_named = named.iter().filter(first);
        let found = match (first_named.next(), first_named.next(), named.as_slice()) {
            (Some(one), None, _) => one,
            (None, None, [one]) => one,
            (None, None, []) => return Err(format!("{property} is no property (data/properties.csv)")),
            _ => {
                let ids: Vec<&str> = named.iter().map(|p| p.id.0.as_str()).collect();
                return Err(format!("{property} may be {}: write the id", ids.join(", ")));
            }
        };
        self.index(&found.id).map(usize::from).ok_or_else(|| format!("{property} is no property"))
    }
}

impl Property {
    /// Lets a word mean a value.
    fn spell(&mut self, word: &str, value: &str) -> Result<(), String> {
        if self.rank(word).is_some_and(|place| Some(place) != self.rank(value)) {
            return Err(format!("it means {} already", self.canonical(word)));
        }
        let may_be_new = match self.kind {
            PropertyKind::Set | PropertyKind::Text => true,
            PropertyKind::Grade => false,
            PropertyKind::Number | PropertyKind::Dimensions => {
                return Err(format!("{} has numbers, no words: leave the value empty", self.name_zh));
            }
        };
        match self.rank(value) {
            Some(place) => self.values[place].aliases.push(word.to_owned()),
            None if may_be_new => {
                // A scale of its own: it is the end of no range.
                let scale = self.values.iter().map(|v| v.scale + 1).max().unwrap_or(0);
                let aliases = if fold(word) == fold(value) { Vec::new() } else { vec![word.to_owned()] };
                self.values.push(PropertyValue { name: value.to_owned(), aliases, scale });
            }
            None => return Err(format!("{value} is no grade of {}", self.name_zh)),
        }
        self.places = places(&self.values);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::reference::{BUILTIN, Reference, ReferenceTexts};
    use crate::spectext::parse_specs;

    fn read(words: &str, text: &str) -> Result<String, String> {
        let texts = ReferenceTexts { words: Some(("words.csv", words)), ..BUILTIN };
        let reference = Reference::parse(&texts).map_err(|e| e.to_string())?;
        let read = |properties| -> Vec<String> {
            let parsed = parse_specs(text, &reference.units, properties, &[]);
            parsed.specs.iter().map(|s| format!("{} {}", s.property, s.value_words())).collect()
        };
        let all = read(&reference.properties).join("; ");
        // A market's own table knows the words, too.
        let parts = reference.markets.get("parts").expect("it ships");
        assert_eq!(read(&parts.properties).join("; "), all);
        Ok(all)
    }

    #[test]
    fn a_word_that_was_said_is_read_in_every_text() {
        let text = "咬合劲 ≥12N，皮相：哑黑皮";
        assert_eq!(read("word,property,value,count\n", text).as_deref(), Ok(""));
        let words = "word,property,value,count\n咬合劲,拔出力,,8\n哑黑皮,colour,黑色,3\n没人答,,,2\n";
        let said = read(words, text).unwrap_or_else(|e| e);
        assert!(said.contains("≥12N") && said.contains("colour 黑色"), "{said}");
    }

    #[test]
    fn what_cannot_be_said_has_its_line() {
        for (row, says) in [
            ("咬,pull_force,", "line 2: 咬: a word has 2 letters or more"),
            ("咬合劲,力气,", "line 2: 咬合劲: 力气 is no property"),
            ("板厚,wire_diameter,", "line 2: 板厚: it is a name of"),
            ("咬合劲,pull_force,大", "has numbers, no words"),
            ("紫铜,material,黄铜", "it means 紫铜 already"),
            ("防水好,ip_rating,IP99", "IP99 is no grade of"),
        ] {
            let fault = read(&format!("word,property,value\n{row}\n"), "").unwrap_err();
            assert!(fault.starts_with("words.csv") && fault.contains(says), "{row}: {fault}");
        }
    }
}
