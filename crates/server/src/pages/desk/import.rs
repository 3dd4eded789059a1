//! Importing: upload, look at what was understood, correct, store.

use super::{Nothing, job};
use crate::answer::Answer;
use crate::format;
use crate::jobs::{Done, Teller};
use crate::parts::{Field, empty, form_error, scroll};
use crate::uploads::Upload;
use crate::viewer::{Posted, Uploaded, Viewer};
use app::{Act, Actor, App, Code, Error, ImportCount, ImportOptions, InputFile};
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use maud::{Markup, html};
use std::collections::HashMap;
use std::sync::Arc;

/// Files of one upload.
const FILES_MAX: usize = 20;
/// Imports shown.
const HISTORY: u32 = 30;
/// Rows of the form that names columns by hand.
pub const BY_HAND: usize = 4;

/// `GET /import`.
pub async fn index(viewer: Viewer) -> Answer {
    viewer.actor().need(Act::Import).map_err(|e| viewer.fail(e))?;
    let body = body(&viewer, None).await?;
    Ok(viewer.page(viewer.lang().t("导入"), &body))
}

async fn body(viewer: &Viewer, error: Option<&Error>) -> Result<Markup, crate::answer::Failure> {
    let lang = viewer.lang();
    let history = viewer.app().imports(viewer.actor(), HISTORY).await.map_err(|e| viewer.fail(e))?;
    let waiting = viewer.site.uploads.of(viewer.actor());
    let count = |count: &ImportCount| format!("+{} ~{}", count.new, count.changed);
    Ok(html! {
        h1 { (lang.t("导入")) }
        p { (lang.t("企业、需求、供给工作簿都可以，不必改成固定格式：先预览，确认后才入库。")) }
        (form_error(lang, error))
        form.card method="post" action="/import" enctype="multipart/form-data" {
            (viewer.csrf_field())
            div.field {
                label for="f-files" { (lang.t("文件")) span.must aria-hidden="true" { " *" } }
                input #f-files type="file" name="files" multiple required accept=".xlsx,.xlsm,.xls,.csv,.txt" aria-describedby="f-files-hint";
                p.hint #f-files-hint {
                    (lang.t("xlsx、xls 或 csv，可一次选多个，合计不超过")) " " (viewer.site.options.body_max >> 20) " MB"
                }
            }
            (Field::select("kind", lang.t("工作表类别"), kinds(viewer)).hint(lang.t("一般自动识别即可")))
            div.actions { button type="submit" { (lang.t("预览")) } }
        }
        @if !waiting.is_empty() {
            h2 { (lang.t("等待确认")) }
            ul.plain {
                @for (id, upload) in &waiting {
                    li { a href={ "/import/" (id) } { (names(&upload.files)) } }
                }
            }
            p.soft { (lang.t("上传的文件保留一小时，过后请重新上传。")) }
        }
        h2 { (lang.t("导入记录")) }
        @if history.is_empty() {
            (empty(lang.t("还没有导入"), lang.t("上传第一份工作簿，预览不会写入任何数据。")))
        } @else {
            (scroll(lang.t("导入记录"), &html! {
                table.cards {
                    thead { tr {
                        th.n { (lang.t("序号")) } th { (lang.t("时间")) } th { (lang.t("操作人")) } th { (lang.t("文件")) }
                        th.n { (lang.t("企业")) } th.n { (lang.t("需求")) } th.n { (lang.t("供给")) }
                    } }
                    tbody {
                        @for import in &history {
                            tr {
                                td.n data-label=(lang.t("序号")) { (import.id) }
                                td data-label=(lang.t("时间")) { (format::moment(import.at_ms)) }
                                td data-label=(lang.t("操作人")) { (import.actor) }
                                td.w data-label=(lang.t("文件")) { (import.file) }
                                td.n data-label=(lang.t("企业")) { (count(&import.counts.enterprises)) }
                                td.n data-label=(lang.t("需求")) { (count(&import.counts.needs)) }
                                td.n data-label=(lang.t("供给")) { (count(&import.counts.offers)) }
                            }
                        }
                    }
                }
            }))
            p.soft { (lang.t("+ 新增，~ 变更；没有变化的行不写入。")) }
        }
    })
}

/// Kinds of sheet to choose from.
pub fn kinds(viewer: &Viewer) -> Vec<(&'static str, &'static str)> {
    let lang = viewer.lang();
    let kinds = app::SheetKind::ALL.map(|kind| (kind.key(), lang.t(kind.zh())));
    [("", lang.t("自动识别"))].into_iter().chain(kinds).collect()
}

/// Names of files in one line.
pub fn names(files: &[InputFile]) -> String {
    files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join("、")
}

/// `POST /import`: a dry run, then the preview.
pub async fn upload(form: Uploaded) -> Answer {
    let kind = form.field("kind").to_owned();
    let Uploaded { viewer, files, .. } = form;
    viewer.actor().need(Act::Import).map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    if files.is_empty() || files.len() > FILES_MAX {
        let what =
            if files.is_empty() { lang.t("没有选择文件") } else { lang.t("一次最多 20 个文件") };
        let error = Error::new(Code::BadInput, what);
        let body = body(&viewer, Some(&error)).await?;
        return Ok(viewer.refused(&error, lang.t("导入"), &body));
    }
    let files = files.into_iter().map(|f| InputFile { name: f.name, bytes: f.bytes.to_vec() }).collect();
    let options = ImportOptions { kind: (!kind.is_empty()).then_some(kind), ..ImportOptions::default() };
    look(&viewer, None, Arc::new(files), options).await
}

/// Reads the files without storing anything, keeps what was found, and shows it.
async fn look(
    viewer: &Viewer,
    at: Option<u64>,
    files: Arc<Vec<InputFile>>,
    options: ImportOptions,
) -> Answer {
    let (app, actor, uploads) =
        (viewer.site.app.clone(), viewer.actor().clone(), viewer.site.uploads.clone());
    job::begin(viewer, Act::Import, "读取工作簿", "/import", move |teller| async move {
        let dry = ImportOptions { dry_run: true, ..options.clone() };
        let found = run(&app, &actor, &files, &dry, &teller).await;
        // Files that cannot be understood are kept too: naming a column or the kind may be all that is missing.
        if let Err(error) = &found
            && error.code != Code::BadInput
        {
            return Err(error.clone());
        }
        let id = uploads.put(&actor, at, Upload { files, options, found });
        Ok(Done { path: format!("/import/{id}"), note: String::new() })
    })
    .await
}

async fn run(
    app: &App,
    actor: &Actor,
    files: &[InputFile],
    options: &ImportOptions,
    teller: &Teller,
) -> app::Result<app::ImportReport> {
    app.import(actor, files.to_vec(), options, &|s, d, t| teller.tell(s, d, t)).await
}

/// The upload with this id, or the failure that says that it is gone.
pub fn own(viewer: &Viewer, id: u64) -> Result<Arc<Upload>, crate::answer::Failure> {
    let lang = viewer.lang();
    viewer.site.uploads.get(viewer.actor(), id).ok_or_else(|| {
        viewer.fail(
            Error::new(Code::NotFound, lang.t("这次预览已经不在了"))
                .hint(lang.t("上传的文件只保留一小时，服务器重启也会清除；没有写入任何数据，请重新上传。")),
        )
    })
}

/// `POST /import/{id}/columns`: corrections, and another look.
pub async fn columns(Path(id): Path<u64>, Posted { viewer, fields, .. }: Posted<Nothing>) -> Answer {
    viewer.actor().need(Act::Import).map_err(|e| viewer.fail(e))?;
    let upload = own(&viewer, id)?;
    let value: HashMap<&str, &str> = fields.iter().map(|(n, v)| (n.as_str(), v.trim())).collect();
    let get = |name: String| value.get(name.as_str()).copied().unwrap_or_default();
    let mut options = ImportOptions { maps: Vec::new(), kind: None, ..upload.options.clone() };
    let kind = get("kind".to_owned());
    options.kind = (!kind.is_empty()).then(|| kind.to_owned());
    // What was corrected before stays, unless the same heading is corrected again.
    let mut maps: Vec<(String, String, String)> =
        upload.options.maps.iter().filter_map(|text| parts_of(text)).collect();
    let mut name = |kind: &str, field: &str, heading: &str| {
        maps.retain(|(k, _, h)| !(k == kind && h == heading));
        maps.push((kind.to_owned(), field.to_owned(), heading.to_owned()));
    };
    if let Ok(report) = &upload.found {
        for (s, sheet) in report.sheets.iter().enumerate() {
            for (c, column) in sheet.columns.iter().enumerate() {
                let now = column.field.unwrap_or(app::COLUMN_LEFT_OUT);
                let wanted = get(format!("c{s}-{c}"));
                if !wanted.is_empty() && wanted != now {
                    name(sheet.kind, wanted, &column.heading);
                }
            }
        }
    }
    for row in 0..BY_HAND {
        let [kind, field, heading] = ["kind", "field", "heading"].map(|part| get(format!("{part}{row}")));
        if !heading.is_empty() && !field.is_empty() && !kind.is_empty() {
            name(kind, field, heading);
        }
    }
    options.maps =
        maps.into_iter().map(|(kind, field, heading)| format!("{kind}.{field}={heading}")).collect();
    look(&viewer, Some(id), upload.files.clone(), options).await
}

/// A mapping's kind, field and heading.
pub fn parts_of(map: &str) -> Option<(String, String, String)> {
    let (left, heading) = map.split_once('=')?;
    let (kind, field) = left.split_once('.')?;
    Some((kind.to_owned(), field.to_owned(), heading.to_owned()))
}

/// Whether only right rows are stored.
#[derive(serde::Deserialize)]
pub struct Store {
    rows: String,
}

/// `POST /import/{id}/store`.
pub async fn store(Path(id): Path<u64>, Posted { viewer, form, .. }: Posted<Store>) -> Answer {
    let upload = own(&viewer, id)?;
    let (app, actor, uploads) =
        (viewer.site.app.clone(), viewer.actor().clone(), viewer.site.uploads.clone());
    let lang = viewer.lang();
    job::begin(&viewer, Act::Import, "写入数据库", "/import", move |teller| async move {
        let options =
            ImportOptions { dry_run: false, accept_valid: form.rows == "right", ..upload.options.clone() };
        let report = run(&app, &actor, &upload.files, &options, &teller).await?;
        if !report.stored {
            // The stored records have changed since the preview, and now a row is refused.
            let files = upload.files.clone();
            let id = uploads.put(
                &actor,
                Some(id),
                Upload { files, options: upload.options.clone(), found: Ok(report) },
            );
            let note = lang.t("没有入库：预览之后数据有变化，请重新核对。");
            return Ok(Done { path: format!("/import/{id}"), note: note.to_owned() });
        }
        let counts = &report.counts;
        let [new, changed, same] = [&counts.enterprises, &counts.needs, &counts.offers]
            .iter()
            .fold([0, 0, 0], |[n, c, u], count| [n + count.new, c + count.changed, u + count.unchanged]);
        let note = format!(
            "{} {} {new}，{} {changed}，{} {same}",
            lang.t("已入库。"),
            lang.t("新增"),
            lang.t("变更"),
            lang.t("不变")
        );
        if report.rejects.is_some() {
            // The refused rows can still be fetched.
            let files = upload.files.clone();
            let id = uploads.put(
                &actor,
                Some(id),
                Upload { files, options: upload.options.clone(), found: Ok(report) },
            );
            return Ok(Done { path: format!("/import/{id}"), note });
        }
        uploads.drop(&actor, id);
        Ok(Done { path: "/import".to_owned(), note })
    })
    .await
}

/// `POST /import/{id}/drop`.
pub async fn drop(Path(id): Path<u64>, Posted { viewer, .. }: Posted<Nothing>) -> Answer {
    viewer.site.uploads.drop(viewer.actor(), id);
    Ok(viewer.go_with("/import", viewer.lang().t("已放弃这次导入，没有写入任何数据。")))
}

/// `GET /import/{id}/refused.xlsx`: the refused rows with their reasons.
pub async fn refused(viewer: Viewer, Path(id): Path<u64>) -> Answer {
    let upload = own(&viewer, id)?;
    let book = upload.found.as_ref().ok().and_then(|report| report.rejects.clone());
    let book = book.ok_or_else(|| viewer.nowhere())?;
    let head = [
        (header::CONTENT_TYPE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"refused.xlsx\"; filename*=UTF-8''%E9%80%80%E5%9B%9E%E8%A1%8C.xlsx",
        ),
    ];
    Ok((head, book).into_response())
}
