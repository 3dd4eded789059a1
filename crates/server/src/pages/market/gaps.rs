//! Gaps on the chain graph (依需补链): the drawing, what lies behind each link, and the table that says the same in words.

use super::chain::{self, LinkFacts, LinkState};
use super::markets;
use super::search::{group_select, node_name};
use crate::answer::Answer;
use crate::format;
use crate::layout::Link;
use crate::pages::list::{figures, gaps};
use crate::parts::{crumbs, empty, empty_to, tag};
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::{Lang, encode};
use app::Act;
use axum::Json;
use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use maud::{Markup, html};
use model::chain::{ChainGraph, ChainNode, Edge, NodeId};
use model::list::{ListIndex, MatchingList};
use model::unit::UnitTable;
use model::visibility::Noun;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new().route("/gaps", get(index)).route("/gaps/chain.json", get(data))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    /// Key of the market; empty for parts and materials.
    market: String,
    group: String,
    node: String,
    whole: String,
}

async fn index(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let lang = viewer.lang();
    let list = viewer.app().newest_list(viewer.actor(), &ask.market).await.map_err(|e| viewer.fail(e))?;
    let Some(list) = list else {
        return Ok(viewer.page(lang.t("补链缺口"), &nothing_yet(&viewer)));
    };
    if viewer.htmx {
        return Ok(viewer.piece(drill(&viewer, &list, &ask.node)));
    }
    Ok(viewer.page_with(lang.t("补链缺口"), &page(&viewer, &ask, &list), &["vendor/echarts.js", "charts.js"]))
}

/// The drawing as data.
#[derive(Debug, Serialize)]
struct Drawing {
    columns: usize,
    rows: usize,
    nodes: Vec<Dot>,
    links: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Dot {
    id: String,
    name: String,
    state: &'static str,
    x: f64,
    y: f64,
    size: f64,
    /// Lines of the tip.
    tip: String,
}

#[derive(Debug, Serialize)]
struct Line {
    source: String,
    target: String,
    recycled: bool,
}

async fn data(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let list = viewer.app().newest_list(viewer.actor(), &ask.market).await.map_err(|e| viewer.fail(e))?;
    let Some(list) = list else { return Err(viewer.nowhere()) };
    let chain = &viewer.app().reference().chain;
    let units = &viewer.app().reference().units;
    Ok(Json(drawing(viewer.lang(), (chain, units), &list, &ask.group, !ask.whole.is_empty())).into_response())
}

fn drawing(
    lang: Lang,
    (chain, units): (&ChainGraph, &UnitTable),
    list: &MatchingList,
    group: &str,
    whole: bool,
) -> Drawing {
    let links = chain::links(&list.content);
    let chosen = chain::chosen(chain, &links, group, whole);
    let place: HashMap<usize, usize> = chosen.iter().enumerate().map(|(at, &node)| (node, at)).collect();
    let edges: Vec<Edge> = chain
        .edges()
        .iter()
        .filter_map(|e| Some(Edge { from: *place.get(&e.from)?, kind: e.kind, to: *place.get(&e.to)? }))
        .collect();
    let places = chain::layout(chosen.len(), &edges);
    let nodes: Vec<Dot> = chosen
        .iter()
        .zip(&places)
        .map(|(&at, &(x, y))| {
            let node = &chain.nodes()[at];
            let facts = links.get(&node.id).copied();
            let state = facts.map_or(LinkState::Idle, |f| f.state);
            let demanders = facts.and_then(|f| f.gap).map_or(0, |g| g.demanders);
            let size = if state == LinkState::Idle { 9.0 } else { 13.0 + 5.0 * f64::from(demanders).sqrt() };
            Dot {
                id: node.id.0.clone(),
                name: node_name(lang, node).to_owned(),
                state: state.word(),
                x,
                y,
                size: size.min(34.0),
                tip: tip(lang, units, node, facts.as_ref()),
            }
        })
        .collect();
    let links = edges
        .iter()
        .map(|e| Line {
            source: nodes[e.from].id.clone(),
            target: nodes[e.to].id.clone(),
            recycled: e.kind == model::chain::EdgeKind::RecycledInto,
        })
        .collect();
    let mut columns: BTreeMap<i64, usize> = BTreeMap::new();
    for dot in &nodes {
        #[expect(clippy::cast_possible_truncation, reason = "layers are small whole numbers")]
        let column = dot.x as i64;
        *columns.entry(column).or_default() += 1;
    }
    Drawing { columns: columns.len(), rows: columns.values().copied().max().unwrap_or(0), nodes, links }
}

fn tip(lang: Lang, units: &UnitTable, node: &ChainNode, facts: Option<&LinkFacts<'_>>) -> String {
    let state = facts.map_or(LinkState::Idle, |f| f.state);
    let mut lines = vec![format!("{} · {}", node_name(lang, node), lang.t(state.zh()))];
    if let Some(facts) = facts {
        lines.push(format!(
            "{} {} · {} {} · {} {}",
            lang.t("需求"),
            facts.needs,
            lang.t("已匹配"),
            facts.matched,
            lang.t("本地供给"),
            facts.offers
        ));
        if let Some(gap) = facts.gap {
            let quantities: Vec<String> =
                gap.quantities.iter().map(|q| format::told_quantity(lang, units, q)).collect();
            lines.push(format!("{} {}", lang.t("需求企业数"), gap.demanders));
            if !quantities.is_empty() {
                lines.push(format!("{} {}", lang.t("缺口数量"), quantities.join(format::comma(lang))));
            }
        }
    }
    lines.join("\n")
}

fn nothing_yet(viewer: &Viewer) -> Markup {
    let lang = viewer.lang();
    let next = lang.t("缺口由需求算出：发布清单后这里列出缺链和弱链。");
    html! {
        h1 { (lang.t("补链缺口")) }
        @if viewer.actor().may(Act::Desk) { (empty_to(lang.t("尚未发布清单"), next, "/desk", lang.t("去审核台"))) }
        @else { (empty(lang.t("尚未发布清单"), next)) }
    }
}

fn page(viewer: &Viewer, ask: &Ask, list: &MatchingList) -> Markup {
    let lang = viewer.lang();
    let chain = &viewer.app().reference().chain;
    let links = chain::links(&list.content);
    let whole = !ask.whole.is_empty();
    let count = |state: LinkState| {
        let of_group =
            |id: &NodeId| ask.group.is_empty() || chain.get(id).is_some_and(|n| n.group == ask.group);
        links.iter().filter(|(id, l)| l.state == state && of_group(id)).count()
    };
    let market = &list.content.market;
    let markets = &viewer.app().reference().markets;
    let on_chain = markets.other(market).is_none_or(|known| known.chain);
    let data = format!(
        "/gaps/chain.json?market={}&group={}&whole={}",
        encode(&market.0),
        encode(&ask.group),
        if whole { "1" } else { "" }
    );
    html! {
        div.headline {
            h1 { (lang.t("补链缺口")) }
            nav.toolbar.screen aria-label=(lang.t("操作")) { button.quiet type="button" data-print { (lang.t("打印")) } }
        }
        p {
            a href={ "/lists/" (list.number.unwrap_or_default()) } { (figures::title(lang, markets, list)) }
            @if on_chain {
                " · " a.screen href={ "/gaps/nodes?market=" (encode(&market.0)) "&group=" (encode(&ask.group)) } { (lang.t("节点强弱")) }
            }
        }
        (figures::fictional(lang, list))
        @if on_chain {
            form.filter method="get" action="/gaps" {
                @if !market.is_parts() { input type="hidden" name="market" value=(market); }
                label { (lang.t("产业链小组")) (group_select(lang, chain, &ask.group)) }
                label.tick { input type="checkbox" name="whole" value="1" checked[whole]; (lang.t("画出全部节点")) }
                button type="submit" { (lang.t("查看")) }
            }
            ul.legend aria-label=(lang.t("图例")) {
                @for state in LinkState::ALL.into_iter().filter(|state| *state != LinkState::Idle) {
                    li class=(state.word()) { (lang.t(state.zh())) " " strong { (count(state)) } }
                }
                li.idle { (lang.t("其他节点")) }
                li.soft { (lang.t("左为上游，右为下游；点节点看缘由，滚轮缩放，拖动平移")) }
            }
            div.chain-sides {
                div #chain.chart tabindex="0" role="img" aria-label=(lang.t("产业链图：同样的内容在下面的表里"))
                    data-chart="chain" data-url=(data) data-drill={ (gaps::of_market(market)) "node=" } data-target="#drill" {
                    p.soft { (lang.t("图需要脚本；下面的表有同样的内容。")) }
                }
                aside #drill aria-live="polite" tabindex="-1" { (drill(viewer, list, &ask.node)) }
            }
        }
        h2 { (lang.t("缺口一览")) }
        (gaps::grouped_table(lang, Link::to(list), viewer.app().reference(), &ListIndex::new(&list.content), &ask.group, usize::MAX))
        (gaps::unpriced(lang, Link::to(list), markets.other(market), &list.content))
        p.soft { (match lang { Lang::Zh => app::GAP_WEIGHT_ZH, Lang::En => app::GAP_WEIGHT_EN }) }
    }
}

/// What lies behind one link of the chain.
fn drill(viewer: &Viewer, list: &MatchingList, id: &str) -> Markup {
    let lang = viewer.lang();
    let chain = &viewer.app().reference().chain;
    let id = NodeId(id.to_owned());
    let Some((node, at)) = chain.get(&id).zip(chain.index(&id)) else {
        return html! { p.soft { (lang.t("点图上的节点或表里的名称，这里列出谁要、要多少、差在哪里、谁最接近。")) } };
    };
    let market = &list.content.market;
    let here = gaps::of_market(market);
    // The records of parts and materials have pages of their own, those of another market stand on its page.
    let rows = |noun: Noun| {
        let to = markets::up(noun, market);
        format!("{to}{}node={}", if to.contains('?') { '&' } else { '?' }, encode(&id.0))
    };
    let links = chain::links(&list.content);
    let facts = links.get(&id).copied();
    let state = |id: &NodeId| links.get(id).map_or(LinkState::Idle, |l| l.state);
    let beside = |up: bool| {
        let mut names: Vec<&ChainNode> = chain
            .edges()
            .iter()
            .filter(|e| if up { e.to == at } else { e.from == at })
            .map(|e| &chain.nodes()[if up { e.from } else { e.to }])
            .collect();
        // What is short stands first: it says where the chain breaks next.
        names.sort_by_key(|n| (state(&n.id), n.id.clone()));
        names.dedup_by_key(|n| n.id.clone());
        names
    };
    html! {
        (crumbs(lang, &[(here.trim_end_matches(['?', '&']), lang.t("补链缺口"))], node_name(lang, node)))
        h2 { (node_name(lang, node)) " " (state_tag(lang, state(&id))) }
        p.soft { (node.group) @if !node.unit.is_empty() { " · " (lang.t("计量单位")) " " (node.unit) } }
        @if let Some(facts) = facts {
            p {
                a href=(rows(Noun::Need)) { (lang.t("需求")) " " (facts.needs) } " · " (lang.t("已匹配")) " " (facts.matched)
                " · " a href=(rows(Noun::Offer)) { (lang.t("本地供给")) " " (facts.offers) }
            }
            @if let Some(gap) = facts.gap { (gaps::behind(lang, Link::to(list), viewer.app().reference(), &ListIndex::new(&list.content), gap)) }
        } @else {
            p.soft { (lang.t("本期清单上没有它的需求和供给。")) }
        }
        @for (up, word) in [(true, lang.t("上游")), (false, lang.t("下游"))] {
            @let names = beside(up);
            @if !names.is_empty() {
                h3 { (word) " " span.soft { (names.len()) } }
                ul.nodes {
                    @for node in names.iter().take(24) {
                        li class=(state(&node.id).word()) { a href={ (here) "node=" (encode(&node.id.0)) "#drill" } { (node_name(lang, node)) } }
                    }
                    @if names.len() > 24 { li.soft { "+" (names.len() - 24) } }
                }
            }
        }
    }
}

fn state_tag(lang: Lang, state: LinkState) -> Markup {
    let class = match state {
        LinkState::Missing => "bad",
        LinkState::Weak | LinkState::Outside => "warn",
        LinkState::Strong => "good",
        LinkState::Idle => "quiet",
    };
    tag(class, lang.t(state.zh()))
}
