//! Import: workbooks in, records in the store, every refusal with its place.

mod report;
mod resolve;

pub use report::{ColumnReport, DuplicateReport, ImportReport, SheetReport};

use crate::{Act, Actor, App, Code, Error, Progress, Result, Stage};
use exchange::columns::{
    ColumnMap, Headings, How, PlanOptions, Remembered, SheetKind, SheetPlan, plan_workbook,
};
use exchange::import::{CellError, Context, EnterpriseRef, ErrorCode, SheetDrafts, parse_with_progress};
use exchange::rejects::{self, Rejected};
use exchange::sheet::{self, ReadOptions, Sheet};
use model::enterprise::Contact;
use model::list::sha256_hex;
use model::need::Need;
use model::offer::Offer;
use resolve::{Enterprises, Keys, Owner};
use std::collections::HashSet;
use store::{DuplicateProposal, ImportBatch};

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
    /// Separator of csv files.
    pub delimiter: Option<char>,
}

/// A sheet on its way.
struct Read {
    sheet: Sheet,
    plan: SheetPlan,
    drafts: SheetDrafts,
}

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
        actor.need(Act::Intake)?;
        let sources: Vec<(String, String)> =
            files.iter().map(|f| (f.name.clone(), sha256_hex(&f.bytes))).collect();
        let read = self.read(files, options, progress).await?;
        let errors: Vec<CellError> = read.iter().flat_map(|r| r.drafts.errors.iter().cloned()).collect();
        let mut report = ImportReport {
            sheets: read.iter().map(|r| SheetReport::new(&r.sheet, &r.plan, &r.drafts)).collect(),
            warnings: read.iter().flat_map(|r| r.drafts.warnings.iter().cloned()).collect(),
            rejects: refused_rows(&read)?,
            errors,
            ..ImportReport::default()
        };
        let maps = mapped(&read)?;
        let batch = self.resolve(read, &sources, maps, actor, &mut report, progress).await?;
        let refused = !report.errors.is_empty() && !options.accept_valid;
        if refused || options.dry_run {
            return Ok(report);
        }
        let total = (batch.enterprises.len() + batch.needs.len() + batch.offers.len()) as u64;
        progress(Stage::Store, 0, total);
        report.counts = self.store.import(&batch, |done, _| progress(Stage::Store, done, total)).await?;
        report.stored = true;
        Ok(report)
    }

    async fn read(
        &self,
        files: Vec<InputFile>,
        options: &ImportOptions,
        progress: Progress<'_>,
    ) -> Result<Vec<Read>> {
        let bad = |e: &dyn std::fmt::Display| Error::new(Code::BadInput, e.to_string());
        let headings = Headings::builtin(self.reference);
        let map = ColumnMap::parse(&options.maps).map_err(|e| bad(&e))?;
        let kind = match options.kind.as_deref() {
            Some(word) => {
                Some(SheetKind::parse(word).ok_or_else(|| bad(&format!("no kind of sheet `{word}`")))?)
            }
            None => None,
        };
        let recogniser = market::node::Recogniser::new(&self.reference.chain);
        let recognise = |title: &str, detail: &str| recogniser.recognise(title, detail).map(|(node, _)| node);
        let context = Context {
            reference: self.reference,
            today: self.clock.today(),
            recognise: &recognise,
            lenient: false,
        };
        let read_options = ReadOptions { delimiter: options.delimiter, ..ReadOptions::default() };
        let remembered = self.remembered().await?;
        let plan_options = PlanOptions {
            kind,
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

    /// Joins drafts to enterprises, gives keys, looks for duplicates.
    async fn resolve(
        &self,
        read: Vec<Read>,
        sources: &[(String, String)],
        column_maps: Vec<store::ColumnMap>,
        actor: &Actor,
        report: &mut ImportReport,
        progress: Progress<'_>,
    ) -> Result<ImportBatch> {
        let mut enterprises = Enterprises::new(self.store.enterprises().await?.into_iter().map(|s| s.value));
        let mut keys = (Keys::default(), Keys::default());
        let (mut needs, mut offers) = (Vec::new(), Vec::new());
        let (mut need_drafts, mut offer_drafts) = (Vec::new(), Vec::new());
        for sheet in read {
            for draft in sheet.drafts.enterprises {
                enterprises.take(draft.value);
            }
            need_drafts.extend(sheet.drafts.needs);
            offer_drafts.extend(sheet.drafts.offers);
        }
        // Enterprise sheets come first whatever the order of the files, so that rows find their enterprise.
        for draft in need_drafts {
            let mut need = draft.value.need;
            let owner = owner(draft.value.enterprise, &need.contact);
            match enterprises.owner(&owner) {
                Some(key) => need.enterprise = key,
                None => {
                    report.errors.push(nameless(&draft.file, &draft.sheet, draft.row, &owner));
                    continue;
                }
            }
            match keys.0.give(&need.enterprise, &need.number, &need.title, need_content(&need)) {
                Some(key) => needs.push(Need { key, ..need }),
                None => report.repeated += 1,
            }
        }
        for draft in offer_drafts {
            let mut offer = draft.value.offer;
            let owner = owner(draft.value.enterprise, &offer.contact);
            match enterprises.owner(&owner) {
                Some(key) => offer.enterprise = key,
                None => {
                    report.errors.push(nameless(&draft.file, &draft.sheet, draft.row, &owner));
                    continue;
                }
            }
            match keys.1.give(&offer.enterprise, &offer.number, &offer.title, offer_content(&offer)) {
                Some(key) => offers.push(Offer { key, ..offer }),
                None => report.repeated += 1,
            }
        }
        progress(Stage::Duplicates, 0, 1);
        let proposals = market::dedupe::propose(enterprises.all(), &self.reference.regions);
        progress(Stage::Duplicates, 1, 1);
        let names: std::collections::HashMap<&str, &str> =
            enterprises.all().iter().map(|e| (e.key.as_str(), e.name.as_str())).collect();
        report.duplicates = proposals
            .iter()
            .map(|p| DuplicateReport {
                a: names.get(p.a.as_str()).copied().unwrap_or_default().to_owned(),
                b: names.get(p.b.as_str()).copied().unwrap_or_default().to_owned(),
                score: p.score,
                reasons: p.reasons.clone(),
            })
            .collect();
        let enterprises = enterprises.into_touched();
        let touched: HashSet<&str> = enterprises.iter().map(|e| e.key.as_str()).collect();
        let duplicates = proposals
            .into_iter()
            .filter(|p| touched.contains(p.a.as_str()) || touched.contains(p.b.as_str()))
            .map(|p| DuplicateProposal { a: p.a, b: p.b, score: p.score, reasons: p.reasons.into() })
            .collect();
        Ok(ImportBatch {
            file: sources.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join("; "),
            source: sources.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join("; "),
            sha256: sha256_hex(
                sources.iter().map(|(_, sha)| sha.as_str()).collect::<Vec<_>>().join("\n").as_bytes(),
            ),
            by: self.by(actor),
            enterprises,
            needs,
            offers,
            column_maps,
            duplicates,
        })
    }
}

fn owner(enterprise: EnterpriseRef, contact: &Contact) -> Owner {
    Owner {
        name: enterprise.name,
        uscc: enterprise.uscc,
        region: enterprise.region,
        park: enterprise.park,
        group: enterprise.group,
        contact: contact.clone(),
        fictional: enterprise.fictional,
    }
}

/// The refusal of a row that gives a code which nobody knows, and no name.
fn nameless(file: &str, sheet: &str, row: u32, owner: &Owner) -> CellError {
    CellError {
        file: file.to_owned(),
        sheet: sheet.to_owned(),
        row,
        column: 0,
        cell: format!("第{row}行"),
        field: "企业名称".to_owned(),
        code: ErrorCode::MissingEnterprise,
        read: owner.uscc.as_ref().map_or_else(String::new, ToString::to_string),
        expected: "企业全称，或名录中已有的统一社会信用代码".to_owned(),
        hint: "先导入企业名录，或在本行补上企业名称".to_owned(),
    }
}

/// What a row says, without where it stands.
fn need_content(need: &Need) -> String {
    let content = Need { number: String::new(), ..need.clone() };
    serde_json::to_string(&content).expect("plain values always serialise")
}

fn offer_content(offer: &Offer) -> String {
    let content = Offer { number: String::new(), ..offer.clone() };
    serde_json::to_string(&content).expect("plain values always serialise")
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

/// The workbook of refused rows, where there are any.
fn refused_rows(read: &[Read]) -> Result<Option<Vec<u8>>> {
    let refused: Vec<Rejected<'_>> = read
        .iter()
        .filter(|r| !r.drafts.errors.is_empty())
        .map(|r| Rejected { sheet: &r.sheet, plan: &r.plan, errors: &r.drafts.errors })
        .collect();
    if refused.is_empty() {
        return Ok(None);
    }
    let mut out = std::io::Cursor::new(Vec::new());
    rejects::write(&refused, &mut out).map_err(|e| Error::new(Code::File, e.to_string()))?;
    Ok(Some(out.into_inner()))
}
