//! Files 3 and 4: GB18030 exports of an old system with headings half English, half Chinese.

use super::bureau::written_quantity;
use super::cluster::{Cluster, Source};
use super::rng::Rng;
use super::table::{Cell, Table, column};

/// Needs that commissioners entered.
pub fn needs(seed: u64, cluster: &Cluster) -> Table {
    let mut rng = Rng::new(seed, "legacy needs");
    let columns = [
        "ID",
        "Enterprise企业名称",
        "USCC",
        "County县区",
        "Product需求产品",
        "Spec规格参数",
        "Qty数量",
        "Budget预算",
        "Delivery交期",
        "Source目前供应地",
        "Supplier目前供应商",
        "Cert认证要求",
        "Payment付款方式",
        "MaxKm最远距离(km)",
        "ValidFrom生效日期",
        "ValidTo截止日期",
        "Contact联系人",
        "Tel手机",
        "Level公开级别",
        "Remark备注",
    ];
    let mut table = Table::new(
        "需求导出",
        "虚构示例数据：企业特派员系统需求导出 2026-11-20".to_owned(),
        String::new(),
        columns.into_iter().map(|heading| column(heading, 12.0)).collect(),
    );
    for (need, firm) in cluster.needs_of(Source::Legacy) {
        table.push(vec![
            (&need.number).into(),
            firm.labelled().into(),
            firm.uscc.as_str().into(),
            (&firm.county_name).into(),
            (&need.title).into(),
            (&need.spec).into(),
            written_quantity(&mut rng, need).into(),
            need.price.as_ref().map(ToString::to_string).unwrap_or_default().into(),
            (&need.delivery).into(),
            (&need.current_place).into(),
            (&need.current_supplier).into(),
            need.certificates.join("/").into(),
            (&need.payment).into(),
            need.max_km.map_or(Cell::Empty, |km| i64::from(km).into()),
            need.valid.from.written(1).into(),
            need.valid.until.written(1).into(),
            (&firm.contact.name).into(),
            (&firm.contact.phone).into(),
            need.visibility.into(),
            "虚构企业".into(),
        ]);
    }
    table
}

/// Offers of the same enterprises.
pub fn offers(seed: u64, cluster: &Cluster) -> Table {
    let mut rng = Rng::new(seed, "legacy offers");
    let columns = [
        "OfferNo",
        "Company企业名称",
        "USCC",
        "County",
        "ProductName产品名称",
        "Spec规格",
        "Capacity月产能",
        "Spare剩余产能",
        "Price参考价",
        "MOQ起订量",
        "SampleDays样品周期",
        "Radius供货半径",
        "Cert认证",
        "ValidTo",
        "Contact",
        "Tel",
        "Remark",
    ];
    let mut table = Table::new(
        "供给导出",
        "虚构示例数据：老系统产品库导出 2026-11-20".to_owned(),
        String::new(),
        columns.into_iter().map(|heading| column(heading, 12.0)).collect(),
    );
    for (offer, firm) in cluster.offers_of(Source::Legacy) {
        let capacity = match rng.below(3) {
            0 => format!("月产{}", offer.capacity.spelled_out()),
            1 => format!("月产{}", offer.capacity),
            _ => format!("{}/月", offer.capacity),
        };
        table.push(vec![
            (&offer.number).into(),
            firm.labelled().into(),
            firm.uscc.as_str().into(),
            (&firm.county).into(),
            (&offer.title).into(),
            (&offer.spec).into(),
            capacity.into(),
            format!("{}/月", offer.spare).into(),
            offer.price.to_string().into(),
            offer.minimum.as_ref().map(ToString::to_string).unwrap_or_default().into(),
            offer.sample_days.map(|days| format!("{days}天")).unwrap_or_default().into(),
            offer.radius_km.map(|km| format!("{km}km")).unwrap_or_default().into(),
            offer.certificates.join("、").into(),
            offer.valid.until.written(2).into(),
            (&firm.contact.name).into(),
            (&firm.contact.phone).into(),
            "虚构企业".into(),
        ]);
    }
    table
}
