//! What of a clause is a wish: `最好有UL认证` among other words wishes for the certificate, not for all that stands beside it.

use super::normal::is_han;
use super::words::WORDS;
use std::ops::Range;

/// The parts of a clause that are wished for.
#[derive(Debug, Default)]
pub(super) struct Wishes(Vec<Range<usize>>);

impl Wishes {
    /// The parts that the words of wishing at `words` speak of.
    pub fn of(text: &str, folded: &str, words: &[Range<usize>]) -> Self {
        let chinese = text.chars().any(is_han);
        let part = |word: &Range<usize>| {
            if chinese { phrase(text, folded, word) } else { english(text, folded, word) }
        };
        Self(words.iter().map(part).collect())
    }

    /// True for a wish.
    pub fn holds(&self, place: Range<usize>) -> bool {
        self.0.iter().any(|part| part.start < place.end && place.start < part.end)
    }
}

/// The run of words between spaces that the wish stands in, or the one behind it (before it, where none is behind) where it
/// stands alone.
fn phrase(text: &str, folded: &str, word: &Range<usize>) -> Range<usize> {
    let start = text[..word.start].rfind(' ').map_or(0, |at| at + 1);
    let end = text[word.end..].find(' ').map_or(text.len(), |at| word.end + at);
    if !WORDS.is_filler(&folded[start..end]) {
        return start..end;
    }
    let behind = text[end..].trim_start_matches(' ');
    if behind.is_empty() {
        let before = text[..start].trim_end_matches(' ');
        return before.rfind(' ').map_or(0, |at| at + 1)..end;
    }
    let from = text.len() - behind.len();
    start..behind.find(' ').map_or(text.len(), |at| from + at)
}

/// What stands behind the word (`ABS, preferably black`), or all that stands before it (`UL listed is a plus`).
fn english(text: &str, folded: &str, word: &Range<usize>) -> Range<usize> {
    if WORDS.is_filler(&folded[word.end..]) { 0..text.len() } else { word.start..text.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_holds_for_its_phrase() {
        for (text, word, expect) in [
            ("线长200mm 26AWG 最好有UL认证", "最好", "最好有UL认证"),
            ("良率98% 优先 IATF16949", "优先", "优先 IATF16949"),
            ("良率98% UL认证 优先", "优先", "UL认证 优先"),
            ("铜厚优选1oz", "优选", "铜厚优选1oz"),
            ("ABS preferably black", "preferably", "preferably black"),
            ("UL listed preferred", "preferred", "UL listed preferred"),
        ] {
            let at = text.find(word).unwrap();
            let place = at..at + word.len();
            let wished = Wishes::of(text, &text.to_ascii_lowercase(), std::slice::from_ref(&place));
            assert_eq!(&text[wished.0[0].clone()], expect, "{text}");
        }
    }
}
