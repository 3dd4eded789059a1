//! Titles alone, for a program that makes vectors of them.

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
        let needs = market.open(&market.needs, &viewer, today).map(|(_, need)| need.title);
        let offers = market.open(&market.offers, &viewer, today).map(|(_, offer)| offer.title);
        Ok(needs.chain(offers).map(|title| line(&title)).filter(|title| !title.is_empty()).collect())
    }
}
