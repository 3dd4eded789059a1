//! Published lists: all of them, one as the document that it is, its files, and the proof of its content.

use super::markets::OfMarket;
use crate::answer::Answer;
use crate::format;
use crate::pages::list::{self, figures, needs};
use crate::parts::{empty, empty_to};
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::{Lang, encode};
use app::{ListHead, Verification};
use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use maud::{Markup, html};
use model::list::{ListState, MatchingList};

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/lists", get(index))
        .route("/list", get(newest))
        .route("/lists/{number}", get(document))
        .route("/lists/{number}/verify", get(verify))
        .route("/lists/{number}/needs/{need}", get(need))
        .route("/lists/{number}/list.xlsx", get(xlsx))
        .route("/lists/{number}/list.json", get(json))
        .route("/lists/{number}/list.html", get(html_file))
}

async fn index(viewer: Viewer) -> Answer {
    let lists = viewer.app().lists(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let lists: Vec<ListHead> = lists.into_iter().filter(|l| l.number.is_some()).collect();
    let lang = viewer.lang();
    Ok(viewer.page(lang.t("历期清单"), &index_page(&viewer, &lists)))
}

/// The newest list; where there is none, the index says so.
async fn newest(viewer: Viewer) -> Answer {
    let list = viewer
        .app()
        .newest_list(viewer.actor(), &viewer.query::<OfMarket>().market)
        .await
        .map_err(|e| viewer.fail(e))?;
    let to = list.and_then(|l| l.number).map_or_else(|| "/lists".to_owned(), |n| format!("/lists/{n}"));
    Ok(Redirect::to(&to).into_response())
}

async fn document(viewer: Viewer, Path(number): Path<u32>) -> Answer {
    let list = viewer.app().list_by_number(viewer.actor(), number).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let markets = &viewer.app().reference().markets;
    let body = html! {
        (files(lang, number))
        (list::page(lang, viewer.app().reference(), &list))
    };
    Ok(viewer.page(&figures::title(lang, markets, &list), &body))
}

async fn need(viewer: Viewer, Path((number, need)): Path<(u32, u32)>) -> Answer {
    let list = viewer.app().list_by_number(viewer.actor(), number).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let Some(row) = list.content.needs.iter().find(|n| n.number == need) else {
        return Err(viewer.nowhere());
    };
    Ok(viewer.page(&row.need.title, &needs::detail(lang, viewer.app().reference(), &list, row)))
}

async fn verify(viewer: Viewer, Path(number): Path<u32>) -> Answer {
    let list = viewer.app().list_by_number(viewer.actor(), number).await.map_err(|e| viewer.fail(e))?;
    let found = viewer.app().verify(viewer.actor(), number).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    Ok(viewer.page(lang.t("验证清单"), &verify_page(&viewer, &list, &found)))
}

async fn xlsx(viewer: Viewer, Path(number): Path<u32>) -> Answer {
    let list = viewer.app().list_by_number(viewer.actor(), number).await.map_err(|e| viewer.fail(e))?;
    let bytes = viewer.app().list_workbook(viewer.actor(), &list).map_err(|e| viewer.fail(e))?;
    Ok(download(&file_name(&list, "xlsx"), XLSX, bytes))
}

async fn json(viewer: Viewer, Path(number): Path<u32>) -> Answer {
    let list = viewer.app().list_by_number(viewer.actor(), number).await.map_err(|e| viewer.fail(e))?;
    Ok(download(&file_name(&list, "json"), "application/json", list.content.canonical().into_bytes()))
}

async fn html_file(viewer: Viewer, Path(number): Path<u32>) -> Answer {
    let list = viewer.app().list_by_number(viewer.actor(), number).await.map_err(|e| viewer.fail(e))?;
    let page = list::file(viewer.lang(), viewer.app().reference(), &list);
    Ok(download(&file_name(&list, "html"), "text/html; charset=utf-8", page.into_bytes()))
}

/// Media type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn file_name(list: &MatchingList, extension: &str) -> String {
    format!("供需对接清单_第{}号_{}.{extension}", list.number.unwrap_or_default(), list.period)
}

/// A file to be saved under a Chinese name.
pub fn download(name: &str, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename*=UTF-8''{}", encode(name));
    ([(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response()
}

fn files(lang: Lang, number: u32) -> Markup {
    html! {
        nav.toolbar.screen aria-label=(lang.t("清单文件")) {
            a.button href={ "/lists/" (number) "/list.xlsx" } download { (lang.t("下载工作簿")) }
            a.button.quiet href={ "/lists/" (number) "/list.html" } download { "HTML" }
            a.button.quiet href={ "/lists/" (number) "/list.json" } download { "JSON" }
            a.button.quiet href={ "/lists/" (number) "/verify" } { (lang.t("验证清单")) }
            a.button.quiet href="/lists" { (lang.t("历期清单")) }
        }
    }
}

/// One row a list, newest first.
fn index_page(viewer: &Viewer, lists: &[ListHead]) -> Markup {
    let (lang, markets) = (viewer.lang(), &viewer.app().reference().markets);
    let may_draft = viewer.actor().may(app::Act::Desk);
    html! {
        h1 { (lang.t("历期清单")) }
        @if lists.is_empty() {
            @if may_draft {
                (empty_to(lang.t("尚未发布清单"), lang.t("在审核台起草、审核、批准后发布第一期清单。"), "/desk", lang.t("去审核台")))
            } @else {
                (empty(lang.t("尚未发布清单"), lang.t("秘书处发布后，清单列在这里。")))
            }
        } @else {
            div.scroll tabindex="0" role="region" aria-label=(lang.t("历期清单")) {
                table.cards {
                    thead { tr {
                        th.n { (lang.t("清单号")) }
                        th { (lang.t("市场")) }
                        th { (lang.t("期间")) }
                        th { (lang.t("状态")) }
                        th { (lang.t("起草")) }
                        th { (lang.t("批准")) }
                        th { "SHA-256" }
                    } }
                    tbody {
                        @for list in lists {
                            tr {
                                td.n data-label=(lang.t("清单号")) {
                                    @if let Some(number) = list.number { a href={ "/lists/" (number) } { (number) } }
                                }
                                td data-label=(lang.t("市场")) { (figures::market_name(lang, markets, &list.market)) }
                                td data-label=(lang.t("期间")) { (list.period) }
                                td data-label=(lang.t("状态")) {
                                    (lang.t(list.state.zh()))
                                    @if let Some(reason) = &list.withdrawn_reason { "：" (reason) }
                                }
                                td data-label=(lang.t("起草")) { (list.drafted_by) }
                                td data-label=(lang.t("批准")) { (list.approved_by.as_deref().unwrap_or("")) }
                                td data-label="SHA-256" { span.hash { (list.sha256.as_deref().unwrap_or("")) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn verify_page(viewer: &Viewer, list: &MatchingList, found: &Verification) -> Markup {
    let (lang, markets) = (viewer.lang(), &viewer.app().reference().markets);
    let number = list.number.unwrap_or_default();
    html! {
        p.soft { a href={ "/lists/" (number) } { (figures::title(lang, markets, list)) } }
        h1 { (lang.t("验证清单")) }
        @if found.is_sound() {
            p.verdict.met { strong { "✓ " (lang.t("清单与发布时一致")) } }
        } @else {
            p.verdict.conflict role="alert" { strong { "✗ " (lang.t("清单与发布时不一致")) } }
        }
        @if list.state == ListState::Withdrawn { p.notice { (lang.t("本清单已撤回")) } }
        dl.facts {
            dt { (lang.t("发布时的指纹")) } dd.hash { (found.published) }
            dt { (lang.t("现存内容的指纹")) } dd.hash { (found.content) " " (agrees(lang, found.content == found.published)) }
            dt { (lang.t("由清单自身重新计算的指纹")) }
            dd.hash {
                @match &found.recomputed {
                    Some(again) => { (again) " " (agrees(lang, *again == found.published)) }
                    None if found.other_vectors => { (lang.t("所用名称向量与本系统现有的不同，不能重算")) }
                    None => { (lang.t("由另一版本的引擎生成，不能重算")) " (" (found.engine) ")" }
                }
            }
            @if let Some(at) = list.published_ms { dt { (lang.t("发布时间")) } dd { (format::moment(at)) } }
        }
    }
}

fn agrees(lang: Lang, same: bool) -> Markup {
    html! {
        @if same { span.met { "✓ " (lang.t("一致")) } } @else { span.conflict { "✗ " (lang.t("不一致")) } }
    }
}
