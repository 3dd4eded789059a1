//! `/learn`: the weights of a market's score, what outcomes taught, what that gained, and the way back.

use super::show;
use crate::answer::Answer;
use crate::jobs::Done;
use crate::pages::desk::job;
use crate::parts::{self, Field};
use crate::viewer::{Posted, Viewer};
use crate::words::Lang;
use app::{Act, KNOBS, Knobs, LearningReport, Measured, NEEDS_MIN, Take, WeightsInfo, WeightsVersion};
use maud::{Markup, html};
use model::markets::MarketKey;
use serde::Deserialize;

/// Which market.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    /// Its key; empty for parts and materials.
    market: String,
}

/// The page of a market; that of parts and materials where there is none of this key.
fn page_of(viewer: &Viewer, market: &str) -> String {
    match viewer.app().reference().markets.other(&MarketKey(market.to_owned())) {
        Some(other) => format!("/learn?market={}", other.key),
        None => "/learn".to_owned(),
    }
}

/// `GET /learn`
pub async fn index(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let info = viewer.app().weights(viewer.actor(), &ask.market).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let newest = info.versions.first();
    let body = html! {
        h1 { (lang.t("学习权重")) }
        p.soft { (lang.t("评分是各项理由得分之和，每项的份额就是权重。系统从对接结果（审核、牵线、对接会、意向和签约）学习权重；已发布的清单带着当时的权重，不会改变。")) }
        (choice(&viewer, &info.market))
        (figures(lang, &info))
        @if (info.known.needs as usize) < NEEDS_MIN { p.notice { (too_few(lang, info.known.needs)) } }
        @if viewer.actor().may(Act::Learn) { (begin(&viewer, &info.market)) }
        h2 { (lang.t("现用权重")) }
        (weights(lang, &info))
        @if let Some(newest) = newest {
            h2 { (lang.t("最近一次学习在留出的结果上的收益")) " " span.soft { (version_name(lang, newest.version)) } }
            (gain(lang, &newest.report))
        }
        h2 { (lang.t("历史")) }
        @if info.versions.is_empty() {
            (parts::empty_to(lang.t("还没有学习过"), lang.t("先在审核台确认或剔除对子，或登记牵线的结果，再按“从结果学习”。"),
                "/introductions", lang.t("去登记结果")))
        } @else {
            (history(&viewer, &info))
        }
    };
    Ok(viewer.page(lang.t("学习权重"), &body))
}

fn version_name(lang: Lang, version: u32) -> String {
    if version == 0 { lang.t("出厂权重").to_owned() } else { format!("{} {version}", lang.t("版本")) }
}

/// The markets, each with weights of its own.
fn choice(viewer: &Viewer, chosen: &str) -> Markup {
    let lang = viewer.lang();
    html! {
        form.filter method="get" action="/learn" {
            label { (lang.t("市场")) select name="market" {
                @for market in viewer.app().reference().markets.iter() {
                    option value=(market.key) selected[market.key == chosen] { (lang.of(&market.name)) }
                }
            } }
            button.quiet type="submit" { (lang.t("查看")) }
        }
    }
}

/// How many needs have outcomes, and how many it takes.
fn too_few(lang: Lang, needs: u32) -> String {
    lang.t("有结果的需求现有{n}条，满{min}条才能检验收益；在此之前用出厂权重。")
        .replace("{n}", &needs.to_string())
        .replace("{min}", &NEEDS_MIN.to_string())
}

fn figures(lang: Lang, info: &WeightsInfo) -> Markup {
    let known = info.known;
    parts::figures(&[
        (lang.t("使用中"), version_name(lang, info.in_use), ""),
        (lang.t("已知结果"), known.outcomes.to_string(), lang.t("对")),
        (lang.t("其中促成的"), known.good.to_string(), lang.t("对")),
        (lang.t("涉及需求"), known.needs.to_string(), lang.t("条")),
    ])
}

fn begin(viewer: &Viewer, market: &str) -> Markup {
    let lang = viewer.lang();
    let takes = [
        ("gain", lang.t("有收益才采用")),
        ("always", lang.t("无论如何采用")),
        ("no", lang.t("只存为版本，先不用")),
    ];
    html! {
        form.filter method="post" action="/learn" {
            (viewer.csrf_field())
            input type="hidden" name="market" value=(market);
            (Field::select("take", lang.t("学完后"), takes))
            button type="submit" { (lang.t("从结果学习")) }
        }
        p.soft { (lang.t("结果少时权重变化很小；有收益是指：在留出的结果上，对数损失的95%区间全部好于出厂权重，且排序没有变差。随时可以切换回去。")) }
    }
}

fn weights(lang: Lang, info: &WeightsInfo) -> Markup {
    let value = |of: &Knobs, name: &str| of.get(name).copied().unwrap_or(0.0);
    parts::scroll(
        lang.t("现用权重"),
        &html! {
            table.cards {
                thead { tr {
                    th { (lang.t("权重")) }
                    th.n { (lang.t("出厂")) }
                    th.n { (lang.t("现用")) }
                    th.n { (lang.t("变化")) }
                    th { (lang.t("图示")) }
                } }
                tbody {
                    @for (name, zh, _) in KNOBS {
                        @let (was, now) = (value(&info.shipped, name), value(&info.weights, name));
                        tr {
                            td.t data-label=(lang.t("权重")) { (lang.t(zh)) }
                            td.n data-label=(lang.t("出厂")) { (points(was)) }
                            td.n data-label=(lang.t("现用")) { (points(now)) }
                            td.n data-label=(lang.t("变化")) { (change(was, now)) }
                            td data-label=(lang.t("图示")) {
                                meter min="0" max="0.6" value=(was) title=(lang.t("出厂")) aria-label={ (lang.t(zh)) " " (lang.t("出厂")) } {}
                                " "
                                meter min="0" max="0.6" value=(now) title=(lang.t("现用")) aria-label={ (lang.t(zh)) " " (lang.t("现用")) } {}
                            }
                        }
                    }
                }
            }
        },
    )
}

/// Hundredths: a share of a score of 100 points.
fn points(value: f64) -> String {
    format!("{:.1}", value * 100.0)
}

fn change(was: f64, now: f64) -> Markup {
    let by = (now - was) * 100.0;
    if by.abs() < 0.05 {
        html! { span.soft { "=" } }
    } else {
        html! { (format!("{by:+.1}")) }
    }
}

fn gain(lang: Lang, report: &LearningReport) -> Markup {
    let Some(gain) = &report.gain else {
        return parts::empty(
            lang.t("有结果的需求还太少，量不出收益"),
            lang.t("至少要有10条需求，且既有促成的也有未成的，才留出一部分来检验。"),
        );
    };
    let rows: [(&str, Option<&Measured>, &str); 3] = [
        ("对数损失（越小越好）", Some(&gain.log_loss), "条结果"),
        ("两两排序正确率", gain.pairs.as_ref(), "对比较"),
        ("nDCG", gain.ndcg.as_ref(), "条需求"),
    ];
    parts::scroll(
        lang.t("收益"),
        &html! {
            table.cards {
                thead { tr {
                    th { (lang.t("指标")) } th.n { (lang.t("出厂")) } th.n { (lang.t("学习后")) } th.n { (lang.t("收益")) }
                    th.n { (lang.t("95%区间")) } th.n { (lang.t("样本")) }
                } }
                tbody {
                    @for (word, measured, unit) in rows {
                        @if let Some(m) = measured {
                            tr {
                                td.t data-label=(lang.t("指标")) { (lang.t(word)) }
                                td.n data-label=(lang.t("出厂")) { (format!("{:.4}", m.before)) }
                                td.n data-label=(lang.t("学习后")) { (format!("{:.4}", m.after)) }
                                td.n data-label=(lang.t("收益")) { (format!("{:+.4}", m.gain)) }
                                td.n data-label=(lang.t("95%区间")) { (format!("{:+.4} ~ {:+.4}", m.low, m.high)) }
                                td.n data-label=(lang.t("样本")) { (m.of) " " (lang.t(unit)) }
                            }
                        }
                    }
                }
            }
        },
    )
}

fn history(viewer: &Viewer, info: &WeightsInfo) -> Markup {
    let lang = viewer.lang();
    parts::scroll(
        lang.t("历史"),
        &html! {
            table.cards {
                thead { tr {
                    th { (lang.t("版本")) } th { (lang.t("谁、何时")) } th.n { (lang.t("结果")) } th.n { (lang.t("损失收益")) }
                    th { (lang.t("状态")) }
                } }
                tbody {
                    @for version in &info.versions { (version_row(viewer, info, version)) }
                    tr {
                        td.t data-label=(lang.t("版本")) { (lang.t("出厂权重")) }
                        td data-label=(lang.t("谁、何时")) { "–" }
                        td.n data-label=(lang.t("结果")) { "–" }
                        td.n data-label=(lang.t("损失收益")) { "–" }
                        td data-label=(lang.t("状态")) { (switch(viewer, info, 0)) }
                    }
                }
            }
        },
    )
}

fn version_row(viewer: &Viewer, info: &WeightsInfo, version: &WeightsVersion) -> Markup {
    let lang = viewer.lang();
    let gained =
        version.report.gain.as_ref().map_or_else(|| "–".to_owned(), |g| format!("{:+.4}", g.log_loss.gain));
    html! {
        tr {
            td.t data-label=(lang.t("版本")) { (version_name(lang, version.version)) }
            td data-label=(lang.t("谁、何时")) { (version.by) " " (show::moment(version.at_ms)) }
            td.n data-label=(lang.t("结果")) { (version.report.outcomes) }
            td.n data-label=(lang.t("损失收益")) { (gained) }
            td data-label=(lang.t("状态")) { (switch(viewer, info, version.version)) }
        }
    }
}

fn switch(viewer: &Viewer, info: &WeightsInfo, version: u32) -> Markup {
    let lang = viewer.lang();
    html! {
        @if info.in_use == version {
            (parts::tag("good", lang.t("使用中")))
        } @else if viewer.actor().may(Act::UseWeights) {
            form.inline method="post" action="/learn/use" {
                (viewer.csrf_field())
                input type="hidden" name="market" value=(info.market);
                input type="hidden" name="version" value=(version);
                button.quiet.small type="submit" { (lang.t("切换到此版本")) }
            }
        } @else {
            (lang.t("未使用"))
        }
    }
}

/// What to do with what is learned.
#[derive(Debug, Deserialize)]
pub struct Begin {
    market: String,
    take: String,
}

/// `POST /learn`
pub async fn learn(Posted { viewer, form, .. }: Posted<Begin>) -> Answer {
    let take = match form.take.as_str() {
        "always" => Take::Always,
        "no" => Take::No,
        _ => Take::IfItGains,
    };
    let (app, actor, lang) = (viewer.site.app.clone(), viewer.actor().clone(), viewer.lang());
    let path = page_of(&viewer, &form.market);
    job::begin(&viewer, Act::Learn, "学习权重", path.clone(), move |teller| async move {
        let learning = app.learn(&actor, &form.market, take, &|s, d, t| teller.tell(s, d, t)).await?;
        let note = if learning.taken {
            lang.t("已学习并采用新版本，此后的匹配和草稿都用它。")
        } else {
            lang.t("已存为新版本，尚未采用：可在下面的历史里切换。")
        };
        Ok(Done { path, note: note.to_owned() })
    })
    .await
}

/// Which version to use.
#[derive(Debug, Deserialize)]
pub struct Use {
    market: String,
    version: u32,
}

/// `POST /learn/use`
pub async fn switch_to(Posted { viewer, form, .. }: Posted<Use>) -> Answer {
    let (actor, market) = (viewer.actor(), &form.market);
    viewer.app().use_weights(actor, market, form.version).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go_with(&page_of(&viewer, market), viewer.lang().t("已切换，此后的匹配和草稿用这一版。")))
}
