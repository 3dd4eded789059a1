//! Imports: workbooks in, every refusal with its cell.

use super::caller::Caller;
use super::problem::{Answer, Problem};
use super::read::Query;
use super::upload::{Files, FilesBody};
use super::write::{XLSX, done, ok, workbook};
use crate::site::Site;
use app::ImportOptions;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(imports, import)).routes(routes!(rejects))
}

/// Imports that a list of them holds.
const IMPORTS: u32 = 100;

/// How to import.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// Check everything, store nothing.
    dry_run: bool,
    /// Store the right rows although others are wrong.
    accept_valid: bool,
    /// Kind of every sheet, where it is not to be guessed.
    #[param(inline)]
    kind: Option<KindWord>,
    /// Market of every sheet, where it is not to be told by names and headings.
    market: String,
    /// Columns taken for fields, separated by semicolons: `needs.title=采购品名;needs.quantity=月用量`.
    map: String,
    /// Separator of csv files, one character.
    #[param(max_length = 1)]
    delimiter: String,
}

/// What the rows of a sheet are.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum KindWord {
    Enterprises,
    Offers,
    Needs,
}

impl ImportQuery {
    fn checked(self) -> Result<ImportOptions, Problem> {
        let mut delimiter = self.delimiter.chars();
        let options = ImportOptions {
            dry_run: self.dry_run,
            accept_valid: self.accept_valid,
            maps: self.map.split(';').map(str::trim).filter(|m| !m.is_empty()).map(str::to_owned).collect(),
            kind: self.kind.map(|kind| {
                match kind {
                    KindWord::Enterprises => "enterprises",
                    KindWord::Offers => "offers",
                    KindWord::Needs => "needs",
                }
                .to_owned()
            }),
            market: (!self.market.is_empty()).then_some(self.market),
            delimiter: delimiter.next(),
        };
        if delimiter.next().is_some() {
            return Err(Problem::at("query", "delimiter", "one character"));
        }
        Ok(options)
    }
}

/// A cell that was refused, or that looks odd.
#[derive(Debug, Serialize, ToSchema)]
struct Cell {
    /// File.
    file: String,
    /// Sheet.
    sheet: String,
    /// Cell, such as `C7`.
    cell: String,
    /// Row, from 1.
    row: u32,
    /// Field, in Chinese.
    field: String,
    /// What is wrong, such as `uscc_invalid`.
    code: String,
    /// What was read.
    read: String,
    /// What was expected.
    expected: String,
    /// What to do.
    hint: String,
}

/// A column as it was understood.
#[derive(Debug, Serialize, ToSchema)]
struct Column {
    /// Heading.
    heading: String,
    /// Field; absent where the column is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    /// How sure that is, 0 to 1.
    confidence: f64,
    /// `mapped`, `remembered`, `guessed` or `ignored`.
    how: &'static str,
}

/// A sheet as it was understood.
#[derive(Debug, Serialize, ToSchema)]
struct Sheet {
    /// File.
    file: String,
    /// Sheet.
    sheet: String,
    /// What its rows are, in Chinese.
    kind: &'static str,
    /// How sure that is, 0 to 1.
    kind_confidence: f64,
    /// Rows with data.
    rows: u32,
    /// Rows taken.
    accepted: u32,
    /// Rows refused.
    rejected: u32,
    /// Sums, notes, repeated headings and empty forms passed over.
    skipped: u32,
    /// Its columns.
    columns: Vec<Column>,
}

/// Records new, changed and the same.
#[derive(Debug, Serialize, ToSchema)]
struct Counts {
    /// Not stored before.
    new: u64,
    /// Stored with another content; a new version now.
    changed: u64,
    /// Stored with the same content.
    unchanged: u64,
}

/// Two enterprises that may be one.
#[derive(Debug, Serialize, ToSchema)]
struct LikelyDuplicate {
    /// Name of one.
    a: String,
    /// Name of the other.
    b: String,
    /// How alike, 0 to 1.
    score: f64,
    /// Why, in Chinese.
    reasons: Vec<String>,
}

/// What an import found and did.
#[derive(Debug, Serialize, ToSchema)]
struct Report {
    /// True where the rows are stored.
    stored: bool,
    /// Row id of the import; absent where nothing differed or nothing was stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    import: Option<i64>,
    /// Sheets.
    sheets: Vec<Sheet>,
    /// Refused cells.
    errors: Vec<Cell>,
    /// Cells that were taken but look odd.
    warnings: Vec<Cell>,
    /// Rows that stand more than once in the files; taken once.
    repeated: u64,
    /// Enterprises stored.
    enterprises: Counts,
    /// Needs stored.
    needs: Counts,
    /// Offers stored.
    offers: Counts,
    /// Enterprises that may be one.
    duplicates: Vec<LikelyDuplicate>,
}

/// A cell of a report, whose type only `exchange` names.
macro_rules! cells {
    ($cells:expr) => {
        $cells
            .into_iter()
            .map(|e| Cell {
                code: serde_json::to_value(e.code)
                    .ok()
                    .and_then(|v| v.as_str().map(str::to_owned))
                    .unwrap_or_default(),
                file: e.file,
                sheet: e.sheet,
                cell: e.cell,
                row: e.row,
                field: e.field,
                read: e.read,
                expected: e.expected,
                hint: e.hint,
            })
            .collect()
    };
}

/// Counts of a report, whose type only `store` names.
macro_rules! counts {
    ($count:expr) => {
        Counts { new: $count.new, changed: $count.changed, unchanged: $count.unchanged }
    };
}

impl From<app::ImportReport> for Report {
    fn from(report: app::ImportReport) -> Self {
        let column = |c: app::ColumnReport| Column {
            heading: c.heading,
            field: c.field,
            confidence: c.confidence,
            how: c.how,
        };
        let sheet = |s: app::SheetReport| Sheet {
            file: s.file,
            sheet: s.sheet,
            kind: s.kind,
            kind_confidence: s.kind_confidence,
            rows: s.rows,
            accepted: s.accepted,
            rejected: s.rejected,
            skipped: s.skipped,
            columns: s.columns.into_iter().map(column).collect(),
        };
        let duplicate =
            |d: app::DuplicateReport| LikelyDuplicate { a: d.a, b: d.b, score: d.score, reasons: d.reasons };
        Self {
            stored: report.stored,
            import: report.counts.import_id,
            sheets: report.sheets.into_iter().map(sheet).collect(),
            errors: cells!(report.errors),
            warnings: cells!(report.warnings),
            repeated: report.repeated,
            enterprises: counts!(report.counts.enterprises),
            needs: counts!(report.counts.needs),
            offers: counts!(report.counts.offers),
            duplicates: report.duplicates.into_iter().map(duplicate).collect(),
        }
    }
}

/// An import that changed something.
#[derive(Debug, Serialize, ToSchema)]
struct PastImport {
    /// Row id.
    id: i64,
    /// Names of its files.
    file: String,
    /// SHA-256 of what was read.
    sha256: String,
    /// Account that imported.
    by: String,
    /// When.
    at_ms: i64,
    /// Enterprises stored.
    enterprises: Counts,
    /// Needs stored.
    needs: Counts,
    /// Offers stored.
    offers: Counts,
}

/// List the newest imports
///
/// The 100 newest that changed something, newest first.
#[utoipa::path(get, path = "/imports", tag = "intake", responses((status = 200, body = [PastImport])))]
async fn imports(caller: Caller) -> Answer {
    let past: Vec<PastImport> = caller
        .app()
        .imports(caller.actor(), IMPORTS)
        .await?
        .into_iter()
        .map(|i| PastImport {
            id: i.id,
            file: i.file,
            sha256: i.sha256,
            by: i.actor,
            at_ms: i.at_ms,
            enterprises: counts!(i.counts.enterprises),
            needs: counts!(i.counts.needs),
            offers: counts!(i.counts.offers),
        })
        .collect();
    ok(&past)
}

/// Import workbooks
///
/// All files or nothing: xlsx, xls, csv or txt, known by their content. Wrong cells are no error of the request: they stand in the
/// report, and `stored` is false. The same file twice changes nothing. Send the file as the body (with its name in
/// `Content-Disposition`), or several as parts `file` of a form.
#[utoipa::path(post, path = "/imports", tag = "intake", params(ImportQuery), request_body(content(
    (FilesBody = "multipart/form-data"), (Vec<u8> = "application/octet-stream"))), responses((status = 200, body = Report)))]
async fn import(caller: Caller, Query(query): Query<ImportQuery>, Files(files): Files) -> Answer {
    let report = caller.app().import(caller.actor(), files, &query.checked()?, &caller.tell()).await?;
    ok(&Report::from(report))
}

/// Get the refused rows as a workbook
///
/// Reads the files without storing anything, and gives the refused rows back with what is wrong beside each cell, to be corrected
/// and imported. Answers 204 where nothing is refused.
#[utoipa::path(post, path = "/imports/rejects", tag = "intake", params(ImportQuery), request_body(content(
    (FilesBody = "multipart/form-data"), (Vec<u8> = "application/octet-stream"))),
    responses((status = 200, description = "A workbook", content_type = XLSX, body = Vec<u8>), (status = 204, description = "Nothing is refused")))]
async fn rejects(caller: Caller, Query(query): Query<ImportQuery>, Files(files): Files) -> Answer {
    let options = ImportOptions { dry_run: true, ..query.checked()? };
    let report = caller.app().import(caller.actor(), files, &options, &caller.tell()).await?;
    match report.rejects {
        Some(bytes) => Ok(workbook("rejects.xlsx", bytes)),
        None => done(),
    }
}
