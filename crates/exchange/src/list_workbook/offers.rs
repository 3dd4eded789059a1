//! 供给: the offers of a list.

use super::{Page, amount, price, validity};
use crate::write::{Column, Put, Styles, WriteError, narrow, table, wide};
use model::list::ListOffer;
use rust_xlsxwriter::Workbook;

const COLUMNS: [Column<'static>; 26] = [
    narrow("序号", 6.0),
    wide("企业名称", 26.0),
    narrow("所在县区", 10.0),
    narrow("产业链小组", 12.0),
    wide("产品名称", 20.0),
    wide("规格参数", 36.0),
    wide("执行标准", 14.0),
    narrow("材质", 10.0),
    narrow("产能", 10.0),
    narrow("产能单位", 9.0),
    narrow("剩余产能", 10.0),
    narrow("剩余产能单位", 9.0),
    wide("现有主要客户", 16.0),
    wide("认证", 16.0),
    narrow("供货半径（km）", 9.0),
    narrow("最小起订量", 10.0),
    narrow("样品周期（天）", 9.0),
    narrow("单价下限", 9.0),
    narrow("单价上限", 9.0),
    narrow("价格单位", 9.0),
    narrow("有效期", 13.0),
    narrow("联系人", 9.0),
    narrow("职务", 9.0),
    narrow("电话", 14.0),
    wide("备注", 18.0),
    narrow("与上期比", 9.0),
];

pub(super) fn write(book: &mut Workbook, styles: &Styles, page: &Page<'_>) -> Result<(), WriteError> {
    let rows = page.list.content.offers.iter().map(|o| row(o, page));
    Ok(table(book, styles, "供给", [&format!("{}（供给）", page.title), &page.subtitle], &COLUMNS, rows)?)
}

fn row(listed: &ListOffer, page: &Page<'_>) -> [Put; 26] {
    let offer = &listed.offer;
    let [capacity, unit] = amount(offer.capacity.as_ref());
    let [spare, spare_unit] = amount(offer.spare_capacity.as_ref());
    let [low, high, per] = price(offer.price.as_ref());
    [
        listed.number.into(),
        page.enterprise_name(&offer.enterprise).into(),
        page.region(&offer.enterprise).into(),
        page.group(offer.node.as_ref()).into(),
        offer.title.as_str().into(),
        offer.detail.as_str().into(),
        offer.standard.as_str().into(),
        offer.material.as_str().into(),
        capacity,
        unit,
        spare,
        spare_unit,
        offer.customers.as_str().into(),
        offer.certificates.join("、").into(),
        offer.supply_radius_km.into(),
        offer.minimum_order.as_ref().map_or(String::new(), ToString::to_string).into(),
        offer.sample_days.map_or(Put::Blank, Put::from),
        low,
        high,
        per,
        validity(offer.valid_from, offer.valid_until),
        offer.contact.name.as_str().into(),
        offer.contact.position.as_str().into(),
        offer.contact.phone.as_str().into(),
        offer.note.as_str().into(),
        listed.change.zh().into(),
    ]
}
