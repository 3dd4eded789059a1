//! Text to terms.
//!
//! One analysis serves Chinese and Latin text alike, so that mixed titles such as `P1.25 LED灯珠` need no
//! language switch:
//!
//! - a run of Chinese (or Japanese, Korean) characters, traditional ones made simplified, gives its 1-grams and 2-grams, and
//!   for names the pairs that stand up to three characters apart (`振业` of `振兴实业`);
//! - a run of other letters and digits gives its character 3-, 4- and 5-grams, padded with a blank on both sides, and the
//!   whole word, lightly stemmed;
//! - a model number (`PSL-X350H`, `FR-4`, `0.3mm`: letters and digits, possibly joined by `-`, `.`, `/` or `_`)
//!   also gives its whole form without the joints, so that spellings with and without them meet.
//!
//! What a kind of term counts for stands in [`TermWeights`]; kinds of weight 0 are not made.

use crate::weights::TermWeights;
use model::fold::fold_char;

/// A term of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// 64-bit hash of the term's kind and characters; the same on every machine and in every run.
    pub id: u64,
    /// Weight of its kind times the sublinear frequency `1 + ln tf`.
    pub weight: f32,
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
#[derive(Debug, Clone, Copy)]
enum Kind {
    Ideograph,
    Pair,
    Apart,
    Gram3,
    Gram4,
    Gram5,
    Word,
    Model,
}

/// Takes texts apart; keeps its working memory from text to text.
#[derive(Debug, Default)]
pub(crate) struct Analyser {
    chars: Vec<char>,
    runs: Vec<Run>,
    padded: Vec<char>,
    terms: Terms,
}

/// The hashes of a text's terms, with their kinds.
#[derive(Debug, Default)]
struct Terms {
    ids: Vec<(u64, Kind)>,
    /// By kind.
    weights: [f32; 8],
}

impl Terms {
    fn makes(&self, kind: Kind) -> bool {
        self.weights[kind as usize] > 0.0
    }

    fn push(&mut self, kind: Kind, chars: impl IntoIterator<Item = char>) {
        if self.makes(kind) {
            self.ids.push((hash(kind, chars), kind));
        }
    }
}

/// FNV-1a over characters instead of bytes, with a finishing mix: no seed, so that orders derived from ids are stable.
fn hash(kind: Kind, chars: impl IntoIterator<Item = char>) -> u64 {
    let mut h = 0xcbf2_9ce4_8422_2325 ^ (kind as u64 + 1) << 32;
    for c in chars {
        h = (h ^ u64::from(c)).wrapping_mul(0x0000_0100_0000_01b3);
        h ^= h >> 29;
    }
    h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    h ^ (h >> 33)
}

/// A run of characters of one script within a text.
#[derive(Debug)]
struct Run {
    start: usize,
    end: usize,
    ideographs: bool,
}

fn runs(chars: &[char], out: &mut Vec<Run>) {
    out.clear();
    let mut i = 0;
    while i < chars.len() {
        // Ideographs are asked for first: Unicode's tables of letters are slow.
        let (start, ideographs) = (i, is_ideograph(chars[i]));
        if !ideographs && !chars[i].is_alphanumeric() {
            i += 1;
            continue;
        }
        while i < chars.len()
            && is_ideograph(chars[i]) == ideographs
            && (ideographs || chars[i].is_alphanumeric())
        {
            i += 1;
        }
        out.push(Run { start, end: i, ideographs });
    }
}

/// How far the characters of a loose pair stand from each other, at most.
const APART: usize = 4;

impl Analyser {
    /// The terms of a text, sorted by id.
    pub fn terms(&mut self, text: &str, weights: &TermWeights) -> impl Iterator<Item = Term> {
        let w = weights;
        let Self { chars, runs: found, padded, terms } = self;
        chars.clear();
        chars.extend(text.chars().map(fold_char));
        runs(chars, found);
        terms.ids.clear();
        terms.weights = [w.ideograph, w.pair, w.apart, w.gram3, w.gram4, w.gram5, w.word, w.model];
        for run in &*found {
            let run_chars = &chars[run.start..run.end];
            if run.ideographs {
                ideograph_terms(run_chars, terms);
            } else {
                word_terms(run_chars, padded, terms);
            }
        }
        if terms.makes(Kind::Model) {
            model_terms(chars, found, terms);
        }
        terms.ids.sort_unstable_by_key(|(id, _)| *id);
        let weights = terms.weights;
        terms.ids.chunk_by(|a, b| a.0 == b.0).map(move |of| {
            let (id, kind) = of[0];
            let sublinear = if of.len() == 1 { 1.0 } else { 1.0 + (of.len() as f32).ln() };
            Term { id, weight: weights[kind as usize] * sublinear }
        })
    }
}

fn ideograph_terms(run: &[char], terms: &mut Terms) {
    let apart = if terms.makes(Kind::Apart) { APART } else { 0 };
    for (at, &c) in run.iter().enumerate() {
        terms.push(Kind::Ideograph, [c]);
        if let Some(&next) = run.get(at + 1) {
            terms.push(Kind::Pair, [c, next]);
        }
        for &later in run.iter().skip(at + 1).take(apart) {
            terms.push(Kind::Apart, [c, later]);
        }
    }
}

fn word_terms(word: &[char], padded: &mut Vec<char>, terms: &mut Terms) {
    let (stem, end) = stem(word);
    terms.push(Kind::Word, stem.iter().copied().chain(end));
    padded.clear();
    padded.push(' ');
    padded.extend_from_slice(word);
    padded.push(' ');
    for (kind, length) in [(Kind::Gram3, 3), (Kind::Gram4, 4), (Kind::Gram5, 5)] {
        if terms.makes(kind) {
            for gram in padded.windows(length) {
                terms.push(kind, gram.iter().copied());
            }
        }
    }
}

/// Model numbers: the longest sequences of Latin runs with one joint between each two.
fn model_terms(chars: &[char], runs: &[Run], terms: &mut Terms) {
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
            terms.push(Kind::Model, whole());
        }
        at = last + 1;
    }
}

/// A number that lies near those of like texts: texts in its order share words with their neighbours. Chinese product names end
/// in what the thing is, so the last ideographs count first; Latin ones begin with the maker.
pub(crate) fn neighbourhood(text: &str) -> u128 {
    let mut key = 0u128;
    let mut room = 128;
    let mut put = |value: u32, bits: u32| {
        if room >= bits {
            room -= bits;
            key |= u128::from(value & ((1 << bits) - 1)) << room;
        }
    };
    let ideographs = text.chars().rev().filter(|&c| is_ideograph(c)).map(fold_char).take(6);
    ideographs.for_each(|c| put(u32::from(c), 16));
    let others = text.chars().filter(|&c| !is_ideograph(c) && c.is_alphanumeric()).map(fold_char).take(16);
    others.for_each(|c| put(u32::from(c), 8));
    key
}

/// Light English stemming: plurals, `-ing` and `-ed` of longer words; words with digits stay as they are. What is left of the
/// word, and a character to be put behind it.
fn stem(word: &[char]) -> (&[char], Option<char>) {
    if word.len() < 4 || !word.iter().all(char::is_ascii_lowercase) {
        return (word, None);
    }
    let ends = |suffix: &str| {
        word.len() >= suffix.len() && word[word.len() - suffix.len()..].iter().copied().eq(suffix.chars())
    };
    let cut = |n: usize| (&word[..word.len() - n], None);
    if word.len() > 4 && ends("ies") {
        return (&word[..word.len() - 3], Some('y'));
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
    (word, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str, weights: &TermWeights) -> Vec<Term> {
        Analyser::default().terms(text, weights).collect()
    }

    /// Number of terms that two texts share.
    fn shared(a: &str, b: &str) -> usize {
        let weights = TermWeights::default();
        let b = terms(b, &weights);
        terms(a, &weights).iter().filter(|t| b.iter().any(|u| u.id == t.id)).count()
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
            ("鍵合絲", "键合丝", 5),
        ] {
            assert!(shared(a, b) >= at_least, "{a} / {b}: {}", shared(a, b));
        }
        assert_eq!(shared("蚀刻液", "bonding wire"), 0);
    }

    #[test]
    fn counts_and_order() {
        let weights = TermWeights { ideograph: 1.0, ..TermWeights::default() };
        let list = terms("金金 金", &weights);
        assert_eq!(list.iter().map(|t| t.weight).fold(0.0, f32::max), 1.0 + 3f32.ln());
        assert!(list.windows(2).all(|w| w[0].id < w[1].id));
        assert!(terms(" ，。- ", &weights).is_empty());
    }

    #[test]
    fn stems() {
        let check = |word: &str, expect: &str| {
            let chars: Vec<char> = word.chars().collect();
            let (stem, end) = stem(&chars);
            assert_eq!(stem.iter().copied().chain(end).collect::<String>(), expect);
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
