//! Closing a record and opening it again, each undone by the other; and the word that says what was just done.

use crate::answer::Answer;
use crate::site::Site;
use crate::viewer::{Posted, Viewer};
use app::RecordStatus;
use axum::Router;
use axum::extract::Path;
use axum::routing::post;
use maud::{Markup, html};
use model::visibility::Noun;
use serde::Deserialize;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new().route("/needs/{id}/open", post(need)).route("/offers/{id}/open", post(offer))
}

#[derive(Debug, Deserialize)]
struct Turn {
    version: i64,
    open: bool,
}

async fn need(Path(id): Path<i64>, posted: Posted<Turn>) -> Answer {
    turn(Noun::Need, id, posted).await
}

async fn offer(Path(id): Path<i64>, posted: Posted<Turn>) -> Answer {
    turn(Noun::Offer, id, posted).await
}

async fn turn(noun: Noun, id: i64, posted: Posted<Turn>) -> Answer {
    let Posted { viewer, form: Turn { version, open }, .. } = posted;
    let saved = viewer.app().set_open(viewer.actor(), noun, id, version, open).await;
    saved.map_err(|e| viewer.fail(e))?;
    let done = if open { "opened" } else { "closed" };
    Ok(viewer.go(&format!("{}/{id}?done={done}", root(noun))))
}

/// Where records of a noun live.
pub fn root(noun: Noun) -> &'static str {
    match noun {
        Noun::Need => "/needs",
        Noun::Offer => "/offers",
        Noun::Enterprise => "/enterprises",
    }
}

/// The button that closes a record, or opens it again.
pub fn button(viewer: &Viewer, noun: Noun, id: i64, version: i64, status: RecordStatus) -> Markup {
    let lang = viewer.lang();
    let closed = status == RecordStatus::Closed;
    turn_form(viewer, noun, id, version, closed, if closed { lang.t("重新打开") } else { lang.t("关闭") })
}

fn turn_form(viewer: &Viewer, noun: Noun, id: i64, version: i64, open: bool, word: &str) -> Markup {
    html! {
        form.inline method="post" action={ (root(noun)) "/" (id) "/open" } {
            (viewer.csrf_field())
            input type="hidden" name="version" value=(version);
            input type="hidden" name="open" value=(open);
            button.quiet type="submit" { (word) }
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Done {
    done: String,
}

/// What was just done with this record, with its undoing where there is one.
pub fn outcome(viewer: &Viewer, noun: Noun, id: i64, version: i64) -> Markup {
    let lang = viewer.lang();
    let (word, undo) = match viewer.query::<Done>().done.as_str() {
        "new" => (lang.t("已发布。匹配结果在下面；有新的匹配会发消息。"), None),
        "saved" => (lang.t("已保存。"), None),
        "closed" => (lang.t("已关闭：不再参加匹配，也不上新清单。"), Some(true)),
        "opened" => (lang.t("已重新打开。"), Some(false)),
        "asked" => (lang.t("已提出对接，等对方答复；答复会发消息给您。"), None),
        _ => return html! {},
    };
    html! {
        div.done role="status" data-done {
            span { "✓ " (word) }
            @if let Some(open) = undo { " " (turn_form(viewer, noun, id, version, open, lang.t("撤销"))) }
        }
    }
}
