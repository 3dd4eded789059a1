//! What a list says of the chain: how each node stands, and what a newcomer would change.

use super::compose::Composer;
use crate::place::{Place, place};
use crate::records::{Held, Listed, Market, Viewer};
use crate::{Act, Actor, App, Code, Error, InputFile, Progress, Result};
use exchange::columns::ColumnMap;
use exchange::pairing::{self, PairingOptions};
use exchange::sheet::ReadOptions;
use market::Site;
use market::gaps::{NodeStanding, Scenario};
use model::list::MatchingList;
use model::offer::Offer;
use model::price::PriceRange;
use model::region::Region;
use model::visibility::Visibility;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// A scenario with the offers that were assumed.
#[derive(Debug, Clone)]
pub struct WhatIf {
    /// The newcomers' offers; their keys are those of the scenario.
    pub offers: Vec<Offer>,
    /// What they change.
    pub scenario: Scenario,
    /// Cells of the file that could not be read and were left out.
    pub warnings: Vec<String>,
}

#[boxed::futures]
impl App {
    /// How every chain node stands on a list, the greatest unmet value first (see [`crate::RANKING_EN`]). The list itself shows no
    /// price that its readers may not all see; values come of those that this actor may see of its needs and offers now, and
    /// seeing prices by office or introduction is recorded. Whoever holds a list got it from another use case.
    ///
    /// # Errors
    /// [`Code::BadInput`] for a list of a market whose titles are no places on the chain; storage errors.
    pub async fn standings(&self, actor: &Actor, list: &MatchingList) -> Result<Vec<NodeStanding>> {
        actor.need(Act::Standings)?;
        let market = self.reference.markets.other(&list.content.market);
        if let Some(market) = market.filter(|market| !market.chain) {
            let chained: Vec<&str> =
                self.reference.markets.iter().filter(|m| m.chain).map(|m| m.key.as_str()).collect();
            let message = format!("the market {} has no chain nodes", market.key);
            let hint = format!("nodes stand on the lists of {}", chained.join(", "));
            return Err(Error::new(Code::BadInput, message).hint(hint));
        }
        let allocations: Vec<_> = list.content.pairs.iter().filter_map(|p| p.allocation.clone()).collect();
        let mut composer = Composer::reopen(self.reference, &list.content);
        let (needs, offers) = self.prices_seen(actor, list).await?;
        composer.see_prices(|key| needs.get(key).cloned(), |key| offers.get(key).cloned());
        Ok(composer.standings(&allocations))
    }

    /// The prices that an actor may see of a list's needs and offers as they are now, by their keys.
    async fn prices_seen(&self, actor: &Actor, list: &MatchingList) -> Result<(Prices, Prices)> {
        let market = self.market().await?;
        let viewer = market.viewer(actor);
        let content = &list.content;
        let (needs, protected_needs) = seen(
            &market,
            &viewer,
            content.needs.iter().filter_map(|listed| market.needs.by_key(&listed.need.key)),
            |need| need.price.as_ref(),
        );
        let (offers, protected_offers) = seen(
            &market,
            &viewer,
            content.offers.iter().filter_map(|listed| market.offers.by_key(&listed.offer.key)),
            |offer| offer.price.as_ref(),
        );
        if protected_needs + protected_offers > 0 {
            let said = json!({ "fields": ["price"], "needs": protected_needs, "offers": protected_offers });
            let object = format!("list/{}", list.id);
            self.store.audit_append(&self.by(actor), "read.protected", &object, &said).await?;
        }
        Ok((needs, offers))
    }

    /// What would change on a published list if the firms of a file came, with the offers that the file names: the list is
    /// matched and settled again from its own records, without them and with them.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::BadInput`] with file, sheet and cell.
    pub async fn what_if(
        &self,
        actor: &Actor,
        number: u32,
        file: &InputFile,
        progress: Progress<'_>,
    ) -> Result<WhatIf> {
        actor.need(Act::WhatIf)?;
        let list = self.list_by_number(actor, number).await?;
        let (mut offers, sites, warnings) = self.newcomers(file)?;
        // Their keys must be nobody's on the list.
        for offer in &mut offers {
            offer.key = format!("{NEWCOMER}{}", offer.key);
            offer.enterprise = format!("{NEWCOMER}{}", offer.enterprise);
        }
        let reviews = self.standing_reviews(list.id).await?;
        let composer = Composer::reopen(self.reference, &list.content);
        let scenario = composer.what_if(&reviews, &offers, &sites, progress);
        Ok(WhatIf { offers, scenario, warnings })
    }

    /// The offers of a file, the places of those who make them by the keys that they will have, and what looks odd.
    fn newcomers(&self, file: &InputFile) -> Result<(Vec<Offer>, Sites, Vec<String>)> {
        let bad = |e: &dyn std::fmt::Display| Error::new(Code::BadInput, e.to_string());
        let recogniser = market::node::Recogniser::new(&self.reference.chain);
        let options = PairingOptions {
            reference: self.reference,
            read: ReadOptions::default(),
            map: &ColumnMap::default(),
            today: self.clock.today(),
            recognise: &|title, detail| recogniser.recognise(title, detail).map(|(node, _)| node),
        };
        let read = pairing::read_offers(&file.bytes, &file.name, &options).map_err(|e| bad(&e))?;
        if let Some(error) = read.errors.first() {
            return Err(bad(error));
        }
        let site = |enterprise: &model::enterprise::Enterprise| {
            let Place { region, point } = place(&self.reference.regions, enterprise);
            let region = region.map(Region::names).unwrap_or_default();
            Site { point, region, products: enterprise.products.clone(), inside: true }
        };
        let sites = read.enterprises.iter().map(|e| (format!("{NEWCOMER}{}", e.key), site(e))).collect();
        let warnings = read.warnings.iter().map(ToString::to_string).collect();
        Ok((read.records, sites, warnings))
    }
}

/// Prices by the keys of records.
type Prices = HashMap<String, PriceRange>;

/// Of records the prices that a viewer may see, and how many of these are protected: neither the viewer's own nor open to all
/// members.
fn seen<'m, T: Listed + Clone + 'm>(
    market: &Market,
    viewer: &Viewer,
    records: impl Iterator<Item = &'m Arc<Held<T>>>,
    price: impl Fn(&T) -> Option<&PriceRange>,
) -> (Prices, usize) {
    let (mut prices, mut protected) = (Prices::new(), 0);
    for held in records.filter(|held| price(&held.value).is_some()) {
        let sight = market.sight(viewer, held);
        let redacted = held.value.clone().redacted(market.reference, sight);
        if let Some(seen) = price(&redacted) {
            let value = &held.value;
            let level = market.reference.visibility.level_in(value.market(), T::NOUN, "price", value.row());
            protected += usize::from(sight.level != Some(Visibility::Own) && level > Visibility::Members);
            prices.insert(value.key().to_owned(), seen.clone());
        }
    }
    (prices, protected)
}

/// Places of enterprises, by key.
type Sites = HashMap<String, Site>;

/// What stands before the keys of firms that are not there.
const NEWCOMER: &str = "newcomer:";

#[cfg(test)]
mod tests;
