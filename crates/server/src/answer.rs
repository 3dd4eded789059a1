//! Answers: pages, and failures as pages.

use crate::layout;
use crate::log;
use crate::viewer::Viewer;
use crate::words::Lang;
use app::Code;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};

/// What a page's handler gives.
pub type Answer = Result<Response, Failure>;

/// A page's failure: status, words, hint.
pub struct Failure {
    /// Who looks, where they have signed in.
    pub viewer: Option<Box<Viewer>>,
    /// Language.
    pub lang: Lang,
    /// What went wrong.
    pub error: app::Error,
}

/// A page as an answer.
pub fn html_page(markup: Markup) -> Html<String> {
    Html(markup.into_string())
}

/// A failure's heading and what to do about it, by its code.
fn words(code: Code) -> (&'static str, &'static str) {
    match code {
        Code::BadInput | Code::File | Code::Method | Code::MediaType | Code::VersionNeeded => {
            ("输入有误", "请改正指出的地方，再试一次。")
        }
        Code::SignIn => ("请先登录", "用名称和密码登录。"),
        Code::TooMany => ("次数太多", "请稍等再试。"),
        Code::NotAllowed => ("没有权限", "这一步需要别的角色，请联系管理员。"),
        Code::NotFound => ("没有找到", "请从列表里重新打开。"),
        Code::Conflict => ("内容已经变了", "请看最新的内容，再决定。"),
        Code::NothingToDo => ("没有可做的事", "请先导入需求和供给。"),
        Code::TooLarge => ("提交的内容太大", "请分成几份再提交。"),
        Code::StorageBusy => ("数据库正忙", "请稍后再试。"),
        Code::StorageFull => ("磁盘已满", "没有保存任何内容；请联系管理员清理磁盘。"),
        Code::StorageCorrupt | Code::StorageNewer | Code::Storage | Code::Output | Code::Internal => {
            ("服务器出了问题", "请把下面的编号告诉管理员。")
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self { viewer, lang, error } = self;
        let row = error.code.row();
        let internal = row.status == 500;
        if internal {
            tracing::error!(code = row.word, "{}", error.message);
        }
        let error = lang.said(error);
        let status = StatusCode::from_u16(row.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (title, help) = words(error.code);
        let body = html! {
            div.failure role="alert" {
                h1 { (lang.t(title)) }
                // What a broken server says may tell where things lie: that is for its log.
                @if !internal { p { (error.message) } }
                @if !error.fields.is_empty() {
                    ul { @for (_, what) in &error.fields { li { (what) } } }
                }
                p.soft { @if let Some(hint) = &error.hint { (hint) } @else { (lang.t(help)) } }
                @if internal { p { code { (log::request_id()) } } }
            }
        };
        let page = match &viewer {
            Some(viewer) if viewer.htmx => body,
            Some(viewer) => layout::page(viewer, lang.t(title), &body, &[]),
            None => layout::plain(lang, lang.t(title), &body),
        };
        let mut response = (status, html_page(page)).into_response();
        if let Some(viewer) = viewer.filter(|viewer| !viewer.htmx) {
            viewer.remember(&mut response);
        }
        response
    }
}
