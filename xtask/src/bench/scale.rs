//! A city's worth: 50,000 offers and 5,000 needs imported from workbooks and published.

use super::judged::round;
use super::process::{Cost, measure};
use crate::demo::{Pattern, Rng, wordings};
use anyhow::{Context, Result};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use std::path::Path;

const OFFERS: u32 = 50_000;
const NEEDS: u32 = 5_000;
const ENTERPRISES: usize = 8_000;
const COUNTIES: [&str; 13] = [
    "吉州区",
    "青原区",
    "吉安县",
    "吉水县",
    "峡江县",
    "新干县",
    "永丰县",
    "泰和县",
    "遂川县",
    "万安县",
    "安福县",
    "永新县",
    "井冈山市",
];

/// Imports and publishes; seconds and peak memory of each.
pub fn run(root: &Path, program: &Path) -> Result<Vec<Value>> {
    let dir = tempfile::tempdir()?;
    workbooks(root, dir.path())?;
    let step = |args: &[&str]| measure(program, dir.path(), args, None);
    let import_offers = step(&["import", "--db", "scale.db", "offers.xlsx"])?;
    let import_needs = step(&["import", "--db", "scale.db", "needs.xlsx"])?;
    let again = step(&["import", "--db", "scale.db", "offers.xlsx"])?;
    let publish = step(&["publish", "--db", "scale.db", "--period", "2026-11", "--out", "out"])?;
    let check = step(&["check", "--db", "scale.db"])?;
    let row = |bench: &str, rows: u32, cost: Cost| json!({ "bench": bench, "rows": rows, "seconds": round(cost.seconds), "peak_mib": round(cost.peak_mib) });
    Ok(vec![
        row("import_offers", OFFERS, import_offers),
        row("import_needs", NEEDS, import_needs),
        row("import_offers_again", OFFERS, again),
        row("publish", OFFERS + NEEDS, publish),
        row("check", OFFERS + NEEDS, check),
    ])
}

/// Makes the database `scale.db` in a folder: everything imported, one list published.
pub(super) fn fill(root: &Path, program: &Path, dir: &Path) -> Result<()> {
    workbooks(root, dir)?;
    measure(program, dir, &["import", "--db", "scale.db", "offers.xlsx", "needs.xlsx"], None)?;
    measure(program, dir, &["publish", "--db", "scale.db", "--period", "2026-11", "--out", "out"], None)?;
    Ok(())
}

/// The workbooks of the offers and the needs.
fn workbooks(root: &Path, dir: &Path) -> Result<()> {
    let templates = templates(root)?;
    workbook(&templates, OFFERS, true, &dir.join("offers.xlsx"))?;
    workbook(&templates, NEEDS, false, &dir.join("needs.xlsx"))
}

/// One product as a firm would list it.
struct Template {
    titles: Vec<Pattern>,
    offer_spec: Pattern,
    need_spec: Pattern,
    unit: String,
    capacity: (f64, f64),
}

/// The hand-written product templates of the demo cluster.
fn templates(root: &Path) -> Result<Vec<Template>> {
    let mut out = Vec::new();
    for name in ["display.csv", "board.csv"] {
        let mut reader = csv::Reader::from_path(root.join("demo/templates").join(name))?;
        for record in reader.records() {
            let record = record?;
            let cell = |i: usize| record.get(i).with_context(|| format!("{name}: column {i}"));
            out.push(Template {
                titles: wordings(cell(1)?).into_iter().map(Pattern::parse).collect::<Result<_>>()?,
                offer_spec: Pattern::parse(cell(2)?)?,
                need_spec: Pattern::parse(cell(3)?)?,
                unit: cell(4)?.to_owned(),
                capacity: (cell(5)?.parse()?, cell(6)?.parse()?),
            });
        }
    }
    Ok(out)
}

fn workbook(templates: &[Template], rows: u32, offers: bool, path: &Path) -> Result<()> {
    let mut rng = Rng::new(20_261_122, if offers { "scale offers" } else { "scale needs" });
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let headings = if offers {
        ["企业名称", "所在县区", "产品名称", "规格参数", "月产能", "备注"]
    } else {
        ["企业名称", "所在县区", "需求产品名称", "规格型号", "数量", "备注"]
    };
    for (column, heading) in (0..).zip(headings) {
        sheet.write_string(0, column, heading)?;
    }
    for row in 1..=rows {
        let template = rng.pick(templates);
        let firm = rng.below(ENTERPRISES);
        let amount = template.capacity.0
            + (template.capacity.1 - template.capacity.0) * rng.below(1000) as f64 / 1000.0;
        let amount = if offers { amount } else { amount / 5.0 };
        let title = rng.pick(&template.titles).expand(&mut rng);
        let spec = if offers { &template.offer_spec } else { &template.need_spec };
        let cells = [
            format!("虚构规模测试{firm:05}号有限公司"),
            COUNTIES[firm % COUNTIES.len()].to_owned(),
            format!("{title} {row}"),
            spec.expand(&mut rng),
            format!("{:.0}{}/月", amount.max(1.0), template.unit),
            "虚构企业".to_owned(),
        ];
        for (column, cell) in (0..).zip(&cells) {
            sheet.write_string(row, column, cell)?;
        }
    }
    workbook.save(path)?;
    Ok(())
}
