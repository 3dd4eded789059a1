//! Collects cells into rows, within bounds.

use super::cell::{Cell, Row, Value, a1};
use super::error::{ReadError, ReadFault};
use crate::limits::Limits;
use calamine::{CellErrorType, ExcelDateTime};
use jiff::civil::DateTime;

/// The rows of one sheet in the making.
pub(super) struct RowBuilder<'a> {
    file: &'a str,
    sheet: &'a str,
    limits: &'a Limits,
    cells: &'a mut usize,
    rows: Vec<Row>,
}

impl<'a> RowBuilder<'a> {
    /// `cells` counts over all sheets of a file.
    pub(super) fn new(file: &'a str, sheet: &'a str, limits: &'a Limits, cells: &'a mut usize) -> Self {
        Self { file, sheet, limits, cells, rows: Vec::new() }
    }

    pub(super) fn error(&self, fault: ReadFault) -> ReadError {
        ReadError::new(self.file, fault).in_sheet(self.sheet)
    }

    /// Adds a cell; row from 1, column from 0. Blank text is dropped.
    pub(super) fn add(&mut self, row: u32, column: u32, value: Value) -> Result<(), ReadError> {
        if let Value::Text(text) = &value {
            let trimmed = text.trim();
            if trimmed.is_empty() {
                return Ok(());
            }
            // Delimited text and pasted values hold formula errors as text.
            if let Some(words) = error_text(trimmed) {
                return self.put(row, column, Value::Error(words));
            }
            // Bytes bound characters, so the count is taken only where it can matter.
            if text.len() > self.limits.cell_chars {
                let found = text.chars().count();
                if found > self.limits.cell_chars {
                    let fault = ReadFault::CellTooLong { found, limit: self.limits.cell_chars };
                    return Err(self.error(fault).at(a1(row, column)));
                }
            }
        }
        self.put(row, column, value)
    }

    fn put(&mut self, row: u32, column: u32, value: Value) -> Result<(), ReadError> {
        if column >= self.limits.columns {
            let fault = ReadFault::TooManyColumns { limit: self.limits.columns };
            return Err(self.error(fault).at(a1(row, column)));
        }
        *self.cells += 1;
        if *self.cells > self.limits.cells {
            return Err(self.error(ReadFault::TooManyCells { limit: self.limits.cells }));
        }
        let at = self.row(row)?;
        let cells = &mut self.rows[at].cells;
        match cells.last() {
            Some(last) if last.column >= column => match cells.binary_search_by_key(&column, |c| c.column) {
                Ok(i) => cells[i].value = value,
                Err(i) => cells.insert(i, Cell { column, value }),
            },
            _ => cells.push(Cell { column, value }),
        }
        Ok(())
    }

    /// Index of the row, which is nearly always the last or a new last one.
    fn row(&mut self, number: u32) -> Result<usize, ReadError> {
        let at = match self.rows.last() {
            Some(last) if last.number == number => return Ok(self.rows.len() - 1),
            Some(last) if last.number > number => match self.rows.binary_search_by_key(&number, |r| r.number)
            {
                Ok(at) => return Ok(at),
                Err(at) => at,
            },
            _ => self.rows.len(),
        };
        if self.rows.len() >= self.limits.rows {
            return Err(self.error(ReadFault::TooManyRows { limit: self.limits.rows }));
        }
        self.rows.insert(at, Row { number, cells: Vec::new() });
        Ok(at)
    }

    pub(super) fn finish(self) -> Vec<Row> {
        self.rows
    }
}

/// The date of an Excel serial number.
pub(super) fn date(at: ExcelDateTime) -> Value {
    let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
    i16::try_from(year)
        .ok()
        .and_then(|year| {
            DateTime::new(
                year,
                month as i8,
                day as i8,
                hour as i8,
                minute as i8,
                second as i8,
                i32::from(milli) * 1_000_000,
            )
            .ok()
        })
        // Excel's 29 February 1900 does not exist; the number itself is then the honest reading.
        .map_or(Value::Number(at.as_f64()), Value::Date)
}

/// The words of a formula error.
pub(super) fn error_words(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#GETTING_DATA",
    }
}

/// The same words where a cell holds them as text.
fn error_text(text: &str) -> Option<&'static str> {
    const WORDS: [&str; 8] = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!"];
    if !text.starts_with('#') {
        return None;
    }
    WORDS.into_iter().find(|w| *w == text)
}

/// Runs a third-party parser over foreign bytes. A panic in it becomes an error: one hostile file must not
/// take the server down.
pub(super) fn guarded<T>(file: &str, parse: impl FnOnce() -> Result<T, ReadError>) -> Result<T, ReadError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(parse))
        .unwrap_or_else(|_| Err(ReadError::new(file, ReadFault::Damaged("内部结构前后矛盾".to_owned()))))
}
