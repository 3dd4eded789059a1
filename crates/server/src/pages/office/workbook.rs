//! `/invitations/workbook`: many invitations by one workbook.

use super::held::{File, Held};
use super::{invitations, show};
use crate::answer::Answer;
use crate::parts::{self, Field};
use crate::viewer::{Posted, Uploaded, Viewer};
use app::{Act, Code, Error, InputFile, InvitationRow, Invited};
use axum::Extension;
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;

/// Days that an invitation of a workbook lasts.
const DAYS: u32 = 30;

/// `GET /invitations/workbook`
pub async fn page(viewer: Viewer) -> Answer {
    viewer.actor().need(Act::InviteWorkbook).map_err(|e| viewer.fail(e))?;
    Ok(viewer.page(viewer.lang().t("用表格批量邀请"), &form(&viewer, None)))
}

fn form(viewer: &Viewer, error: Option<&Error>) -> Markup {
    let lang = viewer.lang();
    html! {
        (parts::crumbs(lang, &[("/people", lang.t("用户")), ("/invitations", lang.t("邀请"))], lang.t("用表格批量邀请")))
        h1 { (lang.t("用表格批量邀请")) }
        @if let Some(error) = error { (faults(viewer, error)) }
        ol.steps {
            li { a href="/invitations/template.xlsx" { (lang.t("下载模板")) } " " span.soft { (lang.t("也可以用自己的表，列名相近就能认出：企业名称、统一社会信用代码、联系人、邮箱。")) } }
            li { (lang.t("一行一个人，填好后上传。先看预览；有一行不对就一行也不发，并告诉您哪一格错了。")) }
            li { (lang.t("下载带链接的表，逐个发给本人。链接只能下载这一次。")) }
        }
        form.card method="post" action="/invitations/workbook" enctype="multipart/form-data" {
            (viewer.csrf_field())
            (Field::file("file", lang.t("工作簿"), ".xlsx,.xls,.csv").required())
            div.actions {
                button type="submit" { (lang.t("上传并预览")) }
                a.button.quiet href="/invitations" { (lang.t("取消")) }
            }
        }
    }
}

/// `GET /invitations/template.xlsx`
pub async fn template(viewer: Viewer) -> Answer {
    let bytes = viewer.app().invitation_template(viewer.actor()).map_err(|e| viewer.fail(e))?;
    Ok(show::file("yulin-invitations.xlsx", show::XLSX, bytes))
}

/// What is wrong with a workbook, a line each.
fn faults(viewer: &Viewer, error: &Error) -> Markup {
    let lines: Vec<&str> = error.message.lines().collect();
    html! {
        div.failure role="alert" {
            p { strong { (viewer.lang().t("这份表要改正后再上传，还没有发出任何邀请")) } " " (lines.len()) }
            ul { @for line in lines { li { (viewer.lang().say(line)) } } }
        }
    }
}

/// `POST /invitations/workbook`: whom the workbook would invite. The file waits for the leave.
pub async fn upload(
    Extension(held): Extension<Held<File>>,
    Uploaded { viewer, mut files, .. }: Uploaded,
) -> Answer {
    let lang = viewer.lang();
    let title = lang.t("用表格批量邀请");
    let Some(file) = files.pop() else {
        let error = Error::new(Code::BadInput, lang.t("请选择一个工作簿"));
        return Ok(viewer.refused(&error, title, &form(&viewer, Some(&error))));
    };
    let input = InputFile { name: file.name, bytes: file.bytes.to_vec() };
    match viewer.app().preview_invitations(viewer.actor(), &input).await {
        Ok(rows) => {
            let word = held.put(&viewer.session, (input.name, input.bytes));
            Ok(viewer.page(title, &preview(&viewer, &rows, &word)))
        }
        Err(error) => Ok(viewer.refused(&error, title, &form(&viewer, Some(&error)))),
    }
}

fn preview(viewer: &Viewer, rows: &[InvitationRow], word: &str) -> Markup {
    let lang = viewer.lang();
    let later = rows.iter().filter(|row| row.known.is_none()).count();
    html! {
        (parts::crumbs(lang, &[("/invitations", lang.t("邀请")), ("/invitations/workbook", lang.t("用表格批量邀请"))], lang.t("预览")))
        h1 { (lang.t("预览")) " " span.soft { (rows.len()) } }
        p {
            (lang.t("还没有生成链接。每行一份邀请，30天内有效。"))
            @if later > 0 { " " (lang.t("{n} 家不在系统里，对方建立账号后凭代码认领。").replace("{n}", &later.to_string())) }
        }
        (parts::scroll(lang.t("预览"), &html! {
            table.cards {
                thead { tr {
                    th { (lang.t("企业名称")) }
                    th { (lang.t("统一社会信用代码")) }
                    th { (lang.t("系统中的企业")) }
                    th { (lang.t("联系人")) }
                    th { (lang.t("邮箱")) }
                } }
                tbody {
                    @for row in rows {
                        tr {
                            td.t data-label=(lang.t("企业名称")) { (row.enterprise) }
                            td data-label=(lang.t("统一社会信用代码")) { (row.uscc) }
                            td.t data-label=(lang.t("系统中的企业")) {
                                @match &row.known {
                                    Some((id, name)) => a href={ "/enterprises/" (id) } { (name) },
                                    None => (parts::tag("info", lang.t("以后认领"))),
                                }
                            }
                            td data-label=(lang.t("联系人")) { (row.contact) }
                            td data-label=(lang.t("邮箱")) { (row.email) }
                        }
                    }
                }
            }
        }))
        form method="post" action="/invitations/workbook/send" {
            (viewer.csrf_field())
            input type="hidden" name="file" value=(word);
            div.actions {
                button type="submit" { (lang.t("生成 {n} 个邀请链接").replace("{n}", &rows.len().to_string())) }
                a.button.quiet href="/invitations/workbook" { (lang.t("换一份表")) }
            }
        }
    }
}

/// The word of the file that was previewed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Send {
    file: String,
}

/// `POST /invitations/workbook/send`: writes the invitations and shows the links, once.
pub async fn send(
    Extension(held): Extension<Held<File>>,
    Posted { viewer, form: sent, .. }: Posted<Send>,
) -> Answer {
    let lang = viewer.lang();
    let Some((name, bytes)) = held.take(&viewer.session, &sent.file) else {
        let error = Error::new(Code::NotFound, lang.t("这份表的预览已过期，或链接已经生成"));
        return Err(viewer.fail(error.hint(lang.t("在邀请列表里看看；没有的话重新上传。"))));
    };
    let input = InputFile { name, bytes };
    match viewer.app().invite_workbook(viewer.actor(), &input, &viewer.base).await {
        Ok((invited, bytes)) => {
            let word = held.put(&viewer.session, ("yulin-invitation-links.xlsx".to_owned(), bytes));
            Ok(show::secret(viewer.page(lang.t("邀请链接"), &done(&viewer, &invited, &word))))
        }
        Err(error) => Ok(viewer.refused(&error, lang.t("用表格批量邀请"), &form(&viewer, Some(&error)))),
    }
}

fn done(viewer: &Viewer, invited: &[Invited], word: &str) -> Markup {
    let lang = viewer.lang();
    html! {
        (parts::crumbs(lang, &[("/people", lang.t("用户")), ("/invitations", lang.t("邀请"))], lang.t("邀请链接")))
        h1 { (lang.t("邀请链接")) " " span.soft { (invited.len()) } }
        div.notice role="status" { (lang.t("链接只在这一页和这份表里，离开后无法再查看。表只能下载一次，15分钟内有效。")) }
        div.actions {
            a.button href={ "/invitations/links/" (word) } download="yulin-invitation-links.xlsx" { (lang.t("下载带链接的表")) }
            a.button.quiet href="/invitations" { (lang.t("完成")) }
        }
        (parts::scroll(lang.t("邀请链接"), &html! {
            table.cards {
                thead { tr { th { (lang.t("给谁")) } th { (lang.t("链接")) } } }
                tbody {
                    @for one in invited {
                        @let link = show::address(viewer, &format!("/join/{}", one.token));
                        tr {
                            td.t data-label=(lang.t("给谁")) { (one.name) }
                            td data-label=(lang.t("链接")) {
                                (parts::copyable(lang, &link)) " "
                                button.quiet.small type="button" data-copy=(invitations::message(lang, &one.name, DAYS, &link)) { (lang.t("复制微信文字")) }
                            }
                        }
                    }
                }
            }
        }))
    }
}

/// `GET /invitations/links/{word}`: the workbook with the links, once.
pub async fn links(
    Path(word): Path<String>,
    Extension(held): Extension<Held<File>>,
    viewer: Viewer,
) -> Answer {
    let lang = viewer.lang();
    match held.take(&viewer.session, &word) {
        Some((name, bytes)) => Ok(show::file(&name, show::XLSX, bytes)),
        None => Err(viewer.fail(
            Error::new(Code::NotFound, lang.t("这份表已经下载过，或已过期"))
                .hint(lang.t("在邀请列表里撤回没有用上的链接，重新生成。")),
        )),
    }
}
