//! The etchant loop, simulated: recipe, charts of bath and cell, alarms, accounts, and a year of a plant.

use super::kg;
use crate::answer::{Answer, Failure};
use crate::parts::{Field, crumbs, figures, form_error, tag};
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::Lang;
use app::{EtchantReport, InputFile};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use maud::{Markup, html};
use serde_json::{Map, Value, json};

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new().route("/ledger/etchant", get(page)).route("/ledger/etchant/data", get(data))
}

/// Fields of the form: place in the recipe file, key there (and in the address), word, unit.
const FIELDS: [(&str, &str, &str, &str); 24] = [
    ("/run", "hours", "时长", "h"),
    ("/run", "etch_kg_h", "蚀铜速度", "kg/h"),
    ("/run", "volume_l", "槽液体积", "L"),
    ("/run", "copper_g_l", "起始含铜", "g/L"),
    ("/run", "acid_mol_l", "起始游离酸", "mol/L"),
    ("/run", "temperature_c", "起始温度", "°C"),
    ("/run/cell", "voltage_v", "槽电压", "V"),
    ("/run/cell", "current_efficiency", "电流效率", ""),
    ("/run/cell", "current_max_a", "最大电流", "A"),
    ("/run/set", "specific_gravity", "比重设定", ""),
    ("/run/set", "orp_mv", "ORP 设定", "mV"),
    ("/run", "gravity_drift_h", "比重计每小时漂移", ""),
    (CASE, "etched_t", "一年蚀铜", "t"),
    (CASE, "spent_copper_g_l", "废液含铜", "g/L"),
    (CASE, "spent_gravity", "废液比重", ""),
    (CASE, "cells", "电解槽数", ""),
    (CASE, "cell_current_a", "每槽电流", "A"),
    (CASE, "cell_hours", "一年通电", "h"),
    (CASE, "stock_growth_t", "槽液存铜增加", "t"),
    (CASE, "investment_yuan", "投资", "元"),
    (CASE, "copper_yuan_t", "铜价", "元/t"),
    (CASE, "power_yuan_kwh", "电价", "元/kWh"),
    (CASE, "disposal_yuan_t", "处置费", "元/t"),
    (CASE, "other_cost_yuan", "其他年费用", "元"),
];
/// Place of the year's case in the recipe file.
const CASE: &str = "/case";
/// Samples drawn at most.
const SAMPLES_MAX: usize = 400;

/// The recipe of the example.
fn example() -> Result<Value, app::Error> {
    serde_json::from_str(app::ETCHANT_EXAMPLE)
        .map_err(|e| app::Error::new(app::Code::Internal, e.to_string()))
}

/// The recipe of the example with what the form says.
fn recipe(viewer: &Viewer) -> Result<Value, app::Error> {
    let mut recipe = example()?;
    let asked: Map<String, Value> =
        crate::words::pairs(&viewer.query).map(|(name, value)| (name, Value::String(value))).collect();
    for (part, key, word, _) in FIELDS {
        let Some(text) = asked.get(key).and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty())
        else {
            continue;
        };
        let number: f64 = text.parse().map_err(|_| {
            let lang = viewer.lang();
            let mut error = app::Error::new(app::Code::BadInput, lang.t("配方有误"));
            error.fields.push((key.to_owned(), format!("{}：{}", lang.t(word), lang.t("应为数字"))));
            error
        })?;
        if let Some(place) = recipe.pointer_mut(part) {
            place[key] = json!(number);
        }
    }
    Ok(recipe)
}

fn simulated(viewer: &Viewer) -> Result<(Value, EtchantReport), app::Error> {
    let recipe = recipe(viewer)?;
    let file =
        InputFile { name: viewer.lang().t("配方").to_owned(), bytes: recipe.to_string().into_bytes() };
    Ok((recipe, app::simulate_etchant(viewer.actor(), &file)?))
}

async fn page(viewer: Viewer) -> Answer {
    let lang = viewer.lang();
    let title = lang.t("蚀刻液再生模拟");
    let found = simulated(&viewer);
    // What is not said has the example's value, and is seen to have it.
    let values = example().unwrap_or_default();
    let error = found.as_ref().err();
    let asked: Map<String, Value> =
        crate::words::pairs(&viewer.query).map(|(name, value)| (name, Value::String(value))).collect();
    let value = |part: &str, key: &str| {
        let said = asked.get(key).and_then(Value::as_str).filter(|said| !said.trim().is_empty());
        let found = values.pointer(part).and_then(|place| place[key].as_f64());
        said.map(str::to_owned).or_else(|| found.map(|v| v.to_string())).unwrap_or_default()
    };
    let fields = |is_case: bool| {
        html! {
            div.fields.two {
                @for (part, key, word, unit) in FIELDS.iter().filter(|f| (f.0 == CASE) == is_case) {
                    (Field::typed("number", key, lang.t(word)).value(value(part, key)).unit(lang.t(unit)).error_of(error))
                }
            }
        }
    };
    let body = html! {
        (crumbs(lang, &[("/circular", lang.t("循环指标"))], title))
        h1 { (title) }
        (form_error(lang, error))
        form.card method="get" action="/ledger/etchant" {
            (fields(false))
            h2 { (lang.t("一年的算例")) }
            (fields(true))
            div.actions { button type="submit" { (lang.t("模拟")) } a.button.quiet href="/ledger/etchant" { (lang.t("恢复示例")) } }
            p.hint { (lang.t("空着的用示例的值；全部参数见命令 yulin ledger simulate etchant --recipe FILE。")) }
        }
        @if let Ok((_, report)) = &found {
            (results(lang, report))
            @for (chart, word) in [("bath", "槽液"), ("cell", "电解与加药")] {
                h2 { (lang.t(word)) }
                div.chart data-chart="lines" data-url={ "/ledger/etchant/data?" (viewer.query) "&chart=" (chart) } role="img" tabindex="0" aria-label=(lang.t(word)) {}
            }
            (year(lang, report))
            p.soft { (lang.t("模型：Cu + CuCl₂ → 2 CuCl；电解再生 2 CuCl → Cu + CuCl₂；双氧水氧化。每一步都是反应程度或物流，温度由焓得出，所以质量、元素和能量闭合。形式电位、热容和控制增益是合理值，不是实测。")) }
        }
    };
    match error {
        Some(error) => Ok(viewer.refused(error, title, &body)),
        None => Ok(viewer.page_with(title, &body, &["vendor/echarts.js", "charts.js"])),
    }
}

fn results(lang: Lang, report: &EtchantReport) -> Markup {
    let (run, t) = (&report.run, &report.run.totals);
    let reduction = t.reduction.map_or_else(|| "—".to_owned(), |part| format!("{:.1}%", 100.0 * part));
    let per_kg =
        if t.deposited_kg > 0.0 { format!("{:.3}", t.cell_kwh / t.deposited_kg) } else { "—".to_owned() };
    let alarms: Vec<(String, usize)> = ["Chlorine", "Temperature", "LevelLow", "Sensor"]
        .iter()
        .map(|word| {
            let hit = |s: &&_| interlocks(s).iter().any(|i| i == word);
            ((*word).to_owned(), run.samples.iter().filter(hit).count())
        })
        .filter(|(_, count)| *count > 0)
        .collect();
    html! {
        (figures(&[
            (lang.t("蚀铜"), kg(t.etched_kg), "kg"),
            (lang.t("回收铜"), kg(t.deposited_kg), "kg"),
            (lang.t("不再生的废液"), format!("{:.0}", t.baseline_l), "L"),
            (lang.t("已排废液"), format!("{:.0}", t.bled_l), "L"),
            (lang.t("槽液增存（待排）"), format!("{:.0}", t.stock_l), "L"),
            (lang.t("废液减量"), reduction, ""),
            (lang.t("铜单位电耗"), per_kg, "kWh/kg"),
            (lang.t("盐酸"), kg(t.acid_kg), "kg"),
            (lang.t("双氧水"), kg(t.oxidant_kg), "kg"),
            (lang.t("停蚀"), format!("{:.2}", t.stopped_h), "h"),
        ]))
        h2 { (lang.t("报警与闭合")) }
        ul {
            @if alarms.is_empty() { li { (tag("good", lang.t("没有联锁动作"))) } }
            @for (word, samples) in &alarms { li { (tag("bad", interlock(lang, word))) " " (samples) " " (lang.t("个采样")) } }
            li { @match run.drift_hour {
                Some(hour) => { (tag("bad", lang.t("传感器漂移"))) " " (format!("{hour:.2} h")) }
                None => { (tag("good", lang.t("没有传感器漂移"))) }
            } }
            li { (lang.t("闭合误差（相对）：质量")) " " (format!("{:.1e}", run.closure.mass)) "，" (lang.t("元素")) " " (format!("{:.1e}", run.closure.elements))
                "，" (lang.t("能量")) " " (format!("{:.1e}", run.closure.energy)) }
        }
        @if let Some(waste) = &report.waste {
            h2 { (lang.t("转移联单与基线")) }
            (figures(&[
                (lang.t("基线（不再生）"), kg(waste.baseline_kg), "kg"),
                (lang.t("联单实际"), kg(waste.actual_kg), "kg"),
                (lang.t("减量"), waste.reduction.map_or_else(|| "—".to_owned(), |r| format!("{:.1}%", 100.0 * r)), ""),
            ]))
        }
    }
}

/// Interlocks of a sample, by their words.
fn interlocks(sample: &impl serde::Serialize) -> Vec<String> {
    let value = serde_json::to_value(sample).unwrap_or_default();
    let words = value["interlocks"].as_array().cloned().unwrap_or_default();
    words.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn interlock(lang: Lang, word: &str) -> &'static str {
    lang.t(match word {
        "Chlorine" => "氯气联锁",
        "Temperature" => "超温联锁",
        "LevelLow" => "低液位联锁",
        _ => "传感器联锁",
    })
}

fn year(lang: Lang, report: &EtchantReport) -> Markup {
    html! {
        @if let Some(case) = &report.case {
            h2 { (lang.t("一年的算例")) }
            p { (lang.t("按上面的输入：不再生时蚀下的铜全随废液排出；再生后排出的是蚀铜减电解铜，槽液增存的铜算待排。电解铜由槽数、电流、时间和电流效率按法拉第定律得出。铜价、电价与其他费用是假设，须换成实际值。")) }
            (figures(&[
                (lang.t("不再生的危废"), format!("{:.0}", case.baseline_waste_t), "t"),
                (lang.t("减少危废"), format!("{:.0}", case.avoided_waste_t), "t"),
                (lang.t("剩余危废"), format!("{:.0}", case.remaining_waste_t), "t"),
                (lang.t("减量"), format!("{:.1}%", 100.0 * case.reduction), ""),
                (lang.t("回收铜"), format!("{:.1}", case.copper_t), "t"),
                (lang.t("电耗"), format!("{:.2}", case.power_kwh / 1e6), "GWh"),
                (lang.t("收益"), format!("{:.0}", case.gain_yuan / 1e4), lang.t("万元")),
                (lang.t("回收期"), case.payback_years.map_or_else(|| "—".to_owned(), |y| format!("{y:.2}")), lang.t("年")),
            ]))
        }
    }
}

/// Lines over time for one chart.
async fn data(viewer: Viewer) -> Answer {
    let (_, report) = simulated(&viewer).map_err(|e| -> Failure { viewer.fail(e) })?;
    let lang = viewer.lang();
    let samples = &report.run.samples;
    let every = samples.len().div_ceil(SAMPLES_MAX).max(1);
    let values: Vec<Value> =
        samples.iter().step_by(every).map(|s| serde_json::to_value(s).unwrap_or_default()).collect();
    let is_cell = crate::words::pairs(&viewer.query).any(|(n, v)| n == "chart" && v == "cell");
    let lines: &[(&str, &str, &str)] = if is_cell {
        &[
            ("/commands/current_a", "电流", "A"),
            ("/commands/acid_mol_s", "盐酸加药", "mol/s"),
            ("/commands/oxidant_mol_s", "双氧水加药", "mol/s"),
            ("/commands/bleed_l_s", "排液", "L/s"),
            ("/commands/heat_kw", "加热或冷却", "kW"),
        ]
    } else {
        &[
            ("/copper_g_l", "含铜", "g/L"),
            ("/bath/specific_gravity", "比重", ""),
            ("/bath/orp_mv", "ORP", "mV"),
            ("/bath/acid_mol_l", "游离酸", "mol/L"),
            ("/bath/temperature_c", "温度", "°C"),
        ]
    };
    let lines: Vec<Value> = lines
        .iter()
        .map(|(pointer, word, unit)| {
            let points: Vec<Value> = values.iter().map(|v| json!([v["hour"], v.pointer(pointer)])).collect();
            json!({"name": lang.t(word), "unit": unit, "points": points})
        })
        .collect();
    Ok(Json(json!({"x": "h", "lines": lines})).into_response())
}
