//! Where the headings of a sheet stand: below title rows, in one row or two.

use super::headings::{ACCEPT, Headings};
use crate::sheet::{Merge, Row, Sheet, Value};
use model::fold::fold_name;

/// Rows with content among which the headings are sought.
pub(super) const LOOKED_ROWS: usize = 40;
/// Longer texts are no headings.
const HEADING_CHARS_MAX: usize = 40;

/// The headings of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HeadingRows {
    /// First heading row.
    pub(super) first: u32,
    /// Last heading row; the data begin below it.
    pub(super) last: u32,
    /// Column, the heading of the upper row (empty for one row), the heading.
    pub(super) headings: Vec<(u32, String, String)>,
}

/// Finds the headings. `wanted` are headings that a person named: they count as known.
pub(super) fn find(sheet: &Sheet, words: &Headings<'_>, wanted: &[String]) -> Option<HeadingRows> {
    let wanted: Vec<String> = wanted.iter().map(|w| fold_name(w)).collect();
    let narrow = sheet.width() <= 2;
    let mut best: Option<(f64, usize)> = None;
    for (index, row) in sheet.rows.iter().take(LOOKED_ROWS).enumerate() {
        let (score, known, asked) = score(row, words, &wanted);
        let enough = known >= 2 || asked > 0 || (known == 1 && narrow);
        if enough && best.is_none_or(|(b, _)| score > b + 1e-9) {
            best = Some((score, index));
        }
    }
    let (_, index) = best?;
    let row = &sheet.rows[index];
    if let Some(above) = index.checked_sub(1).map(|i| &sheet.rows[i])
        && is_parent(sheet, above, row)
    {
        return Some(two_rows(sheet, above, row));
    }
    if let Some(below) = sheet.rows.get(index + 1)
        && is_child(sheet, row, below, words)
    {
        return Some(two_rows(sheet, row, below));
    }
    Some(one_row(row))
}

/// The first row as headings, for a person who names columns by their letters.
pub(super) fn first(sheet: &Sheet) -> Option<HeadingRows> {
    sheet.rows.first().map(one_row)
}

fn one_row(row: &Row) -> HeadingRows {
    let headings = row.cells.iter().map(|c| (c.column, String::new(), c.value.text().into_owned())).collect();
    HeadingRows { first: row.number, last: row.number, headings }
}

/// Sum of likeness, number of cells that look like headings, and of those that a person named.
fn score(row: &Row, words: &Headings<'_>, wanted: &[String]) -> (f64, usize, usize) {
    let (mut sum, mut known, mut asked) = (0.0, 0, 0);
    for cell in &row.cells {
        let Value::Text(text) = &cell.value else {
            sum -= 0.5;
            continue;
        };
        if text.chars().count() > HEADING_CHARS_MAX {
            sum -= 0.5;
            continue;
        }
        if wanted.contains(&fold_name(text)) {
            (sum, known, asked) = (sum + 1.0, known + 1, asked + 1);
            continue;
        }
        let likeness = words.likeness(text);
        if likeness >= ACCEPT {
            (sum, known) = (sum + likeness, known + 1);
        }
    }
    (sum, known, asked)
}

/// True where `above` groups the headings of `row`: it is merged over some of its columns, not over all of them.
fn is_parent(sheet: &Sheet, above: &Row, row: &Row) -> bool {
    above.number + 1 == row.number
        && above.cells.len() >= 2
        && above.cells.iter().all(|c| short_text(&c.value))
        && links(sheet, above, row)
}

/// True where `below` divides the headings of `row`.
fn is_child(sheet: &Sheet, row: &Row, below: &Row, words: &Headings<'_>) -> bool {
    if row.number + 1 != below.number || !below.cells.iter().all(|c| short_text(&c.value)) {
        return false;
    }
    if links(sheet, row, below) {
        return true;
    }
    // Without merged cells (delimited text): the lower row fills columns that the upper one leaves blank.
    let fills =
        below.cells.iter().any(|c| row.get(c.column).is_none() && c.column < row.width().max(below.width()));
    let known = below.cells.iter().filter(|c| words.likeness(&c.value.text()) >= 0.85).count();
    fills && known >= 2 && known * 2 >= below.cells.len()
}

/// True where merged cells show the two rows to be one heading: a group over several columns of the upper row, or a
/// heading that spans both.
fn links(sheet: &Sheet, upper: &Row, lower: &Row) -> bool {
    let groups = |m: &Merge| {
        m.first_row == upper.number
            && m.last_row == upper.number
            && m.last_column > m.first_column
            && lower.cells.iter().filter(|c| (m.first_column..=m.last_column).contains(&c.column)).count()
                >= 2
    };
    let spans = |m: &Merge| m.first_row == upper.number && m.last_row == lower.number;
    let grouped = sheet.merges.iter().any(groups);
    grouped && (upper.cells.len() > 1)
        || sheet.merges.iter().any(|m| spans(m) && m.last_column == m.first_column)
}

fn short_text(value: &Value) -> bool {
    matches!(value, Value::Text(text) if text.chars().count() <= HEADING_CHARS_MAX)
}

fn two_rows(sheet: &Sheet, upper: &Row, lower: &Row) -> HeadingRows {
    let width = upper.width().max(lower.width());
    let mut headings = Vec::new();
    let mut group: Option<(String, u32)> = None;
    for column in 0..width {
        let own = upper.text(column);
        if !own.is_empty() {
            let merged = sheet.merges.iter().find(|m| {
                m.first_row == upper.number && m.last_row == upper.number && m.first_column == column
            });
            // Without merges a group reaches to the next heading of the upper row.
            let last =
                if sheet.merges.is_empty() { u32::MAX } else { merged.map_or(column, |m| m.last_column) };
            group = Some((own.into_owned(), last));
        }
        let parent = group.as_ref().filter(|(_, last)| column <= *last).map_or("", |(text, _)| text);
        let child = lower.text(column);
        match (parent, child.as_ref()) {
            ("", "") => {}
            (parent, "") if upper.get(column).is_some() => {
                headings.push((column, String::new(), parent.to_owned()))
            }
            (_, "") => {}
            (parent, child) => headings.push((column, parent.to_owned(), child.to_owned())),
        }
    }
    HeadingRows { first: upper.number, last: lower.number, headings }
}
