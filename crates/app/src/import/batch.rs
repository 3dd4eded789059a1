//! From what the sheets say to what is to be stored: enterprises joined, records known, duplicates proposed.

use super::identity::{self, Identified, Row, Trade};
use super::names::{self, Claim};
use super::resolve::{Enterprises, Owner};
use super::{DuplicateReport, Read};
use crate::{Actor, App, Progress, Result, Stage};
use exchange::columns::Field;
use exchange::import::{CellError, EnterpriseRef, ErrorCode, Placed};
use market::dedupe::{Decision, DuplicateProposal as Proposal, RegisteredNames};
use model::enterprise::{Contact, Enterprise};
use model::hex::sha256_hex;
use model::visibility::Visibility;
use std::collections::{BTreeMap, HashMap, HashSet};
use store::{BaseVersions, DuplicateProposal, ImportBatch, Status};

/// What is to be stored, and what a person should hear about it.
pub struct Resolved {
    /// To be stored.
    pub batch: ImportBatch,
    /// Refused rows, each with the index of its sheet.
    pub errors: Vec<(usize, CellError)>,
    /// What was taken but should be looked at.
    pub warnings: Vec<CellError>,
    /// Rows that stand more than once.
    pub repeated: u64,
    /// Enterprises that may be one and on which nobody has decided.
    pub duplicates: Vec<DuplicateReport>,
}

/// Index of a sheet and row of a cell.
type Place = (usize, u32);

/// The rows under way.
struct Resolving<'a> {
    read: &'a [Read],
    enterprises: Enterprises,
    /// Names of rows that give a code which belongs to another name.
    conflicts: BTreeMap<Place, String>,
    /// Names that were told to be none of the enterprise's: (its key, name).
    told: HashSet<(String, String)>,
    /// Unknown enterprises, and the row that named each first.
    newcomers: Vec<(Place, String)>,
    errors: Vec<(usize, CellError)>,
    warnings: Vec<CellError>,
}

impl App {
    /// Joins drafts to enterprises, gives keys, looks for duplicates.
    pub(super) async fn resolve(
        &self,
        read: &[Read],
        sources: &[(String, String)],
        column_maps: Vec<store::ColumnMap>,
        actor: &Actor,
        progress: Progress<'_>,
    ) -> Result<Resolved> {
        let stored = self.store.all_enterprises().await?;
        let mut base = BaseVersions {
            enterprises: stored.iter().map(|s| (s.value.key.clone(), s.version)).collect(),
            ..BaseVersions::default()
        };
        let stored: Vec<Enterprise> = stored.into_iter().map(|s| s.value).collect();
        let mut rows = Resolving {
            read,
            conflicts: conflicts(read, &stored, &self.reference.regions),
            enterprises: Enterprises::new(stored.into_iter()),
            told: HashSet::new(),
            newcomers: Vec::new(),
            errors: Vec::new(),
            warnings: Vec::new(),
        };
        // Enterprise sheets come first whatever the order of the files, so that rows find their enterprise.
        rows.enterprises();
        let regions = &self.reference.regions;
        let needs = rows.trades(
            regions,
            |r| &r.drafts.needs,
            |d| (&d.enterprise, &d.need.contact),
            |d, key| model::need::Need { enterprise: key, ..d.need.clone() },
        );
        let offers = rows.trades(
            regions,
            |r| &r.drafts.offers,
            |d| (&d.enterprise, &d.offer.contact),
            |d, key| model::offer::Offer { enterprise: key, ..d.offer.clone() },
        );
        rows.short_names(regions);
        let (mut stored_needs, mut stored_offers) = (Vec::new(), Vec::new());
        let (mut closed, mut closed_offers) = (HashSet::new(), HashSet::new());
        if !needs.0.is_empty() {
            for record in self.store.needs().await? {
                closed.extend((record.status == Status::Closed).then(|| record.value.key.clone()));
                base.needs.insert(record.value.key.clone(), record.version);
                stored_needs.push(record.value);
            }
        }
        if !offers.0.is_empty() {
            for record in self.store.offers().await? {
                closed_offers.extend((record.status == Status::Closed).then(|| record.value.key.clone()));
                base.offers.insert(record.value.key.clone(), record.version);
                stored_offers.push(record.value);
            }
        }
        let mut repeated = 0;
        let needs = rows.records(needs, &stored_needs, &closed, &mut repeated);
        let offers = rows.records(offers, &stored_offers, &closed_offers, &mut repeated);
        progress(Stage::Duplicates, 0, 1);
        let decisions = self.decisions().await?;
        let proposals = market::dedupe::propose(rows.enterprises.all(), &decisions, regions);
        progress(Stage::Duplicates, 1, 1);
        let proposals = undecided(proposals, &decisions);
        let duplicates = named(&proposals, rows.enterprises.all(), regions);
        let enterprises = rows.enterprises.into_touched();
        let touched: HashSet<&str> = enterprises.iter().map(|e| e.key.as_str()).collect();
        let proposals = proposals
            .into_iter()
            .filter(|p| touched.contains(p.a.as_str()) || touched.contains(p.b.as_str()))
            .map(|p| DuplicateProposal { a: p.a, b: p.b, score: p.score, reasons: p.reasons.into() })
            .collect();
        let files = sources.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join("; ");
        let hashes = sources.iter().map(|(_, sha)| sha.as_str()).collect::<Vec<_>>().join("\n");
        let batch = ImportBatch {
            file: files.clone(),
            source: files,
            sha256: sha256_hex(hashes.as_bytes()),
            by: self.by(actor),
            enterprises,
            needs,
            offers,
            column_maps,
            duplicates: proposals,
            base: Some(base),
        };
        Ok(Resolved { batch, errors: rows.errors, warnings: rows.warnings, repeated, duplicates })
    }
}

/// The proposals on which nobody has decided.
fn undecided(mut proposals: Vec<Proposal>, decisions: &[Decision]) -> Vec<Proposal> {
    let decided: HashSet<(&str, &str)> = decisions.iter().map(|d| ordered(&d.a, &d.b)).collect();
    proposals.retain(|p| !decided.contains(&ordered(&p.a, &p.b)));
    proposals
}

fn ordered<'k>(a: &'k str, b: &'k str) -> (&'k str, &'k str) {
    if a <= b { (a, b) } else { (b, a) }
}

/// Proposals by the names of their enterprises.
fn named(
    proposals: &[Proposal],
    all: &[Enterprise],
    regions: &model::region::RegionTable,
) -> Vec<DuplicateReport> {
    let known: HashMap<&str, &Enterprise> = all.iter().map(|e| (e.key.as_str(), e)).collect();
    let name = |key: &str| known.get(key).map_or_else(String::new, |e| e.name.clone());
    let facts = |key: &str| {
        let Some(e) = known.get(key) else { return Vec::new() };
        vec![
            e.uscc.as_ref().map_or_else(String::new, ToString::to_string),
            crate::place::place(regions, e).region.map_or_else(String::new, |r| r.name.clone()),
            e.address.clone(),
            e.products.clone(),
        ]
    };
    proposals
        .iter()
        .map(|p| DuplicateReport {
            a: name(&p.a),
            b: name(&p.b),
            score: p.score,
            a_facts: facts(&p.a),
            b_facts: facts(&p.b),
            reasons: p.reasons.clone(),
        })
        .collect()
}

/// The rows that give a code which belongs to another name, with that name.
fn conflicts(
    read: &[Read],
    stored: &[Enterprise],
    regions: &model::region::RegionTable,
) -> BTreeMap<Place, String> {
    let (mut places, mut claims) = (Vec::new(), Vec::new());
    for (at, sheet) in read.iter().enumerate() {
        for draft in &sheet.drafts.enterprises {
            let Enterprise { uscc, name, short_name, other_names, .. } = &draft.value;
            if let Some(uscc) = uscc.clone() {
                let other_names = other_names.iter().chain([short_name]).filter(|n| !n.is_empty());
                let other_names = other_names.cloned().collect();
                places.push((at, draft.row));
                claims.push(Claim { uscc, name: name.clone(), other_names, of_enterprise: true });
            }
        }
        let needs = sheet.drafts.needs.iter().map(|d| (d.row, &d.value.enterprise));
        let offers = sheet.drafts.offers.iter().map(|d| (d.row, &d.value.enterprise));
        for (row, enterprise) in needs.chain(offers) {
            if let Some(uscc) = enterprise.uscc.clone() {
                let name = enterprise.name.clone();
                places.push((at, row));
                claims.push(Claim { uscc, name, other_names: Vec::new(), of_enterprise: false });
            }
        }
    }
    let refused = names::conflicts(&claims, stored, regions);
    refused.into_iter().map(|(index, other)| (places[index], other)).collect()
}

impl Resolving<'_> {
    fn error(&self, (at, row): Place, field: Field, code: ErrorCode) -> CellError {
        let Read { sheet, plan, .. } = &self.read[at];
        CellError::at(sheet, plan, row, field, code)
    }

    /// Refuses a row whose code belongs to another name; false where it is fine.
    fn refuses(&mut self, place: Place, name: &str) -> bool {
        let Some(other) = self.conflicts.get(&place) else { return false };
        let error = self
            .error(place, Field::Enterprise, ErrorCode::NameConflict)
            .read(name)
            .expected("与同一统一社会信用代码的其他行相同的企业")
            .hint(format!("另一行以同一代码写“{other}”，请核对代码和名称"));
        self.errors.push((place.0, error));
        true
    }

    fn enterprises(&mut self) {
        let read = self.read;
        for (at, sheet) in read.iter().enumerate() {
            for draft in &sheet.drafts.enterprises {
                let place = (at, draft.row);
                if self.refuses(place, &draft.value.name) {
                    continue;
                }
                let taken = self.enterprises.take(draft.value.clone(), draft.visibility_given);
                if let Some((old, new)) = taken.renamed {
                    let warning = self
                        .error(place, Field::Enterprise, ErrorCode::Renamed)
                        .read(&new)
                        .expected(format!("库中同一代码的名称“{old}”"))
                        .hint(format!("已改名为“{new}”，“{old}”记为曾用名；若代码有误请更正"));
                    self.warnings.push(warning);
                }
                if let Some(old) = taken.opened_from {
                    self.opened(place, old, draft.value.visibility);
                }
            }
        }
    }

    fn opened(&mut self, place: Place, old: Visibility, new: Visibility) {
        let warning = self
            .error(place, Field::Visibility, ErrorCode::VisibilityOpened)
            .read(new.zh())
            .expected(format!("不低于库中的“{}”", old.zh()))
            .hint("已按本行放开，请确认");
        self.warnings.push(warning);
    }

    /// Names the known enterprises for which the name of an unknown one may be short: it is taken in as another one, which a person
    /// should hear before it is stored.
    fn short_names(&mut self, regions: &model::region::RegionTable) {
        let newcomers: Vec<(Place, String)> =
            self.newcomers.drain(..).filter(|(_, name)| market::dedupe::lacks_legal_form(name)).collect();
        if newcomers.is_empty() {
            return;
        }
        let short: HashSet<&str> = newcomers.iter().map(|(_, name)| name.as_str()).collect();
        let known: Vec<&str> = self.enterprises.all().iter().map(|e| e.name.as_str()).collect();
        let known: Vec<&str> = known.into_iter().filter(|name| !short.contains(name)).collect();
        let names = RegisteredNames::new(known.iter().copied(), regions);
        let mut asker = names.asker();
        for (place, name) in &newcomers {
            let meant: Vec<String> =
                asker.meant(name).into_iter().map(|place| format!("“{}”", known[place])).collect();
            if !meant.is_empty() {
                let warning = self
                    .error(*place, Field::Enterprise, ErrorCode::ShortName)
                    .read(name)
                    .expected(format!("企业全称；名录中可能是{}", meant.join("或")))
                    .hint("本行按新企业登记；若是同一家，请写全称，或把它填为该企业的简称后再导入");
                self.warnings.push(warning);
            }
        }
    }

    /// The rows of one noun with their enterprises, and their places.
    fn trades<D, T>(
        &mut self,
        regions: &model::region::RegionTable,
        drafts: impl Fn(&Read) -> &[Placed<D>],
        owner_of: impl Fn(&D) -> (&EnterpriseRef, &Contact),
        value_of: impl Fn(&D, String) -> T,
    ) -> (Vec<Row<T>>, Vec<Place>) {
        let read = self.read;
        let (mut rows, mut places) = (Vec::new(), Vec::new());
        for (at, sheet) in read.iter().enumerate() {
            let addition = sheet.plan.column_of(Field::Reason).is_some();
            for draft in drafts(sheet) {
                let place = (at, draft.row);
                let (enterprise, contact) = owner_of(&draft.value);
                if self.refuses(place, &enterprise.name) {
                    continue;
                }
                let owner = owner(enterprise, contact);
                let Some(owned) = self.enterprises.owner(&owner) else {
                    let error = self
                        .error(place, Field::Enterprise, ErrorCode::MissingEnterprise)
                        .read(&owner.uscc.as_ref().map_or_else(String::new, ToString::to_string))
                        .expected("企业全称，或名录中已有的统一社会信用代码")
                        .hint("先导入企业名录，或在本行补上企业名称");
                    self.errors.push((at, error));
                    continue;
                };
                if owned.is_new {
                    self.newcomers.push((place, owner.name.clone()));
                }
                // Each name is compared and told once, however many rows write it.
                if let Some(known) = owned.other_name
                    && self.told.insert((owned.key.clone(), owner.name.clone()))
                    && !names::alike(&known, &owner.name, regions)
                {
                    let warning = self
                        .error(place, Field::Enterprise, ErrorCode::Renamed)
                        .read(&owner.name)
                        .expected(format!("库中同一代码的名称“{known}”"))
                        .hint("本行按代码归入该企业；若已改名，请在企业表中更新");
                    self.warnings.push(warning);
                }
                rows.push(Row {
                    value: value_of(&draft.value, owned.key),
                    visibility_given: draft.visibility_given,
                    addition,
                    at: places.len(),
                });
                places.push(place);
            }
        }
        (rows, places)
    }

    /// Rows with the keys of their records.
    fn records<T: Trade>(
        &mut self,
        (rows, places): (Vec<Row<T>>, Vec<Place>),
        stored: &[T],
        closed: &HashSet<String>,
        repeated: &mut u64,
    ) -> Vec<T> {
        let Identified { records, repeated: more } = identity::identify(rows, stored);
        *repeated += more;
        let mut out = Vec::with_capacity(records.len());
        for record in records {
            let place = places[record.at];
            if let Some(old) = record.opened_from {
                self.opened(place, old, record.value.visibility());
            }
            if record.replaced {
                let warning = self
                    .error(place, Field::Title, ErrorCode::Replaced)
                    .read(record.value.title())
                    .expected("与库中同名或同编号的记录一致")
                    .hint("内容不同，已作为其新版本收下；若是另一条，请用编号区分");
                self.warnings.push(warning);
            }
            if record.changed && closed.contains(record.value.key()) {
                let hint = if record.value.merged_into().is_some() {
                    "库中此记录已并入另一条，内容只记在本条上；有变化请修改保留的那一条"
                } else {
                    "库中此记录已关闭，内容已更新，仍为关闭；需要时请重新打开"
                };
                let warning = self
                    .error(place, Field::Title, ErrorCode::StillClosed)
                    .read(record.value.title())
                    .expected("未关闭的记录")
                    .hint(hint);
                self.warnings.push(warning);
            }
            out.push(record.value);
        }
        out
    }
}

fn owner(enterprise: &EnterpriseRef, contact: &Contact) -> Owner {
    Owner {
        name: enterprise.name.clone(),
        uscc: enterprise.uscc.clone(),
        region: enterprise.region.clone(),
        park: enterprise.park.clone(),
        group: enterprise.group.clone(),
        contact: contact.clone(),
        fictional: enterprise.fictional,
    }
}
