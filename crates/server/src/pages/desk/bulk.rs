//! Many needs at once: what would be said is shown first, then stored in one round that one undo takes back.

use super::decide::{done_word, field_of};
use super::review::{Asked, BULK_MAX};
use crate::answer::Answer;
use crate::format;
use crate::parts::{crumbs, empty, scroll};
use crate::viewer::Posted;
use app::{Code, Decision, DeskNeed, DeskPair, Error};
use axum::extract::Path;
use axum::response::IntoResponse;
use maud::html;
use model::list::Review;
use serde::Deserialize;

/// What is to be done with which needs.
#[derive(Deserialize)]
pub struct Bulk {
    scope: String,
    action: String,
    #[serde(default)]
    score: f64,
    #[serde(default)]
    reason: String,
    need: u32,
    #[serde(default)]
    show: String,
    #[serde(default)]
    q: String,
}

/// `POST /desk/{id}/bulk`: nothing is stored yet.
pub async fn preview(Path(id): Path<i64>, Posted { viewer, form, fields }: Posted<Bulk>) -> Answer {
    let lang = viewer.lang();
    let asked =
        Asked { need: Some(form.need), show: form.show.clone(), q: form.q.clone(), offer: String::new() };
    let numbers: Vec<u32> = if form.scope == "shown" {
        let desk = viewer.app().desk(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
        desk.rows.iter().filter(|row| asked.shows(row)).map(|row| row.need.number).collect()
    } else {
        fields.iter().filter(|(name, _)| name == "pick").filter_map(|(_, v)| v.parse().ok()).collect()
    };
    if numbers.len() > BULK_MAX {
        let error = Error::new(Code::BadInput, lang.t("一次最多处理 2000 条需求"));
        return Err(viewer.fail(error.hint(lang.t("用查找缩小范围。"))));
    }
    if form.action == "below" && form.reason.trim().is_empty() {
        return Err(viewer.fail(Error::new(Code::BadInput, lang.t("剔除须写原因"))));
    }
    let needs = viewer.app().desk_needs(viewer.actor(), id, &numbers).await.map_err(|e| viewer.fail(e))?;
    let decided: Vec<(&DeskNeed, &DeskPair, Decision)> =
        needs.iter().flat_map(|need| decisions(need, &form).map(move |(pair, d)| (need, pair, d))).collect();
    let body = html! {
        div #desk.desk {
            (crumbs(lang, &[("/desk", lang.t("审核台")), (&asked.at(id, form.need), lang.t("返回审核"))], lang.t("批量处理")))
            h1 { (lang.t("批量处理预览")) }
            @if decided.is_empty() {
                (empty(lang.t("没有要改的对子"), lang.t("换一个范围或做法；已有意见的对子不会被批量改动。")))
                div.actions { a.button.quiet href=(asked.at(id, form.need)) { (lang.t("返回审核")) } }
            } @else {
                p { (lang.t("将改动的对子")) "：" strong { (decided.len()) } "。" (lang.t("还没有保存；保存后可以一次撤销。")) }
                form method="post" action={ "/desk/" (id) "/decide-all" } {
                    (viewer.csrf_field()) (asked.fields())
                    input type="hidden" name="need" value=(form.need);
                    div.actions {
                        button type="submit" { (lang.t("全部保存")) }
                        a.button.quiet href=(asked.at(id, form.need)) { (lang.t("返回审核")) }
                    }
                    (scroll(lang.t("批量处理预览"), &html! {
                        table.cards {
                            thead { tr {
                                th { (lang.t("保存")) } th { (lang.t("需求")) } th { (lang.t("供给")) } th { (lang.t("供方")) }
                                th.n { (lang.t("得分")) } th { (lang.t("原来")) } th { (lang.t("改为")) }
                            } }
                            tbody {
                                @for (need, pair, decision) in &decided {
                                    @let label = format!("{} {} ↔ {}", lang.t("保存"), decision.need, decision.offer);
                                    tr {
                                        td data-label=(lang.t("保存")) { input type="checkbox" name="d" value=(field_of(decision)) checked aria-label=(label); }
                                        td.t data-label=(lang.t("需求")) { (decision.need) ". " (need.need.need.title) }
                                        td.t data-label=(lang.t("供给")) { (decision.offer) ". " (pair.offer.offer.title) }
                                        td.t data-label=(lang.t("供方")) { (pair.supplier.as_ref().map_or("", |e| e.name.as_str())) }
                                        td.n data-label=(lang.t("得分")) { (format::score(pair.matched.score)) }
                                        td data-label=(lang.t("原来")) { (lang.t(pair.review.zh())) }
                                        td data-label=(lang.t("改为")) {
                                            (done_word(lang, &decision.review))
                                            @if let Review::Rejected { reason } = &decision.review { "：" (reason) }
                                        }
                                    }
                                }
                            }
                        }
                    }))
                }
            }
        }
    };
    if viewer.htmx {
        return Ok(viewer.piece(body).into_response());
    }
    Ok(viewer.page_with(lang.t("批量处理预览"), &body, &["desk.js"]))
}

/// What the action says of a need's candidates. A word that somebody has said is never changed by it, but taken back where that
/// is what is asked.
fn decisions<'a>(
    need: &'a DeskNeed,
    form: &Bulk,
) -> impl Iterator<Item = (&'a DeskPair, Decision)> + use<'a> {
    let silent = |p: &&DeskPair| p.review == Review::Proposed;
    let (pairs, review): (Vec<&DeskPair>, Review) = match form.action.as_str() {
        "first" => {
            let settled = need.pairs.iter().any(|p| matches!(p.review, Review::Confirmed | Review::Added));
            let first = need.pairs.iter().find(|p| p.matched.feasible && p.review == Review::Proposed);
            (first.filter(|_| !settled).into_iter().collect(), Review::Confirmed)
        }
        "below" => {
            let reason = form.reason.trim().to_owned();
            let score = form.score;
            let below = need.pairs.iter().filter(silent).filter(|p| p.matched.score < score);
            (below.collect(), Review::Rejected { reason })
        }
        "back" => (need.pairs.iter().filter(|p| !silent(p)).collect(), Review::Proposed),
        _ => (Vec::new(), Review::Proposed),
    };
    let number = need.need.number;
    pairs.into_iter().map(move |pair| {
        let decision =
            Decision { need: number, offer: pair.offer.number, review: review.clone(), base: pair.base };
        (pair, decision)
    })
}
