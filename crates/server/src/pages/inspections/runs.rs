//! `/inspections`: runs of one's enterprise; for all other offices what is measured in the cluster.

use super::evidence;
use crate::answer::Answer;
use crate::format;
use crate::parts::{empty_to, scroll, tabs, tag};
use crate::viewer::Viewer;
use crate::words::Lang;
use app::{Act, RunRow};
use maud::{Markup, html};

/// Words of the pages beside each other.
pub fn ways(viewer: &Viewer) -> Markup {
    let lang = viewer.lang();
    let mut ways = Vec::new();
    if viewer.actor().may(Act::Inspections) {
        ways.push(("/inspections", lang.t("检测记录"), None));
        ways.push(("/inspections/recipes", lang.t("检测方案"), None));
    }
    ways.push(("/inspections/evidence", lang.t("实测证据"), None));
    html! { @if ways.len() > 1 { (tabs(viewer, lang.t("检测"), &ways)) } }
}

/// `GET /inspections`
pub async fn index(viewer: Viewer) -> Answer {
    if !viewer.actor().may(Act::Inspections) {
        return evidence::index(viewer).await;
    }
    let lang = viewer.lang();
    let rows = viewer.app().inspections(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let may = viewer.actor().may(Act::RecordInspection);
    let body = html! {
        div.headline {
            h1 { (lang.t("检测")) }
            nav.toolbar.screen aria-label=(lang.t("操作")) {
                @if may { a.button href="/inspections/new" { (lang.t("新的检测")) } }
            }
        }
        (ways(&viewer))
        @if rows.is_empty() {
            (empty_to(lang.t("还没有检测记录"), lang.t("上传画面或一次做完的检测；产线上用 yulin inspect watch 边拍边测。"), "/inspections/new", lang.t("新的检测")))
        } @else {
            form method="get" action="/inspections/compare" {
                (scroll(lang.t("检测记录"), &table(lang, &rows)))
                @if rows.len() > 1 {
                    div.actions.screen {
                        button.quiet type="submit" { (lang.t("比较选中的两次")) }
                    }
                }
            }
        }
    };
    Ok(viewer.page(lang.t("检测"), &body))
}

/// Where a run stands, as a tag.
pub fn state(lang: Lang, row: &RunRow) -> Markup {
    if row.running { tag("info", lang.t("进行中")) } else { tag("good", lang.t("已定稿")) }
}

fn table(lang: Lang, rows: &[RunRow]) -> Markup {
    html! {
        table.cards {
            thead { tr {
                th scope="col" { span.visually-hidden { (lang.t("选择")) } }
                th scope="col" { (lang.t("名称")) }
                th scope="col" { (lang.t("企业")) }
                th scope="col" { (lang.t("检测方案")) }
                th.n scope="col" { (lang.t("帧数")) }
                th.n scope="col" { (lang.t("灯珠")) }
                th.n scope="col" { (lang.t("良率")) }
                th.n scope="col" { "Cpk x" }
                th.n scope="col" { "Cpk y" }
                th scope="col" { (lang.t("状态")) }
                th scope="col" { (lang.t("时间")) }
            } }
            tbody {
                @for row in rows {
                    @let panel = row.figures.as_ref().and_then(|f| f.panel.as_ref());
                    tr {
                        td.screen data-label=(lang.t("选择")) {
                            input type="checkbox" name="a" value=(row.id) aria-label={ (lang.t("比较")) " " (row.name) };
                        }
                        td.t data-label=(lang.t("名称")) { a.strong href={ "/inspections/" (row.id) } { (row.name) } }
                        td data-label=(lang.t("企业")) { (row.enterprise.name) }
                        td data-label=(lang.t("检测方案")) {
                            @match row.recipe {
                                Some(id) => a href={ "/inspections/recipes/" (id) } { (panel.map_or("", |p| p.recipe.as_str())) },
                                None => (panel.map_or("", |p| p.recipe.as_str())),
                            }
                        }
                        td.n data-label=(lang.t("帧数")) { (panel.map_or(0, |p| p.frames)) }
                        td.n data-label=(lang.t("灯珠")) { (panel.map_or(0, |p| p.beads)) }
                        td.n data-label=(lang.t("良率")) { (percent(panel.and_then(|p| p.yield_share), 3)) }
                        td.n data-label="Cpk x" { (number(panel.and_then(|p| p.cpk_x), 2)) }
                        td.n data-label="Cpk y" { (number(panel.and_then(|p| p.cpk_y), 2)) }
                        td data-label=(lang.t("状态")) { (state(lang, row)) }
                        td.d data-label=(lang.t("时间")) { (format::moment(row.changed_ms)) }
                    }
                }
            }
        }
    }
}

/// A share in per cent; a dash where there is none.
pub fn percent(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "—".to_owned(), |v| format!("{:.digits$}%", 100.0 * v))
}

/// A number; a dash where there is none.
pub fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "—".to_owned(), |v| format!("{v:.digits$}"))
}
