//! The review desk: the queue of a draft's needs on one side, the need with its candidates on the other.

use super::candidates;
use crate::answer::Answer;
use crate::format;
use crate::parts::{empty, tag};
use crate::viewer::Viewer;
use crate::words::{Lang, encode};
use app::{Desk, DeskNeed, DeskRow};
use axum::extract::Path;
use axum::response::IntoResponse;
use maud::{Markup, html};
use model::list::{ListNeed, ListOffer, NeedState};
use serde::Deserialize;

/// Needs of the queue on a page.
const QUEUE: usize = 40;
/// Offers found to add by hand.
const FOUND: usize = 12;
/// Needs of one bulk action.
pub const BULK_MAX: usize = 2_000;

/// What the desk shows.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Number of the need.
    pub need: Option<u32>,
    /// `open`, `done`, `problem`, or all.
    pub show: String,
    /// Words in title, enterprise or county.
    pub q: String,
    /// Words in the title or enterprise of offers to add by hand.
    pub offer: String,
}

impl Asked {
    /// The desk's address with another need.
    pub fn at(&self, draft: i64, need: u32) -> String {
        let mut to = format!("/desk/{draft}?need={need}");
        for (name, value) in [("show", &self.show), ("q", &self.q)] {
            if !value.is_empty() {
                to += &format!("&{name}={}", encode(value));
            }
        }
        to
    }

    /// Hidden fields that keep the queue as it is when a form was sent.
    pub fn fields(&self) -> Markup {
        html! {
            @if !self.show.is_empty() { input type="hidden" name="show" value=(self.show); }
            @if !self.q.is_empty() { input type="hidden" name="q" value=(self.q); }
        }
    }

    /// True where the queue holds this row.
    pub fn shows(&self, row: &DeskRow) -> bool {
        let wanted = model::fold::fold_key(&self.q);
        let fits = wanted.is_empty() || {
            let (name, region) =
                row.enterprise.as_ref().map_or(("", ""), |e| (e.name.as_str(), e.region.as_str()));
            row.need.number.to_string() == wanted
                || model::fold::fold_key(&format!("{}\n{name}\n{region}", row.need.need.title))
                    .contains(&wanted)
        };
        fits && match self.show.as_str() {
            "open" => !row.done,
            "done" => row.done,
            "problem" => row.need.state != NeedState::Matched,
            _ => true,
        }
    }
}

/// `GET /desk/{id}`.
pub async fn page(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let asked: Asked = viewer.query();
    let body = desk(&viewer, id, &asked).await?;
    if viewer.htmx {
        return Ok(viewer.piece(body).into_response());
    }
    Ok(viewer.page_with(viewer.lang().t("审核台"), &body, &["desk.js"]))
}

/// `GET /desk/{id}/present`: who else looks at the need; asking says that one is still there oneself.
pub async fn present(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let asked: Asked = viewer.query();
    let need = asked.need.unwrap_or(0);
    let others = viewer.app().work_on(viewer.actor(), id, need).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.piece(who(viewer.lang(), id, need, &others)).into_response())
}

/// The whole desk, which every action on it answers with.
pub async fn desk(viewer: &Viewer, id: i64, asked: &Asked) -> Result<Markup, crate::answer::Failure> {
    let lang = viewer.lang();
    let (app, actor) = (viewer.app(), viewer.actor());
    let desk = app.desk(actor, id).await.map_err(|e| viewer.fail(e))?;
    let rows: Vec<&DeskRow> = desk.rows.iter().filter(|r| asked.shows(r)).collect();
    let number = asked.need.or_else(|| rows.first().map(|r| r.need.number));
    let Some(number) = number else {
        return Ok(html! {
            div #desk.desk {
                (head(viewer, &desk))
                (filter(lang, id, asked))
                (empty(lang.t("没有符合条件的需求"), lang.t("换一个词，或清空条件。")))
            }
        });
    };
    app.work_on(actor, id, number).await.map_err(|e| viewer.fail(e))?;
    let card = app.desk_need(actor, id, number).await.map_err(|e| viewer.fail(e))?;
    let found = match asked.offer.trim() {
        "" => Vec::new(),
        words => app.desk_offers(actor, id, words, FOUND).await.map_err(|e| viewer.fail(e))?,
    };
    let at = rows.iter().position(|r| r.need.number >= number).unwrap_or(0);
    let here = rows.get(at).is_some_and(|r| r.need.number == number);
    let back = at.checked_sub(1).and_then(|i| rows.get(i)).map(|r| r.need.number);
    let next = rows.get(if here { at + 1 } else { at }).map(|r| r.need.number);
    Ok(html! {
        div #desk.desk {
            (head(viewer, &desk))
            (undo_bar(viewer, id, asked))
            div.desk-sides {
                section.desk-need tabindex="-1" aria-label=(lang.t("需求与候选")) {
                    (turn(lang, id, asked, back, next))
                    (need_head(lang, id, &card))
                    (candidates::table(viewer, id, asked, &card, next))
                    (add(viewer, id, asked, &card, &found))
                }
                nav.desk-queue aria-label=(lang.t("需求队列")) {
                    (filter(lang, id, asked))
                    (queue(viewer, id, asked, &rows, at, number))
                }
            }
            (help(lang))
        }
    })
}

fn head(viewer: &Viewer, desk: &Desk) -> Markup {
    let lang = viewer.lang();
    let total = desk.rows.len();
    html! {
        div.toolbar {
            h1 { (lang.t("审核台")) " " (desk.head.period) " " span.soft { "#" (desk.head.id) } }
            span.end role="status" {
                (lang.t("已审")) " " (desk.done) " / " (total) " "
                progress.small max=(total.max(1)) value=(desk.done) aria-label=(lang.t("已审")) {}
            }
            a.button.small.quiet href="/desk" { (lang.t("批准与其他")) }
            button.small.quiet type="button" data-desk-help aria-keyshortcuts="?" { (lang.t("快捷键")) }
        }
        @if desk.outdated {
            p.notice.warn {
                (lang.t("起草之后数据有变化。重新起草会保留未变动对子的意见。")) " "
                form.inline method="post" action="/desk/draft" {
                    (viewer.csrf_field())
                    input type="hidden" name="period" value=(desk.head.period);
                    button.small.quiet type="submit" { (lang.t("重新起草")) }
                }
            }
        }
    }
}

fn undo_bar(viewer: &Viewer, id: i64, asked: &Asked) -> Markup {
    let lang = viewer.lang();
    let last = viewer.site.undos.last(viewer.actor(), id);
    html! {
        div.desk-undo role="status" aria-live="polite" {
            @if let Some(round) = last {
                form.inline method="post" action={ "/desk/" (id) "/undo" } hx-post={ "/desk/" (id) "/undo" } hx-target="#desk" hx-swap="outerHTML" {
                    (viewer.csrf_field()) (asked.fields())
                    span { (round.words) " · " (lang.t("已保存")) } " "
                    button.small.quiet type="submit" data-key="u" aria-keyshortcuts="u" { (lang.t("撤销")) }
                }
            }
        }
    }
}

fn turn(lang: Lang, id: i64, asked: &Asked, back: Option<u32>, next: Option<u32>) -> Markup {
    let link = |to: Option<u32>, key: &str, rel: &str, word: &str| {
        html! {
            @if let Some(to) = to {
                a.button.small.quiet href=(asked.at(id, to)) rel=(rel) data-key=(key) aria-keyshortcuts=(key)
                    hx-get=(asked.at(id, to)) hx-target="#desk" hx-swap="outerHTML" hx-push-url="true" { (word) }
            }
        }
    };
    html! {
        div.toolbar.desk-turn {
            (link(back, "k", "prev", lang.t("上一条")))
            (link(next, "j", "next", lang.t("下一条")))
        }
    }
}

fn need_head(lang: Lang, id: i64, card: &DeskNeed) -> Markup {
    let ListNeed { number, need, state, change } = &card.need;
    let owner = card.enterprise.as_ref();
    html! {
        h2 { (number) ". " (need.title) " " (tag(state_class(*state), lang.t(state.zh()))) " " (tag("quiet", lang.t(change.zh()))) }
        p {
            (owner.map_or("", |e| e.name.as_str())) " · " (owner.map_or("", |e| e.region.as_str()))
            @if owner.is_some_and(|e| e.fictional) { " " (tag("fiction", lang.t("虚构"))) }
            @if let Some(quantity) = &need.quantity { " · " (lang.t("数量")) " " strong { (quantity) } }
            @if !need.delivery.is_empty() { " · " (lang.t("交期")) " " (need.delivery) }
        }
        @if !need.detail.is_empty() { p { (lang.t("规格参数")) "：" (need.detail) } }
        (who(lang, id, *number, &card.others))
    }
}

/// Who else looks at the need; asks again by itself.
fn who(lang: Lang, id: i64, need: u32, others: &[String]) -> Markup {
    let to = format!("/desk/{id}/present?need={need}");
    html! {
        p.desk-who hx-get=(to) hx-trigger="every 40s" hx-swap="outerHTML" role="status" {
            @if !others.is_empty() { (tag("warn", lang.t("正在看这一条"))) " " (others.join("、")) }
        }
    }
}

fn state_class(state: NeedState) -> &'static str {
    match state {
        NeedState::Matched => "good",
        NeedState::Part => "warn",
        NeedState::Unmet => "bad",
    }
}

fn filter(lang: Lang, id: i64, asked: &Asked) -> Markup {
    let shows = [
        ("", lang.t("全部")),
        ("open", lang.t("未审")),
        ("done", lang.t("已审完")),
        ("problem", lang.t("有缺口")),
    ];
    html! {
        form.filter method="get" action={ "/desk/" (id) } {
            label { (lang.t("显示"))
                select name="show" data-submit {
                    @for (value, word) in shows {
                        option value=(value) selected[asked.show == value] { (word) }
                    }
                }
            }
            label { (lang.t("查找")) input type="search" name="q" value=(asked.q) data-key="/"; }
            button.quiet type="submit" { (lang.t("查找")) }
        }
    }
}

fn queue(viewer: &Viewer, id: i64, asked: &Asked, rows: &[&DeskRow], at: usize, now: u32) -> Markup {
    let lang = viewer.lang();
    let first = at / QUEUE * QUEUE;
    let shown = rows.get(first..(first + QUEUE).min(rows.len())).unwrap_or_default();
    let to = |row: usize, word: &str| {
        html! { @if let Some(row) = rows.get(row) { a.button.small.quiet href=(asked.at(id, row.need.number)) { (word) } } }
    };
    html! {
        form #bulk method="post" action={ "/desk/" (id) "/bulk" } {
            (viewer.csrf_field()) (asked.fields())
            input type="hidden" name="need" value=(now);
            ul.desk-rows {
                @for row in shown { li.here[row.need.number == now] { (queue_row(lang, id, asked, row, now)) } }
            }
            @if rows.len() > QUEUE {
                div.toolbar {
                    @if first > 0 { (to(first - QUEUE, lang.t("上一页"))) }
                    span.soft { (first + 1) "–" (first + shown.len()) " / " (rows.len()) }
                    (to(first + QUEUE, lang.t("下一页")))
                }
            }
            (bulk(lang, rows.len()))
        }
    }
}

fn queue_row(lang: Lang, id: i64, asked: &Asked, row: &DeskRow, now: u32) -> Markup {
    let number = row.need.number;
    let (mark, word) = if row.done { ("✓", lang.t("已审完")) } else { ("○", lang.t("未审")) };
    html! {
        input type="checkbox" name="pick" value=(number) aria-label={ (lang.t("选中")) " " (number) };
        a href=(asked.at(id, number)) aria-current=[(number == now).then_some("true")]
            hx-get=(asked.at(id, number)) hx-target="#desk" hx-swap="outerHTML" hx-push-url="true" {
            span.mark.met[row.done] title=(word) { span aria-hidden="true" { (mark) } span.visually-hidden { (word) } }
            span.name {
                (number) ". " (row.need.need.title)
                span.soft { " " (row.enterprise.as_ref().map_or("", |e| e.name.as_str())) }
            }
            span.counts {
                @if row.need.state != NeedState::Matched { (tag(state_class(row.need.state), lang.t(row.need.state.zh()))) " " }
                @if !row.others.is_empty() { (tag("warn", &row.others.join("、"))) " " }
                span.soft title=(lang.t("确认 / 剔除 / 候选")) { (row.confirmed) "/" (row.rejected) "/" (row.pairs) }
            }
        }
    }
}

/// What can be done with many needs at once.
fn bulk(lang: Lang, rows: usize) -> Markup {
    html! {
        details.panel {
            summary { (lang.t("批量处理")) }
            div.field {
                label for="f-scope" { (lang.t("范围")) }
                select #f-scope name="scope" {
                    option value="picked" { (lang.t("上面选中的需求")) }
                    option value="shown" { (lang.t("符合条件的全部需求")) " (" (rows) ")" }
                }
            }
            div.field {
                label for="f-action" { (lang.t("做什么")) }
                select #f-action name="action" {
                    option value="first" { (lang.t("确认首选候选")) }
                    option value="below" { (lang.t("剔除低于分数的候选")) }
                    option value="back" { (lang.t("收回全部意见")) }
                }
            }
            div.row {
                div.field {
                    label for="f-score" { (lang.t("分数")) }
                    input #f-score type="number" name="score" min="0" max="1" step="0.01" value="0.50";
                }
                div.field {
                    label for="f-why" { (lang.t("剔除原因")) }
                    input #f-why name="reason" maxlength="200" value=(lang.t("匹配得分低"));
                }
            }
            button.quiet type="submit" { (lang.t("先看会改哪些")) }
        }
    }
}

/// Adding an offer by hand: look for it, then add.
fn add(
    viewer: &Viewer,
    id: i64,
    asked: &Asked,
    card: &DeskNeed,
    found: &[(ListOffer, Option<model::list::ListEnterprise>)],
) -> Markup {
    let lang = viewer.lang();
    let number = card.need.number;
    html! {
        details.panel open[!asked.offer.is_empty()] {
            summary data-key="a" aria-keyshortcuts="a" { (lang.t("人工添加供给")) }
            form.filter method="get" action={ "/desk/" (id) } hx-get={ "/desk/" (id) } hx-target="#desk" hx-swap="outerHTML" {
                input type="hidden" name="need" value=(number);
                (asked.fields())
                label { (lang.t("产品、企业或序号")) input #add-offer type="search" name="offer" value=(asked.offer) required; }
                button.quiet type="submit" { (lang.t("查找供给")) }
            }
            @if !asked.offer.is_empty() && found.is_empty() { p { (lang.t("草稿里没有这样的供给")) } }
            ul.plain {
                @for (offer, owner) in found {
                    @let known = card.pairs.iter().find(|p| p.offer.number == offer.number);
                    li.desk-found {
                        span {
                            (offer.number) ". " (offer.offer.title) " "
                            span.soft { (owner.as_ref().map_or("", |e| e.name.as_str())) " " (format::quantity(offer.offer.spare_capacity.as_ref())) }
                        }
                        @if offer.offer.enterprise == card.need.need.enterprise {
                            span.soft { (lang.t("本企业自己的供给")) }
                        } @else if known.is_some_and(|p| p.on_draft) {
                            span.soft { (lang.t("已在候选里")) }
                        } @else {
                            (candidates::word_button(viewer, id, asked, candidates::Word {
                                need: number, offer: offer.number, base: known.map_or(0, |p| p.base), review: "added", stay: true,
                            }, "small quiet", lang.t("添加"), ""))
                        }
                    }
                }
            }
        }
    }
}

fn help(lang: Lang) -> Markup {
    let keys = [
        ("j →", lang.t("下一条需求")),
        ("k ←", lang.t("上一条需求")),
        ("1–9", lang.t("选候选")),
        ("c", lang.t("确认选中的候选，并到下一条")),
        ("x", lang.t("剔除选中的候选，选原因")),
        ("z", lang.t("收回对选中候选的意见")),
        ("a", lang.t("人工添加供给")),
        ("u", lang.t("撤销上一步")),
        ("/", lang.t("查找")),
        ("?", lang.t("显示或关闭这张表")),
    ];
    html! {
        dialog #desk-help aria-labelledby="desk-help-title" {
            h2 #desk-help-title { (lang.t("快捷键")) }
            dl.facts { @for (key, what) in keys { dt { kbd { (key) } } dd { (what) } } }
            form method="dialog" { div.actions { button type="submit" { (lang.t("关闭")) } } }
        }
    }
}
