//! `/inbox`: what the platform has told one.

use super::show;
use crate::answer::Answer;
use crate::parts;
use crate::viewer::{Posted, Viewer};
use app::{Act, MessageInfo};
use maud::{Markup, html};
use serde::Deserialize;

/// Messages a page.
const ROWS: u32 = 30;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    before: String,
}

/// `GET /inbox`
pub async fn index(viewer: Viewer) -> Answer {
    let before = viewer.query::<Ask>().before.parse().ok();
    let lang = viewer.lang();
    // One more than is shown tells whether there are older ones.
    let mut messages =
        viewer.app().inbox(viewer.actor(), before, ROWS + 1).await.map_err(|e| viewer.fail(e))?;
    let older = messages.len() > ROWS as usize;
    messages.truncate(ROWS as usize);
    let unread = viewer.signed_in.unread;
    let body = html! {
        div.head {
            h1 { (lang.t("收件箱")) @if unread > 0 { " " span.soft { (unread) " " (lang.t("条未读")) } } }
            @if unread > 0 && viewer.actor().may(Act::MarkRead) {
                div.actions { (parts::post_button(&viewer, "/inbox/read", "quiet", lang.t("全部标为已读"), None)) }
            }
        }
        @if messages.is_empty() {
            (parts::empty(lang.t("没有消息"), lang.t("有人找您对接、认领有了结果、记录久未更新时，这里会有消息。")))
        } @else {
            ol.messages { @for message in &messages { (item(&viewer, message)) } }
            @if before.is_some() || older {
                nav.pages aria-label=(lang.t("翻页")) {
                    @if before.is_some() { a.button.quiet href="/inbox" { (lang.t("最新")) } }
                    @if let (true, Some(last)) = (older, messages.last()) {
                        a.button.quiet href={ "/inbox?before=" (last.id) } rel="next" { (lang.t("更早")) }
                    }
                }
            }
        }
    };
    Ok(viewer.page(lang.t("收件箱"), &body))
}

/// A link that stays on this server.
fn inside(link: &str) -> Option<&str> {
    (link.starts_with('/') && !link.starts_with("//") && !link.contains('\\')).then_some(link)
}

fn item(viewer: &Viewer, message: &MessageInfo) -> Markup {
    let lang = viewer.lang();
    html! {
        li.fresh[!message.read] {
            div {
                p.title {
                    @if !message.read { (parts::tag("info", lang.t("未读"))) " " }
                    @if let Some(link) = inside(&message.link) { a href=(link) { (message.title) } } @else { (message.title) }
                }
                @if !message.body.is_empty() { p { (message.body) } }
                p.soft { (show::moment(message.at_ms)) }
            }
            @if !message.read && viewer.actor().may(Act::MarkRead) {
                form.inline method="post" action="/inbox/read" {
                    (viewer.csrf_field())
                    input type="hidden" name="id" value=(message.id);
                    button.quiet.small { (lang.t("标为已读")) }
                }
            }
        }
    }
}

/// One message to mark; none means all.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Read {
    id: Option<i64>,
}

/// `POST /inbox/read`
pub async fn read(Posted { viewer, form, .. }: Posted<Read>) -> Answer {
    let ids: Vec<i64> = form.id.into_iter().collect();
    viewer.app().mark_read(viewer.actor(), &ids).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go("/inbox"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stay_on_this_server() {
        assert_eq!(inside("/claims"), Some("/claims"));
        for outside in
            ["", "claims", "//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
        {
            assert_eq!(inside(outside), None, "{outside}");
        }
    }
}
