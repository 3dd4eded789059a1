//! Likely duplicates and the cluster's own name.

use crate::{Act, Actor, App, Code, Error, Office, Result};
use serde::Serialize;
use std::collections::HashMap;

/// Two enterprises that may be one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DuplicatePair {
    /// Row id of the proposal.
    pub id: i64,
    /// Key of one.
    pub a: String,
    /// Row id of that one.
    pub a_id: i64,
    /// Its name.
    pub a_name: String,
    /// Key of the other.
    pub b: String,
    /// Row id of that one.
    pub b_id: i64,
    /// Its name.
    pub b_name: String,
    /// How alike, 0..=1.
    pub score: f64,
    /// Why, in Chinese.
    pub reasons: Vec<String>,
    /// What was decided: true for one enterprise, false for two; none where it is open.
    pub same: Option<bool>,
    /// True where one of the two was merged into another record.
    pub merged: bool,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When it was decided.
    pub decided_ms: Option<i64>,
}

/// A record of an enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DuplicateRecord {
    /// Row id.
    pub id: i64,
    /// Name.
    pub name: String,
}

/// DuplicateRecords that are one enterprise by what was decided, directly or through others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DuplicateCluster {
    /// Its records.
    pub members: Vec<DuplicateRecord>,
    /// Pairs of them that were decided to be two all the same: one of the decisions must be wrong.
    pub conflicts: Vec<(DuplicateRecord, DuplicateRecord)>,
}

/// Name of a cluster that has not been named.
const UNNAMED: &str = "产业集群";
/// Why two enterprises stand beside each other that no program found alike.
const BY_HAND: &str = "人工提出";
/// The setting that holds the cluster's name.
const CLUSTER_NAME: &str = "cluster.name";
/// The setting that holds the code of its region.
const CLUSTER_REGION: &str = "cluster.region";
/// The setting that holds the language of pages for whoever has not chosen one.
const CLUSTER_LANG: &str = "cluster.lang";

#[boxed::futures]
impl App {
    /// True where somebody else could approve what `actor` drafted. The console's own administrator is no second person.
    pub(crate) async fn another_approver(&self, actor: &Actor) -> Result<bool> {
        let accounts = self.store.users().await?;
        Ok(accounts.into_iter().any(|account| {
            account.active
                && account.name != actor.name
                && Office::parse(&account.role).is_some_and(|office| Act::Publish.offices().contains(&office))
        }))
    }

    /// Duplicates that nobody has decided on, most alike first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn duplicates(&self, actor: &Actor) -> Result<Vec<DuplicatePair>> {
        actor.need(Act::Duplicates)?;
        let mut pairs = self.pairs(Some(store::DuplicateState::Open)).await?;
        pairs.sort_by(|x, y| y.score.total_cmp(&x.score).then_with(|| (&x.a, &x.b).cmp(&(&y.a, &y.b))));
        Ok(pairs)
    }

    /// Duplicates that were decided on, the newest decision first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn decided_duplicates(&self, actor: &Actor) -> Result<Vec<DuplicatePair>> {
        actor.need(Act::Duplicates)?;
        let mut pairs = self.pairs(None).await?;
        pairs.retain(|pair| pair.same.is_some());
        pairs.sort_by_key(|pair| std::cmp::Reverse((pair.decided_ms, pair.id)));
        Ok(pairs)
    }

    /// The clusters that the decisions make, those first whose decisions do not go together.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn duplicate_clusters(&self, actor: &Actor) -> Result<Vec<DuplicateCluster>> {
        actor.need(Act::Duplicates)?;
        let clusters = market::dedupe::clusters(&self.decisions().await?);
        let stored: HashMap<String, DuplicateRecord> = self
            .store
            .all_enterprises()
            .await?
            .into_iter()
            .map(|s| (s.value.key, DuplicateRecord { id: s.id, name: s.value.name }))
            .collect();
        let of = |key: &String| stored.get(key).cloned();
        let shown = clusters.into_iter().map(|cluster| DuplicateCluster {
            members: cluster.members.iter().filter_map(of).collect(),
            conflicts: cluster.conflicts.iter().filter_map(|(a, b)| of(a).zip(of(b))).collect(),
        });
        Ok(shown.collect())
    }

    /// What people have decided of pairs.
    pub(crate) async fn decisions(&self) -> Result<Vec<market::dedupe::Decision>> {
        let decided = self.store.duplicates(None).await?.into_iter().filter_map(|d| {
            let same = match d.state {
                store::DuplicateState::Open => return None,
                state => state == store::DuplicateState::Confirmed,
            };
            Some(market::dedupe::Decision { a: d.proposal.a, b: d.proposal.b, same })
        });
        Ok(decided.collect())
    }

    async fn pairs(&self, state: Option<store::DuplicateState>) -> Result<Vec<DuplicatePair>> {
        let stored: HashMap<String, (i64, String, bool)> = self
            .store
            .all_enterprises()
            .await?
            .into_iter()
            .map(|s| (s.value.key, (s.id, s.value.name, s.value.merged_into.is_some())))
            .collect();
        let of = |key: &str| stored.get(key).cloned().unwrap_or_default();
        let found = self.store.duplicates(state).await?.into_iter().filter_map(|d| {
            let ((a_id, a_name, a_merged), (b_id, b_name, b_merged)) = (of(&d.proposal.a), of(&d.proposal.b));
            let merged = a_merged || b_merged;
            // A record that was given up has nothing left to decide.
            if merged && d.state == store::DuplicateState::Open {
                return None;
            }
            Some(DuplicatePair {
                merged,
                id: d.id,
                a: d.proposal.a,
                a_id,
                a_name,
                b: d.proposal.b,
                b_id,
                b_name,
                score: d.proposal.score,
                reasons: serde_json::from_value(d.proposal.reasons).unwrap_or_default(),
                same: match d.state {
                    store::DuplicateState::Open => None,
                    state => Some(state == store::DuplicateState::Confirmed),
                },
                decided_by: d.decided_by,
                decided_ms: d.decided_ms,
            })
        });
        Ok(found.collect())
    }

    /// Proposes a pair that nothing proposed, each by key, code or name; gives the row id of the proposal, or of the one that there is.
    ///
    /// # Errors
    /// [`Code::NotFound`] and [`Code::BadInput`] for names that nobody, or more than one, has, and for one enterprise named twice.
    pub async fn propose_duplicate(&self, actor: &Actor, a: &str, b: &str) -> Result<i64> {
        actor.need(Act::ProposeDuplicate)?;
        self.propose_pair(actor, a, b).await
    }

    async fn propose_pair(&self, actor: &Actor, a: &str, b: &str) -> Result<i64> {
        let (a, b) = (self.enterprise_meant(a).await?, self.enterprise_meant(b).await?);
        if a.id == b.id {
            return Err(Error::new(Code::BadInput, "both names are of one enterprise"));
        }
        Ok(self.store.propose_duplicate(a.id, b.id, BY_HAND, &self.by(actor)).await?)
    }

    /// Says that two enterprises are one, or two, whether or not anything proposed them. The decision is kept for ever; records are
    /// not merged by it.
    ///
    /// # Errors
    /// [`Code::NotFound`] for unknown enterprises.
    pub async fn decide_duplicate(&self, actor: &Actor, a: &str, b: &str, same: bool) -> Result<()> {
        actor.need(Act::DecideDuplicate)?;
        let state = if same { store::DuplicateState::Confirmed } else { store::DuplicateState::Rejected };
        self.set_duplicate(actor, a, b, state).await
    }

    /// Takes a decision back: the pair is open again.
    ///
    /// # Errors
    /// [`Code::NotFound`] where the pair was never proposed.
    pub async fn reopen_duplicate(&self, actor: &Actor, a: &str, b: &str) -> Result<()> {
        actor.need(Act::DecideDuplicate)?;
        self.set_duplicate(actor, a, b, store::DuplicateState::Open).await
    }

    async fn set_duplicate(
        &self,
        actor: &Actor,
        a: &str,
        b: &str,
        state: store::DuplicateState,
    ) -> Result<()> {
        let found = self.store.duplicates(None).await?.into_iter().find(|d| {
            let pair = (d.proposal.a.as_str(), d.proposal.b.as_str());
            pair == (a, b) || pair == (b, a)
        });
        let id = match found {
            Some(found) => found.id,
            None if state == store::DuplicateState::Open => {
                let said = format!("{a} and {b} were not proposed as duplicates");
                return Err(Error::new(Code::NotFound, said));
            }
            None => self.propose_pair(actor, a, b).await?,
        };
        Ok(self.store.decide_duplicate(id, state, &self.by(actor)).await?)
    }

    /// Names the cluster, as every list will, and says which region it is: enterprises elsewhere are members from outside, and
    /// what they cover is no local supply.
    ///
    /// # Errors
    /// [`Code::BadInput`] for an empty name or an unknown region; storage errors.
    pub async fn name_cluster(&self, actor: &Actor, name: &str, region: &str) -> Result<()> {
        actor.need(Act::NameCluster)?;
        let bad = |message: String| Error::new(Code::BadInput, message);
        if name.trim().is_empty() {
            return Err(bad("a cluster needs a name".to_owned()));
        }
        let region = self.reference.regions.find(region).map_err(|e| bad(e.to_string()))?.code.clone();
        self.store.set_setting(CLUSTER_NAME, name.trim(), &self.by(actor)).await?;
        Ok(self.store.set_setting(CLUSTER_REGION, &region, &self.by(actor)).await?)
    }

    /// Says in which language pages are for whoever has not chosen one: `zh` or `en`.
    ///
    /// # Errors
    /// [`Code::BadInput`] for another language; storage errors.
    pub async fn set_lang(&self, actor: &Actor, lang: &str) -> Result<()> {
        actor.need(Act::NameCluster)?;
        if !["zh", "en"].contains(&lang) {
            return Err(Error::new(Code::BadInput, format!("no language `{lang}`")).hint("zh or en"));
        }
        Ok(self.store.set_setting(CLUSTER_LANG, lang, &self.by(actor)).await?)
    }

    /// The language of pages for whoever has not chosen one: `zh` unless it was set otherwise.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn lang(&self) -> Result<String> {
        Ok(self.store.setting(CLUSTER_LANG).await?.unwrap_or_else(|| "zh".to_owned()))
    }

    /// Code of the region that is the cluster, once it was said.
    pub(crate) async fn cluster_region(&self) -> Result<Option<String>> {
        Ok(self.store.setting(CLUSTER_REGION).await?)
    }

    pub(crate) async fn cluster_name(&self) -> Result<String> {
        Ok(self.store.setting(CLUSTER_NAME).await?.unwrap_or_else(|| UNNAMED.to_owned()))
    }
}
