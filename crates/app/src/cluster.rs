//! The cluster's own facts, and the overview.

use crate::{Actor, App, Result};
use serde::Serialize;

/// What the overview shows; counts are of what the actor may know of.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Overview {
    /// Name of the cluster.
    pub cluster: String,
    /// Region that it is, in words.
    pub region: String,
    /// True for the fictional demo cluster.
    pub demo: bool,
    /// Enterprises that stand.
    pub enterprises: usize,
    /// Open needs.
    pub needs: usize,
    /// Open offers.
    pub offers: usize,
    /// One's own open needs and offers, for members and commissioners.
    pub mine: (usize, usize),
    /// What waits for the actor: kind, how many, where it leads. Kinds: `claims`, `duplicates`, `draft`, `stale`, `introductions`,
    /// `messages`, `deliveries`, `no_enterprise`, `no_needs`, `no_offers`, `no_list`, `no_region`.
    pub tasks: Vec<(String, usize, String)>,
}

impl App {
    /// The overview.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn overview(&self, actor: &Actor) -> Result<Overview> {
        let _ = actor;
        Err(crate::pending())
    }
}
