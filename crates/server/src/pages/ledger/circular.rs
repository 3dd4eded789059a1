//! Circular indicators with their formulas and inputs, and the postings behind every input.

use super::{days, kg_or, kind, lot_link, name, postings_of, some, step};
use crate::answer::Answer;
use crate::parts::{crumbs, empty, tag};
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::Lang;
use app::{
    Act, Indicator, IndicatorInput, IndicatorPostings, IndicatorQuery, IndicatorReport, ManifestReport,
};
use axum::Router;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new().route("/circular", get(page)).route("/circular/postings", get(postings))
}

/// Rows of postings shown.
const ROWS_MAX: usize = 1000;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    period: String,
    base: String,
}

async fn page(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let lang = viewer.lang();
    let title = lang.t("循环指标");
    let query =
        IndicatorQuery { site: None, period: days(&viewer, &ask.period)?, base: days(&viewer, &ask.base)? };
    let report = viewer.app().indicators(viewer.actor(), &query).await.map_err(|e| viewer.fail(e))?;
    let manifests = viewer.app().waste_manifests(viewer.actor(), &query).await.map_err(|e| viewer.fail(e))?;
    let body = html! {
        div.headline {
            h1 { (title) }
            nav.toolbar.screen aria-label=(lang.t("操作")) {
                @let takers = if viewer.actor().may(Act::LedgerLots) { "/ledger?idle=1" } else { "/markets/recycled" };
                a.button.quiet href=(takers) { (lang.t("副产物找下家")) }
                a.button.quiet href="/ledger/etchant" { (lang.t("蚀刻液模拟")) }
                button.quiet type="button" data-print { (lang.t("打印")) }
            }
        }
        form.filter method="get" action="/circular" {
            label { (lang.t("期间")) input.few type="text" name="period" value=(ask.period) placeholder="2026"; }
            label { (lang.t("基准年")) input.few type="text" name="base" value=(ask.base) placeholder="2025"; }
            button type="submit" { (lang.t("查看")) }
        }
        @if report.indicators.is_empty() {
            (empty(lang.t("还没有事件"), lang.t("采集 EPCIS 文件后，这里给出回收率、关联度、材料循环度、能耗强度和危废减量。")))
        } @else {
            p { (lang.t("期间")) " " (report.period) " · " (lang.t("基准")) " " (report.base) " · "
                (lang.t("逐批闭合误差")) " " (format!("{:.1e}", report.closure))
                @if report.without_mass > 0 { " · " (lang.t("没有质量的分录")) " " (report.without_mass) }
            }
            (groups(&viewer, &report))
            (ledger_of(lang, &manifests))
        }
    };
    Ok(viewer.page(title, &body))
}

/// Hazardous waste by its transfer manifests, against the base year.
fn ledger_of(lang: Lang, report: &ManifestReport) -> Markup {
    let kg = |kg: f64| format!("{kg:.1}");
    let share =
        |part: Option<f64>| part.map_or_else(|| "—".to_owned(), |part| format!("{:.1}%", 100.0 * part));
    html! {
        @if !report.lines.is_empty() {
            section.sheet {
                h2 { (lang.t("危废转移联单台账")) }
                p { (lang.t("基准应产生量 = 基准年每千克产品的危废 × 本期产品；减量 = 1 − 本期移出 ÷ 基准应产生量。没有联单的移出要与主管部门核对。")) }
                div.scroll tabindex="0" role="region" aria-label=(lang.t("危废转移联单台账")) {
                    table.cards {
                        thead { tr {
                            th { (lang.t("场所")) } th { (lang.t("危废代码")) }
                            th.n { (lang.t("联单（份）")) } th.n { (lang.t("移出（kg）")) } th.n { (lang.t("其中无联单（kg）")) }
                            th.n { (lang.t("基准年联单（份）")) } th.n { (lang.t("基准年移出（kg）")) }
                            th.n { (lang.t("基准应产生（kg）")) } th.n { (lang.t("减量")) }
                        } }
                        tbody {
                            @for line in &report.lines {
                                tr {
                                    td.t data-label=(lang.t("场所")) { (name(lang, &line.site)) }
                                    td data-label=(lang.t("危废代码")) { (line.code) }
                                    td.n data-label=(lang.t("联单（份）")) { (line.now.manifests) }
                                    td.n data-label=(lang.t("移出（kg）")) { (kg(line.now.all_kg())) }
                                    td.n data-label=(lang.t("其中无联单（kg）")) { (kg(line.now.without_kg)) }
                                    td.n data-label=(lang.t("基准年联单（份）")) { (line.base.manifests) }
                                    td.n data-label=(lang.t("基准年移出（kg）")) { (kg(line.base.all_kg())) }
                                    td.n data-label=(lang.t("基准应产生（kg）")) { (line.baseline_kg.map_or_else(|| "—".to_owned(), kg)) }
                                    td.n data-label=(lang.t("减量")) { strong { (share(line.reduction)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Indicators by definition, so that a formula stands once above its values.
fn groups(viewer: &Viewer, report: &IndicatorReport) -> Markup {
    let lang = viewer.lang();
    let mut order: Vec<&str> = Vec::new();
    for indicator in &report.indicators {
        if !order.contains(&indicator.definition.key) {
            order.push(indicator.definition.key);
        }
    }
    html! {
        @for key in order {
            @let of: Vec<&Indicator> = report.indicators.iter().filter(|i| i.definition.key == key).collect();
            @let definition = of[0].definition;
            section.sheet {
                h2 { (lang.pick(definition.name_zh, definition.name_en)) }
                p { (lang.pick(definition.formula_zh, definition.formula_en)) br; span.soft { (definition.source) } }
                (values(viewer, report, &of))
            }
        }
    }
}

fn values(viewer: &Viewer, report: &IndicatorReport, of: &[&Indicator]) -> Markup {
    let lang = viewer.lang();
    let has_change = of.iter().any(|i| i.change.is_some());
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("循环指标")) {
            table.cards {
                thead { tr {
                    th { (lang.t("场所")) } th { (lang.t("物质")) } th.n { (lang.t("值")) } th.n { "±" } th.n { (lang.t("基准")) }
                    @if has_change { th.n { (lang.t("变化")) } }
                    th { (lang.t("输入")) }
                } }
                tbody {
                    @for indicator in of {
                        tr {
                            td.t data-label=(lang.t("场所")) {
                                @if let Some(site) = &indicator.site { (name(lang, site)) } @else { (lang.t("整个集群")) }
                            }
                            td data-label=(lang.t("物质")) { (indicator.substance.as_deref().unwrap_or("—")) }
                            td.n data-label=(lang.t("值")) { strong { (shown(indicator, indicator.value)) } }
                            td.n data-label="±" { (shown(indicator, indicator.sd)) }
                            td.n data-label=(lang.t("基准")) { (shown(indicator, indicator.base)) }
                            @if has_change {
                                td.n data-label=(lang.t("变化")) {
                                    (indicator.change.map_or_else(|| "—".to_owned(), |c| format!("{:+.1}%", 100.0 * c)))
                                }
                            }
                            td.w data-label=(lang.t("输入")) {
                                (inputs(viewer, report, indicator))
                                @if let Some(note) = &indicator.note { br; (tag("warn", lang.t("注意"))) " " (lang.say(note)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A value as its definition has it: shares in percent, others as they are.
fn shown(indicator: &Indicator, value: Option<f64>) -> String {
    let Some(value) = value else { return "—".to_owned() };
    match indicator.definition.key {
        "recovery_rate" | "hazardous_waste_reduction" => format!("{:.2}%", 100.0 * value),
        _ => format!("{value:.3}"),
    }
}

fn inputs(viewer: &Viewer, report: &IndicatorReport, indicator: &Indicator) -> Markup {
    let lang = viewer.lang();
    let to = |input: &IndicatorInput| {
        let period = if input.is_base { report.base } else { report.period };
        postings_of(viewer, indicator.site.as_ref()?, input.postings?, period, indicator.substance.as_deref())
    };
    html! {
        ul.inline {
            @for input in &indicator.inputs {
                li {
                    (lang.t(input.symbol)) " = "
                    @let figure = if input.unit == "kg" { super::kg(input.value) } else { format!("{:.4}", input.value) };
                    @if let Some(to) = to(input) { a href=(to) { (figure) } } @else { (figure) }
                    @if let Some(sd) = input.sd { " ± " (super::kg(sd)) }
                    @if input.unit != "1" { " " (input.unit) }
                    @if input.is_declared { " " (tag("quiet", lang.t("申报"))) }
                }
            }
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    site: String,
    of: String,
    substance: String,
    period: String,
}

async fn postings(viewer: Viewer) -> Answer {
    let ask: Which = viewer.query();
    let lang = viewer.lang();
    let query = IndicatorPostings {
        site: ask.site.clone(),
        of: ask.of.clone(),
        substance: some(&ask.substance),
        period: days(&viewer, &ask.period)?,
    };
    let rows = viewer.app().indicator_postings(viewer.actor(), &query).await.map_err(|e| viewer.fail(e))?;
    let sum: f64 = rows.iter().filter_map(|row| row.kg).sum();
    let word = lang.t(match ask.of.as_str() {
        "raw_input" => "投入的外来料",
        "recycled_input" => "投入的再生料",
        "product" => "做成的产品（再投入的减去）",
        "hazardous_waste" => "产生的危险废物（再利用的减去）",
        "received" => "收入",
        "shipped" => "出库",
        "discarded" => "废弃",
        "consumed" => "投入",
        _ => "产出",
    });
    let title = format!("{word} {}", ask.substance);
    let body = html! {
        (crumbs(lang, &[("/circular", lang.t("循环指标"))], &title))
        h1 { (title) }
        p { (ask.period) " · " (rows.len()) " " (lang.t("条分录")) " · " (lang.t("合计")) " " strong { (super::kg(sum)) } " kg" }
        @if rows.is_empty() { (empty(lang.t("没有分录"), lang.t("换一个期间。"))) } @else {
            div.scroll tabindex="0" role="region" aria-label=(lang.t("分录")) {
                table.cards {
                    thead { tr {
                        th.n { (lang.t("事件号")) } th { (lang.t("日期")) } th { (lang.t("步骤")) } th { (lang.t("记账")) }
                        th { (lang.t("产品")) } th { (lang.t("批号")) } th.n { "kg" }
                    } }
                    tbody {
                        @for row in rows.iter().take(ROWS_MAX) {
                            tr {
                                td.n data-label=(lang.t("事件号")) { (row.event) }
                                td.d data-label=(lang.t("日期")) { (row.day) }
                                td data-label=(lang.t("步骤")) { (step(lang, &row.step)) }
                                td data-label=(lang.t("记账")) { (kind(lang, row.kind)) }
                                td data-label=(lang.t("产品")) { (name(lang, &row.product)) }
                                td.t data-label=(lang.t("批号")) { (lot_link(&row.lot)) }
                                td.n data-label="kg" { (kg_or(row.kg)) }
                            }
                        }
                    }
                }
            }
            @if rows.len() > ROWS_MAX { p.soft { "+" (rows.len() - ROWS_MAX) } }
        }
    };
    Ok(viewer.page(&title, &body))
}
