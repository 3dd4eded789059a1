//! File 5: the other markets, a sheet a side, out of `demo/markets.csv`.
//!
//! A row whose first cell is not empty begins a sheet: its name, then the headings. `@n` in place of an enterprise is the demo's
//! n-th one, with its county; any other name is an invented school, bank, laboratory or park.

use super::cluster::{Cluster, labelled};
use super::table::{Cell, Column, Table, column};
use anyhow::{Context, Result, ensure};
use std::path::Path;

/// Subject of the workbook.
pub const TITLE: &str = "虚构示例：其他市场";

/// The sheets.
///
/// # Errors
/// A faulty line of `demo/markets.csv`.
pub fn tables(root: &Path, cluster: &Cluster) -> Result<Vec<Table>> {
    let path = root.join("demo/markets.csv");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut tables: Vec<Table> = Vec::new();
    for (line, row) in (1..).zip(reader.records()) {
        let row = row.with_context(|| format!("demo/markets.csv line {line}"))?;
        // Leaked: names of sheets and headings live as long as the program that writes them once.
        let cells: Vec<&'static str> = row.iter().map(|cell| &*cell.to_owned().leak()).collect();
        let (first, rest) = cells.split_first().with_context(|| format!("line {line} is empty"))?;
        if !first.is_empty() {
            let columns: Vec<Column> = rest.iter().map(|heading| column(heading, width(heading))).collect();
            let title = format!("{first}（虚构示例数据）");
            tables.push(Table::new(first, title, String::new(), columns));
            continue;
        }
        let table =
            tables.last_mut().with_context(|| format!("line {line}: a row before the first sheet"))?;
        ensure!(
            rest.len() == table.columns.len(),
            "demo/markets.csv line {line}: {} cells, {} headings",
            rest.len(),
            table.columns.len()
        );
        let mut out: Vec<Cell> = rest.iter().map(|cell| Cell::from(*cell)).collect();
        match rest[0].strip_prefix('@') {
            Some(place) => {
                let firm = place.parse().ok().and_then(|place: usize| cluster.firms.get(place));
                let firm =
                    firm.with_context(|| format!("demo/markets.csv line {line}: no enterprise {}", rest[0]))?;
                (out[0], out[1]) = (firm.labelled().into(), (&firm.county_name).into());
            }
            None => out[0] = labelled(rest[0]).into(),
        }
        table.push(out);
    }
    Ok(tables)
}

fn width(heading: &str) -> f64 {
    match heading {
        "企业名称" => 34.0,
        heading if heading.contains("要求") || heading.contains("说明") || heading.contains("能力") => {
            30.0
        }
        _ => 14.0,
    }
}
