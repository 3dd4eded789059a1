//! Whose events are whose.
//!
//! An event belongs to the enterprise whose account captured it. What an office captured belongs to the enterprise of its site
//! (`bizLocation`, else `readPoint`), where the offices have said whose the site is. A member sees and captures events of its own
//! enterprise only; at another's site it may capture nothing, and it may declare wrong only what it sees. What belonged to an
//! enterprise that was merged into another belongs to that one.

use crate::{Act, Actor, App, Code, Error, Result, Role};
use ledger::balance::entries::site_of;
use ledger::event::Event;
use ledger::hash::event_hash;
use serde::Serialize;
use store::FoundEvent;

/// Which events an actor sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scope {
    /// Every event: the offices that run the cluster.
    All,
    /// Those of an enterprise.
    Enterprise {
        /// Its key, then those of enterprises that were merged into it: what they captured is now its own.
        keys: Vec<String>,
        /// Its sites, as canonical identifiers.
        sites: Vec<String>,
    },
}

/// A site and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventSite {
    /// Identifier of the place, canonical where it carries a GS1 key.
    pub uri: String,
    /// Key of the enterprise.
    pub enterprise: String,
}

impl Scope {
    /// The enterprise in whose name things are stored: empty for the offices.
    pub fn key(&self) -> &str {
        match self {
            Self::All => "",
            Self::Enterprise { keys, .. } => keys.first().map_or("", String::as_str),
        }
    }

    /// The enterprises alone whose things are seen.
    pub fn only(&self) -> Option<&[String]> {
        match self {
            Self::All => None,
            Self::Enterprise { keys, .. } => Some(keys),
        }
    }

    /// True for the enterprise of a key, merged ones among it; for the offices always.
    pub fn is_of(&self, enterprise: &str) -> bool {
        self.only().is_none_or(|keys| keys.iter().any(|key| key == enterprise))
    }

    /// What every event has that is seen, where not all are.
    pub fn terms(&self) -> Option<Vec<i64>> {
        match self {
            Self::All => None,
            Self::Enterprise { keys, sites } => {
                let sites = sites.iter().map(|site| ledger::query::site_term(site));
                Some(sites.chain(keys.iter().map(|key| ledger::query::owner_term(key))).collect())
            }
        }
    }

    /// Owners under which words of visible events are kept.
    pub fn owners(&self) -> Option<Vec<String>> {
        match self {
            Self::All => None,
            Self::Enterprise { keys, sites } => {
                Some(sites.iter().map(|site| format!("@{site}")).chain(keys.iter().cloned()).collect())
            }
        }
    }

    /// True where an event is seen.
    pub fn sees(&self, found: &FoundEvent, event: &Event) -> bool {
        match self {
            Self::All => true,
            Self::Enterprise { keys, sites } => {
                if found.enterprise.is_empty() {
                    site_of(event).is_some_and(|site| sites.contains(&site))
                } else {
                    keys.contains(&found.enterprise)
                }
            }
        }
    }
}

#[boxed::futures]
impl App {
    /// What an actor sees of the events.
    pub(super) async fn scope(&self, actor: &Actor) -> Result<Scope> {
        match &actor.role {
            Role::Administrator | Role::Secretariat => Ok(Scope::All),
            Role::Member { enterprise: Some(key) } => self.scope_of(key).await,
            _ => Err(Error::new(
                Code::NotAllowed,
                format!(
                    "{} belongs to no enterprise yet, so there are no events to see or capture",
                    actor.name
                ),
            )),
        }
    }

    /// What an enterprise sees; the offices where it is empty.
    pub(super) async fn scope_of(&self, key: &str) -> Result<Scope> {
        if key.is_empty() {
            return Ok(Scope::All);
        }
        let keys = self.market().await?.kin_keys(key);
        Ok(Scope::Enterprise { sites: self.sites_of_all(&keys).await?, keys })
    }

    /// The sites of an enterprise and of those that were merged into it.
    pub(super) async fn sites_of(&self, key: &str) -> Result<Vec<String>> {
        self.sites_of_all(&self.market().await?.kin_keys(key)).await
    }

    async fn sites_of_all(&self, keys: &[String]) -> Result<Vec<String>> {
        let own = self.site_owners().await?.into_iter().filter(|(_, owner)| keys.contains(owner));
        Ok(own.map(|(uri, _)| uri).collect())
    }

    /// Sites with the keys of their enterprises: as the offices have said, else as master data of the offices' documents has it.
    pub(super) async fn site_owners(&self) -> Result<Vec<(String, String)>> {
        let mut owners = self.store.event_sites().await?;
        let held = self.genealogy().await?;
        for site in held.book.sites.all() {
            if let Some(key) = held.masters.get(site, "enterprise")
                && !owners.iter().any(|(uri, _)| uri == site)
            {
                owners.push((site.clone(), key.to_owned()));
            }
        }
        Ok(owners)
    }

    /// Why an event is not an enterprise's to capture, where it is not.
    pub(super) async fn foreign(
        &self,
        scope: &Scope,
        event: &Event,
        sites: &[(String, String)],
    ) -> Result<Option<String>> {
        for (field, place) in [("readPoint", &event.read_point), ("bizLocation", &event.biz_location)] {
            let Some(place) = place else { continue };
            let id = super::balance::site_id(&place.id);
            if sites.iter().any(|(uri, owner)| *uri == id && !scope.is_of(owner)) {
                let why = format!("{}/{field}/id: {} is another enterprise's site", event.place, place.id);
                return Ok(Some(why));
            }
        }
        if event.error_declaration.is_some() {
            let numbers = self.store.events_of_hash(event_hash(event)).await?;
            self.catch_up_index().await?;
            let (found, heads) = self.store.events_by_number(&numbers).await?;
            for found in found {
                let head = heads.get(&found.capture).map_or("", String::as_str);
                let seen = super::document::read_back(head, [found.body.as_str()])
                    .is_some_and(|events| events.first().is_some_and(|event| scope.sees(&found, event)));
                if !seen {
                    let why = "only whoever sees an event may declare it wrong";
                    return Ok(Some(format!("{}/errorDeclaration: {why}", event.place)));
                }
            }
        }
        Ok(None)
    }

    /// All sites that are somebody's.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn event_sites(&self, actor: &Actor) -> Result<Vec<EventSite>> {
        actor.need(Act::EventSites)?;
        let sites = self.store.event_sites().await?;
        Ok(sites.into_iter().map(|(uri, enterprise)| EventSite { uri, enterprise }).collect())
    }

    /// Says whose a site is: events that the offices captured there are that enterprise's to see; nobody's where none is named.
    ///
    /// # Errors
    /// [`Code::BadInput`] for what is no URI, [`Code::NotFound`] for an unknown enterprise; storage errors.
    pub async fn set_event_site(&self, actor: &Actor, uri: &str, enterprise: Option<&str>) -> Result<()> {
        actor.need(Act::SetEventSite)?;
        let uri = uri.trim();
        if !uri.contains(':') || uri.chars().any(|c| c.is_whitespace() || c.is_control()) || uri.len() > 500 {
            return Err(Error::new(Code::BadInput, format!("“{uri}” is no URI of a place")));
        }
        let key = match enterprise {
            Some(key) => Some(self.store.enterprise(key).await?.value.key),
            None => None,
        };
        let id = super::balance::site_id(uri);
        Ok(self.store.set_event_site(&id, key.as_deref(), &self.by(actor)).await?)
    }
}
