//! Titles alone, for a program that makes vectors of them.

use super::RecordStatus;
use super::market::{Listed, status};
use crate::{Act, Actor, App, Result};
use std::collections::BTreeSet;

#[boxed::futures]
impl App {
    /// The different titles of all open needs and offers that the actor may see, of every market, sorted, each in one line.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn titles(&self, actor: &Actor) -> Result<BTreeSet<String>> {
        actor.need(Act::Titles)?;
        let (market, today) = (self.market().await?, self.today());
        let viewer = market.viewer(actor);
        let line = |title: &str| title.split_whitespace().collect::<Vec<_>>().join(" ");
        let needs = market.needs.all.iter().filter(|n| status(n, today) == RecordStatus::Open);
        let needs = needs.filter(|n| market.knows(&viewer, n));
        let needs = needs.map(|n| n.value.clone().redacted(market.reference, market.sight(&viewer, n)).title);
        let offers = market.offers.all.iter().filter(|o| status(o, today) == RecordStatus::Open);
        let offers = offers.filter(|o| market.knows(&viewer, o));
        let offers =
            offers.map(|o| o.value.clone().redacted(market.reference, market.sight(&viewer, o)).title);
        Ok(needs.chain(offers).map(|title| line(&title)).filter(|title| !title.is_empty()).collect())
    }
}
