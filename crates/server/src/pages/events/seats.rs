//! `/events/{id}/seats`: a timetable to look at, and making it the one that stands.

use super::show::{self, value};
use crate::answer::Answer;
use crate::format::percent;
use crate::parts::{self, empty_to, figures, scroll, tag};
use crate::viewer::{Posted, Viewer};
use app::{Seating, Wanted};
use axum::extract::Path;
use maud::{Markup, html};
use serde::de::IgnoredAny;

/// `GET /events/{id}/seats`
pub async fn page(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let seating = viewer.app().preview_seating(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    let card = viewer.app().meeting_event(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let event = &card.info.event;
    let back = format!("/events/{id}");
    let exact = seating.gap <= f64::EPSILON;
    let body = html! {
        (parts::crumbs_of(lang, ("/events", lang.t("对接活动")), (&back, &event.name), lang.t("排时间表")))
        h1 { (lang.t("排时间表")) " " (tag("warn", lang.t("预览，尚未生效"))) }
        @if seating.meetings.is_empty() {
            (empty_to(lang.t("还没有可排的洽谈"), lang.t("双方都报名参加，且有匹配或有一方想见，才排得上。"), &format!("{back}/invite"), lang.t("邀请企业")))
        } @else {
            (figures(&[
                (lang.t("洽谈"), seating.meetings.len().to_string(), lang.t("场")),
                (lang.t("可排的洽谈"), seating.wanted.len().to_string(), lang.t("场")),
                (lang.t("总权重"), format!("{:.2}", seating.value), lang.t("匹配与意愿之和，计入可能缺席")),
                (lang.t("离最优"), percent(seating.gap), if exact { lang.t("已证明是最优") } else { lang.t("最多差这么多") }),
                (lang.t("均衡"), format!("{:.2}", seating.jain), lang.t("Jain 指数，1 为完全均衡")),
                (lang.t("没有洽谈的企业"), seating.without.len().to_string(), lang.t("家")),
            ]))
            (show::grid(lang, event, &seating.meetings))
            form method="post" action={ (back) "/seats" } data-confirm=(lang.t("定下这张时间表并通知企业？之后报名关闭，只能现场调整。")) {
                (viewer.csrf_field())
                input type="hidden" name="version" value=(seating.version);
                input type="hidden" name="digest" value=(seating.digest);
                div.actions { button type="submit" { (lang.t("定下这张时间表")) } a.button.quiet href=(back) { (lang.t("返回")) } }
            }
        }
        @if !seating.without.is_empty() {
            h2 { (lang.t("没有洽谈的企业")) }
            ul.inline { @for (firm, side) in &seating.without { li { (show::firm(lang, firm)) " " span.soft { (show::side(lang, event, *side)) } } } }
        }
        @if !seating.wanted.is_empty() {
            h2 { (lang.t("可排的洽谈")) " " span.soft { (seating.wanted.len()) } }
            p.soft { (lang.t("权重＝匹配分的一半＋一方想见加 0.5；双方都想见再乘 2。")) }
            (scroll(lang.t("可排的洽谈"), &wanted(&viewer, &seating)))
        }
    };
    Ok(viewer.page(lang.t("排时间表"), &body))
}

fn wanted(viewer: &Viewer, seating: &Seating) -> Markup {
    let lang = viewer.lang();
    let mark = |on: bool| if on { "✓" } else { "" };
    let row = |w: &Wanted| {
        html! {
            tr {
                td.t data-label=(lang.t("桌主")) { (show::firm(lang, &w.host)) }
                td.t data-label=(lang.t("来访")) { (show::firm(lang, &w.guest)) }
                td.n data-label=(lang.t("匹配分")) { @if let Some(score) = w.match_score { (format!("{score:.3}")) } @else { "–" } }
                td data-label=(lang.t("桌主想见")) { (mark(w.host_wishes)) }
                td data-label=(lang.t("来访想见")) { (mark(w.guest_wishes)) }
                td.n data-label=(lang.t("权重")) { (format!("{:.3}", w.weight)) }
                td data-label=(lang.t("排上")) { @if w.seated { (tag("good", lang.t("已排"))) } @else { (tag("quiet", lang.t("未排"))) } }
            }
        }
    };
    html! {
        table.cards {
            thead { tr {
                th { (lang.t("桌主")) } th { (lang.t("来访")) } th.n { (lang.t("匹配分")) } th { (lang.t("桌主想见")) } th { (lang.t("来访想见")) }
                th.n { (lang.t("权重")) } th { (lang.t("排上")) }
            } }
            tbody { @for w in &seating.wanted { (row(w)) } }
        }
    }
}

/// `POST /events/{id}/seats`
pub async fn freeze(Path(id): Path<i64>, posted: Posted<IgnoredAny>) -> Answer {
    let Posted { viewer, fields, .. } = posted;
    let version = value(&fields, "version").parse().unwrap_or_default();
    let done = viewer.app().freeze_seating(viewer.actor(), id, version, value(&fields, "digest")).await;
    done.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go_with(&format!("/events/{id}"), viewer.lang().t("时间表已定，企业已收到通知。")))
}
