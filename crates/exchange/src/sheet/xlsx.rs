//! xlsx and xlsb workbooks, cell by cell.

use super::build::{RowBuilder, date, error_words, guarded};
use super::cell::Value;
use super::error::{ReadError, ReadFault};
use super::{Format, Merge, Sheet};
use crate::limits::Limits;
use crate::progress::{EVERY_ROWS, Phase, Progress};
use calamine::{
    DataRef, Dimensions, Reader, SheetType, SheetVisible, Style, Xlsb, XlsbError, Xlsx, XlsxError,
};
use std::io::Cursor;
use std::sync::Arc;

/// How a cell style dresses a number.
enum Dress {
    Plain,
    Percent,
    Unit(Arc<str>),
}

pub(super) fn read_xlsx(
    bytes: &[u8],
    file: &str,
    limits: &Limits,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Vec<Sheet>, ReadError> {
    guarded(file, || {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| xlsx_error(file, &e))?;
        let names = worksheets(file, book.sheets_metadata(), limits)?;
        let mut cells = 0;
        let mut sheets = Vec::with_capacity(names.len());
        for (name, hidden) in names {
            let placed = |e: XlsxError| xlsx_error(file, &e).in_sheet(&name);
            let mut reader = book.worksheet_cells_reader(&name).map_err(placed)?;
            let dresses: Vec<Dress> = reader.styles().iter().map(dress).collect();
            let total = u64::from(reader.dimensions().end.0) + 1;
            let mut rows = RowBuilder::new(file, &name, limits, &mut cells);
            let mut reported = 0;
            while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(placed)? {
                let (row, column) = cell.get_position();
                if let Some(value) = value(cell.get_value(), dresses.get(style)) {
                    rows.add(row.saturating_add(1), column, value)?;
                }
                if u64::from(row) >= reported + EVERY_ROWS {
                    reported = u64::from(row);
                    progress(Progress {
                        phase: Phase::Read,
                        sheet: &name,
                        done: reported,
                        total: total.max(reported),
                    });
                }
            }
            let rows = rows.finish();
            drop(reader);
            let merges = if rows.is_empty() {
                Vec::new()
            } else {
                book.merge_cells_by_sheet_name(&name).map_err(placed)?
            };
            sheets.push(Sheet {
                file: file.into(),
                name: name.as_str().into(),
                format: Format::Xlsx,
                hidden,
                rows,
                merges: merges.iter().map(merge).collect(),
            });
        }
        Ok(sheets)
    })
}

pub(super) fn read_xlsb(
    bytes: &[u8],
    file: &str,
    limits: &Limits,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Vec<Sheet>, ReadError> {
    guarded(file, || {
        let damaged = |e: XlsbError| match e {
            XlsbError::Password => ReadError::new(file, ReadFault::Encrypted),
            e => ReadError::new(file, ReadFault::Damaged(e.to_string())),
        };
        let mut book: Xlsb<_> = Xlsb::new(Cursor::new(bytes)).map_err(damaged)?;
        let names = worksheets(file, book.sheets_metadata(), limits)?;
        let mut cells = 0;
        let mut sheets = Vec::with_capacity(names.len());
        for (name, hidden) in names {
            let mut reader = book.worksheet_cells_reader(&name).map_err(|e| damaged(e).in_sheet(&name))?;
            let total = u64::from(reader.dimensions().end.0) + 1;
            let mut rows = RowBuilder::new(file, &name, limits, &mut cells);
            let mut reported = 0;
            while let Some(cell) = reader.next_cell().map_err(|e| damaged(e).in_sheet(&name))? {
                let (row, column) = cell.get_position();
                if let Some(value) = value(cell.get_value(), None) {
                    rows.add(row.saturating_add(1), column, value)?;
                }
                if u64::from(row) >= reported + EVERY_ROWS {
                    reported = u64::from(row);
                    progress(Progress {
                        phase: Phase::Read,
                        sheet: &name,
                        done: reported,
                        total: total.max(reported),
                    });
                }
            }
            let rows = rows.finish();
            let (file, name) = (file.into(), name.as_str().into());
            sheets.push(Sheet { file, name, format: Format::Xlsb, hidden, rows, merges: Vec::new() });
        }
        Ok(sheets)
    })
}

/// Names of the worksheets (no chart sheets, no macros) and whether they are hidden.
pub(super) fn worksheets(
    file: &str,
    sheets: &[calamine::Sheet],
    limits: &Limits,
) -> Result<Vec<(String, bool)>, ReadError> {
    let names: Vec<_> = sheets
        .iter()
        .filter(|s| s.typ == SheetType::WorkSheet)
        .map(|s| (s.name.clone(), s.visible != SheetVisible::Visible))
        .collect();
    if names.len() > limits.sheets {
        let fault = ReadFault::TooManySheets { found: names.len(), limit: limits.sheets };
        return Err(ReadError::new(file, fault));
    }
    Ok(names)
}

pub(super) fn merge(region: &Dimensions) -> Merge {
    Merge {
        first_row: region.start.0.saturating_add(1),
        first_column: region.start.1,
        last_row: region.end.0.saturating_add(1),
        last_column: region.end.1,
    }
}

fn value(data: &DataRef<'_>, dress: Option<&Dress>) -> Option<Value> {
    let number = |number: f64| match dress {
        Some(Dress::Percent) => Value::Measured { number: number * 100.0, unit: "%".into() },
        Some(Dress::Unit(unit)) => Value::Measured { number, unit: unit.clone() },
        Some(Dress::Plain) | None => Value::Number(number),
    };
    Some(match data {
        DataRef::Empty => return None,
        DataRef::Int(i) => number(*i as f64),
        DataRef::Float(f) => number(*f),
        DataRef::String(s) | DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => Value::Text(s.clone()),
        DataRef::SharedString(s) => Value::Text((*s).to_owned()),
        DataRef::Bool(b) => Value::Bool(*b),
        DataRef::DateTime(at) if at.is_datetime() => date(*at),
        DataRef::DateTime(at) => Value::Number(at.as_f64()),
        DataRef::Error(error) => Value::Error(error_words(error)),
    })
}

fn dress(style: &Style) -> Dress {
    let Some(format) = &style.number_format else { return Dress::Plain };
    // Only the section for positive numbers counts.
    let code = format.format_code.split(';').next().unwrap_or("");
    if code.contains('%') {
        return Dress::Percent;
    }
    let behind = code.rsplit(['0', '#']).next().unwrap_or("");
    let unit = behind.replace(['"', '\\'], "");
    let unit = unit.trim();
    // Only words count as a unit: `_)`, `[Red]`, `E+` and the like are layout.
    let is_unit = behind.len() < code.len()
        && unit.chars().next().is_some_and(|c| c.is_alphabetic() || c == '℃' || c == '㎡')
        && !unit.contains(['[', '_', '*', '@', '?', 'E']);
    if is_unit { Dress::Unit(unit.into()) } else { Dress::Plain }
}

fn xlsx_error(file: &str, error: &XlsxError) -> ReadError {
    let fault = match error {
        XlsxError::Password => ReadFault::Encrypted,
        e => ReadFault::Damaged(e.to_string()),
    };
    ReadError::new(file, fault)
}
