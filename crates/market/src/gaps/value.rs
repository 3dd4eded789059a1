//! What stays unmet of a chain node in yuan a month, and on what that rests.

use crate::Input;
use crate::local_rate::{amount_yuan, value_yuan};
use model::need::Need;
use model::offer::Offer;
use std::collections::BTreeSet;

/// The rule, in Chinese.
pub const VALUE_ZH: &str = "未满足金额 = Σ 未满足的数量 × 需方价格中值，折合元/月，只用您按字段公开级别能看到的价格；\
没有可见价格而写明数量的需求，按同一节点您能看到的供给报价的中位数估算，另行标出；两者都没有的不计";
/// The rule, in English.
pub const VALUE_EN: &str = "unmet value = sum of unmet quantity x the need's middle price, in yuan a month, by the prices that you may \
see alone; a need with a quantity and no such price is estimated by the median price of the same node's offers that you may see, \
and marked; what has neither counts nothing";

/// Value of what stays unmet of a node.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct UnmetValue {
    /// Needs that are not covered in full.
    pub open: u32,
    /// Of these, needs whose value follows from their own price.
    pub priced: u32,
    /// What stays unmet of those, yuan a month.
    pub yuan: f64,
    /// Open needs without a price that are valued by the offers' median price.
    pub estimated: u32,
    /// What stays unmet of those, yuan a month.
    pub estimated_yuan: f64,
    /// Offers whose prices the estimate rests on.
    pub basis: u32,
}

impl UnmetValue {
    /// Known and estimated, yuan a month: what nodes are ranked by.
    pub fn total_yuan(&self) -> f64 {
        self.yuan + self.estimated_yuan
    }
}

/// Values needs of one node, of each of which a part stays unmet, above 0 and up to 1; `offers` are those of the node.
pub(super) fn unmet(open: &[(&Need, f64)], offers: &[&Offer], input: &Input<'_>) -> UnmetValue {
    let mut value = UnmetValue { open: open.len() as u32, ..UnmetValue::default() };
    let mut basis: BTreeSet<&str> = BTreeSet::new();
    for (need, part) in open {
        if let Some(yuan) = value_yuan(need, input) {
            value.priced += 1;
            value.yuan += yuan * part;
        } else if let Some((yuan, of)) = by_offers(need, offers, input) {
            value.estimated += 1;
            value.estimated_yuan += yuan * part;
            basis.extend(of);
        }
    }
    value.basis = basis.len() as u32;
    value
}

/// A need's quantity at the median of the offers' prices, yuan a month, with the offers whose prices are of units that fit.
fn by_offers<'a>(need: &Need, offers: &[&'a Offer], input: &Input<'_>) -> Option<(f64, Vec<&'a str>)> {
    need.quantity.as_ref()?;
    let of = |offer: &&'a Offer| {
        // A price for the whole says nothing of a quantity.
        let price = offer.price.as_ref().filter(|price| !price.per.is_empty())?;
        Some((amount_yuan(price, need.quantity.as_ref(), input)?, offer.key.as_str()))
    };
    let mut values: Vec<(f64, &str)> = offers.iter().filter_map(of).collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)));
    // The lower of two middle ones: a price that somebody states.
    let median = values.get(values.len().checked_sub(1)? / 2)?.0;
    Some((median, values.into_iter().map(|(_, key)| key).collect()))
}
