//! Quantities made comparable: every quantity needed and every capacity as an amount a month.
//!
//! A rate (`200 万片/月`, `50 吨/年`) is taken as it stands; a single quantity (`5000 片`) counts for the months of the
//! period, or for one month where there is no period. Amounts compare where their units measure the same thing.

use crate::Input;
use model::need::Need;
use model::offer::Offer;
use model::period::Period;
use model::quantity::Quantity;
use model::unit::{Dimension, UnitTable};
use std::collections::HashMap;

/// What one unit is worth a month.
#[derive(Debug, Clone, PartialEq)]
struct Measure {
    /// Dimension of the rate.
    dimension: Dimension,
    /// Base units a month that one unit stands for.
    one: f64,
}

/// An amount a month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Amount<'a> {
    /// What is measured.
    pub dimension: &'a Dimension,
    /// Base units a month; positive.
    pub per_month: f64,
}

/// The measures of all units that occur in an input.
#[derive(Debug, Default)]
pub(crate) struct Measures(HashMap<String, Measure>);

impl Measures {
    pub fn new(input: &Input<'_>) -> Self {
        let units = input
            .needs
            .iter()
            .filter_map(|n| n.quantity.as_ref())
            .chain(input.offers.iter().filter_map(stated))
            .chain(input.offers.iter().flat_map(|o| [o.minimum_order.as_ref(), o.lot.as_ref()]).flatten());
        let months = input.period.map_or(1.0, months);
        let mut out = HashMap::new();
        for quantity in units {
            if !out.contains_key(&quantity.unit)
                && let Some(measure) = measure(&quantity.unit, months, &input.reference.units)
            {
                out.insert(quantity.unit.clone(), measure);
            }
        }
        Self(out)
    }

    fn amount(&self, quantity: &Quantity) -> Option<Amount<'_>> {
        let measure = self.0.get(&quantity.unit)?;
        let per_month = quantity.value * measure.one;
        (per_month > 0.0 && per_month.is_finite())
            .then_some(Amount { dimension: &measure.dimension, per_month })
    }

    /// What a need asks for; absent where it states no quantity, or one in an unknown unit.
    pub fn demand(&self, need: &Need) -> Option<Amount<'_>> {
        self.amount(need.quantity.as_ref()?)
    }

    /// What an offer can give: its spare capacity, else its total one. Nothing left (0) is an amount too.
    pub fn supply(&self, offer: &Offer) -> Option<Amount<'_>> {
        let quantity = stated(offer)?;
        if quantity.value == 0.0 {
            let measure = self.0.get(&quantity.unit)?;
            return Some(Amount { dimension: &measure.dimension, per_month: 0.0 });
        }
        self.amount(quantity)
    }

    /// The least that an offer is sold in, where it says so in a unit that compares with its capacity.
    pub fn smallest_order(&self, offer: &Offer) -> Option<Amount<'_>> {
        self.of_supply(offer, offer.minimum_order.as_ref())
    }

    /// What an offer is sold in whole multiples of, as [`Self::smallest_order`].
    pub fn lot(&self, offer: &Offer) -> Option<Amount<'_>> {
        self.of_supply(offer, offer.lot.as_ref())
    }

    fn of_supply(&self, offer: &Offer, quantity: Option<&Quantity>) -> Option<Amount<'_>> {
        let amount = self.amount(quantity?)?;
        self.supply(offer).filter(|supply| supply.dimension == amount.dimension).map(|_| amount)
    }
}

/// The capacity that counts.
pub(crate) fn stated(offer: &Offer) -> Option<&Quantity> {
    offer.spare_capacity.as_ref().or(offer.capacity.as_ref())
}

fn measure(unit: &str, months: f64, units: &UnitTable) -> Option<Measure> {
    let month_s = units.unit("月").ok()?.factor.to_f64();
    let own = units.unit(unit).ok()?;
    if is_rate(unit, &own.dimension, units) {
        return Some(Measure { one: own.factor.to_f64() * month_s, dimension: own.dimension });
    }
    let a_month = units.unit(&format!("{unit}/月")).ok()?;
    Some(Measure { one: a_month.factor.to_f64() * month_s / months, dimension: a_month.dimension })
}

/// True for units of so much per time.
fn is_rate(unit: &str, dimension: &Dimension, units: &UnitTable) -> bool {
    let second = units.unit("s").ok().map(|s| s.dimension);
    let per_time = unit
        .rsplit_once('/')
        .and_then(|(_, last)| units.unit(last).ok())
        .is_some_and(|last| Some(last.dimension) == second);
    per_time || units.dimension_text(dimension).split(' ').any(|part| part == "s^-1")
}

/// Length of a period in months: calendar months where it consists of whole ones, else twelfths of 365 days.
pub(crate) fn months(period: Period) -> f64 {
    let (first, last) = (period.first(), period.last());
    if first == first.first_of_month() && last == last.last_of_month() {
        let count = |d: jiff::civil::Date| i32::from(d.year()) * 12 + i32::from(d.month());
        return f64::from(count(last) - count(first) + 1);
    }
    let days = first.until(last).map_or(30, |span| span.get_days() + 1);
    f64::from(days) * 12.0 / 365.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::reference::Reference;

    #[test]
    fn rates_and_single_quantities_meet() {
        let units = &Reference::builtin().units;
        let check = |a: &str, b: &str, months: f64, expect: f64| {
            let (a, b) = (measure(a, months, units).unwrap(), measure(b, months, units).unwrap());
            assert_eq!(a.dimension, b.dimension);
            assert!((a.one / b.one - expect).abs() < 1e-9 * expect, "{} {}", a.one, b.one);
        };
        check("万片/月", "片/月", 1.0, 1e4);
        check("片", "片/月", 1.0, 1.0);
        check("片", "片/月", 3.0, 1.0 / 3.0);
        check("吨/年", "kg/月", 1.0, 1000.0 / 12.0);
        check("颗", "KK/月", 1.0, 1e-6);
        check("kWh/月", "kWh", 1.0, 1.0);
        let (roll, piece) = (measure("卷", 1.0, units).unwrap(), measure("片/月", 1.0, units).unwrap());
        assert_ne!(roll.dimension, piece.dimension);
        assert!(measure("不明", 1.0, units).is_none());
    }

    #[test]
    fn lengths_of_periods() {
        let check =
            |period: &str, expect: f64| assert_eq!(months(period.parse().unwrap()), expect, "{period}");
        check("2026-11", 1.0);
        check("2026-11-01..2027-01-31", 3.0);
        check("2026-01-01..2026-12-31", 12.0);
        check("2026-11-02..2026-11-08", 7.0 * 12.0 / 365.0);
    }
}
