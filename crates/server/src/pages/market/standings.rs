//! How every link of the chain stands (缺失、外部依赖、薄弱、强), the most urgent first, with the rules that say so.

use super::search::{group_select, node_name};
use crate::answer::Answer;
use crate::format::percent;
use crate::pages::list::{figures, gaps};
use crate::parts::{crumbs, empty, tag};
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::{Lang, encode};
use app::{Act, NodeStanding, Standing};
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
}

async fn index(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let lang = viewer.lang();
    let title = lang.t("节点强弱");
    let list = viewer.app().newest_list(viewer.actor(), &ask.market).await.map_err(|e| viewer.fail(e))?;
    let Some(list) = list else {
        let next = lang.t("缺口由需求算出：发布清单后这里列出缺链和弱链。");
        return Ok(viewer.page(title, &html! { h1 { (title) } (empty(lang.t("尚未发布清单"), next)) }));
    };
    let standings = viewer.app().standings(viewer.actor(), &list).map_err(|e| viewer.fail(e))?;
    let chain = &viewer.app().reference().chain;
    let market = &list.content.market;
    let gaps = gaps::of_market(market);
    let rows: Vec<(&ChainNode, &NodeStanding)> = standings
        .iter()
        .filter_map(|s| Some((chain.get(&s.node)?, s)))
        .filter(|(node, _)| ask.group.is_empty() || node.group == ask.group)
        .filter(|(_, s)| ask.show == "all" || (s.demanders > 0 && s.standing != Standing::Strong))
        .collect();
    // A list blanks what its level may not show; prices are for counterparties where nobody changed that.
    let priced = list.content.needs.iter().any(|need| need.need.price.is_some());
    let rules = match lang {
        Lang::Zh => [app::STANDING_ZH, app::RANKING_ZH, app::RELATEDNESS_ZH],
        Lang::En => [app::STANDING_EN, app::RANKING_EN, app::RELATEDNESS_EN],
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
            button type="submit" { (lang.t("查看")) }
        }
        @if rows.is_empty() { (empty(lang.t("没有需要补的节点"), lang.t("换一个小组，或选“全部”。"))) } @else { (table(lang, &gaps, &rows, priced)) }
        @if !priced { p.soft { (lang.t("本清单不公开价格，所以没有金额一列，名次依次看需求企业数和关联度。")) } }
        @for rule in rules { p.soft { (rule) } }
    };
    Ok(viewer.page(title, &body))
}

fn table(lang: Lang, gaps: &str, rows: &[(&ChainNode, &NodeStanding)], priced: bool) -> Markup {
    let yuan = "未满足金额（元/月）";
    let heads = [
        ("n", "名次"),
        ("", "产业链节点"),
        ("", "状态"),
        ("n", "需求企业数"),
        ("n", "集群内供应企业"),
        ("n", "集群外供应企业"),
        ("n", "产能与需求之比"),
        ("n", yuan),
        ("n", "关联度"),
    ];
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("节点强弱")) {
            table.cards {
                thead { tr { @for (class, head) in heads.into_iter().filter(|(_, head)| priced || *head != yuan) { th class=(class) { (lang.t(head)) } } } }
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
                            @if priced { td.n data-label=(lang.t(yuan)) { (format!("{:.0}", standing.unmet_yuan)) } }
                            td.n data-label=(lang.t("关联度")) { (format!("{:.2}", standing.relatedness)) }
                        }
                    }
                }
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
