//! The pages' words: Chinese text is the key, `data/en.csv` holds the English.

use model::language::Language;
use model::markets::Names;
use model::table;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// Chinese, the first language.
    Zh,
    /// English.
    En,
}

#[derive(Deserialize)]
struct Row {
    zh: String,
    en: String,
}

static ENGLISH: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    table::rows::<Row>("en.csv", include_str!("../../../data/en.csv"))
        .expect("the shipped words are tested")
        .into_iter()
        .map(|(_, row)| (row.zh, row.en))
        .collect()
});

impl app::Wording for Lang {
    fn t(&self, zh: &'static str) -> &'static str {
        Self::t(*self, zh)
    }

    fn pick<'n>(&self, zh: &'n str, en: &'n str) -> &'n str {
        Self::pick(*self, zh, en)
    }
}

impl Lang {
    /// The word in this language; a missing English word shows the Chinese, and a test finds it.
    pub fn t(self, zh: &'static str) -> &'static str {
        match self {
            Self::Zh => zh,
            Self::En => ENGLISH.get(zh).map_or(zh, String::as_str),
        }
    }

    /// Of a Chinese and an English word the one in this language.
    pub fn pick<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// The name in this language.
    pub fn of(self, names: &Names) -> &str {
        self.pick(&names.zh, &names.en)
    }

    /// The language as the use cases name it.
    pub fn language(self) -> Language {
        match self {
            Self::Zh => Language::Chinese,
            Self::En => Language::English,
        }
    }

    /// Value of the `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// Reads `zh` or `en`.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }
}

/// The English of a Chinese word, where `en.csv` has it.
pub fn english(zh: &str) -> Option<&'static str> {
    ENGLISH.get(zh).map(String::as_str)
}

/// The names and values of a query string; what cannot be decoded is taken as it stands.
pub fn pairs(query: &str) -> impl DoubleEndedIterator<Item = (String, String)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    })
}

/// Percent-encodes a query value.
pub fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

/// Reads a percent-encoded query value.
pub fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let ahead = rest.clone().take(2).map(char::from).collect::<String>();
                match u8::from_str_radix(&ahead, 16) {
                    Ok(decoded) if ahead.len() == 2 && !ahead.starts_with('+') => {
                        bytes.push(decoded);
                        rest.nth(1);
                    }
                    _ => bytes.push(b'%'),
                }
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Text of every file in a folder beside this crate's manifest, for tests that look through sources.
#[cfg(test)]
pub fn sources(folder: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path)
            } else {
                texts.push(std::fs::read_to_string(path).unwrap())
            }
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_read_whatever_they_hold() {
        let read: Vec<_> = pairs("q=%E9%9D%A2%E7%BD%A9+x&page=%zz&&q=b&%").collect();
        let expect = [("q", "面罩 x"), ("page", "%zz"), ("q", "b"), ("%", "")];
        assert_eq!(read, expect.map(|(n, v)| (n.to_owned(), v.to_owned())));
    }

    /// Every literal given to `.t("...")` in this crate and in the reports of the use cases has its English.
    #[test]
    fn no_word_is_missing() {
        let mut missing = Vec::new();
        for text in sources("src").into_iter().chain(sources("../app/src/ledger")) {
            for piece in text.split(".t(\"").skip(1) {
                let word = piece.split("\")").next().unwrap();
                if !word.is_ascii() && !ENGLISH.contains_key(word) {
                    missing.push(word.to_owned());
                }
            }
        }
        missing.sort();
        missing.dedup();
        assert!(missing.is_empty(), "data/en.csv lacks:\n{}", missing.join("\n"));
    }
}
