//! One row, field by field, with its errors.

use super::Context;
use super::error::{CellError, ErrorCode};
use super::fill::Fill;
use crate::columns::{ColumnPlan, Field, SheetKind, SheetPlan, Target};
use crate::sheet::{Row, Sheet, Value};
use model::fold::fold_key;
use std::borrow::Cow;

/// What stays the same over the rows of a sheet.
pub(super) struct SheetReader<'a> {
    pub(super) sheet: &'a Sheet,
    pub(super) plan: &'a SheetPlan,
    pub(super) context: &'a Context<'a>,
    pub(super) fill: Fill<'a>,
}

/// A cell as a field sees it.
#[derive(Debug, Clone)]
pub(super) struct Found<'a> {
    pub(super) value: Cow<'a, Value>,
    pub(super) plan: &'a ColumnPlan,
}

impl Found<'_> {
    pub(super) fn text(&self) -> Cow<'_, str> {
        self.value.text()
    }
}

/// Words that stand for an empty cell.
pub(super) fn is_nothing(text: &str) -> bool {
    const WORDS: [&str; 16] = [
        "/",
        "-",
        "--",
        "—",
        "\\",
        "无",
        "暂无",
        "没有",
        "n/a",
        "na",
        "none",
        "null",
        "nil",
        "空",
        "不详",
        "待补充",
    ];
    let key = fold_key(text);
    key.is_empty() || WORDS.contains(&key.as_str()) || key.chars().all(|c| c == '-' || c == '/')
}

/// One row in reading.
pub(super) struct RowReader<'a> {
    pub(super) sheet: &'a SheetReader<'a>,
    pub(super) row: &'a Row,
    pub(super) errors: Vec<CellError>,
    pub(super) warnings: Vec<CellError>,
}

impl<'a> RowReader<'a> {
    pub(super) fn new(sheet: &'a SheetReader<'a>, row: &'a Row) -> Self {
        let mut out = Self { sheet, row, errors: Vec::new(), warnings: Vec::new() };
        out.refuse_formula_errors();
        out
    }

    pub(super) fn context(&self) -> &'a Context<'a> {
        self.sheet.context
    }

    /// A formula error counts only where the column counts.
    fn refuse_formula_errors(&mut self) {
        for cell in &self.row.cells {
            if let Value::Error(words) = cell.value
                && let Some(plan) =
                    self.sheet.plan.columns.iter().find(|c| c.column == cell.column && c.target.is_some())
            {
                let name = self.heading_name(plan);
                let error = CellError::new(
                    self.sheet.sheet,
                    self.row.number,
                    cell.column,
                    &name,
                    ErrorCode::FormulaError,
                )
                .read(words)
                .expected("公式算出的值")
                .hint("公式引用已失效，请改为直接填写");
                self.errors.push(error);
            }
        }
    }

    /// What a column is called in an error: its field, or its heading where it has none.
    pub(super) fn heading_name(&self, plan: &ColumnPlan) -> String {
        match plan.target {
            Some(Target::Field(field)) => self.name(field).to_owned(),
            _ => plan.heading.clone(),
        }
    }

    fn name(&self, field: Field) -> &'static str {
        field.name(self.sheet.plan.kind == SheetKind::Needs)
    }

    /// All cells of a field with content. Formula errors are refused already and count as empty.
    pub(super) fn all(&self, field: Field) -> impl Iterator<Item = Found<'a>> + use<'a> {
        let (sheet, row) = (self.sheet, self.row);
        sheet.plan.columns_of(field).filter_map(move |plan| {
            let value = sheet.fill.value(row, plan.column)?;
            (!matches!(*value, Value::Error(_)) && !is_nothing(&value.text()))
                .then_some(Found { value, plan })
        })
    }

    /// The first cell of a field with content.
    pub(super) fn one(&self, field: Field) -> Option<Found<'a>> {
        self.all(field).next()
    }

    /// An error at a cell of a field.
    pub(super) fn error_at(&self, found: &Found<'_>, code: ErrorCode) -> CellError {
        let name = self.heading_name(found.plan);
        CellError::new(self.sheet.sheet, self.row.number, found.plan.column, &name, code).read(&found.text())
    }

    /// An error at a field that has no content, placed in its column or else in the first.
    pub(super) fn missing(&self, field: Field, code: ErrorCode) -> CellError {
        let column = self.sheet.plan.column_of(field).map_or(0, |c| c.column);
        CellError::new(self.sheet.sheet, self.row.number, column, self.name(field), code)
    }

    pub(super) fn refuse(&mut self, error: CellError) {
        // A cell whose formula failed is refused for that, not for being empty as well.
        let empty = matches!(error.code, ErrorCode::MissingTitle | ErrorCode::MissingEnterprise);
        let failed = |e: &CellError| e.column == error.column && e.code == ErrorCode::FormulaError;
        if empty && !self.context().lenient && self.errors.iter().any(failed) {
            return;
        }
        self.errors.push(error);
    }

    pub(super) fn warn(&mut self, warning: CellError) {
        self.warnings.push(warning);
    }

    /// Text of a field, white space folded into single spaces; too long is refused.
    pub(super) fn line(&mut self, field: Field, chars_max: usize) -> String {
        let Some(found) = self.one(field) else { return String::new() };
        let text = found.text().split_whitespace().collect::<Vec<_>>().join(" ");
        self.bounded(&found, text, chars_max)
    }

    /// Texts of all columns of a field, joined by `；`, line breaks kept.
    pub(super) fn joined(&mut self, field: Field, chars_max: usize) -> String {
        let found: Vec<Found<'_>> = self.all(field).collect();
        let Some(first) = found.first() else { return String::new() };
        let texts: Vec<String> = found.iter().map(|f| f.text().into_owned()).collect();
        self.bounded(first, texts.join("；"), chars_max)
    }

    pub(super) fn bounded(&mut self, found: &Found<'_>, text: String, chars_max: usize) -> String {
        let chars = text.chars().count();
        if chars <= chars_max {
            return text;
        }
        let error = self
            .error_at(found, ErrorCode::TooLong)
            .expected(format!("不超过{chars_max}字"))
            .hint(format!("现有{chars}字，请缩短"));
        self.refuse(error);
        String::new()
    }

    /// A name in words: a cell that Excel holds as a number, or that is digits only, is refused.
    pub(super) fn words(&mut self, field: Field, chars_max: usize) -> String {
        let Some(found) = self.one(field) else { return String::new() };
        let text = found.text();
        let worded = matches!(*found.value, Value::Text(_)) && text.chars().any(char::is_alphabetic);
        if !worded && !self.context().lenient {
            let error = self
                .error_at(&found, ErrorCode::TextExpected)
                .expected("文字")
                .hint("读到的是数字或日期，是否错列？");
            self.refuse(error);
            return String::new();
        }
        self.line(field, chars_max)
    }
}
