//! Recall: from a lot to all customers that got something of it.

use super::amount::NOTHING_LEFT;
use super::mix::Carried;
use super::{Amount, Graph, LotId};
use std::collections::{BTreeMap, HashMap};

/// The party of goods that were shipped to nobody knows whom, or that came back from there.
pub const UNKNOWN_PARTY: &str = "";

/// Something that went to a party or came back from one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shipment {
    /// The store's key of the event.
    pub key: u64,
    /// What was shipped: a lot, an instance or a container.
    pub lot: LotId,
    /// Number of the party.
    pub(super) party: u32,
    /// Amount as the event states it; one piece for an instance.
    pub(super) stated: Amount,
    /// True where it came back.
    pub is_return: bool,
    /// True where the event was declared to be wrong.
    pub(super) withdrawn: bool,
}

/// What one customer got of a recalled lot.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerReached {
    /// The party's identifier; [`UNKNOWN_PARTY`] where the events name none.
    pub party: String,
    /// True where all that it got came back.
    pub returned_all: bool,
    /// Affected lots shipped to it, with the amount shipped less what came back.
    pub lots: Vec<(LotId, Amount)>,
    /// Amount of the recalled lot in them, by unit.
    pub carried: Vec<Amount>,
    /// Keys of the shipping events, in order.
    pub shipments: Vec<u64>,
    /// True where amounts had to be assumed on the way.
    pub is_assumed: bool,
}

/// The answer to a recall.
#[derive(Debug, Clone, PartialEq)]
pub struct Recall {
    /// Every affected lot with its share of the recalled one; the recalled lot first.
    pub lots: Vec<Carried>,
    /// Customers reached, by identifier.
    pub customers: Vec<CustomerReached>,
}

impl Graph {
    /// All customers that got something of a lot, with quantities.
    pub fn recall(&self, lot: LotId) -> Recall {
        self.recall_told(lot, |_| true)
    }

    /// The same of those shipments alone that may be told.
    pub fn recall_told(&self, lot: LotId, may_tell: impl Fn(&Shipment) -> bool) -> Recall {
        let lots = self.carried(lot);
        let mut by_party: BTreeMap<&str, Vec<(&Carried, &Shipment)>> = BTreeMap::new();
        for carried in &lots {
            for index in self.shipments_of.get(&carried.lot).into_iter().flatten() {
                let shipment = &self.shipments[*index as usize];
                if !shipment.withdrawn && may_tell(shipment) {
                    by_party.entry(self.parties.name(shipment.party)).or_default().push((carried, shipment));
                }
            }
        }
        let customers = by_party.into_iter().map(|(party, list)| self.customer(party, &list)).collect();
        Recall { lots, customers }
    }

    fn customer(&self, party: &str, list: &[(&Carried, &Shipment)]) -> CustomerReached {
        let mut lots: Vec<(LotId, Amount)> = Vec::new();
        let mut carried: Vec<Amount> = Vec::new();
        // What was shipped of each lot, whatever came back.
        let mut shipped: Vec<f64> = Vec::new();
        let mut at: HashMap<(LotId, super::Unit), usize> = HashMap::new();
        for (source, shipment) in list {
            let amount = self.shipped(shipment);
            let sign = if shipment.is_return { -1.0 } else { 1.0 };
            let index = *at.entry((shipment.lot, amount.unit)).or_insert_with(|| {
                lots.push((shipment.lot, Amount { value: 0.0, unit: amount.unit }));
                shipped.push(0.0);
                lots.len() - 1
            });
            lots[index].1.value += sign * amount.value;
            shipped[index] += if shipment.is_return { 0.0 } else { amount.value };
            let part = sign * amount.value * source.share;
            match carried.iter_mut().find(|c| c.unit == amount.unit) {
                Some(sum) => sum.value += part,
                None => carried.push(Amount { value: part, unit: amount.unit }),
            }
        }
        let has_nothing = |((_, left), sent): (&(LotId, Amount), &f64)| {
            left.is_known() && *sent > 0.0 && left.value.abs() <= NOTHING_LEFT * sent
        };
        let returned_all = lots.iter().zip(&shipped).all(has_nothing);
        if returned_all {
            lots.iter_mut().for_each(|(_, left)| left.value = 0.0);
            carried.iter_mut().for_each(|left| left.value = 0.0);
        }
        let mut shipments: Vec<u64> = list.iter().map(|(_, s)| s.key).collect();
        shipments.sort_unstable();
        shipments.dedup();
        let is_assumed = list.iter().any(|(source, _)| source.is_assumed);
        CustomerReached { party: party.to_owned(), returned_all, lots, carried, shipments, is_assumed }
    }

    /// What a shipment moved: a container or an instance moves what was made of it, where that is known.
    fn shipped(&self, shipment: &Shipment) -> Amount {
        let made = self.made(shipment.lot);
        if shipment.stated == Amount::ONE_PIECE && made.is_known() { made } else { shipment.stated }
    }
}
