//! Rows of the market as a workbook: every cell is text, and the last line says who took it away, and when.

use crate::write::{Put, Styles, WriteError, row_height, set_up_print, workbook};
use std::io::{Seek, Write};

/// What is written.
#[derive(Debug, Clone)]
pub struct Export<'a> {
    /// Name of the sheet, and the title above it.
    pub title: &'a str,
    /// Headings with their widths in characters.
    pub columns: &'a [(String, f64)],
    /// Cells of the rows, as many as there are headings.
    pub rows: &'a [Vec<String>],
    /// The last line.
    pub last: &'a str,
}

/// Writes a workbook of one sheet. No cell is ever a formula, whatever its text begins with. Columns in which no row has
/// anything are hidden, so that the others stay legible on paper.
///
/// # Errors
/// Where the workbook cannot be written.
pub fn write_export(export: &Export<'_>, out: &mut (impl Write + Seek + Send)) -> Result<(), WriteError> {
    let styles = Styles::new();
    let mut book = workbook(export.title, None)?;
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.set_name(export.title)?;
    let last_column = export.columns.len().saturating_sub(1) as u16;
    for (at, (_, width)) in (0u16..).zip(export.columns) {
        sheet.set_column_width(at, *width)?;
        let used = export.rows.iter().any(|row| row.get(usize::from(at)).is_some_and(|t| !t.is_empty()));
        if !used && !export.rows.is_empty() {
            sheet.set_column_hidden(at)?;
        }
    }
    for (at, (heading, _)) in (0u16..).zip(export.columns) {
        sheet.write_string_with_format(0, at, heading, &styles.heading)?;
    }
    let mut number = 0;
    for row in export.rows {
        number += 1;
        let texts = row.iter().zip(export.columns).map(|(text, (_, width))| (text.as_str(), *width));
        sheet.set_row_height(number, row_height(texts, 1.0))?;
        for (at, text) in (0u16..).zip(row) {
            styles.put(sheet, number, at, &Put::from(text.as_str()), false)?;
        }
    }
    styles.put(sheet, number + 1, 0, &Put::from(export.last), false)?;
    sheet.set_freeze_panes(1, 2)?;
    if number > 0 {
        sheet.autofilter(0, 0, number, last_column)?;
    }
    set_up_print(sheet, true, Some(0))?;
    book.save_to_writer(out)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{ReadOptions, Value, read};

    #[test]
    fn no_text_becomes_a_formula() {
        let texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "5000片"];
        let rows: Vec<Vec<String>> = texts.iter().map(|t| vec!["甲".to_owned(), (*t).to_owned()]).collect();
        let columns = [("企业名称".to_owned(), 20.0), ("数量".to_owned(), 12.0)];
        let export = Export { title: "需求", columns: &columns, rows: &rows, last: "导出人 li" };
        let mut out = std::io::Cursor::new(Vec::new());
        write_export(&export, &mut out).unwrap();
        let bytes = out.into_inner();
        let sheets = read(&bytes, "x.xlsx", &ReadOptions::default()).unwrap();
        let read: Vec<String> = sheets[0].rows[1..=texts.len()]
            .iter()
            .map(|row| match row.get(1) {
                Some(Value::Text(text)) => text.trim().to_owned(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(read, texts.map(|t| t.trim().to_owned()));
        assert_eq!(sheets[0].rows.last().unwrap().cells[0].value, Value::Text("导出人 li".to_owned()));
    }
}
