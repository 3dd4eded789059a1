//! `/words`: words of specifications that were not read, for a cluster's own `words.csv`.

use super::show;
use crate::answer::Answer;
use crate::parts;
use crate::viewer::Viewer;
use app::UnreadWord;
use maud::{Markup, html};
use model::visibility::Noun;

/// Rows that a page shows; the file has all.
const SHOWN: usize = 200;

/// `GET /words`
pub async fn index(viewer: Viewer) -> Answer {
    let words = viewer.app().unread_words(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let body = html! {
        div.head {
            h1 { (lang.t("未读出的词")) " " span.soft { (words.len()) } }
            div.actions {
                @if !words.is_empty() { a.button.quiet href="/words.csv" { (lang.t("下载词表 words.csv")) } }
            }
        }
        p.soft { (lang.t("规格参数里没有读出来的词，按出现的供需条数排列。下载词表，用 Excel 或 WPS 填上参数（名称或编号；是某个值的叫法时再填值），存入服务器 --data 文件夹的 words.csv 并重新启动；此后导入和修改的供需就按它读。")) }
        @if words.is_empty() {
            (parts::empty(lang.t("没有未读出的词"), lang.t("所有开放的需求和供给的规格参数都读出来了。")))
        } @else {
            (parts::scroll(lang.t("未读出的词"), &table(&viewer, &words)))
            @if words.len() > SHOWN { p.soft { (lang.t("这里列出前 {n} 个，其余见词表。").replace("{n}", &SHOWN.to_string())) } }
        }
    };
    Ok(viewer.page(lang.t("未读出的词"), &body))
}

fn table(viewer: &Viewer, words: &[UnreadWord]) -> Markup {
    let lang = viewer.lang();
    html! {
        table.cards {
            thead { tr {
                th { (lang.t("词")) }
                th.n { (lang.t("供需条数")) }
                th { (lang.t("原文")) }
                th { (lang.t("例")) }
            } }
            tbody {
                @for word in words.iter().take(SHOWN) {
                    @let side = if word.noun == Noun::Need { "needs" } else { "offers" };
                    tr {
                        td.t data-label=(lang.t("词")) { (word.word) }
                        td.n data-label=(lang.t("供需条数")) { (word.records) }
                        td data-label=(lang.t("原文")) { (word.clause) }
                        td data-label=(lang.t("例")) { a href={ "/" (side) "/" (word.id) } { (word.title) } }
                    }
                }
            }
        }
    }
}

/// `GET /words.csv`
pub async fn sheet(viewer: Viewer) -> Answer {
    let bytes = viewer.app().unread_words_sheet(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    Ok(show::file("words.csv", show::CSV, bytes))
}
