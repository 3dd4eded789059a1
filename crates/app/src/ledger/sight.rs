//! What an actor sees of the ledger.
//!
//! Administrator and secretariat see everything. A member sees the sites of its own enterprise, and of lots what was posted there.
//! The bureau sees sums of sites (balance, flows, indicators, footprints of products), but no lot of a single firm.

use super::live::Genealogy;
use crate::{Actor, App, Code, Error, Result, Role};
use ledger::balance::book::{Posting, Window};
use ledger::graph::LotId;
use std::collections::{BTreeSet, HashSet};

/// What an actor sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sight {
    /// Everything.
    All,
    /// Sums of all sites, no lots.
    Sums,
    /// These sites, by canonical identifier.
    Sites(BTreeSet<String>),
}

impl Sight {
    /// True for a site whose figures are seen.
    pub fn sees_site(&self, site: &str) -> bool {
        match self {
            Self::All | Self::Sums => true,
            Self::Sites(own) => own.contains(site),
        }
    }

    /// True where sums are seen and no lots.
    pub fn is_sums(&self) -> bool {
        matches!(self, Self::Sums)
    }

    /// Lots that are seen; `None` for all.
    pub fn lots(&self, held: &Genealogy) -> Option<HashSet<LotId>> {
        Some(self.postings(held)?.iter().map(|p| p.lot).collect())
    }

    /// The store's keys of the events that posted them; `None` for all.
    pub fn events(&self, held: &Genealogy) -> Option<HashSet<u64>> {
        Some(self.postings(held)?.iter().map(|p| p.key).collect())
    }

    /// Single postings that are seen; `None` for all.
    fn postings(&self, held: &Genealogy) -> Option<Vec<Posting>> {
        match self {
            Self::All => None,
            Self::Sums => Some(Vec::new()),
            Self::Sites(own) => {
                let sites: BTreeSet<u16> = own.iter().filter_map(|site| held.book.sites.find(site)).collect();
                Some(held.book.postings(Window::ALL, None, |p| sites.contains(&p.site)))
            }
        }
    }
}

impl App {
    /// What an actor sees, whose leave for the act was asked.
    pub(super) async fn sight(&self, actor: &Actor) -> Result<Sight> {
        match &actor.role {
            Role::Administrator | Role::Secretariat => Ok(Sight::All),
            Role::Bureau => Ok(Sight::Sums),
            Role::Member { enterprise: Some(key) } => {
                let keys = self.market().await?.keys_of(key);
                Ok(Sight::Sites(self.sites_of(&keys).await?.into_iter().collect()))
            }
            _ => Err(Error::new(Code::NotAllowed, format!("{} sees no lots of the ledger", actor.name))),
        }
    }
}
