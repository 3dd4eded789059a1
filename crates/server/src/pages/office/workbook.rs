//! `/invitations/workbook`: many invitations by one workbook.

use super::held::Held;
use super::{invitations, people, show};
use crate::answer::Answer;
use crate::parts::{self, Field};
use crate::viewer::{Uploaded, Viewer};
use app::{Act, Code, Error, InputFile, Invited};
use axum::Extension;
use axum::extract::Path;
use maud::{Markup, html};

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
        (people::tabs(viewer))
        (parts::form_error(lang, error))
        ol.steps {
            li { a href="/invitations/template.xlsx" { (lang.t("下载模板")) } " " span.soft { (lang.t("也可以用自己的表，列名相近就能认出：企业名称、统一社会信用代码、联系人、邮箱。")) } }
            li { (lang.t("一行一个人，填好后上传。有一行不对就一行也不发，先告诉您哪一格错了。")) }
            li { (lang.t("下载带链接的表，逐个发给本人。链接只能下载这一次。")) }
        }
        form.card method="post" action="/invitations/workbook" enctype="multipart/form-data" {
            (viewer.csrf_field())
            (Field::file("file", lang.t("工作簿"), ".xlsx,.xls,.csv").required().error_of(error))
            div.actions {
                button type="submit" { (lang.t("上传并生成链接")) }
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

/// `POST /invitations/workbook`
pub async fn upload(
    Extension(held): Extension<Held>,
    Uploaded { viewer, mut files, .. }: Uploaded,
) -> Answer {
    let lang = viewer.lang();
    let title = lang.t("用表格批量邀请");
    let Some(file) = files.pop() else {
        let mut error = Error::new(Code::BadInput, lang.t("没有文件"));
        error.fields.push(("file".to_owned(), lang.t("请选择一个工作簿").to_owned()));
        return Ok(viewer.refused(&error, title, &form(&viewer, Some(&error))));
    };
    let input = InputFile { name: file.name, bytes: file.bytes.to_vec() };
    match viewer.app().invite_workbook(viewer.actor(), &input, &viewer.base).await {
        Ok((invited, bytes)) => {
            let word = held.put(&viewer.session, "yulin-invitation-links.xlsx", bytes);
            Ok(show::secret(viewer.page(lang.t("邀请链接"), &done(&viewer, &invited, &word))))
        }
        Err(error) => Ok(viewer.refused(&error, title, &form(&viewer, Some(&error)))),
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
pub async fn links(Path(word): Path<String>, Extension(held): Extension<Held>, viewer: Viewer) -> Answer {
    let lang = viewer.lang();
    match held.take(&viewer.session, &word) {
        Some((name, bytes)) => Ok(show::file(&name, show::XLSX, bytes)),
        None => Err(viewer.fail(
            Error::new(Code::NotFound, lang.t("这份表已经下载过，或已过期"))
                .hint(lang.t("在邀请列表里撤回没有用上的链接，重新生成。")),
        )),
    }
}
