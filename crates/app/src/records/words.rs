//! Records in words, field by field: for forms, for what changed between versions, for exports, and for naming the protected
//! fields that somebody has seen.

use exchange::import::FICTIONAL_LABEL;
use jiff::civil::Date;
use model::enterprise::{Contact, Enterprise};
use model::evidence::Evidence;
use model::markets::MarketKey;
use model::need::Need;
use model::offer::Offer;
use model::reference::Reference;
use model::spec::Specification;
use model::visibility::Noun;
use std::collections::BTreeMap;

/// A field of a record in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Name of the field, as in the table of levels; of a market's own field with the market before it.
    pub field: String,
    /// Its Chinese name.
    pub zh: String,
    /// Its words; empty where nothing is said.
    pub text: String,
}

/// A record in words.
pub trait Words {
    /// All fields but keys, in the order of the workbooks.
    fn words(&self, reference: &Reference) -> Vec<Said>;
}

fn said(field: &str, zh: &str, text: impl Into<String>) -> Said {
    Said { field: field.to_owned(), zh: zh.to_owned(), text: text.into() }
}

/// Fields that a record has in every market.
const EVERYWHERE: [&str; 8] =
    ["number", "title", "detail", "specs", "validity", "contact", "note", "visibility"];

/// The words as the record's market has them: only its fields, by its names, and its own ones before the last four.
fn in_market(
    words: Vec<Said>,
    reference: &Reference,
    market: &MarketKey,
    side: Noun,
    own: &BTreeMap<String, String>,
) -> Vec<Said> {
    let Some(market) = reference.markets.other(market) else { return words };
    let named = |id: &str| market.fields_of(side).find(|(field, _)| !field.own && field.id == id);
    let mut out: Vec<Said> = words
        .into_iter()
        .filter_map(|said| match named(&said.field) {
            Some((_, names)) => Some(Said { zh: names.zh.clone(), ..said }),
            None => EVERYWHERE.contains(&said.field.as_str()).then_some(said),
        })
        .collect();
    let at = out.iter().position(|said| said.field == "validity").unwrap_or(out.len());
    let own = market.fields_of(side).filter(|(field, _)| field.own).map(|(field, names)| {
        said(&market.property_of(&field.id), &names.zh, own.get(&field.id).cloned().unwrap_or_default())
    });
    out.splice(at..at, own.collect::<Vec<_>>());
    out
}

/// Yes or no in Chinese; empty where nothing is said.
pub fn yes_or_no(value: Option<bool>) -> String {
    value.map_or_else(String::new, |yes| if yes { "是" } else { "否" }.to_owned())
}

/// A value as text; empty where there is none.
pub fn shown<T: std::fmt::Display>(value: Option<&T>) -> String {
    value.map_or_else(String::new, ToString::to_string)
}

fn specs(specs: &[Specification], reference: &Reference) -> String {
    specs.iter().map(|s| s.zh(&reference.properties)).collect::<Vec<_>>().join("；")
}

fn node(id: Option<&model::chain::NodeId>, reference: &Reference) -> String {
    id.map_or_else(String::new, |id| {
        reference.chain.get(id).map_or_else(|| id.to_string(), |n| n.name_zh.clone())
    })
}

/// First and last day as the import reads them again.
pub fn validity(from: Option<Date>, until: Option<Date>) -> String {
    match (from, until) {
        (Some(from), Some(until)) => format!("{from}至{until}"),
        (None, Some(until)) => until.to_string(),
        (Some(from), None) => format!("{from}起"),
        (None, None) => String::new(),
    }
}

/// Kilometres without a unit, as forms ask for them.
pub fn km(value: Option<f64>) -> String {
    value.map_or_else(String::new, model::quantity::number)
}

fn contact(contact: &Contact) -> String {
    [&contact.name, &contact.position, &contact.phone]
        .into_iter()
        .filter(|t| !t.is_empty())
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Name of a region; its code where nobody knows it.
pub fn region(code: Option<&String>, reference: &Reference) -> String {
    code.map_or_else(String::new, |code| {
        reference.regions.get(code).map_or_else(|| code.clone(), |r| r.name.clone())
    })
}

impl Words for Enterprise {
    fn words(&self, reference: &Reference) -> Vec<Said> {
        // Destructured, so that a new field cannot be forgotten here.
        let Self {
            key: _,
            uscc,
            name,
            short_name,
            other_names,
            region: county,
            park,
            address,
            point,
            industry,
            group,
            products,
            employees,
            revenue_fen,
            contact: person,
            note,
            fictional,
            visibility,
            merged_into: _,
        } = self;
        let industry = industry.as_deref().map_or_else(String::new, |code| {
            reference
                .industries
                .get(code)
                .map_or_else(|| code.to_owned(), |i| format!("{} {}", i.code, i.name_zh))
        });
        let label = if *fictional && !name.is_empty() { FICTIONAL_LABEL } else { "" };
        vec![
            said("name", "企业名称", format!("{name}{label}")),
            said("uscc", "统一社会信用代码", shown(uscc.as_ref())),
            said("short_name", "简称", short_name),
            said("other_names", "曾用名", other_names.join("、")),
            said("region", "所在县区", region(county.as_ref(), reference)),
            said("park", "所在园区", region(park.as_ref(), reference)),
            said("address", "地址", address),
            said("point", "坐标", point.map_or_else(String::new, |p| format!("{} {}", p.lon, p.lat))),
            said("industry", "行业代码", industry),
            said("group", "产业链小组", group),
            said("products", "主营产品", products),
            said("employees", "从业人数", shown(employees.as_ref())),
            said("revenue_fen", "营业收入", revenue(*revenue_fen)),
            said("contact", "联系人", contact(person)),
            said("note", "备注", note),
            said("visibility", "公开级别", visibility.zh()),
        ]
    }
}

/// A revenue as the import reads it again.
pub fn revenue(fen: Option<i64>) -> String {
    fen.map_or_else(String::new, |fen| format!("{}万元", model::quantity::number(fen as f64 / 1e6)))
}

impl Words for Need {
    fn words(&self, reference: &Reference) -> Vec<Said> {
        let Self {
            key: _,
            enterprise: _,
            number,
            title,
            detail,
            node: chain,
            specs: read,
            unread: _,
            quantity,
            price,
            delivery,
            standard,
            material,
            certificates,
            payment,
            current_source,
            max_distance_km,
            valid_from,
            valid_until,
            contact: person,
            note,
            visibility,
            needed_by,
            partial,
            market,
            own,
            merged_into: _,
        } = self;
        let words = vec![
            said("number", "编号", number),
            said("title", "需求名称", title),
            said("detail", "规格参数", detail),
            said("specs", "规格", specs(read, reference)),
            said("node", "产业链节点", node(chain.as_ref(), reference)),
            said("quantity", "数量", shown(quantity.as_ref())),
            said("price", "预算/参考价", shown(price.as_ref())),
            said("delivery", "交期", delivery),
            said("standard", "执行标准", standard),
            said("material", "材质", material),
            said("certificates", "认证要求", certificates.join("、")),
            said("payment", "付款方式", payment),
            said("current_source", "目前供应地/供应商", current_source),
            said("max_distance_km", "最远距离", km(*max_distance_km)),
            said("needed_by", "最迟到货日期", shown(needed_by.as_ref())),
            said("partial", "可否分批", yes_or_no(*partial)),
            said("validity", "有效期", validity(*valid_from, *valid_until)),
            said("contact", "联系人", contact(person)),
            said("note", "备注", note),
            said("visibility", "公开级别", visibility.zh()),
        ];
        in_market(words, reference, market, Noun::Need, own)
    }
}

impl Words for Offer {
    fn words(&self, reference: &Reference) -> Vec<Said> {
        let Self {
            key: _,
            enterprise: _,
            number,
            title,
            detail,
            node: chain,
            specs: read,
            unread: _,
            capacity,
            spare_capacity,
            price,
            minimum_order,
            sample_days,
            standard,
            material,
            certificates,
            supply_radius_km,
            customers,
            valid_from,
            valid_until,
            contact: person,
            evidence,
            note,
            visibility,
            lead_days,
            lot,
            market,
            own,
            merged_into: _,
        } = self;
        let words = vec![
            said("number", "编号", number),
            said("title", "产品名称", title),
            said("detail", "规格参数", detail),
            said("specs", "规格", specs(read, reference)),
            said("node", "产业链节点", node(chain.as_ref(), reference)),
            said("capacity", "产能", shown(capacity.as_ref())),
            said("spare_capacity", "剩余产能", shown(spare_capacity.as_ref())),
            said("price", "单价区间", shown(price.as_ref())),
            said("minimum_order", "最小起订", shown(minimum_order.as_ref())),
            said("sample_days", "样品周期", shown(sample_days.as_ref())),
            said("standard", "执行标准", standard),
            said("material", "材质", material),
            said("certificates", "认证", certificates.join("、")),
            said("supply_radius_km", "供货半径", km(*supply_radius_km)),
            said("customers", "主要客户", customers),
            said("lead_days", "交货周期", shown(lead_days.as_ref())),
            said("lot", "批量", shown(lot.as_ref())),
            said("validity", "有效期", validity(*valid_from, *valid_until)),
            said("contact", "联系人", contact(person)),
            said("evidence", "实测证据", evidence.iter().map(Evidence::zh).collect::<Vec<_>>().join("；")),
            said("note", "备注", note),
            said("visibility", "公开级别", visibility.zh()),
        ];
        in_market(words, reference, market, Noun::Offer, own)
    }
}
