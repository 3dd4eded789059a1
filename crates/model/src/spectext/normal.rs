//! Normal form of free text: one sign for what people type in many ways, simplified characters for traditional
//! ones. Unlike [`crate::fold`] it keeps the case, since `mW` is not `MW`.

use crate::traditional::simplified;
use std::ops::Range;

/// A text in normal form with the way back to the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Normal {
    /// Normal form.
    pub text: String,
    /// For every byte of `text` and its end, the byte of the original where its character starts.
    origin: Vec<u32>,
}

impl Normal {
    /// The original bytes of a range of the normal form.
    pub fn origin(&self, range: Range<usize>) -> Range<usize> {
        let at = |i: usize| self.origin.get(i).or(self.origin.last()).map_or(0, |o| *o as usize);
        at(range.start)..at(range.end)
    }
}

/// Normal form of one character; `None` for characters that are not seen.
fn character(c: char) -> Option<char> {
    Some(match c {
        '\n' | '\r' => '\n',
        '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' => return None,
        '”' | '“' | '＂' | '″' | '〞' => '"',
        '’' | '‘' => '\'',
        '，' => '，',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0)?,
        '—' | '–' | '―' | '−' | '‐' | '‑' | '﹣' | '─' => '-',
        '〜' | '∼' | '˜' | '∽' | '﹏' => '~',
        '×' | '✕' | '╳' | '∗' | '✖' | '⨯' => '*',
        '•' | '∙' | '‧' | '・' | '⋅' => '·',
        // The compatibility signs micro, ohm, kelvin and angstrom.
        '\u{b5}' => 'μ',
        '\u{2126}' => 'Ω',
        '\u{212a}' => 'K',
        '\u{212b}' => 'Å',
        '≧' | '⩾' | '≮' | '﹥' => '≥',
        '≦' | '⩽' | '≯' | '﹤' => '≤',
        '【' | '〔' | '「' => '(',
        '】' | '〕' | '」' => ')',
        '﹪' => '%',
        'º' | '˚' => '°',
        '∮' | 'ϕ' | 'ф' | 'φ' | 'Ø' | 'ø' | '⌀' | '∅' => 'Φ',
        _ if c.is_whitespace() || c.is_control() => ' ',
        _ => simplified(c),
    })
}

/// True for the characters of Chinese words.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '〇')
}

/// Brings a text into normal form. White space runs become one space, a run of long dashes one dash, and
/// single Chinese characters set apart for layout (`板　厚`) are joined.
pub(crate) fn normalise(text: &str) -> Normal {
    let mut chars: Vec<(char, u32)> = Vec::with_capacity(text.len());
    let mut last_original = ' ';
    for (at, original) in text.char_indices() {
        let Some(c) = character(original) else { continue };
        // Two feet are inches, and a full stop between digits is a point that the keyboard typed otherwise (1。6mm).
        if c == '\'' && chars.last().is_some_and(|l| l.0 == '\'') {
            if let Some(last) = chars.last_mut() {
                last.0 = '"';
            }
            continue;
        }
        let next = text[at + original.len_utf8()..].chars().next();
        let digits =
            chars.last().is_some_and(|l| l.0.is_ascii_digit()) && next.is_some_and(|n| n.is_ascii_digit());
        let c = if c == '。' && digits { '.' } else { c };
        // A full-width comma is a thousands separator only among full-width digits; elsewhere it parts clauses.
        let c = if original == '，' && matches!(last_original, '０'..='９') { ',' } else { c };
        let last = chars.last().map(|l| l.0);
        let dash_run = c == '-' && last == Some('-') && original != '-' && last_original != '-';
        let space_run = c == ' ' && matches!(last, None | Some(' ' | '\n'));
        last_original = original;
        if dash_run || space_run {
            continue;
        }
        chars.push((c, u32::try_from(at).unwrap_or(u32::MAX)));
    }
    join_spread(&mut chars);
    let mut out =
        Normal { text: String::with_capacity(text.len()), origin: Vec::with_capacity(text.len() + 1) };
    for (c, at) in chars {
        out.text.push(c);
        out.origin.extend(std::iter::repeat_n(at, c.len_utf8()));
    }
    out.origin.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
    out
}

/// Drops the space between two Chinese characters that both stand alone.
fn join_spread(chars: &mut Vec<(char, u32)>) {
    let alone = |i: usize, chars: &[(char, u32)]| {
        let edge = |c: Option<&(char, u32)>| c.is_none_or(|c| !c.0.is_alphanumeric());
        is_han(chars[i].0) && edge(i.checked_sub(1).and_then(|j| chars.get(j))) && edge(chars.get(i + 1))
    };
    let spaces: Vec<usize> = (1..chars.len().saturating_sub(1))
        .filter(|&i| chars[i].0 == ' ' && alone(i - 1, chars) && alone(i + 1, chars))
        .collect();
    if spaces.is_empty() {
        return;
    }
    let mut drop = spaces.into_iter().peekable();
    let mut at = 0;
    chars.retain(|_| {
        let gone = drop.next_if_eq(&at).is_some();
        at += 1;
        !gone
    });
}

/// Normal form without white space at the ends: the key under which tables keep their words.
pub(crate) fn key(text: &str) -> String {
    normalise(text).text.trim().to_owned()
}
