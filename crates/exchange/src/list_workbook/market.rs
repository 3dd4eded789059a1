//! 需求 and 供给 of another market than parts and materials: the columns of its lists first, then its other fields, by its names.

use super::needs::bound;
use super::{Page, amount, amount_by_time, price, validity};
use crate::write::{Column, Put, Styles, WriteError, narrow, table, wide};
use model::enterprise::Contact;
use model::list::{ListNeed, ListOffer};
use model::markets::{FieldKind, Market, MarketField};
use model::need::Need;
use model::offer::Offer;
use model::spec::SpecValue;
use model::visibility::Noun;
use rust_xlsxwriter::Workbook;
use std::collections::BTreeMap;

/// Writes the sheet of needs.
pub(super) fn needs(
    book: &mut Workbook,
    styles: &Styles,
    page: &Page<'_>,
    market: &Market,
) -> Result<(), WriteError> {
    let fields = fields(market, Noun::Need);
    let mut columns = head(page, Noun::Need);
    columns.extend(fields.iter().flat_map(|(field, name)| headings(field, name)));
    columns.extend(person(market, Noun::Need));
    columns.extend([
        narrow("公开级别", 9.0),
        narrow("与上期比", 9.0),
        narrow("对接情况", 9.0),
        wide("受限于", 24.0),
    ]);
    let rows = page.list.content.needs.iter().map(|listed: &ListNeed| {
        let need = &listed.need;
        let mut cells = first(page, listed.number, &need.enterprise, &need.title);
        cells.extend(fields.iter().flat_map(|(field, _)| match field.own {
            true => vec![own(page, market, field, Noun::Need, &need.own)],
            false => of_need(&field.id, need),
        }));
        cells.extend(last(&need.contact, validity(need.valid_from, need.valid_until), &need.note));
        cells.extend([
            need.visibility.zh().into(),
            listed.change.zh().into(),
            listed.state.zh().into(),
            bound(&need.key, page).into(),
        ]);
        cells
    });
    let title = page.side_title(Noun::Need, "需求");
    Ok(table(book, styles, "需求", [&title, &page.subtitle], &columns, rows)?)
}

/// Writes the sheet of offers.
pub(super) fn offers(
    book: &mut Workbook,
    styles: &Styles,
    page: &Page<'_>,
    market: &Market,
) -> Result<(), WriteError> {
    let fields = fields(market, Noun::Offer);
    let mut columns = head(page, Noun::Offer);
    columns.extend(fields.iter().flat_map(|(field, name)| headings(field, name)));
    columns.extend(person(market, Noun::Offer));
    columns.push(narrow("与上期比", 9.0));
    let rows = page.list.content.offers.iter().map(|listed: &ListOffer| {
        let offer = &listed.offer;
        let mut cells = first(page, listed.number, &offer.enterprise, &offer.title);
        cells.extend(fields.iter().flat_map(|(field, _)| match field.own {
            true => vec![own(page, market, field, Noun::Offer, &offer.own)],
            false => of_offer(&field.id, offer),
        }));
        let valid = validity(offer.valid_from, offer.valid_until);
        cells.extend(last(&offer.contact, valid, &offer.note));
        cells.push(listed.change.zh().into());
        cells
    });
    let title = page.side_title(Noun::Offer, "供给");
    Ok(table(book, styles, "供给", [&title, &page.subtitle], &columns, rows)?)
}

/// Fields that stand at the end of every row, whatever a market calls them.
const LAST: [&str; 4] = ["title", "validity", "contact", "note"];

/// The fields of a side with their headings: the market's columns first; a number with the unit that it is in.
fn fields(market: &Market, side: Noun) -> Vec<(&MarketField, String)> {
    let named = |(field, _): &(&MarketField, _)| !LAST.contains(&field.id.as_str());
    let mut fields: Vec<_> = market.fields_of(side).filter(named).collect();
    fields.sort_by_key(|(field, _)| !field.column);
    let heading = |name: &str, unit: Option<&String>| match unit {
        Some(unit) => format!("{name}（{unit}）"),
        None => name.to_owned(),
    };
    fields.into_iter().map(|(field, names)| (field, heading(&names.zh, field.unit.as_ref()))).collect()
}

fn head<'p>(page: &'p Page<'_>, side: Noun) -> Vec<Column<'p>> {
    let title = wide(page.title_of(side, "名称"), 24.0);
    let mut columns = vec![narrow("序号", 6.0), wide("企业名称", 26.0), narrow("所在县区", 10.0)];
    columns.push(title);
    columns
}

fn first(page: &Page<'_>, number: u32, enterprise: &str, title: &str) -> Vec<Put> {
    vec![number.into(), page.enterprise_name(enterprise).into(), page.region(enterprise).into(), title.into()]
}

/// The columns of a field: a quantity is number and unit, a price its two ends and what it is for.
fn headings<'n>(field: &MarketField, name: &'n str) -> Vec<Column<'n>> {
    match (field.own, field.id.as_str()) {
        (true, _) if matches!(field.kind, FieldKind::Text | FieldKind::Area) => vec![wide(name, 20.0)],
        (true, _) => vec![narrow(name, 13.0)],
        (false, "detail") => vec![wide(name, 36.0)],
        (false, "quantity") => vec![narrow(name, 10.0), narrow("单位", 8.0), narrow("频次", 7.0)],
        (false, "capacity" | "spare_capacity" | "minimum_order" | "lot") => {
            vec![narrow(name, 10.0), narrow("单位", 9.0)]
        }
        (false, "price") => vec![narrow(name, 10.0), narrow("至", 10.0), narrow("价格单位", 9.0)],
        (false, _) => vec![wide(name, 14.0)],
    }
}

/// The name of what every record has: the market's, where it names it.
fn person(market: &Market, side: Noun) -> [Column<'_>; 5] {
    let named = |id: &str, ours: &'static str| {
        market.fields_of(side).find(|(field, _)| field.id == id).map_or(ours, |(_, names)| &names.zh)
    };
    [
        narrow(named("validity", "有效期"), 13.0),
        narrow(named("contact", "联系人"), 9.0),
        narrow("职务", 9.0),
        narrow("电话", 14.0),
        wide(named("note", "备注"), 18.0),
    ]
}

fn last(contact: &Contact, validity: Put, note: &str) -> [Put; 5] {
    [
        validity,
        contact.name.as_str().into(),
        contact.position.as_str().into(),
        contact.phone.as_str().into(),
        note.into(),
    ]
}

/// A value of the market's own: a number where it is one in the field's unit, else its words.
fn own(
    page: &Page<'_>,
    market: &Market,
    field: &MarketField,
    side: Noun,
    values: &BTreeMap<String, String>,
) -> Put {
    let Some(text) = values.get(&field.id) else { return Put::Blank };
    let read = market.read_own(&field.id, text, side, &page.reference.units).ok().flatten();
    let single = read.as_ref().and_then(|spec| match &spec.value {
        SpecValue::Interval(range) if spec.unit == field.unit => range.single(),
        _ => None,
    });
    match single {
        Some(number) => Put::Number(number),
        None => field.told(text).as_ref().into(),
    }
}

/// A need's own field under the columns of [`headings`].
fn of_need(field: &str, need: &Need) -> Vec<Put> {
    match field {
        "number" => vec![need.number.as_str().into()],
        "detail" => vec![need.detail.as_str().into()],
        "quantity" => amount_by_time(need.quantity.as_ref()).into(),
        "price" => price(need.price.as_ref()).into(),
        "delivery" => vec![need.delivery.as_str().into()],
        "standard" => vec![need.standard.as_str().into()],
        "material" => vec![need.material.as_str().into()],
        "certificates" => vec![need.certificates.join("、").into()],
        "payment" => vec![need.payment.as_str().into()],
        "current_source" => vec![need.current_source.as_str().into()],
        "max_distance_km" => vec![need.max_distance_km.into()],
        "needed_by" => vec![need.needed_by.map_or_else(String::new, |day| day.to_string()).into()],
        "partial" => {
            vec![need.partial.map_or("", |partial| if partial { "是" } else { "否" }).into()]
        }
        _ => vec![Put::Blank],
    }
}

/// An offer's own field under the columns of [`headings`].
fn of_offer(field: &str, offer: &Offer) -> Vec<Put> {
    match field {
        "number" => vec![offer.number.as_str().into()],
        "detail" => vec![offer.detail.as_str().into()],
        "capacity" => amount(offer.capacity.as_ref()).into(),
        "spare_capacity" => amount(offer.spare_capacity.as_ref()).into(),
        "price" => price(offer.price.as_ref()).into(),
        "minimum_order" => amount(offer.minimum_order.as_ref()).into(),
        "lot" => amount(offer.lot.as_ref()).into(),
        "lead_days" => vec![offer.lead_days.map_or(Put::Blank, Put::from)],
        "sample_days" => vec![offer.sample_days.map_or(Put::Blank, Put::from)],
        "standard" => vec![offer.standard.as_str().into()],
        "material" => vec![offer.material.as_str().into()],
        "certificates" => vec![offer.certificates.join("、").into()],
        "supply_radius_km" => vec![offer.supply_radius_km.into()],
        "customers" => vec![offer.customers.as_str().into()],
        _ => vec![Put::Blank],
    }
}
