//! Rows without a record: sums, notes, section titles, repeated headings, unfilled forms.

use super::draft::Skipped;
use crate::columns::{Field, SheetPlan, Target};
use crate::sheet::{Row, Sheet};
use model::fold::{fold_key, fold_name};

const TOTALS: [&str; 8] = ["合计", "总计", "小计", "累计", "共计", "total", "subtotal", "sum"];
const NOTES: [&str; 17] = [
    "注:",
    "注1",
    "注、",
    "备注:",
    "说明:",
    "填表说明",
    "填表人",
    "填报人",
    "制表",
    "审核",
    "审批",
    "联系方式:",
    "示例",
    "例如",
    "填写",
    "以下空白",
    "单位负责人",
];

/// Counts the row as skipped, or says that it carries a record.
pub(super) fn skip(sheet: &Sheet, plan: &SheetPlan, row: &Row, skipped: &mut Skipped) -> bool {
    let Some(first) = row.cells.first() else { return true };
    let words = fold_key(&first.value.text());
    let title = plan.column_of(plan.kind.required());
    let has_title = title.is_some_and(|c| row.get(c.column).is_some() && c.column != first.column);
    let counter = if !has_title && TOTALS.iter().any(|t| words.trim_matches(':').starts_with(t)) {
        &mut skipped.totals
    } else if !has_title && (NOTES.iter().any(|n| words.starts_with(n)) || is_section(sheet, row, &words)) {
        &mut skipped.notes
    } else if repeats_headings(plan, row) {
        &mut skipped.headings
    } else if row.cells.iter().all(|c| is_idle(plan, c.column)) {
        &mut skipped.unfilled
    } else {
        return false;
    };
    *counter += 1;
    true
}

/// One cell merged over several columns, or one cell that begins with a Chinese ordinal: 一、LED类.
fn is_section(sheet: &Sheet, row: &Row, words: &str) -> bool {
    if row.cells.len() != 1 {
        return false;
    }
    let wide = sheet.merges.iter().any(|m| {
        m.first_row == row.number && m.last_row == row.number && m.last_column >= m.first_column + 2
    });
    let ordinal = words.trim_start_matches('(').trim_start_matches(|c| "一二三四五六七八九十".contains(c));
    let numbered =
        ordinal.len() < words.trim_start_matches('(').len() && ordinal.starts_with(['、', '.', ')', ',']);
    wide || numbered
}

fn repeats_headings(plan: &SheetPlan, row: &Row) -> bool {
    let same = row
        .cells
        .iter()
        .filter(|cell| {
            let own = fold_name(&cell.value.text());
            plan.columns.iter().find(|c| c.column == cell.column).is_some_and(|c| {
                c.heading.split('/').chain([c.heading.as_str()]).any(|h| fold_name(h) == own)
            })
        })
        .count();
    same >= 2 && same * 5 >= row.cells.len() * 3
}

/// A cell that alone makes no record: a sequence number, a reason of refusal, or a column without meaning.
fn is_idle(plan: &SheetPlan, column: u32) -> bool {
    let target = plan.columns.iter().find(|c| c.column == column).and_then(|c| c.target);
    matches!(target, None | Some(Target::Field(Field::Sequence | Field::Reason)))
}
