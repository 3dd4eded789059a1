//! Recall: every customer that a lot reached, to be printed and sent.

use super::{kg, lot_link, name};
use crate::answer::Answer;
use crate::parts::{crumbs, empty, figures, tag};
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::encode;
use axum::Router;
use axum::routing::get;
use maud::html;
use serde::Deserialize;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new().route("/ledger/recall", get(page))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    lot: String,
}

async fn page(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let lang = viewer.lang();
    let report = viewer.app().recall(viewer.actor(), &ask.lot).await.map_err(|e| viewer.fail(e))?;
    let number = report.lot.rsplit('/').next().unwrap_or(&report.lot);
    let title = lang.t("召回");
    let amount = |a: &app::Amount| format!("{} {}", kg(a.value), a.unit.code());
    let to_lot = format!("/ledger/lot?lot={}", encode(&report.lot));
    let body = html! {
        (crumbs(lang, &[("/ledger", lang.t("批次台账")), (&to_lot, number)], title))
        div.headline {
            h1 { (title) " " (number) }
            nav.toolbar.screen aria-label=(lang.t("操作")) { button type="button" data-print { (lang.t("打印")) } }
        }
        p { span.hash { (report.lot) } }
        (figures(&[
            (lang.t("客户"), report.customers.len().to_string(), ""),
            (lang.t("涉及批次"), report.affected.to_string(), ""),
        ]))
        @if report.customers.is_empty() {
            (empty(lang.t("没有客户收到这个批次"), lang.t("追踪去向可以看它现在在哪里。")))
        } @else {
            div.scroll tabindex="0" role="region" aria-label=(lang.t("客户")) {
                table.cards {
                    thead { tr { th { (lang.t("客户")) } th.n { (lang.t("含被召回批次")) } th { (lang.t("收到的批次（已减退货）")) } th { (lang.t("发货事件")) } } }
                    tbody {
                        @for customer in &report.customers {
                            tr {
                                td.t data-label=(lang.t("客户")) {
                                    (name(lang, &customer.named)) br; span.soft.hash { (customer.party) }
                                }
                                td.n data-label=(lang.t("含被召回批次")) {
                                    @if customer.is_assumed { (tag("warn", "~")) " " }
                                    (customer.carried.iter().map(amount).collect::<Vec<_>>().join(" + "))
                                    @if customer.returned_all { " " (tag("good", lang.t("已全部退回"))) }
                                }
                                td data-label=(lang.t("收到的批次（已减退货）")) {
                                    ul.inline { @for (lot, got) in &customer.lots { li { (lot_link(lot)) " " (amount(got)) } } }
                                }
                                td data-label=(lang.t("发货事件")) {
                                    (customer.events.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    Ok(viewer.page(title, &body))
}
