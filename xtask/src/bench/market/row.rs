//! One figure of one system, and the table of all.

use anyhow::Result;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// What one system reached in one kind of work.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The work, with its size: rows of one name are compared with each other.
    pub work: String,
    /// Who did it; `Yulin` is ours.
    pub system: String,
    /// Measures of quality or size by name.
    pub figures: BTreeMap<String, f64>,
    /// Processor seconds of the work itself, without reading the input.
    pub cpu_seconds: f64,
    /// What a reader must know to judge the row.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Prints rows for people or for machines.
pub fn show(rows: &[Row], as_json: bool) -> Result<()> {
    if as_json {
        let cores = super::super::cores();
        println!("{}", serde_json::to_string_pretty(&json!({ "cores": cores, "rows": rows }))?);
        return Ok(());
    }
    let mut work = "";
    for row in rows {
        if row.work != work {
            work = &row.work;
            println!("\n{work}");
        }
        let figures: Vec<String> =
            row.figures.iter().map(|(name, value)| format!("{name} {}", short(*value))).collect();
        println!(
            "  {:<28} {}  cpu_s {}  {}",
            row.system,
            figures.join("  "),
            short(row.cpu_seconds),
            row.note
        );
    }
    Ok(())
}

/// Three decimals where they say something.
fn short(value: f64) -> String {
    if value.abs() >= 1000.0 { format!("{value:.0}") } else { format!("{:.4}", value) }
}
