//! Workbook 1: the alliance's own list, three sheets, as its secretariat keeps it.

use super::amount::Per;
use super::cluster::{Cluster, Firm, Need, Offer, Source, labelled};
use super::rng::Rng;
use super::table::{Cell, Column, Table, below, column};

/// Title of the workbook and of its sheets.
pub const TITLE: &str = "吉安市电子信息产业联盟供需信息汇总（虚构示例数据）";
const NOTE: &str = "说明：本表为虚构示例数据，企业、人员、电话、统一社会信用代码（91360899XUGU 段）均为虚构，请勿用于其他用途。";
/// Members from the county whose bureau sends its own workbook: so many stand here too, with their code.
const MEMBERS_TWICE: usize = 4;
/// And so many stand here under a shortened name and without code: likely duplicates to be proposed.
pub const LIKELY_DUPLICATES: usize = 2;
/// Offers of the last of the members above, which it sent to the alliance too under a slightly different title: twins to be proposed.
pub const OFFERS_TWICE: usize = 2;

/// The three sheets.
pub fn tables(seed: u64, cluster: &Cluster) -> Vec<Table> {
    let mut rng = Rng::new(seed, "alliance");
    vec![directory(cluster), offers(&mut rng, cluster), needs(cluster)]
}

fn directory(cluster: &Cluster) -> Table {
    let columns: Vec<Column> = vec![
        column("序号", 6.0),
        column("企业名称", 34.0),
        column("统一社会信用代码", 22.0),
        column("简称", 12.0),
        column("所在县区", 10.0),
        column("所在园区", 22.0),
        column("地址", 34.0),
        column("产业链小组", 18.0),
        column("行业代码", 9.0),
        column("主营产品", 34.0),
        column("从业人数", 9.0),
        column("营业收入（万元）", 12.0),
        column("联系人", 10.0),
        column("职务", 12.0),
        column("手机", 14.0),
        column("备注", 12.0),
    ];
    let mut table = Table::new("企业名录", format!("{TITLE}——企业名录"), NOTE.to_owned(), columns);
    for firm in cluster.firms.iter().filter(|f| f.source != Source::Bureau) {
        push_firm(&mut table, firm, &firm.name, firm.uscc.as_str());
    }
    for firm in members(cluster).take(MEMBERS_TWICE) {
        push_firm(&mut table, firm, &firm.name, firm.uscc.as_str());
    }
    for firm in members(cluster).skip(MEMBERS_TWICE).take(LIKELY_DUPLICATES) {
        push_firm(&mut table, firm, &firm.name.replace("有限公司", "公司"), "");
    }
    table
}

fn push_firm(table: &mut Table, firm: &Firm, name: &str, code: &str) {
    table.push(vec![
        Cell::from(table.rows.len() as i64 + 1),
        labelled(name).into(),
        code.into(),
        (&firm.short_name).into(),
        (&firm.county_name).into(),
        (&firm.park).into(),
        (&firm.address).into(),
        (&firm.group).into(),
        (&firm.industry).into(),
        (&firm.products).into(),
        firm.employees.into(),
        firm.revenue_wan.into(),
        (&firm.contact.name).into(),
        (&firm.contact.position).into(),
        (&firm.contact.phone).into(),
        "虚构企业".into(),
    ]);
}

fn offers(rng: &mut Rng, cluster: &Cluster) -> Table {
    let columns: Vec<Column> = vec![
        column("序号", 6.0),
        column("编号", 10.0),
        column("企业名称", 34.0),
        column("所在县区/园区", 20.0),
        below("产品", "产品名称", 26.0),
        below("产品", "规格参数", 52.0),
        below("产品", "执行标准", 12.0),
        below("产品", "认证", 18.0),
        below("产能", "年产能", 16.0),
        below("产能", "剩余产能", 16.0),
        below("产能", "最小起订", 12.0),
        below("商务", "单价区间", 18.0),
        below("商务", "样品周期", 10.0),
        below("商务", "供货半径", 10.0),
        below("商务", "主要客户", 16.0),
        below("有效期", "有效期起", 12.0),
        below("有效期", "有效期止", 12.0),
        column("联系人", 10.0),
        column("手机", 14.0),
        column("备注", 12.0),
    ];
    let mut table = Table::new("供给清单", format!("{TITLE}——供给清单"), NOTE.to_owned(), columns);
    for (offer, firm) in cluster.offers_of(Source::Alliance) {
        let row = offer_row(rng, table.rows.len() as i64 + 1, offer, firm);
        table.push(row);
    }
    // Numbered behind all that the sources number: no two offers share one.
    for ((offer, firm), number) in sent_twice(cluster).zip(cluster.offers.len() + 1..) {
        let again = Offer {
            number: format!("GY-{number:04}"),
            title: format!("{}产品", offer.title),
            ..offer.clone()
        };
        let row = offer_row(rng, table.rows.len() as i64 + 1, &again, firm);
        table.push(row);
    }
    table
}

/// The firms that the county's bureau sends.
fn members(cluster: &Cluster) -> impl Iterator<Item = &Firm> {
    cluster.firms.iter().filter(|firm| firm.source == Source::Bureau)
}

/// Offers that stand in the bureau's workbook and here: of the last of its members that stand here with their code.
fn sent_twice(cluster: &Cluster) -> impl Iterator<Item = (&Offer, &Firm)> {
    let sender = members(cluster).take(MEMBERS_TWICE).last();
    let of_sender = move |firm: &Firm| sender.is_some_and(|sender| sender.uscc == firm.uscc);
    cluster.offers_of(Source::Bureau).filter(move |(_, firm)| of_sender(firm)).take(OFFERS_TWICE)
}

fn offer_row(rng: &mut Rng, number: i64, offer: &Offer, firm: &Firm) -> Vec<Cell> {
    let place = if firm.park.is_empty() { &firm.county_name } else { &firm.park };
    let spare = match rng.chance(30) {
        true => format!("{}/月", offer.spare.spelled_out()),
        false => format!("{}/月", offer.spare),
    };
    let radius =
        offer.radius_km.map(|km| if rng.chance(50) { format!("{km}km") } else { format!("{km}公里") });
    vec![
        number.into(),
        (&offer.number).into(),
        firm.labelled().into(),
        place.into(),
        (&offer.title).into(),
        (&offer.spec).into(),
        (&offer.standard).into(),
        offer.certificates.join("、").into(),
        format!("{}/年", offer.capacity.times(12)).into(),
        spare.into(),
        offer.minimum.as_ref().map(ToString::to_string).unwrap_or_default().into(),
        offer.price.to_string().into(),
        offer.sample_days.map(|days| format!("{days}天")).unwrap_or_default().into(),
        radius.unwrap_or_default().into(),
        (&offer.customers).into(),
        Cell::Date(offer.valid.from),
        Cell::Date(offer.valid.until),
        (&firm.contact.name).into(),
        (&firm.contact.phone).into(),
        "虚构企业".into(),
    ]
}

fn needs(cluster: &Cluster) -> Table {
    let columns: Vec<Column> = vec![
        column("序号", 6.0),
        column("编号", 10.0),
        column("企业名称", 34.0),
        column("所在县区", 10.0),
        column("产业链小组", 18.0),
        column("需求产品名称", 28.0),
        column("规格型号/技术参数", 52.0),
        column("数量", 10.0),
        column("单位", 8.0),
        column("频次", 8.0),
        column("预算/参考价", 16.0),
        column("交期", 8.0),
        column("目前供应地", 12.0),
        column("目前供应商", 16.0),
        column("质量认证要求", 14.0),
        column("付款方式", 18.0),
        column("最远距离(km)", 10.0),
        column("有效期至", 12.0),
        column("联系人", 10.0),
        column("职务", 12.0),
        column("手机", 14.0),
        column("公开级别", 10.0),
        column("备注", 12.0),
    ];
    let mut table = Table::new("需求清单", format!("{TITLE}——需求清单"), NOTE.to_owned(), columns);
    for (need, firm) in cluster.needs_of(Source::Alliance) {
        let row = need_row(table.rows.len() as i64 + 1, need, firm);
        table.push(row);
    }
    table
}

fn need_row(number: i64, need: &Need, firm: &Firm) -> Vec<Cell> {
    let per = match need.per {
        Per::Month => "月",
        Per::Once => "一次",
    };
    vec![
        number.into(),
        (&need.number).into(),
        firm.labelled().into(),
        (&firm.county_name).into(),
        (&firm.group).into(),
        (&need.title).into(),
        (&need.spec).into(),
        Cell::Number(need.quantity.value()),
        need.quantity.unit.to_string().into(),
        per.into(),
        need.price.as_ref().map(ToString::to_string).unwrap_or_default().into(),
        (&need.delivery).into(),
        (&need.current_place).into(),
        (&need.current_supplier).into(),
        need.certificates.join("、").into(),
        (&need.payment).into(),
        need.max_km.map_or(Cell::Empty, |km| i64::from(km).into()),
        Cell::Date(need.valid.until),
        (&firm.contact.name).into(),
        (&firm.contact.position).into(),
        (&firm.contact.phone).into(),
        need.visibility.into(),
        "虚构企业".into(),
    ]
}
