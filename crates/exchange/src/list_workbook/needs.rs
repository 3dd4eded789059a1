//! 需求: the needs of a list.

use super::{Page, amount_by_time, labelled, price, validity};
use crate::write::{Column, Put, Styles, WriteError, narrow, table, wide};
use model::list::ListNeed;
use rust_xlsxwriter::Workbook;

const COLUMNS: [Column<'static>; 27] = [
    narrow("序号", 6.0),
    wide("企业名称", 26.0),
    narrow("所在县区", 10.0),
    narrow("产业链小组", 12.0),
    wide("需求产品名称", 20.0),
    wide("规格型号/技术参数", 36.0),
    wide("执行标准", 14.0),
    narrow("材质", 10.0),
    narrow("数量", 10.0),
    narrow("单位", 8.0),
    narrow("频次", 7.0),
    narrow("参考价下限", 10.0),
    narrow("参考价上限", 10.0),
    narrow("价格单位", 9.0),
    narrow("交期", 10.0),
    wide("目前供应地/供应商", 16.0),
    wide("质量认证要求", 14.0),
    wide("付款方式", 12.0),
    narrow("有效期", 13.0),
    narrow("联系人", 9.0),
    narrow("职务", 9.0),
    narrow("电话", 14.0),
    wide("备注", 18.0),
    narrow("公开级别", 9.0),
    narrow("与上期比", 9.0),
    narrow("对接情况", 9.0),
    wide("受限于", 24.0),
];

pub(super) fn write(book: &mut Workbook, styles: &Styles, page: &Page<'_>) -> Result<(), WriteError> {
    let rows = page.list.content.needs.iter().map(|n| row(n, page));
    Ok(table(book, styles, "需求", [&format!("{}（需求）", page.title), &page.subtitle], &COLUMNS, rows)?)
}

/// What keeps a need from a better supply, and at whom.
pub(super) fn bound(need: &str, page: &Page<'_>) -> String {
    let allotment = page.list.content.allotment.as_ref();
    let Some(bound) = allotment.and_then(|a| a.need(need)) else { return String::new() };
    let firms: Vec<String> =
        bound.offers.iter().take(3).filter_map(|o| page.index.supplier(o)).map(labelled).collect();
    match firms.as_slice() {
        [] => bound.binding.zh().to_owned(),
        firms => format!("{}：{}", bound.binding.zh(), firms.join("、")),
    }
}

fn row(listed: &ListNeed, page: &Page<'_>) -> [Put; 27] {
    let need = &listed.need;
    let [quantity, unit, time] = amount_by_time(need.quantity.as_ref());
    let [low, high, per] = price(need.price.as_ref());
    [
        listed.number.into(),
        page.enterprise_name(&need.enterprise).into(),
        page.region(&need.enterprise).into(),
        page.group(need.node.as_ref()).into(),
        need.title.as_str().into(),
        need.detail.as_str().into(),
        need.standard.as_str().into(),
        need.material.as_str().into(),
        quantity,
        unit,
        time,
        low,
        high,
        per,
        need.delivery.as_str().into(),
        need.current_source.as_str().into(),
        need.certificates.join("、").into(),
        need.payment.as_str().into(),
        validity(need.valid_from, need.valid_until),
        need.contact.name.as_str().into(),
        need.contact.position.as_str().into(),
        need.contact.phone.as_str().into(),
        need.note.as_str().into(),
        need.visibility.zh().into(),
        listed.change.zh().into(),
        listed.state.zh().into(),
        bound(&need.key, page).into(),
    ]
}
