//! Needs with their ranked matches and every reason.

use crate::format;
use crate::layout::{Link, empty};
use crate::pages::overview;
use crate::words::{Lang, encode};
use maud::{Markup, html};
use model::list::{ListEnterprise, ListIndex, ListNeed, ListPair, MatchingList, NeedState};
use model::matching::Coverage;

/// Rows a page.
pub const PAGE_ROWS: usize = 100;

/// What the reader asked for.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Words to be found in title, enterprise or county.
    pub q: String,
    /// `matched`, `open` or anything else for all.
    pub state: String,
    /// Page from 1.
    pub page: Option<usize>,
}

impl Query {
    /// Reads a query string; what is not understood counts as not asked.
    pub fn read(text: &str) -> Self {
        let mut query = Self::default();
        for (name, value) in crate::words::pairs(text) {
            match name.as_str() {
                "q" => query.q = value,
                "state" => query.state = value,
                "page" => query.page = value.parse().ok(),
                _ => {}
            }
        }
        query
    }
}

/// All needs, filtered, a page at a time.
pub fn index(lang: Lang, list: Option<&MatchingList>, query: &Query) -> Markup {
    let Some(list) = list else {
        return html! {
            h1 { (lang.t("需求与匹配")) }
            (empty(lang.t("尚未发布清单"), lang.t("先用 yulin import 导入需求和供给工作簿，再用 yulin publish 发布清单。")))
        };
    };
    let content = &list.content;
    let index = ListIndex::new(content);
    let wanted = model::fold::fold_key(&query.q);
    let found: Vec<&ListNeed> = content
        .needs
        .iter()
        .filter(|n| match query.state.as_str() {
            "matched" => n.state == NeedState::Matched,
            "open" => n.state != NeedState::Matched,
            _ => true,
        })
        .filter(|n| wanted.is_empty() || haystack(&index, n).contains(&wanted))
        .collect();
    let pages = found.len().div_ceil(PAGE_ROWS).max(1);
    let page = query.page.unwrap_or(1).clamp(1, pages);
    html! {
        h1 { (lang.t("需求与匹配")) }
        p { (overview::title(lang, list)) }
        (overview::fictional(lang, list))
        form.filter method="get" action="/needs" {
            label { (lang.t("查找")) input type="search" name="q" value=(query.q); }
            label { (lang.t("状态"))
                select name="state" {
                    @for (value, word) in [("", lang.t("全部")), ("matched", lang.t("已匹配")), ("open", lang.t("有缺口"))] {
                        option value=(value) selected[query.state == value] { (word) }
                    }
                }
            }
            button type="submit" { (lang.t("查找")) }
        }
        p.soft { (found.len()) " / " (content.needs.len()) }
        @if found.is_empty() {
            (empty(lang.t("没有符合条件的需求"), lang.t("换一个词，或清空条件。")))
        } @else {
            (table(lang, Link::to(list), &index, &found[(page - 1) * PAGE_ROWS..(page * PAGE_ROWS).min(found.len())]))
            (turn(lang, query, page, pages))
        }
    }
}

fn haystack(index: &ListIndex<'_>, need: &ListNeed) -> String {
    let enterprise = index.enterprise(&need.need.enterprise);
    let (name, region) = enterprise.map_or(("", ""), |e| (e.name.as_str(), e.region.as_str()));
    model::fold::fold_key(&format!("{}\n{}\n{name}\n{region}", need.need.title, need.need.detail))
}

fn turn(lang: Lang, query: &Query, page: usize, pages: usize) -> Markup {
    let to =
        |page: usize| format!("/needs?q={}&state={}&page={page}", encode(&query.q), encode(&query.state));
    html! {
        @if pages > 1 {
            nav.pages aria-label=(lang.t("翻页")) {
                @if page > 1 { a href=(to(page - 1)) rel="prev" { (lang.t("上一页")) } }
                span { (page) " / " (pages) }
                @if page < pages { a href=(to(page + 1)) rel="next" { (lang.t("下一页")) } }
            }
        }
    }
}

/// A table of needs; the best pair of each beside it.
pub fn table(lang: Lang, link: Link, index: &ListIndex<'_>, needs: &[&ListNeed]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("需求")) {
            table.cards {
                thead { tr {
                    th.n { (lang.t("序号")) }
                    th { (lang.t("需求产品")) }
                    th { (lang.t("规格参数")) }
                    th.n { (lang.t("数量")) }
                    th { (lang.t("企业")) }
                    th { (lang.t("县区")) }
                    th { (lang.t("首选供方")) }
                    th.n { (lang.t("距离")) }
                    th.n { (lang.t("得分")) }
                    th { (lang.t("状态")) }
                } }
                tbody {
                    @for row in needs {
                        @let need = &row.need;
                        @let owner = index.enterprise(&need.enterprise);
                        @let best = index.pairs_of(&need.key).first();
                        tr {
                            td.n data-label=(lang.t("序号")) { (row.number) }
                            td.t data-label=(lang.t("需求产品")) { (link.need(row.number, &need.title)) }
                            td.w data-label=(lang.t("规格参数")) { (need.detail) }
                            td.n data-label=(lang.t("数量")) { (format::quantity(need.quantity.as_ref())) }
                            td.t data-label=(lang.t("企业")) { (name(lang, owner)) }
                            td data-label=(lang.t("县区")) { (owner.map_or("", |e| e.region.as_str())) }
                            td.t data-label=(lang.t("首选供方")) { @if let Some(pair) = best { (name(lang, index.supplier(&pair.matched.offer))) } }
                            td.n data-label=(lang.t("距离")) { (format::km(best.and_then(|p| p.matched.distance_km))) }
                            td.n data-label=(lang.t("得分")) { @if let Some(pair) = best { (format!("{:.3}", pair.matched.score)) } }
                            td data-label=(lang.t("状态")) { (lang.t(row.state.zh())) }
                        }
                    }
                }
            }
        }
    }
}

fn name(lang: Lang, enterprise: Option<&ListEnterprise>) -> Markup {
    html! {
        @if let Some(enterprise) = enterprise {
            (enterprise.name)
            @if enterprise.fictional { " " span.tag.fiction { (lang.t("虚构")) } }
        }
    }
}

/// One need with all its pairs.
pub fn detail(lang: Lang, list: &MatchingList, row: &ListNeed) -> Markup {
    let index = ListIndex::new(&list.content);
    let need = &row.need;
    let owner = index.enterprise(&need.enterprise);
    let pairs = index.pairs_of(&need.key);
    html! {
        p.soft { a href="/needs" { (lang.t("需求与匹配")) } " / " (overview::title(lang, list)) }
        h1 { (row.number) ". " (need.title) }
        (overview::fictional(lang, list))
        p { (name(lang, owner)) " · " (owner.map_or("", |e| e.region.as_str())) }
        p { strong { (lang.t("规格参数")) "：" } (need.detail) }
        p { strong { (lang.t("数量")) "：" } (format::quantity(need.quantity.as_ref())) }
        h2 { (lang.t("匹配结果与理由")) }
        @if pairs.is_empty() {
            (empty(lang.t("没有可行的本地供方"), lang.t("缺因见补链缺口页。")))
        } @else {
            (pairs_table(lang, &index, pairs))
        }
    }
}

/// Pairs with their reasons and verdicts.
pub fn pairs_table(lang: Lang, index: &ListIndex<'_>, pairs: &[&ListPair]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("匹配结果与理由")) {
            table.cards {
                thead { tr {
                    th.n { (lang.t("名次")) }
                    th { (lang.t("供给产品")) }
                    th { (lang.t("供方")) }
                    th.n { (lang.t("距离")) }
                    th.n { (lang.t("得分")) }
                    th { (lang.t("规格判定")) }
                    th { (lang.t("理由（各项得分之和即总分）")) }
                    th { (lang.t("分配")) }
                    th { (lang.t("审核")) }
                } }
                tbody {
                    @for pair in pairs {
                        @let matched = &pair.matched;
                        @let from = index.supplier(&matched.offer);
                        tr {
                            td.n data-label=(lang.t("名次")) { (matched.rank) }
                            td.t data-label=(lang.t("供给产品")) { (index.offer(&matched.offer).map_or("", |o| o.offer.title.as_str())) }
                            td.t data-label=(lang.t("供方")) { (name(lang, from)) " " span.soft { (from.map_or("", |e| e.region.as_str())) } }
                            td.n data-label=(lang.t("距离")) { (format::km(matched.distance_km)) }
                            td.n data-label=(lang.t("得分")) { (format::score(matched.score)) }
                            td.w data-label=(lang.t("规格判定")) { (format::verdicts(lang, &matched.verdicts)) }
                            td.w data-label=(lang.t("理由（各项得分之和即总分）")) { (format::reasons(lang, matched)) }
                            td data-label=(lang.t("分配")) {
                                @if let Some(allocation) = &pair.allocation {
                                    (match allocation.coverage {
                                        Coverage::Full => lang.t("全部满足"),
                                        Coverage::Part => lang.t("部分满足"),
                                        Coverage::Unstated => lang.t("数量待定"),
                                    })
                                    " " (format::quantity(allocation.quantity.as_ref()))
                                }
                            }
                            td data-label=(lang.t("审核")) { (lang.t(pair.review.zh())) }
                        }
                    }
                }
            }
        }
    }
}
