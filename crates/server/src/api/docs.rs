//! The docs page, written from the OpenAPI document itself, and a page for each kind of problem.

use super::BASE;
use super::openapi::{DOCUMENT, SUBJECTS};
use super::problem::title;
use crate::answer::html_page;
use crate::layout;
use crate::site::Site;
use crate::viewer::{Tongue, Viewer};
use crate::words::Lang;
use app::{Code, CodeRow};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;

pub fn routes() -> Router<Site> {
    Router::new()
        .route("/api/docs", get(index))
        .route("/api/docs/{subject}", get(subject))
        .route("/api/problems/{word}", get(problem))
}

/// One operation of the document.
struct Operation<'d> {
    method: &'d str,
    path: &'d str,
    value: &'d Value,
}

impl<'d> Operation<'d> {
    fn text(&self, name: &str) -> &'d str {
        self.value[name].as_str().unwrap_or("")
    }

    fn subject(&self) -> &'d str {
        self.value["tags"][0].as_str().unwrap_or("")
    }

    fn speaks_of(&self, word: &str) -> bool {
        let all = [self.method, self.path, self.text("summary"), self.text("description"), self.subject()];
        all.iter().any(|text| text.to_lowercase().contains(word))
    }
}

/// All operations by path, reads first.
fn operations() -> Vec<Operation<'static>> {
    let paths = DOCUMENT["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, item)| {
            let mut found: Vec<_> = item
                .as_object()
                .into_iter()
                .flatten()
                .map(|(method, value)| Operation { method, path, value })
                .collect();
            found.sort_by_key(|o| {
                ["get", "post", "put", "patch", "delete"].iter().position(|m| *m == o.method)
            });
            found
        })
        .collect()
}

/// Subjects with their names in a language.
fn subjects(lang: Lang) -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = SUBJECTS.iter().map(|(name, zh, about)| (*name, *zh, *about));
    all.map(move |(name, zh, about)| (name, if lang == Lang::Zh { zh } else { about }))
}

/// The page in the frame of whoever has signed in; else in the plain one with a switch of language.
fn framed(viewer: Option<Viewer>, tongue: Tongue, title: &str, body: Markup) -> Response {
    if let Some(viewer) = viewer {
        return viewer.page(title, &body);
    }
    let (other, name) = if tongue.lang == Lang::Zh { ("en", "English") } else { ("zh", "中文") };
    let body = html! { p { a href={ "?lang=" (other) } lang=(other) { (name) } } (body) };
    let mut response = html_page(layout::plain(tongue.lang, title, &body)).into_response();
    tongue.remember(&mut response);
    response
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Find {
    q: String,
}

async fn index(viewer: Result<Viewer, Response>, tongue: Tongue, Query(Find { q }): Query<Find>) -> Response {
    let lang = tongue.lang;
    let word = q.trim().to_lowercase();
    let found: Vec<_> = operations().into_iter().filter(|o| o.speaks_of(&word)).collect();
    let body = html! {
        h1 { (lang.t("接口文档")) }
        p { (lang.t("页面能做的事，接口都能做：路径以 /api/v1 开头，收发 JSON。")) " "
            a href="/api/openapi.json" { "OpenAPI 3.1" } }
        div.panel {
            h2 { (lang.t("开始使用")) }
            p { (lang.t("在“我的账户”里新建令牌，每次请求放在 Authorization 头里。令牌以本人的身份行事，看到的和能做的与本人一样。")) }
            pre { code { "curl -H 'Authorization: Bearer yulin_...' " (example_host()) (BASE) "/needs?q=面罩" } }
            dl.facts {
                dt { (lang.t("字段")) } dd { (lang.t("没有填写的、或者无权查看的字段不会出现。时间是 1970 年以来的毫秒数（UTC）。")) }
                dt { (lang.t("分页")) } dd { code { "page" } " " code { "per_page" } " " (lang.t("每页最多 200 行；Link 头给出前后页的地址。")) }
                dt { "ETag" } dd { (lang.t("读取的结果带 ETag；用 If-None-Match 再读，没有变化就回 304。")) }
                dt { "If-Match" } dd { (lang.t("修改要带上读到的 ETag；缺少回 428，别人先改过回 409，不会互相覆盖。")) }
                dt { "Idempotency-Key" } dd { (lang.t("每个 POST 都可以带：24 小时内同样的请求只做一次，回答相同；令牌和链接这类密文不保存，重发时不再给出。")) }
                dt { (lang.t("出错")) } dd { code { "application/problem+json" } " " a href="#problems" { (lang.t("错误代码表")) } }
            }
        }
        form.filter method="get" action="/api/docs" role="search" {
            div.field { label for="q" { (lang.t("查找")) } input #q type="search" name="q" value=(q); }
            button type="submit" { (lang.t("查找")) }
        }
        nav aria-label=(lang.t("主题")) { ul.plain {
            @for (name, words) in subjects(lang) { li { a href={ "/api/docs/" (name) } { (words) } } }
            li { a href="/api/docs/installation" { (lang.t("安装")) } }
        } }
        h2 { (lang.t("操作")) " (" (found.len()) ")" }
        @if found.is_empty() { p.empty { (lang.t("没有找到，换个词试试。")) } }
        @else {
            div.scroll tabindex="0" role="region" aria-label=(lang.t("操作")) { table.cards {
                thead { tr { th { (lang.t("方法")) } th { (lang.t("路径")) } th { (lang.t("作用")) } } }
                tbody { @for o in &found { tr {
                    td data-label=(lang.t("方法")) { code { (o.method.to_uppercase()) } }
                    td data-label=(lang.t("路径")) { a href={ "/api/docs/" (o.subject()) "#" (o.text("operationId")) } { code { (BASE) (o.path) } } }
                    td data-label=(lang.t("作用")) lang="en" { (o.text("summary")) }
                } } }
            } }
        }
        h2 #problems { (lang.t("错误代码表")) }
        div.scroll tabindex="0" role="region" aria-label=(lang.t("错误代码表")) { table.cards {
            thead { tr { th { "code" } th.n { "HTTP" } th { (lang.t("怎么办")) } } }
            tbody { @for row in &Code::TABLE { tr {
                td data-label="code" { a href={ "/api/problems/" (row.word) } { code { (row.word) } } }
                td.n data-label="HTTP" { (row.status) }
                td data-label=(lang.t("怎么办")) lang="en" { (row.help) }
            } } }
        } }
    };
    framed(viewer.ok(), tongue, lang.t("接口文档"), body)
}

async fn subject(viewer: Result<Viewer, Response>, tongue: Tongue, Path(name): Path<String>) -> Response {
    let lang = tongue.lang;
    let found: Vec<_> = operations().into_iter().filter(|o| o.subject() == name).collect();
    if found.is_empty() {
        return nothing(viewer.ok(), tongue);
    }
    let words = subjects(lang).find(|(n, _)| *n == name).map_or(lang.t("安装"), |(_, words)| words);
    let mut named = BTreeSet::new();
    for operation in &found {
        collect(operation.value, &mut named);
    }
    let body = html! {
        nav.crumbs aria-label=(lang.t("位置")) { ol { li { a href="/api/docs" { (lang.t("接口文档")) } } li aria-current="page" { (words) } } }
        h1 { (words) }
        ul.plain { @for o in &found { li { code { (o.method.to_uppercase()) } " " a href={ "#" (o.text("operationId")) } lang="en" { (o.text("summary")) } } } }
        @for o in &found { (operation(lang, o)) }
        h2 { (lang.t("数据结构")) }
        @for name in &named { (schema(lang, name)) }
    };
    framed(viewer.ok(), tongue, words, body)
}

fn operation(lang: Lang, o: &Operation<'_>) -> Markup {
    let parameters = o.value["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    let responses = o.value["responses"].as_object();
    html! {
        section.panel id=(o.text("operationId")) {
            h2 { code { (o.method.to_uppercase()) " " (BASE) (o.path) } }
            p lang="en" { strong { (o.text("summary")) } " " (o.text("description")) }
            pre { code { (curl(o)) } }
            @if !parameters.is_empty() {
                h3 { (lang.t("参数")) }
                div.scroll tabindex="0" role="region" aria-label=(lang.t("参数")) { table.cards {
                    thead { tr { th { (lang.t("名称")) } th { (lang.t("位置")) } th { (lang.t("类型")) } th { (lang.t("说明")) } } }
                    tbody { @for p in parameters { tr {
                        td data-label=(lang.t("名称")) { code { (p["name"].as_str().unwrap_or("")) } @if p["required"] == true { " " span.must title=(lang.t("必填")) { "*" } } }
                        td data-label=(lang.t("位置")) { (p["in"].as_str().unwrap_or("")) }
                        td data-label=(lang.t("类型")) { (kind(&p["schema"])) }
                        td data-label=(lang.t("说明")) lang="en" { (p["description"].as_str().unwrap_or("")) }
                    } } }
                } }
            }
            @if let Some(content) = o.value["requestBody"]["content"].as_object() {
                h3 { (lang.t("请求内容")) }
                p { @for (media, body) in content { code { (media) } " " (kind(&body["schema"])) " " } }
            }
            h3 { (lang.t("回答")) }
            div.scroll tabindex="0" role="region" aria-label=(lang.t("回答")) { table.cards {
                thead { tr { th.n { "HTTP" } th { (lang.t("类型")) } th { (lang.t("说明")) } } }
                tbody { @for (status, response) in responses.into_iter().flatten() { tr {
                    td.n data-label="HTTP" { (status) }
                    td data-label=(lang.t("类型")) { @for (media, body) in response["content"].as_object().into_iter().flatten() {
                        @if media == "application/json" || media == super::problem::PROBLEM_JSON { (kind(&body["schema"])) } @else { code { (media) } }
                    } }
                    td data-label=(lang.t("说明")) lang="en" { (response["description"].as_str().unwrap_or("")) }
                } } }
            } }
        }
    }
}

/// A shape with its fields.
fn schema(lang: Lang, name: &str) -> Markup {
    let value = &DOCUMENT["components"]["schemas"][name];
    let required = value["required"].as_array();
    let must = |field: &str| required.is_some_and(|all| all.iter().any(|r| r == field));
    let words = value["enum"].as_array();
    let variants = value["oneOf"].as_array();
    html! {
        section.panel id={ "schema-" (name) } {
            h3 { code { (name) } }
            p lang="en" { (value["description"].as_str().unwrap_or("")) }
            @if let Some(words) = words { p { @for word in words { code { (word.as_str().unwrap_or("")) } " " } } }
            @if let Some(variants) = variants { @for variant in variants { (fields(lang, variant, &|_| false)) } }
            @if value["properties"].is_object() { (fields(lang, value, &must)) }
            @if !value["example"].is_null() {
                pre { code { (serde_json::to_string_pretty(&value["example"]).unwrap_or_default()) } }
            }
        }
    }
}

fn fields(lang: Lang, value: &Value, must: &dyn Fn(&str) -> bool) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("字段")) { table.cards {
            thead { tr { th { (lang.t("字段")) } th { (lang.t("类型")) } th { (lang.t("说明")) } } }
            tbody { @for (field, shape) in value["properties"].as_object().into_iter().flatten() { tr {
                td data-label=(lang.t("字段")) { code { (field) } @if must(field) { " " span.must title=(lang.t("必填")) { "*" } } }
                td data-label=(lang.t("类型")) { (kind(shape)) }
                td data-label=(lang.t("说明")) lang="en" { (shape["description"].as_str().unwrap_or("")) }
            } } }
        } }
    }
}

/// What a value is, in few words; a named shape is a link.
fn kind(schema: &Value) -> Markup {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap_or("");
        // A problem and its places are explained on the first page and in their own pages.
        let to = if name == "Problem" { "/api/docs#problems".to_owned() } else { format!("#schema-{name}") };
        return html! { a href=(to) { (name) } };
    }
    if let Some(one_of) = schema["oneOf"].as_array() {
        let some: Vec<_> = one_of.iter().filter(|s| s["type"] != "null").collect();
        return html! { @for (index, one) in some.iter().enumerate() { @if index > 0 { " | " } (kind(one)) } };
    }
    if let Some(words) = schema["enum"].as_array() {
        return html! { @for word in words { code { (word.as_str().unwrap_or("")) } " " } };
    }
    let word = match &schema["type"] {
        Value::String(word) => word.clone(),
        Value::Array(words) => {
            words.iter().filter_map(Value::as_str).filter(|w| *w != "null").collect::<Vec<_>>().join(" | ")
        }
        _ => "any".to_owned(),
    };
    if word == "array" {
        return html! { (kind(&schema["items"])) "[]" };
    }
    let range = match (&schema["minimum"], &schema["maximum"]) {
        (Value::Null, Value::Null) => String::new(),
        (low, Value::Null) => format!(" ≥ {low}"),
        (Value::Null, high) => format!(" ≤ {high}"),
        (low, high) => format!(" {low}–{high}"),
    };
    html! { (word) (range) }
}

/// The named shapes that a value leads to, through others too.
fn collect(value: &Value, named: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match inner.as_str().filter(|_| name == "$ref").and_then(|r| r.rsplit('/').next()) {
                    Some("Problem") => {}
                    Some(shape) => {
                        if named.insert(shape.to_owned()) {
                            collect(&DOCUMENT["components"]["schemas"][shape], named);
                        }
                    }
                    None => collect(inner, named),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, named)),
        _ => {}
    }
}

fn example_host() -> &'static str {
    "http://localhost:8080"
}

/// A command that does it.
fn curl(o: &Operation<'_>) -> String {
    let mut line = "curl".to_owned();
    if o.method != "get" {
        line.push_str(&format!(" -X {}", o.method.to_uppercase()));
    }
    let public =
        o.value["security"].as_array().is_some_and(|s| s.iter().any(|one| one == &serde_json::json!({})));
    if !public {
        line.push_str(" -H 'Authorization: Bearer yulin_...'");
    }
    for parameter in o.value["parameters"].as_array().into_iter().flatten() {
        if parameter["name"] == "If-Match" {
            line.push_str(" -H 'If-Match: \"1\"'");
        }
    }
    if let Some(content) = o.value["requestBody"]["content"].as_object() {
        if content.contains_key("multipart/form-data") {
            line.push_str(" -F file=@需求.xlsx");
        } else if let Some(reference) = o.value.pointer("/requestBody/content/application~1json/schema/$ref")
        {
            let name = reference.as_str().and_then(|r| r.rsplit('/').next()).unwrap_or("");
            let example = &DOCUMENT["components"]["schemas"][name]["example"];
            let body = if example.is_null() { "{...}".to_owned() } else { example.to_string() };
            line.push_str(&format!(" --json '{body}'"));
        }
    }
    let path = o.path.replace("{id}", "1").replace("{number}", "1").replace("{need}", "1");
    let query = o.value["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|p| p["in"] == "query" && p["example"].is_string());
    let query = query.map_or_else(String::new, |p| {
        format!("?{}={}", p["name"].as_str().unwrap_or(""), p["example"].as_str().unwrap_or(""))
    });
    format!("{line} '{}{BASE}{path}{query}'", example_host())
}

async fn problem(viewer: Result<Viewer, Response>, tongue: Tongue, Path(word): Path<String>) -> Response {
    let lang = tongue.lang;
    let Some(row) = Code::TABLE.iter().find(|row| row.word == word) else {
        return nothing(viewer.ok(), tongue);
    };
    let CodeRow { word, status, exit, help, .. } = row;
    let body = html! {
        nav.crumbs aria-label=(lang.t("位置")) { ol { li { a href="/api/docs" { (lang.t("接口文档")) } } li aria-current="page" { (word) } } }
        h1 lang="en" { (title(row)) }
        dl.facts {
            dt { "code" } dd { code { (word) } }
            dt { "HTTP" } dd { (status) }
            dt { (lang.t("命令行退出码")) } dd { (exit) }
            dt { (lang.t("怎么办")) } dd lang="en" { (help) }
        }
    };
    framed(viewer.ok(), tongue, &title(row), body)
}

fn nothing(viewer: Option<Viewer>, tongue: Tongue) -> Response {
    let lang = tongue.lang;
    let body = html! { h1 { (lang.t("没有这一页")) } p { a href="/api/docs" { (lang.t("接口文档")) } } };
    let mut response = framed(viewer, tongue, lang.t("没有这一页"), body);
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
