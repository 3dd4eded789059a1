//! The matching list (供需对接清单) as a workbook: cover, needs, offers, pairs with reasons, gaps.
//!
//! The columns follow the lists that alliances really print. The same list always gives the same bytes.

mod cover;
mod gaps;
mod market;
mod needs;
mod offers;
mod pairs;
#[cfg(test)]
mod tests;

use crate::import::FICTIONAL_LABEL;
use crate::write::{Put, Styles, WriteError, workbook};
use jiff::civil::Date;
use jiff::{Timestamp, tz};
use model::list::{ListEnterprise, ListIndex, MatchingList};
use model::markets::Market;
use model::price::PriceRange;
use model::quantity::Quantity;
use model::reference::Reference;
use model::visibility::Noun;
use std::io::{Seek, Write};

/// Writes a list as xlsx.
///
/// # Errors
/// The destination cannot be written.
pub fn write_list(
    list: &MatchingList,
    reference: &Reference,
    out: impl Write + Seek + Send,
) -> Result<(), WriteError> {
    let page = Page::new(list, reference);
    let mut book = workbook(&page.title, page.published)?;
    let styles = Styles::new();
    cover::write(&mut book, &page)?;
    match page.market {
        None => {
            needs::write(&mut book, &styles, &page)?;
            offers::write(&mut book, &styles, &page)?;
        }
        Some(of) => {
            market::needs(&mut book, &styles, &page, of)?;
            market::offers(&mut book, &styles, &page, of)?;
        }
    }
    pairs::write(&mut book, &styles, &page)?;
    gaps::write(&mut book, &styles, &page)?;
    book.save_to_writer(out)?;
    Ok(())
}

/// What all sheets of a list share.
struct Page<'a> {
    list: &'a MatchingList,
    index: ListIndex<'a>,
    reference: &'a Reference,
    title: String,
    /// The market that the list is of; none for parts and materials.
    market: Option<&'a Market>,
    /// Number, period, state and market in words.
    subtitle: String,
    /// Day of publication in China.
    published: Option<Date>,
}

impl<'a> Page<'a> {
    fn new(list: &'a MatchingList, reference: &'a Reference) -> Self {
        let content = &list.content;
        let number = list.number.map_or_else(|| format!("（{}）", list.state.zh()), |n| format!("第 {n} 号"));
        let market = reference.markets.get(&content.market.0);
        let market = market.map_or(content.market.0.as_str(), |market| market.name.zh.as_str());
        Self {
            list,
            index: ListIndex::new(content),
            reference,
            market: reference.markets.other(&content.market),
            title: format!("{}供需对接清单", content.cluster),
            subtitle: format!("{number}　{}　{}　市场：{market}", content.period.zh(), list.state.zh()),
            published: list.published_ms.and_then(day_in_china),
        }
    }

    /// Title of the sheet of a side: by the side's name in the list's market.
    fn side_title(&self, side: Noun, ours: &str) -> String {
        format!("{}（{}）", self.title, self.market.map_or(ours, |market| market.side(side).name.zh.as_str()))
    }

    /// What a side's title is called.
    fn title_of<'n>(&'n self, side: Noun, ours: &'n str) -> &'n str {
        self.market.and_then(|market| market.title_of(side)).map_or(ours, |names| names.zh.as_str())
    }

    /// Name of an enterprise, labelled where it is invented.
    fn enterprise_name(&self, key: &str) -> String {
        self.index.enterprise(key).map_or_else(String::new, labelled)
    }

    fn region(&self, key: &str) -> &str {
        self.index.enterprise(key).map_or("", |e| &e.region)
    }

    /// Chain group of a node.
    fn group(&self, node: Option<&model::chain::NodeId>) -> &str {
        node.and_then(|id| self.reference.chain.get(id)).map_or("", |n| &n.group)
    }
}

fn labelled(enterprise: &ListEnterprise) -> String {
    let label = if enterprise.fictional { FICTIONAL_LABEL } else { "" };
    format!("{}{label}", enterprise.name)
}

fn day_in_china(ms: i64) -> Option<Date> {
    let zone = tz::TimeZone::fixed(tz::offset(8));
    Timestamp::from_millisecond(ms).ok().map(|at| at.to_zoned(zone).date())
}

/// A quantity as number and unit.
fn amount(quantity: Option<&Quantity>) -> [Put; 2] {
    match quantity {
        Some(q) => [Put::from(Some(q.value)), q.unit.as_str().into()],
        None => [Put::Blank, Put::Blank],
    }
}

/// A quantity as number, unit without its time, and frequency.
fn amount_by_time(quantity: Option<&Quantity>) -> [Put; 3] {
    let Some(q) = quantity else { return [Put::Blank, Put::Blank, Put::Blank] };
    const TIMES: [(&str, &str); 7] = [
        ("/年", "每年"),
        ("/季", "每季"),
        ("/月", "每月"),
        ("/周", "每周"),
        ("/天", "每天"),
        ("/d", "每天"),
        ("/日", "每天"),
    ];
    let split = TIMES.iter().find_map(|(mark, words)| q.unit.strip_suffix(mark).map(|unit| (unit, *words)));
    let (unit, time) = split.unwrap_or((&q.unit, ""));
    [Put::from(Some(q.value)), unit.into(), time.into()]
}

/// A price as lowest, highest and what it is for.
fn price(price: Option<&PriceRange>) -> [Put; 3] {
    match price {
        Some(p) => {
            let per = if p.per.is_empty() { "元".to_owned() } else { format!("元/{}", p.per) };
            [p.low_yuan.into(), p.high_yuan.into(), per.into()]
        }
        None => [Put::Blank, Put::Blank, Put::Blank],
    }
}

/// A validity in words.
fn validity(from: Option<Date>, until: Option<Date>) -> Put {
    match (from, until) {
        (Some(from), Some(until)) => format!("{from}至{until}").into(),
        (None, Some(until)) => until.to_string().into(),
        (Some(from), None) => format!("{from}起").into(),
        (None, None) => Put::Blank,
    }
}
