//! Likely duplicates and the cluster's own name.

use crate::{Act, Actor, App, Code, Error, Office, Result};

/// Two enterprises that may be one.
#[derive(Debug, Clone, PartialEq)]
pub struct DuplicatePair {
    /// Key of one.
    pub a: String,
    /// Its name.
    pub a_name: String,
    /// Key of the other.
    pub b: String,
    /// Its name.
    pub b_name: String,
    /// How alike, 0..=1.
    pub score: f64,
    /// Why, in Chinese.
    pub reasons: Vec<String>,
}

/// Name of a cluster that has not been named.
const UNNAMED: &str = "产业集群";
/// The setting that holds the cluster's name.
const CLUSTER_NAME: &str = "cluster.name";
/// The setting that holds the code of its region.
const CLUSTER_REGION: &str = "cluster.region";

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
        let names: std::collections::HashMap<String, String> =
            self.store.enterprises().await?.into_iter().map(|s| (s.value.key, s.value.name)).collect();
        let name = |key: &str| names.get(key).cloned().unwrap_or_default();
        let mut pairs: Vec<DuplicatePair> = self
            .store
            .duplicates(Some(store::DuplicateState::Open))
            .await?
            .into_iter()
            .map(|d| DuplicatePair {
                a_name: name(&d.proposal.a),
                b_name: name(&d.proposal.b),
                a: d.proposal.a,
                b: d.proposal.b,
                score: d.proposal.score,
                reasons: serde_json::from_value(d.proposal.reasons).unwrap_or_default(),
            })
            .collect();
        pairs.sort_by(|x, y| y.score.total_cmp(&x.score).then_with(|| (&x.a, &x.b).cmp(&(&y.a, &y.b))));
        Ok(pairs)
    }

    /// Says that two enterprises are one, or two. The decision is kept for ever; records are not merged by it.
    ///
    /// # Errors
    /// [`Code::NotFound`] where the pair was never proposed.
    pub async fn decide_duplicate(&self, actor: &Actor, a: &str, b: &str, same: bool) -> Result<()> {
        actor.need(Act::DecideDuplicate)?;
        let found = self.store.duplicates(None).await?.into_iter().find(|d| {
            let pair = (d.proposal.a.as_str(), d.proposal.b.as_str());
            pair == (a, b) || pair == (b, a)
        });
        let found = found.ok_or_else(|| {
            Error::new(Code::NotFound, format!("{a} and {b} were not proposed as duplicates"))
        })?;
        let state = if same { store::DuplicateState::Confirmed } else { store::DuplicateState::Rejected };
        Ok(self.store.decide_duplicate(found.id, state, &self.by(actor)).await?)
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

    /// Code of the region that is the cluster, once it was said.
    pub(crate) async fn cluster_region(&self) -> Result<Option<String>> {
        Ok(self.store.setting(CLUSTER_REGION).await?)
    }

    pub(crate) async fn cluster_name(&self) -> Result<String> {
        Ok(self.store.setting(CLUSTER_NAME).await?.unwrap_or_else(|| UNNAMED.to_owned()))
    }
}
