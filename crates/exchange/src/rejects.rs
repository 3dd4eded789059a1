//! The workbook of rejected rows: the columns as they were, a column 退回原因 with all reasons, the offending cells in
//! red. It is corrected and imported as it is: the reason column is passed over.

use crate::columns::{Field, SheetPlan};
use crate::import::CellError;
use crate::import::fill::Fill;
use crate::sheet::{Row, Sheet, Value};
use crate::write::{Styles, WriteError, bounded, set_up_print, workbook};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use std::collections::{BTreeMap, HashSet};
use std::io::{Seek, Write};

/// A sheet with the refusals that its rows met.
#[derive(Debug, Clone, Copy)]
pub struct Rejected<'a> {
    /// The sheet as read.
    pub sheet: &'a Sheet,
    /// How it was read.
    pub plan: &'a SheetPlan,
    /// The refusals.
    pub errors: &'a [CellError],
}

/// Longest name of a sheet.
const NAME_CHARS: usize = 31;
/// Width of the reason column and of the others, in characters.
const REASON_WIDTH: f64 = 60.0;
const WIDTH: f64 = 14.0;

/// Writes the rejected rows of all sheets; sheets without refusals are left out.
///
/// # Errors
/// The destination cannot be written.
pub fn write(rejected: &[Rejected<'_>], out: impl Write + Seek + Send) -> Result<(), WriteError> {
    let mut book = workbook("退回修改的行", None)?;
    let styles = Styles::new();
    let mut names = HashSet::new();
    for part in rejected.iter().filter(|r| !r.errors.is_empty()) {
        let name = sheet_name(part, &mut names);
        sheet(&mut book, &styles, &name, part)?;
    }
    if names.is_empty() {
        book.add_worksheet().write_string(0, 0, "没有退回的行")?;
    }
    book.save_to_writer(out)?;
    Ok(())
}

fn sheet(book: &mut Workbook, styles: &Styles, name: &str, part: &Rejected<'_>) -> Result<(), XlsxError> {
    let (sheet, plan) = (part.sheet, part.plan);
    let page = book.add_worksheet();
    page.set_name(name)?;
    let width = sheet.width().max(plan.columns.last().map_or(0, |c| c.column + 1));
    // A second round of corrections overwrites the first one's reasons.
    let reason_column = plan.column_of(Field::Reason).map_or(width, |c| c.column);
    page.set_column_range_width(0, at(width), WIDTH)?;
    page.set_column_width(at(reason_column), REASON_WIDTH)?;

    let mut reasons: BTreeMap<u32, Vec<&CellError>> = BTreeMap::new();
    for error in part.errors {
        reasons.entry(error.row).or_default().push(error);
    }
    let heads: Vec<&Row> = sheet.rows.iter().filter(|r| r.number <= plan.heading_last).collect();
    let place = |number: u32| heads.iter().position(|r| r.number == number).map(|p| p as u32);
    // Groups of a two-row heading must stay merged, or the next import reads one row.
    let mut merged: Vec<[u32; 4]> = Vec::new();
    for merge in &sheet.merges {
        if let (Some(first), Some(last)) = (place(merge.first_row), place(merge.last_row))
            && merge.first_row >= plan.heading_first
        {
            let [left, right] = [merge.first_column, merge.last_column];
            let apart = |m: &[u32; 4]| last < m[0] || first > m[1] || right < m[2] || left > m[3];
            // Other programs write merges of one cell and merges over merges; no workbook may hold them.
            if (first, left) == (last, right) || last < first || right < left || !merged.iter().all(apart) {
                continue;
            }
            page.merge_range(first, at(left), last, at(right), "", &styles.heading)?;
            merged.push([first, last, left, right]);
        }
    }
    let mut line = 0;
    for row in &heads {
        let format = if row.number >= plan.heading_first { &styles.heading } else { &styles.subtitle };
        for cell in &row.cells {
            write_value(page, line, at(cell.column), &cell.value, format, &styles.date)?;
        }
        line += 1;
    }
    let heading_line = line.saturating_sub(1);
    page.write_string_with_format(heading_line, at(reason_column), Field::Reason.zh(), &styles.heading)?;
    page.set_freeze_panes(line, 0)?;

    let mut fill = Fill::new(sheet, plan);
    for row in sheet.rows.iter().filter(|r| r.number > plan.heading_last) {
        if let Some(errors) = reasons.get(&row.number) {
            let row = fill.whole(row);
            for cell in row.cells.iter().filter(|c| c.column != reason_column) {
                let wrong = errors.iter().any(|e| e.column == cell.column);
                let format = if wrong { &styles.flagged } else { &styles.left };
                let date = if wrong { &styles.flagged_date } else { &styles.date };
                write_value(page, line, at(cell.column), &cell.value, format, date)?;
            }
            for error in errors.iter().filter(|e| row.get(e.column).is_none() && e.column != reason_column) {
                page.write_blank(line, at(error.column), &styles.flagged)?;
            }
            let words: Vec<String> = errors.iter().map(|e| e.reason()).collect();
            page.write_string_with_format(line, at(reason_column), bounded(&words.join("\n")), &styles.left)?;
            line += 1;
        }
        fill.passed(row);
    }
    set_up_print(page, true, Some(heading_line))
}

/// A column as the writer counts it; the reader's limit is far below.
fn at(column: u32) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

fn write_value(
    page: &mut Worksheet,
    row: u32,
    column: u16,
    value: &Value,
    format: &Format,
    date: &Format,
) -> Result<(), XlsxError> {
    match value {
        Value::Number(number) => page.write_number_with_format(row, column, *number, format)?,
        Value::Date(when) => {
            let day = when.date();
            let (year, month, of_month) =
                (day.year().unsigned_abs(), day.month().unsigned_abs(), day.day().unsigned_abs());
            match ExcelDateTime::from_ymd(year, month, of_month) {
                Ok(serial) => page.write_datetime_with_format(row, column, &serial, date)?,
                Err(_) => page.write_string_with_format(row, column, day.to_string(), format)?,
            }
        }
        other => page.write_string_with_format(row, column, bounded(&other.text()), format)?,
    };
    Ok(())
}

/// A name that Excel takes, that no other sheet has, and that says what the rows are.
fn sheet_name(part: &Rejected<'_>, taken: &mut HashSet<String>) -> String {
    let clean: String =
        part.sheet.name.chars().map(|c| if "[]:*?/\\'".contains(c) { '_' } else { c }).collect();
    let kind = part.plan.kind.zh();
    let base = if clean.contains(kind) { clean } else { format!("{clean}（{kind}）") };
    for number in 1u32.. {
        let tail = if number == 1 { String::new() } else { format!("_{number}") };
        let room = NAME_CHARS - tail.chars().count();
        let chars = base.chars().count();
        // The end says the kind, so a name that is too long loses its beginning.
        let name: String = base.chars().skip(chars.saturating_sub(room)).chain(tail.chars()).collect();
        if taken.insert(name.to_lowercase()) {
            return name;
        }
    }
    base
}
