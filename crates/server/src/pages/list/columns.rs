//! The columns that a market's lists have, and what a record says in them.

use crate::format;
use crate::pages::market::needs::{contact, yes_or_no};
use crate::words::Lang;
use model::markets::{FieldKind, Market, MarketField, Names};
use model::need::Need;
use model::offer::Offer;
use model::visibility::Noun;

/// A record of either side.
pub enum Record<'a> {
    /// A need.
    Need(&'a Need),
    /// An offer.
    Offer(&'a Offer),
}

/// True for a column of figures.
pub fn numeric(field: &MarketField) -> bool {
    field.kind == FieldKind::Number || matches!(field.id.as_str(), "quantity" | "capacity" | "spare_capacity")
}

/// What a record says in a field; empty where it says nothing or the viewer may not see it.
pub fn value(lang: Lang, record: &Record<'_>, field: &MarketField) -> String {
    let days = |days: Option<u32>| days.map_or_else(String::new, |d| format!("{d} {}", lang.t("天")));
    let km = |km: Option<f64>| km.map_or_else(String::new, |d| format!("{d} km"));
    let own = match record {
        Record::Need(need) => &need.own,
        Record::Offer(offer) => &offer.own,
    };
    if field.own {
        return own.get(&field.id).map_or_else(String::new, |text| field.told(text).into_owned());
    }
    match (record, field.id.as_str()) {
        (Record::Need(n), "title") => n.title.clone(),
        (Record::Need(n), "number") => n.number.clone(),
        (Record::Need(n), "detail") => n.detail.clone(),
        (Record::Need(n), "quantity") => format::quantity(n.quantity.as_ref()),
        (Record::Need(n), "price") => format::price(n.price.as_ref()),
        (Record::Need(n), "delivery") => n.delivery.clone(),
        (Record::Need(n), "standard") => n.standard.clone(),
        (Record::Need(n), "material") => n.material.clone(),
        (Record::Need(n), "certificates") => n.certificates.join(format::comma(lang)),
        (Record::Need(n), "payment") => n.payment.clone(),
        (Record::Need(n), "current_source") => n.current_source.clone(),
        (Record::Need(n), "max_distance_km") => km(n.max_distance_km),
        (Record::Need(n), "needed_by") => n.needed_by.map_or_else(String::new, |d| d.to_string()),
        (Record::Need(n), "partial") => yes_or_no(lang, n.partial).to_owned(),
        (Record::Need(n), "validity") => format::span(n.valid_from, n.valid_until),
        (Record::Need(n), "contact") => contact(&n.contact),
        (Record::Need(n), "note") => n.note.clone(),
        (Record::Offer(o), "title") => o.title.clone(),
        (Record::Offer(o), "number") => o.number.clone(),
        (Record::Offer(o), "detail") => o.detail.clone(),
        (Record::Offer(o), "capacity") => format::quantity(o.capacity.as_ref()),
        (Record::Offer(o), "spare_capacity") => format::quantity(o.spare_capacity.as_ref()),
        (Record::Offer(o), "price") => format::price(o.price.as_ref()),
        (Record::Offer(o), "minimum_order") => format::quantity(o.minimum_order.as_ref()),
        (Record::Offer(o), "lot") => format::quantity(o.lot.as_ref()),
        (Record::Offer(o), "lead_days") => days(o.lead_days),
        (Record::Offer(o), "sample_days") => days(o.sample_days),
        (Record::Offer(o), "standard") => o.standard.clone(),
        (Record::Offer(o), "material") => o.material.clone(),
        (Record::Offer(o), "certificates") => o.certificates.join(format::comma(lang)),
        (Record::Offer(o), "supply_radius_km") => km(o.supply_radius_km),
        (Record::Offer(o), "customers") => o.customers.clone(),
        (Record::Offer(o), "validity") => format::span(o.valid_from, o.valid_until),
        (Record::Offer(o), "contact") => contact(&o.contact),
        (Record::Offer(o), "note") => o.note.clone(),
        _ => String::new(),
    }
}

/// The columns of one side of a list; none for parts and materials, whose columns are those of [`super`].
pub fn of(market: Option<&Market>, side: Noun) -> Vec<(&MarketField, &Names)> {
    market.map_or_else(Vec::new, |market| market.columns_of(side).collect())
}

/// What a side's title is called: by its market, else by the word of parts and materials.
pub fn title<'m>(lang: Lang, market: Option<&'m Market>, side: Noun, ours: &'m str) -> &'m str {
    market.and_then(|market| market.title_of(side)).map_or(ours, |names| lang.of(names))
}
