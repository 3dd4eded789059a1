//! The cluster's own facts, and the overview.

use crate::records::{Eyes, Market, RecordQuery, Viewer};
use crate::{Act, Actor, App, Result};
use model::list::ListState;
use serde::Serialize;
use std::sync::Arc;
use store::Status;

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
    /// What waits for the actor: kind, how many, where it leads. Kinds: `claims`, `duplicates`, `twins`, `draft`, `stale`, `introductions`,
    /// `messages`, `deliveries`, `no_enterprise`, `no_needs`, `no_offers`, `no_list`, `no_region`.
    pub tasks: Vec<(String, usize, String)>,
}

#[boxed::futures]
impl App {
    /// The overview.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn overview(&self, actor: &Actor) -> Result<Overview> {
        actor.need(Act::Overview)?;
        let (market, today) = (self.market().await?, self.today());
        let viewer = market.viewer(actor);
        let region = self.cluster_region().await?;
        let firms: Vec<_> = market
            .enterprises
            .all
            .iter()
            .filter(|e| e.status == Status::Open && market.knows(&viewer, e))
            .collect();
        let open = RecordQuery::default();
        let needs = market.find(&market.needs, &viewer, &open, today);
        let offers = market.find(&market.offers, &viewer, &open, today);
        let mine = (
            needs.iter().filter(|n| viewer.is_mine(n.owner)).count(),
            offers.iter().filter(|o| viewer.is_mine(o.owner)).count(),
        );
        let mut overview = Overview {
            cluster: self.cluster_name().await?,
            region: region
                .as_deref()
                .and_then(|code| self.reference.regions.get(code))
                .map_or_else(String::new, |r| r.name.clone()),
            demo: !firms.is_empty() && firms.iter().all(|e| e.value.fictional),
            enterprises: firms.len(),
            needs: needs.len(),
            offers: offers.len(),
            mine,
            tasks: Vec::new(),
        };
        overview.tasks = self.tasks(actor, &market, &viewer, &overview, region.is_none()).await?;
        Ok(overview)
    }

    /// What waits for an actor, the most pressing first.
    async fn tasks(
        &self,
        actor: &Actor,
        market: &Arc<Market>,
        viewer: &Viewer,
        overview: &Overview,
        no_region: bool,
    ) -> Result<Vec<(String, usize, String)>> {
        let mut tasks: Vec<(&str, usize, &str)> = Vec::new();
        let office = viewer.eyes == Eyes::Office;
        let lists = self.store.lists().await?;
        if no_region && actor.may(Act::NameCluster) {
            tasks.push(("no_region", 1, "/settings"));
        }
        if viewer.eyes == Eyes::Member(None) {
            tasks.push(("no_enterprise", 1, "/claim"));
        }
        let waiting = market.introductions_of(viewer, |_, _| true).iter().filter(|i| i.waits_for_me).count();
        tasks.push(("introductions", waiting, "/introductions"));
        if actor.may(Act::Claims) {
            let claims = self.store.claims(None).await?;
            tasks.push(("claims", claims.iter().filter(|c| c.state == "open").count(), "/claims"));
        }
        if actor.may(Act::Duplicates) {
            let open = usize::try_from(self.store.open_duplicates().await?).unwrap_or_default();
            tasks.push(("duplicates", open, "/duplicates"));
        }
        if actor.may(Act::Twins) {
            tasks.push(("twins", self.open_twins(market, viewer).await?, "/duplicates/records"));
        }
        let draft = lists.iter().filter(|l| matches!(l.state, ListState::Draft | ListState::Approved));
        let draft: Vec<i64> = draft.map(|l| l.id).collect();
        let newest = draft.iter().max().map_or_else(|| "/desk".to_owned(), |id| format!("/desk/{id}"));
        if actor.may(Act::Desk) {
            tasks.push(("draft", draft.len(), &newest));
        }
        if actor.may(Act::Stale) {
            tasks.push(("stale", self.stale(actor, STALE_DAYS).await?.len(), "/stale"));
        }
        if actor.may(Act::Outbox) {
            let failed = self.store.letters(1000).await?.iter().filter(|l| l.state == "failed").count();
            tasks.push(("deliveries", failed, "/settings/outbox"));
        }
        if let Some(account) = actor.account {
            let unread = usize::try_from(self.store.unread(account).await?).unwrap_or_default();
            tasks.push(("messages", unread, "/inbox"));
        }
        let own = viewer.own().is_some();
        let (needs, offers) = if office { (overview.needs, overview.offers) } else { overview.mine };
        if office || own {
            let (new_need, new_offer) =
                if office { ("/import", "/import") } else { ("/needs/new", "/offers/new") };
            tasks.push(("no_needs", usize::from(needs == 0), new_need));
            tasks.push(("no_offers", usize::from(offers == 0), new_offer));
        }
        if office && needs > 0 && draft.is_empty() {
            let none = !lists.iter().any(|l| l.state == ListState::Published);
            tasks.push(("no_list", usize::from(none), "/desk"));
        }
        let tasks = tasks.into_iter().filter(|(_, count, _)| *count > 0);
        Ok(tasks.map(|(kind, count, link)| (kind.to_owned(), count, link.to_owned())).collect())
    }
}

/// Days after which a record that nobody has touched is asked about.
const STALE_DAYS: u32 = 90;
