//! The timetable of an event as a workbook: tables by slots, and one row a firm and meeting.

use crate::write::{
    HEADING_ROW, Put, Styles, WriteError, narrow, row_height, set_up_print, table, wide, workbook,
};
use rust_xlsxwriter::{Workbook, XlsxError};

/// A timetable in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimetableBook {
    /// Name of the event.
    pub title: String,
    /// Day, place and figures.
    pub subtitle: String,
    /// Day of the event, for the file's properties.
    pub day: jiff::civil::Date,
    /// Times of the slots.
    pub slots: Vec<String>,
    /// Names of the tables.
    pub tables: Vec<String>,
    /// Place among the tables and the slots, and who sits there.
    pub seats: Vec<(usize, usize, String)>,
    /// Each firm's meetings: firm, side, time, table, whom it meets, what about.
    pub rows: Vec<[String; 6]>,
}

/// Width of a slot's column, characters.
const SLOT_WIDTH: f64 = 22.0;

impl TimetableBook {
    /// As a workbook of two sheets; every cell is text and none runs as a formula.
    ///
    /// # Errors
    /// The workbook cannot be written.
    pub fn xlsx(&self) -> Result<Vec<u8>, WriteError> {
        let mut book = workbook(&self.title, Some(self.day))?;
        let styles = Styles::new();
        self.grid(&mut book, &styles)?;
        let columns = [
            wide("企业", 30.0),
            narrow("身份", 10.0),
            narrow("时间", 14.0),
            narrow("桌号", 8.0),
            wide("对方", 30.0),
            wide("洽谈内容", 44.0),
        ];
        let rows = self.rows.iter().map(|row| row.clone().map(Put::from));
        table(&mut book, &styles, "按企业", [&self.title, &self.subtitle], &columns, rows)?;
        Ok(book.save_to_buffer()?)
    }

    fn grid(&self, book: &mut Workbook, styles: &Styles) -> Result<(), XlsxError> {
        let sheet = book.add_worksheet();
        sheet.set_name("总表")?;
        let last = u16::try_from(self.slots.len().max(1)).unwrap_or(u16::MAX);
        sheet.merge_range(0, 0, 0, last, &self.title, &styles.title)?;
        sheet.merge_range(1, 0, 1, last, &self.subtitle, &styles.subtitle)?;
        sheet.set_column_width(0, 9.0)?;
        sheet.write_string_with_format(HEADING_ROW, 0, "桌号", &styles.heading)?;
        for (at, slot) in (1u16..).zip(&self.slots) {
            sheet.set_column_width(at, SLOT_WIDTH)?;
            sheet.write_string_with_format(HEADING_ROW, at, slot, &styles.heading)?;
        }
        for (place, (line, name)) in (HEADING_ROW + 1..).zip(&self.tables).enumerate() {
            styles.put(sheet, line, 0, &name.as_str().into(), true)?;
            let mut texts = vec![""; self.slots.len()];
            for (_, slot, text) in self.seats.iter().filter(|(table, ..)| *table == place) {
                if let Some(cell) = texts.get_mut(*slot) {
                    *cell = text;
                }
            }
            sheet.set_row_height(line, row_height(texts.iter().map(|text| (*text, SLOT_WIDTH)), 1.0))?;
            for (at, text) in (1u16..).zip(texts) {
                styles.put(sheet, line, at, &text.into(), false)?;
            }
        }
        sheet.set_freeze_panes(HEADING_ROW + 1, 1)?;
        set_up_print(sheet, true, Some(HEADING_ROW))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{ReadOptions, read};

    #[test]
    fn the_workbook_reads_back_and_no_cell_runs() {
        let book = TimetableBook {
            title: "十二月产销对接会".to_owned(),
            subtitle: "2026-12-05".to_owned(),
            day: jiff::civil::date(2026, 12, 5),
            slots: vec!["09:00–09:20".to_owned(), "09:30–09:50".to_owned()],
            tables: vec!["1".to_owned(), "2".to_owned()],
            seats: vec![
                (0, 1, "=1+1 × 乙厂".to_owned()),
                (1, 0, "丙厂 × 丁厂".to_owned()),
                (7, 7, "x".to_owned()),
            ],
            rows: vec![["@甲厂", "采购方", "09:30", "1", "乙厂", "面罩"].map(str::to_owned)],
        };
        let bytes = book.xlsx().unwrap();
        assert_eq!(bytes, book.xlsx().unwrap(), "the same content gives the same bytes");
        let sheets = read(&bytes, "a.xlsx", &ReadOptions::default()).unwrap();
        let cells = |at: usize| -> Vec<Vec<String>> {
            let row = |r: &crate::sheet::Row| r.cells.iter().map(|c| c.value.text().into_owned()).collect();
            sheets[at].rows.iter().map(row).collect()
        };
        let grid = cells(0);
        assert_eq!(grid[2], ["桌号", "09:00–09:20", "09:30–09:50"]);
        assert!(grid[3].contains(&"=1+1 × 乙厂".to_owned()) && grid[4].contains(&"丙厂 × 丁厂".to_owned()));
        assert_eq!(cells(1)[3], ["@甲厂", "采购方", "09:30", "1", "乙厂", "面罩"]);
    }
}
