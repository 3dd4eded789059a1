//! Any two files as needs and offers, without a database: what `yulin match` reads.
//!
//! Only a title column is required. A record's key is its id (a column 编号, id ...), else its sequence number, else its
//! row. A record without an enterprise gets one of its own, so that nothing is left out as a match with itself.

use crate::columns::{ColumnMap, Field, Headings, PlanOptions, SheetKind, SheetPlan, plan, plan_workbook};
use crate::import::{CellError, Context, EnterpriseRef, Recognise, parse};
use crate::sheet::{ReadError, ReadFault, ReadOptions, Row, Sheet, read};
use jiff::civil::Date;
use model::enterprise::Enterprise;
use model::need::Need;
use model::offer::Offer;
use model::reference::Reference;
use std::collections::{HashMap, HashSet};

/// What reading a file for matching needs.
pub struct PairingOptions<'a> {
    /// Reference tables.
    pub reference: &'a Reference,
    /// Delimiter and bounds.
    pub read: ReadOptions,
    /// Mappings that a person gives.
    pub map: &'a ColumnMap,
    /// The day from which periods of validity count.
    pub today: Date,
    /// Finds chain nodes.
    pub recognise: &'a Recognise<'a>,
}

/// The records of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Side<T> {
    /// Needs or offers, with unique keys.
    pub records: Vec<T>,
    /// The enterprises they name, each once; `enterprise` of a record is one of their keys, or a key of its own.
    pub enterprises: Vec<Enterprise>,
    /// Cells that were left out because they could not be read.
    pub warnings: Vec<CellError>,
    /// Rows without a title.
    pub errors: Vec<CellError>,
}

/// Reads a file as needs.
///
/// # Errors
/// The file cannot be read, or has no title column.
pub fn read_needs(bytes: &[u8], file: &str, options: &PairingOptions<'_>) -> Result<Side<Need>, ReadError> {
    side(bytes, file, SheetKind::Needs, options, |record, key, enterprise| match record {
        Record::Need(need) => Some(Need { key, enterprise, ..*need }),
        Record::Offer(_) => None,
    })
}

/// Reads a file as offers.
///
/// # Errors
/// The file cannot be read, or has no title column.
pub fn read_offers(bytes: &[u8], file: &str, options: &PairingOptions<'_>) -> Result<Side<Offer>, ReadError> {
    side(bytes, file, SheetKind::Offers, options, |record, key, enterprise| match record {
        Record::Offer(offer) => Some(Offer { key, enterprise, ..*offer }),
        Record::Need(_) => None,
    })
}

enum Record {
    Need(Box<Need>),
    Offer(Box<Offer>),
}

fn side<T>(
    bytes: &[u8],
    file: &str,
    kind: SheetKind,
    options: &PairingOptions<'_>,
    finish: impl Fn(Record, String, String) -> Option<T>,
) -> Result<Side<T>, ReadError> {
    let sheets = read(bytes, file, &options.read)?;
    let words = Headings::builtin(options.reference);
    let context = Context {
        reference: options.reference,
        today: options.today,
        recognise: options.recognise,
        lenient: true,
    };
    let mut out =
        Side { records: Vec::new(), enterprises: Vec::new(), warnings: Vec::new(), errors: Vec::new() };
    let mut keys = Keys::default();
    let mut known = HashMap::new();
    for (index, plan) in plans(&sheets, &words, kind, options)? {
        let sheet = &sheets[index];
        let drafts = parse(sheet, &plan, &context);
        out.warnings.extend(drafts.warnings);
        out.errors.extend(drafts.errors);
        let needs = drafts
            .needs
            .into_iter()
            .map(|d| (d.row, d.value.enterprise, Record::Need(Box::new(d.value.need))));
        let offers = drafts
            .offers
            .into_iter()
            .map(|d| (d.row, d.value.enterprise, Record::Offer(Box::new(d.value.offer))));
        for (number, enterprise, record) in needs.chain(offers) {
            let key = keys.key(sheet, &plan, number);
            let owner = owner(&enterprise, &key, kind, &mut known, &mut out.enterprises);
            out.records.extend(finish(record, key, owner));
        }
    }
    Ok(out)
}

/// All sheets of the wanted kind; a sheet that looks like another kind is read as the wanted one where it is the only one.
fn plans(
    sheets: &[Sheet],
    words: &Headings<'_>,
    kind: SheetKind,
    options: &PairingOptions<'_>,
) -> Result<Vec<(usize, SheetPlan)>, ReadError> {
    let base = PlanOptions { map: Some(options.map), lenient: true, ..Default::default() };
    let filled: Vec<usize> =
        (0..sheets.len()).filter(|&i| !sheets[i].rows.is_empty() && !sheets[i].hidden).collect();
    if filled.len() > 1
        && let Ok(guessed) = plan_workbook(sheets, words, &base)
    {
        let of_kind: Vec<_> = guessed.into_iter().filter(|(_, p)| p.kind == kind).collect();
        if !of_kind.is_empty() {
            return Ok(of_kind);
        }
    }
    let first = *filled
        .first()
        .ok_or_else(|| ReadError::new(sheets.first().map_or("", |s| &s.file), ReadFault::NoData))?;
    let forced = PlanOptions { kind: Some(kind), ..base };
    if options.map.of(kind).next().is_some() {
        // A mapping must be found in the sheet that is read.
        return plan_workbook(&sheets[first..=first], words, &forced)
            .map(|plans| plans.into_iter().map(|(_, p)| (first, p)).collect());
    }
    Ok(vec![(first, plan(&sheets[first], words, &forced)?)])
}

/// Unique keys of the records of one side.
#[derive(Default)]
struct Keys(HashSet<String>);

impl Keys {
    fn key(&mut self, sheet: &Sheet, plan: &SheetPlan, number: u32) -> String {
        let row: Option<&Row> =
            sheet.rows.binary_search_by_key(&number, |r| r.number).ok().map(|at| &sheet.rows[at]);
        let given = [Field::Number, Field::Sequence].into_iter().find_map(|field| {
            let text = row?.text(plan.column_of(field)?.column).into_owned();
            (!text.is_empty()).then_some(text)
        });
        let base = given.unwrap_or_else(|| number.to_string());
        if self.0.insert(base.clone()) {
            return base;
        }
        // Ids that stand twice are told apart by their row.
        let key = format!("{base}@{}{number}", if sheet.name.is_empty() { "" } else { &*sheet.name });
        self.0.insert(key.clone());
        key
    }
}

/// Key of the record's enterprise; a named one is added to the side once.
fn owner(
    named: &EnterpriseRef,
    record: &str,
    kind: SheetKind,
    known: &mut HashMap<String, usize>,
    enterprises: &mut Vec<Enterprise>,
) -> String {
    if named.name.is_empty() && named.uscc.is_none() {
        return format!("{}:{record}", kind.key());
    }
    let key = Enterprise::key_of(named.uscc.as_ref(), &named.name);
    if !known.contains_key(&key) {
        known.insert(key.clone(), enterprises.len());
        let mut enterprise = Enterprise::new(named.uscc.clone(), &named.name);
        enterprise.region = named.region.clone();
        enterprise.park = named.park.clone();
        enterprise.group = named.group.clone();
        enterprise.fictional = named.fictional;
        enterprises.push(enterprise);
    }
    key
}
