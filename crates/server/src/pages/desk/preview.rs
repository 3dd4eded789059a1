//! The preview of an import: what was understood, what was refused, what would change.

use super::import::{BY_HAND, kinds, names, own, parts_of};
use crate::answer::Answer;
use crate::format;
use crate::parts::{Field, crumbs, form_error, post_button, scroll, tag};
use crate::uploads::Upload;
use crate::viewer::Viewer;
use crate::words::Lang;
use app::{ColumnField, DuplicateReport, ImportReport, SheetKind, SheetReport};
use axum::extract::Path;
use maud::{Markup, html};

/// Refusals, warnings and duplicates shown; the workbook of refused rows holds all.
const SHOWN: usize = 200;

/// `GET /import/{id}`.
pub async fn page(viewer: Viewer, Path(id): Path<u64>) -> Answer {
    viewer.actor().need(app::Act::Import).map_err(|e| viewer.fail(e))?;
    let upload = own(&viewer, id)?;
    let lang = viewer.lang();
    let body = html! {
        (crumbs(lang, &[("/import", lang.t("导入"))], lang.t("预览")))
        h1 { (lang.t("导入预览")) }
        p { (names(&upload.files)) }
        @match &upload.found {
            Ok(report) => (found(&viewer, id, &upload, report)),
            Err(error) => {
                (form_error(lang, Some(error)))
                p { (lang.t("指明工作表类别，或指明哪一列是什么，再预览一次；也可以改好文件重新上传。")) }
                form method="post" action={ "/import/" (id) "/columns" } {
                    (viewer.csrf_field())
                    (again(&viewer, &upload, true))
                }
                div.actions { (post_button(&viewer, &format!("/import/{id}/drop"), "quiet", lang.t("放弃"), None)) }
            }
        }
    };
    Ok(viewer.page(lang.t("导入预览"), &body))
}

fn found(viewer: &Viewer, id: u64, upload: &Upload, report: &ImportReport) -> Markup {
    let lang = viewer.lang();
    html! {
        @if report.stored {
            p.notice.done { (lang.t("正确的行已经入库，下面是退回的行。")) }
        } @else {
            p.notice.info { (lang.t("这是预览，还没有写入任何数据。")) }
        }
        (counts(lang, report))
        (act(viewer, id, report))
        @if !report.errors.is_empty() {
            h2 #refused { (lang.t("退回的单元格")) " " span.soft { (report.errors.len()) } }
            (cells(lang, lang.t("退回的单元格"), &report.errors))
            @if report.rejects.is_some() {
                p { a.button.quiet href={ "/import/" (id) "/refused.xlsx" } { (lang.t("下载退回行工作簿")) } }
                p.soft { (lang.t("工作簿里标红并写明原因，改好后直接再上传即可。")) }
            }
            @if let Some(why) = &report.rejects_failed { p.failure { (why) } }
        }
        @if !report.warnings.is_empty() {
            h2 { (lang.t("提醒")) " " span.soft { (report.warnings.len()) } }
            (cells(lang, lang.t("提醒"), &report.warnings))
        }
        @if !report.duplicates.is_empty() {
            h2 { (lang.t("疑似重复企业")) " " span.soft { (report.duplicates.len()) } }
            p.soft { (lang.t("只提示，不合并；入库后在重复企业页面逐对决定。")) }
            @for pair in report.duplicates.iter().take(SHOWN) { (duplicate(lang, pair)) }
        }
        @if !report.stored {
            h2 { (lang.t("各表和各列的识别")) }
            form method="post" action={ "/import/" (id) "/columns" } {
                (viewer.csrf_field())
                @for (index, sheet) in report.sheets.iter().enumerate() { (columns(lang, index, sheet)) }
                (again(viewer, upload, false))
            }
        }
    }
}

fn counts(lang: Lang, report: &ImportReport) -> Markup {
    let (rows, refused): (u32, u32) =
        report.sheets.iter().fold((0, 0), |(rows, refused), s| (rows + s.rows, refused + s.rejected));
    let counts = [
        (lang.t("企业"), &report.counts.enterprises),
        (lang.t("需求"), &report.counts.needs),
        (lang.t("供给"), &report.counts.offers),
    ];
    html! {
        div.scroll {
            table {
                thead { tr {
                    th {} th.n { (lang.t("新增")) } th.n { (lang.t("变更")) } th.n { (lang.t("不变")) }
                } }
                tbody {
                    @for (word, count) in counts {
                        tr { th scope="row" { (word) } td.n { (count.new) } td.n { (count.changed) } td.n { (count.unchanged) } }
                    }
                }
            }
        }
        p.soft {
            (lang.t("数据行")) " " (rows) " · " (lang.t("退回行")) " " (refused)
            @if report.repeated > 0 { " · " (lang.t("文件内重复的行，只收一次")) " " (report.repeated) }
        }
    }
}

/// What can be done now.
fn act(viewer: &Viewer, id: u64, report: &ImportReport) -> Markup {
    let lang = viewer.lang();
    let to = format!("/import/{id}/store");
    let changes = [&report.counts.enterprises, &report.counts.needs, &report.counts.offers];
    let nothing = changes.iter().all(|c| c.new + c.changed == 0);
    html! {
        @if !report.stored {
            div.toolbar {
                @if nothing {
                    span { (lang.t("没有新增或变更，不用入库。")) }
                } @else if report.errors.is_empty() {
                    form.inline method="post" action=(to) {
                        (viewer.csrf_field())
                        button type="submit" name="rows" value="all" { (lang.t("全部导入")) }
                    }
                } @else {
                    form.inline method="post" action=(to) {
                        (viewer.csrf_field())
                        button type="submit" name="rows" value="right" { (lang.t("只导入正确的行")) }
                    }
                    a href="#refused" { (lang.t("看退回的行")) }
                }
                (post_button(viewer, &format!("/import/{id}/drop"), "quiet", lang.t("放弃"), None))
            }
        } @else {
            div.toolbar { (post_button(viewer, &format!("/import/{id}/drop"), "quiet", lang.t("完成"), None)) }
        }
    }
}

/// Cells with what was read and what was expected.
fn cells<C: Place>(lang: Lang, label: &str, cells: &[C]) -> Markup {
    let table = html! {
        table.cards {
            thead { tr {
                th { (lang.t("文件")) } th { (lang.t("工作表")) } th { (lang.t("单元格")) } th { (lang.t("栏目")) }
                th { (lang.t("读到")) } th { (lang.t("应为")) } th { (lang.t("办法")) }
            } }
            tbody {
                @for cell in cells.iter().take(SHOWN).map(Place::parts) {
                    tr {
                        td data-label=(lang.t("文件")) { (cell[0]) }
                        td data-label=(lang.t("工作表")) { (cell[1]) }
                        td data-label=(lang.t("单元格")) { (cell[2]) }
                        td data-label=(lang.t("栏目")) { (lang.say(cell[3])) }
                        td.t data-label=(lang.t("读到")) { @if cell[4].is_empty() { span.soft { (lang.t("（空）")) } } @else { (cell[4]) } }
                        td.t data-label=(lang.t("应为")) { (lang.say(cell[5])) }
                        td.w data-label=(lang.t("办法")) { (lang.say(cell[6])) }
                    }
                }
            }
        }
    };
    html! {
        (scroll(label, &table))
        @if cells.len() > SHOWN { p.soft { (lang.t("此处列出")) " " (SHOWN) " / " (cells.len()) } }
    }
}

/// A place in a workbook: file, sheet, cell, field, what was read, what was expected, what to do.
trait Place {
    fn parts(&self) -> [&str; 7];
}

impl Place for app::CellError {
    fn parts(&self) -> [&str; 7] {
        [&self.file, &self.sheet, &self.cell, &self.field, &self.read, &self.expected, &self.hint]
    }
}

fn duplicate(lang: Lang, pair: &DuplicateReport) -> Markup {
    let words = [lang.t("统一社会信用代码"), lang.t("所在县区"), lang.t("地址"), lang.t("主营产品")];
    let side = |name: &str, facts: &[String]| {
        html! {
            p.strong { (name) }
            dl.facts {
                @for (word, fact) in words.iter().zip(facts).filter(|(_, fact)| !fact.is_empty()) { dt { (word) } dd { (fact) } }
            }
        }
    };
    html! {
        div.panel {
            div.sides { div { (side(&pair.a, &pair.a_facts)) } div { (side(&pair.b, &pair.b_facts)) } }
            p.soft { (lang.t("相似度")) " " (format::percent(pair.score)) " · " (pair.reasons.join("；")) }
        }
    }
}

/// How a sheet and its columns were understood; each column can be corrected.
fn columns(lang: Lang, index: usize, sheet: &SheetReport) -> Markup {
    let how = |how: &str| match how {
        "mapped" => lang.t("人工指定"),
        "remembered" => lang.t("上次的做法"),
        "guessed" => lang.t("自动识别"),
        _ => lang.t("未用"),
    };
    html! {
        fieldset {
            legend { (sheet.file) " · " (sheet.sheet) }
            p {
                (lang.t("识别为")) " " strong { (lang.t(sheet.kind)) } " "
                span.soft { (format::percent(sheet.kind_confidence)) } " · "
                (lang.t("数据行")) " " (sheet.rows) " · " (lang.t("接收")) " " (sheet.accepted) " · "
                (lang.t("退回")) " " (sheet.rejected) " · " (lang.t("略过")) " " (sheet.skipped)
            }
            (scroll(&sheet.sheet, &html! {
                table.cards {
                    thead { tr {
                        th { (lang.t("列名")) } th { (lang.t("含义")) } th.n { (lang.t("把握")) } th { (lang.t("依据")) }
                    } }
                    tbody {
                        @for (at, column) in sheet.columns.iter().enumerate() {
                            @let name = format!("c{index}-{at}");
                            tr {
                                td.t data-label=(lang.t("列名")) { label for=(name) { (column.heading) } }
                                td data-label=(lang.t("含义")) { (fields(lang, &name, column.field.unwrap_or(app::COLUMN_LEFT_OUT))) }
                                td.n data-label=(lang.t("把握")) { @if column.field.is_some() { (format::percent(column.confidence)) } }
                                td data-label=(lang.t("依据")) {
                                    @if column.field.is_some() && column.confidence < 0.8 { (tag("warn", how(column.how))) } @else { (how(column.how)) }
                                }
                            }
                        }
                    }
                }
            }))
        }
    }
}

/// A choice of fields.
fn fields(lang: Lang, name: &str, now: &str) -> Markup {
    html! {
        select id=(name) name=(name) {
            option value=(app::COLUMN_LEFT_OUT) selected[now == app::COLUMN_LEFT_OUT] { (lang.t("（不导入）")) }
            option value="clause" selected[now == "clause"] { (lang.t("规格参数中的一项")) }
            @for field in ColumnField::ALL {
                option value=(field.key()) selected[now == field.key()] { (lang.t(field.zh())) }
            }
        }
    }
}

/// Corrections that no sheet above has a place for, and the button for another look.
fn again(viewer: &Viewer, upload: &Upload, open: bool) -> Markup {
    let lang = viewer.lang();
    let kind = upload.options.kind.clone().unwrap_or_default();
    let mut given = upload.options.maps.iter().filter_map(|map| parts_of(map));
    html! {
        (Field::select("kind", lang.t("全部工作表的类别"), kinds(viewer)).value(kind))
        details open[open] {
            summary { (lang.t("按列名指定（列名写全，或写列的字母）")) }
            @for row in 0..BY_HAND {
                @let (kind, field, heading) = if open { given.next() } else { None }.unwrap_or_default();
                div.row {
                    div.field {
                        label for={ "kind" (row) } { (lang.t("工作表类别")) }
                        select id={ "kind" (row) } name={ "kind" (row) } {
                            @for of in SheetKind::ALL { option value=(of.key()) selected[kind == of.key()] { (lang.t(of.zh())) } }
                        }
                    }
                    div.field {
                        label for={ "heading" (row) } { (lang.t("列名")) }
                        input id={ "heading" (row) } name={ "heading" (row) } value=(heading) maxlength="100";
                    }
                    div.field {
                        label for={ "field" (row) } { (lang.t("含义")) }
                        (fields(lang, &format!("field{row}"), &field))
                    }
                }
            }
        }
        div.actions { button.quiet type="submit" { (lang.t("按更正重新预览")) } }
    }
}
