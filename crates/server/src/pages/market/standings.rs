//! How every link of the chain stands (缺失、外部依赖、薄弱、强), ranked by unmet value, demanders or relatedness, with the rules that
//! say so. A list shows no protected price: the values are of those that the viewer may see.

use super::search::{group_select, node_name};
use crate::answer::Answer;
use crate::format::{self, percent};
use crate::pages::list::{figures, gaps};
use crate::parts::{crumbs, empty, tag};
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::{Lang, encode};
use app::{Act, NodeStanding, Ranking, Standing, UnmetValue};
use axum::Router;
use axum::routing::get;
use maud::{Markup, html};
use model::chain::ChainNode;
use serde::Deserialize;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new().route("/gaps/nodes", get(index))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    /// Key of the market; empty for parts and materials.
    market: String,
    group: String,
    /// `all` links; else those that somebody asks for and that are not strong.
    show: String,
    /// `demanders` or `relatedness`; else by value.
    sort: String,
}

/// What can be ranked by, with its word in the address and its name.
const RANKINGS: [(Ranking, &str, &str); 3] = [
    (Ranking::Value, "value", YUAN),
    (Ranking::Demanders, "demanders", "需求企业数"),
    (Ranking::Relatedness, "relatedness", "关联度"),
];
const YUAN: &str = "未满足金额（元/月）";
const COVERAGE: &str = "有价格 / 未满足的需求";

async fn index(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let lang = viewer.lang();
    let title = lang.t("节点强弱");
    let list = viewer.app().newest_list(viewer.actor(), &ask.market).await.map_err(|e| viewer.fail(e))?;
    let Some(list) = list else {
        let next = lang.t("缺口由需求算出：发布清单后这里列出缺链和弱链。");
        return Ok(viewer.page(title, &html! { h1 { (title) } (empty(lang.t("尚未发布清单"), next)) }));
    };
    let mut standings = viewer.app().standings(viewer.actor(), &list).await.map_err(|e| viewer.fail(e))?;
    let sort = RANKINGS.iter().find(|(_, word, _)| *word == ask.sort).map_or(Ranking::Value, |(by, ..)| *by);
    app::rank(&mut standings, sort);
    let chain = &viewer.app().reference().chain;
    let market = &list.content.market;
    let gaps = gaps::of_market(market);
    let rows: Vec<(&ChainNode, &NodeStanding)> = standings
        .iter()
        .filter_map(|s| Some((chain.get(&s.node)?, s)))
        .filter(|(node, _)| ask.group.is_empty() || node.group == ask.group)
        .filter(|(_, s)| ask.show == "all" || (s.demanders > 0 && s.standing != Standing::Strong))
        .collect();
    // Without any value the number of demanders is what counts first.
    let priced = standings.iter().any(|s| s.value.priced + s.value.estimated > 0);
    let sort = if priced || sort != Ranking::Value { sort } else { Ranking::Demanders };
    let rules = match lang {
        Lang::Zh => [app::STANDING_ZH, app::VALUE_ZH, app::RANKING_ZH, app::RELATEDNESS_ZH],
        Lang::En => [app::STANDING_EN, app::VALUE_EN, app::RANKING_EN, app::RELATEDNESS_EN],
    };
    let body = html! {
        (crumbs(lang, &[(gaps.trim_end_matches(['?', '&']), lang.t("补链缺口"))], title))
        div.headline {
            h1 { (title) }
            nav.toolbar.screen aria-label=(lang.t("操作")) {
                @if viewer.actor().may(Act::WhatIf) { a.button.quiet href="/gaps/newcomers" { (lang.t("引进测算")) } }
                button.quiet type="button" data-print { (lang.t("打印")) }
            }
        }
        p { a href={ "/lists/" (list.number.unwrap_or_default()) } { (figures::title(lang, &viewer.app().reference().markets, &list)) } }
        (figures::fictional(lang, &list))
        form.filter method="get" action="/gaps/nodes" {
            @if !market.is_parts() { input type="hidden" name="market" value=(market); }
            label { (lang.t("产业链小组")) (group_select(lang, chain, &ask.group)) }
            label { (lang.t("显示"))
                select name="show" {
                    option value="" { (lang.t("有需求而不强的")) }
                    option value="all" selected[ask.show == "all"] { (lang.t("全部")) }
                }
            }
            @if !ask.sort.is_empty() { input type="hidden" name="sort" value=(ask.sort); }
            button type="submit" { (lang.t("查看")) }
        }
        (rankings(&viewer, sort, priced))
        @if rows.is_empty() { (empty(lang.t("没有需要补的节点"), lang.t("换一个小组，或选“全部”。"))) } @else { (table(lang, &gaps, &rows, sort, priced)) }
        @if !priced { p.soft { (lang.t("没有您能看到的价格（预算和报价按字段公开级别显示），所以没有金额一列，名次依次看需求企业数和关联度。")) } }
        @for rule in rules { p.soft { (rule) } }
    };
    Ok(viewer.page(title, &body))
}

/// What the rows are ranked by, and links to the other rankings; on paper it says by which they are.
fn rankings(viewer: &Viewer, sort: Ranking, priced: bool) -> Markup {
    let lang = viewer.lang();
    let ranked = RANKINGS.iter().filter(|(by, ..)| priced || *by != Ranking::Value);
    html! {
        nav.sorts aria-label=(lang.t("排序")) {
            (lang.t("排序")) (format::colon(lang))
            @for (place, (by, word, name)) in ranked.enumerate() {
                @if place > 0 { " · " }
                @if *by == sort { strong aria-current="true" { (lang.t(name)) } }
                @else { a href=(viewer.with_query("sort", word)) { (lang.t(name)) } }
            }
        }
    }
}

fn table(
    lang: Lang,
    gaps: &str,
    rows: &[(&ChainNode, &NodeStanding)],
    sort: Ranking,
    priced: bool,
) -> Markup {
    let sorted = RANKINGS.iter().find(|(by, ..)| *by == sort).map_or("", |(.., name)| name);
    let heads = [
        ("n", "名次"),
        ("", "产业链节点"),
        ("", "状态"),
        ("n", "需求企业数"),
        ("n", "集群内供应企业"),
        ("n", "集群外供应企业"),
        ("n", "产能与需求之比"),
        ("n", YUAN),
        ("n", COVERAGE),
        ("n", "关联度"),
    ];
    let heads = heads.into_iter().filter(|(_, head)| priced || ![YUAN, COVERAGE].contains(head));
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("节点强弱")) {
            table.cards {
                thead { tr {
                    @for (class, head) in heads {
                        th class=(class) aria-sort=[(head == sorted).then_some("descending")] { (lang.t(head)) @if head == sorted { " ▼" } }
                    }
                } }
                tbody {
                    @for (place, (node, standing)) in (1..).zip(rows) {
                        tr {
                            td.n data-label=(lang.t("名次")) { (place) }
                            td.t data-label=(lang.t("产业链节点")) {
                                a href={ (gaps) "node=" (encode(&node.id.0)) "#drill" } { (node_name(lang, node)) }
                            }
                            td data-label=(lang.t("状态")) { (standing_tag(lang, standing.standing)) }
                            td.n data-label=(lang.t("需求企业数")) { (standing.demanders) }
                            td.n data-label=(lang.t("集群内供应企业")) { (standing.suppliers_inside) }
                            td.n data-label=(lang.t("集群外供应企业")) { (standing.suppliers_outside) }
                            td.n data-label=(lang.t("产能与需求之比")) {
                                (standing.capacity_ratio.map_or_else(|| "—".to_owned(), percent))
                            }
                            @if priced {
                                td.n data-label=(lang.t(YUAN)) { (value(lang, &standing.value)) }
                                td.n data-label=(lang.t(COVERAGE)) {
                                    @if standing.value.open == 0 { "—" } @else { (standing.value.priced) " / " (standing.value.open) }
                                }
                            }
                            td.n data-label=(lang.t("关联度")) { (format!("{:.2}", standing.relatedness)) }
                        }
                    }
                }
            }
        }
    }
}

/// What stays unmet in yuan a month: what follows from needs' prices, and, marked so, what is estimated; where neither is known, nothing.
fn value(lang: Lang, value: &UnmetValue) -> Markup {
    html! {
        @if value.priced > 0 || value.open == 0 { (format!("{:.0}", value.yuan)) }
        @else if value.estimated == 0 { "—" }
        @if value.estimated > 0 {
            @if value.priced > 0 { br; "+ " }
            "≈ " (format!("{:.0}", value.estimated_yuan))
            br; span.soft {
                (lang.t("估算 {n} 项").replace("{n}", &value.estimated.to_string())) " · "
                (lang.t("依据 {n} 条供给报价").replace("{n}", &value.basis.to_string()))
            }
        }
    }
}

fn standing_tag(lang: Lang, standing: Standing) -> Markup {
    let class = match standing {
        Standing::Missing => "bad",
        Standing::Outside | Standing::Weak => "warn",
        Standing::Strong => "good",
    };
    tag(class, lang.t(standing.zh()))
}
