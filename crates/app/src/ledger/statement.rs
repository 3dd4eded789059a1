//! Statements on paper: the report of a product's carbon footprint after GB/T 24067-2024, and a statement of zero carbon.
//!
//! The report follows the standard's public outline: general information, goal and scope, inventory, assessment, interpretation. Offsets
//! are no part of a product's footprint there, so none are in it. A statement of zero carbon says so only where every activity has a meter
//! behind it; else it says what is missing.

use super::footprint::FootprintReport;
use crate::{Act, Actor, Allocation, App, Code, Error, Result};
use exchange::plain::PlainTable;
use ledger::balance::entries::site_of;
use ledger::event::Body;
use ledger::footprint::factor::FactorLibrary;
use model::period::Period;
use serde::Serialize;

/// Missing meters and factors that are named.
const NAMED_MAX: usize = 100;

/// What is asked to be stated.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ZeroCarbonQuery {
    /// Identifier of the site; all sites where none is named.
    pub site: Option<String>,
    /// Months of the events.
    pub period: Option<Period>,
    /// What was bought to offset emissions: what it is, kg CO2e.
    pub offsets: Vec<(String, f64)>,
}

/// A statement of zero carbon.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ZeroCarbonStatement {
    /// kg CO2e of all activities that are known.
    pub emitted_kg: f64,
    /// kg CO2e that offsets are stated for.
    pub offset_kg: f64,
    /// The difference; absent where something is missing, because it would be too low.
    pub net_kg: Option<f64>,
    /// True only where nothing is missing and nothing is left.
    pub is_net_zero: bool,
    /// Activities, and those with a meter.
    pub activities: (usize, usize),
    /// Processes of the period.
    pub processes: usize,
    /// Meters and factors that are missing, each with its event; the first hundred.
    pub missing: Vec<String>,
    /// How many are missing.
    pub missing_count: usize,
}

impl App {
    /// Whether a site emitted nothing on balance: activities by meters and factors, less stated offsets.
    ///
    /// # Errors
    /// [`Code::BadInput`] for an offset that is no amount; storage errors. Missing meters are no error: they stand in the answer, which then
    /// is not zero.
    pub async fn zero_carbon(&self, actor: &Actor, query: &ZeroCarbonQuery) -> Result<ZeroCarbonStatement> {
        actor.need(Act::ZeroCarbon)?;
        if let Some((name, kg)) = query.offsets.iter().find(|(_, kg)| !kg.is_finite() || *kg < 0.0) {
            return Err(Error::new(
                Code::BadInput,
                format!("the offset {name} is {kg} kg; an amount is expected"),
            ));
        }
        let site = query.site.as_deref().map(super::balance::site_id);
        let held = self.genealogy().await?;
        let (mut emitted_kg, mut activities, mut processes) = (0.0, (0, 0), 0);
        let mut missing = Vec::new();
        let units = &self.reference.units;
        self.each_event(0, None, |stored, event| {
            if held.withdrawn.contains(&stored.seq) || event.error_declaration.is_some() {
                return Ok(());
            }
            if site.is_some() && site_of(event) != site {
                return Ok(());
            }
            let day = event.time.to_zoned(crate::clock::china()).date();
            if query.period.is_some_and(|period| day < period.first() || day > period.last()) {
                return Ok(());
            }
            let is_process = matches!(event.body, Body::Transformation { .. });
            processes += usize::from(is_process);
            let used = held.facts.activities.get(&stored.seq.unsigned_abs());
            if is_process && used.is_none() {
                missing.push(format!("event {}: no energy or material use is stated", stored.seq));
            }
            for activity in used.into_iter().flatten() {
                activities.0 += 1;
                activities.1 += usize::from(activity.is_metered);
                if !activity.is_metered {
                    missing.push(format!("event {}: {} has no meter", stored.seq, activity.factor));
                }
                let factor = FactorLibrary::builtin().get(&activity.factor);
                match factor.map_err(|e| e.to_string()) {
                    Ok(factor) if factor.result_unit == "kgce" => {}
                    Ok(factor) => match factor.apply(&activity.quantity, units) {
                        Ok(kg) => emitted_kg += kg,
                        Err(error) => missing.push(format!("event {}: {error}", stored.seq)),
                    },
                    Err(error) => missing.push(format!("event {}: {error}", stored.seq)),
                }
            }
            Ok(())
        })
        .await?;
        if processes == 0 && activities.0 == 0 {
            missing.push("there are no processes and no activities to state anything of".to_owned());
        }
        let offset_kg = query.offsets.iter().map(|(_, kg)| kg).sum::<f64>();
        let net_kg = missing.is_empty().then_some(emitted_kg - offset_kg);
        let missing_count = missing.len();
        missing.truncate(NAMED_MAX);
        Ok(ZeroCarbonStatement {
            emitted_kg,
            offset_kg,
            net_kg,
            is_net_zero: net_kg.is_some_and(|net| net <= 0.0),
            activities,
            processes,
            missing,
            missing_count,
        })
    }

    /// The report of a lot's or product's carbon footprint after GB/T 24067-2024, as a workbook in Chinese.
    ///
    /// # Errors
    /// As [`Self::footprint`].
    pub async fn footprint_workbook(&self, actor: &Actor, of: &str, rule: Allocation) -> Result<Vec<u8>> {
        actor.need(Act::Footprint)?;
        let report = self.footprint(actor, of, rule).await?;
        let table = table(&report, &self.clock.words());
        table.xlsx().map_err(|e| Error::new(Code::Output, format!("cannot write the export: {e}")))
    }
}

/// The report, a row for each statement.
fn table(report: &FootprintReport, made: &str) -> PlainTable {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut put = |section: &str, item: &str, text: String| {
        rows.push(vec![section.to_owned(), item.to_owned(), text]);
    };
    let unit = report.unit.as_deref().unwrap_or("各批次单位不同");
    let (all, unmetered) =
        report.lots.iter().fold((0, 0), |sum, lot| (sum.0 + lot.activities.0, sum.1 + lot.activities.1));
    let unknown: Vec<&str> =
        report.lots.iter().flat_map(|lot| &lot.unknown_raw).map(String::as_str).collect();
    put("1 基本信息", "依据标准", "GB/T 24067-2024 温室气体 产品碳足迹 量化要求和指南".to_owned());
    put("1 基本信息", "产品或批次", report.of.clone());
    put("1 基本信息", "编制日期", made.to_owned());
    put("2 目的与范围", "声明单位", format!("1 {unit}"));
    put("2 目的与范围", "系统边界", "从摇篮到大门：台账中该批次上游的全部批次与过程".to_owned());
    put("2 目的与范围", "取舍准则", "台账事件写明的活动全部计入；未写明的不计入，在第5部分列出".to_owned());
    put("2 目的与范围", "抵消", "不计入（标准规定产品碳足迹不含碳抵消）".to_owned());
    put("3 清单分析", "数据来源", format!("EPCIS 事件，共 {} 个批次", report.lots.len()));
    put(
        "3 清单分析",
        "活动数据",
        format!("{all} 项，其中有计量 {} 项，无计量 {unmetered} 项", all - unmetered),
    );
    put("3 清单分析", "排放因子", "data/factors.csv，各因子附年份、地区与来源".to_owned());
    put("3 清单分析", "分配规则", report.allocation_zh.to_owned());
    let figure = |value: Option<f64>| value.map_or_else(|| "无法合计".to_owned(), |v| format!("{v:.4}"));
    put("4 影响评价", "指标", "全球增温潜势，100 年（kg CO2e）".to_owned());
    put("4 影响评价", "每声明单位", figure(report.unit_kg));
    for lot in &report.lots {
        let made =
            lot.made.map_or_else(|| "数量未知".to_owned(), |a| format!("{} {}", a.value, a.unit.code()));
        let text = format!(
            "每单位 {:.4} kg CO2e；共 {}，合计 {} kg CO2e；再生料 {:.1} %",
            lot.unit_kg,
            made,
            figure(lot.total_kg),
            100.0 * lot.recycled_content
        );
        put("4 影响评价", &lot.lot, text);
    }
    if unknown.is_empty() {
        put("5 结果解释", "缺失数据", "上游原料均有因子".to_owned());
    } else {
        let text =
            format!("{} 个上游原料批次没有因子，按 0 计，结果偏低：{}", unknown.len(), unknown.join("；"));
        put("5 结果解释", "缺失数据", text);
    }
    if report.lots.iter().any(|lot| lot.is_assumed) {
        put("5 结果解释", "假设", "部分数量缺失，混合比例按等份假定".to_owned());
    }
    put("5 结果解释", "局限", "未经第三方核查；不含使用与废弃阶段；土地利用与生物源排放未计量".to_owned());
    PlainTable {
        title: "产品碳足迹报告".to_owned(),
        headings: ["部分", "项目", "内容"].map(str::to_owned).to_vec(),
        rows,
    }
}
