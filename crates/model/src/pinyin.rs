//! Chinese text by the letters that people type for it: `dianlu` and `dlb` both find 电路板.
//!
//! The readings are those of the Unihan database (kMandarin and its kin), through the crate `pinyin`; every reading of a
//! character counts. Nothing is stored beside the texts: a text is walked along with what was typed, which a mask of
//! initials makes cheap.

use pinyin::ToPinyinMulti as _;
use std::sync::LazyLock;

/// Letters below which what was typed is a Latin word, not the letters of Chinese ones (`pc`, `ic`).
const LETTERS_MIN: usize = 3;
/// Letters up to which a word is looked at; places among them fit the bits of a number.
const LETTERS_MAX: usize = 63;
/// The characters that have readings: CJK ideographs with their first extension.
const FIRST: u32 = 0x3400;
const LAST: u32 = 0x9FFF;

/// The readings of one character without tones, and a bit for each letter that one of them begins with.
#[derive(Debug, Clone, Default)]
struct Readings {
    initials: u32,
    syllables: Vec<Box<str>>,
}

static TABLE: LazyLock<Vec<Readings>> = LazyLock::new(|| {
    (FIRST..=LAST).map(|code| char::from_u32(code).map_or_else(Readings::default, readings)).collect()
});

fn readings(c: char) -> Readings {
    let mut out = Readings::default();
    for reading in c.to_pinyin_multi().into_iter().flatten() {
        let plain = reading.plain().replace('ü', "v");
        // 铝 is typed lv, and by those who do not know that, lu.
        for syllable in [plain.replace('v', "u"), plain] {
            if syllable.bytes().all(|b| b.is_ascii_lowercase())
                && !out.syllables.iter().any(|s| **s == *syllable)
            {
                out.initials |= bit(syllable.as_bytes().first().copied().unwrap_or(b'a'));
                out.syllables.push(syllable.into());
            }
        }
    }
    out
}

fn bit(letter: u8) -> u32 {
    1 << (letter - b'a')
}

fn of(c: char) -> Option<&'static Readings> {
    let code = u32::from(c);
    (FIRST..=LAST).contains(&code).then(|| &TABLE[(code - FIRST) as usize])
}

/// What somebody typed, where it can be the letters of Chinese words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed(Vec<u8>);

impl Typed {
    /// Reads a folded word of a search; none where it is too short or too long, or holds anything but Latin letters.
    pub fn read(word: &str) -> Option<Self> {
        let fits =
            (LETTERS_MIN..=LETTERS_MAX).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase());
        fits.then(|| Self(word.bytes().collect()))
    }

    /// True where characters side by side in a text are read so, each by its whole syllable or by its first letter; the last one
    /// may be typed in part.
    pub fn is_in(&self, text: &str) -> bool {
        let first = bit(self.0[0]);
        let begins = |c: char| of(c).is_some_and(|r| r.initials & first != 0);
        text.char_indices().any(|(at, c)| begins(c) && reads(&text[at..], &self.0))
    }

    /// As [`Self::is_in`] for the first characters of a text.
    pub fn begins(&self, text: &str) -> bool {
        reads(text, &self.0)
    }
}

/// True where the first characters of `text` can be read as `typed`, which has at most [`LETTERS_MAX`] letters.
fn reads(text: &str, typed: &[u8]) -> bool {
    // A bit for each place up to which the characters so far can be read: however many ways lead to a place, it is gone on from once.
    let mut places = 1_u64;
    for c in text.chars() {
        let Some(readings) = of(c) else { return false };
        let mut reached = 0_u64;
        for (place, letter) in typed.iter().enumerate() {
            if places & (1_u64 << place) == 0 || readings.initials & bit(*letter) == 0 {
                continue;
            }
            reached |= 1_u64 << (place + 1);
            let left = &typed[place..];
            for syllable in &readings.syllables {
                if left.starts_with(syllable.as_bytes()) {
                    reached |= 1_u64 << (place + syllable.len());
                } else if syllable.as_bytes().starts_with(left) {
                    return true;
                }
            }
        }
        if reached & (1_u64 << typed.len()) != 0 {
            return true;
        }
        if reached == 0 {
            return false;
        }
        places = reached;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_find_characters() {
        for (typed, text, expect) in [
            ("dianlu", "双面电路板", true),
            ("dianluban", "双面电路板", true),
            ("dlb", "双面电路板", true),
            ("dianlb", "双面电路板", true),
            ("dianl", "双面电路板", true),
            ("smdlb", "双面电路板", true),
            ("jianxian", "键线机", true),
            ("jianhe", "键合金丝", true),
            ("jhjs", "键合金丝", true),
            // Several readings: 重 is zhong and chong, 行 hang and xing, 铝 lv and lu.
            ("zhongliang", "重量", true),
            ("chongdie", "重叠", true),
            ("hangye", "行业", true),
            ("lvban", "铝板", true),
            ("luban", "铝板", true),
            ("xiamen", "厦门某某电子", true),
            ("dianhu", "双面电路板", false),
            ("dlx", "双面电路板", false),
            ("board", "双面电路板", false),
            ("dlb", "电 路 板", false),
        ] {
            assert_eq!(Typed::read(typed).unwrap().is_in(text), expect, "{typed} {text}");
        }
        assert!(
            Typed::read("dianlu").unwrap().begins("电路板")
                && !Typed::read("luban").unwrap().begins("电路板")
        );
    }

    /// 阿 is read `a`, which is its first letter too: two ways at each of them, and no more work for it.
    #[test]
    fn many_ways_to_read_are_walked_once() {
        let typed = format!("{}b", "a".repeat(LETTERS_MAX - 1));
        let (typed, text) = (Typed::read(&typed).unwrap(), "阿".repeat(100));
        assert!(!typed.is_in(&text));
        assert!(typed.is_in(&format!("{text}板")));
    }

    #[test]
    fn other_words_are_no_letters() {
        let long = "a".repeat(LETTERS_MAX + 1);
        for word in ["", "pc", "ic", "电路", "fr-4", "0402", "r2d2", "DLB", &long] {
            assert_eq!(Typed::read(word), None, "{word}");
        }
    }
}
