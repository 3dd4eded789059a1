//! Import: workbooks in, records in the store, every refusal with its place.

mod batch;
pub(crate) mod identity;
mod names;
mod report;
mod resolve;
#[cfg(test)]
mod tests;

pub use exchange::columns::{Field as ColumnField, LEAVE_OUT as COLUMN_LEFT_OUT, SheetKind};
pub use exchange::import::CellError;
pub use report::{ColumnReport, DuplicateReport, ImportReport, SheetReport};

use crate::{Act, Actor, App, Code, Error, Progress, Result, Stage};
use exchange::columns::{ColumnMap, Headings, How, PlanOptions, Remembered, SheetPlan, plan_workbook};
use exchange::import::{Context, SheetDrafts, parse_with_progress};
use exchange::rejects::{self, Rejected};
use exchange::sheet::{self, ReadOptions, Sheet};
use model::hex::sha256_hex;
use std::collections::HashSet;
pub use store::{Count as ImportCount, ImportCounts, ImportRecord};

/// A file to import.
#[derive(Debug, Clone)]
pub struct InputFile {
    /// Name, for places in errors.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// How to import.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Check everything, store nothing.
    pub dry_run: bool,
    /// Store the right rows although others are wrong.
    pub accept_valid: bool,
    /// Columns taken for fields: `needs.title=采购品名`.
    pub maps: Vec<String>,
    /// Kind of every sheet, where a person says it: `enterprises`, `offers`, `needs`.
    pub kind: Option<String>,
    /// Market of every sheet, where a person says it: a key of `data/markets`.
    pub market: Option<String>,
    /// Separator of csv files.
    pub delimiter: Option<char>,
}

/// How often an import starts again because somebody else has changed what it was made from.
const TRIES: usize = 5;

/// A sheet on its way.
struct Read {
    sheet: Sheet,
    plan: SheetPlan,
    drafts: SheetDrafts,
}

#[boxed::futures]
impl App {
    /// Imports files: all of them or nothing. What is wrong is reported cell by cell; with `accept_valid` the right rows
    /// are stored all the same and the others come back as a workbook. The same file twice changes nothing.
    ///
    /// # Errors
    /// [`Code::BadInput`] where a file, a sheet or a mapping cannot be understood at all; storage errors. Wrong cells are no
    /// error of the call: they stand in the report, with `stored` false.
    pub async fn import(
        &self,
        actor: &Actor,
        files: Vec<InputFile>,
        options: &ImportOptions,
        progress: Progress<'_>,
    ) -> Result<ImportReport> {
        actor.need(Act::Import)?;
        let sources: Vec<(String, String)> =
            files.iter().map(|f| (f.name.clone(), sha256_hex(&f.bytes))).collect();
        let read = self.read(files, options, progress).await?;
        let maps = mapped(&read)?;
        let mut tries = 1;
        loop {
            let resolved = self.resolve(&read, &sources, maps.clone(), actor, progress).await?;
            let batch = resolved.batch;
            let mut report = report(&read, &resolved.errors);
            report.warnings.extend(resolved.warnings);
            (report.repeated, report.duplicates) = (resolved.repeated, resolved.duplicates);
            let refused = !report.errors.is_empty() && !options.accept_valid;
            if refused || options.dry_run {
                report.counts = self.store.compare(&batch).await?;
                return Ok(report);
            }
            let total = (batch.enterprises.len() + batch.needs.len() + batch.offers.len()) as u64;
            progress(Stage::Store, 0, total);
            match self.store.import(&batch, |done, _| progress(Stage::Store, done, total)).await {
                Ok(counts) => {
                    (report.counts, report.stored) = (counts, true);
                    return Ok(report);
                }
                // Nothing was stored: what the other one stored is merged into.
                Err(store::Error::Conflict { .. }) if tries < TRIES => tries += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The imports that changed something, newest first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn imports(&self, actor: &Actor, limit: u32) -> Result<Vec<ImportRecord>> {
        actor.need(Act::Imports)?;
        Ok(self.store.imports(limit).await?)
    }

    async fn read(
        &self,
        files: Vec<InputFile>,
        options: &ImportOptions,
        progress: Progress<'_>,
    ) -> Result<Vec<Read>> {
        // Read first: what follows borrows what cannot wait across threads.
        let remembered = self.remembered().await?;
        let bad = |e: &dyn std::fmt::Display| Error::new(Code::BadInput, e.to_string());
        let headings = Headings::builtin(self.reference);
        let map = ColumnMap::parse(&options.maps).map_err(|e| bad(&e))?;
        let kind = match options.kind.as_deref() {
            Some(word) => {
                Some(SheetKind::parse(word).ok_or_else(|| bad(&format!("no kind of sheet `{word}`")))?)
            }
            None => None,
        };
        if let Some(key) = options.market.as_deref() {
            self.known_market(key)?;
        }
        let recogniser = market::node::Recogniser::new(&self.reference.chain);
        let recognise = |title: &str, detail: &str| recogniser.recognise(title, detail).map(|(node, _)| node);
        let context = Context {
            reference: self.reference,
            today: self.clock.today(),
            recognise: &recognise,
            lenient: false,
        };
        let read_options = ReadOptions { delimiter: options.delimiter, ..ReadOptions::default() };
        let plan_options = PlanOptions {
            kind,
            market: options.market.as_deref(),
            map: (!map.0.is_empty()).then_some(&map),
            remembered: Some(&remembered),
            lenient: false,
        };
        let mut out = Vec::new();
        for file in files {
            let sheets = sheet::read_with_progress(&file.bytes, &file.name, &read_options, &mut |p| {
                progress(Stage::Read, p.done, p.total);
            })
            .map_err(|e| bad(&e))?;
            let plans = plan_workbook(&sheets, &headings, &plan_options).map_err(|e| bad(&e))?;
            let mut sheets: Vec<Option<Sheet>> = sheets.into_iter().map(Some).collect();
            for (index, plan) in plans {
                let Some(sheet) = sheets[index].take() else { continue };
                let drafts = parse_with_progress(&sheet, &plan, &context, &mut |p| {
                    progress(Stage::Read, p.done, p.total);
                });
                out.push(Read { sheet, plan, drafts });
            }
        }
        Ok(out)
    }

    /// The mappings that people gave at earlier imports.
    async fn remembered(&self) -> Result<Remembered> {
        let maps = self.store.column_maps().await?;
        // A mapping of an older program that this one cannot read is as good as none.
        Ok(maps
            .into_iter()
            .filter_map(|m| Some((m.fingerprint, serde_json::from_value(m.mapping).ok()?)))
            .collect())
    }
}

/// Mappings that a person gave in this import, to be remembered. Guesses are not: they may become better.
fn mapped(read: &[Read]) -> Result<Vec<store::ColumnMap>> {
    read.iter()
        .filter(|r| r.plan.columns.iter().any(|c| c.how == How::Mapped))
        .map(|r| {
            let (fingerprint, map) = r.plan.remember();
            let mapping = serde_json::to_value(map).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
            Ok(store::ColumnMap { fingerprint, mapping })
        })
        .collect()
}

/// The report of what was read; `errors` are refusals that came later, each with the index of its sheet.
fn report(read: &[Read], errors: &[(usize, CellError)]) -> ImportReport {
    let all: Vec<Vec<CellError>> = read
        .iter()
        .enumerate()
        .map(|(index, r)| {
            let later = errors.iter().filter(|(at, _)| *at == index).map(|(_, e)| e);
            let mut all: Vec<CellError> = r.drafts.errors.iter().chain(later).cloned().collect();
            all.sort_by_key(|e| (e.row, e.column));
            all
        })
        .collect();
    let (rejects, rejects_failed) = match refused_rows(read, &all) {
        Ok(rejects) => (rejects, None),
        Err(error) => (None, Some(error.to_string())),
    };
    ImportReport {
        sheets: read
            .iter()
            .enumerate()
            .map(|(index, r)| {
                let rows: HashSet<u32> =
                    errors.iter().filter(|(at, _)| *at == index).map(|(_, e)| e.row).collect();
                SheetReport::new(&r.sheet, &r.plan, &r.drafts, rows.len() as u32)
            })
            .collect(),
        errors: all.concat(),
        warnings: read.iter().flat_map(|r| r.drafts.warnings.iter().cloned()).collect(),
        rejects,
        rejects_failed,
        ..ImportReport::default()
    }
}

/// The workbook of refused rows, where there are any.
fn refused_rows(read: &[Read], errors: &[Vec<CellError>]) -> Result<Option<Vec<u8>>, exchange::WriteError> {
    let refused: Vec<Rejected<'_>> = read
        .iter()
        .zip(errors)
        .filter(|(_, errors)| !errors.is_empty())
        .map(|(r, errors)| Rejected { sheet: &r.sheet, plan: &r.plan, errors })
        .collect();
    if refused.is_empty() {
        return Ok(None);
    }
    let mut out = std::io::Cursor::new(Vec::new());
    rejects::write(&refused, &mut out)?;
    Ok(Some(out.into_inner()))
}
