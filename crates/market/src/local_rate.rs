//! Local supporting rate (本地配套率): how much of the cluster's demand the cluster covers.

use crate::allocate::{self, Covered};
use crate::measure;
use crate::{Input, Records};
use model::matching::Allocation;
use model::need::Need;
use model::price::PriceRange;
use model::quantity::Quantity;
use serde::{Deserialize, Serialize};

/// The formula, in Chinese.
pub const FORMULA_ZH: &str = "本地配套率 = Σ 各项需求由集群内企业满足的比例 ÷ 集群内企业的需求项数。\
满足的比例 = 分配数量 ÷ 需求数量，至多为 1；数量或产能未说明而已分配的计为 1。\
按金额计时各项以参考价中值 × 需求数量（折合每月）加权，只计价格已知的需求";
/// The formula, in English.
pub const FORMULA_EN: &str = "local supporting rate = sum over needs of the part covered by enterprises of the cluster / \
number of needs of enterprises of the cluster. The part is quantity allotted / quantity needed, at most 1; allotted with \
quantity or capacity unstated counts 1. By value, each need weighs its middle reference price times its quantity a month; \
only needs of known price count";

/// The rate with what went into it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct LocalRate {
    /// Needs of enterprises inside the cluster.
    pub needs: u32,
    /// Sum of the parts covered inside, 0..=`needs`.
    pub covered: f64,
    /// `covered / needs`, 0..=1; 0 where there are no needs.
    pub rate: f64,
    /// Needs among them whose value is known.
    pub priced_needs: u32,
    /// Their value in yuan a month.
    pub value_yuan: f64,
    /// The value covered inside.
    pub covered_value_yuan: f64,
    /// `covered_value_yuan / value_yuan`; absent where no value is known.
    pub value_rate: Option<f64>,
}

/// Computes the rate of an allocation. An enterprise without a site counts as inside.
pub fn local_rate(input: &Input<'_>, allocations: &[Allocation]) -> LocalRate {
    let records = Records::new(input);
    let inside = |enterprise: &str| input.sites.get(enterprise).is_none_or(|site| site.inside);
    let covered = allocate::covered(input, allocations, |a| {
        records.offer(&a.offer).is_some_and(|offer| inside(&offer.enterprise))
    });
    let mut out = LocalRate::default();
    // Sums run by key, so that the order of the input does not change the last bit.
    let mut needs: Vec<&Need> = input.needs.iter().filter(|n| inside(&n.enterprise)).collect();
    needs.sort_by(|a, b| a.key.cmp(&b.key));
    for need in needs {
        let part = covered.get(need.key.as_str()).copied().map_or(0.0, Covered::fraction);
        out.needs += 1;
        out.covered += part;
        if let Some(value) = value_yuan(need, input) {
            out.priced_needs += 1;
            out.value_yuan += value;
            out.covered_value_yuan += value * part;
        }
    }
    if out.needs > 0 {
        out.rate = out.covered / f64::from(out.needs);
    }
    out.value_rate = (out.value_yuan > 0.0).then(|| out.covered_value_yuan / out.value_yuan);
    out
}

/// Value of a need in yuan a month, where price and quantity are known and fit.
pub(crate) fn value_yuan(need: &Need, input: &Input<'_>) -> Option<f64> {
    amount_yuan(need.price.as_ref()?, need.quantity.as_ref(), input)
}

/// What a quantity costs at a price, yuan a month, where the two fit; a price for the whole is one for the period.
pub(crate) fn amount_yuan(price: &PriceRange, quantity: Option<&Quantity>, input: &Input<'_>) -> Option<f64> {
    let middle = match (price.low_yuan, price.high_yuan) {
        (Some(low), Some(high)) => (low + high) / 2.0,
        (one, other) => one.or(other)?,
    };
    let months = input.period.map_or(1.0, measure::months);
    if price.per.is_empty() {
        // A budget is for the whole period.
        return Some(middle / months);
    }
    let quantity = quantity?;
    let units = &input.reference.units;
    let count = quantity.value_in(&format!("{}/月", price.per), units).ok();
    let count = count.or_else(|| quantity.value_in(&price.per, units).ok().map(|v| v / months))?;
    Some(middle * count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{quantity, wanan_and_taihe};
    use model::matching::Coverage;

    #[test]
    fn counts_and_values() {
        let mut cluster = wanan_and_taihe();
        let price = |yuan: f64, per: &str| {
            Some(PriceRange { low_yuan: Some(yuan), high_yuan: Some(yuan + 2.0), per: per.to_owned() })
        };
        cluster.needs[0].quantity = quantity(1.2, "万卷/年");
        cluster.needs[0].price = price(9.0, "卷");
        let mut second = cluster.needs[0].clone();
        second.key = "N2".to_owned();
        second.quantity = quantity(3000.0, "卷");
        let mut outside = second.clone();
        (outside.key, outside.enterprise) = ("N3".to_owned(), "elsewhere".to_owned());
        cluster.sites.insert("elsewhere".to_owned(), crate::Site::default());
        cluster.needs.extend([second, outside]);
        let part = Allocation {
            need: "N1".to_owned(),
            offer: "O-good".to_owned(),
            quantity: Some(Quantity::new(0.3, "万卷/年")),
            coverage: Coverage::Part,
            delivered: None,
        };
        let rate = local_rate(&cluster.input(), std::slice::from_ref(&part));
        assert_eq!((rate.needs, rate.covered, rate.rate), (2, 0.25, 0.125));
        // 1000 and 3000 rolls a month at 10 yuan.
        assert_eq!((rate.priced_needs, rate.value_yuan, rate.covered_value_yuan), (2, 40_000.0, 2_500.0));
        assert_eq!(rate.value_rate, Some(0.0625));
        // A supplier from outside does not count.
        cluster.sites.get_mut("taihe-wire").unwrap().inside = false;
        assert_eq!(local_rate(&cluster.input(), &[part]).rate, 0.0);
    }
}
