//! All lists with their states.

use crate::layout::empty;
use crate::words::Lang;
use app::ListHead;
use maud::{Markup, html};

/// One row a list, newest first.
pub fn page(lang: Lang, lists: &[ListHead]) -> Markup {
    html! {
        h1 { (lang.t("历期清单")) }
        @if lists.is_empty() {
            (empty(lang.t("尚未发布清单"), lang.t("用 yulin publish 发布第一期清单。")))
        } @else {
            div.scroll tabindex="0" role="region" aria-label=(lang.t("历期清单")) {
                table.cards {
                    thead { tr {
                        th.n { (lang.t("清单号")) }
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
                                    @if let Some(number) = list.number {
                                        a href={ "/lists/" (number) } { (number) }
                                    }
                                }
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
