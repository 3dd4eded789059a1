//! The report of a product's carbon footprint after GB/T 24067-2024.
//!
//! It follows the standard's public outline: general information, goal and scope, inventory, assessment, interpretation. Offsets are no part of
//! a product's footprint there, so none are in it. Its statements are made once, in any language, for the workbook and for the page.

use super::breakdown::{FootprintBreakdown, FootprintPart};
use super::circular::Named;
use crate::{Act, Actor, Allocation, App, Code, Error, Result};
use exchange::plain::PlainTable;
use ledger::footprint::factor::Scope;

/// Parts that the interpretation names as the chief ones.
const CHIEF: usize = 3;

/// A language that a report is written in.
pub trait Wording {
    /// The words for Chinese ones; holes (`{n}`) stay.
    fn t(&self, zh: &'static str) -> &'static str;
    /// Which of a Chinese and an English name.
    fn pick<'n>(&self, zh: &'n str, en: &'n str) -> &'n str;
}

/// The language of the workbook.
#[derive(Debug, Clone, Copy)]
struct Chinese;

impl Wording for Chinese {
    fn t(&self, zh: &'static str) -> &'static str {
        zh
    }

    fn pick<'n>(&self, zh: &'n str, _en: &'n str) -> &'n str {
        zh
    }
}

/// A part of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportSection {
    /// Its heading, numbered.
    pub heading: String,
    /// What is stated: of what, and what.
    pub lines: Vec<(String, String)>,
}

/// The report of a product's or lot's carbon footprint.
#[derive(Debug, Clone, PartialEq)]
pub struct FootprintStatement {
    /// When it was made, in words.
    pub made: String,
    /// The footprint, taken apart: its parts are the inventory.
    pub breakdown: FootprintBreakdown,
}

#[boxed::futures]
impl App {
    /// The report of a lot's or product's carbon footprint after GB/T 24067-2024.
    ///
    /// # Errors
    /// As [`Self::footprint_breakdown`].
    pub async fn footprint_statement(
        &self,
        actor: &Actor,
        of: &str,
        rule: Allocation,
    ) -> Result<FootprintStatement> {
        actor.need(Act::Footprint)?;
        let breakdown = self.footprint_breakdown(actor, of, rule).await?;
        Ok(FootprintStatement { made: self.clock.words(), breakdown })
    }

    /// The same as a workbook in Chinese, a row for each statement and each part of the inventory.
    ///
    /// # Errors
    /// As [`Self::footprint_breakdown`].
    pub async fn footprint_workbook(&self, actor: &Actor, of: &str, rule: Allocation) -> Result<Vec<u8>> {
        actor.need(Act::Footprint)?;
        let statement = self.footprint_statement(actor, of, rule).await?;
        let table = statement.table();
        table.xlsx().map_err(|e| Error::new(Code::Output, format!("cannot write the export: {e}")))
    }
}

/// A unit's code as people write it: `kg` where it is one.
pub fn unit_shown(code: &str) -> &str {
    if code == "KGM" { "kg" } else { code }
}

/// A number as the report writes it: six digits that count.
fn number(value: f64) -> String {
    let digits = if value == 0.0 { 0 } else { (5.0 - value.abs().log10().floor()).clamp(0.0, 9.0) as usize };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// A text with its holes filled.
fn fill(text: &str, holes: &[(&str, &str)]) -> String {
    holes.iter().fold(text.to_owned(), |text, (hole, value)| text.replace(&format!("{{{hole}}}"), value))
}

impl FootprintStatement {
    /// Share of a part in the whole.
    pub fn share(&self, part: &FootprintPart) -> f64 {
        part.kg / self.breakdown.unit_kg.max(f64::MIN_POSITIVE)
    }

    /// The standard's five sections. The inventory's parts stand in the breakdown.
    pub fn sections(&self, words: &impl Wording) -> [ReportSection; 5] {
        let section = |heading: &str, lines: Vec<(&str, String)>| ReportSection {
            heading: heading.to_owned(),
            lines: lines.into_iter().map(|(item, text)| (item.to_owned(), text)).collect(),
        };
        [
            section(words.t("1 基本信息"), self.general(words)),
            section(words.t("2 目的与范围"), self.scope(words)),
            section(words.t("3 清单分析"), self.inventory(words)),
            section(words.t("4 影响评价"), self.assessment(words)),
            section(words.t("5 结果解释"), self.interpretation(words)),
        ]
    }

    fn names<'n>(&self, words: &impl Wording, names: impl Iterator<Item = &'n Named>) -> String {
        names.map(|n| words.pick(&n.zh, &n.en)).collect::<Vec<_>>().join(words.pick("、", ", "))
    }

    fn general(&self, words: &impl Wording) -> Vec<(&'static str, String)> {
        let of = &self.breakdown.of;
        let name = words.pick(&of.zh, &of.en);
        let mut sites: Vec<&Named> = self.breakdown.parts.iter().filter_map(|p| p.site.as_ref()).collect();
        sites.sort();
        sites.dedup();
        vec![
            (
                words.t("依据标准"),
                words.t("GB/T 24067-2024《温室气体 产品碳足迹 量化要求和指南》").to_owned(),
            ),
            (
                words.t("产品或批次"),
                if name == of.id { of.id.clone() } else { format!("{name} · {}", of.id) },
            ),
            (words.t("涉及场所"), self.names(words, sites.into_iter())),
            (words.t("编制时间"), self.made.clone()),
        ]
    }

    fn scope(&self, words: &impl Wording) -> Vec<(&'static str, String)> {
        let lots = self.breakdown.lots.to_string();
        let stands_for = if self.breakdown.lots == 1 {
            words.t("这一个批次").to_owned()
        } else {
            fill(words.t("该产品最近的 {n} 个批次，按数量加权平均"), &[("n", &lots)])
        };
        vec![
            (words.t("目的"), words.t("量化单位产品的温室气体排放，供下游客户与管理者使用").to_owned()),
            (words.t("声明单位"), format!("1 {}", unit_shown(&self.breakdown.unit))),
            (words.t("系统边界"), words.t("从摇篮到大门：台账中该批次上游的全部批次与过程").to_owned()),
            (words.t("代表性"), stands_for),
            (
                words.t("取舍准则"),
                words.t("台账事件写明的活动全部计入；未写明的不计入，在第5部分列出").to_owned(),
            ),
            (words.t("分配规则"), words.t(self.breakdown.allocation.1).to_owned()),
            (words.t("抵消"), words.t("不计入（标准规定产品碳足迹不含碳抵消）").to_owned()),
        ]
    }

    fn inventory(&self, words: &impl Wording) -> Vec<(&'static str, String)> {
        let (all, unmetered) = self.breakdown.activities;
        let counts = [all, all - unmetered, unmetered].map(|n| n.to_string());
        let [all, metered, unmetered] = counts.each_ref().map(String::as_str);
        let holes = [("all", all), ("metered", metered), ("unmetered", unmetered)];
        vec![
            (words.t("数据来源"), words.t("EPCIS 事件（批次台账），逐级上溯到外购原料").to_owned()),
            (
                words.t("活动数据"),
                fill(words.t("{all} 项，其中有计量 {metered} 项，无计量 {unmetered} 项"), &holes),
            ),
            (words.t("排放因子"), words.t("平台因子库，逐项列出年份、地区与来源").to_owned()),
        ]
    }

    fn assessment(&self, words: &impl Wording) -> Vec<(&'static str, String)> {
        let of = &self.breakdown;
        let per = |kg: f64| format!("{} kg CO2e/{}", number(kg), unit_shown(&self.breakdown.unit));
        let of_scope = |wanted: fn(Scope) -> bool| {
            let kg: f64 = of.parts.iter().filter(|p| wanted(p.factor.scope)).map(|p| p.kg).sum();
            let share = percent(kg / of.unit_kg.max(f64::MIN_POSITIVE));
            format!("{}{}{share}{}", per(kg), words.pick("（", " ("), words.pick("）", ")"))
        };
        let spread = fill(
            words.t("{low} – {high} kg CO2e/{unit}（因子不确定性，蒙特卡洛 {n} 次，种子 {seed}）"),
            &[
                ("low", &number(of.spread.low)),
                ("high", &number(of.spread.high)),
                ("unit", unit_shown(&self.breakdown.unit)),
                ("n", &of.draws.0.to_string()),
                ("seed", &of.draws.1.to_string()),
            ],
        );
        let total = fill(
            words.t("{amount} {unit}，合计 {kg} kg CO2e"),
            &[
                ("amount", &number(of.amount)),
                ("unit", unit_shown(&self.breakdown.unit)),
                ("kg", &number(of.amount * of.unit_kg)),
            ],
        );
        let mut lines = vec![
            (words.t("评价指标"), words.t("全球增温潜势，100 年（kg CO2e）").to_owned()),
            (words.t("每声明单位（位置法）"), per(of.unit_kg)),
            (words.t("每声明单位（市场法）"), per(of.market_kg)),
            (words.t("95% 区间"), spread),
            (words.t("直接排放"), of_scope(|scope| scope == Scope::Direct)),
            (
                words.t("外购能源"),
                of_scope(|scope| matches!(scope, Scope::EnergyLocation | Scope::EnergyMarket)),
            ),
            (
                words.t("原料与其他"),
                of_scope(|scope| matches!(scope, Scope::ValueChain | Scope::CoalEquivalent)),
            ),
            (words.t("核算的数量"), total),
        ];
        if let Some(recycled) = of.recycled_content {
            lines.push((words.t("再生含量"), percent(recycled)));
        }
        lines
    }

    fn interpretation(&self, words: &impl Wording) -> Vec<(&'static str, String)> {
        let of = &self.breakdown;
        let chief = of.parts.iter().take(CHIEF).map(|part| {
            let factor = words.pick(&part.factor.name_zh, &part.factor.name_en);
            format!("{} · {factor} {}", words.pick(&part.of.zh, &part.of.en), percent(self.share(part)))
        });
        let missing = if of.unknown_raw.is_empty() {
            words.t("上游原料均有因子").to_owned()
        } else {
            let names = self.names(words, of.unknown_raw.iter());
            fill(words.t("这些上游原料没有因子，按 0 计，结果偏低：{names}"), &[("names", &names)])
        };
        let unmetered: f64 = of.parts.iter().map(|part| part.kg * part.unmetered).sum();
        let share = percent(unmetered / of.unit_kg.max(f64::MIN_POSITIVE));
        let mut lines = vec![
            (words.t("主要贡献"), chief.collect::<Vec<_>>().join(words.pick("；", "; "))),
            (words.t("缺失数据"), missing),
            (
                words.t("无计量数据"),
                fill(words.t("{share} 的排放来自没有计量仪表的活动"), &[("share", &share)]),
            ),
        ];
        if of.is_assumed {
            lines.push((words.t("假设"), words.t("部分数量缺失，混合比例按等份假定").to_owned()));
        }
        lines.push((
            words.t("局限"),
            words.t("未经第三方核查；不含使用与废弃阶段；土地利用与生物源排放未计量").to_owned(),
        ));
        lines
    }

    /// Sections and inventory, a row for each statement.
    fn table(&self) -> PlainTable {
        let mut rows = Vec::new();
        for (at, section) in self.sections(&Chinese).into_iter().enumerate() {
            for (item, text) in section.lines {
                rows.push(vec![section.heading.clone(), item, text]);
            }
            if at == 2 {
                rows.extend(self.breakdown.parts.iter().map(|part| {
                    let factor = part.factor;
                    let site = part.site.as_ref().map_or("外购", |site| &site.zh);
                    let text = format!(
                        "{}（{}，{}）：{} {} × {} {}/{} = {} kg CO2e（{}）；来源：{}",
                        factor.name_zh,
                        factor.year,
                        factor.region,
                        number(part.amount),
                        factor.activity_unit,
                        factor.value,
                        factor.result_unit,
                        factor.activity_unit,
                        number(part.kg),
                        percent(self.share(part)),
                        factor.source
                    );
                    vec![section.heading.clone(), format!("{}（{site}）", part.of.zh), text]
                }));
            }
        }
        PlainTable {
            title: "产品碳足迹报告".to_owned(),
            headings: ["部分", "项目", "内容"].map(str::to_owned).to_vec(),
            rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_six_digits_that_count() {
        for (value, expect) in [
            (0.0, "0"),
            (12.345_678_9, "12.3457"),
            (0.001_234_567_8, "0.00123457"),
            (1_234_567.8, "1234568"),
            (100.0, "100"),
            (-2.5, "-2.5"),
            (1e-12, "0"),
        ] {
            assert_eq!(number(value), expect);
        }
        assert_eq!(fill("{a} × {b}", &[("a", "1"), ("b", "2")]), "1 × 2");
    }
}
