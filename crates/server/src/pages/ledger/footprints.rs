//! Carbon footprints: what sites emit, where a product's footprint comes from, and its report on paper.

use super::{days, name, some};
use crate::answer::Answer;
use crate::format::percent;
use crate::pages::office::show;
use crate::parts::{crumbs, empty, figures, scroll, tag};
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::{Lang, encode};
use app::{Act, Allocation, FactorScope, FootprintBreakdown, FootprintOverview, FootprintStatement};
use axum::Router;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/footprints", get(page))
        .route("/footprints/report", get(report))
        .route("/footprints/report.xlsx", get(workbook))
}

/// Rules of allocation by their words.
const RULES: [(&str, Allocation); 3] =
    [("mass", Allocation::Mass), ("economic", Allocation::Economic), ("cut-off", Allocation::CutOff)];

fn rule_of(word: &str) -> Allocation {
    RULES.iter().find(|(rule, _)| *rule == word).map_or(Allocation::Mass, |(_, rule)| *rule)
}

/// What is asked for, as the query of an address has it.
fn asked(of: &str, rule: Allocation) -> String {
    let word = RULES.iter().find(|(_, other)| *other == rule).map_or("mass", |(word, _)| *word);
    format!("of={}&allocation={word}", encode(of))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    of: String,
    allocation: String,
    period: String,
}

async fn page(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    match some(&ask.of) {
        Some(of) => product(viewer, &of, &ask.allocation).await,
        None => overview(viewer, &ask).await,
    }
}

async fn overview(viewer: Viewer, ask: &Ask) -> Answer {
    let lang = viewer.lang();
    let title = lang.t("碳足迹");
    let found = viewer.app().footprint_overview(viewer.actor(), days(&viewer, &ask.period)?).await;
    let found = found.map_err(|e| viewer.fail(e))?;
    let body = html! {
        div.headline {
            h1 { (title) }
            nav.toolbar.screen aria-label=(lang.t("操作")) {
                @if viewer.actor().may(Act::ZeroCarbon) {
                    a.button.quiet href="/footprints/zero-carbon" { (lang.t("零碳声明")) }
                }
                button.quiet type="button" data-print { (lang.t("打印")) }
            }
        }
        @if found.sites.is_empty() {
            (empty(lang.t("还没有事件"), lang.t("采集带活动数据的事件后，这里给出各场所的排放和产品的碳足迹。")))
        } @else {
            form.filter method="get" action="/footprints" {
                label { (lang.t("期间")) input.few type="text" name="period" value=(ask.period) placeholder="2026 / 2026-11"; }
                button type="submit" { (lang.t("查看")) }
            }
            h2 { (lang.t("场所的排放（kg CO2e）")) }
            (sites(lang, &found))
            h2 { (lang.t("产品碳足迹")) }
            ul.picks { @for product in &found.products {
                li { a href={ "/footprints?of=" (encode(&product.id)) } { (name(lang, product)) } }
            } }
            p.soft { (lang.t("范围二按位置法用电网平均因子；按市场法用合同因子，没有合同的用电按剩余组合。范围三按类别：外购原料，以及事件写明的活动。")) }
        }
    };
    Ok(viewer.page(title, &body))
}

fn sites(lang: Lang, found: &FootprintOverview) -> Markup {
    let one = |kg: f64| format!("{kg:.0}");
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("场所")) {
            table.cards {
                thead { tr {
                    th { (lang.t("场所")) } th.n { (lang.t("范围一")) } th.n { (lang.t("范围二（位置法）")) }
                    th.n { (lang.t("范围二（市场法）")) } th.n { (lang.t("范围三")) } th { (lang.t("缺因子的原料")) } th.n { (lang.t("无计量的活动")) }
                } }
                tbody {
                    @for site in &found.sites {
                        tr {
                            td.t data-label=(lang.t("场所")) { (name(lang, &site.site)) }
                            td.n data-label=(lang.t("范围一")) { (one(site.scope1_kg)) }
                            td.n data-label=(lang.t("范围二（位置法）")) { (one(site.scope2_kg)) }
                            td.n data-label=(lang.t("范围二（市场法）")) { (one(site.scope2_market_kg)) }
                            td.n data-label=(lang.t("范围三")) {
                                (one(site.scope3_kg))
                                @for part in &site.scope3 {
                                    br; span.soft { (part.category) " " (lang.pick(part.zh, part.en)) " " (one(part.kg)) }
                                }
                            }
                            td data-label=(lang.t("缺因子的原料")) {
                                @for product in &site.unknown { (tag("warn", name(lang, product))) " " }
                            }
                            td.n data-label=(lang.t("无计量的活动")) { (site.activities.1) " / " (site.activities.0) }
                        }
                    }
                }
            }
        }
    }
}

async fn product(viewer: Viewer, of: &str, allocation: &str) -> Answer {
    let lang = viewer.lang();
    let rule = rule_of(allocation);
    let found =
        viewer.app().footprint_breakdown(viewer.actor(), of, rule).await.map_err(|e| viewer.fail(e))?;
    let unit = app::unit_shown(&found.unit);
    let per = format!("kg CO2e / {unit}");
    let title = format!("{} {}", lang.t("碳足迹"), name(lang, &found.of));
    let rule_word = |rule| match rule {
        Allocation::Mass => "按质量分配",
        Allocation::Economic => "按经济价值分配",
        Allocation::CutOff => "截断法",
    };
    let body = html! {
        (crumbs(lang, &[("/footprints", lang.t("碳足迹"))], name(lang, &found.of)))
        div.headline {
            h1 { (title) }
            nav.toolbar.screen aria-label=(lang.t("操作")) {
                a.button.quiet href={ "/footprints/report?" (asked(of, rule)) } { (lang.t("碳足迹报告（A4）")) }
            }
        }
        form.filter method="get" action="/footprints" {
            input type="hidden" name="of" value=(of);
            label { (lang.t("分配方法"))
                select name="allocation" data-submit {
                    @for (word, of) in RULES { option value=(word) selected[of == rule] { (lang.t(rule_word(of))) } }
                }
            }
            button type="submit" { (lang.t("查看")) }
        }
        (figures(&[
            (lang.t("位置法"), format!("{:.3}", found.unit_kg), &per),
            (lang.t("市场法"), format!("{:.3}", found.market_kg), &per),
            (lang.t("95% 区间"), format!("{:.3} – {:.3}", found.spread.low, found.spread.high), lang.t("蒙特卡洛")),
            (lang.t("批次"), found.lots.to_string(), ""),
        ]))
        @if let Some(recycled) = found.recycled_content { p { (lang.t("再生含量")) " " (percent(recycled)) } }
        @if !found.unknown_raw.is_empty() {
            p.notice { (lang.t("这些原料没有足迹，按 0 计，结果偏低："))
                @for raw in &found.unknown_raw { (tag("warn", name(lang, raw))) " " } }
        }
        (parts(lang, &found))
        p.soft {
            (lang.t("从摇篮到大门；上游各批次作为一个方程组求解，含回用。区间：因子按对数正态抽样，同一因子一起变动，次数与种子："))
            (found.draws.0) " / " (found.draws.1)
        }
    };
    Ok(viewer.page(&title, &body))
}

fn parts(lang: Lang, found: &FootprintBreakdown) -> Markup {
    let scope = |scope| match scope {
        FactorScope::Direct => "范围一",
        FactorScope::EnergyLocation | FactorScope::EnergyMarket => "范围二",
        FactorScope::ValueChain | FactorScope::CoalEquivalent => "范围三",
    };
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("构成")) {
            table.cards {
                thead { tr {
                    th { (lang.t("工序或原料")) } th { (lang.t("场所")) } th { (lang.t("排放范围")) } th { (lang.t("因子")) }
                    th.n { (lang.t("因子值")) } th.n { (lang.t("活动量")) } th.n { "kg CO2e" } th.n { (lang.t("占比")) } th { (lang.t("来源")) }
                } }
                tbody {
                    @for part in &found.parts {
                        @let factor = part.factor;
                        tr {
                            td.t data-label=(lang.t("工序或原料")) { (super::step(lang, &part.of)) }
                            td data-label=(lang.t("场所")) { @if let Some(site) = &part.site { (name(lang, site)) } @else { (lang.t("外购")) } }
                            td data-label=(lang.t("排放范围")) { (lang.t(scope(factor.scope))) }
                            td data-label=(lang.t("因子")) {
                                (lang.pick(&factor.name_zh, &factor.name_en)) " " (factor.year) " " (factor.region)
                                @if part.unmetered > 0.0 { " " (tag("warn", lang.t("部分无计量"))) }
                            }
                            td.n data-label=(lang.t("因子值")) { (factor.value) " " (factor.result_unit) "/" (factor.activity_unit) }
                            td.n data-label=(lang.t("活动量")) { (format!("{:.4}", part.amount)) " " (factor.activity_unit) }
                            td.n data-label="kg CO2e" { (format!("{:.4}", part.kg)) }
                            td.n data-label=(lang.t("占比")) { (percent(part.kg / found.unit_kg.max(f64::MIN_POSITIVE))) }
                            td.w data-label=(lang.t("来源")) { (factor.source) }
                        }
                    }
                }
            }
        }
    }
}

/// `GET /footprints/report`: the report after GB/T 24067-2024, a page of A4.
async fn report(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let rule = rule_of(&ask.allocation);
    let found = viewer.app().footprint_statement(viewer.actor(), &ask.of, rule).await;
    let found = found.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let of = name(lang, &found.breakdown.of);
    let back = format!("/footprints?{}", asked(&ask.of, rule));
    let title = lang.t("产品碳足迹报告");
    let [general, scope, inventory, assessment, interpretation] = found.sections(&lang);
    let body = html! {
        (crumbs(lang, &[("/footprints", lang.t("碳足迹")), (&back, of)], title))
        nav.toolbar.screen aria-label=(lang.t("操作")) {
            button type="button" data-print { (lang.t("打印")) }
            a.button.quiet href={ "/footprints/report.xlsx?" (asked(&ask.of, rule)) } { (lang.t("下载表格（中文）")) }
            a.button.quiet href=(back) { (lang.t("返回")) }
        }
        article.paper {
            h1 { (title) }
            p.under { (of) }
            (section(&general))
            (section(&scope))
            (section(&inventory))
            (scroll(lang.t("构成"), &parts_on_paper(lang, &found)))
            (sources(lang, &found))
            (section(&assessment))
            (section(&interpretation))
            dl.signed {
                @for word in [lang.t("编制人"), lang.t("审核人"), lang.t("批准人"), lang.t("签署日期")] { div { dt { (word) } dd {} } }
            }
        }
    };
    Ok(viewer.page(&format!("{title} {of}"), &body))
}

/// `GET /footprints/report.xlsx`
async fn workbook(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let bytes = viewer.app().footprint_workbook(viewer.actor(), &ask.of, rule_of(&ask.allocation)).await;
    Ok(show::file("yulin-footprint.xlsx", show::XLSX, bytes.map_err(|e| viewer.fail(e))?))
}

fn section(section: &app::ReportSection) -> Markup {
    html! {
        h2 { (section.heading) }
        table.stated { tbody { @for (item, text) in &section.lines { tr { th scope="row" { (item) } td { (text) } } } } }
    }
}

/// The sources of the factors, each once, in the order of their first part.
fn numbered(found: &FootprintStatement) -> Vec<&str> {
    let mut sources: Vec<&str> = Vec::new();
    for part in &found.breakdown.parts {
        if !sources.contains(&part.factor.source.as_str()) {
            sources.push(&part.factor.source);
        }
    }
    sources
}

fn sources(lang: Lang, found: &FootprintStatement) -> Markup {
    html! {
        p { strong { (lang.t("因子来源")) } }
        ol.sources { @for source in numbered(found) { li { (source) } } }
    }
}

/// The inventory on paper: fewer columns, sources as numbers.
fn parts_on_paper(lang: Lang, found: &FootprintStatement) -> Markup {
    let numbers = numbered(found);
    let number = |source: &str| numbers.iter().position(|s| *s == source).map_or(0, |at| at + 1);
    html! {
        table.cards {
            thead { tr {
                th { (lang.t("工序或原料")) } th { (lang.t("因子")) } th.n { (lang.t("活动量")) }
                th.n { "kg CO2e" } th.n { (lang.t("占比")) } th.n { (lang.t("来源")) }
            } }
            tbody {
                @for part in &found.breakdown.parts {
                    @let factor = part.factor;
                    tr {
                        td.t data-label=(lang.t("工序或原料")) {
                            (super::step(lang, &part.of)) " "
                            span.soft { @if let Some(site) = &part.site { (name(lang, site)) } @else { (lang.t("外购")) } }
                        }
                        td.t data-label=(lang.t("因子")) {
                            (lang.pick(&factor.name_zh, &factor.name_en)) " " (factor.year) " " (factor.region)
                            " " span.soft { (factor.value) " " (factor.result_unit) "/" (factor.activity_unit) }
                            @if part.unmetered > 0.0 { " " (tag("warn", lang.t("部分无计量"))) }
                        }
                        td.n data-label=(lang.t("活动量")) { (format!("{:.4}", part.amount)) " " (factor.activity_unit) }
                        td.n data-label="kg CO2e" { (format!("{:.4}", part.kg)) }
                        td.n data-label=(lang.t("占比")) { (percent(found.share(part))) }
                        td.n data-label=(lang.t("来源")) { "[" (number(&factor.source)) "]" }
                    }
                }
            }
        }
    }
}
