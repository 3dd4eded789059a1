//! Delimited text (RFC 4180, with any delimiter).
//!
//! The reader is our own because a quote that is never closed must be reported with its line; the usual readers
//! silently take the rest of the file for one field.

use super::build::RowBuilder;
use super::cell::Value;
use super::error::{ReadError, ReadFault};
use super::{Format, Sheet};
use crate::limits::Limits;
use crate::progress::{EVERY_ROWS, Phase, Progress};
use std::iter::Peekable;
use std::str::Chars;

/// Delimiters that are guessed, the likeliest first.
const CANDIDATES: [char; 4] = [',', '\t', ';', '|'];
/// Lines that the guess looks at.
const GUESS_LINES: usize = 60;

pub(super) fn read(
    text: &str,
    file: &str,
    delimiter: Option<char>,
    limits: &Limits,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Sheet, ReadError> {
    // Excel's own convention: a first line `sep=;` names the delimiter and is no data.
    let named = text.get(..5).filter(|head| head.to_ascii_lowercase().starts_with("sep="));
    let named = named.and_then(|head| head.chars().nth(4)).filter(|c| !c.is_ascii_alphanumeric());
    let delimiter = delimiter.or(named).unwrap_or_else(|| guess_delimiter(text));
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut cells = 0;
    let mut rows = RowBuilder::new(file, name, limits, &mut cells);
    let mut records = Records::new(text, delimiter);
    let lines = text.bytes().filter(|&b| b == b'\n').count() as u64;
    let mut number = 0;
    while let Some(fields) = records
        .next_record()
        .map_err(|line| ReadError::new(file, ReadFault::BrokenQuotes).at(format!("第{line}行")))?
    {
        number += 1;
        if number == 1 && named.is_some() {
            continue;
        }
        for (column, field) in fields.drain(..).enumerate() {
            if !field.is_empty() {
                rows.add(number, column as u32, Value::Text(field))?;
            }
        }
        if u64::from(number).is_multiple_of(EVERY_ROWS) {
            let done = u64::from(number);
            progress(Progress { phase: Phase::Read, sheet: name, done, total: lines.max(done) });
        }
    }
    let rows = rows.finish();
    let (file, name) = (file.into(), name.into());
    Ok(Sheet { file, name, format: Format::Csv(delimiter), hidden: false, rows, merges: Vec::new() })
}

/// The delimiter that cuts most of the first lines into the same number of fields.
pub(super) fn guess_delimiter(text: &str) -> char {
    let mut best = (0.0, CANDIDATES[0]);
    for candidate in CANDIDATES {
        let counts = delimiter_counts(text, candidate);
        let used: Vec<usize> = counts.iter().copied().filter(|&n| n > 0).collect();
        let Some(mode) = used.iter().copied().max_by_key(|n| used.iter().filter(|m| *m == n).count()) else {
            continue;
        };
        let agreeing = used.iter().filter(|&&n| n == mode).count() as f64;
        let score = agreeing / counts.len() as f64 * (1.0 + mode as f64).ln();
        if score > best.0 {
            best = (score, candidate);
        }
    }
    best.1
}

fn delimiter_counts(text: &str, delimiter: char) -> Vec<usize> {
    let mut counts = Vec::new();
    let (mut quoted, mut count, mut blank) = (false, 0, true);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '\n' if !quoted => {
                if !blank {
                    counts.push(count);
                }
                (count, blank) = (0, true);
                if counts.len() == GUESS_LINES {
                    return counts;
                }
            }
            c if c == delimiter && !quoted => count += 1,
            _ => blank &= c.is_whitespace(),
        }
    }
    if !blank {
        counts.push(count);
    }
    counts
}

/// Reads records one by one, counting lines.
struct Records<'a> {
    chars: Peekable<Chars<'a>>,
    delimiter: char,
    line: usize,
    fields: Vec<String>,
}

impl<'a> Records<'a> {
    fn new(text: &'a str, delimiter: char) -> Self {
        Self { chars: text.chars().peekable(), delimiter, line: 1, fields: Vec::new() }
    }

    /// The fields of the next record, `None` at the end, the line of a field with broken quotes as the error.
    fn next_record(&mut self) -> Result<Option<&mut Vec<String>>, usize> {
        self.fields.clear();
        if self.chars.peek().is_none() {
            return Ok(None);
        }
        loop {
            let field = if self.chars.peek() == Some(&'"') { self.quoted()? } else { self.plain() };
            self.fields.push(field);
            match self.chars.next() {
                Some(c) if c == self.delimiter => {}
                Some('\r') => {
                    self.chars.next_if_eq(&'\n');
                    self.line += 1;
                    break;
                }
                Some(_) => {
                    self.line += 1;
                    break;
                }
                None => break,
            }
        }
        Ok(Some(&mut self.fields))
    }

    fn plain(&mut self) -> String {
        let mut field = String::new();
        while let Some(c) = self.chars.next_if(|&c| c != self.delimiter && c != '\n' && c != '\r') {
            field.push(c);
        }
        field
    }

    fn quoted(&mut self) -> Result<String, usize> {
        let opened = self.line;
        self.chars.next();
        let mut field = String::new();
        loop {
            match self.chars.next() {
                Some('"') if self.chars.next_if_eq(&'"').is_some() => field.push('"'),
                Some('"') => break,
                Some(c) => {
                    self.line += usize::from(c == '\n');
                    field.push(c);
                }
                None => return Err(opened),
            }
        }
        while self.chars.next_if(|&c| c == ' ' && c != self.delimiter).is_some() {}
        match self.chars.peek() {
            None | Some('\n' | '\r') => Ok(field),
            Some(&c) if c == self.delimiter => Ok(field),
            Some(_) => Err(opened),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str, delimiter: char) -> Result<Vec<Vec<String>>, usize> {
        let mut reader = Records::new(text, delimiter);
        let mut out = Vec::new();
        while let Some(fields) = reader.next_record()? {
            out.push(fields.clone());
        }
        Ok(out)
    }

    #[test]
    fn quotes_line_ends_and_blanks() {
        let read = records("a,\"b \"\"1\"\"\nc\",\r\n,x\rlast", ',').unwrap();
        assert_eq!(read, [vec!["a", "b \"1\"\nc", ""], vec!["", "x"], vec!["last"]]);
        assert_eq!(records("a,b\n1,\"open\n2,3\n", ','), Err(2));
        assert_eq!(records("a,b\n\n1,\"shut\"x,3\n", ','), Err(3));
        assert_eq!(records("长度|15\" 屏\n", '|').unwrap(), [vec!["长度", "15\" 屏"]]);
    }

    #[test]
    fn guesses_the_delimiter() {
        for (text, expect) in [
            ("a,b,c\n1,2,3\n", ','),
            ("企业\t产品\n甲\t丝，0.3\n", '\t'),
            ("id|name|price\n1|Sony, black; big|3\n2|Bose|4\n", '|'),
            ("名称;数量\n\"甲,乙\";5\n", ';'),
            ("只有一列\n甲\n", ','),
        ] {
            assert_eq!(guess_delimiter(text), expect, "{text}");
        }
    }
}
