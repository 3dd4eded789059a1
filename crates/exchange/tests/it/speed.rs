//! Measurements, run by hand: `cargo test --release -p exchange --test it speed -- --ignored --nocapture`.

use exchange::columns::{Headings, PlanOptions, plan_workbook};
use exchange::import::{Context, parse};
use exchange::sheet::{ReadOptions, read};
use model::reference::Reference;
use rust_xlsxwriter::Workbook;
use std::time::Instant;

const ROWS: u32 = 50_000;
const HEADINGS: [&str; 20] = [
    "序号",
    "企业名称",
    "统一社会信用代码",
    "所在县区",
    "产品名称",
    "规格参数",
    "材质",
    "执行标准",
    "年产能（万片）",
    "剩余产能（万片）",
    "主要客户",
    "认证",
    "供货半径（km）",
    "最小起订量",
    "样品周期（天）",
    "单价区间（元/片）",
    "有效期",
    "联系人",
    "手机",
    "备注",
];

fn cells(row: u32) -> [String; 20] {
    let texts = [
        &row.to_string(),
        &format!("泰和第{}电子有限公司", row / 5),
        "91350100M000100Y43",
        ["泰和县", "万安县", "吉水县", "青原区"][row as usize % 4],
        ["键合金丝", "FPC柔性线路板", "背光模组", "LED封装器件", "盖板玻璃"][row as usize % 5],
        &format!(
            "线径{}μm；纯度≥99.99%；断裂负荷≥{}cN；尺寸500×600mm；耐温-40~85℃；铜厚≥20μm；编号{row}",
            15 + row % 30,
            5 + row % 7
        ),
        "金",
        "GB/T 8750",
        &(row % 900 + 100).to_string(),
        &(row % 90 + 10).to_string(),
        "某某公司",
        "ISO9001/IATF16949/RoHS",
        "300",
        "1000片",
        "7",
        "12-15",
        "2027-12-31",
        "张三",
        "13800138000",
        "",
    ];
    texts.map(str::to_owned)
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let page = book.add_worksheet_with_low_memory().unwrap();
    page.set_name("供给").unwrap();
    for (column, heading) in (0u16..).zip(HEADINGS) {
        page.write_string(0, column, heading).unwrap();
    }
    for row in 1..=ROWS {
        for (column, text) in (0u16..).zip(cells(row)) {
            match text.parse::<f64>() {
                Ok(number) if column != 18 => page.write_number(row, column, number).unwrap(),
                _ => page.write_string(row, column, &text).unwrap(),
            };
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
#[ignore = "a measurement"]
fn fifty_thousand_rows() {
    let reference = Reference::builtin();
    let words = Headings::builtin(reference);
    let csv = (0..=ROWS)
        .map(|row| if row == 0 { HEADINGS.map(str::to_owned) } else { cells(row) }.join(","))
        .collect::<Vec<_>>()
        .join("\n");
    for (name, bytes) in [("五万行.xlsx", workbook()), ("五万行供给.csv", csv.into_bytes())] {
        let start = Instant::now();
        let sheets = read(&bytes, name, &ReadOptions::default()).unwrap();
        let read_in = start.elapsed();
        let plans = plan_workbook(&sheets, &words, &PlanOptions::default()).unwrap();
        let recognise = |title: &str, _: &str| reference.chain.by_name(title).map(|n| n.id.clone());
        let context = Context {
            reference,
            today: jiff::civil::date(2026, 11, 22),
            recognise: &recognise,
            lenient: false,
        };
        let start = Instant::now();
        let drafts = parse(&sheets[0], &plans[0].1, &context);
        let parsed_in = start.elapsed();
        eprintln!(
            "{name}: {:.1} MB, read {read_in:.2?}, parsed {parsed_in:.2?}, {} accepted, {} rejected",
            bytes.len() as f64 / 1e6,
            drafts.accepted(),
            drafts.rejected
        );
        assert_eq!(drafts.accepted(), ROWS as usize);
    }
}

/// Greatest memory of the process so far in MB, where the system tells.
fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1e3
}

#[test]
#[ignore = "a measurement"]
fn a_list_of_fifty_thousand_offers() {
    let list = crate::list::large(ROWS);
    let before = peak_mb();
    let start = Instant::now();
    let mut out = std::io::Cursor::new(Vec::new());
    exchange::list_workbook::write_list(&list, Reference::builtin(), &mut out).unwrap();
    eprintln!(
        "list with {ROWS} offers: {:.1} MB in {:.2?}, peak memory {before:.0} -> {:.0} MB",
        out.get_ref().len() as f64 / 1e6,
        start.elapsed(),
        peak_mb()
    );
}
