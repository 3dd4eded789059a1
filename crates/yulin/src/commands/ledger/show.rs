//! The ledger's answers as people read them.

use app::{
    Amount, BalanceReport, Direction, EtchantReport, FootprintReport, Indicator, IndicatorReport,
    ManifestReport, RecallReport, TraceReport, TraceRow, ZeroCarbonStatement,
};
use std::collections::BTreeMap;

/// An amount with its unit, or a dash.
fn amount(amount: Option<Amount>) -> String {
    amount.map_or_else(|| "-".to_owned(), |a| format!("{} {}", rounded(a.value), a.unit.code()))
}

/// A number without errors of floating-point numbers, and without a sign where it is nothing.
fn rounded(value: f64) -> f64 {
    let rounded = model::quantity::rounded(value);
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// A number with so many decimals, and without a sign where nothing is left of it.
fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().all(|b| matches!(b, b'0' | b'.')) => digits.to_owned(),
        _ => text,
    }
}

/// A lot a line, columns parted by tabs.
pub fn trace_table(report: &TraceReport) {
    say!("depth 层\tshare 占比\tcarried 含量\tmade 产出\tlot 批次");
    for TraceRow { lot, depth, share, carried, made, is_assumed } in &report.lots {
        let mark = if *is_assumed { "~" } else { "" };
        say!("{depth}\t{mark}{share:.6}\t{}\t{}\t{lot}", amount(*carried), amount(*made));
    }
    if report.is_cut {
        say!("... more beyond the depth 超出深度的批次未列出");
    }
    if report.lots.iter().any(|row| row.is_assumed) {
        say!(
            "~ amounts were missing or unlike on the way, inputs counted equally 途中有数量缺失或单位不一，按等分计"
        );
    }
}

/// A graph for Graphviz, edges from what goes in to what comes out.
pub fn trace_dot(report: &TraceReport, direction: Direction) {
    let quote = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    say!("digraph trace {{");
    say!("  rankdir={};", if direction == Direction::Up { "RL" } else { "LR" });
    say!("  node [shape=box];");
    for (at, row) in report.lots.iter().enumerate() {
        say!("  n{at} [label=\"{}\\n{:.2} %\"];", quote(&row.lot), 100.0 * row.share);
    }
    for (from, to) in &report.edges {
        say!("  n{from} -> n{to};");
    }
    say!("}}");
}

pub fn recall(report: &RecallReport) {
    say!(
        "recall 召回 {}: {} lots hold some of it 涉及批次, {} customers 客户",
        report.lot,
        report.affected,
        report.customers.len()
    );
    for customer in &report.customers {
        let carried: Vec<String> = customer.carried.iter().map(|a| amount(Some(*a))).collect();
        let mark = if customer.is_assumed { " ~" } else { "" };
        let party = match customer.party.as_str() {
            "" => "unknown receiver 未写明的收货方",
            party => party,
        };
        let back = if customer.returned_all { " (returned all 已全部退回)" } else { "" };
        say!("{party}\t{}{mark}{back}\tevents 事件 {:?}", carried.join(" + "), customer.events);
        for (lot, shipped) in &customer.lots {
            say!("  {}\t{lot}", amount(Some(*shipped)));
        }
    }
}

pub fn balance(report: &BalanceReport, all: bool) {
    let flows = &report.flows;
    say!("site 场所 {}", report.site);
    for (words, kg) in [
        ("opening 期初账面", report.opening_kg),
        ("received 收入", flows.received_kg),
        ("commissioned 建批", flows.commissioned_kg),
        ("produced 产出", flows.produced_kg),
        ("consumed 投入", flows.consumed_kg),
        ("shipped 发出", flows.shipped_kg),
        ("discarded 废弃", flows.discarded_kg),
        ("closing 期末账面", report.closing_kg),
        ("process loss 工序损失", report.process_loss_kg),
    ] {
        say!("{words}\t{} kg", fixed(kg, 6));
    }
    if let Some(part) = report.process_yield {
        say!("process yield 工序收率\t{part:.6}");
    }
    say!("entries 分录\t{}", flows.entries);
    for (words, lots) in [
        ("mass unknown 质量未知", &report.without_mass),
        ("content unknown 含量未知", &report.without_content),
    ] {
        if !lots.is_empty() {
            let more = if all { "" } else { " (--all lists them 列出)" };
            say!("{words}\t{} lots 批{more}", lots.len());
        }
        for lot in lots.iter().filter(|_| all) {
            say!("  {lot}");
        }
    }
    for short in &report.negative {
        say!(
            "negative stock 负库存\t{} kg after event 自事件 {} ({})\t{}",
            rounded(short.kg),
            short.event,
            short.day,
            short.lot
        );
    }
}

/// A value and its error as the definition has them.
fn value(indicator: &Indicator) -> String {
    let number = |v: f64| fixed(v, if indicator.definition.unit == "1" { 6 } else { 4 });
    let Some(found) = indicator.value else { return "-".to_owned() };
    let sd = indicator.sd.map_or_else(String::new, |sd| format!(" ± {}", number(sd)));
    let base = indicator.base.map_or_else(String::new, |base| format!("  base 基准 {}", number(base)));
    let change =
        indicator.change.map_or_else(String::new, |c| format!("  change 变化 {:+.2} %", rounded(100.0 * c)));
    format!("{}{sd} {}{base}{change}", number(found), indicator.definition.unit)
}

/// Each definition once, with its values and their inputs below.
pub fn indicators(report: &IndicatorReport) {
    say!("period 期间 {}, base 基准 {}", report.period, report.base);
    say!(
        "closure 逐批闭合误差 {:.1e}, postings without a mass 没有质量的分录 {}",
        report.closure,
        report.without_mass
    );
    let mut last = "";
    for indicator in &report.indicators {
        let definition = indicator.definition;
        if last != definition.key {
            say!(
                "\n{} {}\n  {}\n  {}",
                definition.name_zh,
                definition.name_en,
                definition.formula_zh,
                definition.source
            );
            last = definition.key;
        }
        let site = indicator.site.as_ref().map_or("cluster 整个集群", |site| site.zh.as_str());
        let substance = indicator.substance.as_deref().unwrap_or("");
        say!("  {site} {substance}\t{}", value(indicator));
        for input in &indicator.inputs {
            let sd = input.sd.map_or_else(String::new, |sd| format!(" ± {sd:.6}"));
            let mark = if input.is_declared { "  declared 申报" } else { "" };
            say!("    {} = {}{sd} {}{mark}", input.symbol, fixed(input.value, 6), input.unit);
        }
        if let Some(note) = &indicator.note {
            say!("    note 注意: {note}");
        }
    }
}

/// Hazardous waste by its manifests, against the base year.
pub fn manifests(report: &ManifestReport) {
    if report.lines.is_empty() {
        return;
    }
    say!("\n危废转移联单台账 hazardous waste by transfer manifests (manifests, kg; period, base)");
    for line in &report.lines {
        let reduction = line.reduction.map_or_else(|| "—".to_owned(), |part| format!("{:.1}%", 100.0 * part));
        say!(
            "  {} {}\t{} {} kg, {} {} kg\tbaseline 基准应产生 {}\treduction 减量 {reduction}",
            line.site.zh,
            line.code,
            line.now.manifests,
            fixed(line.now.all_kg(), 1),
            line.base.manifests,
            fixed(line.base.all_kg(), 1),
            line.baseline_kg.map_or_else(|| "—".to_owned(), |kg| format!("{} kg", fixed(kg, 1))),
        );
        if line.now.without_kg > 0.0 {
            say!("    without a manifest 没有联单: {} kg", fixed(line.now.without_kg, 1));
        }
    }
}

/// One indicator a line.
pub fn indicators_csv(report: &IndicatorReport) {
    let cell = |text: &str| {
        if text.contains([',', '"', '\n']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let number = |v: Option<f64>| v.map_or_else(String::new, |v| rounded(v).to_string());
    say!("indicator,site,substance,value,sd,base,change,unit,formula");
    for i in &report.indicators {
        let site = i.site.as_ref().map_or("", |site| site.id.as_str());
        say!(
            "{},{},{},{},{},{},{},{},{}",
            i.definition.key,
            cell(site),
            cell(i.substance.as_deref().unwrap_or("")),
            number(i.value),
            number(i.sd),
            number(i.base),
            number(i.change),
            cell(i.definition.unit),
            cell(i.definition.formula_en)
        );
    }
}

pub fn footprint(report: &FootprintReport) {
    say!("footprint 碳足迹 {} ({})", report.of, report.allocation_zh);
    if let (Some(kg), Some(unit)) = (report.unit_kg, &report.unit) {
        say!("{kg:.6} kg CO2e / {unit}");
    }
    for row in &report.lots {
        let total = row.total_kg.map_or_else(|| "-".to_owned(), |kg| format!("{kg:.6}"));
        let mark = if row.is_assumed { "~" } else { "" };
        say!(
            "{}\tmade 产出 {}\t{:.6} kg CO2e/unit 单位\ttotal 合计 {total} kg\trecycled 再生含量 {mark}{:.4}",
            row.lot,
            amount(row.made),
            row.unit_kg,
            row.recycled_content
        );
        say!("  activities 活动 {}, without a meter 无计量 {}", row.activities.0, row.activities.1);
        for lot in &row.unknown_raw {
            say!("  footprint unknown, counted as 0 足迹未知，按 0 计\t{lot}");
        }
    }
}

pub fn etchant(EtchantReport { run, case, waste }: &EtchantReport) {
    let t = &run.totals;
    say!("etched 蚀铜 {:.3} kg, deposited 电解回收铜 {:.3} kg", t.etched_kg, t.deposited_kg);
    say!(
        "bled 排出废液 {:.1} L, more in the bath 槽液增存 {:.1} L, without regeneration 不再生时 {:.1} L",
        t.bled_l,
        t.stock_l,
        t.baseline_l
    );
    if let Some(reduction) = t.reduction {
        say!("hazardous waste reduced 危废减量 {:.1} %", 100.0 * reduction);
    }
    say!("acid 盐酸 {:.2} kg HCl, oxidant 双氧水 {:.2} kg H2O2", t.acid_kg, t.oxidant_kg);
    say!(
        "cell 电解 {:.1} kWh, heating 加热 {:.1} kWh, cooling 冷却 {:.1} kWh",
        t.cell_kwh,
        t.heating_kwh,
        t.cooling_kwh
    );
    if t.deposited_kg > 0.0 {
        say!("energy of copper 铜单位电耗 {:.3} kWh/kg", t.cell_kwh / t.deposited_kg);
    }
    say!("chlorine 氯气 {:.4} kg, etching stopped 停蚀 {:.2} h", t.chlorine_kg, t.stopped_h);
    say!(
        "closure 平衡误差: mass 质量 {:.1e}, elements 元素 {:.1e}, energy 能量 {:.1e}",
        run.closure.mass,
        run.closure.elements,
        run.closure.energy
    );
    let mut interlocks: BTreeMap<String, (f64, usize)> = BTreeMap::new();
    for sample in &run.samples {
        for interlock in &sample.interlocks {
            interlocks.entry(format!("{interlock:?}")).or_insert((sample.hour, 0)).1 += 1;
        }
    }
    for (interlock, (hour, samples)) in interlocks {
        say!("interlock 联锁 {interlock}: from 自 {hour:.2} h, {samples} samples 个采样");
    }
    match run.drift_hour {
        Some(hour) => say!("sensor drift 传感器漂移报警: {hour:.2} h"),
        None => say!("no sensor drift 无传感器漂移"),
    }
    if let Some(waste) = waste {
        say!(
            "manifests 转移联单: baseline 基线 {:.1} kg, actual 实际 {:.1} kg",
            waste.baseline_kg,
            waste.actual_kg
        );
        if let Some(reduction) = waste.reduction {
            say!("  reduced 减量 {:.2} %", 100.0 * reduction);
        }
    }
    if let Some(case) = case {
        say!(
            "year 年度: without regeneration 不再生 {:.1} t, avoided 减少危废 {:.1} t, left 剩余 {:.1} t ({:.1} %)",
            case.baseline_waste_t,
            case.avoided_waste_t,
            case.remaining_waste_t,
            100.0 * case.reduction
        );
        say!(
            "  copper 回收铜 {:.2} t, power 电耗 {:.0} kWh, gain 收益 {:.0} 元",
            case.copper_t,
            case.power_kwh,
            case.gain_yuan
        );
        match case.payback_years {
            Some(years) => say!("  payback 回收期 {years:.2} 年"),
            None => say!("  no payback 无收益，不能回收投资"),
        }
    }
}

pub fn zero_carbon(found: &ZeroCarbonStatement) {
    say!("scope 1 范围一 {:.2} kg CO2e", found.scope1_kg);
    say!(
        "scope 2 范围二: location based 位置法 {:.2} kg, market based 市场法 {:.2} kg",
        found.scope2_location_kg,
        found.scope2_market_kg
    );
    say!("scope 3 范围三 {:.2} kg", found.scope3_kg);
    for part in &found.scope3 {
        say!("  {} {} {}: {:.2} kg", part.category, part.en, part.zh, part.kg);
    }
    say!("offset 抵消 {:.2} kg", found.offset_kg);
    match (found.net_location_kg, found.net_market_kg) {
        (Some(location), Some(market)) => {
            say!("net 净排放: location based 位置法 {location:.2} kg, market based 市场法 {market:.2} kg");
            say!("{}", if found.is_net_zero { "net zero 净零" } else { "not net zero 不是净零" });
        }
        _ => {
            say!(
                "nothing is stated 不声明: {} of meters, uses or factors are missing 缺 {} 项",
                found.missing_count,
                found.missing_count
            );
            for what in &found.missing {
                say!("  {what}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_errors_of_arithmetic_and_nothing_has_no_sign() {
        assert_eq!(rounded(19.2 + 38.0), 57.2);
        assert_eq!(rounded(-0.0).to_string(), "0");
        assert_eq!((fixed(-0.000_01, 4), fixed(-1.5, 1)), ("0.0000".to_owned(), "-1.5".to_owned()));
    }
}
