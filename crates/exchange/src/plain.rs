//! A plain table of text for offices: headings and rows, as csv that Excel and WPS open as UTF-8, or as a workbook.

use crate::write::{Styles, WriteError, bounded, row_height, set_up_print, starts_like_formula, workbook};

/// Headings and rows of text. Rows may be shorter than the headings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlainTable {
    /// Name of the sheet, at most 31 characters.
    pub title: String,
    /// Headings.
    pub headings: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

/// Narrowest and widest column, in characters.
const WIDTHS: (f64, f64) = (8.0, 60.0);

impl PlainTable {
    /// As csv with a byte order mark. A cell that a spreadsheet would run as a formula starts with an apostrophe.
    ///
    /// # Errors
    /// The table cannot be written.
    pub fn csv(&self) -> Result<Vec<u8>, WriteError> {
        let mut out = "\u{feff}".as_bytes().to_vec();
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(&mut out);
        for row in std::iter::once(&self.headings).chain(&self.rows) {
            writer.write_record(
                row.iter().map(
                    |cell| {
                        if starts_like_formula(cell) { format!("'{cell}") } else { cell.clone() }
                    },
                ),
            )?;
        }
        writer.flush()?;
        drop(writer);
        Ok(out)
    }

    /// As a workbook of one sheet; every cell is text and none runs as a formula.
    ///
    /// # Errors
    /// The table cannot be written.
    pub fn xlsx(&self) -> Result<Vec<u8>, WriteError> {
        let mut book = workbook(&self.title, None)?;
        let styles = Styles::new();
        let page = book.add_worksheet();
        page.set_name(bounded(&self.title).chars().take(31).collect::<String>())?;
        let width = |at: usize| {
            let cells = std::iter::once(&self.headings).chain(&self.rows).filter_map(|row| row.get(at));
            let longest = cells.map(|c| unicode_width::UnicodeWidthStr::width(c.as_str())).max().unwrap_or(0);
            (longest as f64 + 2.0).clamp(WIDTHS.0, WIDTHS.1)
        };
        let widths: Vec<f64> = (0..self.headings.len()).map(width).collect();
        for ((at, heading), width) in (0u16..).zip(&self.headings).zip(&widths) {
            page.set_column_width(at, *width)?;
            page.write_string_with_format(0, at, bounded(heading), &styles.heading)?;
        }
        for (line, row) in (1u32..).zip(&self.rows) {
            page.set_row_height(
                line,
                row_height(row.iter().map(String::as_str).zip(widths.iter().copied()), 1.0),
            )?;
            for (at, cell) in (0u16..).zip(row) {
                styles.put(page, line, at, &cell.as_str().into(), false)?;
            }
        }
        page.set_freeze_panes(1, 0)?;
        set_up_print(page, true, Some(0))?;
        Ok(book.save_to_buffer()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> PlainTable {
        let words = |row: &[&str]| row.iter().map(|&c| c.to_owned()).collect::<Vec<_>>();
        PlainTable {
            title: "审计".to_owned(),
            headings: words(&["谁", "对象"]),
            rows: vec![words(&["=HYPERLINK(\"x\")", "需求, 12"]), words(&["李\n四"])],
        }
    }

    #[test]
    fn no_cell_of_the_csv_runs() {
        let text = String::from_utf8(table().csv().unwrap()).unwrap();
        assert_eq!(text, "\u{feff}谁,对象\r\n\"'=HYPERLINK(\"\"x\"\")\",\"需求, 12\"\r\n\"李\n四\"\r\n");
    }

    #[test]
    fn the_workbook_reads_back_as_text() {
        let bytes = table().xlsx().unwrap();
        let sheets = crate::sheet::read(&bytes, "a.xlsx", &crate::sheet::ReadOptions::default()).unwrap();
        let cells: Vec<String> =
            sheets[0].rows.iter().flat_map(|r| r.cells.iter().map(|c| c.value.text().into_owned())).collect();
        assert_eq!(cells, ["谁", "对象", "=HYPERLINK(\"x\")", "需求, 12", "李\n四"]);
    }
}
