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
    Ok(viewer.go(&format!("{}/{id}?done={}", root(noun), if open { "opened" } else { "closed" })))
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

/// What was just done with this record, with its undoing.
pub fn outcome(viewer: &Viewer, noun: Noun, id: i64, version: i64) -> Markup {
    let lang = viewer.lang();
    let (word, open) = match viewer.query::<Done>().done.as_str() {
        "closed" => (lang.t("已关闭：不再参加匹配，也不上新清单。"), true),
        "opened" => (lang.t("已重新打开。"), false),
        _ => return html! {},
    };
    html! {
        div.notice.done role="status" { "✓ " (word) " " (turn_form(viewer, noun, id, version, open, lang.t("撤销"))) }
    }
}
