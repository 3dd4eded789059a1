//! `/duplicates/merge`: two confirmed duplicates made one record, with a preview before and a split after.

use super::person::Nothing;
use super::show;
use crate::answer::Answer;
use crate::format;
use crate::parts;
use crate::viewer::{Posted, Viewer};
use crate::words::Lang;
use app::{Act, DuplicateRecord, MergeField, MergeInfo};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;

/// Which two: row ids.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    survivor: i64,
    loser: i64,
}

/// `GET /duplicates/merge`
pub async fn preview(viewer: Viewer) -> Answer {
    let Ask { survivor, loser } = viewer.query();
    let preview =
        viewer.app().merge_preview(viewer.actor(), survivor, loser).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let body = html! {
        (parts::crumbs(lang, &[("/duplicates?view=decided", lang.t("疑似重复企业"))], lang.t("合并")))
        h1 { (lang.t("预览合并")) }
        p { (lang.t("保留")) " " strong { (preview.survivor.0.name) } " · " (lang.t("并入其中")) " " strong { (preview.loser.0.name) } }
        p { a.button.quiet.small href={ "/duplicates/merge?survivor=" (loser) "&loser=" (survivor) } { (lang.t("交换：保留另一条")) } }
        (fields(&viewer, (&preview.survivor.0, &preview.loser.0), &preview.fields))
        (parts::figures(&[
            (lang.t("移过来的需求"), preview.needs.to_string(), ""),
            (lang.t("移过来的供给"), preview.offers.to_string(), ""),
            (lang.t("移过来的账号"), preview.accounts.len().to_string(), ""),
        ]))
        @if !preview.accounts.is_empty() { p.soft { (preview.accounts.join(format::comma(lang))) } }
        p.soft { (lang.t("已发布的清单不变。以后导入时，写着被并入记录名称的行会归到保留的记录。合并随时可以撤销：移来的移回去，后来新增的留下。")) }
        @if viewer.actor().may(Act::MergeDuplicate) {
            form method="post" action="/duplicates/merge" {
                (viewer.csrf_field())
                input type="hidden" name="survivor" value=(survivor);
                input type="hidden" name="survivor_version" value=(preview.survivor.1);
                input type="hidden" name="loser" value=(loser);
                input type="hidden" name="loser_version" value=(preview.loser.1);
                div.actions { button type="submit" { (lang.t("合并")) } }
            }
        }
    };
    Ok(viewer.page(lang.t("预览合并"), &body))
}

/// Two records and what they make together, field by field.
pub fn fields(
    viewer: &Viewer,
    (survivor, loser): (&DuplicateRecord, &DuplicateRecord),
    fields: &[MergeField],
) -> Markup {
    let lang = viewer.lang();
    parts::scroll(
        lang.t("预览合并"),
        &html! {
            table.compare {
                thead { tr {
                    th scope="col" { (lang.t("项目")) }
                    th scope="col" { (survivor.name) }
                    th scope="col" { (loser.name) }
                    th scope="col" { (lang.t("合并后")) }
                } }
                tbody {
                    @for field in fields {
                        tr {
                            th scope="row" { (lang.say(&field.name)) }
                            td { (field.survivor) }
                            td { (field.loser) }
                            td.w { @if field.result == field.survivor { span.soft { (lang.t("不变")) } } @else { strong { (field.result) } } }
                        }
                    }
                }
            }
        },
    )
}

/// A merge to be made.
#[derive(Debug, Deserialize)]
pub struct Merge {
    survivor: i64,
    survivor_version: i64,
    loser: i64,
    loser_version: i64,
}

/// `POST /duplicates/merge`
pub async fn make(Posted { viewer, form, .. }: Posted<Merge>) -> Answer {
    let (survivor, loser) = ((form.survivor, form.survivor_version), (form.loser, form.loser_version));
    viewer.app().merge_duplicate(viewer.actor(), survivor, loser).await.map_err(|e| viewer.fail(e))?;
    let note = viewer.lang().t("已合并成一条记录；可在“已决定”下面撤销。");
    Ok(viewer.go_with(&format!("/enterprises/{}", form.survivor), note))
}

/// `POST /duplicates/merge/{id}/split`
pub async fn split(Path(id): Path<i64>, Posted { viewer, .. }: Posted<Nothing>) -> Answer {
    let restored = viewer.app().split_duplicate(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go_with("/duplicates?view=decided", parted(viewer.lang(), restored)))
}

/// What parting did, in words.
pub fn parted(lang: Lang, restored: bool) -> &'static str {
    if restored {
        lang.t("已分开，两条记录恢复原样。")
    } else {
        lang.t("已分开；保留的记录在合并后改动过，其内容没有恢复，请核对。")
    }
}

/// Who parted the two again, or the button that does; `asked` is asked first.
pub fn way_back(
    viewer: &Viewer,
    split: Option<&(String, i64)>,
    act: Act,
    to: &str,
    asked: &'static str,
) -> Markup {
    let lang = viewer.lang();
    html! {
        @if let Some((by, at)) = split {
            (parts::tag("quiet", lang.t("已分开"))) " " (by) " " (show::moment(*at))
        } @else if viewer.actor().may(act) {
            (parts::post_button(viewer, to, "quiet small", lang.t("撤销合并"), Some(asked)))
        }
    }
}

/// The merges, newest first.
pub fn table(viewer: &Viewer, merges: &[MergeInfo]) -> Markup {
    let lang = viewer.lang();
    if merges.is_empty() {
        return html! {};
    }
    html! {
        h2 { (lang.t("合并记录")) }
        (parts::scroll(lang.t("合并记录"), &html! {
            table.cards {
                thead { tr {
                    th { (lang.t("保留")) } th { (lang.t("并入其中")) } th.n { (lang.t("需求")) } th.n { (lang.t("供给")) }
                    th.n { (lang.t("账号")) } th { (lang.t("谁、何时")) } th { span.visually-hidden { (lang.t("操作")) } }
                } }
                tbody {
                    @for merge in merges {
                        tr {
                            td.t data-label=(lang.t("保留")) { a href={ "/enterprises/" (merge.survivor.id) } { (merge.survivor.name) } }
                            td.t data-label=(lang.t("并入其中")) { (merge.loser.name) }
                            td.n data-label=(lang.t("需求")) { (merge.needs) }
                            td.n data-label=(lang.t("供给")) { (merge.offers) }
                            td.n data-label=(lang.t("账号")) { (merge.accounts) }
                            td data-label=(lang.t("谁、何时")) { (merge.by) " " (show::moment(merge.at_ms)) }
                            td data-label=(lang.t("操作")) {
                                (way_back(viewer, merge.split.as_ref(), Act::SplitDuplicate, &format!("/duplicates/merge/{}/split", merge.id),
                                    lang.t("把移过来的需求、供给和账号移回去？")))
                            }
                        }
                    }
                }
            }
        }))
    }
}
