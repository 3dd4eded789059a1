//! The drafts and lists with what can be done with each.

use super::{Nothing, job};
use crate::answer::{Answer, Failure};
use crate::format;
use crate::jobs::Done;
use crate::parts::{Field, empty, post_button, scroll, tag};
use crate::viewer::{Posted, Viewer};
use app::{Act, Code, Error, ListHead};
use axum::extract::Path;
use maud::{Markup, html};
use model::list::ListState;
use model::period::Period;
use serde::Deserialize;

/// Lists shown.
const SHOWN: usize = 60;

/// `GET /desk`: begin a draft, and where each list stands.
pub async fn index(viewer: Viewer) -> Answer {
    viewer.actor().need(Act::Desk).map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let app = viewer.app();
    let lists = app.lists(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let mut rows = Vec::new();
    for head in lists.into_iter().take(SHOWN) {
        let waits = matches!(head.state, ListState::Draft)
            && app.another_approves(viewer.actor(), &head).await.map_err(|e| viewer.fail(e))?;
        rows.push((head, waits));
    }
    let body = html! {
        h1 { (lang.t("审核台")) }
        (begin(&viewer))
        (share_limit(&viewer).await?)
        h2 { (lang.t("草稿与清单")) }
        @if rows.is_empty() {
            (empty(lang.t("还没有草稿"), lang.t("先导入需求和供给，再按上面的按钮起草本期清单。")))
        } @else {
            (table(&viewer, &rows))
        }
    };
    Ok(viewer.page(lang.t("审核台"), &body))
}

fn begin(viewer: &Viewer) -> Markup {
    let lang = viewer.lang();
    let markets = viewer.app().reference().markets.iter();
    html! {
        form.filter method="post" action="/desk/draft" {
            (viewer.csrf_field())
            label { (lang.t("市场")) select name="market" {
                @for market in markets { option value=(market.key) { (lang.of(&market.name)) } }
            } }
            (Field::typed("month", "period", lang.t("期间")).value(viewer.app().this_month()))
            button type="submit" { (lang.t("起草清单")) }
        }
        p.soft { (lang.t("起草把全部有效的需求与供给重新匹配。同一期已有的草稿作废，其中未变动对子的意见保留。")) }
    }
}

/// The rule on shares, and the form that sets it.
async fn share_limit(viewer: &Viewer) -> Result<Markup, Failure> {
    let lang = viewer.lang();
    let limit = viewer.app().share_limit(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let percent = limit.map_or_else(String::new, |part| model::quantity::number(part * 100.0));
    Ok(html! {
        form.filter method="post" action="/desk/share" {
            (viewer.csrf_field())
            (Field::typed("number", "share", lang.t("单家份额上限（%）")).value(percent)
                .hint(lang.t("一家企业最多得到它与别家都能供应部分的百分之几；留空为不限。")))
            button.quiet type="submit" { (lang.t("保存")) }
        }
    })
}

/// The limit on shares, in per cent as typed.
#[derive(Deserialize)]
pub struct ShareForm {
    share: String,
}

/// `POST /desk/share`: for lists that are drafted from now on.
pub async fn share(Posted { viewer, form, .. }: Posted<ShareForm>) -> Answer {
    let text = form.share.trim();
    let part = match text {
        "" => None,
        // What is no number is a share that no use case takes.
        text => Some(text.parse::<f64>().map_or(f64::NAN, |percent| percent / 100.0)),
    };
    viewer.app().set_share_limit(viewer.actor(), part).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go_with("/desk", viewer.lang().t("已保存")))
}

fn table(viewer: &Viewer, rows: &[(ListHead, bool)]) -> Markup {
    let lang = viewer.lang();
    let table = html! {
        table.cards {
            thead { tr {
                th { (lang.t("期间")) } th { (lang.t("状态")) } th.n { (lang.t("编号")) }
                th { (lang.t("起草")) } th { (lang.t("批准")) } th { (lang.t("发布")) } th { (lang.t("下一步")) }
            } }
            tbody {
                @for (head, waits) in rows {
                    tr {
                        td data-label=(lang.t("期间")) { (head.period) " " span.soft { "#" (head.id) }
                            @if let Some(market) = viewer.app().reference().markets.other(&head.market) { " " (tag("info", lang.of(&market.name))) }
                        }
                        td data-label=(lang.t("状态")) { (tag(class(head.state), lang.t(head.state.zh()))) }
                        td.n data-label=(lang.t("编号")) { @if let Some(number) = head.number { (number) } }
                        td data-label=(lang.t("起草")) { (head.drafted_by) " " span.soft { (format::moment(head.drafted_ms)) } }
                        td data-label=(lang.t("批准")) { (head.approved_by.as_deref().unwrap_or("")) }
                        td data-label=(lang.t("发布")) {
                            (head.published_by.as_deref().unwrap_or(""))
                            @if let Some(at) = head.published_ms { " " span.soft { (format::moment(at)) } }
                            @if let Some(reason) = &head.withdrawn_reason { br; (lang.t("撤回原因")) "：" (reason) }
                        }
                        td data-label=(lang.t("下一步")) { (steps(viewer, head, *waits)) }
                    }
                }
            }
        }
    };
    scroll(lang.t("草稿与清单"), &table)
}

fn class(state: ListState) -> &'static str {
    match state {
        ListState::Draft => "warn",
        ListState::Approved => "info",
        ListState::Published => "good",
        ListState::Withdrawn => "bad",
        ListState::Discarded => "quiet",
    }
}

/// What can be done with a list now.
fn steps(viewer: &Viewer, head: &ListHead, waits: bool) -> Markup {
    let lang = viewer.lang();
    let to = |step: &str| format!("/desk/{}/{step}", head.id);
    html! {
        div.toolbar.steps {
            @match head.state {
                ListState::Draft => {
                    a.button.small href={ "/desk/" (head.id) } { (lang.t("逐条审核")) }
                    @if waits {
                        span.soft { (lang.t("由您起草，须由另一人批准")) }
                    } @else {
                        (post_button(viewer, &to("approve"), "small quiet", lang.t("批准"),
                            Some(lang.t("批准后按审核意见重新分配并定稿。现在批准？"))))
                    }
                    form.inline method="post" action="/desk/draft" {
                        (viewer.csrf_field())
                        input type="hidden" name="period" value=(head.period);
                        input type="hidden" name="market" value=(head.market);
                        button.small.quiet type="submit" { (lang.t("重新起草")) }
                    }
                    (post_button(viewer, &to("discard"), "small quiet danger", lang.t("作废"),
                        Some(lang.t("作废后此草稿不能再审核，记录保留。确定作废？"))))
                }
                ListState::Approved => {
                    a.button.small href=(to("publish")) { (lang.t("发布…")) }
                    (post_button(viewer, &to("reopen"), "small quiet", lang.t("退回草稿"), None))
                }
                ListState::Published | ListState::Withdrawn => {
                    @if let Some(number) = head.number {
                        a.button.small.quiet href={ "/lists/" (number) } { (lang.t("查看")) }
                        @if head.state == ListState::Published {
                            a.button.small.quiet.danger href={ "/desk/withdraw/" (number) } { (lang.t("撤回…")) }
                        }
                    }
                }
                ListState::Discarded => {
                    span.soft { (head.discarded_by.as_deref().unwrap_or("")) }
                }
            }
        }
    }
}

/// A period to draft.
#[derive(Deserialize)]
pub struct OfPeriod {
    period: String,
    #[serde(default)]
    market: String,
}

/// `POST /desk/draft`.
pub async fn draft(Posted { viewer, form, .. }: Posted<OfPeriod>) -> Answer {
    let period: Period = form
        .period
        .parse()
        .map_err(|e: model::period::PeriodError| viewer.fail(Error::new(Code::BadInput, e.to_string())))?;
    let (app, actor, lang) = (viewer.site.app.clone(), viewer.actor().clone(), viewer.lang());
    job::begin(&viewer, Act::Draft, "起草清单", "/desk", move |teller| async move {
        let list = app.draft(&actor, &form.market, period, &|s, d, t| teller.tell(s, d, t)).await?;
        Ok(Done {
            path: format!("/desk/{}", list.id), note: lang.t("草稿已完成，请逐条审核。").to_owned()
        })
    })
    .await
}

/// `POST /desk/{id}/approve`.
pub async fn approve(Path(id): Path<i64>, Posted { viewer, .. }: Posted<Nothing>) -> Answer {
    let (app, actor, lang) = (viewer.site.app.clone(), viewer.actor().clone(), viewer.lang());
    job::begin(&viewer, Act::Approve, "批准清单", "/desk", move |teller| async move {
        app.approve(&actor, id, &|s, d, t| teller.tell(s, d, t)).await?;
        Ok(Done {
            path: format!("/desk/{id}/publish"),
            note: lang.t("清单已批准，核对后即可发布。").to_owned(),
        })
    })
    .await
}

/// `POST /desk/{id}/discard`.
pub async fn discard(Path(id): Path<i64>, Posted { viewer, .. }: Posted<Nothing>) -> Answer {
    viewer.app().discard(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go_with("/desk", viewer.lang().t("草稿已作废。")))
}

/// `POST /desk/{id}/reopen`.
pub async fn reopen(Path(id): Path<i64>, Posted { viewer, .. }: Posted<Nothing>) -> Answer {
    viewer.app().reopen(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go_with(&format!("/desk/{id}"), viewer.lang().t("清单已退回草稿。")))
}
