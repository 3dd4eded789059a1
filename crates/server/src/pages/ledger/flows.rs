//! Material flows as a Sankey diagram and as a table.

use super::{days, kg, name, site_select, some, step, substance_select};
use crate::answer::Answer;
use crate::parts::empty;
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::Lang;
use app::{FlowNode, FlowNodeKind, FlowQuery, FlowReport};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new().route("/flows", get(page)).route("/flows/data", get(data))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    site: String,
    substance: String,
    period: String,
}

async fn report(viewer: &Viewer) -> Result<(Ask, FlowReport), crate::answer::Failure> {
    let ask: Ask = viewer.query();
    let query = FlowQuery {
        site: some(&ask.site),
        substance: some(&ask.substance),
        period: days(viewer, &ask.period)?,
    };
    let report = viewer.app().flows(viewer.actor(), &query).await.map_err(|e| viewer.fail(e))?;
    Ok((ask, report))
}

async fn page(viewer: Viewer) -> Answer {
    let (ask, report) = report(&viewer).await?;
    let lang = viewer.lang();
    let title = lang.t("物质流");
    let body = html! {
        div.headline {
            h1 { (title) }
            nav.toolbar.screen aria-label=(lang.t("操作")) { button.quiet type="button" data-print { (lang.t("打印")) } }
        }
        form.filter method="get" action="/flows" {
            label { (lang.t("场所")) (site_select(lang, &report.sites, &ask.site, Some(lang.t("整个集群")))) }
            label { (lang.t("物质")) (substance_select(lang, &report.substances, &ask.substance)) }
            label { (lang.t("期间")) input.few type="text" name="period" value=(ask.period) placeholder="2026 / 2026-11"; }
            button type="submit" { (lang.t("查看")) }
        }
        @if report.left_out.0 + report.left_out.1 > 0 {
            p.notice { (lang.t("没有计入的分录：质量未知")) " " (report.left_out.0) "，" (lang.t("含量未知")) " " (report.left_out.1) }
        }
        @if report.links.is_empty() {
            (empty(lang.t("这段时间没有物质流"), lang.t("换一个期间或场所，或先采集事件。")))
        } @else {
            div.chart.sankey data-chart="sankey" data-url={ "/flows/data?" (viewer.query) } role="img" tabindex="0" aria-label=(lang.t("物质流桑基图；下表有同样的内容")) {}
            (table(lang, &report))
            p.soft { (lang.t("同一产品由几处得来、几处用去时，按比例分摊；回到前面工序的流画成“回用”，图中没有环。")) }
            p { a href="/circular" { (lang.t("循环指标")) } " · " a href="/balances" { (lang.t("物料平衡")) } }
        }
    };
    Ok(viewer.page_with(title, &body, &["vendor/echarts.js", "charts.js"]))
}

/// What a node is called on the diagram.
fn node(lang: Lang, node: &FlowNode) -> String {
    let of = step(lang, &node.of);
    let word = match node.kind {
        FlowNodeKind::Process => return of,
        FlowNodeKind::Supply => "外来",
        FlowNodeKind::FromStock => "期初库存",
        FlowNodeKind::Shipped => "外售",
        FlowNodeKind::Waste => "废弃",
        FlowNodeKind::ToStock => "结存",
        FlowNodeKind::Return => "回用",
        FlowNodeKind::Returned => "回用来料",
    };
    format!("{of} · {}", lang.t(word))
}

fn table(lang: Lang, report: &FlowReport) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("物质流")) {
            table.cards {
                thead { tr { th { (lang.t("从")) } th { (lang.t("到")) } th { (lang.t("产品")) } th.n { "kg" } } }
                tbody {
                    @for link in &report.links {
                        tr {
                            td.t data-label=(lang.t("从")) { (node(lang, &report.nodes[link.from])) }
                            td.t data-label=(lang.t("到")) { (node(lang, &report.nodes[link.to])) }
                            td data-label=(lang.t("产品")) { (name(lang, &link.product)) }
                            td.n data-label="kg" { (kg(link.kg)) }
                        }
                    }
                }
            }
        }
    }
}

async fn data(viewer: Viewer) -> Answer {
    let (_, report) = report(&viewer).await?;
    let lang = viewer.lang();
    let class = |kind: FlowNodeKind| match kind {
        FlowNodeKind::Process => "process",
        FlowNodeKind::Supply | FlowNodeKind::FromStock => "in",
        FlowNodeKind::Waste => "waste",
        FlowNodeKind::Return | FlowNodeKind::Returned => "return",
        FlowNodeKind::Shipped | FlowNodeKind::ToStock => "out",
    };
    let nodes: Vec<_> = report
        .nodes
        .iter()
        .map(|n| json!({"key": n.key, "name": node(lang, n), "class": class(n.kind)}))
        .collect();
    let links: Vec<_> = report
        .links
        .iter()
        .map(|l| json!({"from": report.nodes[l.from].key, "to": report.nodes[l.to].key, "kg": l.kg, "product": name(lang, &l.product)}))
        .collect();
    Ok(Json(json!({"nodes": nodes, "links": links, "unit": "kg"})).into_response())
}
