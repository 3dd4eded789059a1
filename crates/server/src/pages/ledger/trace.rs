//! A trace as a graph that can be moved, and as a table.

use super::{kg, levels, lot_link};
use crate::answer::Answer;
use crate::format::percent;
use crate::parts::{crumbs, empty_to, figures};
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::{Lang, encode};
use app::{Direction, TraceReport};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new().route("/ledger/trace", get(page)).route("/ledger/trace/data", get(data))
}

/// Lots drawn at most: the nearest.
const NODES_MAX: usize = 10_000;
/// Rows of the table.
const ROWS_MAX: usize = 300;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    lot: String,
    direction: String,
    depth: String,
}

impl Ask {
    fn direction(&self) -> Direction {
        if self.direction == "down" { Direction::Down } else { Direction::Up }
    }

    fn depth(&self) -> Option<u32> {
        self.depth.trim().parse().ok().filter(|depth| *depth > 0)
    }
}

async fn page(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let lang = viewer.lang();
    if ask.lot.trim().is_empty() {
        let empty = empty_to(
            lang.t("还没有选批次"),
            lang.t("打开一个批次，再从那里溯源或追踪去向。"),
            "/ledger",
            lang.t("批次台账"),
        );
        return Ok(viewer.page(lang.t("溯源"), &empty));
    }
    let report = viewer.app().trace(viewer.actor(), &ask.lot, ask.direction(), ask.depth()).await;
    let report = report.map_err(|e| viewer.fail(e))?;
    let is_up = ask.direction() == Direction::Up;
    let title = lang.t(if is_up { "溯源" } else { "追踪去向" });
    let lot = report.lots.first().map_or(ask.lot.as_str(), |row| row.lot.as_str());
    let number = lot.rsplit('/').next().unwrap_or(lot);
    let to_lot = format!("/ledger/lot?lot={}", encode(lot));
    let data = format!("/ledger/trace/data?{}", viewer.query);
    let body = html! {
        (crumbs(lang, &[("/ledger", lang.t("批次台账")), (&to_lot, number)], title))
        div.headline {
            h1 { (title) " " (number) }
            nav.toolbar.screen aria-label=(lang.t("操作")) {
                a.button.quiet href=(viewer.with_query("direction", if is_up { "down" } else { "up" })) {
                    (lang.t(if is_up { "追踪去向" } else { "溯源" }))
                }
                button.quiet type="button" data-print { (lang.t("打印")) }
            }
        }
        form.filter method="get" action="/ledger/trace" {
            input type="hidden" name="lot" value=(ask.lot);
            input type="hidden" name="direction" value=(ask.direction);
            label { (lang.t("最多几道工序")) input.few type="number" name="depth" min="1" max="1000" value=(ask.depth); }
            button type="submit" { (lang.t("查看")) }
        }
        (figures(&[
            (lang.t("批次"), report.lots.len().to_string(), ""),
            (lang.t("关系"), report.edges.len().to_string(), ""),
            (lang.t("最深"), report.lots.iter().map(|l| l.depth).max().unwrap_or(0).to_string(), lang.t("道工序")),
        ]))
        @if report.hidden > 0 { p.notice { (report.hidden) " " (lang.t("个批次属于别的企业，不显示。")) } }
        @if report.is_cut { p.notice { (lang.t("更深的批次没有列出。")) } }
        @if report.lots.len() > NODES_MAX { p.notice { (lang.t("图中只画最近的批次：")) (NODES_MAX) } }
        div.trace-graph.screen data-url=(data) data-lot="/ledger/lot?lot=" {
            canvas tabindex="0" role="img" aria-label=(lang.t("批次关系图；旁边的表有同样的内容")) {}
            p.soft { (lang.t("拖动平移，滚轮或 +、− 缩放，方向键选择批次，回车打开，0 看全图。")) }
            p.selected role="status" aria-live="polite" {}
        }
        (table(lang, &report, is_up))
    };
    Ok(viewer.page_with(title, &body, &["trace.js"]))
}

fn table(lang: Lang, report: &TraceReport, is_up: bool) -> Markup {
    html! {
        h2 { (lang.t("批次")) }
        p.soft { (lang.t(if is_up { "占比：本批次中来自该批次的部分。" } else { "占比：该批次中来自本批次的部分。" })) }
        div.scroll tabindex="0" role="region" aria-label=(lang.t("批次")) {
            table.cards {
                thead { tr { th.n { (lang.t("层")) } th { (lang.t("批号")) } th.n { (lang.t("占比")) } th.n { (lang.t("含量")) } th.n { (lang.t("产出")) } th { (lang.t("标识")) } } }
                tbody {
                    @for row in report.lots.iter().take(ROWS_MAX) {
                        @let amount = |a: Option<app::Amount>| a.map_or_else(|| "—".to_owned(), |a| format!("{} {}", kg(a.value), a.unit.code()));
                        tr {
                            td.n data-label=(lang.t("层")) { (row.depth) }
                            td.t data-label=(lang.t("批号")) { (lot_link(&row.lot)) }
                            td.n data-label=(lang.t("占比")) { @if row.is_assumed { "~" } (percent(row.share)) }
                            td.n data-label=(lang.t("含量")) { (amount(row.carried)) }
                            td.n data-label=(lang.t("产出")) { (amount(row.made)) }
                            td.w data-label=(lang.t("标识")) { span.hash { (row.lot) } }
                        }
                    }
                }
            }
        }
        @if report.lots.len() > ROWS_MAX { p.soft { "+" (report.lots.len() - ROWS_MAX) " " (lang.t("个批次，全部见接口 /api/v1/ledger/trace。")) } }
    }
}

/// Nodes with their places, and edges.
async fn data(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let report = viewer.app().trace(viewer.actor(), &ask.lot, ask.direction(), ask.depth()).await;
    let mut report = report.map_err(|e| viewer.fail(e))?;
    report.lots.truncate(NODES_MAX);
    let count = report.lots.len();
    report.edges.retain(|(from, to)| *from < count && *to < count);
    let levels: Vec<u32> = report.lots.iter().map(|l| l.depth).collect();
    let places = levels::places(&levels, &report.edges);
    // What was made from what runs to the right: upstream lies left of the lot that was asked for.
    let deepest = levels.iter().max().copied().unwrap_or(0);
    let is_up = ask.direction() == Direction::Up;
    let nodes: Vec<_> = report
        .lots
        .iter()
        .zip(places)
        .map(|(row, (column, y))| {
            json!([if is_up { deepest - column } else { column }, y, row.lot, row.share])
        })
        .collect();
    Ok(Json(json!({"nodes": nodes, "edges": report.edges})).into_response())
}
