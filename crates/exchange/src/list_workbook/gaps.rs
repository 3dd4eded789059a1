//! 缺口（补链）: the needs that the cluster cannot meet, by chain node.

use super::Page;
use crate::words;
use crate::write::{Column, Put, Styles, WriteError, narrow, table, wide};
use model::list::ListIndex;
use model::matching::{Gap, GapCause, GapGroup, Near};
use model::visibility::Noun;
use rust_xlsxwriter::Workbook;

const COLUMNS: [Column<'static>; 11] = [
    narrow("位次", 6.0),
    wide("产业链节点", 20.0),
    narrow("产业链小组", 12.0),
    narrow("需求企业数", 8.0),
    wide("未满足数量", 18.0),
    narrow("权重", 8.0),
    narrow("需求序号", 7.0),
    wide("需求企业", 26.0),
    wide("需求产品", 20.0),
    narrow("缺口原因", 10.0),
    wide("说明", 56.0),
];

/// Places of the columns that the market names.
const NODE: usize = 1;
const NEED_TITLE: usize = 8;

pub(super) fn write(book: &mut Workbook, styles: &Styles, page: &Page<'_>) -> Result<(), WriteError> {
    let groups = (1u32..).zip(&page.list.content.gaps);
    let rows =
        groups.flat_map(|(place, group)| group.gaps.iter().map(move |gap| row(place, group, gap, page)));
    let mut columns = COLUMNS;
    let wanted = page.title_of(Noun::Need, COLUMNS[NEED_TITLE].heading);
    columns[NEED_TITLE].heading = wanted;
    // Where titles are no places on the chain, a group is of one title.
    if page.market.is_some_and(|market| !market.chain) {
        columns[NODE].heading = wanted;
    }
    Ok(table(
        book,
        styles,
        "缺口（补链）",
        [&format!("{}（缺口）", page.title), &page.subtitle],
        &columns,
        rows,
    )?)
}

fn row(place: u32, group: &GapGroup, gap: &Gap, page: &Page<'_>) -> [Put; 11] {
    let need = page.index.need(&gap.need);
    let quantities: Vec<String> = group.quantities.iter().map(ToString::to_string).collect();
    [
        place.into(),
        group.name.as_str().into(),
        group.group.as_str().into(),
        group.demanders.into(),
        quantities.join("、").into(),
        Put::Score(group.weight),
        need.map_or(Put::Blank, |n| n.number.into()),
        need.map_or(String::new(), |n| page.enterprise_name(&n.need.enterprise)).into(),
        need.map_or("", |n| &n.need.title).into(),
        gap.cause.zh().into(),
        explained(gap, page).into(),
    ]
}

/// The cause, and the smallest change that would meet the need.
fn explained(gap: &Gap, page: &Page<'_>) -> String {
    let mut cause = caused(&gap.cause, page);
    if let Some(near) = &gap.near {
        let firms: Vec<String> = near.iter().map(|near| neared(near, page)).collect();
        cause += &match firms.is_empty() {
            true => "，也没有相近的企业".to_owned(),
            false => format!("。相近的企业：{}", firms.join("；")),
        };
    }
    let Some(remedy) = gap.remedies.first() else { return cause };
    format!(
        "{cause}。最小改变（比较{}项供给）：{}{}",
        gap.looked_at,
        firm(&page.index, &remedy.offer),
        words::remedy(remedy, page.reference)
    )
}

/// A firm that makes something near, and what makes it near.
fn neared(near: &Near, page: &Page<'_>) -> String {
    let node = near.node.as_ref().and_then(|id| page.reference.chain.get(id));
    let node = node.map(|node| format!("相邻节点“{}”", node.name_zh));
    let text = near.similarity.map(|s| format!("名称相似{:.0}%", s * 100.0));
    let why: Vec<String> = text.into_iter().chain(node).collect();
    format!("{}（{}）", firm(&page.index, &near.offer), why.join("，"))
}

fn caused(cause: &GapCause, page: &Page<'_>) -> String {
    match cause {
        GapCause::NoSupplier => "集群内没有企业供应".to_owned(),
        GapCause::SpecificationShort { offer, verdicts } => {
            let short: Vec<String> = verdicts.iter().map(|v| words::verdict(v, page.reference)).collect();
            format!("最接近的是{}。{}", firm(&page.index, offer), short.join("；"))
        }
        GapCause::CapacityShort { short, offer } => {
            format!("尚缺{short}；供应能力最合适的是{}", firm(&page.index, offer))
        }
        GapCause::TermsShort { short, offer, limit } => {
            format!("尚缺{short}；受限于{}：{}", limit.zh(), firm(&page.index, offer))
        }
        GapCause::TooFar { offer, distance_km, allowed_km } => {
            format!(
                "最近的是{}，相距{distance_km:.1}km，超出允许的{allowed_km:.0}km",
                firm(&page.index, offer)
            )
        }
    }
}

/// Enterprise and product of an offer.
fn firm(index: &ListIndex<'_>, offer: &str) -> String {
    let Some(listed) = index.offer(offer) else { return "（本清单未列出的供给）".to_owned() };
    let name = index.supplier(offer).map_or(String::new(), super::labelled);
    format!("{name}“{}”", listed.offer.title)
}
