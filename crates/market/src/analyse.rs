//! Text to terms.
//!
//! One analysis serves Chinese and Latin text alike, so that mixed titles such as `P1.25 LED灯珠` need no
//! language switch:
//!
//! - a run of Chinese (or Japanese, Korean) characters gives its 1-grams and 2-grams;
//! - a run of other letters and digits gives its character 3-grams, padded with a blank on both sides, and the
//!   whole word, lightly stemmed;
//! - a model number (`PSL-X350H`, `FR-4`, `0.3mm`: letters and digits, possibly joined by `-`, `.`, `/` or `_`)
//!   also gives its whole form without the joints, so that spellings with and without them meet.

use model::fold::fold_char;

/// A term of a text: the hash of its characters and how often it occurs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// 64-bit hash of the term's kind and characters; the same on every machine and in every run.
    pub id: u64,
    /// Number of occurrences.
    pub count: f32,
}

/// True for characters of scripts that are written without blanks between words.
pub(crate) fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c),
        0x3040..=0x30ff         // kana
        | 0x3400..=0x4dbf       // ideographs, extension A
        | 0x4e00..=0x9fff       // ideographs
        | 0xac00..=0xd7af       // hangul
        | 0xf900..=0xfaff       // compatibility ideographs
        | 0x20000..=0x3134f) // further extensions
}

/// What a term is; the same characters as word and as gram are different terms.
#[derive(Clone, Copy)]
enum Kind {
    Gram = 1,
    Word = 2,
    Model = 3,
}

/// FNV-1a over the characters, with a finishing mix: no seed, so that orders derived from ids are stable.
struct Hash(u64);

impl Hash {
    fn new(kind: Kind) -> Self {
        let mut hash = Self(0xcbf2_9ce4_8422_2325);
        hash.push(kind as u32);
        hash
    }

    fn push(&mut self, value: u32) {
        for byte in value.to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn of(kind: Kind, chars: impl IntoIterator<Item = char>) -> u64 {
        let mut hash = Self::new(kind);
        for c in chars {
            hash.push(u32::from(c));
        }
        let mut h = hash.0;
        h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        h ^ (h >> 33)
    }
}

/// A run of characters of one script within a text.
struct Run {
    start: usize,
    end: usize,
    ideographs: bool,
}

fn runs(chars: &[char]) -> Vec<Run> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        if !chars[i].is_alphanumeric() {
            i += 1;
            continue;
        }
        let (start, ideographs) = (i, is_ideograph(chars[i]));
        while i < chars.len() && chars[i].is_alphanumeric() && is_ideograph(chars[i]) == ideographs {
            i += 1;
        }
        out.push(Run { start, end: i, ideographs });
    }
    out
}

/// The terms of a text with their counts, sorted by id.
pub fn terms(text: &str) -> Vec<Term> {
    let chars: Vec<char> = text.chars().map(fold_char).collect();
    let runs = runs(&chars);
    let mut ids = Vec::with_capacity(chars.len() * 2 + 4);
    for run in &runs {
        let run_chars = &chars[run.start..run.end];
        if run.ideographs {
            ids.extend(run_chars.iter().map(|&c| Hash::of(Kind::Gram, [c])));
            ids.extend(run_chars.windows(2).map(|w| Hash::of(Kind::Gram, w.iter().copied())));
        } else {
            word_terms(run_chars, &mut ids);
        }
    }
    model_terms(&chars, &runs, &mut ids);
    ids.sort_unstable();
    let mut out: Vec<Term> = Vec::with_capacity(ids.len());
    for id in ids {
        match out.last_mut() {
            Some(last) if last.id == id => last.count += 1.0,
            _ => out.push(Term { id, count: 1.0 }),
        }
    }
    out
}

fn word_terms(word: &[char], ids: &mut Vec<u64>) {
    ids.push(Hash::of(Kind::Word, stem(word)));
    let padded: Vec<char> = std::iter::once(' ').chain(word.iter().copied()).chain([' ']).collect();
    ids.extend(padded.windows(3).map(|w| Hash::of(Kind::Gram, w.iter().copied())));
}

/// Model numbers: the longest sequences of Latin runs with one joint between each two.
fn model_terms(chars: &[char], runs: &[Run], ids: &mut Vec<u64>) {
    let mut at = 0;
    while at < runs.len() {
        if runs[at].ideographs {
            at += 1;
            continue;
        }
        let mut last = at;
        while last + 1 < runs.len()
            && !runs[last + 1].ideographs
            && runs[last + 1].start == runs[last].end + 1
            && matches!(chars[runs[last].end], '-' | '.' | '/' | '_')
        {
            last += 1;
        }
        let whole = || runs[at..=last].iter().flat_map(|r| &chars[r.start..r.end]).copied();
        let digits = whole().filter(char::is_ascii_digit).count();
        let letters = whole().filter(|c| c.is_alphabetic()).count();
        // `FR-4` is a model number, `10` is not, a long bare number (`88511`) is.
        if digits > 0 && (letters > 0 && digits + letters >= 3 || digits >= 5) {
            ids.push(Hash::of(Kind::Model, whole()));
        }
        at = last + 1;
    }
}

/// Light English stemming: plurals, `-ing` and `-ed` of longer words; words with digits stay as they are.
fn stem(word: &[char]) -> Vec<char> {
    if word.len() < 4 || !word.iter().all(char::is_ascii_lowercase) {
        return word.to_vec();
    }
    let ends = |suffix: &str| {
        word.len() >= suffix.len() && word[word.len() - suffix.len()..].iter().copied().eq(suffix.chars())
    };
    let cut = |n: usize| word[..word.len() - n].to_vec();
    if word.len() > 4 && ends("ies") {
        let mut out = cut(3);
        out.push('y');
        return out;
    }
    if ["sses", "shes", "ches", "xes"].into_iter().any(ends) {
        return cut(2);
    }
    if ends("s") && !["ss", "us", "is"].into_iter().any(ends) {
        return cut(1);
    }
    if word.len() >= 7 && ends("ing") {
        return cut(3);
    }
    if word.len() >= 6 && ends("ed") {
        return cut(2);
    }
    word.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Number of terms that two texts share.
    fn shared(a: &str, b: &str) -> usize {
        let b = terms(b);
        terms(a).iter().filter(|t| b.iter().any(|u| u.id == t.id)).count()
    }

    #[test]
    fn spellings_of_one_thing_share_terms() {
        for (a, b, at_least) in [
            ("ＬＥＤ灯珠", "led灯珠", 7),
            ("PSL-X350H", "PSLX350H", 3),
            ("FR-4", "FR4", 2),
            ("cables", "cable", 4),
            ("batteries", "battery", 6),
            ("键合丝", "金键合丝", 5),
        ] {
            assert!(shared(a, b) >= at_least, "{a} / {b}: {}", shared(a, b));
        }
        assert_eq!(shared("蚀刻液", "bonding wire"), 0);
    }

    #[test]
    fn counts_and_order() {
        let list = terms("金金 金");
        assert_eq!(list.iter().map(|t| t.count).fold(0.0, f32::max), 3.0);
        assert!(list.windows(2).all(|w| w[0].id < w[1].id));
        assert!(terms(" ，。- ").is_empty());
    }

    #[test]
    fn stems() {
        let check = |word: &str, expect: &str| {
            let chars: Vec<char> = word.chars().collect();
            assert_eq!(stem(&chars).into_iter().collect::<String>(), expect);
        };
        check("glasses", "glass");
        check("switches", "switch");
        check("lens", "len");
        check("moulding", "mould");
        check("plated", "plat");
        check("bus", "bus");
        check("x350s", "x350s");
    }
}
