//! The workbook of faults: a few good rows and one bad row of every kind, for tests and the walk-through.

use super::cluster::labelled;
use super::fault::{Fault, Kind, wrong_check};
use super::names::Names;
use super::table::{Cell, Table, column};
use anyhow::Result;

/// Title of the workbook.
pub const TITLE: &str = "导入错误示例（虚构示例数据）";
const GOOD: [&str; 3] =
    ["万安县样例甲电子有限公司", "泰和县样例乙光电有限公司", "遂川县样例丙线路板有限公司"];

/// The three sheets and their faults.
///
/// # Errors
/// When a code cannot be made.
pub fn tables(file: &'static str, names: &mut Names<'_>) -> Result<(Vec<Table>, Vec<Fault>)> {
    let mut faults = Vec::new();
    let tables =
        vec![directory(file, names, &mut faults)?, offers(file, &mut faults)?, needs(file, &mut faults)?];
    Ok((tables, faults))
}

/// A good row in which one cell is replaced; no kind for a row that stays good.
struct Row {
    heading: &'static str,
    cell: Cell,
    kind: Kind,
}

fn row(heading: &'static str, cell: &str, kind: Kind) -> Row {
    Row { heading, cell: cell.into(), kind }
}

fn directory(file: &'static str, names: &mut Names<'_>, faults: &mut Vec<Fault>) -> Result<Table> {
    let mut table = sheet("企业名录", &["企业名称", "统一社会信用代码", "所在县区", "主营产品", "备注"]);
    for (name, county) in GOOD.into_iter().zip(["万安县", "泰和县", "遂川县"]) {
        table.push(vec![
            labelled(name).into(),
            names.uscc()?.as_str().into(),
            county.into(),
            "示例产品".into(),
            "虚构企业".into(),
        ]);
    }
    let again = table.rows[0].clone();
    let code = names.uscc()?;
    let short: String = code.as_str().chars().take(17).collect();
    let bad = [
        row("统一社会信用代码", &wrong_check(&code), Kind::UsccCheck),
        row("统一社会信用代码", &short, Kind::UsccLength),
        row("统一社会信用代码", &code.as_str().replace("XUGU", "XOGO"), Kind::UsccCharacter),
        row("所在县区", "火星县", Kind::UnknownRegion),
        row("企业名称", "", Kind::MissingName),
    ];
    for (i, bad) in bad.into_iter().enumerate() {
        let name = format!("吉安市样例错误{}号电子有限公司", i + 1);
        let good = vec![
            labelled(&name).into(),
            names.uscc()?.as_str().into(),
            "吉安县".into(),
            "示例产品".into(),
            "虚构企业".into(),
        ];
        push_bad(file, &mut table, good, bad, faults)?;
    }
    let name = table.column("企业名称")?;
    table.push(again);
    faults.push(Fault::at(file, &table, table.rows.len() - 1, name, Kind::Duplicate));
    Ok(table)
}

fn offers(file: &'static str, faults: &mut Vec<Fault>) -> Result<Table> {
    let mut table = sheet(
        "供给清单",
        &["编号", "企业名称", "产品名称", "规格参数", "月产能", "单价区间", "有效期止", "备注"],
    );
    let good = |number: usize| -> Vec<Cell> {
        vec![
            format!("GY-{number}").into(),
            labelled(GOOD[number % 3]).into(),
            "LED显示屏面罩".into(),
            "点间距P1.25~P2.5；尺寸精度±0.05mm".into(),
            "20万片/月".into(),
            "3~4元/片".into(),
            "2027-06-30".into(),
            "虚构企业".into(),
        ]
    };
    table.push(good(1));
    table.push(good(2));
    let bad = [
        row("产品名称", "", Kind::MissingTitle),
        row("月产能", "很多", Kind::UnreadableQuantity),
        row("月产能", "20万坨/月", Kind::UnknownUnit),
        row("单价区间", "越低越好", Kind::UnreadablePrice),
        row("有效期止", "2027-02-30", Kind::BadDate),
    ];
    for (i, bad) in bad.into_iter().enumerate() {
        push_bad(file, &mut table, good(i + 3), bad, faults)?;
    }
    Ok(table)
}

fn needs(file: &'static str, faults: &mut Vec<Fault>) -> Result<Table> {
    let mut table = sheet(
        "需求清单",
        &["编号", "企业名称", "需求产品名称", "技术参数", "数量", "单位", "频次", "有效期至", "备注"],
    );
    let good = |number: usize| -> Vec<Cell> {
        vec![
            format!("XQ-{number}").into(),
            labelled(GOOD[number % 3]).into(),
            "键合金丝".into(),
            "线径20μm；纯度≥99.99%".into(),
            Cell::Number(5.0),
            "万米".into(),
            "月".into(),
            "2027-06-30".into(),
            "虚构企业".into(),
        ]
    };
    table.push(good(1));
    table.push(good(2));
    let bad = [
        row("数量", "说不准", Kind::UnreadableQuantity),
        row("单位", "万坨", Kind::UnknownUnit),
        row("需求产品名称", "", Kind::MissingTitle),
        row("有效期至", "明年春节", Kind::BadDate),
        row("企业名称", "", Kind::MissingName),
    ];
    for (i, bad) in bad.into_iter().enumerate() {
        push_bad(file, &mut table, good(i + 3), bad, faults)?;
    }
    let title = table.column("需求产品名称")?;
    table.push(good(1));
    faults.push(Fault::at(file, &table, table.rows.len() - 1, title, Kind::Duplicate));
    Ok(table)
}

fn sheet(name: &'static str, headings: &[&'static str]) -> Table {
    let columns = headings.iter().map(|&heading| column(heading, 22.0)).collect();
    Table::new(name, format!("{TITLE}——{name}"), String::new(), columns)
}

fn push_bad(
    file: &'static str,
    table: &mut Table,
    mut good: Vec<Cell>,
    bad: Row,
    faults: &mut Vec<Fault>,
) -> Result<()> {
    let at = table.column(bad.heading)?;
    good[at] = bad.cell;
    table.push(good);
    faults.push(Fault::at(file, table, table.rows.len() - 1, at, bad.kind));
    Ok(())
}
