//! One record out of a form on a page: its fields are read as the cells of a row are.

use super::draft::SheetDrafts;
use super::fill::Fill;
use super::row::SheetReader;
use super::{Context, read_row};
use crate::columns::{ColumnPlan, Field, How, SheetKind, SheetPlan, Target};
use crate::sheet::{Cell, Format, Row, Sheet, Value};
use model::markets::MarketKey;

/// Reads one record; `cells` are what each field says, empty ones say nothing. The column of an error is the place of its field in
/// `cells`. Needs and offers need no enterprise here: whose they are, the application knows.
pub fn read_form(
    kind: SheetKind,
    market: &MarketKey,
    cells: &[(Target, &str)],
    context: &Context<'_>,
) -> SheetDrafts {
    let column = |(at, target): (u32, Target)| ColumnPlan {
        column: at,
        heading: match target {
            Target::Field(field) => field.zh().to_owned(),
            Target::Clause | Target::Own(_) => String::new(),
        },
        target: Some(target),
        confidence: 1.0,
        how: How::Mapped,
        unit: None,
    };
    let mut fields: Vec<(Target, &str)> = cells.to_vec();
    if kind != SheetKind::Enterprises {
        fields.push((Target::Field(Field::Enterprise), "企业"));
    }
    let plan = SheetPlan {
        kind,
        market: market.clone(),
        kind_confidence: 1.0,
        heading_first: 1,
        heading_last: 1,
        columns: (0..).zip(fields.iter().map(|(field, _)| *field)).map(column).collect(),
        source: String::new(),
    };
    let filled = (0..).zip(&fields).filter(|(_, (_, text))| !text.trim().is_empty());
    let cells = filled.map(|(at, (_, text))| Cell { column: at, value: Value::Text((*text).trim().into()) });
    let sheet = Sheet {
        file: "".into(),
        name: "".into(),
        format: Format::Xlsx,
        hidden: false,
        rows: vec![Row { number: 2, cells: cells.collect() }],
        merges: Vec::new(),
    };
    let mut out = SheetDrafts::new(kind);
    let reader = SheetReader { sheet: &sheet, plan: &plan, context, fill: Fill::new(&sheet, &plan) };
    read_row(&reader, &sheet.rows[0], None, &mut out);
    out
}
