//! Looking for needs and offers: what is asked in the address, and the form that asks it.

use crate::viewer::Viewer;
use crate::words::Lang;
use app::{Office, RecordQuery, RecordStatus, Sort};
use maud::{Markup, html};
use model::chain::{ChainGraph, ChainNode, NodeId};
use model::region::{RegionLevel, RegionTable};
use serde::Deserialize;

/// The question as it stands in the address; every value is text, so that a wrong one asks for nothing instead of failing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Ask {
    /// Key of the market, on the pages that do not name it by their path.
    pub market: String,
    /// Which side of a market is shown: `offers`, else needs.
    pub side: String,
    pub q: String,
    pub region: String,
    pub group: String,
    pub node: String,
    pub mine: String,
    pub status: String,
    pub sort: String,
    pub page: String,
}

impl Ask {
    /// The question for the use case.
    pub fn query(&self) -> RecordQuery {
        let (status, all) = match self.status.as_str() {
            "all" => (None, true),
            "expired" => (Some(RecordStatus::Expired), false),
            "closed" => (Some(RecordStatus::Closed), false),
            _ => (None, false),
        };
        RecordQuery {
            market: self.market.clone(),
            q: self.q.trim().to_owned(),
            region: self.region.clone(),
            node: self.node.clone(),
            group: self.group.clone(),
            enterprise: None,
            mine: !self.mine.is_empty(),
            status,
            all,
            sort: match self.sort.as_str() {
                "newest" => Sort::Newest,
                "title" => Sort::Title,
                "enterprise" => Sort::Enterprise,
                _ => Sort::Fit,
            },
            page: self.page.parse().unwrap_or(1),
            per_page: 50,
        }
    }

    /// True where nothing narrows the rows.
    pub fn is_plain(&self) -> bool {
        [&self.q, &self.region, &self.group, &self.node, &self.mine, &self.status]
            .iter()
            .all(|v| v.is_empty())
    }
}

/// The filter form; `placeholder` shows what can be found.
pub fn form(viewer: &Viewer, ask: &Ask, path: &str, placeholder: &str, on_chain: bool) -> Markup {
    let lang = viewer.lang();
    let reference = viewer.app().reference();
    let has_own = matches!(viewer.actor().role.office(), Office::Member | Office::Commissioner);
    let statuses = [
        ("", lang.t("有效")),
        ("expired", lang.t("已过期")),
        ("closed", lang.t("已关闭")),
        ("all", lang.t("全部")),
    ];
    let sorts = [
        ("", lang.t("相关度")),
        ("newest", lang.t("最近更新")),
        ("title", lang.t("名称")),
        ("enterprise", lang.t("企业")),
    ];
    html! {
        search {
            form.filter method="get" action=(path) {
                label.grow { (lang.t("查找")) input type="search" name="q" value=(ask.q) placeholder=(placeholder) maxlength="200"; }
                label { (lang.t("县区")) (region_select(lang, &reference.regions, "region", &ask.region, lang.t("全部"))) }
                @if on_chain {
                    label { (lang.t("产业链小组")) (group_select(lang, &reference.chain, &ask.group)) }
                    (node_choice(lang, &reference.chain, ask))
                }
                @if !ask.side.is_empty() { input type="hidden" name="side" value=(ask.side); }
                label { (lang.t("状态")) (select("status", &ask.status, &statuses)) }
                label { (lang.t("排序")) (select("sort", &ask.sort, &sorts)) }
                @if has_own {
                    label.tick { input type="checkbox" name="mine" value="1" checked[!ask.mine.is_empty()]; (lang.t("只看我的")) }
                }
                button type="submit" { (lang.t("查找")) }
                @if !ask.is_plain() { a href=(path) { (lang.t("清空条件")) } }
            }
        }
    }
}

/// A plain choice without a label of its own.
pub fn select(name: &str, now: &str, options: &[(&str, &str)]) -> Markup {
    html! {
        select name=(name) {
            @for (value, word) in options { option value=(value) selected[now == *value] { (word) } }
        }
    }
}

/// Counties below their city; the city itself stands first in its group. `first` is the word for none.
pub fn region_select(lang: Lang, regions: &RegionTable, name: &str, now: &str, first: &str) -> Markup {
    let of = |level| regions.iter().filter(move |r| r.level == level);
    let word = |region: &model::region::Region| match lang {
        Lang::En if !region.name_en.is_empty() => region.name_en.clone(),
        _ => region.name.clone(),
    };
    html! {
        select name=(name) {
            option value="" { (first) }
            @for city in of(RegionLevel::City).filter(|c| of(RegionLevel::County).any(|r| r.parent == c.code)) {
                optgroup label=(word(city)) {
                    option value=(city.code) selected[now == city.code] { (word(city)) }
                    @for county in of(RegionLevel::County).filter(|r| r.parent == city.code) {
                        option value=(county.code) selected[now == county.code] { (word(county)) }
                    }
                }
            }
        }
    }
}

/// Chain groups, in the order of the chain's table.
pub fn groups(chain: &ChainGraph) -> Vec<&str> {
    let mut groups = Vec::new();
    for node in chain.nodes() {
        if !node.group.is_empty() && !groups.contains(&node.group.as_str()) {
            groups.push(node.group.as_str());
        }
    }
    groups
}

/// A choice of chain groups.
pub fn group_select(lang: Lang, chain: &ChainGraph, now: &str) -> Markup {
    html! {
        select name="group" {
            option value="" { (lang.t("全部")) }
            @for group in groups(chain) { option value=(group) selected[now == group] { (group) } }
        }
    }
}

/// Nodes of the chosen group: 800 of them at once would help nobody and weigh on every page.
fn node_choice(lang: Lang, chain: &ChainGraph, ask: &Ask) -> Markup {
    let chosen = chain.get(&NodeId(ask.node.clone()));
    let group =
        if ask.group.is_empty() { chosen.map_or("", |n| n.group.as_str()) } else { ask.group.as_str() };
    html! {
        @if !group.is_empty() {
            label { (lang.t("产业链节点"))
                select name="node" {
                    option value="" { (lang.t("全部")) }
                    @for node in chain.nodes().iter().filter(|n| n.group == group) {
                        option value=(node.id) selected[node.id.0 == ask.node] { (node_name(lang, node)) }
                    }
                }
            }
        }
    }
}

/// A node's name in the page's language.
pub fn node_name(lang: Lang, node: &ChainNode) -> &str {
    match lang {
        Lang::En if !node.name_en.is_empty() => &node.name_en,
        _ => &node.name_zh,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_value_asks_for_nothing() {
        let ask = Ask { page: "many".into(), sort: "?".into(), status: "<b>".into(), ..Ask::default() };
        let query = ask.query();
        assert_eq!((query.page, query.sort, query.status, query.all), (1, Sort::Fit, None, false));
        assert!(Ask::default().is_plain() && !ask.is_plain());
    }
}
