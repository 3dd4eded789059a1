//! Folding of text for comparison: what a person reads as the same becomes the same.

use crate::traditional::simplified;

/// Folds one character: full-width forms become half-width, letters lower case, traditional characters simplified ones, and the
/// look-alike punctuation that people type for one sign (dashes, tildes, multiplication signs) becomes that sign.
///
/// Length in characters never changes, so offsets into the folded text are offsets into the original.
pub fn fold_char(c: char) -> char {
    match c {
        '\u{3000}' | '\u{00a0}' | '\t' => ' ',
        '\u{ff01}'..='\u{ff5e}' => {
            // The full-width block mirrors ASCII at a fixed distance.
            let half = char::from_u32(c as u32 - 0xfee0).unwrap_or(c);
            half.to_ascii_lowercase()
        }
        '—' | '–' | '―' | '−' | '‐' | '‑' | '﹣' | '─' => '-',
        '〜' | '∼' | '˜' => '~',
        '×' | '✕' | '╳' | '∗' => '*',
        'µ' => 'μ',
        '。' => '.',
        '【' | '〔' => '(',
        '】' | '〕' => ')',
        _ if c.is_ascii() => c.to_ascii_lowercase(),
        _ => {
            // Only one-to-one lower-casing keeps the length.
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) => simplified(one),
                _ => c,
            }
        }
    }
}

/// Folds a text character by character with [`fold_char`].
pub fn fold(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

/// Folds a text for use as a look-up key: [`fold`] and no white space at all.
pub fn fold_key(text: &str) -> String {
    text.chars().map(fold_char).filter(|c| !c.is_whitespace()).collect()
}

/// Folds the name of an organisation: [`fold_key`] without brackets and punctuation, so that
/// `吉安（万安）某某电子有限公司` and `吉安万安某某电子有限公司` meet.
pub fn fold_name(text: &str) -> String {
    fold_key(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_and_look_alikes_meet() {
        for (input, expect) in [
            ("ＬＥＤ　０．３ＭＭ", "led 0.3mm"),
            ("P0.8—P1.5", "p0.8-p1.5"),
            ("1.0t×1220×2440", "1.0t*1220*2440"),
            ("20µm", "20μm"),
        ] {
            assert_eq!(fold(input), expect);
        }
        assert_eq!(fold_key("雙面線路板 FR-4"), "双面线路板fr-4");
        assert_eq!(fold_name("吉安（万安）光电 有限公司"), "吉安万安光电有限公司");
    }
}
