//! 供需对接: the pairs of a list with reasons, verdicts, distance, allocation and review.

use super::{Page, amount};
use crate::words;
use crate::write::{Column, Put, Styles, WriteError, narrow, table, wide};
use model::list::{ListPair, Review};
use model::matching::Allocation;
use model::visibility::Noun;
use rust_xlsxwriter::Workbook;

const COLUMNS: [Column<'static>; 18] = [
    narrow("需求序号", 7.0),
    wide("需求企业", 20.0),
    wide("需求产品", 16.0),
    narrow("名次", 5.0),
    narrow("供给序号", 7.0),
    wide("供给企业", 20.0),
    narrow("供给县区", 10.0),
    wide("供给产品", 16.0),
    narrow("得分", 7.0),
    wide("理由", 34.0),
    wide("规格比对", 36.0),
    narrow("距离（km）", 9.0),
    narrow("配给数量", 10.0),
    narrow("单位", 8.0),
    narrow("满足程度", 9.0),
    narrow("可行", 5.0),
    wide("审核", 10.0),
    narrow("与上期比", 9.0),
];

/// Places of the columns that the market names.
const NEED_TITLE: usize = 2;
const OFFER_TITLE: usize = 7;

pub(super) fn write(book: &mut Workbook, styles: &Styles, page: &Page<'_>) -> Result<(), WriteError> {
    let rows = page.list.content.pairs.iter().map(|p| row(p, page));
    let mut columns = COLUMNS;
    columns[NEED_TITLE].heading = page.title_of(Noun::Need, COLUMNS[NEED_TITLE].heading);
    columns[OFFER_TITLE].heading = page.title_of(Noun::Offer, COLUMNS[OFFER_TITLE].heading);
    Ok(table(
        book,
        styles,
        "供需对接",
        [&format!("{}（供需对接）", page.title), &page.subtitle],
        &columns,
        rows,
    )?)
}

/// How much of the need this covers, and what is delivered in whole lots where that is more.
fn covered(allocation: &Allocation) -> String {
    let words = words::coverage(allocation.coverage);
    match &allocation.delivered {
        Some(delivered) => format!("{words}（整批供{delivered}）"),
        None => words.to_owned(),
    }
}

fn row(pair: &ListPair, page: &Page<'_>) -> [Put; 18] {
    let matched = &pair.matched;
    let need = page.index.need(&matched.need);
    let offer = page.index.offer(&matched.offer);
    let allocation = pair.allocation.as_ref();
    let [quantity, unit] = amount(allocation.and_then(|a| a.quantity.as_ref()));
    let review = match &pair.review {
        Review::Rejected { reason } => format!("{}：{reason}", pair.review.zh()),
        review => review.zh().to_owned(),
    };
    [
        need.map_or(Put::Blank, |n| n.number.into()),
        need.map_or(String::new(), |n| page.enterprise_name(&n.need.enterprise)).into(),
        need.map_or("", |n| &n.need.title).into(),
        matched.rank.into(),
        offer.map_or(Put::Blank, |o| o.number.into()),
        offer.map_or(String::new(), |o| page.enterprise_name(&o.offer.enterprise)).into(),
        offer.map_or("", |o| page.region(&o.offer.enterprise)).into(),
        offer.map_or("", |o| &o.offer.title).into(),
        Put::Score(matched.score),
        words::reasons(matched).into(),
        words::verdicts(matched, page.reference).into(),
        matched.distance_km.map(|km| (km * 10.0).round() / 10.0).into(),
        quantity,
        unit,
        allocation.map_or_else(String::new, covered).into(),
        if matched.feasible { "是" } else { "否" }.into(),
        review.into(),
        pair.change.zh().into(),
    ]
}
