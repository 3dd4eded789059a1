//! Cells: a value with its type and its A1 name.

use jiff::civil::DateTime;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

/// What a cell holds. Blank cells are not kept.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text as it stands there; in delimited text every cell is text.
    Text(String),
    /// A number.
    Number(f64),
    /// A number whose display format puts a sign or unit behind it: `99.8%`, `5000"片"`.
    Measured {
        /// The number as it is shown (99.8, not 0.998).
        number: f64,
        /// What the format puts behind it.
        unit: Arc<str>,
    },
    /// A date, with its time of day.
    Date(DateTime),
    /// True or false.
    Bool(bool),
    /// The error that a formula left behind, such as `#REF!`.
    Error(&'static str),
}

impl Value {
    /// The text that a person sees: numbers without exponent and to 15 significant digits, dates as
    /// `2026-11-22`, without white space around it.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text.trim()),
            Self::Number(number) => Cow::Owned(number_text(*number)),
            Self::Measured { number, unit } => Cow::Owned(format!("{}{unit}", number_text(*number))),
            Self::Date(at) => Cow::Owned(at.date().to_string()),
            Self::Bool(true) => Cow::Borrowed("是"),
            Self::Bool(false) => Cow::Borrowed("否"),
            Self::Error(error) => Cow::Borrowed(error),
        }
    }

    /// True for a number in whatever dress.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Measured { .. })
    }
}

/// One cell with content.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Column, from 0.
    pub column: u32,
    /// Content.
    pub value: Value,
}

/// One row with content; blank rows are not kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Row as the spreadsheet counts it, from 1; in delimited text the line on which the record begins.
    pub number: u32,
    /// Cells by column.
    pub cells: Vec<Cell>,
}

impl Row {
    /// The content in this column.
    pub fn get(&self, column: u32) -> Option<&Value> {
        self.cells.binary_search_by_key(&column, |c| c.column).ok().map(|i| &self.cells[i].value)
    }

    /// The text in this column, empty where there is none.
    pub fn text(&self, column: u32) -> Cow<'_, str> {
        self.get(column).map_or(Cow::Borrowed(""), Value::text)
    }

    /// Columns up to the last one with content.
    pub fn width(&self) -> u32 {
        self.cells.last().map_or(0, |c| c.column + 1)
    }
}

/// Letters of a column counted from 0: `A`, `Z`, `AA`.
pub fn column_name(mut column: u32) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + (column % 26) as u8));
        match (column / 26).checked_sub(1) {
            Some(next) => column = next,
            None => break,
        }
    }
    letters.iter().rev().collect()
}

/// Column of its letters, `None` where the text is no column name up to `XFD`.
pub fn column_index(name: &str) -> Option<u32> {
    if name.is_empty() || name.len() > 3 || !name.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let number = name.bytes().fold(0, |n, b| n * 26 + u32::from(b.to_ascii_uppercase() - b'A') + 1);
    Some(number - 1)
}

/// A1 name of a cell: row from 1, column from 0.
pub fn a1(row: u32, column: u32) -> String {
    let mut name = column_name(column);
    let _ = write!(name, "{row}");
    name
}

/// Writes a number as a person would: no exponent, at most 15 significant digits (as many as Excel shows).
pub fn number_text(number: f64) -> String {
    if number == number.trunc() && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_cells() {
        for (row, column, name) in
            [(1, 0, "A1"), (7, 25, "Z7"), (2, 26, "AA2"), (9, 701, "ZZ9"), (1, 702, "AAA1")]
        {
            assert_eq!(a1(row, column), name);
            assert_eq!(column_index(name.trim_end_matches(|c: char| c.is_ascii_digit())), Some(column));
        }
        assert_eq!(column_index("名称"), None);
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        for (number, text) in [
            (5000.0, "5000"),
            (0.1 + 0.2, "0.3"),
            (13_800_138_000.0, "13800138000"),
            (913_608_260_000_000_000.0, "913608260000000000"),
            (-0.035, "-0.035"),
            (1e-7, "0.0000001"),
        ] {
            assert_eq!(number_text(number), text);
        }
    }
}
