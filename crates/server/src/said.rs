//! What the use cases say is wrong, in the language of the page. `data/messages.csv` holds each message in English and in Chinese,
//! with holes (`{}`, or `{1}` where the order differs) for what is said of the case at hand.
//!
//! The use cases say it in one language, which the API and the command line pass on; a page shows the reader's.

use crate::words::{self, Lang};
use app::Error;
use model::table;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Deserialize)]
struct Row {
    en: String,
    zh: String,
}

/// A message with its holes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Hole(usize),
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut next = 0;
    while let Some((before, after)) = rest.split_once('{') {
        let (number, after) = after.split_once('}').unwrap_or(("", after));
        if !before.is_empty() {
            pieces.push(Piece::Words(before.to_owned()));
        }
        pieces.push(Piece::Hole(number.parse().unwrap_or(next)));
        next += 1;
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest.to_owned()));
    }
    pieces
}

/// What stands in the holes, where the text is this message. A hole ends where the words after it are first found.
fn fit<'t>(pieces: &[Piece], text: &'t str) -> Option<BTreeMap<usize, &'t str>> {
    let mut holes = BTreeMap::new();
    let mut rest = text;
    let mut open = None;
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Hole(number) => open = Some(*number),
            Piece::Words(words) => {
                let last = at + 1 == pieces.len();
                let found = match open {
                    None => rest.starts_with(words.as_str()).then_some(0),
                    Some(_) if last => rest.ends_with(words.as_str()).then(|| rest.len() - words.len()),
                    Some(_) => rest.find(words.as_str()),
                }?;
                if let Some(number) = open.take() {
                    holes.insert(number, &rest[..found]);
                }
                rest = &rest[found + words.len()..];
            }
        }
    }
    match open {
        Some(number) => drop(holes.insert(number, rest)),
        None if !rest.is_empty() => return None,
        None => {}
    }
    Some(holes)
}

/// Messages as they are read, with their other language; those with the most words first, so that the plainest fits last.
type Table = Vec<(Vec<Piece>, Vec<Piece>)>;

fn table(flip: impl Fn(Row) -> (String, String)) -> Table {
    let rows = table::rows::<Row>("messages.csv", include_str!("../../../data/messages.csv"))
        .expect("the shipped messages are tested");
    let words = |(from, _): &(Vec<Piece>, Vec<Piece>)| -> usize {
        from.iter().map(|p| if let Piece::Words(words) = p { words.chars().count() } else { 0 }).sum()
    };
    let mut table: Table =
        rows.into_iter().map(|(_, row)| flip(row)).map(|(from, to)| (pieces(&from), pieces(&to))).collect();
    table.sort_by_key(|row| std::cmp::Reverse(words(row)));
    table
}

static TO_CHINESE: LazyLock<Table> = LazyLock::new(|| table(|row| (row.en, row.zh)));
static TO_ENGLISH: LazyLock<Table> = LazyLock::new(|| table(|row| (row.zh, row.en)));

impl Lang {
    /// A message in this language; one that the table does not have stays as it is.
    pub fn say(self, text: &str) -> Cow<'_, str> {
        let table = match self {
            Self::Zh => &TO_CHINESE,
            Self::En => &TO_ENGLISH,
        };
        let found = table.iter().find_map(|(from, to)| Some((fit(from, text)?, to)));
        let Some((holes, to)) = found else {
            return Cow::Borrowed(if self == Self::En { words::english(text).unwrap_or(text) } else { text });
        };
        let say = |piece: &Piece| match piece {
            Piece::Words(words) => words.clone(),
            // What stands in a hole may be a message of its own, such as the name of an office.
            Piece::Hole(number) => {
                let held = holes.get(number).copied().unwrap_or_default();
                if held.len() < text.len() { self.say(held).into_owned() } else { held.to_owned() }
            }
        };
        Cow::Owned(to.iter().map(say).collect())
    }

    /// An error whose message, hint and fields are in this language.
    pub fn said(self, error: Error) -> Error {
        let own = |text: String| self.say(&text).into_owned();
        Error {
            code: error.code,
            message: own(error.message),
            hint: error.hint.map(own),
            fields: error.fields.into_iter().map(|(field, what)| (field, own(what))).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::sources;

    #[test]
    fn messages_are_said_in_both_languages() {
        let both = [
            ("too many failures; wait 30 seconds", "失败次数太多，请 30 秒后再试"),
            ("no need 7 on draft 12", "草稿 12 上没有需求 7"),
            (
                "it says “五千”; a quantity with its unit, such as 5000片/月 is expected",
                "读到“五千”，应为带单位的数量，如 5000片/月",
            ),
            ("it is empty; a product or service is expected", "不能为空，应为产品或服务的名称"),
        ];
        for (en, zh) in both {
            assert_eq!(Lang::Zh.say(en), zh);
            assert_eq!(Lang::En.say(zh), en);
            assert_eq!((Lang::Zh.say(zh), Lang::En.say(en)), (zh.into(), en.into()));
        }
        let refused = "li (member) may not publish a list with a token that only reads";
        assert_eq!(Lang::Zh.say(refused), "li（会员企业）无权：发布清单（令牌只能读取）");
        assert_eq!(Lang::Zh.say("words of nobody"), "words of nobody");
        assert_eq!(Lang::En.say(""), "");
    }

    #[test]
    fn what_is_refused_has_words_in_both_languages() {
        for act in app::Act::ALL {
            let zh = Lang::Zh.say(act.words());
            assert!(zh != act.words() && !act.words().contains(act.word()), "{act:?}: {zh}");
            let refused =
                app::Error::new(app::Code::NotAllowed, format!("li (member) may not {}", act.words()));
            assert_eq!(Lang::Zh.said(refused).message, format!("li（会员企业）无权：{zh}"));
        }
    }

    #[test]
    fn both_languages_have_the_same_holes() {
        for (from, to) in TO_CHINESE.iter() {
            let holes = |pieces: &[Piece]| -> std::collections::BTreeSet<usize> {
                pieces.iter().filter_map(|p| if let Piece::Hole(n) = p { Some(*n) } else { None }).collect()
            };
            assert!(holes(to).is_subset(&holes(from)), "{from:?} {to:?}");
        }
    }

    /// Every message and hint that a use case gives as a literal is in the table: a new one is found by this test.
    #[test]
    fn no_message_is_missing() {
        let known = |text: &str| {
            let text = text.replace("{{", "(").replace("}}", ")");
            let plain =
                pieces(&text).into_iter().map(|p| if let Piece::Words(w) = p { w } else { "7".to_owned() });
            let said = plain.collect::<String>();
            TO_CHINESE.iter().chain(TO_ENGLISH.iter()).any(|(from, _)| fit(from, &said).is_some())
        };
        let mut missing = Vec::new();
        for text in sources("../app/src") {
            let text = text.split("#[cfg(test)]").next().unwrap();
            for begin in ["Error::new(Code::", ".hint(", "bad("] {
                for call in text.split(begin).skip(1) {
                    // Up to the literal stand at most the code and `format!(`.
                    let Some((before, after)) = call.split_once('"') else { continue };
                    let lead: String = before.split_whitespace().collect();
                    let lead = lead.trim_start_matches(|c: char| c.is_alphanumeric()).trim_start_matches(',');
                    if !matches!(lead, "" | "format!(" | "&format!(") {
                        continue;
                    }
                    // A field's name is no message; its message is the next literal.
                    let literal = after.split('"').next().unwrap();
                    let field =
                        begin == "bad(" && literal.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
                    let literal = if field { after.split('"').nth(2) } else { Some(literal) };
                    let Some(literal) = literal else { continue };
                    // A literal over several lines goes on after the white space.
                    let literal: String = literal.split("\\\n").map(str::trim_start).collect();
                    // One of holes alone only joins what others say.
                    let joins = pieces(&literal)
                        .iter()
                        .all(|p| !matches!(p, Piece::Words(words) if words.chars().any(char::is_alphabetic)));
                    if !joins && !known(&literal) {
                        missing.push(literal);
                    }
                }
            }
        }
        for row in app::Code::TABLE {
            if !known(row.help) {
                missing.push(row.help.to_owned());
            }
        }
        missing.sort();
        missing.dedup();
        assert!(missing.is_empty(), "data/messages.csv lacks:\n{}", missing.join("\n"));
    }
}
