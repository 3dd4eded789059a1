//! `/inspections`: runs of one's enterprise; for all other offices what is measured in the cluster.

use super::evidence;
use crate::answer::Answer;
use crate::format;
use crate::parts::{empty_to, scroll, tabs, tag};
use crate::viewer::Viewer;
use crate::words::Lang;
use app::{Act, RunKind, RunRow};
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

/// What a run inspects, in words.
pub fn kind(lang: Lang, kind: RunKind) -> &'static str {
    match kind {
        RunKind::Panel => lang.t("灯珠面板"),
        RunKind::Boards => lang.t("线路板比对"),
        RunKind::Placement => lang.t("元件贴装"),
    }
}

/// Figures that all kinds of runs have in a list: frames, pieces, share of good ones, Cpk along x and y.
#[derive(Default)]
struct Row<'a> {
    recipe: &'a str,
    frames: u64,
    pieces: u64,
    good: Option<f64>,
    cpk: [Option<f64>; 2],
}

impl<'a> Row<'a> {
    fn of(row: &'a RunRow) -> Self {
        let Some(figures) = &row.figures else { return Self::default() };
        if let Some(panel) = &figures.panel {
            return Self {
                recipe: &panel.recipe,
                frames: panel.frames,
                pieces: panel.beads,
                good: panel.yield_share,
                cpk: [panel.cpk_x, panel.cpk_y],
            };
        }
        if let Some(boards) = &figures.boards {
            let good = boards.yield_share.map(|s| s.value);
            return Self { frames: boards.boards, pieces: boards.boards, good, ..Self::default() };
        }
        figures.placement.as_ref().map_or_else(Self::default, |placed| Self {
            frames: placed.boards,
            pieces: placed.measured.parts,
            good: placed.measured.yield_share.map(|s| s.value),
            cpk: [placed.measured.x, placed.measured.y].map(|c| c.map(|c| c.cpk.value)),
            ..Self::default()
        })
    }
}

fn table(lang: Lang, rows: &[RunRow]) -> Markup {
    html! {
        table.cards {
            thead { tr {
                th scope="col" { span.visually-hidden { (lang.t("选择")) } }
                th scope="col" { (lang.t("名称")) }
                th scope="col" { (lang.t("种类")) }
                th scope="col" { (lang.t("企业")) }
                th scope="col" { (lang.t("检测方案")) }
                th.n scope="col" { (lang.t("帧数")) }
                th.n scope="col" { (lang.t("件数")) }
                th.n scope="col" { (lang.t("良率")) }
                th.n scope="col" { "Cpk x" }
                th.n scope="col" { "Cpk y" }
                th scope="col" { (lang.t("状态")) }
                th scope="col" { (lang.t("时间")) }
            } }
            tbody {
                @for row in rows {
                    @let of = Row::of(row);
                    tr {
                        td.screen data-label=(lang.t("选择")) {
                            input type="checkbox" name="a" value=(row.id) aria-label={ (lang.t("比较")) " " (row.name) };
                        }
                        td.t data-label=(lang.t("名称")) { a.strong href={ "/inspections/" (row.id) } { (row.name) } }
                        td data-label=(lang.t("种类")) { (kind(lang, row.kind())) }
                        td data-label=(lang.t("企业")) { (row.enterprise.name) }
                        td data-label=(lang.t("检测方案")) {
                            @match row.recipe {
                                Some(id) => a href={ "/inspections/recipes/" (id) } { (of.recipe) },
                                None => (of.recipe),
                            }
                        }
                        td.n data-label=(lang.t("帧数")) { (of.frames) }
                        td.n data-label=(lang.t("件数")) { (of.pieces) }
                        td.n data-label=(lang.t("良率")) { (percent(of.good, 3)) }
                        td.n data-label="Cpk x" { (number(of.cpk[0], 2)) }
                        td.n data-label="Cpk y" { (number(of.cpk[1], 2)) }
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
