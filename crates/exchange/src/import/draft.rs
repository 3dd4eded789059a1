//! What a sheet gives: drafts with their places. Keys are left for the application to resolve.

use super::error::CellError;
use crate::columns::SheetKind;
use model::enterprise::{Contact, Enterprise};
use model::need::Need;
use model::offer::Offer;
use model::uscc::Uscc;
use std::sync::Arc;

/// A value with the row it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed<T> {
    /// Name of the file.
    pub file: Arc<str>,
    /// Name of the sheet.
    pub sheet: Arc<str>,
    /// Row, from 1.
    pub row: u32,
    /// The value.
    pub value: T,
    /// True where the row states its level of visibility; without it the value's level is only the default.
    pub visibility_given: bool,
}

/// The enterprise that a row of needs or offers speaks of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EnterpriseRef {
    /// Name, without a label of fiction; empty where only the code is given.
    pub name: String,
    /// Unified social credit code.
    pub uscc: Option<Uscc>,
    /// Code of the county or city.
    pub region: Option<String>,
    /// Code of the park.
    pub park: Option<String>,
    /// Chain group.
    pub group: String,
    /// True where the row labels the enterprise as invented.
    pub fictional: bool,
}

/// A need with its enterprise. `need.key` and `need.enterprise` are empty.
#[derive(Debug, Clone, PartialEq)]
pub struct NeedDraft {
    /// Who needs it.
    pub enterprise: EnterpriseRef,
    /// The need.
    pub need: Need,
}

/// An offer with its enterprise. `offer.key` and `offer.enterprise` are empty.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferDraft {
    /// Who offers it.
    pub enterprise: EnterpriseRef,
    /// The offer.
    pub offer: Offer,
}

/// Rows that carry no record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Skipped {
    /// 合计, 小计 ...
    pub totals: u32,
    /// Notes, section titles, signatures.
    pub notes: u32,
    /// Headings that stand again (a page break).
    pub headings: u32,
    /// Prepared but unfilled rows: a sequence number and nothing else.
    pub unfilled: u32,
}

/// All that a sheet gives. A row with a refusal gives no draft.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetDrafts {
    /// What the rows are.
    pub kind: SheetKind,
    /// Enterprises; their `key` is the natural one of code and name.
    pub enterprises: Vec<Placed<Enterprise>>,
    /// Needs.
    pub needs: Vec<Placed<NeedDraft>>,
    /// Offers.
    pub offers: Vec<Placed<OfferDraft>>,
    /// Refusals by row and column.
    pub errors: Vec<CellError>,
    /// What was read otherwise than a person might think, without refusing the row.
    pub warnings: Vec<CellError>,
    /// Number of rows with a record, accepted or refused.
    pub rows: u32,
    /// Number of rows refused.
    pub rejected: u32,
    /// Rows without a record.
    pub skipped: Skipped,
}

impl SheetDrafts {
    pub(super) fn new(kind: SheetKind) -> Self {
        Self {
            kind,
            enterprises: Vec::new(),
            needs: Vec::new(),
            offers: Vec::new(),
            errors: Vec::new(),
            warnings: Vec::new(),
            rows: 0,
            rejected: 0,
            skipped: Skipped::default(),
        }
    }

    /// Number of drafts.
    pub fn accepted(&self) -> usize {
        self.enterprises.len() + self.needs.len() + self.offers.len()
    }
}

/// A person to call, out of three columns.
pub(super) fn contact(name: String, position: String, phone: String) -> Contact {
    Contact { name, position, phone }
}
