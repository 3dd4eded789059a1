//! The balance sheet of a site's month with what does not close, and the test for gross errors.

use super::{days, kg, kg_or, name, postings_of, site_select, some, step, substance_select};
use crate::answer::Answer;
use crate::parts::{empty, figures, tag};
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::Lang;
use app::{BalanceSheet, SheetLine, SheetQuery};
use axum::Router;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new().route("/balances", get(page))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    site: String,
    substance: String,
    period: String,
}

async fn page(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let lang = viewer.lang();
    let title = lang.t("物料平衡");
    let sites = viewer
        .app()
        .flows(viewer.actor(), &app::FlowQuery::default())
        .await
        .map_err(|e| viewer.fail(e))?
        .sites;
    let Some(site) = some(&ask.site).or_else(|| sites.first().map(|site| site.id.clone())) else {
        let next = lang.t("采集 EPCIS 文件后，这里按月给出每种产品和每道工序的平衡。");
        return Ok(viewer.page(title, &html! { h1 { (title) } (empty(lang.t("还没有事件"), next)) }));
    };
    let query = SheetQuery { site, substance: some(&ask.substance), period: days(&viewer, &ask.period)? };
    let sheet = viewer.app().balance_sheet(viewer.actor(), &query).await.map_err(|e| viewer.fail(e))?;
    let body = html! {
        div.headline {
            h1 { (title) }
            nav.toolbar.screen aria-label=(lang.t("操作")) { button.quiet type="button" data-print { (lang.t("打印")) } }
        }
        form.filter method="get" action="/balances" {
            label { (lang.t("场所")) (site_select(lang, &sheet.sites, &sheet.site.id, None)) }
            label { (lang.t("物质")) (substance_select(lang, &sheet.substances, &ask.substance)) }
            label { (lang.t("期间")) input.few type="text" name="period" value=(sheet.period) placeholder="2026-11"; }
            button type="submit" { (lang.t("查看")) }
        }
        p { (name(lang, &sheet.site)) " · "
            @match (&sheet.opened, &sheet.counted) {
                (Some(from), Some(to)) => { (lang.t("从盘点到盘点：")) (from) " — " (to) }
                (None, Some(to)) => { (lang.t("期初按账面，期末盘点：")) (to) }
                (Some(from), None) => { (lang.t("期初盘点，期末尚未盘点：")) (from) }
                (None, None) => { (lang.t("没有盘点")) }
            }
        }
        (verdict(lang, &sheet))
        h2 { (lang.t("产品")) }
        (products(&viewer, &sheet))
        h2 { (lang.t("工序")) }
        (steps(lang, &sheet.steps))
        h2 { (lang.t("可疑读数")) }
        (suspects(lang, &sheet))
        p.soft { (lang.t("残差 = 账面 − 盘点（工序：投入 − 产出）；超过读数误差能解释的范围时标为可疑（Šidák，5%）。可疑读数由数据调和找出：改动最少而使全部等式成立，改动超过自身标准差临界值的读数。同一等式中的读数残差相同，分不出是哪一个，一并列出。")) }
    };
    Ok(viewer.page(title, &body))
}

fn verdict(lang: Lang, sheet: &BalanceSheet) -> Markup {
    let suspects = sheet.products.iter().chain(&sheet.steps).filter(|line| line.is_suspect).count();
    html! {
        (figures(&[
            (lang.t("可疑行"), suspects.to_string(), ""),
            (lang.t("总体检验 p"), format!("{:.4}", sheet.p_value), ""),
            ("χ²", format!("{:.1}", sheet.chi_square), ""),
            (lang.t("自由度"), sheet.freedom.to_string(), ""),
        ]))
        @if sheet.left_out.0 > 0 { p.notice { (sheet.left_out.0) " " (lang.t("条分录没有质量，没有计入。")) } }
        @if sheet.left_out.1 > 0 { p.notice { (sheet.left_out.1) " " (lang.t("条分录不知道含多少这种物质，没有计入。")) } }
    }
}

fn residual(lang: Lang, line: &SheetLine) -> Markup {
    html! {
        td.n data-label=(lang.t("残差")) { (kg_or(line.residual_kg)) }
        td.n data-label="±" { @if line.residual_kg.is_some() { (kg(line.sd_kg)) } @else { "—" } }
        td data-label=(lang.t("判断")) {
            @if line.is_suspect { (tag("bad", lang.t("可疑"))) } @else if line.residual_kg.is_some() { (tag("good", lang.t("闭合"))) }
        }
    }
}

fn products(viewer: &Viewer, sheet: &BalanceSheet) -> Markup {
    let lang = viewer.lang();
    let is_commissioned = sheet.products.iter().any(|line| line.commissioned_kg != 0.0);
    let drill = |of: &str, value: f64| {
        let to = postings_of(viewer, &sheet.site, of, sheet.period, sheet.substance.as_deref());
        html! {
            @match to.filter(|_| value != 0.0) {
                Some(to) => a href=(to) { (kg(value)) },
                None if value == 0.0 => "0",
                None => (kg(value)),
            }
        }
    };
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("产品")) {
            table.cards {
                thead { tr {
                    th { (lang.t("产品")) }
                    @for head in ["期初", "收入"] { th.n { (lang.t(head)) } }
                    @if is_commissioned { th.n { (lang.t("建批")) } }
                    @for head in ["产出", "投入", "出库", "废弃", "账面", "盘点", "残差"] { th.n { (lang.t(head)) } }
                    th.n { "±" } th { (lang.t("判断")) }
                } }
                tbody {
                    @for line in &sheet.products {
                        tr {
                            td.t data-label=(lang.t("产品")) { (line.of.as_ref().map_or("", |of| name(lang, of))) }
                            td.n data-label=(lang.t("期初")) { (kg(line.opening_kg)) }
                            td.n data-label=(lang.t("收入")) { (drill("received", line.received_kg)) }
                            @if is_commissioned { td.n data-label=(lang.t("建批")) { (drill("commissioned", line.commissioned_kg)) } }
                            td.n data-label=(lang.t("产出")) { (drill("produced", line.produced_kg)) }
                            td.n data-label=(lang.t("投入")) { (drill("consumed", line.consumed_kg)) }
                            td.n data-label=(lang.t("出库")) { (drill("shipped", line.shipped_kg)) }
                            td.n data-label=(lang.t("废弃")) { (drill("discarded", line.discarded_kg)) }
                            td.n data-label=(lang.t("账面")) { (kg(line.book_kg)) }
                            td.n data-label=(lang.t("盘点")) { (kg_or(line.counted_kg)) }
                            (residual(lang, line))
                        }
                    }
                }
            }
        }
    }
}

fn steps(lang: Lang, lines: &[SheetLine]) -> Markup {
    html! {
        @if lines.is_empty() { p.soft { (lang.t("没有")) } } @else {
            div.scroll tabindex="0" role="region" aria-label=(lang.t("工序")) {
                table.cards {
                    thead { tr {
                        th { (lang.t("工序")) } th.n { (lang.t("投入")) } th.n { (lang.t("产出")) } th.n { (lang.t("收率")) }
                        th.n { (lang.t("残差")) } th.n { "±" } th { (lang.t("判断")) }
                    } }
                    tbody {
                        @for line in lines {
                            tr {
                                td.t data-label=(lang.t("工序")) { @if let Some(of) = &line.of { (step(lang, of)) } }
                                td.n data-label=(lang.t("投入")) { (kg(line.consumed_kg)) }
                                td.n data-label=(lang.t("产出")) { (kg(line.produced_kg)) }
                                td.n data-label=(lang.t("收率")) {
                                    @if line.consumed_kg > 0.0 { (format!("{:.2}%", 100.0 * line.produced_kg / line.consumed_kg)) } @else { "—" }
                                }
                                (residual(lang, line))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn suspects(lang: Lang, sheet: &BalanceSheet) -> Markup {
    let rows = sheet.gross_errors.iter().flat_map(|error| {
        let first = std::iter::once((error, error.name.as_str(), error.measured, error.estimate));
        first.chain(error.alternatives.iter().map(move |s| (error, s.name.as_str(), s.measured, s.estimate)))
    });
    html! {
        @if sheet.gross_errors.is_empty() { p { (lang.t("没有：各读数互相符合。")) } } @else {
            div.scroll tabindex="0" role="region" aria-label=(lang.t("可疑读数")) {
                table.cards {
                    thead { tr {
                        th { (lang.t("读数")) } th.n { (lang.t("录入（kg）")) } th.n { (lang.t("其余读数给出（kg）")) }
                        th.n { (lang.t("标准化残差")) } th.n { (lang.t("临界值")) }
                    } }
                    tbody {
                        @for (error, suspect, measured, estimate) in rows {
                            tr {
                                td.t data-label=(lang.t("读数")) {
                                    (suspect) @if !error.alternatives.is_empty() { " " (tag("warn", lang.t("其中之一有误"))) }
                                }
                                td.n data-label=(lang.t("录入（kg）")) { (kg(measured)) }
                                td.n data-label=(lang.t("其余读数给出（kg）")) { (kg_or(estimate)) }
                                td.n data-label=(lang.t("标准化残差")) { (format!("{:.1}", error.normalised_residual)) }
                                td.n data-label=(lang.t("临界值")) { (format!("{:.2}", error.critical)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
