//! One run: its figures, charts, pictures, files, evidence; live while it is under way.

use super::runs::{kind, number, percent, state};
use super::{data, evidence, kinds};
use crate::answer::Answer;
use crate::format;
use crate::pages::inspection::{defects, legend, zh};
use crate::parts::{crumbs, empty, figures, scroll};
use crate::viewer::Viewer;
use crate::words::{Lang, encode};
use app::{Act, Measure, PanelSummary, RunCard, RunFigures, Source};
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use maud::{Markup, html};

/// `GET /inspections/{id}`
pub async fn page(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let lang = viewer.lang();
    let card = viewer.app().inspection(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    let offers = if viewer.actor().may(Act::AttachEvidence) && !card.row.running {
        evidence::offers_of(&viewer, card.row.enterprise.id).await?
    } else {
        Vec::new()
    };
    let row = &card.row;
    let body = html! {
        (crumbs(lang, &[("/inspections", lang.t("检测"))], &row.name))
        div.headline { h1 { (row.name) " " (state(lang, row)) } }
        p {
            (kind(lang, row.kind())) " · " (row.enterprise.name) " · " (format::moment(row.begun_ms)) " ~ " (format::moment(row.changed_ms))
            @if let Some(figures) = &row.figures { " · " (source(lang, figures.source)) }
            @if let Some(recipe) = row.recipe {
                " · " a href={ "/inspections/recipes/" (recipe) } { (lang.t("检测方案")) }
            }
        }
        (now(&viewer, &card))
        (charts(lang, &card))
        (pictures(lang, &card))
        (kinds::table(lang, &card))
        (files(lang, &card))
        @if !row.running { (evidence::of_run(&viewer, &card, &offers, None)) }
    };
    Ok(viewer.page_with(&row.name, &body, &["vendor/echarts.js", "inspect.js"]))
}

/// `GET /inspections/{id}/live`: what changes while it is under way.
pub async fn live(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let card = viewer.app().inspection(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.piece(now(&viewer, &card)))
}

/// `GET /inspections/{id}/files/{name}`
pub async fn file(viewer: Viewer, Path((id, name)): Path<(i64, String)>) -> Answer {
    let bytes = viewer.app().inspection_file(viewer.actor(), id, &name).await.map_err(|e| viewer.fail(e))?;
    // Pictures are shown; all else is somebody's file and only ever saved, never run as a page of ours.
    let (kind, how) = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("png") => ("image/png", "inline"),
        _ => ("application/octet-stream", "attachment"),
    };
    let safe: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    let head = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("{how}; filename=\"{safe}\"")),
    ];
    Ok((head, bytes).into_response())
}

/// Where a run's frames came from, in words.
fn source(lang: Lang, source: Source) -> &'static str {
    match source {
        Source::Watch => lang.t("产线实时"),
        Source::Frames => lang.t("上传的画面"),
        Source::Folder => lang.t("上传的检测结果"),
        Source::Command => lang.t("命令行检测"),
    }
}

/// Figures, alarms, how far behind.
fn now(viewer: &Viewer, card: &RunCard) -> Markup {
    let lang = viewer.lang();
    let row = &card.row;
    let again = row.running.then(|| format!("/inspections/{}/live", row.id));
    let behind = row.figures.as_ref().and_then(|f| f.live).filter(|_| row.running);
    html! {
        div #now hx-get=[again] hx-trigger=[row.running.then_some("every 2s")] hx-swap=[row.running.then_some("outerHTML")] {
            (alarm(lang, card))
            @match row.figures.as_ref().and_then(|f| outcome(lang, f)) {
                None => (empty(lang.t("还没有测完一帧"), lang.t("第一帧测完后，结果会出现在这里。"))),
                Some(outcome) => (outcome),
            }
            @if let Some(behind) = behind {
                p.notice role="status" {
                    (lang.t("每秒帧数")) " " (format!("{:.1}", behind.frames_per_second)) " · "
                    (lang.t("等待的帧")) " " (behind.waiting)
                    @if behind.oldest_ms > 0 { " (" (format!("{:.1}", behind.oldest_ms as f64 / 1000.0)) " s)" }
                    @if behind.held_ms > 0 { " · " (lang.t("发送方等待")) " " (format!("{:.1}", behind.held_ms as f64 / 1000.0)) " s" }
                }
            }
        }
    }
}

/// The run rules that are broken now, and how many were before.
fn alarm(lang: Lang, card: &RunCard) -> Markup {
    let Some(control) = &card.control else { return html! {} };
    let of = |measure: Measure| match measure {
        Measure::Yield => lang.t("良率"),
        Measure::Dx => lang.t("dx 离散"),
        Measure::Dy => lang.t("dy 离散"),
    };
    let now: Vec<_> = control.alarms.iter().filter(|a| a.now).collect();
    html! {
        @if !now.is_empty() {
            div.failure role="alert" {
                p { strong { (lang.t("过程失控")) } }
                ul { @for a in &now { li { (of(a.measure)) "：" (data::rule(lang, &a.rule)) " · " (lang.t("帧")) " " (a.frame) } } }
            }
        }
        @let before = control.alarms.len() - now.len();
        @if before > 0 {
            details {
                summary { (lang.t("此前的判异")) " (" (before) ")" }
                ul.plain { @for a in control.alarms.iter().rev().filter(|a| !a.now).take(30) {
                    li { (lang.t("帧")) " " (a.frame) " · " (of(a.measure)) "：" (data::rule(lang, &a.rule)) }
                } }
            }
        }
    }
}

/// The chief figures of a run of any kind; nothing before the first frame.
pub fn outcome(lang: Lang, figures: &RunFigures) -> Option<Markup> {
    let RunFigures { panel, boards, placement, .. } = figures;
    let boards = boards.as_ref().map(|boards| kinds::boards(lang, boards));
    let placement = placement.as_ref().map(|placed| kinds::placement(lang, placed));
    panel.as_ref().map(|panel| results(lang, panel)).or(boards).or(placement)
}

/// The chief figures and those of the classes.
fn results(lang: Lang, p: &PanelSummary) -> Markup {
    let between =
        |low: Option<f64>, high: Option<f64>| format!("95%: {} … {}", number(low, 2), number(high, 2));
    let share = format!("95%: {} … {}", percent(p.yield_low, 3), percent(p.yield_high, 3));
    let (x, y) = (between(p.cpk_x_low, p.cpk_x_high), between(p.cpk_y_low, p.cpk_y_high));
    let refused = if p.refused > 0 { format!("{} {}", lang.t("拒绝"), p.refused) } else { String::new() };
    let found = defects(p);
    let total: u64 = found.iter().map(|f| f.1).sum();
    html! {
        @if p.overexposed_frames > 0 {
            p.notice role="status" { (lang.t("曝光过度：灯珠亮度超出相机量程的帧数")) "：" (p.overexposed_frames) }
        }
        (figures(&[
            (lang.t("良率"), percent(p.yield_share, 3), &share),
            ("Cp x · Cpk x", format!("{} · {}", number(p.cp_x, 2), number(p.cpk_x, 2)), &x),
            ("Cp y · Cpk y", format!("{} · {}", number(p.cp_y, 2), number(p.cpk_y, 2)), &y),
            (lang.t("帧数"), p.frames.to_string(), &refused),
            (lang.t("灯珠"), p.beads.to_string(), ""),
            (lang.t("缺陷"), total.to_string(), ""),
            (lang.t("量具占公差"), percent(Some(p.gauge_share), 1), ""),
        ]))
        @if !found.is_empty() {
            (scroll(lang.t("缺陷分类"), &html! {
                table {
                    thead { tr { th scope="col" { (lang.t("类别")) } th.n scope="col" { (lang.t("数量")) } th.n scope="col" { "ppm" } } }
                    tbody { @for (class, count) in &found {
                        tr {
                            th scope="row" { (lang.t(zh(*class))) }
                            td.n { (count) }
                            td.n { (format!("{:.0}", 1e6 * *count as f64 / p.beads.max(1) as f64)) }
                        }
                    } }
                }
            }))
        }
        (patterns(lang, p))
    }
}

/// Clusters and lines of the worst frame's defects.
fn patterns(lang: Lang, p: &PanelSummary) -> Markup {
    let (clusters, lines) = (&p.patterns.clusters, &p.patterns.lines);
    html! {
        @if !(clusters.is_empty() && lines.is_empty()) {
            details {
                summary { (lang.t("缺陷最多的一帧中的成团与成线")) " (" (clusters.len() + lines.len()) ")" }
                ul.plain {
                    @for cluster in clusters.iter().take(20) {
                        li {
                            (cluster.sites.len()) " " (lang.t("处缺陷")) " · " (lang.t("行")) " " (cluster.rows.0) "–" (cluster.rows.1)
                            " · " (lang.t("列")) " " (cluster.columns.0) "–" (cluster.columns.1)
                        }
                    }
                    @for line in lines.iter().take(20) {
                        li {
                            (if line.kind == app::DefectLine::Row { lang.t("行") } else { lang.t("列") }) " " (line.index) ": "
                            (line.defects) " / " (line.sites) " · p = " (format!("{:.1e}", line.chance))
                        }
                    }
                }
            }
        }
    }
}

/// Boxes that the script fills with charts.
fn charts(lang: Lang, card: &RunCard) -> Markup {
    let parts = [
        ("pareto", lang.t("缺陷排列图")),
        ("spots", lang.t("缺陷在面板上的位置")),
        ("yield", lang.t("良率单值图")),
        ("ewma", lang.t("良率 EWMA 图")),
        ("xdx", lang.t("dx 离散均值图")),
        ("rdx", lang.t("dx 离散极差图")),
        ("xdy", lang.t("dy 离散均值图")),
        ("rdy", lang.t("dy 离散极差图")),
    ];
    html! {
        section.charts data-inspection={ "/inspections/" (card.row.id) "/data.json" } {
            @for (part, name) in parts {
                figure.chart hidden {
                    figcaption { (name) }
                    div.box role="img" aria-label=(name) data-part=(part) {}
                }
            }
        }
        @if let Some(detail) = &card.detail {
            @if detail.course.per > 1 {
                p.soft { (lang.t("每点代表的帧数")) "：" (detail.course.per) }
            }
        }
    }
}

/// The overlay that can be looked at closely, and the maps.
fn pictures(lang: Lang, card: &RunCard) -> Markup {
    let Some(detail) = &card.detail else { return html! {} };
    let kept = |name: &str| detail.files.iter().any(|f| f.name == name && f.kept);
    let to = |name: &str| file_path(card, name);
    html! {
        @if kept("overlay.png") {
            h2 { (lang.t("缺陷最多的一帧")) }
            @if let Some((_, name, count)) = &detail.worst { p.soft { (name) " · " (count) " " (lang.t("处缺陷")) } }
            @if let Some(panel) = card.row.figures.as_ref().and_then(|f| f.panel.as_ref()) {
                (legend(lang, panel, false))
            }
            (kinds::legend(lang, card))
            div.zoom tabindex="0" role="region" data-zoom aria-label=(lang.t("可缩放的标注图：滚轮或双指缩放，拖动移动，按 + - 0 和方向键")) {
                img src=(to("overlay.png")) alt=(lang.t("缺陷最多的一帧，缺陷处有圈"));
            }
            p.hint.screen { (lang.t("滚轮或双指缩放，拖动移动；键盘：+ - 0 和方向键")) }
        }
        @if kept("map.png") {
            h2 { (lang.t("面板图")) }
            p.soft { (lang.t("左上 dx，右上 dy，左下亮度，右下类别；各帧平均")) }
            div.zoom tabindex="0" role="region" data-zoom aria-label=(lang.t("可缩放的面板图")) {
                img src=(to("map.png")) alt=(lang.t("dx、dy、亮度和类别的面板图"));
            }
        }
    }
}

/// Address of a file; its name is as somebody's machine gave it.
fn file_path(card: &RunCard, name: &str) -> String {
    format!("/inspections/{}/files/{}", card.row.id, encode(name))
}

fn files(lang: Lang, card: &RunCard) -> Markup {
    let Some(detail) = &card.detail else { return html! {} };
    html! {
        @if !detail.files.is_empty() {
            h2 { (lang.t("文件")) }
            ul.plain { @for file in &detail.files {
                li {
                    @if file.kept { a href=(file_path(card, &file.name)) download { (file.name) } }
                    @else { (file.name) " " span.soft { (lang.t("太大，留在检测输出的文件夹里")) } }
                    " " span.soft { (file.bytes.div_ceil(1024)) " KB" }
                }
            } }
        }
        @if let Some(sha256) = &card.row.sha256 {
            p { (lang.t("定稿指纹")) " SHA-256 " code.hash { (sha256) } }
        }
        details {
            summary { (lang.t("检测方案")) }
            pre.recipe { (detail.recipe) }
        }
        @if !detail.refusals.is_empty() {
            details {
                summary { (lang.t("被拒绝的帧")) " (" (detail.refusals.len()) ")" }
                ul { @for why in &detail.refusals { li { (lang.say(why)) } } }
            }
        }
    }
}
