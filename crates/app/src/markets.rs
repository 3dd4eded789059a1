//! Markets: what there are, with how much is in each.

use crate::records::RecordQuery;
use crate::{Act, Actor, App, Code, Error, Result};
use market::Weights;
use model::list::Scoring;
use model::markets::{Market, MarketKey, MarketWeights, PARTS};
use model::reference::Reference;
use serde::Serialize;

/// A market with counts of what the actor may know of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MarketInfo {
    /// Key; the market itself stands in the reference tables.
    pub key: String,
    /// Open needs.
    pub needs: usize,
    /// Open offers.
    pub offers: usize,
}

#[boxed::futures]
impl App {
    /// All markets in their order, with counts.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn markets(&self, actor: &Actor) -> Result<Vec<MarketInfo>> {
        actor.need(Act::Markets)?;
        let (market, today) = (self.market().await?, self.today());
        let viewer = market.viewer(actor);
        let infos = self.reference.markets.iter().map(|known| {
            let query = RecordQuery { market: known.key.clone(), ..RecordQuery::default() };
            MarketInfo {
                key: known.key.clone(),
                needs: market.find(&market.needs, &viewer, &query, today).len(),
                offers: market.find(&market.offers, &viewer, &query, today).len(),
            }
        });
        Ok(infos.collect())
    }

    /// The market with this key; that of parts and materials where it is empty.
    pub(crate) fn known_market(&self, key: &str) -> Result<&'static Market> {
        let key = if key.is_empty() { PARTS } else { key };
        self.reference.markets.get(key).ok_or_else(|| {
            let keys: Vec<&str> = self.reference.markets.iter().map(|m| m.key.as_str()).collect();
            Error::new(Code::NotFound, format!("there is no market `{key}`"))
                .hint(format!("one of {}", keys.join(", ")))
        })
    }
}

/// The engine's settings in a market: as shipped, with what was learned there in their place.
pub(crate) fn weights(reference: &Reference, market: &MarketKey, learned: Option<&Scoring>) -> Weights {
    let shipped = shipped(reference, market);
    learned.map_or_else(|| shipped.clone(), |scoring| market::learn::with_knobs(&shipped, &scoring.weights))
}

/// The engine's settings as the market's table has them.
fn shipped(reference: &Reference, market: &MarketKey) -> Weights {
    let mut out = Weights::default();
    let Some(market) = reference.markets.other(market) else { return out };
    let MarketWeights {
        text,
        node,
        specification,
        certificate,
        distance,
        capacity,
        distance_half_km,
        similarity_min,
        vectors,
    } = market.weights;
    for (share, value) in [
        (&mut out.shares.text, text),
        (&mut out.shares.node, node),
        (&mut out.shares.specification, specification),
        (&mut out.shares.certificate, certificate),
        (&mut out.shares.distance, distance),
        (&mut out.shares.capacity, capacity),
        (&mut out.credits.distance_half_km, distance_half_km),
        (&mut out.relevance.similarity_min, similarity_min),
        (&mut out.relevance.vectors, vectors),
    ] {
        if let Some(value) = value {
            *share = value;
        }
    }
    out
}
