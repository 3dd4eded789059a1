//! What an import found and did.

use exchange::columns::{How, SheetPlan};
use exchange::import::{CellError, SheetDrafts};
use exchange::sheet::Sheet;
use serde::Serialize;
use store::ImportCounts;

/// What an import found and did.
#[derive(Debug, Default, Serialize)]
pub struct ImportReport {
    /// True where the rows are in the store.
    pub stored: bool,
    /// The sheets read and how they were understood.
    pub sheets: Vec<SheetReport>,
    /// Refused cells.
    pub errors: Vec<CellError>,
    /// Cells that were taken but look odd.
    pub warnings: Vec<CellError>,
    /// Rows that stand more than once in the files; taken once.
    pub repeated: u64,
    /// Records new, changed and unchanged; where nothing was stored, as it would be for the rows that are right.
    pub counts: ImportCounts,
    /// Enterprises that may be one and on which nobody has decided, by name.
    pub duplicates: Vec<DuplicateReport>,
    /// The workbook of refused rows.
    #[serde(skip)]
    pub rejects: Option<Vec<u8>>,
    /// Why there is no workbook although rows were refused.
    pub rejects_failed: Option<String>,
}

/// Two enterprises that may be one.
#[derive(Debug, Clone, Serialize)]
pub struct DuplicateReport {
    /// Name of one.
    pub a: String,
    /// Name of the other.
    pub b: String,
    /// How alike, 0..=1.
    pub score: f64,
    /// What is known of one: code, county, address, products.
    pub a_facts: Vec<String>,
    /// What is known of the other, in the same order.
    pub b_facts: Vec<String>,
    /// Why.
    pub reasons: Vec<String>,
}

/// How a sheet was understood.
#[derive(Debug, Serialize)]
pub struct SheetReport {
    /// File.
    pub file: String,
    /// Sheet.
    pub sheet: String,
    /// What its rows are, in Chinese.
    pub kind: &'static str,
    /// Key of the market that they belong to.
    pub market: String,
    /// How sure that is.
    pub kind_confidence: f64,
    /// Rows with data.
    pub rows: u32,
    /// Rows taken.
    pub accepted: u32,
    /// Rows refused.
    pub rejected: u32,
    /// Sums, notes, repeated headings and empty forms passed over.
    pub skipped: u32,
    /// Its columns.
    pub columns: Vec<ColumnReport>,
}

/// How a column was understood.
#[derive(Debug, Serialize)]
pub struct ColumnReport {
    /// Heading.
    pub heading: String,
    /// Field; absent where the column is left out.
    pub field: Option<&'static str>,
    /// How sure that is.
    pub confidence: f64,
    /// Where that comes from.
    pub how: &'static str,
}

impl SheetReport {
    /// `refused` rows were refused after they had been read.
    pub(super) fn new(sheet: &Sheet, plan: &SheetPlan, drafts: &SheetDrafts, refused: u32) -> Self {
        let skipped = &drafts.skipped;
        Self {
            file: sheet.file.to_string(),
            sheet: sheet.name.to_string(),
            kind: plan.kind.zh(),
            market: plan.market.to_string(),
            kind_confidence: plan.kind_confidence,
            rows: drafts.rows,
            accepted: (drafts.accepted() as u32).saturating_sub(refused),
            rejected: drafts.rejected + refused,
            skipped: skipped.totals + skipped.notes + skipped.headings + skipped.unfilled,
            columns: plan
                .columns
                .iter()
                .map(|c| ColumnReport {
                    heading: c.heading.clone(),
                    field: c.target.map(exchange::columns::Target::key),
                    confidence: c.confidence,
                    how: match c.how {
                        How::Mapped => "mapped",
                        How::Remembered => "remembered",
                        How::Guessed => "guessed",
                        How::Ignored => "ignored",
                    },
                })
                .collect(),
        }
    }
}
