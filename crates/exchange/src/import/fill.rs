//! What a row leaves to the rows above it: merged cells and 同上.

use crate::columns::{SheetPlan, Target};
use crate::sheet::{Cell, Row, Sheet, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// Content of cells with what merges spread and 同上 points to. Rows must pass in order.
pub(crate) struct Fill<'a> {
    plan: &'a SheetPlan,
    /// Vertical merges by column: first and last row, and what stands in the first. Only of columns that speak of the
    /// enterprise: a quantity merged over three rows is not three times that quantity.
    merged: HashMap<u32, Vec<(u32, u32, &'a Value)>>,
    /// What 同上 means, by column.
    above: HashMap<u32, &'a Value>,
}

impl<'a> Fill<'a> {
    pub(crate) fn new(sheet: &'a Sheet, plan: &'a SheetPlan) -> Self {
        let mut merged: HashMap<u32, Vec<(u32, u32, &Value)>> = HashMap::new();
        for column in plan.columns.iter().filter(|c| is_enterprise_level(c.target)) {
            let down = sheet.merges.iter().filter(|m| {
                m.first_column == column.column && m.last_row > m.first_row && m.first_row > plan.heading_last
            });
            for merge in down {
                let top = sheet.rows.binary_search_by_key(&merge.first_row, |r| r.number).ok();
                if let Some(value) = top.and_then(|at| sheet.rows[at].get(column.column)) {
                    merged.entry(column.column).or_default().push((merge.first_row, merge.last_row, value));
                }
            }
        }
        for spans in merged.values_mut() {
            spans.sort_by_key(|s| s.0);
        }
        Self { plan, merged, above: HashMap::new() }
    }

    /// Content of a column in a row: its own, what a merge spreads over it, or what 同上 points to.
    pub(crate) fn value<'r>(&self, row: &'r Row, column: u32) -> Option<Cow<'r, Value>>
    where
        'a: 'r,
    {
        match row.get(column) {
            Some(Value::Text(text)) if is_ditto(text) => self.above.get(&column).map(|v| Cow::Borrowed(*v)),
            Some(value) => Some(Cow::Borrowed(value)),
            None => {
                let spans = self.merged.get(&column)?;
                let at = spans.partition_point(|s| s.0 <= row.number).checked_sub(1)?;
                (row.number <= spans[at].1).then_some(Cow::Borrowed(spans[at].2))
            }
        }
    }

    /// Remembers the row for 同上 in the next one.
    pub(crate) fn passed(&mut self, row: &'a Row) {
        for cell in &row.cells {
            if !matches!(&cell.value, Value::Text(text) if is_ditto(text)) {
                self.above.insert(cell.column, &cell.value);
            }
        }
    }

    /// The row as it must be written when it stands alone.
    pub(crate) fn whole(&self, row: &'a Row) -> Row {
        let width = row.width().max(self.plan.columns.last().map_or(0, |c| c.column + 1));
        let cell = |column| self.value(row, column).map(|value| Cell { column, value: value.into_owned() });
        Row { number: row.number, cells: (0..width).filter_map(cell).collect() }
    }
}

fn is_enterprise_level(target: Option<Target>) -> bool {
    matches!(target, Some(Target::Field(field)) if field.is_enterprise_level())
}

fn is_ditto(text: &str) -> bool {
    matches!(text.trim(), "同上" | "〃" | "″" | "\"" | "”" | "同前" | "ditto" | "〞")
}
