//! What all writers share: errors, text that stays text, workbook styles.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use std::borrow::Cow;
use unicode_width::UnicodeWidthStr;

/// Why an output cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The destination.
    #[error("写出失败：{0}")]
    Io(#[from] std::io::Error),
    /// The workbook.
    #[error("工作簿写出失败：{0}")]
    Xlsx(#[from] XlsxError),
    /// Delimited text.
    #[error("CSV 写出失败：{0}")]
    Csv(#[from] csv::Error),
    /// JSON.
    #[error("JSON 写出失败：{0}")]
    Json(#[from] serde_json::Error),
    /// A picture.
    #[error("图片写出失败：{0}")]
    Picture(String),
}

/// Excel's longest text of a cell.
const CELL_CHARS_MAX: usize = 32_767;

/// Font of the text and of headings in official papers (GB/T 9704).
const BODY_FONT: &str = "仿宋";
const HEAD_FONT: &str = "黑体";
/// Ground of a cell that is refused.
const FLAG: Color = Color::RGB(0xFF_D9D9);
const DATE: &str = "yyyy-mm-dd";
/// A4, as Excel counts paper sizes.
const A4: u8 = 9;

/// What goes into a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Put {
    Blank,
    /// Text, always as text.
    Text(String),
    /// A number, shown as it is.
    Number(f64),
    /// A number with two decimals.
    Score(f64),
}

impl From<String> for Put {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::Blank } else { Self::Text(text) }
    }
}

impl From<&str> for Put {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<u32> for Put {
    fn from(number: u32) -> Self {
        Self::Number(f64::from(number))
    }
}

impl From<Option<f64>> for Put {
    fn from(number: Option<f64>) -> Self {
        number.filter(|n| n.is_finite()).map_or(Self::Blank, Self::Number)
    }
}

/// One column of a table sheet: heading, width in characters, whether the text is centred.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column<'h> {
    pub(crate) heading: &'h str,
    pub(crate) width: f64,
    pub(crate) centred: bool,
}

/// A column of text.
pub(crate) const fn wide(heading: &str, width: f64) -> Column<'_> {
    Column { heading, width, centred: false }
}

/// A column of short words or numbers.
pub(crate) const fn narrow(heading: &str, width: f64) -> Column<'_> {
    Column { heading, width, centred: true }
}

/// The styles of a workbook.
#[derive(Debug, Clone)]
pub(crate) struct Styles {
    pub(crate) title: Format,
    pub(crate) subtitle: Format,
    pub(crate) heading: Format,
    pub(crate) left: Format,
    pub(crate) centre: Format,
    pub(crate) score: Format,
    pub(crate) guarded: Format,
    pub(crate) flagged: Format,
    pub(crate) date: Format,
    pub(crate) flagged_date: Format,
}

impl Styles {
    pub(crate) fn new() -> Self {
        let base =
            Format::new().set_font_name(BODY_FONT).set_font_size(10.5).set_align(FormatAlign::VerticalCenter);
        let boxed = base.clone().set_border(FormatBorder::Thin).set_text_wrap();
        Self {
            title: base.clone().set_font_name(HEAD_FONT).set_font_size(18).set_align(FormatAlign::Center),
            subtitle: base.clone().set_align(FormatAlign::Center),
            heading: boxed
                .clone()
                .set_font_name(HEAD_FONT)
                .set_align(FormatAlign::Center)
                .set_background_color(Color::RGB(0xE7_ECF3)),
            left: boxed.clone().set_align(FormatAlign::Left),
            centre: boxed.clone().set_align(FormatAlign::Center),
            score: boxed.clone().set_align(FormatAlign::Center).set_num_format("0.00"),
            guarded: boxed.clone().set_align(FormatAlign::Left).set_quote_prefix(),
            flagged: boxed.clone().set_align(FormatAlign::Left).set_background_color(FLAG),
            flagged_date: boxed.clone().set_num_format(DATE).set_background_color(FLAG),
            date: boxed.set_align(FormatAlign::Center).set_num_format(DATE),
        }
    }

    /// Writes one cell.
    pub(crate) fn put(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        column: u16,
        put: &Put,
        centred: bool,
    ) -> Result<(), XlsxError> {
        let plain = if centred { &self.centre } else { &self.left };
        match put {
            Put::Blank => sheet.write_blank(row, column, plain)?,
            Put::Number(number) => sheet.write_number_with_format(row, column, *number, plain)?,
            Put::Score(number) => sheet.write_number_with_format(row, column, *number, &self.score)?,
            // A text cell never runs as a formula; the mark keeps it so when somebody edits it.
            Put::Text(text) if starts_like_formula(text) => {
                sheet.write_string_with_format(row, column, bounded(text), &self.guarded)?
            }
            Put::Text(text) => sheet.write_string_with_format(row, column, bounded(text), plain)?,
        };
        Ok(())
    }
}

/// True for text that a spreadsheet would take for a formula when it is typed or read from delimited text.
pub(crate) fn starts_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Text cut to what a cell holds.
pub(crate) fn bounded(text: &str) -> Cow<'_, str> {
    // Excel counts UTF-16 units; a byte count below the limit is always safe.
    if text.len() <= CELL_CHARS_MAX || text.encode_utf16().count() <= CELL_CHARS_MAX {
        return Cow::Borrowed(text);
    }
    let mut units = 0;
    let kept: String = text
        .chars()
        .take_while(|c| {
            units += c.len_utf16();
            units < CELL_CHARS_MAX
        })
        .collect();
    Cow::Owned(kept + "…")
}

/// A new workbook whose bytes depend on its content only: the creation time is given, not taken from the clock.
pub(crate) fn workbook(title: &str, created: Option<jiff::civil::Date>) -> Result<Workbook, XlsxError> {
    let created = match created {
        Some(day) => ExcelDateTime::from_ymd(
            day.year().unsigned_abs(),
            day.month().unsigned_abs(),
            day.day().unsigned_abs(),
        )?,
        None => ExcelDateTime::from_ymd(2000, 1, 1)?,
    };
    let mut book = Workbook::new();
    book.set_properties(
        &DocProperties::new().set_title(title).set_author("Yulin").set_creation_datetime(&created),
    );
    Ok(book)
}

/// Sets a sheet up for print: A4, as wide as one page, page numbers, headings on every page.
pub(crate) fn set_up_print(
    sheet: &mut Worksheet,
    landscape: bool,
    heading_row: Option<u32>,
) -> Result<(), XlsxError> {
    sheet.set_paper_size(A4).set_print_fit_to_pages(1, 0).set_print_center_horizontally(true);
    sheet.set_margins(0.4, 0.4, 0.6, 0.6, 0.3, 0.3);
    if landscape {
        sheet.set_landscape();
    }
    sheet.set_footer("&C第 &P 页 共 &N 页");
    if let Some(row) = heading_row {
        sheet.set_repeat_rows(row, row)?;
    }
    Ok(())
}

/// Points of a line of the body font, and of the room around the lines of a row.
const LINE_POINTS: f64 = 14.0;
const ROW_POINTS: f64 = 5.0;
/// Excel's tallest row.
const ROW_POINTS_MAX: f64 = 409.0;

/// Height in points of a row with these texts in columns of these widths (characters), in the body font scaled by `scale`.
/// Written into the file, because not every program measures wrapped text when it opens one.
pub(crate) fn row_height<'a>(cells: impl IntoIterator<Item = (&'a str, f64)>, scale: f64) -> f64 {
    let lines = cells
        .into_iter()
        .map(|(text, width)| {
            let room = (width / scale - 1.0).max(2.0);
            text.lines().map(|line| (line.width() as f64 / room).ceil().max(1.0)).sum::<f64>()
        })
        .fold(1.0, f64::max);
    (lines * LINE_POINTS * scale + ROW_POINTS).min(ROW_POINTS_MAX)
}

/// Row of the headings in a table sheet; title and subtitle stand above.
pub(crate) const HEADING_ROW: u32 = 2;

/// Writes a table sheet: title, subtitle, headings, rows; panes frozen, filter set, print set up. Rows are written
/// from top to bottom and not kept in memory. Columns in which no row has anything (fields that the list's readers may not
/// see) are hidden, so that the others stay legible on A4.
pub(crate) fn table<R: AsRef<[Put]>>(
    book: &mut Workbook,
    styles: &Styles,
    name: &str,
    titles: [&str; 2],
    columns: &[Column<'_>],
    rows: impl Iterator<Item = R> + Clone,
) -> Result<(), XlsxError> {
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.set_name(name)?;
    let last_column = columns.len().saturating_sub(1) as u16;
    let mut used = vec![false; columns.len()];
    for cells in rows.clone() {
        for (used, put) in used.iter_mut().zip(cells.as_ref()) {
            *used |= *put != Put::Blank;
        }
    }
    let any = used.contains(&true);
    for ((at, column), used) in (0u16..).zip(columns).zip(used) {
        sheet.set_column_width(at, column.width)?;
        if any && !used {
            sheet.set_column_hidden(at)?;
        }
    }
    sheet.set_row_height(0, 30)?;
    sheet.merge_range(0, 0, 0, last_column, titles[0], &styles.title)?;
    sheet.merge_range(1, 0, 1, last_column, titles[1], &styles.subtitle)?;
    for (at, column) in (0u16..).zip(columns) {
        sheet.write_string_with_format(HEADING_ROW, at, column.heading, &styles.heading)?;
    }
    let mut row = HEADING_ROW;
    for cells in rows {
        row += 1;
        let cells = cells.as_ref();
        let texts = columns.iter().zip(cells).filter_map(|(column, put)| match put {
            Put::Text(text) => Some((text.as_str(), column.width)),
            _ => None,
        });
        sheet.set_row_height(row, row_height(texts, 1.0))?;
        for ((at, column), put) in (0u16..).zip(columns).zip(cells) {
            styles.put(sheet, row, at, put, column.centred)?;
        }
    }
    sheet.set_freeze_panes(HEADING_ROW + 1, 2)?;
    sheet.autofilter(HEADING_ROW, 0, row.max(HEADING_ROW + 1), last_column)?;
    set_up_print(sheet, true, Some(HEADING_ROW))
}
