//! Reading sheets: bytes of a workbook or of delimited text in, typed cells with their places out.
//!
//! The format is recognised by content, not by the file name. Nothing here knows what a column means:
//! that is [`crate::columns`].

mod biff;
mod build;
mod cell;
mod cfb;
mod csv;
mod detect;
mod error;
mod text;
mod xls;
mod xlsx;
mod zipped;

pub use cell::{Cell, Row, Value, a1, column_index, column_name, number_text};
pub use error::{ReadError, ReadFault};
pub use text::decode;

use crate::limits::Limits;
use crate::progress::{Phase, Progress};
use detect::Container;
use std::sync::Arc;

/// Format that a sheet came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML workbook.
    Xlsx,
    /// Binary workbook of Excel 2007 and later.
    Xlsb,
    /// Binary workbook of Excel 97 to 2003.
    Xls,
    /// Delimited text with this delimiter.
    Csv(char),
}

/// A merged region: rows from 1, columns from 0, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// First row.
    pub first_row: u32,
    /// First column.
    pub first_column: u32,
    /// Last row.
    pub last_row: u32,
    /// Last column.
    pub last_column: u32,
}

/// One sheet with its cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Name of the file.
    pub file: Arc<str>,
    /// Name of the sheet; of delimited text the file name without its extension.
    pub name: Arc<str>,
    /// Where it came from.
    pub format: Format,
    /// True for a sheet that the workbook hides (often the word lists behind drop-down cells).
    pub hidden: bool,
    /// Rows with content, by number.
    pub rows: Vec<Row>,
    /// Merged regions.
    pub merges: Vec<Merge>,
}

impl Sheet {
    /// Columns up to the last one with content.
    pub fn width(&self) -> u32 {
        self.rows.iter().map(Row::width).max().unwrap_or(0)
    }

    /// An error placed in this sheet.
    pub fn error(&self, fault: ReadFault) -> ReadError {
        ReadError::new(&self.file, fault).in_sheet(&self.name)
    }
}

/// How to read a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReadOptions {
    /// Delimiter of delimited text; guessed where absent.
    pub delimiter: Option<char>,
    /// Bounds.
    pub limits: Limits,
}

/// Reads all worksheets of a file. Sheets without content stay in the answer, with no rows.
///
/// # Errors
/// [`ReadError`] with the file, the place and what to do.
pub fn read(bytes: &[u8], file: &str, options: &ReadOptions) -> Result<Vec<Sheet>, ReadError> {
    read_with_progress(bytes, file, options, &mut |_| {})
}

/// [`read`] that reports how far it is, every few thousand rows.
///
/// # Errors
/// As [`read`].
pub fn read_with_progress(
    bytes: &[u8],
    file: &str,
    options: &ReadOptions,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Vec<Sheet>, ReadError> {
    let limits = &options.limits;
    let size = bytes.len() as u64;
    if size > limits.file_bytes {
        let fault = ReadFault::FileTooLarge { bytes: size, limit: limits.file_bytes };
        return Err(ReadError::new(file, fault));
    }
    let sheets = match detect::container(bytes).map_err(|fault| ReadError::new(file, fault))? {
        Container::Xlsx => {
            zipped::check(bytes, limits).map_err(|fault| ReadError::new(file, fault))?;
            xlsx::read_xlsx(bytes, file, limits, progress)?
        }
        Container::Xlsb => {
            zipped::check(bytes, limits).map_err(|fault| ReadError::new(file, fault))?;
            xlsx::read_xlsb(bytes, file, limits, progress)?
        }
        Container::Xls => xls::read(bytes, file, limits)?,
        Container::Text => {
            let text = text::decode(bytes).map_err(|(place, fault)| {
                let error = ReadError::new(file, fault);
                match place {
                    Some(line) => error.at(format!("第{line}行")),
                    None => error,
                }
            })?;
            vec![csv::read(&text, file, options.delimiter, limits, progress)?]
        }
    };
    if sheets.iter().all(|s| s.rows.is_empty()) {
        return Err(ReadError::new(file, ReadFault::NoData));
    }
    for sheet in &sheets {
        let rows = sheet.rows.len() as u64;
        progress(Progress { phase: Phase::Read, sheet: &sheet.name, done: rows, total: rows });
    }
    Ok(sheets)
}

fn mib(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}
