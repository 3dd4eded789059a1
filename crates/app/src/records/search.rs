//! Finding needs and offers.

use super::EnterpriseBrief;
use crate::{Actor, App, Result};
use model::need::Need;
use model::offer::Offer;
use serde::Serialize;

/// Whether a record stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordStatus {
    /// It stands and is valid today.
    #[default]
    Open,
    /// Its validity has run out.
    Expired,
    /// It was closed.
    Closed,
}

/// Order of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// By how well the words fit; without words, newest first.
    #[default]
    Fit,
    /// Newest change first.
    Newest,
    /// By title.
    Title,
    /// By enterprise.
    Enterprise,
}

/// What is looked for. Empty fields ask for nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RecordQuery {
    /// Words to be found in title, specification, enterprise, county or node; all of them, folded.
    pub q: String,
    /// Region code; what lies within counts.
    pub region: String,
    /// Chain node id; what lies below counts.
    pub node: String,
    /// Chain group (产业链小组).
    pub group: String,
    /// Row id of an enterprise.
    pub enterprise: Option<i64>,
    /// Only the actor's own enterprise's, or a commissioner's enterprises'.
    pub mine: bool,
    /// Only records of this status; none: open ones.
    pub status: Option<RecordStatus>,
    /// Records of every status.
    pub all: bool,
    /// Order.
    pub sort: Sort,
    /// Page from 1.
    pub page: usize,
    /// Rows a page, 1 to 200; 0 counts as 50.
    pub per_page: usize,
}

/// One page of rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Rows of all pages.
    pub total: usize,
    /// This page, from 1.
    pub page: usize,
    /// Rows a page.
    pub per_page: usize,
    /// State of the market that they were read from; the same number means the same rows (for an ETag).
    pub change: i64,
}

/// A need as its viewer may see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NeedRow {
    /// Row id; stays for ever.
    pub id: i64,
    /// Version, for changes.
    pub version: i64,
    /// Status.
    pub status: RecordStatus,
    /// When it last changed.
    pub updated_ms: i64,
    /// Whose it is.
    pub enterprise: EnterpriseBrief,
    /// The need, fields blank that the viewer may not see. `key` and `enterprise` are blank unless the enterprise's name may be seen.
    pub need: Need,
    /// True where the viewer may change it.
    pub may_edit: bool,
    /// On the newest published list: its number, the need's number there, and how far it is covered.
    pub listed: Option<(u32, u32, model::list::NeedState)>,
}

/// An offer as its viewer may see it; fields as of [`NeedRow`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfferRow {
    /// Row id; stays for ever.
    pub id: i64,
    /// Version, for changes.
    pub version: i64,
    /// Status.
    pub status: RecordStatus,
    /// When it last changed.
    pub updated_ms: i64,
    /// Whose it is.
    pub enterprise: EnterpriseBrief,
    /// The offer.
    pub offer: Offer,
    /// True where the viewer may change it.
    pub may_edit: bool,
}

impl App {
    /// Needs that fit a query, with what members may see of others' and all of one's own.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn needs(&self, actor: &Actor, query: &RecordQuery) -> Result<Page<NeedRow>> {
        let _ = (actor, query);
        Err(crate::pending())
    }

    /// Offers that fit a query.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn offers(&self, actor: &Actor, query: &RecordQuery) -> Result<Page<OfferRow>> {
        let _ = (actor, query);
        Err(crate::pending())
    }

    /// The rows of a query (all pages) as a workbook: text cells never begin a formula, the last line says who exported it when.
    /// `offers` chooses the noun. Recorded in the audit.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn export(&self, actor: &Actor, offers: bool, query: &RecordQuery) -> Result<Vec<u8>> {
        let _ = (actor, offers, query);
        Err(crate::pending())
    }
}
