//! What a list allots to a need, and what keeps it from more.

use super::read::is_reader;
use crate::{Act, Actor, App, Code, Error, Result};
use model::allotment::{Binding, NeedBound};
use model::list::{ListIndex, MatchingList};
use model::matching::Allocation;
use model::quantity::Quantity;
use serde::Serialize;
use store::Store;

/// Name of the setting.
const SHARE_MAX: &str = "list.share_max";

/// A need on a list with what it is given there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Allotted {
    /// Number of the list.
    pub list: u32,
    /// Number of the need on it.
    pub number: u32,
    /// What it asks for.
    pub asked: Option<Quantity>,
    /// Who supplies it with how much, the best first; keys are blank, as those of `bound`.
    pub supplies: Vec<(AllottedOffer, Allocation)>,
    /// What keeps it from more; absent on lists that did not say.
    pub bound: Option<NeedBound>,
    /// The offers of that limit.
    pub bound_offers: Vec<AllottedOffer>,
}

/// An offer as a list names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AllottedOffer {
    /// Number on the list.
    pub number: u32,
    /// Product or service.
    pub title: String,
    /// Who makes it.
    pub enterprise: String,
}

impl Allotted {
    /// What the list says of the need with this key; none where it is not on it.
    pub fn of(list: &MatchingList, index: &ListIndex<'_>, key: &str) -> Option<Self> {
        let need = index.need(key)?;
        let offer = |key: &str| {
            let offer = index.offer(key)?;
            let enterprise = index.supplier(key).map_or_else(String::new, |e| e.name.clone());
            Some(AllottedOffer { number: offer.number, title: offer.offer.title.clone(), enterprise })
        };
        let supply = |allocation: &Allocation| {
            let blank = String::new();
            Some((
                offer(&allocation.offer)?,
                Allocation { need: blank.clone(), offer: blank, ..allocation.clone() },
            ))
        };
        let supplies = index.pairs_of(key).iter().filter_map(|p| supply(p.allocation.as_ref()?)).collect();
        let bound = list.content.allotment.as_ref().and_then(|a| a.need(key));
        let bound_offers = bound.iter().flat_map(|b| &b.offers).filter_map(|key| offer(key)).collect();
        let bound = bound.map(|b| NeedBound { need: String::new(), offers: Vec::new(), ..b.clone() });
        Some(Self {
            list: list.number.unwrap_or_default(),
            number: need.number,
            asked: need.need.quantity.clone(),
            supplies,
            bound,
            bound_offers,
        })
    }

    /// The limit, where there is one to speak of.
    pub fn binding(&self) -> Option<Binding> {
        self.bound.as_ref().map(|b| b.binding)
    }
}

#[boxed::futures]
impl App {
    /// The greatest part, above 0 and up to 1, that one enterprise may have of what others could serve too, on lists that are
    /// drafted from now on; none where there is no limit.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn share_limit(&self, actor: &Actor) -> Result<Option<f64>> {
        actor.need(Act::ShareLimit)?;
        share_limit(&self.store).await
    }

    /// Sets that part, or takes the limit away. Drafts that are open keep the one that they were made with.
    ///
    /// # Errors
    /// [`Code::BadInput`] for a part that is not above 0 or is above 1; storage errors.
    pub async fn set_share_limit(&self, actor: &Actor, part: Option<f64>) -> Result<()> {
        actor.need(Act::SetShareLimit)?;
        if part.is_some_and(|part| !(part > 0.0 && part <= 1.0)) {
            return Err(Error::new(
                Code::BadInput,
                "the share of one enterprise is above 0 and at most 100 %",
            ));
        }
        let text = part.map_or_else(String::new, |part| part.to_string());
        Ok(self.store.set_setting(SHARE_MAX, &text, &self.by(actor)).await?)
    }

    /// What the newest published list says of a need; none for whoever may not read it.
    pub(crate) async fn allotted(&self, actor: &Actor, list: u32, key: &str) -> Result<Option<Allotted>> {
        if !actor.may(Act::ListByNumber) || !is_reader(actor) {
            return Ok(None);
        }
        let list = self.list_by_number(actor, list).await?;
        Ok(Allotted::of(&list, &ListIndex::about(&list.content, key), key))
    }
}

/// The setting as it stands.
pub(super) async fn share_limit(store: &Store) -> Result<Option<f64>> {
    Ok(store.setting(SHARE_MAX).await?.and_then(|text| text.parse().ok()))
}

#[cfg(test)]
mod tests;
