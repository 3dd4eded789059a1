//! What several words of a set in a requirement mean: one of them, or all (`data/property_several.csv`).
//!
//! A word says it where there is one (或, 和). Where the words are only listed (`FR-4/铝基`, `标准厂房、定制厂房`) it is the property's: one part
//! has one material, so that several are alternatives, while protocols and certificates that are asked for must all be there.
//! Words without anything between them (`双面柔性板`) are all asked for.

use super::{Property, PropertyId, PropertyTable, fold};
use crate::spec::{SpecValue, Specification};
use crate::table::{self, TableError};
use serde::Deserialize;

const TABLE: &str = "property_several.csv";

/// In place of a word that was found: no text has it.
const FOUND: char = '\u{1}';

/// What several listed words of a property ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Several {
    /// Any one of them: a part has one material.
    Any,
    /// All of them: a device has several interfaces.
    All,
}

/// Words that say which it is, folded.
#[derive(Debug, Clone, Default)]
pub(super) struct Joins {
    any: Vec<String>,
    all: Vec<String>,
}

#[derive(Deserialize)]
struct Row {
    role: Role,
    words: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Role {
    Any,
    All,
    One,
    Every,
}

impl PropertyTable {
    /// Reads `role,words`: words that say that `any` or `all` of what they join is asked for, and properties of which, against
    /// the rule that goes by [`Property::open`], `one` or `every` listed word is.
    ///
    /// # Errors
    /// The first faulty row: a role or a property that is not known.
    pub fn join(&mut self, text: &str) -> Result<(), TableError> {
        for (line, Row { role, words }) in table::rows::<Row>(TABLE, text)? {
            let words = table::words(&words);
            let several = match role {
                Role::Any => {
                    self.joins.any.extend(words.iter().map(|w| fold(w)));
                    continue;
                }
                Role::All => {
                    self.joins.all.extend(words.iter().map(|w| fold(w)));
                    continue;
                }
                Role::One => Several::Any,
                Role::Every => Several::All,
            };
            for id in words {
                let Some(place) = self.index(&PropertyId(id.clone())) else {
                    return Err(TableError::new(TABLE, line, format!("{id} is no property")));
                };
                self.rows[usize::from(place)].several = several;
            }
        }
        Ok(())
    }

    /// Whether one of a requirement's words suffices or all are asked for, by the words of its text and by its property.
    pub fn asks(&self, requirement: &Specification, property: &Property) -> Several {
        let SpecValue::Set(asked) = &requirement.value else { return property.several };
        let mut spellings: Vec<String> = asked.iter().flat_map(|word| spellings(word, property)).collect();
        spellings.sort_by_key(|s| std::cmp::Reverse(s.len()));
        let mut text = fold(&requirement.text);
        for spelling in spellings.iter().filter(|s| !s.is_empty()) {
            text = text.replace(spelling.as_str(), FOUND.encode_utf8(&mut [0; 4]));
        }
        // The name stands before the first word; what is said of all of them may stand behind the last.
        let Some((_, said)) = text.split_once(FOUND) else { return property.several };
        let Some((between, _)) = said.rsplit_once(FOUND) else { return property.several };
        let has = |words: &[String]| words.iter().any(|word| stands(said, word));
        if has(&self.joins.any) {
            Several::Any
        } else if has(&self.joins.all) || between.chars().all(|c| c == FOUND) {
            Several::All
        } else {
            property.several
        }
    }
}

/// All folded spellings of a word.
fn spellings(word: &str, property: &Property) -> Vec<String> {
    let known = property.rank(word).and_then(|place| property.values.get(place));
    let known = known.into_iter().flat_map(|v| std::iter::once(&v.name).chain(&v.aliases));
    known.map(String::as_str).chain([word]).map(fold).collect()
}

/// True where a word stands in a text; one of Latin letters not within a longer one.
fn stands(text: &str, word: &str) -> bool {
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
        let begun = latin(word.chars().next()) && latin(before);
        let goes_on = latin(word.chars().next_back()) && latin(after);
        !(begun || goes_on)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{BUILTIN, Reference};

    #[test]
    fn joined_words_say_what_is_asked() {
        let properties = &Reference::builtin().properties;
        let asks = |id: &str, words: &[&str], text: &str| {
            let spec = Specification {
                text: text.to_owned(),
                ..Specification::set(id, words.iter().map(|w| (*w).to_owned()))
            };
            properties.asks(&spec, properties.by_id(id).unwrap())
        };
        use Several::{All, Any};
        for (id, words, text, expect) in [
            ("material", &["铝基", "FR-4"][..], "材质：铝基或FR-4", Any),
            ("material", &["FR-4", "铝基", "CEM-3"], "材质FR-4/铝基/CEM-3", Any),
            ("material", &["SUS304", "铜"], "304不锈钢、紫铜", Any),
            ("material", &["SUS304", "铜"], "材质 SUS304+铜", All),
            ("surface_finish", &["喷砂", "阳极氧化"], "表面喷砂并阳极氧化", All),
            ("board_type", &["双面板", "柔性板"], "双面柔性板", All),
            ("certification", &["ISO9001", "UL"], "认证：ISO9001、UL", All),
            ("certification", &["ISO9001", "UL"], "ISO9001 or UL", Any),
            ("certification", &["ISO9001", "UL"], "ISO9001、UL均可", Any),
            ("packaging", &["编带", "托盘"], "包装：编带/托盘", Any),
            ("indoor_outdoor", &["户内", "户外"], "户内/户外", All),
            // A word within a value joins nothing.
            ("packaging", &["编带", "托盘"], "tape and reel/托盘", Any),
            // Without the words in the text the property says it.
            ("protocol", &["DALI", "DMX512"], "", All),
        ] {
            assert_eq!(asks(id, words, text), expect, "{text}");
        }
    }

    #[test]
    fn an_unknown_property_is_placed() {
        let mut table = PropertyTable::parse(BUILTIN.properties).unwrap();
        let fault = table.join("role,words\nany,或\none,matter\n").unwrap_err();
        assert_eq!(fault.to_string(), "property_several.csv line 3: matter is no property");
    }
}
