//! Queries that needs and offers share.

use super::problem::Problem;
use super::read::Paging;
use app::{RecordQuery, RecordStatus, Sort};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// What is looked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecordsQuery {
    /// Key of a market; that of parts and materials where nothing is said.
    #[param(example = "finance")]
    pub market: String,
    /// Words in title, specification, enterprise, county or node; all of them must be there.
    #[param(example = "显示屏")]
    pub q: String,
    /// Region code; what lies within counts.
    #[param(example = "360800")]
    pub region: String,
    /// Chain node; what lies below counts.
    pub node: String,
    /// Chain group (产业链小组).
    pub group: String,
    /// Row id of an enterprise.
    pub enterprise: Option<i64>,
    /// Only one's own enterprise's, or a commissioner's enterprises'.
    pub mine: bool,
    /// Only records of this status; open ones where nothing is said.
    #[param(inline)]
    pub status: Option<StatusFilter>,
    /// Order.
    #[param(inline)]
    pub sort: SortWord,
    /// Page, from 1.
    #[param(minimum = 1, example = 1)]
    pub page: Option<u32>,
    /// Rows a page, at most 200; 50 where nothing is said.
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub per_page: Option<u32>,
}

/// Status asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusFilter {
    Open,
    Expired,
    Closed,
    All,
}

/// Order asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortWord {
    #[default]
    Fit,
    Newest,
    Title,
    Enterprise,
}

impl RecordsQuery {
    /// As the use cases ask.
    pub fn checked(self) -> Result<RecordQuery, Problem> {
        let (page, per_page) = Paging::checked(self.page, self.per_page)?;
        let status = match self.status {
            Some(StatusFilter::Open) => Some(RecordStatus::Open),
            Some(StatusFilter::Expired) => Some(RecordStatus::Expired),
            Some(StatusFilter::Closed) => Some(RecordStatus::Closed),
            Some(StatusFilter::All) | None => None,
        };
        Ok(RecordQuery {
            market: self.market,
            q: self.q,
            region: self.region,
            node: self.node,
            group: self.group,
            enterprise: self.enterprise,
            mine: self.mine,
            status,
            all: self.status == Some(StatusFilter::All),
            sort: match self.sort {
                SortWord::Fit => Sort::Fit,
                SortWord::Newest => Sort::Newest,
                SortWord::Title => Sort::Title,
                SortWord::Enterprise => Sort::Enterprise,
            },
            page,
            per_page,
        })
    }
}
