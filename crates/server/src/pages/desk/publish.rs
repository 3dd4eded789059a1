//! Publishing with a look at the figures first, and taking back.

use super::{Nothing, job};
use crate::answer::Answer;
use crate::format;
use crate::jobs::Done;
use crate::pages::list;
use crate::parts::{Field, crumbs, figures};
use crate::viewer::{Posted, Viewer};
use crate::words::Lang;
use app::{Act, Code, Error};
use axum::extract::Path;
use maud::{Markup, html};
use model::list::{Change, ListContent, ListState};
use serde::Deserialize;

/// `GET /desk/{id}/publish`: what would be frozen.
pub async fn confirm(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let lang = viewer.lang();
    let list = viewer.app().draft_by_id(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    let content = &list.content;
    let summary = &content.summary;
    let markets = &viewer.app().reference().markets;
    let rated = markets.has_local_rate(&content.market);
    let mut counts = vec![
        (lang.t("需求"), summary.needs.to_string(), lang.t("条")),
        (lang.t("供给"), summary.offers.to_string(), lang.t("条")),
        (lang.t("企业"), summary.enterprises.to_string(), lang.t("家")),
        (lang.t("已匹配"), summary.matched.to_string(), ""),
        (lang.t("部分匹配"), summary.part.to_string(), ""),
        (lang.t("未满足"), summary.unmet.to_string(), ""),
    ];
    if rated {
        counts.push((lang.t("本地配套率"), format::percent(summary.local_supporting_rate), ""));
    }
    let body = html! {
        (crumbs(lang, &[("/desk", lang.t("审核台"))], lang.t("发布清单")))
        h1 { (lang.t("发布清单")) " " (list.period) }
        p { (lang.t("市场")) (format::colon(lang)) (list::figures::market_name(lang, markets, &content.market)) }
        @match list.state {
            ListState::Approved => p { (lang.t("发布后清单取得编号并冻结，内容不能再改；有误只能注明原因撤回。")) },
            ListState::Draft => p.notice.warn { (lang.t("这份清单还是草稿，须先批准。")) },
            _ => p.notice.warn { (lang.t("清单状态")) "：" (lang.t(list.state.zh())) },
        }
        (figures(&counts))
        @if rated { p.soft { (lang.t("计算公式")) "：" (summary.local_supporting_formula) } }
        h2 { (lang.t("较上期")) }
        (changes(lang, content))
        @if list.state == ListState::Approved {
            form method="post" action={ "/desk/" (id) "/publish" } {
                (viewer.csrf_field())
                div.actions {
                    button type="submit" { (lang.t("发布并冻结")) }
                    a.button.quiet href="/desk" { (lang.t("返回")) }
                }
            }
        }
    };
    Ok(viewer.page(lang.t("发布清单"), &body))
}

/// Rows against the list that stands published.
fn changes(lang: Lang, content: &ListContent) -> Markup {
    if content.compared_with_sha256.is_empty() {
        return html! { p { (lang.t("没有在发布状态的上一期清单，全部记为新增。")) } };
    }
    let count = |changes: &mut dyn Iterator<Item = Change>| {
        changes.fold([0_u32; 3], |[new, changed, open], change| match change {
            Change::New => [new + 1, changed, open],
            Change::Changed => [new, changed + 1, open],
            Change::Open => [new, changed, open + 1],
        })
    };
    let rows = [
        ("需求", count(&mut content.needs.iter().map(|n| n.change)), content.summary.gone.len()),
        ("供给", count(&mut content.offers.iter().map(|o| o.change)), 0),
        ("对接", count(&mut content.pairs.iter().map(|p| p.change)), 0),
    ];
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("较上期")) {
            table {
                thead { tr {
                    th {} th.n { (lang.t("新增")) } th.n { (lang.t("有变化")) } th.n { (lang.t("延续")) } th.n { (lang.t("不再列出")) }
                } }
                tbody {
                    @for (word, [new, changed, open], gone) in rows {
                        tr {
                            th scope="row" { (lang.t(word)) }
                            td.n { (new) } td.n { (changed) } td.n { (open) }
                            td.n { @if word == "需求" { (gone) } @else { "–" } }
                        }
                    }
                }
            }
        }
        p.soft { (lang.t("对照的清单")) " SHA-256 " span.hash { (content.compared_with_sha256) } }
    }
}

/// `POST /desk/{id}/publish`.
pub async fn publish(Path(id): Path<i64>, Posted { viewer, .. }: Posted<Nothing>) -> Answer {
    let (app, actor, lang) = (viewer.site.app.clone(), viewer.actor().clone(), viewer.lang());
    job::begin(&viewer, Act::Publish, "发布清单", "/desk", move |teller| async move {
        let list = app.publish(&actor, id, &|s, d, t| teller.tell(s, d, t)).await?;
        let path = list.number.map_or_else(|| "/lists".to_owned(), |number| format!("/lists/{number}"));
        Ok(Done { path, note: lang.t("清单已发布。").to_owned() })
    })
    .await
}

/// Why a list is taken back.
#[derive(Deserialize)]
pub struct Reason {
    reason: String,
}

/// `GET /desk/withdraw/{number}`.
pub async fn ask_withdraw(viewer: Viewer, Path(number): Path<u32>) -> Answer {
    viewer.actor().need(Act::Withdraw).map_err(|e| viewer.fail(e))?;
    let list = viewer.app().list_by_number(viewer.actor(), number).await.map_err(|e| viewer.fail(e))?;
    if list.state != ListState::Published {
        let lang = viewer.lang();
        return Err(viewer.fail(Error::new(Code::Conflict, lang.t("这份清单不在发布状态，不能撤回"))));
    }
    let lang = viewer.lang();
    Ok(viewer.page(lang.t("撤回清单"), &withdraw_form(&viewer, number, None)))
}

fn withdraw_form(viewer: &Viewer, number: u32, error: Option<&Error>) -> Markup {
    let lang = viewer.lang();
    html! {
        (crumbs(lang, &[("/desk", lang.t("审核台"))], lang.t("撤回清单")))
        h1 { (lang.t("撤回清单")) " No. " (number) }
        p { (lang.t("编号和内容保留，清单页标明已撤回和原因；撤回不能取消，可以另发一份新清单。")) }
        form.card method="post" action={ "/desk/withdraw/" (number) } data-confirm=(lang.t("确定撤回这份清单？")) {
            (viewer.csrf_field())
            (Field::area("reason", lang.t("撤回原因"), 3).required().max(500).error(error.map(|e| e.message.as_str())))
            div.actions {
                button.danger type="submit" { (lang.t("撤回")) }
                a.button.quiet href="/desk" { (lang.t("返回")) }
            }
        }
    }
}

/// `POST /desk/withdraw/{number}`.
pub async fn withdraw(Path(number): Path<u32>, Posted { viewer, form, .. }: Posted<Reason>) -> Answer {
    let lang = viewer.lang();
    match viewer.app().withdraw(viewer.actor(), number, &form.reason).await {
        Ok(()) => Ok(viewer.go_with("/desk", lang.t("清单已撤回。"))),
        Err(error) if error.code == Code::BadInput => {
            let error = lang.said(error);
            let form = withdraw_form(&viewer, number, Some(&error));
            Ok(viewer.refused(&error, lang.t("撤回清单"), &form))
        }
        Err(error) => Err(viewer.fail(error)),
    }
}
