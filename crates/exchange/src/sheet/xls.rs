//! xls workbooks (Excel 97 to 2003).

use super::biff;
use super::build::{RowBuilder, date, error_words, guarded};
use super::cell::Value;
use super::cfb::Compound;
use super::error::{ReadError, ReadFault};
use super::xlsx::{merge, worksheets};
use super::{Format, Sheet};
use crate::limits::Limits;
use calamine::{Data, Reader, Xls, XlsError};
use std::io::Cursor;

pub(super) fn read(bytes: &[u8], file: &str, limits: &Limits) -> Result<Vec<Sheet>, ReadError> {
    let compound = Compound::open(bytes);
    let stream = compound.as_ref().and_then(|c| c.stream("Workbook").or_else(|| c.stream("Book")));
    let Some(stream) = stream else {
        return Err(ReadError::new(file, ReadFault::Damaged("工作簿数据不完整，文件可能被截断".to_owned())));
    };
    biff::check(&stream, limits).map_err(|fault| ReadError::new(file, fault))?;
    guarded(file, || {
        let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|e| xls_error(file, &e))?;
        let names = worksheets(file, book.sheets_metadata(), limits)?;
        let mut cells = 0;
        let mut sheets = Vec::with_capacity(names.len());
        for (name, hidden) in names {
            let range = book.worksheet_range(&name).map_err(|e| xls_error(file, &e).in_sheet(&name))?;
            let (first_row, first_column) = range.start().unwrap_or((0, 0));
            let mut rows = RowBuilder::new(file, &name, limits, &mut cells);
            for (row, column, data) in range.used_cells() {
                if let Some(value) = value(data) {
                    rows.add(first_row + row as u32 + 1, first_column + column as u32, value)?;
                }
            }
            let rows = rows.finish();
            let merges = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
            sheets.push(Sheet {
                file: file.into(),
                name: name.as_str().into(),
                format: Format::Xls,
                hidden,
                rows,
                merges: merges.iter().map(merge).collect(),
            });
        }
        Ok(sheets)
    })
}

fn value(data: &Data) -> Option<Value> {
    Some(match data {
        Data::Empty => return None,
        Data::Int(i) => Value::Number(*i as f64),
        Data::Float(f) => Value::Number(*f),
        Data::String(s) | Data::DateTimeIso(s) | Data::DurationIso(s) => Value::Text(s.clone()),
        Data::Bool(b) => Value::Bool(*b),
        Data::DateTime(at) if at.is_datetime() => date(*at),
        Data::DateTime(at) => Value::Number(at.as_f64()),
        Data::Error(error) => Value::Error(error_words(error)),
    })
}

fn xls_error(file: &str, error: &XlsError) -> ReadError {
    let fault = match error {
        XlsError::Password => ReadFault::Encrypted,
        e => ReadFault::Damaged(e.to_string()),
    };
    ReadError::new(file, fault)
}
