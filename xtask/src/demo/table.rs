//! Sheets as plain tables, and the two ways to write them: xlsx and GB18030 csv.

use super::amount::Day;
use anyhow::{Context, Result, ensure};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
};

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Words.
    Text(String),
    /// A number.
    Number(f64),
    /// A date as Excel keeps it.
    Date(Day),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        match text {
            "" => Self::Empty,
            _ => Self::Text(text.to_owned()),
        }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number as f64)
    }
}

impl Cell {
    /// What a csv, or a person, reads there.
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Date(day) => day.to_string(),
        }
    }
}

/// One column: heading and width in characters.
pub struct Column {
    /// Heading.
    pub heading: &'static str,
    /// Heading above it, shared with its neighbours; empty where the heading stands alone.
    pub above: &'static str,
    /// Width in characters.
    pub width: f64,
}

/// A column without heading above it.
pub const fn column(heading: &'static str, width: f64) -> Column {
    Column { heading, above: "", width }
}

/// A column below a shared heading.
pub const fn below(above: &'static str, heading: &'static str, width: f64) -> Column {
    Column { heading, above, width }
}

/// One sheet: title row, note row, one or two heading rows, rows.
pub struct Table {
    /// Name of the sheet.
    pub name: &'static str,
    /// Title in the first row, merged over all columns; empty for none.
    pub title: String,
    /// Note in the second row, merged; empty for none.
    pub note: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
    /// Blocks of rows whose first `n` columns are merged: (first row, last row, n).
    pub merged: Vec<(usize, usize, usize)>,
}

impl Table {
    /// An empty table.
    pub fn new(name: &'static str, title: String, note: String, columns: Vec<Column>) -> Self {
        Self { name, title, note, columns, rows: Vec::new(), merged: Vec::new() }
    }

    fn two_headings(&self) -> bool {
        self.columns.iter().any(|c| !c.above.is_empty())
    }

    /// Rows above the first row of data.
    pub fn heading_rows(&self) -> usize {
        usize::from(!self.title.is_empty())
            + usize::from(!self.note.is_empty())
            + 1
            + usize::from(self.two_headings())
    }

    /// Index of the column with this heading.
    ///
    /// # Errors
    /// When there is none.
    pub fn column(&self, heading: &str) -> Result<usize> {
        self.columns
            .iter()
            .position(|c| c.heading == heading)
            .with_context(|| format!("sheet {} has no column {heading}", self.name))
    }

    /// Name of a cell as people write it, such as `C17`.
    pub fn cell_name(&self, row: usize, column: usize) -> String {
        rust_xlsxwriter::utility::row_col_to_cell((self.heading_rows() + row) as u32, column as u16)
    }

    /// Adds a row.
    pub fn push(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.columns.len(), "{}: a cell for every column", self.name);
        self.rows.push(row);
    }
}

/// Writes an xlsx workbook whose bytes depend on nothing but the tables.
///
/// # Errors
/// When the writer refuses a cell.
pub fn xlsx(title: &str, tables: &[Table]) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    book.set_properties(
        &DocProperties::new()
            .set_title(title)
            .set_subject("虚构示例数据")
            .set_comment("虚构示例数据：企业、人员、电话、代码均为虚构。Fictional example data.")
            .set_creation_datetime(&ExcelDateTime::from_ymd(2026, 11, 1)?),
    );
    for table in tables {
        write_sheet(book.add_worksheet(), table).with_context(|| format!("sheet {}", table.name))?;
    }
    Ok(book.save_to_buffer()?)
}

fn write_sheet(sheet: &mut Worksheet, table: &Table) -> Result<()> {
    let last_column = (table.columns.len() - 1) as u16;
    let heading = Format::new()
        .set_bold()
        .set_border(FormatBorder::Thin)
        .set_background_color(Color::RGB(0xDD_EB_F7))
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap();
    let title = Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center);
    let note = Format::new().set_italic().set_text_wrap().set_align(FormatAlign::VerticalCenter);
    let body =
        Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter).set_text_wrap();
    let date = body.clone().set_num_format("yyyy-mm-dd");

    sheet.set_name(table.name)?;
    for (i, column) in table.columns.iter().enumerate() {
        sheet.set_column_width(i as u16, column.width)?;
    }
    let mut row = 0;
    if !table.title.is_empty() {
        sheet.merge_range(row, 0, row, last_column, &table.title, &title)?;
        sheet.set_row_height(row, 28)?;
        row += 1;
    }
    if !table.note.is_empty() {
        sheet.merge_range(row, 0, row, last_column, &table.note, &note)?;
        sheet.set_row_height(row, 32)?;
        row += 1;
    }
    write_headings(sheet, table, row, &heading)?;
    let first = table.heading_rows() as u32;
    sheet.set_freeze_panes(first, 0)?;
    sheet.set_repeat_rows(0, first - 1)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    for (i, cells) in table.rows.iter().enumerate() {
        for (j, cell) in cells.iter().enumerate() {
            let (row, column) = (first + i as u32, j as u16);
            match cell {
                Cell::Empty => sheet.write_blank(row, column, &body)?,
                Cell::Text(text) => sheet.write_string_with_format(row, column, text, &body)?,
                Cell::Number(number) => sheet.write_number_with_format(row, column, *number, &body)?,
                Cell::Date(day) => {
                    let day = ExcelDateTime::from_ymd(day.year, day.month, day.day)?;
                    sheet.write_datetime_with_format(row, column, &day, &date)?
                }
            };
        }
    }
    for &(from, to, columns) in &table.merged {
        for column in 0..columns {
            let text = table.rows[from][column].text();
            let (from, to, column) = (first + from as u32, first + to as u32, column as u16);
            sheet.merge_range(from, column, to, column, &text, &body)?;
        }
    }
    Ok(())
}

/// One heading row, or two where some columns share a heading above them.
fn write_headings(sheet: &mut Worksheet, table: &Table, row: u32, format: &Format) -> Result<()> {
    let two = table.two_headings();
    for (i, column) in table.columns.iter().enumerate() {
        let at = i as u16;
        match (two, column.above) {
            (false, _) => {
                sheet.write_string_with_format(row, at, column.heading, format)?;
            }
            (true, "") => {
                sheet.merge_range(row, at, row + 1, at, column.heading, format)?;
            }
            (true, above) => {
                sheet.write_string_with_format(row + 1, at, column.heading, format)?;
                let starts = i == 0 || table.columns[i - 1].above != above;
                let span = table.columns[i..].iter().take_while(|c| c.above == above).count() as u16;
                if starts {
                    ensure!(span > 1, "{above} stands over one column only");
                    sheet.merge_range(row, at, row, at + span - 1, above, format)?;
                }
            }
        }
    }
    Ok(())
}

/// Writes a csv as an old system exports it: GB18030, CR LF, a title line, no quotes where none are needed.
///
/// # Errors
/// A character that GB18030 lacks, or two heading rows.
pub fn gb18030_csv(table: &Table) -> Result<Vec<u8>> {
    ensure!(!table.two_headings(), "a csv has one heading row");
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(Vec::new());
    for line in [&table.title, &table.note].into_iter().filter(|line| !line.is_empty()) {
        writer.write_record([line])?;
    }
    writer.write_record(table.columns.iter().map(|c| c.heading))?;
    for row in &table.rows {
        writer.write_record(row.iter().map(Cell::text))?;
    }
    let text = String::from_utf8(writer.into_inner()?)?;
    let (bytes, _, lost) = encoding_rs::GB18030.encode(&text);
    ensure!(!lost, "a character has no place in GB18030");
    Ok(bytes.into_owned())
}
