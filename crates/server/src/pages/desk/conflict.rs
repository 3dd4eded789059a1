//! Two people spoke of one pair: both words beside each other, and one decides again.

use super::decide::field_of;
use super::review::Asked;
use crate::answer::Answer;
use crate::format;
use crate::parts::crumbs;
use crate::viewer::Viewer;
use crate::words::Lang;
use app::{Decision, DeskPair, Error};
use axum::response::IntoResponse;
use maud::{Markup, html};
use model::list::Review;

/// The page instead of the desk. `decisions` were refused as a whole.
pub async fn page(viewer: &Viewer, id: i64, decisions: &[Decision], asked: &Asked, error: Error) -> Answer {
    let lang = viewer.lang();
    // Where the list is no draft any more there is nothing to decide again.
    let mut both = Vec::new();
    let mut free = Vec::new();
    for decision in decisions {
        let card = viewer.app().desk_need(viewer.actor(), id, decision.need).await;
        let Ok(card) = card else { return Err(viewer.fail(error)) };
        let title = card.need.need.title.clone();
        match card.pairs.into_iter().find(|p| p.offer.number == decision.offer) {
            Some(pair) if pair.base != decision.base => both.push((title, pair, decision)),
            _ => free.push(decision),
        }
    }
    let need = asked.need.or(decisions.first().map(|d| d.need)).unwrap_or(1);
    let body = html! {
        div #desk.desk {
            (crumbs(lang, &[("/desk", lang.t("审核台")), (&asked.at(id, need), lang.t("返回审核"))], lang.t("意见冲突")))
            h1 { (lang.t("有人先您一步")) }
            p { (lang.t("在您打开这一页之后，别人对同一对子表了态。什么都没有覆盖，也没有保存您的这一步；请看过双方意见再决定。")) }
            form method="post" action={ "/desk/" (id) "/decide-all" } {
                (viewer.csrf_field()) (asked.fields())
                input type="hidden" name="need" value=(need);
                @for decision in &free { input type="hidden" name="d" value=(field_of(decision)); }
                @for (title, pair, decision) in &both { (one(lang, title, pair, decision)) }
                @if !free.is_empty() { p { (lang.t("没有冲突、将一并保存的对子")) "：" (free.len()) } }
                div.actions {
                    button type="submit" { (lang.t("按以上选择保存")) }
                    a.button.quiet href=(asked.at(id, need)) { (lang.t("不保存，返回审核")) }
                }
            }
        }
    };
    let mut response = if viewer.htmx {
        viewer.piece(body).into_response()
    } else {
        viewer.page_with(lang.t("意见冲突"), &body, &["desk.js"])
    };
    *response.status_mut() = axum::http::StatusCode::CONFLICT;
    Ok(response)
}

fn one(lang: Lang, title: &str, pair: &DeskPair, mine: &Decision) -> Markup {
    let name = format!("d-{}-{}", mine.need, mine.offer);
    let again = Decision { base: pair.base, ..mine.clone() };
    let supplier = pair.supplier.as_ref().map_or("", |e| e.name.as_str());
    html! {
        fieldset {
            legend { (mine.need) ". " (title) " ↔ " (pair.offer.number) ". " (pair.offer.offer.title) " " (supplier) }
            div.sides {
                label.panel {
                    input type="radio" name=(name) value="" checked;
                    strong { (lang.t("保留对方的意见")) }
                    p { (said(lang, &pair.review)) }
                    p.soft { (pair.by.as_deref().unwrap_or("")) " " (pair.at_ms.map(format::moment).unwrap_or_default()) }
                }
                label.panel {
                    input type="radio" name=(name) value=(field_of(&again));
                    strong { (lang.t("改成我的意见")) }
                    p { (said(lang, &mine.review)) }
                    p.soft { (lang.t("对方的意见仍留在记录里")) }
                }
            }
        }
    }
}

/// A word with its reason.
fn said(lang: Lang, review: &Review) -> String {
    match review {
        Review::Proposed => lang.t("没有意见（收回）").to_owned(),
        Review::Rejected { reason } => format!("{}：{reason}", lang.t(review.zh())),
        other => lang.t(other.zh()).to_owned(),
    }
}
