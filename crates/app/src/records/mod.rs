//! The market as it stands now: needs, offers, enterprises, each record as its viewer may see it.

mod card;
mod edit;
mod enterprise;
mod form;
mod introduction;
mod market;
mod matcher;
mod nearby;
mod outcome;
mod row;
mod search;
mod stale;
#[cfg(test)]
mod tests;
mod titles;
mod twin_merge;
mod twins;
mod unread;
mod words;

pub(crate) use card::unknown;
pub use card::{MatchRow, NeedCard, OfferCard, Version};
pub use edit::{NeedForm, NeedPreview, OfferForm, Saved};
pub(crate) use edit::{field, fields};
pub use enterprise::{EnterpriseCard, EnterpriseForm, EnterpriseQuery, EnterpriseRow};
pub(crate) use market::{Eyes, Held, Listed, Live, Market, Viewer};
pub(crate) use words::{Said, Words};

pub use introduction::{IntroductionInfo, IntroductionState, Side};
pub use nearby::{CountyCount, Nearby, NearbyQuery, NearbyRow};
pub use outcome::{OutcomeForm, OutcomeInfo};
pub use search::{NeedRow, OfferRow, Page, RecordQuery, RecordStatus, Sort};
pub use stale::StaleRow;
pub use twin_merge::{TwinMerge, TwinMergePreview};
pub use twins::{TwinConflict, TwinPair, Twins};
pub use unread::UnreadWord;

use serde::Serialize;

/// An enterprise in few words, as every viewer of the market may see it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EnterpriseBrief {
    /// Row id.
    pub id: i64,
    /// Name; empty where the viewer may not see it.
    pub name: String,
    /// County or city in words.
    pub region: String,
    /// Its code; empty where unknown.
    pub region_code: String,
    /// True for an enterprise of the cluster, false for an outside member.
    pub inside: bool,
    /// True for an invented enterprise.
    pub fictional: bool,
}
