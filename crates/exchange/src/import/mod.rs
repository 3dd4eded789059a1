//! Rows into drafts: typed values with their places, or refusals that say which cell is wrong and why.
//!
//! Pure: the sheet, its plan and the reference tables go in, drafts come out. Whether an enterprise is known, a row
//! new or changed, is the application's business.

mod amount;
mod date;
mod draft;
mod enterprise;
mod error;
pub(crate) mod fill;
mod form;
mod ident;
mod measure;
mod money;
mod need;
mod offer;
mod own;
mod row;
mod skip;
mod specs;
#[cfg(test)]
mod tests;

pub use draft::{EnterpriseRef, NeedDraft, OfferDraft, Placed, SheetDrafts, Skipped};
pub use error::{CellError, ErrorCode};
pub use form::read_form;
pub use ident::FICTIONAL_LABEL;

use crate::columns::{Field, SheetKind, SheetPlan, Target};
use crate::progress::{EVERY_ROWS, Phase, Progress};
use crate::sheet::{Format, Row, Sheet};
use fill::Fill;
use jiff::civil::Date;
use model::chain::NodeId;
use model::reference::Reference;
use row::{RowReader, SheetReader};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};

/// Finds the chain node of a title and its specification text.
pub type Recognise<'a> = dyn Fn(&str, &str) -> Option<NodeId> + 'a;

/// What reading rows needs beside the sheet.
pub struct Context<'a> {
    /// Units, properties, regions, industries, chain nodes.
    pub reference: &'a Reference,
    /// The day from which periods of validity (3个月) count.
    pub today: Date,
    /// Finds chain nodes.
    pub recognise: &'a Recognise<'a>,
    /// True for rows that are matched without a database: only a title is required, whatever else cannot be read is
    /// left out with a warning.
    pub lenient: bool,
}

/// Reads all rows of a sheet.
pub fn parse(sheet: &Sheet, plan: &SheetPlan, context: &Context<'_>) -> SheetDrafts {
    parse_with_progress(sheet, plan, context, &mut |_| {})
}

/// [`parse`] that reports how far it is, every few thousand rows.
pub fn parse_with_progress(
    sheet: &Sheet,
    plan: &SheetPlan,
    context: &Context<'_>,
    progress: &mut dyn FnMut(Progress<'_>),
) -> SheetDrafts {
    let mut out = SheetDrafts::new(plan.kind);
    let mut reader = SheetReader { sheet, plan, context, fill: Fill::new(sheet, plan) };
    let mut seen = Duplicates::default();
    let total = sheet.rows.len() as u64;
    for (done, row) in (1..).zip(&sheet.rows) {
        if row.number > plan.heading_last && !skip::skip(sheet, plan, row, &mut out.skipped) {
            let duplicate = if context.lenient { None } else { seen.of(plan, &reader.fill, row) };
            read_row(&reader, row, duplicate, &mut out);
            reader.fill.passed(row);
        }
        if done % EVERY_ROWS == 0 {
            progress(Progress { phase: Phase::Parse, sheet: &sheet.name, done, total });
        }
    }
    progress(Progress { phase: Phase::Parse, sheet: &sheet.name, done: total, total });
    out
}

fn read_row(sheet: &SheetReader<'_>, row: &Row, duplicate: Option<u32>, out: &mut SheetDrafts) {
    out.rows += 1;
    let mut reader = RowReader::new(sheet, row);
    refuse_extra_cells(&mut reader);
    if let Some(first) = duplicate {
        let field = sheet.plan.kind.required();
        let title = reader.one(field).map(|f| f.text().into_owned()).unwrap_or_default();
        let error = reader
            .missing(field, ErrorCode::DuplicateRow)
            .read(&title)
            .expected("与其他行不同")
            .hint(format!("整行与第{first}行相同，请删去一行，或用编号区分"));
        reader.refuse(error);
    }
    let place = |row: &Row| (sheet.sheet.file.clone(), sheet.sheet.name.clone(), row.number);
    let (file, name, number) = place(row);
    let draft = match sheet.plan.kind {
        SheetKind::Enterprises => Draft::Enterprise(reader.enterprise_row()),
        SheetKind::Needs => Draft::Need(reader.need_row()),
        SheetKind::Offers => Draft::Offer(reader.offer_row()),
    };
    let visibility_given = reader.one(Field::Visibility).is_some();
    let (mut errors, mut warnings) = (reader.errors, reader.warnings);
    if sheet.context.lenient {
        // Only a missing title leaves nothing to match.
        let (fatal, rest) = errors.into_iter().partition(|e| e.code == ErrorCode::MissingTitle);
        errors = fatal;
        warnings.extend::<Vec<_>>(rest);
    }
    out.warnings.append(&mut warnings);
    if !errors.is_empty() {
        errors.sort_by_key(|e| e.column);
        out.rejected += 1;
        out.errors.append(&mut errors);
        return;
    }
    match draft {
        Draft::Enterprise(value) => {
            out.enterprises.push(Placed { file, sheet: name, row: number, value, visibility_given });
        }
        Draft::Need(value) => {
            out.needs.push(Placed { file, sheet: name, row: number, value, visibility_given });
        }
        Draft::Offer(value) => {
            out.offers.push(Placed { file, sheet: name, row: number, value, visibility_given });
        }
    }
}

enum Draft {
    Enterprise(model::enterprise::Enterprise),
    Need(NeedDraft),
    Offer(OfferDraft),
}

/// In delimited text a cell beyond the headings means a delimiter inside a field: everything behind it has moved.
fn refuse_extra_cells(reader: &mut RowReader<'_>) {
    let (sheet, plan) = (reader.sheet.sheet, reader.sheet.plan);
    let Format::Csv(delimiter) = sheet.format else { return };
    let width = plan.columns.last().map_or(0, |c| c.column + 1);
    if let Some(cell) = reader.row.cells.iter().find(|c| c.column >= width) {
        let error =
            CellError::new(sheet, reader.row.number, cell.column, "表头以外的列", ErrorCode::ExtraCells)
                .read(&cell.value.text())
                .expected(format!("每行{width}列"))
                .hint(format!("多半是某格内含有分隔符“{}”，请给该格加上双引号", delimiter.escape_default()));
        reader.refuse(error);
    }
}

/// Finds rows that stand twice, by what their columns mean (not by their sequence number).
#[derive(Default)]
struct Duplicates {
    // Two independent hashes of 64 bits: among a million rows a chance collision is beyond belief, and no text is kept.
    hashers: [RandomState; 2],
    rows: HashMap<[u64; 2], u32>,
}

impl Duplicates {
    /// Number of an equal row above. Merged cells and 同上 count as what they stand for.
    fn of(&mut self, plan: &SheetPlan, fill: &Fill<'_>, row: &Row) -> Option<u32> {
        let content: Vec<(u32, String)> = plan
            .columns
            .iter()
            .filter(|c| !matches!(c.target, None | Some(Target::Field(Field::Sequence | Field::Reason))))
            .filter_map(|c| fill.value(row, c.column).map(|v| (c.column, v.text().into_owned())))
            .collect();
        let hash = [0, 1].map(|i: usize| self.hashers[i].hash_one(&content));
        match self.rows.entry(hash) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(free) => {
                free.insert(row.number);
                None
            }
        }
    }
}
