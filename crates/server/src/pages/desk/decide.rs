//! Decisions of the desk: each is stored at once, and the next need is shown.

use super::review::{Asked, desk};
use super::undo::Round;
use super::{Nothing, conflict};
use crate::answer::{Answer, Failure};
use crate::viewer::{Posted, Viewer};
use crate::words::Lang;
use app::{Code, Decision, Error};
use axum::extract::Path;
use axum::response::IntoResponse;
use model::list::Review;
use serde::Deserialize;

/// A word on one pair.
#[derive(Deserialize)]
pub struct Said {
    need: u32,
    offer: u32,
    base: i64,
    review: String,
    /// A reason that was chosen.
    #[serde(default)]
    pick: String,
    /// A reason in words.
    #[serde(default)]
    reason: String,
    /// True where the desk stays at this need.
    #[serde(default)]
    stay: bool,
    #[serde(default)]
    show: String,
    #[serde(default)]
    q: String,
}

/// Reads a word: `confirmed`, `added`, `proposed`, or `rejected` with a reason.
pub fn review_of(word: &str, pick: &str, reason: &str) -> Option<Review> {
    Some(match word {
        "confirmed" => Review::Confirmed,
        "added" => Review::Added,
        "proposed" => Review::Proposed,
        "rejected" => {
            let parts = [pick.trim(), reason.trim()];
            let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
            Review::Rejected { reason: parts.join("：") }
        }
        _ => return None,
    })
}

/// What a word is called when it was said.
pub fn done_word(lang: Lang, review: &Review) -> &'static str {
    match review {
        Review::Confirmed => lang.t("已确认"),
        Review::Added => lang.t("已添加"),
        Review::Rejected { .. } => lang.t("已剔除"),
        Review::Proposed => lang.t("已收回意见"),
    }
}

/// `POST /desk/{id}/decide`: one word.
pub async fn decide(Path(id): Path<i64>, Posted { viewer, form, .. }: Posted<Said>) -> Answer {
    let lang = viewer.lang();
    let review = review_of(&form.review, &form.pick, &form.reason)
        .ok_or_else(|| viewer.fail(Error::new(Code::BadInput, lang.t("不认识的意见"))))?;
    let words = format!("{} {} ↔ {}", done_word(lang, &review), form.need, form.offer);
    let decisions = [Decision { need: form.need, offer: form.offer, review, base: form.base }];
    let asked = Asked { need: Some(form.need), show: form.show, q: form.q, offer: String::new() };
    let stay = form.stay;
    let onward = if stay { None } else { next(&viewer, id, &asked, form.need).await? };
    store(&viewer, id, &decisions, words, form.need, &Asked { need: onward.or(asked.need), ..asked }).await
}

/// The need after this one in the queue; asked for before the word is stored, which may take this one out of it.
async fn next(viewer: &Viewer, id: i64, asked: &Asked, need: u32) -> Result<Option<u32>, Failure> {
    let desk = viewer.app().desk(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    Ok(desk.rows.iter().find(|row| row.need.number > need && asked.shows(row)).map(|row| row.need.number))
}

/// Stores decisions and shows the desk; where somebody else was quicker, both words.
async fn store(
    viewer: &Viewer,
    id: i64,
    decisions: &[Decision],
    words: String,
    need: u32,
    asked: &Asked,
) -> Answer {
    match viewer.app().decide(viewer.actor(), id, decisions).await {
        Ok(done) => {
            viewer.site.undos.push(viewer.actor(), id, Round { words, need, undo: done.undo });
            show(viewer, id, asked).await
        }
        Err(error) if error.code == Code::Conflict => {
            conflict::page(viewer, id, decisions, asked, error).await
        }
        Err(error) => Err(viewer.fail(error)),
    }
}

/// The desk as an answer to a form.
async fn show(viewer: &Viewer, id: i64, asked: &Asked) -> Answer {
    let need = asked.need.unwrap_or(1);
    if !viewer.htmx {
        return Ok(viewer.go(&asked.at(id, need)));
    }
    let mut response = viewer.piece(desk(viewer, id, asked).await?).into_response();
    if let Ok(path) = asked.at(id, need).parse() {
        response.headers_mut().insert("hx-push-url", path);
    }
    Ok(response)
}

/// Many words at once: each `d` is `need-offer-base-word`, words that need one share the reason.
#[derive(Deserialize)]
pub struct All {
    #[serde(default)]
    reason: String,
    need: u32,
    #[serde(default)]
    show: String,
    #[serde(default)]
    q: String,
}

/// One decision as a form carries it. A rejection carries its own reason behind the word, where it has one.
pub fn field_of(decision: &Decision) -> String {
    let Decision { need, offer, review, base } = decision;
    match review {
        Review::Confirmed => format!("{need}-{offer}-{base}-confirmed"),
        Review::Added => format!("{need}-{offer}-{base}-added"),
        Review::Proposed => format!("{need}-{offer}-{base}-proposed"),
        Review::Rejected { reason } => format!("{need}-{offer}-{base}-rejected-{reason}"),
    }
}

fn decision_of(field: &str, reason: &str) -> Option<Decision> {
    let mut parts = field.splitn(5, '-');
    let (need, offer) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let (base, word) = (parts.next()?.parse().ok()?, parts.next()?);
    let review = review_of(word, parts.next().unwrap_or(""), reason)?;
    Some(Decision { need, offer, review, base })
}

/// `POST /desk/{id}/decide-all`: the decisions of a bulk preview or of a conflict page.
pub async fn decide_all(Path(id): Path<i64>, Posted { viewer, form, fields }: Posted<All>) -> Answer {
    let lang = viewer.lang();
    // A conflict page has one choice a pair, named after the pair; the empty one leaves the other's word.
    let chosen = fields.iter().filter(|(name, _)| name == "d" || name.starts_with("d-"));
    let decisions: Option<Vec<Decision>> = chosen
        .filter(|(_, value)| !value.is_empty())
        .map(|(_, value)| decision_of(value, &form.reason))
        .collect();
    let decisions =
        decisions.ok_or_else(|| viewer.fail(Error::new(Code::BadInput, lang.t("不认识的意见"))))?;
    let asked = Asked { need: Some(form.need), show: form.show, q: form.q, offer: String::new() };
    if decisions.is_empty() {
        return Ok(viewer.go(&asked.at(id, form.need)));
    }
    let words = format!("{} {}", lang.t("已处理对子数"), decisions.len());
    store(&viewer, id, &decisions, words, form.need, &asked).await
}

/// `POST /desk/{id}/undo`: what this person did last.
pub async fn undo(Path(id): Path<i64>, Posted { viewer, fields, .. }: Posted<Nothing>) -> Answer {
    let value = |name: &str| fields.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v).to_owned();
    let mut asked = Asked { need: None, show: value("show"), q: value("q"), offer: String::new() };
    let Some(round) = viewer.site.undos.pop(viewer.actor(), id) else {
        return Err(viewer.fail(
            Error::new(Code::NothingToDo, viewer.lang().t("没有可以撤销的步骤"))
                .hint(viewer.lang().t("在候选上按“收回意见”。")),
        ));
    };
    asked.need = Some(round.need);
    match viewer.app().decide(viewer.actor(), id, &round.undo).await {
        Ok(_) => show(&viewer, id, &asked).await,
        Err(error) if error.code == Code::Conflict => {
            conflict::page(&viewer, id, &round.undo, &asked, error).await
        }
        Err(error) => Err(viewer.fail(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_survives_its_field() {
        let reason = "价格-不合：太贵";
        for review in [
            Review::Confirmed,
            Review::Added,
            Review::Proposed,
            Review::Rejected { reason: reason.to_owned() },
        ] {
            let decision = Decision { need: 3, offer: 12, review, base: 40 };
            assert_eq!(decision_of(&field_of(&decision), ""), Some(decision));
        }
        assert_eq!(decision_of("3-12-40", ""), None);
        assert_eq!(decision_of("3-12-40-maybe", ""), None);
    }
}
